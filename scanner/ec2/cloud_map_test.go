package ec2

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"onus/scanner/collect/collecttest"
	"onus/scanner/snapshot"
)

// facts compares what was mapped, but for the meta and the reads, which have tests of their own.
func facts[T any](t *testing.T, got, want T) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.IgnoreTypes(snapshot.Meta{}, snapshot.Read[bool]{}, snapshot.Read[string]{}, snapshot.Read[[]snapshot.Grantee]{}, snapshot.Read[snapshot.FreeText]{}, snapshot.Read[[]snapshot.TemplateVersion]{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

var here = snapshot.Meta{Location: collecttest.At}

func TestNilPointersMapToNothing(t *testing.T) {
	facts(t, subnet(here, types.Subnet{}), snapshot.Subnet{Owner: collecttest.At.Account})
	facts(t, networkACL(here, types.NetworkAcl{Entries: []types.NetworkAclEntry{{}}}), snapshot.NetworkACL{Owner: collecttest.At.Account, Entries: []snapshot.ACLEntry{{}}})
	facts(t, routeTable(here, types.RouteTable{Routes: []types.Route{{}}, Associations: []types.RouteTableAssociation{{}}}), snapshot.RouteTable{Routes: []snapshot.Route{{}}, Associations: []snapshot.RouteAssociation{{}}})
	facts(t, networkInterface(here, types.NetworkInterface{}), snapshot.NetworkInterface{Owner: collecttest.At.Account})
	facts(t, volumeSnapshot(here, types.Snapshot{}), snapshot.VolumeSnapshot{})
	if _, err := subnet(here, types.Subnet{}).MapPublicIPOnLaunch.Get(); err == nil {
		t.Error("an absent MapPublicIpOnLaunch was read")
	}
	if _, err := networkInterface(here, types.NetworkInterface{}).SourceDestCheck.Get(); err == nil {
		t.Error("an absent SourceDestCheck was read")
	}
}

func TestMapInterface(t *testing.T) {
	facts(t, networkInterface(here, types.NetworkInterface{
		NetworkInterfaceId: aws.String("eni-1"), OwnerId: aws.String("444455556666"), InterfaceType: types.NetworkInterfaceTypeEfa, Status: types.NetworkInterfaceStatusInUse,
		RequesterManaged: aws.Bool(true), RequesterId: aws.String("amazon-rds"), VpcId: aws.String("vpc-1"), SubnetId: aws.String("subnet-1"), DenyAllIgwTraffic: aws.Bool(true),
		Attachment:       &types.NetworkInterfaceAttachment{InstanceId: aws.String("i-1"), Status: types.AttachmentStatusAttached},
		Groups:           []types.GroupIdentifier{{GroupId: aws.String("sg-1"), GroupName: aws.String("web")}},
		PrivateIpAddress: aws.String("10.0.0.4"), Association: &types.NetworkInterfaceAssociation{PublicIp: aws.String("198.51.100.7")},
		PrivateIpAddresses: []types.NetworkInterfacePrivateIpAddress{
			{PrivateIpAddress: aws.String("10.0.0.4"), Association: &types.NetworkInterfaceAssociation{PublicIp: aws.String("198.51.100.7")}},
			{PrivateIpAddress: aws.String("10.0.0.5"), Association: &types.NetworkInterfaceAssociation{PublicIp: aws.String("198.51.100.8"), CarrierIp: aws.String("155.146.1.1")}},
			{PrivateIpAddress: aws.String("10.0.0.6"), Association: &types.NetworkInterfaceAssociation{CustomerOwnedIp: aws.String("192.0.2.9")}},
		},
		Ipv6Addresses: []types.NetworkInterfaceIpv6Address{{Ipv6Address: aws.String("2600:1f18::7")}},
		Ipv6Prefixes:  []types.Ipv6PrefixSpecification{{Ipv6Prefix: aws.String("2600:1f18:0:1::/80")}},
	}), snapshot.NetworkInterface{
		ID: "eni-1", Owner: "444455556666", Type: "efa", Status: "in-use", RequesterID: "amazon-rds", RequesterManaged: true, VPC: "vpc-1", Subnet: "subnet-1",
		Instance: "i-1", Attachment: "attached", Groups: []string{"sg-1"}, GroupNames: []string{"web"}, DenyAllIGWTraffic: true,
		Private: []string{"10.0.0.4", "10.0.0.5", "10.0.0.6"}, Public: []string{"198.51.100.7", "198.51.100.8"}, Carrier: []string{"155.146.1.1", "192.0.2.9"},
		IPv6: []string{"2600:1f18::7"}, IPv6Prefixes: []string{"2600:1f18:0:1::/80"},
	})
}

func TestMapSubnet(t *testing.T) {
	block := func(cidr string, attribute types.Ipv6AddressAttribute, state types.SubnetCidrBlockStateCode) types.SubnetIpv6CidrBlockAssociation {
		return types.SubnetIpv6CidrBlockAssociation{Ipv6CidrBlock: &cidr, Ipv6AddressAttribute: attribute, Ipv6CidrBlockState: &types.SubnetCidrBlockState{State: state}}
	}
	facts(t, subnet(here, types.Subnet{
		SubnetId: aws.String("subnet-1"), VpcId: aws.String("vpc-1"), OwnerId: aws.String("444455556666"), CidrBlock: aws.String("10.0.0.0/24"), AssignIpv6AddressOnCreation: aws.Bool(true),
		SubnetArn: aws.String("arn:aws:ec2:eu-west-1:444455556666:subnet/subnet-1"),
		Ipv6CidrBlockAssociationSet: []types.SubnetIpv6CidrBlockAssociation{
			block("2600:1f18::/64", types.Ipv6AddressAttributePublic, types.SubnetCidrBlockStateCodeAssociated),
			block("2600:1f19::/64", types.Ipv6AddressAttributePrivate, types.SubnetCidrBlockStateCodeAssociated),
			block("2600:1f20::/64", types.Ipv6AddressAttributePublic, types.SubnetCidrBlockStateCodeDisassociated),
		},
	}), snapshot.Subnet{
		ID: "subnet-1", VPC: "vpc-1", Owner: "444455556666", CIDRs: []string{"10.0.0.0/24", "2600:1f18::/64", "2600:1f19::/64"},
		PublicIPv6: []string{"2600:1f18::/64"}, PrivateIPv6: []string{"2600:1f19::/64"}, AssignIPv6OnCreation: true,
	})
}

func TestMapACLAndRoutes(t *testing.T) {
	facts(t, networkACL(here, types.NetworkAcl{
		NetworkAclId: aws.String("acl-1"), VpcId: aws.String("vpc-1"), OwnerId: aws.String("111122223333"), IsDefault: aws.Bool(true),
		Associations: []types.NetworkAclAssociation{{SubnetId: aws.String("subnet-1")}},
		Entries: []types.NetworkAclEntry{
			{RuleNumber: aws.Int32(100), RuleAction: types.RuleActionAllow, Protocol: aws.String("6"), CidrBlock: aws.String("0.0.0.0/0"), PortRange: &types.PortRange{From: aws.Int32(22), To: aws.Int32(23)}},
			{RuleNumber: aws.Int32(110), Egress: aws.Bool(true), RuleAction: types.RuleActionDeny, Protocol: aws.String("58"), Ipv6CidrBlock: aws.String("::/0"), IcmpTypeCode: &types.IcmpTypeCode{Type: aws.Int32(-1), Code: aws.Int32(-1)}},
		},
	}), snapshot.NetworkACL{
		ID: "acl-1", VPC: "vpc-1", Owner: "111122223333", Default: true, Subnets: []string{"subnet-1"}, Entries: []snapshot.ACLEntry{
			{Number: 100, Action: "allow", Protocol: "6", CIDR: "0.0.0.0/0", FromPort: aws.Int32(22), ToPort: aws.Int32(23)},
			{Number: 110, Egress: true, Action: "deny", Protocol: "58", CIDR: "::/0", FromPort: aws.Int32(-1), ToPort: aws.Int32(-1)},
		},
	})
	facts(t, routeTable(here, types.RouteTable{
		RouteTableId: aws.String("rtb-1"), VpcId: aws.String("vpc-1"),
		Associations: []types.RouteTableAssociation{{SubnetId: aws.String("subnet-1"), AssociationState: &types.RouteTableAssociationState{State: types.RouteTableAssociationStateCodeAssociating}}, {Main: aws.Bool(true)}, {GatewayId: aws.String("igw-1")}},
		Routes: []types.Route{
			{DestinationCidrBlock: aws.String("0.0.0.0/0"), GatewayId: aws.String("igw-1"), State: types.RouteStateActive, Origin: types.RouteOriginCreateRoute},
			{DestinationIpv6CidrBlock: aws.String("::/0"), EgressOnlyInternetGatewayId: aws.String("eigw-1"), State: types.RouteStateActive},
			{DestinationPrefixListId: aws.String("pl-1"), TransitGatewayId: aws.String("tgw-1"), State: types.RouteStateBlackhole},
			{DestinationCidrBlock: aws.String("10.9.0.0/16"), InstanceId: aws.String("i-1"), NetworkInterfaceId: aws.String("eni-1"), Origin: types.RouteOriginEnableVgwRoutePropagation},
		},
	}), snapshot.RouteTable{
		ID: "rtb-1", VPC: "vpc-1",
		Associations: []snapshot.RouteAssociation{{Subnet: "subnet-1", State: "associating"}, {Main: true}, {Gateway: "igw-1"}},
		Routes: []snapshot.Route{
			{Destination: "0.0.0.0/0", Target: "igw-1", State: "active", Origin: "CreateRoute"},
			{Destination: "::/0", Target: "eigw-1", State: "active"},
			{PrefixList: "pl-1", Target: "tgw-1", State: "blackhole"},
			{Destination: "10.9.0.0/16", Target: "eni-1", Origin: "EnableVgwRoutePropagation"},
		},
	})
}

// What instances and groups gained beside what their own tests show.
func TestMapInstanceAndGroup(t *testing.T) {
	i := instance(here, types.Instance{
		InstanceId: aws.String("i-1"), KeyName: aws.String("ops"), VpcId: aws.String("vpc-1"), Operator: &types.OperatorResponse{Managed: aws.Bool(true)},
		MetadataOptions:    &types.InstanceMetadataOptionsResponse{HttpPutResponseHopLimit: aws.Int32(2)},
		VirtualizationType: types.VirtualizationTypeHvm, StateTransitionReason: aws.String("User initiated (2026-09-14 15:07:39 GMT)"),
		Monitoring: &types.Monitoring{State: types.MonitoringStatePending}, EnclaveOptions: &types.EnclaveOptions{Enabled: aws.Bool(true)},
		NetworkInterfaces: []types.InstanceNetworkInterface{
			{NetworkInterfaceId: aws.String("eni-1"), InterfaceType: aws.String("interface"), Attachment: &types.InstanceNetworkInterfaceAttachment{Status: types.AttachmentStatusAttached}},
			{NetworkInterfaceId: aws.String("eni-2")},
		},
	})
	if m, err := i.Metadata.Get(); err != nil || m.HopLimit == nil || *m.HopLimit != 2 {
		t.Errorf("metadata %+v, %v", m, err)
	}
	if i.Virtualization != "hvm" || i.TransitionReason == "" || i.Monitoring != "pending" || !i.Enclave {
		t.Errorf("instance %+v", i)
	}
	want := []snapshot.InstanceInterface{{ID: "eni-1", Type: "interface", Status: "attached"}, {ID: "eni-2"}}
	if diff := cmp.Diff(want, i.Interfaces); diff != "" || i.KeyName != "ops" || i.VPC != "vpc-1" || !i.Managed {
		t.Errorf("instance %+v (-want +got):\n%s", i, diff)
	}
	g := group(here, types.SecurityGroup{GroupName: aws.String("default"), Tags: []types.Tag{{Key: aws.String("Name"), Value: aws.String("web")}},
		IpPermissionsEgress: []types.IpPermission{{IpProtocol: aws.String("-1"), Ipv6Ranges: []types.Ipv6Range{{CidrIpv6: aws.String("::/0")}}}}})
	if g.Group != "default" || g.Name != "web" || len(g.Egress) != 1 || g.Egress[0].CIDRs[0] != "::/0" {
		t.Errorf("group %+v", g)
	}
}
