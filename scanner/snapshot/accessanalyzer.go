package snapshot

// AccessAnalyzer is what was read of IAM Access Analyzer: analyzers, their findings and archive rules.
type AccessAnalyzer struct{}

// And joins what was read of two Regions.
func (x AccessAnalyzer) And(o AccessAnalyzer) AccessAnalyzer {
	return AccessAnalyzer{}
}
