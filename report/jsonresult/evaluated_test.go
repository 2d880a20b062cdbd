package jsonresult_test

import (
	"strings"
	"testing"
	"time"

	"onus/checks"
	"onus/report"
	"onus/scanner/snapshot"
)

// TestEvaluatedAccountFollowsTheSchema takes an account through the real evaluator: one
// bucket that passes, one that fails, one unread, and a list that broke off.
func TestEvaluatedAccountFollowsTheSchema(t *testing.T) {
	at := snapshot.Location{Partition: "aws", Account: "111122223333", Region: snapshot.Global}
	bucket := func(name string, v snapshot.Read[snapshot.Versioning]) snapshot.Bucket {
		return snapshot.Bucket{Meta: snapshot.Meta{Location: at.In("eu-west-1"), ARN: "arn:aws:s3:::" + name, Name: name}, Versioning: v}
	}
	denied := &snapshot.Unread{Operation: "s3:ListBuckets", At: at, Cause: snapshot.Denied, Code: "AccessDenied"}
	a := &snapshot.Account{Location: at, Principal: "arn:aws:iam::111122223333:user/audit", AsOf: time.Date(2026, 11, 24, 10, 0, 0, 0, time.FixedZone("CET", 3600))}
	a.S3.Buckets = []snapshot.Bucket{
		bucket("kept", snapshot.Value(snapshot.Versioning{Status: "Enabled"}, snapshot.Call{ID: "c1", Operation: "s3:GetBucketVersioning"})),
		bucket("broken", snapshot.Value(snapshot.Versioning{})), bucket("unread", snapshot.Read[snapshot.Versioning]{}),
	}
	a.Coverage = []snapshot.Coverage{{Location: at, Operation: "s3:ListBuckets", Status: snapshot.Denied, Requests: 2, Items: 3, Error: denied}}
	c := &checks.Check{
		ID: "s3-bucket-versioning-enabled", Title: "t", Severity: checks.Medium, Category: checks.BackupsOf, Duty: checks.Backups,
		ServiceKind: checks.Abstracted, Tier: 1, Remedy: "r", Reads: []string{"s3:ListBuckets", "s3:GetBucketVersioning"},
		Judges: checks.For(snapshot.Buckets, func(b snapshot.Bucket, env checks.Env) checks.Verdict {
			v, err := checks.Use(env, b.Versioning)
			switch {
			case err != nil:
				return checks.Unknown(err)
			case v.Status != "Enabled":
				return checks.Fail("versioning is %q", v.Status).With("Status", v.Status)
			}
			return checks.Pass("versioning is Enabled")
		}),
	}
	list := []*checks.Check{c}
	if err := checks.Validate(list); err != nil {
		t.Fatal(err)
	}
	text := write(t, report.Of(report.Scan{ID: "1"}, a, list, checks.Evaluate(a, list, checks.Settings{})))
	if err := validate(t, compile(t, ""), text); err != nil {
		t.Error(err)
	}
	for _, want := range []string{
		`"findings": {"PASS":1,"FAIL":1,"UNKNOWN":2,"NOT_APPLICABLE":0}`, `"as_of": "2026-11-24T09:00:00Z"`,
		`"id":"s3:ListBuckets@111122223333/global"`, `"observed":{"Status":""}`, `"evidence":["c1"]`, `"regions_unread": "`,
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("%s is not in the document:\n%s", want, text)
		}
	}
}
