package iam

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/google/go-cmp/cmp"

	"onus/mocks"
	"onus/scanner/collect"
	"onus/scanner/collect/collecttest"
	"onus/scanner/snapshot"
)

func TestPolicyDocument(t *testing.T) {
	version := func(id string, isDefault bool, text *string) types.PolicyVersion {
		return types.PolicyVersion{VersionId: &id, IsDefaultVersion: isDefault, Document: text}
	}
	for _, tt := range []struct {
		name     string
		versions []types.PolicyVersion
		want     string
		fails    bool
	}{
		{"encoded, with a plus", []types.PolicyVersion{version("v1", true, aws.String("%7B%22a%22:%22b+c%2B%22%7D"))}, `{"a":"b+c+"}`, false},
		{"as it is, with a percent sign", []types.PolicyVersion{version("v1", true, aws.String(`{"a":"100%25"}`))}, `{"a":"100%25"}`, false},
		{"the default is not the newest", []types.PolicyVersion{version("v2", false, aws.String("%7Bnew%7D")), version("v1", true, aws.String("%7Bold%7D"))}, "{old}", false},
		{"no version", nil, "", true},
		{"no default version", []types.PolicyVersion{version("v1", false, aws.String("%7B%7D"))}, "", true},
		{"a default version without text", []types.PolicyVersion{version("v1", true, nil)}, "", true},
		{"broken encoding", []types.PolicyVersion{version("v1", true, aws.String("%7B%zz"))}, "", true},
	} {
		m := policy(snapshot.Meta{Location: collecttest.At}, types.ManagedPolicyDetail{PolicyVersionList: tt.versions})
		got, err := m.Document.Get()
		var u *snapshot.Unread
		if got != tt.want || (err != nil) != tt.fails || tt.fails && (!errors.As(err, &u) || u.Cause != snapshot.Malformed) {
			t.Errorf("%s: %q, %v; want %q", tt.name, got, err, tt.want)
		}
	}
}

func TestNilPointersEverywhere(t *testing.T) {
	at := snapshot.Meta{Location: collecttest.At}
	if diff := cmp.Diff(snapshot.Meta{Location: collecttest.At}, user(at, types.UserDetail{}).Meta); diff != "" {
		t.Errorf("user (-want +got)\n%s", diff)
	}
	p := policy(at, types.ManagedPolicyDetail{})
	if p.AttachmentCount != nil || p.BoundaryUsageCount != nil || !p.InUse() {
		t.Errorf("policy %+v: what is absent is not zero", p)
	}
}

func TestPoliciesOfAWSOnlyInUse(t *testing.T) {
	detail := func(arn string, attachments, boundaries int32) types.ManagedPolicyDetail {
		return types.ManagedPolicyDetail{Arn: &arn, PolicyName: &arn, AttachmentCount: &attachments, PermissionsBoundaryUsageCount: &boundaries}
	}
	s := mocks.Start(t, mocks.Options{})
	mocks.Reply(s, "", &iam.GetAccountAuthorizationDetailsOutput{Policies: []types.ManagedPolicyDetail{
		detail("arn:aws:iam::aws:policy/Attached", 1, 0), detail("arn:aws:iam::aws:policy/Boundary", 0, 1),
		detail("arn:aws:iam::aws:policy/Unused", 0, 0), detail(prefix+"policy/mine", 0, 0),
	}})
	in := collecttest.Scope("iam:GetAccountAuthorizationDetails")
	var got []string
	for _, p := range Collect(context.Background(), in, client(s), noWait).Policies {
		got = append(got, p.Name)
	}
	if diff := cmp.Diff([]string{"arn:aws:iam::aws:policy/Attached", "arn:aws:iam::aws:policy/Boundary", prefix + "policy/mine"}, got); diff != "" {
		t.Errorf("policies (-want +got)\n%s", diff)
	}
}

