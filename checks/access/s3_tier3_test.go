package access

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

// s3InOrganization puts the account into an organization.
func s3InOrganization(id string) func(*snapshot.Account) {
	return func(a *snapshot.Account) { a.Org.Organization = snapshot.Value(snapshot.Organization{ID: id}) }
}

func s3OrganizationDenied(a *snapshot.Account) {
	a.Org.Organization = snapshot.Missing[snapshot.Organization](checktest.Unread("organizations:DescribeOrganization", snapshot.Denied))
}

func s3NoOrganization(a *snapshot.Account) {
	a.Org.Organization = snapshot.Missing[snapshot.Organization](snapshot.ErrAbsent)
}

func TestBucketPolicyServiceGrantsScoped(t *testing.T) {
	service := func(name, action, condition string) string {
		return s3Allow(`{"Service":"`+name+`"}`, action, condition)
	}
	config := func(condition string) func(*snapshot.Account) {
		return s3And(s3Bucket(s3Statements(service("config.amazonaws.com", `"s3:PutObject"`, condition))), s3InOrganization("o-own1234567"))
	}
	trusted := map[string]any{"trusted_accounts": []string{"444455556666"}}
	checktest.Run(t, &BucketPolicyServiceGrantsScoped, []checktest.Case{
		{Name: "by the source's account", Set: config(`{"StringEquals":{"aws:SourceAccount":"111122223333"}}`), Want: checks.PASS, Reason: "known accounts"},
		{Name: "unbound", Set: config(""), Want: checks.FAIL, Reason: "lets in config.amazonaws.com, bound to no known account"},
		{Name: "an ACL is no scope", Set: config(`{"StringEquals":{"s3:x-amz-acl":"bucket-owner-full-control"}}`), Want: checks.FAIL, Reason: "config"},
		{Name: "by the source's ARN", Set: config(`{"ArnLike":{"AWS:SourceArn":"arn:aws:config:*:111122223333:*"}}`), Want: checks.PASS, Reason: "known"},
		{Name: "an ARN of any account", Set: config(`{"ArnLike":{"aws:SourceArn":"arn:aws:config:*:*:*"}}`), Want: checks.FAIL, Reason: "config"},
		{Name: "the ARN of a bucket has no account", Set: config(`{"ArnLike":{"aws:SourceArn":"arn:aws:s3:::source"}}`), Want: checks.FAIL, Reason: "config"},
		{Name: "the ARN of a bucket, and an account beside it", Set: config(`{"ArnLike":{"aws:SourceArn":"arn:aws:s3:::source"},"StringEquals":{"aws:SourceAccount":"111122223333"}}`), Want: checks.PASS, Reason: "known"},
		{Name: "the principal's organization is absent for services", Set: config(`{"StringEquals":{"aws:PrincipalOrgID":"o-own1234567"}}`), Want: checks.FAIL, Reason: "config"},
		{Name: "the source's organization", Set: config(`{"StringEquals":{"aws:SourceOrgID":"o-own1234567"}}`), Want: checks.PASS, Reason: "known"},
		{Name: "another organization", Set: config(`{"StringEquals":{"aws:SourceOrgID":"o-other12345"}}`), Want: checks.FAIL, Reason: "config"},
		{Name: "the own organization is unread", Set: s3And(config(`{"StringEquals":{"aws:SourceOrgID":"o-own1234567"}}`), s3OrganizationDenied), Want: checks.UNKNOWN, Reason: "organizations:DescribeOrganization"},
		{Name: "in no organization", Set: s3And(config(`{"StringEquals":{"aws:SourceOrgID":"o-own1234567"}}`), s3NoOrganization), Want: checks.FAIL, Reason: "config"},
		{Name: "a stranger's account", Set: config(`{"StringEquals":{"aws:SourceAccount":"444455556666"}}`), Want: checks.FAIL, Reason: "config"},
		{Name: "a trusted account", Set: config(`{"StringEquals":{"aws:SourceAccount":"444455556666"}}`), Parameters: trusted, Want: checks.PASS, Reason: "known"},
		{Name: "exempt by its plain name", Set: s3Bucket(s3Statements(service("logdelivery.elasticloadbalancing.amazonaws.com", `"s3:PutObject"`, ""))), Want: checks.PASS, Reason: "exempt"},
		{Name: "exempt by a Region's name", Set: s3Bucket(s3Statements(service("elasticloadbalancing.cn-north-1.amazonaws.com.cn", `"s3:PutObject"`, ""))), Want: checks.PASS, Reason: "exempt"},
		{Name: "a Region's name of another", Set: s3Bucket(s3Statements(service("logs.eu-west-1.amazonaws.com", `"s3:PutObject"`, ""))), Want: checks.FAIL, Reason: "logs.eu-west-1.amazonaws.com"},
		{Name: "it reads the bucket's ACL alone", Set: s3Bucket(s3Statements(service("cloudtrail.amazonaws.com", `"s3:GetBucketAcl"`, ""))), Want: checks.PASS, Reason: "exempt"},
		{Name: "taken away again", Set: s3Bucket(s3Statements(service("config.amazonaws.com", `"s3:PutObject"`, ""), `{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":["BUCKET","BUCKET/*"]}`)), Want: checks.NotApplicable, Reason: "no statement"},
		{Name: "no service", Set: s3Bucket(s3Statements(s3EverybodyGets)), Want: checks.NotApplicable, Reason: "no statement"},
		{Name: "no policy", Set: s3Bucket(), Want: checks.NotApplicable, Reason: "no bucket policy"},
		{Name: "denied", Set: s3Bucket(s3PolicyDenied), Want: checks.UNKNOWN, Reason: "denied"},
	})
}

