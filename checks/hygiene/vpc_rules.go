package hygiene

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

// GroupNoStaleRules passes when every group that a rule refers to is still there. Groups of
// other accounts cannot be described, so that absent is not gone; a reference whose peering
// was deleted is, and in another account it is a trust that outlived its peering.
// Source: EC2 DescribeStaleSecurityGroups; DescribeSecurityGroups, UserIdGroupPairs.
var GroupNoStaleRules = checks.Check{
	ID:          "vpc-security-group-no-stale-rules",
	Title:       "No security group rule refers to a group that is gone",
	Severity:    checks.Low,
	Category:    checks.Hygiene,
	Duty:        checks.NetworkFirewall,
	ServiceKind: checks.Infrastructure,
	Tier:        3,
	Reads:       []string{"ec2:DescribeStaleSecurityGroups", "ec2:DescribeSecurityGroups", "ec2:DescribeVpcPeeringConnections"},
	Remedy:      "Remove the rules that refer to groups that are gone.",
	Fix: checks.Fix{
		Threat: "The rule waits for somebody who brings its group back: with a new peering, a stranger's group of that id is let in again. Until then it hides among rules that matter.",
		CLI: `aws ec2 describe-stale-security-groups --vpc-id VPC --region {region}
aws ec2 revoke-security-group-ingress --group-id {id} --security-group-rule-ids RULE --region {region}`,
		Terraform: `# Remove the aws_vpc_security_group_ingress_rule whose referenced_security_group_id is gone.`,
		Cost:      "Nothing: the rules admit nobody.",
	},
	Judges: checks.For(snapshot.SecurityGroups, groupNoStaleRules),
}

func groupNoStaleRules(g snapshot.SecurityGroup, env checks.Env) checks.Verdict {
	if v, is := networks.Foreign("group", g.Owner, g.Location); is {
		return v
	}
	r := networks.At(env, g.Location)
	var gone []string
	doubt := error(nil)
	for _, p := range pairs(g) {
		switch {
		case p.PeeringStatus == "deleted" && p.Account != "" && p.Account != g.Account:
			gone = append(gone, fmt.Sprintf("%s of account %s, whose peering %s was deleted", p.Group, p.Account, p.Peering))
		case p.PeeringStatus == "deleted":
			gone = append(gone, fmt.Sprintf("%s, whose peering %s was deleted", p.Group, p.Peering))
		case p.Account == g.Account && p.Peering == "" && r.Groups[p.Group] == nil:
			if err := networks.Rest(env, g.Location, listGroups); err != nil {
				doubt = err
				continue
			}
			gone = append(gone, p.Group+", which does not exist")
		}
	}
	stale, err := g.Stale.Get()
	for _, id := range stale.Gone {
		if !slices.ContainsFunc(gone, func(s string) bool { return strings.HasPrefix(s, id) }) {
			gone = append(gone, id+", which AWS calls stale")
		}
	}
	if stale.Count > 0 && len(gone) == 0 {
		gone = append(gone, fmt.Sprintf("%s that AWS calls stale", wording.Count(stale.Count, "rule")))
	}
	switch {
	case len(gone) > 0:
		return checks.Fail("it refers to %s", networks.Few(gone)).With("gone", networks.Few(gone))
	case err != nil:
		return checks.Unknown(err)
	case doubt != nil:
		return checks.Unknown(doubt)
	}
	return checks.Pass("every group that it refers to is there").With("gone", "")
}

// pairs are the groups that the rules of both directions refer to.
func pairs(g snapshot.SecurityGroup) (out []snapshot.GroupPair) {
	for _, r := range slices.Concat(g.Ingress, g.Egress) {
		out = append(out, r.Pairs...)
	}
	return out
}

