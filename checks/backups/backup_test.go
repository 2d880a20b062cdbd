package backups

import (
	"time"

	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

const (
	volumeARN   = "arn:aws:ec2:eu-west-1:111122223333:volume/vol-1"
	instanceARN = "arn:aws:ec2:eu-west-1:111122223333:instance/i-1"
	databaseARN = "arn:aws:rds:eu-west-1:111122223333:db:db"
	clusterARN  = "arn:aws:rds:eu-west-1:111122223333:cluster:db"
	bucketARN   = "arn:aws:s3:::acme-invoices"
	hereVault   = "arn:aws:backup:eu-west-1:111122223333:backup-vault:main"
	farVault    = "arn:aws:backup:eu-central-1:111122223333:backup-vault:copies"
	otherVault  = "arn:aws:backup:eu-west-1:444455556666:backup-vault:copies"
)

var throttled = &snapshot.Unread{Operation: "backup:GetBackupPlan", At: checktest.At, Cause: snapshot.Throttled}

func ago(d time.Duration) time.Time { return checktest.AsOf.Add(-d) }

// set puts several things into an account.
func set(list ...func(*snapshot.Account)) func(*snapshot.Account) { return checktest.All(list...) }

func denied(ops ...string) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		for _, op := range ops {
			checktest.Fail(a, op, checktest.At.Region, snapshot.Denied)
			checktest.Fail(a, op, snapshot.Global, snapshot.Denied)
		}
	}
}

// region is AWS Backup in the tests' Region, opted in to the types.
func region(types ...string) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		in := map[string]bool{}
		for _, t := range types {
			in[t] = true
		}
		a.Backup.Regions = append(a.Backup.Regions, snapshot.BackupRegion{Meta: snapshot.Meta{Location: checktest.At, Name: checktest.At.Region}, OptIn: snapshot.Value(in)})
	}
}

// theVolume is an EBS volume.
func theVolume(change func(*snapshot.Volume)) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		v := snapshot.Volume{Meta: checktest.Meta("data", volumeARN), ID: "vol-1", State: "in-use", SizeGiB: 40}
		v.Tags = map[string]string{"backup": "daily"}
		if change != nil {
			change(&v)
		}
		a.EC2.Volumes = append(a.EC2.Volumes, v)
	}
}

// planOf is a backup plan that selects by the patterns.
func planOf(name string, rules []snapshot.BackupRule, patterns ...string) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		p := snapshot.BackupPlan{Meta: checktest.Meta(name, "arn:aws:backup:eu-west-1:111122223333:backup-plan:"+name), ID: name, Created: ago(400 * aDay), Rules: snapshot.Value(rules), Selections: snapshot.Value[[]snapshot.BackupSelection](nil)}
		if len(patterns) > 0 {
			p.Selections = snapshot.Value([]snapshot.BackupSelection{{ID: "1", Name: "some", Resources: snapshot.Value(snapshot.SelectedResources{Resources: patterns})}})
		}
		a.Backup.Plans = append(a.Backup.Plans, p)
	}
}

// lastPlan changes the plan that was added last.
func lastPlan(change func(*snapshot.BackupPlan)) func(*snapshot.Account) {
	return func(a *snapshot.Account) { change(&a.Backup.Plans[len(a.Backup.Plans)-1]) }
}

func rulesUnread(p *snapshot.BackupPlan) {
	p.Rules = snapshot.Missing[[]snapshot.BackupRule](throttled)
}

func selectionsUnread(p *snapshot.BackupPlan) {
	p.Selections = snapshot.Missing[[]snapshot.BackupSelection](throttled)
}

// ruleOf keeps for so many days; 0: for ever.
func ruleOf(name, schedule string, days int64, copies ...string) snapshot.BackupRule {
	r := snapshot.BackupRule{Name: name, Vault: "main", Schedule: schedule}
	if days != 0 {
		r.Lifecycle.DeleteAfterDays = &days
	}
	for _, c := range copies {
		r.Copies = append(r.Copies, snapshot.BackupCopy{Vault: c})
	}
	return r
}

func rulesOf(list ...snapshot.BackupRule) []snapshot.BackupRule { return list }

var daily = rulesOf(ruleOf("daily", "", 35))

// theVault is a vault named main that holds three recovery points.
func theVault(change func(*snapshot.BackupVault)) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		v := snapshot.BackupVault{Meta: checktest.Meta("main", hereVault), Type: snapshot.PlainVault, State: "AVAILABLE", Points: 3, Policy: snapshot.Value(""),
			Notifications: snapshot.Value(snapshot.VaultNotifications{}), Lock: snapshot.Value(snapshot.VaultLock{})}
		if change != nil {
			change(&v)
		}
		a.Backup.Vaults = append(a.Backup.Vaults, v)
	}
}

// pointOf is a usable recovery point of a resource, so old, kept for so many days.
func pointOf(name, resource string, age time.Duration, days int64, change func(*snapshot.RecoveryPoint)) snapshot.RecoveryPoint {
	p := snapshot.RecoveryPoint{Meta: checktest.Meta("", "arn:aws:backup:eu-west-1:111122223333:recovery-point:"+name), Vault: "main", Resource: resource, Status: "COMPLETED", Created: ago(age)}
	l := snapshot.Lifecycle{}
	if days != 0 {
		l.DeleteAfterDays = &days
	}
	p.Kept = snapshot.Value(snapshot.Retention{Lifecycle: &l})
	if change != nil {
		change(&p)
	}
	return p
}

// protected says that a resource was backed up, and what is left of it.
func protected(resource string, points ...snapshot.RecoveryPoint) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		a.Backup.Protected = append(a.Backup.Protected, snapshot.ProtectedResource{Meta: checktest.Meta("", resource), Points: snapshot.Value(points), Restores: snapshot.Value[[]snapshot.RestoreJob](nil)})
	}
}

// continuous makes a point a continuous backup that is at work.
func continuous(p *snapshot.RecoveryPoint) {
	p.Status, p.ARN = "AVAILABLE", "arn:aws:backup:eu-west-1:111122223333:recovery-point:continuous:db-1"
}

func status(s string) func(*snapshot.RecoveryPoint) {
	return func(p *snapshot.RecoveryPoint) { p.Status = s }
}
