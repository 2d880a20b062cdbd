package acme

import (
	"cmp"
	"net/http"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"onus/mocks"
)

// serveLaunch answers about what launches instances, and what is known of their images.
func (e *estate) serveLaunch(s *mocks.Server) {
	e.serveTemplates(s)
	e.serveImages(s)
	mocks.Handle(s, func(r *mocks.Request, asked *autoscaling.DescribeAutoScalingGroupsInput) (*autoscaling.DescribeAutoScalingGroupsOutput, error) {
		in, err := e.whole(r, len(asked.Filters)+len(asked.AutoScalingGroupNames))
		if err != nil {
			return nil, err
		}
		out, _ := in.scaled()
		return out, nil
	})
	mocks.Handle(s, func(r *mocks.Request, asked *autoscaling.DescribeLaunchConfigurationsInput) (*autoscaling.DescribeLaunchConfigurationsOutput, error) {
		in, err := e.whole(r, len(asked.LaunchConfigurationNames))
		if err != nil {
			return nil, err
		}
		_, out := in.scaled()
		return out, nil
	})
	mocks.Handle(s, func(*mocks.Request, *iam.ListInstanceProfilesInput) (*iam.ListInstanceProfilesOutput, error) {
		return &iam.ListInstanceProfilesOutput{InstanceProfiles: e.profiles()}, nil
	})
}

func (e *estate) serveTemplates(s *mocks.Server) {
	mocks.Handle(s, func(r *mocks.Request, asked *ec2.DescribeLaunchTemplatesInput) (*ec2.DescribeLaunchTemplatesOutput, error) {
		in, err := e.whole(r, len(asked.Filters)+len(asked.LaunchTemplateIds)+len(asked.LaunchTemplateNames))
		if err != nil {
			return nil, err
		}
		return &ec2.DescribeLaunchTemplatesOutput{LaunchTemplates: in.launch.templates}, nil
	})
	mocks.Handle(s, func(r *mocks.Request, asked *ec2.DescribeLaunchTemplateVersionsInput) (*ec2.DescribeLaunchTemplateVersionsOutput, error) {
		in, err := e.whole(r, len(asked.Filters))
		if err != nil {
			return nil, err
		}
		all := slices.Equal(asked.Versions, []string{"$Default", "$Latest"})
		if all == (asked.LaunchTemplateId != nil) || !all && len(asked.Versions) > 0 {
			return nil, unsupported("InvalidParameterValue")
		}
		out := &ec2.DescribeLaunchTemplateVersionsOutput{}
		for _, v := range in.launch.versions {
			// The default is the latest of all templates here, and so comes twice.
			switch {
			case all && *v.DefaultVersion:
				out.LaunchTemplateVersions = append(out.LaunchTemplateVersions, v, v)
			case !all && *v.LaunchTemplateId == *asked.LaunchTemplateId:
				out.LaunchTemplateVersions = append(out.LaunchTemplateVersions, v)
			}
		}
		if len(out.LaunchTemplateVersions) == 0 && !all {
			return nil, &mocks.Error{Status: http.StatusBadRequest, Code: "InvalidLaunchTemplateId.NotFound", Message: "The launch template does not exist."}
		}
		return out, nil
	})
	mocks.Handle(s, func(r *mocks.Request, asked *ec2.DescribeSpotFleetRequestsInput) (*ec2.DescribeSpotFleetRequestsOutput, error) {
		in, err := e.whole(r, len(asked.SpotFleetRequestIds))
		if err != nil {
			return nil, err
		}
		return &ec2.DescribeSpotFleetRequestsOutput{SpotFleetRequestConfigs: in.launch.fleets}, nil
	})
	mocks.Handle(s, func(r *mocks.Request, asked *ec2.DescribeInstanceTypesInput) (*ec2.DescribeInstanceTypesOutput, error) {
		_, err := e.whole(r, len(asked.Filters))
		if err != nil {
			return nil, err
		}
		out := &ec2.DescribeInstanceTypesOutput{}
		for _, t := range asked.InstanceTypes {
			out.InstanceTypes = append(out.InstanceTypes, types.InstanceTypeInfo{InstanceType: t, CurrentGeneration: aws.Bool(true), EbsInfo: &types.EbsInfo{EbsOptimizedSupport: types.EbsOptimizedSupportDefault}})
		}
		return out, nil
	})
}

