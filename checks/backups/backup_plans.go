package backups

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"onus/checks"
	"onus/checks/protection"
	"onus/checks/wording"
	"onus/scanner/snapshot"
)

// PlanExists passes where a Region holds data and some backup plan there has a rule and a
// selection. Whether that selects anything is asked of each resource.
// Source: Backup ListBackupPlans, without deleted ones; GetBackupPlan Rules;
// ListBackupSelections.
var PlanExists = checks.Check{
	ID:          "backup-plan-exists",
	Title:       "A backup plan exists where there is data to protect",
	Severity:    checks.Low,
	Category:    checks.BackupsOf,
	Duty:        checks.Backups,
	ServiceKind: checks.OfAccount,
	Tier:        1,
	Reads: []string{"backup:ListBackupPlans", "backup:GetBackupPlan", "backup:ListBackupSelections",
		"ec2:DescribeVolumes", "ec2:DescribeInstances", "rds:DescribeDBInstances", "rds:DescribeDBClusters", "s3:ListBuckets", "s3:HeadBucket", "s3:GetBucketLocation"},
	Remedy: "Make a backup plan in the Region with a daily rule, and select by tag or type what it must back up.",
	Fix: checks.Fix{
		Threat: "What is deleted by mistake, or encrypted by an intruder, can then be brought back only by what each service keeps for itself. Those copies die with their database, volume or bucket, and whoever may delete it may delete them.",
		CLI: `aws backup create-backup-vault --region {region} --backup-vault-name main
aws backup create-backup-plan --region {region} --backup-plan '{"BackupPlanName":"daily","Rules":[{"RuleName":"daily","TargetBackupVaultName":"main","ScheduleExpression":"cron(0 5 ? * * *)","Lifecycle":{"DeleteAfterDays":35}}]}'
aws backup create-backup-selection --region {region} --backup-plan-id PLAN_ID --backup-selection '{"SelectionName":"tagged","IamRoleArn":"arn:aws:iam::{account}:role/service-role/AWSBackupDefaultServiceRole","ListOfTags":[{"ConditionType":"STRINGEQUALS","ConditionKey":"backup","ConditionValue":"daily"}]}'`,
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
}

resource "aws_backup_selection" "tagged" {
  name         = "tagged"
  plan_id      = aws_backup_plan.daily.id
  iam_role_arn = aws_iam_role.backup.arn
  selection_tag {
    type  = "STRINGEQUALS"
    key   = "backup"
    value = "daily"
  }
}`,
		Cost: "Backup storage is billed for each GB and month. The role that the selection names must exist and may back up and restore the types that it selects.",
	},
	Judges: checks.For(snapshot.BackupRegions, planExists),
}

// PlanRetention passes when every rule of a plan keeps what it takes long enough, or one of
// them does and runs often enough: that one covers the same selections as the others.
// Source: Backup GetBackupPlan, Rules Lifecycle.DeleteAfterDays and ScheduleExpression.
var PlanRetention = checks.Check{
	ID:          "backup-plan-retention-sufficient",
	Title:       "Backup plans keep what they take long enough",
	Severity:    checks.Medium,
	Category:    checks.BackupsOf,
	Duty:        checks.Backups,
	ServiceKind: checks.OfAccount,
	Tier:        1,
	Reads:       []string{"backup:ListBackupPlans", "backup:GetBackupPlan", "backup:ListBackupSelections"},
	Parameters:  checks.Parameters{"min_retention_days": 35, "max_interval_hours": 24},
	Bounds:      checks.AtLeast(1),
	Remedy:      "Raise DeleteAfterDays of the rules, or add a rule that runs daily and keeps longer.",
	Fix: checks.Fix{
		Threat: "Damage that is noticed after the last good recovery point has expired cannot be undone. Intruders wait for that, and a fault in an application is often found weeks later.",
		CLI: `aws backup get-backup-plan --region {region} --backup-plan-id {id} --query BackupPlan > plan.json
# set Lifecycle.DeleteAfterDays of the rules in plan.json to 35 or more
aws backup update-backup-plan --region {region} --backup-plan-id {id} --backup-plan file://plan.json`,
		Terraform: `resource "aws_backup_plan" "{name}" {
  name = "{name}"
  rule {
    rule_name         = "daily"
    target_vault_name = aws_backup_vault.main.name
    schedule          = "cron(0 5 ? * * *)"
    lifecycle {
      delete_after = 35
    }
  }
}`,
		Cost: "More recovery points are stored and billed. Points that exist keep the retention that they were made with, and a continuous backup cannot be kept longer than 35 days.",
	},
	Judges: checks.For(snapshot.BackupPlans, planRetention),
}

// nothingHeld leaves out a Region that holds no data of the four services. The second is
// false where the check goes on.
func nothingHeld(env checks.Env, at snapshot.Location) (checks.Verdict, bool) {
	held, err := protection.Held(env, at)
	switch {
	case len(held.Own()) > 0:
		return checks.Verdict{}, false
	case err != nil:
		return checks.Unknown(err), true
	}
	return checks.DoesNotApply("the Region holds no EBS volume, EC2 instance, RDS database or S3 bucket"), true
}

