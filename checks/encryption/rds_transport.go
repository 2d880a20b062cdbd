package encryption

import (
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/databases"
)

// ofParameters are the operations behind every check of a parameter.
var ofParameters = []string{"rds:DescribeDBInstances", "rds:DescribeDBClusters", "rds:DescribeDBParameters", "rds:DescribeDBClusterParameters"}

// DatabaseRequiresTLS passes when the parameter group that a database runs with refuses
// connections without TLS. Where the group sets no value, the engine's default holds.
// Source: RDS DescribeDBParameters and DescribeDBClusterParameters, ParameterValue; Amazon
// RDS and Amazon Aurora User Guides, "Using SSL/TLS", of each engine.
var DatabaseRequiresTLS = checks.Check{
	ID:          "rds-database-requires-tls",
	Title:       "RDS instances and clusters refuse client connections without TLS",
	Severity:    checks.High,
	Category:    checks.Encryption,
	Duty:        checks.DataEncryption,
	ServiceKind: checks.Container,
	Tier:        1,
	Reads:       ofParameters,
	Remedy:      "Set rds.force_ssl (PostgreSQL, SQL Server) or require_secure_transport (MySQL, MariaDB) in a parameter group of your own.",
	Fix: checks.Fix{
		Threat: "A client that does not ask for TLS sends its password and its data in the clear, and the database lets it. Whoever is on the way, in the VPC, a peered network or a VPN, can read and change them.",
		CLI: `aws rds modify-db-parameter-group --region {region} --db-parameter-group-name GROUP --parameters ParameterName=rds.force_ssl,ParameterValue=1,ApplyMethod=pending-reboot
aws rds modify-db-parameter-group --region {region} --db-parameter-group-name GROUP --parameters ParameterName=require_secure_transport,ParameterValue=1,ApplyMethod=immediate
aws rds modify-db-cluster-parameter-group --region {region} --db-cluster-parameter-group-name GROUP --parameters ParameterName=require_secure_transport,ParameterValue=ON,ApplyMethod=immediate`,
		Terraform: `resource "aws_db_parameter_group" "this" {
  name   = "tls-only"
  family = "postgres16"
  parameter {
    name         = "rds.force_ssl"
    value        = "1"
    apply_method = "pending-reboot"
  }
}`,
		Cost: "Clients without TLS can no longer connect: find them first, by the engine's own view of its connections. A default group cannot be changed: attach one of your own, which takes a reboot, as the change itself does for SQL Server.",
	},
	Judges: databases.RunningDatabases(databaseRequiresTLS),
}

// WeakTLSDisabled passes when a database accepts TLS 1.2 and later alone.
// Source: RDS DescribeDBParameters and DescribeDBClusterParameters; Amazon RDS User Guide,
// "Configuring security protocols and ciphers" (SQL Server), "SSL/TLS support for MySQL DB
// instances"; PostgreSQL and MySQL manuals, ssl_min_protocol_version and tls_version.
var WeakTLSDisabled = checks.Check{
	ID:          "rds-database-weak-tls-versions-disabled",
	Title:       "RDS instances and clusters accept TLS 1.2 or later only",
	Severity:    checks.Medium,
	Category:    checks.Encryption,
	Duty:        checks.DataEncryption,
	ServiceKind: checks.Container,
	Tier:        2,
	Reads:       ofParameters,
	Remedy:      "Disable TLS 1.0 and 1.1 in a parameter group of your own, or run a version that no longer has them.",
	Fix: checks.Fix{
		Threat: "TLS 1.0 and 1.1 rest on hashes that are broken, and whoever is on the way can make a client fall back to them. What it then sends may be read or changed.",
		CLI: `aws rds modify-db-parameter-group --region {region} --db-parameter-group-name GROUP --parameters ParameterName=ssl_min_protocol_version,ParameterValue=TLSv1.2,ApplyMethod=immediate
aws rds modify-db-parameter-group --region {region} --db-parameter-group-name GROUP --parameters ParameterName=tls_version,ParameterValue=TLSv1.2,ApplyMethod=pending-reboot
aws rds modify-db-parameter-group --region {region} --db-parameter-group-name GROUP --parameters ParameterName=rds.tls10,ParameterValue=disabled,ApplyMethod=pending-reboot ParameterName=rds.tls11,ParameterValue=disabled,ApplyMethod=pending-reboot`,
		Terraform: `resource "aws_db_parameter_group" "this" {
  name   = "tls12"
  family = "postgres16"
  parameter {
    name  = "ssl_min_protocol_version"
    value = "TLSv1.2"
  }
}`,
		Cost: "Clients that know TLS 1.0 or 1.1 alone, such as old drivers and runtimes, can no longer connect. MySQL, MariaDB and SQL Server need a reboot.",
	},
	Judges: databases.RunningDatabases(weakTLSDisabled),
}

