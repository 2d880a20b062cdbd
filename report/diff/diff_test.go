package diff_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"onus/checks"
	"onus/report"
	"onus/report/diff"
	"onus/report/jsonresult"
	"onus/report/reporttest"
	"onus/report/schema"
	"onus/scanner/snapshot"
)

// document is a result with the changes of a test.
func document(t *testing.T, changes ...func(*report.Result, *[]checks.Finding)) *bytes.Buffer {
	t.Helper()
	r := reporttest.Ordinary()
	all := slices.Collect(r.Findings)
	for _, c := range changes {
		c(&r, &all)
	}
	r.Findings = slices.Values(all)
	var b bytes.Buffer
	if err := jsonresult.Write(&b, r); err != nil {
		t.Fatal(err)
	}
	return &b
}

func compare(t *testing.T, before, after *bytes.Buffer) *diff.Diff {
	t.Helper()
	d, err := diff.Of(before, after)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// says is a change in a line.
func says(d *diff.Diff) (out []string) {
	for _, c := range d.Changes {
		verdict := func(v *diff.Verdict) string {
			if v == nil {
				return "none"
			}
			return string(v.Status)
		}
		line := fmt.Sprintf("%s %s %s: %s → %s", c.Kind, c.Check, c.Resource.Name, verdict(c.Before), verdict(c.After))
		if c.Why != "" {
			line += " (" + c.Why + ")"
		}
		out = append(out, line)
	}
	return out
}

// set gives the i-th finding a status.
func set(i int, s checks.Status, cause snapshot.Cause) func(*report.Result, *[]checks.Finding) {
	return func(_ *report.Result, all *[]checks.Finding) {
		(*all)[i].Status, (*all)[i].Cause, (*all)[i].Reason = s, cause, "now "+string(s)
	}
}

func drop(i int) func(*report.Result, *[]checks.Finding) {
	return func(_ *report.Result, all *[]checks.Finding) { *all = slices.Delete(*all, i, i+1) }
}

func TestTheSameResultHasNoChange(t *testing.T) {
	d := compare(t, document(t), document(t))
	if len(d.Changes) != 0 || len(d.Notes) != 0 || d.Summary.Same != 16 || d.Summary.Reworded != 0 {
		t.Errorf("%+v", d)
	}
}

func TestKinds(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(*report.Result, *[]checks.Finding)
		want   string
	}{
		"a PASS that fails":                      {set(7, checks.FAIL, ""), "broken ec2-volume-encrypted data-7: PASS → FAIL"},
		"what did not apply, fails":              {set(10, checks.FAIL, ""), "broken rds-instance-backup-retention orders-replica: NOT_APPLICABLE → FAIL"},
		"a FAIL that passes":                     {set(0, checks.PASS, ""), "fixed ec2-volume-encrypted data-0: FAIL → PASS"},
		"a FAIL that applies no more":            {set(0, checks.NotApplicable, ""), "fixed ec2-volume-encrypted data-0: FAIL → NOT_APPLICABLE"},
		"a FAIL that cannot be told is no fix":   {set(0, checks.UNKNOWN, snapshot.Denied), "unknown ec2-volume-encrypted data-0: FAIL → UNKNOWN"},
		"a PASS that cannot be told":             {set(7, checks.UNKNOWN, snapshot.Denied), "unknown ec2-volume-encrypted data-7: PASS → UNKNOWN"},
		"an UNKNOWN that fails":                  {set(8, checks.FAIL, ""), "known iam-password-policy-minimum-length 111122223333: UNKNOWN → FAIL"},
		"an UNKNOWN that passes":                 {set(8, checks.PASS, ""), "known iam-password-policy-minimum-length 111122223333: UNKNOWN → PASS"},
		"a PASS that applies no more":            {set(7, checks.NotApplicable, ""), "other ec2-volume-encrypted data-7: PASS → NOT_APPLICABLE"},
		"a resource that went away":              {drop(0), "gone ec2-volume-encrypted data-0: FAIL → none (the resource is not there any more)"},
		"a place that is listed now":             {drop(11), "gone rds-instance-backup-retention : UNKNOWN → none (all was listed there)"},
		"another reason alone changes no status": {func(_ *report.Result, all *[]checks.Finding) { (*all)[0].Reason = "a day older" }, ""},
	} {
		d := compare(t, document(t), document(t, tt.change))
		if got := strings.Join(says(d), "; "); got != tt.want {
			t.Errorf("%s: got %s, want %s", name, got, tt.want)
		}
	}
}

