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
	groups   []snapshot.Group
	roles    []snapshot.Role
	policies []snapshot.ManagedPolicy
	whole    bool
}

// details reads users, groups, roles and managed policies in one list.
func details(ctx context.Context, in collect.Scope, api API) entities {
	pages := &watched[*iam.GetAccountAuthorizationDetailsOutput]{
		Pages: iam.NewGetAccountAuthorizationDetailsPaginator(api, &iam.GetAccountAuthorizationDetailsInput{
			Filter: []types.EntityType{types.EntityTypeUser, types.EntityTypeGroup, types.EntityTypeRole, types.EntityTypeLocalManagedPolicy, types.EntityTypeAWSManagedPolicy},
		}, func(o *iam.GetAccountAuthorizationDetailsPaginatorOptions) { o.Limit = 1000 }),
		more: func(p *iam.GetAccountAuthorizationDetailsOutput) (bool, *string) { return p.IsTruncated, p.Marker },
	}
	var out entities
	var calls []snapshot.Call
	collect.List(ctx, in, detailsOp, pages, func(at snapshot.Meta, page *iam.GetAccountAuthorizationDetailsOutput) []struct{} {
		calls = append(calls, at.Calls...)
		for _, u := range page.UserDetailList {
			out.users = append(out.users, user(at, u))
		}
		for _, g := range page.GroupDetailList {
			out.groups = append(out.groups, group(at, g))
		}
		for _, r := range page.RoleDetailList {
			out.roles = append(out.roles, role(at, r))
		}
		for _, p := range page.Policies {
			if m := policy(at, p); snapshot.AccountOf(m.ARN) != "aws" || m.InUse() {
				out.policies = append(out.policies, m)
			}
		}
		// Counted as items.
		return make([]struct{}, len(page.UserDetailList)+len(page.GroupDetailList)+len(page.RoleDetailList)+len(page.Policies))
	})
	why := in.Unlisted(detailsOp)
	out.whole = why == nil
	out.members(why, calls)
	out.holders(why, calls)
	return out
}

// members tells each group who is in it: only users name their groups, so that a list
// of users which is not whole tells nothing.
func (e *entities) members(why error, calls []snapshot.Call) {
	of := map[string][]string{}
	for _, u := range e.users {
		for _, g := range u.Groups {
			of[g] = append(of[g], u.Name)
		}
	}
	for i := range e.groups {
		g := &e.groups[i]
		g.Members = snapshot.Value(of[g.Name], calls...)
		if why != nil {
			g.Members = snapshot.Missing[[]string](why, calls...)
		}
	}
}

// holders tells each managed policy who names it as attached, in the order of the lists.
func (e *entities) holders(why error, calls []snapshot.Call) {
	of := map[string][]string{}
	add := func(holder string, g snapshot.Grants) {
		for _, p := range g.Attached {
			of[p.ARN] = append(of[p.ARN], holder)
		}
	}
	for _, u := range e.users {
		add(u.ARN, u.Grants)
	}
	for _, g := range e.groups {
		add(g.ARN, g.Grants)
	}
	for _, r := range e.roles {
		add(r.ARN, r.Grants)
	}
	for i := range e.policies {
		p := &e.policies[i]
		p.Holders = snapshot.Value(of[p.ARN], calls...)
		if why != nil {
			p.Holders = snapshot.Missing[[]string](why, calls...)
		}
	}
}

// policy maps one managed policy with its default version. Tags of policies do not come
// with the authorization details.
func policy(at snapshot.Meta, p types.ManagedPolicyDetail) snapshot.ManagedPolicy {
	at.ARN, at.Name = aws.ToString(p.Arn), aws.ToString(p.PolicyName)
	out := snapshot.ManagedPolicy{
		Meta: at, DefaultVersionID: aws.ToString(p.DefaultVersionId),
		AttachmentCount: p.AttachmentCount, BoundaryUsageCount: p.PermissionsBoundaryUsageCount,
	}
	known := make([]snapshot.PolicyVersion, 0, len(p.PolicyVersionList))
	for _, v := range p.PolicyVersionList {
		known = append(known, snapshot.PolicyVersion{ID: aws.ToString(v.VersionId), Default: v.IsDefaultVersion, Document: document(at, v.Document)})
	}
	out.Versions = snapshot.Value(known, at.Calls...)
	i := slices.IndexFunc(known, func(v snapshot.PolicyVersion) bool { return v.Default })
	if i < 0 {
		err := &wire.MalformedError{What: "the answer holds no default version of the policy"}
		out.Document = snapshot.Missing[string](collect.Why(detailsOp, at.Location, err), at.Calls...)
		return out
	}
	out.Document = known[i].Document
	return out
}

// document is the text of a policy in the authorization details.
func document(at snapshot.Meta, encoded *string) snapshot.Read[string] {
	text, err := decoded(encoded)
	if err != nil {
		return snapshot.Missing[string](collect.Why(detailsOp, at.Location, err), at.Calls...)
	}
	return snapshot.Value(text, at.Calls...)
}

// decoded is the text of a policy. AWS percent-encodes it after RFC 3986, where a + is
// a plus; an endpoint that does not encode begins with white space or {.
// Source: IAM API Reference, PolicyVersion, PolicyDetail and RoleDetail.
func decoded(encoded *string) (string, error) {
	if encoded == nil {
		return "", &wire.MalformedError{What: "the answer holds no document of the policy"}
	}
	text := *encoded
	if !strings.HasPrefix(text, "%") {
		return text, nil
	}
	text, err := url.PathUnescape(text)
	if err != nil {
		return "", &wire.MalformedError{What: "the policy's document is not percent-encoded"}
	}
	return text, nil
}
