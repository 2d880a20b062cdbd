package snapshot

import (
	"slices"
	"strings"
	"time"
)

// Backup is what was read of AWS Backup: vaults, plans, recovery points and jobs; and the
// lifecycle policies of Data Lifecycle Manager and the rules of the Recycle Bin that
// protect copies beside it. A time that an answer lacks is zero.
type Backup struct {
	Regions      []BackupRegion
	Vaults       []BackupVault
	Plans        []BackupPlan
	Points       []RecoveryPoint
	Protected    []ProtectedResource
	Jobs         []BackupJob
	CopyJobs     []CopyJob
	RestoreJobs  []RestoreJob
	ReportPlans  []ReportPlan
	RestoreTests []RestoreTestingPlan

	LifecyclePolicies []LifecyclePolicy
	BinRules          []RecycleBinRule
}

// And joins what was read of two Regions.
func (x Backup) And(o Backup) Backup {
	return Backup{
		Regions:      slices.Concat(x.Regions, o.Regions),
		Vaults:       slices.Concat(x.Vaults, o.Vaults),
		Plans:        slices.Concat(x.Plans, o.Plans),
		Points:       slices.Concat(x.Points, o.Points),
		Protected:    slices.Concat(x.Protected, o.Protected),
		Jobs:         slices.Concat(x.Jobs, o.Jobs),
		CopyJobs:     slices.Concat(x.CopyJobs, o.CopyJobs),
		RestoreJobs:  slices.Concat(x.RestoreJobs, o.RestoreJobs),
		ReportPlans:  slices.Concat(x.ReportPlans, o.ReportPlans),
		RestoreTests: slices.Concat(x.RestoreTests, o.RestoreTests),

		LifecyclePolicies: slices.Concat(x.LifecyclePolicies, o.LifecyclePolicies),
		BinRules:          slices.Concat(x.BinRules, o.BinRules),
	}
}

// BackupRegion is AWS Backup in one scanned Region.
type BackupRegion struct {
	Meta
	OptIn Read[map[string]bool] // DescribeRegionSettings ResourceTypeOptInPreference
}

// The types of vault.
const (
	PlainVault         = "BACKUP_VAULT"
	AirGappedVault     = "LOGICALLY_AIR_GAPPED_BACKUP_VAULT"
	RestoreAccessVault = "RESTORE_ACCESS_BACKUP_VAULT" // another account's vault, seen from here
)

// BackupVault is a vault. Source: Backup ListBackupVaults.
type BackupVault struct {
	Meta
	Type    string // VaultType; "" from older endpoints, which know plain vaults only
	State   string // VaultState; "" from older endpoints
	KeyARN  string // EncryptionKeyArn
	KeyType string // EncryptionKeyType; "" where the answer lacks it
	Points  int64  // NumberOfRecoveryPoints, which may be an approximation
	Locked  *bool  // nil: the list does not say

	Lock          Read[VaultLock]          // DescribeBackupVault
	Policy        Read[string]             // GetBackupVaultAccessPolicy; "" for ResourceNotFoundException
	Notifications Read[VaultNotifications] // GetBackupVaultNotifications; none for ResourceNotFoundException
	TagSet        Read[map[string]string]  // ListTags
}

// Own says that the vault is the account's own: not one shared with it, and no view of
// another account's.
func (v BackupVault) Own() bool {
	owner := AccountOf(v.ARN)
	return v.Type != RestoreAccessVault && (owner == "" || owner == v.Account)
}

// VaultLock is a vault's Vault Lock. Without a LockDate it is in governance mode; with one
// it is in compliance mode, and past it nobody can take it off.
type VaultLock struct {
	Locked           bool
	LockDate         time.Time
	MinRetentionDays *int64 // nil: no least retention is enforced
}

// VaultNotifications is which events a vault tells an SNS topic.
type VaultNotifications struct {
	Topic  string // SNSTopicArn
	Events []string
}

// BackupPlan is a backup plan. Source: Backup ListBackupPlans, without deleted ones.
type BackupPlan struct {
	Meta
	ID         string
	Created    time.Time
	LastRun    time.Time               // LastExecutionDate
	Deleted    time.Time               // DeletionDate
	Rules      Read[[]BackupRule]      // GetBackupPlan
	Selections Read[[]BackupSelection] // ListBackupSelections: all, or none
}

// BackupRule is one rule of a plan.
type BackupRule struct {
	Name       string
	Vault      string // TargetBackupVaultName
	AirGapped  string // TargetLogicallyAirGappedBackupVaultArn
	Schedule   string // ScheduleExpression; "" for AWS's default, each day at five
	Continuous bool   // EnableContinuousBackup
	Lifecycle  Lifecycle
	Copies     []BackupCopy
}

// Lifecycle is how long recovery points are kept.
type Lifecycle struct {
	DeleteAfterDays  *int64 // nil, zero and below: for ever
	DeleteAfterEvent string // DELETE_AFTER_COPY, or "": none
}

// Days is how long recovery points are kept; forever where nothing deletes them.
func (l Lifecycle) Days() (days int64, forever bool) {
	if l.DeleteAfterDays == nil || *l.DeleteAfterDays <= 0 {
		return 0, true
	}
	return *l.DeleteAfterDays, false
}

