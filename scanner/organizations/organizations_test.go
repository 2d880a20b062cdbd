package organizations

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/organizations/types"
	"github.com/google/go-cmp/cmp"

	"onus/mocks"
	"onus/scanner/collect"
	"onus/scanner/collect/collecttest"
	"onus/scanner/snapshot"
)

var everything = append([]string{"organizations:DescribeOrganization", "organizations:ListRoots", "organizations:ListPolicies"}, perPolicy...)

func gather(s *mocks.Server, wanted ...string) (snapshot.Org, collect.Scope) {
	in := collecttest.Scope(wanted...)
	return Collect(context.Background(), in, organizations.NewFromConfig(collecttest.Config(s, in.Region))), in
}

func acme(set types.OrganizationFeatureSet) *organizations.DescribeOrganizationOutput {
	return &organizations.DescribeOrganizationOutput{Organization: &types.Organization{
		Id: aws.String("o-acme"), Arn: aws.String("arn:aws:organizations::999988887777:organization/o-acme"), MasterAccountId: aws.String("999988887777"), FeatureSet: set,
	}}
}

// serve scripts an organization whose root has the policy type enabled.
func serve(s *mocks.Server) {
	mocks.Reply(s, "", acme(types.OrganizationFeatureSetAll))
	mocks.Reply(s, "", &organizations.ListRootsOutput{Roots: []types.Root{{Id: aws.String("r-acme"), Name: aws.String("Root"), PolicyTypes: []types.PolicyTypeSummary{
		{Type: types.PolicyTypeTagPolicy, Status: types.PolicyTypeStatusPendingEnable}, {Type: types.PolicyTypeServiceControlPolicy, Status: types.PolicyTypeStatusEnabled},
	}}}})
}

func list(s *mocks.Server, ids ...string) {
	out := &organizations.ListPoliciesOutput{}
	for _, id := range ids {
		out.Policies = append(out.Policies, types.PolicySummary{Id: aws.String(id), Name: aws.String("name of " + id)})
	}
	mocks.Reply(s, "", out)
}

// answer says of each policy its document and three targets; the policy p-gone went away.
func answer(s *mocks.Server) {
	mocks.Handle(s, func(_ *mocks.Request, in *organizations.DescribePolicyInput) (*organizations.DescribePolicyOutput, error) {
		if *in.PolicyId == "p-gone" {
			return nil, &mocks.Error{Code: "PolicyNotFoundException"}
		}
		return &organizations.DescribePolicyOutput{Policy: &types.Policy{Content: aws.String("document of " + *in.PolicyId)}}, nil
	})
	mocks.Handle(s, func(_ *mocks.Request, in *organizations.ListTargetsForPolicyInput) (*organizations.ListTargetsForPolicyOutput, error) {
		if *in.PolicyId == "p-gone" {
			return nil, &mocks.Error{Code: "PolicyNotFoundException"}
		}
		return &organizations.ListTargetsForPolicyOutput{Targets: []types.PolicyTargetSummary{{TargetId: aws.String("r")}, {TargetId: aws.String("ou")}, {TargetId: aws.String("1")}}}, nil
	})
}

