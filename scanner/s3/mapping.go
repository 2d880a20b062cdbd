package s3

import (
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"onus/scanner/snapshot"
)

// block maps the flags; one that the answer lacks is false, as AWS documents.
func block(c *types.PublicAccessBlockConfiguration) snapshot.PublicAccessBlock {
	if c == nil {
		return snapshot.PublicAccessBlock{}
	}
	return snapshot.PublicAccessBlock{
		BlockPublicAcls: aws.ToBool(c.BlockPublicAcls), IgnorePublicAcls: aws.ToBool(c.IgnorePublicAcls),
		BlockPublicPolicy: aws.ToBool(c.BlockPublicPolicy), RestrictPublicBuckets: aws.ToBool(c.RestrictPublicBuckets),
	}
}

// encryption maps all rules, also those that set no algorithm.
func encryption(c *types.ServerSideEncryptionConfiguration) snapshot.BucketEncryption {
	var out snapshot.BucketEncryption
	if c == nil {
		return out
	}
	for _, r := range c.Rules {
		rule := snapshot.EncryptionRule{BucketKeyEnabled: aws.ToBool(r.BucketKeyEnabled)}
		if d := r.ApplyServerSideEncryptionByDefault; d != nil {
			rule.Algorithm, rule.KMSMasterKeyID = string(d.SSEAlgorithm), aws.ToString(d.KMSMasterKeyID)
		}
		if r.BlockedEncryptionTypes != nil {
			for _, t := range r.BlockedEncryptionTypes.EncryptionType {
				rule.Blocked = append(rule.Blocked, string(t))
			}
		}
		out.Rules = append(out.Rules, rule)
	}
	return out
}

func acl(o *s3.GetBucketAclOutput) snapshot.BucketACL {
	var out snapshot.BucketACL
	if o.Owner != nil {
		out.Owner = aws.ToString(o.Owner.ID)
	}
	for _, g := range o.Grants {
		grant := snapshot.BucketGrant{Permission: string(g.Permission)}
		if g.Grantee != nil {
			grant.Type, grant.Group, grant.Canonical = string(g.Grantee.Type), aws.ToString(g.Grantee.URI), aws.ToString(g.Grantee.ID)
		}
		out.Grants = append(out.Grants, grant)
	}
	return out
}

// ownership is the ObjectOwnership of the one rule that a bucket can have.
func ownership(c *types.OwnershipControls) string {
	if c == nil || len(c.Rules) == 0 {
		return ""
	}
	return string(c.Rules[0].ObjectOwnership)
}

func tags(o *s3.GetBucketTaggingOutput) map[string]string {
	out := map[string]string{}
	for _, t := range o.TagSet {
		out[aws.ToString(t.Key)] = aws.ToString(t.Value)
	}
	return out
}

func logging(o *s3.GetBucketLoggingOutput) snapshot.BucketLogging {
	if o.LoggingEnabled == nil {
		return snapshot.BucketLogging{}
	}
	return snapshot.BucketLogging{TargetBucket: aws.ToString(o.LoggingEnabled.TargetBucket), TargetPrefix: aws.ToString(o.LoggingEnabled.TargetPrefix)}
}

func website(o *s3.GetBucketWebsiteOutput) snapshot.Website {
	out := snapshot.Website{Configured: true, Rules: len(o.RoutingRules)}
	if o.IndexDocument != nil {
		out.Index = aws.ToString(o.IndexDocument.Suffix)
	}
	if o.ErrorDocument != nil {
		out.Error = aws.ToString(o.ErrorDocument.Key)
	}
	if o.RedirectAllRequestsTo != nil {
		out.RedirectAll = aws.ToString(o.RedirectAllRequestsTo.HostName)
	}
	return out
}

func lifecycle(o *s3.GetBucketLifecycleConfigurationOutput) []snapshot.LifecycleRule {
	var out []snapshot.LifecycleRule
	for _, r := range o.Rules {
		rule := snapshot.LifecycleRule{
			ID: aws.ToString(r.ID), Status: string(r.Status), WholeBucket: wholeBucket(r), Filter: limits(r),
			NoncurrentExpiration: r.NoncurrentVersionExpiration != nil, NoncurrentTransitions: len(r.NoncurrentVersionTransitions),
		}
		if r.Expiration != nil {
			rule.ExpirationDays, rule.ExpirationDate = aws.ToInt32(r.Expiration.Days), aws.ToTime(r.Expiration.Date)
		}
		if n := r.NoncurrentVersionExpiration; n != nil {
			rule.NoncurrentDays, rule.NewerNoncurrent = aws.ToInt32(n.NoncurrentDays), aws.ToInt32(n.NewerNoncurrentVersions)
		}
		if r.AbortIncompleteMultipartUpload != nil {
			rule.AbortDays = aws.ToInt32(r.AbortIncompleteMultipartUpload.DaysAfterInitiation)
		}
		out = append(out, rule)
	}
	return out
}

