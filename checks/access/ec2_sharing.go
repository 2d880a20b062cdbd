package access

import (
	"fmt"
	"slices"

	"onus/checks"
	"onus/scanner/snapshot"
)

// ImageNotPublic passes when an own image is not shared with every account. A Region that
// refuses new public images leaves those that are. A disabled image is judged by what its
// answer says. Source: EC2 DescribeImages with Owners self, Public.
var ImageNotPublic = checks.Check{
	ID:          "ec2-ami-not-public",
	Title:       "Own AMIs are not shared with every AWS account",
	Severity:    checks.Critical,
	Category:    checks.Access,
	Duty:        checks.CustomerData,
	ServiceKind: checks.Infrastructure,
	Tier:        1,
	Reads:       []string{"ec2:DescribeImages"},
	Remedy:      "Remove the launch permission of the group all, and look for what was launched from the image in the meantime.",
	Fix: checks.Fix{
		Threat: "Everybody can launch the image and read its disks: code, keys and histories of shells. Public images are searched by machines.",
		CLI:    "aws ec2 modify-image-attribute --image-id {id} --launch-permission 'Remove=[{Group=all}]' --region {region}",
		Terraform: `resource "aws_ec2_image_block_public_access" "this" {
  region = "{region}"
  state  = "block-new-sharing"
}`,
		Cost: "Accounts that copied it keep their copy: change every secret that was in it.",
	},
	Judges: checks.For(snapshot.Images, imageNotPublic),
}

// goneImages are the states in which an image holds nothing that anybody could launch.
var goneImages = []string{"deregistered", "failed", "invalid", "error"}

func imageNotPublic(i snapshot.Image, _ checks.Env) checks.Verdict {
	if slices.Contains(goneImages, i.State) {
		return checks.DoesNotApply("the image's state is %s", i.State).With("State", i.State)
	}
	public, err := i.Public.Get()
	switch {
	case err != nil:
		return checks.Unknown(err)
	case public:
		return checks.Fail("Public is true").With("Public", "true").With("State", i.State)
	}
	return checks.Pass("Public is false").With("Public", "false").With("State", i.State)
}

// ImageBlockPublicAccess passes when the Region refuses to make images public. A Region
// without images is judged too. Source: EC2 GetImageBlockPublicAccessState.
var ImageBlockPublicAccess = checks.Check{
	ID:          "ec2-ami-block-public-access-enabled",
	Title:       "The Region refuses to make AMIs public",
	Severity:    checks.Medium,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.Infrastructure,
	Tier:        1,
	Reads:       []string{"ec2:GetImageBlockPublicAccessState"},
	Remedy:      "Enable block public access for images in the Region with EnableImageBlockPublicAccess.",
	Fix: checks.Fix{
		Threat: "One call shares an image with every AWS account. The block is the switch that such a mistake cannot get past.",
		CLI:    "aws ec2 enable-image-block-public-access --image-block-public-access-state block-new-sharing --region {region}",
		Terraform: `resource "aws_ec2_image_block_public_access" "this" {
  region = "{region}"
  state  = "block-new-sharing"
}`,
		Cost: "Images that are public stay so until their permission is taken away.",
	},
	Judges: checks.For(snapshot.AccountRegions, imageBlockPublicAccess),
}

func imageBlockPublicAccess(r snapshot.RegionSettings, _ checks.Env) checks.Verdict {
	state, err := r.ImageBlockPublicAccess.Get()
	if err != nil {
		return checks.Unknown(err)
	}
	v := checks.Fail("ImageBlockPublicAccessState is %s, want block-new-sharing", state)
	if state == "block-new-sharing" {
		v = checks.Pass("ImageBlockPublicAccessState is %s", state)
	}
	return v.With("ImageBlockPublicAccessState", state)
}

