package logging

import (
	"errors"
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/databases"
	"onus/scanner/snapshot"
)

// DatabaseLogsExported passes when a database sends to CloudWatch Logs the types of log that
// the policy requires of its engine, as far as its version can export them. What is pending
// is not in force. Source: RDS DescribeDBInstances and DescribeDBClusters,
// EnabledCloudwatchLogsExports; DescribeDBEngineVersions, ExportableLogTypes.
var DatabaseLogsExported = checks.Check{
	ID:          "rds-logs-exported",
	Title:       "Databases send their engine logs to CloudWatch Logs",
	Severity:    checks.Medium,
	Category:    checks.LoggingOf,
	Duty:        checks.OSAndPlatform,
	ServiceKind: checks.Container,
	Tier:        1,
	Reads:       []string{"rds:DescribeDBInstances", "rds:DescribeDBClusters", "rds:DescribeDBEngineVersions"},
	Parameters: checks.Parameters{"required_logs": map[string][]string{
		"mysql": {"error", "audit"}, "mariadb": {"error", "audit"}, "aurora-mysql": {"audit", "error"},
		"postgres": {"postgresql"}, "aurora-postgresql": {"postgresql"},
		"sqlserver": {"error"}, "oracle": {"alert", "audit"}, "db2": {"diag.log"},
	}},
	Remedy: "Turn on the export of these logs; for an audit log, make the engine write it too.",
	Fix: checks.Fix{
		Threat: "Logs that stay on the database are few, are overwritten within days, and go when the database goes. After a break-in nobody can then tell who connected and what failed.",
		CLI: `aws rds modify-db-instance --region {region} --db-instance-identifier {name} --cloudwatch-logs-export-configuration EnableLogTypes=error,audit
aws rds modify-db-cluster --region {region} --db-cluster-identifier {name} --cloudwatch-logs-export-configuration EnableLogTypes=audit,error`,
		Terraform: `resource "aws_db_instance" "this" {
  enabled_cloudwatch_logs_exports = ["postgresql"]
}`,
		Cost: "CloudWatch Logs charges for what comes in and what is kept: set a retention on the log groups. An audit log also has to be turned on in the parameter or option group.",
	},
	Judges: checks.For(snapshot.DBInstances, func(d snapshot.DBInstance, env checks.Env) checks.Verdict {
		if v, out := databases.Standalone(d.Database); out {
			return v
		}
		return logsExported(d.Database, d.Location, env)
	}).And(checks.For(snapshot.DBClusters, func(c snapshot.DBCluster, env checks.Env) checks.Verdict {
		if v, out := databases.Own(c.Database); out {
			return v
		}
		return logsExported(c.Database, c.Location, env)
	})),
}

// AuroraMySQLAuditLogging passes when an Aurora MySQL cluster writes an audit log: it is on,
// and some class of events goes into it. Without events it stays empty.
// Source: RDS DescribeDBClusterParameters, server_audit_logging and server_audit_events.
var AuroraMySQLAuditLogging = checks.Check{
	ID:          "rds-aurora-mysql-audit-logging-on",
	Title:       "Aurora MySQL clusters write an audit log",
	Severity:    checks.Medium,
	Category:    checks.LoggingOf,
	Duty:        checks.OSAndPlatform,
	ServiceKind: checks.Container,
	Tier:        1,
	Reads:       []string{"rds:DescribeDBClusters", "rds:DescribeDBClusterParameters"},
	Remedy:      "Set server_audit_logging and server_audit_events in the cluster's parameter group, and export the audit log.",
	Fix: checks.Fix{
		Threat: "Without an audit log nobody can tell who connected, from where, and what they read or changed. An export that is on all the same sends an empty log, and looks as if somebody watched.",
		CLI:    `aws rds modify-db-cluster-parameter-group --region {region} --db-cluster-parameter-group-name GROUP --parameters ParameterName=server_audit_logging,ParameterValue=1,ApplyMethod=immediate ParameterName=server_audit_events,ParameterValue="'CONNECT,QUERY_DDL,QUERY_DCL'",ApplyMethod=immediate`,
		Terraform: `resource "aws_rds_cluster_parameter_group" "this" {
  name   = "audited"
  family = "aurora-mysql8.0"
  parameter {
    name  = "server_audit_logging"
    value = "1"
  }
  parameter {
    name  = "server_audit_events"
    value = "CONNECT,QUERY_DDL,QUERY_DCL"
  }
}`,
		Cost: "Logging every query costs throughput and log storage, and puts literals of statements into the log: choose the classes. A default group cannot be changed: attach one of your own first.",
	},
	Judges: checks.For(snapshot.DBClusters, auroraMySQLAuditLogging),
}

