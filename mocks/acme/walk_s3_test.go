package acme_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	st "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/aws-sdk-go-v2/service/s3control"

	"onus/mocks/acme"
)

// set is what is set on one bucket, as far as the table of facts asks.
type set struct {
	policy                                  string
	public, website, tagged, logs, notifies bool
	readers                                 int // grants to groups
	ownership                               st.ObjectOwnership
	lifecycle                               []st.LifecycleRule
	lock                                    *st.ObjectLockConfiguration
	copies                                  []st.ReplicationRule
}

// unless is an answer, or nil where AWS answers with the code for "nothing is set".
func unless[T any](t *testing.T, code string, out *T, err error) *T {
	t.Helper()
	if err != nil {
		wantCode(t, err, code)
		return nil
	}
	return out
}

func settings(t *testing.T, c *s3.Client, name *string) (out set) {
	ctx := t.Context()
	acl := must(c.GetBucketAcl(ctx, &s3.GetBucketAclInput{Bucket: name}))(t)
	for _, g := range acl.Grants {
		if g.Grantee.Type == st.TypeGroup {
			out.readers++
		}
	}
	out.logs = must(c.GetBucketLogging(ctx, &s3.GetBucketLoggingInput{Bucket: name}))(t).LoggingEnabled != nil
	out.notifies = must(c.GetBucketNotificationConfiguration(ctx, &s3.GetBucketNotificationConfigurationInput{Bucket: name}))(t).EventBridgeConfiguration != nil
	a0, err := c.GetBucketPolicy(ctx, &s3.GetBucketPolicyInput{Bucket: name})
	if a := unless(t, "NoSuchBucketPolicy", a0, err); a != nil {
		out.policy = aws.ToString(a.Policy)
	}
	a1, err := c.GetBucketPolicyStatus(ctx, &s3.GetBucketPolicyStatusInput{Bucket: name})
	if a := unless(t, "NoSuchBucketPolicy", a1, err); a != nil {
		out.public = *a.PolicyStatus.IsPublic
	}
	a2, err := c.GetBucketOwnershipControls(ctx, &s3.GetBucketOwnershipControlsInput{Bucket: name})
	if a := unless(t, "OwnershipControlsNotFoundError", a2, err); a != nil {
		out.ownership = a.OwnershipControls.Rules[0].ObjectOwnership
	}
	a3, err := c.GetBucketLifecycleConfiguration(ctx, &s3.GetBucketLifecycleConfigurationInput{Bucket: name})
	if a := unless(t, "NoSuchLifecycleConfiguration", a3, err); a != nil {
		out.lifecycle = a.Rules
	}
	a4, err := c.GetObjectLockConfiguration(ctx, &s3.GetObjectLockConfigurationInput{Bucket: name})
	if a := unless(t, "ObjectLockConfigurationNotFoundError", a4, err); a != nil {
		out.lock = a.ObjectLockConfiguration
	}
	a5, err := c.GetBucketReplication(ctx, &s3.GetBucketReplicationInput{Bucket: name})
	if a := unless(t, "ReplicationConfigurationNotFoundError", a5, err); a != nil {
		out.copies = a.ReplicationConfiguration.Rules
	}
	a6, err := c.GetBucketTagging(ctx, &s3.GetBucketTaggingInput{Bucket: name})
	if a := unless(t, "NoSuchTagSet", a6, err); a != nil {
		out.tagged = len(a.TagSet) > 0
	}
	a7, err := c.GetBucketWebsite(ctx, &s3.GetBucketWebsiteInput{Bucket: name})
	if a := unless(t, "NoSuchWebsiteConfiguration", a7, err); a != nil {
		out.website = a.IndexDocument != nil
	}
	return out
}

func (w *seen) accessPoints(t *testing.T, config func(region string) aws.Config) {
	for _, region := range w.regions {
		c := s3control.NewFromConfig(config(region))
		list := must(c.ListAccessPoints(t.Context(), &s3control.ListAccessPointsInput{AccountId: aws.String(acme.Account)}))(t)
		for _, p := range list.AccessPointList {
			f := must(c.GetAccessPoint(t.Context(), &s3control.GetAccessPointInput{AccountId: aws.String(acme.Account), Name: p.Name}))(t).PublicAccessBlockConfiguration
			w.openPoints.add(*f.BlockPublicAcls && *f.IgnorePublicAcls && *f.BlockPublicPolicy && *f.RestrictPublicBuckets)
		}
	}
}
