package access

import (
	"strings"

	"onus/checks"
	"onus/checks/wording"
	"onus/scanner/snapshot"
)

// AnalyzerNoActiveFindings passes when an active analyzer of access from outside has no open
// findings. Before its first analysis has ended, none proves nothing; nor do findings that
// a wide archive rule puts away, which are named.
// Source: Access Analyzer ListAnalyzers, lastResourceAnalyzedAt; ListFindingsV2, status.
var AnalyzerNoActiveFindings = checks.Check{
	ID:          "accessanalyzer-no-active-findings",
	Title:       "External access analyzers have no open findings",
	Severity:    checks.Medium,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        1,
	Reads:       []string{"accessanalyzer:ListAnalyzers", "accessanalyzer:ListFindingsV2", "accessanalyzer:ListArchiveRules"},
	Remedy:      "Take away the access that is not intended, and archive the findings on what is.",
	Fix: checks.Fix{
		Threat:    "Each open finding is a bucket, key, queue, function or role that somebody outside can use right now, and that nobody has called intended. Those that matter drown among those that nobody decided on.",
		CLI:       "aws accessanalyzer list-findings-v2 --region {region} --analyzer-arn {arn} --filter '{\"status\":{\"eq\":[\"ACTIVE\"]}}'\naws accessanalyzer update-findings --region {region} --analyzer-arn {arn} --status ARCHIVED --ids FINDING_ID",
		Terraform: "resource \"aws_accessanalyzer_archive_rule\" \"intended\" {\n  analyzer_name = \"{name}\"\n  rule_name     = \"partner-role\"\n  filter {\n    criteria = \"principal.AWS\"\n    eq       = [\"999988887777\"]\n  }\n}",
		Cost:      "Access that is taken away stops working for those who used it.",
	},
	Judges: checks.For(snapshot.Analyzers, analyzerNoActiveFindings),
}

func analyzerNoActiveFindings(a snapshot.Analyzer, env checks.Env) checks.Verdict {
	switch {
	case !a.External():
		return checks.DoesNotApply("the analyzer does not look for access from outside: %s", a.Kind)
	case a.Status != "ACTIVE":
		return checks.DoesNotApply("the analyzer is %s", a.Status)
	}
	found, err := checks.Use(env, a.Open)
	if err != nil {
		return checks.Unknown(err)
	}
	var open, failed []string
	for _, f := range found {
		switch {
		case f.Error != "":
			failed = append(failed, f.Resource)
		case f.Owner != "" && f.Owner != a.Account:
			open = append(open, f.Resource+" of "+f.Owner)
		default:
			open = append(open, f.Resource)
		}
	}
	switch {
	case len(open) > 0:
		return checks.Fail("%d open findings: %s", len(open), wording.List(open, 4)).With("resources", wording.List(open, 20))
	case len(failed) > 0:
		return checks.Unclear("the access to %s could not be analyzed", wording.List(failed, 4))
	case a.AnalyzedAt.IsZero():
		return checks.Unclear("the analyzer has analyzed nothing yet")
	}
	return checks.Pass("no open findings%s", hidden(a, env))
}

// hidden names the archive rules that would put findings away unseen; "" for none.
func hidden(a snapshot.Analyzer, env checks.Env) string {
	rules, err := checks.Use(env, a.Rules)
	if err != nil {
		return "; its archive rules were not read"
	}
	var wide []string
	for _, r := range rules {
		if why := r.Wide(); why != "" {
			wide = append(wide, r.Name+" "+why)
		}
	}
	if len(wide) == 0 {
		return ""
	}
	return ", but see accessanalyzer-archive-rules-narrow: the rule " + strings.Join(wide, ", the rule ")
}
