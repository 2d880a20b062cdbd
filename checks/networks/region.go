// Package networks holds what checks of several categories ask of VPC networks: what lies
// where, what was not read of it, and whose accounts are known. What is then judged, and
// how, is left to the checks; which packets get where, to checks/network/reach.
//
// A Region is put together once for an evaluation, however many resources are judged. It
// does not know what a check rests on: that is what Region.Rest tells the evidence.
package networks

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"onus/checks"
	"onus/scanner/snapshot"
)

// Region is the network of one Region by its ids.
type Region struct {
	snapshot.Meta
	VPCs       map[string]*snapshot.VPC
	Subnets    map[string]*snapshot.Subnet
	Interfaces map[string]*snapshot.NetworkInterface
	Groups     map[string]*snapshot.SecurityGroup
	Tables     map[string]*snapshot.RouteTable
	Lists      map[string]*snapshot.PrefixList
	NAT        map[string]*snapshot.NATGateway

	SubnetsOf map[string][]*snapshot.Subnet           // by VPC
	Within    map[string][]*snapshot.NetworkInterface // by VPC, and by subnet
	Carrying  map[string][]*snapshot.NetworkInterface // by group
	Referring map[string][]*snapshot.SecurityGroup    // by the group that their rules refer to, itself left out
	Rules     map[string][]*snapshot.GroupRule        // by group
	FlowLogs  map[string][]*snapshot.FlowLog          // by what they are about
	Endpoints map[string][]*snapshot.VPCEndpoint      // by VPC
	Gateways  map[string][]*snapshot.InternetGateway  // attached ones, by VPC
	NATIn     map[string][]*snapshot.NATGateway       // by VPC
	TablesOf  map[string][]*snapshot.RouteTable       // by VPC

	explicit map[string][]*snapshot.RouteTable // by subnet
	main     map[string][]*snapshot.RouteTable // by VPC
}

// regions is a kind that nobody lists. As a kind, it is made once for an evaluation.
var regions = snapshot.Kind[*Region]{
	Type: "networks of a Region",
	All:  all,
	Meta: func(r *Region) snapshot.Meta { return r.Meta },
	Key:  func(r *Region) string { return r.Region },
}

// At is the network of a resource's Region; an empty one where nothing was read there.
func At(env checks.Env, at snapshot.Location) *Region {
	r, err := checks.Find(env, regions, at, at.Region)
	if err != nil {
		return newRegion(env.Account().Location.In(at.Region))
	}
	return r
}

// Rest takes all pages of a Region's lists into the evidence, and says why the first of the
// lists that is not whole is not: nil if all are.
func Rest(env checks.Env, at snapshot.Location, operations ...string) (first error) {
	for _, op := range operations {
		_, _ = checks.Find(env, snapshot.Lists, at, op) // absent where the first page failed
		if err := Unlisted(env, at, op); first == nil {
			first = err
		}
	}
	return first
}

// Unlisted is why a list of a Region is not whole: nil if it is.
func Unlisted(env checks.Env, at snapshot.Location, operation string) error {
	nothing := snapshot.Kind[struct{}]{
		All:   func(*snapshot.Account) []struct{} { return nil },
		Lists: []string{operation},
	}
	_, err := checks.In(env, nothing, at).Get()
	return err
}

// Unknown is the verdict of a look-up that failed. What was read to its end and does not hold
// it is no failed read: another account may own it.
func Unknown(err error) checks.Verdict {
	v := checks.Unclear("%s", strings.ReplaceAll(err.Error(), "\n", "; ")) // errors.Join writes lines
	var u *snapshot.Unread
	if errors.As(err, &u) {
		v.Cause = u.Cause
	}
	return v
}

func newRegion(at snapshot.Location) *Region {
	return &Region{
		Meta: snapshot.Meta{Location: at},
		VPCs: map[string]*snapshot.VPC{}, Subnets: map[string]*snapshot.Subnet{}, Interfaces: map[string]*snapshot.NetworkInterface{},
		Groups: map[string]*snapshot.SecurityGroup{}, Tables: map[string]*snapshot.RouteTable{}, Lists: map[string]*snapshot.PrefixList{},
		NAT: map[string]*snapshot.NATGateway{}, SubnetsOf: map[string][]*snapshot.Subnet{}, Within: map[string][]*snapshot.NetworkInterface{},
		Carrying: map[string][]*snapshot.NetworkInterface{}, Referring: map[string][]*snapshot.SecurityGroup{}, Rules: map[string][]*snapshot.GroupRule{}, FlowLogs: map[string][]*snapshot.FlowLog{}, Endpoints: map[string][]*snapshot.VPCEndpoint{},
		Gateways: map[string][]*snapshot.InternetGateway{}, NATIn: map[string][]*snapshot.NATGateway{}, TablesOf: map[string][]*snapshot.RouteTable{},
		explicit: map[string][]*snapshot.RouteTable{}, main: map[string][]*snapshot.RouteTable{},
	}
}

