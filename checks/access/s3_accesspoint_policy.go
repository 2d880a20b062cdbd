package access

import (
	"fmt"
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/access/policy"
	"onus/scanner/snapshot"
)

// accessPointPolicy is the name that findings give an access point's policy.
const accessPointPolicy = "access point policy"

// AccessPointNotPublic passes when something closes every grant to everyone in an access
// point's policy: RestrictPublicBuckets at any of the three levels while AWS itself calls
// the policy public, a network of its own, or the bucket, which must allow too and delegates
// nothing to it.
// Source: S3 Control GetAccessPointPolicy, GetAccessPointPolicyStatus, GetAccessPoint; Amazon
// S3 User Guide, "Configuring IAM policies for using access points".
var AccessPointNotPublic = checks.Check{
	ID:          "s3-access-point-not-public",
	Title:       "No S3 access point opens its bucket to everyone",
	Severity:    checks.Critical,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.Abstracted,
	Tier:        3,
	Reads: []string{"s3control:ListAccessPoints", "s3control:GetAccessPoint", "s3control:GetAccessPointPolicy", "s3control:GetAccessPointPolicyStatus",
		"s3control:GetPublicAccessBlock", "s3:ListBuckets", "s3:GetPublicAccessBlock", "s3:GetBucketPolicy"},
	Remedy: "Take the grant to everyone out of the access point's policy, or bind it to an organization or a network.",
	Judges: checks.For(snapshot.AccessPoints, accessPointNotPublic),
	Fix: checks.Fix{
		Threat: "Everybody reads or writes the bucket's objects through the access point's address, though the bucket's own settings look closed. Its name is all that is needed, and names are guessed.",
		CLI: `aws s3control get-access-point-policy --region {region} --account-id {account} --name {name}
aws s3control put-access-point-policy --region {region} --account-id {account} --name {name} --policy file://policy-without-everyone.json
aws s3control put-public-access-block --account-id {account} --public-access-block-configuration BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true`,
		Terraform: `resource "aws_s3control_access_point_policy" "this" {
  access_point_arn = "{arn}"
  policy           = data.aws_iam_policy_document.named_principals.json
}`,
		Cost: "Visitors without credentials are cut off. The last command closes every bucket and access point of the account at once: make sure that none is public on purpose.",
	},
}

// AccessPointGrantsKnownAccounts passes when every grant of an access point's policy stays
// with known accounts and organizations, and its bucket is the account's or a trusted one's.
// Looking at bucket policies alone misses what is granted here once the bucket delegates.
// Source: S3 Control ListAccessPoints BucketAccountId (absent on old ones: the own account),
// GetAccessPointPolicy.
var AccessPointGrantsKnownAccounts = checks.Check{
	ID:          "s3-access-point-grants-known-accounts",
	Title:       "S3 access point policies grant access to no account outside the known ones",
	Severity:    checks.High,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.Abstracted,
	Tier:        3,
	Reads:       []string{"s3control:ListAccessPoints", "s3control:GetAccessPointPolicy", "sts:GetCallerIdentity", "organizations:DescribeOrganization"},
	Parameters:  checks.Parameters{"trusted_accounts": []string{}, "trusted_organizations": []string{}},
	Remedy:      "Take the grant out, bind it to your organization with aws:PrincipalOrgID, or trust the account.",
	Judges:      checks.For(snapshot.AccessPoints, accessPointGrantsKnownAccounts),
	Fix: checks.Fix{
		Threat: "An account that nobody here chose reads or writes the bucket's objects through the access point. The bucket's policy shows nothing of it.",
		CLI: `aws s3control get-access-point-policy --region {region} --account-id {account} --name {name}
aws s3control put-access-point-policy --region {region} --account-id {account} --name {name} --policy file://policy-with-known-accounts.json`,
		Terraform: `resource "aws_s3control_access_point_policy" "this" {
  access_point_arn = "{arn}"
  policy           = data.aws_iam_policy_document.known_accounts.json
}`,
		Cost: "The other account's work through this access point stops. If it is meant, name it in trusted_accounts.",
	},
}

