package platform

import (
	"testing"
	"time"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

const image = "ami-0123456789abcdef0"

func runs(facts snapshot.Read[snapshot.ImageMetadata]) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		a.EC2.Instances = []snapshot.Instance{{Meta: checktest.Meta("i", "arn:aws:ec2:eu-west-1:111122223333:instance/i-1"), ID: "i-1", State: "running", Image: image, ImageFacts: facts}}
		a.EC2.NamedImages = []snapshot.NamedImages{{Meta: checktest.Meta("", ""), Images: snapshot.Value[[]snapshot.Image](nil)}}
		a.Org.Accounts = snapshot.Value([]string{"111122223333", "444455556666"})
	}
}

func from(change func(*snapshot.ImageMetadata)) func(*snapshot.Account) {
	facts := snapshot.ImageMetadata{ID: image, Name: "al2023", Owner: "137112412989", Alias: "amazon", State: "available"}
	change(&facts)
	return runs(snapshot.Value(facts))
}

func deprecated(at string) func(*snapshot.Account) {
	return from(func(m *snapshot.ImageMetadata) { m.Deprecation = at })
}

func factsUnread(cause snapshot.Cause) snapshot.Read[snapshot.ImageMetadata] {
	return snapshot.Missing[snapshot.ImageMetadata](checktest.Unread("ec2:DescribeInstanceImageMetadata", cause))
}

// older is an endpoint that does not know the list of instances' images.
func older(images ...snapshot.Image) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		runs(factsUnread(snapshot.Unsupported))(a)
		a.EC2.NamedImages[0].Images = snapshot.Value(images)
	}
}

func TestInstanceAMINotDeprecated(t *testing.T) {
	grace := func(days int) map[string]any { return map[string]any{"grace_days": days} }
	owners := func(s string) map[string]any { return map[string]any{"owners": s} }
	checktest.Run(t, &InstanceAMINotDeprecated, []checktest.Case{
		{Name: "no time of deprecation", Set: deprecated(""), Want: checks.PASS, Reason: "available and has no DeprecationTime"},
		{Name: "a time to come", Set: deprecated("2028-01-01T00:00:00.000Z"), Want: checks.PASS, Reason: "until 2028-01-01"},
		{Name: "a time that is past", Set: deprecated("2026-10-01T00:00:00.000Z"), Want: checks.FAIL, Reason: "deprecated since 2026-10-01T00:00:00Z", Observed: map[string]string{"OwnerId": "137112412989"}},
		{Name: "within the days of grace", Set: deprecated("2026-10-20T00:00:00Z"), Parameters: grace(30), Want: checks.PASS, Reason: "30 days of grace"},
		{Name: "after the days of grace", Set: deprecated("2026-10-01T00:00:00Z"), Parameters: grace(30), Want: checks.FAIL},
		{Name: "every owner's, not Amazon's alone", Set: from(func(m *snapshot.ImageMetadata) {
			m.Alias, m.Owner, m.Deprecation = "", "555566667777", "2026-01-01T00:00:00Z"
		}), Want: checks.FAIL, Reason: "account 555566667777"},
		{Name: "Amazon's alone are asked for", Set: from(func(m *snapshot.ImageMetadata) { m.Alias, m.Deprecation = "", "2026-01-01T00:00:00Z" }), Parameters: owners("amazon"), Want: checks.NotApplicable},
		{Name: "own ones alone are asked for", Set: deprecated("2026-01-01T00:00:00Z"), Parameters: owners("self"), Want: checks.NotApplicable, Reason: "belongs to amazon"},
		{Name: "deregistered", Set: from(func(m *snapshot.ImageMetadata) { m.State = "deregistered" }), Want: checks.FAIL, Reason: "cannot be built from it again"},
		{Name: "disabled", Set: from(func(m *snapshot.ImageMetadata) { m.State = "disabled" }), Want: checks.FAIL, Reason: "is disabled, want available"},
		{Name: "a state that the answer lacks", Set: from(func(m *snapshot.ImageMetadata) { m.State = "" }), Want: checks.UNKNOWN, Reason: "lacks the State"},
		{Name: "a time that is none", Set: deprecated("soon"), Want: checks.UNKNOWN, Reason: "no time"},
		{Name: "an older endpoint, and the image is found", Set: older(snapshot.Image{ID: image, State: "available", Owner: "137112412989", Alias: "amazon", Deprecation: "2026-01-01T00:00:00.000Z"}), Want: checks.FAIL, Reason: "deprecated since"},
		{Name: "an older endpoint, and an own image", Set: func(a *snapshot.Account) {
			older()(a)
			a.EC2.Images = []snapshot.Image{{Meta: checktest.Meta("", "arn/own"), ID: image, State: "available", Public: snapshot.Value(false)}}
		}, Want: checks.PASS},
		{Name: "an older endpoint, and the image is gone", Set: older(), Want: checks.FAIL, Reason: "deregistered, or is not shared"},
		{Name: "an older endpoint, and images are not read", Set: func(a *snapshot.Account) {
			older()(a)
			a.EC2.NamedImages[0].Images = snapshot.Missing[[]snapshot.Image](checktest.Unread("ec2:DescribeImages", snapshot.Denied))
		}, Want: checks.UNKNOWN, Reason: "denied"},
		{Name: "denied is not gone", Set: runs(factsUnread(snapshot.Denied)), Want: checks.UNKNOWN, Reason: "denied"},
		{Name: "an instance that the list lacks", Set: runs(snapshot.Missing[snapshot.ImageMetadata](snapshot.ErrAbsent)), Want: checks.UNKNOWN, Reason: "does not hold the instance"},
	})
	for _, bad := range []any{"everybody", -1} {
		name := map[bool]string{true: "owners", false: "grace_days"}[bad == any("everybody")]
		if err := InstanceAMINotDeprecated.Bounds(name, bad); err == nil {
			t.Errorf("%s %v was taken", name, bad)
		}
	}
	if err := InstanceAMINotDeprecated.Bounds("owners", "self"); err != nil {
		t.Error(err)
	}
}