// serveImages answers about the images of instances, whom images are shared with, and which
// snapshots are locked.
func (e *estate) serveImages(s *mocks.Server) {
	mocks.Handle(s, func(r *mocks.Request, asked *ec2.DescribeInstanceImageMetadataInput) (*ec2.DescribeInstanceImageMetadataOutput, error) {
		in, err := e.whole(r, len(asked.Filters)+len(asked.InstanceIds))
		if err != nil {
			return nil, err
		}
		out := &ec2.DescribeInstanceImageMetadataOutput{}
		for _, i := range in.instances {
			out.InstanceImageMetadata = append(out.InstanceImageMetadata, types.InstanceImageMetadata{InstanceId: i.InstanceId, InstanceType: i.InstanceType, OwnerId: aws.String(Account),
				State: i.State, LaunchTime: i.LaunchTime, Tags: i.Tags, ImageMetadata: in.imageOf(*i.ImageId)})
		}
		return out, nil
	})
	mocks.Handle(s, func(r *mocks.Request, asked *ec2.DescribeImageAttributeInput) (*ec2.DescribeImageAttributeOutput, error) {
		in, err := e.at(r)
		switch {
		case err != nil:
			return nil, err
		case asked.Attribute != types.ImageAttributeNameLaunchPermission:
			return nil, unsupported("InvalidParameterValue")
		case !slices.ContainsFunc(in.cloud.images, func(i types.Image) bool { return *i.ImageId == aws.ToString(asked.ImageId) }):
			return nil, &mocks.Error{Status: http.StatusBadRequest, Code: "InvalidAMIID.NotFound", Message: "The image id does not exist"}
		}
		return &ec2.DescribeImageAttributeOutput{ImageId: asked.ImageId, LaunchPermissions: in.launch.shared[*asked.ImageId]}, nil
	})
	mocks.Handle(s, func(r *mocks.Request, asked *ec2.DescribeSnapshotAttributeInput) (*ec2.DescribeSnapshotAttributeOutput, error) {
		in, err := e.at(r)
		switch {
		case err != nil:
			return nil, err
		case asked.Attribute != types.SnapshotAttributeNameCreateVolumePermission:
			return nil, unsupported("InvalidParameterValue")
		case !slices.ContainsFunc(in.cloud.snapshots, func(s types.Snapshot) bool { return *s.SnapshotId == aws.ToString(asked.SnapshotId) }):
			return nil, &mocks.Error{Status: http.StatusBadRequest, Code: "InvalidSnapshot.NotFound", Message: "The snapshot does not exist."}
		}
		out := &ec2.DescribeSnapshotAttributeOutput{SnapshotId: asked.SnapshotId, CreateVolumePermissions: in.launch.volumes[*asked.SnapshotId]}
		if in.cloud.public[*asked.SnapshotId] {
			out.CreateVolumePermissions = append(out.CreateVolumePermissions, types.CreateVolumePermission{Group: types.PermissionGroupAll})
		}
		return out, nil
	})
	mocks.Handle(s, func(r *mocks.Request, asked *ec2.DescribeLockedSnapshotsInput) (*ec2.DescribeLockedSnapshotsOutput, error) {
		in, err := e.whole(r, len(asked.Filters)+len(asked.SnapshotIds))
		if err != nil {
			return nil, err
		}
		return &ec2.DescribeLockedSnapshotsOutput{Snapshots: in.launch.locked}, nil
	})
	mocks.Handle(s, func(r *mocks.Request, _ *ec2.GetSerialConsoleAccessStatusInput) (*ec2.GetSerialConsoleAccessStatusOutput, error) {
		in, err := e.at(r)
		if err != nil {
			return nil, err
		}
		return &ec2.GetSerialConsoleAccessStatusOutput{SerialConsoleAccessEnabled: aws.Bool(in.launch.serialConsole), ManagedBy: types.ManagedByAccount}, nil
	})
	mocks.Handle(s, func(r *mocks.Request, _ *ec2.GetAllowedImagesSettingsInput) (*ec2.GetAllowedImagesSettingsOutput, error) {
		in, err := e.at(r)
		if err != nil {
			return nil, err
		}
		out := &ec2.GetAllowedImagesSettingsOutput{State: aws.String(in.launch.allowed), ManagedBy: types.ManagedByAccount}
		if in.launch.allowed != "disabled" {
			out.ImageCriteria = []types.ImageCriterion{{ImageProviders: []string{"amazon", Account}}}
		}
		return out, nil
	})
}

