package access

import (
	"testing"
	"time"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

// loginDatabase is a database with IAM authentication, or without.
func loginDatabase(iam bool) func(*snapshot.Account) {
	return checktest.Instance(snapshot.Database{ResourceID: "db-ORDERS", IAMAuthentication: iam})
}

func TestConnectNotWildcard(t *testing.T) {
	const prefix = `"arn:aws:rds-db:eu-west-1:111122223333:dbuser:`
	allow := func(resource string) string {
		return `{"Effect":"Allow","Action":"rds-db:connect","Resource":` + resource + `}`
	}
	role := func(boundary string, list ...string) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			loginDatabase(true)(a)
			r := snapshot.Role{Meta: globally("r", own+"role/r"), Path: "/"}
			r.Inline = []snapshot.InlinePolicy{{Meta: globally("p", "p"), Document: statements(list...)}}
			r.Inline[0].Name = "p"
			if boundary != "" {
				r.BoundaryARN = own + "policy/b"
				a.IAM.Policies = []snapshot.ManagedPolicy{{Meta: globally("b", r.BoundaryARN), Document: statements(boundary)}}
			}
			a.IAM.Roles = []snapshot.Role{r}
		}
	}
	plain := func(list ...string) func(*snapshot.Account) { return role("", list...) }
	unread := func(a *snapshot.Account) {
		plain()(a)
		a.IAM.Roles[0].Inline[0].Document = snapshot.Missing[string](checktest.Unread("iam:GetAccountAuthorizationDetails", snapshot.Malformed))
	}
	lostBoundary := func(a *snapshot.Account) {
		role("x", allow(`"*"`))(a)
		a.IAM.Policies[0].Document = snapshot.Missing[string](checktest.Unread("iam:GetAccountAuthorizationDetails", snapshot.Malformed))
	}
	serviceLinked := func(a *snapshot.Account) {
		plain(allow(`"*"`))(a)
		a.IAM.Roles[0].Path = "/aws-service-role/x.amazonaws.com/"
	}
	without := func(a *snapshot.Account) {
		plain(allow(`"*"`))(a)
		a.RDS.Instances[0].IAMAuthentication = false
	}
	group := func(a *snapshot.Account) {
		loginDatabase(true)(a)
		a.IAM.Groups = []snapshot.Group{{Meta: globally("g", own+"group/g"), Grants: snapshot.Grants{Inline: []snapshot.InlinePolicy{{Meta: globally("p", "p"), Document: statements(allow(`"*"`))}}}}}
	}
	trusted := map[string]any{"trusted_principals": []string{own + "role/r"}}
	checktest.Run(t, &ConnectNotWildcard, []checktest.Case{
		{Name: "one user of one database", Set: plain(allow(prefix + `db-ORDERS/app"`)), Want: checks.PASS, Reason: "no wildcard"},
		{Name: "any user of one database", Set: plain(allow(prefix + `db-ORDERS/*"`)), Want: checks.FAIL, Reason: "dbuser:db-ORDERS/*"},
		{Name: "one user of any database", Set: plain(allow(prefix + `*/app"`)), Want: checks.FAIL, Reason: "dbuser:*/app"},
		{Name: "of every instance by the beginning of its id", Set: plain(allow(prefix + `db-*/app"`)), Want: checks.FAIL, Reason: "db-*/app"},
		{Name: "behind a proxy", Set: plain(allow(prefix + `prx-0a1b/app"`)), Want: checks.PASS, Reason: "no wildcard"},
		{Name: "users that begin alike are named", Set: plain(allow(prefix + `db-ORDERS/app_*"`)), Want: checks.PASS, Reason: "no wildcard"},
		{Name: "everything", Set: plain(allow(`"*"`)), Want: checks.FAIL, Reason: "is allowed on *"},
		{Name: "cut short", Set: plain(allow(`"arn:aws:rds-db:eu-west-1:111122223333:*"`)), Want: checks.FAIL, Reason: "rds-db:eu-west-1"},
		{Name: "another service cut short", Set: plain(`{"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::*"}`), Want: checks.PASS, Reason: "no wildcard"},
		{Name: "an administrator grants it", Set: plain(`{"Effect":"Allow","Action":"*","Resource":"*"}`), Want: checks.FAIL, Reason: "is allowed on *"},
		{Name: "rds:* does not", Set: plain(`{"Effect":"Allow","Action":"rds:*","Resource":"*"}`), Want: checks.PASS, Reason: "no wildcard"},
		{Name: "NotAction grants it", Set: plain(`{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}`), Want: checks.FAIL, Reason: "is allowed on *"},
		{Name: "NotResource leaves the database in", Set: plain(`{"Effect":"Allow","Action":"rds-db:connect","NotResource":"arn:aws:rds-db:us-east-1:*:*"}`), Want: checks.FAIL, Reason: "db-ORDERS/*"},
		{Name: "NotResource leaves the database out", Set: plain(`{"Effect":"Allow","Action":"rds-db:connect","NotResource":"arn:aws:rds-db:eu-west-1:*:*"}`), Want: checks.PASS, Reason: "no wildcard"},
		{Name: "a Deny takes it away", Set: plain(allow(`"*"`), `{"Effect":"Deny","Action":"rds-db:*","Resource":"*"}`), Want: checks.PASS, Reason: "no wildcard"},
		{Name: "a Deny with a condition does not", Set: plain(allow(`"*"`), `{"Effect":"Deny","Action":"rds-db:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}`), Want: checks.FAIL, Reason: "is allowed on *"},
		{Name: "on a condition it is allowed", Set: plain(`{"Effect":"Allow","Action":"rds-db:connect","Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}}`), Want: checks.FAIL, Reason: "on a condition"},
		{Name: "the boundary does not allow it", Set: role(`{"Effect":"Allow","Action":"s3:*","Resource":"*"}`, allow(`"*"`)), Want: checks.PASS, Reason: "no wildcard"},
		{Name: "the boundary allows it", Set: role(`{"Effect":"Allow","Action":"*","Resource":"*"}`, allow(`"*"`)), Want: checks.FAIL, Reason: "is allowed on *"},
		{Name: "the boundary was not read", Set: lostBoundary, Want: checks.UNKNOWN, Reason: "malformed"},
		{Name: "a policy was not read", Set: unread, Want: checks.UNKNOWN, Reason: "malformed"},
		{Name: "a group", Set: group, Want: checks.FAIL, Reason: "is allowed on *"},
		{Name: "trusted", Set: plain(allow(`"*"`)), Parameters: trusted, Want: checks.PASS, Reason: "trusted_principals"},
		{Name: "service-linked", Set: serviceLinked, Want: checks.NotApplicable, Reason: "service-linked"},
		{Name: "no database takes IAM authentication", Set: without, Want: checks.NotApplicable, Reason: "no database"},
		{Name: "none is known, and the instances were denied", Set: checktest.All(without, checktest.Denied("rds:DescribeDBInstances")), Want: checks.UNKNOWN, Reason: "denied"},
	})
	// Once for each principal, not for each database.
	a := checktest.Account(&ConnectNotWildcard, checktest.All(plain(allow(`"*"`)), loginDatabase(true), loginDatabase(true)))
	if f := checktest.Findings(&ConnectNotWildcard, a, nil); len(f) != 1 {
		t.Errorf("%d findings", len(f))
	}
}