func TestPoliciesAreReadWithDocumentAndTargets(t *testing.T) {
	s := mocks.Start(t, mocks.Options{PageSize: map[string]int{"organizations:ListPolicies": 2, "organizations:ListTargetsForPolicy": 2}})
	serve(s)
	list(s, "p-1", "p-gone", "p-3")
	answer(s)
	got, in := gather(s, everything...)
	o, err := got.Organization.Get()
	if err != nil || o.ARN != "arn:aws:organizations::999988887777:organization/o-acme" || o.ID != "o-acme" || o.ManagementAccount != "999988887777" || len(o.Calls) != 1 || o.Account != in.Account {
		t.Errorf("organization: %+v, %v", o, err)
	}
	if len(got.Roots) != 1 || got.Roots[0].SCPStatus != "ENABLED" || got.Roots[0].ID != "r-acme" {
		t.Errorf("roots: %+v", got.Roots)
	}
	var read []string
	for _, p := range got.SCPs {
		document, err := p.Document.Get()
		targets, terr := p.Targets.Get()
		if err != nil || terr != nil {
			document = "unread"
		}
		read = append(read, p.Name+": "+document+" "+strings.Join(targets, " "))
	}
	want := []string{"name of p-1: document of p-1 r ou 1", "name of p-gone: unread ", "name of p-3: document of p-3 r ou 1"}
	if diff := cmp.Diff(want, read); diff != "" {
		t.Errorf("policies (-want +got):\n%s", diff)
	}
	if calls := got.SCPs[0].Targets.Calls(); len(calls) != 2 {
		t.Errorf("two pages of targets, but %d calls", len(calls))
	}
	collecttest.Covered(t, in, "organizations:ListPolicies", snapshot.Global, snapshot.OK)
	for _, op := range perPolicy {
		collecttest.Covered(t, in, op, snapshot.Global, snapshot.Changed)
	}
	for _, r := range s.Requests() {
		if filter := r.Input["Filter"]; r.Operation == "organizations:ListPolicies" && filter != "SERVICE_CONTROL_POLICY" {
			t.Errorf("policies were listed with the filter %v", filter)
		}
	}
}

func TestInNoOrganization(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	mocks.Refuse(s, "", "organizations:DescribeOrganization", &mocks.Error{Code: "AWSOrganizationsNotInUseException"})
	got, in := gather(s, everything...)
	if _, err := got.Organization.Get(); !errors.Is(err, snapshot.ErrAbsent) || len(got.Organization.Calls()) != 1 {
		t.Errorf("got %v from %v, want absent, and the call that said so", err, got.Organization.Calls())
	}
	for _, op := range everything {
		collecttest.Covered(t, in, op, snapshot.Global, snapshot.OK)
	}
}

func TestConsolidatedBillingHasNoPolicies(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	mocks.Reply(s, "", acme(types.OrganizationFeatureSetConsolidatedBilling))
	_, in := gather(s, everything...)
	if n := len(s.Requests()); n != 1 {
		t.Errorf("%d requests, want 1", n)
	}
	for _, op := range everything {
		collecttest.Covered(t, in, op, snapshot.Global, snapshot.OK)
	}
}

func TestAMemberAccountIsDeniedTheLists(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	mocks.Reply(s, "", acme(types.OrganizationFeatureSetAll))
	for _, op := range []string{"organizations:ListRoots", "organizations:ListPolicies"} {
		mocks.Refuse(s, "", op, &mocks.Error{Status: http.StatusBadRequest, Code: "AccessDeniedException"})
	}
	got, in := gather(s, everything...)
	if _, err := got.Organization.Get(); err != nil {
		t.Errorf("a member may know its organization: %v", err)
	}
	collecttest.Covered(t, in, "organizations:DescribeOrganization", snapshot.Global, snapshot.OK)
	collecttest.Covered(t, in, "organizations:ListRoots", snapshot.Global, snapshot.Denied)
	collecttest.Covered(t, in, "organizations:ListPolicies", snapshot.Global, snapshot.Denied)
	for _, op := range perPolicy {
		collecttest.Covered(t, in, op, snapshot.Global, snapshot.Skipped)
	}
}

func TestAnOrganizationThatIsDeniedStopsNothingElse(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	s.Fault(mocks.Fault{Operation: "organizations:DescribeOrganization", Kind: mocks.Denied})
	mocks.Reply(s, "", &organizations.ListRootsOutput{})
	list(s)
	got, in := gather(s, everything...)
	if _, err := got.Organization.Get(); err == nil || errors.Is(err, snapshot.ErrAbsent) {
		t.Errorf("denied is not absent: %v", err)
	}
	collecttest.Covered(t, in, "organizations:DescribeOrganization", snapshot.Global, snapshot.Denied)
	for _, op := range everything[1:] { // no policies: nothing to ask about
		collecttest.Covered(t, in, op, snapshot.Global, snapshot.OK)
	}
}

