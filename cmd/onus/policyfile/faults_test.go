package policyfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"onus/checks/regions/residency"
)

func TestParseFaults(t *testing.T) {
	const sections = "residency, allowed_regions, closed_regions, known_accounts, checks, waivers"
	setting := func(s string) string { return "checks:\n  iam-password-policy-minimum-length:\n    " + s + "\n" }
	parameter := func(check, s string) string { return "checks:\n  " + check + ":\n    parameters:\n      " + s + "\n" }
	waiver := func(s string) string {
		return "waivers:\n  - check: '*'\n    resource: '*'\n    reason: r\n    owner: o\n    expires: 2026-12-31\n    " + s + "\n"
	}
	const length, ports = "iam-password-policy-minimum-length", "vpc-security-group-admin-ports-closed-to-internet"
	tests := []struct {
		name, text, want string // want: without "onus.yaml:"
	}{
		{"unknown key", "residency: eu\nresidencys: eu\n", `2:1: unknown key "residencys"; did you mean "residency"?`},
		{"a key of later issues", "targets: []\n", `1:1: unknown key "targets"; use one of ` + sections},
		{"key twice", "residency: eu\nresidency: de\n", `2:1: "residency" is given twice, first in line 1; keep one of the two`},
		{"check twice", "checks:\n  s3-bucket-versioning-enabled: {}\n  s3-bucket-versioning-enabled: {}\n", `3:3: "s3-bucket-versioning-enabled" is given twice, first in line 2; keep one of the two`},
		{"a list at the top", "- residency\n", `1:1: the policy must be a mapping, not a list; write "key: value" lines below it`},
		{"text at the top", "eu\n", `1:1: the policy must be a mapping, not the text "eu"; write "key: value" lines below it`},
		{"key that is no text", "1: eu\n", `1:1: a key of the policy must be text, not the number 1; put it in quotes if it is meant`},
		{"key that is a list", "? [a]\n: b\n", `1:3: a key of the policy must be text, not a list; put it in quotes if it is meant`},
		{"merge key", "<<: {residency: eu}\n", `1:1: a key of the policy must be text, not <<; put it in quotes if it is meant`},

		{"unknown residency", "residency: [eu, atlantis]\n", `1:17: unknown residency "atlantis" (no Region lies there by the table of ` + residency.Date + `); use a country (de), eu, eea, us, uk, or a Region (eu-central-1)`},
		{"misspelt residency", "residency: eu-wset-1\n", `1:12: unknown residency "eu-wset-1" (no Region lies there by the table of ` + residency.Date + `); did you mean "eu-west-1"?`},
		{"residency empty", "residency:\n", `1:11: residency must be a word or a list of words, not empty; use a country (de), eu, eea, us, uk, or a Region (eu-central-1)`},
		{"residency an empty list", "residency: []\n", `1:12: residency is an empty list; name a place, or remove the key if none is declared`},
		{"both", "residency: eu\nallowed_regions: [eu-west-1]\n", `2:1: residency and allowed_regions are both given; keep one of them: residency expands to Regions, allowed_regions lists them`},
		{"both, in one line", "{allowed_regions: [eu-west-1], residency: eu}\n", `1:32: residency and allowed_regions are both given; keep one of them: residency expands to Regions, allowed_regions lists them`},
		{"unknown Region", "allowed_regions: [eu-west-1, eu-west-11]\n", `1:30: unknown Region "eu-west-11"; did you mean "eu-west-1"?`},
		{"a word is no Region", "allowed_regions: [eu]\n", `1:19: unknown Region "eu"; use a Region's code as AWS writes it, known by ` + residency.Date},
		{"allowed_regions no list", "allowed_regions: eu-west-1\n", `1:18: allowed_regions must be a list, not the text "eu-west-1"; write it as [a, b], or each item in a line after "- "`},
		{"allowed_regions empty", "allowed_regions: []\n", `1:18: allowed_regions is an empty list; list a Region, or remove the key if none is declared`},
		{"unknown closed Region", "closed_regions:\n  - us-east-7\n", `2:5: unknown Region "us-east-7"; did you mean "us-east-1"?`},
		{"account too short", "known_accounts: [12345]\n", `1:18: item 1 of known_accounts must be an account id of 12 digits, not the number 12345; write it with its leading zeros, such as "012345678901"`},
		{"account with hyphens", "known_accounts: [1234-5678-9012]\n", `1:18: item 1 of known_accounts must be an account id of 12 digits, not the text "1234-5678-9012"; write it with its leading zeros, such as "012345678901"`},
		{"account as ARN", "known_accounts: ['123456789012', 'arn:aws:iam::123456789012:root']\n", `1:34: item 2 of known_accounts must be an account id of 12 digits, not the text "arn:aws:iam::123456789012:root"; write it with its leading zeros, such as "012345678901"`},

		{"checks empty", "checks:\n", `1:8: checks must be a mapping, not empty; write "key: value" lines below it`},
		{"unknown check", "checks:\n  s3-bucket-versioning-enable: {}\n", `2:3: unknown check "s3-bucket-versioning-enable"; did you mean "s3-bucket-versioning-enabled"?`},
		{"check unlike any", "checks: {xyz: {}}\n", `1:10: unknown check "xyz"; see "onus checks list" for the ids`},
		{"check switched off in short", "checks: {s3-bucket-versioning-enabled: off}\n", `1:40: s3-bucket-versioning-enabled must be a mapping, not the text "off"; write "key: value" lines below it`},
		{"unknown key of a check", setting("serverity: high"), `3:5: unknown key "serverity"; did you mean "severity"?`},
		{"bad severity", setting("severity: hihg"), `3:15: unknown severity "hihg"; did you mean "high"?`},
		{"severity unlike any", setting("severity: urgent"), `3:15: unknown severity "urgent"; use one of critical, high, medium, low, info`},
		{"severity in capitals", setting("severity: HIGH"), `3:15: unknown severity "HIGH"; did you mean "high"?`},
		{"severity a number", setting("severity: 1"), `3:15: severity must be text, not the number 1; put it in quotes if it is meant`},
		{"enabled yes", setting("enabled: yes"), `3:14: enabled must be true or false, not the text "yes"; write true or false, without quotes`},
		{"enabled in quotes", setting(`enabled: "true"`), `3:14: enabled must be true or false, not the text "true"; write true or false, without quotes`},
		{"parameters empty", setting("parameters:"), `3:16: parameters must be a mapping, not empty; write "key: value" lines below it`},

		{"unknown parameter", parameter(length, "min_lenght: 14"), `4:7: unknown parameter "min_lenght"; did you mean "min_length"?`},
		{"parameter unlike any", parameter(length, "x: 14"), `4:7: unknown parameter "x"; use one of judge_without_passwords, min_length`},
		{"check without parameters", parameter("s3-bucket-versioning-enabled", "x: 1"), `4:7: unknown parameter "x"; remove it: the check has none`},
		{"int in quotes", parameter(length, `min_length: "14"`), `4:19: parameter "min_length" must be a whole number, not the text "14"; write it in plain digits, such as 14, without quotes`},
		{"int with a leading zero", parameter(length, "min_length: 016"), `4:19: parameter "min_length" must be a whole number, not the number 016; write it in plain digits, such as 14, without quotes`},
		{"int in hexadecimal", parameter(length, "min_length: 0x10"), `4:19: parameter "min_length" must be a whole number, not the number 0x10; write it in plain digits, such as 14, without quotes`},
		{"float for int", parameter(length, "min_length: 14.5"), `4:19: parameter "min_length" must be a whole number, not the number 14.5; write it in plain digits, such as 14, without quotes`},
		{"int too large", parameter(length, "min_length: 9007199254740992"), `4:19: parameter "min_length" must be a whole number of at most 15 digits, not the number 9007199254740992; write it in plain digits, such as 14, without quotes`},
		{"int empty", parameter(length, "min_length:"), `4:18: parameter "min_length" must be a whole number, not empty; write it in plain digits, such as 14, without quotes`},
		{"less than nothing", parameter(length, "min_length: -3"), `4:19: parameter "min_length" must be 0 or more, not the number -3; write a number that is not negative`},
		{"out of bounds", parameter(length, "min_length: 200"), `4:19: parameter "min_length" of iam-password-policy-minimum-length is out of bounds: AWS takes lengths from 6 to 128, not 200; change the value`},
		{"bool as number", parameter(length, "judge_without_passwords: 1"), `4:32: parameter "judge_without_passwords" must be true or false, not the number 1; write true or false, without quotes`},
		{"float infinite", parameter("vpc-subnet-address-headroom", "min_free_ratio: .inf"), `4:23: parameter "min_free_ratio" must be a number, not the number .inf; write it in plain digits, such as 0.5, without quotes`},
		{"float too large", parameter("vpc-subnet-address-headroom", "min_free_ratio: 1e999"), `4:23: parameter "min_free_ratio" must be a number, not the text "1e999"; write it in plain digits, such as 0.5, without quotes`},
		{"text as list", parameter("ec2-ami-name-follows-convention", "name_pattern: [a]"), `4:21: parameter "name_pattern" must be text, not a list; put it in quotes if it is meant`},
		{"account id as number in a list of text", parameter("ebs-snapshot-shared-only-with-known", "trusted_accounts: [123456789012]"), `4:26: item 1 of parameter "trusted_accounts" must be text, not the number 123456789012; put it in quotes if it is meant`},
		{"int list", parameter("vpc-network-acl-icmp-restricted", "allowed_types_v4: [3, x]"), `4:29: item 2 of parameter "allowed_types_v4" must be a whole number, not the text "x"; write it in plain digits, such as 14, without quotes`},
		{"waivers no list", "waivers: {}\n", `1:10: waivers must be a list, not a mapping; write it as [a, b], or each item in a line after "- "`},
		{"waiver no mapping", "waivers: [x]\n", `1:11: item 1 of waivers must be a mapping, not the text "x"; write "key: value" lines below it`},
		{"waiver with an unknown key", waiver("expire: 2026-12-31"), `7:5: unknown key "expire"; did you mean "expires"?`},
		{"waiver with a key twice", waiver("owner: b"), `7:5: "owner" is given twice, first in line 5; keep one of the two`},
		{"waiver without an owner", "waivers:\n  - {check: '*', resource: '*', reason: r, expires: 2026-12-31}\n", `2:5: item 1 of waivers has no owner; a waiver needs check, resource or finding, reason, owner and expires`},
		{"waiver of nothing", "waivers:\n  - {check: '*', owner: o, reason: r, expires: 2026-12-31}\n", `2:5: item 1 of waivers has neither resource nor finding; give one of them; resource: "*" means every resource`},
		{"waiver of resource and finding", waiver("finding: 0123456789ab"), `7:5: item 1 of waivers has both resource and finding; keep one of them: a finding is of one resource`},
		{"waiver of no check", "waivers:\n  - {check: s3-bucket-versioning-enable, resource: '*', owner: o, reason: r, expires: 2026-12-31}\n", `2:13: unknown check "s3-bucket-versioning-enable"; did you mean "s3-bucket-versioning-enabled"?`},
		{"waiver whose glob fits no check", "waivers:\n  - {check: 's4-*', resource: '*', owner: o, reason: r, expires: 2026-12-31}\n", `2:13: the glob "s4-*" fits no check; see "onus checks list" for the ids`},
		{"waiver with a blank reason", "waivers:\n  - {check: '*', resource: '*', owner: o, reason: \" \\u200b\\n\", expires: 2026-12-31}\n", `2:51: reason is empty; say why this is accepted`},
		{"waiver until no day", "waivers:\n  - {check: '*', resource: '*', owner: o, reason: r, expires: 2026-02-30}\n", `2:63: expires is 2026-02-30, and there is no such day; write it as YYYY-MM-DD, such as 2026-12-31`},
		{"waiver until some day", "waivers:\n  - {check: '*', resource: '*', owner: o, reason: r, expires: never}\n", `2:63: expires must be a date, the last day on which it holds (UTC), not the text "never"; write it as YYYY-MM-DD, such as 2026-12-31`},
		{"waiver of a short id", "waivers:\n  - {check: '*', finding: 0123456789a, owner: o, reason: r, expires: 2026-12-31}\n", `2:27: finding must be a finding's id or 12 to 64 of its first characters (0-9, a-f), not the text "0123456789a"; give 12 of its first characters or more, in quotes, as the result and "onus explain" have them`},

		{"port too large", parameter(ports, "ports_tcp: [65536]"), `4:19: item 1 of parameter "ports_tcp" must be a port from 0 to 65535 or a range "a-b", not the number 65536; write 443 (without quotes) or "5900-5909"`},
		{"port negative", parameter(ports, "ports_tcp: [-1]"), `4:19: item 1 of parameter "ports_tcp" must be a port from 0 to 65535 or a range "a-b", not the number -1; write 443 (without quotes) or "5900-5909"`},
		{"port in quotes", parameter(ports, `ports_tcp: ["443"]`), `4:19: item 1 of parameter "ports_tcp" must be a port from 0 to 65535 or a range "a-b", not the text "443"; write 443 (without quotes) or "5900-5909"`},
		{"range too large", parameter(ports, "ports_tcp: [1-70000]"), `4:19: item 1 of parameter "ports_tcp" must be a port from 0 to 65535 or a range "a-b", not the text "1-70000"; write 443 (without quotes) or "5900-5909"`},
		{"range backwards", parameter(ports, "ports_tcp: [5909-5900]"), `4:19: item 1 of parameter "ports_tcp" is the range "5909-5900", which ends before it begins; write the lower port first`},
		{"ports no list", parameter(ports, "ports_tcp: 22"), `4:18: parameter "ports_tcp" must be a list, not the number 22; write it as [a, b], or each item in a line after "- "`},
		{"value of a mapping", parameter("ec2-account-instance-count-bounded", "max_instances: {eu-west-1: many}"), `4:34: "eu-west-1" of parameter "max_instances" must be a whole number, not the text "many"; write it in plain digits, such as 14, without quotes`},
		{"list in a mapping", parameter("rds-logs-exported", "required_logs: {mysql: error}"), `4:30: "mysql" of parameter "required_logs" must be a list, not the text "error"; write it as [a, b], or each item in a line after "- "`},

		{"two documents", "residency: eu\n---\nresidency: de\n", `2:1: a second document begins here; keep one document: remove this line and what follows, or merge the two`},
		{"an empty second document", "residency: eu\n---\n", `2:1: a second document begins here; keep one document: remove this line and what follows, or merge the two`},
		{"an empty first document", "---\n---\nresidency: de\n", `2:1: a second document begins here; keep one document: remove this line and what follows, or merge the two`},
		{"anchor", "residency: &here eu\n", `1:12: anchors such as &here are not allowed; remove it`},
		{"tag", "residency: !!str eu\n", `1:12: tags such as !!str are not allowed; remove it`},
		{"tagged nothing", "!!null\n", `1:1: tags such as !!null are not allowed; remove it`},
		{"tab", "checks:\n\ts3: {}\n", `2:1: not valid YAML: found character that cannot start any token while scanning for the next token; correct the YAML here; indent with spaces, not tabs`},
		{"open bracket", "allowed_regions: [eu-west-1\n", `2:1: not valid YAML: did not find expected ',' or ']' while parsing a flow sequence; correct the YAML here; indent with spaces, not tabs`},
		{"after the document", "residency: eu\n...\nx: [\n", `4:1: not valid YAML: did not find expected node content while parsing a flow node; correct the YAML here; indent with spaces, not tabs`},
		{"Latin-1", "# ok\nresidency: \xe4\n", `2:12: the file is not UTF-8 text; save it in the encoding UTF-8`},
		{"UTF-16", "\xff\xfer\x00", `1:1: the file is not UTF-8 text; save it in the encoding UTF-8`},
		{"NUL", "residency: é\x00\n", `1:13: the control character U+0000 is not allowed; remove it`},
		{"DEL", "# ok\n\x7f\n", `2:1: the control character U+007F is not allowed; remove it`},
		{"too large", strings.Repeat("#", maxSize+1), `1:1: the file is larger than 524288 bytes; give a policy file`},
		{"foreign text stays in its line", `"a\nb": 1` + "\n", `1:1: unknown key "a\nb"; use one of ` + sections},
		{"foreign text is cut", strings.Repeat("x", 500) + ": 1\n", `1:1: unknown key "` + strings.Repeat("x", 80) + `…"; use one of ` + sections},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p, err := Parse("onus.yaml", []byte(test.text), known())
			if err == nil {
				t.Fatalf("Parse takes it: %+v", p)
			}
			if p != nil {
				t.Errorf("a policy came with the error: %+v", p)
			}
			if diff := cmp.Diff("onus.yaml:"+test.want, err.Error()); diff != "" {
				t.Errorf("error (-want +got)\n%s", diff)
			}
		})
	}
}

