package snapshot

import "cmp"

// DBRegions are the scanned Regions. AWS defines no ARN for them: the id is ACCOUNT/REGION.
var DBRegions = Kind[DBRegion]{
	Type: "account+region",
	All:  func(a *Account) []DBRegion { return a.RDS.Regions },
	Meta: func(r DBRegion) Meta { return r.Meta },
	ID:   func(r DBRegion) string { return r.Location.String() },
	Key:  func(r DBRegion) string { return r.Region },
}

// DBShardGroups are the shard groups.
var DBShardGroups = Kind[DBShardGroup]{
	Type:  "rds shard group",
	All:   func(a *Account) []DBShardGroup { return a.RDS.ShardGroups },
	Meta:  func(g DBShardGroup) Meta { return g.Meta },
	ID:    func(g DBShardGroup) string { return g.ARN },
	Key:   func(g DBShardGroup) string { return g.ID },
	Lists: []string{"rds:DescribeDBShardGroups"},
}

// DBBackups are the automated backups, each in the Region that was asked. One without ARN
// is known by its database's resource id, or else by its name.
var DBBackups = Kind[DBBackup]{
	Type:  "rds automated backup",
	All:   func(a *Account) []DBBackup { return a.RDS.Backups },
	Meta:  func(b DBBackup) Meta { return b.Meta },
	ID:    func(b DBBackup) string { return cmp.Or(b.ARN, b.Resource, b.Name) },
	Key:   func(b DBBackup) string { return b.Resource },
	Lists: []string{"rds:DescribeDBInstanceAutomatedBackups", "rds:DescribeDBClusterAutomatedBackups"},
}

// GlobalClusters are the global databases. Every Region returns the same ones: each is held
// once, where it was seen first.
var GlobalClusters = Kind[GlobalCluster]{
	Type: "rds global cluster",
	All: func(a *Account) (out []GlobalCluster) {
		seen := map[string]bool{}
		for _, g := range a.RDS.GlobalClusters {
			if !seen[g.ARN] {
				seen[g.ARN] = true
				out = append(out, g)
			}
		}
		return out
	},
	Meta:  func(g GlobalCluster) Meta { return g.Meta },
	ID:    func(g GlobalCluster) string { return g.ARN },
	Key:   func(g GlobalCluster) string { return g.ID },
	Lists: []string{"rds:DescribeGlobalClusters"},
}

// DBProxies are the RDS proxies.
var DBProxies = Kind[DBProxy]{
	Type:  "rds proxy",
	All:   func(a *Account) []DBProxy { return a.RDS.Proxies },
	Meta:  func(p DBProxy) Meta { return p.Meta },
	ID:    func(p DBProxy) string { return p.ARN },
	Key:   func(p DBProxy) string { return p.ID },
	Lists: []string{"rds:DescribeDBProxies"},
}

// DBCertificates are the certificate authorities, by identifier.
var DBCertificates = Kind[DBCertificate]{
	Type:  "rds certificate",
	All:   func(a *Account) []DBCertificate { return a.RDS.Certificates },
	Meta:  func(c DBCertificate) Meta { return c.Meta },
	ID:    func(c DBCertificate) string { return c.ARN },
	Key:   func(c DBCertificate) string { return c.ID },
	Lists: []string{"rds:DescribeCertificates"},
}

// DBMajorVersions are the major engine versions; the key is ENGINE VERSION.
var DBMajorVersions = Kind[DBMajorVersion]{
	Type:  "rds major version",
	All:   func(a *Account) []DBMajorVersion { return a.RDS.Majors },
	Meta:  func(v DBMajorVersion) Meta { return v.Meta },
	ID:    func(v DBMajorVersion) string { return string(v.Engine) + " " + v.Version },
	Key:   func(v DBMajorVersion) string { return string(v.Engine) + " " + v.Version },
	Lists: []string{"rds:DescribeDBMajorEngineVersions"},
}

// DBEngineVersions are the engine versions in use, one question each; the key is
// ENGINE VERSION. Databases list them.
var DBEngineVersions = Kind[DBEngineVersion]{
	Type: "rds engine version",
	All:  func(a *Account) []DBEngineVersion { return a.RDS.Versions },
	Meta: func(v DBEngineVersion) Meta { return v.Meta },
	ID:   func(v DBEngineVersion) string { return string(v.Engine) + " " + v.Version },
	Key:  func(v DBEngineVersion) string { return string(v.Engine) + " " + v.Version },
}

// DBMaintenances are the databases for which something waits, by their ARN.
var DBMaintenances = Kind[DBMaintenance]{
	Type:  "rds pending maintenance",
	All:   func(a *Account) []DBMaintenance { return a.RDS.Maintenance },
	Meta:  func(m DBMaintenance) Meta { return m.Meta },
	ID:    func(m DBMaintenance) string { return m.ARN },
	Key:   func(m DBMaintenance) string { return m.ARN },
	Lists: []string{"rds:DescribePendingMaintenanceActions"},
}

// EventSubscriptions are the subscriptions to RDS events.
var EventSubscriptions = Kind[EventSubscription]{
	Type:  "rds event subscription",
	All:   func(a *Account) []EventSubscription { return a.RDS.Subscriptions },
	Meta:  func(s EventSubscription) Meta { return s.Meta },
	ID:    func(s EventSubscription) string { return s.ARN },
	Key:   func(s EventSubscription) string { return s.ID },
	Lists: []string{"rds:DescribeEventSubscriptions"},
}
