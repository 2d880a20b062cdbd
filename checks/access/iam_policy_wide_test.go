package access

import (
	"strings"
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

const own = "arn:aws:iam::111122223333:"

func statements(list ...string) snapshot.Read[string] {
	return snapshot.Value(`{"Version":"2012-10-17","Statement":[` + strings.Join(list, ",") + `]}`)
}

// customerPolicy is an account with one attached customer managed policy.
func customerPolicy(document snapshot.Read[string]) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		one, none := int32(1), int32(0)
		a.IAM.Policies = []snapshot.ManagedPolicy{
			{Meta: globally("p", own+"policy/p"), AttachmentCount: &one, BoundaryUsageCount: &none, DefaultVersionID: "v3", Document: document},
			// AWS's own are not judged.
			{Meta: globally("AWS", "arn:aws:iam::aws:policy/AWS"), AttachmentCount: &one, BoundaryUsageCount: &none, Document: statements(`{"Effect":"Allow","NotAction":"x:Y","NotResource":"z"}`)},
		}
	}
}

// inline is an account in which one role has an inline policy.
func inline(document snapshot.Read[string]) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		a.IAM.Roles = []snapshot.Role{{Meta: globally("app", own+"role/app"), Path: "/", Grants: inlined(own+"role/app", document)}}
	}
}

func inlined(owner string, documents ...snapshot.Read[string]) (g snapshot.Grants) {
	for i, d := range documents {
		name := "p" + string(rune('1'+i))
		g.Inline = append(g.Inline, snapshot.InlinePolicy{Meta: globally(name, owner+"/inline-policy/"+name), Owner: owner, Document: d})
	}
	return g
}

func allow(rest string) func(*snapshot.Account) {
	return customerPolicy(statements(statement("Allow", rest)))
}

func statement(effect, rest string) string { return `{"Effect":"` + effect + `",` + rest + `}` }

// undecided are the cases of every check that judges policies.
func undecided() []checktest.Case {
	return []checktest.Case{
		{Name: "document unread", Set: inline(snapshot.Missing[string](checktest.Unread("iam:GetAccountAuthorizationDetails", snapshot.Malformed))), Want: checks.UNKNOWN, Reason: "malformed"},
		{Name: "not JSON", Set: customerPolicy(snapshot.Value("{")), Want: checks.UNKNOWN, Reason: "cannot be understood"},
		{Name: "an element that AWS does not have", Set: inline(statements(`{"Effect":"Allow","Action":"ec2:DescribeInstances","Resource":"*","Strange":1}`)), Want: checks.UNKNOWN, Reason: "Strange"},
		{Name: "a service-linked role's is AWS's", Set: func(a *snapshot.Account) {
			owner := own + "role/aws-service-role/x.amazonaws.com/x"
			a.IAM.Roles = []snapshot.Role{{Meta: globally("x", owner), Path: "/aws-service-role/x.amazonaws.com/", Grants: inlined(owner, statements(statement("Allow", `"Action":"*","Resource":"*"`)))}}
		}, Want: checks.NotApplicable, Reason: "service-linked"},
		{Name: "details cut short", Set: func(a *snapshot.Account) {
			checktest.Fail(a, "iam:GetAccountAuthorizationDetails", snapshot.Global, snapshot.Denied)
		}, Want: checks.UNKNOWN, Reason: "denied"},
	}
}