// pointPolicyOf reads an access point's policy as policyOf does a bucket's.
func pointPolicyOf(p snapshot.AccessPoint) (doc *policy.Document, v checks.Verdict, ok bool) {
	text, err := p.Policy.Get()
	switch {
	case err != nil:
		return nil, checks.Unknown(err), false
	case text == "":
		return nil, v, true
	}
	doc, err = policy.Parse([]byte(text))
	if err != nil {
		return nil, checks.Unclear("the access point's policy cannot be understood: %v", err), false
	}
	return doc, v, true
}

// ownedHere says that an access point's bucket is the account's own.
func ownedHere(p snapshot.AccessPoint) bool {
	return p.BucketAccount == "" || p.BucketAccount == p.Account
}

func accessPointNotPublic(p snapshot.AccessPoint, env checks.Env) checks.Verdict {
	doc, unread, ok := pointPolicyOf(p)
	var open []policy.Grant
	unclear := false
	if ok && doc != nil {
		for _, g := range doc.Grants(accessPointPolicy, p.Account, "*", ofS3) {
			if g.Unbounded() || g.Everyone && g.Unclear {
				open = append(open, g)
				unclear = unclear || g.Unclear
			}
		}
	}
	switch {
	case ok && doc == nil:
		return checks.Pass("the access point has no policy").With("everyone", "")
	case ok && len(open) == 0:
		return checks.Pass("no statement lets everyone in without a bound").With("everyone", "")
	}
	seen := joined(open)
	closed, why, lacking := closes(p, env, open)
	switch {
	case closed:
		return checks.Pass("%s", why).With("everyone", seen)
	case !ok:
		return unread
	case lacking != nil:
		return checks.Unknown(lacking).With("everyone", seen)
	case unclear:
		return checks.Unclear("the access point's policy holds statements outside the grammar: %s", issues(doc))
	}
	return checks.Fail("%s; %s", seen, why).With("everyone", seen)
}

// closes says what closes grants to everyone at an access point, or why nothing does. The
// error is why it cannot be told. Without the policy (open is empty) only what closes any
// policy counts.
func closes(p snapshot.AccessPoint, env checks.Env, open []policy.Grant) (closed bool, why string, lacking error) {
	if p.NetworkOrigin == "VPC" && p.VPC != "" {
		return true, "requests come from " + p.VPC + " only", nil
	}
	public, statusErr := p.IsPublic.Get()
	if level, err := restricts(p, env); level != "" {
		switch {
		case statusErr == nil && public:
			return true, "the policy is public, and RestrictPublicBuckets of the " + level + " cuts it", nil
		case statusErr != nil:
			lacking = statusErr
		}
	} else if err != nil {
		lacking = err
	}
	if len(open) == 0 {
		return false, "", lacking
	}
	if !ownedHere(p) {
		if lacking == nil {
			lacking = &snapshot.Unread{Operation: "s3:GetBucketPolicy", At: p.Location, Cause: snapshot.Skipped,
				Message: "the bucket " + p.Bucket + " is account " + p.BucketAccount + "'s, which alone can read its policy and block"}
		}
		return false, "", lacking
	}
	delegated, err := delegatesTo(p, env, open)
	switch {
	case err != nil:
		return false, "", err
	case !delegated:
		return true, "the policy lets everyone in, and the bucket " + p.Bucket + " allows nothing of it to requests through this access point", nil
	}
	return false, "the bucket " + p.Bucket + " leaves it to the access point, and RestrictPublicBuckets does not cut it", lacking
}

// restricts names the level at which RestrictPublicBuckets is on, "" for none; the error is
// why it may be on all the same.
func restricts(p snapshot.AccessPoint, env checks.Env) (level string, err error) {
	own, ownErr := p.PublicAccess.Get()
	account, accountErr := checks.Use(env, env.Account().S3.PublicAccess)
	bucket, bucketErr := snapshot.PublicAccessBlock{}, error(nil)
	if ownedHere(p) {
		b, findErr := checks.Find(env, snapshot.Buckets, p.Location, p.Bucket)
		if bucketErr = findErr; findErr == nil {
			bucket, bucketErr = checks.Use(env, b.PublicAccess)
		}
	}
	switch {
	case ownErr == nil && own.RestrictPublicBuckets:
		return "access point", nil
	case bucketErr == nil && bucket.RestrictPublicBuckets:
		return "bucket", nil
	case accountErr == nil && account.RestrictPublicBuckets:
		return "account", nil
	}
	for _, e := range []error{ownErr, bucketErr, accountErr} {
		if e != nil {
			return "", e
		}
	}
	return "", nil
}

