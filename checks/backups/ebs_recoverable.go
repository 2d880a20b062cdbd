package backups

import (
	"errors"
	"slices"
	"time"

	"onus/checks"
	"onus/checks/keys"
	"onus/checks/protection"
	"onus/checks/wording"
	"onus/scanner/snapshot"
)

// VolumeRecoverable passes when the volume's data can be restored now from something that is
// recent, that can be decrypted, that stays long enough, and that is made again: a recovery
// point of the volume or of its instance, or a snapshot. That a plan selects the volume
// proves nothing here.
// Source: Backup ListProtectedResources and ListRecoveryPointsByBackupVault, else
// ListRecoveryPointsByResource; EC2 DescribeSnapshots, DescribeImages; KMS DescribeKey,
// KeyState; DLM GetLifecyclePolicies and GetLifecyclePolicy.
var VolumeRecoverable = checks.Check{
	ID:          "ebs-volume-recoverable",
	Title:       "Each EBS volume can be restored now, from a recovery point that exists, is recent, decryptable and kept long enough",
	Severity:    checks.High,
	Category:    checks.BackupsOf,
	Duty:        checks.Backups,
	ServiceKind: checks.Infrastructure,
	Tier:        3,
	Reads: slices.Concat([]string{"ec2:DescribeVolumes", "ec2:DescribeInstances", "ec2:DescribeSnapshots", "ec2:DescribeImages", "backup:DescribeRecoveryPoint",
		"backup:ListBackupPlans", "backup:GetBackupPlan", "backup:ListCopyJobs", "kms:DescribeKey"}, pointsRead, policiesRead),
	Parameters: checks.Parameters{"max_age_hours": 48, "min_retention_days": 7, "grace_days": 2, "require_copy_in_other_region": false, "require_copy_in_other_account": false},
	Bounds: func(parameter string, value any) error {
		if parameter == "grace_days" {
			return days(parameter, value)
		}
		return checks.AtLeast(1)(parameter, value)
	},
	Remedy: "See why no usable recovery point is there: the plan's jobs, its role's rights, the key's state, the lifecycle; then make one now.",
	Fix: checks.Fix{
		Threat: "When the volume fails, is deleted or is encrypted by an intruder, its data is gone, although a plan, a tag or an old snapshot made it look safe. A recovery point whose key is disabled, or that expires tomorrow, restores nothing.",
		CLI: `aws backup list-recovery-points-by-resource --region {region} --resource-arn {arn}
aws backup list-backup-jobs --region {region} --by-resource-arn {arn}
aws backup start-backup-job --region {region} --backup-vault-name VAULT --resource-arn {arn} --iam-role-arn arn:aws:iam::{account}:role/service-role/AWSBackupDefaultServiceRole`,
		Terraform: "resource \"aws_backup_selection\" \"volumes\" {\n  name         = \"volumes\"\n  plan_id      = aws_backup_plan.daily.id\n  iam_role_arn = aws_iam_role.backup.arn\n  resources    = [\"{arn}\"]\n}",
		Cost:      "Snapshots are incremental and billed for each GB and month. Try a restore as well: only that shows that the data is whole.",
	},
	Judges: checks.For(snapshot.Volumes, volumeRecoverable),
}

// candidate is something that a volume may be restored from.
type candidate struct {
	what     string
	resource string                 // that a recovery point is of; "" for a plain snapshot
	of       time.Time              // the moment that its data is of
	key      string                 // that it is encrypted with; "" for none
	plain    snapshot.Read[bool]    // whether it is encrypted; unread where nothing tells
	tier     string                 // StorageTier of the snapshot
	policy   string                 // the lifecycle policy that made it
	kept     func() (string, error) // why it is not kept long enough; "" if it is
	maker    func() (string, error) // why it is not made again; "" if it is, or was made by hand
}

// stored takes over what the snapshot tells that holds a candidate's data.
func (c *candidate) stored(s snapshot.VolumeSnapshot) {
	c.key, c.plain, c.tier = s.KMSKeyID, s.Encrypted, s.Tier
}

func volumeRecoverable(v snapshot.Volume, env checks.Env) checks.Verdict {
	if verdict, is := exempt(v, env); is {
		return verdict
	}
	all, open := candidates(env, v)
	slices.SortStableFunc(all, func(a, b candidate) int { return b.of.Compare(a.of) })
	oldest := env.AsOf.Add(-time.Duration(env.Int("max_age_hours")) * time.Hour)
	var why []string
	for _, c := range all {
		fault, err := faultOf(env, v, c, oldest)
		switch {
		case err != nil:
			open = errors.Join(open, err)
		case fault != "":
			why = append(why, c.what+" "+fault)
		default:
			return withCopies(env, v, all, open, oldest, checks.Pass("%s, of %s, can be restored", c.what, at(c.of)).With("restored from", c.what))
		}
	}
	switch {
	case open != nil:
		return protection.Unknown(open)
	case v.Created.IsZero():
		return checks.Unclear("nothing can be restored, and the answer lacks CreateTime, so that the days of grace cannot be counted")
	case len(why) == 0:
		return checks.Fail("there is no recovery point, image or snapshot of the volume").With("restored from", "")
	}
	return checks.Fail("nothing that is of the last %d hours can be restored: %s", env.Int("max_age_hours"), wording.List(why, 3)).With("restored from", "")
}

