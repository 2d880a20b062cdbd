package logging

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

// version lets RDS say what an engine version offers.
func version(engine, version string, o snapshot.DBVersionOffer) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		o.Known = true
		a.RDS.Versions = append(a.RDS.Versions, snapshot.DBEngineVersion{Meta: snapshot.Meta{Location: checktest.At}, Engine: snapshot.Engine(engine), Version: version, Offer: snapshot.Value(o)})
	}
}

func TestDatabaseLogsExported(t *testing.T) {
	type database = snapshot.Database
	db := func(engine string, exported ...string) database {
		return database{Engine: snapshot.Engine(engine), Version: "1", LogExports: exported}
	}
	offers := func(engine string, able ...string) func(*snapshot.Account) {
		return version(engine, "1", snapshot.DBVersionOffer{ExportsLogs: true, ExportableLogs: able})
	}
	soon := db("postgres")
	soon.Pending.LogExports = []string{"postgresql"}
	required := map[string]any{"required_logs": map[string][]string{"postgres": {"postgresql", "upgrade"}}}
	unread := func(a *snapshot.Account) {
		a.RDS.Versions = []snapshot.DBEngineVersion{{Meta: snapshot.Meta{Location: checktest.At}, Engine: "mysql", Version: "1", Offer: snapshot.Missing[snapshot.DBVersionOffer](checktest.Unread("rds:DescribeDBEngineVersions", snapshot.Denied))}}
	}
	forgotten := func(a *snapshot.Account) {
		a.RDS.Versions = []snapshot.DBEngineVersion{{Meta: snapshot.Meta{Location: checktest.At}, Engine: "mysql", Version: "1", Offer: snapshot.Value(snapshot.DBVersionOffer{})}}
	}
	checktest.Run(t, &DatabaseLogsExported, []checktest.Case{
		{Name: "mysql, both", Set: checktest.Instance(db("mysql", "audit", "error", "slowquery")), Want: checks.PASS, Reason: "error, audit are exported"},
		{Name: "any one type is not enough", Set: checktest.All(checktest.Instance(db("mysql", "error")), offers("mysql", "audit", "error", "general")), Want: checks.FAIL, Reason: "the log audit is not exported"},
		{Name: "no list is no export", Set: checktest.All(checktest.Instance(db("postgres")), offers("postgres", "postgresql")), Want: checks.FAIL, Reason: "postgresql"},
		{Name: "what the version cannot export is not asked for", Set: checktest.All(checktest.Instance(db("mysql", "error")), offers("mysql", "error", "general")), Want: checks.PASS, Reason: "can export no other"},
		{Name: "sqlserver-ex exports error", Set: checktest.Instance(db("sqlserver-ex", "error")), Want: checks.PASS, Reason: "error"},
		{Name: "oracle by its family", Set: checktest.All(checktest.Instance(db("oracle-ee-cdb", "alert")), offers("oracle-ee-cdb", "alert", "audit")), Want: checks.FAIL, Reason: "audit"},
		{Name: "a cluster", Set: checktest.All(checktest.Cluster(db("aurora-mysql", "audit", "error"))), Want: checks.PASS, Reason: "audit, error"},
		{Name: "a cluster without", Set: checktest.All(checktest.Cluster(db("aurora-postgresql")), offers("aurora-postgresql", "postgresql")), Want: checks.FAIL, Reason: "postgresql"},
		{Name: "pending is not in force", Set: checktest.All(checktest.Instance(soon), offers("postgres", "postgresql")), Want: checks.FAIL, Reason: "pending and not yet in force"},
		{Name: "the parameter asks for more", Set: checktest.All(checktest.Instance(db("postgres", "postgresql")), offers("postgres", "postgresql", "upgrade")), Parameters: required, Want: checks.FAIL, Reason: "upgrade"},
		{Name: "the version cannot export", Set: checktest.All(checktest.Instance(db("mysql")), version("mysql", "1", snapshot.DBVersionOffer{})), Want: checks.NotApplicable, Reason: "cannot export"},
		{Name: "RDS no longer knows the version", Set: checktest.All(checktest.Instance(db("mysql")), forgotten), Want: checks.UNKNOWN, Reason: "no longer tells"},
		{Name: "the version was denied", Set: checktest.All(checktest.Instance(db("mysql")), unread), Want: checks.UNKNOWN, Reason: "denied"},
		{Name: "nobody asked about the version", Set: checktest.Instance(db("mysql")), Want: checks.UNKNOWN, Reason: "nobody asked"},
		{Name: "member", Set: checktest.Instance(database{Cluster: "c"}), Want: checks.NotApplicable, Reason: "judged at the cluster"},
		{Name: "custom", Set: checktest.Instance(db("custom-oracle-ee")), Want: checks.NotApplicable, Reason: "Custom"},
		{Name: "an engine of which nothing is required", Set: checktest.Instance(db("valkey")), Want: checks.NotApplicable, Reason: "no log"},
		{Name: "neptune", Set: checktest.Cluster(db("neptune")), Want: checks.NotApplicable, Reason: "Neptune"},
	})
}

