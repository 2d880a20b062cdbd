package s3

import (
	"context"
	"net/http"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/aws-sdk-go-v2/service/s3control"
	control "github.com/aws/aws-sdk-go-v2/service/s3control/types"
	"github.com/google/go-cmp/cmp"

	"onus/mocks"
	"onus/scanner/collect"
	"onus/scanner/collect/collecttest"
	"onus/scanner/snapshot"
)

func storage(s *mocks.Server, partition string, wanted ...string) (snapshot.S3, collect.Scope) {
	in := collecttest.Scope(wanted...)
	in.Partition = partition
	return Collect(context.Background(), in, []string{"eu-west-1"}, clients(s), Options{}), in
}

// second says whether a list of S3 Control is asked for its second page, which may be refused:
// the table of the mocks knows no paging of them.
func second(token *string, refuse bool) (bool, error) {
	if token == nil {
		return false, nil
	}
	if refuse {
		return true, &mocks.Error{Status: http.StatusForbidden, Code: "AccessDenied"}
	}
	return true, nil
}

func TestMultiRegionAccessPoints(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	mocks.Handle(s, func(_ *mocks.Request, in *s3control.ListMultiRegionAccessPointsInput) (*s3control.ListMultiRegionAccessPointsOutput, error) {
		if more, err := second(in.NextToken, false); more || err != nil {
			return &s3control.ListMultiRegionAccessPointsOutput{AccessPoints: []control.MultiRegionAccessPointReport{{Name: aws.String("new"), Status: control.MultiRegionAccessPointStatusCreating}}}, err
		}
		return &s3control.ListMultiRegionAccessPointsOutput{NextToken: aws.String("2"), AccessPoints: []control.MultiRegionAccessPointReport{{
			Name: aws.String("shop"), Alias: aws.String("a1.mrap"), Status: control.MultiRegionAccessPointStatusReady,
			PublicAccessBlock: &control.PublicAccessBlockConfiguration{BlockPublicAcls: aws.Bool(true)},
			Regions:           []control.RegionReport{{Bucket: aws.String("b"), BucketAccountId: aws.String("444455556666"), Region: aws.String("eu-west-1")}}}}}, nil
	})
	mocks.Handle(s, func(_ *mocks.Request, in *s3control.GetMultiRegionAccessPointRoutesInput) (*s3control.GetMultiRegionAccessPointRoutesOutput, error) {
		return &s3control.GetMultiRegionAccessPointRoutesOutput{Mrap: in.Mrap, Routes: []control.MultiRegionAccessPointRoute{{Region: aws.String("eu-west-1"), Bucket: aws.String("b"), TrafficDialPercentage: aws.Int32(0)}}}, nil
	})
	got, in := storage(s, "aws", listMultiRegion, readRoutes)
	if len(got.MultiRegionAccessPoints) != 2 {
		t.Fatalf("%+v", got.MultiRegionAccessPoints)
	}
	p := got.MultiRegionAccessPoints[0]
	if p.ARN != "arn:aws:s3::111122223333:accesspoint/a1.mrap" || p.Region != snapshot.Global || !p.PublicAccess.BlockPublicAcls || p.PublicAccess.IgnorePublicAcls {
		t.Errorf("%+v", p)
	}
	if diff := cmp.Diff([]snapshot.MultiRegionMember{{Bucket: "b", Account: "444455556666", Region: "eu-west-1"}}, p.Members); diff != "" {
		t.Errorf("members (-want +got)\n%s", diff)
	}
	if dials, err := p.Routes.Get(); err != nil || dials["eu-west-1"] != 0 || len(dials) != 1 {
		t.Errorf("routes %v, %v", dials, err)
	}
	if new := got.MultiRegionAccessPoints[1]; new.ARN != "arn:aws:s3::111122223333:accesspoint/new" {
		t.Errorf("one without an alias: %+v", new)
	}
	for _, r := range s.Requests() {
		if r.Region != "us-west-2" {
			t.Errorf("%s was asked in %s, where nobody answers it", r.Operation, r.Region)
		}
	}
	collecttest.Covered(t, in, readRoutes, snapshot.Global, snapshot.OK)
}

