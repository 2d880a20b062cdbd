package logging

import (
	"fmt"
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/databases"
)

// AuditTrailEffective passes when a database writes down who came and what they did, and
// sends that out of the database. Either half without the other is nothing: an export of a
// log that is never written, or a trail that goes with the database.
// Source: RDS DescribeOptionGroups, MARIADB_AUDIT_PLUGIN and SQLSERVER_AUDIT;
// DescribeDBParameters and DescribeDBClusterParameters; DescribeDBInstances and
// DescribeDBClusters, EnabledCloudwatchLogsExports and ActivityStreamStatus.
var AuditTrailEffective = checks.Check{
	ID:          "rds-audit-trail-effective",
	Title:       "Access to the database leaves an audit trail outside the database",
	Severity:    checks.Medium,
	Category:    checks.LoggingOf,
	Duty:        checks.OSAndPlatform,
	ServiceKind: checks.Container,
	Tier:        3,
	Reads:       []string{"rds:DescribeDBInstances", "rds:DescribeDBClusters", "rds:DescribeDBParameters", "rds:DescribeDBClusterParameters", "rds:DescribeOptionGroups"},
	Remedy:      "Turn the engine's audit on in the parameter or option group, and export its log; or start a database activity stream.",
	Fix: checks.Fix{
		Threat: "After a leak the first question is who read the table. A log that was never written, or that somebody with rights in the database could delete, does not answer it.",
		CLI: `aws rds add-option-to-option-group --region {region} --option-group-name GROUP --apply-immediately --options "OptionName=MARIADB_AUDIT_PLUGIN,OptionSettings=[{Name=SERVER_AUDIT_EVENTS,Value='CONNECT,QUERY_DDL,QUERY_DCL'}]"
aws rds modify-db-parameter-group --region {region} --db-parameter-group-name GROUP --parameters ParameterName=shared_preload_libraries,ParameterValue="'pg_stat_statements,pgaudit'",ApplyMethod=pending-reboot ParameterName=pgaudit.log,ParameterValue="'ddl,role'",ApplyMethod=pending-reboot ParameterName=log_connections,ParameterValue=1,ApplyMethod=immediate
aws rds modify-db-instance --region {region} --db-instance-identifier {name} --cloudwatch-logs-export-configuration EnableLogTypes=postgresql`,
		Terraform: `resource "aws_db_option_group" "this" {
  engine_name          = "mysql"
  major_engine_version = "8.0"
  option {
    option_name = "MARIADB_AUDIT_PLUGIN"
    option_settings {
      name  = "SERVER_AUDIT_EVENTS"
      value = "CONNECT,QUERY_DDL,QUERY_DCL"
    }
  }
}

resource "aws_db_instance" "this" {
  option_group_name               = aws_db_option_group.this.name
  enabled_cloudwatch_logs_exports = ["audit", "error"]
}`,
		Cost: "Auditing every statement costs throughput and log storage: choose the classes. pgaudit and Oracle's audit_trail take a restart. Statements in the log hold literals, which may be personal data.",
	},
	Judges: databases.RunningDatabases(auditTrailEffective),
}

// trail is what can be told of a database's audit: what is wrong with it, why more cannot be
// told, and what is written.
type trail struct {
	faults []string
	unsure *checks.Verdict
	writes []string
}

func (t *trail) fault(format string, args ...any) {
	t.faults = append(t.faults, fmt.Sprintf(format, args...))
}

func (t *trail) doubt(v checks.Verdict) { t.unsure = &v }

func auditTrailEffective(r databases.Running, env checks.Env) checks.Verdict {
	if v, out := databases.Custom(r.Database); out {
		return v
	}
	if r.ActivityStream == "started" {
		return checks.Pass("a database activity stream audits the database").With("ActivityStreamStatus", r.ActivityStream)
	}
	var t trail
	log := "audit"
	switch databases.Family(r.Engine) {
	case "db2":
		return databases.Engine(r.Database, "its audit policies live in the database")
	case "mysql", "mariadb":
		pluginTrail(&t, r, env)
	case "aurora-mysql":
		auroraTrail(&t, r, env)
	case "postgres", "aurora-postgresql":
		log = "postgresql"
		postgresTrail(&t, r, env)
	case "oracle":
		oracleTrail(&t, r, env)
	case "sqlserver":
		log = ""
		sqlServerTrail(&t, r, env)
	default:
		return checks.Unclear("how %s leaves an audit trail is not known", r.Engine).With("Engine", string(r.Engine))
	}
	exported := strings.Join(r.LogExports, ", ")
	if log != "" && !slices.Contains(r.LogExports, log) {
		t.fault("the log %s is not exported%s", log, keptInside(r, env))
	}
	switch {
	case len(t.faults) > 0:
		return checks.Fail("%s", strings.Join(t.faults, "; ")).With("EnabledCloudwatchLogsExports", exported)
	case t.unsure != nil:
		return t.unsure.With("EnabledCloudwatchLogsExports", exported)
	}
	return checks.Pass("%s", strings.Join(t.writes, "; ")).With("EnabledCloudwatchLogsExports", exported)
}

// keptInside tells of other logs of MySQL that look exported and stay in the database.
func keptInside(r databases.Running, env checks.Env) string {
	if e := databases.Family(r.Engine); e != "mysql" && e != "mariadb" || !slices.Contains(r.LogExports, "general") {
		return ""
	}
	s, _, ok := r.Parameter(env, "log_output")
	if out := strings.ToUpper(s.Value); ok && strings.Contains(out, "TABLE") && !strings.Contains(out, "FILE") {
		return "; nor does the export of the log general hold anything: " + s.String()
	}
	return ""
}

