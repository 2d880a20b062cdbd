package acme_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/backup"
	bt "github.com/aws/aws-sdk-go-v2/service/backup/types"
	"github.com/aws/aws-sdk-go-v2/service/dlm"
	"github.com/aws/aws-sdk-go-v2/service/rbin"
	rt "github.com/aws/aws-sdk-go-v2/service/rbin/types"

	"onus/mocks"
	"onus/mocks/acme"
)

// seenBackups is AWS Backup, Data Lifecycle Manager and the Recycle Bin of all Regions.
type seenBackups struct {
	vaults    []bt.BackupVaultListMember
	policies  map[string]string // by vault
	plans     map[string]*bt.BackupPlan
	points    []bt.RecoveryPointByBackupVault
	protected map[string]int // resource to how many points
	copies    []bt.CopyJob
	lifecycle map[string]bool // id to whether it is enabled
	rules     int
}

func (w *seenBackups) read(t *testing.T, cfg aws.Config) {
	t.Helper()
	if w.plans == nil {
		w.policies, w.plans, w.protected, w.lifecycle = map[string]string{}, map[string]*bt.BackupPlan{}, map[string]int{}, map[string]bool{}
	}
	ctx, c := t.Context(), backup.NewFromConfig(cfg)
	must(c.DescribeRegionSettings(ctx, nil))(t)
	for _, v := range must(c.ListBackupVaults(ctx, nil))(t).BackupVaultList {
		w.vaults = append(w.vaults, v)
		must(c.DescribeBackupVault(ctx, &backup.DescribeBackupVaultInput{BackupVaultName: v.BackupVaultName}))(t)
		must(c.ListTags(ctx, &backup.ListTagsInput{ResourceArn: v.BackupVaultArn}))(t)
		if out, err := c.GetBackupVaultAccessPolicy(ctx, &backup.GetBackupVaultAccessPolicyInput{BackupVaultName: v.BackupVaultName}); err == nil {
			w.policies[*v.BackupVaultName] = *out.Policy
		} else {
			wantCode(t, err, "ResourceNotFoundException")
		}
		if _, err := c.GetBackupVaultNotifications(ctx, &backup.GetBackupVaultNotificationsInput{BackupVaultName: v.BackupVaultName}); err != nil {
			wantCode(t, err, "ResourceNotFoundException")
		}
		points := must(c.ListRecoveryPointsByBackupVault(ctx, &backup.ListRecoveryPointsByBackupVaultInput{BackupVaultName: v.BackupVaultName}))(t).RecoveryPoints
		w.points = append(w.points, points...)
		for _, p := range points {
			must(c.DescribeRecoveryPoint(ctx, &backup.DescribeRecoveryPointInput{BackupVaultName: v.BackupVaultName, RecoveryPointArn: p.RecoveryPointArn}))(t)
		}
	}
	for _, p := range must(c.ListBackupPlans(ctx, nil))(t).BackupPlansList {
		w.plans[*p.BackupPlanName] = must(c.GetBackupPlan(ctx, &backup.GetBackupPlanInput{BackupPlanId: p.BackupPlanId}))(t).BackupPlan
		for _, s := range must(c.ListBackupSelections(ctx, &backup.ListBackupSelectionsInput{BackupPlanId: p.BackupPlanId}))(t).BackupSelectionsList {
			must(c.GetBackupSelection(ctx, &backup.GetBackupSelectionInput{BackupPlanId: p.BackupPlanId, SelectionId: s.SelectionId}))(t)
		}
	}
	for _, r := range must(c.ListProtectedResources(ctx, nil))(t).Results {
		w.protected[*r.ResourceArn] = len(must(c.ListRecoveryPointsByResource(ctx, &backup.ListRecoveryPointsByResourceInput{ResourceArn: r.ResourceArn}))(t).RecoveryPoints)
		must(c.ListRestoreJobsByProtectedResource(ctx, &backup.ListRestoreJobsByProtectedResourceInput{ResourceArn: r.ResourceArn}))(t)
	}
	must(c.ListBackupJobs(ctx, nil))(t)
	w.copies = append(w.copies, must(c.ListCopyJobs(ctx, nil))(t).CopyJobs...)
	must(c.ListRestoreJobs(ctx, nil))(t)
	must(c.ListReportPlans(ctx, nil))(t)
	for _, p := range must(c.ListRestoreTestingPlans(ctx, nil))(t).RestoreTestingPlans {
		for _, s := range must(c.ListRestoreTestingSelections(ctx, &backup.ListRestoreTestingSelectionsInput{RestoreTestingPlanName: p.RestoreTestingPlanName}))(t).RestoreTestingSelections {
			must(c.GetRestoreTestingSelection(ctx, &backup.GetRestoreTestingSelectionInput{RestoreTestingPlanName: p.RestoreTestingPlanName, RestoreTestingSelectionName: s.RestoreTestingSelectionName}))(t)
		}
	}
	w.beside(t, cfg)
}

