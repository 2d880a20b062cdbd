package hygiene

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"onus/checks"
	"onus/checks/launch"
	"onus/scanner/snapshot"
)

// InstanceTypeApproved passes when the instance's type fits a pattern of approved_types, if
// there are any, and none of forbidden_types. Patterns are globs over the whole type.
// Source: EC2 DescribeInstances, InstanceType.
var InstanceTypeApproved = checks.Check{
	ID:          "ec2-instance-type-approved",
	Title:       "EC2 instances are of approved types",
	Severity:    checks.Info,
	Category:    checks.Hygiene,
	Duty:        checks.OSAndPlatform,
	ServiceKind: checks.Infrastructure,
	Tier:        2,
	Reads:       []string{"ec2:DescribeInstances"},
	Parameters:  checks.Parameters{"approved_types": []string{}, "forbidden_types": []string{}},
	Bounds:      globBounds,
	Remedy:      "Change the type of the instance, or approve it.",
	Fix: checks.Fix{
		Threat: "Large machines and those with accelerators are what stolen credentials start first, and what a slip of the pen makes dear. Old types lack what newer ones protect.",
		CLI: `aws ec2 stop-instances --region {region} --instance-ids {id}
aws ec2 modify-instance-attribute --region {region} --instance-id {id} --instance-type Value=APPROVED_TYPE
aws ec2 start-instances --region {region} --instance-ids {id}`,
		Terraform: `resource "aws_instance" "example" {
  instance_type = "APPROVED_TYPE"
}`,
		Cost: "The instance stands still while its type changes, and an instance store is lost. A type of another architecture needs another image.",
	},
	Judges: checks.For(snapshot.Instances, instanceTypeApproved),
}

// globBounds refuses what is no pattern.
func globBounds(_ string, value any) error {
	list, _ := value.([]string)
	for _, p := range list {
		if _, err := path.Match(p, ""); err != nil || p == "" {
			return fmt.Errorf("%q is no pattern of types, such as m5.*", p)
		}
	}
	return nil
}

func instanceTypeApproved(i snapshot.Instance, env checks.Env) checks.Verdict {
	approved, forbidden := env.Strings("approved_types"), env.Strings("forbidden_types")
	if len(approved)+len(forbidden) == 0 {
		return checks.DoesNotApply("neither approved_types nor forbidden_types names a type")
	}
	if i.Type == "" {
		return checks.Unclear("the answer lacks InstanceType")
	}
	v := checks.Pass("InstanceType is %s", i.Type)
	if p, ok := fitting(forbidden, i.Type); ok {
		v = checks.Fail("InstanceType is %s, which forbidden_types names by %s", i.Type, p)
	} else if _, ok := fitting(approved, i.Type); !ok && len(approved) > 0 {
		v = checks.Fail("InstanceType is %s, which approved_types does not name", i.Type)
	}
	return v.With("InstanceType", i.Type)
}

func fitting(patterns []string, name string) (string, bool) {
	for _, p := range patterns {
		if ok, err := path.Match(p, name); ok && err == nil {
			return p, true
		}
	}
	return "", false
}

// InstanceCountBounded passes when the Region has no more live instances than its owner
// expects: an entry of the Region's name in max_instances, else the entry "default". A list
// that was not read to its end fails when it is above the bound already.
// Source: EC2 DescribeInstances.
var InstanceCountBounded = checks.Check{
	ID:          "ec2-account-instance-count-bounded",
	Title:       "The number of EC2 instances in the account stays within what its owner expects",
	Severity:    checks.Low,
	Category:    checks.Hygiene,
	Duty:        checks.AccessControl,
	ServiceKind: checks.Infrastructure,
	Tier:        2,
	Reads:       []string{"ec2:DescribeInstances"},
	Parameters:  checks.Parameters{"max_instances": map[string]int{}},
	Bounds: func(_ string, value any) error {
		bounds, _ := value.(map[string]int)
		for region, n := range bounds {
			if n < 0 {
				return fmt.Errorf("%d instances for %s are less than none", n, region)
			}
		}
		return nil
	},
	Remedy: "Find out who started the instances that nobody expected, and terminate them; or raise the bound.",
	Fix: checks.Fix{
		Threat: "Stolen credentials mine currency in Regions that nobody looks at, on as many machines as the quota allows. The bill tells it weeks later.",
		CLI: `aws ec2 describe-instances --region {region} --query 'Reservations[].Instances[].[InstanceId,InstanceType,LaunchTime,KeyName]' --output table
aws cloudtrail lookup-events --region {region} --lookup-attributes AttributeKey=EventName,AttributeValue=RunInstances
aws ec2 terminate-instances --region {region} --instance-ids INSTANCES`,
		Cost: "Free. Terminating is for good: keep an image or a snapshot of what may be evidence. An SCP that denies ec2:RunInstances keeps Regions empty that nobody uses.",
	},
	Judges: checks.For(snapshot.AccountRegions, instanceCountBounded),
}

