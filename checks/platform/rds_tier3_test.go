package platform

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

func TestMinorVersionCurrent(t *testing.T) {
	db := func(change func(*snapshot.Database)) func(*snapshot.Account) {
		d := snapshot.Database{Engine: "postgres", Version: "16.4", MaintenanceWindow: "sun:03:00-sun:03:30"}
		if change != nil {
			change(&d)
		}
		return checktest.Instance(d)
	}
	version := func(status string, upgrades ...snapshot.DBUpgrade) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			a.RDS.Versions = []snapshot.DBEngineVersion{{Meta: snapshot.Meta{Location: checktest.At}, Engine: "postgres", Version: "16.4", Status: snapshot.Value(status),
				Offer: snapshot.Value(snapshot.DBVersionOffer{Known: status != "", Upgrades: upgrades})}}
		}
	}
	minor := func(v string) snapshot.DBUpgrade { return snapshot.DBUpgrade{Version: v} }
	three := version("available", minor("16.5"), minor("16.6"), minor("16.8"))
	auto := version("available", snapshot.DBUpgrade{Version: "16.8", Auto: true})
	yes, no := true, false
	checktest.Run(t, &MinorVersionCurrent, []checktest.Case{
		{Name: "the newest", Set: checktest.All(db(nil), version("available", snapshot.DBUpgrade{Version: "17.1", Major: true, Auto: true})), Want: checks.PASS, Reason: "newest of its line"},
		{Name: "two behind", Set: checktest.All(db(nil), version("available", minor("16.5"), minor("16.6"))), Want: checks.PASS, Reason: "behind 2 minor versions"},
		{Name: "three behind", Set: checktest.All(db(nil), three), Want: checks.FAIL, Reason: "16.5, 16.6, 16.8"},
		{Name: "more are allowed", Set: checktest.All(db(nil), three), Parameters: map[string]any{"max_behind": 3}, Want: checks.PASS, Reason: "want 3"},
		{Name: "marked for automatic upgrade, and the window never comes", Set: checktest.All(db(func(d *snapshot.Database) { d.AutoMinorVersionUpgrade = &yes }), auto), Want: checks.FAIL, Reason: "on, in the window sun:03:00-sun:03:30"},
		{Name: "marked, and automatic upgrades are off", Set: checktest.All(db(func(d *snapshot.Database) { d.AutoMinorVersionUpgrade = &no }), auto), Want: checks.FAIL, Reason: "automatic minor upgrades are off"},
		{Name: "marked, and it is pending", Set: checktest.All(db(func(d *snapshot.Database) { d.Pending.Version = "16.8" }), auto), Want: checks.FAIL, Reason: "16.8 is pending"},
		{Name: "no target, at the end of the line", Set: checktest.All(db(nil), version("deprecated")), Want: checks.FAIL, Reason: "end of its line"},
		{Name: "no target, and a status that tells nothing", Set: checktest.All(db(nil), version("inactive")), Want: checks.UNKNOWN, Reason: "inactive"},
		{Name: "RDS no longer knows it", Set: checktest.All(db(nil), version("")), Want: checks.UNKNOWN, Reason: "no longer knows"},
		{Name: "denied", Set: checktest.All(db(nil), func(a *snapshot.Account) {
			u := checktest.Unread("rds:DescribeDBEngineVersions", snapshot.Denied)
			a.RDS.Versions = []snapshot.DBEngineVersion{{Meta: snapshot.Meta{Location: checktest.At}, Engine: "postgres", Version: "16.4", Status: snapshot.Missing[string](u), Offer: snapshot.Missing[snapshot.DBVersionOffer](u)}}
		}), Want: checks.UNKNOWN, Reason: "denied"},
		{Name: "nobody asked", Set: db(nil), Want: checks.UNKNOWN, Reason: "nobody asked"},
		{Name: "no version", Set: db(func(d *snapshot.Database) { d.Version = "" }), Want: checks.UNKNOWN, Reason: "no engine version"},
		{Name: "Aurora's numbers are its own", Set: checktest.All(checktest.Cluster(snapshot.Database{Engine: "aurora-postgresql", Version: "16.4"}), version("available")), Want: checks.UNKNOWN, Reason: "aurora-postgresql 16.4"},
		{Name: "member", Set: db(func(d *snapshot.Database) { d.Cluster = "c" }), Want: checks.NotApplicable, Reason: "judged at the cluster"},
		{Name: "custom", Set: db(func(d *snapshot.Database) { d.Engine = "custom-oracle-ee" }), Want: checks.NotApplicable, Reason: "Custom"},
	})
}

