package resilience

import (
	"fmt"
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/networks"
	"onus/checks/wording"
	"onus/scanner/snapshot"
)

const (
	listSubnets = "ec2:DescribeSubnets"
	listNAT     = "ec2:DescribeNatGateways"
)

// AccountSpansRegions passes when the account has networks of its own making in several
// Regions. Default VPCs are everywhere and do not count. A residency of one Region
// contradicts it. Source: EC2 DescribeVpcs in all Regions, IsDefault.
var AccountSpansRegions = checks.Check{
	ID:          "vpc-account-spans-regions",
	Title:       "Custom VPCs exist in more than one Region",
	Severity:    checks.Info,
	Category:    checks.ResilienceOf,
	Duty:        checks.RegionChoice,
	ServiceKind: checks.Infrastructure,
	Tier:        2,
	Reads:       []string{"ec2:DescribeRegions", "ec2:DescribeVpcs", "account:ListRegions"},
	Parameters:  checks.Parameters{"min_regions": 2, "allowed_regions": []string{}},
	Remedy:      "Plan a second Region in which the most important services can be run, with a VPC made ahead.",
	Fix: checks.Fix{
		Threat: "When the Region fails, nothing can be started elsewhere before somebody has planned and built a network. That is done in haste then.",
		CLI:    "aws ec2 create-vpc --cidr-block CIDR --region SECOND-REGION",
		Terraform: `resource "aws_vpc" "second" {
  region     = "SECOND-REGION"
  cidr_block = "CIDR"
}`,
		Cost: "A VPC alone costs nothing; keeping data and services ready in two Regions does. The second Region must be one that the residency allows.",
	},
	Judges: checks.For(snapshot.Accounts, accountSpansRegions),
}

func accountSpansRegions(a *snapshot.Account, env checks.Env) checks.Verdict {
	allowed := env.Strings("allowed_regions")
	if len(allowed) == 1 {
		return checks.DoesNotApply("the policy allows %s alone", allowed[0])
	}
	in := []string{}
	for _, v := range a.EC2.VPCs {
		if !v.Default && (v.Owner == "" || v.Owner == a.Account) && !slices.Contains(in, v.Region) {
			in = append(in, v.Region)
		}
	}
	least := env.Int("min_regions")
	unread := networks.Everywhere(env, "ec2:DescribeVpcs")
	switch {
	case len(in) >= least:
		return checks.Pass("custom VPCs in %s", networks.Sorted(in)).With("Regions", networks.Sorted(in))
	case unread != nil:
		return checks.Unknown(unread)
	case len(networks.LeftOut(a)) > 0:
		return checks.Unclear("custom VPCs in %s of the Regions that were scanned, want %d; not scanned were %s", wording.Count(len(in), "Region"), least, networks.Sorted(networks.LeftOut(a)))
	case len(in) == 0:
		return checks.DoesNotApply("no Region has a custom VPC")
	}
	return checks.Fail("custom VPCs in %s alone, want %d Regions", networks.Sorted(in), least).With("Regions", networks.Sorted(in))
}

