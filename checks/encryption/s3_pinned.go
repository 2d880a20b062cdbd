package encryption

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/access/policy"
	"onus/checks/keys"
	"onus/checks/wording"
	"onus/scanner/snapshot"
)

// BucketEncryptionKeyPinned passes when a Deny to everyone refuses every object whose request
// names a KMS key that is not one of an approved account's, and the bucket's default key is
// among those that are left. A negated condition is met where the header is absent too, with
// IfExists or without: such a Deny refuses writes that name no key, unless Null is ANDed.
// Source: S3 GetBucketPolicy and GetBucketEncryption; Amazon S3 User Guide, "Using
// server-side encryption with AWS KMS keys", condition key
// s3:x-amz-server-side-encryption-aws-kms-key-id; IAM User Guide, "IfExists".
var BucketEncryptionKeyPinned = checks.Check{
	ID:          "s3-bucket-encryption-key-pinned",
	Title:       "Objects in an S3 bucket can be encrypted with approved KMS keys only",
	Severity:    checks.Medium,
	Category:    checks.Encryption,
	Duty:        checks.DataEncryption,
	ServiceKind: checks.Abstracted,
	Tier:        3,
	Reads:       []string{"s3:ListBuckets", "s3:GetBucketEncryption", "s3:GetBucketPolicy", "kms:DescribeKey"},
	Parameters:  checks.Parameters{"trusted_key_accounts": []string{}},
	Bounds: func(parameter string, value any) error {
		list, _ := value.([]string)
		for _, v := range list {
			if policy.AccountOf(v) != v {
				return fmt.Errorf("%s names %q, want accounts of twelve digits", parameter, v)
			}
		}
		return nil
	},
	Remedy: "Deny everyone s3:PutObject where s3:x-amz-server-side-encryption-aws-kms-key-id is there (Null false) and is none of the keys that you want.",
	Fix: checks.Fix{
		Threat: "A writer with stolen credentials names a key of an account of its own in one header. The objects are then readable as long as the thief allows it, and are held for ransom after.",
		CLI:    "aws s3api put-bucket-policy --bucket {name} --policy file://policy.json",
		Terraform: `data "aws_iam_policy_document" "this" {
  statement {
    sid       = "DenyOtherKeys"
    effect    = "Deny"
    actions   = ["s3:PutObject"]
    resources = ["{arn}/*"]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
    condition {
      test     = "Null"
      variable = "s3:x-amz-server-side-encryption-aws-kms-key-id"
      values   = ["false"]
    }
    condition {
      test     = "ArnNotLike"
      variable = "s3:x-amz-server-side-encryption-aws-kms-key-id"
      values   = ["arn:{partition}:kms:{region}:{account}:key/*"]
    }
  }
}`,
		Cost: "Writers that name another key are refused. The command replaces the whole policy: add the statement to what is there. Requests that name an algorithm and no key are another matter: see s3-bucket-encryption-downgrade-denied.",
	},
	Judges: checks.For(snapshot.Buckets, bucketEncryptionKeyPinned),
}

const keyHeader = "s3:x-amz-server-side-encryption-aws-kms-key-id"

// pin is a Deny that refuses all keys but some.
type pin struct {
	*policy.Statement
	allowed []allowedKeys
	absent  bool // it also refuses requests that name no key
}

// allowedKeys is one value of a condition, with how it is compared. Exact means that a star
// in it is a star.
type allowedKeys struct {
	value string
	match func(value, arn string) bool
	exact bool
}

