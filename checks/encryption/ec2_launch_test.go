package encryption

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

// launching puts a launch into the account, as a template, a launch configuration and a Spot
// Fleet request in turn, with encryption by default off, and own images and snapshots.
func launching(s snapshot.LaunchSpec) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		a.EC2.LaunchTemplates = []snapshot.LaunchTemplate{{Meta: checktest.Meta("web", "arn:aws:ec2:eu-west-1:111122223333:launch-template/lt-1"), ID: "lt-1", Default: 1, Latest: 1,
			Versions: snapshot.Value([]snapshot.TemplateVersion{{Number: 1, LaunchSpec: s}})}}
		a.Scaling.Configurations = []snapshot.LaunchConfiguration{{Meta: checktest.Meta("old", "arn:aws:autoscaling:eu-west-1:111122223333:launchConfiguration:1:launchConfigurationName/old"), Spec: s}}
		a.EC2.SpotFleets = []snapshot.SpotFleet{{Meta: checktest.Meta("", "arn:aws:ec2:eu-west-1:111122223333:spot-fleet-request/sfr-1"), ID: "sfr-1", State: "active", Specs: []snapshot.LaunchSpec{s}}}
		a.EC2.Regions = []snapshot.RegionSettings{{Meta: checktest.Meta("r", ""), EBSEncryptionByDefault: snapshot.Value(false)}}
		image := func(id string, devices ...snapshot.ImageDevice) snapshot.Image {
			return snapshot.Image{Meta: checktest.Meta(id, "arn/"+id), ID: id, State: "available", Devices: devices}
		}
		device := func(name string, encrypted snapshot.Read[bool]) snapshot.ImageDevice {
			return snapshot.ImageDevice{Device: name, Snapshot: "snap", Encrypted: encrypted}
		}
		a.EC2.Images = []snapshot.Image{
			image("ami-encrypted", device("/dev/xvda", snapshot.Value(true))),
			image("ami-plain", device("/dev/xvda", snapshot.Value(false))),
			image("ami-two", device("/dev/xvda", snapshot.Value(true)), device("/dev/sdb", snapshot.Value(false))),
			image("ami-odd", device("/dev/xvda", snapshot.Missing[bool](checktest.Unread("ec2:DescribeImages", snapshot.Malformed)))),
			image("ami-none"),
		}
		a.EC2.NamedImages = []snapshot.NamedImages{{Meta: checktest.Meta("", ""), Images: snapshot.Value([]snapshot.Image{image("ami-amazon", device("/dev/xvda", snapshot.Value(false)))})}}
		a.EC2.VolumeSnapshots = []snapshot.VolumeSnapshot{
			{Meta: checktest.Meta("", "arn/snap-encrypted"), ID: "snap-encrypted", Encrypted: snapshot.Value(true)},
			{Meta: checktest.Meta("", "arn/snap-plain"), ID: "snap-plain", Encrypted: snapshot.Value(false)},
		}
	}
}

func from(image string, devices ...snapshot.LaunchDevice) func(*snapshot.Account) {
	return launching(snapshot.LaunchSpec{Image: image, Devices: devices})
}

func with(set func(*snapshot.Account), changes ...func(*snapshot.Account)) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		set(a)
		for _, c := range changes {
			c(a)
		}
	}
}

func byDefault(a *snapshot.Account) { a.EC2.Regions[0].EBSEncryptionByDefault = snapshot.Value(true) }

func defaultUnread(a *snapshot.Account) {
	a.EC2.Regions[0].EBSEncryptionByDefault = snapshot.Missing[bool](checktest.Unread("ec2:GetEbsEncryptionByDefault", snapshot.Denied))
}

func failing(op string) func(*snapshot.Account) {
	return func(a *snapshot.Account) { checktest.Fail(a, op, checktest.At.Region, snapshot.Denied) }
}

