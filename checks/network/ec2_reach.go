package network

import (
	"slices"

	"onus/checks"
	"onus/checks/network/reach"
	"onus/scanner/snapshot"
)

// reachReads is what the way from the internet to an instance rests on.
var reachReads = []string{
	"ec2:DescribeInstances", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets", "ec2:DescribeRouteTables", "ec2:DescribeInternetGateways",
	"ec2:DescribeNetworkAcls", "ec2:DescribeSecurityGroups", "ec2:DescribeManagedPrefixLists", "ec2:GetManagedPrefixListEntries",
	"ec2:DescribeVpcBlockPublicAccessOptions", "ec2:DescribeVpcBlockPublicAccessExclusions",
}

const closeTheWay = "Close one link of the path that the reason names: the rule of the security group first, else the public address, the route or the network ACL."

// InstanceAdminPortsUnreachable passes when, for each interface of the instance, some link
// of the way from the internet is closed for every administration port: the public address,
// the internet gateway, the route to it, VPC Block Public Access, the network ACL in both
// directions, or the security groups together. A link that was not read leaves the answer
// open, unless another is proven closed. Source: Amazon VPC User Guide, "Internet gateways",
// "Network ACLs", "Security groups" and "Block public access to VPCs and subnets".
var InstanceAdminPortsUnreachable = checks.Check{
	ID:          "ec2-instance-admin-ports-not-reachable-from-internet",
	Title:       "No administration port of an EC2 instance can be reached from the internet",
	Severity:    checks.Critical,
	Category:    checks.Network,
	Duty:        checks.NetworkFirewall,
	ServiceKind: checks.Infrastructure,
	Tier:        1,
	Reads:       reachReads,
	Parameters: checks.Parameters{
		"ports_tcp": slices.Concat([]int{22, 23, 512, 513, 514, 2375, 2376, 3389, 4505, 4506, 5500}, between(5900, 5909), []int{5985, 5986, 10250}),
	},
	Bounds: portBounds,
	Remedy: closeTheWay + " Session Manager needs no open port.",
	Fix: checks.Fix{
		Threat: "Anybody on the internet can try passwords and known holes on the port, and machines do so within minutes. Who gets in is inside your network.",
		CLI:    "aws ec2 revoke-security-group-ingress --group-id GROUP --protocol tcp --port PORT --cidr 0.0.0.0/0 --region {region}",
		Terraform: `resource "aws_vpc_security_group_ingress_rule" "admin" {
  security_group_id = "GROUP"
  cidr_ipv4         = "ADMIN-NETWORK"
  ip_protocol       = "tcp"
  from_port         = 22
  to_port           = 22
}`,
		Cost: "Administrators who come from anywhere need a VPN, Session Manager or EC2 Instance Connect.",
	},
	Judges: checks.For(snapshot.Instances, func(i snapshot.Instance, env checks.Env) checks.Verdict { return unreachable(i, env, "ports_tcp") }),
}

// InstanceDataPortsUnreachable is the same for the ports of databases, caches, search and queues.
// Source: as InstanceAdminPortsUnreachable.
var InstanceDataPortsUnreachable = checks.Check{
	ID:          "ec2-instance-data-ports-not-reachable-from-internet",
	Title:       "No database, cache, search or queue port of an EC2 instance can be reached from the internet",
	Severity:    checks.Critical,
	Category:    checks.Network,
	Duty:        checks.NetworkFirewall,
	ServiceKind: checks.Infrastructure,
	Tier:        1,
	Reads:       reachReads,
	Parameters: checks.Parameters{
		"ports_tcp": []int{1433, 1434, 1521, 1522, 2483, 2484, 3306, 4333, 5432, 5439, 5601, 6379, 7000, 7001, 7199, 8020,
			9042, 9092, 9160, 9200, 9300, 11211, 27017, 27018, 27019, 50070, 50470},
		"ports_udp": []int{1434, 11211},
	},
	Bounds: portBounds,
	Remedy: closeTheWay,
	Fix: checks.Fix{
		Threat: "Databases, caches and queues are made for trusted networks, and many ask for no password. Machines empty them and leave a ransom note.",
		CLI:    "aws ec2 revoke-security-group-ingress --group-id GROUP --protocol tcp --port PORT --cidr 0.0.0.0/0 --region {region}",
		Terraform: `resource "aws_vpc_security_group_ingress_rule" "data" {
  security_group_id            = "GROUP"
  referenced_security_group_id = "CLIENTS"
  ip_protocol                  = "tcp"
  from_port                    = PORT
  to_port                      = PORT
}`,
		Cost: "Clients outside the VPC lose it: give them a private way first.",
	},
	Judges: checks.For(snapshot.Instances, tcpAndUDPUnreachable),
}

