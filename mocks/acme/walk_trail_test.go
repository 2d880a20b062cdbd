package acme_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"

	"onus/mocks"
	"onus/mocks/acme"
)

// recorded reads what one Region shows of CloudTrail, each trail at its home.
func (w *seen) recorded(t *testing.T, config func(region string) aws.Config, region string) {
	ctx, c := t.Context(), cloudtrail.NewFromConfig(config(region))
	for _, shown := range must(c.DescribeTrails(ctx, nil))(t).TrailList {
		home := cloudtrail.NewFromConfig(config(*shown.HomeRegion))
		w.trails[*shown.TrailARN] = *must(home.GetTrailStatus(ctx, &cloudtrail.GetTrailStatusInput{Name: shown.TrailARN}))(t).IsLogging
		selectors := must(home.GetEventSelectors(ctx, &cloudtrail.GetEventSelectorsInput{TrailName: shown.TrailARN}))(t)
		if len(selectors.EventSelectors)+len(selectors.AdvancedEventSelectors) == 0 {
			t.Errorf("%s records nothing", *shown.Name)
		}
	}
	for _, s := range must(c.ListEventDataStores(ctx, nil))(t).EventDataStores {
		if lake := must(c.GetEventDataStore(ctx, &cloudtrail.GetEventDataStoreInput{EventDataStore: s.EventDataStoreArn}))(t); lake.Status != "ENABLED" {
			t.Errorf("%s is %s", *s.Name, lake.Status)
		}
	}
}

// TestTrails: one of all Regions shows in each; two others at home alone; one is stopped.
func TestTrails(t *testing.T) {
	s := start(t, acme.Server(mocks.Options{Lenient: true}))
	w := walk(t, s)
	logging := 0
	for _, on := range w.trails {
		if on {
			logging++
		}
	}
	if len(w.trails) != 3 || logging != 2 {
		t.Errorf("%d trails, %d logging; want 3, 2: %v", len(w.trails), logging, w.trails)
	}
	out := must(cloudtrail.NewFromConfig(s.Config("us-east-1")).DescribeTrails(t.Context(), &cloudtrail.DescribeTrailsInput{IncludeShadowTrails: aws.Bool(false)}))(t)
	if len(out.TrailList) != 0 {
		t.Errorf("without shadow trails us-east-1 shows %v", out.TrailList)
	}
}