// tlsParameters are the parameters that make TLS a must, by family of engine, with the first
// version that has them and the first whose default is on. Nil: never. Source: as above; the
// defaults are those of the families' default groups.
var tlsParameters = map[string]struct {
	name          string
	since, onFrom []int
	knownBelow    []int // what newer majors have by default is not known; nil: it stays
}{
	"postgres":          {"rds.force_ssl", nil, []int{15}, nil},
	"aurora-postgresql": {"rds.force_ssl", nil, []int{17}, nil},
	"sqlserver":         {"rds.force_ssl", nil, nil, []int{17}},
	"mysql":             {"require_secure_transport", []int{5, 7}, []int{9}, nil},
	"mariadb":           {"require_secure_transport", []int{10, 5}, []int{11, 8}, nil},
	"aurora-mysql":      {"require_secure_transport", []int{5, 7}, nil, []int{8, 1}},
}

func databaseRequiresTLS(r databases.Running, env checks.Env) checks.Verdict {
	p, known := tlsParameters[databases.Family(r.Engine)]
	version, versioned := databases.Version(r.Version)
	switch {
	case r.Engine.Custom():
		return databases.Engine(r.Database, "it has no parameter that says so, and is not judged")
	case databases.Family(r.Engine) == "oracle":
		return databases.Engine(r.Database, "rds-oracle-transport-encryption-required judges its option group")
	case databases.Family(r.Engine) == "db2":
		return databases.Engine(r.Database, "whether it requires TLS is not judged")
	case !known:
		return checks.Unclear("the engine %q is not one whose parameters are known", r.Engine).With("Engine", string(r.Engine))
	case versioned && databases.Before(version, p.since):
		return checks.Fail("%s %s has no parameter %s: it lets clients connect without TLS", r.Engine, r.Version, p.name).With("EngineVersion", r.Version)
	}
	s, v, ok := r.Parameter(env, p.name)
	if !ok {
		return v
	}
	observed := func(v checks.Verdict) checks.Verdict { return v.With(p.name, s.Value).With("group", s.Group) }
	switch {
	case !s.Listed:
		return observed(checks.Unclear("%s", s))
	case s.Set && s.On():
		return observed(checks.Pass("%s", s))
	case s.Set:
		return observed(checks.Fail("%s: clients may connect without TLS", s))
	case !versioned || p.knownBelow != nil && !databases.Before(version, p.knownBelow):
		return observed(checks.Unclear("%s, and what %s %s does then is not known", s, r.Engine, r.Version))
	case p.onFrom != nil && !databases.Before(version, p.onFrom):
		return observed(checks.Pass("%s, and %s %s requires TLS by default", s, r.Engine, r.Version))
	}
	return observed(checks.Fail("%s, and %s %s does not require TLS by default", s, r.Engine, r.Version))
}

func weakTLSDisabled(r databases.Running, env checks.Env) checks.Verdict {
	if r.Engine.Custom() {
		return databases.Engine(r.Database, "its versions of TLS are not judged")
	}
	switch databases.Family(r.Engine) {
	case "oracle", "db2":
		return databases.Engine(r.Database, "its versions of TLS are not judged")
	case "sqlserver":
		return sqlServerProtocols(r, env)
	case "postgres", "aurora-postgresql":
		return postgresProtocols(r, env)
	case "mysql", "mariadb", "aurora-mysql":
		return mysqlProtocols(r, env)
	}
	return checks.Unclear("the engine %q is not one whose parameters are known", r.Engine).With("Engine", string(r.Engine))
}

