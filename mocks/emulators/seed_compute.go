package emulators

import (
	"context"
	"encoding/base64"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	st "github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
)

// template is one seeded launch template; the first of its versions is the default.
type template struct {
	name, region string
	versions     []types.RequestLaunchTemplateData
}

const reference = "#!/bin/sh\nexport DB_PASSWORD=$(aws ssm get-parameter --name db)\n/opt/acme/start\n"

var templates = []template{
	{"acme-web", Home, []types.RequestLaunchTemplateData{{
		UserData: encoded([]byte(reference)), MetadataOptions: tokens(types.LaunchTemplateHttpTokensStateRequired), BlockDeviceMappings: data(true), NetworkInterfaces: inside(false),
	}}},
	{"acme-old", Home, []types.RequestLaunchTemplateData{{
		UserData: encoded(zip(script)), MetadataOptions: tokens(types.LaunchTemplateHttpTokensStateOptional), BlockDeviceMappings: data(false), NetworkInterfaces: inside(true),
	}}},
	// What the first version says, the second takes back; it is the default still.
	{"acme-batch", Second, []types.RequestLaunchTemplateData{
		{UserData: encoded([]byte(script)), BlockDeviceMappings: data(false), MetadataOptions: tokens(types.LaunchTemplateHttpTokensStateRequired), NetworkInterfaces: inside(false)},
		{UserData: encoded([]byte(reference)), BlockDeviceMappings: data(true), MetadataOptions: tokens(types.LaunchTemplateHttpTokensStateRequired), NetworkInterfaces: inside(false)},
	}},
}

func encoded(script []byte) *string {
	return aws.String(base64.StdEncoding.EncodeToString(script))
}

func tokens(state types.LaunchTemplateHttpTokensState) *types.LaunchTemplateInstanceMetadataOptionsRequest {
	return &types.LaunchTemplateInstanceMetadataOptionsRequest{HttpTokens: state, HttpEndpoint: types.LaunchTemplateInstanceMetadataEndpointStateEnabled}
}

func data(encrypted bool) []types.LaunchTemplateBlockDeviceMappingRequest {
	return []types.LaunchTemplateBlockDeviceMappingRequest{{DeviceName: aws.String("/dev/sdf"), Ebs: &types.LaunchTemplateEbsBlockDeviceRequest{Encrypted: &encrypted, VolumeSize: aws.Int32(8)}}}
}

func inside(public bool) []types.LaunchTemplateInstanceNetworkInterfaceSpecificationRequest {
	return []types.LaunchTemplateInstanceNetworkInterfaceSpecificationRequest{{DeviceIndex: aws.Int32(0), AssociatePublicIpAddress: &public}}
}

// seedLaunching adds what launches instances, an image of an instance with its shares, and
// what two of the instances hold and are kept by. It goes after seedIAM. Auto Scaling comes
// last: an emulator may lack it.
func seedLaunching(ctx context.Context, cfg aws.Config, ids Seeded) error {
	for _, region := range []string{Home, Second} {
		api := ec2.NewFromConfig(at(cfg, region))
		found, err := api.DescribeImages(ctx, &ec2.DescribeImagesInput{Owners: []string{"amazon"}})
		if err != nil {
			return err
		}
		ids["amazon-image@"+region] = *found.Images[0].ImageId
		for _, t := range templates {
			if t.region != region {
				continue
			}
			if err := createTemplate(ctx, api, t, ids); err != nil {
				return fmt.Errorf("launch template %q: %w", t.name, err)
			}
		}
	}
	home := ec2.NewFromConfig(at(cfg, Home))
	if err := seedImage(ctx, home, ids); err != nil {
		return fmt.Errorf("image: %w", err)
	}
	_, err := home.ModifyInstanceAttribute(ctx, &ec2.ModifyInstanceAttributeInput{InstanceId: aws.String(ids["acme-web-1"]), DisableApiTermination: &types.AttributeBooleanValue{Value: aws.Bool(true)}})
	if err != nil {
		return fmt.Errorf("termination protection: %w", err)
	}
	if err := seedProfiles(ctx, cfg, ids); err != nil {
		return err
	}
	return seedScaling(ctx, cfg, ids)
}

func createTemplate(ctx context.Context, api *ec2.Client, t template, ids Seeded) error {
	for i, v := range t.versions {
		v.ImageId = aws.String(ids["amazon-image@"+t.region])
		v.InstanceType = types.InstanceTypeT3Micro
		if g := launchGroups[t.name]; g != "" && i == 0 {
			v.NetworkInterfaces[0].Groups = []string{ids[g]}
		}
		if i > 0 {
			if _, err := api.CreateLaunchTemplateVersion(ctx, &ec2.CreateLaunchTemplateVersionInput{LaunchTemplateName: &t.name, LaunchTemplateData: &v}); err != nil {
				return err
			}
			continue
		}
		made, err := api.CreateLaunchTemplate(ctx, &ec2.CreateLaunchTemplateInput{LaunchTemplateName: &t.name, LaunchTemplateData: &v})
		if err != nil {
			return err
		}
		ids["template/"+t.name] = *made.LaunchTemplate.LaunchTemplateId
	}
	return nil
}

