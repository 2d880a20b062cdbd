package platform

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"onus/checks"
	"onus/checks/launch"
	"onus/scanner/snapshot"
)

const day = 24 * time.Hour

// InstanceAMINotDeprecated passes when the image of the instance is available and its
// publisher has not given it up, or only within the days of grace. The parameter owners
// narrows it to images of "amazon" or of the account "self".
// Source: EC2 DescribeInstanceImageMetadata, DeprecationTime and State; where an endpoint
// does not know it, DescribeImages.
var InstanceAMINotDeprecated = checks.Check{
	ID:          "ec2-instance-ami-not-deprecated",
	Title:       "EC2 instances run from images that their publisher still supports",
	Severity:    checks.Medium,
	Category:    checks.PlatformOf,
	Duty:        checks.OSAndPlatform,
	ServiceKind: checks.Infrastructure,
	Tier:        1,
	Reads:       launch.ImageReads,
	Parameters:  checks.Parameters{"owners": "any", "grace_days": 0},
	Bounds: func(parameter string, value any) error {
		if s, ok := value.(string); ok && parameter == "owners" && !slices.Contains(imageOwners, s) {
			return fmt.Errorf("%q is no owner, want %s", s, strings.Join(imageOwners, ", "))
		}
		return checks.AtLeast(0)(parameter, value)
	},
	Remedy: "Launch the workload anew from a current image of the publisher's, and see to it that this happens with every release.",
	Fix: checks.Fix{
		Threat: "The publisher mends no holes in a deprecated image, and new instances from it start with all that were found since. An image that is gone cannot replace the instance when it fails.",
		CLI: `aws ssm get-parameters-by-path --region {region} --path /aws/service/ami-amazon-linux-latest
aws ec2 create-launch-template-version --region {region} --launch-template-id TEMPLATE --source-version '$Latest' --launch-template-data '{"ImageId":"CURRENT_IMAGE"}'
aws autoscaling start-instance-refresh --region {region} --auto-scaling-group-name GROUP`,
		Terraform: `data "aws_ssm_parameter" "image" {
  name = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
}

resource "aws_instance" "example" {
  ami = data.aws_ssm_parameter.image.value
}`,
		Cost: "A new instance replaces the old one: data on the root volume and what was installed by hand have to be moved. Another major version of the system needs tests.",
	},
	Judges: checks.For(snapshot.Instances, instanceAMINotDeprecated),
}

var imageOwners = []string{"any", "amazon", "self"}

func instanceAMINotDeprecated(i snapshot.Instance, env checks.Env) checks.Verdict {
	facts, err := launch.Facts(i, env)
	switch {
	case errors.Is(err, snapshot.ErrAbsent):
		return checks.Fail("%s was deregistered, or is not shared with the account any more", i.Image).With("ImageId", i.Image)
	case errors.Is(err, launch.ErrUntold):
		return checks.Unclear("%s", err)
	case err != nil:
		return checks.Unknown(err)
	}
	owners := env.String("owners")
	if owners == "amazon" && facts.Alias != "amazon" || owners == "self" && facts.Owner != i.Account {
		return checks.DoesNotApply("the image belongs to %s, and owners is %s", ownerOf(facts), owners).With("OwnerId", facts.Owner)
	}
	return imageSupport(facts, env).With("ImageId", facts.ID).With("Name", facts.Name).With("OwnerId", facts.Owner).
		With("DeprecationTime", facts.Deprecation).With("State", facts.State)
}

// ownerOf is how a reason calls the owner of an image.
func ownerOf(facts snapshot.ImageMetadata) string {
	switch {
	case facts.Alias != "":
		return facts.Alias
	case facts.Owner != "":
		return "account " + facts.Owner
	}
	return "nobody that is known"
}

