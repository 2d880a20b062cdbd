package iam

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"onus/scanner/collect"
	"onus/scanner/snapshot"
)

const versionsOp, versionOp = "iam:ListPolicyVersions", "iam:GetPolicyVersion"

// versions reads the versions of the customer's policies in use. The authorization details
// may hold the default version alone: where that is all, or where numbers are missing
// among them, the policy is asked about, and each version whose text is lacking.
func versions(ctx context.Context, in collect.Scope, api API, found entities) {
	if !in.Wants(versionsOp) {
		return
	}
	type question struct {
		policy *snapshot.ManagedPolicy
		known  []snapshot.PolicyVersion
	}
	var ask []question
	for i := range found.policies {
		p := &found.policies[i]
		known, _ := p.Versions.Get()
		if p.InUse() && snapshot.AccountOf(p.ARN) != "aws" {
			if len(known) > 1 && unbroken(known) {
				continue
			}
			ask = append(ask, question{p, known})
		}
		p.Versions = snapshot.Read[[]snapshot.PolicyVersion]{} // not known to be all
	}
	in.Each(ctx, len(ask), func(i int) { askVersions(ctx, in, api, ask[i].policy, ask[i].known) })
	if !found.whole {
		return
	}
	if len(ask) == 0 {
		in.Calls.Settle(versionsOp, in.Location)
	}
	if in.Unlisted(versionsOp) == nil && in.Wants(versionOp) {
		in.Calls.Settle(versionOp, in.Location) // where none was lacking
	}
}

// unbroken says that versions have all numbers from 1 to their highest.
func unbroken(list []snapshot.PolicyVersion) bool {
	highest := 0
	for _, v := range list {
		n, err := strconv.Atoi(strings.TrimPrefix(v.ID, "v"))
		if err != nil {
			return false
		}
		highest = max(highest, n)
	}
	return highest == len(list)
}

// askVersions lists a policy's versions and reads those whose text is not known yet.
func askVersions(ctx context.Context, in collect.Scope, api API, p *snapshot.ManagedPolicy, known []snapshot.PolicyVersion) {
	read := collect.Ask(ctx, in, versionsOp, func(ctx context.Context) (out []snapshot.PolicyVersion, err error) {
		pages := &watched[*iam.ListPolicyVersionsOutput]{
			Pages: iam.NewListPolicyVersionsPaginator(api, &iam.ListPolicyVersionsInput{PolicyArn: &p.ARN}),
			more:  func(p *iam.ListPolicyVersionsOutput) (bool, *string) { return p.IsTruncated, p.Marker },
		}
		err = collect.Walk(ctx, pages, func(page *iam.ListPolicyVersionsOutput) *string {
			for _, v := range page.Versions {
				out = append(out, snapshot.PolicyVersion{ID: aws.ToString(v.VersionId), Default: v.IsDefaultVersion})
			}
			return page.Marker
		})
		return out, err
	})
	list, err := read.Get()
	if err != nil {
		p.Versions = read
		return
	}
	calls := slices.Clone(read.Calls())
	for i := range list {
		v := &list[i]
		if at := slices.IndexFunc(known, func(k snapshot.PolicyVersion) bool { return k.ID == v.ID }); at >= 0 {
			v.Document = known[at].Document
			continue
		}
		v.Document = collect.Ask(ctx, in, versionOp, func(ctx context.Context) (string, error) {
			got, err := api.GetPolicyVersion(ctx, &iam.GetPolicyVersionInput{PolicyArn: &p.ARN, VersionId: &v.ID})
			if err != nil {
				return "", err
			}
			if got.PolicyVersion == nil {
				got.PolicyVersion = &types.PolicyVersion{}
			}
			return decoded(got.PolicyVersion.Document)
		})
		calls = append(calls, v.Document.Calls()...)
	}
	p.Versions = snapshot.Value(list, calls...)
}
