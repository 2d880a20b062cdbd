package encryption

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/launch"
	"onus/scanner/snapshot"
)

const encryptedVolumes = "Turn EBS encryption by default on in the Region, which settles it for all launches; or set Encrypted for each volume."

// LaunchTemplateVolumesEncrypted passes when every volume that a version that counts (the
// default, the latest, and those in use) makes is encrypted: by the template's own word, by
// the Region's encryption by default, or because the snapshot behind it is. Volumes that the
// image adds are judged the same way.
// Source: EC2 DescribeLaunchTemplateVersions, BlockDeviceMappings[].Ebs;
// GetEbsEncryptionByDefault; DescribeImages and DescribeSnapshots, Encrypted; Amazon EBS User
// Guide, "Amazon EBS encryption".
var LaunchTemplateVolumesEncrypted = checks.Check{
	ID:          "ec2-launch-template-volumes-encrypted",
	Title:       "Launch templates create encrypted volumes only",
	Severity:    checks.Medium,
	Category:    checks.Encryption,
	Duty:        checks.DataEncryption,
	ServiceKind: checks.Infrastructure,
	Tier:        1,
	Reads:       slices.Concat(launch.TemplateReads, []string{"ec2:GetEbsEncryptionByDefault", "ec2:DescribeImages", "ec2:DescribeSnapshots"}),
	Remedy:      encryptedVolumes,
	Fix: checks.Fix{
		Threat: "Volumes of new instances hold their data in plain text, and so do the snapshots that are made of them. A snapshot that is shared or published by mistake can then be read without any key.",
		CLI: `aws ec2 enable-ebs-encryption-by-default --region {region}
aws ec2 create-launch-template-version --region {region} --launch-template-id {id} --source-version '$Latest' --launch-template-data '{"BlockDeviceMappings":[{"DeviceName":"/dev/xvda","Ebs":{"Encrypted":true}}]}'
aws ec2 modify-launch-template --region {region} --launch-template-id {id} --default-version NEW_VERSION`,
		Terraform: `resource "aws_ebs_encryption_by_default" "example" {
  enabled = true
}

resource "aws_launch_template" "example" {
  name = "{name}"

  block_device_mappings {
    device_name = "/dev/xvda"

    ebs {
      encrypted = true
    }
  }
}`,
		Cost: "Free with AWS's managed key; a customer key is billed by the month and by requests. Who launches needs rights on the key, and volumes that exist stay as they are.",
	},
	Judges: checks.For(snapshot.LaunchTemplates, launchTemplateVolumesEncrypted),
}

func launchTemplateVolumesEncrypted(t snapshot.LaunchTemplate, env checks.Env) checks.Verdict {
	return launch.Template(t, env, false, func(s snapshot.LaunchSpec) checks.Verdict {
		return launchVolumes(s, t.Location, env)
	})
}

// LaunchConfigurationVolumesEncrypted is the same for a launch configuration, where a volume
// from a snapshot can say nothing of encryption itself.
// Source: Auto Scaling DescribeLaunchConfigurations, BlockDeviceMappings[].Ebs; and as
// LaunchTemplateVolumesEncrypted.
var LaunchConfigurationVolumesEncrypted = checks.Check{
	ID:          "ec2-launch-configuration-volumes-encrypted",
	Title:       "Auto Scaling launch configurations create encrypted volumes only",
	Severity:    checks.Medium,
	Category:    checks.Encryption,
	Duty:        checks.DataEncryption,
	ServiceKind: checks.Infrastructure,
	Tier:        2,
	Reads:       []string{"autoscaling:DescribeLaunchConfigurations", "ec2:GetEbsEncryptionByDefault", "ec2:DescribeImages", "ec2:DescribeSnapshots"},
	Remedy:      encryptedVolumes,
	Fix: checks.Fix{
		Threat: "Volumes of the group's instances hold their data in plain text, and so do the snapshots that are made of them. A snapshot that is shared or published by mistake can then be read without any key.",
		CLI:    `aws ec2 enable-ebs-encryption-by-default --region {region}`,
		Terraform: `resource "aws_ebs_encryption_by_default" "example" {
  enabled = true
}`,
		Cost: "Free with AWS's managed key; a customer key is billed by the month and by requests, and the service-linked role of Auto Scaling needs rights on it. A launch configuration itself cannot be edited, and volumes that exist stay as they are.",
	},
	Judges: checks.For(snapshot.LaunchConfigurations, func(c snapshot.LaunchConfiguration, env checks.Env) checks.Verdict {
		return launchVolumes(c.Spec, c.Location, env)
	}),
}

