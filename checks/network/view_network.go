package network

import (
	"onus/checks/network/reach"
	"onus/checks/networks"
	"onus/scanner/snapshot"
)

// network is the Region as reach takes it.
func (v *view) network(a *snapshot.Account) reach.Network {
	e := &a.EC2
	return reach.Network{
		Subnets: listed(v, "ec2:DescribeSubnets", e.Subnets, func(s *snapshot.Subnet) *snapshot.Meta { return &s.Meta }, func(s *snapshot.Subnet) reach.Subnet {
			return reach.Subnet{ID: s.ID, VPCID: s.VPC, CIDRs: prefixes(s.CIDRs), PrivateIPv6: prefixes(s.PrivateIPv6), SharedIn: s.Owner != s.Account}
		}),
		RouteTables: listed(v, "ec2:DescribeRouteTables", e.RouteTables, func(t *snapshot.RouteTable) *snapshot.Meta { return &t.Meta }, reachTable),
		InternetGateways: listed(v, "ec2:DescribeInternetGateways", e.InternetGateways, func(g *snapshot.InternetGateway) *snapshot.Meta { return &g.Meta }, func(g *snapshot.InternetGateway) reach.InternetGateway {
			out := reach.InternetGateway{ID: g.ID}
			for _, at := range g.Attachments {
				out.Attachments = append(out.Attachments, reach.Attachment{VPCID: at.VPC, State: at.State})
			}
			return out
		}),
		ACLs:        listed(v, "ec2:DescribeNetworkAcls", e.NetworkACLs, func(n *snapshot.NetworkACL) *snapshot.Meta { return &n.Meta }, reachACL),
		Groups:      listed(v, "ec2:DescribeSecurityGroups", e.Groups, func(g *snapshot.SecurityGroup) *snapshot.Meta { return &g.Meta }, func(g *snapshot.SecurityGroup) reach.Group { return reachGroup(*g) }),
		PrefixLists: listed(v, "ec2:DescribeManagedPrefixLists", e.PrefixLists, func(p *snapshot.PrefixList) *snapshot.Meta { return &p.Meta }, reachList),
		Interfaces:  listed(v, "ec2:DescribeNetworkInterfaces", e.Interfaces, func(n *snapshot.NetworkInterface) *snapshot.Meta { return &n.Meta }, reachInterface),
		Exclusions: listed(v, "ec2:DescribeVpcBlockPublicAccessExclusions", e.Exclusions, func(x *snapshot.Exclusion) *snapshot.Meta { return &x.Meta }, func(x *snapshot.Exclusion) reach.Exclusion {
			return reach.Exclusion{ID: x.ID, Resource: idOf(x.Resource), Mode: x.Mode, State: x.State}
		}),
		BlockPublicAccess: v.mode(a),
		Peerings:          listed(v, listPeerings, e.Net.Peerings, func(p *snapshot.VPCPeering) *snapshot.Meta { return &p.Meta }, reachPeering),
	}
}

// mode is the Region's VPC Block Public Access.
func (v *view) mode(a *snapshot.Account) reach.List[reach.BlockPublicAccess] {
	for _, r := range a.EC2.Regions {
		if r.Region != v.Region {
			continue
		}
		v.calls["ec2:DescribeNetworkInterfaces"] = r.Interfaces.Calls()
		v.calls[blockOptions] = r.BlockPublicAccess.Calls()
		b, err := r.BlockPublicAccess.Get()
		if err != nil {
			v.unread[blockOptions] = err
			return reach.Unread[reach.BlockPublicAccess](err.Error())
		}
		return reach.Read(reach.BlockPublicAccess{Mode: b.Mode, State: b.State})
	}
	return reach.Unread[reach.BlockPublicAccess]("the settings of the Region were not read")
}

const blockOptions = "ec2:DescribeVpcBlockPublicAccessOptions"

func reachTable(t *snapshot.RouteTable) reach.RouteTable {
	out := reach.RouteTable{ID: t.ID, VPCID: t.VPC}
	for _, a := range t.Associations {
		out.Associations = append(out.Associations, reach.Association{SubnetID: a.Subnet, GatewayID: a.Gateway, Main: a.Main, State: a.State})
	}
	for _, r := range t.Routes {
		route := reach.Route{PrefixList: r.PrefixList, Target: r.Target, State: r.State, Propagated: r.Origin == "EnableVgwRoutePropagation"}
		if r.PrefixList == "" {
			route.Destination = prefixes([]string{r.Destination})[0]
		}
		out.Routes = append(out.Routes, route)
	}
	return out
}

func reachACL(n *snapshot.NetworkACL) reach.ACL { return networks.ACL(*n) }

func reachList(p *snapshot.PrefixList) reach.PrefixList {
	out := reach.PrefixList{ID: p.ID, Family: families[p.AddressFamily]}
	entries, err := p.Entries.Get()
	if err != nil {
		out.Entries.Unread = err.Error()
		return out
	}
	out.Entries = reach.Read(prefixes(entries)...)
	return out
}

func reachInterface(n *snapshot.NetworkInterface) reach.Interface {
	return reach.Interface{
		ID: n.ID, InstanceID: n.Instance, VPCID: n.VPC, SubnetID: n.Subnet, Groups: n.Groups,
		Private: addrs(n.Private), PublicIPv4: addrs(n.Public), IPv6: addrs(n.IPv6), IPv6Prefixes: prefixes(n.IPv6Prefixes),
		DenyAllIGWTraffic: n.DenyAllIGWTraffic,
	}
}

func reachPeering(p *snapshot.VPCPeering) reach.Peering {
	side := func(s snapshot.PeeringSide) reach.PeeringSide {
		return reach.PeeringSide{VPCID: s.VPC, Region: s.Region, CIDRs: prefixes(s.CIDRs)}
	}
	return reach.Peering{ID: p.ID, State: p.Status, Sides: [2]reach.PeeringSide{side(p.Requester), side(p.Accepter)}}
}
