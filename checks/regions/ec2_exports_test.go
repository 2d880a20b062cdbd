package regions

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

func TestImageExportsStay(t *testing.T) {
	task := func(kind, bucket, state string, more ...change) change {
		return together(append([]change{places, func(a *snapshot.Account) {
			m := inRegion("eu-west-1", "export-image-task/export-1")
			m.Name = "the task"
			a.EC2.Copies.Exports = []snapshot.ImageExport{{Meta: m, ID: "export-1", Kind: kind, What: "ami-1", Bucket: bucket, State: state}}
		}}, more...)...)
	}
	const store, image, instance = snapshot.StoreTask, snapshot.ImageTask, snapshot.InstanceTask
	germany := map[string]any{"allowed_regions": []string{"eu-central-1"}}
	checktest.RunFor(t, &ImageExportsStay, "the task", []checktest.Case{
		{Name: "no choice", Set: task(image, "far", "completed"), Want: checks.NotApplicable, Reason: "neither residency"},
		{Name: "to an own bucket in an allowed Region", Set: task(image, "own", "completed"), Parameters: onlyIreland, Want: checks.PASS, Reason: "the export image task of ami-1 to the bucket own in eu-west-1 is completed"},
		{Name: "to an own bucket elsewhere", Set: task(image, "far", "active"), Parameters: onlyIreland, Want: checks.FAIL, Reason: "the bucket far in us-east-1 is active; allowed: eu-west-1"},
		{Name: "a bucket of another account tells its Region by a header", Set: task(instance, "partner-far", "completed"), Parameters: onlyIreland, Want: checks.FAIL, Reason: "partner-far in us-east-1"},
		{Name: "a bucket of another account in an allowed Region", Set: task(instance, "partner", "completed"), Parameters: onlyIreland, Want: checks.PASS, Reason: "partner in eu-west-1"},
		{Name: "stored, which stays in the task's Region", Set: task(store, "free", "Completed"), Parameters: onlyIreland, Want: checks.PASS, Reason: "the store image task of ami-1 to the bucket free in eu-west-1"},
		{Name: "stored in a Region that is not allowed", Set: task(store, "free", "InProgress"), Parameters: germany, Want: checks.FAIL, Reason: "eu-west-1 is InProgress; allowed: eu-central-1"},
		{Name: "exported to a bucket that is gone", Set: task(image, "free", "completed"), Parameters: onlyIreland, Want: checks.UNKNOWN, Reason: "does not exist any more"},
		{Name: "a bucket of which nothing is told", Set: task(image, "broken", "completed"), Parameters: onlyIreland, Want: checks.UNKNOWN, Reason: "s3:HeadBucket"},
		{Name: "no bucket is named", Set: task(image, "", "active"), Parameters: onlyIreland, Want: checks.UNKNOWN, Reason: "does not name the bucket"},
		{Name: "a store task that failed leaves nothing", Set: task(store, "far", "Failed"), Parameters: onlyIreland, Want: checks.NotApplicable, Reason: "left nothing"},
		{Name: "an image export that was deleted leaves nothing", Set: task(image, "far", "deleted"), Parameters: onlyIreland, Want: checks.NotApplicable, Reason: "left nothing"},
		{Name: "one that is being deleted may have", Set: task(image, "far", "deleting"), Parameters: onlyIreland, Want: checks.FAIL, Reason: "deleting"},
		{Name: "an instance export that was cancelled leaves nothing", Set: task(instance, "far", "cancelled"), Parameters: onlyIreland, Want: checks.NotApplicable, Reason: "left nothing"},
	})
}

func TestRegionsWithoutExports(t *testing.T) {
	third := func(a *snapshot.Account) {
		listed, _ := a.Regions.Get()
		a.Regions = snapshot.Value(append(listed, snapshot.Region{Name: "us-east-1", Status: "ENABLED_BY_DEFAULT"}))
	}
	task := func(a *snapshot.Account) {
		a.EC2.Copies.Exports = []snapshot.ImageExport{{Meta: inRegion("eu-west-1", "x"), Kind: snapshot.StoreTask}}
	}
	for _, tt := range []struct {
		name       string
		set        change
		parameters map[string]any
		want       map[string]checks.Status // by Region
	}{
		{"no choice", nil, nil, map[string]checks.Status{"eu-west-1": checks.NotApplicable, "eu-central-1": checks.NotApplicable}},
		{"completed tasks stay for a short time: that is no pass", nil, onlyIreland, map[string]checks.Status{"eu-west-1": checks.NotApplicable, "eu-central-1": checks.NotApplicable}},
		{"the emulator has no such operation", func(a *snapshot.Account) {
			checktest.Fail(a, "ec2:DescribeStoreImageTasks", "eu-central-1", snapshot.Unsupported)
		}, onlyIreland, map[string]checks.Status{"eu-west-1": checks.NotApplicable, "eu-central-1": checks.UNKNOWN}},
		{"left out of the scan", third, onlyIreland, map[string]checks.Status{"eu-west-1": checks.NotApplicable, "eu-central-1": checks.NotApplicable, "us-east-1": checks.UNKNOWN}},
		{"where there is a task, it is judged", task, onlyIreland, map[string]checks.Status{"eu-central-1": checks.NotApplicable}},
	} {
		got := map[string]checks.Status{}
		for _, f := range checktest.Findings(&ImageExportsStay, checktest.Account(&ImageExportsStay, tt.set), tt.parameters) {
			if f.Resource.Type == "account+region" {
				got[f.Region] = f.Status
			}
		}
		if len(got) != len(tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
		for region, want := range tt.want {
			if got[region] != want {
				t.Errorf("%s: %s %s, want %s", tt.name, region, got[region], want)
			}
		}
	}
}
