package encryption

import (
	"strings"
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

func TestEBSKeyUsable(t *testing.T) {
	volume := func(key string) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			a.EC2.Volumes = append(a.EC2.Volumes, snapshot.Volume{Meta: checktest.Meta("v", volumeARN), State: "in-use", KMSKeyID: key})
		}
	}
	snap := func(key string) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			a.EC2.VolumeSnapshots = append(a.EC2.VolumeSnapshots, snapshot.VolumeSnapshot{Meta: checktest.Meta("s", "arn:snap"), State: "completed", KMSKeyID: key})
		}
	}
	expiring := snapshot.KeyMetadata{Manager: "CUSTOMER", State: "Enabled", Origin: "EXTERNAL", ValidTo: checktest.AsOf.AddDate(0, 0, 20)}
	away := snapshot.KeyMetadata{Manager: "CUSTOMER", State: "Unavailable", Origin: "AWS_CLOUDHSM"}
	checktest.Run(t, &EBSKeyUsable, []checktest.Case{
		{Name: "one key, whatever names it", Set: checktest.All(volume(checktest.KeyARN("k")), volume("k"), snap("k"), checktest.Key("k", ours)), Want: checks.PASS, Reason: "2 volumes and 1 snapshots", Observed: map[string]string{"volumes": "2"}},
		{Name: "due for deletion is the critical case", Set: checktest.All(volume("k"), checktest.Key("k", doomed)), Want: checks.FAIL, Reason: "on 2026-11-08"},
		{Name: "disabled", Set: checktest.All(snap("k"), checktest.Key("k", disabled)), Want: checks.FAIL, Reason: "0 volumes and 1 snapshots"},
		{Name: "gone, and the data with it", Set: checktest.All(volume("k"), checktest.NoKey("k", noKey)), Want: checks.FAIL, Reason: "lost with it: 1 volumes and 0 snapshots"},
		{Name: "imported material that expires", Set: checktest.All(volume("k"), checktest.Key("k", expiring)), Want: checks.FAIL, Reason: "expires on 2026-11-21"},
		{Name: "and fewer days allowed", Set: checktest.All(volume("k"), checktest.Key("k", expiring)), Parameters: map[string]any{"min_days": 10}, Want: checks.PASS, Reason: "Enabled"},
		{Name: "a key store that is away", Set: checktest.All(volume("k"), checktest.Key("k", away)), Want: checks.FAIL, Reason: "AWS_CLOUDHSM"},
		{Name: "AWS managed", Set: checktest.All(volume("k"), checktest.Key("k", amazons)), Want: checks.PASS, Reason: "nobody can disable"},
		{Name: "a foreign key that is denied", Set: checktest.All(volume(foreignKey), checktest.NoKey(foreignKey, keyless)), Want: checks.UNKNOWN, Reason: "account 999988887777"},
		{Name: "denied", Set: checktest.All(volume("k"), checktest.NoKey("k", keyless)), Want: checks.UNKNOWN, Reason: "denied"},
	})
	// Each Region's copy of a multi-Region key has a state of its own.
	a := checktest.Account(&EBSKeyUsable, func(a *snapshot.Account) {
		for region, m := range map[string]snapshot.KeyMetadata{checktest.At.Region: ours, checktest.Elsewhere: disabled} {
			at := checktest.At.In(region)
			a.EC2.Volumes = append(a.EC2.Volumes, snapshot.Volume{Meta: snapshot.Meta{Location: at}, State: "in-use", KMSKeyID: snapshot.KeyARN(at, "mrk-1")})
			checktest.Key(snapshot.KeyARN(at, "mrk-1"), m)(a)
		}
	})
	got := map[string]checks.Status{}
	for _, f := range checktest.Findings(&EBSKeyUsable, a, nil) {
		got[f.Region] = f.Status
	}
	if len(got) != 2 || got[checktest.At.Region] != checks.PASS || got[checktest.Elsewhere] != checks.FAIL {
		t.Errorf("%v", got)
	}
}

