package encryption

import (
	"slices"

	"onus/checks"
	"onus/scanner/snapshot"
)

// VolumeEncrypted passes when the volume is encrypted, attached or not: a detached one
// holds data too, unless attached_only leaves it out. Instance store volumes are no EBS
// volumes. Source: EC2 DescribeVolumes, Encrypted, State and Attachments.
var VolumeEncrypted = checks.Check{
	ID:          "ebs-volume-encrypted",
	Title:       "EBS volumes are encrypted",
	Severity:    checks.High,
	Category:    checks.Encryption,
	Duty:        checks.DataEncryption,
	ServiceKind: checks.Infrastructure,
	Tier:        1,
	Reads:       []string{"ec2:DescribeVolumes"},
	Parameters:  checks.Parameters{"attached_only": false},
	Remedy:      "Make an encrypted copy of a snapshot of the volume, and replace the volume by one made from it.",
	Fix: checks.Fix{
		Threat: "Whoever gets at the storage, or makes a snapshot and shares it, reads the disk. With a key of yours the right to decrypt can be given and taken back.",
		CLI: `aws ec2 create-snapshot --volume-id {id} --region {region}
aws ec2 copy-snapshot --source-region {region} --source-snapshot-id SNAPSHOT --encrypted --kms-key-id KEY --region {region}
aws ec2 create-volume --snapshot-id ENCRYPTED-COPY --availability-zone ZONE --region {region}`,
		Terraform: `resource "aws_ebs_volume" "this" {
  availability_zone = "ZONE"
  snapshot_id       = "SNAPSHOT"
  encrypted         = true
  kms_key_id        = "KEY-ARN"
}`,
		Cost: "A volume cannot be encrypted in place: the instance stops while the volumes are swapped.",
	},
	Judges: checks.For(snapshot.Volumes, volumeEncrypted),
}

// goneVolumes are the states in which a volume holds no data, or will soon hold none.
var goneVolumes = []string{"deleting", "deleted", "error"}

func volumeEncrypted(v snapshot.Volume, env checks.Env) checks.Verdict {
	if slices.Contains(goneVolumes, v.State) {
		return checks.DoesNotApply("the volume's state is %s", v.State).With("State", v.State)
	}
	if env.Bool("attached_only") && len(v.Attachments) == 0 {
		return checks.DoesNotApply("the volume is attached to nothing, and attached_only is set").With("State", v.State)
	}
	encrypted, err := v.Encrypted.Get()
	switch {
	case err != nil:
		return checks.Unknown(err)
	case !encrypted:
		return checks.Fail("Encrypted is false").With("Encrypted", "false").With("State", v.State)
	}
	verdict := checks.Pass("Encrypted is true").With("Encrypted", "true").With("State", v.State)
	if v.KMSKeyID != "" {
		verdict = verdict.With("KmsKeyId", v.KMSKeyID)
	}
	return verdict
}
