package acme

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/organizations/types"

	"onus/mocks"
)

// The other accounts of the organization, and the unit that holds them.
const (
	audit     = "555566667777" // looks after security for all
	former    = "666677778888" // closed, and not yet gone
	superior  = "222233334444" // the management account, where the account is a member: see Member
	workloads = "ou-ac3e-workload"

	ownIdentities = "p-ac3e0004"
)

// orgPolicy is a policy of the organization's own.
func orgPolicy(kind types.PolicyType, policyID, name, document string) types.Policy {
	return types.Policy{Content: aws.String(document), PolicySummary: &types.PolicySummary{Id: aws.String(policyID), Name: aws.String(name), AwsManaged: false,
		Type: kind, Arn: aws.String(orgARN("policy/" + organizationID + "/" + strings.ToLower(string(kind)) + "/" + policyID))}}
}

// withMembers adds the members below a unit, where a policy denies outsiders their data, and
// a policy by which all are out of AWS's AI services.
func withMembers(o organization) organization {
	member := func(id, name string, state types.AccountState, status types.AccountStatus) types.Account {
		return types.Account{Id: aws.String(id), Name: aws.String(name), Arn: aws.String(orgARN("account/" + organizationID + "/" + id)), Email: aws.String(name + "@acme.example"), State: state, Status: status}
	}
	o.accounts = []types.Account{
		member(Account, "acme", types.AccountStateActive, types.AccountStatusActive),
		member(staging, "acme-staging", types.AccountStateActive, types.AccountStatusActive),
		member(audit, "acme-audit", types.AccountStateActive, types.AccountStatusActive),
		member(former, "acme-labs", types.AccountStateSuspended, types.AccountStatusSuspended),
	}
	top := types.Parent{Id: o.root.Id, Type: types.ParentTypeRoot}
	unit := types.Parent{Id: aws.String(workloads), Type: types.ParentTypeOrganizationalUnit}
	o.parents = map[string]types.Parent{Account: top, workloads: top, staging: unit, audit: unit, former: unit}
	for _, kind := range []types.PolicyType{types.PolicyTypeResourceControlPolicy, types.PolicyTypeAiservicesOptOutPolicy} {
		o.root.PolicyTypes = append(o.root.PolicyTypes, types.PolicyTypeSummary{Type: kind, Status: types.PolicyTypeStatusEnabled})
	}
	outsiders := orgPolicy(types.PolicyTypeResourceControlPolicy, ownIdentities, "acme-own-identities", `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":["s3:*","sts:AssumeRole"],"Resource":"*","Condition":{"StringNotEqualsIfExists":{"aws:PrincipalOrgID":"`+organizationID+`"},"BoolIfExists":{"aws:PrincipalIsAWSService":"false"}}}]}`)
	o.policies = append(o.policies,
		outsiders,
		orgPolicy(types.PolicyTypeAiservicesOptOutPolicy, "p-ac3e0005", "acme-no-ai", optedOut),
	)
	at := func(kind types.TargetType, id, name, resource string) types.PolicyTargetSummary {
		return types.PolicyTargetSummary{TargetId: aws.String(id), Name: aws.String(name), Type: kind, Arn: aws.String(orgARN(resource))}
	}
	all := o.targets["p-FullAWSAccess"]
	below := at(types.TargetTypeOrganizationalUnit, workloads, "Workloads", "ou/"+organizationID+"/"+workloads)
	o.targets[ownIdentities], o.targets["p-ac3e0005"] = []types.PolicyTargetSummary{below}, all
	everywhere := append(slices.Clone(all), below)
	for _, a := range o.accounts {
		everywhere = append(everywhere, at(types.TargetTypeAccount, *a.Id, *a.Name, "account/"+organizationID+"/"+*a.Id))
	}
	o.targets["p-FullAWSAccess"] = everywhere
	return o
}

// optedOut leaves a member free to opt in again.
const optedOut = `{"services":{"default":{"opt_out_policy":{"@@assign":"optOut"}}}}`

