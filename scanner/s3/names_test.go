package s3

import (
	"context"
	"net/http"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/google/go-cmp/cmp"

	"onus/mocks"
	"onus/scanner/collect/collecttest"
	"onus/scanner/snapshot"
)

// TestEachNameIsAskedOnce: names come from trails and settings, and from patterns; own
// buckets are in the list.
func TestEachNameIsAskedOnce(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	var mu sync.Mutex
	asked := map[string]int{}
	mocks.Handle(s, func(_ *mocks.Request, in *s3.HeadBucketInput) (*s3.HeadBucketOutput, error) {
		mu.Lock()
		asked[*in.Bucket+" "+aws.ToString(in.ExpectedBucketOwner)]++
		mu.Unlock()
		switch *in.Bucket {
		case "free", "exported", "derived-111122223333-eu-west-1":
			return nil, &mocks.Error{Status: http.StatusNotFound, Code: "NotFound"}
		case "refused": // by the caller's own policies
			return nil, &mocks.Error{Status: http.StatusForbidden, Code: "AccessDenied"}
		case "broken":
			return nil, &mocks.Error{Status: http.StatusServiceUnavailable, Code: "ServiceUnavailable"}
		case "moved":
			return nil, &mocks.Error{Status: http.StatusMovedPermanently, Code: "PermanentRedirect", Header: map[string]string{"X-Amz-Bucket-Region": "eu-central-1"}}
		case "partner":
			if in.ExpectedBucketOwner != nil && *in.ExpectedBucketOwner != "444455556666" {
				return nil, &mocks.Error{Status: http.StatusForbidden, Code: "AccessDenied", Header: map[string]string{"X-Amz-Bucket-Region": "eu-west-1"}}
			}
			return &s3.HeadBucketOutput{BucketRegion: aws.String("eu-west-1")}, nil
		}
		return nil, &mocks.Error{Status: http.StatusBadRequest, Code: "BadRequest"}
	})
	copies := func(to string) snapshot.Bucket {
		return snapshot.Bucket{Replication: snapshot.Value([]snapshot.ReplicationRule{{Status: "Enabled", Destination: "arn:aws:s3:::" + to}}), Website: snapshot.Value(snapshot.Website{RedirectAll: "free.s3.amazonaws.com"}),
			Logging: snapshot.Value(snapshot.BucketLogging{TargetBucket: "own"}), Inventories: snapshot.Value([]snapshot.BucketExport{{Bucket: "unused"}, {Enabled: true, Bucket: "broken"}}), Analytics: snapshot.Value([]snapshot.BucketExport{{Enabled: true, Bucket: "moved"}})}
	}
	a := &snapshot.Account{S3: snapshot.S3{Buckets: []snapshot.Bucket{copies("partner"), copies("partner")}, Own: map[string]snapshot.Read[string]{"own": snapshot.Value("eu-west-1")}}}
	a.Trail.Trails = []snapshot.Trail{{Bucket: "moved"}, {Bucket: "odd"}, {Bucket: "refused"}}
	a.S3.Jobs = []snapshot.BatchJob{{Writes: snapshot.Value(snapshot.JobWrites{Target: "arn:aws:s3:::free", Report: "arn:aws:s3:::own/x"})}}
	a.EC2.Copies.Exports = []snapshot.ImageExport{{Bucket: "moved"}, {Bucket: "exported"}, {Bucket: ""}}
	in := collecttest.Scope("s3:ListBuckets", "s3:HeadBucket")
	Name(context.Background(), in, clients(s), a, []string{"eu-west-1"}, Options{Names: []string{"derived-{account}-{region}"}, Owners: []string{"444455556666", "777788889999"}})
	got := map[string]snapshot.NamedBucket{}
	var unknown []string
	for _, name := range []string{"broken", "derived-111122223333-eu-west-1", "exported", "free", "moved", "odd", "partner", "refused"} {
		place, err := a.S3.Named[name].Get()
		if err != nil {
			unknown = append(unknown, name)
			continue
		}
		got[name] = place
	}
	want := map[string]snapshot.NamedBucket{"derived-111122223333-eu-west-1": {Status: 404}, "exported": {Status: 404}, "free": {Status: 404},
		"moved": {Exists: true, Status: 301, Region: "eu-central-1"}, "partner": {Exists: true, Status: 200, Region: "eu-west-1"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	// An answer that is neither yes nor no proves nothing.
	if diff := cmp.Diff([]string{"broken", "odd", "refused"}, unknown); diff != "" || len(a.S3.Named) != 8 {
		t.Errorf("%d names (-want +got)\n%s", len(a.S3.Named), diff)
	}
	theirs, _ := a.S3.OwnedBy[snapshot.Ownership{Bucket: "partner", Account: "444455556666"}].Get()
	others, _ := a.S3.OwnedBy[snapshot.Ownership{Bucket: "partner", Account: "777788889999"}].Get()
	if theirs != http.StatusOK || others != http.StatusForbidden || len(a.S3.OwnedBy) != 2 {
		t.Errorf("owner: %d, another: %d, of %d", theirs, others, len(a.S3.OwnedBy))
	}
	for name, n := range asked {
		if n != 1 && name != "broken " { // tried again
			t.Errorf("%s was asked %d times", name, n)
		}
	}
}

// TestANameOfAnUnreadSettingMayBeMissing: the book stays open where a setting that may name
// a bucket was not read.
func TestANameOfAnUnreadSettingMayBeMissing(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	mocks.Reply(s, "", &s3.ListBucketsOutput{Buckets: []types.Bucket{{Name: aws.String("b"), BucketRegion: aws.String("eu-west-1")}}})
	mocks.Refuse(s, "", "s3:GetBucketReplication", &mocks.Error{Status: http.StatusForbidden, Code: "AccessDenied"})
	in := collecttest.Scope("s3:ListBuckets", "s3:HeadBucket", "s3:GetBucketReplication")
	a := &snapshot.Account{S3: Collect(context.Background(), in, []string{"eu-west-1"}, clients(s), Options{})}
	Name(context.Background(), in, clients(s), a, nil, Options{})
	collecttest.Covered(t, in, "s3:HeadBucket", snapshot.Global, snapshot.Skipped)
}
