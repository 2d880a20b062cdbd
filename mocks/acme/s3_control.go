package acme

import (
	"net/http"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/aws-sdk-go-v2/service/s3control"
	ct "github.com/aws/aws-sdk-go-v2/service/s3control/types"

	"onus/mocks"
)

// scratchBucket is a directory bucket of the home Region. Its lifecycle is switched off.
const scratchBucket = "acme-render-scratch--euw1-az1--x-s3"

// exports is what is set on a bucket about the ways in which it is reached and reported on
// from elsewhere.
type exports struct {
	cors        []types.CORSRule
	accelerated types.BucketAccelerateStatus
	inventoryTo string // the account does not say whose bucket it is
	analysisTo  string
}

func exportsOf() map[string]exports {
	any, shop := []string{"*"}, []string{"https://shop.acme.example"}
	return map[string]exports{
		"acme-customer-exports-prod": {inventoryTo: "acme-audit-logs-prod"},
		"acme-data-science-sandbox":  {cors: []types.CORSRule{{ID: aws.String("notebooks"), AllowedOrigins: any, AllowedMethods: []string{"GET", "PUT"}}}, analysisTo: PartnerBucket},
		"acme-product-images-prod":   {cors: []types.CORSRule{{ID: aws.String("shop"), AllowedOrigins: shop, AllowedMethods: []string{"GET"}}}, accelerated: types.BucketAccelerateStatusEnabled},
	}
}

// serveControl answers about what S3 has beside buckets and access points, and about the
// exports of buckets.
func (e *estate) serveControl(s *mocks.Server, find finder) {
	e.serveExports(s, find)
	e.serveGlobalPoints(s)
	e.serveGrants(s)
	e.serveJobs(s)
}

func (e *estate) serveExports(s *mocks.Server, find finder) {
	known := exportsOf()
	mocks.Handle(s, func(r *mocks.Request, _ *s3.ListDirectoryBucketsInput) (*s3.ListDirectoryBucketsOutput, error) {
		out := &s3.ListDirectoryBucketsOutput{}
		if r.Region == Home {
			out.Buckets = []types.Bucket{{Name: aws.String(scratchBucket), CreationDate: ago(120 * day)}}
		}
		_, err := e.at(r)
		return out, err
	})
	mocks.Handle(s, func(r *mocks.Request, in *s3.GetBucketCorsInput) (*s3.GetBucketCorsOutput, error) {
		b, err := find(r, in.Bucket)
		if err != nil {
			return nil, err
		}
		if set := known[b.name]; set.cors != nil {
			return &s3.GetBucketCorsOutput{CORSRules: set.cors}, nil
		}
		return nil, &mocks.Error{Status: http.StatusNotFound, Code: "NoSuchCORSConfiguration", Message: "The CORS configuration does not exist"}
	})
	mocks.Handle(s, func(r *mocks.Request, in *s3.GetBucketAccelerateConfigurationInput) (*s3.GetBucketAccelerateConfigurationOutput, error) {
		b, err := find(r, in.Bucket)
		if err != nil {
			return nil, err
		}
		return &s3.GetBucketAccelerateConfigurationOutput{Status: known[b.name].accelerated}, nil
	})
	mocks.Handle(s, func(r *mocks.Request, in *s3.ListBucketInventoryConfigurationsInput) (*s3.ListBucketInventoryConfigurationsOutput, error) {
		b, err := find(r, in.Bucket)
		if err != nil {
			return nil, err
		}
		out := &s3.ListBucketInventoryConfigurationsOutput{IsTruncated: aws.Bool(false)}
		if to := known[b.name].inventoryTo; to != "" {
			out.InventoryConfigurationList = []types.InventoryConfiguration{{Id: aws.String("all"), IsEnabled: aws.Bool(true), IncludedObjectVersions: types.InventoryIncludedObjectVersionsCurrent,
				Schedule:    &types.InventorySchedule{Frequency: types.InventoryFrequencyWeekly},
				Destination: &types.InventoryDestination{S3BucketDestination: &types.InventoryS3BucketDestination{Bucket: aws.String("arn:" + Partition + ":s3:::" + to), Format: types.InventoryFormatParquet}}}}
		}
		return out, nil
	})
	mocks.Handle(s, func(r *mocks.Request, in *s3.ListBucketAnalyticsConfigurationsInput) (*s3.ListBucketAnalyticsConfigurationsOutput, error) {
		b, err := find(r, in.Bucket)
		if err != nil {
			return nil, err
		}
		out := &s3.ListBucketAnalyticsConfigurationsOutput{IsTruncated: aws.Bool(false)}
		if to := known[b.name].analysisTo; to != "" {
			out.AnalyticsConfigurationList = []types.AnalyticsConfiguration{{Id: aws.String("storage"), StorageClassAnalysis: &types.StorageClassAnalysis{DataExport: &types.StorageClassAnalysisDataExport{
				OutputSchemaVersion: types.StorageClassAnalysisSchemaVersionV1,
				Destination:         &types.AnalyticsExportDestination{S3BucketDestination: &types.AnalyticsS3BucketDestination{Bucket: aws.String("arn:" + Partition + ":s3:::" + to), Format: types.AnalyticsS3ExportFileFormatCsv}}}}}}
		}
		return out, nil
	})
}

