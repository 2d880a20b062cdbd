// Package s3 reads S3: the buckets of an account and the account-wide settings that S3
// Control holds. It asks and maps; it leaves clients and their Regions to scanner, and
// judgement to checks.
//
// One global call lists the buckets of all Regions. Everything about one bucket is asked
// of the bucket's own Region: another one would answer with a redirect. Where a bucket
// lies is told by the list; where the endpoint does not tell (older stores), HeadBucket
// does, in a header that comes even with a refusal, and at last GetBucketLocation.
package s3

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3control"
)

// API is every S3 call that this collector makes.
type API interface {
	s3.ListBucketsAPIClient
	s3.ListDirectoryBucketsAPIClient
	s3.HeadBucketAPIClient
	GetBucketLocation(context.Context, *s3.GetBucketLocationInput, ...func(*s3.Options)) (*s3.GetBucketLocationOutput, error)
	GetPublicAccessBlock(context.Context, *s3.GetPublicAccessBlockInput, ...func(*s3.Options)) (*s3.GetPublicAccessBlockOutput, error)
	GetBucketEncryption(context.Context, *s3.GetBucketEncryptionInput, ...func(*s3.Options)) (*s3.GetBucketEncryptionOutput, error)
	GetBucketVersioning(context.Context, *s3.GetBucketVersioningInput, ...func(*s3.Options)) (*s3.GetBucketVersioningOutput, error)
}

// ControlAPI is every S3 Control call that this collector makes.
type ControlAPI interface {
	GetPublicAccessBlock(context.Context, *s3control.GetPublicAccessBlockInput, ...func(*s3control.Options)) (*s3control.GetPublicAccessBlockOutput, error)
}

// Clients are the clients of one account.
type Clients struct {
	Home    API // lists the buckets of all Regions
	Control ControlAPI
	In      func(region string) API
}
