// Package reporttest holds results for the tests of writers: an ordinary one, and the
// edges that every format must survive. It leaves the comparing to them.
package reporttest

import (
	"fmt"
	"slices"
	"time"

	"onus/checks"
	"onus/report"
	"onus/scanner/snapshot"
)

const account = "111122223333"

var started = time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)

// at is a place in the account.
func at(region string) snapshot.Location {
	return snapshot.Location{Partition: "aws", Account: account, Region: region}
}

func header() report.Scan {
	return report.Scan{
		ID: "scan-1", ToolVersion: "0.3.0", Commit: "0123abc", Started: started, Finished: started.Add(131 * time.Second), AsOf: started,
		Principal: "arn:aws:sts::111122223333:assumed-role/audit/onus", Partition: "aws", Accounts: []string{account},
		Regions: []report.Region{
			{Account: account, Name: "af-south-1", Status: "DISABLED"},
			{Account: account, Name: "eu-central-1", Status: "ENABLED_BY_DEFAULT", Enabled: true},
			{Account: account, Name: "eu-west-1", Status: "ENABLED_BY_DEFAULT", Enabled: true},
		},
		PolicyDigest: "sha256:aa", CatalogueDigest: "sha256:bb",
	}
}

// Empty is the result of a scan in which no check ran and nothing was read.
func Empty() report.Result {
	return report.Result{Scan: header(), Findings: slices.Values([]checks.Finding(nil))}
}

// Ordinary is the result of a scan with something of everything: kept, broken, unknown
// and not judged duties, a denied call, a throttled one, a check that did not run.
func Ordinary() report.Result {
	r := Empty()
	r.Checks = []*checks.Check{encrypted, retention, private, versioned, length, longUnused}
	r.Scan.NotRun = []report.NotRun{{Check: sampled, Why: "opt-in: sample-objects"}}
	r.Frameworks = map[string][]report.Requirement{encrypted.ID: {{Framework: "fsbp", Requirement: "EC2.3"}, {Framework: "nist_800_53_r5", Requirement: "AC-2(1)"}}}
	r.Findings = slices.Values(ordinary())
	denied := &snapshot.Unread{Operation: "iam:GetAccountPasswordPolicy", At: at(snapshot.Global), Cause: snapshot.Denied, Code: "AccessDenied", Message: "not authorized", RequestID: "r-1"}
	throttled := &snapshot.Unread{Operation: "rds:DescribeDBInstances", At: at("eu-west-1"), Cause: snapshot.Throttled, Code: "Throttling", Message: "Rate exceeded"}
	r.Coverage = []snapshot.Coverage{
		{Location: at("af-south-1"), Operation: "ec2:DescribeVolumes", Status: snapshot.NotOptedIn},
		{Location: at("af-south-1"), Operation: "rds:DescribeDBInstances", Status: snapshot.NotOptedIn},
		{Location: at("eu-central-1"), Operation: "ec2:DescribeVolumes", Status: snapshot.OK, Requests: 1, Items: 7},
		{Location: at("eu-central-1"), Operation: "rds:DescribeDBInstances", Status: snapshot.OK, Requests: 1, Items: 2},
		{Location: at("eu-west-1"), Operation: "ec2:DescribeVolumes", Status: snapshot.OK, Requests: 2, Items: 1},
		{Location: at("eu-west-1"), Operation: "rds:DescribeDBInstances", Status: snapshot.Throttled, Requests: 1, Retries: 7, Error: throttled},
		{Location: at(snapshot.Global), Operation: "iam:GetAccountPasswordPolicy", Status: snapshot.Denied, Requests: 1, Error: denied},
		{Location: at(snapshot.Global), Operation: "s3:ListBuckets", Status: snapshot.OK, Requests: 1, Items: 2},
	}
	return r.Sorted()
}

// Waived is the ordinary result under a policy with waivers: two that hold, of which one
// is longer, one of which the last day is that of the scan, one that has expired and fits,
// and one that fits nothing.
func Waived() report.Result {
	r := Ordinary()
	today, yesterday := started.Format(time.DateOnly), started.AddDate(0, 0, -1).Format(time.DateOnly)
	return report.Waive(r, []report.Waiver{
		{Check: versioned.ID, Resource: "*", Reason: "nothing of it is ours to lose", Owner: "Nobody", Expires: "2027-01-31"},
		{Check: private.ID, Resource: "arn:aws:s3:::press-*", Reason: "what the press may have is public by intent", Owner: "Press office", Expires: today},
		{Check: "ec2-*", Resource: "*:volume/vol-*1", Reason: "shorter than another that fits", Owner: "Platform", Expires: "2026-12-01"},
		{Check: encrypted.ID, Resource: "*", Reason: "waited for the migration", Owner: "Platform", Expires: yesterday},
		{Check: "*", Resource: "*:volume/vol-*1", Reason: "scratch space, rebuilt every night", Owner: "Platform", Expires: "2027-01-31"},
		{Check: length.ID, Finding: made(length, "", "", snapshot.Global, checks.Resource{ID: account}, "").ID[:12], Reason: "no user has a password", Owner: "Identity", Expires: "2026-12-31"},
	})
}

// Interrupted is the ordinary result of a scan that was stopped, narrowed to a Region, and
// could not list the Regions.
func Interrupted() report.Result {
	r := Ordinary()
	r.Scan.Interrupted = "SIGINT"
	r.Scan.NarrowedTo = &report.Narrowing{Regions: []string{"eu-west-1"}, Services: []string{"ec2"}}
	r.Scan.Regions, r.Scan.RegionsUnread = nil, "account:ListRegions in 111122223333/global: denied (AccessDenied)"
	r.Scan.AsOf = started.AddDate(0, 0, -7)
	cancelled := made(encrypted, checks.UNKNOWN, snapshot.Cancelled, "eu-west-1", checks.Resource{Type: checks.Scope, ID: "ec2:DescribeVolumes@111122223333/eu-west-1"}, "the scan was interrupted")
	r.Findings = slices.Values([]checks.Finding{cancelled})
	return r
}

// NotRecorded is a replay whose record lacks every call.
func NotRecorded() report.Result {
	r := Ordinary()
	var findings []checks.Finding
	for i := range r.Coverage {
		c := &r.Coverage[i]
		c.Status, c.Requests, c.Items, c.Retries = snapshot.NotRecorded, 0, 0, 0
		c.Error = &snapshot.Unread{Operation: c.Operation, At: c.Location, Cause: snapshot.NotRecorded, Message: "the record does not hold this call"}
	}
	for _, c := range r.Checks {
		findings = append(findings, made(c, checks.UNKNOWN, snapshot.NotRecorded, snapshot.Global, checks.Resource{Type: checks.Scope, ID: c.Reads[0] + "@111122223333/global"}, "the record does not hold this call"))
	}
	r.Findings = slices.Values(findings)
	return r
}

// Many is a result with n findings, streamed: the ordinary ones, over and over, each with
// an id and a resource of its own.
func Many(n int) report.Result {
	r := Ordinary()
	some := ordinary()
	r.Findings = func(yield func(checks.Finding) bool) {
		for i := range n {
			f := some[i%len(some)]
			f.ID = fmt.Sprintf("%064d", i)
			f.Resource.ID = fmt.Sprintf("%s-%d", f.Resource.ID, i)
			f.Resource.Name = fmt.Sprintf("%s-%d", f.Resource.Name, i)
			if !yield(f) {
				return
			}
		}
	}
	return r
}