func TestPolicyNoServiceWildcard(t *testing.T) {
	on := func(actions string) func(*snapshot.Account) { return allow(`"Action":` + actions + `,"Resource":"*"`) }
	checktest.Run(t, &PolicyNoServiceWildcard, append(undecided(), []checktest.Case{
		{Name: "s3:*", Set: on(`"s3:*"`), Want: checks.FAIL, Reason: "all actions of s3", Observed: map[string]string{"statements": "statement 1", "DefaultVersionId": "v3"}},
		{Name: "S3:*", Set: on(`"S3:*"`), Want: checks.FAIL, Reason: "actions of s3"},
		{Name: "s3:**", Set: on(`["s3:**"]`), Want: checks.FAIL, Reason: "actions of s3"},
		{Name: "s3:?*", Set: on(`["s3:?*"]`), Want: checks.FAIL, Reason: "actions of s3"},
		{Name: "services by a wildcard", Set: on(`"dynamo*:*"`), Want: checks.FAIL, Reason: "actions of dynamodb"},
		{Name: "s3:Get* is not all", Set: on(`["s3:Get*","s3:List*"]`), Want: checks.PASS, Reason: "no statement"},
		{Name: "on one bucket", Set: allow(`"Action":"s3:*","Resource":"arn:aws:s3:::b/*"`), Want: checks.PASS, Reason: "no statement"},
		{Name: "an allowed service", Set: on(`["s3:*","logs:*"]`), Parameters: map[string]any{"allowed_services": []string{"logs", "s3"}}, Want: checks.PASS, Reason: "no statement"},
		{Name: "NotAction takes in every service it does not name", Set: allow(`"NotAction":"iam:*","Resource":"*"`), Want: checks.FAIL, Reason: "more allowed on all resources"},
		{Name: "* has one reason", Set: on(`"*"`), Want: checks.FAIL, Reason: "all actions of every service allowed"},
		{Name: "a condition does not lift it", Set: allow(`"Action":"s3:*","Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}`), Want: checks.FAIL, Reason: "actions of s3"},
		{Name: "inline", Set: inline(statements(statement("Allow", `"Action":"sqs:*","Resource":"*"`))), Want: checks.FAIL, Reason: "actions of sqs"},
	}...))
}

func TestPolicyNoUnscopedWrites(t *testing.T) {
	checktest.Run(t, &PolicyNoUnscopedWrites, append(undecided(), []checktest.Case{
		{Name: "a write", Set: allow(`"Action":"s3:DeleteObject","Resource":"*"`), Want: checks.FAIL, Reason: "s3:DeleteObject"},
		{Name: "actions that know no resource", Set: allow(`"Action":["ec2:DescribeInstances","s3:ListAllMyBuckets","iam:CreateAccountAlias"],"Resource":"*"`), Want: checks.PASS, Reason: "no action"},
		{Name: "reads", Set: allow(`"Action":["s3:Get*","s3:List*"],"Resource":"*"`), Want: checks.PASS, Reason: "no action"},
		{Name: "arn:aws:s3:::* is as wide", Set: allow(`"Action":"s3:PutBucketPolicy","Resource":"arn:aws:s3:::*"`), Want: checks.FAIL, Reason: "s3:PutBucketPolicy"},
		{Name: "named", Set: allow(`"Action":"s3:PutObject","Resource":"arn:aws:s3:::b/*"`), Want: checks.PASS, Reason: "no action"},
		{Name: "narrowed by a tag", Set: allow(`"Action":"ec2:StopInstances","Resource":"*","Condition":{"StringEquals":{"aws:ResourceTag/team":"shop"}}`), Want: checks.PASS, Reason: "no action"},
		{Name: "IfExists narrows nothing", Set: allow(`"Action":"ec2:StopInstances","Resource":"*","Condition":{"StringEqualsIfExists":{"aws:ResourceTag/team":"shop"}}`), Want: checks.FAIL, Reason: "ec2:StopInstances"},
		{Name: "an action newer than the table", Set: allow(`"Action":"s3:NoSuchThingYet","Resource":"*"`), Want: checks.UNKNOWN, Reason: "not in the table of actions of 20"},
		{Name: "permissions", Set: inline(statements(statement("Allow", `"Action":"iam:PutRolePolicy","Resource":"*"`))), Want: checks.FAIL, Reason: "iam:PutRolePolicy"},
		{Name: "a long list is cut", Set: allow(`"Action":"*","Resource":"*"`), Want: checks.FAIL, Reason: "statement 1 allows"},
	}...))
}

