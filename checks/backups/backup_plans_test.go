package backups

import (
	"testing"
	"time"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

func TestPlanExists(t *testing.T) {
	here := set(region(), theVolume(nil))
	bucketAt := func(region string, read snapshot.Read[string]) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			m := checktest.Meta("acme-invoices", bucketARN)
			m.Region = region
			a.S3.Buckets = append(a.S3.Buckets, snapshot.Bucket{Meta: m, BucketRegion: read})
		}
	}
	told := snapshot.Value(checktest.At.Region)
	untold := snapshot.Missing[string](&snapshot.Unread{Operation: "s3:HeadBucket", Cause: snapshot.Denied})
	checktest.Run(t, &PlanExists, []checktest.Case{
		{Name: "a plan", Set: set(here, planOf("daily", daily, "*")), Want: checks.PASS, Reason: `backup plan "daily" has 1 rule and 1 selection`},
		{Name: "none", Set: here, Want: checks.FAIL, Reason: "has no backup plan"},
		{Name: "a plan without selection protects nothing", Set: set(here, planOf("daily", daily)), Want: checks.FAIL, Reason: `"daily" has no selection`},
		{Name: "a plan without rule", Set: set(here, planOf("daily", nil, "*")), Want: checks.FAIL, Reason: `"daily" has no rule`},
		{Name: "a deleted plan", Set: set(here, planOf("daily", daily, "*"), lastPlan(func(p *snapshot.BackupPlan) { p.Deleted = checktest.AsOf })), Want: checks.FAIL, Reason: "has no backup plan"},
		{Name: "a plan of another Region does not count", Set: set(here, planOf("daily", daily, "*"), lastPlan(func(p *snapshot.BackupPlan) { p.Region = checktest.Elsewhere })), Want: checks.FAIL, Reason: "has no backup plan"},
		{Name: "a plan of the organization's policy counts", Set: set(here, planOf("orgs/baseline", daily, "*")), Want: checks.PASS, Reason: "orgs/baseline"},
		{Name: "an empty Region", Set: region(), Want: checks.NotApplicable, Reason: "holds no EBS volume"},
		{Name: "a volume that is being deleted", Set: set(region(), theVolume(func(v *snapshot.Volume) { v.State = "deleting" })), Want: checks.NotApplicable, Reason: "holds no"},
		{Name: "DocumentDB is none of the four services", Set: set(region(), checktest.Instance(snapshot.Database{Engine: "docdb", Status: "available"})), Want: checks.NotApplicable, Reason: "holds no"},
		{Name: "a database", Set: set(region(), checktest.Instance(snapshot.Database{Engine: "postgres", Status: "available"})), Want: checks.FAIL, Reason: "has no backup plan"},
		{Name: "a cluster", Set: set(region(), checktest.Cluster(snapshot.Database{Engine: "aurora-mysql"})), Want: checks.FAIL, Reason: "has no backup plan"},
		{Name: "a bucket of the Region", Set: set(region(), bucketAt(checktest.At.Region, told)), Want: checks.FAIL, Reason: "has no backup plan"},
		{Name: "a bucket of another Region", Set: set(region(), bucketAt(checktest.Elsewhere, told)), Want: checks.NotApplicable, Reason: "holds no"},
		{Name: "a bucket of which nobody knows where it lies", Set: set(region(), bucketAt(snapshot.Global, untold)), Want: checks.UNKNOWN, Reason: "s3:HeadBucket"},
		{Name: "volumes unread, and nothing else there", Set: set(region(), denied("ec2:DescribeVolumes")), Want: checks.UNKNOWN, Reason: "ec2:DescribeVolumes"},
		{Name: "volumes unread, but an instance there", Set: set(region(), denied("ec2:DescribeVolumes"), func(a *snapshot.Account) {
			a.EC2.Instances = []snapshot.Instance{{Meta: checktest.Meta("web", instanceARN), ID: "i-1", State: "running"}}
		}), Want: checks.FAIL, Reason: "has no backup plan"},
		{Name: "plans unread", Set: set(here, denied("backup:ListBackupPlans")), Want: checks.UNKNOWN, Reason: "backup:ListBackupPlans"},
		{Name: "plans broke off after a good one", Set: set(here, planOf("daily", daily, "*"), denied("backup:ListBackupPlans")), Want: checks.PASS, Reason: "daily"},
		{Name: "selections unread", Set: set(here, planOf("daily", daily, "*"), lastPlan(selectionsUnread)), Want: checks.UNKNOWN, Reason: "throttled"},
		{Name: "rules unread", Set: set(here, planOf("daily", daily, "*"), lastPlan(rulesUnread)), Want: checks.UNKNOWN, Reason: "throttled"},
		{Name: "rules unread of a plan without selection", Set: set(here, planOf("daily", daily), lastPlan(rulesUnread)), Want: checks.FAIL, Reason: "no selection"},
		{Name: "one plan unread, another good", Set: set(here, planOf("first", daily, "*"), lastPlan(rulesUnread), planOf("second", daily, "*")), Want: checks.PASS, Reason: "second"},
	})
}

