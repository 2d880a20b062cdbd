package backups

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"onus/checks"
	"onus/scanner/snapshot"
)

// VolumeSnapshotExists passes when the volume has a completed snapshot of the account. The
// snapshot that the volume was made from is its origin and no backup of it. Copies in other
// accounts are not seen here. Source: EC2 DescribeSnapshots with OwnerIds self, VolumeId and State.
var VolumeSnapshotExists = checks.Check{
	ID:          "ebs-volume-snapshot-exists",
	Title:       "EBS volumes have at least one snapshot",
	Severity:    checks.Medium,
	Category:    checks.BackupsOf,
	Duty:        checks.Backups,
	ServiceKind: checks.Infrastructure,
	Tier:        1,
	Reads:       []string{"ec2:DescribeVolumes", "ec2:DescribeSnapshots"},
	Parameters:  checks.Parameters{"grace_days": 2},
	Bounds:      days,
	Remedy:      "Select the volume in a backup plan or a lifecycle policy, and see that a first recovery point is made.",
	Fix: checks.Fix{
		Threat: "A deleted or damaged volume is lost with all that was on it. Volumes live in one zone and fail with it.",
		CLI:    "aws ec2 create-snapshot --volume-id {id} --region {region}",
		Terraform: `resource "aws_dlm_lifecycle_policy" "daily" {
  description        = "daily snapshots"
  execution_role_arn = "ROLE-ARN"
  state              = "ENABLED"
  policy_details {
    resource_types = ["VOLUME"]
    target_tags = {
      backup = "daily"
    }
    schedule {
      name = "daily"
      create_rule {
        interval = 24
      }
      retain_rule {
        count = 14
      }
    }
  }
}`,
		Cost: "Snapshots are paid for by what changed between them. The command makes one; the lifecycle policy goes on making them.",
	},
	Judges: checks.For(snapshot.Volumes, volumeSnapshotExists),
}

// VolumeSnapshotRecent passes when the newest completed snapshot of the volume holds data
// that is not older than allowed: its StartTime counts, not when it was completed.
// Source: EC2 DescribeSnapshots with OwnerIds self, VolumeId, State, StartTime and StorageTier.
var VolumeSnapshotRecent = checks.Check{
	ID:          "ebs-volume-snapshot-recent",
	Title:       "EBS volumes have a snapshot younger than the allowed age",
	Severity:    checks.Medium,
	Category:    checks.BackupsOf,
	Duty:        checks.Backups,
	ServiceKind: checks.Infrastructure,
	Tier:        1,
	Reads:       []string{"ec2:DescribeVolumes", "ec2:DescribeSnapshots"},
	Parameters:  checks.Parameters{"max_age_days": 7, "grace_days": 2},
	Bounds:      days,
	Remedy:      "Let a backup plan or lifecycle policy make snapshots of the volume at least as often as the policy wants them.",
	Fix: checks.Fix{
		Threat: "All that was written since the newest snapshot is lost with the volume. An old snapshot gives false peace.",
		CLI:    "aws ec2 create-snapshot --volume-id {id} --region {region}",
		Terraform: `resource "aws_dlm_lifecycle_policy" "daily" {
  description        = "daily snapshots"
  execution_role_arn = "ROLE-ARN"
  state              = "ENABLED"
  policy_details {
    resource_types = ["VOLUME"]
    target_tags = {
      backup = "daily"
    }
    schedule {
      name = "daily"
      create_rule {
        interval = 24
      }
      retain_rule {
        count = 14
      }
    }
  }
}`,
		Cost: "Snapshots are paid for by what changed between them. Find out why the plan that should make them does not.",
	},
	Judges: checks.For(snapshot.Volumes, volumeSnapshotRecent),
}

// days refuses a number of days that no time could meet.
func days(parameter string, value any) error {
	if n, ok := value.(int); ok && (n < 0 || parameter == "max_age_days" && n == 0) {
		return fmt.Errorf("%d days, want more", n)
	}
	return nil
}

// volumeCopies are the completed snapshots of one volume: how many, and the newest.
type volumeCopies struct {
	snapshot.Meta
	volume string
	count  int
	newest snapshot.VolumeSnapshot
}

// copiesOf finds the snapshots of a volume. As a kind it is put together once for an
// evaluation; where a list was not read to its end, what it lacks is unread.
var copiesOf = snapshot.Kind[volumeCopies]{
	Type:  "snapshots of a volume",
	All:   allCopies,
	Meta:  func(c volumeCopies) snapshot.Meta { return c.Meta },
	Key:   func(c volumeCopies) string { return c.volume },
	Lists: snapshot.VolumeSnapshots.Lists,
}

