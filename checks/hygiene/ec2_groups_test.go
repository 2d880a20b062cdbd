package hygiene

import (
	"strings"
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

func rule(protocol string, from, to int32, sources ...string) snapshot.Rule {
	r := snapshot.Rule{Protocol: protocol}
	if protocol != "-1" {
		r.FromPort, r.ToPort = &from, &to
	}
	for _, s := range sources {
		if strings.HasPrefix(s, "sg-") {
			r.Groups = append(r.Groups, s)
		} else {
			r.CIDRs = append(r.CIDRs, s)
		}
	}
	return r
}

func TestInstanceNoOverlappingGroups(t *testing.T) {
	groups := func(one, two []snapshot.Rule) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			a.EC2.Instances = []snapshot.Instance{{Meta: checktest.EC2Meta("instance/i-1"), ID: "i-1", State: "running", Interfaces: []snapshot.InstanceInterface{{ID: "eni-1", Groups: []string{"sg-1", "sg-2"}}, {ID: "eni-2", Groups: []string{"sg-3"}}}}}
			for id, rules := range map[string][]snapshot.Rule{"sg-1": one, "sg-2": two, "sg-3": one} {
				a.EC2.Groups = append(a.EC2.Groups, snapshot.SecurityGroup{Meta: checktest.EC2Meta("security-group/" + id), ID: id, Ingress: rules})
			}
		}
	}
	is := func(r ...snapshot.Rule) []snapshot.Rule { return r }
	ssh := rule("tcp", 22, 22, "10.0.0.0/24")
	checktest.Run(t, &InstanceNoOverlappingGroups, []checktest.Case{
		{Name: "nothing in common", Set: groups(is(ssh), is(rule("tcp", 443, 443, "10.0.0.0/24"))), Want: checks.PASS, Reason: "no rule"},
		{Name: "containment, not equality", Set: groups(is(ssh), is(rule("tcp", 20, 25, "10.0.0.0/8"))), Want: checks.FAIL, Reason: "tcp/22 from 10.0.0.0/24 of sg-1 is contained in tcp/20-25 from 10.0.0.0/8 of sg-2"},
		{Name: "all protocols hold one", Set: groups(is(rule("-1", 0, 0, "0.0.0.0/0")), is(ssh)), Want: checks.FAIL, Reason: "of sg-2 is contained in all traffic from 0.0.0.0/0 of sg-1"},
		{Name: "not the last rule alone", Set: groups(is(ssh, rule("tcp", 1, 1, "10.0.0.0/8")), is(ssh, rule("tcp", 2, 2, "10.0.0.0/8"))), Want: checks.FAIL, Reason: "tcp/22"},
		{Name: "the same group as source", Set: groups(is(rule("tcp", 22, 22, "sg-9")), is(rule("tcp", 22, 22, "sg-9"))), Want: checks.FAIL, Reason: "sg-9"},
		{Name: "another family", Set: groups(is(ssh), is(rule("tcp", 22, 22, "::/0"))), Want: checks.PASS, Reason: "no rule"},
		{Name: "another protocol", Set: groups(is(ssh), is(rule("udp", 22, 22, "0.0.0.0/0"))), Want: checks.PASS, Reason: "no rule"},
		{Name: "ICMP of any type", Set: groups(is(rule("icmp", 8, 0, "10.0.0.0/8")), is(rule("icmp", -1, -1, "10.0.0.0/8"))), Want: checks.FAIL, Reason: "icmp"},
		{Name: "groups unread", Set: checktest.All(groups(is(ssh), nil), checktest.Denied(listGroups)), Want: checks.UNKNOWN, Reason: listGroups},
		{Name: "one group on each interface", Set: func(a *snapshot.Account) {
			groups(is(ssh), is(ssh))(a)
			a.EC2.Instances[0].Interfaces[0].Groups = []string{"sg-1"}
		}, Want: checks.NotApplicable, Reason: "no interface has two groups"},
	})
}
