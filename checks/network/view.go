package network

import (
	"errors"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"sync"

	"onus/checks"
	"onus/checks/network/reach"
	"onus/scanner/snapshot"
)

// view is the network of one Region, prepared once for all resources and all checks of an
// evaluation, however many there are.
type view struct {
	snapshot.Meta
	index      *reach.Index
	interfaces map[string]*snapshot.NetworkInterface
	carriers   map[string][]*snapshot.NetworkInterface // by group
	inVPC      map[string][]*snapshot.NetworkInterface
	instances  map[string][]*snapshot.NetworkInterface
	subnets    map[string]*snapshot.Subnet
	acls       map[string]*snapshot.NetworkACL // by subnet
	groups     map[string]*snapshot.SecurityGroup
	lists      map[string]*snapshot.PrefixList
	edged      map[string]bool            // VPCs of which a gateway has a route table
	unread     map[string]error           // by operation, and by prefix list: why it is not whole
	calls      map[string][]snapshot.Call // by operation: the pages of small lists

	mu   sync.Mutex
	held map[string]*footholds // by the parameters that they hang on
}

// views is a kind that nobody lists: what other kinds hold, put together for each Region.
// As a kind, it is made once for an evaluation and found by its Region.
var views = snapshot.Kind[*view]{
	Type: "network of a Region",
	All:  allViews,
	Meta: func(v *view) snapshot.Meta { return v.Meta },
	Key:  func(v *view) string { return v.Region },
}

// network is the view of a resource's Region. There is one for each Region of the account.
func network(env checks.Env, at snapshot.Location) *view {
	v, err := checks.Find(env, views, at, at.Region)
	if err != nil {
		return newView(env.Account(), at.Region)
	}
	return v
}

func allViews(a *snapshot.Account) []*view {
	var out []*view
	seen := map[string]bool{}
	for _, c := range a.Coverage {
		if !seen[c.Region] && c.Region != snapshot.Global {
			seen[c.Region] = true
			out = append(out, newView(a, c.Region))
		}
	}
	return out
}

func newView(a *snapshot.Account, region string) *view {
	v := &view{
		Meta:       snapshot.Meta{Location: a.Location.In(region)},
		interfaces: map[string]*snapshot.NetworkInterface{}, carriers: map[string][]*snapshot.NetworkInterface{},
		inVPC: map[string][]*snapshot.NetworkInterface{}, instances: map[string][]*snapshot.NetworkInterface{},
		subnets: map[string]*snapshot.Subnet{}, acls: map[string]*snapshot.NetworkACL{}, groups: map[string]*snapshot.SecurityGroup{}, lists: map[string]*snapshot.PrefixList{}, edged: map[string]bool{}, unread: map[string]error{}, calls: map[string][]snapshot.Call{}, held: map[string]*footholds{},
	}
	v.readCoverage(a)
	for i := range a.EC2.Interfaces {
		n := &a.EC2.Interfaces[i]
		if n.Region != region {
			continue
		}
		v.interfaces[n.ID] = n
		v.inVPC[n.VPC] = append(v.inVPC[n.VPC], n)
		if n.Instance != "" {
			v.instances[n.Instance] = append(v.instances[n.Instance], n)
		}
		for _, g := range n.Groups {
			v.carriers[g] = append(v.carriers[g], n)
		}
	}
	for i := range a.EC2.Subnets {
		if s := &a.EC2.Subnets[i]; s.Region == region {
			v.subnets[s.ID] = s
		}
	}
	for i := range a.EC2.NetworkACLs {
		n := &a.EC2.NetworkACLs[i]
		for _, id := range n.Subnets {
			if n.Region == region {
				v.acls[id] = n
			}
		}
	}
	for i := range a.EC2.Groups {
		if g := &a.EC2.Groups[i]; g.Region == region {
			v.groups[g.ID] = g
		}
	}
	for i := range a.EC2.PrefixLists {
		if l := &a.EC2.PrefixLists[i]; l.Region == region {
			v.lists[l.ID] = l
			if _, err := l.Entries.Get(); err != nil {
				v.unread[l.ID] = err
			}
		}
	}
	for _, t := range a.EC2.RouteTables {
		if t.Region == region && slices.ContainsFunc(t.Associations, func(a snapshot.RouteAssociation) bool { return a.Gateway != "" }) {
			v.edged[t.VPC] = true
		}
	}
	v.index = reach.New(v.network(a))
	return v
}

// readCoverage notes which lists of the Region were not read to their end. One that is not
// in the coverage was never read.
func (v *view) readCoverage(a *snapshot.Account) {
	for _, op := range networkLists {
		v.unread[op] = &snapshot.Unread{Operation: op, At: v.Location, Cause: snapshot.Skipped, Message: "the call was not made"}
	}
	for _, c := range a.Coverage {
		if _, ok := v.unread[c.Operation]; !ok || c.Region != v.Region {
			continue
		}
		switch {
		case c.Status == snapshot.OK:
			v.unread[c.Operation] = nil
		case c.Error != nil:
			v.unread[c.Operation] = c.Error
		default:
			v.unread[c.Operation] = &snapshot.Unread{Operation: c.Operation, At: c.Location, Cause: c.Status}
		}
	}
}

// networkLists are the lists of which the network of a Region consists.
var networkLists = []string{
	"ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets", "ec2:DescribeRouteTables", "ec2:DescribeInternetGateways",
	"ec2:DescribeNetworkAcls", "ec2:DescribeSecurityGroups", "ec2:DescribeManagedPrefixLists", "ec2:DescribeVpcBlockPublicAccessExclusions", listPeerings,
}

// listed gives reach what was read of one kind in the Region.
func listed[T, R any](v *view, op string, all []T, meta func(*T) *snapshot.Meta, f func(*T) R) reach.List[R] {
	out := reach.List[R]{Complete: v.unread[op] == nil}
	if err := v.unread[op]; err != nil {
		out.Unread = err.Error()
	}
	seen := map[string]bool{}
	for i := range all {
		m := meta(&all[i])
		if m.Region != v.Region {
			continue
		}
		out.Items = append(out.Items, f(&all[i]))
		for _, call := range m.Calls {
			if !seen[call.ID] {
				seen[call.ID] = true
				v.calls[op] = append(v.calls[op], call)
			}
		}
	}
	return out
}

// use takes calls into the evidence of a finding.
func use(env checks.Env, calls ...[]snapshot.Call) {
	for _, c := range calls {
		env.Cite(c...)
	}
}

// why is what is behind the words of reach about something missing: nil where nothing of
// it is a failed read.
func (v *view) why(missing []string) error {
	var out []error
	for _, op := range slices.Sorted(maps.Keys(v.unread)) {
		err := v.unread[op]
		if err != nil && slices.ContainsFunc(missing, func(m string) bool { return strings.Contains(m, err.Error()) }) {
			out = append(out, err)
		}
	}
	return errors.Join(out...)
}

// idOf is the id at the end of an ARN.
func idOf(arn string) string { return arn[strings.LastIndex(arn, "/")+1:] }

// addrs parses addresses. One that cannot be parsed is left out: it is none that packets carry.
func addrs(list []string) []netip.Addr {
	var out []netip.Addr
	for _, s := range list {
		if a, err := netip.ParseAddr(s); err == nil {
			out = append(out, a)
		}
	}
	return out
}
