package checks_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"onus/checks"
	"onus/scanner/snapshot"
)

var at = snapshot.Location{Partition: "aws", Account: "111122223333", Region: snapshot.Global}

func bucket(name string, v snapshot.Read[snapshot.Versioning]) snapshot.Bucket {
	return snapshot.Bucket{
		Meta:       snapshot.Meta{Location: at.In("eu-west-1"), ARN: "arn:aws:s3:::" + name, Name: name, Calls: []snapshot.Call{{ID: "list", Operation: "s3:ListBuckets"}}},
		Versioning: v,
	}
}

func account(coverage snapshot.Cause, buckets ...snapshot.Bucket) *snapshot.Account {
	a := &snapshot.Account{Location: at}
	a.S3.Buckets = buckets
	a.Coverage = []snapshot.Coverage{{Location: at, Operation: "s3:ListBuckets", Status: coverage}}
	return a
}

func versioning(b snapshot.Bucket, _ checks.Env) checks.Verdict {
	v, err := b.Versioning.Get()
	switch {
	case err != nil:
		return checks.Unknown(err)
	case v.Status == "Enabled":
		return checks.Pass("versioning is Enabled")
	}
	return checks.Fail("versioning is %q", v.Status)
}

func sample() *checks.Check {
	return &checks.Check{
		ID: "s3-bucket-sample", Title: "t", Severity: checks.Medium, Category: checks.BackupsOf, Duty: checks.Backups,
		ServiceKind: checks.Abstracted, Tier: 1, Remedy: "r", Reads: []string{"s3:ListBuckets", "s3:GetBucketVersioning"},
		Parameters: checks.Parameters{"limit": 3}, Judges: checks.For(snapshot.Buckets, versioning),
	}
}

func statuses(a *snapshot.Account, c *checks.Check) []string {
	var out []string
	for f := range checks.Evaluate(a, []*checks.Check{c}, checks.Settings{}) {
		out = append(out, f.Resource.ID+" "+string(f.Status)+" "+strings.Join(f.Evidence, "+"))
	}
	return out
}

func TestOneFindingForEachResourceInOneOrder(t *testing.T) {
	a := account(snapshot.OK,
		bucket("b", snapshot.Value(snapshot.Versioning{Status: "Suspended"}, snapshot.Call{ID: "vb", Operation: "s3:GetBucketVersioning"})),
		bucket("c", snapshot.Read[snapshot.Versioning]{}),
		bucket("a", snapshot.Value(snapshot.Versioning{Status: "Enabled"}, snapshot.Call{ID: "va", Operation: "s3:GetBucketVersioning"})))
	want := []string{"arn:aws:s3:::a PASS list+va", "arn:aws:s3:::b FAIL list+vb", "arn:aws:s3:::c UNKNOWN list"}
	if diff := cmp.Diff(want, statuses(a, sample())); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
	slices.Reverse(a.S3.Buckets)
	if diff := cmp.Diff(want, statuses(a, sample())); diff != "" {
		t.Errorf("the order of collecting must not matter (-want +got):\n%s", diff)
	}
}

func TestIncompleteListKeepsWhatWasReadAndAddsAScope(t *testing.T) {
	a := account(snapshot.Denied, bucket("a", snapshot.Value(snapshot.Versioning{Status: "Enabled"})))
	want := []string{"arn:aws:s3:::a PASS list", "s3:ListBuckets@111122223333/global UNKNOWN "}
	got := statuses(a, sample())
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
}

func TestListThatWasNeverMadeIsUnknown(t *testing.T) {
	a := account(snapshot.OK)
	a.Coverage = nil
	got := statuses(a, sample())
	if len(got) != 1 || !strings.Contains(got[0], "s3:ListBuckets@111122223333/global UNKNOWN") {
		t.Errorf("no coverage: got %v, want one UNKNOWN of the scope", got)
	}
}

func TestZeroVerdictIsUnknown(t *testing.T) {
	c := sample()
	c.Judges = checks.For(snapshot.Buckets, func(snapshot.Bucket, checks.Env) checks.Verdict { return checks.Verdict{} })
	for f := range checks.Evaluate(account(snapshot.OK, bucket("a", snapshot.Read[snapshot.Versioning]{})), []*checks.Check{c}, checks.Settings{}) {
		if f.Status != checks.UNKNOWN || f.Cause != snapshot.Failed {
			t.Errorf("zero verdict: got %s %s", f.Status, f.Cause)
		}
	}
}