func TestPlanRetention(t *testing.T) {
	hourly, monthly := ruleOf("hourly", "cron(0 * ? * * *)", 3), ruleOf("monthly", "cron(0 5 1 * ? *)", 365)
	of := func(rules ...snapshot.BackupRule) func(*snapshot.Account) { return planOf("plan", rules, "*") }
	continuous := ruleOf("continuous", "", 35)
	continuous.Continuous = true
	checktest.Run(t, &PlanRetention, []checktest.Case{
		{Name: "35 days", Set: of(ruleOf("daily", "", 35)), Want: checks.PASS, Reason: "35 days or more"},
		{Name: "34 days", Set: of(ruleOf("daily", "", 34)), Want: checks.FAIL, Reason: `rule "daily" keeps 34 days; want 35 days`},
		{Name: "no lifecycle keeps for ever", Set: of(ruleOf("daily", "", 0)), Want: checks.PASS, Reason: "35 days or more"},
		{Name: "-1 keeps for ever", Set: of(ruleOf("daily", "", -1)), Want: checks.PASS, Reason: "35 days or more"},
		{Name: "zero keeps for ever", Set: of(func() snapshot.BackupRule {
			r, zero := ruleOf("daily", "", 0), int64(0)
			r.Lifecycle.DeleteAfterDays = &zero
			return r
		}()), Want: checks.PASS, Reason: "35 days or more"},
		{Name: "hourly for 3 days beside daily for 35", Set: of(hourly, ruleOf("daily", "", 35)), Want: checks.PASS, Reason: `rule "daily" runs at least every 24 hours and keeps 35 days`},
		{Name: "hourly for 3 days beside monthly for a year", Set: of(hourly, monthly), Want: checks.FAIL, Reason: `rule "monthly" keeps 365 days and runs only every 31 days`},
		{Name: "a monthly rule does, where the policy allows such an interval", Set: of(hourly, monthly), Parameters: map[string]any{"max_interval_hours": 31 * 24}, Want: checks.PASS, Reason: "every 31 days"},
		{Name: "every rule keeps long enough, however seldom", Set: of(monthly), Want: checks.PASS, Reason: "35 days or more"},
		{Name: "no expression is the daily default", Set: of(hourly, ruleOf("default", "", 40)), Want: checks.PASS, Reason: `rule "default" runs at least every 24 hours`},
		{Name: "a rate", Set: of(hourly, ruleOf("rate", "rate(12 hours)", 40)), Want: checks.PASS, Reason: "every 12 hours"},
		{Name: "the long rule does not run any more", Set: of(hourly, ruleOf("old", "cron(0 5 ? * * 2020)", 40)), Want: checks.FAIL, Reason: `rule "old" does not run any more`},
		{Name: "the long rule's schedule is not understood", Set: of(hourly, ruleOf("odd", "at noon", 40)), Want: checks.UNKNOWN, Reason: "at noon"},
		{Name: "a continuous backup cannot keep longer than 35 days", Set: of(continuous), Parameters: map[string]any{"min_retention_days": 90}, Want: checks.FAIL, Reason: "cannot be kept longer than 35 days"},
		{Name: "continuous for 35 days", Set: of(continuous), Want: checks.PASS, Reason: "35 days"},
		{Name: "no rule", Set: of(), Want: checks.FAIL, Reason: "has no rule"},
		{Name: "no selection", Set: planOf("plan", daily), Want: checks.NotApplicable, Reason: "no selection"},
		{Name: "selections unread", Set: set(of(hourly), lastPlan(selectionsUnread)), Want: checks.UNKNOWN, Reason: "throttled"},
		{Name: "rules unread", Set: set(of(hourly), lastPlan(rulesUnread)), Want: checks.UNKNOWN, Reason: "throttled"},
	})
	if PlanRetention.Bounds("min_retention_days", 0) == nil || PlanRetention.Bounds("max_interval_hours", 1) != nil {
		t.Error("no retention is taken, or one hour is not")
	}
}

