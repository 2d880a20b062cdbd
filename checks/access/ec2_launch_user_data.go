package access

import (
	"fmt"
	"strings"

	"onus/checks"
	"onus/checks/launch"
	"onus/checks/wording"
	"onus/scanner/snapshot"
)

// LaunchTemplateUserDataWithoutSecrets passes when no detector found a secret in the user
// data of any version of the template: whoever may describe it reads old versions too. The
// parameters are those of ec2-instance-no-secrets-in-user-data.
// Source: EC2 DescribeLaunchTemplateVersions, LaunchTemplateData.UserData.
var LaunchTemplateUserDataWithoutSecrets = checks.Check{
	ID:          "ec2-launch-template-no-secrets-in-user-data",
	Title:       "Launch template versions hold no secrets in their user data",
	Severity:    checks.High,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.Infrastructure,
	Tier:        1,
	Reads:       []string{"ec2:DescribeLaunchTemplates", "ec2:DescribeLaunchTemplateVersions"},
	Parameters:  checks.Parameters{"ignore_patterns": []string{}, "min_entropy_bits_per_char": 4.0},
	Bounds:      userDataBounds,
	Remedy:      "Change the secret, let the instance read it from Secrets Manager or Parameter Store with its role, and delete the versions that hold it.",
	Fix: checks.Fix{
		Threat: "Everybody with ec2:DescribeLaunchTemplateVersions, which ReadOnlyAccess grants, reads the secret of every version; so does every process on an instance. An old version keeps it long after the default was cleaned.",
		CLI: `aws secretsmanager create-secret --region {region} --name SECRET --secret-string file://NEW_VALUE
aws ec2 create-launch-template-version --region {region} --launch-template-id {id} --source-version '$Latest' --launch-template-data '{"UserData":"BASE64_WITHOUT_THE_SECRET"}'
aws ec2 modify-launch-template --region {region} --launch-template-id {id} --default-version NEW_VERSION
aws ec2 delete-launch-template-versions --region {region} --launch-template-id {id} --versions OLD_VERSIONS`,
		Terraform: `resource "aws_launch_template" "example" {
  name      = "{name}"
  user_data = base64encode(file("${path.module}/start.sh")) # which reads the secret with the instance's role
}`,
		Cost: "Secrets Manager bills each secret by the month; a standard parameter of Parameter Store is free. Change the secret itself first: it is known. Deleted versions do not come back, so see that no group names them.",
	},
	Judges: checks.For(snapshot.LaunchTemplates, launchTemplateUserDataWithoutSecrets),
}

func launchTemplateUserDataWithoutSecrets(t snapshot.LaunchTemplate, env checks.Env) checks.Verdict {
	versions, err := t.Versions.Get()
	switch {
	case launch.Gone(err):
		return checks.DoesNotApply("the template was deleted while it was read")
	case err != nil:
		return checks.Unknown(err)
	case len(versions) == 0:
		return checks.Unclear("the answer holds no version of the template")
	}
	var failed, numbers []string
	var unknown *checks.Verdict
	empty := 0
	for _, v := range versions {
		out, none := specSecrets(v.LaunchSpec, env)
		out.Reason = fmt.Sprintf("version %d: %s", v.Number, out.Reason)
		switch {
		case out.Status == checks.FAIL:
			failed, numbers = append(failed, out.Reason), append(numbers, fmt.Sprint(v.Number))
		case out.Status != checks.PASS && unknown == nil:
			unknown = &out
		case none:
			empty++
		}
	}
	seen := fmt.Sprintf("%d of %d versions have user data", len(versions)-empty, len(versions))
	switch {
	case len(failed) > 0:
		list := strings.Join(numbers, ", ")
		return checks.Fail("%s", strings.Join(wording.Some(failed, 3), "; ")).With("versions", list)
	case unknown != nil:
		return *unknown
	}
	return checks.Pass("no detector found a secret that counts: %s", seen).With("versions", "")
}

// specSecrets judges the user data of one description; none says that it has none.
func specSecrets(s snapshot.LaunchSpec, env checks.Env) (v checks.Verdict, none bool) {
	text, err := s.UserData.Get()
	switch {
	case err != nil:
		return checks.Unknown(err), false
	case text.Length == 0 && text.Undecoded == "" && len(text.Detections) == 0:
		return checks.Pass("it has no user data"), true
	}
	ignore, err := compilePatterns(env.Strings("ignore_patterns"))
	if err != nil {
		return checks.Unclear("%s", err), false
	}
	return secretsVerdict(text, ignore, env.Float("min_entropy_bits_per_char")), false
}

// LaunchConfigurationUserDataWithoutSecrets passes when no detector found a secret in the
// user data of the launch configuration, used or not. The parameters are those of
// ec2-instance-no-secrets-in-user-data.
// Source: Auto Scaling DescribeLaunchConfigurations, UserData.
var LaunchConfigurationUserDataWithoutSecrets = checks.Check{
	ID:          "ec2-launch-configuration-no-secrets-in-user-data",
	Title:       "Auto Scaling launch configurations hold no secrets in their user data",
	Severity:    checks.High,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.Infrastructure,
	Tier:        2,
	Reads:       []string{"autoscaling:DescribeLaunchConfigurations"},
	Parameters:  checks.Parameters{"ignore_patterns": []string{}, "min_entropy_bits_per_char": 4.0},
	Bounds:      userDataBounds,
	Remedy:      "Change the secret, launch by a template whose instances read it from Secrets Manager or Parameter Store, and delete the launch configuration.",
	Fix: checks.Fix{
		Threat: "Everybody with autoscaling:DescribeLaunchConfigurations, which ReadOnlyAccess grants, reads the secret, used or not. So does every process on an instance of the group.",
		CLI: `aws secretsmanager create-secret --region {region} --name SECRET --secret-string file://NEW_VALUE
aws autoscaling update-auto-scaling-group --region {region} --auto-scaling-group-name GROUP --launch-template 'LaunchTemplateName=TEMPLATE,Version=$Latest'
aws autoscaling delete-launch-configuration --region {region} --launch-configuration-name {name}`,
		Terraform: `resource "aws_launch_template" "example" {
  name      = "{name}"
  user_data = base64encode(file("${path.module}/start.sh")) # which reads the secret with the instance's role
}`,
		Cost: "Secrets Manager bills each secret by the month; a standard parameter of Parameter Store is free. Change the secret itself first: it is known. A launch configuration in use cannot be deleted, and none can be edited.",
	},
	Judges: checks.For(snapshot.LaunchConfigurations, launchConfigurationUserDataWithoutSecrets),
}

func launchConfigurationUserDataWithoutSecrets(c snapshot.LaunchConfiguration, env checks.Env) checks.Verdict {
	v, _ := specSecrets(c.Spec, env)
	return v
}
