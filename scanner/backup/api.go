// Package backup reads AWS Backup: vaults, plans, recovery points and jobs; and the
// lifecycle policies of Data Lifecycle Manager and the rules of the Recycle Bin that
// protect copies beside it. It asks and maps; it leaves clients to scanner and judgement
// to checks.
package backup

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/backup"
	"github.com/aws/aws-sdk-go-v2/service/dlm"
	"github.com/aws/aws-sdk-go-v2/service/rbin"
)

// API is every call of AWS Backup that this collector makes.
type API interface {
	backup.ListBackupJobsAPIClient
	backup.ListBackupPlansAPIClient
	backup.ListBackupSelectionsAPIClient
	backup.ListBackupVaultsAPIClient
	backup.ListCopyJobsAPIClient
	backup.ListProtectedResourcesAPIClient
	backup.ListRecoveryPointsByBackupVaultAPIClient
	backup.ListRecoveryPointsByResourceAPIClient
	backup.ListReportPlansAPIClient
	backup.ListRestoreJobsAPIClient
	backup.ListRestoreJobsByProtectedResourceAPIClient
	backup.ListRestoreTestingPlansAPIClient
	backup.ListRestoreTestingSelectionsAPIClient
	backup.ListTagsAPIClient
	DescribeBackupVault(context.Context, *backup.DescribeBackupVaultInput, ...func(*backup.Options)) (*backup.DescribeBackupVaultOutput, error)
	DescribeRecoveryPoint(context.Context, *backup.DescribeRecoveryPointInput, ...func(*backup.Options)) (*backup.DescribeRecoveryPointOutput, error)
	DescribeRegionSettings(context.Context, *backup.DescribeRegionSettingsInput, ...func(*backup.Options)) (*backup.DescribeRegionSettingsOutput, error)
	GetBackupPlan(context.Context, *backup.GetBackupPlanInput, ...func(*backup.Options)) (*backup.GetBackupPlanOutput, error)
	GetBackupSelection(context.Context, *backup.GetBackupSelectionInput, ...func(*backup.Options)) (*backup.GetBackupSelectionOutput, error)
	GetBackupVaultAccessPolicy(context.Context, *backup.GetBackupVaultAccessPolicyInput, ...func(*backup.Options)) (*backup.GetBackupVaultAccessPolicyOutput, error)
	GetBackupVaultNotifications(context.Context, *backup.GetBackupVaultNotificationsInput, ...func(*backup.Options)) (*backup.GetBackupVaultNotificationsOutput, error)
	GetRestoreTestingSelection(context.Context, *backup.GetRestoreTestingSelectionInput, ...func(*backup.Options)) (*backup.GetRestoreTestingSelectionOutput, error)
}

// LifecycleAPI is every call of Data Lifecycle Manager that this collector makes.
type LifecycleAPI interface {
	GetLifecyclePolicies(context.Context, *dlm.GetLifecyclePoliciesInput, ...func(*dlm.Options)) (*dlm.GetLifecyclePoliciesOutput, error)
	GetLifecyclePolicy(context.Context, *dlm.GetLifecyclePolicyInput, ...func(*dlm.Options)) (*dlm.GetLifecyclePolicyOutput, error)
}

// BinAPI is every call of the Recycle Bin that this collector makes.
type BinAPI interface {
	rbin.ListRulesAPIClient
	GetRule(context.Context, *rbin.GetRuleInput, ...func(*rbin.Options)) (*rbin.GetRuleOutput, error)
}

// Clients are the clients of one Region.
type Clients struct {
	Backup    API
	Lifecycle LifecycleAPI
	Bin       BinAPI
}
