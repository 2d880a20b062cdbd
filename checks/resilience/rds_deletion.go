package resilience

import (
	"strconv"

	"onus/checks"
	"onus/checks/databases"
	"onus/scanner/snapshot"
)

// InstanceDeletionProtection passes when an instance must be changed before it can be
// deleted. A member of a cluster can always be deleted: the data hangs on the cluster.
// Source: RDS DescribeDBInstances, field DeletionProtection.
var InstanceDeletionProtection = checks.Check{
	ID:          "rds-instance-deletion-protection",
	Title:       "RDS instances cannot be deleted by one call",
	Severity:    checks.Medium,
	Category:    checks.ResilienceOf,
	Duty:        checks.Backups,
	ServiceKind: checks.Container,
	Tier:        1,
	Reads:       []string{"rds:DescribeDBInstances"},
	Remedy:      "Turn deletion protection on; it needs no downtime.",
	Fix: checks.Fix{
		Threat: "One call by mistake, or by a thief, deletes the database. Its automated backups may go with it.",
		CLI:    "aws rds modify-db-instance --db-instance-identifier {name} --deletion-protection --apply-immediately --region {region}",
		Terraform: `resource "aws_db_instance" "this" {
  identifier          = "{name}"
  deletion_protection = true
}`,
		Cost: "No downtime. Whoever tears the database down must turn it off first.",
	},
	Judges: databases.Instances(instanceDeletionProtection),
}

// ClusterDeletionProtection passes when a cluster must be changed before it can be deleted.
// That of a global database guards the global object alone.
// Source: RDS DescribeDBClusters, field DeletionProtection.
var ClusterDeletionProtection = checks.Check{
	ID:          "rds-cluster-deletion-protection",
	Title:       "Aurora and Multi-AZ DB clusters cannot be deleted by one call",
	Severity:    checks.Medium,
	Category:    checks.ResilienceOf,
	Duty:        checks.Backups,
	ServiceKind: checks.Container,
	Tier:        1,
	Reads:       []string{"rds:DescribeDBClusters"},
	Remedy:      "Turn deletion protection on, also for each cluster of a global database; it needs no downtime.",
	Fix: checks.Fix{
		Threat: "One call by mistake, or by a thief, deletes the cluster. Its automated backups may go with it.",
		CLI:    "aws rds modify-db-cluster --db-cluster-identifier {name} --deletion-protection --apply-immediately --region {region}",
		Terraform: `resource "aws_rds_cluster" "this" {
  cluster_identifier  = "{name}"
  deletion_protection = true
}`,
		Cost: "No downtime. Whoever tears the cluster down must turn it off first.",
	},
	Judges: databases.Clusters(clusterDeletionProtection),
}

func instanceDeletionProtection(d snapshot.Database, _ checks.Env) checks.Verdict {
	if v, out := databases.Standalone(d); out {
		return v
	}
	return deletionProtection(d)
}

func clusterDeletionProtection(c snapshot.Database, _ checks.Env) checks.Verdict {
	if v, out := databases.Own(c); out {
		return v
	}
	return deletionProtection(c)
}

func deletionProtection(d snapshot.Database) checks.Verdict {
	seen := strconv.FormatBool(d.DeletionProtection)
	switch {
	case d.DeletionProtection:
		return checks.Pass("deletion protection is on").With("DeletionProtection", seen)
	case d.ReplicaOf != "" && d.Global == "":
		return checks.Fail("deletion protection is off; as a replica of %s it can be made again", d.ReplicaOf).With("DeletionProtection", seen)
	}
	return checks.Fail("deletion protection is off").With("DeletionProtection", seen)
}
