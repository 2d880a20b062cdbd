package ec2

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/google/go-cmp/cmp"

	"onus/mocks"
	"onus/scanner/collect/collecttest"
	"onus/scanner/redact"
	"onus/scanner/snapshot"
	"onus/scanner/wire"
)

// pagedLists are the lists of Net that AWS pages: how two resources are served, and how
// many came back.
var pagedLists = map[string]struct {
	serve func(*mocks.Server)
	count func(snapshot.Net) int
}{
	"ec2:DescribeNatGateways": {func(s *mocks.Server) {
		mocks.Reply(s, "", &ec2.DescribeNatGatewaysOutput{NatGateways: make([]types.NatGateway, 2)})
	}, func(n snapshot.Net) int { return len(n.NATGateways) }},
	"ec2:DescribeEgressOnlyInternetGateways": {func(s *mocks.Server) {
		mocks.Reply(s, "", &ec2.DescribeEgressOnlyInternetGatewaysOutput{EgressOnlyInternetGateways: make([]types.EgressOnlyInternetGateway, 2)})
	}, func(n snapshot.Net) int { return len(n.EgressGateways) }},
	"ec2:DescribeDhcpOptions": {func(s *mocks.Server) {
		mocks.Reply(s, "", &ec2.DescribeDhcpOptionsOutput{DhcpOptions: make([]types.DhcpOptions, 2)})
	}, func(n snapshot.Net) int { return len(n.DHCPOptions) }},
	"ec2:DescribeFlowLogs": {func(s *mocks.Server) {
		mocks.Reply(s, "", &ec2.DescribeFlowLogsOutput{FlowLogs: make([]types.FlowLog, 2)})
	}, func(n snapshot.Net) int { return len(n.FlowLogs) }},
	"ec2:DescribeSecurityGroupRules": {func(s *mocks.Server) {
		mocks.Reply(s, "", &ec2.DescribeSecurityGroupRulesOutput{SecurityGroupRules: make([]types.SecurityGroupRule, 2)})
	}, func(n snapshot.Net) int { return len(n.GroupRules) }},
	"ec2:DescribeSecurityGroupVpcAssociations": {func(s *mocks.Server) {
		mocks.Reply(s, "", &ec2.DescribeSecurityGroupVpcAssociationsOutput{SecurityGroupVpcAssociations: make([]types.SecurityGroupVpcAssociation, 2)})
	}, func(n snapshot.Net) int { return len(n.GroupAssociations) }},
	"ec2:DescribeVpcEndpoints": {func(s *mocks.Server) {
		mocks.Reply(s, "", &ec2.DescribeVpcEndpointsOutput{VpcEndpoints: make([]types.VpcEndpoint, 2)})
	}, func(n snapshot.Net) int { return len(n.Endpoints) }},
	"ec2:DescribeVpcEndpointServiceConfigurations": {func(s *mocks.Server) {
		mocks.Reply(s, "", &ec2.DescribeVpcEndpointServiceConfigurationsOutput{ServiceConfigurations: make([]types.ServiceConfiguration, 2)})
	}, func(n snapshot.Net) int { return len(n.EndpointServices) }},
	"ec2:DescribeVpcPeeringConnections": {func(s *mocks.Server) {
		mocks.Reply(s, "", &ec2.DescribeVpcPeeringConnectionsOutput{VpcPeeringConnections: make([]types.VpcPeeringConnection, 2)})
	}, func(n snapshot.Net) int { return len(n.Peerings) }},
	"ec2:DescribeTransitGateways": {func(s *mocks.Server) {
		mocks.Reply(s, "", &ec2.DescribeTransitGatewaysOutput{TransitGateways: make([]types.TransitGateway, 2)})
	}, func(n snapshot.Net) int { return len(n.TransitGateways) }},
	"ec2:DescribeTransitGatewayAttachments": {func(s *mocks.Server) {
		mocks.Reply(s, "", &ec2.DescribeTransitGatewayAttachmentsOutput{TransitGatewayAttachments: make([]types.TransitGatewayAttachment, 2)})
	}, func(n snapshot.Net) int { return len(n.TransitAttachments) }},
	"ec2:DescribeTransitGatewayPeeringAttachments": {func(s *mocks.Server) {
		mocks.Reply(s, "", &ec2.DescribeTransitGatewayPeeringAttachmentsOutput{TransitGatewayPeeringAttachments: make([]types.TransitGatewayPeeringAttachment, 2)})
	}, func(n snapshot.Net) int { return len(n.TransitPeerings) }},
	"ec2:DescribeTransitGatewayRouteTables": {func(s *mocks.Server) {
		mocks.Reply(s, "", &ec2.DescribeTransitGatewayRouteTablesOutput{TransitGatewayRouteTables: make([]types.TransitGatewayRouteTable, 2)})
	}, func(n snapshot.Net) int { return len(n.TransitTables) }},
	"ec2:DescribeClientVpnEndpoints": {func(s *mocks.Server) {
		mocks.Reply(s, "", &ec2.DescribeClientVpnEndpointsOutput{ClientVpnEndpoints: make([]types.ClientVpnEndpoint, 2)})
	}, func(n snapshot.Net) int { return len(n.ClientVPNs) }},
	"ec2:DescribeTrafficMirrorSessions": {func(s *mocks.Server) {
		mocks.Reply(s, "", &ec2.DescribeTrafficMirrorSessionsOutput{TrafficMirrorSessions: make([]types.TrafficMirrorSession, 2)})
	}, func(n snapshot.Net) int { return len(n.MirrorSessions) }},
	"ec2:DescribeTrafficMirrorFilters": {func(s *mocks.Server) {
		mocks.Reply(s, "", &ec2.DescribeTrafficMirrorFiltersOutput{TrafficMirrorFilters: make([]types.TrafficMirrorFilter, 2)})
	}, func(n snapshot.Net) int { return len(n.MirrorFilters) }},
	"ec2:DescribeTrafficMirrorTargets": {func(s *mocks.Server) {
		mocks.Reply(s, "", &ec2.DescribeTrafficMirrorTargetsOutput{TrafficMirrorTargets: make([]types.TrafficMirrorTarget, 2)})
	}, func(n snapshot.Net) int { return len(n.MirrorTargets) }},
}

