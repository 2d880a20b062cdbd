package encryption

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

type parameters = map[string]snapshot.DBParameter

// inGroup is a standalone instance of an engine with a parameter group in force.
func inGroup(engine, version string, all parameters) func(*snapshot.Account) {
	return checktest.All(checktest.Instance(snapshot.Database{Engine: snapshot.Engine(engine), Version: version, ParameterGroup: "g", ParameterStatus: "in-sync"}), checktest.Parameters("g", false, all))
}

// clusterIn is a cluster of an engine with its group.
func clusterIn(engine, version string, all parameters) func(*snapshot.Account) {
	return checktest.All(checktest.Cluster(snapshot.Database{Engine: snapshot.Engine(engine), Version: version, ParameterGroup: "g"}), checktest.Parameters("g", true, all))
}

func TestDatabaseRequiresTLS(t *testing.T) {
	force := func(value string) parameters { return parameters{"rds.force_ssl": checktest.Set(value)} }
	require := func(value string) parameters {
		return parameters{"require_secure_transport": checktest.Set(value)}
	}
	unset := parameters{"rds.force_ssl": checktest.Unset, "require_secure_transport": checktest.Unset}
	waits := func(engine string) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			inGroup(engine, "15.00", parameters{"rds.force_ssl": checktest.Static("1")})(a)
			a.RDS.Instances[0].ParameterStatus = "pending-reboot"
		}
	}
	atOnce := func(a *snapshot.Account) {
		inGroup("postgres", "14.9", force("1"))(a)
		a.RDS.Instances[0].ParameterStatus = "applying"
	}
	checktest.Run(t, &DatabaseRequiresTLS, []checktest.Case{
		{Name: "postgres, on", Set: inGroup("postgres", "14.9", force("1")), Want: checks.PASS, Reason: `rds.force_ssl is "1" in g`},
		{Name: "postgres, off", Set: inGroup("postgres", "16.4", force("0")), Want: checks.FAIL, Reason: "without TLS"},
		{Name: "mysql answers 1", Set: inGroup("mysql", "8.0.40", require("1")), Want: checks.PASS, Reason: "require_secure_transport"},
		{Name: "Aurora MySQL answers ON", Set: clusterIn("aurora-mysql", "8.0.mysql_aurora.3.08.0", require("ON")), Want: checks.PASS, Reason: `"ON"`},
		{Name: "Aurora MySQL, OFF", Set: clusterIn("aurora-mysql", "8.0.mysql_aurora.3.08.0", require("OFF")), Want: checks.FAIL, Reason: `"OFF"`},
		{Name: "a Multi-AZ cluster by its cluster group", Set: clusterIn("postgres", "16.4", force("true")), Want: checks.PASS, Reason: `"true"`},
		{Name: "every edition of SQL Server", Set: inGroup("sqlserver-web", "15.00", parameters{"rds.force_ssl": checktest.Static("1")}), Want: checks.PASS, Reason: "rds.force_ssl"},
		{Name: "SQL Server waits for a reboot", Set: waits("sqlserver-se"), Want: checks.UNKNOWN, Reason: "pending-reboot"},
		{Name: "PostgreSQL does not wait", Set: atOnce, Want: checks.PASS, Reason: "rds.force_ssl"},
		{Name: "postgres 15 is on by default", Set: inGroup("postgres", "15.2", unset), Want: checks.PASS, Reason: "by default"},
		{Name: "postgres 14 is off by default", Set: inGroup("postgres", "14.9", unset), Want: checks.FAIL, Reason: "by default"},
		{Name: "aurora-postgresql 17 is on by default", Set: clusterIn("aurora-postgresql", "17.4", unset), Want: checks.PASS, Reason: "by default"},
		{Name: "aurora-postgresql 16 is off by default", Set: clusterIn("aurora-postgresql", "16.4", unset), Want: checks.FAIL, Reason: "by default"},
		{Name: "mysql 9 is on by default", Set: inGroup("mysql", "9.2.0", unset), Want: checks.PASS, Reason: "by default"},
		{Name: "mysql 8.4 is off by default", Set: inGroup("mysql", "8.4.3", unset), Want: checks.FAIL, Reason: "by default"},
		{Name: "mariadb 11.8 is on by default", Set: inGroup("mariadb", "11.8.2", unset), Want: checks.PASS, Reason: "by default"},
		{Name: "mariadb 11.4 is off by default", Set: inGroup("mariadb", "11.4.4", unset), Want: checks.FAIL, Reason: "by default"},
		{Name: "mariadb below 10.5 has no such parameter", Set: inGroup("mariadb", "10.4.34", nil), Want: checks.FAIL, Reason: "no parameter"},
		{Name: "a later SQL Server, not set", Set: inGroup("sqlserver-ee", "17.00.1", unset), Want: checks.UNKNOWN, Reason: "not known"},
		{Name: "missing from the group is no pass", Set: inGroup("postgres", "16.4", parameters{}), Want: checks.UNKNOWN, Reason: "not in the group"},
		{Name: "denied is no fail", Set: checktest.All(checktest.Instance(snapshot.Database{Engine: "mysql", Version: "8.0.40", ParameterGroup: "g"}), checktest.NoParameters("g", false, checktest.Unread("rds:DescribeDBParameters", snapshot.Denied))), Want: checks.UNKNOWN, Reason: "denied"},
		{Name: "oracle has an option", Set: inGroup("oracle-ee", "19", nil), Want: checks.NotApplicable, Reason: "rds-oracle-transport-encryption-required"},
		{Name: "db2", Set: inGroup("db2-se", "11.5", nil), Want: checks.NotApplicable, Reason: "not judged"},
		{Name: "RDS Custom for SQL Server", Set: inGroup("custom-sqlserver-ee", "15.00", nil), Want: checks.NotApplicable, Reason: "not judged"},
		{Name: "a new engine", Set: inGroup("valkey", "1", nil), Want: checks.UNKNOWN, Reason: "valkey"},
		{Name: "member", Set: checktest.Instance(snapshot.Database{Engine: "aurora-mysql", Cluster: "c"}), Want: checks.NotApplicable, Reason: "judged at the cluster"},
		{Name: "docdb", Set: checktest.Cluster(snapshot.Database{Engine: "docdb"}), Want: checks.NotApplicable, Reason: "DocumentDB"},
	})
}

