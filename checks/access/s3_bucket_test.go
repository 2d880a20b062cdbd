package access

import (
	"strings"

	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

// s3Bucket is an account with one bucket, b, on which nothing is set and all was read,
// changed by set. The account blocks nothing.
func s3Bucket(set ...func(*snapshot.Bucket)) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		a.S3.PublicAccess = snapshot.Value(snapshot.PublicAccessBlock{})
		b := snapshot.Bucket{
			Meta: checktest.Meta("b", "arn:aws:s3:::b"), Owner: "own", PublicAccess: snapshot.Value(snapshot.PublicAccessBlock{}),
			ACL:       snapshot.Value(snapshot.BucketACL{Owner: "own", Grants: []snapshot.BucketGrant{{Type: "CanonicalUser", Canonical: "own", Permission: "FULL_CONTROL"}}}),
			Ownership: snapshot.Value(""), Policy: snapshot.Value(""), IsPublic: snapshot.Value(false), Website: snapshot.Value(snapshot.Website{}),
		}
		for _, f := range set {
			f(&b)
		}
		a.S3.Buckets = []snapshot.Bucket{b}
	}
}

// s3Statements is a policy of these statements. BUCKET stands for the bucket's ARN.
func s3Statements(list ...string) func(*snapshot.Bucket) {
	text := `{"Version":"2012-10-17","Statement":[` + strings.Join(list, ",") + `]}`
	return s3Document(text)
}

func s3Document(text string) func(*snapshot.Bucket) {
	text = strings.ReplaceAll(text, "BUCKET", "arn:aws:s3:::b")
	return func(b *snapshot.Bucket) { b.Policy = snapshot.Value(text) }
}

func s3Public(b *snapshot.Bucket) { b.IsPublic = snapshot.Value(true) }

func s3ACLsOff(b *snapshot.Bucket) { b.Ownership = snapshot.Value("BucketOwnerEnforced") }

func s3Grant(kind, who, permission string) func(*snapshot.Bucket) {
	return func(b *snapshot.Bucket) {
		acl, _ := b.ACL.Get()
		g := snapshot.BucketGrant{Type: kind, Permission: permission}
		if kind == "Group" {
			g.Group = who
		} else {
			g.Canonical = who
		}
		acl.Grants = append(acl.Grants, g)
		b.ACL = snapshot.Value(acl)
	}
}

func s3PolicyDenied(b *snapshot.Bucket) {
	b.Policy = snapshot.Missing[string](checktest.Unread("s3:GetBucketPolicy", snapshot.Denied))
}

func s3StatusDenied(b *snapshot.Bucket) {
	b.IsPublic = snapshot.Missing[bool](checktest.Unread("s3:GetBucketPolicyStatus", snapshot.Denied))
}

func s3ACLDenied(b *snapshot.Bucket) {
	b.ACL = snapshot.Missing[snapshot.BucketACL](checktest.Unread("s3:GetBucketAcl", snapshot.Denied))
}

func s3OwnershipDenied(b *snapshot.Bucket) {
	b.Ownership = snapshot.Missing[string](checktest.Unread("s3:GetBucketOwnershipControls", snapshot.Denied))
}

func s3Block(f flags) func(*snapshot.Bucket) {
	return func(b *snapshot.Bucket) { b.PublicAccess = snapshot.Value(f) }
}

// s3And changes the account beside its bucket.
func s3And(set func(*snapshot.Account), more func(*snapshot.Account)) func(*snapshot.Account) {
	return func(a *snapshot.Account) { set(a); more(a) }
}

func s3AccountBlock(f flags) func(*snapshot.Account) {
	return func(a *snapshot.Account) { a.S3.PublicAccess = snapshot.Value(f) }
}

const (
	s3EverybodyGets = `{"Sid":"Open","Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"BUCKET/*"}`
	s3EverybodyPuts = `{"Sid":"Drop","Effect":"Allow","Principal":"*","Action":"s3:PutObject","Resource":"BUCKET/*"}`
)

// s3Allow is an Allow with more elements.
func s3Allow(principal, action, condition string) string {
	s := `{"Effect":"Allow","Principal":` + principal + `,"Action":` + action + `,"Resource":["BUCKET","BUCKET/*"]`
	if condition != "" {
		s += `,"Condition":` + condition
	}
	return s + "}"
}
