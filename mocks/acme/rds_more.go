package acme

import (
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds/types"
)

// around is what a Region's databases refer to and what refers to them.
type around struct {
	backups        []types.DBInstanceAutomatedBackup
	clusterBackups []types.DBClusterAutomatedBackup
	proxies        []types.DBProxy
	maintenance    []types.ResourcePendingMaintenanceActions
	subscriptions  []types.EventSubscription
}

// versions are the engine versions in use, ports where Acme's databases listen.
var (
	versions = map[string]string{"postgres": "16.4", "aurora-postgresql": "16.4", "mysql": "8.4.3", "aurora-mysql": "8.0.mysql_aurora.3.08.0", "oracle-se2": "19.0.0.0.ru-2025-10.rur-2025-10.r1"}
	ports    = map[string]int32{"postgres": 6432, "aurora-postgresql": 6432, "mysql": 6033, "aurora-mysql": 6033, "oracle-se2": 1522}
)

const authority = "rds-ca-rsa2048-g1"

// furnish gives a database what Acme gives every one.
func (r *region) furnish(db *types.DBInstance) {
	db.EngineVersion, db.MasterUsername = aws.String(versions[*db.Engine]), aws.String("acme_owner")
	db.Endpoint = &types.Endpoint{Address: aws.String(*db.DBInstanceIdentifier + ".c9x1example." + r.name + ".rds.amazonaws.com"), Port: aws.Int32(ports[*db.Engine])}
	db.EngineLifecycleSupport = aws.String("open-source-rds-extended-support-disabled")
	db.AvailabilityZone, db.MultiAZ, db.SecondaryAvailabilityZone = aws.String(r.name+"a"), aws.Bool(true), aws.String(r.name+"b")
	db.DeletionProtection, db.CopyTagsToSnapshot, db.AutoMinorVersionUpgrade = aws.Bool(true), aws.Bool(true), aws.Bool(true)
	db.IAMDatabaseAuthenticationEnabled, db.MonitoringInterval, db.PerformanceInsightsEnabled = aws.Bool(true), aws.Int32(60), aws.Bool(true)
	db.PerformanceInsightsKMSKeyId = aws.String(r.key())
	db.MonitoringRoleArn = aws.String(iamARN("role/acme-rds-monitoring"))
	db.MasterUserSecret = &types.MasterUserSecret{SecretArn: aws.String(r.arn("secretsmanager", "secret:rds!"+*db.DbiResourceId)), SecretStatus: aws.String("active")}
	db.CACertificateIdentifier, db.CertificateDetails = aws.String(authority), &types.CertificateDetails{CAIdentifier: aws.String(authority), ValidTill: ago(-200 * day)}
	db.StorageType, db.MaxAllocatedStorage = aws.String("gp3"), aws.Int32(1000)
	db.DBSubnetGroup = &types.DBSubnetGroup{DBSubnetGroupName: aws.String("acme-private"), VpcId: aws.String(r.vpc()), SubnetGroupStatus: aws.String("Complete"),
		Subnets: []types.Subnet{{SubnetIdentifier: aws.String(id("subnet", r.name+"private")), SubnetStatus: aws.String("Active"), SubnetAvailabilityZone: &types.AvailabilityZone{Name: aws.String(r.name + "a")}}}}
	group, options := byDefault(*db.Engine, *db.EngineVersion)
	runs(db, group, options)
	db.PreferredMaintenanceWindow = aws.String("sun:03:00-sun:03:30")
	db.TagList = []types.Tag{{Key: aws.String("owner"), Value: aws.String("platform")}}
	if *db.BackupRetentionPeriod > 0 {
		db.LatestRestorableTime = ago(4 * time.Minute)
	}
}

