package rds

import (
	"net/http"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/rds/types"
	"github.com/google/go-cmp/cmp"

	"onus/mocks"
	"onus/scanner/collect/collecttest"
	"onus/scanner/snapshot"
)

// ofRegion are the lists that are asked in every Region.
var ofRegion = []string{"rds:DescribeDBShardGroups", "rds:DescribeDBInstanceAutomatedBackups", "rds:DescribeDBClusterAutomatedBackups",
	"rds:DescribeGlobalClusters", "rds:DescribeDBProxies", "rds:DescribeEventSubscriptions"}

func TestTwoPagesOfWhatStandsBesideDatabases(t *testing.T) {
	sizes := map[string]int{}
	for _, op := range ofRegion {
		sizes[op] = 1
	}
	s := mocks.Start(t, mocks.Options{PageSize: sizes})
	name := func(n string) *string { return &n }
	mocks.Reply(s, "", &rds.DescribeDBShardGroupsOutput{DBShardGroups: []types.DBShardGroup{{DBShardGroupIdentifier: name("s1"), PubliclyAccessible: aws.Bool(true)}, {DBShardGroupIdentifier: name("s2")}}})
	mocks.Reply(s, "", &rds.DescribeDBInstanceAutomatedBackupsOutput{DBInstanceAutomatedBackups: []types.DBInstanceAutomatedBackup{
		{DbiResourceId: name("db-1"), DBInstanceArn: name("arn:aws:rds:us-east-1:111122223333:db:a"), DBInstanceAutomatedBackupsArn: name(prefix + "auto-backup:ab-1"), Status: name("retained")}, {DBInstanceIdentifier: name("b")}}})
	mocks.Reply(s, "", &rds.DescribeDBClusterAutomatedBackupsOutput{DBClusterAutomatedBackups: []types.DBClusterAutomatedBackup{{DbClusterResourceId: name("cluster-1")}, {DbClusterResourceId: name("cluster-2")}}})
	mocks.Reply(s, "", &rds.DescribeGlobalClustersOutput{GlobalClusters: []types.GlobalCluster{
		{GlobalClusterIdentifier: name("g1"), GlobalClusterMembers: []types.GlobalClusterMember{{DBClusterArn: name("w"), Readers: []string{"r"}}, {DBClusterArn: name("r")}}}, {GlobalClusterIdentifier: name("g2")}}})
	mocks.Reply(s, "", &rds.DescribeDBProxiesOutput{DBProxies: []types.DBProxy{{DBProxyName: name("p1"), RequireTLS: aws.Bool(true), Auth: []types.UserAuthConfigInfo{{IAMAuth: types.IAMAuthModeRequired}, {}}}, {DBProxyName: name("p2")}}})
	mocks.Reply(s, "", &rds.DescribeEventSubscriptionsOutput{EventSubscriptionsList: []types.EventSubscription{{CustSubscriptionId: name("e1"), Enabled: aws.Bool(true), SourceIdsList: []string{"a"}}, {CustSubscriptionId: name("e2")}}})
	got, in := gather(s, ofRegion...)
	ids := map[string][]string{}
	add := func(kind, id string) { ids[kind] = append(ids[kind], id) }
	a := &snapshot.Account{RDS: got}
	for _, g := range snapshot.DBShardGroups.All(a) {
		add("shard", snapshot.DBShardGroups.ID(g))
	}
	for _, b := range snapshot.DBBackups.All(a) {
		add("backup", snapshot.DBBackups.ID(b))
	}
	for _, g := range snapshot.GlobalClusters.All(a) {
		add("global", snapshot.GlobalClusters.ID(g))
	}
	for _, p := range snapshot.DBProxies.All(a) {
		add("proxy", snapshot.DBProxies.Key(p))
	}
	for _, e := range snapshot.EventSubscriptions.All(a) {
		add("event", snapshot.EventSubscriptions.Key(e))
	}
	want := map[string][]string{
		"shard":  {prefix + "shard-group:s1", prefix + "shard-group:s2"},
		"backup": {prefix + "auto-backup:ab-1", "b", "cluster-1", "cluster-2"},
		"global": {"arn:aws:rds::111122223333:global-cluster:g1", "arn:aws:rds::111122223333:global-cluster:g2"},
		"proxy":  {"p1", "p2"}, "event": {"e1", "e2"},
	}
	if diff := cmp.Diff(want, ids); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"r", "w"}, got.GlobalClusters[0].Clusters); diff != "" {
		t.Errorf("members and readers (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"REQUIRED", ""}, got.Proxies[0].IAMAuth); diff != "" || !got.Proxies[0].RequireTLS || got.Proxies[1].RequireTLS {
		t.Errorf("proxies %+v (-want +got):\n%s", got.Proxies, diff)
	}
	if !got.ShardGroups[0].PubliclyAccessible || got.Backups[0].Status != "retained" || !got.Backups[2].OfCluster || len(got.Subscriptions[0].Sources) != 1 {
		t.Errorf("%+v", got)
	}
	for _, op := range ofRegion {
		collecttest.Covered(t, in, op, in.Region, snapshot.OK)
	}
}

// shardPages answers page after page: botocore knows no paging of this operation, so the
// test server does none.
func shardPages(s *mocks.Server, next func(marker string) (string, error)) {
	mocks.Handle(s, func(_ *mocks.Request, in *rds.DescribeDBShardGroupsInput) (*rds.DescribeDBShardGroupsOutput, error) {
		marker, err := next(aws.ToString(in.Marker))
		if err != nil {
			return nil, err
		}
		out := &rds.DescribeDBShardGroupsOutput{DBShardGroups: []types.DBShardGroup{{DBShardGroupIdentifier: aws.String("after-" + aws.ToString(in.Marker))}}}
		if marker != "" {
			out.Marker = &marker
		}
		return out, nil
	})
}

