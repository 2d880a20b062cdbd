package frameworks

import (
	"slices"
	"strings"
)

// The table holds ids squeezed to letters, digits and underscores. Each function gives
// them back the form that the framework's owner writes.

func asWritten(id string) string { return id }

// nist: ac_2_1 → AC-2(1), ac_17_4_a → AC-17(4)(a), ac_17_b → AC-17b, cp_1_a_1_b →
// CP-1a.1(b).
func nist(id string) string {
	part := strings.Split(id, "_")
	if len(part) < 2 {
		return strings.ToUpper(id)
	}
	out := strings.ToUpper(part[0]) + "-" + part[1]
	rest := part[2:]
	if len(rest) > 0 && !digits(rest[0]) { // a part of the control itself, not an enhancement
		out += rest[0]
		if rest = rest[1:]; len(rest) > 0 {
			out += "." + rest[0]
			rest = rest[1:]
		}
	}
	for _, p := range rest {
		out += "(" + p + ")"
	}
	return out
}

// fedramp: the table joins what a rule tests at once: au-2-a-d is AU-2a and AU-2d,
// ia-2-1-2 is IA-2(1) and IA-2(2), ia-5-1-a-d is IA-5(1)(a) and IA-5(1)(d).
func fedramp(id string) (out []string) {
	part := strings.Split(id, "-")
	base, rest := part[:min(2, len(part))], part[min(2, len(part)):]
	var numbers, letters []string
	for _, p := range rest {
		if digits(p) {
			numbers = append(numbers, p)
		} else {
			letters = append(letters, p)
		}
	}
	switch {
	case len(rest) == 0:
		return []string{nist(strings.Join(base, "_"))}
	case len(letters) == 0:
		letters = numbers
	case len(numbers) > 0:
		base = append(slices.Clone(base), numbers[0])
	}
	for _, l := range letters {
		out = append(out, nist(strings.Join(append(slices.Clone(base), l), "_")))
	}
	return out
}

func digits(s string) bool { return strings.Trim(s, "0123456789") == "" }

// hipaa: 164_308_a_1_ii_b → 164.308(a)(1)(ii)(B).
func hipaa(id string) string {
	part := strings.Split(id, "_")
	out := strings.Join(part[:min(2, len(part))], ".")
	for i, p := range part[min(2, len(part)):] {
		if i == 3 { // the fourth level is in capitals
			p = strings.ToUpper(p)
		}
		out += "(" + p + ")"
	}
	return out
}

// soc2: cc_6_1 → CC6.1, pi_1_5 → PI1.5. What is not a common criterion stands below them
// in the table: cc_a_1_1 → A1.1.
func soc2(id string) string {
	part := strings.Split(id, "_")
	if len(part) == 4 {
		part = part[1:]
	}
	return strings.ToUpper(part[0]) + strings.Join(part[1:], ".")
}

// csfFunctions are the functions of the categories in CSF 2.0.
// Source: NIST CSWP 29, "The NIST Cybersecurity Framework (CSF) 2.0", appendix A.
var csfFunctions = map[string]string{
	"OC": "GV", "RM": "GV", "RR": "GV", "PO": "GV", "OV": "GV", "SC": "GV", "AM": "ID", "RA": "ID", "IM": "ID", "AA": "PR", "AT": "PR", "DS": "PR",
	"PS": "PR", "IR": "PR", "CM": "DE", "AE": "DE", "MA": "RS", "AN": "RS", "MI": "RS",
}

// csfEarlier are the rows of the table that CSF 2.0 does not have: it withdrew them, or
// they were never in it. They are those of CSF 1.1.
// Source: NIST "Framework for Improving Critical Infrastructure Cybersecurity, Version 1.1",
// table 2; NIST CSF 2.0 reference tool, withdrawn subcategories.
var csfEarlier = map[string]string{
	"ac_1": "PR.AC-1", "ac_3": "PR.AC-3", "ac_4": "PR.AC-4", "ac_5": "PR.AC-5", "ac_6": "PR.AC-6", "ac_7": "PR.AC-7", "ae_1": "DE.AE-1", "am_6": "ID.AM-6",
	"be_5": "ID.BE-5", "dp_4": "DE.DP-4", "ds_3": "PR.DS-3", "ds_4": "PR.DS-4", "ds_5": "PR.DS-5", "ip_1": "PR.IP-1", "ip_4": "PR.IP-4",
	"po_3": "ID.GV-3", "po_4": "ID.GV-4", "pt_1": "PR.PT-1", "pt_4": "PR.PT-4", "pt_5": "PR.PT-5",
}

// csf: ra_1 → ID.RA-01, rc_rp_1 → RC.RP-01, ac_1 → PR.AC-1 (CSF 1.1).
func csf(id string) string {
	if earlier, ok := csfEarlier[id]; ok {
		return earlier + " (CSF 1.1)"
	}
	part := strings.Split(strings.ToUpper(id), "_")
	number := part[len(part)-1]
	if len(number) == 1 {
		number = "0" + number
	}
	if len(part) == 2 {
		part = append([]string{csfFunctions[part[0]]}, part...)
	}
	return part[0] + "." + part[1] + "-" + number
}

// dotted: 3_12_4 → 3.12.4.
func dotted(id string) string { return strings.ReplaceAll(id, "_", ".") }

// article: article_25 → Article 25.
func article(id string) string { return "Article " + strings.TrimPrefix(id, "article_") }

// paragraph: 11.10-a → 11.10(a).
func paragraph(id string) string {
	section, letter, ok := strings.Cut(id, "-")
	if !ok {
		return id
	}
	return section + "(" + letter + ")"
}

// ffiec: d3-pc-am-b-1 → D3.PC.Am.B.1: domain, assessment factor, component, level, number.
func ffiec(id string) string {
	part := strings.Split(id, "-")
	for i, p := range part {
		part[i] = strings.ToUpper(p)
		if short := p == "it" || p == "rm" || p == "pm"; i == 2 && !short {
			part[i] = strings.ToUpper(p[:1]) + p[1:]
		}
	}
	return strings.Join(part, ".")
}

// pci: 1.2.5.15 → 1.2.5: the last number counts the rules of the table below a requirement.
func pci(id string) string { return id[:max(0, strings.LastIndex(id, "."))] }

// points: 9.2.c.ii → 9.2(c)(ii).
func points(id string) string {
	out := ""
	for i, p := range strings.Split(id, ".") {
		switch {
		case !digits(p):
			out += "(" + p + ")"
		case i > 0:
			out += "." + p
		default:
			out = p
		}
	}
	return out
}

// cisaNames are the chapters of the Cyber Essentials.
var cisaNames = map[string]string{"your-systems": "Your Systems", "your-surroundings": "Your Surroundings", "your-data": "Your Data", "booting-up-thing-to-do-first": "Booting Up: Things to Do First"}

// cisa: your-data-2 → Your Data 2.
func cisa(id string) string {
	at := max(0, strings.LastIndex(id, "-"))
	return cisaNames[id[:at]] + " " + strings.TrimPrefix(id[at:], "-")
}
