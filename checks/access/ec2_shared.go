package access

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/keys"
	"onus/scanner/snapshot"
)

// ImageSharedWithTrustedAccounts passes when an own image is shared only with accounts that
// the policy file trusts, and with accounts, units or all of the own organization. Sharing
// with everybody is another check's. Whoever may launch the image reads what is on it: AWS
// gives the launch its snapshots, which need not be shared as well.
// Source: EC2 DescribeImageAttribute launchPermission; Organizations ListAccounts.
var ImageSharedWithTrustedAccounts = checks.Check{
	ID:          "ec2-ami-shared-only-with-trusted-accounts",
	Title:       "Own AMIs are shared only with trusted accounts, organizations or units",
	Severity:    checks.High,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.Infrastructure,
	Tier:        3,
	Reads:       []string{"ec2:DescribeImages", "ec2:DescribeImageAttribute", "organizations:DescribeOrganization", "organizations:ListAccounts"},
	Parameters:  checks.Parameters{"trusted_accounts": []string{}},
	Remedy:      "Take the launch permission of the account away, or name the account in trusted_accounts.",
	Fix: checks.Fix{
		Threat: "Whoever may launch the image reads its whole disk, with the configuration, keys and data that were on the machine it was made from. A share that outlives its reason goes unnoticed: launches in the other account leave no trace in this one.",
		CLI: `aws ec2 describe-image-attribute --region {region} --image-id {id} --attribute launchPermission
aws ec2 modify-image-attribute --region {region} --image-id {id} --launch-permission "Remove=[{UserId=ACCOUNT}]"`,
		Terraform: `resource "aws_ami_launch_permission" "example" {
  image_id         = aws_ami.example.id
  organization_arn = aws_organizations_organization.example.arn
}`,
		Cost: "Free. The other account can launch the image no more, also by Auto Scaling; instances and copies that it has made stay its own.",
	},
	Judges: checks.For(snapshot.Images, imageSharedWithTrustedAccounts),
}

// unshareable are the states in which an image's launch permissions are void.
var unshareable = append(slices.Clone(goneImages), "disabled")

func imageSharedWithTrustedAccounts(i snapshot.Image, env checks.Env) checks.Verdict {
	if slices.Contains(unshareable, i.State) {
		return checks.DoesNotApply("the image's state is %s", i.State).With("State", i.State)
	}
	with, err := i.Shared.Get()
	if err != nil {
		return checks.Unknown(err)
	}
	v, _ := sharedWith(with, i.Location, env)
	if len(i.Products) > 0 && v.Status == checks.FAIL {
		v.Reason += fmt.Sprintf("; the image has product codes (%s), and AWS Marketplace shares the images that it sells", strings.Join(i.Products, ", "))
	}
	return v
}

// VolumeSnapshotSharedWithTrustedAccounts passes when a snapshot is shared only with accounts
// that the policy file trusts or that are of the own organization. Sharing with everybody is
// another check's, and a Region that blocks that does not block this. The key of an encrypted
// one decides whether the share works today: the reason says so, and the key's policy can
// change at any time.
// Source: EC2 DescribeSnapshotAttribute createVolumePermission; Organizations ListAccounts;
// KMS DescribeKey, GetKeyPolicy and ListGrants.
var VolumeSnapshotSharedWithTrustedAccounts = checks.Check{
	ID:          "ebs-snapshot-shared-only-with-trusted-accounts",
	Title:       "EBS snapshots are shared only with trusted accounts",
	Severity:    checks.High,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.Infrastructure,
	Tier:        3,
	Reads: []string{"ec2:DescribeSnapshots", "ec2:DescribeSnapshotAttribute", "organizations:DescribeOrganization", "organizations:ListAccounts",
		"kms:DescribeKey", "kms:GetKeyPolicy", "kms:ListGrants"},
	Parameters: checks.Parameters{"trusted_accounts": []string{}},
	Remedy:     "Take the create-volume permission of the account away, or name the account in trusted_accounts.",
	Fix: checks.Fix{
		Threat: "The other account makes a volume from the snapshot and reads all that was on the disk. Stolen credentials are used so: a share with an account of the attacker's copies a database without one packet through the network.",
		CLI: `aws ec2 describe-snapshot-attribute --region {region} --snapshot-id {id} --attribute createVolumePermission
aws ec2 modify-snapshot-attribute --region {region} --snapshot-id {id} --attribute createVolumePermission --operation-type remove --user-ids ACCOUNT`,
		Terraform: `resource "aws_snapshot_create_volume_permission" "example" {
  snapshot_id = aws_ebs_snapshot.example.id
  account_id  = "TRUSTED_ACCOUNT"
}`,
		Cost: "Free. The other account can restore the snapshot no more; volumes and copies that it has made stay its own, so that a share by mistake has to be treated as a disclosure.",
	},
	Judges: checks.For(snapshot.VolumeSnapshots, volumeSnapshotSharedWithTrustedAccounts),
}

