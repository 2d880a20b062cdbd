package hygiene

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

func TestBucketTagged(t *testing.T) {
	with := func(r snapshot.Read[map[string]string]) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			a.S3.Buckets = []snapshot.Bucket{{Meta: checktest.Meta("b", "arn:aws:s3:::b"), TagSet: r}}
		}
	}
	tags := func(m map[string]string) func(*snapshot.Account) { return with(snapshot.Value(m)) }
	required := func(m map[string][]string) map[string]any { return map[string]any{"required_tags": m} }
	team := map[string]string{"team": "data"}
	checktest.Run(t, &BucketTagged, []checktest.Case{
		{Name: "any tag", Set: tags(team), Want: checks.PASS, Reason: "team"},
		{Name: "NoSuchTagSet is an answer", Set: tags(nil), Want: checks.FAIL, Reason: "no tag"},
		{Name: "AWS's own do not count", Set: tags(map[string]string{"aws:cloudformation:stack-name": "s"}), Want: checks.FAIL, Reason: "AWS's own"},
		{Name: "a required key with any value", Set: tags(team), Parameters: required(map[string][]string{"team": {}}), Want: checks.PASS, Reason: "all 1"},
		{Name: "one of the values", Set: tags(team), Parameters: required(map[string][]string{"team": {"shop", "data"}}), Want: checks.PASS, Reason: "all 1"},
		{Name: "another value", Set: tags(team), Parameters: required(map[string][]string{"team": {"shop"}}), Want: checks.FAIL, Reason: `team is "data", want shop`},
		{Name: "keys are case-sensitive", Set: tags(team), Parameters: required(map[string][]string{"Team": {}}), Want: checks.FAIL, Reason: "Team is missing"},
		{Name: "denied", Set: with(snapshot.Missing[map[string]string](checktest.Unread("s3:GetBucketTagging", snapshot.Denied))), Want: checks.UNKNOWN, Reason: "denied"},
	})
}
