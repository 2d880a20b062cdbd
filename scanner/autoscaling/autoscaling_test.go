package autoscaling

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"onus/mocks"
	"onus/scanner/collect"
	"onus/scanner/collect/collecttest"
	"onus/scanner/redact"
	"onus/scanner/snapshot"
	"onus/scanner/wire"
)

var both = []string{listGroups, listConfigurations}

// client is one behind a transport that redacts, as a scan's does.
func client(s *mocks.Server, store wire.Store) API {
	t := &wire.Transport{Store: store, Redact: redact.New(nil), Attempts: 3, Deadline: 2 * time.Second, Backoff: func(int) time.Duration { return 0 }}
	return autoscaling.NewFromConfig(t.Config(s.Config(collecttest.At.Region), collecttest.At.Account))
}

func read(s *mocks.Server, wanted ...string) (snapshot.AutoScaling, collect.Scope) {
	in := collecttest.Scope(wanted...)
	return Collect(context.Background(), in, client(s, &wire.Memory{})), in
}

func named(name string) types.LaunchConfiguration {
	return types.LaunchConfiguration{LaunchConfigurationName: &name, LaunchConfigurationARN: aws.String("arn of " + name), ImageId: aws.String("ami-1"), InstanceType: aws.String("m5.large"),
		CreatedTime: aws.Time(time.Date(2020, 1, 2, 3, 4, 5, 0, time.UTC))}
}

func groupOf(name string) types.AutoScalingGroup {
	return types.AutoScalingGroup{AutoScalingGroupName: &name, AutoScalingGroupARN: aws.String("arn of " + name), AvailabilityZones: []string{"a"}, DefaultCooldown: aws.Int32(1),
		DesiredCapacity: aws.Int32(0), MaxSize: aws.Int32(0), MinSize: aws.Int32(0), HealthCheckType: aws.String("EC2"), CreatedTime: aws.Time(time.Unix(0, 0))}
}

func TestGroupsAndConfigurationsOverPages(t *testing.T) {
	s := mocks.Start(t, mocks.Options{PageSize: map[string]int{listGroups: 1, listConfigurations: 1}})
	mixed, old := groupOf("mixed"), groupOf("old")
	mixed.MixedInstancesPolicy = &types.MixedInstancesPolicy{LaunchTemplate: &types.LaunchTemplate{
		LaunchTemplateSpecification: &types.LaunchTemplateSpecification{LaunchTemplateId: aws.String("lt-1"), Version: aws.String("3")},
		Overrides:                   []types.LaunchTemplateOverrides{{InstanceType: aws.String("m5.large")}, {LaunchTemplateSpecification: &types.LaunchTemplateSpecification{LaunchTemplateName: aws.String("arm")}}},
	}}
	mixed.Tags = []types.TagDescription{{Key: aws.String("team"), Value: aws.String("shop")}}
	old.LaunchConfigurationName, old.VPCZoneIdentifier = aws.String("lc"), aws.String("subnet-1, subnet-2")
	mocks.Reply(s, "", &autoscaling.DescribeAutoScalingGroupsOutput{AutoScalingGroups: []types.AutoScalingGroup{mixed, old}})
	mocks.Reply(s, "", &autoscaling.DescribeLaunchConfigurationsOutput{LaunchConfigurations: []types.LaunchConfiguration{named("a"), named("b")}})
	s.Fault(mocks.Fault{Operation: listGroups, Kind: mocks.Throttled, First: 1})
	got, in := read(s, both...)
	want := []snapshot.ScalingGroup{
		{Templates: []snapshot.TemplateRef{{ID: "lt-1", Version: "3"}, {Name: "arm"}}},
		{Configuration: "lc", Subnets: []string{"subnet-1", "subnet-2"}},
	}
	if diff := cmp.Diff(want, got.Groups, cmpopts.IgnoreTypes(snapshot.Meta{})); diff != "" || got.Groups[0].Tags["team"] != "shop" || got.Groups[1].ARN != "arn of old" {
		t.Errorf("groups %+v (-want +got):\n%s", got.Groups, diff)
	}
	if len(got.Configurations) != 2 || got.Configurations[1].Name != "b" || got.Configurations[1].ARN != "arn of b" || got.Configurations[0].Created.Year() != 2020 {
		t.Errorf("configurations %+v", got.Configurations)
	}
	for _, op := range both {
		collecttest.Covered(t, in, op, in.Region, snapshot.OK)
	}
}

