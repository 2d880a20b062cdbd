package regions

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/networks"
	"onus/scanner/snapshot"
)

// LinksInAllowedRegions passes when both ends of a peering, and the service behind an
// endpoint, lie in Regions that the policy allows. A path is not a flow: it says that data
// can cross. Each side lists a peering, and it is judged once.
// Source: EC2 DescribeVpcPeeringConnections and DescribeTransitGatewayPeeringAttachments,
// Region of both sides; DescribeVpcEndpoints, ServiceRegion.
var LinksInAllowedRegions = checks.Check{
	ID:          "vpc-links-stay-in-jurisdiction",
	Title:       "Peerings and private links do not join networks across the border",
	Severity:    checks.Medium,
	Category:    checks.Regions,
	Duty:        checks.RegionChoice,
	ServiceKind: checks.Infrastructure,
	Tier:        3,
	Reads:       []string{"ec2:DescribeVpcPeeringConnections", "ec2:DescribeTransitGatewayPeeringAttachments", "ec2:DescribeVpcEndpoints"},
	Parameters:  checks.Parameters{"allowed_regions": []string{}},
	Remedy:      "Delete the link, or add the Region to the policy.",
	Fix: checks.Fix{
		Threat: "Data can leave the jurisdiction by a private way that no gateway and no firewall sees. Nobody decided that it may.",
		CLI: `aws ec2 delete-vpc-peering-connection --vpc-peering-connection-id {id} --region {region}
aws ec2 delete-transit-gateway-peering-attachment --transit-gateway-attachment-id {id} --region {region}
aws ec2 delete-vpc-endpoints --vpc-endpoint-ids {id} --region {region}`,
		Terraform: `# Remove the aws_vpc_peering_connection, aws_ec2_transit_gateway_peering_attachment or aws_vpc_endpoint of this link.`,
		Cost:      "What uses the link stops at once. Use the command of its kind.",
	},
	Judges: checks.For(onePeering, peeringInAllowedRegions).
		And(checks.For(oneTransitPeering, transitPeeringInAllowedRegions)).
		And(checks.For(snapshot.VPCEndpoints, endpointInAllowedRegions)),
}

// onePeering and oneTransitPeering are the peerings by their ids, each once.
var (
	onePeering = onceByID(snapshot.VPCPeerings)

	oneTransitPeering = onceByID(snapshot.TransitPeerings)
)

// onceByID leaves the first of the resources with one key, in the order of their Regions.
func onceByID[T any](k snapshot.Kind[T]) snapshot.Kind[T] {
	all := k.All
	k.All = func(a *snapshot.Account) []T {
		list := slices.Clone(all(a))
		slices.SortStableFunc(list, func(x, y T) int { return cmp.Compare(k.Meta(x).Region, k.Meta(y).Region) })
		seen := map[string]bool{}
		return slices.DeleteFunc(list, func(v T) bool {
			was := seen[k.Key(v)]
			seen[k.Key(v)] = true
			return was
		})
	}
	return k
}

func peeringInAllowedRegions(p snapshot.VPCPeering, env checks.Env) checks.Verdict {
	allowed := env.Strings("allowed_regions")
	switch {
	case len(allowed) == 0:
		return noChoice()
	case p.Status == "pending-acceptance":
		return checks.DoesNotApply("the peering of %s and %s waits for acceptance, and is no link yet", p.Requester.Region, p.Accepter.Region).With("Status", p.Status)
	case p.Status != "active":
		return checks.DoesNotApply("the peering is %q", p.Status).With("Status", p.Status)
	}
	return joins("the peering", allowed, p.Requester.Region, p.Accepter.Region)
}

func transitPeeringInAllowedRegions(p snapshot.TransitPeering, env checks.Env) checks.Verdict {
	allowed := env.Strings("allowed_regions")
	switch {
	case len(allowed) == 0:
		return noChoice()
	case p.State != "available":
		return checks.DoesNotApply("the peering is %q", p.State).With("State", p.State)
	}
	return joins("the peering", allowed, p.Requester.Region, p.Accepter.Region)
}

