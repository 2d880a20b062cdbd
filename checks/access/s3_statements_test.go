package access

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
)

func TestBucketPolicyGrantsNoEveryone(t *testing.T) {
	all := flags{BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true}
	checktest.Run(t, &BucketPolicyGrantsNoEveryone, []checktest.Case{
		{Name: "no policy, and so no status", Set: s3Bucket(s3StatusDenied), Want: checks.PASS, Reason: "no bucket policy"},
		{Name: "everyone, behind a block", Set: s3Bucket(s3Statements(s3EverybodyGets), s3Public, s3Block(all)), Want: checks.FAIL, Reason: "it also cuts what the same policy grants to other named accounts"},
		{Name: "a star among others", Set: s3Bucket(s3Statements(s3Allow(`{"AWS":["111122223333","*"]}`, `"s3:GetObject"`, ""))), Want: checks.FAIL, Reason: "everyone"},
		{Name: "any canonical user", Set: s3Bucket(s3Statements(s3Allow(`{"CanonicalUser":"*"}`, `"s3:GetObject"`, ""))), Want: checks.FAIL, Reason: "everyone"},
		{Name: "a star among services is nobody", Set: s3Bucket(s3Statements(s3Allow(`{"Service":"*"}`, `"s3:GetObject"`, ""))), Want: checks.PASS, Reason: "IsPublic is false"},
		{Name: "a star among providers is nobody", Set: s3Bucket(s3Statements(s3Allow(`{"Federated":"*"}`, `"s3:GetObject"`, ""))), Want: checks.PASS, Reason: "IsPublic is false"},
		{Name: "one statement in place of a list", Set: s3Bucket(s3Document(`{"Version":"2012-10-17","Statement":` + s3EverybodyGets + `}`)), Want: checks.FAIL, Reason: `statement "Open"`},
		{Name: "bounded", Set: s3Bucket(s3Statements(s3Allow(`"*"`, `"s3:GetObject"`, `{"StringEquals":{"aws:PrincipalOrgID":"o-1"}}`))), Want: checks.PASS, Reason: "without a bound"},
		{Name: "AWS calls it public", Set: s3Bucket(s3Statements(s3Allow(`{"AWS":"444455556666"}`, `"s3:GetObject"`, "")), s3Public), Want: checks.FAIL, Reason: "IsPublic is true"},
		{Name: "status denied", Set: s3Bucket(s3Statements(s3Allow(`{"AWS":"444455556666"}`, `"s3:GetObject"`, "")), s3StatusDenied), Want: checks.UNKNOWN, Reason: "s3:GetBucketPolicyStatus"},
		{Name: "policy denied", Set: s3Bucket(s3PolicyDenied), Want: checks.UNKNOWN, Reason: "s3:GetBucketPolicy"},
	})
}

func TestBucketPolicyNoNegatedAllow(t *testing.T) {
	checktest.Run(t, &BucketPolicyNoNegatedAllow, []checktest.Case{
		{Name: "no policy", Set: s3Bucket(), Want: checks.PASS, Reason: "no bucket policy"},
		{Name: "NotPrincipal", Set: s3Bucket(s3Statements(`{"Effect":"Allow","NotPrincipal":{"AWS":"444455556666"},"Action":"s3:*","Resource":"BUCKET"}`)), Want: checks.FAIL, Reason: "NotPrincipal"},
		{Name: "NotResource", Set: s3Bucket(s3Statements(`{"Effect":"Allow","Principal":"*","Action":"s3:*","NotResource":"BUCKET/a"}`)), Want: checks.FAIL, Reason: "NotResource"},
		{Name: "NotAction", Set: s3Bucket(s3Statements(`{"Sid":"N","Effect":"Allow","Principal":{"AWS":"111122223333"},"NotAction":"s3:Put*","Resource":"BUCKET"}`)), Want: checks.FAIL, Reason: `statement "N" allows with NotAction`},
		{Name: "an empty list still negates", Set: s3Bucket(s3Statements(`{"Effect":"Allow","Principal":{"AWS":"111122223333"},"NotAction":[],"Resource":"BUCKET"}`)), Want: checks.FAIL, Reason: "NotAction"},
		{Name: "a Condition does not excuse it", Set: s3Bucket(s3Statements(`{"Effect":"Allow","Principal":{"AWS":"111122223333"},"NotAction":"s3:Put*","Resource":"BUCKET","Condition":{"Bool":{"aws:SecureTransport":"true"}}}`)), Want: checks.FAIL, Reason: "NotAction"},
		{Name: "a Deny may", Set: s3Bucket(s3Statements(`{"Effect":"Deny","NotPrincipal":{"AWS":"111122223333"},"NotAction":"s3:Put*","Resource":"BUCKET"}`)), Want: checks.PASS, Reason: "no Allow"},
		{Name: "denied", Set: s3Bucket(s3PolicyDenied), Want: checks.UNKNOWN, Reason: "denied"},
	})
}

