package access

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

func TestUserNoDirectPolicies(t *testing.T) {
	bounded := snapshot.Grants{BoundaryARN: own + "policy/b"}
	checktest.Run(t, &UserNoDirectPolicies, []checktest.Case{
		{Name: "none, though a boundary", Set: holderUser(bounded, "devs"), Want: checks.PASS, Reason: "no policy"},
		{Name: "attached: one finding names them all", Set: holderUser(attaching(readOnlyARN, mightyARN)), Want: checks.FAIL, Reason: readOnlyARN + ", " + mightyARN},
		{Name: "inline", Set: holderUser(inlined(annaARN, statements(reading))), Want: checks.FAIL, Reason: "inline p1"},
		{Name: "the quarantine is AWS's", Set: holderUser(attaching("arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV3")), Want: checks.PASS, Reason: "no policy"},
		{Name: "details cut short", Set: listCut, Want: checks.UNKNOWN, Reason: "denied"},
	})
}

func TestUserNotQuarantined(t *testing.T) {
	with := func(arn string, credentials snapshot.Read[*snapshot.CredentialRow]) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			holderUser(attaching(arn))(a)
			a.IAM.Users[0].Credentials = credentials
		}
	}
	const stem = "arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantine"
	key := snapshot.Value(&snapshot.CredentialRow{Keys: [2]snapshot.CredentialKey{{Active: "true"}}})
	checktest.Run(t, &UserNotQuarantined, []checktest.Case{
		{Name: "the first version", Set: with(stem, key), Want: checks.FAIL, Reason: "still active: access_key_1"},
		{Name: "V2", Set: with(stem+"V2", key), Want: checks.FAIL, Reason: "V2"},
		{Name: "one to come, in another partition", Set: with("arn:aws-cn:iam::aws:policy/AWSCompromisedKeyQuarantineV11", key), Want: checks.FAIL, Reason: "V11"},
		{Name: "the key is deleted", Set: with(stem, snapshot.Value(&snapshot.CredentialRow{})), Want: checks.FAIL, Reason: "none of its keys is active"},
		{Name: "report unread", Set: with(stem, snapshot.Read[*snapshot.CredentialRow]{}), Want: checks.FAIL, Reason: "is not known"},
		{Name: "a customer's policy of that name", Set: with(own+"policy/AWSCompromisedKeyQuarantine", key), Want: checks.PASS, Reason: "not attached"},
		{Name: "a longer name", Set: with(stem+"Drill", key), Want: checks.PASS, Reason: "not attached"},
		{Name: "details cut short", Set: listCut, Want: checks.UNKNOWN, Reason: "denied"},
	})
}

func TestUserGroups(t *testing.T) {
	checktest.Run(t, &UserInGroup, []checktest.Case{
		{Name: "in one", Set: holderUser(snapshot.Grants{}, "devs"), Want: checks.PASS, Reason: "devs"},
		{Name: "GroupList absent", Set: holderUser(snapshot.Grants{}), Want: checks.FAIL, Reason: "in no group"},
		{Name: "details cut short", Set: listCut, Want: checks.UNKNOWN, Reason: "denied"},
	})
	in := func(groups ...string) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			holderGroup(snapshot.Grants{})(a)
			holderUser(snapshot.Grants{}, groups...)(a)
		}
	}
	both := map[string]any{"common_groups": []string{"everybody"}, "category_groups": []string{"Admins", "devs"}}
	checktest.Run(t, &UserInRequiredGroups, []checktest.Case{
		{Name: "in all, in any case", Set: in("Everybody", "DEVS"), Parameters: both, Want: checks.PASS, Reason: "Everybody, DEVS"},
		{Name: "a common group lacks, which the account does not have", Set: in("devs"), Parameters: both, Want: checks.FAIL, Reason: "not in everybody; the account has no group everybody, devs"},
		{Name: "no category", Set: in("everybody"), Parameters: both, Want: checks.FAIL, Reason: "one of Admins, devs"},
		{Name: "only categories are asked for", Set: in("Admins"), Parameters: map[string]any{"category_groups": []string{"admins"}}, Want: checks.PASS, Reason: "Admins"},
		{Name: "nothing is asked for", Set: in("x"), Want: checks.NotApplicable, Reason: "no groups are required"},
		{Name: "details cut short", Set: listCut, Parameters: both, Want: checks.UNKNOWN, Reason: "denied"},
	})
}

