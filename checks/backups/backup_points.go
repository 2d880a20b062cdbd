package backups

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"onus/checks"
	"onus/checks/databases"
	"onus/checks/protection"
	"onus/scanner/snapshot"
)

// PointRetention passes when a recovery point is kept long enough. One that is not need not
// be, where a younger point of the same resource is: per_resource asks for one such point.
// Source: Backup ListRecoveryPointsByBackupVault, Lifecycle and CalculatedLifecycle.
var PointRetention = checks.Check{
	ID:          "backup-recovery-point-retention-sufficient",
	Title:       "Recovery points are kept as long as the policy asks",
	Severity:    checks.Low,
	Category:    checks.BackupsOf,
	Duty:        checks.Backups,
	ServiceKind: checks.OfAccount,
	Tier:        2,
	Reads:       []string{"backup:ListBackupVaults", "backup:ListRecoveryPointsByBackupVault"},
	Parameters:  checks.Parameters{"min_retention_days": 35, "per_resource": true, "max_interval_hours": 24},
	Bounds:      checks.AtLeast(1),
	Remedy:      "Lengthen the lifecycle of the recovery point, and of the rule that made it.",
	Fix: checks.Fix{
		Threat: "Damage that is noticed after a recovery point has expired cannot be undone with it. Faults and intruders are often found weeks later.",
		CLI:    `aws backup update-recovery-point-lifecycle --region {region} --backup-vault-name VAULT --recovery-point-arn {arn} --lifecycle DeleteAfterDays=35`,
		Terraform: `resource "aws_backup_plan" "daily" {
  name = "daily"
  rule {
    rule_name         = "daily"
    target_vault_name = aws_backup_vault.main.name
    schedule          = "cron(0 5 ? * * *)"
    lifecycle {
      delete_after = 35
    }
  }
}`,
		Cost: "The point is stored and billed for longer. A continuous backup is kept for 35 days at most, and a locked vault may refuse a change.",
	},
	Judges: checks.For(snapshot.RecoveryPoints, pointRetention),
}

// DatabaseIndependentBackup passes when a recent recovery point of AWS Backup, in a vault
// that is still there, or a recent manual snapshot holds the database's data: RDS deletes
// its own automated backups with the database. A continuous backup keeps the date of its
// start, and is as recent as the database's LatestRestorableTime.
// Source: Backup ListProtectedResources and ListRecoveryPointsByBackupVault, else
// ListRecoveryPointsByResource; RDS DescribeDBSnapshots and DescribeDBClusterSnapshots.
var DatabaseIndependentBackup = checks.Check{
	ID:          "rds-database-has-recent-independent-backup",
	Title:       "A recent recovery point outside RDS's own backups exists for each database",
	Severity:    checks.Medium,
	Category:    checks.BackupsOf,
	Duty:        checks.Backups,
	ServiceKind: checks.Container,
	Tier:        2,
	Reads: slices.Concat(pointsRead, []string{"rds:DescribeDBSnapshots", "rds:DescribeDBClusterSnapshots",
		"rds:DescribeDBInstances", "rds:DescribeDBClusters"}),
	Parameters: checks.Parameters{"max_age_hours": 192},
	Bounds:     checks.AtLeast(1),
	Remedy:     "Find out why the plan makes no recovery point (AWS Backup lists its jobs), or make a manual snapshot.",
	Fix: checks.Fix{
		Threat: "RDS's automated backups can be deleted together with the database, in one call. A plan that selects the database and makes nothing looks like a backup until somebody needs it.",
		CLI: `aws backup list-backup-jobs --region {region} --by-resource-arn {arn}
aws backup start-backup-job --region {region} --backup-vault-name VAULT --resource-arn {arn} --iam-role-arn arn:aws:iam::{account}:role/service-role/AWSBackupDefaultServiceRole`,
		Terraform: "resource \"aws_backup_selection\" \"{name}\" {\n  name         = \"{name}\"\n  plan_id      = aws_backup_plan.daily.id\n  iam_role_arn = aws_iam_role.backup.arn\n  resources    = [\"{arn}\"]\n}",
		Cost:      "Snapshots are billed for each GB and month, beside RDS's own.",
	},
	Judges: checks.For(snapshot.DBInstances, func(d snapshot.DBInstance, env checks.Env) checks.Verdict {
		return independentBackup(d.Database, d.Meta, false, env)
	}).And(checks.For(snapshot.DBClusters, func(c snapshot.DBCluster, env checks.Env) checks.Verdict {
		return independentBackup(c.Database, c.Meta, true, env)
	})),
}

