package acme

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// Partner is an account that Acme works with and that is not of its organization.
const Partner = "444455556666"

// PartnerBucket belongs to the partner and lies in us-west-2. Nobody else may read it.
const PartnerBucket = "partner-images"

// settings is what can be asked of a bucket beside what the type bucket holds. The zero
// value is a bucket on which nothing was ever set.
type settings struct {
	ownership types.ObjectOwnership // "": the question is answered with "not found"
	public    bool                  // its ACL lets everybody read
	policy    []string              // statements
	isPublic  bool                  // what AWS says of the policy
	tags      map[string]string
	logsTo    string
	website   bool
	lifecycle []types.LifecycleRule
	lock      *types.DefaultRetention // Object Lock is on with this default
	events    bool                    // to EventBridge
	copiesTo  string                  // replication
}

// Statements of bucket policies. BUCKET stands for the bucket's name.
const (
	tlsOnly = `{"Sid":"TLSOnly","Effect":"Deny","Principal":"*","Action":"s3:*","Resource":["arn:aws:s3:::BUCKET","arn:aws:s3:::BUCKET/*"],` +
		`"Condition":{"Bool":{"aws:SecureTransport":"false"}}}`
	tlsVersion = `{"Sid":"NewTLSOnly","Effect":"Deny","Principal":"*","Action":"s3:*","Resource":["arn:aws:s3:::BUCKET","arn:aws:s3:::BUCKET/*"],` +
		`"Condition":{"NumericLessThan":{"s3:TlsVersion":"1.2"}}}`
	tlsForReads = `{"Sid":"TLSForReads","Effect":"Deny","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::BUCKET/*",` +
		`"Condition":{"Bool":{"aws:SecureTransport":"false"}}}`
	everybodyReads = `{"Sid":"Website","Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::BUCKET/*"}`
	partnerAll     = `{"Sid":"Partner","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::` + Partner + `:root"},"Action":"s3:*",` +
		`"Resource":["arn:aws:s3:::BUCKET","arn:aws:s3:::BUCKET/*"]}`
	membersRead = `{"Sid":"Members","Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::BUCKET/*",` +
		`"Condition":{"StringEquals":{"aws:PrincipalOrgID":"ORGANIZATION"}}}`
	logDelivery = `{"Sid":"AccessLogs","Effect":"Allow","Principal":{"Service":"logging.s3.amazonaws.com"},"Action":"s3:PutObject",` +
		`"Resource":"arn:aws:s3:::BUCKET/*","Condition":{"StringEquals":{"aws:SourceAccount":"` + Account + `"}}}`
	cloudFront = `{"Sid":"CloudFront","Effect":"Allow","Principal":{"Service":"cloudfront.amazonaws.com"},"Action":"s3:GetObject",` +
		`"Resource":"arn:aws:s3:::BUCKET/*","Condition":{"StringEquals":{"AWS:SourceArn":"arn:aws:cloudfront::` + Account + `:distribution/E1ACME2IMAGES3"}}}`
	noCustomerKeys = `{"Sid":"NoCustomerKeys","Effect":"Deny","Principal":"*","Action":"s3:PutObject","Resource":"arn:aws:s3:::BUCKET/*",` +
		`"Condition":{"Null":{"s3:x-amz-server-side-encryption-customer-algorithm":"false"}}}`
	onlyKMS = `{"Sid":"OnlyKMS","Effect":"Deny","Principal":"*","Action":"s3:PutObject","Resource":"arn:aws:s3:::BUCKET/*",` +
		`"Condition":{"StringNotEquals":{"s3:x-amz-server-side-encryption":["aws:kms","aws:kms:dsse"]},"Null":{"s3:x-amz-server-side-encryption":"false"}}}`
	ownKeys = `{"Sid":"OwnKeys","Effect":"Deny","Principal":"*","Action":"s3:PutObject","Resource":"arn:aws:s3:::BUCKET/*",` +
		`"Condition":{"ArnNotLike":{"s3:x-amz-server-side-encryption-aws-kms-key-id":"arn:aws:kms:*:` + Account + `:key/*"},"Null":{"s3:x-amz-server-side-encryption-aws-kms-key-id":"false"}}}`
)

