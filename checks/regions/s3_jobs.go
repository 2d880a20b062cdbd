package regions

import (
	"fmt"
	"slices"
	"strings"

	"onus/checks"
	"onus/scanner/snapshot"
)

// BatchJobsStayInJurisdiction passes when a batch job of the last 90 days copied to, and
// reported into, allowed Regions. One that failed or was cancelled has copied what it had
// done by then. A job that replicates follows the bucket's replication rules, which have a
// check of their own. Source: S3 Control ListJobs; DescribeJob,
// Operation.S3PutObjectCopy.TargetResource and Report.Bucket.
var BatchJobsStayInJurisdiction = checks.Check{
	ID:          "s3-replication-jobs-stay-in-jurisdiction",
	Title:       "S3 Batch jobs have not copied objects out of the allowed Regions",
	Severity:    checks.Medium,
	Category:    checks.Regions,
	Duty:        checks.RegionChoice,
	ServiceKind: checks.Abstracted,
	Tier:        3,
	Reads:       []string{"s3control:ListJobs", "s3control:DescribeJob", "s3:HeadBucket", "s3:ListBuckets"},
	Parameters:  checks.Parameters{"allowed_regions": []string{}},
	Remedy:      "Cancel the job, then delete what it copied, and its report, at the destination.",
	Judges:      checks.For(snapshot.BatchJobs, batchJobStays),
	Fix: checks.Fix{
		Threat: "One job copies whole buckets out of the jurisdiction in hours, and leaves no setting behind that would show it. After 90 days AWS forgets that there was one.",
		CLI: `aws s3control describe-job --account-id {account} --region {region} --job-id {name}
aws s3control update-job-status --account-id {account} --region {region} --job-id {name} --requested-job-status Cancelled`,
		Cost: "Cancelling stops what is not yet copied. No command takes back what the job copied: delete it at the destination, all versions of it. Terraform knows no batch jobs.",
	},
}

// copies are the operations of a job that write objects elsewhere.
const copyOperation, replicateOperation = "S3PutObjectCopy", "S3ReplicateObject"

func batchJobStays(j snapshot.BatchJob, env checks.Env) checks.Verdict {
	allowed := env.Strings("allowed_regions")
	switch {
	case len(allowed) == 0:
		return noChoice()
	case j.Operation != copyOperation && j.Operation != replicateOperation:
		return checks.DoesNotApply("the job does %s, which copies nothing elsewhere", j.Operation).With("Operation", j.Operation)
	}
	w, err := j.Writes.Get()
	if err != nil {
		return checks.Unknown(err)
	}
	nothing := j.Succeeded == 0 && (j.Status == "Failed" || j.Status == "Cancelled")
	var inside, outside []string
	var lacking error
	look := func(what, arn string) {
		switch region, err := placeOfARN(arn, env); {
		case err != nil:
			lacking = err
		case slices.Contains(allowed, region):
			inside = append(inside, what+" to "+arn+" in "+region)
		default:
			outside = append(outside, what+" to "+arn+" in "+region)
		}
	}
	if j.Operation == copyOperation && !nothing {
		look("copies", w.Target)
	}
	if w.Report != "" {
		look("reports", w.Report)
	}
	done := fmt.Sprintf("the job is %s, %d objects done", j.Status, j.Succeeded)
	if j.Operation == replicateOperation {
		done += ", and copies where the bucket's replication rules say: s3-replication-stays-in-jurisdiction judges them"
	}
	found := strings.Join(outside, " and ")
	switch {
	case len(outside) > 0:
		return checks.Fail("it %s; allowed: %s; %s", found, strings.Join(allowed, ", "), done).With("outside", found)
	case lacking != nil:
		return checks.Unknown(lacking)
	case len(inside) == 0:
		return checks.Pass("nothing was written elsewhere: %s", done).With("outside", "")
	}
	return checks.Pass("it %s; %s", strings.Join(inside, " and "), done).With("outside", "")
}

// placeOfARN is where a bucket or an access point lies: the access point's ARN says it, also
// that of Outposts. An access point's alias stands where a bucket's name does, and HeadBucket
// answers for it too.
func placeOfARN(arn string, env checks.Env) (string, error) {
	if region := snapshot.RegionOf(arn); region != "" {
		return region, nil
	}
	bucket := snapshot.BucketOfARN(arn)
	if bucket == "" {
		return "", fmt.Errorf("%q names neither a bucket nor an access point of one Region", arn)
	}
	at, err := placeOf(bucket, env)
	switch {
	case err != nil:
		return "", err
	case !at.Exists:
		return "", fmt.Errorf("the bucket %s does not exist any more, and nothing says where it lay", bucket)
	}
	return at.Region, nil
}