// BucketPointRecent passes when a bucket that a plan selects has a recent recovery point in
// its Region, or a continuous one, which is always current.
// Source: as DatabaseIndependentBackup; the ARN of a continuous point says so.
var BucketPointRecent = checks.Check{
	ID:          "s3-bucket-recovery-point-recent",
	Title:       "Protected S3 buckets have a recent recovery point",
	Severity:    checks.Medium,
	Category:    checks.BackupsOf,
	Duty:        checks.Backups,
	ServiceKind: checks.Abstracted,
	Tier:        2,
	Reads:       slices.Concat([]string{"s3:ListBuckets", "s3:HeadBucket", "s3:GetBucketLocation", "s3:GetBucketTagging"}, plansRead, pointsRead),
	Parameters:  checks.Parameters{"max_age_hours": 48},
	Bounds:      checks.AtLeast(1),
	Remedy:      "Find out in the list of backup jobs why no recovery point is made: versioning, the role's rights, or the bucket's events.",
	Fix: checks.Fix{
		Threat: "A plan whose role lost its rights, or a bucket whose versioning was suspended, goes on looking protected while no recovery point is made. That shows on the day when it is needed.",
		CLI: `aws backup list-backup-jobs --region {region} --by-resource-arn {arn}
aws backup start-backup-job --region {region} --backup-vault-name VAULT --resource-arn {arn} --iam-role-arn arn:aws:iam::{account}:role/service-role/AWSBackupDefaultServiceRole`,
		Terraform: "resource \"aws_iam_role_policy_attachment\" \"backup_s3\" {\n  role       = aws_iam_role.backup.name\n  policy_arn = \"arn:aws:iam::aws:policy/AWSBackupServiceRolePolicyForS3Backup\"\n}",
		Cost:      "The first backup of a large bucket takes days and many requests; later ones are incremental.",
	},
	Judges: checks.For(snapshot.Buckets, bucketPointRecent),
}

// pointsRead is what the question rests on which recovery points a resource has. The list by
// resource is asked only where a vault's own list is not whole.
var pointsRead = []string{"backup:ListProtectedResources", "backup:ListBackupVaults", "backup:ListRecoveryPointsByBackupVault", "backup:ListRecoveryPointsByResource"}

// pointsOf finds the recovery points of a resource.
var pointsOf = gathered("recovery points of a resource", snapshot.RecoveryPoints, func(p snapshot.RecoveryPoint) string { return p.Resource })

// keptFor says whether a point is kept for so many days, and in words how long.
func keptFor(p snapshot.RecoveryPoint, r snapshot.Retention, days int) (enough bool, how string) {
	if r.Lifecycle != nil {
		if r.Lifecycle.DeleteAfterEvent != "" {
			return false, "is deleted by " + r.Lifecycle.DeleteAfterEvent
		}
		have, forever := r.Lifecycle.Days()
		return forever || have >= int64(days), "is kept " + keeps(*r.Lifecycle)
	}
	if r.DeleteAt.IsZero() {
		return true, "is kept for ever"
	}
	return !r.DeleteAt.Before(p.Created.AddDate(0, 0, days)), "is deleted at " + at(r.DeleteAt)
}

