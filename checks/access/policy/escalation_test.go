package policy

import (
	"slices"
	"testing"
)

func TestEscalationActionsAreReal(t *testing.T) {
	seen := map[string]bool{}
	for _, e := range Escalations {
		if seen[e.ID] {
			t.Errorf("%s is in the table twice", e.ID)
		}
		seen[e.ID] = true
		for _, a := range e.Actions {
			known, ok := LookupAction(a)
			if !ok || known.Name != a {
				t.Errorf("%s: the table of actions has %q for %q", e.ID, known.Name, a)
			}
		}
		if e.passes() && e.Service == "" {
			t.Errorf("%s passes a role to no service", e.ID)
		}
	}
}

func TestFindEscalations(t *testing.T) {
	tests := []struct {
		name string
		doc  string
		want []string // ids
	}{
		{"nothing", statements(`"Effect":"Allow","Action":"s3:*","Resource":"*"`), nil},
		{"new policy version", statements(`"Effect":"Allow","Action":"iam:CreatePolicyVersion","Resource":"*"`), []string{"create-policy-version"}},
		{"any case, any wildcard", statements(`"Effect":"Allow","Action":"IAM:putuserpol*","Resource":"*"`), []string{"put-user-policy"}},
		{"own access key", statements(`"Effect":"Allow","Action":"iam:CreateAccessKey","Resource":"arn:aws:iam::*:user/${aws:username}"`), nil},
		{"own policies", statements(`"Effect":"Allow","Action":["iam:AttachUserPolicy","iam:PutUserPolicy"],"Resource":"arn:aws:iam::*:user/${aws:username}"`), []string{"put-user-policy", "attach-user-policy"}},
		{"own policies, within a boundary", statements(`"Effect":"Allow","Action":"iam:AttachUserPolicy","Resource":"arn:aws:iam::*:user/${aws:username}","Condition":{"StringEquals":{"iam:PermissionsBoundary":"arn:aws:iam::111122223333:policy/b"}}`), nil},
		{"own policies, denied", statements(`"Effect":"Allow","Action":"iam:*UserPolicy","Resource":"arn:aws:iam::*:user/${aws:username}"`, `"Effect":"Deny","Action":"iam:*","Resource":"*"`), nil},
		{"own boundary", statements(`"Effect":"Allow","Action":"iam:DeleteUserPermissionsBoundary","Resource":"arn:aws:iam::*:user/${aws:username}"`), []string{"delete-user-boundary"}},
		{"variable is plain text in the old language", `{"Statement":{"Effect":"Allow","Action":"iam:CreateAccessKey","Resource":"arn:aws:iam::*:user/*${aws:username}"}}`, []string{"create-access-key"}},
		{"any access key", statements(`"Effect":"Allow","Action":"iam:CreateAccessKey","Resource":"arn:aws:iam::111122223333:user/*"`), []string{"create-access-key"}},
		{"one user", statements(`"Effect":"Allow","Action":"iam:CreateAccessKey","Resource":"arn:aws:iam::111122223333:user/ann"`), nil},
		{"denied", statements(`"Effect":"Allow","Action":"iam:CreateAccessKey","Resource":"*"`, `"Effect":"Deny","Action":"iam:Create*","Resource":"*"`), nil},
		{"denied without MFA only", statements(`"Effect":"Allow","Action":"iam:CreateAccessKey","Resource":"*"`, `"Effect":"Deny","Action":"*","Resource":"*","Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}`), []string{"create-access-key"}},
		{"denied on some", statements(`"Effect":"Allow","Action":"iam:CreateAccessKey","Resource":"*"`, `"Effect":"Deny","Action":"*","Resource":"arn:aws:iam::*:user/admin*"`), []string{"create-access-key"}},
		{"attach within a boundary", statements(`"Effect":"Allow","Action":"iam:AttachRolePolicy","Resource":"*","Condition":{"StringEquals":{"iam:PermissionsBoundary":"arn:aws:iam::111122223333:policy/b"}}`), nil},
		{"attach of one policy", statements(`"Effect":"Allow","Action":"iam:AttachRolePolicy","Resource":"*","Condition":{"ArnEquals":{"iam:PolicyARN":"arn:aws:iam::111122223333:policy/b"}}`), nil},
		{"attach of any policy", statements(`"Effect":"Allow","Action":"iam:AttachRolePolicy","Resource":"*","Condition":{"ArnLike":{"iam:PolicyARN":"*"}}`), []string{"attach-role-policy"}},
		{"pass role without a start", statements(`"Effect":"Allow","Action":"iam:PassRole","Resource":"*"`), nil},
		{"pass any role to an instance", statements(`"Effect":"Allow","Action":["iam:PassRole","ec2:RunInstances"],"Resource":"*"`), []string{"pass-role-ec2"}},
		{"in two statements", statements(`"Effect":"Allow","Action":"ec2:RunInstances","Resource":"*"`, `"Effect":"Allow","Action":"iam:Pass*","Resource":"arn:aws:iam::111122223333:role/*"`), []string{"pass-role-ec2"}},
		{"pass one role", statements(`"Effect":"Allow","Action":"ec2:RunInstances","Resource":"*"`, `"Effect":"Allow","Action":"iam:PassRole","Resource":"arn:aws:iam::111122223333:role/web"`), nil},
		{"pass to another service", statements(`"Effect":"Allow","Action":"ec2:RunInstances","Resource":"*"`, `"Effect":"Allow","Action":"iam:PassRole","Resource":"*","Condition":{"StringEquals":{"iam:PassedToService":"lambda.amazonaws.com"}}`), nil},
		{"pass to that service", statements(`"Effect":"Allow","Action":"ec2:RunInstances","Resource":"*"`, `"Effect":"Allow","Action":"iam:PassRole","Resource":"*","Condition":{"StringLike":{"iam:PassedToService":"ec2.*"}}`), []string{"pass-role-ec2"}},
		{"run instances only", statements(`"Effect":"Allow","Action":"ec2:RunInstances","Resource":"*"`), nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, s := range FindEscalations(Source{Name: "p", Document: mustParse(t, tt.doc)}) {
				got = append(got, s.Escalation.ID)
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("FindEscalations(%s) = %v, want %v", tt.doc, got, tt.want)
			}
		})
	}
}
