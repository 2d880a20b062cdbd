package access

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

const (
	heldProfile = "arn:aws:iam::111122223333:instance-profile/app/web"
	heldRole    = "arn:aws:iam::111122223333:role/web-role"
	boundaryARN = "arn:aws:iam::111122223333:policy/boundary"
)

func ofIAM(m snapshot.Meta) snapshot.Meta {
	m.Region = snapshot.Global
	return m
}

// holding puts an instance into the account whose role has the statements inline.
func holding(statements ...string) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		a.EC2.Instances = []snapshot.Instance{{Meta: checktest.Meta("i", instanceARN), ID: "i-1", State: "running", VPC: "vpc-1", Profile: heldProfile, ProfileID: "AIPA1"}}
		a.IAM.InstanceProfiles = []snapshot.InstanceProfile{{Meta: ofIAM(checktest.Meta("web", heldProfile)), ID: "AIPA1", Roles: []string{heldRole}}}
		role := snapshot.Role{Meta: ofIAM(checktest.Meta("web-role", heldRole)), Path: "/"}
		if len(statements) > 0 {
			role.Inline = []snapshot.InlinePolicy{{Meta: ofIAM(checktest.Meta("p", heldRole+"/inline-policy/p")), Owner: heldRole, Document: snapshot.Value(policyDocument(statements...))}}
		}
		a.IAM.Roles = []snapshot.Role{role}
	}
}

func policyDocument(statements ...string) string {
	return `{"Version":"2012-10-17","Statement":[` + strings.Join(statements, ",") + `]}`
}

func grants(actions, resources string, condition ...string) string {
	return effect("Allow", actions, resources, condition...)
}

func denies(actions, resources string, condition ...string) string {
	return effect("Deny", actions, resources, condition...)
}

func effect(word, actions, resources string, condition ...string) string {
	list := func(words string) string { return `["` + strings.Join(strings.Fields(words), `","`) + `"]` }
	c := ""
	if len(condition) > 0 {
		c = `,"Condition":` + condition[0]
	}
	return fmt.Sprintf(`{"Effect":"%s","Action":%s,"Resource":%s%s}`, word, list(actions), list(resources), c)
}

// bounded gives the role a boundary; managed a further policy.
func bounded(statements ...string) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		a.IAM.Roles[0].BoundaryARN = boundaryARN
		if len(statements) > 0 {
			a.IAM.Policies = append(a.IAM.Policies, snapshot.ManagedPolicy{Meta: ofIAM(checktest.Meta("boundary", boundaryARN)), Document: snapshot.Value(policyDocument(statements...))})
		}
	}
}

func managed(arn string, statements ...string) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		a.IAM.Roles[0].Attached = append(a.IAM.Roles[0].Attached, snapshot.AttachedPolicy{ARN: arn})
		if len(statements) > 0 {
			a.IAM.Policies = append(a.IAM.Policies, snapshot.ManagedPolicy{Meta: ofIAM(checktest.Meta(arn, arn)), Document: snapshot.Value(policyDocument(statements...))})
		}
	}
}

func globalFailing(op string) func(*snapshot.Account) {
	return func(a *snapshot.Account) { checktest.Fail(a, op, snapshot.Global, snapshot.Denied) }
}

func conditioned(statement, condition string) string {
	return strings.TrimSuffix(statement, "}") + `,"Condition":` + condition + "}"
}

