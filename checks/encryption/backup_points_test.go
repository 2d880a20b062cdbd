package encryption

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

func TestRecoveryPointEncrypted(t *testing.T) {
	point := func(encrypted bool, change func(*snapshot.RecoveryPoint)) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			// The ARN of a point of RDS is that of a snapshot, not of AWS Backup.
			p := snapshot.RecoveryPoint{Meta: checktest.Meta("", "arn:aws:rds:eu-west-1:111122223333:snapshot:awsbackup:job-1"), Vault: "main", ResourceType: "RDS", Resource: "arn:db", Status: "COMPLETED", Encrypted: snapshot.Value(encrypted)}
			if change != nil {
				change(&p)
			}
			a.Backup.Points = append(a.Backup.Points, p)
		}
	}
	keyed := func(a *snapshot.Account) {
		a.Backup.Vaults = append(a.Backup.Vaults, snapshot.BackupVault{Meta: checktest.Meta("main", "arn:vault"), KeyARN: "arn:key"})
		point(false, nil)(a)
	}
	missing := &snapshot.Unread{Operation: "backup:ListRecoveryPointsByBackupVault", At: checktest.At, Cause: snapshot.Malformed, Message: "the answer lacks IsEncrypted"}
	checktest.Run(t, &RecoveryPointEncrypted, []checktest.Case{
		{Name: "encrypted", Set: point(true, func(p *snapshot.RecoveryPoint) { p.KeyARN = "arn:key" }), Want: checks.PASS, Reason: "is encrypted with arn:key", Observed: map[string]string{"IsEncrypted": "true"}},
		{Name: "encrypted with a key that is not told", Set: point(true, nil), Want: checks.PASS, Reason: "does not name"},
		{Name: "not encrypted", Set: point(false, nil), Want: checks.FAIL, Reason: "of arn:db is not encrypted", Observed: map[string]string{"IsEncrypted": "false"}},
		{Name: "a vault with a key can hold unencrypted points", Set: keyed, Want: checks.FAIL, Reason: "is not encrypted"},
		{Name: "IsEncrypted absent is not false", Set: point(false, func(p *snapshot.RecoveryPoint) { p.Encrypted = snapshot.Missing[bool](missing) }), Want: checks.UNKNOWN, Reason: "lacks IsEncrypted"},
		{Name: "expired", Set: point(false, func(p *snapshot.RecoveryPoint) { p.Status = "EXPIRED" }), Want: checks.NotApplicable, Reason: "EXPIRED"},
		{Name: "deleting", Set: point(false, func(p *snapshot.RecoveryPoint) { p.Status = "DELETING" }), Want: checks.NotApplicable, Reason: "DELETING"},
		{Name: "composite", Set: point(false, func(p *snapshot.RecoveryPoint) { p.Parent = true }), Want: checks.NotApplicable, Reason: "composite"},
		{Name: "another account's, seen from here", Set: point(false, func(p *snapshot.RecoveryPoint) { p.VaultType = snapshot.RestoreAccessVault }), Want: checks.NotApplicable, Reason: "another account's"},
	})
}

// A vault whose list broke off leaves a scope behind, so that a cap shows.
func TestAVaultThatWasNotReadToItsEndIsUnknown(t *testing.T) {
	a := checktest.Account(&RecoveryPointEncrypted, checktest.Denied("backup:ListRecoveryPointsByBackupVault"))
	f := checktest.Findings(&RecoveryPointEncrypted, a, nil)
	if len(f) != 1 || f[0].Status != checks.UNKNOWN || f[0].Resource.Type != checks.Scope {
		t.Errorf("%+v", f)
	}
}