func bucketEncryptionKeyPinned(b snapshot.Bucket, env checks.Env) checks.Verdict {
	e, err := b.Encryption.Get()
	if err != nil {
		return checks.Unknown(err)
	}
	rule, _ := e.Default()
	switch rule.Algorithm {
	case "":
		return checks.Fail("no default encryption is set").With("allowed", "")
	case "AES256":
		return checks.DoesNotApply("the default encryption is AES256, without a KMS key")
	}
	denies, v, ok := bucketDenies(b)
	if !ok {
		return v
	}
	var pins []pin
	for _, s := range denies {
		if p, ok := pinOf(s, b); ok {
			pins = append(pins, p)
		}
	}
	approved := slices.Concat([]string{b.Account}, env.Strings("trusted_key_accounts"))
	i := slices.IndexFunc(pins, func(p pin) bool { return len(p.outside(approved)) == 0 })
	switch s := unclearAmong(denies); {
	case i >= 0:
	case s != nil:
		return checks.Unclear("%s holds something outside the grammar", s.Name())
	case len(pins) > 0:
		open := pins[0].outside(approved)
		return checks.Fail("%s leaves keys that are not known to be of an approved account: %s", pins[0].Name(), wording.List(open, 3)).With("allowed", pins[0].list())
	default:
		return checks.Fail("no statement of the bucket policy refuses other keys%s; a resource control policy of the organization might, which a member account cannot read", nearlyPinned(denies, b)).With("allowed", "")
	}
	for _, p := range pins {
		if v, out := defaultRefused(p, b, rule, env); out {
			return v.With("allowed", p.list())
		}
	}
	return checks.Pass("%s leaves only keys of approved accounts, the default key among them: %s%s", pins[i].Name(), pins[i].list(), remark(pins)).With("allowed", pins[i].list())
}

// pinOf takes a Deny for a pin: to everyone, on all objects, and with no other conditions
// than about the header.
func pinOf(s *policy.Statement, b snapshot.Bucket) (pin, bool) {
	p := pin{Statement: s, absent: true}
	if s.Unclear || !toEveryone(s) || !onAllObjects(s, b, "s3:PutObject") {
		return p, false
	}
	for i := range s.Conditions {
		c := &s.Conditions[i]
		if !c.Is(keyHeader) {
			return p, false
		}
		match, exact := policy.Covers, false
		switch operator(c) {
		case "null":
			if len(c.Values) != 1 || !strings.EqualFold(c.Values[0], "false") {
				return p, false
			}
			p.absent = false
			continue
		case "stringnotequals":
			match, exact = func(value, arn string) bool { return value == arn }, true
		case "stringnotlike":
		case "arnnotequals", "arnnotlike":
			match = likeARN
		default:
			return p, false
		}
		for _, v := range c.Values {
			p.allowed = append(p.allowed, allowedKeys{v, match, exact})
		}
	}
	return p, len(p.allowed) > 0
}

// likeARN compares part by part, as the operators for ARNs do.
func likeARN(pattern, arn string) bool {
	outer, inner := strings.SplitN(pattern, ":", 6), strings.SplitN(arn, ":", 6)
	return pattern == "*" || len(outer) == 6 && len(inner) == 6 && !slices.ContainsFunc([]int{0, 1, 2, 3, 4, 5}, func(i int) bool { return !policy.Covers(outer[i], inner[i]) })
}

func (p pin) list() string {
	out := make([]string, 0, len(p.allowed))
	for _, a := range p.allowed {
		out = append(out, a.value)
	}
	return wording.List(out, 3)
}

// outside are the values that are not known to be keys of some accounts. A key's ARN has six
// parts, so that a star cannot reach over them.
func (p pin) outside(accounts []string) (out []string) {
	for _, a := range p.allowed {
		if !slices.ContainsFunc(accounts, func(account string) bool { return policy.Covers("arn:*:kms:*:"+account+":*", a.value) }) {
			out = append(out, a.value)
		}
	}
	return out
}

// allows says whether a key is left; open that a value holds what only a request tells.
func (p pin) allows(arn string) (allowed, open bool) {
	for _, a := range p.allowed {
		allowed, open = allowed || a.match(a.value, arn), open || strings.Contains(a.value, "${")
	}
	return allowed, open && !allowed
}