// seedImage makes an image of acme-web-1 that is shared with a stranger, and one that is not
// shared.
func seedImage(ctx context.Context, api *ec2.Client, ids Seeded) error {
	for _, name := range []string{"acme-image-shared", "acme-image-own"} {
		made, err := api.CreateImage(ctx, &ec2.CreateImageInput{InstanceId: aws.String(ids["acme-web-1"]), Name: &name})
		if err != nil {
			return err
		}
		ids[name] = *made.ImageId
	}
	_, err := api.ModifyImageAttribute(ctx, &ec2.ModifyImageAttributeInput{ImageId: aws.String(ids["acme-image-shared"]), Attribute: aws.String("launchPermission"),
		OperationType: types.OperationTypeAdd, UserIds: []string{"777788889999"}})
	return err
}

// seedProfiles hands the application's role to acme-web-1, and to acme-batch-1 a profile
// without a role.
func seedProfiles(ctx context.Context, cfg aws.Config, ids Seeded) error {
	identities := iam.NewFromConfig(at(cfg, Foreign))
	for name, holder := range map[string]string{"acme-web-box": "acme-web-1", "acme-empty": "acme-batch-1"} {
		if _, err := identities.CreateInstanceProfile(ctx, &iam.CreateInstanceProfileInput{InstanceProfileName: &name}); err != nil {
			return fmt.Errorf("instance profile %q: %w", name, err)
		}
		region := Second
		if holder == "acme-web-1" {
			region = Home
			_, err := identities.AddRoleToInstanceProfile(ctx, &iam.AddRoleToInstanceProfileInput{InstanceProfileName: &name, RoleName: aws.String(applicationRole)})
			if err != nil {
				return fmt.Errorf("instance profile %q: %w", name, err)
			}
		}
		_, err := ec2.NewFromConfig(at(cfg, region)).AssociateIamInstanceProfile(ctx, &ec2.AssociateIamInstanceProfileInput{
			InstanceId: aws.String(ids[holder]), IamInstanceProfile: &types.IamInstanceProfileSpecification{Name: &name}})
		if err != nil {
			return fmt.Errorf("instance profile %q: %w", name, err)
		}
	}
	return nil
}

// seedScaling adds launch configurations, a group that launches by one of them, and a group
// that launches by a template. Neither launches anything.
func seedScaling(ctx context.Context, cfg aws.Config, ids Seeded) error {
	api := autoscaling.NewFromConfig(at(cfg, Home))
	image := aws.String(ids["amazon-image@"+Home])
	for _, c := range []autoscaling.CreateLaunchConfigurationInput{
		{LaunchConfigurationName: aws.String("acme-lc-web"), UserData: encoded([]byte(reference)), AssociatePublicIpAddress: aws.Bool(false),
			MetadataOptions:     &st.InstanceMetadataOptions{HttpTokens: st.InstanceMetadataHttpTokensStateRequired, HttpEndpoint: st.InstanceMetadataEndpointStateEnabled},
			BlockDeviceMappings: []st.BlockDeviceMapping{{DeviceName: aws.String("/dev/xvda"), Ebs: &st.Ebs{Encrypted: aws.Bool(true), VolumeSize: aws.Int32(8)}}}},
		{LaunchConfigurationName: aws.String("acme-lc-old"), UserData: encoded([]byte(script)), AssociatePublicIpAddress: aws.Bool(true),
			MetadataOptions:     &st.InstanceMetadataOptions{HttpTokens: st.InstanceMetadataHttpTokensStateOptional, HttpEndpoint: st.InstanceMetadataEndpointStateEnabled},
			BlockDeviceMappings: []st.BlockDeviceMapping{{DeviceName: aws.String("/dev/xvda"), Ebs: &st.Ebs{Encrypted: aws.Bool(false), VolumeSize: aws.Int32(8)}}}},
	} {
		c.ImageId, c.InstanceType = image, aws.String("t3.micro")
		if g := launchGroups[*c.LaunchConfigurationName]; g != "" {
			c.SecurityGroups = []string{ids[g]}
		}
		if _, err := api.CreateLaunchConfiguration(ctx, &c); err != nil {
			return fmt.Errorf("launch configuration %q: %w", *c.LaunchConfigurationName, err)
		}
	}
	made, err := api.DescribeLaunchConfigurations(ctx, &autoscaling.DescribeLaunchConfigurationsInput{})
	if err != nil {
		return err
	}
	for _, c := range made.LaunchConfigurations {
		ids[*c.LaunchConfigurationName] = *c.LaunchConfigurationARN
	}
	group := autoscaling.CreateAutoScalingGroupInput{MinSize: aws.Int32(0), MaxSize: aws.Int32(1), DesiredCapacity: aws.Int32(0), VPCZoneIdentifier: aws.String(ids["acme-subnet@"+Home])}
	group.AutoScalingGroupName, group.LaunchConfigurationName = aws.String("acme-asg-old"), aws.String("acme-lc-old")
	if _, err := api.CreateAutoScalingGroup(ctx, &group); err != nil {
		return fmt.Errorf("group of Auto Scaling: %w", err)
	}
	group.AutoScalingGroupName, group.LaunchConfigurationName = aws.String("acme-asg-web"), nil
	group.LaunchTemplate = &st.LaunchTemplateSpecification{LaunchTemplateId: aws.String(ids["template/acme-web"]), Version: aws.String("$Latest")}
	_, err = api.CreateAutoScalingGroup(ctx, &group)
	return err
}
