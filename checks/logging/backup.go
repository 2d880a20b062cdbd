package logging

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"onus/checks"
	"onus/checks/protection"
	"onus/scanner/snapshot"
)

// ReportPlanExists passes where a Region with backup plans is covered by a report plan, from
// whatever Region: one can cover many.
// Source: Backup ListReportPlans, DeploymentStatus and ReportSetting.Regions.
var ReportPlanExists = checks.Check{
	ID:          "backup-report-plan-exists",
	Title:       "AWS Backup reports on its jobs or compliance where backup plans exist",
	Severity:    checks.Low,
	Category:    checks.LoggingOf,
	Duty:        checks.Backups,
	ServiceKind: checks.OfAccount,
	Tier:        2,
	Reads:       []string{"backup:ListReportPlans", "backup:ListBackupPlans"},
	Remedy:      "Make a report plan that covers the Region, and look at where the reports arrive.",
	Fix: checks.Fix{
		Threat: "Job lists go back about a month. Without reports nobody can show later that backups were made, nor see that they have been failing for a while.",
		CLI:    `aws backup create-report-plan --region {region} --report-plan-name backup_jobs --report-delivery-channel S3BucketName=BUCKET,Formats=CSV --report-setting ReportTemplate=BACKUP_JOB_REPORT,Regions={region}`,
		Terraform: `resource "aws_backup_report_plan" "jobs" {
  name = "backup_jobs"
  report_delivery_channel {
    s3_bucket_name = aws_s3_bucket.reports.id
    formats        = ["CSV"]
  }
  report_setting {
    report_template = "BACKUP_JOB_REPORT"
  }
}`,
		Cost: "The bucket's policy must let AWS Backup write to it. Reports themselves cost nothing but their storage; those on compliance need AWS Config and are billed.",
	},
	Judges: checks.For(snapshot.BackupRegions, reportPlanExists),
}

// VaultNotifiesFailures passes when a vault that plans write or copy to tells a topic of
// jobs that end, failed ones too: the event BACKUP_JOB_COMPLETED carries the outcome. AWS
// still takes BACKUP_JOB_FAILED and its like, and no longer sends them.
// Source: Backup GetBackupVaultNotifications, SNSTopicArn and BackupVaultEvents; AWS Backup
// Developer Guide, "Notification options with AWS Backup".
var VaultNotifiesFailures = checks.Check{
	ID:          "backup-vault-notifies-failures",
	Title:       "Failed backup, copy and restore jobs raise a notification",
	Severity:    checks.Low,
	Category:    checks.LoggingOf,
	Duty:        checks.Backups,
	ServiceKind: checks.OfAccount,
	Tier:        2,
	Reads:       []string{"backup:ListBackupVaults", "backup:GetBackupVaultNotifications", "backup:ListBackupPlans", "backup:GetBackupPlan"},
	Remedy:      "Send BACKUP_JOB_COMPLETED, and COPY_JOB_FAILED where copies are made, to a topic that somebody reads; or waive this where an EventBridge rule does.",
	Fix: checks.Fix{
		Threat: "Jobs fail in silence: a key's policy changed, a window was too short, a role lost a right. Weeks later there is nothing to restore from.",
		CLI:    `aws backup put-backup-vault-notifications --region {region} --backup-vault-name {name} --sns-topic-arn TOPIC_ARN --backup-vault-events BACKUP_JOB_COMPLETED COPY_JOB_FAILED RESTORE_JOB_COMPLETED`,
		Terraform: `resource "aws_backup_vault_notifications" "{name}" {
  backup_vault_name   = "{name}"
  sns_topic_arn       = aws_sns_topic.backup.arn
  backup_vault_events = ["BACKUP_JOB_COMPLETED", "COPY_JOB_FAILED", "RESTORE_JOB_COMPLETED"]
}`,
		Cost: "The topic's policy must let backup.amazonaws.com publish. BACKUP_JOB_COMPLETED tells of successes too: filter the subscription by the message attribute State.",
	},
	Judges: checks.For(snapshot.BackupVaults, vaultNotifiesFailures),
}

