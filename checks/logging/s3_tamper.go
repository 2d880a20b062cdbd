package logging

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/access/policy"
	"onus/checks/access/refusal"
	"onus/checks/backups/expiry"
	"onus/checks/logging/delivery"
	"onus/scanner/snapshot"
)

// AuditLogBucketTamperResistant passes when a bucket that receives a trail's logs or access
// logs, or that log_buckets names, keeps what it holds: it has versions, nobody can delete
// them before min_days (Object Lock, MFA delete, or a refusal to everybody), no policy lets
// another account delete, and no lifecycle ends a log sooner. A target of access logs can
// have no default retention. A refusal that spares by a wildcard spares whoever can make a
// role of such a name.
// Source: CloudTrail DescribeTrails; S3 GetBucketLogging, GetBucketVersioning,
// GetObjectLockConfiguration, GetBucketPolicy, GetBucketLifecycleConfiguration.
var AuditLogBucketTamperResistant = checks.Check{
	ID:          "s3-audit-log-bucket-tamper-resistant",
	Title:       "S3 buckets that hold audit logs keep them from being changed or deleted",
	Severity:    checks.High,
	Category:    checks.LoggingOf,
	Duty:        checks.AccessControl,
	ServiceKind: checks.Abstracted,
	Tier:        3,
	Reads: []string{"s3:ListBuckets", "cloudtrail:DescribeTrails", "s3:GetBucketLogging", "s3:GetBucketVersioning",
		"s3:GetObjectLockConfiguration", "s3:GetBucketPolicy", "s3:GetBucketLifecycleConfiguration"},
	Parameters: checks.Parameters{"min_days": 365, "breakglass_principals": []string{}, "log_buckets": []string{}}, // log_buckets: globs of names
	Bounds:     checks.AtLeast(1),
	Remedy:     "Turn on versioning, and Object Lock with a default retention; for a target of access logs refuse everybody to delete in its policy.",
	Judges:     checks.For(snapshot.Buckets, auditLogBucketTamperResistant),
	Fix: checks.Fix{
		Threat: "Whoever takes over an administrator deletes or rewrites the logs of what he did. What happened cannot be proved then, and cannot be found out.",
		CLI: `aws s3api put-bucket-versioning --bucket {name} --versioning-configuration Status=Enabled
aws s3api put-object-lock-configuration --bucket {name} --object-lock-configuration '{"ObjectLockEnabled":"Enabled","Rule":{"DefaultRetention":{"Mode":"COMPLIANCE","Days":365}}}'
aws s3api get-bucket-policy --bucket {name} --query Policy --output text > policy.json
aws s3api put-bucket-policy --bucket {name} --policy file://policy.json`,
		Terraform: `data "aws_iam_policy_document" "this" {
  statement {
    sid       = "KeepLogs"
    effect    = "Deny"
    actions   = ["s3:DeleteObject", "s3:DeleteObjectVersion", "s3:PutLifecycleConfiguration"]
    resources = ["{arn}", "{arn}/*"]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
  }
}`,
		Cost: "A target of S3 access logs must not have a default retention: use the refusal in the policy there, and no retention. Compliance mode keeps logs, and their cost, until their time is up. While the refusal stands, lifecycle rules can be set by nobody: set them first.",
	},
}

func auditLogBucketTamperResistant(b snapshot.Bucket, env checks.Env) checks.Verdict {
	purpose, unread := receives(b, env)
	switch {
	case purpose == "" && unread != nil:
		return checks.Unknown(unread)
	case purpose == "":
		return checks.DoesNotApply("the bucket is no target of trails or access logs, and not among log_buckets")
	}
	least := env.Int("min_days")
	var faults []string
	var lacking error
	fault := func(said string, err error) {
		if said != "" {
			faults = append(faults, said)
		}
		lacking = cmp.Or(lacking, err)
	}
	versioning, err := b.Versioning.Get()
	fault(unversioned(versioning, err), err)
	lock, lockErr := b.ObjectLock.Get()
	doc, v, ok := refusal.BucketPolicy(b)
	kept, open := keeps(b, versioning, lock, doc, least, env.Strings("breakglass_principals"))
	if kept == "" {
		switch {
		case err != nil || lockErr != nil: // what was not read may keep them
			lacking = cmp.Or(lacking, err, lockErr)
		case ok:
			fault(open, nil)
		}
	}
	outside, doubts := lets(b, doc)
	fault(outside, nil)
	rules, err := b.Lifecycle.Get()
	early := expiry.Sooner(append(expiry.Current(rules, env.AsOf), expiry.Noncurrent(rules)...), least)
	switch {
	case len(early) > 0 && expiry.Locked(lock) >= least: // a lock wins over a lifecycle
	case len(early) > 0 && lockErr != nil:
		lacking = cmp.Or(lacking, lockErr)
	case len(early) > 0:
		fault(expiry.List(early)+", sooner than "+fmt.Sprint(least)+" days", nil)
	default:
		lacking = cmp.Or(lacking, err)
	}
	found := strings.Join(faults, "; ")
	switch {
	case len(faults) > 0:
		return checks.Fail("the bucket %s, and %s", purpose, found).With("faults", found)
	case !ok:
		return v
	case lacking != nil:
		return checks.Unknown(lacking)
	case len(doubts) > 0:
		return checks.Unclear("the bucket %s, and %s of its policy holds something outside the grammar", purpose, strings.Join(doubts, ", "))
	}
	return checks.Pass("the bucket %s, and keeps them: %s", purpose, kept).With("faults", "")
}

