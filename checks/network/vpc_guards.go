package network

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/networks"
	"onus/checks/wording"
	"onus/scanner/snapshot"
)

// BlockExclusionsApproved passes when what VPC Block Public Access leaves out is approved,
// or lets traffic out alone. An exclusion of a VPC covers its subnets.
// Source: EC2 DescribeVpcBlockPublicAccessExclusions, ResourceArn, State and
// InternetGatewayExclusionMode; DescribeVpcBlockPublicAccessOptions.
var BlockExclusionsApproved = checks.Check{
	ID:          "vpc-block-public-access-exclusions-approved",
	Title:       "Only approved VPCs and subnets are excluded from VPC block public access",
	Severity:    checks.Medium,
	Category:    checks.Network,
	Duty:        checks.NetworkFirewall,
	ServiceKind: checks.Infrastructure,
	Tier:        3,
	Reads:       []string{"ec2:DescribeVpcBlockPublicAccessOptions", "ec2:DescribeVpcBlockPublicAccessExclusions"},
	Parameters:  checks.Parameters{"approved_resources": []string{}, "allow_egress_exclusions": true},
	Remedy:      "Delete the exclusion, or approve its resource in the policy.",
	Fix: checks.Fix{
		Threat:    "The block holds for the Region, and here is the hole in it. Whatever is put into the excluded network is one route and one rule away from the internet.",
		CLI:       "aws ec2 delete-vpc-block-public-access-exclusion --exclusion-id {id} --region {region}",
		Terraform: `# Remove the resource "aws_vpc_block_public_access_exclusion" of this exclusion.`,
		Cost:      "What serves the internet from there stops at once.",
	},
	Judges: checks.For(snapshot.Exclusions, blockExclusionsApproved),
}

// goneExclusions are the states of exclusions that are in force no more, or never were.
var goneExclusions = []string{"delete-complete", "disable-complete", "create-failed", "delete-in-progress"}

func blockExclusionsApproved(x snapshot.Exclusion, env checks.Env) checks.Verdict {
	if slices.Contains(goneExclusions, x.State) {
		return checks.DoesNotApply("the exclusion is %s", x.State).With("State", x.State)
	}
	settings, err := checks.Find(env, regionSettings, x.Location, x.Region)
	if err != nil {
		return networks.Unknown(err)
	}
	block, err := checks.Use(env, settings.BlockPublicAccess)
	switch {
	case err != nil:
		return checks.Unknown(err)
	case block.Mode == "off":
		return checks.DoesNotApply("InternetGatewayBlockMode is off: there is nothing to be excluded from")
	}
	approved := env.Strings("approved_resources")
	id := idOf(x.Resource)
	scope := "it covers the subnet alone"
	if strings.HasPrefix(id, "vpc-") {
		scope = "it covers all subnets of the VPC"
	}
	observed := func(v checks.Verdict) checks.Verdict {
		return v.With("ResourceArn", x.Resource).With("InternetGatewayExclusionMode", x.Mode).With("State", x.State)
	}
	switch {
	case slices.Contains(approved, x.Resource) || slices.Contains(approved, id):
		return observed(checks.Pass("approved_resources holds %s", id))
	case x.Mode == "allow-egress" && env.Bool("allow_egress_exclusions"):
		return observed(checks.Pass("%s is excluded for traffic out alone (allow-egress)", id))
	}
	return observed(checks.Fail("%s is excluded (%s) and not approved; %s", id, x.Mode, scope))
}

// regionSettings is a kind of its own, so that a look-up does not go through the coverage.
var regionSettings = snapshot.Kind[snapshot.RegionSettings]{
	Type: "settings of a Region",
	All:  snapshot.AccountRegions.All,
	Meta: snapshot.AccountRegions.Meta,
	Key:  snapshot.AccountRegions.Key,
}

// MainTablePrivate passes when a subnet that nobody gave a route table is not public. A
// subnet made tomorrow gets the main one. Source: EC2 DescribeRouteTables, Associations[].Main.
var MainTablePrivate = checks.Check{
	ID:          "vpc-main-route-table-private",
	Title:       "The main route table of a VPC has no route to an internet gateway",
	Severity:    checks.Medium,
	Category:    checks.Network,
	Duty:        checks.NetworkFirewall,
	ServiceKind: checks.Infrastructure,
	Tier:        3,
	Reads:       []string{"ec2:DescribeRouteTables", "ec2:DescribeVpcs", "ec2:DescribeSubnets", "ec2:DescribeManagedPrefixLists", "ec2:GetManagedPrefixListEntries"},
	Parameters:  checks.Parameters{"skip_default": true},
	Remedy:      "Take the route to the internet gateway out of the main table, and give the public subnets a table of their own.",
	Fix: checks.Fix{
		Threat: "A subnet made tomorrow without an association is public in silence. What is put there was meant to be private.",
		CLI: `aws ec2 create-route-table --vpc-id {id} --region {region}
aws ec2 create-route --route-table-id NEW-TABLE --destination-cidr-block 0.0.0.0/0 --gateway-id GATEWAY --region {region}
aws ec2 associate-route-table --route-table-id NEW-TABLE --subnet-id PUBLIC-SUBNET --region {region}
aws ec2 delete-route --route-table-id MAIN-TABLE --destination-cidr-block 0.0.0.0/0 --region {region}`,
		Terraform: `resource "aws_default_route_table" "main" {
  default_route_table_id = "MAIN-TABLE"
  route                  = []
}`,
		Cost: "Subnets that use the main table today lose the internet when the route goes: associate them with the new table first.",
	},
	Judges: checks.For(snapshot.VPCs, mainTablePrivate),
}

