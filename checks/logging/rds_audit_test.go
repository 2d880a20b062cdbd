package logging

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

func TestProxyDebugLoggingOff(t *testing.T) {
	proxy := func(p snapshot.DBProxy) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			p.Meta, p.ID = checktest.Meta("p", "arn:p"), "p"
			a.RDS.Proxies = []snapshot.DBProxy{p}
		}
	}
	checktest.Run(t, &ProxyDebugLoggingOff, []checktest.Case{
		{Name: "off, or absent", Set: proxy(snapshot.DBProxy{Status: "available"}), Want: checks.PASS, Reason: "may have been on before", Observed: map[string]string{"DebugLogging": "false"}},
		{Name: "on", Set: proxy(snapshot.DBProxy{Status: "available", DebugLogging: true}), Want: checks.FAIL, Reason: "logs the text"},
		{Name: "deleting", Set: proxy(snapshot.DBProxy{Status: "deleting", DebugLogging: true}), Want: checks.NotApplicable, Reason: "deleting"},
		{Name: "denied", Set: checktest.Denied("rds:DescribeDBProxies"), Want: checks.UNKNOWN, Reason: "denied"},
	})
}

// withOption lets an instance run with an option group that has one option, or none.
func withOption(d snapshot.Database, status, option string, settings map[string]string) func(*snapshot.Account) {
	d.OptionGroups = []snapshot.DBMembership{{ID: "o", Status: status}}
	return checktest.All(checktest.Instance(d), func(a *snapshot.Account) {
		g := snapshot.DBOptionGroup{Meta: checktest.Meta("o", "arn:o"), ID: "o"}
		if option != "" {
			g.Options = []snapshot.DBOption{{Name: option, Settings: settings}}
		}
		a.RDS.OptionGroups = []snapshot.DBOptionGroup{g}
	})
}

