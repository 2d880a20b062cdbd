package iam

import (
	"context"
	"errors"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/google/go-cmp/cmp"

	"onus/mocks"
	"onus/scanner/collect/collecttest"
	"onus/scanner/snapshot"
)

// identitiesAnswer is one of everything that the authorization details tell of.
func identitiesAnswer() *iam.GetAccountAuthorizationDetailsOutput {
	attached := []types.AttachedPolicy{{PolicyArn: aws.String("arn:aws:iam::aws:policy/ReadOnlyAccess"), PolicyName: aws.String("ReadOnlyAccess")}}
	anna := named("anna", before)
	anna.Path, anna.GroupList = aws.String("/team/"), []string{"devs"}
	anna.UserPolicyList = []types.PolicyDetail{{PolicyName: aws.String("own"), PolicyDocument: aws.String("%7B%22a%22:%22b+c%22%7D")}}
	anna.PermissionsBoundary = &types.AttachedPermissionsBoundary{PermissionsBoundaryArn: aws.String(prefix + "policy/b")}
	return &iam.GetAccountAuthorizationDetailsOutput{
		Policies:       []types.ManagedPolicyDetail{{Arn: attached[0].PolicyArn, PolicyName: attached[0].PolicyName, AttachmentCount: aws.Int32(2)}},
		UserDetailList: []types.UserDetail{anna, named("bot", before)},
		GroupDetailList: []types.GroupDetail{
			{Arn: aws.String(prefix + "group/devs"), GroupName: aws.String("devs"), GroupId: aws.String("AGPA1"), Path: aws.String("/"), CreateDate: &before, AttachedManagedPolicies: attached},
			{Arn: aws.String(prefix + "group/empty"), GroupName: aws.String("empty")},
		},
		RoleDetailList: []types.RoleDetail{
			{
				Arn: aws.String(prefix + "role/app"), RoleName: aws.String("app"), RoleId: aws.String("AROA1"), Path: aws.String("/"), CreateDate: &before,
				AssumeRolePolicyDocument: aws.String("%7B%22t%22:1%7D"), AttachedManagedPolicies: attached, RoleLastUsed: &types.RoleLastUsed{},
				InstanceProfileList: []types.InstanceProfile{{Arn: aws.String(prefix + "instance-profile/other")}},
				Tags:                []types.Tag{{Key: aws.String("team"), Value: aws.String("shop")}},
			},
			{Arn: aws.String(prefix + "role/aws-service-role/x/y"), RoleName: aws.String("y"), Path: aws.String("/aws-service-role/x/"), RoleLastUsed: &types.RoleLastUsed{LastUsedDate: &after, Region: aws.String("eu-west-1")}},
		},
	}
}

