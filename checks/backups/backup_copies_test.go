package backups

import (
	"testing"
	"time"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

// copyTo is a copy job of the plan named daily, so old.
func copyTo(vault, state string, age time.Duration, change func(*snapshot.CopyJob)) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		j := snapshot.CopyJob{Meta: checktest.Meta("", ""), ID: vault + age.String(), Destination: vault, State: state, Plan: "daily", Created: ago(age)}
		if change != nil {
			change(&j)
		}
		a.Backup.CopyJobs = append(a.Backup.CopyJobs, j)
	}
}

func copying(vaults ...string) []snapshot.BackupRule {
	return rulesOf(ruleOf("daily", "", 35, vaults...))
}

func TestCopiesInSecondRegion(t *testing.T) {
	here := planOf("daily", copying(farVault), "*")
	onlyHere := map[string]any{"allowed_regions": []string{checktest.At.Region}}
	checktest.Run(t, &CopiesInSecondRegion, []checktest.Case{
		{Name: "a copy arrived", Set: set(here, copyTo(farVault, "COMPLETED", aDay, nil)), Want: checks.PASS, Reason: "a copy arrived at " + farVault},
		{Name: "a rule that copies is not a copy that arrived", Set: here, Want: checks.FAIL, Reason: "there was no copy job in 35 days"},
		{Name: "copies fail on a default key", Set: set(here, copyTo(farVault, "FAILED", aDay, func(j *snapshot.CopyJob) { j.Message = "InvalidParameters" })), Want: checks.FAIL, Reason: "no copy arrived in 35 days: 1 FAILED (InvalidParameters)"},
		{Name: "one failed, a later one arrived", Set: set(here, copyTo(farVault, "FAILED", 2*aDay, nil), copyTo(farVault, "COMPLETED", aDay, nil)), Want: checks.PASS, Reason: "arrived"},
		{Name: "a copy to another vault", Set: set(here, copyTo(hereVault, "COMPLETED", aDay, nil)), Want: checks.FAIL, Reason: "no copy job"},
		{Name: "a copy by another plan", Set: set(here, copyTo(farVault, "COMPLETED", aDay, func(j *snapshot.CopyJob) { j.Plan = "other" })), Want: checks.FAIL, Reason: "no copy job"},
		{Name: "a copy by hand", Set: set(here, copyTo(farVault, "COMPLETED", aDay, func(j *snapshot.CopyJob) { j.Plan = "" })), Want: checks.FAIL, Reason: "no copy job"},
		{Name: "a copy before the window", Set: set(here, copyTo(farVault, "COMPLETED", 36*aDay, nil)), Want: checks.FAIL, Reason: "no copy job"},
		{Name: "the same Region", Set: planOf("daily", copying(hereVault), "*"), Want: checks.FAIL, Reason: "no rule of the plan copies to another Region"},
		{Name: "another account in the same Region", Set: planOf("daily", copying(otherVault), "*"), Want: checks.FAIL, Reason: "no rule of the plan copies to another Region"},
		{Name: "no copies", Set: planOf("daily", daily, "*"), Want: checks.FAIL, Reason: "no rule of the plan copies"},
		{Name: "a rule that does not run any more", Set: planOf("daily", rulesOf(ruleOf("old", "cron(0 5 ? * * 2020)", 35, farVault)), "*"), Want: checks.FAIL, Reason: "no rule of the plan copies"},
		{Name: "a Region that is not allowed", Set: set(here, copyTo(farVault, "COMPLETED", aDay, nil)), Parameters: map[string]any{"allowed_regions": []string{"eu-west-1", "eu-north-1"}}, Want: checks.FAIL, Reason: "not allowed"},
		{Name: "residency allows one Region only", Set: here, Parameters: onlyHere, Want: checks.NotApplicable, Reason: "one Region only: eu-west-1"},
		{Name: "no selection", Set: planOf("daily", copying(farVault)), Want: checks.NotApplicable, Reason: "no selection"},
		{Name: "jobs unread", Set: set(here, denied("backup:ListCopyJobs")), Want: checks.UNKNOWN, Reason: "backup:ListCopyJobs"},
		{Name: "jobs broke off after one that arrived", Set: set(here, copyTo(farVault, "COMPLETED", aDay, nil), denied("backup:ListCopyJobs")), Want: checks.PASS, Reason: "arrived"},
		{Name: "rules unread", Set: set(here, lastPlan(rulesUnread)), Want: checks.UNKNOWN, Reason: "throttled"},
		{Name: "selections unread", Set: set(here, lastPlan(selectionsUnread)), Want: checks.UNKNOWN, Reason: "throttled"},
	})
}

