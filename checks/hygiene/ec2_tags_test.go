package hygiene

import (
	"strings"
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

func TestResourceTagged(t *testing.T) {
	tagged := func(tags map[string]string) func(*snapshot.Account) {
		return securityGroup(func(g *snapshot.SecurityGroup) { g.Tags = tags })
	}
	owner := map[string]any{"required_keys": []string{"owner"}}
	stage := map[string]any{"required_keys": []string{"stage=prod|test"}}
	acl := func(defaultVPC bool) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			a.EC2.NetworkACLs = []snapshot.NetworkACL{{Meta: checktest.EC2Meta("network-acl/acl-1"), ID: "acl-1", VPC: "vpc-1", Default: true, Owner: checktest.At.Account}}
			p := snapshot.VPC{Meta: checktest.EC2Meta("vpc/vpc-1"), ID: "vpc-1", Owner: checktest.At.Account, Default: defaultVPC}
			p.Tags = map[string]string{"owner": "x"}
			a.EC2.VPCs = []snapshot.VPC{p}
		}
	}
	checktest.Run(t, &ResourceTagged, []checktest.Case{
		{Name: "some tag", Set: tagged(map[string]string{"owner": "web"}), Want: checks.PASS, Reason: "tagged with owner"},
		{Name: "an empty value is a value", Set: tagged(map[string]string{"owner": ""}), Parameters: owner, Want: checks.PASS, Reason: "required tags"},
		{Name: "keys are case-sensitive", Set: tagged(map[string]string{"Owner": "web"}), Parameters: owner, Want: checks.FAIL, Reason: "owner is missing"},
		{Name: "absent is empty", Set: tagged(nil), Want: checks.FAIL, Reason: "no tag but AWS's own"},
		{Name: "AWS's own do not count", Set: tagged(map[string]string{"aws:cloudformation:stack-name": "x"}), Want: checks.FAIL, Reason: "no tag but AWS's own"},
		{Name: "an allowed value", Set: tagged(map[string]string{"stage": "test"}), Parameters: stage, Want: checks.PASS, Reason: "required tags"},
		{Name: "another value", Set: tagged(map[string]string{"stage": "dev"}), Parameters: stage, Want: checks.FAIL, Reason: `stage is "dev", want prod or test`},
		{Name: "not asked about", Set: tagged(nil), Parameters: map[string]any{"resource_types": []string{"vpc"}}, Want: checks.NotApplicable, Reason: "resource_types does not hold security-group"},
		{Name: "another account's", Set: securityGroup(func(g *snapshot.SecurityGroup) { g.Owner = "444455556666" }), Want: checks.NotApplicable, Reason: "belongs to 444455556666"},
		{Name: "AWS's prefix list", Set: func(a *snapshot.Account) {
			a.EC2.PrefixLists = []snapshot.PrefixList{{Meta: checktest.EC2Meta("prefix-list/pl-1"), ID: "pl-1", Owner: "AWS"}}
		}, Want: checks.NotApplicable, Reason: "belongs to AWS"},
		{Name: "an interface of a service", Set: func(a *snapshot.Account) {
			a.EC2.Interfaces = []snapshot.NetworkInterface{{Meta: checktest.EC2Meta("network-interface/eni-1"), ID: "eni-1", Owner: checktest.At.Account, RequesterManaged: true}}
		}, Want: checks.NotApplicable, Reason: "an AWS service manages"},
		{Name: "a deleted NAT gateway", Set: checktest.Net(func(n *snapshot.Net) *[]snapshot.NATGateway { return &n.NATGateways }, snapshot.NATGateway{Meta: checktest.EC2Meta("natgateway/nat-1"), ID: "nat-1", State: "deleted"}), Want: checks.NotApplicable, Reason: "is deleted"},
		{Name: "a volume of a service", Set: func(a *snapshot.Account) {
			a.EC2.Volumes = []snapshot.Volume{{Meta: checktest.EC2Meta("volume/vol-1"), ID: "vol-1", Managed: true}}
		}, Want: checks.NotApplicable, Reason: "an AWS service manages"},
		{Name: "a list unread", Set: checktest.Denied("ec2:DescribeVolumes"), Want: checks.UNKNOWN, Reason: "DescribeVolumes"},
	})
	for defaultVPC, want := range map[bool]checks.Status{true: checks.NotApplicable, false: checks.FAIL} {
		seen := false
		for _, f := range checktest.Findings(&ResourceTagged, checktest.Account(&ResourceTagged, acl(defaultVPC)), nil) {
			if f.Resource.Type == "network acl" {
				seen = true
				if f.Status != want {
					t.Errorf("the default ACL of a VPC that is default (%v) is %s, want %s", defaultVPC, f.Status, want)
				}
			}
		}
		if !seen {
			t.Error("the ACL was not judged")
		}
	}
	for parameter, entry := range map[string]string{"required_keys": "=prod", "resource_types": "Instance"} {
		if err := ResourceTagged.Bounds(parameter, []string{entry}); err == nil {
			t.Errorf("%s was taken for one of %s", entry, parameter)
		}
	}
	if err := ResourceTagged.Bounds("required_keys", []string{"aws:createdBy"}); err == nil {
		t.Error("a tag of AWS's own was taken for a required one")
	}
	if err := ResourceTagged.Bounds("resource_types", taggable); err != nil {
		t.Error(err)
	}
}

