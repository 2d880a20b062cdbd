package access

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

// s3Organization puts the account into an organization.
func s3Organization(r snapshot.Read[snapshot.Organization]) func(*snapshot.Account) {
	return func(a *snapshot.Account) { a.Org.Organization = r }
}

func TestBucketPolicyGrantsKnownAccounts(t *testing.T) {
	own := s3Organization(snapshot.Value(snapshot.Organization{ID: "o-own"}))
	none := s3Organization(snapshot.Missing[snapshot.Organization](snapshot.ErrAbsent))
	denied := s3Organization(snapshot.Missing[snapshot.Organization](checktest.Unread("organizations:DescribeOrganization", snapshot.Denied)))
	with := func(list ...string) func(*snapshot.Account) { return s3And(s3Bucket(s3Statements(list...)), own) }
	members := s3Allow(`"*"`, `"s3:GetObject"`, `{"StringEquals":{"aws:PrincipalOrgID":"o-own"}}`)
	trusted := func(ids ...string) map[string]any { return map[string]any{"trusted_accounts": ids} }
	aws := func(p string) string { return s3Allow(`{"AWS":"`+p+`"}`, `"s3:GetObject"`, "") }
	delivery := func(p, action string) string { return s3Allow(`{"AWS":"`+p+`"}`, `"`+action+`"`, "") }
	checktest.Run(t, &BucketPolicyGrantsKnownAccounts, []checktest.Case{
		{Name: "no policy", Set: s3Bucket(), Want: checks.PASS, Reason: "no bucket policy"},
		{Name: "the own account", Set: with(aws("arn:aws:iam::111122223333:role/app"), aws("111122223333")), Want: checks.PASS, Reason: "known"},
		{Name: "another account", Set: with(aws("arn:aws:iam::444455556666:root")), Want: checks.FAIL, Reason: "arn:aws:iam::444455556666:root"},
		{Name: "a trusted account", Set: with(aws("arn:aws:iam::444455556666:root")), Parameters: trusted("444455556666"), Want: checks.PASS, Reason: "known"},
		{Name: "ids are compared whole", Set: with(aws("arn:aws:iam::444455556666:user/111122223333")), Parameters: trusted("44445555666"), Want: checks.FAIL, Reason: "444455556666"},
		{Name: "other partitions have accounts too", Set: with(aws("arn:aws-us-gov:iam::444455556666:root")), Parameters: trusted("444455556666"), Want: checks.PASS, Reason: "known"},
		{Name: "a session", Set: with(aws("arn:aws:sts::444455556666:assumed-role/app/s")), Want: checks.FAIL, Reason: "assumed-role"},
		{Name: "a federated provider carries an account", Set: with(s3Allow(`{"Federated":"arn:aws:iam::444455556666:saml-provider/p"}`, `"s3:GetObject"`, "")), Want: checks.FAIL, Reason: "saml-provider"},
		{Name: "an AWS service is another row's", Set: with(s3Allow(`{"Service":"logging.s3.amazonaws.com"}`, `"s3:PutObject"`, "")), Want: checks.PASS, Reason: "AWS services"},
		{Name: "an origin access identity tells no account", Set: with(aws("arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1")), Want: checks.UNKNOWN, Reason: "tells no account"},
		{Name: "an unknown canonical id is not known", Set: with(s3Allow(`{"CanonicalUser":"79a59df900b949e5"}`, `"s3:GetObject"`, "")), Want: checks.FAIL, Reason: "79a59df900b949e5"},
		{Name: "the own canonical id is", Set: with(s3Allow(`{"CanonicalUser":"own"}`, `"s3:GetObject"`, "")), Want: checks.PASS, Reason: "known"},
		{Name: "a deleted principal is not known", Set: with(aws("AIDAEXAMPLEUNIQUE0001")), Want: checks.FAIL, Reason: "AIDAEXAMPLEUNIQUE0001"},
		{Name: "everyone", Set: with(s3EverybodyGets), Want: checks.FAIL, Reason: "everyone"},
		{Name: "everyone in the own organization", Set: with(members), Want: checks.PASS, Reason: "known"},
		{Name: "organization denied", Set: s3And(s3Bucket(s3Statements(members)), denied), Want: checks.UNKNOWN, Reason: "organizations:DescribeOrganization"},
		{Name: "an account in no organization", Set: s3And(s3Bucket(s3Statements(members)), none), Want: checks.FAIL, Reason: "o-own"},
		{Name: "a trusted organization", Set: s3And(s3Bucket(s3Statements(members)), denied), Parameters: map[string]any{"trusted_organizations": []string{"o-own"}}, Want: checks.PASS, Reason: "known"},
		{Name: "another organization", Set: with(s3Allow(`"*"`, `"s3:GetObject"`, `{"StringEquals":{"aws:PrincipalOrgID":"o-other"}}`)), Want: checks.FAIL, Reason: "o-other"},
		{Name: "StringNotEquals confines nothing", Set: with(s3Allow(`"*"`, `"s3:GetObject"`, `{"StringNotEquals":{"aws:PrincipalAccount":"444455556666"}}`)), Want: checks.FAIL, Reason: "everyone"},
		{Name: "a list confines to all its values", Set: with(s3Allow(`"*"`, `"s3:GetObject"`, `{"StringEquals":{"aws:PrincipalAccount":["111122223333","444455556666"]}}`)), Want: checks.FAIL, Reason: "444455556666"},
		{Name: "a network names nobody", Set: with(s3Allow(`"*"`, `"s3:GetObject"`, `{"StringEquals":{"aws:SourceVpce":"vpce-1"}}`)), Want: checks.FAIL, Reason: "vpce-1"},
		{Name: "load balancers deliver in this Region", Set: with(delivery("arn:aws:iam::156460612806:root", "s3:PutObject")), Want: checks.PASS, Reason: "known"},
		{Name: "those of another Region do not", Set: with(delivery("arn:aws:iam::127311923021:root", "s3:PutObject")), Want: checks.FAIL, Reason: "127311923021"},
		{Name: "delivery does not read", Set: with(delivery("arn:aws:iam::156460612806:root", "s3:GetObject")), Want: checks.FAIL, Reason: "156460612806"},
		{Name: "old policies for CloudTrail", Set: with(delivery("arn:aws:iam::086441151436:root", "s3:GetBucketAcl")), Want: checks.PASS, Reason: "known"},
		{Name: "policy denied", Set: s3Bucket(s3PolicyDenied), Want: checks.UNKNOWN, Reason: "s3:GetBucketPolicy"},
		{Name: "outside the grammar", Set: with(`{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"s3:*","Resource":"BUCKET","Because":"x"}`), Want: checks.UNKNOWN, Reason: "grammar"},
	})
}

