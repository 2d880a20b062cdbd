package iam

import (
	"context"
	"errors"
	"net/http"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"onus/mocks"
	"onus/scanner/collect/collecttest"
	"onus/scanner/snapshot"
)

func TestUserMadeAfterTheReport(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	account(s)
	reply(s, line("again", "true", "true")) // deleted since, and made anew
	users(s, named("again", after), named("absent", before), named("denied", after), named("bot", after))
	mocks.Handle(s, func(_ *mocks.Request, in *iam.GetLoginProfileInput) (*iam.GetLoginProfileOutput, error) {
		switch *in.UserName {
		case "bot":
			return nil, gone
		case "denied":
			return nil, &mocks.Error{Status: http.StatusForbidden, Code: "AccessDenied"}
		}
		return &iam.GetLoginProfileOutput{LoginProfile: &types.LoginProfile{UserName: in.UserName, CreateDate: &after}}, nil
	})
	mocks.Handle(s, func(_ *mocks.Request, in *iam.ListMFADevicesInput) (*iam.ListMFADevicesOutput, error) {
		out := &iam.ListMFADevicesOutput{}
		if *in.UserName == "absent" {
			out.MFADevices = []types.MFADevice{{UserName: in.UserName, SerialNumber: aws.String("mfa"), EnableDate: &after}}
		}
		return out, nil
	})
	in := collecttest.Scope(everything...)
	got := Collect(context.Background(), in, client(s), noWait)
	const both = "iam:GetLoginProfile, iam:ListMFADevices"
	want := map[string]snapshot.Console{"again": {Password: true, Source: both}, "absent": {Password: true, MFA: true, Source: both}, "bot": {Source: "iam:GetLoginProfile"}}
	for _, u := range got.Users {
		c, err := u.Console.Get()
		if (err != nil) != (u.Name == "denied") || c != want[u.Name] {
			t.Errorf("%s: %+v, %v; want %+v", u.Name, c, err, want[u.Name])
		}
	}
	if n := s.Count("iam:ListMFADevices"); n != 2 {
		t.Errorf("asked for the MFA devices of %d users, want those 2 with a password", n)
	}
	collecttest.Covered(t, in, "iam:GetLoginProfile", snapshot.Global, snapshot.Denied)
	collecttest.Covered(t, in, "iam:ListMFADevices", snapshot.Global, snapshot.OK)
}

func TestUserThatGoesAwayWhileWeRead(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	account(s)
	reply(s, line("anna", "true", "true", "true", "2026-03-04T05:06:07+00:00"))
	users(s, named("anna", before), named("zoe", after))
	mocks.Reply(s, "", &iam.GetLoginProfileOutput{LoginProfile: &types.LoginProfile{UserName: aws.String("zoe"), CreateDate: &after}})
	mocks.Refuse(s, "", "iam:ListMFADevices", gone)
	mocks.Refuse(s, "", "iam:ListAccessKeys", gone)
	in := collecttest.Scope(everything...)
	got := Collect(context.Background(), in, client(s), noWait)
	if len(got.AccessKeys) != 0 {
		t.Errorf("a user who is gone has no keys: %+v", got.AccessKeys)
	}
	var u *snapshot.Unread
	if _, err := got.Users[1].Console.Get(); !errors.As(err, &u) || u.Code != "NoSuchEntity" {
		t.Errorf("zoe's devices: %v, want NoSuchEntity", err)
	}
	collecttest.Covered(t, in, "iam:ListAccessKeys", snapshot.Global, snapshot.OK)
}

func TestUserThatGoesAwayBetweenPages(t *testing.T) {
	s := mocks.Start(t, mocks.Options{PageSize: map[string]int{"iam:ListAccessKeys": 1}})
	reply(s, line("anna", "true", "true", "true", "2026-03-04T05:06:07+00:00"))
	mocks.Reply(s, "", &iam.ListAccessKeysOutput{AccessKeyMetadata: []types.AccessKeyMetadata{{AccessKeyId: aws.String("AKIA1"), CreateDate: &before}, {AccessKeyId: aws.String("AKIA2"), CreateDate: &after}}})
	s.Fault(mocks.Fault{Operation: "iam:ListAccessKeys", Kind: mocks.Refused, Err: gone, FromPage: 2})
	in := collecttest.Scope("iam:GetCredentialReport", "iam:ListAccessKeys")
	if got := Collect(context.Background(), in, client(s), noWait).AccessKeys; len(got) != 0 {
		t.Errorf("keys %+v; want none of a user who is gone", got)
	}
}

func TestLateUserWithoutAllItsAnswers(t *testing.T) {
	list := []string{"iam:GetCredentialReport", "iam:GetAccountAuthorizationDetails", "iam:GetLoginProfile"}
	for name, wanted := range map[string][]string{"denied": append(list, "iam:ListMFADevices"), "half is not wanted": list} {
		s := mocks.Start(t, mocks.Options{})
		reply(s)
		users(s, named("late", after))
		if name == "denied" {
			s.Fault(mocks.Fault{Operation: "iam:GetLoginProfile", Kind: mocks.Denied})
		}
		in := collecttest.Scope(wanted...)
		got := Collect(context.Background(), in, client(s), noWait)
		if c, err := got.Users[0].Console.Get(); err == nil {
			t.Errorf("%s: %+v, want unread", name, c)
		}
		if name == "denied" {
			collecttest.Covered(t, in, "iam:ListMFADevices", snapshot.Global, snapshot.Skipped)
		}
	}
}

func TestKeysWithoutIDs(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	account(s)
	reply(s, line("anna", "false", "false", "true", "2026-03-04T05:06:07+00:00", "false", "2025-01-01T00:00:00+00:00"))
	users(s, named("anna", before))
	s.Fault(mocks.Fault{Operation: "iam:ListAccessKeys", Kind: mocks.Denied})
	in := collecttest.Scope(everything...)
	got := Collect(context.Background(), in, client(s), noWait).AccessKeys
	if len(got) != 2 || got[0].KeyID != "" || got[0].ARN != prefix+"user/anna/accesskey/1" || got[1].ARN != prefix+"user/anna/accesskey/2" || !got[0].Active || got[1].Active {
		t.Errorf("keys %+v; want 1 active and 2 inactive, without ids", got)
	}
	collecttest.Covered(t, in, "iam:ListAccessKeys", snapshot.Global, snapshot.Denied)
}
