package regions

import (
	"strings"
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

const (
	own    = "arn:aws:iam::111122223333:"
	effOp  = "organizations:DescribeEffectivePolicy"
	pathOp = "organizations:ListParents"
)

func global(name, arn string) snapshot.Meta {
	m := checktest.Meta(name, arn)
	m.Region = snapshot.Global
	return m
}

func both(list ...func(*snapshot.Account)) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		for _, f := range list {
			f(a)
		}
	}
}

// member is an account of another's organization, with these policies at its unit beside
// the one that allows everything.
func member(documents ...string) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		a.Org.Organization = snapshot.Value(snapshot.Organization{ID: "o-acme", ManagementAccount: "222233334444", FeatureSet: "ALL"})
		policy := func(id, statement string) snapshot.ControlPolicy {
			return snapshot.ControlPolicy{ID: id, Name: id, Document: snapshot.Value(`{"Version":"2012-10-17","Statement":[` + statement + `]}`)}
		}
		all := policy("p-full", `{"Effect":"Allow","Action":"*","Resource":"*"}`)
		unit := []snapshot.ControlPolicy{all}
		for i, d := range documents {
			unit = append(unit, policy("p-"+string(rune('1'+i)), d))
		}
		level := func(id string, list []snapshot.ControlPolicy) snapshot.OrganizationLevel {
			return snapshot.OrganizationLevel{ID: id, SCPs: snapshot.Value(list), RCPs: snapshot.Value[[]snapshot.ControlPolicy](nil)}
		}
		a.Org.Path = snapshot.Value([]snapshot.OrganizationLevel{level("r-1", []snapshot.ControlPolicy{all}), level("ou-1", unit), level("111122223333", []snapshot.ControlPolicy{all})})
	}
}

func manages(a *snapshot.Account) {
	a.Org.Organization = snapshot.Value(snapshot.Organization{ID: "o-acme", ManagementAccount: "111122223333", FeatureSet: "ALL"})
	a.Org.Path = snapshot.Value[[]snapshot.OrganizationLevel](nil)
}

func alone(a *snapshot.Account) {
	a.Org.Organization = snapshot.Missing[snapshot.Organization](snapshot.ErrAbsent)
}

func pathDenied(a *snapshot.Account) {
	member()(a)
	a.Org.Path = snapshot.Missing[[]snapshot.OrganizationLevel](checktest.Unread(pathOp, snapshot.Denied))
}

// principal is a role that people assume, with an inline policy of these statements.
func principal(name string, list ...string) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		arn := own + "role/" + name
		a.IAM.Roles = append(a.IAM.Roles, snapshot.Role{Meta: global(name, arn), Path: "/",
			Trust:  snapshot.Value(`{"Statement":{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"sts:AssumeRole"}}`),
			Grants: snapshot.Grants{Inline: []snapshot.InlinePolicy{{Meta: global("p", arn+"/inline-policy/p"), Document: snapshot.Value(`{"Version":"2012-10-17","Statement":[` + strings.Join(list, ",") + `]}`)}}}})
	}
}

const (
	everything      = `{"Effect":"Allow","Action":"*","Resource":"*"}`
	elsewhereDenied = `{"StringNotEquals":{"aws:RequestedRegion":["eu-west-1"]}}`
	closed          = `{"Effect":"Deny","NotAction":["iam:*","organizations:*","sts:*","s3:ListAllMyBuckets","s3:GetAccountPublicAccessBlock"],"Resource":"*","Condition":` + elsewhereDenied + `}`
)

var ireland = map[string]any{"allowed_regions": []string{"eu-west-1"}}

func TestPartitionAllowed(t *testing.T) {
	in := func(partition string) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			a.Caller = snapshot.Value("arn:" + partition + ":sts::111122223333:assumed-role/onus/x")
		}
	}
	only := func(partition string) map[string]any {
		return map[string]any{"allowed_partitions": []string{partition}}
	}
	checktest.Run(t, &PartitionAllowed, []checktest.Case{
		{Name: "nobody said", Set: in("aws"), Want: checks.NotApplicable, Reason: "no allowed_partitions"},
		{Name: "allowed", Set: in("aws-eusc"), Parameters: only("aws-eusc"), Want: checks.PASS, Reason: "aws-eusc"},
		{Name: "not allowed", Set: in("aws"), Parameters: only("aws-eusc"), Want: checks.FAIL, Reason: "whatever the Region of the data"},
		{Name: "unknown ones go by their name", Set: in("aws-iso-z"), Parameters: only("aws"), Want: checks.FAIL, Reason: "aws-iso-z"},
		{Name: "GovCloud is a pair", Set: in("aws-us-gov"), Parameters: only("aws-us-gov"), Want: checks.PASS, Reason: "paired with"},
		{Name: "unread", Set: nil, Parameters: only("aws"), Want: checks.UNKNOWN, Reason: "read"},
	})
}