// SubnetsSpanZones passes when the VPC's subnets lie in several Availability Zones by their
// ids: names differ between accounts. Local Zones, Wavelength Zones and Outposts add none.
// Source: EC2 DescribeSubnets, AvailabilityZoneId and OutpostArn; DescribeAvailabilityZones,
// ZoneType.
var SubnetsSpanZones = checks.Check{
	ID:          "vpc-subnets-span-zones",
	Title:       "The subnets of a VPC lie in more than one Availability Zone",
	Severity:    checks.Low,
	Category:    checks.ResilienceOf,
	Duty:        checks.NetworkFirewall,
	ServiceKind: checks.Infrastructure,
	Tier:        2,
	Reads:       []string{"ec2:DescribeVpcs", "ec2:DescribeSubnets", "ec2:DescribeAvailabilityZones"},
	Parameters:  checks.Parameters{"min_zones": 2},
	Bounds:      checks.AtLeast(1),
	Remedy:      "Add a subnet in another Availability Zone.",
	Fix: checks.Fix{
		Threat: "When the one zone fails, everything in the VPC fails, and load balancers and databases cannot be spread. A subnet cannot be moved afterwards.",
		CLI:    "aws ec2 create-subnet --vpc-id {id} --cidr-block CIDR --availability-zone-id OTHER-ZONE --region {region}",
		Terraform: `resource "aws_subnet" "other" {
  vpc_id               = "{id}"
  cidr_block           = "CIDR"
  availability_zone_id = "OTHER-ZONE"
}`,
		Cost: "Subnets cost nothing. Traffic between zones is charged by the gigabyte.",
	},
	Judges: checks.For(snapshot.VPCs, subnetsSpanZones),
}

func subnetsSpanZones(v snapshot.VPC, env checks.Env) checks.Verdict {
	if out, is := networks.Foreign("VPC", v.Owner, v.Location); is {
		return out
	}
	unread := networks.Rest(env, v.Location, listSubnets)
	subnets := networks.At(env, v.Location).SubnetsOf[v.ID]
	if len(subnets) == 0 {
		if unread != nil {
			return checks.Unknown(unread)
		}
		return checks.DoesNotApply("the VPC has no subnet")
	}
	zones, doubt := subnetZones(env, v.Location, subnets)
	least := env.Int("min_zones")
	switch {
	case len(zones) >= least:
		return checks.Pass("its subnets lie in %s", strings.Join(zones, ", ")).With("AvailabilityZoneId", strings.Join(zones, ", "))
	case doubt != nil:
		return networks.Unknown(doubt)
	case unread != nil:
		return checks.Unknown(unread)
	}
	return checks.Fail("its %s lie in %s, want %d", wording.Count(len(subnets), "subnet"), named(zones), least).With("AvailabilityZoneId", strings.Join(zones, ", "))
}

func named(zones []string) string {
	if len(zones) == 0 {
		return "no Availability Zone"
	}
	return strings.Join(zones, ", ") + " alone"
}

// subnetZones are the ids of the Availability Zones of subnets, sorted, and why there may be
// more of them.
func subnetZones(env checks.Env, at snapshot.Location, subnets []*snapshot.Subnet) (ids []string, doubt error) {
	unread := networks.Rest(env, at, "ec2:DescribeAvailabilityZones")
	kinds := map[string]string{}
	for _, z := range env.Account().EC2.Net.Zones {
		if z.Region == at.Region {
			kinds[z.ID] = z.Type
		}
	}
	for _, s := range subnets {
		switch kind, known := kinds[s.ZoneID]; {
		case s.Outpost != "":
		case s.ZoneID == "":
			doubt = fmt.Errorf("the answer lacks the AvailabilityZoneId of %s", s.ID)
		case !known && unread != nil:
			doubt = unread
		case !known:
			doubt = fmt.Errorf("the list of zones does not hold %s of %s", s.ZoneID, s.ID)
		case kind == "availability-zone" && !slices.Contains(ids, s.ZoneID):
			ids = append(ids, s.ZoneID)
		}
	}
	slices.Sort(ids)
	return ids, doubt
}

