package backups

import (
	"errors"
	"fmt"
	"strings"

	"onus/checks"
	"onus/checks/protection"
	"onus/checks/wording"
	"onus/scanner/snapshot"
)

// DeletionRecoverable passes where what is deleted comes back: a rule of the Recycle Bin
// that holds for the whole Region keeps snapshots (and images, where there are own ones) for
// so many days. It passes as well where every own snapshot is locked.
// Source: Recycle Bin ListRules and GetRule; EC2 DescribeLockedSnapshots, LockState.
var DeletionRecoverable = checks.Check{
	ID:          "ebs-snapshot-deletion-recoverable",
	Title:       "Deleted snapshots and images can be brought back, or cannot be deleted at all",
	Severity:    checks.Medium,
	Category:    checks.BackupsOf,
	Duty:        checks.Backups,
	ServiceKind: checks.Infrastructure,
	Tier:        3,
	Reads:       []string{"rbin:ListRules", "rbin:GetRule", "ec2:DescribeSnapshots", "ec2:DescribeImages", "ec2:DescribeLockedSnapshots"},
	Parameters:  checks.Parameters{"min_days": 7, "require_locked_rule": false},
	Bounds: func(parameter string, value any) error {
		if n, ok := value.(int); ok && n > 365 {
			return errors.New("the Recycle Bin keeps for 365 days at most")
		}
		return checks.AtLeast(1)(parameter, value)
	},
	Remedy: "Make rules of the Recycle Bin for the whole Region, one for EBS_SNAPSHOT and one for EC2_IMAGE, and lock them.",
	Fix: checks.Fix{
		Threat: "One wrong command or one stolen key deletes every snapshot of the Region within minutes. Without the Recycle Bin or a lock nobody can bring them back, AWS neither.",
		CLI: `aws rbin create-rule --region {region} --resource-type EBS_SNAPSHOT --retention-period RetentionPeriodValue=7,RetentionPeriodUnit=DAYS --description "all snapshots"
aws rbin create-rule --region {region} --resource-type EC2_IMAGE --retention-period RetentionPeriodValue=7,RetentionPeriodUnit=DAYS --description "all images"
aws rbin lock-rule --region {region} --identifier RULE --lock-configuration 'UnlockDelay={UnlockDelayValue=7,UnlockDelayUnit=DAYS}'`,
		Terraform: `resource "aws_rbin_rule" "snapshots" {
  description   = "all snapshots"
  resource_type = "EBS_SNAPSHOT"
  retention_period {
    retention_period_value = 7
    retention_period_unit  = "DAYS"
  }
  lock_configuration {
    unlock_delay {
      unlock_delay_value = 7
      unlock_delay_unit  = "DAYS"
    }
  }
}`,
		Cost: "What lies in the bin is billed as before it was deleted. A locked rule cannot be changed or deleted until it was unlocked and the delay is over.",
	},
	Judges: checks.For(snapshot.BackupRegions, deletionRecoverable),
}

func deletionRecoverable(r snapshot.BackupRegion, env checks.Env) checks.Verdict {
	own, err := checks.In(env, snapshot.VolumeSnapshots, r.Location).Get()
	switch {
	case len(own) > 0:
	case err != nil:
		return checks.Unknown(err)
	default:
		return checks.DoesNotApply("there is no own snapshot in the Region")
	}
	by, why, open := binned(env, r.Location)
	if len(why) == 0 && open == nil {
		return checks.Pass("deleted %s", strings.Join(by, " and ")).With("rules", strings.Join(by, " and "))
	}
	free, governance, unread := unlocked(env, own)
	unread = errors.Join(unread, err)
	switch {
	case free == 0 && unread == nil && governance > 0:
		return checks.Pass("every own snapshot is locked (%d), %d of them in governance mode, which those with the right can lift", len(own), governance)
	case free == 0 && unread == nil:
		return checks.Pass("every own snapshot is locked (%d)", len(own))
	case len(why) == 0:
		return protection.Unknown(open)
	case free == 0:
		return protection.Unknown(unread)
	}
	return checks.Fail("nothing keeps all that is deleted for %s: %s; snapshots that are not locked: %d of %d", wording.Count(env.Int("min_days"), "day"), strings.Join(why, "; "), free, len(own)).With("not locked", fmt.Sprint(free))
}