func TestRegionDenyEffective(t *testing.T) {
	with := func(set func(*snapshot.Account), want checks.Status, name, reason string) checktest.Case {
		return checktest.Case{Name: name, Set: set, Parameters: ireland, Want: want, Reason: reason}
	}
	const spare = `{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"StringNotEquals":{"aws:RequestedRegion":["eu-west-1"]},"ArnNotLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/`
	unreadPolicy := both(member(closed), func(a *snapshot.Account) {
		levels, _ := a.Org.Path.Get()
		list, _ := levels[1].SCPs.Get()
		list[1].Document = snapshot.Missing[string](checktest.Unread("organizations:DescribePolicy", snapshot.Throttled))
	})
	checktest.Run(t, &RegionDenyEffective, []checktest.Case{
		{Name: "nobody chose", Set: member(closed), Want: checks.NotApplicable, Reason: "neither residency"},
		with(member(closed), checks.PASS, "closed", "deny ec2, rds, s3, kms, backup in every Region but eu-west-1"),
		with(member(), checks.FAIL, "nothing attached", "open are"),
		with(member(strings.Replace(closed, `"iam:*"`, `"iam:*","ec2:*"`, 1)), checks.FAIL, "a sample's list holds ec2", "(ec2:"),
		with(member(strings.Replace(closed, `["eu-west-1"]`, `["eu-west-1","us-east-1"]`, 1)), checks.FAIL, "us-east-1 left open for global services", "us-east-1"),
		with(member(`{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:RequestedRegion":["us-east-1"]}}}`), checks.FAIL, "Regions by name", "open are"),
		with(member(spare+`AWSControlTowerExecution"}}}`), checks.PASS, "spares whom it may", "deny"),
		with(member(spare+`Admin*"}}}`), checks.FAIL, "spares administrators", "principals are spared by ArnNotLike aws:PrincipalArn"),
		with(member(closed, `{"Effect":"Deny","Action":"ec2:*","Resource":"*"}`), checks.PASS, "two together", "deny"),
		with(pathDenied, checks.UNKNOWN, "the path is denied to a member", pathOp),
		with(unreadPolicy, checks.UNKNOWN, "a policy is unread", "organizations:DescribePolicy"),
		with(alone, checks.NotApplicable, "no organization", "no organization"),
		with(both(manages, principal("admin", everything)), checks.FAIL, "nothing binds the management account", "1 principals may create resources in other Regions: role/admin"),
		with(both(manages, principal("admin", everything, closed)), checks.PASS, "where principals are limited themselves", "its root user is bound by nothing"),
		with(both(manages, principal("admin", everything, closed), func(a *snapshot.Account) {
			checktest.Fail(a, "iam:GetAccountAuthorizationDetails", snapshot.Global, snapshot.Throttled)
		}), checks.UNKNOWN, "principals cut short", "throttled"),
		with(func(a *snapshot.Account) {
			a.Org.Organization = snapshot.Value(snapshot.Organization{ID: "o-acme", ManagementAccount: "222233334444", FeatureSet: "CONSOLIDATED_BILLING"})
		}, checks.FAIL, "the bill alone", "CONSOLIDATED_BILLING"),
	})
}