func TestConnectOutsideOfThePartitionAWS(t *testing.T) {
	cn := snapshot.Location{Partition: "aws-cn", Account: "111122223333", Region: "global"}
	for resource, want := range map[string]bool{"arn:aws-cn:rds-db:cn-north-1:111122223333:dbuser:*/app": true, "arn:aws-cn:rds-db:*": true, "arn:aws:rds-db:*": false, "arn:aws-cn:rds-db:cn-north-1:111122223333:dbuser:db-1/app": false} {
		if got := wildConnect(resource, cn.Partition); got != want {
			t.Errorf("%s: %v, want %v", resource, got, want)
		}
	}
}

func TestDatabaseRolesLeastPrivilege(t *testing.T) {
	const role = "arn:aws:iam::111122223333:role/export"
	bound := `{"Effect":"Allow","Principal":{"Service":"rds.amazonaws.com"},"Action":"sts:AssumeRole","Condition":{"StringEquals":{"aws:SourceAccount":"111122223333"}}}`
	loose := `{"Effect":"Allow","Principal":{"Service":"rds.amazonaws.com"},"Action":"sts:AssumeRole"}`
	foreign := `{"Effect":"Allow","Principal":{"Service":"rds.amazonaws.com"},"Action":"sts:AssumeRole","Condition":{"StringEquals":{"aws:SourceAccount":"999988887777"}}}`
	other := `{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}`
	narrow := `{"Effect":"Allow","Action":["s3:GetObject","s3:PutObject"],"Resource":"arn:aws:s3:::exports/*"}`
	can := func(trust, statement string) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			r := snapshot.Role{Meta: globally("export", role), Path: "/", Trust: statements(trust)}
			r.Inline = []snapshot.InlinePolicy{{Meta: globally("p", "p"), Document: statements(statement)}}
			a.IAM.Roles = append(a.IAM.Roles, r)
		}
	}
	with := func(arn, status string) func(*snapshot.Account) {
		return checktest.Instance(snapshot.Database{Engine: "postgres", Roles: []snapshot.DBRole{{ARN: arn, Feature: "s3Export", Status: status}}})
	}
	bounded := func(a *snapshot.Account) {
		with(role, "ACTIVE")(a)
		can(bound, `{"Effect":"Allow","Action":"s3:*","Resource":"*"}`)(a)
		a.IAM.Roles[0].BoundaryARN = own + "policy/b"
		a.IAM.Policies = []snapshot.ManagedPolicy{{Meta: globally("b", own+"policy/b"), Document: statements(`{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::exports*"}`)}}
	}
	unread := func(a *snapshot.Account) {
		with(role, "ACTIVE")(a)
		can(bound, narrow)(a)
		a.IAM.Roles[0].Trust = snapshot.Missing[string](checktest.Unread("iam:GetAccountAuthorizationDetails", snapshot.Malformed))
	}
	option := func(status string) func(*snapshot.Account) {
		return checktest.All(checktest.Instance(snapshot.Database{Engine: "sqlserver-se", OptionGroups: []snapshot.DBMembership{{ID: "o", Status: status}}}), func(a *snapshot.Account) {
			a.RDS.OptionGroups = []snapshot.DBOptionGroup{{Meta: checktest.Meta("o", "arn:o"), ID: "o", Options: []snapshot.DBOption{{Name: "SQLSERVER_BACKUP_RESTORE", Settings: map[string]string{"IAM_ROLE_ARN": role}}}}}
		})
	}
	checktest.Run(t, &DatabaseRolesLeastPrivilege, []checktest.Case{
		{Name: "one bucket, and bound to the account", Set: checktest.All(with(role, "ACTIVE"), can(bound, narrow)), Want: checks.PASS, Reason: "named resources alone"},
		{Name: "every bucket is a way out", Set: checktest.All(with(role, "ACTIVE"), can(bound, `{"Effect":"Allow","Action":"s3:*","Resource":"*"}`)), Want: checks.FAIL, Reason: "s3:GetObject, s3:PutObject"},
		{Name: "all of a service by its ARN", Set: checktest.All(with(role, "ACTIVE"), can(bound, `{"Effect":"Allow","Action":"s3:PutObject","Resource":"arn:aws:s3:::*"}`)), Want: checks.FAIL, Reason: "s3:PutObject"},
		{Name: "every function", Set: checktest.All(with(role, "ACTIVE"), can(bound, `{"Effect":"Allow","Action":"lambda:InvokeFunction","Resource":"*"}`)), Want: checks.FAIL, Reason: "lambda:InvokeFunction"},
		{Name: "every key", Set: checktest.All(with(role, "ACTIVE"), can(bound, `{"Effect":"Allow","Action":"kms:Decrypt","Resource":"*"}`)), Want: checks.FAIL, Reason: "kms:Decrypt"},
		{Name: "listing buckets needs the star", Set: checktest.All(with(role, "ACTIVE"), can(bound, `{"Effect":"Allow","Action":"s3:ListAllMyBuckets","Resource":"*"}`)), Want: checks.PASS, Reason: "named resources"},
		{Name: "the boundary takes it away", Set: bounded, Want: checks.PASS, Reason: "named resources"},
		{Name: "trusts RDS for anybody", Set: checktest.All(with(role, "ACTIVE"), can(loose, narrow)), Want: checks.FAIL, Reason: "without aws:SourceAccount"},
		{Name: "trusts RDS for another account", Set: checktest.All(with(role, "ACTIVE"), can(foreign, narrow)), Want: checks.FAIL, Reason: "without aws:SourceAccount"},
		{Name: "another service's trust is another check's", Set: checktest.All(with(role, "ACTIVE"), can(other, narrow)), Want: checks.PASS, Reason: "named resources"},
		{Name: "INVALID roles are reported", Set: with(role, "INVALID"), Want: checks.PASS, Reason: "is INVALID and not in use"},
		{Name: "SQL Server names its role in an option", Set: checktest.All(option("in-sync"), can(bound, `{"Effect":"Allow","Action":"s3:*","Resource":"*"}`)), Want: checks.FAIL, Reason: "SQLSERVER_BACKUP_RESTORE"},
		{Name: "SQL Server's options are not in force", Set: option("applying"), Want: checks.UNKNOWN, Reason: "applying"},
		{Name: "another account's role", Set: with("arn:aws:iam::999988887777:role/x", "ACTIVE"), Want: checks.UNKNOWN, Reason: "cannot be read"},
		{Name: "a role that is no more", Set: with(role, "ACTIVE"), Want: checks.UNKNOWN, Reason: "not among"},
		{Name: "the trust was not read", Set: unread, Want: checks.UNKNOWN, Reason: "malformed"},
		{Name: "no role", Set: checktest.Instance(snapshot.Database{Engine: "mysql"}), Want: checks.NotApplicable, Reason: "no role"},
		{Name: "a cluster", Set: checktest.All(checktest.Cluster(snapshot.Database{Engine: "aurora-mysql", Roles: []snapshot.DBRole{{ARN: role, Status: "ACTIVE"}}}), can(loose, narrow)), Want: checks.FAIL, Reason: "trusts"},
		{Name: "neptune", Set: checktest.Cluster(snapshot.Database{Engine: "neptune", Roles: []snapshot.DBRole{{ARN: role, Status: "ACTIVE"}}}), Want: checks.NotApplicable, Reason: "Neptune"},
	})
}

