package acme_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	et "github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"onus/mocks"
	"onus/mocks/acme"
)

// seenLinks is what joins, names and logs the networks of all Regions.
type seenLinks struct {
	associated, logged, accepted, up, mirrored, restricted, owned count

	named    map[string]bool // ids of what others name: NAT gateways, options, targets, tables
	referred []string        // the ids that they name
	secrets  string
}

func (w *seenLinks) read(t *testing.T, c *ec2.Client) {
	t.Helper()
	ctx := t.Context()
	if w.named == nil {
		w.named = map[string]bool{}
	}
	for _, a := range must(c.DescribeAddresses(ctx, nil))(t).Addresses {
		w.associated.add(a.AssociationId != nil)
	}
	if quota := must(c.DescribeAccountAttributes(ctx, &ec2.DescribeAccountAttributesInput{AttributeNames: []et.AccountAttributeName{"vpc-max-elastic-ips"}}))(t); *quota.AccountAttributes[0].AttributeValues[0].AttributeValue != "5" {
		t.Errorf("quota %v", quota.AccountAttributes)
	}
	if zones := must(c.DescribeAvailabilityZones(ctx, nil))(t).AvailabilityZones; len(zones) < 3 {
		t.Errorf("%d zones, want 3 or more", len(zones))
	}
	for _, f := range must(c.DescribeFlowLogs(ctx, nil))(t).FlowLogs {
		w.logged.add(*f.DeliverLogsStatus != "FAILED")
		w.referred = append(w.referred, *f.ResourceId)
	}
	for _, v := range must(c.DescribeVpcs(ctx, nil))(t).Vpcs {
		w.named[*v.VpcId] = true
		must(c.DescribeStaleSecurityGroups(ctx, &ec2.DescribeStaleSecurityGroupsInput{VpcId: v.VpcId}))(t)
		if v.DhcpOptionsId != nil {
			w.referred = append(w.referred, *v.DhcpOptionsId)
		}
	}
	for _, o := range must(c.DescribeDhcpOptions(ctx, nil))(t).DhcpOptions {
		w.named[*o.DhcpOptionsId] = true
	}
	for _, s := range must(c.DescribeSubnets(ctx, nil))(t).Subnets {
		w.named[*s.SubnetId] = true
	}
	for _, g := range must(c.DescribeNatGateways(ctx, nil))(t).NatGateways {
		w.named[*g.NatGatewayId] = true
		w.referred = append(w.referred, *g.VpcId, *g.SubnetId)
	}
	must(c.DescribeEgressOnlyInternetGateways(ctx, nil))(t)
	must(c.DescribeVpcEncryptionControls(ctx, nil))(t)
	must(c.DescribeSecurityGroupVpcAssociations(ctx, nil))(t)
	w.rules(t, c)
	w.services(t, c)
	w.transit(t, c)
	w.vpn(t, c)
	w.mirrors(t, c)
}

// rules holds the list of rules to the groups that they are of.
func (w *seenLinks) rules(t *testing.T, c *ec2.Client) {
	t.Helper()
	want := 0
	for _, g := range must(c.DescribeSecurityGroups(t.Context(), nil))(t).SecurityGroups {
		for _, p := range append(append([]et.IpPermission{}, g.IpPermissions...), g.IpPermissionsEgress...) {
			want += len(p.IpRanges) + len(p.Ipv6Ranges) + len(p.PrefixListIds) + len(p.UserIdGroupPairs)
		}
	}
	seen := map[string]bool{}
	for _, r := range must(c.DescribeSecurityGroupRules(t.Context(), nil))(t).SecurityGroupRules {
		seen[*r.SecurityGroupRuleId] = true
	}
	if len(seen) != want {
		t.Errorf("%d rules, want %d", len(seen), want)
	}
}

func (w *seenLinks) services(t *testing.T, c *ec2.Client) {
	t.Helper()
	for _, e := range must(c.DescribeVpcEndpoints(t.Context(), nil))(t).VpcEndpoints {
		if e.PolicyDocument != nil { // which Gateway Load Balancer endpoints have not
			w.restricted.add(strings.Contains(*e.PolicyDocument, "aws:PrincipalOrgID"))
		}
		w.referred = append(append(w.referred, *e.VpcId), e.SubnetIds...)
	}
	for _, s := range must(c.DescribeVpcEndpointServiceConfigurations(t.Context(), nil))(t).ServiceConfigurations {
		must(c.DescribeVpcEndpointServicePermissions(t.Context(), &ec2.DescribeVpcEndpointServicePermissionsInput{ServiceId: s.ServiceId}))(t)
		w.accepted.add(*s.AcceptanceRequired)
	}
}

