package regions

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

var irelandAndFrankfurt = map[string]any{"allowed_regions": []string{checktest.At.Region, checktest.Elsewhere}}

const (
	frankfurtVault = "arn:aws:backup:eu-central-1:111122223333:backup-vault:copies"
	virginiaVault  = "arn:aws:backup:us-east-1:111122223333:backup-vault:copies"
)

func TestVaultsInAllowedRegions(t *testing.T) {
	vault := func(change func(*snapshot.BackupVault)) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			v := snapshot.BackupVault{Meta: checktest.Meta("main", "arn:aws:backup:eu-west-1:111122223333:backup-vault:main"), Type: snapshot.PlainVault, Points: 2}
			if change != nil {
				change(&v)
			}
			a.Backup.Vaults = append(a.Backup.Vaults, v)
		}
	}
	frankfurt := map[string]any{"allowed_regions": []string{checktest.Elsewhere}}
	checktest.Run(t, &VaultsInAllowedRegions, []checktest.Case{
		{Name: "allowed", Set: vault(nil), Parameters: irelandAndFrankfurt, Want: checks.PASS, Reason: "the vault with 2 recovery points lies in eu-west-1"},
		{Name: "not allowed", Set: vault(nil), Parameters: frankfurt, Want: checks.FAIL, Reason: "lies in eu-west-1; allowed: eu-central-1"},
		{Name: "Default, which AWS made, empty", Set: vault(func(v *snapshot.BackupVault) { v.Name, v.Points = "Default", 0 }), Parameters: frankfurt, Want: checks.PASS, Reason: "holds no recovery point"},
		{Name: "no residency is stated", Set: vault(nil), Want: checks.NotApplicable, Reason: "neither residency"},
		{Name: "another account's, judged there", Set: vault(func(v *snapshot.BackupVault) { v.Type = snapshot.RestoreAccessVault }), Parameters: frankfurt, Want: checks.NotApplicable, Reason: "another account's"},
		{Name: "the endpoint is missing in the Region", Set: func(a *snapshot.Account) {
			checktest.Fail(a, "backup:ListBackupVaults", checktest.At.Region, snapshot.Unsupported)
		}, Parameters: frankfurt, Want: checks.UNKNOWN, Reason: "unsupported"},
	})
}

func TestPlanCopiesInAllowedRegions(t *testing.T) {
	plan := func(change func(*snapshot.BackupPlan), rules ...snapshot.BackupRule) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			p := snapshot.BackupPlan{Meta: checktest.Meta("daily", "arn:plan"), ID: "daily", Rules: snapshot.Value(rules), Selections: snapshot.Value([]snapshot.BackupSelection{{Name: "some"}})}
			if change != nil {
				change(&p)
			}
			a.Backup.Plans = append(a.Backup.Plans, p)
		}
	}
	copies := func(vaults ...string) (r snapshot.BackupRule) {
		for _, v := range vaults {
			r.Copies = append(r.Copies, snapshot.BackupCopy{Vault: v})
		}
		return r
	}
	checktest.Run(t, &PlanCopiesInAllowedRegions, []checktest.Case{
		{Name: "to an allowed Region", Set: plan(nil, copies(frankfurtVault)), Parameters: irelandAndFrankfurt, Want: checks.PASS, Reason: "allowed Regions only"},
		{Name: "one of several leaves", Set: plan(nil, copies(frankfurtVault), copies(virginiaVault)), Parameters: irelandAndFrankfurt, Want: checks.FAIL, Reason: "outside of eu-west-1, eu-central-1: " + virginiaVault},
		{Name: "an air-gapped target elsewhere", Set: plan(nil, snapshot.BackupRule{AirGapped: virginiaVault}), Parameters: irelandAndFrankfurt, Want: checks.FAIL, Reason: virginiaVault},
		{Name: "a plan without selection copies nothing today", Set: plan(func(p *snapshot.BackupPlan) { p.Selections = snapshot.Value[[]snapshot.BackupSelection](nil) }, copies(virginiaVault)), Parameters: irelandAndFrankfurt, Want: checks.FAIL, Reason: "copies nothing today"},
		{Name: "a plan of the organization's policy", Set: plan(func(p *snapshot.BackupPlan) { p.ID = "orgs/1" }, copies(virginiaVault)), Parameters: irelandAndFrankfurt, Want: checks.FAIL, Reason: "backup policy of the organization"},
		{Name: "another account's vault in an allowed Region, whose own copies are not visible", Set: plan(nil, copies("arn:aws:backup:eu-central-1:444455556666:backup-vault:x")), Parameters: irelandAndFrankfurt, Want: checks.PASS, Reason: "444455556666"},
		{Name: "another partition's ARN is split by colons", Set: plan(nil, copies("arn:aws-us-gov:backup:us-gov-west-1:111122223333:backup-vault:x")), Parameters: irelandAndFrankfurt, Want: checks.FAIL, Reason: "us-gov-west-1"},
		{Name: "no ARN", Set: plan(nil, copies("copies")), Parameters: irelandAndFrankfurt, Want: checks.UNKNOWN, Reason: "cannot be told"},
		{Name: "nothing is copied", Set: plan(nil, copies()), Parameters: irelandAndFrankfurt, Want: checks.NotApplicable, Reason: "no rule of the plan copies"},
		{Name: "no residency is stated", Set: plan(nil, copies(virginiaVault)), Want: checks.NotApplicable, Reason: "neither residency"},
		{Name: "rules unread", Set: plan(func(p *snapshot.BackupPlan) {
			p.Rules = snapshot.Missing[[]snapshot.BackupRule](checktest.Unread("backup:GetBackupPlan", snapshot.Denied))
		}), Parameters: irelandAndFrankfurt, Want: checks.UNKNOWN, Reason: "backup:GetBackupPlan"},
	})
}

