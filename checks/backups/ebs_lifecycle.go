package backups

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/access/policy"
	"onus/checks/protection"
	"onus/scanner/snapshot"
)

// SnapshotLifecycleExists passes where a Region with volumes has something that makes and
// expires snapshots: a lifecycle policy at work, or a selection of a backup plan that can
// match EBS or EC2. What either covers is asked of each volume.
// Source: DLM GetLifecyclePolicies, State and PolicyType; Backup GetBackupSelection.
var SnapshotLifecycleExists = checks.Check{
	ID:          "ebs-account-snapshot-lifecycle-policy-exists",
	Title:       "A lifecycle policy or backup plan makes and expires EBS snapshots in each Region with volumes",
	Severity:    checks.Low,
	Category:    checks.BackupsOf,
	Duty:        checks.Backups,
	ServiceKind: checks.Infrastructure,
	Tier:        2,
	Reads: []string{"ec2:DescribeVolumes", "dlm:GetLifecyclePolicies", "dlm:GetLifecyclePolicy", "backup:ListBackupPlans",
		"backup:ListBackupSelections", "backup:GetBackupSelection"},
	Remedy: "Turn on the default policy of Data Lifecycle Manager in the Region, or select volumes or instances in a backup plan.",
	Fix: checks.Fix{
		Threat: "Snapshots that people make by hand are made once and then forgotten. When a volume fails, the newest is months old, or there is none.",
		CLI:    `aws dlm create-lifecycle-policy --region {region} --default-policy VOLUME --state ENABLED --description "all volumes" --execution-role-arn arn:aws:iam::{account}:role/AWSDataLifecycleManagerDefaultRole --create-interval 1 --retain-interval 7`,
		Terraform: `resource "aws_dlm_lifecycle_policy" "volumes" {
  description        = "all volumes"
  execution_role_arn = aws_iam_role.dlm.arn
  state              = "ENABLED"
  default_policy     = "VOLUME"
  policy_details {
    policy_language = "SIMPLIFIED"
    resource_type   = "VOLUME"
    create_interval = 1
    retain_interval = 7
  }
}`,
		Cost: "Snapshots are incremental and billed for each GB and month. The default policy skips volumes that already have a recent backup.",
	},
	Judges: checks.For(snapshot.BackupRegions, snapshotLifecycleExists),
}

func snapshotLifecycleExists(r snapshot.BackupRegion, env checks.Env) checks.Verdict {
	volumes, err := checks.In(env, snapshot.Volumes, r.Location).Get()
	switch {
	case len(volumes) > 0:
	case err != nil:
		return checks.Unknown(err)
	default:
		return checks.DoesNotApply("there is no volume in the Region")
	}
	policies, open := checks.In(env, snapshot.LifecyclePolicies, r.Location).Get()
	var idle []string
	for _, p := range policies {
		if protection.Makes(p) {
			return checks.Pass("lifecycle policy %s is %s, of type %s", p.ID, p.State, p.Type).With("made by", p.ID)
		}
		idle = append(idle, fmt.Sprintf("%s is %s, of type %s", p.ID, p.State, p.Type))
	}
	plans, err := checks.In(env, snapshot.BackupPlans, r.Location).Get()
	open = errors.Join(open, err)
	for _, p := range plans {
		what, err := selectsCompute(env, p)
		if what != "" {
			return checks.Pass("backup plan %q, selection %q can match EBS or EC2", p.Name, what).With("made by", p.Name)
		}
		open = errors.Join(open, err)
	}
	switch {
	case open != nil:
		return protection.Unknown(open)
	case len(idle) > 0:
		return checks.Fail("no lifecycle policy is at work and no backup plan can match EBS or EC2: %s", strings.Join(idle, ", ")).With("made by", "")
	}
	return checks.Fail("there is neither a lifecycle policy nor a backup plan that can match EBS or EC2").With("made by", "")
}

// selectsCompute finds a selection of a plan that can match a volume or an instance.
func selectsCompute(env checks.Env, p snapshot.BackupPlan) (name string, open error) {
	selections, open := checks.Use(env, p.Selections)
	for _, s := range selections {
		r, err := checks.Use(env, s.Resources)
		if err != nil {
			open = errors.Join(open, err)
			continue
		}
		for _, kind := range []string{"volume/*", "instance/*"} {
			arns := fmt.Sprintf("arn:%s:ec2:%s:%s:%s", p.Partition, p.Region, p.Account, kind)
			out := slices.ContainsFunc(r.NotResources, func(n string) bool { return policy.Covers(n, arns) })
			in := len(r.ListOfTags) > 0 || len(r.Resources) == 0 || slices.ContainsFunc(r.Resources, func(n string) bool { return policy.Overlaps(n, arns) })
			if in && !out {
				return s.Name, nil
			}
		}
	}
	return "", open
}
