package acme

import (
	"encoding/hex"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/backup/types"
)

// vault is a backup vault with what can be asked about it.
type vault struct {
	types.BackupVaultListMember
	policy string // "": none
	events []types.BackupVaultEvent
	tags   map[string]string
	points []types.RecoveryPointByBackupVault
}

// plan is a backup plan with its rules and selections.
type plan struct {
	types.BackupPlansListMember
	rules      []types.BackupRule
	selections []types.BackupSelection
}

// test is a restore testing plan with its selections.
type test struct {
	types.RestoreTestingPlanForList
	selections []types.RestoreTestingSelectionForGet
}

// kept is what AWS Backup has in one Region.
type kept struct {
	optIn     map[string]bool
	vaults    []vault
	plans     []plan
	protected []types.ProtectedResource
	jobs      []types.BackupJob
	copies    []types.CopyJob
	restores  []types.RestoreJobsListMember
	reports   []types.ReportPlan
	tests     []test
}

// uuid is the id of something of AWS Backup's, derived from a name.
func planUUID(name string) string {
	h := hex.EncodeToString(digest("backup " + name))
	return h[:8] + "-" + h[8:12] + "-4" + h[13:16] + "-8" + h[17:20] + "-" + h[20:32]
}

// newVault adds a vault of the Region.
func (k *kept) newVault(region, name string, set func(*vault)) {
	v := vault{BackupVaultListMember: types.BackupVaultListMember{BackupVaultName: &name, BackupVaultArn: aws.String(arn("backup", region, "backup-vault:"+name)), VaultType: types.VaultTypeBackupVault,
		VaultState: types.VaultStateAvailable, CreationDate: ago(500 * day), EncryptionKeyArn: aws.String(arn("kms", region, "key/"+keyID(region))), Locked: aws.Bool(false)}}
	if set != nil {
		set(&v)
	}
	for i := range v.points {
		if v.points[i].IsEncrypted {
			v.points[i].EncryptionKeyArn = v.EncryptionKeyArn
		}
		v.points[i].BackupVaultName, v.points[i].BackupVaultArn, v.points[i].VaultType = v.BackupVaultName, v.BackupVaultArn, v.VaultType
	}
	v.NumberOfRecoveryPoints = int64(len(v.points))
	k.vaults = append(k.vaults, v)
}

// held is a recovery point of a resource, kept for so many days; 0: for ever.
func held(pointARN, kind, resource string, age time.Duration, days int64) types.RecoveryPointByBackupVault {
	p := types.RecoveryPointByBackupVault{RecoveryPointArn: &pointARN, ResourceArn: &resource, ResourceType: &kind, Status: types.RecoveryPointStatusCompleted, CreationDate: ago(age),
		CompletionDate: ago(age - 20*time.Minute), IsEncrypted: true, Lifecycle: &types.Lifecycle{}, CalculatedLifecycle: &types.CalculatedLifecycle{}}
	if days > 0 {
		p.Lifecycle.DeleteAfterDays, p.CalculatedLifecycle.DeleteAt = &days, ago(age-time.Duration(days)*day)
	}
	return p
}

// by says which plan made a point.
func by(planName string, p types.RecoveryPointByBackupVault) types.RecoveryPointByBackupVault {
	id := planUUID(planName)
	p.CreatedBy = &types.RecoveryPointCreator{BackupPlanId: &id, BackupPlanArn: aws.String(arn("backup", Home, "backup-plan:"+id))}
	return p
}

// newPlan adds a plan of the home Region.
func (k *kept) newPlan(name string, rules []types.BackupRule, selections ...types.BackupSelection) {
	id := planUUID(name)
	p := plan{BackupPlansListMember: types.BackupPlansListMember{BackupPlanId: &id, BackupPlanName: &name, BackupPlanArn: aws.String(arn("backup", Home, "backup-plan:"+id)), CreationDate: ago(480 * day),
		VersionId: aws.String(hex.EncodeToString(digest("version of " + name))[:24])}, rules: rules, selections: selections}
	if len(selections) > 0 {
		p.LastExecutionDate = ago(3 * time.Hour)
	}
	k.plans = append(k.plans, p)
}

