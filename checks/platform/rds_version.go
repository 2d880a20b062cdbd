package platform

import (
	"onus/checks"
	"onus/checks/databases"
	"onus/scanner/snapshot"
)

// EngineVersionOffered passes when RDS still offers the engine version that a database
// runs. A version that RDS no longer knows was deprecated long ago.
// Source: RDS DescribeDBEngineVersions with IncludeAll, field Status.
var EngineVersionOffered = checks.Check{
	ID:          "rds-engine-version-not-deprecated",
	Title:       "Databases run an engine version that RDS still offers",
	Severity:    checks.High,
	Category:    checks.PlatformOf,
	Duty:        checks.OSAndPlatform,
	ServiceKind: checks.Container,
	Tier:        1,
	Reads:       []string{"rds:DescribeDBInstances", "rds:DescribeDBClusters", "rds:DescribeDBEngineVersions"},
	Remedy:      "Upgrade to a version that RDS offers; try it on a blue/green deployment or a restored snapshot first.",
	Fix: checks.Fix{
		Threat: "A version that RDS no longer offers gets no fixes, and a failed host cannot be replaced as it was. AWS upgrades it at a time of its own.",
		CLI: `# for rds instance
aws rds modify-db-instance --db-instance-identifier {name} --engine-version VERSION --apply-immediately --region {region}
# for rds cluster
aws rds modify-db-cluster --db-cluster-identifier {name} --engine-version VERSION --apply-immediately --region {region}`,
		Terraform: `# for rds instance
resource "aws_db_instance" "this" {
  identifier     = "{name}"
  engine_version = "VERSION"
}
# for rds cluster
resource "aws_rds_cluster" "this" {
  cluster_identifier = "{name}"
  engine_version     = "VERSION"
}`,
		Cost: "The database restarts, for minutes. Try it on a restored snapshot first.",
	},
	Judges: checks.For(snapshot.DBInstances, func(d snapshot.DBInstance, env checks.Env) checks.Verdict {
		return engineVersionOffered(d.Database, d.Location, env)
	}).And(checks.For(snapshot.DBClusters, func(c snapshot.DBCluster, env checks.Env) checks.Verdict {
		return engineVersionOffered(c.Database, c.Location, env)
	})),
}

func engineVersionOffered(d snapshot.Database, at snapshot.Location, env checks.Env) checks.Verdict {
	const field = "EngineVersion"
	if v, out := databases.Standalone(d); out {
		return v
	}
	if d.Version == "" {
		return checks.Unclear("the answer names no engine version").With(field, "")
	}
	name, pending := string(d.Engine)+" "+d.Version, ""
	if d.Pending.Version != "" {
		pending = "; " + d.Pending.Version + " is pending and not yet in force"
	}
	version, err := checks.Find(env, snapshot.DBEngineVersions, at, name)
	if err != nil {
		return checks.Unknown(err)
	}
	status, err := checks.Use(env, version.Status)
	switch {
	case err != nil:
		return checks.Unknown(err)
	case status == "available":
		return checks.Pass("RDS offers %s", name).With(field, d.Version)
	case status == "":
		return checks.Fail("RDS no longer knows %s%s", name, pending).With(field, d.Version)
	case status == "deprecated", status == "inactive" && d.Engine.Custom():
		return checks.Fail("%s is %s%s", name, status, pending).With(field, d.Version).With("Status", status)
	}
	return checks.Unclear("%s is %q, which does not say whether RDS offers it", name, status).With("Status", status)
}
