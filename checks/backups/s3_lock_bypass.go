package backups

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/access/identity"
	"onus/checks/access/policy"
	"onus/checks/access/refusal"
	"onus/scanner/snapshot"
)

// BucketObjectLockNotBypassable passes when nobody can lift the default retention: in mode
// COMPLIANCE; or, in mode GOVERNANCE, where the bucket's policy refuses everybody to bypass
// and to change it, or where no user, no role and no grant of the bucket's policy has the
// right. Whoever may change the policy may take the refusal away: governance is never
// immutable. The root user stands in no list of identities.
// Source: S3 GetObjectLockConfiguration, Rule.DefaultRetention.Mode; Amazon S3 User Guide,
// "Retention modes"; IAM GetAccountAuthorizationDetails.
var BucketObjectLockNotBypassable = checks.Check{
	ID:          "s3-bucket-object-lock-not-bypassable",
	Title:       "Nobody can lift the retention of objects in a locked S3 bucket",
	Severity:    checks.Medium,
	Category:    checks.BackupsOf,
	Duty:        checks.Backups,
	ServiceKind: checks.Abstracted,
	Tier:        3,
	Reads:       []string{"s3:ListBuckets", "s3:GetObjectLockConfiguration", "s3:GetBucketPolicy", "iam:GetAccountAuthorizationDetails"},
	Parameters:  checks.Parameters{"bypass_principals": []string{}}, // ARNs
	Remedy:      "Retain in mode COMPLIANCE, or refuse everybody s3:BypassGovernanceRetention and s3:PutBucketObjectLockConfiguration in the bucket's policy.",
	Judges:      checks.For(snapshot.Buckets, bucketObjectLockNotBypassable),
	Fix: checks.Fix{
		Threat: "An administrator, or whoever took over his session, deletes locked versions with one more header. What was kept against ransomware is gone with the rest.",
		CLI: `aws s3api put-object-lock-configuration --bucket {name} --object-lock-configuration '{"ObjectLockEnabled":"Enabled","Rule":{"DefaultRetention":{"Mode":"COMPLIANCE","Days":30}}}'
aws s3api get-bucket-policy --bucket {name} --query Policy --output text > policy.json
aws s3api put-bucket-policy --bucket {name} --policy file://policy.json`,
		Terraform: `data "aws_iam_policy_document" "this" {
  statement {
    sid       = "KeepGovernance"
    effect    = "Deny"
    actions   = ["s3:BypassGovernanceRetention", "s3:PutBucketObjectLockConfiguration"]
    resources = ["{arn}", "{arn}/*"]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
  }
}`,
		Cost: "Either way is enough: the first command, or a Deny added to the policy between the other two. Compliance mode cannot be lifted by anybody, AWS and the root user included: storage is paid until the last version's time is up. It holds for what is written from then on.",
	},
}

const bypass = "s3:BypassGovernanceRetention"

func bucketObjectLockNotBypassable(b snapshot.Bucket, env checks.Env) checks.Verdict {
	lock, err := b.ObjectLock.Get()
	switch {
	case err != nil:
		return checks.Unknown(err)
	case lock.Enabled != "Enabled":
		return checks.DoesNotApply("there is no Object Lock")
	case lock.Mode == "":
		return checks.DoesNotApply("Object Lock has no default retention").With("Mode", "")
	case lock.Mode == "COMPLIANCE":
		return checks.Pass("the default retention is in mode COMPLIANCE, which nobody can lift").With("Mode", lock.Mode)
	case lock.Mode != "GOVERNANCE":
		return checks.Unclear("the mode %q is not one that AWS documents", lock.Mode).With("Mode", lock.Mode)
	}
	doc, v, ok := refusal.BucketPolicy(b)
	if !ok {
		return v
	}
	exempt := env.Strings("bypass_principals")
	lifting := refusal.Of(doc, bypass, b.ARN+"/*", exempt)
	changing := refusal.Of(doc, "s3:PutBucketObjectLockConfiguration", b.ARN, exempt)
	if lifting.By != nil && changing.By != nil {
		return checks.Pass("the mode is GOVERNANCE, and %s refuses everybody to bypass it%s: who may change the policy may lift that", lifting.By.Name(), but(exempt)).With("Mode", lock.Mode)
	}
	return byIdentities(b, env, doc, exempt, partlyRefused(lifting, changing)).With("Mode", lock.Mode)
}

