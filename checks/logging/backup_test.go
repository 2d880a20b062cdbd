package logging

import (
	"testing"
	"time"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

const mainVault = "arn:aws:backup:eu-west-1:111122223333:backup-vault:main"

// scanned are both Regions of the tests.
func scanned(a *snapshot.Account) {
	for _, r := range []string{checktest.At.Region, checktest.Elsewhere} {
		a.Backup.Regions = append(a.Backup.Regions, snapshot.BackupRegion{Meta: snapshot.Meta{Location: checktest.At.In(r), Name: r}})
	}
}

// planIn is a backup plan of a Region with one rule.
func planIn(region string, rule snapshot.BackupRule) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		p := snapshot.BackupPlan{Meta: checktest.Meta("daily", "arn:plan"), ID: "daily", Rules: snapshot.Value([]snapshot.BackupRule{rule})}
		p.Region = region
		a.Backup.Plans = append(a.Backup.Plans, p)
	}
}

func failsElsewhere(op string) func(*snapshot.Account) {
	return func(a *snapshot.Account) { checktest.Fail(a, op, checktest.Elsewhere, snapshot.Denied) }
}

func TestReportPlanExists(t *testing.T) {
	home := func(a *snapshot.Account) { // the other Region has no plan, and is left out
		a.Backup.Regions = append(a.Backup.Regions, snapshot.BackupRegion{Meta: snapshot.Meta{Location: checktest.At, Name: checktest.At.Region}})
		planIn(checktest.At.Region, snapshot.BackupRule{})(a)
	}
	report := func(change func(*snapshot.ReportPlan)) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			p := snapshot.ReportPlan{Meta: checktest.Meta("jobs", "arn:report"), Status: "COMPLETED", Template: "BACKUP_JOB_REPORT", LastAttempt: checktest.AsOf, LastSuccess: checktest.AsOf}
			if change != nil {
				change(&p)
			}
			a.Backup.ReportPlans = append(a.Backup.ReportPlans, p)
		}
	}
	checktest.Run(t, &ReportPlanExists, []checktest.Case{
		{Name: "one in the Region that names none", Set: checktest.All(home, report(nil)), Want: checks.PASS, Reason: `report plan "jobs" of eu-west-1 covers the Region, by BACKUP_JOB_REPORT`},
		{Name: "one that names the Region", Set: checktest.All(home, report(func(p *snapshot.ReportPlan) { p.Regions = []string{"eu-west-1"} })), Want: checks.PASS, Reason: "jobs"},
		{Name: "one for all Regions", Set: checktest.All(home, report(func(p *snapshot.ReportPlan) { p.Regions = []string{"*"} })), Want: checks.PASS, Reason: "jobs"},
		{Name: "one that names others", Set: checktest.All(home, report(func(p *snapshot.ReportPlan) { p.Regions = []string{"us-east-1"} })), Want: checks.FAIL, Reason: "no report plan covers the Region"},
		{Name: "one that is not deployed", Set: checktest.All(home, report(func(p *snapshot.ReportPlan) { p.Status = "CREATE_IN_PROGRESS" })), Want: checks.FAIL, Reason: "is CREATE_IN_PROGRESS"},
		{Name: "reports fail to arrive", Set: checktest.All(home, report(func(p *snapshot.ReportPlan) { p.LastSuccess = checktest.AsOf.Add(-72 * time.Hour) })), Want: checks.PASS, Reason: "reports fail to arrive: the last came at 2026-10-29"},
		{Name: "none", Set: home, Want: checks.FAIL, Reason: "no report plan covers the Region"},
		{Name: "no backup plan", Set: func(a *snapshot.Account) {
			a.Backup.Regions = append(a.Backup.Regions, snapshot.BackupRegion{Meta: snapshot.Meta{Location: checktest.At}})
		}, Want: checks.NotApplicable, Reason: "no backup plan"},
		{Name: "report plans unread", Set: checktest.All(home, checktest.Denied("backup:ListReportPlans")), Want: checks.UNKNOWN, Reason: "backup:ListReportPlans"},
	})
	// All Regions are asked before one fails.
	for name, tt := range map[string]struct {
		set  func(*snapshot.Account)
		want checks.Status
	}{
		"one of another Region that names this one": {checktest.All(scanned, report(func(p *snapshot.ReportPlan) { p.Region, p.Regions = checktest.Elsewhere, []string{"eu-west-1"} })), checks.PASS},
		"one of another Region that names none":     {checktest.All(scanned, report(func(p *snapshot.ReportPlan) { p.Region = checktest.Elsewhere })), checks.FAIL},
		"the other Region's are unread":             {checktest.All(scanned, failsElsewhere("backup:ListReportPlans")), checks.UNKNOWN},
	} {
		a := checktest.Account(&ReportPlanExists, checktest.All(planIn(checktest.At.Region, snapshot.BackupRule{}), tt.set))
		for _, f := range checktest.Findings(&ReportPlanExists, a, nil) {
			if f.Region == checktest.At.Region && f.Status != tt.want {
				t.Errorf("%s: %s %s, want %s", name, f.Status, f.Reason, tt.want)
			}
		}
	}
}

