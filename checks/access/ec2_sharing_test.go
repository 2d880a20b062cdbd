package access

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

func TestImageNotPublic(t *testing.T) {
	image := func(state string, public snapshot.Read[bool]) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			a.EC2.Images = []snapshot.Image{{Meta: checktest.Meta("base", "arn:aws:ec2:eu-west-1::image/ami-1"), ID: "ami-1", State: state, Public: public}}
		}
	}
	yes, no := snapshot.Value(true), snapshot.Value(false)
	blocked := func(a *snapshot.Account) {
		regionIs(func(r *snapshot.RegionSettings) { r.ImageBlockPublicAccess = snapshot.Value("block-new-sharing") })(a)
		image("available", yes)(a)
	}
	checktest.Run(t, &ImageNotPublic, []checktest.Case{
		{Name: "private, or shared with named accounts", Set: image("available", no), Want: checks.PASS, Reason: "Public is false"},
		{Name: "public", Set: image("available", yes), Want: checks.FAIL, Reason: "Public is true"},
		{Name: "public since before the Region's block", Set: blocked, Want: checks.FAIL, Reason: "Public is true"},
		{Name: "disabled, and so private", Set: image("disabled", no), Want: checks.PASS, Reason: "Public is false"},
		{Name: "deregistered", Set: image("deregistered", yes), Want: checks.NotApplicable, Reason: "deregistered"},
		{Name: "failed", Set: image("failed", yes), Want: checks.NotApplicable, Reason: "failed"},
		{Name: "the answer lacks the field", Set: image("available", snapshot.Missing[bool](checktest.Unread("ec2:DescribeImages", snapshot.Malformed))), Want: checks.UNKNOWN, Reason: "malformed"},
		{Name: "images that were not listed", Want: checks.UNKNOWN, Reason: "denied",
			Set: func(a *snapshot.Account) {
				checktest.Fail(a, "ec2:DescribeImages", checktest.At.Region, snapshot.Denied)
			}},
	})
}

func TestImageBlockPublicAccess(t *testing.T) {
	state := func(r snapshot.Read[string]) func(*snapshot.Account) {
		return regionIs(func(s *snapshot.RegionSettings) { s.ImageBlockPublicAccess = r })
	}
	checktest.Run(t, &ImageBlockPublicAccess, []checktest.Case{
		{Name: "blocked, in a Region without images", Set: state(snapshot.Value("block-new-sharing")), Want: checks.PASS, Reason: "block-new-sharing"},
		{Name: "unblocked", Set: state(snapshot.Value("unblocked")), Want: checks.FAIL, Reason: "unblocked"},
		{Name: "a word that is the snapshots' alone", Set: state(snapshot.Value("block-all-sharing")), Want: checks.FAIL, Reason: "block-all-sharing"},
		{Name: "denied", Set: state(snapshot.Missing[string](checktest.Unread("ec2:GetImageBlockPublicAccessState", snapshot.Denied))), Want: checks.UNKNOWN, Reason: "denied"},
	})
}

func TestVolumeSnapshotNotPublic(t *testing.T) {
	yes, no := snapshot.Value(true), snapshot.Value(false)
	unlisted := snapshot.Missing[bool](checktest.Unread("ec2:DescribeSnapshots", snapshot.Throttled))
	block := func(state string) snapshot.Read[string] {
		return snapshot.Value(state, snapshot.Call{ID: "block", Operation: "ec2:GetSnapshotBlockPublicAccessState"})
	}
	denied := snapshot.Missing[string](checktest.Unread("ec2:GetSnapshotBlockPublicAccessState", snapshot.Denied))
	shared := func(public snapshot.Read[bool], state snapshot.Read[string]) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			regionIs(func(r *snapshot.RegionSettings) { r.SnapshotBlockPublicAccess = state })(a)
			a.EC2.VolumeSnapshots = []snapshot.VolumeSnapshot{{Meta: checktest.Meta("s", "arn:aws:ec2:eu-west-1::snapshot/snap-1"), ID: "snap-1", State: "completed", Public: public}}
		}
	}
	checktest.Run(t, &VolumeSnapshotNotPublic, []checktest.Case{
		{Name: "private", Set: shared(no, block("unblocked")), Want: checks.PASS, Reason: "not among those"},
		{Name: "public", Set: shared(yes, block("unblocked")), Want: checks.FAIL, Reason: "State is unblocked"},
		{Name: "public, and only new sharing is blocked", Set: shared(yes, block("block-new-sharing")), Want: checks.FAIL, Reason: "block-new-sharing"},
		{Name: "public, and void", Set: shared(yes, block("block-all-sharing")), Want: checks.PASS, Reason: "dormant", Observed: map[string]string{"Group all": "true", "State": "block-all-sharing"}},
		{Name: "public, and the block is unread", Set: shared(yes, denied), Want: checks.FAIL, Reason: "which was not read: ec2:GetSnapshotBlockPublicAccessState"},
		{Name: "private, and the block is unread", Set: shared(no, denied), Want: checks.PASS, Reason: "not among those"},
		{Name: "unlisted", Set: shared(unlisted, block("unblocked")), Want: checks.UNKNOWN, Reason: "throttled"},
		{Name: "unlisted, and void whatever it is", Set: shared(unlisted, block("block-all-sharing")), Want: checks.PASS, Reason: "was not read"},
		{Name: "nothing is read", Set: shared(unlisted, denied), Want: checks.UNKNOWN, Reason: "throttled"},
	})
	found := checktest.Findings(&VolumeSnapshotNotPublic, checktest.Account(&VolumeSnapshotNotPublic, shared(yes, block("unblocked"))), nil)
	if e := found[0].Evidence; len(e) != 2 || e[0] != "block" {
		t.Errorf("evidence %q, want the Region's state too", e)
	}
}

func TestSnapshotBlockPublicAccess(t *testing.T) {
	state := func(r snapshot.Read[string]) func(*snapshot.Account) {
		return regionIs(func(s *snapshot.RegionSettings) { s.SnapshotBlockPublicAccess = r })
	}
	accept := map[string]any{"accept_block_new_sharing": true}
	checktest.Run(t, &SnapshotBlockPublicAccess, []checktest.Case{
		{Name: "all, in a Region without snapshots", Set: state(snapshot.Value("block-all-sharing")), Want: checks.PASS, Reason: "block-all-sharing"},
		{Name: "new sharing alone leaves old shares", Set: state(snapshot.Value("block-new-sharing")), Want: checks.FAIL, Reason: "block-new-sharing"},
		{Name: "new sharing, which is accepted", Set: state(snapshot.Value("block-new-sharing")), Parameters: accept, Want: checks.PASS, Reason: "block-new-sharing"},
		{Name: "unblocked", Set: state(snapshot.Value("unblocked")), Parameters: accept, Want: checks.FAIL, Reason: "unblocked"},
		{Name: "denied", Set: state(snapshot.Missing[string](checktest.Unread("ec2:GetSnapshotBlockPublicAccessState", snapshot.Denied))), Want: checks.UNKNOWN, Reason: "denied"},
	})
}
