package ec2

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"onus/scanner/snapshot"
)

// CopiesAPI is every EC2 call about what snapshot.Copies holds.
type CopiesAPI interface {
	ec2.DescribeStoreImageTasksAPIClient
	ec2.DescribeExportImageTasksAPIClient
	ec2.ListImagesInRecycleBinAPIClient
	ec2.ListSnapshotsInRecycleBinAPIClient
	DescribeExportTasks(context.Context, *ec2.DescribeExportTasksInput, ...func(*ec2.Options)) (*ec2.DescribeExportTasksOutput, error)
	DescribeKeyPairs(context.Context, *ec2.DescribeKeyPairsInput, ...func(*ec2.Options)) (*ec2.DescribeKeyPairsOutput, error)
}

// copyLists are the lists of Copies: they do not depend on each other.
func copyLists(ctx context.Context, in *reader, out *snapshot.Copies) []func() {
	return []func(){
		func() { out.RecycledSnapshots = recycledSnapshots(ctx, in) },
		func() { out.RecycledImages = recycledImages(ctx, in) },
		func() { out.KeyPairs = keyPairs(ctx, in) },
		func() { out.Exports = exports(ctx, in) },
	}
}

func recycledSnapshots(ctx context.Context, in *reader) []snapshot.Recycled {
	pages := ec2.NewListSnapshotsInRecycleBinPaginator(in.api, &ec2.ListSnapshotsInRecycleBinInput{MaxResults: aws.Int32(1000)})
	return list(ctx, in, "ec2:ListSnapshotsInRecycleBin", pages, func(at snapshot.Meta, page *ec2.ListSnapshotsInRecycleBinOutput) []snapshot.Recycled {
		return each(page.Snapshots, func(s types.SnapshotRecycleBinInfo) snapshot.Recycled {
			id := aws.ToString(s.SnapshotId)
			return snapshot.Recycled{Meta: named(at, unowned(at, "snapshot", id), "", nil), ID: id, Description: aws.ToString(s.Description), Volume: aws.ToString(s.VolumeId)}
		})
	})
}

func recycledImages(ctx context.Context, in *reader) []snapshot.Recycled {
	pages := ec2.NewListImagesInRecycleBinPaginator(in.api, &ec2.ListImagesInRecycleBinInput{MaxResults: aws.Int32(1000)})
	return list(ctx, in, "ec2:ListImagesInRecycleBin", pages, func(at snapshot.Meta, page *ec2.ListImagesInRecycleBinOutput) []snapshot.Recycled {
		return each(page.Images, func(i types.ImageRecycleBinInfo) snapshot.Recycled {
			id := aws.ToString(i.ImageId)
			return snapshot.Recycled{Meta: named(at, unowned(at, "image", id), aws.ToString(i.Name), nil), ID: id, Description: aws.ToString(i.Description)}
		})
	})
}

// keyPairs lists the key pairs, without the public keys.
func keyPairs(ctx context.Context, in *reader) []snapshot.KeyPair {
	return list(ctx, in, "ec2:DescribeKeyPairs", unpaged(in.api.DescribeKeyPairs), func(at snapshot.Meta, page *ec2.DescribeKeyPairsOutput) []snapshot.KeyPair {
		return each(page.KeyPairs, func(k types.KeyPairInfo) snapshot.KeyPair {
			name := aws.ToString(k.KeyName)
			return snapshot.KeyPair{Meta: named(at, arn(at, nil, "key-pair", name), name, k.Tags), ID: aws.ToString(k.KeyPairId)}
		})
	})
}

// exports lists what was stored and exported: three lists, one after the other.
func exports(ctx context.Context, in *reader) (out []snapshot.ImageExport) {
	stored := ec2.NewDescribeStoreImageTasksPaginator(in.api, &ec2.DescribeStoreImageTasksInput{MaxResults: aws.Int32(200)})
	out = append(out, list(ctx, in, "ec2:DescribeStoreImageTasks", stored, func(at snapshot.Meta, page *ec2.DescribeStoreImageTasksOutput) []snapshot.ImageExport {
		return each(page.StoreImageTaskResults, func(t types.StoreImageTaskResult) snapshot.ImageExport { return storeTask(at, t) })
	})...)
	images := ec2.NewDescribeExportImageTasksPaginator(in.api, &ec2.DescribeExportImageTasksInput{MaxResults: aws.Int32(500)})
	out = append(out, list(ctx, in, "ec2:DescribeExportImageTasks", images, func(at snapshot.Meta, page *ec2.DescribeExportImageTasksOutput) []snapshot.ImageExport {
		return each(page.ExportImageTasks, func(t types.ExportImageTask) snapshot.ImageExport { return imageTask(at, t) })
	})...)
	return append(out, list(ctx, in, "ec2:DescribeExportTasks", unpaged(in.api.DescribeExportTasks), func(at snapshot.Meta, page *ec2.DescribeExportTasksOutput) []snapshot.ImageExport {
		return each(page.ExportTasks, func(t types.ExportTask) snapshot.ImageExport { return instanceTask(at, t) })
	})...)
}

// storeTask maps a task that has no id of its own.
func storeTask(at snapshot.Meta, t types.StoreImageTaskResult) snapshot.ImageExport {
	image, bucket := aws.ToString(t.AmiId), aws.ToString(t.Bucket)
	id := fmt.Sprintf("store-image-task/%s/%s/%s", image, bucket, aws.ToTime(t.TaskStartTime).UTC().Format(time.RFC3339))
	return snapshot.ImageExport{Meta: named(at, "", image, nil), ID: id, Kind: snapshot.StoreTask, What: image, Bucket: bucket, State: aws.ToString(t.StoreTaskState)}
}

func imageTask(at snapshot.Meta, t types.ExportImageTask) snapshot.ImageExport {
	id := aws.ToString(t.ExportImageTaskId)
	out := snapshot.ImageExport{Meta: named(at, arn(at, nil, "export-image-task", id), id, t.Tags), ID: id, Kind: snapshot.ImageTask, What: aws.ToString(t.ImageId), State: aws.ToString(t.Status)}
	if t.S3ExportLocation != nil {
		out.Bucket = aws.ToString(t.S3ExportLocation.S3Bucket)
	}
	return out
}

func instanceTask(at snapshot.Meta, t types.ExportTask) snapshot.ImageExport {
	id := aws.ToString(t.ExportTaskId)
	out := snapshot.ImageExport{Meta: named(at, arn(at, nil, "export-instance-task", id), id, t.Tags), ID: id, Kind: snapshot.InstanceTask, State: string(t.State)}
	if t.ExportToS3Task != nil {
		out.Bucket = aws.ToString(t.ExportToS3Task.S3Bucket)
	}
	if t.InstanceExportDetails != nil {
		out.What = aws.ToString(t.InstanceExportDetails.InstanceId)
	}
	return out
}
