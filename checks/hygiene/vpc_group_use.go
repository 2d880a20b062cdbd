package hygiene

import (
	"cmp"
	"fmt"
	"slices"

	"onus/checks"
	"onus/checks/launch"
	"onus/checks/networks"
	"onus/checks/wording"
	"onus/scanner/snapshot"
)

// GroupInUse passes when an interface carries the group, a rule of another group refers to
// it, a launch configuration names it, or the default, the latest or a used version of a
// launch template does, or it is associated with another VPC of the account's own. What
// carries it in another account's VPC is not seen.
// Source: EC2 DescribeNetworkInterfaces, Groups; DescribeSecurityGroups, UserIdGroupPairs;
// DescribeLaunchTemplateVersions; DescribeSecurityGroupVpcAssociations; Auto Scaling
// DescribeLaunchConfigurations, SecurityGroups.
var GroupInUse = checks.Check{
	ID:          "vpc-security-group-in-use",
	Title:       "Security groups are used",
	Severity:    checks.Low,
	Category:    checks.Hygiene,
	Duty:        checks.NetworkFirewall,
	ServiceKind: checks.Infrastructure,
	Tier:        2,
	Reads:       slices.Concat([]string{listGroups, listInterfaces, listAssociations}, launch.SecurityGroupReads),
	Parameters:  checks.Parameters{"references_count_as_use": true},
	Remedy:      "Delete the group.",
	Fix: checks.Fix{
		Threat:    "A group that nobody uses keeps its rules, and nobody looks at them. Whoever picks it for a new instance opens what it once opened.",
		CLI:       "aws ec2 delete-security-group --group-id {id} --region {region}",
		Terraform: `# Remove the resource "aws_security_group" of this group from the configuration.`,
		Cost:      "A function that has not run for weeks has no interface and yet needs its group: look there first. The group cannot be brought back under its id.",
	},
	Judges: checks.For(snapshot.SecurityGroups, groupInUse),
}

const listAssociations = "ec2:DescribeSecurityGroupVpcAssociations"

func groupInUse(g snapshot.SecurityGroup, env checks.Env) checks.Verdict {
	if v, is := networks.Foreign("group", g.Owner, g.Location); is {
		return v
	}
	if g.Group == "default" {
		return checks.DoesNotApply("the VPC's default group")
	}
	r := networks.At(env, g.Location)
	unread := networks.Rest(env, g.Location, listInterfaces)
	if n := len(r.Carrying[g.ID]); n > 0 {
		return used("carried by " + wording.Count(n, "interface"))
	}
	lacking := "no interface carries the group, nothing would launch with it, and no other VPC may use it"
	if env.Bool("references_count_as_use") {
		unread = cmp.Or(unread, networks.Rest(env, g.Location, listGroups))
		if by := r.Referring[g.ID]; len(by) > 0 {
			return used("rules refer to it: those of " + networks.Few(ids(by)))
		}
		lacking = "no interface carries the group, no rule of another group refers to it, nothing would launch with it, and no other VPC may use it"
	}
	users, err := launch.SecurityGroupUsers(g, env)
	if len(users) > 0 {
		return used("named by " + networks.Few(users))
	}
	unread = cmp.Or(unread, err)
	vpcs, err := associated(g, env)
	if len(vpcs) > 0 {
		return used("associated with " + networks.Few(vpcs))
	}
	if unread = cmp.Or(unread, err); unread != nil {
		return networks.Unknown(unread)
	}
	return checks.Fail("%s", lacking).With("use", "")
}

func used(how string) checks.Verdict { return checks.Pass("%s", how).With("use", how) }

func ids(groups []*snapshot.SecurityGroup) (out []string) {
	for _, g := range groups {
		out = append(out, g.ID)
	}
	return out
}

// associated are the other VPCs of the account's own in which the group may be used. The
// interfaces of another account's VPC are not seen, so that such a one leaves it open.
func associated(g snapshot.SecurityGroup, env checks.Env) (own []string, doubt error) {
	doubt = networks.Rest(env, g.Location, listAssociations)
	for _, a := range env.Account().EC2.Net.GroupAssociations {
		switch {
		case a.Group != g.ID || a.Region != g.Region || a.VPC == g.VPC || !inForce(a.State):
		case a.VPCOwner == g.Account:
			own = append(own, a.VPC)
		case a.VPCOwner == "":
			doubt = fmt.Errorf("it is associated with %s, and the answer does not say whose that is", a.VPC)
		default:
			doubt = fmt.Errorf("it is associated with %s of account %s, whose interfaces are not seen", a.VPC, a.VPCOwner)
		}
	}
	return own, doubt
}

// inForce says of an association's state that interfaces in the VPC can carry the group, or
// will in a moment.
func inForce(state string) bool {
	return slices.Contains([]string{"associated", "associating", "disassociation-failed"}, state)
}