// every is a rule that writes to a vault and keeps for so many days; 0: for ever.
func every(name, schedule, into string, days int64, copies ...string) types.BackupRule {
	r := types.BackupRule{RuleName: &name, RuleId: aws.String(planUUID("rule " + name)), TargetBackupVaultName: &into, ScheduleExpression: &schedule,
		ScheduleExpressionTimezone: aws.String("Etc/UTC"), StartWindowMinutes: aws.Int64(60), CompletionWindowMinutes: aws.Int64(480)}
	if days > 0 {
		r.Lifecycle = &types.Lifecycle{DeleteAfterDays: &days}
	}
	for _, c := range copies {
		r.CopyActions = append(r.CopyActions, types.CopyAction{DestinationBackupVaultArn: aws.String(c), Lifecycle: r.Lifecycle})
	}
	return r
}

func selection(name string, set func(*types.BackupSelection)) types.BackupSelection {
	s := types.BackupSelection{SelectionName: &name, IamRoleArn: aws.String(iamARN("role/service-role/AWSBackupDefaultServiceRole"))}
	set(&s)
	return s
}

const denyDeletion = `{"Version":"2012-10-17","Statement":[{"Sid":"NobodyDeletes","Effect":"Deny","Principal":"*","Action":["backup:DeleteRecoveryPoint","backup:UpdateRecoveryPointLifecycle","backup:PutBackupVaultAccessPolicy","backup:DeleteBackupVaultAccessPolicy"],"Resource":"*"}]}`

// backups is what Acme keeps. In Ireland a locked vault takes the daily backups, which are
// copied to Frankfurt; what was kept before lies in the vault that AWS made, and a vault for
// a partner was opened to everybody.
func backups() map[string]*kept {
	all := map[string]*kept{Home: backupsHome(), Second: backupsSecond()}
	all["us-east-1"] = &kept{optIn: map[string]bool{"EBS": true, "EC2": true, "RDS": true, "S3": true}}
	crm := arn("rds", "us-east-1", "db:acme-crm-2021")
	all["us-east-1"].newVault("us-east-1", "Default", func(v *vault) {
		v.points = []types.RecoveryPointByBackupVault{held(arn("rds", "us-east-1", "snapshot:awsbackup:job-"+planUUID("crm")), "RDS", crm, 900*day, 0)}
	})
	all["us-east-1"].protect("RDS", crm, 900*day)
	return all
}

const copiesVault = "acme-copies"