func TestDBSnapshotSharedWithTrusted(t *testing.T) {
	key := checktest.KeyARN("k")
	shared := func(accounts ...string) func(*snapshot.Account) {
		return checktest.DBSnapshot(snapshot.DBSnapshot{Type: "manual", Encrypted: true, KMSKeyID: key, SharedWith: snapshot.Value(accounts)})
	}
	members := func(ids ...string) func(*snapshot.Account) {
		return func(a *snapshot.Account) { a.Org.Accounts = snapshot.Value(ids) }
	}
	member := func(a *snapshot.Account) {
		a.Org.Accounts = snapshot.Missing[[]string](checktest.Unread("organizations:ListAccounts", snapshot.Denied))
	}
	policy := func(statement string, grants ...snapshot.KeyGrant) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			a.KMS.Answered = append(a.KMS.Answered, snapshot.KeyAnswer{Meta: checktest.Meta("k", key), Policy: statements(statement), Grants: snapshot.Value(grants)})
		}
	}
	closed := `{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"kms:*","Resource":"*"}`
	open := `{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::999988887777:root"},"Action":["kms:Decrypt","kms:CreateGrant"],"Resource":"*"}`
	grant := snapshot.KeyGrant{Grantee: "arn:aws:iam::999988887777:role/restore", Operations: []string{"Decrypt"}}
	alone := map[string]any{"trust_organization": false}
	trusted := map[string]any{"trusted_accounts": []string{"999988887777"}}
	checktest.Run(t, &DBSnapshotSharedWithTrusted, []checktest.Case{
		{Name: "an empty list means private", Set: checktest.All(shared(), members()), Want: checks.PASS, Reason: "nobody"},
		{Name: "declared", Set: shared("999988887777"), Parameters: trusted, Want: checks.PASS, Reason: "declared"},
		{Name: "of the organization", Set: checktest.All(shared("222233334444"), members("111122223333", "222233334444")), Want: checks.PASS, Reason: "organization"},
		{Name: "of the organization, which is not trusted", Set: checktest.All(shared("222233334444"), members("222233334444")), Parameters: alone, Want: checks.FAIL, Reason: "222233334444"},
		{Name: "a stranger", Set: checktest.All(shared("999988887777"), members("111122223333")), Want: checks.FAIL, Reason: "cannot be called back"},
		{Name: "a stranger that may use the key", Set: checktest.All(shared("999988887777"), members(), policy(open)), Want: checks.FAIL, Reason: "admits 999988887777"},
		{Name: "a stranger with a grant", Set: checktest.All(shared("999988887777"), members(), policy(closed, grant)), Want: checks.FAIL, Reason: "admits 999988887777"},
		{Name: "shared but not usable is still a fail", Set: checktest.All(shared("999988887777"), members(), policy(closed)), Want: checks.FAIL, Reason: "shared but not usable"},
		{Name: "the key was not read", Set: checktest.All(shared("999988887777"), members()), Want: checks.FAIL, Reason: "was not read"},
		{Name: "everybody", Set: checktest.All(shared("all"), member), Want: checks.FAIL, Reason: "all"},
		{Name: "the organization may not be read from here", Set: checktest.All(shared("222233334444"), member), Want: checks.UNKNOWN, Reason: "whether 222233334444 belong"},
		{Name: "sharing denied", Set: checktest.DBSnapshot(snapshot.DBSnapshot{Type: "manual", SharedWith: snapshot.Missing[[]string](checktest.Unread("rds:DescribeDBSnapshotAttributes", snapshot.Denied))}), Want: checks.UNKNOWN, Reason: "denied"},
		{Name: "automated", Set: checktest.DBSnapshot(snapshot.DBSnapshot{Type: "automated"}), Want: checks.NotApplicable, Reason: "automated"},
		{Name: "of AWS Backup", Set: checktest.DBSnapshot(snapshot.DBSnapshot{Type: "awsbackup"}), Want: checks.NotApplicable, Reason: "awsbackup"},
	})
}

