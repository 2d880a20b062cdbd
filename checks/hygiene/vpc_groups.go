package hygiene

import (
	"fmt"
	"strings"

	"onus/checks"
	"onus/checks/networks"
	"onus/checks/wording"
	"onus/scanner/snapshot"
)

const listGroups = "ec2:DescribeSecurityGroups"

// AccountGroupCount passes when the Region has few enough groups of the account's own.
// Default groups cannot be deleted, and do not count.
// Source: EC2 DescribeSecurityGroups, all pages.
var AccountGroupCount = checks.Check{
	ID:          "vpc-account-security-group-count-bounded",
	Title:       "The Region has no more security groups than a person can review",
	Severity:    checks.Info,
	Category:    checks.Hygiene,
	Duty:        checks.NetworkFirewall,
	ServiceKind: checks.Infrastructure,
	Tier:        2,
	Reads:       []string{"ec2:DescribeSecurityGroups"},
	Parameters:  checks.Parameters{"max_groups": 40},
	Bounds:      checks.AtLeast(0),
	Remedy:      "Delete the groups that nothing carries, and put those together that say the same.",
	Fix: checks.Fix{
		Threat: "Nobody reviews hundreds of groups, so an open one stays. New ones are made since nobody finds the one that would do.",
		CLI: `aws ec2 describe-network-interfaces --filters Name=group-id,Values=GROUP --query 'NetworkInterfaces[].NetworkInterfaceId' --region {region}
aws ec2 delete-security-group --group-id GROUP --region {region}`,
		Terraform: `# Remove the resources "aws_security_group" that nothing refers to.`,
		Cost:      "A group that a launch template, a function or another rule names is missed later: look for references first.",
	},
	Judges: checks.For(snapshot.AccountRegions, accountGroupCount),
}

func accountGroupCount(s snapshot.RegionSettings, env checks.Env) checks.Verdict {
	r := networks.At(env, s.Location)
	unread := networks.Rest(env, s.Location, listGroups)
	n, most := 0, env.Int("max_groups")
	for _, g := range r.Groups {
		if g.Group != "default" && (g.Owner == "" || g.Owner == s.Account) {
			n++
		}
	}
	switch {
	case n > most:
		return checks.Fail("%d security groups beside the default ones, %d allowed", n, most).With("groups", fmt.Sprint(n))
	case unread != nil:
		return checks.Unknown(unread)
	}
	return checks.Pass("%d security groups beside the default ones, %d allowed", n, most).With("groups", fmt.Sprint(n))
}

// GroupDescribed passes when the group's description is none that a tool wrote, and each of
// its rules has one. The rule that AWS gives each new group, for all traffic out, has none and
// is left out. Source: EC2 DescribeSecurityGroups, Description; DescribeSecurityGroupRules.
var GroupDescribed = checks.Check{
	ID:          "vpc-security-group-described",
	Title:       "Security groups and their rules say what they are for",
	Severity:    checks.Info,
	Category:    checks.Hygiene,
	Duty:        checks.NetworkFirewall,
	ServiceKind: checks.Infrastructure,
	Tier:        2,
	Reads:       []string{"ec2:DescribeSecurityGroups", "ec2:DescribeSecurityGroupRules"},
	Parameters:  checks.Parameters{"boilerplate": []string{"Managed by Terraform", "launch-wizard*", "default VPC security group", "Created by RDS management console"}, "judge_rules": true},
	Remedy:      "Describe each rule; a group whose description says nothing is replaced by one that has a better one.",
	Fix: checks.Fix{
		Threat: "Nobody dares to remove a rule of which nobody knows the purpose. So it outlives it.",
		CLI:    `aws ec2 update-security-group-rule-descriptions-ingress --group-id {id} --security-group-rule-descriptions 'SecurityGroupRuleId=RULE,Description="who calls, and why"' --region {region}`,
		Terraform: `resource "aws_vpc_security_group_ingress_rule" "https" {
  security_group_id = "{id}"
  description       = "who calls, and why"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
  cidr_ipv4         = "CALLERS"
}`,
		Cost: "Descriptions of rules change in place. A group's own cannot be changed: it needs a new group.",
	},
	Judges: checks.For(snapshot.SecurityGroups, groupDescribed),
}

func groupDescribed(g snapshot.SecurityGroup, env checks.Env) checks.Verdict {
	switch v, is := networks.Foreign("group", g.Owner, g.Location); {
	case is:
		return v
	case g.Group == "default":
		return checks.DoesNotApply("the VPC's default group")
	case madeByService(g.Tags) != "":
		return checks.DoesNotApply("an AWS service made the group: it has the tag %s", madeByService(g.Tags))
	}
	if g.About == "" {
		return checks.Fail("the group's Description is empty").With("Description", "")
	}
	for _, pattern := range env.Strings("boilerplate") {
		if networks.Glob(pattern, g.About) {
			return checks.Fail("the group's Description is %q, which says nothing", g.About).With("Description", g.About)
		}
	}
	if !env.Bool("judge_rules") {
		return checks.Pass("the group's Description is %q", g.About).With("Description", g.About)
	}
	unread := networks.Rest(env, g.Location, "ec2:DescribeSecurityGroupRules")
	var silent []string
	rules := networks.At(env, g.Location).Rules[g.ID]
	for _, r := range rules {
		allOut := r.Egress && r.Protocol == "-1" && (r.Source == "0.0.0.0/0" || r.Source == "::/0")
		if r.Description == "" && !allOut {
			way := "from"
			if r.Egress {
				way = "to"
			}
			silent = append(silent, fmt.Sprintf("%s %s %s", r.ID, way, r.Source))
		}
	}
	switch {
	case len(silent) > 0:
		return checks.Fail("rules without a description: %s", networks.Few(silent)).With("Description", g.About).With("rules", networks.Few(silent))
	case unread != nil:
		return checks.Unknown(unread)
	}
	return checks.Pass("the group's Description is %q, and each of its %s has one", g.About, wording.Count(len(rules), "rule")).With("Description", g.About)
}

// madeByService is the first tag by which an AWS service marks what it made for itself.
// CloudFormation and Service Catalog mark what they made for the customer.
func madeByService(tags map[string]string) (first string) {
	for key := range tags {
		customer := strings.HasPrefix(key, "aws:cloudformation:") || strings.HasPrefix(key, "aws:servicecatalog:")
		if strings.HasPrefix(key, "aws:") && !customer && (first == "" || key < first) {
			first = key
		}
	}
	return first
}