func mainTablePrivate(p snapshot.VPC, env checks.Env) checks.Verdict {
	if v, is := networks.Foreign("VPC", p.Owner, p.Location); is {
		return v
	}
	if p.Default && env.Bool("skip_default") {
		return checks.DoesNotApply("IsDefault is true, and skip_default is set").With("IsDefault", "true")
	}
	unread := networks.Rest(env, p.Location, listTables)
	r, v := networks.At(env, p.Location), network(env, p.Location)
	main := r.Main(p.ID)
	switch {
	case main == nil && unread != nil:
		return checks.Unknown(unread)
	case main == nil:
		return checks.Unclear("the answer shows no main route table of the VPC")
	}
	v.useLists(env, main)
	out := v.outward(main.ID)
	var users []string
	for _, s := range r.UsesMain(p.ID) {
		users = append(users, s.ID)
	}
	_ = networks.Rest(env, p.Location, listSubnets) // they are named, and decide nothing
	switch {
	case out.gateway != "" && len(users) > 0:
		return checks.Fail("%s leads to %s; without a table of their own are %s", main.ID, out.gateway, networks.Few(users)).With("GatewayId", out.gateway)
	case out.gateway != "":
		return checks.Fail("%s leads to %s; every subnet has a table of its own today", main.ID, out.gateway).With("GatewayId", out.gateway)
	case len(out.missing) > 0:
		return networks.Unknown(v.because(out.missing))
	}
	return checks.Pass("%s leads to no internet gateway", main.ID).With("RouteTableId", main.ID)
}

// DNSServersApproved passes when the VPC's hosts are told of no resolver but approved ones.
// Public ones go past the logs and the firewall of the Route 53 resolver.
// Source: EC2 DescribeVpcs, DhcpOptionsId; DescribeDhcpOptions, domain-name-servers.
var DNSServersApproved = checks.Check{
	ID:          "vpc-dhcp-dns-servers-approved",
	Title:       "VPCs resolve names through approved servers",
	Severity:    checks.Low,
	Category:    checks.Network,
	Duty:        checks.NetworkFirewall,
	ServiceKind: checks.Infrastructure,
	Tier:        3,
	Reads:       []string{"ec2:DescribeVpcs", "ec2:DescribeDhcpOptions"},
	Parameters:  checks.Parameters{"approved_servers": []string{"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"}},
	Bounds:      addressBounds,
	Remedy:      "Associate the VPC with DHCP options that name AmazonProvidedDNS or an approved resolver.",
	Fix: checks.Fix{
		Threat: "Names are resolved outside: nobody logs what hosts ask for, and a DNS firewall is not asked. Whoever runs the resolver, or sits before it, sees and changes the answers.",
		CLI: `aws ec2 create-dhcp-options --dhcp-configurations Key=domain-name-servers,Values=AmazonProvidedDNS --region {region}
aws ec2 associate-dhcp-options --dhcp-options-id NEW-OPTIONS --vpc-id {id} --region {region}`,
		Terraform: `resource "aws_vpc_dhcp_options" "amazon" {
  domain_name_servers = ["AmazonProvidedDNS"]
}
resource "aws_vpc_dhcp_options_association" "this" {
  vpc_id          = "{id}"
  dhcp_options_id = aws_vpc_dhcp_options.amazon.id
}`,
		Cost: "Hosts take it over when they renew their lease, within hours. Names that only the old resolver knew need a rule of the Route 53 resolver.",
	},
	Judges: checks.For(snapshot.VPCs, dnsServersApproved),
}

func addressBounds(parameter string, value any) error {
	list, _ := value.([]string)
	for _, s := range list {
		if _, err := netip.ParsePrefix(s); err == nil {
			continue
		}
		if _, err := netip.ParseAddr(s); err != nil && parameter == "approved_servers" {
			return fmt.Errorf("%q is neither an address nor a CIDR", s)
		}
	}
	return nil
}

