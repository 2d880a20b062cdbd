package regions

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/access/identity"
	"onus/scanner/snapshot"
)

// NetworkAbsentElsewhere passes in a Region outside the allowed ones in which nobody built
// anything: no VPC, security group or network interface but what AWS makes in every Region, no
// gateway, no key pair and no launch template. An interface that a service manages shows that
// service, which may not be read otherwise. Gateways stay in the list for a while after they
// are deleted.
// Source: EC2 DescribeVpcs IsDefault, DescribeSecurityGroups GroupName, DescribeKeyPairs,
// DescribeLaunchTemplates, DescribeNatGateways, DescribeVpnGateways and DescribeTransitGateways
// State, DescribeNetworkInterfaces InterfaceType and RequesterManaged.
var NetworkAbsentElsewhere = checks.Check{
	ID:          "vpc-network-absent-in-disallowed-regions",
	Title:       "Nothing of the customer's is built in Regions outside the allowed ones",
	Severity:    checks.Low,
	Category:    checks.Regions,
	Duty:        checks.RegionChoice,
	ServiceKind: checks.Infrastructure,
	Tier:        2,
	Reads: []string{"account:ListRegions", "ec2:DescribeVpcs", "ec2:DescribeSecurityGroups", "ec2:DescribeKeyPairs", "ec2:DescribeLaunchTemplates",
		"ec2:DescribeNatGateways", "ec2:DescribeVpnGateways", "ec2:DescribeTransitGateways", "ec2:DescribeNetworkInterfaces"},
	Parameters: checks.Parameters{"allowed_regions": []string{}},
	Remedy:     "Delete what is named, interfaces through the services that made them; close the Region by a service control policy.",
	Judges:     checks.For(snapshot.RegionsEnabled, networkAbsent),
	Fix: checks.Fix{
		Threat: "A network in a Region that nobody chose is the first step of moving data or work there, by mistake or by an intruder. Those who watch the allowed Regions do not see it.",
		CLI: `aws ec2 describe-network-interfaces --region {region} --query "NetworkInterfaces[].[NetworkInterfaceId,InterfaceType,Description]"
aws ec2 delete-security-group --region {region} --group-id GROUP_ID
aws ec2 delete-nat-gateway --region {region} --nat-gateway-id NAT_GATEWAY_ID
aws ec2 delete-vpn-gateway --region {region} --vpn-gateway-id VPN_GATEWAY_ID
aws ec2 delete-transit-gateway --region {region} --transit-gateway-id TRANSIT_GATEWAY_ID
aws ec2 delete-launch-template --region {region} --launch-template-id TEMPLATE_ID
aws ec2 delete-key-pair --region {region} --key-name KEY_NAME
aws ec2 delete-vpc --region {region} --vpc-id VPC_ID`,
		Cost: "Nothing is lost where nothing runs; a VPC in use cannot be deleted before what is in it. Interfaces of a service go away with the function, file system or load balancer that has them.",
	},
}

// DefaultVPCAbsentElsewhere passes in a Region outside the allowed ones without a default VPC:
// with one, a slip in --region is enough to start an instance with a public address there. It
// does not matter where service control policies deny such Regions to all of the account, as
// account-region-deny-effective judges by its defaults.
// Source: EC2 DescribeVpcs, IsDefault; Organizations DescribeOrganization, ListParents,
// ListPoliciesForTarget and DescribePolicy.
var DefaultVPCAbsentElsewhere = checks.Check{
	ID:          "vpc-default-absent-in-disallowed-regions",
	Title:       "Regions outside the allowed ones hold no default VPC",
	Severity:    checks.Low,
	Category:    checks.Regions,
	Duty:        checks.RegionChoice,
	ServiceKind: checks.Infrastructure,
	Tier:        2,
	Reads:       slices.Concat([]string{"account:ListRegions", "ec2:DescribeVpcs"}, identity.GuardrailReads),
	Parameters:  checks.Parameters{"allowed_regions": []string{}},
	Remedy:      "Delete the default VPC of the Region, or close the Region by a service control policy.",
	Judges:      checks.For(snapshot.RegionsEnabled, defaultVPCAbsent),
	Fix: checks.Fix{
		Threat: "One wrong --region starts an instance with a public address outside of the jurisdiction, and nothing stands in the way. The default VPC has everything that it takes.",
		CLI: `aws ec2 describe-vpcs --region {region} --filters Name=is-default,Values=true --query "Vpcs[].VpcId"
aws ec2 describe-internet-gateways --region {region} --query "InternetGateways[].InternetGatewayId"
aws ec2 detach-internet-gateway --region {region} --internet-gateway-id GATEWAY_ID --vpc-id VPC_ID
aws ec2 delete-internet-gateway --region {region} --internet-gateway-id GATEWAY_ID
aws ec2 delete-subnet --region {region} --subnet-id SUBNET_ID
aws ec2 delete-vpc --region {region} --vpc-id VPC_ID`,
		Cost: "Each subnet has to be deleted before the VPC. Should the Region be wanted later, aws ec2 create-default-vpc makes a new one.",
	},
}

