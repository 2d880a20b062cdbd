package iam

import (
	"context"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/google/go-cmp/cmp"

	"onus/mocks"
	"onus/scanner/collect/collecttest"
	"onus/scanner/snapshot"
)

func TestCollectJoinsReportAndLists(t *testing.T) {
	s := mocks.Start(t, mocks.Options{PageSize: map[string]int{"iam:GetAccountAuthorizationDetails": 2, "iam:ListAccessKeys": 1}})
	account(s)
	reply(s, line("anna", "true", "true", "true", "2026-03-04T05:06:07+00:00", "true", "2025-01-01T00:00:00+00:00"), line("bot", "false", "false"), line("deleted", "true", "false", "true", "2026-03-04T05:06:07+00:00"))
	anna := named("anna", before)
	anna.Tags = []types.Tag{{Key: aws.String("team"), Value: aws.String("shop")}}
	mocks.Reply(s, "", &iam.GetAccountAuthorizationDetailsOutput{
		UserDetailList: []types.UserDetail{anna, named("bot", before)},
		Policies: []types.ManagedPolicyDetail{{
			Arn: aws.String(prefix + "policy/p"), PolicyName: aws.String("p"), AttachmentCount: aws.Int32(1), PermissionsBoundaryUsageCount: aws.Int32(0), DefaultVersionId: aws.String("v2"),
			PolicyVersionList: []types.PolicyVersion{
				{VersionId: aws.String("v1"), Document: aws.String("%7Bold%7D")},
				{VersionId: aws.String("v2"), IsDefaultVersion: true, Document: aws.String("%7B%22Statement%22%3A%5B%5D%2C%22Id%22%3A%22a+b%2Bc%20d%22%7D")},
			},
		}},
	})
	mocks.Reply(s, "", &iam.ListAccessKeysOutput{AccessKeyMetadata: []types.AccessKeyMetadata{
		{AccessKeyId: aws.String("AKIAOLD"), CreateDate: aws.Time(time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)), Status: types.StatusTypeActive},
		{AccessKeyId: aws.String("AKIANEW"), CreateDate: aws.Time(before), Status: types.StatusTypeActive},
	}})
	in := collecttest.Scope(everything...)
	got := Collect(context.Background(), in, client(s), noWait)

	if v, err := got.Summary.Get(); err != nil || v["AccountMFAEnabled"] != 1 {
		t.Errorf("summary %v, %v", v, err)
	}
	if p, err := got.PasswordPolicy.Get(); err != nil || p != (snapshot.PasswordPolicy{Custom: true, MinimumLength: 14}) {
		t.Errorf("password policy %+v, %v", p, err)
	}
	if len(got.Users) != 2 || got.Users[0].Name != "anna" || got.Users[0].Tags["team"] != "shop" || got.Users[0].Region != snapshot.Global {
		t.Fatalf("users %+v", got.Users)
	}
	for i, want := range []snapshot.Console{{Password: true, MFA: true, Source: "credential report"}, {Source: "credential report"}} {
		if c, err := got.Users[i].Console.Get(); err != nil || c != want {
			t.Errorf("%s: %+v, %v; want %+v", got.Users[i].Name, c, err, want)
		}
	}
	if text, err := got.Policies[0].Document.Get(); err != nil || text != `{"Statement":[],"Id":"a+b+c d"}` {
		t.Errorf("the default version's document: %q, %v; a + stays a +", text, err)
	}
	var keys []string
	for _, k := range got.AccessKeys {
		keys = append(keys, k.ARN+" "+k.Created.Format(time.DateOnly))
		if len(k.Calls) != 3 { // the report and two pages
			t.Errorf("%s rests on %d calls, want 3", k.KeyID, len(k.Calls))
		}
	}
	want := []string{prefix + "user/anna/accesskey/1 2026-03-04", prefix + "user/anna/accesskey/2 2025-01-01"}
	if diff := cmp.Diff(want, keys); diff != "" {
		t.Errorf("keys by creation date, none of root or of a deleted user (-want +got):\n%s", diff)
	}
	for _, op := range everything {
		collecttest.Covered(t, in, op, snapshot.Global, snapshot.OK) // settled where nothing was to ask
	}
	if n := s.Count("iam:GetLoginProfile") + s.Count("iam:ListMFADevices") + s.Count("iam:GenerateCredentialReport"); n != 0 {
		t.Errorf("%d calls about nothing", n)
	}
}