func reportPlanExists(r snapshot.BackupRegion, env checks.Env) checks.Verdict {
	plans, err := checks.In(env, snapshot.BackupPlans, r.Location).Get()
	switch {
	case len(plans) > 0:
	case err != nil:
		return checks.Unknown(err)
	default:
		return checks.DoesNotApply("there is no backup plan in the Region")
	}
	var open error
	var others []string
	for _, from := range snapshot.BackupRegions.All(env.Account()) {
		reports, err := checks.In(env, snapshot.ReportPlans, from.Location).Get()
		open = errors.Join(open, err)
		for _, p := range reports {
			covers := slices.Contains(p.Regions, r.Region) || slices.Contains(p.Regions, "*") || len(p.Regions) == 0 && p.Region == r.Region
			switch {
			case !covers:
			case p.Status != "COMPLETED":
				others = append(others, fmt.Sprintf("%q of %s is %s", p.Name, p.Region, p.Status))
			default:
				return checks.Pass("report plan %q of %s covers the Region, by %s%s", p.Name, p.Region, p.Template, late(p)).With("ReportPlanName", p.Name)
			}
		}
	}
	switch {
	case open != nil:
		return protection.Unknown(open)
	case len(others) > 0:
		return checks.Fail("no report plan that is deployed covers the Region: %s", strings.Join(others, ", ")).With("ReportPlanName", "")
	}
	return checks.Fail("no report plan covers the Region").With("ReportPlanName", "")
}

// late warns of reports that fail to arrive: tried a day or more after the last that did.
func late(p snapshot.ReportPlan) string {
	const format = time.RFC3339
	switch {
	case p.LastAttempt.IsZero():
		return "; it was not tried yet"
	case p.LastSuccess.IsZero():
		return "; no report has arrived, the last was tried at " + p.LastAttempt.UTC().Format(format)
	case p.LastAttempt.Sub(p.LastSuccess) >= 24*time.Hour:
		return fmt.Sprintf("; reports fail to arrive: the last came at %s and was tried at %s", p.LastSuccess.UTC().Format(format), p.LastAttempt.UTC().Format(format))
	}
	return ""
}

// use is what plans do with a vault.
type use struct{ writes, copies bool }

// usedBy says what the plans of all scanned Regions do with a vault.
func usedBy(env checks.Env, v snapshot.BackupVault) (u use, open error) {
	for _, from := range snapshot.BackupRegions.All(env.Account()) {
		plans, err := checks.In(env, snapshot.BackupPlans, from.Location).Get()
		open = errors.Join(open, err)
		for _, p := range plans {
			rules, err := checks.Use(env, p.Rules)
			open = errors.Join(open, err)
			for _, r := range rules {
				if p.Region == v.Region && r.Vault == v.Name {
					u.writes, u.copies = true, u.copies || len(r.Copies) > 0 || r.AirGapped != ""
				}
				if r.AirGapped == v.ARN || slices.ContainsFunc(r.Copies, func(c snapshot.BackupCopy) bool { return c.Vault == v.ARN }) {
					u.copies = true
				}
			}
		}
	}
	return u, open
}

func vaultNotifiesFailures(v snapshot.BackupVault, env checks.Env) checks.Verdict {
	if !v.Own() {
		return checks.DoesNotApply("the vault is another account's").With("VaultType", v.Type)
	}
	u, open := usedBy(env, v)
	if !u.writes && !u.copies {
		if open != nil {
			return protection.Unknown(open)
		}
		return checks.DoesNotApply("no backup plan writes or copies to the vault")
	}
	n, err := v.Notifications.Get()
	if err != nil {
		return checks.Unknown(err)
	}
	seen := strings.Join(n.Events, ", ")
	var lacking []string
	if !slices.Contains(n.Events, "BACKUP_JOB_COMPLETED") {
		lacking = append(lacking, "BACKUP_JOB_COMPLETED")
	}
	if u.copies && !slices.Contains(n.Events, "COPY_JOB_FAILED") {
		lacking = append(lacking, "COPY_JOB_FAILED")
	}
	switch {
	case n.Topic == "":
		return checks.Fail("the vault notifies nobody").With("BackupVaultEvents", "")
	case len(lacking) > 0:
		note := ""
		if dead := deprecated(n.Events); len(dead) > 0 {
			note = "; AWS no longer sends " + strings.Join(dead, ", ")
		}
		return checks.Fail("the vault does not notify of %s%s", strings.Join(lacking, ", "), note).With("BackupVaultEvents", seen)
	case open != nil && !slices.Contains(n.Events, "COPY_JOB_FAILED"):
		return protection.Unknown(open) // a plan that was not read may copy from or to the vault
	}
	return checks.Pass("the vault notifies %s of %s", n.Topic, seen).With("BackupVaultEvents", seen)
}

// deprecated are the events that AWS still takes and no longer sends.
// Source: AWS Backup API Reference, PutBackupVaultNotifications.
func deprecated(events []string) (out []string) {
	for _, e := range events {
		switch e {
		case "BACKUP_JOB_SUCCESSFUL", "BACKUP_JOB_FAILED", "BACKUP_JOB_EXPIRED", "RESTORE_JOB_SUCCESSFUL", "RESTORE_JOB_FAILED", "BACKUP_PLAN_CREATED", "BACKUP_PLAN_MODIFIED":
			out = append(out, e)
		}
	}
	return out
}
