package acme

import (
	"encoding/base64"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	st "github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	it "github.com/aws/aws-sdk-go-v2/service/iam/types"
)

// amazon and publisher own images: AWS, and somebody who publishes them under a good name.
// The partner left the group of companies, and its shares stayed.
const (
	amazon    = "137112412989"
	publisher = "555566667777"
	partner   = "777788889999"
)

// launch is what a Region has to launch instances with, and what is known of their images.
type launch struct {
	templates []types.LaunchTemplate
	versions  []types.LaunchTemplateVersion
	fleets    []types.SpotFleetRequestConfig
	foreign   []types.Image     // that others own and the account may use
	images    map[string]string // instance name to the name of its image, where that is not the base image
	kept      map[string]bool   // instance names that termination protection keeps
	locked    []types.LockedSnapshotsInfo
	shared    map[string][]types.LaunchPermission       // by image id
	volumes   map[string][]types.CreateVolumePermission // by snapshot id

	serialConsole bool
	allowed       string

	groups         []st.AutoScalingGroup
	configurations []st.LaunchConfiguration
}

// launches gives the account what launches its instances, and the instances their roles,
// images and ages.
func (e *estate) launches() {
	for _, r := range e.regions {
		r.launch.allowed = "disabled"
	}
	home, second, old := e.regions[Home], e.regions[Second], e.regions["us-east-1"]
	home.launchHome()
	second.launchSecond()
	old.template("acme-trial", types.ResponseLaunchTemplateData{ImageId: aws.String(id("ami", "al2 "+old.name)),
		BlockDeviceMappings: []types.LaunchTemplateBlockDeviceMapping{disk(nil, "")}})
	old.launch.foreign = []types.Image{published("al2 "+old.name, "amazon", amazon, "", 900*day, -500*day, false)}
	e.instanceRoles()
	for _, r := range e.regions {
		r.dress()
	}
}

// disk is a mapping of the root volume.
func disk(encrypted *bool, snapshot string) types.LaunchTemplateBlockDeviceMapping {
	b := &types.LaunchTemplateEbsBlockDevice{VolumeSize: aws.Int32(40), VolumeType: types.VolumeTypeGp3, Encrypted: encrypted, DeleteOnTermination: aws.Bool(true)}
	if snapshot != "" {
		b.SnapshotId = aws.String(snapshot)
	}
	return types.LaunchTemplateBlockDeviceMapping{DeviceName: aws.String("/dev/xvda"), Ebs: b}
}

// template adds a launch template with its versions; the last is the default.
func (r *region) template(name string, versions ...types.ResponseLaunchTemplateData) {
	template := id("lt", r.name+name)
	last := int64(len(versions))
	r.launch.templates = append(r.launch.templates, types.LaunchTemplate{LaunchTemplateId: aws.String(template), LaunchTemplateName: aws.String(name),
		CreateTime: ago(700 * day), CreatedBy: aws.String(iamARN("role/acme-deploy")), DefaultVersionNumber: aws.Int64(last), LatestVersionNumber: aws.Int64(last), Tags: tags(name, "prod")})
	for i := range versions {
		r.launch.versions = append(r.launch.versions, types.LaunchTemplateVersion{LaunchTemplateId: aws.String(template), LaunchTemplateName: aws.String(name),
			VersionNumber: aws.Int64(int64(i + 1)), DefaultVersion: aws.Bool(int64(i+1) == last), CreateTime: ago(700 * day), LaunchTemplateData: &versions[i]})
	}
}

// published is an image that the account may use and does not own; age is how long ago it was
// made, deprecated how long ago its publisher gave it up (in the future where negative).
func published(name, alias, owner, imds string, age, deprecated time.Duration, encrypted bool) types.Image {
	i := types.Image{ImageId: aws.String(id("ami", name)), Name: aws.String(strings.ReplaceAll(name, " ", "-")), OwnerId: aws.String(owner), State: types.ImageStateAvailable, Public: aws.Bool(true),
		CreationDate: aws.String(ago(age).Format("2006-01-02T15:04:05.000Z")), DeprecationTime: aws.String(ago(deprecated).Format("2006-01-02T15:04:05.000Z")),
		RootDeviceType: types.DeviceTypeEbs, RootDeviceName: aws.String("/dev/xvda"), VirtualizationType: types.VirtualizationTypeHvm, ImdsSupport: types.ImdsSupportValues(imds),
		BlockDeviceMappings: []types.BlockDeviceMapping{{DeviceName: aws.String("/dev/xvda"), Ebs: &types.EbsBlockDevice{SnapshotId: aws.String(id("snap", name)), Encrypted: aws.Bool(encrypted), VolumeSize: aws.Int32(8)}}}}
	if alias != "" {
		i.ImageOwnerAlias = aws.String(alias)
	}
	return i
}

