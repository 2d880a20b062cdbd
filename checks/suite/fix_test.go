package suite

import (
	"bufio"
	"bytes"
	"compress/gzip"
	_ "embed"
	"fmt"
	"iter"
	"maps"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"onus/checks"
	"onus/report/mend"
)

// TestEveryCheckHasAFix names every check that does not say why a FAIL matters, how it is
// mended, or what that costs.
func TestEveryCheckHasAFix(t *testing.T) {
	for _, c := range All() {
		if l := lacks(c); len(l) > 0 {
			t.Errorf("%s lacks %s", c.ID, strings.Join(l, ", "))
		}
	}
}

var sentence = regexp.MustCompile(`[.!?](\s|$)`)

// noCommand is how a cost says that no command mends.
var noCommand = regexp.MustCompile(`(?i)\b(no|not|cannot|only)\b.*\b(command|CLI|console|API)\b|\b(console|support|root user)\b`)

func lacks(c *checks.Check) (out []string) {
	f := c.Fix
	switch n := len(sentence.FindAllString(f.Threat, -1)); {
	case f.Threat == "":
		out = append(out, "a threat")
	case n != 2:
		out = append(out, fmt.Sprintf("a threat in two sentences (it has %d)", n))
	}
	if f.Cost == "" {
		out = append(out, "a cost")
	}
	switch {
	case f.CLI == "" && f.Terraform == "" && !noCommand.MatchString(f.Cost):
		out = append(out, "a way to mend it: neither CLI nor Terraform")
	case f.CLI == "" && !noCommand.MatchString(f.Cost):
		out = append(out, "a CLI, and its cost does not say that no command mends it")
	}
	return out
}

// TestFixesAreWellMade holds what fixes say against the AWS CLI, the Terraform provider
// and the kinds that their checks judge.
func TestFixesAreWellMade(t *testing.T) {
	for _, c := range All() {
		for _, typ := range mend.Types(c.Fix) {
			if !slices.Contains(c.Kinds(), typ) {
				t.Errorf("%s: a part of the fix is for %q, and the check judges %s", c.ID, typ, strings.Join(c.Kinds(), ", "))
			}
		}
		for _, typ := range append(c.Kinds(), "") {
			for _, problem := range faults(c.Fix, typ) {
				t.Errorf("%s, for %q: %s", c.ID, typ, problem)
			}
		}
	}
}

func TestInventedCommandsAndResourcesAreFound(t *testing.T) {
	for _, tt := range []struct {
		fix  checks.Fix
		want string
	}{
		{checks.Fix{CLI: "aws s3api put-bucket-versioning --bucket {name} --versioning-configuration Status=Enabled --no-cli-pager\n# a comment\naws rds wait db-instance-available --db-instance-identifier {name}"}, ""},
		{checks.Fix{CLI: "aws s3api put-bucket-version --bucket {name}"}, "there is no command aws s3api put-bucket-version"},
		{checks.Fix{CLI: "aws s3api put-bucket-versioning --bucket {name} --status Enabled"}, "aws s3api put-bucket-versioning has no option --status; aws s3api put-bucket-versioning lacks --versioning-configuration"},
		{checks.Fix{CLI: "aws rds wait db-instance-ready"}, "there is no command aws rds wait"},
		{checks.Fix{CLI: "rm -rf x"}, `"rm -rf x" is no command of the AWS CLI`},
		{checks.Fix{CLI: "aws ec2 create-network-acl-entry --ingress --network-acl-id {id} --protocol 6 --rule-action deny --rule-number 1"}, ""},
		{checks.Fix{CLI: "aws ec2 create-network-acl-entry --network-acl-id {id} --protocol 6 --rule-action deny --rule-number 1"}, "aws ec2 create-network-acl-entry lacks --egress"},
		{checks.Fix{CLI: "aws iam get-role --role-name {name} --query Role.AssumeRolePolicyDocument > trust.json"}, ""},
		{checks.Fix{CLI: "aws ec2 stop-instances \\\n  --instance-ids {id}"}, ""},
		{checks.Fix{CLI: "aws ec2 stop-instances --instance-ids={instance}"}, "CLI, line 1: there is no placeholder {instance}; want one of " + strings.Join(mend.Names, ", ") + "; CLI, line 1: '{' means something to a shell: quote it"},
		{checks.Fix{Terraform: "resource \"aws_s3_bucket_versioning\" \"this\" {\n  bucket = \"{name}\"\n  versioning_configuration {\n    status = \"Enabled\"\n  }\n  lifecycle {\n    prevent_destroy = true\n  }\n}"}, ""},
		{checks.Fix{Terraform: "resource \"aws_s3_versioning\" \"this\" {}"}, "there is no resource aws_s3_versioning"},
		{checks.Fix{Terraform: "resource \"aws_s3_bucket_versioning\" \"this\" {\n  name = \"{name}\"\n  versioning_configuration {\n    state = \"x\"\n  }\n  bucket {}\n}"}, "aws_s3_bucket_versioning has no argument name; aws_s3_bucket_versioning has no block bucket; aws_s3_bucket_versioning.versioning_configuration has no argument state"},
		{checks.Fix{Terraform: "resource \"aws_iam_policy\" {"}, "Terraform: x.tf:1,27-28: Unclosed configuration block; There is no closing brace for this block before the end of the file. This may be caused by incorrect brace nesting elsewhere in this file."},
		{checks.Fix{Terraform: "resource \"google_x\" \"y\" {}"}, "there is no resource google_x"},
		{checks.Fix{Terraform: "data \"aws_iam_policy_document\" \"x\" {\n  dynamic \"statement\" {\n    for_each = []\n    content {\n      sids = []\n    }\n  }\n}"}, "data.aws_iam_policy_document.statement has no argument sids"},
	} {
		if got := strings.Join(faults(tt.fix, ""), "; "); got != tt.want {
			t.Errorf("%+v:\n got %s\nwant %s", tt.fix, got, tt.want)
		}
	}
}