// wholeLists are those that come in one answer.
var wholeLists = map[string]struct {
	serve func(*mocks.Server)
	count func(snapshot.Net) int
}{
	"ec2:DescribeAddresses": {func(s *mocks.Server) {
		mocks.Reply(s, "", &ec2.DescribeAddressesOutput{Addresses: make([]types.Address, 2)})
	}, func(n snapshot.Net) int { return len(n.Addresses) }},
	"ec2:DescribeAvailabilityZones": {func(s *mocks.Server) {
		mocks.Reply(s, "", &ec2.DescribeAvailabilityZonesOutput{AvailabilityZones: make([]types.AvailabilityZone, 2)})
	}, func(n snapshot.Net) int { return len(n.Zones) }},
	"ec2:DescribeVpnConnections": {func(s *mocks.Server) {
		mocks.Reply(s, "", &ec2.DescribeVpnConnectionsOutput{VpnConnections: make([]types.VpnConnection, 2)})
	}, func(n snapshot.Net) int { return len(n.VPNConnections) }},
	"ec2:DescribeVpnGateways": {func(s *mocks.Server) {
		mocks.Reply(s, "", &ec2.DescribeVpnGatewaysOutput{VpnGateways: make([]types.VpnGateway, 2)})
	}, func(n snapshot.Net) int { return len(n.VPNGateways) }},
	"ec2:DescribeCustomerGateways": {func(s *mocks.Server) {
		mocks.Reply(s, "", &ec2.DescribeCustomerGatewaysOutput{CustomerGateways: make([]types.CustomerGateway, 2)})
	}, func(n snapshot.Net) int { return len(n.CustomerGateways) }},
}

func TestListsOfTheNetOverPages(t *testing.T) {
	for op, tt := range pagedLists {
		for _, c := range []struct {
			name  string
			fault mocks.Fault
			items int
			want  snapshot.Cause
		}{
			{"two pages", mocks.Fault{}, 2, snapshot.OK},
			{"denied on page two", mocks.Fault{Kind: mocks.Denied, FromPage: 2}, 1, snapshot.Denied},
			{"throttled, then answered", mocks.Fault{Kind: mocks.Throttled, First: 1}, 2, snapshot.OK},
			{"a token that comes again", mocks.Fault{Kind: mocks.RepeatToken}, -1, snapshot.Malformed},
			{"not known there", mocks.Fault{Kind: mocks.Refused, Err: &mocks.Error{Code: "InvalidAction"}}, 0, snapshot.Unsupported},
			{"an empty body", mocks.Fault{Kind: mocks.EmptyBody}, 0, snapshot.Malformed},
		} {
			t.Run(op+" "+c.name, func(t *testing.T) {
				s := mocks.Start(t, mocks.Options{PageSize: map[string]int{op: 1}})
				if c.want != snapshot.Unsupported { // a refusal needs no script
					tt.serve(s)
				}
				if c.fault.Kind != 0 {
					c.fault.Operation = op
					s.Fault(c.fault)
				}
				got, in := read(s, op)
				if n := tt.count(got.Net); n != c.items && c.items >= 0 {
					t.Errorf("%d items, want %d", n, c.items)
				}
				covered(t, in, c.want, op)
			})
		}
	}
}

