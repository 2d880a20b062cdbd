package emulators

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

// group is one seeded security group of the Region's acme-vpc; list names a seeded
// prefix list among the sources of its rules.
type group struct {
	name, region string
	rules        []types.IpPermission
	list         string
}

var groups = []group{
	{"acme-web", Home, []types.IpPermission{rule("tcp", 443, 443, "0.0.0.0/0")}, ""},
	{"acme-ssh-world", Home, []types.IpPermission{rule("tcp", 22, 22, "0.0.0.0/0")}, ""},
	{"acme-rdp-ipv6", Home, []types.IpPermission{rule6("tcp", 3389, 3389, "::/0")}, ""},
	{"acme-all-protocols", Home, []types.IpPermission{{IpProtocol: aws.String("-1"), IpRanges: []types.IpRange{{CidrIp: aws.String("0.0.0.0/0")}}}}, ""},
	{"acme-two-halves", Home, []types.IpPermission{rule("tcp", 22, 22, "0.0.0.0/1"), rule("tcp", 22, 22, "128.0.0.0/1")}, ""},
	{"acme-listed-world", Home, []types.IpPermission{rule("tcp", 22, 22)}, "acme-list-world"},
	{"acme-listed-offices", Home, []types.IpPermission{rule("tcp", 22, 22)}, "acme-list-offices"},
	// 22 is an ICMP type here, and a UDP port there: no SSH in either.
	{"acme-icmp", Second, []types.IpPermission{rule("icmp", 22, 0, "0.0.0.0/0")}, ""},
	{"acme-udp", Second, []types.IpPermission{rule("udp", 22, 22, "0.0.0.0/0")}, ""},
	{"acme-database", Second, []types.IpPermission{rule("tcp", 5432, 5432, "10.0.0.0/8")}, ""},
	{"acme-port-range", Second, []types.IpPermission{rule("tcp", 20, 25, "0.0.0.0/0")}, ""},
	{"acme-no-rules", Second, nil, ""},
}

// prefixLists are made in Home.
var prefixLists = map[string]string{"acme-list-world": "0.0.0.0/0", "acme-list-offices": "198.51.100.0/24"}

// instance is one seeded instance with its root volume, tagged and named in Seeded as "name/root".
type instance struct {
	name, region string
	metadata     *types.InstanceMetadataOptionsRequest
	userData     []byte
}

// A password as it stands in too many start scripts; it opens nothing.
const script = "#!/bin/sh\nexport DB_PASSWORD=vT9xQ2mLr7Kp4Zw\n/opt/acme/start\n"

var instances = []instance{
	{"acme-web-1", Home, metadata("enabled", "required"), []byte("#!/bin/sh\nexport DB_PASSWORD=$(aws ssm get-parameter --name db)\n/opt/acme/start\n")},
	{"acme-web-2", Home, metadata("enabled", "optional"), []byte(script)},
	{"acme-batch-1", Second, metadata("disabled", "optional"), zip(script)},
	{"acme-batch-2", Second, nil, nil},
	{"acme-batch-3", Second, metadata("enabled", "required"), zip(script)[:20]}, // breaks off
}

func metadata(endpoint types.InstanceMetadataEndpointState, tokens types.HttpTokensState) *types.InstanceMetadataOptionsRequest {
	return &types.InstanceMetadataOptionsRequest{HttpEndpoint: endpoint, HttpTokens: tokens}
}

func zip(text string) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write([]byte(text)) // a bytes.Buffer takes everything
	_ = w.Close()
	return b.Bytes()
}

// volume is one seeded volume that is attached to nothing.
type volume struct {
	name, region string
	encrypted    bool
}

var volumes = []volume{
	{"acme-data-1", Home, true},
	{"acme-data-2", Home, false},
	{"acme-data-3", Second, true},
	{"acme-data-4", Second, false},
}

func rule(protocol string, from, to int32, cidrs ...string) types.IpPermission {
	p := types.IpPermission{IpProtocol: &protocol, FromPort: &from, ToPort: &to}
	for _, cidr := range cidrs {
		p.IpRanges = append(p.IpRanges, types.IpRange{CidrIp: &cidr})
	}
	return p
}

