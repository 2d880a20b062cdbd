package acme

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"onus/mocks"
)

// strays is what left its Region or may: deleted copies that can be restored, tasks that
// write images to buckets, zones in other cities, and the key pairs.
type strays struct {
	recycledSnapshots []types.SnapshotRecycleBinInfo
	recycledImages    []types.ImageRecycleBinInfo
	stored            []types.StoreImageTaskResult
	exportedImages    []types.ExportImageTask
	exportedInstances []types.ExportTask
	zones             []types.AvailabilityZone
	keys              []types.KeyPairInfo
}

// straying fills three Regions. Before a fair in 2025 somebody took the shop's data and an
// image to us-east-1. Sales wanted to be near customers in Warsaw and Hamburg.
func (e *estate) straying() {
	home, second, old := e.regions[Home], e.regions[Second], e.regions["us-east-1"]
	home.keyPair("acme-ops")
	old.keyPair("acme-trial")
	home.straysHome()
	second.straysSecond()
	old.straysOld()
}

func (r *region) straysHome() {
	s := &r.strays
	s.recycledSnapshots = []types.SnapshotRecycleBinInfo{{SnapshotId: aws.String(id("snap", "bastion of June")), VolumeId: aws.String(id("vol", "acme-bastion root")), Description: aws.String("of acme-bastion root"),
		RecycleBinEnterTime: ago(3 * day), RecycleBinExitTime: ago(-4 * day)}}
	base := aws.String(id("ami", "acme base"))
	s.stored = []types.StoreImageTaskResult{{AmiId: base, Bucket: aws.String("acme-build-artifacts"), S3objectKey: aws.String(*base + ".bin"),
		StoreTaskState: aws.String("Completed"), ProgressPercentage: aws.Int32(100), TaskStartTime: ago(12 * day)}}
	s.exportedImages = []types.ExportImageTask{{ExportImageTaskId: aws.String(id("export-ami", "archive")), ImageId: base, Description: aws.String("for the archive"), Status: aws.String("completed"),
		S3ExportLocation: &types.ExportTaskS3Location{S3Bucket: aws.String("acme-archive-2019"), S3Prefix: aws.String("images/")}}}
	s.exportedInstances = []types.ExportTask{{ExportTaskId: aws.String(id("export-i", "erp")), Description: aws.String("acme-legacy-erp"), State: types.ExportTaskStateCancelled,
		ExportToS3Task: &types.ExportToS3Task{S3Bucket: aws.String("acme-archive-2019")}, InstanceExportDetails: &types.InstanceExportDetails{InstanceId: aws.String(id("i", "acme-legacy-erp")), TargetEnvironment: types.ExportEnvironmentVmware}}}
}

// straysSecond switches zones of the Region in other cities on, and gives two of them a subnet.
// Source: AWS Local Zones User Guide, "Available Local Zones".
func (r *region) straysSecond() {
	zone := func(group, zoneID, country string, status types.AvailabilityZoneOptInStatus) {
		r.strays.zones = append(r.strays.zones, types.AvailabilityZone{ZoneName: aws.String(group + "a"), ZoneId: aws.String(zoneID), GroupName: aws.String(group), ZoneType: aws.String("local-zone"),
			RegionName: aws.String(r.name), State: types.AvailabilityZoneStateAvailable, OptInStatus: status, Geography: []types.AvailabilityZoneGeography{{Name: aws.String(country)}}})
	}
	zone("eu-central-1-ham-1", "euc1-ham1-az1", "Germany", types.AvailabilityZoneOptInStatusOptedIn)
	zone("eu-central-1-ist-1", "euc1-ist1-az1", "Türkiye", types.AvailabilityZoneOptInStatusNotOptedIn)
	zone("eu-central-1-waw-1", "euc1-waw1-az1", "Poland", types.AvailabilityZoneOptInStatusOptedIn)
	c := &r.cloud
	for i, z := range []string{"ham", "waw"} {
		subnet := id("subnet", r.name+z)
		c.subnets = append(c.subnets, types.Subnet{SubnetId: aws.String(subnet), SubnetArn: aws.String(r.arn("ec2", "subnet/"+subnet)), VpcId: aws.String(r.vpc()), OwnerId: aws.String(Account),
			CidrBlock: aws.String("10.30." + []string{"40", "41"}[i] + ".0/24"), AvailabilityZone: aws.String(r.name + "-" + z + "-1a"), AvailabilityZoneId: aws.String("euc1-" + z + "1-az1"),
			AvailableIpAddressCount: aws.Int32(251), State: types.SubnetStateAvailable, DefaultForAz: aws.Bool(false), MapPublicIpOnLaunch: aws.Bool(false), AssignIpv6AddressOnCreation: aws.Bool(false), Tags: tags("acme-sales-"+z, "prod")})
		c.acls[0].Associations = append(c.acls[0].Associations, types.NetworkAclAssociation{SubnetId: aws.String(subnet), NetworkAclId: c.acls[0].NetworkAclId})
	}
}

