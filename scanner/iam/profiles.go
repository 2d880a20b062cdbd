package iam

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"onus/scanner/collect"
	"onus/scanner/snapshot"
)

const profilesOp = "iam:ListInstanceProfiles"

// instanceProfiles reads the instance profiles. Their tags do not come with the list.
func instanceProfiles(ctx context.Context, in collect.Scope, api API) []snapshot.InstanceProfile {
	pages := &watched[*iam.ListInstanceProfilesOutput]{
		Pages: iam.NewListInstanceProfilesPaginator(api, &iam.ListInstanceProfilesInput{}, func(o *iam.ListInstanceProfilesPaginatorOptions) { o.Limit = 1000 }),
		more:  func(p *iam.ListInstanceProfilesOutput) (bool, *string) { return p.IsTruncated, p.Marker },
	}
	return collect.List(ctx, in, profilesOp, pages, func(at snapshot.Meta, page *iam.ListInstanceProfilesOutput) (out []snapshot.InstanceProfile) {
		for _, p := range page.InstanceProfiles {
			out = append(out, instanceProfile(at, p))
		}
		return out
	})
}

func instanceProfile(at snapshot.Meta, p types.InstanceProfile) snapshot.InstanceProfile {
	at.ARN, at.Name = aws.ToString(p.Arn), aws.ToString(p.InstanceProfileName)
	out := snapshot.InstanceProfile{Meta: at, ID: aws.ToString(p.InstanceProfileId)}
	for _, r := range p.Roles {
		out.Roles = append(out.Roles, aws.ToString(r.Arn))
	}
	return out
}