func volumeSnapshotSharedWithTrustedAccounts(s snapshot.VolumeSnapshot, env checks.Env) checks.Verdict {
	if s.State == "error" {
		return checks.DoesNotApply("the snapshot's state is error: it holds nothing").With("State", s.State)
	}
	with, err := s.Shared.Get()
	if err != nil {
		return checks.Unknown(err)
	}
	encrypted, err := s.Encrypted.Get()
	encrypted = err == nil && encrypted && s.KMSKeyID != ""
	if encrypted && len(with) == 0 {
		if m, err := keys.Of(env, s.Location, s.KMSKeyID); err == nil && m.Manager == "AWS" {
			return checks.DoesNotApply("it is encrypted with an AWS managed key, and cannot be shared").With("KmsKeyId", s.KMSKeyID)
		}
	}
	v, outside := sharedWith(with, s.Location, env)
	if encrypted && len(outside) > 0 {
		v.Reason += keyFor(s.Location, s.KMSKeyID, outside, env)
		v = v.With("KmsKeyId", s.KMSKeyID)
	}
	return v
}

// sharedWith judges whom something is shared with, but for everybody, and lists those outside.
func sharedWith(with []snapshot.Grantee, at snapshot.Location, env checks.Env) (v checks.Verdict, outside []string) {
	var known, untold []string
	var unread error
	for _, g := range with {
		if g.Group != "" {
			continue
		}
		name := g.Account + g.Organization + g.Unit // one of them
		switch inside, err := insider(g, at, env); {
		case err != nil:
			untold, unread = append(untold, name), err
		case inside:
			known = append(known, name)
		default:
			outside = append(outside, name)
		}
	}
	slices.Sort(known)
	slices.Sort(outside)
	slices.Sort(untold)
	v = checks.Pass("it is shared with nobody by name")
	switch {
	case len(outside) > 0:
		v = checks.Fail("it is shared outside the trusted accounts and the organization: %s", strings.Join(outside, ", "))
	case unread != nil:
		v = checks.Unknown(unread)
		v.Reason = fmt.Sprintf("it is shared with %s, and whether that is of the organization was not read: %s", strings.Join(untold, ", "), v.Reason)
	case len(known) > 0:
		v = checks.Pass("it is shared with %s, all trusted or of the organization", strings.Join(known, ", "))
	}
	return v.With("outside", strings.Join(outside, ", ")).With("trusted", strings.Join(known, ", ")), outside
}

// insider says whether one with whom something is shared is trusted or of the organization.
func insider(g snapshot.Grantee, at snapshot.Location, env checks.Env) (bool, error) {
	if g.Account != "" && (g.Account == at.Account || slices.Contains(env.Strings("trusted_accounts"), g.Account)) {
		return true, nil
	}
	own, err := checks.Use(env, env.Account().Org.Organization)
	switch {
	case errors.Is(err, snapshot.ErrAbsent):
		return false, nil
	case g.Account != "" && err == nil && g.Account == own.ManagementAccount:
		return true, nil
	case g.Account != "":
		members, err := checks.Use(env, env.Account().Org.Accounts)
		return err == nil && slices.Contains(members, g.Account), err
	case err != nil:
		return false, err
	}
	// arn:PARTITION:organizations::ACCOUNT:organization/o-… and …:ou/o-…/ou-…
	parts := strings.Split(g.Organization+g.Unit, "/")
	return own.ID != "" && len(parts) > 1 && parts[1] == own.ID, nil
}
