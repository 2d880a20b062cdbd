package encryption

import (
	"onus/checks"
	"onus/scanner/snapshot"
)

// AccountDefaultEBSEncryption passes when EBS encrypts every new volume and snapshot of
// the Region. It says nothing of those that exist, and holds where there is none yet.
// Source: EC2 GetEbsEncryptionByDefault, EbsEncryptionByDefault.
var AccountDefaultEBSEncryption = checks.Check{
	ID:          "ebs-account-default-encryption-enabled",
	Title:       "New EBS volumes in the Region are encrypted by default",
	Severity:    checks.High,
	Category:    checks.Encryption,
	Duty:        checks.DataEncryption,
	ServiceKind: checks.Infrastructure,
	Tier:        1,
	Reads:       []string{"ec2:GetEbsEncryptionByDefault"},
	Remedy:      "Turn on EBS encryption by default in the Region; volumes that exist keep the state they have.",
	Fix: checks.Fix{
		Threat: "Each volume that somebody makes without thinking of encryption lies in the clear, and so do its snapshots. The default thinks for everybody.",
		CLI:    "aws ec2 enable-ebs-encryption-by-default --region {region}",
		Terraform: `resource "aws_ebs_encryption_by_default" "this" {
  region  = "{region}"
  enabled = true
}`,
		Cost: "Instance types too old for encryption cannot be launched; volumes that exist keep the state they have.",
	},
	Judges: checks.For(snapshot.AccountRegions, accountDefaultEBSEncryption),
}

func accountDefaultEBSEncryption(r snapshot.RegionSettings, _ checks.Env) checks.Verdict {
	on, err := r.EBSEncryptionByDefault.Get()
	switch {
	case err != nil:
		return checks.Unknown(err)
	case on:
		return checks.Pass("EbsEncryptionByDefault is true").With("EbsEncryptionByDefault", "true")
	default:
		return checks.Fail("EbsEncryptionByDefault is false").With("EbsEncryptionByDefault", "false")
	}
}