func TestListsThatGoWrong(t *testing.T) {
	for _, tt := range []struct {
		fault mocks.Fault
		want  snapshot.Cause
	}{
		{mocks.Fault{Kind: mocks.Denied, FromPage: 2}, snapshot.Denied},
		{mocks.Fault{Kind: mocks.Throttled}, snapshot.Throttled},
		{mocks.Fault{Kind: mocks.RepeatToken}, snapshot.Malformed},
		{mocks.Fault{Kind: mocks.EmptyBody}, snapshot.Malformed},
		{mocks.Fault{Kind: mocks.HTML}, snapshot.Malformed},
	} {
		s := mocks.Start(t, mocks.Options{Lenient: true, PageSize: map[string]int{listGroups: 1, listConfigurations: 1}})
		mocks.Reply(s, "", &autoscaling.DescribeAutoScalingGroupsOutput{AutoScalingGroups: []types.AutoScalingGroup{groupOf("a"), groupOf("b"), groupOf("c")}})
		mocks.Reply(s, "", &autoscaling.DescribeLaunchConfigurationsOutput{LaunchConfigurations: []types.LaunchConfiguration{named("a"), named("b"), named("c")}})
		tt.fault.Operation = "autoscaling:*"
		s.Fault(tt.fault)
		_, in := read(s, both...)
		for _, op := range both {
			collecttest.Covered(t, in, op, in.Region, tt.want)
		}
	}
}

func TestARegionWithoutAny(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	mocks.Reply(s, "", &autoscaling.DescribeAutoScalingGroupsOutput{AutoScalingGroups: []types.AutoScalingGroup{}})
	mocks.Reply(s, "", &autoscaling.DescribeLaunchConfigurationsOutput{LaunchConfigurations: []types.LaunchConfiguration{}})
	got, in := read(s, both...)
	if n := len(got.Groups) + len(got.Configurations); n != 0 {
		t.Errorf("%d resources, want none", n)
	}
	for _, op := range both {
		collecttest.Covered(t, in, op, in.Region, snapshot.OK)
	}
	s = mocks.Start(t, mocks.Options{})
	if _, in = read(s); len(s.Requests()) != 0 || len(in.Calls.Coverage()) != 0 {
		t.Error("something was asked that no check reads")
	}
}