func TestTruncatedWithoutAMarkerIsNotTheEnd(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	page := &iam.GetAccountAuthorizationDetailsOutput{UserDetailList: []types.UserDetail{named("anna", before)}, IsTruncated: true, Marker: aws.String("")}
	mocks.Reply(s, "", page)
	in := collecttest.Scope("iam:GetAccountAuthorizationDetails")
	Collect(context.Background(), in, client(s), noWait)
	collecttest.Covered(t, in, "iam:GetAccountAuthorizationDetails", snapshot.Global, snapshot.Malformed)
}

func TestJoinOfReportedAndListedKeys(t *testing.T) {
	early, late := before.AddDate(-1, 0, 0), before
	listed := func(id string, created time.Time) types.AccessKeyMetadata {
		return types.AccessKeyMetadata{AccessKeyId: &id, CreateDate: &created, Status: types.StatusTypeActive}
	}
	row := func(created ...time.Time) snapshot.CredentialRow {
		r := snapshot.CredentialRow{User: "u", ARN: "u", Generated: generated}
		for i, c := range created {
			r.Keys[i] = snapshot.CredentialKey{Active: "true", LastRotated: c}
		}
		return r
	}
	for _, tt := range []struct {
		name   string
		row    snapshot.CredentialRow
		listed []types.AccessKeyMetadata
		whole  bool
		want   []string
	}{
		{"by date, not by order", row(late, early), []types.AccessKeyMetadata{listed("E", early), listed("L", late)}, true, []string{"L 2026", "E 2025"}},
		{"by the second", row(late, early), []types.AccessKeyMetadata{listed("E", early.Add(300*time.Millisecond)), listed("L", late.Add(200*time.Millisecond))}, true, []string{"L 2026", "E 2025"}},
		{"by order where no date fits", row(late, early), []types.AccessKeyMetadata{listed("A", before.AddDate(-2, 0, 0)), listed("E", early)}, true, []string{"A 2026", "E 2025"}},
		{"no date in the report", row(time.Time{}), []types.AccessKeyMetadata{listed("A", early)}, true, []string{"A 2025"}},
		{"deleted since", row(late, early), []types.AccessKeyMetadata{listed("E", early)}, true, []string{"E 2025"}},
		{"deleted since, and another made", row(early), []types.AccessKeyMetadata{listed("N", after)}, true, []string{"N 2026"}},
		{"a third key", row(late, early), []types.AccessKeyMetadata{listed("E", early), listed("L", late), listed("T", early.AddDate(-1, 0, 0))}, true, []string{"L 2026", "E 2025", "T 2024"}},
		{"not listed to the end", row(late, early), []types.AccessKeyMetadata{listed("E", early)}, false, []string{" 2026", "E 2025"}},
		{"not listed", row(late, early), nil, false, []string{" 2026", " 2025"}},
	} {
		var got []string
		for _, k := range join(snapshot.Meta{}, tt.row, tt.listed, tt.whole) {
			got = append(got, fmt.Sprint(k.KeyID, " ", k.Created.Year()))
			if !k.Active || k.Created.IsZero() || !k.Reported.Equal(generated) {
				t.Errorf("%s: %+v", tt.name, k)
			}
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", tt.name, diff)
		}
	}
}

func TestCancelledScanKeepsReportedKeys(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	in := collecttest.Scope("iam:GetCredentialReport", "iam:ListAccessKeys").In(snapshot.Global)
	report := snapshot.Value([]snapshot.CredentialRow{{User: "u", ARN: "u", Keys: [2]snapshot.CredentialKey{{Active: "true", LastRotated: before}}, Generated: generated}})
	api := client(mocks.Start(t, mocks.Options{}))
	got := accessKeys(ctx, in, api, report, entities{})
	if len(got) != 1 || got[0].ARN != "u/accesskey/1" {
		t.Errorf("keys %+v; want the reported one", got)
	}
	if c := in.Calls.Coverage(); len(c) != 2 || c[1].Status != snapshot.Cancelled {
		t.Errorf("coverage %+v", c)
	}
}

var _ collect.Pages[iam.Options, *iam.ListAccessKeysOutput] = (*watched[*iam.ListAccessKeysOutput])(nil)
