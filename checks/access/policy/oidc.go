package policy

import (
	"slices"
	"strings"
)

// form is one way in which a token's claim names its tenant: a prefix, the
// tenant, and the character that ends it.
type form struct {
	prefix, end string
	unnamed     bool // it is an id of something of a tenant's, and names no tenant
}

// issuer is a web identity provider and the claims that tell its tenants apart.
type issuer struct {
	host   string // with a final dot, the beginning of the host
	claims map[string][]form
}

// issuers are providers that sign tokens for many tenants, as of 2026-11-24.
// Sources: the providers' own documents on the claims of their tokens.
var issuers = []issuer{
	// Beside sub, STS knows these claims of GitHub's since 2026-01; job_workflow_ref and
	// others that it knows do not say whose repository it is.
	{"token.actions.githubusercontent.com", map[string][]form{"sub": {
		{prefix: "repo:", end: "/"}, {prefix: "repository:", end: "/"}, {prefix: "job_workflow_ref:", end: "/"},
		{prefix: "repository_owner:", end: ":"}, {prefix: "repository_owner_id:", end: ":"}, {prefix: "repository_id:", end: ":"}, {prefix: "enterprise:", end: ":"}, {prefix: "enterprise_id:", end: ":"},
	}, "repository": {{end: "/"}}, "repository_id": {{unnamed: true}}}},
	{"gitlab.com", map[string][]form{"sub": {{prefix: "project_path:", end: "/"}}}},
	{"app.terraform.io", map[string][]form{"sub": {{prefix: "organization:", end: ":"}}}},
	{"oidc.circleci.com", map[string][]form{"sub": {{prefix: "org/", end: "/"}}, "aud": {{}}}},
	{"agent.buildkite.com", map[string][]form{"sub": {{prefix: "organization:", end: ":"}}}},
	{"api.bitbucket.org", map[string][]form{"sub": {{prefix: "{", end: ":"}}, "aud": {{}}}},
	{"oidc.vercel.com", map[string][]form{"sub": {{prefix: "owner:", end: ":"}}, "aud": {{}}}},
	{"accounts.google.com", map[string][]form{"sub": {{}}, "aud": {{}}, "oaud": {{}}}},
	{"cognito-identity.amazonaws.com", map[string][]form{"aud": {{}}}},
	{"cognito-identity-us-gov.amazonaws.com", map[string][]form{"aud": {{}}}},
	{"oidc.eks.", map[string][]form{"sub": {{prefix: "system:serviceaccount:", end: ":"}}}},
}

// Subject says whom of a web identity provider's users a trust lets in.
type Subject struct {
	// Provider is the provider's host and path, Host its host alone.
	Provider, Host string
	// Limited is Yes where each value of a restricting condition names a tenant
	// (owner, group, organization, namespace), No where anybody whom the provider
	// knows may come, CannotTell for a provider whose tokens we do not know.
	Limited Answer
	// Conditions are the conditions on the provider's tenant claims.
	Conditions []Bound
	// Tenants are the tenants named, Open the values that leave the tenant open.
	Tenants, Open []string
	// Any are values that end in a wildcard right after the tenant, such as
	// repo:acme/*: every repository or service account of it.
	Any []string
	// Pinned says that some condition leaves neither the tenant open nor what of it may come.
	Pinned bool
	// Broken are values with a wildcard under an operator that takes it as plain
	// text. They match no token.
	Broken []string
	// InIssuer says that the provider's own address names the tenant, as
	// oidc.circleci.com/org/ID and an EKS cluster's do.
	InIssuer bool
	// Audience says that a restricting condition asks for the aud claim.
	Audience bool
}

// Subject works out whom a trust of kind TrustOIDC lets in. A condition counts
// only on the key of the same provider: PROVIDER:claim.
func (t *Trust) Subject() Subject {
	out := Subject{Provider: providerOf(t.Value), Limited: CannotTell}
	out.Host, _, _ = strings.Cut(out.Provider, "/")
	known := slices.IndexFunc(issuers, func(i issuer) bool {
		return i.host == out.Host || strings.HasSuffix(i.host, ".") && strings.HasPrefix(out.Host, i.host)
	})
	out.InIssuer = known >= 0 && len(out.Provider) > len(out.Host)+1
	prefix := strings.ToLower(out.Provider) + ":"
	for _, b := range t.Bounds {
		claim, ok := strings.CutPrefix(b.Key, prefix)
		if !ok {
			continue
		}
		out.Audience = out.Audience || claim == "aud"
		if known < 0 {
			if claim == "sub" {
				out.Conditions = append(out.Conditions, b)
			}
			continue
		}
		if forms := issuers[known].claims[claim]; forms != nil && !genericAudience(claim, b.Values) {
			out.judge(b, forms)
		}
	}
	if known >= 0 && out.Limited == CannotTell {
		out.Limited = No
	}
	return out
}

// genericAudience reports whether an aud value is one that every tenant's tokens
// may carry.
func genericAudience(claim string, values []string) bool {
	return claim == "aud" && slices.ContainsFunc(values, func(v string) bool { return strings.HasPrefix(v, "sts.amazonaws.com") })
}

// judge looks at one condition on a tenant claim. Conditions are joined by AND:
// one that limits is enough.
func (s *Subject) judge(b Bound, forms []form) {
	s.Conditions = append(s.Conditions, b)
	limited, pinned := true, true
	for _, v := range b.Values {
		if !b.like && hasWildcard(v) {
			s.Broken = append(s.Broken, v)
			continue
		}
		tenant, after, named, ok := tenantOf(v, forms)
		if !ok {
			s.Open = append(s.Open, v)
			limited = false
			continue
		}
		if named {
			s.Tenants = append(s.Tenants, tenant)
		}
		if strings.HasPrefix(after, "*") || strings.HasPrefix(after, "?") {
			s.Any, pinned = append(s.Any, v), false
		}
	}
	if limited {
		s.Limited = Yes
		s.Pinned = s.Pinned || pinned
	}
}

// tenantOf finds the tenant in the part of a value before its first wildcard, and
// returns what follows it; named is false where it is only something of the tenant's.
func tenantOf(value string, forms []form) (tenant, after string, named, ok bool) {
	if strings.Contains(value, "${") {
		return "", "", false, false
	}
	for _, f := range forms {
		rest, ok := strings.CutPrefix(value, f.prefix)
		if !ok {
			continue
		}
		if f.end != "" {
			if name, after, ok := strings.Cut(rest, f.end); ok && name != "" && !hasWildcard(name) {
				return name, after, !f.unnamed, true
			}
		}
		if rest != "" && !hasWildcard(value) {
			return rest, "", !f.unnamed, true
		}
	}
	return "", "", false, false
}

// providerOf is the host and path of a Federated principal: what follows
// oidc-provider/ in its ARN, or the principal itself.
func providerOf(federated string) string {
	if _, provider, ok := strings.Cut(federated, ":oidc-provider/"); ok {
		return provider
	}
	return federated
}
