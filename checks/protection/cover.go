package protection

import (
	"errors"
	"fmt"
	"strings"

	"onus/checks"
	"onus/scanner/snapshot"
)

// Cover is what backs a resource up.
type Cover struct {
	By   []By
	Near []string // why what comes near does not back it up
	Open error    // something that was not read, or is not clear, and may back it up; nil: nothing
}

// By is one thing that backs a resource up: a selection of a backup plan, or a lifecycle
// policy, which has neither plan nor rules.
type By struct {
	What  string // as reasons name it
	Plan  snapshot.BackupPlan
	Rules []snapshot.BackupRule // those that run
}

// Names lists what backs the resource up, the first few of many.
func (c Cover) Names() string {
	var out []string
	for i, b := range c.By {
		if i == 3 {
			return fmt.Sprintf("%s and %d more", strings.Join(out, "; "), len(c.By)-3)
		}
		out = append(out, b.What)
	}
	return strings.Join(out, "; ")
}

// Notes is Near as the end of a sentence.
func (c Cover) Notes() string {
	if len(c.Near) == 0 {
		return ""
	}
	return "; " + strings.Join(c.Near, "; ")
}

// And joins what backs a resource up in two ways.
func (c Cover) And(o Cover) Cover {
	c.By, c.Near = append(c.By, o.By...), append(c.Near, o.Near...)
	c.open(o.Open)
	return c
}

// open keeps the first open question, a failed read before one that is not clear.
func (c *Cover) open(err error) {
	var unclear Unclear
	if err != nil && (c.Open == nil || errors.As(c.Open, &unclear) && !errors.As(err, &unclear)) {
		c.Open = err
	}
}

// Unknown is the verdict for an open question, or for several that were joined: a verdict
// has one cause, and what was not read comes before what is not clear.
func Unknown(err error) checks.Verdict {
	var unread *snapshot.Unread
	var unclear Unclear
	switch {
	case errors.As(err, &unread):
		return checks.Unknown(unread)
	case errors.As(err, &unclear):
		return checks.Unclear("%s", string(unclear))
	}
	return checks.Unknown(err)
}

// Plans says which backup plans of a place take a resource in. A plan of another Region
// never does.
func Plans(env checks.Env, at snapshot.Location, r Resource) (out Cover) {
	plans, err := checks.In(env, snapshot.BackupPlans, at).Get()
	out.open(err)
	region, err := checks.Find(env, snapshot.BackupRegions, at, at.Region)
	optIn := region.OptIn
	if err != nil {
		optIn = snapshot.Missing[map[string]bool](err)
	}
	for _, p := range plans {
		if p.Deleted.IsZero() {
			out = out.And(byPlan(env, p, r, optIn))
		}
	}
	return out
}

func byPlan(env checks.Env, p snapshot.BackupPlan, r Resource, optIn snapshot.Read[map[string]bool]) (out Cover) {
	selections, err := checks.Use(env, p.Selections)
	out.open(err)
	for _, s := range selections {
		resources, err := checks.Use(env, s.Resources)
		if err != nil {
			out.open(err)
			continue
		}
		m := Selects(resources, r, optIn)
		if m.OptIn {
			_, _ = checks.Use(env, optIn) // for the evidence: the match has met its failure
		}
		what := fmt.Sprintf("backup plan %q, selection %q", p.Name, s.Name)
		switch {
		case m.Open != nil:
			out.open(m.Open)
			continue
		case !m.Selected && m.Why != "":
			out.Near = append(out.Near, what+": "+m.Why)
		}
		if !m.Selected {
			continue
		}
		rules, err := checks.Use(env, p.Rules)
		running := Running(rules, env)
		switch {
		case err != nil:
			out.open(err)
		case len(running) == 0:
			out.Near = append(out.Near, what+": no rule of the plan runs any more")
		default:
			out.By = append(out.By, By{What: what + ", " + m.Why, Plan: p, Rules: running})
		}
	}
	return out
}

// Running are the rules that will run again. A schedule that cannot be understood is one
// that AWS took.
func Running(rules []snapshot.BackupRule, env checks.Env) (out []snapshot.BackupRule) {
	for _, r := range rules {
		if _, err := Interval(r.Schedule, env.AsOf); !errors.Is(err, ErrNever) {
			out = append(out, r)
		}
	}
	return out
}
