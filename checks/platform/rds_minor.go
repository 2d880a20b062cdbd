package platform

import (
	"errors"
	"fmt"
	"strings"

	"onus/checks"
	"onus/checks/databases"
	"onus/scanner/snapshot"
)

// MinorVersionCurrent passes when no minor upgrade waits that AWS applies by itself, and few
// enough others do. A version from which no minor upgrade leads is the newest of its line, or
// the end of it, which its status tells.
// Source: RDS DescribeDBEngineVersions, ValidUpgradeTarget and Status.
var MinorVersionCurrent = checks.Check{
	ID:          "rds-minor-version-current",
	Title:       "Databases are not behind the newest minor version of their major",
	Severity:    checks.Medium,
	Category:    checks.PlatformOf,
	Duty:        checks.OSAndPlatform,
	ServiceKind: checks.Container,
	Tier:        3,
	Reads:       []string{"rds:DescribeDBInstances", "rds:DescribeDBClusters", "rds:DescribeDBEngineVersions"},
	Parameters:  checks.Parameters{"max_behind": 2},
	Bounds:      checks.AtLeast(0),
	Remedy:      "Upgrade to the newest minor version in the next maintenance window, or at once.",
	Fix: checks.Fix{
		Threat: "Each minor version mends holes that its release notes name: who reads them knows what still works against the older ones. AWS prepares the upgrade and leaves the day to you.",
		CLI: `aws rds describe-db-engine-versions --region {region} --engine ENGINE --engine-version VERSION --query "DBEngineVersions[].ValidUpgradeTarget[?!IsMajorVersionUpgrade].[EngineVersion,AutoUpgrade]"
aws rds modify-db-instance --region {region} --db-instance-identifier {name} --engine-version NEW_VERSION --apply-immediately
aws rds modify-db-cluster --region {region} --db-cluster-identifier {name} --engine-version NEW_VERSION --apply-immediately`,
		Terraform: `resource "aws_db_instance" "this" {
  engine_version             = "16.9"
  auto_minor_version_upgrade = true
}`,
		Cost: "The database restarts: some minutes down, less with a Multi-AZ cluster or a blue/green deployment. A minor version cannot be taken back but by a restore.",
	},
	Judges: databases.RunningDatabases(minorVersionCurrent),
}

func minorVersionCurrent(r databases.Running, env checks.Env) checks.Verdict {
	if v, out := databases.Custom(r.Database); out {
		return v
	}
	if r.Version == "" {
		return checks.Unclear("the answer names no engine version").With("EngineVersion", "")
	}
	name := string(r.Engine) + " " + r.Version
	version, err := checks.Find(env, snapshot.DBEngineVersions, r.At, name)
	if errors.Is(err, snapshot.ErrAbsent) { // versions are asked about, not listed
		err = &snapshot.Unread{Operation: "rds:DescribeDBEngineVersions", At: r.At, Cause: snapshot.Skipped, Message: "nobody asked about " + name}
	}
	if err != nil {
		return checks.Unknown(err)
	}
	offer, err := checks.Use(env, version.Offer)
	status, more := checks.Use(env, version.Status)
	if err = errors.Join(err, more); err != nil {
		return checks.Unknown(err)
	}
	if !offer.Known {
		return checks.Unclear("RDS no longer knows %s, and so not what it leads to", name).With("EngineVersion", r.Version)
	}
	return behind(r, name, status, offer.Upgrades, env.Int("max_behind")).With("EngineVersion", r.Version)
}

// behind judges a version by the minor upgrades that lead from it.
func behind(r databases.Running, name, status string, upgrades []snapshot.DBUpgrade, most int) checks.Verdict {
	var minor, auto []string
	for _, u := range upgrades {
		if u.Major {
			continue
		}
		minor = append(minor, u.Version)
		if u.Auto {
			auto = append(auto, u.Version)
		}
	}
	switch {
	case len(auto) > 0:
		return checks.Fail("%s is behind %s, which AWS marks for automatic upgrade%s", name, strings.Join(auto, ", "), untaken(r)).With("minor upgrades", strings.Join(minor, ", "))
	case len(minor) > most:
		return checks.Fail("%s is behind %d minor versions, want %d or less: %s", name, len(minor), most, strings.Join(minor, ", ")).With("minor upgrades", strings.Join(minor, ", "))
	case len(minor) > 0:
		return checks.Pass("%s is behind %d minor versions, want %d or less: %s", name, len(minor), most, strings.Join(minor, ", ")).With("minor upgrades", strings.Join(minor, ", "))
	case status == "available":
		return checks.Pass("no minor upgrade leads from %s: it is the newest of its line", name).With("minor upgrades", "").With("Status", status)
	case status == "deprecated":
		return checks.Fail("%s is deprecated and no minor upgrade leads from it: it is the end of its line", name).With("minor upgrades", "").With("Status", status)
	}
	return checks.Unclear("no minor upgrade leads from %s, whose status is %q: whether it is the newest or the end of its line is not told", name, status).With("Status", status)
}

// untaken says why an upgrade that AWS applies by itself may still be open.
func untaken(r databases.Running) string {
	pending := ""
	if r.Pending.Version != "" {
		pending = "; " + r.Pending.Version + " is pending and not yet in force"
	}
	window := r.MaintenanceWindow
	if window == "" {
		window = "not told"
	}
	switch auto := r.AutoMinorVersionUpgrade; {
	case auto != nil && *auto:
		return fmt.Sprintf("; automatic minor upgrades are on, in the window %s (UTC)%s", window, pending)
	case auto != nil:
		return "; automatic minor upgrades are off" + pending
	}
	return fmt.Sprintf("; the window is %s (UTC)%s", window, pending)
}