func TestListsOfTheNetInOneAnswer(t *testing.T) {
	for op, tt := range wholeLists {
		for kind, want := range map[mocks.Kind]snapshot.Cause{0: snapshot.OK, mocks.Denied: snapshot.Denied, mocks.Truncated: snapshot.Malformed} {
			s := mocks.Start(t, mocks.Options{})
			if kind != mocks.Denied {
				tt.serve(s)
			}
			if kind != 0 {
				s.Fault(mocks.Fault{Operation: op, Kind: kind})
			}
			got, in := read(s, op)
			if n := tt.count(got.Net); (n == 2) != (want == snapshot.OK) {
				t.Errorf("%s: %d items in an answer that is %s", op, n, want)
			}
			covered(t, in, want, op)
		}
	}
}

// The SDK has no paginator of encryption controls, and so neither has the mock server.
func TestEncryptionControlsOverPages(t *testing.T) {
	const op = "ec2:DescribeVpcEncryptionControls"
	for name, tt := range map[string]struct {
		second func(*ec2.DescribeVpcEncryptionControlsOutput) error
		items  int
		want   snapshot.Cause
	}{
		"two pages": {func(*ec2.DescribeVpcEncryptionControlsOutput) error { return nil }, 2, snapshot.OK},
		"denied on page two": {func(*ec2.DescribeVpcEncryptionControlsOutput) error {
			return &mocks.Error{Status: http.StatusForbidden, Code: "UnauthorizedOperation"}
		}, 1, snapshot.Denied},
		"the same token again": {func(o *ec2.DescribeVpcEncryptionControlsOutput) error { o.NextToken = aws.String("two"); return nil }, 2, snapshot.Malformed},
	} {
		t.Run(name, func(t *testing.T) {
			s := mocks.Start(t, mocks.Options{})
			mocks.Handle(s, func(_ *mocks.Request, in *ec2.DescribeVpcEncryptionControlsInput) (*ec2.DescribeVpcEncryptionControlsOutput, error) {
				out := &ec2.DescribeVpcEncryptionControlsOutput{VpcEncryptionControls: make([]types.VpcEncryptionControl, 1)}
				if in.NextToken == nil {
					out.NextToken = aws.String("two")
					return out, nil
				}
				if err := tt.second(out); err != nil {
					return nil, err
				}
				return out, nil
			})
			got, in := read(s, op)
			if n := len(got.Net.EncryptionControls); n != tt.items {
				t.Errorf("%d controls, want %d", n, tt.items)
			}
			covered(t, in, tt.want, op)
		})
	}
}

