package iam

import (
	"cmp"
	"slices"
	"strings"

	"onus/checks/access/identity"
	"onus/checks/access/policy"
	"onus/scanner/snapshot"
)

// storeReads are the operations that list where data lies.
var storeReads = []string{"s3:ListBuckets", "rds:DescribeDBInstances", "rds:DescribeDBClusters", "rds:DescribeDBSnapshots", "rds:DescribeDBClusterSnapshots", "ec2:DescribeVolumes", "ec2:DescribeSnapshots"}

// storage is what holds data in an account, put together once for an evaluation.
type storage struct {
	snapshot.Meta
	buckets []bucketData
	kinds   []kindData
	keys    []identity.Key // the customer's own, that encrypt some of it
	unread  error          // why there may be more
}

type bucketData struct {
	name, arn string
	policy    *policy.Source // nil: none
	key       *identity.Key  // of its default encryption; nil: none that anybody could be refused
	keyUnread error
	calls     []snapshot.Call

	public       bool // everybody can read its objects, without a role
	publicUnread error
}

// kindData is one kind of thing with the actions by which its data can be read.
type kindData struct {
	what    string
	actions []string
	of      []item
}

// item is something that an action can be about.
type item struct {
	name, arn string
	beside    string        // what else the action is about: a snapshot that it would make
	key       *identity.Key // nil: not encrypted
}

// sharing are the actions that hand a snapshot to another account, decrypting those that need
// the key of what they read.
// Source: Amazon EBS User Guide, "Share an Amazon EBS snapshot" and "Required permissions" of
// the EBS direct APIs; Amazon RDS User Guide, "Sharing encrypted snapshots".
var (
	sharing    = map[string]bool{"ec2:ModifySnapshotAttribute": true, "rds:ModifyDBSnapshotAttribute": true, "rds:ModifyDBClusterSnapshotAttribute": true}
	decrypting = map[string]bool{"ebs:GetSnapshotBlock": true}
)

var stores = snapshot.Kind[storage]{
	Type:   "where data lies",
	All:    func(a *snapshot.Account) []storage { return []storage{storageOf(a)} },
	Meta:   func(s storage) snapshot.Meta { return s.Meta },
	ID:     func(s storage) string { return s.Account },
	Key:    func(storage) string { return "" },
	Global: true,
}

func storageOf(a *snapshot.Account) storage {
	out := storage{Meta: snapshot.Meta{Location: a.Location}}
	ring := identity.KeysOf(a)
	used := map[string]bool{}
	key := func(at snapshot.Location, reference string) *identity.Key {
		if reference == "" {
			return nil
		}
		k := ring.Of(at, reference)
		if !k.Managed && !k.Foreign && !k.Gone && !used[k.ARN] {
			used[k.ARN] = true
			out.keys = append(out.keys, k)
		}
		return &k
	}
	for _, b := range a.S3.Buckets {
		out.Calls = append(out.Calls, b.Calls...)
		out.buckets = append(out.buckets, bucketOf(a, b, key))
	}
	instances := kindData{"DB snapshots", []string{"rds:CopyDBSnapshot", "rds:ModifyDBSnapshotAttribute", "rds:StartExportTask"}, nil}
	clusters := kindData{"DB cluster snapshots", []string{"rds:CopyDBClusterSnapshot", "rds:ModifyDBClusterSnapshotAttribute", "rds:StartExportTask"}, nil}
	for _, s := range a.RDS.Snapshots {
		out.Calls = append(out.Calls, s.Calls...)
		to := &instances
		if s.OfCluster {
			to = &clusters
		}
		to.of = append(to.of, item{name: s.ID, arn: s.ARN, key: key(s.Location, s.KMSKeyID)})
	}
	logins := kindData{"the databases", []string{"rds-db:connect"}, nil}
	database := func(m snapshot.Meta, d snapshot.Database) {
		out.Calls = append(out.Calls, m.Calls...)
		key(m.Location, d.KMSKeyID)
		if d.IAMAuthentication && !d.Ended() {
			logins.of = append(logins.of, item{name: d.ID, arn: "arn:" + m.Partition + ":rds-db:" + m.Region + ":" + m.Account + ":dbuser:" + cmp.Or(d.ResourceID, "*") + "/*"})
		}
	}
	for _, d := range a.RDS.Instances {
		database(d.Meta, d.Database)
	}
	for _, d := range a.RDS.Clusters {
		database(d.Meta, d.Database)
	}
	snapshots := kindData{"the snapshots", []string{"ec2:ModifySnapshotAttribute", "ebs:GetSnapshotBlock"}, nil}
	for _, s := range a.EC2.VolumeSnapshots {
		out.Calls = append(out.Calls, s.Calls...)
		snapshots.of = append(snapshots.of, item{name: s.ID, arn: s.ARN, key: key(s.Location, s.KMSKeyID)})
	}
	volumes := kindData{"the volumes", []string{"ec2:CreateSnapshot"}, nil}
	for _, v := range a.EC2.Volumes {
		out.Calls = append(out.Calls, v.Calls...)
		volumes.of = append(volumes.of, item{name: v.ID, arn: v.ARN, beside: "arn:" + v.Partition + ":ec2:" + v.Region + "::snapshot/snap-0", key: key(v.Location, v.KMSKeyID)})
	}
	out.kinds = []kindData{instances, clusters, logins, snapshots, volumes}
	out.unread = identity.Unlisted(a, storeReads)
	slices.SortFunc(out.keys, func(x, y identity.Key) int { return cmp.Compare(x.ARN, y.ARN) })
	out.Calls = snapshot.Distinct(out.Calls)
	return out
}

func bucketOf(a *snapshot.Account, b snapshot.Bucket, key func(snapshot.Location, string) *identity.Key) bucketData {
	out := bucketData{name: b.Name, arn: cmp.Or(b.ARN, "arn:"+b.Partition+":s3:::"+b.Name), calls: slices.Concat(b.Policy.Calls(), b.Encryption.Calls(), b.PublicAccess.Calls(), a.S3.PublicAccess.Calls())}
	if text, err := b.Policy.Get(); err != nil || text != "" {
		src := identity.Source("the policy of the bucket "+b.Name, b.Policy)
		out.policy = &src
	}
	encryption, err := b.Encryption.Get()
	out.keyUnread = err
	for _, rule := range encryption.Rules {
		if strings.HasPrefix(rule.Algorithm, "aws:kms") {
			out.key = key(b.Location, rule.KMSMasterKeyID)
		}
	}
	out.public, out.publicUnread = unfenced(a, b, out)
	return out
}

// unfenced says whether a bucket's policy lets everybody read its objects, and no Block Public
// Access stands before it: that would leave the account's own roles the right.
func unfenced(a *snapshot.Account, b snapshot.Bucket, data bucketData) (bool, error) {
	if data.policy == nil || data.policy.Document == nil {
		return false, nil
	}
	gets := func(x policy.Action) bool { return strings.EqualFold(x.Name, "s3:GetObject") }
	if !slices.ContainsFunc(data.policy.Document.Grants("bucket policy", b.Account, data.arn+"/*", gets), func(g policy.Grant) bool { return g.Unbounded() && !g.Unclear }) {
		return false, nil
	}
	for _, level := range []snapshot.Read[snapshot.PublicAccessBlock]{b.PublicAccess, a.S3.PublicAccess} {
		if block, err := level.Get(); err != nil || block.RestrictPublicBuckets {
			return false, err
		}
	}
	return true, nil
}
