package policy

import "testing"

func TestCanJoinsStatements(t *testing.T) {
	const but, rest = `"Effect":"Allow","Action":"s3:GetObject","NotResource":"arn:aws:s3:::secret/*"`, `"Effect":"Allow","Action":"s3:Get*","Resource":"arn:aws:s3:::secret/*"`
	for _, tt := range []struct {
		name        string
		doc         string
		want        Answer
		conditional bool
	}{
		{"all but one bucket", statements(but), No, false},
		{"and that bucket too", statements(but, rest), Yes, false},
		{"that bucket with MFA", statements(but, rest+`,"Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}`), Yes, true},
		{"and a Deny of everything", statements(but, rest, `"Effect":"Deny","Action":"s3:GetObject","Resource":"*"`), No, false},
		{"another bucket", statements(but, `"Effect":"Allow","Action":"s3:Get*","Resource":"arn:aws:s3:::other/*"`), No, false},
	} {
		id := Identity{ARN: "arn:aws:iam::111122223333:role/r", Policies: []Source{{Name: "p", Document: mustParse(t, tt.doc)}}}
		if got := id.Can("s3:GetObject", "*"); got.Answer != tt.want || got.Conditional != tt.conditional {
			t.Errorf("%s: %v, conditional %v; want %v, %v", tt.name, got.Answer, got.Conditional, tt.want, tt.conditional)
		}
	}
}

func TestEveryOfType(t *testing.T) {
	for resource, want := range map[string]bool{
		"*": true, "arn:aws:iam::*": true, "arn:aws:iam::111122223333:*": true, "arn:aws:iam::*:role/*": true, "arn:aws:*": true,
		"arn:*": true, "arn:aws:iam*": true, "arn:aws:iam:*": true,
		"arn:aws:iam::111122223333:role/app*": false, "arn:aws:iam::111122223333:user/*": false, "arn:aws:s3:*": false, "arn:aws:iam::": false,
	} {
		s := mustParse(t, statements(`"Effect":"Allow","Action":"sts:AssumeRole","Resource":"`+resource+`"`)).Statements[0]
		if got := s.EveryOfType("iam", "role/*"); got != want {
			t.Errorf("EveryOfType(iam, role/*) of %s = %v, want %v", resource, got, want)
		}
	}
}

func TestFixesTheAccountOfAnARN(t *testing.T) {
	for _, tt := range []struct {
		operator, value string
		want            bool
	}{
		{"ArnLike", "arn:aws:sns:*:111122223333:*", true},
		{"ArnEquals", "arn:aws:sns:*:111122223333:orders", true},
		{"StringLike", "arn:aws:sns:eu-west-1:111122223333:*", true},
		{"StringEquals", "arn:aws:sns:eu-west-1:111122223333:orders", true},
		// arn:aws:logs:eu-west-1:999988887777:log-group:111122223333:x is one of these.
		{"StringLike", "arn:aws:logs:*:111122223333:*", false},
		{"StringLike", "arn:aws:*:eu-west-1:111122223333:x", false},
		{"StringLike", "arn:aws:sns:eu-west-?:111122223333:*", false},
		{"ArnLike", "arn:aws:sns:*:*:111122223333", false},
	} {
		d := mustParse(t, `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":"sns.amazonaws.com"},"Action":"sts:AssumeRole","Condition":{"`+tt.operator+`":{"aws:SourceArn":"`+tt.value+`"}}}}`)
		trust := d.Trusts("")[0]
		if _, got := trust.FixedBy("aws:SourceArn"); got != tt.want {
			t.Errorf("%s %s fixes the account: %v, want %v", tt.operator, tt.value, got, tt.want)
		}
	}
}

func TestEveryResourceForWithNotResource(t *testing.T) {
	for excluded, want := range map[string]bool{
		"arn:aws:s3:::secret/*": false, "arn:aws-cn:s3:::secret/*": false, "arn:aws:s3:::secret": true, "arn:aws:sqs:*:*:*": true,
	} {
		s := mustParse(t, statements(`"Effect":"Allow","Action":"s3:GetObject","NotResource":"`+excluded+`"`)).Statements[0]
		if got := s.EveryResourceFor("s3:GetObject", "111122223333"); got != want {
			t.Errorf("NotResource %s takes in every object: %v, want %v", excluded, got, want)
		}
	}
}