// PostgresConnectionsLogged passes when a PostgreSQL database logs who connects and who
// leaves. The default is off at every version. Source: RDS DescribeDBParameters and
// DescribeDBClusterParameters, log_connections and log_disconnections; PostgreSQL manual,
// "Error Reporting and Logging".
var PostgresConnectionsLogged = checks.Check{
	ID:          "rds-postgres-connections-logged",
	Title:       "PostgreSQL databases log connections and disconnections",
	Severity:    checks.Low,
	Category:    checks.LoggingOf,
	Duty:        checks.OSAndPlatform,
	ServiceKind: checks.Container,
	Tier:        2,
	Reads:       []string{"rds:DescribeDBInstances", "rds:DescribeDBClusters", "rds:DescribeDBParameters", "rds:DescribeDBClusterParameters"},
	Remedy:      "Set log_connections and log_disconnections in the parameter group; Aurora's is the cluster's.",
	Fix: checks.Fix{
		Threat: "A password that was guessed or stolen leaves no trace: nobody can tell from where it was used and for how long. The first question after a break-in has no answer.",
		CLI: `aws rds modify-db-parameter-group --region {region} --db-parameter-group-name GROUP --parameters ParameterName=log_connections,ParameterValue=1,ApplyMethod=immediate ParameterName=log_disconnections,ParameterValue=1,ApplyMethod=immediate
aws rds modify-db-cluster-parameter-group --region {region} --db-cluster-parameter-group-name GROUP --parameters ParameterName=log_connections,ParameterValue=1,ApplyMethod=immediate ParameterName=log_disconnections,ParameterValue=1,ApplyMethod=immediate`,
		Terraform: `resource "aws_db_parameter_group" "this" {
  name   = "logged"
  family = "postgres16"
  parameter {
    name  = "log_connections"
    value = "1"
  }
  parameter {
    name  = "log_disconnections"
    value = "1"
  }
}`,
		Cost: "A few lines for each connection: with many short ones, use a pool or count the log's cost. From PostgreSQL 18 on, log_connections is a list: all.",
	},
	Judges: databases.RunningDatabases(postgresConnectionsLogged),
}

func logsExported(d snapshot.Database, at snapshot.Location, env checks.Env) checks.Verdict {
	const field = "EnabledCloudwatchLogsExports"
	if v, out := databases.Custom(d); out {
		return v
	}
	all := env.StringsByKey("required_logs")
	required, known := all[string(d.Engine)]
	if !known {
		required, known = all[databases.Family(d.Engine)]
	}
	if !known || len(required) == 0 {
		return checks.DoesNotApply("required_logs names no log for the engine %s", d.Engine).With("Engine", string(d.Engine))
	}
	exported := strings.Join(d.LogExports, ", ")
	var lacking []string
	for _, l := range required {
		if !slices.Contains(d.LogExports, l) {
			lacking = append(lacking, l)
		}
	}
	if len(lacking) == 0 {
		return checks.Pass("%s exported", areLogs(required)).With(field, exported)
	}
	v, err := checks.Find(env, snapshot.DBEngineVersions, at, string(d.Engine)+" "+d.Version)
	if err != nil {
		return unaskedVersion(d, at, err).With(field, exported)
	}
	offer, err := checks.Use(env, v.Offer)
	if err != nil {
		return checks.Unknown(err).With(field, exported)
	}
	return lackingLogs(d, offer, lacking).With(field, exported)
}

// unaskedVersion is the verdict where nobody asked about a version: versions are not listed.
func unaskedVersion(d snapshot.Database, at snapshot.Location, err error) checks.Verdict {
	if errors.Is(err, snapshot.ErrAbsent) {
		err = &snapshot.Unread{Operation: "rds:DescribeDBEngineVersions", At: at, Cause: snapshot.Skipped, Message: "nobody asked about " + string(d.Engine) + " " + d.Version}
	}
	return checks.Unknown(err)
}

// lackingLogs judges the required logs that are not exported by what the version offers.
func lackingLogs(d snapshot.Database, offer snapshot.DBVersionOffer, lacking []string) checks.Verdict {
	version := string(d.Engine) + " " + d.Version
	switch {
	case !offer.Known:
		return checks.Unclear("%s not exported, and RDS no longer tells what %s can export", areLogs(lacking), version)
	case !offer.ExportsLogs:
		return checks.DoesNotApply("%s cannot export its logs", version)
	}
	able := slices.DeleteFunc(slices.Clone(lacking), func(l string) bool { return !slices.Contains(offer.ExportableLogs, l) })
	if len(able) == 0 {
		return checks.Pass("%s can export no other required log; %s not among %s", version, areLogs(lacking), strings.Join(offer.ExportableLogs, ", "))
	}
	pending := ""
	if soon := slices.DeleteFunc(slices.Clone(able), func(l string) bool { return !slices.Contains(d.Pending.LogExports, l) }); len(soon) > 0 {
		pending = "; the export of " + strings.Join(soon, ", ") + " is pending and not yet in force"
	}
	return checks.Fail("%s not exported%s", areLogs(able), pending)
}