func instanceCountBounded(r snapshot.RegionSettings, env checks.Env) checks.Verdict {
	bounds := env.IntByKey("max_instances")
	most, ok := bounds[r.Region]
	if !ok {
		most, ok = bounds["default"]
	}
	if !ok {
		return checks.DoesNotApply("max_instances has no bound for %s", r.Region)
	}
	live, err := checks.In(env, snapshot.Instances, r.Location).Get()
	v := checks.Pass("%d live instances, %d allowed", len(live), most)
	switch {
	case len(live) > most && err != nil:
		v = checks.Fail("%d live instances at least, %d allowed", len(live), most)
	case len(live) > most:
		v = checks.Fail("%d live instances, %d allowed", len(live), most)
	case err != nil:
		v = checks.Unknown(err)
	}
	return v.With("instances", fmt.Sprint(len(live)))
}

// VolumeAttached passes when the volume is attached to something, or younger than the days
// of grace. Attached to a stopped instance is attached.
// Source: EC2 DescribeVolumes, State, Attachments and CreateTime.
var VolumeAttached = checks.Check{
	ID:          "ebs-volume-attached",
	Title:       "EBS volumes are attached to an instance",
	Severity:    checks.Low,
	Category:    checks.Hygiene,
	Duty:        checks.CustomerData,
	ServiceKind: checks.Infrastructure,
	Tier:        2,
	Reads:       []string{"ec2:DescribeVolumes"},
	Parameters:  checks.Parameters{"grace_days": 7},
	Bounds:      checks.AtLeast(0),
	Remedy:      "Make a last snapshot of the volume if its data may be wanted, and delete it.",
	Fix: checks.Fix{
		Threat: "A forgotten volume keeps a copy of data that nobody guards: whoever may attach volumes reads it on a machine of their own. It is billed all the while.",
		CLI: `aws ec2 create-snapshot --region {region} --volume-id {id} --description "before the volume was deleted"
aws ec2 delete-volume --region {region} --volume-id {id}`,
		Terraform: `resource "aws_ebs_volume" "example" {
  final_snapshot = true # then take the resource out of the configuration
}`,
		Cost: "Deleting saves the volume's price and is for good; a snapshot is cheaper and can be restored. Volumes of Kubernetes claims are detached while no pod uses them: ask the cluster first.",
	},
	Judges: checks.For(snapshot.Volumes, volumeAttached),
}

// notAttachable are the states in which a volume can be attached to nothing.
var notAttachable = []string{"creating", "deleting", "deleted", "error"}

const claimTag = "kubernetes.io/created-for/pvc/name"

func volumeAttached(v snapshot.Volume, env checks.Env) checks.Verdict {
	grace := env.Int("grace_days")
	made := v.Created.UTC().Format(time.RFC3339)
	switch {
	case slices.Contains(notAttachable, v.State):
		return checks.DoesNotApply("the volume's state is %s", v.State).With("State", v.State)
	case v.State == "in-use" || len(v.Attachments) > 0:
		return checks.Pass("State is %s, attached to %s", v.State, strings.Join(v.Attachments, ", ")).With("State", v.State)
	case v.State == "":
		return checks.Unclear("the answer lacks State")
	case v.Created.IsZero():
		return checks.Unclear("State is %s, and the answer lacks CreateTime", v.State)
	case env.AsOf.Sub(v.Created) <= time.Duration(grace)*day:
		return checks.Pass("State is %s, and the volume was made %s, within %d days", v.State, made, grace).With("State", v.State)
	}
	note := ""
	if claim := v.Tags[claimTag]; claim != "" {
		note = "; it belongs to the Kubernetes claim " + claim
	}
	return checks.Fail("State is %s, and the volume was made %s%s", v.State, made, note).With("State", v.State).With("CreateTime", made)
}

