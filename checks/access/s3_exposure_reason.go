package access

import (
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/access/policy"
)

// open names the grants that everybody has.
func (f *facts) open(x policy.Exposure, verb string) checks.Verdict {
	var ways []string
	if x.ByACL == policy.Yes {
		ways = append(ways, "the ACL grants "+aclGrants(x.ACL))
	}
	if x.ByPolicy == policy.Yes {
		way := "the bucket policy's " + joined(only(x.Grants, verb))
		if f.bucket.IsPublic == policy.No {
			way += " (AWS's own IsPublic is false, so RestrictPublicBuckets does not cut it)"
		}
		ways = append(ways, way)
	}
	return checks.Fail("everybody can %s: %s", verb, strings.Join(ways, "; ")).
		With("IsPublic", f.bucket.IsPublic.String()).With("ACL", aclGrants(x.ACL))
}

// only leaves of each grant the actions that read, or those that do not.
func only(grants []policy.Grant, verb string) []policy.Grant {
	out := slices.Clone(grants)
	for i := range out {
		out[i].Actions = slices.DeleteFunc(slices.Clone(out[i].Actions), func(a string) bool {
			_, name, _ := strings.Cut(strings.ToLower(a), ":")
			reads := strings.HasPrefix(name, "get") || strings.HasPrefix(name, "list")
			return reads != (verb == "read") && !strings.ContainsAny(name, "*?")
		})
	}
	return out
}

func aclGrants(list []policy.ACLGrant) string {
	out := make([]string, 0, len(list))
	for _, g := range list {
		out = append(out, g.Permission+" to "+g.Group[strings.LastIndexByte(g.Group, '/')+1:])
	}
	return strings.Join(out, ", ")
}

// aclClosed says why the ACL gives nobody anything.
func (f *facts) aclClosed() string {
	switch {
	case f.bucket.Block.IgnorePublicACLs == policy.Yes:
		return "IgnorePublicAcls is on for the " + f.levelOf(f.own.IgnorePublicAcls)
	case f.bucket.ACLsOff == policy.Yes:
		return "ACLs are off"
	}
	return "the ACL grants this to no public group"
}

// policyClosed says why the policy gives nobody anything.
func (f *facts) policyClosed() string {
	switch {
	case f.bucket.Block.RestrictPublicBuckets == policy.Yes && f.bucket.IsPublic == policy.Yes:
		return "the policy is public, and RestrictPublicBuckets of the " + f.levelOf(f.own.RestrictPublicBuckets) + " cuts it"
	case f.bucket.Policy == nil:
		return "there is no bucket policy"
	}
	return "the bucket policy allows it to nobody without a bound"
}

// levelOf names the level that has a flag on, the bucket first.
func (f *facts) levelOf(own bool) string {
	if own && f.ownErr == nil {
		return "bucket"
	}
	return "account"
}

// undecided names what is lacking: the reads of the ways that are open to doubt.
func (f *facts) undecided(x policy.Exposure) checks.Verdict {
	var lacking []error
	if x.ByACL == policy.CannotTell {
		lacking = append(lacking, f.aclErr, f.ownershipErr, f.ownErr, f.accountErr)
	}
	if x.ByPolicy == policy.CannotTell {
		if f.policyErr == nil && f.unclear != nil {
			return *f.unclear
		}
		lacking = append(lacking, f.policyErr, f.ownErr, f.accountErr, f.statusErr)
	}
	for _, err := range lacking {
		if err != nil {
			return checks.Unknown(err)
		}
	}
	if x.Disagrees && len(x.Grants) == 0 {
		return checks.Unclear("AWS says that the policy is public (IsPublic is true), and no statement to everyone without a bound is to be found in it").With("IsPublic", "Yes")
	}
	return checks.Unclear("the policy holds statements outside the grammar: %s", issues(f.bucket.Policy))
}