func unversioned(v snapshot.Versioning, err error) string {
	if err == nil && v.Status != "Enabled" {
		return fmt.Sprintf("versioning is %q, so that what is overwritten is gone", v.Status)
	}
	return ""
}

// receives says what makes the bucket one of audit logs, and why it may be one.
func receives(b snapshot.Bucket, env checks.Env) (purpose string, err error) {
	if slices.ContainsFunc(env.Strings("log_buckets"), func(p string) bool { ok, err := path.Match(p, b.Name); return err == nil && ok }) {
		return "is among log_buckets", nil
	}
	trails, err := delivery.To(env, b)
	if len(trails) > 0 {
		return "receives the logs of " + delivery.Names(trails), nil
	}
	if source, found := checks.Find(env, snapshot.LogTargets, b.Location, b.Name); found == nil {
		return "receives the access logs of " + source.Name, nil
	}
	if source, found := checks.Find(env, snapshot.LogTargets, b.Location, ""); found == nil {
		err = cmp.Or(err, source.Err)
	}
	return "", err
}

// keeps is what keeps anybody from deleting a version, or what lacks to it.
func keeps(b snapshot.Bucket, v snapshot.Versioning, lock snapshot.ObjectLock, doc *policy.Document, least int, exempt []string) (kept, open string) {
	locked := expiry.Locked(lock)
	switch {
	case locked >= least:
		return fmt.Sprintf("Object Lock retains each for %d days in mode %s", locked, lock.Mode), ""
	case v.MFADelete == "Enabled":
		return "deleting a version needs a second factor", ""
	}
	var by []string
	open = "its policy does not refuse everybody to delete"
	refused := 0
	for _, a := range []struct{ action, resource string }{
		{"s3:DeleteObject", b.ARN + "/*"}, {"s3:DeleteObjectVersion", b.ARN + "/*"}, {"s3:PutLifecycleConfiguration", b.ARN},
	} {
		answer := refusal.Of(doc, a.action, a.resource, exempt)
		switch {
		case answer.By != nil:
			refused++
			if !slices.Contains(by, answer.By.Name()) {
				by = append(by, answer.By.Name())
			}
		case answer.Near != "":
			open = "of " + a.action + ", " + answer.Near
		default:
			open = "its policy does not refuse everybody " + a.action
		}
	}
	if refused == 3 {
		return strings.Join(by, ", ") + " of its policy refuses everybody to delete", ""
	}
	switch {
	case locked > 0:
		open = fmt.Sprintf("Object Lock retains for %d days only, and %s", locked, open)
	default:
		open = "neither Object Lock nor MFA delete keeps them, and " + open
	}
	return "", open
}

// lets is which statements let others delete, and which may.
func lets(b snapshot.Bucket, doc *policy.Document) (outside string, doubts []string) {
	if doc == nil {
		return "", nil
	}
	deletes := func(a policy.Action) bool { return strings.HasPrefix(strings.ToLower(a.Name), "s3:deleteobject") }
	var open []string
	for _, g := range doc.Grants("bucket policy", b.Account, b.ARN+"/*", deletes) {
		switch name := g.Ref.Statement.Name(); g.Within(policy.Known{Accounts: []string{b.Account}}) {
		case policy.No:
			open = append(open, name)
		case policy.CannotTell:
			doubts = append(doubts, name)
		case policy.Yes:
		}
	}
	if len(open) > 0 {
		outside = strings.Join(open, ", ") + " of its policy lets principals outside the account delete"
	}
	return outside, doubts
}
