package access

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"onus/checks"
	"onus/scanner/snapshot"
)

// InstanceUserDataWithoutSecrets passes when the user data is empty or no detector found a
// secret in it, in any of its layers. The text itself is never kept: the verdict rests on
// what was found before it was replaced.
//
// A detection does not count where one of ignore_patterns, regular expressions, matches
// its detector's name or its masked beginning; nor where the detector only guesses and
// the match has fewer bits for each character than min_entropy_bits_per_char. The other
// detectors know a secret by its form or by the name in front of it, and what people
// choose as a password has little entropy.
// Source: EC2 DescribeInstanceAttribute, UserData.Value.
var InstanceUserDataWithoutSecrets = checks.Check{
	ID:          "ec2-instance-no-secrets-in-user-data",
	Title:       "EC2 instance user data holds no secrets",
	Severity:    checks.High,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.Infrastructure,
	Tier:        1,
	Reads:       []string{"ec2:DescribeInstances", "ec2:DescribeInstanceAttribute"},
	Parameters:  checks.Parameters{"ignore_patterns": []string{}, "min_entropy_bits_per_char": 4.0},
	Bounds:      userDataBounds,
	Remedy:      "Change the secret, put it into Secrets Manager or Parameter Store, and let the instance read it with its role; then replace the user data.",
	Fix: checks.Fix{
		Threat: "Everybody who may describe the instance, and every process on it, reads the secret. It stays in launch templates and records after it was changed.",
		CLI: `aws secretsmanager create-secret --name NAME --secret-string file://secret.txt --region {region}
aws ec2 modify-instance-attribute --instance-id {id} --user-data Value=file://user-data.b64 --region {region}`,
		Terraform: `resource "aws_instance" "this" {
  user_data            = file("user-data.sh") # reads the secret by the instance's role
  iam_instance_profile = "PROFILE"
}`,
		Cost: "The instance must be stopped to change its user data. The secret counts as known: change it first.",
	},
	Judges: checks.For(snapshot.Instances, instanceUserDataWithoutSecrets),
}

// userDataBounds refuses a pattern that is no regular expression.
func userDataBounds(parameter string, value any) error {
	if list, ok := value.([]string); ok && parameter == "ignore_patterns" {
		_, err := compilePatterns(list)
		return err
	}
	return nil
}

// guessing are the detectors that go by entropy and a name that may mean a secret.
// Source: gitleaks' rule of that name; all its others know a provider's form.
var guessing = []string{"generic-api-key"}

func instanceUserDataWithoutSecrets(i snapshot.Instance, env checks.Env) checks.Verdict {
	text, err := i.UserData.Get()
	var unread *snapshot.Unread
	switch {
	case errors.As(err, &unread) && unread.Cause == snapshot.Changed:
		return checks.DoesNotApply("the instance was terminated while it was read").With("code", unread.Code)
	case err != nil:
		return checks.Unknown(err)
	case text.Length == 0 && text.Undecoded == "" && len(text.Detections) == 0:
		return checks.Pass("it has no user data")
	}
	ignore, err := compilePatterns(env.Strings("ignore_patterns"))
	if err != nil {
		return checks.Unclear("%s", err)
	}
	return secretsVerdict(text, ignore, env.Float("min_entropy_bits_per_char"))
}

func secretsVerdict(text snapshot.FreeText, ignore []*regexp.Regexp, bits float64) checks.Verdict {
	var found []string
	for _, d := range text.Detections {
		if slices.Contains(guessing, d.Rule) && d.Entropy < bits || ignoredDetection(d, ignore) {
			continue
		}
		found = append(found, describeDetection(d))
	}
	discounted := len(text.Detections) - len(found)
	switch {
	case len(found) > 0:
		return checks.Fail("its user data holds %s", firstDetections(found, 5)).With("detections", strings.Join(found, ", "))
	case text.Undecoded != "":
		return checks.Unclear("its user data could not be read to the end: %s", text.Undecoded).With("undecoded", text.Undecoded)
	case len(text.Detections) >= snapshot.MostDetections:
		return checks.Unclear("%d detections do not count by the parameters, and there may be more than those listed", discounted)
	case discounted > 0:
		return checks.Pass("%d detections in its user data do not count by the parameters", discounted).With("detections", "")
	}
	return checks.Pass("no detector found a secret in its user data of %d bytes", text.Length).With("detections", "")
}

func compilePatterns(list []string) ([]*regexp.Regexp, error) {
	var out []*regexp.Regexp
	for _, p := range list {
		re, err := regexp.Compile(p)
		if err != nil {
			return nil, fmt.Errorf("ignore_patterns holds %q, which is no regular expression", p)
		}
		out = append(out, re)
	}
	return out, nil
}

func ignoredDetection(d snapshot.Detection, ignore []*regexp.Regexp) bool {
	return slices.ContainsFunc(ignore, func(re *regexp.Regexp) bool {
		return re.MatchString(d.Rule) || d.Masked != "" && re.MatchString(d.Masked)
	})
}

// describeDetection names detector, line and masked beginning: the secret is not known here.
func describeDetection(d snapshot.Detection) string {
	s := fmt.Sprintf("%s in line %d", d.Rule, d.Line)
	if d.Masked != "" {
		s += fmt.Sprintf(" (%q…)", d.Masked)
	}
	return s
}

func firstDetections(list []string, n int) string {
	if len(list) <= n {
		return strings.Join(list, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(list[:n], ", "), len(list)-n)
}
