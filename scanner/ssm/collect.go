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

// whole says that a list was read to its end.
func whole(in collect.Scope, list string) bool {
	for _, l := range in.Calls.Coverage() {
		if l.Operation == list && l.Location == in.Location {
			return l.Status == snapshot.OK
		}
	}
	return false
}

// settle closes the book on calls about single resources where the whole list names none.
func settle(in collect.Scope, list string, ops ...string) {
	for _, op := range ops {
		if in.Wants(op) && whole(in, list) {
			in.Calls.Settle(op, in.Location)
		}
	}
}

// arn builds the ARN of a resource for which the answer has none.
// Source: Service Authorization Reference, "Resource types defined by AWS Systems Manager".
func arn(at snapshot.Meta, service, resource string) string {
	return "arn:" + at.Partition + ":" + service + ":" + at.Region + ":" + at.Account + ":" + resource
}
