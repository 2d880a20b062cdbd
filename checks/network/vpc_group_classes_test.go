package network

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

// foreign makes the group another account's.
func foreign(a *snapshot.Account) { a.EC2.Groups[0].Owner = "444455556666" }

// common are the cases that every check of a group's openings shares; open is a rule that fails.
func common(open snapshot.Rule) []checktest.Case {
	doubtful := open
	doubtful.CIDRs, doubtful.PrefixLists = nil, []string{"pl-1"}
	return []checktest.Case{
		{Name: "no rules", Set: group(), Want: checks.PASS, Reason: "0 ingress rules"},
		{Name: "shared in", Set: and(group(open), foreign), Want: checks.NotApplicable, Reason: "444455556666"},
		{Name: "attached to nothing", Set: and(group(open), attached(snapshot.Value(false))), Want: checks.FAIL, Reason: "; attached to nothing"},
		{Name: "attached to nothing, and left out", Set: and(group(open), attached(snapshot.Value(false))), Parameters: skipUnattached, Want: checks.NotApplicable, Reason: "skip_unattached"},
		{Name: "attachment unread, and decisive", Set: and(group(open), attached(unreadCarriers)), Parameters: skipUnattached, Want: checks.UNKNOWN, Reason: "throttled"},
		{Name: "an unread prefix list", Set: and(group(doubtful), list("pl-1", "IPv4", unreadEntries)), Want: checks.UNKNOWN, Reason: "prefix list pl-1"},
		{Name: "an unread prefix list beside a rule that opens", Set: and(group(doubtful, open), list("pl-1", "IPv4", unreadEntries)), Want: checks.FAIL, Reason: "0.0.0.0/0"},
		{Name: "groups that were not listed", Want: checks.UNKNOWN, Reason: "denied",
			Set: func(a *snapshot.Account) {
				checktest.Fail(a, "ec2:DescribeSecurityGroups", checktest.At.Region, snapshot.Denied)
			}},
	}
}

func TestGroupDataPortsClosed(t *testing.T) {
	checktest.Run(t, &GroupDataPortsClosed, append(common(rule("tcp", 5432, 5432, "0.0.0.0/0")), []checktest.Case{
		{Name: "a single port of a range that peers ask for", Set: group(rule("tcp", 1433, 1433, "0.0.0.0/0")), Want: checks.FAIL, Reason: "tcp 1433 by"},
		{Name: "9200 alone", Set: group(rule("tcp", 9200, 9200, "::/0")), Want: checks.FAIL, Reason: "IPv6: tcp 9200 by"},
		{Name: "a wide range names each port once", Set: group(rule("tcp", 50000, 65535, "0.0.0.0/0")), Want: checks.FAIL, Reason: "tcp 50070, 50470 by tcp/50000-65535"},
		{Name: "UDP 11211 is no TCP", Set: group(rule("udp", 11211, 11211, "0.0.0.0/0")), Want: checks.FAIL, Reason: "udp 11211 by", Observed: map[string]string{"open": "IPv4: udp 11211 by udp/11211 from 0.0.0.0/0"}},
		{Name: "8888", Set: group(rule("tcp", 8888, 8888, "0.0.0.0/0")), Want: checks.FAIL, Reason: "tcp 8888"},
		{Name: "all protocols", Set: group(rule("-1", 0, 0, "0.0.0.0/0")), Want: checks.FAIL, Reason: "udp 1434, 11211 by all traffic"},
		{Name: "UDP 3306 is none of them", Set: group(rule("udp", 3306, 3306, "0.0.0.0/0")), Want: checks.PASS, Reason: "none"},
		{Name: "no UDP port is asked about", Set: group(rule("udp", 11211, 11211, "0.0.0.0/0")), Parameters: map[string]any{"ports_udp": []int{}}, Want: checks.PASS, Reason: "none"},
		{Name: "a port that is none", Set: group(), Parameters: map[string]any{"ports_udp": []int{-1}}, Want: checks.UNKNOWN, Reason: "ports_udp: -1"},
	}...))
}

