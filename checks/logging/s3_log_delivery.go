package logging

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/access/policy"
	"onus/checks/access/refusal"
	"onus/scanner/snapshot"
)

// BucketAccessLogDelivery passes when nothing keeps S3 from delivering a bucket's access logs:
// the target is an own bucket of the same Region, retains nothing by default, has no KMS
// default, and lets the log service write, by its policy or, where ACLs are on, by a grant to
// the log delivery group; and no Deny of its policy refuses the service. Block Public Access
// does not cut service principals. Delivery is best effort: that it is possible says nothing
// of whether every log arrives.
// Source: S3 GetBucketLogging; Amazon S3 User Guide, "Enabling Amazon S3 server access
// logging", "Permissions for log delivery", "Troubleshoot server access logging".
var BucketAccessLogDelivery = checks.Check{
	ID:          "s3-bucket-access-log-delivery-works",
	Title:       "The access logs of an S3 bucket can reach the bucket they are meant for",
	Severity:    checks.Medium,
	Category:    checks.LoggingOf,
	Duty:        checks.AccessControl,
	ServiceKind: checks.Abstracted,
	Tier:        3,
	Reads: []string{"s3:ListBuckets", "s3:GetBucketLogging", "s3:GetBucketPolicy", "s3:GetBucketAcl", "s3:GetBucketOwnershipControls",
		"s3:GetBucketEncryption", "s3:GetObjectLockConfiguration", "s3:HeadBucket", "organizations:DescribeOrganization"},
	Remedy: "Let logging.s3.amazonaws.com write to the target by its policy, and take away there what the finding names.",
	Judges: checks.For(snapshot.Buckets, bucketAccessLogDelivery),
	Fix: checks.Fix{
		Threat: "Logging is on and no log arrives: S3 drops what it may not deliver, and tells nobody. That comes to light when the logs are needed, after something happened.",
		CLI: `aws s3api get-bucket-logging --bucket {name}
aws s3api get-bucket-policy --bucket LOG_BUCKET --query Policy --output text > policy.json
aws s3api put-bucket-policy --bucket LOG_BUCKET --policy file://policy.json`,
		Terraform: `data "aws_iam_policy_document" "log_bucket" {
  statement {
    sid       = "AccessLogs"
    actions   = ["s3:PutObject"]
    resources = ["ARN_OF_LOG_BUCKET/*"]
    principals {
      type        = "Service"
      identifiers = ["logging.s3.amazonaws.com"]
    }
    condition {
      test     = "ArnLike"
      variable = "aws:SourceArn"
      values   = ["{arn}"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = ["{account}"]
    }
  }
}`,
		Cost: "Logs of the past do not come back. Change the policy in the file between the last two commands: the second of them replaces it whole. A default retention or a KMS default of the target has to give way, or another bucket has to receive the logs.",
	},
}

// logService is the principal by which S3 delivers access logs, in every partition.
const logService = "logging.s3.amazonaws.com"

// logDelivery is the group of ACLs by which S3 delivered them before.
const logDelivery = "http://acs.amazonaws.com/groups/s3/LogDelivery"

func bucketAccessLogDelivery(b snapshot.Bucket, env checks.Env) checks.Verdict {
	l, err := b.Logging.Get()
	switch {
	case err != nil:
		return checks.Unknown(err)
	case l.TargetBucket == "":
		return checks.DoesNotApply("access logging is off").With("TargetBucket", "")
	}
	v := intoTarget(b, l, env)
	return v.With("TargetBucket", l.TargetBucket)
}

func intoTarget(b snapshot.Bucket, l snapshot.BucketLogging, env checks.Env) checks.Verdict {
	place, own := env.Account().S3.Place(l.TargetBucket)
	at, placeErr := checks.Use(env, place)
	home, homeErr := b.BucketRegion.Get()
	target, err := checks.Find(env, snapshot.Buckets, b.Location, l.TargetBucket)
	switch unlisted := err != nil && !errors.Is(err, snapshot.ErrAbsent); {
	case !own && unlisted:
		return checks.Unknown(err)
	case !own && placeErr == nil && !at.Exists:
		return checks.Fail("there is no bucket %s", l.TargetBucket)
	case !own:
		return checks.Fail("%s is no bucket of this account, and logs are delivered within one account only", l.TargetBucket)
	case placeErr != nil || homeErr != nil:
		return checks.Unknown(cmp.Or(placeErr, homeErr))
	case at.Region != home:
		return checks.Fail("%s lies in %s and the bucket in %s, and logs are delivered within one Region only", l.TargetBucket, at.Region, home)
	case err != nil:
		return checks.Unknown(err)
	}
	return delivered(b, target, l.TargetPrefix, env)
}

