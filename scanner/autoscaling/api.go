// Package autoscaling reads EC2 Auto Scaling: groups and launch configurations.
// It asks and maps; it leaves clients to scanner and judgement to checks.
package autoscaling

import "github.com/aws/aws-sdk-go-v2/service/autoscaling"

// API is every call that this collector makes.
type API interface {
	autoscaling.DescribeAutoScalingGroupsAPIClient
	autoscaling.DescribeLaunchConfigurationsAPIClient
}
