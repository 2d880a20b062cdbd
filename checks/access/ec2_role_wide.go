package access

import (
	"fmt"
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/access/identity"
	iampolicy "onus/checks/access/policy"
	"onus/checks/wording"
	"onus/scanner/snapshot"
)

// InstanceRoleNoBroadWrite passes when no Allow of the role gives, on every resource, a whole
// service or all actions of one verb that write. A single action that knows no resources has
// to be written that way. Patterns that fit no action of the embedded table are told: what
// they allow is not known.
// Source: as InstanceRoleNoAdmin; Service Authorization Reference, access levels.
var InstanceRoleNoBroadWrite = checks.Check{
	ID:          "ec2-instance-role-no-broad-write",
	Title:       "The role of an EC2 instance has no write access to every resource of a service",
	Severity:    checks.Low,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.Infrastructure,
	Tier:        2,
	Reads:       roleReads,
	Parameters:  checks.Parameters{"ignore_services": []string{"logs", "cloudwatch", "ssmmessages", "ec2messages", "xray"}},
	Remedy:      "List the actions that the software uses, and name the resources.",
	Fix: roleFix("A wildcard gives more than anybody thought of when it was written, and more with every action that AWS adds to the service. Whoever breaks into the instance has all of it, on all resources.",
		"Free, but for the work of finding out what the software uses: last accessed information of the role and CloudTrail tell."),
	Judges:         checks.For(snapshot.Instances, instanceRoleNoBroadWrite),
	FailWhenUnread: true,
}

func instanceRoleNoBroadWrite(i snapshot.Instance, env checks.Env) checks.Verdict {
	return byRole(i, env, func(h *identity.Held) checks.Verdict {
		b := broad(h, env.Strings("ignore_services"))
		v, unread := identity.Unread(h.Policies)
		switch {
		case len(b.found) > 0:
			var err error
			if h.Boundary != nil {
				err = h.Boundary.Err
			}
			return checks.Fail("role %s has on every resource %s%s%s", h.Role.Name, strings.Join(wording.Some(b.found, 4), "; "), b.note(), boundaryUnread(err)).With("patterns", strings.Join(wording.Some(b.found, 20), "; "))
		case unread:
			v.Reason = "role " + h.Role.Name + ": " + v.Reason
			return v
		case len(b.unclear) > 0:
			return checks.Unclear("role %s: %s cannot be understood", h.Role.Name, wording.List(b.unclear, 3))
		}
		return checks.Pass("no statement of role %s gives a whole service or verb on every resource%s", h.Role.Name, b.note()).With("patterns", "")
	})
}

// broadly is what a role's statements give by patterns on every resource.
type broadly struct {
	found    []string // a whole service or verb
	narrowed []string // the same, on conditions
	unclear  []string // statements that hold what the grammar does not
	unknown  []string // patterns that fit no action of the table
}

func (b broadly) note() (note string) {
	if len(b.narrowed) > 0 {
		note += "; on conditions: " + strings.Join(wording.Some(b.narrowed, 3), "; ")
	}
	if len(b.unknown) > 0 {
		note += fmt.Sprintf("; not in the table of actions of %s: %s", iampolicy.ActionsDate, wording.List(b.unknown, 4))
	}
	return note
}

func broad(h *identity.Held, ignore []string) (out broadly) {
	for _, src := range h.Policies {
		if src.Document == nil {
			continue
		}
		for n := range src.Document.Statements {
			s := &src.Document.Statements[n]
			if s.Effect != iampolicy.Allow || !s.EveryResource(h.Role.Account) {
				continue
			}
			by := iampolicy.Ref{Source: src.Name, Statement: s}
			out.unknown = append(out.unknown, s.UnknownActions()...)
			for _, p := range wideActions(s, ignore) {
				switch h.Broad(s, p.actions) {
				case identity.Given:
					out.found = append(out.found, fmt.Sprintf("%s by %s", p.pattern, by))
				case identity.Narrowed:
					out.narrowed = append(out.narrowed, fmt.Sprintf("%s by %s%s", p.pattern, by, identity.Conditions(s)))
				case identity.Unsure:
					out.unclear = append(out.unclear, by.String())
				case identity.None:
				}
			}
		}
	}
	return out
}

// wildcard is a pattern that takes in a whole service or verb, and the writing actions that
// it takes in.
type wildcard struct {
	pattern string
	actions []string
}

// wideActions are the patterns of an Allow that give a whole service, or all of its actions of
// a verb that writes.
func wideActions(s *iampolicy.Statement, ignore []string) []wildcard {
	if s.NotAction {
		w := wildcard{pattern: "all but " + wording.List(s.Actions, 4)}
		for a := range iampolicy.Actions("*") {
			if a.Changes() && s.MatchesAction(a.Name) && !slices.Contains(ignore, serviceOf(a.Name)) {
				w.actions = append(w.actions, a.Name)
			}
		}
		return []wildcard{w}
	}
	var out []wildcard
	for _, p := range s.Actions {
		if !strings.ContainsAny(p, "*?") {
			continue
		}
		w := wildcard{pattern: p}
		verbs := map[string]bool{}
		for a := range iampolicy.Actions(p) {
			if a.Changes() && !slices.Contains(ignore, serviceOf(a.Name)) {
				w.actions = append(w.actions, a.Name)
				verbs[serviceOf(a.Name)+":"+verb(a.Name)+"*"] = true
			}
		}
		whole := iampolicy.FullService(p) != ""
		for v := range verbs {
			whole = whole || !strings.HasSuffix(v, ":*") && iampolicy.CoversFold(p, v)
		}
		if whole && len(w.actions) > 0 {
			out = append(out, w)
		}
	}
	return out
}

func serviceOf(action string) string {
	service, _, _ := strings.Cut(action, ":")
	return service
}

// readVerbs are verbs that read, whatever level AWS gives to a few of their actions.
var readVerbs = []string{"Get", "List", "Describe", "Head", "Search", "Lookup", "View", "Query", "BatchGet", "BatchDescribe", "BatchList"}

// verb is the first word of an action's name, and of a batch the first two; "" for those
// that read.
func verb(action string) string {
	_, name, _ := strings.Cut(action, ":")
	word := firstWord(name)
	if word == "Batch" {
		word += firstWord(name[len(word):])
	}
	if slices.Contains(readVerbs, word) {
		return ""
	}
	return word
}

func firstWord(name string) string {
	for i := 1; i < len(name); i++ {
		if name[i] >= 'A' && name[i] <= 'Z' {
			return name[:i]
		}
	}
	return name
}