func TestCopyJobsInAllowedRegions(t *testing.T) {
	job := func(destination, state string, change func(*snapshot.CopyJob)) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			j := snapshot.CopyJob{Meta: checktest.Meta("", ""), ID: "job-1", Resource: "arn:db", Destination: destination, State: state, Created: checktest.AsOf}
			if change != nil {
				change(&j)
			}
			a.Backup.CopyJobs = append(a.Backup.CopyJobs, j)
		}
	}
	checktest.Run(t, &CopyJobsInAllowedRegions, []checktest.Case{
		{Name: "to an allowed Region", Set: job(frankfurtVault, "COMPLETED", nil), Parameters: irelandAndFrankfurt, Want: checks.PASS, Reason: "to eu-central-1 is COMPLETED"},
		{Name: "by hand, which no plan shows", Set: job(virginiaVault, "COMPLETED", nil), Parameters: irelandAndFrankfurt, Want: checks.FAIL, Reason: "was copied by hand to " + virginiaVault},
		{Name: "by a plan", Set: job(virginiaVault, "RUNNING", func(j *snapshot.CopyJob) { j.Plan = "daily" }), Parameters: irelandAndFrankfurt, Want: checks.FAIL, Reason: "by plan daily"},
		{Name: "partly", Set: job(virginiaVault, "PARTIAL", nil), Parameters: irelandAndFrankfurt, Want: checks.FAIL, Reason: "PARTIAL"},
		{Name: "one that failed", Set: job(virginiaVault, "FAILED", nil), Parameters: irelandAndFrankfurt, Want: checks.PASS, Reason: "nothing arrived"},
		{Name: "a child is counted in its parent", Set: job(virginiaVault, "COMPLETED", func(j *snapshot.CopyJob) { j.Parent = "job-0" }), Parameters: irelandAndFrankfurt, Want: checks.NotApplicable, Reason: "job-0"},
		{Name: "no destination", Set: job("", "COMPLETED", nil), Parameters: irelandAndFrankfurt, Want: checks.UNKNOWN, Reason: "cannot be told"},
		{Name: "no residency is stated", Set: job(virginiaVault, "COMPLETED", nil), Want: checks.NotApplicable, Reason: "neither residency"},
	})
}

func TestLifecycleCopiesInAllowedRegions(t *testing.T) {
	policy := func(state string, targets ...string) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			a.Backup.LifecyclePolicies = append(a.Backup.LifecyclePolicies, snapshot.LifecyclePolicy{Meta: checktest.Meta("policy-1", "arn:aws:dlm:eu-west-1:111122223333:policy/policy-1"), ID: "policy-1", State: state,
				Details: snapshot.Value(snapshot.LifecyclePolicyDetails{Copies: targets})})
		}
	}
	checktest.Run(t, &LifecycleCopiesInAllowedRegions, []checktest.Case{
		{Name: "to an allowed Region", Set: policy("ENABLED", "eu-central-1"), Parameters: irelandAndFrankfurt, Want: checks.PASS, Reason: "allowed Regions only: eu-central-1"},
		{Name: "one of several leaves", Set: policy("ENABLED", "eu-central-1", "us-east-1"), Parameters: irelandAndFrankfurt, Want: checks.FAIL, Reason: "copies to us-east-1"},
		{Name: "to an Outpost, which lies at its Region", Set: policy("ENABLED", "arn:aws:outposts:us-east-1:111122223333:outpost/op-1"), Parameters: irelandAndFrankfurt, Want: checks.FAIL, Reason: "outpost/op-1"},
		{Name: "to an Outpost in an allowed Region", Set: policy("ENABLED", "arn:aws:outposts:eu-central-1:111122223333:outpost/op-1"), Parameters: irelandAndFrankfurt, Want: checks.PASS, Reason: "outpost/op-1"},
		{Name: "disabled, it copies nothing now", Set: policy("DISABLED", "us-east-1"), Parameters: irelandAndFrankfurt, Want: checks.PASS, Reason: "copies nothing now; enabled, it would copy to us-east-1"},
		{Name: "in error", Set: policy("ERROR", "us-east-1"), Parameters: irelandAndFrankfurt, Want: checks.FAIL, Reason: "us-east-1"},
		{Name: "no target", Set: policy("ENABLED", ""), Parameters: irelandAndFrankfurt, Want: checks.UNKNOWN, Reason: "(no target)"},
		{Name: "nothing is copied", Set: policy("ENABLED"), Parameters: irelandAndFrankfurt, Want: checks.NotApplicable, Reason: "copies nothing"},
		{Name: "no residency is stated", Set: policy("ENABLED", "us-east-1"), Want: checks.NotApplicable, Reason: "neither residency"},
		{Name: "details unread", Set: func(a *snapshot.Account) {
			policy("ENABLED")(a)
			a.Backup.LifecyclePolicies[0].Details = snapshot.Missing[snapshot.LifecyclePolicyDetails](checktest.Unread("dlm:GetLifecyclePolicy", snapshot.Denied))
		}, Parameters: irelandAndFrankfurt, Want: checks.UNKNOWN, Reason: "dlm:GetLifecyclePolicy"},
	})
}
