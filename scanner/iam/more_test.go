package iam

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
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
	"onus/scanner/wire"
)

func run(s *mocks.Server, wanted ...string) (snapshot.IAM, collect.Scope) {
	in := collecttest.Scope(wanted...)
	return Collect(context.Background(), in, client(s), noWait), in
}

func providers(s *mocks.Server) {
	mocks.Reply(s, "", &iam.ListOpenIDConnectProvidersOutput{OpenIDConnectProviderList: []types.OpenIDConnectProviderListEntry{{Arn: aws.String(prefix + "oidc-provider/token.actions.githubusercontent.com")}, {Arn: aws.String(prefix + "oidc-provider/oidc.circleci.com/org/1")}}})
	mocks.Handle(s, func(_ *mocks.Request, in *iam.GetOpenIDConnectProviderInput) (*iam.GetOpenIDConnectProviderOutput, error) {
		out := &iam.GetOpenIDConnectProviderOutput{Tags: []types.Tag{{Key: aws.String("owner"), Value: aws.String("ci")}}}
		if strings.Contains(*in.OpenIDConnectProviderArn, "github") {
			out.ClientIDList = []string{"sts.amazonaws.com"}
		}
		return out, nil
	})
	mocks.Reply(s, "", &iam.ListSAMLProvidersOutput{SAMLProviderList: []types.SAMLProviderListEntry{{Arn: aws.String(prefix + "saml-provider/Okta"), ValidUntil: &after}, {Arn: aws.String(prefix + "saml-provider/Old")}}})
	mocks.Reply(s, "", &iam.GetSAMLProviderOutput{ValidUntil: &before})
}

func TestProviders(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	providers(s)
	got, in := run(s, oidcsOp, oidcOp, samlsOp, samlOp)
	if len(got.OIDCProviders) != 2 || len(got.SAMLProviders) != 2 {
		t.Fatalf("%+v", got)
	}
	github, circle := got.OIDCProviders[0], got.OIDCProviders[1]
	ids, err := github.ClientIDs.Get()
	none, err2 := circle.ClientIDs.Get()
	if errors.Join(err, err2) != nil || !slices.Equal(ids, []string{"sts.amazonaws.com"}) || len(none) != 0 || circle.Name != "oidc.circleci.com/org/1" || github.Tags["owner"] != "ci" {
		t.Errorf("%+v %+v", github, circle)
	}
	okta, err := got.SAMLProviders[0].ValidUntil.Get()
	old, err2 := got.SAMLProviders[1].ValidUntil.Get()
	if errors.Join(err, err2) != nil || !okta.Equal(after) || !old.Equal(before) || got.SAMLProviders[0].Name != "Okta" || s.Count(samlOp) != 1 {
		t.Errorf("%v %v, %d asked alone, want the one whose end the list lacks", okta, old, s.Count(samlOp))
	}
	for _, op := range []string{oidcsOp, oidcOp, samlsOp, samlOp} {
		collecttest.Covered(t, in, op, snapshot.Global, snapshot.OK)
	}
}

func TestNoProviders(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	mocks.Reply(s, "", &iam.ListOpenIDConnectProvidersOutput{})
	mocks.Reply(s, "", &iam.ListSAMLProvidersOutput{})
	_, in := run(s, oidcsOp, oidcOp, samlsOp, samlOp)
	for _, op := range []string{oidcsOp, oidcOp, samlsOp, samlOp} {
		collecttest.Covered(t, in, op, snapshot.Global, snapshot.OK)
	}
}