func TestExportDestinationOwned(t *testing.T) {
	task := func(change func(*snapshot.DBExportTask)) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			e := snapshot.DBExportTask{Meta: checktest.Meta("e", ""), ID: "e", Source: "arn:snap", Bucket: "exports", KMSKeyID: "k", Status: "COMPLETE", Ended: checktest.AsOf.AddDate(0, 0, -10)}
			if change != nil {
				change(&e)
			}
			a.RDS.ExportTasks = []snapshot.DBExportTask{e}
		}
	}
	bucket := func(a *snapshot.Account) {
		a.S3.Buckets = []snapshot.Bucket{{Meta: checktest.Meta("exports", "arn:aws:s3:::exports")}}
		a.S3.Buckets[0].Region = snapshot.Global
	}
	elsewhere := func(a *snapshot.Account) {
		a.S3.Own = map[string]snapshot.Read[string]{"exports": snapshot.Value("us-east-1")}
	}
	denied := func(a *snapshot.Account) { checktest.Fail(a, "s3:ListBuckets", snapshot.Global, snapshot.Denied) }
	checktest.Run(t, &ExportDestinationOwned, []checktest.Case{
		{Name: "the account's bucket", Set: checktest.All(task(nil), bucket), Want: checks.PASS, Reason: "a bucket of the account"},
		{Name: "the account's bucket in a Region that was not scanned", Set: checktest.All(task(nil), elsewhere), Want: checks.PASS, Reason: "a bucket of the account"},
		{Name: "an export of a cluster needs no snapshot", Set: checktest.All(task(func(e *snapshot.DBExportTask) { e.SourceType, e.Source = "CLUSTER", "arn:cluster" }), bucket), Want: checks.PASS, Reason: "arn:cluster"},
		{Name: "starting has no end", Set: checktest.All(task(func(e *snapshot.DBExportTask) { e.Status, e.Ended = "STARTING", time.Time{} }), bucket), Want: checks.PASS, Reason: "a bucket of the account"},
		{Name: "foreign or deleted", Set: task(nil), Want: checks.FAIL, Reason: "which of the two cannot be told"},
		{Name: "trusted", Set: task(nil), Parameters: map[string]any{"trusted_buckets": []string{"exports"}}, Want: checks.PASS, Reason: "trusted bucket"},
		{Name: "under a foreign key", Set: checktest.All(task(func(e *snapshot.DBExportTask) { e.KMSKeyID = "arn:aws:kms:eu-west-1:999988887777:key/x" }), bucket), Want: checks.FAIL, Reason: "account 999988887777"},
		{Name: "long ago", Set: task(func(e *snapshot.DBExportTask) { e.Ended = checktest.AsOf.AddDate(0, 0, -91) }), Want: checks.NotApplicable, Reason: "longer ago"},
		{Name: "failed", Set: task(func(e *snapshot.DBExportTask) { e.Status = "FAILED" }), Want: checks.NotApplicable, Reason: "FAILED"},
		{Name: "buckets denied", Set: checktest.All(task(nil), denied), Want: checks.UNKNOWN, Reason: "denied"},
	})
}

