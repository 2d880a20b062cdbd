// Command gen writes mocks/model.json, the table that package mocks encodes
// and decodes by, from the service models in a botocore wheel. What is listed
// in operations.txt and the shapes it reaches are kept; documentation, patterns
// and limits are not.
package main

import (
	"archive/zip"
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"

	"onus/mocks/model"
)

func main() {
	wheel := flag.String("botocore", "", "path of a botocore wheel (.whl)")
	list := flag.String("operations", "mocks/gen/operations.txt", "list of operations to keep")
	out := flag.String("out", "mocks/model/model.json", "file to write")
	flag.Parse()
	if err := run(*wheel, *list, *out); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func run(wheel, list, out string) error {
	if wheel == "" {
		return errors.New("-botocore is needed: the path of a botocore wheel")
	}
	wanted, dropped, err := operations(list)
	if err != nil {
		return err
	}
	archive, err := zip.OpenReader(wheel)
	if err != nil {
		return fmt.Errorf("open %q: %w", wheel, err)
	}
	defer archive.Close()
	source, err := describe(archive.File)
	if err != nil {
		return fmt.Errorf("read %q: %w", wheel, err)
	}
	table := model.Table{Source: source, Services: map[string]*model.Service{}}
	for _, pkg := range slices.Sorted(maps.Keys(wanted)) {
		src, err := find(archive, pkg)
		if err != nil {
			return fmt.Errorf("service %q: %w", pkg, err)
		}
		if table.Services[pkg], err = src.service(pkg, wanted[pkg]); err != nil {
			return fmt.Errorf("service %q: %w", pkg, err)
		}
	}
	if err := drop(&table, dropped); err != nil {
		return err
	}
	text, err := render(table)
	if err != nil {
		return err
	}
	return os.WriteFile(out, text, 0o644)
}

// operations reads the list: package name to its operations, and the members to
// leave out, as "package:Shape.Member".
func operations(path string) (wanted map[string][]string, dropped []string, err error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, nil, err
	}
	wanted = map[string][]string{}
	lines := bufio.NewScanner(bytes.NewReader(text))
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if member, ok := strings.CutPrefix(line, "-"); ok {
			dropped = append(dropped, member)
			continue
		}
		pkg, op, ok := strings.Cut(line, ":")
		if !ok || slices.Contains(wanted[pkg], op) {
			return nil, nil, fmt.Errorf("%s:%d: want a new package:Operation, have %q", path, n, line)
		}
		wanted[pkg] = append(wanted[pkg], op)
	}
	return wanted, dropped, lines.Err()
}

// drop removes members from the table. A member that is not there is an error,
// so that the list does not outlive its reason.
func drop(t *model.Table, dropped []string) error {
	for _, entry := range dropped {
		pkg, path, _ := strings.Cut(entry, ":")
		name, member, _ := strings.Cut(path, ".")
		var shape *model.Shape
		if svc := t.Services[pkg]; svc != nil {
			shape = svc.Shapes[name]
		}
		if shape.Member(member) == nil {
			return fmt.Errorf("no member %q to leave out", entry)
		}
		shape.Members = slices.DeleteFunc(shape.Members, func(m *model.Member) bool { return m.Name == member })
	}
	return nil
}

var wheelVersion = regexp.MustCompile(`^botocore-([0-9.]+)\.dist-info/METADATA$`)

// describe names the wheel: its version, and the date it was built, which is
// that of its METADATA file.
func describe(files []*zip.File) (string, error) {
	for _, f := range files {
		if m := wheelVersion.FindStringSubmatch(f.Name); m != nil {
			return fmt.Sprintf("botocore %s of %s (service-2.json, paginators-1.json), Apache License 2.0",
				m[1], f.Modified.Format("2006-01-02")), nil
		}
	}
	return "", errors.New("no botocore-VERSION.dist-info/METADATA in it")
}

// render writes one line for each operation and shape, so that a newer wheel
// makes a diff that can be read.
func render(t model.Table) ([]byte, error) {
	var b bytes.Buffer
	source, err := json.Marshal(t.Source)
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(&b, "{\"source\":%s,\n\"services\":{", source)
	for i, name := range slices.Sorted(maps.Keys(t.Services)) {
		if i > 0 {
			b.WriteString(",")
		}
		svc := *t.Services[name]
		ops, shapes := svc.Operations, svc.Shapes
		svc.Operations, svc.Shapes = nil, nil
		head, err := json.Marshal(svc)
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&b, "\n%q:%s,\n\"operations\":{", name, bytes.TrimSuffix(head, []byte("}")))
		if err := lines(&b, ops); err != nil {
			return nil, err
		}
		b.WriteString("},\n\"shapes\":{")
		if err := lines(&b, shapes); err != nil {
			return nil, err
		}
		b.WriteString("}}")
	}
	b.WriteString("}}\n")
	if !json.Valid(b.Bytes()) {
		return nil, errors.New("the table written is not JSON")
	}
	return b.Bytes(), nil
}

func lines[T any](b *bytes.Buffer, entries map[string]T) error {
	for i, name := range slices.Sorted(maps.Keys(entries)) {
		if i > 0 {
			b.WriteString(",")
		}
		line, err := json.Marshal(entries[name])
		if err != nil {
			return err
		}
		fmt.Fprintf(b, "\n%q:%s", name, line)
	}
	return nil
}
