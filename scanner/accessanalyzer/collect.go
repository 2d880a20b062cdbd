package accessanalyzer

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/accessanalyzer"
	"github.com/aws/aws-sdk-go-v2/service/accessanalyzer/types"

	"onus/scanner/collect"
	"onus/scanner/snapshot"
)

const (
	analyzersOp = "accessanalyzer:ListAnalyzers"
	findingsOp  = "accessanalyzer:ListFindingsV2"
	rulesOp     = "accessanalyzer:ListArchiveRules"
)

// Collect reads what the chosen checks want of one Region.
func Collect(ctx context.Context, in collect.Scope, api API) (out snapshot.AccessAnalyzer) {
	pages := accessanalyzer.NewListAnalyzersPaginator(api, &accessanalyzer.ListAnalyzersInput{})
	var calls []snapshot.Call
	out.Analyzers = collect.List(ctx, in, analyzersOp, pages, func(at snapshot.Meta, page *accessanalyzer.ListAnalyzersOutput) (list []snapshot.Analyzer) {
		calls = append(calls, at.Calls...)
		for _, a := range page.Analyzers {
			list = append(list, analyzer(at, a))
		}
		return list
	})
	whole := in.Unlisted(analyzersOp) == nil
	asked := map[string]bool{}
	for _, a := range out.Analyzers {
		asked[rulesOp] = true
		asked[findingsOp] = asked[findingsOp] || a.External() && a.Status == string(types.AnalyzerStatusActive)
	}
	in.Each(ctx, len(out.Analyzers), func(i int) {
		a := &out.Analyzers[i]
		a.Rules = rules(ctx, in, api, a.Name)
		if a.External() && a.Status == string(types.AnalyzerStatusActive) {
			a.Open = open(ctx, in, api, a.ARN)
		}
	})
	if whole {
		out.Regions = []snapshot.AnalyzerRegion{{Meta: snapshot.Meta{Location: in.Location, Name: in.Region, Calls: calls}}}
		for _, op := range []string{rulesOp, findingsOp} {
			if !asked[op] {
				in.Settle(op)
			}
		}
	}
	return out
}

// analyzer maps one analyzer, without its findings and rules.
func analyzer(at snapshot.Meta, a types.AnalyzerSummary) snapshot.Analyzer {
	at.ARN, at.Name, at.Tags = aws.ToString(a.Arn), aws.ToString(a.Name), a.Tags
	out := snapshot.Analyzer{Meta: at, Kind: string(a.Type), Status: string(a.Status)}
	if a.LastResourceAnalyzedAt != nil {
		out.AnalyzedAt = a.LastResourceAnalyzedAt.UTC()
	}
	if a.StatusReason != nil {
		out.StatusReason = string(a.StatusReason.Code)
	}
	return out
}

// open reads an analyzer's active findings: one fact, of as many pages as it has. Half of
// a list is no value here, so this is not collect.List.
func open(ctx context.Context, in collect.Scope, api API, arn string) snapshot.Read[[]snapshot.OpenAccess] {
	return collect.Ask(ctx, in, findingsOp, func(ctx context.Context) (out []snapshot.OpenAccess, err error) {
		pages := accessanalyzer.NewListFindingsV2Paginator(api, &accessanalyzer.ListFindingsV2Input{
			AnalyzerArn: &arn, Filter: map[string]types.Criterion{"status": {Eq: []string{string(types.FindingStatusActive)}}},
		})
		err = collect.Walk(ctx, pages, func(page *accessanalyzer.ListFindingsV2Output) *string {
			for _, f := range page.Findings {
				if f.Status != types.FindingStatusActive {
					continue // not every endpoint heeds the filter
				}
				out = append(out, snapshot.OpenAccess{Resource: aws.ToString(f.Resource), Kind: string(f.ResourceType), Owner: aws.ToString(f.ResourceOwnerAccount), Error: aws.ToString(f.Error)})
			}
			return page.NextToken
		})
		return out, err
	})
}

// rules reads the rules by which an analyzer archives findings by itself.
func rules(ctx context.Context, in collect.Scope, api API, name string) snapshot.Read[[]snapshot.ArchiveRule] {
	return collect.Ask(ctx, in, rulesOp, func(ctx context.Context) (out []snapshot.ArchiveRule, err error) {
		pages := accessanalyzer.NewListArchiveRulesPaginator(api, &accessanalyzer.ListArchiveRulesInput{AnalyzerName: &name})
		err = collect.Walk(ctx, pages, func(page *accessanalyzer.ListArchiveRulesOutput) *string {
			for _, r := range page.ArchiveRules {
				out = append(out, rule(r))
			}
			return page.NextToken
		})
		return out, err
	})
}

func rule(r types.ArchiveRuleSummary) snapshot.ArchiveRule {
	out := snapshot.ArchiveRule{Name: aws.ToString(r.RuleName), Filter: map[string]snapshot.Criterion{}}
	for property, c := range r.Filter {
		out.Filter[property] = snapshot.Criterion{Eq: c.Eq, Neq: c.Neq, Contains: c.Contains, Exists: c.Exists}
	}
	return out
}
