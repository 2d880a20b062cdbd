package policy

import (
	"slices"
	"strings"
)

// TrustKind is the kind of principal that a trust policy lets in.
type TrustKind string

// The kinds of trusted principals.
const (
	TrustAWS       TrustKind = "AWS"       // account, user, role or session
	TrustService   TrustKind = "Service"   // an AWS service
	TrustOIDC      TrustKind = "OIDC"      // a web identity provider
	TrustSAML      TrustKind = "SAML"      // a SAML provider
	TrustEveryone  TrustKind = "Everyone"  // * or NotPrincipal
	TrustCanonical TrustKind = "Canonical" // a canonical user id, which sts does not know
)

// Trust is one principal that an Allow statement of a role's trust policy lets
// assume the role.
type Trust struct {
	Ref     Ref
	Kind    TrustKind
	Value   string // as written; * for everyone
	Account string // of an AWS principal or provider; empty where it has none
	// Actions are those of sts that let it in.
	Actions []string
	// Bounds are the restricting conditions and complementary denials.
	Bounds  []Bound
	Unclear bool
}

// assumptions are the actions that yield a role's credentials. sts:TagSession and
// sts:SetSourceIdentity alone yield none.
// Source: STS API Reference.
var assumptions = []string{"sts:AssumeRole", "sts:AssumeRoleWithWebIdentity", "sts:AssumeRoleWithSAML"}

// Trusts lists whom a trust policy lets in, one entry for each principal of each
// Allow statement, less what unconditional Deny statements take away.
func (d *Document) Trusts(name string) (out []Trust) {
	for i := range d.Statements {
		s := &d.Statements[i]
		if s.Effect != Allow {
			continue
		}
		p := s.Principals
		add := func(kind TrustKind, value string, actions []string) {
			asked := slices.DeleteFunc(slices.Clone(actions), func(a string) bool { return !s.MatchesAction(a) })
			if g, ok := d.grant(Ref{name, s}, "", asked); ok {
				out = append(out, Trust{Ref: g.Ref, Kind: kind, Value: value, Account: AccountOf(value), Actions: g.Actions, Bounds: g.Bounds, Unclear: g.Unclear})
			}
		}
		if p.Everyone() || !p.Present {
			add(TrustEveryone, "*", assumptions)
		}
		if p.Negated {
			continue
		}
		for _, v := range p.AWS {
			if !onlyStars(v) {
				add(TrustAWS, v, assumptions[:1])
			}
		}
		for _, v := range p.Service {
			add(TrustService, v, assumptions[:1])
		}
		for _, v := range p.Federated {
			if strings.Contains(v, ":saml-provider/") {
				add(TrustSAML, v, assumptions[2:])
			} else {
				add(TrustOIDC, v, assumptions[1:2])
			}
		}
		for _, v := range p.Canonical {
			if !onlyStars(v) {
				add(TrustCanonical, v, assumptions[:1])
			}
		}
	}
	return out
}

// FixedBy returns the first bound on one of the keys that fixes who calls or from
// where. Keys are compared without regard to case.
func (t *Trust) FixedBy(keys ...string) (Bound, bool) {
	for _, b := range t.Bounds {
		if b.Fixes() && slices.ContainsFunc(keys, func(k string) bool { return strings.EqualFold(k, b.Key) }) {
			return b, true
		}
	}
	return Bound{}, false
}

// Public reports whether the trust lets in callers of any account: everyone, with
// no bound on the caller's organization, account or ARN, or on a VPC endpoint.
// An external id or address range does not say who calls.
func (t *Trust) Public() bool {
	_, fixed := t.FixedBy("aws:PrincipalOrgID", "aws:PrincipalOrgPaths", "aws:PrincipalAccount", "aws:PrincipalArn", "aws:SourceVpce")
	return t.Kind == TrustEveryone && !fixed
}

// ExternalID returns the external ids of which a caller has to show one. None
// means that no restricting condition asks for it; a value with a wildcard under
// an operator that knows wildcards does not count.
func (t *Trust) ExternalID() []string {
	for _, b := range t.Bounds {
		if b.Key == "sts:externalid" && (!b.like || !slices.ContainsFunc(b.Values, hasWildcard)) {
			return b.Values
		}
	}
	return nil
}

// SourceLimited reports whether a service principal may use the role only for
// resources of known accounts or organizations: a bound on aws:SourceAccount,
// aws:SourceArn with an account, aws:SourceOrgID or aws:SourceOrgPaths. A service
// without it can be made to act for a stranger (the confused deputy problem).
func (t *Trust) SourceLimited(known Known) bool {
	return slices.ContainsFunc(t.Bounds, func(b Bound) bool {
		switch b.Key {
		case "aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid", "aws:sourceorgpaths":
			return b.Within(known)
		}
		return false
	})
}

// ServiceName is the short name of a service principal, without Region and DNS
// suffix: logs for logs.eu-west-1.amazonaws.com.cn, monitoring.rds for
// monitoring.rds.amazonaws.com.
func ServiceName(principal string) string {
	name := strings.ToLower(principal)
	for _, suffix := range []string{".amazonaws.com.cn", ".amazonaws.com", ".amazonaws.eu", ".aws.internal"} {
		if short, ok := strings.CutSuffix(name, suffix); ok {
			name = short
			break
		}
	}
	if i := strings.LastIndexByte(name, '.'); i > 0 && isRegion(name[i+1:]) {
		name = name[:i]
	}
	return name
}

// isRegion tells eu-west-1 from a part of a service's name by its form.
func isRegion(s string) bool {
	parts := strings.Split(s, "-")
	n := len(parts)
	return n >= 3 && len(parts[0]) == 2 && len(parts[n-1]) == 1 && parts[n-1][0] >= '1' && parts[n-1][0] <= '9'
}
