package encryption

import (
	"fmt"
	"slices"
	"strings"

	"onus/checks"
	"onus/scanner/snapshot"
)

// ImageVolumesEncrypted passes when every EBS snapshot behind an own image is encrypted. A
// mapping without a snapshot starts empty: what it says of encryption is a default for the
// launch, and no data at rest. Encryption by default changes nothing in the image's own data.
// Source: EC2 DescribeImages with Owners self, BlockDeviceMappings[].Ebs.
var ImageVolumesEncrypted = checks.Check{
	ID:          "ec2-ami-volumes-encrypted",
	Title:       "The volumes of own AMIs are encrypted",
	Severity:    checks.Medium,
	Category:    checks.Encryption,
	Duty:        checks.DataEncryption,
	ServiceKind: checks.Infrastructure,
	Tier:        1,
	Reads:       []string{"ec2:DescribeImages"},
	Remedy:      "Copy the image with encryption, launch from the copy, and deregister the old image with its snapshots.",
	Fix: checks.Fix{
		Threat: "Every volume made from the image starts from a snapshot in the clear. Whoever may copy the image has its content.",
		CLI: `aws ec2 copy-image --source-region {region} --source-image-id {id} --name NEW-NAME --encrypted --kms-key-id KEY --region {region}
aws ec2 deregister-image --image-id {id} --region {region}`,
		Terraform: `resource "aws_ami_copy" "this" {
  name              = "NEW-NAME"
  source_ami_id     = "{id}"
  source_ami_region = "{region}"
  encrypted         = true
  kms_key_id        = "KEY-ARN"
}`,
		Cost: "Launch templates must name the copy; accounts it is shared with need the key.",
	},
	Judges: checks.For(snapshot.Images, imageVolumesEncrypted),
}

// goneImages are the states in which an image is none, or no longer.
var goneImages = []string{"deregistered", "failed", "invalid", "error"}

func imageVolumesEncrypted(i snapshot.Image, _ checks.Env) checks.Verdict {
	switch {
	case slices.Contains(goneImages, i.State):
		return checks.DoesNotApply("the image's state is %s", i.State).With("State", i.State)
	case len(i.Devices) == 0 && i.RootType == "instance-store":
		return checks.DoesNotApply("the image's root is in the instance store, and no mapping has an EBS volume").With("RootDeviceType", i.RootType)
	}
	var plain, empty []string
	var unread error
	for _, d := range i.Devices {
		encrypted, err := d.Encrypted.Get()
		switch {
		case err == nil && encrypted:
		case d.Snapshot == "":
			empty = append(empty, d.Device)
		case err != nil:
			unread = err
		default:
			plain = append(plain, d.Device+" ("+d.Snapshot+")")
		}
	}
	note := ""
	if len(empty) > 0 {
		note = "; " + strings.Join(empty, ", ") + " starts empty"
	}
	switch {
	case len(plain) > 0:
		return checks.Fail("Encrypted is false for %s%s", strings.Join(plain, ", "), note).With("Encrypted", "false")
	case unread != nil:
		return checks.Unknown(unread)
	}
	return checks.Pass("all data of its %d EBS volumes is encrypted%s", len(i.Devices), note).With("Ebs", fmt.Sprint(len(i.Devices)))
}
