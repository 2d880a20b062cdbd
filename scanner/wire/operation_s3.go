package wire

// s3Operations are S3's and S3 Control's. Source of the roots: their API references.
var s3Operations = map[string]Operation{
	"s3:ListBuckets":                        {Root: "ListAllMyBucketsResult", Global: true},
	"s3:ListDirectoryBuckets":               {Root: "ListAllMyDirectoryBucketsResult"},
	"s3:HeadBucket":                         {Bare: true, Global: true, PerResource: true},
	"s3:GetBucketLocation":                  {Root: "LocationConstraint", MayLack: true, Global: true, PerResource: true},
	"s3:GetPublicAccessBlock":               {Root: "PublicAccessBlockConfiguration", MayLack: true, PerResource: true},
	"s3:GetBucketEncryption":                {Root: "ServerSideEncryptionConfiguration", PerResource: true},
	"s3:GetBucketVersioning":                {Root: "VersioningConfiguration", Also: "GetBucketVersioningResponse", MayLack: true, PerResource: true},
	"s3:GetBucketAcl":                       {Root: "AccessControlPolicy", PerResource: true},
	"s3:GetBucketOwnershipControls":         {Root: "OwnershipControls", PerResource: true},
	"s3:GetBucketPolicy":                    {Member: "Statement", PerResource: true},
	"s3:GetBucketPolicyStatus":              {Root: "PolicyStatus", PerResource: true},
	"s3:GetBucketTagging":                   {Root: "Tagging", PerResource: true},
	"s3:GetBucketLogging":                   {Root: "BucketLoggingStatus", MayLack: true, PerResource: true},
	"s3:GetBucketWebsite":                   {Root: "WebsiteConfiguration", PerResource: true},
	"s3:GetBucketLifecycleConfiguration":    {Root: "LifecycleConfiguration", PerResource: true},
	"s3:GetObjectLockConfiguration":         {Root: "ObjectLockConfiguration", PerResource: true},
	"s3:GetBucketNotificationConfiguration": {Root: "NotificationConfiguration", Also: "GetBucketNotificationResponse", MayLack: true, PerResource: true},
	"s3:GetBucketReplication":               {Root: "ReplicationConfiguration", PerResource: true},
	"s3control:GetPublicAccessBlock":        {Root: "PublicAccessBlockConfiguration", MayLack: true, Global: true},
	"s3control:ListAccessPoints":            {Root: "ListAccessPointsResult", Also: "ListAccessPointsResponse", Member: "AccessPointList"},
	"s3control:GetAccessPoint":              {Root: "GetAccessPointResult", Also: "GetAccessPointResponse", PerResource: true},
}