func (r *region) straysOld() {
	data := types.Snapshot{SnapshotId: aws.String(id("snap", "shop at the fair")), VolumeId: aws.String("vol-ffffffff"), OwnerId: aws.String(Account), State: types.SnapshotStateCompleted,
		StartTime: ago(380 * day), Progress: aws.String("100%"), VolumeSize: aws.Int32(40), Encrypted: aws.Bool(true), KmsKeyId: aws.String(r.key()), StorageTier: types.StorageTierStandard,
		Description: aws.String("[Copied " + id("snap", "shop") + " from " + Home + "] for the fair"), TransferType: types.TransferTypeStandard, Tags: tags("acme-fair-data", "prod")}
	r.cloud.snapshots = append(r.cloud.snapshots, data)
	r.image("acme-fair-stand", "", true, false)
	i := &r.cloud.images[len(r.cloud.images)-1]
	i.BlockDeviceMappings[0].Ebs.SnapshotId = data.SnapshotId
	i.SourceImageId, i.SourceImageRegion = aws.String(id("ami", "acme base")), aws.String(Home)
	r.strays.recycledSnapshots = []types.SnapshotRecycleBinInfo{{SnapshotId: aws.String(id("snap", "orders at the fair")), VolumeId: aws.String("vol-ffffffff"),
		Description: aws.String("[Copied " + id("snap", "orders") + " from " + Second + "]"), RecycleBinEnterTime: ago(2 * day), RecycleBinExitTime: ago(-5 * day)}}
	r.strays.recycledImages = []types.ImageRecycleBinInfo{{ImageId: aws.String(id("ami", "fair of 2024")), Name: aws.String("acme-fair-2024"), Description: aws.String(""),
		RecycleBinEnterTime: ago(2 * day), RecycleBinExitTime: ago(-5 * day)}}
}

func (r *region) keyPair(name string) {
	r.strays.keys = append(r.strays.keys, types.KeyPairInfo{KeyName: aws.String(name), KeyPairId: aws.String(id("key", r.name+name)), KeyType: types.KeyTypeEd25519,
		KeyFingerprint: aws.String(strings.Repeat("A", 43) + "="), CreateTime: ago(800 * day)})
}

// serveStrays answers about them.
func (e *estate) serveStrays(s *mocks.Server) {
	mocks.Handle(s, func(r *mocks.Request, asked *ec2.ListSnapshotsInRecycleBinInput) (*ec2.ListSnapshotsInRecycleBinOutput, error) {
		in, err := e.whole(r, len(asked.SnapshotIds))
		if err != nil {
			return nil, err
		}
		return &ec2.ListSnapshotsInRecycleBinOutput{Snapshots: in.strays.recycledSnapshots}, nil
	})
	mocks.Handle(s, func(r *mocks.Request, asked *ec2.ListImagesInRecycleBinInput) (*ec2.ListImagesInRecycleBinOutput, error) {
		in, err := e.whole(r, len(asked.ImageIds))
		if err != nil {
			return nil, err
		}
		return &ec2.ListImagesInRecycleBinOutput{Images: in.strays.recycledImages}, nil
	})
	mocks.Handle(s, func(r *mocks.Request, asked *ec2.DescribeStoreImageTasksInput) (*ec2.DescribeStoreImageTasksOutput, error) {
		in, err := e.whole(r, len(asked.Filters)+len(asked.ImageIds))
		if err != nil {
			return nil, err
		}
		return &ec2.DescribeStoreImageTasksOutput{StoreImageTaskResults: in.strays.stored}, nil
	})
	mocks.Handle(s, func(r *mocks.Request, asked *ec2.DescribeExportImageTasksInput) (*ec2.DescribeExportImageTasksOutput, error) {
		in, err := e.whole(r, len(asked.Filters)+len(asked.ExportImageTaskIds))
		if err != nil {
			return nil, err
		}
		return &ec2.DescribeExportImageTasksOutput{ExportImageTasks: in.strays.exportedImages}, nil
	})
	mocks.Handle(s, func(r *mocks.Request, asked *ec2.DescribeExportTasksInput) (*ec2.DescribeExportTasksOutput, error) {
		in, err := e.whole(r, len(asked.Filters)+len(asked.ExportTaskIds))
		if err != nil {
			return nil, err
		}
		return &ec2.DescribeExportTasksOutput{ExportTasks: in.strays.exportedInstances}, nil
	})
	mocks.Handle(s, func(r *mocks.Request, asked *ec2.DescribeKeyPairsInput) (*ec2.DescribeKeyPairsOutput, error) {
		in, err := e.whole(r, len(asked.Filters)+len(asked.KeyNames)+len(asked.KeyPairIds))
		if err != nil {
			return nil, err
		}
		return &ec2.DescribeKeyPairsOutput{KeyPairs: in.strays.keys}, nil
	})
}
