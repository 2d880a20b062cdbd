package hygiene

import (
	"testing"
	"time"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

func days(n int) time.Time { return checktest.AsOf.Add(-time.Duration(n) * day) }

func unreadIn(op, region string) func(*snapshot.Account) {
	return func(a *snapshot.Account) { checktest.Fail(a, op, region, snapshot.Denied) }
}

func all(changes ...func(*snapshot.Account)) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		for _, c := range changes {
			c(a)
		}
	}
}

func boxes(states ...string) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		for i, s := range states {
			id := "i-" + string(rune('a'+i))
			a.EC2.Instances = append(a.EC2.Instances, snapshot.Instance{Meta: checktest.Meta(id, "arn:aws:ec2:eu-west-1:111122223333:instance/"+id), ID: id, State: s, Type: "m5.large"})
		}
	}
}

func TestInstanceTypeApproved(t *testing.T) {
	approved := func(p ...string) map[string]any { return map[string]any{"approved_types": p} }
	forbidden := func(p ...string) map[string]any { return map[string]any{"forbidden_types": p} }
	untyped := all(boxes("running"), func(a *snapshot.Account) { a.EC2.Instances[0].Type = "" })
	checktest.Run(t, &InstanceTypeApproved, []checktest.Case{
		{Name: "nothing is asked for", Set: boxes("running"), Want: checks.NotApplicable},
		{Name: "approved", Set: boxes("running"), Parameters: approved("t3.*", "m5.*"), Want: checks.PASS, Reason: "m5.large"},
		{Name: "not approved", Set: boxes("running"), Parameters: approved("t3.*"), Want: checks.FAIL, Reason: "does not name"},
		{Name: "a pattern is about the whole type", Set: boxes("running"), Parameters: approved("m5a.*", "m5"), Want: checks.FAIL},
		{Name: "forbidden", Set: boxes("running"), Parameters: forbidden("*.large"), Want: checks.FAIL, Reason: "forbidden_types names by *.large"},
		{Name: "not forbidden", Set: boxes("running"), Parameters: forbidden("p*.*"), Want: checks.PASS},
		{Name: "approved and forbidden", Set: boxes("running"), Parameters: map[string]any{"approved_types": []string{"m5.*"}, "forbidden_types": []string{"m5.large"}}, Want: checks.FAIL},
		{Name: "a type that the answer lacks", Set: untyped, Parameters: approved("m5.*"), Want: checks.UNKNOWN},
	})
	for _, bad := range [][]string{{"m5.["}, {""}} {
		if err := InstanceTypeApproved.Bounds("approved_types", bad); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}

func TestInstanceCountBounded(t *testing.T) {
	most := func(bounds map[string]int) map[string]any { return map[string]any{"max_instances": bounds} }
	// One Region alone, so that there is one finding.
	region := func(set func(*snapshot.Account)) func(*snapshot.Account) {
		return all(func(a *snapshot.Account) { a.EC2.Regions = []snapshot.RegionSettings{{Meta: checktest.Meta("r", "")}} }, set)
	}
	unread := unreadIn("ec2:DescribeInstances", checktest.At.Region)
	checktest.Run(t, &InstanceCountBounded, []checktest.Case{
		{Name: "no bound", Set: region(boxes("running")), Want: checks.NotApplicable, Reason: "no bound for eu-west-1"},
		{Name: "a bound of another Region", Set: region(boxes("running")), Parameters: most(map[string]int{"us-east-1": 0}), Want: checks.NotApplicable},
		{Name: "within the bound", Set: region(boxes("running", "stopped")), Parameters: most(map[string]int{"default": 2}), Want: checks.PASS, Reason: "2 live instances, 2 allowed"},
		{Name: "above the bound", Set: region(boxes("running", "stopped", "pending")), Parameters: most(map[string]int{"default": 2}), Want: checks.FAIL, Reason: "3 live instances"},
		{Name: "terminated ones do not count", Set: region(boxes("running", "terminated", "shutting-down")), Parameters: most(map[string]int{"default": 1}), Want: checks.PASS},
		{Name: "none is allowed", Set: region(boxes("running")), Parameters: most(map[string]int{"default": 0}), Want: checks.FAIL},
		{Name: "none is allowed, and there is none", Set: region(boxes()), Parameters: most(map[string]int{"default": 0}), Want: checks.PASS},
		{Name: "the Region's own bound wins", Set: region(boxes("running", "running")), Parameters: most(map[string]int{"default": 0, "eu-west-1": 5}), Want: checks.PASS},
		{Name: "not read to the end, and above already", Set: region(all(boxes("running", "running"), unread)), Parameters: most(map[string]int{"default": 1}), Want: checks.FAIL, Reason: "2 live instances at least"},
		{Name: "not read to the end, and below", Set: region(all(boxes("running"), unread)), Parameters: most(map[string]int{"default": 1}), Want: checks.UNKNOWN, Reason: "denied"},
	})
	if err := InstanceCountBounded.Bounds("max_instances", map[string]int{"default": -1}); err == nil {
		t.Error("less than none was taken")
	}
}

func TestVolumeAttached(t *testing.T) {
	of := func(state string, age int, change func(*snapshot.Volume)) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			v := snapshot.Volume{Meta: checktest.Meta("v", "arn:aws:ec2:eu-west-1:111122223333:volume/vol-1"), ID: "vol-1", State: state, Created: days(age)}
			if change != nil {
				change(&v)
			}
			a.EC2.Volumes = []snapshot.Volume{v}
		}
	}
	checktest.Run(t, &VolumeAttached, []checktest.Case{
		{Name: "in use, by a stopped instance too", Set: of("in-use", 400, func(v *snapshot.Volume) { v.Attachments = []string{"i-1"} }), Want: checks.PASS, Reason: "attached to i-1"},
		{Name: "attaching", Set: of("available", 400, func(v *snapshot.Volume) { v.Attachments = []string{"i-1"} }), Want: checks.PASS},
		{Name: "available, and old", Set: of("available", 8, nil), Want: checks.FAIL, Reason: "State is available"},
		{Name: "available, within the days of grace", Set: of("available", 7, nil), Want: checks.PASS, Reason: "within 7 days"},
		{Name: "of a Kubernetes claim", Set: of("available", 8, func(v *snapshot.Volume) { v.Tags = map[string]string{claimTag: "data-db-0"} }), Want: checks.FAIL, Reason: "claim data-db-0"},
		{Name: "creating", Set: of("creating", 0, nil), Want: checks.NotApplicable, Reason: "creating"},
		{Name: "deleting", Set: of("deleting", 400, nil), Want: checks.NotApplicable},
		{Name: "broken", Set: of("error", 400, nil), Want: checks.NotApplicable},
		{Name: "no age", Set: of("available", 0, func(v *snapshot.Volume) { v.Created = time.Time{} }), Want: checks.UNKNOWN, Reason: "lacks CreateTime"},
		{Name: "no state", Set: of("", 400, nil), Want: checks.UNKNOWN, Reason: "lacks State"},
	})
}

