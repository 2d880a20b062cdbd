package main

import (
	"fmt"
	"strings"
	"text/template"
)

// constants of package checks for the words of the catalogue.
var constants = map[string]string{
	"critical": "Critical", "high": "High", "medium": "Medium", "low": "Low", "info": "Info",
	"encryption": "Encryption", "backups": "BackupsOf", "regions": "Regions", "access": "Access", "network": "Network",
	"logging": "LoggingOf", "platform": "PlatformOf", "resilience": "ResilienceOf", "hygiene": "Hygiene",
	"infrastructure": "Infrastructure", "container": "Container", "abstracted": "Abstracted", "account": "OfAccount",
}

// duties are apart: the duty and the category backups are different constants.
var duties = map[string]string{
	"region-choice": "RegionChoice", "data-encryption": "DataEncryption", "backups": "Backups", "access-control": "AccessControl",
	"network-firewall": "NetworkFirewall", "os-and-platform": "OSAndPlatform", "client-side-encryption": "ClientSideEncryption", "customer-data": "CustomerData",
}

var functions = template.FuncMap{
	"constant": func(word string) string { return "checks." + constants[word] },
	"duty": func(word string) string {
		if word == "" {
			return `""`
		}
		return "checks." + duties[word]
	},
	"comment": comment,
	"literal": literal,
}

// comment wraps a text to comment lines.
func comment(text string) string {
	var b strings.Builder
	line := "//"
	for _, w := range strings.Fields(text) {
		if len(line)+1+len(w) > 90 {
			b.WriteString(line + "\n")
			line = "//"
		}
		line += " " + w
	}
	return b.String() + line
}

// literal is a parameter's default as Go has it.
func literal(v any) string {
	list, ok := v.([]any)
	if !ok {
		return fmt.Sprintf("%#v", v)
	}
	if len(list) == 0 {
		return "[]string{}"
	}
	var items []string
	for _, e := range list {
		items = append(items, fmt.Sprintf("%#v", e))
	}
	return fmt.Sprintf("[]%T{%s}", list[0], strings.Join(items, ", "))
}

var sourceTemplate = template.Must(template.New("source").Funcs(functions).Parse(`package {{.Package}}

import (
	"onus/checks"
	"onus/scanner/snapshot"
)

{{comment (printf "%s passes when %s" .Var .Row.PassesWhen)}}
// Source: service, operation and field, or the name of AWS's document.
var {{.Var}} = checks.Check{
	ID:          {{printf "%q" .Row.ID}},
	Title:       {{printf "%q" .Row.Title}},
	Severity:    {{constant .Row.Severity}},
	Category:    {{constant .Row.Category}},
	Duty:        {{duty .Row.Duty}},
	ServiceKind: {{constant .Row.ServiceKind}},
	Tier:        {{.Row.Tier}},
	Reads:       {{if .Row.Reads}}[]string{ {{range .Row.Reads}}{{printf "%q" .}}, {{end}} }{{else if .Kind.Lists}}{{.Kind.Lists}}{{else}}nil{{end}},
{{- if .Row.Parameters}}
	Parameters:  checks.Parameters{ {{range $name, $value := .Row.Parameters}}{{printf "%q" $name}}: {{literal $value}}, {{end}} },
{{- end}}
	Remedy:      "",
	Fix: checks.Fix{
		Threat:    "",
		CLI:       "",
		Terraform: "",
		Cost:      "",
	},
	Judges:      checks.For(snapshot.{{.Kind.Var}}, {{.Func}}),
}

func {{.Func}}(r {{.Kind.GoType}}, _ checks.Env) checks.Verdict {
	return checks.Verdict{}
}
`))

var testTemplate = template.Must(template.New("test").Funcs(functions).Parse(`package {{.Package}}

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

func Test{{.Var}}(t *testing.T) {
	// An account with one resource of the kind; checktest has builders for many, such as
	// Instance or VPCs, and All puts several together. RunFor in place of Run picks the one
	// finding to look at where others are judged too.
	with := func(change func(r {{.Pointer}})) func(*snapshot.Account) {
		return func(a *snapshot.Account) {}
	}
	checktest.Run(t, &{{.Var}}, []checktest.Case{
		{Name: "kept", Set: with(nil), Want: checks.PASS, Reason: ""},
		{Name: "broken", Set: with(nil), Want: checks.FAIL, Reason: ""},
{{- with .List}}
		{Name: "not listed", Set: checktest.Denied({{printf "%q" .}}), Want: checks.UNKNOWN, Reason: {{printf "%q" .}}},
{{- end}}
		{Name: {{printf "%q" .Leaves}}, Set: with(nil), Want: checks.NotApplicable, Reason: ""},
{{- range .Row.Pitfalls}}
		{Name: {{printf "%q" .}}, Set: with(nil), Want: checks.FAIL, Reason: ""},
{{- end}}
	})
}
`))