func TestBucketKeyUsable(t *testing.T) {
	by := func(key string) func(*snapshot.Account) {
		return s3Bucket(snapshot.EncryptionRule{Algorithm: "aws:kms", KMSMasterKeyID: key})
	}
	of := func(m snapshot.KeyMetadata) func(*snapshot.Account) {
		return checktest.All(by("k"), checktest.Key("k", m))
	}
	state := func(s string) snapshot.KeyMetadata {
		m := ours
		m.State = s
		return m
	}
	trusted := map[string]any{"trusted_key_accounts": []string{"999988887777"}}
	signing, wide, untold := ours, ours, ours
	untold.Usage = ""
	signing.Usage, wide.Spec = "SIGN_VERIFY", "RSA_2048"
	checktest.Run(t, &BucketKeyUsable, []checktest.Case{
		{Name: "works", Set: of(ours), Want: checks.PASS, Reason: "Enabled"},
		{Name: "by an alias", Set: checktest.All(by("alias/x"), checktest.Key("alias/x", ours)), Want: checks.PASS, Reason: "Enabled"},
		{Name: "due for deletion", Set: of(doomed), Want: checks.FAIL, Reason: "2026-11-08"},
		{Name: "once its replicas are", Set: of(state("PendingReplicaDeletion")), Want: checks.FAIL, Reason: "replicas"},
		{Name: "disabled", Set: of(disabled), Want: checks.FAIL, Reason: "Disabled"},
		{Name: "without material", Set: of(state("PendingImport")), Want: checks.FAIL, Reason: "key material"},
		{Name: "no such key: AWS accepts any", Set: checktest.All(by("k"), checktest.NoKey("k", noKey)), Want: checks.FAIL, Reason: "no longer knows"},
		{Name: "for signing", Set: of(signing), Want: checks.FAIL, Reason: "SIGN_VERIFY"},
		{Name: "for nobody tells what", Set: of(untold), Want: checks.UNKNOWN, Reason: "does not tell"},
		{Name: "asymmetric", Set: of(wide), Want: checks.FAIL, Reason: "RSA_2048"},
		{Name: "a foreign key needs no question", Set: by(foreignKey), Want: checks.FAIL, Reason: "not trusted"},
		{Name: "a trusted account's", Set: checktest.All(by(foreignKey), checktest.Key(foreignKey, ours)), Parameters: trusted, Want: checks.PASS, Reason: "Enabled"},
		{Name: "a trusted account's, denied", Set: checktest.All(by(foreignKey), checktest.NoKey(foreignKey, keyless)), Parameters: trusted, Want: checks.UNKNOWN, Reason: "denied"},
		{Name: "another Region's", Set: by("arn:aws:kms:eu-central-1:111122223333:key/k"), Want: checks.FAIL, Reason: "another Region"},
		{Name: "updating lasts a moment", Set: of(state("Updating")), Want: checks.UNKNOWN, Reason: "while it was read"},
		{Name: "denied", Set: checktest.All(by("k"), checktest.NoKey("k", keyless)), Want: checks.UNKNOWN, Reason: "denied"},
		{Name: "AWS's own key", Set: by(""), Want: checks.NotApplicable, Reason: "aws/s3"},
		{Name: "AWS's own alias", Set: by("alias/aws/s3"), Want: checks.NotApplicable, Reason: "AWS managed"},
		{Name: "SSE-S3", Set: s3Bucket(sse), Want: checks.NotApplicable, Reason: "not encrypted by KMS"},
		{Name: "encryption denied", Set: s3Without(by("k"), "s3:GetBucketEncryption"), Want: checks.UNKNOWN, Reason: "denied"},
	})
}