// VolumeDeletedOnTermination passes when every EBS volume of the instance is deleted with
// it, or with root_only the root volume. What belongs to a service is the service's.
// Source: EC2 DescribeInstances, BlockDeviceMappings[].Ebs.DeleteOnTermination.
var VolumeDeletedOnTermination = checks.Check{
	ID:          "ebs-volume-deleted-on-termination",
	Title:       "Volumes of an EC2 instance are deleted with it",
	Severity:    checks.Low,
	Category:    checks.Hygiene,
	Duty:        checks.CustomerData,
	ServiceKind: checks.Infrastructure,
	Tier:        2,
	Reads:       []string{"ec2:DescribeInstances"},
	Parameters:  checks.Parameters{"root_only": false},
	Remedy:      "Set DeleteOnTermination for the volumes that hold nothing to keep, and waive those whose data must outlive the instance.",
	Fix: checks.Fix{
		Threat: "Each instance that is terminated leaves a copy of its disk behind, with whatever secrets were on it. Nobody knows later whose it was, and it is billed.",
		CLI:    `aws ec2 modify-instance-attribute --region {region} --instance-id {id} --block-device-mappings '[{"DeviceName":"/dev/xvda","Ebs":{"DeleteOnTermination":true}}]'`,
		Terraform: `resource "aws_instance" "example" {
  root_block_device {
    delete_on_termination = true
  }
}`,
		Cost: "Free, and without a restart. The data is gone with the instance: have it in a database, in S3 or in a backup.",
	},
	Judges: checks.For(snapshot.Instances, volumeDeletedOnTermination),
}

func volumeDeletedOnTermination(i snapshot.Instance, env checks.Env) checks.Verdict {
	var kept, deleted []string
	var unread error
	for _, v := range i.Volumes {
		if v.Service != "" || env.Bool("root_only") && v.Device != i.RootDevice {
			continue
		}
		on, err := v.DeleteOnTermination.Get()
		switch name := v.Device + " (" + v.Volume + ")"; {
		case err != nil:
			unread = err
		case on:
			deleted = append(deleted, name)
		default:
			kept = append(kept, name)
		}
	}
	switch {
	case len(kept) > 0:
		list := strings.Join(kept, ", ")
		return checks.Fail("DeleteOnTermination is false for %s", list).With("volumes", list)
	case unread != nil:
		return checks.Unknown(unread)
	case len(deleted) == 0:
		return checks.DoesNotApply("the instance has no EBS volume of its own")
	}
	return checks.Pass("DeleteOnTermination is true for %s", strings.Join(deleted, ", ")).With("volumes", "")
}

// VolumeSnapshotAgeBounded passes when a snapshot is not older than allowed. What backs an
// own image, is locked, or has a retention by AWS Backup or Data Lifecycle Manager is left
// out. The time of a copy is that of the copying.
// Source: EC2 DescribeSnapshots with OwnerIds self, StartTime and Tags; DescribeImages;
// DescribeLockedSnapshots, LockState.
var VolumeSnapshotAgeBounded = checks.Check{
	ID:          "ebs-snapshot-age-bounded",
	Title:       "EBS snapshots are deleted after the allowed time",
	Severity:    checks.Low,
	Category:    checks.Hygiene,
	Duty:        checks.CustomerData,
	ServiceKind: checks.Infrastructure,
	Tier:        2,
	Reads:       []string{"ec2:DescribeSnapshots", "ec2:DescribeImages", "ec2:DescribeLockedSnapshots"},
	Parameters:  checks.Parameters{"max_age_days": 365},
	Bounds:      checks.AtLeast(1),
	Remedy:      "Delete the snapshot, or archive it, and let a lifecycle policy or backup plan delete what follows in time.",
	Fix: checks.Fix{
		Threat: "An old snapshot holds data that should be gone, such as that of people who asked for it to be deleted. It is read by whoever may restore it, long after its volume was cleaned.",
		CLI: `aws ec2 delete-snapshot --region {region} --snapshot-id {id}
aws ec2 modify-snapshot-tier --region {region} --snapshot-id {id} --storage-tier archive # instead, if it must be kept`,
		Terraform: `resource "aws_dlm_lifecycle_policy" "example" {
  description        = "daily"
  execution_role_arn = aws_iam_role.dlm.arn

  policy_details {
    resource_types = ["VOLUME"]
    target_tags    = { backup = "daily" }

    schedule {
      name = "daily"

      create_rule {
        interval = 24
      }

      retain_rule {
        count = 14
      }
    }
  }
}`,
		Cost: "Deleting saves the snapshot's storage and is for good, unless a Recycle Bin rule keeps it. An archived snapshot is cheaper, is billed for 90 days at least, and takes a day to restore.",
	},
	Judges: checks.For(snapshot.VolumeSnapshots, volumeSnapshotAgeBounded),
}