// elsewhere is the verdict on a Region that is not judged: none is allowed, it is one of
// them, or it was left out of the scan. False: it is judged.
func elsewhere(r snapshot.EnabledRegion, env checks.Env, op string) (checks.Verdict, bool) {
	allowed := env.Strings("allowed_regions")
	switch {
	case len(allowed) == 0:
		return noChoice(), true
	case slices.Contains(allowed, r.Name):
		return checks.DoesNotApply("%s is allowed", r.Name), true
	case !r.Scanned:
		return leftOutOfScan(r, op), true
	}
	return checks.Verdict{}, false
}

// ownedBy says that a resource is the account's own, and not shared with it.
func ownedBy(owner, account string) bool { return owner == "" || owner == account }

func networkAbsent(r snapshot.EnabledRegion, env checks.Env) checks.Verdict {
	if v, done := elsewhere(r, env, "ec2:DescribeVpcs"); done {
		return v
	}
	var h holdings
	hold(&h, env, snapshot.VPCs, r.Location, "VPC", func(v snapshot.VPC) bool { return !v.Default && ownedBy(v.Owner, r.Account) })
	hold(&h, env, snapshot.SecurityGroups, r.Location, "security group", func(g snapshot.SecurityGroup) bool { return g.Group != "default" && ownedBy(g.Owner, r.Account) })
	hold(&h, env, keyPairs, r.Location, "key pair")
	hold(&h, env, snapshot.LaunchTemplates, r.Location, "launch template")
	hold(&h, env, snapshot.NATGateways, r.Location, "NAT gateway", func(g snapshot.NATGateway) bool { return g.State != "deleted" && g.State != "failed" })
	hold(&h, env, snapshot.VPNGateways, r.Location, "VPN gateway", func(g snapshot.VPNGateway) bool { return g.State != "deleted" })
	hold(&h, env, snapshot.TransitGateways, r.Location, "transit gateway", func(g snapshot.TransitGateway) bool { return g.State != "deleted" && ownedBy(g.Owner, r.Account) })
	interfaces, err := checks.In(env, snapshot.NetworkInterfaces, r.Location).Get()
	h.lacking = cmp.Or(h.lacking, err)
	kinds := map[string]int{}
	for _, n := range interfaces {
		if !ownedBy(n.Owner, r.Account) {
			continue
		}
		kind := cmp.Or(n.Type, "interface")
		if n.RequesterManaged {
			kind += ", which a service manages"
		}
		kinds[kind]++
	}
	var found []string
	for kind, n := range kinds {
		found = append(found, fmt.Sprintf("network interfaces of type %s: %d", kind, n))
	}
	slices.Sort(found)
	h.found = append(h.found, found...)
	return h.absent(r.Name, env.Strings("allowed_regions"), "nothing that the customer built")
}

// keyPairs are the key pairs, called by their names.
var keyPairs = func() snapshot.Kind[snapshot.KeyPair] {
	k := snapshot.KeyPairs
	k.Key = func(p snapshot.KeyPair) string { return p.Name }
	return k
}()

