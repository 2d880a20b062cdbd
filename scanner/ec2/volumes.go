package ec2

import (
	"cmp"
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"onus/scanner/collect"
	"onus/scanner/snapshot"
)

// volumes lists the EBS volumes, those of AWS's managed resources too: they belong to the
// account and hold its data.
func volumes(ctx context.Context, in collect.Scope, api API) []snapshot.Volume {
	const op = "ec2:DescribeVolumes"
	pages := ec2.NewDescribeVolumesPaginator(api, &ec2.DescribeVolumesInput{MaxResults: aws.Int32(500), IncludeManagedResources: aws.Bool(true)})
	return collect.List(ctx, in, op, pages, func(at snapshot.Meta, page *ec2.DescribeVolumesOutput) []snapshot.Volume {
		out := make([]snapshot.Volume, 0, len(page.Volumes))
		for _, v := range page.Volumes {
			out = append(out, volume(at, v))
		}
		return out
	})
}

func volume(at snapshot.Meta, v types.Volume) snapshot.Volume {
	id := aws.ToString(v.VolumeId)
	own := cmp.Or(aws.ToString(v.VolumeArn), arn(at, v.OwnerId, "volume", id))
	out := snapshot.Volume{
		Meta: named(at, own, "", v.Tags), ID: id,
		State: string(v.State), KMSKeyID: aws.ToString(v.KmsKeyId), Created: aws.ToTime(v.CreateTime),
		Encrypted: stated(at, v.Encrypted, "ec2:DescribeVolumes", "Encrypted"),
		Type:      string(v.VolumeType), SizeGiB: aws.ToInt32(v.Size), Outpost: aws.ToString(v.OutpostArn),
	}
	out.Place = place(v.AvailabilityZone, v.OutpostArn)
	out.Managed = v.Operator != nil && aws.ToBool(v.Operator.Managed)
	for _, a := range v.Attachments {
		out.Attachments = append(out.Attachments, cmp.Or(aws.ToString(a.InstanceId), aws.ToString(a.AssociatedResource)))
	}
	return out
}

// stated is a fact that AWS's answer always holds: one that lacks it is none of AWS's.
func stated[T any](at snapshot.Meta, v *T, op, field string) snapshot.Read[T] {
	if v == nil {
		u := &snapshot.Unread{Operation: op, At: at.Location, Cause: snapshot.Malformed, Message: "the answer lacks " + field}
		return snapshot.Missing[T](u, at.Calls...)
	}
	return snapshot.Value(*v, at.Calls...)
}