func TestVaultExists(t *testing.T) {
	here := set(region(), theVolume(nil))
	checktest.Run(t, &VaultExists, []checktest.Case{
		{Name: "a vault", Set: set(here, theVault(nil)), Want: checks.PASS, Reason: `vault "main" holds 3 recovery points`},
		{Name: "the Default vault, which may be empty", Set: set(here, theVault(func(v *snapshot.BackupVault) { v.Name, v.Points = "Default", 0 })), Want: checks.PASS, Reason: `"Default" holds 0 recovery points`},
		{Name: "an older endpoint tells neither type nor state", Set: set(here, theVault(func(v *snapshot.BackupVault) { v.Type, v.State = "", "" })), Want: checks.PASS, Reason: "main"},
		{Name: "air-gapped", Set: set(here, theVault(func(v *snapshot.BackupVault) { v.Type = snapshot.AirGappedVault })), Want: checks.PASS, Reason: "main"},
		{Name: "none", Set: here, Want: checks.FAIL, Reason: "has no backup vault"},
		{Name: "AWS's own for EFS", Set: set(here, theVault(func(v *snapshot.BackupVault) { v.Name = efsVault })), Want: checks.FAIL, Reason: "made by AWS for EFS"},
		{Name: "another account's vault, seen from here", Set: set(here, theVault(func(v *snapshot.BackupVault) { v.Type = snapshot.RestoreAccessVault })), Want: checks.FAIL, Reason: "another account's"},
		{Name: "being created", Set: set(here, theVault(func(v *snapshot.BackupVault) { v.State = "CREATING" })), Want: checks.FAIL, Reason: `"main" is CREATING`},
		{Name: "an empty Region", Set: region(), Want: checks.NotApplicable, Reason: "holds no"},
		{Name: "vaults unread", Set: set(here, denied("backup:ListBackupVaults")), Want: checks.UNKNOWN, Reason: "backup:ListBackupVaults"},
		{Name: "vaults broke off after one", Set: set(here, theVault(nil), denied("backup:ListBackupVaults")), Want: checks.PASS, Reason: "main"},
	})
}