// multiRegion is the account's Multi-Region Access Point: its block is whole, and one of
// its buckets lies in a Region that the company does not allow.
var multiRegion = ct.MultiRegionAccessPointReport{
	Name: aws.String("acme-shop"), Alias: aws.String("mac3e0sh0p1.mrap"), Status: ct.MultiRegionAccessPointStatusReady, CreatedAt: ago(200 * day),
	PublicAccessBlock: &ct.PublicAccessBlockConfiguration{BlockPublicAcls: aws.Bool(true), IgnorePublicAcls: aws.Bool(true), BlockPublicPolicy: aws.Bool(true), RestrictPublicBuckets: aws.Bool(true)},
	Regions: []ct.RegionReport{
		{Bucket: aws.String("acme-product-images-prod"), BucketAccountId: aws.String(Account), Region: aws.String(Home)},
		{Bucket: aws.String("acme-archive-2019"), BucketAccountId: aws.String(Account), Region: aws.String("us-east-1")},
	},
}

// pointPolicies are the policies of access points, by name.
func pointPolicies() map[string]string {
	point := func(name string) string { return arn("s3", Home, "accesspoint/"+name) }
	return map[string]string{
		"acme-images-import": `{"Version":"2012-10-17","Statement":[{"Sid":"Agency","Effect":"Allow","Principal":{"AWS":"arn:` + Partition + `:iam::` + Partner + `:role/agency"},` +
			`"Action":"s3:PutObject","Resource":"` + point("acme-images-import") + `/object/*"}]}`,
	}
}

// serveGlobalPoints answers about Multi-Region Access Points, in the one Region that does, and
// about the policies of access points.
func (e *estate) serveGlobalPoints(s *mocks.Server) {
	policies := pointPolicies()
	mocks.Handle(s, func(r *mocks.Request, _ *s3control.ListMultiRegionAccessPointsInput) (*s3control.ListMultiRegionAccessPointsOutput, error) {
		if r.Region != "us-west-2" {
			return nil, &mocks.Error{Status: http.StatusMovedPermanently, Code: "PermanentRedirect", Message: "This API operation is only available in the Region us-west-2."}
		}
		return &s3control.ListMultiRegionAccessPointsOutput{AccessPoints: []ct.MultiRegionAccessPointReport{multiRegion}}, nil
	})
	mocks.Handle(s, func(r *mocks.Request, in *s3control.GetMultiRegionAccessPointRoutesInput) (*s3control.GetMultiRegionAccessPointRoutesOutput, error) {
		out := &s3control.GetMultiRegionAccessPointRoutesOutput{Mrap: in.Mrap}
		for i, m := range multiRegion.Regions {
			out.Routes = append(out.Routes, ct.MultiRegionAccessPointRoute{Bucket: m.Bucket, Region: m.Region, TrafficDialPercentage: aws.Int32(int32(100 - 100*min(i, 1)))})
		}
		return out, nil
	})
	known := func(r *mocks.Request, name *string) (string, error) {
		_, ok := policies[aws.ToString(name)]
		if !ok || r.Region != Home {
			return "", &mocks.Error{Status: http.StatusNotFound, Code: "NoSuchAccessPointPolicy", Message: "The specified accesspoint policy does not exist"}
		}
		return policies[*name], nil
	}
	mocks.Handle(s, func(r *mocks.Request, in *s3control.GetAccessPointPolicyInput) (*s3control.GetAccessPointPolicyOutput, error) {
		policy, err := known(r, in.Name)
		return &s3control.GetAccessPointPolicyOutput{Policy: aws.String(policy)}, err
	})
	mocks.Handle(s, func(r *mocks.Request, in *s3control.GetAccessPointPolicyStatusInput) (*s3control.GetAccessPointPolicyStatusOutput, error) {
		_, err := known(r, in.Name)
		return &s3control.GetAccessPointPolicyStatusOutput{PolicyStatus: &ct.PolicyStatus{IsPublic: false}}, err
	})
}