func TestAdminUsersMFAEnabled(t *testing.T) {
	user := func(mfa string, g snapshot.Grants, groups ...string) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			holderUser(g, groups...)(a)
			a.IAM.Users[0].Credentials = snapshot.Value(&snapshot.CredentialRow{PasswordEnabled: "true", MFAActive: mfa})
			a.IAM.Groups = []snapshot.Group{{Meta: globally("Admins", own+"group/Admins"), Grants: attaching(administratorARN)}}
		}
	}
	idle := func(a *snapshot.Account) {
		user("false", attaching(mightyARN))(a)
		a.IAM.Users[0].Credentials = snapshot.Value(&snapshot.CredentialRow{PasswordEnabled: "false"})
	}
	checktest.Run(t, &AdminUsersMFAEnabled, []checktest.Case{
		{Name: "through a group", Set: user("false", snapshot.Grants{}, "Admins"), Want: checks.FAIL, Reason: "group Admins: " + administratorARN},
		{Name: "by a customer policy", Set: user("false", attaching(mightyARN)), Want: checks.FAIL, Reason: "mighty"},
		{Name: "by two inline policies", Set: user("false", inlined(annaARN, statements(`{"Effect":"Allow","Action":"iam:*","Resource":"*"}`), statements(`{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}`))), Want: checks.FAIL, Reason: "inline policy p1"},
		{Name: "with MFA", Set: user("true", attaching(administratorARN)), Want: checks.PASS, Reason: "and MFA"},
		{Name: "a narrow policy called AdministratorAccess", Set: user("false", attaching(lookAlikeARN)), Want: checks.NotApplicable, Reason: "do not allow everything"},
		{Name: "no credential", Set: idle, Want: checks.NotApplicable, Reason: "neither a password nor"},
		{Name: "a group that is not in the list", Set: user("false", snapshot.Grants{}, "Gone"), Want: checks.UNKNOWN, Reason: "group Gone"},
		{Name: "made after the report", Set: func(a *snapshot.Account) {
			user("false", attaching(mightyARN))(a)
			a.IAM.Users[0].Credentials = snapshot.Value[*snapshot.CredentialRow](nil)
		}, Want: checks.UNKNOWN, Reason: "after the credential report"},
	})
	a := checktest.Account(&AdminUsersMFAEnabled, holderGroup(attaching(administratorARN)))
	if found := checktest.Findings(&AdminUsersMFAEnabled, a, nil); len(found) != 0 {
		t.Errorf("an empty group of administrators is no user: %+v", found)
	}
}

func TestUserAdminsLimited(t *testing.T) {
	admins := func(names ...string) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			holderGroup(attaching(administratorARN))(a)
			a.IAM.Groups = append(a.IAM.Groups, snapshot.Group{Meta: globally("More", own+"group/More"), Grants: attaching(administratorARN)})
			for _, n := range names {
				a.IAM.Users = append(a.IAM.Users, snapshot.User{Meta: globally(n, own+"user/"+n), Groups: []string{"Admins", "More"}})
			}
			a.IAM.Users = append(a.IAM.Users, snapshot.User{Meta: globally("dora", own+"user/dora"), Grants: attaching(readOnlyARN)})
		}
	}
	checktest.Run(t, &UserAdminsLimited, []checktest.Case{
		{Name: "through two groups counts once", Set: admins("anna", "bert"), Want: checks.PASS, Reason: "2 IAM users are administrators: anna, bert"},
		{Name: "three", Set: admins("anna", "bert", "cara"), Want: checks.FAIL, Reason: "want at most 2: anna, bert, cara"},
		{Name: "no IAM user at all", Set: func(*snapshot.Account) {}, Want: checks.PASS, Reason: "0 IAM users"},
		{Name: "too few", Set: admins(), Parameters: map[string]any{"min_admins": 1}, Want: checks.FAIL, Reason: "want at least 1"},
		{Name: "by a customer policy", Set: func(a *snapshot.Account) { holderUser(attaching(mightyARN))(a) }, Parameters: map[string]any{"max_admins": 0}, Want: checks.FAIL, Reason: "anna"},
		{Name: "a policy that was not read", Set: holderUser(attaching("arn:aws:iam::aws:policy/Other")), Want: checks.UNKNOWN, Reason: "absent"},
		{Name: "list cut short, and too many already", Set: func(a *snapshot.Account) { admins("anna", "bert", "cara")(a); listCut(a) }, Want: checks.FAIL, Reason: "3 IAM users"},
		{Name: "list cut short", Set: func(a *snapshot.Account) { admins("anna")(a); listCut(a) }, Want: checks.UNKNOWN, Reason: "denied"},
	})
}

