package backups

import (
	"testing"
	"time"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

func job(resource, state string, age time.Duration, change func(*snapshot.BackupJob)) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		j := snapshot.BackupJob{Meta: checktest.Meta("", ""), ID: resource + age.String(), Resource: resource, State: state, Created: ago(age), Ended: ago(age - time.Hour)}
		if change != nil {
			change(&j)
		}
		a.Backup.Jobs = append(a.Backup.Jobs, j)
	}
}

func TestJobsSucceed(t *testing.T) {
	const table = "arn:aws:dynamodb:eu-west-1:111122223333:table/orders"
	here := set(region(), theVolume(nil), planOf("daily", daily, "*"))
	made := func(age time.Duration) func(*snapshot.Account) {
		return lastPlan(func(p *snapshot.BackupPlan) { p.Created = ago(age) })
	}
	checktest.Run(t, &JobsSucceed, []checktest.Case{
		{Name: "the newest completed", Set: set(here, job(volumeARN, "COMPLETED", aDay, nil)), Want: checks.PASS, Reason: "of each of the 1 resource that had one in 7 days"},
		{Name: "a retry after a failure heals it", Set: set(here, job(volumeARN, "FAILED", 2*aDay, nil), job(volumeARN, "COMPLETED", aDay, nil)), Want: checks.PASS, Reason: "1 resource"},
		{Name: "a failure after a success", Set: set(here, job(volumeARN, "COMPLETED", 2*aDay, nil), job(volumeARN, "FAILED", aDay, func(j *snapshot.BackupJob) { j.Message = "AccessDenied" })), Want: checks.FAIL, Reason: "the newest job of 1 resource did not complete: vol-1 FAILED (AccessDenied)"},
		{Name: "PARTIAL fails", Set: set(here, job(volumeARN, "PARTIAL", aDay, nil)), Want: checks.FAIL, Reason: "vol-1 PARTIAL"},
		{Name: "EXPIRED and ABORTED fail", Set: set(here, job(volumeARN, "EXPIRED", aDay, nil), job(table, "ABORTED", aDay, nil)), Want: checks.FAIL, Reason: "2 resources did not complete: orders ABORTED, vol-1 EXPIRED"},
		{Name: "one that still runs is not judged", Set: set(here, job(volumeARN, "COMPLETED", aDay, nil), job(volumeARN, "RUNNING", time.Hour, nil)), Want: checks.PASS, Reason: "1 resource"},
		{Name: "a failure before the window", Set: set(here, job(volumeARN, "FAILED", 8*aDay, nil), job(table, "COMPLETED", aDay, nil)), Want: checks.PASS, Reason: "1 resource"},
		{Name: "of a resource that was deleted meanwhile", Set: set(here, job(volumeARN+"9", "FAILED", aDay, nil), job(volumeARN, "COMPLETED", aDay, nil)), Want: checks.PASS, Reason: "1 resource"},
		{Name: "of resources that are gone alone", Set: set(here, job(volumeARN+"9", "FAILED", aDay, nil)), Want: checks.NotApplicable, Reason: "resources that are gone"},
		{Name: "of a deleted database", Set: set(here, job(databaseARN, "FAILED", aDay, nil), job(volumeARN, "COMPLETED", aDay, nil)), Want: checks.PASS, Reason: "1 resource"},
		{Name: "of a kind that is not read", Set: set(here, job(table, "FAILED", aDay, nil)), Want: checks.FAIL, Reason: "orders FAILED"},
		{Name: "no job at all, though a plan had to run", Set: here, Want: checks.FAIL, Reason: `plan "daily" had to run in the last 7 days, and there was no job at all`},
		{Name: "no job: the plan is of today", Set: set(here, made(6*time.Hour)), Want: checks.NotApplicable, Reason: "no plan had to run"},
		{Name: "no job: the plan runs once a month", Set: set(region(), planOf("monthly", rulesOf(ruleOf("monthly", "cron(0 5 1 * ? *)", 365)), "*")), Want: checks.NotApplicable, Reason: "no plan had to run"},
		{Name: "no job: the schedule is not understood", Set: set(region(), planOf("odd", rulesOf(ruleOf("odd", "at noon", 365)), "*")), Want: checks.NotApplicable, Reason: "no plan had to run"},
		{Name: "no plan with a selection", Set: set(region(), planOf("daily", daily)), Want: checks.NotApplicable, Reason: "no backup plan with a selection"},
		{Name: "no plan", Set: region(), Want: checks.NotApplicable, Reason: "no backup plan with a selection"},
		{Name: "jobs unread", Set: set(here, denied("backup:ListBackupJobs")), Want: checks.UNKNOWN, Reason: "backup:ListBackupJobs"},
		{Name: "jobs broke off after a failure, which a retry may have healed", Set: set(here, job(volumeARN, "FAILED", aDay, nil), denied("backup:ListBackupJobs")), Want: checks.UNKNOWN, Reason: "backup:ListBackupJobs"},
		{Name: "whether the resource is there is unread", Set: set(here, job(volumeARN+"9", "FAILED", aDay, nil), job(volumeARN, "COMPLETED", aDay, nil), denied("ec2:DescribeVolumes")), Want: checks.UNKNOWN, Reason: "ec2:DescribeVolumes"},
		{Name: "plans unread", Set: set(region(), denied("backup:ListBackupPlans")), Want: checks.UNKNOWN, Reason: "backup:ListBackupPlans"},
		{Name: "rules unread, no job", Set: set(here, lastPlan(rulesUnread)), Want: checks.UNKNOWN, Reason: "throttled"},
	})
	for arn, op := range map[string]string{volumeARN: "ec2:DescribeVolumes", instanceARN: "ec2:DescribeInstances", databaseARN: "rds:DescribeDBInstances", clusterARN: "rds:DescribeDBClusters", bucketARN: "s3:ListBuckets"} {
		a := checktest.Account(&JobsSucceed, set(region(), planOf("daily", daily, "*"), job(arn, "FAILED", aDay, nil), denied(op)))
		if f := checktest.Findings(&JobsSucceed, a, nil); len(f) != 1 || f[0].Status != checks.UNKNOWN {
			t.Errorf("%s, %s denied: %+v", arn, op, f)
		}
	}
}