// volumes are the cases that hold for everything that launches.
func volumes() []checktest.Case {
	root := func(encrypted *bool, snap string) snapshot.LaunchDevice {
		return snapshot.LaunchDevice{Device: "/dev/xvda", EBS: true, Encrypted: encrypted, Snapshot: snap}
	}
	yes, no := new(true), new(false)
	return []checktest.Case{
		{Name: "encrypted by its own word", Set: from("ami-none", root(yes, "")), Want: checks.PASS, Reason: "/dev/xvda (Encrypted is true)"},
		{Name: "its own word over the image's plain root", Set: from("ami-plain", root(yes, "")), Want: checks.PASS},
		{Name: "Encrypted false, and encryption by default is on", Set: with(from("ami-plain", root(no, "")), byDefault), Want: checks.PASS, Reason: "whatever Encrypted false of /dev/xvda says"},
		{Name: "nothing said, and encryption by default is on", Set: with(from("resolve:ssm:/ami"), byDefault), Want: checks.PASS, Reason: "encryption by default is on"},
		{Name: "Encrypted false over an encrypted root", Set: from("ami-encrypted", root(no, "")), Want: checks.PASS, Reason: "encrypted in ami-encrypted"},
		{Name: "an empty volume", Set: from("ami-none", snapshot.LaunchDevice{Device: "/dev/sdf", EBS: true}), Want: checks.FAIL, Reason: "Encrypted is absent, and the volume starts empty"},
		{Name: "no mapping: the image's root decides", Set: from("ami-plain"), Want: checks.FAIL, Reason: "/dev/xvda (not encrypted in ami-plain)"},
		{Name: "no mapping, and the image is encrypted", Set: from("ami-encrypted"), Want: checks.PASS},
		{Name: "a volume that the image adds", Set: from("ami-two", root(yes, "")), Want: checks.FAIL, Reason: "/dev/sdb (not encrypted in ami-two)"},
		{Name: "a volume of the image that is dropped", Set: from("ami-two", root(yes, ""), snapshot.LaunchDevice{Device: "/dev/sdb", None: true}), Want: checks.PASS},
		{Name: "NoDevice and VirtualName are no EBS volumes", Set: from("ami-none", snapshot.LaunchDevice{Device: "/dev/sdb", None: true}, snapshot.LaunchDevice{Device: "/dev/sdc"}), Want: checks.PASS, Reason: "no EBS volume"},
		{Name: "another's image", Set: from("ami-amazon"), Want: checks.FAIL, Reason: "ami-amazon"},
		{Name: "from an encrypted snapshot", Set: from("ami-none", root(nil, "snap-encrypted")), Want: checks.PASS, Reason: "snap-encrypted is encrypted"},
		{Name: "from a plain snapshot", Set: from("ami-none", root(nil, "snap-plain")), Want: checks.FAIL, Reason: "snap-plain is not encrypted"},
		{Name: "from another account's snapshot", Set: from("ami-none", root(nil, "snap-other")), Want: checks.UNKNOWN, Reason: "none of the account's snapshots"},
		{Name: "from another account's snapshot, by default encrypted", Set: with(from("ami-none", root(nil, "snap-other")), byDefault), Want: checks.PASS},
		{Name: "a parameter names the image", Set: from("resolve:ssm:/ami", root(yes, "")), Want: checks.UNKNOWN, Reason: "resolve:ssm:/ami"},
		{Name: "no image is named", Set: from(""), Want: checks.UNKNOWN, Reason: "named at launch"},
		{Name: "an image that was deregistered", Set: from("ami-gone", root(yes, "")), Want: checks.UNKNOWN, Reason: "does not exist any more"},
		{Name: "a plain volume beside an image that is not known", Set: from("", root(nil, "snap-plain")), Want: checks.FAIL, Reason: "snap-plain"},
		{Name: "an image that does not say", Set: from("ami-odd"), Want: checks.UNKNOWN, Reason: "malformed"},
		{Name: "the default is not read, and all is encrypted", Set: with(from("ami-encrypted"), defaultUnread), Want: checks.PASS},
		{Name: "the default is not read, and only it could encrypt", Set: with(from("ami-plain"), defaultUnread), Want: checks.UNKNOWN, Reason: "it was not read"},
		{Name: "the default is not read, and the image is not known", Set: with(from(""), defaultUnread), Want: checks.UNKNOWN, Reason: "denied"},
		{Name: "snapshots are not read", Set: with(from("ami-none", root(nil, "snap-x")), failing("ec2:DescribeSnapshots")), Want: checks.UNKNOWN, Reason: "denied"},
		{Name: "images of others are not read", Want: checks.UNKNOWN, Reason: "denied", Set: with(from("ami-x"), func(a *snapshot.Account) {
			a.EC2.NamedImages[0].Images = snapshot.Missing[[]snapshot.Image](checktest.Unread("ec2:DescribeImages", snapshot.Denied))
		})},
	}
}