// sqlServerProtocols: the value default leaves it to the operating system, which is enabled.
func sqlServerProtocols(r databases.Running, env checks.Env) checks.Verdict {
	var open []string
	for _, name := range []string{"rds.tls10", "rds.tls11", "rds.tls12"} {
		s, v, ok := r.Parameter(env, name)
		disabled := s.Set && strings.EqualFold(s.Value, "disabled")
		switch {
		case !ok:
			return v
		case name == "rds.tls12" && disabled:
			open = append(open, s.String())
		case name == "rds.tls12", disabled:
		case !s.Listed:
			return checks.Unclear("%s", s)
		default:
			open = append(open, s.String())
		}
	}
	if len(open) > 0 {
		return checks.Fail("TLS 1.0 and 1.1 are to be disabled, and 1.2 not: %s", strings.Join(open, "; ")).With("group", r.ParameterGroup)
	}
	return checks.Pass("rds.tls10 and rds.tls11 are disabled in %s", r.ParameterGroup).With("group", r.ParameterGroup)
}

var strongTLS = []string{"tlsv1.2", "tlsv1.3"}

func postgresProtocols(r databases.Running, env checks.Env) checks.Verdict {
	const name = "ssl_min_protocol_version"
	version, versioned := databases.Version(r.Version)
	if versioned && databases.Before(version, []int{12}) {
		return checks.Fail("%s %s has no parameter %s: it accepts older versions of TLS", r.Engine, r.Version, name).With("EngineVersion", r.Version)
	}
	s, v, ok := r.Parameter(env, name)
	if !ok {
		return v
	}
	observed := func(v checks.Verdict) checks.Verdict { return v.With(name, s.Value).With("group", s.Group) }
	switch {
	case !s.Listed:
		return observed(checks.Unclear("%s", s))
	case s.Set && slices.Contains(strongTLS, strings.ToLower(s.Value)):
		return observed(checks.Pass("%s", s))
	case s.Set:
		return observed(checks.Fail("%s, want TLSv1.2 or TLSv1.3", s))
	case versioned && !databases.Before(version, []int{13}):
		return observed(checks.Pass("%s, and %s %s begins at TLSv1.2 by default", s, r.Engine, r.Version))
	}
	return observed(checks.Unclear("%s, and what %s %s does then is not known", s, r.Engine, r.Version))
}

// withoutWeakTLS are the first versions of MySQL that no longer have TLS 1.0 and 1.1, as of
// weakTLSDate. Aurora MySQL 3 is numbered by MySQL 8.0. Source: MySQL 8.0 Release Notes,
// 8.0.28; Amazon Aurora User Guide, "TLS versions for Aurora MySQL".
var withoutWeakTLS = map[string][]int{"mysql": {8, 0, 28}, "aurora-mysql": {8, 0}}

const weakTLSDate = "2025-11-30"

// mysqlProtocols judges tls_version, a list. What an engine has removed needs no setting.
func mysqlProtocols(r databases.Running, env checks.Env) checks.Verdict {
	const name = "tls_version"
	version, versioned := databases.Version(r.Version)
	if least, ok := withoutWeakTLS[string(r.Engine)]; ok && versioned && !databases.Before(version, least) {
		return checks.Pass("%s %s has neither TLS 1.0 nor 1.1 (table of %s)", r.Engine, r.Version, weakTLSDate).With("EngineVersion", r.Version)
	}
	s, v, ok := r.Parameter(env, name)
	if !ok {
		return v
	}
	observed := func(v checks.Verdict) checks.Verdict { return v.With(name, s.Value).With("group", s.Group) }
	var weak []string
	for _, word := range strings.Split(s.Value, ",") {
		if word = strings.TrimSpace(word); word != "" && !slices.Contains(strongTLS, strings.ToLower(word)) {
			weak = append(weak, word)
		}
	}
	switch {
	case s.Set && s.Value != "" && len(weak) == 0:
		return observed(checks.Pass("%s", s))
	case len(weak) > 0:
		return observed(checks.Fail("%s: %s is to be left out", s, strings.Join(weak, ", ")))
	case r.Engine == "mariadb" || !versioned:
		return observed(checks.Unclear("%s, and what %s %s does then is not known", s, r.Engine, r.Version))
	}
	return observed(checks.Fail("%s, and %s %s accepts TLS 1.0 and 1.1 by default", s, r.Engine, r.Version))
}
