package acme

import (
	"net/http"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/backup"
	"github.com/aws/aws-sdk-go-v2/service/backup/types"
	"github.com/aws/aws-sdk-go-v2/service/dlm"
	dt "github.com/aws/aws-sdk-go-v2/service/dlm/types"
	"github.com/aws/aws-sdk-go-v2/service/rbin"
	bt "github.com/aws/aws-sdk-go-v2/service/rbin/types"

	"onus/mocks"
)

// gone is how AWS Backup says that something is not there, or was never set.
// Source: AWS Backup API Reference, ResourceNotFoundException: HTTP status 400.
func gone(what string) *mocks.Error {
	return &mocks.Error{Status: http.StatusBadRequest, Code: "ResourceNotFoundException", Message: "Cannot find " + what}
}

// serveBackups answers about AWS Backup, Data Lifecycle Manager and the Recycle Bin.
func (e *estate) serveBackups(s *mocks.Server) {
	all := backups()
	of := func(r *region) *kept {
		if k := all[r.name]; k != nil {
			return k
		}
		return &kept{optIn: map[string]bool{"EBS": true, "EC2": true, "RDS": true, "S3": true, "Aurora": true}}
	}
	answer(e, s, func(*backup.DescribeRegionSettingsInput) int { return 0 }, func(r *region) *backup.DescribeRegionSettingsOutput {
		return &backup.DescribeRegionSettingsOutput{ResourceTypeOptInPreference: of(r).optIn}
	})
	answer(e, s, func(*backup.ListBackupJobsInput) int { return 0 }, func(r *region) *backup.ListBackupJobsOutput {
		return &backup.ListBackupJobsOutput{BackupJobs: of(r).jobs}
	})
	answer(e, s, func(*backup.ListCopyJobsInput) int { return 0 }, func(r *region) *backup.ListCopyJobsOutput {
		return &backup.ListCopyJobsOutput{CopyJobs: of(r).copies}
	})
	answer(e, s, func(*backup.ListRestoreJobsInput) int { return 0 }, func(r *region) *backup.ListRestoreJobsOutput {
		return &backup.ListRestoreJobsOutput{RestoreJobs: of(r).restores}
	})
	answer(e, s, func(*backup.ListReportPlansInput) int { return 0 }, func(r *region) *backup.ListReportPlansOutput {
		return &backup.ListReportPlansOutput{ReportPlans: append([]types.ReportPlan{}, of(r).reports...)}
	})
	answer(e, s, func(*backup.ListProtectedResourcesInput) int { return 0 }, func(r *region) *backup.ListProtectedResourcesOutput {
		return &backup.ListProtectedResourcesOutput{Results: of(r).protected}
	})
	e.serveVaults(s, of)
	e.servePoints(s, of)
	e.servePlans(s, of)
	e.serveTests(s, of)
	e.serveBeside(s)
}

// find is the one of a list that has a name.
func find[T any](list []T, is func(T) bool) (*T, bool) {
	for i := range list {
		if is(list[i]) {
			return &list[i], true
		}
	}
	return nil, false
}

// oneVault serves an operation about one vault.
func oneVault[I, O any](e *estate, s *mocks.Server, of func(*region) *kept, is func(*I, vault) bool, say func(*vault, *I) (*O, error)) {
	mocks.Handle(s, func(r *mocks.Request, asked *I) (*O, error) {
		in, err := e.at(r)
		if err != nil {
			return nil, err
		}
		v, ok := find(of(in).vaults, func(v vault) bool { return is(asked, v) })
		if !ok {
			return nil, gone("the backup vault")
		}
		return say(v, asked)
	})
}

