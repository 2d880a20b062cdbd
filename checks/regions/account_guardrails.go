package regions

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/access/identity"
	"onus/checks/access/policy"
	"onus/checks/regions/residency"
	"onus/checks/wording"
	"onus/scanner/snapshot"
)

// RegionDenyEffective passes when the service control policies on the way to the account
// together deny every disallowed Region, new ones too, for every action of the services
// that keep data, to all but the principals that are named as exempt. None binds the
// management account: there all depends on its principals' own policies.
// Source: Organizations DescribeOrganization, ListParents, ListPoliciesForTarget and
// DescribePolicy.
var RegionDenyEffective = checks.Check{
	ID:          "account-region-deny-effective",
	Title:       "Region denial really binds this account",
	Severity:    checks.High,
	Category:    checks.Regions,
	Duty:        checks.RegionChoice,
	ServiceKind: checks.OfAccount,
	Tier:        3,
	Reads:       slices.Concat(identity.GuardrailReads, []string{"sts:GetCallerIdentity", "iam:GetAccountAuthorizationDetails"}),
	Parameters:  checks.Parameters{"allowed_regions": []string{}, "exempt_principals": exemptByDefault, "global_services": globalByDefault},
	Remedy:      "Attach a service control policy above the account that denies all but global actions where aws:RequestedRegion is none of the allowed Regions.",
	Fix: checks.Fix{
		Threat:    "Whoever may create resources can do so in a Region where no data may lie, by mistake or to stay unseen. Nobody looks there, and copies of data stay when the account is cleaned up.",
		CLI:       "aws organizations create-policy --type SERVICE_CONTROL_POLICY --name allowed-regions --description \"Allowed Regions\" --content file://allowed-regions.json\naws organizations attach-policy --policy-id POLICY_ID --target-id OU_ID",
		Terraform: "resource \"aws_organizations_policy\" \"regions\" {\n  name = \"allowed-regions\"\n  type = \"SERVICE_CONTROL_POLICY\"\n  content = jsonencode({\n    Version = \"2012-10-17\"\n    Statement = [{\n      Effect    = \"Deny\"\n      NotAction = [\"iam:*\", \"organizations:*\", \"route53:*\", \"cloudfront:*\", \"sts:*\", \"support:*\"]\n      Resource  = \"*\"\n      Condition = { StringNotEquals = { \"aws:RequestedRegion\" = [\"eu-west-1\", \"eu-central-1\"] } }\n    }]\n  })\n}",
		Cost:      "Work in other Regions stops. Service-linked roles are not bound: replication and backup copies that services carry out go on.",
	},
	Judges: checks.For(snapshot.Accounts, regionDenyEffective),
}

// AdminsRegionLimited passes when a principal's own policies, or its boundary, keep it from
// creating resources in disallowed Regions, where no service control policy does.
// Source: IAM GetAccountAuthorizationDetails.
var AdminsRegionLimited = checks.Check{
	ID:             "account-admins-region-limited",
	Title:          "Where no service control policy binds, administrators are limited to allowed Regions",
	Severity:       checks.Medium,
	Category:       checks.Regions,
	Duty:           checks.RegionChoice,
	ServiceKind:    checks.OfAccount,
	Tier:           3,
	Reads:          slices.Concat([]string{"iam:GetAccountAuthorizationDetails"}, identity.GuardrailReads),
	Parameters:     checks.Parameters{"allowed_regions": []string{}, "exempt_principals": []string{}},
	FailWhenUnread: true,
	Remedy:         "Give the principal a permissions boundary that denies all but global actions outside the allowed Regions.",
	Fix: checks.Fix{
		Threat:    "The principal starts machines and copies snapshots in any Region of the world. Data that must not leave is one call away from leaving.",
		CLI:       "aws iam put-role-permissions-boundary --role-name {name} --permissions-boundary arn:aws:iam::{account}:policy/allowed-regions",
		Terraform: "resource \"aws_iam_role\" \"{name}\" {\n  permissions_boundary = aws_iam_policy.allowed_regions.arn\n}",
		Cost:      "Work of the principal in other Regions stops. No condition keeps s3:PutReplicationConfiguration from pointing to another Region.",
	},
	Judges: identity.Principals(adminsRegionLimited),
}

