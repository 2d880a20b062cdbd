package regions

import (
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/databases"
	"onus/scanner/snapshot"
)

// DatabaseCopiesInAllowedRegions passes when every copy that a database feeds lies in a
// Region that the policy allows. It is read at the source, so that a closed Region at the
// far end hides nothing.
// Source: RDS DescribeDBInstances, ReadReplicaDBInstanceIdentifiers,
// ReadReplicaDBClusterIdentifiers and DBInstanceAutomatedBackupsReplications;
// DescribeDBClusters, ReadReplicaIdentifiers; DescribeGlobalClusters, GlobalClusterMembers.
var DatabaseCopiesInAllowedRegions = checks.Check{
	ID:          "rds-data-stays-in-jurisdiction",
	Title:       "RDS replicas, global databases and replicated backups stay in the allowed Regions",
	Severity:    checks.Critical,
	Category:    checks.Regions,
	Duty:        checks.RegionChoice,
	ServiceKind: checks.Container,
	Tier:        1,
	Reads:       []string{"rds:DescribeDBInstances", "rds:DescribeDBClusters", "rds:DescribeGlobalClusters"},
	Parameters:  checks.Parameters{"allowed_regions": []string{}},
	Remedy:      "Delete the replica, take the cluster out of the global database, or stop the replication of backups; then delete what was copied.",
	Fix: checks.Fix{
		Threat:    "A replica carries every change of the data to another country, for ever. Deleting the source does not bring it back.",
		CLI:       "aws rds delete-db-instance --db-instance-identifier REPLICA --skip-final-snapshot --region OTHER-REGION",
		Terraform: `# Remove the replica, the member of the "aws_rds_global_cluster" or the "aws_db_instance_automated_backups_replication".`,
		Cost:      "Readers there and the recovery from a lost Region go with it: choose another allowed Region first.",
	},
	Judges: checks.For(snapshot.DBInstances, func(d snapshot.DBInstance, env checks.Env) checks.Verdict {
		return databaseCopies(d.Database, d.Meta, slices.Concat(d.Replicas, d.BackupReplications), env)
	}).And(checks.For(snapshot.DBClusters, func(c snapshot.DBCluster, env checks.Env) checks.Verdict {
		return databaseCopies(c.Database, c.Meta, c.Replicas, env)
	})).And(checks.For(snapshot.GlobalClusters, globalCopies)),
}

func databaseCopies(d snapshot.Database, of snapshot.Meta, copies []string, env checks.Env) checks.Verdict {
	allowed := env.Strings("allowed_regions")
	if len(allowed) == 0 {
		return noChoice()
	}
	if v, out := databases.Ended(d); out {
		return v
	}
	v := copiesIn("the "+d.Engine.Service()+" database", copies, of.Account, allowed)
	if from := snapshot.RegionOf(d.ReplicaOf); from != "" && !slices.Contains(allowed, from) {
		v.Reason += "; its data came from " + from + ", which is not allowed"
	}
	return v
}

func globalCopies(g snapshot.GlobalCluster, env checks.Env) checks.Verdict {
	allowed := env.Strings("allowed_regions")
	switch {
	case len(allowed) == 0:
		return noChoice()
	case g.Status == "deleting" || g.Status == "deleted":
		return checks.DoesNotApply("the global database is %s", g.Status).With("Status", g.Status)
	}
	return copiesIn("the "+g.Engine.Service()+" global database", g.Clusters, g.Account, allowed)
}

// copiesIn judges where copies lie. An entry that is no ARN lies beside its source.
func copiesIn(what string, copies []string, account string, allowed []string) checks.Verdict {
	var inside, outside, unclear []string
	for _, c := range copies {
		region := snapshot.RegionOf(c)
		if owner := snapshot.AccountOf(c); owner != "" && owner != account {
			c += " (of account " + owner + ")"
		}
		switch {
		case !strings.HasPrefix(c, "arn:"):
		case region == "":
			unclear = append(unclear, c)
		case slices.Contains(allowed, region):
			inside = append(inside, c)
		default:
			outside = append(outside, c)
		}
	}
	switch {
	case len(outside) > 0:
		seen := strings.Join(outside, ", ")
		return checks.Fail("%s has copies outside of %s: %s", what, strings.Join(allowed, ", "), seen).With("copies", seen)
	case len(unclear) > 0:
		return checks.Unclear("where the copies of %s lie cannot be told: %s", what, strings.Join(unclear, ", "))
	case len(inside) > 0:
		seen := strings.Join(inside, ", ")
		return checks.Pass("%s has copies in allowed Regions only: %s", what, seen).With("copies", seen)
	}
	return checks.DoesNotApply("%s has no copy in another Region", what)
}
