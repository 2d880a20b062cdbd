package network

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/network/reach"
	"onus/scanner/snapshot"
)

// GroupOnlyApprovedPorts passes when every TCP and UDP port that the group opens to the
// internet is approved, or everything that carries the group is of an allowed type or owner
// (the interface's account or requester). Protocols without ports are not looked at.
// Source: EC2 DescribeSecurityGroups, IpPermissions; DescribeNetworkInterfaces, InterfaceType.
var GroupOnlyApprovedPorts = checks.Check{
	ID:          "vpc-security-group-only-approved-ports-open-to-internet",
	Title:       "Security groups open only approved ports to the internet",
	Severity:    checks.Medium,
	Category:    checks.Network,
	Duty:        checks.NetworkFirewall,
	ServiceKind: checks.Infrastructure,
	Tier:        1,
	Reads:       groupReads,
	Parameters: checks.Parameters{
		"approved_ports_tcp": []int{80, 443}, "approved_ports_udp": []int{443},
		"allowed_interface_types": []string{}, "allowed_interface_owners": []string{}, "skip_unattached": false,
	},
	Bounds: portBounds,
	Remedy: "Close the other ports, or approve those that are served to everybody.",
	Fix: checks.Fix{
		Threat: "A port open to everybody that nobody decided on is a service that nobody watches. It is found by strangers before it is found by you.",
		CLI:    "aws ec2 revoke-security-group-ingress --group-id {id} --security-group-rule-ids RULES --region {region}",
		Terraform: `resource "aws_vpc_security_group_ingress_rule" "https" {
  security_group_id = "{id}"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}`,
		Cost: "What is served on other ports stops; a port that is meant belongs into the check's parameters.",
	},
	Judges: checks.For(snapshot.SecurityGroups, groupOnlyApprovedPorts),
}

func groupOnlyApprovedPorts(g snapshot.SecurityGroup, env checks.Env) checks.Verdict {
	return carried(g, env, func() checks.Verdict {
		tcp, err := portSet(env.Ints("approved_ports_tcp"))
		udp, err2 := portSet(env.Ints("approved_ports_udp"))
		if err := errors.Join(err, err2); err != nil {
			return checks.Unclear("approved ports: %s", err)
		}
		return notApproved(g, env, map[reach.Protocol]reach.PortSet{reach.TCP: tcp, reach.UDP: udp})
	})
}

func notApproved(g snapshot.SecurityGroup, env checks.Env, approved map[reach.Protocol]reach.PortSet) checks.Verdict {
	var extra, unclear []string
	var cause error
	for _, o := range openPorts(g, env) {
		if hit := o.ports.Subtract(approved[o.protocol]); !hit.Empty() {
			extra = append(extra, fmt.Sprintf("%s: %s", o.family, openings(o.answer, o.protocol, hit)))
		}
		if hit := o.answer.CannotTell.Subtract(approved[o.protocol]); !hit.Empty() {
			unclear = append(unclear, fmt.Sprintf("%s: whether %s %s is open cannot be told without %s", o.family, o.protocol, hit, missing(o.answer, hit)))
			cause = errors.Join(cause, o.doubt(hit))
		}
	}
	if len(extra)+len(unclear) == 0 {
		return checks.Pass("it opens no port to the internet but tcp %s and udp %s", approved[reach.TCP], approved[reach.UDP]).With("open", "")
	}
	if v, decided := allowedCarriers(g, env); decided {
		return v
	}
	if len(extra) > 0 {
		return checks.Fail("not approved and open to the internet, %s", strings.Join(extra, "; ")).With("open", strings.Join(extra, "; "))
	}
	return inDoubt(cause, strings.Join(unclear, "; "))
}

// allowedCarriers decides where the policy allows types or owners of interfaces: all that
// carry the group are such, or whether they are is not known.
func allowedCarriers(g snapshot.SecurityGroup, env checks.Env) (checks.Verdict, bool) {
	kinds, owners := env.Strings("allowed_interface_types"), env.Strings("allowed_interface_owners")
	if len(kinds)+len(owners) == 0 {
		return checks.Verdict{}, false
	}
	v := network(env, g.Location)
	carriers := v.carriers[g.ID]
	for _, n := range carriers {
		use(env, n.Calls)
		if !slices.Contains(kinds, n.Type) && !slices.Contains(owners, n.Owner) && !slices.Contains(owners, n.RequesterID) {
			return checks.Verdict{}, false
		}
	}
	if err := v.unread["ec2:DescribeNetworkInterfaces"]; err != nil {
		return checks.Unknown(err), true
	}
	return checks.Pass("its %d interfaces are all of an allowed type or owner", len(carriers)), len(carriers) > 0
}

