package network

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

// ownedByAWS makes a prefix list of a test AWS's.
func ownedByAWS(a *snapshot.Account) {
	for i := range a.EC2.PrefixLists {
		a.EC2.PrefixLists[i].Owner = "AWS"
	}
}

func toward(rules ...snapshot.Rule) func(*snapshot.Account) {
	return func(a *snapshot.Account) { a.EC2.Groups[0].Egress = rules }
}

func foreignGroup(a *snapshot.Account) { a.EC2.Groups[0].Owner = "444455556666" }

func TestGroupNoBroadPublicCIDR(t *testing.T) {
	from := func(sources ...string) func(*snapshot.Account) { return group(rule("tcp", 443, 443, sources...)) }
	neighbours := []string{"5.0.0.0/26", "5.0.0.64/26", "5.0.0.128/26", "5.0.0.192/26", "5.0.1.0/26"}
	checktest.Run(t, &GroupNoBroadPublicCIDR, []checktest.Case{
		{Name: "a narrow range", Set: from("5.6.7.0/24"), Want: checks.PASS, Reason: "no rule names a public range wider than /24"},
		{Name: "a wide one", Set: from("5.6.0.0/16"), Want: checks.FAIL, Reason: "from 5.6.0.0/16"},
		{Name: "everything is judged elsewhere", Set: from("0.0.0.0/0", "::/0"), Want: checks.PASS, Reason: "no rule"},
		{Name: "a private range", Set: from("10.0.0.0/8", "100.64.0.0/10", "198.18.0.0/15", "192.0.2.0/24"), Want: checks.PASS, Reason: "no rule"},
		{Name: "a range that is public in part", Set: from("172.0.0.0/8"), Want: checks.FAIL, Reason: "172.0.0.0/8"},
		{Name: "neighbours add up", Set: from(neighbours...), Want: checks.FAIL, Reason: "together more than a /24"},
		{Name: "as many as one range has", Set: from(neighbours[:4]...), Want: checks.PASS, Reason: "no rule"},
		{Name: "in rules of different ports they do not", Set: group(rule("tcp", 80, 80, neighbours[:3]...), rule("tcp", 443, 443, neighbours[3:]...)), Want: checks.PASS, Reason: "no rule"},
		{Name: "IPv6", Set: from("2600:1f18::/32"), Want: checks.FAIL, Reason: "2600:1f18::/32"},
		{Name: "IPv6 of one site", Set: from("2600:1f18:1:2::/64"), Want: checks.PASS, Reason: "no rule"},
		{Name: "outward", Set: and(group(), toward(rule("tcp", 443, 443, "5.0.0.0/8"))), Want: checks.FAIL, Reason: "to 5.0.0.0/8"},
		{Name: "outward, which is not asked", Set: and(group(), toward(rule("tcp", 443, 443, "5.0.0.0/8"))), Parameters: map[string]any{"judge_egress": false}, Want: checks.PASS, Reason: "no rule"},
		{Name: "CloudFront's list is wide by nature", Set: and(from("pl-1"), list("pl-1", "IPv4", snapshot.Value([]string{"130.176.0.0/16"})), ownedByAWS), Want: checks.PASS, Reason: "no rule"},
		{Name: "and judged where that is asked", Set: and(from("pl-1"), list("pl-1", "IPv4", snapshot.Value([]string{"130.176.0.0/16"})), ownedByAWS), Parameters: map[string]any{"ignore_aws_managed_prefix_lists": false}, Want: checks.FAIL, Reason: "130.176.0.0/16 of pl-1"},
		{Name: "an own list", Set: and(from("pl-1"), list("pl-1", "IPv4", snapshot.Value([]string{"130.176.0.0/16"}))), Want: checks.FAIL, Reason: "130.176.0.0/16 of pl-1"},
		{Name: "an unread list", Set: and(from("pl-1"), list("pl-1", "IPv4", unreadEntries)), Want: checks.UNKNOWN, Reason: "GetManagedPrefixListEntries"},
		{Name: "a source that is none", Set: from("5.6.7.8"), Want: checks.UNKNOWN, Reason: "no CIDR"},
		{Name: "a shared group", Set: and(from("5.0.0.0/8"), foreignGroup), Want: checks.NotApplicable, Reason: "444455556666"},
	})
}

