package backups

import (
	"strconv"

	"onus/checks"
	"onus/checks/databases"
	"onus/scanner/snapshot"
)

// ClusterBacktrack passes when an Aurora MySQL cluster can be wound back in place. It is
// no backup: what the volume loses is lost.
// Source: RDS DescribeDBClusters, field BacktrackWindow; Amazon Aurora User Guide,
// "Backtracking an Aurora DB cluster", its limitations.
var ClusterBacktrack = checks.Check{
	ID:          "rds-cluster-backtrack-enabled",
	Title:       "Aurora MySQL clusters can be rewound with Backtrack",
	Severity:    checks.Low,
	Category:    checks.BackupsOf,
	Duty:        checks.Backups,
	ServiceKind: checks.Container,
	Tier:        2,
	Reads:       []string{"rds:DescribeDBClusters"},
	Parameters:  checks.Parameters{"min_window_seconds": 1},
	Remedy:      "Backtrack can only be chosen when a cluster is made or restored: restore a snapshot into a cluster with a window, and move the clients over.",
	Fix: checks.Fix{
		Threat: "After a wrong statement only a restore into a new cluster helps, which takes hours. Backtrack goes back in minutes.",
		CLI:    "aws rds restore-db-cluster-from-snapshot --db-cluster-identifier NEW-NAME --snapshot-identifier SNAPSHOT --engine aurora-mysql --backtrack-window 86400 --region {region}",
		Terraform: `resource "aws_rds_cluster" "this" {
  cluster_identifier = "NEW-NAME"
  engine             = "aurora-mysql"
  backtrack_window   = 86400
}`,
		Cost: "It can only be chosen when a cluster is made or restored: clients move. Change records cost by the hour.",
	},
	Judges: checks.For(snapshot.DBClusters, clusterBacktrack),
}

func clusterBacktrack(c snapshot.DBCluster, env checks.Env) checks.Verdict {
	if v, out := databases.Own(c.Database); out {
		return v
	}
	least, seen := env.Int("min_window_seconds"), strconv.FormatInt(c.BacktrackSeconds, 10)
	switch {
	case c.Engine != "aurora-mysql":
		return databases.Engine(c.Database, "only Aurora MySQL has Backtrack")
	case c.ServerlessV1() || c.EngineMode == "parallelquery":
		return checks.DoesNotApply("clusters of engine mode %s cannot have Backtrack", c.EngineMode).With("EngineMode", c.EngineMode)
	case c.Global != "":
		return checks.DoesNotApply("members of a global database cannot have Backtrack").With("GlobalClusterIdentifier", c.Global)
	case c.ReplicaOf != "":
		return checks.DoesNotApply("a replica of %s cannot have Backtrack", c.ReplicaOf).With("ReplicationSourceIdentifier", c.ReplicaOf)
	case c.BacktrackSeconds > 0 && c.BacktrackSeconds >= int64(least):
		return checks.Pass("the cluster can be wound back by %s seconds, want %d", seen, least).With("BacktrackWindow", seen)
	case c.BacktrackSeconds > 0:
		return checks.Fail("the cluster can be wound back by %s seconds only, want %d", seen, least).With("BacktrackWindow", seen)
	}
	return checks.Fail("Backtrack is off").With("BacktrackWindow", "0")
}
