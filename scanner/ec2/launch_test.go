package ec2

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/google/go-cmp/cmp"

	"onus/mocks"
	"onus/scanner/collect/collecttest"
	"onus/scanner/redact"
	"onus/scanner/snapshot"
	"onus/scanner/wire"
)

func template(id string, standard, latest int64) types.LaunchTemplate {
	return types.LaunchTemplate{LaunchTemplateId: &id, LaunchTemplateName: aws.String("name of " + id), DefaultVersionNumber: &standard, LatestVersionNumber: &latest}
}

func version(id string, number int64, userData string) types.LaunchTemplateVersion {
	v := types.LaunchTemplateVersion{LaunchTemplateId: &id, VersionNumber: &number, LaunchTemplateData: &types.ResponseLaunchTemplateData{ImageId: aws.String("ami-1")}}
	if userData != "" {
		v.LaunchTemplateData.UserData = &userData
	}
	return v
}

// answerVersions serves versions as AWS does: without a template's id only the default
// and latest of each, which the tests' templates have as first and last.
func answerVersions(s *mocks.Server, all ...types.LaunchTemplateVersion) {
	mocks.Handle(s, func(_ *mocks.Request, in *ec2.DescribeLaunchTemplateVersionsInput) (*ec2.DescribeLaunchTemplateVersionsOutput, error) {
		if (in.LaunchTemplateId == nil) != slices.Equal(in.Versions, []string{"$Default", "$Latest"}) {
			return nil, &mocks.Error{Code: "InvalidParameterValue"}
		}
		out := &ec2.DescribeLaunchTemplateVersionsOutput{}
		last := map[string]int{}
		for i, v := range all {
			last[*v.LaunchTemplateId] = i
		}
		first := map[string]bool{}
		for i, v := range all {
			id := *v.LaunchTemplateId
			edge := !first[id] || last[id] == i
			first[id] = true
			switch {
			case in.LaunchTemplateId == nil && edge:
				out.LaunchTemplateVersions = append(out.LaunchTemplateVersions, v)
				if last[id] == i { // the default and the latest version are the same, or stand beside each other
					out.LaunchTemplateVersions = append(out.LaunchTemplateVersions, v)
				}
			case in.LaunchTemplateId != nil && *in.LaunchTemplateId == id:
				out.LaunchTemplateVersions = append(out.LaunchTemplateVersions, v)
			}
		}
		if len(out.LaunchTemplateVersions) == 0 && in.LaunchTemplateId != nil {
			return nil, &mocks.Error{Code: "InvalidLaunchTemplateId.NotFound"}
		}
		return out, nil
	})
}

func numbers(t snapshot.LaunchTemplate) string {
	versions, err := t.Versions.Get()
	var out []int64
	for _, v := range versions {
		out = append(out, v.Number)
	}
	return fmt.Sprint(t.ID, " ", out, " ", err == nil, " ", len(t.Versions.Calls()))
}

func TestVersionsOfLaunchTemplates(t *testing.T) {
	s := mocks.Start(t, mocks.Options{PageSize: map[string]int{listTemplates: 2, readVersions: 2}})
	mocks.Reply(s, "", &ec2.DescribeLaunchTemplatesOutput{LaunchTemplates: []types.LaunchTemplate{
		template("lt-one", 1, 1), template("lt-two", 1, 2), template("lt-many", 1, 4), template("lt-gone", 1, 1), template("lt-grown", 1, 1),
	}})
	answerVersions(s, version("lt-one", 1, ""), version("lt-two", 1, ""), version("lt-two", 2, ""),
		version("lt-many", 1, ""), version("lt-many", 2, ""), version("lt-many", 4, ""), // the third was deleted
		version("lt-grown", 1, ""), version("lt-grown", 2, ""), version("lt-grown", 3, "")) // since it was listed
	got, in := read(s, listTemplates, readVersions)
	var lines []string
	for _, t := range got.LaunchTemplates {
		lines = append(lines, numbers(t))
	}
	want := []string{"lt-one [1] true 6", "lt-two [1 2] true 6", "lt-many [1 2 4] true 2", "lt-gone [] false 1", "lt-grown [1 2 3] true 2"}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Errorf("templates (-want +got):\n%s", diff)
	}
	if arn := got.LaunchTemplates[0].ARN; arn != "arn:aws:ec2:eu-west-1:111122223333:launch-template/lt-one" {
		t.Errorf("ARN %s", arn)
	}
	one := slices.Compact(asked(s, readVersions, "LaunchTemplateId"))
	if diff := cmp.Diff([]string{"<nil>", "lt-gone", "lt-grown", "lt-many"}, one); diff != "" {
		t.Errorf("only templates with versions that the list lacks are asked about (-want +got):\n%s", diff)
	}
	covered(t, in, snapshot.OK, listTemplates)
	covered(t, in, snapshot.Changed, readVersions)
}