func TestVolumeDeletedOnTermination(t *testing.T) {
	of := func(volumes ...snapshot.InstanceVolume) func(*snapshot.Account) {
		return all(boxes("running"), func(a *snapshot.Account) {
			a.EC2.Instances[0].RootDevice, a.EC2.Instances[0].Volumes = "/dev/xvda", volumes
		})
	}
	root := func(on bool) snapshot.InstanceVolume {
		return snapshot.InstanceVolume{Device: "/dev/xvda", Volume: "vol-1", DeleteOnTermination: snapshot.Value(on)}
	}
	data := snapshot.InstanceVolume{Device: "/dev/sdb", Volume: "vol-2", DeleteOnTermination: snapshot.Value(false)}
	service := data
	service.Service = "ecs.amazonaws.com"
	only := map[string]any{"root_only": true}
	checktest.Run(t, &VolumeDeletedOnTermination, []checktest.Case{
		{Name: "deleted", Set: of(root(true)), Want: checks.PASS, Reason: "/dev/xvda (vol-1)"},
		{Name: "kept", Set: of(root(false)), Want: checks.FAIL, Reason: "false for /dev/xvda (vol-1)"},
		{Name: "attached after the launch", Set: of(root(true), data), Want: checks.FAIL, Reason: "/dev/sdb"},
		{Name: "the root alone is asked for", Set: of(root(true), data), Parameters: only, Want: checks.PASS},
		{Name: "the root alone, and it is kept", Set: of(root(false)), Parameters: only, Want: checks.FAIL},
		{Name: "of a service", Set: of(root(true), service), Want: checks.PASS},
		{Name: "no volume", Set: of(), Want: checks.NotApplicable, Reason: "no EBS volume"},
		{Name: "a service's alone", Set: of(service), Want: checks.NotApplicable},
		{Name: "an answer that lacks it", Set: of(snapshot.InstanceVolume{Device: "/dev/xvda"}), Want: checks.UNKNOWN},
		{Name: "an answer that lacks it, beside one that is kept", Set: of(snapshot.InstanceVolume{Device: "/dev/xvda"}, data), Want: checks.FAIL},
	})
}

