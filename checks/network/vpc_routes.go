package network

import (
	"fmt"
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/network/reach"
	"onus/checks/networks"
	"onus/checks/wording"
	"onus/scanner/snapshot"
)

const listPrefixLists = "ec2:DescribeManagedPrefixLists"

// wayOut is where a route table sends packets for the internet.
type wayOut struct {
	table   string
	gateway string   // an internet gateway to which public addresses go, "" for none
	wide    bool     // internet-wide in some family, not parts of it alone
	others  []string // targets of default routes that are no internet gateways
	missing []string // what leaves this in doubt
}

// outward works a route table out. Prefix lists are opened, and the most specific route wins.
func (v *view) outward(tableID string) (out wayOut) {
	list, missing := v.index.Destinations(tableID)
	out.table = tableID
	for _, d := range list {
		public := d.Sure.Overlaps(reach.Public(0))
		doubtful := !public && d.May.Overlaps(reach.Public(0))
		wide := slices.ContainsFunc(reach.Families, d.Sure.InternetWide)
		switch {
		case d.Target == "local" || d.Target == "blackhole":
		case networks.IsInternetGateway(d.Target):
			if public {
				out.gateway, out.wide = d.Target, out.wide || wide
			}
			if doubtful {
				out.missing = missing
			}
		case wide:
			out.others = append(out.others, d.Target)
		case slices.ContainsFunc(reach.Families, d.May.InternetWide):
			out.missing = missing
		}
	}
	return out
}

// out is where the packets of a subnet go, and the calls that say so.
func (v *view) out(env checks.Env, s *snapshot.Subnet) (wayOut, error) {
	t, err := networks.At(env, s.Location).Table(env, s)
	if err != nil {
		return wayOut{}, err
	}
	v.useLists(env, t)
	return v.outward(t.ID), nil
}

// useLists takes the prefix lists of a table's routes into the evidence. What of them was
// not read, reach says is missing.
func (v *view) useLists(env checks.Env, t *snapshot.RouteTable) {
	for _, r := range t.Routes {
		if r.PrefixList != "" {
			_ = networks.Rest(env, v.Location, listPrefixLists)
		}
		if l := v.lists[r.PrefixList]; l != nil {
			use(env, l.Entries.Calls())
		}
	}
}

// subnetWays are the subnets of a VPC by where their packets go.
type subnetWays struct {
	public, private []string
	doubt           error
	outs            map[string]wayOut
}

func (v *view) subnetWays(env checks.Env, vpc string) subnetWays {
	w := subnetWays{outs: map[string]wayOut{}}
	for _, s := range networks.At(env, v.Location).SubnetsOf[vpc] {
		out, err := v.out(env, s)
		switch {
		case err != nil:
			w.doubt = err
			continue
		case out.gateway != "":
			w.public = append(w.public, s.ID)
		case len(out.missing) > 0:
			w.doubt = v.because(out.missing)
		default:
			w.private = append(w.private, s.ID)
		}
		w.outs[s.ID] = out
	}
	if err := networks.Rest(env, v.Location, listSubnets, listTables); w.doubt == nil {
		w.doubt = err
	}
	return w
}

// untold says what reach found missing, with the reads behind it.
type untold struct {
	missing []string
	cause   error
}

func (u *untold) Error() string { return "it cannot be told without " + strings.Join(u.missing, "; ") }

func (u *untold) Unwrap() error { return u.cause }

func (v *view) because(missing []string) error { return &untold{missing, v.why(missing)} }

// PublicAndPrivateSubnets passes when a VPC that is open to the internet keeps some subnets
// away from it. A NAT gateway and an egress-only gateway make none public. A VPC without an
// internet gateway is better still, and left out.
// Source: EC2 DescribeRouteTables, Associations and Routes; DescribeInternetGateways.
var PublicAndPrivateSubnets = checks.Check{
	ID:          "vpc-public-and-private-subnets-separate",
	Title:       "A VPC has public and private subnets",
	Severity:    checks.Low,
	Category:    checks.Network,
	Duty:        checks.NetworkFirewall,
	ServiceKind: checks.Infrastructure,
	Tier:        2,
	Reads:       []string{"ec2:DescribeVpcs", "ec2:DescribeSubnets", "ec2:DescribeRouteTables", "ec2:DescribeInternetGateways", "ec2:DescribeManagedPrefixLists", "ec2:GetManagedPrefixListEntries"},
	Parameters:  checks.Parameters{"private_only_ok": true},
	Remedy:      "Make private subnets for what the internet need not reach, with a route table without an internet gateway.",
	Fix: checks.Fix{
		Threat: "Where all subnets are public, databases and workers are one rule and one address away from the internet. There is no place in which such a mistake does no harm.",
		CLI: `aws ec2 create-subnet --vpc-id {id} --cidr-block CIDR --availability-zone ZONE --region {region}
aws ec2 create-route-table --vpc-id {id} --region {region}
aws ec2 associate-route-table --subnet-id NEW-SUBNET --route-table-id NEW-TABLE --region {region}`,
		Terraform: `resource "aws_subnet" "private" {
  vpc_id     = "{id}"
  cidr_block = "CIDR"
}
resource "aws_route_table" "private" {
  vpc_id = "{id}"
}
resource "aws_route_table_association" "private" {
  subnet_id      = aws_subnet.private.id
  route_table_id = aws_route_table.private.id
}`,
		Cost: "What moves to a private subnet needs a NAT gateway or endpoints to reach services of the internet: both are charged by the hour.",
	},
	Judges: checks.For(snapshot.VPCs, publicAndPrivateSubnets),
}