// elasticIP is an own address.
func elasticIP(ip string) func(*snapshot.Account) {
	return checktest.Net(func(n *snapshot.Net) *[]snapshot.Address { return &n.Addresses }, snapshot.Address{Meta: checktest.EC2Meta("elastic-ip/eipalloc-1"), ID: "eipalloc-1", IP: ip})
}

func TestGroupNoSinglePublicSources(t *testing.T) {
	from := func(sources ...string) func(*snapshot.Account) { return group(rule("tcp", 22, 22, sources...)) }
	nat := checktest.Net(func(n *snapshot.Net) *[]snapshot.NATGateway { return &n.NATGateways }, snapshot.NATGateway{Meta: checktest.EC2Meta("natgateway/nat-1"), ID: "nat-1", Public: []string{"5.6.7.9"}})
	entries := list("pl-1", "IPv4", snapshot.Value([]string{"5.6.7.8/32"}))
	checktest.Run(t, &GroupNoSinglePublicSources, []checktest.Case{
		{Name: "a home", Set: from("5.6.7.8/32"), Want: checks.FAIL, Reason: "known_cidrs and known_prefix_lists do not hold"},
		{Name: "a home in IPv6", Set: from("2600:1f18::7/128"), Want: checks.FAIL, Reason: "2600:1f18::7/128"},
		{Name: "everything and a single address", Set: from("0.0.0.0/0", "5.6.7.8/32"), Want: checks.FAIL, Reason: "5.6.7.8/32"},
		{Name: "everything alone is judged elsewhere", Set: from("0.0.0.0/0"), Want: checks.PASS, Reason: "known"},
		{Name: "known", Set: from("5.6.7.8/32"), Parameters: map[string]any{"known_cidrs": []string{"5.6.7.0/24"}}, Want: checks.PASS, Reason: "known"},
		{Name: "one of two is known", Set: from("5.6.7.8/32", "5.9.0.1/32"), Parameters: map[string]any{"known_cidrs": []string{"5.6.7.0/24"}}, Want: checks.FAIL, Reason: ": 5.9.0.1/32"},
		{Name: "an own Elastic IP", Set: and(from("5.6.7.8/32"), elasticIP("5.6.7.8")), Want: checks.PASS, Reason: "known"},
		{Name: "an own NAT gateway", Set: and(from("5.6.7.9/32"), nat), Want: checks.PASS, Reason: "known"},
		{Name: "private sources", Set: from("10.0.0.0/8", "sg-2"), Want: checks.PASS, Reason: "known"},
		{Name: "a list", Set: and(from("pl-1"), entries), Want: checks.FAIL, Reason: "5.6.7.8/32 of pl-1"},
		{Name: "a known list", Set: and(from("pl-1"), entries), Parameters: map[string]any{"known_prefix_lists": []string{"pl-1"}}, Want: checks.PASS, Reason: "known"},
		{Name: "an unread list", Set: and(from("pl-1"), list("pl-1", "IPv4", unreadEntries)), Want: checks.UNKNOWN, Reason: "GetManagedPrefixListEntries"},
		{Name: "own addresses unread", Set: and(from("5.6.7.8/32"), checktest.Denied("ec2:DescribeAddresses")), Want: checks.UNKNOWN, Reason: "DescribeAddresses"},
		{Name: "own addresses unread elsewhere", Set: and(from("5.6.7.8/32"), func(a *snapshot.Account) {
			checktest.Fail(a, "ec2:DescribeNatGateways", checktest.Elsewhere, snapshot.Denied)
		}), Want: checks.UNKNOWN, Reason: "DescribeNatGateways"},
		{Name: "a Region was not scanned", Set: and(from("5.6.7.8/32"), unscanned), Want: checks.UNKNOWN, Reason: "a Region that was not scanned: eu-north-1"},
		{Name: "more than an account has", Set: and(from("5.0.0.0/8"), checktest.Denied("ec2:DescribeAddresses")), Want: checks.FAIL, Reason: "5.0.0.0/8"},
		{Name: "own addresses unread, and none is needed", Set: and(from("10.0.0.0/8"), checktest.Denied("ec2:DescribeAddresses")), Want: checks.PASS, Reason: "known"},
		{Name: "a shared group", Set: and(from("5.6.7.8/32"), foreignGroup), Want: checks.NotApplicable, Reason: "444455556666"},
	})
}

