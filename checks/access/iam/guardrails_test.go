package iam

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

func manages(a *snapshot.Account) {
	a.Org.Organization = snapshot.Value(snapshot.Organization{ID: "o-acme", ManagementAccount: "111122223333", FeatureSet: "ALL"})
	a.Org.Path = snapshot.Value[[]snapshot.OrganizationLevel](nil)
}

// withoutPolicies is a member on whose way no policy of either type hangs.
func withoutPolicies(a *snapshot.Account) {
	organized(a)
	a.Org.Path = snapshot.Value([]snapshot.OrganizationLevel{{ID: "r-1", SCPs: snapshot.Value[[]snapshot.ControlPolicy](nil), RCPs: snapshot.Value[[]snapshot.ControlPolicy](nil)}})
}

const protected = "organizations:LeaveOrganization cloudtrail:StopLogging cloudtrail:DeleteTrail guardduty:DeleteDetector config:StopConfigurationRecorder account:CloseAccount s3:PutAccountPublicAccessBlock"

func TestSCPBindsAccount(t *testing.T) {
	spare := `,"Condition":{"ArnNotLike":{"aws:PrincipalArn":"` + own + `role/app"}}`
	narrow := func(a *snapshot.Account) {
		scps()(a)
		levels, _ := a.Org.Path.Get()
		levels[1].SCPs = snapshot.Value([]snapshot.ControlPolicy{{ID: "p-1", Name: "narrow", Document: statements(allow("ec2:* s3:Get* sts:*", "*"))}})
	}
	moved := func(a *snapshot.Account) { // the unit lies under another now
		scps(deny(protected, "*"))(a)
		levels, _ := a.Org.Path.Get()
		a.Org.Path = snapshot.Value([]snapshot.OrganizationLevel{levels[0], levels[2]})
	}
	run(t, &SCPBindsAccount, []checktest.Case{
		{Name: "all denied", Set: scps(deny(protected, "*")), Want: checks.PASS, Reason: "service control policies deny"},
		{Name: "by a wildcard", Set: scps(deny("organizations:* cloudtrail:* guardduty:* config:* account:* s3:PutAccount*", "*")), Want: checks.PASS, Reason: "deny"},
		{Name: "FullAWSAccess alone", Set: scps(), Want: checks.FAIL, Reason: "allow everything and deny nothing"},
		{Name: "some denied", Set: scps(deny("cloudtrail:*", "*")), Want: checks.FAIL, Reason: "denies organizations:LeaveOrganization, guardduty:DeleteDetector"},
		{Name: "but for a role, whom who may assume", Set: set(scps(deny(protected, "*", spare)), trust(assume(principal(partner), ""))), Want: checks.PASS, Reason: "(app for " + partner + ")"},
		{Name: "a narrower Allow denies the rest", Set: narrow, Want: checks.PASS, Reason: "deny"},
		{Name: "an OU that was moved away from it", Set: moved, Want: checks.FAIL, Reason: "allow everything and deny nothing"},
		{Name: "denied only from some networks", Set: scps(deny(protected, "*", `,"Condition":{"NotIpAddress":{"aws:SourceIp":"192.0.2.0/24"}}`)), Want: checks.FAIL, Reason: "no service control policy denies"},
		{Name: "the policy type is disabled at the root", Set: withoutPolicies, Want: checks.FAIL, Reason: "not enabled at the root"},
		{Name: "the management account", Set: manages, Want: checks.NotApplicable, Reason: "manages its organization"},
		{Name: "no organization", Set: alone, Want: checks.NotApplicable, Reason: "no organization"},
		{Name: "a member that may not read them", Set: pathDenied, Want: checks.UNKNOWN, Reason: "organizations:ListParents"},
		{Name: "a policy unread", Set: set(scps(deny("cloudtrail:*", "*")), func(a *snapshot.Account) {
			levels, _ := a.Org.Path.Get()
			list, _ := levels[1].SCPs.Get()
			list[1].Document = snapshot.Missing[string](checktest.Unread("organizations:DescribePolicy", snapshot.Throttled))
		}), Want: checks.UNKNOWN, Reason: "organizations:DescribePolicy"},
	})
}

// rootRow sets the root user's row of the credential report.
func rootRow(password string) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		a.IAM.Summary = snapshot.Value(map[string]int32{})
		a.IAM.Report = snapshot.Value([]snapshot.CredentialRow{{User: snapshot.Root, PasswordEnabled: password, Keys: [2]snapshot.CredentialKey{{Active: "false"}, {Active: "false"}}, Certificates: [2]string{"false", "false"}}})
	}
}

