package regions

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

// inRegion is a resource's Meta in a Region.
func inRegion(region, resource string) snapshot.Meta {
	m := checktest.Meta("", "arn:aws:ec2:"+region+":111122223333:"+resource)
	m.Region = region
	return m
}

func instanceIn(region, id, state, zone string) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		a.EC2.Instances = append(a.EC2.Instances, snapshot.Instance{Meta: inRegion(region, "instance/"+id), ID: id, State: state, Place: snapshot.Place{Zone: zone}})
	}
}

func TestResourcesInAllowedRegions(t *testing.T) {
	type change = func(*snapshot.Account)
	const home, far = "eu-west-1", "eu-central-1"
	and := func(list ...change) change {
		return func(a *snapshot.Account) {
			for _, f := range list {
				f(a)
			}
		}
	}
	volume := func(region, zone string) change {
		return func(a *snapshot.Account) {
			a.EC2.Volumes = append(a.EC2.Volumes, snapshot.Volume{Meta: inRegion(region, "volume/vol-1"), ID: "vol-1", Place: snapshot.Place{Zone: zone}})
		}
	}
	image := func(a *snapshot.Account) {
		a.EC2.Images = append(a.EC2.Images, snapshot.Image{Meta: inRegion(far, "image/ami-1"), ID: "ami-1"})
	}
	backup := func(a *snapshot.Account) {
		a.EC2.VolumeSnapshots = append(a.EC2.VolumeSnapshots, snapshot.VolumeSnapshot{Meta: inRegion(far, "snapshot/snap-1"), ID: "snap-1"})
	}
	address := func(a *snapshot.Account) {
		a.EC2.Net.Addresses = append(a.EC2.Net.Addresses, snapshot.Address{Meta: inRegion(far, "elastic-ip/eipalloc-1"), ID: "eipalloc-1", IP: "198.51.100.7", ServiceManaged: "alb"})
	}
	vpc := func(a *snapshot.Account) {
		a.EC2.VPCs = append(a.EC2.VPCs, snapshot.VPC{Meta: inRegion(far, "vpc/vpc-1"), ID: "vpc-1", Default: true})
	}
	fail := func(op, region string) change {
		return func(a *snapshot.Account) { checktest.Fail(a, op, region, snapshot.Denied) }
	}
	leftOut := func(a *snapshot.Account) {
		listed, _ := a.Regions.Get()
		a.Regions = snapshot.Value(append(listed, snapshot.Region{Name: "us-east-1", Status: "ENABLED_BY_DEFAULT"}))
	}
	germany := map[string]any{"allowed_regions": []string{"eu-central-1"}}
	checktest.RunFor(t, &ResourcesInAllowedRegions, far, []checktest.Case{
		{Name: "no choice", Set: instanceIn(far, "i-1", "running", far+"a"), Want: checks.NotApplicable, Reason: "neither residency"},
		{Name: "nothing", Parameters: onlyIreland, Want: checks.PASS, Reason: "eu-central-1 is not allowed, and holds no instance, volume, snapshot, image or address"},
		{Name: "an instance", Set: instanceIn(far, "i-1", "stopped", far+"a"), Parameters: onlyIreland, Want: checks.FAIL, Reason: "holds 1 instance (i-1); allowed: eu-west-1"},
		{Name: "a terminated one is gone", Set: instanceIn(far, "i-1", "terminated", far+"a"), Parameters: onlyIreland, Want: checks.PASS, Reason: "no instance"},
		{Name: "several kinds", Set: and(volume(far, far+"a"), backup, image), Parameters: onlyIreland, Want: checks.FAIL, Reason: "1 volume (vol-1), 1 snapshot (snap-1), 1 image (ami-1)"},
		{Name: "more than a few", Set: and(instanceIn(far, "i-1", "running", ""), instanceIn(far, "i-2", "running", ""), instanceIn(far, "i-3", "running", ""), instanceIn(far, "i-4", "running", "")), Parameters: onlyIreland, Want: checks.FAIL, Reason: "4 instances (i-1, i-2, i-3 and 1 more)"},
		{Name: "the default VPC is AWS's", Set: vpc, Parameters: onlyIreland, Want: checks.PASS, Reason: "no instance"},
		{Name: "what lies elsewhere", Set: instanceIn(home, "i-1", "running", home+"a"), Parameters: onlyIreland, Want: checks.PASS, Reason: "no instance"},
		{Name: "a closed Region is not empty", Set: fail("ec2:DescribeVolumes", far), Parameters: onlyIreland, Want: checks.UNKNOWN, Reason: "ec2:DescribeVolumes"},
		{Name: "an instance, and volumes unread", Set: and(instanceIn(far, "i-1", "running", ""), fail("ec2:DescribeVolumes", far)), Parameters: onlyIreland, Want: checks.FAIL, Reason: "i-1"},
		{Name: "an address, a service's too", Set: address, Parameters: onlyIreland, Want: checks.FAIL, Reason: "holds 1 Elastic IP (198.51.100.7)"},
		{Name: "addresses unread", Set: fail("ec2:DescribeAddresses", far), Parameters: onlyIreland, Want: checks.UNKNOWN, Reason: "ec2:DescribeAddresses"},
		{Name: "an address where all is allowed", Set: and(address, fail("ec2:DescribeAddresses", far)), Parameters: germany, Want: checks.PASS, Reason: "no zone"},
		{Name: "a Local Zone in another country that is allowed", Set: volume(far, "eu-central-1-waw-1a"), Parameters: map[string]any{"allowed_regions": []string{far}, "allowed_countries": []string{"EU"}}, Want: checks.PASS, Reason: "no zone"},
		{Name: "a Local Zone outside of the jurisdiction", Set: volume(far, "eu-central-1-ist-1a"), Parameters: map[string]any{"allowed_regions": []string{far}, "allowed_countries": []string{"eu"}}, Want: checks.FAIL, Reason: "in TR (volume vol-1); allowed: eu"},
		{Name: "allowed", Set: instanceIn(far, "i-1", "running", far+"a"), Parameters: germany, Want: checks.PASS, Reason: "no zone in use stands in another country"},
		{Name: "a Local Zone of the same country", Set: instanceIn(far, "i-1", "running", "eu-central-1-ham-1a"), Parameters: germany, Want: checks.PASS, Reason: "no zone"},
		{Name: "a Local Zone in another country", Set: volume(far, "eu-central-1-waw-1a"), Parameters: germany, Want: checks.FAIL, Reason: "eu-central-1-waw-1a in PL (volume vol-1); allowed: DE"},
		{Name: "a zone that the table does not know", Set: volume(far, "eu-central-1-xxx-1a"), Parameters: germany, Want: checks.UNKNOWN, Reason: "eu-central-1-xxx-1a (volume vol-1)"},
		{Name: "allowed, and instances unread", Set: fail("ec2:DescribeInstances", far), Parameters: germany, Want: checks.UNKNOWN, Reason: "ec2:DescribeInstances"},
	})
	for region, want := range map[string]checks.Status{"eu-west-1": checks.UNKNOWN, "us-east-1": checks.NotApplicable} {
		for _, f := range checktest.Findings(&ResourcesInAllowedRegions, checktest.Account(&ResourcesInAllowedRegions, leftOut), map[string]any{"allowed_regions": []string{region}}) {
			if f.Resource.Name == "us-east-1" && f.Status != want {
				t.Errorf("left out of the scan, with %s allowed: %s %q, want %s", region, f.Status, f.Reason, want)
			}
		}
	}
}
