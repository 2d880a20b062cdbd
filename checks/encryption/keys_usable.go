package encryption

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/databases"
	"onus/checks/keys"
	"onus/scanner/snapshot"
)

const keepTheKey = "Cancel the deletion of the key or enable it, import its material anew where that expires, and move the data to another key before this one goes."

// callBack mends a key that is disabled or due for deletion.
const callBack = `aws kms cancel-key-deletion --region {region} --key-id KEY_ARN
aws kms enable-key --region {region} --key-id KEY_ARN`

const callBackCost = "Calling back a deletion costs nothing, and works until the day that the reason names; after that nothing does. Find out first why somebody wanted the key gone: CloudTrail names who scheduled it."

// EBSKeyUsable passes when a key that volumes and snapshots of EBS are encrypted with is
// enabled and stays so. A volume that is attached works on without its key until it is
// detached, so nothing alarms before the loss. Each Region's copy of a multi-Region key has
// a state of its own.
// Source: EC2 DescribeVolumes and DescribeSnapshots, KmsKeyId; KMS DescribeKey.
var EBSKeyUsable = checks.Check{
	ID:          "ebs-volume-key-usable",
	Title:       "The keys behind EBS volumes and snapshots are enabled and not due for deletion",
	Severity:    checks.Critical,
	Category:    checks.Encryption,
	Duty:        checks.DataEncryption,
	ServiceKind: checks.Infrastructure,
	Tier:        3,
	Reads:       []string{"ec2:DescribeVolumes", "ec2:DescribeSnapshots", "kms:DescribeKey"},
	Parameters:  checks.Parameters{"min_days": 30},
	Bounds:      checks.AtLeast(0),
	Remedy:      keepTheKey,
	Fix: checks.Fix{
		Threat: "Once the key is gone, every volume and snapshot under it is lost, backups included. Running instances hide that: they work on until they are stopped, and then do not start again.",
		CLI:    callBack, Cost: callBackCost,
	},
	Judges: checks.For(ebsKeys, ebsKeyUsable),
}

// BucketKeyUsable passes when the KMS key that a bucket encrypts new objects with works, lies
// where the bucket lies, and belongs to the account or to one that is trusted.
// Source: S3 GetBucketEncryption, KMSMasterKeyID; KMS DescribeKey.
var BucketKeyUsable = checks.Check{
	ID:          "s3-bucket-kms-key-usable",
	Title:       "The KMS key that an S3 bucket encrypts with exists, is enabled and stays",
	Severity:    checks.High,
	Category:    checks.Encryption,
	Duty:        checks.DataEncryption,
	ServiceKind: checks.Abstracted,
	Tier:        3,
	Reads:       []string{"s3:ListBuckets", "s3:GetBucketEncryption", "kms:DescribeKey"},
	Parameters:  checks.Parameters{"trusted_key_accounts": []string{}},
	Remedy:      keepTheKey + " A key of a strange account or of another Region is replaced in the bucket's default encryption.",
	Fix: checks.Fix{
		Threat: "Without its key the bucket takes no new object, and what it holds cannot be read: once the key is deleted, all of it is lost. The owner of a key in another account can bring that about at will, and ask for money.",
		CLI: callBack + `
aws s3api put-bucket-encryption --bucket {name} --server-side-encryption-configuration '{"Rules":[{"ApplyServerSideEncryptionByDefault":{"SSEAlgorithm":"aws:kms","KMSMasterKeyID":"KEY_ARN"},"BucketKeyEnabled":true}]}'`,
		Terraform: `resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  bucket = "{name}"
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.data.arn
    }
  }
}`,
		Cost: callBackCost + " Objects keep the key that they were written with: copy them over the old ones to give them a new one.",
	},
	Judges: checks.For(snapshot.Buckets, bucketKeyUsable),
}