// Nothing of a pre-shared key or of the customer gateway's configuration is recorded, and
// nothing gets beyond the transport.
func TestVPNSecretsAreNotKept(t *testing.T) {
	const key, configured = "x7Qm_w3Z.sharedKey9", "<vpn_connection><ike><pre_shared_key>x7Qm_w3Z.sharedKey9</pre_shared_key></ike></vpn_connection>"
	s := mocks.Start(t, mocks.Options{})
	mocks.Reply(s, "", &ec2.DescribeVpnConnectionsOutput{VpnConnections: []types.VpnConnection{{
		VpnConnectionId: aws.String("vpn-1"), State: types.VpnStateAvailable, CustomerGatewayConfiguration: aws.String(configured),
		Options: &types.VpnConnectionOptions{TunnelOptions: []types.TunnelOption{{OutsideIpAddress: aws.String("198.51.100.1"), PreSharedKey: aws.String(key)}}},
	}}})
	store := &wire.Memory{}
	seen := &spy{ec2.NewFromConfig((&wire.Transport{Store: store, Redact: redact.New(nil), Attempts: 1, Deadline: time.Second}).Config(s.Config(collecttest.At.Region), collecttest.At.Account)), nil}
	in := collecttest.Scope("ec2:DescribeVpnConnections")
	got := Collect(t.Context(), in, seen)
	covered(t, in, snapshot.OK, "ec2:DescribeVpnConnections")
	if len(got.Net.VPNConnections) != 1 || got.Net.VPNConnections[0].Tunnels[0].Outside != "198.51.100.1" {
		t.Fatalf("connections: %+v", got.Net.VPNConnections)
	}
	c := seen.vpn.VpnConnections[0]
	for name, v := range map[string]string{"CustomerGatewayConfiguration": *c.CustomerGatewayConfiguration, "PreSharedKey": *c.Options.TunnelOptions[0].PreSharedKey} {
		if strings.Contains(v, key) || !strings.Contains(v, "redacted") && !strings.Contains(v, "onus") {
			t.Errorf("%s is %q, want a marker", name, v)
		}
	}
	kept := fmt.Sprintf("%+v", got)
	for _, l := range store.Lines() {
		_, e, _ := store.Get(l.ID)
		kept += string(e.Body)
	}
	if strings.Contains(kept, key) || strings.Contains(kept, "pre_shared_key") || !strings.Contains(kept, "<preSharedKey>") {
		t.Errorf("a secret was kept, or nothing was: %s", kept)
	}
}

// spy keeps what the collector was given.
type spy struct {
	API
	vpn *ec2.DescribeVpnConnectionsOutput
}

func (s *spy) DescribeVpnConnections(ctx context.Context, in *ec2.DescribeVpnConnectionsInput, options ...func(*ec2.Options)) (*ec2.DescribeVpnConnectionsOutput, error) {
	out, err := s.API.DescribeVpnConnections(ctx, in, options...)
	s.vpn = out
	return out, err
}

