package policy

import (
	"net/netip"
	"slices"
	"strings"
)

// BlockPublicAccess holds the four flags of S3 Block Public Access at one level,
// or their effective values. CannotTell is a flag that could not be read.
// Source: s3 GetPublicAccessBlock, s3control GetPublicAccessBlock and
// GetAccessPoint, PublicAccessBlockConfiguration.
type BlockPublicAccess struct {
	BlockPublicACLs       Answer
	IgnorePublicACLs      Answer
	BlockPublicPolicy     Answer
	RestrictPublicBuckets Answer
}

// NoBlock is the state of a level that has no configuration.
var NoBlock = BlockPublicAccess{No, No, No, No}

// Effective merges the levels (account, bucket, access point): each flag is on
// where any level has it on.
func Effective(levels ...BlockPublicAccess) BlockPublicAccess {
	out := NoBlock
	for _, l := range levels {
		out.BlockPublicACLs = out.BlockPublicACLs.or(l.BlockPublicACLs)
		out.IgnorePublicACLs = out.IgnorePublicACLs.or(l.IgnorePublicACLs)
		out.BlockPublicPolicy = out.BlockPublicPolicy.or(l.BlockPublicPolicy)
		out.RestrictPublicBuckets = out.RestrictPublicBuckets.or(l.RestrictPublicBuckets)
	}
	return out
}

// Complete asks whether all four flags are on.
func (b BlockPublicAccess) Complete() Answer {
	return b.BlockPublicACLs.and(b.IgnorePublicACLs).and(b.BlockPublicPolicy).and(b.RestrictPublicBuckets)
}

// The predefined groups that are public. The scheme is http in every partition.
// Source: S3 User Guide, "Access control list (ACL) overview".
const (
	AllUsers           = "http://acs.amazonaws.com/groups/global/AllUsers"
	AuthenticatedUsers = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers"
)

// ACLGrant is one grant of a bucket's or object's ACL: GetBucketAcl, Grants.
type ACLGrant struct {
	Group      string // Grantee.URI, for grantees of type Group
	Canonical  string // Grantee.ID, for grantees of type CanonicalUser
	Permission string // READ, WRITE, READ_ACP, WRITE_ACP or FULL_CONTROL
}

// Reach is how far the grant goes, without regard to Block Public Access.
func (g ACLGrant) Reach() Reach {
	switch {
	case g.Group == AllUsers:
		return Everyone
	case g.Group == AuthenticatedUsers:
		return Authenticated
	case g.Canonical != "":
		return NamedAccounts
	}
	return Nobody
}

func (g ACLGrant) gives(use Use) bool {
	switch g.Permission {
	case "FULL_CONTROL":
		return true
	case "READ", "READ_ACP":
		return use == PublicRead
	case "WRITE", "WRITE_ACP":
		return use == PublicWrite
	}
	return false
}

// Use is a class of S3 actions.
type Use uint8

// PublicRead is every s3:Get* and s3:List* action, PublicWrite every other one.
const (
	PublicRead Use = iota
	PublicWrite
)

func (u Use) wants(a Action) bool {
	service, verb, _ := strings.Cut(strings.ToLower(a.Name), ":")
	if service != "s3" && !overlaps(service, "s3", true) {
		return false
	}
	reads := strings.HasPrefix(verb, "get") || strings.HasPrefix(verb, "list")
	return reads == (u == PublicRead) || hasWildcard(verb)
}

// Bucket is what bears on access to a bucket, or an access point, from outside.
type Bucket struct {
	Account string // of the bucket
	// Policy is nil where there is none, or where PolicyUnread.
	Policy       *Document
	PolicyUnread bool
	// IsPublic is AWS's own word: GetBucketPolicyStatus.IsPublic. No where there
	// is no policy.
	IsPublic Answer
	ACL      []ACLGrant
	// ACLUnread says that the ACL could not be read.
	ACLUnread bool
	// ACLsOff is Yes where ObjectOwnership is BucketOwnerEnforced.
	ACLsOff Answer
	Block   BlockPublicAccess // effective
}

// Exposure answers whether the public can use a bucket.
type Exposure struct {
	Answer Answer
	// ByACL and ByPolicy are the two ways, each open, closed or not known.
	ByACL, ByPolicy Answer
	Grants          []Grant    // unbounded grants to everyone in the policy
	ACL             []ACLGrant // grants to the public groups
	// Disagrees says that AWS calls the policy public (or not) and we do not
	// (or do).
	Disagrees bool
}

// Exposed asks whether everybody, or everybody with AWS credentials, has an
// effective use of the bucket without being named.
//
// An ACL counts while IgnorePublicAcls is off and ACLs are on. A policy's
// unbounded grant counts while RestrictPublicBuckets is off; with it on the grant
// is closed only where AWS itself calls the policy public, since S3 cuts only
// then. BlockPublicAcls and BlockPublicPolicy stop new grants only.
func (b *Bucket) Exposed(use Use) Exposure {
	var out Exposure
	out.ByACL = b.openACL(use, &out)
	out.ByPolicy = b.openPolicy(use, &out)
	out.Answer = out.ByACL.or(out.ByPolicy)
	return out
}

