package acme_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	et "github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"onus/mocks"
	"onus/mocks/acme"
)

// seenCloud is the network and what is stored, of all Regions.
type seenCloud struct {
	vpcs      []et.Vpc
	subnets   []et.Subnet
	tables    []et.RouteTable
	gateways  []et.InternetGateway
	acls      []et.NetworkAcl
	snapshots []et.Snapshot
	public    []et.Snapshot
	images    []et.Image

	exclusions []et.VpcBlockPublicAccessExclusion

	required, vpcBlock, snapshotBlock, imageBlock count
}

func (w *seenCloud) read(t *testing.T, c *ec2.Client) {
	t.Helper()
	ctx := t.Context()
	w.vpcs = append(w.vpcs, must(c.DescribeVpcs(ctx, nil))(t).Vpcs...)
	w.subnets = append(w.subnets, must(c.DescribeSubnets(ctx, nil))(t).Subnets...)
	w.tables = append(w.tables, must(c.DescribeRouteTables(ctx, nil))(t).RouteTables...)
	w.gateways = append(w.gateways, must(c.DescribeInternetGateways(ctx, nil))(t).InternetGateways...)
	w.acls = append(w.acls, must(c.DescribeNetworkAcls(ctx, nil))(t).NetworkAcls...)
	self := []string{"self"}
	w.snapshots = append(w.snapshots, must(c.DescribeSnapshots(ctx, &ec2.DescribeSnapshotsInput{OwnerIds: self}))(t).Snapshots...)
	w.public = append(w.public, must(c.DescribeSnapshots(ctx, &ec2.DescribeSnapshotsInput{OwnerIds: self, RestorableByUserIds: []string{"all"}}))(t).Snapshots...)
	w.images = append(w.images, must(c.DescribeImages(ctx, &ec2.DescribeImagesInput{Owners: self}))(t).Images...)
	w.required.add(must(c.GetInstanceMetadataDefaults(ctx, nil))(t).AccountLevel.HttpTokens == et.HttpTokensStateRequired)
	w.vpcBlock.add(must(c.DescribeVpcBlockPublicAccessOptions(ctx, nil))(t).VpcBlockPublicAccessOptions.InternetGatewayBlockMode != et.InternetGatewayBlockModeOff)
	w.snapshotBlock.add(must(c.GetSnapshotBlockPublicAccessState(ctx, nil))(t).State == et.SnapshotBlockPublicAccessStateBlockAllSharing)
	w.imageBlock.add(aws.ToString(must(c.GetImageBlockPublicAccessState(ctx, nil))(t).ImageBlockPublicAccessState) == "block-new-sharing")
	w.exclusions = append(w.exclusions, must(c.DescribeVpcBlockPublicAccessExclusions(ctx, nil))(t).VpcBlockPublicAccessExclusions...)
}

// TestTheNetworkHoldsTogether follows the ids: whatever one answer names, another has.
func TestTheNetworkHoldsTogether(t *testing.T) {
	w := walk(t, start(t, acme.Server(mocks.Options{Lenient: true})))
	vpcs, subnets := map[string]bool{}, map[string]string{}
	for _, v := range w.cloud.vpcs {
		vpcs[*v.VpcId] = true
	}
	for _, s := range w.cloud.subnets {
		subnets[*s.SubnetId] = *s.VpcId
		if !vpcs[*s.VpcId] {
			t.Errorf("%s is in %s, which is not there", *s.SubnetId, *s.VpcId)
		}
	}
	public := 0
	for _, n := range w.interfaces {
		if subnets[*n.SubnetId] != *n.VpcId {
			t.Errorf("%s is in %s of %q, want %s", *n.Description, *n.SubnetId, subnets[*n.SubnetId], *n.VpcId)
		}
		if n.Association != nil {
			public++
		}
	}
	for _, i := range w.instances {
		if i.State.Name != et.InstanceStateNameTerminated && len(i.NetworkInterfaces) != 1 {
			t.Errorf("%s has %d interfaces, want one", *i.InstanceId, len(i.NetworkInterfaces))
		}
	}
	associated := map[string]int{}
	for _, a := range w.cloud.acls {
		for _, s := range a.Associations {
			associated[*s.SubnetId]++
		}
	}
	for id := range subnets {
		if associated[id] != 1 {
			t.Errorf("%s has %d network ACLs, want one", id, associated[id])
		}
	}
	if public != 2 || len(w.cloud.gateways) != 3 || len(w.cloud.tables) != 7 || len(w.cloud.exclusions) != 2 || len(w.cloud.public) != 1 || len(w.cloud.images) != 3 {
		t.Errorf("%d public addresses, %d gateways, %d tables, %d public snapshots, %d images", public, len(w.cloud.gateways), len(w.cloud.tables), len(w.cloud.public), len(w.cloud.images))
	}
}

// Every switch is kept in some Regions and broken in others.
func TestTheSwitchesOfTheRegions(t *testing.T) {
	w := walk(t, start(t, acme.Server(mocks.Options{Lenient: true})))
	for name, c := range map[string]struct{ got, want count }{
		"required metadata tokens": {w.cloud.required, count{1, 16}},
		"VPC block public access":  {w.cloud.vpcBlock, count{1, 16}},
		"snapshots' block":         {w.cloud.snapshotBlock, count{1, 16}},
		"images' block":            {w.cloud.imageBlock, count{2, 15}},
	} {
		if c.got != c.want {
			t.Errorf("%s: %+v, want %+v", name, c.got, c.want)
		}
	}
}