func TestMapNet(t *testing.T) {
	s, n := aws.String, aws.Int32
	facts(t, elasticIP(here, types.Address{AllocationId: s("eipalloc-1"), PublicIp: s("198.51.100.7"), AssociationId: s("eipassoc-1"), NetworkInterfaceId: s("eni-1"), PublicIpv4Pool: s("amazon"), ServiceManaged: types.ServiceManagedAlb}),
		snapshot.Address{ID: "eipalloc-1", IP: "198.51.100.7", Association: "eipassoc-1", Interface: "eni-1", Pool: "amazon", ServiceManaged: "alb"})
	facts(t, natGateway(here, types.NatGateway{NatGatewayId: s("nat-1"), State: types.NatGatewayStateAvailable, AvailabilityMode: types.AvailabilityModeRegional, NatGatewayAddresses: []types.NatGatewayAddress{{PublicIp: s("198.51.100.8")}, {}}}),
		snapshot.NATGateway{ID: "nat-1", State: "available", Availability: "regional", Public: []string{"198.51.100.8"}})
	facts(t, dhcpSet(here, types.DhcpOptions{DhcpOptionsId: s("dopt-1"), DhcpConfigurations: []types.DhcpConfiguration{
		{Key: s("domain-name"), Values: []types.AttributeValue{{Value: s("acme.example")}}},
		{Key: s("domain-name-servers"), Values: []types.AttributeValue{{Value: s("AmazonProvidedDNS")}, {Value: s("8.8.8.8")}}},
	}}), snapshot.DHCPOptions{ID: "dopt-1", Owner: collecttest.At.Account, Servers: []string{"AmazonProvidedDNS", "8.8.8.8"}})
	facts(t, flowLog(here, types.FlowLog{FlowLogId: s("fl-1"), ResourceId: s("vpc-1"), FlowLogStatus: s("ACTIVE"), DeliverLogsStatus: s("FAILED"), DeliverLogsErrorMessage: s("Access error"), TrafficType: types.TrafficTypeAll, MaxAggregationInterval: n(60)}),
		snapshot.FlowLog{ID: "fl-1", Resource: "vpc-1", Status: "ACTIVE", Delivery: "FAILED", DeliveryError: "Access error", Traffic: "ALL", Interval: n(60)})
	facts(t, encryptionControl(here, types.VpcEncryptionControl{VpcEncryptionControlId: s("vpcec-1"), VpcId: s("vpc-1"), Mode: types.VpcEncryptionControlModeEnforce, State: types.VpcEncryptionControlStateAvailable,
		ResourceExclusions: &types.VpcEncryptionControlExclusions{InternetGateway: &types.VpcEncryptionControlExclusion{State: types.VpcEncryptionControlExclusionStateEnabled}, Lambda: &types.VpcEncryptionControlExclusion{State: types.VpcEncryptionControlExclusionStateDisabled}}}),
		snapshot.EncryptionControl{ID: "vpcec-1", VPC: "vpc-1", Mode: "enforce", State: "available", Exclusions: []string{"InternetGateway enabled"}})
	facts(t, groupRule(here, types.SecurityGroupRule{SecurityGroupRuleId: s("sgr-1"), GroupId: s("sg-1"), IsEgress: aws.Bool(true), ReferencedGroupInfo: &types.ReferencedSecurityGroup{GroupId: s("sg-2")}}),
		snapshot.GroupRule{ID: "sgr-1", Group: "sg-1", Egress: true, Source: "sg-2"})
	facts(t, endpoint(here, types.VpcEndpoint{VpcEndpointId: s("vpce-1"), OwnerId: s("444455556666"), VpcEndpointType: types.VpcEndpointTypeInterface, State: "available", SubnetIds: []string{"subnet-1"}}),
		snapshot.VPCEndpoint{ID: "vpce-1", Owner: "444455556666", Type: "Interface", State: "available", Subnets: []string{"subnet-1"}})
	facts(t, transitGateway(here, types.TransitGateway{TransitGatewayId: s("tgw-1"), OwnerId: s("444455556666"), Options: &types.TransitGatewayOptions{AutoAcceptSharedAttachments: "enable", AssociationDefaultRouteTableId: s("tgw-rtb-1")}}),
		snapshot.TransitGateway{ID: "tgw-1", Owner: "444455556666", AutoAccept: "enable", AssociationTable: "tgw-rtb-1"})
	facts(t, transitAttachment(here, types.TransitGatewayAttachment{TransitGatewayAttachmentId: s("tgw-attach-1"), ResourceType: "vpc", ResourceOwnerId: s("444455556666"), Association: &types.TransitGatewayAttachmentAssociation{TransitGatewayRouteTableId: s("tgw-rtb-1"), State: "associated"}}),
		snapshot.TransitAttachment{ID: "tgw-attach-1", Type: "vpc", ResourceOwner: "444455556666", Table: "tgw-rtb-1", TableState: "associated"})
	facts(t, mirrorTarget(here, types.TrafficMirrorTarget{TrafficMirrorTargetId: s("tmt-1"), NetworkInterfaceId: s("eni-1")}), snapshot.MirrorTarget{ID: "tmt-1", To: "eni-1"})
	facts(t, peering(here, types.VpcPeeringConnection{VpcPeeringConnectionId: s("pcx-1"), Status: &types.VpcPeeringConnectionStateReason{Code: "active"},
		AccepterVpcInfo: &types.VpcPeeringConnectionVpcInfo{VpcId: s("vpc-2"), OwnerId: s("444455556666"), CidrBlock: s("10.2.0.0/16"), CidrBlockSet: []types.CidrBlock{{CidrBlock: s("10.2.0.0/16")}, {CidrBlock: s("10.3.0.0/16")}}, Ipv6CidrBlockSet: []types.Ipv6CidrBlock{{Ipv6CidrBlock: s("2600:1f18::/56")}}}}),
		snapshot.VPCPeering{ID: "pcx-1", Status: "active", Accepter: snapshot.PeeringSide{VPC: "vpc-2", Owner: "444455556666", CIDRs: []string{"10.2.0.0/16", "10.3.0.0/16", "2600:1f18::/56"}}})
	facts(t, vpnConnection(here, types.VpnConnection{VpnConnectionId: s("vpn-1"), TransitGatewayId: s("tgw-1"), VgwTelemetry: []types.VgwTelemetry{{Status: types.TelemetryStatusUp}}, Options: &types.VpnConnectionOptions{TunnelOptions: []types.TunnelOption{{
		LogOptions:  &types.VpnTunnelLogOptions{CloudWatchLogOptions: &types.CloudWatchLogOptions{LogEnabled: aws.Bool(true)}},
		IkeVersions: []types.IKEVersionsListValue{{Value: s("ikev2")}}, Phase1DHGroupNumbers: []types.Phase1DHGroupNumbersListValue{{Value: n(14)}},
		Phase1EncryptionAlgorithms: []types.Phase1EncryptionAlgorithmsListValue{{Value: s("AES256")}}, Phase1IntegrityAlgorithms: []types.Phase1IntegrityAlgorithmsListValue{{Value: s("SHA1")}},
		Phase2DHGroupNumbers: []types.Phase2DHGroupNumbersListValue{{Value: n(2)}}, Phase2EncryptionAlgorithms: []types.Phase2EncryptionAlgorithmsListValue{{Value: s("AES128")}}, Phase2IntegrityAlgorithms: []types.Phase2IntegrityAlgorithmsListValue{{Value: s("SHA2-256")}},
	}}}}), snapshot.VPNConnection{ID: "vpn-1", Gateway: "tgw-1", Telemetry: []snapshot.TunnelTelemetry{{Status: "UP"}}, Tunnels: []snapshot.Tunnel{{
		Logged: true, IKEVersions: []string{"ikev2"},
		Phase1: snapshot.Algorithms{Encryption: []string{"AES256"}, Integrity: []string{"SHA1"}, DHGroups: []int32{14}},
		Phase2: snapshot.Algorithms{Encryption: []string{"AES128"}, Integrity: []string{"SHA2-256"}, DHGroups: []int32{2}},
	}}})
}

