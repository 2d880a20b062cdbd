package acme_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3control"

	"onus/mocks"
	"onus/mocks/acme"
)

// seenControl is what is beside the buckets, as far as the tests ask.
type seenControl struct {
	points, grants, jobs, objects, plain, locked, marked, accelerated, exported, cors, directories int
}

// control reads what lies beside the buckets in one Region.
func (w *seen) control(t *testing.T, config func(region string) aws.Config, region string) {
	ctx, account := t.Context(), aws.String(acme.Account)
	c := s3control.NewFromConfig(config(region))
	// With an endpoint of one's own the SDK wants a session, which no bucket opens.
	express := s3.NewFromConfig(config(region), func(o *s3.Options) { o.DisableS3ExpressSessionAuth = aws.Bool(true) })
	for _, b := range must(express.ListDirectoryBuckets(ctx, nil))(t).Buckets {
		must(express.GetBucketLifecycleConfiguration(ctx, &s3.GetBucketLifecycleConfigurationInput{Bucket: b.Name}))(t)
		w.beyond.directories++
	}
	if region == "us-west-2" {
		for _, p := range must(c.ListMultiRegionAccessPoints(ctx, &s3control.ListMultiRegionAccessPointsInput{AccountId: account}))(t).AccessPoints {
			arn := "arn:aws:s3::" + acme.Account + ":accesspoint/" + *p.Alias
			w.beyond.points += len(must(c.GetMultiRegionAccessPointRoutes(ctx, &s3control.GetMultiRegionAccessPointRoutesInput{AccountId: account, Mrap: &arn}))(t).Routes)
		}
	}
	for range must(c.ListAccessGrantsInstances(ctx, &s3control.ListAccessGrantsInstancesInput{AccountId: account}))(t).AccessGrantsInstancesList {
		must(c.GetAccessGrantsInstanceResourcePolicy(ctx, &s3control.GetAccessGrantsInstanceResourcePolicyInput{AccountId: account}))(t)
		w.beyond.grants += len(must(c.ListAccessGrants(ctx, &s3control.ListAccessGrantsInput{AccountId: account}))(t).AccessGrantsList)
	}
	for _, j := range must(c.ListJobs(ctx, &s3control.ListJobsInput{AccountId: account}))(t).Jobs {
		must(c.DescribeJob(ctx, &s3control.DescribeJobInput{AccountId: account, JobId: j.JobId}))(t)
		w.beyond.jobs++
	}
	for _, p := range must(c.ListAccessPoints(ctx, &s3control.ListAccessPointsInput{AccountId: account}))(t).AccessPointList {
		_, err := c.GetAccessPointPolicy(ctx, &s3control.GetAccessPointPolicyInput{AccountId: account, Name: p.Name})
		_, statusErr := c.GetAccessPointPolicyStatus(ctx, &s3control.GetAccessPointPolicyStatusInput{AccountId: account, Name: p.Name})
		if err != nil {
			wantCode(t, err, "NoSuchAccessPointPolicy")
			wantCode(t, statusErr, "NoSuchAccessPointPolicy")
		}
	}
}

// exports reads what a bucket exports and holds.
func (w *seen) exports(t *testing.T, c *s3.Client, name *string) {
	ctx := t.Context()
	if _, err := c.GetBucketCors(ctx, &s3.GetBucketCorsInput{Bucket: name}); err == nil {
		w.beyond.cors++
	} else {
		wantCode(t, err, "NoSuchCORSConfiguration")
	}
	if must(c.GetBucketAccelerateConfiguration(ctx, &s3.GetBucketAccelerateConfigurationInput{Bucket: name}))(t).Status != "" {
		w.beyond.accelerated++
	}
	w.beyond.exported += len(must(c.ListBucketInventoryConfigurations(ctx, &s3.ListBucketInventoryConfigurationsInput{Bucket: name}))(t).InventoryConfigurationList)
	w.beyond.exported += len(must(c.ListBucketAnalyticsConfigurations(ctx, &s3.ListBucketAnalyticsConfigurationsInput{Bucket: name}))(t).AnalyticsConfigurationList)
	for _, o := range must(c.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: name}))(t).Contents {
		w.beyond.objects++
		head, err := c.HeadObject(ctx, &s3.HeadObjectInput{Bucket: name, Key: o.Key})
		if err != nil {
			wantCode(t, err, "BadRequest")
			w.beyond.locked++
			continue
		}
		must(c.GetObjectAcl(ctx, &s3.GetObjectAclInput{Bucket: name, Key: o.Key}))(t)
		if head.ServerSideEncryption == "" {
			w.beyond.plain++
		}
		if head.Metadata["x-amz-key-v2"] != "" || head.Metadata["x-amz-3"] != "" {
			w.beyond.marked++
		}
	}
}

func TestWhatLiesBesideTheBuckets(t *testing.T) {
	w := walk(t, start(t, acme.Server(mocks.Options{Lenient: true})))
	want := seenControl{points: 2, grants: 2, jobs: 2, objects: 11, plain: 1, locked: 1, marked: 3, accelerated: 1, exported: 2, cors: 2, directories: 1}
	if w.beyond != want {
		t.Errorf("%+v, want %+v", w.beyond, want)
	}
}
