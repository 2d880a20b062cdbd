package wire

// autoscalingOperations are EC2 Auto Scaling's.
var autoscalingOperations = query(Operation{}, "autoscaling", `DescribeAutoScalingGroups DescribeLaunchConfigurations`)