func imageSupport(facts snapshot.ImageMetadata, env checks.Env) checks.Verdict {
	named := fmt.Sprintf("%s of %s", facts.ID, ownerOf(facts))
	switch facts.State {
	case "available":
	case "":
		return checks.Unclear("the answer lacks the State of %s", named)
	case "deregistered":
		return checks.Fail("%s was deregistered: the instance cannot be built from it again", named)
	default:
		return checks.Fail("State of %s is %s, want available", named, facts.State)
	}
	if facts.Deprecation == "" {
		return checks.Pass("%s is available and has no DeprecationTime", named)
	}
	at, err := time.Parse(time.RFC3339, facts.Deprecation)
	if err != nil {
		return checks.Unclear("DeprecationTime of %s is %q, which is no time", named, facts.Deprecation)
	}
	grace := env.Int("grace_days")
	when := at.UTC().Format(time.RFC3339)
	switch {
	case at.After(env.AsOf):
		return checks.Pass("%s is available until %s at least", named, when)
	case !env.AsOf.After(at.Add(time.Duration(grace) * day)):
		return checks.Pass("%s is deprecated since %s, within %d days of grace", named, when, grace)
	}
	return checks.Fail("%s is deprecated since %s", named, when)
}

// InstanceAMIFromTrustedOwner passes when the image of the instance belongs to the account,
// to its organization, to a trusted account, or to an owner whom AWS knows by an alias.
// Well-known publishers without an alias count with trust_known_publishers.
// Source: EC2 DescribeInstanceImageMetadata, ImageOwnerAlias, OwnerId and IsPublic;
// Organizations ListAccounts.
var InstanceAMIFromTrustedOwner = checks.Check{
	ID:          "ec2-instance-ami-from-trusted-owner",
	Title:       "EC2 instances run images of the account, its organization, AWS, or a trusted publisher",
	Severity:    checks.High,
	Category:    checks.PlatformOf,
	Duty:        checks.OSAndPlatform,
	ServiceKind: checks.Infrastructure,
	Tier:        3,
	Reads:       append(slices.Clone(launch.ImageReads), "organizations:DescribeOrganization", "organizations:ListAccounts"),
	Parameters:  checks.Parameters{"trusted_accounts": []string{}, "trust_aliases": []string{"amazon", "aws-marketplace", "aws-backup-vault"}, "trust_known_publishers": false},
	Remedy:      "Launch from an image of your own or of a publisher whom you know by account id, and name that account in trusted_accounts.",
	Fix: checks.Fix{
		Threat: "Whoever made the image has put on it what they wanted: a miner, a key of their own, a program that reads the role's credentials. An image chosen by name and newest date comes from anybody who publishes under that name.",
		CLI: `aws ec2 describe-images --region {region} --owners amazon --filters 'Name=name,Values=al2023-ami-2023*' --query 'reverse(sort_by(Images,&CreationDate))[0]'
aws ec2 enable-allowed-images-settings --region {region} --allowed-images-settings-state audit-mode
aws ec2 replace-image-criteria-in-allowed-images-settings --region {region} --image-criteria ImageProviders=amazon,{account}`,
		Terraform: `data "aws_ami" "example" {
  most_recent = true
  owners      = ["amazon"] # an alias or account ids: never left out

  filter {
    name   = "name"
    values = ["al2023-ami-2023*-x86_64"]
  }
}`,
		Cost: "The instance has to be built anew from another image, and its secrets changed if the image is not trusted after all. Publishers such as Canonical, Red Hat and Debian use plain accounts: name them.",
	},
	Judges: checks.For(snapshot.Instances, instanceAMIFromTrustedOwner),
}

// publishers are accounts from which well-known publishers give out images, as their own
// documents name them. Taken on 2026-11-26.
var publishers = map[string]string{
	"099720109477": "Canonical", "309956199498": "Red Hat", "136693071363": "Debian", "013907871322": "SUSE",
	"125523088429": "Fedora and CentOS", "792107900819": "Rocky Linux", "764336703387": "AlmaLinux", "075585003325": "Flatcar",
}