func TestNilPointersOfTheNet(t *testing.T) {
	own := collecttest.At.Account
	facts(t, elasticIP(here, types.Address{}), snapshot.Address{})
	facts(t, natGateway(here, types.NatGateway{}), snapshot.NATGateway{})
	facts(t, dhcpSet(here, types.DhcpOptions{DhcpConfigurations: []types.DhcpConfiguration{{}}}), snapshot.DHCPOptions{Owner: own})
	facts(t, encryptionControl(here, types.VpcEncryptionControl{}), snapshot.EncryptionControl{})
	facts(t, flowLog(here, types.FlowLog{}), snapshot.FlowLog{})
	facts(t, groupRule(here, types.SecurityGroupRule{}), snapshot.GroupRule{})
	facts(t, endpoint(here, types.VpcEndpoint{}), snapshot.VPCEndpoint{Owner: own})
	facts(t, peering(here, types.VpcPeeringConnection{}), snapshot.VPCPeering{})
	facts(t, transitGateway(here, types.TransitGateway{}), snapshot.TransitGateway{Owner: own})
	facts(t, transitAttachment(here, types.TransitGatewayAttachment{}), snapshot.TransitAttachment{})
	facts(t, vpnConnection(here, types.VpnConnection{VgwTelemetry: []types.VgwTelemetry{{}}, Options: &types.VpnConnectionOptions{TunnelOptions: []types.TunnelOption{{}}}}),
		snapshot.VPNConnection{Telemetry: []snapshot.TunnelTelemetry{{}}, Tunnels: []snapshot.Tunnel{{}}})
	facts(t, mirrorTarget(here, types.TrafficMirrorTarget{}), snapshot.MirrorTarget{})
	if _, err := clientVPN(here, types.ClientVpnEndpoint{}).Logged.Get(); err == nil {
		t.Error("an absent ConnectionLogOptions was read")
	}
	if _, err := endpointService(here, types.ServiceConfiguration{}).AcceptanceRequired.Get(); err == nil {
		t.Error("an absent AcceptanceRequired was read")
	}
	if _, err := peering(here, types.VpcPeeringConnection{AccepterVpcInfo: &types.VpcPeeringConnectionVpcInfo{PeeringOptions: &types.VpcPeeringConnectionOptionsDescription{}}}).Accepter.DNS.Get(); err == nil {
		t.Error("an absent AllowDnsResolutionFromRemoteVpc was read")
	}
}

