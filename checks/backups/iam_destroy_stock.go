package backups

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/access/identity"
	"onus/checks/access/policy"
	"onus/scanner/snapshot"
)

// dataLists are the operations that list data, backupLists those that list what is kept of it.
var (
	dataLists   = []string{"s3:ListBuckets", "rds:DescribeDBInstances", "rds:DescribeDBClusters", "ec2:DescribeVolumes"}
	backupLists = []string{"rds:DescribeDBSnapshots", "rds:DescribeDBClusterSnapshots", "ec2:DescribeSnapshots", "backup:ListBackupVaults", "backup:ListRecoveryPointsByBackupVault"}
)

// store is data that can be destroyed: a bucket, a database or a volume.
type store struct {
	snapshot.Meta
	what    string
	rights  []right // each of them destroys it
	key     string  // what it is encrypted with; "" for nothing of the customer's
	held    string  // what keeps it from being destroyed, but by its key
	doubt   error   // why something may hold it
	copies  []kept
	details []snapshot.Call // that tell of it and its backups alone
	unkept  error           // why there may be copies that are not known

	keyUnread error // why key is not known
}

// right is an action on something.
type right struct {
	action, on string
	guard      *policy.Source // the policy of the bucket or the vault; nil: none
	doubt      error          // why nothing tells whether the action would do
}

// kept is a backup.
type kept struct {
	what     string
	at       snapshot.Location
	along    bool    // it goes with the data, without a right of its own
	rights   []right // each of them destroys it
	key      string
	vault    *snapshot.BackupVault
	locked   bool   // for good
	unlock   string // a right that is needed as well, on lockedBy
	lockedBy string
	doubt    error // why something may hold it

	keyUnread error // why key is not known
}

// held says that nobody can delete the backup: its vault is locked in compliance mode, past
// the time of grace, or it is itself.
func (c *kept) held(env checks.Env) bool {
	if c.vault == nil || c.locked {
		return c.locked
	}
	lock, err := c.vault.Lock.Get()
	return err == nil && lock.Locked && !lock.LockDate.IsZero() && !lock.LockDate.After(env.AsOf)
}

// why is the end of a sentence about a backup that stays.
func (c *kept) why(env checks.Env) string {
	switch {
	case c.held(env) && c.vault != nil:
		return " in the locked vault " + c.vault.Name
	case c.held(env):
		return ", which is locked"
	}
	return ", over which it has no right"
}

// stock is all data of an account with what is kept of it, put together once for an
// evaluation.
type stock struct {
	snapshot.Meta
	stores   []store
	alike    []int // for each store the first one that is asked for by the same rights; -1: it has a policy of its own
	keys     identity.Keys
	unkeyed  error // why there may be keys that are not among keys
	backed   int   // how many have backups
	unlisted error // why there may be more data
	unkept   error // why there may be more backups
}

var stocks = snapshot.Kind[stock]{
	Type:   "data and what is kept of it",
	All:    func(a *snapshot.Account) []stock { return []stock{stockOf(a)} },
	Meta:   func(s stock) snapshot.Meta { return s.Meta },
	ID:     func(s stock) string { return s.Account },
	Key:    func(stock) string { return "" },
	Global: true,
}

// shelves are the backups of an account by what they are of.
type shelves struct {
	points    map[string][]snapshot.RecoveryPoint // by the resource's ARN
	managed   map[string]bool                     // ARNs of snapshots that are recovery points
	vaults    map[string]*snapshot.BackupVault    // by Region and name
	guards    map[string]*policy.Source
	databases map[string][]snapshot.DBSnapshot
	volumes   map[string][]snapshot.VolumeSnapshot
	calls     []snapshot.Call
}

func shelvesOf(a *snapshot.Account) *shelves {
	s := &shelves{map[string][]snapshot.RecoveryPoint{}, map[string]bool{}, map[string]*snapshot.BackupVault{}, map[string]*policy.Source{},
		map[string][]snapshot.DBSnapshot{}, map[string][]snapshot.VolumeSnapshot{}, nil}
	for i := range a.Backup.Vaults {
		v := &a.Backup.Vaults[i]
		s.vaults[v.Region+" "+v.Name] = v
		s.calls = append(s.calls, v.Calls...)
		if text, err := v.Policy.Get(); err != nil || text != "" {
			src := identity.Source("the policy of the vault "+v.Name, v.Policy)
			s.guards[v.Region+" "+v.Name] = &src
		}
	}
	for _, p := range a.Backup.Points {
		if p.Usable() {
			s.points[p.Resource] = append(s.points[p.Resource], p)
			s.managed[p.ARN] = true
			s.calls = append(s.calls, p.Calls...)
		}
	}
	for _, d := range a.RDS.Snapshots {
		if d.Status == "available" {
			s.databases[databaseKey(d.Meta, d.OfCluster, d.DatabaseID, d.Database)] = append(s.databases[databaseKey(d.Meta, d.OfCluster, d.DatabaseID, d.Database)], d)
			s.calls = append(s.calls, d.Calls...)
		}
	}
	for _, v := range a.EC2.VolumeSnapshots {
		if v.State == "completed" {
			s.volumes[v.Volume] = append(s.volumes[v.Volume], v)
			s.calls = append(append(s.calls, v.Calls...), v.Lock.Calls()...)
		}
	}
	return s
}

