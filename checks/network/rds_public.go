package network

import (
	"strconv"

	"onus/checks"
	"onus/checks/databases"
	"onus/scanner/snapshot"
)

// DatabaseNotPublic passes when a database is not set as publicly accessible. It judges the
// setting alone: who gets in is for the firewall's checks. Aurora has the flag at each
// member, a Multi-AZ DB cluster at the cluster, Limitless at the shard group, and the
// express configuration has a public endpoint of another kind.
// Source: RDS DescribeDBInstances, DescribeDBClusters and DescribeDBShardGroups,
// PubliclyAccessible; DescribeDBClusters, InternetAccessGatewayEnabled.
var DatabaseNotPublic = checks.Check{
	ID:          "rds-instance-not-publicly-accessible",
	Title:       "RDS instances and clusters are not set as publicly accessible",
	Severity:    checks.Critical,
	Category:    checks.Network,
	Duty:        checks.NetworkFirewall,
	ServiceKind: checks.Container,
	Tier:        1,
	Reads:       []string{"rds:DescribeDBInstances", "rds:DescribeDBClusters", "rds:DescribeDBShardGroups"},
	Remedy:      "Set the database to not publicly accessible, and reach it from inside the VPC.",
	Fix: checks.Fix{
		Threat: "The database has a name that resolves to a public address. One wide security group rule, and the world tries passwords on it.",
		CLI:    "aws rds modify-db-instance --db-instance-identifier {name} --no-publicly-accessible --apply-immediately --region {region}",
		Terraform: `resource "aws_db_instance" "this" {
  identifier          = "{name}"
  publicly_accessible = false
}`,
		Cost: "Clients outside the VPC lose it at once: give them a VPN, a peering or a bastion first.",
	},
	Judges: databases.Instances(databaseNotPublic).
		And(checks.For(snapshot.DBClusters, clusterNotPublic)).
		And(checks.For(snapshot.DBShardGroups, shardGroupNotPublic)),
}

func databaseNotPublic(d snapshot.Database, _ checks.Env) checks.Verdict {
	if v, out := databases.Own(d); out {
		return v
	}
	return notPublic(d.PubliclyAccessible)
}

func clusterNotPublic(c snapshot.DBCluster, env checks.Env) checks.Verdict {
	if _, out := databases.Own(c.Database); !out && c.InternetAccessGateway {
		return checks.Fail("the cluster is reached from the internet through an internet access gateway").With("InternetAccessGatewayEnabled", "true")
	}
	return databaseNotPublic(c.Database, env)
}

func shardGroupNotPublic(g snapshot.DBShardGroup, _ checks.Env) checks.Verdict {
	if g.Status == "deleting" || g.Status == "deleted" {
		return checks.DoesNotApply("the shard group is %s", g.Status).With("Status", g.Status)
	}
	return notPublic(g.PubliclyAccessible)
}

func notPublic(public bool) checks.Verdict {
	seen := strconv.FormatBool(public)
	if public {
		return checks.Fail("PubliclyAccessible is true").With("PubliclyAccessible", seen)
	}
	return checks.Pass("PubliclyAccessible is false").With("PubliclyAccessible", seen)
}
