package network

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/launch"
	"onus/scanner/snapshot"
)

// LaunchTemplateNoPublicIP passes when no interface of a version that counts (the default,
// the latest, and those in use) gets a public address: by the template's own word, by the
// subnet that it names, by an interface with an address that it names, or by IPv6. A version
// that leaves the subnet open is not answerable for the one that is chosen at launch.
// Source: EC2 DescribeLaunchTemplateVersions, NetworkInterfaces[]; DescribeSubnets,
// MapPublicIpOnLaunch; DescribeNetworkInterfaces, Association.
var LaunchTemplateNoPublicIP = checks.Check{
	ID:          "ec2-launch-template-no-public-ip",
	Title:       "Launch templates give instances no public address",
	Severity:    checks.Medium,
	Category:    checks.Network,
	Duty:        checks.NetworkFirewall,
	ServiceKind: checks.Infrastructure,
	Tier:        1,
	Reads:       slices.Concat(launch.TemplateReads, []string{"ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets"}),
	Parameters:  checks.Parameters{"judge_all_versions": false},
	Remedy:      "Make a version with AssociatePublicIpAddress false, in private subnets, make it the default, and delete the versions that nobody needs.",
	Fix: checks.Fix{
		Threat: "Every instance that the template launches can be reached from the internet as soon as a security group opens a port. Scanners find a new address within minutes.",
		CLI: `aws ec2 create-launch-template-version --region {region} --launch-template-id {id} --source-version '$Latest' --launch-template-data '{"NetworkInterfaces":[{"DeviceIndex":0,"AssociatePublicIpAddress":false,"Groups":["SECURITY_GROUP"]}]}'
aws ec2 modify-launch-template --region {region} --launch-template-id {id} --default-version NEW_VERSION`,
		Terraform: `resource "aws_launch_template" "example" {
  name = "{name}"

  network_interfaces {
    device_index                = 0
    associate_public_ip_address = false
    security_groups             = [aws_security_group.example.id]
  }
}`,
		Cost: "Instances without a public address need a NAT gateway or VPC endpoints to reach the internet and AWS, which are billed by the hour and by traffic. Clients come in through a load balancer.",
	},
	Judges: checks.For(snapshot.LaunchTemplates, launchTemplateNoPublicIP),
}

func launchTemplateNoPublicIP(t snapshot.LaunchTemplate, env checks.Env) checks.Verdict {
	return launch.Template(t, env, env.Bool("judge_all_versions"), func(s snapshot.LaunchSpec) checks.Verdict {
		return launchAddresses(s, t.Location, env)
	})
}

// launchAddresses judges the interfaces that one description gives to instances.
func launchAddresses(s snapshot.LaunchSpec, at snapshot.Location, env checks.Env) checks.Verdict {
	var public, left []string
	var unknown *checks.Verdict
	for i, n := range s.Interfaces {
		for _, v := range []checks.Verdict{launchIPv4(n, at, env), launchIPv6(n, at, env)} {
			v.Reason = fmt.Sprintf("interface %d: %s", i, v.Reason)
			switch {
			case v.Status == checks.FAIL:
				public = append(public, v.Reason)
			case v.Status == checks.UNKNOWN && unknown == nil:
				unknown = &v
			case v.Status == checks.NotApplicable: // nothing is said of it
				left = append(left, v.Reason)
			}
		}
	}
	switch {
	case len(public) > 0:
		return checks.Fail("%s", strings.Join(few(public), ", "))
	case unknown != nil:
		return *unknown
	case len(s.Interfaces) == 0:
		return checks.Pass("it says nothing of addresses, so that the subnet chosen at launch decides")
	case len(left) > 0:
		return checks.Pass("%s", strings.Join(few(left), ", "))
	}
	return checks.Pass("none of its %d interfaces gets a public address", len(s.Interfaces))
}

// launchIPv4 says whether an interface gets a public IPv4 address; NOT_APPLICABLE where what
// is chosen at launch decides.
func launchIPv4(n snapshot.LaunchInterface, at snapshot.Location, env checks.Env) checks.Verdict {
	switch {
	case n.ID != "":
		return namedInterface(n.ID, at, env)
	case n.PublicIP != nil && *n.PublicIP:
		return checks.Fail("AssociatePublicIpAddress is true")
	case n.PublicIP != nil:
		return checks.Pass("AssociatePublicIpAddress is false")
	case n.Subnet == "":
		return checks.DoesNotApply("AssociatePublicIpAddress is absent, so that the subnet chosen at launch decides")
	}
	return subnetAddresses(n.Subnet, at, env)
}

// namedInterface judges an interface that exists and that instances are given.
func namedInterface(id string, at snapshot.Location, env checks.Env) checks.Verdict {
	i, err := checks.Find(env, snapshot.NetworkInterfaces, at, id)
	switch {
	case errors.Is(err, snapshot.ErrAbsent):
		return checks.Unclear("it names %s, which is not there", id)
	case err != nil:
		return checks.Unknown(err)
	case len(i.Public) > 0:
		return checks.Fail("it names %s, which has the public address %s", id, strings.Join(i.Public, ", "))
	}
	return checks.Pass("it names %s, which has no public address", id)
}

// subnetAddresses says whether a subnet gives new interfaces a public IPv4 address.
func subnetAddresses(id string, at snapshot.Location, env checks.Env) checks.Verdict {
	s, err := checks.Find(env, snapshot.Subnets, at, id)
	public := false
	if err == nil {
		public, err = checks.Use(env, s.MapPublicIPOnLaunch)
	}
	switch {
	case errors.Is(err, snapshot.ErrAbsent):
		return checks.Unclear("AssociatePublicIpAddress is absent, and %s, which decides, is not there", id)
	case err != nil:
		return checks.Unknown(err)
	case public:
		return checks.Fail("AssociatePublicIpAddress is absent, and MapPublicIpOnLaunch of %s is true", id)
	}
	return checks.Pass("AssociatePublicIpAddress is absent, and MapPublicIpOnLaunch of %s is false", id)
}

