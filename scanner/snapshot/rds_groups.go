package snapshot

import "time"

// DBParameterGroup is a parameter group that some database of the Region uses.
type DBParameterGroup struct {
	Meta
	ID         string
	OfCluster  bool
	Parameters Read[map[string]DBParameter] // DescribeDBParameters, DescribeDBClusterParameters; by name
}

// DBParameter is one parameter of a group.
type DBParameter struct {
	Value  string // ParameterValue; "" where the group sets none and the engine's default holds
	Set    bool   // the answer has a ParameterValue
	Static bool   // ApplyType static: in force after a restart
	Method string // ApplyMethod: immediate, pending-reboot
	Source string // user, system, engine-default
}

// DBOptionGroup is an option group of the Region, used or not.
type DBOptionGroup struct {
	Meta
	ID      string
	Options []DBOption
}

// DBOption is one option of a group.
type DBOption struct {
	Name     string
	Port     int32             // 0: none
	Groups   []string          // VpcSecurityGroupMemberships that are active
	Settings map[string]string // by name: Value, or DefaultValue where that is empty
}

// DBSubnetGroup is a DB subnet group.
type DBSubnetGroup struct {
	Meta
	ID, VPC string
	Status  string // SubnetGroupStatus
	Subnets []DBSubnet
}

// DBExportTask is an export of a snapshot or of a cluster to S3.
type DBExportTask struct {
	Meta
	ID               string
	Source           string // SourceArn
	SourceType       string // SNAPSHOT or CLUSTER; "" from older endpoints
	Bucket, KMSKeyID string
	Status           string
	Ended            time.Time // TaskEndTime; zero while it runs
}

// DBMembership is a group that an instance or cluster belongs to, and how far that is in force.
type DBMembership struct{ ID, Status string }

// DBRole is one of a database's AssociatedRoles.
type DBRole struct{ ARN, Feature, Status string }

// DBUpgrade is one ValidUpgradeTarget of an engine version.
type DBUpgrade struct {
	Version string
	Major   bool // IsMajorVersionUpgrade
	Auto    bool // AutoUpgrade
}

// DBVersionOffer is what RDS offers with an engine version, and from it.
type DBVersionOffer struct {
	Known          bool     // RDS still knows the version
	ExportsLogs    bool     // SupportsLogExportsToCloudwatchLogs
	ExportableLogs []string // ExportableLogTypes
	Upgrades       []DBUpgrade
}

// DBParameterGroups are the parameter groups in use, by "instance NAME" and "cluster NAME".
// Databases list them.
var DBParameterGroups = Kind[DBParameterGroup]{
	Type: "rds parameter group",
	All:  func(a *Account) []DBParameterGroup { return a.RDS.ParameterGroups },
	Meta: func(g DBParameterGroup) Meta { return g.Meta },
	ID:   func(g DBParameterGroup) string { return g.ARN },
	Key:  func(g DBParameterGroup) string { return ParameterGroupKey(g.ID, g.OfCluster) },
}

// ParameterGroupKey is by what a parameter group is looked up.
func ParameterGroupKey(name string, ofCluster bool) string {
	if ofCluster {
		return "cluster " + name
	}
	return "instance " + name
}

// DBOptionGroups are the option groups. They are not listed where there is no database.
var DBOptionGroups = Kind[DBOptionGroup]{
	Type:  "rds option group",
	All:   func(a *Account) []DBOptionGroup { return a.RDS.OptionGroups },
	Meta:  func(g DBOptionGroup) Meta { return g.Meta },
	ID:    func(g DBOptionGroup) string { return g.ARN },
	Key:   func(g DBOptionGroup) string { return g.ID },
	Lists: []string{"rds:DescribeOptionGroups"},
}

// DBSubnetGroups are the DB subnet groups.
var DBSubnetGroups = Kind[DBSubnetGroup]{
	Type:  "rds subnet group",
	All:   func(a *Account) []DBSubnetGroup { return a.RDS.SubnetGroups },
	Meta:  func(g DBSubnetGroup) Meta { return g.Meta },
	ID:    func(g DBSubnetGroup) string { return g.ARN },
	Key:   func(g DBSubnetGroup) string { return g.ID },
	Lists: []string{"rds:DescribeDBSubnetGroups"},
}

// DBExportTasks are the exports to S3. AWS defines no ARN for them: the id is the task's.
var DBExportTasks = Kind[DBExportTask]{
	Type:  "rds export task",
	All:   func(a *Account) []DBExportTask { return a.RDS.ExportTasks },
	Meta:  func(t DBExportTask) Meta { return t.Meta },
	ID:    func(t DBExportTask) string { return t.ID },
	Key:   func(t DBExportTask) string { return t.ID },
	Lists: []string{"rds:DescribeExportTasks"},
}
