package acme

import (
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"

	"onus/mocks"
)

// ArchiveBucket belongs to the company that keeps watch for Acme, and lies in us-east-1.
// A trail delivers to it, and Acme may not ask about it.
const ArchiveBucket = "nightwatch-intake-acme"

// trail is one trail with what its home says of it.
type trail struct {
	about     types.Trail
	logging   bool
	selectors []types.AdvancedEventSelector // nil: the basic one that every trail begins with
}

func trailARN(region, name string) string { return arn("cloudtrail", region, "trail/"+name) }

// field is what one field of an event must be.
func field(name string, values ...string) types.AdvancedFieldSelector {
	return types.AdvancedFieldSelector{Field: aws.String(name), Equals: values}
}

var management = types.AdvancedEventSelector{Name: aws.String("management"), FieldSelectors: []types.AdvancedFieldSelector{field("eventCategory", "Management")}}

// objectsOf records what happens to objects below the ARNs; readOnly "" takes both.
func objectsOf(name, readOnly string, arns ...string) types.AdvancedEventSelector {
	s := types.AdvancedEventSelector{Name: aws.String(name), FieldSelectors: []types.AdvancedFieldSelector{field("eventCategory", "Data"), field("resources.type", "AWS::S3::Object")}}
	if readOnly != "" {
		s.FieldSelectors = append(s.FieldSelectors, field("readOnly", readOnly))
	}
	if len(arns) > 0 {
		s.FieldSelectors = append(s.FieldSelectors, types.AdvancedFieldSelector{Field: aws.String("resources.ARN"), StartsWith: arns})
	}
	return s
}

// trails are the account's: one of all Regions, one of staging that somebody stopped, and
// one for the company that keeps watch.
func trails() []trail {
	const objects = "arn:" + Partition + ":s3:::"
	made := func(region, name, bucket string, all bool) types.Trail {
		return types.Trail{Name: aws.String(name), TrailARN: aws.String(trailARN(region, name)), HomeRegion: aws.String(region), S3BucketName: aws.String(bucket),
			IsMultiRegionTrail: aws.Bool(all), IsOrganizationTrail: aws.Bool(false), IncludeGlobalServiceEvents: aws.Bool(all), LogFileValidationEnabled: aws.Bool(all),
			HasCustomEventSelectors: aws.Bool(all), HasInsightSelectors: aws.Bool(false)}
	}
	whole := made(Home, "acme-all-regions", "acme-audit-logs-prod", true)
	whole.CloudWatchLogsLogGroupArn = aws.String(arn("logs", Home, "log-group:acme-trail:*"))
	return []trail{
		{whole, true, []types.AdvancedEventSelector{management,
			objectsOf("writes", "false", objects+"acme-invoices-prod/", objects+"acme-terraform-state/", objects+"acme-customer-exports-prod/"),
			objectsOf("reads", "true", objects+"acme-customer-exports-prod/")}},
		{made(Second, "acme-staging", "acme-archive-2019", false), false, nil},
		{made(Home, "acme-nightwatch", ArchiveBucket, false), true, nil},
	}
}

// stores are the event data stores by Region.
func stores() map[string]cloudtrail.GetEventDataStoreOutput {
	made := func(region, name string, selectors ...types.AdvancedEventSelector) cloudtrail.GetEventDataStoreOutput {
		return cloudtrail.GetEventDataStoreOutput{Name: aws.String(name), EventDataStoreArn: aws.String(arn("cloudtrail", region, "eventdatastore/"+name)), Status: types.EventDataStoreStatusEnabled,
			MultiRegionEnabled: aws.Bool(false), OrganizationEnabled: aws.Bool(false), AdvancedEventSelectors: selectors, RetentionPeriod: aws.Int32(366), CreatedTimestamp: ago(300 * day)}
	}
	return map[string]cloudtrail.GetEventDataStoreOutput{
		Home:   made(Home, "acme-management", management),
		Second: made(Second, "acme-objects", objectsOf("objects", "")),
	}
}

// serveTrails answers CloudTrail. A trail of all Regions shows in each.
func (e *estate) serveTrails(s *mocks.Server) {
	known, lakes := trails(), stores()
	find := func(name *string, region string) (*trail, error) {
		for i := range known {
			if *known[i].about.TrailARN == aws.ToString(name) && *known[i].about.HomeRegion == region {
				return &known[i], nil
			}
		}
		return nil, &mocks.Error{Status: http.StatusBadRequest, Code: "TrailNotFoundException", Message: "Unknown trail: " + aws.ToString(name)}
	}
	mocks.Handle(s, func(r *mocks.Request, in *cloudtrail.DescribeTrailsInput) (*cloudtrail.DescribeTrailsOutput, error) {
		if _, err := e.at(r); err != nil {
			return nil, err
		}
		out := &cloudtrail.DescribeTrailsOutput{TrailList: []types.Trail{}}
		for _, t := range known {
			shadow := *t.about.IsMultiRegionTrail && (in.IncludeShadowTrails == nil || *in.IncludeShadowTrails)
			if *t.about.HomeRegion == r.Region || shadow {
				out.TrailList = append(out.TrailList, t.about)
			}
		}
		return out, nil
	})
	mocks.Handle(s, func(r *mocks.Request, in *cloudtrail.GetTrailStatusInput) (*cloudtrail.GetTrailStatusOutput, error) {
		t, err := find(in.Name, r.Region)
		if err != nil {
			return nil, err
		}
		return &cloudtrail.GetTrailStatusOutput{IsLogging: aws.Bool(t.logging), StartLoggingTime: ago(900 * day)}, nil
	})
	mocks.Handle(s, func(r *mocks.Request, in *cloudtrail.GetEventSelectorsInput) (*cloudtrail.GetEventSelectorsOutput, error) {
		t, err := find(in.TrailName, r.Region)
		if err != nil {
			return nil, err
		}
		out := &cloudtrail.GetEventSelectorsOutput{TrailARN: t.about.TrailARN, AdvancedEventSelectors: t.selectors}
		if t.selectors == nil {
			out.EventSelectors = []types.EventSelector{{ReadWriteType: types.ReadWriteTypeAll, IncludeManagementEvents: aws.Bool(true)}}
		}
		return out, nil
	})
	mocks.Handle(s, func(r *mocks.Request, _ *cloudtrail.ListEventDataStoresInput) (*cloudtrail.ListEventDataStoresOutput, error) {
		if _, err := e.at(r); err != nil {
			return nil, err
		}
		out := &cloudtrail.ListEventDataStoresOutput{EventDataStores: []types.EventDataStore{}}
		if lake, ok := lakes[r.Region]; ok {
			out.EventDataStores = append(out.EventDataStores, types.EventDataStore{Name: lake.Name, EventDataStoreArn: lake.EventDataStoreArn})
		}
		return out, nil
	})
	mocks.Handle(s, func(r *mocks.Request, in *cloudtrail.GetEventDataStoreInput) (*cloudtrail.GetEventDataStoreOutput, error) {
		lake, ok := lakes[r.Region]
		if !ok || *lake.EventDataStoreArn != aws.ToString(in.EventDataStore) {
			return nil, &mocks.Error{Status: http.StatusBadRequest, Code: "EventDataStoreNotFoundException", Message: "The event data store does not exist."}
		}
		return &lake, nil
	})
}
