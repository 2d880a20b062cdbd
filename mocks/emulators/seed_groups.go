package emulators

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

// launchGroups are the security groups that launch templates and launch configurations name:
// those groups no interface carries.
var launchGroups = map[string]string{"acme-web": "acme-web", "acme-batch": "acme-database", "acme-lc-old": "acme-all-protocols"}

// seedGroups lets the databases of acme-database call a service in Virginia, and notes the
// ACLs that came with each acme-vpc.
func seedGroups(ctx context.Context, cfg aws.Config, ids Seeded) error {
	_, err := ec2.NewFromConfig(at(cfg, Second)).AuthorizeSecurityGroupEgress(ctx, &ec2.AuthorizeSecurityGroupEgressInput{
		GroupId: aws.String(ids["acme-database"]), IpPermissions: []types.IpPermission{rule("tcp", 443, 443, "3.216.40.0/28")}})
	if err != nil && !asked(err) {
		return fmt.Errorf("security group %q: %w", "acme-database", err)
	}
	return noteACLs(ctx, cfg, ids)
}

// noteACLs notes the ACL that came with each acme-vpc. It gets no tag.
func noteACLs(ctx context.Context, cfg aws.Config, ids Seeded) error {
	for _, region := range []string{Home, Second} {
		api := ec2.NewFromConfig(at(cfg, region))
		subnets, err := api.DescribeSubnets(ctx, &ec2.DescribeSubnetsInput{SubnetIds: []string{ids["acme-subnet@"+region]}})
		if err != nil {
			return err
		}
		found, err := api.DescribeNetworkAcls(ctx, &ec2.DescribeNetworkAclsInput{Filters: []types.Filter{{Name: aws.String("vpc-id"), Values: []string{*subnets.Subnets[0].VpcId}}}})
		if err != nil {
			return err
		}
		if len(found.NetworkAcls) != 1 {
			return fmt.Errorf("%d ACLs came with acme-vpc in %s, want 1", len(found.NetworkAcls), region)
		}
		ids["acme-vpc/acl@"+region] = *found.NetworkAcls[0].NetworkAclId
	}
	return nil
}
