package iam

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"onus/scanner/collect"
	"onus/scanner/snapshot"
	"onus/scanner/wire"
)

// Collect reads IAM. wait passes the time between two questions for the credential
// report and ends early with wire.ErrInterrupted; nil sleeps. A replay's wait returns at
// once: the answers, and so the rounds, are those of the record.
func Collect(ctx context.Context, in collect.Scope, api API, wait func(context.Context, time.Duration) error) snapshot.IAM {
	in = in.In(snapshot.Global)
	if wait == nil {
		wait = sleep
	}
	out := snapshot.IAM{
		Summary:        summary(ctx, in, api),
		PasswordPolicy: passwordPolicy(ctx, in, api),
		Report:         report(ctx, in, api, wait),
	}
	out.VirtualMFADevices = virtualDevices(ctx, in, api)
	out.ServerCertificates = serverCertificates(ctx, in, api)
	out.OIDCProviders = oidcProviders(ctx, in, api)
	out.SAMLProviders = samlProviders(ctx, in, api)
	out.Features = features(ctx, in, api)
	out.InstanceProfiles = instanceProfiles(ctx, in, api)
	found := details(ctx, in, api)
	out.Users, out.Groups, out.Roles, out.Policies = found.users, found.groups, found.roles, found.policies
	signIns(ctx, in, api, out.Report, found)
	devices(ctx, in, api, out.VirtualMFADevices, found)
	settle(in, found)
	out.AccessKeys = accessKeys(ctx, in, api, out.Report, found)
	sshKeys(ctx, in, api, found)
	serviceCredentials(ctx, in, api, found)
	sessions(ctx, in, api, found)
	versions(ctx, in, api, found)
	histories(ctx, in, api, wait, found)
	return out
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return wire.ErrInterrupted
	}
}

// summary reads the account's counters, under AWS's own names.
func summary(ctx context.Context, in collect.Scope, api API) snapshot.Read[map[string]int32] {
	return collect.Ask(ctx, in, "iam:GetAccountSummary", func(ctx context.Context) (map[string]int32, error) {
		out, err := api.GetAccountSummary(ctx, &iam.GetAccountSummaryInput{})
		if err != nil {
			return nil, err
		}
		return out.SummaryMap, nil
	})
}

// passwordPolicy reads the account's own password policy, if it has one.
func passwordPolicy(ctx context.Context, in collect.Scope, api API) snapshot.Read[snapshot.PasswordPolicy] {
	return collect.Ask(ctx, in, "iam:GetAccountPasswordPolicy", func(ctx context.Context) (snapshot.PasswordPolicy, error) {
		out, err := api.GetAccountPasswordPolicy(ctx, &iam.GetAccountPasswordPolicyInput{})
		if collect.Is(err, "NoSuchEntity") {
			return snapshot.PasswordPolicy{}, nil
		}
		if err != nil {
			return snapshot.PasswordPolicy{}, err
		}
		if out.PasswordPolicy == nil {
			return snapshot.PasswordPolicy{}, &wire.MalformedError{What: "the answer holds no PasswordPolicy"}
		}
		return custom(out.PasswordPolicy), nil
	})
}

// custom maps a password policy. What is absent is not asked for.
// Source: IAM API Reference, UpdateAccountPasswordPolicy.
func custom(p *types.PasswordPolicy) snapshot.PasswordPolicy {
	return snapshot.PasswordPolicy{
		Custom: true, MinimumLength: minimum(p.MinimumPasswordLength),
		Uppercase: p.RequireUppercaseCharacters, Lowercase: p.RequireLowercaseCharacters,
		Numbers: p.RequireNumbers, Symbols: p.RequireSymbols, UsersMayChange: p.AllowUsersToChangePassword,
		Expire: p.ExpirePasswords, HardExpiry: aws.ToBool(p.HardExpiry),
		MaxAge: aws.ToInt32(p.MaxPasswordAge), ReusePrevention: aws.ToInt32(p.PasswordReusePrevention),
	}
}

// minimum is the MinimumPasswordLength of a custom policy. One made without it holds 6.
// Source: IAM API Reference, UpdateAccountPasswordPolicy, MinimumPasswordLength.
func minimum(length *int32) int32 {
	if length == nil {
		return 6
	}
	return aws.ToInt32(length)
}
