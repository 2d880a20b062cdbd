package emulators

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/aws-sdk-go-v2/service/s3control"
	control "github.com/aws/aws-sdk-go-v2/service/s3control/types"
)

// bucket is one seeded bucket. Zero values are not set at all, which leaves what the
// emulator gives a new bucket.
type bucket struct {
	name, region string
	block        *types.PublicAccessBlockConfiguration
	encryption   types.ServerSideEncryption
	versioning   types.BucketVersioningStatus
}

var buckets = []bucket{
	{"acme-logs", Home, block(true, true, true, true), types.ServerSideEncryptionAwsKms, types.BucketVersioningStatusEnabled},
	{"acme-invoices", Home, block(true, true, true, true), types.ServerSideEncryptionAes256, types.BucketVersioningStatusSuspended},
	{"acme-website", Home, nil, "", ""},
	// A dot in the name is where virtual-host addressing and TLS part ways.
	{"acme.static.assets", Home, block(true, true, true, true), types.ServerSideEncryptionAes256, ""},
	// The flags that the account lacks: blocked by the two together, by neither alone.
	{"acme-media", Second, block(false, false, true, true), types.ServerSideEncryptionAes256, types.BucketVersioningStatusEnabled},
	{"acme-hr", Second, block(false, false, true, false), types.ServerSideEncryptionAwsKms, types.BucketVersioningStatusEnabled},
	{"acme-backups", Second, block(false, false, false, false), types.ServerSideEncryptionAwsKmsDsse, types.BucketVersioningStatusEnabled},
	{"acme-scratch", Second, nil, "", types.BucketVersioningStatusSuspended},
	{"acme-analytics-us", Foreign, block(true, true, true, true), types.ServerSideEncryptionAes256, types.BucketVersioningStatusEnabled},
}

func block(blockACLs, ignoreACLs, blockPolicy, restrict bool) *types.PublicAccessBlockConfiguration {
	return &types.PublicAccessBlockConfiguration{
		BlockPublicAcls: &blockACLs, IgnorePublicAcls: &ignoreACLs,
		BlockPublicPolicy: &blockPolicy, RestrictPublicBuckets: &restrict,
	}
}

func seedS3(ctx context.Context, cfg aws.Config, _ Seeded) error {
	for _, b := range buckets {
		if err := createBucket(ctx, s3.NewFromConfig(at(cfg, b.region), pathStyle), b); err != nil {
			return fmt.Errorf("bucket %q: %w", b.name, err)
		}
	}
	if err := setBuckets(ctx, cfg); err != nil {
		return err
	}
	return blockAccount(ctx, cfg, false)
}

func remedyS3(ctx context.Context, cfg aws.Config, _ Seeded) error {
	return blockAccount(ctx, cfg, true)
}

// blockAccount sets the account's flags about ACLs, and those about policies if all.
func blockAccount(ctx context.Context, cfg aws.Config, all bool) error {
	_, err := s3control.NewFromConfig(at(cfg, Home), plainHost).PutPublicAccessBlock(ctx, &s3control.PutPublicAccessBlockInput{
		AccountId: aws.String(Account),
		PublicAccessBlockConfiguration: &control.PublicAccessBlockConfiguration{
			BlockPublicAcls: aws.Bool(true), IgnorePublicAcls: aws.Bool(true),
			BlockPublicPolicy: aws.Bool(all), RestrictPublicBuckets: aws.Bool(all),
		},
	})
	return err
}

func createBucket(ctx context.Context, api *s3.Client, b bucket) error {
	create := &s3.CreateBucketInput{Bucket: &b.name}
	if b.region != Foreign { // us-east-1 is the one Region that must not be named
		create.CreateBucketConfiguration = &types.CreateBucketConfiguration{LocationConstraint: types.BucketLocationConstraint(b.region)}
	}
	if _, err := api.CreateBucket(ctx, create); err != nil {
		return err
	}
	if b.block != nil {
		_, err := api.PutPublicAccessBlock(ctx, &s3.PutPublicAccessBlockInput{Bucket: &b.name, PublicAccessBlockConfiguration: b.block})
		if err != nil {
			return err
		}
	} else if _, err := api.DeletePublicAccessBlock(ctx, &s3.DeletePublicAccessBlockInput{Bucket: &b.name}); err != nil {
		return err
	}
	if b.encryption != "" {
		_, err := api.PutBucketEncryption(ctx, &s3.PutBucketEncryptionInput{Bucket: &b.name, ServerSideEncryptionConfiguration: &types.ServerSideEncryptionConfiguration{
			Rules: []types.ServerSideEncryptionRule{{ApplyServerSideEncryptionByDefault: &types.ServerSideEncryptionByDefault{SSEAlgorithm: b.encryption}}},
		}})
		if err != nil {
			return err
		}
	}
	if b.versioning != "" {
		_, err := api.PutBucketVersioning(ctx, &s3.PutBucketVersioningInput{Bucket: &b.name, VersioningConfiguration: &types.VersioningConfiguration{Status: b.versioning}})
		if err != nil {
			return err
		}
	}
	return nil
}
