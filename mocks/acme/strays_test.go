package acme_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	et "github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"onus/mocks"
	"onus/mocks/acme"
)

// seenStrays are the copies, tasks and zones of all Regions.
type seenStrays struct {
	recycled, recycledImages int
	buckets                  []string // that tasks write to
	keys                     int
	zones                    []et.AvailabilityZone
}

func (w *seenStrays) read(t *testing.T, c *ec2.Client) {
	t.Helper()
	ctx := t.Context()
	w.recycled += len(must(c.ListSnapshotsInRecycleBin(ctx, nil))(t).Snapshots)
	w.recycledImages += len(must(c.ListImagesInRecycleBin(ctx, nil))(t).Images)
	for _, task := range must(c.DescribeStoreImageTasks(ctx, nil))(t).StoreImageTaskResults {
		w.buckets = append(w.buckets, *task.Bucket)
	}
	for _, task := range must(c.DescribeExportImageTasks(ctx, nil))(t).ExportImageTasks {
		w.buckets = append(w.buckets, *task.S3ExportLocation.S3Bucket)
	}
	for _, task := range must(c.DescribeExportTasks(ctx, nil))(t).ExportTasks {
		w.buckets = append(w.buckets, *task.ExportToS3Task.S3Bucket)
	}
	w.keys += len(must(c.DescribeKeyPairs(ctx, nil))(t).KeyPairs)
	w.zones = append(w.zones, must(c.DescribeAvailabilityZones(ctx, &ec2.DescribeAvailabilityZonesInput{AllAvailabilityZones: aws.Bool(true)}))(t).AvailabilityZones...)
}

// TestTheStraysHoldTogether: tasks write to buckets that are there, subnets lie in zones that
// are switched on, and the copies come from the account's own images.
func TestTheStraysHoldTogether(t *testing.T) {
	w := walk(t, start(t, acme.Server(mocks.Options{Lenient: true})))
	own, zones, images := map[string]bool{}, map[string]et.AvailabilityZoneOptInStatus{}, map[string]bool{}
	for _, b := range w.buckets {
		own[b.name] = true
	}
	for _, b := range w.strays.buckets {
		if !own[b] {
			t.Errorf("a task writes to %s, which is not there", b)
		}
	}
	for _, z := range w.strays.zones {
		zones[*z.ZoneId] = z.OptInStatus
	}
	for _, s := range w.cloud.subnets {
		if status, ok := zones[*s.AvailabilityZoneId]; !ok || status == et.AvailabilityZoneOptInStatusNotOptedIn {
			t.Errorf("%s lies in %s, which is %q", *s.SubnetId, *s.AvailabilityZoneId, status)
		}
	}
	for _, i := range w.cloud.images {
		images[*i.ImageId] = true
	}
	copies := 0
	for _, i := range w.cloud.images {
		if i.SourceImageId != nil {
			copies++
			if !images[*i.SourceImageId] {
				t.Errorf("%s is a copy of %s, which is not there", *i.Name, *i.SourceImageId)
			}
		}
	}
	for _, s := range w.cloud.snapshots {
		if strings.HasPrefix(*s.Description, "[Copied") {
			copies++
		}
	}
	if copies != 2 || len(w.strays.buckets) != 3 || w.strays.recycled != 2 || w.strays.recycledImages != 1 || w.strays.keys != 2 || len(w.strays.zones) != 17*3+3 {
		t.Errorf("%d copies, %d tasks, %d and %d in the Recycle Bin, %d key pairs, %d zones", copies, len(w.strays.buckets), w.strays.recycled, w.strays.recycledImages, w.strays.keys, len(w.strays.zones))
	}
}
