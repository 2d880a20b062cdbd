package identity

import (
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/access/policy"
	"onus/scanner/snapshot"
)

// Named says that a principal is in a list of ARNs, names and patterns.
func (e Effective) Named(list []string, at snapshot.Meta) bool {
	return slices.ContainsFunc(list, func(p string) bool { return p == at.Name || policy.Covers(p, e.ARN) })
}

// Sources are all documents that decide what a principal may do: its policies first, then
// what limits them.
func (e Effective) Sources() []policy.Source {
	out := slices.Clone(e.Policies)
	if e.Boundary != nil {
		out = append(out, *e.Boundary)
	}
	if e.SCPs != nil {
		out = slices.Concat(append([][]policy.Source{out}, e.SCPs.Levels...)...)
	}
	return out
}

// Undecided is the verdict where policies do not tell: for one that was not read its cause.
func Undecided(sources []policy.Source) checks.Verdict {
	if v, unread := Unread(sources); unread {
		return v
	}
	for _, src := range sources {
		if issues := Issues(src.Document); issues != "" {
			return checks.Unclear("%s: %s", src.Name, issues)
		}
	}
	return checks.Unclear("the policies do not tell what they allow")
}

// NoPath passes where no way of up to so many steps leads from a principal to an
// administrator. who begins the reason.
func NoPath(e Effective, at snapshot.Meta, env checks.Env, most int, who string) checks.Verdict {
	g, err := Graph(env, at.Location)
	if err != nil {
		return checks.Unknown(err)
	}
	from := g.Find(e.ARN)
	if from < 0 {
		return checks.Unclear("the principal is not in the account's lists")
	}
	ways, answer, passed := g.Path(from, most)
	for _, member := range passed {
		env.Cite(g.versions[member]...)
	}
	_, cut := checks.In(env, snapshot.Roles, at.Location).Get()
	switch {
	case answer == policy.Yes:
		return checks.Fail("%sa way leads to an administrator: %s%s", who, Steps(ways), unreadRails(e)).With("steps", Steps(ways))
	case cut != nil:
		return checks.Unknown(cut)
	case answer == policy.CannotTell:
		return g.Untold()
	}
	return checks.Pass("%sno way of up to max_path_length (%d) steps leads to an administrator", who, most)
}

// Steps shows a way, with the statements of each step and what has to be met.
func Steps(ways []policy.Way) string {
	var out []string
	for _, w := range ways {
		text := w.How
		if len(w.By) > 0 {
			text += " (" + Names(w.By) + ")"
		}
		if w.Need != "" {
			text += " on the condition " + w.Need
		}
		out = append(out, text)
	}
	return strings.Join(out, ", then ")
}

// unreadRails says that service control policies were not read, which might cut a way.
func unreadRails(e Effective) string {
	if e.SCPs == nil || e.SCPs.Unread == nil {
		return ""
	}
	return "; not read, and might lift it: service control policies: " + e.SCPs.Unread.Error()
}
