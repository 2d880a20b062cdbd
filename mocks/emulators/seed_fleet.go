package emulators

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/rds/types"
)

// member is one seeded database beside those of databases: an instance that stands alone
// with its own settings, a replica, or a member of a cluster.
type member struct {
	name, region, engine, version string
	well                          bool // made as somebody who cares would
	group                         string
	subnets                       string
	exports                       []string
	retention                     int32
	key                           string // "": not encrypted; "own": acme-databases; "default": the emulator's
	more                          func(*rds.CreateDBInstanceInput, Seeded)
}

var fleet = []member{
	{name: "shop", region: Home, engine: "mysql", version: "8.0.40", well: true, group: "acme-mysql", subnets: "acme-spread", exports: []string{"audit", "error"}, retention: 14, key: "own"},
	{name: "wiki", region: Home, engine: "mariadb", version: "10.6.14", group: "acme-mariadb", retention: 7, key: "default"},
	{name: "forum", region: Home, engine: "mariadb", version: "10.4.8", retention: 7},
	{name: "hr", region: Home, engine: "postgres", version: "16.4", well: true, group: "acme-postgres", subnets: "acme-spread", exports: []string{"postgresql"}, retention: 30, key: "own"},
	{name: "blog", region: Home, engine: "postgres", version: "16.4", group: "acme-postgres-loose", retention: 1, more: public},
	{name: "archive", region: Home, engine: "postgres", version: "9.6.20", retention: 7},
	{name: "tickets", region: Home, engine: "mysql", version: "5.6.19", retention: 7, more: asAdmin},
	{name: "loose", region: Home, engine: "mysql", version: "8.0.40", group: "acme-mysql-loose", retention: 7, key: "own"},
	{name: "erp", region: Home, engine: "oracle-ee", version: "19.0.0.0.ru-2024-01.rur-2024-01.r1", group: "acme-oracle", exports: []string{"alert", "audit"}, retention: 7, key: "own"},
	{name: "oracle-lab", region: Home, engine: "oracle-se2", version: "19.0.0.0.ru-2024-01.rur-2024-01.r1", retention: 7},
	{name: "sales", region: Home, engine: "sqlserver-se", version: "15.00.4312.2.v1", group: "acme-sqlserver", exports: []string{"error"}, retention: 7, key: "default"},
	{name: "till", region: Home, engine: "sqlserver-ex", version: "15.00.4312.2.v1", retention: 7},
	{name: "legacy", region: Home, engine: "custom-oracle-ee", version: "19.my_cev1", retention: 7, key: "own", more: onPort1521},
	{name: "stock", region: Second, engine: "mysql", version: "8.0.40", subnets: "acme-narrow", retention: 7, key: "own"},
	{name: "depot", region: Second, engine: "mariadb", version: "10.11.6", retention: 7, key: "alias/aws/rds"},
	{name: "quotes", region: Second, engine: "postgres", version: "15.4", retention: 7, key: "arn:aws:kms:" + Second + ":210987654321:key/11111111-2222-3333-4444-555555555555"},
	{name: "retired", region: Second, engine: "postgres", version: "15.4", retention: 7, key: "disabled"},
	{name: "rates", region: Second, engine: "oracle-ee", version: "19.0.0.0.ru-2024-01.rur-2024-01.r1", retention: 7},
	{name: "trial", region: Foreign, engine: "mysql", version: "8.0.40", retention: 7},
	{name: "kiosk", region: Foreign, engine: "sqlserver-web", version: "15.00.4312.2.v1", retention: 7},
}

// replicas are of the fleet's instances in Home, and take over what those have.
var replicas = map[string]string{"shop-replica": "shop", "hr-replica": "hr"}

// formation is one seeded cluster of the fleet, in Home, with its members.
type formation struct {
	name, engine, version string
	group                 string
	exports               []string
	key                   string
	members               []string
	role                  string // what it may use S3 with
	more                  func(*rds.CreateDBClusterInput)
}

