package mend

import (
	"encoding/json"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// plain values mean the same to a shell, to the AWS CLI, in JSON and in Terraform.
var plain = regexp.MustCompile(`^[A-Za-z0-9_./:@+-]+$`)

// longest is how many bytes a value may have: an ARN has at most 2048.
const longest = 2048

// fill is the value of a slot, quoted for its place, or the placeholder.
func (p piece) fill(v Values) string {
	value := v[p.name]
	if !showable(value) {
		return p.text
	}
	if p.at == word || p.at == inWord || p.at == quoted {
		return p.argument(value)
	}
	switch p.at {
	case inJSON:
		if !pattern(value) {
			return inSingleQuotes(jsonString(value))
		}
	case inString:
		if !pattern(value) {
			return terraformString(value)
		}
	case inLabel:
		return identifier(value)
	case inComment:
		if !strings.Contains(value, "*/") {
			return value
		}
	case nowhere, word, inWord, quoted:
	}
	return p.text
}

// argument is a value that the AWS CLI is given, or a part of one.
func (p piece) argument(value string) string {
	switch {
	case obeyed(value):
	case plain.MatchString(value), p.at == quoted && plain.MatchString(strings.ReplaceAll(value, " ", "_")):
		return value
	case p.at == word:
		return "'" + inSingleQuotes(value) + "'"
	}
	return p.text
}

// showable says that a value has some text, and shows as what it is.
func showable(value string) bool {
	if strings.TrimSpace(value) == "" || len(value) > longest || !utf8.ValidString(value) {
		return false
	}
	return !strings.ContainsFunc(value, func(r rune) bool { return !unicode.IsPrint(r) })
}

// obeyed says that the AWS CLI takes a value for an option, or reads the file or address
// that it names.
// Source: AWS CLI User Guide, "Load AWS CLI parameters from a file".
func obeyed(value string) bool {
	for _, prefix := range []string{"-", "file://", "fileb://", "http://", "https://"} {
		if strings.HasPrefix(value, prefix) {
			return true
		}
	}
	return false
}

// pattern says that a policy would take a value for more than one resource, or for a
// variable.
// Source: IAM User Guide, "IAM JSON policy elements: Resource" and "variables and tags".
func pattern(value string) bool {
	return strings.ContainsAny(value, "*?") || strings.Contains(value, "${")
}

func inSingleQuotes(value string) string { return strings.ReplaceAll(value, "'", `'\''`) }

// jsonString is a value as the content of a JSON string.
func jsonString(value string) string {
	text, err := json.Marshal(value)
	if err != nil {
		return "" // a string always has a JSON form
	}
	return string(text[1 : len(text)-1])
}

// identifier is a value as a local name: it only has to be told from others.
// Source: Terraform language, "Identifiers".
func identifier(value string) string {
	name := strings.Map(func(r rune) rune {
		if r < utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r)) || r == '_' || r == '-' {
			return r
		}
		return '_'
	}, value)
	if !unicode.IsLetter(rune(name[0])) {
		name = "_" + name
	}
	return name
}

// terraformString is a value as the content of a quoted string. In it ${ and %{ begin a
// template.
// Source: Terraform language, "Strings and Templates", escape sequences.
func terraformString(value string) string {
	return strings.NewReplacer(`\`, `\\`, `"`, `\"`, "${", "$${", "%{", "%%{").Replace(value)
}
