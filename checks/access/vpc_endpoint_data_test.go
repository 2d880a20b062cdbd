package access

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

func TestEndpointPolicyBoundsResources(t *testing.T) {
	org := func(a *snapshot.Account) {
		a.Org.Organization = snapshot.Value(snapshot.Organization{ID: "o-acme"})
		a.S3.Buckets = []snapshot.Bucket{{Meta: checktest.Meta("acme", "arn:aws:s3:::acme")}}
	}
	orgDenied := func(a *snapshot.Account) {
		a.Org.Organization = snapshot.Missing[snapshot.Organization](checktest.Unread("organizations:DescribeOrganization", snapshot.Denied))
	}
	on := func(resource string) string {
		return `{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"` + resource + `"}`
	}
	ours := `{"StringEquals":{"aws:ResourceOrgID":"o-acme"}}`
	checktest.Run(t, &EndpointPolicyBoundsResources, append([]checktest.Case{
		{Name: "the default", Set: checktest.All(to("s3", open), org), Want: checks.FAIL, Reason: "statement 1 allows * on *"},
		{Name: "the organization's resources", Set: checktest.All(to("s3", allowIf(ours)), org), Want: checks.PASS, Reason: "every Allow"},
		{Name: "a bound on who calls lets data out", Set: checktest.All(to("s3", allowIf(`{"StringEquals":{"aws:PrincipalOrgID":"o-acme"}}`)), org), Want: checks.FAIL, Reason: "on *"},
		{Name: "another organization's resources", Set: checktest.All(to("s3", allowIf(`{"StringEquals":{"aws:ResourceOrgID":"o-other"}}`)), org), Want: checks.FAIL, Reason: "on *"},
		{Name: "the own organization is unread", Set: checktest.All(to("s3", allowIf(ours)), orgDenied), Want: checks.UNKNOWN, Reason: "DescribeOrganization"},
		{Name: "the account's resources", Set: checktest.All(to("kms", allowIf(`{"StringEquals":{"aws:ResourceAccount":["111122223333","444455556666"]}}`)), org), Parameters: trustingAccounts(other), Want: checks.PASS, Reason: "every Allow"},
		{Name: "a path of the organization", Set: checktest.All(to("s3", allowIf(`{"ForAnyValue:StringLike":{"aws:ResourceOrgPaths":"o-acme/r-1/*"}}`)), org), Want: checks.PASS, Reason: "every Allow"},
		{Name: "a Deny of all others", Set: checktest.All(to("s3", open, denyUnless(`{"StringNotEquals":{"aws:ResourceOrgID":"o-acme"}}`)), org), Want: checks.PASS, Reason: "every Allow"},
		{Name: "an own bucket", Set: checktest.All(to("s3", on("arn:aws:s3:::acme/*"), on("arn:aws:s3:::acme")), org), Want: checks.PASS, Reason: "every Allow"},
		{Name: "a bucket by name is own only if it is listed", Set: checktest.All(to("s3", on("arn:aws:s3:::elsewhere/*")), org), Want: checks.FAIL, Reason: "arn:aws:s3:::elsewhere/*"},
		{Name: "buckets unread", Set: checktest.All(to("s3", on("arn:aws:s3:::elsewhere/*")), org, func(a *snapshot.Account) { checktest.Fail(a, "s3:ListBuckets", snapshot.Global, snapshot.Denied) }), Want: checks.UNKNOWN, Reason: "ListBuckets"},
		{Name: "AWS's own buckets, in another partition", Set: checktest.All(to("s3", on("arn:aws-cn:s3:::al2023-repos-cn-north-1-x/*"), on("arn:aws:s3:::aws-ssm-eu-west-1/*")), org), Want: checks.PASS, Reason: "every Allow"},
		{Name: "a pattern that AWS's own buckets are only a part of", Set: checktest.All(to("s3", on("arn:aws:s3:::aws*/*")), org), Want: checks.FAIL, Reason: "aws*"},
		{Name: "own queues", Set: checktest.All(to("sqs", `{"Effect":"Allow","Principal":"*","Action":"sqs:*","Resource":"arn:aws:sqs:eu-west-1:111122223333:*"}`), org), Want: checks.PASS, Reason: "every Allow"},
		{Name: "a stranger's role", Set: checktest.All(to("sts", `{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole","Resource":"arn:aws:iam::444455556666:role/x"}`), org), Want: checks.FAIL, Reason: "role/x"},
		{Name: "container images", Set: checktest.All(to("ecr.api", open), org), Want: checks.FAIL, Reason: "on *"},
		{Name: "a service that takes no data", Set: checktest.All(to("ec2", open), org), Want: checks.NotApplicable, Reason: "takes no data"},
	}, notJudged...))
}