func TestOrganizationFeatures(t *testing.T) {
	const op = "iam:ListOrganizationsFeatures"
	refuse := func(code string) func(*mocks.Server) {
		return func(s *mocks.Server) {
			mocks.Refuse(s, "", op, &mocks.Error{Status: http.StatusBadRequest, Code: code})
		}
	}
	for name, tt := range map[string]struct {
		serve func(*mocks.Server)
		want  snapshot.OrganizationFeatures
		cause snapshot.Cause
	}{
		"on": {func(s *mocks.Server) {
			mocks.Reply(s, "", &iam.ListOrganizationsFeaturesOutput{OrganizationId: aws.String("o-1"), EnabledFeatures: []types.FeatureType{types.FeatureTypeRootCredentialsManagement}})
		}, snapshot.OrganizationFeatures{Enabled: []string{"RootCredentialsManagement"}}, snapshot.OK},
		"none in the answer": {func(s *mocks.Server) {
			mocks.Reply(s, "", &iam.ListOrganizationsFeaturesOutput{OrganizationId: aws.String("o-1")})
		}, snapshot.OrganizationFeatures{}, snapshot.OK},
		"off":      {refuse("ServiceAccessNotEnabledException"), snapshot.OrganizationFeatures{Refused: "ServiceAccessNotEnabled"}, snapshot.OK},
		"a member": {refuse("AccountNotManagementOrDelegatedAdministratorException"), snapshot.OrganizationFeatures{Refused: "AccountNotManagementOrDelegatedAdministrator"}, snapshot.OK},
		"denied":   {refuse("AccessDenied"), snapshot.OrganizationFeatures{}, snapshot.Denied},
	} {
		s := mocks.Start(t, mocks.Options{})
		tt.serve(s)
		got, in := run(s, op)
		f, err := got.Features.Get()
		if diff := cmp.Diff(tt.want, f); diff != "" || (err == nil) != (tt.cause == snapshot.OK) {
			t.Errorf("%s: %v %s", name, err, diff)
		}
		collecttest.Covered(t, in, op, snapshot.Global, tt.cause)
	}
}

// crowd is n users with a password and MFA; each third has a device of no virtual kind.
func crowd(s *mocks.Server, n int) {
	account(s)
	var list []types.UserDetail
	var lines []string
	var virtual []types.VirtualMFADevice
	for i := range n {
		name := fmt.Sprintf("u%03d", i)
		list = append(list, named(name, before))
		lines = append(lines, line(name, "true", "true"))
		if i%3 > 0 {
			virtual = append(virtual, types.VirtualMFADevice{SerialNumber: aws.String(prefix + "mfa/" + name), EnableDate: &before, User: &types.User{Arn: aws.String(prefix + "user/" + name), UserName: &name, UserId: &name, Path: aws.String("/"), CreateDate: &before}})
		}
	}
	users(s, list...)
	reply(s, lines...)
	mocks.Reply(s, "", &iam.ListVirtualMFADevicesOutput{VirtualMFADevices: virtual})
	mocks.Reply(s, "", &iam.ListMFADevicesOutput{MFADevices: []types.MFADevice{{UserName: aws.String("u"), SerialNumber: aws.String("GAHT12345678"), EnableDate: &before}}})
}

func TestDevicesAreAskedForOnlyWhereNoListTells(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	crowd(s, 9)
	got, in := run(s, append(everything, virtualOp)...)
	for i, u := range got.Users {
		list, err := u.Devices.Get()
		want := prefix + "mfa/" + u.Name
		if i%3 == 0 {
			want = "GAHT12345678"
		}
		if err != nil || len(list) != 1 || list[0].SerialNumber != want {
			t.Errorf("%s: %+v, %v; want %s", u.Name, list, err, want)
		}
	}
	if n := s.Count(devicesOp); n != 3 {
		t.Errorf("%d users were asked about, want the 3 without a virtual device", n)
	}
	collecttest.Covered(t, in, devicesOp, snapshot.Global, snapshot.OK)
}