func TestAdminsRegionLimited(t *testing.T) {
	with := func(name string, set func(*snapshot.Account), want checks.Status, reason string) checktest.Case {
		return checktest.Case{Name: name, Set: set, Parameters: ireland, Want: want, Reason: reason}
	}
	boundary := func(document string) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			a.IAM.Policies = []snapshot.ManagedPolicy{{Meta: global("b", own+"policy/b"), Document: snapshot.Value(`{"Version":"2012-10-17","Statement":[` + everything + `,` + document + `]}`)}}
			a.IAM.Roles[0].BoundaryARN = own + "policy/b"
		}
	}
	box := func(a *snapshot.Account) {
		principal("box", everything)(a)
		a.IAM.Roles[0].Trust = snapshot.Value(`{"Statement":{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}}`)
	}
	linked := func(a *snapshot.Account) {
		principal("linked", everything)(a)
		a.IAM.Roles[0].Path = "/aws-service-role/x/"
	}
	gone := func(a *snapshot.Account) {
		principal("gone")(a)
		a.IAM.Roles[0].Attached = []snapshot.AttachedPolicy{{ARN: own + "policy/gone"}}
	}
	checktest.Run(t, &AdminsRegionLimited, []checktest.Case{
		{Name: "nobody chose", Set: both(alone, principal("admin", everything)), Want: checks.NotApplicable, Reason: "neither residency"},
		with("an administrator", both(alone, principal("admin", everything)), checks.FAIL, "ec2:RunInstances in"),
		with("a Deny by Region", both(alone, principal("admin", everything, closed)), checks.PASS, "limit what it creates"),
		with("a boundary", both(alone, principal("admin", everything), boundary(closed)), checks.PASS, "limit what it creates"),
		with("reads alone", both(alone, principal("reader", `{"Effect":"Allow","Action":"ec2:Describe*","Resource":"*"}`)), checks.NotApplicable, "creates nothing"),
		with("buckets by their location, but us-east-1", both(alone, principal("s3", `{"Effect":"Allow","Action":"s3:CreateBucket","Resource":"*","Condition":{"StringEqualsIfExists":{"s3:LocationConstraint":"eu-west-1"}}}`)), checks.FAIL, "s3:CreateBucket in us-east-1"),
		with("replication in an allowed Region can point elsewhere", both(alone, principal("s3", `{"Effect":"Allow","Action":"s3:PutReplicationConfiguration","Resource":"*","Condition":{"StringEquals":{"aws:RequestedRegion":"eu-west-1"}}}`)), checks.PASS, "can still point to others"),
		with("service control policies close them", both(member(closed), principal("admin", everything)), checks.NotApplicable, "deny other Regions to all"),
		with("service control policies do not", both(member(), principal("admin", everything)), checks.FAIL, "service control policies do not"),
		with("service control policies unread", both(pathDenied, principal("admin", everything)), checks.FAIL, pathOp),
		with("limited itself, whatever binds it", both(pathDenied, principal("admin", everything, closed)), checks.PASS, "limit what it creates"),
		with("a service's role", both(alone, box), checks.NotApplicable, "only AWS services"),
		with("a service-linked role", both(alone, linked), checks.NotApplicable, "AWS service"),
		with("a policy that is not in the list", both(alone, gone), checks.UNKNOWN, "policy/gone"),
		{Name: "named as exempt", Set: both(alone, principal("admin", everything)), Parameters: map[string]any{"allowed_regions": []string{"eu-west-1"}, "exempt_principals": []string{own + "role/admin"}}, Want: checks.NotApplicable, Reason: "exempt_principals"},
	})
}

func TestAccessKeyLastUsedInAllowedRegion(t *testing.T) {
	key := func(active bool, use snapshot.Read[snapshot.KeyUse]) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			a.IAM.AccessKeys = []snapshot.AccessKey{{Meta: global("AKIA1", own+"user/anna/accesskey/1"), Active: active, LastUse: use}}
		}
	}
	used := func(region, service string) func(*snapshot.Account) {
		return key(true, snapshot.Value(snapshot.KeyUse{Region: region, Service: service}))
	}
	china := func(a *snapshot.Account) {
		used("cn-north-1", "iam")(a)
		a.IAM.AccessKeys[0].Partition = "aws-cn"
	}
	with := func(name string, set func(*snapshot.Account), want checks.Status, reason string) checktest.Case {
		return checktest.Case{Name: name, Set: set, Parameters: ireland, Want: want, Reason: reason}
	}
	checktest.Run(t, &AccessKeyLastUsedInAllowedRegion, []checktest.Case{
		{Name: "nobody chose", Set: used("us-west-1", "ec2"), Want: checks.NotApplicable, Reason: "neither residency"},
		with("allowed", used("eu-west-1", "ec2"), checks.PASS, "earlier uses are not known"),
		with("not allowed", used("us-west-1", "ec2"), checks.FAIL, "us-west-1 for ec2"),
		with("the old endpoint of sts", used("us-east-1", "sts"), checks.PASS, "answers from us-east-1"),
		with("ec2 in the same Region", used("us-east-1", "ec2"), checks.FAIL, "us-east-1 for ec2"),
		with("s3 shows the endpoint's Region", used("us-east-1", "s3"), checks.FAIL, "the Region of the endpoint and not of the bucket"),
		with("China's global services", china, checks.PASS, "answers from cn-north-1"),
		with("never used", used("", ""), checks.NotApplicable, "never used"),
		with("a service without a Region", used("", "iam"), checks.PASS, "names no Region"),
		with("inactive", key(false, snapshot.Value(snapshot.KeyUse{Region: "us-west-1", Service: "ec2"})), checks.NotApplicable, "inactive"),
		with("denied", key(true, snapshot.Missing[snapshot.KeyUse](checktest.Unread("iam:GetAccessKeyLastUsed", snapshot.Denied))), checks.UNKNOWN, "iam:GetAccessKeyLastUsed"),
	})
}

