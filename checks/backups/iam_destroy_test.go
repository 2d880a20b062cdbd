package backups

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

const (
	destroyOwn      = "arn:aws:iam::111122223333:"
	destroyInstance = "arn:aws:rds:eu-west-1:111122223333:db:orders"
	destroySnapshot = "arn:aws:rds:eu-west-1:111122223333:snapshot:orders-1"
	destroyPoint    = "arn:aws:rds:eu-west-1:111122223333:snapshot:awsbackup:job-1"
	destroyVolume   = "arn:aws:ec2:eu-west-1:111122223333:volume/vol-1"
)

func says(word, actions, resource string, more ...string) string {
	return `{"Effect":"` + word + `","Action":["` + strings.Join(strings.Fields(actions), `","`) + `"],"Resource":"` + resource + `"` + strings.Join(more, "") + `}`
}

func saysAll(statements ...string) string {
	return `{"Version":"2012-10-17","Statement":[` + strings.Join(statements, ",") + `]}`
}

// annMay makes ann the account's only user, with these statements, in no organization.
func annMay(statements ...string) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		at := checktest.Meta("ann", destroyOwn+"user/ann")
		at.Region = snapshot.Global
		u := snapshot.User{Meta: at, Path: "/"}
		u.Inline = []snapshot.InlinePolicy{{Meta: at, Owner: at.ARN, Document: snapshot.Value(saysAll(statements...))}}
		u.Inline[0].Name = "p"
		a.IAM.Users = []snapshot.User{u}
		a.Org.Organization = snapshot.Missing[snapshot.Organization](snapshot.ErrAbsent)
	}
}

// instanceWith adds a DB instance, changed.
func instanceWith(change ...func(*snapshot.Database)) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		d := snapshot.Database{ID: "orders", ResourceID: "db-1", Status: "available"}
		for _, f := range change {
			f(&d)
		}
		a.RDS.Instances = append(a.RDS.Instances, snapshot.DBInstance{Meta: checktest.Meta("orders", destroyInstance), Database: d})
	}
}

func manual(change ...func(*snapshot.DBSnapshot)) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		s := snapshot.DBSnapshot{Meta: checktest.Meta("orders-1", destroySnapshot), ID: "orders-1", Type: "manual", Status: "available", Database: "orders", DatabaseID: "db-1"}
		for _, f := range change {
			f(&s)
		}
		a.RDS.Snapshots = append(a.RDS.Snapshots, s)
	}
}

// vaulted adds a recovery point of the instance in the vault main, and the vault.
func vaulted(lock snapshot.VaultLock, policy snapshot.Read[string], change ...func(*snapshot.BackupVault)) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		v := snapshot.BackupVault{Meta: checktest.Meta("main", "arn:aws:backup:eu-west-1:111122223333:backup-vault:main"), Type: snapshot.PlainVault, Points: 1, Lock: snapshot.Value(lock), Policy: policy}
		for _, f := range change {
			f(&v)
		}
		a.Backup.Vaults = append(a.Backup.Vaults, v)
		a.Backup.Points = append(a.Backup.Points, snapshot.RecoveryPoint{Meta: checktest.Meta("", destroyPoint), Vault: "main", Resource: destroyInstance, Status: "COMPLETED"})
	}
}

func volumeWith(lock snapshot.Read[string], change ...func(*snapshot.VolumeSnapshot)) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		a.EC2.Volumes = append(a.EC2.Volumes, snapshot.Volume{Meta: checktest.Meta("vol-1", destroyVolume), ID: "vol-1", State: "in-use", Attachments: []string{"i-1"}})
		s := snapshot.VolumeSnapshot{Meta: checktest.Meta("snap-1", "arn:aws:ec2:eu-west-1::snapshot/snap-1"), ID: "snap-1", Volume: "vol-1", State: "completed", Lock: lock}
		for _, f := range change {
			f(&s)
		}
		a.EC2.VolumeSnapshots = append(a.EC2.VolumeSnapshots, s)
	}
}

