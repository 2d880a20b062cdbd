package platform

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

func TestEngineNotVulnerable(t *testing.T) {
	runs := func(engine, version string) func(*snapshot.Account) {
		return checktest.Instance(snapshot.Database{Engine: snapshot.Engine(engine), Version: version})
	}
	of := func(engine, version string) func(*snapshot.Account) {
		return checktest.Cluster(snapshot.Database{Engine: snapshot.Engine(engine), Version: version})
	}
	checktest.Run(t, &EngineNotVulnerable, []checktest.Case{
		{Name: "postgres 10.9 is below 10.16", Set: runs("postgres", "10.9"), Want: checks.FAIL, Reason: "AWS-2022-004"},
		{Name: "postgres 10.16", Set: runs("postgres", "10.16"), Want: checks.FAIL, Reason: "10 to 10.16"},
		{Name: "postgres 10.17", Set: runs("postgres", "10.17"), Want: checks.PASS, Reason: "2025-11-30"},
		{Name: "postgres 10.21-R1 is a 10.21", Set: runs("postgres", "10.21-R1"), Want: checks.PASS, Reason: "no advisory"},
		{Name: "postgres 9.6.9 is below 9.6.21", Set: runs("postgres", "9.6.9"), Want: checks.FAIL, Reason: "9.6 to 9.6.21"},
		{Name: "postgres 9.6.24", Set: runs("postgres", "9.6.24"), Want: checks.PASS, Reason: "no advisory"},
		{Name: "postgres 9.5.25", Set: runs("postgres", "9.5.25"), Want: checks.FAIL, Reason: "9.3 to 9.5"},
		{Name: "postgres 13.2", Set: runs("postgres", "13.2"), Want: checks.FAIL, Reason: "log_fdw"},
		{Name: "postgres 16", Set: runs("postgres", "16.4"), Want: checks.PASS, Reason: "no advisory"},
		{Name: "Aurora has a range of its own: 11.9", Set: of("aurora-postgresql", "11.9"), Want: checks.PASS, Reason: "no advisory"},
		{Name: "which holds 11.8", Set: of("aurora-postgresql", "11.8"), Want: checks.FAIL, Reason: "11.6 to 11.8"},
		{Name: "and not 10.7", Set: of("aurora-postgresql", "10.7"), Want: checks.PASS, Reason: "no advisory"},
		{Name: "mysql 5.6.19", Set: runs("mysql", "5.6.19"), Want: checks.FAIL, Reason: "CVE-2014-6491"},
		{Name: "mysql 5.6.21", Set: runs("mysql", "5.6.21"), Want: checks.PASS, Reason: "no advisory"},
		{Name: "Aurora MySQL has its own numbers", Set: of("aurora-mysql", "5.6.10a"), Want: checks.NotApplicable, Reason: "no advisory about it"},
		{Name: "a version without numbers", Set: runs("mysql", "latest"), Want: checks.UNKNOWN, Reason: "latest"},
		{Name: "oracle", Set: runs("oracle-ee", "19"), Want: checks.NotApplicable, Reason: "no advisory"},
		{Name: "member", Set: checktest.Instance(snapshot.Database{Engine: "aurora-postgresql", Cluster: "c"}), Want: checks.NotApplicable, Reason: "judged at the cluster"},
	})
}