func but(exempt []string) string {
	if len(exempt) == 0 {
		return ""
	}
	return " but bypass_principals"
}

// partlyRefused is what the policy's refusal leaves open, as a remark.
func partlyRefused(lifting, changing refusal.Answer) string {
	switch {
	case lifting.By != nil && changing.Near != "":
		return "; of s3:PutBucketObjectLockConfiguration, " + changing.Near
	case lifting.By != nil:
		return "; " + lifting.By.Name() + " refuses it, but nothing refuses s3:PutBucketObjectLockConfiguration"
	case lifting.Near != "":
		return "; " + lifting.Near
	}
	return "; the bucket policy refuses it to nobody"
}

// byIdentities judges who holds the right to bypass.
func byIdentities(b snapshot.Bucket, env checks.Env, doc *policy.Document, exempt []string, remark string) checks.Verdict {
	found := holders{bucket: b, exempt: exempt}
	found.granted(doc)
	users, unread := checks.In(env, snapshot.Users, env.Account().Location).Get()
	for _, u := range users {
		found.look(u.ARN, identity.BoundedUser(env, u))
	}
	roles, more := checks.In(env, snapshot.Roles, env.Account().Location).Get()
	for _, r := range roles {
		found.look(r.ARN, identity.BoundedRole(env, r))
	}
	unread = cmp.Or(unread, more)
	switch {
	case len(found.by) > 0:
		return checks.Fail("the mode is GOVERNANCE, and it can be bypassed by %s%s%s", some(found.by), found.unread, remark)
	case unread != nil:
		return checks.Unknown(unread)
	case found.lacking.Reason != "":
		return found.lacking
	case len(found.doubts) > 0:
		return checks.Unclear("the mode is GOVERNANCE, and whether it can be bypassed is not clear: %s%s", strings.Join(found.doubts, "; "), remark)
	}
	return checks.Pass("the mode is GOVERNANCE, and no user and no role has the right to bypass it%s, the root user aside", but(exempt))
}

// holders gathers who may bypass.
type holders struct {
	bucket     snapshot.Bucket
	exempt     []string
	by, doubts []string
	unread     string         // what might lift the right and was left aside
	lacking    checks.Verdict // of the first policy without a document, if there is one
}

// granted looks at what the bucket's own policy gives.
func (h *holders) granted(doc *policy.Document) {
	if doc == nil {
		return
	}
	wanted := func(a policy.Action) bool { return strings.EqualFold(a.Name, bypass) }
	for _, g := range doc.Grants("bucket policy", h.bucket.Account, h.bucket.ARN+"/*", wanted) {
		p := g.Ref.Statement.Principals
		named := !p.Negated && !slices.ContainsFunc(refusal.Named(p), func(v string) bool { return !slices.Contains(h.exempt, v) })
		switch name := "whom " + g.Ref.Statement.Name() + " of the bucket policy names"; {
		case named:
		case g.Unclear:
			h.doubts = append(h.doubts, name)
		default:
			h.by = append(h.by, name)
		}
	}
}

// look asks whether a user or role has the right on some object of the bucket.
func (h *holders) look(arn string, id policy.Identity) {
	if slices.Contains(h.exempt, arn) {
		return
	}
	switch right := id.Ask(bypass).Some(h.bucket.ARN + "/*"); right.Answer {
	case policy.Yes:
		h.by = append(h.by, arn)
		for _, u := range right.Unread {
			if said := "; not read, and might lift it: " + u; !strings.Contains(h.unread, said) {
				h.unread += said
			}
		}
	case policy.No:
	case policy.CannotTell:
		h.doubts = append(h.doubts, arn)
		if v, ok := identity.Unread(id.Policies); ok && h.lacking.Reason == "" {
			h.lacking = v
		}
	}
}

// some lists a few of many.
func some(list []string) string {
	if len(list) > 5 {
		return fmt.Sprintf("%s and %d more", strings.Join(list[:5], ", "), len(list)-5)
	}
	return strings.Join(list, ", ")
}
