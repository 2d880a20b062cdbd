package snapshot

import (
	"strings"
	"time"
)

// BucketEncryption holds the rules of a bucket's default encryption; none where AWS
// answers ServerSideEncryptionConfigurationNotFoundError.
// Source: S3 GetBucketEncryption, ServerSideEncryptionConfiguration.Rules.
type BucketEncryption struct {
	Rules []EncryptionRule
}

// EncryptionRule is one rule of a bucket's default encryption. It may set no algorithm
// and hold other settings alone.
type EncryptionRule struct {
	Algorithm        string   // ApplyServerSideEncryptionByDefault.SSEAlgorithm
	KMSMasterKeyID   string   // key id, key ARN, alias name or alias ARN; "" for AWS's own key
	BucketKeyEnabled bool     // absent: false
	Blocked          []string // BlockedEncryptionTypes.EncryptionType
}

// Default is the first rule that sets an algorithm.
func (e BucketEncryption) Default() (EncryptionRule, bool) {
	for _, r := range e.Rules {
		if r.Algorithm != "" {
			return r, true
		}
	}
	return EncryptionRule{}, false
}

// Blocks says that a rule refuses a type of encryption, such as SSE-C.
func (e BucketEncryption) Blocks(kind string) bool {
	for _, r := range e.Rules {
		for _, b := range r.Blocked {
			if b == kind {
				return true
			}
		}
	}
	return false
}

// Versioning is a bucket's versioning state. Source: S3 GetBucketVersioning.
type Versioning struct {
	Status    string // Enabled, Suspended, or "": never enabled
	MFADelete string // Enabled, Disabled, or "": never set
}

// BucketACL is a bucket's access control list. Source: S3 GetBucketAcl.
type BucketACL struct {
	Owner  string // canonical user id
	Grants []BucketGrant
}

// BucketGrant is one grant of an ACL.
type BucketGrant struct {
	Type       string // Grantee.Type: CanonicalUser, Group or AmazonCustomerByEmail
	Group      string // Grantee.URI of a group
	Canonical  string // Grantee.ID of a canonical user
	Permission string // READ, WRITE, READ_ACP, WRITE_ACP or FULL_CONTROL
}

// BucketLogging is where a bucket's server access logs go; no TargetBucket: nowhere.
// Source: S3 GetBucketLogging, LoggingEnabled.
type BucketLogging struct {
	TargetBucket, TargetPrefix string
}

// Website is a bucket's website configuration; all is zero where AWS answers
// NoSuchWebsiteConfiguration. Source: S3 GetBucketWebsite.
type Website struct {
	Configured  bool
	Index       string // IndexDocument.Suffix
	Error       string // ErrorDocument.Key
	RedirectAll string // RedirectAllRequestsTo.HostName
	Rules       int    // RoutingRules
}

// RedirectBucket is the bucket that every request is redirected to, where the host name is
// one of S3's: BUCKET.s3-website.REGION…, BUCKET.s3-website-REGION…, BUCKET.s3.REGION… or
// BUCKET.s3.amazonaws.com; else "".
// Source: Amazon S3 User Guide, "Website endpoints", "Methods for accessing a bucket".
func (w Website) RedirectBucket() string {
	host := strings.ToLower(w.RedirectAll)
	if !strings.HasSuffix(host, ".amazonaws.com") && !strings.HasSuffix(host, ".amazonaws.com.cn") {
		return ""
	}
	for _, mark := range []string{".s3-website.", ".s3-website-", ".s3.", ".s3-"} {
		if i := strings.LastIndex(host, mark); i > 0 {
			return host[:i]
		}
	}
	return ""
}