// DatabaseKeyUsable passes when the key behind a database, a manual snapshot or automated
// backups is enabled and stays so. A snapshot can outlive its database, so its key is the
// one that must live longest.
// Source: RDS DescribeDBInstances, DescribeDBClusters, DescribeDBSnapshots,
// DescribeDBClusterSnapshots, DescribeDBInstanceAutomatedBackups and
// DescribeDBClusterAutomatedBackups, KmsKeyId; KMS DescribeKey.
var DatabaseKeyUsable = checks.Check{
	ID:          "rds-storage-key-usable",
	Title:       "The KMS keys that RDS storage, snapshots and replicated backups depend on are enabled and not being deleted",
	Severity:    checks.Critical,
	Category:    checks.Encryption,
	Duty:        checks.DataEncryption,
	ServiceKind: checks.Container,
	Tier:        3,
	Reads: []string{"rds:DescribeDBInstances", "rds:DescribeDBClusters", "rds:DescribeDBSnapshots", "rds:DescribeDBClusterSnapshots",
		"rds:DescribeDBInstanceAutomatedBackups", "rds:DescribeDBClusterAutomatedBackups", "kms:DescribeKey"},
	Parameters: checks.Parameters{"key_expiry_warning_days": 30},
	Bounds:     checks.AtLeast(0),
	Remedy:     keepTheKey,
	Fix: checks.Fix{
		Threat: "A database that loses its key stops, and within days can no longer be brought back; its snapshots and backups under the same key are lost with it. Whoever may schedule a key's deletion can so destroy data that backups were to protect.",
		CLI: callBack + `
aws rds start-db-instance --region {region} --db-instance-identifier {name}`,
		Cost: callBackCost + " A database in inaccessible-encryption-credentials-recoverable can be started within seven days after the key works again.",
	},
	Judges: checks.For(snapshot.DBInstances, func(d snapshot.DBInstance, env checks.Env) checks.Verdict {
		if v, out := databases.AtRest(d.Database); out {
			return v
		}
		return databaseKeyUsable(d.Database, d.Location, env)
	}).And(checks.For(snapshot.DBClusters, func(c snapshot.DBCluster, env checks.Env) checks.Verdict {
		if v, out := databases.AtRest(c.Database); out {
			return v
		}
		return databaseKeyUsable(c.Database, c.Location, env)
	})).And(checks.For(snapshot.DBSnapshots, dbSnapshotKeyUsable)).And(checks.For(snapshot.DBBackups, dbBackupKeyUsable)),
}

// ebsKey is a key that volumes and snapshots of a Region are encrypted with.
type ebsKey struct {
	snapshot.Meta
	volumes, snapshots int
}

// ebsKeys is a kind that nobody lists: what volumes and snapshots name, each once.
var ebsKeys = snapshot.Kind[ebsKey]{
	Type:  "kms key used by ebs",
	All:   allEBSKeys,
	Meta:  func(k ebsKey) snapshot.Meta { return k.Meta },
	ID:    func(k ebsKey) string { return k.ARN },
	Key:   func(k ebsKey) string { return k.ARN },
	Lists: []string{"ec2:DescribeVolumes", "ec2:DescribeSnapshots"},
}

func allEBSKeys(a *snapshot.Account) []ebsKey {
	found := map[string]*ebsKey{}
	seen := map[string]bool{} // calls of a key
	of := func(m snapshot.Meta, reference string) *ebsKey {
		arn := snapshot.KeyARN(m.Location, reference)
		k, ok := found[m.Region+" "+arn]
		if !ok {
			k = &ebsKey{Meta: snapshot.Meta{Location: m.Location, ARN: arn, Name: arn[strings.LastIndexAny(arn, ":/")+1:]}}
			found[m.Region+" "+arn] = k
		}
		for _, c := range m.Calls {
			if once := m.Region + " " + arn + " " + c.ID; !seen[once] {
				seen[once] = true
				k.Calls = append(k.Calls, c)
			}
		}
		return k
	}
	for _, v := range a.EC2.Volumes {
		if v.KMSKeyID != "" && !slices.Contains(goneVolumes, v.State) {
			of(v.Meta, v.KMSKeyID).volumes++
		}
	}
	for _, s := range a.EC2.VolumeSnapshots {
		if s.KMSKeyID != "" && s.State != "error" {
			of(s.Meta, s.KMSKeyID).snapshots++
		}
	}
	out := make([]ebsKey, 0, len(found))
	for _, k := range found {
		out = append(out, *k)
	}
	slices.SortFunc(out, func(a, b ebsKey) int { return cmp.Or(cmp.Compare(a.Region, b.Region), cmp.Compare(a.ARN, b.ARN)) })
	return out
}

// usable judges the key that something in a place names. depends says in the reason what
// hangs on the key.
func usable(env checks.Env, at snapshot.Location, reference, depends string, days int) (snapshot.KeyMetadata, checks.Verdict) {
	m, err := keys.Of(env, at, reference)
	arn := snapshot.KeyARN(at, reference)
	switch {
	case errors.Is(err, snapshot.ErrAbsent):
		return m, checks.Fail("KMS no longer knows the key %s; lost with it: %s", arn, depends).With("key", arn)
	case err != nil:
		v := checks.Unknown(err)
		if keys.Foreign(at, reference) {
			v.Reason = "the key belongs to account " + keys.Owner(at, reference) + ": " + v.Reason
		}
		return m, v.With("key", arn)
	case m.Manager == "AWS":
		return m, checks.DoesNotApply("the key %s is AWS managed: nobody can disable or delete it", m.ARN).With("key", arn)
	}
	v := keys.Usable(m, env.AsOf, days).With("key", arn)
	v.Reason += "; encrypted with it: " + depends
	return m, v
}

func ebsKeyUsable(k ebsKey, env checks.Env) checks.Verdict {
	depends := fmt.Sprintf("%d volumes and %d snapshots", k.volumes, k.snapshots)
	_, v := usable(env, k.Location, k.ARN, depends, env.Int("min_days"))
	if v.Status == checks.NotApplicable { // nobody can take it away
		v = checks.Pass("%s", v.Reason)
	}
	return v.With("volumes", fmt.Sprint(k.volumes)).With("snapshots", fmt.Sprint(k.snapshots))
}

