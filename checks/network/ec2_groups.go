package network

import (
	"fmt"
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/networks"
	"onus/checks/wording"
	"onus/scanner/snapshot"
)

// InstanceNotInForbiddenGroup passes when no group on any interface of the instance is one
// that the policy forbids, by its id or by a pattern of its name. The list of an instance
// itself has the primary interface's groups alone.
// Source: EC2 DescribeNetworkInterfaces, Groups.
var InstanceNotInForbiddenGroup = checks.Check{
	ID:          "ec2-instance-not-in-forbidden-security-group",
	Title:       "EC2 instances are not in security groups that policy forbids",
	Severity:    checks.Medium,
	Category:    checks.Network,
	Duty:        checks.NetworkFirewall,
	ServiceKind: checks.Infrastructure,
	Tier:        2,
	Reads:       []string{"ec2:DescribeInstances", "ec2:DescribeNetworkInterfaces"},
	Parameters:  checks.Parameters{"forbidden_groups": []string{}},
	Remedy:      "Give the interface another group.",
	Fix: checks.Fix{
		Threat: "The group was forbidden for what it lets in. Whoever may reach it reaches the instance.",
		CLI:    "aws ec2 modify-network-interface-attribute --network-interface-id INTERFACE --groups OTHER-GROUPS --region {region}",
		Terraform: `resource "aws_instance" "this" {
  ami                    = "AMI"
  instance_type          = "TYPE"
  vpc_security_group_ids = ["OTHER-GROUP"]
}`,
		Cost: "Connections that only the forbidden group let in end.",
	},
	Judges: checks.For(snapshot.Instances, instanceNotInForbiddenGroup),
}

func instanceNotInForbiddenGroup(i snapshot.Instance, env checks.Env) checks.Verdict {
	forbidden := env.Strings("forbidden_groups")
	if len(forbidden) == 0 {
		return checks.DoesNotApply("forbidden_groups is empty")
	}
	v := network(env, i.Location)
	unread := networks.Rest(env, i.Location, listInterfaces)
	var hits []string
	for _, n := range v.instances[i.ID] {
		for k, id := range n.Groups {
			name := ""
			if k < len(n.GroupNames) {
				name = n.GroupNames[k]
			}
			if p := slices.IndexFunc(forbidden, func(p string) bool { return p == id || networks.Glob(p, name) }); p >= 0 {
				hits = append(hits, fmt.Sprintf("%s (%s) on %s, which %q forbids", id, name, n.ID, forbidden[p]))
			}
		}
	}
	switch {
	case len(hits) > 0:
		return checks.Fail("it is in %s", strings.Join(few(hits), "; ")).With("groups", strings.Join(few(hits), "; "))
	case unread != nil:
		return checks.Unknown(unread)
	}
	return checks.Pass("no group on its %s is forbidden", wording.Count(len(v.instances[i.ID]), "interface"))
}