func instanceAMIFromTrustedOwner(i snapshot.Instance, env checks.Env) checks.Verdict {
	facts, err := launch.Facts(i, env)
	switch {
	case errors.Is(err, snapshot.ErrAbsent):
		return checks.Unclear("%s was deregistered or is not shared any more: nothing tells whose it was", i.Image)
	case errors.Is(err, launch.ErrUntold):
		return checks.Unclear("%s", err)
	case err != nil:
		return checks.Unknown(err)
	}
	return trustedOwner(i, facts, env).With("ImageId", facts.ID).With("Name", facts.Name).With("OwnerId", facts.Owner).With("ImageOwnerAlias", facts.Alias)
}

func trustedOwner(i snapshot.Instance, facts snapshot.ImageMetadata, env checks.Env) checks.Verdict {
	publisher, known := publishers[facts.Owner]
	switch {
	case facts.Alias != "" && slices.Contains(env.Strings("trust_aliases"), facts.Alias):
		return checks.Pass("ImageOwnerAlias of %s is %s", facts.ID, facts.Alias)
	case facts.Owner == "":
		return checks.Unclear("the answer does not tell whose %s is", facts.ID)
	case facts.Owner == i.Account:
		return checks.Pass("%s is the account's own", facts.ID)
	case slices.Contains(env.Strings("trusted_accounts"), facts.Owner):
		return checks.Pass("%s belongs to account %s, which trusted_accounts names", facts.ID, facts.Owner)
	case known && env.Bool("trust_known_publishers"):
		return checks.Pass("%s belongs to account %s of %s", facts.ID, facts.Owner, publisher)
	}
	accounts, err := checks.Use(env, env.Account().Org.Accounts)
	switch {
	case err != nil:
		v := checks.Unknown(err)
		v.Reason = fmt.Sprintf("whether account %s, which owns %s, is in the organization was not read: %s", facts.Owner, facts.ID, v.Reason)
		return v
	case slices.Contains(accounts, facts.Owner):
		return checks.Pass("%s belongs to account %s of the organization", facts.ID, facts.Owner)
	}
	note := ""
	if facts.Public != nil && *facts.Public {
		note = ", and it is public: anybody can publish one under such a name"
	}
	if known {
		note += fmt.Sprintf("; the account is known as that of %s", publisher)
	}
	return checks.Fail("%s (%q) belongs to %s, which nothing trusts%s", facts.ID, facts.Name, ownerOf(facts), note)
}

// AMIAgeBounded passes when an own image is not older than allowed. Recovery points of AWS
// Backup have a retention of their own. The date of a copy is that of the copying.
// Source: EC2 DescribeImages with Owners self, CreationDate and State.
var AMIAgeBounded = checks.Check{
	ID:          "ec2-ami-age-bounded",
	Title:       "Own AMIs are not older than the allowed age",
	Severity:    checks.Low,
	Category:    checks.PlatformOf,
	Duty:        checks.OSAndPlatform,
	ServiceKind: checks.Infrastructure,
	Tier:        2,
	Reads:       []string{"ec2:DescribeImages"},
	Parameters:  checks.Parameters{"max_age_days": 90},
	Bounds:      checks.AtLeast(1),
	Remedy:      "Build the image anew with current packages, launch from it, and deregister the old one.",
	Fix: checks.Fix{
		Threat: "Instances that start from an old image start with every hole that was found since it was made. Auto Scaling does that at night, without anybody who would patch them.",
		CLI: `aws imagebuilder start-image-pipeline-execution --region {region} --image-pipeline-arn PIPELINE
aws ec2 disable-image --region {region} --image-id {id}
aws ec2 deregister-image --region {region} --image-id {id}`,
		Terraform: `resource "aws_imagebuilder_image_pipeline" "example" {
  name                             = "base"
  image_recipe_arn                 = aws_imagebuilder_image_recipe.example.arn
  infrastructure_configuration_arn = aws_imagebuilder_infrastructure_configuration.example.arn

  schedule {
    schedule_expression = "rate(30 days)"
  }
}`,
		Cost: "Building takes an instance for some minutes, and each image is billed for its snapshots. Instances that run stay as they are; deregistering keeps the snapshots unless told otherwise.",
	},
	Judges: checks.For(snapshot.Images, amiAgeBounded),
}

