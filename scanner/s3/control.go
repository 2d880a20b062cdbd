package s3

import (
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3control"
	"github.com/aws/aws-sdk-go-v2/service/s3control/types"

	"onus/scanner/collect"
	"onus/scanner/snapshot"
)

// The operations of S3 Control that the collector names more than once.
const (
	listMultiRegion = "s3control:ListMultiRegionAccessPoints"
	readRoutes      = "s3control:GetMultiRegionAccessPointRoutes"
	listGrantsOf    = "s3control:ListAccessGrantsInstances"
	readGrants      = "s3control:ListAccessGrants"
	readGrantPolicy = "s3control:GetAccessGrantsInstanceResourcePolicy"
	listJobs        = "s3control:ListJobs"
	readJob         = "s3control:DescribeJob"
)

// multiRegionAccessPoints reads those of the account. Where the partition has none nothing
// is asked.
func multiRegionAccessPoints(ctx context.Context, in collect.Scope, c Clients) []snapshot.MultiRegionAccessPoint {
	home := snapshot.MultiRegionHome(in.Partition)
	if home == "" {
		in.Settle(listMultiRegion, readRoutes)
		return nil
	}
	api := c.ControlIn(home)
	pages := s3control.NewListMultiRegionAccessPointsPaginator(api, &s3control.ListMultiRegionAccessPointsInput{AccountId: &in.Account})
	all := collect.List(ctx, in, listMultiRegion, pages, func(at snapshot.Meta, page *s3control.ListMultiRegionAccessPointsOutput) []snapshot.MultiRegionAccessPoint {
		out := make([]snapshot.MultiRegionAccessPoint, 0, len(page.AccessPoints))
		for _, p := range page.AccessPoints {
			out = append(out, multiRegionAccessPoint(at, p))
		}
		return out
	})
	in.Each(ctx, len(all), func(i int) {
		all[i].Routes = collect.Ask(ctx, in, readRoutes, func(ctx context.Context) (map[string]int32, error) {
			out, err := api.GetMultiRegionAccessPointRoutes(ctx, &s3control.GetMultiRegionAccessPointRoutesInput{AccountId: &in.Account, Mrap: &all[i].ARN})
			if err != nil {
				return nil, err
			}
			dials := map[string]int32{}
			for _, r := range out.Routes {
				dials[aws.ToString(r.Region)] = aws.ToInt32(r.TrafficDialPercentage)
			}
			return dials, nil
		})
	})
	if len(all) == 0 && in.Unlisted(listMultiRegion) == nil {
		in.Settle(readRoutes)
	}
	return all
}

func multiRegionAccessPoint(at snapshot.Meta, p types.MultiRegionAccessPointReport) snapshot.MultiRegionAccessPoint {
	at.Name = aws.ToString(p.Name)
	out := snapshot.MultiRegionAccessPoint{Alias: aws.ToString(p.Alias), Status: string(p.Status), PublicAccess: controlBlock(p.PublicAccessBlock)}
	name := out.Alias
	if name == "" { // one that is being made has none yet
		name = at.Name
	}
	at.ARN = "arn:" + at.Partition + ":s3::" + at.Account + ":accesspoint/" + name
	out.Meta = at
	for _, r := range p.Regions {
		out.Members = append(out.Members, snapshot.MultiRegionMember{Bucket: aws.ToString(r.Bucket), Account: aws.ToString(r.BucketAccountId), Region: aws.ToString(r.Region)})
	}
	return out
}

// accessGrants reads the Access Grants instance of one Region, if it has one.
func accessGrants(ctx context.Context, in collect.Scope, api ControlAPI) []snapshot.AccessGrantsInstance {
	pages := s3control.NewListAccessGrantsInstancesPaginator(api, &s3control.ListAccessGrantsInstancesInput{AccountId: &in.Account})
	all := collect.List(ctx, in, listGrantsOf, pages, func(at snapshot.Meta, page *s3control.ListAccessGrantsInstancesOutput) []snapshot.AccessGrantsInstance {
		out := make([]snapshot.AccessGrantsInstance, 0, len(page.AccessGrantsInstancesList))
		for _, i := range page.AccessGrantsInstancesList {
			at.Name, at.ARN = aws.ToString(i.AccessGrantsInstanceId), aws.ToString(i.AccessGrantsInstanceArn)
			out = append(out, snapshot.AccessGrantsInstance{Meta: at})
		}
		return out
	})
	for i := range all { // at most one
		all[i].Policy = collect.Ask(ctx, in, readGrantPolicy, func(ctx context.Context) (string, error) {
			out, err := api.GetAccessGrantsInstanceResourcePolicy(ctx, &s3control.GetAccessGrantsInstanceResourcePolicyInput{AccountId: &in.Account})
			switch {
			case collect.Is(err, "AccessGrantsInstanceResourcePolicyNotExists"):
				return "", nil
			case err != nil:
				return "", err
			}
			return aws.ToString(out.Policy), nil
		})
		all[i].Grants = grants(ctx, in, api)
	}
	if len(all) == 0 && in.Unlisted(listGrantsOf) == nil {
		in.Settle(readGrants, readGrantPolicy)
	}
	return all
}

