package ec2

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/google/go-cmp/cmp"

	"onus/mocks"
	"onus/scanner/collect"
	"onus/scanner/collect/collecttest"
	"onus/scanner/redact"
	"onus/scanner/snapshot"
	"onus/scanner/wire"
)

var everything = []string{"ec2:GetEbsEncryptionByDefault", "ec2:DescribeVolumes", listInstances, readAttribute, listGroups, listInterfaces, listPrefixLists, readEntries}

// client is one behind a transport that redacts, as a scan's does.
func client(s *mocks.Server, store wire.Store) API {
	t := &wire.Transport{
		Store: store, Redact: redact.New(nil), Attempts: 3,
		Deadline: 2 * time.Second, Backoff: func(int) time.Duration { return 0 },
	}
	return ec2.NewFromConfig(t.Config(s.Config(collecttest.At.Region), collecttest.At.Account))
}

func read(s *mocks.Server, wanted ...string) (snapshot.EC2, collect.Scope) {
	in := collecttest.Scope(wanted...)
	return Collect(context.Background(), in, client(s, &wire.Memory{})), in
}

// covered wants the operations to have ended with a status in the tests' Region.
func covered(t *testing.T, in collect.Scope, want snapshot.Cause, ops ...string) {
	t.Helper()
	for _, op := range ops {
		collecttest.Covered(t, in, op, collecttest.At.Region, want)
	}
}

func reservation(instances ...types.Instance) types.Reservation {
	return types.Reservation{ReservationId: aws.String("r-1"), OwnerId: aws.String("111122223333"), Instances: instances}
}

func running(id string) types.Instance {
	return types.Instance{InstanceId: aws.String(id), State: &types.InstanceState{Name: types.InstanceStateNameRunning}}
}

// asked are the inputs' values of one member, sorted, over the calls of one operation.
func asked(s *mocks.Server, op, member string) []string {
	var out []string
	for _, r := range s.Requests() {
		if r.Operation == op {
			out = append(out, fmt.Sprint(r.Input[member]))
		}
	}
	slices.Sort(out)
	return out
}

func TestNothingIsAskedThatNoCheckReads(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	got, in := read(s)
	if n := len(s.Requests()); n != 0 {
		t.Errorf("%d requests, want none", n)
	}
	if len(got.Regions) != 1 || len(in.Calls.Coverage()) != 0 {
		t.Errorf("settings %+v, coverage %+v", got.Regions, in.Calls.Coverage())
	}
}

func TestAnEmptyRegionIsSettled(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	mocks.Reply(s, "", &ec2.GetEbsEncryptionByDefaultOutput{EbsEncryptionByDefault: aws.Bool(false), SseType: types.SSETypeSseEbs})
	mocks.Reply(s, "", &ec2.DescribeVolumesOutput{})
	mocks.Reply(s, "", &ec2.DescribeInstancesOutput{})
	mocks.Reply(s, "", &ec2.DescribeSecurityGroupsOutput{})
	mocks.Reply(s, "", &ec2.DescribeNetworkInterfacesOutput{})
	mocks.Reply(s, "", &ec2.DescribeManagedPrefixListsOutput{})
	got, in := read(s, everything...)
	if on, err := got.Regions[0].EBSEncryptionByDefault.Get(); on || err != nil {
		t.Errorf("SseType says nothing of the switch: %v, %v", on, err)
	}
	if n := len(got.Volumes) + len(got.Instances) + len(got.Groups) + len(got.Interfaces) + len(got.PrefixLists); n != 0 || len(s.Requests()) != 6 {
		t.Errorf("%d resources in %d requests, want none in 6", n, len(s.Requests()))
	}
	covered(t, in, snapshot.OK, everything...)
	for _, op := range []string{"ec2:DescribeVolumes", listInstances, listInterfaces} {
		if managed := asked(s, op, "IncludeManagedResources"); len(managed) != 1 || managed[0] != "true" {
			t.Errorf("%s leaves out what services manage, which AWS may hide: %v", op, managed)
		}
	}
}

func TestAnAccountThatMayReadNothing(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	s.Fault(mocks.Fault{Operation: "ec2:*", Kind: mocks.Denied})
	got, in := read(s, everything...)
	if len(got.Regions) != 1 {
		t.Fatalf("settings: %+v, want one all the same", got.Regions)
	}
	if _, err := got.Regions[0].EBSEncryptionByDefault.Get(); err == nil {
		t.Error("a denied switch was read")
	}
	covered(t, in, snapshot.Denied, "ec2:GetEbsEncryptionByDefault", "ec2:DescribeVolumes", listInstances, listGroups, listInterfaces, listPrefixLists)
	covered(t, in, snapshot.Skipped, readAttribute, readEntries) // nobody knows whether there is something to ask
}

func TestASwitchThatTheAnswerLacks(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	mocks.Reply(s, "", &ec2.GetEbsEncryptionByDefaultOutput{SseType: types.SSETypeSseEbs})
	got, in := read(s, "ec2:GetEbsEncryptionByDefault")
	if _, err := got.Regions[0].EBSEncryptionByDefault.Get(); err == nil {
		t.Error("absent is not off")
	}
	covered(t, in, snapshot.Malformed, "ec2:GetEbsEncryptionByDefault")
}

