package sarif

import (
	"net/url"
	"strings"

	"onus/checks"
	"onus/report/visible"
	"onus/scanner/snapshot"
)

type result struct {
	RuleID       string            `json:"ruleId"`
	RuleIndex    int               `json:"ruleIndex"`
	Kind         string            `json:"kind"`
	Level        string            `json:"level"`
	Message      message           `json:"message"`
	Locations    []location        `json:"locations"`
	Fingerprints map[string]string `json:"partialFingerprints"`
	Suppressions []suppression     `json:"suppressions,omitzero"` // nil where no result of the run has any
	Properties   properties        `json:"properties"`
}

// suppression says that a result is accepted, outside of any code.
type suppression struct {
	Kind          string            `json:"kind"`
	Status        string            `json:"status"`
	Justification string            `json:"justification"`
	Properties    map[string]string `json:"properties"`
}

// suppressionsOf are those of a finding: none, which is not the same as that nobody knows.
// Source: SARIF 2.1.0, 3.27.23 and 3.35.
func suppressionsOf(f checks.Finding) []suppression {
	if f.Waived == nil {
		return []suppression{}
	}
	w := f.Waived
	return []suppression{{"external", "accepted", visible.Text(w.Reason), map[string]string{"owner": visible.Text(w.Owner), "expires": visible.Text(w.Expires)}}}
}

type location struct {
	Physical map[string]map[string]string `json:"physicalLocation"`
	Logical  []logical                    `json:"logicalLocations"`
}

type logical struct {
	Name      string `json:"name"`
	Qualified string `json:"fullyQualifiedName"`
	Kind      string `json:"kind"`
}

type properties struct {
	Status   checks.Status     `json:"status"`
	Severity checks.Severity   `json:"severity"`
	Account  string            `json:"account"`
	Region   string            `json:"region"`
	Cause    snapshot.Cause    `json:"cause,omitempty"`
	Observed map[string]string `json:"observed,omitempty"`
	Evidence []string          `json:"evidence"`
}

// resultOf is a finding. A level other than none belongs to the kind "fail" alone.
// Source: SARIF 2.1.0, 3.27.10.
func resultOf(f checks.Finding, rule int) result {
	kind, level := "fail", levels[f.Severity].level
	if f.Status == checks.UNKNOWN {
		kind, level = "open", "none"
	}
	name := f.Resource.Name
	if name == "" {
		name = f.Resource.ID
	}
	evidence := []string{}
	for _, e := range f.Evidence {
		evidence = append(evidence, visible.Text(e))
	}
	observed := map[string]string{}
	for k, v := range f.Observed {
		observed[visible.Text(k)] = visible.Text(v)
	}
	return result{
		RuleID: f.Check, RuleIndex: rule, Kind: kind, Level: level,
		Message: message{Text: visible.Text(name + ": " + f.Reason)},
		Locations: []location{{
			Physical: map[string]map[string]string{"artifactLocation": {"uri": place(f)}},
			Logical:  []logical{{visible.Text(name), visible.Text(f.Resource.ID), "resource"}},
		}},
		Fingerprints: map[string]string{"onusFindingId/v1": visible.Text(f.ID)},
		Properties: properties{f.Status, f.Severity, visible.Text(f.Account), visible.Text(f.Region), f.Cause,
			observed, evidence},
	}
}

// place is a path that stands for the resource: code scanning takes no result without
// one, and shows it as the file.
func place(f checks.Finding) string {
	var parts []string
	for _, p := range []string{f.Account, f.Region, f.Resource.Type, f.Resource.ID} {
		parts = append(parts, url.PathEscape(visible.Text(p)))
	}
	return "aws/" + strings.Join(parts, "/")
}
