package hygiene

import (
	"slices"
	"strings"

	"onus/checks"
	"onus/scanner/snapshot"
)

// AnalyzerTagged passes when an access analyzer carries tags of the customer's own, and those
// that the policy file asks for.
// Source: Access Analyzer ListAnalyzers, tags.
var AnalyzerTagged = checks.Check{
	ID:          "accessanalyzer-analyzer-tagged",
	Title:       "Access analyzers carry tags",
	Severity:    checks.Low,
	Category:    checks.Hygiene,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        2,
	Reads:       []string{"accessanalyzer:ListAnalyzers"},
	Parameters:  checks.Parameters{"required_tag_keys": []string{}},
	Remedy:      "Tag the analyzer with who looks after it.",
	Fix: checks.Fix{
		Threat:    "Nobody can tell whose analyzer it is, so that its findings are nobody's work. Rules that go by tags do not reach it.",
		CLI:       "aws accessanalyzer tag-resource --region {region} --resource-arn {arn} --tags owner=security",
		Terraform: "resource \"aws_accessanalyzer_analyzer\" \"{name}\" {\n  analyzer_name = \"{name}\"\n  tags          = { owner = \"security\" }\n}",
		Cost:      "None.",
	},
	Judges: checks.For(snapshot.Analyzers, analyzerTagged),
}

// UnusedAccessAnalyzer passes when some Region has an active analyzer of unused access: IAM is
// global, so that one is enough. It costs for each identity and month, and is judged only
// where the policy file wants it. How old access must be to count as unused, and which
// accounts are left out, is not in the list.
// Source: Access Analyzer ListAnalyzers, type and status.
var UnusedAccessAnalyzer = checks.Check{
	ID:          "accessanalyzer-unused-access-enabled",
	Title:       "An unused access analyzer watches the account",
	Severity:    checks.Low,
	Category:    checks.Hygiene,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        2,
	Reads:       []string{"accessanalyzer:ListAnalyzers"},
	Parameters:  checks.Parameters{"required": false},
	Remedy:      "Create an analyzer of type ACCOUNT_UNUSED_ACCESS in one Region.",
	Fix: checks.Fix{
		Threat:    "Roles, keys and rights that nobody has used for months stay, and each is a way in that nobody would miss. Without the analyzer they are found after an incident.",
		CLI:       "aws accessanalyzer create-analyzer --analyzer-name unused --type ACCOUNT_UNUSED_ACCESS --configuration 'unusedAccess={unusedAccessAge=90}'",
		Terraform: "resource \"aws_accessanalyzer_analyzer\" \"unused\" {\n  analyzer_name = \"unused\"\n  type          = \"ACCOUNT_UNUSED_ACCESS\"\n  configuration {\n    unused_access {\n      unused_access_age = 90\n    }\n  }\n}",
		Cost:      "AWS charges for each IAM role and user that is analyzed in a month.",
	},
	Judges: checks.For(snapshot.Accounts, unusedAccessAnalyzer),
}

func analyzerTagged(a snapshot.Analyzer, env checks.Env) checks.Verdict {
	var own []string
	for key := range a.Tags {
		if !strings.HasPrefix(key, "aws:") {
			own = append(own, key)
		}
	}
	slices.Sort(own)
	var lacking []string
	for _, key := range env.Strings("required_tag_keys") {
		if !slices.Contains(own, key) {
			lacking = append(lacking, key)
		}
	}
	list := strings.Join(own, ", ")
	switch {
	case len(own) == 0:
		return checks.Fail("the analyzer has no tags").With("tags", "")
	case len(lacking) > 0:
		return checks.Fail("the analyzer lacks the tags %s", strings.Join(lacking, ", ")).With("tags", list)
	}
	return checks.Pass("tags: %s", list).With("tags", list)
}

func unusedAccessAnalyzer(a *snapshot.Account, env checks.Env) checks.Verdict {
	if !env.Bool("required") {
		return checks.DoesNotApply("not required by the policy file: AWS charges for it")
	}
	var unread error
	for _, region := range env.ScannedRegions() {
		all, err := checks.In(env, snapshot.Analyzers, a.Location.In(region)).Get()
		for _, analyzer := range all {
			if analyzer.Unused() && analyzer.Status == "ACTIVE" {
				return checks.Pass("%s in %s is ACTIVE; what counts as unused, and which accounts it leaves out, the list does not tell", analyzer.Name, region).With("analyzer", analyzer.ARN)
			}
		}
		if err != nil && unread == nil {
			unread = err
		}
	}
	if unread != nil {
		return checks.Unknown(unread)
	}
	return checks.Fail("no Region has an ACTIVE analyzer of unused access")
}
