package wire

// s3Operations are S3's and S3 Control's. Source of the roots: their API references.
var s3Operations = map[string]Operation{
	"s3:ListBuckets":                                  {Root: "ListAllMyBucketsResult", Global: true},
	"s3:ListDirectoryBuckets":                         {Root: "ListAllMyDirectoryBucketsResult"},
	"s3:HeadBucket":                                   {Bare: true, Global: true, PerResource: true},
	"s3:GetBucketLocation":                            {Root: "LocationConstraint", MayLack: true, Global: true, PerResource: true},
	"s3:GetPublicAccessBlock":                         {Root: "PublicAccessBlockConfiguration", MayLack: true, PerResource: true},
	"s3:GetBucketEncryption":                          {Root: "ServerSideEncryptionConfiguration", PerResource: true},
	"s3:GetBucketVersioning":                          {Root: "VersioningConfiguration", Also: "GetBucketVersioningResponse", MayLack: true, PerResource: true},
	"s3:GetBucketAcl":                                 {Root: "AccessControlPolicy", PerResource: true},
	"s3:GetBucketOwnershipControls":                   {Root: "OwnershipControls", PerResource: true},
	"s3:GetBucketPolicy":                              {Member: "Statement", PerResource: true},
	"s3:GetBucketPolicyStatus":                        {Root: "PolicyStatus", PerResource: true},
	"s3:GetBucketTagging":                             {Root: "Tagging", PerResource: true},
	"s3:GetBucketLogging":                             {Root: "BucketLoggingStatus", MayLack: true, PerResource: true},
	"s3:GetBucketWebsite":                             {Root: "WebsiteConfiguration", PerResource: true},
	"s3:GetBucketLifecycleConfiguration":              {Root: "LifecycleConfiguration", PerResource: true},
	"s3:GetObjectLockConfiguration":                   {Root: "ObjectLockConfiguration", PerResource: true},
	"s3:GetBucketNotificationConfiguration":           {Root: "NotificationConfiguration", Also: "GetBucketNotificationResponse", MayLack: true, PerResource: true},
	"s3:GetBucketReplication":                         {Root: "ReplicationConfiguration", PerResource: true},
	"s3:GetBucketCors":                                {Root: "CORSConfiguration", PerResource: true},
	"s3:GetBucketAccelerateConfiguration":             {Root: "AccelerateConfiguration", MayLack: true, PerResource: true},
	"s3:ListBucketInventoryConfigurations":            {Root: "ListInventoryConfigurationsResult", Member: "IsTruncated", PerResource: true},
	"s3:ListBucketAnalyticsConfigurations":            {Root: "ListBucketAnalyticsConfigurationResult", Also: "ListBucketAnalyticsConfigurationsResult", Member: "IsTruncated", PerResource: true},
	"s3control:GetAccessPointPolicy":                  {Root: "GetAccessPointPolicyResult", Also: "GetAccessPointPolicyResponse", Member: "Policy", PerResource: true},
	"s3control:GetAccessPointPolicyStatus":            {Root: "GetAccessPointPolicyStatusResult", Also: "GetAccessPointPolicyStatusResponse", Member: "PolicyStatus", PerResource: true},
	"s3control:ListMultiRegionAccessPoints":           {Root: "ListMultiRegionAccessPointsResult", Also: "ListMultiRegionAccessPointsResponse", Member: "AccessPoints", Global: true},
	"s3control:GetMultiRegionAccessPointRoutes":       {Root: "GetMultiRegionAccessPointRoutesResult", Also: "GetMultiRegionAccessPointRoutesResponse", Member: "Routes", Global: true, PerResource: true},
	"s3control:ListAccessGrantsInstances":             {Root: "ListAccessGrantsInstancesResult", Also: "ListAccessGrantsInstancesResponse", Member: "AccessGrantsInstancesList"},
	"s3control:ListAccessGrants":                      {Root: "ListAccessGrantsResult", Also: "ListAccessGrantsResponse", Member: "AccessGrantsList", PerResource: true},
	"s3control:GetAccessGrantsInstanceResourcePolicy": {Root: "GetAccessGrantsInstanceResourcePolicyResult", Also: "GetAccessGrantsInstanceResourcePolicyResponse", Member: "Policy", PerResource: true},
	"s3control:ListJobs":                              {Root: "ListJobsResult", Also: "ListJobsResponse", Member: "Jobs"},
	"s3control:DescribeJob":                           {Root: "DescribeJobResult", Also: "DescribeJobResponse", Member: "Job", PerResource: true},
	"s3:ListObjectsV2":                                {Root: "ListBucketResult", Member: "IsTruncated", PerResource: true},
	"s3:GetObjectAcl":                                 {Root: "AccessControlPolicy", PerResource: true},
	"s3:HeadObject":                                   {Bare: true, PerResource: true, Headers: headObject},
	"s3control:GetPublicAccessBlock":                  {Root: "PublicAccessBlockConfiguration", MayLack: true, Global: true},
	"s3control:ListAccessPoints":                      {Root: "ListAccessPointsResult", Also: "ListAccessPointsResponse", Member: "AccessPointList"},
	"s3control:GetAccessPoint":                        {Root: "GetAccessPointResult", Also: "GetAccessPointResponse", PerResource: true},
}

// headObject is what HeadObject says of an object's encryption. Metadata passes the
// redactor, which leaves its names, and the names of algorithms.
// Source: S3 API Reference, HeadObject, response headers.
var headObject = []string{"X-Amz-Meta-*", "X-Amz-Missing-Meta", "X-Amz-Server-Side-Encryption", "X-Amz-Server-Side-Encryption-Aws-Kms-Key-Id",
	"X-Amz-Server-Side-Encryption-Customer-Algorithm", "X-Amz-Delete-Marker"}