// TestParseAllFaults wants every fault of a file in order of place, up to a bound.
func TestParseAllFaults(t *testing.T) {
	_, err := Parse("p.yaml", []byte("checks:\n  x: {}\nresidency: mars\nallowed_regions: [eu, eu-west-1, 7]\nfoo: bar\n"), known())
	var got []string
	for line := range strings.SplitSeq(err.Error(), "\n") {
		got = append(got, line[:strings.Index(line, ";")])
	}
	want := []string{
		`p.yaml:2:3: unknown check "x"`,
		`p.yaml:3:12: unknown residency "mars" (no Region lies there by the table of ` + residency.Date + `)`,
		`p.yaml:4:1: residency and allowed_regions are both given`,
		`p.yaml:4:19: unknown Region "eu"`,
		`p.yaml:4:34: item 3 of allowed_regions must be text, not the number 7`,
		`p.yaml:5:1: unknown key "foo"`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("faults (-want +got)\n%s", diff)
	}
	_, err = Parse("p.yaml", []byte(strings.Repeat("? [a]\n", 1000)), known())
	if n := strings.Count(err.Error(), "\n") + 1; n != maxErrors {
		t.Errorf("%d faults reported, want %d", n, maxErrors)
	}
	var fault *Error
	if !errors.As(err, &fault) || fault.ExitCode() != 2 {
		t.Errorf("no *Error with exit code 2 in %T", err)
	}
}