// SpotFleetVolumesEncrypted is the same for the launch specifications of a Spot Fleet request
// that is in force. What its launch templates say is judged there.
// Source: EC2 DescribeSpotFleetRequests, LaunchSpecifications[].BlockDeviceMappings[].Ebs; and
// as LaunchTemplateVolumesEncrypted.
var SpotFleetVolumesEncrypted = checks.Check{
	ID:          "ec2-spot-fleet-volumes-encrypted",
	Title:       "Spot Fleet requests create encrypted volumes only",
	Severity:    checks.Medium,
	Category:    checks.Encryption,
	Duty:        checks.DataEncryption,
	ServiceKind: checks.Infrastructure,
	Tier:        2,
	Reads:       []string{"ec2:DescribeSpotFleetRequests", "ec2:GetEbsEncryptionByDefault", "ec2:DescribeImages", "ec2:DescribeSnapshots"},
	Remedy:      encryptedVolumes,
	Fix: checks.Fix{
		Threat: "Volumes of the fleet's instances hold their data in plain text, and so do the snapshots that are made of them. A snapshot that is shared or published by mistake can then be read without any key.",
		CLI: `aws ec2 enable-ebs-encryption-by-default --region {region}
aws ec2 cancel-spot-fleet-requests --region {region} --spot-fleet-request-ids {id} --no-terminate-instances
aws ec2 request-spot-fleet --region {region} --spot-fleet-request-config file://WITH_ENCRYPTED_VOLUMES.json`,
		Terraform: `resource "aws_ebs_encryption_by_default" "example" {
  enabled = true
}`,
		Cost: "Free with AWS's managed key; a customer key is billed by the month and by requests, and the service-linked role of Spot Fleet needs rights on it. A request cannot be edited, and volumes that exist stay as they are.",
	},
	Judges: checks.For(snapshot.SpotFleets, spotFleetVolumesEncrypted),
}

// cancelled are the states in which a request launches nothing any more. AWS shows it for
// two days.
var cancelled = []string{"cancelled", "cancelled_running", "cancelled_terminating", "failed"}

func spotFleetVolumesEncrypted(f snapshot.SpotFleet, env checks.Env) checks.Verdict {
	switch {
	case slices.Contains(cancelled, f.State):
		return checks.DoesNotApply("the request's state is %s", f.State).With("SpotFleetRequestState", f.State)
	case len(f.Specs) == 0 && f.Templates:
		return checks.DoesNotApply("the request launches by launch templates, which are judged themselves")
	case len(f.Specs) == 0:
		return checks.Unclear("the answer holds neither launch specifications nor launch templates")
	}
	var failed, held []string
	var unknown *checks.Verdict
	for i, s := range f.Specs {
		v := launchVolumes(s, f.Location, env)
		v.Reason = fmt.Sprintf("specification %d: %s", i+1, v.Reason)
		switch {
		case v.Status == checks.FAIL:
			failed = append(failed, v.Reason)
		case v.Status == checks.UNKNOWN && unknown == nil:
			unknown = &v
		default:
			held = append(held, v.Reason)
		}
	}
	switch {
	case len(failed) > 0:
		return checks.Fail("%s", strings.Join(failed, "; ")).With("SpotFleetRequestState", f.State)
	case unknown != nil:
		return *unknown
	}
	return checks.Pass("%s", strings.Join(held, "; ")).With("SpotFleetRequestState", f.State)
}