func TestBucketDelegationBounded(t *testing.T) {
	delegated := func(condition string) func(*snapshot.Account) {
		return s3Bucket(s3Statements(s3Allow(`"*"`, `"s3:*"`, condition)))
	}
	checktest.Run(t, &BucketDelegationBounded, []checktest.Case{
		{Name: "the own account", Set: delegated(`{"StringEquals":{"s3:DataAccessPointAccount":"111122223333"}}`), Want: checks.PASS, Reason: "known accounts only"},
		{Name: "a stranger's", Set: delegated(`{"StringEquals":{"s3:DataAccessPointAccount":["111122223333","444455556666"]}}`), Want: checks.FAIL, Reason: "takes access points of 111122223333 444455556666"},
		{Name: "a trusted one's", Set: delegated(`{"StringEquals":{"s3:DataAccessPointAccount":"444455556666"}}`), Parameters: map[string]any{"trusted_accounts": []string{"444455556666"}}, Want: checks.PASS, Reason: "known"},
		{Name: "ARNs of the own account", Set: delegated(`{"ArnLike":{"s3:DataAccessPointArn":"arn:aws:s3:*:111122223333:accesspoint/*"}}`), Want: checks.PASS, Reason: "known"},
		{Name: "a Multi-Region one has no Region", Set: delegated(`{"StringLike":{"s3:DataAccessPointArn":"arn:aws:s3::111122223333:accesspoint/*.mrap"}}`), Want: checks.PASS, Reason: "known"},
		{Name: "a wildcard for the account", Set: delegated(`{"StringLike":{"s3:DataAccessPointArn":"arn:aws:s3:*:*:accesspoint/*"}}`), Want: checks.FAIL, Reason: "accesspoint/*"},
		{Name: "where requests come from binds nobody", Set: delegated(`{"StringEquals":{"s3:AccessPointNetworkOrigin":"VPC"}}`), Want: checks.FAIL, Reason: "bound to no account's access points"},
		{Name: "where requests come from, within an organization", Set: delegated(`{"StringEquals":{"s3:AccessPointNetworkOrigin":"VPC","aws:PrincipalOrgID":"o-1234567890"}}`), Want: checks.PASS, Reason: "known"},
		{Name: "IfExists bounds nothing", Set: delegated(`{"StringEqualsIfExists":{"s3:DataAccessPointAccount":"111122223333"}}`), Want: checks.FAIL, Reason: "bound to no account"},
		{Name: "to everyone, and not about access points", Set: s3Bucket(s3Statements(s3EverybodyGets)), Want: checks.NotApplicable, Reason: "no statement"},
		{Name: "no policy", Set: s3Bucket(), Want: checks.NotApplicable, Reason: "no bucket policy"},
		{Name: "denied", Set: s3Bucket(s3PolicyDenied), Want: checks.UNKNOWN, Reason: "denied"},
	})
}

