package policy

import (
	"slices"
	"strings"
	"testing"
)

func rails(t *testing.T, levels ...[]string) *Guardrails {
	g := &Guardrails{}
	for _, level := range levels {
		var sources []Source
		for _, doc := range level {
			sources = append(sources, Source{Name: "scp", Document: mustParse(t, doc)})
		}
		g.Levels = append(g.Levels, sources)
	}
	return g
}

var fullAccess = statements(`"Effect":"Allow","Action":"*","Resource":"*"`)

func TestGuardrailsDeny(t *testing.T) {
	const leave = "organizations:LeaveOrganization"
	denying := func(rest string) string {
		return statements(`"Effect":"Deny","Action":"organizations:Leave*","Resource":"*"` + rest)
	}
	for _, tt := range []struct {
		name   string
		rails  *Guardrails
		want   Answer
		exempt int
	}{
		{"nothing", rails(t, []string{fullAccess}, []string{fullAccess}), No, 0},
		{"a Deny", rails(t, []string{fullAccess, denying("")}), Yes, 0},
		{"but for a role", rails(t, []string{fullAccess, denying(`,"Condition":{"ArnNotLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/Admin"}}`)}), Yes, 1},
		{"the narrower exemption counts", rails(t, []string{fullAccess, denying(`,"Condition":{"ArnNotLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/Admin"}}`), denying("")}), Yes, 0},
		{"only from some addresses", rails(t, []string{fullAccess, denying(`,"Condition":{"NotIpAddress":{"aws:SourceIp":"192.0.2.0/24"}}`)}), No, 0},
		{"on some resources", rails(t, []string{fullAccess, statements(`"Effect":"Deny","Action":"organizations:*","Resource":"arn:aws:organizations::1:*"`)}), No, 0},
		{"a level that allows it not", rails(t, []string{fullAccess}, []string{statements(`"Effect":"Allow","Action":"s3:*","Resource":"*"`)}), Yes, 0},
		{"a level without policies", rails(t, []string{fullAccess}, nil), Yes, 0},
		{"an unread policy", &Guardrails{Levels: [][]Source{{{Name: "p"}}}}, CannotTell, 0},
		{"an unread level", &Guardrails{Unread: &Error{}, Levels: [][]Source{{{Name: "p", Document: mustParse(t, fullAccess)}}}}, CannotTell, 0},
	} {
		if got := tt.rails.Denies(leave); got.Answer != tt.want || len(got.Exempt) != tt.exempt {
			t.Errorf("%s: %v with %d exemptions, want %v with %d", tt.name, got.Answer, len(got.Exempt), tt.want, tt.exempt)
		}
	}
}

func TestDeniesRoot(t *testing.T) {
	const root = "arn:aws:iam::111122223333:root"
	for _, tt := range []struct {
		actions, condition string
		want               bool
	}{
		{`"Action":"*"`, `"StringLike":{"aws:PrincipalArn":"arn:*:iam::*:root"}`, true},
		{`"Action":"*"`, `"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:root"}`, true},
		{`"NotAction":["support:*","billing:*"]`, `"ArnLike":{"aws:PrincipalArn":"arn:*:iam::*:root"}`, true},
		{`"NotAction":["support:*","iam:*"]`, `"ArnLike":{"aws:PrincipalArn":"arn:*:iam::*:root"}`, false},
		{`"Action":"*"`, `"StringEquals":{"aws:PrincipalArn":"arn:aws:iam::*:root"}`, false},
		{`"Action":"*"`, `"StringLike":{"aws:PrincipalArn":"arn:aws-cn:iam::*:root"}`, false},
		{`"Action":"*"`, `"StringLike":{"aws:PrincipalArn":"arn:*:iam::*:root"},"Null":{"aws:AssumedRoot":"false"}`, false},
		{`"Action":"*"`, `"StringLike":{"aws:PrincipalArn":"arn:*:iam::*:root"},"Null":{"aws:AssumedRoot":"true"}`, true},
		{`"Action":"s3:*"`, `"StringLike":{"aws:PrincipalArn":"arn:*:iam::*:root"}`, false},
		{`"Action":"*"`, `"StringLike":{"aws:PrincipalArn":"arn:*:iam::*:root"},"Bool":{"aws:SecureTransport":"false"}`, false},
	} {
		s := mustParse(t, statements(`"Effect":"Deny",`+tt.actions+`,"Resource":"*","Condition":{`+tt.condition+`}`)).Statements[0]
		if got := s.DeniesRoot(root); got != tt.want {
			t.Errorf("%s under %s denies the root user: %v, want %v", tt.actions, tt.condition, got, tt.want)
		}
	}
}

