package encryption

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

func databases(list ...snapshot.DBInstance) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		for _, d := range list {
			d.Meta = checktest.Meta(d.ID, "arn:aws:rds:eu-west-1:111122223333:db:"+d.ID)
			a.RDS.Instances = append(a.RDS.Instances, d)
		}
	}
}

func TestInstanceStorageEncrypted(t *testing.T) {
	type db = snapshot.DBInstance
	checktest.Run(t, &InstanceStorageEncrypted, []checktest.Case{
		{Name: "sse-kms", Set: databases(db{StorageEncryptionType: "sse-kms", StorageEncrypted: true}), Want: checks.PASS, Reason: "sse-kms", Observed: map[string]string{"StorageEncryptionType": "sse-kms"}},
		{Name: "sse-rds is encrypted though the flag is false", Set: databases(db{StorageEncryptionType: "sse-rds"}), Want: checks.PASS, Reason: "sse-rds"},
		{Name: "none", Set: databases(db{StorageEncryptionType: "none"}), Want: checks.FAIL, Reason: "is none"},
		{Name: "none wins over a flag that says otherwise", Set: databases(db{StorageEncryptionType: "none", StorageEncrypted: true}), Want: checks.FAIL, Reason: "is none"},
		{Name: "older endpoint, flag true", Set: databases(db{StorageEncrypted: true}), Want: checks.PASS, Observed: map[string]string{"StorageEncrypted": "true"}},
		{Name: "older endpoint, flag false or absent", Set: databases(db{}), Want: checks.FAIL, Reason: "the RDS instance's storage is not encrypted", Observed: map[string]string{"StorageEncrypted": "false"}},
		{Name: "a type that is not known", Set: databases(db{StorageEncryptionType: "rot13", StorageEncrypted: true}), Want: checks.UNKNOWN, Reason: `"rot13"`},
		{Name: "a member of an unencrypted cluster gives no second FAIL", Set: databases(db{Cluster: "ledger"}), Want: checks.NotApplicable, Reason: "member of ledger"},
		{Name: "a replica in another Region is judged on its own", Set: databases(db{ReplicaOf: "arn:aws:rds:us-east-1:111122223333:db:orders"}), Want: checks.FAIL, Reason: "not encrypted"},
		{Name: "docdb is judged and named", Set: databases(db{Engine: "docdb"}), Want: checks.FAIL, Reason: "the DocumentDB instance"},
		{Name: "neptune is judged and named", Set: databases(db{Engine: "neptune", StorageEncrypted: true}), Want: checks.PASS, Reason: "the Neptune instance"},
		{Name: "deleting is not judged", Set: databases(db{Status: "deleting"}), Want: checks.NotApplicable, Reason: "is deleting"},
		{Name: "stopped is judged", Set: databases(db{Status: "stopped"}), Want: checks.FAIL, Reason: "not encrypted"},
		{Name: "a list that failed", Want: checks.UNKNOWN, Reason: "denied",
			Set: func(a *snapshot.Account) {
				checktest.Fail(a, "rds:DescribeDBInstances", checktest.Elsewhere, snapshot.Denied)
			}},
	})
}
