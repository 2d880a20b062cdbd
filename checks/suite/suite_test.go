package suite

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
	"onus/scanner/wire"
)

func TestEveryCheckIsWellDeclared(t *testing.T) {
	if err := checks.Validate(All()); err != nil {
		t.Error(err)
	}
	negative := regexp.MustCompile(`(?i)^(check|ensure|verify)\b`)
	for _, c := range All() {
		if negative.MatchString(c.Title) {
			t.Errorf("%s: the title %q is to say what holds", c.ID, c.Title)
		}
		for _, op := range c.Reads {
			if _, ok := wire.Permitted[op]; !ok {
				t.Errorf("%s reads %s, which is not permitted", c.ID, op)
			}
		}
	}
}

// TestEveryDeclaredCheckIsInTheSuite reads the categories' source: a check that is
// declared and not listed would never run.
func TestEveryDeclaredCheckIsInTheSuite(t *testing.T) {
	declared := regexp.MustCompile(`(?m)^\s*ID:\s+"([a-z0-9-]+)"`)
	files, err := filepath.Glob("../*/*.go")
	if err != nil || len(files) < 10 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	nested, err := filepath.Glob("../*/*/*.go")
	if err != nil {
		t.Fatal(err)
	}
	files = append(files, nested...)
	for _, f := range files {
		if strings.HasSuffix(f, "_test.go") {
			continue
		}
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range declared.FindAllStringSubmatch(string(text), -1) {
			if _, ok := Find(m[1]); !ok {
				t.Errorf("%s declares %s, which is in no category's list", f, m[1])
			}
		}
	}
}

// fill puts one zero element into every list of resources.
func fill(v reflect.Value) {
	for i := range v.NumField() {
		f := v.Field(i)
		switch {
		case !f.CanSet():
		case f.Kind() == reflect.Slice && f.Type().Elem().Kind() == reflect.Struct && f.Type() != reflect.TypeFor[[]snapshot.Coverage]():
			f.Set(reflect.Append(f, reflect.New(f.Type().Elem()).Elem()))
		case f.Kind() == reflect.Struct && f.Type().PkgPath() == reflect.TypeFor[snapshot.Account]().PkgPath() && f.Type() != reflect.TypeFor[snapshot.Location]() && !strings.HasPrefix(f.Type().Name(), "Read["):
			fill(f)
		}
	}
}

func TestEmptyResourcesDoNotPanicAndUnreadOnesNeverPass(t *testing.T) {
	for _, c := range All() {
		for name, a := range map[string]*snapshot.Account{
			"read":   checktest.Account(c, func(a *snapshot.Account) { fill(reflect.ValueOf(a).Elem()) }),
			"unread": {Location: checktest.At.In(snapshot.Global), AsOf: checktest.AsOf},
		} {
			n := 0
			for _, f := range checktest.Findings(c, a, allowedRegions(c)) {
				n++
				if name == "unread" && f.Status != checks.UNKNOWN && f.Status != checks.NotApplicable {
					t.Errorf("%s, unread: %s %s", c.ID, f.Status, f.Reason)
				}
				if f.Reason == "" {
					t.Errorf("%s, %s: %s without a reason", c.ID, name, f.Status)
				}
			}
			if n == 0 && name == "unread" {
				t.Errorf("%s says nothing of an account that was not read", c.ID)
			}
		}
	}
}

func allowedRegions(c *checks.Check) map[string]any {
	if _, ok := c.Parameters["allowed_regions"]; ok {
		return map[string]any{"allowed_regions": []string{"eu-west-1"}}
	}
	return nil
}

// row is what a check repeats of its row in the catalogue.
type row struct {
	ID, Title, Category, Duty, Severity string
	ServiceKind                         string `yaml:"service_kind"`
	Tier                                int
	Reads                               []string
	Parameters                          map[string]any
}

// TestChecksRepeatTheCatalogue compares with the catalogue's files where ONUS_CATALOGUE
// names their folder: they are kept outside this repository.
func TestChecksRepeatTheCatalogue(t *testing.T) {
	dir := os.Getenv("ONUS_CATALOGUE")
	if dir == "" {
		t.Skip("ONUS_CATALOGUE is not set")
	}
	files, _ := filepath.Glob(filepath.Join(dir, "*.yaml"))
	seen := 0
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		var rows []row
		if err := yaml.Unmarshal(text, &rows); err != nil {
			t.Fatalf("%s: %v", f, err)
		}
		for _, r := range rows {
			c, ok := Find(r.ID)
			if !ok {
				continue
			}
			seen++
			got := row{c.ID, c.Title, string(c.Category), string(c.Duty), string(c.Severity), string(c.ServiceKind), c.Tier, nil, nil}
			want := r
			want.Reads, want.Parameters = nil, nil
			if !reflect.DeepEqual(got, want) {
				t.Errorf("%s:\n got %+v\nwant %+v", r.ID, got, want)
			}
			for _, op := range r.Reads {
				if !slices.Contains(c.Reads, op) {
					t.Errorf("%s does not read %s", r.ID, op)
				}
			}
			for name := range r.Parameters {
				if _, ok := c.Parameters[name]; !ok {
					t.Errorf("%s lacks the parameter %s", r.ID, name)
				}
			}
		}
	}
	if seen != len(All()) {
		t.Errorf("%d of %d checks are in the catalogue", seen, len(All()))
	}
}
