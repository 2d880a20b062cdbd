package scanner_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"onus/checks"
	"onus/checks/suite"
	"onus/mocks"
	"onus/mocks/acme"
	"onus/scanner"
	"onus/scanner/snapshot"
	"onus/scanner/wire"
)

// faultRegions keep the many scans of these tests small.
var faultRegions = []string{acme.Home, acme.Second}

// TestPromiseOneUnderEveryFault takes each operation away that some check reads, in each
// way in which it can go wrong, and compares with the undisturbed scan: no verdict gets
// better, and none disappears without an UNKNOWN of its scope.
func TestPromiseOneUnderEveryFault(t *testing.T) {
	underFaults(t, demo, suite.Operations(suite.All()))
}

// TestPromiseOneInAMember does so where others manage the organization: what is asked about
// it, and what rests on the answers, is another thing there.
func TestPromiseOneInAMember(t *testing.T) {
	ops := slices.DeleteFunc(suite.Operations(suite.All()), func(op string) bool {
		return !strings.HasPrefix(op, "organizations:") && op != "iam:ListOrganizationsFeatures"
	})
	underFaults(t, member, ops)
}

// member starts the demo account as a member of an organization.
func member(t *testing.T) *mocks.Server {
	t.Helper()
	s := acme.Member(mocks.Options{Lenient: true})
	t.Cleanup(s.Close)
	return s
}

func underFaults(t *testing.T, start func(*testing.T) *mocks.Server, operations []string) {
	t.Helper()
	s := start(t)
	whole := judged(scan(t, s.Config(acme.Home), live(&wire.Memory{}), options(faultRegions...)))
	if n := len(whole); n < 100 {
		t.Fatalf("the undisturbed scan has only %d findings", n)
	}
	others := []mocks.Kind{mocks.Throttled, mocks.Reset, mocks.ServerError}
	for i, op := range operations {
		if op == "sts:GetCallerIdentity" {
			continue // without it there is no scan: see TestBadTargets
		}
		for name, kind := range map[string]mocks.Kind{"denied": mocks.Denied, "broken": others[i%len(others)]} {
			t.Run(op+" "+name, func(t *testing.T) {
				t.Parallel()
				f := start(t)
				f.Fault(mocks.Fault{Operation: op, Kind: kind})
				// The other checks do not see the operation: TestACheckAloneSaysTheSame.
				list, o := reading(op), options(faultRegions...)
				o.Operations = suite.Operations(list)
				a := scan(t, f.Config(acme.Home), live(&wire.Memory{}), o)
				compare(t, op, of(whole, list), judgedBy(a, list))
				covered(t, a, op)
			})
		}
	}
}

// of are the findings of some checks.
func of(found []checks.Finding, list []*checks.Check) (out []checks.Finding) {
	for _, f := range found {
		if slices.ContainsFunc(list, func(c *checks.Check) bool { return c.ID == f.Check }) {
			out = append(out, f)
		}
	}
	return out
}

// TestACheckAloneSaysTheSame scans for one check after the other, from a record: what a
// check says must follow from the operations that it reads, whatever else was asked. Tags
// stand beside it: those of buckets have a call of their own. Among others, a fact may rest
// on one call more.
func TestACheckAloneSaysTheSame(t *testing.T) {
	s := demo(t)
	store := &wire.Memory{}
	whole := judged(scan(t, s.Config(acme.Home), live(store), options(faultRegions...)))
	for _, c := range suite.All() {
		o := options(faultRegions...)
		o.Operations = c.Operations()
		a := scan(t, scanner.Replay(acme.Home), &wire.Transport{Store: store, Replay: true}, o)
		list := []*checks.Check{c}
		was, is := of(whole, list), judgedBy(a, list)
		if diff := cmp.Diff(was, is, cmpopts.IgnoreFields(checks.Resource{}, "Tags"), cmpopts.IgnoreFields(checks.Finding{}, "Evidence")); diff != "" {
			t.Errorf("%s (-with all others +alone):\n%s", c.ID, diff)
			continue
		}
		for i, f := range is {
			for _, call := range f.Evidence {
				if !slices.Contains(was[i].Evidence, call) {
					t.Errorf("%s, %s: rests on call %s only when alone", c.ID, f.Resource.ID, call)
				}
			}
		}
	}
}

// covered wants the coverage to tell of the fault wherever the operation was asked.
func covered(t *testing.T, a *snapshot.Account, op string) {
	t.Helper()
	for _, c := range a.Coverage {
		if c.Operation == op && c.Requests > 0 && c.Status == snapshot.OK {
			t.Errorf("%s in %s ended ok", c.Operation, c.Region)
		}
	}
}

