package acme_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	st "github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	et "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	it "github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/ssm"

	"onus/mocks"
	"onus/mocks/acme"
)

// seenLaunch is what launches instances, and what is known of their images, of all Regions.
type seenLaunch struct {
	templates      []et.LaunchTemplate
	edges          []et.LaunchTemplateVersion // the default and latest of each template
	versions       []et.LaunchTemplateVersion
	fleets         []et.SpotFleetRequestConfig
	groups         []st.AutoScalingGroup
	configurations []st.LaunchConfiguration
	images         map[string]et.ImageMetadata // by instance id
	kept           []string                    // instance ids
	shared         map[string]int              // image id to how many grantees
	volumes        int                         // with whom snapshots are shared
	locked         []et.LockedSnapshotsInfo
	profiles       []it.InstanceProfile

	serial count
}

func (w *seenLaunch) read(t *testing.T, cfg aws.Config) {
	t.Helper()
	ctx, c := t.Context(), ec2.NewFromConfig(cfg)
	if w.images == nil {
		w.images, w.shared = map[string]et.ImageMetadata{}, map[string]int{}
	}
	templates := must(c.DescribeLaunchTemplates(ctx, nil))(t).LaunchTemplates
	w.templates = append(w.templates, templates...)
	w.edges = append(w.edges, must(c.DescribeLaunchTemplateVersions(ctx, &ec2.DescribeLaunchTemplateVersionsInput{Versions: []string{"$Default", "$Latest"}}))(t).LaunchTemplateVersions...)
	for _, lt := range templates {
		w.versions = append(w.versions, must(c.DescribeLaunchTemplateVersions(ctx, &ec2.DescribeLaunchTemplateVersionsInput{LaunchTemplateId: lt.LaunchTemplateId}))(t).LaunchTemplateVersions...)
	}
	w.fleets = append(w.fleets, must(c.DescribeSpotFleetRequests(ctx, nil))(t).SpotFleetRequestConfigs...)
	scaling := autoscaling.NewFromConfig(cfg)
	w.groups = append(w.groups, must(scaling.DescribeAutoScalingGroups(ctx, nil))(t).AutoScalingGroups...)
	w.configurations = append(w.configurations, must(scaling.DescribeLaunchConfigurations(ctx, nil))(t).LaunchConfigurations...)
	for _, i := range must(c.DescribeInstanceImageMetadata(ctx, nil))(t).InstanceImageMetadata {
		w.images[*i.InstanceId] = *i.ImageMetadata
		if out := must(c.DescribeInstanceAttribute(ctx, &ec2.DescribeInstanceAttributeInput{InstanceId: i.InstanceId, Attribute: et.InstanceAttributeNameDisableApiTermination}))(t); *out.DisableApiTermination.Value {
			w.kept = append(w.kept, *i.InstanceId)
		}
	}
	for _, i := range must(c.DescribeImages(ctx, &ec2.DescribeImagesInput{Owners: []string{"self"}}))(t).Images {
		w.shared[*i.ImageId] = len(must(c.DescribeImageAttribute(ctx, &ec2.DescribeImageAttributeInput{ImageId: i.ImageId, Attribute: et.ImageAttributeNameLaunchPermission}))(t).LaunchPermissions)
	}
	for _, s := range must(c.DescribeSnapshots(ctx, &ec2.DescribeSnapshotsInput{OwnerIds: []string{"self"}}))(t).Snapshots {
		w.volumes += len(must(c.DescribeSnapshotAttribute(ctx, &ec2.DescribeSnapshotAttributeInput{SnapshotId: s.SnapshotId, Attribute: et.SnapshotAttributeNameCreateVolumePermission}))(t).CreateVolumePermissions)
	}
	w.locked = append(w.locked, must(c.DescribeLockedSnapshots(ctx, nil))(t).Snapshots...)
	must(c.DescribeInstanceTypes(ctx, &ec2.DescribeInstanceTypesInput{InstanceTypes: []et.InstanceType{"m7g.large"}}))(t)
	w.serial.add(!*must(c.GetSerialConsoleAccessStatus(ctx, nil))(t).SerialConsoleAccessEnabled)
	must(c.GetAllowedImagesSettings(ctx, nil))(t)
	must(ssm.NewFromConfig(cfg).GetServiceSetting(ctx, &ssm.GetServiceSettingInput{SettingId: aws.String("/ssm/managed-instance/default-ec2-instance-management-role")}))(t)
}