type parameters = map[string]snapshot.DBParameter

func TestAuroraMySQLAuditLogging(t *testing.T) {
	cluster := func(d snapshot.Database, status string) func(*snapshot.Account) {
		d.ParameterGroup, d.MasterUser = "g", "admin"
		if d.Engine == "" {
			d.Engine = "aurora-mysql"
		}
		return checktest.Cluster(d, func(c *snapshot.DBCluster) {
			c.Members = []snapshot.DBMember{{ID: "m", ParameterStatus: status}}
		})
	}
	audited := func(logging, events string, more ...string) func(*snapshot.Account) {
		all := parameters{"server_audit_logging": checktest.Set(logging), "server_audit_events": checktest.Set(events)}
		for i := 0; i < len(more); i += 2 {
			all[more[i]] = checktest.Set(more[i+1])
		}
		return checktest.Parameters("g", true, all)
	}
	of := func(set ...func(*snapshot.Account)) func(*snapshot.Account) {
		return checktest.All(append(set, cluster(snapshot.Database{}, "in-sync"))...)
	}
	checktest.Run(t, &AuroraMySQLAuditLogging, []checktest.Case{
		{Name: "on, with events", Set: of(audited("1", "CONNECT,QUERY")), Want: checks.PASS, Reason: "CONNECT,QUERY"},
		{Name: "ON counts", Set: of(audited("ON", "CONNECT")), Want: checks.PASS, Reason: "CONNECT"},
		{Name: "on without events writes nothing", Set: of(audited("1", "")), Want: checks.FAIL, Reason: "stays empty"},
		{Name: "off", Set: of(audited("0", "CONNECT")), Want: checks.FAIL, Reason: "no audit log"},
		{Name: "never set", Set: of(checktest.Parameters("g", true, parameters{"server_audit_logging": checktest.Unset, "server_audit_events": checktest.Unset})), Want: checks.FAIL, Reason: "not set"},
		{Name: "an export does not write it", Set: checktest.All(audited("0", ""), cluster(snapshot.Database{LogExports: []string{"audit"}}, "in-sync")), Want: checks.FAIL, Reason: "no audit log"},
		{Name: "the master user is left out", Set: of(audited("1", "CONNECT", "server_audit_excl_users", "rdsadmin,Admin")), Want: checks.PASS, Reason: "among them the master user"},
		{Name: "some users alone", Set: of(audited("1", "CONNECT", "server_audit_incl_users", "app")), Want: checks.PASS, Reason: "of the users app alone"},
		{Name: "a member waits for a reboot", Set: checktest.All(audited("1", "CONNECT"), cluster(snapshot.Database{}, "pending-reboot")), Want: checks.UNKNOWN, Reason: "pending-reboot"},
		{Name: "not in the group", Set: of(checktest.Parameters("g", true, nil)), Want: checks.UNKNOWN, Reason: "not in the group"},
		{Name: "denied", Set: of(checktest.NoParameters("g", true, checktest.Unread("rds:DescribeDBClusterParameters", snapshot.Denied))), Want: checks.UNKNOWN, Reason: "denied"},
		{Name: "an activity stream audits instead", Set: cluster(snapshot.Database{ActivityStream: "started"}, "in-sync"), Want: checks.NotApplicable, Reason: "activity stream"},
		{Name: "Aurora PostgreSQL", Set: cluster(snapshot.Database{Engine: "aurora-postgresql"}, "in-sync"), Want: checks.NotApplicable, Reason: "aurora-postgresql"},
		{Name: "a Multi-AZ cluster of MySQL", Set: cluster(snapshot.Database{Engine: "mysql"}, "in-sync"), Want: checks.NotApplicable, Reason: "mysql"},
		{Name: "docdb", Set: cluster(snapshot.Database{Engine: "docdb"}, "in-sync"), Want: checks.NotApplicable, Reason: "DocumentDB"},
	})
}

