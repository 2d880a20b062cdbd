package ssm

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"onus/scanner/collect"
	"onus/scanner/snapshot"
)

// documents lists the account's own documents, and asks of each with whom it is shared and
// what was found in it. Without the filter, AWS's thousands would come too.
func documents(ctx context.Context, in collect.Scope, api API) []snapshot.SSMDocument {
	own := []types.DocumentKeyValuesFilter{{Key: aws.String("Owner"), Values: []string{"Self"}}}
	pages := ssm.NewListDocumentsPaginator(api, &ssm.ListDocumentsInput{Filters: own, MaxResults: aws.Int32(50)})
	all := collect.List(ctx, in, listDocuments, pages, func(at snapshot.Meta, page *ssm.ListDocumentsOutput) []snapshot.SSMDocument {
		out := make([]snapshot.SSMDocument, 0, len(page.DocumentIdentifiers))
		for _, d := range page.DocumentIdentifiers {
			out = append(out, document(at, d))
		}
		return out
	})
	in.Each(ctx, len(all), func(i int) {
		pages := &permissionPages{api: api, name: &all[i].Name}
		all[i].Shared = collect.AskAll(ctx, in, askPermissions, pages, func(p *ssm.DescribeDocumentPermissionOutput) *string { return p.NextToken },
			func(p *ssm.DescribeDocumentPermissionOutput) []string { return p.AccountIds })
		all[i].Content = content(ctx, in, api, all[i].Name)
	})
	if len(all) == 0 {
		settle(in, listDocuments, askPermissions, askContent)
	}
	return all
}

func document(at snapshot.Meta, d types.DocumentIdentifier) snapshot.SSMDocument {
	at.Name = aws.ToString(d.Name)
	at.ARN = arn(at, "ssm", "document/"+at.Name)
	for _, t := range d.Tags {
		if at.Tags == nil {
			at.Tags = map[string]string{}
		}
		at.Tags[aws.ToString(t.Key)] = aws.ToString(t.Value)
	}
	return snapshot.SSMDocument{Meta: at, Type: string(d.DocumentType), Format: string(d.DocumentFormat)}
}

// content reads what was found in the default version of a document.
func content(ctx context.Context, in collect.Scope, api API, name string) snapshot.Read[snapshot.FreeText] {
	return collect.Ask(ctx, in, askContent, func(ctx context.Context) (snapshot.FreeText, error) {
		out, err := api.GetDocument(ctx, &ssm.GetDocumentInput{Name: &name})
		if err != nil || aws.ToString(out.Content) == "" {
			return snapshot.FreeText{}, err
		}
		return collect.FreeText(*out.Content)
	})
}

// permissionPages pages by NextToken: the SDK has no paginator for DescribeDocumentPermission.
type permissionPages struct {
	api   API
	name  *string
	token *string
	begun bool
}

// HasMorePages says that the last page named a next one, or that none was read.
func (p *permissionPages) HasMorePages() bool { return !p.begun || aws.ToString(p.token) != "" }

// NextPage reads one page.
func (p *permissionPages) NextPage(ctx context.Context, options ...func(*ssm.Options)) (*ssm.DescribeDocumentPermissionOutput, error) {
	out, err := p.api.DescribeDocumentPermission(ctx, &ssm.DescribeDocumentPermissionInput{Name: p.name, PermissionType: types.DocumentPermissionTypeShare, NextToken: p.token}, options...)
	if err != nil {
		return nil, err
	}
	p.begun, p.token = true, out.NextToken
	return out, nil
}
