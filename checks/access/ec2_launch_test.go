package access

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

const templateARN = "arn:aws:ec2:eu-west-1:111122223333:launch-template/lt-1"

// versioned puts a template with the versions into the account: the first is the default,
// the last the latest.
func versioned(specs ...snapshot.LaunchSpec) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		var versions []snapshot.TemplateVersion
		for i, s := range specs {
			versions = append(versions, snapshot.TemplateVersion{Number: int64(i + 1), LaunchSpec: s})
		}
		a.EC2.LaunchTemplates = []snapshot.LaunchTemplate{{Meta: checktest.Meta("web", templateARN), ID: "lt-1", Default: 1, Latest: int64(len(specs)), Versions: snapshot.Value(versions)}}
		a.EC2.Regions = []snapshot.RegionSettings{{Meta: checktest.Meta("r", ""), MetadataDefaults: snapshot.Value(snapshot.MetadataDefaults{})}}
		a.EC2.NamedImages = []snapshot.NamedImages{{Meta: checktest.Meta("", ""), Images: snapshot.Value[[]snapshot.Image](nil)}}
	}
}

func then(changes ...func(*snapshot.Account)) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		for _, c := range changes {
			c(a)
		}
	}
}

func accountDefaults(d snapshot.MetadataDefaults) func(*snapshot.Account) {
	return func(a *snapshot.Account) { a.EC2.Regions[0].MetadataDefaults = snapshot.Value(d) }
}

func tokensOf(endpoint, tokens string) snapshot.LaunchSpec {
	return snapshot.LaunchSpec{Image: "ami-1", Metadata: snapshot.MetadataOptions{HTTPEndpoint: endpoint, HTTPTokens: tokens}}
}

func imageNamed(id, imds string, own bool) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		i := snapshot.Image{Meta: checktest.Meta(id, "arn:aws:ec2:eu-west-1::image/"+id), ID: id, State: "available", IMDSSupport: imds}
		if own {
			a.EC2.Images = append(a.EC2.Images, i)
			return
		}
		a.EC2.NamedImages[0].Images = snapshot.Value([]snapshot.Image{i})
	}
}

func failing(op string) func(*snapshot.Account) {
	return func(a *snapshot.Account) { checktest.Fail(a, op, checktest.At.Region, snapshot.Denied) }
}

// started adds an instance that was launched by a version of the template.
func started(version, state string) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		i := snapshot.Instance{Meta: checktest.Meta("i", instanceARN), ID: "i-1", State: state}
		i.Tags = map[string]string{"aws:ec2launchtemplate:id": "lt-1", "aws:ec2launchtemplate:version": version}
		a.EC2.Instances = append(a.EC2.Instances, i)
	}
}

func scaledBy(ref snapshot.TemplateRef) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		a.Scaling.Groups = append(a.Scaling.Groups, snapshot.ScalingGroup{Meta: checktest.Meta("shop", "arn:aws:autoscaling:eu-west-1:111122223333:autoScalingGroup:1:autoScalingGroupName/shop"), Templates: []snapshot.TemplateRef{ref}})
	}
}

