package iam

import (
	"cmp"
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/smithy-go"

	"onus/scanner/collect"
	"onus/scanner/snapshot"
	"onus/scanner/wire"
)

const jobOp, historyOp = "iam:GenerateServiceLastAccessedDetails", "iam:GetServiceLastAccessedDetails"

var errNoJob = &wire.MalformedError{What: "the answer names no job"}

// histories has AWS make a report of each user and role on the services that it used, and
// fetches it: an opt-in, since that is two calls and a wait for each. The job stands in the
// answer, so that a replay, which gets the same answer, asks for the same job.
func histories(ctx context.Context, in collect.Scope, api API, wait func(context.Context, time.Duration) error, found entities) {
	if !in.Wants(jobOp) || !in.Wants(historyOp) {
		return
	}
	users := len(found.users)
	asked := users + len(found.roles)
	in.Each(ctx, asked, func(i int) {
		if i < users {
			u := &found.users[i]
			u.History = history(ctx, in, api, wait, u.ARN)
			return
		}
		// What a service does with its role is AWS's affair.
		if r := &found.roles[i-users]; !r.ServiceLinked() {
			r.History = history(ctx, in, api, wait, r.ARN)
		}
	})
	if found.whole {
		linked := 0
		for _, r := range found.roles {
			if r.ServiceLinked() {
				linked++
			}
		}
		if asked == linked {
			in.Calls.Settle(jobOp, in.Location)
			in.Calls.Settle(historyOp, in.Location)
		}
	}
}

func history(ctx context.Context, in collect.Scope, api API, wait func(context.Context, time.Duration) error, arn string) snapshot.Read[snapshot.AccessHistory] {
	job := collect.Ask(ctx, in, jobOp, func(ctx context.Context) (string, error) {
		out, err := api.GenerateServiceLastAccessedDetails(ctx, &iam.GenerateServiceLastAccessedDetailsInput{Arn: &arn, Granularity: types.AccessAdvisorUsageGranularityTypeActionLevel})
		switch {
		case err != nil:
			return "", err
		case aws.ToString(out.JobId) == "":
			return "", errNoJob
		}
		return *out.JobId, nil
	})
	id, err := job.Get()
	if err != nil {
		return snapshot.Missing[snapshot.AccessHistory](err, job.Calls()...)
	}
	read := collect.Ask(ctx, in, historyOp, func(ctx context.Context) (snapshot.AccessHistory, error) { return completed(ctx, api, wait, id) })
	calls := append(append([]snapshot.Call(nil), job.Calls()...), read.Calls()...)
	got, err := read.Get()
	if err != nil {
		return snapshot.Missing[snapshot.AccessHistory](err, calls...)
	}
	return snapshot.Value(got, calls...)
}

// completed asks for a job until it has ended. Its polls number their rounds; they are
// counted and not timed, so that a replay asks as often.
func completed(ctx context.Context, api API, wait func(context.Context, time.Duration) error, id string) (out snapshot.AccessHistory, err error) {
	input := &iam.GetServiceLastAccessedDetailsInput{JobId: &id, MaxItems: aws.Int32(1000)}
	for n := 0; ; n++ {
		page, err := api.GetServiceLastAccessedDetails(wire.Round(ctx, n), input)
		switch {
		case err != nil:
			return out, err
		case page.JobStatus == types.JobStatusTypeCompleted:
			return used(wire.Round(ctx, n), api, input, page)
		case page.JobStatus == types.JobStatusTypeFailed:
			failed := &smithy.GenericAPIError{Code: "FAILED", Message: "AWS could not make the report of services last accessed"}
			if page.Error != nil {
				failed.Code = cmp.Or(aws.ToString(page.Error.Code), failed.Code)
			}
			return out, failed
		case n == rounds:
			return out, &smithy.GenericAPIError{Code: string(page.JobStatus), Message: "the report of services last accessed was not ready in time"}
		}
		if err := wait(ctx, time.Duration(min(n+1, 10))*time.Second); err != nil {
			return out, err
		}
	}
}

// used reads the pages of a job that has ended, the first of which is there already.
func used(ctx context.Context, api API, input *iam.GetServiceLastAccessedDetailsInput, page *iam.GetServiceLastAccessedDetailsOutput) (out snapshot.AccessHistory, err error) {
	out.Completed = aws.ToTime(page.JobCompletionDate).UTC()
	err = marked(func(marker *string) (bool, *string, error) {
		if marker != nil {
			input.Marker = marker
			if page, err = api.GetServiceLastAccessedDetails(ctx, input); err != nil {
				return false, nil, err
			}
		}
		for _, s := range page.ServicesLastAccessed {
			out.Services = append(out.Services, serviceUse(s))
		}
		return page.IsTruncated, page.Marker, nil
	})
	return out, err
}

func serviceUse(s types.ServiceLastAccessed) snapshot.ServiceUse {
	out := snapshot.ServiceUse{Service: aws.ToString(s.ServiceNamespace)}
	if s.LastAuthenticated != nil {
		out.Last = s.LastAuthenticated.UTC()
	}
	for _, a := range s.TrackedActionsLastAccessed {
		use := snapshot.ActionUse{Action: aws.ToString(a.ActionName)}
		if a.LastAccessedTime != nil {
			use.Last = a.LastAccessedTime.UTC()
		}
		out.Actions = append(out.Actions, use)
	}
	return out
}
