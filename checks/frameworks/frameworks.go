// Package frameworks says which requirements of which frameworks a check tests, from an
// embedded table (control, framework, requirement). It leaves to its callers what a
// verdict means for a requirement. The table also names controls of the catalogue that
// have no check yet: a requirement that only such a control tests is tested by nothing.
package frameworks

import (
	"cmp"
	_ "embed"
	"encoding/csv"
	"fmt"
	"slices"
	"strings"
	"sync"
)

//go:embed frameworks.csv
var table string

// Framework is one framework that checks are mapped to.
type Framework struct {
	ID   string // as --framework takes it
	Name string // as its owner spells it, with its version
	form func(string) []string
}

// one is a form that is always a single requirement.
func one(form func(string) string) func(string) []string {
	return func(id string) []string { return []string{form(id)} }
}

// All are the frameworks, by id.
var All = []Framework{
	{"c5", "BSI Cloud Computing Compliance Criteria Catalogue (C5:2025)", one(asWritten)},
	{"cis_6.0", "CIS Amazon Web Services Foundations Benchmark v6.0.0", one(asWritten)},
	{"cis_7.0", "CIS Amazon Web Services Foundations Benchmark v7.0.0", one(asWritten)},
	{"cisa", "CISA Cyber Essentials", one(cisa)},
	{"ens_rd2022", "Esquema Nacional de Seguridad (Real Decreto 311/2022)", one(asWritten)},
	{"fedramp_moderate_r4", "FedRAMP Moderate Baseline (NIST SP 800-53 Rev. 4)", fedramp},
	{"ffiec", "FFIEC Cybersecurity Assessment Tool", one(ffiec)},
	{"fsbp", "AWS Foundational Security Best Practices v1.0.0", one(asWritten)},
	{"gdpr", "General Data Protection Regulation (EU) 2016/679", one(article)},
	{"gxp_21_cfr_11", "FDA 21 CFR Part 11", one(paragraph)},
	{"hipaa", "HIPAA Security Rule (45 CFR Part 164, Subpart C)", one(hipaa)},
	{"iso27001_2022", "ISO/IEC 27001:2022", one(asWritten)},
	{"mitre_attack", "MITRE ATT&CK for Enterprise", one(asWritten)},
	{"nis2", "Commission Implementing Regulation (EU) 2024/2690 (NIS 2)", one(points)},
	{"nist_800_171_r2", "NIST SP 800-171 Rev. 2", one(dotted)},
	{"nist_800_53_r5", "NIST SP 800-53 Rev. 5", one(nist)},
	{"nist_csf_2.0", "NIST Cybersecurity Framework (CSF) 2.0", one(csf)},
	{"pci_4.0", "PCI DSS v4.0", one(pci)},
	{"soc2", "SOC 2 (AICPA Trust Services Criteria)", one(soc2)},
	{"wa_security", "AWS Well-Architected Framework, Security Pillar", one(asWritten)},
}

// Find is the framework with an id.
func Find(id string) (Framework, bool) {
	i := slices.IndexFunc(All, func(f Framework) bool { return f.ID == id })
	if i < 0 {
		return Framework{}, false
	}
	return All[i], true
}

// Mapping is one row of the table: a control tests a requirement.
type Mapping struct {
	Control     string // id of the control, and of its check where there is one
	Framework   string // id
	Requirement string // in the framework's own form
}

// mappings reads the table once. It is our own file: a fault in it is found by a test.
var mappings = sync.OnceValues(func() ([]Mapping, error) { return parse(table) })

func parse(text string) ([]Mapping, error) {
	r := csv.NewReader(strings.NewReader(text))
	r.FieldsPerRecord = 3
	rows, err := r.ReadAll()
	if err != nil {
		return nil, err
	}
	var out []Mapping
	for i, row := range rows {
		if i == 0 {
			continue // the names of the columns
		}
		f, ok := Find(row[1])
		if !ok {
			return nil, fmt.Errorf("line %d: framework %q is not known", i+1, row[1])
		}
		for _, requirement := range f.form(row[2]) {
			out = append(out, Mapping{row[0], f.ID, requirement})
		}
	}
	slices.SortFunc(out, func(a, b Mapping) int {
		return cmp.Or(cmp.Compare(a.Control, b.Control), cmp.Compare(a.Framework, b.Framework), cmp.Compare(a.Requirement, b.Requirement))
	})
	return slices.Compact(out), nil
}

// Of are the requirements that a control tests, by framework.
func Of(control string) []Mapping {
	all, _ := mappings() // see TestTable
	from, found := slices.BinarySearchFunc(all, control, func(m Mapping, c string) int { return cmp.Compare(m.Control, c) })
	if !found {
		return nil
	}
	to := from
	for to < len(all) && all[to].Control == control {
		to++
	}
	return all[from:to]
}

// Requirements are the requirements of a framework with the controls that test each, in
// the order of the requirement.
func Requirements(framework string) map[string][]string {
	all, _ := mappings() // see TestTable
	out := map[string][]string{}
	for _, m := range all {
		if m.Framework == framework {
			out[m.Requirement] = append(out[m.Requirement], m.Control)
		}
	}
	return out
}