// all puts the Regions together, in which something was read.
func all(a *snapshot.Account) []*Region {
	byName := map[string]*Region{}
	at := func(m snapshot.Meta) *Region {
		r, ok := byName[m.Region]
		if !ok {
			r = newRegion(a.Location.In(m.Region))
			byName[m.Region] = r
		}
		return r
	}
	for _, c := range a.Coverage {
		if c.Region != snapshot.Global {
			at(snapshot.Meta{Location: c.Location})
		}
	}
	e := &a.EC2
	for i := range e.VPCs {
		v := &e.VPCs[i]
		at(v.Meta).VPCs[v.ID] = v
	}
	for i := range e.Subnets {
		s := &e.Subnets[i]
		r := at(s.Meta)
		r.Subnets[s.ID] = s
		r.SubnetsOf[s.VPC] = append(r.SubnetsOf[s.VPC], s)
	}
	for i := range e.Interfaces {
		n := &e.Interfaces[i]
		r := at(n.Meta)
		r.Interfaces[n.ID] = n
		r.Within[n.VPC], r.Within[n.Subnet] = append(r.Within[n.VPC], n), append(r.Within[n.Subnet], n)
		for _, g := range n.Groups {
			r.Carrying[g] = append(r.Carrying[g], n)
		}
	}
	for i := range e.Groups {
		g := &e.Groups[i]
		r := at(g.Meta)
		r.Groups[g.ID] = g
		r.addReferences(g)
	}
	for i := range e.PrefixLists {
		l := &e.PrefixLists[i]
		at(l.Meta).Lists[l.ID] = l
	}
	for i := range e.RouteTables {
		t := &e.RouteTables[i]
		at(t.Meta).addTable(t)
	}
	for i := range e.InternetGateways {
		g := &e.InternetGateways[i]
		r := at(g.Meta)
		for _, a := range g.Attachments {
			if Attached(a.State) {
				r.Gateways[a.VPC] = append(r.Gateways[a.VPC], g)
			}
		}
	}
	for i := range e.Net.NATGateways {
		g := &e.Net.NATGateways[i]
		r := at(g.Meta)
		r.NAT[g.ID] = g
		r.NATIn[g.VPC] = append(r.NATIn[g.VPC], g)
	}
	for i := range e.Net.GroupRules {
		g := &e.Net.GroupRules[i]
		r := at(g.Meta)
		r.Rules[g.Group] = append(r.Rules[g.Group], g)
	}
	for i := range e.Net.FlowLogs {
		f := &e.Net.FlowLogs[i]
		r := at(f.Meta)
		r.FlowLogs[f.Resource] = append(r.FlowLogs[f.Resource], f)
	}
	for i := range e.Net.Endpoints {
		v := &e.Net.Endpoints[i]
		r := at(v.Meta)
		r.Endpoints[v.VPC] = append(r.Endpoints[v.VPC], v)
	}
	out := make([]*Region, 0, len(byName))
	for _, r := range byName {
		r.order()
		out = append(out, r)
	}
	slices.SortFunc(out, func(a, b *Region) int { return cmp.Compare(a.Region, b.Region) })
	return out
}

// addReferences notes which other groups the rules of a group refer to.
func (r *Region) addReferences(g *snapshot.SecurityGroup) {
	for _, rule := range slices.Concat(g.Ingress, g.Egress) {
		for _, p := range rule.Pairs {
			if list := r.Referring[p.Group]; p.Group != g.ID && (len(list) == 0 || list[len(list)-1] != g) {
				r.Referring[p.Group] = append(list, g)
			}
		}
	}
}

// order gives lists that reasons name one order, whatever order AWS chose.
func (r *Region) order() {
	for _, list := range r.SubnetsOf {
		slices.SortFunc(list, func(a, b *snapshot.Subnet) int { return cmp.Compare(a.ID, b.ID) })
	}
	for _, list := range r.Within {
		slices.SortFunc(list, func(a, b *snapshot.NetworkInterface) int { return cmp.Compare(a.ID, b.ID) })
	}
	for _, list := range r.Carrying {
		slices.SortFunc(list, func(a, b *snapshot.NetworkInterface) int { return cmp.Compare(a.ID, b.ID) })
	}
	for _, list := range r.Referring {
		slices.SortFunc(list, func(a, b *snapshot.SecurityGroup) int { return cmp.Compare(a.ID, b.ID) })
	}
	for _, list := range r.Rules {
		slices.SortFunc(list, func(a, b *snapshot.GroupRule) int { return cmp.Compare(a.ID, b.ID) })
	}
	for _, list := range r.FlowLogs {
		slices.SortFunc(list, func(a, b *snapshot.FlowLog) int { return cmp.Compare(a.ID, b.ID) })
	}
	for _, list := range r.Endpoints {
		slices.SortFunc(list, func(a, b *snapshot.VPCEndpoint) int { return cmp.Compare(a.ID, b.ID) })
	}
	for _, list := range r.NATIn {
		slices.SortFunc(list, func(a, b *snapshot.NATGateway) int { return cmp.Compare(a.ID, b.ID) })
	}
	for _, list := range r.TablesOf {
		slices.SortFunc(list, func(a, b *snapshot.RouteTable) int { return cmp.Compare(a.ID, b.ID) })
	}
}

// Attached says that a gateway's attachment works: AWS says available of internet gateways
// and attached of the others.
func Attached(state string) bool { return state == "available" || state == "attached" }
