package logging

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

// events is an account with RDS in one Region, an instance a, and the subscriptions.
func events(subs ...snapshot.EventSubscription) func(*snapshot.Account) {
	return checktest.All(checktest.Instance(database{ID: "a", Engine: "postgres"}), subscribed(subs...))
}

func subscribed(subs ...snapshot.EventSubscription) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		a.RDS.Regions = []snapshot.DBRegion{{Meta: snapshot.Meta{Location: checktest.At}}}
		for _, s := range subs {
			s.Meta = checktest.Meta(s.ID, "arn:aws:rds:eu-west-1:111122223333:es:"+s.ID)
			a.RDS.Subscriptions = append(a.RDS.Subscriptions, s)
		}
	}
}

func sub(source string, categories ...string) snapshot.EventSubscription {
	return snapshot.EventSubscription{ID: "s", Status: "active", Enabled: true, SourceType: source, Categories: categories}
}

func named(s snapshot.EventSubscription, sources ...string) snapshot.EventSubscription {
	s.Sources = sources
	return s
}

func TestInstanceEvents(t *testing.T) {
	three := []string{"maintenance", "configuration change", "failure"}
	off := sub("db-instance")
	off.Enabled = false
	lost := sub("db-instance")
	lost.Status = "topic-not-exist"
	mute := sub("db-instance")
	mute.Status = "no-permission"
	more := checktest.Instance(database{ID: "b", Engine: "mysql"})
	checktest.Run(t, &InstanceEvents, []checktest.Case{
		{Name: "all three", Set: events(sub("db-instance", three...)), Want: checks.PASS, Reason: "subscribed by s"},
		{Name: "more than asked", Set: events(sub("db-instance", append(three, "backup")...)), Want: checks.PASS, Reason: "subscribed"},
		{Name: "no category means all", Set: events(sub("db-instance")), Want: checks.PASS, Reason: "subscribed"},
		{Name: "no source type means all", Set: events(sub("")), Want: checks.PASS, Reason: "subscribed"},
		{Name: "two share the categories", Set: events(sub("db-instance", "maintenance"), sub("db-instance", "failure", "configuration change")), Want: checks.PASS, Reason: "s, s"},
		{Name: "the name of a category holds a space", Set: events(sub("db-instance", "maintenance", "failure", "configuration")), Want: checks.FAIL, Reason: "configuration change"},
		{Name: "another source", Set: events(sub("db-cluster", three...)), Want: checks.FAIL, Reason: "nobody is told"},
		{Name: "none at all", Set: events(), Want: checks.FAIL, Reason: "configuration change; failure; maintenance"},
		{Name: "not enabled", Set: events(off), Want: checks.FAIL, Reason: "enabled false"},
		{Name: "a topic that is gone", Set: events(lost), Want: checks.FAIL, Reason: "topic-not-exist"},
		{Name: "a topic that lets nobody in", Set: events(mute), Want: checks.FAIL, Reason: "no-permission"},
		{Name: "named, and all are named", Set: events(named(sub("db-instance"), "a")), Want: checks.PASS, Reason: "subscribed"},
		{Name: "a new instance is not named", Set: checktest.All(more, events(named(sub("db-instance"), "a"))), Want: checks.FAIL, Reason: "failure of b"},
		{Name: "two name them between them", Set: checktest.All(more, events(named(sub("db-instance"), "a"), named(sub("db-instance"), "b"))), Want: checks.PASS, Reason: "subscribed"},
		{Name: "all are named, and there may be more", Set: checktest.All(events(named(sub("db-instance"), "a")), checktest.Denied("rds:DescribeDBInstances")), Want: checks.UNKNOWN, Reason: "DescribeDBInstances"},
		{Name: "every source, and there may be more", Set: checktest.All(events(sub("db-instance")), checktest.Denied("rds:DescribeDBInstances")), Want: checks.PASS, Reason: "subscribed"},
		{Name: "subscriptions denied", Set: checktest.All(events(), checktest.Denied("rds:DescribeEventSubscriptions")), Want: checks.UNKNOWN, Reason: "DescribeEventSubscriptions"},
		{Name: "no instance", Set: subscribed(), Want: checks.NotApplicable, Reason: "holds no database"},
		{Name: "nobody knows whether there are instances", Set: checktest.All(subscribed(), checktest.Denied("rds:DescribeDBInstances")), Want: checks.UNKNOWN, Reason: "DescribeDBInstances"},
		{Name: "docdb instances alone", Set: checktest.All(subscribed(), checktest.Instance(database{Engine: "docdb"})), Want: checks.NotApplicable, Reason: "holds no database"},
	})
}

