package frameworks

import "strings"

// The table holds ids squeezed to letters, digits and underscores. Each function gives
// them back the form that the framework's owner writes.

func asWritten(id string) string { return id }

// nist: ac_2_1 → AC-2(1), ac_17_4_a → AC-17(4)(a), ac_17_b → AC-17b.
func nist(separator string) func(string) string {
	return func(id string) string {
		part := strings.Split(id, separator)
		out := strings.ToUpper(part[0])
		if len(part) > 1 {
			out += "-" + part[1]
		}
		for i, p := range part[min(2, len(part)):] {
			if i == 0 && !digits(p) {
				out += p
				continue
			}
			out += "(" + p + ")"
		}
		return out
	}
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

// soc2: cc_6_1 → CC6.1, pi_1_5 → PI1.5.
func soc2(id string) string {
	family, rest, ok := strings.Cut(id, "_")
	if !ok {
		return strings.ToUpper(id)
	}
	return strings.ToUpper(family) + strings.ReplaceAll(rest, "_", ".")
}

// csf: ac_1 → AC-1, rc_rp_1 → RC.RP-1. The table lacks the function of most categories.
func csf(id string) string {
	at := strings.LastIndex(id, "_")
	if at < 0 {
		return strings.ToUpper(id)
	}
	return strings.ToUpper(strings.ReplaceAll(id[:at], "_", ".")) + "-" + id[at+1:]
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

// ffiec: d1-g-it-b-1 → D1.G.It.B.1.
func ffiec(id string) string {
	part := strings.Split(id, "-")
	for i, p := range part {
		part[i] = strings.ToUpper(p[:1]) + p[1:]
	}
	return strings.Join(part, ".")
}