// exemptByDefault and globalByDefault are the defaults of the parameters, by which both
// checks judge the service control policies.
var (
	exemptByDefault = []string{"arn:*:iam::*:role/AWSControlTowerExecution", "arn:*:iam::*:role/aws-service-role/*"}
	globalByDefault = []string{
		"iam", "organizations", "route53", "cloudfront", "globalaccelerator", "waf", "wafv2", "shield", "support", "sts", "budgets", "ce", "health", "account",
		"trustedadvisor", "importexport", "networkmanager", "s3:ListAllMyBuckets", "s3:GetAccountPublicAccessBlock", "s3:*MultiRegionAccessPoint*",
	}
)

// keeping are the services that keep data.
var keeping = []string{"ec2", "rds", "s3", "kms", "backup"}

// creating are the actions that bring data or machines into a Region.
var creating = []string{"ec2:RunInstances", "ec2:CopySnapshot", "rds:CreateDBInstance", "rds:CopyDBSnapshot", "s3:CreateBucket", "s3:PutReplicationConfiguration"}

// disallowed are the Regions of the partition that are not allowed, and any to come.
func disallowed(partition string, allowed []string) []string {
	out := slices.DeleteFunc(residency.InPartition(partition), func(r string) bool { return slices.Contains(allowed, r) })
	return append(out, policy.FutureRegion)
}

// shown is a Region as a reason names it.
func shown(region string) string {
	if region == policy.FutureRegion {
		return "Regions to come"
	}
	return region
}

func regionDenyEffective(a *snapshot.Account, env checks.Env) checks.Verdict {
	allowed := env.Strings("allowed_regions")
	if len(allowed) == 0 {
		return noChoice()
	}
	found := identity.Guardrails(env, a.Location)
	o, err := checks.Use(env, a.Org.Organization)
	switch {
	case found.SCPs != nil:
	case err == nil && o.Manages(a.Location.Account):
		return managementRegions(a, env, allowed)
	case err == nil:
		return checks.Fail("service control policies do not bind the account: %s", cmp.Or(found.Why, "they are not enabled at the root"))
	default:
		return checks.DoesNotApply("%s", found.Why)
	}
	return guarded(a, found.SCPs, allowed, env.Strings("exempt_principals"), env.Strings("global_services"))
}

// guarded judges the service control policies of a member.
func guarded(a *snapshot.Account, g *policy.Guardrails, allowed, exempt, global []string) checks.Verdict {
	gaps, spared, narrow := g.RegionGaps(disallowed(a.Partition, allowed), kept(global), exempt)
	if len(gaps) == 0 {
		return checks.Pass("the policies on the way to the account deny %s in every Region but %s, and in Regions to come", strings.Join(keeping, ", "), strings.Join(allowed, ", "))
	}
	if g.Unread != nil {
		return checks.Unknown(g.Unread)
	}
	for _, level := range g.Levels {
		if v, unread := identity.Unread(level); unread {
			return v
		}
	}
	var open []string
	for _, gap := range gaps {
		open = append(open, fmt.Sprintf("%s (%s)", shown(gap.Region), wording.List(gap.Actions, 2)))
	}
	why := ""
	switch {
	case len(spared) > 0:
		why = "; principals are spared by " + joined(spared)
	case len(narrow) > 0:
		why = "; a denial holds only with " + joined(narrow)
	}
	return checks.Fail("open are %s%s", wording.List(open, 4), why).With("open", wording.List(open, 40))
}

func joined(list []policy.Condition) string { return wording.List(texts(list), 3) }

func texts(list []policy.Condition) (out []string) {
	for _, c := range list {
		if !slices.Contains(out, c.String()) {
			out = append(out, c.String())
		}
	}
	return out
}

// kept are the actions of the services that keep data, but for those that are global.
func kept(global []string) (out []string) {
	spared := func(action string) bool {
		return slices.ContainsFunc(global, func(p string) bool {
			if !strings.Contains(p, ":") {
				p += ":*"
			}
			return policy.CoversFold(p, action)
		})
	}
	for _, service := range keeping {
		for a := range policy.Actions(service + ":*") {
			if !spared(a.Name) {
				out = append(out, a.Name)
			}
		}
	}
	return out
}

