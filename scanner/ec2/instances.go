package ec2

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"onus/scanner/collect"
	"onus/scanner/snapshot"
)

// instances lists the instances and asks those that live for their user data and what
// protects them.
func instances(ctx context.Context, in collect.Scope, api API) []snapshot.Instance {
	pages := ec2.NewDescribeInstancesPaginator(api, &ec2.DescribeInstancesInput{MaxResults: aws.Int32(1000), IncludeManagedResources: aws.Bool(true)})
	all := collect.List(ctx, in, listInstances, pages, func(at snapshot.Meta, page *ec2.DescribeInstancesOutput) []snapshot.Instance {
		var out []snapshot.Instance
		for _, r := range page.Reservations {
			for _, i := range r.Instances {
				out = append(out, instance(at, i))
			}
		}
		return out
	})
	var live []*snapshot.Instance
	for i := range all {
		if all[i].Live() {
			live = append(live, &all[i])
		}
	}
	in.Each(ctx, len(live), func(i int) {
		live[i].UserData = userData(ctx, in, api, live[i].ID)
		live[i].Protection = protection(ctx, in, api, live[i])
	})
	if len(live) == 0 && in.Unlisted(listInstances) == nil {
		in.Settle(readAttribute)
	}
	imageFacts(ctx, in, api, live)
	return all
}

func instance(at snapshot.Meta, i types.Instance) snapshot.Instance {
	id := aws.ToString(i.InstanceId)
	out := snapshot.Instance{Meta: named(at, arn(at, nil, "instance", id), "", i.Tags), ID: id}
	if i.State != nil {
		out.State = string(i.State.Name)
	}
	out.Place = place(nil, i.OutpostArn)
	if i.Placement != nil {
		out.Place = place(i.Placement.AvailabilityZone, i.OutpostArn)
	}
	out.KeyName, out.VPC = aws.ToString(i.KeyName), aws.ToString(i.VpcId)
	out.Managed = i.Operator != nil && aws.ToBool(i.Operator.Managed)
	out.Virtualization, out.TransitionReason = string(i.VirtualizationType), aws.ToString(i.StateTransitionReason)
	out.Enclave = i.EnclaveOptions != nil && aws.ToBool(i.EnclaveOptions.Enabled)
	if i.Monitoring != nil {
		out.Monitoring = string(i.Monitoring.State)
	}
	for _, n := range i.NetworkInterfaces {
		carried := snapshot.InstanceInterface{ID: aws.ToString(n.NetworkInterfaceId), Type: aws.ToString(n.InterfaceType)}
		if n.Attachment != nil {
			carried.Status = string(n.Attachment.Status)
			if n.Attachment.DeviceIndex != nil && *n.Attachment.DeviceIndex == 0 && aws.ToInt32(n.Attachment.NetworkCardIndex) == 0 {
				out.Primary = aws.ToTime(n.Attachment.AttachTime)
			}
		}
		for _, g := range n.Groups {
			carried.Groups = append(carried.Groups, aws.ToString(g.GroupId))
		}
		out.Interfaces = append(out.Interfaces, carried)
	}
	var options *snapshot.MetadataOptions
	if m := i.MetadataOptions; m != nil {
		options = &snapshot.MetadataOptions{HTTPEndpoint: string(m.HttpEndpoint), HTTPTokens: string(m.HttpTokens), State: string(m.State), HopLimit: m.HttpPutResponseHopLimit, InstanceTags: string(m.InstanceMetadataTags)}
	}
	out.Metadata = stated(at, options, listInstances, "MetadataOptions")
	launched(at, i, &out)
	return out
}

// userData reads what was found in the user data of one instance.
func userData(ctx context.Context, in collect.Scope, api API, id string) snapshot.Read[snapshot.FreeText] {
	return collect.Ask(ctx, in, readAttribute, func(ctx context.Context) (snapshot.FreeText, error) {
		out, err := api.DescribeInstanceAttribute(ctx, &ec2.DescribeInstanceAttributeInput{InstanceId: &id, Attribute: types.InstanceAttributeNameUserData})
		if err != nil {
			return snapshot.FreeText{}, err
		}
		if out.UserData == nil || aws.ToString(out.UserData.Value) == "" {
			return snapshot.FreeText{}, nil
		}
		return collect.FreeText(*out.UserData.Value)
	})
}
