package hygiene

import (
	"errors"
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/access/identity"
	"onus/checks/access/policy"
	"onus/checks/launch"
	"onus/checks/wording"
	"onus/scanner/snapshot"
)

// AMIInUse passes when something names the own image by its id (a live instance, the default
// or latest version of a launch template, a launch configuration, a Spot Fleet request), or
// it was launched or made within the days allowed, by whomever it is shared with. Where a
// launch template names its image by a parameter, that may be this one.
// Source: EC2 DescribeImages with Owners self, LastLaunchedTime and CreationDate;
// DescribeInstances; DescribeLaunchTemplateVersions; Auto Scaling DescribeLaunchConfigurations.
var AMIInUse = checks.Check{
	ID:          "ec2-ami-in-use",
	Title:       "Own AMIs are used by an instance, a launch template or a launch configuration",
	Severity:    checks.Low,
	Category:    checks.Hygiene,
	Duty:        checks.OSAndPlatform,
	ServiceKind: checks.Infrastructure,
	Tier:        2,
	Reads:       launch.UseReads,
	Parameters:  checks.Parameters{"unused_days": 90},
	Bounds:      checks.AtLeast(1),
	Remedy:      "Deregister the image and delete its snapshots.",
	Fix: checks.Fix{
		Threat: "A forgotten image keeps a copy of a machine, with the secrets and the holes that it had. Somebody launches it by mistake, or shares it; its snapshots are billed.",
		CLI: `aws ec2 disable-image --region {region} --image-id {id} # can be undone
aws ec2 deregister-image --region {region} --image-id {id} --delete-associated-snapshots`,
		Terraform: `resource "aws_ami_from_instance" "example" {
  # take the resource out of the configuration, and apply
}`,
		Cost: "Saves the storage of the snapshots. Deregistering is for good, unless a Recycle Bin rule keeps the image: disable it for a while first and see whether anybody misses it.",
	},
	Judges: checks.For(snapshot.Images, amiInUse),
}

func amiInUse(i snapshot.Image, env checks.Env) checks.Verdict {
	return launch.ImageInUse(i, env, env.Int("unused_days"))
}

// backedImages are the own images that a snapshot is behind, and why there may be more.
func backedImages(s snapshot.VolumeSnapshot, env checks.Env) ([]string, error) {
	b, err := checks.Find(env, behind, s.Location, s.ID)
	if err == nil {
		env.Cite(b.Calls...)
		return b.images, nil
	}
	// An image's id that is nobody's tells whether the list is whole.
	if _, whole := checks.Find(env, snapshot.Images, s.Location, "-"); !errors.Is(whole, snapshot.ErrAbsent) {
		return nil, whole
	}
	return nil, nil
}

// backing are the images that one snapshot is behind.
type backing struct {
	snapshot.Meta
	id     string
	images []string
}

// behind finds images by the snapshots behind them: put together once for an evaluation.
var behind = snapshot.Kind[backing]{
	Type: "images of a snapshot",
	All: func(a *snapshot.Account) (out []backing) {
		index := map[string]int{}
		for _, i := range a.EC2.Images {
			for _, d := range i.Devices {
				key := i.Region + " " + d.Snapshot
				n, ok := index[key]
				if !ok {
					n = len(out)
					index[key] = n
					out = append(out, backing{Meta: snapshot.Meta{Location: i.Location, Calls: i.Calls}, id: d.Snapshot})
				}
				if !slices.Contains(out[n].images, i.ID) {
					out[n].images = append(out[n].images, i.ID)
				}
			}
		}
		return out
	},
	Meta: func(b backing) snapshot.Meta { return b.Meta },
	Key:  func(b backing) string { return b.id },
}

// EC2RoleHasInstances passes when a role that trusts EC2 is held by a live instance of some
// scanned Region, or the default or latest version of a launch template, or a launch
// configuration, names an instance profile that holds it. A Region that was not scanned or
// not read leaves the answer open.
// Source: IAM GetAccountAuthorizationDetails, AssumeRolePolicyDocument and
// InstanceProfileList; EC2 DescribeInstances and DescribeLaunchTemplateVersions,
// IamInstanceProfile.
var EC2RoleHasInstances = checks.Check{
	ID:          "iam-ec2-role-has-instances",
	Title:       "Roles made for EC2 are held by an instance",
	Severity:    checks.Low,
	Category:    checks.Hygiene,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        2,
	Reads: []string{"iam:GetAccountAuthorizationDetails", "ec2:DescribeInstances", "ec2:DescribeLaunchTemplates", "ec2:DescribeLaunchTemplateVersions",
		"autoscaling:DescribeLaunchConfigurations"},
	Remedy: "Delete the role with its instance profile.",
	Fix: checks.Fix{
		Threat: "Whoever may launch an instance and pass roles gives it this one, with whatever rights it was once made for. Nobody looks at what a role may do that nothing uses.",
		CLI: `aws iam list-instance-profiles-for-role --role-name {name}
aws iam remove-role-from-instance-profile --instance-profile-name PROFILE --role-name {name}
aws iam delete-instance-profile --instance-profile-name PROFILE
aws iam list-attached-role-policies --role-name {name}
aws iam detach-role-policy --role-name {name} --policy-arn POLICY
aws iam delete-role --role-name {name}`,
		Terraform: `resource "aws_iam_role" "example" {
  # take the role, its policies and its instance profile out of the configuration, and apply
}`,
		Cost: "Free. A role cannot be brought back with the same unique id; look at when it was last used first. A machine that is started now and then may need it.",
	},
	Judges: checks.For(snapshot.Roles, ec2RoleHasInstances),
}

func ec2RoleHasInstances(r snapshot.Role, env checks.Env) checks.Verdict {
	services, err := identity.RoleServices(r)
	switch {
	case err != nil:
		return identity.Untold(err)
	case !slices.ContainsFunc(services, func(s string) bool { return policy.ServiceName(s) == "ec2" }):
		return checks.DoesNotApply("the trust policy does not name EC2")
	}
	var holders []string
	var unread error
	for _, profile := range r.Profiles {
		of, err := launch.Holders(env, profile)
		holders = append(holders, of...)
		if err != nil {
			unread = err
		}
	}
	list := strings.Join(r.Profiles, ", ")
	switch {
	case len(holders) > 0:
		return checks.Pass("held by %s", wording.List(holders, 4)).With("profiles", list)
	case len(r.Profiles) == 0:
		return checks.Fail("no instance profile holds the role").With("profiles", "")
	case unread != nil:
		return checks.Unknown(unread)
	}
	switch left, err := launch.Unscanned(env); {
	case err != nil:
		return checks.Unknown(err)
	case len(left) > 0:
		return checks.Unclear("nothing holds %s in the scanned Regions, and these were not scanned: %s", list, wording.List(left, 4))
	}
	return checks.Fail("nothing holds %s: no live instance, launch template or launch configuration", list).With("profiles", list)
}