func rule6(protocol string, from, to int32, cidr string) types.IpPermission {
	return types.IpPermission{IpProtocol: &protocol, FromPort: &from, ToPort: &to, Ipv6Ranges: []types.Ipv6Range{{CidrIpv6: &cidr}}}
}

func seedEC2(ctx context.Context, cfg aws.Config, ids Seeded) error {
	for _, region := range []string{Home, Second} {
		api := ec2.NewFromConfig(at(cfg, region))
		if err := seedNetwork(ctx, api, region, ids); err != nil {
			return fmt.Errorf("network in %s: %w", region, err)
		}
		if err := seedCompute(ctx, api, region, ids); err != nil {
			return fmt.Errorf("compute in %s: %w", region, err)
		}
	}
	if err := nameDefaultGroups(ctx, ec2.NewFromConfig(at(cfg, Foreign)), Foreign, "", ids); err != nil {
		return err
	}
	if err := encryptByDefault(ctx, cfg, Home); err != nil {
		return err
	}
	return seedLaunching(ctx, cfg, ids)
}

func remedyEC2(ctx context.Context, cfg aws.Config, _ Seeded) error {
	return encryptByDefault(ctx, cfg, Second)
}

func encryptByDefault(ctx context.Context, cfg aws.Config, region string) error {
	_, err := ec2.NewFromConfig(at(cfg, region)).EnableEbsEncryptionByDefault(ctx, &ec2.EnableEbsEncryptionByDefaultInput{})
	return err
}

// named tags a new resource with the name that the expected findings know it by.
func named(kind types.ResourceType, name string) []types.TagSpecification {
	return []types.TagSpecification{{ResourceType: kind, Tags: []types.Tag{{Key: aws.String("Name"), Value: &name}}}}
}

func seedNetwork(ctx context.Context, api *ec2.Client, region string, ids Seeded) error {
	vpc, err := api.CreateVpc(ctx, &ec2.CreateVpcInput{CidrBlock: aws.String("10.20.0.0/16"), TagSpecifications: named(types.ResourceTypeVpc, "acme-vpc")})
	if err != nil {
		return err
	}
	subnet, err := api.CreateSubnet(ctx, &ec2.CreateSubnetInput{VpcId: vpc.Vpc.VpcId, CidrBlock: aws.String("10.20.1.0/24"), TagSpecifications: named(types.ResourceTypeSubnet, "acme-subnet")})
	if err != nil {
		return err
	}
	ids["acme-subnet@"+region] = *subnet.Subnet.SubnetId
	if region == Home {
		for name, cidr := range prefixLists {
			list, err := api.CreateManagedPrefixList(ctx, &ec2.CreateManagedPrefixListInput{
				PrefixListName: &name, AddressFamily: aws.String("IPv4"), MaxEntries: aws.Int32(4),
				Entries: []types.AddPrefixListEntry{{Cidr: &cidr}},
			})
			if err != nil {
				return fmt.Errorf("prefix list %q: %w", name, err)
			}
			ids[name] = *list.PrefixList.PrefixListId
		}
	}
	for _, g := range groups {
		if g.region != region {
			continue
		}
		if err := createGroup(ctx, api, g, vpc.Vpc.VpcId, ids); err != nil {
			return fmt.Errorf("security group %q: %w", g.name, err)
		}
	}
	return nameDefaultGroups(ctx, api, region, *vpc.Vpc.VpcId, ids)
}

func createGroup(ctx context.Context, api *ec2.Client, g group, vpc *string, ids Seeded) error {
	made, err := api.CreateSecurityGroup(ctx, &ec2.CreateSecurityGroupInput{
		GroupName: &g.name, Description: aws.String("seeded"), VpcId: vpc,
		TagSpecifications: named(types.ResourceTypeSecurityGroup, g.name),
	})
	if err != nil {
		return err
	}
	ids[g.name] = *made.GroupId
	for _, p := range g.rules {
		if g.list != "" {
			p.PrefixListIds = []types.PrefixListId{{PrefixListId: aws.String(ids[g.list])}}
		}
		_, err := api.AuthorizeSecurityGroupIngress(ctx, &ec2.AuthorizeSecurityGroupIngressInput{GroupId: made.GroupId, IpPermissions: []types.IpPermission{p}})
		if err != nil {
			return err
		}
	}
	return nil
}

