package ec2

import (
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
	"onus/scanner/snapshot"
)

var switches = []string{"ec2:GetInstanceMetadataDefaults", "ec2:GetSnapshotBlockPublicAccessState", "ec2:GetImageBlockPublicAccessState", "ec2:DescribeVpcBlockPublicAccessOptions"}

var networkOps = []string{"ec2:DescribeVpcs", listSubnets, listRoutes, "ec2:DescribeInternetGateways", "ec2:DescribeNetworkAcls", "ec2:DescribeVpcBlockPublicAccessExclusions"}

func TestTheSwitchesOfARegion(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	mocks.Reply(s, "", &ec2.GetInstanceMetadataDefaultsOutput{AccountLevel: &types.InstanceMetadataDefaultsResponse{HttpTokens: types.HttpTokensStateRequired, ManagedBy: types.ManagedByDeclarativePolicy}})
	mocks.Reply(s, "", &ec2.GetSnapshotBlockPublicAccessStateOutput{State: types.SnapshotBlockPublicAccessStateBlockNewSharing})
	mocks.Reply(s, "", &ec2.GetImageBlockPublicAccessStateOutput{ImageBlockPublicAccessState: aws.String("unblocked")})
	mocks.Reply(s, "", &ec2.DescribeVpcBlockPublicAccessOptionsOutput{VpcBlockPublicAccessOptions: &types.VpcBlockPublicAccessOptions{InternetGatewayBlockMode: types.InternetGatewayBlockModeOff, State: types.VpcBlockPublicAccessStateDefaultState}})
	got, in := read(s, switches...)
	r := got.Regions[0]
	defaults, err := r.MetadataDefaults.Get()
	snapshots, err2 := r.SnapshotBlockPublicAccess.Get()
	images, err3 := r.ImageBlockPublicAccess.Get()
	block, err4 := r.BlockPublicAccess.Get()
	line := fmt.Sprint(defaults, snapshots, images, block, err, err2, err3, err4)
	if want := "{ required declarative-policy }block-new-sharingunblocked{off default-state } <nil> <nil> <nil> <nil>"; line != want {
		t.Errorf("got  %s\nwant %s", line, want)
	}
	covered(t, in, snapshot.OK, switches...)
}

// No preference comes as an empty AccountLevel, and is a value.
func TestNoPreferenceIsAnAnswer(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	mocks.Reply(s, "", &ec2.GetInstanceMetadataDefaultsOutput{AccountLevel: &types.InstanceMetadataDefaultsResponse{}})
	got, _ := read(s, "ec2:GetInstanceMetadataDefaults")
	if d, err := got.Regions[0].MetadataDefaults.Get(); err != nil || d != (snapshot.MetadataDefaults{}) {
		t.Errorf("defaults %+v, %v", d, err)
	}
}

func TestSwitchesThatAnswersLack(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	mocks.Reply(s, "", &ec2.GetSnapshotBlockPublicAccessStateOutput{ManagedBy: types.ManagedByAccount})
	mocks.Reply(s, "", &ec2.GetImageBlockPublicAccessStateOutput{ManagedBy: types.ManagedByAccount})
	mocks.Reply(s, "", &ec2.DescribeVpcBlockPublicAccessOptionsOutput{VpcBlockPublicAccessOptions: &types.VpcBlockPublicAccessOptions{AwsRegion: aws.String("eu-west-1")}})
	s.Fault(mocks.Fault{Operation: "ec2:GetInstanceMetadataDefaults", Kind: mocks.Denied})
	_, in := read(s, switches...)
	covered(t, in, snapshot.Denied, switches[0])
	covered(t, in, snapshot.Malformed, switches[1:]...)
}

// An endpoint that is older than the operation does not know it.
func TestAnEndpointWithoutTheSwitch(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	for _, code := range []string{"InvalidAction", "UnsupportedOperation"} {
		mocks.Handle(s, func(*mocks.Request, *ec2.GetInstanceMetadataDefaultsInput) (*ec2.GetInstanceMetadataDefaultsOutput, error) {
			return nil, &mocks.Error{Code: code}
		})
		_, in := read(s, "ec2:GetInstanceMetadataDefaults")
		covered(t, in, snapshot.Unsupported, "ec2:GetInstanceMetadataDefaults")
	}
}

