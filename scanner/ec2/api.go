// Package ec2 reads EC2, EBS and VPC in one Region: the account's settings, volumes,
// instances with what was found in their user data, security groups, interfaces and the
// prefix lists that rules refer to. It asks and maps; clients and the choice of Regions
// are left to scanner, judgement to checks.
//
// User data never gets here: the transport has put a marker in its place. A value that is
// no marker is a fault of the transport, and is not read.
package ec2

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/ec2"
)

// API is every EC2 call that this collector makes.
type API interface {
	ec2.DescribeVolumesAPIClient
	ec2.DescribeInstancesAPIClient
	ec2.DescribeSecurityGroupsAPIClient
	ec2.DescribeNetworkInterfacesAPIClient
	ec2.DescribeManagedPrefixListsAPIClient
	ec2.GetManagedPrefixListEntriesAPIClient
	GetEbsEncryptionByDefault(context.Context, *ec2.GetEbsEncryptionByDefaultInput, ...func(*ec2.Options)) (*ec2.GetEbsEncryptionByDefaultOutput, error)
	DescribeInstanceAttribute(context.Context, *ec2.DescribeInstanceAttributeInput, ...func(*ec2.Options)) (*ec2.DescribeInstanceAttributeOutput, error)
}
