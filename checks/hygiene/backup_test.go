package hygiene

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

func TestPlanLifecycleSet(t *testing.T) {
	plan := func(days ...int64) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			var rules []snapshot.BackupRule
			for _, d := range days {
				r := snapshot.BackupRule{Name: "rule"}
				if d != 0 {
					r.Lifecycle.DeleteAfterDays = &d
				}
				rules = append(rules, r)
			}
			a.Backup.Plans = append(a.Backup.Plans, snapshot.BackupPlan{Meta: checktest.Meta("daily", "arn:plan"), ID: "daily", Rules: snapshot.Value(rules)})
		}
	}
	checktest.Run(t, &PlanLifecycleSet, []checktest.Case{
		{Name: "expires, without cold storage", Set: plan(35), Want: checks.PASS, Reason: "within 2557 days"},
		{Name: "the longest that is allowed", Set: plan(2557), Want: checks.PASS, Reason: "within 2557 days"},
		{Name: "longer", Set: plan(2558), Want: checks.FAIL, Reason: `rule "rule" keeps 2558 days; 2557 days allowed`},
		{Name: "for ever", Set: plan(0), Want: checks.FAIL, Reason: "keeps for ever"},
		{Name: "-1 is for ever", Set: plan(-1), Want: checks.FAIL, Reason: "keeps for ever"},
		{Name: "one rule does not cover the others", Set: plan(35, 0), Want: checks.FAIL, Reason: "keeps for ever"},
		{Name: "the policy allows less", Set: plan(90), Parameters: map[string]any{"max_retention_days": 30}, Want: checks.FAIL, Reason: "30 days allowed"},
		{Name: "no rule", Set: plan(), Want: checks.NotApplicable, Reason: "no rule"},
		{Name: "rules unread", Set: func(a *snapshot.Account) {
			plan()(a)
			a.Backup.Plans[0].Rules = snapshot.Missing[[]snapshot.BackupRule](checktest.Unread("backup:GetBackupPlan", snapshot.Denied))
		}, Want: checks.UNKNOWN, Reason: "backup:GetBackupPlan"},
	})
	if PlanLifecycleSet.Bounds("max_retention_days", 0) == nil {
		t.Error("0 days are taken for a time")
	}
}

func TestVaultTagged(t *testing.T) {
	vault := func(tags map[string]string, change func(*snapshot.BackupVault)) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			v := snapshot.BackupVault{Meta: checktest.Meta("main", "arn:aws-cn:backup:cn-north-1:111122223333:backup-vault:main"), Points: 1, TagSet: snapshot.Value(tags)}
			v.Account = "111122223333"
			if change != nil {
				change(&v)
			}
			a.Backup.Vaults = append(a.Backup.Vaults, v)
		}
	}
	owner := map[string]any{"required_tag_keys": []string{"owner", "stage"}}
	checktest.Run(t, &VaultTagged, []checktest.Case{
		{Name: "any tag", Set: vault(map[string]string{"x": "y"}, nil), Want: checks.PASS, Reason: "the vault has x"},
		{Name: "none", Set: vault(nil, nil), Want: checks.FAIL, Reason: "no tag"},
		{Name: "keys of AWS do not count", Set: vault(map[string]string{"aws:cloudformation:stack-name": "y"}, nil), Want: checks.FAIL, Reason: "no tag"},
		{Name: "every key that is asked for", Set: vault(map[string]string{"owner": "a", "stage": "b"}, nil), Parameters: owner, Want: checks.PASS, Reason: "owner, stage"},
		{Name: "one key lacks", Set: vault(map[string]string{"owner": "a"}, nil), Parameters: owner, Want: checks.FAIL, Reason: "the vault lacks stage"},
		{Name: "Default, which AWS made, empty", Set: vault(nil, func(v *snapshot.BackupVault) { v.Name, v.Points = "Default", 0 }), Want: checks.NotApplicable, Reason: "AWS made the vault"},
		{Name: "Default, in use", Set: vault(nil, func(v *snapshot.BackupVault) { v.Name = "Default" }), Want: checks.FAIL, Reason: "no tag"},
		{Name: "tags of a view of another account's are refused", Set: vault(nil, func(v *snapshot.BackupVault) { v.Type = snapshot.RestoreAccessVault }), Want: checks.NotApplicable, Reason: "another account's"},
		{Name: "tags unread", Set: vault(nil, func(v *snapshot.BackupVault) {
			v.TagSet = snapshot.Missing[map[string]string](checktest.Unread("backup:ListTags", snapshot.Denied))
		}), Want: checks.UNKNOWN, Reason: "backup:ListTags"},
	})
}
