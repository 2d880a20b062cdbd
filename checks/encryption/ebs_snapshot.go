package encryption

import (
	"onus/checks"
	"onus/scanner/snapshot"
)

// VolumeSnapshotEncrypted passes when an own EBS snapshot is encrypted, archived or not.
// Source: EC2 DescribeSnapshots with OwnerIds self, Encrypted and State.
var VolumeSnapshotEncrypted = checks.Check{
	ID:          "ebs-snapshot-encrypted",
	Title:       "EBS snapshots are encrypted",
	Severity:    checks.Medium,
	Category:    checks.Encryption,
	Duty:        checks.DataEncryption,
	ServiceKind: checks.Infrastructure,
	Tier:        1,
	Reads:       []string{"ec2:DescribeSnapshots"},
	Remedy:      "Copy the snapshot with encryption, and delete the one that is not encrypted.",
	Fix: checks.Fix{
		Threat: "Whoever may copy or share the snapshot has the disk's content, keys and passwords in it included. An encrypted one is useless without its key.",
		CLI: `aws ec2 copy-snapshot --source-region {region} --source-snapshot-id {id} --encrypted --kms-key-id KEY --region {region}
aws ec2 delete-snapshot --snapshot-id {id} --region {region}`,
		Terraform: `resource "aws_ebs_snapshot_copy" "this" {
  source_snapshot_id = "{id}"
  source_region      = "{region}"
  encrypted          = true
  kms_key_id         = "KEY-ARN"
}`,
		Cost: "The copy is a full one and paid for; see that it is complete, and that no image uses the original, before that goes.",
	},
	Judges: checks.For(snapshot.VolumeSnapshots, volumeSnapshotEncrypted),
}

func volumeSnapshotEncrypted(s snapshot.VolumeSnapshot, _ checks.Env) checks.Verdict {
	if s.State == "error" || s.State == "pending" {
		return checks.DoesNotApply("the snapshot's state is %s", s.State).With("State", s.State)
	}
	encrypted, err := s.Encrypted.Get()
	v := checks.Fail("Encrypted is false").With("Encrypted", "false")
	switch {
	case err != nil:
		return checks.Unknown(err)
	case encrypted:
		v = checks.Pass("Encrypted is true").With("Encrypted", "true")
	}
	return v.With("State", s.State).With("StorageTier", s.Tier)
}