// BackupCopy is one CopyAction of a rule.
type BackupCopy struct {
	Vault     string // DestinationBackupVaultArn
	Lifecycle Lifecycle
}

// BackupSelection is one selection of a plan.
type BackupSelection struct {
	ID, Name, Role string
	Resources      Read[SelectedResources] // GetBackupSelection
}

// SelectedResources is what a selection says of the resources that it takes in.
type SelectedResources struct {
	Resources    []string // ARNs, with * for any run of characters
	NotResources []string
	ListOfTags   []TagCondition // any of these
	Conditions   []TagCondition // all of these
}

// TagCondition asks for a tag's value.
type TagCondition struct {
	Operator   string // StringEquals, StringLike, StringNotEquals or StringNotLike
	Key, Value string // the key as written: that of Conditions begins with aws:ResourceTag/
}

// RecoveryPoint is a recovery point in a vault.
// Source: Backup ListRecoveryPointsByBackupVault; where that cannot be read,
// ListRecoveryPointsByResource and DescribeRecoveryPoint.
type RecoveryPoint struct {
	Meta
	Vault        string // BackupVaultName; ListRecoveryPointsByResource may leave it out
	VaultType    string
	Resource     string // ResourceArn
	ResourceType string // RDS, EBS, …
	Status       string
	Created      time.Time
	Parent       bool       // IsParent: a composite, whose children are points of their own
	Encrypted    Read[bool] // IsEncrypted; unread where the answer lacks it
	KeyARN       string     // EncryptionKeyArn

	// Kept is unread where only ListRecoveryPointsByResource could be asked.
	Kept Read[Retention]
}

// Retention is how long a recovery point is kept, and the plan that so said.
type Retention struct {
	Plan      string     // CreatedBy.BackupPlanId; "": made by hand
	Lifecycle *Lifecycle // nil: the answer has none
	DeleteAt  time.Time  // CalculatedLifecycle.DeleteAt; zero: never, or not told
}

// Usable says that the status is that of a point which can be restored.
func (p RecoveryPoint) Usable() bool { return p.Status == "COMPLETED" || p.Status == "AVAILABLE" }

// Continuous says that the point is a continuous backup, which keeps its first date. Its ARN
// says so (recovery-point:continuous:…), and no other field does: AVAILABLE is the status of
// other points as well.
func (p RecoveryPoint) Continuous() bool {
	return strings.Contains(p.ARN, ":recovery-point:continuous:")
}

// ProtectedResource is a resource that AWS Backup has backed up at some time, whether or
// not a plan still selects it. Its ARN is the resource's.
// Source: Backup ListProtectedResources.
type ProtectedResource struct {
	Meta
	Type       string
	LastBackup time.Time
	Points     Read[[]RecoveryPoint] // that are in the Region's vaults
	Restores   Read[[]RestoreJob]    // ListRestoreJobsByProtectedResource; of databases alone
}

// BackupJob is a backup job. Source: Backup ListBackupJobs, the account's own.
type BackupJob struct {
	Meta
	ID       string
	Resource string
	Type     string
	State    string
	Message  string // MessageCategory
	Plan     string // CreatedBy.BackupPlanId
	Parent   string // ParentJobId
	Created  time.Time
	Ended    time.Time // CompletionDate
}

// CopyJob is a copy job, listed where it copies from. Source: Backup ListCopyJobs.
type CopyJob struct {
	Meta
	ID          string
	Resource    string
	Source      string // SourceBackupVaultArn
	Destination string // DestinationBackupVaultArn
	State       string
	Message     string // MessageCategory
	Plan        string // CreatedBy.BackupPlanId; "": copied by hand
	Parent      string // ParentJobId
	Created     time.Time
	Ended       time.Time // CompletionDate
}

// RestoreJob is a restore job.
type RestoreJob struct {
	Meta
	ID         string
	Resource   string // SourceResourceArn; "" from older endpoints
	Status     string
	Validation string // ValidationStatus; "": none was asked for
	Deletion   string // DeletionStatus
	Test       string // CreatedBy.RestoreTestingPlanArn; "": by hand
	Created    time.Time
	Ended      time.Time // CompletionDate
}

// ReportPlan is a report plan of Backup Audit Manager. Source: Backup ListReportPlans.
type ReportPlan struct {
	Meta
	Status      string // DeploymentStatus
	Template    string // ReportSetting.ReportTemplate
	Regions     []string
	LastAttempt time.Time
	LastSuccess time.Time
}

// RestoreTestingPlan is a plan that restores recovery points on a schedule, as a test.
// Source: Backup ListRestoreTestingPlans.
type RestoreTestingPlan struct {
	Meta
	Schedule   string
	Created    time.Time
	LastRun    time.Time                    // LastExecutionTime
	Selections Read[[]RestoreTestSelection] // ListRestoreTestingSelections: all, or none
}

// RestoreTestSelection is one selection of a restore testing plan.
type RestoreTestSelection struct {
	Name, Type string                     // Type: ProtectedResourceType
	Resources  Read[RestoreTestResources] // GetRestoreTestingSelection
}

// RestoreTestResources is what a restore testing selection says of the resources whose
// recovery points it restores.
type RestoreTestResources struct {
	ARNs       []string       // ProtectedResourceArns: ARNs, or the single *
	Conditions []TagCondition // all of these
}
