package cloudtrail

import (
	"context"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"
	"github.com/google/go-cmp/cmp"

	"onus/mocks"
	"onus/scanner/collect"
	"onus/scanner/collect/collecttest"
	"onus/scanner/snapshot"
)

var everything = append([]string{listTrails, listStores, readStore}, perTrail...)

const (
	here, there = "eu-west-1", "eu-central-1"
	arn         = "arn:aws:cloudtrail:us-east-1:111122223333:trail/all"
	lake        = "arn:aws:cloudtrail:eu-central-1:111122223333:eventdatastore/1"
)

func gather(s *mocks.Server, wanted ...string) (snapshot.CloudTrail, collect.Scope) {
	in := collecttest.Scope(wanted...)
	return Collect(context.Background(), in, []string{there, here}, func(region string) API {
		return cloudtrail.NewFromConfig(collecttest.Config(s, region))
	}), in
}

// shown is a trail of all Regions whose home is not scanned.
func shown() types.Trail {
	return types.Trail{TrailARN: aws.String(arn), Name: aws.String("all"), HomeRegion: aws.String("us-east-1"), IsMultiRegionTrail: aws.Bool(true),
		S3BucketName: aws.String("logs"), IsOrganizationTrail: aws.Bool(true), LogFileValidationEnabled: aws.Bool(true)}
}

func noStores(s *mocks.Server) {
	mocks.Reply(s, "", &cloudtrail.ListEventDataStoresOutput{EventDataStores: []types.EventDataStore{}})
}

func selectors() *cloudtrail.GetEventSelectorsOutput {
	return &cloudtrail.GetEventSelectorsOutput{TrailARN: aws.String(arn), EventSelectors: []types.EventSelector{{
		ReadWriteType: types.ReadWriteTypeWriteOnly, ExcludeManagementEventSources: []string{"kms.amazonaws.com"},
		DataResources: []types.DataResource{{Type: aws.String("AWS::S3::Object"), Values: []string{"arn:aws:s3"}}},
	}}}
}

func TestATrailOfAllRegionsIsAskedOnceAtItsHome(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	own := types.Trail{TrailARN: aws.String("arn:aws:cloudtrail:eu-west-1:111122223333:trail/own"), Name: aws.String("own"), HomeRegion: aws.String(here)}
	mocks.Reply(s, here, &cloudtrail.DescribeTrailsOutput{TrailList: []types.Trail{own, shown()}})
	mocks.Reply(s, there, &cloudtrail.DescribeTrailsOutput{TrailList: []types.Trail{shown()}})
	mocks.Reply(s, "", &cloudtrail.GetTrailStatusOutput{IsLogging: aws.Bool(true)})
	mocks.Reply(s, "", selectors())
	noStores(s)
	got, in := gather(s, everything...)
	if len(got.Trails) != 2 || got.Trails[0].Name != "own" || got.Trails[0].MultiRegion {
		t.Fatalf("trails: %+v", got.Trails)
	}
	all := got.Trails[1]
	if all.Region != "us-east-1" || !all.MultiRegion || !all.Organization || !all.Validated || all.Bucket != "logs" || len(all.Calls) != 2 {
		t.Errorf("trail: %+v", all)
	}
	var regions []string
	for _, seen := range all.Sightings {
		regions = append(regions, seen.Region)
	}
	if diff := cmp.Diff([]string{there, here}, regions); diff != "" {
		t.Errorf("seen in (-want +got):\n%s", diff)
	}
	want := snapshot.EventSelectors{Basic: []snapshot.EventSelector{{ReadWriteType: "WriteOnly", Management: true, Excluded: []string{"kms.amazonaws.com"},
		Data: []snapshot.DataResource{{Type: "AWS::S3::Object", Values: []string{"arn:aws:s3"}}}}}}
	chosen, err := all.Selectors.Get()
	if diff := cmp.Diff(want, chosen); err != nil || diff != "" {
		t.Errorf("selectors: %v (-want +got)\n%s", err, diff)
	}
	if on, err := all.Logging.Get(); err != nil || !on {
		t.Errorf("logging: %v, %v", on, err)
	}
	for _, r := range s.Requests() {
		switch r.Operation {
		case listTrails:
			if r.Input["includeShadowTrails"] != true {
				t.Errorf("shadow trails were not asked for: %v", r.Input)
			}
		case "cloudtrail:GetTrailStatus":
			if r.Input["Name"] == arn && r.Region != "us-east-1" {
				t.Errorf("the trail was asked about in %s", r.Region)
			}
		}
	}
	if n := s.Count("cloudtrail:GetTrailStatus"); n != 2 {
		t.Errorf("%d times GetTrailStatus, want once for each trail", n)
	}
	for _, op := range perTrail {
		collecttest.Covered(t, in, op, snapshot.Global, snapshot.OK)
	}
	for _, op := range []string{listTrails, listStores, readStore} {
		collecttest.Covered(t, in, op, there, snapshot.OK)
	}
}

