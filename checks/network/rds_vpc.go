package network

import (
	"strings"

	"onus/checks"
	"onus/checks/databases"
	"onus/scanner/snapshot"
)

// DatabaseInVPC passes when a database stands in a VPC of the customer's. Since EC2-Classic
// is gone, what stands outside is an Aurora cluster of the express configuration.
// Source: RDS DescribeDBInstances, DBSubnetGroup.VpcId and DBSecurityGroups;
// DescribeDBClusters, DBSubnetGroup and VPCNetworkingEnabled.
var DatabaseInVPC = checks.Check{
	ID:          "rds-instance-in-vpc",
	Title:       "RDS instances and clusters run inside a customer VPC",
	Severity:    checks.High,
	Category:    checks.Network,
	Duty:        checks.NetworkFirewall,
	ServiceKind: checks.Container,
	Tier:        1,
	Reads:       []string{"rds:DescribeDBInstances", "rds:DescribeDBClusters"},
	Remedy:      "Make the database anew with a DB subnet group of private subnets, and move the data.",
	Fix: checks.Fix{
		Threat: "Outside a VPC the database lies in a network that all customers share. No network ACL, route or flow log of yours stands before it.",
		CLI:    "aws rds restore-db-instance-from-db-snapshot --db-instance-identifier NEW-NAME --db-snapshot-identifier SNAPSHOT --db-subnet-group-name GROUP --no-publicly-accessible --region {region}",
		Terraform: `resource "aws_db_instance" "this" {
  identifier           = "NEW-NAME"
  snapshot_identifier  = "SNAPSHOT"
  instance_class       = "CLASS"
  db_subnet_group_name = "GROUP"
}`,
		Cost: "Clients move to another endpoint; writes stop meanwhile.",
	},
	Judges: checks.For(snapshot.DBInstances, instanceInVPC).And(checks.For(snapshot.DBClusters, clusterInVPC)),
}

func instanceInVPC(d snapshot.DBInstance, _ checks.Env) checks.Verdict {
	if v, out := databases.Own(d.Database); out {
		return v
	}
	classic := strings.Join(d.ClassicGroups, ", ")
	switch {
	case classic != "":
		return checks.Fail("the instance has DB security groups, which are of EC2-Classic: %s", classic).With("DBSecurityGroups", classic)
	case d.VPC == "":
		return checks.Fail("the instance is in no VPC of the customer's").With("VpcId", "")
	}
	return checks.Pass("the instance is in %s", d.VPC).With("VpcId", d.VPC)
}

func clusterInVPC(c snapshot.DBCluster, _ checks.Env) checks.Verdict {
	if v, out := databases.Own(c.Database); out {
		return v
	}
	switch {
	case c.VPCNetworking != nil && !*c.VPCNetworking:
		return checks.Fail("the cluster does not use VPC networking: it is of the express configuration").With("VPCNetworkingEnabled", "false")
	case c.SubnetGroup == "":
		return checks.Fail("the cluster has no DB subnet group").With("DBSubnetGroup", "")
	}
	return checks.Pass("the cluster is in the DB subnet group %s", c.SubnetGroup).With("DBSubnetGroup", c.SubnetGroup)
}
