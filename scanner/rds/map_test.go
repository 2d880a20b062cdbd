package rds

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds/types"
	"github.com/google/go-cmp/cmp"

	"onus/scanner/collect/collecttest"
	"onus/scanner/snapshot"
)

// cn is a place outside the partition aws: no ARN may begin with arn:aws: there.
var cn = snapshot.Meta{Location: snapshot.Location{Partition: "aws-cn", Account: "111122223333", Region: "cn-north-1"}}

func meta(at snapshot.Meta, name, arn string) snapshot.Meta {
	at.Name, at.ARN = name, arn
	return at
}

func TestInstanceMapping(t *testing.T) {
	at := snapshot.Meta{Location: collecttest.At}
	when := time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		name string
		at   snapshot.Meta
		in   types.DBInstance
		want snapshot.DBInstance
	}{
		{"nothing at all", cn, types.DBInstance{}, snapshot.DBInstance{Meta: meta(cn, "", "arn:aws-cn:rds:cn-north-1:111122223333:db:")}},
		{"parts of it that are empty", cn, types.DBInstance{Endpoint: &types.Endpoint{}, DBSubnetGroup: &types.DBSubnetGroup{Subnets: []types.Subnet{{}}}, MasterUserSecret: &types.MasterUserSecret{},
			CertificateDetails: &types.CertificateDetails{}, PendingModifiedValues: &types.PendingModifiedValues{}, VpcSecurityGroups: []types.VpcSecurityGroupMembership{{}}},
			snapshot.DBInstance{Meta: meta(cn, "", "arn:aws-cn:rds:cn-north-1:111122223333:db:"), Subnets: []snapshot.DBSubnet{{}}}},
		{"member", at, types.DBInstance{
			DBInstanceIdentifier: aws.String("m"), DBInstanceArn: aws.String(prefix + "db:m"), Engine: aws.String("aurora-mysql"), DBInstanceStatus: aws.String("stopped"),
			DBClusterIdentifier: aws.String("c"), StorageEncrypted: aws.Bool(true), StorageEncryptionType: types.StorageEncryptionTypeCmk, BackupRetentionPeriod: aws.Int32(7),
		}, snapshot.DBInstance{Meta: meta(at, "m", prefix+"db:m"), Database: snapshot.Database{ID: "m", Engine: "aurora-mysql", Status: "stopped", Cluster: "c", StorageEncrypted: true, StorageEncryptionType: "sse-kms", BackupRetentionDays: 7}}},
		{"replica", at, types.DBInstance{DBInstanceArn: aws.String("x"), ReadReplicaSourceDBInstanceIdentifier: aws.String("source")},
			snapshot.DBInstance{Meta: meta(at, "", "x"), Database: snapshot.Database{ReplicaOf: "source"}}},
		{"replica of a cluster", at, types.DBInstance{DBInstanceArn: aws.String("x"), ReadReplicaSourceDBClusterIdentifier: aws.String("cluster")},
			snapshot.DBInstance{Meta: meta(at, "", "x"), Database: snapshot.Database{ReplicaOf: "cluster"}}},
		{"the port is the endpoint's, not DbInstancePort", at, types.DBInstance{DBInstanceArn: aws.String("x"), DbInstancePort: aws.Int32(0), Endpoint: &types.Endpoint{Port: aws.Int32(5433)}},
			snapshot.DBInstance{Meta: meta(at, "", "x"), Database: snapshot.Database{Port: 5433}}},
		{"whole", at, types.DBInstance{
			DBInstanceIdentifier: aws.String("w"), DBInstanceArn: aws.String("x"), DbiResourceId: aws.String("db-1"), EngineVersion: aws.String("16.4"), DBInstanceClass: aws.String("db.r7g.large"),
			InstanceCreateTime: &when, LatestRestorableTime: &when, AwsBackupRecoveryPointArn: aws.String("point"), ReadReplicaDBInstanceIdentifiers: []string{"r"}, ReadReplicaDBClusterIdentifiers: []string{"rc"},
			MultiAZ: aws.Bool(true), DeletionProtection: aws.Bool(true), CopyTagsToSnapshot: aws.Bool(true), AutoMinorVersionUpgrade: aws.Bool(false), IAMDatabaseAuthenticationEnabled: aws.Bool(true),
			PubliclyAccessible: aws.Bool(true), MasterUsername: aws.String("owner"), MultiTenant: aws.Bool(true), MasterUserSecret: &types.MasterUserSecret{SecretArn: aws.String("s"), SecretStatus: aws.String("active")},
			MonitoringInterval: aws.Int32(60), MonitoringRoleArn: aws.String("role"), PerformanceInsightsEnabled: aws.Bool(true), DatabaseInsightsMode: types.DatabaseInsightsModeAdvanced,
			CACertificateIdentifier: aws.String("rds-ca-rsa2048-g1"), CertificateDetails: &types.CertificateDetails{ValidTill: &when}, EngineLifecycleSupport: aws.String("open-source-rds-extended-support"), StorageType: aws.String("gp3"), AllocatedStorage: aws.Int32(20), MaxAllocatedStorage: aws.Int32(40),
			PendingModifiedValues: &types.PendingModifiedValues{BackupRetentionPeriod: aws.Int32(3), MultiAZ: aws.Bool(false), IAMDatabaseAuthenticationEnabled: aws.Bool(false), CACertificateIdentifier: aws.String("ca"), DBInstanceClass: aws.String("db.t3.micro"), EngineVersion: aws.String("17")},
			AvailabilityZone:      aws.String("a"), SecondaryAvailabilityZone: aws.String("b"), DBSubnetGroup: &types.DBSubnetGroup{VpcId: aws.String("vpc-1"), Subnets: []types.Subnet{{SubnetIdentifier: aws.String("subnet-1"), SubnetStatus: aws.String("Active"), SubnetOutpost: &types.Outpost{Arn: aws.String("o")}}}},
			VpcSecurityGroups: []types.VpcSecurityGroupMembership{{Status: aws.String("removing"), VpcSecurityGroupId: aws.String("sg-0")}, {Status: aws.String("active"), VpcSecurityGroupId: aws.String("sg-1")}},
			DBSecurityGroups:  []types.DBSecurityGroupMembership{{DBSecurityGroupName: aws.String("classic")}}, DBInstanceAutomatedBackupsReplications: []types.DBInstanceAutomatedBackupsReplication{{DBInstanceAutomatedBackupsArn: aws.String("copy")}},
		}, snapshot.DBInstance{Meta: meta(at, "w", "x"), Zone: "a", SecondaryZone: "b", VPC: "vpc-1", SecurityGroups: []string{"sg-1"}, ClassicGroups: []string{"classic"},
			Subnets: []snapshot.DBSubnet{{ID: "subnet-1", Status: "Active", Outpost: "o"}}, BackupReplications: []string{"copy"},
			Database: snapshot.Database{ID: "w", ResourceID: "db-1", Version: "16.4", Class: "db.r7g.large", Created: when, LatestRestorable: when, BackupPoint: "point", Replicas: []string{"r", "rc"},
				MultiAZ: true, DeletionProtection: true, CopyTagsToSnapshot: true, AutoMinorVersionUpgrade: aws.Bool(false), IAMAuthentication: true, PubliclyAccessible: true, MasterUser: "owner", MultiTenant: true,
				MasterSecret: snapshot.MasterSecret{ARN: "s", Status: "active"}, MonitoringInterval: 60, MonitoringRole: "role", PerformanceInsights: true, InsightsMode: "advanced", CA: "rds-ca-rsa2048-g1",
				CertificateEnds: when, Lifecycle: "open-source-rds-extended-support", StorageType: "gp3", AllocatedGiB: 20, MaximumGiB: 40,
				Pending: snapshot.Pending{BackupRetentionDays: aws.Int32(3), MultiAZ: aws.Bool(false), IAMAuthentication: aws.Bool(false), CA: "ca", Class: "db.t3.micro", Version: "17"}}}},
	} {
		if diff := cmp.Diff(tt.want, instance(tt.at, tt.in)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

func TestClusterMapping(t *testing.T) {
	when := time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC)
	want := snapshot.DBCluster{Meta: meta(cn, "c", "arn:aws-cn:rds:cn-north-1:111122223333:cluster:c"), Members: []snapshot.DBMember{{ID: "m", Writer: true}, {ID: "n"}}, BacktrackSeconds: 60,
		SubnetGroup: "private", VPCNetworking: aws.Bool(false), InternetAccessGateway: true,
		Database: snapshot.Database{ID: "c", Engine: "aurora-mysql", Status: "available", ReplicaOf: "primary", Global: "g", BackupRetentionDays: 1, EngineMode: "provisioned", ResourceID: "cluster-1", Version: "8.0", Class: "db.r6gd.large",
			Created: when, LatestRestorable: when, Port: 3307, StorageEncrypted: true, StorageEncryptionType: "sse-rds", Replicas: []string{"far"}, MultiAZ: true, DeletionProtection: true, CopyTagsToSnapshot: true,
			IAMAuthentication: true, PubliclyAccessible: true, MasterUser: "owner", MonitoringInterval: 5, PerformanceInsights: true, CA: "ca", CertificateEnds: when, StorageType: "aurora", Lifecycle: "d", AllocatedGiB: 1,
			Pending: snapshot.Pending{IAMAuthentication: aws.Bool(true), CA: "new"}}}
	want.Tags = map[string]string{"env": "prod"}
	got := cluster(cn, types.DBCluster{
		DBClusterIdentifier: aws.String("c"), Engine: aws.String("aurora-mysql"), Status: aws.String("available"), BackupRetentionPeriod: aws.Int32(1),
		ReplicationSourceIdentifier: aws.String("primary"), GlobalClusterIdentifier: aws.String("g"), TagList: []types.Tag{{Key: aws.String("env"), Value: aws.String("prod")}},
		EngineMode: aws.String("provisioned"), DbClusterResourceId: aws.String("cluster-1"), EngineVersion: aws.String("8.0"), DBClusterInstanceClass: aws.String("db.r6gd.large"), ClusterCreateTime: &when,
		LatestRestorableTime: &when, Port: aws.Int32(3307), StorageEncrypted: aws.Bool(true), StorageEncryptionType: types.StorageEncryptionTypeSse, ReadReplicaIdentifiers: []string{"far"}, MultiAZ: aws.Bool(true),
		DeletionProtection: aws.Bool(true), CopyTagsToSnapshot: aws.Bool(true), IAMDatabaseAuthenticationEnabled: aws.Bool(true), PubliclyAccessible: aws.Bool(true), MasterUsername: aws.String("owner"),
		MonitoringInterval: aws.Int32(5), PerformanceInsightsEnabled: aws.Bool(true), CertificateDetails: &types.CertificateDetails{CAIdentifier: aws.String("ca"), ValidTill: &when}, StorageType: aws.String("aurora"), EngineLifecycleSupport: aws.String("d"), AllocatedStorage: aws.Int32(1),
		PendingModifiedValues: &types.ClusterPendingModifiedValues{IAMDatabaseAuthenticationEnabled: aws.Bool(true), CertificateDetails: &types.CertificateDetails{CAIdentifier: aws.String("new")}},
		DBClusterMembers:      []types.DBClusterMember{{DBInstanceIdentifier: aws.String("m"), IsClusterWriter: aws.Bool(true)}, {DBInstanceIdentifier: aws.String("n")}},
		BacktrackWindow:       aws.Int64(60), DBSubnetGroup: aws.String("private"), VPCNetworkingEnabled: aws.Bool(false), InternetAccessGatewayEnabled: aws.Bool(true),
	})
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(snapshot.DBCluster{Meta: meta(cn, "", "arn:aws-cn:rds:cn-north-1:111122223333:cluster:")}, cluster(cn, types.DBCluster{PendingModifiedValues: &types.ClusterPendingModifiedValues{}})); diff != "" {
		t.Errorf("nothing at all (-want +got):\n%s", diff)
	}
}

// The flag has another name on a cluster's snapshot, and neither is set under an AWS
// owned key: that it cannot be made public is documented for KMS keys only.
func TestSnapshotMapping(t *testing.T) {
	of := instanceSnapshot(cn, types.DBSnapshot{DBSnapshotIdentifier: aws.String("s"), SnapshotType: aws.String("manual"), Encrypted: aws.Bool(true)})
	cl := clusterSnapshot(cn, types.DBClusterSnapshot{DBClusterSnapshotIdentifier: aws.String("s"), Engine: aws.String("docdb"), StorageEncrypted: aws.Bool(true)})
	owned := instanceSnapshot(cn, types.DBSnapshot{StorageEncryptionType: types.StorageEncryptionTypeSse})
	if of.ARN != "arn:aws-cn:rds:cn-north-1:111122223333:snapshot:s" || !of.Encrypted || of.OfCluster || of.Type != "manual" {
		t.Errorf("of an instance: %+v", of)
	}
	if cl.ARN != "arn:aws-cn:rds:cn-north-1:111122223333:cluster-snapshot:s" || !cl.Encrypted || !cl.OfCluster || cl.Engine != "docdb" {
		t.Errorf("of a cluster: %+v", cl)
	}
	if owned.Encrypted {
		t.Error("an AWS owned key does not prove that a snapshot cannot be public")
	}
}
