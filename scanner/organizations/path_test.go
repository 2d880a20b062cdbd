package organizations

import (
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
	"onus/scanner/collect/collecttest"
	"onus/scanner/snapshot"
)

var pathOps = []string{"organizations:DescribeOrganization", parentsOp, attachedOp, "organizations:DescribePolicy", effectiveOp}

// member is the account in a unit of another account's organization; one policy hangs at the
// root and at the unit.
func member(s *mocks.Server) {
	mocks.Reply(s, "", acme(types.OrganizationFeatureSetAll))
	mocks.Handle(s, func(_ *mocks.Request, in *organizations.ListParentsInput) (*organizations.ListParentsOutput, error) {
		up := map[string]types.Parent{
			"111122223333": {Id: aws.String("ou-1"), Type: types.ParentTypeOrganizationalUnit},
			"ou-1":         {Id: aws.String("r-acme"), Type: types.ParentTypeRoot},
		}
		return &organizations.ListParentsOutput{Parents: []types.Parent{up[*in.ChildId]}}, nil
	})
	mocks.Handle(s, func(_ *mocks.Request, in *organizations.ListPoliciesForTargetInput) (*organizations.ListPoliciesForTargetOutput, error) {
		out := &organizations.ListPoliciesForTargetOutput{Policies: []types.PolicySummary{}}
		if in.Filter == types.PolicyTypeResourceControlPolicy {
			return nil, &mocks.Error{Code: "PolicyTypeNotEnabledException"}
		}
		out.Policies = append(out.Policies, types.PolicySummary{Id: aws.String("p-full"), Name: aws.String("FullAWSAccess"), AwsManaged: true}, types.PolicySummary{Id: aws.String("p-" + *in.TargetId)})
		return out, nil
	})
	mocks.Handle(s, func(_ *mocks.Request, in *organizations.DescribePolicyInput) (*organizations.DescribePolicyOutput, error) {
		return &organizations.DescribePolicyOutput{Policy: &types.Policy{Content: aws.String("document of " + *in.PolicyId)}}, nil
	})
	mocks.Handle(s, func(_ *mocks.Request, in *organizations.DescribeEffectivePolicyInput) (*organizations.DescribeEffectivePolicyOutput, error) {
		switch in.PolicyType {
		case types.EffectivePolicyTypeTagPolicy:
			return &organizations.DescribeEffectivePolicyOutput{EffectivePolicy: &types.EffectivePolicy{PolicyContent: aws.String(`{"tags":{}}`)}}, nil
		case types.EffectivePolicyTypeAiservicesOptOutPolicy:
			return nil, &mocks.Error{Code: "EffectivePolicyNotFoundException"}
		}
		return nil, &mocks.Error{Code: "PolicyTypeNotEnabledException"}
	})
}

func TestPathFromTheRootToTheAccount(t *testing.T) {
	s := mocks.Start(t, mocks.Options{PageSize: map[string]int{attachedOp: 1}})
	member(s)
	got, in := gather(s, pathOps...)
	levels, err := got.Path.Get()
	if err != nil {
		t.Fatal(err)
	}
	var seen []string
	for _, l := range levels {
		scps, err1 := l.SCPs.Get()
		rcps, err2 := l.RCPs.Get()
		line := l.Kind + " " + l.ID + ":"
		for _, p := range scps {
			text, err := p.Document.Get()
			line += " " + text
			err1 = errors.Join(err1, err)
		}
		if errors.Join(err1, err2) != nil || len(rcps) != 0 {
			t.Errorf("%s: %v, %v, %v", line, err1, err2, rcps)
		}
		seen = append(seen, line)
	}
	want := []string{
		"ROOT r-acme: document of p-full document of p-r-acme", "ORGANIZATIONAL_UNIT ou-1: document of p-full document of p-ou-1",
		"ACCOUNT 111122223333: document of p-full document of p-111122223333",
	}
	if diff := cmp.Diff(want, seen); diff != "" {
		t.Errorf("path (-want +got)\n%s", diff)
	}
	if n := s.Count("organizations:DescribePolicy"); n != 4 {
		t.Errorf("%d documents were asked for, want each of 4 once", n)
	}
	ai, err1 := got.AIOptOut.Get()
	tags, err2 := got.TagPolicy.Get()
	ec2, err3 := got.EC2Policy.Get()
	if errors.Join(err1, err2, err3) != nil || ai.None != "EffectivePolicyNotFoundException" || tags.Content != `{"tags":{}}` || ec2.None != "PolicyTypeNotEnabledException" {
		t.Errorf("%+v %+v %+v", ai, tags, ec2)
	}
	for _, op := range pathOps {
		collecttest.Covered(t, in, op, snapshot.Global, snapshot.OK)
	}
}

