package regions

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

func TestLinksInAllowedRegions(t *testing.T) {
	allowed := map[string]any{"allowed_regions": []string{"eu-west-1", "eu-central-1"}}
	peering := func(status, one, other string) func(*snapshot.Account) {
		return checktest.Net(func(n *snapshot.Net) *[]snapshot.VPCPeering { return &n.Peerings }, snapshot.VPCPeering{
			Meta: checktest.EC2Meta("vpc-peering-connection/pcx-1"), ID: "pcx-1", Status: status, Requester: snapshot.PeeringSide{Region: one}, Accepter: snapshot.PeeringSide{Region: other}})
	}
	transit := func(state, one, other string) func(*snapshot.Account) {
		return checktest.Net(func(n *snapshot.Net) *[]snapshot.TransitPeering { return &n.TransitPeerings }, snapshot.TransitPeering{
			Meta: checktest.EC2Meta("transit-gateway-attachment/tgw-attach-1"), ID: "tgw-attach-1", State: state, Requester: snapshot.TransitSide{Region: one}, Accepter: snapshot.TransitSide{Region: other}})
	}
	endpoint := func(kind, state, region string) func(*snapshot.Account) {
		return checktest.Net(func(n *snapshot.Net) *[]snapshot.VPCEndpoint { return &n.Endpoints }, snapshot.VPCEndpoint{Meta: checktest.EC2Meta("vpc-endpoint/vpce-1"), ID: "vpce-1", Type: kind, State: state, ServiceRegion: region})
	}
	far := func(a *snapshot.Account) { // the same peering, as the other Region lists it
		p := a.EC2.Net.Peerings[0]
		p.Location = checktest.At.In(checktest.Elsewhere)
		a.EC2.Net.Peerings = append(a.EC2.Net.Peerings, p)
	}
	checktest.Run(t, &LinksInAllowedRegions, []checktest.Case{
		{Name: "within the jurisdiction", Set: peering("active", "eu-west-1", "eu-central-1"), Parameters: allowed, Want: checks.PASS, Reason: "eu-west-1 and eu-central-1"},
		{Name: "across the border", Set: peering("active", "eu-west-1", "us-east-1"), Parameters: allowed, Want: checks.FAIL, Reason: "data can cross"},
		{Name: "each side lists it: one finding", Set: checktest.All(peering("active", "eu-west-1", "eu-central-1"), far), Parameters: allowed, Want: checks.PASS, Reason: "stays in"},
		{Name: "a request is no link yet, but named", Set: peering("pending-acceptance", "us-east-1", "eu-west-1"), Parameters: allowed, Want: checks.NotApplicable, Reason: "us-east-1 and eu-west-1 waits for acceptance"},
		{Name: "deleted", Set: peering("deleted", "us-east-1", "eu-west-1"), Parameters: allowed, Want: checks.NotApplicable, Reason: "deleted"},
		{Name: "a Region is lacking", Set: peering("active", "eu-west-1", ""), Parameters: allowed, Want: checks.UNKNOWN, Reason: "lacks a Region"},
		{Name: "transit gateways", Set: transit("available", "eu-west-1", "ap-south-1"), Parameters: allowed, Want: checks.FAIL, Reason: "ap-south-1"},
		{Name: "transit gateways that wait", Set: transit("pendingAcceptance", "eu-west-1", "ap-south-1"), Parameters: allowed, Want: checks.NotApplicable, Reason: "pendingAcceptance"},
		{Name: "an endpoint to another Region", Set: endpoint("Interface", "available", "us-east-1"), Parameters: allowed, Want: checks.FAIL, Reason: "eu-west-1 and us-east-1"},
		{Name: "a gateway endpoint has no ServiceRegion", Set: endpoint("Gateway", "available", ""), Parameters: allowed, Want: checks.PASS, Reason: "stays in eu-west-1"},
		{Name: "a rejected endpoint", Set: endpoint("Interface", "rejected", "us-east-1"), Parameters: allowed, Want: checks.NotApplicable, Reason: "rejected"},
		{Name: "no choice", Set: peering("active", "eu-west-1", "us-east-1"), Want: checks.NotApplicable, Reason: "neither residency"},
	})
}

func TestFlowLogsInAllowedRegions(t *testing.T) {
	allowed := map[string]any{"allowed_regions": []string{"eu-west-1"}}
	flow := func(kind, destination string, change ...func(*snapshot.FlowLog)) func(*snapshot.Account) {
		f := snapshot.FlowLog{Meta: checktest.EC2Meta("vpc-flow-log/fl-1"), ID: "fl-1", Status: "ACTIVE", DestinationType: kind, Destination: destination}
		for _, c := range change {
			c(&f)
		}
		return checktest.Net(func(n *snapshot.Net) *[]snapshot.FlowLog { return &n.FlowLogs }, f)
	}
	in := func(region snapshot.Read[string]) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			a.S3.Buckets = []snapshot.Bucket{{Meta: checktest.Meta("flows", "arn:aws:s3:::flows"), BucketRegion: region}}
		}
	}
	const bucket = "arn:aws:s3:::flows/vpc/2026/"
	checktest.Run(t, &FlowLogsInAllowedRegions, []checktest.Case{
		{Name: "an allowed bucket, with a prefix", Set: checktest.All(flow("s3", bucket), in(snapshot.Value("eu-west-1"))), Parameters: allowed, Want: checks.PASS, Reason: "the bucket flows lies in eu-west-1"},
		{Name: "a bucket elsewhere", Set: checktest.All(flow("s3", bucket), in(snapshot.Value("us-east-1"))), Parameters: allowed, Want: checks.FAIL, Reason: "us-east-1"},
		{Name: "not delivered, and judged all the same", Set: checktest.All(flow("s3", bucket, func(f *snapshot.FlowLog) { f.Delivery = "FAILED" }), in(snapshot.Value("us-east-1"))), Parameters: allowed, Want: checks.FAIL, Reason: "us-east-1"},
		{Name: "a stranger's bucket", Set: flow("s3", bucket), Parameters: allowed, Want: checks.UNKNOWN, Reason: "none of the account's own"},
		{Name: "the Region is unread", Set: checktest.All(flow("s3", bucket), in(snapshot.Missing[string](checktest.Unread("s3:HeadBucket", snapshot.Denied)))), Parameters: allowed, Want: checks.UNKNOWN, Reason: "HeadBucket"},
		{Name: "buckets unread", Set: checktest.All(flow("s3", bucket), func(a *snapshot.Account) { checktest.Fail(a, "s3:ListBuckets", snapshot.Global, snapshot.Denied) }), Parameters: allowed, Want: checks.UNKNOWN, Reason: "ListBuckets"},
		{Name: "a stream", Set: flow("kinesis-data-firehose", "arn:aws:firehose:us-east-1:111122223333:deliverystream/x"), Parameters: allowed, Want: checks.FAIL, Reason: "us-east-1"},
		{Name: "a log group", Set: flow("cloud-watch-logs", "arn:aws:logs:eu-west-1:111122223333:log-group:x"), Parameters: allowed, Want: checks.NotApplicable, Reason: "log group"},
		{Name: "no choice", Set: flow("s3", bucket), Want: checks.NotApplicable, Reason: "neither residency"},
	})
}
