package resilience

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

func TestSubnetHeadroom(t *testing.T) {
	subnet := func(cidr string, free int32, change ...func(*snapshot.Subnet)) func(*snapshot.Account) {
		return checktest.Subnets("subnet-1", "vpc-1", append([]func(*snapshot.Subnet){func(s *snapshot.Subnet) { s.CIDRs, s.Free = []string{cidr, "2600:1f18::/64"}, &free }}, change...)...)
	}
	checktest.Run(t, &SubnetHeadroom, []checktest.Case{
		{Name: "plenty", Set: subnet("10.0.0.0/24", 200), Want: checks.PASS, Reason: "200 of 251 addresses are free (80 %)"},
		{Name: "few", Set: subnet("10.0.0.0/24", 20), Want: checks.FAIL, Reason: "20 of 251 addresses are free (8 %), want 10 %"},
		{Name: "five are AWS's", Set: subnet("10.0.0.0/28", 11), Want: checks.PASS, Reason: "11 of 11"},
		{Name: "the smallest subnet swings", Set: subnet("10.0.0.0/28", 1), Want: checks.FAIL, Reason: "1 of 11"},
		{Name: "exactly enough", Set: subnet("10.0.0.0/28", 1), Parameters: map[string]any{"min_free_ratio": 1.0 / 11}, Want: checks.PASS, Reason: "1 of 11"},
		{Name: "IPv6 alone has no CidrBlock", Set: subnet("", 0, func(s *snapshot.Subnet) { s.IPv6Native = true }), Want: checks.NotApplicable, Reason: "Ipv6Native"},
		{Name: "no count", Set: subnet("10.0.0.0/24", 0, func(s *snapshot.Subnet) { s.Free = nil }), Want: checks.UNKNOWN, Reason: "AvailableIpAddressCount"},
		{Name: "no block", Set: subnet("", 5), Want: checks.UNKNOWN, Reason: "no IPv4 block"},
		{Name: "a shared subnet", Set: subnet("10.0.0.0/24", 0, func(s *snapshot.Subnet) { s.Owner = "444455556666" }), Want: checks.NotApplicable, Reason: "444455556666"},
	})
}

func TestElasticIPQuota(t *testing.T) {
	region := func(quota snapshot.Read[int], addresses ...snapshot.Address) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			a.EC2.Regions = []snapshot.RegionSettings{{Meta: snapshot.Meta{Location: checktest.At}, ElasticIPQuota: quota}}
			for _, address := range addresses {
				address.Location = checktest.At
				a.EC2.Net.Addresses = append(a.EC2.Net.Addresses, address)
			}
		}
	}
	own, brought, managed := snapshot.Address{Pool: "amazon"}, snapshot.Address{Pool: "ipv4pool-ec2-1"}, snapshot.Address{ServiceManaged: "alb"}
	quota := snapshot.Value(2)
	const op = "ec2:DescribeAddresses"
	checktest.Run(t, &ElasticIPQuota, []checktest.Case{
		{Name: "half", Set: region(quota, own), Want: checks.PASS, Reason: "1 of 2"},
		{Name: "all", Set: region(quota, own, own), Want: checks.FAIL, Reason: "2 of 2 Elastic IP addresses are used, want less than 90 %"},
		{Name: "brought and managed ones do not count", Set: region(quota, own, brought, managed), Want: checks.PASS, Reason: "1 of 2"},
		{Name: "the quota is unread", Set: region(snapshot.Missing[int](checktest.Unread("ec2:DescribeAccountAttributes", snapshot.Denied))), Want: checks.UNKNOWN, Reason: "DescribeAccountAttributes"},
		{Name: "addresses unread", Set: checktest.All(region(quota, own), checktest.Denied(op)), Want: checks.UNKNOWN, Reason: op},
		{Name: "addresses unread, and too many already", Set: checktest.All(region(quota, own, own), checktest.Denied(op)), Want: checks.FAIL, Reason: "2 of 2"},
		{Name: "a quota of none", Set: region(snapshot.Value(0)), Want: checks.UNKNOWN, Reason: "is 0"},
	})
}
