package iam

import (
	"strings"
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

// bucket adds a bucket without a policy, encrypted with S3's own keys, changed.
func bucket(name string, change ...func(*snapshot.Bucket)) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		b := snapshot.Bucket{Meta: checktest.Meta(name, "arn:aws:s3:::"+name), Policy: snapshot.Value(""), Encryption: snapshot.Value(snapshot.BucketEncryption{Rules: []snapshot.EncryptionRule{{Algorithm: "AES256"}}})}
		for _, f := range change {
			f(&b)
		}
		a.S3.Buckets = append(a.S3.Buckets, b)
	}
}

func policyOf(list ...string) func(*snapshot.Bucket) {
	return func(b *snapshot.Bucket) { b.Policy = statements(list...) }
}

func under(key string) func(*snapshot.Bucket) {
	return func(b *snapshot.Bucket) {
		b.Encryption = snapshot.Value(snapshot.BucketEncryption{Rules: []snapshot.EncryptionRule{{Algorithm: "aws:kms", KMSMasterKeyID: key}}})
	}
}

// key adds an answer about a key of the customer's, with its policy.
func key(id string, policy snapshot.Read[string]) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		arn := snapshot.KeyARN(checktest.At, id)
		a.KMS.Answered = append(a.KMS.Answered, snapshot.KeyAnswer{Meta: checktest.Meta("", arn), Metadata: snapshot.Value(snapshot.KeyMetadata{ARN: arn, Manager: "CUSTOMER"}), Policy: policy})
	}
}

func volumeSnapshot(keyID string) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		a.EC2.VolumeSnapshots = append(a.EC2.VolumeSnapshots, snapshot.VolumeSnapshot{Meta: checktest.Meta("snap-1", "arn:aws:ec2:eu-west-1::snapshot/snap-1"), ID: "snap-1", KMSKeyID: keyID})
	}
}

func databaseSnapshot(keyID string, cluster bool) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		a.RDS.Snapshots = append(a.RDS.Snapshots, snapshot.DBSnapshot{Meta: checktest.Meta("orders-1", "arn:aws:rds:eu-west-1:111122223333:snapshot:orders-1"), ID: "orders-1", OfCluster: cluster, KMSKeyID: keyID})
	}
}

func database(change ...func(*snapshot.Database)) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		d := snapshot.Database{ID: "orders", ResourceID: "db-1", Status: "available", IAMAuthentication: true}
		for _, f := range change {
			f(&d)
		}
		a.RDS.Instances = append(a.RDS.Instances, snapshot.DBInstance{Meta: checktest.Meta("orders", "arn:aws:rds:eu-west-1:111122223333:db:orders"), Database: d})
	}
}

// rcps puts the account into an organization with these resource control policies.
func rcps(list ...string) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		scps()(a)
		levels, _ := a.Org.Path.Get()
		levels[0].RCPs = snapshot.Value([]snapshot.ControlPolicy{{ID: "p-r", Name: "perimeter", Document: statements(list...)}})
	}
}