func TestAMemberThatMayNotReadThePath(t *testing.T) {
	s := mocks.Start(t, mocks.Options{Lenient: true})
	member(s)
	s.Fault(mocks.Fault{Operation: parentsOp, Kind: mocks.Denied})
	got, in := gather(s, pathOps...)
	var u *snapshot.Unread
	if _, err := got.Path.Get(); !errors.As(err, &u) || u.Cause != snapshot.Denied {
		t.Errorf("path: %v", err)
	}
	collecttest.Covered(t, in, attachedOp, snapshot.Global, snapshot.Skipped)
}

func TestALevelThatCannotBeRead(t *testing.T) {
	for kind, want := range map[mocks.Kind]snapshot.Cause{mocks.Denied: snapshot.Denied, mocks.RepeatToken: snapshot.Malformed} {
		s := mocks.Start(t, mocks.Options{Lenient: true, PageSize: map[string]int{attachedOp: 1}})
		member(s)
		s.Fault(mocks.Fault{Operation: attachedOp, Kind: kind, FromPage: 2})
		got, in := gather(s, pathOps...)
		levels, err := got.Path.Get()
		if err != nil || len(levels) != 3 {
			t.Fatalf("%v, %v", levels, err)
		}
		if scps, err := levels[0].SCPs.Get(); err == nil {
			t.Errorf("%v: half a level %v", kind, scps)
		}
		collecttest.Covered(t, in, attachedOp, snapshot.Global, want)
	}
}

func TestAnEndlessPath(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	mocks.Reply(s, "", acme(types.OrganizationFeatureSetAll))
	mocks.Handle(s, func(_ *mocks.Request, in *organizations.ListParentsInput) (*organizations.ListParentsOutput, error) {
		return &organizations.ListParentsOutput{Parents: []types.Parent{{Id: aws.String(*in.ChildId + "x"), Type: types.ParentTypeOrganizationalUnit}}}, nil
	})
	_, in := gather(s, "organizations:DescribeOrganization", parentsOp)
	collecttest.Covered(t, in, parentsOp, snapshot.Global, snapshot.Malformed)
	nobody := mocks.Start(t, mocks.Options{})
	mocks.Reply(nobody, "", acme(types.OrganizationFeatureSetAll))
	mocks.Reply(nobody, "", &organizations.ListParentsOutput{Parents: []types.Parent{}})
	_, in = gather(nobody, "organizations:DescribeOrganization", parentsOp)
	collecttest.Covered(t, in, parentsOp, snapshot.Global, snapshot.Malformed)
}

