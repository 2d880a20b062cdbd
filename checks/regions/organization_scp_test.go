package regions

import (
	"strings"
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

var globally = checktest.At.In(snapshot.Global)

// organization puts one with all features into the account, with the policy type enabled
// at the root, and then changes it.
func organization(change ...func(*snapshot.Org)) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		o := snapshot.Organization{Meta: snapshot.Meta{Location: globally, ARN: "arn:aws:organizations::111122223333:organization/o-acme", Name: "o-acme"}, ID: "o-acme", FeatureSet: "ALL"}
		a.Org.Organization = snapshot.Value(o)
		a.Org.Roots = []snapshot.OrganizationRoot{{Meta: snapshot.Meta{Location: globally}, ID: "r-acme", SCPStatus: "ENABLED"}}
		for _, c := range change {
			c(&a.Org)
		}
	}
}

// attached adds a policy; without targets it is attached to nothing.
func attached(name, document string, targets ...string) func(*snapshot.Org) {
	return added(name, snapshot.Value(document), snapshot.Value(targets))
}

func added(name string, document snapshot.Read[string], targets snapshot.Read[[]string]) func(*snapshot.Org) {
	return func(o *snapshot.Org) {
		o.SCPs = append(o.SCPs, snapshot.SCP{Meta: snapshot.Meta{Location: globally, Name: name}, ID: "p-" + name, Document: document, Targets: targets})
	}
}

func rootStatus(status string) func(*snapshot.Org) {
	return func(o *snapshot.Org) { o.Roots[0].SCPStatus = status }
}

func deny(condition string) string {
	return `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*","Condition":{` + condition + `}}]}`
}

const (
	full      = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`
	allowOnly = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:RequestedRegion":"eu-west-1"}}}]}`
	regional  = `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","NotAction":["iam:*","ec2:*"],"Resource":"*","Condition":{"StringNotEquals":{"aws:RequestedRegion":"eu-west-1"}}}]}`
	services  = `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","NotAction":["iam:*","organizations:*","sts:*"],"Resource":"*","Condition":{"StringNotEqualsIfExists":{"aws:RequestedRegion":["eu-west-1"]}}}]}`
)

var (
	onlyEU  = deny(`"StringNotEquals":{"aws:RequestedRegion":["eu-west-1"]}`)
	tooWide = deny(`"StringNotEquals":{"aws:RequestedRegion":["eu-west-1","us-west-2"]}`)
	newer   = deny(`"StringNotEquals":{"aws:RequestedRegion":["eu-west-1","eu-north-9"]}`)
	every   = deny(`"StringNotLike":{"aws:RequestedRegion":"*"}`)
	spared  = deny(`"StringNotEquals":{"aws:RequestedRegion":"eu-west-1"},"ArnNotLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/breakglass"}`)
	odd     = deny(`"StringNotEquals":{"aws:RequestedRegion":"eu-west-1"},"Strange":{"aws:PrincipalArn":"x"}`)
	denied  = snapshot.Missing[string](checktest.Unread("organizations:DescribePolicy", snapshot.Denied))
	gone    = snapshot.Missing[[]string](checktest.Unread("organizations:ListTargetsForPolicy", snapshot.Changed))
)