func TestVaultLockedImmutably(t *testing.T) {
	days := func(n int64) *int64 { return &n }
	locked := func(l snapshot.VaultLock) func(*snapshot.BackupVault) {
		return func(v *snapshot.BackupVault) { v.Lock = snapshot.Value(l) }
	}
	past, soon := ago(10*aDay), checktest.AsOf.Add(aDay)
	withPoint := func(a *snapshot.Account) {
		a.Backup.Points = []snapshot.RecoveryPoint{pointOf("1", databaseARN, 90*aDay, 35, nil), pointOf("2", databaseARN, 40*aDay, 35, nil)}
	}
	checktest.Run(t, &VaultLockedImmutably, []checktest.Case{
		{Name: "compliance mode past its grace", Set: set(region(), theVault(locked(snapshot.VaultLock{Locked: true, LockDate: past, MinRetentionDays: days(7)}))), Want: checks.PASS, Reason: "locked for good since 2026-10-22T12:00:00Z, for at least 7 days"},
		{Name: "a locked vault whose newest point is old", Set: set(region(), withPoint, theVault(locked(snapshot.VaultLock{Locked: true, LockDate: past, MinRetentionDays: days(7)}))), Want: checks.PASS, Reason: "its newest recovery point is of 2026-09-22T12:00:00Z"},
		{Name: "air-gapped", Set: set(region(), theVault(func(v *snapshot.BackupVault) { v.Type = snapshot.AirGappedVault })), Want: checks.PASS, Reason: "air-gapped"},
		{Name: "without LockDate it is governance mode", Set: set(region(), theVault(locked(snapshot.VaultLock{Locked: true, MinRetentionDays: days(7)}))), Want: checks.FAIL, Reason: "governance mode"},
		{Name: "LockDate in the future", Set: set(region(), theVault(locked(snapshot.VaultLock{Locked: true, LockDate: soon, MinRetentionDays: days(7)}))), Want: checks.FAIL, Reason: "can be taken off until 2026-11-02"},
		{Name: "no least retention", Set: set(region(), theVault(locked(snapshot.VaultLock{Locked: true, LockDate: past}))), Want: checks.FAIL, Reason: "enforces no least retention"},
		{Name: "too short a retention", Set: set(region(), theVault(locked(snapshot.VaultLock{Locked: true, LockDate: past, MinRetentionDays: days(6)}))), Want: checks.FAIL, Reason: "only 6 days"},
		{Name: "not locked", Set: set(region(), theVault(nil)), Want: checks.FAIL, Reason: `"main" is not locked`},
		{Name: "one of two", Set: set(region(), theVault(nil), theVault(locked(snapshot.VaultLock{Locked: true, LockDate: past, MinRetentionDays: days(30)}))), Want: checks.PASS, Reason: "at least 30 days"},
		{Name: "a locked vault without points", Set: set(region(), theVault(func(v *snapshot.BackupVault) { v.Points = 0 })), Want: checks.NotApplicable, Reason: "no vault with recovery points"},
		{Name: "another account's vault", Set: set(region(), theVault(func(v *snapshot.BackupVault) { v.ARN = otherVault })), Want: checks.NotApplicable, Reason: "no vault"},
		{Name: "the lock unread", Set: set(region(), theVault(func(v *snapshot.BackupVault) { v.Lock = snapshot.Missing[snapshot.VaultLock](throttled) })), Want: checks.UNKNOWN, Reason: "throttled"},
		{Name: "vaults unread", Set: set(region(), denied("backup:ListBackupVaults")), Want: checks.UNKNOWN, Reason: "backup:ListBackupVaults"},
		{Name: "points unread", Set: set(region(), withPoint, denied("backup:ListRecoveryPointsByBackupVault"), theVault(locked(snapshot.VaultLock{Locked: true, LockDate: past, MinRetentionDays: days(7)}))), Want: checks.PASS, Reason: "for at least 7 days"},
	})
}

