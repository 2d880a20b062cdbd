package network

import (
	"fmt"
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

// admitted are tiers: the internet reaches i-web on 443, whose group sg-web is admitted by
// sg-1 of the instance that is judged, in another subnet without a public address.
func admitted(ingress ...snapshot.Rule) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		exposed(a)
		e := &a.EC2
		private(a)
		e.Groups[0].Ingress = ingress
		web := e.Groups[0]
		web.ID, web.Name, web.Ingress = "sg-web", "web", []snapshot.Rule{rule("tcp", 443, 443, "0.0.0.0/0")}
		e.Groups = append(e.Groups, web)
		n := e.Interfaces[0]
		n.ID, n.Instance, n.Subnet, n.Groups, n.Private, n.Public = "eni-web", "i-web", "subnet-2", []string{"sg-web"}, []string{"10.0.1.4"}, []string{"198.51.100.9"}
		e.Interfaces = append(e.Interfaces, n)
		s := e.Subnets[0]
		s.ID, s.CIDRs = "subnet-2", []string{"10.0.1.0/24"}
		e.Subnets = append(e.Subnets, s)
		acl := e.NetworkACLs[0]
		acl.ID, acl.Subnets = "acl-2", []string{"subnet-2"}
		e.NetworkACLs = append(e.NetworkACLs, acl)
	}
}

// ofGroup is a rule that admits a group.
func ofGroup(group string, port int32) snapshot.Rule {
	return snapshot.Rule{Protocol: "tcp", FromPort: &port, ToPort: &port, Groups: []string{group}, Pairs: []snapshot.GroupPair{{Group: group, Account: checktest.At.Account}}}
}

func webIs(change func(*snapshot.NetworkInterface)) func(*snapshot.Account) {
	return func(a *snapshot.Account) { change(&a.EC2.Interfaces[1]) }
}

