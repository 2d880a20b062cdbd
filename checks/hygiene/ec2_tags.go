package hygiene

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/networks"
	"onus/scanner/snapshot"
)

// taggable are the types of resources that are judged.
var taggable = []string{
	"instance", "image", "volume", "snapshot", "security-group", "network-acl", "vpc", "subnet", "route-table", "internet-gateway", "natgateway",
	"network-interface", "elastic-ip", "launch-template", "prefix-list", "dhcp-options", "vpc-endpoint-service", "vpc-flow-log", "vpc-peering-connection",
	"transit-gateway", "transit-gateway-attachment", "transit-gateway-route-table", "customer-gateway", "vpn-gateway",
	"traffic-mirror-session", "traffic-mirror-filter", "traffic-mirror-target",
}

// ResourceTagged passes when a resource of EC2 or a VPC carries every tag that the policy
// asks for, or any tag where it asks for none. AWS's own tags do not count, and values may be
// empty. An entry of required_keys is a key, or Key=one|other for the values that are allowed.
// Source: the EC2 operations of Reads, Tags; of interfaces TagSet.
var ResourceTagged = checks.Check{
	ID:          "ec2-resource-required-tags-present",
	Title:       "EC2 and VPC resources carry the required tags",
	Severity:    checks.Low,
	Category:    checks.Hygiene,
	Duty:        checks.CustomerData,
	ServiceKind: checks.Infrastructure,
	Tier:        2,
	Reads:       []string{"ec2:DescribeInstances", "ec2:DescribeImages", "ec2:DescribeVolumes", "ec2:DescribeSnapshots", "ec2:DescribeSecurityGroups", "ec2:DescribeNetworkAcls", "ec2:DescribeVpcs", "ec2:DescribeSubnets", "ec2:DescribeRouteTables", "ec2:DescribeInternetGateways", "ec2:DescribeNatGateways", "ec2:DescribeNetworkInterfaces", "ec2:DescribeAddresses", "ec2:DescribeLaunchTemplates", "ec2:DescribeManagedPrefixLists", "ec2:DescribeDhcpOptions", "ec2:DescribeVpcEndpointServiceConfigurations", "ec2:DescribeFlowLogs", "ec2:DescribeVpcPeeringConnections", "ec2:DescribeTransitGateways", "ec2:DescribeTransitGatewayAttachments", "ec2:DescribeTransitGatewayRouteTables", "ec2:DescribeCustomerGateways", "ec2:DescribeVpnGateways", "ec2:DescribeTrafficMirrorSessions", "ec2:DescribeTrafficMirrorFilters", "ec2:DescribeTrafficMirrorTargets"},
	Parameters:  checks.Parameters{"required_keys": []string{}, "resource_types": taggable},
	Bounds:      tagBounds,
	Remedy:      "Add the missing tags; keys are case-sensitive.",
	Fix: checks.Fix{
		Threat: "Nobody knows whose the resource is when something is wrong with it. What has no owner is not patched, not cleaned up and not protected by rules that go by tags.",
		CLI:    "aws ec2 create-tags --resources {id} --tags Key=owner,Value=TEAM --region {region}",
		Terraform: `resource "aws_ec2_tag" "owner" {
  resource_id = "{id}"
  key         = "owner"
  value       = "TEAM"
}`,
		Cost: "Policies, backup plans and reports that go by tags may take the resource in from then on.",
	},
	Judges: tags(snapshot.Instances, "instance", func(i snapshot.Instance) string { return managed(i.Managed) }).
		And(tags(snapshot.Images, "image", func(i snapshot.Image) string { return gone(i.State, "deregistered", "failed") })).
		And(tags(snapshot.Volumes, "volume", func(v snapshot.Volume) string {
			return either(managed(v.Managed), gone(v.State, "deleted", "deleting"))
		})).
		And(tags(snapshot.VolumeSnapshots, "snapshot", nobody[snapshot.VolumeSnapshot])).
		And(tags(snapshot.SecurityGroups, "security-group", func(g snapshot.SecurityGroup) string { return foreign(g.Owner, g.Account) })).
		And(checks.For(snapshot.NetworkACLs, aclTagged)).
		And(tags(snapshot.VPCs, "vpc", func(v snapshot.VPC) string { return foreign(v.Owner, v.Account) })).
		And(tags(snapshot.Subnets, "subnet", func(s snapshot.Subnet) string { return foreign(s.Owner, s.Account) })).
		And(tags(snapshot.RouteTables, "route-table", func(t snapshot.RouteTable) string { return foreign(networks.OwnerOf(t.Meta), t.Account) })).
		And(tags(snapshot.InternetGateways, "internet-gateway", func(g snapshot.InternetGateway) string { return foreign(networks.OwnerOf(g.Meta), g.Account) })).
		And(tags(snapshot.NATGateways, "natgateway", func(g snapshot.NATGateway) string { return gone(g.State, "deleted", "deleting", "failed") })).
		And(tags(snapshot.NetworkInterfaces, "network-interface", func(n snapshot.NetworkInterface) string {
			return either(foreign(n.Owner, n.Account), managed(n.RequesterManaged || n.Managed))
		})).
		And(tags(snapshot.Addresses, "elastic-ip", func(a snapshot.Address) string { return managed(a.ServiceManaged != "") })).
		And(tags(snapshot.LaunchTemplates, "launch-template", func(t snapshot.LaunchTemplate) string { return managed(t.Managed) })).
		And(tags(snapshot.PrefixLists, "prefix-list", func(l snapshot.PrefixList) string { return foreign(l.Owner, l.Account) })).
		And(tags(snapshot.DHCPOptionSets, "dhcp-options", func(o snapshot.DHCPOptions) string { return foreign(o.Owner, o.Account) })).
		And(tags(snapshot.EndpointServices, "vpc-endpoint-service", func(s snapshot.EndpointService) string { return gone(s.State, "Deleted", "Deleting", "Failed") })).
		And(tags(snapshot.FlowLogs, "vpc-flow-log", nobody[snapshot.FlowLog])).
		And(tags(snapshot.VPCPeerings, "vpc-peering-connection", func(p snapshot.VPCPeering) string {
			return gone(p.Status, "deleted", "deleting", "rejected", "expired", "failed")
		})).
		And(tags(snapshot.TransitGateways, "transit-gateway", func(g snapshot.TransitGateway) string {
			return either(foreign(g.Owner, g.Account), gone(g.State, "deleted", "deleting"))
		})).
		And(tags(snapshot.TransitAttachments, "transit-gateway-attachment", func(a snapshot.TransitAttachment) string {
			return either(foreign(a.ResourceOwner, a.Account), gone(a.State, "deleted", "deleting", "rejected", "failed"))
		})).
		And(tags(snapshot.TransitTables, "transit-gateway-route-table", func(t snapshot.TransitTable) string { return gone(t.State, "deleted", "deleting") })).
		And(tags(snapshot.CustomerGateways, "customer-gateway", func(g snapshot.CustomerGateway) string { return gone(g.State, "deleted", "deleting") })).
		And(tags(snapshot.VPNGateways, "vpn-gateway", func(g snapshot.VPNGateway) string { return gone(g.State, "deleted", "deleting") })).
		And(tags(snapshot.MirrorSessions, "traffic-mirror-session", func(s snapshot.MirrorSession) string { return foreign(s.Owner, s.Account) })).
		And(tags(snapshot.MirrorFilters, "traffic-mirror-filter", nobody[snapshot.MirrorFilter])).
		And(tags(snapshot.MirrorTargets, "traffic-mirror-target", func(t snapshot.MirrorTarget) string { return foreign(t.Owner, t.Account) })),
}

