package backups

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"onus/checks"
	"onus/checks/databases"
	"onus/checks/protection"
	"onus/checks/wording"
	"onus/scanner/snapshot"
)

// RestoreTestScheduled passes where a restore testing plan with a selection ran lately, and
// what it restored came up and was not found wanting.
// Source: Backup ListRestoreTestingPlans LastExecutionTime; ListRestoreTestingSelections;
// ListRestoreJobs, Status and ValidationStatus.
var RestoreTestScheduled = checks.Check{
	ID:          "backup-restore-testing-scheduled",
	Title:       "Restores are tested on a schedule",
	Severity:    checks.Medium,
	Category:    checks.BackupsOf,
	Duty:        checks.Backups,
	ServiceKind: checks.OfAccount,
	Tier:        3,
	Reads:       []string{"backup:ListRestoreTestingPlans", "backup:ListRestoreTestingSelections", "backup:ListRestoreJobs", "backup:ListBackupVaults"},
	Parameters:  checks.Parameters{"max_age_days": 90},
	Bounds:      checks.AtLeast(1),
	Remedy:      "Make a restore testing plan with a selection for each type in use, and look at the jobs that it starts.",
	Fix: checks.Fix{
		Threat: "A recovery point that was never restored may not restore: a key that is gone, a missing option group, a role without rights. That shows when everything else is already lost.",
		CLI: `aws backup create-restore-testing-plan --region {region} --restore-testing-plan '{"RestoreTestingPlanName":"monthly","ScheduleExpression":"cron(0 2 1 * ? *)","RecoveryPointSelection":{"Algorithm":"LATEST_WITHIN_WINDOW","IncludeVaults":["*"],"RecoveryPointTypes":["SNAPSHOT"],"SelectionWindowDays":30}}'
aws backup create-restore-testing-selection --region {region} --restore-testing-plan-name monthly --restore-testing-selection '{"RestoreTestingSelectionName":"databases","ProtectedResourceType":"RDS","ProtectedResourceArns":["*"],"IamRoleArn":"arn:aws:iam::{account}:role/service-role/AWSBackupDefaultServiceRole"}'`,
		Terraform: `resource "aws_backup_restore_testing_plan" "monthly" {
  name                = "monthly"
  schedule_expression = "cron(0 2 1 * ? *)"
  recovery_point_selection {
    algorithm            = "LATEST_WITHIN_WINDOW"
    include_vaults       = ["*"]
    recovery_point_types = ["SNAPSHOT"]
  }
}

resource "aws_backup_restore_testing_selection" "databases" {
  name                      = "databases"
  restore_testing_plan_name = aws_backup_restore_testing_plan.monthly.name
  protected_resource_type   = "RDS"
  protected_resource_arns   = ["*"]
  iam_role_arn              = aws_iam_role.backup.arn
}`,
		Cost: "Each test is billed, and what it restores runs and is billed until it is deleted, some hours later. Aurora and S3 need RestoreMetadataOverrides.",
	},
	Judges: checks.For(snapshot.BackupRegions, restoreTestScheduled),
}

// DatabaseRestoreTested passes when a restore of the database by AWS Backup completed lately
// and was not found wanting, or a restore testing plan that ran lately takes it in. Restores
// that RDS makes by itself leave no trace here.
// Source: Backup ListRestoreJobsByProtectedResource; GetRestoreTestingSelection.
var DatabaseRestoreTested = checks.Check{
	ID:          "rds-database-restore-tested",
	Title:       "A restore of each database has been proven recently",
	Severity:    checks.Medium,
	Category:    checks.BackupsOf,
	Duty:        checks.Backups,
	ServiceKind: checks.Container,
	Tier:        3,
	Reads: slices.Concat([]string{"backup:ListRestoreJobsByProtectedResource", "backup:ListRestoreTestingPlans", "backup:ListRestoreTestingSelections", "backup:GetRestoreTestingSelection",
		"rds:DescribeDBInstances", "rds:DescribeDBClusters"}, pointsRead),
	Parameters: checks.Parameters{"max_age_days": 90},
	Bounds:     checks.AtLeast(1),
	Remedy:     "Take the database into a restore testing plan, or restore it through AWS Backup and look at the result.",
	Fix: checks.Fix{
		Threat: "A backup of a database that was never restored is a hope. Keys, option groups, subnets and rights that a restore needs are found missing while the business waits.",
		CLI:    `aws backup create-restore-testing-selection --region {region} --restore-testing-plan-name PLAN --restore-testing-selection '{"RestoreTestingSelectionName":"one","ProtectedResourceType":"RDS","ProtectedResourceArns":["{arn}"],"IamRoleArn":"arn:aws:iam::{account}:role/service-role/AWSBackupDefaultServiceRole"}'`,
		Terraform: `resource "aws_backup_restore_testing_selection" "one" {
  name                      = "one"
  restore_testing_plan_name = aws_backup_restore_testing_plan.monthly.name
  protected_resource_type   = "RDS"
  protected_resource_arns   = ["{arn}"]
  iam_role_arn              = aws_iam_role.backup.arn
}`,
		Cost: "Each test is billed, and the restored database runs and is billed until it is deleted.",
	},
	Judges: checks.For(snapshot.DBInstances, func(d snapshot.DBInstance, env checks.Env) checks.Verdict {
		return restoreTested(d.Database, d.Meta, false, env)
	}).And(checks.For(snapshot.DBClusters, func(c snapshot.DBCluster, env checks.Env) checks.Verdict {
		return restoreTested(c.Database, c.Meta, true, env)
	})),
}

