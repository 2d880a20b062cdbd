package acme

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"onus/mocks"
)

// serveCloud answers about the VPC network, snapshots, images and the Region's switches.
func (e *estate) serveCloud(s *mocks.Server) {
	for _, r := range e.regions {
		r.place()
	}
	e.serveSwitches(s)
	e.serveCopies(s)
	mocks.Handle(s, func(r *mocks.Request, asked *ec2.DescribeVpcsInput) (*ec2.DescribeVpcsOutput, error) {
		in, err := e.whole(r, len(asked.Filters)+len(asked.VpcIds))
		if err != nil {
			return nil, err
		}
		return &ec2.DescribeVpcsOutput{Vpcs: in.cloud.vpcs}, nil
	})
	mocks.Handle(s, func(r *mocks.Request, asked *ec2.DescribeSubnetsInput) (*ec2.DescribeSubnetsOutput, error) {
		in, err := e.whole(r, len(asked.Filters)+len(asked.SubnetIds))
		if err != nil {
			return nil, err
		}
		return &ec2.DescribeSubnetsOutput{Subnets: in.cloud.subnets}, nil
	})
	mocks.Handle(s, func(r *mocks.Request, asked *ec2.DescribeRouteTablesInput) (*ec2.DescribeRouteTablesOutput, error) {
		in, err := e.whole(r, len(asked.Filters)+len(asked.RouteTableIds))
		if err != nil {
			return nil, err
		}
		return &ec2.DescribeRouteTablesOutput{RouteTables: in.cloud.tables}, nil
	})
	mocks.Handle(s, func(r *mocks.Request, asked *ec2.DescribeInternetGatewaysInput) (*ec2.DescribeInternetGatewaysOutput, error) {
		in, err := e.whole(r, len(asked.Filters)+len(asked.InternetGatewayIds))
		if err != nil {
			return nil, err
		}
		return &ec2.DescribeInternetGatewaysOutput{InternetGateways: in.cloud.gateways}, nil
	})
	mocks.Handle(s, func(r *mocks.Request, asked *ec2.DescribeNetworkAclsInput) (*ec2.DescribeNetworkAclsOutput, error) {
		in, err := e.whole(r, len(asked.Filters)+len(asked.NetworkAclIds))
		if err != nil {
			return nil, err
		}
		return &ec2.DescribeNetworkAclsOutput{NetworkAcls: in.cloud.acls}, nil
	})
}

// serveSwitches answers about what the account has set for a whole Region.
func (e *estate) serveSwitches(s *mocks.Server) {
	mocks.Handle(s, func(r *mocks.Request, _ *ec2.GetInstanceMetadataDefaultsInput) (*ec2.GetInstanceMetadataDefaultsOutput, error) {
		in, err := e.at(r)
		if err != nil {
			return nil, err
		}
		return &ec2.GetInstanceMetadataDefaultsOutput{AccountLevel: &types.InstanceMetadataDefaultsResponse{
			HttpTokens: in.cloud.metadataTokens, HttpTokensEnforced: in.cloud.tokensEnforced, ManagedBy: types.ManagedByAccount}}, nil
	})
	mocks.Handle(s, func(r *mocks.Request, _ *ec2.GetSnapshotBlockPublicAccessStateInput) (*ec2.GetSnapshotBlockPublicAccessStateOutput, error) {
		in, err := e.at(r)
		if err != nil {
			return nil, err
		}
		return &ec2.GetSnapshotBlockPublicAccessStateOutput{State: in.cloud.snapshotState, ManagedBy: types.ManagedByAccount}, nil
	})
	mocks.Handle(s, func(r *mocks.Request, _ *ec2.GetImageBlockPublicAccessStateInput) (*ec2.GetImageBlockPublicAccessStateOutput, error) {
		in, err := e.at(r)
		if err != nil {
			return nil, err
		}
		return &ec2.GetImageBlockPublicAccessStateOutput{ImageBlockPublicAccessState: aws.String(in.cloud.imageState), ManagedBy: types.ManagedByAccount}, nil
	})
	mocks.Handle(s, func(r *mocks.Request, _ *ec2.DescribeVpcBlockPublicAccessOptionsInput) (*ec2.DescribeVpcBlockPublicAccessOptionsOutput, error) {
		in, err := e.at(r)
		if err != nil {
			return nil, err
		}
		o := &types.VpcBlockPublicAccessOptions{AwsAccountId: aws.String(Account), AwsRegion: aws.String(in.name), InternetGatewayBlockMode: in.cloud.blockMode,
			State: types.VpcBlockPublicAccessStateDefaultState, ManagedBy: types.ManagedByAccount}
		if o.InternetGatewayBlockMode != types.InternetGatewayBlockModeOff {
			o.State = types.VpcBlockPublicAccessStateUpdateComplete
		}
		return &ec2.DescribeVpcBlockPublicAccessOptionsOutput{VpcBlockPublicAccessOptions: o}, nil
	})
	mocks.Handle(s, func(r *mocks.Request, asked *ec2.DescribeVpcBlockPublicAccessExclusionsInput) (*ec2.DescribeVpcBlockPublicAccessExclusionsOutput, error) {
		in, err := e.whole(r, len(asked.Filters)+len(asked.ExclusionIds))
		if err != nil {
			return nil, err
		}
		return &ec2.DescribeVpcBlockPublicAccessExclusionsOutput{VpcBlockPublicAccessExclusions: in.links.exclusions}, nil
	})
}

// serveCopies answers about the account's own snapshots and images, and nobody else's.
func (e *estate) serveCopies(s *mocks.Server) {
	mocks.Handle(s, func(r *mocks.Request, asked *ec2.DescribeSnapshotsInput) (*ec2.DescribeSnapshotsOutput, error) {
		in, err := e.whole(r, len(asked.Filters)+len(asked.SnapshotIds))
		switch {
		case err != nil:
			return nil, err
		case !slices.Equal(asked.OwnerIds, []string{"self"}):
			return nil, unsupported("InvalidParameterValue")
		}
		out := &ec2.DescribeSnapshotsOutput{}
		for _, snapshot := range in.cloud.snapshots {
			if len(asked.RestorableByUserIds) == 0 || in.cloud.public[*snapshot.SnapshotId] {
				out.Snapshots = append(out.Snapshots, snapshot)
			}
		}
		return out, nil
	})
	mocks.Handle(s, func(r *mocks.Request, asked *ec2.DescribeImagesInput) (*ec2.DescribeImagesOutput, error) {
		in, err := e.whole(r, len(asked.ImageIds)+len(asked.ExecutableUsers))
		if err != nil {
			return nil, err
		}
		return in.images(asked)
	})
}
