package access

import (
	"errors"
	"slices"

	"onus/checks"
	"onus/checks/launch"
	"onus/checks/wording"
	"onus/scanner/snapshot"
)

// LaunchTemplateIMDSv2Required passes when every version of the template that counts (the
// default, the latest, and those in use) launches instances that require session tokens or
// serve no metadata. What a version leaves out the account's default decides, and where that
// has no preference the image.
// Source: EC2 DescribeLaunchTemplateVersions, MetadataOptions; GetInstanceMetadataDefaults;
// DescribeImages, ImdsSupport; EC2 User Guide, "Order of precedence for instance metadata
// options".
var LaunchTemplateIMDSv2Required = checks.Check{
	ID:          "ec2-launch-template-imdsv2-required",
	Title:       "Launch templates launch instances with IMDSv2 required",
	Severity:    checks.High,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.Infrastructure,
	Tier:        1,
	Reads:       slices.Concat(launch.TemplateReads, []string{"ec2:GetInstanceMetadataDefaults", "ec2:DescribeImages"}),
	Parameters:  checks.Parameters{"judge_all_versions": false},
	Remedy:      "Make a version with HttpTokens required, make it the default, and delete the versions that nobody needs.",
	Fix: checks.Fix{
		Threat: "Whoever finds a request forgery in software on an instance reads the role's credentials with one plain GET to 169.254.169.254. Every instance that the template launches is open to it.",
		CLI: `aws ec2 create-launch-template-version --region {region} --launch-template-id {id} --source-version '$Latest' --launch-template-data '{"MetadataOptions":{"HttpTokens":"required","HttpEndpoint":"enabled"}}'
aws ec2 modify-launch-template --region {region} --launch-template-id {id} --default-version NEW_VERSION`,
		Terraform: `resource "aws_launch_template" "example" {
  name = "{name}"

  metadata_options {
    http_endpoint = "enabled"
    http_tokens   = "required"
  }
}`,
		Cost: "Free. Software that speaks only IMDSv1 finds no credentials on new instances: update it first, and watch the CloudWatch metric MetadataNoToken. Instances that run already stay as they are.",
	},
	Judges: checks.For(snapshot.LaunchTemplates, launchTemplateIMDSv2Required),
}

func launchTemplateIMDSv2Required(t snapshot.LaunchTemplate, env checks.Env) checks.Verdict {
	return launch.Template(t, env, env.Bool("judge_all_versions"), func(s snapshot.LaunchSpec) checks.Verdict {
		return launchTokens(s, t.Location, env)
	})
}

// LaunchConfigurationIMDSv2Required passes when the launch configuration requires session
// tokens or serves no metadata, or leaves it to an account or image that does. One that no
// group uses is judged too: it cannot be edited, only replaced.
// Source: Auto Scaling DescribeLaunchConfigurations, MetadataOptions;
// EC2 GetInstanceMetadataDefaults; DescribeImages, ImdsSupport.
var LaunchConfigurationIMDSv2Required = checks.Check{
	ID:          "ec2-launch-configuration-imdsv2-required",
	Title:       "Auto Scaling launch configurations require IMDSv2",
	Severity:    checks.High,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.Infrastructure,
	Tier:        2,
	Reads:       []string{"autoscaling:DescribeLaunchConfigurations", "autoscaling:DescribeAutoScalingGroups", "ec2:GetInstanceMetadataDefaults", "ec2:DescribeImages"},
	Remedy:      "Replace the launch configuration by a launch template with HttpTokens required; a launch configuration cannot be edited.",
	Fix: checks.Fix{
		Threat: "Whoever finds a request forgery in software on an instance of the group reads the role's credentials with one plain GET to 169.254.169.254. Every instance that the group launches is open to it.",
		CLI: `aws ec2 create-launch-template --region {region} --launch-template-name {name} --launch-template-data '{"ImageId":"IMAGE","InstanceType":"TYPE","MetadataOptions":{"HttpTokens":"required"}}'
aws autoscaling update-auto-scaling-group --region {region} --auto-scaling-group-name GROUP --launch-template 'LaunchTemplateName={name},Version=$Latest'
aws autoscaling delete-launch-configuration --region {region} --launch-configuration-name {name}`,
		Terraform: `resource "aws_launch_template" "example" {
  name          = "{name}"
  image_id      = "IMAGE"
  instance_type = "TYPE"

  metadata_options {
    http_endpoint = "enabled"
    http_tokens   = "required"
  }
}`,
		Cost: "Free. The template must repeat everything that the launch configuration holds, and the group's instances change only as they are replaced. Software that speaks only IMDSv1 must be updated first.",
	},
	Judges: checks.For(snapshot.LaunchConfigurations, launchConfigurationIMDSv2Required),
}