func TestMultiRegionAccessPointsThatAreNotOfferedOrNotThere(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	_, in := storage(s, "aws-us-gov", listMultiRegion, readRoutes)
	if len(s.Requests()) != 0 {
		t.Errorf("%d requests in a partition that has none", len(s.Requests()))
	}
	collecttest.Covered(t, in, listMultiRegion, snapshot.Global, snapshot.OK)
	mocks.Reply(s, "", &s3control.ListMultiRegionAccessPointsOutput{AccessPoints: []control.MultiRegionAccessPointReport{}})
	_, in = storage(s, "aws", listMultiRegion, readRoutes)
	collecttest.Covered(t, in, listMultiRegion, snapshot.Global, snapshot.OK)
	collecttest.Covered(t, in, readRoutes, snapshot.Global, snapshot.OK)
	s.Fault(mocks.Fault{Operation: listMultiRegion, Kind: mocks.Denied})
	_, in = storage(s, "aws", listMultiRegion, readRoutes)
	collecttest.Covered(t, in, listMultiRegion, snapshot.Global, snapshot.Denied)
	collecttest.Covered(t, in, readRoutes, snapshot.Global, snapshot.Skipped)
}

func TestAccessGrants(t *testing.T) {
	for _, refuse := range []bool{false, true} {
		s := mocks.Start(t, mocks.Options{})
		mocks.Reply(s, "", &s3control.ListAccessGrantsInstancesOutput{AccessGrantsInstancesList: []control.ListAccessGrantsInstanceEntry{
			{AccessGrantsInstanceId: aws.String("default"), AccessGrantsInstanceArn: aws.String("arn:aws:s3:eu-west-1:111122223333:access-grants/default")}}})
		mocks.Refuse(s, "", readGrantPolicy, &mocks.Error{Status: http.StatusNotFound, Code: "AccessGrantsInstanceResourcePolicyNotExists"})
		mocks.Handle(s, func(_ *mocks.Request, in *s3control.ListAccessGrantsInput) (*s3control.ListAccessGrantsOutput, error) {
			more, err := second(in.NextToken, refuse)
			if more {
				return &s3control.ListAccessGrantsOutput{AccessGrantsList: []control.ListAccessGrantEntry{{AccessGrantId: aws.String("2")}}}, err
			}
			return &s3control.ListAccessGrantsOutput{NextToken: aws.String("2"), AccessGrantsList: []control.ListAccessGrantEntry{{AccessGrantId: aws.String("1"), GrantScope: aws.String("s3://*"),
				Permission: control.PermissionRead, Grantee: &control.Grantee{GranteeType: control.GranteeTypeIam, GranteeIdentifier: aws.String("arn:aws:iam::444455556666:role/r")}}}}, nil
		})
		got, in := storage(s, "aws", listGrantsOf, readGrants, readGrantPolicy)
		if len(got.AccessGrants) != 1 || got.AccessGrants[0].Name != "default" {
			t.Fatalf("%+v", got.AccessGrants)
		}
		if policy, err := got.AccessGrants[0].Policy.Get(); err != nil || policy != "" {
			t.Errorf("no policy is an answer: %q, %v", policy, err)
		}
		list, err := got.AccessGrants[0].Grants.Get()
		if refuse {
			if err == nil {
				t.Errorf("a list that was cut off is not known: %v", list)
			}
			collecttest.Covered(t, in, readGrants, "eu-west-1", snapshot.Denied)
			continue
		}
		want := []snapshot.AccessGrant{{ID: "1", Type: "IAM", Grantee: "arn:aws:iam::444455556666:role/r", Scope: "s3://*", Permission: "READ"}, {ID: "2"}}
		if diff := cmp.Diff(want, list); err != nil || diff != "" {
			t.Errorf("%v (-want +got)\n%s", err, diff)
		}
	}
	s := mocks.Start(t, mocks.Options{})
	mocks.Reply(s, "", &s3control.ListAccessGrantsInstancesOutput{AccessGrantsInstancesList: []control.ListAccessGrantsInstanceEntry{}})
	_, in := storage(s, "aws", listGrantsOf, readGrants, readGrantPolicy)
	for _, op := range []string{listGrantsOf, readGrants, readGrantPolicy} {
		collecttest.Covered(t, in, op, "eu-west-1", snapshot.OK)
	}
}