// unscanned adds a Region in which nothing was asked.
func unscanned(a *snapshot.Account) {
	all, _ := a.Regions.Get()
	a.Regions = snapshot.Value(append(all, snapshot.Region{Name: "eu-north-1", Status: "ENABLED_BY_DEFAULT"}))
}

func TestGroupNoAWSPublicRanges(t *testing.T) {
	from := func(sources ...string) func(*snapshot.Account) { return group(rule("tcp", 443, 443, sources...)) }
	checktest.Run(t, &GroupNoAWSPublicRanges, []checktest.Case{
		{Name: "an address of EC2, once an own Elastic IP", Set: from("54.74.0.27/32"), Want: checks.FAIL, Reason: "54.74.0.27/32", Observed: map[string]string{"table": "2026-10-26"}},
		{Name: "still an own Elastic IP", Set: and(from("54.74.0.27/32"), elasticIP("54.74.0.27")), Want: checks.PASS, Reason: "as of 2026-10-26"},
		{Name: "a whole range of EC2", Set: from("54.74.0.0/16"), Want: checks.FAIL, Reason: "54.74.0.0/16"},
		{Name: "IPv6", Set: from("2a05:d018::/36"), Want: checks.FAIL, Reason: "2a05:d018::/36"},
		{Name: "health checks of Route 53", Set: from("15.177.0.0/18"), Want: checks.PASS, Reason: "but for 15.177.0.0/18"},
		{Name: "somebody else", Set: from("5.6.7.8/32"), Want: checks.PASS, Reason: "no source lies within"},
		{Name: "everything", Set: from("0.0.0.0/0"), Want: checks.PASS, Reason: "no source"},
		{Name: "AWS's own list", Set: and(from("pl-1"), list("pl-1", "IPv4", snapshot.Value([]string{"54.74.0.0/16"})), ownedByAWS), Want: checks.PASS, Reason: "no source"},
		{Name: "an own list", Set: and(from("pl-1"), list("pl-1", "IPv4", snapshot.Value([]string{"54.74.0.0/16"}))), Want: checks.FAIL, Reason: "54.74.0.0/16 of pl-1"},
		{Name: "an unread list", Set: and(from("pl-1"), list("pl-1", "IPv4", unreadEntries)), Want: checks.UNKNOWN, Reason: "GetManagedPrefixListEntries"},
		{Name: "more than an account has", Set: and(from("54.74.0.0/15"), unscanned), Want: checks.FAIL, Reason: "54.74.0.0/15"},
		{Name: "a Region was not scanned", Set: and(from("54.74.0.27/32"), unscanned), Want: checks.UNKNOWN, Reason: "eu-north-1"},
		{Name: "own addresses unread", Set: and(from("54.74.0.27/32"), checktest.Denied("ec2:DescribeAddresses")), Want: checks.UNKNOWN, Reason: "DescribeAddresses"},
		{Name: "a shared group", Set: and(from("54.74.0.27/32"), foreignGroup), Want: checks.NotApplicable, Reason: "444455556666"},
	})
}

func TestPrefixBounds(t *testing.T) {
	for value, ok := range map[int]bool{0: true, 24: true, 32: true, 33: false, -1: false} {
		if err := prefixBounds("min_prefix_v4", value); (err == nil) != ok {
			t.Errorf("%d: %v", value, err)
		}
	}
	if err := GroupNoSinglePublicSources.Bounds("known_cidrs", []string{"5.6.7.8"}); err == nil {
		t.Error("an address was taken for a CIDR")
	}
}