func TestVaultDeletionPrevented(t *testing.T) {
	const all4 = `["backup:DeleteRecoveryPoint","backup:UpdateRecoveryPointLifecycle","backup:PutBackupVaultAccessPolicy","backup:DeleteBackupVaultAccessPolicy"]`
	says := func(statement string) func(*snapshot.Account) {
		return theVault(func(v *snapshot.BackupVault) {
			v.Policy = snapshot.Value(`{"Version":"2012-10-17","Statement":[` + statement + `]}`)
		})
	}
	deny := func(actions, rest string) func(*snapshot.Account) {
		return says(`{"Sid":"Keep","Effect":"Deny","Action":` + actions + `,"Resource":"*",` + rest + `}`)
	}
	everyone := `"Principal":"*"`
	breakGlass := map[string]any{"allowed_principals": []string{"arn:aws:iam::111122223333:role/break-glass"}}
	spare := everyone + `,"Condition":{"ArnNotEquals":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/break-glass"}}`
	locked := true
	checktest.Run(t, &VaultDeletionPrevented, []checktest.Case{
		{Name: "a locked vault needs no policy", Set: theVault(func(v *snapshot.BackupVault) { v.Locked = &locked }), Want: checks.PASS, Reason: "the vault is locked"},
		{Name: "air-gapped", Set: theVault(func(v *snapshot.BackupVault) { v.Type = snapshot.AirGappedVault }), Want: checks.PASS, Reason: "air-gapped"},
		{Name: "no policy", Set: theVault(nil), Want: checks.FAIL, Reason: "has no policy: whoever may act on backups can delete its 3 recovery points"},
		{Name: "denied to everybody", Set: deny(all4, everyone), Want: checks.PASS, Reason: "denies everybody"},
		{Name: "denied to AWS *", Set: deny(all4, `"Principal":{"AWS":"*"}`), Want: checks.PASS, Reason: "denies everybody"},
		{Name: "one action as a string that covers all", Set: deny(`"backup:*"`, everyone), Want: checks.PASS, Reason: "denies everybody"},
		{Name: "wildcards, in any case", Set: deny(`["BACKUP:delete*","backup:Update*","backup:put*"]`, everyone), Want: checks.PASS, Reason: "denies everybody"},
		{Name: "deletion alone can be lifted by whoever may change the policy", Set: deny(`"backup:DeleteRecoveryPoint"`, everyone), Want: checks.FAIL, Reason: "leaves open backup:UpdateRecoveryPointLifecycle, backup:PutBackupVaultAccessPolicy, backup:DeleteBackupVaultAccessPolicy"},
		{Name: "two statements together", Set: says(`{"Effect":"Deny","Action":["backup:DeleteRecoveryPoint","backup:UpdateRecoveryPointLifecycle"],"Resource":"*","Principal":"*"},{"Effect":"Deny","Action":["backup:PutBackupVaultAccessPolicy","backup:DeleteBackupVaultAccessPolicy"],"Resource":"` + hereVault + `","Principal":"*"}`), Want: checks.PASS, Reason: "denies everybody"},
		{Name: "the deletion is denied for the vault's ARN, which no recovery point has", Set: says(`{"Effect":"Deny","Action":` + all4 + `,"Resource":"` + hereVault + `","Principal":"*"}`), Want: checks.FAIL, Reason: "leaves open backup:DeleteRecoveryPoint, backup:UpdateRecoveryPointLifecycle"},
		{Name: "an Allow denies nothing", Set: says(`{"Effect":"Allow","Action":` + all4 + `,"Resource":"*","Principal":"*"}`), Want: checks.FAIL, Reason: "leaves open"},
		{Name: "denied to one role", Set: deny(all4, `"Principal":{"AWS":"arn:aws:iam::111122223333:role/app"}`), Want: checks.FAIL, Reason: "role/app alone"},
		{Name: "denied to all but the allowed role", Set: deny(all4, spare), Parameters: breakGlass, Want: checks.PASS, Reason: "denies everybody"},
		{Name: "denied to all but a role that nobody allowed", Set: deny(all4, spare), Want: checks.FAIL, Reason: "leaves out arn:aws:iam::111122223333:role/break-glass"},
		{Name: "NotPrincipal with the allowed role", Set: deny(all4, `"NotPrincipal":{"AWS":"arn:aws:iam::111122223333:role/break-glass"}`), Parameters: breakGlass, Want: checks.PASS, Reason: "denies everybody"},
		{Name: "NotPrincipal with another", Set: deny(all4, `"NotPrincipal":{"AWS":"arn:aws:iam::111122223333:root"}`), Parameters: breakGlass, Want: checks.FAIL, Reason: "denies nothing to arn:aws:iam::111122223333:root"},
		{Name: "a condition that ordinary principals do not meet", Set: deny(all4, everyone+`,"Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}`), Want: checks.FAIL, Reason: "denies only on the condition BoolIfExists"},
		{Name: "services are left out", Set: deny(all4, everyone+`,"Condition":{"Bool":{"aws:PrincipalIsAWSService":"false"}}`), Want: checks.PASS, Reason: "denies everybody"},
		{Name: "by user id", Set: deny(all4, everyone+`,"Condition":{"StringNotLike":{"aws:userId":"AROAEXAMPLE:*"}}`), Parameters: map[string]any{"allowed_principals": []string{"AROAEXAMPLE:*"}}, Want: checks.PASS, Reason: "denies everybody"},
		{Name: "a statement outside the grammar may deny it", Set: deny(all4, everyone+`,"Condition":{"StringSounds":{"aws:x":"y"}}`), Want: checks.UNKNOWN, Reason: "outside the grammar"},
		{Name: "no JSON", Set: theVault(func(v *snapshot.BackupVault) { v.Policy = snapshot.Value("{") }), Want: checks.UNKNOWN, Reason: "cannot be understood"},
		{Name: "policy unread", Set: theVault(func(v *snapshot.BackupVault) { v.Policy = snapshot.Missing[string](throttled) }), Want: checks.UNKNOWN, Reason: "throttled"},
		{Name: "no recovery point", Set: theVault(func(v *snapshot.BackupVault) { v.Points = 0 }), Want: checks.NotApplicable, Reason: "no recovery point"},
		{Name: "a view of another account's", Set: theVault(func(v *snapshot.BackupVault) { v.Type = snapshot.RestoreAccessVault }), Want: checks.NotApplicable, Reason: "another account's"},
		{Name: "shared by another account", Set: theVault(func(v *snapshot.BackupVault) { v.ARN = otherVault }), Want: checks.NotApplicable, Reason: "account 444455556666's"},
	})
}

