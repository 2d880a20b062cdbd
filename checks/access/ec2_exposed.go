package access

import (
	"slices"

	"onus/checks"
	"onus/checks/access/identity"
	"onus/checks/network"
	"onus/scanner/snapshot"
)

// InstanceInternetFacingWithoutRole passes when the instance holds no instance profile, or
// the internet reaches none of its ports. A public address alone is no exposure.
// Source: EC2 DescribeInstances, IamInstanceProfile; and as
// ec2-instance-admin-ports-not-reachable-from-internet.
var InstanceInternetFacingWithoutRole = checks.Check{
	ID:          "ec2-instance-internet-facing-without-role",
	Title:       "EC2 instances with a public address and an open path carry no instance profile",
	Severity:    checks.Medium,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.Infrastructure,
	Tier:        2,
	Reads:       network.ExposureReads,
	Remedy:      "Put the instance behind a load balancer, or give its work in AWS to a machine that the internet does not reach.",
	Fix: checks.Fix{
		Threat: "Whoever breaks into the software that the internet reaches takes the role's credentials from the metadata service. From then on they work in the account, from anywhere.",
		CLI: `aws ec2 describe-iam-instance-profile-associations --region {region} --filters Name=instance-id,Values={id}
aws ec2 disassociate-iam-instance-profile --region {region} --association-id ASSOCIATION`,
		Terraform: `resource "aws_lb_target_group_attachment" "example" {
  target_group_arn = aws_lb_target_group.example.arn
  target_id        = aws_instance.example.id # in a private subnet
}`,
		Cost: "A load balancer is billed by the hour and by traffic. Software that uses the role fails without it. Where a public instance needs a role, give it the fewest rights that will do: least privilege settles what this check and ec2-instance-profile-attached ask of the same instance.",
	},
	Judges: checks.For(snapshot.Instances, instanceInternetFacingWithoutRole),
}

func instanceInternetFacingWithoutRole(i snapshot.Instance, env checks.Env) checks.Verdict {
	if i.Profile == "" {
		return checks.Pass("the instance holds no instance profile").With("IamInstanceProfile", "")
	}
	v := network.Exposure(i, env)
	switch v.Status {
	case checks.FAIL:
		v.Reason = "the instance holds " + i.Profile + " and is " + network.Ways(v) + "; where it needs a role, least privilege settles it"
	case checks.PASS:
		v.Reason = "the instance holds " + i.Profile + ", and the internet does not reach it: " + v.Reason
	case checks.UNKNOWN, checks.NotApplicable:
	}
	return v.With("IamInstanceProfile", i.Profile)
}

// InstanceReachableWithoutPrivilegedRole passes when the internet reaches no port of the
// instance, or it holds no role, or its role neither administers nor raises its rights and
// the metadata service asks for tokens. What was not read of a link of the way leaves the
// answer open, unless the role is harmless.
// Source: as InstanceInternetFacingWithoutRole, InstanceRoleNoAdmin and
// InstanceRoleNoPrivilegeEscalation; MetadataOptions.
var InstanceReachableWithoutPrivilegedRole = checks.Check{
	ID:          "ec2-instance-reachable-without-privileged-role",
	Title:       "No EC2 instance that the internet can reach carries a role or metadata setting that turns a break-in into account access",
	Severity:    checks.Critical,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.Infrastructure,
	Tier:        3,
	Reads:       slices.Concat(network.ExposureReads, []string{"iam:ListInstanceProfiles", "iam:GetAccountAuthorizationDetails"}),
	Remedy:      "Close the way from the internet, narrow the role, and require tokens for metadata: each of them breaks the chain.",
	Fix: checks.Fix{
		Threat: "The internet reaches the instance, and what it holds is worth a break-in: a role that can make itself an administrator, or credentials that one forged request reads. One hole in the application is then a hole in the account.",
		CLI: `aws ec2 modify-instance-metadata-options --region {region} --instance-id {id} --http-tokens required
aws iam detach-role-policy --role-name ROLE --policy-arn WIDE_POLICY
aws ec2 revoke-security-group-ingress --region {region} --group-id GROUP --ip-permissions file://RULE.json`,
		Terraform: `resource "aws_instance" "example" {
  iam_instance_profile = aws_iam_instance_profile.narrow.name

  metadata_options {
    http_tokens = "required"
  }
}`,
		Cost: "Free, but for a load balancer if one has to be put in front. Software that speaks only IMDSv1 fails once tokens are required.",
	},
	Judges:         checks.For(snapshot.Instances, instanceReachableWithoutPrivilegedRole),
	FailWhenUnread: true,
}

func instanceReachableWithoutPrivilegedRole(i snapshot.Instance, env checks.Env) checks.Verdict {
	if i.Profile == "" {
		return checks.Pass("the instance holds no instance profile").With("IamInstanceProfile", "")
	}
	reach := network.Exposure(i, env)
	if reach.Status == checks.PASS {
		reach.Reason = "the internet does not reach it: " + reach.Reason
		return reach.With("IamInstanceProfile", i.Profile)
	}
	prize := worth(i, env)
	v := prize
	switch {
	case prize.Status == checks.PASS:
		v.Reason = "whoever breaks in gains no hold on the account: " + v.Reason
	case reach.Status != checks.FAIL: // the way is not known
		v = reach
		v.Reason = "if it can be reached, a break-in is worth it or may be (" + prize.Reason + "): " + reach.Reason
	case prize.Status == checks.FAIL:
		v.Reason = network.Ways(reach) + "; and " + prize.Reason
		v = v.With("path", reach.Observed["path"])
	default:
		v.Reason = network.Ways(reach) + "; and whether a break-in is worth it was not read: " + prize.Reason
	}
	return v.With("IamInstanceProfile", i.Profile)
}

// worth fails where a break-in into the instance gives a hold on the account.
func worth(i snapshot.Instance, env checks.Env) checks.Verdict {
	r, v, ok := roleOf(i, env)
	if !ok && v.Status == checks.PASS {
		return v // no role, no credentials
	}
	metadata := instanceIMDSv2Required(i, env)
	if metadata.Status == checks.FAIL {
		return metadata
	}
	if ok {
		h := identity.OfInstance(env, i, r)
		v = rightsVerdict(h, administration(), "administer the account")
		if more := escalationVerdict(h, env, ways, exposures); v.Status == checks.PASS || more.Status == checks.FAIL && v.Status != checks.FAIL {
			v = more
		}
		v = v.With("Role", r.ARN)
	}
	if v.Status == checks.PASS && metadata.Status != checks.PASS {
		return metadata
	}
	return v
}