func publicAndPrivateSubnets(p snapshot.VPC, env checks.Env) checks.Verdict {
	if v, is := networks.Foreign("VPC", p.Owner, p.Location); is {
		return v
	}
	if p.Default {
		return checks.DoesNotApply("IsDefault is true").With("IsDefault", "true")
	}
	if env.Bool("private_only_ok") && len(networks.At(env, p.Location).Gateways[p.ID]) == 0 {
		if err := networks.Rest(env, p.Location, "ec2:DescribeInternetGateways"); err != nil {
			return checks.Unknown(err)
		}
		return checks.DoesNotApply("no internet gateway is attached to the VPC")
	}
	w := network(env, p.Location).subnetWays(env, p.ID)
	switch {
	case len(w.public) > 0 && len(w.private) > 0:
		return checks.Pass("public are %s, private are %s", networks.Few(w.public), networks.Few(w.private)).With("public", networks.Few(w.public)).With("private", networks.Few(w.private))
	case w.doubt != nil:
		return networks.Unknown(w.doubt)
	case len(w.public) > 0:
		return checks.Fail("all subnets are public: %s", networks.Few(w.public)).With("public", networks.Few(w.public))
	}
	return checks.Fail("no subnet is public, of %s", wording.Count(len(w.private), "subnet")).With("private", networks.Few(w.private))
}

// NoUnneededGatewayRoute passes when a route table does not send the internet's addresses to
// an internet gateway, but where the policy says that it may. A table that no subnet uses is
// left alone, unless it is the main one: each new subnet gets that.
// Source: EC2 DescribeRouteTables, Routes[].GatewayId, State and both destinations.
var NoUnneededGatewayRoute = checks.Check{
	ID:          "vpc-route-table-no-unneeded-igw-route",
	Title:       "Route tables send internet traffic to an internet gateway only where policy allows",
	Severity:    checks.Low,
	Category:    checks.Network,
	Duty:        checks.NetworkFirewall,
	ServiceKind: checks.Infrastructure,
	Tier:        2,
	Reads:       []string{"ec2:DescribeRouteTables", "ec2:DescribeSubnets", "ec2:GetManagedPrefixListEntries", "ec2:DescribeManagedPrefixLists"},
	Parameters:  checks.Parameters{"approved_resources": []string{}, "ignore_unassociated": true},
	Remedy:      "Remove the route to the internet gateway, or approve the table or its VPC.",
	Fix: checks.Fix{
		Threat: "Each subnet with that table is one public address away from the internet. Nobody decided that for all of them.",
		CLI: `aws ec2 delete-route --route-table-id {id} --destination-cidr-block 0.0.0.0/0 --region {region}
aws ec2 delete-route --route-table-id {id} --destination-ipv6-cidr-block ::/0 --region {region}`,
		Terraform: `resource "aws_route_table" "this" {
  vpc_id = "VPC"
  # no route with gateway_id of an internet gateway
}`,
		Cost: "What calls the internet from its subnets, or is called from there, stops. Give private subnets a NAT gateway or endpoints first.",
	},
	Judges: checks.For(snapshot.RouteTables, noUnneededGatewayRoute),
}