func TestLookUpTellsAbsentFromUnread(t *testing.T) {
	for _, tt := range []struct {
		name   string
		status snapshot.Cause
		key    string
		want   string
	}{
		{"found", snapshot.OK, "a", "found"},
		{"found in a list that broke off", snapshot.Throttled, "a", "found"},
		{"absent", snapshot.OK, "x", "absent"},
		{"not seen in a list that broke off", snapshot.Throttled, "x", "throttled"},
	} {
		a := account(tt.status, bucket("a", snapshot.Read[snapshot.Versioning]{}))
		c := sample()
		c.Judges = checks.For(snapshot.Accounts, func(_ *snapshot.Account, env checks.Env) checks.Verdict {
			if _, err := checks.Find(env, snapshot.Buckets, at.In("eu-west-1"), tt.key); err != nil {
				return checks.Unknown(err)
			}
			return checks.Pass("found")
		})
		for f := range checks.Evaluate(a, []*checks.Check{c}, checks.Settings{}) {
			if f.Resource.Type == "account" && !strings.Contains(f.Reason, tt.want) {
				t.Errorf("%s: reason %q, want %q in it", tt.name, f.Reason, tt.want)
			}
		}
	}
}

func TestFindingIDKeepsWithoutTheBucketsRegion(t *testing.T) {
	r := checks.Resource{Type: "s3 bucket", ID: "arn:aws:s3:::a"}
	if checks.FindingID("c", at.In("eu-west-1"), r) != checks.FindingID("c", at.In(""), r) {
		t.Error("a bucket whose Region could not be read must keep its finding's id")
	}
	r = checks.Resource{Type: "account+region", ID: "x"}
	if checks.FindingID("c", at.In("eu-west-1"), r) == checks.FindingID("c", at.In("eu-west-2"), r) {
		t.Error("a resource without ARN is told apart by its Region")
	}
}

func TestParametersComeFromThePolicyFirst(t *testing.T) {
	c := sample()
	c.Judges = checks.For(snapshot.Accounts, func(_ *snapshot.Account, env checks.Env) checks.Verdict {
		return checks.Pass("limit %d", env.Int("limit"))
	})
	for settings, want := range map[*checks.Settings]string{
		{}: "limit 3",
		{Parameters: map[string]map[string]any{c.ID: {"limit": 9}}}: "limit 9",
	} {
		for f := range checks.Evaluate(account(snapshot.OK), []*checks.Check{c}, *settings) {
			if f.Reason != want {
				t.Errorf("got %q, want %q", f.Reason, want)
			}
		}
	}
}

func TestValidateRefusesOurOwnMistakes(t *testing.T) {
	for name, spoil := range map[string]func(*checks.Check){
		"id": func(c *checks.Check) { c.ID = "Sample" }, "title": func(c *checks.Check) { c.Title = "" },
		"severity": func(c *checks.Check) { c.Severity = "huge" }, "duty": func(c *checks.Check) { c.Duty = "" },
		"reads": func(c *checks.Check) { c.Reads = []string{"s3:GetBucketVersioning"} }, "judges": func(c *checks.Check) { c.Judges = nil },
		"form of a read": func(c *checks.Check) { c.Reads = append(c.Reads, "GetBucketVersioning") },
	} {
		c := sample()
		if err := checks.Validate([]*checks.Check{c}); err != nil {
			t.Fatalf("the good check: %v", err)
		}
		spoil(c)
		if checks.Validate([]*checks.Check{c}) == nil {
			t.Errorf("%s: a spoiled check was accepted", name)
		}
	}
	if checks.Validate([]*checks.Check{sample(), sample()}) == nil {
		t.Error("the same id twice was accepted")
	}
}

func TestUnreadRegionsLeaveAnUnknownForRegionalKinds(t *testing.T) {
	a := &snapshot.Account{Location: at}
	c := sample()
	c.Reads, c.Judges = []string{"rds:DescribeDBInstances"}, checks.For(snapshot.DBInstances, func(snapshot.DBInstance, checks.Env) checks.Verdict { return checks.Pass("fine") })
	for _, region := range []string{"eu-west-1"} {
		a.Coverage = append(a.Coverage, snapshot.Coverage{Location: at.In(region), Operation: "rds:DescribeDBInstances", Status: snapshot.OK})
	}
	if diff := cmp.Diff([]string{"account:ListRegions@111122223333/global UNKNOWN "}, statuses(a, c)); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
	a.Regions = snapshot.Value([]snapshot.Region{{Name: "eu-west-1", Status: "ENABLED"}})
	if got := statuses(a, c); len(got) != 0 {
		t.Errorf("a known list of Regions leaves nothing open: %v", got)
	}
}
