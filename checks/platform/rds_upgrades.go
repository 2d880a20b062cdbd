package platform

import (
	"errors"
	"strings"

	"onus/checks"
	"onus/checks/databases"
	"onus/scanner/snapshot"
)

// MinorUpgrades passes when a database takes minor engine upgrades in its maintenance
// window. An Aurora cluster takes them only if every member does.
// Source: RDS DescribeDBInstances and DescribeDBClusters, AutoMinorVersionUpgrade; Amazon
// Aurora User Guide, "Enabling automatic upgrades between minor Aurora versions".
var MinorUpgrades = checks.Check{
	ID:          "rds-minor-upgrades-automatic",
	Title:       "Databases take minor engine upgrades by themselves",
	Severity:    checks.Medium,
	Category:    checks.PlatformOf,
	Duty:        checks.OSAndPlatform,
	ServiceKind: checks.Container,
	Tier:        1,
	Reads:       []string{"rds:DescribeDBInstances", "rds:DescribeDBClusters"},
	Remedy:      "Turn automatic minor version upgrades on, at every member of an Aurora cluster.",
	Fix: checks.Fix{
		Threat: "Fixes of security holes wait until somebody thinks of them. Holes in engines are published together with the fix.",
		CLI:    "aws rds modify-db-instance --db-instance-identifier {name} --auto-minor-version-upgrade --apply-immediately --region {region}",
		Terraform: `resource "aws_db_instance" "this" {
  identifier                 = "{name}"
  auto_minor_version_upgrade = true
}`,
		Cost: "The database restarts in its maintenance window when there is an upgrade.",
	},
	Judges: databases.Instances(instanceMinorUpgrades).And(checks.For(snapshot.DBClusters, clusterMinorUpgrades)),
}

func instanceMinorUpgrades(d snapshot.Database, _ checks.Env) checks.Verdict {
	for _, leave := range []func(snapshot.Database) (checks.Verdict, bool){databases.Standalone, databases.Custom} {
		if v, out := leave(d); out {
			return v
		}
	}
	return minorUpgrades(d)
}

func clusterMinorUpgrades(c snapshot.DBCluster, env checks.Env) checks.Verdict {
	for _, leave := range []func(snapshot.Database) (checks.Verdict, bool){databases.Own, databases.Custom} {
		if v, out := leave(c.Database); out {
			return v
		}
	}
	switch {
	case !c.Engine.Aurora():
		return minorUpgrades(c.Database)
	case len(c.Members) == 0:
		return checks.DoesNotApply("the Aurora cluster has no members")
	}
	return membersUpgrade(c, env)
}

func minorUpgrades(d snapshot.Database) checks.Verdict {
	const field = "AutoMinorVersionUpgrade"
	engine := string(d.Engine)
	switch {
	case d.AutoMinorVersionUpgrade == nil:
		return checks.Unclear("the answer does not say whether minor upgrades are automatic").With(field, "")
	case !*d.AutoMinorVersionUpgrade:
		return checks.Fail("minor upgrades are not automatic").With(field, "false")
	case strings.HasPrefix(engine, "sqlserver-") || strings.HasPrefix(engine, "oracle-"):
		return checks.Pass("minor upgrades are automatic, for the versions of %s that AWS marks for it", engine).With(field, "true")
	}
	return checks.Pass("minor upgrades are automatic").With(field, "true")
}

// membersUpgrade derives an Aurora cluster's state from its members: one that is off
// decides alone, and what is not told is never on.
func membersUpgrade(c snapshot.DBCluster, env checks.Env) checks.Verdict {
	const field = "AutoMinorVersionUpgrade"
	var unread error
	untold := ""
	for _, m := range c.Members {
		i, err := checks.Find(env, snapshot.DBInstances, c.Location, m.ID)
		switch {
		case errors.Is(err, snapshot.ErrAbsent):
			untold = m.ID
		case err != nil:
			unread = err
		case i.Ended():
		case i.AutoMinorVersionUpgrade == nil:
			untold = m.ID
		case !*i.AutoMinorVersionUpgrade:
			return checks.Fail("minor upgrades are not automatic at the member %s, which holds back the cluster", m.ID).With(field, "false")
		}
	}
	switch {
	case unread != nil:
		return checks.Unknown(unread)
	case untold != "":
		return checks.Unclear("nothing says whether minor upgrades are automatic at the member %s", untold).With(field, "")
	}
	return checks.Pass("minor upgrades are automatic at all %d members", len(c.Members)).With(field, "true")
}