func TestDevicesWhenTheListsFail(t *testing.T) {
	for name, tt := range map[string]struct {
		fault mocks.Fault
		asked int
		read  bool
	}{
		"virtual devices denied: all are asked":  {mocks.Fault{Operation: virtualOp, Kind: mocks.Denied}, 9, true},
		"a user's devices denied":                {mocks.Fault{Operation: devicesOp, Kind: mocks.Denied}, 3, false},
		"without a report nobody is known":       {mocks.Fault{Operation: "iam:GetCredentialReport", Kind: mocks.Denied}, 0, false},
		"devices that never end are not a value": {mocks.Fault{Operation: devicesOp, Kind: mocks.RepeatToken}, 6, false},
	} {
		s := mocks.Start(t, mocks.Options{Lenient: true, PageSize: map[string]int{devicesOp: 1}})
		crowd(s, 9)
		s.Fault(tt.fault)
		got, _ := run(s, append(everything, virtualOp)...)
		if _, err := got.Users[0].Devices.Get(); (err == nil) != tt.read {
			t.Errorf("%s: %v", name, err)
		}
		if n := s.Count(devicesOp); n != tt.asked {
			t.Errorf("%s: %d requests, want %d", name, n, tt.asked)
		}
	}
}

// TestRequestsDoNotGrowWithTheNumberOfPrincipals: but for facts that exist nowhere else.
func TestRequestsDoNotGrowWithTheNumberOfPrincipals(t *testing.T) {
	count := func(n int) map[string]int {
		s := mocks.Start(t, mocks.Options{Lenient: true})
		crowd(s, n)
		providers(s)
		var roles []types.Role
		details := &iam.GetAccountAuthorizationDetailsOutput{}
		for i := range n {
			name := fmt.Sprintf("r%03d", i)
			details.UserDetailList = append(details.UserDetailList, named(fmt.Sprintf("u%03d", i), before))
			details.RoleDetailList = append(details.RoleDetailList, types.RoleDetail{Arn: aws.String(prefix + "role/" + name), RoleName: &name, Path: aws.String("/")})
			roles = append(roles, types.Role{Arn: aws.String(prefix + "role/" + name), RoleName: &name, RoleId: &name, Path: aws.String("/"), CreateDate: &before, MaxSessionDuration: aws.Int32(3600)})
		}
		mocks.Reply(s, "eu-west-1", details)
		mocks.Reply(s, "", &iam.ListRolesOutput{Roles: roles})
		mocks.Reply(s, "", &iam.ListSSHPublicKeysOutput{})
		mocks.Reply(s, "", &iam.ListServiceSpecificCredentialsOutput{})
		mocks.Reply(s, "", &iam.ListOrganizationsFeaturesOutput{})
		var all []string
		for op := range wire.Permitted {
			if strings.HasPrefix(op, "iam:") && op != jobOp && op != historyOp {
				all = append(all, op)
			}
		}
		got, _ := run(s, all...)
		if len(got.Users) != n || len(got.Roles) != n {
			t.Fatalf("%d users and %d roles, want %d", len(got.Users), len(got.Roles), n)
		}
		return s.Counts()
	}
	few, many := count(3), count(30)
	alone := map[string]string{
		sshOp:     "no list tells of SSH keys",
		devicesOp: "no list tells which devices of no virtual kind a user has",
	}
	for op, n := range many {
		if why := alone[op]; n > few[op] && why == "" {
			t.Errorf("%s: %d requests for 30 users and 30 roles, %d for 3", op, n, few[op])
		}
	}
	if many[sshOp] != 30 || many[devicesOp] != 10 {
		t.Errorf("%d requests for SSH keys and %d for devices", many[sshOp], many[devicesOp])
	}
}