func TestEmptyAccount(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	account(s)
	reply(s)
	users(s)
	in := collecttest.Scope(everything...)
	got := Collect(context.Background(), in, client(s), noWait)
	rows, err := got.Report.Get()
	if err != nil || len(rows) != 1 || rows[0].User != snapshot.Root || rows[0].Keys[0].LastRotated.Year() != 2020 || !rows[0].Generated.Equal(generated) {
		t.Errorf("report %+v, %v", rows, err)
	}
	if len(got.Users)+len(got.Policies)+len(got.AccessKeys) != 0 {
		t.Errorf("%+v", got)
	}
	for _, op := range everything {
		collecttest.Covered(t, in, op, snapshot.Global, snapshot.OK)
	}
}

func TestDetailsDeniedOnPageTwo(t *testing.T) {
	s := mocks.Start(t, mocks.Options{PageSize: map[string]int{"iam:GetAccountAuthorizationDetails": 1}})
	account(s)
	reply(s, line("anna", "true", "true"), line("bert", "true", "true", "true", "2026-03-04T05:06:07+00:00"))
	users(s, named("anna", before), named("bert", before))
	mocks.Reply(s, "", &iam.ListAccessKeysOutput{AccessKeyMetadata: []types.AccessKeyMetadata{{AccessKeyId: aws.String("AKIA1"), CreateDate: &before}}})
	s.Fault(mocks.Fault{Operation: "iam:GetAccountAuthorizationDetails", Kind: mocks.Denied, FromPage: 2})
	in := collecttest.Scope(everything...)
	got := Collect(context.Background(), in, client(s), noWait)
	if len(got.Users) != 1 || len(got.AccessKeys) != 1 {
		t.Errorf("users %+v, keys %+v; want anna, and bert's key, since nothing says that bert is gone", got.Users, got.AccessKeys)
	}
	collecttest.Covered(t, in, "iam:GetAccountAuthorizationDetails", snapshot.Global, snapshot.Denied)
	collecttest.Covered(t, in, "iam:GetLoginProfile", snapshot.Global, snapshot.Skipped)
}

func TestAbsentAndFaultyAnswersAboutTheAccount(t *testing.T) {
	wanted := []string{"iam:GetAccountSummary", "iam:GetAccountPasswordPolicy"}
	t.Run("no policy of its own, throttled first", func(t *testing.T) {
		s := mocks.Start(t, mocks.Options{})
		mocks.Reply(s, "", &iam.GetAccountSummaryOutput{SummaryMap: map[string]int32{"AccountMFAEnabled": 1}})
		mocks.Refuse(s, "", "iam:GetAccountPasswordPolicy", gone)
		s.Fault(mocks.Fault{Operation: "iam:*", Kind: mocks.Throttled, First: 2})
		in := collecttest.Scope(wanted...)
		got := Collect(context.Background(), in, client(s), noWait)
		if p, err := got.PasswordPolicy.Get(); err != nil || p.Custom {
			t.Errorf("policy %+v, %v", p, err)
		}
		collecttest.Covered(t, in, "iam:GetAccountSummary", snapshot.Global, snapshot.OK)
		collecttest.Covered(t, in, "iam:GetAccountPasswordPolicy", snapshot.Global, snapshot.OK)
	})
	t.Run("a length that is absent is 6", func(t *testing.T) {
		s := mocks.Start(t, mocks.Options{})
		mocks.Reply(s, "", &iam.GetAccountPasswordPolicyOutput{PasswordPolicy: &types.PasswordPolicy{RequireNumbers: true}})
		got := Collect(context.Background(), collecttest.Scope("iam:GetAccountPasswordPolicy"), client(s), noWait)
		if p, err := got.PasswordPolicy.Get(); err != nil || p != (snapshot.PasswordPolicy{Custom: true, MinimumLength: 6, Numbers: true}) {
			t.Errorf("policy %+v, %v", p, err)
		}
	})
	t.Run("a proxy's page and a refusal", func(t *testing.T) {
		s := mocks.Start(t, mocks.Options{Lenient: true})
		s.Fault(mocks.Fault{Operation: "iam:GetAccountSummary", Kind: mocks.HTML})
		s.Fault(mocks.Fault{Operation: "iam:GetAccountPasswordPolicy", Kind: mocks.Denied})
		account(s)
		in := collecttest.Scope(wanted...)
		got := Collect(context.Background(), in, client(s), noWait)
		if _, err := got.PasswordPolicy.Get(); err == nil {
			t.Error("denied is not the default policy")
		}
		collecttest.Covered(t, in, "iam:GetAccountSummary", snapshot.Global, snapshot.Malformed)
		collecttest.Covered(t, in, "iam:GetAccountPasswordPolicy", snapshot.Global, snapshot.Denied)
	})
}

func TestNothingIsAskedThatNoCheckReads(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	Collect(context.Background(), collecttest.Scope(), client(s), noWait)
	if n := len(s.Requests()); n != 0 {
		t.Errorf("%d requests, want none", n)
	}
}
