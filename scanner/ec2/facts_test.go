package ec2

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/google/go-cmp/cmp"

	"onus/mocks"
	"onus/scanner/collect/collecttest"
	"onus/scanner/snapshot"
	"onus/scanner/wire"
)

func TestWhatProtectsAnInstance(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	kept, open, spot, scaled, managed := running("i-kept"), running("i-open"), running("i-spot"), running("i-scaled"), running("i-managed")
	spot.InstanceLifecycle = types.InstanceLifecycleTypeSpot
	scaled.Tags = []types.Tag{{Key: aws.String("aws:autoscaling:groupName"), Value: aws.String("web")}}
	managed.Operator = &types.OperatorResponse{Managed: aws.Bool(true)}
	mocks.Reply(s, "", &ec2.DescribeInstancesOutput{Reservations: []types.Reservation{reservation(kept, open, spot, scaled, managed, running("i-odd"), running("i-gone"))}})
	mocks.Handle(s, func(_ *mocks.Request, in *ec2.DescribeInstanceAttributeInput) (*ec2.DescribeInstanceAttributeOutput, error) {
		out := &ec2.DescribeInstanceAttributeOutput{InstanceId: in.InstanceId}
		switch {
		case *in.InstanceId == "i-gone":
			return nil, &mocks.Error{Status: http.StatusBadRequest, Code: "InvalidInstanceID.NotFound"}
		case in.Attribute == types.InstanceAttributeNameDisableApiTermination && *in.InstanceId != "i-odd":
			out.DisableApiTermination = &types.AttributeBooleanValue{Value: aws.Bool(*in.InstanceId == "i-kept")}
		case in.Attribute == types.InstanceAttributeNameInstanceInitiatedShutdownBehavior:
			out.InstanceInitiatedShutdownBehavior = &types.AttributeValue{Value: aws.String("terminate")}
		}
		return out, nil
	})
	got, _ := read(s, listInstances, readAttribute)
	var lines []string
	for _, i := range got.Instances {
		on, err := i.Protection.Termination.Get()
		behavior, err2 := i.Protection.Shutdown.Get()
		lines = append(lines, fmt.Sprint(i.ID, " ", on, " ", err == nil, " ", behavior, " ", err2 == nil))
	}
	want := []string{"i-kept true true terminate true", "i-open false true  false", "i-spot false false  false", "i-scaled false false  false",
		"i-managed false false  false", "i-odd false false  false", "i-gone false false  false"}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Errorf("protection (-want +got):\n%s", diff)
	}
	if n := len(slices.DeleteFunc(asked(s, readAttribute, "Attribute"), func(a string) bool { return a != "instanceInitiatedShutdownBehavior" })); n != 1 {
		t.Errorf("asked %d times about the shutdown behavior, want once: for the protected one", n)
	}
}

func TestImagesOfInstances(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	mocks.Reply(s, "", &ec2.DescribeInstancesOutput{Reservations: []types.Reservation{reservation(running("i-1"), running("i-2"), running("i-3"))}})
	mocks.Reply(s, "", &ec2.DescribeInstanceImageMetadataOutput{InstanceImageMetadata: []types.InstanceImageMetadata{
		{InstanceId: aws.String("i-1"), ImageMetadata: &types.ImageMetadata{ImageId: aws.String("ami-1"), OwnerId: aws.String("137112412989"), ImageOwnerAlias: aws.String("amazon"),
			State: types.ImageStateAvailable, DeprecationTime: aws.String("2026-01-01T00:00:00.000Z"), IsPublic: aws.Bool(true), Name: aws.String("al2023")}},
		{InstanceId: aws.String("i-2")},
	}})
	got, in := read(s, listInstances, listImageFacts)
	facts, err := got.Instances[0].ImageFacts.Get()
	want := snapshot.ImageMetadata{ID: "ami-1", Name: "al2023", Owner: "137112412989", Alias: "amazon", State: "available", Deprecation: "2026-01-01T00:00:00.000Z", Public: aws.Bool(true)}
	if diff := cmp.Diff(want, facts); diff != "" || err != nil {
		t.Errorf("%v (-want +got)\n%s", err, diff)
	}
	if _, err := got.Instances[1].ImageFacts.Get(); err == nil || errors.Is(err, snapshot.ErrAbsent) {
		t.Errorf("an answer without ImageMetadata: %v, want unread", err)
	}
	if _, err := got.Instances[2].ImageFacts.Get(); !errors.Is(err, snapshot.ErrAbsent) {
		t.Errorf("an instance that the list lacks: %v, want absent", err)
	}
	covered(t, in, snapshot.OK, listImageFacts)
}

