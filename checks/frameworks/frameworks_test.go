package frameworks

import (
	"encoding/csv"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestTable(t *testing.T) {
	all, err := mappings()
	if err != nil || len(all) < 4500 {
		t.Fatalf("%d mappings, %v", len(all), err)
	}
	rows, err := csv.NewReader(strings.NewReader(table)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	form := map[string]string{} // framework and requirement → how the table writes it
	for _, row := range rows[1:] {
		f, _ := Find(row[1])
		for _, r := range f.form(row[2]) {
			if !forms[f.ID].MatchString(r) {
				t.Errorf("%s: %s becomes %q", f.ID, row[2], r)
			}
			squeezed := row[2]
			if f.ID == "pci_4.0" {
				squeezed = squeezed[:strings.LastIndex(squeezed, ".")]
			}
			if before, ok := form[f.ID+" "+r]; ok && before != squeezed && f.ID != "fedramp_moderate_r4" {
				t.Errorf("%s: %s and %s both become %s", f.ID, before, squeezed, r)
			}
			form[f.ID+" "+r] = squeezed
		}
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

// forms are what each framework's owner writes.
var forms = map[string]*regexp.Regexp{
	"c5":                  regexp.MustCompile(`^[A-Z]{2,4}-\d\d\.\d\d(B|AC|AS)$`),
	"cis_6.0":             regexp.MustCompile(`^\d+(\.\d+){1,2}$`),
	"cis_7.0":             regexp.MustCompile(`^\d+(\.\d+){1,2}$`),
	"cisa":                regexp.MustCompile(`^(Your (Systems|Data|Surroundings)|Booting Up: Things to Do First) \d$`),
	"ens_rd2022":          regexp.MustCompile(`^(op|mp|org)\.[a-z]+\.\d+(\.r\d)?\.aws\.[a-z0-9]+\.\d+$`),
	"fedramp_moderate_r4": regexp.MustCompile(`^[A-Z]{2}-\d+([a-z]|(\(\d+\)(\([a-z]\))?))?$`),
	"ffiec":               regexp.MustCompile(`^D\d\.[A-Z]{1,2}\.[A-Z][A-Za-z]\.B\.\d+$`),
	"fsbp":                regexp.MustCompile(`^[A-Za-z0-9]+\.\d+$`),
	"gdpr":                regexp.MustCompile(`^Article \d+$`),
	"gxp_21_cfr_11":       regexp.MustCompile(`^11\.\d+(\([a-z]\))?$`),
	"hipaa":               regexp.MustCompile(`^164\.3\d\d(\([a-z]\))(\(\d\)(\([iv]+\)(\([A-Z]\))?)?)?$`),
	"iso27001_2022":       regexp.MustCompile(`^A\.\d\.\d+$`),
	"mitre_attack":        regexp.MustCompile(`^T\d{4}$`),
	"nis2":                regexp.MustCompile(`^\d+\.\d+(\.\d+)?(\([a-z]+\)){0,2}$|^\d+\.\d+(\([a-z]+\)){1,2}$`),
	"nist_800_171_r2":     regexp.MustCompile(`^3\.\d+\.\d+$`),
	"nist_800_53_r5":      regexp.MustCompile(`^[A-Z]{2}-\d+([a-z](\.\d+(\([a-z]\))?)?|\(\d+\)(\([a-z]\)(\(\d+\))?)?)?$`),
	"nist_csf_2.0":        regexp.MustCompile(`^((GV|ID|PR|DE|RS|RC)\.[A-Z]{2}-\d\d|(ID|PR|DE)\.[A-Z]{2}-\d \(CSF 1\.1\))$`),
	"pci_4.0":             regexp.MustCompile(`^A?\d+\.\d+\.\d+(\.\d+)?$`),
	"soc2":                regexp.MustCompile(`^(CC|PI|A|C)\d\.\d$`),
	"wa_security":         regexp.MustCompile(`^SEC\d\d-BP\d\d$`),
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
		{"nist_800_53_r5", "cp_1_a_1_b", "CP-1a.1(b)"},
		{"nist_800_53_r5", "ac_2_i_2", "AC-2i.2"},
		{"fedramp_moderate_r4", "au-2-a-d", "AU-2a AU-2d"},
		{"fedramp_moderate_r4", "ia-2-1-2", "IA-2(1) IA-2(2)"},
		{"fedramp_moderate_r4", "ia-5-1-a-d-e", "IA-5(1)(a) IA-5(1)(d) IA-5(1)(e)"},
		{"fedramp_moderate_r4", "sc-13", "SC-13"},
		{"soc2", "cc_a_1_1", "A1.1"},
		{"soc2", "pi_1_5", "PI1.5"},
		{"nist_csf_2.0", "rc_rp_1", "RC.RP-01"},
		{"nist_csf_2.0", "ra_1", "ID.RA-01"},
		{"nist_csf_2.0", "ac_1", "PR.AC-1 (CSF 1.1)"},
		{"pci_4.0", "1.2.5.15", "1.2.5"},
		{"pci_4.0", "A1.1.2.14", "A1.1.2"},
		{"nis2", "9.2.c.ii", "9.2(c)(ii)"},
		{"nis2", "11.1.1", "11.1.1"},
		{"cisa", "booting-up-thing-to-do-first-1", "Booting Up: Things to Do First 1"},
		{"ffiec", "d1-g-it-b-1", "D1.G.IT.B.1"},
		{"nist_800_171_r2", "3_13_16", "3.13.16"},
		{"gdpr", "article_32", "Article 32"},
		{"gxp_21_cfr_11", "11.10-a", "11.10(a)"},
		{"gxp_21_cfr_11", "11.30", "11.30"},
		{"ffiec", "d3-pc-am-b-10", "D3.PC.Am.B.10"},
		{"cis_7.0", "2.1.4", "2.1.4"},
	} {
		f, ok := Find(tt.framework)
		if !ok {
			t.Fatalf("no framework %s", tt.framework)
		}
		if got := strings.Join(f.form(tt.squeezed), " "); got != tt.want {
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
