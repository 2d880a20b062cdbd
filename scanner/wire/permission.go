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
}

// Actions are the IAM actions that operations need, sorted, each once.
func Actions(operations []string) []string {
	var out []string
	for _, op := range operations {
		action, ok := actions[op]
		if !ok {
			action = op
		}
		out = append(out, action)
	}
	slices.SortFunc(out, func(a, b string) int { return strings.Compare(strings.ToLower(a), strings.ToLower(b)) })
	return slices.Compact(out)
}
