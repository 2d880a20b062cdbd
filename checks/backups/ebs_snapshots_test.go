package backups

import (
	"testing"
	"time"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

const aDay = 24 * time.Hour

// volumeAged is an account with one volume, made so long ago.
func volumeAged(age time.Duration, state string, attachments ...string) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		v := snapshot.Volume{Meta: checktest.Meta("data", "arn:aws:ec2:eu-west-1:111122223333:volume/vol-1"), ID: "vol-1", State: state, Attachments: attachments}
		if age > 0 {
			v.Created = checktest.AsOf.Add(-age)
		}
		a.EC2.Volumes = []snapshot.Volume{v}
	}
}

// with adds a snapshot of a volume.
func with(set func(*snapshot.Account), volume, state, tier string, age time.Duration) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		set(a)
		s := snapshot.VolumeSnapshot{Meta: checktest.Meta("s", "arn:aws:ec2:eu-west-1::snapshot/snap"), ID: "snap-" + age.String(), Volume: volume, State: state, Tier: tier}
		if age > 0 {
			s.Started = checktest.AsOf.Add(-age)
		}
		a.EC2.VolumeSnapshots = append(a.EC2.VolumeSnapshots, s)
	}
}

func snapshotsFail(set func(*snapshot.Account)) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		set(a)
		checktest.Fail(a, "ec2:DescribeSnapshots", checktest.At.Region, snapshot.Denied)
	}
}

func TestVolumeSnapshotExists(t *testing.T) {
	old := volumeAged(100*aDay, "in-use", "i-1")
	elsewhere := func(a *snapshot.Account) {
		with(old, "vol-1", "completed", "standard", aDay)(a)
		a.EC2.VolumeSnapshots[0].Region = checktest.Elsewhere
	}
	checktest.Run(t, &VolumeSnapshotExists, []checktest.Case{
		{Name: "one", Set: with(old, "vol-1", "completed", "standard", 90*aDay), Want: checks.PASS, Reason: "1 completed snapshots, the newest snap-2160h0m0s"},
		{Name: "none", Set: old, Want: checks.FAIL, Reason: "no own snapshot"},
		{Name: "another volume's, or the volume's origin", Set: with(old, "vol-2", "completed", "standard", aDay), Want: checks.FAIL, Reason: "no own snapshot"},
		{Name: "another Region's", Set: elsewhere, Want: checks.FAIL, Reason: "no own snapshot"},
		{Name: "pending and failed ones do not count", Set: with(with(old, "vol-1", "pending", "standard", aDay), "vol-1", "error", "standard", aDay), Want: checks.FAIL, Reason: "no own snapshot"},
		{Name: "within the grace", Set: volumeAged(aDay, "in-use", "i-1"), Want: checks.NotApplicable, Reason: "within the 2 days of grace"},
		{Name: "no grace is given", Set: volumeAged(aDay, "in-use", "i-1"), Parameters: map[string]any{"grace_days": 0}, Want: checks.FAIL, Reason: "no own snapshot"},
		{Name: "creating", Set: volumeAged(100*aDay, "creating"), Want: checks.NotApplicable, Reason: "creating"},
		{Name: "deleting", Set: volumeAged(100*aDay, "deleting"), Want: checks.NotApplicable, Reason: "deleting"},
		{Name: "none, and no time of creation", Set: volumeAged(0, "in-use"), Want: checks.UNKNOWN, Reason: "CreateTime"},
		{Name: "snapshots unread", Set: snapshotsFail(old), Want: checks.UNKNOWN, Reason: "ec2:DescribeSnapshots"},
		{Name: "one that was read is enough", Set: snapshotsFail(with(old, "vol-1", "completed", "standard", aDay)), Want: checks.PASS, Reason: "1 completed"},
	})
	for n, ok := range map[int]bool{-1: false, 0: true, 3: true} {
		if err := VolumeSnapshotExists.Bounds("grace_days", n); (err == nil) != ok {
			t.Errorf("grace_days %d: %v", n, err)
		}
	}
}

func TestVolumeSnapshotRecent(t *testing.T) {
	old, detached := volumeAged(100*aDay, "in-use", "i-1"), volumeAged(100*aDay, "available")
	month := map[string]any{"max_age_days": 30}
	checktest.Run(t, &VolumeSnapshotRecent, []checktest.Case{
		{Name: "yesterday's", Set: with(old, "vol-1", "completed", "standard", aDay), Want: checks.PASS, Reason: "is of 2026-10-31T12:00:00Z, 7 days allowed"},
		{Name: "the newest counts, in whatever order", Set: with(with(old, "vol-1", "completed", "standard", aDay), "vol-1", "completed", "standard", 40*aDay), Want: checks.PASS, Reason: "snap-24h0m0s"},
		{Name: "exactly the allowed age", Set: with(old, "vol-1", "completed", "standard", 7*aDay), Want: checks.PASS, Reason: "7 days allowed"},
		{Name: "a minute older", Set: with(old, "vol-1", "completed", "standard", 7*aDay+time.Minute), Want: checks.FAIL, Reason: "is of 2026-10-25"},
		{Name: "the policy allows more", Set: with(old, "vol-1", "completed", "standard", 20*aDay), Parameters: month, Want: checks.PASS, Reason: "30 days allowed"},
		{Name: "a younger one is still pending", Set: with(with(old, "vol-1", "completed", "standard", 8*aDay), "vol-1", "pending", "standard", aDay), Want: checks.FAIL, Reason: "snap-192h0m0s"},
		{Name: "detached and unchanged", Set: with(detached, "vol-1", "completed", "standard", 8*aDay), Want: checks.FAIL, Reason: "the volume is detached"},
		{Name: "archived", Set: with(old, "vol-1", "completed", "archive", aDay), Want: checks.PASS, Reason: "days to restore"},
		{Name: "none", Set: old, Want: checks.FAIL, Reason: "no own snapshot"},
		{Name: "within the grace", Set: volumeAged(aDay, "in-use"), Want: checks.NotApplicable, Reason: "grace"},
		{Name: "in error", Set: volumeAged(100*aDay, "error"), Want: checks.NotApplicable, Reason: "error"},
		{Name: "without a time", Set: with(old, "vol-1", "completed", "standard", 0), Want: checks.UNKNOWN, Reason: "no StartTime"},
		{Name: "an old one, and the list broke off", Set: snapshotsFail(with(old, "vol-1", "completed", "standard", 40*aDay)), Want: checks.UNKNOWN, Reason: "ec2:DescribeSnapshots"},
		{Name: "a recent one, and the list broke off", Set: snapshotsFail(with(old, "vol-1", "completed", "standard", aDay)), Want: checks.PASS, Reason: "7 days allowed"},
		{Name: "snapshots unread", Set: snapshotsFail(old), Want: checks.UNKNOWN, Reason: "denied"},
		{Name: "none, and no time of creation", Set: volumeAged(0, "in-use"), Want: checks.UNKNOWN, Reason: "CreateTime"},
	})
	if err := VolumeSnapshotRecent.Bounds("max_age_days", 0); err == nil {
		t.Error("0 days are taken for an age")
	}
}