// NATGatewayMultiZone passes when what leaves the VPC does not hang on one zone: a regional
// gateway, or zonal ones in two zones; with same_zone each subnet's default route leads to a
// gateway of its own zone. Private gateways do not reach the internet, and deleted ones stay
// listed for about an hour.
// Source: EC2 DescribeNatGateways, AvailabilityMode, State, SubnetId; DescribeRouteTables.
var NATGatewayMultiZone = checks.Check{
	ID:          "vpc-nat-gateway-multi-zone",
	Title:       "Subnets leave through a NAT gateway of their own Availability Zone",
	Severity:    checks.Low,
	Category:    checks.ResilienceOf,
	Duty:        checks.NetworkFirewall,
	ServiceKind: checks.Infrastructure,
	Tier:        2,
	Reads:       []string{"ec2:DescribeVpcs", "ec2:DescribeNatGateways", "ec2:DescribeSubnets", "ec2:DescribeRouteTables"},
	Parameters:  checks.Parameters{"same_zone": false},
	Remedy:      "Add a NAT gateway in each zone that has private subnets, and give those subnets a route to it, or use a regional one.",
	Fix: checks.Fix{
		Threat: "When the gateway's zone fails, hosts in healthy zones lose the internet with it. Updates, calls of other services and logins by SSO fail at once.",
		CLI: `aws ec2 create-nat-gateway --subnet-id PUBLIC-SUBNET-OF-OTHER-ZONE --allocation-id ADDRESS --region {region}
aws ec2 replace-route --route-table-id TABLE-OF-OTHER-ZONE --destination-cidr-block 0.0.0.0/0 --nat-gateway-id NEW-GATEWAY --region {region}`,
		Terraform: `resource "aws_nat_gateway" "other" {
  subnet_id     = "PUBLIC-SUBNET-OF-OTHER-ZONE"
  allocation_id = "ADDRESS"
}`,
		Cost: "Each gateway is charged by the hour. Traffic that stays in its zone saves the charge between zones; addresses seen outside change.",
	},
	Judges: checks.For(snapshot.VPCs, natGatewayMultiZone),
}

func natGatewayMultiZone(v snapshot.VPC, env checks.Env) checks.Verdict {
	r := networks.At(env, v.Location)
	unread := networks.Rest(env, v.Location, listNAT)
	var gateways []*snapshot.NATGateway
	for _, g := range r.NATIn[v.ID] {
		if g.State == "available" && g.Connectivity != "private" {
			gateways = append(gateways, g)
		}
	}
	for _, g := range gateways {
		if g.Availability == "regional" {
			return checks.Pass("%s is regional: AWS spreads it over the zones", g.ID).With("AvailabilityMode", "regional")
		}
	}
	switch {
	case unread != nil && !(len(gateways) > 1 && !env.Bool("same_zone")):
		return checks.Unknown(unread)
	case len(gateways) == 0:
		return checks.DoesNotApply("the VPC has no public NAT gateway that is available")
	case env.Bool("same_zone"):
		return ownZone(v, env, r)
	}
	if err := networks.Rest(env, v.Location, listSubnets); err != nil {
		return checks.Unknown(err)
	}
	zones := map[string][]string{}
	for _, g := range gateways {
		s := r.Subnets[g.Subnet]
		if s == nil || s.ZoneID == "" {
			return checks.Unclear("the zone of %s in %q is not shown", g.ID, g.Subnet)
		}
		zones[s.ZoneID] = append(zones[s.ZoneID], g.ID)
	}
	var seen []string
	for zone, ids := range zones {
		seen = append(seen, fmt.Sprintf("%s in %s", strings.Join(ids, ", "), zone))
	}
	switch {
	case len(zones) >= 2:
		return checks.Pass("NAT gateways in %d zones: %s", len(zones), networks.Sorted(seen)).With("zones", fmt.Sprint(len(zones)))
	case unread != nil:
		return checks.Unknown(unread)
	}
	return checks.Fail("NAT gateways in one zone: %s", networks.Sorted(seen)).With("zones", "1")
}