func TestRootDeniedInMembers(t *testing.T) {
	like := func(operator, value string) string {
		return deny("*", "*", `,"Condition":{"`+operator+`":{"aws:PrincipalArn":"`+value+`"}}`)
	}
	reportDenied := func(a *snapshot.Account) {
		a.IAM.Summary = snapshot.Value(map[string]int32{})
		a.IAM.Report = snapshot.Missing[[]snapshot.CredentialRow](checktest.Unread(reportOp, snapshot.Denied))
	}
	run(t, &RootDeniedInMembers, []checktest.Case{
		{Name: "denied", Set: set(scps(like("StringLike", "arn:*:iam::*:root")), rootRow("true")), Want: checks.PASS, Reason: "denies everything to the root user"},
		{Name: "StringEquals with a pattern is void", Set: set(scps(like("StringEquals", "arn:aws:iam::*:root")), rootRow("true")), Want: checks.FAIL, Reason: "password_enabled is true"},
		{Name: "another partition", Set: set(scps(like("ArnLike", "arn:aws-us-gov:iam::*:root")), rootRow("true")), Want: checks.FAIL, Reason: "no service control policy"},
		{Name: "central sessions alone", Set: set(scps(deny("*", "*", `,"Condition":{"Null":{"aws:AssumedRoot":"false"}}`)), rootRow("true")), Want: checks.FAIL, Reason: "no service control policy"},
		{Name: "no credentials", Set: set(scps(), rootRow("false")), Want: checks.PASS, Reason: "neither password"},
		{Name: "policies unread, no credentials", Set: set(pathDenied, rootRow("false")), Want: checks.PASS, Reason: "neither password"},
		{Name: "policies unread, a password", Set: set(pathDenied, rootRow("true")), Want: checks.UNKNOWN, Reason: "organizations:ListParents"},
		{Name: "denied, and the report unread", Set: set(scps(like("StringLike", "arn:*:iam::*:root")), reportDenied), Want: checks.PASS, Reason: "denies everything"},
		{Name: "not denied, and the report unread", Set: set(scps(), reportDenied), Want: checks.UNKNOWN, Reason: reportOp},
		{Name: "the management account", Set: set(manages, rootRow("true")), Want: checks.NotApplicable, Reason: "manages"},
		{Name: "no organization", Set: set(alone, rootRow("true")), Want: checks.NotApplicable, Reason: "no organization"},
	})
}

func TestRCPLimitsOutsideAccess(t *testing.T) {
	with := func(documents ...string) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			scps()(a)
			levels, _ := a.Org.Path.Get()
			list := []snapshot.ControlPolicy{{ID: "p-RCPFullAWSAccess", Name: "RCPFullAWSAccess", Document: statements(`{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}`)}}
			for _, d := range documents {
				list = append(list, snapshot.ControlPolicy{ID: "p-1", Name: "perimeter", Document: statements(d)})
			}
			levels[0].RCPs = snapshot.Value(list)
		}
	}
	outside := func(actions, more string) string {
		return `{"Effect":"Deny","Principal":"*","Action":` + actions + `,"Resource":"*","Condition":{"StringNotEqualsIfExists":{"aws:PrincipalOrgID":"o-acme"` + more + `},"BoolIfExists":{"aws:PrincipalIsAWSService":"false"}}}`
	}
	run(t, &RCPLimitsOutsideAccess, []checktest.Case{
		{Name: "all three", Set: with(outside(`["s3:*","sts:*","kms:*"]`, "")), Want: checks.PASS, Reason: "from s3, sts, kms"},
		{Name: "in two policies", Set: with(outside(`"s3:*"`, ""), outside(`["sts:*","kms:*"]`, "")), Want: checks.PASS, Reason: "from s3, sts, kms"},
		{Name: "RCPFullAWSAccess limits nothing", Set: with(), Want: checks.FAIL, Reason: "outside o-acme from s3, sts, kms"},
		{Name: "one is missing", Set: with(outside(`["s3:*","sts:*"]`, "")), Want: checks.FAIL, Reason: "from kms"},
		{Name: "a parameter", Set: with(outside(`"s3:*"`, "")), Parameters: map[string]any{"services": []string{"s3"}}, Want: checks.PASS, Reason: "from s3"},
		{Name: "exempt accounts are named", Set: with(outside(`"*"`, `,"aws:PrincipalAccount":"`+partner+`"`)), Want: checks.PASS, Reason: "exempt are the accounts " + partner},
		{Name: "not enabled", Set: withoutPolicies, Want: checks.FAIL, Reason: "not enabled at the root"},
		{Name: "denied to a member", Set: pathDenied, Want: checks.UNKNOWN, Reason: "organizations:ListParents"},
		{Name: "the management account", Set: manages, Want: checks.NotApplicable, Reason: "manages"},
		{Name: "no organization", Set: alone, Want: checks.NotApplicable, Reason: "no organization"},
	})
}