// databaseKey is what a database and its snapshots have in common: the id that a rename keeps,
// or from older endpoints the name.
func databaseKey(at snapshot.Meta, cluster bool, id, name string) string {
	if id != "" {
		return id
	}
	kind := "instance "
	if cluster {
		kind = "cluster "
	}
	return kind + at.Region + " " + name
}

func stockOf(a *snapshot.Account) stock {
	s := shelvesOf(a)
	out := stock{keys: identity.KeysOf(a), unlisted: identity.Unlisted(a, dataLists), unkept: identity.Unlisted(a, backupLists), unkeyed: identity.Unlisted(a, []string{"kms:ListKeys"})}
	for _, b := range a.S3.Buckets {
		out.stores = append(out.stores, s.bucket(b))
	}
	for _, d := range a.RDS.Clusters {
		if !d.Ended() {
			out.stores = append(out.stores, s.database(d.Meta, d.Database, true))
		}
	}
	for _, d := range a.RDS.Instances {
		if !d.Ended() && d.Cluster == "" { // a cluster's data is the cluster's
			out.stores = append(out.stores, s.database(d.Meta, d.Database, false))
		}
	}
	for _, v := range a.EC2.Volumes {
		if v.State != "deleting" && v.State != "deleted" {
			out.stores = append(out.stores, s.volume(v))
		}
	}
	slices.SortStableFunc(out.stores, func(x, y store) int { return cmp.Compare(x.ARN, y.ARN) })
	out.alike = alike(out.stores)
	for _, st := range out.stores {
		s.calls = append(s.calls, st.Calls...)
		if len(st.copies) > 0 {
			out.backed++
		}
	}
	out.Meta = snapshot.Meta{Location: a.Location, Calls: snapshot.Distinct(s.calls)}
	return out
}

// alike finds stores of which nothing but policies of principals and the policy of one key
// decides, for the same actions.
func alike(stores []store) []int {
	out, first := make([]int, len(stores)), map[string]int{}
	for i := range stores {
		s := &stores[i]
		if s.keyUnread != nil || slices.ContainsFunc(s.rights, func(r right) bool { return r.guard != nil }) {
			out[i] = -1
			continue
		}
		asked := s.Location.String() + " " + s.key + " " + s.held
		for _, r := range s.rights {
			asked += " " + r.action
		}
		if _, ok := first[asked]; !ok {
			first[asked] = i
		}
		out[i] = first[asked]
	}
	return out
}

func (s *shelves) bucket(b snapshot.Bucket) store {
	out := store{Meta: b.Meta, what: "bucket " + b.Name, details: slices.Concat(b.Versioning.Calls(), b.ObjectLock.Calls(), b.Encryption.Calls(), b.Policy.Calls())}
	if out.ARN == "" {
		out.ARN = "arn:" + b.Partition + ":s3:::" + b.Name
	}
	var guard *policy.Source
	if text, err := b.Policy.Get(); err != nil || text != "" {
		src := identity.Source("the policy of the bucket "+b.Name, b.Policy)
		guard = &src
	}
	out.rights = []right{{action: "s3:DeleteObjectVersion", on: out.ARN + "/*", guard: guard}, {action: "s3:PutLifecycleConfiguration", on: out.ARN, guard: guard}}
	versioning, err := b.Versioning.Get()
	switch {
	case err != nil:
		out.unkept = err
		out.rights = append(out.rights, right{action: "s3:DeleteObject", on: out.ARN + "/*", guard: guard, doubt: err})
	case versioning.Status == "": // there are no versions: what is deleted is gone
		out.rights = append(out.rights, right{action: "s3:DeleteObject", on: out.ARN + "/*", guard: guard})
	case versioning.MFADelete == "Enabled":
		out.held = "deleting a version needs the root user's second factor"
	}
	lock, err := b.ObjectLock.Get()
	switch {
	case err != nil:
		out.doubt = err
	case lock.Mode == "COMPLIANCE":
		out.held = "Object Lock in mode COMPLIANCE"
	}
	encryption, err := b.Encryption.Get()
	out.keyUnread = err
	for _, rule := range encryption.Rules {
		out.key = cmp.Or(out.key, rule.KMSMasterKeyID)
	}
	out.copies = s.recovery(&out, out.ARN)
	if versioning.Status != "" {
		out.copies = append(out.copies, kept{what: "its versions", at: b.Location, key: out.key, keyUnread: out.keyUnread, locked: out.held != "",
			rights: []right{{action: "s3:PutBucketVersioning", on: out.ARN, guard: guard}}})
	}
	return out
}