func TestLaunchTemplateIMDSv2Required(t *testing.T) {
	required, optional, open := tokensOf("enabled", "required"), tokensOf("enabled", "optional"), tokensOf("", "")
	all := map[string]any{"judge_all_versions": true}
	checktest.Run(t, &LaunchTemplateIMDSv2Required, []checktest.Case{
		{Name: "required in the one version", Set: versioned(required), Want: checks.PASS, Reason: "version 1 (default, latest): HttpTokens is required"},
		{Name: "optional", Set: versioned(optional), Want: checks.FAIL, Reason: "HttpTokens is optional"},
		{Name: "no metadata at all", Set: versioned(tokensOf("disabled", "optional")), Want: checks.PASS, Reason: "HttpEndpoint is disabled"},
		{Name: "absent options are not disabled metadata", Set: versioned(open), Want: checks.FAIL, Reason: "does not exist any more"},
		{Name: "absent, and the account requires tokens", Set: then(versioned(open), accountDefaults(snapshot.MetadataDefaults{HTTPTokens: "required"})), Want: checks.PASS, Reason: "whose default is required"},
		{Name: "absent, and the account serves no metadata", Set: then(versioned(open), accountDefaults(snapshot.MetadataDefaults{HTTPEndpoint: "disabled"})), Want: checks.PASS, Reason: "default is disabled"},
		{Name: "optional, and the account serves no metadata", Set: then(versioned(tokensOf("", "optional")), accountDefaults(snapshot.MetadataDefaults{HTTPEndpoint: "disabled"})), Want: checks.PASS, Reason: "default is disabled"},
		{Name: "optional and enabled, whatever the account's default", Set: then(versioned(optional), accountDefaults(snapshot.MetadataDefaults{HTTPEndpoint: "disabled"})), Want: checks.FAIL, Reason: "HttpTokens is optional"},
		{Name: "absent, and an own image asks for tokens", Set: then(versioned(open), imageNamed("ami-1", "v2.0", true)), Want: checks.PASS, Reason: "ImdsSupport of ami-1 is v2.0"},
		{Name: "absent, and another's image asks for tokens", Set: then(versioned(open), imageNamed("ami-1", "v2.0", false)), Want: checks.PASS, Reason: "ImdsSupport of ami-1 is v2.0"},
		{Name: "absent, and the image says nothing", Set: then(versioned(open), imageNamed("ami-1", "", false)), Want: checks.FAIL, Reason: `ImdsSupport of ami-1 is ""`},
		{Name: "the account's optional wins over the image", Want: checks.FAIL, Reason: "whose default is optional",
			Set: then(versioned(open), accountDefaults(snapshot.MetadataDefaults{HTTPTokens: "optional"}), imageNamed("ami-1", "v2.0", true))},
		{Name: "a parameter names the image", Set: versioned(snapshot.LaunchSpec{Image: "resolve:ssm:/ami"}), Want: checks.FAIL, Reason: "resolve:ssm:/ami names at launch"},
		{Name: "a template without an image", Set: versioned(snapshot.LaunchSpec{}), Want: checks.FAIL, Reason: "named at launch"},
		{Name: "a good latest version does not hide a bad default", Set: versioned(optional, required), Want: checks.FAIL, Reason: "version 1 (default): HttpTokens is optional"},
		{Name: "nor a good default a bad latest", Set: versioned(required, optional), Want: checks.FAIL, Reason: "version 2 (latest)"},
		{Name: "an old version that nothing uses", Set: versioned(required, optional, required), Want: checks.PASS, Observed: map[string]string{"versions not in use": "version 2: HttpTokens is optional, want required"}},
		{Name: "all versions are to be judged", Set: versioned(required, optional, required), Parameters: all, Want: checks.FAIL, Reason: "version 2: HttpTokens"},
		{Name: "a live instance uses the old version", Set: then(versioned(required, optional, required), started("2", "stopped")), Want: checks.FAIL, Reason: "version 2 (in use by instances)"},
		{Name: "a terminated instance does not count", Set: then(versioned(required, optional, required), started("2", "terminated")), Want: checks.PASS},
		{Name: "a group names the old version", Set: then(versioned(required, optional, required), scaledBy(snapshot.TemplateRef{ID: "lt-1", Version: "2"})), Want: checks.FAIL, Reason: "in use by group shop"},
		{Name: "a group names the template by its name", Set: then(versioned(required, optional, required), scaledBy(snapshot.TemplateRef{Name: "web", Version: "2"})), Want: checks.FAIL, Reason: "in use by group shop"},
		{Name: "a group takes the latest", Set: then(versioned(required, optional, required), scaledBy(snapshot.TemplateRef{ID: "lt-1", Version: "$Latest"})), Want: checks.PASS, Reason: "version 3 (latest, in use by group shop)"},
		{Name: "another Region's group", Set: then(versioned(required, optional, required), scaledBy(snapshot.TemplateRef{ID: "lt-1", Version: "2"}), func(a *snapshot.Account) { a.Scaling.Groups[0].Region = checktest.Elsewhere }), Want: checks.PASS},
		{Name: "instances are not read, and an old version is bad", Set: then(versioned(required, optional, required), failing("ec2:DescribeInstances")), Want: checks.UNKNOWN, Reason: "whether anything uses version 2"},
		{Name: "groups are not read, and an old version is bad", Set: then(versioned(required, optional, required), failing("autoscaling:DescribeAutoScalingGroups")), Want: checks.UNKNOWN, Reason: "denied"},
		{Name: "groups are not read, and all versions are good", Set: then(versioned(required, required, required), failing("autoscaling:DescribeAutoScalingGroups")), Want: checks.PASS},
		{Name: "the account's default is not read", Want: checks.UNKNOWN, Reason: "account's default was not read",
			Set: then(versioned(open), func(a *snapshot.Account) {
				a.EC2.Regions[0].MetadataDefaults = snapshot.Missing[snapshot.MetadataDefaults](checktest.Unread("ec2:GetInstanceMetadataDefaults", snapshot.Denied))
			})},
		{Name: "the images of others are not read", Want: checks.UNKNOWN, Reason: "denied",
			Set: then(versioned(open), func(a *snapshot.Account) {
				a.EC2.NamedImages[0].Images = snapshot.Missing[[]snapshot.Image](checktest.Unread("ec2:DescribeImages", snapshot.Denied))
			})},
		{Name: "the own images are not read to their end", Set: then(versioned(open), failing("ec2:DescribeImages")), Want: checks.UNKNOWN, Reason: "denied"},
		{Name: "versions that are not read", Want: checks.UNKNOWN, Reason: "denied", Set: then(versioned(required), func(a *snapshot.Account) {
			a.EC2.LaunchTemplates[0].Versions = snapshot.Missing[[]snapshot.TemplateVersion](checktest.Unread("ec2:DescribeLaunchTemplateVersions", snapshot.Denied))
		})},
		{Name: "a template that was deleted in between", Want: checks.NotApplicable, Reason: "deleted", Set: then(versioned(required), func(a *snapshot.Account) {
			a.EC2.LaunchTemplates[0].Versions = snapshot.Missing[[]snapshot.TemplateVersion](checktest.Unread("ec2:DescribeLaunchTemplateVersions", snapshot.Changed))
		})},
		{Name: "an answer without versions", Set: versioned(), Want: checks.UNKNOWN, Reason: "no version"},
	})
}

