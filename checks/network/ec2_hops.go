package network

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/network/reach"
	"onus/scanner/snapshot"
)

// InstanceTransitivelyClosed passes when no instance or load balancer that the internet
// reaches, on any port, may go on to an administration port of this instance because it
// carries a group that a rule refers to. With more hops the instances in between count,
// on any port. All that an instance carries on any of its interfaces is its own to send
// from. Source: EC2 DescribeSecurityGroups, UserIdGroupPairs; and as
// InstanceAdminPortsUnreachable.
var InstanceTransitivelyClosed = checks.Check{
	ID:          "vpc-security-group-transitively-closed-to-internet",
	Title:       "No administration port is reachable from the internet by way of a group reference",
	Severity:    checks.Medium,
	Category:    checks.Network,
	Duty:        checks.NetworkFirewall,
	ServiceKind: checks.Infrastructure,
	Tier:        3,
	Reads:       []string{"ec2:DescribeInstances", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeRouteTables", "ec2:DescribeNetworkAcls", "ec2:DescribeInternetGateways", "ec2:DescribeManagedPrefixLists", "ec2:GetManagedPrefixListEntries", "ec2:DescribeVpcBlockPublicAccessOptions", "ec2:DescribeVpcBlockPublicAccessExclusions", "ec2:DescribeVpcPeeringConnections"},
	Parameters:  checks.Parameters{"ports_tcp": []int{22, 3389, 5985, 5986}, "max_hops": 1, "approved_jump_groups": []string{}},
	Bounds:      hopBounds,
	Remedy:      "Admit administration from a jump host's group alone, and name it in approved_jump_groups.",
	Fix: checks.Fix{
		Threat: "Whoever takes over the host that serves the internet finds the next one's administration port open to its group. One exploited web server then becomes the whole tier behind it.",
		CLI: `aws ec2 describe-security-group-rules --filters Name=group-id,Values=GROUP --region {region}
aws ec2 revoke-security-group-ingress --group-id GROUP --security-group-rule-ids RULE --region {region}`,
		Terraform: `resource "aws_vpc_security_group_ingress_rule" "admin" {
  security_group_id            = "GROUP"
  referenced_security_group_id = "JUMP-HOST-GROUP"
  ip_protocol                  = "tcp"
  from_port                    = 22
  to_port                      = 22
}`,
		Cost: "Administrators who hop over the exposed host need another way: Session Manager, or a jump host that the internet does not reach.",
	},
	Judges: checks.For(snapshot.Instances, instanceTransitivelyClosed),
}

func hopBounds(parameter string, value any) error {
	if n, ok := value.(int); ok && parameter == "max_hops" && (n < 1 || n > 8) {
		return fmt.Errorf("%d hops, want 1 to 8", n)
	}
	return portsOnly(parameter, value)
}

func instanceTransitivelyClosed(i snapshot.Instance, env checks.Env) checks.Verdict {
	if i.VPC == "" {
		return checks.DoesNotApply("the instance is in no VPC")
	}
	wanted, err := wantedPorts(env, "ports_tcp")
	if err != nil {
		return checks.Unclear("%s", err)
	}
	if len(wanted) == 0 {
		return checks.DoesNotApply("no port is asked about: the parameters are empty")
	}
	v := network(env, i.Location)
	use(env, v.calls["ec2:DescribeNetworkInterfaces"])
	for _, n := range v.instances[i.ID] {
		use(env, n.Calls)
		v.useLinks(env, n)
	}
	step := onward{view: v, jumps: env.Strings("approved_jump_groups")}
	w := ways{view: v}
	open, missing := step.to(v.instances[i.ID], v.footholds(env.Int("max_hops"), step), wanted)
	if open != nil {
		for _, h := range open.path {
			if n := v.interfaces[h.ID]; n != nil {
				use(env, n.Calls)
				v.useLinks(env, n)
			}
		}
		way := fmt.Sprintf("%s; %s %s", open.via, written(open.path), open.traffic)
		return checks.Fail("reachable by way of %s", way).With("path", way)
	}
	w.missing = missing
	w.lacks(i)
	return w.unless(checks.Pass("nothing that the internet reaches gets to its %s by a group that a rule admits", wanted[0]).With("path", ""))
}

// footholds are the interfaces from which somebody from the internet may send.
type footholds struct {
	sure    map[string]string   // how they came there, by interface
	perhaps map[string][]string // what was not read, by interface
	members map[string][]reach.Members
	doubted map[string][]reach.Members
}

// footholds finds them: those that the internet reaches, and those that are reached from
// there in fewer steps than hops.
func (v *view) footholds(hops int, step onward) *footholds {
	v.mu.Lock()
	defer v.mu.Unlock()
	key := fmt.Sprint(hops, step.jumps)
	if f := v.held[key]; f != nil {
		return f
	}
	f := v.exposed()
	f.gather(v)
	for range hops - 1 {
		next := &footholds{sure: maps.Clone(f.sure), perhaps: maps.Clone(f.perhaps)}
		for _, id := range slices.Sorted(maps.Keys(v.instances)) {
			interfaces := v.instances[id]
			if _, is := f.sure[interfaces[0].ID]; is {
				continue
			}
			open, missing := step.to(interfaces, f, []portsOf{{reach.TCP, allPorts}, {reach.UDP, allPorts}})
			switch {
			case open != nil:
				next.add(interfaces, fmt.Sprintf("%s, then %s on %s", open.via, id, open.traffic), nil)
			case len(missing) > 0:
				next.add(interfaces, "", missing)
			}
		}
		grown := len(next.sure) > len(f.sure) || len(next.perhaps) > len(f.perhaps)
		f = next
		f.gather(v)
		if !grown {
			break
		}
	}
	v.held[key] = f
	return f
}

// exposed are the interfaces of instances and load balancers that the internet reaches on
// any port. An instance that is reached on one of its interfaces may send from all.
func (v *view) exposed() *footholds {
	f := &footholds{sure: map[string]string{}, perhaps: map[string][]string{}}
	for _, id := range slices.Sorted(maps.Keys(v.interfaces)) {
		n := v.interfaces[id]
		if n.Instance == "" && !balances(n) {
			continue
		}
		all, name := []*snapshot.NetworkInterface{n}, id
		if n.Instance != "" {
			all, name = v.instances[n.Instance], n.Instance
		}
		for _, family := range reach.Families {
			for _, p := range transports {
				a := v.index.PortsFromInternet(reachInterface(n), p, reach.Question{Family: family})
				switch {
				case !a.Open.Empty():
					f.add(all, fmt.Sprintf("%s, which the internet reaches on %s %s %s", name, family, p, a.Open), nil)
				case !a.CannotTell.Empty():
					w := ways{}
					w.doubts(a, allPorts)
					f.add(all, "", w.missing)
				}
			}
		}
	}
	return f
}

// balances says that the interface is a load balancer's. Source: EC2 NetworkInterface,
// InterfaceType and RequesterId.
func balances(n *snapshot.NetworkInterface) bool {
	return n.RequesterID == "amazon-elb" || strings.HasSuffix(n.Type, "load_balancer")
}

func (f *footholds) add(interfaces []*snapshot.NetworkInterface, how string, missing []string) {
	for _, n := range interfaces {
		switch _, is := f.sure[n.ID]; {
		case is:
		case how != "":
			f.sure[n.ID] = how
			delete(f.perhaps, n.ID)
		default:
			f.perhaps[n.ID] = append(slices.Clip(f.perhaps[n.ID]), missing...)
		}
	}
}

// gather sorts the footholds by the groups that they carry and their subnets.
func (f *footholds) gather(v *view) {
	f.members, f.doubted = map[string][]reach.Members{}, map[string][]reach.Members{}
	for group, carriers := range v.carriers {
		sure, perhaps := map[string][]reach.Interface{}, map[string][]reach.Interface{}
		for _, n := range carriers {
			if _, is := f.sure[n.ID]; is {
				sure[n.Subnet] = append(sure[n.Subnet], reachInterface(n))
			} else if f.perhaps[n.ID] != nil {
				perhaps[n.Subnet] = append(perhaps[n.Subnet], reachInterface(n))
			}
		}
		for _, subnet := range slices.Sorted(maps.Keys(sure)) {
			f.members[group] = append(f.members[group], reach.NewMembers(group, sure[subnet]))
		}
		for _, subnet := range slices.Sorted(maps.Keys(perhaps)) {
			f.doubted[group] = append(f.doubted[group], reach.NewMembers(group, perhaps[subnet]))
		}
	}
}

// onward follows references to groups, but not to those of approved jump hosts.
type onward struct {
	view  *view
	jumps []string // ids or names
}

// hop is a way from a foothold to an interface.
type hop struct {
	via     string
	path    []reach.Hop
	traffic reach.Traffic
}

// to finds the way from a foothold to one of the interfaces on one of the ports, or says
// what would have to be read to know that there is none.
func (o onward) to(interfaces []*snapshot.NetworkInterface, from *footholds, wanted []portsOf) (open *hop, missing []string) {
	for _, n := range interfaces {
		for _, id := range n.Groups {
			if o.view.groups[id] == nil {
				missing = append(missing, o.view.noGroup("the rules of "+id))
			}
		}
		e := reachInterface(n)
		for _, w := range wanted {
			for _, r := range o.view.index.References(e, w.protocol) {
				hit := reach.Ports(r.Ports).Intersect(w.ports)
				if hit.Empty() || o.jump(r.Group) {
					continue
				}
				open, unclear := o.along(r.Group, e, from, portsOf{w.protocol, hit})
				if open != nil {
					return open, nil
				}
				missing = append(missing, unclear...)
				missing = append(missing, o.strangers(n, r.Group)...)
			}
		}
	}
	return nil, missing
}

// along follows one reference, from all footholds that carry the group.
func (o onward) along(group string, to reach.Interface, from *footholds, ports portsOf) (open *hop, missing []string) {
	for _, f := range reach.Families {
		for _, m := range from.members[group] {
			switch a := o.view.index.FromMembers(m, to, ports.protocol, ports.ports, f); a.State {
			case reach.Open:
				return &hop{from.way(a.Path), a.Path, a.Traffic}, nil
			case reach.CannotTell:
				missing = append(missing, a.Missing...)
			case reach.Closed:
			}
		}
		for _, m := range from.doubted[group] {
			switch a := o.view.index.FromMembers(m, to, ports.protocol, ports.ports, f); a.State {
			case reach.Open:
				for _, h := range a.Path {
					missing = append(missing, from.perhaps[h.ID]...)
				}
			case reach.CannotTell:
				missing = append(missing, a.Missing...)
			case reach.Closed:
			}
		}
	}
	return nil, missing
}

// way is how somebody came to the interface with which a path starts.
func (f *footholds) way(path []reach.Hop) string {
	for _, h := range path {
		if how := f.sure[h.ID]; how != "" {
			return how
		}
	}
	return "a member"
}

func (o onward) jump(group string) bool {
	g := o.view.groups[group]
	return slices.Contains(o.jumps, group) || g != nil && slices.Contains(o.jumps, g.Name)
}

// strangers says that the members of a group are another account's, which are not seen.
func (o onward) strangers(n *snapshot.NetworkInterface, group string) []string {
	if o.view.groups[group] != nil {
		return nil
	}
	for _, id := range n.Groups {
		g := o.view.groups[id]
		if g == nil {
			continue
		}
		for _, r := range g.Ingress {
			for _, p := range r.Pairs {
				if p.Group == group && p.Account != "" && p.Account != n.Account && p.PeeringStatus != "deleted" {
					return []string{fmt.Sprintf("what the internet reaches in account %s with group %s", p.Account, group)}
				}
			}
		}
	}
	return nil
}

// noGroup says what is missing where a group is not listed.
func (v *view) noGroup(what string) string {
	if err := v.unread["ec2:DescribeSecurityGroups"]; err != nil {
		return what + ": " + err.Error()
	}
	return what + ", which is not listed"
}