// faults are what is wrong with a fix for one type of resource.
func faults(fix checks.Fix, typ string) (out []string) {
	cli, terraform := mend.For(fix, typ)
	for _, f := range cli.Faults() {
		out = append(out, "CLI, "+f)
	}
	for _, f := range terraform.Faults() {
		out = append(out, "Terraform, "+f)
	}
	if len(out) > 0 {
		return out // what a shell would obey is not given to one
	}
	text, _ := cli.Fill(nil)
	out = append(out, commandFaults(text)...)
	text, _ = terraform.Fill(nil)
	return append(out, resourceFaults(text)...)
}

// globalOptions are taken by every command.
// Source: AWS CLI Command Reference, "Global Options".
var globalOptions = []string{"--region", "--query", "--output", "--profile", "--no-cli-pager"}

func commandFaults(text string) (out []string) {
	for line := range strings.Lines(strings.ReplaceAll(text, "\\\n", "")) {
		line = strings.TrimRight(line, "\n")
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		w, err := words(line)
		if err != nil || len(w) < 3 || w[0] != "aws" {
			out = append(out, fmt.Sprintf("%q is no command of the AWS CLI", line))
			continue
		}
		name := strings.Join(w[1:min(len(w), 4)], " ")
		options, ok := commands()[name] // aws rds wait X
		if !ok {
			name = strings.Join(w[1:3], " ")
			options, ok = commands()[name]
		}
		if !ok {
			out = append(out, "there is no command aws "+name)
			continue
		}
		given := map[string]bool{} // options and groups
		for _, word := range w {
			option, _, _ := strings.Cut(word, "=")
			if !strings.HasPrefix(option, "--") {
				continue
			}
			given[option] = true
			group, ok := options[option]
			given[group] = true
			if !ok && !slices.Contains(globalOptions, option) {
				out = append(out, "aws "+name+" has no option "+option)
			}
		}
		for _, option := range slices.Sorted(maps.Keys(options)) {
			if group := options[option]; group != "" && !given[group] && !given["--cli-input-json"] {
				out = append(out, "aws "+name+" lacks "+option)
				given[group] = true // said once
			}
		}
	}
	return out
}

// redirection is what mend lets a command write to a file.
var redirection = regexp.MustCompile(`\s>\s?[A-Za-z0-9_.-]+`)

// words are what a shell makes of a line.
func words(line string) ([]string, error) {
	line = redirection.ReplaceAllString(line, "")
	out, err := exec.Command("sh", "-c", "words() { for w; do printf '%s\\0' \"$w\"; done; }\nwords "+line).Output()
	return strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00"), err
}

