package main

import "fmt"

// roots names the root element of S3 answers that have no payload member. The
// models that botocore publishes leave it out. Source: Amazon S3 API Reference,
// "Response Syntax" of each operation.
var roots = map[string]string{
	"s3:GetBucketAccelerateConfiguration":   "AccelerateConfiguration",
	"s3:GetBucketAcl":                       "AccessControlPolicy",
	"s3:GetBucketCors":                      "CORSConfiguration",
	"s3:GetBucketLifecycleConfiguration":    "LifecycleConfiguration",
	"s3:GetBucketLocation":                  "LocationConstraint",
	"s3:GetBucketLogging":                   "BucketLoggingStatus",
	"s3:GetBucketNotificationConfiguration": "NotificationConfiguration",
	"s3:GetBucketRequestPayment":            "RequestPaymentConfiguration",
	"s3:GetBucketTagging":                   "Tagging",
	"s3:GetBucketVersioning":                "VersioningConfiguration",
	"s3:GetBucketWebsite":                   "WebsiteConfiguration",
	"s3:GetObjectAcl":                       "AccessControlPolicy",
	"s3:ListBucketAnalyticsConfigurations":  "ListBucketAnalyticsConfigurationResult",
	"s3:ListBucketInventoryConfigurations":  "ListInventoryConfigurationsResult",
	"s3:ListBuckets":                        "ListAllMyBucketsResult",
	"s3:ListDirectoryBuckets":               "ListAllMyDirectoryBucketsResult",
	"s3:ListMultipartUploads":               "ListMultipartUploadsResult",
	"s3:ListObjectVersions":                 "ListVersionsResult",
	"s3:ListObjectsV2":                      "ListBucketResult",
}

// root names the element that holds an operation's answer: the result wrapper
// of the query protocol, the root element of a rest-xml body.
func (src *source) root(pkg, name string, op botoOperation) (string, error) {
	if src.Metadata.Protocol != "rest-xml" || op.Output.Shape == "" {
		return op.Output.ResultWrapper, nil
	}
	if root, ok := roots[pkg+":"+name]; ok {
		return root, nil
	}
	out := src.Shapes[op.Output.Shape]
	if out.Payload == "" && pkg == "s3" && inBody(out) {
		return "", fmt.Errorf("operation %q: its root element must be given in roots.go", name)
	}
	for _, m := range out.Members {
		if m.Name == out.Payload && m.LocationName != "" {
			return m.LocationName, nil
		} else if m.Name == out.Payload {
			return m.Shape, nil
		}
	}
	return op.Output.Shape, nil
}

func inBody(sh botoShape) bool {
	for _, m := range sh.Members {
		if m.Location == "" {
			return true
		}
	}
	return false
}
