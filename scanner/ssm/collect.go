package ssm

import (
	"context"

	"onus/scanner/collect"
	"onus/scanner/snapshot"
)

const (
	listNodes      = "ssm:DescribeInstanceInformation"
	askPatches     = "ssm:DescribeInstancePatchStates"
	listSummaries  = "ssm:ListResourceComplianceSummaries"
	listDocuments  = "ssm:ListDocuments"
	askPermissions = "ssm:DescribeDocumentPermission"
	askContent     = "ssm:GetDocument"
)

// Collect reads what the chosen checks want of one Region.
func Collect(ctx context.Context, in collect.Scope, api API) (out snapshot.SSM) {
	out.Settings = settings(ctx, in, api, settingIDs)
	out.Nodes = nodes(ctx, in, api)
	out.Summaries = summaries(ctx, in, api)
	out.Documents = documents(ctx, in, api)
	return out
}

// settle closes the book on calls about single resources where the whole list names none.
func settle(in collect.Scope, list string, ops ...string) {
	if in.Unlisted(list) == nil {
		in.Settle(ops...)
	}
}

// arn builds the ARN of a resource for which the answer has none.
// Source: Service Authorization Reference, "Resource types defined by AWS Systems Manager".
func arn(at snapshot.Meta, service, resource string) string {
	return "arn:" + at.Partition + ":" + service + ":" + at.Region + ":" + at.Account + ":" + resource
}