//go:embed testdata/commands.txt.gz
var commandTable []byte

//go:embed testdata/resources.txt.gz
var resourceTable []byte

// unpacked are the lines of a table, without the first, which says what it was made from.
func unpacked(table []byte) iter.Seq[string] {
	return func(yield func(string) bool) {
		z, err := gzip.NewReader(bytes.NewReader(table))
		if err != nil {
			panic(err) // our own file
		}
		lines := bufio.NewScanner(z)
		lines.Buffer(nil, 1<<20)
		lines.Scan()
		for lines.Scan() {
			if !yield(lines.Text()) {
				return
			}
		}
	}
}

// commands are the commands of the AWS CLI: their options, and of which group one must be
// given ("" for an option that may be left out).
var commands = sync.OnceValue(func() map[string]map[string]string {
	out := map[string]map[string]string{}
	for line := range unpacked(commandTable) {
		name, rest, _ := strings.Cut(line, " --")
		out[name] = map[string]string{}
		for _, o := range strings.Fields("--" + rest) {
			option, group, required := strings.Cut(o, "!")
			if required && group == "" {
				group = option
			}
			out[name][option] = group
		}
	}
	return out
})

// argument is what a resource or a block takes: its own arguments by name; nil for one
// that is no block.
type argument map[string]argument

var resources = sync.OnceValue(func() argument {
	out := argument{}
	for line := range unpacked(resourceTable) {
		name, rest, _ := strings.Cut(line, " ")
		out[name], _ = arguments(rest)
	}
	return out
})

// arguments reads "a b{c d} e" up to the brace that closes it.
func arguments(text string) (out argument, rest string) {
	out = argument{}
	for text != "" {
		end := strings.IndexAny(text, " {}")
		if end < 0 {
			out[text] = nil
			return out, ""
		}
		name, mark := text[:end], text[end]
		text = text[end+1:]
		if mark == '{' {
			out[name], text = arguments(text)
		} else if name != "" {
			out[name] = nil
		}
		if mark == '}' {
			return out, text
		}
	}
	return out, ""
}

// metaArguments and metaBlocks may stand in every resource.
// Source: Terraform language, "Meta-Arguments"; provisioners have no place in a fix.
var (
	metaArguments = []string{"count", "depends_on", "for_each", "provider"}
	metaBlocks    = []string{"lifecycle"}
)

func resourceFaults(text string) (out []string) {
	file, diags := hclsyntax.ParseConfig([]byte(text), "x.tf", hcl.InitialPos)
	if diags.HasErrors() {
		return []string{"Terraform: " + diags.Error()}
	}
	for _, b := range file.Body.(*hclsyntax.Body).Blocks {
		name := ""
		switch {
		case b.Type == "resource" && len(b.Labels) == 2:
			name = b.Labels[0]
		case b.Type == "data" && len(b.Labels) == 2:
			name = "data." + b.Labels[0]
		case b.Type == "import", b.Type == "removed", b.Type == "locals":
			continue
		default:
			out = append(out, "a fix has no block "+b.Type)
			continue
		}
		known, ok := resources()[name]
		if !ok {
			out = append(out, "there is no resource "+name)
			continue
		}
		out = append(out, bodyFaults(name, b.Body, known, true)...)
	}
	return out
}

func bodyFaults(name string, body *hclsyntax.Body, known argument, top bool) (out []string) {
	for _, a := range slices.Sorted(maps.Keys(body.Attributes)) {
		if _, ok := known[a]; !ok && !(top && slices.Contains(metaArguments, a)) {
			out = append(out, name+" has no argument "+a)
		}
	}
	var inner []string
	for _, b := range body.Blocks {
		typ, content := b.Type, b.Body
		if typ == "dynamic" && len(b.Labels) == 1 && len(content.Blocks) == 1 {
			typ, content = b.Labels[0], content.Blocks[0].Body
		}
		if top && slices.Contains(metaBlocks, typ) {
			continue
		}
		if known[typ] == nil {
			out = append(out, name+" has no block "+typ)
			continue
		}
		inner = append(inner, bodyFaults(name+"."+typ, content, known[typ], false)...)
	}
	return append(out, inner...)
}