func TestUserPolicyEditingAuthorized(t *testing.T) {
	editor := func(statement ...string) func(*snapshot.Account) {
		return holderUser(inlined(annaARN, statements(statement...)))
	}
	const edits = `{"Effect":"Allow","Action":"iam:*Policy","Resource":"*"}`
	named := map[string]any{"authorized_users": []string{annaARN}}
	checktest.Run(t, &UserPolicyEditingAuthorized, []checktest.Case{
		{Name: "by a wildcard", Set: editor(edits), Want: checks.FAIL, Reason: "iam:CreatePolicy"},
		{Name: "through a group", Set: func(a *snapshot.Account) {
			holderUser(snapshot.Grants{}, "Admins")(a)
			a.IAM.Groups = []snapshot.Group{{Meta: globally("Admins", own+"group/Admins"), Grants: attaching(administratorARN)}}
		}, Want: checks.FAIL, Reason: "group Admins"},
		{Name: "denied in another policy", Set: holderUser(inlined(annaARN, statements(edits), statements(`{"Effect":"Deny","Action":"iam:*","Resource":"*"}`))), Want: checks.PASS, Reason: "none of"},
		{Name: "denied on a condition", Set: editor(edits, `{"Effect":"Deny","Action":"iam:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}`), Want: checks.FAIL, Reason: "may"},
		{Name: "reading", Set: editor(`{"Effect":"Allow","Action":["iam:Get*","iam:List*"],"Resource":"*"}`), Want: checks.PASS, Reason: "none of"},
		{Name: "named by ARN", Set: editor(edits), Parameters: named, Want: checks.PASS, Reason: "authorized_users"},
		{Name: "another path is another user", Set: editor(edits), Parameters: map[string]any{"authorized_users": []string{own + "user/team/anna"}}, Want: checks.FAIL, Reason: "may"},
		{Name: "a policy that was not read", Set: holderUser(attaching("arn:aws:iam::aws:policy/Other")), Want: checks.UNKNOWN, Reason: "absent"},
	})
}

func TestCloudShellFullAccessNotAttached(t *testing.T) {
	const shell = "arn:aws:iam::aws:policy/AWSCloudShellFullAccess"
	everywhere := func(a *snapshot.Account) {
		holderUser(attaching(shell))(a)
		holderGroup(attaching("arn:aws-cn:iam::aws:policy/AWSCloudShellFullAccess"))(a)
		holderRole("/aws-reserved/sso.amazonaws.com/", "x", attaching(readOnlyARN, shell))(a)
	}
	checktest.Run(t, &CloudShellFullAccessNotAttached, []checktest.Case{
		{Name: "one finding names every holder", Set: everywhere, Want: checks.FAIL, Reason: annaARN + ", " + own + "group/Admins, " + own + "role/aws-reserved/sso.amazonaws.com/x"},
		{Name: "not in the list of policies", Set: holderUser(attaching(readOnlyARN)), Want: checks.PASS, Reason: "attached to nobody"},
		{Name: "a customer's policy of that name", Set: holderUser(attaching(own + "policy/AWSCloudShellFullAccess")), Want: checks.PASS, Reason: "nobody"},
		{Name: "list cut short, and held already", Set: func(a *snapshot.Account) { everywhere(a); listCut(a) }, Want: checks.FAIL, Reason: annaARN},
		{Name: "list cut short", Set: listCut, Want: checks.UNKNOWN, Reason: "denied"},
	})
}
