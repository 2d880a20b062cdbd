package acme

import (
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"onus/mocks"
)

// serveCompute answers about instances, volumes and the Region's EBS settings.
func (e *estate) serveCompute(s *mocks.Server) {
	known := map[string]instance{} // by Region and instance id
	for _, r := range e.regions {
		for _, i := range r.instances {
			known[r.name+*i.InstanceId] = i
		}
	}
	mocks.Handle(s, func(r *mocks.Request, _ *ec2.GetEbsEncryptionByDefaultInput) (*ec2.GetEbsEncryptionByDefaultOutput, error) {
		in, err := e.at(r)
		if err != nil {
			return nil, err
		}
		return &ec2.GetEbsEncryptionByDefaultOutput{EbsEncryptionByDefault: aws.Bool(in.encryptsByDefault)}, nil
	})
	mocks.Handle(s, func(r *mocks.Request, asked *ec2.DescribeVolumesInput) (*ec2.DescribeVolumesOutput, error) {
		in, err := e.whole(r, len(asked.Filters)+len(asked.VolumeIds))
		if err != nil {
			return nil, err
		}
		return &ec2.DescribeVolumesOutput{Volumes: in.volumes}, nil
	})
	mocks.Handle(s, func(r *mocks.Request, asked *ec2.DescribeInstancesInput) (*ec2.DescribeInstancesOutput, error) {
		in, err := e.whole(r, len(asked.Filters)+len(asked.InstanceIds))
		if err != nil {
			return nil, err
		}
		out := &ec2.DescribeInstancesOutput{}
		for _, i := range in.instances { // each was launched alone
			out.Reservations = append(out.Reservations, types.Reservation{OwnerId: aws.String(Account),
				ReservationId: aws.String("r" + (*i.InstanceId)[1:]), Instances: []types.Instance{i.Instance}})
		}
		return out, nil
	})
	mocks.Handle(s, func(r *mocks.Request, asked *ec2.DescribeInstanceAttributeInput) (*ec2.DescribeInstanceAttributeOutput, error) {
		in, err := e.at(r)
		if err != nil {
			return nil, err
		}
		i, ok := known[in.name+aws.ToString(asked.InstanceId)]
		if !ok {
			return nil, &mocks.Error{Status: http.StatusBadRequest, Code: "InvalidInstanceID.NotFound", Message: "The instance ID does not exist"}
		}
		return in.attribute(i, asked)
	})
}

// whole is a Region asked for a whole list, without filters.
func (e *estate) whole(r *mocks.Request, filters int) (*region, error) {
	in, err := e.at(r)
	if err == nil && filters > 0 {
		err = unsupported("InvalidParameterValue")
	}
	return in, err
}

// serveNetwork answers about security groups, network interfaces and prefix lists.
func (e *estate) serveNetwork(s *mocks.Server) {
	mocks.Handle(s, func(r *mocks.Request, asked *ec2.DescribeSecurityGroupsInput) (*ec2.DescribeSecurityGroupsOutput, error) {
		in, err := e.whole(r, len(asked.Filters)+len(asked.GroupIds)+len(asked.GroupNames))
		if err != nil {
			return nil, err
		}
		return &ec2.DescribeSecurityGroupsOutput{SecurityGroups: in.groups}, nil
	})
	mocks.Handle(s, func(r *mocks.Request, asked *ec2.DescribeNetworkInterfacesInput) (*ec2.DescribeNetworkInterfacesOutput, error) {
		in, err := e.whole(r, len(asked.Filters)+len(asked.NetworkInterfaceIds))
		if err != nil {
			return nil, err
		}
		return &ec2.DescribeNetworkInterfacesOutput{NetworkInterfaces: in.interfaces}, nil
	})
	mocks.Handle(s, func(r *mocks.Request, asked *ec2.DescribeManagedPrefixListsInput) (*ec2.DescribeManagedPrefixListsOutput, error) {
		in, err := e.whole(r, len(asked.Filters)+len(asked.PrefixListIds))
		if err != nil {
			return nil, err
		}
		out := &ec2.DescribeManagedPrefixListsOutput{}
		for _, l := range in.lists {
			out.PrefixLists = append(out.PrefixLists, l.ManagedPrefixList)
		}
		return out, nil
	})
	mocks.Handle(s, func(r *mocks.Request, asked *ec2.GetManagedPrefixListEntriesInput) (*ec2.GetManagedPrefixListEntriesOutput, error) {
		in, err := e.at(r)
		if err != nil {
			return nil, err
		}
		out := &ec2.GetManagedPrefixListEntriesOutput{}
		for _, l := range in.lists {
			if *l.PrefixListId != aws.ToString(asked.PrefixListId) {
				continue
			}
			for _, cidr := range l.cidrs {
				out.Entries = append(out.Entries, types.PrefixListEntry{Cidr: aws.String(cidr)})
			}
			return out, nil
		}
		return nil, &mocks.Error{Code: "InvalidPrefixListID.NotFound", Message: "The prefix list ID does not exist"}
	})
}