func TestDeniedOnPageTwoKeepsPageOne(t *testing.T) {
	s := mocks.Start(t, mocks.Options{PageSize: map[string]int{"organizations:ListPolicies": 1}})
	serve(s)
	list(s, "p-1", "p-2")
	answer(s)
	s.Fault(mocks.Fault{Operation: "organizations:ListPolicies", Kind: mocks.Denied, FromPage: 2})
	got, in := gather(s, everything...)
	if len(got.SCPs) != 1 || got.SCPs[0].ID != "p-1" {
		t.Errorf("policies: %+v", got.SCPs)
	}
	collecttest.Covered(t, in, "organizations:ListPolicies", snapshot.Global, snapshot.Denied)
}

func TestHalfOfTheTargetsIsNoValue(t *testing.T) {
	for _, tt := range []struct {
		fault mocks.Fault
		want  snapshot.Cause
	}{
		{mocks.Fault{Kind: mocks.Denied, FromPage: 2}, snapshot.Denied},
		{mocks.Fault{Kind: mocks.RepeatToken}, snapshot.Malformed},
		{mocks.Fault{Kind: mocks.Truncated}, snapshot.Malformed},
	} {
		s := mocks.Start(t, mocks.Options{PageSize: map[string]int{"organizations:ListTargetsForPolicy": 1}})
		serve(s)
		list(s, "p-1")
		answer(s)
		tt.fault.Operation = "organizations:ListTargetsForPolicy"
		s.Fault(tt.fault)
		got, in := gather(s, everything...)
		if targets, err := got.SCPs[0].Targets.Get(); err == nil || targets != nil {
			t.Errorf("fault %d: targets %v, %v", tt.fault.Kind, targets, err)
		}
		collecttest.Covered(t, in, tt.fault.Operation, snapshot.Global, tt.want)
	}
}

func TestThrottledThenSuccess(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	serve(s)
	list(s, "p-1")
	answer(s)
	s.Fault(mocks.Fault{Operation: "organizations:DescribePolicy", Kind: mocks.Throttled, First: 2})
	got, in := gather(s, everything...)
	if document, err := got.SCPs[0].Document.Get(); err != nil || document != "document of p-1" {
		t.Errorf("document: %q, %v", document, err)
	}
	collecttest.Covered(t, in, "organizations:DescribePolicy", snapshot.Global, snapshot.OK)
}

func TestAnAnswerThatNamesNothingIsMalformed(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	mocks.Reply(s, "", &organizations.DescribeOrganizationOutput{Organization: &types.Organization{}})
	list(s, "p-1")
	mocks.Reply(s, "", &organizations.DescribePolicyOutput{Policy: &types.Policy{}})
	got, in := gather(s, "organizations:DescribeOrganization", "organizations:ListPolicies", "organizations:DescribePolicy")
	if _, err := got.SCPs[0].Document.Get(); err == nil {
		t.Error("a policy without content has no document")
	}
	collecttest.Covered(t, in, "organizations:DescribeOrganization", snapshot.Global, snapshot.Malformed)
	collecttest.Covered(t, in, "organizations:DescribePolicy", snapshot.Global, snapshot.Malformed)
}

func TestNothingIsAskedThatNoCheckReads(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	_, in := gather(s)
	if n, c := len(s.Requests()), in.Calls.Coverage(); n != 0 || len(c) != 0 {
		t.Errorf("%d requests, coverage %+v; want none", n, c)
	}
}

func TestMappingOfNothingAtAll(t *testing.T) {
	at := snapshot.Meta{Location: snapshot.Location{Partition: "aws-cn", Account: "111122223333", Region: snapshot.Global}}
	if o := described(at, types.Organization{Id: aws.String("o-1"), MasterAccountId: aws.String("9")}); o.ARN != "arn:aws-cn:organizations::9:organization/o-1" {
		t.Errorf("organization: %+v", o)
	}
	if r := root(at, types.Root{}); !slices.Equal([]string{r.ID, r.SCPStatus, r.ARN}, []string{"", "", ""}) {
		t.Errorf("root: %+v", r)
	}
}
