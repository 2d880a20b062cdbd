package iam

import (
	"context"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"onus/scanner/collect"
	"onus/scanner/snapshot"
)

const (
	oidcsOp, oidcOp = "iam:ListOpenIDConnectProviders", "iam:GetOpenIDConnectProvider"
	samlsOp, samlOp = "iam:ListSAMLProviders", "iam:GetSAMLProvider"
)

// listed is one provider of a list that has no pages.
type listed[T any] struct {
	calls []snapshot.Call
	items []T
	whole bool
}

// list reads a list that AWS gives in one answer.
func list[T any](ctx context.Context, in collect.Scope, op string, do func(context.Context) ([]T, error)) listed[T] {
	read := collect.Ask(ctx, in, op, do)
	items, err := read.Get()
	return listed[T]{read.Calls(), items, err == nil}
}

// oidcProviders reads the web identity providers and whom each takes tokens for.
func oidcProviders(ctx context.Context, in collect.Scope, api API) []snapshot.OIDCProvider {
	all := list(ctx, in, oidcsOp, func(ctx context.Context) ([]types.OpenIDConnectProviderListEntry, error) {
		out, err := api.ListOpenIDConnectProviders(ctx, &iam.ListOpenIDConnectProvidersInput{})
		if err != nil {
			return nil, err
		}
		return out.OpenIDConnectProviderList, nil
	})
	out := make([]snapshot.OIDCProvider, len(all.items))
	for i, p := range all.items {
		arn := aws.ToString(p.Arn)
		_, name, _ := strings.Cut(arn, ":oidc-provider/")
		out[i].Meta = snapshot.Meta{Location: in.Location, ARN: arn, Name: name, Calls: all.calls}
	}
	in.Each(ctx, len(out), func(i int) {
		out[i].ClientIDs = collect.Ask(ctx, in, oidcOp, func(ctx context.Context) ([]string, error) {
			got, err := api.GetOpenIDConnectProvider(ctx, &iam.GetOpenIDConnectProviderInput{OpenIDConnectProviderArn: &out[i].ARN})
			if err != nil {
				return nil, err
			}
			out[i].Tags = tags(got.Tags)
			return got.ClientIDList, nil
		})
	})
	if all.whole && len(out) == 0 && in.Wants(oidcOp) {
		in.Calls.Settle(oidcOp, in.Location)
	}
	return out
}

// samlProviders reads the SAML providers. Only where the list does not say how long a
// provider's metadata are good is it asked about alone: that answer holds them all.
func samlProviders(ctx context.Context, in collect.Scope, api API) []snapshot.SAMLProvider {
	all := list(ctx, in, samlsOp, func(ctx context.Context) ([]types.SAMLProviderListEntry, error) {
		out, err := api.ListSAMLProviders(ctx, &iam.ListSAMLProvidersInput{})
		if err != nil {
			return nil, err
		}
		return out.SAMLProviderList, nil
	})
	out := make([]snapshot.SAMLProvider, len(all.items))
	var ask []int
	for i, p := range all.items {
		arn := aws.ToString(p.Arn)
		_, name, _ := strings.Cut(arn, ":saml-provider/")
		out[i].Meta = snapshot.Meta{Location: in.Location, ARN: arn, Name: name, Calls: all.calls}
		if p.ValidUntil != nil {
			out[i].ValidUntil = snapshot.Value(p.ValidUntil.UTC(), all.calls...)
		} else {
			ask = append(ask, i)
		}
	}
	in.Each(ctx, len(ask), func(n int) {
		p := &out[ask[n]]
		p.ValidUntil = collect.Ask(ctx, in, samlOp, func(ctx context.Context) (time.Time, error) {
			got, err := api.GetSAMLProvider(ctx, &iam.GetSAMLProviderInput{SAMLProviderArn: &p.ARN})
			if err != nil || got.ValidUntil == nil {
				return time.Time{}, err
			}
			return got.ValidUntil.UTC(), nil
		})
	})
	if all.whole && len(ask) == 0 && in.Wants(samlOp) {
		in.Calls.Settle(samlOp, in.Location)
	}
	return out
}

// features reads what IAM does for the whole organization. That it does nothing, or that
// this account is not the one to ask, comes as an error.
// Source: IAM API Reference, ListOrganizationsFeatures, Errors.
func features(ctx context.Context, in collect.Scope, api API) snapshot.Read[snapshot.OrganizationFeatures] {
	return collect.Ask(ctx, in, "iam:ListOrganizationsFeatures", func(ctx context.Context) (out snapshot.OrganizationFeatures, err error) {
		got, err := api.ListOrganizationsFeatures(ctx, &iam.ListOrganizationsFeaturesInput{})
		for _, name := range []string{"ServiceAccessNotEnabled", "OrganizationNotInAllFeaturesMode", "AccountNotManagementOrDelegatedAdministrator", "OrganizationNotFound"} {
			if collect.Is(err, name, name+"Exception") {
				return snapshot.OrganizationFeatures{Refused: name}, nil
			}
		}
		if err != nil {
			return out, err
		}
		for _, f := range got.EnabledFeatures {
			out.Enabled = append(out.Enabled, string(f))
		}
		return out, nil
	})
}
