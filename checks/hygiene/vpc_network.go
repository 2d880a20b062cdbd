package hygiene

import (
	"fmt"
	"strings"

	"onus/checks"
	"onus/scanner/snapshot"
)

// ACLAssociated passes when a custom network ACL is associated with a subnet. A VPC's default
// ACL cannot be deleted, and may be without. Source: EC2 DescribeNetworkAcls, Associations.
var ACLAssociated = checks.Check{
	ID:          "vpc-network-acl-associated",
	Title:       "Custom network ACLs are associated with a subnet",
	Severity:    checks.Low,
	Category:    checks.Hygiene,
	Duty:        checks.NetworkFirewall,
	ServiceKind: checks.Infrastructure,
	Tier:        1,
	Reads:       []string{"ec2:DescribeNetworkAcls"},
	Remedy:      "Delete the ACL, or associate it with the subnets that it was made for.",
	Fix: checks.Fix{
		Threat:    "An ACL that guards nothing is mistaken for one that does. Reviews lose time on it.",
		CLI:       "aws ec2 delete-network-acl --network-acl-id {id} --region {region}",
		Terraform: `# Remove the resource "aws_network_acl" of this ACL from the configuration.`,
		Cost:      "Nothing: no subnet uses it.",
	},
	Judges: checks.For(snapshot.NetworkACLs, aclAssociated),
}

func aclAssociated(n snapshot.NetworkACL, _ checks.Env) checks.Verdict {
	switch {
	case n.Owner != "" && n.Owner != n.Account:
		return checks.DoesNotApply("the ACL belongs to account %s, which alone sees all its subnets", n.Owner).With("OwnerId", n.Owner)
	case n.Default:
		return checks.DoesNotApply("IsDefault is true").With("IsDefault", "true")
	case len(n.Subnets) == 0:
		return checks.Fail("no subnet is associated with the ACL").With("Associations", "0")
	}
	return checks.Pass("%d subnets are associated with the ACL", len(n.Subnets)).With("Associations", fmt.Sprint(len(n.Subnets)))
}

// InterfaceInUse passes when a network interface of the account's own is attached. AWS
// gives no time of creation, so that there is no grace.
// Source: EC2 DescribeNetworkInterfaces, Status, RequesterManaged and OwnerId.
var InterfaceInUse = checks.Check{
	ID:          "ec2-network-interface-in-use",
	Title:       "Network interfaces are attached",
	Severity:    checks.Low,
	Category:    checks.Hygiene,
	Duty:        checks.NetworkFirewall,
	ServiceKind: checks.Infrastructure,
	Tier:        2,
	Reads:       []string{"ec2:DescribeNetworkInterfaces"},
	Remedy:      "Delete the interface.",
	Fix: checks.Fix{
		Threat:    "An interface that belongs to nothing keeps its address and groups, and is attached again by somebody who finds it. It hides among those in use.",
		CLI:       "aws ec2 delete-network-interface --network-interface-id {id} --region {region}",
		Terraform: `# Remove the resource "aws_network_interface" of this interface from the configuration.`,
		Cost:      "Its private address is free for others then; allow lists may name it.",
	},
	Judges: checks.For(snapshot.NetworkInterfaces, interfaceInUse),
}

func interfaceInUse(n snapshot.NetworkInterface, _ checks.Env) checks.Verdict {
	v := checks.Pass("Status is %s", n.Status)
	switch {
	case n.Owner != "" && n.Owner != n.Account:
		return checks.DoesNotApply("the interface belongs to account %s", n.Owner).With("OwnerId", n.Owner)
	case n.RequesterManaged || n.Managed:
		return checks.DoesNotApply("an AWS service manages the interface").With("RequesterManaged", fmt.Sprint(n.RequesterManaged))
	case n.Status == "":
		return checks.Unclear("the answer lacks Status")
	case n.Status == "available":
		v = checks.Fail("Status is available: the interface is attached to nothing")
	}
	return v.With("Status", n.Status)
}

