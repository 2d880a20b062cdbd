package rds

import (
	"testing"

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
	for _, tt := range []struct {
		name string
		at   snapshot.Meta
		in   types.DBInstance
		want snapshot.DBInstance
	}{
		{"nothing at all", cn, types.DBInstance{}, snapshot.DBInstance{Meta: meta(cn, "", "arn:aws-cn:rds:cn-north-1:111122223333:db:")}},
		{"member", at, types.DBInstance{
			DBInstanceIdentifier: aws.String("m"), DBInstanceArn: aws.String(prefix + "db:m"), Engine: aws.String("aurora-mysql"), DBInstanceStatus: aws.String("stopped"),
			DBClusterIdentifier: aws.String("c"), StorageEncrypted: aws.Bool(true), StorageEncryptionType: types.StorageEncryptionTypeCmk, BackupRetentionPeriod: aws.Int32(7),
		}, snapshot.DBInstance{Meta: meta(at, "m", prefix+"db:m"), ID: "m", Engine: "aurora-mysql", Status: "stopped", Cluster: "c", StorageEncrypted: true, StorageEncryptionType: "sse-kms", BackupRetentionDays: 7}},
		{"replica", at, types.DBInstance{DBInstanceArn: aws.String("x"), ReadReplicaSourceDBInstanceIdentifier: aws.String("source")},
			snapshot.DBInstance{Meta: meta(at, "", "x"), ReplicaOf: "source"}},
		{"replica of a cluster", at, types.DBInstance{DBInstanceArn: aws.String("x"), ReadReplicaSourceDBClusterIdentifier: aws.String("cluster")},
			snapshot.DBInstance{Meta: meta(at, "", "x"), ReplicaOf: "cluster"}},
	} {
		if diff := cmp.Diff(tt.want, instance(tt.at, tt.in)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

func TestClusterMapping(t *testing.T) {
	want := snapshot.DBCluster{Meta: meta(cn, "c", "arn:aws-cn:rds:cn-north-1:111122223333:cluster:c"), ID: "c", Engine: "aurora-mysql", Status: "available", ReplicaOf: "primary", GlobalCluster: "g", BackupRetentionDays: 1}
	want.Tags = map[string]string{"env": "prod"}
	got := cluster(cn, types.DBCluster{
		DBClusterIdentifier: aws.String("c"), Engine: aws.String("aurora-mysql"), Status: aws.String("available"), BackupRetentionPeriod: aws.Int32(1),
		ReplicationSourceIdentifier: aws.String("primary"), GlobalClusterIdentifier: aws.String("g"), TagList: []types.Tag{{Key: aws.String("env"), Value: aws.String("prod")}},
	})
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
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
