package reach

import (
	"slices"
	"sync"
)

// Index is a network prepared for questions: rules are sorted by protocol and port once,
// and what holds for a whole subnet is worked out once for each kind of traffic. It is
// safe for concurrent use. The network must not be changed while the index is in use.
type Index struct {
	net   Network
	lists map[string]expanded

	subnets     map[string]*Subnet
	groups      map[string]*compiledGroup
	explicit    map[string][]*RouteTable // by subnet
	main        map[string][]*RouteTable // by VPC
	edge        map[string][]*RouteTable // by gateway
	aclOf       map[string][]*compiledACL
	gateways    map[string][]gatewayAt // internet gateways by VPC
	vpnGateways map[string][]gatewayAt
	byInstance  map[string][]*Interface
	byGroup     map[string]AddrSet
	attachments map[string]*TransitAttachment
	transit     map[string]*TransitTable

	mu       sync.Mutex // guards what follows, and the tables inside groups and ACLs
	hops     map[string]*nextHops
	internet map[subnetQuestion]*subnetPath
}

type gatewayAt struct{ id, state string }

// New prepares a network.
func New(n Network) *Index {
	x := &Index{
		net: n, lists: expandAll(n.PrefixLists.Items),
		subnets: map[string]*Subnet{}, groups: map[string]*compiledGroup{},
		explicit: map[string][]*RouteTable{}, main: map[string][]*RouteTable{}, edge: map[string][]*RouteTable{},
		aclOf: map[string][]*compiledACL{}, gateways: map[string][]gatewayAt{}, vpnGateways: map[string][]gatewayAt{},
		byInstance: map[string][]*Interface{}, byGroup: map[string]AddrSet{},
		attachments: map[string]*TransitAttachment{}, transit: map[string]*TransitTable{},
		hops: map[string]*nextHops{}, internet: map[subnetQuestion]*subnetPath{},
	}
	for i := range n.Subnets.Items {
		x.subnets[n.Subnets.Items[i].ID] = &n.Subnets.Items[i]
	}
	for _, g := range n.Groups.Items {
		x.groups[g.ID] = compileGroup(g, x.lists)
	}
	for _, a := range n.ACLs.Items {
		c := compileACL(a)
		for _, id := range a.Subnets {
			x.aclOf[id] = append(x.aclOf[id], c)
		}
	}
	for _, g := range n.InternetGateways.Items {
		for _, a := range g.Attachments {
			x.gateways[a.VPCID] = append(x.gateways[a.VPCID], gatewayAt{g.ID, a.State})
		}
	}
	for _, g := range n.VPNGateways.Items {
		for _, a := range g.Attachments {
			x.vpnGateways[a.VPCID] = append(x.vpnGateways[a.VPCID], gatewayAt{g.ID, a.State})
		}
	}
	for i := range n.TransitAttachments.Items {
		x.attachments[n.TransitAttachments.Items[i].ID] = &n.TransitAttachments.Items[i]
	}
	for i := range n.TransitTables.Items {
		x.transit[n.TransitTables.Items[i].ID] = &n.TransitTables.Items[i]
	}
	x.indexTables()
	x.indexInterfaces()
	return x
}

func (x *Index) indexTables() {
	for i := range x.net.RouteTables.Items {
		t := &x.net.RouteTables.Items[i]
		for _, a := range t.Associations {
			if a.State == "disassociated" || a.State == "failed" {
				continue
			}
			switch {
			case a.GatewayID != "":
				x.edge[a.GatewayID] = append(x.edge[a.GatewayID], t)
			case a.SubnetID != "":
				x.explicit[a.SubnetID] = append(x.explicit[a.SubnetID], t)
			case a.Main:
				x.main[t.VPCID] = append(x.main[t.VPCID], t)
			}
		}
	}
}

func (x *Index) indexInterfaces() {
	addrs := map[string][]AddrSet{}
	for i := range x.net.Interfaces.Items {
		e := &x.net.Interfaces.Items[i]
		if e.InstanceID != "" {
			x.byInstance[e.InstanceID] = append(x.byInstance[e.InstanceID], e)
		}
		for _, g := range e.Groups {
			addrs[g] = append(addrs[g], e.addresses())
		}
	}
	for g, sets := range addrs {
		x.byGroup[g] = unionAll(sets)
	}
}

// addresses are those that packets inside the VPC carry.
func (e *Interface) addresses() AddrSet {
	return Single(e.Private...).Union(Single(e.IPv6...)).Union(Addrs(e.IPv6Prefixes...))
}

// Interfaces returns the interfaces of an instance, by id, and whether the list of
// interfaces was read to its end.
func (x *Index) Interfaces(instanceID string) (list []Interface, complete bool) {
	for _, e := range x.byInstance[instanceID] {
		list = append(list, *e)
	}
	slices.SortFunc(list, func(a, b Interface) int { return compareIDs(a.ID, b.ID) })
	return list, x.net.Interfaces.Complete
}

// table finds the route table of a subnet: the explicit one, else the main table of its
// VPC. Without one it says what is missing.
func (x *Index) table(vpcID, subnetID string) (*RouteTable, []string) {
	tables := x.explicit[subnetID]
	subnet := x.subnets[subnetID]
	switch {
	case len(tables) == 1 && settled(tables[0], subnetID):
		return tables[0], nil
	case len(tables) > 0:
		return nil, []string{"which route table is associated with " + subnetID + " (a change is in progress)"}
	case !x.net.RouteTables.Complete:
		return nil, []string{x.net.RouteTables.missing("the route table of " + subnetID)}
	// In a subnet shared in, an explicit table may exist that only its owner sees.
	case subnet == nil:
		return nil, []string{x.net.Subnets.missing("the owner of " + subnetID)}
	case subnet.SharedIn || len(x.main[vpcID]) != 1:
		return nil, []string{"the route table of " + subnetID}
	}
	return x.main[vpcID][0], nil
}

// settled reports whether the table's association with the subnet is not in transition.
func settled(t *RouteTable, subnetID string) bool {
	for _, a := range t.Associations {
		if a.SubnetID == subnetID && (a.State == "" || a.State == "associated") {
			return true
		}
	}
	return false
}

// nextHops works a route table out, once.
func (x *Index) nextHops(t *RouteTable) *nextHops {
	if n, ok := x.hops[t.ID]; ok {
		return n
	}
	routes := make([]tableRoute, len(t.Routes))
	for i, r := range t.Routes {
		routes[i] = tableRoute{r.Destination, r.PrefixList, r.Target, r.State, r.Propagated}
	}
	n := newNextHops(t.ID, routes, x.lists)
	x.hops[t.ID] = n
	return n
}

// acl finds the network ACL of a subnet; every subnet has exactly one.
func (x *Index) acl(subnetID string) (*compiledACL, []string) {
	if acls := x.aclOf[subnetID]; len(acls) == 1 {
		return acls[0], nil
	}
	return nil, []string{x.net.ACLs.missing("the network ACL of " + subnetID)}
}

// aclLinks are the links of the ACL for packets that come into the subnet from outside
// it: the traffic in and, for TCP, the answers out.
func (x *Index) aclLinks(subnetID string, t Traffic) []link {
	acl, missing := x.acl(subnetID)
	if acl == nil {
		return []link{unread("the network ACL of "+subnetID, missing...)}
	}
	in := acl.lets(ingress, t)
	if t.Protocol != TCP {
		return []link{in}
	}
	return []link{in, acl.letsReturn(egress)}
}

func compareIDs(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}
