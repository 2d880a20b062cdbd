package platform

import (
	"errors"
	"slices"
	"time"

	"onus/checks"
	"onus/checks/databases"
	"onus/scanner/snapshot"
)

// MaintenanceApplied passes when nothing that AWS offers for the host or the engine of a
// database waits past its date. A database for which nothing waits is not in the answer.
// Source: RDS DescribePendingMaintenanceActions.
var MaintenanceApplied = checks.Check{
	ID:          "rds-pending-maintenance-applied",
	Title:       "No patch that AWS offers for the database host waits past its date",
	Severity:    checks.Medium,
	Category:    checks.PlatformOf,
	Duty:        checks.OSAndPlatform,
	ServiceKind: checks.Container,
	Tier:        2,
	Reads:       []string{"rds:DescribePendingMaintenanceActions", "rds:DescribeDBInstances", "rds:DescribeDBClusters"},
	Parameters:  checks.Parameters{"warn_days": 14},
	Remedy:      "Apply the action in the next maintenance window, before AWS does it at a time of its own.",
	Fix: checks.Fix{
		Threat: "A patch of the host waits, and what it mends stays open. After its date AWS applies it at a time of its own.",
		CLI:    "aws rds apply-pending-maintenance-action --resource-identifier {arn} --apply-action ACTION --opt-in-type next-maintenance --region {region}",
		Terraform: `resource "aws_db_instance" "this" {
  identifier         = "{name}"
  maintenance_window = "sun:03:00-sun:04:00"
}`,
		Cost: "The database restarts in its window, or fails over where it has a standby.",
	},
	Judges: checks.For(snapshot.DBInstances, func(d snapshot.DBInstance, env checks.Env) checks.Verdict {
		return maintenanceApplied(d.Database, d.Meta, env)
	}).And(checks.For(snapshot.DBClusters, func(c snapshot.DBCluster, env checks.Env) checks.Verdict {
		return maintenanceApplied(c.Database, c.Meta, env)
	})),
}

// patches are the actions that close holes or keep the host alive. Source: RDS API
// Reference, PendingMaintenanceAction, Action.
var patches = []string{"system-update", "os-upgrade", "ca-certificate-rotation", "db-upgrade", "hardware-maintenance"}

func maintenanceApplied(d snapshot.Database, of snapshot.Meta, env checks.Env) checks.Verdict {
	if v, out := databases.Own(d); out {
		return v
	}
	waiting, err := checks.Find(env, snapshot.DBMaintenances, of.Location, of.ARN)
	switch {
	case errors.Is(err, snapshot.ErrAbsent):
		return checks.Pass("nothing waits to be applied")
	case err != nil:
		return checks.Unknown(err)
	}
	seen := ""
	for _, a := range waiting.Actions {
		if !slices.Contains(patches, a.Action) {
			continue
		}
		if why := overdue(a, env); why != "" {
			return checks.Fail("%s %s", a.Action, why).With("Action", a.Action).With("OptInStatus", a.OptIn)
		}
		seen = a.Action
	}
	if seen == "" {
		return checks.Pass("no patch waits to be applied")
	}
	return checks.Pass("%s waits, and its date has not come", seen).With("Action", seen)
}

// overdue says why an action has waited too long, "" where it has not.
func overdue(a snapshot.MaintenanceAction, env checks.Env) string {
	warn := env.AsOf.AddDate(0, 0, env.Int("warn_days"))
	switch {
	case !a.CurrentDate.IsZero():
		return ""
	case !a.AutoApplied.IsZero() && a.AutoApplied.Before(env.AsOf):
		return "waits past " + a.AutoApplied.UTC().Format(time.DateOnly) + ", from which on it is applied in the maintenance window"
	case !a.Forced.IsZero() && !a.Forced.After(warn):
		return "is forced on " + a.Forced.UTC().Format(time.DateOnly)
	case a.OptIn == "undo-opt-in" && a.AutoApplied.IsZero() && a.Forced.IsZero():
		return "was put off and has no date: it waits without an end"
	}
	return ""
}