func defaultVPCAbsent(r snapshot.EnabledRegion, env checks.Env) checks.Verdict {
	if v, done := elsewhere(r, env, "ec2:DescribeVpcs"); done {
		return v
	}
	var h holdings
	hold(&h, env, snapshot.VPCs, r.Location, "default VPC", func(v snapshot.VPC) bool { return v.Default })
	allowed := env.Strings("allowed_regions")
	v := h.absent(r.Name, allowed, "no default VPC")
	if v.Status != checks.FAIL {
		return v
	}
	rails := identity.Guardrails(env, r.Location.In(snapshot.Global))
	if rails.SCPs == nil {
		return v
	}
	closed := guarded(env.Account(), rails.SCPs, allowed, exemptByDefault, globalByDefault)
	if closed.Status == checks.PASS {
		return checks.DoesNotApply("%s; but service control policies deny the Region to all of the account", v.Reason)
	}
	if closed.Status == checks.UNKNOWN {
		closed.Reason = v.Reason + "; whether a service control policy closes the Region was not read: " + closed.Reason
		return closed
	}
	return v
}

// SecondRegionPrepared passes when as many allowed Regions as are wanted hold a VPC that the
// customer made. Default VPCs are everywhere and prepare nothing, and neither do shared ones.
// Source: EC2 DescribeVpcs, IsDefault and OwnerId.
var SecondRegionPrepared = checks.Check{
	ID:          "account-second-allowed-region-prepared",
	Title:       "A second allowed Region is prepared for recovery",
	Severity:    checks.Info,
	Category:    checks.Regions,
	Duty:        checks.RegionChoice,
	ServiceKind: checks.OfAccount,
	Tier:        2,
	Reads:       []string{"account:ListRegions", "ec2:DescribeVpcs"},
	Parameters:  checks.Parameters{"allowed_regions": []string{}, "min_regions": 2},
	Bounds:      checks.AtLeast(1),
	Remedy:      "Build the network that recovery would need in a second allowed Region, from the same definitions.",
	Judges:      checks.For(snapshot.Accounts, secondRegionPrepared),
	Fix: checks.Fix{
		Threat: "When the one Region fails, recovery begins with building a network, in a hurry and from memory. Everybody else whose Region failed wants the same capacity at that hour.",
		CLI:    `aws ec2 create-vpc --region SECOND_REGION --cidr-block 10.1.0.0/16`,
		Terraform: `resource "aws_vpc" "recovery" {
  cidr_block = "10.1.0.0/16"
}`,
		Cost: "A VPC and its subnets cost nothing; gateways, endpoints and machines that stand ready in it do. Choose addresses that do not overlap with the first Region's.",
	},
}

func secondRegionPrepared(a *snapshot.Account, env checks.Env) checks.Verdict {
	allowed := env.Strings("allowed_regions")
	if len(allowed) == 1 {
		return checks.DoesNotApply("one Region alone is allowed: %s", allowed[0])
	}
	if _, err := checks.Use(env, a.Regions); err != nil {
		return checks.Unknown(err)
	}
	var prepared []string
	var lacking error
	for _, r := range a.EnabledRegions() {
		if len(allowed) > 0 && !slices.Contains(allowed, r.Name) {
			continue
		}
		vpcs, err := checks.In(env, snapshot.VPCs, r.Location).Get()
		switch {
		case slices.ContainsFunc(vpcs, func(v snapshot.VPC) bool { return !v.Default && ownedBy(v.Owner, a.Location.Account) }):
			prepared = append(prepared, r.Name)
		case err != nil:
			lacking = cmp.Or(lacking, err)
		}
	}
	found, want := strings.Join(prepared, ", "), env.Int("min_regions")
	switch {
	case len(prepared) >= want:
		return checks.Pass("%d Regions hold a VPC of the customer's: %s", len(prepared), found).With("Regions", found)
	case lacking != nil:
		return checks.Unknown(lacking)
	case len(prepared) == 0:
		return checks.Fail("no Region that counts holds a VPC of the customer's, and %d are wanted", want).With("Regions", "")
	}
	return checks.Fail("%d of %d wanted Regions hold a VPC of the customer's: %s", len(prepared), want, found).With("Regions", found)
}
