package policy

import (
	"iter"
	"slices"
	"strings"
)

var partitions = []string{"aws", "aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f", "aws-eusc"}

// EveryResourceFor reports whether the statement takes in every resource that the
// action can be about in the account (12 digits; empty means any account), by
// any spelling: arn:aws:s3:::* is as wide as * for s3, arn:aws:iam::ACCOUNT:role/*
// is for iam:PassRole, arn:aws:s3:::*/* is for s3:GetObject.
func (s *Statement) EveryResourceFor(action, account string) bool {
	if s.EveryResource(account) {
		return true
	}
	if account == "" {
		account = "*"
	}
	service, name, _ := strings.Cut(action, ":")
	service = strings.ToLower(service)
	all := func(partition string) bool {
		return s.CoversResource("arn:" + partition + ":" + allOf(service, strings.ToLower(name), account))
	}
	if s.NotResource { // what it excludes lies in one partition, and leaves the others whole
		return !slices.ContainsFunc(partitions, func(p string) bool { return !all(p) })
	}
	return slices.ContainsFunc(partitions, all)
}

// allOf writes the ARN pattern, after the partition, of everything an action is
// about: service, Region, account and resource. Where the resource types of an action are not
// certain from its name it takes in all of the service.
// Source: Service Authorization Reference, resource types of s3, iam and kms.
func allOf(service, action, account string) string {
	switch service {
	case "s3":
		if strings.Contains(action, "object") && !strings.Contains(action, "bucket") {
			return "s3:::*/*"
		}
		return "s3:::*"
	case "iam":
		kind := ""
		switch {
		case strings.Contains(action, "rolepolicy") || strings.HasSuffix(action, "role") || strings.HasSuffix(action, "rolepermissionsboundary") || action == "updateassumerolepolicy":
			kind = "role/"
		case strings.Contains(action, "userpolicy") || strings.HasSuffix(action, "loginprofile") || strings.HasSuffix(action, "accesskey") || strings.HasSuffix(action, "userpermissionsboundary"):
			kind = "user/"
		case strings.Contains(action, "grouppolicy") || strings.HasSuffix(action, "togroup"):
			kind = "group/"
		case strings.HasSuffix(action, "policyversion"):
			kind = "policy/"
		}
		return "iam::" + account + ":" + kind + "*"
	case "sts":
		if action == "assumerole" {
			return "iam::" + account + ":role/*"
		}
	case "kms":
		if !strings.Contains(action, "alias") {
			return "kms:*:" + account + ":key/*"
		}
	}
	return service + ":*:" + account + ":*"
}

// EveryOfType reports whether the statement takes in, in some account and Region,
// every resource of a type, such as service kms with resource key/*, or iam with
// role/*. Unlike [Statement.EveryResourceFor] it is enough that one account or
// Region is taken in whole.
func (s *Statement) EveryOfType(service, resource string) bool {
	if s.EveryResource("") {
		return true
	}
	if s.NotResource {
		return !slices.ContainsFunc(s.Resources, func(r string) bool {
			return Overlaps(s.loosen(r), "arn:*:"+service+":*:*:"+resource)
		})
	}
	return slices.ContainsFunc(s.Resources, func(r string) bool {
		f := strings.SplitN(r, ":", 6)
		switch {
		case len(f) == 6:
			return match(f[2], service, false) && Covers(f[5], resource)
		case len(f) > 2: // arn:aws:iam::* too: the last star stands for all that follows
			return match(f[2], service, false) && strings.HasSuffix(r, "*")
		}
		return hasWildcard(r) && Covers(r, "arn:aws:"+service+":*:*:"+resource)
	})
}

// FullService returns the service that an action pattern takes in whole: s3 for
// s3:*, S3:** and s3:?*; for a pattern over all services, "*". Otherwise it
// returns "".
func FullService(pattern string) string {
	if CoversFold(pattern, "*:*") {
		return "*"
	}
	service, names, ok := strings.Cut(pattern, ":")
	if !ok || hasWildcard(service) || !hasWildcard(names) {
		return ""
	}
	if strings.Trim(names, "*?") == "" && strings.Contains(names, "*") && strings.Count(names, "?") < 2 {
		return strings.ToLower(service)
	}
	some := false
	for a := range Actions(service + ":*") {
		if some = true; !match(pattern, a.Name, true) {
			return ""
		}
	}
	if !some {
		return ""
	}
	return strings.ToLower(service)
}

// ChangesOnEverything lists the actions of level Write or Permissions management
// that know resources and that the statement, an Allow, grants on every resource
// for them in the account; and the action patterns that the table knows no
// action for, of which nothing can be said. At most limit actions are listed,
// all for a limit of 0.
func (s *Statement) ChangesOnEverything(account string, limit int) (known []string, unknown []string) {
	if s.Effect != Allow {
		return nil, nil
	}
	for a := range s.actions() {
		if a.Resources && a.Writes() && s.EveryResourceFor(a.Name, account) {
			if known = append(known, a.Name); len(known) == limit {
				break
			}
		}
	}
	return known, s.UnknownActions()
}

// Writes yields the actions of level Write or Permissions management that the statement, an
// Allow, grants on everything: on every resource for them, or for those that know none, as
// many settings of the account do, at all.
func (s *Statement) Writes(account string) iter.Seq[string] {
	return func(yield func(string) bool) {
		if s.Effect != Allow {
			return
		}
		for a := range s.actions() {
			if !a.Writes() {
				continue
			}
			if a.Resources && s.EveryResourceFor(a.Name, account) || !a.Resources && s.EveryResource(account) {
				if !yield(a.Name) {
					return
				}
			}
		}
	}
}

// UnknownActions lists the patterns in Action or NotAction for which the embedded
// table has no action: newer than the table, or a slip of the pen that grants
// and denies nothing.
func (s *Statement) UnknownActions() (out []string) {
	for _, p := range s.Actions {
		if !onlyStars(p) && !knownPattern(p) {
			out = append(out, p)
		}
	}
	return out
}

func knownPattern(pattern string) bool {
	if !hasWildcard(pattern) {
		_, ok := LookupAction(pattern)
		return ok
	}
	for range Actions(pattern) {
		return true
	}
	return false
}

// actions yields the actions of the table that the statement is about, each once.
func (s *Statement) actions() func(yield func(Action) bool) {
	return func(yield func(Action) bool) {
		if s.NotAction || len(s.Actions) > 8 {
			for a := range Actions("*") {
				if s.MatchesAction(a.Name) && !yield(a) {
					return
				}
			}
			return
		}
		for i, p := range s.Actions {
			for a := range Actions(p) {
				if !anyMatch(s.Actions[:i], a.Name, true) && !yield(a) {
					return
				}
			}
		}
	}
}
