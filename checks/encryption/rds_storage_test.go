package encryption

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

func TestInstanceStorageEncrypted(t *testing.T) {
	type db = snapshot.Database
	checktest.Run(t, &InstanceStorageEncrypted, []checktest.Case{
		{Name: "sse-kms", Set: checktest.Instance(db{StorageEncryptionType: "sse-kms", StorageEncrypted: true}), Want: checks.PASS, Reason: "sse-kms", Observed: map[string]string{"StorageEncryptionType": "sse-kms"}},
		{Name: "sse-rds is encrypted though the flag is false", Set: checktest.Instance(db{StorageEncryptionType: "sse-rds"}), Want: checks.PASS, Reason: "sse-rds"},
		{Name: "none", Set: checktest.Instance(db{StorageEncryptionType: "none"}), Want: checks.FAIL, Reason: "is none"},
		{Name: "none wins over a flag that says otherwise", Set: checktest.Instance(db{StorageEncryptionType: "none", StorageEncrypted: true}), Want: checks.FAIL, Reason: "is none"},
		{Name: "older endpoint, flag true", Set: checktest.Instance(db{StorageEncrypted: true}), Want: checks.PASS, Observed: map[string]string{"StorageEncrypted": "true"}},
		{Name: "older endpoint, flag false or absent", Set: checktest.Instance(db{}), Want: checks.FAIL, Reason: "the RDS instance's storage is not encrypted", Observed: map[string]string{"StorageEncrypted": "false"}},
		{Name: "a type that is not known", Set: checktest.Instance(db{StorageEncryptionType: "rot13", StorageEncrypted: true}), Want: checks.UNKNOWN, Reason: `"rot13"`},
		{Name: "a member of an unencrypted cluster gives no second FAIL", Set: checktest.Instance(db{Cluster: "ledger"}), Want: checks.NotApplicable, Reason: "member of ledger"},
		{Name: "a replica in another Region is judged on its own", Set: checktest.Instance(db{ReplicaOf: "arn:aws:rds:us-east-1:111122223333:db:orders"}), Want: checks.FAIL, Reason: "not encrypted"},
		{Name: "docdb is judged and named", Set: checktest.Instance(db{Engine: "docdb"}), Want: checks.FAIL, Reason: "the DocumentDB instance"},
		{Name: "neptune is judged and named", Set: checktest.Instance(db{Engine: "neptune", StorageEncrypted: true}), Want: checks.PASS, Reason: "the Neptune instance"},
		{Name: "deleting is not judged", Set: checktest.Instance(db{Status: "deleting"}), Want: checks.NotApplicable, Reason: "is deleting"},
		{Name: "stopped is judged", Set: checktest.Instance(db{Status: "stopped"}), Want: checks.FAIL, Reason: "not encrypted"},
		{Name: "a list that failed", Want: checks.UNKNOWN, Reason: "denied",
			Set: func(a *snapshot.Account) {
				checktest.Fail(a, "rds:DescribeDBInstances", checktest.Elsewhere, snapshot.Denied)
			}},
	})
}

func TestClusterStorageEncrypted(t *testing.T) {
	type cl = snapshot.Database
	checktest.Run(t, &ClusterStorageEncrypted, []checktest.Case{
		{Name: "sse-kms", Set: checktest.Cluster(cl{Engine: "postgres", StorageEncryptionType: "sse-kms", StorageEncrypted: true}), Want: checks.PASS, Reason: "sse-kms"},
		{Name: "sse-rds counts though the flag is false", Set: checktest.Cluster(cl{Engine: "aurora-mysql", StorageEncryptionType: "sse-rds"}), Want: checks.PASS, Reason: "sse-rds"},
		{Name: "older endpoint, flag true", Set: checktest.Cluster(cl{StorageEncrypted: true}), Want: checks.PASS, Observed: map[string]string{"StorageEncrypted": "true"}},
		{Name: "a cluster without members holds its volume", Set: checktest.Cluster(cl{Engine: "aurora-postgresql"}), Want: checks.FAIL, Reason: "the RDS cluster's storage is not encrypted"},
		{Name: "Aurora Serverless v1 has no instances", Set: checktest.Cluster(cl{Engine: "aurora-mysql", EngineMode: "serverless"}), Want: checks.FAIL, Reason: "not encrypted"},
		{Name: "a headless secondary of a global database", Set: checktest.Cluster(cl{Engine: "aurora-mysql", Global: "g", ReplicaOf: "arn:aws:rds:us-east-1:111122223333:cluster:p", StorageEncryptionType: "none"}), Want: checks.FAIL, Reason: "is none"},
		{Name: "docdb is judged and named", Set: checktest.Cluster(cl{Engine: "docdb"}), Want: checks.FAIL, Reason: "the DocumentDB cluster"},
		{Name: "neptune is judged and named", Set: checktest.Cluster(cl{Engine: "neptune", StorageEncrypted: true}), Want: checks.PASS, Reason: "the Neptune cluster"},
		{Name: "a type that is not known", Set: checktest.Cluster(cl{StorageEncryptionType: "rot13"}), Want: checks.UNKNOWN, Reason: `"rot13"`},
		{Name: "deleting", Set: checktest.Cluster(cl{Status: "deleting"}), Want: checks.NotApplicable, Reason: "deleting"},
		{Name: "a list that failed", Set: checktest.Denied("rds:DescribeDBClusters"), Want: checks.UNKNOWN, Reason: "denied"},
	})
}