func TestVolumeSnapshotAgeBounded(t *testing.T) {
	of := func(age int, change func(*snapshot.VolumeSnapshot)) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			s := snapshot.VolumeSnapshot{Meta: checktest.Meta("s", "arn:aws:ec2:eu-west-1::snapshot/snap-1"), ID: "snap-1", Volume: "vol-1", State: "completed", Started: days(age), Lock: snapshot.Value("")}
			if change != nil {
				change(&s)
			}
			a.EC2.VolumeSnapshots = []snapshot.VolumeSnapshot{s}
		}
	}
	locked := func(state string) func(*snapshot.VolumeSnapshot) {
		return func(s *snapshot.VolumeSnapshot) { s.Lock = snapshot.Value(state) }
	}
	tagged := func(key string) func(*snapshot.VolumeSnapshot) {
		return func(s *snapshot.VolumeSnapshot) { s.Tags = map[string]string{key: "x"} }
	}
	backs := func(a *snapshot.Account) {
		a.EC2.Images = []snapshot.Image{{Meta: checktest.Meta("", "arn/ami-1"), ID: "ami-1", Devices: []snapshot.ImageDevice{{Snapshot: "snap-1"}, {Snapshot: "snap-1"}}}}
	}
	unlocked := func(s *snapshot.VolumeSnapshot) {
		s.Lock = snapshot.Missing[string](checktest.Unread("ec2:DescribeLockedSnapshots", snapshot.Denied))
	}
	images := unreadIn("ec2:DescribeImages", checktest.At.Region)
	checktest.Run(t, &VolumeSnapshotAgeBounded, []checktest.Case{
		{Name: "young", Set: of(100, nil), Want: checks.PASS, Reason: "100 days ago; 365 allowed"},
		{Name: "old", Set: of(400, nil), Want: checks.FAIL, Reason: "400 days ago"},
		{Name: "a copy without a volume", Set: of(400, func(s *snapshot.VolumeSnapshot) { s.Volume = "vol-ffffffff" }), Want: checks.FAIL, Reason: "a copy without a volume"},
		{Name: "of AWS Backup", Set: of(400, tagged("aws:backup:source-resource")), Want: checks.NotApplicable, Reason: "AWS Backup"},
		{Name: "of Data Lifecycle Manager", Set: of(400, tagged("aws:dlm:lifecycle-policy-id")), Want: checks.NotApplicable, Reason: "policy x"},
		{Name: "locked", Set: of(400, locked("compliance")), Want: checks.NotApplicable, Reason: "LockState is compliance"},
		{Name: "a lock that has run out", Set: of(400, locked("expired")), Want: checks.FAIL},
		{Name: "behind an own image", Set: all(of(400, nil), backs), Want: checks.NotApplicable, Reason: "backs ami-1"},
		{Name: "young, and nothing else is read", Set: all(of(100, unlocked), images), Want: checks.PASS},
		{Name: "old, and locks are not read", Set: of(400, unlocked), Want: checks.UNKNOWN, Reason: "denied"},
		{Name: "old, and images are not read", Set: all(of(400, nil), images), Want: checks.UNKNOWN, Reason: "denied"},
		{Name: "locked, and images are not read", Set: all(of(400, locked("governance")), images), Want: checks.NotApplicable},
		{Name: "no time", Set: of(0, func(s *snapshot.VolumeSnapshot) { s.Started = time.Time{} }), Want: checks.UNKNOWN, Reason: "lacks StartTime"},
	})
}