func (b *Bucket) openACL(use Use, out *Exposure) Answer {
	reachable := b.Block.IgnorePublicACLs.or(b.ACLsOff).not()
	if reachable == No {
		return No
	}
	if b.ACLUnread {
		return CannotTell
	}
	for _, g := range b.ACL {
		if g.Reach() >= Authenticated && g.gives(use) {
			out.ACL = append(out.ACL, g)
		}
	}
	return reachable.and(answer(len(out.ACL) > 0))
}

func (b *Bucket) openPolicy(use Use, out *Exposure) Answer {
	cut := b.Block.RestrictPublicBuckets.and(b.IsPublic)
	if b.PolicyUnread {
		if cut == Yes {
			return No
		}
		return CannotTell
	}
	if b.Policy == nil {
		if b.IsPublic == Yes && cut != Yes {
			return CannotTell // AWS has seen a policy that we have not
		}
		return No
	}
	found, any := No, No
	for _, g := range b.Policy.Grants("bucket policy", b.Account, "*", func(a Action) bool { return PublicRead.wants(a) || PublicWrite.wants(a) }) {
		if !g.Unbounded() && !g.Unclear {
			continue
		}
		here := answer(g.Unbounded())
		if g.Unclear {
			here = CannotTell
		}
		any = any.or(here)
		if slices.ContainsFunc(g.Actions, func(name string) bool { return use.wants(Action{Name: name}) }) {
			found = found.or(here)
			out.Grants = append(out.Grants, g)
		}
	}
	out.Disagrees = b.IsPublic != CannotTell && any != CannotTell && any != b.IsPublic
	switch {
	case cut == Yes:
		return No
	case found == No && any == No && b.IsPublic == Yes:
		return CannotTell // AWS sees a grant that we do not
	}
	return found.and(cut.not())
}

// fixedKeys are the condition keys whose fixed value makes a statement not public
// in AWS's reading, with what a value must look like.
// Source: S3 User Guide, "Blocking public access", section "The meaning of
// public"; keys read 2026-11-24.
var fixedKeys = []string{
	"aws:sourcearn", "aws:sourcevpc", "aws:sourcevpce", "aws:sourceowner", "aws:sourceaccount", "aws:sourceip", "aws:userid",
	"aws:principalorgid", "aws:principalorgpaths", "aws:principalaccount", "aws:principalarn",
	"s3:dataaccesspointarn", "s3:dataaccesspointaccount", "s3:x-amz-server-side-encryption-aws-kms-key-id",
}

// IsPublic asks whether S3 counts the policy as public: some Allow statement is to
// everyone and no condition of it holds a fixed value (no wildcard, no policy
// variable) of a key that AWS accepts, or address ranges that are not too broad.
// It is CannotTell where a Deny may close the grant, since AWS does not say how
// it weighs those, and where the statement is unclear.
func (d *Document) IsPublic() Answer {
	out := No
	for i := range d.Statements {
		s := &d.Statements[i]
		if s.Effect != Allow {
			continue
		}
		public := s.public()
		if public == Yes && slices.ContainsFunc(d.Statements, func(deny Statement) bool {
			return deny.Effect == Deny && deny.toAll(s) && deny.coversResourcesOf(s)
		}) {
			public = CannotTell
		}
		out = out.or(public)
	}
	return out
}

func (s *Statement) public() Answer {
	switch {
	case s.Unclear:
		return CannotTell
	case !s.Principals.Everyone():
		return No
	}
	for i := range s.Conditions {
		c := &s.Conditions[i]
		if !c.operator.negated && !c.operator.ifExists && c.operator.set != forAllValues && c.fixedForS3() {
			return No
		}
	}
	return Yes
}

// private reports whether the whole range is one for private networks. Those of
// IPv4 are narrow; a broader range around 10.0.0.0/8 takes in public addresses.
func private(n netip.Prefix) bool {
	return n.Addr().Is6() && n.Addr().IsPrivate() && n.Bits() >= 7
}

func (c *Condition) fixedForS3() bool {
	if !slices.Contains(fixedKeys, c.key) || c.operator.compare == isNull || len(c.Values) == 0 {
		return false
	}
	for _, v := range c.Values {
		switch {
		case c.key == "aws:sourceip":
			if network, ok := parseRange(v); !ok || !narrow(network) && !private(network) {
				return false
			}
		case c.key == "s3:dataaccesspointarn":
			if AccountOf(v) == "" { // a wildcard in the access point's name is fine
				return false
			}
		case strings.Contains(v, "${") || hasWildcard(v):
			return false
		}
	}
	return true
}
