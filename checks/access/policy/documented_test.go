package policy

import "testing"

// documented are the cases that AWS's own documents settle: each row names the document
// whose rule it shows. The wording of the policies is ours.
var documented = []struct {
	name     string
	identity string // "" for none; statements without braces
	resource string
	boundary string
	scp      string
	caller   Caller
	owner    string
	action   string
	on       string
	keys     map[string][]string
	want     Answer
	stage    Stage
}{
	// IAM User Guide, "Policy evaluation logic".
	{name: "nothing allows: implicit deny", identity: `"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"`, action: "s3:PutObject", on: "arn:aws:s3:::b/x", want: No, stage: ByIdentity},
	{name: "explicit deny wins over an allow of everything", identity: `"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"s3:*","Resource":"arn:aws:s3:::b*"`, action: "s3:GetObject", on: "arn:aws:s3:::b/x", want: No, stage: ByExplicitDeny},
	{name: "actions have no case, resources do", identity: `"Effect":"Allow","Action":"S3:getOBJECT","Resource":"arn:aws:s3:::B/*"`, action: "s3:GetObject", on: "arn:aws:s3:::b/x", want: No, stage: ByIdentity},
	{name: "a boundary and an identity policy must both allow", identity: `"Effect":"Allow","Action":"iam:CreateUser","Resource":"*"`, boundary: `"Effect":"Allow","Action":["s3:*","ec2:*"],"Resource":"*"`, action: "iam:CreateUser", on: "*", want: No, stage: ByBoundary},
	{name: "a boundary gives nothing by itself", identity: `"Effect":"Allow","Action":"ec2:DescribeInstances","Resource":"*"`, boundary: `"Effect":"Allow","Action":"*","Resource":"*"`, action: "s3:ListAllMyBuckets", on: "*", want: No, stage: ByIdentity},
	{name: "an SCP must allow as well", identity: `"Effect":"Allow","Action":"*","Resource":"*"`, scp: `"Effect":"Allow","Action":"ec2:*","Resource":"*"`, action: "s3:GetObject", on: "arn:aws:s3:::b/x", want: No, stage: BySCP},
	{name: "within an account the resource policy alone is enough", identity: `"Effect":"Allow","Action":"ec2:*","Resource":"*"`, resource: `"Effect":"Allow","Principal":{"AWS":"` + alice + `"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"`, action: "s3:GetObject", on: "arn:aws:s3:::b/x", want: Yes, stage: ByResource},
	{name: "a grant to a user by name is not cut by the boundary's silence", boundary: `"Effect":"Allow","Action":"ec2:*","Resource":"*"`, resource: `"Effect":"Allow","Principal":{"AWS":"` + alice + `"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"`, action: "s3:GetObject", on: "arn:aws:s3:::b/x", want: Yes, stage: ByResource},
	{name: "a grant to a role's ARN is cut by the boundary's silence", caller: Caller{ARN: session, Role: appRole, Account: ownerAccount}, boundary: `"Effect":"Allow","Action":"ec2:*","Resource":"*"`, resource: `"Effect":"Allow","Principal":{"AWS":"` + appRole + `"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"`, action: "s3:GetObject", on: "arn:aws:s3:::b/x", want: No, stage: ByBoundary},
	{name: "a grant to the session's ARN is not cut by the boundary's silence", caller: Caller{ARN: session, Role: appRole, Account: ownerAccount}, boundary: `"Effect":"Allow","Action":"ec2:*","Resource":"*"`, resource: `"Effect":"Allow","Principal":{"AWS":"` + session + `"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"`, action: "s3:GetObject", on: "arn:aws:s3:::b/x", want: Yes, stage: ByResource},
	{name: "a boundary's Deny does cut a grant to a user by name", boundary: `"Effect":"Deny","Action":"s3:*","Resource":"*"`, resource: `"Effect":"Allow","Principal":{"AWS":"` + alice + `"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"`, action: "s3:GetObject", on: "arn:aws:s3:::b/x", want: No, stage: ByExplicitDeny},
	// IAM User Guide, "Cross-account policy evaluation logic".
	{name: "across accounts the resource policy alone is not enough", caller: Caller{ARN: mallory, Account: strangerAccount}, resource: `"Effect":"Allow","Principal":{"AWS":"` + mallory + `"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"`, action: "s3:GetObject", on: "arn:aws:s3:::b/x", want: No, stage: ByIdentity},
	{name: "across accounts both together are", caller: Caller{ARN: mallory, Account: strangerAccount}, identity: `"Effect":"Allow","Action":"s3:GetObject","Resource":"*"`, resource: `"Effect":"Allow","Principal":{"AWS":"` + strangerAccount + `"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"`, action: "s3:GetObject", on: "arn:aws:s3:::b/x", want: Yes, stage: ByIdentity},
	{name: "across accounts the identity policy alone is not enough", caller: Caller{ARN: mallory, Account: strangerAccount}, identity: `"Effect":"Allow","Action":"*","Resource":"*"`, action: "s3:GetObject", on: "arn:aws:s3:::b/x", want: No, stage: ByResource},
	// IAM User Guide, "IAM JSON policy elements: NotAction" and "NotResource".
	{name: "NotAction allows all other services", identity: `"Effect":"Allow","NotAction":"iam:*","Resource":"*"`, action: "ec2:RunInstances", on: "*", want: Yes, stage: ByIdentity},
	{name: "Deny with NotAction takes all but those", identity: `"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","NotAction":"iam:*","Resource":"*"`, action: "ec2:RunInstances", on: "*", want: No, stage: ByExplicitDeny},
	{name: "Deny with NotResource takes all but those", identity: `"Effect":"Allow","Action":"s3:*","Resource":"*"},{"Effect":"Deny","Action":"s3:*","NotResource":["arn:aws:s3:::b","arn:aws:s3:::b/*"]`, action: "s3:GetObject", on: "arn:aws:s3:::b/x", want: Yes, stage: ByIdentity},
	// IAM User Guide, "IAM JSON policy elements: NotPrincipal".
	{name: "NotPrincipal names the user and its account: the user gets in", resource: `"Effect":"Deny","NotPrincipal":{"AWS":["` + alice + `","` + ownRoot + `"]},"Action":"s3:*","Resource":"*"},{"Effect":"Allow","Principal":{"AWS":"` + alice + `"},"Action":"s3:*","Resource":"*"`, action: "s3:GetObject", on: "arn:aws:s3:::b/x", want: Yes, stage: ByResource},
	// IAM User Guide, "IAM JSON policy elements: Condition operators".
	{name: "an absent key fails StringEquals", identity: `"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalTag/team":"x"}}`, action: "s3:GetObject", on: "arn:aws:s3:::b/x", want: No, stage: ByIdentity},
	{name: "an absent key meets StringNotEquals", identity: `"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringNotEquals":{"aws:PrincipalTag/team":"x"}}`, action: "s3:GetObject", on: "arn:aws:s3:::b/x", want: Yes, stage: ByIdentity},
	{name: "an absent key meets IfExists", identity: `"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEqualsIfExists":{"aws:PrincipalTag/team":"x"}}`, action: "s3:GetObject", on: "arn:aws:s3:::b/x", want: Yes, stage: ByIdentity},
	{name: "Bool without IfExists lets long-lived keys pass a Deny on MFA", identity: `"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"false"}}`, action: "ec2:StopInstances", on: "*", want: Yes, stage: ByIdentity},
	{name: "BoolIfExists does not", identity: `"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}`, action: "ec2:StopInstances", on: "*", want: No, stage: ByExplicitDeny},
	{name: "Null true is met by an absent key", identity: `"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Null":{"aws:TokenIssueTime":"true"}}`, action: "s3:GetObject", on: "arn:aws:s3:::b/x", want: Yes, stage: ByIdentity},
	{name: "several values of a key are OR", identity: `"Effect":"Allow","Action":"*","Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":["203.0.113.0/24","2001:DB8:1234:5678::/64"]}}`, action: "s3:GetObject", on: "arn:aws:s3:::b/x", keys: map[string][]string{"aws:sourceip": {"2001:db8:1234:5678::9"}}, want: Yes, stage: ByIdentity},
	{name: "several keys are AND", identity: `"Effect":"Allow","Action":"*","Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":"203.0.113.0/24"},"StringEquals":{"aws:PrincipalTag/team":"x"}}`, action: "s3:GetObject", on: "arn:aws:s3:::b/x", keys: map[string][]string{"aws:sourceip": {"203.0.113.4"}}, want: No, stage: ByIdentity},
	{name: "StringEquals takes a star for a star", identity: `"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalTag/team":"x*"}}`, action: "s3:GetObject", on: "arn:aws:s3:::b/x", keys: map[string][]string{"aws:principaltag/team": {"xy"}}, want: No, stage: ByIdentity},
	{name: "ArnEquals takes wildcards like ArnLike", identity: `"Effect":"Allow","Action":"*","Resource":"*","Condition":{"ArnEquals":{"aws:SourceArn":"arn:aws:sns:*:111122223333:*"}}`, action: "s3:GetObject", on: "arn:aws:s3:::b/x", keys: map[string][]string{"aws:sourcearn": {"arn:aws:sns:eu-west-1:111122223333:t"}}, want: Yes, stage: ByIdentity},
	{name: "NumericLessThanEquals", identity: `"Effect":"Allow","Action":"s3:ListBucket","Resource":"*","Condition":{"NumericLessThanEquals":{"s3:max-keys":"10"}}`, action: "s3:ListBucket", on: "arn:aws:s3:::b", keys: map[string][]string{"s3:max-keys": {"10"}}, want: Yes, stage: ByIdentity},
	{name: "DateGreaterThan", identity: `"Effect":"Allow","Action":"*","Resource":"*","Condition":{"DateGreaterThan":{"aws:TokenIssueTime":"2020-01-01T00:00:01Z"}}`, action: "s3:GetObject", on: "arn:aws:s3:::b/x", keys: map[string][]string{"aws:tokenissuetime": {"2019-12-31T23:59:59Z"}}, want: No, stage: ByIdentity},
	// IAM User Guide, "Creating a condition with multiple keys or values": multivalued keys.
	{name: "ForAllValues is met by an absent key", identity: `"Effect":"Allow","Action":"ec2:CreateTags","Resource":"*","Condition":{"ForAllValues:StringEquals":{"aws:TagKeys":["env","cost"]}}`, action: "ec2:CreateTags", on: "*", want: Yes, stage: ByIdentity},
	{name: "ForAllValues fails on one value outside", identity: `"Effect":"Allow","Action":"ec2:CreateTags","Resource":"*","Condition":{"ForAllValues:StringEquals":{"aws:TagKeys":["env","cost"]}}`, action: "ec2:CreateTags", on: "*", keys: map[string][]string{"aws:tagkeys": {"env", "owner"}}, want: No, stage: ByIdentity},
	{name: "ForAnyValue fails on an absent key", identity: `"Effect":"Allow","Action":"ec2:CreateTags","Resource":"*","Condition":{"ForAnyValue:StringEquals":{"aws:TagKeys":["env"]}}`, action: "ec2:CreateTags", on: "*", want: No, stage: ByIdentity},
	// IAM User Guide, "IAM policy elements: Variables and tags".
	{name: "a variable takes the caller's name", identity: `"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::b/${aws:username}"`, action: "s3:GetObject", on: "arn:aws:s3:::b/alice", want: Yes, stage: ByIdentity},
	{name: "and no other's", identity: `"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::b/${aws:username}"`, action: "s3:GetObject", on: "arn:aws:s3:::b/x", want: No, stage: ByIdentity},
	{name: "${*} is a star that matches itself alone", identity: `"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::b/${*}"`, action: "s3:GetObject", on: "arn:aws:s3:::b/x", want: No, stage: ByIdentity},
	// Organizations User Guide, "SCP evaluation".
	{name: "an SCP's Deny binds an administrator", identity: `"Effect":"Allow","Action":"*","Resource":"*"`, scp: `"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","NotAction":["iam:*","sts:*"],"Resource":"*","Condition":{"StringNotEquals":{"aws:RequestedRegion":["eu-west-1"]}}`, action: "ec2:RunInstances", on: "*", keys: map[string][]string{"aws:requestedregion": {"us-east-1"}}, want: No, stage: ByExplicitDeny},
	{name: "and leaves the allowed Region", identity: `"Effect":"Allow","Action":"*","Resource":"*"`, scp: `"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","NotAction":["iam:*","sts:*"],"Resource":"*","Condition":{"StringNotEquals":{"aws:RequestedRegion":["eu-west-1"]}}`, action: "ec2:RunInstances", on: "*", keys: map[string][]string{"aws:requestedregion": {"eu-west-1"}}, want: Yes, stage: ByIdentity},
}