func bucketWith(change ...func(*snapshot.Bucket)) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		b := snapshot.Bucket{Meta: checktest.Meta("b", "arn:aws:s3:::b"), Versioning: snapshot.Value(snapshot.Versioning{Status: "Enabled"}),
			ObjectLock: snapshot.Value(snapshot.ObjectLock{}), Encryption: snapshot.Value(snapshot.BucketEncryption{}), Policy: snapshot.Value("")}
		for _, f := range change {
			f(&b)
		}
		a.S3.Buckets = append(a.S3.Buckets, b)
	}
}

func keyed(id, policy string) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		arn := snapshot.KeyARN(checktest.At, id)
		a.KMS.Answered = append(a.KMS.Answered, snapshot.KeyAnswer{Meta: checktest.Meta("", arn), Metadata: snapshot.Value(snapshot.KeyMetadata{ARN: arn, Manager: "CUSTOMER"}), Policy: snapshot.Value(policy)})
	}
}

func TestPrincipalCannotDestroyDataAndBackups(t *testing.T) {
	allow := func(actions, resource string, more ...string) string {
		return says("Allow", actions, resource, more...)
	}
	deny := func(actions, resource string, more ...string) string {
		return says("Deny", actions, resource, more...)
	}
	all := allow("*", "*")
	const everybody = `,"Principal":"*"`
	none := snapshot.Value("")
	open := snapshot.VaultLock{}
	compliance := snapshot.VaultLock{Locked: true, LockDate: checktest.AsOf.Add(-time.Hour)}
	grace := snapshot.VaultLock{Locked: true, LockDate: checktest.AsOf.Add(time.Hour)}
	governance := snapshot.VaultLock{Locked: true}
	lockDenied := func(v *snapshot.BackupVault) {
		v.Lock = snapshot.Missing[snapshot.VaultLock](checktest.Unread("backup:DescribeBackupVault", snapshot.Denied))
	}
	automated := func(d *snapshot.Database) { d.BackupRetentionDays = 7 }
	ofKey := func(d *snapshot.Database) { d.KMSKeyID = "k" }
	snapshotOfKey := func(s *snapshot.DBSnapshot) { s.KMSKeyID = "k" }
	hands := saysAll(allow("kms:*", "*", `,"Principal":{"AWS":"`+destroyOwn+`root"}`))
	data := allow("rds:DeleteDBInstance", "*")
	unlocked := snapshot.Value("")
	versions := func(status, mfa string) func(*snapshot.Bucket) {
		return func(b *snapshot.Bucket) {
			b.Versioning = snapshot.Value(snapshot.Versioning{Status: status, MFADelete: mfa})
		}
	}
	encryptionDenied := func(b *snapshot.Bucket) {
		b.Encryption = snapshot.Missing[snapshot.BucketEncryption](checktest.Unread("s3:GetBucketEncryption", snapshot.Denied))
	}
	rails := func(statements ...string) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			a.Org.Organization = snapshot.Value(snapshot.Organization{ID: "o-acme", ManagementAccount: "999988887777", FeatureSet: "ALL"})
			a.Org.Path = snapshot.Value([]snapshot.OrganizationLevel{{ID: "r-1", SCPs: snapshot.Value([]snapshot.ControlPolicy{{ID: "p-1", Name: "guardrail", Document: snapshot.Value(saysAll(append(statements, all)...))}})}})
		}
	}
	checktest.Run(t, &PrincipalCannotDestroyDataAndBackups, []checktest.Case{
		{Name: "an administrator", Set: set(annMay(all), instanceWith(), manual()), Want: checks.FAIL, Reason: "such as the rds instance orders (rds:DeleteDBInstance by inline policy p statement 1), and all that is kept of it: the snapshot orders-1 (rds:DeleteDBSnapshot by ", Observed: map[string]string{"resource": destroyInstance}},
		{Name: "named as intended", Set: set(annMay(all), instanceWith(), manual()), Parameters: map[string]any{"allowed_principals": []string{"ann"}}, Want: checks.PASS, Reason: "allowed_principals"},
		{Name: "the data alone", Set: set(annMay(data), instanceWith(), manual()), Want: checks.PASS, Reason: "something stays: of the rds instance orders the snapshot orders-1, over which it has no right"},
		{Name: "the backups alone", Set: set(annMay(allow("rds:DeleteDBSnapshot", "*")), instanceWith(), manual()), Want: checks.PASS, Reason: "none of the data that has backups: 1 resource"},
		{Name: "both, on what is not there", Set: set(annMay(allow("rds:DeleteDBInstance rds:DeleteDBSnapshot", "arn:aws:rds:eu-west-1:111122223333:*:other*")), instanceWith(), manual()), Want: checks.PASS},
		{Name: "one of two snapshots", Set: set(annMay(data, allow("rds:DeleteDBSnapshot", destroySnapshot)), instanceWith(), manual(), manual(func(s *snapshot.DBSnapshot) { s.ID, s.ARN = "orders-2", destroySnapshot+"x" })), Want: checks.PASS, Reason: "the snapshot orders-2"},
		{Name: "another database's snapshot is no backup of it", Set: set(annMay(data), instanceWith(), manual(func(s *snapshot.DBSnapshot) { s.DatabaseID = "db-2" })), Want: checks.PASS, Reason: "no bucket, database or volume has backups"},
		{Name: "automated backups go along without a second right", Set: set(annMay(data), instanceWith(automated)), Want: checks.FAIL, Reason: "its automated backups (along with it)"},
		{Name: "automated backups, and a snapshot that stays", Set: set(annMay(data), instanceWith(automated), manual()), Want: checks.PASS, Reason: "the snapshot orders-1"},
		{Name: "an automated snapshot is one of the automated backups", Set: set(annMay(data), instanceWith(automated), manual(func(s *snapshot.DBSnapshot) { s.Type = "automated" })), Want: checks.FAIL},
		{Name: "a member's data is its cluster's", Set: set(annMay(all), instanceWith(automated, func(d *snapshot.Database) { d.Cluster = "c" })), Want: checks.PASS, Reason: "no bucket, database or volume has backups"},
		{Name: "a cluster", Set: set(annMay(allow("rds:DeleteDBCluster rds:DeleteDBClusterSnapshot", "*")), func(a *snapshot.Account) {
			a.RDS.Clusters = []snapshot.DBCluster{{Meta: checktest.Meta("c", "arn:aws:rds:eu-west-1:111122223333:cluster:c"), Database: snapshot.Database{ID: "c", Status: "available"}}}
			manual(func(s *snapshot.DBSnapshot) { s.OfCluster, s.Database, s.DatabaseID = true, "c", "" })(a)
		}), Want: checks.FAIL, Reason: "rds cluster c (rds:DeleteDBCluster"},

		{Name: "a recovery point in an open vault", Set: set(annMay(data, allow("backup:DeleteRecoveryPoint", "*")), instanceWith(), vaulted(open, none)), Want: checks.FAIL, Reason: "the recovery point job-1 (backup:DeleteRecoveryPoint"},
		{Name: "RDS cannot delete what AWS Backup keeps", Set: set(annMay(data, allow("rds:DeleteDBSnapshot", "*")), instanceWith(), vaulted(open, none), manual(func(s *snapshot.DBSnapshot) { s.ARN, s.Type = destroyPoint, "awsbackup" })), Want: checks.PASS, Reason: "the recovery point job-1"},
		{Name: "locked in compliance mode", Set: set(annMay(all), instanceWith(), vaulted(compliance, none)), Want: checks.PASS, Reason: "the recovery point job-1 in the locked vault main"},
		{Name: "an air-gapped vault", Set: set(annMay(all), instanceWith(), vaulted(open, none, func(v *snapshot.BackupVault) { v.Type = snapshot.AirGappedVault })), Want: checks.PASS, Reason: "locked vault main"},
		{Name: "governance mode, and the right to lift it", Set: set(annMay(all), instanceWith(), vaulted(governance, none)), Want: checks.FAIL, Reason: "and backup:DeleteBackupVaultLockConfiguration by"},
		{Name: "governance mode, without the right to lift it", Set: set(annMay(data, allow("backup:DeleteRecoveryPoint", "*")), instanceWith(), vaulted(governance, none)), Want: checks.PASS},
		{Name: "compliance mode in its time of grace", Set: set(annMay(all), instanceWith(), vaulted(grace, none)), Want: checks.FAIL, Reason: "backup:DeleteBackupVaultLockConfiguration"},
		{Name: "a lock that was not read", Set: set(annMay(all), instanceWith(), vaulted(open, none, lockDenied)), Want: checks.FAIL, Reason: "not read, and might lift it: backup:DescribeBackupVault"},
		{Name: "the vault's policy denies it to everybody, until it is rewritten", Set: set(annMay(all), instanceWith(), vaulted(open, snapshot.Value(saysAll(deny("backup:DeleteRecoveryPoint", "*", everybody))))), Want: checks.FAIL, Reason: "backup:PutBackupVaultAccessPolicy by"},
		{Name: "and denies to rewrite it", Set: set(annMay(all), instanceWith(), vaulted(open, snapshot.Value(saysAll(deny("backup:DeleteRecoveryPoint backup:PutBackupVaultAccessPolicy backup:DeleteBackupVaultAccessPolicy", "*", everybody))))), Want: checks.PASS},
		{Name: "and the principal may not rewrite it", Set: set(annMay(data, allow("backup:DeleteRecoveryPoint", "*")), instanceWith(), vaulted(open, snapshot.Value(saysAll(deny("backup:DeleteRecoveryPoint", "*", everybody))))), Want: checks.PASS},
		{Name: "the vault's policy was not read", Set: set(annMay(data, allow("backup:DeleteRecoveryPoint", "*")), instanceWith(), vaulted(open, snapshot.Missing[string](checktest.Unread("backup:GetBackupVaultAccessPolicy", snapshot.Denied)))), Want: checks.FAIL, Reason: "not read, and might lift it: the policy of the vault main"},
		{Name: "the vault's policy was not read, and may give", Set: set(annMay(data), instanceWith(), vaulted(open, snapshot.Missing[string](checktest.Unread("backup:GetBackupVaultAccessPolicy", snapshot.Denied)))), Want: checks.UNKNOWN, Reason: "backup:GetBackupVaultAccessPolicy"},

		{Name: "one key of both, whose deletion destroys both at once", Set: set(annMay(allow("kms:ScheduleKeyDeletion", "*")), instanceWith(ofKey), manual(snapshotOfKey), keyed("k", hands)), Want: checks.FAIL, Reason: "rds instance orders (kms:ScheduleKeyDeletion by inline policy p statement 1), and all that is kept of it: the snapshot orders-1 (kms:ScheduleKeyDeletion"},
		{Name: "no lock holds against that", Set: set(annMay(allow("kms:ScheduleKeyDeletion", "*")), instanceWith(ofKey), keyed("k", hands), vaulted(compliance, none), func(a *snapshot.Account) {
			a.Backup.Points[0].KeyARN = snapshot.KeyARN(checktest.At, "k")
		}), Want: checks.FAIL, Reason: "the recovery point job-1 (kms:ScheduleKeyDeletion"},
		{Name: "the key of the data alone", Set: set(annMay(allow("kms:ScheduleKeyDeletion", "*")), instanceWith(ofKey), manual(), keyed("k", hands)), Want: checks.PASS, Reason: "the snapshot orders-1"},
		{Name: "a key policy that names others alone", Set: set(annMay(allow("kms:*", "*")), instanceWith(ofKey), manual(snapshotOfKey), keyed("k", saysAll(allow("kms:*", "*", `,"Principal":{"AWS":"`+destroyOwn+`role/keeper"}`)))), Want: checks.PASS},
		{Name: "a key policy that was not read", Set: set(annMay(allow("kms:*", "*")), instanceWith(ofKey), manual(snapshotOfKey)), Want: checks.FAIL, Reason: "not read, and might lift it: the policy of the key"},

		{Name: "a volume and its snapshot", Set: set(annMay(allow("ec2:DeleteVolume ec2:DeleteSnapshot", "*")), volumeWith(unlocked)), Want: checks.FAIL, Reason: "ebs volume vol-1 (ec2:DeleteVolume"},
		{Name: "on a condition", Set: set(annMay(allow("ec2:DeleteVolume ec2:DeleteSnapshot", "*", `,"Condition":{"StringEquals":{"aws:ResourceTag/csi":"yes"}}`)), volumeWith(unlocked)), Want: checks.FAIL},
		{Name: "a snapshot locked in compliance mode", Set: set(annMay(all), volumeWith(snapshot.Value("compliance"))), Want: checks.PASS, Reason: "the snapshot snap-1, which is locked"},
		{Name: "a snapshot locked in governance mode", Set: set(annMay(all), volumeWith(snapshot.Value("governance"))), Want: checks.FAIL, Reason: "and ec2:UnlockSnapshot by"},
		{Name: "governance mode, without the right to unlock", Set: set(annMay(allow("ec2:DeleteVolume ec2:DeleteSnapshot", "*")), volumeWith(snapshot.Value("governance"))), Want: checks.PASS},
		{Name: "locks were not read", Set: set(annMay(all), volumeWith(snapshot.Missing[string](checktest.Unread("ec2:DescribeLockedSnapshots", snapshot.Denied)))), Want: checks.FAIL, Reason: "not read, and might lift it: ec2:DescribeLockedSnapshots"},
		{Name: "EC2 cannot delete what AWS Backup keeps of the instance", Set: set(annMay(allow("ec2:DeleteVolume ec2:DeleteSnapshot", "*")), volumeWith(unlocked, func(s *snapshot.VolumeSnapshot) {
			s.Tags = map[string]string{"aws:backup:source-resource": "i-1"}
		}), vaulted(open, none), func(a *snapshot.Account) {
			a.Backup.Points[0].Resource = "arn:aws:ec2:eu-west-1:111122223333:instance/i-1"
		}), Want: checks.PASS, Reason: "of the ebs volume vol-1 the recovery point"},
		{Name: "snapshots were not read", Set: set(annMay(allow("ec2:DeleteVolume", "*")), volumeWith(unlocked), func(a *snapshot.Account) {
			a.EC2.VolumeSnapshots = nil
			checktest.Fail(a, "ec2:DescribeSnapshots", checktest.At.Region, snapshot.Denied)
		}), Want: checks.UNKNOWN, Reason: "ec2:DescribeSnapshots"},
		{Name: "snapshots were not all read, and those that were fall", Set: set(annMay(all), volumeWith(unlocked), func(a *snapshot.Account) {
			checktest.Fail(a, "ec2:DescribeSnapshots", checktest.At.Region, snapshot.Throttled)
		}), Want: checks.FAIL, Reason: "not read, and might lift it: ec2:DescribeSnapshots"},

		{Name: "a bucket and its versions", Set: set(annMay(allow("s3:DeleteObjectVersion s3:PutBucketVersioning", "*")), bucketWith()), Want: checks.FAIL, Reason: "bucket b (s3:DeleteObjectVersion by inline policy p statement 1), and all that is kept of it: its versions (s3:PutBucketVersioning"},
		{Name: "by a lifecycle", Set: set(annMay(allow("s3:PutLifecycleConfiguration s3:PutBucketVersioning", "arn:aws:s3:::b")), bucketWith()), Want: checks.FAIL, Reason: "s3:PutLifecycleConfiguration"},
		{Name: "the objects below a prefix", Set: set(annMay(allow("s3:DeleteObjectVersion", "arn:aws:s3:::b/logs/*"), allow("s3:PutBucketVersioning", "*")), bucketWith()), Want: checks.FAIL},
		{Name: "deleting objects leaves versions", Set: set(annMay(allow("s3:DeleteObject s3:PutBucketVersioning", "*")), bucketWith()), Want: checks.PASS},
		{Name: "but not where there are none", Set: set(annMay(allow("s3:DeleteObject backup:DeleteRecoveryPoint", "*")), bucketWith(versions("", "")), vaulted(open, none), func(a *snapshot.Account) {
			a.Backup.Points[0].Resource = "arn:aws:s3:::b"
		}), Want: checks.FAIL, Reason: "s3:DeleteObject"},
		{Name: "Object Lock in mode COMPLIANCE", Set: set(annMay(all), bucketWith(s3Lock(snapshot.ObjectLock{Enabled: "Enabled", Mode: "COMPLIANCE", Days: 30}))), Want: checks.PASS},
		{Name: "Object Lock in mode GOVERNANCE", Set: set(annMay(all), bucketWith(s3Lock(snapshot.ObjectLock{Enabled: "Enabled", Mode: "GOVERNANCE", Days: 30}))), Want: checks.FAIL},
		{Name: "Object Lock was not read", Set: set(annMay(all), bucketWith(s3LockDenied)), Want: checks.FAIL, Reason: "not read, and might lift it: s3:GetObjectLockConfiguration"},
		{Name: "MFA delete is the root user's", Set: set(annMay(all), bucketWith(versions("Enabled", "Enabled"))), Want: checks.PASS},
		{Name: "versioning was not read", Set: set(annMay(all), bucketWith(func(b *snapshot.Bucket) {
			b.Versioning = snapshot.Missing[snapshot.Versioning](checktest.Unread("s3:GetBucketVersioning", snapshot.Denied))
		})), Want: checks.UNKNOWN, Reason: "s3:GetBucketVersioning"},
		{Name: "the bucket's policy denies it", Set: set(annMay(all), bucketWith(func(b *snapshot.Bucket) {
			b.Policy = snapshot.Value(saysAll(deny("s3:DeleteObjectVersion s3:PutLifecycleConfiguration", "*", everybody)))
		})), Want: checks.PASS},
		{Name: "the bucket's key", Set: set(annMay(allow("kms:DisableKey", "*")), bucketWith(func(b *snapshot.Bucket) {
			b.Encryption = snapshot.Value(snapshot.BucketEncryption{Rules: []snapshot.EncryptionRule{{Algorithm: "aws:kms", KMSMasterKeyID: "k"}}})
		}), keyed("k", hands)), Want: checks.FAIL, Reason: "bucket b (kms:DisableKey"},
		{Name: "which key was not read", Set: set(annMay(allow("kms:DisableKey", "*")), bucketWith(encryptionDenied), keyed("k", hands)), Want: checks.UNKNOWN, Reason: "s3:GetBucketEncryption"},
		{Name: "which key was not read, and it may break none", Set: set(annMay(allow("kms:Decrypt", "*")), bucketWith(encryptionDenied), keyed("k", hands)), Want: checks.PASS},
		{Name: "nor which keys there are", Set: set(annMay(allow("kms:Decrypt", "*")), bucketWith(encryptionDenied), func(a *snapshot.Account) {
			checktest.Fail(a, "kms:ListKeys", checktest.At.Region, snapshot.Denied)
		}), Want: checks.UNKNOWN, Reason: "s3:GetBucketEncryption"},

		{Name: "an SCP keeps the backups", Set: set(annMay(all), rails(deny("rds:DeleteDBSnapshot kms:*", "*")), instanceWith(), manual()), Want: checks.PASS},
		{Name: "an SCP that spares a keeper", Set: set(annMay(all), rails(deny("rds:DeleteDBSnapshot kms:*", "*", `,"Condition":{"ArnNotLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/keeper"}}`)), instanceWith(), manual()), Want: checks.PASS},
		{Name: "SCPs unread lift nothing", Set: set(annMay(all), rails(), instanceWith(), manual(), func(a *snapshot.Account) {
			a.Org.Path = snapshot.Missing[[]snapshot.OrganizationLevel](checktest.Unread("organizations:ListParents", snapshot.Denied))
		}), Want: checks.FAIL, Reason: "not read, and might lift it: service control policies"},
		{Name: "a policy that is not in the list", Set: set(annMay(allow("sqs:*", "*")), instanceWith(), manual(), func(a *snapshot.Account) {
			a.IAM.Users[0].Attached = []snapshot.AttachedPolicy{{ARN: destroyOwn + "policy/gone"}}
		}), Want: checks.UNKNOWN, Reason: "policy/gone"},
		{Name: "nothing that has backups", Set: set(annMay(all), instanceWith()), Want: checks.PASS, Reason: "no bucket, database or volume has backups"},
		{Name: "databases were not read", Set: set(annMay(all), func(a *snapshot.Account) {
			checktest.Fail(a, "rds:DescribeDBInstances", checktest.Elsewhere, snapshot.Denied)
		}), Want: checks.UNKNOWN, Reason: "rds:DescribeDBInstances"},
	})
}

