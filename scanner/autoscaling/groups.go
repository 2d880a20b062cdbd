package autoscaling

import (
	"cmp"
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	"onus/scanner/collect"
	"onus/scanner/snapshot"
)

const (
	listGroups         = "autoscaling:DescribeAutoScalingGroups"
	listConfigurations = "autoscaling:DescribeLaunchConfigurations"
)

// groups lists the Auto Scaling groups, those of AWS's services too.
func groups(ctx context.Context, in collect.Scope, api API) []snapshot.ScalingGroup {
	pages := autoscaling.NewDescribeAutoScalingGroupsPaginator(api, &autoscaling.DescribeAutoScalingGroupsInput{MaxRecords: aws.Int32(100)})
	return collect.List(ctx, in, listGroups, pages, func(at snapshot.Meta, page *autoscaling.DescribeAutoScalingGroupsOutput) (out []snapshot.ScalingGroup) {
		for _, g := range page.AutoScalingGroups {
			out = append(out, group(at, g))
		}
		return out
	})
}

// configurations lists the launch configurations, unused ones too.
func configurations(ctx context.Context, in collect.Scope, api API) []snapshot.LaunchConfiguration {
	pages := autoscaling.NewDescribeLaunchConfigurationsPaginator(api, &autoscaling.DescribeLaunchConfigurationsInput{MaxRecords: aws.Int32(100)})
	return collect.List(ctx, in, listConfigurations, pages, func(at snapshot.Meta, page *autoscaling.DescribeLaunchConfigurationsOutput) (out []snapshot.LaunchConfiguration) {
		for _, c := range page.LaunchConfigurations {
			out = append(out, configuration(at, c))
		}
		return out
	})
}

// group maps a group. VPCZoneIdentifier is one text with commas between the subnets.
func group(at snapshot.Meta, g types.AutoScalingGroup) snapshot.ScalingGroup {
	at.Name, at.ARN = aws.ToString(g.AutoScalingGroupName), aws.ToString(g.AutoScalingGroupARN)
	if len(g.Tags) > 0 {
		at.Tags = map[string]string{}
		for _, t := range g.Tags {
			at.Tags[aws.ToString(t.Key)] = aws.ToString(t.Value)
		}
	}
	out := snapshot.ScalingGroup{Meta: at, Configuration: aws.ToString(g.LaunchConfigurationName)}
	for _, subnet := range strings.Split(aws.ToString(g.VPCZoneIdentifier), ",") {
		if subnet = strings.TrimSpace(subnet); subnet != "" {
			out.Subnets = append(out.Subnets, subnet)
		}
	}
	add := func(t *types.LaunchTemplateSpecification) {
		if t != nil {
			out.Templates = append(out.Templates, snapshot.TemplateRef{ID: aws.ToString(t.LaunchTemplateId), Name: aws.ToString(t.LaunchTemplateName), Version: aws.ToString(t.Version)})
		}
	}
	add(g.LaunchTemplate)
	if m := g.MixedInstancesPolicy; m != nil && m.LaunchTemplate != nil {
		add(m.LaunchTemplate.LaunchTemplateSpecification)
		for _, o := range m.LaunchTemplate.Overrides {
			add(o.LaunchTemplateSpecification)
		}
	}
	return out
}

func configuration(at snapshot.Meta, c types.LaunchConfiguration) snapshot.LaunchConfiguration {
	at.Name = aws.ToString(c.LaunchConfigurationName)
	// Source: Service Authorization Reference, "Resource types defined by Amazon EC2 Auto
	// Scaling", for an answer without: the id in the ARN's middle is AWS's own.
	at.ARN = cmp.Or(aws.ToString(c.LaunchConfigurationARN), "arn:"+at.Partition+":autoscaling:"+at.Region+":"+at.Account+":launchConfiguration:*:launchConfigurationName/"+at.Name)
	out := snapshot.LaunchConfiguration{Meta: at, Created: aws.ToTime(c.CreatedTime), Public: c.AssociatePublicIpAddress}
	out.Spec.Image, out.Spec.Profile = aws.ToString(c.ImageId), aws.ToString(c.IamInstanceProfile)
	out.Spec.Groups = c.SecurityGroups
	out.Spec.UserData = collect.Listed(listConfigurations, at.Location, c.UserData)
	if m := c.MetadataOptions; m != nil {
		out.Spec.Metadata = snapshot.MetadataOptions{HTTPEndpoint: string(m.HttpEndpoint), HTTPTokens: string(m.HttpTokens), HopLimit: m.HttpPutResponseHopLimit}
	}
	for _, b := range c.BlockDeviceMappings {
		device := snapshot.LaunchDevice{Device: aws.ToString(b.DeviceName), EBS: b.Ebs != nil, None: aws.ToBool(b.NoDevice)}
		if b.Ebs != nil {
			device.Snapshot, device.Encrypted = aws.ToString(b.Ebs.SnapshotId), b.Ebs.Encrypted
		}
		out.Spec.Devices = append(out.Spec.Devices, device)
	}
	return out
}