// answerSnapshots serves own snapshots; public are those that everybody may restore.
func answerSnapshots(s *mocks.Server, own []types.Snapshot, public ...string) {
	mocks.Handle(s, func(_ *mocks.Request, in *ec2.DescribeSnapshotsInput) (*ec2.DescribeSnapshotsOutput, error) {
		if !slices.Equal(in.OwnerIds, []string{"self"}) {
			return nil, &mocks.Error{Code: "InvalidParameterValue", Message: "the world's snapshots were asked for"}
		}
		out := &ec2.DescribeSnapshotsOutput{}
		for _, snap := range own {
			if len(in.RestorableByUserIds) == 0 || slices.Contains(public, *snap.SnapshotId) {
				out.Snapshots = append(out.Snapshots, snap)
			}
		}
		return out, nil
	})
}

func stored(id string, encrypted bool) types.Snapshot {
	started := time.Date(2026, 10, 31, 2, 0, 0, 0, time.UTC)
	return types.Snapshot{SnapshotId: &id, VolumeId: aws.String("vol-1"), State: types.SnapshotStateCompleted, Encrypted: &encrypted, StartTime: &started, StorageTier: types.StorageTierStandard}
}

func publicity(got snapshot.EC2) []string {
	var out []string
	for _, s := range got.VolumeSnapshots {
		public, err := s.Public.Get()
		out = append(out, fmt.Sprint(s.ID, " ", s.Volume, " ", s.State, " ", s.Tier, " ", public, " ", err == nil, " ", len(s.Public.Calls())))
	}
	return out
}

func TestSnapshotsAndWhoMayRestoreThem(t *testing.T) {
	s := mocks.Start(t, mocks.Options{PageSize: map[string]int{listSnapshots: 1}})
	answerSnapshots(s, []types.Snapshot{stored("snap-1", false), stored("snap-2", true), stored("snap-3", false)}, "snap-1", "snap-3")
	got, in := read(s, listSnapshots)
	want := []string{"snap-1 vol-1 completed standard true true 1", "snap-2 vol-1 completed standard false true 2", "snap-3 vol-1 completed standard true true 1"}
	if diff := cmp.Diff(want, publicity(got)); diff != "" {
		t.Errorf("snapshots (-want +got):\n%s", diff)
	}
	if arn := got.VolumeSnapshots[0].ARN; arn != "arn:aws:ec2:eu-west-1::snapshot/snap-1" {
		t.Errorf("ARN %s", arn)
	}
	if at := got.VolumeSnapshots[0].Started; at.Hour() != 2 {
		t.Errorf("started %v", at)
	}
	covered(t, in, snapshot.OK, listSnapshots)
}

// An endpoint that ignores the filter lists all as public; an encrypted one gives it away.
func TestAFilterThatIsIgnored(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	answerSnapshots(s, []types.Snapshot{stored("snap-1", true)}, "snap-1")
	got, _ := read(s, listSnapshots)
	if public, err := got.VolumeSnapshots[0].Public.Get(); err == nil {
		t.Errorf("public: %v", public)
	}
}

func TestAListOfPublicSnapshotsThatBreaksOff(t *testing.T) {
	s := mocks.Start(t, mocks.Options{PageSize: map[string]int{listSnapshots: 1}})
	answerSnapshots(s, []types.Snapshot{stored("snap-1", false), stored("snap-2", false)}, "snap-1", "snap-2")
	s.Fault(mocks.Fault{Operation: listSnapshots, Kind: mocks.Denied, FromPage: 2})
	got, in := read(s, listSnapshots)
	if diff := cmp.Diff([]string{"snap-1 vol-1 completed standard true true 1"}, publicity(got)); diff != "" {
		t.Errorf("snapshots (-want +got):\n%s", diff)
	}
	covered(t, in, snapshot.Denied, listSnapshots)
}

