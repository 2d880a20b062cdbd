package network

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

// launchOf puts a template with the interfaces in each of its versions into the account,
// beside two subnets and two interfaces: of each, the first is public.
func launchOf(versions ...[]snapshot.LaunchInterface) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		var list []snapshot.TemplateVersion
		for i, n := range versions {
			list = append(list, snapshot.TemplateVersion{Number: int64(i + 1), LaunchSpec: snapshot.LaunchSpec{Interfaces: n}})
		}
		a.EC2.LaunchTemplates = []snapshot.LaunchTemplate{{Meta: checktest.Meta("web", "arn:aws:ec2:eu-west-1:111122223333:launch-template/lt-1"), ID: "lt-1", Default: 1, Latest: int64(len(list)), Versions: snapshot.Value(list)}}
		a.EC2.Subnets = []snapshot.Subnet{
			{Meta: checktest.Meta("", "arn/subnet-public"), ID: "subnet-public", MapPublicIPOnLaunch: snapshot.Value(true), PublicIPv6: []string{"2600:1f18::/64"}},
			{Meta: checktest.Meta("", "arn/subnet-private"), ID: "subnet-private", MapPublicIPOnLaunch: snapshot.Value(false)},
			{Meta: checktest.Meta("", "arn/subnet-odd"), ID: "subnet-odd"},
		}
		a.EC2.Interfaces = []snapshot.NetworkInterface{
			{Meta: checktest.Meta("", "arn/eni-public"), ID: "eni-public", Public: []string{"198.51.100.7"}},
			{Meta: checktest.Meta("", "arn/eni-private"), ID: "eni-private"},
		}
	}
}

func one(n ...snapshot.LaunchInterface) func(*snapshot.Account) { return launchOf(n) }

func failing(op string) func(*snapshot.Account) {
	return func(a *snapshot.Account) { checktest.Fail(a, op, checktest.At.Region, snapshot.Denied) }
}

func TestLaunchTemplateNoPublicIP(t *testing.T) {
	yes := []snapshot.LaunchInterface{{PublicIP: new(true)}}
	no := []snapshot.LaunchInterface{{PublicIP: new(false)}}
	checktest.Run(t, &LaunchTemplateNoPublicIP, []checktest.Case{
		{Name: "false", Set: launchOf(no), Want: checks.PASS, Reason: "version 1 (default, latest): none of its 1 interfaces"},
		{Name: "true", Set: launchOf(yes), Want: checks.FAIL, Reason: "interface 0: AssociatePublicIpAddress is true"},
		{Name: "true, on the second interface", Set: one(no[0], yes[0]), Want: checks.FAIL, Reason: "interface 1"},
		{Name: "a template that launched nothing is judged itself", Set: launchOf(no, yes), Want: checks.FAIL, Reason: "version 2 (latest)"},
		{Name: "absent is not false: the subnet decides", Set: one(snapshot.LaunchInterface{Subnet: "subnet-public"}), Want: checks.FAIL, Reason: "MapPublicIpOnLaunch of subnet-public is true"},
		{Name: "absent, in a private subnet", Set: one(snapshot.LaunchInterface{Subnet: "subnet-private"}), Want: checks.PASS},
		{Name: "absent, in a subnet that is chosen at launch", Set: one(snapshot.LaunchInterface{}), Want: checks.PASS, Reason: "the subnet chosen at launch decides"},
		{Name: "no interface at all", Set: one(), Want: checks.PASS, Reason: "the subnet chosen at launch decides"},
		{Name: "false wins over the subnet", Set: one(snapshot.LaunchInterface{PublicIP: new(false), Subnet: "subnet-public"}), Want: checks.PASS},
		{Name: "an interface with a public address", Set: one(snapshot.LaunchInterface{ID: "eni-public"}), Want: checks.FAIL, Reason: "198.51.100.7"},
		{Name: "an interface without", Set: one(snapshot.LaunchInterface{ID: "eni-private"}), Want: checks.PASS},
		{Name: "an interface that is gone", Set: one(snapshot.LaunchInterface{ID: "eni-gone"}), Want: checks.UNKNOWN, Reason: "not there"},
		{Name: "IPv6 in a public subnet", Set: one(snapshot.LaunchInterface{PublicIP: new(false), IPv6: true, Subnet: "subnet-public"}), Want: checks.FAIL, Reason: "2600:1f18::/64"},
		{Name: "IPv6 in a subnet with private blocks alone", Set: one(snapshot.LaunchInterface{IPv6: true, Subnet: "subnet-private"}), Want: checks.PASS},
		{Name: "IPv6 wherever it is launched", Set: one(snapshot.LaunchInterface{PublicIP: new(false), IPv6: true}), Want: checks.FAIL, Reason: "no certain subnet"},
		{Name: "an old version that nothing uses", Set: launchOf(no, yes, no), Want: checks.PASS, Observed: map[string]string{"versions not in use": "version 2: interface 0: AssociatePublicIpAddress is true"}},
		{Name: "an old version, and all are to be judged", Set: launchOf(no, yes, no), Parameters: map[string]any{"judge_all_versions": true}, Want: checks.FAIL},
		{Name: "an old version, and nobody knows what is in use", Set: and(launchOf(no, yes, no), failing("ec2:DescribeInstances")), Want: checks.UNKNOWN, Reason: "whether anything uses"},
		{Name: "a subnet that is not there", Set: one(snapshot.LaunchInterface{Subnet: "subnet-gone"}), Want: checks.UNKNOWN, Reason: "not there"},
		{Name: "IPv6 in a subnet that is not there", Set: one(snapshot.LaunchInterface{PublicIP: new(false), IPv6: true, Subnet: "subnet-gone"}), Want: checks.UNKNOWN, Reason: "not there"},
		{Name: "a subnet whose answer lacks the flag", Set: one(snapshot.LaunchInterface{Subnet: "subnet-odd"}), Want: checks.UNKNOWN},
		{Name: "subnets are not read", Set: and(one(snapshot.LaunchInterface{Subnet: "subnet-x", IPv6: true}), failing("ec2:DescribeSubnets")), Want: checks.UNKNOWN, Reason: "denied"},
		{Name: "interfaces are not read", Set: and(one(snapshot.LaunchInterface{ID: "eni-x"}), failing("ec2:DescribeNetworkInterfaces")), Want: checks.UNKNOWN, Reason: "denied"},
		{Name: "subnets are not read, and an address is certain", Set: and(one(snapshot.LaunchInterface{Subnet: "subnet-x"}, yes[0]), failing("ec2:DescribeSubnets")), Want: checks.FAIL},
		{Name: "versions are not read", Want: checks.UNKNOWN, Set: and(launchOf(no), func(a *snapshot.Account) {
			a.EC2.LaunchTemplates[0].Versions = snapshot.Missing[[]snapshot.TemplateVersion](checktest.Unread("ec2:DescribeLaunchTemplateVersions", snapshot.Denied))
		})},
	})
}