var formations = []formation{
	{name: "mesh", engine: "aurora-mysql", version: "8.0.mysql_aurora.3.05.2", group: "acme-aurora-mysql", exports: []string{"audit", "error"}, key: "own", members: []string{"mesh-1", "mesh-2"}, role: "arn:aws:iam::210987654321:role/import"},
	{name: "cart", engine: "aurora-mysql", version: "5.7.mysql_aurora.2.11.4", members: []string{"cart-1"}},
	{name: "people", engine: "aurora-postgresql", version: "16.4", group: "acme-aurora-postgres", exports: []string{"postgresql"}, key: "own", members: []string{"people-1"}, role: "arn:aws:iam::" + Account + ":role/" + applicationRole},
	{name: "feed", engine: "aurora-postgresql", version: "11.13", key: "default", more: serverless},
	{name: "fleet-az", engine: "postgres", version: "16.4", group: "acme-multi-az", key: "own", members: []string{"fleet-az-1"}, more: multiAZ},
	{name: "graph", engine: "neptune", version: "1.3.2.1", key: "default", members: []string{"graph-1"}, more: func(c *rds.CreateDBClusterInput) { c.MasterUsername, c.MasterUserPassword = nil, nil }},
}

func public(in *rds.CreateDBInstanceInput, ids Seeded) {
	in.PubliclyAccessible, in.VpcSecurityGroupIds = aws.Bool(true), []string{ids["acme-all-protocols"]}
}

func asAdmin(in *rds.CreateDBInstanceInput, _ Seeded) { in.MasterUsername = aws.String("admin") }

// onPort1521 tells moto what it does not know of RDS Custom by itself.
func onPort1521(in *rds.CreateDBInstanceInput, _ Seeded) { in.Port = aws.Int32(1521) }

// serverless makes a cluster of Aurora Serverless v1 with the Data API.
func serverless(c *rds.CreateDBClusterInput) {
	c.EngineMode, c.EnableHttpEndpoint = aws.String("serverless"), aws.Bool(true)
}

// multiAZ makes a Multi-AZ DB cluster, which has storage and a class of its own.
func multiAZ(c *rds.CreateDBClusterInput) {
	c.DBClusterInstanceClass, c.AllocatedStorage, c.Iops, c.StorageType = aws.String("db.m6gd.large"), aws.Int32(100), aws.Int32(1000), aws.String("io1")
}

// fleetSnapshots are manual snapshots of the fleet, in Home.
var fleetSnapshots = []dbSnapshot{
	{"shop-private", Home, "shop", false, nil},
	{"shop-partner", Home, "shop", false, []string{"210987654321"}},
	{"archive-public", Home, "archive", false, []string{"all"}},
	{"erp-private", Home, "erp", false, nil},
	{"mesh-private", Home, "mesh", true, nil},
	{"mesh-partner", Home, "mesh", true, []string{"210987654321"}},
	{"graph-private", Home, "graph", true, nil},
}

// seedFleet makes databases of all engines that moto knows, with what they refer to. The
// keys come first: moto has those that encrypt, and LocalStack stops at the groups.
func seedFleet(ctx context.Context, cfg aws.Config, ids Seeded) error {
	if err := createGroups(ctx, rds.NewFromConfig(at(cfg, Home))); err != nil {
		return err
	}
	for _, region := range []string{Home, Second} {
		if err := createDatabaseKeys(ctx, cfg, region, ids); err != nil {
			return fmt.Errorf("keys in %s: %w", region, err)
		}
	}
	for _, group := range []struct {
		name, region string
		zones        int
	}{{"acme-spread", Home, 2}, {"acme-narrow", Second, 1}} {
		if err := createSubnetGroup(ctx, cfg, group.name, group.region, group.zones); err != nil {
			return fmt.Errorf("subnet group %q: %w", group.name, err)
		}
	}
	for _, m := range fleet {
		if err := createMember(ctx, rds.NewFromConfig(at(cfg, m.region)), m, ids); err != nil {
			return fmt.Errorf("database %q: %w", m.name, err)
		}
	}
	return seedFleetOfHome(ctx, cfg, ids)
}