func TestOrganizationDeniesOtherRegions(t *testing.T) {
	strict := map[string]any{"allowed_regions": []string{"eu-west-1"}, "strict": true}
	both := map[string]any{"allowed_regions": []string{"eu-west-1", "eu-central-1"}}
	billing := organization(func(o *snapshot.Org) {
		v, _ := o.Organization.Get()
		v.FeatureSet = "CONSOLIDATED_BILLING"
		o.Organization = snapshot.Value(v)
	})
	none := func(a *snapshot.Account) {
		a.Org.Organization = snapshot.Missing[snapshot.Organization](snapshot.ErrAbsent, snapshot.Call{ID: "x", Operation: "organizations:DescribeOrganization"})
	}
	failed := func(op string, cause snapshot.Cause, change ...func(*snapshot.Org)) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			organization(change...)(a)
			checktest.Fail(a, op, snapshot.Global, cause)
		}
	}
	cases := []checktest.Case{
		{Name: "denies the rest", Set: organization(attached("full", full, "r-acme"), attached("eu", onlyEU, "r-acme")), Want: checks.PASS, Reason: `"eu", attached to r-acme`, Observed: map[string]string{"policy": "p-eu", "attached to": "r-acme"}},
		{Name: "NotAction of global services", Set: organization(attached("eu", services, "ou-1", "ou-2")), Want: checks.PASS, Reason: "ou-1, ou-2"},
		{Name: "not all that is allowed need be listed", Set: organization(attached("eu", onlyEU, "r-acme")), Parameters: both, Want: checks.PASS, Reason: `"eu"`},
		{Name: "nothing else may be listed", Set: organization(attached("wide", tooWide, "r-acme")), Want: checks.FAIL, Reason: `"wide" leaves open us-west-2`},
		{Name: "a Region that the table does not know", Set: organization(attached("new", newer, "r-acme")), Want: checks.FAIL, Reason: "leaves open eu-north-9"},
		{Name: "every Region, by wildcard", Set: organization(attached("every", every, "r-acme")), Want: checks.FAIL, Reason: "leaves open af-south-1"},
		{Name: "wildcards, a single value, any case of the key", Parameters: map[string]any{"allowed_regions": []string{"eu-west-1", "eu-west-2", "eu-west-3"}}, Want: checks.PASS, Reason: `"like"`,
			Set: organization(attached("like", deny(`"StringNotLike":{"aws:requestedregion":"eu-west-*"}`), "r-acme"))},
		{Name: "Deny of a list leaves new Regions open", Set: organization(attached("old", deny(`"StringEquals":{"aws:RequestedRegion":["us-west-2"]}`), "r-acme")), Want: checks.FAIL, Reason: `"old" leaves open`},
		{Name: "attached to nothing", Set: organization(attached("eu", onlyEU)), Want: checks.FAIL, Reason: `"eu" would, but is attached to nothing`},
		{Name: "an unread document of one attached to nothing", Set: organization(added("x", denied, snapshot.Value([]string{}))), Want: checks.FAIL, Reason: "no attached"},
		{Name: "Allow restricts only where FullAWSAccess is gone", Set: organization(attached("allow", allowOnly, "r-acme")), Want: checks.FAIL, Reason: "no attached service control policy denies"},
		{Name: "a regional service is left open", Set: organization(attached("ec2", regional, "r-acme")), Want: checks.FAIL, Reason: "regional services open, such as ec2:"},
		{Name: "whom it spares is said", Set: organization(attached("eu", spared, "r-acme")), Want: checks.PASS, Reason: "breakglass"},
		{Name: "outside the grammar", Set: organization(attached("odd", odd, "r-acme")), Want: checks.UNKNOWN, Reason: "outside the grammar"},
		{Name: "no JSON", Set: organization(attached("bad", "{", "r-acme")), Want: checks.UNKNOWN, Reason: "could not be read as a policy"},
		{Name: "the policy type is not enabled", Set: organization(attached("eu", onlyEU, "r-acme"), rootStatus("")), Want: checks.FAIL, Reason: "not enabled at the root"},
		{Name: "not enabled, policies unread", Set: failed("organizations:ListPolicies", snapshot.Denied, rootStatus("")), Want: checks.FAIL, Reason: "not enabled at the root"},
		{Name: "being disabled", Set: organization(attached("eu", onlyEU, "r-acme"), rootStatus("PENDING_DISABLE")), Want: checks.UNKNOWN, Reason: "PENDING_DISABLE"},
		{Name: "no root", Set: organization(attached("eu", onlyEU, "r-acme"), func(o *snapshot.Org) { o.Roots = nil }), Want: checks.UNKNOWN, Reason: "no root"},
		{Name: "no policy at all", Set: organization(), Want: checks.FAIL, Reason: "no attached"},
		{Name: "a member account cannot list policies", Set: failed("organizations:ListPolicies", snapshot.Denied), Want: checks.UNKNOWN, Reason: "organizations:ListPolicies"},
		{Name: "a list that broke off may lack the one", Set: failed("organizations:ListPolicies", snapshot.Throttled, attached("full", full, "r-acme")), Want: checks.UNKNOWN, Reason: "throttled"},
		{Name: "a list that broke off after the one", Set: failed("organizations:ListPolicies", snapshot.Throttled, attached("eu", onlyEU, "r-acme")), Want: checks.PASS, Reason: `"eu"`},
		{Name: "roots unread", Set: failed("organizations:ListRoots", snapshot.Denied, attached("eu", onlyEU, "r-acme"), func(o *snapshot.Org) { o.Roots = nil }), Want: checks.UNKNOWN, Reason: "organizations:ListRoots"},
		{Name: "roots unread, no policy: fails either way", Set: failed("organizations:ListRoots", snapshot.Denied, func(o *snapshot.Org) { o.Roots = nil }), Want: checks.FAIL, Reason: "no attached"},
		{Name: "a document unread", Set: organization(added("x", denied, snapshot.Value([]string{"r-acme"}))), Want: checks.UNKNOWN, Reason: "organizations:DescribePolicy"},
		{Name: "a document unread beside the one", Set: organization(added("a", denied, snapshot.Value([]string{"r-acme"})), attached("eu", onlyEU, "r-acme")), Want: checks.PASS, Reason: `"eu"`},
		{Name: "deleted before its targets were read", Set: organization(added("eu", snapshot.Value(onlyEU), gone)), Want: checks.UNKNOWN, Reason: "changed"},
		{Name: "targets unread of one that is no guardrail", Set: organization(added("full", snapshot.Value(full), gone)), Want: checks.FAIL, Reason: "no attached"},
		{Name: "in no organization", Set: none, Want: checks.NotApplicable, Reason: "in no organization"},
		{Name: "in no organization, strictly", Set: none, Parameters: strict, Want: checks.FAIL, Reason: "in no organization"},
		{Name: "only the bill is shared", Set: billing, Want: checks.NotApplicable, Reason: "CONSOLIDATED_BILLING"},
		{Name: "only the bill, strictly", Set: billing, Parameters: strict, Want: checks.FAIL, Reason: "CONSOLIDATED_BILLING"},
		{Name: "no choice was stated", Set: organization(), Parameters: map[string]any{"allowed_regions": []string{}}, Want: checks.NotApplicable, Reason: "neither residency"},
		{Name: "the organization could not be read", Want: checks.UNKNOWN, Reason: "organizations:DescribeOrganization",
			Set: func(a *snapshot.Account) {
				checktest.Fail(a, "organizations:DescribeOrganization", snapshot.Global, snapshot.Denied)
			}},
	}
	for i := range cases {
		if cases[i].Parameters == nil {
			cases[i].Parameters = onlyIreland
		}
	}
	checktest.Run(t, &OrganizationDeniesOtherRegions, cases)
}