func TestPagesOfShardGroups(t *testing.T) {
	denied := &mocks.Error{Status: http.StatusForbidden, Code: "AccessDenied"}
	for name, tt := range map[string]struct {
		next  func(string) (string, error)
		want  snapshot.Cause
		items int
	}{
		"two pages": {func(m string) (string, error) { return map[string]string{"": "x"}[m], nil }, snapshot.OK, 2},
		"denied on page two": {func(m string) (string, error) {
			if m != "" {
				return "", denied
			}
			return "x", nil
		}, snapshot.Denied, 1},
		"a marker that comes again": {func(string) (string, error) { return "x", nil }, snapshot.Malformed, 2},
	} {
		s := mocks.Start(t, mocks.Options{})
		shardPages(s, tt.next)
		got, in := gather(s, "rds:DescribeDBShardGroups")
		if len(got.ShardGroups) != tt.items {
			t.Errorf("%s: shard groups %+v, want %d", name, got.ShardGroups, tt.items)
		}
		collecttest.Covered(t, in, "rds:DescribeDBShardGroups", in.Region, tt.want)
	}
}

// What only says something of databases is asked where there is one, settled where there
// is none, and left open where that is not known.
func TestListsAboutDatabases(t *testing.T) {
	wanted := append([]string{"rds:DescribeDBInstances", "rds:DescribeDBClusters"}, ofDatabases...)
	when := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	s := mocks.Start(t, mocks.Options{PageSize: map[string]int{ofDatabases[0]: 1, ofDatabases[1]: 1, ofDatabases[2]: 1}})
	mocks.Reply(s, "", &rds.DescribeDBInstancesOutput{DBInstances: []types.DBInstance{{DBInstanceIdentifier: aws.String("a")}}})
	mocks.Reply(s, "", &rds.DescribeDBClustersOutput{})
	mocks.Reply(s, "", &rds.DescribeCertificatesOutput{Certificates: []types.Certificate{{CertificateIdentifier: aws.String("ca-1"), ValidTill: &when}, {CertificateIdentifier: aws.String("ca-2")}}})
	mocks.Reply(s, "", &rds.DescribeDBMajorEngineVersionsOutput{DBMajorEngineVersions: []types.DBMajorEngineVersion{
		{Engine: aws.String("mysql"), MajorEngineVersion: aws.String("8.4"), SupportedEngineLifecycles: []types.SupportedEngineLifecycle{{LifecycleSupportName: "open-source-rds-standard-support", LifecycleSupportEndDate: &when}}},
		{Engine: aws.String("mysql"), MajorEngineVersion: aws.String("5.7"), SupportedEngineLifecycles: []types.SupportedEngineLifecycle{{LifecycleSupportName: "open-source-rds-extended-support", LifecycleSupportEndDate: &when}, {LifecycleSupportName: "another"}}}}})
	mocks.Reply(s, "", &rds.DescribePendingMaintenanceActionsOutput{PendingMaintenanceActions: []types.ResourcePendingMaintenanceActions{
		{ResourceIdentifier: aws.String(prefix + "db:a"), PendingMaintenanceActionDetails: []types.PendingMaintenanceAction{{Action: aws.String("system-update"), ForcedApplyDate: &when, OptInStatus: aws.String("next-maintenance")}}}, {ResourceIdentifier: aws.String(prefix + "db:b")}}})
	mocks.Reply(s, "", &rds.DescribeOptionGroupsOutput{})
	got, in := gather(s, wanted...)
	if len(got.Certificates) != 2 || !got.Certificates[0].Ends.Equal(when) || !got.Certificates[1].Ends.IsZero() {
		t.Errorf("certificates: %+v", got.Certificates)
	}
	if m := got.Majors; len(m) != 2 || !m[0].StandardEnds.Equal(when) || !m[0].ExtendedEnds.IsZero() || !m[1].StandardEnds.IsZero() || !m[1].ExtendedEnds.Equal(when) || snapshot.DBMajorVersions.Key(m[1]) != "mysql 5.7" {
		t.Errorf("major versions: %+v", m)
	}
	if m := got.Maintenance; len(m) != 2 || m[0].ARN != prefix+"db:a" || len(m[0].Actions) != 1 || !m[0].Actions[0].Forced.Equal(when) || !m[0].Actions[0].AutoApplied.IsZero() || m[0].Actions[0].OptIn != "next-maintenance" {
		t.Errorf("maintenance: %+v", m)
	}
	for _, op := range wanted {
		collecttest.Covered(t, in, op, in.Region, snapshot.OK)
	}
}

func TestListsAboutDatabasesWhereThereIsNone(t *testing.T) {
	wanted := append([]string{"rds:DescribeDBInstances", "rds:DescribeDBClusters"}, ofDatabases...)
	s := mocks.Start(t, mocks.Options{})
	mocks.Reply(s, "", &rds.DescribeDBInstancesOutput{})
	mocks.Reply(s, "", &rds.DescribeDBClustersOutput{})
	_, in := gather(s, wanted...)
	if n := len(s.Requests()); n != 2 {
		t.Errorf("%d requests, want the two lists", n)
	}
	for _, op := range ofDatabases {
		collecttest.Covered(t, in, op, in.Region, snapshot.OK)
	}
	s = mocks.Start(t, mocks.Options{})
	mocks.Reply(s, "", &rds.DescribeDBInstancesOutput{})
	s.Fault(mocks.Fault{Operation: "rds:DescribeDBClusters", Kind: mocks.Denied})
	_, in = gather(s, wanted...)
	for _, op := range ofDatabases {
		collecttest.Covered(t, in, op, in.Region, snapshot.Skipped)
	}
}