func TestSSHKeys(t *testing.T) {
	s := mocks.Start(t, mocks.Options{PageSize: map[string]int{sshOp: 1}})
	users(s, named("anna", before), named("ben", before))
	mocks.Handle(s, func(_ *mocks.Request, in *iam.ListSSHPublicKeysInput) (*iam.ListSSHPublicKeysOutput, error) {
		if *in.UserName == "ben" {
			return nil, &mocks.Error{Status: http.StatusForbidden, Code: "AccessDenied"}
		}
		return &iam.ListSSHPublicKeysOutput{SSHPublicKeys: []types.SSHPublicKeyMetadata{
			{SSHPublicKeyId: aws.String("APKA1"), Status: types.StatusTypeActive, UploadDate: &before, UserName: in.UserName},
			{SSHPublicKeyId: aws.String("APKA2"), Status: types.StatusTypeInactive, UploadDate: &after, UserName: in.UserName},
		}}, nil
	})
	got, in := run(s, detailsOp, sshOp)
	keys, err := got.Users[0].SSHKeys.Get()
	want := []snapshot.SSHKey{{ID: "APKA1", Active: true, Uploaded: before}, {ID: "APKA2", Uploaded: after}}
	if diff := cmp.Diff(want, keys); diff != "" || err != nil {
		t.Errorf("%v %s", err, diff)
	}
	if _, err := got.Users[1].SSHKeys.Get(); err == nil {
		t.Error("ben's keys were denied")
	}
	collecttest.Covered(t, in, sshOp, snapshot.Global, snapshot.Denied)
}

func credential(user, id string) types.ServiceSpecificCredentialMetadata {
	return types.ServiceSpecificCredentialMetadata{UserName: &user, ServiceSpecificCredentialId: &id, ServiceName: aws.String("bedrock.amazonaws.com"), Status: types.StatusTypeActive, CreateDate: &before, ExpirationDate: &after}
}

func TestServiceCredentialsOfAllUsersInOneList(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	users(s, named("anna", before), named("ben", before))
	pages := map[string]*iam.ListServiceSpecificCredentialsOutput{
		"":  {IsTruncated: true, Marker: aws.String("2"), ServiceSpecificCredentials: []types.ServiceSpecificCredentialMetadata{credential("anna", "ACCA1"), credential("ben", "ACCA2")}},
		"2": {ServiceSpecificCredentials: []types.ServiceSpecificCredentialMetadata{credential("anna", "ACCA3")}},
	}
	mocks.Handle(s, func(_ *mocks.Request, in *iam.ListServiceSpecificCredentialsInput) (*iam.ListServiceSpecificCredentialsOutput, error) {
		return pages[aws.ToString(in.Marker)], nil
	})
	got, in := run(s, detailsOp, serviceOp)
	anna, err := got.Users[0].ServiceCredentials.Get()
	ben, err2 := got.Users[1].ServiceCredentials.Get()
	if errors.Join(err, err2) != nil || len(anna) != 2 || len(ben) != 1 || !anna[0].Expires.Equal(after) || anna[1].ID != "ACCA3" || !ben[0].Active {
		t.Errorf("%+v %+v %v %v", anna, ben, err, err2)
	}
	if n := s.Count(serviceOp); n != 2 {
		t.Errorf("%d requests, want 2 pages", n)
	}
	collecttest.Covered(t, in, serviceOp, snapshot.Global, snapshot.OK)
}

func TestServiceCredentialsWhereAllUsersIsRefused(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	users(s, named("anna", before), named("ben", before))
	mocks.Handle(s, func(_ *mocks.Request, in *iam.ListServiceSpecificCredentialsInput) (*iam.ListServiceSpecificCredentialsOutput, error) {
		if aws.ToBool(in.AllUsers) {
			return nil, &mocks.Error{Status: http.StatusBadRequest, Code: "ValidationError"}
		}
		if *in.UserName == "ben" {
			return nil, &mocks.Error{Status: http.StatusForbidden, Code: "AccessDenied"}
		}
		return &iam.ListServiceSpecificCredentialsOutput{ServiceSpecificCredentials: []types.ServiceSpecificCredentialMetadata{credential("anna", "ACCA1")}}, nil
	})
	got, in := run(s, detailsOp, serviceOp)
	if anna, err := got.Users[0].ServiceCredentials.Get(); err != nil || len(anna) != 1 {
		t.Errorf("%+v %v", anna, err)
	}
	if _, err := got.Users[1].ServiceCredentials.Get(); err == nil {
		t.Error("ben's were denied")
	}
	collecttest.Covered(t, in, serviceOp, snapshot.Global, snapshot.Denied)
}