func TestDataAPIDeclared(t *testing.T) {
	cluster := func(on bool, tags map[string]string) func(*snapshot.Account) {
		return checktest.Cluster(snapshot.Database{Engine: "aurora-mysql"}, func(c *snapshot.DBCluster) { c.HTTPEndpoint, c.Tags = on, tags })
	}
	checktest.Run(t, &DataAPIDeclared, []checktest.Case{
		{Name: "off, or absent", Set: cluster(false, nil), Want: checks.PASS, Reason: "off"},
		{Name: "on", Set: cluster(true, map[string]string{"owner": "x"}), Want: checks.FAIL, Reason: "no tag data-api"},
		{Name: "declared", Set: cluster(true, map[string]string{"data-api": ""}), Want: checks.PASS, Reason: "declares it"},
		{Name: "by another tag", Set: cluster(true, map[string]string{"http": "yes"}), Parameters: map[string]any{"data_api_tag": "http"}, Want: checks.PASS, Reason: "http"},
		{Name: "docdb", Set: checktest.Cluster(snapshot.Database{Engine: "docdb"}), Want: checks.NotApplicable, Reason: "DocumentDB"},
		{Name: "denied", Set: checktest.Denied("rds:DescribeDBClusters"), Want: checks.UNKNOWN, Reason: "denied"},
	})
}

