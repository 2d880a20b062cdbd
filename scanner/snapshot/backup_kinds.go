package snapshot

// BackupRegions are the scanned Regions. AWS defines no ARN for them: the id is
// ACCOUNT/REGION.
var BackupRegions = Kind[BackupRegion]{
	Type: "account+region",
	All:  func(a *Account) []BackupRegion { return a.Backup.Regions },
	Meta: func(r BackupRegion) Meta { return r.Meta },
	ID:   func(r BackupRegion) string { return r.Location.String() },
	Key:  func(r BackupRegion) string { return r.Region },
}

// BackupVaults are the backup vaults, those that other accounts share too.
var BackupVaults = Kind[BackupVault]{
	Type:  "backup vault",
	All:   func(a *Account) []BackupVault { return a.Backup.Vaults },
	Meta:  func(v BackupVault) Meta { return v.Meta },
	ID:    func(v BackupVault) string { return v.ARN },
	Key:   func(v BackupVault) string { return v.Name },
	Lists: []string{"backup:ListBackupVaults"},
}

// BackupPlans are the backup plans, those of the organization's policies too.
var BackupPlans = Kind[BackupPlan]{
	Type:  "backup plan",
	All:   func(a *Account) []BackupPlan { return a.Backup.Plans },
	Meta:  func(p BackupPlan) Meta { return p.Meta },
	ID:    func(p BackupPlan) string { return p.ARN },
	Key:   func(p BackupPlan) string { return p.ID },
	Lists: []string{"backup:ListBackupPlans"},
}

// RecoveryPoints are the recovery points of all vaults of a Region. The ARN of some is that
// of a snapshot or an image.
var RecoveryPoints = Kind[RecoveryPoint]{
	Type:  "recovery point",
	All:   func(a *Account) []RecoveryPoint { return a.Backup.Points },
	Meta:  func(p RecoveryPoint) Meta { return p.Meta },
	ID:    func(p RecoveryPoint) string { return p.ARN },
	Key:   func(p RecoveryPoint) string { return p.ARN },
	Lists: []string{"backup:ListBackupVaults", "backup:ListRecoveryPointsByBackupVault"},
}

// ProtectedResources are the resources that were backed up at some time, by their ARN.
var ProtectedResources = Kind[ProtectedResource]{
	Type:  "protected resource",
	All:   func(a *Account) []ProtectedResource { return a.Backup.Protected },
	Meta:  func(p ProtectedResource) Meta { return p.Meta },
	ID:    func(p ProtectedResource) string { return p.ARN },
	Key:   func(p ProtectedResource) string { return p.ARN },
	Lists: []string{"backup:ListProtectedResources"},
}

// BackupJobs are the backup jobs of the time that AWS keeps them.
var BackupJobs = Kind[BackupJob]{
	Type:  "backup job",
	All:   func(a *Account) []BackupJob { return a.Backup.Jobs },
	Meta:  func(j BackupJob) Meta { return j.Meta },
	ID:    func(j BackupJob) string { return j.ID },
	Key:   func(j BackupJob) string { return j.ID },
	Lists: []string{"backup:ListBackupJobs"},
}

// CopyJobs are the copy jobs of the time that AWS keeps them. AWS defines no ARN for them.
var CopyJobs = Kind[CopyJob]{
	Type:  "copy job",
	All:   func(a *Account) []CopyJob { return a.Backup.CopyJobs },
	Meta:  func(j CopyJob) Meta { return j.Meta },
	ID:    func(j CopyJob) string { return j.ID },
	Key:   func(j CopyJob) string { return j.ID },
	Lists: []string{"backup:ListCopyJobs"},
}

// RestoreJobs are the restore jobs of the time that AWS keeps them.
var RestoreJobs = Kind[RestoreJob]{
	Type:  "restore job",
	All:   func(a *Account) []RestoreJob { return a.Backup.RestoreJobs },
	Meta:  func(j RestoreJob) Meta { return j.Meta },
	ID:    func(j RestoreJob) string { return j.ID },
	Key:   func(j RestoreJob) string { return j.ID },
	Lists: []string{"backup:ListRestoreJobs"},
}

// ReportPlans are the report plans.
var ReportPlans = Kind[ReportPlan]{
	Type:  "backup report plan",
	All:   func(a *Account) []ReportPlan { return a.Backup.ReportPlans },
	Meta:  func(p ReportPlan) Meta { return p.Meta },
	ID:    func(p ReportPlan) string { return p.ARN },
	Key:   func(p ReportPlan) string { return p.Name },
	Lists: []string{"backup:ListReportPlans"},
}

// RestoreTestingPlans are the restore testing plans.
var RestoreTestingPlans = Kind[RestoreTestingPlan]{
	Type:  "restore testing plan",
	All:   func(a *Account) []RestoreTestingPlan { return a.Backup.RestoreTests },
	Meta:  func(p RestoreTestingPlan) Meta { return p.Meta },
	ID:    func(p RestoreTestingPlan) string { return p.ARN },
	Key:   func(p RestoreTestingPlan) string { return p.Name },
	Lists: []string{"backup:ListRestoreTestingPlans"},
}

// LifecyclePolicies are the policies of Data Lifecycle Manager.
var LifecyclePolicies = Kind[LifecyclePolicy]{
	Type:  "lifecycle policy",
	All:   func(a *Account) []LifecyclePolicy { return a.Backup.LifecyclePolicies },
	Meta:  func(p LifecyclePolicy) Meta { return p.Meta },
	ID:    func(p LifecyclePolicy) string { return p.ARN },
	Key:   func(p LifecyclePolicy) string { return p.ID },
	Lists: []string{"dlm:GetLifecyclePolicies"},
}

// RecycleBinRules are the retention rules of the Recycle Bin for snapshots and images.
var RecycleBinRules = Kind[RecycleBinRule]{
	Type:  "recycle bin rule",
	All:   func(a *Account) []RecycleBinRule { return a.Backup.BinRules },
	Meta:  func(r RecycleBinRule) Meta { return r.Meta },
	ID:    func(r RecycleBinRule) string { return r.ARN },
	Key:   func(r RecycleBinRule) string { return r.ID },
	Lists: []string{"rbin:ListRules"},
}