// settingsOf are the buckets' settings by name.
func settingsOf() map[string]settings {
	const owned, preferred = types.ObjectOwnershipBucketOwnerEnforced, types.ObjectOwnershipBucketOwnerPreferred
	team := func(name string) map[string]string { return map[string]string{"team": name} }
	expire := []types.LifecycleRule{expires(90)}
	return map[string]settings{
		"acme-archive-2019": {public: true},
		"acme-audit-logs-prod": {ownership: owned, policy: []string{tlsOnly, tlsVersion, logDelivery, noCustomerKeys}, tags: team("security"),
			lifecycle: expire, lock: &types.DefaultRetention{Mode: types.ObjectLockRetentionModeCompliance, Days: aws.Int32(365)}},
		"acme-backups-prod": {ownership: owned, policy: []string{tlsOnly}, tags: team("platform"), lifecycle: expire,
			lock: &types.DefaultRetention{Mode: types.ObjectLockRetentionModeGovernance, Days: aws.Int32(14)}},
		"acme-build-artifacts": {policy: []string{tlsForReads, partnerAll}, tags: team("platform"), lifecycle: []types.LifecycleRule{switchedOff(expires(30))}},
		"acme-customer-exports-prod": {ownership: owned, policy: []string{tlsOnly, membersRead}, tags: team("data"), logsTo: "acme-audit-logs-prod",
			lifecycle: expire, events: true},
		"acme-data-science-sandbox": {ownership: preferred},
		"acme-invoices-prod": {ownership: owned, policy: []string{tlsOnly, tlsVersion, noCustomerKeys, onlyKMS}, tags: team("finance"), logsTo: "acme-audit-logs-prod",
			lifecycle: expire, events: true, copiesTo: "acme-backups-prod"},
		"acme-invoices-staging": {ownership: owned},
		Denied: {ownership: owned, policy: []string{tlsOnly}, tags: team("legal"), logsTo: "acme-audit-logs-prod",
			lock: &types.DefaultRetention{Mode: types.ObjectLockRetentionModeCompliance, Years: aws.Int32(7)}},
		"acme-product-images-prod": {ownership: owned, policy: []string{tlsOnly, cloudFront}, tags: team("shop"), logsTo: "acme-audit-logs-prod",
			copiesTo: PartnerBucket},
		"acme-terraform-state": {ownership: owned, policy: []string{tlsOnly, ownKeys}, tags: team("platform"), logsTo: "acme-audit-logs-prod"},
		"acme-website-prod":    {ownership: owned, policy: []string{everybodyReads}, isPublic: true, tags: team("shop"), website: true},
	}
}

// expires is a rule over a whole bucket that also ends old versions.
func expires(days int32) types.LifecycleRule {
	return types.LifecycleRule{ID: aws.String("expire"), Status: types.ExpirationStatusEnabled, Filter: &types.LifecycleRuleFilter{Prefix: aws.String("")},
		NoncurrentVersionExpiration:    &types.NoncurrentVersionExpiration{NoncurrentDays: aws.Int32(days)},
		AbortIncompleteMultipartUpload: &types.AbortIncompleteMultipartUpload{DaysAfterInitiation: aws.Int32(7)}}
}

func switchedOff(r types.LifecycleRule) types.LifecycleRule {
	r.Status = types.ExpirationStatusDisabled
	return r
}

// document is the bucket's policy; "" where it has none.
func (s settings) document(bucket, organization string) string {
	if len(s.policy) == 0 {
		return ""
	}
	text := `{"Version":"2012-10-17","Statement":[` + strings.Join(s.policy, ",") + `]}`
	return strings.NewReplacer("BUCKET", bucket, "ORGANIZATION", organization).Replace(text)
}
