package iam

import (
	"context"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/google/go-cmp/cmp"

	"onus/mocks"
	"onus/scanner/collect"
	"onus/scanner/collect/collecttest"
	"onus/scanner/snapshot"
)

func profile(name string, roles ...string) types.InstanceProfile {
	p := types.InstanceProfile{InstanceProfileName: &name, Arn: aws.String(prefix + "instance-profile/" + name), InstanceProfileId: aws.String("AIPA" + name),
		Path: aws.String("/"), CreateDate: &before, Roles: []types.Role{}}
	for _, r := range roles {
		p.Roles = append(p.Roles, types.Role{Arn: aws.String(prefix + "role/" + r), RoleName: aws.String(r), RoleId: aws.String("AROA" + r), Path: aws.String("/"), CreateDate: &before})
	}
	return p
}

func profiles(t *testing.T, s *mocks.Server) ([]snapshot.InstanceProfile, collect.Scope) {
	t.Helper()
	in := collecttest.Scope(profilesOp)
	return Collect(context.Background(), in, client(s), noWait).InstanceProfiles, in
}

func TestInstanceProfilesOverPages(t *testing.T) {
	s := mocks.Start(t, mocks.Options{PageSize: map[string]int{profilesOp: 1}})
	mocks.Reply(s, "", &iam.ListInstanceProfilesOutput{InstanceProfiles: []types.InstanceProfile{profile("web", "web-role"), profile("empty")}})
	s.Fault(mocks.Fault{Operation: profilesOp, Kind: mocks.Throttled, First: 1})
	got, in := profiles(t, s)
	if len(got) != 2 || got[0].ARN != prefix+"instance-profile/web" || got[0].Name != "web" || got[0].ID != "AIPAweb" || got[0].Region != snapshot.Global || len(got[0].Calls) != 1 || len(got[1].Roles) != 0 {
		t.Fatalf("profiles %+v", got)
	}
	if diff := cmp.Diff([]string{prefix + "role/web-role"}, got[0].Roles); diff != "" {
		t.Errorf("roles (-want +got):\n%s", diff)
	}
	collecttest.Covered(t, in, profilesOp, snapshot.Global, snapshot.OK)
}

func TestInstanceProfilesThatAreNotRead(t *testing.T) {
	for kind, want := range map[mocks.Kind]snapshot.Cause{mocks.Denied: snapshot.Denied, mocks.RepeatToken: snapshot.Malformed, mocks.Truncated: snapshot.Malformed} {
		s := mocks.Start(t, mocks.Options{PageSize: map[string]int{profilesOp: 1}, Lenient: true})
		mocks.Reply(s, "", &iam.ListInstanceProfilesOutput{InstanceProfiles: []types.InstanceProfile{profile("a"), profile("b"), profile("c")}})
		s.Fault(mocks.Fault{Operation: profilesOp, Kind: kind, FromPage: 2})
		_, in := profiles(t, s)
		collecttest.Covered(t, in, profilesOp, snapshot.Global, want)
	}
	s := mocks.Start(t, mocks.Options{})
	mocks.Reply(s, "", &iam.ListInstanceProfilesOutput{InstanceProfiles: []types.InstanceProfile{}})
	_, in := profiles(t, s)
	collecttest.Covered(t, in, profilesOp, snapshot.Global, snapshot.OK)
}

func TestMappingOfAnEmptyProfile(t *testing.T) {
	if p := instanceProfile(snapshot.Meta{}, types.InstanceProfile{Roles: []types.Role{{}}}); p.ARN != "" || len(p.Roles) != 1 {
		t.Errorf("profile %+v", p)
	}
}
