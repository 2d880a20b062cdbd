package platform

import (
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/databases"
)

// LocalInfileDisabled passes when a MySQL or MariaDB database takes no files from clients.
// RDS turns it on in its default groups, whatever the engine's own default is. At an Aurora
// member its own group wins.
// Source: RDS DescribeDBParameters and DescribeDBClusterParameters, local_infile; MySQL
// manual, "Security Considerations for LOAD DATA LOCAL".
var LocalInfileDisabled = checks.Check{
	ID:          "rds-mysql-local-infile-disabled",
	Title:       "MySQL and MariaDB databases refuse LOAD DATA LOCAL",
	Severity:    checks.Low,
	Category:    checks.PlatformOf,
	Duty:        checks.OSAndPlatform,
	ServiceKind: checks.Container,
	Tier:        3,
	Reads:       []string{"rds:DescribeDBInstances", "rds:DescribeDBClusters", "rds:DescribeDBParameters", "rds:DescribeDBClusterParameters"},
	Remedy:      "Set local_infile to 0 in the parameter group.",
	Fix: checks.Fix{
		Threat: "LOAD DATA LOCAL makes the client hand over a file of its own. An SQL injection then reads files of the application's host, its passwords among them, into a table.",
		CLI: `aws rds modify-db-parameter-group --region {region} --db-parameter-group-name GROUP --parameters ParameterName=local_infile,ParameterValue=0,ApplyMethod=immediate
aws rds modify-db-cluster-parameter-group --region {region} --db-cluster-parameter-group-name GROUP --parameters ParameterName=local_infile,ParameterValue=0,ApplyMethod=immediate`,
		Terraform: `resource "aws_db_parameter_group" "this" {
  name   = "no-local-files"
  family = "mysql8.4"
  parameter {
    name  = "local_infile"
    value = "0"
  }
}`,
		Cost: "Jobs that load with LOAD DATA LOCAL or mysqlimport --local fail: load through S3 or by INSERT, or turn it on while they run. A default group cannot be changed: attach one of your own.",
	},
	Judges: databases.RunningDatabases(localInfileDisabled),
}

func localInfileDisabled(r databases.Running, env checks.Env) checks.Verdict {
	const name = "local_infile"
	if !slices.Contains([]string{"mysql", "mariadb", "aurora-mysql"}, string(r.Engine)) {
		return databases.Engine(r.Database, "it is not MySQL or MariaDB")
	}
	all, v, ok := r.Effective(env, name)
	if !ok {
		return v
	}
	var on, off, untold []string
	for _, s := range all {
		switch {
		case !s.Listed:
			untold = append(untold, s.String())
		case s.On():
			on = append(on, s.String())
		case s.Set && slices.Contains([]string{"0", "off"}, strings.ToLower(strings.TrimSpace(s.Value))):
			off = append(off, s.String())
		case s.Set:
			untold = append(untold, s.String()+", which is no value that we know")
		case r.Engine == "mariadb" || !databases.Least(r.Version, 8):
			on = append(on, s.String()+", and the engine's default is on")
		default:
			untold = append(untold, s.String()+": MySQL's own default is off and the one that RDS ships is on, and which of them holds is not told")
		}
	}
	switch {
	case len(on) > 0:
		return checks.Fail("%s", strings.Join(on, "; ")).With(name, strings.Join(on, "; "))
	case len(untold) > 0:
		return checks.Unclear("%s", strings.Join(untold, "; ")).With(name, "")
	}
	return checks.Pass("%s", strings.Join(off, "; ")).With(name, strings.Join(off, "; "))
}
