package ec2

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"onus/scanner/snapshot"
)

// flowLogs lists the flow logs of the account, whatever they are about.
func flowLogs(ctx context.Context, in *reader) []snapshot.FlowLog {
	pages := ec2.NewDescribeFlowLogsPaginator(in.api, &ec2.DescribeFlowLogsInput{MaxResults: aws.Int32(1000)})
	return list(ctx, in, "ec2:DescribeFlowLogs", pages, func(at snapshot.Meta, page *ec2.DescribeFlowLogsOutput) []snapshot.FlowLog {
		return each(page.FlowLogs, func(f types.FlowLog) snapshot.FlowLog { return flowLog(at, f) })
	})
}

func flowLog(at snapshot.Meta, f types.FlowLog) snapshot.FlowLog {
	id := aws.ToString(f.FlowLogId)
	return snapshot.FlowLog{
		Meta: named(at, arn(at, nil, "vpc-flow-log", id), "", f.Tags), ID: id, Resource: aws.ToString(f.ResourceId),
		Status: aws.ToString(f.FlowLogStatus), Delivery: aws.ToString(f.DeliverLogsStatus), DeliveryError: aws.ToString(f.DeliverLogsErrorMessage),
		Traffic: string(f.TrafficType), Destination: aws.ToString(f.LogDestination), DestinationType: string(f.LogDestinationType),
		LogGroup: aws.ToString(f.LogGroupName), Format: aws.ToString(f.LogFormat), Interval: f.MaxAggregationInterval,
	}
}

func mirrorSessions(ctx context.Context, in *reader) []snapshot.MirrorSession {
	pages := ec2.NewDescribeTrafficMirrorSessionsPaginator(in.api, &ec2.DescribeTrafficMirrorSessionsInput{MaxResults: aws.Int32(1000)})
	return list(ctx, in, "ec2:DescribeTrafficMirrorSessions", pages, func(at snapshot.Meta, page *ec2.DescribeTrafficMirrorSessionsOutput) []snapshot.MirrorSession {
		return each(page.TrafficMirrorSessions, func(s types.TrafficMirrorSession) snapshot.MirrorSession {
			id := aws.ToString(s.TrafficMirrorSessionId)
			own := arn(at, s.OwnerId, "traffic-mirror-session", id)
			return snapshot.MirrorSession{
				Meta: named(at, own, "", s.Tags), ID: id, Owner: snapshot.AccountOf(own),
				Interface: aws.ToString(s.NetworkInterfaceId), Target: aws.ToString(s.TrafficMirrorTargetId),
			}
		})
	})
}

func mirrorFilters(ctx context.Context, in *reader) []snapshot.MirrorFilter {
	pages := ec2.NewDescribeTrafficMirrorFiltersPaginator(in.api, &ec2.DescribeTrafficMirrorFiltersInput{MaxResults: aws.Int32(1000)})
	return list(ctx, in, "ec2:DescribeTrafficMirrorFilters", pages, func(at snapshot.Meta, page *ec2.DescribeTrafficMirrorFiltersOutput) []snapshot.MirrorFilter {
		return each(page.TrafficMirrorFilters, func(f types.TrafficMirrorFilter) snapshot.MirrorFilter {
			id := aws.ToString(f.TrafficMirrorFilterId)
			return snapshot.MirrorFilter{Meta: named(at, arn(at, nil, "traffic-mirror-filter", id), "", f.Tags), ID: id}
		})
	})
}

// mirrorTargets lists the targets, those that other accounts share too.
func mirrorTargets(ctx context.Context, in *reader) []snapshot.MirrorTarget {
	pages := ec2.NewDescribeTrafficMirrorTargetsPaginator(in.api, &ec2.DescribeTrafficMirrorTargetsInput{MaxResults: aws.Int32(1000)})
	return list(ctx, in, "ec2:DescribeTrafficMirrorTargets", pages, func(at snapshot.Meta, page *ec2.DescribeTrafficMirrorTargetsOutput) []snapshot.MirrorTarget {
		return each(page.TrafficMirrorTargets, func(t types.TrafficMirrorTarget) snapshot.MirrorTarget { return mirrorTarget(at, t) })
	})
}

// mirrorTarget keeps an absent owner absent: whose target it is decides.
func mirrorTarget(at snapshot.Meta, t types.TrafficMirrorTarget) snapshot.MirrorTarget {
	id := aws.ToString(t.TrafficMirrorTargetId)
	out := snapshot.MirrorTarget{Meta: named(at, arn(at, t.OwnerId, "traffic-mirror-target", id), "", t.Tags), ID: id, Owner: aws.ToString(t.OwnerId)}
	for _, to := range []*string{t.NetworkInterfaceId, t.NetworkLoadBalancerArn, t.GatewayLoadBalancerEndpointId} {
		if to != nil {
			out.To = *to
		}
	}
	return out
}