func noUnneededGatewayRoute(t snapshot.RouteTable, env checks.Env) checks.Verdict {
	if v, is := networks.Foreign("route table", networks.OwnerOf(t.Meta), t.Location); is {
		return v
	}
	approved := env.Strings("approved_resources")
	for _, name := range []string{t.ID, t.VPC} {
		if slices.Contains(approved, name) {
			return checks.Pass("approved_resources holds %s", name)
		}
	}
	v, r := network(env, t.Location), networks.At(env, t.Location)
	v.useLists(env, &t)
	out := v.outward(t.ID)
	main := slices.ContainsFunc(t.Associations, func(a snapshot.RouteAssociation) bool { return a.Main })
	users := r.Users(r.Tables[t.ID])
	switch {
	case !out.wide && len(out.missing) == 0:
		return checks.Pass("no internet-wide destination leads to an internet gateway").With("GatewayId", out.gateway)
	case !main && len(users) == 0 && env.Bool("ignore_unassociated"):
		if err := networks.Rest(env, t.Location, listSubnets); err != nil {
			return checks.Unknown(err)
		}
		return checks.Pass("no subnet uses the table")
	case !out.wide:
		return networks.Unknown(v.because(out.missing))
	}
	reason := fmt.Sprintf("internet traffic goes to %s, for %s", out.gateway, wording.Count(len(users), "subnet"))
	if main {
		reason += "; it is the main table, which every new subnet gets"
	}
	return checks.Fail("%s", reason).With("GatewayId", out.gateway).With("Main", fmt.Sprint(main))
}

// InternetGatewayInApprovedVPC passes when the gateway is attached only to VPCs that the
// policy names, by id or by the tag Name. Default VPCs have a gateway each.
// Source: EC2 DescribeInternetGateways, Attachments; DescribeVpcs, Tags.
var InternetGatewayInApprovedVPC = checks.Check{
	ID:          "vpc-internet-gateway-in-approved-vpc",
	Title:       "Internet gateways are attached to approved VPCs only",
	Severity:    checks.Medium,
	Category:    checks.Network,
	Duty:        checks.NetworkFirewall,
	ServiceKind: checks.Infrastructure,
	Tier:        2,
	Reads:       []string{"ec2:DescribeInternetGateways", "ec2:DescribeVpcs"},
	Parameters:  checks.Parameters{"approved_vpcs": []string{}},
	Remedy:      "Detach the gateway, or approve the VPC.",
	Fix: checks.Fix{
		Threat:    "A VPC that was meant to be private is one route away from the internet. Data that was put there on that promise is exposed by the next change.",
		CLI:       "aws ec2 detach-internet-gateway --internet-gateway-id {id} --vpc-id VPC --region {region}",
		Terraform: `# Remove the resource "aws_internet_gateway" or "aws_internet_gateway_attachment" that names the VPC.`,
		Cost:      "Public addresses in the VPC go first, and with them what they serve. NAT gateways there stop working.",
	},
	Judges: checks.For(snapshot.InternetGateways, internetGatewayInApprovedVPC),
}

func internetGatewayInApprovedVPC(g snapshot.InternetGateway, env checks.Env) checks.Verdict {
	approved := env.Strings("approved_vpcs")
	switch {
	case len(approved) == 0:
		return checks.DoesNotApply("approved_vpcs is empty")
	case len(g.Attachments) == 0:
		return checks.DoesNotApply("the gateway is attached to no VPC")
	}
	r := networks.At(env, g.Location)
	var strange []string
	var unread error
	for _, a := range g.Attachments {
		if slices.Contains(approved, a.VPC) {
			continue
		}
		unread = networks.Rest(env, g.Location, "ec2:DescribeVpcs")
		name := ""
		if p := r.VPCs[a.VPC]; p != nil {
			name = p.Tags["Name"]
			unread = nil
		}
		if name == "" || !slices.Contains(approved, name) {
			strange = append(strange, strings.TrimSpace(a.VPC+" "+name))
		}
	}
	switch {
	case len(strange) > 0 && unread != nil: // its name may be approved
		return checks.Unknown(unread)
	case len(strange) > 0:
		return checks.Fail("approved_vpcs does not hold %s", networks.Few(strange)).With("VpcId", networks.Few(strange))
	}
	return checks.Pass("the gateway is attached to approved VPCs only").With("VpcId", g.Attachments[0].VPC)
}