func TestVolumesOfTwoPages(t *testing.T) {
	s := mocks.Start(t, mocks.Options{PageSize: map[string]int{"ec2:DescribeVolumes": 1}})
	mocks.Reply(s, "", &ec2.DescribeVolumesOutput{Volumes: []types.Volume{
		{
			VolumeId: aws.String("vol-1"), Encrypted: aws.Bool(true), KmsKeyId: aws.String("key"), State: types.VolumeStateInUse,
			Attachments: []types.VolumeAttachment{{InstanceId: aws.String("i-1")}, {AssociatedResource: aws.String("node")}},
			Tags:        []types.Tag{{Key: aws.String("Name"), Value: aws.String("data")}, {Key: aws.String("team"), Value: aws.String("a")}},
		},
		{VolumeId: aws.String("vol-2"), Encrypted: aws.Bool(false), Operator: &types.OperatorResponse{Managed: aws.Bool(true)}},
		{VolumeId: aws.String("vol-3")},
	}})
	got, in := read(s, "ec2:DescribeVolumes")
	var lines []string
	for _, v := range got.Volumes {
		on, err := v.Encrypted.Get()
		lines = append(lines, fmt.Sprint(v.ARN, " ", v.Name, " ", v.State, " ", on, " ", err == nil, " ", v.Attachments, " ", v.Tags["team"], " ", len(v.Calls), " ", v.Managed))
	}
	want := []string{
		"arn:aws:ec2:eu-west-1:111122223333:volume/vol-1 data in-use true true [i-1 node] a 1 false",
		"arn:aws:ec2:eu-west-1:111122223333:volume/vol-2   false true []  1 true", // managed by a service, and the account's
		"arn:aws:ec2:eu-west-1:111122223333:volume/vol-3   false false []  1 false",
	}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Errorf("volumes (-want +got):\n%s", diff)
	}
	covered(t, in, snapshot.OK, "ec2:DescribeVolumes")
}

func TestListsThatGoWrong(t *testing.T) {
	for _, tt := range []struct {
		name  string
		fault mocks.Fault
		items int
		want  snapshot.Cause
	}{
		{"denied on page two", mocks.Fault{Kind: mocks.Denied, FromPage: 2}, 1, snapshot.Denied},
		{"throttled once", mocks.Fault{Kind: mocks.Throttled, First: 1}, 2, snapshot.OK},
		{"throttled to the end", mocks.Fault{Kind: mocks.Throttled}, 0, snapshot.Throttled},
		{"a proxy's page", mocks.Fault{Kind: mocks.HTML}, 0, snapshot.Malformed},
		{"an empty body", mocks.Fault{Kind: mocks.EmptyBody}, 0, snapshot.Malformed},
		{"cut off", mocks.Fault{Kind: mocks.Truncated}, 0, snapshot.Malformed},
	} {
		t.Run(tt.name, func(t *testing.T) {
			// Lenient: what is refused from the first page on uses no script.
			s := mocks.Start(t, mocks.Options{Lenient: true, PageSize: map[string]int{"ec2:DescribeVolumes": 1}})
			mocks.Reply(s, "", &ec2.DescribeVolumesOutput{Volumes: []types.Volume{{VolumeId: aws.String("vol-1")}, {VolumeId: aws.String("vol-2")}}})
			tt.fault.Operation = "ec2:DescribeVolumes"
			s.Fault(tt.fault)
			got, in := read(s, "ec2:DescribeVolumes")
			if len(got.Volumes) != tt.items {
				t.Errorf("%d volumes, want %d", len(got.Volumes), tt.items)
			}
			covered(t, in, tt.want, "ec2:DescribeVolumes")
		})
	}
}

const secret = "Tr0ub4dor-and-3"

