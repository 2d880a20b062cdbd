package rds

import (
	"net/http"
	"slices"
	"sync"
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

// inGroups scripts databases by engine, cluster and parameter group.
func inGroups(s *mocks.Server) {
	db := func(engine, cluster, group string) types.DBInstance {
		out := types.DBInstance{DBInstanceIdentifier: aws.String(engine + group), Engine: &engine, DBParameterGroups: []types.DBParameterGroupStatus{{DBParameterGroupName: &group, ParameterApplyStatus: aws.String("in-sync")}}}
		if cluster != "" {
			out.DBClusterIdentifier = &cluster
		}
		return out
	}
	mocks.Reply(s, "", &rds.DescribeDBInstancesOutput{DBInstances: []types.DBInstance{
		db("postgres", "", "shared"), db("postgres", "", "shared"), db("mysql", "multi-az", "of-a-member"), db("aurora-mysql", "aurora", "of-aurora"), db("neptune", "", "of-neptune"), db("custom-oracle-ee", "", "of-custom"), {}}})
	mocks.Reply(s, "", &rds.DescribeDBClustersOutput{DBClusters: []types.DBCluster{{DBClusterIdentifier: aws.String("aurora"), Engine: aws.String("aurora-mysql"), DBClusterParameterGroup: aws.String("shared")},
		{DBClusterIdentifier: aws.String("docs"), Engine: aws.String("docdb"), DBClusterParameterGroup: aws.String("of-docdb")}}})
}

func TestEachParameterGroupInUseIsAskedOnce(t *testing.T) {
	wanted := []string{"rds:DescribeDBInstances", "rds:DescribeDBClusters", askParameters, askClusterParameters}
	s := mocks.Start(t, mocks.Options{PageSize: map[string]int{askParameters: 1, askClusterParameters: 1}})
	inGroups(s)
	var mu sync.Mutex // groups are asked side by side
	var names []string
	mocks.Handle(s, func(_ *mocks.Request, in *rds.DescribeDBParametersInput) (*rds.DescribeDBParametersOutput, error) {
		if aws.ToString(in.Marker) == "" {
			mu.Lock()
			names = append(names, *in.DBParameterGroupName)
			mu.Unlock()
		}
		if *in.DBParameterGroupName == "of-aurora" {
			return nil, &mocks.Error{Status: http.StatusForbidden, Code: "AccessDenied"}
		}
		return &rds.DescribeDBParametersOutput{Parameters: []types.Parameter{{ParameterName: aws.String("first")},
			{ParameterName: aws.String("rds.force_ssl"), ParameterValue: aws.String("1"), ApplyType: aws.String("static"), ApplyMethod: types.ApplyMethodPendingReboot, Source: aws.String("user")}}}, nil
	})
	mocks.Reply(s, "", &rds.DescribeDBClusterParametersOutput{Parameters: []types.Parameter{{ParameterName: aws.String("server_audit_events"), ParameterValue: aws.String("")}, {ParameterName: aws.String("b")}}})
	got, in := gather(s, wanted...)
	slices.Sort(names)
	if names = slices.Compact(names); !slices.Equal(names, []string{"of-aurora", "shared"}) {
		t.Errorf("asked about %q", names)
	}
	found := map[string]snapshot.DBParameterGroup{}
	for _, g := range got.ParameterGroups {
		found[snapshot.DBParameterGroups.Key(g)] = g
	}
	shared, err := found["instance shared"].Parameters.Get()
	if diff := cmp.Diff(map[string]snapshot.DBParameter{"first": {}, "rds.force_ssl": {Value: "1", Set: true, Static: true, Method: "pending-reboot", Source: "user"}}, shared); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	if g := found["instance shared"]; g.ARN != prefix+"pg:shared" || len(g.Parameters.Calls()) != 2 {
		t.Errorf("%+v", g)
	}
	if of, err := found["cluster shared"].Parameters.Get(); err != nil || len(of) != 2 || !of["server_audit_events"].Set || of["b"].Set || found["cluster shared"].ARN != prefix+"cluster-pg:shared" {
		t.Errorf("%+v, %v", of, err)
	}
	if _, err := found["instance of-aurora"].Parameters.Get(); err == nil || len(found) != 3 {
		t.Errorf("denied: %v; %d groups", err, len(found))
	}
	collecttest.Covered(t, in, askParameters, in.Region, snapshot.Denied)
	collecttest.Covered(t, in, askClusterParameters, in.Region, snapshot.OK)
}

func TestHalfAParameterGroupIsNone(t *testing.T) {
	for kind, want := range map[mocks.Kind]snapshot.Cause{mocks.Denied: snapshot.Denied, mocks.RepeatToken: snapshot.Malformed, mocks.Truncated: snapshot.Malformed} {
		s := mocks.Start(t, mocks.Options{PageSize: map[string]int{askParameters: 1}})
		mocks.Reply(s, "", &rds.DescribeDBInstancesOutput{DBInstances: []types.DBInstance{{Engine: aws.String("postgres"), DBParameterGroups: []types.DBParameterGroupStatus{{DBParameterGroupName: aws.String("g")}}}}})
		mocks.Reply(s, "", &rds.DescribeDBParametersOutput{Parameters: []types.Parameter{{ParameterName: aws.String("a")}, {ParameterName: aws.String("b")}}})
		s.Fault(mocks.Fault{Operation: askParameters, Kind: kind, FromPage: 2})
		got, in := gather(s, "rds:DescribeDBInstances", askParameters)
		if p, err := got.ParameterGroups[0].Parameters.Get(); err == nil {
			t.Errorf("%v: %v", kind, p)
		}
		collecttest.Covered(t, in, askParameters, in.Region, want)
	}
}

func TestGroupsAreSettledWhereNoDatabaseHasOne(t *testing.T) {
	wanted := []string{"rds:DescribeDBInstances", "rds:DescribeDBClusters", askParameters, askClusterParameters, listOptionGroups}
	for denied, want := range map[bool]snapshot.Cause{false: snapshot.OK, true: snapshot.Skipped} {
		s := mocks.Start(t, mocks.Options{})
		mocks.Reply(s, "", &rds.DescribeDBInstancesOutput{})
		if denied {
			s.Fault(mocks.Fault{Operation: "rds:DescribeDBClusters", Kind: mocks.Denied})
		} else {
			mocks.Reply(s, "", &rds.DescribeDBClustersOutput{})
		}
		_, in := gather(s, wanted...)
		for _, op := range wanted[2:] {
			collecttest.Covered(t, in, op, in.Region, want)
		}
	}
}

func TestOptionSubnetGroupsAndExports(t *testing.T) {
	sizes := map[string]int{listOptionGroups: 1, "rds:DescribeDBSubnetGroups": 1, "rds:DescribeExportTasks": 1}
	wanted := []string{"rds:DescribeDBInstances", listOptionGroups, "rds:DescribeDBSubnetGroups", "rds:DescribeExportTasks"}
	s := mocks.Start(t, mocks.Options{PageSize: sizes})
	ended := time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC)
	mocks.Reply(s, "", &rds.DescribeDBInstancesOutput{DBInstances: []types.DBInstance{{Engine: aws.String("oracle-ee")}}})
	mocks.Reply(s, "", &rds.DescribeOptionGroupsOutput{OptionGroupsList: []types.OptionGroup{{OptionGroupName: aws.String("default")}, {OptionGroupName: aws.String("o"), OptionGroupArn: aws.String(prefix + "og:o"), Options: []types.Option{{
		OptionName: aws.String("SSL"), Port: aws.Int32(2484),
		VpcSecurityGroupMemberships: []types.VpcSecurityGroupMembership{{VpcSecurityGroupId: aws.String("sg-1"), Status: aws.String("active")}, {VpcSecurityGroupId: aws.String("sg-2"), Status: aws.String("removing")}},
		OptionSettings: []types.OptionSetting{{Name: aws.String("SQLNET.SSL_VERSION"), Value: aws.String("1.2"), DefaultValue: aws.String("1.0")},
			{Name: aws.String("SQLNET.CIPHER_SUITE"), Value: aws.String(""), DefaultValue: aws.String("SSL_RSA_WITH_AES_256_CBC_SHA")}, {Name: aws.String("NONE")}},
	}}}}})
	mocks.Reply(s, "", &rds.DescribeDBSubnetGroupsOutput{DBSubnetGroups: []types.DBSubnetGroup{{DBSubnetGroupName: aws.String("a"), VpcId: aws.String("vpc-1"), SubnetGroupStatus: aws.String("Complete"),
		Subnets: []types.Subnet{{SubnetIdentifier: aws.String("subnet-1"), SubnetStatus: aws.String("Active"), SubnetAvailabilityZone: &types.AvailabilityZone{Name: aws.String("eu-west-1a")}}, {}}}, {DBSubnetGroupName: aws.String("b")}}})
	mocks.Reply(s, "", &rds.DescribeExportTasksOutput{ExportTasks: []types.ExportTask{{ExportTaskIdentifier: aws.String("e"), S3Bucket: aws.String("bucket"), KmsKeyId: aws.String("k"), SourceArn: aws.String("arn"), SourceType: types.ExportSourceTypeCluster,
		Status: aws.String("COMPLETE"), TaskEndTime: &ended}, {ExportTaskIdentifier: aws.String("starting")}}})
	got, in := gather(s, wanted...)
	wantOption := []snapshot.DBOption{{Name: "SSL", Port: 2484, Groups: []string{"sg-1"}, Settings: map[string]string{"SQLNET.SSL_VERSION": "1.2", "SQLNET.CIPHER_SUITE": "SSL_RSA_WITH_AES_256_CBC_SHA", "NONE": ""}}}
	if diff := cmp.Diff(wantOption, got.OptionGroups[1].Options); diff != "" || got.OptionGroups[0].ARN != prefix+"og:default" {
		t.Errorf("options (-want +got):\n%s", diff)
	}
	wantSubnets := []snapshot.DBSubnet{{ID: "subnet-1", Status: "Active", Zone: "eu-west-1a"}, {}}
	if g := got.SubnetGroups; len(g) != 2 || cmp.Diff(wantSubnets, g[0].Subnets) != "" || g[0].ARN != prefix+"subgrp:a" || g[0].VPC != "vpc-1" || g[0].Status != "Complete" {
		t.Errorf("subnet groups %+v", g)
	}
	if e := got.ExportTasks; len(e) != 2 || e[0].Bucket != "bucket" || e[0].SourceType != "CLUSTER" || !e[0].Ended.Equal(ended) || !e[1].Ended.IsZero() || snapshot.DBExportTasks.ID(e[1]) != "starting" {
		t.Errorf("export tasks %+v", e)
	}
	for _, op := range wanted {
		collecttest.Covered(t, in, op, in.Region, snapshot.OK)
	}
}