func volumeSnapshotAgeBounded(s snapshot.VolumeSnapshot, env checks.Env) checks.Verdict {
	most, made := env.Int("max_age_days"), s.Started.UTC().Format(time.RFC3339)
	seen := fmt.Sprintf("made %s, %d days ago; %d allowed", made, int(env.AsOf.Sub(s.Started)/day), most)
	if s.Volume == "vol-ffffffff" {
		seen += "; it is a copy without a volume"
	}
	switch {
	case launch.MadeByBackup(s.Tags, ""):
		return checks.DoesNotApply("the snapshot is a recovery point of AWS Backup, which has a retention of its own")
	case launch.MadeByLifecycle(s.Tags):
		return checks.DoesNotApply("Data Lifecycle Manager made the snapshot and deletes it: policy %s", s.Tags["aws:dlm:lifecycle-policy-id"])
	case s.Started.IsZero():
		return checks.Unclear("the answer lacks StartTime")
	case env.AsOf.Sub(s.Started) <= time.Duration(most)*day:
		return checks.Pass("%s", seen).With("StartTime", made)
	}
	lock, unread := s.Lock.Get()
	if unread == nil && lock != "" && lock != "expired" {
		return checks.DoesNotApply("the snapshot is locked: LockState is %s", lock).With("LockState", lock)
	}
	images, err := backedImages(s, env)
	switch {
	case len(images) > 0:
		return checks.DoesNotApply("the snapshot backs %s", strings.Join(images, ", "))
	case err != nil:
		return checks.Unknown(err)
	case unread != nil:
		return checks.Unknown(unread)
	}
	return checks.Fail("%s", seen).With("StartTime", made)
}

// AMINameFollowsConvention passes when the name of an own image fits name_pattern, all of
// it. AWS Backup and Data Lifecycle Manager give names of their own.
// Source: EC2 DescribeImages with Owners self, Name.
var AMINameFollowsConvention = checks.Check{
	ID:          "ec2-ami-name-follows-convention",
	Title:       "Names of own AMIs follow the organization's convention",
	Severity:    checks.Info,
	Category:    checks.Hygiene,
	Duty:        checks.OSAndPlatform,
	ServiceKind: checks.Infrastructure,
	Tier:        2,
	Reads:       []string{"ec2:DescribeImages"},
	Parameters:  checks.Parameters{"name_pattern": ""},
	Bounds: func(_ string, value any) error {
		pattern, _ := value.(string)
		_, err := regexp.Compile(pattern)
		return err
	},
	Remedy: "Copy the image under a name that fits, launch from the copy, and deregister the other.",
	Fix: checks.Fix{
		Threat: "Images that are chosen by name are mistaken for others. Nobody sees by the name what is old, what was tested, and whose it is.",
		CLI: `aws ec2 copy-image --region {region} --source-region {region} --source-image-id {id} --name NAME_THAT_FITS
aws ec2 deregister-image --region {region} --image-id {id}`,
		Terraform: `resource "aws_ami_copy" "example" {
  name              = "NAME_THAT_FITS"
  source_ami_id     = "{id}"
  source_ami_region = "{region}"
}`,
		Cost: "A copy has snapshots of its own, which are billed. The name of an image cannot be changed, and what names it by its id has to be changed.",
	},
	Judges: checks.For(snapshot.Images, amiNameFollowsConvention),
}

func amiNameFollowsConvention(i snapshot.Image, env checks.Env) checks.Verdict {
	pattern := env.String("name_pattern")
	switch {
	case pattern == "":
		return checks.DoesNotApply("name_pattern is empty")
	case i.State == "deregistered" || i.State == "failed" || i.State == "invalid" || i.State == "error":
		return checks.DoesNotApply("the image's state is %s", i.State).With("State", i.State)
	case launch.MadeByBackup(i.Tags, i.Title) || launch.MadeByLifecycle(i.Tags):
		return checks.DoesNotApply("an AWS service gave the image its name %q", i.Title)
	}
	re, err := regexp.Compile(`^(?:` + pattern + `)$`)
	if err != nil {
		return checks.Unclear("name_pattern %q is no regular expression", pattern)
	}
	v := checks.Fail("Name is %q, want %s", i.Title, pattern)
	if re.MatchString(i.Title) {
		v = checks.Pass("Name is %q", i.Title)
	}
	return v.With("Name", i.Title)
}