// compare holds findings under a fault of one operation to promise 1.
func compare(t *testing.T, op string, whole, disturbed []checks.Finding) {
	t.Helper()
	now := map[string]checks.Finding{}
	for _, f := range disturbed {
		now[f.ID] = f
	}
	for _, was := range whole {
		c, _ := suite.Find(was.Check)
		f, there := now[was.ID]
		switch {
		case !there:
			if !scopeUnknown(disturbed, was) {
				t.Errorf("%s %s: %s disappeared, and no UNKNOWN of its scope stands for it", was.Check, was.Resource.ID, was.Status)
			}
		case f.Status == was.Status:
		case f.Status == checks.PASS, f.Status == checks.NotApplicable:
			t.Errorf("%s %s: %s became %s by a fault: %s", f.Check, f.Resource.ID, was.Status, f.Status, f.Reason)
		case f.Status == checks.FAIL && !c.FailWhenUnread:
			t.Errorf("%s %s: %s became FAIL by a fault: %s", f.Check, f.Resource.ID, was.Status, f.Reason)
		case f.Status == checks.UNKNOWN && f.Cause == "":
			t.Errorf("%s %s: UNKNOWN without a cause: %s", f.Check, f.Resource.ID, f.Reason)
		}
	}
}

// scopeUnknown says that some UNKNOWN of the check speaks of a place that could not be
// listed.
func scopeUnknown(found []checks.Finding, lost checks.Finding) bool {
	return slices.ContainsFunc(found, func(f checks.Finding) bool {
		return f.Check == lost.Check && f.Resource.Type == checks.Scope && f.Status == checks.UNKNOWN &&
			(f.Region == lost.Region || f.Region == snapshot.Global)
	})
}

// TestNoMalformedAnswerIsAnEmptyList gives answers with status 200 that are not AWS's.
func TestNoMalformedAnswerIsAnEmptyList(t *testing.T) {
	kinds := map[string]mocks.Kind{
		"empty body": mocks.EmptyBody, "html": mocks.HTML, "plain text": mocks.PlainText, "{}": mocks.EmptyObject,
		"foreign root": mocks.ForeignRoot, "truncated": mocks.Truncated,
	}
	for _, op := range slices.Concat(suite.Operations(suite.All()), []string{"account:ListRegions"}) {
		if op == "sts:GetCallerIdentity" || wire.Permitted[op].Bare {
			continue
		}
		for name, kind := range kinds {
			t.Run(fmt.Sprintf("%s %s", op, name), func(t *testing.T) {
				t.Parallel()
				s := demo(t)
				if membersAsk[op] {
					s = member(t)
				}
				s.Fault(mocks.Fault{Operation: op, Kind: kind})
				o := options(acme.Home)
				o.Operations = suite.Operations(reading(op)) // all that the call depends on
				a := scan(t, s.Config(acme.Home), live(&wire.Memory{}), o)
				asked := false
				for _, c := range a.Coverage {
					if c.Operation != op || c.Requests == 0 {
						continue
					}
					asked = true
					// One bucket of the demo account is denied, which is worse.
					if c.Status != snapshot.Malformed && (op != "s3:GetBucketEncryption" || c.Status != snapshot.Denied) {
						t.Errorf("%s in %s ended %s (%v), want malformed", op, c.Region, c.Status, c.Error)
					}
				}
				if !asked && !rarelyAsked[op] {
					t.Errorf("%s was not asked", op)
				}
			})
		}
	}
}

// reading are the checks that read an operation.
func reading(op string) (out []*checks.Check) {
	for _, c := range suite.All() {
		if slices.Contains(c.Operations(), op) {
			out = append(out, c)
		}
	}
	return out
}

// rarelyAsked are operations for which the demo account gives no occasion in one Region.
var rarelyAsked = map[string]bool{
	"s3:GetBucketLocation": true, "s3:HeadBucket": true, "s3:GetObjectAcl": true, "ec2:DescribeRegions": true, "backup:ListRecoveryPointsByResource": true, "backup:DescribeRecoveryPoint": true,
}

// membersAsk are operations that the management account has no use for.
var membersAsk = map[string]bool{"organizations:ListParents": true, "organizations:ListPoliciesForTarget": true}

func TestARepeatedTokenMakesTheCallIncomplete(t *testing.T) {
	for _, op := range []string{"ec2:DescribeVolumes", "rds:DescribeDBInstances", "iam:GetAccountAuthorizationDetails", "iam:ListRoles", "accessanalyzer:ListAnalyzers", "s3:ListBuckets", "account:ListRegions"} {
		t.Run(op, func(t *testing.T) {
			t.Parallel()
			s := acme.Server(mocks.Options{Lenient: true, PageSize: map[string]int{op: 2}})
			t.Cleanup(s.Close)
			s.Fault(mocks.Fault{Operation: op, Kind: mocks.RepeatToken})
			a := scan(t, s.Config(acme.Home), live(&wire.Memory{}), options(acme.Home))
			i := slices.IndexFunc(a.Coverage, func(c snapshot.Coverage) bool { return c.Operation == op })
			if c := a.Coverage[i]; c.Status != snapshot.Malformed || !strings.Contains(c.Error.Message, "twice") {
				t.Errorf("%s ended %s: %v", op, c.Status, c.Error)
			}
		})
	}
}