func dnsServersApproved(p snapshot.VPC, env checks.Env) checks.Verdict {
	if v, is := networks.Foreign("VPC", p.Owner, p.Location); is {
		return v
	}
	switch p.DHCP {
	case "default":
		return checks.Pass("the VPC has no DHCP options, and so names no resolver").With("DhcpOptionsId", p.DHCP)
	case "":
		return checks.Unclear("the answer lacks DhcpOptionsId")
	}
	o, err := checks.Find(env, snapshot.DHCPOptionSets, p.Location, p.DHCP)
	if err != nil {
		return networks.Unknown(err)
	}
	var strange []string
	for _, s := range o.Servers {
		if s != "AmazonProvidedDNS" && !approvedServer(s, env.Strings("approved_servers")) {
			strange = append(strange, s)
		}
	}
	observed := func(v checks.Verdict) checks.Verdict {
		return v.With("DhcpOptionsId", p.DHCP).With("domain-name-servers", strings.Join(o.Servers, ", "))
	}
	if len(strange) > 0 {
		return observed(checks.Fail("%s names resolvers that are not approved: %s", p.DHCP, strings.Join(strange, ", ")))
	}
	return observed(checks.Pass("%s names %s", p.DHCP, strings.Join(o.Servers, ", ")))
}

func approvedServer(server string, approved []string) bool {
	a, err := netip.ParseAddr(server)
	return err == nil && slices.ContainsFunc(approved, func(s string) bool {
		if p, err := netip.ParsePrefix(s); err == nil {
			return p.Contains(a)
		}
		one, err := netip.ParseAddr(s)
		return err == nil && one == a
	})
}

// TransitGatewaySegmented passes when new attachments are not joined to all others by
// default: AWS associates them with one table and lets them propagate into it, unless one of
// the two is off. One VPC alone has nobody to be joined to.
// Source: EC2 DescribeTransitGateways, Options; DescribeTransitGatewayAttachments, Association.
var TransitGatewaySegmented = checks.Check{
	ID:          "vpc-transit-gateway-segmented",
	Title:       "Transit gateways do not join every attachment into one flat network",
	Severity:    checks.Low,
	Category:    checks.Network,
	Duty:        checks.NetworkFirewall,
	ServiceKind: checks.Infrastructure,
	Tier:        3,
	Reads:       []string{"ec2:DescribeTransitGateways", "ec2:DescribeTransitGatewayAttachments"},
	Remedy:      "Turn default association and propagation off, and give each kind of attachment a route table of its own.",
	Fix: checks.Fix{
		Threat: "Every VPC reaches every other: test reaches production, and a host taken over in one is a start in all. A new attachment joins them without a decision.",
		CLI: `aws ec2 modify-transit-gateway --transit-gateway-id {id} --options DefaultRouteTableAssociation=disable,DefaultRouteTablePropagation=disable --region {region}
aws ec2 create-transit-gateway-route-table --transit-gateway-id {id} --region {region}`,
		Terraform: `resource "aws_ec2_transit_gateway" "this" {
  default_route_table_association = "disable"
  default_route_table_propagation = "disable"
}`,
		Cost: "Attachments that exist keep their table: move them one by one, each with the routes that it needs. A hub with an inspection VPC uses the default table on purpose; waive the finding then.",
	},
	Judges: checks.For(snapshot.TransitGateways, transitGatewaySegmented),
}

func transitGatewaySegmented(g snapshot.TransitGateway, env checks.Env) checks.Verdict {
	if v, is := ownTransitGateway(g); !is {
		return v
	}
	observed := func(v checks.Verdict) checks.Verdict {
		return v.With("DefaultRouteTableAssociation", g.DefaultAssociation).With("DefaultRouteTablePropagation", g.DefaultPropagation)
	}
	switch {
	case g.DefaultAssociation == "" || g.DefaultPropagation == "":
		return checks.Unclear("the answer lacks the options of the default route table")
	case g.DefaultAssociation == "disable":
		return observed(checks.Pass("DefaultRouteTableAssociation is disable"))
	case g.DefaultPropagation == "disable":
		return observed(checks.Pass("DefaultRouteTablePropagation is disable: the default table routes nothing by itself"))
	}
	unread := networks.Rest(env, g.Location, "ec2:DescribeTransitGatewayAttachments")
	var joined []string
	for _, a := range env.Account().EC2.Net.TransitAttachments {
		if a.Gateway == g.ID && a.Region == g.Region && a.Type == "vpc" && a.Table == g.AssociationTable && a.TableState == "associated" && a.State == "available" {
			joined = append(joined, a.Resource)
		}
	}
	switch {
	case len(joined) > 1:
		return observed(checks.Fail("%d VPCs share the default route table %s: %s", len(joined), g.AssociationTable, networks.Sorted(joined)))
	case unread != nil:
		return checks.Unknown(unread)
	}
	return observed(checks.Pass("%s in the default route table %s", wording.Count(len(joined), "VPC"), g.AssociationTable))
}
