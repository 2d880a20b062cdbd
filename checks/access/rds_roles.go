package access

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/access/identity"
	iampolicy "onus/checks/access/policy"
	"onus/checks/databases"
	"onus/scanner/snapshot"
)

// DatabaseRolesLeastPrivilege passes when the roles that a database may use reach named
// resources alone, and trust RDS for this account alone. Whoever may send SQL can use them.
// SQL Server's backups and audit use a role that an option names, which counts too.
// Source: RDS DescribeDBInstances and DescribeDBClusters, AssociatedRoles; IAM
// GetAccountAuthorizationDetails; DescribeOptionGroups, IAM_ROLE_ARN.
var DatabaseRolesLeastPrivilege = checks.Check{
	ID:          "rds-associated-roles-least-privilege",
	Title:       "Roles attached to databases do not reach beyond named resources",
	Severity:    checks.Medium,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.Container,
	Tier:        3,
	Reads:       []string{"rds:DescribeDBInstances", "rds:DescribeDBClusters", "rds:DescribeOptionGroups", "iam:GetAccountAuthorizationDetails"},
	Remedy:      "Name the buckets, functions, models and keys in the role's policy, and bind its trust to this account by aws:SourceAccount or aws:SourceArn.",
	Fix: checks.Fix{
		Threat: "Anybody who may send SQL to the database can use its role: export to any bucket is a way out for all data, import from any a way in. Without a bound in the trust policy, RDS can be made to use the role for somebody else's database.",
		CLI: `aws iam put-role-policy --role-name ROLE --policy-name export --policy-document '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:PutObject","s3:AbortMultipartUpload"],"Resource":"arn:PARTITION:s3:::BUCKET/PREFIX/*"}]}'
aws iam update-assume-role-policy --role-name ROLE --policy-document '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"rds.amazonaws.com"},"Action":"sts:AssumeRole","Condition":{"StringEquals":{"aws:SourceAccount":"{account}"}}}]}'`,
		Terraform: `data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["rds.amazonaws.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = ["{account}"]
    }
  }
}`,
		Cost: "Jobs that read or write elsewhere fail until what they need is named: CloudTrail data events of the bucket tell what is used.",
	},
	Judges: checks.For(snapshot.DBInstances, func(d snapshot.DBInstance, env checks.Env) checks.Verdict {
		return databaseRoles(d.Database, d.Location, env)
	}).And(checks.For(snapshot.DBClusters, func(c snapshot.DBCluster, env checks.Env) checks.Verdict {
		return databaseRoles(c.Database, c.Location, env)
	})),
}

// dataActions stand for what a database does with its roles, each of an action that knows
// resources.
var dataActions = []string{"s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:ListBucket", "lambda:InvokeFunction", "bedrock:InvokeModel", "sagemaker:InvokeEndpoint", "kms:Decrypt"}

func databaseRoles(d snapshot.Database, at snapshot.Location, env checks.Env) checks.Verdict {
	if v, out := databases.Own(d); out {
		return v
	}
	roles, unsure := usedRoles(d, at, env)
	if len(roles) == 0 && unsure != nil {
		return *unsure
	}
	if len(roles) == 0 {
		return checks.DoesNotApply("no role is attached to the database").With("AssociatedRoles", "")
	}
	var faults, fine []string
	for _, r := range roles {
		if r.Status != "ACTIVE" {
			fine = append(fine, fmt.Sprintf("%s is %s and not in use", r.ARN, r.Status))
			continue
		}
		found, v := roleFaults(r, at, env)
		switch {
		case v != nil:
			unsure = v
		case len(found) > 0:
			faults = append(faults, found...)
		default:
			fine = append(fine, r.ARN+" reaches named resources alone")
		}
	}
	switch {
	case len(faults) > 0:
		return checks.Fail("%s", strings.Join(faults, "; ")).With("faults", strings.Join(faults, "; "))
	case unsure != nil:
		return *unsure
	}
	return checks.Pass("%s", strings.Join(fine, "; ")).With("faults", "")
}

// usedRoles are the associated roles, and those that options of SQL Server name. v is why
// there may be more.
func usedRoles(d snapshot.Database, at snapshot.Location, env checks.Env) (out []snapshot.DBRole, v *checks.Verdict) {
	out = slices.Clone(d.Roles)
	if databases.Family(d.Engine) != "sqlserver" {
		return out, nil
	}
	options, unsure, ok := databases.Options(env, d, at)
	if !ok {
		return out, &unsure
	}
	for _, o := range options {
		if arn := o.Settings["IAM_ROLE_ARN"]; arn != "" {
			out = append(out, snapshot.DBRole{ARN: arn, Feature: o.Name, Status: "ACTIVE"})
		}
	}
	return out, nil
}

// roleFaults says what is too wide about one role; v is why it cannot be told.
func roleFaults(r snapshot.DBRole, at snapshot.Location, env checks.Env) (faults []string, v *checks.Verdict) {
	unknown := func(v checks.Verdict) *checks.Verdict { return &v }
	if owner := snapshot.AccountOf(r.ARN); owner != at.Account {
		return nil, unknown(checks.Unclear("the role %s belongs to account %s and cannot be read", r.ARN, owner))
	}
	role, err := checks.Find(env, snapshot.Roles, at.In(snapshot.Global), r.ARN)
	switch {
	case errors.Is(err, snapshot.ErrAbsent):
		return nil, unknown(checks.Unclear("the role %s is not among those of the account", r.ARN))
	case err != nil:
		return nil, unknown(checks.Unknown(err))
	}
	id := iampolicy.Identity{ARN: role.ARN, Policies: identity.Of(env, role.Meta, role.Grants)}
	sources := slices.Clone(id.Policies)
	if role.BoundaryARN != "" {
		b := identity.Managed(env, role.Location, role.BoundaryARN)
		id.Boundary, sources = &b, append(sources, b)
	}
	trust := identity.Source("the trust policy", role.Trust)
	if v, is := identity.Unread(append(sources, trust)); is {
		v.Reason = r.ARN + ": " + v.Reason
		return nil, &v
	}
	var wide, unclear []string
	for _, action := range dataActions {
		switch right := id.Can(action, "*"); right.Answer {
		case iampolicy.Yes:
			wide = append(wide, action)
		case iampolicy.CannotTell:
			unclear = append(unclear, action)
		case iampolicy.No:
		}
	}
	if len(wide) > 0 {
		faults = append(faults, fmt.Sprintf("the role %s (%s) allows %s on all resources", r.ARN, r.Feature, strings.Join(wide, ", ")))
	}
	for _, t := range trust.Document.Trusts("") {
		if t.Kind == iampolicy.TrustService && iampolicy.ServiceName(t.Value) == "rds" && !t.SourceLimited(iampolicy.Known{Accounts: []string{at.Account}}) {
			faults = append(faults, fmt.Sprintf("the role %s (%s) trusts %s without aws:SourceAccount or aws:SourceArn", r.ARN, r.Feature, t.Value))
			break
		}
	}
	if len(faults) == 0 && len(unclear) > 0 {
		return nil, unknown(checks.Unclear("whether the role %s allows %s on all resources cannot be told", r.ARN, strings.Join(unclear, ", ")))
	}
	return faults, nil
}