// heldCases are the cases that hold for every check of an instance's role; bad is a
// statement that fails it.
func heldCases(bad string) []checktest.Case {
	const extra = "arn:aws:iam::111122223333:policy/extra"
	changed := func(f func(*snapshot.Account)) func(*snapshot.Account) { return then(holding(bad), f) }
	return []checktest.Case{
		{Name: "no profile", Set: changed(func(a *snapshot.Account) { a.EC2.Instances[0].Profile = "" }), Want: checks.NotApplicable, Reason: "no instance profile"},
		{Name: "a profile without a role", Set: changed(func(a *snapshot.Account) { a.IAM.InstanceProfiles[0].Roles = nil }), Want: checks.PASS, Reason: "holds no role"},
		{Name: "a profile that is gone", Set: changed(func(a *snapshot.Account) { a.IAM.InstanceProfiles = nil }), Want: checks.UNKNOWN, Reason: "none of the account's instance profiles"},
		{Name: "a profile that was made again", Set: changed(func(a *snapshot.Account) { a.IAM.InstanceProfiles[0].ID = "AIPA2" }), Want: checks.UNKNOWN, Reason: "made again as AIPA2"},
		{Name: "a role that is gone", Set: changed(func(a *snapshot.Account) { a.IAM.Roles = nil }), Want: checks.UNKNOWN, Reason: "none of the account's roles"},
		{Name: "profiles are not read", Set: changed(then(globalFailing("iam:ListInstanceProfiles"), func(a *snapshot.Account) { a.IAM.InstanceProfiles = nil })), Want: checks.UNKNOWN, Reason: "denied"},
		{Name: "roles are not read", Set: changed(then(globalFailing("iam:GetAccountAuthorizationDetails"), func(a *snapshot.Account) { a.IAM.Roles = nil })), Want: checks.UNKNOWN, Reason: "denied"},
		{Name: "a policy that is not read", Set: then(holding(), globalFailing("iam:GetAccountAuthorizationDetails"), managed(extra)), Want: checks.UNKNOWN, Reason: "denied"},
		{Name: "a policy that cannot be understood", Set: then(holding(), managed(extra), func(a *snapshot.Account) {
			a.IAM.Policies = []snapshot.ManagedPolicy{{Meta: ofIAM(checktest.Meta("x", extra)), Document: snapshot.Value("{")}}
		}), Want: checks.UNKNOWN, Reason: extra},
		{Name: "an element that AWS does not have", Set: holding(strings.TrimSuffix(bad, "}") + `,"Strange":1}`), Want: checks.UNKNOWN},
		{Name: "bad beside what is not read", Set: then(holding(bad), globalFailing("iam:GetAccountAuthorizationDetails"), managed(extra)), Want: checks.FAIL},
		{Name: "no policy at all", Set: holding(), Want: checks.PASS, Reason: "web-role"},
		{Name: "bad", Set: holding(bad), Want: checks.FAIL, Reason: "web-role", Observed: map[string]string{"Role": heldRole, "IamInstanceProfile": heldProfile}},
		{Name: "bad in an attached policy", Set: then(holding(), managed(extra, bad)), Want: checks.FAIL, Reason: "policy/extra statement 1"},
		{Name: "bad, and denied in another policy", Set: then(holding(bad), managed(extra, denies("*", "*"))), Want: checks.PASS},
		{Name: "bad, and denied on a condition that may not be met", Set: then(holding(bad), managed(extra, denies("*", "*", `{"StringEquals":{"aws:RequestedRegion":"eu-west-1"}}`))), Want: checks.FAIL},
		{Name: "bad, and denied on a condition that is always met", Set: then(holding(bad), managed(extra, denies("*", "*", `{"ArnEquals":{"aws:PrincipalArn":"`+heldRole+`"}}`))), Want: checks.PASS},
		{Name: "a boundary that allows nothing of it", Set: then(holding(bad), bounded(grants("sqs:SendMessage", "*"))), Want: checks.PASS},
		{Name: "a boundary that allows all", Set: then(holding(bad), bounded(grants("*", "*"))), Want: checks.FAIL},
		{Name: "a boundary that denies", Set: then(holding(bad), bounded(grants("*", "*"), denies("*", "*"))), Want: checks.PASS},
		{Name: "a boundary that is not read cuts nothing, and is told", Set: then(holding(bad), globalFailing("iam:GetAccountAuthorizationDetails"), bounded()), Want: checks.FAIL, Reason: "unless a boundary lifts it that was not read"},
		{Name: "a boundary on a condition", Set: then(holding(bad), bounded(grants("*", "*", `{"StringEquals":{"aws:RequestedRegion":"eu-west-1"}}`))), Want: checks.PASS, Reason: "condition"},
		{Name: "on a condition that narrows", Set: holding(conditioned(bad, `{"StringEquals":{"aws:ResourceTag/team":"a"}}`)), Want: checks.PASS, Reason: "on the condition StringEquals aws:ResourceTag/team [a]"},
		{Name: "on a condition that every request meets", Set: holding(conditioned(bad, `{"Bool":{"aws:SecureTransport":"true"}}`)), Want: checks.FAIL},
		{Name: "on a condition that no instance meets", Set: holding(conditioned(bad, `{"Bool":{"aws:MultiFactorAuthPresent":"true"}}`)), Want: checks.PASS},
		{Name: "on the condition that it is this instance", Set: holding(conditioned(bad, `{"ArnEquals":{"ec2:SourceInstanceARN":"`+instanceARN+`"}}`)), Want: checks.FAIL},
		{Name: "on the condition that it is another", Set: holding(conditioned(bad, `{"ArnEquals":{"ec2:SourceInstanceARN":"arn:aws:ec2:eu-west-1:111122223333:instance/i-2"}}`)), Want: checks.PASS},
		{Name: "in China", Want: checks.FAIL, Set: changed(func(a *snapshot.Account) {
			for _, arn := range []*string{&a.EC2.Instances[0].Profile, &a.IAM.InstanceProfiles[0].ARN, &a.IAM.InstanceProfiles[0].Roles[0], &a.IAM.Roles[0].ARN} {
				*arn = strings.Replace(*arn, "arn:aws:", "arn:aws-cn:", 1)
			}
		})},
	}
}

