package access

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"onus/checks"
	"onus/checks/access/policy"
	"onus/checks/wording"
	"onus/scanner/snapshot"
)

// ManagementAccountWithoutWorkloads passes when the organization's management account, which
// no service control policy binds, holds no machines, no databases, and no buckets but
// those that the organization itself needs.
// Source: Organizations DescribeOrganization, MasterAccountId; EC2 DescribeInstances; RDS
// DescribeDBInstances and DescribeDBClusters; S3 ListBuckets.
var ManagementAccountWithoutWorkloads = checks.Check{
	ID:          "organizations-management-account-without-workloads",
	Title:       "The management account runs no workloads",
	Severity:    checks.Medium,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        3,
	Reads:       []string{"organizations:DescribeOrganization", "ec2:DescribeInstances", "rds:DescribeDBInstances", "rds:DescribeDBClusters", "s3:ListBuckets"},
	Parameters:  checks.Parameters{"allowed_buckets": []string{"*cloudtrail*", "*billing*", "*cur*", "cf-templates-*", "aws-controltower-*"}},
	Remedy:      "Move the workloads into a member account.",
	Fix: checks.Fix{
		Threat:    "No guardrail of the organization binds this account, and whoever rules it rules all the others. Every machine and every pipeline here is a way in.",
		CLI:       "aws organizations create-account --account-name workloads --email workloads@example.com\naws ec2 describe-instances --region REGION --query \"Reservations[].Instances[].InstanceId\"",
		Terraform: "resource \"aws_organizations_account\" \"workloads\" {\n  name  = \"workloads\"\n  email = \"workloads@example.com\"\n}",
		Cost:      "A move: data are copied, addresses change, and whoever uses them is told.",
	},
	Judges: checks.For(snapshot.Accounts, managementAccountWithoutWorkloads),
}

func managementAccountWithoutWorkloads(a *snapshot.Account, env checks.Env) checks.Verdict {
	o, err := checks.Use(env, a.Org.Organization)
	switch {
	case errors.Is(err, snapshot.ErrAbsent):
		return checks.DoesNotApply("the account is in no organization")
	case err != nil:
		return checks.Unknown(err)
	case !o.Manages(a.Location.Account):
		return checks.DoesNotApply("the account is a member: %s manages the organization", o.ManagementAccount)
	}
	var unread error
	note := func(err error) {
		if unread == nil {
			unread = err
		}
	}
	instances, databases, clusters := 0, 0, 0
	for _, region := range env.ScannedRegions() {
		at := a.Location.In(region)
		machines, err := checks.In(env, snapshot.Instances, at).Get()
		note(err)
		dbs, err := checks.In(env, snapshot.DBInstances, at).Get()
		note(err)
		cls, err := checks.In(env, snapshot.DBClusters, at).Get()
		note(err)
		instances, databases, clusters = instances+len(machines), databases+len(dbs), clusters+len(cls)
	}
	buckets, err := outsideList(a, env)
	note(err)
	var found []string
	for _, f := range []struct {
		n    int
		what string
	}{
		{instances, "EC2 instances: %d"}, {databases, "DB instances: %d"}, {clusters, "DB clusters: %d"},
		{len(buckets), "buckets beyond allowed_buckets: %d (" + wording.List(buckets, 3) + ")"},
	} {
		if f.n > 0 {
			found = append(found, fmt.Sprintf(f.what, f.n))
		}
	}
	switch {
	case len(found) > 0:
		return checks.Fail("the management account holds workloads: %s", wording.List(found, 4)).With("workloads", wording.List(found, 4))
	case unread != nil:
		return checks.Unknown(unread)
	}
	return checks.Pass("the management account holds no instance, no database and no bucket beyond allowed_buckets")
}

// outsideList are the names of buckets that fit no pattern of allowed_buckets, in whichever
// Region they lie: one global call lists those of all.
func outsideList(a *snapshot.Account, env checks.Env) (out []string, err error) {
	names := slices.Collect(maps.Keys(a.S3.Own))
	for _, b := range snapshot.Buckets.All(a) {
		_, _ = checks.Find(env, snapshot.Buckets, b.Location, b.Name) // for the evidence
		if _, own := a.S3.Own[b.Name]; !own {
			names = append(names, b.Name)
		}
	}
	for _, name := range names {
		if !slices.ContainsFunc(env.Strings("allowed_buckets"), func(p string) bool { return policy.Covers(p, name) }) {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	// The list is asked for in one place: a name that cannot be tells whether it was read.
	if _, err = checks.Find(env, snapshot.Buckets, a.Location, "-"); errors.Is(err, snapshot.ErrAbsent) {
		err = nil
	}
	return out, err
}
