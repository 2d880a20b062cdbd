package network

import (
	"fmt"
	"strings"
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

const groupARN = "arn:aws:ec2:eu-west-1:111122223333:security-group/sg-1"

// rule builds a rule from its sources: CIDRs, pl-… and sg-….
func rule(protocol string, from, to int32, sources ...string) snapshot.Rule {
	r := snapshot.Rule{Protocol: protocol, FromPort: &from, ToPort: &to}
	if protocol == "-1" {
		r.FromPort, r.ToPort = nil, nil
	}
	for _, s := range sources {
		switch {
		case strings.HasPrefix(s, "pl-"):
			r.PrefixLists = append(r.PrefixLists, s)
		case strings.HasPrefix(s, "sg-"):
			r.Groups = append(r.Groups, s)
		default:
			r.CIDRs = append(r.CIDRs, s)
		}
	}
	return r
}

// group is an account with one group, carried by an interface.
func group(rules ...snapshot.Rule) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		a.EC2.Groups = []snapshot.SecurityGroup{{
			Meta: checktest.Meta("g", groupARN), ID: "sg-1", Owner: checktest.At.Account, VPC: "vpc-1",
			Ingress: rules, Attached: snapshot.Value(true),
		}}
	}
}

// and applies further changes to the account.
func and(changes ...func(*snapshot.Account)) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		for _, change := range changes {
			change(a)
		}
	}
}

func list(id, family string, entries snapshot.Read[[]string]) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		a.EC2.PrefixLists = append(a.EC2.PrefixLists, snapshot.PrefixList{
			Meta: checktest.Meta(id, "arn:aws:ec2:eu-west-1:444455556666:prefix-list/"+id), ID: id, AddressFamily: family, Entries: entries,
		})
	}
}

func attached(r snapshot.Read[bool]) func(*snapshot.Account) {
	return func(a *snapshot.Account) { a.EC2.Groups[0].Attached = r }
}

var (
	ssh            = rule("tcp", 22, 22, "0.0.0.0/0")
	unreadEntries  = snapshot.Missing[[]string](checktest.Unread("ec2:GetManagedPrefixListEntries", snapshot.Denied))
	unreadCarriers = snapshot.Missing[bool](checktest.Unread("ec2:DescribeNetworkInterfaces", snapshot.Throttled))
	skipUnattached = map[string]any{"skip_unattached": true}
)