func TestIdentitiesOverPages(t *testing.T) {
	s := mocks.Start(t, mocks.Options{PageSize: map[string]int{"iam:GetAccountAuthorizationDetails": 1}})
	mocks.Reply(s, "", identitiesAnswer())
	in := collecttest.Scope("iam:GetAccountAuthorizationDetails")
	got := Collect(context.Background(), in, client(s), noWait)
	if len(got.Users) != 2 || len(got.Groups) != 2 || len(got.Roles) != 2 {
		t.Fatalf("%+v", got)
	}
	anna := got.Users[0]
	if diff := cmp.Diff([]string{"devs"}, anna.Groups); diff != "" || anna.Path != "/team/" || anna.BoundaryARN != prefix+"policy/b" || len(anna.Attached) != 0 {
		t.Errorf("anna %+v %s", anna, diff)
	}
	if p := anna.Inline[0]; p.ARN != prefix+"user/anna/inline-policy/own" || p.Owner != anna.ARN {
		t.Errorf("inline policy %+v", p)
	}
	if text, err := anna.Inline[0].Document.Get(); err != nil || text != `{"a":"b+c"}` {
		t.Errorf("a + stays a +: %q, %v", text, err)
	}
	// Members stand on other pages than their group, or on earlier ones.
	for i, want := range [][]string{{"anna"}, nil} {
		members, err := got.Groups[i].Members.Get()
		if diff := cmp.Diff(want, members); err != nil || diff != "" {
			t.Errorf("%s: %v %s", got.Groups[i].Name, err, diff)
		}
	}
	holders, err := got.Policies[0].Holders.Get()
	if diff := cmp.Diff([]string{prefix + "group/devs", prefix + "role/app"}, holders); err != nil || diff != "" {
		t.Errorf("holders: %v %s", err, diff)
	}
	app, linked := got.Roles[0], got.Roles[1]
	if trust, err := app.Trust.Get(); err != nil || trust != `{"t":1}` || app.Tags["team"] != "shop" || app.LastUsed == nil || !app.LastUsed.At.IsZero() || app.Profiles[0] != prefix+"instance-profile/other" {
		t.Errorf("app %+v, %v", app, err)
	}
	if _, err := linked.Trust.Get(); err == nil || !linked.ServiceLinked() || linked.Reserved() || !linked.LastUsed.At.Equal(after) || linked.LastUsed.Region != "eu-west-1" {
		t.Errorf("service-linked %+v, %v", linked, err)
	}
}

func TestMembersAreUnknownUntilAllUsersAreRead(t *testing.T) {
	for kind, want := range map[mocks.Kind]snapshot.Cause{mocks.Denied: snapshot.Denied, mocks.RepeatToken: snapshot.Malformed} {
		s := mocks.Start(t, mocks.Options{PageSize: map[string]int{"iam:GetAccountAuthorizationDetails": 3}})
		mocks.Reply(s, "", identitiesAnswer())
		s.Fault(mocks.Fault{Operation: "iam:GetAccountAuthorizationDetails", Kind: kind, FromPage: 2})
		in := collecttest.Scope("iam:GetAccountAuthorizationDetails")
		got := Collect(context.Background(), in, client(s), noWait)
		collecttest.Covered(t, in, "iam:GetAccountAuthorizationDetails", snapshot.Global, want)
		if len(got.Groups) == 0 {
			t.Fatalf("%v: no group was read", kind)
		}
		var u *snapshot.Unread
		if members, err := got.Groups[0].Members.Get(); !errors.As(err, &u) || u.Cause != want {
			t.Errorf("%v: members %v, %v; want %s", kind, members, err, want)
		}
	}
}

func TestIdentitiesWithNilPointersEverywhere(t *testing.T) {
	at := snapshot.Meta{Location: collecttest.At}
	if g := group(at, types.GroupDetail{}); g.Name != "" || len(g.Attached) != 0 {
		t.Errorf("group %+v", g)
	}
	r := role(at, types.RoleDetail{InstanceProfileList: []types.InstanceProfile{{}}, RolePolicyList: []types.PolicyDetail{{}}, AttachedManagedPolicies: []types.AttachedPolicy{{}}})
	if _, err := r.Trust.Get(); err == nil || r.LastUsed != nil || len(r.Inline) != 1 {
		t.Errorf("role %+v, %v: what is absent is unread", r, err)
	}
	if _, err := r.Inline[0].Document.Get(); err == nil {
		t.Error("a policy without a document was read")
	}
}

func TestCredentialsOfAUser(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	reply(s, line("anna", "true", "true"), line("late", "true", "true"))
	users(s, named("anna", before), named("late", after))
	in := collecttest.Scope("iam:GetCredentialReport", "iam:GetAccountAuthorizationDetails")
	got := Collect(context.Background(), in, client(s), noWait).Users
	if row, err := got[0].Credentials.Get(); err != nil || row == nil || row.User != "anna" {
		t.Errorf("anna: %+v, %v", row, err)
	}
	if row, err := got[1].Credentials.Get(); err != nil || row != nil {
		t.Errorf("late: %+v, %v; want a report that does not know this user", row, err)
	}
}