func TestServiceCredentialsThatCannotBeListed(t *testing.T) {
	for _, answer := range []*iam.ListServiceSpecificCredentialsOutput{{IsTruncated: true}, {IsTruncated: true, Marker: aws.String("again")}} {
		s := mocks.Start(t, mocks.Options{Lenient: true})
		users(s, named("anna", before))
		mocks.Handle(s, func(*mocks.Request, *iam.ListServiceSpecificCredentialsInput) (*iam.ListServiceSpecificCredentialsOutput, error) {
			return answer, nil
		})
		got, in := run(s, detailsOp, serviceOp)
		if list, err := got.Users[0].ServiceCredentials.Get(); err == nil {
			t.Errorf("half a list: %+v", list)
		}
		collecttest.Covered(t, in, serviceOp, snapshot.Global, snapshot.Malformed)
	}
}

func TestWhereKeysWereLastUsed(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	account(s)
	used := strings.Replace(line("anna", "false", "false", "true", "2026-03-04T05:06:07+00:00"), "N/A,N/A,N/A,N/A,N/A,N/A\n", "2026-10-01T00:00:00+00:00,N/A,eu-west-1,s3,N/A,N/A\n", 1)
	reply(s, used)
	users(s, named("anna", before))
	mocks.Reply(s, "", &iam.ListAccessKeysOutput{AccessKeyMetadata: []types.AccessKeyMetadata{
		{AccessKeyId: aws.String("AKIA1"), CreateDate: &before, Status: types.StatusTypeActive}, {AccessKeyId: aws.String("AKIA2"), CreateDate: &after, Status: types.StatusTypeActive},
	}})
	mocks.Reply(s, "", &iam.GetAccessKeyLastUsedOutput{UserName: aws.String("anna"), AccessKeyLastUsed: &types.AccessKeyLastUsed{LastUsedDate: &after, Region: aws.String("us-east-1"), ServiceName: aws.String("sts")}})
	got, in := run(s, append(everything, keyUseOp)...)
	want := map[string]snapshot.KeyUse{"AKIA1": {Region: "eu-west-1", Service: "s3"}, "AKIA2": {Region: "us-east-1", Service: "sts"}}
	for _, k := range got.AccessKeys {
		if use, err := k.LastUse.Get(); err != nil || use != want[k.KeyID] {
			t.Errorf("%s: %+v, %v", k.KeyID, use, err)
		}
	}
	if len(got.AccessKeys) != 2 || s.Count(keyUseOp) != 1 {
		t.Errorf("%d keys, %d asked about; want only the one that the report does not know", len(got.AccessKeys), s.Count(keyUseOp))
	}
	collecttest.Covered(t, in, keyUseOp, snapshot.Global, snapshot.OK)
}

func TestSessionsByOneList(t *testing.T) {
	s := mocks.Start(t, mocks.Options{PageSize: map[string]int{rolesOp: 1}})
	mocks.Reply(s, "", &iam.GetAccountAuthorizationDetailsOutput{RoleDetailList: []types.RoleDetail{{Arn: aws.String(prefix + "role/a")}, {Arn: aws.String(prefix + "role/b")}, {Arn: aws.String(prefix + "role/gone")}}})
	role := func(name string, seconds *int32) types.Role {
		return types.Role{Arn: aws.String(prefix + "role/" + name), RoleName: &name, RoleId: &name, Path: aws.String("/"), CreateDate: &before, MaxSessionDuration: seconds}
	}
	mocks.Reply(s, "", &iam.ListRolesOutput{Roles: []types.Role{role("a", aws.Int32(43200)), role("b", nil)}})
	got, in := run(s, detailsOp, rolesOp)
	if d, err := got.Roles[0].MaxSession.Get(); err != nil || d != 12*time.Hour {
		t.Errorf("%v, %v", d, err)
	}
	var u *snapshot.Unread
	if _, err := got.Roles[1].MaxSession.Get(); !errors.As(err, &u) || u.Cause != snapshot.Malformed {
		t.Errorf("absent is no default: %v", err)
	}
	if _, err := got.Roles[2].MaxSession.Get(); !errors.As(err, &u) || u.Cause != snapshot.Changed {
		t.Errorf("a role that went away: %v", err)
	}
	collecttest.Covered(t, in, rolesOp, snapshot.Global, snapshot.OK)
}

