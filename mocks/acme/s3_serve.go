package acme

import (
	"encoding/hex"
	"net/http"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/aws-sdk-go-v2/service/s3control"
	s3controltypes "github.com/aws/aws-sdk-go-v2/service/s3control/types"

	"onus/mocks"
)

// finder is a bucket asked for through its own Region's endpoint, or why it is not there.
type finder func(*mocks.Request, *string) (*bucket, error)

// serveBuckets answers for S3 and S3 Control.
func (e *estate) serveBuckets(s *mocks.Server) {
	known := map[string]*bucket{}
	for i := range e.buckets {
		known[e.buckets[i].name] = &e.buckets[i]
	}
	// find is a bucket asked for through its own Region's endpoint. Source: S3 User
	// Guide, "Request redirection": 301 with the Region in x-amz-bucket-region.
	find := func(r *mocks.Request, name *string) (*bucket, error) {
		b := known[aws.ToString(name)]
		switch {
		case b == nil:
			return nil, &mocks.Error{Status: http.StatusNotFound, Code: "NoSuchBucket", Message: "The specified bucket does not exist"}
		case b.region != r.Region:
			return nil, &mocks.Error{Status: http.StatusMovedPermanently, Code: "PermanentRedirect",
				Message: "The bucket you are attempting to access must be addressed using the specified endpoint.",
				Header:  map[string]string{"X-Amz-Bucket-Region": b.region}}
		}
		return b, nil
	}
	e.serveSettings(s, find)
	e.serveObjects(s, find)
	e.serveControl(s, find)
	e.serveAccessPoints(s)
	mocks.Handle(s, func(_ *mocks.Request, in *s3.ListBucketsInput) (*s3.ListBucketsOutput, error) {
		return e.listBuckets(in), nil
	})
	mocks.Handle(s, func(r *mocks.Request, in *s3.HeadBucketInput) (*s3.HeadBucketOutput, error) {
		if region, ok := foreign[aws.ToString(in.Bucket)]; ok {
			return nil, &mocks.Error{Status: http.StatusForbidden, Code: "AccessDenied", Header: map[string]string{"X-Amz-Bucket-Region": region}}
		}
		b, err := find(r, in.Bucket)
		if err != nil {
			return nil, err
		}
		return &s3.HeadBucketOutput{BucketRegion: aws.String(b.region), AccessPointAlias: aws.Bool(false)}, nil
	})
	mocks.Handle(s, func(r *mocks.Request, in *s3.GetPublicAccessBlockInput) (*s3.GetPublicAccessBlockOutput, error) {
		b, err := find(r, in.Bucket)
		if err != nil {
			return nil, err
		}
		if b.block == nil {
			return nil, &mocks.Error{Status: http.StatusNotFound, Code: "NoSuchPublicAccessBlockConfiguration", Message: "The public access block configuration was not found"}
		}
		return &s3.GetPublicAccessBlockOutput{PublicAccessBlockConfiguration: b.block}, nil
	})
	mocks.Handle(s, func(r *mocks.Request, in *s3.GetBucketVersioningInput) (*s3.GetBucketVersioningOutput, error) {
		b, err := find(r, in.Bucket)
		if err != nil {
			return nil, err
		}
		return &s3.GetBucketVersioningOutput{Status: b.versioning}, nil
	})
	mocks.Handle(s, func(r *mocks.Request, in *s3.GetBucketEncryptionInput) (*s3.GetBucketEncryptionOutput, error) {
		b, err := find(r, in.Bucket)
		switch {
		case err != nil:
			return nil, err
		case b.name == Denied:
			return nil, &mocks.Error{Status: http.StatusForbidden, Code: "AccessDenied",
				Message: "User is not authorized to perform: s3:GetEncryptionConfiguration with an explicit deny in a resource-based policy"}
		}
		return &s3.GetBucketEncryptionOutput{ServerSideEncryptionConfiguration: &types.ServerSideEncryptionConfiguration{
			Rules: []types.ServerSideEncryptionRule{b.rule}}}, nil
	})
	mocks.Handle(s, func(_ *mocks.Request, in *s3.GetBucketLocationInput) (*s3.GetBucketLocationOutput, error) {
		b := known[aws.ToString(in.Bucket)]
		switch {
		case b == nil:
			return nil, &mocks.Error{Status: http.StatusNotFound, Code: "NoSuchBucket", Message: "The specified bucket does not exist"}
		case b.region == "us-east-1": // has no constraint
			return &s3.GetBucketLocationOutput{}, nil
		}
		return &s3.GetBucketLocationOutput{LocationConstraint: types.BucketLocationConstraint(b.region)}, nil
	})
	mocks.Handle(s, func(r *mocks.Request, in *s3control.GetPublicAccessBlockInput) (*s3control.GetPublicAccessBlockOutput, error) {
		if _, err := e.at(r); err != nil || aws.ToString(in.AccountId) != Account {
			return nil, &mocks.Error{Status: http.StatusForbidden, Code: "AccessDenied", Message: "Access Denied"}
		}
		return &s3control.GetPublicAccessBlockOutput{PublicAccessBlockConfiguration: &s3controltypes.PublicAccessBlockConfiguration{
			BlockPublicAcls: accountFlags.BlockPublicAcls, IgnorePublicAcls: accountFlags.IgnorePublicAcls,
			BlockPublicPolicy: accountFlags.BlockPublicPolicy, RestrictPublicBuckets: accountFlags.RestrictPublicBuckets,
		}}, nil
	})
}

// TakenBucket is a name that a service derives from the account. Somebody else took it.
const TakenBucket = "sagemaker-" + Home + "-" + Account

// foreign are the buckets of others that settings name, or that services would, with their
// Regions.
var foreign = map[string]string{PartnerBucket: "us-west-2", ArchiveBucket: "us-east-1", TakenBucket: Home}

// listBuckets names a bucket's Region only where the request has a parameter.
// Source: S3 API Reference, ListBuckets, Bucket.BucketRegion.
func (e *estate) listBuckets(in *s3.ListBucketsInput) *s3.ListBucketsOutput {
	paged := in.MaxBuckets != nil || in.Prefix != nil || in.BucketRegion != nil || in.ContinuationToken != nil
	out := &s3.ListBucketsOutput{Prefix: in.Prefix, Owner: &types.Owner{ID: aws.String(hex.EncodeToString(digest("canonical user id")))}}
	for _, b := range e.buckets {
		if in.BucketRegion != nil && *in.BucketRegion != b.region || !strings.HasPrefix(b.name, aws.ToString(in.Prefix)) {
			continue
		}
		listed := types.Bucket{Name: aws.String(b.name), CreationDate: b.created}
		if paged && !b.unplaced {
			listed.BucketRegion, listed.BucketArn = aws.String(b.region), aws.String("arn:"+Partition+":s3:::"+b.name)
		}
		out.Buckets = append(out.Buckets, listed)
	}
	return out
}
