package access

import (
	"fmt"
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/access/policy"
	"onus/scanner/snapshot"
)

// AccessGrantsKnownAccounts passes when the Access Grants instance of a Region is shared with
// known accounts only: by its resource policy, and by each grant to an IAM principal. Users
// and groups of a directory are the instance's own. Grants leave no trace in bucket policies.
// Source: S3 Control GetAccessGrantsInstanceResourcePolicy, ListAccessGrants Grantee.
var AccessGrantsKnownAccounts = checks.Check{
	ID:          "s3-access-grants-known-accounts",
	Title:       "S3 Access Grants instances are shared with known accounts only",
	Severity:    checks.Medium,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.Abstracted,
	Tier:        3,
	Reads:       []string{"s3control:ListAccessGrantsInstances", "s3control:GetAccessGrantsInstanceResourcePolicy", "s3control:ListAccessGrants", "organizations:DescribeOrganization"},
	Parameters:  checks.Parameters{"trusted_accounts": []string{}},
	Remedy:      "Delete the grants to unknown accounts and take them out of the instance's resource policy, or trust them.",
	Judges:      checks.For(snapshot.AccessGrantsInstances, accessGrantsKnownAccounts).And(checks.For(regionsWithoutGrants, noGrants)),
	Fix: checks.Fix{
		Threat: "A principal of another account is handed short-lived credentials for the granted prefix whenever it asks. A grant on s3://* opens everything below the default location, and no bucket policy shows it.",
		CLI: `aws s3control list-access-grants --region {region} --account-id {account}
aws s3control delete-access-grant --region {region} --account-id {account} --access-grant-id GRANT_ID
aws s3control delete-access-grants-instance-resource-policy --region {region} --account-id {account}`,
		Terraform: `resource "aws_s3control_access_grant" "this" {
  access_grants_location_id = "LOCATION_ID"
  permission                = "READ"
  grantee {
    grantee_type       = "IAM"
    grantee_identifier = "ARN_OF_A_KNOWN_PRINCIPAL"
  }
}`,
		Cost: "Credentials that were handed out live on for up to twelve hours. Deleting the resource policy ends every sharing of the instance at once.",
	},
}

// regionsWithoutGrants are the scanned Regions whose list of instances holds none: it says
// that there is nothing to judge.
var regionsWithoutGrants = snapshot.Kind[snapshot.EnabledRegion]{
	Type: "account+region",
	All: func(a *snapshot.Account) []snapshot.EnabledRegion {
		return slices.DeleteFunc(a.EnabledRegions(), func(r snapshot.EnabledRegion) bool {
			listed := slices.ContainsFunc(a.Coverage, func(c snapshot.Coverage) bool {
				return c.Operation == "s3control:ListAccessGrantsInstances" && c.Region == r.Name && c.Status == snapshot.OK
			})
			return !listed || slices.ContainsFunc(a.S3.AccessGrants, func(i snapshot.AccessGrantsInstance) bool { return i.Region == r.Name })
		})
	},
	Meta: func(r snapshot.EnabledRegion) snapshot.Meta { return r.Meta },
	ID:   func(r snapshot.EnabledRegion) string { return r.Location.String() },
	Key:  func(r snapshot.EnabledRegion) string { return r.Name },
}

func noGrants(r snapshot.EnabledRegion, _ checks.Env) checks.Verdict {
	return checks.DoesNotApply("%s has no S3 Access Grants instance", r.Name)
}

func accessGrantsKnownAccounts(i snapshot.AccessGrantsInstance, env checks.Env) checks.Verdict {
	trusted := slices.Concat(env.Strings("trusted_accounts"), []string{i.Account})
	grants, grantsErr := i.Grants.Get()
	var outside []string
	for _, g := range grants {
		if g.Type == "IAM" && !slices.Contains(trusted, policy.AccountOf(g.Grantee)) {
			outside = append(outside, fmt.Sprintf("grant %s gives %s %s on %s", g.ID, g.Grantee, g.Permission, g.Scope))
		}
	}
	shared := sharedByPolicy(i, trusted, env)
	switch seen := strings.Join(outside, "; "); {
	case len(outside) > 0 && shared.Status == checks.FAIL:
		return checks.Fail("%s; %s", seen, shared.Reason).With("outside", seen)
	case len(outside) > 0:
		return checks.Fail("%s", seen).With("outside", seen)
	case shared.Status != checks.PASS:
		return shared
	case grantsErr != nil:
		return checks.Unknown(grantsErr)
	}
	return checks.Pass("all %d grants are to known accounts or the instance's directory; %s", len(grants), shared.Reason).With("outside", "")
}

// sharedByPolicy judges the instance's resource policy.
func sharedByPolicy(i snapshot.AccessGrantsInstance, trusted []string, env checks.Env) checks.Verdict {
	text, err := i.Policy.Get()
	switch {
	case err != nil:
		return checks.Unknown(err)
	case text == "":
		return checks.Pass("the instance has no resource policy")
	}
	doc, err := policy.Parse([]byte(text))
	if err != nil {
		return checks.Unclear("the instance's resource policy cannot be understood: %v", err)
	}
	own, ownErr := ownOrganization(env)
	return within(doc, "resource policy", i.Account, policy.Known{Accounts: trusted, Organizations: own}, ownErr)
}
