package regions

import (
	"fmt"
	"slices"
	"strings"

	"onus/checks"
	"onus/scanner/snapshot"
)

// ImageExportsStay passes when the bucket lies in an allowed Region to which an image was
// stored, or an image or instance exported. Tasks that failed, or were cancelled or deleted,
// leave nothing. AWS lists store tasks of 31 days, and the others for a short time after they
// end: of what was before, nothing is said. Where a Region lists no task, the Region stands
// for that.
// Source: EC2 DescribeStoreImageTasks Bucket and StoreTaskState, DescribeExportImageTasks
// S3ExportLocation and Status, DescribeExportTasks ExportToS3Task and State; S3 ListBuckets,
// else HeadBucket, header x-amz-bucket-region.
var ImageExportsStay = checks.Check{
	ID:          "ec2-image-export-stays-in-jurisdiction",
	Title:       "Images are not stored or exported to buckets outside the allowed Regions",
	Severity:    checks.Medium,
	Category:    checks.Regions,
	Duty:        checks.RegionChoice,
	ServiceKind: checks.Infrastructure,
	Tier:        3,
	Reads: []string{"account:ListRegions", "ec2:DescribeStoreImageTasks", "ec2:DescribeExportImageTasks", "ec2:DescribeExportTasks",
		"s3:ListBuckets", "s3:HeadBucket"},
	Parameters: checks.Parameters{"allowed_regions": []string{}},
	Remedy:     "Cancel the task if it still runs, delete what it wrote, all versions of it, and find out who wanted it.",
	Judges:     checks.For(snapshot.ImageExports, imageExportStays).And(checks.For(regionsWithoutExport, noImageExport)),
	Fix: checks.Fix{
		Threat: "The whole disk of a machine lies as one object in a bucket abroad. Whoever can read the bucket runs the machine elsewhere, with every file and key in it.",
		CLI: `# an export that still runs can be cancelled, a store task cannot
aws ec2 cancel-export-task --region {region} --export-task-id EXPORT_TASK_ID
aws s3api list-object-versions --bucket BUCKET --query "Versions[].[Key,VersionId]"
aws s3api delete-object --bucket BUCKET --key KEY --version-id VERSION_ID`,
		Cost: "What was written is gone once deleted: store it in an allowed Region first if it is needed. In a bucket of another account only its owner can delete it. Terraform knows no such tasks.",
	},
}

func imageExportStays(e snapshot.ImageExport, env checks.Env) checks.Verdict {
	allowed := env.Strings("allowed_regions")
	what := fmt.Sprintf("the %s of %s to the bucket %s", e.Kind, e.What, e.Bucket)
	switch {
	case len(allowed) == 0:
		return noChoice()
	case slices.Contains(left(e.Kind), e.State):
		return checks.DoesNotApply("%s is %s: it left nothing", what, e.State).With("State", e.State)
	case e.Bucket == "":
		return checks.Unclear("the answer does not name the bucket of the %s %s", e.Kind, e.ID).With("State", e.State)
	}
	at, err := placeOf(e.Bucket, env)
	region := at.Region
	switch {
	case err != nil:
		return checks.Unknown(err)
	case !at.Exists && e.Kind == snapshot.StoreTask:
		region = e.Region // a task stores in its own Region alone
	case !at.Exists:
		return checks.Unclear("%s is %s; the bucket does not exist any more, and nothing says where it lay", what, e.State).With("State", e.State)
	}
	v := checks.Pass("%s in %s is %s", what, region, e.State)
	if !slices.Contains(allowed, region) {
		v = checks.Fail("%s in %s is %s; allowed: %s", what, region, e.State, strings.Join(allowed, ", "))
	}
	return v.With("State", e.State).With("BucketRegion", region)
}

// left are the states of a kind of task in which it has left nothing in the bucket.
func left(kind string) []string {
	switch kind {
	case snapshot.StoreTask:
		return []string{"Failed"}
	case snapshot.ImageTask:
		return []string{"deleted"}
	}
	return []string{"cancelled"}
}

// regionsWithoutExport are the enabled Regions that list no task.
var regionsWithoutExport = regionsWithout(func(a *snapshot.Account) (out []string) {
	for _, e := range a.EC2.Copies.Exports {
		out = append(out, e.Region)
	}
	return out
})

func noImageExport(r snapshot.EnabledRegion, env checks.Env) checks.Verdict {
	if len(env.Strings("allowed_regions")) == 0 {
		return noChoice()
	}
	if !r.Scanned {
		return checks.Unknown(&snapshot.Unread{Operation: snapshot.ImageExports.Lists[0], At: r.Location, Cause: snapshot.Skipped, Message: "the Region is enabled and was left out of the scan"})
	}
	if _, err := checks.In(env, snapshot.ImageExports, r.Location).Get(); err != nil {
		return checks.Unknown(err)
	}
	return checks.DoesNotApply("%s lists no task: of the last 31 days for images that are stored, and of a short time for exports", r.Name)
}