func (e *estate) serveVaults(s *mocks.Server, of func(*region) *kept) {
	answer(e, s, func(*backup.ListBackupVaultsInput) int { return 0 }, func(r *region) *backup.ListBackupVaultsOutput {
		out := &backup.ListBackupVaultsOutput{}
		for _, v := range of(r).vaults {
			out.BackupVaultList = append(out.BackupVaultList, v.BackupVaultListMember)
		}
		return out
	})
	oneVault(e, s, of, func(i *backup.DescribeBackupVaultInput, v vault) bool {
		return *i.BackupVaultName == *v.BackupVaultName
	},
		func(v *vault, _ *backup.DescribeBackupVaultInput) (*backup.DescribeBackupVaultOutput, error) {
			return &backup.DescribeBackupVaultOutput{BackupVaultName: v.BackupVaultName, BackupVaultArn: v.BackupVaultArn, VaultType: v.VaultType, VaultState: v.VaultState, EncryptionKeyArn: v.EncryptionKeyArn,
				NumberOfRecoveryPoints: v.NumberOfRecoveryPoints, Locked: v.Locked, LockDate: v.LockDate, MinRetentionDays: v.MinRetentionDays}, nil
		})
	oneVault(e, s, of, func(i *backup.GetBackupVaultAccessPolicyInput, v vault) bool {
		return *i.BackupVaultName == *v.BackupVaultName
	},
		func(v *vault, _ *backup.GetBackupVaultAccessPolicyInput) (*backup.GetBackupVaultAccessPolicyOutput, error) {
			if v.policy == "" {
				return nil, gone("a policy of the vault")
			}
			return &backup.GetBackupVaultAccessPolicyOutput{BackupVaultName: v.BackupVaultName, BackupVaultArn: v.BackupVaultArn, Policy: &v.policy}, nil
		})
	oneVault(e, s, of, func(i *backup.GetBackupVaultNotificationsInput, v vault) bool {
		return *i.BackupVaultName == *v.BackupVaultName
	},
		func(v *vault, _ *backup.GetBackupVaultNotificationsInput) (*backup.GetBackupVaultNotificationsOutput, error) {
			if len(v.events) == 0 {
				return nil, gone("notifications of the vault")
			}
			return &backup.GetBackupVaultNotificationsOutput{BackupVaultName: v.BackupVaultName, BackupVaultArn: v.BackupVaultArn, SNSTopicArn: aws.String(arn("sns", Home, "acme-on-call")), BackupVaultEvents: v.events}, nil
		})
	oneVault(e, s, of, func(i *backup.ListTagsInput, v vault) bool { return *i.ResourceArn == *v.BackupVaultArn },
		func(v *vault, _ *backup.ListTagsInput) (*backup.ListTagsOutput, error) {
			tags := map[string]string{}
			for key, value := range v.tags {
				tags[key] = value
			}
			return &backup.ListTagsOutput{Tags: tags}, nil
		})
}

func (e *estate) servePoints(s *mocks.Server, of func(*region) *kept) {
	oneVault(e, s, of, func(i *backup.ListRecoveryPointsByBackupVaultInput, v vault) bool {
		return *i.BackupVaultName == *v.BackupVaultName
	},
		func(v *vault, _ *backup.ListRecoveryPointsByBackupVaultInput) (*backup.ListRecoveryPointsByBackupVaultOutput, error) {
			return &backup.ListRecoveryPointsByBackupVaultOutput{RecoveryPoints: v.points}, nil
		})
	oneVault(e, s, of, func(i *backup.DescribeRecoveryPointInput, v vault) bool {
		return *i.BackupVaultName == *v.BackupVaultName
	},
		func(v *vault, i *backup.DescribeRecoveryPointInput) (*backup.DescribeRecoveryPointOutput, error) {
			p, ok := find(v.points, func(p types.RecoveryPointByBackupVault) bool { return *p.RecoveryPointArn == *i.RecoveryPointArn })
			if !ok {
				return nil, gone("the recovery point")
			}
			return &backup.DescribeRecoveryPointOutput{RecoveryPointArn: p.RecoveryPointArn, BackupVaultName: v.BackupVaultName, ResourceArn: p.ResourceArn, Status: p.Status, CreationDate: p.CreationDate, CreatedBy: p.CreatedBy,
				IsEncrypted: p.IsEncrypted, EncryptionKeyArn: p.EncryptionKeyArn, Lifecycle: p.Lifecycle, CalculatedLifecycle: p.CalculatedLifecycle}, nil
		})
	mocks.Handle(s, func(r *mocks.Request, i *backup.ListRecoveryPointsByResourceInput) (*backup.ListRecoveryPointsByResourceOutput, error) {
		in, err := e.at(r)
		if err != nil {
			return nil, err
		}
		out := &backup.ListRecoveryPointsByResourceOutput{}
		for _, v := range of(in).vaults {
			for _, p := range v.points {
				if *p.ResourceArn == *i.ResourceArn {
					out.RecoveryPoints = append(out.RecoveryPoints, types.RecoveryPointByResource{RecoveryPointArn: p.RecoveryPointArn, BackupVaultName: v.BackupVaultName, VaultType: v.VaultType,
						Status: p.Status, CreationDate: p.CreationDate, EncryptionKeyArn: p.EncryptionKeyArn})
				}
			}
		}
		return out, nil
	})
	mocks.Handle(s, func(r *mocks.Request, i *backup.ListRestoreJobsByProtectedResourceInput) (*backup.ListRestoreJobsByProtectedResourceOutput, error) {
		in, err := e.at(r)
		if err != nil {
			return nil, err
		}
		out := &backup.ListRestoreJobsByProtectedResourceOutput{}
		for _, j := range of(in).restores {
			if *j.SourceResourceArn == *i.ResourceArn {
				out.RestoreJobs = append(out.RestoreJobs, j)
			}
		}
		return out, nil
	})
}

