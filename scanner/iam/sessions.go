package iam

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"onus/scanner/collect"
	"onus/scanner/snapshot"
	"onus/scanner/wire"
)

const rolesOp = "iam:ListRoles"

var errNoSession = &wire.MalformedError{What: "the list of roles does not say how long its sessions may last"}

// sessions tells each role how long its sessions may last, by one list of all roles: the
// authorization details do not say.
func sessions(ctx context.Context, in collect.Scope, api API, found entities) {
	if !in.Wants(rolesOp) {
		return
	}
	pages := &watched[*iam.ListRolesOutput]{
		Pages: iam.NewListRolesPaginator(api, &iam.ListRolesInput{MaxItems: aws.Int32(1000)}),
		more:  func(p *iam.ListRolesOutput) (bool, *string) { return p.IsTruncated, p.Marker },
	}
	longest := map[string]snapshot.Read[time.Duration]{}
	collect.List(ctx, in, rolesOp, pages, func(at snapshot.Meta, page *iam.ListRolesOutput) []struct{} {
		for _, r := range page.Roles {
			if r.MaxSessionDuration == nil {
				longest[aws.ToString(r.Arn)] = snapshot.Missing[time.Duration](collect.Why(rolesOp, in.Location, errNoSession), at.Calls...)
				continue
			}
			longest[aws.ToString(r.Arn)] = snapshot.Value(time.Duration(*r.MaxSessionDuration)*time.Second, at.Calls...)
		}
		return make([]struct{}, len(page.Roles))
	})
	why := in.Unlisted(rolesOp)
	for i := range found.roles {
		r := &found.roles[i]
		read, ok := longest[r.ARN]
		switch {
		case ok:
			r.MaxSession = read
		case why != nil:
			r.MaxSession = snapshot.Missing[time.Duration](why)
		default: // deleted since
			r.MaxSession = snapshot.Missing[time.Duration](&snapshot.Unread{Operation: rolesOp, At: in.Location, Cause: snapshot.Changed, Message: "the role is not in the list of roles"})
		}
	}
}
