//go:build unix

package emulators

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// resource is one that the emulator lists, in the words of expected.
type resource struct{ id, name, region string }

// inventory is everything that the emulator has of the kinds that the expected
// findings speak of, by kind. One page is all, with so few.
type inventory struct {
	cfg   aws.Config
	lists map[string][]resource
	err   error // the first one
}

func take(ctx context.Context, cfg aws.Config) (map[string][]resource, error) {
	v := &inventory{cfg: cfg, lists: map[string][]resource{
		"account": {{Account, "", "global"}},
		"region":  {{Account + "/" + Home, "", Home}, {Account + "/" + Second, "", Second}, {Account + "/" + Foreign, "", Foreign}},
	}}
	v.buckets(ctx)
	v.identities(ctx)
	for _, region := range []string{Home, Second, Foreign} {
		v.compute(ctx, region)
		v.databases(ctx, region)
		v.dbSnapshots(ctx, region)
	}
	return v.lists, v.err
}

func (v *inventory) add(kind, id, name, region string) {
	v.lists[kind] = append(v.lists[kind], resource{id, name, region})
}

// failed keeps the first error, but for those of a service that the emulator lacks.
func (v *inventory) failed(err error) bool {
	if err != nil && v.err == nil && !lacking(err) {
		v.err = err
	}
	return err != nil
}

func (v *inventory) buckets(ctx context.Context) {
	api := s3.NewFromConfig(v.cfg, pathStyle)
	found, err := api.ListBuckets(ctx, &s3.ListBucketsInput{})
	if v.failed(err) {
		return
	}
	for _, b := range found.Buckets {
		head, err := api.HeadBucket(ctx, &s3.HeadBucketInput{Bucket: b.Name})
		if v.failed(err) {
			return
		}
		v.add("bucket", "arn:aws:s3:::"+*b.Name, "", aws.ToString(head.BucketRegion))
	}
}

func (v *inventory) identities(ctx context.Context) {
	api := iam.NewFromConfig(v.cfg)
	details, err := api.GetAccountAuthorizationDetails(ctx, &iam.GetAccountAuthorizationDetailsInput{Filter: []iamtypes.EntityType{iamtypes.EntityTypeUser, iamtypes.EntityTypeLocalManagedPolicy}})
	if v.failed(err) {
		return
	}
	for _, p := range details.Policies {
		v.add("policy", *p.Arn, "", "global")
	}
	for _, u := range details.UserDetailList {
		v.add("user", *u.Arn, "", "global")
		keys, err := api.ListAccessKeys(ctx, &iam.ListAccessKeysInput{UserName: u.UserName})
		if v.failed(err) {
			return
		}
		for i := range keys.AccessKeyMetadata { // a finding names a key by its place in the credential report
			v.add("key", fmt.Sprintf("%s/accesskey/%d", *u.Arn, i+1), "", "global")
		}
	}
}

func (v *inventory) compute(ctx context.Context, region string) {
	api := ec2.NewFromConfig(at(v.cfg, region))
	volumes, err := api.DescribeVolumes(ctx, &ec2.DescribeVolumesInput{})
	if v.failed(err) {
		return
	}
	for _, x := range volumes.Volumes {
		v.add("volume", *x.VolumeId, nameTag(x.Tags), region)
	}
	groups, err := api.DescribeSecurityGroups(ctx, &ec2.DescribeSecurityGroupsInput{})
	if v.failed(err) {
		return
	}
	for _, x := range groups.SecurityGroups {
		v.add("group", *x.GroupId, nameTag(x.Tags), region)
	}
	reservations, err := api.DescribeInstances(ctx, &ec2.DescribeInstancesInput{})
	if v.failed(err) {
		return
	}
	for _, r := range reservations.Reservations {
		for _, x := range r.Instances {
			v.add("instance", *x.InstanceId, nameTag(x.Tags), region)
		}
	}
}

func nameTag(tags []ec2types.Tag) string {
	for _, t := range tags {
		if *t.Key == "Name" {
			return *t.Value
		}
	}
	return ""
}

func (v *inventory) databases(ctx context.Context, region string) {
	api := rds.NewFromConfig(at(v.cfg, region))
	instances, err := api.DescribeDBInstances(ctx, &rds.DescribeDBInstancesInput{})
	if v.failed(err) {
		return
	}
	for _, x := range instances.DBInstances {
		v.add("db", *x.DBInstanceArn, "", region)
	}
	clusters, err := api.DescribeDBClusters(ctx, &rds.DescribeDBClustersInput{})
	if v.failed(err) {
		return
	}
	for _, x := range clusters.DBClusters {
		v.add("cluster", *x.DBClusterArn, "", region)
	}
}

func (v *inventory) dbSnapshots(ctx context.Context, region string) {
	api := rds.NewFromConfig(at(v.cfg, region))
	ofInstances, err := api.DescribeDBSnapshots(ctx, &rds.DescribeDBSnapshotsInput{})
	if v.failed(err) {
		return
	}
	for _, x := range ofInstances.DBSnapshots {
		v.add("snapshot", *x.DBSnapshotArn, "", region)
	}
	ofClusters, err := api.DescribeDBClusterSnapshots(ctx, &rds.DescribeDBClusterSnapshotsInput{})
	if v.failed(err) {
		return
	}
	for _, x := range ofClusters.DBClusterSnapshots {
		v.add("snapshot", *x.DBClusterSnapshotArn, "", region)
	}
}