func TestClassicGroups(t *testing.T) {
	groups := []types.DBSecurityGroup{{DBSecurityGroupName: aws.String("default")}, {DBSecurityGroupName: aws.String("old")}}
	for name, tt := range map[string]struct {
		refuse string
		fault  *mocks.Fault
		want   snapshot.Cause
		names  int
	}{
		"two pages":                          {"", nil, snapshot.OK, 2},
		"denied on page two":                 {"", &mocks.Fault{Operation: askClassicGroups, Kind: mocks.Denied, FromPage: 2}, snapshot.Denied, 0},
		"a Region that no longer has them":   {"InvalidParameterValue", nil, snapshot.OK, 0},
		"an endpoint that does not know it":  {"InvalidAction", nil, snapshot.Unsupported, 0},
		"not allowed is not absent":          {"AccessDenied", nil, snapshot.Denied, 0},
		"throttled, and then it was allowed": {"", &mocks.Fault{Operation: askClassicGroups, Kind: mocks.Throttled, First: 1}, snapshot.OK, 2},
	} {
		s := mocks.Start(t, mocks.Options{PageSize: map[string]int{askClassicGroups: 1}})
		if tt.refuse != "" {
			mocks.Refuse(s, "", askClassicGroups, &mocks.Error{Status: http.StatusBadRequest, Code: tt.refuse})
		} else {
			mocks.Reply(s, "", &rds.DescribeDBSecurityGroupsOutput{DBSecurityGroups: groups})
		}
		if tt.fault != nil {
			s.Fault(*tt.fault)
		}
		got, in := gather(s, askClassicGroups)
		if names, err := got.Regions[0].ClassicGroups.Get(); len(names) != tt.names || (err == nil) != (tt.want == snapshot.OK) {
			t.Errorf("%s: %q, %v", name, names, err)
		}
		collecttest.Covered(t, in, askClassicGroups, in.Region, tt.want)
	}
}

