package snapshot

// RDS is what was read of RDS and Aurora in all Regions. Its API also returns the
// instances and clusters of DocumentDB and Neptune: see OtherService.
type RDS struct {
	Instances []DBInstance
	Clusters  []DBCluster
	Snapshots []DBSnapshot
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

// Service is the name of the service whose database this is.
func (e Engine) Service() string {
	if other := e.OtherService(); other != "" {
		return other
	}
	return "RDS"
}

// ended says that a status is that of a database which is no more, or soon.
func ended(status string) bool { return status == "deleting" || status == "deleted" }

// DBInstance is a DB instance.
type DBInstance struct {
	Meta
	ID                    string
	Engine                Engine
	Status                string
	Cluster               string // set for members of a cluster
	ReplicaOf             string // set for read replicas, also of a cluster
	StorageEncrypted      bool
	StorageEncryptionType string // sse-kms, sse-rds, none; "" from older endpoints
	BackupRetentionDays   int32
}

// Ended says that the instance is being deleted: a stopped one still has its storage.
func (d DBInstance) Ended() bool { return ended(d.Status) }

// DBCluster is an Aurora or Multi-AZ DB cluster.
type DBCluster struct {
	Meta
	ID                  string
	Engine              Engine
	Status              string
	ReplicaOf           string // set for read replicas, also for secondaries of a global database
	GlobalCluster       string // set for members of a global database
	BackupRetentionDays int32
}

// Ended says that the cluster is being deleted: a stopped one still has its storage.
func (c DBCluster) Ended() bool { return ended(c.Status) }

// DBSnapshot is a snapshot of a DB instance or of a DB cluster.
type DBSnapshot struct {
	Meta
	ID         string
	OfCluster  bool
	Engine     Engine
	Type       string // manual, automated, awsbackup
	Encrypted  bool
	SharedWith Read[[]string] // attribute restore; "all": everybody
}

// DBInstances are the DB instances.
var DBInstances = Kind[DBInstance]{
	Type:  "rds instance",
	All:   func(a *Account) []DBInstance { return a.RDS.Instances },
	Meta:  func(d DBInstance) Meta { return d.Meta },
	ID:    func(d DBInstance) string { return d.ARN },
	Key:   func(d DBInstance) string { return d.ID },
	Lists: []string{"rds:DescribeDBInstances"},
	Where: regional,
}

// DBClusters are the DB clusters.
var DBClusters = Kind[DBCluster]{
	Type:  "rds cluster",
	All:   func(a *Account) []DBCluster { return a.RDS.Clusters },
	Meta:  func(c DBCluster) Meta { return c.Meta },
	ID:    func(c DBCluster) string { return c.ARN },
	Key:   func(c DBCluster) string { return c.ID },
	Lists: []string{"rds:DescribeDBClusters"},
	Where: regional,
}

// DBSnapshots are the snapshots of DB instances and clusters.
var DBSnapshots = Kind[DBSnapshot]{
	Type:  "rds snapshot",
	All:   func(a *Account) []DBSnapshot { return a.RDS.Snapshots },
	Meta:  func(s DBSnapshot) Meta { return s.Meta },
	ID:    func(s DBSnapshot) string { return s.ARN },
	Key:   func(s DBSnapshot) string { return s.ID },
	Lists: []string{"rds:DescribeDBSnapshots", "rds:DescribeDBClusterSnapshots"},
	Where: regional,
}
