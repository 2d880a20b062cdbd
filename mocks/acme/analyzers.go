package acme

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/accessanalyzer"
	"github.com/aws/aws-sdk-go-v2/service/accessanalyzer/types"

	"onus/mocks"
)

// watch is one analyzer with its rules, and what it has found and nobody has looked at.
type watch struct {
	types.AnalyzerSummary
	rules []types.ArchiveRuleSummary
	found []types.FindingSummaryV2
}

// analyzers are Acme's in one Region: in the home Region for the whole organization, in the
// second for the account alone, elsewhere none.
func (r *region) analyzers() []watch {
	analyzer := func(name string, kind types.Type, tags map[string]string) types.AnalyzerSummary {
		return types.AnalyzerSummary{Arn: aws.String(r.arn("access-analyzer", "analyzer/"+name)), Name: aws.String(name), Type: kind, Status: types.AnalyzerStatusActive,
			CreatedAt: ago(700 * day), LastResourceAnalyzedAt: ago(day / 24), Tags: tags}
	}
	archive := func(name string, filter map[string]types.Criterion) types.ArchiveRuleSummary {
		return types.ArchiveRuleSummary{RuleName: aws.String(name), Filter: filter, CreatedAt: ago(600 * day), UpdatedAt: ago(600 * day)}
	}
	switch r.name {
	case Home:
		tags := map[string]string{"owner": "platform"}
		return []watch{
			{
				AnalyzerSummary: analyzer("acme-organization", types.TypeOrganization, tags),
				rules: []types.ArchiveRuleSummary{
					archive("vendor-billing", map[string]types.Criterion{
						"resource":      {Eq: []string{iamARN("role/acme-vendor-billing")}},
						"principal.AWS": {Eq: []string{"999988887777"}},
					}),
					archive("quiet", map[string]types.Criterion{"resourceType": {Eq: []string{"AWS::S3::Bucket"}}}), // every bucket
				},
				found: []types.FindingSummaryV2{
					r.finding("AWS::IAM::Role", iamARN("role/acme-vendor-crm")),
					r.finding("AWS::IAM::Role", iamARN("role/acme-partner-monitoring")),
				},
			},
			{AnalyzerSummary: analyzer("acme-unused", types.TypeOrganizationUnusedAccess, tags)},
		}
	case Second:
		return []watch{{AnalyzerSummary: analyzer("acme-account", types.TypeAccount, nil)}}
	}
	return nil
}

// finding is what lets an outsider in.
func (r *region) finding(kind, resource string) types.FindingSummaryV2 {
	return types.FindingSummaryV2{Id: aws.String(id("finding", resource)), Resource: aws.String(resource), ResourceType: types.ResourceType(kind), ResourceOwnerAccount: aws.String(Account),
		Status: types.FindingStatusActive, FindingType: types.FindingTypeExternalAccess, CreatedAt: ago(90 * day), UpdatedAt: ago(90 * day), AnalyzedAt: ago(day / 24)}
}

func (e *estate) serveAnalyzers(s *mocks.Server) {
	unknown := &mocks.Error{Status: 404, Code: "ResourceNotFoundException", Message: "There is no such analyzer."}
	mocks.Handle(s, func(r *mocks.Request, in *accessanalyzer.ListAnalyzersInput) (*accessanalyzer.ListAnalyzersOutput, error) {
		at, err := e.at(r)
		if err != nil {
			return nil, err
		}
		out := &accessanalyzer.ListAnalyzersOutput{Analyzers: []types.AnalyzerSummary{}}
		for _, a := range at.analyzers() {
			if in.Type == "" || in.Type == a.Type {
				out.Analyzers = append(out.Analyzers, a.AnalyzerSummary)
			}
		}
		return out, nil
	})
	mocks.Handle(s, func(r *mocks.Request, in *accessanalyzer.ListArchiveRulesInput) (*accessanalyzer.ListArchiveRulesOutput, error) {
		at, err := e.at(r)
		if err != nil {
			return nil, err
		}
		for _, a := range at.analyzers() {
			if aws.ToString(a.Name) == aws.ToString(in.AnalyzerName) {
				return &accessanalyzer.ListArchiveRulesOutput{ArchiveRules: append([]types.ArchiveRuleSummary{}, a.rules...)}, nil
			}
		}
		return nil, unknown
	})
	mocks.Handle(s, func(r *mocks.Request, in *accessanalyzer.ListFindingsV2Input) (*accessanalyzer.ListFindingsV2Output, error) {
		at, err := e.at(r)
		if err != nil {
			return nil, err
		}
		if only := in.Filter["status"].Eq; len(in.Filter) != 1 || len(only) != 1 || only[0] != string(types.FindingStatusActive) {
			return nil, unsupported("ValidationException")
		}
		for _, a := range at.analyzers() {
			if aws.ToString(a.Arn) == aws.ToString(in.AnalyzerArn) {
				return &accessanalyzer.ListFindingsV2Output{Findings: append([]types.FindingSummaryV2{}, a.found...)}, nil
			}
		}
		return nil, unknown
	})
}