func (r *region) launchHome() {
	l := &r.launch
	base := aws.String(id("ami", "acme base"))
	imds := func(tokens types.LaunchTemplateHttpTokensState) *types.LaunchTemplateInstanceMetadataOptions {
		return &types.LaunchTemplateInstanceMetadataOptions{HttpTokens: tokens, HttpEndpoint: types.LaunchTemplateInstanceMetadataEndpointStateEnabled, HttpPutResponseHopLimit: aws.Int32(1)}
	}
	// The first version of the shop's template held a password. Nobody uses it, and whoever
	// may describe templates reads it.
	r.template("acme-shop",
		types.ResponseLaunchTemplateData{ImageId: base, UserData: aws.String(leakingScript()), MetadataOptions: imds(types.LaunchTemplateHttpTokensStateOptional)},
		types.ResponseLaunchTemplateData{ImageId: base, UserData: aws.String(referringScript()), MetadataOptions: imds(types.LaunchTemplateHttpTokensStateRequired)},
		types.ResponseLaunchTemplateData{ImageId: base, UserData: aws.String(cloudConfig()), MetadataOptions: imds(types.LaunchTemplateHttpTokensStateRequired),
			BlockDeviceMappings: []types.LaunchTemplateBlockDeviceMapping{disk(aws.Bool(true), "")}, IamInstanceProfile: &types.LaunchTemplateIamInstanceProfileSpecification{Name: aws.String("acme-shop")}})
	r.template("acme-batch", types.ResponseLaunchTemplateData{ImageId: base, // the Region's defaults decide
		NetworkInterfaces: []types.LaunchTemplateInstanceNetworkInterfaceSpecification{{DeviceIndex: aws.Int32(0), SubnetId: aws.String(id("subnet", r.name+"private"))}}})
	r.template("acme-legacy-erp", types.ResponseLaunchTemplateData{ImageId: aws.String(id("ami", "windows 2016")), MetadataOptions: imds(types.LaunchTemplateHttpTokensStateOptional),
		NetworkInterfaces: []types.LaunchTemplateInstanceNetworkInterfaceSpecification{{DeviceIndex: aws.Int32(0), AssociatePublicIpAddress: aws.Bool(true)}}})
	l.foreign = []types.Image{
		published("windows 2016", "amazon", amazon, "", 1200*day, 500*day, false), // AWS supports it no more
		published("hardened bastion", "", publisher, "", 300*day, -400*day, false),
	}
	l.images = map[string]string{"acme-legacy-erp": "windows 2016", "acme-bastion": "hardened bastion"}
	l.kept = map[string]bool{"acme-orders-prod": true}
	for _, s := range r.cloud.snapshots {
		if *s.VolumeId == id("vol", "acme-orders-prod data") {
			l.locked = append(l.locked, types.LockedSnapshotsInfo{SnapshotId: s.SnapshotId, OwnerId: aws.String(Account), LockState: types.LockStateGovernance, LockCreatedOn: s.StartTime, LockDuration: aws.Int32(30)})
		}
	}
	l.shared = map[string][]types.LaunchPermission{
		*base:                       {{UserId: aws.String(staging)}, {UserId: aws.String(partner)}},
		id("ami", "acme-fair-2025"): {{Group: types.PermissionGroupAll}},
	}
	l.volumes = map[string][]types.CreateVolumePermission{}
	for _, s := range r.cloud.snapshots {
		switch *s.VolumeId {
		case id("vol", "acme-orders-prod data"):
			l.volumes[*s.SnapshotId] = []types.CreateVolumePermission{{UserId: aws.String(staging)}}
		case id("vol", "acme-legacy-erp data"):
			l.volumes[*s.SnapshotId] = []types.CreateVolumePermission{{UserId: aws.String(partner)}}
		}
	}
	l.allowed = "audit-mode"
	spec := func(encrypted *bool) *types.SpotFleetRequestConfigData {
		return &types.SpotFleetRequestConfigData{IamFleetRole: aws.String(iamARN("role/aws-service-role/spotfleet.amazonaws.com/AWSServiceRoleForEC2SpotFleet")), TargetCapacity: aws.Int32(2),
			LaunchSpecifications: []types.SpotFleetLaunchSpecification{{ImageId: base, InstanceType: types.InstanceTypeM7gLarge, UserData: aws.String(referringScript()),
				BlockDeviceMappings: []types.BlockDeviceMapping{{DeviceName: aws.String("/dev/xvda"), Ebs: &types.EbsBlockDevice{Encrypted: encrypted, VolumeSize: aws.Int32(40)}}}}}}
	}
	l.fleets = []types.SpotFleetRequestConfig{
		{SpotFleetRequestId: aws.String("sfr-" + uuid("images "+r.name)), SpotFleetRequestState: types.BatchStateActive, CreateTime: ago(20 * day), SpotFleetRequestConfig: spec(nil), Tags: tags("acme-images", "prod")},
		{SpotFleetRequestId: aws.String("sfr-" + uuid("trial "+r.name)), SpotFleetRequestState: types.BatchStateCancelled, CreateTime: ago(2 * day), SpotFleetRequestConfig: spec(aws.Bool(false)), Tags: tags("acme-trial", "prod")},
	}
	legacy, nightly := r.configuration("acme-web-2019"), r.configuration("acme-nightly")
	legacy.AssociatePublicIpAddress, legacy.UserData = aws.Bool(true), aws.String(leakingScript())
	legacy.MetadataOptions = &st.InstanceMetadataOptions{HttpTokens: st.InstanceMetadataHttpTokensStateOptional, HttpEndpoint: st.InstanceMetadataEndpointStateEnabled, HttpPutResponseHopLimit: aws.Int32(2)}
	nightly.UserData = aws.String(base64.StdEncoding.EncodeToString([]byte("#!/bin/bash\nexec /opt/acme/nightly\n")))
	nightly.BlockDeviceMappings = []st.BlockDeviceMapping{{DeviceName: aws.String("/dev/xvda"), Ebs: &st.Ebs{Encrypted: aws.Bool(true), VolumeSize: aws.Int32(20)}}}
	l.configurations = []st.LaunchConfiguration{legacy, nightly}
	shop, batch := r.scaling("acme-shop"), r.scaling("acme-nightly")
	shop.LaunchTemplate = &st.LaunchTemplateSpecification{LaunchTemplateId: aws.String(id("lt", r.name+"acme-shop")), LaunchTemplateName: aws.String("acme-shop"), Version: aws.String("2")}
	batch.LaunchConfigurationName = nightly.LaunchConfigurationName
	l.groups = []st.AutoScalingGroup{shop, batch}
}