// ownZone wants the default route of each subnet that leaves by NAT to stay in its zone.
func ownZone(v snapshot.VPC, env checks.Env, r *networks.Region) checks.Verdict {
	var crossing []string
	followed := 0
	for _, s := range r.SubnetsOf[v.ID] {
		table, err := r.Table(env, s)
		if err != nil {
			return networks.Unknown(err)
		}
		for _, route := range table.Routes {
			g := r.NAT[route.Target]
			if route.State != "active" || g == nil || route.Destination != "0.0.0.0/0" && route.Destination != "::/0" {
				continue
			}
			followed++
			if home := r.Subnets[g.Subnet]; home == nil || home.ZoneID != s.ZoneID {
				crossing = append(crossing, fmt.Sprintf("%s of %s leaves through %s of another zone", s.ID, s.ZoneID, g.ID))
			}
		}
	}
	if err := networks.Rest(env, v.Location, listSubnets, "ec2:DescribeRouteTables"); err != nil && len(crossing) == 0 {
		return checks.Unknown(err)
	}
	if len(crossing) > 0 {
		return checks.Fail("%s", networks.Few(crossing)).With("subnets", networks.Few(crossing))
	}
	return checks.Pass("each of the %s leaves through a NAT gateway of its own zone", wording.Count(followed, "default route"))
}

// EndpointMultiZone passes when an interface endpoint has subnets in two Availability Zones:
// two subnets of one zone are one. A subnet that another account shares counts.
// Source: EC2 DescribeVpcEndpoints, SubnetIds; DescribeSubnets, AvailabilityZoneId.
var EndpointMultiZone = checks.Check{
	ID:          "vpc-endpoint-multi-zone",
	Title:       "Interface endpoints have subnets in more than one Availability Zone",
	Severity:    checks.Low,
	Category:    checks.ResilienceOf,
	Duty:        checks.NetworkFirewall,
	ServiceKind: checks.Infrastructure,
	Tier:        2,
	Reads:       []string{"ec2:DescribeVpcEndpoints", "ec2:DescribeSubnets"},
	Remedy:      "Add a subnet of another Availability Zone to the endpoint.",
	Fix: checks.Fix{
		Threat: "When the endpoint's zone fails, the service cannot be reached from the whole VPC, though it is there. Hosts of healthy zones fail with it.",
		CLI:    "aws ec2 modify-vpc-endpoint --vpc-endpoint-id {id} --add-subnet-ids SUBNET-OF-OTHER-ZONE --region {region}",
		Terraform: `resource "aws_vpc_endpoint" "this" {
  vpc_id            = "VPC"
  vpc_endpoint_type = "Interface"
  service_name      = "SERVICE"
  subnet_ids        = ["SUBNET", "SUBNET-OF-OTHER-ZONE"]
}`,
		Cost: "An endpoint is charged by the hour for each zone. The service must be offered in that zone.",
	},
	Judges: checks.For(snapshot.VPCEndpoints, endpointMultiZone),
}

func endpointMultiZone(e snapshot.VPCEndpoint, env checks.Env) checks.Verdict {
	if v, is := networks.Foreign("endpoint", e.Owner, e.Location); is {
		return v
	}
	switch {
	case e.Type != "Interface":
		return checks.DoesNotApply("VpcEndpointType is %s", e.Type).With("VpcEndpointType", e.Type)
	case !networks.Available(&e):
		return checks.DoesNotApply("the endpoint is %s", e.State).With("State", e.State)
	}
	unread := networks.Rest(env, e.Location, listSubnets)
	r := networks.At(env, e.Location)
	var zones []string
	for _, id := range e.Subnets {
		s := r.Subnets[id]
		switch {
		case s == nil && unread != nil:
			return checks.Unknown(unread)
		case s == nil || s.ZoneID == "":
			return checks.Unclear("the zone of %s is not shown", id)
		case !slices.Contains(zones, s.ZoneID):
			zones = append(zones, s.ZoneID)
		}
	}
	slices.Sort(zones)
	observed := strings.Join(zones, ", ")
	if len(zones) >= 2 {
		return checks.Pass("%s in %s", wording.Count(len(e.Subnets), "subnet"), observed).With("AvailabilityZoneId", observed)
	}
	return checks.Fail("%s in %s", wording.Count(len(e.Subnets), "subnet"), named(zones)).With("AvailabilityZoneId", observed)
}
