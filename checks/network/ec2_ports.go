package network

import (
	"fmt"
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/network/reach"
	"onus/checks/wording"
	"onus/scanner/snapshot"
)

// InstanceOnlyApprovedPorts passes when the internet reaches no TCP or UDP port of the
// instance but the approved ones, on any interface, in either family. Whole intervals are
// worked out: what the groups admit less what the network ACL denies. ICMP echo is no
// port: it is shown and fails nothing. Source: as InstanceAdminPortsUnreachable.
var InstanceOnlyApprovedPorts = checks.Check{
	ID:          "ec2-instance-unapproved-ports-not-reachable-from-internet",
	Title:       "An EC2 instance can be reached from the internet only on approved ports",
	Severity:    checks.High,
	Category:    checks.Network,
	Duty:        checks.NetworkFirewall,
	ServiceKind: checks.Infrastructure,
	Tier:        3,
	Reads:       []string{"ec2:DescribeInstances", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets", "ec2:DescribeRouteTables", "ec2:DescribeInternetGateways", "ec2:DescribeNetworkAcls", "ec2:DescribeSecurityGroups", "ec2:DescribeManagedPrefixLists", "ec2:GetManagedPrefixListEntries", "ec2:DescribeVpcBlockPublicAccessOptions", "ec2:DescribeVpcBlockPublicAccessExclusions"},
	Parameters:  checks.Parameters{"approved_ports_tcp": []int{80, 443}, "approved_ports_udp": []int{443}},
	Bounds:      portsOnly,
	Remedy:      closeTheWay,
	Fix: checks.Fix{
		Threat: "Scanners find every open port within minutes. A service that nobody knows is open is one that nobody patches or watches.",
		CLI: `aws ec2 describe-security-group-rules --filters Name=group-id,Values=GROUP --region {region}
aws ec2 revoke-security-group-ingress --group-id GROUP --security-group-rule-ids RULE --region {region}`,
		Terraform: `resource "aws_vpc_security_group_ingress_rule" "web" {
  security_group_id = "GROUP"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}`,
		Cost: "Clients on the internet lose those ports. If they are meant, approve them by the parameters instead.",
	},
	Judges: checks.For(snapshot.Instances, instanceOnlyApprovedPorts),
}

// portsOnly bounds the parameters that hold ports, and no others.
func portsOnly(parameter string, value any) error {
	if _, ports := value.([]int); !ports || parameter == "max_hops" {
		return nil
	}
	return portBounds(parameter, value)
}

var transports = []reach.Protocol{reach.TCP, reach.UDP}

var allPorts = reach.Ports(reach.PortRange{From: 0, To: 65535})

// approvedPorts are those of the parameters approved_ports_tcp and, where the check has it,
// approved_ports_udp.
func approvedPorts(env checks.Env, parameters ...string) (map[reach.Protocol]reach.PortSet, error) {
	out := map[reach.Protocol]reach.PortSet{}
	for i, name := range parameters {
		ports, err := portSet(env.Ints(name))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		out[transports[i]] = ports
	}
	return out, nil
}

func instanceOnlyApprovedPorts(i snapshot.Instance, env checks.Env) checks.Verdict {
	if i.VPC == "" {
		return checks.DoesNotApply("the instance is in no VPC")
	}
	approved, err := approvedPorts(env, "approved_ports_tcp", "approved_ports_udp")
	if err != nil {
		return checks.Unclear("%s", err)
	}
	v := network(env, i.Location)
	w := ways{view: v}
	var fine, echo []string
	for _, n := range v.instances[i.ID] {
		use(env, n.Calls)
		v.useLinks(env, n)
		e := reachInterface(n)
		for _, f := range reach.Families {
			for _, p := range transports {
				a := v.index.PortsFromInternet(e, p, reach.Question{Family: f})
				w.along(a, f, portsOf{p, allPorts.Subtract(approved[p])})
				if hit := a.Open.Intersect(approved[p]); !hit.Empty() {
					fine = append(fine, fmt.Sprintf("%s %s %s", f, p, hit))
				}
				if hit := a.CannotTell.Intersect(approved[p]); !hit.Empty() {
					fine = append(fine, fmt.Sprintf("%s %s %s (or not)", f, p, hit))
				}
			}
			if v.index.FromInternet(e, reach.Question{Family: f, Traffic: echoRequest(f)}).State == reach.Open {
				echo = append(echo, f.String())
			}
		}
	}
	w.lacks(i)
	reached := "no TCP or UDP port is"
	if len(fine) > 0 {
		reached = "nothing but the approved " + strings.Join(few(fine), ", ") + " is"
	}
	return w.unless(checks.Pass("%s reachable on its %s", reached, wording.Count(len(v.instances[i.ID]), "interface"))).
		With("approved", strings.Join(few(fine), ", ")).With("icmp_echo", strings.Join(slices.Compact(echo), ", "))
}

// echoRequest is what ping sends. Source: RFC 792 and RFC 4443, Echo Request.
func echoRequest(f reach.Family) reach.Traffic {
	if f == reach.IPv6 {
		return reach.ICMP(f, 128, 0)
	}
	return reach.ICMP(f, 8, 0)
}

// InstanceNoIPv6OnlyPorts passes when each port that the internet reaches over IPv6 is open
// over IPv4 too, or approved. Whoever closes IPv4 with care often forgets that the VPC has
// IPv6, for which the default network ACL gains its allow entry by itself. Delegated
// prefixes are addresses. Source: as InstanceAdminPortsUnreachable.
var InstanceNoIPv6OnlyPorts = checks.Check{
	ID:          "ec2-instance-not-reachable-through-ipv6-only",
	Title:       "No EC2 instance is reachable over IPv6 on a port that is closed over IPv4",
	Severity:    checks.High,
	Category:    checks.Network,
	Duty:        checks.NetworkFirewall,
	ServiceKind: checks.Infrastructure,
	Tier:        3,
	Reads:       []string{"ec2:DescribeInstances", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets", "ec2:DescribeRouteTables", "ec2:DescribeInternetGateways", "ec2:DescribeNetworkAcls", "ec2:DescribeSecurityGroups", "ec2:DescribeManagedPrefixLists", "ec2:GetManagedPrefixListEntries", "ec2:DescribeVpcBlockPublicAccessOptions", "ec2:DescribeVpcBlockPublicAccessExclusions"},
	Parameters:  checks.Parameters{"approved_ports_tcp": []int{80, 443}},
	Bounds:      portsOnly,
	Remedy:      "Remove the rule that admits ::/0, or send ::/0 of the subnet to an egress-only internet gateway.",
	Fix: checks.Fix{
		Threat: "IPv6 has no NAT in the way: an address of the instance is an address on the internet. A port that was closed over IPv4 on purpose is open to whoever tries the other family.",
		CLI: `aws ec2 revoke-security-group-ingress --group-id GROUP --security-group-rule-ids RULE --region {region}
aws ec2 replace-route --route-table-id TABLE --destination-ipv6-cidr-block ::/0 --egress-only-internet-gateway-id GATEWAY --region {region}`,
		Terraform: `resource "aws_route" "ipv6_out" {
  route_table_id              = "TABLE"
  destination_ipv6_cidr_block = "::/0"
  egress_only_gateway_id      = "GATEWAY"
}`,
		Cost: "Clients that come over IPv6 lose those ports. With the egress-only gateway the whole subnet can be reached over IPv6 no more, while it still sends.",
	},
	Judges: checks.For(snapshot.Instances, instanceNoIPv6OnlyPorts),
}

func instanceNoIPv6OnlyPorts(i snapshot.Instance, env checks.Env) checks.Verdict {
	if i.VPC == "" {
		return checks.DoesNotApply("the instance is in no VPC")
	}
	approved, err := approvedPorts(env, "approved_ports_tcp")
	if err != nil {
		return checks.Unclear("%s", err)
	}
	v := network(env, i.Location)
	w := ways{view: v}
	w.lacks(i)
	held := addressedIPv6(v.instances[i.ID])
	if !held && len(w.missing) == 0 {
		return checks.DoesNotApply("no address in 2000::/3 on its %s", wording.Count(len(v.instances[i.ID]), "interface"))
	}
	var six []string
	for _, p := range transports {
		answers := map[reach.Family][]reach.PortAnswer{}
		for _, n := range v.instances[i.ID] {
			use(env, n.Calls)
			v.useLinks(env, n)
			for _, f := range reach.Families {
				answers[f] = append(answers[f], v.index.PortsFromInternet(reachInterface(n), p, reach.Question{Family: f}))
			}
		}
		open4, may4 := sides(answers[reach.IPv4])
		open6, may6 := sides(answers[reach.IPv6])
		if !open6.Empty() {
			six = append(six, fmt.Sprintf("%s %s", p, open6))
		}
		only := open6.Subtract(may4).Subtract(approved[p])
		doubtful := may6.Subtract(open4).Subtract(approved[p]).Subtract(only)
		for _, a := range answers[reach.IPv6] {
			w.along(a, reach.IPv6, portsOf{p, only})
			w.doubts(a, doubtful)
		}
		for _, a := range answers[reach.IPv4] {
			w.doubts(a, doubtful)
		}
	}
	pass := checks.Pass("no TCP or UDP port is reachable over IPv6 on its %s", wording.Count(len(v.instances[i.ID]), "interface"))
	if len(six) > 0 {
		pass = checks.Pass("over IPv6 %s is reachable, each port of it over IPv4 too or approved", strings.Join(six, ", "))
	}
	return w.unless(pass)
}

// addressedIPv6 says that an interface has an address or a delegated prefix in 2000::/3.
func addressedIPv6(interfaces []*snapshot.NetworkInterface) bool {
	for _, n := range interfaces {
		for _, a := range slices.Concat(n.IPv6, n.IPv6Prefixes) {
			first, _, _ := strings.Cut(a, "/")
			if slices.ContainsFunc(addrs([]string{first}), globalUnicast.Contains) {
				return true
			}
		}
	}
	return false
}

// sides are the ports that are open by one of the answers, and those that may be.
func sides(answers []reach.PortAnswer) (open, may reach.PortSet) {
	for _, a := range answers {
		open, may = open.Union(a.Open), may.Union(a.Open).Union(a.CannotTell)
	}
	return open, may
}

// InstanceUnreachableThroughAppliance passes when no administration port is reachable though
// the way that an internet gateway's edge route table lays through an appliance counts as
// one: in by the route to an interface or a Gateway Load Balancer endpoint, out by the
// subnet's route to the same kind. What the appliance blocks no API shows.
// Source: Amazon VPC User Guide, "Routing for a middlebox appliance"; EC2
// DescribeRouteTables, Associations, GatewayId.
var InstanceUnreachableThroughAppliance = checks.Check{
	ID:          "ec2-instance-not-reachable-through-network-appliance",
	Title:       "Internet traffic that enters through an inspected or translated path still cannot reach administration ports",
	Severity:    checks.Medium,
	Category:    checks.Network,
	Duty:        checks.NetworkFirewall,
	ServiceKind: checks.Infrastructure,
	Tier:        3,
	Reads:       []string{"ec2:DescribeRouteTables", "ec2:DescribeInstances", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets", "ec2:DescribeSecurityGroups", "ec2:DescribeNetworkAcls", "ec2:DescribeVpcEndpoints", "ec2:DescribeInternetGateways", "ec2:DescribeManagedPrefixLists", "ec2:GetManagedPrefixListEntries", "ec2:DescribeVpcBlockPublicAccessOptions", "ec2:DescribeVpcBlockPublicAccessExclusions"},
	Parameters:  checks.Parameters{"ports_tcp": []int{22, 3389, 5985, 5986}},
	Bounds:      portBounds,
	Remedy:      "Remove the rule of the security group that admits the internet, so that the appliance is not the only guard.",
	Fix: checks.Fix{
		Threat: "The subnet looks private, since its routes lead to an appliance, while the internet gateway sends packets for it through that same appliance. One rule of the appliance then stands between the internet and the administration port.",
		CLI: `aws ec2 describe-security-group-rules --filters Name=group-id,Values=GROUP --region {region}
aws ec2 revoke-security-group-ingress --group-id GROUP --security-group-rule-ids RULE --region {region}`,
		Terraform: `resource "aws_vpc_security_group_ingress_rule" "admin" {
  security_group_id = "GROUP"
  cidr_ipv4         = "ADMINISTRATORS-CIDR"
  ip_protocol       = "tcp"
  from_port         = 22
  to_port           = 22
}`,
		Cost: "Administrators who come over the internet need another way: Session Manager, or a VPN.",
	},
	Judges: checks.For(snapshot.Instances, instanceUnreachableThroughAppliance),
}

func instanceUnreachableThroughAppliance(i snapshot.Instance, env checks.Env) checks.Verdict {
	if i.VPC == "" {
		return checks.DoesNotApply("the instance is in no VPC")
	}
	wanted, err := wantedPorts(env, "ports_tcp")
	if err != nil {
		return checks.Unclear("%s", err)
	}
	if len(wanted) == 0 {
		return checks.DoesNotApply("no port is asked about: the parameters are empty")
	}
	v := network(env, i.Location)
	use(env, v.calls["ec2:DescribeRouteTables"])
	if !v.edged[i.VPC] {
		if err := v.unread["ec2:DescribeRouteTables"]; err != nil {
			return checks.Unknown(err)
		}
		return checks.DoesNotApply("no route table of %s is associated with a gateway", i.VPC)
	}
	direct, through := ways{view: v}, ways{view: v, appliances: true}
	for _, n := range v.instances[i.ID] {
		use(env, n.Calls)
		v.useLinks(env, n)
		for _, f := range reach.Families {
			direct.follow(reachInterface(n), f, wanted)
			through.follow(reachInterface(n), f, wanted)
		}
	}
	through.lacks(i)
	verdict := through.verdict(len(v.instances[i.ID]))
	if verdict.Status == checks.FAIL && len(direct.open) == 0 {
		verdict.Reason += ", unless the appliance blocks it"
	}
	return verdict
}