// imageOf is what AWS remembers of the image of an instance: also of the base image, which
// the account copies to each Region under the same name.
func (r *region) imageOf(image string) *types.ImageMetadata {
	for _, i := range slices.Concat(r.cloud.images, r.launch.foreign) {
		if *i.ImageId == image {
			return &types.ImageMetadata{ImageId: i.ImageId, Name: i.Name, OwnerId: i.OwnerId, ImageOwnerAlias: i.ImageOwnerAlias, State: i.State, CreationDate: i.CreationDate,
				DeprecationTime: i.DeprecationTime, IsPublic: i.Public, ImageAllowed: aws.Bool(aws.ToString(i.OwnerId) != publisher)}
		}
	}
	return &types.ImageMetadata{ImageId: aws.String(image), Name: aws.String("acme base"), OwnerId: aws.String(Account), State: types.ImageStateAvailable,
		CreationDate: aws.String(ago(60 * day).Format("2006-01-02T15:04:05.000Z")), IsPublic: aws.Bool(false), ImageAllowed: aws.Bool(true)}
}

// images answers with the account's own images, or with those that a filter names by id.
func (r *region) images(asked *ec2.DescribeImagesInput) (*ec2.DescribeImagesOutput, error) {
	if slices.Equal(asked.Owners, []string{"self"}) && len(asked.Filters) == 0 {
		return &ec2.DescribeImagesOutput{Images: r.cloud.images}, nil
	}
	if len(asked.Owners) > 0 || len(asked.Filters) != 1 || aws.ToString(asked.Filters[0].Name) != "image-id" {
		return nil, unsupported("InvalidParameterValue")
	}
	out := &ec2.DescribeImagesOutput{}
	for _, i := range slices.Concat(r.cloud.images, r.launch.foreign) {
		if slices.Contains(asked.Filters[0].Values, *i.ImageId) {
			out.Images = append(out.Images, i)
		}
	}
	slices.SortFunc(out.Images, func(a, b types.Image) int { return cmp.Compare(*a.ImageId, *b.ImageId) })
	return out, nil
}

// attribute answers about one attribute of an instance.
func (r *region) attribute(i instance, asked *ec2.DescribeInstanceAttributeInput) (*ec2.DescribeInstanceAttributeOutput, error) {
	out := &ec2.DescribeInstanceAttributeOutput{InstanceId: asked.InstanceId}
	switch asked.Attribute {
	case types.InstanceAttributeNameUserData:
		out.UserData = &types.AttributeValue{}
		if i.userData != "" {
			out.UserData.Value = aws.String(i.userData)
		}
	case types.InstanceAttributeNameDisableApiTermination:
		out.DisableApiTermination = &types.AttributeBooleanValue{Value: aws.Bool(r.launch.kept[*i.Tags[0].Value])}
	case types.InstanceAttributeNameInstanceInitiatedShutdownBehavior:
		out.InstanceInitiatedShutdownBehavior = &types.AttributeValue{Value: aws.String("stop")}
	default:
		return nil, unsupported("InvalidParameterValue")
	}
	return out, nil
}