func launchConfigurationIMDSv2Required(c snapshot.LaunchConfiguration, env checks.Env) checks.Verdict {
	v := launchTokens(c.Spec, c.Location, env)
	if v.Status == checks.FAIL {
		v.Reason += unusedConfiguration(c, env)
	}
	return v.With("HttpEndpoint", c.Spec.Metadata.HTTPEndpoint).With("HttpTokens", c.Spec.Metadata.HTTPTokens)
}

// unusedConfiguration says of a launch configuration that fails whether a group uses it.
func unusedConfiguration(c snapshot.LaunchConfiguration, env checks.Env) string {
	users, err := launch.Groups(c, env)
	switch {
	case len(users) > 0:
		return "; in use by " + wording.List(names(users), 4)
	case err != nil:
		return "; whether a group uses it was not read: " + err.Error()
	}
	return "; no group uses it"
}

func names(groups []snapshot.ScalingGroup) (out []string) {
	for _, g := range groups {
		out = append(out, g.Name)
	}
	return out
}

// launchTokens says whether what a launch says of metadata, or what decides where it says
// nothing, requires tokens.
func launchTokens(s snapshot.LaunchSpec, at snapshot.Location, env checks.Env) checks.Verdict {
	m := s.Metadata
	switch {
	case m.HTTPEndpoint == "disabled":
		return checks.Pass("HttpEndpoint is disabled")
	case m.HTTPTokens == "required":
		return checks.Pass("HttpTokens is required")
	}
	r, err := launch.Settings(env, at)
	var d snapshot.MetadataDefaults
	if err == nil {
		d, err = checks.Use(env, r.MetadataDefaults)
	}
	switch {
	case m.HTTPEndpoint == "" && err == nil && d.HTTPEndpoint == "disabled":
		return checks.Pass("HttpEndpoint is left to the account, whose default is disabled")
	case m.HTTPEndpoint == "" && err != nil, m.HTTPTokens == "" && err != nil:
		v := checks.Unknown(err)
		v.Reason = "what is left to the account's default was not read: " + v.Reason
		return v
	case m.HTTPTokens != "":
		return checks.Fail("HttpTokens is %s, want required", m.HTTPTokens)
	case d.HTTPTokens == "required":
		return checks.Pass("HttpTokens is left to the account, whose default is required")
	case d.HTTPTokens == "optional":
		return checks.Fail("HttpTokens is left to the account, whose default is optional")
	}
	return imageTokens(s.Image, at, env)
}

// imageTokens asks the image, which decides where the account has no preference.
func imageTokens(id string, at snapshot.Location, env checks.Env) checks.Verdict {
	const left = "HttpTokens is left open, the account has no preference"
	i, err := launch.Image(env, at, id)
	switch {
	case errors.Is(err, launch.ErrNotNamed):
		return checks.Fail("%s, and %s is not known to require tokens", left, launch.Named(id))
	case errors.Is(err, snapshot.ErrAbsent):
		return checks.Fail("%s, and %s does not exist any more", left, launch.Named(id))
	case err != nil:
		return checks.Unknown(err)
	case i.IMDSSupport == "v2.0":
		return checks.Pass("%s, and ImdsSupport of %s is v2.0", left, id)
	}
	return checks.Fail("%s, and ImdsSupport of %s is %q, want v2.0", left, id, i.IMDSSupport)
}
