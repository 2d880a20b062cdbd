package network

import (
	"fmt"
	"strings"

	"onus/checks"
	"onus/checks/network/reach"
	"onus/checks/networks"
	"onus/checks/wording"
	"onus/scanner/snapshot"
)

// HasMultipleSubnets passes when the VPC is divided. One subnet and one interface may be
// all that is needed. Source: EC2 DescribeSubnets, VpcId.
var HasMultipleSubnets = checks.Check{
	ID:          "vpc-has-multiple-subnets",
	Title:       "A VPC is divided into subnets",
	Severity:    checks.Info,
	Category:    checks.Network,
	Duty:        checks.NetworkFirewall,
	ServiceKind: checks.Infrastructure,
	Tier:        2,
	Reads:       []string{"ec2:DescribeVpcs", "ec2:DescribeSubnets"},
	Remedy:      "Divide the VPC into subnets by who may reach them.",
	Fix: checks.Fix{
		Threat: "In one subnet everything is next to everything: no network ACL and no route stands between the web server and the database. One zone's failure takes all of it.",
		CLI:    "aws ec2 create-subnet --vpc-id {id} --cidr-block CIDR --availability-zone ZONE --region {region}",
		Terraform: `resource "aws_subnet" "second" {
  vpc_id            = "{id}"
  cidr_block        = "CIDR"
  availability_zone = "ZONE"
}`,
		Cost: "Subnets cost nothing. What moves into them gets another address.",
	},
	Judges: checks.For(snapshot.VPCs, hasMultipleSubnets),
}

func hasMultipleSubnets(p snapshot.VPC, env checks.Env) checks.Verdict {
	if v, is := networks.Foreign("VPC", p.Owner, p.Location); is {
		return v
	}
	unread := networks.Rest(env, p.Location, listSubnets)
	n := len(networks.At(env, p.Location).SubnetsOf[p.ID])
	switch {
	case n >= 2:
		return checks.Pass("the VPC has %d subnets", n).With("subnets", fmt.Sprint(n))
	case unread != nil:
		return checks.Unknown(unread)
	}
	return checks.Fail("the VPC has %s", wording.Count(n, "subnet")).With("subnets", fmt.Sprint(n))
}

// SubnetACLRestricts passes when the network ACL of the subnet was made for it, and allows
// everything neither in nor out. An ACL that AWS makes allows all.
// Source: EC2 DescribeNetworkAcls, Associations, IsDefault and Entries.
var SubnetACLRestricts = checks.Check{
	ID:          "vpc-subnet-network-acl-restricts",
	Title:       "Subnets are behind a network ACL of their own that does not allow everything",
	Severity:    checks.Low,
	Category:    checks.Network,
	Duty:        checks.NetworkFirewall,
	ServiceKind: checks.Infrastructure,
	Tier:        2,
	Reads:       []string{"ec2:DescribeNetworkAcls", "ec2:DescribeSubnets", "ec2:DescribeNetworkInterfaces"},
	Parameters:  checks.Parameters{"require_custom": true, "skip_empty": true},
	Remedy:      "Associate the subnet with an ACL that allows what its hosts serve and call, and the ephemeral ports of answers.",
	Fix: checks.Fix{
		Threat: "The security groups alone decide what gets in: one wrong rule there opens the host. Nothing denies what no group can, such as one hostile network.",
		CLI: `aws ec2 create-network-acl --vpc-id VPC --region {region}
aws ec2 create-network-acl-entry --network-acl-id NEW-ACL --ingress --rule-number 100 --protocol tcp --port-range From=443,To=443 --cidr-block 0.0.0.0/0 --rule-action allow --region {region}
aws ec2 replace-network-acl-association --association-id ASSOCIATION --network-acl-id NEW-ACL --region {region}`,
		Terraform: `resource "aws_network_acl" "this" {
  vpc_id     = "VPC"
  subnet_ids = ["{id}"]
  ingress {
    rule_no    = 100
    action     = "allow"
    protocol   = "tcp"
    from_port  = 443
    to_port    = 443
    cidr_block = "0.0.0.0/0"
  }
}`,
		Cost: "An ACL keeps no state: answers need rules of their own, both ways. What was forgotten is cut off at once.",
	},
	Judges: checks.For(snapshot.Subnets, subnetACLRestricts),
}

func subnetACLRestricts(s snapshot.Subnet, env checks.Env) checks.Verdict {
	if v, is := networks.Foreign("subnet", s.Owner, s.Location); is {
		return v
	}
	if env.Bool("skip_empty") && len(networks.At(env, s.Location).Within[s.ID]) == 0 {
		if err := networks.Rest(env, s.Location, listInterfaces); err != nil {
			return checks.Unknown(err)
		}
		return checks.DoesNotApply("the subnet holds no network interface")
	}
	unread := networks.Rest(env, s.Location, "ec2:DescribeNetworkAcls")
	acl := network(env, s.Location).acls[s.ID]
	switch {
	case acl == nil && unread != nil:
		return checks.Unknown(unread)
	case acl == nil: // every subnet has exactly one
		return checks.Unclear("no network ACL is associated with the subnet in the answer, which cannot be all of it")
	}
	var wrong, unclear []string
	if acl.Default && env.Bool("require_custom") {
		wrong = append(wrong, "it is the VPC's default ACL")
	}
	for _, way := range []checks.Verdict{
		allowsAll(*acl, reach.PortsAllowedFromInternet, "allowed in from the internet"), allowsAll(*acl, reach.PortsAllowedToInternet, "allowed out to the internet"),
	} {
		switch way.Status {
		case checks.FAIL:
			wrong = append(wrong, way.Reason)
		case checks.UNKNOWN:
			unclear = append(unclear, way.Reason)
		case checks.PASS, checks.NotApplicable:
		}
	}
	observed := func(v checks.Verdict) checks.Verdict {
		return v.With("NetworkAclId", acl.ID).With("IsDefault", fmt.Sprint(acl.Default))
	}
	switch {
	case len(wrong) > 0:
		return observed(checks.Fail("%s: %s", acl.ID, strings.Join(wrong, "; ")))
	case len(unclear) > 0:
		return observed(checks.Unclear("%s: %s", acl.ID, strings.Join(unclear, "; ")))
	}
	return observed(checks.Pass("%s is not the default one, and allows everything neither in nor out", acl.ID))
}
