// Package identity puts together the policies that give an IAM user, group or role its
// rights, and hands each of the customer's policies to a check. What policies mean is left
// to package policy, verdicts to the checks.
//
// A policy that was not read or not understood stays in the list as a source without a
// document: it grants nothing that we know of, and whoever asks meets it.
package identity

import (
	"errors"
	"fmt"

	"onus/checks"
	"onus/checks/access/policy"
	"onus/scanner/snapshot"
)

// Source reads a policy's text. Err is why there is no document: the *snapshot.Unread of
// the read, or a *policy.Error.
func Source(name string, text snapshot.Read[string]) policy.Source {
	out := policy.Source{Name: name}
	raw, err := text.Get()
	if err == nil {
		out.Document, err = policy.Parse([]byte(raw))
	}
	out.Err = err
	return out
}

// OfUser are the policies of a user: inline, attached, and those of its groups.
func OfUser(env checks.Env, u snapshot.User) []policy.Source {
	out := Of(env, u.Meta, u.Grants)
	for _, name := range u.Groups {
		g, err := checks.Find(env, snapshot.Groups, u.Location, name)
		if err != nil {
			out = append(out, policy.Source{Name: "group " + name, Err: err})
			continue
		}
		for _, src := range Of(env, g.Meta, g.Grants) {
			src.Name = "group " + name + ": " + src.Name
			out = append(out, src)
		}
	}
	return out
}

// Of are the inline and attached policies of one user, group or role alone.
func Of(env checks.Env, at snapshot.Meta, g snapshot.Grants) []policy.Source {
	out := Inline(g)
	for _, p := range g.Attached {
		out = append(out, Managed(env, at.Location, p.ARN))
	}
	return out
}

// Inline are the inline policies alone.
func Inline(g snapshot.Grants) (out []policy.Source) {
	for _, p := range g.Inline {
		out = append(out, Source("inline policy "+p.Name, p.Document))
	}
	return out
}

// Managed is a managed policy by its ARN, with its default version.
func Managed(env checks.Env, at snapshot.Location, arn string) policy.Source {
	p, err := checks.Find(env, documents, at, arn)
	if err != nil {
		return policy.Source{Name: arn, Err: err}
	}
	return p.Source
}

// document is a managed policy that was parsed. Many users and roles share one: each is
// parsed once for an evaluation, which keeps the index of documents.
type document struct {
	snapshot.Meta
	policy.Source
}

var documents = snapshot.Kind[document]{
	Type: "iam managed policy document",
	All: func(a *snapshot.Account) []document {
		out := make([]document, 0, len(a.IAM.Policies))
		for _, p := range a.IAM.Policies {
			out = append(out, document{p.Meta, Source(p.ARN, p.Document)})
		}
		return out
	},
	Meta:   func(d document) snapshot.Meta { return d.Meta },
	ID:     func(d document) string { return d.ARN },
	Key:    func(d document) string { return d.ARN },
	Lists:  snapshot.ManagedPolicies.Lists,
	Global: true,
}

// Unread is the verdict UNKNOWN for the first source without a document; false where all
// have one.
func Unread(sources []policy.Source) (checks.Verdict, bool) {
	for _, src := range sources {
		if src.Document != nil {
			continue
		}
		var u *snapshot.Unread
		if errors.As(src.Err, &u) {
			v := checks.Unknown(src.Err)
			v.Reason = src.Name + ": " + v.Reason
			return v, true
		}
		return checks.Unclear("%s cannot be understood: %v", src.Name, src.Err), true
	}
	return checks.Verdict{}, false
}

// Issues says what in a document AWS's grammar does not hold; "" for nothing.
func Issues(d *policy.Document) string {
	out := ""
	for _, i := range d.Issues {
		if out != "" {
			out += "; "
		}
		out += i.String()
	}
	return out
}

// Admin says whether policies together allow everything on everything, by their documents
// alone: no boundary and no service control policy. An error says why nothing tells.
func Admin(account string, sources []policy.Source) (policy.Admin, error) {
	admin := policy.FullAdmin(account, sources...)
	if admin.Answer != policy.CannotTell {
		return admin, nil
	}
	for _, src := range sources {
		switch {
		case src.Document == nil:
			return admin, fmt.Errorf("%s: %w", src.Name, src.Err)
		case len(src.Document.Issues) > 0:
			return admin, fmt.Errorf("%s: %s", src.Name, Issues(src.Document))
		}
	}
	return admin, errors.New("nothing tells whether the policies allow everything")
}

// Untold is the verdict where Admin fails: a failed read is counted as incomplete, what
// cannot be understood is not.
func Untold(err error) checks.Verdict {
	var u *snapshot.Unread
	if errors.As(err, &u) {
		return checks.Unknown(err)
	}
	return checks.Unclear("%v", err)
}

// Granted finds an Allow of an action, on any resource, that no Deny without a Condition
// takes away again.
func Granted(account string, sources []policy.Source, action string) (found policy.Ref, ok bool) {
	for _, src := range sources {
		if src.Document == nil {
			continue
		}
		for i := range src.Document.Statements {
			s := &src.Document.Statements[i]
			switch {
			case !s.MatchesAction(action):
			case s.Effect == policy.Deny && s.Unconditional() && s.EveryResourceFor(action, account):
				return policy.Ref{}, false
			case s.Effect == policy.Allow && !ok:
				found, ok = policy.Ref{Source: src.Name, Statement: s}, true
			}
		}
	}
	return found, ok
}

// Holders are the ARNs of the users, groups and roles to which a policy that fits is
// attached, and why there may be more.
func Holders(env checks.Env, a *snapshot.Account, fits func(arn string) bool) (out []string, err error) {
	add := func(holder string, g snapshot.Grants) {
		for _, p := range g.Attached {
			if fits(p.ARN) {
				out = append(out, holder)
				return
			}
		}
	}
	users, err := checks.In(env, snapshot.Users, a.Location).Get()
	for _, u := range users {
		add(u.ARN, u.Grants)
	}
	groups, _ := checks.In(env, snapshot.Groups, a.Location).Get() // one list holds all three
	for _, g := range groups {
		add(g.ARN, g.Grants)
	}
	roles, _ := checks.In(env, snapshot.Roles, a.Location).Get()
	for _, r := range roles {
		add(r.ARN, r.Grants)
	}
	return out, err
}