// NATGatewayManaged passes when no subnet leaves through an instance that translates. A
// firewall appliance looks like one. A VPC that wants no internet needs no gateway; one
// whose default route leads to a transit gateway leaves somewhere else.
// Source: EC2 DescribeRouteTables, Routes[].InstanceId and NetworkInterfaceId;
// DescribeNatGateways, State.
var NATGatewayManaged = checks.Check{
	ID:          "vpc-nat-gateway-managed",
	Title:       "Private subnets reach the internet through NAT gateways, not through NAT instances",
	Severity:    checks.Low,
	Category:    checks.Network,
	Duty:        checks.NetworkFirewall,
	ServiceKind: checks.Infrastructure,
	Tier:        2,
	Reads:       []string{"ec2:DescribeRouteTables", "ec2:DescribeNatGateways", "ec2:DescribeSubnets", "ec2:DescribeNetworkInterfaces", "ec2:DescribeVpcs", "ec2:DescribeManagedPrefixLists", "ec2:GetManagedPrefixListEntries"},
	Parameters:  checks.Parameters{"require_nat": false},
	Remedy:      "Replace the NAT instance by a NAT gateway, and point the routes to it.",
	Fix: checks.Fix{
		Threat: "An instance that translates for a network is patched by nobody and fails alone. Whoever takes it over reads and changes what passes.",
		CLI: `aws ec2 create-nat-gateway --subnet-id PUBLIC-SUBNET --allocation-id ADDRESS --region {region}
aws ec2 replace-route --route-table-id TABLE --destination-cidr-block 0.0.0.0/0 --nat-gateway-id NEW-GATEWAY --region {region}`,
		Terraform: `resource "aws_nat_gateway" "this" {
  subnet_id     = "PUBLIC-SUBNET"
  allocation_id = "ADDRESS"
}
resource "aws_route" "out" {
  route_table_id         = "TABLE"
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = aws_nat_gateway.this.id
}`,
		Cost: "A NAT gateway is charged by the hour and by the gigabyte, which is more than a small instance. Connections break when the route changes; the address seen outside is a new one.",
	},
	Judges: checks.For(snapshot.VPCs, natGatewayManaged),
}

func natGatewayManaged(p snapshot.VPC, env checks.Env) checks.Verdict {
	if v, is := networks.Foreign("VPC", p.Owner, p.Location); is {
		return v
	}
	v, r := network(env, p.Location), networks.At(env, p.Location)
	w := v.subnetWays(env, p.ID)
	targets := map[string][]string{} // subnets by the target of their default route
	for _, s := range r.SubnetsOf[p.ID] {
		for _, target := range w.outs[s.ID].others {
			targets[target] = append(targets[target], s.ID)
		}
	}
	var instances, names []string
	doubt := w.doubt
	for target, subnets := range targets {
		names = append(names, target)
		switch which, err := v.translates(env, r, target); {
		case err != nil && doubt == nil:
			doubt = err
		case which != "":
			instances = append(instances, fmt.Sprintf("%s leave through %s (%s)", networks.Few(subnets), which, target))
		}
	}
	slices.Sort(instances)
	switch {
	case len(instances) > 0:
		return checks.Fail("%s: a NAT instance, or an appliance", networks.Few(instances)).With("targets", networks.Sorted(names))
	case doubt != nil:
		return networks.Unknown(doubt)
	case len(targets) == 0:
		return checks.DoesNotApply("no subnet has a default route but to an internet gateway")
	}
	if env.Bool("require_nat") {
		return needsNAT(p, env, r, names)
	}
	return checks.Pass("default routes lead to %s", networks.Sorted(names)).With("targets", networks.Sorted(names))
}

// translates names the instance to which a route leads, "" for none.
func (v *view) translates(env checks.Env, r *networks.Region, target string) (string, error) {
	if strings.HasPrefix(target, "i-") {
		return target, nil
	}
	if !strings.HasPrefix(target, "eni-") {
		return "", nil
	}
	err := networks.Rest(env, v.Location, listInterfaces)
	n := r.Interfaces[target]
	switch {
	case n != nil:
		return n.Instance, nil
	case err != nil:
		return "", err
	}
	return "", fmt.Errorf("the list of interfaces does not hold %s, to which a default route leads", target)
}

// needsNAT wants a NAT gateway that works, or a way to one in another VPC.
func needsNAT(p snapshot.VPC, env checks.Env, r *networks.Region, targets []string) checks.Verdict {
	unread := networks.Rest(env, p.Location, "ec2:DescribeNatGateways")
	for _, g := range r.NATIn[p.ID] {
		if g.State == "available" {
			return checks.Pass("NAT gateway %s is available", g.ID).With("NatGatewayId", g.ID)
		}
	}
	if i := slices.IndexFunc(targets, func(t string) bool { return strings.HasPrefix(t, "tgw-") }); i >= 0 {
		return checks.Pass("the default route leads to %s, and so to an egress in another VPC", targets[i]).With("targets", networks.Sorted(targets))
	}
	if unread != nil {
		return checks.Unknown(unread)
	}
	return checks.Fail("private subnets have default routes to %s, and no NAT gateway of the VPC is available", networks.Sorted(targets)).With("targets", networks.Sorted(targets))
}