func TestImagesAndTheirVolumes(t *testing.T) {
	s := mocks.Start(t, mocks.Options{PageSize: map[string]int{listImages: 1}})
	base := types.Image{ImageId: aws.String("ami-1"), Name: aws.String("base"), State: types.ImageStateDisabled, Public: aws.Bool(false), RootDeviceType: types.DeviceTypeEbs, BlockDeviceMappings: []types.BlockDeviceMapping{
		{DeviceName: aws.String("/dev/xvda"), Ebs: &types.EbsBlockDevice{SnapshotId: aws.String("snap-1"), Encrypted: aws.Bool(true)}},
		{DeviceName: aws.String("/dev/sdb"), VirtualName: aws.String("ephemeral0")},
		{DeviceName: aws.String("/dev/sdc"), NoDevice: aws.String("")},
		{DeviceName: aws.String("/dev/sdd"), Ebs: &types.EbsBlockDevice{}},
	}}
	mocks.Reply(s, "", &ec2.DescribeImagesOutput{Images: []types.Image{base, {ImageId: aws.String("ami-2")}}})
	got, in := read(s, listImages)
	var lines []string
	for _, i := range got.Images {
		public, err := i.Public.Get()
		line := fmt.Sprint(i.ARN, " ", i.Name, " ", i.State, " ", public, " ", err == nil)
		for _, d := range i.Devices {
			encrypted, err := d.Encrypted.Get()
			line += fmt.Sprint(" | ", d.Device, " ", d.Snapshot, " ", encrypted, " ", err == nil)
		}
		lines = append(lines, line)
	}
	want := []string{
		"arn:aws:ec2:eu-west-1::image/ami-1 base disabled false true | /dev/xvda snap-1 true true | /dev/sdd  false false",
		"arn:aws:ec2:eu-west-1::image/ami-2   false false",
	}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Errorf("images (-want +got):\n%s", diff)
	}
	if owners := asked(s, listImages, "Owners"); len(owners) != 2 || owners[0] != "[self]" || asked(s, listImages, "IncludeDisabled")[0] != "true" {
		t.Errorf("asked for %v", owners)
	}
	covered(t, in, snapshot.OK, listImages)
}

func TestExclusionsOfTwoPages(t *testing.T) {
	const op = "ec2:DescribeVpcBlockPublicAccessExclusions"
	exclusion := types.VpcBlockPublicAccessExclusion{
		ExclusionId: aws.String("x"), ResourceArn: aws.String("arn:aws:ec2:eu-west-1:111122223333:vpc/vpc-1"),
		InternetGatewayExclusionMode: types.InternetGatewayExclusionModeAllowEgress, State: types.VpcBlockPublicAccessExclusionStateCreateComplete,
	}
	for _, tt := range []struct {
		name   string
		second func(*ec2.DescribeVpcBlockPublicAccessExclusionsOutput) error // changes page two
		fault  mocks.Fault
		items  int
		want   snapshot.Cause
	}{
		{"both", nil, mocks.Fault{}, 2, snapshot.OK},
		{"throttled once", nil, mocks.Fault{Kind: mocks.Throttled, First: 1}, 2, snapshot.OK},
		{"a page of a proxy", nil, mocks.Fault{Kind: mocks.HTML}, 0, snapshot.Malformed},
		{"denied on page two", func(*ec2.DescribeVpcBlockPublicAccessExclusionsOutput) error {
			return &mocks.Error{Status: http.StatusForbidden, Code: "UnauthorizedOperation"}
		}, mocks.Fault{}, 1, snapshot.Denied},
		{"a token that repeats", func(out *ec2.DescribeVpcBlockPublicAccessExclusionsOutput) error {
			out.NextToken = aws.String("two")
			return nil
		}, mocks.Fault{}, 2, snapshot.Malformed},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := mocks.Start(t, mocks.Options{Lenient: true})
			mocks.Handle(s, func(_ *mocks.Request, in *ec2.DescribeVpcBlockPublicAccessExclusionsInput) (*ec2.DescribeVpcBlockPublicAccessExclusionsOutput, error) {
				out := &ec2.DescribeVpcBlockPublicAccessExclusionsOutput{VpcBlockPublicAccessExclusions: []types.VpcBlockPublicAccessExclusion{exclusion}}
				switch {
				case in.NextToken == nil:
					out.NextToken = aws.String("two")
				case tt.second != nil:
					if err := tt.second(out); err != nil {
						return nil, err
					}
				}
				return out, nil
			})
			if tt.fault.Kind != 0 {
				tt.fault.Operation = op
				s.Fault(tt.fault)
			}
			got, in := read(s, op)
			if len(got.Exclusions) != tt.items || tt.items > 0 && got.Exclusions[0].Mode != "allow-egress" {
				t.Errorf("%+v, want %d exclusions", got.Exclusions, tt.items)
			}
			covered(t, in, tt.want, op)
		})
	}
}