func TestExternalPrincipalNoDataAccess(t *testing.T) {
	foreign := set(scps(), trust(assume(principal(partner), "")))
	account := principal(own + "root")
	everybody := `,"Principal":"*"`
	app := `,"Principal":` + principal(own+"role/app")
	hands := statements(allow("kms:*", "*", `,"Principal":`+account))
	others := statements(allow("kms:*", "*", `,"Principal":`+principal(own+"role/keeper")))
	through := statements(allow("kms:Decrypt", "*", everybody, `,"Condition":{"StringEquals":{"kms:CallerAccount":"111122223333","kms:ViaService":"s3.eu-west-1.amazonaws.com"}}`))
	unreadKey := snapshot.Missing[string](checktest.Unread("kms:GetKeyPolicy", snapshot.Denied))
	policyDenied := func(b *snapshot.Bucket) {
		b.Policy = snapshot.Missing[string](checktest.Unread("s3:GetBucketPolicy", snapshot.Denied))
	}
	encryptionDenied := func(b *snapshot.Bucket) {
		b.Encryption = snapshot.Missing[snapshot.BucketEncryption](checktest.Unread("s3:GetBucketEncryption", snapshot.Denied))
	}
	get := allow("s3:GetObject", "*")
	perimeter := `{"Effect":"Deny","Principal":"*","Action":["sts:AssumeRole"],"Resource":"*","Condition":{"StringNotEqualsIfExists":{"aws:PrincipalOrgID":"o-acme"%s},"BoolIfExists":{"aws:PrincipalIsAWSService":"false"}}}`
	rcp := func(more string) string { return strings.Replace(perimeter, "%s", more, 1) }
	second := func(list ...string) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			arn := own + "role/data"
			a.IAM.Roles = append(a.IAM.Roles, snapshot.Role{Meta: globally("data", arn), Path: "/", Trust: statements(assume(principal(own+"role/app"), "")), Grants: inlined(arn, statements(list...))})
		}
	}
	unblocked := func(a *snapshot.Account) { a.S3.PublicAccess = snapshot.Value(snapshot.PublicAccessBlock{}) }
	unblockedBucket := func(b *snapshot.Bucket) { b.PublicAccess = snapshot.Value(snapshot.PublicAccessBlock{}) }
	for _, tt := range []struct {
		name       string
		change     func(*snapshot.Account)
		parameters map[string]any
		want       checks.Status
		reason     string
	}{
		{"objects, and a silent bucket policy", set(foreign, may(get), bucket("b")), nil, checks.FAIL, partner + " may assume the role: it may read the objects of b (s3:GetObject by inline policy p1 statement 1)"},
		{"several buckets", set(foreign, may(get), bucket("a"), bucket("b"), bucket("c"), bucket("d")), nil, checks.FAIL, "the objects of a, b, c and 1 more"},
		{"objects below a prefix", set(foreign, may(allow("s3:GetObject", "arn:aws:s3:::b/public/*")), bucket("b")), nil, checks.FAIL, "read the objects of b"},
		{"a bucket that is not there", set(foreign, may(allow("s3:GetObject", "arn:aws:s3:::gone/*")), bucket("b")), nil, checks.PASS, "it can read no bucket, database or volume"},
		{"listing reads no object", set(foreign, may(allow("s3:ListBucket s3:GetBucketPolicy", "*")), bucket("b")), nil, checks.PASS, "can read no bucket"},
		{"a shared bucket", set(foreign, may(get), bucket("shared-b")), map[string]any{"shared_buckets": []string{"shared-*"}}, checks.PASS, ""},
		{"a shared bucket and another", set(foreign, may(get), bucket("shared-b"), bucket("c")), map[string]any{"shared_buckets": []string{"shared-*"}}, checks.FAIL, "the objects of c ("},
		{"the bucket policy gives the right", set(foreign, may(allow("sqs:*", "*")), bucket("b", policyOf(allow("s3:GetObject", "arn:aws:s3:::b/*", app)))), nil, checks.FAIL, "s3:GetObject by the policy of the bucket b statement 1"},
		{"the bucket policy gives it to an organization, and the account is in none", set(foreign, alone, may(allow("sqs:*", "*")), bucket("b", policyOf(allow("s3:GetObject", "arn:aws:s3:::b/*", everybody, `,"Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-other"}}`)))), nil, checks.PASS, "can read no bucket"},
		{"the bucket policy gives it to another organization", set(foreign, may(allow("sqs:*", "*")), bucket("b", policyOf(allow("s3:GetObject", "arn:aws:s3:::b/*", everybody, `,"Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-other"}}`)))), nil, checks.PASS, "can read no bucket"},
		{"the bucket policy gives it to the account's organization", set(foreign, may(allow("sqs:*", "*")), bucket("b", policyOf(allow("s3:GetObject", "arn:aws:s3:::b/*", everybody, `,"Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-acme"}}`)))), nil, checks.FAIL, "the policy of the bucket b statement 1"},
		{"the bucket policy refuses everybody", set(foreign, may(get), bucket("b", policyOf(deny("s3:*", "*", everybody)))), nil, checks.PASS, ""},
		{"a Deny of principals outside the organization does not bite", set(foreign, may(get), bucket("b", policyOf(deny("s3:*", "*", everybody, `,"Condition":{"StringNotEquals":{"aws:PrincipalOrgID":"o-acme"}}`)))), nil, checks.FAIL, "objects of b"},
		{"nor one of other accounts", set(foreign, may(get), bucket("b", policyOf(deny("s3:*", "*", everybody, `,"Condition":{"StringNotEquals":{"aws:PrincipalAccount":"111122223333"}}`)))), nil, checks.FAIL, "objects of b"},
		{"but one of all roles but another does", set(foreign, may(get), bucket("b", policyOf(deny("s3:*", "*", everybody, `,"Condition":{"ArnNotLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/reader"}}`)))), nil, checks.PASS, ""},
		{"a bucket policy that was not read could be the one Deny", set(foreign, may(get), bucket("b", policyDenied)), nil, checks.UNKNOWN, "s3:GetBucketPolicy"},
		{"or the one Allow", set(foreign, may(allow("sqs:*", "*")), bucket("b", policyDenied)), nil, checks.UNKNOWN, "s3:GetBucketPolicy"},
		{"and does not matter beside another bucket", set(foreign, may(get), bucket("a", policyDenied), bucket("b")), nil, checks.FAIL, "objects of b ("},
		{"Block Public Access does not bear on roles", set(foreign, may(get), bucket("b", func(b *snapshot.Bucket) {
			b.PublicAccess = snapshot.Value(snapshot.PublicAccessBlock{BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true})
		})), nil, checks.FAIL, "objects of b"},
		{"a public bucket takes no role", set(foreign, may(get), unblocked, bucket("b", unblockedBucket, policyOf(allow("s3:GetObject", "arn:aws:s3:::b/*", everybody)))), nil, checks.PASS, "what everybody can read, it can as well: b"},
		{"a public policy that Block Public Access keeps to the account", set(foreign, may(allow("sqs:*", "*")), unblocked, bucket("b", policyOf(allow("s3:GetObject", "arn:aws:s3:::b/*", everybody)), func(b *snapshot.Bucket) {
			b.PublicAccess = snapshot.Value(snapshot.PublicAccessBlock{RestrictPublicBuckets: true})
		})), nil, checks.FAIL, "read the objects of b (s3:GetObject by the policy of the bucket b statement 1)"},
		{"whether it is public was not read", set(foreign, may(get), bucket("b", unblockedBucket, policyOf(allow("s3:GetObject", "arn:aws:s3:::b/*", everybody))), func(a *snapshot.Account) {
			a.S3.PublicAccess = snapshot.Missing[snapshot.PublicAccessBlock](checktest.Unread("s3control:GetPublicAccessBlock", snapshot.Denied))
		}), nil, checks.UNKNOWN, "s3control:GetPublicAccessBlock"},
		{"under a key that it cannot use", set(foreign, may(get), bucket("b", under("k")), key("k", hands)), nil, checks.PASS, "what it may read of b is under a key that it may not use"},
		{"under a key whose policy names others", set(foreign, may(get, allow("kms:Decrypt", "*")), bucket("b", under("k")), key("k", others)), nil, checks.PASS, "under a key that it may not use"},
		{"under a key that it can use", set(foreign, may(get, allow("kms:Decrypt", "*")), bucket("b", under("k")), key("k", hands)), nil, checks.FAIL, "objects of b"},
		{"under a key that all of the account may use through S3", set(foreign, may(get), bucket("b", under("k")), key("k", through)), nil, checks.FAIL, "it may read the objects of b (s3:GetObject by inline policy p1 statement 1)"},
		{"which alone reads nothing", set(foreign, may(allow("sqs:*", "*")), bucket("b", under("k")), key("k", through)), nil, checks.PASS, ""},
		{"under a key whose policy was not read", set(foreign, may(get, allow("kms:Decrypt", "*")), bucket("b", under("k")), key("k", unreadKey)), nil, checks.UNKNOWN, "kms:GetKeyPolicy"},
		{"under an AWS managed key", set(foreign, may(get), bucket("b", under("alias/aws/s3"))), nil, checks.FAIL, "objects of b"},
		{"under another account's key, without a right to it", set(foreign, may(get), bucket("b", under("arn:aws:kms:eu-west-1:999988887777:key/k"))), nil, checks.PASS, "under a key that it may not use"},
		{"under another account's key, with a right to it", set(foreign, may(get, allow("kms:Decrypt", "*")), bucket("b", under("arn:aws:kms:eu-west-1:999988887777:key/k"))), nil, checks.UNKNOWN, "another account's key"},
		{"which key was not read", set(foreign, may(get), bucket("b", encryptionDenied)), nil, checks.UNKNOWN, "s3:GetBucketEncryption"},
		{"the key alone", set(foreign, may(allow("kms:Decrypt", "*")), bucket("b", under("k")), key("k", hands)), nil, checks.FAIL, "decrypt with the keys of data " + snapshot.KeyARN(checktest.At, "k")},

		{"sharing a snapshot is as good as reading it", set(foreign, may(allow("ec2:ModifySnapshotAttribute", "*")), volumeSnapshot("")), nil, checks.FAIL, "use ec2:ModifySnapshotAttribute on the snapshots snap-1"},
		{"what AWS's key encrypts cannot be shared", set(foreign, may(allow("ec2:ModifySnapshotAttribute", "*")), volumeSnapshot("alias/aws/ebs")), nil, checks.PASS, ""},
		{"reading blocks", set(foreign, may(allow("ebs:GetSnapshotBlock", "*")), volumeSnapshot("")), nil, checks.FAIL, "ebs:GetSnapshotBlock"},
		{"reading blocks under a key that it cannot use", set(foreign, may(allow("ebs:GetSnapshotBlock", "*")), volumeSnapshot("k"), key("k", hands)), nil, checks.PASS, ""},
		{"a snapshot that is not there", set(foreign, may(allow("ec2:ModifySnapshotAttribute ebs:GetSnapshotBlock", "*"))), nil, checks.PASS, ""},
		{"making a snapshot of a volume", set(foreign, may(allow("ec2:CreateSnapshot", "*")), func(a *snapshot.Account) {
			a.EC2.Volumes = []snapshot.Volume{{Meta: checktest.Meta("vol-1", "arn:aws:ec2:eu-west-1:111122223333:volume/vol-1"), ID: "vol-1"}}
		}), nil, checks.FAIL, "use ec2:CreateSnapshot on the volumes vol-1"},
		{"on the volume, but not on the snapshot that it would be", set(foreign, may(allow("ec2:CreateSnapshot", "arn:aws:ec2:*:*:volume/*")), func(a *snapshot.Account) {
			a.EC2.Volumes = []snapshot.Volume{{Meta: checktest.Meta("vol-1", "arn:aws:ec2:eu-west-1:111122223333:volume/vol-1"), ID: "vol-1"}}
		}), nil, checks.PASS, ""},
		{"sharing a DB snapshot", set(foreign, may(allow("rds:ModifyDBSnapshotAttribute", "*")), databaseSnapshot("", false)), nil, checks.FAIL, "use rds:ModifyDBSnapshotAttribute on DB snapshots orders-1"},
		{"an action on instances says nothing of clusters", set(foreign, may(allow("rds:ModifyDBSnapshotAttribute", "*")), databaseSnapshot("", true)), nil, checks.PASS, ""},
		{"exporting", set(foreign, may(allow("rds:StartExportTask", "*")), databaseSnapshot("", true)), nil, checks.FAIL, "rds:StartExportTask on DB cluster snapshots"},
		{"signing in", set(foreign, may(allow("rds-db:connect", "arn:aws:rds-db:*:*:dbuser:db-1/app")), database()), nil, checks.FAIL, "use rds-db:connect on the databases orders"},
		{"another database's users", set(foreign, may(allow("rds-db:connect", "arn:aws:rds-db:*:*:dbuser:db-2/*")), database()), nil, checks.PASS, ""},
		{"a database that takes no IAM authentication", set(foreign, may(allow("rds-db:connect", "*")), database(func(d *snapshot.Database) { d.IAMAuthentication = false })), nil, checks.PASS, ""},

		{"over another role", set(foreign, may(allow("sts:AssumeRole", "*")), second(get), bucket("b")), nil, checks.FAIL, "may assume the role: assumes role/data (the trust policy statement 1), which may read the objects of b"},
		{"another role that reads nothing", set(foreign, may(allow("sts:AssumeRole", "*")), second(allow("sqs:*", "*")), bucket("b")), nil, checks.PASS, ""},
		{"a trust policy unread", set(foreign, may(allow("sqs:*", "*")), second(get), bucket("b"), func(a *snapshot.Account) {
			a.IAM.Roles[1].Trust = snapshot.Missing[string](checktest.Unread(detailsOp, snapshot.Malformed))
		}), nil, checks.UNKNOWN, "the trust policy of"},
		{"a policy that is not in the list", set(foreign, attached(own+"policy/gone"), bucket("b")), nil, checks.UNKNOWN, "policy/gone"},
		{"a boundary cuts it", set(foreign, may(get), bounded(allow("sqs:*", "*")), bucket("b")), nil, checks.PASS, ""},
		{"an SCP cuts it", set(scps(deny("s3:*", "*")), trust(assume(principal(partner), "")), may(get), bucket("b")), nil, checks.PASS, ""},
		{"SCPs unread lift nothing", set(pathDenied, trust(assume(principal(partner), "")), may(get), bucket("b")), nil, checks.FAIL, "not read, and might lift it"},
		{"an RCP keeps them from assuming it", set(rcps(rcp("")), trust(assume(principal(partner), "")), may(get), bucket("b")), nil, checks.PASS, "a resource control policy keeps " + partner},
		{"an RCP that spares them", set(rcps(rcp(`,"aws:PrincipalAccount":"`+partner+`"`)), trust(assume(principal(partner), "")), may(get), bucket("b")), nil, checks.FAIL, "objects of b"},
		{"an RCP of other services", set(rcps(strings.Replace(rcp(""), "sts:AssumeRole", "s3:*", 1)), trust(assume(principal(partner), "")), may(get), bucket("b")), nil, checks.FAIL, "objects of b"},

		{"trusted accounts", set(foreign, may(get), bucket("b")), map[string]any{"trusted_accounts": []string{partner}}, checks.NotApplicable, "nobody outside"},
		{"a member of the organization", set(scps(), trust(assume(principal(member), "")), may(get), bucket("b")), nil, checks.NotApplicable, "nobody outside"},
		{"anybody of a shared issuer", set(scps(), providers(github), trust(federated(github, `"StringEquals":{"`+github+`:aud":"sts.amazonaws.com"}`)), may(get), bucket("b")), nil, checks.FAIL, "anybody of " + github},
		{"organization unread, and data", set(membersDenied, trust(assume(principal(member), "")), may(get), bucket("b")), nil, checks.FAIL, "counts as outside"},
		{"organization unread, and none", set(membersDenied, trust(assume(principal(member), "")), may(allow("sqs:*", "*")), bucket("b")), nil, checks.UNKNOWN, accounts},
		{"buckets were not read", set(foreign, may(allow("sqs:*", "*")), func(a *snapshot.Account) {
			checktest.Fail(a, "s3:ListBuckets", snapshot.Global, snapshot.Denied)
		}), nil, checks.UNKNOWN, "s3:ListBuckets"},
		{"snapshots of a Region were not read", set(foreign, may(get), func(a *snapshot.Account) {
			checktest.Fail(a, "ec2:DescribeSnapshots", checktest.Elsewhere, snapshot.Denied)
		}), nil, checks.UNKNOWN, "ec2:DescribeSnapshots"},
	} {
		f := ofApp(t, &ExternalPrincipalNoDataAccess, tt.change, tt.parameters)
		if f.Status != tt.want || !strings.Contains(f.Reason, tt.reason) {
			t.Errorf("%s: %s %q\nwant %s with %q", tt.name, f.Status, f.Reason, tt.want, tt.reason)
		}
		if len(f.Evidence) == 0 && f.Status != checks.NotApplicable {
			t.Errorf("%s rests on no call", tt.name)
		}
	}
	run(t, &ExternalPrincipalNoDataAccess, mistrusted(), []checktest.Case{
		serviceLinked(principal(partner)),
		{Name: "alone, FAIL", Set: set(alone, trust(assume(principal(partner), "")), may(get), bucket("b")), Want: checks.FAIL, Reason: "objects of b"},
		{Name: "alone, PASS", Set: set(alone, trust(assume(principal(partner), ""))), Want: checks.PASS, Reason: "can read no bucket"},
	})
}