func TestAccessPointNotPublic(t *testing.T) {
	const arn = "arn:aws:s3:eu-west-1:111122223333:accesspoint/p"
	everyone := `{"Version":"2012-10-17","Statement":[{"Sid":"Open","Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"` + arn + `/object/*"}]}`
	bounded := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"` + arn + `/object/*","Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-1234567890"}}}]}`
	const delegation = `{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":["BUCKET","BUCKET/*"],"Condition":{"StringEquals":{"s3:DataAccessPointAccount":"111122223333"}}}`
	type point = snapshot.AccessPoint
	// on is an access point on the bucket b, whose policy delegates to the account's access points.
	on := func(policy string, set func(*point), bucket ...func(*snapshot.Bucket)) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			s3Bucket(append([]func(*snapshot.Bucket){s3Statements(delegation)}, bucket...)...)(a)
			p := point{Meta: checktest.Meta("p", arn), Bucket: "b", NetworkOrigin: "Internet", PublicAccess: snapshot.Value(flags{}), Policy: snapshot.Value(policy), IsPublic: snapshot.Value(policy == everyone)}
			if set != nil {
				set(&p)
			}
			a.S3.AccessPoints = []point{p}
		}
	}
	restrict := flags{RestrictPublicBuckets: true}
	blockedHere := func(p *point) { p.PublicAccess = snapshot.Value(restrict) }
	notPublic := func(p *point) { p.IsPublic = snapshot.Value(false) }
	theirs := func(p *point) { p.BucketAccount = "444455556666" }
	vpc := func(p *point) { p.NetworkOrigin, p.VPC = "VPC", "vpc-1" }
	checktest.Run(t, &AccessPointNotPublic, []checktest.Case{
		{Name: "no policy", Set: on("", nil), Want: checks.PASS, Reason: "no policy"},
		{Name: "bounded", Set: on(bounded, nil), Want: checks.PASS, Reason: "without a bound"},
		{Name: "open, and the bucket delegates", Set: on(everyone, nil), Want: checks.FAIL, Reason: `statement "Open" allows s3:GetObject to everyone; the bucket b leaves it to the access point`},
		{Name: "cut by the access point's own block", Set: on(everyone, blockedHere), Want: checks.PASS, Reason: "RestrictPublicBuckets of the access point cuts it"},
		{Name: "cut by the bucket's own block, which the access point lacks", Set: on(everyone, nil, s3Block(restrict)), Want: checks.PASS, Reason: "RestrictPublicBuckets of the bucket cuts it"},
		{Name: "cut by the account's block", Set: s3And(on(everyone, nil), s3AccountBlock(restrict)), Want: checks.PASS, Reason: "RestrictPublicBuckets of the account cuts it"},
		{Name: "the bucket's block does not cut what AWS calls not public", Set: on(everyone, notPublic, s3Block(restrict)), Want: checks.FAIL, Reason: "RestrictPublicBuckets does not cut it"},
		{Name: "only from a VPC", Set: on(everyone, vpc), Want: checks.PASS, Reason: "vpc-1 only"},
		{Name: "the bucket delegates nothing", Set: on(everyone, nil, s3Statements(s3Allow(`{"AWS":"111122223333"}`, `"s3:*"`, ""))), Want: checks.PASS, Reason: "allows nothing of it"},
		{Name: "the bucket has no policy", Set: on(everyone, nil, s3Document("")), Want: checks.PASS, Reason: "allows nothing of it"},
		{Name: "the bucket delegates to others' access points", Set: on(everyone, nil, s3Statements(`{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"BUCKET/*","Condition":{"StringEquals":{"s3:DataAccessPointAccount":"444455556666"}}}`)), Want: checks.PASS, Reason: "allows nothing of it"},
		{Name: "the bucket delegates other actions", Set: on(everyone, nil, s3Statements(`{"Effect":"Allow","Principal":"*","Action":"s3:PutObject","Resource":"BUCKET/*","Condition":{"StringEquals":{"s3:DataAccessPointAccount":"111122223333"}}}`)), Want: checks.PASS, Reason: "allows nothing of it"},
		{Name: "on another account's bucket", Set: on(everyone, theirs), Want: checks.UNKNOWN, Reason: "444455556666's, which alone can read"},
		{Name: "on another account's bucket, closed by its own network", Set: on(everyone, func(p *point) { theirs(p); vpc(p) }), Want: checks.PASS, Reason: "vpc-1"},
		{Name: "policy denied", Set: on("", func(p *point) {
			p.Policy = snapshot.Missing[string](checktest.Unread("s3control:GetAccessPointPolicy", snapshot.Denied))
		}), Want: checks.UNKNOWN, Reason: "s3control:GetAccessPointPolicy"},
		{Name: "the bucket's policy denied", Set: on(everyone, nil, s3PolicyDenied), Want: checks.UNKNOWN, Reason: "s3:GetBucketPolicy"},
		{Name: "the account's block unread", Set: s3And(on(everyone, nil), func(a *snapshot.Account) {
			a.S3.PublicAccess = unreadBlock("s3control:GetPublicAccessBlock", snapshot.Denied)
		}), Want: checks.UNKNOWN, Reason: "s3control:GetPublicAccessBlock"},
	})
}

func TestAccessPointGrantsKnownAccounts(t *testing.T) {
	const arn = "arn:aws:s3:eu-west-1:111122223333:accesspoint/p"
	on := func(statement, owner string) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			text := ""
			if statement != "" {
				text = `{"Version":"2012-10-17","Statement":[` + statement + `]}`
			}
			a.S3.AccessPoints = []snapshot.AccessPoint{{Meta: checktest.Meta("p", arn), Bucket: "b", BucketAccount: owner, Policy: snapshot.Value(text)}}
			a.Org.Organization = snapshot.Value(snapshot.Organization{ID: "o-own1234567"})
		}
	}
	to := func(principal, condition string) string {
		s := `{"Effect":"Allow","Principal":` + principal + `,"Action":"s3:GetObject","Resource":"` + arn + `/object/*"`
		if condition != "" {
			s += `,"Condition":` + condition
		}
		return s + "}"
	}
	trusted := map[string]any{"trusted_accounts": []string{"444455556666"}}
	checktest.Run(t, &AccessPointGrantsKnownAccounts, []checktest.Case{
		{Name: "no policy, and a bucket from before the field", Set: on("", ""), Want: checks.PASS, Reason: "no policy"},
		{Name: "the own account", Set: on(to(`{"AWS":"arn:aws:iam::111122223333:role/r"}`, ""), "111122223333"), Want: checks.PASS, Reason: "known accounts"},
		{Name: "a stranger", Set: on(to(`{"AWS":"444455556666"}`, ""), ""), Want: checks.FAIL, Reason: "444455556666"},
		{Name: "trusted", Set: on(to(`{"AWS":"444455556666"}`, ""), ""), Parameters: trusted, Want: checks.PASS, Reason: "known"},
		{Name: "the own organization", Set: on(to(`"*"`, `{"StringEquals":{"aws:PrincipalOrgID":"o-own1234567"}}`), ""), Want: checks.PASS, Reason: "known"},
		{Name: "everyone", Set: on(to(`"*"`, ""), ""), Want: checks.FAIL, Reason: "everyone"},
		{Name: "on a stranger's bucket", Set: on("", "444455556666"), Want: checks.FAIL, Reason: "of account 444455556666, which is not known"},
		{Name: "on a trusted one's bucket", Set: on("", "444455556666"), Parameters: trusted, Want: checks.PASS, Reason: "no policy"},
		{Name: "the organization is unread", Set: s3And(on(to(`"*"`, `{"StringEquals":{"aws:PrincipalOrgID":"o-own1234567"}}`), ""), s3OrganizationDenied), Want: checks.UNKNOWN, Reason: "organizations:DescribeOrganization"},
		{Name: "denied", Set: func(a *snapshot.Account) {
			a.S3.AccessPoints = []snapshot.AccessPoint{{Meta: checktest.Meta("p", arn), Policy: snapshot.Missing[string](checktest.Unread("s3control:GetAccessPointPolicy", snapshot.Denied))}}
		}, Want: checks.UNKNOWN, Reason: "denied"},
	})
}

func TestAccessGrantsKnownAccounts(t *testing.T) {
	grant := func(kind, grantee string) snapshot.AccessGrant {
		return snapshot.AccessGrant{ID: "g", Type: kind, Grantee: grantee, Scope: "s3://*", Permission: "READ"}
	}
	instance := func(policy snapshot.Read[string], grants snapshot.Read[[]snapshot.AccessGrant]) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			a.Regions = snapshot.Value([]snapshot.Region{{Name: "eu-west-1", Status: "ENABLED_BY_DEFAULT"}})
			a.Org.Organization = snapshot.Value(snapshot.Organization{ID: "o-own1234567"})
			a.S3.AccessGrants = []snapshot.AccessGrantsInstance{{Meta: checktest.Meta("default", "arn:aws:s3:eu-west-1:111122223333:access-grants/default"), Policy: policy, Grants: grants}}
		}
	}
	list := func(g ...snapshot.AccessGrant) snapshot.Read[[]snapshot.AccessGrant] { return snapshot.Value(g) }
	none := snapshot.Value("")
	shared := func(principal string) snapshot.Read[string] {
		return snapshot.Value(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":` + principal + `,"Action":"s3:GetDataAccess","Resource":"arn:aws:s3:eu-west-1:111122223333:access-grants/default"}]}`)
	}
	checktest.Run(t, &AccessGrantsKnownAccounts, []checktest.Case{
		{Name: "own roles, and the directory", Set: instance(none, list(grant("IAM", "arn:aws:iam::111122223333:role/r"), grant("DIRECTORY_GROUP", "83d43802-00b1-7054-db02-f1d683aacba5"))), Want: checks.PASS, Reason: "all 2 grants"},
		{Name: "a stranger's role", Set: instance(none, list(grant("IAM", "arn:aws:iam::444455556666:role/r"))), Want: checks.FAIL, Reason: "grant g gives arn:aws:iam::444455556666:role/r READ on s3://*"},
		{Name: "a trusted one's", Set: instance(none, list(grant("IAM", "arn:aws:iam::444455556666:role/r"))), Parameters: map[string]any{"trusted_accounts": []string{"444455556666"}}, Want: checks.PASS, Reason: "grants"},
		{Name: "shared by its policy", Set: instance(shared(`{"AWS":"444455556666"}`), list()), Want: checks.FAIL, Reason: "444455556666"},
		{Name: "shared within the account", Set: instance(shared(`{"AWS":"111122223333"}`), list()), Want: checks.PASS, Reason: "known"},
		{Name: "policy denied", Set: instance(snapshot.Missing[string](checktest.Unread("s3control:GetAccessGrantsInstanceResourcePolicy", snapshot.Denied)), list()), Want: checks.UNKNOWN, Reason: "ResourcePolicy"},
		{Name: "policy denied, and a grant decides", Set: instance(snapshot.Missing[string](checktest.Unread("s3control:GetAccessGrantsInstanceResourcePolicy", snapshot.Denied)), list(grant("IAM", "arn:aws:iam::444455556666:role/r"))), Want: checks.FAIL, Reason: "grant g"},
		{Name: "grants denied", Set: instance(none, snapshot.Missing[[]snapshot.AccessGrant](checktest.Unread("s3control:ListAccessGrants", snapshot.Denied))), Want: checks.UNKNOWN, Reason: "s3control:ListAccessGrants"},
		{Name: "no instance", Set: func(a *snapshot.Account) {
			a.Regions = snapshot.Value([]snapshot.Region{{Name: "eu-west-1", Status: "ENABLED_BY_DEFAULT"}})
		}, Want: checks.NotApplicable, Reason: "eu-west-1 has no S3 Access Grants instance"},
		{Name: "not listed", Set: func(a *snapshot.Account) {
			a.Regions = snapshot.Value([]snapshot.Region{{Name: "eu-west-1", Status: "ENABLED_BY_DEFAULT"}})
			checktest.Fail(a, "s3control:ListAccessGrantsInstances", "eu-west-1", snapshot.Denied)
		}, Want: checks.UNKNOWN, Reason: "s3control:ListAccessGrantsInstances"},
	})
}

func TestBucketCORSRestricted(t *testing.T) {
	rules := func(list ...snapshot.CORSRule) func(*snapshot.Account) {
		return s3Bucket(func(b *snapshot.Bucket) { b.CORS = snapshot.Value(list) })
	}
	rule := func(origin string, methods ...string) snapshot.CORSRule {
		return snapshot.CORSRule{Origins: []string{"https://acme.example", origin}, Methods: methods, Headers: []string{"*"}}
	}
	strict := map[string]any{"strict": true}
	checktest.Run(t, &BucketCORSRestricted, []checktest.Case{
		{Name: "none", Set: rules(), Want: checks.PASS, Reason: "no CORS configuration"},
		{Name: "everybody reads", Set: rules(rule("*", "GET", "HEAD")), Want: checks.PASS, Reason: "none of the CORS rules (1)"},
		{Name: "everybody writes", Set: rules(rule("*", "GET", "PUT")), Want: checks.FAIL, Reason: "rule 1 lets * use PUT"},
		{Name: "any host of a scheme", Set: rules(rule("https://*", "DELETE")), Want: checks.FAIL, Reason: "https://*"},
		{Name: "a named domain with a wildcard", Set: rules(rule("https://*.acme.example", "PUT")), Want: checks.PASS, Reason: "none"},
		{Name: "the second rule can match too", Set: rules(rule("https://a.example", "GET"), snapshot.CORSRule{ID: "any", Origins: []string{"http://*"}, Methods: []string{"POST"}}), Want: checks.FAIL, Reason: `rule "any" lets http://* use POST`},
		{Name: "every header, strictly", Set: rules(rule("*", "GET")), Parameters: strict, Want: checks.FAIL, Reason: "with every header"},
		{Name: "denied", Set: s3Bucket(func(b *snapshot.Bucket) {
			b.CORS = snapshot.Missing[[]snapshot.CORSRule](checktest.Unread("s3:GetBucketCors", snapshot.Denied))
		}), Want: checks.UNKNOWN, Reason: "denied"},
	})
}

func TestBucketEventDestinationsKnown(t *testing.T) {
	to := func(n snapshot.Notifications) func(*snapshot.Account) {
		return s3Bucket(func(b *snapshot.Bucket) { b.Notifications = snapshot.Value(n) })
	}
	arns := func(list ...string) snapshot.Notifications { return snapshot.Notifications{ARNs: list} }
	checktest.Run(t, &BucketEventDestinationsKnown, []checktest.Case{
		{Name: "own queue, and a function with an alias", Set: to(arns("arn:aws:sqs:eu-west-1:111122223333:q", "arn:aws:lambda:eu-west-1:111122223333:function:f:live")), Want: checks.PASS, Reason: "known accounts only"},
		{Name: "a stranger's topic", Set: to(arns("arn:aws:sns:eu-west-1:444455556666:t")), Want: checks.FAIL, Reason: "arn:aws:sns:eu-west-1:444455556666:t"},
		{Name: "a trusted one's", Set: to(arns("arn:aws:sns:eu-west-1:444455556666:t")), Parameters: map[string]any{"trusted_accounts": []string{"444455556666"}}, Want: checks.PASS, Reason: "known"},
		{Name: "EventBridge alone", Set: to(snapshot.Notifications{EventBridge: true}), Want: checks.NotApplicable, Reason: "no queue"},
		{Name: "nothing", Set: to(snapshot.Notifications{}), Want: checks.NotApplicable, Reason: "no queue"},
		{Name: "no account in it", Set: to(arns("q")), Want: checks.UNKNOWN, Reason: `"q"`},
	})
}

func TestBucketReplicasInKnownAccounts(t *testing.T) {
	rule := func(to, account string) snapshot.ReplicationRule {
		return snapshot.ReplicationRule{Status: "Enabled", Destination: "arn:aws:s3:::" + to, Account: account}
	}
	with := func(rules ...snapshot.ReplicationRule) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			s3Bucket(func(b *snapshot.Bucket) { b.Replication = snapshot.Value(rules) })(a)
			a.S3.Own = map[string]snapshot.Read[string]{"mine": snapshot.Value("us-east-1")}
			theirs := snapshot.NamedBucket{Exists: true, Status: 403, Region: "us-west-2"}
			a.S3.Named = map[string]snapshot.Read[snapshot.NamedBucket]{"theirs": snapshot.Value(theirs), "others": snapshot.Value(theirs), "dark": snapshot.Value(theirs)}
			owns := func(bucket string, status int) {
				a.S3.OwnedBy[snapshot.Ownership{Bucket: bucket, Account: "444455556666"}] = snapshot.Value(status)
			}
			a.S3.OwnedBy = map[snapshot.Ownership]snapshot.Read[int]{}
			owns("theirs", 200)
			owns("others", 403)
			a.S3.OwnedBy[snapshot.Ownership{Bucket: "dark", Account: "444455556666"}] = snapshot.Missing[int](checktest.Unread("s3:HeadBucket", snapshot.Throttled))
		}
	}
	off := rule("others", "")
	off.Status = "Disabled"
	trusted := map[string]any{"trusted_accounts": []string{"444455556666"}}
	unlisted := func(a *snapshot.Account) { checktest.Fail(a, "s3:ListBuckets", snapshot.Global, snapshot.Throttled) }
	checktest.Run(t, &BucketReplicasInKnownAccounts, []checktest.Case{
		{Name: "own, in a Region that is not scanned", Set: with(rule("mine", "")), Want: checks.PASS, Reason: "mine (own)"},
		{Name: "nobody's that is known, and the rule names no account", Set: with(rule("others", "")), Want: checks.FAIL, Reason: "others, of which nothing tells that a known account owns it"},
		{Name: "a stranger's by the rule", Set: with(rule("others", "777788889999")), Parameters: trusted, Want: checks.FAIL, Reason: "others of account 777788889999"},
		{Name: "handed over to a trusted account", Set: with(rule("others", "444455556666")), Parameters: trusted, Want: checks.PASS, Reason: "of 444455556666"},
		{Name: "AWS confirms the owner", Set: with(rule("theirs", "")), Parameters: trusted, Want: checks.PASS, Reason: "theirs (of 444455556666)"},
		{Name: "refused: no permission, or another owner", Set: with(rule("others", "")), Parameters: trusted, Want: checks.FAIL, Reason: "nothing tells"},
		{Name: "a trusted bucket", Set: with(rule("others", "")), Parameters: map[string]any{"trusted_buckets": []string{"others"}}, Want: checks.PASS, Reason: "a trusted bucket"},
		{Name: "one of two is outside", Set: with(rule("mine", ""), rule("others", "")), Want: checks.FAIL, Reason: "others"},
		{Name: "a disabled rule does nothing", Set: with(off), Want: checks.NotApplicable, Reason: "no replication rule"},
		{Name: "the owner could not be asked", Set: with(rule("dark", "")), Parameters: trusted, Want: checks.UNKNOWN, Reason: "whether 444455556666 owns dark"},
		{Name: "denied", Set: s3Bucket(func(b *snapshot.Bucket) {
			b.Replication = snapshot.Missing[[]snapshot.ReplicationRule](checktest.Unread("s3:GetBucketReplication", snapshot.Denied))
		}), Want: checks.UNKNOWN, Reason: "denied"},
	})
	a := checktest.Account(&BucketReplicasInKnownAccounts, s3And(with(rule("others", "")), unlisted))
	for _, f := range checktest.Findings(&BucketReplicasInKnownAccounts, a, nil) {
		if f.Status != checks.UNKNOWN {
			t.Errorf("%s %q, though the list is not whole and it may be own", f.Status, f.Reason)
		}
	}
}
