package resilience

import (
	"strconv"

	"onus/checks"
	"onus/scanner/snapshot"
)

// GlobalDeletionProtection passes when the global database must be changed before it can be
// deleted. Its clusters have a protection of their own.
// Source: RDS DescribeGlobalClusters, field DeletionProtection.
var GlobalDeletionProtection = checks.Check{
	ID:          "rds-global-cluster-deletion-protection",
	Title:       "Global databases have deletion protection",
	Severity:    checks.Low,
	Category:    checks.ResilienceOf,
	Duty:        checks.Backups,
	ServiceKind: checks.Container,
	Tier:        2,
	Reads:       []string{"rds:DescribeGlobalClusters"},
	Remedy:      "Turn deletion protection on at the global database and at each of its clusters.",
	Fix: checks.Fix{
		Threat: "One call takes the global database apart, and its copies in other Regions with it. It is the one thing that was to survive a lost Region.",
		CLI:    "aws rds modify-global-cluster --global-cluster-identifier {name} --deletion-protection --region {region}",
		Terraform: `resource "aws_rds_global_cluster" "this" {
  global_cluster_identifier = "{name}"
  deletion_protection       = true
}`,
		Cost: "No downtime. Each cluster needs its own protection as well.",
	},
	Judges: checks.For(snapshot.GlobalClusters, globalDeletionProtection),
}

func globalDeletionProtection(g snapshot.GlobalCluster, _ checks.Env) checks.Verdict {
	seen := strconv.FormatBool(g.DeletionProtection)
	switch {
	case g.Status == "deleting" || g.Status == "deleted":
		return checks.DoesNotApply("the global database is %s", g.Status).With("Status", g.Status)
	case g.Engine.OtherService() != "":
		return checks.DoesNotApply("the global database is one of %s", g.Engine.OtherService()).With("Engine", string(g.Engine))
	case g.DeletionProtection:
		return checks.Pass("deletion protection is on").With("DeletionProtection", seen)
	}
	return checks.Fail("deletion protection is off; the global database has %d clusters", len(g.Clusters)).With("DeletionProtection", seen)
}