func managed(name string, ids ...string) types.ManagedPolicyDetail {
	p := types.ManagedPolicyDetail{Arn: aws.String(prefix + "policy/" + name), PolicyName: &name, AttachmentCount: aws.Int32(1), PermissionsBoundaryUsageCount: aws.Int32(0), DefaultVersionId: &ids[0]}
	for i, id := range ids {
		p.PolicyVersionList = append(p.PolicyVersionList, types.PolicyVersion{VersionId: &id, IsDefaultVersion: i == 0, Document: aws.String("details " + id)})
	}
	return p
}

func TestVersionsOfPolicies(t *testing.T) {
	s := mocks.Start(t, mocks.Options{PageSize: map[string]int{versionsOp: 1}})
	unused := managed("unused", "v7")
	unused.AttachmentCount = aws.Int32(0)
	amazon := managed("amazon", "v9")
	amazon.Arn = aws.String("arn:aws:iam::aws:policy/amazon")
	mocks.Reply(s, "", &iam.GetAccountAuthorizationDetailsOutput{Policies: []types.ManagedPolicyDetail{managed("whole", "v2", "v1"), managed("gap", "v3", "v1"), managed("one", "v2"), unused, amazon}})
	mocks.Handle(s, func(_ *mocks.Request, in *iam.ListPolicyVersionsInput) (*iam.ListPolicyVersionsOutput, error) {
		if strings.HasSuffix(*in.PolicyArn, "gap") {
			return &iam.ListPolicyVersionsOutput{Versions: []types.PolicyVersion{{VersionId: aws.String("v3"), IsDefaultVersion: true}, {VersionId: aws.String("v1")}}}, nil
		}
		return &iam.ListPolicyVersionsOutput{Versions: []types.PolicyVersion{{VersionId: aws.String("v2"), IsDefaultVersion: true}, {VersionId: aws.String("v1")}}}, nil
	})
	mocks.Reply(s, "", &iam.GetPolicyVersionOutput{PolicyVersion: &types.PolicyVersion{VersionId: aws.String("v1"), Document: aws.String("%7Basked+%7D")}})
	got, in := run(s, detailsOp, versionsOp, versionOp)
	want := map[string]string{"whole": "details v2, details v1", "gap": "details v3, details v1", "one": "details v2, {asked+}"}
	for _, p := range got.Policies {
		list, err := p.Versions.Get()
		var texts []string
		for _, v := range list {
			text, err := v.Document.Get()
			texts = append(texts, text)
			if err != nil {
				t.Errorf("%s %s: %v", p.Name, v.ID, err)
			}
		}
		if w, asked := want[p.Name]; asked != (err == nil) || strings.Join(texts, ", ") != w {
			t.Errorf("%s: %q, %v; want %q", p.Name, texts, err, w)
		}
	}
	if s.Count(versionOp) != 1 || s.Count(versionsOp) != 4 {
		t.Errorf("%d texts and %d pages of versions were asked for, want 1 and 4", s.Count(versionOp), s.Count(versionsOp))
	}
	collecttest.Covered(t, in, versionsOp, snapshot.Global, snapshot.OK)
	collecttest.Covered(t, in, versionOp, snapshot.Global, snapshot.OK)
}

