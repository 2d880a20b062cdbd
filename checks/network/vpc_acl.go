package network

import (
	"fmt"
	"strings"

	"onus/checks"
	"onus/checks/network/reach"
	"onus/scanner/snapshot"
)

// ACLAdminPortsClosed passes when the entries of the ACL, in their order, let an
// internet-wide set of sources in to none of the ports. An ACL as AWS makes it allows all.
// Source: EC2 DescribeNetworkAcls, Entries; Amazon VPC User Guide, "Network ACL rules".
var ACLAdminPortsClosed = checks.Check{
	ID:          "vpc-network-acl-admin-ports-closed-to-internet",
	Title:       "No network ACL lets the internet reach administration ports",
	Severity:    checks.Medium,
	Category:    checks.Network,
	Duty:        checks.NetworkFirewall,
	ServiceKind: checks.Infrastructure,
	Tier:        1,
	Reads:       []string{"ec2:DescribeNetworkAcls"},
	Parameters:  checks.Parameters{"ports_tcp": []int{22, 3389}, "skip_unassociated": false},
	Bounds:      portBounds,
	Remedy:      "Deny the ports, or allow only those that are served, by an entry with a lower number than the one that allows them.",
	Fix: checks.Fix{
		Threat: "The ACL is the fence behind the security groups: open here, one wide group is enough to expose every machine of the subnet. Passwords are tried within minutes.",
		CLI:    "aws ec2 create-network-acl-entry --network-acl-id {id} --ingress --rule-number 50 --protocol tcp --port-range From=22,To=22 --cidr-block 0.0.0.0/0 --rule-action deny --region {region}",
		Terraform: `resource "aws_network_acl_rule" "no_ssh" {
  network_acl_id = "{id}"
  rule_number    = 50
  egress         = false
  protocol       = "tcp"
  from_port      = 22
  to_port        = 22
  cidr_block     = "0.0.0.0/0"
  rule_action    = "deny"
}`,
		Cost: "Administrators who come from outside need Session Manager or a VPN. The entry also hits answers that come to that port.",
	},
	Judges: checks.For(snapshot.NetworkACLs, aclAdminPortsClosed),
}

func aclAdminPortsClosed(n snapshot.NetworkACL, env checks.Env) checks.Verdict {
	if v, is := foreignACL(n); is {
		return v
	}
	if env.Bool("skip_unassociated") && len(n.Subnets) == 0 {
		return checks.DoesNotApply("no subnet is associated with the ACL, and skip_unassociated is set")
	}
	ports, err := portSet(env.Ints("ports_tcp"))
	if err != nil {
		return checks.Unclear("ports_tcp: %s", err)
	}
	acl := reachACL(&n)
	var open, unclear []string
	for _, f := range reach.Families {
		a := reach.PortsAllowedFromInternet(acl, f, reach.TCP)
		if hit := a.Open.Intersect(ports); !hit.Empty() {
			open = append(open, fmt.Sprintf("%s: %s", f, openings(a, reach.TCP, hit)))
		}
		if hit := a.CannotTell.Intersect(ports); !hit.Empty() {
			unclear = append(unclear, fmt.Sprintf("%s: whether tcp %s is allowed cannot be told without %s", f, hit, missing(a, hit)))
		}
	}
	switch {
	case len(open) > 0:
		return checks.Fail("allowed in from the internet, %s", strings.Join(open, "; ")).With("open", strings.Join(open, "; "))
	case len(unclear) > 0:
		return checks.Unclear("%s", strings.Join(unclear, "; "))
	}
	return checks.Pass("its entries allow tcp %s in from no internet-wide set of sources, in IPv4 or IPv6", ports).With("open", "")
}

// foreignACL says that another account owns the ACL.
func foreignACL(n snapshot.NetworkACL) (checks.Verdict, bool) {
	if n.Owner == "" || n.Owner == n.Account {
		return checks.Verdict{}, false
	}
	return checks.DoesNotApply("the ACL belongs to account %s", n.Owner).With("OwnerId", n.Owner), true
}

