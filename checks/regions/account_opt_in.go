package regions

import (
	"slices"
	"strings"

	"onus/checks"
	"onus/scanner/snapshot"
)

// OptInRegionsAllowed passes when a Region that somebody opted in is allowed. Regions that
// are enabled by default cannot be switched off: an SCP guards those. One that is being
// switched off is still enabled. A switched-off Region is no proof of emptiness.
// Source: Account ListRegions, RegionOptStatus; else EC2 DescribeRegions with AllRegions,
// OptInStatus, which calls Regions that need no opt-in so.
var OptInRegionsAllowed = checks.Check{
	ID:          "account-opt-in-regions-allowed",
	Title:       "No Region outside the allowed ones has been opted in",
	Severity:    checks.Medium,
	Category:    checks.Regions,
	Duty:        checks.RegionChoice,
	ServiceKind: checks.OfAccount,
	Tier:        1,
	Reads:       []string{"account:ListRegions", "ec2:DescribeRegions"},
	Parameters:  checks.Parameters{"allowed_regions": []string{}},
	Remedy:      "Empty the Region and disable it, or add it to the policy.",
	Judges:      checks.For(optedIn, optInRegionAllowed),
	Fix: checks.Fix{
		Threat: "Credentials of the account work in a Region where nothing may be, and where nobody looks. Data can be put there by mistake or on purpose.",
		CLI: `aws account disable-region --region-name {name}
aws account get-region-opt-status --region-name {name}`,
		Terraform: `resource "aws_account_region" "this" {
  region_name = "{name}"
  enabled     = false
}`,
		Cost: "Delete what lies in the Region first: AWS does not, and goes on billing for it though nobody can reach it. Disabling takes minutes to hours.",
	},
}

// optedIn are the Regions that are enabled and need not be; where there are none, the
// account stands for that, since an absence is judged too.
var optedIn = snapshot.Kind[snapshot.EnabledRegion]{
	Type: "account+region",
	All: func(a *snapshot.Account) []snapshot.EnabledRegion {
		all := a.EnabledRegions()
		out := slices.DeleteFunc(slices.Clone(all), func(r snapshot.EnabledRegion) bool { return byDefault(r.Status) })
		if len(out) == 0 && len(all) > 0 {
			none := snapshot.EnabledRegion{Meta: snapshot.Meta{Location: a.Location, Name: a.Location.Account, Calls: a.Regions.Calls()}}
			return []snapshot.EnabledRegion{none}
		}
		return out
	},
	Meta: func(r snapshot.EnabledRegion) snapshot.Meta { return r.Meta },
	ID:   func(r snapshot.EnabledRegion) string { return r.Location.String() },
	Key:  func(r snapshot.EnabledRegion) string { return r.Name },
}

func byDefault(status string) bool {
	return status == "ENABLED_BY_DEFAULT" || status == "opt-in-not-required"
}

func optInRegionAllowed(r snapshot.EnabledRegion, env checks.Env) checks.Verdict {
	allowed := env.Strings("allowed_regions")
	status := r.Status
	if status == "DISABLING" {
		status += ", which takes long and is still enabled"
	}
	switch {
	case len(allowed) == 0:
		return noChoice()
	case r.Status == "":
		return checks.Pass("no Region has been opted in: all that are enabled are so by default").With("RegionOptStatus", "")
	case slices.Contains(allowed, r.Name):
		return checks.Pass("%s is %s, and allowed", r.Name, status).With("RegionOptStatus", r.Status)
	}
	return checks.Fail("%s is %s; allowed: %s", r.Name, status, strings.Join(allowed, ", ")).With("RegionOptStatus", r.Status)
}
