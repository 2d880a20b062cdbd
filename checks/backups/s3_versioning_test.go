package backups

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

func versioning(r snapshot.Read[snapshot.Versioning]) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		a.S3.Buckets = []snapshot.Bucket{{Meta: checktest.Meta("b", "arn:aws:s3:::b"), Versioning: r}}
	}
}

func TestBucketVersioning(t *testing.T) {
	status := func(s string) func(*snapshot.Account) {
		return versioning(snapshot.Value(snapshot.Versioning{Status: s}))
	}
	checktest.Run(t, &BucketVersioning, []checktest.Case{
		{Name: "enabled", Set: status("Enabled"), Want: checks.PASS, Reason: "Enabled", Observed: map[string]string{"Status": "Enabled"}},
		{Name: "suspended makes no new versions", Set: status("Suspended"), Want: checks.FAIL, Reason: `"Suspended"`},
		{Name: "an empty answer means never enabled", Set: status(""), Want: checks.FAIL, Reason: "never enabled"},
		{Name: "a denied read does not look like off", Want: checks.UNKNOWN, Reason: "denied",
			Set: versioning(snapshot.Missing[snapshot.Versioning](checktest.Unread("s3:GetBucketVersioning", snapshot.Denied)))},
		{Name: "a list that failed", Want: checks.UNKNOWN, Reason: "denied",
			Set: func(a *snapshot.Account) { checktest.Fail(a, "s3:ListBuckets", snapshot.Global, snapshot.Denied) }},
	})
}

func TestBucketVersioningLeavesDirectoryBucketsOut(t *testing.T) {
	a := checktest.Account(&BucketVersioning, func(a *snapshot.Account) {
		a.S3.Directories = []snapshot.Bucket{{Meta: checktest.Meta("d--euw1-az1--x-s3", "arn:aws:s3express:eu-west-1:111122223333:bucket/d")}}
	})
	if found := checktest.Findings(&BucketVersioning, a, nil); len(found) != 0 {
		t.Errorf("directory buckets have no versioning, got %+v", found)
	}
}