func TestMapConfiguration(t *testing.T) {
	yes := aws.Bool(true)
	c := named("a")
	c.LaunchConfigurationARN, c.IamInstanceProfile, c.AssociatePublicIpAddress = nil, aws.String("web"), yes
	c.SecurityGroups = []string{"sg-1", "web"}
	c.MetadataOptions = &types.InstanceMetadataOptions{HttpTokens: types.InstanceMetadataHttpTokensStateRequired, HttpEndpoint: types.InstanceMetadataEndpointStateEnabled}
	c.BlockDeviceMappings = []types.BlockDeviceMapping{
		{DeviceName: aws.String("/dev/xvda"), Ebs: &types.Ebs{Encrypted: yes}}, {DeviceName: aws.String("/dev/sdb"), Ebs: &types.Ebs{SnapshotId: aws.String("snap-1")}},
		{DeviceName: aws.String("/dev/sdc"), NoDevice: yes}, {DeviceName: aws.String("/dev/sdd"), VirtualName: aws.String("ephemeral0")},
	}
	at := snapshot.Meta{Location: collecttest.At}
	got := configuration(at, c)
	if got.ARN != "arn:aws:autoscaling:eu-west-1:111122223333:launchConfiguration:*:launchConfigurationName/a" {
		t.Errorf("ARN %s", got.ARN)
	}
	want := snapshot.LaunchConfiguration{Created: *c.CreatedTime, Public: yes, Spec: snapshot.LaunchSpec{Image: "ami-1", Profile: "web", Groups: []string{"sg-1", "web"},
		Metadata: snapshot.MetadataOptions{HTTPEndpoint: "enabled", HTTPTokens: "required"},
		Devices:  []snapshot.LaunchDevice{{Device: "/dev/xvda", EBS: true, Encrypted: yes}, {Device: "/dev/sdb", EBS: true, Snapshot: "snap-1"}, {Device: "/dev/sdc", None: true}, {Device: "/dev/sdd"}}}}
	ignore := cmpopts.IgnoreTypes(snapshot.Meta{}, snapshot.Read[snapshot.FreeText]{})
	if diff := cmp.Diff(want, got, ignore); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(snapshot.LaunchConfiguration{}, configuration(at, types.LaunchConfiguration{}), ignore); diff != "" {
		t.Errorf("nothing at all (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(snapshot.ScalingGroup{}, group(at, types.AutoScalingGroup{MixedInstancesPolicy: &types.MixedInstancesPolicy{}}), ignore); diff != "" {
		t.Errorf("nothing at all (-want +got):\n%s", diff)
	}
}

const secret = "Tr0ub4dor-and-3"

// TestNoSecretOfALaunchConfigurationIsKept sends made-up secrets through the transport in
// every form that user data has, and looks for them in what was read and recorded.
func TestNoSecretOfALaunchConfigurationIsKept(t *testing.T) {
	script := "#!/bin/sh\nexport DB_PASSWORD=" + secret + "\n"
	var zipped bytes.Buffer
	w := gzip.NewWriter(&zipped)
	if _, err := w.Write([]byte(script)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	for form, value := range map[string]string{
		"base64": base64.StdEncoding.EncodeToString([]byte(script)), "gzip": base64.StdEncoding.EncodeToString(zipped.Bytes()), "plain": script,
	} {
		t.Run(form, func(t *testing.T) {
			s := mocks.Start(t, mocks.Options{})
			c, empty := named("a"), named("b")
			c.UserData, empty.UserData = &value, aws.String("")
			mocks.Reply(s, "", &autoscaling.DescribeLaunchConfigurationsOutput{LaunchConfigurations: []types.LaunchConfiguration{c, empty}})
			store := &wire.Memory{}
			in := collecttest.Scope(listConfigurations)
			got := Collect(context.Background(), in, client(s, store))
			text, err := got.Configurations[0].Spec.UserData.Get()
			if err != nil || text.Length != len(value) || len(text.Detections) != 1 || text.Detections[0].Line != 2 {
				t.Errorf("%+v, %v; want one detection in line 2 of %d bytes", text, err, len(value))
			}
			if text, err := got.Configurations[1].Spec.UserData.Get(); err != nil || text.Length != 0 {
				t.Errorf("no user data: %+v, %v", text, err)
			}
			if all := fmt.Sprintf("%+v", got); strings.Contains(all, secret) || strings.Contains(all, value) {
				t.Error("what was read keeps the secret")
			}
			lines := store.Lines()
			for _, l := range lines {
				_, e, _ := store.Get(l.ID)
				if body := string(e.Body); strings.Contains(body, secret) || strings.Contains(body, value) || !strings.Contains(body, "kind=user-data") {
					t.Errorf("the record of %s keeps the secret: %s", l.Operation, body)
				}
			}
			if len(lines) == 0 {
				t.Error("nothing was recorded")
			}
		})
	}
}

func TestUserDataThatWasNotRedactedIsNotKept(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	c := named("a")
	c.UserData = aws.String(base64.StdEncoding.EncodeToString([]byte("password=" + secret)))
	mocks.Reply(s, "", &autoscaling.DescribeLaunchConfigurationsOutput{LaunchConfigurations: []types.LaunchConfiguration{c}})
	in := collecttest.Scope(listConfigurations)
	got := Collect(context.Background(), in, autoscaling.NewFromConfig(collecttest.Config(s, in.Region))) // it has no redactor
	if _, err := got.Configurations[0].Spec.UserData.Get(); err == nil || strings.Contains(fmt.Sprintf("%v %+v", err, got), *c.UserData) {
		t.Errorf("user data: %v in %+v", err, got)
	}
}