// Member starts a server for the demo account as a member of the organization, to which
// contacts are delegated, and whose root user is denied everything. The caller closes it.
func Member(o mocks.Options) *mocks.Server {
	e := newEstate()
	org := &e.organization
	org.about.MasterAccountId, org.about.MasterAccountArn = aws.String(superior), aws.String(orgARN("account/"+organizationID+"/"+superior))
	org.parents[Account] = org.parents[staging]
	org.policies = append(org.policies, control("p-ac3e0003", "acme-no-root", `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"StringLike":{"aws:PrincipalArn":"arn:aws:iam::*:root"}}}]}`))
	org.targets["p-ac3e0003"] = org.targets[ownIdentities]
	org.accounts = append(org.accounts, types.Account{Id: aws.String(superior), Name: aws.String("acme-payer"), Arn: org.about.MasterAccountArn, State: types.AccountStateActive, Status: types.AccountStatusActive})
	return e.serve(o)
}

func (o *organization) managed() bool { return aws.ToString(o.about.MasterAccountId) == Account }

// servePath answers what is above an account and what hangs there.
func (e *estate) servePath(s *mocks.Server) {
	o := &e.organization
	mocks.Handle(s, func(_ *mocks.Request, in *organizations.ListParentsInput) (*organizations.ListParentsOutput, error) {
		p, ok := o.parents[aws.ToString(in.ChildId)]
		if !ok {
			return nil, &mocks.Error{Code: "ChildNotFoundException", Message: "You specified a child that doesn't exist."}
		}
		return &organizations.ListParentsOutput{Parents: []types.Parent{p}}, nil
	})
	mocks.Handle(s, func(_ *mocks.Request, in *organizations.ListPoliciesForTargetInput) (*organizations.ListPoliciesForTargetOutput, error) {
		out := &organizations.ListPoliciesForTargetOutput{Policies: []types.PolicySummary{}}
		for _, p := range o.policies {
			here := func(t types.PolicyTargetSummary) bool { return *t.TargetId == aws.ToString(in.TargetId) }
			if p.PolicySummary.Type == in.Filter && slices.ContainsFunc(o.targets[*p.PolicySummary.Id], here) {
				out.Policies = append(out.Policies, *p.PolicySummary)
			}
		}
		return out, nil
	})
	mocks.Handle(s, func(_ *mocks.Request, in *organizations.DescribeEffectivePolicyInput) (*organizations.DescribeEffectivePolicyOutput, error) {
		if in.PolicyType != types.EffectivePolicyTypeAiservicesOptOutPolicy {
			return nil, &mocks.Error{Code: "EffectivePolicyNotFoundException", Message: "If you ran this action on the management account, this policy type is not enabled."}
		}
		return &organizations.DescribeEffectivePolicyOutput{EffectivePolicy: &types.EffectivePolicy{PolicyType: in.PolicyType, TargetId: aws.String(Account), LastUpdatedTimestamp: ago(100 * day),
			PolicyContent: aws.String(`{"services":{"default":{"opt_out_policy":"optOut"}}}`)}}, nil
	})
}

// serveDelegates answers who looks after what for the organization.
func (e *estate) serveDelegates(s *mocks.Server) {
	duties := map[string][]string{audit: {"access-analyzer.amazonaws.com", "guardduty.amazonaws.com", "securityhub.amazonaws.com"}}
	if !e.organization.managed() {
		duties[Account] = []string{"account.amazonaws.com"}
	}
	mocks.Handle(s, func(_ *mocks.Request, in *organizations.ListDelegatedAdministratorsInput) (*organizations.ListDelegatedAdministratorsOutput, error) {
		if in.ServicePrincipal != nil {
			return nil, unsupported("InvalidInputException")
		}
		out := &organizations.ListDelegatedAdministratorsOutput{}
		for _, a := range e.organization.accounts {
			if duties[*a.Id] != nil {
				out.DelegatedAdministrators = append(out.DelegatedAdministrators, types.DelegatedAdministrator{Id: a.Id, Name: a.Name, Arn: a.Arn, Email: a.Email, State: a.State, Status: a.Status, DelegationEnabledDate: ago(500 * day)})
			}
		}
		return out, nil
	})
	mocks.Handle(s, func(_ *mocks.Request, in *organizations.ListDelegatedServicesForAccountInput) (*organizations.ListDelegatedServicesForAccountOutput, error) {
		services, ok := duties[aws.ToString(in.AccountId)]
		if !ok {
			return nil, &mocks.Error{Code: "AccountNotRegisteredException", Message: "The provided account is not a registered delegated administrator for your organization."}
		}
		out := &organizations.ListDelegatedServicesForAccountOutput{}
		for _, name := range services {
			out.DelegatedServices = append(out.DelegatedServices, types.DelegatedService{ServicePrincipal: aws.String(name), DelegationEnabledDate: ago(500 * day)})
		}
		return out, nil
	})
}