func TestBatchJobs(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	mocks.Handle(s, func(_ *mocks.Request, in *s3control.ListJobsInput) (*s3control.ListJobsOutput, error) {
		if more, _ := second(in.NextToken, false); more {
			return &s3control.ListJobsOutput{Jobs: []control.JobListDescriptor{{JobId: aws.String("tag"), Operation: control.OperationNameS3PutObjectTagging}}}, nil
		}
		return &s3control.ListJobsOutput{NextToken: aws.String("2"), Jobs: []control.JobListDescriptor{{JobId: aws.String("copy"), Operation: control.OperationNameS3PutObjectCopy,
			Status: control.JobStatusCancelled, ProgressSummary: &control.JobProgressSummary{NumberOfTasksSucceeded: aws.Int64(5)}}}}, nil
	})
	mocks.Reply(s, "", &s3control.DescribeJobOutput{Job: &control.JobDescriptor{
		Operation: &control.JobOperation{S3PutObjectCopy: &control.S3CopyObjectOperation{TargetResource: aws.String("arn:aws:s3:::to")}},
		Report:    &control.JobReport{Enabled: true, Bucket: aws.String("arn:aws:s3:::reports")}}})
	got, in := storage(s, "aws", listJobs, readJob)
	if len(got.Jobs) != 2 || got.Jobs[0].ARN != "arn:aws:s3:eu-west-1:111122223333:job/copy" || got.Jobs[0].Succeeded != 5 || got.Jobs[0].Status != "Cancelled" {
		t.Fatalf("%+v", got.Jobs)
	}
	if w, err := got.Jobs[0].Writes.Get(); err != nil || w != (snapshot.JobWrites{Target: "arn:aws:s3:::to", Report: "arn:aws:s3:::reports"}) {
		t.Errorf("%+v, %v", w, err)
	}
	if n := s.Count(readJob); n != 1 {
		t.Errorf("%d times DescribeJob, want once: a job that tags copies nothing", n)
	}
	collecttest.Covered(t, in, listJobs, "eu-west-1", snapshot.OK)
	if w := writesOf(&control.JobDescriptor{Report: &control.JobReport{Bucket: aws.String("off")}}); w != (snapshot.JobWrites{}) || writesOf(nil) != w {
		t.Errorf("a report that is off: %+v", w)
	}
}

func TestPolicyOfAnAccessPoint(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	mocks.Reply(s, "", &s3control.ListAccessPointsOutput{AccessPointList: []control.AccessPoint{{Name: aws.String("open")}, {Name: aws.String("none")}, {Name: aws.String("denied")}}})
	mocks.Handle(s, func(_ *mocks.Request, in *s3control.GetAccessPointPolicyInput) (*s3control.GetAccessPointPolicyOutput, error) {
		switch *in.Name {
		case "open":
			return &s3control.GetAccessPointPolicyOutput{Policy: aws.String("{}")}, nil
		case "none":
			return nil, &mocks.Error{Status: http.StatusNotFound, Code: "NoSuchAccessPointPolicy"}
		}
		return nil, &mocks.Error{Status: http.StatusForbidden, Code: "AccessDenied"}
	})
	mocks.Handle(s, func(_ *mocks.Request, in *s3control.GetAccessPointPolicyStatusInput) (*s3control.GetAccessPointPolicyStatusOutput, error) {
		if *in.Name == "open" {
			return &s3control.GetAccessPointPolicyStatusOutput{PolicyStatus: &control.PolicyStatus{IsPublic: true}}, nil
		}
		return nil, &mocks.Error{Status: http.StatusNotFound, Code: "NoSuchAccessPointPolicy"}
	})
	got, in := storage(s, "aws", "s3control:ListAccessPoints", readPointPolicy, readPointStatus)
	for i, want := range []struct {
		policy string
		public bool
		known  bool
	}{{"{}", true, true}, {"", false, true}, {"", false, false}} {
		p := got.AccessPoints[i]
		policy, err := p.Policy.Get()
		public, publicErr := p.IsPublic.Get()
		if policy != want.policy || (err == nil) != want.known || public != want.public || publicErr != nil {
			t.Errorf("%s: %q, %v; public %v, %v", p.Name, policy, err, public, publicErr)
		}
	}
	collecttest.Covered(t, in, readPointPolicy, "eu-west-1", snapshot.Denied)
}

