package hygiene

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"onus/checks"
	"onus/scanner/snapshot"
)

// TagPolicyApplies passes when the tag policies of the organization come to some tag key for
// this account: one that is attached elsewhere says nothing here.
// Source: Organizations DescribeEffectivePolicy TAG_POLICY.
var TagPolicyApplies = checks.Check{
	ID:          "organizations-tag-policies-attached",
	Title:       "A tag policy applies to the account",
	Severity:    checks.Low,
	Category:    checks.Hygiene,
	Duty:        checks.CustomerData,
	ServiceKind: checks.OfAccount,
	Tier:        2,
	Reads:       []string{"organizations:DescribeEffectivePolicy", "organizations:DescribeOrganization"},
	Remedy:      "Attach a tag policy to the root, the unit or the account.",
	Fix: checks.Fix{
		Threat:    "Where each team spells its tags in its own way, backups, access rules and bills that go by tags miss what is spelt otherwise. Nobody can tell whose data lie where.",
		CLI:       "aws organizations enable-policy-type --root-id ROOT_ID --policy-type TAG_POLICY\naws organizations create-policy --type TAG_POLICY --name tags --description \"Tags\" --content file://tags.json\naws organizations attach-policy --policy-id POLICY_ID --target-id {account}",
		Terraform: "resource \"aws_organizations_policy\" \"tags\" {\n  name    = \"tags\"\n  type    = \"TAG_POLICY\"\n  content = jsonencode({ tags = { owner = { tag_key = { \"@@assign\" = \"owner\" } } } })\n}",
		Cost:      "None, unless the policy enforces: then tagging with other values is denied.",
	},
	Judges: checks.For(snapshot.Accounts, tagPolicyApplies),
}

func tagPolicyApplies(a *snapshot.Account, env checks.Env) checks.Verdict {
	_, err := checks.Use(env, a.Org.Organization)
	switch {
	case errors.Is(err, snapshot.ErrAbsent):
		return checks.DoesNotApply("the account is in no organization")
	case err != nil:
		return checks.Unknown(err)
	}
	effective, err := checks.Use(env, a.Org.TagPolicy)
	switch {
	case err != nil:
		return checks.Unknown(err)
	case effective.None != "":
		return checks.Fail("no tag policy applies to the account: %s", effective.None).With("error", effective.None)
	case effective.Content == "":
		return checks.Fail("no tag policy applies to the account")
	}
	var content struct{ Tags map[string]json.RawMessage }
	if err := json.Unmarshal([]byte(effective.Content), &content); err != nil {
		return checks.Unclear("the effective policy cannot be understood: it is no JSON object with tags")
	}
	var keys []string
	for key := range content.Tags {
		if !strings.HasPrefix(key, "@@") {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	if len(keys) == 0 {
		return checks.Fail("the tag policy that applies names no tag")
	}
	return checks.Pass("a tag policy applies, for %s", strings.Join(keys, ", ")).With("tags", strings.Join(keys, ", "))
}
