// Package cloudtrail reads CloudTrail: trails, their status and selectors, and event data
// stores. It asks and maps; it leaves clients to scanner and judgement to checks.
//
// A trail of all Regions shows in the list of each, and one of the organization in each
// account: as a shadow, which has its home's ARN. Every Region's list is read, because a
// scan may leave a trail's home out; what it does is asked once, by its ARN and of its
// home, because a shadow answers for its own Region only.
package cloudtrail

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
)

// API is every call that this collector makes.
type API interface {
	cloudtrail.ListEventDataStoresAPIClient
	DescribeTrails(context.Context, *cloudtrail.DescribeTrailsInput, ...func(*cloudtrail.Options)) (*cloudtrail.DescribeTrailsOutput, error)
	GetTrailStatus(context.Context, *cloudtrail.GetTrailStatusInput, ...func(*cloudtrail.Options)) (*cloudtrail.GetTrailStatusOutput, error)
	GetEventSelectors(context.Context, *cloudtrail.GetEventSelectorsInput, ...func(*cloudtrail.Options)) (*cloudtrail.GetEventSelectorsOutput, error)
	GetEventDataStore(context.Context, *cloudtrail.GetEventDataStoreInput, ...func(*cloudtrail.Options)) (*cloudtrail.GetEventDataStoreOutput, error)
}