func (w *seenLinks) transit(t *testing.T, c *ec2.Client) {
	t.Helper()
	ctx := t.Context()
	for _, p := range must(c.DescribeVpcPeeringConnections(ctx, nil))(t).VpcPeeringConnections {
		if p.Status.Code == "active" {
			w.referred = append(w.referred, *p.RequesterVpcInfo.VpcId, *p.AccepterVpcInfo.VpcId)
		}
	}
	for _, g := range must(c.DescribeTransitGateways(ctx, nil))(t).TransitGateways {
		w.named[*g.TransitGatewayId] = true
	}
	for _, b := range must(c.DescribeTransitGatewayRouteTables(ctx, nil))(t).TransitGatewayRouteTables {
		w.named[*b.TransitGatewayRouteTableId] = true
		w.referred = append(w.referred, *b.TransitGatewayId)
	}
	for _, a := range must(c.DescribeTransitGatewayAttachments(ctx, nil))(t).TransitGatewayAttachments {
		w.owned.add(*a.ResourceOwnerId == acme.Account)
		w.referred = append(w.referred, *a.TransitGatewayId, *a.Association.TransitGatewayRouteTableId)
	}
	must(c.DescribeTransitGatewayPeeringAttachments(ctx, nil))(t)
}

func (w *seenLinks) vpn(t *testing.T, c *ec2.Client) {
	t.Helper()
	ctx := t.Context()
	for _, g := range must(c.DescribeVpnGateways(ctx, nil))(t).VpnGateways {
		w.named[*g.VpnGatewayId] = true
	}
	for _, g := range must(c.DescribeCustomerGateways(ctx, nil))(t).CustomerGateways {
		w.named[*g.CustomerGatewayId] = true
	}
	for _, v := range must(c.DescribeVpnConnections(ctx, nil))(t).VpnConnections {
		w.referred = append(w.referred, *v.VpnGatewayId, *v.CustomerGatewayId)
		w.secrets += *v.CustomerGatewayConfiguration
		for i, tunnel := range v.VgwTelemetry {
			w.up.add(tunnel.Status == "UP")
			w.secrets += *v.Options.TunnelOptions[i].PreSharedKey
		}
	}
	for _, e := range must(c.DescribeClientVpnEndpoints(ctx, nil))(t).ClientVpnEndpoints {
		must(c.DescribeClientVpnAuthorizationRules(ctx, &ec2.DescribeClientVpnAuthorizationRulesInput{ClientVpnEndpointId: e.ClientVpnEndpointId}))(t)
	}
}

func (w *seenLinks) mirrors(t *testing.T, c *ec2.Client) {
	t.Helper()
	ctx := t.Context()
	must(c.DescribeTrafficMirrorFilters(ctx, nil))(t)
	for _, m := range must(c.DescribeTrafficMirrorTargets(ctx, nil))(t).TrafficMirrorTargets {
		w.named[*m.TrafficMirrorTargetId] = true
		w.mirrored.add(*m.OwnerId == acme.Account)
	}
	for _, s := range must(c.DescribeTrafficMirrorSessions(ctx, nil))(t).TrafficMirrorSessions {
		w.referred = append(w.referred, aws.ToString(s.TrafficMirrorTargetId))
	}
}

// Whatever a link names is there, and each control about links is kept here and broken there.
func TestTheLinksHoldTogether(t *testing.T) {
	w := walk(t, start(t, acme.Server(mocks.Options{Lenient: true}))).links
	for _, name := range w.referred {
		if !w.named[name] {
			t.Errorf("%s is named and not there", name)
		}
	}
	for name, c := range map[string]struct{ got, want count }{
		"addresses are associated":  {w.associated, count{3, 1}},
		"flow logs are delivered":   {w.logged, count{2, 1}},
		"endpoint policies bind":    {w.restricted, count{3, 2}},
		"connections are accepted":  {w.accepted, count{1, 1}},
		"attachments are Acme's":    {w.owned, count{3, 2}},
		"tunnels are up":            {w.up, count{1, 1}},
		"mirror targets are Acme's": {w.mirrored, count{1, 1}},
	} {
		if c.got != c.want {
			t.Errorf("%s: %+v, want %+v", name, c.got, c.want)
		}
	}
	if len(w.secrets) < 100 {
		t.Errorf("the VPN has no secrets to hide: %q", w.secrets)
	}
}