// What is gone was not thereby mended: the difference says why it is not there.
func TestWhatIsGoneSaysWhy(t *testing.T) {
	noCheck := func(r *report.Result, all *[]checks.Finding) {
		gone := r.Checks[slices.IndexFunc(r.Checks, func(c *checks.Check) bool { return c.ID == "s3-bucket-public-access-blocked" })]
		r.Checks = slices.DeleteFunc(r.Checks, func(c *checks.Check) bool { return c == gone })
		r.Scan.NotRun = append(r.Scan.NotRun, report.NotRun{Check: gone, Why: "switched off in the policy"})
		*all = slices.DeleteFunc(*all, func(f checks.Finding) bool { return f.Check == gone.ID })
	}
	forgotten := func(r *report.Result, all *[]checks.Finding) {
		noCheck(r, all)
		r.Scan.NotRun = r.Scan.NotRun[:1]
	}
	unlisted := func(_ *report.Result, all *[]checks.Finding) {
		f := (*all)[9] // a database in eu-central-1
		f.Resource = checks.Resource{Type: checks.Scope, ID: "rds:DescribeDBInstances@111122223333/eu-central-1"}
		f.ID, f.Status, f.Cause = "scope", checks.UNKNOWN, snapshot.Denied
		*all = append(slices.Delete(*all, 9, 11), f)
	}
	narrowed := func(r *report.Result, all *[]checks.Finding) {
		r.Scan.NarrowedTo = &report.Narrowing{Regions: []string{"eu-west-1"}}
		*all = slices.Delete(*all, 0, 1)
	}
	narrowedToIt := func(r *report.Result, all *[]checks.Finding) {
		r.Scan.NarrowedTo = &report.Narrowing{Regions: []string{(*all)[0].Region, "eu-west-1"}}
		*all = slices.Delete(*all, 0, 1)
	}
	elsewhere := func(r *report.Result, all *[]checks.Finding) {
		r.Scan.Accounts = []string{"444455556666"}
		*all = nil
	}
	for name, tt := range map[string]struct {
		change func(*report.Result, *[]checks.Finding)
		want   string // why, of the first that is gone
	}{
		"a check that did not run":  {noCheck, "its check did not run: switched off in the policy"},
		"a check that is not known": {forgotten, "its check was not known to that version"},
		"a place that is unlisted":  {unlisted, "its place could not be listed"},
		"a narrowed scan":           {narrowed, "the scan was narrowed"},
		"a scan narrowed to more":   {narrowedToIt, ""},
		"another account":           {elsewhere, "its account was not scanned"},
	} {
		for _, way := range []diff.Kind{diff.Gone, diff.New} {
			before, after := document(t), document(t, tt.change)
			if way == diff.New {
				before, after = after, before
			}
			d := compare(t, before, after)
			i := slices.IndexFunc(d.Changes, func(c diff.Change) bool { return c.Kind == way && c.Resource.Type != checks.Scope })
			if i < 0 || d.Changes[i].Why != tt.want && (tt.want != "" || strings.Contains(d.Changes[i].Why, "narrowed")) {
				t.Errorf("%s, %s: %q", name, way, says(d))
			}
		}
	}
}

func TestNotesSayWhatElseIsNotAlike(t *testing.T) {
	before := document(t)
	after := document(t, func(r *report.Result, _ *[]checks.Finding) {
		r.Scan.CatalogueDigest, r.Scan.PolicyDigest, r.Scan.Interrupted = "x", "y", "SIGINT"
		r.Scan.NarrowedTo = &report.Narrowing{Services: []string{"ec2"}}
		r.Scan.Accounts = append(r.Scan.Accounts, "444455556666")
		r.Scan.Started = r.Scan.Started.AddDate(0, 0, -1)
	})
	want := []string{
		"the two are of different accounts", "the later result is of the earlier scan", "other checks, or another version of Onus, judged the later one",
		"another policy file judged the later one", "they were narrowed in different ways", "scan scan-1 was interrupted: SIGINT",
	}
	if diff := cmp.Diff(want, compare(t, before, after).Notes); diff != "" {
		t.Errorf("notes (-want +got):\n%s", diff)
	}
}

func TestChangesStandWorstFirst(t *testing.T) {
	d := compare(t, document(t), document(t, set(13, checks.FAIL, ""), set(7, checks.FAIL, ""), set(0, checks.PASS, ""), set(1, checks.UNKNOWN, snapshot.Denied), set(14, checks.FAIL, "")))
	want := []string{
		"broken s3-bucket-public-access-blocked invoices: PASS → FAIL",
		"broken ec2-volume-encrypted data-7: PASS → FAIL",
		"broken s3-bucket-versioning-enabled invoices: PASS → FAIL",
		"unknown ec2-volume-encrypted data-1: FAIL → UNKNOWN",
		"fixed ec2-volume-encrypted data-0: FAIL → PASS",
	}
	if diff := cmp.Diff(want, says(d)); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
}

func TestDocumentsFollowTheSchema(t *testing.T) {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(schema.Diff))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("urn:onus:diff:v1", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("urn:onus:diff:v1")
	if err != nil {
		t.Fatal(err)
	}
	results := []report.Result{reporttest.Empty(), reporttest.Ordinary(), reporttest.Interrupted(), reporttest.NotRecorded(), reporttest.Hostile()}
	for _, before := range results {
		for _, after := range results {
			var a, b, out bytes.Buffer
			if err := errors.Join(jsonresult.Write(&a, before), jsonresult.Write(&b, after)); err != nil {
				t.Fatal(err)
			}
			if err := jsonresult.Encode(&out, compare(t, &a, &b)); err != nil {
				t.Fatal(err)
			}
			value, err := jsonschema.UnmarshalJSON(&out)
			if err != nil {
				t.Fatal(err)
			}
			if err := s.Validate(value); err != nil {
				t.Error(err)
			}
		}
	}
}

func TestWhatIsNoResultIsRefused(t *testing.T) {
	for _, bad := range []string{"", "{}", "[]", `{"format":"onus.result/v2"}`, document(t).String()[:5000]} {
		for _, pair := range [][2]io.Reader{{strings.NewReader(bad), document(t)}, {document(t), strings.NewReader(bad)}} {
			if _, err := diff.Of(pair[0], pair[1]); !errors.Is(err, jsonresult.ErrForm) {
				t.Errorf("%.20q: %v", bad, err)
			}
		}
	}
}

// Marshalled twice, a difference has the same bytes, whatever the order of maps.
func TestTheSameBytes(t *testing.T) {
	first := ""
	for range 5 {
		text, err := json.Marshal(compare(t, document(t), document(t, drop(0), drop(0), drop(3))))
		if err != nil {
			t.Fatal(err)
		}
		if first == "" {
			first = string(text)
		}
		if string(text) != first {
			t.Error("two differences differ")
		}
	}
}
