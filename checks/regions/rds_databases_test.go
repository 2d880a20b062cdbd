package regions

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

func dbIn(region string, of snapshot.Database) snapshot.DBInstance {
	d := snapshot.DBInstance{Database: of}
	d.Meta = checktest.Meta("d", "arn:aws:rds:"+region+":111122223333:db:d")
	d.Region = region
	return d
}

func clusterIn(region string, of snapshot.Database) snapshot.DBCluster {
	c := snapshot.DBCluster{Database: of}
	c.Meta = checktest.Meta("c", "arn:aws:rds:"+region+":111122223333:cluster:c")
	c.ID, c.Region = "c", region
	return c
}

func TestDatabasesInAllowedRegions(t *testing.T) {
	const here, there = "eu-west-1", checktest.Elsewhere
	instances := func(list ...snapshot.DBInstance) func(*snapshot.Account) {
		return func(a *snapshot.Account) { a.RDS.Instances = list }
	}
	clusters := func(list ...snapshot.DBCluster) func(*snapshot.Account) {
		return func(a *snapshot.Account) { a.RDS.Clusters = list }
	}
	fails := func(op string, u snapshot.Unread) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			checktest.Fail(a, op, there, u.Cause)
			for i := range a.Coverage {
				if e := a.Coverage[i].Error; e != nil {
					e.Code, e.Message = u.Code, u.Message
				}
			}
		}
	}
	region := func(name, status string) func(*snapshot.Account) {
		return func(a *snapshot.Account) { a.Regions = snapshot.Value([]snapshot.Region{{Name: name, Status: status}}) }
	}
	type db = snapshot.Database
	type cl = snapshot.Database
	checktest.Run(t, &DatabasesInAllowedRegions, []checktest.Case{
		{Name: "instance, allowed", Set: instances(dbIn(here, db{})), Parameters: onlyIreland, Want: checks.PASS, Reason: "the RDS instance lies in eu-west-1"},
		{Name: "instance elsewhere", Set: instances(dbIn(there, db{})), Parameters: onlyIreland, Want: checks.FAIL, Reason: "lies in eu-central-1; allowed: eu-west-1", Observed: map[string]string{"Region": there}},
		{Name: "a stopped one counts", Set: instances(dbIn(there, db{Status: "stopped"})), Parameters: onlyIreland, Want: checks.FAIL, Reason: there},
		{Name: "deleting does not", Set: instances(dbIn(there, db{Status: "deleting"})), Parameters: onlyIreland, Want: checks.NotApplicable, Reason: "deleting"},
		{Name: "a cluster without members", Set: clusters(clusterIn(there, cl{})), Parameters: onlyIreland, Want: checks.FAIL, Reason: "the RDS cluster lies in " + there},
		{Name: "a cluster, allowed", Set: clusters(clusterIn(here, cl{})), Parameters: onlyIreland, Want: checks.PASS, Reason: here},
		{Name: "a cluster that is being deleted", Set: clusters(clusterIn(there, cl{Status: "deleting"})), Parameters: onlyIreland, Want: checks.NotApplicable, Reason: "deleting"},
		{Name: "a docdb cluster is data too", Set: clusters(clusterIn(there, cl{Engine: "docdb"})), Parameters: onlyIreland, Want: checks.FAIL, Reason: "the DocumentDB cluster"},
		{Name: "a neptune instance is data too", Set: instances(dbIn(there, db{Engine: "neptune"})), Parameters: onlyIreland, Want: checks.FAIL, Reason: "the Neptune instance"},
		{Name: "a member whose cluster is not there is judged itself", Set: instances(dbIn(there, db{Cluster: "c"})), Parameters: onlyIreland, Want: checks.FAIL, Reason: there},
		{Name: "no choice was stated", Set: instances(dbIn(there, db{})), Want: checks.NotApplicable, Reason: "neither residency"},
		{Name: "no choice, cluster", Set: clusters(clusterIn(there, cl{})), Want: checks.NotApplicable, Reason: "neither residency"},
		{Name: "a Region closed by a service control policy is not empty", Parameters: onlyIreland, Want: checks.UNKNOWN, Reason: "explicit deny in a service control policy",
			Set: fails("rds:DescribeDBInstances", snapshot.Unread{Cause: snapshot.Denied, Code: "AccessDenied", Message: "with an explicit deny in a service control policy"})},
		{Name: "a Region that rejects the token is not denied", Parameters: onlyIreland, Want: checks.UNKNOWN, Reason: "not-opted-in (AuthFailure)",
			Set: fails("rds:DescribeDBClusters", snapshot.Unread{Cause: snapshot.NotOptedIn, Code: "AuthFailure"})},
		{Name: "an enabled Region that was left out", Set: region("us-east-1", "ENABLED"), Parameters: onlyIreland, Want: checks.UNKNOWN, Reason: "left out of the scan", Observed: map[string]string{"Region": "us-east-1"}},
		{Name: "left out, and allowed", Set: region("ap-south-1", "ENABLED"), Parameters: map[string]any{"allowed_regions": []string{"ap-south-1"}}, Want: checks.NotApplicable, Reason: "allowed there"},
		{Name: "left out, and no choice stated", Set: region("us-east-1", "ENABLED"), Want: checks.NotApplicable, Reason: "neither residency"},
		{Name: "nobody knows which Regions there are", Parameters: onlyIreland, Want: checks.UNKNOWN, Reason: "account:ListRegions",
			Set: func(a *snapshot.Account) {
				a.Regions = snapshot.Missing[[]snapshot.Region](checktest.Unread("account:ListRegions", snapshot.Denied))
			}},
	})
}

func TestMemberIsJudgedOnceAtItsCluster(t *testing.T) {
	set := func(a *snapshot.Account) {
		a.RDS.Instances = []snapshot.DBInstance{dbIn(checktest.Elsewhere, snapshot.Database{Cluster: "c"})}
		a.RDS.Clusters = []snapshot.DBCluster{clusterIn(checktest.Elsewhere, snapshot.Database{})}
	}
	judged := func(a *snapshot.Account) (out []checks.Status) {
		for _, f := range checktest.Findings(&DatabasesInAllowedRegions, a, onlyIreland) {
			out = append(out, f.Status)
		}
		return out
	}
	a := checktest.Account(&DatabasesInAllowedRegions, set)
	if got := judged(a); len(got) != 2 || got[0] != checks.FAIL || got[1] != checks.NotApplicable {
		t.Errorf("cluster and member: got %v, want FAIL and NOT_APPLICABLE", got)
	}
	a.RDS.Clusters = nil
	checktest.Fail(a, "rds:DescribeDBClusters", checktest.Elsewhere, snapshot.Denied)
	if got := judged(a); len(got) != 2 || got[0] != checks.UNKNOWN || got[1] != checks.UNKNOWN {
		t.Errorf("member of a cluster that was not listed, and the Region: got %v, want twice UNKNOWN", got)
	}
}

func TestARegionThatIsNotEnabledIsNotLeftOut(t *testing.T) {
	a := checktest.Account(&DatabasesInAllowedRegions, func(a *snapshot.Account) {
		a.Regions = snapshot.Value([]snapshot.Region{{Name: "me-south-1", Status: "DISABLED"}})
	})
	if got := checktest.Findings(&DatabasesInAllowedRegions, a, onlyIreland); len(got) != 0 {
		t.Errorf("got %+v, want no finding", got)
	}
}