// GroupNotFromLaunchWizard passes when the group was not made by the launch wizard, whose
// prefix its name would have, or nothing carries it. Groups cannot be renamed.
// Source: EC2 DescribeSecurityGroups, GroupName; DescribeNetworkInterfaces, Groups.
var GroupNotFromLaunchWizard = checks.Check{
	ID:          "vpc-security-group-not-from-launch-wizard",
	Title:       "Security groups made by the launch wizard are not in use",
	Severity:    checks.Low,
	Category:    checks.Hygiene,
	Duty:        checks.NetworkFirewall,
	ServiceKind: checks.Infrastructure,
	Tier:        2,
	Reads:       []string{"ec2:DescribeSecurityGroups", "ec2:DescribeNetworkInterfaces"},
	Parameters:  checks.Parameters{"fail_unattached": false},
	Remedy:      "Make a group whose name and rules say what it is for, give it to what carries this one, and delete this one.",
	Fix: checks.Fix{
		Threat: "The wizard's group opens SSH or RDP to the world unless somebody changed it, and its name says nothing. It is kept since nobody knows what uses it.",
		CLI: `aws ec2 create-security-group --group-name NAME --description 'what it is for' --vpc-id VPC --region {region}
aws ec2 modify-network-interface-attribute --network-interface-id INTERFACE --groups NEW-GROUP --region {region}
aws ec2 delete-security-group --group-id {id} --region {region}`,
		Terraform: `resource "aws_security_group" "app" {
  name        = "app"
  description = "what it is for"
  vpc_id      = "VPC"
}`,
		Cost: "The new group must allow what is used.",
	},
	Judges: checks.For(snapshot.SecurityGroups, groupNotFromLaunchWizard),
}

func groupNotFromLaunchWizard(g snapshot.SecurityGroup, env checks.Env) checks.Verdict {
	switch {
	case g.Owner != "" && g.Owner != g.Account:
		return checks.DoesNotApply("the group belongs to account %s, which shares it", g.Owner).With("OwnerId", g.Owner)
	case !strings.HasPrefix(g.Group, "launch-wizard-"):
		return checks.Pass("GroupName is %q", g.Group).With("GroupName", g.Group)
	case env.Bool("fail_unattached"):
		return checks.Fail("GroupName is %q", g.Group).With("GroupName", g.Group)
	}
	attached, err := g.Attached.Get()
	switch {
	case err != nil:
		return checks.Unknown(err)
	case attached:
		return checks.Fail("GroupName is %q, and an interface carries the group", g.Group).With("GroupName", g.Group)
	}
	return checks.Pass("GroupName is %q, and no interface carries the group", g.Group).With("GroupName", g.Group)
}

// GroupRuleCount passes when the group has no more ingress rules, and no more egress rules,
// than allowed. A rule is one source of one entry; a prefix list counts as one.
// Source: EC2 DescribeSecurityGroups, IpPermissions and IpPermissionsEgress.
var GroupRuleCount = checks.Check{
	ID:          "vpc-security-group-rule-count-bounded",
	Title:       "Security groups have no more rules than a person can review",
	Severity:    checks.Low,
	Category:    checks.Hygiene,
	Duty:        checks.NetworkFirewall,
	ServiceKind: checks.Infrastructure,
	Tier:        2,
	Reads:       []string{"ec2:DescribeSecurityGroups"},
	Parameters:  checks.Parameters{"max_rules": 50},
	Bounds:      checks.AtLeast(0),
	Remedy:      "Put sources together in a prefix list, and remove the rules that nobody can explain.",
	Fix: checks.Fix{
		Threat: "Nobody can say of hundreds of rules which are needed, so none is ever removed. The wrong one hides among them.",
		CLI: `aws ec2 create-managed-prefix-list --prefix-list-name clients --address-family IPv4 --max-entries 20 --entries Cidr=KNOWN-NETWORK --region {region}
aws ec2 revoke-security-group-ingress --group-id {id} --security-group-rule-ids RULES --region {region}`,
		Terraform: `resource "aws_ec2_managed_prefix_list" "clients" {
  name           = "clients"
  address_family = "IPv4"
  max_entries    = 20
}`,
		Cost: "A prefix list counts with all its entries against the quota of rules.",
	},
	Judges: checks.For(snapshot.SecurityGroups, groupRuleCount),
}

func groupRuleCount(g snapshot.SecurityGroup, env checks.Env) checks.Verdict {
	if g.Owner != "" && g.Owner != g.Account {
		return checks.DoesNotApply("the group belongs to account %s, which shares it", g.Owner).With("OwnerId", g.Owner)
	}
	count := func(rules []snapshot.Rule) (n int) {
		for _, r := range rules {
			n += len(r.CIDRs) + len(r.PrefixLists) + len(r.Groups)
		}
		return n
	}
	in, out, most := count(g.Ingress), count(g.Egress), env.Int("max_rules")
	v := checks.Pass("%d ingress and %d egress rules, %d allowed of each", in, out, most)
	if in > most || out > most {
		v = checks.Fail("%d ingress and %d egress rules, %d allowed of each", in, out, most)
	}
	return v.With("ingress", fmt.Sprint(in)).With("egress", fmt.Sprint(out))
}
