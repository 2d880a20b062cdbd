package ec2

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"onus/scanner/collect"
	"onus/scanner/snapshot"
)

// volumeSnapshots lists the account's own snapshots, and which of them everybody may
// restore: one filtered list tells that for all. It comes first, so that the coverage
// says of it alone whether it was read to its end.
func volumeSnapshots(ctx context.Context, in collect.Scope, api API) []snapshot.VolumeSnapshot {
	self := []string{"self"}
	open := publicSnapshots{in: in, calls: map[string][]snapshot.Call{}}
	pages := ec2.NewDescribeSnapshotsPaginator(api, &ec2.DescribeSnapshotsInput{OwnerIds: self, RestorableByUserIds: []string{"all"}, MaxResults: aws.Int32(1000)})
	collect.List(ctx, in, listSnapshots, pages, func(at snapshot.Meta, page *ec2.DescribeSnapshotsOutput) []struct{} {
		open.pages = append(open.pages, at.Calls...)
		for _, s := range page.Snapshots {
			open.calls[aws.ToString(s.SnapshotId)] = at.Calls
		}
		return nil
	})
	open.err = in.Unlisted(listSnapshots)
	own := ec2.NewDescribeSnapshotsPaginator(api, &ec2.DescribeSnapshotsInput{OwnerIds: self, MaxResults: aws.Int32(1000)})
	all := collect.List(ctx, in, listSnapshots, own, func(at snapshot.Meta, page *ec2.DescribeSnapshotsOutput) []snapshot.VolumeSnapshot {
		return each(page.Snapshots, func(s types.Snapshot) snapshot.VolumeSnapshot {
			out := volumeSnapshot(at, s)
			out.Public = open.holds(out)
			return out
		})
	})
	locks(ctx, in, api, all)
	volumePermissions(ctx, in, api, all)
	return all
}

// publicSnapshots is the list of the snapshots that everybody may restore.
type publicSnapshots struct {
	in    collect.Scope
	calls map[string][]snapshot.Call // by snapshot id: the page that names it
	pages []snapshot.Call
	err   error // why the list is not whole
}

// holds says whether the list names a snapshot. An encrypted one cannot be public, so an
// endpoint that lists it has ignored the filter.
func (p *publicSnapshots) holds(s snapshot.VolumeSnapshot) snapshot.Read[bool] {
	calls, listed := p.calls[s.ID]
	encrypted, _ := s.Encrypted.Get()
	switch {
	case listed && encrypted:
		u := &snapshot.Unread{Operation: listSnapshots, At: p.in.Location, Cause: snapshot.Malformed, Message: "the list of public snapshots holds an encrypted one"}
		return snapshot.Missing[bool](u, calls...)
	case listed:
		return snapshot.Value(true, calls...)
	case p.err != nil:
		return snapshot.Missing[bool](p.err, p.pages...)
	}
	return snapshot.Value(false, p.pages...)
}

func volumeSnapshot(at snapshot.Meta, s types.Snapshot) snapshot.VolumeSnapshot {
	id := aws.ToString(s.SnapshotId)
	return snapshot.VolumeSnapshot{
		Meta: named(at, unowned(at, "snapshot", id), "", s.Tags), ID: id, Volume: aws.ToString(s.VolumeId),
		State: string(s.State), Tier: string(s.StorageTier), Started: aws.ToTime(s.StartTime),
		Encrypted: stated(at, s.Encrypted, listSnapshots, "Encrypted"), KMSKeyID: aws.ToString(s.KmsKeyId), Place: place(s.AvailabilityZone, s.OutpostArn),
		Description: aws.ToString(s.Description), Transfer: string(s.TransferType),
	}
}

// images lists the account's own images, disabled ones too: they hold their data still.
func images(ctx context.Context, in collect.Scope, api API) []snapshot.Image {
	pages := ec2.NewDescribeImagesPaginator(api, &ec2.DescribeImagesInput{Owners: []string{"self"}, IncludeDisabled: aws.Bool(true), MaxResults: aws.Int32(1000)})
	all := collect.List(ctx, in, listImages, pages, func(at snapshot.Meta, page *ec2.DescribeImagesOutput) []snapshot.Image {
		return each(page.Images, func(i types.Image) snapshot.Image { return image(at, i) })
	})
	launchPermissions(ctx, in, api, all)
	return all
}

// image maps an image. Mappings without an Ebs member (ephemeral0, NoDevice) are no volumes.
func image(at snapshot.Meta, i types.Image) snapshot.Image {
	id := aws.ToString(i.ImageId)
	out := snapshot.Image{
		Meta: named(at, unowned(at, "image", id), aws.ToString(i.Name), i.Tags), ID: id,
		State: string(i.State), RootType: string(i.RootDeviceType), Public: stated(at, i.Public, listImages, "Public"),
		Owner: aws.ToString(i.OwnerId), Alias: aws.ToString(i.ImageOwnerAlias), Title: aws.ToString(i.Name), RootDevice: aws.ToString(i.RootDeviceName), Created: aws.ToString(i.CreationDate),
		Deprecation: aws.ToString(i.DeprecationTime), LastLaunched: aws.ToString(i.LastLaunchedTime),
		IMDSSupport: string(i.ImdsSupport), Protection: aws.ToString(i.DeregistrationProtection),
		About: aws.ToString(i.Description), Source: aws.ToString(i.SourceImageId), SourceRegion: aws.ToString(i.SourceImageRegion),
	}
	for _, p := range i.ProductCodes {
		out.Products = append(out.Products, aws.ToString(p.ProductCodeId)+" ("+string(p.ProductCodeType)+")")
	}
	for _, m := range i.BlockDeviceMappings {
		if m.Ebs != nil && m.NoDevice == nil && m.VirtualName == nil {
			out.Devices = append(out.Devices, snapshot.ImageDevice{
				Device: aws.ToString(m.DeviceName), Snapshot: aws.ToString(m.Ebs.SnapshotId),
				Encrypted: stated(at, m.Ebs.Encrypted, listImages, "Encrypted"),
			})
		}
	}
	return out
}

// unowned builds the ARN of an image or a snapshot, which names no account.
// Source: Service Authorization Reference, "Resource types defined by Amazon EC2".
func unowned(at snapshot.Meta, kind, id string) string {
	return fmt.Sprintf("arn:%s:ec2:%s::%s/%s", at.Partition, at.Region, kind, id)
}