func (e *estate) servePlans(s *mocks.Server, of func(*region) *kept) {
	answer(e, s, func(*backup.ListBackupPlansInput) int { return 0 }, func(r *region) *backup.ListBackupPlansOutput {
		out := &backup.ListBackupPlansOutput{}
		for _, p := range of(r).plans {
			out.BackupPlansList = append(out.BackupPlansList, p.BackupPlansListMember)
		}
		return out
	})
	one := func(r *mocks.Request, id *string) (*plan, error) {
		in, err := e.at(r)
		if err != nil {
			return nil, err
		}
		p, ok := find(of(in).plans, func(p plan) bool { return *p.BackupPlanId == *id })
		if !ok {
			return nil, gone("the backup plan")
		}
		return p, nil
	}
	mocks.Handle(s, func(r *mocks.Request, i *backup.GetBackupPlanInput) (*backup.GetBackupPlanOutput, error) {
		p, err := one(r, i.BackupPlanId)
		if err != nil {
			return nil, err
		}
		return &backup.GetBackupPlanOutput{BackupPlanId: p.BackupPlanId, BackupPlanArn: p.BackupPlanArn, CreationDate: p.CreationDate, VersionId: p.VersionId,
			BackupPlan: &types.BackupPlan{BackupPlanName: p.BackupPlanName, Rules: p.rules}}, nil
	})
	// A selection's id is that of its plan with its place in it.
	mocks.Handle(s, func(r *mocks.Request, i *backup.ListBackupSelectionsInput) (*backup.ListBackupSelectionsOutput, error) {
		p, err := one(r, i.BackupPlanId)
		if err != nil {
			return nil, err
		}
		out := &backup.ListBackupSelectionsOutput{}
		for n, s := range p.selections {
			out.BackupSelectionsList = append(out.BackupSelectionsList, types.BackupSelectionsListMember{SelectionId: aws.String(*p.BackupPlanId + "-" + strconv.Itoa(n)), SelectionName: s.SelectionName,
				BackupPlanId: p.BackupPlanId, IamRoleArn: s.IamRoleArn, CreationDate: p.CreationDate})
		}
		return out, nil
	})
	mocks.Handle(s, func(r *mocks.Request, i *backup.GetBackupSelectionInput) (*backup.GetBackupSelectionOutput, error) {
		p, err := one(r, i.BackupPlanId)
		if err != nil {
			return nil, err
		}
		for n := range p.selections {
			if *i.SelectionId == *p.BackupPlanId+"-"+strconv.Itoa(n) {
				return &backup.GetBackupSelectionOutput{BackupPlanId: p.BackupPlanId, SelectionId: i.SelectionId, BackupSelection: &p.selections[n]}, nil
			}
		}
		return nil, gone("the backup selection")
	})
}