// What is asked about single resources: of two pages, half is none.
func TestWhoMayConnect(t *testing.T) {
	for name, tt := range map[string]struct {
		fault mocks.Fault
		want  string
		cause snapshot.Cause
	}{
		"two pages":           {mocks.Fault{}, "[{* All} {arn:aws:iam::444455556666:root Account}]", snapshot.OK},
		"denied on page two":  {mocks.Fault{Kind: mocks.Denied, FromPage: 2}, "[]", snapshot.Denied},
		"an endless list":     {mocks.Fault{Kind: mocks.RepeatToken}, "[]", snapshot.Malformed},
		"throttled, then all": {mocks.Fault{Kind: mocks.Throttled, First: 1}, "[{* All} {arn:aws:iam::444455556666:root Account}]", snapshot.OK},
	} {
		t.Run(name, func(t *testing.T) {
			s := mocks.Start(t, mocks.Options{PageSize: map[string]int{readPermissions: 1}})
			mocks.Reply(s, "", &ec2.DescribeVpcEndpointServiceConfigurationsOutput{ServiceConfigurations: []types.ServiceConfiguration{{ServiceId: aws.String("vpce-svc-1")}}})
			mocks.Reply(s, "", &ec2.DescribeVpcEndpointServicePermissionsOutput{AllowedPrincipals: []types.AllowedPrincipal{
				{Principal: aws.String("*"), PrincipalType: "All"}, {Principal: aws.String("arn:aws:iam::444455556666:root"), PrincipalType: "Account"},
			}})
			if tt.fault.Kind != 0 {
				tt.fault.Operation = readPermissions
				s.Fault(tt.fault)
			}
			got, in := read(s, listEndpointServices, readPermissions)
			list, err := got.Net.EndpointServices[0].Principals.Get()
			if fmt.Sprint(list) != tt.want || (err == nil) != (tt.cause == snapshot.OK) {
				t.Errorf("principals %v, %v, want %s", list, err, tt.want)
			}
			covered(t, in, tt.cause, readPermissions)
		})
	}
}

func TestWhomAClientVPNLetsIn(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	mocks.Reply(s, "", &ec2.DescribeClientVpnEndpointsOutput{ClientVpnEndpoints: []types.ClientVpnEndpoint{{ClientVpnEndpointId: aws.String("cvpn-1"), Status: &types.ClientVpnEndpointStatus{Code: "available"},
		ConnectionLogOptions: &types.ConnectionLogResponseOptions{Enabled: aws.Bool(false)}, AuthenticationOptions: []types.ClientVpnAuthentication{{Type: "certificate-authentication"}}}}})
	mocks.Reply(s, "", &ec2.DescribeClientVpnAuthorizationRulesOutput{AuthorizationRules: []types.AuthorizationRule{{DestinationCidr: aws.String("10.0.0.0/8"), AccessAll: aws.Bool(true), Status: &types.ClientVpnAuthorizationRuleStatus{Code: "active"}}}})
	got, in := read(s, listClientVPNs, readAuthorization)
	c := got.Net.ClientVPNs[0]
	rules, err := c.Rules.Get()
	if diff := cmp.Diff([]snapshot.ClientVPNAccess{{Destination: "10.0.0.0/8", All: true, Status: "active"}}, rules); diff != "" || err != nil || c.Status != "available" || c.Types[0] != "certificate-authentication" {
		t.Errorf("%+v, %v\n%s", c, err, diff)
	}
	covered(t, in, snapshot.OK, listClientVPNs, readAuthorization)
}

func TestNothingToAskAboutIsSettled(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	mocks.Reply(s, "", &ec2.DescribeVpcEndpointServiceConfigurationsOutput{})
	mocks.Reply(s, "", &ec2.DescribeClientVpnEndpointsOutput{})
	mocks.Reply(s, "", &ec2.DescribeSecurityGroupsOutput{})
	ops := []string{listEndpointServices, readPermissions, listClientVPNs, readAuthorization, listGroups, readStale}
	_, in := read(s, ops...)
	covered(t, in, snapshot.OK, ops...)
	_, in = read(denies(t), ops...)
	covered(t, in, snapshot.Denied, listEndpointServices, listClientVPNs, listGroups)
	covered(t, in, snapshot.Skipped, readPermissions, readAuthorization, readStale)
}

// refers is a group of a VPC with a rule for another group.
func refers(id, vpc, to string) types.SecurityGroup {
	return types.SecurityGroup{GroupId: &id, VpcId: &vpc, OwnerId: aws.String("111122223333"), IpPermissions: []types.IpPermission{
		{IpProtocol: aws.String("-1"), UserIdGroupPairs: []types.UserIdGroupPair{{GroupId: &to, UserId: aws.String("444455556666"), VpcPeeringConnectionId: aws.String("pcx-1"), PeeringStatus: aws.String("deleted")}}},
	}}
}