// TestParseAliasBomb gives a file that stands for 10^9 words.
func TestParseAliasBomb(t *testing.T) {
	text := "a: &a [x, x, x, x, x, x, x, x, x, x]\n"
	for c := 'b'; c <= 'i'; c++ {
		ref := "*" + string(c-1)
		text += string(c) + ": &" + string(c) + " [" + strings.Repeat(ref+", ", 9) + ref + "]\n"
	}
	_, err := Parse("onus.yaml", []byte(text), known())
	if err == nil || !strings.HasPrefix(err.Error(), "onus.yaml:1:4: anchors such as &a are not allowed; remove it\nonus.yaml:2:4:") {
		t.Errorf("alias bomb: %v", err)
	}
	if _, err := Parse("onus.yaml", []byte("residency: &r eu\nclosed_regions: *r\n"), known()); err == nil || !strings.Contains(err.Error(), "2:17: aliases such as *r are not allowed; write the value out") {
		t.Errorf("alias: %v", err)
	}
	// An anchor that holds itself is a ring of nodes.
	if _, err := Parse("onus.yaml", []byte("residency: &r [*r]\n"), known()); err == nil {
		t.Error("a ring was taken")
	}
}

func TestLoad(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "onus.yaml")
	if _, err := Load(path, known()); !errors.Is(err, fs.ErrNotExist) ||
		!regexp.MustCompile(`onus\.yaml: the policy file cannot be read: .*; give the path`).MatchString(err.Error()) {
		t.Errorf("no file: %v", err)
	}
	if _, err := Load(dir, known()); err == nil {
		t.Error("a directory was taken for a policy")
	}
	if err := os.WriteFile(path, []byte("residency: de\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	p, err := Load(path, known())
	if err != nil || !cmp.Equal(p.AllowedRegions, []string{"eu-central-1", "eusc-de-east-1"}) {
		t.Errorf("Load = %+v, %v", p, err)
	}
	if err := os.WriteFile(path, []byte("residency: xx\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(path, known()); err == nil || !strings.HasPrefix(err.Error(), path+":1:12: ") {
		t.Errorf("a fault names %v, want the path, line and column", err)
	}
	if err := os.WriteFile(path, make([]byte, 3*maxSize), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(path, known()); err == nil || !strings.Contains(err.Error(), "larger than") {
		t.Errorf("a large file: %v", err)
	}
}
