package emulators

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/backup"
	"github.com/aws/aws-sdk-go-v2/service/backup/types"
)

// backupVault is one seeded vault; moto keeps no recovery points in it.
type backupVault struct {
	name, region string
	locked       bool
	tags         map[string]string
}

var backupVaults = []backupVault{
	{"acme-locked", Home, true, map[string]string{"owner": "platform"}},
	{"acme-plain", Home, false, nil},
	{"acme-copies", Second, false, nil},
	{"acme-virginia", Foreign, false, nil},
}

// seedBackup makes vaults, and in Home a plan that copies to where nothing should go, and a
// report plan. moto knows no selections, policies or notifications, and no Region's settings.
func seedBackup(ctx context.Context, cfg aws.Config, ids Seeded) error {
	for _, v := range backupVaults {
		api := backup.NewFromConfig(at(cfg, v.region))
		if _, err := api.CreateBackupVault(ctx, &backup.CreateBackupVaultInput{BackupVaultName: &v.name, BackupVaultTags: v.tags}); err != nil {
			return fmt.Errorf("backup vault %q: %w", v.name, err)
		}
		if !v.locked {
			continue
		}
		if _, err := api.PutBackupVaultLockConfiguration(ctx, &backup.PutBackupVaultLockConfigurationInput{BackupVaultName: &v.name, MinRetentionDays: aws.Int64(30), ChangeableForDays: aws.Int64(3)}); err != nil {
			return fmt.Errorf("lock of %q: %w", v.name, err)
		}
	}
	api := backup.NewFromConfig(at(cfg, Home))
	keep := &types.Lifecycle{DeleteAfterDays: aws.Int64(35)}
	made, err := api.CreateBackupPlan(ctx, &backup.CreateBackupPlanInput{BackupPlan: &types.BackupPlanInput{BackupPlanName: aws.String("acme-daily"), Rules: []types.BackupRuleInput{{
		RuleName: aws.String("daily"), TargetBackupVaultName: aws.String("acme-locked"), Lifecycle: keep,
		CopyActions: []types.CopyAction{{DestinationBackupVaultArn: aws.String("arn:aws:backup:" + Foreign + ":" + Account + ":backup-vault:acme-virginia"), Lifecycle: keep}},
	}}}})
	if err != nil {
		return fmt.Errorf("backup plan: %w", err)
	}
	ids["acme-daily"] = *made.BackupPlanArn
	_, err = api.CreateReportPlan(ctx, &backup.CreateReportPlanInput{ReportPlanName: aws.String("acme_jobs"), ReportSetting: &types.ReportSetting{ReportTemplate: aws.String("BACKUP_JOB_REPORT")},
		ReportDeliveryChannel: &types.ReportDeliveryChannel{S3BucketName: aws.String("acme-logs")}})
	return err
}
