package snapshot

import (
	"slices"
	"strings"
	"time"
)

// AccessAnalyzer is what was read of IAM Access Analyzer: analyzers, their findings and archive rules.
type AccessAnalyzer struct {
	Regions   []AnalyzerRegion // each Region whose analyzers were read to the end
	Analyzers []Analyzer       // ListAnalyzers
}

// And joins what was read of two Regions.
func (x AccessAnalyzer) And(o AccessAnalyzer) AccessAnalyzer {
	return AccessAnalyzer{
		Regions:   slices.Concat(x.Regions, o.Regions),
		Analyzers: slices.Concat(x.Analyzers, o.Analyzers),
	}
}

// AnalyzerRegion is the account in one Region, as Access Analyzer sees it: it has
// analyzers there, or none.
type AnalyzerRegion struct{ Meta }

// AnalyzerRegions are the Regions whose analyzers were read to the end. AWS defines no ARN
// for them: the id is ACCOUNT/REGION.
var AnalyzerRegions = Kind[AnalyzerRegion]{
	Type:  "access analyzer region",
	All:   func(a *Account) []AnalyzerRegion { return a.Analyzer.Regions },
	Meta:  func(r AnalyzerRegion) Meta { return r.Meta },
	ID:    func(r AnalyzerRegion) string { return r.Location.String() },
	Key:   func(r AnalyzerRegion) string { return r.Region },
	Lists: []string{"accessanalyzer:ListAnalyzers"},
}

// Analyzer is one analyzer of IAM Access Analyzer.
type Analyzer struct {
	Meta
	Kind         string    // ACCOUNT, ORGANIZATION, ACCOUNT_UNUSED_ACCESS, …; Type in the API
	Status       string    // ACTIVE, CREATING, DISABLED or FAILED
	StatusReason string    // its code; "" for none
	AnalyzedAt   time.Time // LastResourceAnalyzedAt; zero: nothing was analyzed yet

	Open  Read[[]OpenAccess]  // active findings; only of external access analyzers that are active
	Rules Read[[]ArchiveRule] // ListArchiveRules
}

// External says that the analyzer looks for access from outside the account or the
// organization. Source: IAM Access Analyzer API Reference, AnalyzerSummary, type.
func (a Analyzer) External() bool { return a.Kind == "ACCOUNT" || a.Kind == "ORGANIZATION" }

// Unused says that the analyzer looks for access that nobody uses.
func (a Analyzer) Unused() bool {
	return a.Kind == "ACCOUNT_UNUSED_ACCESS" || a.Kind == "ORGANIZATION_UNUSED_ACCESS"
}

// OpenAccess is one active finding of an external access analyzer.
type OpenAccess struct {
	Resource string // an ARN
	Kind     string // AWS::S3::Bucket, …
	Owner    string // the account of the resource
	Error    string // the analysis failed: no access was found, and none was ruled out
}

// ArchiveRule is a rule by which an analyzer archives new findings by itself.
type ArchiveRule struct {
	Name   string
	Filter map[string]Criterion // property → what it must be; joined by AND
}

// Wide says why the rule archives more than somebody can have looked at: it hides public
// access, or names neither a resource nor a principal nor an owner. "" where it is narrow.
func (r ArchiveRule) Wide() string {
	for _, v := range r.Filter["isPublic"].Eq {
		if v == "true" {
			return "archives public access"
		}
	}
	named := false
	for property, c := range r.Filter {
		property, _, _ = strings.Cut(property, ".") // principal.AWS
		named = named || len(c.Eq) > 0 && (property == "resource" || property == "principal" || property == "resourceOwnerAccount")
	}
	if !named {
		return "names neither a resource nor a principal nor an owner by eq"
	}
	return ""
}

// Criterion is what an archive rule asks of one property of a finding.
type Criterion struct {
	Eq, Neq, Contains []string
	Exists            *bool
}

// Analyzers are the analyzers of IAM Access Analyzer.
var Analyzers = Kind[Analyzer]{
	Type:  "access analyzer",
	All:   func(a *Account) []Analyzer { return a.Analyzer.Analyzers },
	Meta:  func(a Analyzer) Meta { return a.Meta },
	ID:    func(a Analyzer) string { return a.ARN },
	Key:   func(a Analyzer) string { return a.Name },
	Lists: []string{"accessanalyzer:ListAnalyzers"},
}
