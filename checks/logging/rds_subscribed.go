package logging

import (
	"fmt"
	"slices"
	"strings"

	"onus/checks"
	"onus/scanner/snapshot"
)

// source is what must be subscribed: a type of source, those of it that are there, why
// there may be more, and the categories.
type source struct {
	kind       string
	ids        []string
	unread     error
	categories []string
}

// judge takes the union of the subscriptions that are in force: two may share categories
// and sources between them.
func (s source) judge(r snapshot.DBRegion, env checks.Env) checks.Verdict {
	switch {
	case len(s.ids) == 0 && s.unread != nil:
		return checks.Unknown(s.unread)
	case len(s.ids) == 0:
		return checks.DoesNotApply("%s holds no database of which events of %s would tell", r.Region, s.kind)
	}
	all, unread := checks.In(env, snapshot.EventSubscriptions, r.Location).Get()
	var inForce, broken []string
	limited := false
	for _, sub := range all {
		if !s.about(sub) {
			continue
		}
		if !sub.Enabled || sub.Status != "active" {
			broken = append(broken, fmt.Sprintf("%s is %s, enabled %v", sub.ID, sub.Status, sub.Enabled))
			continue
		}
		inForce = append(inForce, sub.ID)
	}
	var lacking []string
	for _, category := range s.categories {
		what, every := s.uncovered(all, category)
		if what != "" {
			lacking = append(lacking, what)
		}
		limited = limited || !every
	}
	seen := strings.Join(inForce, ", ")
	switch {
	case len(lacking) > 0 && unread != nil:
		return checks.Unknown(unread)
	case len(lacking) > 0:
		return checks.Fail("%s", s.reason(lacking, broken)).With("subscriptions", seen)
	case limited && s.unread != nil: // named sources only, and there may be more of them
		return checks.Unknown(s.unread)
	}
	return checks.Pass("%s of %s are subscribed by %s", strings.Join(s.categories, ", "), s.kind, seen).With("subscriptions", seen)
}

// about says that a subscription takes this type of source: without a type, every one.
func (s source) about(sub snapshot.EventSubscription) bool {
	return sub.SourceType == "" || sub.SourceType == s.kind
}

// uncovered names what of a category nobody subscribes, "" for nothing; every says that
// some subscription takes it of every source.
func (s source) uncovered(subs []snapshot.EventSubscription, category string) (what string, every bool) {
	named := map[string]bool{}
	for _, sub := range subs {
		wanted := len(sub.Categories) == 0 || slices.Contains(sub.Categories, category)
		if !s.about(sub) || !sub.Enabled || sub.Status != "active" || !wanted {
			continue
		}
		if len(sub.Sources) == 0 {
			return "", true
		}
		for _, id := range sub.Sources {
			named[id] = true
		}
	}
	var left []string
	for _, id := range s.ids {
		if !named[id] {
			left = append(left, id)
		}
	}
	switch {
	case len(left) == 0:
		return "", false
	case len(named) == 0 || s.ids[0] == anyGroup:
		return category, false
	}
	slices.Sort(left)
	return category + " of " + strings.Join(left, ", "), false
}

func (s source) reason(lacking, broken []string) string {
	out := "nobody is told of " + s.kind + " events: " + strings.Join(lacking, "; ")
	if len(broken) > 0 {
		out += " (" + strings.Join(broken, "; ") + ")"
	}
	return out
}