func TestPolicyNoAllowWithNot(t *testing.T) {
	checktest.Run(t, &PolicyNoAllowWithNotAction, append(undecided(), []checktest.Case{
		{Name: "as in PowerUserAccess", Set: allow(`"NotAction":["iam:*","organizations:*"],"Resource":"*"`), Want: checks.FAIL, Reason: "all actions but iam:*, organizations:*"},
		{Name: "in a Region alone", Set: allow(`"NotAction":"iam:*","Resource":"*","Condition":{"StringEquals":{"aws:RequestedRegion":"eu-west-1"}}`), Want: checks.FAIL, Reason: "all actions but"},
		{Name: "Deny is the recommended form", Set: customerPolicy(statements(statement("Deny", `"NotAction":"iam:*","Resource":"*"`))), Want: checks.PASS, Reason: "no Allow"},
		{Name: "inline", Set: inline(statements(statement("Allow", `"NotAction":"s3:*","Resource":"arn:aws:s3:::b"`))), Want: checks.FAIL, Reason: "but s3:*"},
	}...))
	checktest.Run(t, &PolicyNoAllowWithNotResource, append(undecided(), []checktest.Case{
		{Name: "all but one bucket", Set: allow(`"Action":"*","NotResource":"arn:aws:s3:::b"`), Want: checks.FAIL, Reason: "all resources but arn:aws:s3:::b"},
		{Name: "another account's excludes nothing here", Set: allow(`"Action":"sns:*","NotResource":"arn:aws:sns:eu-west-1:999988887777:t"`), Want: checks.FAIL, Reason: "all resources but"},
		{Name: "Deny", Set: customerPolicy(statements(statement("Deny", `"Action":"*","NotResource":"arn:aws:s3:::b"`))), Want: checks.PASS, Reason: "no Allow"},
	}...))
}

func TestPolicyNoUnrestrictedS3DataAccess(t *testing.T) {
	checktest.Run(t, &PolicyNoUnrestrictedS3DataAccess, append(undecided(), []checktest.Case{
		{Name: "s3:* on *", Set: allow(`"Action":"s3:*","Resource":"*"`), Want: checks.FAIL, Reason: "allowed on every bucket"},
		{Name: "on arn:aws:s3:::*/*", Set: allow(`"Action":["s3:GetObject","s3:PutObject"],"Resource":"arn:aws:s3:::*/*"`), Want: checks.FAIL, Reason: "every bucket"},
		{Name: "in another partition", Set: allow(`"Action":"s3:*","Resource":"arn:aws-us-gov:s3:::*"`), Want: checks.FAIL, Reason: "every bucket"},
		{Name: "Get and Put in two statements, by wildcards and in capitals", Set: customerPolicy(statements(statement("Allow", `"Action":"S3:PutObject","Resource":"*"`), statement("Allow", `"Action":"s3:G*","Resource":"*"`))), Want: checks.FAIL, Reason: "statement 2"},
		{Name: "Put by s3:P*", Set: allow(`"Action":["s3:P*","s3:GetObject"],"Resource":"*"`), Want: checks.FAIL, Reason: "every bucket"},
		{Name: "read alone", Set: allow(`"Action":"s3:Get*","Resource":"*"`), Want: checks.PASS, Reason: "not both"},
		{Name: "one bucket", Set: allow(`"Action":"s3:*","Resource":["arn:aws:s3:::b","arn:aws:s3:::b/*"]`), Want: checks.PASS, Reason: "not both"},
		{Name: "a prefix is said", Set: allow(`"Action":"s3:*","Resource":"arn:aws:s3:::acme-*"`), Want: checks.PASS, Reason: "arn:aws:s3:::acme-*"},
		{Name: "own account alone", Set: allow(`"Action":"s3:*","Resource":"*","Condition":{"StringEquals":{"s3:ResourceAccount":"111122223333"}}`), Want: checks.PASS, Reason: "without a restricting condition"},
		{Name: "a condition that fixes no owner", Set: allow(`"Action":"s3:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"true"}}`), Want: checks.FAIL, Reason: "every bucket"},
		{Name: "s3:ListAllMyBuckets", Set: allow(`"Action":"s3:ListAllMyBuckets","Resource":"*"`), Want: checks.PASS, Reason: "not both"},
		{Name: "denied again", Set: customerPolicy(statements(statement("Allow", `"Action":"s3:*","Resource":"*"`), statement("Deny", `"Action":"s3:PutObject","Resource":"*"`))), Want: checks.PASS, Reason: "not both"},
	}...))
}