func TestDatabaseKeyUsable(t *testing.T) {
	db := snapshot.Database{Engine: "postgres", StorageEncrypted: true, StorageEncryptionType: "sse-kms", KMSKeyID: "k"}
	of := func(change func(*snapshot.Database)) snapshot.Database {
		d := db
		change(&d)
		return d
	}
	snap := func(change func(*snapshot.DBSnapshot)) func(*snapshot.Account) {
		s := snapshot.DBSnapshot{Engine: "postgres", Type: "manual", Status: "available", Encrypted: true, KMSKeyID: "k"}
		if change != nil {
			change(&s)
		}
		return checktest.DBSnapshot(s)
	}
	backup := func(change func(*snapshot.DBBackup)) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			b := snapshot.DBBackup{Meta: checktest.Meta("db", "arn:backup"), Engine: "postgres", Status: "retained", Encrypted: true, KMSKeyID: "k"}
			if change != nil {
				change(&b)
			}
			a.RDS.Backups = []snapshot.DBBackup{b}
		}
	}
	instance := func(change func(*snapshot.Database)) func(*snapshot.Account) {
		return checktest.Instance(of(change))
	}
	nothing := func(*snapshot.Database) {}
	checktest.Run(t, &DatabaseKeyUsable, []checktest.Case{
		{Name: "works", Set: checktest.All(instance(nothing), checktest.Key("k", ours)), Want: checks.PASS, Reason: "the RDS database and its backups"},
		{Name: "due for deletion", Set: checktest.All(checktest.Cluster(db), checktest.Key("k", doomed)), Want: checks.FAIL, Reason: "2026-11-08"},
		{Name: "the status says it without KMS", Set: instance(func(d *snapshot.Database) { d.Status = "inaccessible-encryption-credentials-recoverable" }), Want: checks.FAIL, Reason: "has lost its key"},
		{Name: "gone", Set: checktest.All(instance(nothing), checktest.NoKey("k", noKey)), Want: checks.FAIL, Reason: "lost with it"},
		{Name: "a foreign key that is denied", Set: checktest.All(instance(func(d *snapshot.Database) { d.KMSKeyID = foreignKey }), checktest.NoKey(foreignKey, keyless)), Want: checks.UNKNOWN, Reason: "account 999988887777"},
		{Name: "denied", Set: checktest.All(instance(nothing), checktest.NoKey("k", keyless)), Want: checks.UNKNOWN, Reason: "denied"},
		{Name: "a snapshot outlives its database", Set: checktest.All(snap(nil), checktest.Key("k", disabled)), Want: checks.FAIL, Reason: "the data of the RDS snapshot"},
		{Name: "an automated snapshot", Set: snap(func(s *snapshot.DBSnapshot) { s.Type = "automated" }), Want: checks.NotApplicable, Reason: "goes by itself"},
		{Name: "a snapshot that is not encrypted", Set: snap(func(s *snapshot.DBSnapshot) { s.Encrypted = false }), Want: checks.NotApplicable, Reason: "not encrypted"},
		{Name: "retained backups", Set: checktest.All(backup(nil), checktest.Key("k", ours)), Want: checks.PASS, Reason: "the retained RDS backups"},
		{Name: "retained backups without their key", Set: checktest.All(backup(nil), checktest.NoKey("k", noKey)), Want: checks.FAIL, Reason: "lost with it"},
		{Name: "backups of Neptune are judged and named", Set: checktest.All(backup(func(b *snapshot.DBBackup) { b.Engine = "neptune" }), checktest.Key("k", disabled)), Want: checks.FAIL, Reason: "Neptune backups"},
		{Name: "AWS managed", Set: checktest.All(instance(nothing), checktest.Key("k", amazons)), Want: checks.NotApplicable, Reason: "AWS managed"},
		{Name: "sse-rds", Set: instance(func(d *snapshot.Database) { d.StorageEncryptionType = "sse-rds" }), Want: checks.NotApplicable, Reason: "sse-rds"},
		{Name: "not encrypted", Set: instance(func(d *snapshot.Database) { d.StorageEncryptionType, d.StorageEncrypted = "", false }), Want: checks.NotApplicable, Reason: "not encrypted"},
		{Name: "no key named", Set: instance(func(d *snapshot.Database) { d.KMSKeyID = "" }), Want: checks.UNKNOWN, Reason: "names no key"},
		{Name: "member", Set: instance(func(d *snapshot.Database) { d.Cluster = "c" }), Want: checks.NotApplicable, Reason: "judged at the cluster"},
		{Name: "docdb is judged and named", Set: checktest.All(checktest.Cluster(snapshot.Database{Engine: "docdb", StorageEncrypted: true, KMSKeyID: "k"}), checktest.Key("k", disabled)), Want: checks.FAIL, Reason: "the DocumentDB database"},
		{Name: "a member of docdb", Set: checktest.Instance(snapshot.Database{Engine: "docdb", Cluster: "c"}), Want: checks.NotApplicable, Reason: "judged at the cluster"},
	})
	for _, c := range []*checks.Check{&EBSKeyUsable, &DatabaseKeyUsable} {
		for name := range c.Parameters {
			if c.Bounds(name, -1) == nil || c.Bounds(name, 0) != nil {
				t.Errorf("%s: bounds of %s", c.ID, name)
			}
		}
	}
}