func TestTypesOptedIn(t *testing.T) {
	plan := planOf("daily", daily, "*")
	database := checktest.Instance(snapshot.Database{Engine: "postgres", Status: "available"})
	aurora := checktest.Cluster(snapshot.Database{Engine: "aurora-mysql"})
	multi := checktest.Cluster(snapshot.Database{Engine: "mysql"})
	neptune := checktest.Cluster(snapshot.Database{Engine: "neptune"})
	member := checktest.Instance(snapshot.Database{ID: "m", Engine: "aurora-mysql", Cluster: "cluster"})
	checktest.Run(t, &TypesOptedIn, []checktest.Case{
		{Name: "all in use", Set: set(region("EBS", "RDS"), plan, theVolume(nil), database), Want: checks.PASS, Reason: "EBS 1, RDS 1"},
		{Name: "one is not", Set: set(region("EBS"), plan, theVolume(nil), database), Want: checks.FAIL, Reason: "not opted in to, and in use: RDS (1)"},
		{Name: "a type missing from the map", Set: set(region(), plan, theVolume(nil)), Want: checks.FAIL, Reason: "EBS (1)"},
		{Name: "names are compared exactly", Set: set(region("ebs"), plan, theVolume(nil)), Want: checks.FAIL, Reason: "EBS (1)"},
		{Name: "Aurora has a type of its own", Set: set(region("RDS"), plan, aurora, member), Want: checks.FAIL, Reason: "Aurora (1)"},
		{Name: "a Multi-AZ cluster is RDS's", Set: set(region("RDS"), plan, multi), Want: checks.PASS, Reason: "RDS 1"},
		{Name: "Neptune, when rows of it are seen", Set: set(region("RDS"), plan, neptune), Want: checks.FAIL, Reason: "Neptune (1)"},
		{Name: "no plan in the Region", Set: set(region(), theVolume(nil)), Want: checks.NotApplicable, Reason: "no backup plan"},
		{Name: "nothing there", Set: set(region(), plan), Want: checks.NotApplicable, Reason: "holds nothing"},
		{Name: "settings unread", Set: set(region(), plan, theVolume(nil), func(a *snapshot.Account) { a.Backup.Regions[0].OptIn = snapshot.Missing[map[string]bool](throttled) }), Want: checks.UNKNOWN, Reason: "throttled"},
		{Name: "plans unread", Set: set(region(), theVolume(nil), denied("backup:ListBackupPlans")), Want: checks.UNKNOWN, Reason: "backup:ListBackupPlans"},
		{Name: "instances unread, the rest is opted in to", Set: set(region("EBS"), plan, theVolume(nil), denied("ec2:DescribeInstances")), Want: checks.UNKNOWN, Reason: "ec2:DescribeInstances"},
		{Name: "instances unread, and something is not opted in to", Set: set(region(), plan, theVolume(nil), denied("ec2:DescribeInstances")), Want: checks.FAIL, Reason: "EBS (1)"},
	})
}

