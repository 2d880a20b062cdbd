// Package checktest runs one check over small accounts made in a test, and compares the
// verdict with what the test expects. It leaves building resources to the tests.
package checktest

import (
	"slices"
	"strings"
	"testing"
	"time"

	"onus/checks"
	"onus/scanner/snapshot"
)

// At is where the tests' account lies: two Regions are scanned, this one and Elsewhere.
var At = snapshot.Location{Partition: "aws", Account: "111122223333", Region: "eu-west-1"}

// Elsewhere is the tests' second Region.
const Elsewhere = "eu-central-1"

// AsOf is the tests' clock.
var AsOf = time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)

// Case is one row of a check's table.
type Case struct {
	Name       string
	Set        func(*snapshot.Account) // puts the resource into an account that is otherwise read and empty
	Parameters map[string]any          // beside the check's defaults
	Want       checks.Status
	Reason     string // a part of it
	Observed   map[string]string
}

// Run judges each case's account and wants exactly one finding, with the case's status
// and a reason that holds the case's words.
func Run(t *testing.T, c *checks.Check, cases []Case) {
	t.Helper()
	if err := checks.Validate([]*checks.Check{c}); err != nil {
		t.Fatal(err)
	}
	seen := map[checks.Status]bool{}
	for _, tt := range cases {
		t.Run(tt.Name, func(t *testing.T) {
			found := Findings(c, Account(c, tt.Set), tt.Parameters)
			if len(found) != 1 {
				t.Fatalf("%d findings, want 1: %+v", len(found), found)
			}
			f := found[0]
			if f.Status != tt.Want || !strings.Contains(f.Reason, tt.Reason) {
				t.Errorf("%s %q\nwant %s with %q", f.Status, f.Reason, tt.Want, tt.Reason)
			}
			for field, value := range tt.Observed {
				if f.Observed[field] != value {
					t.Errorf("observed %s = %q, want %q", field, f.Observed[field], value)
				}
			}
			seen[f.Status] = true
		})
	}
	for _, s := range []checks.Status{checks.PASS, checks.FAIL, checks.UNKNOWN} {
		if !seen[s] {
			t.Errorf("no case ends in %s", s)
		}
	}
}

// Findings judges an account with one check.
func Findings(c *checks.Check, a *snapshot.Account, parameters map[string]any) []checks.Finding {
	settings := checks.Settings{Parameters: map[string]map[string]any{c.ID: parameters}}
	return slices.Collect(checks.Evaluate(a, []*checks.Check{c}, settings))
}

// Account is an empty account in which everything that the check reads was read, then
// changed by set.
func Account(c *checks.Check, set func(*snapshot.Account)) *snapshot.Account {
	global := At.In(snapshot.Global)
	a := &snapshot.Account{Location: global, Principal: "arn:aws:iam::111122223333:role/onus", AsOf: AsOf}
	a.Regions = snapshot.Value([]snapshot.Region{{Name: At.Region, Status: "ENABLED_BY_DEFAULT"}, {Name: Elsewhere, Status: "ENABLED_BY_DEFAULT"}})
	for _, op := range c.Reads {
		for _, region := range []string{snapshot.Global, At.Region, Elsewhere} {
			a.Coverage = append(a.Coverage, snapshot.Coverage{Location: At.In(region), Operation: op, Status: snapshot.OK})
		}
	}
	if set != nil {
		set(a)
	}
	return a
}

// Unread is why an operation gave nothing, for the tests' reads that fail.
func Unread(op string, cause snapshot.Cause) *snapshot.Unread {
	return &snapshot.Unread{Operation: op, At: At, Cause: cause, Code: "AccessDenied"}
}

// Fail makes an operation end badly in one Region, or in snapshot.Global.
func Fail(a *snapshot.Account, op, region string, cause snapshot.Cause) {
	for i := range a.Coverage {
		if c := &a.Coverage[i]; c.Operation == op && c.Region == region {
			u := Unread(op, cause)
			u.At = c.Location
			c.Status, c.Error = cause, u
		}
	}
}

// Meta is the common part of a resource in the tests' account and Region.
func Meta(name, arn string) snapshot.Meta {
	return snapshot.Meta{Location: At, Name: name, ARN: arn, Calls: []snapshot.Call{{ID: "list", Operation: "list"}}}
}
