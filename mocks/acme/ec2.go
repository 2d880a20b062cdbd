package acme

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

// instance is an EC2 instance and what DescribeInstanceAttribute says of it.
type instance struct {
	types.Instance
	userData string // in base64, as AWS answers; "" for none
}

// tags names a resource.
func tags(name, environment string) []types.Tag {
	return []types.Tag{{Key: aws.String("Name"), Value: aws.String(name)}, {Key: aws.String("environment"), Value: aws.String(environment)}}
}

// options is an instance's metadata endpoint, with a change that has been applied.
func options(tokens types.HttpTokensState, endpoint types.InstanceMetadataEndpointState) *types.InstanceMetadataOptionsResponse {
	return &types.InstanceMetadataOptionsResponse{HttpTokens: tokens, HttpEndpoint: endpoint, HttpPutResponseHopLimit: aws.Int32(2),
		HttpProtocolIpv6: types.InstanceMetadataProtocolStateDisabled, InstanceMetadataTags: types.InstanceMetadataTagsStateDisabled,
		State: types.InstanceMetadataOptionsStateApplied}
}

// start adds an instance whose root volume is encrypted or not. A terminated one has
// neither volume nor metadata options. Source: EC2 User Guide, "Terminate instances".
func (r *region) start(name, environment string, state types.InstanceStateName, encrypted bool, o *types.InstanceMetadataOptionsResponse, userData string) {
	i := instance{userData: userData}
	i.InstanceId, i.InstanceType = aws.String(id("i", name)), types.InstanceTypeM7gLarge
	i.ImageId, i.LaunchTime, i.Tags = aws.String(id("ami", "acme base")), ago(30*day), tags(name, environment)
	i.State, i.MetadataOptions = &types.InstanceState{Name: state, Code: aws.Int32(codes[state])}, o
	i.Placement = &types.Placement{AvailabilityZone: aws.String(r.name + "a"), Tenancy: types.TenancyDefault}
	if state != types.InstanceStateNameTerminated {
		i.VpcId = aws.String(r.vpc())
		r.volume(name+" root", environment, types.VolumeStateInUse, encrypted, name)
		i.RootDeviceName = aws.String("/dev/xvda")
		i.BlockDeviceMappings = []types.InstanceBlockDeviceMapping{{DeviceName: i.RootDeviceName,
			Ebs: &types.EbsInstanceBlockDevice{VolumeId: aws.String(id("vol", name+" root")), Status: types.AttachmentStatusAttached,
				AttachTime: ago(30 * day), DeleteOnTermination: aws.Bool(true)}}}
	}
	r.instances = append(r.instances, i)
}

// codes of the states. Source: EC2 API Reference, InstanceState.
var codes = map[types.InstanceStateName]int32{
	types.InstanceStateNamePending: 0, types.InstanceStateNameRunning: 16, types.InstanceStateNameTerminated: 48, types.InstanceStateNameStopped: 80,
}

// volume adds a volume, attached to the named instance unless that is "".
func (r *region) volume(name, environment string, state types.VolumeState, encrypted bool, instance string) {
	v := types.Volume{VolumeId: aws.String(id("vol", name)), State: state, Encrypted: aws.Bool(encrypted), Size: aws.Int32(40),
		VolumeType: types.VolumeTypeGp3, AvailabilityZone: aws.String(r.name + "a"), CreateTime: ago(200 * day), Tags: tags(name, environment)}
	if encrypted {
		v.KmsKeyId = aws.String(r.key())
	}
	if instance != "" {
		v.Attachments = []types.VolumeAttachment{{InstanceId: aws.String(id("i", instance)), VolumeId: v.VolumeId, Device: aws.String("/dev/xvda"),
			State: types.VolumeAttachmentStateAttached, AttachTime: aws.Time(AsOf.Add(-30 * 24 * time.Hour))}}
	}
	r.volumes = append(r.volumes, v)
}

const (
	running    = types.InstanceStateNameRunning
	stopped    = types.InstanceStateNameStopped
	terminated = types.InstanceStateNameTerminated
)

// required, optional and off are the three ways to serve metadata.
var (
	required = options(types.HttpTokensStateRequired, types.InstanceMetadataEndpointStateEnabled)
	optional = options(types.HttpTokensStateOptional, types.InstanceMetadataEndpointStateEnabled)
	off      = options(types.HttpTokensStateOptional, types.InstanceMetadataEndpointStateDisabled)
)

func computeHome(r *region) {
	r.start("acme-shop-prod-1", "prod", running, true, required, cloudConfig())
	r.start("acme-shop-prod-2", "prod", running, true, required, cloudConfig())
	r.start("acme-orders-prod", "prod", running, true, required, leakingScript())
	r.start("acme-bastion", "prod", running, true, required, "")
	r.start("acme-legacy-erp", "prod", running, false, optional, "") // bought with the old warehouse
	r.start("acme-batch-prod", "prod", stopped, true, off, referringScript())
	r.volume("acme-orders-prod data", "prod", types.VolumeStateInUse, true, "acme-orders-prod")
	r.volume("acme-legacy-erp data", "prod", types.VolumeStateInUse, false, "acme-legacy-erp")
	r.volume("acme-erp-before-upgrade", "prod", types.VolumeStateAvailable, false, "")
	r.volume("acme-shop-prod cache", "prod", types.VolumeStateAvailable, true, "")
	r.volume("acme-import-2024", "prod", types.VolumeStateDeleting, false, "")
}

func computeSecond(r *region) {
	r.start("acme-shop-staging", "staging", running, true, required, referringScript())
	r.start("acme-load-test", "staging", terminated, false, nil, "")
	r.volume("acme-shop-staging data", "staging", types.VolumeStateInUse, true, "acme-shop-staging")
	r.volume("acme-restore-test", "staging", types.VolumeStateAvailable, true, "")
}
