package backups

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

func TestDeletionRecoverable(t *testing.T) {
	snap := func(lock snapshot.Read[string]) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			a.EC2.VolumeSnapshots = append(a.EC2.VolumeSnapshots, snapshot.VolumeSnapshot{Meta: checktest.Meta("", "arn:aws:ec2:eu-west-1::snapshot/snap-1"), ID: "snap-1", State: "completed", Lock: lock})
		}
	}
	locked := func(state string) func(*snapshot.Account) { return snap(snapshot.Value(state)) }
	image := func(a *snapshot.Account) {
		a.EC2.Images = append(a.EC2.Images, snapshot.Image{Meta: checktest.Meta("", "arn:aws:ec2:eu-west-1::image/ami-1"), ID: "ami-1"})
	}
	rule := func(kind string, days int32, change func(*snapshot.RecycleBinRule, *snapshot.BinRuleDetail)) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			r := snapshot.RecycleBinRule{Meta: checktest.Meta("r1", "arn:rule"), ID: "r1", ResourceType: kind, RetentionDays: days, LockState: "locked"}
			d := snapshot.BinRuleDetail{Status: "available"}
			if change != nil {
				change(&r, &d)
			}
			r.Details = snapshot.Value(d)
			a.Backup.BinRules = append(a.Backup.BinRules, r)
		}
	}
	const ofSnapshots, ofImages = "EBS_SNAPSHOT", "EC2_IMAGE"
	here := set(region(), locked(""))
	mustLock := map[string]any{"require_locked_rule": true}
	checktest.Run(t, &DeletionRecoverable, []checktest.Case{
		{Name: "a rule for all snapshots", Set: set(here, rule(ofSnapshots, 7, nil)), Want: checks.PASS, Reason: "deleted snapshots come back by rule r1 for 7 days"},
		{Name: "no rule", Set: here, Want: checks.FAIL, Reason: "no rule of the Recycle Bin is for EBS_SNAPSHOT; snapshots that are not locked: 1 of 1"},
		{Name: "too few days", Set: set(here, rule(ofSnapshots, 6, nil)), Want: checks.FAIL, Reason: "keeps 6 days, want 7"},
		{Name: "one of two rules will do", Set: set(here, rule(ofSnapshots, 6, nil), rule(ofSnapshots, 8, nil)), Want: checks.PASS, Reason: "for 8 days"},
		{Name: "for tagged snapshots alone", Set: set(here, rule(ofSnapshots, 7, func(_ *snapshot.RecycleBinRule, d *snapshot.BinRuleDetail) {
			d.ResourceTags = []snapshot.TagCondition{{Key: "keep", Value: "yes"}}
		})), Want: checks.FAIL, Reason: "tagged resources alone"},
		{Name: "not available yet", Set: set(here, rule(ofSnapshots, 7, func(_ *snapshot.RecycleBinRule, d *snapshot.BinRuleDetail) { d.Status = "pending" })), Want: checks.FAIL, Reason: "is pending"},
		{Name: "a tag takes a snapshot out of the rule", Set: set(here, rule(ofSnapshots, 7, func(_ *snapshot.RecycleBinRule, d *snapshot.BinRuleDetail) {
			d.ExcludedTags = []snapshot.TagCondition{{Key: "keep", Value: "no"}}
		})), Want: checks.PASS, Reason: "the tag keep=no takes a resource out of it"},
		{Name: "an unlocked rule can be deleted first", Set: set(here, rule(ofSnapshots, 7, func(r *snapshot.RecycleBinRule, _ *snapshot.BinRuleDetail) { r.LockState = "unlocked" })), Want: checks.PASS, Reason: "can be deleted first"},
		{Name: "a rule that is being unlocked", Set: set(here, rule(ofSnapshots, 7, func(r *snapshot.RecycleBinRule, _ *snapshot.BinRuleDetail) { r.LockState = "pending_unlock" })), Want: checks.PASS, Reason: "it is being unlocked, and can then be deleted first"},
		{Name: "the policy asks for a locked rule", Set: set(here, rule(ofSnapshots, 7, func(r *snapshot.RecycleBinRule, _ *snapshot.BinRuleDetail) { r.LockState = "pending_unlock" })), Parameters: mustLock, Want: checks.FAIL, Reason: "is not locked"},
		{Name: "a locked rule", Set: set(here, rule(ofSnapshots, 7, nil)), Parameters: mustLock, Want: checks.PASS, Reason: "for 7 days"},
		{Name: "each type has a rule of its own", Set: set(here, image, rule(ofSnapshots, 7, nil)), Want: checks.FAIL, Reason: "no rule of the Recycle Bin is for EC2_IMAGE"},
		{Name: "both types", Set: set(here, image, rule(ofSnapshots, 7, nil), rule(ofImages, 9, nil)), Want: checks.PASS, Reason: "and images by rule r1 for 9 days"},
		{Name: "every snapshot is locked", Set: set(region(), image, locked("compliance"), locked("governance")), Want: checks.PASS, Reason: "every own snapshot is locked (2), 1 of them in governance mode"},
		{Name: "one is not locked", Set: set(region(), locked("compliance"), locked("")), Want: checks.FAIL, Reason: "snapshots that are not locked: 1 of 2"},
		{Name: "in the cooling-off time it is not locked yet", Set: set(region(), locked("compliance-cooloff")), Want: checks.FAIL, Reason: "that are not locked: 1 of 1"},
		{Name: "an expired lock", Set: set(region(), locked("expired")), Want: checks.FAIL, Reason: "that are not locked: 1 of 1"},
		{Name: "no own snapshot", Set: set(region(), image), Want: checks.NotApplicable, Reason: "no own snapshot"},
		{Name: "snapshots unread", Set: set(region(), denied("ec2:DescribeSnapshots")), Want: checks.UNKNOWN, Reason: "ec2:DescribeSnapshots"},
		{Name: "snapshots broke off, those read are locked", Set: set(region(), locked("compliance"), denied("ec2:DescribeSnapshots")), Want: checks.UNKNOWN, Reason: "ec2:DescribeSnapshots"},
		{Name: "locks unread", Set: set(region(), snap(snapshot.Missing[string](throttled))), Want: checks.UNKNOWN, Reason: "throttled"},
		{Name: "locks unread, but a rule", Set: set(region(), snap(snapshot.Missing[string](throttled)), rule(ofSnapshots, 7, nil)), Want: checks.PASS, Reason: "r1"},
		{Name: "rules unread", Set: set(here, denied("rbin:ListRules")), Want: checks.UNKNOWN, Reason: "rbin:ListRules"},
		{Name: "rules broke off, and one that was read will do", Set: set(here, rule(ofSnapshots, 7, nil), denied("rbin:ListRules")), Want: checks.PASS, Reason: "r1"},
		{Name: "rules unread, but all is locked", Set: set(region(), locked("compliance"), denied("rbin:ListRules")), Want: checks.PASS, Reason: "is locked"},
		{Name: "a rule's details unread", Set: set(here, rule(ofSnapshots, 7, nil), func(a *snapshot.Account) {
			a.Backup.BinRules[0].Details = snapshot.Missing[snapshot.BinRuleDetail](throttled)
		}), Want: checks.UNKNOWN, Reason: "throttled"},
		{Name: "images unread, no rule for them", Set: set(here, rule(ofSnapshots, 7, nil), denied("ec2:DescribeImages")), Want: checks.UNKNOWN, Reason: "ec2:DescribeImages"},
		{Name: "images unread, both rules there", Set: set(here, rule(ofSnapshots, 7, nil), rule(ofImages, 7, nil), denied("ec2:DescribeImages")), Want: checks.PASS, Reason: "r1"},
		{Name: "images unread, no rule for snapshots", Set: set(here, denied("ec2:DescribeImages")), Want: checks.FAIL, Reason: "is for EBS_SNAPSHOT"},
	})
}