// jobsListed is for how long AWS Backup lists the jobs that ended.
// Source: AWS Backup Developer Guide, "Monitoring jobs using the AWS Backup console".
const jobsListed = 30 * 24 * time.Hour

// proven says whether a restore job proves that what it restored is good. Without a
// validation, that it completed is all that can be known.
func proven(j snapshot.RestoreJob) bool {
	return j.Status == "COMPLETED" && (j.Validation == "" || j.Validation == "SUCCESSFUL")
}

// outcome is how a restore job ended, in AWS's words.
func outcome(j snapshot.RestoreJob) string {
	if j.Validation == "" {
		return j.Status
	}
	return j.Status + ", validation " + j.Validation
}

func restoreTestScheduled(r snapshot.BackupRegion, env checks.Env) checks.Verdict {
	vaults, open := checks.In(env, snapshot.BackupVaults, r.Location).Get()
	holds := slices.ContainsFunc(vaults, func(v snapshot.BackupVault) bool { return v.Own() && v.Points > 0 })
	switch {
	case holds:
	case open != nil:
		return checks.Unknown(open)
	default:
		return checks.DoesNotApply("the Region has no recovery point")
	}
	plans, open := checks.In(env, snapshot.RestoreTestingPlans, r.Location).Get()
	var why []string
	waiting := false
	for _, p := range plans {
		v := testRan(p, env)
		switch v.Status {
		case checks.PASS:
			return v
		case checks.UNKNOWN:
			return orPass(plans, env, v)
		case checks.NotApplicable:
			waiting = true
		case checks.FAIL:
		}
		why = append(why, v.Reason)
	}
	switch {
	case open != nil:
		return checks.Unknown(open)
	case len(why) == 0:
		return checks.Fail("the Region has recovery points and no restore testing plan").With("RestoreTestingPlanName", "")
	case waiting:
		return checks.DoesNotApply("%s", strings.Join(why, "; "))
	}
	return checks.Fail("%s", strings.Join(why, "; ")).With("RestoreTestingPlanName", "")
}

// orPass is the verdict on another plan that passes, or else the one given.
func orPass(plans []snapshot.RestoreTestingPlan, env checks.Env, otherwise checks.Verdict) checks.Verdict {
	for _, p := range plans {
		if v := testRan(p, env); v.Status == checks.PASS {
			return v
		}
	}
	return otherwise
}

