package emulators

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// settings are what is set on a bucket that exists, by name.
var settings = []struct {
	bucket, region string
	policy         []string // statements; BUCKET stands for the ARN
	tags           map[string]string
	website        bool
	expires        bool // old versions, after 90 days
	copiesTo       string
	ownership      types.ObjectOwnership
}{
	{bucket: "acme-logs", region: Home, policy: []string{tlsOnly, tlsVersion, onlyKMS}, tags: map[string]string{"team": "security"}, expires: true,
		copiesTo: "acme-media", ownership: types.ObjectOwnershipBucketOwnerEnforced},
	// Everything for another account; TLS for one action.
	{bucket: "acme-invoices", region: Home, ownership: types.ObjectOwnershipBucketOwnerPreferred, policy: []string{
		`{"Sid":"Partner","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::444455556666:root"},"Action":"s3:*","Resource":["BUCKET","BUCKET/*"]}`,
		`{"Effect":"Deny","Principal":"*","Action":"s3:GetObject","Resource":"BUCKET/*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}`}},
	// Open to everyone, and nothing blocks it.
	{bucket: "acme-website", region: Home, website: true, ownership: types.ObjectOwnershipBucketOwnerEnforced, policy: []string{
		`{"Sid":"Website","Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"BUCKET/*"}`}},
	// Open to everyone by a condition that bounds nobody, behind the bucket's own block.
	{bucket: "acme.static.assets", region: Home, ownership: types.ObjectOwnershipBucketOwnerEnforced, policy: []string{
		`{"Effect":"Allow","Principal":"*","Action":["s3:Get*","s3:PutObject"],"Resource":"BUCKET/*","Condition":{"IpAddress":{"aws:SourceIp":["0.0.0.0/1","128.0.0.0/1"]}}}`}},
	// One's own organization's members, whoever they are.
	{bucket: "acme-media", region: Second, ownership: types.ObjectOwnershipBucketOwnerEnforced, policy: []string{
		tlsOnly, `{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"BUCKET/*","Condition":{"StringEquals":{"aws:PrincipalAccount":"` + Account + `"}}}`}},
	// Allowed by exception, and CloudFront for anybody's distribution.
	{bucket: "acme-hr", region: Second, ownership: types.ObjectOwnershipObjectWriter, policy: []string{
		`{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::` + Account + `:root"},"NotAction":"s3:DeleteBucket","Resource":["BUCKET","BUCKET/*"]}`,
		`{"Effect":"Allow","Principal":{"Service":"cloudfront.amazonaws.com"},"Action":"s3:GetObject","Resource":"BUCKET/*"}`}},
}

const (
	tlsOnly    = `{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":["BUCKET","BUCKET/*"],"Condition":{"Bool":{"aws:SecureTransport":"false"}}}`
	tlsVersion = `{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":["BUCKET","BUCKET/*"],"Condition":{"NumericLessThan":{"s3:TlsVersion":"1.2"}}}`
	onlyKMS    = `{"Effect":"Deny","Principal":"*","Action":"s3:PutObject","Resource":"BUCKET/*","Condition":{"StringNotEquals":{"s3:x-amz-server-side-encryption":"aws:kms"},"Null":{"s3:x-amz-server-side-encryption":"false"}}}`
)

// setBuckets gives the buckets their settings.
func setBuckets(ctx context.Context, cfg aws.Config) error {
	for _, b := range settings {
		api, name := s3.NewFromConfig(at(cfg, b.region), pathStyle), aws.String(b.bucket)
		var err error
		set := func(on bool, put func() error) {
			if on && err == nil {
				err = put()
			}
		}
		set(b.ownership != "", func() error {
			_, err := api.PutBucketOwnershipControls(ctx, &s3.PutBucketOwnershipControlsInput{Bucket: name,
				OwnershipControls: &types.OwnershipControls{Rules: []types.OwnershipControlsRule{{ObjectOwnership: b.ownership}}}})
			return err
		})
		set(len(b.policy) > 0, func() error {
			text := strings.ReplaceAll(`{"Version":"2012-10-17","Statement":[`+strings.Join(b.policy, ",")+`]}`, "BUCKET", "arn:aws:s3:::"+b.bucket)
			_, err := api.PutBucketPolicy(ctx, &s3.PutBucketPolicyInput{Bucket: name, Policy: &text})
			return err
		})
		set(len(b.tags) > 0, func() error {
			var tags []types.Tag
			for key, value := range b.tags {
				tags = append(tags, types.Tag{Key: &key, Value: &value})
			}
			_, err := api.PutBucketTagging(ctx, &s3.PutBucketTaggingInput{Bucket: name, Tagging: &types.Tagging{TagSet: tags}})
			return err
		})
		set(b.website, func() error {
			_, err := api.PutBucketWebsite(ctx, &s3.PutBucketWebsiteInput{Bucket: name,
				WebsiteConfiguration: &types.WebsiteConfiguration{IndexDocument: &types.IndexDocument{Suffix: aws.String("index.html")}}})
			return err
		})
		set(b.expires, func() error {
			rule := types.LifecycleRule{ID: aws.String("old"), Status: types.ExpirationStatusEnabled, Filter: &types.LifecycleRuleFilter{Prefix: aws.String("")},
				NoncurrentVersionExpiration: &types.NoncurrentVersionExpiration{NoncurrentDays: aws.Int32(90)}}
			_, err := api.PutBucketLifecycleConfiguration(ctx, &s3.PutBucketLifecycleConfigurationInput{Bucket: name,
				LifecycleConfiguration: &types.BucketLifecycleConfiguration{Rules: []types.LifecycleRule{rule}}})
			return err
		})
		set(b.copiesTo != "", func() error {
			_, err := api.PutBucketReplication(ctx, &s3.PutBucketReplicationInput{Bucket: name, ReplicationConfiguration: &types.ReplicationConfiguration{
				Role: aws.String("arn:aws:iam::" + Account + ":role/replication"), Rules: []types.ReplicationRule{{ID: aws.String("all"), Status: types.ReplicationRuleStatusEnabled,
					Priority: aws.Int32(1), Filter: &types.ReplicationRuleFilter{Prefix: aws.String("")}, DeleteMarkerReplication: &types.DeleteMarkerReplication{Status: types.DeleteMarkerReplicationStatusDisabled},
					Destination: &types.Destination{Bucket: aws.String("arn:aws:s3:::" + b.copiesTo)}}}}})
			return err
		})
		if err != nil {
			return fmt.Errorf("settings of bucket %q: %w", b.bucket, err)
		}
	}
	return nil
}