// grants reads all grants of the Region's instance, or why they are not all known.
func grants(ctx context.Context, in collect.Scope, api ControlAPI) snapshot.Read[[]snapshot.AccessGrant] {
	var calls []snapshot.Call
	pages := s3control.NewListAccessGrantsPaginator(api, &s3control.ListAccessGrantsInput{AccountId: &in.Account})
	all := collect.List(ctx, in, readGrants, pages, func(at snapshot.Meta, page *s3control.ListAccessGrantsOutput) []snapshot.AccessGrant {
		calls = append(calls, at.Calls...)
		out := make([]snapshot.AccessGrant, 0, len(page.AccessGrantsList))
		for _, g := range page.AccessGrantsList {
			grant := snapshot.AccessGrant{ID: aws.ToString(g.AccessGrantId), Scope: aws.ToString(g.GrantScope), Permission: string(g.Permission)}
			if g.Grantee != nil {
				grant.Type, grant.Grantee = string(g.Grantee.GranteeType), aws.ToString(g.Grantee.GranteeIdentifier)
			}
			out = append(out, grant)
		}
		return out
	})
	if err := in.Unlisted(readGrants); err != nil {
		return snapshot.Missing[[]snapshot.AccessGrant](err, calls...)
	}
	return snapshot.Value(all, calls...)
}

// copying are the operations of Batch Operations that write objects elsewhere.
var copying = []types.OperationName{types.OperationNameS3PutObjectCopy, types.OperationNameS3ReplicateObject}

// batchJobs lists the jobs of one Region. Where a job writes to is asked of each: the
// list does not say.
func batchJobs(ctx context.Context, in collect.Scope, api ControlAPI) []snapshot.BatchJob {
	pages := s3control.NewListJobsPaginator(api, &s3control.ListJobsInput{AccountId: &in.Account})
	all := collect.List(ctx, in, listJobs, pages, func(at snapshot.Meta, page *s3control.ListJobsOutput) []snapshot.BatchJob {
		out := make([]snapshot.BatchJob, 0, len(page.Jobs))
		for _, j := range page.Jobs {
			at.Name = aws.ToString(j.JobId)
			at.ARN = "arn:" + at.Partition + ":s3:" + at.Region + ":" + at.Account + ":job/" + at.Name
			job := snapshot.BatchJob{Meta: at, Operation: string(j.Operation), Status: string(j.Status)}
			if j.ProgressSummary != nil {
				job.Succeeded = aws.ToInt64(j.ProgressSummary.NumberOfTasksSucceeded)
			}
			out = append(out, job)
		}
		return out
	})
	asked := 0
	in.Each(ctx, len(all), func(i int) {
		if slices.Contains(copying, types.OperationName(all[i].Operation)) {
			all[i].Writes = jobWrites(ctx, in, api, all[i].Name)
		}
	})
	for _, j := range all {
		if slices.Contains(copying, types.OperationName(j.Operation)) {
			asked++
		}
	}
	if asked == 0 && in.Unlisted(listJobs) == nil {
		in.Settle(readJob)
	}
	return all
}

func jobWrites(ctx context.Context, in collect.Scope, api ControlAPI, id string) snapshot.Read[snapshot.JobWrites] {
	return collect.Ask(ctx, in, readJob, func(ctx context.Context) (snapshot.JobWrites, error) {
		out, err := api.DescribeJob(ctx, &s3control.DescribeJobInput{AccountId: &in.Account, JobId: &id})
		if err != nil {
			return snapshot.JobWrites{}, err
		}
		return writesOf(out.Job), nil
	})
}

func writesOf(j *types.JobDescriptor) (w snapshot.JobWrites) {
	if j == nil {
		return w
	}
	if j.Operation != nil && j.Operation.S3PutObjectCopy != nil {
		w.Target = aws.ToString(j.Operation.S3PutObjectCopy.TargetResource)
	}
	if j.Report != nil && j.Report.Enabled {
		w.Report = aws.ToString(j.Report.Bucket)
	}
	return w
}
