package network

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/network/reach"
	"onus/scanner/snapshot"
)

// EnclaveHostNotInternetFacing passes when no interface of an instance that can host Nitro
// Enclaves has a public IPv4 address, and no subnet of them leads to an internet gateway.
// IPv6 addresses are observed: without such a route the internet does not find them.
// Source: EC2 DescribeInstances, EnclaveOptions.Enabled; DescribeNetworkInterfaces,
// Association; DescribeRouteTables, Associations and Routes.
var EnclaveHostNotInternetFacing = checks.Check{
	ID:          "ec2-enclave-host-not-internet-facing",
	Title:       "Hosts of Nitro Enclaves have no public address and no route from the internet",
	Severity:    checks.Medium,
	Category:    checks.Network,
	Duty:        checks.NetworkFirewall,
	ServiceKind: checks.Infrastructure,
	Tier:        2,
	Reads:       []string{"ec2:DescribeInstances", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets", "ec2:DescribeRouteTables", "ec2:DescribeManagedPrefixLists", "ec2:GetManagedPrefixListEntries"},
	Remedy:      "Move the host into a private subnet, and let clients come through a load balancer or a VPN.",
	Fix: checks.Fix{
		Threat: "The host carries all traffic to its enclave. Whoever breaks into it from the internet can feed the enclave whatever they want and use what it decrypts or signs.",
		CLI: `aws ec2 disassociate-address --region {region} --association-id ASSOCIATION
aws ec2 run-instances --region {region} --launch-template LaunchTemplateId=TEMPLATE --subnet-id PRIVATE_SUBNET # the host anew`,
		Terraform: `resource "aws_instance" "example" {
  subnet_id                   = aws_subnet.private.id
  associate_public_ip_address = false

  enclave_options {
    enabled = true
  }
}`,
		Cost: "An instance cannot change its subnet: the host has to be built anew. A private subnet needs VPC endpoints or a NAT gateway, which are billed.",
	},
	Judges: checks.For(snapshot.Instances, enclaveHostNotInternetFacing),
}

func enclaveHostNotInternetFacing(i snapshot.Instance, env checks.Env) checks.Verdict {
	if !i.Enclave {
		return checks.DoesNotApply("EnclaveOptions.Enabled is not true")
	}
	v := network(env, i.Location)
	var public, routed, ipv6, private []string
	w := ways{view: v}
	for _, n := range v.instances[i.ID] {
		use(env, n.Calls, v.calls["ec2:DescribeRouteTables"])
		for _, a := range n.Public {
			public = append(public, a+" of "+n.ID)
		}
		global, _ := v.globalIPv6(n) // observed alone
		ipv6 = append(ipv6, global...)
		for _, f := range reach.Families {
			switch a := v.index.RouteFromInternet(n.VPC, n.Subnet, f); a.State {
			case reach.Open:
				routed = append(routed, fmt.Sprintf("%s of %s by %s", n.Subnet, n.ID, written(a.Path)))
			case reach.CannotTell:
				w.missing = append(w.missing, a.Missing...)
			case reach.Closed:
				private = append(private, n.Subnet)
			}
		}
	}
	w.lacks(i)
	verdict := func() checks.Verdict {
		switch {
		case len(public)+len(routed) > 0:
			return checks.Fail("%s", strings.Join(few(faced(public, routed)), "; "))
		case len(w.missing) > 0:
			return inDoubt(v.why(w.missing), "cannot tell without "+strings.Join(few(w.missing), "; "))
		}
		return checks.Pass("none of its %d interfaces has a public address, and no route to an internet gateway leads out of %s", len(v.instances[i.ID]), strings.Join(few(private), ", "))
	}()
	return verdict.With("PublicIp", strings.Join(public, ", ")).With("Ipv6Addresses", strings.Join(ipv6, ", "))
}

func faced(public, routed []string) (out []string) {
	if len(public) > 0 {
		out = append(out, "public addresses: "+strings.Join(public, ", "))
	}
	for _, r := range routed {
		out = append(out, "a route to an internet gateway leads out of "+r)
	}
	return out
}

// EnclaveHostPortsClosed passes when the groups of an instance that can host Nitro Enclaves
// together open to the internet no TCP or UDP port outside approved_ports, and none of
// vsock_proxy_ports, approved or not. vsock itself is no IP port: what is seen is the port
// of a proxy.
// Source: EC2 DescribeNetworkInterfaces, Groups; DescribeSecurityGroups, IpPermissions.
var EnclaveHostPortsClosed = checks.Check{
	ID:          "ec2-enclave-host-ports-closed-to-internet",
	Title:       "Security groups of Nitro Enclave hosts open no unapproved port to the internet",
	Severity:    checks.High,
	Category:    checks.Network,
	Duty:        checks.NetworkFirewall,
	ServiceKind: checks.Infrastructure,
	Tier:        2,
	Reads:       append([]string{"ec2:DescribeInstances"}, groupReads...),
	Parameters: checks.Parameters{
		"approved_ports": []int{22, 80, 443}, "vsock_proxy_ports": slices.Concat([]int{5000}, between(8000, 8090), []int{9000}),
	},
	Bounds: portBounds,
	Remedy: "Remove the rules that open the ports; let only the software on the host talk to the proxy of the enclave.",
	Fix: checks.Fix{
		Threat: "A proxy that the internet reaches hands strangers the enclave itself: they ask it to decrypt and sign as the application does. Other open ports are ways into the host.",
		CLI:    `aws ec2 revoke-security-group-ingress --region {region} --group-id GROUP --ip-permissions 'IpProtocol=tcp,FromPort=5000,ToPort=5000,IpRanges=[{CidrIp=0.0.0.0/0}]'`,
		Terraform: `resource "aws_vpc_security_group_ingress_rule" "proxy" {
  security_group_id            = aws_security_group.host.id
  referenced_security_group_id = aws_security_group.clients.id
  ip_protocol                  = "tcp"
  from_port                    = 5000
  to_port                      = 5000
}`,
		Cost: "Free. Clients that came from the internet need a load balancer or a VPN, which are billed.",
	},
	Judges: checks.For(snapshot.Instances, enclaveHostPortsClosed),
}

func enclaveHostPortsClosed(i snapshot.Instance, env checks.Env) checks.Verdict {
	if !i.Enclave {
		return checks.DoesNotApply("EnclaveOptions.Enabled is not true")
	}
	approved, err := portSet(env.Ints("approved_ports"))
	proxies, err2 := portSet(env.Ints("vsock_proxy_ports"))
	if err := errors.Join(err, err2); err != nil {
		return checks.Unclear("ports: %s", err)
	}
	v := network(env, i.Location)
	w := ways{view: v}
	var cause error
	for _, n := range v.instances[i.ID] {
		use(env, n.Calls)
		together, unread := v.together(n, env)
		w.missing = append(w.missing, unread...)
		for _, o := range openPorts(together, env) {
			if hit := o.ports.Subtract(approved.Subtract(proxies)); !hit.Empty() {
				w.open = append(w.open, fmt.Sprintf("%s, %s: %s", n.ID, o.family, openings(o.answer, o.protocol, hit)))
			}
			if hit := o.answer.CannotTell.Subtract(approved.Subtract(proxies)); !hit.Empty() {
				w.missing = append(w.missing, fmt.Sprintf("%s: whether %s %s is open cannot be told without %s", o.family, o.protocol, hit, missing(o.answer, hit)))
				cause = errors.Join(cause, o.doubt(hit))
			}
		}
	}
	w.lacks(i)
	approvedBut := fmt.Sprintf("approved_ports %s, less vsock_proxy_ports %s", approved, proxies)
	switch {
	case len(w.open) > 0:
		return checks.Fail("open to the internet and not in %s: %s", approvedBut, strings.Join(w.open, "; ")).With("open", strings.Join(w.open, "; "))
	case len(w.missing) > 0:
		return inDoubt(errors.Join(cause, v.why(w.missing)), strings.Join(few(w.missing), "; "))
	}
	return checks.Pass("the groups of its %d interfaces open to the internet nothing but %s", len(v.instances[i.ID]), approvedBut).With("open", "")
}

// together are the rules of all groups of an interface as one group: what they let in adds
// up. missing names the groups that are not known.
func (v *view) together(n *snapshot.NetworkInterface, env checks.Env) (out snapshot.SecurityGroup, missing []string) {
	out = snapshot.SecurityGroup{Meta: snapshot.Meta{Location: v.Location}, ID: strings.Join(n.Groups, ", ")}
	for _, id := range n.Groups {
		g := v.groups[id]
		if g == nil {
			lack := "the rules of " + id
			if err := v.unread["ec2:DescribeSecurityGroups"]; err != nil {
				lack += ": " + err.Error()
			}
			missing = append(missing, lack)
			continue
		}
		use(env, g.Calls)
		out.Ingress = append(out.Ingress, g.Ingress...)
	}
	return out, missing
}