func pointRetention(p snapshot.RecoveryPoint, env checks.Env) checks.Verdict {
	switch {
	case !p.Usable():
		return checks.DoesNotApply("the recovery point is %s", p.Status).With("Status", p.Status)
	case p.Parent:
		return checks.DoesNotApply("the recovery point is a composite: its children are judged")
	}
	days := env.Int("min_retention_days")
	r, err := p.Kept.Get()
	if err != nil {
		return checks.Unknown(err)
	}
	enough, how := keptFor(p, r, days)
	if enough {
		return checks.Pass("the point of %s %s", p.Resource, how).With("kept", how)
	}
	if env.Bool("per_resource") {
		longer, err := longerKept(p, env, days)
		switch {
		case err != nil:
			return checks.Unknown(err).With("kept", how)
		case longer != "":
			return checks.DoesNotApply("the point of %s %s; a younger one is kept long enough: %s", p.Resource, how, longer).With("kept", how)
		}
	}
	if p.Continuous() {
		how += "; a continuous backup cannot be kept longer than 35 days"
	}
	return checks.Fail("the point of %s %s, want %d days", p.Resource, how, days).With("kept", how)
}

// longerKept finds another point of the same resource that is kept long enough and is not
// older than the interval asks.
func longerKept(p snapshot.RecoveryPoint, env checks.Env, days int) (string, error) {
	oldest := env.AsOf.Add(-time.Duration(env.Int("max_interval_hours")) * time.Hour)
	all, err := checks.Find(env, pointsOf, p.Location, p.Resource)
	for _, q := range all.all {
		r, unread := q.Kept.Get()
		enough, _ := keptFor(q, r, days)
		if unread == nil && enough && q.ARN != p.ARN && q.Usable() && !q.Parent && (q.Continuous() || !q.Created.Before(oldest)) {
			return q.ARN, nil
		}
	}
	if err == nil {
		// A longer kept one may stand in what was not read.
		_, err = checks.Find(env, pointsOf, p.Location, noVolume)
	}
	if errors.Is(err, snapshot.ErrAbsent) {
		return "", nil
	}
	return "", err
}

// lastPoint is the newest usable recovery point of a resource and how old its data is; nil
// where it has none. continuous tells how recent a continuous one is.
func lastPoint(env checks.Env, at snapshot.Location, arn string, continuous func(snapshot.RecoveryPoint) time.Time) (last *snapshot.RecoveryPoint, of time.Time, err error) {
	r, err := checks.Find(env, snapshot.ProtectedResources, at, arn)
	if errors.Is(err, snapshot.ErrAbsent) {
		return nil, of, nil
	}
	if err != nil {
		return nil, of, err
	}
	points, err := checks.Use(env, r.Points)
	for _, p := range points {
		when := p.Created
		if p.Continuous() {
			when = continuous(p)
		}
		gone, unlisted := vaultIsGone(env, p)
		if unlisted != nil {
			err = cmp.Or(err, unlisted)
		}
		if p.Usable() && !gone && unlisted == nil && (last == nil || when.After(of)) {
			last, of = &p, when
		}
	}
	return last, of, err
}

// vaultIsGone says that the vault which a point names is not there any more.
func vaultIsGone(env checks.Env, p snapshot.RecoveryPoint) (bool, error) {
	if p.Vault == "" {
		return false, nil // the list by resource leaves it out
	}
	_, err := checks.Find(env, snapshot.BackupVaults, p.Location, p.Vault)
	switch {
	case errors.Is(err, snapshot.ErrAbsent):
		return true, nil
	case err != nil:
		return false, err
	}
	return false, nil
}

