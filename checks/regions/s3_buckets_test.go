package regions

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

var onlyIreland = map[string]any{"allowed_regions": []string{"eu-west-1"}}

func TestBucketsInAllowedRegions(t *testing.T) {
	bucket := func(r snapshot.Read[string]) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			a.S3.Buckets = []snapshot.Bucket{{Meta: checktest.Meta("b", "arn:aws:s3:::b"), BucketRegion: r}}
		}
	}
	directory := func(a *snapshot.Account) {
		a.S3.Directories = []snapshot.Bucket{{Meta: checktest.Meta("d", "arn:aws:s3express:us-east-1:111122223333:bucket/d--use1-az4--x-s3"), BucketRegion: snapshot.Value("us-east-1")}}
	}
	checktest.Run(t, &BucketsInAllowedRegions, []checktest.Case{
		{Name: "allowed", Set: bucket(snapshot.Value("eu-west-1")), Parameters: onlyIreland, Want: checks.PASS, Reason: "eu-west-1"},
		{Name: "elsewhere, though it may be empty", Set: bucket(snapshot.Value("us-east-1")), Parameters: onlyIreland, Want: checks.FAIL, Reason: "lies in us-east-1; allowed: eu-west-1"},
		{Name: "a directory bucket elsewhere", Set: directory, Parameters: onlyIreland, Want: checks.FAIL, Reason: "us-east-1"},
		{Name: "no choice was stated", Set: bucket(snapshot.Value("us-east-1")), Want: checks.NotApplicable, Reason: "neither residency"},
		{Name: "its Region is unread", Set: bucket(snapshot.Missing[string](checktest.Unread("s3:GetBucketLocation", snapshot.Denied))), Parameters: onlyIreland, Want: checks.UNKNOWN, Reason: "denied"},
		{Name: "a Region whose directory buckets were not listed", Parameters: onlyIreland, Want: checks.UNKNOWN, Reason: "s3:ListDirectoryBuckets",
			Set: func(a *snapshot.Account) {
				checktest.Fail(a, "s3:ListDirectoryBuckets", checktest.Elsewhere, snapshot.Denied)
			}},
	})
}