func (e *estate) serveTests(s *mocks.Server, of func(*region) *kept) {
	answer(e, s, func(*backup.ListRestoreTestingPlansInput) int { return 0 }, func(r *region) *backup.ListRestoreTestingPlansOutput {
		out := &backup.ListRestoreTestingPlansOutput{RestoreTestingPlans: []types.RestoreTestingPlanForList{}}
		for _, t := range of(r).tests {
			out.RestoreTestingPlans = append(out.RestoreTestingPlans, t.RestoreTestingPlanForList)
		}
		return out
	})
	one := func(r *mocks.Request, name *string) (*test, error) {
		in, err := e.at(r)
		if err != nil {
			return nil, err
		}
		t, ok := find(of(in).tests, func(t test) bool { return *t.RestoreTestingPlanName == *name })
		if !ok {
			return nil, gone("the restore testing plan")
		}
		return t, nil
	}
	role := aws.String(iamARN("role/service-role/AWSBackupDefaultServiceRole"))
	mocks.Handle(s, func(r *mocks.Request, i *backup.ListRestoreTestingSelectionsInput) (*backup.ListRestoreTestingSelectionsOutput, error) {
		t, err := one(r, i.RestoreTestingPlanName)
		if err != nil {
			return nil, err
		}
		out := &backup.ListRestoreTestingSelectionsOutput{RestoreTestingSelections: []types.RestoreTestingSelectionForList{}}
		for _, s := range t.selections {
			out.RestoreTestingSelections = append(out.RestoreTestingSelections, types.RestoreTestingSelectionForList{RestoreTestingSelectionName: s.RestoreTestingSelectionName, RestoreTestingPlanName: t.RestoreTestingPlanName,
				ProtectedResourceType: s.ProtectedResourceType, CreationTime: t.CreationTime, IamRoleArn: role})
		}
		return out, nil
	})
	mocks.Handle(s, func(r *mocks.Request, i *backup.GetRestoreTestingSelectionInput) (*backup.GetRestoreTestingSelectionOutput, error) {
		t, err := one(r, i.RestoreTestingPlanName)
		if err != nil {
			return nil, err
		}
		found, ok := find(t.selections, func(s types.RestoreTestingSelectionForGet) bool {
			return *s.RestoreTestingSelectionName == *i.RestoreTestingSelectionName
		})
		if !ok {
			return nil, gone("the restore testing selection")
		}
		out := *found
		out.RestoreTestingPlanName, out.CreationTime, out.IamRoleArn = t.RestoreTestingPlanName, t.CreationTime, role
		return &backup.GetRestoreTestingSelectionOutput{RestoreTestingSelection: &out}, nil
	})
}

// serveBeside answers about lifecycle policies and the Recycle Bin, which only the home
// Region has.
func (e *estate) serveBeside(s *mocks.Server) {
	policies, rules := lifecycles(), binned()
	answer(e, s, func(i *dlm.GetLifecyclePoliciesInput) int { return len(i.PolicyIds) + len(i.TargetTags) }, func(r *region) *dlm.GetLifecyclePoliciesOutput {
		out := &dlm.GetLifecyclePoliciesOutput{Policies: []dt.LifecyclePolicySummary{}}
		for _, p := range policies {
			if r.name == Home {
				out.Policies = append(out.Policies, dt.LifecyclePolicySummary{PolicyId: p.PolicyId, Description: p.Description, State: p.State, PolicyType: p.PolicyDetails.PolicyType, DefaultPolicy: p.DefaultPolicy})
			}
		}
		return out
	})
	mocks.Handle(s, func(r *mocks.Request, i *dlm.GetLifecyclePolicyInput) (*dlm.GetLifecyclePolicyOutput, error) {
		if _, err := e.at(r); err != nil {
			return nil, err
		}
		p, ok := find(policies, func(p dt.LifecyclePolicy) bool { return *p.PolicyId == *i.PolicyId && r.Region == Home })
		if !ok {
			return nil, &mocks.Error{Status: http.StatusNotFound, Code: "ResourceNotFoundException", Message: "The policy does not exist."}
		}
		return &dlm.GetLifecyclePolicyOutput{Policy: p}, nil
	})
	mocks.Handle(s, func(r *mocks.Request, i *rbin.ListRulesInput) (*rbin.ListRulesOutput, error) {
		if _, err := e.whole(r, len(i.ResourceTags)+len(i.ExcludeResourceTags)); err != nil {
			return nil, err
		}
		out := &rbin.ListRulesOutput{}
		if r.Region == Home {
			out.Rules = rules[i.ResourceType]
		}
		return out, nil
	})
	mocks.Handle(s, func(r *mocks.Request, i *rbin.GetRuleInput) (*rbin.GetRuleOutput, error) {
		if _, err := e.at(r); err != nil {
			return nil, err
		}
		for kind, list := range rules {
			if found, ok := find(list, func(x bt.RuleSummary) bool { return *x.Identifier == *i.Identifier && r.Region == Home }); ok {
				return &rbin.GetRuleOutput{Identifier: found.Identifier, RuleArn: found.RuleArn, Description: found.Description, ResourceType: kind, RetentionPeriod: found.RetentionPeriod, Status: bt.RuleStatusAvailable}, nil
			}
		}
		return nil, &mocks.Error{Status: http.StatusNotFound, Code: "ResourceNotFoundException", Message: "The rule does not exist."}
	})
}
