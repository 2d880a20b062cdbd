package logging

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

func TestSecurityGroupEvents(t *testing.T) {
	region := func(groups snapshot.Read[[]string]) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			a.RDS.Regions = []snapshot.DBRegion{{Meta: snapshot.Meta{Location: checktest.At, Name: checktest.At.Region}, ClassicGroups: groups}}
		}
	}
	named := func(names ...string) func(*snapshot.Account) { return region(snapshot.Value(names)) }
	subscribed := func(kind string, categories ...string) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			a.RDS.Subscriptions = append(a.RDS.Subscriptions, snapshot.EventSubscription{Meta: checktest.Meta("s", "arn:s"), ID: "s", Status: "active", Enabled: true, SourceType: kind, Categories: categories})
		}
	}
	classic := checktest.Instance(snapshot.Database{}, func(d *snapshot.DBInstance) { d.ClassicGroups = []string{"old"} })
	strict := map[string]any{"strict": true}
	checktest.Run(t, &SecurityGroupEvents, []checktest.Case{
		{Name: "the default group alone", Set: named("default"), Want: checks.NotApplicable, Reason: "EC2-Classic"},
		{Name: "refused in newer Regions: none", Set: named(), Want: checks.NotApplicable, Reason: "EC2-Classic"},
		{Name: "a group, and nobody is told", Set: named("default", "old"), Want: checks.FAIL, Reason: "nobody is told of db-security-group"},
		{Name: "a group, and somebody is told", Set: checktest.All(named("old"), subscribed("db-security-group", "configuration change", "failure")), Want: checks.PASS, Reason: "of a VPC never send"},
		{Name: "every type of source", Set: checktest.All(named("old"), subscribed("")), Want: checks.PASS, Reason: "db-security-group"},
		{Name: "one category is not enough", Set: checktest.All(named("old"), subscribed("db-security-group", "failure")), Want: checks.FAIL, Reason: "configuration change"},
		{Name: "an instance that has one", Set: checktest.All(named("default"), classic), Want: checks.FAIL, Reason: "nobody is told"},
		{Name: "strict, as FSBP", Set: named("default"), Parameters: strict, Want: checks.FAIL, Reason: "nobody is told"},
		{Name: "strict, and subscribed", Set: checktest.All(named(), subscribed("db-security-group")), Parameters: strict, Want: checks.PASS, Reason: "never send"},
		{Name: "denied", Set: region(snapshot.Missing[[]string](checktest.Unread("rds:DescribeDBSecurityGroups", snapshot.Denied))), Want: checks.UNKNOWN, Reason: "denied"},
		{Name: "instances denied", Set: checktest.All(named("default"), checktest.Denied("rds:DescribeDBInstances")), Want: checks.UNKNOWN, Reason: "denied"},
	})
}