func TestInstanceTransitivelyClosed(t *testing.T) {
	byWeb := admitted(ofGroup("sg-web", 22))
	closeWeb := func(a *snapshot.Account) { a.EC2.Groups[1].Ingress = nil }
	foreign := ofGroup("sg-far", 22)
	foreign.Pairs[0].Account = "444455556666"
	// app lies between: the web tier reaches it on 8080, and it reaches the judged one.
	app := func(a *snapshot.Account) {
		g := a.EC2.Groups[0]
		g.ID, g.Name, g.Ingress = "sg-app", "app", []snapshot.Rule{ofGroup("sg-web", 8080), ofGroup("sg-1", 8080)}
		a.EC2.Groups = append(a.EC2.Groups, g)
		n := a.EC2.Interfaces[0]
		n.ID, n.Instance, n.Groups, n.Private = "eni-app", "i-app", []string{"sg-app"}, []string{"10.0.0.9"}
		a.EC2.Interfaces = append(a.EC2.Interfaces, n)
	}
	hops := func(n int) map[string]any { return map[string]any{"max_hops": n} }
	jumps := func(ids ...string) map[string]any { return map[string]any{"approved_jump_groups": ids} }
	checktest.Run(t, &InstanceTransitivelyClosed, []checktest.Case{
		{Name: "by the web tier's group", Set: byWeb, Want: checks.FAIL,
			Reason: "reachable by way of i-web, which the internet reaches on IPv4 tcp 443; i-web → eni-web → acl-2 rule 100 → rtb-1 local → acl-1 rule 100 → sg-1 tcp/22 from sg-web → eni-1 → i-1 tcp/22"},
		{Name: "on another port", Set: admitted(ofGroup("sg-web", 5432)), Want: checks.PASS, Reason: "nothing that the internet reaches gets to its tcp 22, 3389, 5985-5986"},
		{Name: "nothing reaches the web tier", Set: and(byWeb, closeWeb), Want: checks.PASS, Reason: "nothing"},
		{Name: "the web tier has no public address", Set: and(byWeb, webIs(func(n *snapshot.NetworkInterface) { n.Public = nil })), Want: checks.PASS, Reason: "nothing"},
		{Name: "a bastion is meant to be such a hop, by id", Set: byWeb, Parameters: jumps("sg-web"), Want: checks.PASS, Reason: "nothing"},
		{Name: "and by name", Set: byWeb, Parameters: jumps("web"), Want: checks.PASS, Reason: "nothing"},
		{Name: "a load balancer is a start", Set: and(byWeb, webIs(func(n *snapshot.NetworkInterface) { n.Instance, n.RequesterID = "", "amazon-elb" })), Want: checks.FAIL, Reason: "by way of eni-web, which the internet reaches on IPv4 tcp 443; eni-web → acl-2"},
		{Name: "other interfaces of services are none", Set: and(byWeb, webIs(func(n *snapshot.NetworkInterface) { n.Instance, n.RequesterID = "", "amazon-rds" })), Want: checks.PASS, Reason: "nothing"},
		{Name: "an instance sends from its private interface too", Want: checks.FAIL, Reason: "i-web → eni-inner",
			Set: and(admitted(ofGroup("sg-inner", 22)), func(a *snapshot.Account) {
				g := a.EC2.Groups[0]
				g.ID, g.Ingress = "sg-inner", nil
				a.EC2.Groups = append(a.EC2.Groups, g)
				n := a.EC2.Interfaces[1]
				n.ID, n.Groups, n.Private, n.Public = "eni-inner", []string{"sg-inner"}, []string{"10.0.1.5"}, nil
				a.EC2.Interfaces = append(a.EC2.Interfaces, n)
			})},
		{Name: "an ACL between the subnets applies", Want: checks.PASS, Reason: "nothing",
			Set: and(byWeb, entries(deny(allow(90, false, "6", 22, 22)), everything(false), everything(true)))},
		{Name: "within one subnet it does not", Want: checks.FAIL, Reason: "i-web → eni-web → sg-1 tcp/22 from sg-web → eni-1",
			Set: and(byWeb, entries(deny(allow(90, false, "6", 22, 22)), everything(false), everything(true)), webIs(func(n *snapshot.NetworkInterface) { n.Subnet = "subnet-1" }))},
		{Name: "a group that refers to itself", Set: and(admitted(ofGroup("sg-1", 22)), webIs(func(n *snapshot.NetworkInterface) { n.Groups = []string{"sg-1", "sg-web"} })), Want: checks.FAIL, Reason: "sg-1 tcp/22 from sg-1"},
		{Name: "but not to the instance from itself", Set: and(admitted(ofGroup("sg-1", 22), rule("tcp", 443, 443, "0.0.0.0/0")), func(a *snapshot.Account) { a.EC2.Interfaces[0].Public = []string{"198.51.100.7"} }), Want: checks.PASS, Reason: "nothing"},
		{Name: "two hops are not followed", Set: and(admitted(ofGroup("sg-app", 22)), app), Want: checks.PASS, Reason: "nothing"},
		{Name: "unless asked for, and cycles end", Set: and(admitted(ofGroup("sg-app", 22)), app), Parameters: hops(5), Want: checks.FAIL, Reason: "i-web, which the internet reaches on IPv4 tcp 443, then i-app on tcp/8080; i-app → eni-app"},
		{Name: "two hops by an approved jump group", Set: and(admitted(ofGroup("sg-app", 22)), app), Parameters: map[string]any{"max_hops": 2, "approved_jump_groups": []string{"web"}}, Want: checks.PASS, Reason: "nothing"},
		{Name: "whether the web tier is reached is in doubt", Set: and(byWeb, func(a *snapshot.Account) {
			a.EC2.Groups[1].Ingress = []snapshot.Rule{rule("tcp", 443, 443, "pl-1")}
		}, list("pl-1", "IPv4", unreadEntries)), Want: checks.UNKNOWN, Reason: "pl-1"},
		{Name: "that does not matter to who is not admitted", Set: and(admitted(), func(a *snapshot.Account) {
			a.EC2.Groups[1].Ingress = []snapshot.Rule{rule("tcp", 443, 443, "pl-1")}
		}, list("pl-1", "IPv4", unreadEntries)), Want: checks.PASS, Reason: "nothing"},
		{Name: "another account's group", Set: admitted(foreign), Want: checks.UNKNOWN, Reason: "what the internet reaches in account 444455556666 with group sg-far"},
		{Name: "a group that is gone", Set: admitted(ofGroup("sg-gone", 22)), Want: checks.PASS, Reason: "nothing"},
		{Name: "ACLs unread", Set: and(byWeb, fails("ec2:DescribeNetworkAcls", func(e *snapshot.EC2) { e.NetworkACLs = nil })), Want: checks.UNKNOWN, Reason: "ec2:DescribeNetworkAcls"},
		{Name: "groups unread", Set: and(byWeb, fails("ec2:DescribeSecurityGroups", func(e *snapshot.EC2) { e.Groups = nil })), Want: checks.UNKNOWN, Reason: "the rules of sg-1: ec2:DescribeSecurityGroups"},
		{Name: "interfaces unread", Set: and(byWeb, fails("ec2:DescribeNetworkInterfaces", func(e *snapshot.EC2) { e.Interfaces = e.Interfaces[:1] })), Want: checks.UNKNOWN, Reason: "the interfaces of i-1"},
		{Name: "in no VPC", Set: and(byWeb, func(a *snapshot.Account) { a.EC2.Instances[0].VPC = "" }), Want: checks.NotApplicable, Reason: "no VPC"},
	})
	if err := InstanceTransitivelyClosed.Bounds("max_hops", 0); err == nil {
		t.Error("no hop at all is taken for a number of hops")
	}
}

// BenchmarkInstanceTransitivelyClosed are 10,000 instances that all carry one group, which
// refers to itself, beside one of 1,000; every tenth is on the internet.
func BenchmarkInstanceTransitivelyClosed(b *testing.B) {
	a := checktest.Account(&InstanceTransitivelyClosed, func(a *snapshot.Account) {
		exposed(a)
		i, n, g := a.EC2.Instances[0], a.EC2.Interfaces[0], a.EC2.Groups[0]
		a.EC2.Groups[0].Ingress = []snapshot.Rule{ofGroup("sg-1", 22)}
		a.EC2.Instances, a.EC2.Interfaces = nil, nil
		for k := range 10_000 {
			id := fmt.Sprint(k)
			i.ID, i.ARN, i.Interfaces = "i-"+id, instanceARN+id, []snapshot.InstanceInterface{{ID: "eni-" + id}}
			n.ID, n.Instance, n.Groups, n.Private, n.Public = "eni-"+id, i.ID, []string{"sg-1", fmt.Sprint("sg-x", k%1000)}, []string{fmt.Sprintf("10.0.%d.%d", k>>8, k&255)}, nil
			if k%10 == 0 {
				n.Public = []string{"198.51.100.7"}
			}
			a.EC2.Instances, a.EC2.Interfaces = append(a.EC2.Instances, i), append(a.EC2.Interfaces, n)
			if k < 1000 {
				g.ID = fmt.Sprint("sg-x", k)
				a.EC2.Groups = append(a.EC2.Groups, g)
			}
		}
	})
	for b.Loop() {
		if n := len(checktest.Findings(&InstanceTransitivelyClosed, a, nil)); n != 10_000 {
			b.Fatalf("%d findings", n)
		}
	}
}