// TestTheManagementAccount is bound by no policy of the organization, and is asked instead
// which policies there are on AI services, and who administers what.
func TestTheManagementAccount(t *testing.T) {
	wanted := slices.Concat(pathOps, []string{policiesOp, "organizations:ListTargetsForPolicy", administratorsOp, servicesOp, accountsOp})
	s := mocks.Start(t, mocks.Options{PageSize: map[string]int{administratorsOp: 1, servicesOp: 1}})
	own := acme(types.OrganizationFeatureSetAll)
	own.Organization.MasterAccountId = aws.String("111122223333")
	mocks.Reply(s, "", own)
	mocks.Handle(s, func(_ *mocks.Request, in *organizations.ListPoliciesInput) (*organizations.ListPoliciesOutput, error) {
		return &organizations.ListPoliciesOutput{Policies: []types.PolicySummary{{Id: aws.String("p-" + strings.ToLower(string(in.Filter)[:2]))}}}, nil
	})
	answer(s)
	mocks.Reply(s, "", &organizations.DescribeEffectivePolicyOutput{EffectivePolicy: &types.EffectivePolicy{PolicyContent: aws.String(`{}`)}})
	mocks.Reply(s, "", &organizations.ListAccountsOutput{Accounts: []types.Account{{Id: aws.String("1"), State: types.AccountStatePendingClosure, Status: types.AccountStatusActive}, {Id: aws.String("2"), Status: types.AccountStatusSuspended}}})
	mocks.Reply(s, "", &organizations.ListDelegatedAdministratorsOutput{DelegatedAdministrators: []types.DelegatedAdministrator{{Id: aws.String("1"), State: types.AccountStateActive}, {Id: aws.String("2"), Status: types.AccountStatusSuspended}}})
	mocks.Reply(s, "", &organizations.ListDelegatedServicesForAccountOutput{DelegatedServices: []types.DelegatedService{{ServicePrincipal: aws.String("iam.amazonaws.com")}, {ServicePrincipal: aws.String("config.amazonaws.com")}}})
	got, in := gather(s, wanted...)
	if levels, err := got.Path.Get(); err != nil || len(levels) != 0 || s.Count(parentsOp)+s.Count(attachedOp) > 0 {
		t.Errorf("path %v, %v", levels, err)
	}
	ai, err := got.AIPolicies.Get()
	if err != nil || len(ai) != 1 || ai[0].ID != "p-ai" {
		t.Fatalf("%+v, %v", ai, err)
	}
	if targets, err := ai[0].Targets.Get(); err != nil || len(targets) != 3 {
		t.Errorf("targets %v, %v", targets, err)
	}
	admins, err := got.Administrators.Get()
	if err != nil || len(admins) != 2 || admins[1].State != "SUSPENDED" {
		t.Fatalf("%+v, %v", admins, err)
	}
	if services, err := admins[0].Services.Get(); err != nil || !slices.Equal(services, []string{"iam.amazonaws.com", "config.amazonaws.com"}) {
		t.Errorf("services %v, %v", services, err)
	}
	if states, err := got.States.Get(); err != nil || states["1"] != "PENDING_CLOSURE" || states["2"] != "SUSPENDED" {
		t.Errorf("states %v, %v: State comes before Status", states, err)
	}
	for _, op := range wanted {
		collecttest.Covered(t, in, op, snapshot.Global, snapshot.OK)
	}
}

func TestNobodyIsDelegatedTo(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	mocks.Reply(s, "", acme(types.OrganizationFeatureSetAll))
	mocks.Reply(s, "", &organizations.ListDelegatedAdministratorsOutput{DelegatedAdministrators: []types.DelegatedAdministrator{}})
	got, in := gather(s, "organizations:DescribeOrganization", administratorsOp, servicesOp)
	if admins, err := got.Administrators.Get(); err != nil || len(admins) != 0 {
		t.Errorf("%v, %v", admins, err)
	}
	collecttest.Covered(t, in, servicesOp, snapshot.Global, snapshot.OK)
}

func TestWithoutAnOrganizationNothingElseIsAsked(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	mocks.Refuse(s, "", "organizations:DescribeOrganization", &mocks.Error{Status: http.StatusBadRequest, Code: "AWSOrganizationsNotInUseException"})
	wanted := slices.Concat(pathOps, []string{administratorsOp, servicesOp})
	got, in := gather(s, wanted...)
	if _, err := got.Path.Get(); err != nil || len(s.Requests()) != 1 {
		t.Errorf("%v, %d requests", err, len(s.Requests()))
	}
	for _, op := range wanted {
		collecttest.Covered(t, in, op, snapshot.Global, snapshot.OK)
	}
}