func TestImagesOfInstancesThatAreNotTold(t *testing.T) {
	for code, want := range map[string]snapshot.Cause{"InvalidAction": snapshot.Unsupported, "UnauthorizedOperation": snapshot.Denied} {
		s := mocks.Start(t, mocks.Options{})
		mocks.Reply(s, "", &ec2.DescribeInstancesOutput{Reservations: []types.Reservation{reservation(running("i-1"))}})
		mocks.Refuse(s, "", listImageFacts, &mocks.Error{Status: http.StatusBadRequest, Code: code})
		got, in := read(s, listInstances, listImageFacts)
		_, err := got.Instances[0].ImageFacts.Get()
		var u *snapshot.Unread
		if !errors.As(err, &u) || u.Cause != want {
			t.Errorf("%s: %v, want %s", code, err, want)
		}
		covered(t, in, want, listImageFacts)
	}
	s := mocks.Start(t, mocks.Options{})
	mocks.Reply(s, "", &ec2.DescribeInstancesOutput{})
	_, in := read(s, listInstances, listImageFacts, "ec2:DescribeInstanceTypes")
	covered(t, in, snapshot.OK, listImageFacts, "ec2:DescribeInstanceTypes") // nothing to ask about
}

func TestMapWhatAnInstanceWasLaunchedWith(t *testing.T) {
	at := func(hour int) *time.Time { return aws.Time(time.Date(2026, 3, 1, hour, 0, 0, 0, time.UTC)) }
	i := instance(here, types.Instance{
		InstanceId: aws.String("i-1"), ImageId: aws.String("ami-1"), InstanceType: types.InstanceTypeM5Large, InstanceLifecycle: types.InstanceLifecycleTypeSpot,
		IamInstanceProfile: &types.IamInstanceProfile{Arn: aws.String("arn"), Id: aws.String("AIPA1")}, LaunchTime: at(9), RootDeviceName: aws.String("/dev/xvda"), EbsOptimized: aws.Bool(true),
		MetadataOptions: &types.InstanceMetadataOptionsResponse{InstanceMetadataTags: types.InstanceMetadataTagsStateEnabled},
		NetworkInterfaces: []types.InstanceNetworkInterface{
			{Attachment: &types.InstanceNetworkInterfaceAttachment{DeviceIndex: aws.Int32(1), AttachTime: at(1)}},
			{Attachment: &types.InstanceNetworkInterfaceAttachment{DeviceIndex: aws.Int32(0), NetworkCardIndex: aws.Int32(0), AttachTime: at(2)}},
			{Attachment: &types.InstanceNetworkInterfaceAttachment{DeviceIndex: aws.Int32(0), NetworkCardIndex: aws.Int32(1), AttachTime: at(3)}},
		},
		BlockDeviceMappings: []types.InstanceBlockDeviceMapping{
			{DeviceName: aws.String("/dev/xvda"), Ebs: &types.EbsInstanceBlockDevice{VolumeId: aws.String("vol-1"), DeleteOnTermination: aws.Bool(true), AttachTime: at(2)}},
			{DeviceName: aws.String("/dev/sdb"), Ebs: &types.EbsInstanceBlockDevice{VolumeId: aws.String("vol-2"), Operator: &types.OperatorResponse{Managed: aws.Bool(true), Principal: aws.String("ecs.amazonaws.com")}}},
			{DeviceName: aws.String("/dev/sdc"), Ebs: &types.EbsInstanceBlockDevice{VolumeId: aws.String("vol-3"), AssociatedResource: aws.String("task")}},
			{DeviceName: aws.String("/dev/sdd")},
		},
	})
	if i.Image != "ami-1" || i.Type != "m5.large" || i.Lifecycle != "spot" || i.Profile != "arn" || i.ProfileID != "AIPA1" || i.Launched != *at(9) || i.Primary != *at(2) || i.RootDevice != "/dev/xvda" || !i.EBSOptimized {
		t.Errorf("instance %+v", i)
	}
	if m, err := i.Metadata.Get(); err != nil || m.InstanceTags != "enabled" {
		t.Errorf("metadata %+v, %v", m, err)
	}
	var lines []string
	for _, v := range i.Volumes {
		on, err := v.DeleteOnTermination.Get()
		lines = append(lines, fmt.Sprint(v.Device, " ", v.Volume, " ", on, " ", err == nil, " ", v.Service, " ", v.Attached.IsZero()))
	}
	want := []string{"/dev/xvda vol-1 true true  false", "/dev/sdb vol-2 false false ecs.amazonaws.com true", "/dev/sdc vol-3 false false task true"}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Errorf("volumes (-want +got):\n%s", diff)
	}
	if empty := instance(here, types.Instance{}); !empty.Primary.IsZero() || empty.Profile != "" || len(empty.Volumes) != 0 {
		t.Errorf("empty instance %+v", empty)
	}
}