// seedFleetOfHome makes what depends on instances, and what stands beside them.
func seedFleetOfHome(ctx context.Context, cfg aws.Config, ids Seeded) error {
	api := rds.NewFromConfig(at(cfg, Home))
	for _, name := range slices.Sorted(maps.Keys(replicas)) {
		_, err := api.CreateDBInstanceReadReplica(ctx, &rds.CreateDBInstanceReadReplicaInput{DBInstanceIdentifier: &name, SourceDBInstanceIdentifier: aws.String(replicas[name]), DBInstanceClass: aws.String("db.r6g.large")})
		if err != nil {
			return fmt.Errorf("replica %q: %w", name, err)
		}
	}
	for _, f := range formations {
		if err := createFormation(ctx, api, f, ids); err != nil {
			return fmt.Errorf("cluster %q: %w", f.name, err)
		}
	}
	if err := nameSecretsKey(ctx, api, ids); err != nil {
		return err
	}
	for _, s := range fleetSnapshots {
		if err := createDBSnapshot(ctx, api, s); err != nil {
			return fmt.Errorf("snapshot %q: %w", s.name, err)
		}
	}
	for task, bucket := range map[string]string{"shop-to-own": "acme-invoices", "shop-to-strangers": "bright-numbers-inbox"} {
		_, err := api.StartExportTask(ctx, &rds.StartExportTaskInput{ExportTaskIdentifier: &task, S3BucketName: &bucket, KmsKeyId: aws.String(ids["acme-databases@"+Home]),
			SourceArn: aws.String("arn:aws:rds:" + Home + ":" + Account + ":snapshot:shop-private"), IamRoleArn: aws.String("arn:aws:iam::" + Account + ":role/export")})
		if err != nil {
			return fmt.Errorf("export task %q: %w", task, err)
		}
	}
	return createProxy(ctx, api, ids)
}

// createDatabaseKeys makes the key of a Region's databases, and one that was disabled since.
func createDatabaseKeys(ctx context.Context, cfg aws.Config, region string, ids Seeded) error {
	api := kms.NewFromConfig(at(cfg, region))
	for _, name := range []string{"acme-databases", "acme-disabled"} {
		made, err := api.CreateKey(ctx, &kms.CreateKeyInput{Description: &name})
		if err != nil {
			return err
		}
		ids[name+"@"+region] = *made.KeyMetadata.Arn
		if name == "acme-disabled" {
			if err := disable(ctx, api, made.KeyMetadata.KeyId); err != nil {
				return err
			}
		}
	}
	return nil
}

// keyFor is the key that the table names.
func keyFor(name, region string, ids Seeded) *string {
	switch name {
	case "", "default":
		return nil
	case "own":
		return aws.String(ids["acme-databases@"+region])
	case "disabled":
		return aws.String(ids["acme-disabled@"+region])
	}
	return &name
}

// createSubnetGroup takes subnets of the default VPC, in as many zones.
func createSubnetGroup(ctx context.Context, cfg aws.Config, name, region string, zones int) error {
	found, err := ec2.NewFromConfig(at(cfg, region)).DescribeSubnets(ctx, &ec2.DescribeSubnetsInput{Filters: []ec2types.Filter{{Name: aws.String("default-for-az"), Values: []string{"true"}}}})
	if err != nil {
		return err
	}
	if len(found.Subnets) < zones {
		return fmt.Errorf("%d default subnets, want %d", len(found.Subnets), zones)
	}
	in := &rds.CreateDBSubnetGroupInput{DBSubnetGroupName: &name, DBSubnetGroupDescription: aws.String("seeded")}
	for _, s := range found.Subnets[:zones] {
		in.SubnetIds = append(in.SubnetIds, *s.SubnetId)
	}
	_, err = rds.NewFromConfig(at(cfg, region)).CreateDBSubnetGroup(ctx, in)
	return err
}