func restore(resource, status, validation string, age time.Duration, change func(*snapshot.RestoreJob)) snapshot.RestoreJob {
	j := snapshot.RestoreJob{Meta: checktest.Meta("", ""), ID: status + age.String(), Resource: resource, Status: status, Validation: validation, Created: ago(age), Ended: ago(age - time.Hour), Test: "arn:test"}
	if change != nil {
		change(&j)
	}
	return j
}

func testingPlan(created, ran time.Duration, selections ...snapshot.RestoreTestSelection) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		p := snapshot.RestoreTestingPlan{Meta: checktest.Meta("monthly", "arn:test"), Schedule: "cron(0 5 1 * ? *)", Created: ago(created), Selections: snapshot.Value(selections)}
		if ran > 0 {
			p.LastRun = ago(ran)
		}
		a.Backup.RestoreTests = append(a.Backup.RestoreTests, p)
	}
}

var everyDatabase = snapshot.RestoreTestSelection{Name: "databases", Type: "RDS", Resources: snapshot.Value(snapshot.RestoreTestResources{ARNs: []string{"*"}})}

func TestRestoreTestScheduled(t *testing.T) {
	here := set(region(), theVault(nil))
	jobs := func(list ...snapshot.RestoreJob) func(*snapshot.Account) {
		return func(a *snapshot.Account) { a.Backup.RestoreJobs = append(a.Backup.RestoreJobs, list...) }
	}
	ran := testingPlan(300*aDay, 5*aDay, everyDatabase)
	good := restore(databaseARN, "COMPLETED", "SUCCESSFUL", 5*aDay, nil)
	checktest.Run(t, &RestoreTestScheduled, []checktest.Case{
		{Name: "it ran and went well", Set: set(here, ran, jobs(good)), Want: checks.PASS, Reason: "ran at 2026-10-27T12:00:00Z, and 1 restore went well"},
		{Name: "without a validation, that it completed is all", Set: set(here, ran, jobs(restore(databaseARN, "COMPLETED", "", 5*aDay, nil))), Want: checks.PASS, Reason: "1 restore"},
		{Name: "no restore testing plan", Set: here, Want: checks.FAIL, Reason: "no restore testing plan"},
		{Name: "a plan without selection never runs", Set: set(here, testingPlan(300*aDay, 5*aDay)), Want: checks.FAIL, Reason: "has no selection, and never runs"},
		{Name: "it never ran", Set: set(here, testingPlan(300*aDay, 0, everyDatabase)), Want: checks.FAIL, Reason: "never ran"},
		{Name: "it was made within its interval", Set: set(here, testingPlan(10*aDay, 0, everyDatabase)), Want: checks.NotApplicable, Reason: "was not due yet"},
		{Name: "it ran too long ago", Set: set(here, testingPlan(300*aDay, 91*aDay, everyDatabase)), Want: checks.FAIL, Reason: "ran last at 2026-08-02T12:00:00Z, 90 days allowed"},
		{Name: "a validation failed", Set: set(here, ran, jobs(restore(databaseARN, "COMPLETED", "FAILED", 5*aDay, nil))), Want: checks.FAIL, Reason: "db COMPLETED, validation FAILED"},
		{Name: "a validation timed out", Set: set(here, ran, jobs(restore(databaseARN, "COMPLETED", "TIMED_OUT", 5*aDay, nil))), Want: checks.FAIL, Reason: "validation TIMED_OUT"},
		{Name: "jobs of Aurora fail without overrides", Set: set(here, ran, jobs(good, restore(clusterARN, "FAILED", "", 5*aDay, nil))), Want: checks.FAIL, Reason: "db FAILED"},
		{Name: "it failed, and went well the next time", Set: set(here, ran, jobs(restore(databaseARN, "FAILED", "", 35*aDay, nil), good)), Want: checks.PASS, Reason: "1 restore"},
		{Name: "a restore by hand is none of the plan's", Set: set(here, ran, jobs(restore(databaseARN, "COMPLETED", "", 5*aDay, func(j *snapshot.RestoreJob) { j.Test = "" }))), Want: checks.FAIL, Reason: "restored nothing"},
		{Name: "jobs of its time are no longer listed", Set: set(here, testingPlan(300*aDay, 40*aDay, everyDatabase)), Want: checks.UNKNOWN, Reason: "no longer lists jobs"},
		{Name: "one of two plans is good", Set: set(here, testingPlan(300*aDay, 0, everyDatabase), ran, jobs(good)), Want: checks.PASS, Reason: "1 restore"},
		{Name: "one of two plans is unread, the other good", Set: set(here, testingPlan(300*aDay, 0), func(a *snapshot.Account) {
			a.Backup.RestoreTests[0].Selections = snapshot.Missing[[]snapshot.RestoreTestSelection](throttled)
		}, ran, jobs(good)), Want: checks.PASS, Reason: "1 restore"},
		{Name: "its selections are unread", Set: set(here, ran, func(a *snapshot.Account) {
			a.Backup.RestoreTests[0].Selections = snapshot.Missing[[]snapshot.RestoreTestSelection](throttled)
		}), Want: checks.UNKNOWN, Reason: "throttled"},
		{Name: "no recovery point", Set: set(region(), theVault(func(v *snapshot.BackupVault) { v.Points = 0 })), Want: checks.NotApplicable, Reason: "no recovery point"},
		{Name: "vaults unread", Set: set(region(), denied("backup:ListBackupVaults")), Want: checks.UNKNOWN, Reason: "backup:ListBackupVaults"},
		{Name: "plans unread", Set: set(here, denied("backup:ListRestoreTestingPlans")), Want: checks.UNKNOWN, Reason: "backup:ListRestoreTestingPlans"},
		{Name: "jobs unread", Set: set(here, ran, jobs(good), denied("backup:ListRestoreJobs")), Want: checks.UNKNOWN, Reason: "backup:ListRestoreJobs"},
	})
}

