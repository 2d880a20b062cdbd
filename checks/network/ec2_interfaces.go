package network

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"onus/checks"
	"onus/scanner/snapshot"
)

// InstanceNoPublicIP passes when no interface of the instance has a public IPv4 address, of
// its own or of one of its private addresses. IPv6 addresses are observed, and judged with
// count_ipv6. Addresses of carriers and of the customer's own pools are none of the internet's.
// Source: EC2 DescribeNetworkInterfaces, Association and PrivateIpAddresses[].Association.
var InstanceNoPublicIP = checks.Check{
	ID:          "ec2-instance-no-public-ip",
	Title:       "EC2 instances have no public address",
	Severity:    checks.Medium,
	Category:    checks.Network,
	Duty:        checks.NetworkFirewall,
	ServiceKind: checks.Infrastructure,
	Tier:        1,
	Reads:       []string{"ec2:DescribeInstances", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets"},
	Parameters:  checks.Parameters{"count_ipv6": false},
	Remedy:      "Move the instance into a private subnet behind a load balancer or NAT gateway, and release its address.",
	Fix: checks.Fix{
		Threat: "A public address is half of the way in: one wide rule is the other half. Each address is scanned all day.",
		CLI:    "aws ec2 disassociate-address --association-id ASSOCIATION --region {region}",
		Terraform: `resource "aws_instance" "this" {
  subnet_id                   = "PRIVATE-SUBNET"
  associate_public_ip_address = false
}`,
		Cost: "Traffic from the internet must come through a load balancer, traffic to it through a NAT gateway. An address given at launch goes only with a new interface or launch.",
	},
	Judges: checks.For(snapshot.Instances, instanceNoPublicIP),
}

func instanceNoPublicIP(i snapshot.Instance, env checks.Env) checks.Verdict {
	v := network(env, i.Location)
	var public, ipv6, carrier []string
	var doubt error
	for _, n := range v.instances[i.ID] {
		use(env, n.Calls)
		for _, a := range n.Public {
			public = append(public, a+" of "+n.ID)
		}
		carrier = append(carrier, n.Carrier...)
		global, err := v.globalIPv6(n)
		ipv6 = append(ipv6, global...)
		if err != nil && env.Bool("count_ipv6") {
			doubt = err
		}
	}
	if env.Bool("count_ipv6") {
		public = append(public, ipv6...)
	}
	verdict := func() checks.Verdict {
		switch unread := v.unread["ec2:DescribeNetworkInterfaces"]; {
		case len(public) > 0:
			return checks.Fail("public addresses: %s", strings.Join(public, ", "))
		case unread != nil:
			return checks.Unknown(unread)
		case doubt != nil:
			return checks.Unknown(doubt)
		}
		return checks.Pass("none of its %d interfaces has a public address", len(v.instances[i.ID]))
	}()
	return verdict.With("PublicIp", strings.Join(public, ", ")).With("Ipv6Addresses", strings.Join(ipv6, ", ")).With("CarrierIp", strings.Join(carrier, ", "))
}

var globalUnicast = netip.MustParsePrefix("2000::/3")

// globalIPv6 are the interface's addresses and delegated prefixes in 2000::/3 that do not
// lie in a private CIDR of its subnet; the error says why that is not known.
func (v *view) globalIPv6(n *snapshot.NetworkInterface) (out []string, err error) {
	var private []netip.Prefix
	subnet := v.subnets[n.Subnet]
	if subnet != nil {
		private = prefixes(subnet.PrivateIPv6)
	}
	for _, s := range slices.Concat(n.IPv6, n.IPv6Prefixes) {
		address, _, _ := strings.Cut(s, "/")
		a, parsed := netip.ParseAddr(address)
		if parsed != nil || !globalUnicast.Contains(a) {
			continue
		}
		switch {
		case subnet == nil && v.unread["ec2:DescribeSubnets"] != nil:
			err = v.unread["ec2:DescribeSubnets"]
		case !slices.ContainsFunc(private, func(p netip.Prefix) bool { return p.Contains(a) }):
			out = append(out, s+" of "+n.ID)
		}
	}
	return out, err
}

// InstanceSingleInterface passes when no more interfaces are attached to the instance than
// allowed. Interfaces of all types that attach count.
// Source: EC2 DescribeInstances, NetworkInterfaces[].Attachment.Status.
var InstanceSingleInterface = checks.Check{
	ID:          "ec2-instance-single-eni",
	Title:       "EC2 instances have one network interface",
	Severity:    checks.Low,
	Category:    checks.Network,
	Duty:        checks.NetworkFirewall,
	ServiceKind: checks.Infrastructure,
	Tier:        1,
	Reads:       []string{"ec2:DescribeInstances"},
	Parameters: checks.Parameters{
		"max_interfaces":  1,
		"ignore_tag_keys": []string{"node.k8s.amazonaws.com/instance_id", "eks:cluster-name"},
	},
	Remedy: "Detach the interfaces that the instance does not need; an instance in two subnets joins them past the network's rules.",
	Fix: checks.Fix{
		Threat:    "An instance in two subnets carries traffic past the routes and ACLs that keep them apart. Who takes it has both.",
		CLI:       "aws ec2 detach-network-interface --attachment-id ATTACHMENT --region {region}",
		Terraform: `# Remove the resource "aws_network_interface_attachment" of the second interface.`,
		Cost:      "What listens on the second address stops. Network appliances need several: waive those.",
	},
	Judges: checks.For(snapshot.Instances, instanceSingleInterface),
}

func instanceSingleInterface(i snapshot.Instance, env checks.Env) checks.Verdict {
	if i.Managed {
		return checks.DoesNotApply("an AWS service manages the instance").With("Operator.Managed", "true")
	}
	for _, key := range env.Strings("ignore_tag_keys") {
		if _, ok := i.Tags[key]; ok {
			return checks.DoesNotApply("the instance has the tag %s, which ignore_tag_keys names", key)
		}
	}
	var attached []string
	for _, n := range i.Interfaces {
		if n.Status == "attached" || n.Status == "attaching" {
			attached = append(attached, n.ID)
		}
	}
	most := env.Int("max_interfaces")
	seen := fmt.Sprintf("%d interfaces are attached, %d allowed", len(attached), most)
	if len(attached) > most {
		return checks.Fail("%s: %s", seen, strings.Join(attached, ", ")).With("NetworkInterfaces", strings.Join(attached, ", "))
	}
	return checks.Pass("%s", seen).With("NetworkInterfaces", strings.Join(attached, ", "))
}

// InterfaceSourceDestCheck passes when the interface drops what is neither from nor to it.
// Interfaces that route by nature, and those of AWS's services, are left out.
// Source: EC2 DescribeNetworkInterfaces, SourceDestCheck, InterfaceType, RequesterManaged.
var InterfaceSourceDestCheck = checks.Check{
	ID:          "ec2-network-interface-source-dest-check-enabled",
	Title:       "Network interfaces drop traffic that is neither from nor to them",
	Severity:    checks.Medium,
	Category:    checks.Network,
	Duty:        checks.NetworkFirewall,
	ServiceKind: checks.Infrastructure,
	Tier:        1,
	Reads:       []string{"ec2:DescribeNetworkInterfaces", "ec2:DescribeInstances"},
	Parameters:  checks.Parameters{"approved_routers": []string{}},
	Remedy:      "Turn SourceDestCheck on, or approve the router by the interface's or instance's id, or by a tag as key or key=value.",
	Fix: checks.Fix{
		Threat: "The machine may carry traffic for others: it can be a way around the network's rules. Only routers and NAT machines need that.",
		CLI:    "aws ec2 modify-network-interface-attribute --network-interface-id {id} --source-dest-check --region {region}",
		Terraform: `resource "aws_network_interface" "this" {
  subnet_id         = "SUBNET"
  source_dest_check = true
}`,
		Cost: "A router or NAT instance stops to forward.",
	},
	Judges: checks.For(snapshot.NetworkInterfaces, interfaceSourceDestCheck),
}

// checkedTypes are the types of interfaces that carry a customer's own traffic.
var checkedTypes = []string{"interface", "efa", "efa-only", "branch", "trunk", "lambda", "quicksight", "aws_codestar_connections_managed"}

func interfaceSourceDestCheck(n snapshot.NetworkInterface, env checks.Env) checks.Verdict {
	switch {
	case n.RequesterManaged:
		return checks.DoesNotApply("an AWS service manages the interface").With("RequesterManaged", "true")
	case n.Type == "":
		return checks.Unclear("the answer lacks InterfaceType")
	case !slices.Contains(checkedTypes, n.Type):
		return checks.DoesNotApply("the interface's type is %s, which routes by nature", n.Type).With("InterfaceType", n.Type)
	}
	approved := env.Strings("approved_routers")
	if name, ok := approvedRouter(approved, n.ID, n.Tags); ok {
		return checks.DoesNotApply("the interface is approved as a router by %s", name)
	}
	var unread error
	if n.Instance != "" && len(approved) > 0 {
		i, err := checks.Find(env, snapshot.Instances, n.Location, n.Instance)
		if name, ok := approvedRouter(approved, n.Instance, i.Tags); ok {
			return checks.DoesNotApply("instance %s is approved as a router by %s", n.Instance, name)
		}
		unread = err
	}
	on, err := n.SourceDestCheck.Get()
	switch {
	case err != nil:
		return checks.Unknown(err)
	case unread != nil: // the instance's tags might approve it
		return checks.Unknown(unread)
	case on:
		return checks.Pass("SourceDestCheck is true").With("SourceDestCheck", "true")
	}
	return checks.Fail("SourceDestCheck is false").With("SourceDestCheck", "false").With("InstanceId", n.Instance)
}

// approvedRouter says which entry approves an id or one of its tags.
func approvedRouter(approved []string, id string, tags map[string]string) (string, bool) {
	for _, entry := range approved {
		key, value, valued := strings.Cut(entry, "=")
		tag, tagged := tags[key]
		if entry == id || tagged && (!valued || tag == value) {
			return entry, true
		}
	}
	return "", false
}
