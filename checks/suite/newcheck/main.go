// Command newcheck writes the beginning of a new check: its file, its test, and its line
// in the category's list. Run it as
//
//	make new-check ID=rds-instance-deletion-protection CATEGORY=resilience KIND=DBInstances
//
// KIND is a variable of package snapshot. Where ONUS_CATALOGUE names the folder of the
// catalogue, CATEGORY and KIND may be left out, and the check is filled from its row.
// The test fails until the judging function and its cases are written.
package main

import (
	"bytes"
	"cmp"
	"errors"
	"flag"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"text/template"

	"go.yaml.in/yaml/v4"
)

func main() {
	var r row
	flag.StringVar(&r.ID, "id", "", "id of the check")
	flag.StringVar(&r.Category, "category", "", "folder below checks")
	kind := flag.String("kind", "", "kind of resource: a variable of package snapshot")
	flag.Parse()
	files, err := write(".", os.Getenv("ONUS_CATALOGUE"), r, *kind)
	if err != nil {
		fmt.Fprintln(os.Stderr, "new-check:", err)
		os.Exit(2)
	}
	for _, f := range files {
		fmt.Println(f)
	}
}

// row is what is known of the check.
type row struct {
	ID, Title, Category, Duty, Resource, Severity string
	ServiceKind                                   string `yaml:"service_kind"`
	Tier                                          int
	Reads                                         []string
	PassesWhen                                    string `yaml:"passes_when"`
	NotApplicableWhen                             string `yaml:"not_applicable_when"`
	Pitfalls                                      []string
	Parameters                                    map[string]any
}

// kind is a variable of package snapshot that lists resources.
type kind struct{ Var, GoType, Type, Lists string }

