package ec2

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/google/go-cmp/cmp"

	"onus/mocks"
	"onus/scanner/snapshot"
)

// copyAnswers are the lists of Copies: how two resources are served, how many came back,
// and whether AWS pages the list.
var copyAnswers = map[string]struct {
	serve func(*mocks.Server)
	count func(snapshot.Copies) int
	paged bool
}{
	"ec2:ListSnapshotsInRecycleBin": {func(s *mocks.Server) {
		mocks.Reply(s, "", &ec2.ListSnapshotsInRecycleBinOutput{Snapshots: make([]types.SnapshotRecycleBinInfo, 2)})
	}, func(c snapshot.Copies) int { return len(c.RecycledSnapshots) }, true},
	"ec2:ListImagesInRecycleBin": {func(s *mocks.Server) {
		mocks.Reply(s, "", &ec2.ListImagesInRecycleBinOutput{Images: make([]types.ImageRecycleBinInfo, 2)})
	}, func(c snapshot.Copies) int { return len(c.RecycledImages) }, true},
	"ec2:DescribeStoreImageTasks": {func(s *mocks.Server) {
		mocks.Reply(s, "", &ec2.DescribeStoreImageTasksOutput{StoreImageTaskResults: make([]types.StoreImageTaskResult, 2)})
	}, func(c snapshot.Copies) int { return len(c.Exports) }, true},
	"ec2:DescribeExportImageTasks": {func(s *mocks.Server) {
		mocks.Reply(s, "", &ec2.DescribeExportImageTasksOutput{ExportImageTasks: make([]types.ExportImageTask, 2)})
	}, func(c snapshot.Copies) int { return len(c.Exports) }, true},
	"ec2:DescribeExportTasks": {func(s *mocks.Server) {
		mocks.Reply(s, "", &ec2.DescribeExportTasksOutput{ExportTasks: make([]types.ExportTask, 2)})
	}, func(c snapshot.Copies) int { return len(c.Exports) }, false},
	"ec2:DescribeKeyPairs": {func(s *mocks.Server) {
		mocks.Reply(s, "", &ec2.DescribeKeyPairsOutput{KeyPairs: make([]types.KeyPairInfo, 2)})
	}, func(c snapshot.Copies) int { return len(c.KeyPairs) }, false},
}

func TestListsOfCopies(t *testing.T) {
	for op, tt := range copyAnswers {
		for _, c := range []struct {
			name    string
			fault   mocks.Fault
			items   int
			want    snapshot.Cause
			unpaged bool // has a meaning where there is one page
		}{
			{"whole", mocks.Fault{}, 2, snapshot.OK, true},
			{"denied on page two", mocks.Fault{Kind: mocks.Denied, FromPage: 2}, 1, snapshot.Denied, false},
			{"denied", mocks.Fault{Kind: mocks.Denied}, 0, snapshot.Denied, true},
			{"throttled, then answered", mocks.Fault{Kind: mocks.Throttled, First: 1}, 2, snapshot.OK, true},
			{"a token that comes again", mocks.Fault{Kind: mocks.RepeatToken}, -1, snapshot.Malformed, false},
			{"not known there", mocks.Fault{Kind: mocks.Refused, Err: &mocks.Error{Code: "InvalidAction"}}, 0, snapshot.Unsupported, true},
			{"an empty body", mocks.Fault{Kind: mocks.EmptyBody}, 0, snapshot.Malformed, true},
		} {
			if !tt.paged && !c.unpaged {
				continue
			}
			t.Run(op+" "+c.name, func(t *testing.T) {
				s := mocks.Start(t, mocks.Options{Lenient: true, PageSize: map[string]int{op: 1}})
				tt.serve(s)
				if c.fault.Kind != 0 {
					c.fault.Operation = op
					s.Fault(c.fault)
				}
				got, in := read(s, op)
				if n := tt.count(got.Copies); n != c.items && c.items >= 0 {
					t.Errorf("%d items, want %d", n, c.items)
				}
				covered(t, in, c.want, op)
			})
		}
	}
}

// A list that fails does not take the others with it: the three of tasks are one kind.
func TestOneListOfTasksMayBeDenied(t *testing.T) {
	ops := []string{"ec2:DescribeStoreImageTasks", "ec2:DescribeExportImageTasks", "ec2:DescribeExportTasks"}
	s := mocks.Start(t, mocks.Options{Lenient: true})
	for _, op := range ops {
		copyAnswers[op].serve(s)
	}
	s.Fault(mocks.Fault{Operation: ops[1], Kind: mocks.Denied})
	got, in := read(s, ops...)
	if len(got.Copies.Exports) != 4 {
		t.Errorf("%d tasks, want those of the two other lists", len(got.Copies.Exports))
	}
	covered(t, in, snapshot.OK, ops[0], ops[2])
	covered(t, in, snapshot.Denied, ops[1])
}

