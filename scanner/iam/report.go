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

// rounds is how often a report under way is asked for, after waits of 1, 2, … 10 seconds
// and then of 10 again: not quite two minutes in all.
const rounds = 16

// report fetches the credential report. AWS refuses one older than four hours; then a
// new one is started. Rounds are counted and not timed, so that a replay asks as often.
// Source: IAM API Reference, GetCredentialReport, Errors.
func report(ctx context.Context, in collect.Scope, api API, wait func(context.Context, time.Duration) error) snapshot.Read[[]snapshot.CredentialRow] {
	const op, start = "iam:GetCredentialReport", "iam:GenerateCredentialReport"
	var started snapshot.Read[types.ReportStateType]
	tried := false
	got := collect.Ask(ctx, in, op, func(ctx context.Context) ([]snapshot.CredentialRow, error) {
		rows, err := fetch(ctx, api, 0)
		if collect.Is(err, "ReportNotPresent", "ReportExpired") {
			tried = true
			started = generate(ctx, in, api)
			if _, refused := started.Get(); refused != nil {
				return nil, err
			}
		}
		for n := 1; n <= rounds && collect.Is(err, "ReportNotPresent", "ReportExpired", "ReportInProgress"); n++ {
			if err := wait(ctx, time.Duration(min(n, 10))*time.Second); err != nil {
				return nil, err
			}
			rows, err = fetch(ctx, api, n)
		}
		return rows, err
	})
	if _, refused := started.Get(); tried && refused != nil && in.Wants(start) {
		// Why there is no report to get.
		return snapshot.Missing[[]snapshot.CredentialRow](refused, append(started.Calls(), got.Calls()...)...)
	}
	if _, err := got.Get(); err == nil && !tried && in.Wants(start) {
		in.Calls.Settle(start, in.Location) // there was one
	}
	return got
}

func generate(ctx context.Context, in collect.Scope, api API) snapshot.Read[types.ReportStateType] {
	return collect.Ask(ctx, in, "iam:GenerateCredentialReport", func(ctx context.Context) (types.ReportStateType, error) {
		out, err := api.GenerateCredentialReport(ctx, &iam.GenerateCredentialReportInput{})
		if err != nil {
			return "", err
		}
		return out.State, nil
	})
}

func fetch(ctx context.Context, api API, round int) ([]snapshot.CredentialRow, error) {
	out, err := api.GetCredentialReport(wire.Round(ctx, round), &iam.GetCredentialReportInput{})
	if err != nil {
		return nil, err
	}
	if out.GeneratedTime == nil {
		return nil, &wire.MalformedError{What: "the credential report has no GeneratedTime"}
	}
	return rows(out.Content, aws.ToTime(out.GeneratedTime))
}
