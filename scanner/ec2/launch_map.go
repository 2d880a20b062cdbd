package ec2

import (
	"cmp"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"onus/scanner/collect"
	"onus/scanner/snapshot"
)

// launchTemplate maps a template. Others call it by AWS's name for it, so that a tag Name
// does not take its place.
func launchTemplate(at snapshot.Meta, t types.LaunchTemplate) snapshot.LaunchTemplate {
	id := aws.ToString(t.LaunchTemplateId)
	out := snapshot.LaunchTemplate{
		Meta: named(at, arn(at, nil, "launch-template", id), "", t.Tags), ID: id,
		Default: aws.ToInt64(t.DefaultVersionNumber), Latest: aws.ToInt64(t.LatestVersionNumber),
		Managed: t.Operator != nil && aws.ToBool(t.Operator.Managed),
	}
	out.Name = aws.ToString(t.LaunchTemplateName)
	return out
}

func templateVersion(at snapshot.Location, v types.LaunchTemplateVersion) snapshot.TemplateVersion {
	out := snapshot.TemplateVersion{Number: aws.ToInt64(v.VersionNumber)}
	d := v.LaunchTemplateData
	if d == nil {
		d = &types.ResponseLaunchTemplateData{}
	}
	out.Image, out.UserData = aws.ToString(d.ImageId), collect.Listed(readVersions, at, d.UserData)
	if p := d.IamInstanceProfile; p != nil {
		out.Profile = cmp.Or(aws.ToString(p.Arn), aws.ToString(p.Name))
	}
	if m := d.MetadataOptions; m != nil {
		out.Metadata = snapshot.MetadataOptions{HTTPEndpoint: string(m.HttpEndpoint), HTTPTokens: string(m.HttpTokens), HopLimit: m.HttpPutResponseHopLimit, InstanceTags: string(m.InstanceMetadataTags)}
	}
	for _, b := range d.BlockDeviceMappings {
		device := snapshot.LaunchDevice{Device: aws.ToString(b.DeviceName), EBS: b.Ebs != nil, None: b.NoDevice != nil}
		if b.Ebs != nil {
			device.Snapshot, device.Encrypted = aws.ToString(b.Ebs.SnapshotId), b.Ebs.Encrypted
		}
		out.Devices = append(out.Devices, device)
	}
	out.Groups = slices.Concat(d.SecurityGroupIds, d.SecurityGroups)
	for _, n := range d.NetworkInterfaces {
		out.Groups = append(out.Groups, n.Groups...)
		out.Interfaces = append(out.Interfaces, snapshot.LaunchInterface{
			ID: aws.ToString(n.NetworkInterfaceId), Subnet: aws.ToString(n.SubnetId), PublicIP: n.AssociatePublicIpAddress,
			IPv6: aws.ToInt32(n.Ipv6AddressCount)+aws.ToInt32(n.Ipv6PrefixCount) > 0 || len(n.Ipv6Addresses)+len(n.Ipv6Prefixes) > 0,
		})
	}
	return out
}

// spotFleet maps a request. What its templates say is the templates'.
func spotFleet(at snapshot.Meta, f types.SpotFleetRequestConfig) snapshot.SpotFleet {
	id := aws.ToString(f.SpotFleetRequestId)
	out := snapshot.SpotFleet{Meta: named(at, arn(at, nil, "spot-fleet-request", id), "", f.Tags), ID: id, State: string(f.SpotFleetRequestState)}
	if f.SpotFleetRequestConfig == nil {
		return out
	}
	out.Templates = len(f.SpotFleetRequestConfig.LaunchTemplateConfigs) > 0
	for _, s := range f.SpotFleetRequestConfig.LaunchSpecifications {
		spec := snapshot.LaunchSpec{Image: aws.ToString(s.ImageId), UserData: collect.Listed(listSpotFleets, at.Location, s.UserData)}
		if p := s.IamInstanceProfile; p != nil {
			spec.Profile = cmp.Or(aws.ToString(p.Arn), aws.ToString(p.Name))
		}
		for _, b := range s.BlockDeviceMappings {
			device := snapshot.LaunchDevice{Device: aws.ToString(b.DeviceName), EBS: b.Ebs != nil, None: b.NoDevice != nil}
			if b.Ebs != nil {
				device.Snapshot, device.Encrypted = aws.ToString(b.Ebs.SnapshotId), b.Ebs.Encrypted
			}
			spec.Devices = append(spec.Devices, device)
		}
		out.Specs = append(out.Specs, spec)
	}
	return out
}

func instanceType(at snapshot.Meta, t types.InstanceTypeInfo) snapshot.InstanceType {
	at.Name = string(t.InstanceType)
	out := snapshot.InstanceType{Meta: at}
	if t.EbsInfo != nil {
		out.EBSOptimized = string(t.EbsInfo.EbsOptimizedSupport)
	}
	return out
}