// wholeBucket says that a rule leaves nothing out. Old configurations have Prefix in
// place of Filter. Source: S3 API Reference, LifecycleRule, LifecycleRuleFilter.
func wholeBucket(r types.LifecycleRule) bool {
	prefix := aws.ToString(r.Prefix) //nolint:staticcheck // deprecated, and still answered
	if f := r.Filter; f != nil {
		if f.And != nil || f.Tag != nil || f.ObjectSizeGreaterThan != nil || f.ObjectSizeLessThan != nil {
			return false
		}
		prefix += aws.ToString(f.Prefix)
	}
	return prefix == ""
}

// limits says what a rule is limited to. Tags and sizes are not spelled out.
func limits(r types.LifecycleRule) string {
	prefix, more := aws.ToString(r.Prefix), false //nolint:staticcheck // deprecated, and still answered
	if f := r.Filter; f != nil {
		prefix += aws.ToString(f.Prefix)
		more = f.Tag != nil || f.ObjectSizeGreaterThan != nil || f.ObjectSizeLessThan != nil
		if f.And != nil {
			prefix, more = aws.ToString(f.And.Prefix), true
		}
	}
	switch {
	case prefix != "" && more:
		return fmt.Sprintf("the prefix %q, with certain tags or sizes", prefix)
	case prefix != "":
		return fmt.Sprintf("the prefix %q", prefix)
	case more:
		return "certain tags or sizes"
	}
	return ""
}

func objectLock(o *s3.GetObjectLockConfigurationOutput) snapshot.ObjectLock {
	c := o.ObjectLockConfiguration
	if c == nil {
		return snapshot.ObjectLock{}
	}
	out := snapshot.ObjectLock{Enabled: string(c.ObjectLockEnabled)}
	if c.Rule != nil && c.Rule.DefaultRetention != nil {
		d := c.Rule.DefaultRetention
		out.Mode, out.Days, out.Years = string(d.Mode), aws.ToInt32(d.Days), aws.ToInt32(d.Years)
	}
	return out
}

// notifications maps every destination. EventBridgeConfiguration is an empty element:
// being there is all that it says.
func notifications(o *s3.GetBucketNotificationConfigurationOutput) snapshot.Notifications {
	out := snapshot.Notifications{EventBridge: o.EventBridgeConfiguration != nil}
	add := func(arn *string, events []types.Event) {
		out.Destinations++
		out.ARNs = append(out.ARNs, aws.ToString(arn))
		for _, e := range events {
			out.Events = append(out.Events, string(e))
		}
	}
	for _, c := range o.TopicConfigurations {
		add(c.TopicArn, c.Events)
	}
	for _, c := range o.QueueConfigurations {
		add(c.QueueArn, c.Events)
	}
	for _, c := range o.LambdaFunctionConfigurations {
		add(c.LambdaFunctionArn, c.Events)
	}
	return out
}

func replication(o *s3.GetBucketReplicationOutput) []snapshot.ReplicationRule {
	if o.ReplicationConfiguration == nil {
		return nil
	}
	var out []snapshot.ReplicationRule
	for _, r := range o.ReplicationConfiguration.Rules {
		rule := snapshot.ReplicationRule{
			ID: aws.ToString(r.ID), Status: string(r.Status), Role: aws.ToString(o.ReplicationConfiguration.Role),
			Priority: aws.ToInt32(r.Priority), WholeBucket: replicatesAll(r),
		}
		if d := r.Destination; d != nil {
			rule.Destination, rule.Account = aws.ToString(d.Bucket), aws.ToString(d.Account)
			if d.EncryptionConfiguration != nil {
				rule.ReplicaKey = aws.ToString(d.EncryptionConfiguration.ReplicaKmsKeyID)
			}
		}
		if c := r.SourceSelectionCriteria; c != nil && c.SseKmsEncryptedObjects != nil {
			rule.KMSObjects = string(c.SseKmsEncryptedObjects.Status)
		}
		if r.DeleteMarkerReplication != nil {
			rule.Deletions = string(r.DeleteMarkerReplication.Status)
		}
		out = append(out, rule)
	}
	return out
}

// replicatesAll says that a rule leaves no object out. Old configurations have Prefix in
// place of Filter. Source: S3 API Reference, ReplicationRule, ReplicationRuleFilter.
func replicatesAll(r types.ReplicationRule) bool {
	prefix := aws.ToString(r.Prefix) //nolint:staticcheck // deprecated, and still answered
	if f := r.Filter; f != nil {
		if f.And != nil && (aws.ToString(f.And.Prefix) != "" || len(f.And.Tags) > 0) || f.Tag != nil {
			return false
		}
		prefix += aws.ToString(f.Prefix)
	}
	return prefix == ""
}