func ownImage(change func(*snapshot.Image)) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		i := snapshot.Image{Meta: checktest.Meta("base", "arn:aws:ec2:eu-west-1::image/ami-1"), ID: "ami-1", State: "available", Title: "base-2026-01", Created: "2026-01-01T00:00:00.000Z"}
		if change != nil {
			change(&i)
		}
		a.EC2.Images = []snapshot.Image{i}
	}
}

func TestAMINameFollowsConvention(t *testing.T) {
	pattern := func(p string) map[string]any { return map[string]any{"name_pattern": p} }
	checktest.Run(t, &AMINameFollowsConvention, []checktest.Case{
		{Name: "no pattern", Set: ownImage(nil), Want: checks.NotApplicable, Reason: "name_pattern is empty"},
		{Name: "fits", Set: ownImage(nil), Parameters: pattern(`base-\d{4}-\d{2}`), Want: checks.PASS, Reason: "base-2026-01"},
		{Name: "fits in part", Set: ownImage(nil), Parameters: pattern(`base-\d{4}`), Want: checks.FAIL, Reason: "want base-"},
		{Name: "one of two", Set: ownImage(nil), Parameters: pattern(`web|base-.*`), Want: checks.PASS},
		{Name: "a name of AWS Backup", Set: ownImage(func(i *snapshot.Image) { i.Title = "AwsBackup_i-1" }), Parameters: pattern("x"), Want: checks.NotApplicable},
		{Name: "a name of Data Lifecycle Manager", Set: ownImage(func(i *snapshot.Image) { i.Tags = map[string]string{"aws:dlm:lifecycle-policy-id": "p"} }), Parameters: pattern("x"), Want: checks.NotApplicable},
		{Name: "deregistered", Set: ownImage(func(i *snapshot.Image) { i.State = "deregistered" }), Parameters: pattern("x"), Want: checks.NotApplicable},
		{Name: "no pattern at all", Set: ownImage(nil), Parameters: pattern("("), Want: checks.UNKNOWN, Reason: "no regular expression"},
	})
	if err := AMINameFollowsConvention.Bounds("name_pattern", "("); err == nil {
		t.Error("( was taken for a pattern")
	}
}

