package mend

import (
	"strings"

	"onus/checks"
)

// Section is a part of what mends, for a reader: plain text, or lines to copy.
type Section struct {
	Title string
	Text  string
	Code  string // the language of lines to copy, "sh" or "hcl"; "" for plain text
}

// Sections are what a check's fix says, with the placeholders.
func Sections(c *checks.Check) []Section {
	cli, terraform := For(c.Fix, "")
	return sections(c, cli, terraform, nil)
}

// SectionsFor are what a check's fix says of a finding: only the remedy and the cost where
// there is nothing to mend.
func SectionsFor(c *checks.Check, f checks.Finding) []Section {
	if !Mends(f) {
		return sections(c, Template{}, Template{}, nil)
	}
	cli, terraform := For(c.Fix, f.Resource.Type)
	return sections(c, cli, terraform, Of(f))
}

func sections(c *checks.Check, cli, terraform Template, v Values) (out []Section) {
	commands, _ := cli.Fill(v)
	fragment, _ := terraform.Fill(v)
	for _, s := range []Section{
		{"Why it matters", c.Fix.Threat, ""},
		{"What to do", c.Remedy, ""},
		{"With the AWS CLI", strings.TrimRight(commands, "\n"), "sh"},
		{"With Terraform", strings.TrimRight(fragment, "\n"), "hcl"},
		{"What mending costs", c.Fix.Cost, ""},
	} {
		if s.Text != "" {
			out = append(out, s)
		}
	}
	return out
}

// Text is sections as plain text.
func Text(list []Section) string {
	var b strings.Builder
	for i, s := range list {
		if i > 0 {
			b.WriteString("\n\n")
		}
		separator := ": "
		if s.Code != "" {
			separator = ":\n"
		}
		b.WriteString(s.Title + separator + s.Text)
	}
	return b.String()
}

// Markdown is sections as GitHub Flavored Markdown.
func Markdown(list []Section) string {
	var b strings.Builder
	for i, s := range list {
		if i > 0 {
			b.WriteString("\n\n")
		}
		if s.Code == "" {
			b.WriteString("**" + s.Title + ":** " + s.Text)
		} else {
			b.WriteString("**" + s.Title + ":**\n\n```" + s.Code + "\n" + s.Text + "\n```")
		}
	}
	return b.String()
}