func TestInstanceRoleNoAdmin(t *testing.T) {
	const iam = "arn:aws:iam::111122223333:"
	ignore := map[string]any{"ignore_role_arns": []string{heldRole}}
	trust := snapshot.Value(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":["sts:AssumeRole","iam:PutRolePolicy"]}]}`)
	checktest.Run(t, &InstanceRoleNoAdmin, append(heldCases(grants("iam:PutRolePolicy", "*")),
		checktest.Case{Name: "everything", Set: holding(grants("*", "*")), Want: checks.FAIL, Reason: "by inline policy p statement 1"},
		checktest.Case{Name: "all of IAM", Set: holding(grants("iam:*", "*")), Want: checks.FAIL},
		checktest.Case{Name: "a wildcard inside a word, in another case", Set: holding(grants("IAM:*policy", "*")), Want: checks.FAIL, Reason: "iam:AttachGroupPolicy"},
		checktest.Case{Name: "NotAction", Set: holding(`{"Effect":"Allow","NotAction":"s3:*","Resource":"*"}`), Want: checks.FAIL},
		checktest.Case{Name: "PowerUserAccess", Want: checks.PASS, Set: holding(`{"Effect":"Allow","NotAction":["iam:*","organizations:*","account:*"],"Resource":"*"}`,
			grants("iam:CreateServiceLinkedRole iam:DeleteServiceLinkedRole iam:ListRoles organizations:DescribeOrganization account:ListRegions", "*"))},
		checktest.Case{Name: "the organization", Set: holding(grants("organizations:LeaveOrganization", "*")), Want: checks.FAIL, Reason: "organizations:LeaveOrganization"},
		checktest.Case{Name: "the organization, to read", Set: holding(grants("organizations:Describe* organizations:List*", "*")), Want: checks.PASS},
		checktest.Case{Name: "all policies of roles, written out", Set: holding(grants("iam:PutRolePolicy", iam+"role/*")), Want: checks.FAIL},
		checktest.Case{Name: "one named role", Set: holding(grants("iam:PutRolePolicy", iam+"role/app")), Want: checks.PASS},
		checktest.Case{Name: "IAM denied, all else allowed", Set: holding(grants("*", "*"), denies("iam:* organizations:*", "*")), Want: checks.PASS},
		checktest.Case{Name: "only the trust policy names such actions", Set: then(holding(), func(a *snapshot.Account) { a.IAM.Roles[0].Trust = trust }), Want: checks.PASS},
		checktest.Case{Name: "a role that is meant to", Set: holding(grants("*", "*")), Parameters: ignore, Want: checks.NotApplicable, Reason: "ignore_role_arns"},
	))
	if n := len(administration()); n < 40 || !slices.Contains(administration(), "iam:DeleteAccountPasswordPolicy") || slices.Contains(administration(), "iam:GetAccountPasswordPolicy") {
		t.Errorf("%d actions of administrators: %v", n, administration())
	}
}

func TestInstanceRoleNoDataDestruction(t *testing.T) {
	const own = "arn:aws:rds:*:111122223333:"
	only := func(action string) map[string]any { return map[string]any{"actions": []string{action}} }
	checktest.Run(t, &InstanceRoleNoDataDestruction, append(heldCases(grants("rds:DeleteDBInstance", "*")),
		checktest.Case{Name: "a service wildcard", Set: holding(grants("kms:*", "*")), Want: checks.FAIL, Reason: "kms:ScheduleKeyDeletion"},
		checktest.Case{Name: "a named database", Set: holding(grants("rds:DeleteDBInstance", own+"db:app")), Want: checks.PASS},
		checktest.Case{Name: "all databases, written out", Set: holding(grants("rds:DeleteDBInstance", own+"db:*")), Want: checks.FAIL},
		checktest.Case{Name: "all databases of one Region", Set: holding(grants("rds:DeleteDBInstance", "arn:aws:rds:eu-west-1:111122223333:db:*")), Want: checks.FAIL},
		checktest.Case{Name: "databases with a beginning", Set: holding(grants("rds:DeleteDBInstance", own+"db:app-*")), Want: checks.PASS},
		checktest.Case{Name: "all of another type", Set: holding(grants("rds:DeleteDBInstance", own+"snapshot:*")), Want: checks.PASS},
		checktest.Case{Name: "all objects of all buckets", Set: holding(grants("s3:DeleteObjectVersion", "arn:aws:s3:::*/*")), Want: checks.FAIL},
		checktest.Case{Name: "all of one bucket", Set: holding(grants("s3:*", "arn:aws:s3:::app arn:aws:s3:::app/*")), Want: checks.PASS},
		checktest.Case{Name: "all but the audit's bucket", Set: holding(`{"Effect":"Allow","Action":"s3:DeleteBucket","NotResource":"arn:aws:s3:::audit"}`), Want: checks.FAIL},
		checktest.Case{Name: "all but every bucket", Set: holding(`{"Effect":"Allow","Action":"s3:DeleteBucket","NotResource":"arn:aws:s3:::*"}`), Want: checks.PASS},
		checktest.Case{Name: "all but every database", Set: holding(`{"Effect":"Allow","Action":"rds:*","NotResource":"arn:aws:rds:*:*:*"}`), Want: checks.PASS},
		checktest.Case{Name: "denied but for every bucket", Set: holding(grants("s3:DeleteBucket", "*"), `{"Effect":"Deny","Action":"*","NotResource":"arn:aws:s3:::*"}`), Want: checks.FAIL},
		checktest.Case{Name: "denied but for one queue", Set: holding(grants("s3:DeleteBucket", "*"), `{"Effect":"Deny","Action":"*","NotResource":"arn:aws:sqs:*:111122223333:a"}`), Want: checks.PASS},
		checktest.Case{Name: "recovery points of one Region", Set: holding(grants("backup:DeleteRecoveryPoint", "arn:aws:backup:eu-west-1:111122223333:recovery-point:*")), Want: checks.FAIL},
		checktest.Case{Name: "reading", Set: holding(grants("rds:Describe* s3:Get* kms:Decrypt", "*")), Want: checks.PASS},
		checktest.Case{Name: "an action that the policy names", Set: holding(grants("sqs:DeleteQueue", "arn:aws:sqs:eu-west-1:111122223333:*")), Parameters: only("sqs:DeleteQueue"), Want: checks.FAIL},
		checktest.Case{Name: "a pattern that the policy names", Set: holding(grants("sqs:DeleteQueue", "*")), Parameters: only("sqs:Delete*"), Want: checks.FAIL},
		checktest.Case{Name: "an action that the table does not have", Set: holding(grants("newsvc:DestroyAll", "*")), Parameters: only("newsvc:DestroyAll"), Want: checks.FAIL},
	))
	if err := InstanceRoleNoDataDestruction.Bounds("actions", []string{"s3:DeleteBucket", "delete everything"}); err == nil {
		t.Error("words are no action")
	}
	if err := InstanceRoleNoDataDestruction.Bounds("actions", []string{"s3:Delete*"}); err != nil {
		t.Error(err)
	}
}

func TestInstanceRoleNoSecurityTampering(t *testing.T) {
	checktest.Run(t, &InstanceRoleNoSecurityTampering, append(heldCases(grants("cloudtrail:StopLogging", "*")),
		checktest.Case{Name: "all trails by a wildcard", Set: holding(grants("cloudtrail:StopLogging", "arn:aws:cloudtrail:*:111122223333:trail/*")), Want: checks.FAIL},
		checktest.Case{Name: "an agent that writes logs", Set: holding(grants("logs:CreateLogStream logs:PutLogEvents logs:CreateLogGroup", "*")), Want: checks.PASS},
		checktest.Case{Name: "all of logs", Set: holding(grants("logs:*", "*")), Want: checks.FAIL, Reason: "logs:DeleteLogGroup"},
		checktest.Case{Name: "all streams of one group", Set: holding(grants("logs:DeleteLogStream", "arn:aws:logs:eu-west-1:111122223333:log-group:app:*")), Want: checks.PASS},
		checktest.Case{Name: "groups of one network", Set: holding(grants("ec2:AuthorizeSecurityGroupIngress", "*", `{"ArnEquals":{"ec2:Vpc":"arn:aws:ec2:eu-west-1:111122223333:vpc/vpc-1"}}`)), Want: checks.PASS, Reason: "on conditions only"},
		checktest.Case{Name: "the hub, which there is once", Set: holding(grants("securityhub:DisableSecurityHub", "arn:aws:securityhub:eu-west-1:111122223333:hub/default")), Want: checks.FAIL},
		checktest.Case{Name: "an action without resources", Set: holding(grants("config:DeleteDeliveryChannel", "*")), Want: checks.FAIL},
	))
}

func TestInstanceRoleNoResourcePolicyChanges(t *testing.T) {
	checktest.Run(t, &InstanceRoleNoResourcePolicyChanges, append(heldCases(grants("s3:PutBucketPolicy", "*")),
		checktest.Case{Name: "under IAM's name, not the API's", Set: holding(grants("s3:PutLifecycleConfiguration", "arn:aws:s3:::*")), Want: checks.FAIL},
		checktest.Case{Name: "grants for EBS", Set: holding(grants("kms:CreateGrant", "*", `{"Bool":{"kms:GrantIsForAWSResource":"true"}}`)), Want: checks.PASS, Reason: "kms:GrantIsForAWSResource"},
		checktest.Case{Name: "grants", Set: holding(grants("kms:CreateGrant", "arn:aws:kms:*:111122223333:key/*")), Want: checks.FAIL},
		checktest.Case{Name: "all of one bucket", Set: holding(grants("s3:*", "arn:aws:s3:::app arn:aws:s3:::app/*")), Want: checks.PASS},
		checktest.Case{Name: "all queues", Set: holding(grants("sqs:*", "arn:aws:sqs:*:*:*")), Want: checks.FAIL, Reason: "sqs:SetQueueAttributes"},
		checktest.Case{Name: "all images", Set: holding(grants("ec2:ModifyImageAttribute", "arn:aws:ec2:*::image/*")), Want: checks.FAIL},
	))
}

func TestInstanceRoleNoPrivilegeEscalation(t *testing.T) {
	const iam = "arn:aws:iam::111122223333:"
	// AWS's policy AmazonSSMManagedInstanceCore, abridged.
	const managedInstance = "ssm:DescribeAssociation ssm:GetDocument ssm:ListAssociations ssm:PutInventory ssm:UpdateInstanceInformation ssmmessages:CreateControlChannel ssmmessages:OpenDataChannel ec2messages:GetMessages ec2messages:SendReply"
	adminRole := func(a *snapshot.Account) {
		arn := iam + "role/admin"
		a.IAM.Roles = append(a.IAM.Roles, snapshot.Role{Meta: ofIAM(checktest.Meta("admin", arn)), Path: "/", Grants: snapshot.Grants{
			Inline: []snapshot.InlinePolicy{{Meta: ofIAM(checktest.Meta("all", arn)), Document: snapshot.Value(policyDocument(grants("*", "*")))}}}})
		a.IAM.Roles = append(a.IAM.Roles, snapshot.Role{Meta: ofIAM(checktest.Meta("plain", iam+"role/plain")), Path: "/"})
	}
	instance := "arn:aws:ec2:eu-west-1:111122223333:instance/"
	checktest.Run(t, &InstanceRoleNoPrivilegeEscalation, append(heldCases(grants("iam:CreatePolicyVersion", "*")),
		checktest.Case{Name: "AmazonSSMManagedInstanceCore", Set: holding(grants(managedInstance, "*")), Want: checks.PASS, Reason: "none of 21 ways"},
		checktest.Case{Name: "pass any role and start", Set: holding(grants("iam:PassRole ec2:RunInstances", "*")), Want: checks.FAIL, Reason: "iam:PassRole with ec2:RunInstances"},
		checktest.Case{Name: "start without a role", Set: holding(grants("ec2:RunInstances", "*")), Want: checks.PASS},
		checktest.Case{Name: "pass without a start", Set: holding(grants("iam:PassRole", "*")), Want: checks.PASS},
		checktest.Case{Name: "two of three", Set: holding(grants("iam:PassRole lambda:CreateFunction", "*")), Want: checks.PASS},
		checktest.Case{Name: "pass one harmless role", Set: then(holding(grants("iam:PassRole", iam+"role/plain"), grants("ec2:RunInstances", "*")), adminRole), Want: checks.PASS},
		checktest.Case{Name: "pass one role of an administrator", Set: then(holding(grants("iam:PassRole", iam+"role/admin"), grants("ec2:RunInstances", "*")), adminRole), Want: checks.FAIL},
		checktest.Case{Name: "pass to another service", Set: holding(grants("iam:PassRole", "*", `{"StringEquals":{"iam:PassedToService":"ecs-tasks.amazonaws.com"}}`), grants("ec2:RunInstances", "*")), Want: checks.PASS},
		checktest.Case{Name: "pass to the service that starts", Set: holding(grants("iam:PassRole", "*", `{"StringEquals":{"iam:PassedToService":"ec2.amazonaws.com"}}`), grants("ec2:RunInstances", "*")), Want: checks.FAIL},
		checktest.Case{Name: "roles below a path", Set: holding(grants("iam:PassRole", iam+"role/app/*"), grants("cloudformation:CreateStack", "*")), Want: checks.FAIL},
		checktest.Case{Name: "keys of one user", Set: holding(grants("iam:CreateAccessKey", iam+"user/deploy")), Want: checks.FAIL, Reason: "iam:CreateAccessKey by"},
		checktest.Case{Name: "only under a boundary", Set: holding(grants("iam:CreateRole iam:AttachRolePolicy", "*", `{"StringEquals":{"iam:PermissionsBoundary":"`+boundaryARN+`"}}`)), Want: checks.PASS, Reason: "on conditions only"},
		checktest.Case{Name: "restart with other user data", Set: holding(grants("ec2:*", "*")), Want: checks.FAIL, Reason: "ec2:ModifyInstanceAttribute with ec2:StopInstances"},
		checktest.Case{Name: "stop some, change others", Set: holding(grants("ec2:ModifyInstanceAttribute ec2:StartInstances", instance+"i-1"), grants("ec2:StopInstances", instance+"i-2")), Want: checks.PASS},
		checktest.Case{Name: "assume named roles", Set: holding(grants("sts:AssumeRole", iam+"role/app")), Want: checks.PASS},
		checktest.Case{Name: "assume all roles of the account", Set: holding(grants("sts:AssumeRole", iam+"role/*")), Want: checks.FAIL, Reason: "sts:AssumeRole at large"},
		checktest.Case{Name: "pull images", Set: holding(grants("ecr:GetAuthorizationToken", "*")), Want: checks.PASS},
		checktest.Case{Name: "connect to any database as anybody", Set: holding(grants("rds-db:connect", "*")), Want: checks.FAIL},
		checktest.Case{Name: "connect as one", Set: holding(grants("rds-db:connect", "arn:aws:rds-db:eu-west-1:111122223333:dbuser:db-1/app")), Want: checks.PASS},
		checktest.Case{Name: "a way that the policy names", Set: holding(grants("codebuild:StartBuild", "*")), Parameters: map[string]any{"paths": [][]string{{"codebuild:StartBuild"}}}, Want: checks.FAIL},
		checktest.Case{Name: "granted in one policy, denied on the same role in another", Set: then(holding(grants("iam:PutRolePolicy", iam+"role/app")), managed("arn:aws:iam::111122223333:policy/no", denies("iam:Put*", iam+"role/*"))), Want: checks.PASS},
		checktest.Case{Name: "a boundary that leaves other roles", Set: then(holding(grants("iam:PutRolePolicy", iam+"role/app")), bounded(grants("iam:PutRolePolicy", iam+"role/ops"))), Want: checks.PASS},
	))
	bounds := InstanceRoleNoPrivilegeEscalation.Bounds
	for _, bad := range []any{[][]string{{}}, [][]string{{"iam"}}} {
		if err := bounds("paths", bad); err == nil {
			t.Errorf("%v is no list of ways", bad)
		}
	}
	if err := bounds("credential_exposure_actions", []string{"x"}); err == nil {
		t.Error("x is no action")
	}
	if err := bounds("paths", [][]string{{"iam:PassRole", "ec2:RunInstances"}}); err != nil {
		t.Error(err)
	}
}

func TestInstanceRoleNoBroadWrite(t *testing.T) {
	checktest.Run(t, &InstanceRoleNoBroadWrite, append(heldCases(grants("dynamodb:*", "*")),
		checktest.Case{Name: "everything", Set: holding(grants("*", "*")), Want: checks.FAIL, Reason: "* by inline policy p"},
		checktest.Case{Name: "a verb that writes", Set: holding(grants("s3:Put*", "*")), Want: checks.FAIL, Reason: "s3:Put*"},
		checktest.Case{Name: "a part of a verb", Set: holding(grants("s3:P*", "*")), Want: checks.FAIL},
		checktest.Case{Name: "a batch that writes", Set: holding(grants("dynamodb:BatchWrite*", "*")), Want: checks.FAIL},
		checktest.Case{Name: "verbs that read", Set: holding(grants("s3:Get* s3:List* ec2:Describe* dynamodb:BatchGet*", "*")), Want: checks.PASS},
		checktest.Case{Name: "a single action", Set: holding(grants("ec2:CreateTags autoscaling:SetInstanceHealth", "*")), Want: checks.PASS},
		checktest.Case{Name: "a pattern below a verb", Set: holding(grants("s3:PutObject*", "*")), Want: checks.PASS},
		checktest.Case{Name: "a whole service on named resources", Set: holding(grants("s3:*", "arn:aws:s3:::app/*")), Want: checks.PASS},
		checktest.Case{Name: "services that agents need", Set: holding(grants("logs:* cloudwatch:* ssmmessages:* ec2messages:* xray:*", "*")), Want: checks.PASS},
		checktest.Case{Name: "no service is left out", Set: holding(grants("logs:*", "*")), Parameters: map[string]any{"ignore_services": []string{}}, Want: checks.FAIL},
		checktest.Case{Name: "all but IAM", Set: holding(`{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}`), Want: checks.FAIL, Reason: "all but iam:*"},
		checktest.Case{Name: "a pattern that the table does not have", Set: holding(grants("newsvc:Put* s3:GetObject", "*")), Want: checks.PASS, Reason: "not in the table of actions"},
	))
}
