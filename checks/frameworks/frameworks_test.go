package frameworks

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestTable(t *testing.T) {
	all, err := mappings()
	if err != nil || len(all) < 5000 {
		t.Fatalf("%d mappings, %v", len(all), err)
	}
	if rows := strings.Count(strings.TrimSpace(table), "\n"); rows != len(all) {
		t.Errorf("%d rows give %d mappings: some stand twice, or two ids have one form", rows, len(all))
	}
	control := regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)+$`)
	used := map[string]bool{}
	for _, m := range all {
		used[m.Framework] = true
		if !control.MatchString(m.Control) || m.Requirement == "" {
			t.Errorf("%+v", m)
		}
	}
	for _, f := range All {
		if !used[f.ID] {
			t.Errorf("nothing is mapped to %s", f.ID)
		}
	}
	if !slices.IsSortedFunc(All, func(a, b Framework) int { return strings.Compare(a.ID, b.ID) }) {
		t.Error("the frameworks are not sorted")
	}
}

func TestForms(t *testing.T) {
	for _, tt := range []struct{ framework, squeezed, want string }{
		{"nist_800_53_r5", "ac_2_1", "AC-2(1)"},
		{"nist_800_53_r5", "ac_17_4_a", "AC-17(4)(a)"},
		{"nist_800_53_r5", "ac_17_b", "AC-17b"},
		{"nist_800_53_r5", "ac_24", "AC-24"},
		{"fedramp_moderate_r4", "ac-2-1", "AC-2(1)"},
		{"fedramp_moderate_r4", "ac-2-f", "AC-2f"},
		{"hipaa", "164_308_a_1_ii_b", "164.308(a)(1)(ii)(B)"},
		{"hipaa", "164_312_e_1", "164.312(e)(1)"},
		{"soc2", "cc_6_1", "CC6.1"},
		{"nist_csf_2.0", "rc_rp_1", "RC.RP-1"},
		{"nist_800_171_r2", "3_13_16", "3.13.16"},
		{"gdpr", "article_32", "Article 32"},
		{"gxp_21_cfr_11", "11.10-a", "11.10(a)"},
		{"gxp_21_cfr_11", "11.30", "11.30"},
		{"ffiec", "d3-pc-am-b-10", "D3.Pc.Am.B.10"},
		{"cis_7.0", "2.1.4", "2.1.4"},
	} {
		f, ok := Find(tt.framework)
		if !ok {
			t.Fatalf("no framework %s", tt.framework)
		}
		if got := f.form(tt.squeezed); got != tt.want {
			t.Errorf("%s %s: %s, want %s", tt.framework, tt.squeezed, got, tt.want)
		}
	}
}

func TestOf(t *testing.T) {
	found := Of("iam-root-mfa-enabled")
	if !slices.ContainsFunc(found, func(m Mapping) bool { return m.Framework == "fsbp" && m.Requirement == "IAM.9" }) {
		t.Errorf("iam-root-mfa-enabled is mapped to %+v", found)
	}
	if got := Of("no-such-control"); got != nil {
		t.Errorf("%+v", got)
	}
	if controls := Requirements("fsbp")["IAM.9"]; !slices.Contains(controls, "iam-root-mfa-enabled") {
		t.Errorf("IAM.9 is tested by %v", controls)
	}
	for name, text := range map[string]string{"two columns": "a,b\nc,d\n", "an unknown framework": "control,framework,requirement\na-b,none,1\n"} {
		if _, err := parse(text); err == nil {
			t.Errorf("%s were accepted", name)
		}
	}
}