const configurationARN = "arn:aws:autoscaling:eu-west-1:111122223333:launchConfiguration:1:launchConfigurationName/old"

func configured(s snapshot.LaunchSpec) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		versioned()(a)
		a.EC2.LaunchTemplates = nil
		a.Scaling.Configurations = []snapshot.LaunchConfiguration{{Meta: checktest.Meta("old", configurationARN), Spec: s}}
	}
}

func configuredGroup(a *snapshot.Account) {
	a.Scaling.Groups = append(a.Scaling.Groups, snapshot.ScalingGroup{Meta: checktest.Meta("shop", "arn"), Configuration: "old"})
}

func TestLaunchConfigurationIMDSv2Required(t *testing.T) {
	open, optional := tokensOf("", ""), tokensOf("enabled", "optional")
	checktest.Run(t, &LaunchConfigurationIMDSv2Required, []checktest.Case{
		{Name: "required", Set: configured(tokensOf("enabled", "required")), Want: checks.PASS, Reason: "HttpTokens is required"},
		{Name: "disabled", Set: configured(tokensOf("disabled", "")), Want: checks.PASS, Reason: "disabled"},
		{Name: "optional, and unused: it cannot be edited", Set: configured(optional), Want: checks.FAIL, Reason: "no group uses it"},
		{Name: "optional, and in use", Set: then(configured(optional), configuredGroup), Want: checks.FAIL, Reason: "in use by shop"},
		{Name: "optional, and nobody knows whether it is used", Set: then(configured(optional), failing("autoscaling:DescribeAutoScalingGroups")), Want: checks.FAIL, Reason: "was not read"},
		{Name: "never given, and the account requires tokens", Set: then(configured(open), accountDefaults(snapshot.MetadataDefaults{HTTPTokens: "required"})), Want: checks.PASS, Reason: "default is required"},
		{Name: "never given, and the image asks for tokens", Set: then(configured(open), imageNamed("ami-1", "v2.0", false)), Want: checks.PASS, Reason: "v2.0"},
		{Name: "never given, and the image was deregistered", Set: configured(open), Want: checks.FAIL, Reason: "does not exist any more"},
		{Name: "never given, and the account's default is not read", Want: checks.UNKNOWN, Reason: "not read",
			Set: then(configured(open), func(a *snapshot.Account) {
				a.EC2.Regions[0].MetadataDefaults = snapshot.Missing[snapshot.MetadataDefaults](checktest.Unread("ec2:GetInstanceMetadataDefaults", snapshot.Denied))
			})},
	})
}

func texts(list ...snapshot.Read[snapshot.FreeText]) func(*snapshot.Account) {
	var specs []snapshot.LaunchSpec
	for _, r := range list {
		specs = append(specs, snapshot.LaunchSpec{UserData: r})
	}
	return versioned(specs...)
}

