package identity

import (
	"fmt"
	"slices"
	"strings"

	"onus/checks/access/policy"
)

// Way asks whether the actions are allowed together, as one way to rights that the role was
// not given: each on some resource, and those of one service on a common one. Of
// iam:PassRole only roles count that privileged names, and patterns of roles, and only where
// the service that runs the code may be passed to.
func (h *Held) Way(actions []string, privileged func(role string) bool) Right {
	service := passedTo(actions)
	var candidates [][]Right
	for _, action := range actions {
		q := question{
			action: action,
			wide:   func(*policy.Statement) bool { return true },
			denies: func(deny, allow *policy.Statement) bool { return deny.TakesAway(allow) },
			within: policy.Overlapping,
		}
		if strings.EqualFold(action, passRole) {
			q.service = service
			q.wide = func(s *policy.Statement) bool { return passesPrivileged(s, privileged) }
		}
		rights := h.rights(q)
		if len(rights) == 0 {
			return Right{Extent: None}
		}
		candidates = append(candidates, rights)
	}
	return furthest(combine(actions, candidates, nil))
}

const passRole = "iam:PassRole"

// passedTo is the service to which a way hands a role, by the table of known ways.
func passedTo(actions []string) string {
	for _, e := range policy.Escalations {
		if e.Service != "" && slices.ContainsFunc(actions, func(a string) bool {
			return !strings.EqualFold(a, passRole) && slices.ContainsFunc(e.Actions, func(known string) bool { return strings.EqualFold(a, known) })
		}) {
			return e.Service
		}
	}
	return ""
}

// passesPrivileged says that a statement is about roles that are not known to be harmless.
func passesPrivileged(s *policy.Statement, privileged func(role string) bool) bool {
	if s.NotResource {
		return true
	}
	return slices.ContainsFunc(s.Resources, func(r string) bool {
		f := strings.SplitN(r, ":", 6)
		return len(f) < 6 || strings.ContainsAny(f[5], "*?") || strings.Contains(r, "${") || privileged(r)
	})
}

// combine are the rights of every choice of one right for each action, as long as the chosen
// ones of one service are about a common resource.
func combine(actions []string, candidates [][]Right, chosen []Right) []Right {
	if len(chosen) == len(candidates) {
		return []Right{together(chosen)}
	}
	var out []Right
	at := len(chosen)
	for _, r := range candidates[at] {
		fits := true
		for i, o := range chosen {
			fits = fits && (!sameKind(actions[i], actions[at]) || r.By.Statement == nil || o.By.Statement == nil || policy.Overlapping(o.By.Statement, r.By.Statement))
		}
		if !fits {
			continue
		}
		more := combine(actions, candidates, append(chosen[:at:at], r))
		if out = append(out, furthest(more)); out[len(out)-1].Extent == Given {
			return out // nothing goes further
		}
	}
	return out
}

// sameKind says that two actions are about resources of one service. A role that is passed
// is never what it is passed to.
func sameKind(a, b string) bool {
	first, _, _ := strings.Cut(strings.ToLower(a), ":")
	second, _, _ := strings.Cut(strings.ToLower(b), ":")
	return first == second && !strings.EqualFold(a, passRole) && !strings.EqualFold(b, passRole)
}

// together is what several rights come to that are all needed. By is that of the first.
func together(rights []Right) Right {
	out := Right{Extent: Given, By: rights[0].By}
	var by []string
	for _, r := range rights {
		if r.By.Statement != nil && !slices.Contains(by, r.By.String()) {
			by = append(by, r.By.String())
		}
		out.On = append(out.On, r.On...)
		if r.Err != nil {
			out.Err = r.Err
		}
		switch {
		case r.Extent == Unsure:
			out.Extent = Unsure
		case r.Extent == Narrowed && out.Extent == Given:
			out.Extent = Narrowed
		}
	}
	out.all = by
	return out
}

// Statements are the statements that give a right, as reasons show them.
func (r Right) Statements() string {
	if len(r.all) > 0 {
		return strings.Join(r.all, " and ")
	}
	return r.By.String()
}

// Conditions are the conditions of a narrowed right, as reasons show them.
func (r Right) Conditions() string {
	var out []string
	for _, c := range r.On {
		if s := c.String(); !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return fmt.Sprintf("on the condition %s", strings.Join(out, " and "))
}
