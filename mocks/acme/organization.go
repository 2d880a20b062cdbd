package acme

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/organizations/types"

	"onus/mocks"
)

// organization is the organization that the account manages, with its service
// control policies. They bind its members, not the management account itself.
type organization struct {
	about    types.Organization
	root     types.Root
	policies []types.Policy
	targets  map[string][]types.PolicyTargetSummary // policy id to what it is attached to
	accounts []types.Account
	parents  map[string]types.Parent // of accounts and units
}

const (
	organizationID = "o-acme1a2b3c"
	rootID         = "r-ac3e"
	staging        = "444455556666" // a member
	europeOnly     = "p-ac3e0001"
)

func orgARN(resource string) string {
	return "arn:" + Partition + ":organizations::" + Account + ":" + resource
}

// control is a service control policy of the organization's own.
func control(policyID, name, document string) types.Policy {
	return orgPolicy(types.PolicyTypeServiceControlPolicy, policyID, name, document)
}

func theOrganization() organization {
	full := control("p-FullAWSAccess", "FullAWSAccess", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`)
	full.PolicySummary.AwsManaged = true
	full.PolicySummary.Arn = aws.String("arn:" + Partition + ":organizations::aws:policy/service_control_policy/p-FullAWSAccess")
	top := []types.PolicyTargetSummary{{TargetId: aws.String(rootID), Name: aws.String("Root"), Type: types.TargetTypeRoot, Arn: aws.String(orgARN("root/" + organizationID + "/" + rootID))}}
	return withMembers(organization{
		about: types.Organization{Id: aws.String(organizationID), Arn: aws.String(orgARN("organization/" + organizationID)), FeatureSet: types.OrganizationFeatureSetAll,
			MasterAccountId: aws.String(Account), MasterAccountArn: aws.String(orgARN("account/" + organizationID + "/" + Account)), MasterAccountEmail: aws.String("aws@acme.example")},
		root: types.Root{Id: aws.String(rootID), Name: aws.String("Root"), Arn: top[0].Arn,
			PolicyTypes: []types.PolicyTypeSummary{{Type: types.PolicyTypeServiceControlPolicy, Status: types.PolicyTypeStatusEnabled}}},
		policies: []types.Policy{
			full,
			control(europeOnly, "acme-europe-only", `{"Version":"2012-10-17","Statement":[{"Sid":"OutsideEurope","Effect":"Deny","NotAction":["account:*","budgets:*","cloudfront:*","iam:*","organizations:*","route53:*","sts:*","support:*"],"Resource":"*","Condition":{"StringNotEquals":{"aws:RequestedRegion":["`+Home+`","`+Second+`","us-east-1"]}}}]}`),
			control("p-ac3e0002", "acme-draft-ireland-only", `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"StringNotEquals":{"aws:RequestedRegion":"`+Home+`"}}}]}`),
		},
		targets: map[string][]types.PolicyTargetSummary{"p-FullAWSAccess": top, europeOnly: top}, // the draft is attached to nothing
	})
}

// policy finds a policy by its id.
func (o *organization) policy(policyID *string) (*types.Policy, error) {
	for i := range o.policies {
		if *o.policies[i].PolicySummary.Id == aws.ToString(policyID) {
			return &o.policies[i], nil
		}
	}
	return nil, &mocks.Error{Code: "PolicyNotFoundException", Message: "We can't find a policy with the PolicyId that you specified."}
}

func (e *estate) serveOrganization(s *mocks.Server) {
	o := &e.organization
	mocks.Handle(s, func(*mocks.Request, *organizations.DescribeOrganizationInput) (*organizations.DescribeOrganizationOutput, error) {
		return &organizations.DescribeOrganizationOutput{Organization: &o.about}, nil
	})
	mocks.Handle(s, func(*mocks.Request, *organizations.ListAccountsInput) (*organizations.ListAccountsOutput, error) {
		return &organizations.ListAccountsOutput{Accounts: o.accounts}, nil
	})
	mocks.Handle(s, func(*mocks.Request, *organizations.ListRootsInput) (*organizations.ListRootsOutput, error) {
		return &organizations.ListRootsOutput{Roots: []types.Root{o.root}}, nil
	})
	mocks.Handle(s, func(_ *mocks.Request, in *organizations.ListPoliciesInput) (*organizations.ListPoliciesOutput, error) {
		out := &organizations.ListPoliciesOutput{}
		for _, p := range o.policies {
			if p.PolicySummary.Type == in.Filter {
				out.Policies = append(out.Policies, *p.PolicySummary)
			}
		}
		return out, nil
	})
	mocks.Handle(s, func(_ *mocks.Request, in *organizations.DescribePolicyInput) (*organizations.DescribePolicyOutput, error) {
		p, err := o.policy(in.PolicyId)
		return &organizations.DescribePolicyOutput{Policy: p}, err
	})
	mocks.Handle(s, func(_ *mocks.Request, in *organizations.ListTargetsForPolicyInput) (*organizations.ListTargetsForPolicyOutput, error) {
		_, err := o.policy(in.PolicyId)
		return &organizations.ListTargetsForPolicyOutput{Targets: o.targets[aws.ToString(in.PolicyId)]}, err
	})
}