func TestInstanceAMIFromTrustedOwner(t *testing.T) {
	owned := func(owner string, public bool) func(*snapshot.Account) {
		return from(func(m *snapshot.ImageMetadata) { m.Alias, m.Owner, m.Public = "", owner, &public })
	}
	orgUnread := func(set func(*snapshot.Account)) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			set(a)
			a.Org.Accounts = snapshot.Missing[[]string](checktest.Unread("organizations:ListAccounts", snapshot.Denied))
		}
	}
	checktest.Run(t, &InstanceAMIFromTrustedOwner, []checktest.Case{
		{Name: "Amazon's", Set: from(func(*snapshot.ImageMetadata) {}), Want: checks.PASS, Reason: "is amazon"},
		{Name: "of the marketplace, which is not trusted", Set: from(func(m *snapshot.ImageMetadata) { m.Alias, m.Owner = "aws-marketplace", "679593333241" }), Parameters: map[string]any{"trust_aliases": []string{"amazon"}}, Want: checks.FAIL, Reason: "aws-marketplace"},
		{Name: "own", Set: owned("111122223333", false), Want: checks.PASS, Reason: "own"},
		{Name: "of the organization", Set: owned("444455556666", false), Want: checks.PASS, Reason: "of the organization"},
		{Name: "of a trusted account", Set: owned("555566667777", true), Parameters: map[string]any{"trusted_accounts": []string{"555566667777"}}, Want: checks.PASS, Reason: "trusted_accounts"},
		{Name: "of a stranger who published it", Set: owned("555566667777", true), Want: checks.FAIL, Reason: "anybody can publish one"},
		{Name: "of a stranger who shared it", Set: owned("555566667777", false), Want: checks.FAIL, Reason: "account 555566667777, which nothing trusts"},
		{Name: "of Canonical, which uses a plain account", Set: owned("099720109477", true), Want: checks.FAIL, Reason: "known as that of Canonical"},
		{Name: "of Canonical, and known publishers are trusted", Set: owned("099720109477", true), Parameters: map[string]any{"trust_known_publishers": true}, Want: checks.PASS, Reason: "Canonical"},
		{Name: "of an account of which nobody knows whether it is in the organization", Set: orgUnread(owned("444455556666", false)), Want: checks.UNKNOWN, Reason: "was not read"},
		{Name: "own, and the organization is not read", Set: orgUnread(owned("111122223333", false)), Want: checks.PASS},
		{Name: "an owner that the answer lacks", Set: owned("", true), Want: checks.UNKNOWN, Reason: "does not tell whose"},
		{Name: "an older endpoint, and the image is found", Set: older(snapshot.Image{ID: image, State: "available", Owner: "137112412989", Alias: "amazon", Public: snapshot.Value(true)}), Want: checks.PASS},
		{Name: "an older endpoint, and the image is gone", Set: older(), Want: checks.UNKNOWN, Reason: "whose it was"},
		{Name: "denied", Set: runs(factsUnread(snapshot.Denied)), Want: checks.UNKNOWN, Reason: "denied"},
		{Name: "an instance that the list lacks", Set: runs(snapshot.Missing[snapshot.ImageMetadata](snapshot.ErrAbsent)), Want: checks.UNKNOWN},
	})
}

