package snapshot

import "time"

// ended says that a status is that of a database which is no more, or soon.
func ended(status string) bool { return status == "deleting" || status == "deleted" }

// Database is what DescribeDBInstances and DescribeDBClusters tell alike of an instance
// and of a cluster. A time that the answer lacks is zero.
type Database struct {
	ID         string
	ResourceID string // DbiResourceId or DbClusterResourceId, which a rename keeps
	Engine     Engine
	Version    string // EngineVersion
	Status     string
	Class      string // DBInstanceClass; of a cluster only where it is a Multi-AZ DB cluster
	Created    time.Time
	Port       int32  // Endpoint.Port or Port; 0: none told
	Cluster    string // of an instance: set for members of a cluster
	EngineMode string // of a cluster: provisioned, serverless (v1), parallelquery, …
	ReplicaOf  string // set for read replicas, also of a cluster and in a global database
	Global     string // of a cluster: GlobalClusterIdentifier, set for members of a global database

	StorageEncrypted      bool
	StorageEncryptionType string // sse-kms, sse-rds, none; "" from older endpoints
	KMSKeyID              string // of the storage: any way to name a key
	InsightsKMSKeyID      string // PerformanceInsightsKMSKeyId
	BackupRetentionDays   int32
	LatestRestorable      time.Time
	BackupPoint           string // AwsBackupRecoveryPointArn: AWS Backup owns the continuous backup
	Replicas              []string

	MultiAZ                  bool
	DeletionProtection       bool
	CopyTagsToSnapshot       bool
	AutoMinorVersionUpgrade  *bool // nil: not told
	IAMAuthentication        bool
	PubliclyAccessible       bool
	MasterUser               string
	MultiTenant              bool // of Oracle: each tenant database has its own master user
	MasterSecret             MasterSecret
	MonitoringInterval       int32 // seconds; 0: off
	MonitoringRole           string
	PerformanceInsights      bool
	InsightsMode             string // DatabaseInsightsMode
	Lifecycle                string // EngineLifecycleSupport
	CA                       string // CACertificateIdentifier
	CertificateEnds          time.Time
	StorageType              string
	AllocatedGiB, MaximumGiB int32
	Pending                  Pending

	ParameterGroup    string // the first of DBParameterGroups, or DBClusterParameterGroup
	ParameterStatus   string // of an instance: ParameterApplyStatus; of a cluster see its members
	OptionGroups      []DBMembership
	LogExports        []string // EnabledCloudwatchLogsExports
	ActivityStream    string   // ActivityStreamStatus
	Roles             []DBRole // AssociatedRoles
	MaintenanceWindow string   // PreferredMaintenanceWindow
	Dual              bool     // NetworkType is DUAL: there are IPv6 addresses too
}

// Ended says that the database is being deleted: a stopped one still has its storage.
func (d Database) Ended() bool { return ended(d.Status) }

// MasterSecret is MasterUserSecret: the master password in Secrets Manager.
type MasterSecret struct{ ARN, Status string }

// Pending is what PendingModifiedValues promises and is not yet in force. Zero: nothing.
type Pending struct {
	BackupRetentionDays *int32
	MultiAZ             *bool
	IAMAuthentication   *bool
	CA, Class, Version  string
	LogExports          []string // PendingCloudwatchLogsExports.LogTypesToEnable
}

// DBInstance is a DB instance.
type DBInstance struct {
	Meta
	Database
	Zone               string // AvailabilityZone
	SecondaryZone      string // SecondaryAvailabilityZone
	VPC                string // DBSubnetGroup.VpcId
	SecurityGroups     []string
	ClassicGroups      []string // DBSecurityGroups, of EC2-Classic
	Subnets            []DBSubnet
	BackupReplications []string // ARNs of automated backups in other Regions
}

// DBSubnet is a subnet of an instance's subnet group.
type DBSubnet struct{ ID, Status, Outpost, Zone string }

// DBCluster is an Aurora or Multi-AZ DB cluster.
type DBCluster struct {
	Meta
	Database
	Members               []DBMember
	BacktrackSeconds      int64
	SubnetGroup           string
	VPCNetworking         *bool // nil on ordinary clusters; false: the express configuration
	InternetAccessGateway bool
	SecurityGroups        []string // VpcSecurityGroups that are active
	HTTPEndpoint          bool     // HttpEndpointEnabled: the Data API
	EarliestRestorable    time.Time
}

// ServerlessV1 says that it is an Aurora Serverless v1 cluster, which has no instances.
func (d Database) ServerlessV1() bool { return d.EngineMode == "serverless" }

// DBMember is an instance of a cluster.
type DBMember struct {
	ID              string
	Writer          bool
	ParameterStatus string // DBClusterParameterGroupStatus
}