// delegatesTo says that the bucket's policy lets everyone's requests through the access point
// do some of what the access point's policy opens: an Allow to everyone, bounded at most by
// access points that this one is among.
func delegatesTo(p snapshot.AccessPoint, env checks.Env, open []policy.Grant) (bool, error) {
	b, err := checks.Find(env, snapshot.Buckets, p.Location, p.Bucket)
	if err != nil {
		return false, err
	}
	text, err := checks.Use(env, b.Policy)
	if err != nil || text == "" {
		return false, err
	}
	doc, err := policy.Parse([]byte(text))
	if err != nil {
		return false, err
	}
	for _, g := range doc.Grants(bucketPolicy, b.Account, "*", ofS3) {
		switch {
		case g.Unclear:
			return false, fmt.Errorf("the bucket policy of %s holds statements outside the grammar: %s", b.Name, issues(doc))
		case !g.Everyone || !sharesAction(g, open):
			continue
		}
		through := true
		for i := range g.Bounds {
			through = through && admits(&g.Bounds[i], p)
		}
		if through {
			return true, nil
		}
	}
	return false, nil
}

func sharesAction(g policy.Grant, open []policy.Grant) bool {
	return slices.ContainsFunc(open, func(o policy.Grant) bool {
		return slices.ContainsFunc(o.Actions, func(a string) bool {
			return slices.ContainsFunc(g.Actions, func(b string) bool { return policy.CoversFold(a, b) || policy.CoversFold(b, a) })
		})
	})
}

// admits says that a bound lets anybody's request through the access point. One that fixes
// who calls, or from where, does not.
func admits(b *policy.Bound, p snapshot.AccessPoint) bool {
	switch b.Key {
	case "s3:dataaccesspointaccount":
		return slices.Contains(b.Values, p.Account)
	case "s3:dataaccesspointarn":
		return slices.ContainsFunc(b.Values, func(v string) bool { return policy.Covers(v, p.ARN) })
	case networkOriginKey:
		return slices.ContainsFunc(b.Values, func(v string) bool { return strings.EqualFold(v, p.NetworkOrigin) })
	}
	return !b.Fixes()
}

func accessPointGrantsKnownAccounts(p snapshot.AccessPoint, env checks.Env) checks.Verdict {
	trusted := slices.Concat(env.Strings("trusted_accounts"), []string{p.Account})
	if !ownedHere(p) && !slices.Contains(trusted, p.BucketAccount) {
		return checks.Fail("the access point is on the bucket %s of account %s, which is not known", p.Bucket, p.BucketAccount).With("BucketAccountId", p.BucketAccount)
	}
	doc, v, ok := pointPolicyOf(p)
	switch {
	case !ok:
		return v
	case doc == nil:
		return checks.Pass("the access point has no policy").With("outside", "")
	}
	return grantsWithin(doc, accessPointPolicy, p.Account, trusted, env)
}

// grantsWithin judges whether the grants of a resource's policy stay with known accounts and
// organizations: trusted_organizations, else the account's own.
func grantsWithin(doc *policy.Document, name, owner string, trusted []string, env checks.Env) checks.Verdict {
	own, ownErr := organizations(env)
	return within(doc, name, owner, policy.Known{Accounts: trusted, Organizations: own}, ownErr)
}

func within(doc *policy.Document, name, owner string, known policy.Known, ownErr error) checks.Verdict {
	var outside, open, unclear []policy.Grant
	for _, g := range doc.Grants(name, owner, "*", ofS3) {
		switch answer := grantWithin(g, snapshot.Bucket{}, known); {
		case toServicesOnly(g) || answer == policy.Yes:
		case answer == policy.CannotTell || g.Unclear:
			unclear = append(unclear, g)
		case ownErr != nil && len(g.Organizations) > 0:
			open = append(open, g)
		default:
			outside = append(outside, g)
		}
	}
	switch {
	case len(outside) > 0:
		return checks.Fail("%s", joined(outside)).With("outside", joined(outside))
	case len(open) > 0:
		return checks.Unknown(ownErr).With("on an organization", joined(open))
	case len(unclear) > 0:
		return checks.Unclear("the %s holds statements outside the grammar: %s", name, issues(doc))
	}
	return checks.Pass("every grant of the %s stays with known accounts, organizations and AWS services", name).With("outside", "")
}