func TestVersionsThatAreNotRead(t *testing.T) {
	for _, tt := range []struct {
		name  string
		fault mocks.Fault
		want  snapshot.Cause
	}{
		{"denied on page two", mocks.Fault{Kind: mocks.Denied, FromPage: 2}, snapshot.Denied},
		{"throttled once", mocks.Fault{Kind: mocks.Throttled, First: 1}, snapshot.OK},
		{"a token that comes again", mocks.Fault{Kind: mocks.RepeatToken}, snapshot.Malformed},
		{"a proxy's page", mocks.Fault{Kind: mocks.HTML}, snapshot.Malformed},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := mocks.Start(t, mocks.Options{Lenient: true, PageSize: map[string]int{readVersions: 1}})
			mocks.Reply(s, "", &ec2.DescribeLaunchTemplatesOutput{LaunchTemplates: []types.LaunchTemplate{template("lt-1", 1, 2)}})
			answerVersions(s, version("lt-1", 1, ""), version("lt-1", 2, ""))
			tt.fault.Operation = readVersions
			s.Fault(tt.fault)
			got, in := read(s, listTemplates, readVersions)
			if _, err := got.LaunchTemplates[0].Versions.Get(); (err == nil) != (tt.want == snapshot.OK) {
				t.Errorf("half of the versions is no value: %v", err)
			}
			covered(t, in, tt.want, readVersions)
		})
	}
}

func TestNoLaunchTemplateSettlesTheVersions(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	mocks.Reply(s, "", &ec2.DescribeLaunchTemplatesOutput{})
	_, in := read(s, listTemplates, readVersions)
	covered(t, in, snapshot.OK, listTemplates, readVersions)
	s = mocks.Start(t, mocks.Options{})
	s.Fault(mocks.Fault{Operation: listTemplates, Kind: mocks.Denied})
	_, in = read(s, listTemplates, readVersions)
	covered(t, in, snapshot.Skipped, readVersions)
}