// locksOf serves the locks in pages of one.
func locksOf(s *mocks.Server, ids ...string) {
	mocks.Handle(s, func(_ *mocks.Request, in *ec2.DescribeLockedSnapshotsInput) (*ec2.DescribeLockedSnapshotsOutput, error) {
		n := 0
		for n < len(ids) && aws.ToString(in.NextToken) != "" && ids[n] != *in.NextToken {
			n++
		}
		out := &ec2.DescribeLockedSnapshotsOutput{}
		if n < len(ids) {
			out.Snapshots = []types.LockedSnapshotsInfo{{SnapshotId: aws.String(ids[n]), LockState: types.LockStateCompliance}}
		}
		if n+1 < len(ids) {
			out.NextToken = aws.String(ids[n+1])
		}
		return out, nil
	})
}

func TestLocksOfSnapshots(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	answerSnapshots(s, []types.Snapshot{stored("snap-1", false), stored("snap-2", true), stored("snap-3", false)})
	locksOf(s, "snap-1", "snap-3")
	got, in := read(s, listSnapshots, listLocks)
	var lines []string
	for _, v := range got.VolumeSnapshots {
		state, err := v.Lock.Get()
		lines = append(lines, fmt.Sprintf("%s %q %v %d", v.ID, state, err, len(v.Lock.Calls())))
	}
	if diff := cmp.Diff([]string{`snap-1 "compliance" <nil> 1`, `snap-2 "" <nil> 2`, `snap-3 "compliance" <nil> 1`}, lines); diff != "" {
		t.Errorf("locks (-want +got):\n%s", diff)
	}
	covered(t, in, snapshot.OK, listLocks)

	s = mocks.Start(t, mocks.Options{Lenient: true})
	answerSnapshots(s, []types.Snapshot{stored("snap-1", false), stored("snap-2", true)})
	locksOf(s, "snap-1", "snap-2")
	s.Fault(mocks.Fault{Operation: listLocks, Kind: mocks.Throttled})
	got, in = read(s, listSnapshots, listLocks)
	if _, err := got.VolumeSnapshots[0].Lock.Get(); err == nil {
		t.Error("a list that was not read says nothing of locks")
	}
	covered(t, in, snapshot.Throttled, listLocks)

	s = mocks.Start(t, mocks.Options{})
	answerSnapshots(s, nil)
	_, in = read(s, listSnapshots, listLocks)
	covered(t, in, snapshot.OK, listLocks) // nothing to ask about
}

// A token that comes again would make the list endless, or look whole.
func TestLocksThatNeverEnd(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	answerSnapshots(s, []types.Snapshot{stored("snap-1", false)})
	mocks.Reply(s, "", &ec2.DescribeLockedSnapshotsOutput{NextToken: aws.String("again")})
	got, in := read(s, listSnapshots, listLocks)
	if _, err := got.VolumeSnapshots[0].Lock.Get(); err == nil {
		t.Error("an endless list was read")
	}
	covered(t, in, snapshot.Malformed, listLocks)
}

