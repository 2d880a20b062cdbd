package access

import (
	"testing"

	"onus/checks"
	"onus/checks/access/policy"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

func TestBucketNotPubliclyReadable(t *testing.T) {
	newGrants := flags{BlockPublicAcls: true, BlockPublicPolicy: true}
	restrict, ignore := flags{RestrictPublicBuckets: true}, flags{IgnorePublicAcls: true}
	reads := s3Grant("Group", policy.AllUsers, "READ")
	anyone := `"*"`
	checktest.Run(t, &BucketNotPubliclyReadable, []checktest.Case{
		{Name: "nothing set", Set: s3Bucket(), Want: checks.PASS, Reason: "there is no bucket policy"},
		{Name: "ACL for everybody", Set: s3Bucket(reads), Want: checks.FAIL, Reason: "READ to AllUsers"},
		{Name: "AuthenticatedUsers is anyone with any account", Set: s3Bucket(s3Grant("Group", policy.AuthenticatedUsers, "READ_ACP")), Want: checks.FAIL, Reason: "READ_ACP to AuthenticatedUsers"},
		{Name: "a grant to write is no read", Set: s3Bucket(s3Grant("Group", policy.AllUsers, "WRITE")), Want: checks.PASS, Reason: "no public group"},
		{Name: "BlockPublicAcls and BlockPublicPolicy only stop new grants", Set: s3Bucket(reads, s3Statements(s3EverybodyGets), s3Public, s3Block(newGrants)), Want: checks.FAIL, Reason: `READ to AllUsers; the bucket policy's statement "Open"`},
		{Name: "IgnorePublicAcls of the account closes the ACL", Set: s3And(s3Bucket(reads), s3AccountBlock(ignore)), Want: checks.PASS, Reason: "IgnorePublicAcls is on for the account"},
		{Name: "IgnorePublicAcls decides without the ACL", Set: s3Bucket(s3ACLDenied, s3OwnershipDenied, s3Block(ignore)), Want: checks.PASS, Reason: "IgnorePublicAcls is on for the bucket"},
		{Name: "ACLs off", Set: s3Bucket(reads, s3ACLsOff), Want: checks.PASS, Reason: "ACLs are off"},
		{Name: "policy for everybody", Set: s3Bucket(s3Statements(s3EverybodyGets), s3Public), Want: checks.FAIL, Reason: "allows s3:GetObject to everyone"},
		{Name: "cut by the account", Set: s3And(s3Bucket(s3Statements(s3EverybodyGets), s3Public), s3AccountBlock(restrict)), Want: checks.PASS, Reason: "RestrictPublicBuckets of the account"},
		{Name: "AWS does not call it public, so nothing cuts it", Set: s3Bucket(s3Statements(s3EverybodyGets), s3Block(restrict)), Want: checks.FAIL, Reason: "IsPublic is false"},
		{Name: "AWS calls it public and we see nothing", Set: s3Bucket(s3Statements(s3Allow(`{"AWS":"111122223333"}`, `"s3:*"`, "")), s3Public), Want: checks.UNKNOWN, Reason: "IsPublic is true"},
		{Name: "any organization is no bound", Set: s3Bucket(s3Statements(s3Allow(anyone, `"s3:GetObject"`, `{"StringLike":{"aws:PrincipalOrgID":"*"}}`)), s3Public), Want: checks.FAIL, Reason: "everyone"},
		{Name: "half of the internet is no bound", Set: s3Bucket(s3Statements(s3Allow(anyone, `"s3:GetObject"`, `{"IpAddress":{"aws:SourceIp":"0.0.0.0/1"}}`)), s3Public), Want: checks.FAIL, Reason: "everyone"},
		{Name: "a referer is no bound", Set: s3Bucket(s3Statements(s3Allow(anyone, `"s3:GetObject"`, `{"StringEquals":{"aws:Referer":"https://acme.example"}}`)), s3Public), Want: checks.FAIL, Reason: "everyone"},
		{Name: "IfExists is no bound", Set: s3Bucket(s3Statements(s3Allow(anyone, `"s3:GetObject"`, `{"StringEqualsIfExists":{"aws:PrincipalOrgID":"o-1"}}`)), s3Public), Want: checks.FAIL, Reason: "everyone"},
		{Name: "ForAllValues is no bound", Set: s3Bucket(s3Statements(s3Allow(anyone, `"s3:GetObject"`, `{"ForAllValues:StringEquals":{"aws:PrincipalOrgPaths":"o-1/r-1/"}}`)), s3Public), Want: checks.FAIL, Reason: "everyone"},
		{Name: "the own organization is a bound", Set: s3Bucket(s3Statements(s3Allow(anyone, `"s3:GetObject"`, `{"StringEquals":{"aws:PrincipalOrgID":"o-1"}}`))), Want: checks.PASS, Reason: "nobody without a bound"},
		{Name: "a Deny to everyone closes it", Set: s3Bucket(s3Statements(s3EverybodyGets, `{"Effect":"Deny","Principal":"*","Action":"s3:Get*","Resource":"BUCKET/*"}`)), Want: checks.PASS, Reason: "nobody without a bound"},
		{Name: "a complementary Deny closes it", Set: s3Bucket(s3Statements(s3EverybodyGets, `{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":["BUCKET","BUCKET/*"],"Condition":{"StringNotEquals":{"aws:PrincipalOrgID":"o-1"}}}`)), Want: checks.PASS, Reason: "nobody without a bound"},
		{Name: "a Deny for one principal does not", Set: s3Bucket(s3Statements(s3EverybodyGets, `{"Effect":"Deny","Principal":{"AWS":"444455556666"},"Action":"s3:*","Resource":"BUCKET/*"}`), s3Public), Want: checks.FAIL, Reason: "everyone"},
		{Name: "actions are patterns in any case", Set: s3Bucket(s3Statements(s3Allow(anyone, `["S3:get*"]`, "")), s3Public), Want: checks.FAIL, Reason: "everyone"},
		{Name: "NotAction of writes grants reads", Set: s3Bucket(s3Statements(`{"Effect":"Allow","Principal":"*","NotAction":"s3:Put*","Resource":"BUCKET/*"}`), s3Public), Want: checks.FAIL, Reason: "everyone"},
		{Name: "NotPrincipal is everyone", Set: s3Bucket(s3Statements(`{"Effect":"Allow","NotPrincipal":{"AWS":"444455556666"},"Action":"s3:*Object","Resource":"BUCKET/*"}`), s3Public), Want: checks.FAIL, Reason: "everyone"},
		{Name: "ACL open, policy denied: decided", Set: s3Bucket(reads, s3PolicyDenied), Want: checks.FAIL, Reason: "READ to AllUsers"},
		{Name: "ACL closed, policy denied", Set: s3Bucket(s3PolicyDenied), Want: checks.UNKNOWN, Reason: "s3:GetBucketPolicy"},
		{Name: "ACL denied", Set: s3Bucket(s3ACLDenied), Want: checks.UNKNOWN, Reason: "s3:GetBucketAcl"},
		{Name: "ownership denied, ACL open", Set: s3Bucket(reads, s3OwnershipDenied), Want: checks.UNKNOWN, Reason: "s3:GetBucketOwnershipControls"},
		{Name: "status denied under a block", Set: s3Bucket(s3Statements(s3EverybodyGets), s3StatusDenied, s3Block(restrict)), Want: checks.UNKNOWN, Reason: "s3:GetBucketPolicyStatus"},
		{Name: "account's block denied", Want: checks.UNKNOWN, Reason: "s3control:GetPublicAccessBlock",
			Set: s3And(s3Bucket(reads), func(a *snapshot.Account) {
				a.S3.PublicAccess = unreadBlock("s3control:GetPublicAccessBlock", snapshot.Denied)
			})},
		{Name: "a policy that cannot be understood", Set: s3Bucket(s3Document("{")), Want: checks.UNKNOWN, Reason: "cannot be understood"},
	})
}

func TestBucketNotPubliclyWritable(t *testing.T) {
	anyone := `"*"`
	all := flags{BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true}
	cases := []checktest.Case{
		{Name: "reading in public is another row", Set: s3Bucket(s3Statements(s3EverybodyGets), s3Public), Want: checks.PASS, Reason: "nobody without a bound"},
		{Name: "putting objects", Set: s3Bucket(s3Statements(s3EverybodyPuts), s3Public), Want: checks.FAIL, Reason: "s3:PutObject"},
		{Name: "WRITE_ACP alone is a write", Set: s3Bucket(s3Grant("Group", policy.AllUsers, "WRITE_ACP")), Want: checks.FAIL, Reason: "WRITE_ACP to AllUsers"},
		{Name: "LogDelivery is not public", Set: s3Bucket(s3Grant("Group", "http://acs.amazonaws.com/groups/s3/LogDelivery", "WRITE")), Want: checks.PASS, Reason: "no public group"},
		{Name: "the reason names the account's flags", Set: s3And(s3Bucket(s3Grant("Group", policy.AllUsers, "WRITE"), s3Statements(s3EverybodyPuts), s3Public), s3AccountBlock(all)), Want: checks.PASS, Reason: "IgnorePublicAcls is on for the account; the policy is public, and RestrictPublicBuckets of the account"},
		{Name: "policy denied", Set: s3Bucket(s3PolicyDenied), Want: checks.UNKNOWN, Reason: "denied"},
	}
	cases = append(cases, checktest.Case{Name: "the reason names the writes alone", Want: checks.FAIL, Reason: "allows s3:PutObject to everyone",
		Set: s3Bucket(s3Statements(s3Allow(anyone, `["s3:GetObject","s3:PutObject"]`, "")), s3Public)})
	for _, action := range []string{"s3:PutBucketPolicy", "s3:PutObjectAcl", "s3:ReplicateObject", "s3:BypassGovernanceRetention", "s3:Put*Object", "s3:*", "s3:DeleteBucket"} {
		cases = append(cases, checktest.Case{Name: action + " is a write", Set: s3Bucket(s3Statements(s3Allow(anyone, `"`+action+`"`, "")), s3Public), Want: checks.FAIL, Reason: "everyone"})
	}
	checktest.Run(t, &BucketNotPubliclyWritable, cases)
}
