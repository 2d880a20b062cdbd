package platform

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

func TestEngineVersionOffered(t *testing.T) {
	with := func(d database, status snapshot.Read[string]) func(*snapshot.Account) {
		return checktest.All(checktest.Instance(d), func(a *snapshot.Account) {
			a.RDS.Versions = []snapshot.DBEngineVersion{{Meta: snapshot.Meta{Location: checktest.At}, Engine: d.Engine, Version: d.Version, Status: status}}
		})
	}
	is := func(status string) snapshot.Read[string] { return snapshot.Value(status) }
	pg := database{Engine: "postgres", Version: "16.4"}
	later := pg
	later.Pending.Version = "17.2"
	custom := database{Engine: "custom-oracle-ee", Version: "19.my_cev1"}
	checktest.Run(t, &EngineVersionOffered, []checktest.Case{
		{Name: "available", Set: with(pg, is("available")), Want: checks.PASS, Reason: "RDS offers postgres 16.4"},
		{Name: "deprecated", Set: with(pg, is("deprecated")), Want: checks.FAIL, Reason: "postgres 16.4 is deprecated"},
		{Name: "not found at all", Set: with(pg, is("")), Want: checks.FAIL, Reason: "no longer knows"},
		{Name: "a failed call is no FAIL", Set: with(pg, snapshot.Missing[string](checktest.Unread("rds:DescribeDBEngineVersions", snapshot.Throttled))), Want: checks.UNKNOWN, Reason: "throttled"},
		{Name: "a version that was not asked about", Set: checktest.Instance(pg), Want: checks.UNKNOWN, Reason: "postgres 16.4"},
		{Name: "pending is a promise", Set: with(later, is("deprecated")), Want: checks.FAIL, Reason: "17.2 is pending"},
		{Name: "a custom version that is inactive", Set: with(custom, is("inactive")), Want: checks.FAIL, Reason: "is inactive"},
		{Name: "a custom version in validation", Set: with(custom, is("pending-validation")), Want: checks.UNKNOWN, Reason: "pending-validation"},
		{Name: "no version told", Set: checktest.Instance(database{Engine: "postgres"}), Want: checks.UNKNOWN, Reason: "names no"},
		{Name: "member", Set: checktest.Instance(database{Engine: "aurora-mysql", Cluster: "c"}), Want: checks.NotApplicable, Reason: "member"},
		{Name: "docdb", Set: checktest.Cluster(database{Engine: "docdb"}), Want: checks.NotApplicable, Reason: "DocumentDB"},
	})
}