// managementRegions judges the account that no such policy binds by its principals.
func managementRegions(a *snapshot.Account, env checks.Env, allowed []string) checks.Verdict {
	users, err := checks.In(env, snapshot.Users, a.Location).Get()
	roles, _ := checks.In(env, snapshot.Roles, a.Location).Get() // in one list with the users
	exempt := env.Strings("exempt_principals")
	var free []string
	add := func(e identity.Effective, name string) {
		if limit := limited(e, a.Partition, allowed, exempt); limit.open != "" {
			free = append(free, name)
		} else if limit.unread != nil && err == nil {
			err = limit.unread
		}
	}
	for _, u := range users {
		add(identity.EffectiveUser(env, u), "user/"+u.Name)
	}
	for _, r := range roles {
		if !r.ServiceLinked() && !servicesOnly(r) {
			add(identity.EffectiveRole(env, r), "role/"+r.Name)
		}
	}
	slices.Sort(free)
	const root = "; its root user is bound by nothing"
	switch {
	case len(free) > 0:
		return checks.Fail("no service control policy binds the management account, and %d principals may create resources in other Regions: %s%s", len(free), wording.List(free, 5), root)
	case err != nil:
		return identity.Untold(err)
	}
	return checks.Pass("no service control policy binds the management account, but its principals' own policies limit them to the allowed Regions%s", root)
}

// servicesOnly says that nobody but AWS services may assume a role.
func servicesOnly(r snapshot.Role) bool {
	src := identity.Source("", r.Trust)
	return src.Document != nil && !slices.ContainsFunc(src.Document.Trusts(""), func(t policy.Trust) bool { return t.Kind != policy.TrustService })
}

// limit is what a principal may create where nothing may be, in words; "" for nothing that
// is known, unless some policy was not read.
type limit struct {
	open   string
	may    bool // it may create something somewhere
	unread error
}

func limited(e identity.Effective, partition string, allowed, exempt []string) limit {
	var out limit
	if slices.ContainsFunc(exempt, func(p string) bool { return policy.Covers(p, e.ARN) }) {
		return out
	}
	regions := disallowed(partition, allowed)
	for _, action := range creating {
		open := e.OpenRegions(action, regions)
		out.may = out.may || len(open) > 0 || len(e.OpenRegions(action, allowed)) > 0
		if len(open) > 0 && out.open == "" {
			names := make([]string, len(open))
			for i, r := range open {
				names[i] = shown(r)
			}
			out.open = action + " in " + wording.List(names, 3)
		}
	}
	for _, src := range e.Policies {
		if src.Document == nil {
			out.unread = fmt.Errorf("%s: %w", src.Name, src.Err)
		}
	}
	return out
}

func adminsRegionLimited(e identity.Effective, at snapshot.Meta, env checks.Env) checks.Verdict {
	allowed := env.Strings("allowed_regions")
	if len(allowed) == 0 {
		return noChoice()
	}
	if strings.Contains(e.ARN, ":role/") {
		if r, err := checks.Find(env, snapshot.Roles, at.Location, e.ARN); err == nil && servicesOnly(r) {
			return checks.DoesNotApply("only AWS services may assume the role")
		}
	}
	found := limited(e, at.Partition, allowed, env.Strings("exempt_principals"))
	switch {
	case found.open == "" && found.unread != nil:
		return identity.Untold(found.unread)
	case found.open == "" && !found.may:
		return checks.DoesNotApply("the principal creates nothing, or is named in exempt_principals")
	case found.open == "":
		return checks.Pass("the principal's own policies limit what it creates to the allowed Regions; s3:PutReplicationConfiguration there can still point to others")
	}
	why := "no service control policy binds the account: " + e.Why
	if e.SCPs != nil {
		v := guarded(env.Account(), e.SCPs, allowed, exemptByDefault, globalByDefault)
		if v.Status == checks.PASS {
			return checks.DoesNotApply("service control policies deny other Regions to all of the account")
		}
		why = "service control policies do not: " + v.Reason
	}
	return checks.Fail("the principal may %s; %s", found.open, why).With("open", found.open)
}