// TestWhatLaunchesHoldsTogether follows the names: whatever one answer names, another has.
func TestWhatLaunchesHoldsTogether(t *testing.T) {
	s := start(t, acme.Server(mocks.Options{Lenient: true}))
	w := walk(t, s)
	of := map[string]int{}
	for _, v := range w.launch.versions {
		of[*v.LaunchTemplateId]++
	}
	for _, lt := range w.launch.templates {
		if int64(of[*lt.LaunchTemplateId]) != *lt.LatestVersionNumber {
			t.Errorf("%s has %d versions, want %d", *lt.LaunchTemplateName, of[*lt.LaunchTemplateId], *lt.LatestVersionNumber)
		}
	}
	for _, v := range w.launch.edges {
		if !*v.DefaultVersion {
			t.Errorf("version %d of %s is neither default nor latest", *v.VersionNumber, *v.LaunchTemplateName)
		}
	}
	roles := map[string]string{} // profile ARN to role
	for _, p := range w.launch.profiles {
		roles[*p.Arn] = ""
		for _, r := range p.Roles {
			roles[*p.Arn] = *r.RoleName
		}
	}
	held := 0
	for _, r := range w.roles {
		for _, p := range r.InstanceProfileList {
			if roles[*p.Arn] != *r.RoleName {
				t.Errorf("%s holds %q, and the role %s says that it is held", *p.Arn, roles[*p.Arn], *r.RoleName)
			}
			held++
		}
	}
	for _, i := range w.instances {
		if p := i.IamInstanceProfile; p != nil {
			if _, ok := roles[*p.Arn]; !ok {
				t.Errorf("%s names %s, which is not there", *i.InstanceId, *p.Arn)
			}
		}
		if facts, ok := w.launch.images[*i.InstanceId]; !ok || *facts.ImageId != *i.ImageId {
			t.Errorf("%s runs from %s, and AWS remembers %v", *i.InstanceId, *i.ImageId, facts.ImageId)
		}
	}
	for _, g := range w.launch.groups {
		subnet := func(s et.Subnet) bool { return *s.SubnetId == *g.VPCZoneIdentifier }
		found := false
		for _, s := range w.cloud.subnets {
			found = found || subnet(s)
		}
		if !found {
			t.Errorf("%s launches into %s, which is not there", *g.AutoScalingGroupName, *g.VPCZoneIdentifier)
		}
	}
	if held != 4 || len(w.launch.templates) != 5 || len(w.launch.fleets) != 2 || len(w.launch.configurations) != 2 || len(w.launch.kept) != 1 || len(w.launch.locked) != 2 || w.launch.serial != (count{16, 1}) || len(w.launch.shared) != 3 || w.launch.volumes != 4 {
		t.Errorf("%d roles held, %d templates, %d fleets, %d configurations, %d kept, %d locked, serial %+v, %d images, %d shares of snapshots", held, len(w.launch.templates), len(w.launch.fleets), len(w.launch.configurations), len(w.launch.kept), len(w.launch.locked), w.launch.serial, len(w.launch.shared), w.launch.volumes)
	}
}

// The images of others are told to whoever names them, and to nobody who lists.
func TestImagesOfOthers(t *testing.T) {
	s := start(t, acme.Server(mocks.Options{Lenient: true}))
	c := ec2.NewFromConfig(s.Config(acme.Home))
	var foreign []string
	for _, v := range must(c.DescribeInstanceImageMetadata(t.Context(), nil))(t).InstanceImageMetadata {
		if *v.ImageMetadata.OwnerId != acme.Account {
			foreign = append(foreign, *v.ImageMetadata.ImageId)
		}
	}
	out := must(c.DescribeImages(t.Context(), &ec2.DescribeImagesInput{Filters: []et.Filter{{Name: aws.String("image-id"), Values: append(foreign, "ami-00000000000000000")}}}))(t)
	if len(foreign) != 2 || len(out.Images) != 2 {
		t.Errorf("%d images of others are named, %d found; want 2 and 2", len(foreign), len(out.Images))
	}
	for _, v := range must(c.DescribeImages(t.Context(), &ec2.DescribeImagesInput{Owners: []string{"self"}}))(t).Images {
		if strings.Contains(*v.Name, "windows") {
			t.Errorf("%s is listed as the account's own", *v.Name)
		}
	}
	_, err := c.DescribeImages(t.Context(), &ec2.DescribeImagesInput{Filters: []et.Filter{{Name: aws.String("name"), Values: []string{"*"}}}})
	wantCode(t, err, "InvalidParameterValue")
}