// launchIPv6 says whether an interface gets public IPv6 addresses: those that it asks for
// are public, unless its subnet has private IPv6 blocks alone.
func launchIPv6(n snapshot.LaunchInterface, at snapshot.Location, env checks.Env) checks.Verdict {
	if !n.IPv6 {
		return checks.Pass("it asks for no IPv6 address")
	}
	if n.Subnet == "" {
		return checks.Fail("it asks for IPv6 addresses, in no certain subnet")
	}
	s, err := checks.Find(env, snapshot.Subnets, at, n.Subnet)
	switch {
	case errors.Is(err, snapshot.ErrAbsent):
		return checks.Unclear("it asks for IPv6 addresses in %s, which is not there", n.Subnet)
	case err != nil:
		return checks.Unknown(err)
	case len(s.PublicIPv6) > 0:
		return checks.Fail("it asks for IPv6 addresses, and %s of %s is not private", strings.Join(s.PublicIPv6, ", "), n.Subnet)
	}
	return checks.Pass("the IPv6 blocks of %s are private", n.Subnet)
}

// LaunchConfigurationNoPublicIP passes when the launch configuration says that instances get
// no public address, or says nothing and no subnet of the groups that use it gives one. With
// no group, nothing tells which subnet would decide.
// Source: Auto Scaling DescribeLaunchConfigurations, AssociatePublicIpAddress;
// DescribeAutoScalingGroups, VPCZoneIdentifier; EC2 DescribeSubnets, MapPublicIpOnLaunch.
var LaunchConfigurationNoPublicIP = checks.Check{
	ID:          "ec2-launch-configuration-no-public-ip",
	Title:       "Auto Scaling launch configurations give instances no public address",
	Severity:    checks.Medium,
	Category:    checks.Network,
	Duty:        checks.NetworkFirewall,
	ServiceKind: checks.Infrastructure,
	Tier:        2,
	Reads:       []string{"autoscaling:DescribeLaunchConfigurations", "autoscaling:DescribeAutoScalingGroups", "ec2:DescribeSubnets"},
	Remedy:      "Replace the launch configuration by a launch template with AssociatePublicIpAddress false, and launch into private subnets.",
	Fix: checks.Fix{
		Threat: "Every instance that the group launches can be reached from the internet as soon as a security group opens a port. Scanners find a new address within minutes.",
		CLI: `aws ec2 create-launch-template --region {region} --launch-template-name {name} --launch-template-data '{"ImageId":"IMAGE","InstanceType":"TYPE","NetworkInterfaces":[{"DeviceIndex":0,"AssociatePublicIpAddress":false,"Groups":["SECURITY_GROUP"]}]}'
aws autoscaling update-auto-scaling-group --region {region} --auto-scaling-group-name GROUP --launch-template 'LaunchTemplateName={name},Version=$Latest'
aws autoscaling delete-launch-configuration --region {region} --launch-configuration-name {name}`,
		Terraform: `resource "aws_launch_template" "example" {
  name          = "{name}"
  image_id      = "IMAGE"
  instance_type = "TYPE"

  network_interfaces {
    device_index                = 0
    associate_public_ip_address = false
    security_groups             = [aws_security_group.example.id]
  }
}`,
		Cost: "Instances without a public address need a NAT gateway or VPC endpoints to reach the internet and AWS, which are billed by the hour and by traffic. A launch configuration cannot be edited: the template must repeat all that it holds.",
	},
	Judges: checks.For(snapshot.LaunchConfigurations, launchConfigurationNoPublicIP),
}

func launchConfigurationNoPublicIP(c snapshot.LaunchConfiguration, env checks.Env) checks.Verdict {
	if c.Public != nil {
		if *c.Public {
			return checks.Fail("AssociatePublicIpAddress is true").With("AssociatePublicIpAddress", "true")
		}
		return checks.Pass("AssociatePublicIpAddress is false").With("AssociatePublicIpAddress", "false")
	}
	groups, unread := launch.Groups(c, env)
	var public, private []string
	var unknown *checks.Verdict
	for _, g := range groups {
		if len(g.Subnets) == 0 && unknown == nil {
			v := checks.Unclear("AssociatePublicIpAddress is absent, and group %s names no subnet: that of a default VPC decides", g.Name)
			unknown = &v
		}
		for _, id := range g.Subnets {
			switch v := subnetAddresses(id, c.Location, env); {
			case v.Status == checks.FAIL:
				public = append(public, id+" of group "+g.Name)
			case v.Status == checks.UNKNOWN && unknown == nil:
				unknown = &v
			default:
				private = append(private, id+" of group "+g.Name)
			}
		}
	}
	switch {
	case len(public) > 0:
		return checks.Fail("AssociatePublicIpAddress is absent, and MapPublicIpOnLaunch is true for %s", strings.Join(few(public), ", "))
	case unread != nil:
		return checks.Unknown(unread)
	case unknown != nil:
		return *unknown
	case len(groups) == 0:
		return checks.Unclear("AssociatePublicIpAddress is absent, and no group uses the launch configuration: nothing tells which subnet would decide")
	}
	return checks.Pass("AssociatePublicIpAddress is absent, and MapPublicIpOnLaunch is false for %s", strings.Join(few(private), ", "))
}
