package network

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/network/reach"
	"onus/scanner/snapshot"
)

// DefaultGroupRestrictsAll passes when a VPC's default group has no rule at all. AWS makes
// it with rules, gives it to whatever names no group, and lets nobody delete it. The name
// default is reserved; groups belong to the owner of their VPC unless they are shared.
// Source: EC2 DescribeSecurityGroups, IpPermissions and IpPermissionsEgress.
var DefaultGroupRestrictsAll = checks.Check{
	ID:          "vpc-default-security-group-restricts-all",
	Title:       "The default security group of every VPC has no rules",
	Severity:    checks.High,
	Category:    checks.Network,
	Duty:        checks.NetworkFirewall,
	ServiceKind: checks.Infrastructure,
	Tier:        1,
	Reads:       []string{"ec2:DescribeSecurityGroups", "ec2:DescribeVpcs", "ec2:DescribeNetworkInterfaces"},
	Remedy:      "Give the resources that carry the group a group of their own, then remove all its rules.",
	Fix: checks.Fix{
		Threat: "What is launched without a group gets this one, and all members of it reach each other. One of them taken is a way to all.",
		CLI: `aws ec2 revoke-security-group-ingress --group-id {id} --security-group-rule-ids RULES --region {region}
aws ec2 revoke-security-group-egress --group-id {id} --security-group-rule-ids RULES --region {region}`,
		Terraform: `resource "aws_default_security_group" "this" {
  vpc_id = "VPC"
}`,
		Cost: "What carries the group loses its network: give it a group of its own first.",
	},
	Judges: checks.For(snapshot.SecurityGroups, defaultGroupRestrictsAll),
}

// notDefault says why a group is no VPC's default group of the account's own.
func notDefault(g snapshot.SecurityGroup) (checks.Verdict, bool) {
	if g.Group != "default" {
		return checks.DoesNotApply("GroupName is %q", g.Group).With("GroupName", g.Group), true
	}
	return shared(g)
}

func defaultGroupRestrictsAll(g snapshot.SecurityGroup, env checks.Env) checks.Verdict {
	if v, is := notDefault(g); is {
		return v
	}
	where := g.VPC
	if p, err := checks.Find(env, snapshot.VPCs, g.Location, g.VPC); err == nil && p.Default {
		where += ", a default VPC"
	}
	verdict := checks.Pass("the default group of %s has no rules", where)
	if in, out := len(g.Ingress), len(g.Egress); in+out > 0 {
		v, unused := network(env, g.Location), ""
		if v.unread["ec2:DescribeNetworkInterfaces"] == nil && len(v.inVPC[g.VPC]) == 0 {
			unused = "; VPC unused"
		}
		verdict = checks.Fail("the default group of %s has %d ingress and %d egress rules%s", where, in, out, unused)
	}
	return verdict.With("IpPermissions", fmt.Sprint(len(g.Ingress))).With("IpPermissionsEgress", fmt.Sprint(len(g.Egress)))
}

// DefaultGroupUnused passes when no interface carries the VPC's default group: those of
// databases, functions and endpoints count as those of instances do.
// Source: EC2 DescribeNetworkInterfaces, Groups.
var DefaultGroupUnused = checks.Check{
	ID:          "vpc-default-security-group-unused",
	Title:       "No interface uses a default security group",
	Severity:    checks.Medium,
	Category:    checks.Network,
	Duty:        checks.NetworkFirewall,
	ServiceKind: checks.Infrastructure,
	Tier:        2,
	Reads:       []string{"ec2:DescribeSecurityGroups", "ec2:DescribeNetworkInterfaces"},
	Remedy:      "Give what the interfaces belong to a group of its own.",
	Fix: checks.Fix{
		Threat: "Nobody planned the default group's rules, and everything forgetful shares it. Its members reach each other.",
		CLI:    "aws ec2 modify-network-interface-attribute --network-interface-id INTERFACE --groups GROUP --region {region}",
		Terraform: `resource "aws_security_group" "app" {
  name   = "app"
  vpc_id = "VPC"
}`,
		Cost: "The new group must allow what the members use.",
	},
	Judges: checks.For(snapshot.SecurityGroups, defaultGroupUnused),
}

