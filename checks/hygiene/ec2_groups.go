package hygiene

import (
	"fmt"
	"net/netip"
	"strings"

	"onus/checks"
	"onus/checks/network/reach"
	"onus/checks/networks"
	"onus/scanner/snapshot"
)

// InstanceNoOverlappingGroups passes when no rule of one group on an interface is contained
// in a rule of another group on the same one: its protocol, ports and source. Egress is not
// looked at, since every group starts with the same rule.
// Source: EC2 DescribeInstances, NetworkInterfaces[].Groups; DescribeSecurityGroups.
var InstanceNoOverlappingGroups = checks.Check{
	ID:          "ec2-instance-no-overlapping-security-groups",
	Title:       "The security groups of one interface do not repeat each other's rules",
	Severity:    checks.Info,
	Category:    checks.Hygiene,
	Duty:        checks.NetworkFirewall,
	ServiceKind: checks.Infrastructure,
	Tier:        2,
	Reads:       []string{"ec2:DescribeInstances", "ec2:DescribeSecurityGroups"},
	Remedy:      "Remove the rule that another group of the interface holds, or the group.",
	Fix: checks.Fix{
		Threat:    "Whoever closes a port in one group believes it closed, and the other keeps it open. Rules that repeat each other are never cleaned up.",
		CLI:       "aws ec2 revoke-security-group-ingress --group-id GROUP --security-group-rule-ids RULE --region {region}",
		Terraform: `# Remove the aws_vpc_security_group_ingress_rule that another group of the interface holds.`,
		Cost:      "Other interfaces may carry the one group without the other: look at all that carry it.",
	},
	Judges: checks.For(snapshot.Instances, instanceNoOverlappingGroups),
}

func instanceNoOverlappingGroups(i snapshot.Instance, env checks.Env) checks.Verdict {
	r := networks.At(env, i.Location)
	var hits []string
	var unread error
	several := false
	for _, n := range i.Interfaces {
		if len(n.Groups) < 2 {
			continue
		}
		several = true
		if err := networks.Rest(env, i.Location, "ec2:DescribeSecurityGroups"); err != nil {
			unread = err
		}
		for _, one := range n.Groups {
			for _, other := range n.Groups {
				a, b := r.Groups[one], r.Groups[other]
				if one != other && a != nil && b != nil {
					hits = append(hits, repeats(*a, *b, one < other)...)
				}
			}
		}
	}
	hits = once(hits)
	switch {
	case !several:
		return checks.DoesNotApply("no interface has two groups")
	case len(hits) > 0:
		return checks.Fail("%s", networks.Few(hits)).With("rules", networks.Few(hits))
	case unread != nil:
		return checks.Unknown(unread)
	}
	return checks.Pass("no rule of one group is contained in a rule of another on the same interface")
}

func once(list []string) (out []string) {
	seen := map[string]bool{}
	for _, s := range list {
		if !seen[s] {
			seen[s] = true
			out = append(out, s)
		}
	}
	return out
}

// repeats are the rules of the first group that the second holds. Two equal ones are named
// at one of the groups alone: where both is set.
func repeats(a, b snapshot.SecurityGroup, both bool) (out []string) {
	for _, narrow := range a.Ingress {
		for _, wide := range b.Ingress {
			if !ruleHolds(wide, narrow) {
				continue
			}
			for _, s := range ruleSources(narrow) {
				for _, t := range ruleSources(wide) {
					equal := s == t && ruleHolds(narrow, wide)
					if sourceHolds(t, s) && (!equal || both) {
						out = append(out, fmt.Sprintf("%s from %s of %s is contained in %s from %s of %s", ruleWords(narrow), s, a.ID, ruleWords(wide), t, b.ID))
					}
				}
			}
		}
	}
	return out
}

// ruleHolds says that a rule is for all protocols and ports that another is for.
func ruleHolds(wide, narrow snapshot.Rule) bool {
	p, err := reach.ParseProtocol(wide.Protocol)
	q, err2 := reach.ParseProtocol(narrow.Protocol)
	switch {
	case err != nil || err2 != nil:
		return false
	case p == reach.AnyProtocol:
		return true
	case p != q:
		return false
	case wide.FromPort == nil || wide.ToPort == nil || narrow.FromPort == nil || narrow.ToPort == nil:
		return !p.HasPorts()
	case p.HasPorts():
		return *wide.FromPort <= *narrow.FromPort && *narrow.ToPort <= *wide.ToPort
	}
	// ICMP has type and code here, -1 for any.
	return (*wide.FromPort == -1 || *wide.FromPort == *narrow.FromPort) && (*wide.ToPort == -1 || *wide.ToPort == *narrow.ToPort)
}

func ruleSources(r snapshot.Rule) []string {
	return append(append(append([]string{}, r.CIDRs...), r.PrefixLists...), r.Groups...)
}

// sourceHolds says that a source admits all that another does: a wider block, or the same
// list or group.
func sourceHolds(wide, narrow string) bool {
	if wide == narrow {
		return true
	}
	w, err := netip.ParsePrefix(wide)
	n, err2 := netip.ParsePrefix(narrow)
	return err == nil && err2 == nil && w.Bits() <= n.Bits() && w.Contains(n.Addr())
}

func ruleWords(r snapshot.Rule) string {
	if r.Protocol == "-1" {
		return "all traffic"
	}
	if r.FromPort == nil || r.ToPort == nil {
		return r.Protocol
	}
	if *r.FromPort == *r.ToPort {
		return fmt.Sprintf("%s/%d", strings.ToLower(r.Protocol), *r.FromPort)
	}
	return fmt.Sprintf("%s/%d-%d", strings.ToLower(r.Protocol), *r.FromPort, *r.ToPort)
}