func TestAuditTrailByOptions(t *testing.T) {
	mysql := func(exports ...string) snapshot.Database {
		return snapshot.Database{Engine: "mysql", MasterUser: "owner", ParameterGroup: "g", ParameterStatus: "in-sync", LogExports: exports}
	}
	plugin := func(d snapshot.Database, events, excluded, included string) func(*snapshot.Account) {
		return withOption(d, "in-sync", "MARIADB_AUDIT_PLUGIN", map[string]string{"SERVER_AUDIT_EVENTS": events, "SERVER_AUDIT_EXCL_USERS": excluded, "SERVER_AUDIT_INCL_USERS": included})
	}
	table := checktest.Parameters("g", false, parameters{"log_output": checktest.Set("TABLE")})
	files := checktest.Parameters("g", false, parameters{"log_output": checktest.Set("FILE")})
	mariadb := mysql("audit")
	mariadb.Engine = "mariadb"
	server := snapshot.Database{Engine: "sqlserver-se"}
	bucket := map[string]string{"S3_BUCKET_ARN": "arn:aws:s3:::audits", "IAM_ROLE_ARN": "arn:role"}
	checktest.Run(t, &AuditTrailEffective, []checktest.Case{
		{Name: "plugin and export", Set: plugin(mysql("audit", "error"), "CONNECT,QUERY_DDL", "rdsadmin", ""), Want: checks.PASS, Reason: "CONNECT,QUERY_DDL"},
		{Name: "mariadb", Set: plugin(mariadb, "connect, query", "", ""), Want: checks.PASS, Reason: "audit plugin"},
		{Name: "an export of a log that is never written", Set: withOption(mysql("audit"), "in-sync", "", nil), Want: checks.FAIL, Reason: "no MARIADB_AUDIT_PLUGIN"},
		{Name: "written and not exported", Set: plugin(mysql("error"), "CONNECT,QUERY", "", ""), Want: checks.FAIL, Reason: "the log audit is not exported"},
		{Name: "connections alone", Set: plugin(mysql("audit"), "CONNECT", "", ""), Want: checks.FAIL, Reason: "want CONNECT and a class of queries"},
		{Name: "queries alone", Set: plugin(mysql("audit"), "QUERY", "", ""), Want: checks.FAIL, Reason: "want CONNECT"},
		{Name: "the master user is left out", Set: plugin(mysql("audit"), "CONNECT,QUERY", "rdsadmin, Owner", ""), Want: checks.FAIL, Reason: "leaves out owner"},
		{Name: "left out and included: the latter counts", Set: plugin(mysql("audit"), "CONNECT,QUERY", "owner", "owner"), Want: checks.PASS, Reason: "exported"},
		{Name: "general logs in a table are not exported either", Set: checktest.All(withOption(mysql("general"), "in-sync", "", nil), table), Want: checks.FAIL, Reason: `log_output is "TABLE"`},
		{Name: "general logs in files are no audit", Set: checktest.All(withOption(mysql("general"), "in-sync", "", nil), files), Want: checks.FAIL, Reason: "the log audit is not exported"},
		{Name: "the option is not in force", Set: withOption(mysql("audit"), "pending-maintenance-apply", "MARIADB_AUDIT_PLUGIN", map[string]string{"SERVER_AUDIT_EVENTS": "CONNECT,QUERY"}), Want: checks.UNKNOWN, Reason: "pending-maintenance-apply"},
		{Name: "options denied", Set: checktest.All(withOption(mysql("audit"), "in-sync", "", nil), func(a *snapshot.Account) { a.RDS.OptionGroups = nil }, checktest.Denied("rds:DescribeOptionGroups")), Want: checks.UNKNOWN, Reason: "denied"},
		{Name: "SQL Server with a bucket", Set: withOption(server, "in-sync", "SQLSERVER_AUDIT", bucket), Want: checks.PASS, Reason: "arn:aws:s3:::audits"},
		{Name: "SQL Server without a bucket", Set: withOption(server, "in-sync", "SQLSERVER_AUDIT", nil), Want: checks.FAIL, Reason: "no bucket"},
		{Name: "SQL Server without the option", Set: withOption(server, "in-sync", "SQLSERVER_BACKUP_RESTORE", nil), Want: checks.FAIL, Reason: "no SQLSERVER_AUDIT"},
		{Name: "SQL Server, not in force", Set: withOption(server, "applying", "SQLSERVER_AUDIT", bucket), Want: checks.UNKNOWN, Reason: "applying"},
		{Name: "an activity stream audits whatever else is off", Set: checktest.Instance(snapshot.Database{Engine: "oracle-ee", ActivityStream: "started"}), Want: checks.PASS, Reason: "activity stream"},
		{Name: "one that is starting does not", Set: withOption(snapshot.Database{Engine: "sqlserver-ee", ActivityStream: "starting"}, "in-sync", "", nil), Want: checks.FAIL, Reason: "no SQLSERVER_AUDIT"},
		{Name: "an engine that we do not know", Set: checktest.Instance(snapshot.Database{Engine: "valkey"}), Want: checks.UNKNOWN, Reason: "valkey"},
		{Name: "db2", Set: checktest.Instance(snapshot.Database{Engine: "db2-se"}), Want: checks.NotApplicable, Reason: "db2-se"},
		{Name: "custom", Set: checktest.Instance(snapshot.Database{Engine: "custom-sqlserver-se"}), Want: checks.NotApplicable, Reason: "Custom"},
		{Name: "member", Set: checktest.Instance(snapshot.Database{Engine: "aurora-mysql", Cluster: "c"}), Want: checks.NotApplicable, Reason: "judged at the cluster"},
	})
}