func TestLimitsOutsiders(t *testing.T) {
	const org = `"StringNotEqualsIfExists":{"aws:PrincipalOrgID":"o-acme"}`
	const service = `"BoolIfExists":{"aws:PrincipalIsAWSService":"false"}`
	for _, tt := range []struct {
		name, actions, condition string
		want                     bool
		spared                   int
	}{
		{"as AWS shows it", `["s3:*","sts:*"]`, org + "," + service, true, 0},
		{"without IfExists an anonymous caller is denied as well", `"*"`, `"StringNotEquals":{"aws:PrincipalOrgID":"o-acme"},` + service, true, 0},
		{"services too", `"s3:*"`, org, true, 0},
		{"another organization", `"s3:*"`, `"StringNotEquals":{"aws:PrincipalOrgID":"o-other"},` + service, false, 0},
		{"one organization more", `"s3:*"`, `"StringNotEquals":{"aws:PrincipalOrgID":["o-acme","o-other"]}`, false, 0},
		{"reads alone", `"s3:Get*"`, org + "," + service, false, 0},
		{"but for an account", `"s3:*"`, `"StringNotEqualsIfExists":{"aws:PrincipalOrgID":"o-acme","aws:PrincipalAccount":"999988887777"},` + service, true, 1},
		{"but for a tag", `"s3:*"`, org + `,"StringNotEquals":{"aws:ResourceTag/open":"yes"}`, false, 0},
		{"no organization", `"s3:*"`, service, false, 0},
	} {
		d := mustParse(t, `{"Version":"2012-10-17","Statement":{"Effect":"Deny","Principal":"*","Action":`+tt.actions+`,"Resource":"*","Condition":{`+tt.condition+`}}}`)
		if spared, got := d.Statements[0].LimitsOutsiders("s3", "o-acme"); got != tt.want || len(spared) != tt.spared {
			t.Errorf("%s: %v sparing %v, want %v sparing %d", tt.name, got, spared, tt.want, tt.spared)
		}
	}
}

func TestRegionGaps(t *testing.T) {
	regions, actions := []string{"us-west-2", FutureRegion}, []string{"ec2:RunInstances", "s3:CreateBucket"}
	exempt := []string{"arn:*:iam::*:role/AWSControlTowerExecution"}
	closing := func(actions, rest string) string {
		return statements(`"Effect":"Deny",` + actions + `,"Resource":"*","Condition":{"StringNotEquals":{"aws:RequestedRegion":["eu-west-1"]}` + rest + `}`)
	}
	for _, tt := range []struct {
		name   string
		rails  *Guardrails
		gaps   string // region: actions
		spared int
		narrow int
	}{
		{"closed", rails(t, []string{fullAccess, closing(`"NotAction":"iam:*"`, "")}), "", 0, 0},
		{"open", rails(t, []string{fullAccess}), "us-west-2: ec2:RunInstances s3:CreateBucket; " + FutureRegion + ": ec2:RunInstances s3:CreateBucket", 0, 0},
		{"a sample's list holds ec2", rails(t, []string{fullAccess, closing(`"NotAction":["iam:*","ec2:*"]`, "")}), "us-west-2: ec2:RunInstances; " + FutureRegion + ": ec2:RunInstances", 0, 0},
		{"in two policies at two levels", rails(t, []string{fullAccess, closing(`"Action":"ec2:*"`, "")}, []string{fullAccess, closing(`"Action":"s3:*"`, "")}), "", 0, 0},
		{"Regions by name leave new ones open", rails(t, []string{fullAccess, statements(`"Effect":"Deny","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:RequestedRegion":"us-west-2"}}`)}), FutureRegion + ": ec2:RunInstances s3:CreateBucket", 0, 0},
		{"spares a known role", rails(t, []string{fullAccess, closing(`"Action":"*"`, `,"ArnNotLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/AWSControlTowerExecution"}`)}), "", 0, 0},
		{"spares another role, and opens all to it", rails(t, []string{fullAccess, closing(`"Action":"*"`, `,"ArnNotLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/Admin*"}`)}), "us-west-2: ec2:RunInstances s3:CreateBucket; " + FutureRegion + ": ec2:RunInstances s3:CreateBucket", 1, 0},
		{"only without MFA", rails(t, []string{fullAccess, closing(`"Action":"*"`, `,"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}`)}), "us-west-2: ec2:RunInstances s3:CreateBucket; " + FutureRegion + ": ec2:RunInstances s3:CreateBucket", 0, 1},
		{"an Allow by Region in the place of all", rails(t, []string{fullAccess}, []string{statements(`"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:RequestedRegion":"eu-west-1"}}`)}), "", 0, 0},
		{"and another Allow beside it", rails(t, []string{statements(`"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:RequestedRegion":"eu-west-1"}}`), statements(`"Effect":"Allow","Action":"ec2:*","Resource":"*"`)}), "us-west-2: ec2:RunInstances; " + FutureRegion + ": ec2:RunInstances", 0, 0},
	} {
		gaps, spared, narrow := tt.rails.RegionGaps(regions, actions, exempt)
		var got []string
		for _, g := range gaps {
			got = append(got, g.Region+": "+strings.Join(g.Actions, " "))
		}
		if strings.Join(got, "; ") != tt.gaps || len(spared) != tt.spared || len(narrow) != tt.narrow {
			t.Errorf("%s: %q, spared %v, narrow %v", tt.name, got, spared, narrow)
		}
	}
}

