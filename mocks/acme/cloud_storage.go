package acme

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

// copies adds the Region's EBS snapshots and images. The ERP's were made by hand; one
// image was published for a fair, with its data.
func (r *region) copies() {
	for _, name := range []string{"acme-shop-prod-1 root", "acme-shop-prod-2 root", "acme-orders-prod root", "acme-orders-prod data", "acme-bastion root"} {
		r.copyOf(name, day, true)
		r.copyOf(name, 2*day, true)
	}
	r.copyOf("acme-legacy-erp data", 400*day, false)
	r.copyOf("acme-fair-2025", 380*day, false)
	r.cloud.public[*r.cloud.snapshots[len(r.cloud.snapshots)-1].SnapshotId] = true
	r.image("acme base", "acme-orders-prod root", true, false)
	r.image("acme-fair-2025", "acme-fair-2025", false, true)
	r.cloud.images[0].DeregistrationProtection = aws.String("enabled-with-cooldown")
}

// copyOf adds a snapshot of the named volume.
func (r *region) copyOf(volume string, age time.Duration, encrypted bool) {
	s := types.Snapshot{SnapshotId: aws.String(id("snap", r.name+volume+age.String())), VolumeId: aws.String(id("vol", volume)), OwnerId: aws.String(Account),
		State: types.SnapshotStateCompleted, StartTime: ago(age), Progress: aws.String("100%"), VolumeSize: aws.Int32(40), Encrypted: aws.Bool(encrypted),
		StorageTier: types.StorageTierStandard, Description: aws.String("of " + volume), Tags: tags(volume, "prod")}
	if encrypted {
		s.KmsKeyId = aws.String(r.key())
	}
	r.cloud.snapshots = append(r.cloud.snapshots, s)
}

// image adds an image with a root volume from the last snapshot of the named volume.
func (r *region) image(name, volume string, encrypted, public bool) {
	snapshot := ""
	for _, s := range r.cloud.snapshots {
		if *s.VolumeId == id("vol", volume) {
			snapshot = *s.SnapshotId
		}
	}
	r.cloud.images = append(r.cloud.images, types.Image{ImageId: aws.String(id("ami", name)), Name: aws.String(name), OwnerId: aws.String(Account),
		State: types.ImageStateAvailable, DeregistrationProtection: aws.String("disabled"), Public: aws.Bool(public), RootDeviceType: types.DeviceTypeEbs, RootDeviceName: aws.String("/dev/xvda"),
		CreationDate: aws.String(AsOf.Add(-60 * day).Format("2006-01-02T15:04:05.000Z")), VirtualizationType: types.VirtualizationTypeHvm,
		BlockDeviceMappings: []types.BlockDeviceMapping{
			{DeviceName: aws.String("/dev/xvda"), Ebs: &types.EbsBlockDevice{SnapshotId: aws.String(snapshot), Encrypted: aws.Bool(encrypted), VolumeSize: aws.Int32(40)}},
			{DeviceName: aws.String("/dev/sdb"), VirtualName: aws.String("ephemeral0")},
		}, Tags: tags(name, "prod")})
}