func TestDatabaseRestoreTested(t *testing.T) {
	db := checktest.Instance(snapshot.Database{Engine: "postgres"}, tagsOf(map[string]string{"stage": "prod"}))
	kept := protected(databaseARN, pointOf("1", databaseARN, aDay, 35, nil))
	restored := func(list ...snapshot.RestoreJob) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			a.Backup.Protected[len(a.Backup.Protected)-1].Restores = snapshot.Value(list)
		}
	}
	here := set(region(), db, kept)
	only := func(arns []string, conditions ...snapshot.TagCondition) snapshot.RestoreTestSelection {
		return snapshot.RestoreTestSelection{Name: "one", Type: "RDS", Resources: snapshot.Value(snapshot.RestoreTestResources{ARNs: arns, Conditions: conditions})}
	}
	checktest.Run(t, &DatabaseRestoreTested, []checktest.Case{
		{Name: "a restore completed and was validated", Set: set(here, restored(restore(databaseARN, "COMPLETED", "SUCCESSFUL", 5*aDay, nil))), Want: checks.PASS, Reason: "a restore was COMPLETED, validation SUCCESSFUL"},
		{Name: "a restore completed without validation", Set: set(here, restored(restore(databaseARN, "COMPLETED", "", 5*aDay, nil))), Want: checks.PASS, Reason: "a restore was COMPLETED"},
		{Name: "a failed validation is no proof", Set: set(here, restored(restore(databaseARN, "COMPLETED", "FAILED", 5*aDay, nil))), Want: checks.FAIL, Reason: "the newest restore is COMPLETED, validation FAILED"},
		{Name: "one that timed out is none", Set: set(here, restored(restore(databaseARN, "COMPLETED", "TIMED_OUT", 5*aDay, nil))), Want: checks.FAIL, Reason: "TIMED_OUT"},
		{Name: "a failed validation is no proof, also where a testing plan takes it in", Set: set(here, restored(restore(databaseARN, "COMPLETED", "FAILED", 5*aDay, nil)), testingPlan(300*aDay, 5*aDay, everyDatabase)), Want: checks.FAIL, Reason: "validation FAILED"},
		{Name: "too long ago", Set: set(here, restored(restore(databaseARN, "COMPLETED", "", 95*aDay, nil))), Want: checks.FAIL, Reason: "no evidence of a restore within 90 days"},
		{Name: "restores made by RDS itself leave no job: no evidence, not no test", Set: here, Want: checks.FAIL, Reason: "there is no evidence of a restore"},
		{Name: "a testing plan takes in all", Set: set(here, testingPlan(300*aDay, 5*aDay, everyDatabase)), Want: checks.PASS, Reason: `restore testing plan "monthly" takes the database in`},
		{Name: "a testing plan that ran too long ago", Set: set(here, testingPlan(300*aDay, 95*aDay, everyDatabase)), Want: checks.FAIL, Reason: "no evidence"},
		{Name: "a testing plan that never ran", Set: set(here, testingPlan(300*aDay, 0, everyDatabase)), Want: checks.FAIL, Reason: "no evidence"},
		{Name: "a testing plan for another database", Set: set(here, testingPlan(300*aDay, 5*aDay, only([]string{databaseARN + "2"}))), Want: checks.FAIL, Reason: "no evidence"},
		{Name: "all, with a condition that holds", Set: set(here, testingPlan(300*aDay, 5*aDay, only([]string{"*"}, snapshot.TagCondition{Operator: "StringEquals", Key: "aws:ResourceTag/stage", Value: "prod"}))), Want: checks.PASS, Reason: "takes the database in"},
		{Name: "all, with a condition that does not hold", Set: set(here, testingPlan(300*aDay, 5*aDay, only([]string{"*"}, snapshot.TagCondition{Operator: "StringNotEquals", Key: "aws:ResourceTag/stage", Value: "prod"}))), Want: checks.FAIL, Reason: "no evidence"},
		{Name: "its selection is unread", Set: set(here, testingPlan(300*aDay, 5*aDay, snapshot.RestoreTestSelection{Type: "RDS", Resources: snapshot.Missing[snapshot.RestoreTestResources](throttled)})), Want: checks.UNKNOWN, Reason: "throttled"},
		{Name: "never backed up", Set: set(region(), db), Want: checks.NotApplicable, Reason: "no recovery point"},
		{Name: "no point is left", Set: set(region(), db, protected(databaseARN, pointOf("1", databaseARN, aDay, 35, status("EXPIRED")))), Want: checks.NotApplicable, Reason: "no recovery point"},
		{Name: "member", Set: checktest.Instance(snapshot.Database{Engine: "aurora-mysql", Cluster: "c"}), Want: checks.NotApplicable, Reason: "member"},
		{Name: "replica", Set: checktest.Instance(snapshot.Database{Engine: "mysql", ReplicaOf: "x"}), Want: checks.NotApplicable, Reason: "replica"},
		{Name: "a cluster", Set: set(region(), checktest.Cluster(snapshot.Database{ID: "db", Engine: "aurora-mysql"}), protected(clusterARN, pointOf("1", clusterARN, aDay, 35, nil)), restored(restore(clusterARN, "COMPLETED", "", aDay, nil))), Want: checks.PASS, Reason: "COMPLETED"},
		{Name: "restores unread", Set: set(here, func(a *snapshot.Account) {
			a.Backup.Protected[0].Restores = snapshot.Missing[[]snapshot.RestoreJob](throttled)
		}), Want: checks.UNKNOWN, Reason: "throttled"},
		{Name: "protected resources unread", Set: set(region(), db, denied("backup:ListProtectedResources")), Want: checks.UNKNOWN, Reason: "backup:ListProtectedResources"},
		{Name: "testing plans unread", Set: set(here, denied("backup:ListRestoreTestingPlans")), Want: checks.UNKNOWN, Reason: "backup:ListRestoreTestingPlans"},
	})
}