func (s *shelves) database(at snapshot.Meta, d snapshot.Database, cluster bool) store {
	what, action, remove := "rds instance ", "rds:DeleteDBInstance", "rds:DeleteDBSnapshot"
	if cluster {
		what, action, remove = "rds cluster ", "rds:DeleteDBCluster", "rds:DeleteDBClusterSnapshot"
	}
	out := store{Meta: at, what: what + d.ID, rights: []right{{action: action, on: at.ARN}}, key: d.KMSKeyID}
	out.copies = s.recovery(&out, at.ARN)
	for _, c := range s.databases[databaseKey(at, cluster, d.ResourceID, d.ID)] {
		switch {
		case s.managed[c.ARN] || c.Type == "automated" || c.OfCluster != cluster:
		case c.Type == "awsbackup": // RDS leaves it to AWS Backup
			out.copies = append(out.copies, kept{what: "the snapshot " + c.ID, at: c.Location, key: c.KMSKeyID, rights: []right{{action: "backup:DeleteRecoveryPoint", on: c.ARN}}, doubt: errors.New("the vault of " + c.ID)})
		default:
			out.copies = append(out.copies, kept{what: "the snapshot " + c.ID, at: c.Location, key: c.KMSKeyID, rights: []right{{action: remove, on: c.ARN}}})
		}
	}
	if d.BackupRetentionDays > 0 && d.BackupPoint == "" {
		out.copies = append(out.copies, kept{what: "its automated backups", at: at.Location, along: true})
	}
	return out
}

func (s *shelves) volume(v snapshot.Volume) store {
	out := store{Meta: v.Meta, what: "ebs volume " + v.ID, rights: []right{{action: "ec2:DeleteVolume", on: v.ARN}}, key: v.KMSKeyID}
	out.copies = s.recovery(&out, v.ARN)
	for _, instance := range v.Attachments {
		if strings.HasPrefix(instance, "i-") {
			out.copies = append(out.copies, s.recovery(&out, "arn:"+v.Partition+":ec2:"+v.Region+":"+v.Account+":instance/"+instance)...)
		}
	}
	for _, c := range s.volumes[v.ID] {
		if _, image := c.Tags["aws:backup:source-resource"]; image || s.managed[c.ARN] || c.Region != v.Region {
			continue // EC2 leaves it to AWS Backup
		}
		k := kept{what: "the snapshot " + c.ID, at: c.Location, key: c.KMSKeyID, rights: []right{{action: "ec2:DeleteSnapshot", on: c.ARN}}}
		switch state, err := c.Lock.Get(); {
		case err != nil:
			k.doubt = err
		case state == "compliance":
			k.locked = true
		case state == "governance" || state == "compliance-cooloff":
			k.unlock, k.lockedBy = "ec2:UnlockSnapshot", c.ARN
		}
		out.copies = append(out.copies, k)
	}
	return out
}

// recovery are the recovery points of a resource, for a store.
func (s *shelves) recovery(of *store, resource string) (out []kept) {
	for _, p := range s.points[resource] {
		name := p.Region + " " + p.Vault
		k := kept{what: "the recovery point " + p.ARN[strings.LastIndexAny(p.ARN, ":/")+1:], at: p.Location, key: p.KeyARN, vault: s.vaults[name],
			rights: []right{{action: "backup:DeleteRecoveryPoint", on: p.ARN, guard: s.guards[name]}}}
		switch {
		case k.vault == nil:
			k.doubt = errors.New("the vault of " + p.ARN)
		case !k.vault.Own():
			continue
		case k.vault.Type == snapshot.AirGappedVault:
			k.locked = true
		default:
			of.details = slices.Concat(of.details, k.vault.Lock.Calls(), k.vault.Policy.Calls())
			lock, err := k.vault.Lock.Get()
			if err != nil {
				k.doubt = err
			}
			if lock.Locked { // in governance mode or in its time of grace: see held
				k.unlock, k.lockedBy = "backup:DeleteBackupVaultLockConfiguration", k.vault.ARN
			}
		}
		out = append(out, k)
	}
	return out
}