// LifecycleRule is one rule of a bucket's lifecycle; there are none where AWS answers
// NoSuchLifecycleConfiguration. Source: S3 GetBucketLifecycleConfiguration.
type LifecycleRule struct {
	ID                    string
	Status                string // Enabled or Disabled
	WholeBucket           bool   // Filter and Prefix absent or empty
	Filter                string // what the rule is limited to, in words; "" for nothing
	ExpirationDays        int32  // Expiration.Days; 0: absent
	ExpirationDate        time.Time
	NoncurrentExpiration  bool  // NoncurrentVersionExpiration is there
	NoncurrentDays        int32 // its NoncurrentDays; 0: absent
	NewerNoncurrent       int32 // its NewerNoncurrentVersions; 0: absent
	NoncurrentTransitions int   // NoncurrentVersionTransitions
	AbortDays             int32 // AbortIncompleteMultipartUpload.DaysAfterInitiation; 0: absent
}

// Enabled says that the rule is at work.
func (r LifecycleRule) Enabled() bool { return r.Status == "Enabled" }

// ObjectLock is a bucket's Object Lock; all is zero where AWS answers
// ObjectLockConfigurationNotFoundError. Source: S3 GetObjectLockConfiguration.
type ObjectLock struct {
	Enabled     string // ObjectLockEnabled: Enabled or ""
	Mode        string // Rule.DefaultRetention.Mode: COMPLIANCE, GOVERNANCE or "": no default
	Days, Years int32  // of Rule.DefaultRetention: one of the two
}

// Notifications are a bucket's event notifications.
// Source: S3 GetBucketNotificationConfiguration.
type Notifications struct {
	EventBridge  bool     // EventBridgeConfiguration is there: every event
	Destinations int      // topics, queues and functions
	Events       []string // the Events of all of these
	ARNs         []string // TopicArn, QueueArn and LambdaFunctionArn
}

// CORSRule is one rule of a bucket's CORS; there are none where AWS answers
// NoSuchCORSConfiguration. Source: S3 GetBucketCors.
type CORSRule struct {
	ID                        string
	Origins, Methods, Headers []string // AllowedOrigins, AllowedMethods, AllowedHeaders
}

// Acceleration is a bucket's transfer acceleration.
// Source: S3 GetBucketAccelerateConfiguration.
type Acceleration struct {
	Status      string // Enabled, Suspended, or "": never enabled
	Unavailable string // the code by which AWS says that the bucket cannot have it; "" for none
}

// BucketExport is a report about a bucket that S3 writes into another: an inventory, or an
// analysis that is exported.
type BucketExport struct {
	ID      string
	Enabled bool   // IsEnabled; an analysis always is
	Bucket  string // of the destination, its name
	Account string // AccountId or BucketAccountId of the destination; "" where it was not given
}

// ReplicationRule is one rule of a bucket's replication; there are none where AWS answers
// ReplicationConfigurationNotFoundError. Source: S3 GetBucketReplication.
type ReplicationRule struct {
	ID          string
	Status      string // Enabled or Disabled
	Destination string // Destination.Bucket, an ARN
	Account     string // Destination.Account: set only where the destination's owner is to own the copies
	Role        string // of the whole configuration
	Priority    int32
	WholeBucket bool   // Filter and Prefix absent or empty
	KMSObjects  string // SourceSelectionCriteria.SseKmsEncryptedObjects.Status
	ReplicaKey  string // Destination.EncryptionConfiguration.ReplicaKmsKeyID
	Deletions   string // DeleteMarkerReplication.Status
}

// Enabled says that the rule is at work.
func (r ReplicationRule) Enabled() bool { return r.Status == "Enabled" }

// DestinationName is the name of the bucket that the rule copies to.
func (r ReplicationRule) DestinationName() string {
	return r.Destination[strings.LastIndexByte(r.Destination, ':')+1:]
}

// BucketOfARN is the name of the bucket that an ARN of S3 names, "" where it names
// something else: an access point's ARN has a Region and an account.
func BucketOfARN(arn string) string {
	name := arnPart(arn, 5)
	if arnPart(arn, 2) != "s3" || arnPart(arn, 4) != "" {
		return ""
	}
	name, _, _ = strings.Cut(name, "/")
	return name
}