func TestOracleTransportEncryption(t *testing.T) {
	port := int32(1521)
	in := func(groups ...string) func(*snapshot.DBInstance) {
		return func(d *snapshot.DBInstance) { d.SecurityGroups = groups }
	}
	db := func(status string, options ...snapshot.DBOption) func(*snapshot.Account) {
		return checktest.All(checktest.Instance(snapshot.Database{Engine: "oracle-ee", Port: port, OptionGroups: []snapshot.DBMembership{{ID: "o", Status: status}}}, in("sg-1")),
			func(a *snapshot.Account) {
				a.RDS.OptionGroups = []snapshot.DBOptionGroup{{Meta: checktest.Meta("o", "arn:o"), ID: "o", Options: options}}
			})
	}
	native := func(mode, weak string) snapshot.DBOption {
		return snapshot.DBOption{Name: "NATIVE_NETWORK_ENCRYPTION", Settings: map[string]string{"SQLNET.ENCRYPTION_SERVER": mode, "SQLNET.ALLOW_WEAK_CRYPTO_CLIENTS": weak}}
	}
	tls := snapshot.DBOption{Name: "SSL", Port: 2484}
	group := func(rules ...snapshot.Rule) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			a.EC2.Groups = []snapshot.SecurityGroup{{Meta: checktest.Meta("", "arn:sg-1"), ID: "sg-1", Ingress: rules}}
		}
	}
	on := func(from, to int32, protocol string) snapshot.Rule {
		return snapshot.Rule{Protocol: protocol, FromPort: &from, ToPort: &to, Groups: []string{"sg-clients"}}
	}
	checktest.Run(t, &OracleTransportEncryption, []checktest.Case{
		{Name: "required", Set: db("in-sync", native("REQUIRED", "FALSE")), Want: checks.PASS, Reason: "is REQUIRED"},
		{Name: "required, with weak algorithms", Set: db("in-sync", native("REQUIRED", "TRUE")), Want: checks.PASS, Reason: "weak algorithms"},
		{Name: "requested is the default, and not required", Set: db("in-sync", native("REQUESTED", "")), Want: checks.FAIL, Reason: `"REQUESTED"`},
		{Name: "nothing", Set: db("in-sync"), Want: checks.FAIL, Reason: "no NATIVE_NETWORK_ENCRYPTION, and no option SSL"},
		{Name: "SSL alone leaves the plain port open", Set: checktest.All(db("in-sync", tls), group(on(1521, 1521, "tcp"))), Want: checks.FAIL, Reason: "the plain port 1521 stays open in sg-1"},
		{Name: "a range that holds it", Set: checktest.All(db("in-sync", tls), group(on(1000, 2000, "6"))), Want: checks.FAIL, Reason: "plain port"},
		{Name: "all protocols", Set: checktest.All(db("in-sync", tls), group(snapshot.Rule{Protocol: "-1", CIDRs: []string{"10.0.0.0/8"}})), Want: checks.FAIL, Reason: "plain port"},
		{Name: "the TLS port alone", Set: checktest.All(db("in-sync", tls), group(on(2484, 2484, "tcp"), on(1521, 1521, "udp"), snapshot.Rule{Protocol: "-1"})), Want: checks.PASS, Reason: "no security group lets anybody in on the plain port 1521"},
		{Name: "groups denied", Set: checktest.All(db("in-sync", tls), checktest.Denied("ec2:DescribeSecurityGroups")), Want: checks.UNKNOWN, Reason: "denied"},
		{Name: "a group that cannot be seen", Set: db("in-sync", tls), Want: checks.UNKNOWN, Reason: "cannot be seen"},
		{Name: "an option group that is not in force", Set: db("pending-apply", native("REQUIRED", "")), Want: checks.UNKNOWN, Reason: "pending-apply"},
		{Name: "option groups denied", Set: checktest.All(checktest.Instance(snapshot.Database{Engine: "oracle-se2", OptionGroups: []snapshot.DBMembership{{ID: "o", Status: "in-sync"}}}), checktest.Denied("rds:DescribeOptionGroups")), Want: checks.UNKNOWN, Reason: "denied"},
		{Name: "mysql", Set: checktest.Instance(snapshot.Database{Engine: "mysql"}), Want: checks.NotApplicable, Reason: "not Oracle"},
		{Name: "RDS Custom", Set: checktest.Instance(snapshot.Database{Engine: "custom-oracle-ee"}), Want: checks.NotApplicable, Reason: "not Oracle"},
		{Name: "deleting", Set: checktest.Instance(snapshot.Database{Engine: "oracle-ee", Status: "deleting"}), Want: checks.NotApplicable, Reason: "deleting"},
	})
}

