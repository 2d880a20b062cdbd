package wire

// backupOperations are AWS Backup's, Data Lifecycle Manager's and the Recycle Bin's.
var backupOperations = map[string]Operation{
	"backup:DescribeRegionSettings":  {Member: "ResourceTypeOptInPreference"},
	"backup:ListBackupJobs":          {Member: "BackupJobs"},
	"backup:ListBackupPlans":         {Member: "BackupPlansList"},
	"backup:ListBackupVaults":        {Member: "BackupVaultList"},
	"backup:ListCopyJobs":            {Member: "CopyJobs"},
	"backup:ListProtectedResources":  {Member: "Results"},
	"backup:ListReportPlans":         {Member: "ReportPlans"},
	"backup:ListRestoreJobs":         {Member: "RestoreJobs"},
	"backup:ListRestoreTestingPlans": {Member: "RestoreTestingPlans"},
	"dlm:GetLifecyclePolicies":       {Member: "Policies"},
	"rbin:ListRules":                 {Member: "Rules"},

	"backup:DescribeBackupVault":                {Member: "BackupVaultName", PerResource: true},
	"backup:DescribeRecoveryPoint":              {Member: "RecoveryPointArn", PerResource: true},
	"backup:GetBackupPlan":                      {Member: "BackupPlan", PerResource: true},
	"backup:GetBackupSelection":                 {Member: "BackupSelection", PerResource: true},
	"backup:GetBackupVaultAccessPolicy":         {Member: "Policy", PerResource: true},
	"backup:GetBackupVaultNotifications":        {Member: "SNSTopicArn", PerResource: true},
	"backup:GetRestoreTestingSelection":         {Member: "RestoreTestingSelection", PerResource: true},
	"backup:ListBackupSelections":               {Member: "BackupSelectionsList", PerResource: true},
	"backup:ListRecoveryPointsByBackupVault":    {Member: "RecoveryPoints", PerResource: true},
	"backup:ListRecoveryPointsByResource":       {Member: "RecoveryPoints", PerResource: true},
	"backup:ListRestoreJobsByProtectedResource": {Member: "RestoreJobs", PerResource: true},
	"backup:ListRestoreTestingSelections":       {Member: "RestoreTestingSelections", PerResource: true},
	"backup:ListTags":                           {Member: "Tags", PerResource: true},
	"dlm:GetLifecyclePolicy":                    {Member: "Policy", PerResource: true},
	"rbin:GetRule":                              {Member: "Identifier", PerResource: true},
}
