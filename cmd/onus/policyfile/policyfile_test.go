package policyfile

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"onus/checks/regions/residency"
)

// known has one check for each sort of parameter, under ids of the catalogue.
func known() Known {
	return Known{Checks: map[string]CheckInfo{
		"iam-password-policy-minimum-length": {
			Parameters: map[string]any{"min_length": 14, "judge_without_passwords": true},
			Check: func(parameter string, value any) error {
				if n, ok := value.(int); ok && parameter == "min_length" && (n < 6 || n > 128) {
					return fmt.Errorf("AWS takes lengths from 6 to 128, not %d", n)
				}
				return nil
			},
		},
		"vpc-security-group-admin-ports-closed-to-internet": {
			Parameters: map[string]any{"ports_tcp": []any{22, "5900-5909"}, "skip_unattached": false},
		},
		"vpc-subnet-address-headroom":         {Parameters: map[string]any{"min_free_ratio": 0.1}},
		"ec2-ami-name-follows-convention":     {Parameters: map[string]any{"name_pattern": ""}},
		"ebs-snapshot-shared-only-with-known": {Parameters: map[string]any{"trusted_accounts": []string{}}},
		"vpc-network-acl-icmp-restricted":     {Parameters: map[string]any{"allowed_types_v4": []int{3, 11}}},
		"ec2-account-instance-count-bounded":  {Parameters: map[string]any{"max_instances": map[string]int{}}},
		"rds-logs-exported":                   {Parameters: map[string]any{"required_logs": map[string][]string{"mysql": {"error"}}}},
		"s3-bucket-tagged":                    {Parameters: map[string]any{"required_tags": map[string]string{}}},
		"ec2-instance-role-no-escalation":     {Parameters: map[string]any{"paths": [][]string{{"iam:CreateAccessKey"}}}},
		"s3-bucket-versioning-enabled":        {},
	}}
}

func parse(t *testing.T, text string) *Policy {
	t.Helper()
	p, err := Parse("onus.yaml", []byte(text), known())
	if err != nil {
		t.Fatalf("Parse: %v", err)
	}
	return p
}