// A VPC whose rules name only its own groups is not asked; another is, once.
func TestStaleRules(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	mocks.Reply(s, "", &ec2.DescribeSecurityGroupsOutput{SecurityGroups: []types.SecurityGroup{
		refers("sg-1", "vpc-1", "sg-2"), refers("sg-2", "vpc-1", "sg-1"), refers("sg-3", "vpc-2", "sg-gone"), refers("sg-4", "vpc-2", "sg-4"), refers("sg-5", "vpc-3", "sg-1"),
	}})
	mocks.Handle(s, func(_ *mocks.Request, in *ec2.DescribeStaleSecurityGroupsInput) (*ec2.DescribeStaleSecurityGroupsOutput, error) {
		if *in.VpcId == "vpc-3" {
			return nil, &mocks.Error{Status: http.StatusBadRequest, Code: "InvalidVpcID.NotFound"}
		}
		return &ec2.DescribeStaleSecurityGroupsOutput{StaleSecurityGroupSet: []types.StaleSecurityGroup{{GroupId: aws.String("sg-3"), StaleIpPermissions: []types.StaleIpPermission{{UserIdGroupPairs: []types.UserIdGroupPair{{GroupId: aws.String("sg-gone")}}}}}}}, nil
	})
	got, in := read(s, listGroups, readStale)
	var lines []string
	for _, g := range got.Groups {
		v, err := g.Stale.Get()
		var u *snapshot.Unread
		state := fmt.Sprint(v)
		if errors.As(err, &u) {
			state = string(u.Cause)
		}
		lines = append(lines, g.ID+" "+state)
	}
	if diff := cmp.Diff([]string{"sg-1 {0 []}", "sg-2 {0 []}", "sg-3 {1 [sg-gone]}", "sg-4 {0 []}", "sg-5 changed"}, lines); diff != "" {
		t.Errorf("stale (-want +got):\n%s", diff)
	}
	if vpcs := asked(s, readStale, "VpcId"); !slices.Equal(vpcs, []string{"vpc-2", "vpc-3"}) {
		t.Errorf("asked %v", vpcs)
	}
	if p := got.Groups[0].Ingress[0].Pairs[0]; p != (snapshot.GroupPair{Group: "sg-2", Account: "444455556666", Peering: "pcx-1", PeeringStatus: "deleted"}) {
		t.Errorf("pair %+v", p)
	}
	covered(t, in, snapshot.Changed, readStale)
}

func TestTheQuotaOfElasticIPs(t *testing.T) {
	const op = "ec2:DescribeAccountAttributes"
	for value, want := range map[string]snapshot.Cause{"5": snapshot.OK, "five": snapshot.Malformed, "": snapshot.Malformed} {
		s := mocks.Start(t, mocks.Options{})
		out := &ec2.DescribeAccountAttributesOutput{AccountAttributes: []types.AccountAttribute{{AttributeName: aws.String("max-elastic-ips"), AttributeValues: []types.AccountAttributeValue{{AttributeValue: aws.String("9")}}}}}
		if value != "" {
			out.AccountAttributes = append(out.AccountAttributes, types.AccountAttribute{AttributeName: aws.String("vpc-max-elastic-ips"), AttributeValues: []types.AccountAttributeValue{{AttributeValue: &value}}})
		}
		mocks.Reply(s, "", out)
		got, in := read(s, op)
		if n, err := got.Regions[0].ElasticIPQuota.Get(); (err == nil) != (want == snapshot.OK) || err == nil && n != 5 {
			t.Errorf("quota %d, %v of %q", n, err, value)
		}
		covered(t, in, want, op)
	}
}

// The calls of all pages are kept, those of an empty list too: they show that something is
// not there.
func TestTheCallsOfListsAreKept(t *testing.T) {
	s := mocks.Start(t, mocks.Options{PageSize: map[string]int{"ec2:DescribeNatGateways": 1}})
	mocks.Reply(s, "", &ec2.DescribeFlowLogsOutput{})
	mocks.Reply(s, "", &ec2.DescribeNatGatewaysOutput{NatGateways: make([]types.NatGateway, 2)})
	got, _ := read(s, "ec2:DescribeFlowLogs", "ec2:DescribeNatGateways")
	var lines []string
	for _, l := range got.Net.Lists {
		lines = append(lines, fmt.Sprint(l.Operation, " ", len(l.Calls), " ", l.Region))
	}
	if diff := cmp.Diff([]string{"ec2:DescribeFlowLogs 1 eu-west-1", "ec2:DescribeNatGateways 2 eu-west-1"}, lines); diff != "" {
		t.Errorf("lists (-want +got):\n%s", diff)
	}
}