// jobs answers for the history: so many questions find a job under way, then it ends.
func jobs(s *mocks.Server, underWay int, status types.JobStatusType) {
	var mu sync.Mutex
	asked := map[string]int{}
	mocks.Handle(s, func(_ *mocks.Request, in *iam.GenerateServiceLastAccessedDetailsInput) (*iam.GenerateServiceLastAccessedDetailsOutput, error) {
		return &iam.GenerateServiceLastAccessedDetailsOutput{JobId: aws.String("job of " + *in.Arn)}, nil
	})
	mocks.Handle(s, func(_ *mocks.Request, in *iam.GetServiceLastAccessedDetailsInput) (*iam.GetServiceLastAccessedDetailsOutput, error) {
		mu.Lock()
		defer mu.Unlock()
		out := &iam.GetServiceLastAccessedDetailsOutput{JobCreationDate: &before, JobStatus: types.JobStatusTypeInProgress, ServicesLastAccessed: []types.ServiceLastAccessed{}, JobCompletionDate: &after}
		if asked[*in.JobId]++; asked[*in.JobId] <= underWay {
			return out, nil
		}
		out.JobStatus = status
		switch {
		case status == types.JobStatusTypeFailed:
			out.Error = &types.ErrorDetails{Code: aws.String("ServiceFailure"), Message: aws.String("m")}
		case in.Marker == nil:
			out.IsTruncated, out.Marker = true, aws.String("2")
			out.ServicesLastAccessed = []types.ServiceLastAccessed{{ServiceName: aws.String("Amazon S3"), ServiceNamespace: aws.String("s3"), LastAuthenticated: &after, TrackedActionsLastAccessed: []types.TrackedActionLastAccessed{{ActionName: aws.String("ListAllMyBuckets"), LastAccessedTime: &after}, {ActionName: aws.String("CreateBucket")}}}}
		default:
			out.ServicesLastAccessed = []types.ServiceLastAccessed{{ServiceName: aws.String("Amazon Bedrock"), ServiceNamespace: aws.String("bedrock")}}
		}
		return out, nil
	})
	mocks.Reply(s, "", &iam.GetAccountAuthorizationDetailsOutput{UserDetailList: []types.UserDetail{named("anna", before)}, RoleDetailList: []types.RoleDetail{
		{Arn: aws.String(prefix + "role/app"), Path: aws.String("/")}, {Arn: aws.String(prefix + "role/aws-service-role/x/r"), Path: aws.String("/aws-service-role/x/")},
	}})
}

func TestHistories(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	jobs(s, 2, types.JobStatusTypeCompleted)
	got, in := run(s, detailsOp, jobOp, historyOp)
	want := snapshot.AccessHistory{Completed: after, Services: []snapshot.ServiceUse{
		{Service: "s3", Last: after, Actions: []snapshot.ActionUse{{Action: "ListAllMyBuckets", Last: after}, {Action: "CreateBucket"}}}, {Service: "bedrock"},
	}}
	for name, read := range map[string]snapshot.Read[snapshot.AccessHistory]{"anna": got.Users[0].History, "app": got.Roles[0].History} {
		h, err := read.Get()
		if diff := cmp.Diff(want, h); diff != "" || err != nil || len(read.Calls()) != 5 {
			t.Errorf("%s: %v, %d calls, want one to start, three rounds and a page more %s", name, err, len(read.Calls()), diff)
		}
	}
	if _, err := got.Roles[1].History.Get(); err == nil || s.Count(jobOp) != 2 {
		t.Errorf("a service's role is not asked about: %d jobs", s.Count(jobOp))
	}
	collecttest.Covered(t, in, jobOp, snapshot.Global, snapshot.OK)
	collecttest.Covered(t, in, historyOp, snapshot.Global, snapshot.OK)
}