// ACLNoDeadEntries passes when every entry of the ACL can decide some packet. Entries of
// lower numbers may cover another together. A deny that comes too late is the dangerous one:
// somebody believes that it works. Source: EC2 DescribeNetworkAcls, Entries; Amazon VPC User
// Guide, "Network ACL rules".
var ACLNoDeadEntries = checks.Check{
	ID:          "vpc-network-acl-no-dead-entries",
	Title:       "No network ACL has an entry that never takes effect",
	Severity:    checks.Low,
	Category:    checks.Hygiene,
	Duty:        checks.NetworkFirewall,
	ServiceKind: checks.Infrastructure,
	Tier:        3,
	Reads:       []string{"ec2:DescribeNetworkAcls"},
	Remedy:      "Remove the entry, or give a deny a lower number than the allow that covers it.",
	Fix: checks.Fix{
		Threat: "A deny behind an allow that covers it stops nothing, and whoever wrote it believes the network closed. An attacker from there gets in.",
		CLI: `aws ec2 create-network-acl-entry --network-acl-id {id} --ingress --rule-number LOWER-NUMBER --protocol PROTOCOL --port-range From=PORT,To=PORT --cidr-block CIDR --rule-action deny --region {region}
aws ec2 delete-network-acl-entry --network-acl-id {id} --ingress --rule-number NUMBER --region {region}`,
		Terraform: `resource "aws_network_acl_rule" "deny" {
  network_acl_id = "{id}"
  rule_number    = 90
  rule_action    = "deny"
  protocol       = "tcp"
  from_port      = 22
  to_port        = 22
  cidr_block     = "CIDR"
}`,
		Cost: "Moving a deny forward stops what passes today: that was meant, but may surprise.",
	},
	Judges: checks.For(snapshot.NetworkACLs, aclNoDeadEntries),
}

func aclNoDeadEntries(n snapshot.NetworkACL, _ checks.Env) checks.Verdict {
	if v, is := networks.Foreign("ACL", n.Owner, n.Location); is {
		return v
	}
	var denies, allows []string
	for _, d := range reach.DeadEntries(networks.ACL(n)) {
		way, action := "in", "deny"
		if d.Egress {
			way = "out"
		}
		if d.Allow {
			action = "allow"
		}
		var by []string
		for _, number := range d.By {
			by = append(by, fmt.Sprint(number))
		}
		line := fmt.Sprintf("%s %d (%s, %s) is covered by %s", action, d.Number, way, d.Family, strings.Join(by, " and "))
		if d.Allow {
			allows = append(allows, line)
		} else {
			denies = append(denies, line)
		}
	}
	dead := slices.Concat(denies, allows)
	switch {
	case len(denies) > 0:
		return checks.Fail("a deny that never takes effect: %s", networks.Few(dead)).With("entries", networks.Few(dead))
	case len(allows) > 0:
		return checks.Fail("entries that never take effect: %s", networks.Few(dead)).With("entries", networks.Few(dead))
	}
	return checks.Pass("each of its %s can take effect", entriesOf(len(n.Entries))).With("entries", "")
}

// TableNoBlackholes passes when every route of the table leads somewhere. A route that drops
// hides a less specific one that works. One that a route server filtered is none.
// Source: EC2 DescribeRouteTables, Routes[].State.
var TableNoBlackholes = checks.Check{
	ID:          "vpc-route-table-no-blackhole-routes",
	Title:       "Route tables have no routes to targets that are gone",
	Severity:    checks.Low,
	Category:    checks.Hygiene,
	Duty:        checks.NetworkFirewall,
	ServiceKind: checks.Infrastructure,
	Tier:        3,
	Reads:       []string{"ec2:DescribeRouteTables"},
	Remedy:      "Remove the route, or point it to a target that exists.",
	Fix: checks.Fix{
		Threat:    "Traffic for that destination is dropped in silence. Whoever gets a target of that id made, or a peering accepted, gets the traffic.",
		CLI:       "aws ec2 delete-route --route-table-id {id} --destination-cidr-block DESTINATION --region {region}",
		Terraform: `# Remove the aws_route, or the route block of the aws_route_table, whose target is gone.`,
		Cost:      "Traffic for the destination takes the less specific route then: see where that leads first.",
	},
	Judges: checks.For(snapshot.RouteTables, tableNoBlackholes),
}

func tableNoBlackholes(t snapshot.RouteTable, _ checks.Env) checks.Verdict {
	if v, is := networks.Foreign("route table", networks.OwnerOf(t.Meta), t.Location); is {
		return v
	}
	var holes []string
	for _, r := range t.Routes {
		if r.State != "blackhole" {
			continue
		}
		to := r.Destination
		if r.PrefixList != "" {
			to = r.PrefixList
		}
		target := r.Target
		if target == "" {
			target = "a target that is gone"
		}
		holes = append(holes, to+" to "+target)
	}
	if len(holes) > 0 {
		return checks.Fail("blackholes: %s", networks.Few(holes)).With("routes", networks.Few(holes))
	}
	return checks.Pass("none of its %s is a blackhole", wording.Count(len(t.Routes), "route")).With("routes", "")
}

func entriesOf(n int) string {
	if n == 1 {
		return "1 entry"
	}
	return fmt.Sprintf("%d entries", n)
}