// One resource of each type: with one type alone in resource_types, one of them is judged.
func TestEachTaggableTypeIsJudged(t *testing.T) {
	at := checktest.EC2Meta
	account := checktest.Account(&ResourceTagged, func(a *snapshot.Account) {
		a.EC2.Instances = []snapshot.Instance{{Meta: at("instance/1"), State: "running"}}
		a.EC2.Images = []snapshot.Image{{Meta: at("image/1")}}
		a.EC2.Volumes = []snapshot.Volume{{Meta: at("volume/1")}}
		a.EC2.VolumeSnapshots = []snapshot.VolumeSnapshot{{Meta: at("snapshot/1")}}
		a.EC2.Groups = []snapshot.SecurityGroup{{Meta: at("security-group/1")}}
		a.EC2.NetworkACLs = []snapshot.NetworkACL{{Meta: at("network-acl/1")}}
		a.EC2.VPCs = []snapshot.VPC{{Meta: at("vpc/1")}}
		a.EC2.Subnets = []snapshot.Subnet{{Meta: at("subnet/1")}}
		a.EC2.RouteTables = []snapshot.RouteTable{{Meta: at("route-table/1")}}
		a.EC2.InternetGateways = []snapshot.InternetGateway{{Meta: at("internet-gateway/1")}}
		a.EC2.Interfaces = []snapshot.NetworkInterface{{Meta: at("network-interface/1")}}
		a.EC2.LaunchTemplates = []snapshot.LaunchTemplate{{Meta: at("launch-template/1")}}
		a.EC2.PrefixLists = []snapshot.PrefixList{{Meta: at("prefix-list/1")}}
		a.EC2.Net = snapshot.Net{
			Addresses: []snapshot.Address{{Meta: at("elastic-ip/1")}}, NATGateways: []snapshot.NATGateway{{Meta: at("natgateway/1")}},
			DHCPOptions: []snapshot.DHCPOptions{{Meta: at("dhcp-options/1")}}, EndpointServices: []snapshot.EndpointService{{Meta: at("vpc-endpoint-service/1")}},
			FlowLogs: []snapshot.FlowLog{{Meta: at("vpc-flow-log/1")}}, Peerings: []snapshot.VPCPeering{{Meta: at("vpc-peering-connection/1")}},
			TransitGateways: []snapshot.TransitGateway{{Meta: at("transit-gateway/1")}}, TransitAttachments: []snapshot.TransitAttachment{{Meta: at("transit-gateway-attachment/1")}},
			TransitTables: []snapshot.TransitTable{{Meta: at("transit-gateway-route-table/1")}}, CustomerGateways: []snapshot.CustomerGateway{{Meta: at("customer-gateway/1")}},
			VPNGateways: []snapshot.VPNGateway{{Meta: at("vpn-gateway/1")}}, MirrorSessions: []snapshot.MirrorSession{{Meta: at("traffic-mirror-session/1")}},
			MirrorFilters: []snapshot.MirrorFilter{{Meta: at("traffic-mirror-filter/1")}}, MirrorTargets: []snapshot.MirrorTarget{{Meta: at("traffic-mirror-target/1")}},
		}
	})
	for _, resource := range taggable {
		var judged []string
		for _, f := range checktest.Findings(&ResourceTagged, account, map[string]any{"resource_types": []string{resource}}) {
			if f.Status != checks.NotApplicable {
				judged = append(judged, f.Resource.ID)
			}
		}
		if len(judged) != 1 || !strings.Contains(judged[0], ":"+resource+"/") {
			t.Errorf("of %s alone %q is judged", resource, judged)
		}
	}
}
