package platform

import (
	"errors"
	"strings"
	"time"

	"onus/checks"
	"onus/checks/databases"
	"onus/scanner/snapshot"
)

// EngineInSupport passes when the standard support of the major engine version has not
// ended and does not end soon. EngineLifecycleSupport only says what happens after that day.
// Source: RDS DescribeDBMajorEngineVersions, SupportedEngineLifecycles.
var EngineInSupport = checks.Check{
	ID:          "rds-engine-in-standard-support",
	Title:       "The major engine version is in standard support and stays there",
	Severity:    checks.High,
	Category:    checks.PlatformOf,
	Duty:        checks.OSAndPlatform,
	ServiceKind: checks.Container,
	Tier:        1,
	Reads:       []string{"rds:DescribeDBInstances", "rds:DescribeDBClusters", "rds:DescribeDBMajorEngineVersions"},
	Parameters:  checks.Parameters{"min_days_left": 90},
	Remedy:      "Upgrade to a major version in standard support; try it on a blue/green deployment first.",
	Fix: checks.Fix{
		Threat: "A version at the end of its support gets no security fixes, or costs extra for each hour. Known holes stay open.",
		CLI:    "aws rds create-blue-green-deployment --blue-green-deployment-name upgrade --source {arn} --target-engine-version VERSION --region {region}",
		Terraform: `resource "aws_db_instance" "this" {
  identifier                  = "{name}"
  engine_version              = "VERSION"
  allow_major_version_upgrade = true
}`,
		Cost: "A major upgrade can break queries and extensions: try it on the green side, then switch over in a minute or so.",
	},
	Judges: checks.For(snapshot.DBInstances, func(d snapshot.DBInstance, env checks.Env) checks.Verdict {
		return engineInSupport(d.Database, d.Location, env)
	}).And(checks.For(snapshot.DBClusters, func(c snapshot.DBCluster, env checks.Env) checks.Verdict {
		return engineInSupport(c.Database, c.Location, env)
	})),
}

// withoutLifecycle are the first words of engines for which RDS tells no lifecycle.
var withoutLifecycle = []string{"oracle-", "sqlserver-", "db2-", "custom-"}

// major is the major version: 16 of PostgreSQL 16.4, 9.6 of 9.6.24, 8.0 of MySQL 8.0.40,
// 10.11 of MariaDB 10.11.9, 8.0 of Aurora MySQL 8.0.mysql_aurora.3.08.0.
func major(engine snapshot.Engine, version string) string {
	first, rest, _ := strings.Cut(version, ".")
	numbers, _ := databases.Version(version)
	if strings.HasSuffix(string(engine), "postgres") || strings.HasSuffix(string(engine), "postgresql") {
		if len(numbers) > 0 && numbers[0] >= 10 {
			return first
		}
	}
	second, _, _ := strings.Cut(rest, ".")
	if len(numbers) < 2 {
		return first
	}
	return first + "." + second
}

func engineInSupport(d snapshot.Database, at snapshot.Location, env checks.Env) checks.Verdict {
	if v, out := databases.Standalone(d); out {
		return v
	}
	for _, word := range withoutLifecycle {
		if strings.HasPrefix(string(d.Engine), word) {
			return databases.Engine(d, "RDS tells no lifecycle of it")
		}
	}
	version := major(d.Engine, d.Version)
	name := string(d.Engine) + " " + version
	found, err := checks.Find(env, snapshot.DBMajorVersions, at, name)
	switch {
	case errors.Is(err, snapshot.ErrAbsent), err == nil && found.StandardEnds.IsZero():
		return checks.Unclear("when the standard support of %s ends is not told in %s", name, at.Region).With("EngineVersion", d.Version)
	case err != nil:
		return checks.Unknown(err)
	}
	days := env.Int("min_days_left")
	ends := found.StandardEnds.UTC().Format(time.DateOnly)
	v := supported(found, ends, name, d, days, env.AsOf)
	return v.With("EngineVersion", d.Version).With("LifecycleSupportEndDate", ends)
}

func supported(of snapshot.DBMajorVersion, ends, name string, d snapshot.Database, days int, now time.Time) checks.Verdict {
	after := "what then happens is not told"
	switch d.Lifecycle {
	case "open-source-rds-extended-support":
		after = "it then stands in paid Extended Support"
	case "open-source-rds-extended-support-disabled":
		after = "it is then upgraded by force"
	}
	switch {
	case !of.ExtendedEnds.IsZero() && of.ExtendedEnds.Before(now):
		return checks.Fail("even the extended support of %s ended on %s", name, of.ExtendedEnds.UTC().Format(time.DateOnly))
	case of.StandardEnds.Before(now):
		return checks.Fail("the standard support of %s ended on %s; %s", name, ends, after)
	case !of.StandardEnds.After(now.AddDate(0, 0, days)):
		return checks.Fail("the standard support of %s ends on %s, want %d days or more; %s", name, ends, days, after)
	}
	return checks.Pass("the standard support of %s ends on %s", name, ends)
}