func TestPostgresConnectionsLogged(t *testing.T) {
	both := func(on, off string) parameters {
		return parameters{"log_connections": checktest.Set(on), "log_disconnections": checktest.Set(off)}
	}
	instance := func(all parameters) func(*snapshot.Account) {
		return checktest.All(checktest.Instance(snapshot.Database{Engine: "postgres", ParameterGroup: "g", ParameterStatus: "in-sync"}), checktest.Parameters("g", false, all))
	}
	aurora := checktest.All(checktest.Cluster(snapshot.Database{Engine: "aurora-postgresql", ParameterGroup: "g"}, func(c *snapshot.DBCluster) {
		c.Members = []snapshot.DBMember{{ID: "m", ParameterStatus: "in-sync"}}
	}), checktest.Parameters("g", true, both("1", "1")))
	checktest.Run(t, &PostgresConnectionsLogged, []checktest.Case{
		{Name: "both", Set: instance(both("1", "on")), Want: checks.PASS, Reason: "logged by g"},
		{Name: "connections alone", Set: instance(both("1", "0")), Want: checks.FAIL, Reason: "log_disconnections"},
		{Name: "the default is off", Set: instance(parameters{"log_connections": checktest.Unset, "log_disconnections": checktest.Unset}), Want: checks.FAIL, Reason: "not set"},
		{Name: "PostgreSQL 18 has a list", Set: instance(both("receipt,authentication,authorization", "1")), Want: checks.PASS, Reason: "logged"},
		{Name: "and a word for all", Set: instance(both("all", "1")), Want: checks.PASS, Reason: "logged"},
		{Name: "one stage alone is not all", Set: instance(both("authorization", "1")), Want: checks.FAIL, Reason: "authorization"},
		{Name: "Aurora by its cluster's group", Set: aurora, Want: checks.PASS, Reason: "logged by g"},
		{Name: "not in the group", Set: instance(nil), Want: checks.UNKNOWN, Reason: "not in the group"},
		{Name: "denied", Set: checktest.All(checktest.Instance(snapshot.Database{Engine: "postgres", ParameterGroup: "g"}), checktest.NoParameters("g", false, checktest.Unread("rds:DescribeDBParameters", snapshot.Throttled))), Want: checks.UNKNOWN, Reason: "throttled"},
		{Name: "mysql", Set: checktest.Instance(snapshot.Database{Engine: "mysql"}), Want: checks.NotApplicable, Reason: "not PostgreSQL"},
		{Name: "member", Set: checktest.Instance(snapshot.Database{Engine: "aurora-postgresql", Cluster: "c"}), Want: checks.NotApplicable, Reason: "judged at the cluster"},
	})
}

func TestAnInstanceGroupOverridesForItsMember(t *testing.T) {
	a := checktest.Account(&PostgresConnectionsLogged, checktest.All(
		checktest.Cluster(snapshot.Database{Engine: "aurora-postgresql", ParameterGroup: "g"}, func(c *snapshot.DBCluster) {
			c.Members = []snapshot.DBMember{{ID: "m", ParameterStatus: "in-sync"}, {ID: "n", ParameterStatus: "in-sync"}}
		}),
		checktest.Parameters("g", true, parameters{"log_connections": checktest.Set("1"), "log_disconnections": checktest.Set("1")}),
		checktest.Instance(snapshot.Database{ID: "m", Engine: "aurora-postgresql", Cluster: "cluster", ParameterGroup: "quiet", ParameterStatus: "in-sync"}),
		checktest.Parameters("quiet", false, parameters{"log_connections": checktest.Set("0"), "log_disconnections": checktest.Unset}),
	))
	for _, f := range checktest.Findings(&PostgresConnectionsLogged, a, nil) {
		if f.Resource.Type == "rds cluster" && (f.Status != checks.FAIL || f.Reason != `log_connections is "0" in quiet for m`) {
			t.Errorf("%s %q", f.Status, f.Reason)
		}
	}
}