func TestGroupsInSync(t *testing.T) {
	db := func(parameters, options, status string) func(*snapshot.Account) {
		d := snapshot.Database{Engine: "mysql", Status: status, ParameterGroup: "g", ParameterStatus: parameters}
		if options != "" {
			d.OptionGroups = []snapshot.DBMembership{{ID: "o", Status: options}}
		}
		return checktest.Instance(d)
	}
	cluster := func(states ...string) func(*snapshot.Account) {
		return checktest.Cluster(snapshot.Database{Engine: "aurora-mysql", ParameterGroup: "cg"}, func(c *snapshot.DBCluster) {
			for i, s := range states {
				c.Members = append(c.Members, snapshot.DBMember{ID: []string{"writer", "reader"}[i], ParameterStatus: s})
			}
		})
	}
	checktest.Run(t, &GroupsInSync, []checktest.Case{
		{Name: "both", Set: db("in-sync", "in-sync", "available"), Want: checks.PASS, Reason: "all is in sync"},
		{Name: "no option group", Set: db("in-sync", "", "available"), Want: checks.PASS, Reason: "all is in sync"},
		{Name: "pending-reboot", Set: db("pending-reboot", "in-sync", "available"), Want: checks.FAIL, Reason: "the parameter group g is pending-reboot: what it says is not in force"},
		{Name: "failed-to-apply, and the old value works on", Set: db("failed-to-apply", "in-sync", "available"), Want: checks.FAIL, Reason: "what ran before still runs"},
		{Name: "an option waits for the window", Set: db("in-sync", "pending-maintenance-apply", "available"), Want: checks.FAIL, Reason: "the option group o is pending-maintenance-apply"},
		{Name: "an option failed", Set: db("in-sync", "failed", "available"), Want: checks.FAIL, Reason: "o is failed"},
		{Name: "applying passes by itself", Set: db("applying", "in-sync", "available"), Want: checks.UNKNOWN, Reason: "applying"},
		{Name: "no status is told", Set: db("", "in-sync", "available"), Want: checks.UNKNOWN, Reason: "not told"},
		{Name: "removing an option beside a failure", Set: db("failed-to-apply", "removing", "available"), Want: checks.FAIL, Reason: "failed-to-apply"},
		{Name: "a cluster", Set: cluster("in-sync", "in-sync"), Want: checks.PASS, Reason: "cg at reader is in-sync"},
		{Name: "a reader lags behind the writer", Set: cluster("in-sync", "pending-reboot"), Want: checks.FAIL, Reason: "cg at reader is pending-reboot"},
		{Name: "a cluster without members", Set: cluster(), Want: checks.NotApplicable, Reason: "no members"},
		{Name: "a member's own group is judged at the member", Set: checktest.Instance(snapshot.Database{Engine: "aurora-mysql", Cluster: "c", ParameterGroup: "g", ParameterStatus: "pending-reboot"}), Want: checks.FAIL, Reason: "pending-reboot"},
		{Name: "rebooting", Set: db("pending-reboot", "in-sync", "rebooting"), Want: checks.NotApplicable, Reason: "rebooting"},
		{Name: "modifying", Set: db("applying", "in-sync", "modifying"), Want: checks.NotApplicable, Reason: "modifying"},
		{Name: "neptune", Set: checktest.Instance(snapshot.Database{Engine: "neptune"}), Want: checks.NotApplicable, Reason: "Neptune"},
		{Name: "a cluster of docdb", Set: checktest.Cluster(snapshot.Database{Engine: "docdb"}), Want: checks.NotApplicable, Reason: "DocumentDB"},
	})
}

