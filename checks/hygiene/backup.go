package hygiene

import (
	"fmt"
	"slices"
	"strings"

	"onus/checks"
	"onus/scanner/snapshot"
)

// PlanLifecycleSet passes when every rule of a plan expires what it takes, within the time
// that the policy allows. It is the other side of the retention on purpose: too short loses
// data, without an end breaks the limits on keeping it.
// Source: Backup GetBackupPlan, Rules Lifecycle.DeleteAfterDays.
var PlanLifecycleSet = checks.Check{
	ID:          "backup-plan-lifecycle-set",
	Title:       "Backup plans expire what they take",
	Severity:    checks.Low,
	Category:    checks.Hygiene,
	Duty:        checks.CustomerData,
	ServiceKind: checks.OfAccount,
	Tier:        2,
	Reads:       []string{"backup:ListBackupPlans", "backup:GetBackupPlan"},
	Parameters:  checks.Parameters{"max_retention_days": 2557},
	Bounds:      checks.AtLeast(1),
	Remedy:      "Set DeleteAfterDays in every rule, to no more than your rules on keeping data allow.",
	Fix: checks.Fix{
		Threat: "Recovery points without an end keep personal data that was deleted long ago, against the limits on storing it. They can be restored, shared and stolen, and are paid for as long.",
		CLI: `aws backup get-backup-plan --region {region} --backup-plan-id {id} --query BackupPlan > plan.json
# set Lifecycle.DeleteAfterDays of every rule in plan.json
aws backup update-backup-plan --region {region} --backup-plan-id {id} --backup-plan file://plan.json`,
		Terraform: `resource "aws_backup_plan" "{name}" {
  name = "{name}"
  rule {
    rule_name         = "daily"
    target_vault_name = aws_backup_vault.main.name
    lifecycle {
      delete_after = 365
    }
  }
}`,
		Cost: "Saves storage. Recovery points that exist keep the lifecycle that they were made with.",
	},
	Judges: checks.For(snapshot.BackupPlans, planLifecycleSet),
}

// VaultTagged passes when a vault carries the tags that the policy asks for.
// Source: Backup ListTags of the vault's ARN.
var VaultTagged = checks.Check{
	ID:          "backup-vault-tagged",
	Title:       "Backup vaults carry the tags that the policy asks for",
	Severity:    checks.Low,
	Category:    checks.Hygiene,
	Duty:        checks.CustomerData,
	ServiceKind: checks.OfAccount,
	Tier:        2,
	Reads:       []string{"backup:ListBackupVaults", "backup:ListTags"},
	Parameters:  checks.Parameters{"required_tag_keys": []string{}},
	Remedy:      "Tag the vault with its owner and what its recovery points are for.",
	Fix: checks.Fix{
		Threat:    "Nobody can tell whose backups lie in an untagged vault, nor whether they may be deleted. So they are kept for ever, or deleted by mistake.",
		CLI:       `aws backup tag-resource --region {region} --resource-arn {arn} --tags owner=OWNER`,
		Terraform: "resource \"aws_backup_vault\" \"{name}\" {\n  name = \"{name}\"\n  tags = {\n    owner = \"OWNER\"\n  }\n}",
		Cost:      "Nothing.",
	},
	Judges: checks.For(snapshot.BackupVaults, vaultTagged),
}

func planLifecycleSet(p snapshot.BackupPlan, env checks.Env) checks.Verdict {
	rules, err := p.Rules.Get()
	switch {
	case err != nil:
		return checks.Unknown(err)
	case len(rules) == 0:
		return checks.DoesNotApply("the plan has no rule")
	}
	most := int64(env.Int("max_retention_days"))
	var wrong, all []string
	for _, r := range rules {
		days, forever := r.Lifecycle.Days()
		switch {
		case forever:
			wrong = append(wrong, fmt.Sprintf("rule %q keeps for ever", r.Name))
		case days > most:
			wrong = append(wrong, fmt.Sprintf("rule %q keeps %d days", r.Name, days))
		}
		all = append(all, fmt.Sprintf("%s: %d", r.Name, days))
	}
	seen := strings.Join(all, ", ")
	if len(wrong) > 0 {
		return checks.Fail("%s; %d days allowed", strings.Join(wrong, ", "), most).With("DeleteAfterDays", seen)
	}
	return checks.Pass("every rule expires what it takes within %d days", most).With("DeleteAfterDays", seen)
}

// madeByAWS are vaults that appear by themselves.
var madeByAWS = []string{"Default", "aws/efs/automatic-backup-vault"}

func vaultTagged(v snapshot.BackupVault, env checks.Env) checks.Verdict {
	switch {
	case !v.Own():
		return checks.DoesNotApply("the vault is another account's, whose tags cannot be read").With("VaultType", v.Type)
	case slices.Contains(madeByAWS, v.Name) && v.Points == 0:
		return checks.DoesNotApply("AWS made the vault, and it holds no recovery point")
	}
	tags, err := v.TagSet.Get()
	if err != nil {
		return checks.Unknown(err)
	}
	var keys, lacking []string
	for key := range tags {
		if !strings.HasPrefix(key, "aws:") {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	for _, key := range env.Strings("required_tag_keys") {
		if !slices.Contains(keys, key) {
			lacking = append(lacking, key)
		}
	}
	seen := strings.Join(keys, ", ")
	switch {
	case len(lacking) > 0:
		return checks.Fail("the vault lacks %s", strings.Join(lacking, ", ")).With("tags", seen)
	case len(keys) == 0:
		return checks.Fail("the vault has no tag").With("tags", "")
	}
	return checks.Pass("the vault has %s", seen).With("tags", seen)
}
