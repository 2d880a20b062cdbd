package access

import (
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/wording"
	"onus/scanner/snapshot"
)

// OrganizationAllFeatures passes when the organization has all features and service control
// policies are enabled at its root. AvailablePolicyTypes of the organization itself says so
// in error: the root's PolicyTypes count.
// Source: Organizations DescribeOrganization, FeatureSet; ListRoots, PolicyTypes.
var OrganizationAllFeatures = checks.Check{
	ID:          "organizations-all-features-enabled",
	Title:       "The organization has all features and service control policies on",
	Severity:    checks.Medium,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        2,
	Reads:       []string{"organizations:DescribeOrganization", "organizations:ListRoots"},
	Remedy:      "Enable all features, then service control policies at the root.",
	Fix: checks.Fix{
		Threat:    "An organization that shares no more than the bill cannot keep its members from anything: not from leaving, not from turning off their logs. An administrator of a member answers to nobody.",
		CLI:       "aws organizations enable-all-features\naws organizations enable-policy-type --root-id ROOT_ID --policy-type SERVICE_CONTROL_POLICY",
		Terraform: "resource \"aws_organizations_organization\" \"this\" {\n  feature_set          = \"ALL\"\n  enabled_policy_types = [\"SERVICE_CONTROL_POLICY\"]\n}",
		Cost:      "Members that were invited have to agree to all features, and there is no way back.",
	},
	Judges: checks.For(snapshot.Organizations, organizationAllFeatures),
}

// DelegatedAdministratorsTrusted passes when each account that administers something for the
// organization is one that the policy file names.
// Source: Organizations ListDelegatedAdministrators and ListDelegatedServicesForAccount.
var DelegatedAdministratorsTrusted = checks.Check{
	ID:          "organizations-delegated-administrators-trusted",
	Title:       "Delegated administrators of the organization are known accounts",
	Severity:    checks.High,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        2,
	Reads:       []string{"organizations:ListDelegatedAdministrators", "organizations:ListDelegatedServicesForAccount", "organizations:DescribeOrganization"},
	Parameters:  checks.Parameters{"trusted_delegated_administrators": []string{}},
	Remedy:      "Name the accounts that are meant in trusted_delegated_administrators, and deregister the others.",
	Fix: checks.Fix{
		Threat:    "A delegated administrator reaches into every account of the organization: it turns detectors off, deploys stacks, or gives people permission sets. Who controls a forgotten one controls all the others.",
		CLI:       "aws organizations list-delegated-services-for-account --account-id ACCOUNT_ID\naws organizations deregister-delegated-administrator --account-id ACCOUNT_ID --service-principal SERVICE",
		Terraform: "resource \"aws_organizations_delegated_administrator\" \"security\" {\n  account_id        = \"ACCOUNT_ID\"\n  service_principal = \"guardduty.amazonaws.com\"\n}",
		Cost:      "Deregistering ends what the account administers for others; some services delete its settings there.",
	},
	Judges: checks.For(snapshot.Organizations, delegatedAdministratorsTrusted),
}

func organizationAllFeatures(o snapshot.Organization, env checks.Env) checks.Verdict {
	switch {
	case o.ID == "":
		return checks.DoesNotApply("the account is in no organization")
	case o.FeatureSet != "ALL":
		return checks.Fail("FeatureSet is %s, want ALL", o.FeatureSet).With("FeatureSet", o.FeatureSet)
	}
	roots, err := checks.In(env, snapshot.OrganizationRoots, o.Location).Get()
	for _, r := range roots {
		if r.SCPStatus == "ENABLED" {
			return checks.Pass("FeatureSet is ALL, and service control policies are ENABLED at the root").With("FeatureSet", "ALL").With("SERVICE_CONTROL_POLICY", "ENABLED")
		}
	}
	switch {
	case err != nil:
		v := checks.Unknown(err)
		v.Reason = "FeatureSet is ALL, and nothing tells whether service control policies are enabled: " + v.Reason
		return v.With("FeatureSet", "ALL")
	case len(roots) == 0:
		return checks.Unclear("the organization shows no root")
	}
	status := roots[0].SCPStatus
	if status == "" {
		status = "never enabled"
	}
	return checks.Fail("FeatureSet is ALL, but service control policies at the root are %s", status).With("SERVICE_CONTROL_POLICY", roots[0].SCPStatus)
}

func delegatedAdministratorsTrusted(o snapshot.Organization, env checks.Env) checks.Verdict {
	if o.ID == "" {
		return checks.DoesNotApply("the account is in no organization")
	}
	all, err := checks.Use(env, env.Account().Org.Administrators)
	if err != nil {
		v := checks.Unknown(err)
		if !o.Manages(o.Account) {
			v.Reason += "; only the management account and delegated administrators may ask"
		}
		return v
	}
	const resourcePolicy = "; what the organization's resource policy delegates is in no such list"
	trusted := env.Strings("trusted_delegated_administrators")
	var strange []string
	for _, d := range all {
		if slices.Contains(trusted, d.ID) {
			continue
		}
		what := d.ID + " for "
		services, err := checks.Use(env, d.Services)
		if err != nil {
			what += "services that were not read"
		} else {
			what += strings.Join(services, ", ")
		}
		if d.State != "" && d.State != "ACTIVE" {
			what += " (" + d.State + ")"
		}
		strange = append(strange, what)
	}
	if len(strange) > 0 {
		return checks.Fail("not in trusted_delegated_administrators: %s", wording.List(strange, 5)).With("administrators", wording.List(strange, 20))
	}
	return checks.Pass("all of %d delegated administrators are trusted%s", len(all), resourcePolicy)
}