func TestAuditTrailByParameters(t *testing.T) {
	audit := func(libraries, log, connections string) parameters {
		return parameters{"shared_preload_libraries": checktest.Static(libraries), "pgaudit.log": checktest.Set(log), "log_connections": checktest.Set(connections)}
	}
	postgres := func(status string, all parameters, exports ...string) func(*snapshot.Account) {
		return checktest.All(checktest.Instance(snapshot.Database{Engine: "postgres", ParameterGroup: "g", ParameterStatus: status, LogExports: exports}), checktest.Parameters("g", false, all))
	}
	oracle := func(p snapshot.DBParameter, exports ...string) func(*snapshot.Account) {
		return checktest.All(checktest.Instance(snapshot.Database{Engine: "oracle-se2", ParameterGroup: "g", ParameterStatus: "in-sync", LogExports: exports}), checktest.Parameters("g", false, parameters{"audit_trail": p}))
	}
	cluster := func(engine, status string, all parameters, exports ...string) func(*snapshot.Account) {
		return checktest.All(checktest.Cluster(snapshot.Database{Engine: snapshot.Engine(engine), MasterUser: "owner", ParameterGroup: "g", LogExports: exports}, func(c *snapshot.DBCluster) {
			c.Members = []snapshot.DBMember{{ID: "m", ParameterStatus: status}}
		}), checktest.Parameters("g", true, all))
	}
	aurora := func(logging, events, excluded string) parameters {
		return parameters{"server_audit_logging": checktest.Set(logging), "server_audit_events": checktest.Set(events), "server_audit_excl_users": checktest.Set(excluded)}
	}
	checktest.Run(t, &AuditTrailEffective, []checktest.Case{
		{Name: "pgaudit, in a list", Set: postgres("in-sync", audit("pg_stat_statements, pgaudit", "ddl,role", "1"), "postgresql"), Want: checks.PASS, Reason: "single roles and databases set for themselves cannot be read"},
		{Name: "not in the list", Set: postgres("in-sync", audit("pg_stat_statements", "ddl", "1"), "postgresql"), Want: checks.FAIL, Reason: "shared_preload_libraries"},
		{Name: "a name that only begins so", Set: postgres("in-sync", audit("pgaudit_analyze", "ddl", "1"), "postgresql"), Want: checks.FAIL, Reason: "pgaudit_analyze"},
		{Name: "loaded and told to write nothing", Set: postgres("in-sync", audit("pgaudit", "none", "1"), "postgresql"), Want: checks.FAIL, Reason: `pgaudit.log is "none"`},
		{Name: "loaded and told nothing", Set: postgres("in-sync", parameters{"shared_preload_libraries": checktest.Static("pgaudit"), "pgaudit.log": checktest.Unset, "log_connections": checktest.Set("1")}, "postgresql"), Want: checks.FAIL, Reason: "pgaudit.log is not set"},
		{Name: "connections are not logged", Set: postgres("in-sync", audit("pgaudit", "all", "0"), "postgresql"), Want: checks.FAIL, Reason: "log_connections"},
		{Name: "written and not exported", Set: postgres("in-sync", audit("pgaudit", "all", "1"), "upgrade"), Want: checks.FAIL, Reason: "postgresql is not exported"},
		{Name: "pending-reboot is not loaded", Set: postgres("pending-reboot", audit("pgaudit", "all", "1"), "postgresql"), Want: checks.UNKNOWN, Reason: "pending-reboot"},
		{Name: "a parameter that the group lacks", Set: postgres("in-sync", parameters{"shared_preload_libraries": checktest.Static("pgaudit"), "log_connections": checktest.Set("1")}, "postgresql"), Want: checks.UNKNOWN, Reason: "pgaudit.log is not in the group"},
		{Name: "parameters denied", Set: checktest.All(checktest.Instance(snapshot.Database{Engine: "postgres", ParameterGroup: "g", LogExports: []string{"postgresql"}}), checktest.NoParameters("g", false, checktest.Unread("rds:DescribeDBParameters", snapshot.Denied))), Want: checks.UNKNOWN, Reason: "denied"},
		{Name: "Aurora PostgreSQL", Set: cluster("aurora-postgresql", "in-sync", audit("pgaudit", "all", "1"), "postgresql"), Want: checks.PASS, Reason: "exported"},
		{Name: "Oracle in files", Set: oracle(checktest.Static("XML, EXTENDED"), "audit", "alert"), Want: checks.PASS, Reason: "XML"},
		{Name: "Oracle in a table", Set: oracle(checktest.Static("DB,EXTENDED"), "audit"), Want: checks.FAIL, Reason: "stays in a table"},
		{Name: "Oracle NONE", Set: oracle(checktest.Static("NONE"), "audit"), Want: checks.FAIL, Reason: "nothing is audited"},
		{Name: "Oracle unset is NONE", Set: oracle(checktest.Unset, "audit"), Want: checks.FAIL, Reason: "audit_trail is not set"},
		{Name: "Oracle, not exported", Set: oracle(checktest.Static("OS"), "alert"), Want: checks.FAIL, Reason: "audit is not exported"},
		{Name: "Oracle, an odd value", Set: oracle(checktest.Static("X"), "audit"), Want: checks.UNKNOWN, Reason: "no value that we know"},
		{Name: "Aurora MySQL", Set: cluster("aurora-mysql", "in-sync", aurora("1", "CONNECT,QUERY", ""), "audit"), Want: checks.PASS, Reason: "CONNECT,QUERY"},
		{Name: "Aurora MySQL exports what it does not write", Set: cluster("aurora-mysql", "in-sync", aurora("0", "", ""), "audit"), Want: checks.FAIL, Reason: "no audit log is written"},
		{Name: "Aurora MySQL writes what it does not export", Set: cluster("aurora-mysql", "in-sync", aurora("1", "QUERY", ""), "error"), Want: checks.FAIL, Reason: "audit is not exported"},
		{Name: "Aurora MySQL without its master user", Set: cluster("aurora-mysql", "in-sync", aurora("1", "QUERY", "owner"), "audit"), Want: checks.FAIL, Reason: "leaves out owner"},
		{Name: "Aurora MySQL before a reboot", Set: cluster("aurora-mysql", "pending-reboot", aurora("1", "QUERY", ""), "audit"), Want: checks.UNKNOWN, Reason: "pending-reboot"},
	})
}