func planExists(r snapshot.BackupRegion, env checks.Env) checks.Verdict {
	if v, out := nothingHeld(env, r.Location); out {
		return v
	}
	plans, open := checks.In(env, snapshot.BackupPlans, r.Location).Get()
	var lacking []string
	for _, p := range plans {
		if !p.Deleted.IsZero() {
			continue
		}
		rules, err1 := checks.Use(env, p.Rules)
		selections, err2 := checks.Use(env, p.Selections)
		switch {
		case err1 == nil && err2 == nil && len(rules) > 0 && len(selections) > 0:
			return checks.Pass("backup plan %q has %s and %s", p.Name, wording.Count(len(rules), "rule"), wording.Count(len(selections), "selection")).With("BackupPlanName", p.Name)
		case err1 == nil && len(rules) == 0:
			lacking = append(lacking, fmt.Sprintf("%q has no rule", p.Name))
		case err2 == nil && len(selections) == 0:
			lacking = append(lacking, fmt.Sprintf("%q has no selection", p.Name))
		default:
			open = errors.Join(open, err1, err2)
		}
	}
	switch {
	case open != nil:
		return protection.Unknown(open)
	case len(lacking) > 0:
		return checks.Fail("no backup plan protects anything: %s", strings.Join(lacking, ", ")).With("BackupPlanName", "")
	}
	return checks.Fail("the Region holds data and has no backup plan").With("BackupPlanName", "")
}

// selects leaves out a plan without a selection, which backs nothing up. The second is false
// where the check goes on.
func selects(p snapshot.BackupPlan) (checks.Verdict, bool) {
	selections, err := p.Selections.Get()
	switch {
	case err != nil:
		return checks.Unknown(err), true
	case len(selections) == 0:
		return checks.DoesNotApply("the plan has no selection: it backs nothing up").With("selections", "0"), true
	}
	return checks.Verdict{}, false
}

func planRetention(p snapshot.BackupPlan, env checks.Env) checks.Verdict {
	if v, out := selects(p); out {
		return v
	}
	rules, err := p.Rules.Get()
	if err != nil {
		return checks.Unknown(err)
	}
	if len(rules) == 0 {
		return checks.Fail("the plan has no rule: it keeps nothing").With("rules", "0")
	}
	least, within := env.Int("min_retention_days"), time.Duration(env.Int("max_interval_hours"))*time.Hour
	var short, all []string
	var long, unclear string
	for _, r := range rules {
		all = append(all, r.Name+": "+keeps(r.Lifecycle))
		if days, forever := r.Lifecycle.Days(); !forever && days < int64(least) {
			text := fmt.Sprintf("rule %q keeps %s", r.Name, keeps(r.Lifecycle))
			if r.Continuous && least > 35 {
				text += ", and a continuous backup cannot be kept longer than 35 days"
			}
			short = append(short, text)
			continue
		}
		switch every, err := protection.Interval(r.Schedule, env.AsOf); {
		case err == nil && every <= within:
			long = fmt.Sprintf("rule %q runs at least every %s and keeps %s", r.Name, hours(every), keeps(r.Lifecycle))
		case err == nil:
			short = append(short, fmt.Sprintf("rule %q keeps %s and runs only every %s", r.Name, keeps(r.Lifecycle), hours(every)))
		case errors.Is(err, protection.ErrNever):
			short = append(short, fmt.Sprintf("rule %q does not run any more", r.Name))
		default:
			unclear = err.Error()
		}
	}
	return retentionOf(rules, least, short, long, unclear).With("retention", strings.Join(all, ", "))
}

// retentionOf weighs the rules of a plan: short of what is asked, a long one that runs often
// enough, and one whose schedule is not understood.
func retentionOf(rules []snapshot.BackupRule, least int, short []string, long, unclear string) checks.Verdict {
	enough := true
	for _, r := range rules {
		days, forever := r.Lifecycle.Days()
		enough = enough && (forever || days >= int64(least))
	}
	switch {
	case enough:
		return checks.Pass("every rule keeps what it takes for %d days or more", least)
	case long != "":
		return checks.Pass("%s", long)
	case unclear != "":
		return checks.Unclear("%s, and the other rules keep less than %d days", unclear, least)
	}
	return checks.Fail("%s; want %d days", strings.Join(short, ", "), least)
}

// keeps says how long a lifecycle keeps.
func keeps(l snapshot.Lifecycle) string {
	if days, forever := l.Days(); !forever {
		return strconv.FormatInt(days, 10) + " days"
	}
	return "for ever"
}

func hours(d time.Duration) string {
	switch {
	case d >= 48*time.Hour:
		return wording.Count(int(d/(24*time.Hour)), "day")
	case d >= time.Hour:
		return wording.Count(int(d/time.Hour), "hour")
	}
	return wording.Count(int(d/time.Minute), "minute")
}