// nameDefaultGroups tags the groups that come with a VPC: of the Region's first VPC
// "default@Region", of acme-vpc (vpc; "" where there is none) "acme-vpc/default@Region".
func nameDefaultGroups(ctx context.Context, api *ec2.Client, region, vpc string, ids Seeded) error {
	found, err := api.DescribeSecurityGroups(ctx, &ec2.DescribeSecurityGroupsInput{Filters: []types.Filter{{Name: aws.String("group-name"), Values: []string{"default"}}}})
	if err != nil {
		return err
	}
	for _, g := range found.SecurityGroups {
		name := "default@" + region
		if *g.VpcId == vpc {
			name = "acme-vpc/default@" + region
		}
		ids[name] = *g.GroupId
		if err := tag(ctx, api, *g.GroupId, name); err != nil {
			return err
		}
	}
	return nil
}

// tag names a resource that the emulator has made by itself.
func tag(ctx context.Context, api *ec2.Client, id, name string) error {
	_, err := api.CreateTags(ctx, &ec2.CreateTagsInput{Resources: []string{id}, Tags: []types.Tag{{Key: aws.String("Name"), Value: &name}}})
	return err
}

func seedCompute(ctx context.Context, api *ec2.Client, region string, ids Seeded) error {
	for _, v := range volumes {
		if v.region != region {
			continue
		}
		made, err := api.CreateVolume(ctx, &ec2.CreateVolumeInput{
			AvailabilityZone: aws.String(region + "a"), Size: aws.Int32(8), Encrypted: &v.encrypted,
			TagSpecifications: named(types.ResourceTypeVolume, v.name),
		})
		if err != nil {
			return fmt.Errorf("volume %q: %w", v.name, err)
		}
		ids[v.name] = *made.VolumeId
	}
	images, err := api.DescribeImages(ctx, &ec2.DescribeImagesInput{Owners: []string{"amazon"}})
	if err != nil {
		return err
	}
	if len(images.Images) == 0 {
		return fmt.Errorf("the emulator has no image to run")
	}
	for _, i := range instances {
		if i.region != region {
			continue
		}
		if err := runInstance(ctx, api, i, images.Images[0].ImageId, ids); err != nil {
			return fmt.Errorf("instance %q: %w", i.name, err)
		}
	}
	return nil
}

func runInstance(ctx context.Context, api *ec2.Client, i instance, image *string, ids Seeded) error {
	run := &ec2.RunInstancesInput{
		ImageId: image, InstanceType: types.InstanceTypeT3Micro, MinCount: aws.Int32(1), MaxCount: aws.Int32(1),
		SubnetId: aws.String(ids["acme-subnet@"+i.region]), MetadataOptions: i.metadata,
		TagSpecifications: named(types.ResourceTypeInstance, i.name),
	}
	if i.userData != nil {
		run.UserData = aws.String(base64.StdEncoding.EncodeToString(i.userData))
	}
	made, err := api.RunInstances(ctx, run)
	if err != nil {
		return err
	}
	id := *made.Instances[0].InstanceId
	ids[i.name] = id
	found, err := api.DescribeVolumes(ctx, &ec2.DescribeVolumesInput{Filters: []types.Filter{{Name: aws.String("attachment.instance-id"), Values: []string{id}}}})
	if err != nil {
		return err
	}
	if len(found.Volumes) != 1 {
		return fmt.Errorf("%d volumes, want its root volume", len(found.Volumes))
	}
	root := i.name + "/root"
	ids[root] = *found.Volumes[0].VolumeId
	return tag(ctx, api, ids[root], root)
}
