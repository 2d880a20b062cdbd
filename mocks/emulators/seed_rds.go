package emulators

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds"
)

// database is one seeded DB instance: standalone, a replica, or a member of a cluster.
type database struct {
	name, region       string
	encrypted          bool
	retention          int32
	replicaOf, cluster string
}

var databases = []database{
	{name: "orders", region: Home, encrypted: true, retention: 7},
	{name: "billing", region: Home, encrypted: false, retention: 6},
	{name: "crm", region: Home, encrypted: false, retention: 0},
	{name: "orders-replica", region: Home, replicaOf: "orders"},
	{name: "ledger-1", region: Home, cluster: "ledger"},
	{name: "reports", region: Second, encrypted: true, retention: 35},
	{name: "events-1", region: Second, cluster: "events"},
	{name: "analytics-us", region: Foreign, encrypted: true, retention: 7},
}

// cluster is one seeded Aurora cluster.
type cluster struct {
	name, region string
	encrypted    bool
	retention    int32
}

var clusters = []cluster{
	{"ledger", Home, true, 14},
	{"events", Second, false, 1},
}

// dbSnapshot is one seeded manual snapshot; sharedWith are the values of its attribute
// restore.
type dbSnapshot struct {
	name, region, source string
	ofCluster            bool
	sharedWith           []string
}

var dbSnapshots = []dbSnapshot{
	{"orders-private", Home, "orders", false, nil},
	{"billing-partner", Home, "billing", false, []string{"210987654321"}},
	{"billing-public", Home, "billing", false, []string{"all"}},
	{"crm-public-and-partner", Home, "crm", false, []string{"210987654321", "all"}},
	{"ledger-private", Home, "ledger", true, nil},
	{"reports-private", Second, "reports", false, nil},
	{"events-public", Second, "events", true, []string{"all"}},
}

func seedRDS(ctx context.Context, cfg aws.Config, _ Seeded) error {
	for _, region := range []string{Home, Second, Foreign} {
		api := rds.NewFromConfig(at(cfg, region))
		for _, c := range clusters {
			if c.region != region {
				continue
			}
			if err := createCluster(ctx, api, c); err != nil {
				return fmt.Errorf("cluster %q: %w", c.name, err)
			}
		}
		for _, d := range databases {
			if d.region != region {
				continue
			}
			if err := createDatabase(ctx, api, d); err != nil {
				return fmt.Errorf("database %q: %w", d.name, err)
			}
		}
		for _, s := range dbSnapshots {
			if s.region != region {
				continue
			}
			if err := createDBSnapshot(ctx, api, s); err != nil {
				return fmt.Errorf("snapshot %q: %w", s.name, err)
			}
		}
	}
	return nil
}

func createCluster(ctx context.Context, api *rds.Client, c cluster) error {
	_, err := api.CreateDBCluster(ctx, &rds.CreateDBClusterInput{
		DBClusterIdentifier: &c.name, Engine: aws.String("aurora-postgresql"),
		MasterUsername: aws.String("acme"), MasterUserPassword: aws.String("not-used-anywhere"),
		StorageEncrypted: &c.encrypted, BackupRetentionPeriod: &c.retention,
	})
	return err
}

func createDatabase(ctx context.Context, api *rds.Client, d database) error {
	class := aws.String("db.t3.medium")
	if d.replicaOf != "" {
		_, err := api.CreateDBInstanceReadReplica(ctx, &rds.CreateDBInstanceReadReplicaInput{
			DBInstanceIdentifier: &d.name, SourceDBInstanceIdentifier: &d.replicaOf, DBInstanceClass: class,
		})
		return err
	}
	create := &rds.CreateDBInstanceInput{DBInstanceIdentifier: &d.name, DBInstanceClass: class}
	if d.cluster != "" {
		create.Engine, create.DBClusterIdentifier = aws.String("aurora-postgresql"), &d.cluster
	} else {
		create.Engine, create.AllocatedStorage = aws.String("postgres"), aws.Int32(20)
		create.MasterUsername, create.MasterUserPassword = aws.String("acme"), aws.String("not-used-anywhere")
		create.StorageEncrypted, create.BackupRetentionPeriod = &d.encrypted, &d.retention
	}
	_, err := api.CreateDBInstance(ctx, create)
	return err
}

func createDBSnapshot(ctx context.Context, api *rds.Client, s dbSnapshot) error {
	if s.ofCluster {
		if _, err := api.CreateDBClusterSnapshot(ctx, &rds.CreateDBClusterSnapshotInput{DBClusterSnapshotIdentifier: &s.name, DBClusterIdentifier: &s.source}); err != nil || s.sharedWith == nil {
			return err
		}
		_, err := api.ModifyDBClusterSnapshotAttribute(ctx, &rds.ModifyDBClusterSnapshotAttributeInput{
			DBClusterSnapshotIdentifier: &s.name, AttributeName: aws.String("restore"), ValuesToAdd: s.sharedWith,
		})
		return err
	}
	if _, err := api.CreateDBSnapshot(ctx, &rds.CreateDBSnapshotInput{DBSnapshotIdentifier: &s.name, DBInstanceIdentifier: &s.source}); err != nil || s.sharedWith == nil {
		return err
	}
	_, err := api.ModifyDBSnapshotAttribute(ctx, &rds.ModifyDBSnapshotAttributeInput{
		DBSnapshotIdentifier: &s.name, AttributeName: aws.String("restore"), ValuesToAdd: s.sharedWith,
	})
	return err
}