func (r *region) launchSecond() {
	l := &r.launch
	// Nothing is said of metadata here: the image asks for tokens, and the Region does not care.
	r.template("acme-shop-staging", types.ResponseLaunchTemplateData{ImageId: aws.String(id("ami", "al2023 "+r.name)), UserData: aws.String(referringScript()),
		BlockDeviceMappings: []types.LaunchTemplateBlockDeviceMapping{disk(aws.Bool(false), "")}})
	l.foreign = []types.Image{published("al2023 "+r.name, "amazon", amazon, "v2.0", 40*day, -600*day, false)}
	l.images = map[string]string{"acme-shop-staging": "al2023 " + r.name, "acme-load-test": "al2023 " + r.name}
	l.serialConsole, l.allowed = true, "enabled"
}

func (r *region) configuration(name string) st.LaunchConfiguration {
	return st.LaunchConfiguration{LaunchConfigurationName: aws.String(name), ImageId: aws.String(id("ami", "acme base")), InstanceType: aws.String("m5.large"), CreatedTime: ago(2000 * day),
		LaunchConfigurationARN: aws.String(r.arn("autoscaling", "launchConfiguration:"+uuid("lc "+r.name+name)+":launchConfigurationName/"+name))}
}

func (r *region) scaling(name string) st.AutoScalingGroup {
	return st.AutoScalingGroup{AutoScalingGroupName: aws.String(name), AutoScalingGroupARN: aws.String(r.arn("autoscaling", "autoScalingGroup:"+uuid("asg "+r.name+name)+":autoScalingGroupName/"+name)),
		MinSize: aws.Int32(0), MaxSize: aws.Int32(4), DesiredCapacity: aws.Int32(0), DefaultCooldown: aws.Int32(300), HealthCheckType: aws.String("EC2"), CreatedTime: ago(700 * day),
		AvailabilityZones: []string{r.name + "a"}, VPCZoneIdentifier: aws.String(id("subnet", r.name+"private"))}
}

// uuid is an id of the other long form, derived from a name.
func uuid(name string) string {
	key := (&region{name: name}).key()
	return key[strings.LastIndexByte(key, '/')+1:]
}

// profiles hand roles to instances. One was made and never given a role.
var profiles = map[string]string{"acme-shop": "acme-shop", "acme-orders": "acme-orders", "acme-erp-box": "acme-erp", "acme-batch": "acme-batch", "acme-bastion": ""}

