// Package accessanalyzer reads IAM Access Analyzer: analyzers, their findings and archive rules.
// It asks and maps; it leaves clients to scanner and judgement to checks.
package accessanalyzer

// API is every call that this collector makes.
type API interface{}
