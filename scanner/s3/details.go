package s3

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"onus/scanner/collect"
	"onus/scanner/snapshot"
)

// perBucket are the operations about one bucket, asked in the bucket's Region.
var perBucket = []string{
	"s3:GetPublicAccessBlock", "s3:GetBucketEncryption", "s3:GetBucketVersioning", "s3:GetBucketAcl", "s3:GetBucketOwnershipControls",
	"s3:GetBucketPolicy", "s3:GetBucketPolicyStatus", "s3:GetBucketTagging", "s3:GetBucketLogging", "s3:GetBucketWebsite",
	"s3:GetBucketLifecycleConfiguration", "s3:GetObjectLockConfiguration", "s3:GetBucketNotificationConfiguration", "s3:GetBucketReplication",
	"s3:GetBucketCors", "s3:GetBucketAccelerateConfiguration", "s3:ListBucketInventoryConfigurations", "s3:ListBucketAnalyticsConfigurations",
	"s3:ListObjectsV2", "s3:HeadObject", "s3:GetObjectAcl",
}

// ask asks one thing about one bucket, in its Region. Where the Region could not be read
// nobody can be asked. The code absent is AWS's word for "nothing is configured": the
// zero T. Source of the codes: S3 API Reference, each operation.
func ask[In, Out, T any](ctx context.Context, at collect.Scope, b *snapshot.Bucket, op, absent string,
	call func(context.Context, *In, ...func(*s3.Options)) (*Out, error), in *In, value func(*Out) T) snapshot.Read[T] {
	if b.Region == snapshot.Global {
		_, err := b.BucketRegion.Get()
		return snapshot.Missing[T](err)
	}
	return collect.Ask(ctx, at.In(b.Region), op, func(ctx context.Context) (T, error) {
		var none T
		out, err := call(ctx, in)
		switch {
		case absent != "" && collect.Is(err, absent):
			return none, nil
		case err != nil:
			return none, err
		}
		return value(out), nil
	})
}

// details asks all that the checks want of one bucket.
func details(ctx context.Context, in collect.Scope, c Clients, b *snapshot.Bucket) {
	api, name := c.Home, &b.Name
	if b.Region != snapshot.Global {
		api = c.In(b.Region)
	}
	b.PublicAccess = ask(ctx, in, b, "s3:GetPublicAccessBlock", "NoSuchPublicAccessBlockConfiguration", api.GetPublicAccessBlock,
		&s3.GetPublicAccessBlockInput{Bucket: name}, func(o *s3.GetPublicAccessBlockOutput) snapshot.PublicAccessBlock {
			return block(o.PublicAccessBlockConfiguration)
		})
	b.Encryption = ask(ctx, in, b, "s3:GetBucketEncryption", "ServerSideEncryptionConfigurationNotFoundError", api.GetBucketEncryption,
		&s3.GetBucketEncryptionInput{Bucket: name}, func(o *s3.GetBucketEncryptionOutput) snapshot.BucketEncryption {
			return encryption(o.ServerSideEncryptionConfiguration)
		})
	b.Versioning = ask(ctx, in, b, "s3:GetBucketVersioning", "", api.GetBucketVersioning,
		&s3.GetBucketVersioningInput{Bucket: name}, func(o *s3.GetBucketVersioningOutput) snapshot.Versioning {
			return snapshot.Versioning{Status: string(o.Status), MFADelete: string(o.MFADelete)}
		})
	access(ctx, in, api, b)
	upkeep(ctx, in, api, b)
	exports(ctx, in, api, b)
	b.Tags, _ = b.TagSet.Get()
}

// access asks who may do what with a bucket.
func access(ctx context.Context, in collect.Scope, api API, b *snapshot.Bucket) {
	name := &b.Name
	b.ACL = ask(ctx, in, b, "s3:GetBucketAcl", "", api.GetBucketAcl, &s3.GetBucketAclInput{Bucket: name}, acl)
	b.Ownership = ask(ctx, in, b, "s3:GetBucketOwnershipControls", "OwnershipControlsNotFoundError", api.GetBucketOwnershipControls,
		&s3.GetBucketOwnershipControlsInput{Bucket: name}, func(o *s3.GetBucketOwnershipControlsOutput) string { return ownership(o.OwnershipControls) })
	b.Policy = ask(ctx, in, b, "s3:GetBucketPolicy", "NoSuchBucketPolicy", api.GetBucketPolicy,
		&s3.GetBucketPolicyInput{Bucket: name}, func(o *s3.GetBucketPolicyOutput) string { return aws.ToString(o.Policy) })
	b.IsPublic = ask(ctx, in, b, "s3:GetBucketPolicyStatus", "NoSuchBucketPolicy", api.GetBucketPolicyStatus,
		&s3.GetBucketPolicyStatusInput{Bucket: name}, func(o *s3.GetBucketPolicyStatusOutput) bool {
			return o.PolicyStatus != nil && aws.ToBool(o.PolicyStatus.IsPublic)
		})
	b.CORS = ask(ctx, in, b, "s3:GetBucketCors", "NoSuchCORSConfiguration", api.GetBucketCors, &s3.GetBucketCorsInput{Bucket: name}, cors)
	b.Website = ask(ctx, in, b, "s3:GetBucketWebsite", "NoSuchWebsiteConfiguration", api.GetBucketWebsite,
		&s3.GetBucketWebsiteInput{Bucket: name}, website)
}

// upkeep asks how a bucket keeps, copies and announces what it holds.
func upkeep(ctx context.Context, in collect.Scope, api API, b *snapshot.Bucket) {
	name := &b.Name
	b.TagSet = ask(ctx, in, b, "s3:GetBucketTagging", "NoSuchTagSet", api.GetBucketTagging, &s3.GetBucketTaggingInput{Bucket: name}, tags)
	b.Logging = ask(ctx, in, b, "s3:GetBucketLogging", "", api.GetBucketLogging, &s3.GetBucketLoggingInput{Bucket: name}, logging)
	b.Lifecycle = ask(ctx, in, b, "s3:GetBucketLifecycleConfiguration", "NoSuchLifecycleConfiguration", api.GetBucketLifecycleConfiguration,
		&s3.GetBucketLifecycleConfigurationInput{Bucket: name}, lifecycle)
	b.ObjectLock = ask(ctx, in, b, "s3:GetObjectLockConfiguration", "ObjectLockConfigurationNotFoundError", api.GetObjectLockConfiguration,
		&s3.GetObjectLockConfigurationInput{Bucket: name}, objectLock)
	b.Notifications = ask(ctx, in, b, "s3:GetBucketNotificationConfiguration", "", api.GetBucketNotificationConfiguration,
		&s3.GetBucketNotificationConfigurationInput{Bucket: name}, notifications)
	b.Replication = ask(ctx, in, b, "s3:GetBucketReplication", "ReplicationConfigurationNotFoundError", api.GetBucketReplication,
		&s3.GetBucketReplicationInput{Bucket: name}, replication)
}
