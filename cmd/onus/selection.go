package main

import (
	"cmp"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"onus/checks"
	"onus/checks/frameworks"
	"onus/checks/networks"
	"onus/checks/regions/residency"
	"onus/checks/regions/residency/nearest"
	"onus/checks/suite"
	"onus/cmd/onus/policyfile"
	"onus/report"
)

// selection says which checks run, as the flags name them. It is kept in a record, so
// that a replay runs the same ones.
type selection struct {
	Suite      string   `json:"suite,omitempty"`
	Services   []string `json:"services,omitempty"`
	Categories []string `json:"categories,omitempty"`
	Checks     []string `json:"checks,omitempty"`
	Frameworks []string `json:"frameworks,omitempty"`
	optIns
	Sample sampling `json:"sample,omitzero"`
}

func (s *selection) flags(f *pflag.FlagSet) {
	f.StringVar(&s.Suite, "suite", "default", "checks to run: essential or default")
	f.StringSliceVar(&s.Services, "service", nil, "run only the checks of these services ("+strings.Join(services(), ", ")+")")
	f.StringSliceVar(&s.Categories, "category", nil, "run only the checks of these categories")
	f.StringSliceVar(&s.Checks, "check", nil, "run only these checks, by id or a glob over ids, as s3-bucket-*")
	f.StringSliceVar(&s.Frameworks, "framework", nil, "run only the checks mapped to these frameworks (cis_7.0, fsbp, …; see \"onus frameworks\")")
	s.optIns.flags(f)
	s.Sample.flags(f)
}

// pick gives the checks to run, and every other with why it does not.
func (s selection) pick(policy *policyfile.Policy) (run []*checks.Check, not []report.NotRun, err error) {
	if err := s.validate(); err != nil {
		return nil, nil, err
	}
	for _, c := range suite.All() {
		setting := policy.Checks[c.ID].Enabled
		switch {
		case len(s.Checks) > 0 && !fits(s.Checks, c.ID):
			not = append(not, report.NotRun{Check: c, Why: "not among those of --check"})
		case s.Suite == "essential" && c.Tier != 1 && !slices.Contains(s.Checks, c.ID):
			not = append(not, report.NotRun{Check: c, Why: "not in the suite essential"})
		case len(s.Services) > 0 && !slices.Contains(s.Services, c.Service()):
			not = append(not, report.NotRun{Check: c, Why: "not of a service of --service"})
		case len(s.Categories) > 0 && !slices.Contains(s.Categories, string(c.Category)):
			not = append(not, report.NotRun{Check: c, Why: "not of a category of --category"})
		case len(s.Frameworks) > 0 && !mapped(c.ID, s.Frameworks):
			not = append(not, report.NotRun{Check: c, Why: "not mapped to a framework of --framework"})
		case setting != nil && !*setting:
			not = append(not, report.NotRun{Check: c, Why: "switched off in the policy"})
		case c.OptIn != "" && setting == nil && !s.asked(c.OptIn) && !s.Sample.asks(c) && !slices.Contains(s.Checks, c.ID):
			not = append(not, report.NotRun{Check: c, Why: "not asked for: --" + c.OptIn})
		default:
			run = append(run, c)
		}
	}
	if len(run) == 0 {
		return nil, nil, badInput("no check is left to run: loosen --service, --category, --check, --framework or the policy")
	}
	return run, not, nil
}

// fits says that an id is among ids and globs over ids.
func fits(patterns []string, id string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return networks.Glob(p, id) })
}

// services are those that some check is of.
func services() (out []string) {
	for _, c := range suite.All() {
		if !slices.Contains(out, c.Service()) {
			out = append(out, c.Service())
		}
	}
	slices.Sort(out)
	return out
}

func (s selection) validate() error {
	if s.Suite != "" && s.Suite != "essential" && s.Suite != "default" {
		return badInput("--suite %q: want essential or default", s.Suite)
	}
	var ids, categories []string
	for _, c := range suite.All() {
		ids = append(ids, c.ID)
	}
	for _, c := range checks.Categories {
		categories = append(categories, string(c))
	}
	unknown := slices.DeleteFunc(slices.Clone(s.Checks), func(glob string) bool {
		return slices.ContainsFunc(ids, func(id string) bool { return networks.Glob(glob, id) })
	})
	var named []string
	for _, f := range frameworks.All {
		named = append(named, f.ID)
	}
	return cmp.Or(s.Sample.validate(), known("framework", s.Frameworks, named), known("check", unknown, ids), known("service", s.Services, services()), known("category", s.Categories, categories))
}