func defaultGroupUnused(g snapshot.SecurityGroup, env checks.Env) checks.Verdict {
	if v, is := notDefault(g); is {
		return v
	}
	attached, err := g.Attached.Get()
	if err != nil {
		return checks.Unknown(err)
	}
	if !attached {
		return checks.Pass("no interface carries the group")
	}
	var names []string
	for _, n := range network(env, g.Location).carriers[g.ID] {
		use(env, n.Calls)
		name := n.ID
		if n.RequesterManaged {
			name += " of " + n.RequesterID
		}
		names = append(names, name)
	}
	return checks.Fail("%d interfaces carry the group: %s", len(names), strings.Join(few(names), ", ")).With("NetworkInterfaces", strings.Join(few(names), ", "))
}

// GroupNoWholePrivateRange passes when no ingress rule admits a whole private range, by
// one source or by several together. Sources of prefix length 0 are judged elsewhere.
// Source: EC2 DescribeSecurityGroups, IpPermissions; GetManagedPrefixListEntries.
var GroupNoWholePrivateRange = checks.Check{
	ID:          "vpc-security-group-no-whole-private-ranges",
	Title:       "Security groups do not admit whole private address ranges",
	Severity:    checks.Low,
	Category:    checks.Network,
	Duty:        checks.NetworkFirewall,
	ServiceKind: checks.Infrastructure,
	Tier:        2,
	Reads:       []string{"ec2:DescribeSecurityGroups", "ec2:DescribeManagedPrefixLists", "ec2:GetManagedPrefixListEntries"},
	Parameters:  checks.Parameters{"ranges": []string{"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7"}},
	Bounds: func(_ string, value any) error {
		ranges, _ := value.([]string)
		for _, r := range ranges {
			if _, err := netip.ParsePrefix(r); err != nil {
				return fmt.Errorf("%q is no CIDR, want one such as 10.0.0.0/8", r)
			}
		}
		return nil
	},
	Remedy: "Name the subnets or the groups that need access.",
	Fix: checks.Fix{
		Threat: "A rule for all of 10.0.0.0/8 trusts every network that is ever connected, also a partner's. One machine there that is taken gets in.",
		CLI:    "aws ec2 revoke-security-group-ingress --group-id {id} --security-group-rule-ids RULES --region {region}",
		Terraform: `resource "aws_vpc_security_group_ingress_rule" "subnet" {
  security_group_id = "{id}"
  cidr_ipv4         = "10.20.30.0/24"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}`,
		Cost: "Sources that no rule names lose access: flow logs tell who comes.",
	},
	Judges: checks.For(snapshot.SecurityGroups, groupNoWholePrivateRange),
}

func groupNoWholePrivateRange(g snapshot.SecurityGroup, env checks.Env) checks.Verdict {
	if v, is := shared(g); is {
		return v
	}
	lists, unread := reachLists(g, env)
	entries := map[string]reach.PrefixList{}
	for _, l := range lists {
		entries[l.ID] = l
	}
	var hits, unclear []string
	var cause error
	for _, r := range g.Ingress {
		all := prefixes(r.CIDRs)
		for _, id := range r.PrefixLists {
			all = append(all, entries[id].Entries.Items...)
			if !entries[id].Entries.Complete {
				unclear, cause = append(unclear, "the entries of prefix list "+id+": "+entries[id].Entries.Unread), unread[id]
			}
		}
		if slices.ContainsFunc(all, func(p netip.Prefix) bool { return !p.IsValid() }) {
			unclear = append(unclear, "a valid source")
		}
		// A CIDR of all addresses says nothing of private ones; other checks judge it.
		all = slices.DeleteFunc(all, func(p netip.Prefix) bool { return !p.IsValid() || p.Bits() == 0 })
		union := reach.Addrs(all...)
		for _, w := range env.Strings("ranges") {
			p, err := netip.ParsePrefix(w)
			if err != nil {
				return checks.Unclear("ranges: %s", err)
			}
			if union.ContainsAll(reach.Addrs(p)) {
				hits = append(hits, w+" by "+strings.Join(few(slices.Concat(r.CIDRs, r.PrefixLists)), ", "))
			}
		}
	}
	switch {
	case len(hits) > 0:
		return checks.Fail("whole private ranges are admitted: %s", strings.Join(few(hits), "; ")).With("ranges", strings.Join(few(hits), "; "))
	case len(unclear) > 0:
		return inDoubt(cause, "cannot be told without "+strings.Join(few(unclear), "; "))
	}
	return checks.Pass("no rule admits one of %s as a whole", strings.Join(env.Strings("ranges"), ", ")).With("ranges", "")
}
