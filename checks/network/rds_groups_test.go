package network

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

// dbGroup puts a security group into the tests' Region. Rules are protocol -1 without ports.
func dbGroup(id string, rules ...snapshot.Rule) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		a.EC2.Groups = append(a.EC2.Groups, snapshot.SecurityGroup{Meta: checktest.Meta("", "arn:"+id), ID: id, Owner: checktest.At.Account, VPC: "vpc-1", Ingress: rules})
	}
}

func tcpFrom(port int32, cidrs ...string) snapshot.Rule {
	return snapshot.Rule{Protocol: "tcp", FromPort: &port, ToPort: &port, CIDRs: cidrs}
}

func TestDatabaseGroupsNotOpen(t *testing.T) {
	type database = snapshot.Database
	in := func(groups ...string) func(*snapshot.DBInstance) {
		return func(d *snapshot.DBInstance) { d.SecurityGroups = groups }
	}
	port := database{Port: 5432}
	db := func(set ...func(*snapshot.Account)) func(*snapshot.Account) {
		return checktest.All(append(set, checktest.Instance(port, in("sg-1")))...)
	}
	withOption := func(status string) func(*snapshot.Account) {
		return checktest.All(checktest.Instance(database{Engine: "oracle-ee", Port: 1521, OptionGroups: []snapshot.DBMembership{{ID: "o", Status: status}}}, in("sg-1")),
			func(a *snapshot.Account) {
				a.RDS.OptionGroups = []snapshot.DBOptionGroup{{Meta: checktest.Meta("o", "arn:o"), ID: "o", Options: []snapshot.DBOption{{Name: "OEM", Port: 5500}}}}
			})
	}
	list := func(entries snapshot.Read[[]string]) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			a.EC2.PrefixLists = []snapshot.PrefixList{{Meta: checktest.Meta("", "arn:pl-1"), ID: "pl-1", AddressFamily: "IPv4", Entries: entries}}
		}
	}
	byList := tcpFrom(5432)
	byList.PrefixLists = []string{"pl-1"}
	checktest.Run(t, &DatabaseGroupsNotOpen, []checktest.Case{
		{Name: "one private source", Set: db(dbGroup("sg-1", tcpFrom(5432, "10.0.0.0/8"))), Want: checks.PASS, Reason: "sg-1 opens none of the ports tcp 5432"},
		{Name: "everybody", Set: db(dbGroup("sg-1", tcpFrom(5432, "0.0.0.0/0"))), Want: checks.FAIL, Reason: "sg-1 is open to the internet"},
		{Name: "everybody in IPv6", Set: db(dbGroup("sg-1", tcpFrom(5432, "::/0"))), Want: checks.FAIL, Reason: "IPv6"},
		{Name: "ranges that add up", Set: db(dbGroup("sg-1", tcpFrom(5432, "0.0.0.0/1", "128.0.0.0/1"))), Want: checks.FAIL, Reason: "open to the internet"},
		{Name: "ranges that add up over two groups", Set: checktest.All(checktest.Instance(port, in("sg-1", "sg-2")), dbGroup("sg-1", tcpFrom(5432, "64.0.0.0/2")), dbGroup("sg-2", tcpFrom(5432, "128.0.0.0/2"))), Want: checks.FAIL, Reason: "sg-1, sg-2 together are open"},
		{Name: "all protocols have no ports", Set: db(dbGroup("sg-1", snapshot.Rule{Protocol: "-1", CIDRs: []string{"0.0.0.0/0"}})), Want: checks.FAIL, Reason: "open to the internet"},
		{Name: "another port", Set: db(dbGroup("sg-1", tcpFrom(443, "0.0.0.0/0"))), Want: checks.PASS, Reason: "none of the ports"},
		{Name: "not public, and judged all the same", Set: checktest.All(checktest.Instance(database{Port: 5432, PubliclyAccessible: false}, in("sg-1")), dbGroup("sg-1", tcpFrom(5432, "0.0.0.0/0"))), Want: checks.FAIL, Reason: "open"},
		{Name: "the port of an option", Set: checktest.All(withOption("in-sync"), dbGroup("sg-1", tcpFrom(5500, "0.0.0.0/0"))), Want: checks.FAIL, Reason: "tcp 5500"},
		{Name: "an option group that is not in force", Set: checktest.All(withOption("pending-apply"), dbGroup("sg-1", tcpFrom(443, "0.0.0.0/0"))), Want: checks.UNKNOWN, Reason: "pending-apply"},
		{Name: "and the database's own port decides", Set: checktest.All(withOption("pending-apply"), dbGroup("sg-1", tcpFrom(1521, "0.0.0.0/0"))), Want: checks.FAIL, Reason: "tcp 1521"},
		{Name: "a prefix list", Set: db(dbGroup("sg-1", byList), list(snapshot.Value([]string{"0.0.0.0/0"}))), Want: checks.FAIL, Reason: "open"},
		{Name: "a prefix list that was denied", Set: db(dbGroup("sg-1", byList), list(snapshot.Missing[[]string](checktest.Unread("ec2:GetManagedPrefixListEntries", snapshot.Denied)))), Want: checks.UNKNOWN, Reason: "pl-1"},
		{Name: "a cluster", Set: checktest.All(checktest.Cluster(database{Port: 3306}, func(c *snapshot.DBCluster) { c.SecurityGroups = []string{"sg-1"} }), dbGroup("sg-1", tcpFrom(3306, "0.0.0.0/0"))), Want: checks.FAIL, Reason: "tcp 3306"},
		{Name: "creating", Set: checktest.All(checktest.Instance(database{Status: "creating"}, in("sg-1")), dbGroup("sg-1")), Want: checks.UNKNOWN, Reason: "no port"},
		{Name: "groups denied", Set: db(checktest.Denied("ec2:DescribeSecurityGroups")), Want: checks.UNKNOWN, Reason: "denied"},
		{Name: "a group that cannot be seen", Set: db(), Want: checks.UNKNOWN, Reason: "cannot be seen"},
		{Name: "a group that cannot be seen beside an open one", Set: checktest.All(checktest.Instance(port, in("sg-1", "sg-2")), dbGroup("sg-1", tcpFrom(5432, "0.0.0.0/0"))), Want: checks.FAIL, Reason: "sg-1 is open"},
		{Name: "express configuration", Set: checktest.Cluster(database{Port: 5432}), Want: checks.NotApplicable, Reason: "no active security group"},
		{Name: "docdb", Set: checktest.Cluster(database{Engine: "docdb"}), Want: checks.NotApplicable, Reason: "DocumentDB"},
	})
}
