// Package kms reads KMS keys: those of the Region and those that other resources are encrypted with.
// It asks and maps; it leaves clients to scanner and judgement to checks.
//
// DescribeKey reads, with one exception: asked about one of AWS's own aliases that has no
// key yet, it makes the AWS managed key. So nobody is asked about an alias that begins with
// alias/aws/: the name alone says who manages the key. Source: KMS API Reference, DescribeKey.
package kms

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/kms"
)

// API is every call that this collector makes.
type API interface {
	kms.ListKeysAPIClient
	kms.ListResourceTagsAPIClient
	kms.ListGrantsAPIClient
	GetKeyPolicy(context.Context, *kms.GetKeyPolicyInput, ...func(*kms.Options)) (*kms.GetKeyPolicyOutput, error)
	DescribeKey(context.Context, *kms.DescribeKeyInput, ...func(*kms.Options)) (*kms.DescribeKeyOutput, error)
}
