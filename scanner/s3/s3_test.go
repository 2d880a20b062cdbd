package s3

import (
	"context"
	"net/http"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/aws-sdk-go-v2/service/s3control"
	"github.com/google/go-cmp/cmp"

	"onus/mocks"
	"onus/scanner/collect/collecttest"
	"onus/scanner/snapshot"
)

var everything = []string{"s3:ListBuckets", "s3:ListDirectoryBuckets", "s3:HeadBucket", "s3:GetBucketLocation", "s3:GetPublicAccessBlock", "s3:GetBucketEncryption", "s3:GetBucketVersioning", "s3control:GetPublicAccessBlock"}

func clients(s *mocks.Server) Clients {
	in := func(region string) API {
		return s3.NewFromConfig(collecttest.Config(s, region), func(o *s3.Options) {
			o.UsePathStyle, o.DisableS3ExpressSessionAuth = true, aws.Bool(true)
		})
	}
	control := func(region string) ControlAPI { return s3control.NewFromConfig(collecttest.Config(s, region)) }
	return Clients{Home: in("eu-west-1"), In: in, Control: control("eu-west-1"), ControlIn: control}
}

// answerAll gives every bucket a whole configuration.
func answerAll(s *mocks.Server) {
	mocks.Reply(s, "", &s3.GetPublicAccessBlockOutput{PublicAccessBlockConfiguration: &types.PublicAccessBlockConfiguration{BlockPublicAcls: aws.Bool(true)}})
	mocks.Reply(s, "", &s3.GetBucketEncryptionOutput{ServerSideEncryptionConfiguration: &types.ServerSideEncryptionConfiguration{Rules: []types.ServerSideEncryptionRule{
		{BucketKeyEnabled: aws.Bool(true)},
		{ApplyServerSideEncryptionByDefault: &types.ServerSideEncryptionByDefault{SSEAlgorithm: types.ServerSideEncryptionAwsKms}},
	}}})
	mocks.Reply(s, "", &s3.GetBucketVersioningOutput{})
	mocks.Reply(s, "", &s3.ListDirectoryBucketsOutput{Buckets: []types.Bucket{{Name: aws.String("d--euw1-az1--x-s3")}}})
	mocks.Refuse(s, "", "s3control:GetPublicAccessBlock", &mocks.Error{Status: http.StatusNotFound, Code: "NoSuchPublicAccessBlockConfiguration"})
}

func TestCollectReadsEachBucketInItsRegion(t *testing.T) {
	s := mocks.Start(t, mocks.Options{PageSize: map[string]int{"s3:ListBuckets": 2}})
	mocks.Reply(s, "", &s3.ListBucketsOutput{Buckets: []types.Bucket{
		{Name: aws.String("here"), BucketRegion: aws.String("eu-west-1")},
		{Name: aws.String("there"), BucketRegion: aws.String("eu-central-1")},
		{Name: aws.String("not-scanned"), BucketRegion: aws.String("us-east-1")},
	}})
	answerAll(s)
	in := collecttest.Scope(everything...)
	got := Collect(context.Background(), in, []string{"eu-central-1", "eu-west-1"}, clients(s), Options{})

	if block, err := got.PublicAccess.Get(); err != nil || block != (snapshot.PublicAccessBlock{}) {
		t.Errorf("the not-found code means four times off: %+v, %v", block, err)
	}
	var names []string
	for _, b := range got.Buckets {
		names = append(names, b.Name+" in "+b.Region)
		block, err := b.PublicAccess.Get()
		if err != nil || block != (snapshot.PublicAccessBlock{BlockPublicAcls: true}) {
			t.Errorf("%s: %+v, %v", b.Name, block, err)
		}
		e, err := b.Encryption.Get()
		if diff := cmp.Diff([]snapshot.EncryptionRule{{BucketKeyEnabled: true}, {Algorithm: "aws:kms"}}, e.Rules); err != nil || diff != "" {
			t.Errorf("%s: %v (-want +got)\n%s", b.Name, err, diff)
		}
		if v, err := b.Versioning.Get(); err != nil || v.Status != "" {
			t.Errorf("%s: an empty answer means never enabled: %+v, %v", b.Name, v, err)
		}
	}
	if diff := cmp.Diff([]string{"here in eu-west-1", "there in eu-central-1"}, names); diff != "" {
		t.Errorf("buckets (-want +got):\n%s", diff)
	}
	if len(got.Directories) != 1 || got.Directories[0].ARN != "arn:aws:s3express:eu-west-1:111122223333:bucket/d--euw1-az1--x-s3" {
		t.Errorf("directory buckets: %+v", got.Directories)
	}
	for _, r := range s.Requests() {
		if bucket, _ := r.Input["Bucket"].(string); bucket == "there" && r.Region != "eu-central-1" {
			t.Errorf("%s of %q was asked in %s", r.Operation, bucket, r.Region)
		}
	}
	collecttest.Covered(t, in, "s3:ListBuckets", snapshot.Global, snapshot.OK)
	a := &snapshot.Account{S3: got}
	Name(context.Background(), in, clients(s), a, []string{"eu-west-1"}, Options{})
	got = a.S3
	collecttest.Covered(t, in, "s3:HeadBucket", snapshot.Global, snapshot.OK) // nothing to ask
	collecttest.Covered(t, in, "s3:ListDirectoryBuckets", "eu-central-1", snapshot.OK)
}