// noVolume is no volume's id: asking for it tells whether the list is whole.
const noVolume = "-"

func allCopies(a *snapshot.Account) []volumeCopies {
	index := map[string]int{}
	var out []volumeCopies
	for _, s := range a.EC2.VolumeSnapshots {
		if s.State != "completed" {
			continue
		}
		key := s.Region + " " + s.Volume
		i, ok := index[key]
		if !ok {
			i = len(out)
			index[key] = i
			out = append(out, volumeCopies{Meta: s.Meta, volume: s.Volume})
		}
		c := &out[i]
		if c.count++; c.count == 1 || s.Started.After(c.newest.Started) {
			c.newest, c.Meta = s, s.Meta
		}
	}
	return out
}

// notBackedUp are the states in which a volume holds no data, or none that will stay.
var notBackedUp = []string{"creating", "deleting", "deleted", "error"}

// exempt says why a volume need have no snapshot yet.
func exempt(v snapshot.Volume, env checks.Env) (checks.Verdict, bool) {
	grace := env.Int("grace_days")
	switch {
	case slices.Contains(notBackedUp, v.State):
		return checks.DoesNotApply("the volume's state is %s", v.State).With("State", v.State), true
	case !v.Created.IsZero() && env.AsOf.Sub(v.Created) <= time.Duration(grace)*24*time.Hour:
		return checks.DoesNotApply("the volume was made at %s, within the %d days of grace", v.Created.UTC().Format(time.RFC3339), grace).With("CreateTime", v.Created.UTC().Format(time.RFC3339)), true
	}
	return checks.Verdict{}, false
}

func volumeSnapshotExists(v snapshot.Volume, env checks.Env) checks.Verdict {
	if verdict, is := exempt(v, env); is {
		return verdict
	}
	c, err := checks.Find(env, copiesOf, v.Location, v.ID)
	switch {
	case err == nil:
		return checks.Pass("%d completed snapshots, the newest %s of %s", c.count, c.newest.ID, stamp(c.newest)).With("SnapshotId", c.newest.ID)
	case !errors.Is(err, snapshot.ErrAbsent):
		return checks.Unknown(err)
	case v.Created.IsZero():
		return checks.Unclear("no snapshot is completed, and the answer lacks CreateTime, so that the days of grace cannot be counted")
	}
	return checks.Fail("no own snapshot of the volume is completed").With("SnapshotId", "")
}

func stamp(s snapshot.VolumeSnapshot) string { return s.Started.UTC().Format(time.RFC3339) }

func volumeSnapshotRecent(v snapshot.Volume, env checks.Env) checks.Verdict {
	if verdict, is := exempt(v, env); is {
		return verdict
	}
	note := ""
	if len(v.Attachments) == 0 {
		note = "; the volume is detached"
	}
	c, err := checks.Find(env, copiesOf, v.Location, v.ID)
	if err == nil {
		if c.newest.Tier == "archive" {
			note += "; the snapshot is archived, and takes days to restore"
		}
		allowed := time.Duration(env.Int("max_age_days")) * 24 * time.Hour
		seen := fmt.Sprintf("the newest completed snapshot, %s, is of %s, %d days allowed%s", c.newest.ID, stamp(c.newest), env.Int("max_age_days"), note)
		if env.AsOf.Sub(c.newest.Started) <= allowed {
			return checks.Pass("%s", seen).With("StartTime", stamp(c.newest))
		}
		// A younger one may stand in what was not read.
		if _, rest := checks.Find(env, copiesOf, v.Location, noVolume); rest != nil && !errors.Is(rest, snapshot.ErrAbsent) {
			return checks.Unknown(rest)
		}
		if c.newest.Started.IsZero() {
			return checks.Unclear("snapshot %s has no StartTime", c.newest.ID)
		}
		return checks.Fail("%s", seen).With("StartTime", stamp(c.newest))
	}
	switch {
	case !errors.Is(err, snapshot.ErrAbsent):
		return checks.Unknown(err)
	case v.Created.IsZero():
		return checks.Unclear("no snapshot is completed, and the answer lacks CreateTime, so that the days of grace cannot be counted")
	}
	return checks.Fail("no own snapshot of the volume is completed%s", note).With("StartTime", "")
}
