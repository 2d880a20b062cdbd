package access

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

func TestManagementAccountWithoutWorkloads(t *testing.T) {
	manages := func(a *snapshot.Account) {
		a.Org.Organization = snapshot.Value(snapshot.Organization{ID: "o-acme", ManagementAccount: "111122223333"})
	}
	instance := func(state string) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			a.EC2.Instances = []snapshot.Instance{{Meta: checktest.Meta("i", "arn:aws:ec2:eu-west-1:111122223333:instance/i-1"), ID: "i-1", State: state}}
		}
	}
	buckets := func(names ...string) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			for _, n := range names {
				a.S3.Buckets = append(a.S3.Buckets, snapshot.Bucket{Meta: checktest.Meta(n, "arn:aws:s3:::"+n)})
			}
		}
	}
	database := func(a *snapshot.Account) {
		a.RDS.Instances = []snapshot.DBInstance{{Meta: checktest.Meta("db", "arn:aws:rds:eu-west-1:111122223333:db:db")}}
	}
	fail := func(op, region string) func(*snapshot.Account) {
		return func(a *snapshot.Account) { checktest.Fail(a, op, region, snapshot.Denied) }
	}
	checktest.Run(t, &ManagementAccountWithoutWorkloads, []checktest.Case{
		{Name: "nothing", Set: both(manages, buckets("acme-cloudtrail-logs", "cf-templates-1")), Want: checks.PASS, Reason: "no instance"},
		{Name: "a machine", Set: both(manages, instance("stopped")), Want: checks.FAIL, Reason: "EC2 instances: 1"},
		{Name: "terminated instances linger", Set: both(manages, instance("terminated")), Want: checks.PASS, Reason: "no instance"},
		{Name: "a database and a bucket", Set: both(manages, database, buckets("shop")), Want: checks.FAIL, Reason: "DB instances: 1, buckets beyond allowed_buckets: 1 (shop)"},
		{Name: "a Region denied, nothing elsewhere", Set: both(manages, fail("ec2:DescribeInstances", checktest.Elsewhere)), Want: checks.UNKNOWN, Reason: "ec2:DescribeInstances"},
		{Name: "a Region denied, something elsewhere", Set: both(manages, instance("running"), fail("ec2:DescribeInstances", checktest.Elsewhere)), Want: checks.FAIL, Reason: "EC2 instances: 1"},
		{Name: "buckets denied", Set: both(manages, fail("s3:ListBuckets", snapshot.Global)), Want: checks.UNKNOWN, Reason: "s3:ListBuckets"},
		{Name: "a member", Set: both(organization("ALL"), instance("running")), Want: checks.NotApplicable, Reason: "222233334444 manages"},
		{Name: "a standalone account", Set: both(noOrganization, instance("running")), Want: checks.NotApplicable, Reason: "no organization"},
		{Name: "organization denied", Set: func(a *snapshot.Account) {
			a.Org.Organization = snapshot.Missing[snapshot.Organization](checktest.Unread("organizations:DescribeOrganization", snapshot.Denied))
		}, Want: checks.UNKNOWN, Reason: "organizations:DescribeOrganization"},
	})
}