func TestDefaultCertificateForNewLaunches(t *testing.T) {
	for _, fail := range []bool{false, true} {
		s := mocks.Start(t, mocks.Options{PageSize: map[string]int{ofDatabases[0]: 1}})
		mocks.Reply(s, "", &rds.DescribeDBInstancesOutput{DBInstances: []types.DBInstance{{}}})
		mocks.Reply(s, "", &rds.DescribeCertificatesOutput{DefaultCertificateForNewLaunches: aws.String("rds-ca-2019"), Certificates: []types.Certificate{{CertificateIdentifier: aws.String("a")}, {CertificateIdentifier: aws.String("b"), CustomerOverride: aws.Bool(true)}}})
		if fail {
			s.Fault(mocks.Fault{Operation: ofDatabases[0], Kind: mocks.Denied, FromPage: 2})
		}
		got, _ := gather(s, "rds:DescribeDBInstances", ofDatabases[0])
		ca, err := got.Regions[0].DefaultCA.Get()
		if fail != (err != nil) || !fail && (ca != "rds-ca-2019" || !got.Certificates[1].Override) {
			t.Errorf("%q, %v; certificates %+v", ca, err, got.Certificates)
		}
	}
}

func TestOffer(t *testing.T) {
	got := offer(types.DBEngineVersion{EngineVersion: aws.String("16.4"), SupportsLogExportsToCloudwatchLogs: aws.Bool(true), ExportableLogTypes: []string{"postgresql"},
		ValidUpgradeTarget: []types.UpgradeTarget{{EngineVersion: aws.String("16.5"), AutoUpgrade: aws.Bool(true)}, {EngineVersion: aws.String("17.1"), IsMajorVersionUpgrade: aws.Bool(true)}, {}}})
	want := snapshot.DBVersionOffer{Known: true, ExportsLogs: true, ExportableLogs: []string{"postgresql"}, Upgrades: []snapshot.DBUpgrade{{Version: "16.5", Auto: true}, {Version: "17.1", Major: true}, {}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(snapshot.DBVersionOffer{}, offer(types.DBEngineVersion{})); diff != "" {
		t.Errorf("unknown (-want +got):\n%s", diff)
	}
}

func TestMemberships(t *testing.T) {
	var got snapshot.Database
	groupsOfInstance(&got, types.DBInstance{
		DBParameterGroups:            []types.DBParameterGroupStatus{{DBParameterGroupName: aws.String("g"), ParameterApplyStatus: aws.String("pending-reboot")}, {DBParameterGroupName: aws.String("second")}},
		OptionGroupMemberships:       []types.OptionGroupMembership{{OptionGroupName: aws.String("o"), Status: aws.String("in-sync")}},
		AssociatedRoles:              []types.DBInstanceRole{{RoleArn: aws.String("r"), FeatureName: aws.String("s3Import"), Status: aws.String("ACTIVE")}},
		EnabledCloudwatchLogsExports: []string{"audit"}, ActivityStreamStatus: types.ActivityStreamStatusStarted, PreferredMaintenanceWindow: aws.String("sun:03:00-sun:04:00"), NetworkType: aws.String("DUAL"),
	})
	want := snapshot.Database{ParameterGroup: "g", ParameterStatus: "pending-reboot", OptionGroups: []snapshot.DBMembership{{ID: "o", Status: "in-sync"}}, Roles: []snapshot.DBRole{{ARN: "r", Feature: "s3Import", Status: "ACTIVE"}},
		LogExports: []string{"audit"}, ActivityStream: "started", MaintenanceWindow: "sun:03:00-sun:04:00", Dual: true}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("instance (-want +got):\n%s", diff)
	}
	got = snapshot.Database{}
	groupsOfCluster(&got, types.DBCluster{
		DBClusterParameterGroup: aws.String("g"), DBClusterOptionGroupMemberships: []types.DBClusterOptionGroupStatus{{DBClusterOptionGroupName: aws.String("o"), Status: aws.String("in-sync")}},
		AssociatedRoles:              []types.DBClusterRole{{RoleArn: aws.String("r"), Status: aws.String("INVALID")}},
		EnabledCloudwatchLogsExports: []string{"postgresql"}, ActivityStreamStatus: types.ActivityStreamStatusStopped, NetworkType: aws.String("IPV4"),
	})
	want = snapshot.Database{ParameterGroup: "g", OptionGroups: []snapshot.DBMembership{{ID: "o", Status: "in-sync"}}, Roles: []snapshot.DBRole{{ARN: "r", Status: "INVALID"}}, LogExports: []string{"postgresql"}, ActivityStream: "stopped"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("cluster (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"a"}, pendingExports(&types.PendingCloudwatchLogsExports{LogTypesToEnable: []string{"a"}, LogTypesToDisable: []string{"b"}})); diff != "" || pendingExports(nil) != nil {
		t.Errorf("pending (-want +got):\n%s", diff)
	}
}