// tagBounds refuses an entry that names no key of the customer's, and types that are not
// judged.
func tagBounds(parameter string, value any) error {
	list, _ := value.([]string)
	for _, entry := range list {
		key, _, _ := strings.Cut(entry, "=")
		switch {
		case parameter == "resource_types" && !slices.Contains(taggable, entry):
			return fmt.Errorf("%q is not judged, want one of %s", entry, strings.Join(taggable, ", "))
		case parameter == "required_keys" && strings.TrimSpace(key) == "":
			return fmt.Errorf("%q names no key, want Key or Key=one|other", entry)
		case parameter == "required_keys" && strings.HasPrefix(key, "aws:"):
			return fmt.Errorf("%q is a tag that only AWS can set", key)
		}
	}
	return nil
}

// tags judges the resources of one kind. why says of one that is not the customer's to tag
// why it is not, "" of the others.
func tags[T any](k snapshot.Kind[T], resource string, why func(T) string) checks.Judges {
	return checks.For(k, func(v T, env checks.Env) checks.Verdict { return judgeTags(k.Meta(v).Tags, resource, why(v), env) })
}

func judgeTags(tags map[string]string, resource, why string, env checks.Env) checks.Verdict {
	switch {
	case !slices.Contains(env.Strings("resource_types"), resource):
		return checks.DoesNotApply("resource_types does not hold %s", resource)
	case why != "":
		return checks.DoesNotApply("%s", why)
	}
	return requiredTags(tags, env.Strings("required_keys"))
}

func requiredTags(tags map[string]string, required []string) checks.Verdict {
	own := slices.DeleteFunc(slices.Sorted(maps.Keys(tags)), func(key string) bool { return strings.HasPrefix(key, "aws:") })
	keys := strings.Join(own, ", ")
	var lacking []string
	for _, entry := range required {
		key, allowed, bounded := strings.Cut(entry, "=")
		value, there := tags[key]
		switch {
		case !there:
			lacking = append(lacking, key+" is missing")
		case bounded && !slices.Contains(strings.Split(allowed, "|"), value):
			lacking = append(lacking, key+" is \""+value+"\", want "+strings.ReplaceAll(allowed, "|", " or "))
		}
	}
	switch {
	case len(lacking) > 0:
		return checks.Fail("%s", strings.Join(lacking, "; ")).With("keys", keys)
	case len(required) > 0:
		return checks.Pass("the required tags are there: %s", strings.Join(required, ", ")).With("keys", keys)
	case len(own) == 0:
		return checks.Fail("there is no tag but AWS's own").With("keys", keys)
	}
	return checks.Pass("tagged with %s", keys).With("keys", keys)
}

func nobody[T any](T) string { return "" }

func foreign(owner, account string) string {
	if owner == "" || owner == account {
		return ""
	}
	return "the resource belongs to " + owner
}

func managed(is bool) string {
	if is {
		return "an AWS service manages the resource"
	}
	return ""
}

func gone(state string, ended ...string) string {
	if slices.Contains(ended, state) {
		return "the resource is " + state
	}
	return ""
}

func either(one, other string) string {
	if one != "" {
		return one
	}
	return other
}

// aclTagged leaves out the default ACL of a default VPC, which AWS made and keeps.
func aclTagged(n snapshot.NetworkACL, env checks.Env) checks.Verdict {
	if n.Default && n.VPC != "" {
		switch vpc, err := checks.Find(env, snapshot.VPCs, n.Location, n.VPC); {
		case err != nil && !errors.Is(err, snapshot.ErrAbsent):
			return checks.Unknown(err)
		case err == nil && vpc.Default:
			return checks.DoesNotApply("it is the default ACL of a default VPC")
		}
	}
	return judgeTags(n.Tags, "network-acl", foreign(n.Owner, n.Account), env)
}