// InstanceFilePortsUnreachable is the same for the ports of file sharing and directories.
// Source: as InstanceAdminPortsUnreachable.
var InstanceFilePortsUnreachable = checks.Check{
	ID:          "ec2-instance-file-and-directory-ports-not-reachable-from-internet",
	Title:       "No file sharing or directory port of an EC2 instance can be reached from the internet",
	Severity:    checks.Critical,
	Category:    checks.Network,
	Duty:        checks.NetworkFirewall,
	ServiceKind: checks.Infrastructure,
	Tier:        1,
	Reads:       reachReads,
	Parameters: checks.Parameters{
		"ports_tcp": []int{20, 21, 88, 111, 135, 137, 138, 139, 389, 445, 464, 636, 749, 750, 873, 2049},
		"ports_udp": []int{69, 88, 111, 137, 138, 161, 389, 445, 2049},
	},
	Bounds: portBounds,
	Remedy: closeTheWay,
	Fix: checks.Fix{
		Threat: "File shares and directories give away names and files, and their holes have spread worms. Some serve to flood others.",
		CLI:    "aws ec2 revoke-security-group-ingress --group-id GROUP --protocol tcp --port PORT --cidr 0.0.0.0/0 --region {region}",
		Terraform: `resource "aws_vpc_security_group_ingress_rule" "files" {
  security_group_id            = "GROUP"
  referenced_security_group_id = "CLIENTS"
  ip_protocol                  = "tcp"
  from_port                    = PORT
  to_port                      = PORT
}`,
		Cost: "Clients outside the VPC lose it: give them a private way first.",
	},
	Judges: checks.For(snapshot.Instances, tcpAndUDPUnreachable),
}

func tcpAndUDPUnreachable(i snapshot.Instance, env checks.Env) checks.Verdict {
	return unreachable(i, env, "ports_tcp", "ports_udp")
}

// unreachable judges the ways to all interfaces of an instance.
func unreachable(i snapshot.Instance, env checks.Env, parameters ...string) checks.Verdict {
	if i.VPC == "" {
		return checks.DoesNotApply("the instance is in no VPC")
	}
	wanted, err := wantedPorts(env, parameters...)
	if err != nil {
		return checks.Unclear("%s", err)
	}
	if len(wanted) == 0 {
		return checks.DoesNotApply("no port is asked about: the parameters are empty")
	}
	return reachability(i, env, wanted)
}

// reachability follows the ways to some ports of all interfaces of an instance.
func reachability(i snapshot.Instance, env checks.Env, wanted []portsOf) checks.Verdict {
	v := network(env, i.Location)
	w := ways{view: v}
	for _, e := range v.instances[i.ID] {
		use(env, e.Calls)
		v.useLinks(env, e)
		for _, f := range reach.Families {
			w.follow(reachInterface(e), f, wanted)
		}
	}
	w.lacks(i)
	return w.verdict(len(v.instances[i.ID]))
}

// useLinks takes what stands between the internet and an interface into the evidence.
func (v *view) useLinks(env checks.Env, e *snapshot.NetworkInterface) {
	if s := v.subnets[e.Subnet]; s != nil {
		use(env, s.Calls)
	}
	for _, op := range []string{"ec2:DescribeRouteTables", "ec2:DescribeInternetGateways", "ec2:DescribeNetworkAcls", "ec2:DescribeVpcBlockPublicAccessExclusions", blockOptions} {
		use(env, v.calls[op])
	}
	for _, id := range e.Groups {
		g := v.groups[id]
		if g == nil {
			continue
		}
		use(env, g.Calls)
		for _, r := range g.Ingress {
			for _, list := range r.PrefixLists {
				if l := v.lists[list]; l != nil {
					use(env, l.Calls, l.Entries.Calls())
				}
			}
		}
	}
}
