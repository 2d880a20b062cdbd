package network

import (
	"fmt"
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/network/reach"
	"onus/scanner/snapshot"
)

// groupReads is what the question of a group's openings rests on.
var groupReads = []string{"ec2:DescribeSecurityGroups", "ec2:DescribeNetworkInterfaces", "ec2:DescribeManagedPrefixLists", "ec2:GetManagedPrefixListEntries"}

const narrowRule = "Remove the rule, or narrow its source to the addresses that need it; let clients come through a VPN, or through a load balancer."

// GroupDataPortsClosed passes when the group opens no port of databases, caches, search and
// queues to the internet. UDP 11211 is asked about beside TCP: it is an amplifier.
// Source: EC2 DescribeSecurityGroups, IpPermissions; GetManagedPrefixListEntries.
var GroupDataPortsClosed = checks.Check{
	ID:          "vpc-security-group-data-ports-closed-to-internet",
	Title:       "No security group opens a database, cache, search or queue port to the internet",
	Severity:    checks.High,
	Category:    checks.Network,
	Duty:        checks.NetworkFirewall,
	ServiceKind: checks.Infrastructure,
	Tier:        1,
	Reads:       groupReads,
	Parameters: checks.Parameters{
		"ports_tcp": []int{1433, 1434, 1521, 1522, 2483, 2484, 3306, 4333, 5432, 5439, 5601, 6379, 7000, 7001, 7199, 8020, 8888,
			9042, 9092, 9160, 9200, 9300, 11211, 27017, 27018, 27019, 50070, 50470},
		"ports_udp":       []int{1434, 11211},
		"skip_unattached": false,
	},
	Bounds: portBounds,
	Remedy: narrowRule,
	Fix: checks.Fix{
		Threat: "Databases, caches and queues are made for trusted networks, and many ask for no password. Open to the world they are emptied by machines.",
		CLI:    "aws ec2 revoke-security-group-ingress --group-id {id} --protocol tcp --port PORT --cidr 0.0.0.0/0 --region {region}",
		Terraform: `resource "aws_vpc_security_group_ingress_rule" "data" {
  security_group_id            = "{id}"
  referenced_security_group_id = "CLIENTS"
  ip_protocol                  = "tcp"
  from_port                    = PORT
  to_port                      = PORT
}`,
		Cost: "Clients outside need a private way first.",
	},
	Judges: checks.For(snapshot.SecurityGroups, groupPortsClosed),
}

// GroupLegacyPortsClosed passes when the group opens no port of file sharing, directories,
// mail and name services to the internet. SMB is asked about over TCP and UDP.
// Source: EC2 DescribeSecurityGroups, IpPermissions; GetManagedPrefixListEntries.
var GroupLegacyPortsClosed = checks.Check{
	ID:          "vpc-security-group-legacy-service-ports-closed-to-internet",
	Title:       "No security group opens a file sharing, directory, mail or name service port to the internet",
	Severity:    checks.High,
	Category:    checks.Network,
	Duty:        checks.NetworkFirewall,
	ServiceKind: checks.Infrastructure,
	Tier:        1,
	Reads:       groupReads,
	Parameters: checks.Parameters{
		"ports_tcp":       []int{20, 21, 25, 53, 88, 110, 111, 135, 137, 138, 139, 143, 389, 445, 464, 636, 749, 750, 873, 2049},
		"ports_udp":       []int{53, 69, 88, 111, 137, 138, 139, 161, 389, 445, 2049},
		"skip_unattached": false,
	},
	Bounds: portBounds,
	Remedy: narrowRule + " Waive a public mail or name server by name.",
	Fix: checks.Fix{
		Threat: "File shares, directories, mail and name services give away data, and serve to flood others. Their holes have spread worms.",
		CLI:    "aws ec2 revoke-security-group-ingress --group-id {id} --protocol tcp --port PORT --cidr 0.0.0.0/0 --region {region}",
		Terraform: `resource "aws_vpc_security_group_ingress_rule" "inside" {
  security_group_id            = "{id}"
  referenced_security_group_id = "CLIENTS"
  ip_protocol                  = "tcp"
  from_port                    = PORT
  to_port                      = PORT
}`,
		Cost: "Clients outside need a private way first.",
	},
	Judges: checks.For(snapshot.SecurityGroups, groupPortsClosed),
}

func groupPortsClosed(g snapshot.SecurityGroup, env checks.Env) checks.Verdict {
	return carried(g, env, func() checks.Verdict { return portsVerdict(g, env, "ports_tcp", "ports_udp") })
}

