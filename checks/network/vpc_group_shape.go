package network

import (
	"fmt"
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/network/reach"
	"onus/scanner/snapshot"
)

// namedPorts are the TCP and UDP ports of a rule: none for another protocol. all says that
// the rule is for every protocol.
func namedPorts(r snapshot.Rule) (out []portsOf, all bool, err error) {
	p, err := reach.ParseProtocol(r.Protocol)
	switch {
	case err != nil:
		return nil, false, err
	case p == reach.AnyProtocol:
		every := reach.Ports(reach.PortRange{From: 0, To: 65535})
		return []portsOf{{reach.TCP, every}, {reach.UDP, every}}, true, nil
	case !p.HasPorts():
		return nil, false, nil
	case r.FromPort == nil || r.ToPort == nil || *r.FromPort < 0 || *r.ToPort > 65535 || *r.FromPort > *r.ToPort:
		return nil, false, fmt.Errorf("a rule for %s has no clear range of ports", p)
	}
	return []portsOf{{p, reach.Ports(reach.PortRange{From: uint16(*r.FromPort), To: uint16(*r.ToPort)})}}, false, nil
}

// sources are all that a rule admits, as AWS writes them.
func sources(r snapshot.Rule) []string { return slices.Concat(r.CIDRs, r.PrefixLists, r.Groups) }

// eachRule judges the rules one by one: hit says what is wrong with one, "" for nothing. A
// rule that cannot be understood leaves the verdict open unless another fails.
func eachRule(g snapshot.SecurityGroup, hit func(snapshot.Rule, []portsOf, bool) string, failed, passed string) checks.Verdict {
	if v, is := shared(g); is {
		return v
	}
	var hits []string
	var unclear error
	for _, r := range g.Ingress {
		ports, all, err := namedPorts(r)
		if err != nil {
			unclear = err
			continue
		}
		if h := hit(r, ports, all); h != "" {
			hits = append(hits, h)
		}
	}
	switch {
	case len(hits) > 0:
		return checks.Fail("%s: %s", failed, strings.Join(few(hits), "; ")).With("rules", strings.Join(few(hits), "; "))
	case unclear != nil:
		return checks.Unclear("%s", unclear)
	}
	return checks.Pass("%s", passed).With("rules", "")
}

// GroupAllPortsRestricted passes when no source at all is admitted to all ports. A group
// that admits itself is governed by allow_self; a VPC's default group has a check of its own.
// Source: EC2 DescribeSecurityGroups, IpPermissions.
var GroupAllPortsRestricted = checks.Check{
	ID:          "vpc-security-group-all-ports-restricted",
	Title:       "No security group admits all ports from any source, itself included",
	Severity:    checks.Low,
	Category:    checks.Network,
	Duty:        checks.NetworkFirewall,
	ServiceKind: checks.Infrastructure,
	Tier:        2,
	Reads:       []string{"ec2:DescribeSecurityGroups"},
	Parameters:  checks.Parameters{"allow_self": false},
	Remedy:      "Replace the rule by rules for the ports that the source calls.",
	Fix: checks.Fix{
		Threat: "A source that may reach every port reaches also those that nobody meant. One machine taken is a way to the rest.",
		CLI:    "aws ec2 revoke-security-group-ingress --group-id {id} --security-group-rule-ids RULES --region {region}",
		Terraform: `resource "aws_vpc_security_group_ingress_rule" "app" {
  security_group_id            = "{id}"
  referenced_security_group_id = "CLIENTS"
  ip_protocol                  = "tcp"
  from_port                    = 8443
  to_port                      = 8443
}`,
		Cost: "Ports that no rule names stop: flow logs tell which are used.",
	},
	Judges: checks.For(snapshot.SecurityGroups, groupAllPortsRestricted),
}

func groupAllPortsRestricted(g snapshot.SecurityGroup, env checks.Env) checks.Verdict {
	if g.Group == "default" {
		return checks.DoesNotApply("the VPC's default group, which vpc-default-security-group-restricts-all judges")
	}
	// Rules for one source can be spread over several entries: they are put together first.
	together := map[string]reach.PortSet{}
	return eachRule(g, func(r snapshot.Rule, ports []portsOf, _ bool) string {
		var hits []string
		for _, source := range sources(r) {
			if source == g.ID && env.Bool("allow_self") {
				continue
			}
			for _, p := range ports {
				key := source + " " + p.protocol.String()
				before := together[key]
				together[key] = before.Union(p.ports)
				if together[key].ContainsAll(nearlyAll) && !before.ContainsAll(nearlyAll) {
					hits = append(hits, "all "+p.protocol.String()+" ports from "+source)
				}
			}
		}
		return strings.Join(hits, ", ")
	}, "it admits", "no source is admitted to all ports of TCP or UDP")
}