func areLogs(list []string) string {
	if len(list) == 1 {
		return "the log " + list[0] + " is"
	}
	return "the logs " + strings.Join(list, ", ") + " are"
}

func auroraMySQLAuditLogging(c snapshot.DBCluster, env checks.Env) checks.Verdict {
	if v, out := databases.Own(c.Database); out {
		return v
	}
	if c.Engine != "aurora-mysql" {
		return databases.Engine(c.Database, "the audit log is one of Aurora MySQL's")
	}
	if c.ActivityStream == "started" {
		return checks.DoesNotApply("a database activity stream audits the cluster instead").With("ActivityStreamStatus", c.ActivityStream)
	}
	r := databases.Running{Database: c.Database, At: c.Location, OfCluster: true, Members: c.Members}
	_, v := auroraAudit(r, env)
	return v
}

// auroraAudit says whether an Aurora MySQL cluster writes an audit log, and judges it.
func auroraAudit(r databases.Running, env checks.Env) (writes bool, v checks.Verdict) {
	for _, m := range r.Members {
		if m.ParameterStatus != "in-sync" {
			return false, checks.Unclear("the cluster's parameters are not in force for %s: DBClusterParameterGroupStatus is %q", m.ID, m.ParameterStatus).With("DBClusterParameterGroupStatus", m.ParameterStatus)
		}
	}
	logging, v, ok := r.Parameter(env, "server_audit_logging")
	if !ok {
		return false, v
	}
	events, v, ok := r.Parameter(env, "server_audit_events")
	if !ok {
		return false, v
	}
	observed := func(v checks.Verdict) checks.Verdict {
		return v.With("server_audit_logging", logging.Value).With("server_audit_events", events.Value).With("group", logging.Group)
	}
	switch {
	case !logging.Listed:
		return false, observed(checks.Unclear("%s", logging))
	case !logging.On():
		return false, observed(checks.Fail("no audit log is written: %s", logging))
	case strings.TrimSpace(events.Value) == "":
		return false, observed(checks.Fail("the audit log stays empty: %s", events))
	}
	return true, observed(checks.Pass("an audit log is written of %s%s", events.Value, leftOutOfAudit(r, env)))
}

// leftOutOfAudit names who is left out of the audit log: among them the master user may be.
func leftOutOfAudit(r databases.Running, env checks.Env) string {
	out := ""
	if s, _, ok := r.Parameter(env, "server_audit_incl_users"); ok && strings.TrimSpace(s.Value) != "" {
		out += "; of the users " + s.Value + " alone"
	}
	if s, _, ok := r.Parameter(env, "server_audit_excl_users"); ok && strings.TrimSpace(s.Value) != "" {
		out += "; without the users " + s.Value
		if excludes(s.Value, r.MasterUser) {
			out += ", among them the master user"
		}
	}
	return out
}

// excludes says that a list of users, with commas between, names one.
func excludes(list, user string) bool {
	return user != "" && slices.ContainsFunc(strings.Split(list, ","), func(u string) bool { return strings.EqualFold(strings.TrimSpace(u), user) })
}

func postgresConnectionsLogged(r databases.Running, env checks.Env) checks.Verdict {
	if r.Engine != "postgres" && r.Engine != "aurora-postgresql" {
		return databases.Engine(r.Database, "it is not PostgreSQL")
	}
	var off []string
	var unread *checks.Verdict
	observed := map[string]string{}
	for _, name := range []string{"log_connections", "log_disconnections"} {
		all, v, ok := r.Effective(env, name)
		if !ok {
			unread = &v
			continue
		}
		for _, s := range all {
			observed[name] = s.Value
			switch {
			case !s.Listed:
				v := checks.Unclear("%s", s)
				unread = &v
			case !logsConnections(s):
				off = append(off, s.String())
			}
		}
	}
	v := checks.Pass("connections and disconnections are logged by %s", r.ParameterGroup)
	switch {
	case len(off) > 0:
		v = checks.Fail("%s", strings.Join(off, "; "))
	case unread != nil:
		return *unread
	}
	for name, value := range observed {
		v = v.With(name, value)
	}
	return v
}

// stages are those of a connection that PostgreSQL 18 logs each for itself. Source:
// PostgreSQL 18 manual, log_connections.
var stages = []string{"receipt", "authentication", "authorization"}

func logsConnections(s databases.Setting) bool {
	if s.On() {
		return true
	}
	words := strings.FieldsFunc(strings.ToLower(s.Value), func(c rune) bool { return c == ',' || c == ' ' })
	return s.Set && (slices.Contains(words, "all") || !slices.ContainsFunc(stages, func(stage string) bool { return !slices.Contains(words, stage) }))
}
