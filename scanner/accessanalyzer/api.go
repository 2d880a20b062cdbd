// Package accessanalyzer reads IAM Access Analyzer in one Region: its analyzers, the active findings
// of those that look for access from outside, and the rules that archive findings. It asks
// and maps; it leaves clients to scanner and judgement to checks.
package accessanalyzer

import "github.com/aws/aws-sdk-go-v2/service/accessanalyzer"

// API is every call that this collector makes.
type API interface {
	accessanalyzer.ListAnalyzersAPIClient
	accessanalyzer.ListArchiveRulesAPIClient
	accessanalyzer.ListFindingsV2APIClient
}