var idForm = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)+$`)

// write makes the three changes below root and names the files.
func write(root, catalogue string, r row, kindName string) ([]string, error) {
	if !idForm.MatchString(r.ID) {
		return nil, fmt.Errorf("ID=%q: want service-resource-assertion", r.ID)
	}
	if err := r.fill(catalogue); err != nil {
		return nil, err
	}
	list := filepath.Join(root, "checks", r.Category, "list.go")
	if _, err := os.Stat(list); r.Category == "" || err != nil {
		return nil, fmt.Errorf("CATEGORY=%q: want a folder below checks with a list.go", r.Category)
	}
	k, err := findKind(filepath.Join(root, "scanner", "snapshot"), kindName, r.Resource)
	if err != nil {
		return nil, err
	}
	name := strings.ReplaceAll(r.ID, "-", "_")
	source, test := filepath.Join(root, "checks", r.Category, name+".go"), filepath.Join(root, "checks", r.Category, name+"_test.go")
	for _, path := range []string{source, test} {
		if _, err := os.Stat(path); err == nil {
			return nil, fmt.Errorf("%s is there already", path)
		}
	}
	data := map[string]any{
		"Row": r, "Kind": k, "Var": variable(r.ID), "Func": lower(variable(r.ID)), "Package": filepath.Base(r.Category),
		"Pointer": "*" + strings.TrimPrefix(k.GoType, "*"), "List": listing.FindString(k.Lists), "Leaves": cmp.Or(r.NotApplicableWhen, "left out"),
	}
	for path, t := range map[string]*template.Template{source: sourceTemplate, test: testTemplate} {
		if err := render(path, t, data); err != nil {
			return nil, err
		}
	}
	if err := enlist(list, variable(r.ID)); err != nil {
		return nil, err
	}
	return []string{source, test, list}, nil
}

// listing is an operation in the source text of a kind's Lists.
var listing = regexp.MustCompile(`[a-z0-9]+:[A-Z][A-Za-z0-9]+`)

// fill takes what the catalogue says, where there is one.
func (r *row) fill(catalogue string) error {
	// What is left empty the suite's test refuses: nobody's default is right.
	r.Title, r.Severity, r.Duty, r.ServiceKind, r.Tier = "", "medium", "", kindOf(r.ID), 2
	if catalogue == "" {
		return nil
	}
	files, _ := filepath.Glob(filepath.Join(catalogue, "*.yaml")) // the pattern is well-formed
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			return err
		}
		var rows []row
		if err := yaml.Unmarshal(text, &rows); err != nil {
			return fmt.Errorf("%s: %w", f, err)
		}
		if i := slices.IndexFunc(rows, func(o row) bool { return o.ID == r.ID }); i >= 0 {
			category := r.Category
			*r = rows[i]
			if category != "" {
				r.Category = category
			}
			return nil
		}
	}
	return fmt.Errorf("ID=%s is no row of the catalogue", r.ID)
}

// kindOf is the kind of service in the Shared Responsibility Model, by the first word of an id.
func kindOf(id string) string {
	switch service, _, _ := strings.Cut(id, "-"); service {
	case "ec2", "ebs", "vpc":
		return "infrastructure"
	case "rds":
		return "container"
	case "s3":
		return "abstracted"
	}
	return "account"
}

// findKind reads package snapshot for the kind with a name, or that lists a resource type.
func findKind(dir, name, resource string) (kind, error) {
	var all []string
	files, _ := filepath.Glob(filepath.Join(dir, "*.go")) // the pattern is well-formed
	for _, path := range files {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return kind{}, err
		}
		for _, k := range kindsOf(file) {
			if k.Var == name || name == "" && k.Type == resource {
				return k, nil
			}
			all = append(all, k.Var)
		}
	}
	slices.Sort(all)
	return kind{}, fmt.Errorf("KIND=%q: want one of %s", name, strings.Join(all, ", "))
}

// kindsOf finds declarations of the form var X = Kind[T]{Type: "…", Lists: …}.
func kindsOf(file *ast.File) (out []kind) {
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || len(spec.Values) != 1 {
			return true
		}
		lit, ok := spec.Values[0].(*ast.CompositeLit)
		if !ok {
			return true
		}
		index, ok := lit.Type.(*ast.IndexExpr)
		if !ok {
			return true
		}
		k := kind{Var: spec.Names[0].Name}
		switch of := index.Index.(type) {
		case *ast.Ident:
			k.GoType = "snapshot." + of.Name
		case *ast.StarExpr:
			if of, ok := of.X.(*ast.Ident); ok {
				k.GoType = "*snapshot." + of.Name
			}
		}
		for _, e := range lit.Elts {
			pair, ok := e.(*ast.KeyValueExpr)
			if !ok {
				continue
			}
			switch key, _ := pair.Key.(*ast.Ident); key.Name {
			case "Type":
				if text, ok := pair.Value.(*ast.BasicLit); ok {
					k.Type, _ = strconv.Unquote(text.Value) // a string literal that compiles
				}
			case "Lists":
				var b bytes.Buffer
				if err := format.Node(&b, token.NewFileSet(), pair.Value); err == nil {
					k.Lists = b.String()
				}
			}
		}
		out = append(out, k)
		return true
	})
	return out
}

// enlist adds a line to the category's list, in the order of names.
func enlist(path, name string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	before, rest, ok := strings.Cut(string(text), "var All = []*checks.Check{\n")
	body, after, closed := strings.Cut(rest, "}\n")
	if !ok || !closed {
		return fmt.Errorf("%s has no list of the form var All = []*checks.Check{…}", path)
	}
	lines := append(strings.Split(strings.TrimSuffix(body, "\n"), "\n"), "\t&"+name+",")
	slices.Sort(lines)
	out := before + "var All = []*checks.Check{\n" + strings.TrimPrefix(strings.Join(lines, "\n"), "\n") + "\n}\n" + after
	return replace(path, []byte(out))
}

func render(path string, t *template.Template, data any) error {
	var b bytes.Buffer
	if err := t.Execute(&b, data); err != nil {
		return err
	}
	text, err := format.Source(b.Bytes())
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return replace(path, text)
}

// replace writes beside the target and renames.
func replace(path string, text []byte) error {
	tmp := path + ".new"
	return errors.Join(os.WriteFile(tmp, text, 0o644), os.Rename(tmp, path))
}

// words that names write in capitals.
var capitals = map[string]string{"ec2": "EC2", "ebs": "EBS", "vpc": "VPC", "rds": "RDS", "s3": "S3", "iam": "IAM", "mfa": "MFA", "kms": "KMS", "acl": "ACL", "db": "DB", "ssl": "SSL", "tls": "TLS", "imdsv2": "IMDSv2", "az": "AZ", "ami": "AMI", "scp": "SCP", "arn": "ARN"}

// variable is the name of the check's variable: the words of its id.
func variable(id string) string {
	var b strings.Builder
	for _, w := range strings.Split(id, "-") {
		if c, ok := capitals[w]; ok {
			b.WriteString(c)
			continue
		}
		b.WriteString(strings.ToUpper(w[:1]) + w[1:])
	}
	return b.String()
}

// lower is a name that is not exported: RDSInstance → rdsInstance.
func lower(name string) string {
	n := len(name) - len(strings.TrimLeft(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"))
	if n > 1 && n < len(name) {
		n--
	}
	return strings.ToLower(name[:n]) + name[n:]
}
