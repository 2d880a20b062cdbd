package backups

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"onus/checks"
	"onus/checks/launch"
	"onus/checks/protection"
	"onus/scanner/snapshot"
)

// candidates are what a volume may be restored from. An error means that there may be more.
func candidates(env checks.Env, v snapshot.Volume) (out []candidate, open error) {
	days := env.Int("min_retention_days")
	taken := map[string]bool{} // snapshots that a recovery point holds
	points, err := pointsFor(env, v.Location, v.ARN)
	open = errors.Join(open, err)
	for _, p := range points {
		c := ofPoint(env, p, days)
		s, err := checks.Find(env, snapshot.VolumeSnapshots, v.Location, last(p.ARN))
		switch {
		case err == nil:
			c.stored(s)
			taken[s.ID] = true
		case !errors.Is(err, snapshot.ErrAbsent):
			c.key, c.plain = "", snapshot.Missing[bool](err)
		case p.Usable() && strings.Contains(p.ARN, ":snapshot/"): // one in an air-gapped vault is no snapshot of the account
			c.kept = func() (string, error) { return "is a snapshot that is gone", nil }
		}
		out = append(out, c)
	}
	for _, id := range v.Attachments {
		i, err := checks.Find(env, snapshot.Instances, v.Location, id)
		if err != nil {
			if !errors.Is(err, snapshot.ErrAbsent) {
				open = errors.Join(open, err)
			}
			continue
		}
		more, err := ofInstance(env, v, i, days, taken)
		out, open = append(out, more...), errors.Join(open, err)
	}
	own, err := ownSnapshots(env, v, days, taken)
	return append(out, own...), errors.Join(open, err)
}

// pointsFor are the recovery points of a resource, none where it was never backed up.
func pointsFor(env checks.Env, at snapshot.Location, arn string) ([]snapshot.RecoveryPoint, error) {
	r, err := checks.Find(env, snapshot.ProtectedResources, at, arn)
	if errors.Is(err, snapshot.ErrAbsent) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	points, err := checks.Use(env, r.Points)
	return slices.DeleteFunc(slices.Clone(points), func(p snapshot.RecoveryPoint) bool { return p.Parent }), err
}

// ofPoint is a recovery point as a candidate.
func ofPoint(env checks.Env, p snapshot.RecoveryPoint, days int) candidate {
	return candidate{
		what: "recovery point " + last(p.ARN), resource: p.Resource, of: p.Created, key: p.KeyARN, plain: p.Encrypted,
		kept: func() (string, error) {
			if !p.Usable() {
				return "is " + p.Status, nil
			}
			gone, err := vaultIsGone(env, p)
			if gone {
				return "lay in vault " + p.Vault + ", which is gone", nil
			}
			r, unread := checks.Use(env, p.Kept)
			if err := errors.Join(err, unread); err != nil {
				return "", err
			}
			if enough, how := keptFor(p, r, days); !enough {
				return how + fmt.Sprintf(", want %d days", days), nil
			}
			return "", nil
		},
		maker: func() (string, error) {
			r, err := checks.Use(env, p.Kept)
			if err != nil || r.Plan == "" {
				return "", err
			}
			plan, err := checks.Find(env, snapshot.BackupPlans, p.Location, r.Plan)
			switch {
			case errors.Is(err, snapshot.ErrAbsent), err == nil && !plan.Deleted.IsZero():
				return "was made by a backup plan that is gone", nil
			case err != nil:
				return "", err
			}
			rules, err := checks.Use(env, plan.Rules)
			if err == nil && len(protection.Running(rules, env)) == 0 {
				return fmt.Sprintf("was made by backup plan %q, of which no rule runs any more", plan.Name), nil
			}
			return "", err
		},
	}
}

// ofInstance are the recovery points of an instance whose image holds the volume: one that
// was left out is in no device of the image.
func ofInstance(env checks.Env, v snapshot.Volume, i snapshot.Instance, days int, taken map[string]bool) (out []candidate, open error) {
	points, open := pointsFor(env, i.Location, i.ARN)
	for _, p := range points {
		made := ofPoint(env, p, days)
		made.what += " of instance " + i.ID
		image, err := checks.Find(env, snapshot.Images, i.Location, last(p.ARN))
		switch {
		case err == nil:
		case !errors.Is(err, snapshot.ErrAbsent):
			open = errors.Join(open, err)
		case !p.Usable():
		case strings.Contains(p.ARN, ":image/"):
			made.kept = func() (string, error) { return "is an image that is gone", nil }
			out = append(out, made)
		default: // in an air-gapped vault it is no image of the account
			out = append(out, untold(made))
		}
		for _, d := range image.Devices {
			s, err := checks.Find(env, snapshot.VolumeSnapshots, i.Location, d.Snapshot)
			switch {
			case err == nil && s.Volume == v.ID && s.State == "completed":
				made.stored(s)
				taken[s.ID] = true
				out = append(out, made)
			case err == nil && s.Volume == ofCopies && p.Usable():
				out = append(out, untold(made))
			case err != nil && d.Snapshot != "" && !errors.Is(err, snapshot.ErrAbsent):
				open = errors.Join(open, err)
			}
		}
	}
	return out, open
}

// ofCopies is what a copied snapshot has for its volume.
// Source: EC2 API Reference, Snapshot, VolumeId, which calls it arbitrary; AWS writes this one.
const ofCopies = "vol-ffffffff"

