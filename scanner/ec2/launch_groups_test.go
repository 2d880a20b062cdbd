package ec2

import (
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"onus/scanner/snapshot"
)

// A version names groups by id, by name and for each of its interfaces.
func TestGroupsOfATemplateVersion(t *testing.T) {
	v := templateVersion(snapshot.Location{}, types.LaunchTemplateVersion{VersionNumber: aws.Int64(1), LaunchTemplateData: &types.ResponseLaunchTemplateData{
		SecurityGroupIds: []string{"sg-1"}, SecurityGroups: []string{"web"},
		NetworkInterfaces: []types.LaunchTemplateInstanceNetworkInterfaceSpecification{{Groups: []string{"sg-2"}}, {Groups: []string{"sg-3"}}},
	}})
	if want := []string{"sg-1", "web", "sg-2", "sg-3"}; !slices.Equal(v.Groups, want) {
		t.Errorf("groups %v, want %v", v.Groups, want)
	}
}