// binned says by which rules deleted snapshots and images come back, and what is against
// it. An error leaves open whether they do.
func binned(env checks.Env, at snapshot.Location) (by, why []string, open error) {
	rule, fault, err := binRule(env, at, "EBS_SNAPSHOT")
	by, why, open = append(by, "snapshots come back "+rule), append(why, fault...), err
	images, unread := checks.In(env, snapshot.Images, at).Get()
	if len(images) == 0 && unread == nil {
		return by, why, open
	}
	rule, fault, err = binRule(env, at, "EC2_IMAGE")
	switch {
	case len(fault) == 0 && err == nil:
		by = append(by, "images "+rule)
	case len(images) == 0: // there may be none
		open = errors.Join(open, unread)
	default:
		why, open = append(why, fault...), errors.Join(open, err)
	}
	return by, why, open
}

// binRule finds a rule for all resources of a type. Without one it says why: fault is what
// is known to be so, err what was not read.
func binRule(env checks.Env, at snapshot.Location, resource string) (rule string, fault []string, err error) {
	rules, err := checks.In(env, snapshot.RecycleBinRules, at).Get()
	found := 0
	for _, r := range rules {
		if r.ResourceType != resource {
			continue
		}
		found++
		remark, against, unread := holds(env, r)
		switch {
		case unread != nil:
			err = errors.Join(err, unread)
		case against != "":
			fault = append(fault, fmt.Sprintf("rule %s for %s %s", r.ID, resource, against))
		default:
			return fmt.Sprintf("by rule %s for %s%s", r.ID, wording.Count(int(r.RetentionDays), "day"), remark), nil, nil
		}
	}
	switch {
	case err != nil: // some rule that was not read may hold
		return "", nil, err
	case found == 0:
		return "", []string{"no rule of the Recycle Bin is for " + resource}, nil
	}
	return "", fault, nil
}

// holds says what is against a rule, or, where nothing is, what is to be known of it.
func holds(env checks.Env, r snapshot.RecycleBinRule) (remark, against string, err error) {
	days := env.Int("min_days")
	switch {
	case int(r.RetentionDays) < days:
		return "", fmt.Sprintf("keeps %s, want %d", wording.Count(int(r.RetentionDays), "day"), days), nil
	case env.Bool("require_locked_rule") && r.LockState != "locked":
		return "", "is not locked", nil
	}
	d, err := checks.Use(env, r.Details)
	switch {
	case err != nil:
		return "", "", err
	case d.Status != "available":
		return "", "is " + d.Status, nil
	case len(d.ResourceTags) > 0:
		return "", "is for tagged resources alone", nil
	}
	switch r.LockState {
	case "locked":
	case "pending_unlock":
		remark = "; it is being unlocked, and can then be deleted first"
	default:
		remark = "; it is not locked and can be deleted first"
	}
	for _, t := range d.ExcludedTags {
		remark += fmt.Sprintf("; the tag %s=%s takes a resource out of it", t.Key, t.Value)
	}
	return remark, "", nil
}

// unlocked counts the snapshots that are not locked, and those in governance mode. A lock
// still in its cooling-off time can be lifted by anybody.
func unlocked(env checks.Env, own []snapshot.VolumeSnapshot) (free, governance int, open error) {
	for _, s := range own {
		state, err := checks.Use(env, s.Lock)
		switch {
		case err != nil:
			open = err
		case state == "governance":
			governance++
		case state != "compliance":
			free++
		}
	}
	return free, governance, open
}