func TestDBSnapshotEncrypted(t *testing.T) {
	type snap = snapshot.DBSnapshot
	checktest.Run(t, &DBSnapshotEncrypted, []checktest.Case{
		{Name: "instance, by its flag Encrypted", Set: checktest.DBSnapshot(snap{Type: "manual", Status: "available", Encrypted: true}), Want: checks.PASS, Observed: map[string]string{"Encrypted": "true"}},
		{Name: "cluster, by its flag StorageEncrypted", Set: checktest.DBSnapshot(snap{Type: "manual", OfCluster: true}), Want: checks.FAIL, Observed: map[string]string{"StorageEncrypted": "false"}},
		{Name: "sse-rds", Set: checktest.DBSnapshot(snap{Type: "manual", StorageEncryptionType: "sse-rds"}), Want: checks.PASS, Reason: "sse-rds"},
		{Name: "none", Set: checktest.DBSnapshot(snap{Type: "manual", StorageEncryptionType: "none"}), Want: checks.FAIL, Reason: "the manual RDS snapshot is not encrypted"},
		{Name: "automated", Set: checktest.DBSnapshot(snap{Type: "automated"}), Want: checks.FAIL, Reason: "the automated RDS snapshot"},
		{Name: "of AWS Backup", Set: checktest.DBSnapshot(snap{Type: "awsbackup"}), Want: checks.FAIL, Reason: "the awsbackup RDS snapshot"},
		{Name: "the snapshot of a database that was encrypted later stays as it was", Want: checks.FAIL, Reason: "not encrypted", Set: func(a *snapshot.Account) {
			checktest.DBSnapshot(snap{Type: "manual", Status: "available"})(a)
			checktest.Instance(snapshot.Database{StorageEncrypted: true})(a)
		}},
		{Name: "creating may lack the flag", Set: checktest.DBSnapshot(snap{Type: "manual", Status: "creating"}), Want: checks.UNKNOWN, Reason: "being made"},
		{Name: "creating, and told already", Set: checktest.DBSnapshot(snap{Type: "manual", Status: "creating", StorageEncryptionType: "sse-kms", Encrypted: true}), Want: checks.PASS, Reason: "sse-kms"},
		{Name: "docdb is judged and named", Set: checktest.DBSnapshot(snap{Type: "manual", OfCluster: true, Engine: "docdb"}), Want: checks.FAIL, Reason: "DocumentDB snapshot"},
		{Name: "neptune is judged and named", Set: checktest.DBSnapshot(snap{Type: "manual", OfCluster: true, Engine: "neptune", Encrypted: true}), Want: checks.PASS, Reason: "Neptune snapshot"},
		{Name: "deleting", Set: checktest.DBSnapshot(snap{Type: "manual", Status: "deleting"}), Want: checks.NotApplicable, Reason: "deleting"},
		{Name: "cluster snapshots that could not be listed", Set: checktest.Denied("rds:DescribeDBClusterSnapshots"), Want: checks.UNKNOWN, Reason: "rds:DescribeDBClusterSnapshots"},
	})
}
