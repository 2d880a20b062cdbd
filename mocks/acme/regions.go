package acme

import (
	"cmp"
	"maps"
	"net/http"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/account"
	acct "github.com/aws/aws-sdk-go-v2/service/account/types"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	et "github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"onus/mocks"
)

const (
	enabled  = acct.RegionOptStatusEnabledByDefault
	disabled = acct.RegionOptStatusDisabled
)

// regionStatuses are the partition's Regions as the account sees them in November
// 2026: those that need no opt-in, and none besides. Source: AWS Account Management
// Reference Guide, "Enable or disable AWS Regions in your account".
var regionStatuses = map[string]acct.RegionOptStatus{
	"ap-northeast-1": enabled, "ap-northeast-2": enabled, "ap-northeast-3": enabled, "ap-south-1": enabled,
	"ap-southeast-1": enabled, "ap-southeast-2": enabled, "ca-central-1": enabled, "eu-central-1": enabled,
	"eu-north-1": enabled, "eu-west-1": enabled, "eu-west-2": enabled, "eu-west-3": enabled, "sa-east-1": enabled,
	"us-east-1": enabled, "us-east-2": enabled, "us-west-1": enabled, "us-west-2": enabled,

	"af-south-1": disabled, "ap-east-1": disabled, "ap-east-2": disabled, "ap-south-2": disabled,
	"ap-southeast-3": disabled, "ap-southeast-4": disabled, "ap-southeast-5": disabled, "ap-southeast-6": disabled,
	"ap-southeast-7": disabled, "ca-west-1": disabled, "eu-central-2": disabled, "eu-south-1": disabled,
	"eu-south-2": disabled, "il-central-1": disabled, "me-central-1": disabled, "me-south-1": disabled,
	"me-west-1": disabled, "mx-central-1": disabled, "sa-west-1": disabled,
}

// at is a Region of the account, or the refusal that AWS gives where the account has
// not opted in: the endpoint does not know its credentials. Sources: EC2 API
// Reference, "Error codes", AuthFailure; "Common Errors", InvalidClientTokenId.
func (e *estate) at(r *mocks.Request) (*region, error) {
	if in := e.regions[r.Region]; in != nil {
		return in, nil
	}
	if len(r.Operation) > 4 && r.Operation[:4] == "ec2:" {
		return nil, &mocks.Error{Status: http.StatusUnauthorized, Code: "AuthFailure", Message: "AWS was not able to validate the provided access credentials"}
	}
	return nil, &mocks.Error{Status: http.StatusForbidden, Code: "InvalidClientTokenId", Message: "The security token included in the request is invalid."}
}

// serveAccount answers what is asked about the account's Regions.
func (e *estate) serveAccount(s *mocks.Server) {
	mocks.Handle(s, func(_ *mocks.Request, in *account.ListRegionsInput) (*account.ListRegionsOutput, error) {
		if cmp.Or(aws.ToString(in.AccountId), Account) != Account {
			return nil, &mocks.Error{Code: "AccessDeniedException", Message: "The account is not yours."}
		}
		out := &account.ListRegionsOutput{}
		for _, name := range slices.Sorted(maps.Keys(regionStatuses)) {
			status := regionStatuses[name]
			if len(in.RegionOptStatusContains) == 0 || slices.Contains(in.RegionOptStatusContains, status) {
				out.Regions = append(out.Regions, acct.Region{RegionName: aws.String(name), RegionOptStatus: status})
			}
		}
		return out, nil
	})
	mocks.Handle(s, func(r *mocks.Request, in *ec2.DescribeRegionsInput) (*ec2.DescribeRegionsOutput, error) {
		if _, err := e.at(r); err != nil {
			return nil, err
		}
		if len(in.Filters) > 0 {
			return nil, unsupported("InvalidParameterValue")
		}
		out := &ec2.DescribeRegionsOutput{}
		for _, name := range slices.Sorted(maps.Keys(regionStatuses)) {
			status := "opt-in-not-required"
			if regionStatuses[name] != enabled {
				status = "not-opted-in"
			}
			named := len(in.RegionNames) == 0 || slices.Contains(in.RegionNames, name)
			if named && (status != "not-opted-in" || aws.ToBool(in.AllRegions)) {
				out.Regions = append(out.Regions, et.Region{RegionName: aws.String(name), OptInStatus: aws.String(status),
					Endpoint: aws.String("ec2." + name + ".amazonaws.com")})
			}
		}
		return out, nil
	})
}