func TestDocumentedEvaluations(t *testing.T) {
	for _, tt := range documented {
		t.Run(tt.name, func(t *testing.T) {
			source := func(name, body string) Source {
				return Source{Name: name, Document: mustParse(t, `{"Version":"2012-10-17","Statement":[{`+body+`}]}`)}
			}
			var docs Policies
			if tt.identity != "" {
				docs.Identity = []Source{source("identity", tt.identity)}
			}
			if tt.resource != "" {
				s := source("resource", tt.resource)
				docs.Resource = &s
			}
			if tt.boundary != "" {
				s := source("boundary", tt.boundary)
				docs.Boundary = &s
			}
			if tt.scp != "" {
				docs.SCPs = &Guardrails{Levels: [][]Source{{source("scp", tt.scp)}}}
			}
			req := Request{Caller: tt.caller, Owner: ownerAccount, Action: tt.action, Resource: tt.on, Context: Context{Values: tt.keys, Closed: true}}
			if req.Caller == (Caller{}) {
				req.Caller = Caller{ARN: alice, Account: ownerAccount}
			}
			got := Decide(req, docs)
			if got.Allowed != tt.want || got.Stage != tt.stage {
				t.Errorf("%v by %s, want %v by %s", got.Allowed, got.Stage, tt.want, tt.stage)
			}
		})
	}
}