func TestLocalInfileDisabled(t *testing.T) {
	type group = map[string]snapshot.DBParameter
	db := func(engine, version string, p ...snapshot.DBParameter) func(*snapshot.Account) {
		all := group{}
		for _, v := range p {
			all["local_infile"] = v
		}
		return checktest.All(checktest.Instance(snapshot.Database{Engine: snapshot.Engine(engine), Version: version, ParameterGroup: "g", ParameterStatus: "in-sync"}), checktest.Parameters("g", false, all))
	}
	// The member is judged at the cluster, so that its own finding is left out here.
	aurora := func(ofCluster, ofMember snapshot.DBParameter) func(*snapshot.Account) {
		return checktest.All(
			checktest.Cluster(snapshot.Database{Engine: "aurora-mysql", Version: "8.0.mysql_aurora.3.08.0", ParameterGroup: "cg"}, func(c *snapshot.DBCluster) {
				c.Members = []snapshot.DBMember{{ID: "m", ParameterStatus: "in-sync"}}
			}),
			checktest.Parameters("cg", true, group{"local_infile": ofCluster}),
			checktest.Instance(snapshot.Database{ID: "m", Engine: "aurora-mysql", Status: "deleted", ParameterGroup: "mg", ParameterStatus: "in-sync"}),
			checktest.Parameters("mg", false, group{"local_infile": ofMember}))
	}
	checktest.Run(t, &LocalInfileDisabled, []checktest.Case{
		{Name: "0", Set: db("mysql", "8.4.3", checktest.Set("0")), Want: checks.PASS, Reason: `local_infile is "0" in g`},
		{Name: "OFF", Set: db("mariadb", "11.4", checktest.Set("OFF")), Want: checks.PASS, Reason: "OFF"},
		{Name: "1", Set: db("mysql", "8.4.3", checktest.Set("1")), Want: checks.FAIL, Reason: `"1"`},
		{Name: "unset in MariaDB is on", Set: db("mariadb", "11.4", checktest.Unset), Want: checks.FAIL, Reason: "the engine's default is on"},
		{Name: "unset in MySQL 5.7 is on", Set: db("mysql", "5.7.44", checktest.Unset), Want: checks.FAIL, Reason: "the engine's default is on"},
		{Name: "unset in MySQL 8: RDS ships on, MySQL off", Set: db("mysql", "8.0.40", checktest.Unset), Want: checks.UNKNOWN, Reason: "which of them holds is not told"},
		{Name: "an odd value", Set: db("mysql", "8.0.40", checktest.Set("{x}")), Want: checks.UNKNOWN, Reason: "no value that we know"},
		{Name: "not in the group", Set: db("mysql", "8.0.40"), Want: checks.UNKNOWN, Reason: "not in the group"},
		{Name: "denied", Set: checktest.All(checktest.Instance(snapshot.Database{Engine: "mysql", ParameterGroup: "g"}), checktest.NoParameters("g", false, checktest.Unread("rds:DescribeDBParameters", snapshot.Denied))), Want: checks.UNKNOWN, Reason: "denied"},
		{Name: "postgres", Set: checktest.Instance(snapshot.Database{Engine: "postgres"}), Want: checks.NotApplicable, Reason: "not MySQL"},
		{Name: "member", Set: checktest.Instance(snapshot.Database{Engine: "aurora-mysql", Cluster: "c"}), Want: checks.NotApplicable, Reason: "judged at the cluster"},
	})
	for name, tt := range map[string]struct {
		set  func(*snapshot.Account)
		want checks.Status
	}{
		"the member has none, the cluster's group holds": {aurora(checktest.Set("OFF"), checktest.Unset), checks.PASS},
		"the member's own group wins":                    {aurora(checktest.Set("OFF"), checktest.Set("1")), checks.FAIL},
		"to the better too":                              {aurora(checktest.Set("ON"), checktest.Set("0")), checks.PASS},
	} {
		found := checktest.Findings(&LocalInfileDisabled, checktest.Account(&LocalInfileDisabled, tt.set), nil)
		for _, f := range found {
			if f.Resource.Type == snapshot.DBClusters.Type && f.Status != tt.want {
				t.Errorf("%s: %s %q, want %s", name, f.Status, f.Reason, tt.want)
			}
		}
		if len(found) != 2 {
			t.Errorf("%s: %d findings, want the cluster's and the member's", name, len(found))
		}
	}
}