func TestOpenRegions(t *testing.T) {
	allow := func(rest string) string { return statements(`"Effect":"Allow","Action":"*","Resource":"*"` + rest) }
	const only = `,"Condition":{"StringEquals":{"aws:RequestedRegion":"eu-west-1"}}`
	const but = `"Effect":"Deny","Action":"*","Resource":"*","Condition":{"StringNotEquals":{"aws:RequestedRegion":"eu-west-1"}}`
	for _, tt := range []struct {
		name, action, policy, boundary string
		want                           []string
	}{
		{"everywhere", "ec2:RunInstances", allow(""), "", []string{"us-east-1", "us-west-2"}},
		{"an Allow by Region", "ec2:RunInstances", allow(only), "", nil},
		{"an Allow by Region and MFA", "ec2:RunInstances", allow(`,"Condition":{"StringEquals":{"aws:RequestedRegion":"us-west-2"},"Bool":{"aws:MultiFactorAuthPresent":"true"}}`), "", []string{"us-west-2"}},
		{"a Deny by Region", "ec2:RunInstances", statements(`"Effect":"Allow","Action":"*","Resource":"*"`, but), "", nil},
		{"a boundary", "ec2:RunInstances", allow(""), allow(only), nil},
		{"a boundary that allows it nowhere", "ec2:RunInstances", allow(""), statements(`"Effect":"Allow","Action":"s3:*","Resource":"*"`), nil},
		{"another action", "ec2:RunInstances", statements(`"Effect":"Allow","Action":"s3:*","Resource":"*"`), "", nil},
		{"a bucket by its location", "s3:CreateBucket", allow(`,"Condition":{"StringEquals":{"s3:LocationConstraint":"eu-west-1"}}`), "", nil},
		{"us-east-1 names no location", "s3:CreateBucket", statements(`"Effect":"Allow","Action":"*","Resource":"*"`, `"Effect":"Deny","Action":"s3:CreateBucket","Resource":"*","Condition":{"StringNotEqualsIfExists":{"s3:LocationConstraint":"eu-west-1"},"Null":{"s3:LocationConstraint":"false"}}`), "", []string{"us-east-1"}},
	} {
		id := Identity{ARN: "arn:aws:iam::111122223333:role/r", Policies: []Source{{Name: "p", Document: mustParse(t, tt.policy)}}}
		if tt.boundary != "" {
			id.Boundary = &Source{Name: "b", Document: mustParse(t, tt.boundary)}
		}
		if got := id.OpenRegions(tt.action, []string{"us-east-1", "us-west-2"}); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %s is open in %v, want %v", tt.name, tt.action, got, tt.want)
		}
	}
}