func TestNoTrailLeavesNothingToAsk(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	mocks.Reply(s, "", &cloudtrail.DescribeTrailsOutput{TrailList: []types.Trail{}})
	noStores(s)
	got, in := gather(s, everything...)
	if len(got.Trails)+len(got.Stores) != 0 || len(s.Requests()) != 4 {
		t.Errorf("%+v after %d requests", got, len(s.Requests()))
	}
	for _, op := range perTrail {
		collecttest.Covered(t, in, op, snapshot.Global, snapshot.OK)
	}
}

func TestAListThatIsDeniedInOneRegion(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	mocks.Reply(s, here, &cloudtrail.DescribeTrailsOutput{TrailList: []types.Trail{}})
	mocks.Refuse(s, there, listTrails, &mocks.Error{Status: 400, Code: "AccessDeniedException"})
	noStores(s)
	_, in := gather(s, everything...)
	collecttest.Covered(t, in, listTrails, there, snapshot.Denied)
	collecttest.Covered(t, in, listTrails, here, snapshot.OK)
	for _, op := range perTrail { // there may be a trail to ask about
		collecttest.Covered(t, in, op, snapshot.Global, snapshot.Skipped)
	}
}

// TestTheOrganizationsTrailRefusesItsSelectors: a member account sees the trail and its
// status alone.
func TestTheOrganizationsTrailRefusesItsSelectors(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	mocks.Reply(s, "", &cloudtrail.DescribeTrailsOutput{TrailList: []types.Trail{shown()}})
	mocks.Reply(s, "", &cloudtrail.GetTrailStatusOutput{IsLogging: aws.Bool(false)})
	mocks.Refuse(s, "", "cloudtrail:GetEventSelectors", &mocks.Error{Status: 400, Code: "CloudTrailARNInvalidException"})
	noStores(s)
	got, in := gather(s, everything...)
	if on, err := got.Trails[0].Logging.Get(); err != nil || on {
		t.Errorf("logging: %v, %v", on, err)
	}
	if _, err := got.Trails[0].Selectors.Get(); err == nil {
		t.Error("selectors that were refused are not known")
	}
	collecttest.Covered(t, in, "cloudtrail:GetEventSelectors", snapshot.Global, snapshot.Failed)
}

// twoPages lists a store on each of two pages in one Region, the second of which may be
// refused, and none in the other.
func twoPages(s *mocks.Server, second *mocks.Error) {
	mocks.Handle(s, func(r *mocks.Request, in *cloudtrail.ListEventDataStoresInput) (*cloudtrail.ListEventDataStoresOutput, error) {
		switch {
		case r.Region != there:
			return &cloudtrail.ListEventDataStoresOutput{EventDataStores: []types.EventDataStore{}}, nil
		case in.NextToken == nil:
			return &cloudtrail.ListEventDataStoresOutput{NextToken: aws.String("2"), EventDataStores: []types.EventDataStore{{EventDataStoreArn: aws.String(lake), Name: aws.String("one")}}}, nil
		case second != nil:
			return nil, second
		}
		return &cloudtrail.ListEventDataStoresOutput{EventDataStores: []types.EventDataStore{{EventDataStoreArn: aws.String(lake + "2"), Name: aws.String("two")}}}, nil
	})
}