func TestAPartitionWhoseRegionsAreNotKnown(t *testing.T) {
	a := checktest.Account(&OrganizationDeniesOtherRegions, organization(attached("eu", onlyEU, "r-acme")))
	a.Org.SCPs[0].Partition = "aws-iso"
	found := checktest.Findings(&OrganizationDeniesOtherRegions, a, onlyIreland)
	if len(found) != 1 || found[0].Status != checks.UNKNOWN || !strings.Contains(found[0].Reason, "aws-iso") {
		t.Errorf("got %+v, want UNKNOWN that names the partition", found)
	}
}

func TestTheFindingIsAboutTheOrganization(t *testing.T) {
	a := checktest.Account(&OrganizationDeniesOtherRegions, organization())
	found := checktest.Findings(&OrganizationDeniesOtherRegions, a, onlyIreland)
	if len(found) != 1 || found[0].Resource.ID != "arn:aws:organizations::111122223333:organization/o-acme" {
		t.Errorf("got %+v", found)
	}
	a.Org.Organization = snapshot.Missing[snapshot.Organization](snapshot.ErrAbsent, snapshot.Call{ID: "asked"})
	found = checktest.Findings(&OrganizationDeniesOtherRegions, a, onlyIreland)
	if len(found) != 1 || found[0].Resource.ID != "111122223333" || len(found[0].Evidence) != 1 || found[0].Evidence[0] != "asked" {
		t.Errorf("in none: got %+v, want the account, and the call that said so", found)
	}
}