// BenchmarkDestroyers judges 1,000 principals over 1,000 buckets and 3,000 volumes with five
// snapshots each, some of whom may destroy either all data or all of one bucket.
func BenchmarkDestroyers(b *testing.B) {
	sets := []func(*snapshot.Account){annMay(says("Allow", "s3:Get*", "*"))}
	for i := range 1000 {
		sets = append(sets, bucketWith(func(x *snapshot.Bucket) {
			x.Name, x.ARN = fmt.Sprint("b", i), fmt.Sprint("arn:aws:s3:::b", i)
			x.Policy = snapshot.Value(saysAll(says("Deny", "s3:*", "*", `,"Principal":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}`), says("Allow", "s3:PutObject", x.ARN+"/*", `,"Principal":{"Service":"logging.s3.amazonaws.com"}`)))
		}))
	}
	sets = append(sets, func(a *snapshot.Account) {
		for i := range 3000 {
			id := fmt.Sprint("vol-", i)
			a.EC2.Volumes = append(a.EC2.Volumes, snapshot.Volume{Meta: checktest.Meta(id, "arn:aws:ec2:eu-west-1:111122223333:volume/"+id), ID: id, State: "in-use"})
			for j := range 5 {
				s := fmt.Sprint("snap-", i, "-", j)
				a.EC2.VolumeSnapshots = append(a.EC2.VolumeSnapshots, snapshot.VolumeSnapshot{Meta: checktest.Meta(s, "arn:aws:ec2:eu-west-1::snapshot/"+s), ID: s, Volume: id, State: "completed", Lock: snapshot.Value("compliance")})
			}
		}
	})
	a := checktest.Account(&PrincipalCannotDestroyDataAndBackups, set(sets...))
	for i := range 999 {
		u := a.IAM.Users[0]
		u.Name = fmt.Sprint("u", i)
		u.ARN = destroyOwn + "user/" + u.Name
		list := []string{says("Allow", "s3:Get* s3:PutObject ec2:Describe* sqs:* logs:*", "*"), says("Allow", "kms:Decrypt", "*")}
		switch {
		case i%50 == 2:
			list = append(list, says("Allow", "*", "*"))
		case i%10 == 0:
			list = append(list, says("Allow", "s3:DeleteObject* ec2:DeleteVolume", "*"))
		case i%10 == 1:
			list = append(list, says("Allow", "s3:*", "arn:aws:s3:::b7*"))
		}
		u.Inline = []snapshot.InlinePolicy{{Meta: u.Meta, Owner: u.ARN, Document: snapshot.Value(saysAll(list...))}}
		a.IAM.Users = append(a.IAM.Users, u)
	}
	for b.Loop() {
		checktest.Findings(&PrincipalCannotDestroyDataAndBackups, a, nil)
	}
}
