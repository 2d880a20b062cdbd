package ssm

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"onus/scanner/collect"
	"onus/scanner/snapshot"
)

// most is how many nodes one call about patch states takes. Source: SSM API Reference,
// DescribeInstancePatchStates, InstanceIds.
const most = 50

// nodes lists the managed nodes and then asks for the patch states of those that are EC2
// instances, as many at once as the call takes.
func nodes(ctx context.Context, in collect.Scope, api API) []snapshot.ManagedNode {
	pages := ssm.NewDescribeInstanceInformationPaginator(api, &ssm.DescribeInstanceInformationInput{MaxResults: aws.Int32(50)})
	all := collect.List(ctx, in, listNodes, pages, func(at snapshot.Meta, page *ssm.DescribeInstanceInformationOutput) []snapshot.ManagedNode {
		out := make([]snapshot.ManagedNode, 0, len(page.InstanceInformationList))
		for _, i := range page.InstanceInformationList {
			out = append(out, node(at, i))
		}
		return out
	})
	var ask []*snapshot.ManagedNode
	for i := range all {
		if all[i].Instance() != "" {
			ask = append(ask, &all[i])
		}
	}
	// One order, so that the same nodes come together in every scan.
	slices.SortFunc(ask, func(a, b *snapshot.ManagedNode) int { return cmp.Compare(a.ID, b.ID) })
	batches := slices.Collect(slices.Chunk(ask, most))
	in.Each(ctx, len(batches), func(i int) { patches(ctx, in, api, batches[i]) })
	if len(ask) == 0 {
		settle(in, listNodes, askPatches)
	}
	return all
}

func node(at snapshot.Meta, i types.InstanceInformation) snapshot.ManagedNode {
	id := aws.ToString(i.InstanceId)
	at.Name = cmp.Or(aws.ToString(i.Name), id)
	at.ARN = arn(at, "ssm", "managed-instance/"+id)
	if strings.HasPrefix(id, "i-") {
		at.ARN = arn(at, "ec2", "instance/"+id)
	}
	return snapshot.ManagedNode{
		Meta: at, ID: id, Source: aws.ToString(i.SourceId), ResourceType: string(i.ResourceType), Ping: string(i.PingStatus), LastPing: aws.ToTime(i.LastPingDateTime),
		Platform: aws.ToString(i.PlatformName), Version: aws.ToString(i.PlatformVersion), Agent: aws.ToString(i.AgentVersion), Latest: i.IsLatestVersion,
	}
}

// patches asks for the states of some nodes at once. One that the answer leaves out was
// never scanned.
func patches(ctx context.Context, in collect.Scope, api API, some []*snapshot.ManagedNode) {
	ids := make([]string, 0, len(some))
	for _, n := range some {
		ids = append(ids, n.ID)
	}
	pages := ssm.NewDescribeInstancePatchStatesPaginator(api, &ssm.DescribeInstancePatchStatesInput{InstanceIds: ids})
	read := collect.AskAll(ctx, in, askPatches, pages, func(p *ssm.DescribeInstancePatchStatesOutput) *string { return p.NextToken },
		func(p *ssm.DescribeInstancePatchStatesOutput) []types.InstancePatchState {
			return p.InstancePatchStates
		})
	states, err := read.Get()
	for _, n := range some {
		i := slices.IndexFunc(states, func(s types.InstancePatchState) bool { return aws.ToString(s.InstanceId) == n.ID })
		switch {
		case err != nil:
			n.Patches = snapshot.Missing[snapshot.PatchState](err, read.Calls()...)
		case i < 0:
			n.Patches = snapshot.Missing[snapshot.PatchState](snapshot.ErrAbsent, read.Calls()...)
		default:
			n.Patches = snapshot.Value(patchState(states[i]), read.Calls()...)
		}
	}
}

func patchState(s types.InstancePatchState) snapshot.PatchState {
	return snapshot.PatchState{
		Baseline: aws.ToString(s.BaselineId), Group: aws.ToString(s.PatchGroup), Operation: string(s.Operation), Ended: aws.ToTime(s.OperationEndTime),
		Missing: s.MissingCount, Failed: s.FailedCount, PendingReboot: s.InstalledPendingRebootCount, Rejected: s.InstalledRejectedCount,
		Critical: s.CriticalNonCompliantCount, Security: s.SecurityNonCompliantCount, OtherFails: s.OtherNonCompliantCount,
	}
}

func summaries(ctx context.Context, in collect.Scope, api API) []snapshot.ComplianceSummary {
	pages := ssm.NewListResourceComplianceSummariesPaginator(api, &ssm.ListResourceComplianceSummariesInput{MaxResults: aws.Int32(50)})
	return collect.List(ctx, in, listSummaries, pages, func(at snapshot.Meta, page *ssm.ListResourceComplianceSummariesOutput) []snapshot.ComplianceSummary {
		out := make([]snapshot.ComplianceSummary, 0, len(page.ResourceComplianceSummaryItems))
		for _, s := range page.ResourceComplianceSummaryItems {
			out = append(out, summary(at, s))
		}
		return out
	})
}

func summary(at snapshot.Meta, s types.ResourceComplianceSummaryItem) snapshot.ComplianceSummary {
	at.Name = aws.ToString(s.ResourceId)
	out := snapshot.ComplianceSummary{Meta: at, Node: at.Name, Type: aws.ToString(s.ComplianceType), Status: string(s.Status), Severity: string(s.OverallSeverity)}
	if s.NonCompliantSummary != nil {
		out.Broken = s.NonCompliantSummary.NonCompliantCount
	}
	return out
}