func TestAIServicesOptedOut(t *testing.T) {
	effective := func(p snapshot.EffectivePolicy) func(*snapshot.Account) {
		return func(a *snapshot.Account) { a.Org.AIOptOut = snapshot.Value(p) }
	}
	content := func(text string) func(*snapshot.Account) { return effective(snapshot.EffectivePolicy{Content: text}) }
	const out = `{"services":{"default":{"opt_out_policy":"optOut"}}}`
	const locked = `{"services":{"@@operators_allowed_for_child_policies":["@@none"],"default":{"@@operators_allowed_for_child_policies":["@@none"],"opt_out_policy":{"@@assign":"optOut"}}}}`
	policies := func(text string, targets ...string) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			a.Org.AIPolicies = snapshot.Value([]snapshot.OrganizationPolicy{{ID: "p-1", Name: "opt-out", Document: snapshot.Value(text), Targets: snapshot.Value(targets)}})
		}
	}
	checktest.Run(t, &AIServicesOptedOut, []checktest.Case{
		{Name: "a member that is opted out", Set: both(member(), content(out)), Want: checks.PASS, Reason: "the default is optOut"},
		{Name: "keys in other letters, the value assigned", Set: both(member(), content(`{"Services":{"Default":{"OPT_OUT_POLICY":{"@@assign":"OptOut"}}}}`)), Want: checks.PASS, Reason: "optOut"},
		{Name: "no policy", Set: both(member(), effective(snapshot.EffectivePolicy{None: "EffectivePolicyNotFoundException"})), Want: checks.FAIL, Reason: "EffectivePolicyNotFoundException); what these services keep may leave the Region"},
		{Name: "one service is opted in", Set: both(member(), content(`{"services":{"default":{"opt_out_policy":"optOut"},"lex":{"opt_out_policy":"optIn"}}}`)), Want: checks.FAIL, Reason: "not for lex optIn"},
		{Name: "no default", Set: both(member(), content(`{"services":{"lex":{"opt_out_policy":"optOut"}}}`)), Want: checks.FAIL, Reason: `the default is ""`},
		{Name: "not understood", Set: both(member(), content(`[]`)), Want: checks.UNKNOWN, Reason: "no JSON object"},
		{Name: "denied", Set: both(member(), func(a *snapshot.Account) {
			a.Org.AIOptOut = snapshot.Missing[snapshot.EffectivePolicy](checktest.Unread(effOp, snapshot.Denied))
		}), Want: checks.UNKNOWN, Reason: effOp},
		{Name: "no organization", Set: alone, Want: checks.NotApplicable, Reason: "no API shows"},
		{Name: "the management account, locked at the root", Set: both(manages, content(out), policies(locked, "r-1")), Want: checks.PASS, Reason: "lets no policy below change it"},
		{Name: "which lets accounts change it", Set: both(manages, content(out), policies(`{"services":{"default":{"opt_out_policy":{"@@assign":"optOut"}}}}`, "r-1")), Want: checks.FAIL, Reason: "lets policies below change it"},
		{Name: "a policy that hangs at a unit alone", Set: both(manages, content(out), policies(locked, "ou-1")), Want: checks.FAIL, Reason: "no policy hangs at the root"},
		{Name: "a policy that is attached to nothing", Set: both(manages, content(out), policies(locked)), Want: checks.FAIL, Reason: "no policy hangs at the root"},
		{Name: "policies denied", Set: both(manages, content(out), func(a *snapshot.Account) {
			a.Org.AIPolicies = snapshot.Missing[[]snapshot.OrganizationPolicy](checktest.Unread("organizations:ListPolicies", snapshot.Denied))
		}), Want: checks.UNKNOWN, Reason: "organizations:ListPolicies"},
	})
}
