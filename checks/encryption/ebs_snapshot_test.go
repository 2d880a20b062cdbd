package encryption

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

func TestVolumeSnapshotEncrypted(t *testing.T) {
	stored := func(state, tier string, encrypted snapshot.Read[bool]) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			a.EC2.VolumeSnapshots = []snapshot.VolumeSnapshot{{Meta: checktest.Meta("s", "arn:aws:ec2:eu-west-1::snapshot/snap-1"), ID: "snap-1", State: state, Tier: tier, Encrypted: encrypted}}
		}
	}
	yes, no := snapshot.Value(true), snapshot.Value(false)
	checktest.Run(t, &VolumeSnapshotEncrypted, []checktest.Case{
		{Name: "encrypted", Set: stored("completed", "standard", yes), Want: checks.PASS, Reason: "is true"},
		{Name: "not", Set: stored("completed", "standard", no), Want: checks.FAIL, Reason: "is false"},
		{Name: "archived snapshots count", Set: stored("completed", "archive", no), Want: checks.FAIL, Reason: "is false", Observed: map[string]string{"StorageTier": "archive"}},
		{Name: "in error", Set: stored("error", "", no), Want: checks.NotApplicable, Reason: "error"},
		{Name: "pending", Set: stored("pending", "", no), Want: checks.NotApplicable, Reason: "pending"},
		{Name: "the answer lacks the field", Set: stored("completed", "", snapshot.Missing[bool](checktest.Unread("ec2:DescribeSnapshots", snapshot.Malformed))), Want: checks.UNKNOWN, Reason: "malformed"},
		{Name: "a list that broke off", Want: checks.UNKNOWN, Reason: "throttled",
			Set: func(a *snapshot.Account) {
				checktest.Fail(a, "ec2:DescribeSnapshots", checktest.At.Region, snapshot.Throttled)
			}},
	})
}

func TestImageVolumesEncrypted(t *testing.T) {
	device := func(name, snapshotID string, encrypted snapshot.Read[bool]) snapshot.ImageDevice {
		return snapshot.ImageDevice{Device: name, Snapshot: snapshotID, Encrypted: encrypted}
	}
	image := func(state, root string, devices ...snapshot.ImageDevice) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			a.EC2.Images = []snapshot.Image{{Meta: checktest.Meta("base", "arn:aws:ec2:eu-west-1::image/ami-1"), ID: "ami-1", State: state, RootType: root, Devices: devices}}
		}
	}
	yes, no := snapshot.Value(true), snapshot.Value(false)
	unread := snapshot.Missing[bool](checktest.Unread("ec2:DescribeImages", snapshot.Malformed))
	byDefault := func(a *snapshot.Account) {
		a.EC2.Regions = []snapshot.RegionSettings{{Meta: snapshot.Meta{Location: checktest.At}, EBSEncryptionByDefault: snapshot.Value(true)}}
		image("available", "ebs", device("/dev/xvda", "snap-1", no))(a)
	}
	checktest.Run(t, &ImageVolumesEncrypted, []checktest.Case{
		{Name: "encrypted", Set: image("available", "ebs", device("/dev/xvda", "snap-1", yes)), Want: checks.PASS, Reason: "all data of its 1 EBS volumes"},
		{Name: "one of two is not", Set: image("available", "ebs", device("/dev/xvda", "snap-1", yes), device("/dev/sdb", "snap-2", no)), Want: checks.FAIL, Reason: "/dev/sdb (snap-2)"},
		{Name: "encryption by default does not change its data", Set: byDefault, Want: checks.FAIL, Reason: "/dev/xvda"},
		{Name: "an empty volume is no data at rest", Set: image("available", "ebs", device("/dev/xvda", "snap-1", yes), device("/dev/sdb", "", no)), Want: checks.PASS, Reason: "/dev/sdb starts empty"},
		{Name: "an instance store", Set: image("available", "instance-store"), Want: checks.NotApplicable, Reason: "instance store"},
		{Name: "an instance store with an EBS volume", Set: image("available", "instance-store", device("/dev/sdb", "snap-2", no)), Want: checks.FAIL, Reason: "snap-2"},
		{Name: "deregistered", Set: image("deregistered", "ebs", device("/dev/xvda", "snap-1", no)), Want: checks.NotApplicable, Reason: "deregistered"},
		{Name: "disabled images hold their data", Set: image("disabled", "ebs", device("/dev/xvda", "snap-1", no)), Want: checks.FAIL, Reason: "snap-1"},
		{Name: "the answer lacks the field", Set: image("available", "ebs", device("/dev/xvda", "snap-1", unread)), Want: checks.UNKNOWN, Reason: "malformed"},
		{Name: "one is plain and another unread", Set: image("available", "ebs", device("/dev/xvda", "snap-1", unread), device("/dev/sdb", "snap-2", no)), Want: checks.FAIL, Reason: "snap-2"},
	})
}