// known refuses the first word that is not in the list, and names the nearest that is.
func known(what string, words, list []string) error {
	for _, w := range words {
		if slices.Contains(list, w) {
			continue
		}
		if near, ok := nearest.Word(w, list); ok {
			return badInput("there is no %s %q; did you mean %q?", what, w, near)
		}
		return badInput("there is no %s %q; see \"onus checks list\"", what, w)
	}
	return nil
}

// narrowing is what the selection leaves out, for the result to say; nil: nothing.
func (s selection) narrowing() *report.Narrowing {
	if len(s.Services)+len(s.Categories)+len(s.Checks)+len(s.Frameworks) == 0 {
		return nil
	}
	return &report.Narrowing{Services: s.Services, Categories: s.Categories, Checks: s.Checks, Frameworks: s.Frameworks}
}

// mapped says that a check tests some requirement of one of the frameworks.
func mapped(id string, wanted []string) bool {
	return slices.ContainsFunc(frameworks.Of(id), func(m frameworks.Mapping) bool { return slices.Contains(wanted, m.Framework) })
}

// requirements are what each check is mapped to, for the result.
func requirements(list []*checks.Check) map[string][]report.Requirement {
	out := map[string][]report.Requirement{}
	for _, c := range list {
		out[c.ID] = requirementsOf(c.ID)
	}
	return out
}

// standards are the frameworks that the result reports on.
func standards(ids []string) []report.Standard {
	var out []report.Standard
	for _, f := range frameworks.All {
		if slices.Contains(ids, f.ID) {
			out = append(out, report.Standard{ID: f.ID, Name: f.Name, Requirements: frameworks.Requirements(f.ID)})
		}
	}
	return out
}

func requirementsOf(id string) []report.Requirement {
	out := []report.Requirement{}
	for _, m := range frameworks.Of(id) {
		out = append(out, report.Requirement{Framework: m.Framework, Requirement: m.Requirement})
	}
	return out
}

// settings are what the policy says of the checks that run.
func settings(policy *policyfile.Policy, list []*checks.Check) checks.Settings {
	out := checks.Settings{Parameters: map[string]map[string]any{}, Severities: map[string]checks.Severity{}}
	for _, c := range list {
		said := policy.Checks[c.ID]
		values := map[string]any{}
		if _, ok := c.Parameters["allowed_regions"]; ok && len(policy.AllowedRegions) > 0 {
			values["allowed_regions"] = policy.AllowedRegions
		}
		if _, ok := c.Parameters["allowed_countries"]; ok && len(policy.Residency) > 0 {
			values["allowed_countries"] = residency.Countries(policy.Residency)
		}
		if _, ok := c.Parameters["trusted_accounts"]; ok && len(policy.KnownAccounts) > 0 {
			values["trusted_accounts"] = policy.KnownAccounts
		}
		for name, v := range said.Parameters {
			values[name] = v
		}
		out.Parameters[c.ID] = values
		if said.Severity != "" {
			out.Severities[c.ID] = checks.Severity(said.Severity)
		}
	}
	return out
}

// waivers are those of the policy, in its order.
func waivers(policy *policyfile.Policy) (out []report.Waiver) {
	for _, w := range policy.Waivers {
		out = append(out, report.Waiver{Check: w.Check, Resource: w.Resource, Finding: w.Finding, Reason: w.Reason, Owner: w.Owner, Expires: w.Expires})
	}
	return out
}

// knownChecks is what a policy may say of each check.
func knownChecks() policyfile.Known {
	k := policyfile.Known{Checks: map[string]policyfile.CheckInfo{}}
	for _, c := range suite.All() {
		k.Checks[c.ID] = policyfile.CheckInfo{Parameters: c.Parameters, Check: c.Bounds}
	}
	return k
}

// readPolicy reads the policy file at a path, "" for none, and gives its text too.
func readPolicy(path string) (*policyfile.Policy, []byte, error) {
	if path == "" {
		return &policyfile.Policy{}, nil, nil
	}
	text, err := policyfile.Read(path)
	if err != nil {
		return nil, nil, &exitError{2, err}
	}
	p, err := parsePolicy(path, text)
	return p, text, err
}

func parsePolicy(name string, text []byte) (*policyfile.Policy, error) {
	p, err := policyfile.Parse(name, text, knownChecks())
	if err != nil {
		return nil, &exitError{2, err}
	}
	return p, nil
}
