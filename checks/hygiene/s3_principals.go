package hygiene

import (
	"cmp"
	"errors"
	"regexp"
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/access/policy"
	"onus/checks/access/refusal"
	"onus/scanner/snapshot"
)

// BucketPolicyPrincipalsExist passes when a bucket policy names nobody who was deleted. AWS
// stores a principal by its unique id and shows that id once the user or role is gone: a new
// one of the same name gets no right by it. A Deny counts too: it protects from nobody. ARNs
// in conditions are plain text, and those of the own account are looked up; those of other
// accounts cannot be. Source: IAM User Guide, "AWS JSON policy elements: Principal";
// IAM GetAccountAuthorizationDetails.
var BucketPolicyPrincipalsExist = checks.Check{
	ID:          "s3-bucket-policy-principals-exist",
	Title:       "S3 bucket policies name no principal that has been deleted",
	Severity:    checks.Low,
	Category:    checks.Hygiene,
	Duty:        checks.AccessControl,
	ServiceKind: checks.Abstracted,
	Tier:        3,
	Reads:       []string{"s3:ListBuckets", "s3:GetBucketPolicy", "iam:GetAccountAuthorizationDetails"},
	Remedy:      "Take the deleted principal out of the statement, or name the one that took its place.",
	Judges:      checks.For(snapshot.Buckets, bucketPolicyPrincipalsExist),
	Fix: checks.Fix{
		Threat: "A Deny that names a deleted role protects from nobody, and an Allow by name in a condition is inherited by whoever makes a role of that name. Nobody who reads the policy can say whom it was about.",
		CLI: `aws s3api get-bucket-policy --bucket {name} --query Policy --output text > policy.json
aws s3api put-bucket-policy --bucket {name} --policy file://policy.json`,
		Terraform: `data "aws_iam_policy_document" "this" {
  statement {
    actions   = ["s3:GetObject"]
    resources = ["{arn}/*"]
    principals {
      type        = "AWS"
      identifiers = ["ARN_OF_ROLE_THAT_EXISTS"]
    }
  }
}`,
		Cost: "Nothing stops that still worked: a deleted principal makes no calls. Change the statement in the file between the two commands; the second replaces the whole policy.",
	},
}

// deleted is a unique id: of a user, role, instance profile, group or managed policy.
// Source: IAM User Guide, "IAM identifiers", "Understanding unique ID prefixes".
var deleted = regexp.MustCompile(`^(AIDA|AROA|AIPA|AGPA|ANPA)[A-Z0-9]{8,}$`)

// sessionOf is the unique id at the front of aws:userid: AROA…:session, or AIDA… alone.
var sessionOf = regexp.MustCompile(`^((?:AIDA|AROA)[A-Z0-9]{8,})(?::.*)?$`)

func bucketPolicyPrincipalsExist(b snapshot.Bucket, env checks.Env) checks.Verdict {
	doc, v, ok := refusal.BucketPolicy(b)
	switch {
	case !ok:
		return v
	case doc == nil:
		return checks.DoesNotApply("there is no bucket policy")
	}
	var gone, untold []string
	var lacking error
	for i := range doc.Statements {
		s := &doc.Statements[i]
		for _, p := range s.Principals.AWS {
			if deleted.MatchString(p) {
				gone = append(gone, s.Name()+" names "+p)
			}
		}
		for _, c := range s.Conditions {
			for _, value := range c.Values {
				said := s.Name() + " asks for " + value
				there, err := exists(env, &c, value)
				switch {
				case errors.Is(err, errForeign):
					untold = append(untold, said)
				case err != nil:
					lacking = err
				case !there:
					gone = append(gone, said)
				}
			}
		}
	}
	found := strings.Join(gone, "; ")
	switch {
	case len(gone) > 0:
		return checks.Fail("%s, and no such principal exists", found).With("deleted", found)
	case lacking != nil:
		return checks.Unknown(lacking)
	case len(untold) > 0:
		return checks.Unclear("%s, which no user and no role of the account has: it is another account's, or deleted", strings.Join(untold, "; ")).With("deleted", "")
	}
	return checks.Pass("the bucket policy names no deleted principal").With("deleted", "")
}

// errForeign says that a unique id is of nobody in the account.
var errForeign = errors.New("no principal of the account")

// exists says whether the principal is there whom a condition's value names. What names
// nobody that can be looked up counts as there.
func exists(env checks.Env, c *policy.Condition, value string) (bool, error) {
	at := env.Account().Location
	switch {
	case c.Is("aws:userid") && sessionOf.MatchString(value):
		return knownID(env, sessionOf.FindStringSubmatch(value)[1])
	case !c.Is("aws:PrincipalArn") || strings.ContainsAny(value, "*?$") || policy.AccountOf(value) != at.Account:
		return true, nil
	}
	_, resource, _ := strings.Cut(value, ":"+at.Account+":")
	switch kind, _, _ := strings.Cut(resource, "/"); kind {
	case "role":
		_, err := checks.Find(env, snapshot.Roles, at, value)
		return err == nil, ifUnread(err)
	case "user":
		u, err := checks.Find(env, snapshot.Users, at, value[strings.LastIndexByte(value, '/')+1:])
		return err == nil && u.ARN == value, ifUnread(err)
	}
	return true, nil
}

// ifUnread drops the error that says that something is not there.
func ifUnread(err error) error {
	if errors.Is(err, snapshot.ErrAbsent) {
		return nil
	}
	return err
}

// knownID looks for a user or role by its unique id.
func knownID(env checks.Env, id string) (bool, error) {
	at := env.Account().Location
	roles, err := checks.In(env, snapshot.Roles, at).Get()
	if slices.ContainsFunc(roles, func(r snapshot.Role) bool { return r.ID == id }) {
		return true, nil
	}
	users, more := checks.In(env, snapshot.Users, at).Get()
	switch {
	case slices.ContainsFunc(users, func(u snapshot.User) bool { return u.ID == id }):
		return true, nil
	case err != nil || more != nil:
		return false, cmp.Or(err, more)
	}
	return false, errForeign
}