func independentBackup(d snapshot.Database, of snapshot.Meta, cluster bool, env checks.Env) checks.Verdict {
	if v, out := databases.Standalone(d); out {
		return v
	}
	if v, out := databases.Replica(d); out {
		return v
	}
	allowed := time.Duration(env.Int("max_age_hours")) * time.Hour
	if !d.Created.IsZero() && env.AsOf.Sub(d.Created) <= allowed {
		return checks.DoesNotApply("the database was made at %s, within the %s that a backup may be old", at(d.Created), hours(allowed))
	}
	point, when, err := lastPoint(env, of.Location, of.ARN, func(p snapshot.RecoveryPoint) time.Time {
		if p.ARN == d.BackupPoint && !d.LatestRestorable.IsZero() {
			return d.LatestRestorable
		}
		return p.Created
	})
	if point != nil && env.AsOf.Sub(when) <= allowed {
		return checks.Pass("recovery point %s in vault %s holds the data of %s", last(point.ARN), cmp.Or(point.Vault, "(not told)"), at(when)).With("RecoveryPointArn", point.ARN)
	}
	snap, err2 := lastManual(env, of.Location, d, cluster)
	if snap != nil && env.AsOf.Sub(snap.Created) <= allowed {
		return checks.Pass("the manual snapshot %s is of %s", snap.ID, at(snap.Created)).With("DBSnapshotIdentifier", snap.ID)
	}
	if err = cmp.Or(err, err2); err != nil {
		return checks.Unknown(err)
	}
	var seen []string
	if point != nil {
		seen = append(seen, fmt.Sprintf("the newest recovery point is of %s", at(when)))
	}
	if snap != nil {
		seen = append(seen, fmt.Sprintf("the newest manual snapshot, %s, is of %s", snap.ID, at(snap.Created)))
	}
	if len(seen) == 0 {
		return checks.Fail("there is neither a recovery point nor a manual snapshot: only RDS's own backups").With("RecoveryPointArn", "")
	}
	return checks.Fail("%s; an age of %s is allowed", strings.Join(seen, " and "), hours(allowed)).With("RecoveryPointArn", "")
}

// last is the last part of an ARN.
func last(arn string) string { return arn[strings.LastIndexAny(arn, ":/")+1:] }

// lastManual is the newest manual snapshot of a database that is available; nil where there
// is none. One of another database that had the same name is none of it.
func lastManual(env checks.Env, at snapshot.Location, d snapshot.Database, cluster bool) (newest *snapshot.DBSnapshot, err error) {
	all, err := checks.In(env, snapshot.DBSnapshots, at).Get()
	for i := range all {
		s := &all[i]
		same := s.DatabaseID == d.ResourceID
		if s.DatabaseID == "" || d.ResourceID == "" { // older endpoints tell no such id
			same = s.Database == d.ID
		}
		if same && s.OfCluster == cluster && s.Type == "manual" && s.Status == "available" && (newest == nil || s.Created.After(newest.Created)) {
			newest = s
		}
	}
	return newest, err
}

func bucketPointRecent(b snapshot.Bucket, env checks.Env) checks.Verdict {
	if _, err := b.BucketRegion.Get(); err != nil {
		return checks.Unknown(err)
	}
	cover := plansOfBucket(env, b)
	switch {
	case len(cover.By) > 0:
	case cover.Open != nil:
		return protection.Unknown(cover.Open)
	default:
		return checks.DoesNotApply("no backup plan selects the bucket%s", cover.Notes())
	}
	allowed := time.Duration(env.Int("max_age_hours")) * time.Hour
	point, when, err := lastPoint(env, b.Location, b.ARN, func(snapshot.RecoveryPoint) time.Time { return env.AsOf })
	switch {
	case point != nil && point.Continuous():
		return checks.Pass("the continuous backup %s is %s", last(point.ARN), point.Status).With("RecoveryPointArn", point.ARN)
	case point != nil && env.AsOf.Sub(when) <= allowed:
		return checks.Pass("recovery point %s is of %s", last(point.ARN), at(when)).With("RecoveryPointArn", point.ARN)
	case err != nil:
		return checks.Unknown(err)
	case point != nil:
		return checks.Fail("the newest recovery point is of %s; an age of %s is allowed", at(when), hours(allowed)).With("RecoveryPointArn", point.ARN)
	}
	return checks.Fail("%s selects the bucket, and there is no recovery point of it", cover.By[0].What).With("RecoveryPointArn", "")
}