func TestAMIInUse(t *testing.T) {
	template := func(image string, latest int64) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			a.EC2.LaunchTemplates = []snapshot.LaunchTemplate{{Meta: checktest.Meta("web", "arn/lt-1"), ID: "lt-1", Default: 2, Latest: latest,
				Versions: snapshot.Value([]snapshot.TemplateVersion{{Number: 1, LaunchSpec: snapshot.LaunchSpec{Image: image}}, {Number: 2}})}}
		}
	}
	configuration := func(a *snapshot.Account) {
		a.Scaling.Configurations = []snapshot.LaunchConfiguration{{Meta: checktest.Meta("old", "arn/lc"), Spec: snapshot.LaunchSpec{Image: "ami-1"}}}
	}
	fleet := func(state string) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			a.EC2.SpotFleets = []snapshot.SpotFleet{{Meta: checktest.Meta("", "arn/sfr"), ID: "sfr-1", State: state, Specs: []snapshot.LaunchSpec{{Image: "ami-1"}}}}
		}
	}
	box := func(state string) func(*snapshot.Account) {
		return all(boxes(state), func(a *snapshot.Account) { a.EC2.Instances[0].Image = "ami-1" })
	}
	versionsUnread := func(a *snapshot.Account) {
		a.EC2.LaunchTemplates[0].Versions = snapshot.Missing[[]snapshot.TemplateVersion](checktest.Unread("ec2:DescribeLaunchTemplateVersions", snapshot.Denied))
	}
	cases := []checktest.Case{
		{Name: "unused, and never launched", Set: ownImage(nil), Want: checks.FAIL, Reason: "never launched since 2017"},
		{Name: "launched lately, in another account perhaps", Set: ownImage(func(i *snapshot.Image) { i.LastLaunched = "2026-10-01T00:00:00Z" }), Want: checks.PASS, Reason: "LastLaunchedTime is 2026-10-01"},
		{Name: "launched long ago", Set: ownImage(func(i *snapshot.Image) { i.LastLaunched = "2026-02-01T00:00:00Z" }), Want: checks.FAIL, Reason: "last launched 2026-02-01"},
		{Name: "made lately", Set: ownImage(func(i *snapshot.Image) { i.Created = "2026-10-30T00:00:00.000Z" }), Want: checks.PASS, Reason: "CreationDate"},
		{Name: "by a stopped instance", Set: all(ownImage(nil), box("stopped")), Want: checks.PASS, Reason: "instance i-a"},
		{Name: "by a terminated instance", Set: all(ownImage(nil), box("terminated")), Want: checks.FAIL},
		{Name: "by an instance of another Region", Set: all(ownImage(nil), box("running"), func(a *snapshot.Account) { a.EC2.Instances[0].Region = checktest.Elsewhere }), Want: checks.FAIL},
		{Name: "by a template's latest version", Set: all(ownImage(nil), template("ami-1", 1)), Want: checks.PASS, Reason: "launch template web version 1"},
		{Name: "by an old version alone", Set: all(ownImage(nil), template("ami-1", 2)), Want: checks.FAIL},
		{Name: "by a launch configuration", Set: all(ownImage(nil), configuration), Want: checks.PASS, Reason: "launch configuration old"},
		{Name: "by a Spot Fleet request", Set: all(ownImage(nil), fleet("active")), Want: checks.PASS, Reason: "sfr-1"},
		{Name: "by one that was cancelled", Set: all(ownImage(nil), fleet("cancelled_running")), Want: checks.FAIL},
		{Name: "by a parameter perhaps", Set: all(ownImage(nil), template("resolve:ssm:/ami", 1)), Want: checks.UNKNOWN, Reason: "launch template web version 1 may name it by a parameter"},
		{Name: "versions are not read", Set: all(ownImage(nil), template("x", 1), versionsUnread), Want: checks.UNKNOWN, Reason: "denied"},
		{Name: "in use, and versions are not read", Set: all(ownImage(nil), box("running"), template("x", 1), versionsUnread), Want: checks.PASS},
		{Name: "of AWS Backup", Set: ownImage(func(i *snapshot.Image) { i.Title = "AwsBackup_i-1" }), Want: checks.NotApplicable},
		{Name: "of Data Lifecycle Manager", Set: ownImage(func(i *snapshot.Image) { i.Tags = map[string]string{"aws:dlm:lifecycle-policy-id": "p"} }), Want: checks.NotApplicable},
		{Name: "not available", Set: ownImage(func(i *snapshot.Image) { i.State = "disabled" }), Want: checks.NotApplicable},
		{Name: "a time that is none", Set: ownImage(func(i *snapshot.Image) { i.LastLaunched = "once" }), Want: checks.UNKNOWN, Reason: "no time"},
	}
	for _, op := range []string{"ec2:DescribeInstances", "ec2:DescribeLaunchTemplates", "ec2:DescribeSpotFleetRequests", "autoscaling:DescribeLaunchConfigurations"} {
		cases = append(cases, checktest.Case{Name: op + " is not read", Set: all(ownImage(nil), unreadIn(op, checktest.At.Region)), Want: checks.UNKNOWN, Reason: "denied"})
	}
	checktest.Run(t, &AMIInUse, cases)
}

