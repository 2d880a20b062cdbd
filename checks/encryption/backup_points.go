package encryption

import (
	"cmp"
	"strconv"

	"onus/checks"
	"onus/scanner/snapshot"
)

// RecoveryPointEncrypted passes when a recovery point is encrypted. The key of its vault
// does not decide that: a point of an unencrypted RDS or EBS source stays as it is.
// Source: Backup ListRecoveryPointsByBackupVault, IsEncrypted.
var RecoveryPointEncrypted = checks.Check{
	ID:          "backup-recovery-point-encrypted",
	Title:       "Recovery points are encrypted",
	Severity:    checks.High,
	Category:    checks.Encryption,
	Duty:        checks.DataEncryption,
	ServiceKind: checks.OfAccount,
	Tier:        1,
	Reads:       []string{"backup:ListBackupVaults", "backup:ListRecoveryPointsByBackupVault"},
	Remedy:      "Encrypt the source, or copy the recovery point to a vault with a key, and delete the unencrypted one.",
	Fix: checks.Fix{
		Threat: "An unencrypted snapshot can be shared with any account, or with everybody, by one call, and then read whole. No key's policy stands in the way.",
		CLI: `aws backup start-copy-job --region {region} --recovery-point-arn {arn} --source-backup-vault-name VAULT --destination-backup-vault-arn DESTINATION_VAULT_ARN --iam-role-arn arn:aws:iam::{account}:role/service-role/AWSBackupDefaultServiceRole
# when the copy is complete:
aws backup delete-recovery-point --region {region} --backup-vault-name VAULT --recovery-point-arn {arn}`,
		Terraform: "resource \"aws_backup_vault\" \"encrypted\" {\n  name        = \"encrypted\"\n  kms_key_arn = aws_kms_key.backup.arn\n}",
		Cost:      "The copy is stored beside the point until that is deleted. New points stay unencrypted until the source itself is encrypted, for which a database or volume must be restored from an encrypted copy.",
	},
	Judges: checks.For(snapshot.RecoveryPoints, recoveryPointEncrypted),
}

func recoveryPointEncrypted(p snapshot.RecoveryPoint, _ checks.Env) checks.Verdict {
	switch {
	case p.Status == "EXPIRED" || p.Status == "DELETING":
		return checks.DoesNotApply("the recovery point is %s", p.Status).With("Status", p.Status)
	case p.Parent:
		return checks.DoesNotApply("the recovery point is a composite: its children are judged")
	case p.VaultType == snapshot.RestoreAccessVault:
		return checks.DoesNotApply("the vault shows another account's recovery points: they are judged there").With("VaultType", p.VaultType)
	}
	encrypted, err := p.Encrypted.Get()
	seen := strconv.FormatBool(encrypted)
	switch {
	case err != nil:
		return checks.Unknown(err)
	case encrypted:
		return checks.Pass("the %s point in vault %s is encrypted with %s", p.ResourceType, p.Vault, cmp.Or(p.KeyARN, "a key that the answer does not name")).With("IsEncrypted", seen)
	}
	return checks.Fail("the %s point in vault %s of %s is not encrypted", p.ResourceType, p.Vault, p.Resource).With("IsEncrypted", seen)
}