func TestGroupAdminPortsClosed(t *testing.T) {
	foreign := func(a *snapshot.Account) { a.EC2.Groups[0].Owner = "444455556666" }
	checktest.Run(t, &GroupAdminPortsClosed, []checktest.Case{
		{Name: "no rules", Set: group(), Want: checks.PASS, Reason: "none of its 0 ingress rules"},
		{Name: "open", Set: group(ssh), Want: checks.FAIL, Reason: "IPv4: tcp 22 by tcp/22 from 0.0.0.0/0"},
		{Name: "all protocols have no ports", Set: group(rule("-1", 0, 0, "0.0.0.0/0")), Want: checks.FAIL, Reason: "tcp 22-23, 512-514, 2375-2376, 3389, 4505-4506, 5500, 5900, 5985-5986, 10250 by all traffic from 0.0.0.0/0"},
		{Name: "protocol by number, in a range", Set: group(rule("6", 20, 30, "0.0.0.0/0")), Want: checks.FAIL, Reason: "tcp 22-23 by tcp/20-30"},
		{Name: "two halves", Set: group(rule("tcp", 22, 22, "0.0.0.0/1", "128.0.0.0/1")), Want: checks.FAIL, Reason: "IPv4: tcp 22"},
		{Name: "a prefix list that holds everything", Set: and(group(rule("tcp", 22, 22, "pl-1")), list("pl-1", "IPv4", snapshot.Value([]string{"0.0.0.0/0"}))), Want: checks.FAIL, Reason: "by tcp/22 from pl-1"},
		{Name: "a prefix list of an office", Set: and(group(rule("tcp", 22, 22, "pl-1")), list("pl-1", "IPv4", snapshot.Value([]string{"198.51.100.0/24"}))), Want: checks.PASS, Reason: "none of its 1"},
		{Name: "ICMP type 22 is not port 22", Set: group(rule("icmp", 22, -1, "0.0.0.0/0")), Want: checks.PASS, Reason: "none"},
		{Name: "UDP 22 is not SSH", Set: group(rule("udp", 22, 22, "0.0.0.0/0")), Want: checks.PASS, Reason: "none"},
		{Name: "IPv6 only", Set: group(rule("tcp", 3389, 3389, "::/0")), Want: checks.FAIL, Reason: "open to the internet, IPv6: tcp 3389 by tcp/3389 from ::/0"},
		{Name: "both families are named", Set: group(rule("tcp", 22, 22, "0.0.0.0/0", "::/0")), Want: checks.FAIL, Reason: "from 0.0.0.0/0; IPv6: tcp 22 by tcp/22 from ::/0"},
		{Name: "private and narrow sources", Set: group(rule("tcp", 22, 22, "10.0.0.0/8", "203.0.113.7/32", "sg-2")), Want: checks.PASS, Reason: "none"},
		{Name: "another port", Set: group(rule("tcp", 443, 443, "0.0.0.0/0")), Want: checks.PASS, Reason: "none", Observed: map[string]string{"open": ""}},
		{Name: "a port that the policy adds", Set: group(rule("tcp", 443, 443, "0.0.0.0/0")), Parameters: map[string]any{"ports_tcp": []int{443}}, Want: checks.FAIL, Reason: "tcp 443"},
		{Name: "a port that is none", Set: group(), Parameters: map[string]any{"ports_tcp": []int{65558}}, Want: checks.UNKNOWN, Reason: "65558"},
		{Name: "attached", Set: group(ssh), Parameters: skipUnattached, Want: checks.FAIL, Reason: "tcp 22"},
		{Name: "attached to nothing", Set: and(group(ssh), attached(snapshot.Value(false))), Want: checks.FAIL, Reason: "; attached to nothing"},
		{Name: "attached to nothing, and left out", Set: and(group(ssh), attached(snapshot.Value(false))), Parameters: skipUnattached, Want: checks.NotApplicable, Reason: "attached to nothing"},
		{Name: "attachment unread", Set: and(group(ssh), attached(unreadCarriers)), Want: checks.FAIL, Reason: "whether an interface carries the group was not read: ec2:DescribeNetworkInterfaces"},
		{Name: "attachment unread, and decisive", Set: and(group(ssh), attached(unreadCarriers)), Parameters: skipUnattached, Want: checks.UNKNOWN, Reason: "throttled"},
		{Name: "attachment unread, and all closed", Set: and(group(), attached(unreadCarriers)), Parameters: skipUnattached, Want: checks.PASS, Reason: "none"},
		{Name: "shared in", Set: and(group(ssh), foreign), Want: checks.NotApplicable, Reason: "444455556666"},
		{Name: "an unread prefix list", Set: and(group(rule("tcp", 22, 22, "pl-1")), list("pl-1", "", unreadEntries)), Want: checks.UNKNOWN, Reason: "IPv6: whether tcp 22 is open cannot be told without the entries of prefix list pl-1: ec2:GetManagedPrefixListEntries in 111122223333/eu-west-1: denied"},
		{Name: "an unread list on another port", Set: and(group(rule("tcp", 443, 443, "pl-1")), list("pl-1", "", unreadEntries)), Want: checks.PASS, Reason: "none"},
		{Name: "an unread list beside a rule that opens the port", Set: and(group(rule("tcp", 22, 22, "pl-1"), ssh), list("pl-1", "IPv4", unreadEntries)), Want: checks.FAIL, Reason: "by tcp/22 from 0.0.0.0/0"},
		{Name: "a list that the account no longer sees", Set: group(rule("tcp", 22, 22, "pl-gone")), Want: checks.UNKNOWN, Reason: `prefix list "pl-gone" in eu-west-1: absent`},
		{Name: "lists that were not listed", Set: and(group(rule("tcp", 22, 22, "pl-1")), listsDenied), Want: checks.UNKNOWN, Reason: "ec2:DescribeManagedPrefixLists in 111122223333/eu-west-1: denied"},
		{Name: "a source that is no CIDR", Set: group(rule("tcp", 22, 22, "")), Want: checks.UNKNOWN, Reason: "valid source"},
		{Name: "groups that were not listed", Want: checks.UNKNOWN, Reason: "denied",
			Set: func(a *snapshot.Account) {
				checktest.Fail(a, "ec2:DescribeSecurityGroups", checktest.At.Region, snapshot.Denied)
			}},
	})
}