func TestBucketPolicyCloudFrontScoped(t *testing.T) {
	scoped := func(action, condition string) string {
		return s3Allow(`{"Service":"cloudfront.amazonaws.com"}`, action, condition)
	}
	source := func(arn string) string { return `{"StringLike":{"AWS:SourceArn":"` + arn + `"}}` }
	own := source("arn:aws:cloudfront::111122223333:distribution/E1")
	checktest.Run(t, &BucketPolicyCloudFrontScoped, []checktest.Case{
		{Name: "a distribution of the account", Set: s3Bucket(s3Statements(scoped(`"s3:GetObject"`, own))), Want: checks.PASS, Reason: "whether they still exist is not read"},
		{Name: "keys are written in any case", Set: s3Bucket(s3Statements(scoped(`"S3:getobject"`, `{"StringEquals":{"aws:sourceaccount":"111122223333"}}`))), Want: checks.PASS, Reason: "known accounts"},
		{Name: "every distribution of the account", Set: s3Bucket(s3Statements(scoped(`"s3:GetObject"`, source("arn:aws:cloudfront::111122223333:distribution/*")))), Want: checks.PASS, Reason: "known accounts"},
		{Name: "any account's", Set: s3Bucket(s3Statements(scoped(`"s3:GetObject"`, source("arn:aws:cloudfront::*:distribution/E1")))), Want: checks.FAIL, Reason: "no distribution of a known account"},
		{Name: "unbound, behind a block", Set: s3Bucket(s3Statements(scoped(`"s3:GetObject"`, "")), s3Block(flags{RestrictPublicBuckets: true})), Want: checks.FAIL, Reason: "no distribution of a known account"},
		{Name: "another account", Set: s3Bucket(s3Statements(scoped(`"s3:GetObject"`, source("arn:aws:cloudfront::444455556666:distribution/E1")))), Want: checks.FAIL, Reason: "no distribution"},
		{Name: "a trusted account", Set: s3Bucket(s3Statements(scoped(`"s3:GetObject"`, source("arn:aws:cloudfront::444455556666:distribution/E1")))), Parameters: map[string]any{"trusted_accounts": []string{"444455556666"}}, Want: checks.PASS, Reason: "known accounts"},
		{Name: "it may write", Set: s3Bucket(s3Statements(scoped(`["s3:GetObject","s3:PutObject"]`, own))), Want: checks.FAIL, Reason: "more than s3:GetObject"},
		{Name: "it may write on purpose", Set: s3Bucket(s3Statements(scoped(`["s3:GetObject","s3:PutObject"]`, own))), Parameters: map[string]any{"write_through_cloudfront": true}, Want: checks.PASS, Reason: "known accounts"},
		{Name: "a legacy identity", Set: s3Bucket(s3Statements(s3Allow(`{"AWS":"arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1"}`, `"s3:GetObject"`, ""))), Want: checks.PASS, Reason: "legacy"},
		{Name: "a legacy identity by canonical id", Set: s3Bucket(s3Statements(s3Allow(`{"CanonicalUser":"79a59df900b949e5"}`, `"s3:GetObject"`, ""))), Want: checks.PASS, Reason: "legacy"},
		{Name: "a deleted identity names nobody", Set: s3Bucket(s3Statements(s3Allow(`{"AWS":"AIDAEXAMPLEUNIQUE0001"}`, `"s3:GetObject"`, ""))), Want: checks.FAIL, Reason: "deleted"},
		{Name: "nothing about CloudFront", Set: s3Bucket(s3Statements(s3Allow(`{"Service":"logging.s3.amazonaws.com"}`, `"s3:PutObject"`, ""))), Want: checks.NotApplicable, Reason: "CloudFront"},
		{Name: "no policy", Set: s3Bucket(), Want: checks.NotApplicable, Reason: "no bucket policy"},
		{Name: "denied", Set: s3Bucket(s3PolicyDenied), Want: checks.UNKNOWN, Reason: "denied"},
	})
}