func TestPostgresPasswordsSCRAM(t *testing.T) {
	db := func(version string, all map[string]snapshot.DBParameter) func(*snapshot.Account) {
		return checktest.All(checktest.Instance(snapshot.Database{Engine: "postgres", Version: version, ParameterGroup: "g", ParameterStatus: "in-sync"}), checktest.Parameters("g", false, all))
	}
	both := func(stores, takes snapshot.DBParameter) map[string]snapshot.DBParameter {
		return map[string]snapshot.DBParameter{"password_encryption": stores, "rds.accepted_password_auth_method": takes}
	}
	set, unset := checktest.Set, checktest.Unset
	checktest.Run(t, &PostgresPasswordsSCRAM, []checktest.Case{
		{Name: "both set", Set: db("13.9", both(set("scram-sha-256"), set("scram"))), Want: checks.PASS, Reason: "how the stored ones are kept is not told"},
		{Name: "version 14 stores SCRAM by default", Set: db("14.9", both(unset, set("scram"))), Want: checks.PASS, Reason: "SCRAM"},
		{Name: "version 13 stores MD5 by default", Set: db("13.9", both(unset, set("scram"))), Want: checks.FAIL, Reason: "the default is md5"},
		{Name: "every version takes MD5 by default", Set: db("17.2", both(unset, unset)), Want: checks.FAIL, Reason: "the default is md5+scram"},
		{Name: "set to MD5", Set: db("16.4", both(set("md5"), set("scram"))), Want: checks.FAIL, Reason: `password_encryption is "md5"`},
		{Name: "an old minor version lacks the parameter", Set: db("11.4", map[string]snapshot.DBParameter{"password_encryption": set("scram-sha-256")}), Want: checks.FAIL, Reason: "old minor version"},
		{Name: "a group that lists nothing", Set: db("16.4", map[string]snapshot.DBParameter{}), Want: checks.UNKNOWN, Reason: "does not list password_encryption"},
		{Name: "no version", Set: db("", nil), Want: checks.UNKNOWN, Reason: "no numbers"},
		{Name: "denied", Set: checktest.All(checktest.Instance(snapshot.Database{Engine: "postgres", Version: "16.4", ParameterGroup: "g"}), checktest.NoParameters("g", false, checktest.Unread("rds:DescribeDBParameters", snapshot.Denied))), Want: checks.UNKNOWN, Reason: "denied"},
		{Name: "mysql", Set: checktest.Instance(snapshot.Database{Engine: "mysql"}), Want: checks.NotApplicable, Reason: "not PostgreSQL"},
		{Name: "member", Set: checktest.Instance(snapshot.Database{Engine: "aurora-postgresql", Cluster: "c"}), Want: checks.NotApplicable, Reason: "judged at the cluster"},
	})
}
