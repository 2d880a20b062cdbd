package policy

import "slices"

// Admin answers whether documents together allow every action on every
// resource.
type Admin struct {
	Answer Answer
	// Allows are the statements that make it so. Their Conditions do not change
	// the answer; a reader of the finding wants to see them.
	Allows []Ref
	// Conditional says that without a statement that has a Condition the
	// documents would not allow everything.
	Conditional bool
	// Excluded holds, as written, the actions that unconditional Deny statements
	// take away on every resource; those of a NotAction stand after "all but".
	Excluded []string
	Denies   []Ref
	// Unread are the sources without a document. They may take something away
	// from a Yes; they turn a No into CannotTell.
	Unread []Source
}

// controlServices are the services whose denial keeps an Allow of everything
// from being administration, where all three are denied.
var controlServices = []string{"iam", "sts", "organizations"}

// sentinels are actions that few policies allow together, asked before the
// whole table is walked.
var sentinels = []string{"iam:CreatePolicyVersion", "organizations:LeaveOrganization", "sts:AssumeRole", "kms:PutKeyPolicy", "s3:DeleteBucket", "ec2:RunInstances", "rds:DeleteDBInstance"}

// FullAdmin reports whether the union of the documents' Allow statements covers
// every action of the embedded table on every resource, by any spelling. A
// Condition of an Allow does not narrow it. An unconditional Deny excludes what
// it names, which is listed; the answer is No only where every changing action
// of iam, sts and organizations is denied. account (12 digits, may be empty) is
// the account in which the documents apply.
func FullAdmin(account string, sources ...Source) Admin {
	var out Admin
	var clear, all, denies []Ref
	for _, src := range sources {
		if src.Document == nil {
			out.Unread = append(out.Unread, src)
			continue
		}
		for i := range src.Document.Statements {
			s := &src.Document.Statements[i]
			ref := Ref{src.Name, s}
			switch {
			case s.Effect == Deny && s.Unconditional() && s.EveryResource(account):
				denies = append(denies, ref)
			case s.Effect == Allow:
				all = append(all, ref)
				if !s.Unclear {
					clear = append(clear, ref)
				}
			}
		}
	}
	switch {
	case controlDenied(denies):
		out.Answer = No
	case out.allow(account, clear):
		out.Answer = Yes
	case len(out.Unread) > 0 || len(all) > len(clear) && out.allow(account, all):
		out.Answer = CannotTell
	default:
		out.Answer = No
	}
	if out.Answer == Yes {
		out.exclude(denies)
	}
	return out
}

// Unconditional reports whether the statement always applies to what it names:
// it has no Condition and nothing unclear.
func (s *Statement) Unconditional() bool { return len(s.Conditions) == 0 && !s.Unclear }

// allow looks for the statements that together allow everything, at first among
// those without conditions.
func (a *Admin) allow(account string, allows []Ref) bool {
	plain := slices.DeleteFunc(slices.Clone(allows), func(r Ref) bool { return len(r.Statement.Conditions) > 0 })
	if a.Allows = coverAll(account, plain); a.Allows != nil {
		return true
	}
	a.Allows = coverAll(account, allows)
	a.Conditional = a.Allows != nil
	return a.Conditional
}

func coverAll(account string, allows []Ref) []Ref {
	for _, r := range allows {
		if s := r.Statement; s.EveryResource(account) && s.everyAction() {
			return []Ref{r}
		}
	}
	c := covering(account, allows)
	if c == nil {
		return nil
	}
	for _, name := range sentinels {
		if !c.allowed(name) {
			return nil
		}
	}
	clear(c.used)
	for service := range Services() {
		if c.allowedWhole(service + ":*") {
			continue
		}
		for a := range Actions(service + ":*") {
			if !c.allowed(a.Name) {
				return nil
			}
		}
	}
	var out []Ref
	for i, u := range c.used {
		if u {
			out = append(out, allows[i])
		}
	}
	return out
}

// coverage asks which actions statements together allow on every resource, and marks
// those statements that it needed.
type coverage struct {
	allows []Ref
	every  []bool    // by statement: it is about all resources
	back   [][][]int // by statement with a NotResource and what it leaves out: who covers that
	used   []bool
}

// covering prepares the question for statements that allow. Only two kinds can take part:
// what is about all resources, and what leaves out some that another statement may bring
// back; nil where there is neither.
func covering(account string, allows []Ref) *coverage {
	c := &coverage{allows, make([]bool, len(allows)), make([][][]int, len(allows)), make([]bool, len(allows))}
	some := false
	for i, r := range allows {
		c.every[i] = r.Statement.EveryResource(account)
		if !c.every[i] && r.Statement.NotResource {
			c.back[i] = bringBack(allows, r.Statement)
		}
		some = some || c.every[i] || c.back[i] != nil
	}
	if !some {
		return nil
	}
	return c
}

// bringBack says for each resource that a NotResource leaves out which statements are
// about it; nil where some resource has none.
func bringBack(allows []Ref, open *Statement) (out [][]int) {
	for _, excluded := range open.Resources {
		var by []int
		for i, r := range allows {
			if r.Statement.CoversResource(excluded) {
				by = append(by, i)
			}
		}
		if by == nil {
			return nil
		}
		out = append(out, by)
	}
	return out
}

// allowedWhole reports whether one statement allows all actions of a pattern everywhere.
func (c *coverage) allowedWhole(pattern string) bool {
	for i, r := range c.allows {
		if c.every[i] && r.Statement.CoversAction(pattern) {
			c.used[i] = true
			return true
		}
	}
	return false
}

// allowed reports whether the statements together allow one action everywhere. What one
// NotResource leaves out, other statements may bring back.
func (c *coverage) allowed(action string) bool {
	for i, r := range c.allows {
		if c.every[i] && r.Statement.MatchesAction(action) {
			c.used[i] = true
			return true
		}
	}
	for i, r := range c.allows {
		if c.back[i] != nil && r.Statement.MatchesAction(action) && c.restored(i, action) {
			c.used[i] = true
			return true
		}
	}
	return false
}

func (c *coverage) restored(open int, action string) bool {
	for _, by := range c.back[open] {
		i := slices.IndexFunc(by, func(i int) bool { return c.allows[i].Statement.MatchesAction(action) })
		if i < 0 {
			return false
		}
		c.used[by[i]] = true
	}
	return true
}

// everyAction reports whether one statement names every action there is: *, *:*,
// ** and their kin, or a NotAction that excludes no action of the table.
func (s *Statement) everyAction() bool {
	if !s.NotAction {
		return anyCovers(s.Actions, "*:*", true)
	}
	for _, p := range s.Actions {
		for range Actions(p) {
			return false
		}
	}
	return true
}

// controlDenied reports whether nothing that changes anything is left of the
// services through which rights are given.
func controlDenied(denies []Ref) bool {
	if len(denies) == 0 {
		return false
	}
	for _, service := range controlServices {
		for a := range Actions(service + ":*") {
			if a.Changes() && !slices.ContainsFunc(denies, func(r Ref) bool { return r.Statement.MatchesAction(a.Name) }) {
				return false
			}
		}
	}
	return true
}

func (a *Admin) exclude(denies []Ref) {
	a.Denies = denies
	for _, d := range denies {
		for _, p := range d.Statement.Actions {
			if d.Statement.NotAction {
				p = "all but " + p
			}
			if !slices.Contains(a.Excluded, p) {
				a.Excluded = append(a.Excluded, p)
			}
		}
	}
}
