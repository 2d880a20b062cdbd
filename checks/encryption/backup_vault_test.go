package encryption

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

func TestVaultEncryptedWithCustomerKey(t *testing.T) {
	by := func(key string, more ...func(*snapshot.BackupVault)) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			v := snapshot.BackupVault{Meta: checktest.Meta("prod", "arn:aws:backup:eu-west-1:111122223333:backup-vault:prod"), Type: "BACKUP_VAULT", KeyARN: key, Points: 3}
			for _, f := range more {
				f(&v)
			}
			a.Backup.Vaults = append(a.Backup.Vaults, v)
		}
	}
	of := func(typ, keyType string) func(*snapshot.BackupVault) {
		return func(v *snapshot.BackupVault) { v.Type, v.KeyType = typ, keyType }
	}
	empty := func(name string) func(*snapshot.BackupVault) {
		return func(v *snapshot.BackupVault) { v.Name, v.Points = name, 0 }
	}
	k := checktest.KeyARN("k")
	checktest.Run(t, &VaultEncryptedWithCustomerKey, []checktest.Case{
		{Name: "a customer managed key", Set: checktest.All(by(k), checktest.Key("k", ours)), Want: checks.PASS, Reason: "customer managed", Observed: map[string]string{"EncryptionKeyArn": k}},
		{Name: "every vault is encrypted: the AWS managed key does not pass", Set: checktest.All(by(k), checktest.Key("k", amazons)), Want: checks.FAIL, Reason: "AWS managed"},
		{Name: "a key that is disabled", Set: checktest.All(by(k), checktest.Key("k", disabled)), Want: checks.FAIL, Reason: "Disabled"},
		{Name: "a key that is due for deletion", Set: checktest.All(by(k), checktest.Key("k", doomed)), Want: checks.FAIL, Reason: "2026-11-08"},
		{Name: "air-gapped, with the key that AWS owns", Set: by("", of(snapshot.AirGappedVault, "AWS_OWNED_KMS_KEY")), Want: checks.FAIL, Reason: "by design"},
		{Name: "air-gapped, with a key of one's own", Set: checktest.All(by(k, of(snapshot.AirGappedVault, "CUSTOMER_MANAGED_KMS_KEY")), checktest.Key("k", ours)), Want: checks.PASS, Reason: "customer managed"},
		{Name: "a key of another account", Set: by(foreignKey), Want: checks.UNKNOWN, Reason: "999988887777"},
		{Name: "DescribeKey denied", Set: checktest.All(by(k), checktest.NoKey("k", keyless)), Want: checks.UNKNOWN, Reason: "denied"},
		{Name: "a key that is no more", Set: checktest.All(by(k), checktest.NoKey("k", noKey)), Want: checks.UNKNOWN, Reason: "KMS knows no key"},
		{Name: "no key is named", Set: by(""), Want: checks.UNKNOWN, Reason: "names no key"},
		{Name: "the Default vault, empty", Set: by(k, empty("Default")), Want: checks.NotApplicable, Reason: "AWS makes"},
		{Name: "a vault of one's own, empty", Set: checktest.All(by(k, empty("mine")), checktest.Key("k", amazons)), Want: checks.FAIL, Reason: "AWS managed"},
		{Name: "a view of another account's vault", Set: by(k, of(snapshot.RestoreAccessVault, "")), Want: checks.NotApplicable, Reason: "another account"},
	})
}