func TestLaunchConfigurationNoPublicIP(t *testing.T) {
	configured := func(public *bool, subnets ...[]string) func(*snapshot.Account) {
		return and(launchOf(), func(a *snapshot.Account) {
			a.EC2.LaunchTemplates = nil
			a.Scaling.Configurations = []snapshot.LaunchConfiguration{{Meta: checktest.Meta("old", "arn:aws:autoscaling:eu-west-1:111122223333:launchConfiguration:1:launchConfigurationName/old"), Public: public}}
			for _, list := range subnets {
				a.Scaling.Groups = append(a.Scaling.Groups, snapshot.ScalingGroup{Meta: checktest.Meta("shop", "arn"), Configuration: "old", Subnets: list})
			}
		})
	}
	checktest.Run(t, &LaunchConfigurationNoPublicIP, []checktest.Case{
		{Name: "false", Set: configured(new(false)), Want: checks.PASS, Reason: "AssociatePublicIpAddress is false"},
		{Name: "true", Set: configured(new(true)), Want: checks.FAIL, Reason: "AssociatePublicIpAddress is true"},
		{Name: "absent, and all subnets are private", Set: configured(nil, []string{"subnet-private"}), Want: checks.PASS, Reason: "subnet-private of group shop"},
		{Name: "absent, and one subnet of one group is public", Set: configured(nil, []string{"subnet-private"}, []string{"subnet-private", "subnet-public"}), Want: checks.FAIL, Reason: "subnet-public of group shop"},
		{Name: "absent, and a public subnet beside one that is not there", Set: configured(nil, []string{"subnet-gone", "subnet-public"}), Want: checks.FAIL},
		{Name: "absent, and no group uses it", Set: configured(nil), Want: checks.UNKNOWN, Reason: "no group uses"},
		{Name: "absent, and the group names no subnet", Set: configured(nil, nil), Want: checks.UNKNOWN, Reason: "names no subnet"},
		{Name: "absent, and a subnet is not there", Set: configured(nil, []string{"subnet-gone"}), Want: checks.UNKNOWN, Reason: "not there"},
		{Name: "absent, and groups are not read", Set: and(configured(nil, []string{"subnet-private"}), failing("autoscaling:DescribeAutoScalingGroups")), Want: checks.UNKNOWN, Reason: "denied"},
		{Name: "absent, and subnets are not read", Set: and(configured(nil, []string{"subnet-x"}), failing("ec2:DescribeSubnets")), Want: checks.UNKNOWN, Reason: "denied"},
	})
}
