package network

import (
	"errors"
	"strings"

	"onus/checks"
	"onus/checks/databases"
	"onus/scanner/snapshot"
)

// InstanceNotInPublicSubnet passes when no subnet that an instance may run in leads to an
// internet gateway. A NAT gateway, an egress-only gateway and an Outpost's local gateway let
// nobody in. A subnet without a route table of its own has its VPC's main one.
// Source: RDS DescribeDBInstances, DBSubnetGroup.Subnets; EC2 DescribeRouteTables,
// Associations and Routes.
var InstanceNotInPublicSubnet = checks.Check{
	ID:          "rds-instance-not-in-public-subnet",
	Title:       "The subnets of a database have no route to an internet gateway",
	Severity:    checks.High,
	Category:    checks.Network,
	Duty:        checks.NetworkFirewall,
	ServiceKind: checks.Container,
	Tier:        1,
	Reads:       []string{"rds:DescribeDBInstances", "ec2:DescribeSubnets", "ec2:DescribeRouteTables"},
	Remedy:      "Move the database to a DB subnet group of private subnets, or take the route to the internet gateway out of their tables.",
	Fix: checks.Fix{
		Threat: "One changed flag and one rule make the database reachable from the internet, since the route is there. In a private subnet no flag can do that.",
		CLI:    "aws rds modify-db-instance --db-instance-identifier {name} --db-subnet-group-name PRIVATE-GROUP --apply-immediately --region {region}",
		Terraform: `resource "aws_db_subnet_group" "private" {
  name       = "PRIVATE-GROUP"
  subnet_ids = ["PRIVATE-SUBNET-1", "PRIVATE-SUBNET-2"]
}`,
		Cost: "To another group of the same VPC an instance moves only by way of another VPC or a restore: a stop of the database. Taking the route out of the subnets' table is the other way, and cuts whatever else uses it.",
	},
	Judges: checks.For(snapshot.DBInstances, instanceNotInPublicSubnet),
}

func instanceNotInPublicSubnet(d snapshot.DBInstance, env checks.Env) checks.Verdict {
	if v, out := databases.Own(d.Database); out {
		return v
	}
	var open, private, unclear []string
	var unread error
	for _, s := range d.Subnets {
		if s.Status != "Active" {
			continue
		}
		table, err := tableOf(s.ID, d, env)
		switch {
		case err != nil:
			unread = err
		case table.RouteTable == nil:
			unclear = append(unclear, s.ID)
		case table.gateway() != "":
			open = append(open, s.ID+" → "+table.ID+" → "+table.gateway())
		default:
			private = append(private, s.ID+" → "+table.ID)
		}
	}
	seen := strings.Join(private, ", ")
	switch {
	case len(open) > 0:
		ways := strings.Join(open, ", ")
		return checks.Fail("subnets of the instance lead to an internet gateway: %s", ways).With("routes", ways)
	case unread != nil:
		return checks.Unknown(unread)
	case len(unclear) > 0:
		return checks.Unclear("no route table of the subnets %s can be seen, as in a VPC that another account shares", strings.Join(unclear, ", "))
	case len(private) == 0:
		return checks.Unclear("the answer names no active subnet of the instance")
	}
	return checks.Pass("no subnet of the instance leads to an internet gateway: %s", seen).With("routes", seen)
}

// tableOf is the route table in force in a subnet: its own, else its VPC's main one. It is
// empty where the tables were read to their end and none is in force.
func tableOf(subnet string, d snapshot.DBInstance, env checks.Env) (usedTable, error) {
	vpc := d.VPC
	if s, err := checks.Find(env, snapshot.Subnets, d.Location, subnet); err == nil {
		vpc = s.VPC
	}
	for _, key := range []string{subnet, "main of " + vpc} {
		table, err := checks.Find(env, usedTables, d.Location, key)
		if err == nil {
			return table, nil
		}
		if !errors.Is(err, snapshot.ErrAbsent) {
			return usedTable{}, err
		}
	}
	return usedTable{}, nil
}