func TestStoresOverTwoPagesWithTheirSettings(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	twoPages(s, nil)
	mocks.Handle(s, func(_ *mocks.Request, in *cloudtrail.GetEventDataStoreInput) (*cloudtrail.GetEventDataStoreOutput, error) {
		if *in.EventDataStore != lake {
			return nil, &mocks.Error{Status: 400, Code: "AccessDeniedException"}
		}
		return &cloudtrail.GetEventDataStoreOutput{EventDataStoreArn: in.EventDataStore, Status: types.EventDataStoreStatusEnabled, MultiRegionEnabled: aws.Bool(true),
			AdvancedEventSelectors: []types.AdvancedEventSelector{{Name: aws.String("objects"), FieldSelectors: []types.AdvancedFieldSelector{
				{Field: aws.String("eventCategory"), Equals: []string{"Data"}}, {Field: aws.String("resources.ARN"), NotStartsWith: []string{"arn:aws:s3:::logs/"}},
			}}}}, nil
	})
	s.Fault(mocks.Fault{Operation: readStore, Kind: mocks.Throttled, First: 1})
	got, in := gather(s, listStores, readStore)
	if len(got.Stores) != 2 || got.Stores[1].Name != "two" || got.Stores[0].Region != there || got.Stores[0].ARN != lake {
		t.Fatalf("stores: %+v", got.Stores)
	}
	want := snapshot.StoreSettings{Status: "ENABLED", MultiRegion: true, Selectors: snapshot.EventSelectors{Advanced: []snapshot.AdvancedEventSelector{{Name: "objects",
		Fields: []snapshot.FieldSelector{{Field: "eventCategory", Equals: []string{"Data"}}, {Field: "resources.ARN", NotStartsWith: []string{"arn:aws:s3:::logs/"}}}}}}}
	one, err := got.Stores[0].Settings.Get()
	if diff := cmp.Diff(want, one); err != nil || diff != "" {
		t.Errorf("settings: %v (-want +got)\n%s", err, diff)
	}
	if _, err := got.Stores[1].Settings.Get(); err == nil {
		t.Error("settings that were denied are not known")
	}
	collecttest.Covered(t, in, readStore, there, snapshot.Denied)
	collecttest.Covered(t, in, readStore, here, snapshot.OK)
}

func TestPageTwoDenied(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	twoPages(s, &mocks.Error{Status: 400, Code: "AccessDeniedException"})
	mocks.Reply(s, "", &cloudtrail.GetEventDataStoreOutput{EventDataStoreArn: aws.String(lake), Status: types.EventDataStoreStatusCreated})
	got, in := gather(s, listStores, readStore)
	if len(got.Stores) != 1 {
		t.Errorf("stores: %+v", got.Stores)
	}
	collecttest.Covered(t, in, listStores, there, snapshot.Denied)
}

func TestMalformedAnswers(t *testing.T) {
	for _, op := range []string{listTrails, listStores, "cloudtrail:GetTrailStatus", "cloudtrail:GetEventSelectors"} {
		s := mocks.Start(t, mocks.Options{Lenient: true})
		mocks.Reply(s, "", &cloudtrail.DescribeTrailsOutput{TrailList: []types.Trail{shown()}})
		mocks.Reply(s, "", &cloudtrail.GetTrailStatusOutput{IsLogging: aws.Bool(true)})
		mocks.Reply(s, "", selectors())
		noStores(s)
		s.Fault(mocks.Fault{Operation: op, Kind: mocks.EmptyObject})
		_, in := gather(s, everything...)
		region := here
		if op != listTrails && op != listStores {
			region = snapshot.Global
		}
		collecttest.Covered(t, in, op, region, snapshot.Malformed)
	}
}

func TestMappingOfNothing(t *testing.T) {
	at := snapshot.Meta{Location: collecttest.At}
	if got := trail(at, types.Trail{}); got.Region != here || len(got.Sightings) != 1 {
		t.Errorf("trail: %+v", got)
	}
	if got := basic([]types.EventSelector{{}}); !got[0].Management || got[0].ReadWriteType != "" {
		t.Errorf("AWS includes management events unless told otherwise: %+v", got)
	}
	if got := advanced([]types.AdvancedEventSelector{{FieldSelectors: []types.AdvancedFieldSelector{{}}}}); len(got[0].Fields) != 1 {
		t.Errorf("advanced: %+v", got)
	}
}

func TestNothingIsAskedThatNoCheckReads(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	gather(s)
	if n := len(s.Requests()); n != 0 {
		t.Errorf("%d requests, want none", n)
	}
}
