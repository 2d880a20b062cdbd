package identity

import (
	"errors"
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/access/policy"
	"onus/scanner/snapshot"
)

// Trusting judges the trust policy of a role of the customer's. One that was not read is
// UNKNOWN, and one with something that AWS's grammar does not hold can only fail.
func Trusting(r snapshot.Role, judge func(*policy.Document) checks.Verdict) checks.Verdict {
	src := Source("the trust policy", r.Trust)
	if v, unread := Unread([]policy.Source{src}); unread {
		return v
	}
	v := judge(src.Document)
	if issues := Issues(src.Document); issues != "" && v.Status != checks.FAIL {
		return checks.Unclear("%s; but not all of the trust policy can be understood: %s", v.Reason, issues)
	}
	return v
}

// OfCustomer is Trusting for a role that the customer can change; a service-linked one is
// AWS's.
func OfCustomer(r snapshot.Role, judge func(*policy.Document) checks.Verdict) checks.Verdict {
	if r.ServiceLinked() {
		return checks.DoesNotApply("the role belongs to an AWS service")
	}
	return Trusting(r, judge)
}

// Conditions shows a statement's conditions at the end of a reason; "" for none.
func Conditions(s *policy.Statement) string {
	var out []string
	for _, c := range s.Conditions {
		out = append(out, c.String())
	}
	if len(out) == 0 {
		return ""
	}
	return ", on the condition " + strings.Join(out, " and ")
}

// Insiders says which accounts are not outside: the own, those of the organization, and
// those that a policy file trusts.
type Insiders struct {
	own          string
	trusted      []string
	organization []string // accounts of the organization that are known
	id           string   // of the organization; "" for none
	err          error    // why not all of them are known
}

// InsidersOf are the account's, with the accounts that are trusted besides. Without the
// organization, its accounts are outside as others are.
func InsidersOf(env checks.Env, trusted []string, organization bool) Insiders {
	a := env.Account()
	out := Insiders{own: a.Location.Account, trusted: trusted}
	if !organization {
		return out
	}
	o, err := checks.Use(env, a.Org.Organization)
	switch {
	case errors.Is(err, snapshot.ErrAbsent):
		return out
	case err != nil:
		out.err = err
		return out
	}
	out.id = o.ID
	if o.ManagementAccount != "" {
		out.organization = append(out.organization, o.ManagementAccount)
	}
	members, err := checks.Use(env, a.Org.Accounts)
	out.organization, out.err = append(out.organization, members...), err
	return out
}

// Unread is why not all accounts of the organization are known; nil where they are.
func (i Insiders) Unread() error { return i.err }

// Account says whether an account is inside.
func (i Insiders) Account(id string) policy.Answer {
	switch {
	case id == i.own || slices.Contains(i.trusted, id) || slices.Contains(i.organization, id):
		return policy.Yes
	case i.err != nil:
		return policy.CannotTell
	}
	return policy.No
}

// Trusted says that an account is one of those that the policy file trusts.
func (i Insiders) Trusted(id string) bool { return slices.Contains(i.trusted, id) }

// Known is who is inside, as the engine asks for it.
func (i Insiders) Known() policy.Known {
	out := policy.Known{Accounts: slices.Concat([]string{i.own}, i.trusted, i.organization)}
	if i.id != "" {
		out.Organizations = []string{i.id}
	}
	return out
}

// Foreign is one principal that a role trusts and that is not of the role's own account.
type Foreign struct {
	policy.Trust
	Accounts []string      // that the principal or a condition names; none for anybody
	Inside   policy.Answer // whether all of them are
}

// Name is how a reason calls the principal.
func (f Foreign) Name() string {
	if f.Kind == policy.TrustEveryone && len(f.Accounts) > 0 {
		return "* of " + strings.Join(f.Accounts, ", ")
	}
	return f.Value
}

// Foreign lists the AWS principals of other accounts that a trust policy lets in, anybody
// among them. Ids of deleted principals tell no account and are left out.
func (i Insiders) Foreign(d *policy.Document) (out []Foreign) {
	for _, t := range d.Trusts("") {
		f := Foreign{Trust: t}
		switch t.Kind {
		case policy.TrustEveryone:
			f.Accounts, f.Inside = i.everyone(t)
		case policy.TrustAWS:
			if t.Account == "" {
				continue
			}
			f.Accounts, f.Inside = []string{t.Account}, i.Account(t.Account)
		case policy.TrustService, policy.TrustOIDC, policy.TrustSAML, policy.TrustCanonical:
			continue
		}
		own := func(id string) bool { return id == i.own }
		if len(f.Accounts) > 0 && !slices.ContainsFunc(f.Accounts, func(id string) bool { return !own(id) }) {
			continue
		}
		if slices.ContainsFunc(t.Bounds, func(b policy.Bound) bool { return principalKey(b.Key) && b.Within(i.Known()) }) {
			f.Inside = policy.Yes
		}
		out = append(out, f)
	}
	return out
}

// principalKey says that a condition key tells who calls. A network or the resource for
// which a service calls tells nobody.
func principalKey(key string) bool { return strings.HasPrefix(key, "aws:principal") }

// everyone says whom a trust in everybody lets in after its conditions on the caller.
func (i Insiders) everyone(t policy.Trust) (accounts []string, inside policy.Answer) {
	for _, key := range []string{"aws:PrincipalAccount", "aws:PrincipalArn"} {
		b, ok := t.FixedBy(key)
		if !ok {
			continue
		}
		inside = policy.Yes
		for _, v := range b.Values {
			id := policy.AccountOf(v)
			if !slices.Contains(accounts, id) {
				accounts = append(accounts, id)
			}
			switch i.Account(id) {
			case policy.No:
				return accounts, policy.No
			case policy.CannotTell:
				inside = policy.CannotTell
			case policy.Yes:
			}
		}
		return accounts, inside
	}
	_, org := t.FixedBy("aws:PrincipalOrgID")
	_, unit := t.FixedBy("aws:PrincipalOrgPaths")
	if (org || unit) && i.id == "" && i.err != nil {
		return nil, policy.CannotTell // it may be our own
	}
	return nil, policy.No
}

// Provider looks an identity provider of the role's own account up: ErrAbsent where there is
// none. Providers without an ARN, such as accounts.google.com, are none of the account's.
func Provider(env checks.Env, r snapshot.Role, principal string) error {
	if snapshot.AccountOf(principal) != r.Account {
		return nil
	}
	switch {
	case strings.Contains(principal, ":saml-provider/"):
		_, err := checks.Find(env, snapshot.SAMLProviders, r.Location, principal)
		return err
	case strings.Contains(principal, ":oidc-provider/"):
		_, err := checks.Find(env, snapshot.OIDCProviders, r.Location, principal)
		return err
	}
	return nil
}