// untold is a candidate of which nothing tells whether it holds the volume.
func untold(c candidate) candidate {
	c.kept = func() (string, error) {
		return "", protection.Unclear("nothing tells whether " + c.what + " holds the volume")
	}
	return c
}

// snapshotsOf finds the completed snapshots of a volume.
var snapshotsOf = gathered("all snapshots of a volume", snapshot.VolumeSnapshots, func(s snapshot.VolumeSnapshot) string {
	if s.State != "completed" {
		return ""
	}
	return s.Volume
})

// ownSnapshots are the snapshots of a volume that no recovery point holds.
func ownSnapshots(env checks.Env, v snapshot.Volume, days int, taken map[string]bool) (out []candidate, open error) {
	found, err := checks.Find(env, snapshotsOf, v.Location, v.ID)
	if err == nil { // more may stand in what was not read
		_, err = checks.Find(env, snapshotsOf, v.Location, noVolume)
	}
	if !errors.Is(err, snapshot.ErrAbsent) {
		open = err
	}
	for _, s := range found.all {
		if taken[s.ID] {
			continue
		}
		c := candidate{what: "snapshot " + s.ID, of: s.Started}
		c.stored(s)
		c.kept = func() (string, error) { return "", nil } // for ever, unless some other says so
		c.maker = c.kept
		switch by, err := makerOf(env, s); {
		case err != nil:
			c.kept = func() (string, error) { return "", err }
		case by.policy != "":
			c.policy = by.policy
			c.maker = func() (string, error) { return policyFault(env, v.Location, by, days) }
		case by.backup:
			c.kept = func() (string, error) {
				return "", protection.Unclear(c.what + " was made by AWS Backup, and no recovery point of the volume or of its instance is known to hold it")
			}
		}
		out = append(out, c)
	}
	return out, open
}

// maker is what made a snapshot: a lifecycle policy, AWS Backup, or neither.
type maker struct {
	policy, schedule string
	backup           bool
}

// makerOf says what made a snapshot, by its own tags or those of the image that it is
// behind: no document says that AWS Backup tags an image's snapshots.
func makerOf(env checks.Env, s snapshot.VolumeSnapshot) (maker, error) {
	by := made(s.Tags, "")
	if by.backup || by.policy != "" {
		return by, nil
	}
	image, err := checks.Find(env, imageOf, s.Location, s.ID)
	switch {
	case err == nil:
		return image.by, nil
	case errors.Is(err, snapshot.ErrAbsent):
		return by, nil
	}
	return by, err
}

func made(tags map[string]string, name string) maker {
	return maker{policy: tags["aws:dlm:lifecycle-policy-id"], schedule: tags["aws:dlm:lifecycle-schedule-name"], backup: launch.MadeByBackup(tags, name)}
}

// managedImage is what made the image that a snapshot is behind.
type managedImage struct {
	snapshot.Meta
	snapshot string
	by       maker
}

// imageOf finds, by a snapshot, the image before it that a service made and deletes.
var imageOf = snapshot.Kind[managedImage]{
	Type: "image of a snapshot",
	All: func(a *snapshot.Account) (out []managedImage) {
		for _, i := range a.EC2.Images {
			by := made(i.Tags, i.Title)
			if !by.backup && by.policy == "" {
				continue
			}
			for _, d := range i.Devices {
				out = append(out, managedImage{Meta: i.Meta, snapshot: d.Snapshot, by: by})
			}
		}
		return out
	},
	Meta:  func(m managedImage) snapshot.Meta { return m.Meta },
	Key:   func(m managedImage) string { return m.snapshot },
	Lists: snapshot.Images.Lists,
}

// policyFault says why what a schedule of a lifecycle policy made cannot be relied on.
func policyFault(env checks.Env, at snapshot.Location, by maker, days int) (string, error) {
	id := by.policy
	p, err := checks.Find(env, snapshot.LifecyclePolicies, at, id)
	switch {
	case errors.Is(err, snapshot.ErrAbsent):
		return "was made by a lifecycle policy that is gone", nil
	case err != nil:
		return "", err
	case !protection.Makes(p):
		return fmt.Sprintf("was made by lifecycle policy %s, which is %s", id, p.State), nil
	}
	d, err := checks.Use(env, p.Details)
	if err != nil {
		return "", err
	}
	all := slices.DeleteFunc(slices.Clone(d.Retention), func(r snapshot.LifecycleRetention) bool { return r.Schedule != "" && r.Schedule != by.schedule })
	if len(all) == 0 {
		return fmt.Sprintf("was made by the schedule %q, which lifecycle policy %s no longer has", by.schedule, id), nil
	}
	for _, r := range all {
		keeps, err := policyKeeps(env, r)
		switch {
		case err != nil:
			return "", err
		case keeps < time.Duration(days)*24*time.Hour:
			return fmt.Sprintf("is kept %s by lifecycle policy %s, want %d days", hours(keeps), id, days), nil
		}
	}
	return "", nil
}

// policyKeeps is how long one schedule of a lifecycle policy keeps what it makes.
func policyKeeps(env checks.Env, r snapshot.LifecycleRetention) (time.Duration, error) {
	switch {
	case r.Days > 0:
		return time.Duration(r.Days) * 24 * time.Hour, nil
	case r.Hours > 0:
		return time.Duration(r.Count) * time.Duration(r.Hours) * time.Hour, nil
	}
	keeps, err := protection.Span(cmp.Or(r.Cron, "(none)"), int(r.Count), env.AsOf)
	if err != nil {
		return 0, protection.Unclear(err.Error())
	}
	return keeps, nil
}
