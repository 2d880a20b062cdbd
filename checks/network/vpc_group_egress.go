package network

import (
	"fmt"
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/network/reach"
	"onus/checks/networks"
	"onus/checks/wording"
	"onus/scanner/snapshot"
)

// GroupEgressRestricted passes when the group does not let every protocol, or all ports of
// TCP or UDP, out to the internet. AWS gives each new group such a rule. Where no subnet of
// its interfaces has a route out, the reason says so.
// Source: EC2 DescribeSecurityGroups, IpPermissionsEgress; DescribeNetworkInterfaces, Groups.
var GroupEgressRestricted = checks.Check{
	ID:          "vpc-security-group-egress-restricted",
	Title:       "Security groups do not allow everything out to the internet",
	Severity:    checks.Low,
	Category:    checks.Network,
	Duty:        checks.NetworkFirewall,
	ServiceKind: checks.Infrastructure,
	Tier:        2,
	Reads:       []string{"ec2:DescribeSecurityGroups", "ec2:DescribeNetworkInterfaces", "ec2:GetManagedPrefixListEntries", "ec2:DescribeManagedPrefixLists", "ec2:DescribeSubnets", "ec2:DescribeRouteTables"},
	Remedy:      "Allow the destinations and ports that are called, and remove the rule for all traffic.",
	Fix: checks.Fix{
		Threat: "A host that was taken over fetches its tools from anywhere and sends data anywhere. Nothing in its group is in the way.",
		CLI: `aws ec2 authorize-security-group-egress --group-id {id} --ip-permissions 'IpProtocol=tcp,FromPort=443,ToPort=443,IpRanges=[{CidrIp=NEEDED-NETWORK}]' --region {region}
aws ec2 revoke-security-group-egress --group-id {id} --ip-permissions 'IpProtocol=-1,IpRanges=[{CidrIp=0.0.0.0/0}]' --region {region}`,
		Terraform: `resource "aws_vpc_security_group_egress_rule" "https" {
  security_group_id = "{id}"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
  cidr_ipv4         = "NEEDED-NETWORK"
}`,
		Cost: "Updates, DNS over TCP, licence servers and whatever else is called must be allowed by name. Flow logs show what is.",
	},
	Judges: checks.For(snapshot.SecurityGroups, groupEgressRestricted),
}

func groupEgressRestricted(g snapshot.SecurityGroup, env checks.Env) checks.Verdict {
	if v, is := shared(g); is {
		return v
	}
	attached, err := g.Attached.Get()
	switch {
	case err != nil:
		return checks.Unknown(err)
	case !attached:
		return checks.DoesNotApply("no interface carries the group")
	}
	// The rules out are read as those in: the addresses are then the destinations.
	out := g
	out.Ingress = g.Egress
	lists, unread := reachLists(out, env)
	x := reach.NewGroups(lists)
	var open, unclear []string
	var cause error
	for _, f := range reach.Families {
		for _, p := range []reach.Protocol{reach.AnyProtocol, reach.TCP, reach.UDP} {
			a := x.PortsOpenToInternet(reachGroup(out), f, p)
			switch {
			case a.Open.ContainsAll(nearlyAll):
				open = append(open, fmt.Sprintf("%s: %s", f, everyPort(p)))
			case a.Open.Union(a.CannotTell).ContainsAll(nearlyAll):
				unclear = append(unclear, fmt.Sprintf("%s: whether %s may leave cannot be told without %s", f, everyPort(p), strings.Join(a.Missing, "; ")))
				cause = doubt(x, reachGroup(out), f, p, a.CannotTell, unread)
			}
			if p == reach.AnyProtocol && a.Open.ContainsAll(nearlyAll) {
				break // it holds the others
			}
		}
	}
	switch {
	case len(open) > 0:
		return checks.Fail("it lets out to the internet, %s%s", strings.Join(open, "; "), noWayOut(g, env)).With("open", strings.Join(open, "; "))
	case len(unclear) > 0:
		return inDoubt(cause, strings.Join(unclear, "; "))
	}
	return checks.Pass("none of its %s lets all protocols, or all ports of TCP or UDP, out to the internet", wording.Count(len(g.Egress), "egress rule")).With("open", "")
}

func everyPort(p reach.Protocol) string {
	if p == reach.AnyProtocol {
		return "every protocol"
	}
	return "all " + p.String() + " ports"
}

// noWayOut says that no subnet in which the group is in use has a default route; "" where
// one has, or where it cannot be told.
func noWayOut(g snapshot.SecurityGroup, env checks.Env) string {
	r := networks.At(env, g.Location)
	seen := map[string]bool{}
	for _, n := range r.Carrying[g.ID] {
		s := r.Subnets[n.Subnet]
		if seen[n.Subnet] {
			continue
		}
		seen[n.Subnet] = true
		if s == nil {
			return ""
		}
		table, err := r.Table(env, s)
		if err != nil || slices.ContainsFunc(table.Routes, isDefault) {
			return ""
		}
	}
	if len(seen) == 0 {
		return ""
	}
	return "; no subnet of its interfaces has a default route today"
}

// isDefault says that a route that works is for everything. A prefix list may be.
func isDefault(r snapshot.Route) bool {
	return r.State == "active" && (r.Destination == "0.0.0.0/0" || r.Destination == "::/0" || r.PrefixList != "")
}