// classes are the kinds of queries that the audit plugin of MariaDB logs. Source: Amazon RDS
// User Guide, "MariaDB Audit Plugin support for MySQL", SERVER_AUDIT_EVENTS.
var classes = []string{"QUERY", "QUERY_DDL", "QUERY_DML", "QUERY_DML_NO_SELECT", "QUERY_DCL"}

func pluginTrail(t *trail, r databases.Running, env checks.Env) {
	options, v, ok := databases.Options(env, r.Database, r.At)
	if !ok {
		t.doubt(v)
		return
	}
	o, there := databases.Option(options, "MARIADB_AUDIT_PLUGIN")
	if !there {
		t.fault("nothing is audited: the option group has no MARIADB_AUDIT_PLUGIN")
		return
	}
	events := o.Settings["SERVER_AUDIT_EVENTS"]
	all := listed(events)
	if !slices.Contains(all, "CONNECT") || !slices.ContainsFunc(classes, func(c string) bool { return slices.Contains(all, c) }) {
		t.fault("SERVER_AUDIT_EVENTS is %q, want CONNECT and a class of queries", events)
	}
	masterAudited(t, r, o.Settings["SERVER_AUDIT_EXCL_USERS"], o.Settings["SERVER_AUDIT_INCL_USERS"])
	t.writes = append(t.writes, "the audit plugin writes down "+events+", and the log audit is exported")
}

func auroraTrail(t *trail, r databases.Running, env checks.Env) {
	writes, v := auroraAudit(r, env)
	switch {
	case writes:
		t.writes = append(t.writes, v.Reason+", and the log audit is exported")
	case v.Status == checks.FAIL:
		t.fault("%s", v.Reason)
	default:
		t.doubt(v)
	}
	excluded, v, ok := r.Parameter(env, "server_audit_excl_users")
	if !ok {
		t.doubt(v)
		return
	}
	included, v, ok := r.Parameter(env, "server_audit_incl_users")
	if !ok {
		t.doubt(v)
		return
	}
	masterAudited(t, r, excluded.Value, included.Value)
}

// masterAudited finds fault with an audit that leaves the master user's statements out. The
// users to include count before those to exclude.
func masterAudited(t *trail, r databases.Running, excluded, included string) {
	if excludes(excluded, r.MasterUser) && !excludes(included, r.MasterUser) {
		t.fault("the audit leaves out %s, the master user", r.MasterUser)
	}
}

func postgresTrail(t *trail, r databases.Running, env checks.Env) {
	judge := func(name string, good func(databases.Setting) bool) {
		all, v, ok := r.Effective(env, name)
		if !ok {
			t.doubt(v)
			return
		}
		for _, s := range all {
			switch {
			case !s.Listed:
				t.doubt(checks.Unclear("%s", s))
			case !good(s):
				t.fault("%s", s)
			}
		}
	}
	judge("shared_preload_libraries", func(s databases.Setting) bool { return slices.Contains(listed(s.Value), "PGAUDIT") })
	judge("pgaudit.log", func(s databases.Setting) bool {
		all := listed(s.Value)
		return s.Set && len(all) > 0 && !slices.Contains(all, "NONE")
	})
	judge("log_connections", logsConnections)
	t.writes = append(t.writes, "pgaudit and connections are logged, and the log postgresql is exported; what single roles and databases set for themselves cannot be read")
}

// oracleTrail wants a trail in files, which is what the export carries: DB keeps it in a
// table, which goes with the database. Source: Oracle Database Reference, AUDIT_TRAIL.
func oracleTrail(t *trail, r databases.Running, env checks.Env) {
	s, v, ok := r.Parameter(env, "audit_trail")
	if !ok {
		t.doubt(v)
		return
	}
	all := listed(s.Value)
	switch {
	case !s.Listed:
		t.doubt(checks.Unclear("%s", s))
	case !s.Set, len(all) == 0, all[0] == "NONE", all[0] == "FALSE":
		t.fault("nothing is audited: %s", s)
	case all[0] == "OS", all[0] == "XML":
		t.writes = append(t.writes, s.String()+", and the log audit is exported; which statements are audited is set in the database and cannot be read")
	case all[0] == "DB", all[0] == "TRUE":
		t.fault("the trail stays in a table of the database, which the log audit does not carry: %s", s)
	default:
		t.doubt(checks.Unclear("%s, which is no value that we know", s))
	}
}

func sqlServerTrail(t *trail, r databases.Running, env checks.Env) {
	options, v, ok := databases.Options(env, r.Database, r.At)
	if !ok {
		t.doubt(v)
		return
	}
	o, there := databases.Option(options, "SQLSERVER_AUDIT")
	switch bucket := o.Settings["S3_BUCKET_ARN"]; {
	case !there:
		t.fault("nothing is audited: the option group has no SQLSERVER_AUDIT")
	case bucket == "":
		t.fault("the option SQLSERVER_AUDIT names no bucket")
	default:
		t.writes = append(t.writes, "the option SQLSERVER_AUDIT sends audit files to "+bucket+"; which audits are on is set in the database and cannot be read")
	}
}

// listed are the words of a list with commas between, in capital letters.
func listed(list string) []string {
	return strings.FieldsFunc(strings.ToUpper(list), func(c rune) bool { return c == ',' || c == ' ' || c == '\'' || c == '"' })
}