func backupsHome() *kept {
	k := &kept{optIn: map[string]bool{"EBS": true, "EC2": true, "RDS": true, "S3": true, "Aurora": false, "DynamoDB": true, "Storage Gateway": false}}
	instance := func(name string) string { return arn("ec2", Home, "instance/"+id("i", name)) }
	database := func(name string) string { return arn("rds", Home, "db:"+name) }
	snap := func(name string) string { return arn("rds", Home, "snapshot:awsbackup:job-"+planUUID(name)) }
	image := func(name string) string {
		return "arn:" + Partition + ":ec2:" + Home + "::image/" + id("ami", "backup of "+name)
	}
	bucket := func(name string) string { return "arn:" + Partition + ":s3:::" + name }
	daily := func(p types.RecoveryPointByBackupVault) types.RecoveryPointByBackupVault { return by("acme-daily", p) }
	continuous := daily(held(arn("backup", Home, "recovery-point:continuous:acme-invoices-prod-"+planUUID("invoices")[:8]), "S3", bucket("acme-invoices-prod"), 300*day, 35))
	continuous.Status, continuous.CalculatedLifecycle = types.RecoveryPointStatusAvailable, nil
	plain := held(snap("billing by hand"), "RDS", database("acme-billing-prod"), 70*day, 0) // its database is not encrypted either
	plain.IsEncrypted = false
	expired := held(snap("billing expired"), "RDS", database("acme-billing-prod"), 200*day, 90)
	expired.IsEncrypted, expired.Status = false, types.RecoveryPointStatusExpired

	k.newVault(Home, "acme-prod", func(v *vault) {
		v.Locked, v.LockDate, v.MinRetentionDays = aws.Bool(true), ago(400*day), aws.Int64(14)
		v.events = []types.BackupVaultEvent{types.BackupVaultEventBackupJobCompleted, types.BackupVaultEventCopyJobFailed, types.BackupVaultEventRestoreJobCompleted}
		v.tags = map[string]string{"owner": "platform", "environment": "prod"}
		v.points = []types.RecoveryPointByBackupVault{
			daily(held(snap("orders"), "RDS", database("acme-orders-prod"), 3*time.Hour, 35)), daily(held(snap("orders before"), "RDS", database("acme-orders-prod"), 27*time.Hour, 35)),
			daily(held(image("acme-shop-prod-1"), "EC2", instance("acme-shop-prod-1"), 3*time.Hour, 35)), daily(held(image("acme-shop-prod-2"), "EC2", instance("acme-shop-prod-2"), 3*time.Hour, 35)),
			continuous,
		}
	})
	k.newVault(Home, "acme-partner-handover", func(v *vault) { // for one evening, two years ago
		v.policy = `{"Version":"2012-10-17","Statement":[{"Sid":"Handover","Effect":"Allow","Principal":"*","Action":"backup:CopyIntoBackupVault","Resource":"*"}]}`
		v.tags = map[string]string{"owner": "platform"}
		v.points = []types.RecoveryPointByBackupVault{held(snap("handover"), "RDS", database("acme-orders-prod"), 730*day, 0)}
	})
	k.newVault(Home, "Default", func(v *vault) {
		v.events = []types.BackupVaultEvent{types.BackupVaultEventBackupJobFailed} // no longer sent
		v.points = []types.RecoveryPointByBackupVault{plain, expired, held(image("acme-batch-prod"), "EC2", instance("acme-batch-prod"), 20*day, 7)}
	})
	k.newVault(Home, "aws/efs/automatic-backup-vault", nil)

	k.newPlan("acme-daily", []types.BackupRule{every("daily", "cron(0 5 ? * * *)", "acme-prod", 35, arn("backup", Second, "backup-vault:"+copiesVault))},
		selection("servers", func(s *types.BackupSelection) {
			s.Resources = []string{"arn:" + Partition + ":ec2:*:*:instance/*"}
			s.NotResources = []string{instance("acme-legacy-erp")}
			s.Conditions = &types.Conditions{StringEquals: []types.ConditionParameter{{ConditionKey: aws.String("aws:ResourceTag/environment"), ConditionValue: aws.String("prod")}}}
		}),
		selection("databases", func(s *types.BackupSelection) {
			s.Resources = []string{database("acme-orders-prod"), arn("rds", Home, "cluster:acme-catalog-prod")}
		}),
		selection("buckets", func(s *types.BackupSelection) {
			s.Resources = []string{bucket("acme-invoices-*"), bucket("acme-build-artifacts"), bucket("acme-terraform-state")}
		}))
	k.newPlan("acme-frequent", []types.BackupRule{every("hourly", "cron(0 * ? * * *)", "Default", 3), every("monthly", "cron(0 4 1 * ? *)", "Default", 0)},
		selection("tagged", func(s *types.BackupSelection) {
			s.ListOfTags = []types.Condition{{ConditionType: types.ConditionTypeStringequals, ConditionKey: aws.String("backup"), ConditionValue: aws.String("frequent")}}
		}))
	k.newPlan("acme-offsite-draft", []types.BackupRule{every("weekly", "cron(0 3 ? * SUN *)", "Default", 90, arn("backup", "us-east-1", "backup-vault:Default"))})
	k.protect("RDS", database("acme-orders-prod"), 3*time.Hour)
	k.protect("RDS", database("acme-billing-prod"), 70*day)
	k.protect("EC2", instance("acme-shop-prod-1"), 3*time.Hour)
	k.protect("EC2", instance("acme-shop-prod-2"), 3*time.Hour)
	k.protect("EC2", instance("acme-batch-prod"), 20*day)
	k.protect("S3", bucket("acme-invoices-prod"), 3*time.Hour)
	k.jobsHome(instance, database, bucket)
	k.reports = []types.ReportPlan{{ReportPlanArn: aws.String(arn("backup", Home, "report-plan:acme_jobs-"+planUUID("report"))), ReportPlanName: aws.String("acme_jobs"), DeploymentStatus: aws.String("COMPLETED"),
		CreationTime: ago(400 * day), LastAttemptedExecutionTime: ago(6 * time.Hour), LastSuccessfulExecutionTime: ago(6 * time.Hour), ReportSetting: &types.ReportSetting{ReportTemplate: aws.String("BACKUP_JOB_REPORT"), Regions: []string{Home}}}}
	testARN := aws.String(arn("backup", Home, "restore-testing-plan:acme_restores-"+planUUID("test")))
	k.tests = []test{{types.RestoreTestingPlanForList{RestoreTestingPlanName: aws.String("acme_restores"), RestoreTestingPlanArn: testARN, ScheduleExpression: aws.String("cron(0 2 1 * ? *)"), CreationTime: ago(300 * day), LastExecutionTime: ago(30 * day)},
		[]types.RestoreTestingSelectionForGet{{RestoreTestingSelectionName: aws.String("orders"), ProtectedResourceType: aws.String("RDS"), ProtectedResourceArns: []string{database("acme-orders-prod")}}}}}
	k.restores = []types.RestoreJobsListMember{{RestoreJobId: aws.String(planUUID("restore orders")), SourceResourceArn: aws.String(database("acme-orders-prod")), ResourceType: aws.String("RDS"), Status: types.RestoreJobStatusCompleted,
		ValidationStatus: types.RestoreValidationStatusSuccessful, CreationDate: ago(30 * day), CompletionDate: ago(30*day - time.Hour), CreatedBy: &types.RestoreJobCreator{RestoreTestingPlanArn: testARN}}}
	return k
}

