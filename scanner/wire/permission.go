package wire

import (
	"slices"
	"strings"
)

// actions are the IAM actions of operations that are not called as the operation is.
// Source: Service Authorization Reference, the pages of each service.
var actions = map[string]string{
	"accessanalyzer:ListAnalyzers":          "access-analyzer:ListAnalyzers",
	"accessanalyzer:ListArchiveRules":       "access-analyzer:ListArchiveRules",
	"accessanalyzer:ListFindingsV2":         "access-analyzer:ListFindings",
	"s3:ListBuckets":                        "s3:ListAllMyBuckets",
	"s3:ListDirectoryBuckets":               "s3express:ListAllMyDirectoryBuckets",
	"s3:HeadBucket":                         "s3:ListBucket",
	"s3:GetPublicAccessBlock":               "s3:GetBucketPublicAccessBlock",
	"s3:GetBucketEncryption":                "s3:GetEncryptionConfiguration",
	"s3:GetBucketLifecycleConfiguration":    "s3:GetLifecycleConfiguration",
	"s3:GetObjectLockConfiguration":         "s3:GetBucketObjectLockConfiguration",
	"s3:GetBucketNotificationConfiguration": "s3:GetBucketNotification",
	"s3:GetBucketReplication":               "s3:GetReplicationConfiguration",
	"s3control:GetPublicAccessBlock":        "s3:GetAccountPublicAccessBlock",
	"s3control:ListAccessPoints":            "s3:ListAccessPoints",
	"s3control:GetAccessPoint":              "s3:GetAccessPoint",

	"s3:ListObjectsV2":                                "s3:ListBucket",
	"s3:HeadObject":                                   "s3:GetObject",
	"s3:GetBucketCors":                                "s3:GetBucketCORS",
	"s3:GetBucketAccelerateConfiguration":             "s3:GetAccelerateConfiguration",
	"s3:ListBucketInventoryConfigurations":            "s3:GetInventoryConfiguration",
	"s3:ListBucketAnalyticsConfigurations":            "s3:GetAnalyticsConfiguration",
	"s3control:GetAccessPointPolicy":                  "s3:GetAccessPointPolicy",
	"s3control:GetAccessPointPolicyStatus":            "s3:GetAccessPointPolicyStatus",
	"s3control:ListMultiRegionAccessPoints":           "s3:ListMultiRegionAccessPoints",
	"s3control:GetMultiRegionAccessPointRoutes":       "s3:GetMultiRegionAccessPointRoutes",
	"s3control:ListAccessGrantsInstances":             "s3:ListAccessGrantsInstances",
	"s3control:ListAccessGrants":                      "s3:ListAccessGrants",
	"s3control:GetAccessGrantsInstanceResourcePolicy": "s3:GetAccessGrantsInstanceResourcePolicy",
	"s3control:ListJobs":                              "s3:ListJobs",
	"s3control:DescribeJob":                           "s3:DescribeJob",
}

// also are further actions that an operation needs for some of the resources that it is
// asked about: directory buckets have a prefix of their own.
var also = map[string][]string{"s3:GetBucketLifecycleConfiguration": {"s3express:GetLifecycleConfiguration"}}

// Sampling are the permitted operations that look at objects. What they need is a right to
// read the objects themselves, so it is to be given for named buckets only.
var Sampling = []string{"s3:GetObjectAcl", "s3:HeadObject"}

// Actions are the IAM actions that operations need, sorted, each once.
func Actions(operations []string) []string {
	var out []string
	for _, op := range operations {
		action, ok := actions[op]
		if !ok {
			action = op
		}
		out = append(out, action)
		out = append(out, also[op]...)
	}
	slices.SortFunc(out, func(a, b string) int { return strings.Compare(strings.ToLower(a), strings.ToLower(b)) })
	return slices.Compact(out)
}