// GroupNoPortRanges passes when the rules for TCP and UDP name few ports each. Rules for all
// ports are judged elsewhere; ignore_ephemeral leaves out ranges within 32768-65535, to
// which load balancers with dynamic ports send.
// Source: EC2 DescribeSecurityGroups, IpPermissions[].FromPort and ToPort.
var GroupNoPortRanges = checks.Check{
	ID:          "vpc-security-group-no-port-ranges",
	Title:       "Ingress rules name single ports, not wide ranges",
	Severity:    checks.Info,
	Category:    checks.Network,
	Duty:        checks.NetworkFirewall,
	ServiceKind: checks.Infrastructure,
	Tier:        2,
	Reads:       []string{"ec2:DescribeSecurityGroups"},
	Parameters:  checks.Parameters{"max_ports": 1, "ignore_ephemeral": true},
	Remedy:      "Write a rule for each port that is served.",
	Fix: checks.Fix{
		Threat: "A wide range opens ports that nobody serves today and somebody will tomorrow. No reviewer can say what it is for.",
		CLI:    "aws ec2 revoke-security-group-ingress --group-id {id} --security-group-rule-ids RULES --region {region}",
		Terraform: `resource "aws_vpc_security_group_ingress_rule" "one" {
  security_group_id            = "{id}"
  referenced_security_group_id = "CLIENTS"
  ip_protocol                  = "tcp"
  from_port                    = 8443
  to_port                      = 8443
}`,
		Cost: "Protocols with moving ports (passive FTP, RPC) need their range: narrow it in the service, and waive the finding.",
	},
	Judges: checks.For(snapshot.SecurityGroups, groupNoPortRanges),
}

func groupNoPortRanges(g snapshot.SecurityGroup, env checks.Env) checks.Verdict {
	most := env.Int("max_ports")
	return eachRule(g, func(r snapshot.Rule, ports []portsOf, all bool) string {
		if all || len(ports) == 0 || ports[0].ports.ContainsAll(nearlyAll) {
			return ""
		}
		n := ports[0].ports.Ranges()[0]
		width := int(n.To) - int(n.From) + 1
		if width <= most || env.Bool("ignore_ephemeral") && n.From >= 32768 {
			return ""
		}
		return fmt.Sprintf("%s (%d ports)", ports[0], width)
	}, fmt.Sprintf("rules for more than %d ports", most), fmt.Sprintf("no rule is for more than %d ports", most))
}

// GroupNoPlaintextPorts passes when no rule names a port of a plaintext protocol, from
// whatever source. A port does not prove the protocol: LDAP may be upgraded to TLS.
// Source: EC2 DescribeSecurityGroups, IpPermissions.
var GroupNoPlaintextPorts = checks.Check{
	ID:          "vpc-security-group-no-plaintext-ports",
	Title:       "Security groups admit no plaintext protocol",
	Severity:    checks.Medium,
	Category:    checks.Network,
	Duty:        checks.NetworkFirewall,
	ServiceKind: checks.Infrastructure,
	Tier:        2,
	Reads:       []string{"ec2:DescribeSecurityGroups"},
	Parameters:  checks.Parameters{"ports_tcp": []int{21, 23, 69, 110, 143, 389, 512, 513, 514}, "ports_udp": []int{69, 161}},
	Bounds:      portBounds,
	Remedy:      "Serve the encrypted form of the protocol on its own port, and remove the rule.",
	Fix: checks.Fix{
		Threat: "Passwords and data pass in the clear, and whoever sits in the network reads along. The encrypted form of the protocol exists.",
		CLI:    "aws ec2 revoke-security-group-ingress --group-id {id} --security-group-rule-ids RULES --region {region}",
		Terraform: `resource "aws_vpc_security_group_ingress_rule" "tls" {
  security_group_id = "{id}"
  cidr_ipv4         = "KNOWN-NETWORK"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}`,
		Cost: "Clients must speak the encrypted form first.",
	},
	Judges: checks.For(snapshot.SecurityGroups, groupNoPlaintextPorts),
}

func groupNoPlaintextPorts(g snapshot.SecurityGroup, env checks.Env) checks.Verdict {
	wanted, err := wantedPorts(env, "ports_tcp", "ports_udp")
	if err != nil {
		return checks.Unclear("%s", err)
	}
	return eachRule(g, func(r snapshot.Rule, ports []portsOf, all bool) string {
		for _, w := range wanted {
			if all || len(ports) == 0 || ports[0].protocol != w.protocol || ports[0].ports.ContainsAll(nearlyAll) {
				continue
			}
			if hit := ports[0].ports.Intersect(w.ports); !hit.Empty() {
				return fmt.Sprintf("%s %s by a rule for %s", w.protocol, hit, ports[0])
			}
		}
		return ""
	}, "ports of plaintext protocols", "no rule names a port of a plaintext protocol")
}