// holders are the instances that hold a profile, by name.
var holders = map[string]string{"acme-shop-prod-1": "acme-shop", "acme-shop-prod-2": "acme-shop", "acme-orders-prod": "acme-orders", "acme-legacy-erp": "acme-erp-box",
	"acme-batch-prod": "acme-batch", "acme-bastion": "acme-bastion"}

// instanceRoles adds the roles of the ERP server, which may do nearly all that it wants, and
// of the batch machine, which may do all.
func (e *estate) instanceRoles() {
	erp := inline(role("acme-erp", trustsEC2, ""), "erp", `{"Version":"2012-10-17","Statement":[{"Sid":"Wide","Effect":"Allow","Action":["s3:*","ec2:*","rds:*","kms:*","logs:*"],"Resource":"*"}]}`)
	batch := inline(role("acme-batch", trustsEC2, ""), "all", everything)
	for _, r := range []it.RoleDetail{erp, batch} {
		r.RoleLastUsed = &it.RoleLastUsed{LastUsedDate: ago(day), Region: aws.String(Home)}
		e.identities.roles = append(e.identities.roles, r)
	}
	for i := range e.identities.roles {
		r := &e.identities.roles[i]
		for _, p := range e.profiles() {
			if len(p.Roles) == 1 && *p.Roles[0].RoleName == *r.RoleName {
				r.InstanceProfileList = append(r.InstanceProfileList, p)
			}
		}
	}
}

// dress gives the Region's instances their profiles, images and ages.
func (r *region) dress() {
	attached := ago(30 * day)
	for i := range r.instances {
		in := &r.instances[i]
		name := *in.Tags[0].Value
		if image, ok := r.launch.images[name]; ok {
			in.ImageId = aws.String(id("ami", image))
		}
		if in.State.Name == terminated {
			continue
		}
		if profile, ok := holders[name]; ok {
			in.IamInstanceProfile = &types.IamInstanceProfile{Arn: aws.String(iamARN("instance-profile/" + profile)), Id: aws.String(unique("AIPA", profile))}
		}
		at := attached
		if name == "acme-legacy-erp" {
			at = ago(1100 * day) // its LaunchTime is that of its last start
		}
		for n := range in.BlockDeviceMappings {
			b := in.BlockDeviceMappings[n].Ebs
			b.AttachTime, b.DeleteOnTermination = at, aws.Bool(name != "acme-legacy-erp")
		}
		for n := range r.interfaces {
			if a := r.interfaces[n].Attachment; a != nil && aws.ToString(a.InstanceId) == *in.InstanceId {
				a.AttachTime = at
			}
		}
		in.EbsOptimized = aws.Bool(false) // AWS optimizes current types whatever this says
		in.EnclaveOptions = &types.EnclaveOptions{Enabled: aws.Bool(name == "acme-orders-prod" || name == "acme-shop-staging")}
	}
}

// scaled is a page of the Region's Auto Scaling, which has no page of its own.
func (r *region) scaled() (*autoscaling.DescribeAutoScalingGroupsOutput, *autoscaling.DescribeLaunchConfigurationsOutput) {
	groups, configurations := r.launch.groups, r.launch.configurations
	if groups == nil {
		groups = []st.AutoScalingGroup{}
	}
	if configurations == nil {
		configurations = []st.LaunchConfiguration{}
	}
	return &autoscaling.DescribeAutoScalingGroupsOutput{AutoScalingGroups: groups}, &autoscaling.DescribeLaunchConfigurationsOutput{LaunchConfigurations: configurations}
}

// profiles are the account's instance profiles, by name.
func (e *estate) profiles() []it.InstanceProfile {
	out := []it.InstanceProfile{}
	for _, name := range []string{"acme-bastion", "acme-batch", "acme-erp-box", "acme-orders", "acme-shop"} {
		p := it.InstanceProfile{InstanceProfileName: aws.String(name), InstanceProfileId: aws.String(unique("AIPA", name)), Arn: aws.String(iamARN("instance-profile/" + name)),
			Path: aws.String("/"), CreateDate: ago(1000 * day), Roles: []it.Role{}}
		for _, r := range e.identities.roles {
			if profiles[name] == *r.RoleName {
				p.Roles = append(p.Roles, it.Role{Arn: r.Arn, RoleName: r.RoleName, RoleId: r.RoleId, Path: r.Path, CreateDate: r.CreateDate, AssumeRolePolicyDocument: r.AssumeRolePolicyDocument})
			}
		}
		out = append(out, p)
	}
	return out
}