// faultOf says why a candidate cannot be relied on; "" if it can.
func faultOf(env checks.Env, v snapshot.Volume, c candidate, oldest time.Time) (string, error) {
	switch {
	case c.of.IsZero():
		return "", protection.Unclear("the answer does not tell when " + c.what + " was made")
	case c.of.Before(oldest):
		return "is of " + at(c.of), nil
	case c.tier == "archive":
		return "is archived, and takes days to restore", nil
	}
	var open error
	for _, question := range []func() (string, error){c.kept, c.maker, func() (string, error) { return keyFault(env, v, c) }} {
		fault, err := question()
		if fault != "" {
			return fault, nil
		}
		open = errors.Join(open, err)
	}
	return "", open
}

// keyFault says why a candidate cannot be decrypted.
func keyFault(env checks.Env, v snapshot.Volume, c candidate) (string, error) {
	if c.key == "" {
		encrypted, err := checks.Use(env, c.plain)
		if err == nil && encrypted {
			err = protection.Unclear(c.what + " is encrypted, and the answer does not name the key")
		}
		return "", err
	}
	m, err := keys.Of(env, v.Location, c.key)
	switch {
	case errors.Is(err, snapshot.ErrAbsent):
		return "is encrypted with " + c.key + ", which KMS does not know", nil
	case err != nil:
		return "", err
	case m.Manager == "AWS" && m.State == "": // an alias of AWS's own
		return "", nil
	}
	switch verdict := keys.Usable(m, env.AsOf, 0); verdict.Status {
	case checks.PASS:
		return "", nil
	case checks.FAIL:
		return "cannot be decrypted: " + verdict.Reason, nil
	default:
		return "", protection.Unclear(verdict.Reason)
	}
}

// withCopies asks for the copies that the policy wants beside what can be restored here. A
// copied snapshot does not name its volume: only copies by AWS Backup can be told. open is
// what was not read of what the volume was backed up as.
func withCopies(env checks.Env, v snapshot.Volume, all []candidate, open error, oldest time.Time, good checks.Verdict) checks.Verdict {
	resources := backedUp(all)
	for _, want := range []struct {
		parameter, what string
		of              func(arn string) string
		own             string
		other           func() error // why other copies than AWS Backup's may be there
	}{
		{"require_copy_in_other_region", "Region", snapshot.RegionOf, v.Region, func() error { return policyCopies(env, v.Location, all) }},
		{"require_copy_in_other_account", "account", snapshot.AccountOf, v.Account, func() error { return nil }},
	} {
		if !env.Bool(want.parameter) {
			continue
		}
		jobs, err := checks.In(env, snapshot.CopyJobs, v.Location).Get()
		i := slices.IndexFunc(jobs, func(j snapshot.CopyJob) bool {
			to := want.of(j.Destination)
			return slices.Contains(resources, j.Resource) && j.State == "COMPLETED" && to != "" && to != want.own && !j.Created.Before(oldest)
		})
		if i >= 0 {
			good.Reason += "; a copy went to " + jobs[i].Destination
			continue
		}
		if err := errors.Join(err, open, want.other()); err != nil {
			return protection.Unknown(err)
		}
		return checks.Fail("%s, and no copy job of AWS Backup took it to another %s in the last %d hours", good.Reason, want.what, env.Int("max_age_hours"))
	}
	return good
}

// backedUp are the resources that AWS Backup backed the volume up as: itself, or an instance.
func backedUp(all []candidate) (out []string) {
	for _, c := range all {
		if c.resource != "" && !slices.Contains(out, c.resource) {
			out = append(out, c.resource)
		}
	}
	return out
}

// policyCopies says that a lifecycle policy which made a snapshot of the volume copies to
// other Regions, or that this was not read.
func policyCopies(env checks.Env, at snapshot.Location, all []candidate) error {
	for _, c := range all {
		if c.policy == "" {
			continue
		}
		p, err := checks.Find(env, snapshot.LifecyclePolicies, at, c.policy)
		if errors.Is(err, snapshot.ErrAbsent) {
			continue
		}
		if err != nil {
			return err
		}
		d, err := checks.Use(env, p.Details)
		switch {
		case err != nil:
			return err
		case len(d.Copies) > 0:
			return protection.Unclear("lifecycle policy " + p.ID + " copies to " + wording.List(d.Copies, 3) + ", and a copied snapshot does not name its volume")
		}
	}
	return nil
}
