package access

import (
	"slices"
	"strings"
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

func userData(r snapshot.Read[snapshot.FreeText]) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		a.EC2.Instances = []snapshot.Instance{{Meta: checktest.Meta("i", instanceARN), ID: "i-1", State: "running", UserData: r}}
	}
}

func detected(undecoded string, detections ...snapshot.Detection) func(*snapshot.Account) {
	return userData(snapshot.Value(snapshot.FreeText{Length: 80, Undecoded: undecoded, Detections: detections}))
}

func TestInstanceUserDataWithoutSecrets(t *testing.T) {
	password := snapshot.Detection{Rule: "secret-assignment", Line: 3, Entropy: 2.5}
	key := snapshot.Detection{Rule: "aws-access-key-id", Line: 7, Masked: "AKIA", Entropy: 3.4}
	guess := snapshot.Detection{Rule: "generic-api-key", Line: 9, Masked: "q9Zt", Entropy: 3.8}
	ignore := func(patterns ...string) map[string]any { return map[string]any{"ignore_patterns": patterns} }
	many := slices.Repeat([]snapshot.Detection{password}, snapshot.MostDetections)
	gone := checktest.Unread("ec2:DescribeInstanceAttribute", snapshot.Changed)
	checktest.Run(t, &InstanceUserDataWithoutSecrets, []checktest.Case{
		{Name: "no user data", Set: userData(snapshot.Value(snapshot.FreeText{})), Want: checks.PASS, Reason: "no user data"},
		{Name: "nothing found, such as in a reference to a store of secrets", Set: detected(""), Want: checks.PASS, Reason: "80 bytes"},
		{Name: "a chosen password has little entropy", Set: detected("", password), Want: checks.FAIL, Reason: "secret-assignment in line 3", Observed: map[string]string{"detections": "secret-assignment in line 3"}},
		{Name: "detector, line and masked beginning", Set: detected("", key), Want: checks.FAIL, Reason: `aws-access-key-id in line 7 ("AKIA"…)`},
		{Name: "a guess below the entropy", Set: detected("", guess), Want: checks.PASS, Reason: "1 detections"},
		{Name: "a guess with a lower limit", Set: detected("", guess), Parameters: map[string]any{"min_entropy_bits_per_char": 3.5}, Want: checks.FAIL, Reason: "generic-api-key"},
		{Name: "the entropy is for guesses only", Set: detected("", key), Parameters: map[string]any{"min_entropy_bits_per_char": 6.0}, Want: checks.FAIL, Reason: "aws-access-key-id"},
		{Name: "a detector that is ignored", Set: detected("", password), Parameters: ignore("^secret-"), Want: checks.PASS, Reason: "do not count"},
		{Name: "a beginning that is ignored", Set: detected("", key, password), Parameters: ignore("^AKIA$"), Want: checks.FAIL, Reason: "holds secret-assignment in line 3"},
		{Name: "no beginning is shown, so no pattern matches it", Set: detected("", password), Parameters: ignore("^$"), Want: checks.FAIL, Reason: "secret-assignment"},
		{Name: "a pattern that is none", Set: detected("", password), Parameters: ignore("("), Want: checks.UNKNOWN, Reason: "no regular expression"},
		{Name: "what cannot be decoded", Set: detected("truncated gzip"), Want: checks.UNKNOWN, Reason: "truncated gzip"},
		{Name: "a secret beside what cannot be decoded", Set: detected("binary", password), Want: checks.FAIL, Reason: "secret-assignment"},
		{Name: "ignored, beside what cannot be decoded", Set: detected("binary", password), Parameters: ignore("secret"), Want: checks.UNKNOWN, Reason: "binary"},
		{Name: "more than a marker lists, all ignored", Set: detected("", many...), Parameters: ignore("secret"), Want: checks.UNKNOWN, Reason: "there may be more"},
		{Name: "many secrets", Set: detected("", many...), Want: checks.FAIL, Reason: "and 95 more"},
		{Name: "terminated while it was read", Set: userData(snapshot.Missing[snapshot.FreeText](gone)), Want: checks.NotApplicable, Reason: "terminated while it was read"},
		{Name: "denied is not empty", Want: checks.UNKNOWN, Reason: "denied",
			Set: userData(snapshot.Missing[snapshot.FreeText](checktest.Unread("ec2:DescribeInstanceAttribute", snapshot.Denied)))},
		{Name: "a value that was not redacted", Want: checks.UNKNOWN, Reason: "malformed",
			Set: userData(snapshot.Missing[snapshot.FreeText](checktest.Unread("ec2:DescribeInstanceAttribute", snapshot.Malformed)))},
	})
}

// What the account holds of user data is all that a finding can show: no field for a text.
func TestUserDataFindingShowsOnlyTheMask(t *testing.T) {
	d := snapshot.Detection{Rule: "aws-access-key-id", Line: 1, Masked: "AKIA"}
	found := checktest.Findings(&InstanceUserDataWithoutSecrets, checktest.Account(&InstanceUserDataWithoutSecrets, detected("", d)), nil)
	if len(found) != 1 || strings.Count(found[0].Reason, "AKIA") != 1 || found[0].Observed["detections"] != `aws-access-key-id in line 1 ("AKIA"…)` {
		t.Errorf("findings: %+v", found)
	}
}

func TestUserDataBounds(t *testing.T) {
	bounds := InstanceUserDataWithoutSecrets.Bounds
	if err := bounds("ignore_patterns", []string{"^generic-", "("}); err == nil {
		t.Error(`"(" is no regular expression`)
	}
	if err := bounds("ignore_patterns", []string{"^generic-"}); err != nil {
		t.Error(err)
	}
	if err := bounds("min_entropy_bits_per_char", 3.0); err != nil {
		t.Error(err)
	}
}
