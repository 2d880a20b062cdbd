package iam

import (
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/iam"

	"onus/scanner/collect"
	"onus/scanner/snapshot"
)

const profileOp, devicesOp = "iam:GetLoginProfile", "iam:ListMFADevices"

// signIns tells of each user how it signs in: from its row of the report, and for one
// that the report does not know yet from calls about this user alone.
func signIns(ctx context.Context, in collect.Scope, api API, report snapshot.Read[[]snapshot.CredentialRow], found entities) {
	rows, err := report.Get()
	if err != nil {
		for i := range found.users {
			found.users[i].Console = snapshot.Missing[snapshot.Console](err, report.Calls()...)
			found.users[i].Credentials = snapshot.Missing[*snapshot.CredentialRow](err, report.Calls()...)
		}
		return
	}
	byARN := map[string]snapshot.CredentialRow{}
	for _, r := range rows {
		byARN[r.ARN] = r
	}
	var late []int
	for i, u := range found.users {
		// One of the same name, made since, is another user than the report's.
		if row, ok := byARN[u.ARN]; ok && !u.Created.After(row.Generated) {
			found.users[i].Console = snapshot.Value(snapshot.Console{
				Password: row.PasswordEnabled == "true", MFA: row.MFAActive == "true", Source: "credential report",
			}, report.Calls()...)
			found.users[i].Credentials = snapshot.Value(&row, report.Calls()...)
			continue
		}
		found.users[i].Credentials = snapshot.Value[*snapshot.CredentialRow](nil, report.Calls()...)
		late = append(late, i)
	}
	if in.Wants(profileOp) && in.Wants(devicesOp) {
		in.Each(ctx, len(late), func(i int) {
			u := &found.users[late[i]]
			u.Console, u.Devices = console(ctx, in, api, u.Name)
		})
	}
}

// settle closes the book where no user was left to ask about: of each it is known how it
// signs in, and so whether it has devices to ask about.
func settle(in collect.Scope, found entities) {
	unknown := func(u snapshot.User) bool {
		_, err := u.Console.Get()
		return err != nil
	}
	if !found.whole || slices.ContainsFunc(found.users, unknown) {
		return
	}
	in.Settle(profileOp, devicesOp)
}

// console asks how one user signs in; the MFA devices only where it has a password.
func console(ctx context.Context, in collect.Scope, api API, name string) (snapshot.Read[snapshot.Console], snapshot.Read[[]snapshot.MFADevice]) {
	// NoSuchEntity: the user has no password, or is gone. Source: IAM API Reference,
	// GetLoginProfile, Errors.
	password := collect.Ask(ctx, in, profileOp, func(ctx context.Context) (bool, error) {
		_, err := api.GetLoginProfile(ctx, &iam.GetLoginProfileInput{UserName: &name})
		if collect.Is(err, "NoSuchEntity") {
			return false, nil
		}
		return err == nil, err
	})
	calls := password.Calls()
	has, err := password.Get()
	switch {
	case err != nil:
		return snapshot.Missing[snapshot.Console](err, calls...), snapshot.Missing[[]snapshot.MFADevice](err, calls...)
	case !has:
		return snapshot.Value(snapshot.Console{Source: profileOp}, calls...), snapshot.Value[[]snapshot.MFADevice](nil, calls...)
	}
	list := listDevices(ctx, in, api, name)
	calls = append(slices.Clone(calls), list.calls...)
	if list.err != nil && len(list.devices) == 0 {
		return snapshot.Missing[snapshot.Console](list.err, calls...), list.read()
	}
	return snapshot.Value(snapshot.Console{Password: true, MFA: len(list.devices) > 0, Source: profileOp + ", " + devicesOp}, calls...), list.read()
}
