package scanner_test

import (
	"context"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/account"
	accounttypes "github.com/aws/aws-sdk-go-v2/service/account/types"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"onus/mocks"
	"onus/scanner"
	"onus/scanner/snapshot"
	"onus/scanner/wire"
)

func TestEveryPartitionIsScannedUnderItsOwnNames(t *testing.T) {
	for partition, regions := range map[string][]string{
		"aws": {"eu-west-1", "us-east-1"}, "aws-us-gov": {"us-gov-west-1", "us-gov-east-1"}, "aws-cn": {"cn-north-1", "cn-northwest-1"},
	} {
		t.Run(partition, func(t *testing.T) {
			s := mocks.New(mocks.Options{Lenient: true})
			t.Cleanup(s.Close)
			mocks.Reply(s, "", &sts.GetCallerIdentityOutput{Account: aws.String("111122223333"), Arn: aws.String("arn:" + partition + ":iam::111122223333:user/onus"), UserId: aws.String("AIDAQ")})
			var listed []accounttypes.Region
			for _, r := range regions {
				listed = append(listed, accounttypes.Region{RegionName: aws.String(r), RegionOptStatus: accounttypes.RegionOptStatusEnabledByDefault})
			}
			mocks.Reply(s, "", &account.ListRegionsOutput{Regions: listed})
			mocks.Reply(s, "", &s3.ListBucketsOutput{Buckets: []s3types.Bucket{{Name: aws.String("b"), BucketRegion: &regions[1]}}})
			mocks.Reply(s, "", &ec2.DescribeVolumesOutput{Volumes: []ec2types.Volume{{VolumeId: aws.String("vol-1"), Encrypted: aws.Bool(true)}}})
			a, err := scanner.Scan(context.Background(), s.Config(regions[0]), live(&wire.Memory{}), scanner.Options{Operations: []string{"s3:ListBuckets", "ec2:DescribeVolumes"}})
			if err != nil {
				t.Fatal(err)
			}
			if len(a.S3.Buckets) != 1 || a.S3.Buckets[0].ARN != "arn:"+partition+":s3:::b" || a.S3.Buckets[0].Region != regions[1] {
				t.Errorf("buckets: %+v", a.S3.Buckets)
			}
			if len(a.EC2.Volumes) != 2 || !strings.HasPrefix(a.EC2.Volumes[0].ARN, "arn:"+partition+":ec2:") {
				t.Errorf("volumes: %+v", a.EC2.Volumes)
			}
			for _, c := range a.Coverage {
				if c.Partition != partition || c.Status != snapshot.OK {
					t.Errorf("%s in %s of %s: %s %v", c.Operation, c.Region, c.Partition, c.Status, c.Error)
				}
			}
		})
	}
}

func TestRegionsFromEC2WhereAccountDoesNotTell(t *testing.T) {
	s := mocks.New(mocks.Options{Lenient: true})
	t.Cleanup(s.Close)
	mocks.Reply(s, "", &sts.GetCallerIdentityOutput{Account: aws.String("111122223333"), Arn: aws.String("arn:aws:iam::111122223333:user/onus"), UserId: aws.String("AIDAQ")})
	mocks.Refuse(s, "", "account:ListRegions", &mocks.Error{Status: 403, Code: "AccessDeniedException"})
	mocks.Reply(s, "", &ec2.DescribeRegionsOutput{Regions: []ec2types.Region{
		{RegionName: aws.String("eu-west-1"), OptInStatus: aws.String("opt-in-not-required")},
		{RegionName: aws.String("eu-south-1"), OptInStatus: aws.String("opted-in")},
		{RegionName: aws.String("me-south-1"), OptInStatus: aws.String("not-opted-in")},
	}})
	mocks.Reply(s, "", &ec2.DescribeVolumesOutput{})
	o := scanner.Options{Operations: []string{"ec2:DescribeVolumes"}, Defaults: func(string) []string { return []string{"eu-north-1"} }}
	volumesIn := func() (regions []string, a *snapshot.Account) {
		a, err := scanner.Scan(context.Background(), s.Config("eu-west-1"), live(&wire.Memory{}), o)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range a.Coverage {
			if c.Operation == "ec2:DescribeVolumes" {
				regions = append(regions, c.Region)
			}
		}
		return regions, a
	}
	if regions, a := volumesIn(); strings.Join(regions, " ") != "eu-south-1 eu-west-1" {
		t.Errorf("scanned %v, regions %+v", regions, a.Regions)
	}
	s.Fault(mocks.Fault{Operation: "ec2:DescribeRegions", Kind: mocks.Denied})
	regions, a := volumesIn()
	if _, err := a.Regions.Get(); err == nil || strings.Join(regions, " ") != "eu-north-1" {
		t.Errorf("nobody tells the Regions: scanned %v, want the defaults, and the list unread (%v)", regions, err)
	}
}