func TestLaunchTemplateVolumesEncrypted(t *testing.T) {
	only := func(set func(*snapshot.Account)) func(*snapshot.Account) {
		return with(set, func(a *snapshot.Account) { a.Scaling.Configurations, a.EC2.SpotFleets = nil, nil })
	}
	var cases []checktest.Case
	for _, c := range volumes() {
		c.Set = only(c.Set)
		cases = append(cases, c)
	}
	plain := snapshot.TemplateVersion{Number: 2, LaunchSpec: snapshot.LaunchSpec{Image: "ami-plain"}}
	checktest.Run(t, &LaunchTemplateVolumesEncrypted, append(cases,
		checktest.Case{Name: "a bad latest version", Want: checks.FAIL, Reason: "version 2 (latest)", Set: only(with(from("ami-encrypted"), func(a *snapshot.Account) {
			lt := &a.EC2.LaunchTemplates[0]
			versions, _ := lt.Versions.Get()
			lt.Latest, lt.Versions = 2, snapshot.Value(append(versions, plain))
		}))},
		checktest.Case{Name: "versions are not read", Want: checks.UNKNOWN, Reason: "denied", Set: only(with(from("ami-encrypted"), func(a *snapshot.Account) {
			a.EC2.LaunchTemplates[0].Versions = snapshot.Missing[[]snapshot.TemplateVersion](checktest.Unread("ec2:DescribeLaunchTemplateVersions", snapshot.Denied))
		}))},
	))
}

func TestLaunchConfigurationVolumesEncrypted(t *testing.T) {
	checktest.Run(t, &LaunchConfigurationVolumesEncrypted, volumes())
}

func TestSpotFleetVolumesEncrypted(t *testing.T) {
	cases := volumes()
	for _, state := range []string{"cancelled", "cancelled_running", "cancelled_terminating", "failed"} {
		cases = append(cases, checktest.Case{Name: state + " requests stay visible for two days", Want: checks.NotApplicable, Reason: state,
			Set: with(from("ami-plain"), func(a *snapshot.Account) { a.EC2.SpotFleets[0].State = state })})
	}
	checktest.Run(t, &SpotFleetVolumesEncrypted, append(cases,
		checktest.Case{Name: "by launch templates", Want: checks.NotApplicable, Reason: "judged themselves",
			Set: with(from(""), func(a *snapshot.Account) { a.EC2.SpotFleets[0].Specs, a.EC2.SpotFleets[0].Templates = nil, true })},
		checktest.Case{Name: "by nothing", Want: checks.UNKNOWN, Set: with(from(""), func(a *snapshot.Account) { a.EC2.SpotFleets[0].Specs = nil })},
		checktest.Case{Name: "the second specification", Want: checks.FAIL, Reason: "specification 2", Set: with(from("ami-encrypted"), func(a *snapshot.Account) {
			a.EC2.SpotFleets[0].Specs = append(a.EC2.SpotFleets[0].Specs, snapshot.LaunchSpec{Image: "ami-plain"})
		})},
	))
}
