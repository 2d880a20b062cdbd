package regions

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

const (
	inIreland = "arn:aws:rds:eu-west-1:111122223333:"
	inUSA     = "arn:aws:rds:us-east-1:111122223333:"
)

func TestDatabaseBackupsInAllowedRegions(t *testing.T) {
	snap := func(arn string, s snapshot.DBSnapshot) func(*snapshot.Account) {
		s.Meta = checktest.Meta("s", arn)
		return func(a *snapshot.Account) { a.RDS.Snapshots = []snapshot.DBSnapshot{s} }
	}
	backup := func(arn string, b snapshot.DBBackup) func(*snapshot.Account) {
		b.Meta = checktest.Meta("b", arn)
		return func(a *snapshot.Account) { a.RDS.Backups = []snapshot.DBBackup{b} }
	}
	checktest.Run(t, &DatabaseBackupsInAllowedRegions, []checktest.Case{
		{Name: "a snapshot, allowed", Set: snap(inIreland+"snapshot:s", snapshot.DBSnapshot{Type: "manual"}), Parameters: onlyIreland, Want: checks.PASS, Reason: "lies in eu-west-1"},
		{Name: "an automated snapshot elsewhere names its database", Set: snap(inUSA+"snapshot:s", snapshot.DBSnapshot{Type: "automated", Database: "orders"}), Parameters: onlyIreland, Want: checks.FAIL, Reason: "automated RDS snapshot of orders lies in us-east-1"},
		{Name: "of AWS Backup", Set: snap(inUSA+"snapshot:awsbackup:job-1", snapshot.DBSnapshot{Type: "awsbackup"}), Parameters: onlyIreland, Want: checks.FAIL, Reason: "awsbackup"},
		{Name: "of a docdb cluster", Set: snap(inUSA+"cluster-snapshot:s", snapshot.DBSnapshot{OfCluster: true, Engine: "docdb"}), Parameters: onlyIreland, Want: checks.FAIL, Reason: "DocumentDB"},
		{Name: "a snapshot that is being deleted", Set: snap(inUSA+"snapshot:s", snapshot.DBSnapshot{Status: "deleting"}), Parameters: onlyIreland, Want: checks.NotApplicable, Reason: "deleting"},
		{Name: "replicated backups lie where their own ARN says", Set: backup(inUSA+"auto-backup:ab-1", snapshot.DBBackup{Status: "replicating", Database: inIreland + "db:orders"}), Parameters: onlyIreland, Want: checks.FAIL, Reason: "lies in us-east-1"},
		{Name: "came from a Region that is not allowed", Set: backup(inIreland+"auto-backup:ab-1", snapshot.DBBackup{Status: "replicating", Database: inUSA + "db:orders"}), Parameters: onlyIreland, Want: checks.PASS, Reason: "lies in eu-west-1"},
		{Name: "the database is gone, the data is not", Set: backup(inUSA+"auto-backup:ab-1", snapshot.DBBackup{Status: "retained", Database: inUSA + "db:gone"}), Parameters: onlyIreland, Want: checks.FAIL, Reason: "(retained) of " + inUSA + "db:gone"},
		{Name: "without an ARN it lies where it was asked for", Set: backup("", snapshot.DBBackup{Status: "active", Resource: "db-1"}), Parameters: onlyIreland, Want: checks.PASS, Reason: "of db-1 lies in eu-west-1"},
		{Name: "no choice was stated", Set: snap(inUSA+"snapshot:s", snapshot.DBSnapshot{}), Want: checks.NotApplicable, Reason: "neither residency"},
		{Name: "no choice, backups", Set: backup(inUSA+"auto-backup:ab-1", snapshot.DBBackup{}), Want: checks.NotApplicable, Reason: "neither residency"},
		{Name: "a Region left out", Parameters: onlyIreland, Want: checks.UNKNOWN, Reason: "rds:DescribeDBSnapshots",
			Set: func(a *snapshot.Account) {
				a.Regions = snapshot.Value([]snapshot.Region{{Name: "us-east-1", Status: "ENABLED"}})
			}},
		{Name: "one of four lists denied", Set: checktest.Denied("rds:DescribeDBClusterAutomatedBackups"), Parameters: onlyIreland, Want: checks.UNKNOWN, Reason: "ClusterAutomatedBackups"},
	})
}