// early takes away what Acme's first databases never got.
func early(db types.DBInstance) types.DBInstance {
	db.MasterUsername, db.MasterUserSecret = aws.String("admin"), nil
	db.MultiAZ, db.SecondaryAvailabilityZone = aws.Bool(false), nil
	db.DeletionProtection, db.CopyTagsToSnapshot, db.IAMDatabaseAuthenticationEnabled = aws.Bool(false), aws.Bool(false), aws.Bool(false)
	db.Endpoint.Port, db.MaxAllocatedStorage, db.TagList = aws.Int32(3306), nil, nil
	db.MonitoringInterval, db.MonitoringRoleArn, db.PerformanceInsightsEnabled, db.PerformanceInsightsKMSKeyId = aws.Int32(0), nil, aws.Bool(false), nil
	return db
}

// inCluster is what a member of a cluster shows: the rest is its cluster's.
func inCluster(db types.DBInstance, cluster *string) types.DBInstance {
	db.DBClusterIdentifier, db.StorageType, db.MaxAllocatedStorage, db.MasterUserSecret = cluster, aws.String("aurora"), nil, nil
	db.MultiAZ, db.SecondaryAvailabilityZone, db.DeletionProtection = aws.Bool(false), nil, aws.Bool(false)
	db.CopyTagsToSnapshot, db.LatestRestorableTime = aws.Bool(false), nil
	return db
}

// furnishCluster gives the cluster what its members do not show.
func (r *region) furnishCluster(c *types.DBCluster) {
	c.EngineVersion, c.MasterUsername, c.Port = aws.String(versions[*c.Engine]), aws.String("acme_owner"), aws.Int32(ports[*c.Engine])
	c.EngineLifecycleSupport, c.StorageEncryptionType = aws.String("open-source-rds-extended-support-disabled"), types.StorageEncryptionTypeCmk
	c.MultiAZ, c.DeletionProtection, c.CopyTagsToSnapshot = aws.Bool(false), aws.Bool(true), aws.Bool(true)
	c.IAMDatabaseAuthenticationEnabled, c.DBSubnetGroup, c.LatestRestorableTime = aws.Bool(true), aws.String("acme-private"), ago(3*time.Minute)
	c.EarliestRestorableTime = ago(time.Duration(*c.BackupRetentionPeriod) * day)
	c.MasterUserSecret = &types.MasterUserSecret{SecretArn: aws.String(r.arn("secretsmanager", "secret:rds!"+*c.DbClusterResourceId)), SecretStatus: aws.String("active")}
	c.DBClusterParameterGroup = aws.String("default." + families[*c.Engine])
	c.VpcSecurityGroups = []types.VpcSecurityGroupMembership{{Status: aws.String("active"), VpcSecurityGroupId: aws.String(id("sg", r.name+"acme-databases"))}}
	c.PreferredMaintenanceWindow = aws.String("sun:03:30-sun:04:00")
	c.TagList = []types.Tag{{Key: aws.String("owner"), Value: aws.String("platform")}}
}

// keep adds the automated backups of an instance that the Region holds, in its state. They
// reach back two weeks.
func (r *region) keep(database, resource, engine, status string) {
	r.around.backups = append(r.around.backups, types.DBInstanceAutomatedBackup{DBInstanceArn: aws.String(database), DbiResourceId: aws.String(resource),
		DBInstanceIdentifier: aws.String(database[strings.LastIndex(database, ":")+1:]), Status: aws.String(status), Engine: aws.String(engine), Encrypted: aws.Bool(true),
		KmsKeyId: aws.String(r.key()), DBInstanceAutomatedBackupsArn: aws.String(r.arn("rds", "auto-backup:"+strings.ToLower(unique("ab-", r.name+resource)))),
		Region: aws.String(strings.Split(database, ":")[3]), BackupRetentionPeriod: aws.Int32(14),
		RestoreWindow: &types.RestoreWindow{EarliestTime: ago(14 * day), LatestTime: ago(4 * time.Minute)}})
}

