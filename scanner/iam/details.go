package iam

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"onus/scanner/collect"
	"onus/scanner/snapshot"
	"onus/scanner/wire"
)

const detailsOp = "iam:GetAccountAuthorizationDetails"

// entities is what the authorization details hold; whole says that all of it was read.
type entities struct {
	users    []snapshot.User
	policies []snapshot.ManagedPolicy
	whole    bool
}

// details reads users and managed policies in one list.
func details(ctx context.Context, in collect.Scope, api API) entities {
	pages := &watched[*iam.GetAccountAuthorizationDetailsOutput]{
		Pages: iam.NewGetAccountAuthorizationDetailsPaginator(api, &iam.GetAccountAuthorizationDetailsInput{
			Filter: []types.EntityType{types.EntityTypeUser, types.EntityTypeLocalManagedPolicy, types.EntityTypeAWSManagedPolicy},
		}, func(o *iam.GetAccountAuthorizationDetailsPaginatorOptions) { o.Limit = 1000 }),
		more: func(p *iam.GetAccountAuthorizationDetailsOutput) (bool, *string) { return p.IsTruncated, p.Marker },
	}
	var out entities
	collect.List(ctx, in, detailsOp, pages, func(at snapshot.Meta, page *iam.GetAccountAuthorizationDetailsOutput) []struct{} {
		for _, u := range page.UserDetailList {
			out.users = append(out.users, user(at, u))
		}
		for _, p := range page.Policies {
			if m := policy(at, p); snapshot.AccountOf(m.ARN) != "aws" || m.InUse() {
				out.policies = append(out.policies, m)
			}
		}
		return make([]struct{}, len(page.UserDetailList)+len(page.Policies)) // counted as items
	})
	out.whole = in.Wants(detailsOp) && pages.err == nil
	return out
}

// user maps one user, without how it signs in.
func user(at snapshot.Meta, u types.UserDetail) snapshot.User {
	at.ARN, at.Name = aws.ToString(u.Arn), aws.ToString(u.UserName)
	for _, t := range u.Tags {
		if at.Tags == nil {
			at.Tags = map[string]string{}
		}
		at.Tags[aws.ToString(t.Key)] = aws.ToString(t.Value)
	}
	return snapshot.User{Meta: at, ID: aws.ToString(u.UserId), Created: aws.ToTime(u.CreateDate).UTC()}
}

// policy maps one managed policy with its default version. Tags of policies do not come
// with the authorization details.
func policy(at snapshot.Meta, p types.ManagedPolicyDetail) snapshot.ManagedPolicy {
	at.ARN, at.Name = aws.ToString(p.Arn), aws.ToString(p.PolicyName)
	out := snapshot.ManagedPolicy{
		Meta: at, DefaultVersionID: aws.ToString(p.DefaultVersionId),
		AttachmentCount: p.AttachmentCount, BoundaryUsageCount: p.PermissionsBoundaryUsageCount,
	}
	text, err := document(p)
	if err != nil {
		out.Document = snapshot.Missing[string](collect.Why(detailsOp, at.Location, err), at.Calls...)
		return out
	}
	out.Document = snapshot.Value(text, at.Calls...)
	return out
}

// document is the text of the default version. AWS percent-encodes it after RFC 3986,
// where a + is a plus; an endpoint that does not encode begins with white space or {.
// Source: IAM API Reference, PolicyVersion, Document.
func document(p types.ManagedPolicyDetail) (string, error) {
	i := slices.IndexFunc(p.PolicyVersionList, func(v types.PolicyVersion) bool {
		return v.IsDefaultVersion && v.Document != nil
	})
	if i < 0 {
		return "", &wire.MalformedError{What: "the answer holds no default version of the policy"}
	}
	text := aws.ToString(p.PolicyVersionList[i].Document)
	if !strings.HasPrefix(text, "%") {
		return text, nil
	}
	decoded, err := url.PathUnescape(text)
	if err != nil {
		return "", &wire.MalformedError{What: "the policy's document is not percent-encoded"}
	}
	return decoded, nil
}