func organization(members ...string) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		a.Org.Organization = snapshot.Value(snapshot.Organization{ID: "o-acme", ManagementAccount: "999988887777"})
		a.Org.Accounts = snapshot.Value(members)
	}
}

func TestCopiesInSecondAccount(t *testing.T) {
	here := planOf("daily", copying(otherVault), "*")
	arrived := copyTo(otherVault, "COMPLETED", aDay, nil)
	noOrganization := func(a *snapshot.Account) {
		a.Org.Organization = snapshot.Missing[snapshot.Organization](snapshot.ErrAbsent)
	}
	unread := func(a *snapshot.Account) { a.Org.Organization = snapshot.Missing[snapshot.Organization](throttled) }
	member := func(a *snapshot.Account) {
		organization()(a)
		a.Org.Accounts = snapshot.Missing[[]string](&snapshot.Unread{Operation: "organizations:ListAccounts", Cause: snapshot.Denied})
	}
	gapped := planOf("daily", func() []snapshot.BackupRule {
		r := ruleOf("daily", "", 35)
		r.AirGapped = "arn:aws:backup:eu-west-1:111122223333:backup-vault:air"
		return rulesOf(r)
	}(), "*")
	trusted := map[string]any{"trusted_accounts": []string{"444455556666"}}
	checktest.Run(t, &CopiesInSecondAccount, []checktest.Case{
		{Name: "a member of the organization", Set: set(here, arrived, organization("444455556666")), Want: checks.PASS, Reason: "a copy arrived at " + otherVault},
		{Name: "a trusted account", Set: set(here, arrived, noOrganization), Parameters: trusted, Want: checks.PASS, Reason: "arrived"},
		{Name: "the management account", Set: set(planOf("daily", copying("arn:aws:backup:eu-west-1:999988887777:backup-vault:x"), "*"), copyTo("arn:aws:backup:eu-west-1:999988887777:backup-vault:x", "COMPLETED", aDay, nil), member), Want: checks.PASS, Reason: "arrived"},
		{Name: "an account outside is a leak, not a backup", Set: set(here, arrived, organization("555566667777")), Want: checks.FAIL, Reason: "a leak and no backup"},
		{Name: "an account outside, and no organization", Set: set(here, arrived, noOrganization), Want: checks.FAIL, Reason: "a leak"},
		{Name: "copies fail under an AWS managed key", Set: set(here, copyTo(otherVault, "FAILED", aDay, func(j *snapshot.CopyJob) { j.Message = "AccessDenied" }), organization("444455556666")), Want: checks.FAIL, Reason: "1 FAILED (AccessDenied)"},
		{Name: "its own other Region", Set: set(planOf("daily", copying(farVault), "*"), organization()), Want: checks.FAIL, Reason: "no rule of the plan copies to another account"},
		{Name: "an air-gapped target", Set: set(gapped, organization()), Want: checks.PASS, Reason: "air-gapped vault arn:aws:backup:eu-west-1:111122223333:backup-vault:air"},
		{Name: "the plan's vault is air-gapped", Set: set(planOf("daily", daily, "*"), organization(), theVault(func(v *snapshot.BackupVault) { v.Type = snapshot.AirGappedVault })), Want: checks.PASS, Reason: "air-gapped vault main"},
		{Name: "the plan's vault is plain", Set: set(planOf("daily", daily, "*"), organization(), theVault(nil)), Want: checks.FAIL, Reason: "no rule"},
		{Name: "vaults unread", Set: set(planOf("daily", daily, "*"), organization(), denied("backup:ListBackupVaults")), Want: checks.UNKNOWN, Reason: "backup:ListBackupVaults"},
		{Name: "the organization unread: the account cannot be told to be ours", Set: set(here, arrived, unread), Want: checks.UNKNOWN, Reason: "throttled"},
		{Name: "its members unread", Set: set(here, arrived, member), Want: checks.UNKNOWN, Reason: "organizations:ListAccounts"},
		{Name: "no selection", Set: planOf("daily", copying(otherVault)), Want: checks.NotApplicable, Reason: "no selection"},
		{Name: "jobs unread", Set: set(here, organization("444455556666"), denied("backup:ListCopyJobs")), Want: checks.UNKNOWN, Reason: "backup:ListCopyJobs"},
	})
}

