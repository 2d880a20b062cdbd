package encryption

import (
	"slices"

	"onus/checks"
	"onus/checks/keys"
	"onus/scanner/snapshot"
)

// VaultEncryptedWithCustomerKey passes when the vault's key is managed by the customer and
// works. Every vault is encrypted: the question is whose key it is. The key protects what
// AWS Backup itself stores; points of RDS, Aurora and EBS keep the key of their source.
// Source: Backup ListBackupVaults, EncryptionKeyArn and EncryptionKeyType; KMS DescribeKey,
// KeyManager and KeyState; AWS Backup Developer Guide, "Encryption for backups".
var VaultEncryptedWithCustomerKey = checks.Check{
	ID:          "backup-vault-encrypted",
	Title:       "Backup vaults are encrypted with a customer managed key",
	Severity:    checks.Medium,
	Category:    checks.Encryption,
	Duty:        checks.DataEncryption,
	ServiceKind: checks.OfAccount,
	Tier:        1,
	Reads:       []string{"backup:ListBackupVaults", "kms:DescribeKey"},
	Remedy:      "The key is chosen when a vault is made: make a vault with a key of your own, and let the plans' rules point to it.",
	Fix: checks.Fix{
		Threat: ofAWSManagedKeys,
		CLI: `aws backup create-backup-vault --region {region} --backup-vault-name NEW_NAME --encryption-key-arn KEY_ARN
aws backup get-backup-plan --region {region} --backup-plan-id PLAN --query BackupPlan > plan.json
# name the new vault in the rules, then:
aws backup update-backup-plan --region {region} --backup-plan-id PLAN --backup-plan file://plan.json`,
		Terraform: `resource "aws_backup_vault" "this" {
  name        = "NEW_NAME"
  kms_key_arn = aws_kms_key.backup.arn
}`,
		Cost: "A customer managed key costs about 1 USD a month and its requests. The vault's key cannot be changed: points that exist stay where they are until they expire or are copied.",
	},
	Judges: checks.For(snapshot.BackupVaults, vaultEncryptedWithCustomerKey),
}

// awsMade are the vaults that AWS makes by itself.
var awsMade = []string{"Default", "aws/efs/automatic-backup-vault"}

func vaultEncryptedWithCustomerKey(vault snapshot.BackupVault, env checks.Env) checks.Verdict {
	switch {
	case !vault.Own():
		return checks.DoesNotApply("the vault shows another account's: it is judged there").With("VaultType", vault.Type)
	case vault.Points == 0 && slices.Contains(awsMade, vault.Name):
		return checks.DoesNotApply("the vault is one that AWS makes, and holds no recovery point").With("NumberOfRecoveryPoints", "0")
	case vault.Type == snapshot.AirGappedVault && vault.KeyType != "CUSTOMER_MANAGED_KMS_KEY":
		return checks.Fail("the vault is logically air-gapped and encrypted with a key that AWS owns: by design, unless a key of your own was chosen").With("EncryptionKeyType", vault.KeyType)
	case vault.KeyARN == "":
		return checks.Unclear("the answer names no key of the vault").With("EncryptionKeyArn", "")
	case keys.Foreign(vault.Location, vault.KeyARN):
		return checks.Unclear("the vault is encrypted with %s, a key of account %s: its state can be read there only", vault.KeyARN, keys.Owner(vault.Location, vault.KeyARN)).With("EncryptionKeyArn", vault.KeyARN)
	}
	m, v := customerManaged(env, vault.Location, "the vault", vault.KeyARN, gone(vault.KeyARN))
	if v.Status == checks.PASS && m.State != "Enabled" {
		v = keys.Usable(m, env.AsOf, 0)
	}
	return v.With("EncryptionKeyArn", vault.KeyARN)
}