func TestTasksAreMapped(t *testing.T) {
	const start = "2026-10-20T08:00:00Z"
	began, err := time.Parse(time.RFC3339, start)
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct{ got, want snapshot.ImageExport }{
		"store": {storeTask(here, types.StoreImageTaskResult{AmiId: aws.String("ami-1"), Bucket: aws.String("b"), StoreTaskState: aws.String("Completed"), TaskStartTime: aws.Time(began)}),
			snapshot.ImageExport{ID: "store-image-task/ami-1/b/" + start, Kind: snapshot.StoreTask, What: "ami-1", Bucket: "b", State: "Completed"}},
		"image": {imageTask(here, types.ExportImageTask{ExportImageTaskId: aws.String("export-ami-1"), ImageId: aws.String("ami-1"), Status: aws.String("active"), S3ExportLocation: &types.ExportTaskS3Location{S3Bucket: aws.String("b"), S3Prefix: aws.String("x/")}}),
			snapshot.ImageExport{ID: "export-ami-1", Kind: snapshot.ImageTask, What: "ami-1", Bucket: "b", State: "active"}},
		"instance": {instanceTask(here, types.ExportTask{ExportTaskId: aws.String("export-i-1"), State: types.ExportTaskStateCancelled, ExportToS3Task: &types.ExportToS3Task{S3Bucket: aws.String("b")}, InstanceExportDetails: &types.InstanceExportDetails{InstanceId: aws.String("i-1")}}),
			snapshot.ImageExport{ID: "export-i-1", Kind: snapshot.InstanceTask, What: "i-1", Bucket: "b", State: "cancelled"}},
		"an image task of nothing":     {imageTask(here, types.ExportImageTask{}), snapshot.ImageExport{Kind: snapshot.ImageTask}},
		"an instance task of nothing":  {instanceTask(here, types.ExportTask{}), snapshot.ImageExport{Kind: snapshot.InstanceTask}},
		"a store task without a start": {storeTask(here, types.StoreImageTaskResult{}), snapshot.ImageExport{ID: "store-image-task///0001-01-01T00:00:00Z", Kind: snapshot.StoreTask}},
	} {
		tt.got.Meta = snapshot.Meta{}
		if diff := cmp.Diff(tt.want, tt.got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	const arn = "arn:aws:ec2:eu-west-1:111122223333:export-image-task/export-ami-1"
	if got := imageTask(here, types.ExportImageTask{ExportImageTaskId: aws.String("export-ami-1")}); got.ARN != arn || snapshot.ImageExports.ID(got) != arn {
		t.Errorf("ARN %q, id %q", got.ARN, snapshot.ImageExports.ID(got))
	}
	if got := storeTask(here, types.StoreImageTaskResult{AmiId: aws.String("ami-1")}); got.ARN != "" || snapshot.ImageExports.ID(got) != got.ID {
		t.Errorf("a store task has no ARN: %q, id %q", got.ARN, snapshot.ImageExports.ID(got))
	}
}

// Zones are asked for with those that the account has not opted in to.
func TestAllZonesAreAsked(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	mocks.Handle(s, func(_ *mocks.Request, asked *ec2.DescribeAvailabilityZonesInput) (*ec2.DescribeAvailabilityZonesOutput, error) {
		if !aws.ToBool(asked.AllAvailabilityZones) {
			return nil, &mocks.Error{Code: "InvalidParameterValue"}
		}
		return &ec2.DescribeAvailabilityZonesOutput{AvailabilityZones: []types.AvailabilityZone{{
			ZoneName: aws.String("eu-west-1-zzz-1a"), ZoneId: aws.String("euw1-zzz1-az1"), ZoneType: aws.String("local-zone"), GroupName: aws.String("eu-west-1-zzz-1"),
			OptInStatus: types.AvailabilityZoneOptInStatusNotOptedIn, Geography: []types.AvailabilityZoneGeography{{Name: aws.String("Ireland")}, {}},
		}}}, nil
	})
	got, in := read(s, "ec2:DescribeAvailabilityZones")
	covered(t, in, snapshot.OK, "ec2:DescribeAvailabilityZones")
	want := snapshot.Zone{ID: "euw1-zzz1-az1", Type: "local-zone", Group: "eu-west-1-zzz-1", OptIn: "not-opted-in", Geography: []string{"Ireland"}}
	if len(got.Net.Zones) != 1 || got.Net.Zones[0].Name != "eu-west-1-zzz-1a" {
		t.Fatalf("zones: %+v", got.Net.Zones)
	}
	zone := got.Net.Zones[0]
	zone.Meta = snapshot.Meta{}
	if diff := cmp.Diff(want, zone); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// What tells of an image's or a snapshot's origin, as AWS gives it.
func TestOriginsAreMapped(t *testing.T) {
	i := image(here, types.Image{Description: aws.String("[Copied ami-1 from eu-west-1] base"), SourceImageId: aws.String("ami-1"), SourceImageRegion: aws.String("eu-west-1")})
	if i.About != "[Copied ami-1 from eu-west-1] base" || i.Source != "ami-1" || i.SourceRegion != "eu-west-1" {
		t.Errorf("image: %q, %q, %q", i.About, i.Source, i.SourceRegion)
	}
	s := volumeSnapshot(here, types.Snapshot{Description: aws.String("[Copied snap-1 from eu-west-1]"), TransferType: types.TransferTypeTimeBased})
	if s.Description != "[Copied snap-1 from eu-west-1]" || s.Transfer != "time-based" {
		t.Errorf("snapshot: %q, %q", s.Description, s.Transfer)
	}
}