func TestInstancesAndTheirUserData(t *testing.T) {
	s := mocks.Start(t, mocks.Options{PageSize: map[string]int{listInstances: 1}})
	web := running("i-web")
	web.MetadataOptions = &types.InstanceMetadataOptionsResponse{HttpEndpoint: types.InstanceMetadataEndpointStateEnabled, HttpTokens: types.HttpTokensStateRequired, State: types.InstanceMetadataOptionsStatePending}
	web.EnclaveOptions = &types.EnclaveOptions{Enabled: aws.Bool(true)}
	gone := types.Instance{InstanceId: aws.String("i-gone"), State: &types.InstanceState{Name: types.InstanceStateNameTerminated}}
	stopped := types.Instance{InstanceId: aws.String("i-stopped"), State: &types.InstanceState{Name: types.InstanceStateNameStopped}}
	mocks.Reply(s, "", &ec2.DescribeInstancesOutput{Reservations: []types.Reservation{
		reservation(web, gone), reservation(stopped), reservation(running("i-gone-since")), reservation(running("i-empty")), reservation(running("i-broken")),
	}})
	values := map[string]string{
		"i-web":     base64.StdEncoding.EncodeToString([]byte("#!/bin/sh\nexport DB_PASSWORD=" + secret + "\n")),
		"i-stopped": base64.StdEncoding.EncodeToString([]byte("#!/bin/sh\nkey=$(aws ssm get-parameter --name key)\necho AKIAIOSFODNN7EXAMPLE\n")),
		"i-empty":   "",
		"i-broken":  base64.StdEncoding.EncodeToString([]byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 1}),
	}
	mocks.Handle(s, func(_ *mocks.Request, in *ec2.DescribeInstanceAttributeInput) (*ec2.DescribeInstanceAttributeOutput, error) {
		value, ok := values[*in.InstanceId]
		if !ok {
			return nil, &mocks.Error{Status: http.StatusBadRequest, Code: "InvalidInstanceID.NotFound"}
		}
		out := &ec2.DescribeInstanceAttributeOutput{InstanceId: in.InstanceId}
		if in.Attribute != types.InstanceAttributeNameUserData {
			out.DisableApiTermination = &types.AttributeBooleanValue{Value: aws.Bool(false)}
			return out, nil
		}
		out.UserData = &types.AttributeValue{}
		if value != "" {
			out.UserData.Value = &value
		}
		return out, nil
	})
	store := &wire.Memory{}
	in := collecttest.Scope(listInstances, readAttribute)
	got := Collect(context.Background(), in, client(s, store))
	var lines []string
	for _, i := range got.Instances {
		m, metaErr := i.Metadata.Get()
		text, err := i.UserData.Get()
		var rules []string
		for _, d := range text.Detections {
			rules = append(rules, fmt.Sprint(d.Rule, ":", d.Line))
		}
		lines = append(lines, fmt.Sprint(i.ID, " ", i.State, " ", m.HTTPEndpoint, "/", m.HTTPTokens, "/", m.State, " ", metaErr == nil, " | ", err == nil, " ", text.Length, " ", rules, " ", text.Undecoded))
		if s := fmt.Sprintf("%+v", i); strings.Contains(s, secret) || strings.Contains(s, values["i-web"]) {
			t.Errorf("%s keeps the secret: %s", i.ID, s)
		}
	}
	want := []string{
		fmt.Sprintf("i-web running enabled/required/pending true | true %d [secret-assignment:2] ", len(values["i-web"])),
		"i-gone terminated // false | false 0 [] ",
		fmt.Sprintf("i-stopped stopped // false | true %d [] ", len(values["i-stopped"])),
		"i-gone-since running // false | false 0 [] ",
		"i-empty running // false | true 0 [] ",
		fmt.Sprintf("i-broken running // false | true %d [] truncated gzip", len(values["i-broken"])),
	}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Errorf("instances (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"i-broken", "i-empty", "i-gone-since", "i-stopped", "i-web"}, slices.Compact(asked(s, readAttribute, "InstanceId"))); diff != "" {
		t.Errorf("only live instances are asked about (-want +got):\n%s", diff)
	}
	markers := 0
	for _, l := range store.Lines() {
		_, e, _ := store.Get(l.ID)
		markers += strings.Count(string(e.Body), "kind=user-data")
		if strings.Contains(string(e.Body), secret) || strings.Contains(string(e.Body), values["i-web"]) {
			t.Errorf("the record of %s keeps the secret: %s", l.Operation, e.Body)
		}
	}
	if markers != 3 {
		t.Errorf("%d markers in the record, want one for each instance with user data", markers)
	}
	covered(t, in, snapshot.OK, listInstances)
	covered(t, in, snapshot.Changed, readAttribute)
}

func TestUserDataThatWasNotRedactedIsNotKept(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	mocks.Reply(s, "", &ec2.DescribeInstancesOutput{Reservations: []types.Reservation{reservation(running("i-1"))}})
	value := base64.StdEncoding.EncodeToString([]byte("password=" + secret))
	mocks.Reply(s, "", &ec2.DescribeInstanceAttributeOutput{InstanceId: aws.String("i-1"), UserData: &types.AttributeValue{Value: &value}})
	in := collecttest.Scope(listInstances, readAttribute)
	got := Collect(context.Background(), in, ec2.NewFromConfig(collecttest.Config(s, in.Region))) // it has no redactor
	_, err := got.Instances[0].UserData.Get()
	if err == nil || strings.Contains(fmt.Sprintf("%v %+v", err, got), value) {
		t.Errorf("user data: %v in %+v", err, got)
	}
	covered(t, in, snapshot.Malformed, readAttribute)
}

func TestOnlyTerminatedInstancesSettleTheAttribute(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	gone := types.Instance{InstanceId: aws.String("i-1"), State: &types.InstanceState{Name: types.InstanceStateNameShuttingDown}}
	mocks.Reply(s, "", &ec2.DescribeInstancesOutput{Reservations: []types.Reservation{reservation(gone)}})
	got, in := read(s, listInstances, readAttribute)
	if len(got.Instances) != 1 {
		t.Errorf("instances: %+v", got.Instances)
	}
	covered(t, in, snapshot.OK, readAttribute)
}
