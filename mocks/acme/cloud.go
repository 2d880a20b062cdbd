package acme

import (
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

// cloud is a Region's VPC network, its EBS snapshots and images, and its switches.
type cloud struct {
	vpcs      []types.Vpc
	subnets   []types.Subnet
	tables    []types.RouteTable
	gateways  []types.InternetGateway
	acls      []types.NetworkAcl
	snapshots []types.Snapshot
	public    map[string]bool // snapshot ids that everybody may restore
	images    []types.Image

	blockMode      types.InternetGatewayBlockMode
	snapshotState  types.SnapshotBlockPublicAccessState
	imageState     string
	metadataTokens types.HttpTokensState // the account's default; "" for no preference
	tokensEnforced types.HttpTokensEnforcedState
}

// build gives every Region its switches, and three of them a network.
func (e *estate) build() {
	for _, r := range e.regions {
		r.cloud.blockMode, r.cloud.public = types.InternetGatewayBlockModeOff, map[string]bool{}
		r.cloud.snapshotState, r.cloud.imageState = types.SnapshotBlockPublicAccessStateUnblocked, "unblocked"
	}
	home, second, old := e.regions[Home], e.regions[Second], e.regions["us-east-1"]
	home.cloud.imageState, home.cloud.metadataTokens = "block-new-sharing", types.HttpTokensStateRequired
	home.cloud.tokensEnforced = types.HttpTokensEnforcedStateEnabled
	second.cloud.blockMode = types.InternetGatewayBlockModeBlockIngress
	second.cloud.snapshotState, second.cloud.imageState = types.SnapshotBlockPublicAccessStateBlockAllSharing, "block-new-sharing"
	home.network("10.20", false)
	second.network("10.30", false)
	old.network("172.31", true) // AWS made it, and nobody uses it
	// The default groups: emptied at home, as AWS made them in the others.
	home.group("default", Account)
	home.groups[len(home.groups)-1].IpPermissionsEgress = nil
	second.group("default", Account, rule("-1", 0, 0, id("sg", second.name+"default")))
	old.group("default", Account, rule("-1", 0, 0, id("sg", old.name+"default")))
	second.adminACL()
	home.copies()
}

// network makes a VPC with a public and a private subnet. block is its first two numbers.
func (r *region) network(block string, isDefault bool) {
	c := &r.cloud
	public, private := id("subnet", r.name+"public"), id("subnet", r.name+"private")
	c.vpcs = []types.Vpc{{VpcId: aws.String(r.vpc()), OwnerId: aws.String(Account), CidrBlock: aws.String(block + ".0.0/16"),
		IsDefault: aws.Bool(isDefault), State: types.VpcStateAvailable, Tags: tags("acme", "prod")}}
	for i, subnet := range []string{public, private} {
		if isDefault && i > 0 {
			break
		}
		c.subnets = append(c.subnets, types.Subnet{SubnetId: aws.String(subnet), SubnetArn: aws.String(r.arn("ec2", "subnet/"+subnet)),
			VpcId: aws.String(r.vpc()), OwnerId: aws.String(Account), CidrBlock: aws.String(fmt.Sprintf("%s.%d.0/24", block, i)),
			AvailabilityZone: aws.String(r.name + "a"), AvailabilityZoneId: aws.String(zoneID(r.name + "a")), AvailableIpAddressCount: aws.Int32(240), State: types.SubnetStateAvailable, DefaultForAz: aws.Bool(isDefault),
			MapPublicIpOnLaunch: aws.Bool(isDefault), AssignIpv6AddressOnCreation: aws.Bool(false)})
	}
	gateway := id("igw", r.name)
	c.gateways = []types.InternetGateway{{InternetGatewayId: aws.String(gateway), OwnerId: aws.String(Account),
		Attachments: []types.InternetGatewayAttachment{{VpcId: aws.String(r.vpc()), State: "available"}}}}
	local := types.Route{DestinationCidrBlock: aws.String(block + ".0.0/16"), GatewayId: aws.String("local"), State: types.RouteStateActive, Origin: types.RouteOriginCreateRouteTable}
	out := types.Route{DestinationCidrBlock: aws.String("0.0.0.0/0"), GatewayId: aws.String(gateway), State: types.RouteStateActive, Origin: types.RouteOriginCreateRoute}
	main := r.table("main", local)
	main.Associations = []types.RouteTableAssociation{{RouteTableAssociationId: aws.String(id("rtbassoc", r.name+"main")), RouteTableId: main.RouteTableId,
		Main: aws.Bool(true), AssociationState: &types.RouteTableAssociationState{State: types.RouteTableAssociationStateCodeAssociated}}}
	if isDefault {
		main.Routes = append(main.Routes, out)
		c.tables = []types.RouteTable{main}
	} else {
		outward := r.table("public", local, out)
		outward.Associations = []types.RouteTableAssociation{{RouteTableAssociationId: aws.String(id("rtbassoc", r.name+"public")), RouteTableId: outward.RouteTableId,
			SubnetId: aws.String(public), Main: aws.Bool(false), AssociationState: &types.RouteTableAssociationState{State: types.RouteTableAssociationStateCodeAssociated}}}
		c.tables = []types.RouteTable{main, outward}
	}
	c.acls = []types.NetworkAcl{r.acl("default", true, entry(100, false, "allow", "-1", nil), entry(100, true, "allow", "-1", nil))}
	for _, s := range c.subnets {
		c.acls[0].Associations = append(c.acls[0].Associations, types.NetworkAclAssociation{SubnetId: s.SubnetId, NetworkAclId: c.acls[0].NetworkAclId})
	}
}

func (r *region) table(name string, routes ...types.Route) types.RouteTable {
	return types.RouteTable{RouteTableId: aws.String(id("rtb", r.name+name)), VpcId: aws.String(r.vpc()), OwnerId: aws.String(Account), Routes: routes, Tags: tags("acme-"+name, "prod")}
}

// acl makes a network ACL; AWS closes each direction by a deny of its own.
func (r *region) acl(name string, isDefault bool, entries ...types.NetworkAclEntry) types.NetworkAcl {
	entries = append(entries, entry(32767, false, "deny", "-1", nil), entry(32767, true, "deny", "-1", nil))
	return types.NetworkAcl{NetworkAclId: aws.String(id("acl", r.name+name)), VpcId: aws.String(r.vpc()), OwnerId: aws.String(Account),
		IsDefault: aws.Bool(isDefault), Entries: entries, Tags: tags("acme-"+name, "prod")}
}

// entry is one rule of an ACL, for all IPv4 addresses.
func entry(number int32, egress bool, action types.RuleAction, protocol string, ports *types.PortRange) types.NetworkAclEntry {
	return types.NetworkAclEntry{RuleNumber: aws.Int32(number), Egress: aws.Bool(egress), RuleAction: action, Protocol: aws.String(protocol),
		CidrBlock: aws.String("0.0.0.0/0"), PortRange: ports}
}

// adminACL gives the Region's public subnet an ACL that lets web traffic in, and answers out.
func (r *region) adminACL() {
	c := &r.cloud
	web := r.acl("web", false,
		entry(100, false, "allow", "6", &types.PortRange{From: aws.Int32(443), To: aws.Int32(443)}),
		entry(100, true, "allow", "6", &types.PortRange{From: aws.Int32(1024), To: aws.Int32(65535)}))
	web.Associations = []types.NetworkAclAssociation{{SubnetId: c.subnets[0].SubnetId, NetworkAclId: web.NetworkAclId}}
	c.acls[0].Associations = c.acls[0].Associations[1:]
	c.acls = append(c.acls, web)
}

// place puts the Region's interfaces into subnets, with addresses, and shows them at their
// instances. The old ERP server and the bastion have public addresses.
func (r *region) place() {
	byInstance := map[string]int{}
	for i := range r.instances {
		byInstance[*r.instances[i].InstanceId] = i
		r.instances[i].NetworkInterfaces = nil
		r.instances[i].VirtualizationType = types.VirtualizationTypeHvm
		r.instances[i].Monitoring = &types.Monitoring{State: types.MonitoringStateDisabled}
		if r.instances[i].State.Name == stopped {
			r.instances[i].StateTransitionReason = aws.String("User initiated (" + AsOf.Add(-75*day).Format("2006-01-02 15:04:05") + " GMT)")
		}
	}
	for i := range r.interfaces {
		n := &r.interfaces[i]
		n.SubnetId, n.SourceDestCheck, n.RequesterManaged = aws.String(id("subnet", r.name+"private")), aws.Bool(true), aws.Bool(false)
		private := fmt.Sprintf("10.%d.1.%d", 20+i/250, 4+i%250)
		address := types.NetworkInterfacePrivateIpAddress{PrivateIpAddress: aws.String(private), Primary: aws.Bool(true)}
		if name := aws.ToString(n.Description); name == "acme-legacy-erp" || name == "acme-bastion" {
			n.SubnetId = aws.String(id("subnet", r.name+"public"))
			n.Association = &types.NetworkInterfaceAssociation{PublicIp: aws.String(fmt.Sprintf("198.51.100.%d", 100+i)), IpOwnerId: aws.String(Account)}
			address.Association = n.Association
		}
		if strings.HasPrefix(aws.ToString(n.Description), "RDS") {
			n.RequesterManaged, n.RequesterId = aws.Bool(true), aws.String("amazon-rds")
		}
		n.PrivateIpAddress, n.PrivateIpAddresses = aws.String(private), []types.NetworkInterfacePrivateIpAddress{address}
		if n.Attachment == nil {
			continue
		}
		if k, ok := byInstance[aws.ToString(n.Attachment.InstanceId)]; ok {
			r.instances[k].NetworkInterfaces = append(r.instances[k].NetworkInterfaces, types.InstanceNetworkInterface{
				NetworkInterfaceId: n.NetworkInterfaceId, InterfaceType: aws.String(string(n.InterfaceType)), SubnetId: n.SubnetId, VpcId: n.VpcId, Groups: n.Groups,
				Attachment: &types.InstanceNetworkInterfaceAttachment{DeviceIndex: n.Attachment.DeviceIndex, Status: n.Attachment.Status, AttachTime: n.Attachment.AttachTime}})
		}
	}
}
