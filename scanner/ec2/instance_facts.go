package ec2

import (
	"cmp"
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"onus/scanner/collect"
	"onus/scanner/snapshot"
	"onus/scanner/wire"
)

const listImageFacts = "ec2:DescribeInstanceImageMetadata"

// launched adds what an instance was launched with, and its volumes.
func launched(at snapshot.Meta, i types.Instance, out *snapshot.Instance) {
	out.Image, out.Type, out.Lifecycle = aws.ToString(i.ImageId), string(i.InstanceType), string(i.InstanceLifecycle)
	out.Launched, out.RootDevice, out.EBSOptimized = aws.ToTime(i.LaunchTime), aws.ToString(i.RootDeviceName), aws.ToBool(i.EbsOptimized)
	if p := i.IamInstanceProfile; p != nil {
		out.Profile, out.ProfileID = aws.ToString(p.Arn), aws.ToString(p.Id)
	}
	for _, b := range i.BlockDeviceMappings {
		if b.Ebs == nil {
			continue
		}
		v := snapshot.InstanceVolume{
			Device: aws.ToString(b.DeviceName), Volume: aws.ToString(b.Ebs.VolumeId), Attached: aws.ToTime(b.Ebs.AttachTime),
			DeleteOnTermination: stated(at, b.Ebs.DeleteOnTermination, listInstances, "DeleteOnTermination"),
			Service:             aws.ToString(b.Ebs.AssociatedResource),
		}
		if o := b.Ebs.Operator; o != nil && aws.ToBool(o.Managed) {
			v.Service = cmp.Or(aws.ToString(o.Principal), v.Service, "an AWS service")
		}
		out.Volumes = append(out.Volumes, v)
	}
}

// protection reads whether one call can terminate an instance. Spot instances cannot be
// protected, and Auto Scaling and AWS's services terminate theirs all the same: they are
// not asked.
func protection(ctx context.Context, in collect.Scope, api API, i *snapshot.Instance) (out snapshot.Protection) {
	if !i.Protectable() {
		return out
	}
	out.Termination = collect.Ask(ctx, in, readAttribute, func(ctx context.Context) (bool, error) {
		answer, err := api.DescribeInstanceAttribute(ctx, &ec2.DescribeInstanceAttributeInput{InstanceId: &i.ID, Attribute: types.InstanceAttributeNameDisableApiTermination})
		switch {
		case err != nil:
			return false, err
		case answer.DisableApiTermination == nil || answer.DisableApiTermination.Value == nil:
			return false, &wire.MalformedError{What: "the answer lacks DisableApiTermination"}
		}
		return *answer.DisableApiTermination.Value, nil
	})
	if on, err := out.Termination.Get(); err != nil || !on {
		return out
	}
	out.Shutdown = collect.Ask(ctx, in, readAttribute, func(ctx context.Context) (string, error) {
		answer, err := api.DescribeInstanceAttribute(ctx, &ec2.DescribeInstanceAttributeInput{InstanceId: &i.ID, Attribute: types.InstanceAttributeNameInstanceInitiatedShutdownBehavior})
		switch {
		case err != nil:
			return "", err
		case answer.InstanceInitiatedShutdownBehavior == nil:
			return "", &wire.MalformedError{What: "the answer lacks InstanceInitiatedShutdownBehavior"}
		}
		return word(aws.ToString(answer.InstanceInitiatedShutdownBehavior.Value), "InstanceInitiatedShutdownBehavior")
	})
	return out
}

// imageFacts adds to each instance what AWS remembers of its image, one list for all.
func imageFacts(ctx context.Context, in collect.Scope, api API, live []*snapshot.Instance) {
	if len(live) == 0 && in.Unlisted(listInstances) == nil {
		in.Settle(listImageFacts)
		return
	}
	found := map[string]snapshot.Read[snapshot.ImageMetadata]{}
	var calls []snapshot.Call
	pages := ec2.NewDescribeInstanceImageMetadataPaginator(api, &ec2.DescribeInstanceImageMetadataInput{MaxResults: aws.Int32(1000)})
	collect.List(ctx, in, listImageFacts, pages, func(at snapshot.Meta, page *ec2.DescribeInstanceImageMetadataOutput) []struct{} {
		calls = append(calls, at.Calls...)
		for _, i := range page.InstanceImageMetadata {
			found[aws.ToString(i.InstanceId)] = imageMetadata(at, i)
		}
		return make([]struct{}, len(page.InstanceImageMetadata)) // counted as items
	})
	why := in.Unlisted(listImageFacts)
	for _, i := range live {
		facts, ok := found[i.ID]
		switch {
		case ok:
			i.ImageFacts = facts
		case why != nil:
			i.ImageFacts = snapshot.Missing[snapshot.ImageMetadata](why, calls...)
		default:
			i.ImageFacts = snapshot.Missing[snapshot.ImageMetadata](snapshot.ErrAbsent, calls...)
		}
	}
}

func imageMetadata(at snapshot.Meta, i types.InstanceImageMetadata) snapshot.Read[snapshot.ImageMetadata] {
	var facts *snapshot.ImageMetadata
	if m := i.ImageMetadata; m != nil {
		facts = &snapshot.ImageMetadata{
			ID: aws.ToString(m.ImageId), Name: aws.ToString(m.Name), Owner: aws.ToString(m.OwnerId), Alias: aws.ToString(m.ImageOwnerAlias),
			State: string(m.State), Deprecation: aws.ToString(m.DeprecationTime), Public: m.IsPublic, Allowed: m.ImageAllowed,
		}
	}
	return stated(at, facts, listImageFacts, "ImageMetadata")
}
