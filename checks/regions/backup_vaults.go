package regions

import (
	"strconv"

	"onus/checks"
	"onus/checks/wording"
	"onus/scanner/snapshot"
)

// VaultsInAllowedRegions passes when a vault lies in a Region that the policy allows, or
// holds no recovery point: AWS makes empty vaults by itself.
// Source: Backup ListBackupVaults in the Region asked, NumberOfRecoveryPoints.
var VaultsInAllowedRegions = checks.Check{
	ID:          "backup-vaults-in-allowed-regions",
	Title:       "Backup vaults with recovery points lie only in allowed Regions",
	Severity:    checks.High,
	Category:    checks.Regions,
	Duty:        checks.RegionChoice,
	ServiceKind: checks.OfAccount,
	Tier:        1,
	Reads:       []string{"account:ListRegions", "backup:ListBackupVaults"},
	Parameters:  checks.Parameters{"allowed_regions": []string{}},
	Remedy:      "Copy what is still needed to a vault in an allowed Region, delete the recovery points, and stop the plan that makes them.",
	Fix: checks.Fix{
		Threat: "The backups are whole copies of the data, and here they lie under a law and a jurisdiction that you did not choose. Nobody looks for them there when data must be deleted or handed out.",
		CLI: `aws backup list-recovery-points-by-backup-vault --region {region} --backup-vault-name {name} --query 'RecoveryPoints[].[RecoveryPointArn,ResourceArn,CreationDate]' --output table
aws backup start-copy-job --region {region} --recovery-point-arn POINT_ARN --source-backup-vault-name {name} --destination-backup-vault-arn DESTINATION_VAULT_ARN --iam-role-arn arn:aws:iam::{account}:role/service-role/AWSBackupDefaultServiceRole
aws backup delete-recovery-point --region {region} --backup-vault-name {name} --recovery-point-arn POINT_ARN`,
		Terraform: "resource \"aws_backup_vault\" \"home\" {\n  provider    = aws.allowed_region\n  name        = \"home\"\n  kms_key_arn = aws_kms_key.backup.arn\n}",
		Cost:      "Moving data between Regions is billed for each GB. Recovery points in a locked vault cannot be deleted before they expire.",
	},
	Judges: checks.For(snapshot.BackupVaults, vaultInAllowedRegion).And(checks.For(leftOut, regionLeftOut("backup:ListBackupVaults", "backup vaults"))),
}

func vaultInAllowedRegion(v snapshot.BackupVault, env checks.Env) checks.Verdict {
	allowed := env.Strings("allowed_regions")
	held := strconv.FormatInt(v.Points, 10)
	switch {
	case len(allowed) == 0:
		return noChoice()
	case !v.Own():
		return checks.DoesNotApply("the vault is another account's: it is judged there").With("VaultType", v.Type)
	case v.Points == 0:
		return checks.Pass("the vault in %s holds no recovery point", regionOf(v.Meta)).With("Region", regionOf(v.Meta)).With("NumberOfRecoveryPoints", held)
	}
	return inAllowed("the vault with "+wording.Count(int(v.Points), "recovery point"), regionOf(v.Meta), allowed).With("NumberOfRecoveryPoints", held)
}
