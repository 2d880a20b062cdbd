package access

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

type db = snapshot.Database

func TestDatabaseIAMAuthentication(t *testing.T) {
	on := true
	checktest.Run(t, &DatabaseIAMAuthentication, []checktest.Case{
		{Name: "on", Set: checktest.Instance(db{Engine: "postgres", IAMAuthentication: true}), Want: checks.PASS, Reason: "is on"},
		{Name: "cluster, on", Set: checktest.Cluster(db{Engine: "aurora-mysql", IAMAuthentication: true}), Want: checks.PASS, Reason: "is on"},
		{Name: "absent means false", Set: checktest.Instance(db{Engine: "mysql"}), Want: checks.FAIL, Reason: "is off", Observed: map[string]string{"IAMDatabaseAuthenticationEnabled": "false"}},
		{Name: "pending is not in force", Set: checktest.Instance(db{Engine: "mysql", Pending: snapshot.Pending{IAMAuthentication: &on}}), Want: checks.FAIL, Reason: "pending"},
		{Name: "member", Set: checktest.Instance(db{Engine: "aurora-mysql", Cluster: "c"}), Want: checks.NotApplicable, Reason: "member of c"},
		{Name: "oracle", Set: checktest.Instance(db{Engine: "oracle-ee"}), Want: checks.NotApplicable, Reason: "oracle-ee"},
		{Name: "sqlserver", Set: checktest.Instance(db{Engine: "sqlserver-ex"}), Want: checks.NotApplicable, Reason: "sqlserver-ex"},
		{Name: "db2", Set: checktest.Instance(db{Engine: "db2-se"}), Want: checks.NotApplicable, Reason: "db2-se"},
		{Name: "custom", Set: checktest.Instance(db{Engine: "custom-oracle-ee"}), Want: checks.NotApplicable, Reason: "custom"},
		{Name: "mariadb has it from 10.6", Set: checktest.Instance(db{Engine: "mariadb", Version: "10.6.19"}), Want: checks.FAIL, Reason: "is off"},
		{Name: "mariadb 10.5 has not", Set: checktest.Instance(db{Engine: "mariadb", Version: "10.5.27"}), Want: checks.NotApplicable, Reason: "10.5.27"},
		{Name: "mariadb 10.11 is later than 10.6", Set: checktest.Instance(db{Engine: "mariadb", Version: "10.11.9"}), Want: checks.FAIL, Reason: "is off"},
		{Name: "mariadb of no version", Set: checktest.Instance(db{Engine: "mariadb"}), Want: checks.UNKNOWN, Reason: "cannot be told"},
		{Name: "serverless v1", Set: checktest.Cluster(db{Engine: "aurora-mysql", EngineMode: "serverless"}), Want: checks.NotApplicable, Reason: "Serverless v1"},
		{Name: "neptune has the flag too", Set: checktest.Cluster(db{Engine: "neptune", IAMAuthentication: true}), Want: checks.NotApplicable, Reason: "Neptune"},
		{Name: "a word in the name is not the engine", Set: checktest.Instance(db{Engine: "mysql-next"}), Want: checks.UNKNOWN, Reason: "mysql-next"},
		{Name: "clusters that could not be listed", Set: checktest.Denied("rds:DescribeDBClusters"), Want: checks.UNKNOWN, Reason: "denied"},
	})
}

func TestDatabaseMasterUser(t *testing.T) {
	checktest.Run(t, &DatabaseMasterUser, []checktest.Case{
		{Name: "a name of one's own", Set: checktest.Instance(db{MasterUser: "acme_owner"}), Want: checks.PASS, Reason: "acme_owner"},
		{Name: "default", Set: checktest.Cluster(db{MasterUser: "admin"}), Want: checks.FAIL, Reason: `"admin", a default name`, Observed: map[string]string{"MasterUsername": "admin"}},
		{Name: "case does not matter", Set: checktest.Instance(db{MasterUser: "Postgres"}), Want: checks.FAIL, Reason: "Postgres"},
		{Name: "more than admin and postgres", Set: checktest.Instance(db{MasterUser: "sa"}), Want: checks.FAIL, Reason: "sa"},
		{Name: "the policy's own names", Set: checktest.Instance(db{MasterUser: "dba"}), Parameters: map[string]any{"default_names": []string{"DBA"}}, Want: checks.FAIL, Reason: "dba"},
		{Name: "a secondary cluster has its primary's name", Set: checktest.Cluster(db{MasterUser: "admin", ReplicaOf: "arn:p", Global: "g"}), Want: checks.FAIL, Reason: "comes from arn:p"},
		{Name: "a cross-Region replica has its source's name", Set: checktest.Instance(db{MasterUser: "root", ReplicaOf: "arn:source"}), Want: checks.FAIL, Reason: "comes from arn:source"},
		{Name: "tenant databases have users of their own", Set: checktest.Instance(db{Engine: "oracle-ee-cdb", MasterUser: "acme", MultiTenant: true}), Want: checks.UNKNOWN, Reason: "tenant databases"},
		{Name: "tenant databases alone", Set: checktest.Instance(db{Engine: "oracle-ee-cdb", MultiTenant: true}), Want: checks.UNKNOWN, Reason: "tenant databases"},
		{Name: "absent", Set: checktest.Instance(db{}), Want: checks.NotApplicable, Reason: "no master user"},
		{Name: "member", Set: checktest.Instance(db{MasterUser: "admin", Cluster: "c"}), Want: checks.NotApplicable, Reason: "member"},
		{Name: "docdb", Set: checktest.Cluster(db{Engine: "docdb", MasterUser: "admin"}), Want: checks.NotApplicable, Reason: "DocumentDB"},
	})
}

func TestDatabaseMasterPassword(t *testing.T) {
	secret := func(status string) snapshot.MasterSecret {
		return snapshot.MasterSecret{ARN: "arn:secret", Status: status}
	}
	checktest.Run(t, &DatabaseMasterPassword, []checktest.Case{
		{Name: "active", Set: checktest.Instance(db{MasterSecret: secret("active")}), Want: checks.PASS, Reason: "active"},
		{Name: "rotating", Set: checktest.Cluster(db{MasterSecret: secret("rotating")}), Want: checks.PASS, Reason: "rotating"},
		{Name: "being made", Set: checktest.Instance(db{MasterSecret: secret("creating")}), Want: checks.PASS, Reason: "creating"},
		{Name: "impaired", Set: checktest.Instance(db{MasterSecret: secret("impaired")}), Want: checks.FAIL, Reason: "no longer rotates"},
		{Name: "an empty object is none", Set: checktest.Instance(db{}), Want: checks.FAIL, Reason: "no secret"},
		{Name: "a secret without status", Set: checktest.Instance(db{MasterSecret: secret("")}), Want: checks.UNKNOWN, Reason: "not one that AWS documents"},
		{Name: "replica", Set: checktest.Instance(db{ReplicaOf: "orders"}), Want: checks.NotApplicable, Reason: "from orders"},
		{Name: "replica cluster", Set: checktest.Cluster(db{ReplicaOf: "arn:p"}), Want: checks.NotApplicable, Reason: "from arn:p"},
		{Name: "secondary cluster of a global database", Set: checktest.Cluster(db{ReplicaOf: "arn:p", Global: "g"}), Want: checks.NotApplicable, Reason: "from arn:p"},
		{Name: "custom", Set: checktest.Instance(db{Engine: "custom-sqlserver-ee"}), Want: checks.NotApplicable, Reason: "RDS Custom"},
		{Name: "member", Set: checktest.Instance(db{Cluster: "c"}), Want: checks.NotApplicable, Reason: "member"},
	})
}
