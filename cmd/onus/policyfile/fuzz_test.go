package policyfile

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"time"
)

var faultForm = regexp.MustCompile(`^onus\.yaml:[1-9][0-9]*:[1-9][0-9]*: [^\n]+; [^\n]+$`)

// FuzzParse wants no panic, no hang, faults in their promised form, and of a good
// policy a canonical form that is itself a policy's content in valid JSON.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"", "residency: eu\n", "allowed_regions: [eu-west-1]\nclosed_regions:\n- us-west-1\n", "known_accounts: [012345678901, '000000000001']\n",
		"checks:\n  iam-password-policy-minimum-length:\n    enabled: true\n    severity: high\n    parameters: {min_length: 16}\n",
		"checks: {vpc-security-group-admin-ports-closed-to-internet: {parameters: {ports_tcp: [22, 5900-5909]}}}",
		"checks: {rds-logs-exported: {parameters: {required_logs: {mysql: [error]}}}, vpc-subnet-address-headroom: {parameters: {min_free_ratio: -0.0}}}",
		"waivers: [{check: 's3-*', resource: '*', reason: r, owner: o, expires: 2026-12-31}, {check: '*', finding: 0123456789ab, reason: r, owner: o, expires: '2026-02-30'}]",
		"a: &a [*a]\n", "? [a]\n: b\n", "a: 1\n---\nb: 2\n", "%YAML 1.1\n---\n!!map {}\n", "\xff\xfe", "\ufeff", "|\n x\n", "'", "[[[[", "{{{{", "<<: {}", "a: !!binary x",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := Parse("onus.yaml", data, known())
		if err != nil {
			for line := range strings.SplitSeq(err.Error(), "\n") {
				if !faultForm.MatchString(line) {
					t.Errorf("fault %q is not of the promised form", line)
				}
			}
			return
		}
		canonical, err := p.JSON()
		if err != nil || !json.Valid(canonical) || bytes.ContainsRune(canonical, '\n') {
			t.Errorf("canonical form %q, %v", canonical, err)
		}
	})
}

// TestParseHostile gives files of the largest size that try to cost time. The bound
// is far above what they take, and far below what a quadratic reader would.
func TestParseHostile(t *testing.T) {
	fill := func(s string) string { return strings.Repeat(s, maxSize/len(s)) }
	keys := func() string {
		var b strings.Builder
		for i := 0; b.Len() < maxSize-20; i++ {
			b.WriteString("k" + strings.Repeat("x", i%7) + time.Duration(i).String() + ": 1\n")
		}
		return b.String()
	}()
	for name, text := range map[string]string{
		"flow sequences":     fill("["),
		"flow mappings":      fill("{a: "),
		"block sequences":    fill("- "),
		"complex keys":       fill("? "),
		"many keys":          keys,
		"the same key":       fill("residency: eu\n"),
		"many unknown words": "residency: [" + fill("aa,")[:maxSize-20] + "]",
		"many accounts":      "known_accounts: [" + fill("123456789012,")[:maxSize-20] + "]",
		"many waivers":       "waivers: [" + fill("{check: '*a*a*a*', resource: '*', reason: r, owner: o, expires: 2026-12-31},")[:maxSize-100] + "]",
		"many anchors":       fill("- &a x\n"),
		"many documents":     fill("---\n"),
		"one long word":      "residency: " + fill("e")[:maxSize-20],
		"comments":           fill("#\n"),
		"blank lines":        fill("\n"),
		"quotes":             fill(`"`),
		"colons":             fill(": "),
		"carriage returns":   fill("\r"),
	} {
		start := time.Now()
		_, err := Parse("onus.yaml", []byte(text), known())
		if took := time.Since(start); took > 20*time.Second {
			t.Errorf("%s: Parse took %v", name, took)
		}
		if err != nil {
			if n := strings.Count(err.Error(), "\n") + 1; n > maxErrors {
				t.Errorf("%s: %d faults", name, n)
			}
		}
		t.Logf("%s: %v", name, time.Since(start).Round(time.Millisecond))
	}
}
