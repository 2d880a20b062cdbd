package acme

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// bucket is one bucket with what can be asked about it.
type bucket struct {
	name, region string
	created      *time.Time
	unplaced     bool // ListBuckets does not say its Region
	block        *types.PublicAccessBlockConfiguration
	versioning   types.BucketVersioningStatus // "": never enabled
	rule         types.ServerSideEncryptionRule
}

// flags is a Block Public Access configuration: ACL flags and policy flags.
func flags(acls, policies bool) *types.PublicAccessBlockConfiguration {
	return &types.PublicAccessBlockConfiguration{
		BlockPublicAcls: aws.Bool(acls), IgnorePublicAcls: aws.Bool(acls),
		BlockPublicPolicy: aws.Bool(policies), RestrictPublicBuckets: aws.Bool(policies),
	}
}

// accountFlags are the account's own: its policy flags are off for the website.
var accountFlags = flags(true, false)

func encrypts(algorithm types.ServerSideEncryption) types.ServerSideEncryptionRule {
	rule := types.ServerSideEncryptionRule{BucketKeyEnabled: aws.Bool(false),
		ApplyServerSideEncryptionByDefault: &types.ServerSideEncryptionByDefault{SSEAlgorithm: algorithm}}
	if algorithm != types.ServerSideEncryptionAes256 {
		rule.BucketKeyEnabled = aws.Bool(true)
		rule.ApplyServerSideEncryptionByDefault.KMSMasterKeyID = aws.String(arn("kms", Home, "alias/acme-storage"))
	}
	return rule
}

// onlyBlocks is a rule that refuses SSE-C uploads and sets no algorithm.
// Source: S3 API Reference, ServerSideEncryptionRule, BlockedEncryptionTypes.
var onlyBlocks = types.ServerSideEncryptionRule{
	BlockedEncryptionTypes: &types.BlockedEncryptionTypes{EncryptionType: []types.EncryptionType{types.EncryptionTypeSseC}},
}

func buckets() []bucket {
	const (
		on        = types.BucketVersioningStatusEnabled
		suspended = types.BucketVersioningStatusSuspended
		kms, sse  = types.ServerSideEncryptionAwsKms, types.ServerSideEncryptionAes256
	)
	all, policies := flags(true, true), flags(false, true)
	return []bucket{
		{"acme-archive-2019", "us-east-1", ago(2700 * day), true, nil, "", encrypts(sse)},
		{"acme-audit-logs-prod", Home, ago(1500 * day), false, all, on, encrypts(kms)},
		{"acme-backups-prod", Second, ago(1480 * day), false, all, on, encrypts(kms)},
		{"acme-build-artifacts", Home, ago(1100 * day), false, policies, suspended, encrypts(sse)},
		{"acme-customer-exports-prod", Home, ago(700 * day), false, all, on, encrypts(types.ServerSideEncryptionAwsKmsDsse)},
		{"acme-data-science-sandbox", Home, ago(210 * day), false, nil, "", onlyBlocks},
		{"acme-invoices-prod", Home, ago(1400 * day), false, all, on, encrypts(kms)},
		{"acme-invoices-staging", Second, ago(900 * day), false, policies, "", encrypts(sse)},
		{Denied, Home, ago(800 * day), false, all, on, encrypts(kms)},
		{"acme-product-images-prod", Home, ago(1350 * day), false, policies, on, encrypts(sse)},
		{"acme-terraform-state", Home, ago(1450 * day), false, all, on, encrypts(kms)},
		{"acme-website-prod", Home, ago(1390 * day), false, flags(true, false), on, encrypts(sse)},
	}
}