func TestSnapshotLifecycleExists(t *testing.T) {
	policy := func(kind, state string) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			a.Backup.LifecyclePolicies = append(a.Backup.LifecyclePolicies, snapshot.LifecyclePolicy{Meta: checktest.Meta("policy-1", "arn:aws:dlm:eu-west-1:111122223333:policy/policy-1"), ID: "policy-1", Type: kind, State: state})
		}
	}
	selected := func(r snapshot.SelectedResources) func(*snapshot.Account) {
		return set(planOf("daily", daily, "x"), lastPlan(func(p *snapshot.BackupPlan) {
			p.Selections = snapshot.Value([]snapshot.BackupSelection{{Name: "some", Resources: snapshot.Value(r)}})
		}))
	}
	here := set(region(), theVolume(nil))
	checktest.Run(t, &SnapshotLifecycleExists, []checktest.Case{
		{Name: "a snapshot policy", Set: set(here, policy("EBS_SNAPSHOT_MANAGEMENT", "ENABLED")), Want: checks.PASS, Reason: "policy-1 is ENABLED"},
		{Name: "an image policy", Set: set(here, policy("IMAGE_MANAGEMENT", "ENABLED")), Want: checks.PASS, Reason: "IMAGE_MANAGEMENT"},
		{Name: "a policy in error", Set: set(here, policy("EBS_SNAPSHOT_MANAGEMENT", "ERROR")), Want: checks.FAIL, Reason: "policy-1 is ERROR"},
		{Name: "a disabled policy", Set: set(here, policy("EBS_SNAPSHOT_MANAGEMENT", "DISABLED")), Want: checks.FAIL, Reason: "policy-1 is DISABLED"},
		{Name: "an event-based policy is no backup of own volumes", Set: set(here, policy("EVENT_BASED_POLICY", "ENABLED")), Want: checks.FAIL, Reason: "EVENT_BASED_POLICY"},
		{Name: "a Region with volumes but without snapshots is judged", Set: here, Want: checks.FAIL, Reason: "neither a lifecycle policy nor a backup plan"},
		{Name: "no volume", Set: region(), Want: checks.NotApplicable, Reason: "no volume"},
		{Name: "a plan for all volumes", Set: set(here, planOf("daily", daily, "arn:aws:ec2:*:*:volume/*")), Want: checks.PASS, Reason: `backup plan "daily", selection "some"`},
		{Name: "a plan for one instance", Set: set(here, planOf("daily", daily, instanceARN)), Want: checks.PASS, Reason: "daily"},
		{Name: "a plan for everything", Set: set(here, planOf("daily", daily, "*")), Want: checks.PASS, Reason: "daily"},
		{Name: "a plan by tag", Set: set(here, selected(snapshot.SelectedResources{ListOfTags: []snapshot.TagCondition{{Key: "a", Value: "b"}}})), Want: checks.PASS, Reason: "daily"},
		{Name: "a plan for databases", Set: set(here, planOf("daily", daily, "arn:aws:rds:*:*:db:*")), Want: checks.FAIL, Reason: "neither"},
		{Name: "a plan for another Region's volumes", Set: set(here, planOf("daily", daily, "arn:aws:ec2:us-east-1:*:volume/*")), Want: checks.FAIL, Reason: "neither"},
		{Name: "everything but EC2 and EBS", Set: set(here, selected(snapshot.SelectedResources{Resources: []string{"*"}, NotResources: []string{"arn:aws:ec2:*"}})), Want: checks.FAIL, Reason: "neither"},
		{Name: "everything but volumes", Set: set(here, selected(snapshot.SelectedResources{Resources: []string{"*"}, NotResources: []string{"arn:aws:ec2:*:*:volume/*"}})), Want: checks.PASS, Reason: "daily"},
		{Name: "selections unread", Set: set(here, planOf("daily", daily, "*"), lastPlan(selectionsUnread)), Want: checks.UNKNOWN, Reason: "throttled"},
		{Name: "policies unread", Set: set(here, denied("dlm:GetLifecyclePolicies")), Want: checks.UNKNOWN, Reason: "dlm:GetLifecyclePolicies"},
		{Name: "policies unread, but a plan", Set: set(here, planOf("daily", daily, "*"), denied("dlm:GetLifecyclePolicies")), Want: checks.PASS, Reason: "daily"},
		{Name: "volumes unread", Set: set(region(), denied("ec2:DescribeVolumes")), Want: checks.UNKNOWN, Reason: "ec2:DescribeVolumes"},
	})
}

func TestHours(t *testing.T) {
	for d, want := range map[time.Duration]string{time.Minute: "1 minute", time.Hour: "1 hour", 24 * time.Hour: "24 hours", 72 * time.Hour: "3 days"} {
		if got := hours(d); got != want {
			t.Errorf("%v: %q", d, got)
		}
	}
}