func TestAMIAgeBounded(t *testing.T) {
	own := func(change func(*snapshot.Image)) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			i := snapshot.Image{Meta: checktest.Meta("base", "arn:aws:ec2:eu-west-1::image/"+image), ID: image, State: "available", Title: "base", Created: "2026-09-01T00:00:00.000Z"}
			change(&i)
			a.EC2.Images = []snapshot.Image{i}
		}
	}
	checktest.Run(t, &AMIAgeBounded, []checktest.Case{
		{Name: "young", Set: own(func(*snapshot.Image) {}), Want: checks.PASS, Reason: "61 days ago; 90 allowed"},
		{Name: "old", Set: own(func(i *snapshot.Image) { i.Created = "2026-01-01T00:00:00.000Z" }), Want: checks.FAIL, Reason: "304 days ago"},
		{Name: "a shorter limit", Set: own(func(*snapshot.Image) {}), Parameters: map[string]any{"max_age_days": 30}, Want: checks.FAIL},
		{Name: "a recovery point, by its tag", Set: own(func(i *snapshot.Image) {
			i.Tags = map[string]string{"aws:backup:source-resource": "i-1"}
			i.Created = "2020-01-01T00:00:00.000Z"
		}), Want: checks.NotApplicable, Reason: "AWS Backup"},
		{Name: "a recovery point, by its name", Set: own(func(i *snapshot.Image) { i.Title, i.Created = "AwsBackup_i-1_x", "2020-01-01T00:00:00.000Z" }), Want: checks.NotApplicable},
		{Name: "not available", Set: own(func(i *snapshot.Image) { i.State = "disabled" }), Want: checks.NotApplicable, Reason: "disabled"},
		{Name: "a date that is none", Set: own(func(i *snapshot.Image) { i.Created = "" }), Want: checks.UNKNOWN, Reason: "no time"},
	})
	if err := AMIAgeBounded.Bounds("max_age_days", 0); err == nil {
		t.Error("no image is made within 0 days")
	}
}

func TestAllowedImagesEnforced(t *testing.T) {
	of := func(r snapshot.Read[snapshot.AllowedImages]) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			a.EC2.Regions = []snapshot.RegionSettings{{Meta: checktest.Meta("r", ""), AllowedImages: r}}
		}
	}
	state := func(s string, criteria int) func(*snapshot.Account) {
		return of(snapshot.Value(snapshot.AllowedImages{State: s, Criteria: criteria}))
	}
	checktest.Run(t, &AllowedImagesEnforced, []checktest.Case{
		{Name: "enabled", Set: state("enabled", 2), Want: checks.PASS, Reason: "criteria: 2"},
		{Name: "enabled without a criterion", Set: state("enabled", 0), Want: checks.FAIL, Reason: "hardly what was meant"},
		{Name: "audit mode blocks nothing", Set: state("audit-mode", 2), Want: checks.FAIL, Reason: "blocks nothing"},
		{Name: "disabled", Set: state("disabled", 0), Want: checks.FAIL, Reason: "is disabled"},
		{Name: "denied", Set: of(snapshot.Missing[snapshot.AllowedImages](checktest.Unread("ec2:GetAllowedImagesSettings", snapshot.Denied))), Want: checks.UNKNOWN, Reason: "denied"},
	})
}

func TestInstanceAgeBounded(t *testing.T) {
	ago := func(days int) time.Time { return checktest.AsOf.Add(-time.Duration(days) * day) }
	of := func(change func(*snapshot.Instance)) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			i := snapshot.Instance{Meta: checktest.Meta("i", "arn:aws:ec2:eu-west-1:111122223333:instance/i-1"), ID: "i-1", State: "running", RootDevice: "/dev/xvda", Launched: ago(1),
				Volumes: []snapshot.InstanceVolume{{Device: "/dev/sdb", Attached: ago(900)}, {Device: "/dev/xvda", Attached: ago(400)}}, Primary: ago(400)}
			change(&i)
			a.EC2.Instances = []snapshot.Instance{i}
		}
	}
	checktest.Run(t, &InstanceAgeBounded, []checktest.Case{
		{Name: "started yesterday, and built long ago", Set: of(func(*snapshot.Instance) {}), Want: checks.FAIL, Reason: "by AttachTime of its primary interface, 400 days ago; 180 allowed"},
		{Name: "a longer limit", Set: of(func(*snapshot.Instance) {}), Parameters: map[string]any{"max_age_days": 400}, Want: checks.PASS},
		{Name: "built lately", Set: of(func(i *snapshot.Instance) { i.Primary = ago(10) }), Want: checks.PASS, Reason: "10 days ago"},
		{Name: "the root volume tells", Set: of(func(i *snapshot.Instance) { i.Primary = time.Time{} }), Want: checks.FAIL, Reason: "by AttachTime of its root volume"},
		{Name: "LaunchTime is all there is", Set: of(func(i *snapshot.Instance) { i.Primary, i.Volumes = time.Time{}, nil }), Want: checks.PASS, Reason: "by LaunchTime, 1 days ago"},
		{Name: "no time at all", Set: of(func(i *snapshot.Instance) { i.Primary, i.Volumes, i.Launched = time.Time{}, nil, time.Time{} }), Want: checks.UNKNOWN, Reason: "no time"},
		{Name: "stopped", Set: of(func(i *snapshot.Instance) { i.State = "stopped" }), Want: checks.NotApplicable, Reason: "stopped"},
	})
}
