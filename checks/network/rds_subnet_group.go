package network

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"onus/checks"
	"onus/scanner/snapshot"
)

// SubnetGroupPrivateAndSpread passes when a DB subnet group holds private subnets alone, in
// enough Availability Zones. It is judged unused too: the next database may land there, and
// the default group usually holds public subnets. Subnets of Local Zones, of Wavelength and
// of Outposts count for no zone.
// Source: RDS DescribeDBSubnetGroups; EC2 DescribeRouteTables and DescribeSubnets.
var SubnetGroupPrivateAndSpread = checks.Check{
	ID:          "rds-subnet-group-private-and-spread",
	Title:       "DB subnet groups hold private subnets in at least two Availability Zones",
	Severity:    checks.Medium,
	Category:    checks.Network,
	Duty:        checks.NetworkFirewall,
	ServiceKind: checks.Container,
	Tier:        3,
	Reads:       []string{"rds:DescribeDBSubnetGroups", "ec2:DescribeRouteTables", "ec2:DescribeSubnets"},
	Parameters:  checks.Parameters{"min_zones": 2},
	Bounds: func(_ string, value any) error {
		if n, ok := value.(int); ok && (n < 1 || n > 6) {
			return fmt.Errorf("%d zones: want 1 to 6", n)
		}
		return nil
	},
	Remedy: "Change the group to private subnets in two or more zones; delete it if nothing uses it.",
	Fix: checks.Fix{
		Threat: "A database that lands in a public subnet is one click, or one default, away from the internet. With one zone there is no second place for it when the zone fails.",
		CLI: `aws rds modify-db-subnet-group --region {region} --db-subnet-group-name {name} --subnet-ids PRIVATE_SUBNET_A PRIVATE_SUBNET_B
aws rds delete-db-subnet-group --region {region} --db-subnet-group-name {name}`,
		Terraform: `resource "aws_db_subnet_group" "this" {
  name       = "{name}"
  subnet_ids = [aws_subnet.private_a.id, aws_subnet.private_b.id]
}`,
		Cost: "A subnet in which a database runs cannot be taken out: move the database first. Adding subnets costs nothing.",
	},
	Judges: checks.For(snapshot.DBSubnetGroups, subnetGroupPrivateAndSpread),
}

// ordinaryZone is the name of an Availability Zone: eu-west-1a, and neither us-west-2-lax-1a
// nor us-east-1-wl1-bos-wlz-1. Source: AWS Regions and Availability Zones guide.
var ordinaryZone = regexp.MustCompile(`^[a-z]{2,4}(-[a-z]+)+-\d[a-z]$`)

func isOrdinaryZone(name, region string) bool {
	return ordinaryZone.MatchString(name) && len(name) == len(region)+1
}

func subnetGroupPrivateAndSpread(g snapshot.DBSubnetGroup, env checks.Env) checks.Verdict {
	var public, zones, unclear []string
	var unread error
	active := 0
	for _, s := range g.Subnets {
		if s.Status != "Active" {
			continue
		}
		active++
		if s.Outpost == "" && isOrdinaryZone(s.Zone, g.Region) {
			zones = append(zones, s.Zone)
		}
		table, err := tableOf(s.ID, snapshot.DBInstance{Meta: g.Meta, VPC: g.VPC}, env)
		switch {
		case err != nil:
			unread = err
		case table.RouteTable == nil:
			unclear = append(unclear, s.ID)
		case table.gateway() != "":
			public = append(public, s.ID+" → "+table.ID+" → "+table.gateway())
		}
	}
	slices.Sort(zones)
	zones = slices.Compact(zones)
	var faults []string
	if len(public) > 0 {
		faults = append(faults, "public subnets: "+strings.Join(public, ", "))
	}
	if least := env.Int("min_zones"); len(zones) < least {
		faults = append(faults, fmt.Sprintf("subnets in %d of %d wanted Availability Zones (%s)", len(zones), least, strings.Join(zones, ", ")))
	}
	seen := strings.Join(zones, ", ")
	switch {
	case active == 0:
		return checks.Unclear("the group has no active subnet").With("zones", "")
	case len(faults) > 0:
		return checks.Fail("the group has %s", strings.Join(faults, "; and ")).With("zones", seen)
	case unread != nil:
		return checks.Unknown(unread).With("zones", seen)
	case len(unclear) > 0:
		return checks.Unclear("no route table of %s can be seen, as in a VPC that another account shares", strings.Join(unclear, ", ")).With("zones", seen)
	}
	return checks.Pass("its %d active subnets are private and lie in %s", active, seen).With("zones", seen)
}