func TestRetainedBackupEncrypted(t *testing.T) {
	here, there := "arn:aws:rds:eu-west-1:111122223333:db:db", "arn:aws:rds:eu-central-1:111122223333:db:db"
	backup := func(b snapshot.DBBackup) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			b.Meta = checktest.Meta("db", "arn:aws:rds:eu-west-1:111122223333:auto-backup:ab-1")
			a.RDS.Backups = []snapshot.DBBackup{b}
		}
	}
	type of = snapshot.DBBackup
	checktest.Run(t, &RetainedBackupEncrypted, []checktest.Case{
		{Name: "retained", Set: backup(of{Database: here, Status: "retained", Encrypted: true}), Want: checks.PASS, Reason: "the retained RDS backup of " + here},
		{Name: "retained, and not encrypted", Set: backup(of{Database: here, Status: "retained"}), Want: checks.FAIL, Reason: "not encrypted"},
		{Name: "replicated from another Region", Set: backup(of{Database: there, Status: "active", StorageEncryptionType: "sse-kms"}), Want: checks.PASS, Reason: "sse-kms"},
		{Name: "replicated, and not encrypted", Set: backup(of{Database: there, Status: "replicating", StorageEncryptionType: "none"}), Want: checks.FAIL, Reason: "is none"},
		{Name: "of a cluster", Set: backup(of{Database: here, Status: "retained", OfCluster: true}), Want: checks.FAIL, Reason: "not encrypted", Observed: map[string]string{"StorageEncrypted": "false"}},
		{Name: "beside its database", Set: backup(of{Database: here, Status: "active"}), Want: checks.NotApplicable, Reason: "beside its database"},
		{Name: "being made", Set: backup(of{Database: there, Status: "creating"}), Want: checks.UNKNOWN, Reason: "being made"},
		{Name: "of DocumentDB is judged and named", Set: backup(of{Database: here, Status: "retained", Engine: "docdb"}), Want: checks.FAIL, Reason: "retained DocumentDB backup"},
		{Name: "an endpoint without the list", Want: checks.UNKNOWN, Reason: "unsupported", Set: func(a *snapshot.Account) {
			checktest.Fail(a, "rds:DescribeDBClusterAutomatedBackups", checktest.At.Region, snapshot.Unsupported)
		}},
	})
}

