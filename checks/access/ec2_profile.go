package access

import (
	"errors"
	"slices"

	"onus/checks"
	"onus/checks/access/identity"
	iampolicy "onus/checks/access/policy"
	"onus/checks/network"
	"onus/checks/wording"
	"onus/scanner/snapshot"
)

// InstanceProfileAttached passes when the instance holds an instance profile. The role that
// Default Host Management gives to the SSM agent is observed and does not pass: it serves no
// application. With public_only, instances without a public address are left out.
// Source: EC2 DescribeInstances, IamInstanceProfile; SSM GetServiceSetting.
var InstanceProfileAttached = checks.Check{
	ID:          "ec2-instance-profile-attached",
	Title:       "EC2 instances get AWS credentials from an instance profile rather than from stored keys",
	Severity:    checks.Medium,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.Infrastructure,
	Tier:        1,
	Reads:       []string{"ec2:DescribeInstances", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets", "ssm:GetServiceSetting"},
	Parameters:  checks.Parameters{"public_only": false},
	Remedy:      "Attach an instance profile with a role for what the instance's software needs, and delete the access keys that are stored on it.",
	Fix: checks.Fix{
		Threat: "Software on an instance without a role gets long-lived access keys from a file or a variable when it needs AWS. Whoever reads the disk, an image or a backup of it has the keys, and nobody changes them.",
		CLI: `aws iam create-role --role-name ROLE --assume-role-policy-document '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}'
aws iam create-instance-profile --instance-profile-name ROLE
aws iam add-role-to-instance-profile --instance-profile-name ROLE --role-name ROLE
aws ec2 associate-iam-instance-profile --region {region} --instance-id {id} --iam-instance-profile Name=ROLE`,
		Terraform: `resource "aws_iam_instance_profile" "example" {
  role = aws_iam_role.example.name
}

resource "aws_instance" "example" {
  iam_instance_profile = aws_iam_instance_profile.example.name
}`,
		Cost: "Free, and without a restart. Software that finds keys in its configuration uses those first: take them out. An instance that needs nothing of AWS can be waived.",
	},
	Judges: checks.For(snapshot.Instances, instanceProfileAttached),
}

func instanceProfileAttached(i snapshot.Instance, env checks.Env) checks.Verdict {
	if i.Profile != "" {
		return checks.Pass("IamInstanceProfile is %s", i.Profile).With("IamInstanceProfile", i.Profile)
	}
	if env.Bool("public_only") {
		public, err := network.PublicAddresses(i, env)
		switch {
		case len(public) > 0:
		case err != nil:
			return checks.Unknown(err)
		default:
			return checks.DoesNotApply("the instance has no public address, and public_only is set")
		}
	}
	note, role := hostManagement(i, env)
	return checks.Fail("IamInstanceProfile is absent%s", note).With("IamInstanceProfile", "").With("Default Host Management", role)
}

// hostManagement is the role that Default Host Management gives to the SSM agent of
// instances without a profile. It changes no verdict.
func hostManagement(i snapshot.Instance, env checks.Env) (note, role string) {
	s, err := checks.Find(env, snapshot.ServiceSettings, i.Location, snapshot.DefaultHostManagement)
	var v snapshot.SettingValue
	if err == nil {
		v, err = checks.Use(env, s.Value)
	}
	switch {
	case err != nil:
		return "", "not read"
	case v.Status == "Default" || v.Value == "" || v.Value == "$None":
		return "", "off"
	}
	return "; Default Host Management gives the role " + v.Value + " to the SSM agent alone", v.Value
}

// InstanceProfileEffective passes when the instance's profile exists, is the one that the
// instance was given, and holds a role that EC2 may assume and that has some policy.
// Source: EC2 DescribeInstances, IamInstanceProfile; IAM ListInstanceProfiles and
// GetAccountAuthorizationDetails.
var InstanceProfileEffective = checks.Check{
	ID:          "ec2-instance-profile-effective",
	Title:       "The instance profile of an EC2 instance resolves to a role that EC2 may assume and that has permissions",
	Severity:    checks.Low,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.Infrastructure,
	Tier:        3,
	Reads:       roleReads,
	Parameters:  checks.Parameters{"tier_tag_key": "", "tier_tag_values": []string{}},
	Remedy:      "Give the profile a role that trusts ec2.amazonaws.com and has the policies that the software needs, and attach it anew.",
	Fix: checks.Fix{
		Threat: "The instance gets no credentials, or credentials that are good for nothing. Whoever repairs that in a hurry stores an access key on the machine.",
		CLI: `aws iam get-instance-profile --instance-profile-name PROFILE
aws iam add-role-to-instance-profile --instance-profile-name PROFILE --role-name ROLE
aws iam update-assume-role-policy --role-name ROLE --policy-document '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}'
aws ec2 describe-iam-instance-profile-associations --region {region} --filters Name=instance-id,Values={id}
aws ec2 replace-iam-instance-profile-association --region {region} --association-id ASSOCIATION --iam-instance-profile Name=PROFILE`,
		Terraform: `resource "aws_iam_instance_profile" "example" {
  role = aws_iam_role.example.name
}

resource "aws_instance" "example" {
  iam_instance_profile = aws_iam_instance_profile.example.name
}`,
		Cost: "Free, and without a restart; new credentials reach the instance within minutes.",
	},
	Judges: checks.For(snapshot.Instances, instanceProfileEffective),
}

func instanceProfileEffective(i snapshot.Instance, env checks.Env) checks.Verdict {
	if key := env.String("tier_tag_key"); key != "" && !slices.Contains(env.Strings("tier_tag_values"), i.Tags[key]) {
		return checks.DoesNotApply("the tag %s of the instance is %q, which tier_tag_values does not name", key, i.Tags[key])
	}
	if i.Profile == "" {
		return checks.DoesNotApply("the instance holds no instance profile")
	}
	p, err := checks.Find(env, snapshot.InstanceProfiles, i.Location, i.Profile)
	v := func() checks.Verdict {
		switch {
		case errors.Is(err, snapshot.ErrAbsent):
			return checks.Fail("%s is none of the account's instance profiles", i.Profile)
		case err != nil:
			return checks.Unknown(err)
		case i.ProfileID != "" && p.ID != "" && i.ProfileID != p.ID:
			return checks.Fail("the instance holds the profile %s, which was deleted; the one of that name is %s", i.ProfileID, p.ID)
		case len(p.Roles) == 0:
			return checks.Fail("its instance profile holds no role")
		}
		return effectiveRole(i, p.Roles[0], env)
	}()
	return v.With("IamInstanceProfile", i.Profile)
}

// effectiveRole judges the role of a profile: its trust, and whether it has a policy. A
// boundary alone permits nothing.
func effectiveRole(i snapshot.Instance, arn string, env checks.Env) checks.Verdict {
	r, err := checks.Find(env, snapshot.Roles, i.Location, arn)
	switch {
	case errors.Is(err, snapshot.ErrAbsent):
		return checks.Fail("%s is none of the account's roles", arn)
	case err != nil:
		return checks.Unknown(err)
	}
	services, err := identity.RoleServices(r)
	trusted := slices.ContainsFunc(services, func(s string) bool { return iampolicy.ServiceName(s) == "ec2" })
	switch policies := len(r.Inline) + len(r.Attached); {
	case policies == 0:
		return checks.Fail("role %s has neither an inline nor an attached policy", r.Name).With("Role", r.ARN)
	case err != nil:
		return identity.Untold(err)
	case !trusted:
		return checks.Fail("role %s does not trust EC2, but %s", r.Name, someOr(services, "no service")).With("Role", r.ARN)
	default:
		return checks.Pass("role %s trusts EC2, policies: %d", r.Name, policies).With("Role", r.ARN)
	}
}

func someOr(list []string, none string) string {
	if len(list) == 0 {
		return none
	}
	return wording.List(list, 4)
}

// InstanceMetadataTagsNotExposed passes when the instance's tags cannot be read through the
// metadata service, or there is none. Absent means disabled.
// Source: EC2 DescribeInstances, MetadataOptions.InstanceMetadataTags.
var InstanceMetadataTagsNotExposed = checks.Check{
	ID:          "ec2-instance-metadata-tags-not-exposed",
	Title:       "Instance tags cannot be read through the metadata service",
	Severity:    checks.Info,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.Infrastructure,
	Tier:        3,
	Reads:       []string{"ec2:DescribeInstances"},
	Remedy:      "Set InstanceMetadataTags to disabled, unless an agent on the instance needs its tags.",
	Fix: checks.Fix{
		Threat: "Every process on the instance reads its tags without credentials. Names of owners, projects and environments help whoever broke in to find their way.",
		CLI:    `aws ec2 modify-instance-metadata-options --region {region} --instance-id {id} --instance-metadata-tags disabled`,
		Terraform: `resource "aws_instance" "example" {
  metadata_options {
    instance_metadata_tags = "disabled"
  }
}`,
		Cost: "Free, and without a restart. Agents that read tags from metadata need ec2:DescribeTags instead.",
	},
	Judges: checks.For(snapshot.Instances, instanceMetadataTagsNotExposed),
}

func instanceMetadataTagsNotExposed(i snapshot.Instance, _ checks.Env) checks.Verdict {
	m, err := i.Metadata.Get()
	v := checks.Pass("InstanceMetadataTags is %s", m.InstanceTags)
	switch {
	case err != nil:
		return checks.Unknown(err)
	case m.HTTPEndpoint == "disabled":
		v = checks.Pass("HttpEndpoint is disabled")
	case m.InstanceTags == "enabled":
		v = checks.Fail("InstanceMetadataTags is enabled")
	case m.InstanceTags == "":
		v = checks.Pass("InstanceMetadataTags is absent, which is disabled")
	}
	return v.With("InstanceMetadataTags", m.InstanceTags).With("HttpEndpoint", m.HTTPEndpoint)
}