func TestInventoriesOverTwoPagesAndWithoutEnd(t *testing.T) {
	inventory := func(id string) []types.InventoryConfiguration {
		return []types.InventoryConfiguration{{Id: aws.String(id), IsEnabled: aws.Bool(true), IncludedObjectVersions: types.InventoryIncludedObjectVersionsAll,
			Schedule:    &types.InventorySchedule{Frequency: types.InventoryFrequencyDaily},
			Destination: &types.InventoryDestination{S3BucketDestination: &types.InventoryS3BucketDestination{Bucket: aws.String("arn:aws:s3:::" + id), AccountId: aws.String("444455556666"), Format: types.InventoryFormatCsv}}}}
	}
	for name, tt := range map[string]struct {
		last  *s3.ListBucketInventoryConfigurationsOutput
		cause snapshot.Cause
	}{
		"two pages":        {&s3.ListBucketInventoryConfigurationsOutput{IsTruncated: aws.Bool(false), InventoryConfigurationList: inventory("two")}, snapshot.OK},
		"a repeated token": {&s3.ListBucketInventoryConfigurationsOutput{IsTruncated: aws.Bool(true), NextContinuationToken: aws.String("t")}, snapshot.Malformed},
		"no token":         {&s3.ListBucketInventoryConfigurationsOutput{IsTruncated: aws.Bool(true)}, snapshot.Malformed},
	} {
		t.Run(name, func(t *testing.T) {
			s := mocks.Start(t, mocks.Options{})
			listing(s)
			mocks.Handle(s, func(_ *mocks.Request, in *s3.ListBucketInventoryConfigurationsInput) (*s3.ListBucketInventoryConfigurationsOutput, error) {
				if in.ContinuationToken != nil {
					return tt.last, nil
				}
				return &s3.ListBucketInventoryConfigurationsOutput{IsTruncated: aws.Bool(true), NextContinuationToken: aws.String("t"), InventoryConfigurationList: inventory("one")}, nil
			})
			b, _, in := one(t, s, "s3:ListBucketInventoryConfigurations")
			list, err := b.Inventories.Get()
			collecttest.Covered(t, in, "s3:ListBucketInventoryConfigurations", "eu-west-1", tt.cause)
			if tt.cause != snapshot.OK {
				if err == nil {
					t.Errorf("a list without an end is not known: %v", list)
				}
				return
			}
			want := []snapshot.BucketExport{{ID: "one", Enabled: true, Bucket: "one", Account: "444455556666"}, {ID: "two", Enabled: true, Bucket: "two", Account: "444455556666"}}
			if diff := cmp.Diff(want, list); err != nil || diff != "" {
				t.Errorf("%v (-want +got)\n%s", err, diff)
			}
		})
	}
}

func TestLifecycleOfADirectoryBucket(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	mocks.Reply(s, "", &s3.ListDirectoryBucketsOutput{Buckets: []types.Bucket{{Name: aws.String("d--euw1-az1--x-s3")}, {Name: aws.String("e--euw1-az1--x-s3")}}})
	mocks.Handle(s, func(_ *mocks.Request, in *s3.GetBucketLifecycleConfigurationInput) (*s3.GetBucketLifecycleConfigurationOutput, error) {
		if *in.Bucket == "e--euw1-az1--x-s3" {
			return nil, &mocks.Error{Status: http.StatusNotFound, Code: "NoSuchLifecycleConfiguration"}
		}
		return &s3.GetBucketLifecycleConfigurationOutput{Rules: []types.LifecycleRule{{Status: types.ExpirationStatusEnabled, Expiration: &types.LifecycleExpiration{Days: aws.Int32(7)}}}}, nil
	})
	got, in := storage(s, "aws", "s3:ListDirectoryBuckets", "s3:GetBucketLifecycleConfiguration")
	if len(got.Directories) != 2 {
		t.Fatalf("%+v", got.Directories)
	}
	rules, err := got.Directories[0].Lifecycle.Get()
	none, noneErr := got.Directories[1].Lifecycle.Get()
	if err != nil || len(rules) != 1 || rules[0].ExpirationDays != 7 || noneErr != nil || len(none) != 0 {
		t.Errorf("%+v, %v; %+v, %v", rules, err, none, noneErr)
	}
	collecttest.Covered(t, in, "s3:GetBucketLifecycleConfiguration", "eu-west-1", snapshot.OK)
}
