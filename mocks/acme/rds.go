package acme

import (
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds/types"
)

// agency is the account of an agency that once worked for Acme.
const agency = "888877776666"

// database is a DB instance that stands alone, with Acme's own key.
func (r *region) database(name, engine string, retention int32) types.DBInstance {
	db := types.DBInstance{DBInstanceIdentifier: aws.String(name), DBInstanceArn: aws.String(r.arn("rds", "db:"+name)), DBInstanceStatus: aws.String("available"),
		Engine: aws.String(engine), DBInstanceClass: aws.String("db.r7g.large"), AllocatedStorage: aws.Int32(200), InstanceCreateTime: ago(700 * day),
		BackupRetentionPeriod: aws.Int32(retention), StorageEncrypted: aws.Bool(true), StorageEncryptionType: types.StorageEncryptionTypeCmk,
		KmsKeyId: aws.String(r.key()), DbiResourceId: aws.String(unique("db-", r.name+name)), PubliclyAccessible: aws.Bool(false),
		VpcSecurityGroups: []types.VpcSecurityGroupMembership{{Status: aws.String("active"), VpcSecurityGroupId: aws.String(id("sg", r.name+"acme-databases"))}}}
	r.furnish(&db)
	return db
}

// open takes the encryption off.
func open(db types.DBInstance) types.DBInstance {
	db.StorageEncrypted, db.StorageEncryptionType, db.KmsKeyId = aws.Bool(false), types.StorageEncryptionTypeUnencrypted, nil
	return db
}

// awsOwned encrypts with a key of AWS's own: encrypted, though StorageEncrypted is
// false. Source: RDS API Reference, DBInstance, StorageEncryptionType.
func awsOwned(db types.DBInstance) types.DBInstance {
	db.StorageEncrypted, db.StorageEncryptionType, db.KmsKeyId = aws.Bool(false), types.StorageEncryptionTypeSse, nil
	return db
}

// snapshot adds a snapshot of a DB instance; the accounts may restore it.
func (r *region) snapshot(name, kind string, of types.DBInstance, age time.Duration, accounts ...string) {
	r.snapshots = append(r.snapshots, types.DBSnapshot{DBSnapshotIdentifier: aws.String(name), DBSnapshotArn: aws.String(r.arn("rds", "snapshot:"+name)),
		DBInstanceIdentifier: of.DBInstanceIdentifier, DbiResourceId: of.DbiResourceId, SnapshotType: aws.String(kind), Engine: of.Engine, Status: aws.String("available"),
		Encrypted: of.StorageEncrypted, KmsKeyId: of.KmsKeyId, SnapshotCreateTime: ago(age), AllocatedStorage: of.AllocatedStorage})
	r.share(name, accounts)
}

func (r *region) clusterSnapshot(name, kind string, of types.DBCluster, age time.Duration, accounts ...string) {
	r.clusterSnapshots = append(r.clusterSnapshots, types.DBClusterSnapshot{DBClusterSnapshotIdentifier: aws.String(name),
		DBClusterSnapshotArn: aws.String(r.arn("rds", "cluster-snapshot:"+name)), DBClusterIdentifier: of.DBClusterIdentifier, DbClusterResourceId: of.DbClusterResourceId, SnapshotType: aws.String(kind),
		Engine: of.Engine, Status: aws.String("available"), StorageEncrypted: of.StorageEncrypted, KmsKeyId: of.KmsKeyId, SnapshotCreateTime: ago(age)})
	r.share(name, accounts)
}

func (r *region) share(name string, accounts []string) {
	if r.shared == nil {
		r.shared = map[string][]string{}
	}
	r.shared[name] = accounts
}

func databasesHome(r *region) {
	orders := r.database("acme-orders-prod", "postgres", 14)
	orders.ReadReplicaDBInstanceIdentifiers = []string{arn("rds", Second, "db:acme-orders-replica")}
	orders.DBInstanceAutomatedBackupsReplications = []types.DBInstanceAutomatedBackupsReplication{{DBInstanceAutomatedBackupsArn: aws.String(arn("rds", Second, "auto-backup:"+strings.ToLower(unique("ab-", Second+*orders.DbiResourceId))))}}
	billing := early(open(r.database("acme-billing-prod", "mysql", 7))) // older than Acme's rule to encrypt
	member := r.database("acme-catalog-prod-1", "aurora-postgresql", 14)
	catalog := types.DBCluster{DBClusterIdentifier: aws.String("acme-catalog-prod"), DBClusterArn: aws.String(r.arn("rds", "cluster:acme-catalog-prod")),
		Engine: aws.String("aurora-postgresql"), EngineMode: aws.String("provisioned"), Status: aws.String("available"), BackupRetentionPeriod: aws.Int32(14),
		StorageEncrypted: aws.Bool(true), KmsKeyId: aws.String(r.key()), ClusterCreateTime: ago(500 * day), DbClusterResourceId: aws.String(unique("cluster-", "catalog")),
		DBClusterMembers: []types.DBClusterMember{{DBInstanceIdentifier: member.DBInstanceIdentifier, IsClusterWriter: aws.Bool(true)}}}
	member = inCluster(member, catalog.DBClusterIdentifier)
	catalog.GlobalClusterIdentifier = aws.String("acme-catalog")
	r.furnishCluster(&catalog)
	catalog.AssociatedRoles = []types.DBClusterRole{{RoleArn: aws.String(iamARN("role/acme-catalog-export")), FeatureName: aws.String("s3Export"), Status: aws.String("ACTIVE")}}
	r.databases = append(r.databases, billing, member, orders)
	r.clusters = append(r.clusters, catalog)

	r.snapshot("rds:acme-orders-prod-2026-11-01-02-10", "automated", orders, 6*time.Hour)
	r.snapshot("acme-orders-before-v12", "manual", orders, 60*day, neighbour)
	r.snapshot("acme-billing-export-2026-08", "manual", billing, 70*day, "all") // for a consultant, in a hurry
	r.snapshot("acme-billing-audit-2025", "manual", billing, 390*day, neighbour)
	r.clusterSnapshot("rds:acme-catalog-prod-2026-11-01-03-05", "automated", catalog, 5*time.Hour)
	r.clusterSnapshot("acme-catalog-before-split", "manual", catalog, 120*day, agency)
}

func databasesSecond(r *region) {
	replica := r.database("acme-orders-replica", "postgres", 0)
	replica.ReadReplicaSourceDBInstanceIdentifier = aws.String(arn("rds", Home, "db:acme-orders-prod"))
	r.databases = append(r.databases, replica)
}

// databasesOld is what stayed in us-east-1 when Acme moved to Europe.
func databasesOld(r *region) {
	crm := early(awsOwned(r.database("acme-crm-2021", "mysql", 1)))
	crm.EngineVersion, crm.DBInstanceClass, crm.PubliclyAccessible = aws.String("5.7.44"), aws.String("db.m4.large"), aws.Bool(true)
	group, options := byDefault("mysql", "5.7.44")
	runs(&crm, group, options)
	crm.DBSubnetGroup.DBSubnetGroupName, crm.DBSubnetGroup.Subnets[0].SubnetIdentifier = aws.String("default"), aws.String(id("subnet", r.name+"public"))
	r.databases = append(r.databases, crm)
}