func (w *seenBackups) beside(t *testing.T, cfg aws.Config) {
	t.Helper()
	ctx, policies, bin := t.Context(), dlm.NewFromConfig(cfg), rbin.NewFromConfig(cfg)
	for _, p := range must(policies.GetLifecyclePolicies(ctx, nil))(t).Policies {
		full := must(policies.GetLifecyclePolicy(ctx, &dlm.GetLifecyclePolicyInput{PolicyId: p.PolicyId}))(t).Policy
		w.lifecycle[*full.Description] = p.State == "ENABLED"
	}
	for _, kind := range rt.ResourceType("").Values() {
		for _, r := range must(bin.ListRules(ctx, &rbin.ListRulesInput{ResourceType: kind}))(t).Rules {
			must(bin.GetRule(ctx, &rbin.GetRuleInput{Identifier: r.Identifier}))(t)
			w.rules++
		}
	}
}

// TestTheBackupsHoldTogether follows the names: what one answer names, another has, and
// every control about backups is kept in some place and broken in another.
func TestTheBackupsHoldTogether(t *testing.T) {
	w := walk(t, start(t, acme.Server(mocks.Options{Lenient: true}))).backups
	vaults := map[string]int64{}
	var locked, encrypted, foreign count
	for _, v := range w.vaults {
		vaults[*v.BackupVaultArn] = v.NumberOfRecoveryPoints
		locked.add(*v.Locked)
	}
	for name, p := range w.plans {
		for _, r := range p.Rules {
			if _, ok := vaults["arn:aws:backup:"+acme.Home+":"+acme.Account+":backup-vault:"+*r.TargetBackupVaultName]; !ok {
				t.Errorf("plan %s writes to %s, which is not there", name, *r.TargetBackupVaultName)
			}
			for _, c := range r.CopyActions {
				if _, ok := vaults[*c.DestinationBackupVaultArn]; !ok {
					t.Errorf("plan %s copies to %s, which is not there", name, *c.DestinationBackupVaultArn)
				}
			}
		}
	}
	for _, p := range w.points {
		encrypted.add(p.IsEncrypted)
	}
	for _, c := range w.copies {
		foreign.add(*c.DestinationBackupVaultArn == "arn:aws:backup:"+acme.Second+":"+acme.Account+":backup-vault:acme-copies")
	}
	for resource, n := range w.protected {
		if n == 0 {
			t.Errorf("%s was backed up and has no recovery point", resource)
		}
	}
	if locked != (count{1, 5}) || encrypted != (count{9, 2}) || foreign != (count{1, 1}) {
		t.Errorf("locked %+v, encrypted %+v, copies %+v", locked, encrypted, foreign)
	}
	if len(w.plans) != 3 || len(w.policies) != 2 || len(w.protected) != 7 || len(w.lifecycle) != 2 || w.rules != 1 {
		t.Errorf("%d plans, %d policies, %d protected, %v, %d rules", len(w.plans), len(w.policies), len(w.protected), w.lifecycle, w.rules)
	}
}