func TestPolicyNoMarketplaceSubscribeOnAll(t *testing.T) {
	on := func(condition string) func(*snapshot.Account) {
		return allow(`"Action":"aws-marketplace:*","Resource":"*","Condition":{` + condition + `}`)
	}
	checktest.Run(t, &PolicyNoMarketplaceSubscribeOnAll, append(undecided(), []checktest.Case{
		{Name: "by a wildcard", Set: on(``), Want: checks.FAIL, Reason: "every product"},
		{Name: "by *", Set: allow(`"Action":"*","Resource":"*"`), Want: checks.FAIL, Reason: "every product"},
		{Name: "ForAnyValue restricts", Set: on(`"ForAnyValue:StringEquals":{"aws-marketplace:ProductId":["prod-1"]}`), Want: checks.PASS, Reason: "not allowed, or"},
		{Name: "ForAllValues alone does not", Set: on(`"ForAllValues:StringEquals":{"aws-marketplace:ProductId":["prod-1"]}`), Want: checks.FAIL, Reason: "every product"},
		{Name: "viewing", Set: allow(`"Action":"aws-marketplace:ViewSubscriptions","Resource":"*"`), Want: checks.PASS, Reason: "not allowed, or"},
	}...))
}

func TestPolicyNoWildcardRoleAssumption(t *testing.T) {
	on := func(resource string) func(*snapshot.Account) {
		return allow(`"Action":["sts:Assume*","sts:TagSession"],"Resource":` + resource)
	}
	checktest.Run(t, &PolicyNoWildcardRoleAssumption, append(undecided(), []checktest.Case{
		{Name: "*", Set: on(`"*"`), Want: checks.FAIL, Reason: "every role"},
		{Name: "sts:*", Set: allow(`"Action":"sts:*","Resource":"*"`), Want: checks.FAIL, Reason: "every role"},
		{Name: "every role of any account", Set: on(`"arn:aws:iam::*:role/*"`), Want: checks.FAIL, Reason: "every role"},
		{Name: "every role of the own account", Set: on(`"arn:aws:iam::111122223333:role/*"`), Want: checks.FAIL, Reason: "every role"},
		{Name: "every role of another account", Set: on(`["arn:aws:iam::111122223333:role/a","arn:aws:iam::999988887777:*"]`), Want: checks.FAIL, Reason: "999988887777"},
		{Name: "one name in any account", Set: on(`"arn:aws:iam::*:role/deploy"`), Want: checks.FAIL, Reason: "in any account"},
		{Name: "a short pattern", Set: on(`"arn:aws:iam::*"`), Want: checks.FAIL, Reason: "every role"},
		{Name: "a pattern in one account", Set: on(`"arn:aws:iam::111122223333:role/app-*"`), Want: checks.PASS, Reason: "role/app-*"},
		{Name: "one role", Set: on(`"arn:aws:iam::999988887777:role/deploy"`), Want: checks.PASS, Reason: "named roles"},
		{Name: "in the organization", Set: allow(`"Action":"sts:AssumeRole","Resource":"*","Condition":{"StringEquals":{"aws:ResourceOrgID":"o-acme"}}`), Want: checks.PASS, Reason: "named roles"},
		{Name: "no assumption", Set: allow(`"Action":["sts:TagSession","sts:GetCallerIdentity"],"Resource":"*"`), Want: checks.PASS, Reason: "not allowed"},
		{Name: "users by a pattern are no roles", Set: on(`"arn:aws:iam::*:user/x"`), Want: checks.PASS, Reason: "named roles"},
	}...))
}