// zipped is a text as cloud-init takes it too.
func zipped(t *testing.T, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestNoSecretOfALaunchDescriptionIsKept sends made-up secrets through the transport in
// every form that user data has, and looks for them in what was read and recorded.
func TestNoSecretOfALaunchDescriptionIsKept(t *testing.T) {
	script := "#!/bin/sh\nexport DB_PASSWORD=" + secret + "\n"
	forms := map[string]string{
		"base64": base64.StdEncoding.EncodeToString([]byte(script)),
		"gzip":   base64.StdEncoding.EncodeToString(zipped(t, script)),
		"plain":  script,
	}
	for form, value := range forms {
		t.Run(form, func(t *testing.T) {
			s := mocks.Start(t, mocks.Options{})
			mocks.Reply(s, "", &ec2.DescribeLaunchTemplatesOutput{LaunchTemplates: []types.LaunchTemplate{template("lt-1", 1, 2)}})
			answerVersions(s, version("lt-1", 1, value), version("lt-1", 2, ""))
			mocks.Reply(s, "", &ec2.DescribeSpotFleetRequestsOutput{SpotFleetRequestConfigs: []types.SpotFleetRequestConfig{{
				SpotFleetRequestId: aws.String("sfr-1"), SpotFleetRequestState: types.BatchStateActive,
				SpotFleetRequestConfig: &types.SpotFleetRequestConfigData{IamFleetRole: aws.String("role"), TargetCapacity: aws.Int32(1), LaunchSpecifications: []types.SpotFleetLaunchSpecification{{UserData: &value}}},
			}}})
			store := &wire.Memory{}
			in := collecttest.Scope(listTemplates, readVersions, listSpotFleets)
			got := Collect(context.Background(), in, client(s, store))
			versions, err := got.LaunchTemplates[0].Versions.Get()
			if err != nil || len(versions) != 2 {
				t.Fatalf("versions %+v, %v", versions, err)
			}
			for name, r := range map[string]snapshot.Read[snapshot.FreeText]{"template": versions[0].UserData, "fleet": got.SpotFleets[0].Specs[0].UserData} {
				text, err := r.Get()
				if err != nil || text.Length != len(value) || len(text.Detections) != 1 || text.Detections[0].Line != 2 {
					t.Errorf("%s: %+v, %v; want one detection in line 2 of %d bytes", name, text, err, len(value))
				}
			}
			if text, err := versions[1].UserData.Get(); err != nil || text.Length != 0 {
				t.Errorf("no user data: %+v, %v", text, err)
			}
			if all := fmt.Sprintf("%+v", got); strings.Contains(all, secret) || strings.Contains(all, value) {
				t.Error("what was read keeps the secret")
			}
			for _, l := range store.Lines() {
				_, e, _ := store.Get(l.ID)
				if body := string(e.Body); strings.Contains(body, secret) || strings.Contains(body, forms["base64"]) || strings.Contains(body, forms["gzip"]) {
					t.Errorf("the record of %s keeps the secret", l.Operation)
				}
			}
			covered(t, in, snapshot.OK, readVersions, listSpotFleets)
		})
	}
}

func TestLaunchUserDataThatWasNotRedactedIsNotKept(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	value := base64.StdEncoding.EncodeToString([]byte("password=" + secret))
	mocks.Reply(s, "", &ec2.DescribeLaunchTemplatesOutput{LaunchTemplates: []types.LaunchTemplate{template("lt-1", 1, 1)}})
	answerVersions(s, version("lt-1", 1, value))
	in := collecttest.Scope(listTemplates, readVersions)
	got := Collect(context.Background(), in, ec2.NewFromConfig(collecttest.Config(s, in.Region))) // it has no redactor
	versions, err := got.LaunchTemplates[0].Versions.Get()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := versions[0].UserData.Get(); err == nil || strings.Contains(fmt.Sprintf("%v %+v", err, got), value) {
		t.Errorf("user data: %v in %+v", err, got)
	}
}

func TestMapLaunchTemplateVersion(t *testing.T) {
	yes, no := aws.Bool(true), aws.Bool(false)
	got := templateVersion(here.Location, types.LaunchTemplateVersion{VersionNumber: aws.Int64(3), LaunchTemplateData: &types.ResponseLaunchTemplateData{
		ImageId: aws.String("resolve:ssm:/ami"), IamInstanceProfile: &types.LaunchTemplateIamInstanceProfileSpecification{Name: aws.String("web")},
		MetadataOptions: &types.LaunchTemplateInstanceMetadataOptions{HttpTokens: types.LaunchTemplateHttpTokensStateRequired, HttpPutResponseHopLimit: aws.Int32(1)},
		BlockDeviceMappings: []types.LaunchTemplateBlockDeviceMapping{
			{DeviceName: aws.String("/dev/xvda"), Ebs: &types.LaunchTemplateEbsBlockDevice{Encrypted: no, SnapshotId: aws.String("snap-1")}},
			{DeviceName: aws.String("/dev/sdb"), NoDevice: aws.String("")},
			{DeviceName: aws.String("/dev/sdc"), VirtualName: aws.String("ephemeral0")},
		},
		NetworkInterfaces: []types.LaunchTemplateInstanceNetworkInterfaceSpecification{
			{AssociatePublicIpAddress: yes, SubnetId: aws.String("subnet-1")},
			{NetworkInterfaceId: aws.String("eni-1"), Ipv6PrefixCount: aws.Int32(1)},
			{Ipv6Addresses: []types.InstanceIpv6Address{{Ipv6Address: aws.String("2600:1f18::7")}}},
		},
	}})
	facts(t, got, snapshot.TemplateVersion{Number: 3, LaunchSpec: snapshot.LaunchSpec{
		Image: "resolve:ssm:/ami", Profile: "web", Metadata: snapshot.MetadataOptions{HTTPTokens: "required", HopLimit: aws.Int32(1)},
		Devices: []snapshot.LaunchDevice{
			{Device: "/dev/xvda", EBS: true, Snapshot: "snap-1", Encrypted: no}, {Device: "/dev/sdb", None: true}, {Device: "/dev/sdc"},
		},
		Interfaces: []snapshot.LaunchInterface{{Subnet: "subnet-1", PublicIP: yes}, {ID: "eni-1", IPv6: true}, {IPv6: true}},
	}})
	facts(t, templateVersion(here.Location, types.LaunchTemplateVersion{}), snapshot.TemplateVersion{})
	facts(t, launchTemplate(here, types.LaunchTemplate{}), snapshot.LaunchTemplate{})
	facts(t, spotFleet(here, types.SpotFleetRequestConfig{}), snapshot.SpotFleet{})
	facts(t, spotFleet(here, types.SpotFleetRequestConfig{SpotFleetRequestId: aws.String("sfr-1"), SpotFleetRequestState: types.BatchStateActive, SpotFleetRequestConfig: &types.SpotFleetRequestConfigData{
		LaunchTemplateConfigs: []types.LaunchTemplateConfig{{}},
		LaunchSpecifications: []types.SpotFleetLaunchSpecification{{ImageId: aws.String("ami-1"), IamInstanceProfile: &types.IamInstanceProfileSpecification{Arn: aws.String("arn")},
			BlockDeviceMappings: []types.BlockDeviceMapping{{DeviceName: aws.String("/dev/xvda"), Ebs: &types.EbsBlockDevice{Encrypted: yes}}, {DeviceName: aws.String("/dev/sdb"), NoDevice: aws.String("")}}}},
	}}), snapshot.SpotFleet{ID: "sfr-1", State: "active", Templates: true, Specs: []snapshot.LaunchSpec{{Image: "ami-1", Profile: "arn",
		Devices: []snapshot.LaunchDevice{{Device: "/dev/xvda", EBS: true, Encrypted: yes}, {Device: "/dev/sdb", None: true}}}}})
}

func TestTypesInUseAreAskedAboutTogether(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	first, second, gone := running("i-1"), running("i-2"), running("i-3")
	first.InstanceType, second.InstanceType, gone.InstanceType = types.InstanceTypeM5Large, types.InstanceTypeM5Large, types.InstanceTypeT1Micro
	gone.State.Name = types.InstanceStateNameTerminated
	mocks.Reply(s, "", &ec2.DescribeInstancesOutput{Reservations: []types.Reservation{reservation(first, second, gone)}})
	mocks.Reply(s, "", &ec2.DescribeInstanceTypesOutput{InstanceTypes: []types.InstanceTypeInfo{
		{InstanceType: types.InstanceTypeM5Large, EbsInfo: &types.EbsInfo{EbsOptimizedSupport: types.EbsOptimizedSupportDefault}},
	}})
	got, in := read(s, listInstances, "ec2:DescribeInstanceTypes")
	if len(got.InstanceTypes) != 1 || got.InstanceTypes[0].Name != "m5.large" || got.InstanceTypes[0].EBSOptimized != "default" {
		t.Errorf("types %+v", got.InstanceTypes)
	}
	if types := asked(s, "ec2:DescribeInstanceTypes", "InstanceTypes"); len(types) != 1 || types[0] != "[m5.large]" {
		t.Errorf("asked about %v", types)
	}
	covered(t, in, snapshot.OK, "ec2:DescribeInstanceTypes")
	if t2 := instanceType(here, types.InstanceTypeInfo{}); t2.EBSOptimized != "" {
		t.Errorf("type %+v", t2)
	}
}

// A redactor that knows no user data of launch templates would let the fields through.
func TestTheTransportKnowsTheFields(t *testing.T) {
	for op, body := range map[string]string{
		readVersions:   "<DescribeLaunchTemplateVersionsResponse><launchTemplateVersionSet><item><launchTemplateData><userData>aGVsbG8=</userData></launchTemplateData></item></launchTemplateVersionSet></DescribeLaunchTemplateVersionsResponse>",
		listSpotFleets: "<DescribeSpotFleetRequestsResponse><spotFleetRequestConfigSet><item><spotFleetRequestConfig><launchSpecifications><item><userData>aGVsbG8=</userData></item></launchSpecifications></spotFleetRequestConfig></item></spotFleetRequestConfigSet></DescribeSpotFleetRequestsResponse>",
	} {
		out, err := redact.New(nil).Body(op, "text/xml", []byte(body))
		if err != nil || strings.Contains(string(out), "aGVsbG8=") || !strings.Contains(string(out), "kind=user-data") {
			t.Errorf("%s: %s, %v", op, out, err)
		}
	}
}
