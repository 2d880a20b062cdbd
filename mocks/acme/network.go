package acme

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

// neighbour is an account that shares a security group with Acme's.
const neighbour = "444455556666"

// prefixList is a managed prefix list and its entries.
type prefixList struct {
	types.ManagedPrefixList
	cidrs []string
}

// rule is one ingress rule. The sources are CIDRs, and ids of prefix lists and groups.
func rule(protocol string, from, to int32, sources ...string) types.IpPermission {
	p := types.IpPermission{IpProtocol: aws.String(protocol)}
	if protocol != "-1" { // which has no ports
		p.FromPort, p.ToPort = aws.Int32(from), aws.Int32(to)
	}
	for _, source := range sources {
		switch {
		case source[:3] == "pl-":
			p.PrefixListIds = append(p.PrefixListIds, types.PrefixListId{PrefixListId: aws.String(source)})
		case source[:3] == "sg-":
			p.UserIdGroupPairs = append(p.UserIdGroupPairs, types.UserIdGroupPair{GroupId: aws.String(source), UserId: aws.String(Account)})
		case isIPv6(source):
			p.Ipv6Ranges = append(p.Ipv6Ranges, types.Ipv6Range{CidrIpv6: aws.String(source)})
		default:
			p.IpRanges = append(p.IpRanges, types.IpRange{CidrIp: aws.String(source)})
		}
	}
	return p
}

func isIPv6(cidr string) bool {
	for _, c := range cidr {
		if c == ':' {
			return true
		}
	}
	return false
}

// group adds a security group; everything may leave it.
func (r *region) group(name, owner string, ingress ...types.IpPermission) {
	groupID := id("sg", r.name+name)
	r.groups = append(r.groups, types.SecurityGroup{GroupId: aws.String(groupID), GroupName: aws.String(name), Description: aws.String(name),
		OwnerId: aws.String(owner), VpcId: aws.String(r.vpc()), IpPermissions: ingress,
		IpPermissionsEgress: []types.IpPermission{rule("-1", 0, 0, "0.0.0.0/0")},
		SecurityGroupArn:    aws.String("arn:" + Partition + ":ec2:" + r.name + ":" + owner + ":security-group/" + groupID)})
}

// nic adds the network interface of something that carries the named groups.
func (r *region) nic(name string, kind types.NetworkInterfaceType, instance string, groups ...string) {
	n := types.NetworkInterface{NetworkInterfaceId: aws.String(id("eni", r.name+name)), Description: aws.String(name), InterfaceType: kind,
		OwnerId: aws.String(Account), VpcId: aws.String(r.vpc()), Status: types.NetworkInterfaceStatusInUse, AvailabilityZone: aws.String(r.name + "a")}
	for _, g := range groups {
		n.Groups = append(n.Groups, types.GroupIdentifier{GroupId: aws.String(id("sg", r.name+g)), GroupName: aws.String(g)})
	}
	if instance != "" {
		n.Attachment = &types.NetworkInterfaceAttachment{InstanceId: aws.String(id("i", instance)), DeviceIndex: aws.Int32(0), Status: types.AttachmentStatusAttached}
	}
	r.interfaces = append(r.interfaces, n)
}

// attach adds what every enabled Region has: the prefix lists that AWS keeps there.
func (r *region) attach() {
	r.list("com.amazonaws."+r.name+".s3", "AWS", "203.0.113.0/25")
	r.list("com.amazonaws."+r.name+".dynamodb", "AWS", "203.0.113.128/25")
}

// list adds a managed prefix list of IPv4 blocks.
func (r *region) list(name, owner string, cidrs ...string) string {
	listID := id("pl", r.name+name)
	l := prefixList{cidrs: cidrs}
	l.PrefixListId, l.PrefixListName, l.OwnerId, l.AddressFamily = aws.String(listID), aws.String(name), aws.String(owner), aws.String("IPv4")
	l.PrefixListArn = aws.String("arn:" + Partition + ":ec2:" + r.name + ":aws:prefix-list/" + listID)
	if owner != "AWS" {
		l.PrefixListArn = aws.String(r.arn("ec2", "prefix-list/"+listID))
		l.MaxEntries, l.Version, l.State = aws.Int32(20), aws.Int64(3), types.PrefixListStateModifyComplete
	}
	r.lists = append(r.lists, l)
	return listID
}

func networkHome(r *region) {
	offices := r.list("acme-offices", Account, "198.51.100.0/26", "192.0.2.16/28")
	web, bastion := id("sg", r.name+"acme-web"), id("sg", r.name+"acme-bastion")
	r.group("acme-web", Account, rule("tcp", 443, 443, "0.0.0.0/0", "::/0"), rule("tcp", 80, 80, "0.0.0.0/0", "::/0"), rule("tcp", 22, 22, bastion))
	r.group("acme-bastion", Account, rule("tcp", 22, 22, offices), rule("icmp", 8, -1, "0.0.0.0/0"), rule("tcp", 8443, 8443, "::/0"))
	r.group("acme-databases", Account, rule("tcp", 5432, 5432, web), rule("tcp", 3306, 3306, web))
	r.group("acme-legacy-erp", Account, rule("tcp", 3389, 3389, "0.0.0.0/0"), rule("-1", 0, 0, "10.20.0.0/16"), rule("tcp", 8080, 8080, "54.74.10.20/32", "3.216.40.11/32")) // the vendor's servers, in Ireland and in Virginia
	// Nobody wrote 0.0.0.0/0, and yet it is open to everybody; nothing carries it any more.
	r.group("acme-contractors-2023", Account, rule("tcp", 22, 22, "0.0.0.0/1", "128.0.0.0/1"))
	r.group("partner-shared", neighbour, rule("tcp", 22, 22, "0.0.0.0/0"))
	for _, name := range []string{"acme-shop-prod-1", "acme-shop-prod-2", "acme-orders-prod", "acme-batch-prod"} {
		r.nic(name, types.NetworkInterfaceTypeInterface, name, "acme-web")
	}
	r.nic("acme-bastion", types.NetworkInterfaceTypeInterface, "acme-bastion", "acme-bastion")
	r.nic("acme-legacy-erp", types.NetworkInterfaceTypeInterface, "acme-legacy-erp", "acme-legacy-erp", "partner-shared")
	r.nic("RDSNetworkInterface", types.NetworkInterfaceTypeInterface, "", "acme-databases")
}

func networkSecond(r *region) {
	anywhere := r.list("acme-testers", Account, "198.51.100.0/26", "0.0.0.0/0") // opened for a demonstration
	r.group("acme-staging", Account, rule("tcp", 443, 443, "0.0.0.0/0"), rule("tcp", 22, 22, anywhere))
	r.group("acme-staging-internal", Account, rule("-1", 0, 0, "10.30.0.0/16"), rule("udp", 22, 22, "0.0.0.0/0"))
	r.nic("acme-shop-staging", types.NetworkInterfaceTypeInterface, "acme-shop-staging", "acme-staging", "acme-staging-internal")
}