func TestDatabaseCopiesInAllowedRegions(t *testing.T) {
	type database = snapshot.Database
	global := func(g snapshot.GlobalCluster) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			for _, region := range []string{checktest.At.Region, checktest.Elsewhere} { // each Region returns it
				g.Meta = checktest.Meta("g", "arn:aws:rds::111122223333:global-cluster:g")
				g.Region = region
				a.RDS.GlobalClusters = append(a.RDS.GlobalClusters, g)
			}
		}
	}
	replicated := func(i *snapshot.DBInstance) { i.BackupReplications = []string{inUSA + "auto-backup:ab-1"} }
	checktest.Run(t, &DatabaseCopiesInAllowedRegions, []checktest.Case{
		{Name: "a replica elsewhere", Set: checktest.Instance(database{Replicas: []string{inUSA + "db:r"}}), Parameters: onlyIreland, Want: checks.FAIL, Reason: inUSA + "db:r"},
		{Name: "a replica in an allowed Region", Set: checktest.Instance(database{Replicas: []string{inIreland + "db:r"}}), Parameters: onlyIreland, Want: checks.PASS, Reason: "allowed Regions only"},
		{Name: "an entry that is no ARN is in the same Region", Set: checktest.Instance(database{Replicas: []string{"r"}}), Parameters: onlyIreland, Want: checks.NotApplicable, Reason: "no copy in another Region"},
		{Name: "one inside, one outside", Set: checktest.Cluster(database{Replicas: []string{inIreland + "cluster:a", inUSA + "cluster:b"}}), Parameters: onlyIreland, Want: checks.FAIL, Reason: inUSA + "cluster:b"},
		{Name: "replicated backups", Set: checktest.Instance(database{}, replicated), Parameters: onlyIreland, Want: checks.FAIL, Reason: "auto-backup:ab-1"},
		{Name: "the other direction is told and does not fail", Set: checktest.Instance(database{ReplicaOf: inUSA + "db:orders"}), Parameters: onlyIreland, Want: checks.NotApplicable, Reason: "came from us-east-1"},
		{Name: "another account's replica", Set: checktest.Cluster(database{Replicas: []string{"arn:aws:rds:us-east-1:210987654321:cluster:x"}}), Parameters: onlyIreland, Want: checks.FAIL, Reason: "(of account 210987654321)"},
		{Name: "an ARN without a Region", Set: checktest.Instance(database{Replicas: []string{"arn:aws:rds::111122223333:db:r"}}), Parameters: onlyIreland, Want: checks.UNKNOWN, Reason: "cannot be told"},
		{Name: "a global database, from two Regions: one finding", Set: global(snapshot.GlobalCluster{Clusters: []string{inIreland + "cluster:a", inUSA + "cluster:b"}}), Parameters: onlyIreland, Want: checks.FAIL, Reason: inUSA + "cluster:b"},
		{Name: "a global database inside", Set: global(snapshot.GlobalCluster{Clusters: []string{inIreland + "cluster:a"}}), Parameters: onlyIreland, Want: checks.PASS, Reason: "allowed Regions only"},
		{Name: "of docdb", Set: global(snapshot.GlobalCluster{Engine: "docdb", Clusters: []string{inUSA + "cluster:b"}}), Parameters: onlyIreland, Want: checks.FAIL, Reason: "the DocumentDB global database"},
		{Name: "of neptune", Set: checktest.Cluster(database{Engine: "neptune", Replicas: []string{inUSA + "cluster:b"}}), Parameters: onlyIreland, Want: checks.FAIL, Reason: "the Neptune database"},
		{Name: "deleting", Set: checktest.Instance(database{Status: "deleting", Replicas: []string{inUSA + "db:r"}}), Parameters: onlyIreland, Want: checks.NotApplicable, Reason: "deleting"},
		{Name: "no choice was stated", Set: global(snapshot.GlobalCluster{Clusters: []string{inUSA + "cluster:b"}}), Want: checks.NotApplicable, Reason: "neither residency"},
		{Name: "global databases denied", Set: checktest.Denied("rds:DescribeGlobalClusters"), Parameters: onlyIreland, Want: checks.UNKNOWN, Reason: "denied"},
	})
}