func TestClusterEvents(t *testing.T) {
	with := func(subs ...snapshot.EventSubscription) func(*snapshot.Account) {
		return checktest.All(checktest.Cluster(database{ID: "c", Engine: "aurora-mysql"}), subscribed(subs...))
	}
	checktest.Run(t, &ClusterEvents, []checktest.Case{
		{Name: "both", Set: with(sub("db-cluster", "maintenance", "failure")), Want: checks.PASS, Reason: "subscribed by s"},
		{Name: "more categories than asked", Set: with(sub("db-cluster", "maintenance", "failure", "failover")), Want: checks.PASS, Reason: "subscribed"},
		{Name: "one unrelated subscription more is one finding still", Set: with(sub("db-snapshot"), sub("db-cluster")), Want: checks.PASS, Reason: "subscribed by s"},
		{Name: "one is missing", Set: with(sub("db-cluster", "failure")), Want: checks.FAIL, Reason: "maintenance"},
		{Name: "named clusters that miss one", Set: with(named(sub("db-cluster"), "other")), Want: checks.FAIL, Reason: "of c"},
		{Name: "none at all", Set: with(), Want: checks.FAIL, Reason: "nobody is told"},
		{Name: "no cluster", Set: subscribed(), Want: checks.NotApplicable, Reason: "holds no database"},
		{Name: "neptune clusters alone", Set: checktest.All(subscribed(), checktest.Cluster(database{Engine: "neptune"})), Want: checks.NotApplicable, Reason: "holds no database"},
		{Name: "denied", Set: checktest.All(with(), checktest.Denied("rds:DescribeEventSubscriptions")), Want: checks.UNKNOWN, Reason: "denied"},
	})
}

func TestParameterGroupEvents(t *testing.T) {
	checktest.Run(t, &ParameterGroupEvents, []checktest.Case{
		{Name: "configuration change", Set: events(sub("db-parameter-group", "configuration change")), Want: checks.PASS, Reason: "subscribed by s"},
		{Name: "no category means all", Set: events(sub("db-parameter-group")), Want: checks.PASS, Reason: "subscribed"},
		{Name: "categories that this source never sends", Set: events(sub("db-parameter-group", "maintenance", "failure")), Want: checks.FAIL, Reason: "configuration change"},
		{Name: "named groups are never all", Set: events(named(sub("db-parameter-group"), "mine")), Want: checks.FAIL, Reason: "configuration change"},
		{Name: "a cluster alone", Set: checktest.All(subscribed(), checktest.Cluster(database{Engine: "aurora-mysql"})), Want: checks.FAIL, Reason: "nobody is told"},
		{Name: "no database", Set: subscribed(), Want: checks.NotApplicable, Reason: "holds no database"},
		{Name: "nobody knows whether there are clusters", Set: checktest.All(subscribed(), checktest.Denied("rds:DescribeDBClusters")), Want: checks.UNKNOWN, Reason: "DescribeDBClusters"},
		{Name: "denied", Set: checktest.All(events(), checktest.Denied("rds:DescribeEventSubscriptions")), Want: checks.UNKNOWN, Reason: "denied"},
	})
}