func TestRegionOfABucketThatTheListDoesNotPlace(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	mocks.Reply(s, "", &s3.ListBucketsOutput{Buckets: []types.Bucket{{Name: aws.String("refused")}, {Name: aws.String("located")}, {Name: aws.String("lost")}}})
	mocks.Handle(s, func(_ *mocks.Request, in *s3.HeadBucketInput) (*s3.HeadBucketOutput, error) {
		e := &mocks.Error{Status: http.StatusForbidden, Code: "AccessDenied"}
		if *in.Bucket == "refused" {
			e.Header = map[string]string{"X-Amz-Bucket-Region": "eu-central-1"}
		}
		return nil, e
	})
	mocks.Handle(s, func(_ *mocks.Request, in *s3.GetBucketLocationInput) (*s3.GetBucketLocationOutput, error) {
		if *in.Bucket == "lost" {
			return nil, &mocks.Error{Status: http.StatusForbidden, Code: "AccessDenied"}
		}
		return &s3.GetBucketLocationOutput{LocationConstraint: "EU"}, nil
	})
	answerAll(s)
	in := collecttest.Scope(everything...)
	got := Collect(context.Background(), in, []string{"eu-central-1", "eu-west-1"}, clients(s), Options{})
	want := map[string]string{"refused": "eu-central-1", "located": "eu-west-1", "lost": snapshot.Global}
	if len(got.Buckets) != len(want) {
		t.Fatalf("buckets: %+v", got.Buckets)
	}
	for _, b := range got.Buckets {
		if b.Region != want[b.Name] {
			t.Errorf("%s lies in %s, want %s", b.Name, b.Region, want[b.Name])
		}
		if _, err := b.Versioning.Get(); (err != nil) != (b.Name == "lost") {
			t.Errorf("%s: versioning %v", b.Name, err)
		}
	}
	collecttest.Covered(t, in, "s3:GetBucketLocation", snapshot.Global, snapshot.Denied)
}

func TestAListThatBreaksKeepsWhatWasRead(t *testing.T) {
	s := mocks.Start(t, mocks.Options{PageSize: map[string]int{"s3:ListBuckets": 1}})
	mocks.Reply(s, "", &s3.ListBucketsOutput{Buckets: []types.Bucket{
		{Name: aws.String("one"), BucketRegion: aws.String("eu-west-1")}, {Name: aws.String("two"), BucketRegion: aws.String("eu-west-1")},
	}})
	s.Fault(mocks.Fault{Operation: "s3:ListBuckets", Kind: mocks.Denied, FromPage: 2})
	answerAll(s)
	in := collecttest.Scope(everything...)
	got := Collect(context.Background(), in, []string{"eu-west-1"}, clients(s), Options{})
	if len(got.Buckets) != 1 || got.Buckets[0].Name != "one" {
		t.Errorf("buckets: %+v", got.Buckets)
	}
	collecttest.Covered(t, in, "s3:ListBuckets", snapshot.Global, snapshot.Denied)
	collecttest.Covered(t, in, "s3:HeadBucket", snapshot.Global, snapshot.Skipped)
}

func TestABucketDeletedWhileWeRead(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	mocks.Reply(s, "", &s3.ListBucketsOutput{Buckets: []types.Bucket{{Name: aws.String("gone"), BucketRegion: aws.String("eu-west-1")}}})
	mocks.Refuse(s, "", "s3:GetBucketVersioning", &mocks.Error{Status: http.StatusNotFound, Code: "NoSuchBucket"})
	in := collecttest.Scope("s3:ListBuckets", "s3:GetBucketVersioning")
	got := Collect(context.Background(), in, []string{"eu-west-1"}, clients(s), Options{})
	if _, err := got.Buckets[0].Versioning.Get(); err == nil {
		t.Error("a bucket that went away has no versioning")
	}
	collecttest.Covered(t, in, "s3:GetBucketVersioning", "eu-west-1", snapshot.Changed)
}

func TestNothingIsAskedThatNoCheckReads(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	in := collecttest.Scope()
	Collect(context.Background(), in, []string{"eu-west-1"}, clients(s), Options{})
	if n := len(s.Requests()); n != 0 {
		t.Errorf("%d requests, want none", n)
	}
}