func TestGroupLegacyPortsClosed(t *testing.T) {
	checktest.Run(t, &GroupLegacyPortsClosed, append(common(rule("tcp", 445, 445, "0.0.0.0/0")), []checktest.Case{
		{Name: "SMB over UDP", Set: group(rule("udp", 445, 445, "0.0.0.0/0")), Want: checks.FAIL, Reason: "udp 445"},
		{Name: "one rule hits several ports", Set: group(rule("tcp", 135, 139, "0.0.0.0/0")), Want: checks.FAIL, Reason: "tcp 135, 137-139 by tcp/135-139"},
		{Name: "a public name server", Set: group(rule("udp", 53, 53, "0.0.0.0/0")), Want: checks.FAIL, Reason: "udp 53"},
		{Name: "web", Set: group(rule("tcp", 443, 443, "0.0.0.0/0")), Want: checks.PASS, Reason: "none"},
	}...))
}

func TestGroupHighRiskPortsClosed(t *testing.T) {
	checktest.Run(t, &GroupHighRiskPortsClosed, append(common(rule("tcp", 22, 22, "0.0.0.0/0")), []checktest.Case{
		{Name: "development web ports", Set: group(rule("tcp", 3000, 3000, "0.0.0.0/0"), rule("tcp", 8088, 8088, "0.0.0.0/0")), Want: checks.FAIL, Reason: "tcp 3000 by tcp/3000 from 0.0.0.0/0, tcp 8088 by"},
		{Name: "80-8080 opens 8080", Set: group(rule("tcp", 80, 8080, "0.0.0.0/0")), Want: checks.FAIL, Reason: "8080 by tcp/80-8080"},
		{Name: "inside the range 9200-9300", Set: group(rule("tcp", 9250, 9250, "0.0.0.0/0")), Want: checks.FAIL, Reason: "tcp 9250"},
		{Name: "beyond it", Set: group(rule("tcp", 9301, 9301, "0.0.0.0/0")), Want: checks.PASS, Reason: "none"},
	}...))
}

func TestGroupAllPortsClosed(t *testing.T) {
	icmp := rule("icmp", 0, 0, "0.0.0.0/0")
	icmp.ToPort = nil
	checktest.Run(t, &GroupAllPortsClosed, append(common(rule("tcp", 0, 65535, "0.0.0.0/0")), []checktest.Case{
		{Name: "all protocols", Set: group(rule("-1", 0, 0, "::/0")), Want: checks.FAIL, Reason: "IPv6: tcp 0-65535 by all traffic from ::/0"},
		{Name: "1 to 65535 is all", Set: group(rule("udp", 1, 65535, "0.0.0.0/0")), Want: checks.FAIL, Reason: "udp 1-65535"},
		{Name: "two rules together", Set: group(rule("tcp", 0, 1023, "0.0.0.0/0"), rule("tcp", 1024, 65535, "0.0.0.0/0")), Want: checks.FAIL, Reason: "tcp 0-1023 by tcp/0-1023 from 0.0.0.0/0, tcp 1024-65535 by"},
		{Name: "two rules with a gap", Set: group(rule("tcp", 0, 1023, "0.0.0.0/0"), rule("tcp", 1025, 65535, "0.0.0.0/0")), Want: checks.PASS, Reason: "neither"},
		{Name: "port 0 is not absent", Set: group(rule("tcp", 0, 0, "0.0.0.0/0")), Want: checks.PASS, Reason: "neither"},
		{Name: "ICMP type 0 with no code is not all ports", Set: group(icmp), Want: checks.PASS, Reason: "neither"},
		{Name: "ESP opens a protocol", Set: group(rule("50", 0, 0, "0.0.0.0/0"), rule("47", 0, 0, "0.0.0.0/0")), Want: checks.PASS, Reason: "neither"},
		{Name: "from inside", Set: group(rule("-1", 0, 0, "10.0.0.0/8")), Want: checks.PASS, Reason: "neither"},
	}...))
}

// A group that opens all ports fails for each port too: one finding hides no other.
func TestAllPortsHideNoPort(t *testing.T) {
	set := group(rule("-1", 0, 0, "0.0.0.0/0"))
	for _, c := range []*checks.Check{&GroupAllPortsClosed, &GroupAdminPortsClosed, &GroupDataPortsClosed, &GroupLegacyPortsClosed, &GroupHighRiskPortsClosed} {
		if found := checktest.Findings(c, checktest.Account(c, set), nil); len(found) != 1 || found[0].Status != checks.FAIL {
			t.Errorf("%s: %+v", c.ID, found)
		}
	}
}