func TestLaunchTemplateUserDataWithoutSecrets(t *testing.T) {
	none, clean := snapshot.Value(snapshot.FreeText{}), snapshot.Value(snapshot.FreeText{Length: 80})
	leak := snapshot.Value(snapshot.FreeText{Length: 80, Detections: []snapshot.Detection{{Rule: "secret-assignment", Line: 3, Entropy: 2.5}}})
	guess := snapshot.Value(snapshot.FreeText{Length: 80, Detections: []snapshot.Detection{{Rule: "generic-api-key", Line: 3, Entropy: 3.5}}})
	broken := snapshot.Value(snapshot.FreeText{Length: 80, Undecoded: "truncated gzip"})
	raw := snapshot.Missing[snapshot.FreeText](checktest.Unread("ec2:DescribeLaunchTemplateVersions", snapshot.Malformed))
	checktest.Run(t, &LaunchTemplateUserDataWithoutSecrets, []checktest.Case{
		{Name: "none in any version", Set: texts(none, none), Want: checks.PASS, Reason: "0 of 2 versions have user data"},
		{Name: "nothing found", Set: texts(none, clean), Want: checks.PASS, Reason: "1 of 2 versions"},
		{Name: "an old version that nobody uses", Set: texts(clean, leak, leak, clean), Want: checks.FAIL, Reason: "version 2: its user data holds secret-assignment in line 3", Observed: map[string]string{"versions": "2, 3"}},
		{Name: "a detector that is ignored", Set: texts(leak), Parameters: map[string]any{"ignore_patterns": []string{"^secret-"}}, Want: checks.PASS},
		{Name: "a guess of little entropy", Set: texts(guess), Want: checks.PASS},
		{Name: "what cannot be decoded", Set: texts(clean, broken), Want: checks.UNKNOWN, Reason: "version 2: its user data could not be read to the end"},
		{Name: "a secret beside what cannot be decoded", Set: texts(broken, leak), Want: checks.FAIL, Reason: "version 2"},
		{Name: "a value that was not redacted", Set: texts(raw), Want: checks.UNKNOWN, Reason: "malformed"},
		{Name: "a pattern that is none", Set: texts(leak), Parameters: map[string]any{"ignore_patterns": []string{"("}}, Want: checks.UNKNOWN, Reason: "no regular expression"},
		{Name: "denied", Want: checks.UNKNOWN, Reason: "denied", Set: then(texts(clean), func(a *snapshot.Account) {
			a.EC2.LaunchTemplates[0].Versions = snapshot.Missing[[]snapshot.TemplateVersion](checktest.Unread("ec2:DescribeLaunchTemplateVersions", snapshot.Denied))
		})},
		{Name: "deleted between the two calls", Want: checks.NotApplicable, Reason: "deleted", Set: then(texts(clean), func(a *snapshot.Account) {
			a.EC2.LaunchTemplates[0].Versions = snapshot.Missing[[]snapshot.TemplateVersion](checktest.Unread("ec2:DescribeLaunchTemplateVersions", snapshot.Changed))
		})},
		{Name: "an answer without versions", Set: texts(), Want: checks.UNKNOWN, Reason: "no version"},
	})
}

func TestLaunchConfigurationUserDataWithoutSecrets(t *testing.T) {
	text := func(f snapshot.FreeText) func(*snapshot.Account) {
		return configured(snapshot.LaunchSpec{UserData: snapshot.Value(f)})
	}
	leak := snapshot.FreeText{Length: 80, Detections: []snapshot.Detection{{Rule: "aws-access-key-id", Line: 3, Masked: "AKIA", Entropy: 3.5}}}
	checktest.Run(t, &LaunchConfigurationUserDataWithoutSecrets, []checktest.Case{
		{Name: "none", Set: text(snapshot.FreeText{}), Want: checks.PASS, Reason: "no user data"},
		{Name: "nothing found", Set: text(snapshot.FreeText{Length: 9}), Want: checks.PASS, Reason: "9 bytes"},
		{Name: "a secret, though no group uses it", Set: text(leak), Want: checks.FAIL, Reason: "aws-access-key-id in line 3"},
		{Name: "ignored", Set: text(leak), Parameters: map[string]any{"ignore_patterns": []string{"^AKIA$"}}, Want: checks.PASS},
		{Name: "what cannot be decoded", Set: text(snapshot.FreeText{Length: 9, Undecoded: "binary"}), Want: checks.UNKNOWN, Reason: "binary"},
		{Name: "a value that was not redacted", Want: checks.UNKNOWN, Reason: "malformed",
			Set: configured(snapshot.LaunchSpec{UserData: snapshot.Missing[snapshot.FreeText](checktest.Unread("autoscaling:DescribeLaunchConfigurations", snapshot.Malformed))})},
	})
}
