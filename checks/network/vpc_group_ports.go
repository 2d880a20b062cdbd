package network

import (
	"fmt"

	"onus/checks"
	"onus/checks/network/reach"
	"onus/scanner/snapshot"
)

// GroupAdminPortsClosed passes when the group opens no administration port to the
// internet: when, in neither family, the sources of its ingress rules that admit the port
// together hold half of the public addresses. A group that nothing carries is judged too,
// since the next instance may; skip_unattached leaves it out.
// Source: EC2 DescribeSecurityGroups, IpPermissions; GetManagedPrefixListEntries.
var GroupAdminPortsClosed = checks.Check{
	ID:          "vpc-security-group-admin-ports-closed-to-internet",
	Title:       "No security group opens an administration port to the internet",
	Severity:    checks.High,
	Category:    checks.Network,
	Duty:        checks.NetworkFirewall,
	ServiceKind: checks.Infrastructure,
	Tier:        1,
	Reads:       []string{"ec2:DescribeSecurityGroups", "ec2:DescribeNetworkInterfaces", "ec2:DescribeManagedPrefixLists", "ec2:GetManagedPrefixListEntries"},
	Parameters: checks.Parameters{
		"ports_tcp":       []int{22, 23, 512, 513, 514, 2375, 2376, 3389, 4505, 4506, 5500, 5900, 5985, 5986, 10250},
		"skip_unattached": false,
	},
	Bounds: portBounds,
	Remedy: "Remove the rule, or narrow its source to the addresses of administrators; or use Session Manager, which needs no open port.",
	Fix: checks.Fix{
		Threat: "Every machine that carries the group is open to password guessing from the whole internet as soon as it has a public address. Machines try within minutes.",
		CLI:    "aws ec2 revoke-security-group-ingress --group-id {id} --protocol tcp --port 22 --cidr 0.0.0.0/0 --region {region}",
		Terraform: `resource "aws_vpc_security_group_ingress_rule" "admin" {
  security_group_id = "{id}"
  cidr_ipv4         = "ADMIN-NETWORK"
  ip_protocol       = "tcp"
  from_port         = 22
  to_port           = 22
}`,
		Cost: "Administrators who come from anywhere need Session Manager, EC2 Instance Connect or a VPN.",
	},
	Judges: checks.For(snapshot.SecurityGroups, groupAdminPortsClosed),
}

func groupAdminPortsClosed(g snapshot.SecurityGroup, env checks.Env) checks.Verdict {
	return carried(g, env, func() checks.Verdict { return portsVerdict(g, env, "ports_tcp") })
}

// shared says that another account owns the group, and so answers for its rules.
func shared(g snapshot.SecurityGroup) (checks.Verdict, bool) {
	if g.Owner == "" || g.Owner == g.Account {
		return checks.Verdict{}, false
	}
	return checks.DoesNotApply("the group belongs to account %s, which shares it", g.Owner).With("OwnerId", g.Owner), true
}

// portParameters are the parameters that hold ports, and of which protocol.
var portParameters = map[string]reach.Protocol{"ports_tcp": reach.TCP, "ports_udp": reach.UDP}

// wantedPorts reads the ports of the parameters.
func wantedPorts(env checks.Env, parameters ...string) ([]portsOf, error) {
	var out []portsOf
	for _, name := range parameters {
		ports, err := portSet(env.Ints(name))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if !ports.Empty() {
			out = append(out, portsOf{portParameters[name], ports})
		}
	}
	return out, nil
}

// portsVerdict judges the ports of the parameters.
func portsVerdict(g snapshot.SecurityGroup, env checks.Env, parameters ...string) checks.Verdict {
	wanted, err := wantedPorts(env, parameters...)
	if err != nil {
		return checks.Unclear("%s", err)
	}
	return internetVerdict(g, env, wanted...)
}

// carried judges a group that is the account's own, and says of one that fails whether
// anything carries it. The parameter skip_unattached leaves out what nothing carries.
func carried(g snapshot.SecurityGroup, env checks.Env, judge func() checks.Verdict) checks.Verdict {
	if v, is := shared(g); is {
		return v
	}
	attached, unread := g.Attached.Get()
	skip := env.Bool("skip_unattached")
	if skip && unread == nil && !attached {
		return checks.DoesNotApply("the group is attached to nothing, and skip_unattached is set")
	}
	v := judge()
	switch {
	case v.Status != checks.FAIL:
	case unread == nil && !attached:
		v.Reason += "; attached to nothing"
	case unread != nil && skip:
		// Whether the check applies hangs on what was not read.
		u := checks.Unknown(unread)
		v.Status, v.Cause = u.Status, u.Cause
		v.Reason += "; whether an interface carries the group, which skip_unattached asks, was not read: " + u.Reason
	case unread != nil:
		v.Reason += "; whether an interface carries the group was not read: " + unread.Error()
	}
	return v
}

// portBounds refuses a number that is no port.
func portBounds(_ string, value any) error {
	ports, _ := value.([]int)
	_, err := portSet(ports)
	return err
}

// portSet turns the ports of a parameter into a set.
func portSet(ports []int) (reach.PortSet, error) {
	list := make([]uint16, 0, len(ports))
	for _, p := range ports {
		if p < 0 || p > 65535 {
			return reach.PortSet{}, fmt.Errorf("%d is no port, want 0 to 65535", p)
		}
		list = append(list, uint16(p))
	}
	return reach.Port(list...), nil
}