func amiAgeBounded(i snapshot.Image, env checks.Env) checks.Verdict {
	if i.State != "available" {
		return checks.DoesNotApply("the image's state is %s", i.State).With("State", i.State)
	}
	if launch.MadeByBackup(i.Tags, i.Title) {
		return checks.DoesNotApply("the image is a recovery point of AWS Backup, which has a retention of its own")
	}
	made, err := time.Parse(time.RFC3339, i.Created)
	if err != nil {
		return checks.Unclear("CreationDate is %q, which is no time", i.Created)
	}
	most := env.Int("max_age_days")
	seen := fmt.Sprintf("made %s, %d days ago; %d allowed", made.UTC().Format(time.RFC3339), int(env.AsOf.Sub(made)/day), most)
	if env.AsOf.Sub(made) > time.Duration(most)*day {
		return checks.Fail("%s", seen).With("CreationDate", i.Created)
	}
	return checks.Pass("%s", seen).With("CreationDate", i.Created)
}

// AllowedImagesEnforced passes when the Region launches only images that meet some criteria.
// Audit mode blocks nothing. Instances that run already are not affected.
// Source: EC2 GetAllowedImagesSettings, State and ImageCriteria.
var AllowedImagesEnforced = checks.Check{
	ID:          "ec2-account-allowed-images-enforced",
	Title:       "The Region launches only images that meet the account's allowed-images criteria",
	Severity:    checks.Low,
	Category:    checks.PlatformOf,
	Duty:        checks.OSAndPlatform,
	ServiceKind: checks.Infrastructure,
	Tier:        3,
	Reads:       []string{"ec2:GetAllowedImagesSettings"},
	Remedy:      "Name the owners whose images may be launched, watch in audit mode what would be refused, then enable the setting.",
	Fix: checks.Fix{
		Threat: "Anybody who may launch can launch an image that a stranger published, by mistake or on purpose. Nothing in the account stops it.",
		CLI: `aws ec2 replace-image-criteria-in-allowed-images-settings --region {region} --image-criteria ImageProviders=amazon,{account}
aws ec2 enable-allowed-images-settings --region {region} --allowed-images-settings-state audit-mode
aws ec2 describe-instance-image-metadata --region {region} --filters Name=image-allowed,Values=false
aws ec2 enable-allowed-images-settings --region {region} --allowed-images-settings-state enabled`,
		Terraform: `resource "aws_ec2_allowed_images_settings" "example" {
  state = "enabled"

  image_criterion {
    image_providers = ["amazon", "{account}"]
  }
}`,
		Cost: "Free. Launches from images that no criterion names fail, also those of Auto Scaling and of services that bring images of their own: look at audit mode first.",
	},
	Judges: checks.For(snapshot.AccountRegions, allowedImagesEnforced),
}

func allowedImagesEnforced(r snapshot.RegionSettings, _ checks.Env) checks.Verdict {
	s, err := r.AllowedImages.Get()
	if err != nil {
		return checks.Unknown(err)
	}
	v := checks.Fail("State is %s, want enabled", s.State)
	switch {
	case s.State == "enabled" && s.Criteria == 0:
		v = checks.Fail("State is enabled without a criterion, so that only the account's own images may be launched: hardly what was meant")
	case s.State == "enabled":
		v = checks.Pass("State is enabled, criteria: %d", s.Criteria)
	case s.State == "audit-mode":
		v = checks.Fail("State is audit-mode, which blocks nothing, want enabled")
	}
	return v.With("State", s.State).With("ImageCriteria", fmt.Sprint(s.Criteria)).With("ManagedBy", s.ManagedBy)
}