// delivered judges the target. One obstacle is enough, whatever could not be read.
func delivered(b, target snapshot.Bucket, prefix string, env checks.Env) checks.Verdict {
	var faults []string
	var lacking error
	lock, err := target.ObjectLock.Get()
	lacking = cmp.Or(lacking, err)
	if lock.Mode != "" {
		faults = append(faults, "Object Lock retains by default there (mode "+lock.Mode+")")
	}
	e, err := target.Encryption.Get()
	lacking = cmp.Or(lacking, err)
	if rule, _ := e.Default(); strings.HasPrefix(rule.Algorithm, "aws:kms") {
		faults = append(faults, "its default encryption is "+rule.Algorithm+", which delivery does not support")
	}
	doc, v, ok := refusal.BucketPolicy(target)
	if !ok {
		if len(faults) > 0 {
			return checks.Fail("logs cannot reach %s: %s", target.Name, strings.Join(faults, "; "))
		}
		return v
	}
	d := decided(doc, request(b, target, prefix, env))
	by := "its policy lets " + logService + " write"
	doubt := ""
	switch {
	case d.Allowed == policy.Yes:
	case d.Stage == policy.ByExplicitDeny:
		faults = append(faults, refs(d.By)+" of its policy refuses "+logService)
	case d.Allowed == policy.CannotTell:
		doubt = refs(d.Doubts)
	default:
		var fault string
		by, fault, err = byGroup(target)
		lacking = cmp.Or(lacking, err)
		if fault != "" {
			faults = append(faults, "no statement of its policy lets "+logService+" write for this bucket, and "+fault)
		} else if d := decided(withAllow(doc), request(b, target, prefix, env)); d.Allowed != policy.Yes {
			doubt = refs(d.Doubts)
		}
	}
	switch {
	case len(faults) > 0:
		return checks.Fail("logs cannot reach %s: %s", target.Name, strings.Join(faults, "; "))
	case lacking != nil:
		return checks.Unknown(lacking)
	case doubt != "":
		return checks.Unclear("whether logs can reach %s is not clear: %s of its policy turns on what requests of the log service carry", target.Name, doubt)
	}
	return checks.Pass("logs can reach %s under %q: %s; delivery is best effort, so that some may still lack", target.Name, prefix, by)
}

// decided is what a policy says of a request; without a policy nothing allows it.
func decided(doc *policy.Document, r policy.Request) policy.Decision {
	if doc == nil {
		return policy.Decision{Allowed: policy.No, Stage: policy.ByResource}
	}
	return policy.Decide(r, policy.Policies{Resource: &policy.Source{Name: "its policy", Document: doc}})
}

// withAllow is the policy with all that a grant of the ACL adds: what then decides is a Deny.
func withAllow(doc *policy.Document) *policy.Document {
	out := policy.Document{Version: policy.Version2012}
	if doc != nil {
		out = *doc
	}
	out.Statements = append(slices.Clone(out.Statements), policy.Statement{Effect: policy.Allow, Principals: policy.Principals{Present: true, AWS: []string{"*"}},
		Actions: []string{"s3:PutObject"}, Resources: []string{"*"}})
	return &out
}

func refs(list []policy.Ref) string {
	out := make([]string, 0, len(list))
	for _, r := range list {
		if r.Statement != nil {
			out = append(out, r.Statement.Name())
		}
	}
	return strings.Join(out, ", ")
}

// byGroup asks whether an ACL lets the log delivery group write.
func byGroup(target snapshot.Bucket) (by, fault string, err error) {
	ownership, err := target.Ownership.Get()
	switch {
	case err != nil:
		return "", "", err
	case ownership == "BucketOwnerEnforced":
		return "", "its ACL has no effect (BucketOwnerEnforced)", nil
	}
	acl, err := target.ACL.Get()
	if err != nil {
		return "", "", err
	}
	for _, g := range acl.Grants {
		if g.Group == logDelivery && (g.Permission == "WRITE" || g.Permission == "FULL_CONTROL") {
			return fmt.Sprintf("its ACL grants %s to the log delivery group", g.Permission), "", nil
		}
	}
	return "", "its ACL grants the log delivery group nothing", nil
}

// request is how the log service writes. It comes over TLS, through nobody's VPC endpoint,
// as no principal of an account, and asks for no encryption of its own.
func request(b, target snapshot.Bucket, prefix string, env checks.Env) policy.Request {
	context := policy.Context{
		Values: map[string][]string{
			"aws:sourcearn": {b.ARN}, "aws:sourceaccount": {b.Account}, "aws:securetransport": {"true"},
			"aws:principalservicename": {logService}, "aws:viaawsservice": {"false"},
		},
		Absent: map[string]bool{},
	}
	for _, key := range []string{
		"aws:sourcevpc", "aws:sourcevpce", "aws:vpcsourceip", "aws:vpceaccount", "aws:vpceorgid", "aws:vpceorgpaths", "aws:principalorgid",
		"aws:principalorgpaths", "aws:principalaccount", "aws:userid", "aws:username", "aws:multifactorauthpresent", "aws:multifactorauthage",
		"s3:x-amz-server-side-encryption", "s3:x-amz-server-side-encryption-aws-kms-key-id", "s3:x-amz-server-side-encryption-customer-algorithm",
		"s3:dataaccesspointarn", "s3:dataaccesspointaccount", "s3:accesspointnetworkorigin",
	} {
		context.Absent[key] = true
	}
	if o, err := checks.Use(env, env.Account().Org.Organization); err == nil && o.ID != "" {
		context.Values["aws:sourceorgid"] = []string{o.ID}
	} else if errors.Is(err, snapshot.ErrAbsent) {
		context.Absent["aws:sourceorgid"], context.Absent["aws:sourceorgpaths"] = true, true
	}
	return policy.Request{Caller: policy.Caller{Service: logService}, Action: "s3:PutObject",
		Resource: target.ARN + "/" + prefix + "2026-01-01-00-00-00-0123456789ABCDEF", Owner: target.Account, Context: context}
}