// defaultRefused says that a pin refuses requests that name the bucket's default key, or
// that this cannot be told.
func defaultRefused(p pin, b snapshot.Bucket, rule snapshot.EncryptionRule, env checks.Env) (checks.Verdict, bool) {
	if rule.KMSMasterKeyID == "" || snapshot.AWSAlias(rule.KMSMasterKeyID) {
		return managedRefused(p, b, env)
	}
	arn := snapshot.KeyARN(b.Location, rule.KMSMasterKeyID)
	if strings.Contains(arn, ":alias/") {
		m, err := keys.Of(env, b.Location, rule.KMSMasterKeyID)
		switch {
		case errors.Is(err, snapshot.ErrAbsent):
			return checks.Fail("KMS knows no key %s, which is the bucket's default", rule.KMSMasterKeyID), true
		case err != nil:
			return checks.Unknown(err), true
		}
		if byName, _ := p.allows(arn); byName {
			if byKey, _ := p.allows(m.ARN); !byKey {
				return checks.Unclear("%s names the default key by its alias, and S3 does not document whether it compares aliases", p.Name()), true
			}
		}
		arn = m.ARN
	}
	switch allowed, open := p.allows(arn); {
	case allowed:
		return checks.Verdict{}, false
	case open:
		return checks.Unclear("whether %s leaves the default key %s depends on the request", p.Name(), arn), true
	}
	return checks.Fail("%s leaves out the default key %s: normal writes that name it are refused", p.Name(), arn), true
}

// managedRefused is defaultRefused for the AWS managed key, whose ARN the bucket does not
// tell. A pattern for all keys of the account and Region leaves it.
func managedRefused(p pin, b snapshot.Bucket, env checks.Env) (checks.Verdict, bool) {
	own := fmt.Sprintf("arn:%s:kms:%s:%s:key/", b.Partition, b.Region, b.Account)
	if slices.ContainsFunc(p.allowed, func(a allowedKeys) bool { return !a.exact && a.match(a.value, own+"*") }) {
		return checks.Verdict{}, false
	}
	for _, a := range p.allowed {
		if !strings.HasPrefix(a.value, own) || strings.ContainsAny(a.value, "*?") {
			continue
		}
		m, err := keys.Of(env, b.Location, a.value)
		var unread *snapshot.Unread
		switch {
		case err == nil && m.Manager == "AWS":
			return checks.Unclear("the default key is the AWS managed key of S3, and whether that is %s is not told", a.value), true
		case errors.As(err, &unread) && unread.Cause != snapshot.Skipped: // nobody asked: no resource names it
			return checks.Unknown(err), true
		}
	}
	return checks.Fail("the default key is the AWS managed key of S3, which %s leaves out: a write that takes the default is encrypted with none of the keys that it leaves, or refused", p.Name()), true
}

// remark says what becomes of requests that name no key.
func remark(pins []pin) string {
	if slices.ContainsFunc(pins, func(p pin) bool { return p.absent }) {
		return "; writes that name no key are refused as well, also those that would take the default"
	}
	return "; a request for aws:kms that names no key is let through and gets the AWS managed key"
}

// nearlyPinned names a Deny about the header that leaves somebody or something out.
func nearlyPinned(denies []*policy.Statement, b snapshot.Bucket) string {
	for _, s := range denies {
		about := slices.ContainsFunc(s.Conditions, func(c policy.Condition) bool { return c.Is(keyHeader) && operator(&c) != "null" })
		switch {
		case !about || !s.TouchesAction("s3:PutObject"):
		case !toEveryone(s):
			return "; " + s.Name() + " refuses them to some principals only"
		case !onAllObjects(s, b, "s3:PutObject"):
			return "; " + s.Name() + " covers only some objects"
		case slices.ContainsFunc(s.Conditions, func(c policy.Condition) bool { return !c.Is(keyHeader) }):
			return "; " + s.Name() + " has further conditions that leave requests out"
		default:
			return "; " + s.Name() + " compares in another way than by a negated operator for texts or ARNs"
		}
	}
	return ""
}