// VolumeSnapshotNotPublic passes when not everybody may restore the snapshot, or its Region
// blocks all public sharing: then the permission stays written and is void. Under
// block-new-sharing old public snapshots stay public. Where the block was not read, a public
// snapshot fails, and the reason says so.
// Source: EC2 DescribeSnapshots with RestorableByUserIds all; GetSnapshotBlockPublicAccessState.
var VolumeSnapshotNotPublic = checks.Check{
	ID:          "ebs-snapshot-not-public",
	Title:       "No EBS snapshot can be restored by every AWS account",
	Severity:    checks.Critical,
	Category:    checks.Access,
	Duty:        checks.CustomerData,
	ServiceKind: checks.Infrastructure,
	Tier:        1,
	Reads:       []string{"ec2:DescribeSnapshots", "ec2:GetSnapshotBlockPublicAccessState"},
	Remedy:      "Remove the create-volume permission of the group all, block public sharing in the Region, and treat the data as known.",
	Fix: checks.Fix{
		Threat: "Every AWS account can make a volume of the snapshot and read the disk. Public snapshots are searched for keys and passwords by machines.",
		CLI:    "aws ec2 modify-snapshot-attribute --snapshot-id {id} --attribute createVolumePermission --operation-type remove --group-names all --region {region}",
		Terraform: `resource "aws_ebs_snapshot_block_public_access" "this" {
  region = "{region}"
  state  = "block-all-sharing"
}`,
		Cost: "Accounts that copied it keep their copy: change every secret that was on the disk.",
	},
	Judges: checks.For(snapshot.VolumeSnapshots, volumeSnapshotNotPublic),

	FailWhenUnread: true,
}

// sharingBlock is a Region's block of public snapshots: a kind of its own, so that looking
// it up for each snapshot does not go through the whole coverage.
var sharingBlock = snapshot.Kind[snapshot.RegionSettings]{
	Type: "block of public snapshots",
	All:  snapshot.AccountRegions.All,
	Meta: snapshot.AccountRegions.Meta,
	Key:  snapshot.AccountRegions.Key,
}

func volumeSnapshotNotPublic(s snapshot.VolumeSnapshot, env checks.Env) checks.Verdict {
	public, unlisted := s.Public.Get()
	if unlisted == nil && !public {
		return checks.Pass("the snapshot is not among those that everybody may restore").With("Group all", "false")
	}
	var state string
	r, unread := checks.Find(env, sharingBlock, s.Location, s.Region)
	if unread == nil {
		state, unread = checks.Use(env, r.SnapshotBlockPublicAccess)
	}
	listed := "whether everybody may restore it was not read"
	if unlisted == nil {
		listed = "the permission of the group all is dormant, and block-new-sharing would wake it"
	}
	v := checks.Verdict{}
	switch {
	case state == "block-all-sharing":
		v = checks.Pass("the Region's State is block-all-sharing; %s", listed)
	case unlisted != nil:
		return checks.Unknown(unlisted)
	case unread != nil:
		v = checks.Fail("everybody may restore the snapshot, unless the Region blocks all sharing, which was not read: %s", unread)
	default:
		v = checks.Fail("everybody may restore the snapshot, and the Region's State is %s", state)
	}
	return v.With("Group all", fmt.Sprint(public)).With("State", state)
}

// SnapshotBlockPublicAccess passes when the Region blocks all public sharing of snapshots.
// block-new-sharing leaves old shares, and passes only with accept_block_new_sharing.
// Source: EC2 GetSnapshotBlockPublicAccessState, State.
var SnapshotBlockPublicAccess = checks.Check{
	ID:          "ebs-snapshot-block-public-access-enabled",
	Title:       "The Region blocks public sharing of EBS snapshots",
	Severity:    checks.Medium,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.Infrastructure,
	Tier:        1,
	Reads:       []string{"ec2:GetSnapshotBlockPublicAccessState"},
	Parameters:  checks.Parameters{"accept_block_new_sharing": false},
	Remedy:      "Set block-all-sharing with EnableSnapshotBlockPublicAccess in the Region.",
	Fix: checks.Fix{
		Threat: "One call shares a snapshot with every AWS account. The block is the switch that such a mistake cannot get past.",
		CLI:    "aws ec2 enable-snapshot-block-public-access --state block-all-sharing --region {region}",
		Terraform: `resource "aws_ebs_snapshot_block_public_access" "this" {
  region = "{region}"
  state  = "block-all-sharing"
}`,
		Cost: "Snapshots that are public are so no longer while it is on.",
	},
	Judges: checks.For(snapshot.AccountRegions, snapshotBlockPublicAccess),
}

func snapshotBlockPublicAccess(r snapshot.RegionSettings, env checks.Env) checks.Verdict {
	state, err := r.SnapshotBlockPublicAccess.Get()
	if err != nil {
		return checks.Unknown(err)
	}
	v := checks.Fail("State is %s, want block-all-sharing", state)
	if state == "block-all-sharing" || state == "block-new-sharing" && env.Bool("accept_block_new_sharing") {
		v = checks.Pass("State is %s", state)
	}
	return v.With("State", state)
}
