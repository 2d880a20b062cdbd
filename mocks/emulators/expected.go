package emulators

import (
	"embed"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Outcome is what one check must say of one resource of the seeded account.
type Outcome struct {
	Check    string
	Resource string // see Matches
	Region   string // "global" for resources that have none
	Status   string
}

//go:embed expected/*.txt
var expected embed.FS

var placeholder = regexp.MustCompile(`\{[^}]*\}`)

// Expected returns what a scan of the account that Seed made must find at the emulator
// ("moto" or "localstack"), in the order of the files in expected, one for each part of
// the seeds; the head of first.txt says under which parameters. A row that cannot be read, or names an id that Seed has not returned,
// fails the test.
func Expected(tb testing.TB, emulator string, ids Seeded) []Outcome {
	tb.Helper()
	files, err := expected.ReadDir("expected")
	if err != nil {
		tb.Fatal(err)
	}
	var out []Outcome
	for _, f := range files {
		text, err := expected.ReadFile("expected/" + f.Name())
		if err != nil {
			tb.Fatal(err)
		}
		out = append(out, outcomes(tb, f.Name(), string(text), emulator, ids)...)
	}
	return out
}

// Exercised returns the checks that a scan of the seeded emulator must decide: those with a
// row of PASS or FAIL among the expected ones.
func Exercised(tb testing.TB, emulator string) map[string]bool {
	tb.Helper()
	files, err := expected.ReadDir("expected")
	if err != nil {
		tb.Fatal(err)
	}
	out := map[string]bool{}
	for _, f := range files {
		text, err := expected.ReadFile("expected/" + f.Name())
		if err != nil {
			tb.Fatal(err)
		}
		section := ""
		for line := range strings.Lines(string(text)) {
			if name, ok := strings.CutPrefix(strings.TrimSpace(line), "== "); ok {
				section = name
			}
			field := strings.Split(strings.TrimSpace(line), " | ")
			if len(field) == 4 && (section == "both" || section == emulator) && (field[3] == "PASS" || field[3] == "FAIL") {
				out[field[0]] = true
			}
		}
	}
	return out
}

func outcomes(tb testing.TB, file, text, emulator string, ids Seeded) (out []Outcome) {
	tb.Helper()
	section := ""
	for i, line := range strings.Split(text, "\n") {
		if name, ok := strings.CutPrefix(line, "== "); ok {
			section = name
			continue
		}
		if line == "" || strings.HasPrefix(line, "#") || section != "both" && section != emulator {
			continue
		}
		for _, line := range spread(line) {
			o, err := outcome(line, ids)
			if err != nil {
				tb.Fatalf("expected/%s:%d: %v", file, i+1, err)
			}
			out = append(out, o)
		}
	}
	return out
}

var several = regexp.MustCompile(`\(([^)]*)\)`)

// spread is a row for each resource where a row names several: a(b c) stands for ab and ac,
// and pit-(but a b) for all the buckets of pits but those.
func spread(line string) (out []string) {
	found := several.FindStringSubmatchIndex(line)
	if found == nil {
		return []string{line}
	}
	names := strings.Fields(line[found[2]:found[3]])
	if len(names) > 0 && names[0] == "but" {
		names = others(names[1:])
	}
	for _, n := range names {
		out = append(out, line[:found[0]]+n+line[found[1]:])
	}
	return out
}

// others are the names of pits that are not among these.
func others(names []string) (out []string) {
	for _, p := range pits {
		if !slices.Contains(names, p.name) {
			out = append(out, p.name)
		}
	}
	return out
}

func outcome(line string, ids Seeded) (Outcome, error) {
	field := strings.Split(line, " | ")
	if len(field) != 4 {
		return Outcome{}, fmt.Errorf("%d fields, want check | resource | Region | status", len(field))
	}
	var err error
	resource := placeholder.ReplaceAllStringFunc(field[1], func(name string) string {
		id, ok := ids[name[1:len(name)-1]]
		if !ok {
			err = fmt.Errorf("nothing is seeded under the name %s", name)
		}
		return id
	})
	return Outcome{field[0], resource, field[2], field[3]}, err
}

// Matches tells whether the outcome is about the resource with the id, or with the
// value of the tag Name ("" for none). A * at the end of Resource stands for anything.
func (o Outcome) Matches(id, name string) bool {
	if start, ok := strings.CutSuffix(o.Resource, "*"); ok {
		return strings.HasPrefix(id, start)
	}
	return o.Resource == id || name != "" && o.Resource == name
}