func TestBucketPolicyNoControlForOutsiders(t *testing.T) {
	other := func(action string) func(*snapshot.Account) {
		return s3Bucket(s3Statements(s3Allow(`{"AWS":"arn:aws:iam::444455556666:root"}`, `"`+action+`"`, "")))
	}
	inside := `{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":["BUCKET","BUCKET/*"],"Condition":{"StringNotEquals":{"aws:PrincipalAccount":"111122223333"}}}`
	checktest.Run(t, &BucketPolicyNoControlForOutsiders, []checktest.Case{
		{Name: "no policy", Set: s3Bucket(), Want: checks.PASS, Reason: "no bucket policy"},
		{Name: "reading is no control", Set: other("s3:GetObject"), Want: checks.PASS, Reason: "nobody outside"},
		{Name: "every action matches", Set: other("s3:*"), Want: checks.FAIL, Reason: "444455556666"},
		{Name: "a pattern matches", Set: other("s3:Put*"), Want: checks.FAIL, Reason: "s3:Put"},
		{Name: "in any case", Set: other("S3:deletebucket"), Want: checks.FAIL, Reason: "s3:DeleteBucket"},
		{Name: "NotAction grants all the others", Set: s3Bucket(s3Statements(`{"Effect":"Allow","Principal":{"AWS":"444455556666"},"NotAction":"s3:Get*","Resource":"BUCKET"}`)), Want: checks.FAIL, Reason: "444455556666"},
		{Name: "the own root and id are inside", Set: s3Bucket(s3Statements(s3Allow(`{"AWS":["arn:aws:iam::111122223333:root","111122223333"]}`, `"s3:*"`, ""))), Want: checks.PASS, Reason: "nobody outside"},
		{Name: "AWS services are not judged", Set: s3Bucket(s3Statements(s3Allow(`{"Service":"config.amazonaws.com"}`, `"s3:PutBucketAcl"`, ""))), Want: checks.PASS, Reason: "nobody outside"},
		{Name: "everyone is outside, in the own organization too", Set: s3Bucket(s3Statements(s3Allow(`"*"`, `"s3:*"`, `{"StringEquals":{"aws:PrincipalOrgID":"o-own"}}`))), Want: checks.FAIL, Reason: "everyone"},
		{Name: "a Deny to all but the own account removes it", Set: s3Bucket(s3Statements(s3Allow(`{"AWS":"444455556666"}`, `"s3:*"`, ""), inside)), Want: checks.PASS, Reason: "nobody outside"},
		{Name: "other actions by parameter", Set: other("s3:GetObject"), Parameters: map[string]any{"actions": []string{"s3:GetObject"}}, Want: checks.FAIL, Reason: "s3:GetObject"},
		{Name: "policy denied", Set: s3Bucket(s3PolicyDenied), Want: checks.UNKNOWN, Reason: "denied"},
	})
}