func TestAnEmptyNetworkIsRead(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	mocks.Reply(s, "", &ec2.DescribeVpcsOutput{})
	mocks.Reply(s, "", &ec2.DescribeSubnetsOutput{})
	mocks.Reply(s, "", &ec2.DescribeRouteTablesOutput{})
	mocks.Reply(s, "", &ec2.DescribeInternetGatewaysOutput{})
	mocks.Reply(s, "", &ec2.DescribeNetworkAclsOutput{})
	mocks.Reply(s, "", &ec2.DescribeVpcBlockPublicAccessExclusionsOutput{})
	mocks.Reply(s, "", &ec2.DescribeManagedPrefixListsOutput{})
	_, in := read(s, slices.Concat(networkOps, []string{listPrefixLists, readEntries})...)
	covered(t, in, snapshot.OK, networkOps...)
	covered(t, in, snapshot.OK, listPrefixLists, readEntries) // nothing refers to any
	_, in = read(denies(t), slices.Concat(networkOps, []string{listPrefixLists, readEntries})...)
	covered(t, in, snapshot.Denied, networkOps...)
	covered(t, in, snapshot.Denied, listPrefixLists)
	covered(t, in, snapshot.Skipped, readEntries)
}

func denies(t *testing.T) *mocks.Server {
	s := mocks.Start(t, mocks.Options{})
	s.Fault(mocks.Fault{Operation: "ec2:*", Kind: mocks.Denied})
	return s
}

// A route or an egress rule may refer to a prefix list that no ingress rule names.
func TestPrefixListsOfRoutesAndEgress(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	mocks.Reply(s, "", &ec2.DescribeRouteTablesOutput{RouteTables: []types.RouteTable{{RouteTableId: aws.String("rtb-1"), Routes: []types.Route{{DestinationPrefixListId: aws.String("pl-1"), GatewayId: aws.String("vpce-1")}}}}})
	out := types.IpPermission{IpProtocol: aws.String("-1"), PrefixListIds: []types.PrefixListId{{PrefixListId: aws.String("pl-2")}}}
	mocks.Reply(s, "", &ec2.DescribeSecurityGroupsOutput{SecurityGroups: []types.SecurityGroup{{GroupId: aws.String("sg-1"), IpPermissionsEgress: []types.IpPermission{out}}}})
	mocks.Reply(s, "", &ec2.DescribeManagedPrefixListsOutput{PrefixLists: []types.ManagedPrefixList{{PrefixListId: aws.String("pl-1")}, {PrefixListId: aws.String("pl-2")}, {PrefixListId: aws.String("pl-3")}}})
	mocks.Handle(s, func(*mocks.Request, *ec2.GetManagedPrefixListEntriesInput) (*ec2.GetManagedPrefixListEntriesOutput, error) {
		return &ec2.GetManagedPrefixListEntriesOutput{Entries: []types.PrefixListEntry{{Cidr: aws.String("203.0.113.0/24")}}}, nil
	})
	got, in := read(s, listRoutes, listGroups, listPrefixLists, readEntries)
	if diff := cmp.Diff([]string{"pl-1", "pl-2"}, asked(s, readEntries, "PrefixListId")); diff != "" {
		t.Errorf("entries asked (-want +got):\n%s", diff)
	}
	if len(got.Groups[0].Egress) != 1 || len(got.PrefixLists) != 3 {
		t.Errorf("groups %+v, lists %+v", got.Groups, got.PrefixLists)
	}
	covered(t, in, snapshot.OK, listPrefixLists, readEntries)
}