func bucketKeyUsable(b snapshot.Bucket, env checks.Env) checks.Verdict {
	e, err := b.Encryption.Get()
	if err != nil {
		return checks.Unknown(err)
	}
	rule, _ := e.Default()
	key := rule.KMSMasterKeyID
	const field = "KMSMasterKeyID"
	switch {
	case !strings.HasPrefix(rule.Algorithm, "aws:kms"):
		return checks.DoesNotApply("new objects are not encrypted by KMS").With("SSEAlgorithm", rule.Algorithm)
	case key == "":
		return checks.DoesNotApply("%s names no key: AWS's own aws/s3 is used", rule.Algorithm).With(field, "")
	}
	arn := snapshot.KeyARN(b.Location, key)
	if owner := keys.Owner(b.Location, key); keys.Foreign(b.Location, key) && !slices.Contains(env.Strings("trusted_key_accounts"), owner) {
		return checks.Fail("the key %s belongs to account %s, which is not trusted: its owner can take the data away", arn, owner).With(field, key)
	}
	if region := snapshot.RegionOf(arn); region != b.Region {
		return checks.Fail("the key %s lies in another Region than the bucket, which is in %s", arn, b.Region).With(field, key)
	}
	m, v := usable(env, b.Location, key, "all new objects of the bucket", 0)
	switch {
	case v.Status != checks.PASS:
	case m.Usage == "" || m.Spec == "":
		v = checks.Unclear("KMS does not tell what the key %s is for", m.ARN)
	case m.Usage != "ENCRYPT_DECRYPT":
		v = checks.Fail("the key %s is for %s, and S3 needs ENCRYPT_DECRYPT", m.ARN, m.Usage).With("KeyUsage", m.Usage)
	case m.Spec != "SYMMETRIC_DEFAULT":
		v = checks.Fail("the key %s is %s, and S3 needs SYMMETRIC_DEFAULT", m.ARN, m.Spec).With("KeySpec", m.Spec)
	}
	return v.With(field, key)
}

// lostKey are the statuses of a database whose key is away.
var lostKey = []string{"inaccessible-encryption-credentials", "inaccessible-encryption-credentials-recoverable"}

func databaseKeyUsable(d snapshot.Database, at snapshot.Location, env checks.Env) checks.Verdict {
	if slices.Contains(lostKey, d.Status) {
		return checks.Fail("the database is %s: it has lost its key %s", d.Status, d.KMSKeyID).With("Status", d.Status)
	}
	if v, out := withoutOwnKey(d.StorageEncryptionType, d.StorageEncrypted, d.KMSKeyID); out {
		return v
	}
	_, v := usable(env, at, d.KMSKeyID, "the "+d.Engine.Service()+" database and its backups", env.Int("key_expiry_warning_days"))
	return v.With("KmsKeyId", d.KMSKeyID)
}

// withoutOwnKey leaves out what is not encrypted with a key that KMS knows.
func withoutOwnKey(kind string, encrypted bool, key string) (v checks.Verdict, out bool) {
	switch {
	case kind == "sse-rds":
		return checks.DoesNotApply("it is encrypted with sse-rds, a key of AWS's").With("StorageEncryptionType", kind), true
	case kind == "none", kind == "" && !encrypted:
		return checks.DoesNotApply("it is not encrypted").With("Encrypted", "false"), true
	case key == "":
		return checks.Unclear("it is encrypted, and the answer names no key").With("KmsKeyId", ""), true
	}
	return v, false
}

func dbSnapshotKeyUsable(s snapshot.DBSnapshot, env checks.Env) checks.Verdict {
	switch {
	case s.Status == "deleting" || s.Status == "deleted":
		return checks.DoesNotApply("the snapshot is %s", s.Status).With("Status", s.Status)
	case s.Type != "manual":
		return checks.DoesNotApply("the %s snapshot goes by itself: its database and its automated backups are judged", s.Type).With("SnapshotType", s.Type)
	}
	if v, out := withoutOwnKey(s.StorageEncryptionType, s.Encrypted, s.KMSKeyID); out {
		return v
	}
	_, v := usable(env, s.Location, s.KMSKeyID, "the data of the "+s.Engine.Service()+" snapshot", env.Int("key_expiry_warning_days"))
	return v.With("KmsKeyId", s.KMSKeyID)
}

func dbBackupKeyUsable(b snapshot.DBBackup, env checks.Env) checks.Verdict {
	if v, out := withoutOwnKey(b.StorageEncryptionType, b.Encrypted, b.KMSKeyID); out {
		return v
	}
	_, v := usable(env, b.Location, b.KMSKeyID, "the "+b.Status+" "+b.Engine.Service()+" backups", env.Int("key_expiry_warning_days"))
	return v.With("KmsKeyId", b.KMSKeyID)
}