func TestParseWhole(t *testing.T) {
	got := parse(t, `# what must hold in our accounts
residency: [EU, eu-west-2]
closed_regions: [us-west-1, me-south-1, us-west-1]
known_accounts:
  - 210987654321
  - 012345678901
  - 012345670123
  - "000000000001"
checks:
  iam-password-policy-minimum-length:
    enabled: true
    severity: critical
    parameters: {min_length: 16, judge_without_passwords: false}
  vpc-security-group-admin-ports-closed-to-internet:
    parameters: {ports_tcp: [22, 3389, 5900-5909, "0-65535"]}
  vpc-subnet-address-headroom: {parameters: {min_free_ratio: 1}}
  ec2-ami-name-follows-convention: {parameters: {name_pattern: 2026-01-01}}
  ebs-snapshot-shared-only-with-known: {parameters: {trusted_accounts: ["012345678901"]}}
  vpc-network-acl-icmp-restricted: {parameters: {allowed_types_v4: []}}
  ec2-account-instance-count-bounded: {parameters: {max_instances: {eu-west-1: 20}}}
  rds-logs-exported: {parameters: {required_logs: {mysql: [error, audit], aurora: []}}}
  s3-bucket-tagged: {parameters: {required_tags: {owner: "*"}}}
  ec2-instance-role-no-escalation: {parameters: {paths: [["iam:PassRole", "ec2:RunInstances"], []]}}
  s3-bucket-versioning-enabled: {enabled: false}
waivers:
  - check: s3-bucket-*
    resource: arn:aws:s3:::press-?it*
    reason: |
      it is public
      by intent
    owner: Press
    expires: 2026-12-31
  - {check: iam-password-policy-minimum-length, finding: "012345678901", reason: r, owner: o, expires: "2024-02-29"}
`)
	on, off := true, false
	one := func(name string, value any) Setting { return Setting{Parameters: map[string]any{name: value}} }
	want := &Policy{
		Residency:      []string{"eu", "eu-west-2"},
		ResidencyTable: residency.Date,
		AllowedRegions: []string{"eu-central-1", "eu-north-1", "eu-south-1", "eu-south-2", "eu-west-1", "eu-west-2", "eu-west-3", "eusc-de-east-1"},
		ClosedRegions:  []string{"me-south-1", "us-west-1"},
		KnownAccounts:  []string{"000000000001", "012345670123", "012345678901", "210987654321"},
		Checks: map[string]Setting{
			"iam-password-policy-minimum-length": {Enabled: &on, Severity: "critical",
				Parameters: map[string]any{"min_length": 16, "judge_without_passwords": false}},
			"vpc-security-group-admin-ports-closed-to-internet": one("ports_tcp", []any{22, 3389, "5900-5909", "0-65535"}),
			"vpc-subnet-address-headroom":                       one("min_free_ratio", 1.0),
			"ec2-ami-name-follows-convention":                   one("name_pattern", "2026-01-01"),
			"ebs-snapshot-shared-only-with-known":               one("trusted_accounts", []string{"012345678901"}),
			"vpc-network-acl-icmp-restricted":                   one("allowed_types_v4", []int{}),
			"ec2-account-instance-count-bounded":                one("max_instances", map[string]int{"eu-west-1": 20}),
			"rds-logs-exported":                                 one("required_logs", map[string][]string{"mysql": {"error", "audit"}, "aurora": {}}),
			"s3-bucket-tagged":                                  one("required_tags", map[string]string{"owner": "*"}),
			"ec2-instance-role-no-escalation":                   one("paths", [][]string{{"iam:PassRole", "ec2:RunInstances"}, {}}),
			"s3-bucket-versioning-enabled":                      {Enabled: &off},
		},
		Waivers: []Waiver{
			{Check: "s3-bucket-*", Resource: "arn:aws:s3:::press-?it*", Reason: "it is public\nby intent\n", Owner: "Press", Expires: "2026-12-31"},
			{Check: "iam-password-policy-minimum-length", Finding: "012345678901", Reason: "r", Owner: "o", Expires: "2024-02-29"},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Parse (-want +got)\n%s", diff)
	}
}

func TestParseEmpty(t *testing.T) {
	for _, text := range []string{"", "\n\n", "# nothing yet\n", "---\n", "{}\n", "~\n", "\ufeff# with a byte order mark\n"} {
		if diff := cmp.Diff(&Policy{}, parse(t, text)); diff != "" {
			t.Errorf("Parse(%q) is not the defaults (-want +got)\n%s", text, diff)
		}
	}
}

func TestCanonical(t *testing.T) {
	same := []string{
		"residency: [eu-west-2, eu]\nknown_accounts: [123456789012, '012345678901']\nchecks: {vpc-subnet-address-headroom: {parameters: {min_free_ratio: 1}}}\n",
		"known_accounts:\n- \"012345678901\"\n- 123456789012\n- 123456789012\nchecks:\n  vpc-subnet-address-headroom:\n    parameters:\n      min_free_ratio: 1.0\nresidency: [EU, eu-west-2, eu]\n",
	}
	want := `{"format":"onus.policy/v1","residency":["eu","eu-west-2"],"residency_table":"` + residency.Date + `",` +
		`"allowed_regions":["eu-central-1","eu-north-1","eu-south-1","eu-south-2","eu-west-1","eu-west-2","eu-west-3","eusc-de-east-1"],` +
		`"known_accounts":["012345678901","123456789012"],` +
		`"checks":{"vpc-subnet-address-headroom":{"parameters":{"min_free_ratio":1}}}}`
	digests := map[string]bool{}
	for _, text := range same {
		p := parse(t, text)
		got, err := p.JSON()
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, string(got)); diff != "" {
			t.Errorf("JSON of %q (-want +got)\n%s", text, diff)
		}
		digests[digest(t, p)] = true
	}
	if len(digests) != 1 {
		t.Errorf("files that say the same have %d digests", len(digests))
	}

	// What a reader of the result must be able to tell apart.
	different := []string{
		"", "residency: eu", "allowed_regions: [eu-west-1]", "closed_regions: [eu-west-1]", "known_accounts: [123456789012]",
		"checks: {s3-bucket-versioning-enabled: {enabled: true}}", "checks: {s3-bucket-versioning-enabled: {enabled: false}}",
		"checks: {s3-bucket-versioning-enabled: {severity: low}}",
		"checks: {vpc-network-acl-icmp-restricted: {parameters: {allowed_types_v4: []}}}",
		"checks: {vpc-network-acl-icmp-restricted: {parameters: {allowed_types_v4: [3]}}}",
		"checks: {ec2-ami-name-follows-convention: {parameters: {name_pattern: '<&>'}}}",
	}
	seen := map[string]string{}
	for _, text := range different {
		d := digest(t, parse(t, text))
		if other, taken := seen[d]; taken || len(d) != 64 {
			t.Errorf("%q and %q have the digest %s", text, other, d)
		}
		seen[d] = text
	}
	p := parse(t, different[len(different)-1])
	if got, _ := p.JSON(); !strings.Contains(string(got), `"<&>"`) {
		t.Errorf("JSON escapes for HTML: %s", got)
	}
}

func digest(t *testing.T, p *Policy) string {
	t.Helper()
	d, err := p.Digest()
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestKnownValidate(t *testing.T) {
	if err := known().Validate(); err != nil {
		t.Errorf("Validate: %v", err)
	}
	refuse := func(string, any) error { return fmt.Errorf("no") }
	bad := Known{Checks: map[string]CheckInfo{
		"a": {Parameters: map[string]any{"x": int64(1), "y": nil, "z": 1}},
		"b": {Parameters: map[string]any{"w": 1}, Check: refuse},
	}}
	err := bad.Validate()
	if err == nil {
		t.Fatal("Validate takes anything")
	}
	want := "check a: parameter x: default of type int64\ncheck a: parameter y: default of type <nil>\ncheck b: parameter w: default out of bounds: no"
	if diff := cmp.Diff(want, err.Error()); diff != "" {
		t.Errorf("Validate (-want +got)\n%s", diff)
	}
	_, err = Parse("onus.yaml", []byte("checks: {a: {parameters: {x: 1}}}"), bad)
	if err == nil || !strings.HasPrefix(err.Error(), `onus.yaml:1:27: parameter "x" of a cannot be set`) {
		t.Errorf("a parameter that no policy can set: %v", err)
	}
}
