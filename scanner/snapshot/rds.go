package snapshot

import (
	"slices"
	"strings"
	"time"
)

// RDS is what was read of RDS and Aurora in all Regions. Its API also returns the
// instances and clusters of DocumentDB and Neptune: see OtherService.
type RDS struct {
	Instances []DBInstance
	Clusters  []DBCluster
	Snapshots []DBSnapshot

	Regions        []DBRegion
	ShardGroups    []DBShardGroup
	Backups        []DBBackup
	GlobalClusters []GlobalCluster
	Proxies        []DBProxy
	Certificates   []DBCertificate
	Majors         []DBMajorVersion
	Versions       []DBEngineVersion
	Maintenance    []DBMaintenance
	Subscriptions  []EventSubscription

	ParameterGroups []DBParameterGroup
	OptionGroups    []DBOptionGroup
	SubnetGroups    []DBSubnetGroup
	ExportTasks     []DBExportTask
}

// And joins what was read of two Regions.
func (r RDS) And(o RDS) RDS {
	return RDS{
		Instances: slices.Concat(r.Instances, o.Instances),
		Clusters:  slices.Concat(r.Clusters, o.Clusters),
		Snapshots: slices.Concat(r.Snapshots, o.Snapshots),

		Regions:        slices.Concat(r.Regions, o.Regions),
		ShardGroups:    slices.Concat(r.ShardGroups, o.ShardGroups),
		Backups:        slices.Concat(r.Backups, o.Backups),
		GlobalClusters: slices.Concat(r.GlobalClusters, o.GlobalClusters),
		Proxies:        slices.Concat(r.Proxies, o.Proxies),
		Certificates:   slices.Concat(r.Certificates, o.Certificates),
		Majors:         slices.Concat(r.Majors, o.Majors),
		Versions:       slices.Concat(r.Versions, o.Versions),
		Maintenance:    slices.Concat(r.Maintenance, o.Maintenance),
		Subscriptions:  slices.Concat(r.Subscriptions, o.Subscriptions),

		ParameterGroups: slices.Concat(r.ParameterGroups, o.ParameterGroups),
		OptionGroups:    slices.Concat(r.OptionGroups, o.OptionGroups),
		SubnetGroups:    slices.Concat(r.SubnetGroups, o.SubnetGroups),
		ExportTasks:     slices.Concat(r.ExportTasks, o.ExportTasks),
	}
}

// Engine is a database engine's name, as DescribeDBInstances gives it.
type Engine string

// OtherService names the service whose database this really is, "" for RDS.
func (e Engine) OtherService() string {
	switch e {
	case "docdb":
		return "DocumentDB"
	case "neptune":
		return "Neptune"
	}
	return ""
}

// Aurora says that the engine is one of Aurora's; a cluster of another is a Multi-AZ DB
// cluster.
func (e Engine) Aurora() bool { return strings.HasPrefix(string(e), "aurora") }

// Custom says that the engine is one of RDS Custom's.
func (e Engine) Custom() bool { return strings.HasPrefix(string(e), "custom-") }

// Service is the name of the service whose database this is.
func (e Engine) Service() string {
	if other := e.OtherService(); other != "" {
		return other
	}
	return "RDS"
}

// DBSnapshot is a snapshot of a DB instance or of a DB cluster.
type DBSnapshot struct {
	Meta
	ID         string
	OfCluster  bool
	From       string // the Region that it was copied from, its own where it was not copied; "" where nothing tells
	Engine     Engine
	Type       string // manual, automated, awsbackup
	Status     string
	Created    time.Time // zero while it is being made
	Original   time.Time // OriginalSnapshotCreateTime, which a copy keeps; zero for clusters
	Database   string    // DBInstanceIdentifier or DBClusterIdentifier
	DatabaseID string    // DbiResourceId or DbClusterResourceId, which a rename keeps
	Encrypted  bool
	// StorageEncryptionType is sse-kms, sse-rds or none; "" from older endpoints.
	StorageEncryptionType string
	SharedWith            Read[[]string] // attribute restore; "all": everybody
	KMSKeyID              string
}

// DBInstances are the DB instances.
var DBInstances = Kind[DBInstance]{
	Type:  "rds instance",
	All:   func(a *Account) []DBInstance { return a.RDS.Instances },
	Meta:  func(d DBInstance) Meta { return d.Meta },
	ID:    func(d DBInstance) string { return d.ARN },
	Key:   func(d DBInstance) string { return d.ID },
	Lists: []string{"rds:DescribeDBInstances"},
}

// DBClusters are the DB clusters.
var DBClusters = Kind[DBCluster]{
	Type:  "rds cluster",
	All:   func(a *Account) []DBCluster { return a.RDS.Clusters },
	Meta:  func(c DBCluster) Meta { return c.Meta },
	ID:    func(c DBCluster) string { return c.ARN },
	Key:   func(c DBCluster) string { return c.ID },
	Lists: []string{"rds:DescribeDBClusters"},
}

// DBSnapshots are the snapshots of DB instances and clusters.
var DBSnapshots = Kind[DBSnapshot]{
	Type:  "rds snapshot",
	All:   func(a *Account) []DBSnapshot { return a.RDS.Snapshots },
	Meta:  func(s DBSnapshot) Meta { return s.Meta },
	ID:    func(s DBSnapshot) string { return s.ARN },
	Key:   func(s DBSnapshot) string { return s.ID },
	Lists: []string{"rds:DescribeDBSnapshots", "rds:DescribeDBClusterSnapshots"},
}