// TestDocumentedPublicPolicies: S3 User Guide, "Blocking public access to your Amazon S3
// storage", section "The meaning of public".
func TestDocumentedPublicPolicies(t *testing.T) {
	get := `"Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"`
	toAll := func(condition string) string { return `"Effect":"Allow","Principal":"*",` + get + condition }
	for _, tt := range []struct {
		name, body string
		want       Answer
	}{
		{"no condition", toAll(``), Yes},
		{"a fixed VPC", toAll(`,"Condition":{"StringEquals":{"aws:SourceVpc":"vpc-91237329"}}`), No},
		{"any VPC by a wildcard", toAll(`,"Condition":{"StringLike":{"aws:SourceVpc":"vpc-*"}}`), Yes},
		{"a fixed endpoint", toAll(`,"Condition":{"StringEquals":{"aws:SourceVpce":"vpce-1a2b3c4d"}}`), No},
		{"a policy variable is not fixed", toAll(`,"Condition":{"StringEquals":{"aws:SourceVpce":"${aws:PrincipalTag/vpce}"}}`), Yes},
		{"a fixed organization", toAll(`,"Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-exampleorgid"}}`), No},
		{"a fixed source ARN", toAll(`,"Condition":{"ArnEquals":{"aws:SourceArn":"arn:aws:sns:eu-west-1:111122223333:t"}}`), No},
		{"a fixed source account", toAll(`,"Condition":{"StringEquals":{"aws:SourceAccount":"111122223333"}}`), No},
		{"one address", toAll(`,"Condition":{"IpAddress":{"aws:SourceIp":"203.0.113.7/32"}}`), No},
		{"an IPv4 block of /8 is narrow enough", toAll(`,"Condition":{"IpAddress":{"aws:SourceIp":"54.0.0.0/8"}}`), No},
		{"a wider one is not", toAll(`,"Condition":{"IpAddress":{"aws:SourceIp":"54.0.0.0/7"}}`), Yes},
		{"an IPv6 block wider than /32", toAll(`,"Condition":{"IpAddress":{"aws:SourceIp":"2600::/31"}}`), Yes},
		{"the private IPv6 block is excepted", toAll(`,"Condition":{"IpAddress":{"aws:SourceIp":"fc00::/7"}}`), No},
		{"both halves of the internet", toAll(`,"Condition":{"IpAddress":{"aws:SourceIp":["0.0.0.0/1","128.0.0.0/1"]}}`), Yes},
		{"access points of one account", toAll(`,"Condition":{"StringLike":{"s3:DataAccessPointArn":"arn:aws:s3:us-west-2:123456789012:accesspoint/*"}}`), No},
		{"access points of any account", toAll(`,"Condition":{"StringLike":{"s3:DataAccessPointArn":"arn:aws:s3:us-west-2:*:accesspoint/*"}}`), Yes},
		{"TLS fixes nobody", toAll(`,"Condition":{"Bool":{"aws:SecureTransport":"true"}}`), Yes},
		{"Referer fixes nobody", toAll(`,"Condition":{"StringLike":{"aws:Referer":"https://acme.example/*"}}`), Yes},
		{"a fixed account", `"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},` + get, No},
		{"a service", `"Effect":"Allow","Principal":{"Service":"cloudtrail.amazonaws.com"},"Action":"s3:PutObject","Resource":"arn:aws:s3:::b/*"`, No},
		{"a service, an account and everyone: one public statement is enough", `"Effect":"Allow","Principal":{"Service":"cloudtrail.amazonaws.com"},"Action":"s3:PutObject","Resource":"arn:aws:s3:::b/*"},{"Effect":"Allow","Principal":{"AWS":"111122223333"},` + get + `},{` + toAll(``), Yes},
		{"the same with the public one held to a VPC", `"Effect":"Allow","Principal":{"Service":"cloudtrail.amazonaws.com"},"Action":"s3:PutObject","Resource":"arn:aws:s3:::b/*"},{` + toAll(`,"Condition":{"StringEquals":{"aws:SourceVpc":"vpc-91237329"}}`), No},
	} {
		d := mustParse(t, `{"Version":"2012-10-17","Statement":[{`+tt.body+`}]}`)
		if got := d.IsPublic(); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}