func TestWeakTLSDisabled(t *testing.T) {
	server := func(ten, eleven, twelve string) parameters {
		return parameters{"rds.tls10": checktest.Static(ten), "rds.tls11": checktest.Static(eleven), "rds.tls12": checktest.Static(twelve)}
	}
	least := func(value string) parameters {
		return parameters{"ssl_min_protocol_version": checktest.Set(value)}
	}
	list := func(value string) parameters { return parameters{"tls_version": checktest.Set(value)} }
	unset := parameters{"ssl_min_protocol_version": checktest.Unset, "tls_version": checktest.Unset}
	pending := func(a *snapshot.Account) {
		inGroup("sqlserver-ex", "15.00", server("disabled", "disabled", "default"))(a)
		a.RDS.Instances[0].ParameterStatus = "pending-reboot"
	}
	checktest.Run(t, &WeakTLSDisabled, []checktest.Case{
		{Name: "SQL Server", Set: inGroup("sqlserver-ee", "15.00", server("disabled", "disabled", "default")), Want: checks.PASS, Reason: "disabled in g"},
		{Name: "SQL Server's default is not disabled", Set: inGroup("sqlserver-ee", "15.00", server("default", "disabled", "default")), Want: checks.FAIL, Reason: `rds.tls10 is "default"`},
		{Name: "SQL Server, 1.1 enabled", Set: inGroup("sqlserver-ee", "15.00", server("disabled", "enabled", "enabled")), Want: checks.FAIL, Reason: "rds.tls11"},
		{Name: "SQL Server without 1.2", Set: inGroup("sqlserver-ee", "15.00", server("disabled", "disabled", "disabled")), Want: checks.FAIL, Reason: "rds.tls12"},
		{Name: "SQL Server waits for a reboot", Set: pending, Want: checks.UNKNOWN, Reason: "pending-reboot"},
		{Name: "SQL Server, missing from the group", Set: inGroup("sqlserver-ee", "15.00", nil), Want: checks.UNKNOWN, Reason: "not in the group"},
		{Name: "a default group is judged too", Set: inGroup("postgres", "16.4", unset), Want: checks.PASS, Reason: "by default"},
		{Name: "postgres, 1.2", Set: inGroup("postgres", "12.20", least("TLSv1.2")), Want: checks.PASS, Reason: "TLSv1.2"},
		{Name: "aurora-postgresql, 1.1", Set: clusterIn("aurora-postgresql", "16.4", least("TLSv1.1")), Want: checks.FAIL, Reason: "TLSv1.1"},
		{Name: "postgres 12 not set", Set: inGroup("postgres", "12.20", unset), Want: checks.UNKNOWN, Reason: "not known"},
		{Name: "postgres 11 has no such parameter", Set: inGroup("postgres", "11.22", nil), Want: checks.FAIL, Reason: "no parameter"},
		{Name: "mysql, listed", Set: inGroup("mysql", "5.7.44", list("TLSv1.2")), Want: checks.PASS, Reason: "TLSv1.2"},
		{Name: "mysql, one entry too many", Set: inGroup("mysql", "8.0.27", list("TLSv1.1, TLSv1.2")), Want: checks.FAIL, Reason: "TLSv1.1 is to be left out"},
		{Name: "mysql 5.7, not set", Set: inGroup("mysql", "5.7.44", unset), Want: checks.FAIL, Reason: "by default"},
		{Name: "mysql 8.0.28 has removed them", Set: inGroup("mysql", "8.0.28", parameters{}), Want: checks.PASS, Reason: "table of 2025-11-30"},
		{Name: "Aurora MySQL 3 has removed them", Set: clusterIn("aurora-mysql", "8.0.mysql_aurora.3.04.0", nil), Want: checks.PASS, Reason: "neither TLS 1.0"},
		{Name: "Aurora MySQL 2, not set", Set: clusterIn("aurora-mysql", "5.7.mysql_aurora.2.12.0", unset), Want: checks.FAIL, Reason: "by default"},
		{Name: "mariadb, not set", Set: inGroup("mariadb", "10.11.9", unset), Want: checks.UNKNOWN, Reason: "not known"},
		{Name: "mariadb, listed", Set: inGroup("mariadb", "10.11.9", list("TLSv1.2,TLSv1.3")), Want: checks.PASS, Reason: "TLSv1.3"},
		{Name: "oracle", Set: inGroup("oracle-se2", "19", nil), Want: checks.NotApplicable, Reason: "not judged"},
		{Name: "custom", Set: inGroup("custom-oracle-ee", "19", nil), Want: checks.NotApplicable, Reason: "not judged"},
		{Name: "member", Set: checktest.Instance(snapshot.Database{Engine: "aurora-mysql", Cluster: "c"}), Want: checks.NotApplicable, Reason: "judged at the cluster"},
	})
}