func TestWhomImagesAreSharedWith(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	mocks.Reply(s, "", &ec2.DescribeImagesOutput{Images: []types.Image{
		{ImageId: aws.String("ami-1"), State: types.ImageStateAvailable, OwnerId: aws.String("111122223333"), RootDeviceName: aws.String("/dev/xvda"), CreationDate: aws.String("2026-01-01T00:00:00.000Z"),
			DeprecationTime: aws.String("2028-01-01T00:00:00.000Z"), LastLaunchedTime: aws.String("2026-02-01T00:00:00Z"), ImdsSupport: types.ImdsSupportValuesV20,
			DeregistrationProtection: aws.String("disabled"), Name: aws.String("base"), ProductCodes: []types.ProductCode{{ProductCodeId: aws.String("abc"), ProductCodeType: types.ProductCodeValuesMarketplace}}},
		{ImageId: aws.String("ami-gone"), State: types.ImageStateAvailable},
		{ImageId: aws.String("ami-off"), State: types.ImageStateDisabled},
	}})
	mocks.Handle(s, func(_ *mocks.Request, in *ec2.DescribeImageAttributeInput) (*ec2.DescribeImageAttributeOutput, error) {
		if *in.ImageId != "ami-1" || in.Attribute != types.ImageAttributeNameLaunchPermission {
			return nil, &mocks.Error{Status: http.StatusBadRequest, Code: "InvalidAMIID.NotFound"}
		}
		return &ec2.DescribeImageAttributeOutput{ImageId: in.ImageId, LaunchPermissions: []types.LaunchPermission{
			{UserId: aws.String("444455556666")}, {Group: types.PermissionGroupAll}, {OrganizationArn: aws.String("org")}, {OrganizationalUnitArn: aws.String("unit")},
		}}, nil
	})
	got, in := read(s, listImages, readImageAttribute)
	shares, err := got.Images[0].Shared.Get()
	want := []snapshot.Grantee{{Account: "444455556666"}, {Group: "all"}, {Organization: "org"}, {Unit: "unit"}}
	if diff := cmp.Diff(want, shares); diff != "" || err != nil {
		t.Errorf("%v (-want +got)\n%s", err, diff)
	}
	i := got.Images[0]
	if line := fmt.Sprint(i.Owner, " ", i.RootDevice, " ", i.Created, " ", i.Deprecation, " ", i.LastLaunched, " ", i.IMDSSupport, " ", i.Protection, " ", i.Title, " ", i.Products); line != "111122223333 /dev/xvda 2026-01-01T00:00:00.000Z 2028-01-01T00:00:00.000Z 2026-02-01T00:00:00Z v2.0 disabled base [abc (marketplace)]" {
		t.Errorf("image %s", line)
	}
	if diff := cmp.Diff([]string{"ami-1", "ami-gone"}, asked(s, readImageAttribute, "ImageId")); diff != "" {
		t.Errorf("a disabled image's permissions are void (-want +got):\n%s", diff)
	}
	covered(t, in, snapshot.Changed, readImageAttribute)
}

func TestWhomSnapshotsAreSharedWith(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	failed := stored("snap-failed", false)
	failed.State = types.SnapshotStateError
	answerSnapshots(s, []types.Snapshot{stored("snap-1", true), stored("snap-alone", false), stored("snap-gone", false), failed})
	mocks.Handle(s, func(_ *mocks.Request, in *ec2.DescribeSnapshotAttributeInput) (*ec2.DescribeSnapshotAttributeOutput, error) {
		out := &ec2.DescribeSnapshotAttributeOutput{SnapshotId: in.SnapshotId}
		switch {
		case in.Attribute != types.SnapshotAttributeNameCreateVolumePermission:
			return nil, &mocks.Error{Status: http.StatusBadRequest, Code: "InvalidParameterValue"}
		case *in.SnapshotId == "snap-gone":
			return nil, &mocks.Error{Status: http.StatusBadRequest, Code: "InvalidSnapshot.NotFound"}
		case *in.SnapshotId == "snap-1":
			out.CreateVolumePermissions = []types.CreateVolumePermission{{UserId: aws.String("444455556666")}, {Group: types.PermissionGroupAll}}
		}
		return out, nil
	})
	got, in := read(s, listSnapshots, readShares)
	shares, err := got.VolumeSnapshots[0].Shared.Get()
	if diff := cmp.Diff([]snapshot.Grantee{{Account: "444455556666"}, {Group: "all"}}, shares); diff != "" || err != nil {
		t.Errorf("%v (-want +got)\n%s", err, diff)
	}
	if shares, err := got.VolumeSnapshots[1].Shared.Get(); err != nil || len(shares) != 0 {
		t.Errorf("shared with nobody: %v, %v", shares, err)
	}
	if _, err := got.VolumeSnapshots[2].Shared.Get(); err == nil {
		t.Error("a snapshot that was deleted in between is shared with nobody")
	}
	if diff := cmp.Diff([]string{"snap-1", "snap-alone", "snap-gone"}, asked(s, readShares, "SnapshotId")); diff != "" {
		t.Errorf("one that failed holds nothing (-want +got):\n%s", diff)
	}
	covered(t, in, snapshot.Changed, readShares)
}

func named2(s *mocks.Server, ids ...string) (snapshot.NamedImages, func(*testing.T, snapshot.Cause)) {
	in := collecttest.Scope(listImages)
	got := CollectNamed(context.Background(), in, client(s, &wire.Memory{}), ids, nil)
	return got, func(t *testing.T, want snapshot.Cause) { covered(t, in, want, listImages) }
}