func TestEC2RoleHasInstances(t *testing.T) {
	const profile = "arn:aws:iam::111122223333:instance-profile/app/web-profile"
	trust := func(services string) snapshot.Read[string] {
		return snapshot.Value(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":` + services + `},"Action":"sts:AssumeRole"}]}`)
	}
	role := func(trust snapshot.Read[string], profiles ...string) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			m := checktest.Meta("web", "arn:aws:iam::111122223333:role/web")
			m.Region = snapshot.Global
			a.IAM.Roles = []snapshot.Role{{Meta: m, Path: "/", Trust: trust, Profiles: profiles}}
		}
	}
	ec2 := role(trust(`"ec2.amazonaws.com"`), "arn:aws:iam::111122223333:instance-profile/other", profile)
	held := func(state, region string) func(*snapshot.Account) {
		return all(boxes(state), func(a *snapshot.Account) { a.EC2.Instances[0].Profile, a.EC2.Instances[0].Region = profile, region })
	}
	template := func(name string) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			a.EC2.LaunchTemplates = []snapshot.LaunchTemplate{{Meta: checktest.Meta("lt", "arn/lt-1"), ID: "lt-1", Default: 2, Latest: 2,
				Versions: snapshot.Value([]snapshot.TemplateVersion{{Number: 1, LaunchSpec: snapshot.LaunchSpec{Profile: "other"}}, {Number: 2, LaunchSpec: snapshot.LaunchSpec{Profile: name}}})}}
		}
	}
	more := func(a *snapshot.Account) {
		regions, _ := a.Regions.Get()
		a.Regions = snapshot.Value(append(regions, snapshot.Region{Name: "us-east-1", Status: "ENABLED_BY_DEFAULT"}, snapshot.Region{Name: "af-south-1", Status: "DISABLED"}))
	}
	cases := []checktest.Case{
		{Name: "held by an instance of another Region", Set: all(ec2, held("stopped", checktest.Elsewhere)), Want: checks.PASS, Reason: "instance i-a in eu-central-1"},
		{Name: "held by a terminated instance", Set: all(ec2, held("terminated", checktest.At.Region)), Want: checks.FAIL},
		{Name: "held by nothing", Set: ec2, Want: checks.FAIL, Reason: "no live instance"},
		{Name: "named by a template, by name", Set: all(ec2, template("web-profile")), Want: checks.PASS, Reason: "launch template lt version 2 in eu-west-1"},
		{Name: "named by a template, by ARN", Set: all(ec2, template(profile)), Want: checks.PASS},
		{Name: "named by an old version of a template", Set: all(role(trust(`"ec2.amazonaws.com"`), "arn:aws:iam::111122223333:instance-profile/other"), template("x")), Want: checks.FAIL},
		{Name: "named by a launch configuration", Set: all(ec2, func(a *snapshot.Account) {
			a.Scaling.Configurations = []snapshot.LaunchConfiguration{{Meta: checktest.Meta("old", "arn/lc"), Spec: snapshot.LaunchSpec{Profile: "web-profile"}}}
		}), Want: checks.PASS, Reason: "launch configuration old"},
		{Name: "a role in no profile", Set: role(trust(`"ec2.amazonaws.com"`)), Want: checks.FAIL, Reason: "no instance profile holds the role"},
		{Name: "EC2 among other services", Set: role(trust(`["ssm.amazonaws.com","ec2.amazonaws.com"]`), profile), Want: checks.FAIL},
		{Name: "EC2 in China", Set: role(trust(`"ec2.amazonaws.com.cn"`), profile), Want: checks.FAIL},
		{Name: "another service", Set: role(trust(`"lambda.amazonaws.com"`)), Want: checks.NotApplicable, Reason: "does not name EC2"},
		{Name: "a trust policy that is not read", Set: role(snapshot.Missing[string](checktest.Unread("iam:GetAccountAuthorizationDetails", snapshot.Denied))), Want: checks.UNKNOWN, Reason: "denied"},
		{Name: "a Region that was not scanned", Set: all(ec2, more), Want: checks.UNKNOWN, Reason: "not scanned: us-east-1"},
		{Name: "a Region that was not scanned, and an instance elsewhere", Set: all(ec2, more, held("running", checktest.At.Region)), Want: checks.PASS},
		{Name: "nobody knows which Regions there are", Set: all(ec2, func(a *snapshot.Account) {
			a.Regions = snapshot.Missing[[]snapshot.Region](checktest.Unread("account:ListRegions", snapshot.Denied))
		}), Want: checks.UNKNOWN, Reason: "denied"},
		{Name: "versions are not read", Set: all(ec2, template("x"), func(a *snapshot.Account) {
			a.EC2.LaunchTemplates[0].Versions = snapshot.Missing[[]snapshot.TemplateVersion](checktest.Unread("ec2:DescribeLaunchTemplateVersions", snapshot.Denied))
		}), Want: checks.UNKNOWN, Reason: "denied"},
	}
	for _, op := range []string{"ec2:DescribeInstances", "ec2:DescribeLaunchTemplates", "autoscaling:DescribeLaunchConfigurations"} {
		cases = append(cases, checktest.Case{Name: op + " is not read in one Region", Set: all(ec2, unreadIn(op, checktest.Elsewhere)), Want: checks.UNKNOWN, Reason: "denied"})
	}
	checktest.Run(t, &EC2RoleHasInstances, cases)
}
