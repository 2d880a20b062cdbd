// Package autoscaling reads EC2 Auto Scaling: groups and launch configurations.
// It asks and maps; it leaves clients to scanner and judgement to checks.
package autoscaling

// API is every call that this collector makes.
type API interface{}