func TestHistoriesThatAreNotToBeHad(t *testing.T) {
	for name, tt := range map[string]struct {
		underWay int
		status   types.JobStatusType
		fault    *mocks.Fault
		want     snapshot.Cause
		message  string
	}{
		"AWS failed":       {0, types.JobStatusTypeFailed, nil, snapshot.Failed, "ServiceFailure"},
		"never ready":      {rounds + 1, types.JobStatusTypeCompleted, nil, snapshot.Failed, "not ready in time"},
		"may not start":    {0, types.JobStatusTypeCompleted, &mocks.Fault{Operation: jobOp, Kind: mocks.Denied}, snapshot.Denied, jobOp},
		"may not fetch":    {0, types.JobStatusTypeCompleted, &mocks.Fault{Operation: historyOp, Kind: mocks.Denied}, snapshot.Denied, historyOp},
		"too many at once": {0, types.JobStatusTypeCompleted, &mocks.Fault{Operation: jobOp, Kind: mocks.Throttled}, snapshot.Throttled, jobOp},
	} {
		s := mocks.Start(t, mocks.Options{Lenient: true})
		jobs(s, tt.underWay, tt.status)
		if tt.fault != nil {
			s.Fault(*tt.fault)
		}
		got, _ := run(s, detailsOp, jobOp, historyOp)
		var u *snapshot.Unread
		if _, err := got.Roles[0].History.Get(); !errors.As(err, &u) || u.Cause != tt.want || !strings.Contains(u.Error(), tt.message) {
			t.Errorf("%s: %v, want %s with %q", name, err, tt.want, tt.message)
		}
	}
}

func TestHistoryDeniedOnPageTwo(t *testing.T) {
	s := mocks.Start(t, mocks.Options{Lenient: true})
	mocks.Reply(s, "", &iam.GenerateServiceLastAccessedDetailsOutput{JobId: aws.String("job")})
	mocks.Reply(s, "", &iam.GetAccountAuthorizationDetailsOutput{RoleDetailList: []types.RoleDetail{{Arn: aws.String(prefix + "role/app"), Path: aws.String("/")}}})
	mocks.Handle(s, func(_ *mocks.Request, in *iam.GetServiceLastAccessedDetailsInput) (*iam.GetServiceLastAccessedDetailsOutput, error) {
		if in.Marker != nil {
			return nil, &mocks.Error{Status: http.StatusForbidden, Code: "AccessDenied"}
		}
		return &iam.GetServiceLastAccessedDetailsOutput{JobCreationDate: &before, JobCompletionDate: &after, JobStatus: types.JobStatusTypeCompleted, IsTruncated: true, Marker: aws.String("2"),
			ServicesLastAccessed: []types.ServiceLastAccessed{{ServiceName: aws.String("Amazon S3"), ServiceNamespace: aws.String("s3")}}}, nil
	})
	got, in := run(s, detailsOp, jobOp, historyOp)
	if h, err := got.Roles[0].History.Get(); err == nil {
		t.Errorf("half a history: %+v", h)
	}
	collecttest.Covered(t, in, historyOp, snapshot.Global, snapshot.Denied)
}

func TestHistoriesReplayWithoutWaiting(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	jobs(s, 2, types.JobStatusTypeCompleted)
	store := &wire.Memory{}
	gather := func(replay bool) (snapshot.IAM, collect.Scope) {
		in := collecttest.Scope(detailsOp, jobOp, historyOp)
		api := iam.NewFromConfig((&wire.Transport{Store: store, Replay: replay}).Config(s.Config("eu-west-1"), in.Account))
		return Collect(context.Background(), in, api, noWait), in
	}
	live, _ := gather(false)
	asked := len(s.Requests())
	again, in := gather(true)
	a, err1 := live.Roles[0].History.Get()
	b, err2 := again.Roles[0].History.Get()
	if diff := cmp.Diff(a, b); diff != "" || errors.Join(err1, err2) != nil || len(s.Requests()) != asked {
		t.Errorf("%v %v, %d requests more %s", err1, err2, len(s.Requests())-asked, diff)
	}
	collecttest.Covered(t, in, historyOp, snapshot.Global, snapshot.OK)
}

func TestHistoryIsNotAskedForByItself(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	users(s, named("anna", before))
	got, _ := run(s, detailsOp)
	if _, err := got.Users[0].History.Get(); err == nil || s.Count(jobOp) > 0 {
		t.Errorf("%v, %d jobs", err, s.Count(jobOp))
	}
}