func TestVaultNotifiesFailures(t *testing.T) {
	vault := func(n snapshot.VaultNotifications, change func(*snapshot.BackupVault)) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			scanned(a)
			v := snapshot.BackupVault{Meta: checktest.Meta("main", mainVault), Notifications: snapshot.Value(n)}
			if change != nil {
				change(&v)
			}
			a.Backup.Vaults = append(a.Backup.Vaults, v)
		}
	}
	events := func(list ...string) snapshot.VaultNotifications {
		return snapshot.VaultNotifications{Topic: "arn:topic", Events: list}
	}
	none := snapshot.VaultNotifications{}
	writes := planIn(checktest.At.Region, snapshot.BackupRule{Vault: "main"})
	writesAndCopies := planIn(checktest.At.Region, snapshot.BackupRule{Vault: "main", Copies: []snapshot.BackupCopy{{Vault: "arn:far"}}})
	copiesHere := planIn(checktest.Elsewhere, snapshot.BackupRule{Vault: "other", Copies: []snapshot.BackupCopy{{Vault: mainVault}}})
	unread := func(a *snapshot.Account) {
		a.Backup.Plans[0].Rules = snapshot.Missing[[]snapshot.BackupRule](checktest.Unread("backup:GetBackupPlan", snapshot.Denied))
	}
	checktest.Run(t, &VaultNotifiesFailures, []checktest.Case{
		{Name: "jobs that end", Set: checktest.All(vault(events("BACKUP_JOB_COMPLETED"), nil), writes), Want: checks.PASS, Reason: "notifies arn:topic of BACKUP_JOB_COMPLETED"},
		{Name: "BACKUP_JOB_FAILED is no longer sent", Set: checktest.All(vault(events("BACKUP_JOB_FAILED", "BACKUP_JOB_EXPIRED"), nil), writes), Want: checks.FAIL, Reason: "does not notify of BACKUP_JOB_COMPLETED; AWS no longer sends BACKUP_JOB_FAILED, BACKUP_JOB_EXPIRED"},
		{Name: "nobody (ResourceNotFoundException is no error)", Set: checktest.All(vault(none, nil), writes), Want: checks.FAIL, Reason: "notifies nobody"},
		{Name: "a source of copies wants failed copies too", Set: checktest.All(vault(events("BACKUP_JOB_COMPLETED"), nil), writesAndCopies), Want: checks.FAIL, Reason: "does not notify of COPY_JOB_FAILED"},
		{Name: "a source of copies that tells of both", Set: checktest.All(vault(events("BACKUP_JOB_COMPLETED", "COPY_JOB_FAILED"), nil), writesAndCopies), Want: checks.PASS, Reason: "COPY_JOB_FAILED"},
		{Name: "a target of another Region's copies", Set: checktest.All(vault(events("BACKUP_JOB_COMPLETED"), nil), copiesHere), Want: checks.FAIL, Reason: "COPY_JOB_FAILED"},
		{Name: "nothing writes to it", Set: vault(none, nil), Want: checks.NotApplicable, Reason: "no backup plan writes or copies"},
		{Name: "another Region's plan writes to a vault of the same name", Set: checktest.All(vault(none, nil), planIn(checktest.Elsewhere, snapshot.BackupRule{Vault: "main"})), Want: checks.NotApplicable, Reason: "no backup plan writes"},
		{Name: "another account's", Set: vault(none, func(v *snapshot.BackupVault) { v.Type = snapshot.RestoreAccessVault }), Want: checks.NotApplicable, Reason: "another account's"},
		{Name: "notifications unread", Set: checktest.All(vault(none, func(v *snapshot.BackupVault) {
			v.Notifications = snapshot.Missing[snapshot.VaultNotifications](checktest.Unread("backup:GetBackupVaultNotifications", snapshot.Denied))
		}), writes), Want: checks.UNKNOWN, Reason: "backup:GetBackupVaultNotifications"},
		{Name: "rules unread: it may be in use", Set: checktest.All(vault(none, nil), writes, unread), Want: checks.UNKNOWN, Reason: "backup:GetBackupPlan"},
		{Name: "another Region's plans unread: they may copy here", Set: checktest.All(vault(events("BACKUP_JOB_COMPLETED"), nil), writes, failsElsewhere("backup:ListBackupPlans")), Want: checks.UNKNOWN, Reason: "backup:ListBackupPlans"},
		{Name: "another Region's plans unread, but all is told", Set: checktest.All(vault(events("BACKUP_JOB_COMPLETED", "COPY_JOB_FAILED"), nil), writes, failsElsewhere("backup:ListBackupPlans")), Want: checks.PASS, Reason: "COPY_JOB_FAILED"},
		{Name: "another Region's plans unread, and nobody is told", Set: checktest.All(vault(none, nil), writes, failsElsewhere("backup:ListBackupPlans")), Want: checks.FAIL, Reason: "nobody"},
	})
}