// launchVolumes judges the volumes that one description of a launch makes, and those that
// its image adds.
func launchVolumes(s snapshot.LaunchSpec, at snapshot.Location, env checks.Env) checks.Verdict {
	r, unread := launch.Settings(env, at)
	byDefault := false
	if unread == nil {
		byDefault, unread = checks.Use(env, r.EBSEncryptionByDefault)
	}
	if unread == nil && byDefault {
		return checks.Pass("EBS encryption by default is on%s", contrary(s))
	}
	image, gone := launch.Image(env, at, s.Image)
	var plain, encrypted []string
	var doubt *checks.Verdict
	note := func(v checks.Verdict, device string) {
		switch {
		case v.Status == checks.FAIL:
			plain = append(plain, fmt.Sprintf("%s (%s)", device, v.Reason))
		case v.Status == checks.UNKNOWN && doubt == nil:
			doubt = &v
		case v.Status == checks.PASS:
			encrypted = append(encrypted, fmt.Sprintf("%s (%s)", device, v.Reason))
		}
	}
	named := map[string]bool{}
	for _, d := range s.Devices {
		named[d.Device] = true
		if d.EBS && !d.None {
			note(launchVolume(d, s.Image, image, gone, at, env), d.Device)
		}
	}
	switch {
	case gone != nil:
		note(unknownImage(s.Image, gone), "")
	default:
		for _, d := range image.Devices {
			if !named[d.Device] {
				note(imageVolume(d, image), d.Device)
			}
		}
	}
	switch {
	case len(plain) > 0 && unread != nil:
		v := checks.Unknown(unread)
		v.Reason = fmt.Sprintf("only encryption by default could encrypt %s, and it was not read: %s", strings.Join(plain, ", "), v.Reason)
		return v
	case len(plain) > 0:
		return checks.Fail("encryption by default is off, and not encrypted: %s", strings.Join(plain, ", "))
	case doubt != nil && unread != nil:
		return checks.Unknown(unread)
	case doubt != nil:
		return *doubt
	case len(encrypted) == 0:
		return checks.Pass("it makes no EBS volume")
	}
	return checks.Pass("encrypted: %s", strings.Join(encrypted, ", "))
}

// contrary says that a description asks for plain volumes where encryption by default is on.
func contrary(s snapshot.LaunchSpec) string {
	for _, d := range s.Devices {
		if d.EBS && d.Encrypted != nil && !*d.Encrypted {
			return ", whatever Encrypted false of " + d.Device + " says"
		}
	}
	return ""
}

// launchVolume judges one volume that a description names, without encryption by default. A
// volume from an encrypted snapshot is always encrypted.
func launchVolume(d snapshot.LaunchDevice, id string, image snapshot.Image, gone error, at snapshot.Location, env checks.Env) checks.Verdict {
	if d.Encrypted != nil && *d.Encrypted {
		return checks.Pass("Encrypted is true")
	}
	said := "Encrypted is absent"
	if d.Encrypted != nil {
		said = "Encrypted is false"
	}
	if d.Snapshot != "" {
		return snapshotVolume(d.Snapshot, said, at, env)
	}
	if gone != nil {
		return unknownImage(id, gone)
	}
	for _, of := range image.Devices {
		if of.Device == d.Device {
			return imageVolume(of, image)
		}
	}
	return checks.Fail("%s, and the volume starts empty", said)
}

func snapshotVolume(id, said string, at snapshot.Location, env checks.Env) checks.Verdict {
	s, err := checks.Find(env, snapshot.VolumeSnapshots, at, id)
	encrypted := false
	if err == nil {
		encrypted, err = checks.Use(env, s.Encrypted)
	}
	switch {
	case errors.Is(err, snapshot.ErrAbsent):
		return checks.Unclear("%s, and %s is none of the account's snapshots: nothing tells whether it is encrypted", said, id)
	case err != nil:
		return checks.Unknown(err)
	case encrypted:
		return checks.Pass("%s is encrypted", id)
	}
	return checks.Fail("%s, and %s is not encrypted", said, id)
}

// imageVolume judges a volume by what the image says of it.
func imageVolume(d snapshot.ImageDevice, image snapshot.Image) checks.Verdict {
	encrypted, err := d.Encrypted.Get()
	switch {
	case err == nil && encrypted:
		return checks.Pass("encrypted in %s", image.ID)
	case err != nil && d.Snapshot != "":
		return checks.Unknown(err)
	}
	return checks.Fail("not encrypted in %s", image.ID)
}

// unknownImage is the verdict where the volumes of the image are not known.
func unknownImage(id string, err error) checks.Verdict {
	switch {
	case errors.Is(err, launch.ErrNotNamed):
		return checks.Unclear("encryption by default is off, and %s may have volumes that are not encrypted", launch.Named(id))
	case errors.Is(err, snapshot.ErrAbsent):
		return checks.Unclear("encryption by default is off, and %s, which does not exist any more or is not shared, tells nothing of its volumes", launch.Named(id))
	}
	return checks.Unknown(err)
}
