package wire

// s3Operations are S3's and S3 Control's. Source of the roots: their API references.
var s3Operations = map[string]Operation{
	"s3:ListBuckets":                 {Root: "ListAllMyBucketsResult", Global: true},
	"s3:ListDirectoryBuckets":        {Root: "ListAllMyDirectoryBucketsResult"},
	"s3:HeadBucket":                  {Bare: true, Global: true, PerResource: true},
	"s3:GetBucketLocation":           {Root: "LocationConstraint", MayLack: true, Global: true, PerResource: true},
	"s3:GetPublicAccessBlock":        {Root: "PublicAccessBlockConfiguration", MayLack: true, PerResource: true},
	"s3:GetBucketEncryption":         {Root: "ServerSideEncryptionConfiguration", PerResource: true},
	"s3:GetBucketVersioning":         {Root: "VersioningConfiguration", Also: "GetBucketVersioningResponse", MayLack: true, PerResource: true},
	"s3control:GetPublicAccessBlock": {Root: "PublicAccessBlockConfiguration", MayLack: true, Global: true},
}
