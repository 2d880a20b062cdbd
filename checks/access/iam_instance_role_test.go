package access

import (
	"strings"
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

// trusting gives the held role a trust policy, which the graph needs to be sure, and says
// that the account is in no organization.
func trusting(a *snapshot.Account) {
	for i := range a.IAM.Roles {
		a.IAM.Roles[i].Trust = snapshot.Value(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}`)
		a.IAM.Roles[i].Profiles = []string{"web"}
	}
	a.Org.Organization = snapshot.Missing[snapshot.Organization](snapshot.ErrAbsent)
}

// second adds an administrator's role that trusts a principal.
func second(principal string) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		const arn = "arn:aws:iam::111122223333:role/admin"
		a.IAM.Roles = append(a.IAM.Roles, snapshot.Role{Meta: ofIAM(checktest.Meta("admin", arn)), Path: "/",
			Trust:  snapshot.Value(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"` + principal + `"},"Action":"sts:AssumeRole"}]}`),
			Grants: snapshot.Grants{Inline: []snapshot.InlinePolicy{{Meta: ofIAM(checktest.Meta("all", arn+"/inline-policy/all")), Owner: arn, Document: snapshot.Value(policyDocument(grants("*", "*")))}}}})
	}
}

func TestInstanceRoleNoEscalationPath(t *testing.T) {
	held := func(statements ...string) func(*snapshot.Account) { return then(holding(statements...), trusting) }
	admin := grants("*", "*")
	state := func(word string) func(*snapshot.Account) {
		return then(held(admin), func(a *snapshot.Account) { a.EC2.Instances[0].State = word })
	}
	host := func(v snapshot.SettingValue) func(*snapshot.Account) {
		return then(held(admin), noProfile, func(a *snapshot.Account) {
			a.SSM.Settings = []snapshot.ServiceSetting{{Meta: checktest.Meta("", "arn"), ID: snapshot.DefaultHostManagement, Value: snapshot.Value(v)}}
		})
	}
	optional := func(a *snapshot.Account) {
		a.EC2.Instances[0].Metadata = snapshot.Value(snapshot.MetadataOptions{HTTPEndpoint: "enabled", HTTPTokens: "optional", State: "applied"})
	}
	rails := func(list ...string) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			a.Org.Organization = snapshot.Value(snapshot.Organization{ID: "o-acme", ManagementAccount: "999988887777", FeatureSet: "ALL"})
			a.Org.Path = snapshot.Value([]snapshot.OrganizationLevel{{ID: "r-1", SCPs: snapshot.Value([]snapshot.ControlPolicy{{ID: "p-1", Name: "guardrail", Document: snapshot.Value(policyDocument(append(list, admin)...))}})}})
		}
	}
	railsUnread := func(a *snapshot.Account) {
		rails()(a)
		a.Org.Path = snapshot.Missing[[]snapshot.OrganizationLevel](checktest.Unread("organizations:ListParents", snapshot.Denied))
	}
	const extra = "arn:aws:iam::111122223333:policy/extra"
	const assume = "sts:AssumeRole"
	checktest.Run(t, &InstanceRoleNoEscalationPath, []checktest.Case{
		{Name: "no profile", Set: then(held(admin), noProfile), Want: checks.NotApplicable, Reason: "no instance profile"},
		{Name: "no profile, and Default Host Management", Set: host(snapshot.SettingValue{Value: "service-role/AWSSystemsManagerDefaultEC2InstanceManagementRole", Status: "Customized"}), Want: checks.NotApplicable, Reason: "Default Host Management"},
		{Name: "stopped counts", Set: state("stopped"), Want: checks.FAIL, Reason: "administrator in effect"},
		{Name: "an administrator, joined by the role of the profile and not by the profile's name", Set: held(admin), Want: checks.FAIL, Reason: "role web-role is an administrator in effect by inline policy p statement 1", Observed: map[string]string{"Role": heldRole, "IamInstanceProfile": heldProfile}},
		{Name: "an administrator, and the internet reaches it", Set: then(held(admin), onTheInternet), Want: checks.FAIL, Reason: "statement 1"},
		{Name: "a profile without a role", Set: then(held(admin), func(a *snapshot.Account) { a.IAM.InstanceProfiles[0].Roles = nil }), Want: checks.PASS, Reason: "holds no role"},
		{Name: "a profile that was made again", Set: then(held(admin), func(a *snapshot.Account) { a.IAM.InstanceProfiles[0].ID = "AIPA2" }), Want: checks.UNKNOWN, Reason: "made again as AIPA2"},
		{Name: "a profile that is gone", Set: then(held(admin), func(a *snapshot.Account) { a.IAM.InstanceProfiles = nil }), Want: checks.UNKNOWN, Reason: "none of the account's instance profiles"},
		{Name: "profiles are not read", Set: then(held(admin), globalFailing("iam:ListInstanceProfiles"), func(a *snapshot.Account) { a.IAM.InstanceProfiles = nil }), Want: checks.UNKNOWN, Reason: "denied"},
		{Name: "details cut short", Set: then(held(), globalFailing("iam:GetAccountAuthorizationDetails")), Want: checks.UNKNOWN, Reason: "denied"},
		{Name: "harmless", Set: held(grants("s3:GetObject", "arn:aws:s3:::app/*")), Want: checks.PASS, Reason: "role web-role is no administrator, and no way"},
		{Name: "over another role", Set: then(held(grants(assume, "*")), second(heldRole)), Want: checks.FAIL, Reason: "role web-role: a way leads to an administrator: assumes role/admin"},
		{Name: "another role that trusts it not", Set: then(held(grants(assume, "*")), second("arn:aws:iam::111122223333:role/other")), Want: checks.PASS},
		{Name: "it writes itself", Set: held(grants("iam:PutRolePolicy", "*")), Want: checks.FAIL, Reason: "writes a policy of role/web-role"},
		{Name: "an administrator, cut by a boundary", Set: then(held(admin), bounded(grants("s3:*", "*"))), Want: checks.PASS},
		{Name: "a boundary that is not in the list", Set: then(held(admin), bounded()), Want: checks.FAIL, Reason: "not read, and might lift it: the boundary"},
		{Name: "an SCP that takes the rights over identities", Set: then(held(admin), rails(denies("iam:* sts:*", "*"))), Want: checks.PASS},
		{Name: "an SCP that spares another role alone", Set: then(held(admin), rails(denies("iam:* sts:* ec2:*", "*", `{"ArnNotLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/deploy"}}`))), Want: checks.PASS},
		{Name: "SCPs unread lift nothing", Set: then(held(admin), railsUnread), Want: checks.FAIL, Reason: "not read, and might lift it"},
		{Name: "a policy that is not in the list", Set: then(held(), managed(extra)), Want: checks.UNKNOWN, Reason: "role web-role: " + extra},
		{Name: "a policy that is not in the list, and a way", Set: then(held(grants("iam:PutRolePolicy", "*")), managed(extra)), Want: checks.FAIL, Reason: "writes a policy"},
	})
	for _, word := range []string{"terminated", "shutting-down"} {
		for _, f := range checktest.Findings(&InstanceRoleNoEscalationPath, checktest.Account(&InstanceRoleNoEscalationPath, state(word)), nil) {
			if f.Resource.Type == snapshot.Instances.Type {
				t.Errorf("%s: %s %q", word, f.Status, f.Reason)
			}
		}
	}
	const grave = "grave and not the worst"
	for name, tt := range map[string]struct {
		change func(*snapshot.Account)
		want   bool
	}{
		"reached":                   {onTheInternet, false},
		"not reached, with tokens":  {then(onTheInternet, noRoute), true},
		"not reached, and open":     {then(onTheInternet, noRoute, optional), false},
		"nobody knows":              {then(onTheInternet, groupUnread), false},
		"metadata is not told":      {then(onTheInternet, noRoute, func(a *snapshot.Account) { a.EC2.Instances[0].Metadata = snapshot.Read[snapshot.MetadataOptions]{} }), false},
		"a group without open port": {then(onTheInternet, groupClosed), true},
	} {
		found := checktest.Findings(&InstanceRoleNoEscalationPath, checktest.Account(&InstanceRoleNoEscalationPath, then(held(admin), tt.change)), nil)
		said := false
		for _, f := range found {
			if f.Resource.Type == snapshot.Instances.Type {
				said = strings.Contains(f.Reason, grave)
				if f.Status != checks.FAIL {
					t.Errorf("%s: %s %q", name, f.Status, f.Reason)
				}
			}
		}
		if said != tt.want {
			t.Errorf("%s: says that it is not the worst: %v, want %v", name, said, tt.want)
		}
	}
}