func TestPortBounds(t *testing.T) {
	for port, ok := range map[int]bool{0: true, 22: true, 65535: true, 65536: false, -1: false} {
		if err := GroupAdminPortsClosed.Bounds("ports_tcp", []int{port}); (err == nil) != ok {
			t.Errorf("port %d: %v", port, err)
		}
	}
	if err := GroupAdminPortsClosed.Bounds("skip_unattached", true); err != nil {
		t.Error(err)
	}
}

func listsDenied(a *snapshot.Account) {
	checktest.Fail(a, "ec2:DescribeManagedPrefixLists", checktest.At.Region, snapshot.Denied)
}

// The cause of an UNKNOWN is that of the list that leaves the port in doubt, not of
// another that is unread too; a list that is not there is no failed read.
func TestCauseOfDoubt(t *testing.T) {
	throttled := snapshot.Missing[[]string](checktest.Unread("ec2:GetManagedPrefixListEntries", snapshot.Throttled))
	elsewhere, here := rule("tcp", 443, 443, "pl-a"), rule("tcp", 22, 22, "pl-b")
	for _, tt := range []struct {
		name string
		set  func(*snapshot.Account)
		want snapshot.Cause
	}{
		{"the list of the port's rule", and(group(elsewhere, here), list("pl-a", "IPv4", unreadEntries), list("pl-b", "IPv4", throttled)), snapshot.Throttled},
		{"a list that is not there", and(group(elsewhere, here), list("pl-a", "IPv4", unreadEntries)), snapshot.OK},
		{"an unclear rule", and(group(elsewhere, rule("sctp", 22, 22, "0.0.0.0/0")), list("pl-a", "IPv4", unreadEntries)), snapshot.OK},
	} {
		found := checktest.Findings(&GroupAdminPortsClosed, checktest.Account(&GroupAdminPortsClosed, tt.set), nil)
		if len(found) != 1 || found[0].Status != checks.UNKNOWN || found[0].Cause != tt.want {
			t.Errorf("%s: %+v, want UNKNOWN by %s", tt.name, found, tt.want)
		}
	}
}

// The calls behind a list's entries are evidence of the finding that they decide.
func TestEntriesAreEvidence(t *testing.T) {
	entries := snapshot.Value([]string{"0.0.0.0/0"}, snapshot.Call{ID: "entries", Operation: "ec2:GetManagedPrefixListEntries"})
	pages := snapshot.Value(false, snapshot.Call{ID: "interfaces", Operation: "ec2:DescribeNetworkInterfaces"})
	set := and(group(rule("tcp", 22, 22, "pl-1")), attached(pages), list("pl-1", "IPv4", entries))
	found := checktest.Findings(&GroupAdminPortsClosed, checktest.Account(&GroupAdminPortsClosed, set), nil)
	if len(found) != 1 || strings.Join(found[0].Evidence, " ") != "entries interfaces list" {
		t.Errorf("evidence: %+v", found)
	}
}

func BenchmarkGroupAdminPortsClosed(b *testing.B) {
	a := checktest.Account(&GroupAdminPortsClosed, func(a *snapshot.Account) {
		for n := range 100 {
			var entries []string
			for i := range 100 {
				entries = append(entries, fmt.Sprintf("198.%d.%d.0/24", n, i))
			}
			list(fmt.Sprint("pl-", n), "IPv4", snapshot.Value(entries))(a)
		}
		for n := range 10_000 {
			a.EC2.Groups = append(a.EC2.Groups, snapshot.SecurityGroup{
				Meta: checktest.Meta("g", fmt.Sprint(groupARN, n)), ID: fmt.Sprint("sg-", n), Owner: checktest.At.Account,
				Ingress: []snapshot.Rule{ssh, rule("tcp", 443, 443, fmt.Sprint("pl-", n%100))},
			})
		}
	})
	for b.Loop() {
		if n := len(checktest.Findings(&GroupAdminPortsClosed, a, nil)); n != 10_000 {
			b.Fatalf("%d findings", n)
		}
	}
}