// testRan judges one restore testing plan.
func testRan(p snapshot.RestoreTestingPlan, env checks.Env) checks.Verdict {
	allowed := time.Duration(env.Int("max_age_days")) * 24 * time.Hour
	selections, err := checks.Use(env, p.Selections)
	switch {
	case err != nil:
		return checks.Unknown(err)
	case len(selections) == 0:
		return checks.Fail("restore testing plan %q has no selection, and never runs", p.Name)
	case p.LastRun.IsZero():
		if every, err := protection.Interval(p.Schedule, env.AsOf); err == nil && env.AsOf.Sub(p.Created) <= every {
			return checks.DoesNotApply("restore testing plan %q was made at %s, and was not due yet", p.Name, at(p.Created))
		}
		return checks.Fail("restore testing plan %q never ran", p.Name)
	case env.AsOf.Sub(p.LastRun) > allowed:
		return checks.Fail("restore testing plan %q ran last at %s, %s allowed", p.Name, at(p.LastRun), hours(allowed))
	}
	jobs, err := checks.In(env, snapshot.RestoreJobs, p.Location).Get()
	newest := map[string]snapshot.RestoreJob{}
	for _, j := range jobs {
		if was, there := newest[j.Resource]; j.Test == p.ARN && j.Status != "PENDING" && j.Status != "RUNNING" && (!there || j.Created.After(was.Created)) {
			newest[j.Resource] = j
		}
	}
	var bad []string
	for resource, j := range newest {
		if !proven(j) {
			bad = append(bad, fmt.Sprintf("%s %s", last(resource), outcome(j)))
		}
	}
	slices.Sort(bad)
	switch {
	case err != nil:
		return checks.Unknown(err)
	case len(bad) > 0:
		return checks.Fail("restore testing plan %q ran at %s, and %s", p.Name, at(p.LastRun), wording.Few(bad, 5))
	case len(newest) > 0:
		return checks.Pass("restore testing plan %q ran at %s, and %s went well", p.Name, at(p.LastRun), wording.Count(len(newest), "restore")).With("RestoreTestingPlanName", p.Name)
	case env.AsOf.Sub(p.LastRun) > jobsListed:
		return checks.Unclear("restore testing plan %q ran at %s, and AWS no longer lists jobs of that time", p.Name, at(p.LastRun))
	}
	return checks.Fail("restore testing plan %q ran at %s and restored nothing", p.Name, at(p.LastRun))
}

func restoreTested(d snapshot.Database, of snapshot.Meta, cluster bool, env checks.Env) checks.Verdict {
	if v, out := databases.Standalone(d); out {
		return v
	}
	if v, out := databases.Replica(d); out {
		return v
	}
	protected, err := checks.Find(env, snapshot.ProtectedResources, of.Location, of.ARN)
	switch {
	case errors.Is(err, snapshot.ErrAbsent):
		return checks.DoesNotApply("there is no recovery point of the database to restore")
	case err != nil:
		return checks.Unknown(err)
	}
	points, err := checks.Use(env, protected.Points)
	switch {
	case err != nil:
		return checks.Unknown(err)
	case !slices.ContainsFunc(points, snapshot.RecoveryPoint.Usable):
		return checks.DoesNotApply("there is no recovery point of the database to restore")
	}
	allowed := time.Duration(env.Int("max_age_days")) * 24 * time.Hour
	jobs, open := checks.Use(env, protected.Restores)
	var newest *snapshot.RestoreJob
	for _, j := range jobs {
		if newest == nil || j.Created.After(newest.Created) {
			newest = &j
		}
		if proven(j) && env.AsOf.Sub(j.Ended) <= allowed {
			return checks.Pass("a restore was %s at %s", outcome(j), at(j.Ended)).With("RestoreJobId", j.ID)
		}
	}
	if open == nil && newest != nil && env.AsOf.Sub(newest.Created) <= allowed {
		return checks.Fail("the newest restore is %s, of %s", outcome(*newest), at(newest.Created)).With("RestoreJobId", newest.ID)
	}
	plan, err := testedBy(env, of, protection.Tagged(of.ARN, protection.TypeOf(d, cluster), of.Tags), allowed)
	switch {
	case open != nil:
		return checks.Unknown(open)
	case plan != "":
		return checks.Pass("restore testing plan %q takes the database in, and ran within %s", plan, hours(allowed)).With("RestoreTestingPlanName", plan)
	case err != nil:
		return protection.Unknown(err)
	}
	return checks.Fail("there is no evidence of a restore within %s: AWS Backup lists no job, and no restore testing plan that ran takes the database in", hours(allowed)).With("RestoreJobId", "")
}

// testedBy finds a restore testing plan that ran lately and takes a database in.
func testedBy(env checks.Env, of snapshot.Meta, r protection.Resource, allowed time.Duration) (name string, open error) {
	plans, open := checks.In(env, snapshot.RestoreTestingPlans, of.Location).Get()
	for _, p := range plans {
		if p.LastRun.IsZero() || env.AsOf.Sub(p.LastRun) > allowed {
			continue
		}
		selections, err := checks.Use(env, p.Selections)
		open = errors.Join(open, err)
		for _, s := range selections {
			resources, err := checks.Use(env, s.Resources)
			if err != nil {
				open = errors.Join(open, err)
				continue
			}
			m := protection.Tests(s.Type, resources, r)
			if m.Selected {
				return p.Name, nil
			}
			open = errors.Join(open, m.Open)
		}
	}
	return "", open
}