func TestImagesThatAreNamed(t *testing.T) {
	s := mocks.Start(t, mocks.Options{PageSize: map[string]int{listImages: 1}})
	mocks.Handle(s, func(_ *mocks.Request, in *ec2.DescribeImagesInput) (*ec2.DescribeImagesOutput, error) {
		if len(in.Filters) != 1 || *in.Filters[0].Name != "image-id" || len(in.Owners)+len(in.ImageIds) > 0 || !aws.ToBool(in.IncludeDeprecated) {
			return nil, &mocks.Error{Code: "InvalidParameterValue"}
		}
		return &ec2.DescribeImagesOutput{Images: []types.Image{{ImageId: aws.String("ami-1"), OwnerId: aws.String("amazon")}, {ImageId: aws.String("ami-2")}}}, nil
	})
	got, ended := named2(s, "ami-1", "ami-2", "ami-gone")
	images, err := got.Images.Get()
	if err != nil || len(images) != 2 || images[0].Owner != "amazon" || len(got.Images.Calls()) != 2 {
		t.Errorf("images %+v by %d calls, %v", images, len(got.Images.Calls()), err)
	}
	ended(t, snapshot.OK)
	s = mocks.Start(t, mocks.Options{Lenient: true, PageSize: map[string]int{listImages: 1}})
	mocks.Reply(s, "", &ec2.DescribeImagesOutput{Images: []types.Image{{ImageId: aws.String("ami-1")}, {ImageId: aws.String("ami-2")}}})
	s.Fault(mocks.Fault{Operation: listImages, Kind: mocks.Denied, FromPage: 2})
	got, ended = named2(s, "ami-1", "ami-2")
	if images, err := got.Images.Get(); err == nil || images != nil {
		t.Errorf("half of the images is no value: %+v, %v", images, err)
	}
	ended(t, snapshot.Denied)
	got, _ = named2(mocks.Start(t, mocks.Options{}))
	if images, err := got.Images.Get(); err != nil || len(images) != 0 {
		t.Errorf("nothing is named: %+v, %v", images, err)
	}
}

// What own images of other Regions were copied from is asked apart from what is named.
func TestSourcesAreAskedApart(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	mocks.Handle(s, func(_ *mocks.Request, in *ec2.DescribeImagesInput) (*ec2.DescribeImagesOutput, error) {
		if ids := in.Filters[0].Values; len(ids) != 1 || ids[0] != "ami-source" {
			return nil, &mocks.Error{Code: "InvalidParameterValue"}
		}
		return &ec2.DescribeImagesOutput{Images: []types.Image{{ImageId: aws.String("ami-source"), ImageOwnerAlias: aws.String("amazon")}}}, nil
	})
	in := collecttest.Scope(listImages)
	got := CollectNamed(context.Background(), in, client(s, &wire.Memory{}), nil, []string{"ami-source"})
	sources, err := got.Sources.Get()
	named, err2 := got.Images.Get()
	if err != nil || err2 != nil || len(sources) != 1 || sources[0].Alias != "amazon" || len(named) != 0 {
		t.Errorf("sources %+v, %v; named %+v, %v", sources, err, named, err2)
	}
	if got := CollectNamed(context.Background(), collecttest.Scope(), nil, nil, []string{"ami-source"}); len(got.Sources.Calls()) != 0 {
		t.Error("asked, and nobody wants it")
	} else if _, err := got.Sources.Get(); err == nil {
		t.Error("read, and nobody asked")
	}
}

func TestSerialConsoleAndAllowedImages(t *testing.T) {
	ops := []string{"ec2:GetSerialConsoleAccessStatus", "ec2:GetAllowedImagesSettings"}
	s := mocks.Start(t, mocks.Options{})
	mocks.Reply(s, "", &ec2.GetSerialConsoleAccessStatusOutput{SerialConsoleAccessEnabled: aws.Bool(false), ManagedBy: types.ManagedByDeclarativePolicy})
	mocks.Reply(s, "", &ec2.GetAllowedImagesSettingsOutput{State: aws.String("enabled"), ImageCriteria: []types.ImageCriterion{{}}, ManagedBy: types.ManagedByAccount})
	got, in := read(s, ops...)
	serial, err := got.Regions[0].SerialConsole.Get()
	allowed, err2 := got.Regions[0].AllowedImages.Get()
	if line := fmt.Sprint(serial, allowed, err, err2); line != "{false declarative-policy} {enabled 1 account} <nil> <nil>" {
		t.Errorf("got %s", line)
	}
	covered(t, in, snapshot.OK, ops...)
	s = mocks.Start(t, mocks.Options{})
	mocks.Reply(s, "", &ec2.GetSerialConsoleAccessStatusOutput{ManagedBy: types.ManagedByAccount})
	mocks.Reply(s, "", &ec2.GetAllowedImagesSettingsOutput{ManagedBy: types.ManagedByAccount})
	_, in = read(s, ops...)
	covered(t, in, snapshot.Malformed, ops...)
}
