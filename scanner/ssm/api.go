// Package ssm reads Systems Manager: managed instances, their patch and association compliance, and documents.
// It asks and maps; it leaves clients to scanner and judgement to checks.
//
// What a document says never gets here: the transport has put a marker in its place. A text
// that is no marker is a fault of the transport, and is not read.
package ssm

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/ssm"
)

// API is every call that this collector makes.
type API interface {
	settingsAPI
	ssm.DescribeInstanceInformationAPIClient
	ssm.DescribeInstancePatchStatesAPIClient
	ssm.ListResourceComplianceSummariesAPIClient
	ssm.ListDocumentsAPIClient
	DescribeDocumentPermission(context.Context, *ssm.DescribeDocumentPermissionInput, ...func(*ssm.Options)) (*ssm.DescribeDocumentPermissionOutput, error)
	GetDocument(context.Context, *ssm.GetDocumentInput, ...func(*ssm.Options)) (*ssm.GetDocumentOutput, error)
}