// GroupHighRiskPortsClosed passes when the group opens no port of the list to the internet
// that AWS Security Hub calls high-risk (control EC2.19).
// Source: EC2 DescribeSecurityGroups, IpPermissions; GetManagedPrefixListEntries.
var GroupHighRiskPortsClosed = checks.Check{
	ID:          "vpc-security-group-high-risk-ports-closed-to-internet",
	Title:       "No security group opens a port of the high-risk list to the internet",
	Severity:    checks.High,
	Category:    checks.Network,
	Duty:        checks.NetworkFirewall,
	ServiceKind: checks.Infrastructure,
	Tier:        1,
	Reads:       groupReads,
	Parameters: checks.Parameters{
		"ports_tcp": slices.Concat([]int{20, 21, 22, 23, 25, 110, 135, 143, 445, 1433, 1434, 3000, 3306, 3389, 4333, 5000, 5432, 5500,
			5601, 8080, 8088, 8888}, between(9200, 9300)),
		"skip_unattached": false,
	},
	Bounds: portBounds,
	Remedy: narrowRule,
	Fix: checks.Fix{
		Threat: "These ports are the ones that attackers try first, for their services have a history of holes. Open to the world they are found in minutes.",
		CLI:    "aws ec2 revoke-security-group-ingress --group-id {id} --protocol tcp --port PORT --cidr 0.0.0.0/0 --region {region}",
		Terraform: `resource "aws_vpc_security_group_ingress_rule" "narrow" {
  security_group_id = "{id}"
  cidr_ipv4         = "KNOWN-NETWORK"
  ip_protocol       = "tcp"
  from_port         = PORT
  to_port           = PORT
}`,
		Cost: "Clients outside the named network lose the service.",
	},
	Judges: checks.For(snapshot.SecurityGroups, groupAdminPortsClosed),
}

// between are all ports from one to another.
func between(from, to int) []int {
	out := make([]int, 0, to-from+1)
	for p := from; p <= to; p++ {
		out = append(out, p)
	}
	return out
}

// GroupAllPortsClosed passes when the rules of the group together do not open all ports of
// TCP, or all of UDP, to the internet. A rule for another protocol, such as ESP, has none.
// Source: EC2 DescribeSecurityGroups, IpPermissions; GetManagedPrefixListEntries.
var GroupAllPortsClosed = checks.Check{
	ID:          "vpc-security-group-all-ports-closed-to-internet",
	Title:       "No security group opens all ports to the internet",
	Severity:    checks.Critical,
	Category:    checks.Network,
	Duty:        checks.NetworkFirewall,
	ServiceKind: checks.Infrastructure,
	Tier:        1,
	Reads:       groupReads,
	Parameters:  checks.Parameters{"skip_unattached": false},
	Remedy:      "Replace the rules by rules for the ports that are served, from the sources that need them.",
	Fix: checks.Fix{
		Threat: "Whatever listens on the machine is open to everybody: administration, databases, what somebody started for a test. Nothing is left of the firewall.",
		CLI:    "aws ec2 revoke-security-group-ingress --group-id {id} --security-group-rule-ids RULES --region {region}",
		Terraform: `resource "aws_vpc_security_group_ingress_rule" "https" {
  security_group_id = "{id}"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}`,
		Cost: "What is served on other ports stops: flow logs tell which are used.",
	},
	Judges: checks.For(snapshot.SecurityGroups, groupAllPortsClosed),
}

// nearlyAll are the ports that make all of them; port 0 is none that anything serves.
var nearlyAll = reach.Ports(reach.PortRange{From: 1, To: 65535})

func groupAllPortsClosed(g snapshot.SecurityGroup, env checks.Env) checks.Verdict {
	return carried(g, env, func() checks.Verdict {
		v := openPorts(g, env)
		return v.whole("open to the internet", fmt.Sprintf("its %d ingress rules open all ports of neither TCP nor UDP to the internet, in IPv4 or IPv6", len(g.Ingress)))
	})
}

// opened is what a list of rules opens to the internet, for TCP and UDP in each family.
type opened struct {
	family reach.Family
	portsOf
	answer reach.PortAnswer
	doubt  func(reach.PortSet) error
}

type openedAll []opened

// openPorts works out what a group opens to the internet.
func openPorts(g snapshot.SecurityGroup, env checks.Env) openedAll {
	group := reachGroup(g)
	lists, unread := reachLists(g, env)
	x := reach.NewGroups(lists)
	var out openedAll
	for _, f := range reach.Families {
		for _, p := range []reach.Protocol{reach.TCP, reach.UDP} {
			a := x.PortsOpenToInternet(group, f, p)
			out = append(out, opened{f, portsOf{p, a.Open}, a, func(ports reach.PortSet) error { return doubt(x, group, f, p, ports, unread) }})
		}
	}
	return out
}

// whole fails where all ports of a protocol are open, and cannot tell where the rules that
// are not known would make them all.
func (all openedAll) whole(open, closed string) checks.Verdict {
	var hit, unclear []string
	var cause error
	for _, o := range all {
		switch {
		case o.ports.ContainsAll(nearlyAll):
			hit = append(hit, fmt.Sprintf("%s: %s", o.family, openings(o.answer, o.protocol, o.ports)))
		case o.ports.Union(o.answer.CannotTell).ContainsAll(nearlyAll):
			unclear = append(unclear, fmt.Sprintf("%s: whether all %s ports are open cannot be told without %s", o.family, o.protocol, missing(o.answer, o.answer.CannotTell)))
			if err := o.doubt(o.answer.CannotTell); err != nil {
				cause = err
			}
		}
	}
	switch {
	case len(hit) > 0:
		return checks.Fail("%s, %s", open, strings.Join(hit, "; ")).With("open", strings.Join(hit, "; "))
	case len(unclear) > 0:
		return inDoubt(cause, strings.Join(unclear, "; "))
	}
	return checks.Pass("%s", closed)
}