func endpointInAllowedRegions(e snapshot.VPCEndpoint, env checks.Env) checks.Verdict {
	allowed := env.Strings("allowed_regions")
	switch {
	case len(allowed) == 0:
		return noChoice()
	case !strings.EqualFold(e.State, "available"):
		return checks.DoesNotApply("the endpoint is %s", e.State).With("State", e.State)
	}
	return joins("the endpoint", allowed, e.Region, cmp.Or(e.ServiceRegion, e.Region))
}

// joins judges the Regions at the two ends of a link.
func joins(what string, allowed []string, one, other string) checks.Verdict {
	if one == "" || other == "" {
		return checks.Unclear("the answer lacks a Region of %s: %q and %q", what, one, other)
	}
	ends := one + " and " + other
	if one == other {
		ends = one
	}
	for _, region := range []string{one, other} {
		if !slices.Contains(allowed, region) {
			return checks.Fail("%s joins %s: data can cross; allowed: %s", what, ends, strings.Join(allowed, ", ")).With("Regions", ends)
		}
	}
	return checks.Pass("%s stays in %s", what, ends).With("Regions", ends)
}

// FlowLogsInAllowedRegions passes when the bucket or stream that a flow log goes to lies in a
// Region that the policy allows. A log group is always in the log's own. A log that is not
// delivered is judged all the same.
// Source: EC2 DescribeFlowLogs, LogDestination; the bucket's Region as S3 tells it.
var FlowLogsInAllowedRegions = checks.Check{
	ID:          "vpc-flow-logs-stay-in-jurisdiction",
	Title:       "Flow logs are delivered to buckets and streams in allowed Regions",
	Severity:    checks.Low,
	Category:    checks.Regions,
	Duty:        checks.RegionChoice,
	ServiceKind: checks.Infrastructure,
	Tier:        3,
	Reads:       []string{"ec2:DescribeFlowLogs", "s3:ListBuckets", "s3:HeadBucket"},
	Parameters:  checks.Parameters{"allowed_regions": []string{}},
	Remedy:      "Deliver the log to a bucket in an allowed Region, and delete what was delivered elsewhere.",
	Fix: checks.Fix{
		Threat: "Who talked to whom, with addresses of people, is kept where another law holds. The residency that was promised does not hold for the logs.",
		CLI: `aws ec2 create-flow-logs --resource-type VPC --resource-ids RESOURCE --traffic-type ALL --log-destination-type s3 --log-destination arn:aws:s3:::BUCKET-IN-ALLOWED-REGION --region {region}
aws ec2 delete-flow-logs --flow-log-ids {id} --region {region}`,
		Terraform: `resource "aws_flow_log" "this" {
  vpc_id               = "VPC"
  traffic_type         = "ALL"
  log_destination_type = "s3"
  log_destination      = "arn:aws:s3:::BUCKET-IN-ALLOWED-REGION"
}`,
		Cost: "A flow log cannot be changed: make the new one before the old one goes. Queries over the old bucket need the new one too.",
	},
	Judges: checks.For(snapshot.FlowLogs, flowLogsInAllowedRegions),
}

func flowLogsInAllowedRegions(f snapshot.FlowLog, env checks.Env) checks.Verdict {
	allowed := env.Strings("allowed_regions")
	switch {
	case len(allowed) == 0:
		return noChoice()
	case f.DestinationType == "cloud-watch-logs" || f.DestinationType == "" && f.LogGroup != "":
		return checks.DoesNotApply("the log goes to a log group, which lies in its own Region").With("LogDestinationType", f.DestinationType)
	case f.DestinationType != "s3":
		region := snapshot.RegionOf(f.Destination)
		if region == "" {
			return checks.Unclear("LogDestination %q names no Region", f.Destination)
		}
		return inAllowed("the stream of the log", region, allowed)
	}
	name := networks.Bucket(f.Destination)
	b, err := checks.Find(env, snapshot.Buckets, f.Location, name)
	switch {
	case errors.Is(err, snapshot.ErrAbsent):
		return checks.Unclear("the bucket %q is none of the account's own, and where it lies was not read", name)
	case err != nil:
		return checks.Unknown(err)
	}
	region, err := checks.Use(env, b.BucketRegion)
	if err != nil {
		return checks.Unknown(err)
	}
	return inAllowed("the bucket "+name, region, allowed)
}