func TestDatabaseReplicated(t *testing.T) {
	const far = "arn:aws:rds:eu-central-1:111122223333:"
	db := func(d snapshot.Database, backups ...string) func(*snapshot.Account) {
		d.Engine = "postgres"
		return set(region("RDS"), checktest.Instance(d, func(i *snapshot.DBInstance) { i.BackupReplications = backups }))
	}
	cluster := func(d snapshot.Database) func(*snapshot.Account) {
		d.ID, d.Engine = "db", "aurora-mysql"
		return set(region("Aurora"), checktest.Cluster(d))
	}
	global := func(in string, clusters ...string) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			m := checktest.Meta("shop", "arn:aws:rds::111122223333:global-cluster:shop")
			m.Region = in
			a.RDS.GlobalClusters = append(a.RDS.GlobalClusters, snapshot.GlobalCluster{Meta: m, ID: "shop", Clusters: clusters})
		}
	}
	checktest.Run(t, &DatabaseReplicated, []checktest.Case{
		{Name: "replicated backups", Set: db(snapshot.Database{}, far+"auto-backup:ab-1"), Want: checks.PASS, Reason: "the automated backups are replicated"},
		{Name: "a replica elsewhere is not a backup", Set: db(snapshot.Database{Replicas: []string{far + "db:copy"}}), Want: checks.PASS, Reason: "a replica, which is no backup: it repeats every mistake"},
		{Name: "ids without an ARN are replicas of the same Region", Set: db(snapshot.Database{Replicas: []string{"copy"}}), Want: checks.FAIL, Reason: "neither backups"},
		{Name: "a replica in the same Region by its ARN", Set: db(snapshot.Database{Replicas: []string{"arn:aws:rds:eu-west-1:111122223333:db:copy"}}), Want: checks.FAIL, Reason: "neither backups"},
		{Name: "a member of a global database elsewhere", Set: set(cluster(snapshot.Database{Global: "shop"}), global(checktest.At.Region, clusterARN, far+"cluster:shop-2")), Want: checks.PASS, Reason: "the global database shop has a member elsewhere"},
		{Name: "the global database was seen first in another Region", Set: set(cluster(snapshot.Database{Global: "shop"}), global(checktest.Elsewhere, clusterARN, far+"cluster:shop-2")), Want: checks.PASS, Reason: "a member elsewhere"},
		{Name: "a global database with one member", Set: set(cluster(snapshot.Database{Global: "shop"}), global(checktest.At.Region, clusterARN)), Want: checks.FAIL, Reason: "neither"},
		{Name: "global databases unread", Set: set(cluster(snapshot.Database{Global: "shop"}), denied("rds:DescribeGlobalClusters")), Want: checks.UNKNOWN, Reason: "rds:DescribeGlobalClusters"},
		{Name: "a plan that covers it copies", Set: set(db(snapshot.Database{}), planOf("daily", copying(farVault), databaseARN)), Want: checks.PASS, Reason: "copies to " + farVault},
		{Name: "a plan that does not cover it copies", Set: set(db(snapshot.Database{}), planOf("daily", copying(farVault), "arn:aws:rds:*:*:db:other")), Want: checks.FAIL, Reason: "neither"},
		{Name: "a copy in a Region that is not allowed earns nothing", Set: db(snapshot.Database{}, far+"auto-backup:ab-1"), Parameters: map[string]any{"allowed_regions": []string{"eu-west-1", "eu-north-1"}}, Want: checks.FAIL, Reason: "another allowed Region"},
		{Name: "residency allows one Region only", Set: db(snapshot.Database{}), Parameters: map[string]any{"allowed_regions": []string{"eu-west-1"}}, Want: checks.NotApplicable, Reason: "one Region only"},
		{Name: "RDS Custom has no replication", Set: checktest.Instance(snapshot.Database{Engine: "custom-sqlserver-ee"}), Want: checks.NotApplicable, Reason: "custom-sqlserver-ee"},
		{Name: "member", Set: checktest.Instance(snapshot.Database{Engine: "aurora-mysql", Cluster: "c"}), Want: checks.NotApplicable, Reason: "member"},
		{Name: "replica", Set: checktest.Instance(snapshot.Database{Engine: "mysql", ReplicaOf: "x"}), Want: checks.NotApplicable, Reason: "replica"},
		{Name: "nothing", Set: db(snapshot.Database{}), Want: checks.FAIL, Reason: "neither backups nor replicas"},
		{Name: "plans unread", Set: set(db(snapshot.Database{}), denied("backup:ListBackupPlans")), Want: checks.UNKNOWN, Reason: "backup:ListBackupPlans"},
		{Name: "plans unread, but backups are replicated", Set: set(db(snapshot.Database{}, far+"auto-backup:ab-1"), denied("backup:ListBackupPlans")), Want: checks.PASS, Reason: "replicated"},
	})
}