// proxy adds a proxy that asks its clients for TLS and IAM, or for neither.
func (r *region) proxy(name, family string, strict bool) {
	mode := types.IAMAuthModeDisabled
	if strict {
		mode = types.IAMAuthModeRequired
	}
	r.around.proxies = append(r.around.proxies, types.DBProxy{DBProxyName: aws.String(name), DBProxyArn: aws.String(r.arn("rds", "db-proxy:"+strings.ToLower(unique("prx-", name)))),
		Status: types.DBProxyStatusAvailable, EngineFamily: aws.String(family), RequireTLS: aws.Bool(strict), VpcId: aws.String(r.vpc()), CreatedDate: ago(300 * day),
		Auth: []types.UserAuthConfigInfo{{AuthScheme: types.AuthSchemeSecrets, IAMAuth: mode, SecretArn: aws.String(r.arn("secretsmanager", "secret:"+name))}}})
}

// aroundHome is what stands beside the databases of the home Region.
func aroundHome(r *region) {
	for i := range r.databases {
		db := &r.databases[i]
		if db.DBClusterIdentifier == nil {
			r.keep(*db.DBInstanceArn, *db.DbiResourceId, *db.Engine, "active")
		}
		if *db.DBInstanceIdentifier == "acme-billing-prod" { // off for an hour, to load faster
			r.around.backups[len(r.around.backups)-1].RestoreWindow.EarliestTime = ago(3 * day)
		}
	}
	catalog := r.clusters[0]
	r.around.clusterBackups = []types.DBClusterAutomatedBackup{{DBClusterArn: catalog.DBClusterArn, DbClusterResourceId: catalog.DbClusterResourceId, DBClusterIdentifier: catalog.DBClusterIdentifier,
		Status: aws.String("active"), Engine: catalog.Engine, StorageEncrypted: aws.Bool(true), KmsKeyId: aws.String(r.key()), Region: aws.String(r.name),
		DBClusterAutomatedBackupsArn: aws.String(r.arn("rds", "cluster-auto-backup:"+strings.ToLower(unique("ab-", "catalog"))))}}
	r.proxy("acme-orders", "POSTGRESQL", true)
	r.proxy("acme-billing", "MYSQL", false)
	r.around.proxies[1].DebugLogging = aws.Bool(true)
	r.around.maintenance = []types.ResourcePendingMaintenanceActions{{ResourceIdentifier: aws.String(r.arn("rds", "db:acme-billing-prod")),
		PendingMaintenanceActionDetails: []types.PendingMaintenanceAction{{Action: aws.String("system-update"), Description: aws.String("New Operating System update is available"), AutoAppliedAfterDate: ago(40 * day), OptInStatus: aws.String("undo-opt-in")}}}}
	r.around.subscriptions = []types.EventSubscription{{CustSubscriptionId: aws.String("acme-databases"), CustomerAwsId: aws.String(Account), Enabled: aws.Bool(true), Status: aws.String("active"),
		EventSubscriptionArn: aws.String(r.arn("rds", "es:acme-databases")), SnsTopicArn: aws.String(r.arn("sns", "acme-on-call")), SourceType: aws.String("db-instance")}}
}

// aroundSecond holds the copy of the orders' backups, aroundOld those of a database that
// was deleted when Acme moved, and that nobody thought of.
func aroundSecond(r *region) {
	r.keep(arn("rds", Home, "db:acme-orders-prod"), unique("db-", Home+"acme-orders-prod"), "postgres", "replicating")
}

func aroundOld(r *region) {
	r.keep(r.arn("rds", "db:acme-shop-2019"), unique("db-", "acme-shop-2019"), "mysql", "retained")
	old := &r.around.backups[len(r.around.backups)-1]
	old.Encrypted, old.KmsKeyId = aws.Bool(false), nil
	crm := r.databases[0]
	r.keep(*crm.DBInstanceArn, *crm.DbiResourceId, *crm.Engine, "active")
}
