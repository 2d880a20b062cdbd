package snapshot

import (
	"slices"
	"time"
)

// AutoScaling is what was read of EC2 Auto Scaling: groups and launch configurations.
type AutoScaling struct {
	Groups         []ScalingGroup
	Configurations []LaunchConfiguration
}

// And joins what was read of two Regions.
func (x AutoScaling) And(o AutoScaling) AutoScaling {
	return AutoScaling{
		Groups:         slices.Concat(x.Groups, o.Groups),
		Configurations: slices.Concat(x.Configurations, o.Configurations),
	}
}

// ScalingGroup is an Auto Scaling group. Source: Auto Scaling DescribeAutoScalingGroups.
type ScalingGroup struct {
	Meta
	Configuration string // LaunchConfigurationName; "" where templates say how it launches
	Templates     []TemplateRef
	Subnets       []string // of VPCZoneIdentifier
}

// TemplateRef names a launch template, by ID or name, and a version: a number, $Default,
// $Latest, or "" for the default.
type TemplateRef struct{ ID, Name, Version string }

// LaunchConfiguration is an Auto Scaling launch configuration.
// Source: Auto Scaling DescribeLaunchConfigurations.
type LaunchConfiguration struct {
	Meta
	Created time.Time
	Spec    LaunchSpec
	Public  *bool // AssociatePublicIpAddress; nil where nothing is said of it
}

// ScalingGroups are the Auto Scaling groups.
var ScalingGroups = Kind[ScalingGroup]{
	Type:  "auto scaling group",
	All:   func(a *Account) []ScalingGroup { return a.Scaling.Groups },
	Meta:  func(g ScalingGroup) Meta { return g.Meta },
	ID:    func(g ScalingGroup) string { return g.ARN },
	Key:   func(g ScalingGroup) string { return g.Name },
	Lists: []string{"autoscaling:DescribeAutoScalingGroups"},
}

// LaunchConfigurations are the launch configurations, unused ones too.
var LaunchConfigurations = Kind[LaunchConfiguration]{
	Type:  "launch configuration",
	All:   func(a *Account) []LaunchConfiguration { return a.Scaling.Configurations },
	Meta:  func(c LaunchConfiguration) Meta { return c.Meta },
	ID:    func(c LaunchConfiguration) string { return c.ARN },
	Key:   func(c LaunchConfiguration) string { return c.Name },
	Lists: []string{"autoscaling:DescribeLaunchConfigurations"},
}