// serveGrants answers about the Access Grants instance of the home Region. One of its
// grants is to the partner.
func (e *estate) serveGrants(s *mocks.Server) {
	none := &mocks.Error{Status: http.StatusNotFound, Code: "AccessGrantsInstanceNotExistsError", Message: "Access Grants Instance does not exist"}
	mocks.Handle(s, func(r *mocks.Request, _ *s3control.ListAccessGrantsInstancesInput) (*s3control.ListAccessGrantsInstancesOutput, error) {
		_, err := e.at(r)
		out := &s3control.ListAccessGrantsInstancesOutput{AccessGrantsInstancesList: []ct.ListAccessGrantsInstanceEntry{}}
		if r.Region == Home {
			out.AccessGrantsInstancesList = append(out.AccessGrantsInstancesList, ct.ListAccessGrantsInstanceEntry{AccessGrantsInstanceId: aws.String("default"),
				AccessGrantsInstanceArn: aws.String(arn("s3", Home, "access-grants/default")), CreatedAt: ago(90 * day)})
		}
		return out, err
	})
	mocks.Handle(s, func(r *mocks.Request, _ *s3control.GetAccessGrantsInstanceResourcePolicyInput) (*s3control.GetAccessGrantsInstanceResourcePolicyOutput, error) {
		if r.Region != Home {
			return nil, none
		}
		text := `{"Version":"2012-10-17","Statement":[{"Sid":"Shared","Effect":"Allow","Principal":{"AWS":"` + Partner + `"},` +
			`"Action":["s3:ListAccessGrants","s3:ListAccessGrantsLocations","s3:GetDataAccess"],"Resource":"` + arn("s3", Home, "access-grants/default") + `"}]}`
		return &s3control.GetAccessGrantsInstanceResourcePolicyOutput{Policy: aws.String(text), CreatedAt: ago(80 * day)}, nil
	})
	mocks.Handle(s, func(r *mocks.Request, _ *s3control.ListAccessGrantsInput) (*s3control.ListAccessGrantsOutput, error) {
		if r.Region != Home {
			return nil, none
		}
		grant := func(id, grantee, scope string) ct.ListAccessGrantEntry {
			return ct.ListAccessGrantEntry{AccessGrantId: aws.String(id), AccessGrantArn: aws.String(arn("s3", Home, "access-grants/default/grant/"+id)), GrantScope: aws.String(scope), Permission: ct.PermissionRead,
				Grantee: &ct.Grantee{GranteeType: ct.GranteeTypeIam, GranteeIdentifier: aws.String(grantee)}}
		}
		return &s3control.ListAccessGrantsOutput{AccessGrantsList: []ct.ListAccessGrantEntry{
			grant("a1", iamARN("role/acme-orders"), "s3://acme-customer-exports-prod/*"),
			grant("a2", "arn:"+Partition+":iam::"+Partner+":role/agency", "s3://acme-product-images-prod/*"),
		}}, nil
	})
}

// serveJobs answers about Batch Operations: a copy to the archive in us-east-1, and one
// that only tagged.
func (e *estate) serveJobs(s *mocks.Server) {
	jobs := []ct.JobListDescriptor{
		{JobId: aws.String("7d1f0c3e-acme-4c0d-8e5a-000000000001"), Operation: ct.OperationNameS3PutObjectCopy, Status: ct.JobStatusComplete, Priority: 10, CreationTime: ago(30 * day),
			ProgressSummary: &ct.JobProgressSummary{TotalNumberOfTasks: aws.Int64(812), NumberOfTasksSucceeded: aws.Int64(812), NumberOfTasksFailed: aws.Int64(0)}},
		{JobId: aws.String("7d1f0c3e-acme-4c0d-8e5a-000000000002"), Operation: ct.OperationNameS3PutObjectTagging, Status: ct.JobStatusComplete, Priority: 10, CreationTime: ago(10 * day),
			ProgressSummary: &ct.JobProgressSummary{TotalNumberOfTasks: aws.Int64(9), NumberOfTasksSucceeded: aws.Int64(9), NumberOfTasksFailed: aws.Int64(0)}},
	}
	mocks.Handle(s, func(r *mocks.Request, _ *s3control.ListJobsInput) (*s3control.ListJobsOutput, error) {
		_, err := e.at(r)
		out := &s3control.ListJobsOutput{Jobs: []ct.JobListDescriptor{}}
		if r.Region == Home {
			out.Jobs = jobs
		}
		return out, err
	})
	mocks.Handle(s, func(r *mocks.Request, in *s3control.DescribeJobInput) (*s3control.DescribeJobOutput, error) {
		i := slices.IndexFunc(jobs, func(j ct.JobListDescriptor) bool { return *j.JobId == aws.ToString(in.JobId) })
		if i < 0 || r.Region != Home {
			return nil, &mocks.Error{Status: http.StatusNotFound, Code: "NoSuchJob", Message: "The specified job does not exist"}
		}
		j := jobs[i]
		out := &ct.JobDescriptor{JobId: j.JobId, Status: j.Status, Priority: j.Priority, CreationTime: j.CreationTime, ProgressSummary: j.ProgressSummary,
			JobArn: aws.String(arn("s3", Home, "job/"+*j.JobId)), RoleArn: aws.String(iamARN("role/acme-replication")), Operation: &ct.JobOperation{S3PutObjectTagging: &ct.S3SetObjectTaggingOperation{}},
			Report: &ct.JobReport{Enabled: true, Bucket: aws.String("arn:" + Partition + ":s3:::acme-audit-logs-prod"), Prefix: aws.String("batch")}}
		if i == 0 {
			out.Operation = &ct.JobOperation{S3PutObjectCopy: &ct.S3CopyObjectOperation{TargetResource: aws.String("arn:" + Partition + ":s3:::acme-archive-2019")}}
		}
		return &s3control.DescribeJobOutput{Job: out}, nil
	})
}