// GroupICMPClosed passes when the rules for ICMP let in no type from the internet but those
// that are allowed. A rule for all protocols is judged as one for all ports.
// Source: EC2 IpPermission: FromPort is the ICMP type, ToPort the code, -1 any of them.
var GroupICMPClosed = checks.Check{
	ID:          "vpc-security-group-icmp-closed-to-internet",
	Title:       "No security group admits all ICMP from the internet",
	Severity:    checks.Low,
	Category:    checks.Network,
	Duty:        checks.NetworkFirewall,
	ServiceKind: checks.Infrastructure,
	Tier:        2,
	Reads:       []string{"ec2:DescribeSecurityGroups", "ec2:DescribeManagedPrefixLists", "ec2:GetManagedPrefixListEntries"},
	Parameters:  checks.Parameters{"allowed_types_v4": []int{3, 11}, "allowed_types_v6": []int{1, 2, 3, 4, 128}},
	Bounds: func(_ string, value any) error {
		types, _ := value.([]int)
		_, err := icmpTypes(types)
		return err
	},
	Remedy: "Allow the ICMP types that path MTU discovery needs (IPv4 type 3, IPv6 type 2), and no others.",
	Fix: checks.Fix{
		Threat: "ICMP of all types tells strangers what your network looks like, and carries data out in disguise. A few types are needed, no more.",
		CLI:    "aws ec2 revoke-security-group-ingress --group-id {id} --protocol icmp --port -1 --cidr 0.0.0.0/0 --region {region}",
		Terraform: `resource "aws_vpc_security_group_ingress_rule" "path_mtu" {
  security_group_id = "{id}"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "icmp"
  from_port         = 3
  to_port           = 4
}`,
		Cost: "Without type 3 code 4 large packets can get lost: keep it. Monitoring by ping from outside stops.",
	},
	Judges: checks.For(snapshot.SecurityGroups, groupICMPClosed),
}

// icmpTypes are all codes of some ICMP types, as reach numbers them.
func icmpTypes(types []int) (reach.PortSet, error) {
	var out []reach.PortRange
	for _, t := range types {
		if t < 0 || t > 255 {
			return reach.PortSet{}, fmt.Errorf("%d is no ICMP type, want 0 to 255", t)
		}
		out = append(out, reach.PortRange{From: uint16(t) << 8, To: uint16(t)<<8 | 255})
	}
	return reach.Ports(out...), nil
}

func groupICMPClosed(g snapshot.SecurityGroup, env checks.Env) checks.Verdict {
	if v, is := shared(g); is {
		return v
	}
	g.Ingress = slices.DeleteFunc(slices.Clone(g.Ingress), func(r snapshot.Rule) bool {
		p, err := reach.ParseProtocol(r.Protocol)
		return err == nil && p != reach.ICMPv4 && p != reach.ICMPv6
	})
	group := reachGroup(g)
	lists, unread := reachLists(g, env)
	x := reach.NewGroups(lists)
	var open, unclear []string
	var cause error
	for _, f := range reach.Families {
		p, parameter := reach.ICMPv4, "allowed_types_v4"
		if f == reach.IPv6 {
			p, parameter = reach.ICMPv6, "allowed_types_v6"
		}
		allowed, err := icmpTypes(env.Ints(parameter))
		if err != nil {
			return checks.Unclear("%s: %s", parameter, err)
		}
		a := x.PortsOpenToInternet(group, f, p)
		if hit := a.Open.Subtract(allowed); !hit.Empty() {
			open = append(open, fmt.Sprintf("%s: %s", f, strings.Join(rulesOf(a, hit), ", ")))
		}
		if hit := a.CannotTell.Subtract(allowed); !hit.Empty() {
			unclear = append(unclear, fmt.Sprintf("%s: whether more ICMP types are admitted cannot be told without %s", f, missing(a, hit)))
			cause = errors.Join(cause, doubt(x, group, f, p, hit, unread))
		}
	}
	switch {
	case len(open) > 0:
		return checks.Fail("admits ICMP types from the internet that are not allowed, %s", strings.Join(open, "; ")).With("open", strings.Join(open, "; "))
	case len(unclear) > 0:
		return inDoubt(cause, strings.Join(unclear, "; "))
	}
	return checks.Pass("its rules for ICMP admit no type from the internet that is not allowed").With("open", "")
}

// rulesOf are the rules that open some of the wanted messages, each once.
func rulesOf(a reach.PortAnswer, wanted reach.PortSet) []string {
	var out []string
	for _, r := range a.Answers {
		if r.Answer.State != reach.Open || reach.Ports(r.Ports).Intersect(wanted).Empty() {
			continue
		}
		if rule := decider(r.Answer.Path); !slices.Contains(out, rule) {
			out = append(out, rule)
		}
	}
	return out
}