// protect says that a resource was backed up at some time.
func (k *kept) protect(kind, resource string, age time.Duration) {
	k.protected = append(k.protected, types.ProtectedResource{ResourceArn: &resource, ResourceType: &kind, LastBackupTime: ago(age)})
}

// jobsHome are the jobs of the last days: the billing's was started by hand and failed.
func (k *kept) jobsHome(instance, database, bucket func(string) string) {
	daily := planUUID("acme-daily")
	job := func(kind, resource string, age time.Duration, state types.BackupJobState, message, planID string) {
		j := types.BackupJob{AccountId: aws.String(Account), BackupJobId: aws.String(planUUID("job " + resource + age.String())), ResourceArn: &resource, ResourceType: &kind, State: state, MessageCategory: &message,
			CreationDate: ago(age), CompletionDate: ago(age - 20*time.Minute), BackupVaultName: aws.String("acme-prod")}
		if planID != "" {
			j.CreatedBy = &types.RecoveryPointCreator{BackupPlanId: &planID}
		}
		k.jobs = append(k.jobs, j)
	}
	for n := range 3 {
		age := 3*time.Hour + time.Duration(n)*day
		job("RDS", database("acme-orders-prod"), age, types.BackupJobStateCompleted, "SUCCESS", daily)
		job("EC2", instance("acme-shop-prod-1"), age, types.BackupJobStateCompleted, "SUCCESS", daily)
		job("EC2", instance("acme-shop-prod-2"), age, types.BackupJobStateCompleted, "SUCCESS", daily)
		job("S3", bucket("acme-build-artifacts"), age, types.BackupJobStateFailed, "InvalidParameters", daily) // its versions are suspended
	}
	moved := func(name, to string, age time.Duration, state types.CopyJobState, planID string) {
		c := types.CopyJob{AccountId: aws.String(Account), CopyJobId: aws.String(planUUID("copy " + name)), SourceBackupVaultArn: aws.String(arn("backup", Home, "backup-vault:acme-prod")), DestinationBackupVaultArn: &to,
			ResourceArn: aws.String(database("acme-orders-prod")), ResourceType: aws.String("RDS"), State: state, MessageCategory: aws.String("SUCCESS"), CreationDate: ago(age), CompletionDate: ago(age - time.Hour)}
		if planID != "" {
			c.CreatedBy = &types.RecoveryPointCreator{BackupPlanId: &planID}
		}
		k.copies = append(k.copies, c)
	}
	moved("orders to Frankfurt", arn("backup", Second, "backup-vault:"+copiesVault), 2*time.Hour, types.CopyJobStateCompleted, daily)
	moved("orders to Virginia", arn("backup", "us-east-1", "backup-vault:Default"), 12*day, types.CopyJobStateCompleted, "") // somebody tried
}

// backupsSecond holds the copies, which nobody may delete, and no plan of its own.
func backupsSecond() *kept {
	k := &kept{optIn: map[string]bool{"EBS": true, "EC2": true, "RDS": true, "S3": true, "Aurora": true}}
	orders := arn("rds", Home, "db:acme-orders-prod")
	k.newVault(Second, copiesVault, func(v *vault) {
		v.policy, v.tags = denyDeletion, map[string]string{"owner": "platform"}
		v.points = []types.RecoveryPointByBackupVault{held(arn("rds", Second, "snapshot:awsbackup:copyjob-"+planUUID("orders")), "RDS", orders, 2*time.Hour, 35)}
	})
	return k
}