func createMember(ctx context.Context, api *rds.Client, m member, ids Seeded) error {
	in := &rds.CreateDBInstanceInput{DBInstanceIdentifier: &m.name, Engine: &m.engine, EngineVersion: &m.version, DBInstanceClass: aws.String("db.r6g.large"), AllocatedStorage: aws.Int32(200),
		BackupRetentionPeriod: &m.retention, StorageEncrypted: aws.Bool(m.key != ""), KmsKeyId: keyFor(m.key, m.region, ids), EnableCloudwatchLogsExports: m.exports,
		MasterUsername: aws.String("acme_owner"), MasterUserPassword: aws.String("not-used-anywhere")}
	if m.group != "" {
		in.DBParameterGroupName = &m.group
	}
	if m.subnets != "" {
		in.DBSubnetGroupName = &m.subnets
	}
	if m.well {
		in.MasterUserPassword, in.ManageMasterUserPassword = nil, aws.Bool(true)
		in.DeletionProtection, in.MultiAZ, in.CopyTagsToSnapshot, in.EnableIAMDatabaseAuthentication = aws.Bool(true), aws.Bool(true), aws.Bool(true), aws.Bool(true)
		in.Port, in.MaxAllocatedStorage, in.Tags = aws.Int32(6000), aws.Int32(1000), []types.Tag{{Key: aws.String("owner"), Value: aws.String("platform")}}
	}
	if m.more != nil {
		m.more(in, ids)
	}
	_, err := api.CreateDBInstance(ctx, in)
	return err
}

func createFormation(ctx context.Context, api *rds.Client, f formation, ids Seeded) error {
	in := &rds.CreateDBClusterInput{DBClusterIdentifier: &f.name, Engine: &f.engine, EngineVersion: &f.version, BackupRetentionPeriod: aws.Int32(7),
		StorageEncrypted: aws.Bool(f.key != ""), KmsKeyId: keyFor(f.key, Home, ids), EnableCloudwatchLogsExports: f.exports,
		MasterUsername: aws.String("acme_owner"), MasterUserPassword: aws.String("not-used-anywhere")}
	if f.group != "" {
		in.DBClusterParameterGroupName = &f.group
	}
	if f.more != nil {
		f.more(in)
	}
	if _, err := api.CreateDBCluster(ctx, in); err != nil {
		return err
	}
	for i, name := range f.members {
		_, err := api.CreateDBInstance(ctx, &rds.CreateDBInstanceInput{DBInstanceIdentifier: &name, Engine: &f.engine, DBInstanceClass: aws.String("db.r6g.large"), DBClusterIdentifier: &f.name,
			AvailabilityZone: aws.String(Home + string(rune('a'+i)))})
		if err != nil {
			return fmt.Errorf("member %q: %w", name, err)
		}
	}
	if f.role == "" {
		return nil
	}
	_, err := api.AddRoleToDBCluster(ctx, &rds.AddRoleToDBClusterInput{DBClusterIdentifier: &f.name, RoleArn: &f.role, FeatureName: aws.String("s3Import")})
	return err
}

// nameSecretsKey notes the key of the passwords that RDS keeps, which moto makes when it is
// first asked.
func nameSecretsKey(ctx context.Context, api *rds.Client, ids Seeded) error {
	found, err := api.DescribeDBInstances(ctx, &rds.DescribeDBInstancesInput{DBInstanceIdentifier: aws.String("shop")})
	if err != nil {
		return err
	}
	ids["aws/secretsmanager@"+Home] = aws.ToString(found.DBInstances[0].MasterUserSecret.KmsKeyId)
	return nil
}

// createProxy makes a proxy that logs statements, in the subnets of acme-spread.
func createProxy(ctx context.Context, api *rds.Client, ids Seeded) error {
	found, err := api.DescribeDBSubnetGroups(ctx, &rds.DescribeDBSubnetGroupsInput{DBSubnetGroupName: aws.String("acme-spread")})
	if err != nil {
		return err
	}
	in := &rds.CreateDBProxyInput{DBProxyName: aws.String("acme-proxy"), EngineFamily: types.EngineFamilyMysql, RoleArn: aws.String("arn:aws:iam::" + Account + ":role/proxy"), DebugLogging: aws.Bool(true),
		Auth: []types.UserAuthConfig{{AuthScheme: types.AuthSchemeSecrets, IAMAuth: types.IAMAuthModeDisabled, SecretArn: aws.String("arn:aws:secretsmanager:" + Home + ":" + Account + ":secret:shop")}}}
	for _, s := range found.DBSubnetGroups[0].Subnets {
		in.VpcSubnetIds = append(in.VpcSubnetIds, *s.SubnetIdentifier)
	}
	made, err := api.CreateDBProxy(ctx, in)
	if err != nil {
		return fmt.Errorf("proxy: %w", err)
	}
	ids["acme-proxy"] = *made.DBProxy.DBProxyArn
	return nil
}
