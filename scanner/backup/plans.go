package backup

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/backup"
	"github.com/aws/aws-sdk-go-v2/service/backup/types"

	"onus/scanner/collect"
	"onus/scanner/snapshot"
)

const (
	readPlan      = "backup:GetBackupPlan"
	readSelection = "backup:GetBackupSelection"
)

// plans lists the plans that are not deleted, and asks for the rules and selections of each.
func plans(ctx context.Context, in collect.Scope, api API) []snapshot.BackupPlan {
	pages := backup.NewListBackupPlansPaginator(api, &backup.ListBackupPlansInput{MaxResults: aws.Int32(1000)})
	out := collect.List(ctx, in, listPlans, pages, func(at snapshot.Meta, page *backup.ListBackupPlansOutput) []snapshot.BackupPlan {
		out := make([]snapshot.BackupPlan, 0, len(page.BackupPlansList))
		for _, p := range page.BackupPlansList {
			out = append(out, plan(at, p))
		}
		return out
	})
	in.Each(ctx, len(out), func(i int) {
		out[i].Rules = rules(ctx, in, api, out[i].ID)
		out[i].Selections = selections(ctx, in, api, out[i].ID)
	})
	if len(out) == 0 {
		settle(in, listPlans, readPlan, listSelections)
	}
	aboutSelections(ctx, in, api, out)
	return out
}

func plan(at snapshot.Meta, p types.BackupPlansListMember) snapshot.BackupPlan {
	return snapshot.BackupPlan{
		Meta: named(at, p.BackupPlanArn, p.BackupPlanName), ID: aws.ToString(p.BackupPlanId),
		Created: aws.ToTime(p.CreationDate), LastRun: aws.ToTime(p.LastExecutionDate), Deleted: aws.ToTime(p.DeletionDate),
	}
}

func rules(ctx context.Context, in collect.Scope, api API, id string) snapshot.Read[[]snapshot.BackupRule] {
	return collect.Ask(ctx, in, readPlan, func(ctx context.Context) ([]snapshot.BackupRule, error) {
		out, err := api.GetBackupPlan(ctx, &backup.GetBackupPlanInput{BackupPlanId: &id})
		switch {
		case err != nil:
			return nil, err
		case out.BackupPlan == nil:
			return nil, lacks("BackupPlan")
		}
		rules := make([]snapshot.BackupRule, 0, len(out.BackupPlan.Rules))
		for _, r := range out.BackupPlan.Rules {
			rules = append(rules, rule(r))
		}
		return rules, nil
	})
}

func rule(r types.BackupRule) snapshot.BackupRule {
	out := snapshot.BackupRule{
		Name: aws.ToString(r.RuleName), Vault: aws.ToString(r.TargetBackupVaultName), AirGapped: aws.ToString(r.TargetLogicallyAirGappedBackupVaultArn),
		Schedule: aws.ToString(r.ScheduleExpression), Continuous: aws.ToBool(r.EnableContinuousBackup), Lifecycle: lifecycle(r.Lifecycle),
	}
	for _, c := range r.CopyActions {
		out.Copies = append(out.Copies, snapshot.BackupCopy{Vault: aws.ToString(c.DestinationBackupVaultArn), Lifecycle: lifecycle(c.Lifecycle)})
	}
	return out
}

// lifecycle maps a lifecycle; none keeps for ever, as one without days does.
func lifecycle(l *types.Lifecycle) snapshot.Lifecycle {
	if l == nil {
		return snapshot.Lifecycle{}
	}
	return snapshot.Lifecycle{DeleteAfterDays: l.DeleteAfterDays, DeleteAfterEvent: string(l.DeleteAfterEvent)}
}

// selections reads which selections a plan has: one fact.
func selections(ctx context.Context, in collect.Scope, api API, id string) snapshot.Read[[]snapshot.BackupSelection] {
	return collect.Ask(ctx, in, listSelections, func(ctx context.Context) ([]snapshot.BackupSelection, error) {
		var out []snapshot.BackupSelection
		pages := backup.NewListBackupSelectionsPaginator(api, &backup.ListBackupSelectionsInput{BackupPlanId: &id, MaxResults: aws.Int32(1000)})
		err := collect.Walk(ctx, pages, func(p *backup.ListBackupSelectionsOutput) *string {
			for _, s := range p.BackupSelectionsList {
				out = append(out, snapshot.BackupSelection{ID: aws.ToString(s.SelectionId), Name: aws.ToString(s.SelectionName), Role: aws.ToString(s.IamRoleArn)})
			}
			return p.NextToken
		})
		return out, err
	})
}

// aboutSelections asks for the resources of each selection of the plans.
func aboutSelections(ctx context.Context, in collect.Scope, api API, plans []snapshot.BackupPlan) {
	type place struct {
		plan string
		at   *snapshot.BackupSelection
	}
	var places []place
	unread := false
	for i := range plans {
		list, err := plans[i].Selections.Get()
		unread = unread || err != nil
		for k := range list {
			places = append(places, place{plans[i].ID, &list[k]})
		}
	}
	in.Each(ctx, len(places), func(i int) {
		places[i].at.Resources = selected(ctx, in, api, places[i].plan, places[i].at.ID)
	})
	if len(places) == 0 && !unread {
		settle(in, listPlans, readSelection)
	}
}

func selected(ctx context.Context, in collect.Scope, api API, plan, id string) snapshot.Read[snapshot.SelectedResources] {
	return collect.Ask(ctx, in, readSelection, func(ctx context.Context) (r snapshot.SelectedResources, err error) {
		out, err := api.GetBackupSelection(ctx, &backup.GetBackupSelectionInput{BackupPlanId: &plan, SelectionId: &id})
		switch {
		case err != nil:
			return r, err
		case out.BackupSelection == nil:
			return r, lacks("BackupSelection")
		}
		return resources(*out.BackupSelection), nil
	})
}

func resources(s types.BackupSelection) snapshot.SelectedResources {
	out := snapshot.SelectedResources{Resources: s.Resources, NotResources: s.NotResources}
	for _, c := range s.ListOfTags {
		out.ListOfTags = append(out.ListOfTags, snapshot.TagCondition{Operator: stringEquals, Key: aws.ToString(c.ConditionKey), Value: aws.ToString(c.ConditionValue)})
	}
	if s.Conditions == nil {
		return out
	}
	for _, c := range []struct {
		operator string
		list     []types.ConditionParameter
	}{
		{stringEquals, s.Conditions.StringEquals}, {"StringLike", s.Conditions.StringLike},
		{"StringNotEquals", s.Conditions.StringNotEquals}, {"StringNotLike", s.Conditions.StringNotLike},
	} {
		for _, p := range c.list {
			out.Conditions = append(out.Conditions, snapshot.TagCondition{Operator: c.operator, Key: aws.ToString(p.ConditionKey), Value: aws.ToString(p.ConditionValue)})
		}
	}
	return out
}

const stringEquals = "StringEquals"
