package acme

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"onus/mocks"
)

// keyPolicy leaves the account to decide; Acme's own key at home also lets the agency
// restore what it was given.
func (r *region) keyPolicy(k types.KeyMetadata) string {
	statement := func(account, action string) string {
		return `{"Effect":"Allow","Principal":{"AWS":"arn:` + Partition + `:iam::` + account + `:root"},"Action":` + action + `,"Resource":"*"}`
	}
	own := statement(Account, `"kms:*"`)
	if r.name == Home && *k.Arn == r.key() {
		own += "," + statement(agency, `["kms:Decrypt","kms:CreateGrant","kms:DescribeKey"]`)
	}
	return `{"Version":"2012-10-17","Statement":[` + own + `]}`
}

// grants are those that EBS made for a volume in use.
func (r *region) grants(k types.KeyMetadata) []types.GrantListEntry {
	if *k.Arn != r.key() {
		return []types.GrantListEntry{}
	}
	return []types.GrantListEntry{{KeyId: k.Arn, GrantId: aws.String("0c237476b39f8bc44e45212e08498fbe3151305030726c0590dd8d3e9f3d6a60"),
		GranteePrincipal: aws.String(iamARN("role/aws:ec2-infrastructure/" + id("i", r.name+"acme-bastion"))), IssuingAccount: aws.String(iamARN("root")),
		Operations: []types.GrantOperation{types.GrantOperationDecrypt}, CreationDate: ago(300 * day)}}
}

// serveKeyPolicies answers who may use a key.
func (e *estate) serveKeyPolicies(s *mocks.Server) {
	mocks.Handle(s, func(r *mocks.Request, asked *kms.GetKeyPolicyInput) (*kms.GetKeyPolicyOutput, error) {
		in, err := e.at(r)
		if err != nil {
			return nil, err
		}
		k, err := in.find(aws.ToString(asked.KeyId))
		if err != nil {
			return nil, err
		}
		return &kms.GetKeyPolicyOutput{Policy: aws.String(in.keyPolicy(k)), PolicyName: aws.String("default")}, nil
	})
	mocks.Handle(s, func(r *mocks.Request, asked *kms.ListGrantsInput) (*kms.ListGrantsOutput, error) {
		in, err := e.at(r)
		if err != nil {
			return nil, err
		}
		k, err := in.find(aws.ToString(asked.KeyId))
		if err != nil {
			return nil, err
		}
		return &kms.ListGrantsOutput{Grants: in.grants(k)}, nil
	})
}
