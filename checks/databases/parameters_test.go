package databases_test

import (
	"strings"
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/checks/databases"
	"onus/scanner/snapshot"
)

// effective is a check that passes with what Effective says, so that the tests need nothing else.
func effective(name string) *checks.Check {
	return &checks.Check{ID: "rds-sample-check", Title: "t", Remedy: "r", Severity: checks.Low, Category: checks.PlatformOf, Duty: checks.OSAndPlatform, ServiceKind: checks.Container, Tier: 1,
		Reads: []string{"rds:DescribeDBInstances", "rds:DescribeDBClusters", "rds:DescribeDBParameters", "rds:DescribeDBClusterParameters"},
		Judges: databases.RunningDatabases(func(r databases.Running, env checks.Env) checks.Verdict {
			all, v, ok := r.Effective(env, name)
			if !ok {
				return v
			}
			var out []string
			for _, s := range all {
				out = append(out, s.String())
			}
			if len(all) > 0 && all[0].On() {
				return checks.Pass("%s", strings.Join(out, "; "))
			}
			return checks.Fail("%s", strings.Join(out, "; "))
		})}
}

func TestWhatADatabaseRunsWith(t *testing.T) {
	type (
		database = snapshot.Database
		values   = map[string]snapshot.DBParameter
	)
	instance := func(status string) func(*snapshot.Account) {
		return checktest.Instance(database{Engine: "mysql", ParameterGroup: "g", ParameterStatus: status})
	}
	own := func(p snapshot.DBParameter) func(*snapshot.Account) {
		return checktest.Parameters("g", false, values{"p": p})
	}
	cluster := func(engine snapshot.Engine, statuses ...string) func(*snapshot.Account) {
		return checktest.Cluster(database{Engine: engine, ParameterGroup: "g"}, func(c *snapshot.DBCluster) {
			for i, s := range statuses {
				c.Members = append(c.Members, snapshot.DBMember{ID: "m" + string(rune('1'+i)), ParameterStatus: s})
			}
		})
	}
	shared := func(p snapshot.DBParameter) func(*snapshot.Account) {
		return checktest.Parameters("g", true, values{"p": p})
	}
	lazy := checktest.Set("1")
	lazy.Method = "pending-reboot"
	// The members of an Aurora cluster, with a parameter group of their own each.
	member := func(id string, p snapshot.DBParameter) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			checktest.Instance(database{ID: id, Engine: "aurora-mysql", Cluster: "cluster", ParameterGroup: "of-" + id, ParameterStatus: "in-sync"})(a)
			checktest.Parameters("of-"+id, false, values{"p": p})(a)
		}
	}
	for name, tt := range map[string]struct {
		set    func(*snapshot.Account)
		want   checks.Status
		reason string
	}{
		"a dynamic one counts at once":                {checktest.All(instance("applying"), own(checktest.Set("1"))), checks.PASS, `p is "1" in g`},
		"a dynamic one that waits for a reboot":       {checktest.All(instance("pending-reboot"), own(lazy)), checks.UNKNOWN, "pending-reboot"},
		"a dynamic one that waited":                   {checktest.All(instance("in-sync"), own(lazy)), checks.PASS, "p is"},
		"a static one in force":                       {checktest.All(instance("in-sync"), own(checktest.Static("on"))), checks.PASS, "p is"},
		"a static one that waits":                     {checktest.All(instance("pending-reboot"), own(checktest.Static("0"))), checks.UNKNOWN, "not in force yet"},
		"a static one, and nobody says whether it is": {checktest.All(instance(""), own(checktest.Static("1"))), checks.UNKNOWN, `""`},
		"not set":          {checktest.All(instance("in-sync"), own(checktest.Unset)), checks.FAIL, "p is not set in g"},
		"not in the group": {checktest.All(instance("in-sync"), checktest.Parameters("g", false, nil)), checks.FAIL, "p is not in the group g"},
		"no group told":    {checktest.Instance(database{Engine: "mysql"}), checks.UNKNOWN, "no parameter group"},
		"nobody asked":     {instance("in-sync"), checks.UNKNOWN, "nobody asked about the group g"},
		"the group of the other sort is another group": {checktest.All(instance("in-sync"), shared(checktest.Set("1"))), checks.UNKNOWN, "nobody asked"},
		"denied":                                             {checktest.All(instance("in-sync"), checktest.NoParameters("g", false, checktest.Unread("rds:DescribeDBParameters", snapshot.Denied))), checks.UNKNOWN, "denied"},
		"a cluster without members":                          {checktest.All(cluster("aurora-mysql"), shared(checktest.Static("1"))), checks.PASS, "p is"},
		"a cluster with a member that lags":                  {checktest.All(cluster("mysql", "in-sync", "pending-reboot"), shared(checktest.Static("1"))), checks.UNKNOWN, `m2 is "pending-reboot"`},
		"a Multi-AZ cluster asks no member":                  {checktest.All(cluster("mysql", "in-sync"), shared(checktest.Set("1"))), checks.PASS, `p is "1" in g`},
		"an Aurora member with a value of its own wins":      {checktest.All(cluster("aurora-mysql", "in-sync"), shared(checktest.Set("1")), member("m1", checktest.Set("0"))), checks.FAIL, `p is "0" in of-m1 for m1`},
		"an Aurora member without one has the cluster's":     {checktest.All(cluster("aurora-mysql", "in-sync"), shared(checktest.Set("1")), member("m1", checktest.Unset)), checks.PASS, `p is "1" in g for m1`},
		"an Aurora member's default is no value of its own":  {checktest.All(cluster("aurora-mysql", "in-sync"), shared(checktest.Set("1")), member("m1", snapshot.DBParameter{Value: "0", Set: true, Source: "system"})), checks.PASS, `"1" in g`},
		"an Aurora member that went away has the cluster's":  {checktest.All(cluster("aurora-mysql", "in-sync"), shared(checktest.Set("1"))), checks.PASS, `"1" in g for m1`},
		"other services' databases are left out":             {checktest.Cluster(database{Engine: "docdb"}), checks.NotApplicable, "DocumentDB"},
		"the words that mean on, and the ones that do not 1": {checktest.All(instance("in-sync"), own(checktest.Set("TRUE"))), checks.PASS, ""},
		"the words that mean on, and the ones that do not 2": {checktest.All(instance("in-sync"), own(checktest.Set("OFF"))), checks.FAIL, ""},
	} {
		c := effective("p")
		found := checktest.Findings(c, checktest.Account(c, tt.set), nil)
		// Members have a finding of their own, which leaves them out.
		var of *checks.Finding
		for i := range found {
			if !strings.Contains(found[i].Reason, "judged at the cluster") {
				of = &found[i]
			}
		}
		if of == nil || of.Status != tt.want || !strings.Contains(of.Reason, tt.reason) {
			t.Errorf("%s: %+v, want %s with %q", name, found, tt.want, tt.reason)
		}
	}
}

func TestFamily(t *testing.T) {
	for engine, want := range map[snapshot.Engine]string{"sqlserver-ex": "sqlserver", "oracle-ee-cdb": "oracle", "db2-ae": "db2", "aurora-mysql": "aurora-mysql", "custom-sqlserver-ee": "custom-sqlserver-ee", "": ""} {
		if got := databases.Family(engine); got != want {
			t.Errorf("%s: %q, want %q", engine, got, want)
		}
	}
}