// ACLIngressRestricted passes when the ACL does not admit all ports of TCP, or of UDP, from
// the internet. A deny for some ports before the allow closes those, and the reason names them.
// Source: EC2 DescribeNetworkAcls, Entries and IsDefault.
var ACLIngressRestricted = checks.Check{
	ID:          "vpc-network-acl-no-allow-all-ingress",
	Title:       "No network ACL admits all traffic from the internet",
	Severity:    checks.Medium,
	Category:    checks.Network,
	Duty:        checks.NetworkFirewall,
	ServiceKind: checks.Infrastructure,
	Tier:        2,
	Reads:       []string{"ec2:DescribeNetworkAcls"},
	Parameters:  checks.Parameters{"judge_default": true, "judge_custom": true},
	Remedy:      "Allow the ports that the subnets serve, and the ephemeral ports of answers, in place of all traffic.",
	Fix: checks.Fix{
		Threat: "The fence is open: only the security groups stand between the internet and the machines. One wrong group exposes them.",
		CLI: `aws ec2 replace-network-acl-entry --network-acl-id {id} --ingress --rule-number 100 --protocol tcp --port-range From=443,To=443 --cidr-block 0.0.0.0/0 --rule-action allow --region {region}
aws ec2 create-network-acl-entry --network-acl-id {id} --ingress --rule-number 110 --protocol tcp --port-range From=1024,To=65535 --cidr-block 0.0.0.0/0 --rule-action allow --region {region}`,
		Terraform: `resource "aws_network_acl_rule" "https" {
  network_acl_id = "{id}"
  rule_number    = 100
  egress         = false
  protocol       = "tcp"
  from_port      = 443
  to_port        = 443
  cidr_block     = "0.0.0.0/0"
  rule_action    = "allow"
}`,
		Cost: "ACLs have no memory: answers need the ephemeral ports 1024-65535, or every connection breaks.",
	},
	Judges: checks.For(snapshot.NetworkACLs, aclIngressRestricted),
}

func aclIngressRestricted(n snapshot.NetworkACL, env checks.Env) checks.Verdict {
	if v, is := foreignACL(n); is {
		return v
	}
	switch {
	case n.Default && !env.Bool("judge_default"):
		return checks.DoesNotApply("a VPC's default ACL, which judge_default leaves out").With("IsDefault", "true")
	case !n.Default && !env.Bool("judge_custom"):
		return checks.DoesNotApply("a custom ACL, which judge_custom leaves out").With("IsDefault", "false")
	}
	return allowsAll(n, reach.PortsAllowedFromInternet, "allowed in from the internet")
}

// ACLEgressRestricted passes when the ACL does not let all ports of TCP, or of UDP, out to
// the internet. Ephemeral ports must stay open for answers, and pass.
// Source: EC2 DescribeNetworkAcls, Entries with Egress true.
var ACLEgressRestricted = checks.Check{
	ID:          "vpc-network-acl-no-allow-all-egress",
	Title:       "No network ACL lets all traffic out to the internet",
	Severity:    checks.Low,
	Category:    checks.Network,
	Duty:        checks.NetworkFirewall,
	ServiceKind: checks.Infrastructure,
	Tier:        2,
	Reads:       []string{"ec2:DescribeNetworkAcls"},
	Remedy:      "Allow the ports that the subnets call, and the ephemeral ports 1024-65535 of answers, in place of all traffic.",
	Fix: checks.Fix{
		Threat: "A machine that was taken sends data out by any port and protocol. A fence that lets everything out holds nothing in.",
		CLI: `aws ec2 replace-network-acl-entry --network-acl-id {id} --egress --rule-number 100 --protocol tcp --port-range From=443,To=443 --cidr-block 0.0.0.0/0 --rule-action allow --region {region}
aws ec2 create-network-acl-entry --network-acl-id {id} --egress --rule-number 110 --protocol tcp --port-range From=1024,To=65535 --cidr-block 0.0.0.0/0 --rule-action allow --region {region}`,
		Terraform: `resource "aws_network_acl_rule" "https" {
  network_acl_id = "{id}"
  rule_number    = 100
  egress         = true
  protocol       = "tcp"
  from_port      = 443
  to_port        = 443
  cidr_block     = "0.0.0.0/0"
  rule_action    = "allow"
}`,
		Cost: "ACLs have no memory: answers need the ephemeral ports 1024-65535, or every connection breaks.",
	},
	Judges: checks.For(snapshot.NetworkACLs, aclEgressRestricted),
}

func aclEgressRestricted(n snapshot.NetworkACL, _ checks.Env) checks.Verdict {
	if v, is := foreignACL(n); is {
		return v
	}
	return allowsAll(n, reach.PortsAllowedToInternet, "allowed out to the internet")
}

// allowsAll judges the ports that the entries allow in one direction.
func allowsAll(n snapshot.NetworkACL, allowed func(reach.ACL, reach.Family, reach.Protocol) reach.PortAnswer, how string) checks.Verdict {
	acl := reachACL(&n)
	var all openedAll
	var partly []string
	for _, f := range reach.Families {
		for _, p := range []reach.Protocol{reach.TCP, reach.UDP} {
			a := allowed(acl, f, p)
			all = append(all, opened{f, portsOf{p, a.Open}, a, func(reach.PortSet) error { return nil }})
			if !a.Open.Empty() {
				partly = append(partly, fmt.Sprintf("%s %s without %s", f, p, nearlyAll.Subtract(a.Open)))
			}
		}
	}
	closed := "nothing is " + how
	if len(partly) > 0 {
		closed = how + " are not all ports: " + strings.Join(partly, "; ")
	}
	return all.whole(how, closed)
}
