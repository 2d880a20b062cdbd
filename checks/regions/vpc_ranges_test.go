package regions

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/checks/network/awsranges"
	"onus/scanner/snapshot"
)

func TestGroupNamesAllowedRegions(t *testing.T) {
	group := func(change func(*snapshot.SecurityGroup)) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			g := snapshot.SecurityGroup{Meta: checktest.EC2Meta("security-group/sg-1"), ID: "sg-1", Group: "web", Owner: a.Account}
			change(&g)
			a.EC2.Groups = append(a.EC2.Groups, g)
		}
	}
	from := func(cidrs ...string) func(*snapshot.Account) {
		return group(func(g *snapshot.SecurityGroup) { g.Ingress = []snapshot.Rule{{Protocol: "tcp", CIDRs: cidrs}} })
	}
	listed := func(name, owner string, entries snapshot.Read[[]string]) func(*snapshot.Account) {
		return checktest.All(group(func(g *snapshot.SecurityGroup) {
			g.Egress = []snapshot.Rule{{Protocol: "tcp", PrefixLists: []string{"pl-1"}}}
		}), func(a *snapshot.Account) {
			l := snapshot.PrefixList{Meta: checktest.EC2Meta("prefix-list/pl-1"), ID: "pl-1", Owner: owner, Entries: entries}
			l.Name = name
			a.EC2.PrefixLists = []snapshot.PrefixList{l}
		})
	}
	own := checktest.At.Account
	unread := snapshot.Missing[[]string](&snapshot.Unread{Operation: "ec2:GetManagedPrefixListEntries", Cause: snapshot.Denied})
	eu := map[string]any{"allowed_regions": []string{"eu-west-1", "eu-central-1"}}
	us := map[string]any{"allowed_regions": []string{"us-east-1"}}
	long := map[string]any{"allowed_regions": []string{"eu-west-1"}, "max_prefix": 24}
	checktest.Run(t, &GroupNamesAllowedRegions, []checktest.Case{
		{Name: "no Region is allowed by name", Set: from("3.208.0.0/24"), Want: checks.NotApplicable, Reason: "neither residency nor allowed_regions"},
		{Name: "another account's group", Set: group(func(g *snapshot.SecurityGroup) { g.Owner = "444455556666" }), Parameters: eu, Want: checks.NotApplicable, Reason: "444455556666"},
		{Name: "no rule", Set: group(func(*snapshot.SecurityGroup) {}), Parameters: eu, Want: checks.PASS, Reason: "no rule names"},
		{Name: "a range of another Region", Set: from("10.0.0.0/8", "3.208.0.0/24"), Parameters: eu, Want: checks.FAIL, Reason: "from 3.208.0.0/24 (us-east-1); allowed: eu-west-1, eu-central-1"},
		{Name: "the table's date is printed", Set: from("3.208.0.0/24"), Parameters: eu, Want: checks.FAIL, Reason: awsranges.Date},
		{Name: "the date is printed of a PASS too", Set: from("10.0.0.0/8"), Parameters: eu, Want: checks.PASS, Reason: awsranges.Date},
		{Name: "out counts as well", Set: group(func(g *snapshot.SecurityGroup) { g.Egress = []snapshot.Rule{{CIDRs: []string{"3.208.0.0/24"}}} }), Parameters: eu, Want: checks.FAIL, Reason: "to 3.208.0.0/24 (us-east-1)"},
		{Name: "the same range, allowed", Set: from("3.208.0.0/24"), Parameters: us, Want: checks.PASS},
		{Name: "a single address", Set: from("3.208.0.7/32"), Parameters: eu, Want: checks.FAIL, Reason: "3.208.0.7/32 (us-east-1)"},
		{Name: "IPv6", Set: from("2600:1f18::/36"), Parameters: eu, Want: checks.FAIL, Reason: "2600:1f18::/36 (us-east-1)"},
		{Name: "a single IPv6 address of an allowed Region", Set: from("2a05:d018::1/128"), Parameters: eu, Want: checks.PASS},
		{Name: "the whole internet names none", Set: from("0.0.0.0/0", "::/0"), Parameters: eu, Want: checks.PASS},
		{Name: "a wide block names none", Set: from("3.0.0.0/8"), Parameters: eu, Want: checks.PASS},
		{Name: "as wide as max_prefix", Set: from("3.208.0.0/24"), Parameters: long, Want: checks.PASS},
		{Name: "narrower than max_prefix", Set: from("3.208.0.0/25"), Parameters: long, Want: checks.FAIL, Reason: "3.208.0.0/25"},
		{Name: "a block that is of AWS in part", Set: from("3.0.0.0/9"), Parameters: eu, Want: checks.PASS},
		{Name: "GLOBAL is no Region: CloudFront", Set: from("130.176.0.0/17"), Parameters: eu, Want: checks.PASS},
		{Name: "GLOBAL is no Region: health checks of Route 53", Set: from("15.177.0.0/18"), Parameters: eu, Want: checks.PASS},
		{Name: "nobody's range", Set: from("198.51.100.0/24"), Parameters: eu, Want: checks.PASS},
		{Name: "no CIDR", Set: from("everywhere"), Parameters: eu, Want: checks.UNKNOWN, Reason: `"everywhere" is no CIDR`},
		{Name: "a list of the account's", Set: listed("partners", own, snapshot.Value([]string{"198.51.100.0/24", "3.208.0.0/24"})), Parameters: eu, Want: checks.FAIL, Reason: "to 3.208.0.0/24 of pl-1 (us-east-1)"},
		{Name: "a list whose entries are unread", Set: listed("partners", own, unread), Parameters: eu, Want: checks.UNKNOWN, Reason: "GetManagedPrefixListEntries"},
		{Name: "unread, and another range is enough", Set: checktest.All(listed("partners", own, unread), func(a *snapshot.Account) {
			a.EC2.Groups[0].Ingress = []snapshot.Rule{{CIDRs: []string{"3.208.0.0/24"}}}
		}), Parameters: eu, Want: checks.FAIL, Reason: "from 3.208.0.0/24"},
		{Name: "a list that is not listed", Set: group(func(g *snapshot.SecurityGroup) { g.Ingress = []snapshot.Rule{{PrefixLists: []string{"pl-9"}}} }), Parameters: eu, Want: checks.UNKNOWN, Reason: "pl-9"},
		{Name: "lists unread", Set: checktest.All(listed("partners", own, unread), func(a *snapshot.Account) { a.EC2.PrefixLists = nil }, checktest.Denied("ec2:DescribeManagedPrefixLists")), Parameters: eu, Want: checks.UNKNOWN, Reason: "DescribeManagedPrefixLists"},
		{Name: "AWS's list of the Region itself", Set: listed("com.amazonaws.eu-west-1.s3", "AWS", unread), Parameters: eu, Want: checks.PASS},
		{Name: "AWS's list of a Region that is not allowed", Set: listed("com.amazonaws.eu-west-1.s3", "AWS", unread), Parameters: us, Want: checks.FAIL, Reason: "to com.amazonaws.eu-west-1.s3 (eu-west-1)"},
		{Name: "AWS's list of no Region", Set: listed("com.amazonaws.global.cloudfront.origin-facing", "AWS", unread), Parameters: eu, Want: checks.PASS},
		{Name: "AWS's list with another name", Set: listed("com.amazonaws.something", "AWS", snapshot.Value([]string{"3.208.0.0/24"})), Parameters: eu, Want: checks.FAIL, Reason: "of pl-1 (us-east-1)"},
		{Name: "a list of the account's that is called as AWS's", Set: listed("com.amazonaws.global.mine", own, snapshot.Value([]string{"3.208.0.0/24"})), Parameters: eu, Want: checks.FAIL, Reason: "of pl-1 (us-east-1)"},
	})
	if err := GroupNamesAllowedRegions.Bounds("max_prefix", 33); err == nil {
		t.Error("a prefix longer than an address was taken")
	}
}
