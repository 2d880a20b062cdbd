package logging

import (
	"slices"
	"strings"

	"onus/checks"
	"onus/scanner/snapshot"
)

// ExternalAccessAnalyzer passes when a Region has an active analyzer of access from outside.
// That of an organization lives in the administrator's account and is not listed in others:
// the policy file can say that there is one.
// Source: Access Analyzer ListAnalyzers, type and status.
var ExternalAccessAnalyzer = checks.Check{
	ID:          "accessanalyzer-external-access-enabled",
	Title:       "An external access analyzer watches every Region in use",
	Severity:    checks.Medium,
	Category:    checks.LoggingOf,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        1,
	Reads:       []string{"accessanalyzer:ListAnalyzers"},
	Parameters:  checks.Parameters{"organization_analyzer": false},
	Remedy:      "Create an analyzer of type ACCOUNT in the Region, or one of type ORGANIZATION in the administrator's account.",
	Fix: checks.Fix{
		Threat:    "A bucket, key, queue or role that somebody opens to another account or to the world stays open until someone stumbles over it. The analyzer sees it within half an hour and costs nothing.",
		CLI:       "aws accessanalyzer create-analyzer --region {region} --analyzer-name external-access --type ACCOUNT",
		Terraform: "resource \"aws_accessanalyzer_analyzer\" \"external\" {\n  analyzer_name = \"external-access\"\n  type          = \"ACCOUNT\"\n}",
		Cost:      "None: external access analyzers are free. Its first findings want to be gone through.",
	},
	Judges: checks.For(snapshot.AnalyzerRegions, externalAccessAnalyzer),
}

// ArchiveRulesNarrow passes when no rule of an analyzer archives findings that it should show:
// each names a resource, a principal or an owner, and none is about public access.
// Source: Access Analyzer ListArchiveRules, filter.
var ArchiveRulesNarrow = checks.Check{
	ID:          "accessanalyzer-archive-rules-narrow",
	Title:       "Archive rules of analyzers do not hide public access or unnamed principals",
	Severity:    checks.Medium,
	Category:    checks.LoggingOf,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        3,
	Reads:       []string{"accessanalyzer:ListAnalyzers", "accessanalyzer:ListArchiveRules"},
	Remedy:      "Name in each rule the resource or the principal whose access is intended.",
	Fix: checks.Fix{
		Threat:    "A wide rule archives tomorrow's findings before anybody sees them: an analyzer without open findings then proves nothing. Whoever may write rules can hide what they opened.",
		CLI:       "aws accessanalyzer delete-archive-rule --region {region} --analyzer-name {name} --rule-name RULE",
		Terraform: "resource \"aws_accessanalyzer_archive_rule\" \"partner\" {\n  analyzer_name = \"{name}\"\n  rule_name     = \"partner-role\"\n  filter {\n    criteria = \"principal.AWS\"\n    eq       = [\"999988887777\"]\n  }\n}",
		Cost:      "Findings that were archived before stay so; new ones have to be looked at.",
	},
	Judges: checks.For(snapshot.Analyzers, archiveRulesNarrow),
}

func externalAccessAnalyzer(r snapshot.AnalyzerRegion, env checks.Env) checks.Verdict {
	if env.Bool("organization_analyzer") {
		return checks.Pass("the policy file says that an analyzer of the organization watches the account")
	}
	all, err := checks.In(env, snapshot.Analyzers, r.Location).Get()
	var others []string
	for _, a := range all {
		if a.External() && a.Status == "ACTIVE" {
			return checks.Pass("%s (%s) is ACTIVE", a.Name, a.Kind).With("analyzer", a.ARN)
		}
		what := a.Name + " (" + a.Kind + ") is " + a.Status
		if a.StatusReason != "" {
			what += ", " + a.StatusReason
		}
		others = append(others, what)
	}
	if err != nil {
		return checks.Unknown(err)
	}
	const elsewhere = "; an organization's analyzer is seen in its administrator's account alone: say so by organization_analyzer"
	if len(others) == 0 {
		return checks.Fail("the Region has no analyzer%s", elsewhere)
	}
	return checks.Fail("no analyzer of access from outside is ACTIVE: %s%s", strings.Join(others, "; "), elsewhere)
}

func archiveRulesNarrow(a snapshot.Analyzer, env checks.Env) checks.Verdict {
	rules, err := checks.Use(env, a.Rules)
	if err != nil {
		return checks.Unknown(err)
	}
	var wide []string
	for _, r := range rules {
		if why := r.Wide(); why != "" {
			wide = append(wide, r.Name+" "+why)
		}
	}
	slices.Sort(wide)
	if len(wide) > 0 {
		return checks.Fail("%s", strings.Join(wide, "; ")).With("rules", strings.Join(wide, "; "))
	}
	return checks.Pass("none of %d archive rules is wide", len(rules))
}
