package backup

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/backup"
	"github.com/aws/aws-sdk-go-v2/service/backup/types"

	"onus/scanner/collect"
	"onus/scanner/snapshot"
)

const readTestSelect = "backup:GetRestoreTestingSelection"

// restoreTests lists the restore testing plans and asks for the selections of each.
func restoreTests(ctx context.Context, in collect.Scope, api API) []snapshot.RestoreTestingPlan {
	pages := backup.NewListRestoreTestingPlansPaginator(api, &backup.ListRestoreTestingPlansInput{MaxResults: aws.Int32(1000)})
	out := collect.List(ctx, in, listTests, pages, func(at snapshot.Meta, page *backup.ListRestoreTestingPlansOutput) []snapshot.RestoreTestingPlan {
		out := make([]snapshot.RestoreTestingPlan, 0, len(page.RestoreTestingPlans))
		for _, p := range page.RestoreTestingPlans {
			out = append(out, testingPlan(at, p))
		}
		return out
	})
	in.Each(ctx, len(out), func(i int) { out[i].Selections = testSelections(ctx, in, api, out[i].Name) })
	if len(out) == 0 {
		settle(in, listTests, listTestSelect)
	}
	aboutTests(ctx, in, api, out)
	return out
}

func testingPlan(at snapshot.Meta, p types.RestoreTestingPlanForList) snapshot.RestoreTestingPlan {
	return snapshot.RestoreTestingPlan{
		Meta: named(at, p.RestoreTestingPlanArn, p.RestoreTestingPlanName), Schedule: aws.ToString(p.ScheduleExpression),
		Created: aws.ToTime(p.CreationTime), LastRun: aws.ToTime(p.LastExecutionTime),
	}
}

// testSelections reads which selections a restore testing plan has: one fact.
func testSelections(ctx context.Context, in collect.Scope, api API, plan string) snapshot.Read[[]snapshot.RestoreTestSelection] {
	return collect.Ask(ctx, in, listTestSelect, func(ctx context.Context) ([]snapshot.RestoreTestSelection, error) {
		var out []snapshot.RestoreTestSelection
		pages := backup.NewListRestoreTestingSelectionsPaginator(api, &backup.ListRestoreTestingSelectionsInput{RestoreTestingPlanName: &plan, MaxResults: aws.Int32(1000)})
		err := collect.Walk(ctx, pages, func(p *backup.ListRestoreTestingSelectionsOutput) *string {
			for _, s := range p.RestoreTestingSelections {
				out = append(out, snapshot.RestoreTestSelection{Name: aws.ToString(s.RestoreTestingSelectionName), Type: aws.ToString(s.ProtectedResourceType)})
			}
			return p.NextToken
		})
		return out, err
	})
}

// aboutTests asks for the resources of each selection of the restore testing plans.
func aboutTests(ctx context.Context, in collect.Scope, api API, plans []snapshot.RestoreTestingPlan) {
	type place struct {
		plan string
		at   *snapshot.RestoreTestSelection
	}
	var places []place
	unread := false
	for i := range plans {
		list, err := plans[i].Selections.Get()
		unread = unread || err != nil
		for k := range list {
			places = append(places, place{plans[i].Name, &list[k]})
		}
	}
	in.Each(ctx, len(places), func(i int) {
		places[i].at.Resources = tested(ctx, in, api, places[i].plan, places[i].at.Name)
	})
	if len(places) == 0 && !unread {
		settle(in, listTests, readTestSelect)
	}
}

func tested(ctx context.Context, in collect.Scope, api API, plan, name string) snapshot.Read[snapshot.RestoreTestResources] {
	return collect.Ask(ctx, in, readTestSelect, func(ctx context.Context) (r snapshot.RestoreTestResources, err error) {
		out, err := api.GetRestoreTestingSelection(ctx, &backup.GetRestoreTestingSelectionInput{RestoreTestingPlanName: &plan, RestoreTestingSelectionName: &name})
		switch {
		case err != nil:
			return r, err
		case out.RestoreTestingSelection == nil:
			return r, lacks("RestoreTestingSelection")
		}
		return testResources(*out.RestoreTestingSelection), nil
	})
}

func testResources(s types.RestoreTestingSelectionForGet) snapshot.RestoreTestResources {
	out := snapshot.RestoreTestResources{ARNs: s.ProtectedResourceArns}
	if c := s.ProtectedResourceConditions; c != nil {
		for _, k := range c.StringEquals {
			out.Conditions = append(out.Conditions, snapshot.TagCondition{Operator: stringEquals, Key: aws.ToString(k.Key), Value: aws.ToString(k.Value)})
		}
		for _, k := range c.StringNotEquals {
			out.Conditions = append(out.Conditions, snapshot.TagCondition{Operator: "StringNotEquals", Key: aws.ToString(k.Key), Value: aws.ToString(k.Value)})
		}
	}
	return out
}