func TestDefaultCACurrent(t *testing.T) {
	ca := func(id string, days int, override bool, overrideDays int) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			c := snapshot.DBCertificate{Meta: checktest.Meta(id, "arn:"+id), ID: id, Override: override}
			if days != 0 {
				c.Ends = checktest.AsOf.AddDate(0, 0, days)
			}
			if overrideDays != 0 {
				c.OverrideEnds = checktest.AsOf.AddDate(0, 0, overrideDays)
			}
			a.RDS.Certificates = append(a.RDS.Certificates, c)
		}
	}
	region := func(byDefault snapshot.Read[string], more ...func(*snapshot.Account)) func(*snapshot.Account) {
		return checktest.All(append(more, func(a *snapshot.Account) {
			a.RDS.Regions = []snapshot.DBRegion{{Meta: snapshot.Meta{Location: checktest.At, Name: checktest.At.Region}, DefaultCA: byDefault}}
		})...)
	}
	db := checktest.Instance(snapshot.Database{Engine: "mysql"})
	g1 := snapshot.Value("rds-ca-rsa2048-g1")
	checktest.Run(t, &DefaultCACurrent, []checktest.Case{
		{Name: "AWS's default", Set: region(snapshot.Value(""), db), Want: checks.PASS, Reason: "AWS's default"},
		{Name: "chosen, and lasts", Set: region(g1, db, ca("rds-ca-rsa2048-g1", 9000, true, 0)), Want: checks.PASS, Reason: "rds-ca-rsa2048-g1, which ends on"},
		{Name: "chosen, and deprecated", Set: region(snapshot.Value("rds-ca-2019"), db), Want: checks.FAIL, Reason: "deprecated"},
		{Name: "chosen, and near its end", Set: region(g1, db, ca("rds-ca-rsa2048-g1", 365, false, 0)), Want: checks.FAIL, Reason: "want 365 days"},
		{Name: "an override that ends", Set: region(snapshot.Value(""), db, ca("rds-ca-rsa2048-g1", 9000, true, 90)), Want: checks.FAIL, Reason: "the override with rds-ca-rsa2048-g1"},
		{Name: "an override that lasts", Set: region(snapshot.Value(""), db, ca("rds-ca-rsa2048-g1", 9000, true, 91)), Want: checks.PASS, Reason: "AWS's default"},
		{Name: "an unknown one", Set: region(snapshot.Value("rds-ca-x"), db), Want: checks.UNKNOWN, Reason: "not among"},
		{Name: "no database", Set: region(g1), Want: checks.NotApplicable, Reason: "no database"},
		{Name: "Neptune alone", Set: region(g1, checktest.Cluster(snapshot.Database{Engine: "neptune"})), Want: checks.NotApplicable, Reason: "no database"},
		{Name: "no database, and clusters denied", Set: region(g1, checktest.Denied("rds:DescribeDBClusters")), Want: checks.UNKNOWN, Reason: "denied"},
		{Name: "denied", Set: region(snapshot.Missing[string](checktest.Unread("rds:DescribeCertificates", snapshot.Denied)), db), Want: checks.UNKNOWN, Reason: "denied"},
	})
}

func TestKeysOfThisFamilyNameTheKeyInEvidence(t *testing.T) {
	a := checktest.Account(&DatabaseKeyUsable, checktest.All(checktest.Instance(snapshot.Database{Engine: "mysql", StorageEncrypted: true, KMSKeyID: "k"}), checktest.Key("k", ours)))
	for _, f := range checktest.Findings(&DatabaseKeyUsable, a, nil) {
		if f.Resource.Type == "rds instance" && !strings.Contains(strings.Join(f.Evidence, " "), "describe") {
			t.Errorf("evidence %q lacks the answer about the key", f.Evidence)
		}
	}
}
