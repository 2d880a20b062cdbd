package snapshot

import "time"

// DBRegion stands for RDS in one scanned Region.
type DBRegion struct {
	Meta
	DefaultCA     Read[string]   // DescribeCertificates DefaultCertificateForNewLaunches; "" for AWS's own default
	ClassicGroups Read[[]string] // DescribeDBSecurityGroups; none where RDS no longer has them
}

// DBShardGroup is a shard group of an Aurora Limitless database.
type DBShardGroup struct {
	Meta
	ID, Cluster        string
	Status             string
	PubliclyAccessible bool
}

// DBBackup is the automated backups of one instance or cluster, where they are held.
type DBBackup struct {
	Meta
	Database  string // DBInstanceArn or DBClusterArn: names the source Region
	Resource  string // DbiResourceId or DbClusterResourceId; the name is the database's
	OfCluster bool
	Engine    Engine
	Status    string // active, retained, replicating, creating
	KMSKeyID  string
	Encrypted bool // StorageEncrypted for clusters
	// StorageEncryptionType is sse-kms, sse-rds or none; "" from older endpoints.
	StorageEncryptionType string
	Earliest              time.Time // RestoreWindow.EarliestTime; zero where the answer lacks it
}

// GlobalCluster is a global database.
type GlobalCluster struct {
	Meta
	ID                 string
	Engine             Engine
	Status             string
	DeletionProtection bool
	Clusters           []string // ARNs of the members and of their readers
}

// DBProxy is an RDS Proxy.
type DBProxy struct {
	Meta
	ID, Status    string
	RequireTLS    bool
	DefaultScheme string   // DefaultAuthScheme
	IAMAuth       []string // of each Auth entry; "" where it tells none
	DebugLogging  bool     // absent: false
}

// DBCertificate is a certificate authority that RDS offers in a Region.
type DBCertificate struct {
	Meta
	ID   string
	Ends time.Time // ValidTill

	Override     bool // CustomerOverride
	OverrideEnds time.Time
}

// DBMajorVersion is a major version of an engine, with the days on which its support ends.
// Zero: the answer names no such support.
type DBMajorVersion struct {
	Meta
	Engine       Engine
	Version      string
	StandardEnds time.Time // open-source-rds-standard-support
	ExtendedEnds time.Time // open-source-rds-extended-support
}

// DBEngineVersion is a version of an engine that some database of the Region runs.
type DBEngineVersion struct {
	Meta
	Engine  Engine
	Version string
	Status  Read[string] // available, deprecated; "" where RDS no longer knows the version
	Offer   Read[DBVersionOffer]
}

// DBMaintenance is what waits to be done to one database.
type DBMaintenance struct {
	Meta
	Actions []MaintenanceAction
}

// MaintenanceAction is one PendingMaintenanceAction. A date that is not set is zero.
type MaintenanceAction struct {
	Action, OptIn                    string
	AutoApplied, Forced, CurrentDate time.Time
}

// EventSubscription tells an SNS topic of RDS events.
type EventSubscription struct {
	Meta
	ID, Status string
	Enabled    bool
	SourceType string   // "": every type
	Sources    []string // none: every source of the type
	Categories []string // none: every category
}
