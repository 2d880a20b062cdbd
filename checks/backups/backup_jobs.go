package backups

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"onus/checks"
	"onus/checks/protection"
	"onus/checks/wording"
	"onus/scanner/snapshot"
)

// JobsSucceed passes when the newest job that ended of each resource completed. A retry that
// completes heals a failure, and a resource that is gone is not asked for. Where plans have
// run and there is no job at all, they do nothing.
// Source: Backup ListBackupJobs, State and MessageCategory.
var JobsSucceed = checks.Check{
	ID:          "backup-jobs-succeed",
	Title:       "Backup jobs of the last days succeeded",
	Severity:    checks.High,
	Category:    checks.BackupsOf,
	Duty:        checks.Backups,
	ServiceKind: checks.OfAccount,
	Tier:        3,
	Reads: []string{"backup:ListBackupJobs", "backup:ListBackupPlans", "backup:ListBackupSelections", "backup:GetBackupPlan", "ec2:DescribeVolumes", "ec2:DescribeInstances",
		"rds:DescribeDBInstances", "rds:DescribeDBClusters", "s3:ListBuckets"},
	Parameters: checks.Parameters{"window_days": 7},
	Bounds:     checks.AtLeast(1),
	Remedy:     "Read the message of each failed job, and mend what it names: the role's rights, the key's policy, versioning, the start window.",
	Fix: checks.Fix{
		Threat: "A backup that fails night after night is found out on the day of the loss. The plan, the tags and the vault all look right until then.",
		CLI: `aws backup list-backup-jobs --region {region} --by-state FAILED --query 'BackupJobs[].[ResourceArn,CreationDate,MessageCategory,StatusMessage]' --output table
aws backup put-backup-vault-notifications --region {region} --backup-vault-name VAULT --sns-topic-arn TOPIC_ARN --backup-vault-events BACKUP_JOB_COMPLETED`,
		Terraform: "resource \"aws_iam_role_policy_attachment\" \"backup\" {\n  role       = aws_iam_role.backup.name\n  policy_arn = \"arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup\"\n}",
		Cost:      "Usually nothing but the work. Longer start and completion windows help where jobs expire.",
	},
	Judges: checks.For(snapshot.BackupRegions, jobsSucceed),
}

// ended are the states in which a job goes no further.
var ended = []string{"COMPLETED", "PARTIAL", "FAILED", "ABORTED", "EXPIRED"}

func jobsSucceed(r snapshot.BackupRegion, env checks.Env) checks.Verdict {
	window := time.Duration(env.Int("window_days")) * 24 * time.Hour
	due, any, open := due(env, r.Location, window)
	if !any {
		if open != nil {
			return protection.Unknown(open)
		}
		return checks.DoesNotApply("no backup plan with a selection is in the Region")
	}
	newest, unlisted := newestJobs(env, r.Location, env.AsOf.Add(-window))
	open = errors.Join(open, unlisted)
	var failed, arns []string
	good := 0
	for arn := range newest {
		arns = append(arns, arn)
	}
	slices.Sort(arns)
	for _, arn := range arns {
		j := newest[arn]
		if j.State == "COMPLETED" {
			good++
			continue
		}
		switch there, err := exists(env, r.Location, arn); {
		case err != nil:
			open = errors.Join(open, err)
		case there:
			failed = append(failed, fmt.Sprintf("%s %s%s", last(arn), j.State, because(j.Message)))
		}
	}
	switch {
	case unlisted != nil: // a newer job may stand in what was not read
		return protection.Unknown(unlisted)
	case len(failed) > 0:
		return checks.Fail("the newest job of %s did not complete: %s", wording.Count(len(failed), "resource"), wording.Few(failed, 5)).With("failed", strings.Join(failed, ", "))
	case open != nil:
		return protection.Unknown(open)
	case good > 0:
		return checks.Pass("the newest job completed of each of the %s that had one in %d days", wording.Count(good, "resource"), env.Int("window_days")).With("failed", "")
	case due == "":
		return checks.DoesNotApply("no plan had to run in the last %d days", env.Int("window_days"))
	case len(newest) > 0:
		return checks.DoesNotApply("jobs of the last %d days are of resources that are gone", env.Int("window_days"))
	}
	return checks.Fail("plan %q had to run in the last %d days, and there was no job at all", due, env.Int("window_days")).With("failed", "")
}

// due names a plan with a selection that must have run within the window: one of its rules
// runs as often, and the plan was there before. any says that some plan has a selection.
func due(env checks.Env, at snapshot.Location, window time.Duration) (name string, any bool, open error) {
	plans, open := checks.In(env, snapshot.BackupPlans, at).Get()
	for _, p := range plans {
		selections, err := checks.Use(env, p.Selections)
		open = errors.Join(open, err)
		if len(selections) == 0 || !p.Deleted.IsZero() {
			continue
		}
		any = true
		rules, err := checks.Use(env, p.Rules)
		open = errors.Join(open, err)
		for _, r := range rules {
			// A day on top: the job starts some hours after its time.
			every, err := protection.Interval(r.Schedule, env.AsOf)
			if err == nil && every+24*time.Hour <= window && env.AsOf.Sub(p.Created) > every+24*time.Hour && name == "" {
				name = p.Name
			}
		}
	}
	return name, any, open
}

// newestJobs are the newest jobs that ended, by resource.
func newestJobs(env checks.Env, at snapshot.Location, since time.Time) (map[string]snapshot.BackupJob, error) {
	jobs, err := checks.In(env, snapshot.BackupJobs, at).Get()
	out := map[string]snapshot.BackupJob{}
	for _, j := range jobs {
		was, there := out[j.Resource]
		if slices.Contains(ended, j.State) && !j.Created.Before(since) && (!there || j.Created.After(was.Created)) {
			out[j.Resource] = j
		}
	}
	return out, err
}

// exists says whether a resource is still there. Of a kind that is not read it is taken to
// be.
func exists(env checks.Env, at snapshot.Location, arn string) (bool, error) {
	find := func(err error) (bool, error) {
		if errors.Is(err, snapshot.ErrAbsent) {
			return false, nil
		}
		return err == nil, err
	}
	name, service := last(arn), strings.SplitN(arn, ":", 4)
	switch {
	case strings.Contains(arn, ":volume/"):
		_, err := checks.Find(env, snapshot.Volumes, at, name)
		return find(err)
	case strings.Contains(arn, ":instance/"):
		_, err := checks.Find(env, snapshot.Instances, at, name)
		return find(err)
	case strings.Contains(arn, ":db:"):
		_, err := checks.Find(env, snapshot.DBInstances, at, name)
		return find(err)
	case strings.Contains(arn, ":cluster:") && len(service) == 4 && service[2] == "rds":
		_, err := checks.Find(env, snapshot.DBClusters, at, name)
		return find(err)
	case len(service) == 4 && service[2] == "s3":
		_, err := checks.Find(env, snapshot.Buckets, at, name)
		return find(err)
	}
	return true, nil
}
