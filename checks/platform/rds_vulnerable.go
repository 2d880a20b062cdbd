package platform

import (
	"fmt"
	"strings"

	"onus/checks"
	"onus/checks/databases"
	"onus/scanner/snapshot"
)

// EngineNotVulnerable passes when no advisory that we know of is about the engine version of
// a database. A PASS means none known on the table's day.
// Source: RDS DescribeDBInstances and DescribeDBClusters, Engine and EngineVersion; the
// advisories are named in the table.
var EngineNotVulnerable = checks.Check{
	ID:          "rds-engine-version-not-known-vulnerable",
	Title:       "Databases do not run an engine version with a known hole that the customer must close",
	Severity:    checks.High,
	Category:    checks.PlatformOf,
	Duty:        checks.OSAndPlatform,
	ServiceKind: checks.Container,
	Tier:        2,
	Reads:       []string{"rds:DescribeDBInstances", "rds:DescribeDBClusters"},
	Remedy:      "Upgrade to a version that the advisory does not name; take a snapshot first, and try it on a copy.",
	Fix: checks.Fix{
		Threat: "The hole is published, with what it takes to use it, and AWS leaves the upgrade to you. Whoever may log in can read files of the host, or take the database down or over.",
		CLI: `aws rds describe-db-engine-versions --region {region} --engine ENGINE --engine-version VERSION --query "DBEngineVersions[].ValidUpgradeTarget[].EngineVersion"
aws rds modify-db-instance --region {region} --db-instance-identifier {name} --engine-version NEW_VERSION --allow-major-version-upgrade --apply-immediately
aws rds modify-db-cluster --region {region} --db-cluster-identifier {name} --engine-version NEW_VERSION --allow-major-version-upgrade --apply-immediately`,
		Terraform: `resource "aws_db_instance" "this" {
  engine_version              = "16.9"
  allow_major_version_upgrade = true
}`,
		Cost: "The database is down while it is upgraded, minutes for a minor version and longer for a major one, after which extensions and queries may behave differently. There is no way back but a snapshot.",
	},
	Judges: databases.RunningDatabases(func(r databases.Running, _ checks.Env) checks.Verdict { return engineNotVulnerable(r.Database) }),
}

// advisoriesDate is the day to which the table was brought up to date.
const advisoriesDate = "2025-11-30"

// advisory is a range of versions with a hole: from the first to the last, both in it. The
// last has all its numbers compared that it names: 13.2 holds 13.2 and not 13.3.
type advisory struct {
	engine      string
	first, last []int
	source      string
}

const (
	logFDW    = "AWS-2022-004, local files of the host can be read through log_fdw"
	octoberCP = "CVE-2014-6491 and CVE-2014-6500, fixed by the Oracle Critical Patch Update of October 2014"
)

// advisories leave out what AWS mends without the customer. Aurora's numbers look like the
// community's, and are ranges of their own. Source: AWS Security Bulletins.
var advisories = []advisory{
	{"postgres", []int{9, 3}, []int{9, 5}, logFDW},
	{"postgres", []int{9, 6}, []int{9, 6, 21}, logFDW},
	{"postgres", []int{10}, []int{10, 16}, logFDW},
	{"postgres", []int{11}, []int{11, 11}, logFDW},
	{"postgres", []int{12}, []int{12, 6}, logFDW},
	{"postgres", []int{13}, []int{13, 2}, logFDW},
	{"aurora-postgresql", []int{10, 11}, []int{10, 13}, logFDW},
	{"aurora-postgresql", []int{11, 6}, []int{11, 8}, logFDW},
	{"mysql", []int{5, 5}, []int{5, 5, 39}, octoberCP},
	{"mysql", []int{5, 6}, []int{5, 6, 20}, octoberCP},
}

func engineNotVulnerable(d snapshot.Database) checks.Verdict {
	known := false
	var hit []string
	version, ok := databases.Version(d.Version)
	for _, a := range advisories {
		if string(d.Engine) != a.engine {
			continue
		}
		known = true
		if ok && a.holds(version) {
			hit = append(hit, fmt.Sprintf("%s (%s to %s)", a.source, dotted(a.first), dotted(a.last)))
		}
	}
	name := string(d.Engine) + " " + d.Version
	switch {
	case !known:
		return databases.Engine(d, "the table of "+advisoriesDate+" has no advisory about it")
	case !ok:
		return checks.Unclear("the version %q of %s has no numbers", d.Version, d.Engine).With("EngineVersion", d.Version)
	case len(hit) > 0:
		return checks.Fail("%s has a known hole: %s (table of %s)", name, strings.Join(hit, "; "), advisoriesDate).With("EngineVersion", d.Version)
	}
	return checks.Pass("no advisory known on %s is about %s", advisoriesDate, name).With("EngineVersion", d.Version)
}

// holds compares as many numbers of the version with the last as that has: 10.16-R1 and
// 10.16.1 are 10.16.
func (a advisory) holds(version []int) bool {
	short := version[:min(len(version), len(a.last))]
	return !databases.Before(version, a.first) && !databases.Before(a.last, short)
}

func dotted(version []int) string {
	return strings.ReplaceAll(strings.Trim(fmt.Sprint(version), "[]"), " ", ".")
}
