package policy

import (
	"slices"
	"strings"
)

// EscalationsDate is the day the table of escalations was last gone through.
const EscalationsDate = "2026-11-24"

// Escalation is one combination of rights through which a principal gains rights
// that it was not given.
type Escalation struct {
	ID    string
	Title string
	// Actions are all needed. The first is what it turns on.
	Actions []string
	// Service is, for combinations with iam:PassRole, the service that then runs
	// with the passed role.
	Service string
}

// Escalations is the table of known combinations. Sources: AWS Prescriptive
// Guidance and IAM User Guide on iam:PassRole and policy management; the public
// collections of privilege-escalation methods of Rhino Security Labs (2018) and
// their successors, checked against the actions of the embedded table.
var Escalations = []Escalation{
	{"create-policy-version", "writes a new default version of a policy", []string{"iam:CreatePolicyVersion"}, ""},
	{"set-default-policy-version", "brings back an earlier version of a policy", []string{"iam:SetDefaultPolicyVersion"}, ""},
	{"put-user-policy", "writes an inline policy of a user", []string{"iam:PutUserPolicy"}, ""},
	{"put-group-policy", "writes an inline policy of a group", []string{"iam:PutGroupPolicy"}, ""},
	{"put-role-policy", "writes an inline policy of a role", []string{"iam:PutRolePolicy"}, ""},
	{"attach-user-policy", "attaches any policy to a user", []string{"iam:AttachUserPolicy"}, ""},
	{"attach-group-policy", "attaches any policy to a group", []string{"iam:AttachGroupPolicy"}, ""},
	{"attach-role-policy", "attaches any policy to a role", []string{"iam:AttachRolePolicy"}, ""},
	{"add-user-to-group", "joins a group", []string{"iam:AddUserToGroup"}, ""},
	{"create-access-key", "makes an access key of another user", []string{"iam:CreateAccessKey"}, ""},
	{"create-login-profile", "gives another user a password", []string{"iam:CreateLoginProfile"}, ""},
	{"update-login-profile", "changes another user's password", []string{"iam:UpdateLoginProfile"}, ""},
	{"create-service-credential", "makes a service-specific credential of another user", []string{"iam:CreateServiceSpecificCredential"}, ""},
	{"update-assume-role-policy", "rewrites who may assume a role", []string{"iam:UpdateAssumeRolePolicy"}, ""},
	{"delete-role-boundary", "takes the boundary off a role", []string{"iam:DeleteRolePermissionsBoundary"}, ""},
	{"delete-user-boundary", "takes the boundary off a user", []string{"iam:DeleteUserPermissionsBoundary"}, ""},
	{"put-role-boundary", "replaces the boundary of a role", []string{"iam:PutRolePermissionsBoundary"}, ""},
	{"put-user-boundary", "replaces the boundary of a user", []string{"iam:PutUserPermissionsBoundary"}, ""},
	{"update-saml-provider", "replaces the metadata of a SAML provider that roles trust", []string{"iam:UpdateSAMLProvider"}, ""},

	{"pass-role-ec2", "starts an instance with a role", []string{"iam:PassRole", "ec2:RunInstances"}, "ec2.amazonaws.com"},
	{"pass-role-ec2-profile", "gives a running instance another role", []string{"iam:PassRole", "ec2:AssociateIamInstanceProfile"}, "ec2.amazonaws.com"},
	{"pass-role-ec2-replace", "replaces the role of a running instance", []string{"iam:PassRole", "ec2:ReplaceIamInstanceProfileAssociation"}, "ec2.amazonaws.com"},
	{"pass-role-spot", "asks for spot instances with a role", []string{"iam:PassRole", "ec2:RequestSpotInstances"}, "ec2.amazonaws.com"},
	{"pass-role-autoscaling", "makes a launch configuration with a role", []string{"iam:PassRole", "autoscaling:CreateLaunchConfiguration"}, "ec2.amazonaws.com"},
	{"pass-role-lambda", "makes a function with a role and calls it", []string{"iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"}, "lambda.amazonaws.com"},
	{"pass-role-lambda-event", "makes a function with a role that an event starts", []string{"iam:PassRole", "lambda:CreateFunction", "lambda:CreateEventSourceMapping"}, "lambda.amazonaws.com"},
	{"pass-role-lambda-permission", "makes a function with a role and lets others call it", []string{"iam:PassRole", "lambda:CreateFunction", "lambda:AddPermission"}, "lambda.amazonaws.com"},
	{"pass-role-lambda-configuration", "gives a function of its code another role", []string{"iam:PassRole", "lambda:UpdateFunctionConfiguration", "lambda:UpdateFunctionCode"}, "lambda.amazonaws.com"},
	{"pass-role-cloudformation", "makes a stack with a role", []string{"iam:PassRole", "cloudformation:CreateStack"}, "cloudformation.amazonaws.com"},
	{"pass-role-cloudformation-update", "changes a stack with a role", []string{"iam:PassRole", "cloudformation:UpdateStack"}, "cloudformation.amazonaws.com"},
	{"pass-role-stackset", "makes a stack set with a role", []string{"iam:PassRole", "cloudformation:CreateStackSet"}, "cloudformation.amazonaws.com"},
	{"pass-role-ecs-run", "runs a task of its own definition with a role", []string{"iam:PassRole", "ecs:RegisterTaskDefinition", "ecs:RunTask"}, "ecs-tasks.amazonaws.com"},
	{"pass-role-ecs-service", "makes a service of its own definition with a role", []string{"iam:PassRole", "ecs:RegisterTaskDefinition", "ecs:CreateService"}, "ecs-tasks.amazonaws.com"},
	{"pass-role-ecs-update", "changes a service to its own definition with a role", []string{"iam:PassRole", "ecs:RegisterTaskDefinition", "ecs:UpdateService"}, "ecs-tasks.amazonaws.com"},
	{"pass-role-codebuild", "makes a build project with a role", []string{"iam:PassRole", "codebuild:CreateProject", "codebuild:StartBuild"}, "codebuild.amazonaws.com"},
	{"pass-role-codebuild-update", "gives a build project another role", []string{"iam:PassRole", "codebuild:UpdateProject", "codebuild:StartBuild"}, "codebuild.amazonaws.com"},
	{"pass-role-codepipeline", "makes a pipeline with a role", []string{"iam:PassRole", "codepipeline:CreatePipeline"}, "codepipeline.amazonaws.com"},
	{"pass-role-glue-endpoint", "makes a Glue development endpoint with a role", []string{"iam:PassRole", "glue:CreateDevEndpoint"}, "glue.amazonaws.com"},
	{"pass-role-glue-job", "makes a Glue job with a role", []string{"iam:PassRole", "glue:CreateJob", "glue:StartJobRun"}, "glue.amazonaws.com"},
	{"pass-role-glue-update", "gives a Glue job another role", []string{"iam:PassRole", "glue:UpdateJob", "glue:StartJobRun"}, "glue.amazonaws.com"},
	{"pass-role-glue-trigger", "makes a Glue job with a role that a trigger starts", []string{"iam:PassRole", "glue:CreateJob", "glue:CreateTrigger"}, "glue.amazonaws.com"},
	{"pass-role-sagemaker-notebook", "makes a notebook with a role", []string{"iam:PassRole", "sagemaker:CreateNotebookInstance", "sagemaker:CreatePresignedNotebookInstanceUrl"}, "sagemaker.amazonaws.com"},
	{"pass-role-sagemaker-training", "starts a training job with a role", []string{"iam:PassRole", "sagemaker:CreateTrainingJob"}, "sagemaker.amazonaws.com"},
	{"pass-role-sagemaker-processing", "starts a processing job with a role", []string{"iam:PassRole", "sagemaker:CreateProcessingJob"}, "sagemaker.amazonaws.com"},
	{"pass-role-datapipeline", "makes a data pipeline with a role", []string{"iam:PassRole", "datapipeline:CreatePipeline", "datapipeline:PutPipelineDefinition", "datapipeline:ActivatePipeline"}, "datapipeline.amazonaws.com"},
	{"pass-role-emr", "starts a cluster with a role", []string{"iam:PassRole", "elasticmapreduce:RunJobFlow"}, "ec2.amazonaws.com"},
	{"pass-role-ssm-automation", "runs an automation with a role", []string{"iam:PassRole", "ssm:StartAutomationExecution"}, "ssm.amazonaws.com"},
	{"pass-role-states", "makes a state machine with a role", []string{"iam:PassRole", "states:CreateStateMachine", "states:StartExecution"}, "states.amazonaws.com"},
	{"pass-role-scheduler", "makes a schedule with a role", []string{"iam:PassRole", "scheduler:CreateSchedule"}, "scheduler.amazonaws.com"},
	{"pass-role-apprunner", "makes an App Runner service with a role", []string{"iam:PassRole", "apprunner:CreateService"}, "tasks.apprunner.amazonaws.com"},
	{"pass-role-batch", "defines and submits a batch job with a role", []string{"iam:PassRole", "batch:RegisterJobDefinition", "batch:SubmitJob"}, "ecs-tasks.amazonaws.com"},
	{"pass-role-bedrock-interpreter", "makes a code interpreter with a role", []string{"iam:PassRole", "bedrock-agentcore:CreateCodeInterpreter", "bedrock-agentcore:StartCodeInterpreterSession", "bedrock-agentcore:InvokeCodeInterpreter"}, "bedrock-agentcore.amazonaws.com"},

	{"lambda-code", "replaces the code of a function that runs with a role", []string{"lambda:UpdateFunctionCode"}, "lambda.amazonaws.com"},
	{"ssm-command", "runs commands on instances that hold a role", []string{"ssm:SendCommand"}, "ec2.amazonaws.com"},
	{"ssm-session", "opens a shell on instances that hold a role", []string{"ssm:StartSession"}, "ec2.amazonaws.com"},
	{"ec2-user-data", "rewrites the user data of an instance that holds a role and restarts it", []string{"ec2:ModifyInstanceAttribute", "ec2:StopInstances", "ec2:StartInstances"}, "ec2.amazonaws.com"},
	{"ec2-instance-connect", "puts its own key on instances that hold a role", []string{"ec2-instance-connect:SendSSHPublicKey"}, "ec2.amazonaws.com"},
	{"glue-endpoint-key", "puts its own key on a Glue development endpoint", []string{"glue:UpdateDevEndpoint"}, "glue.amazonaws.com"},
	{"sagemaker-url", "opens a notebook that holds a role", []string{"sagemaker:CreatePresignedNotebookInstanceUrl"}, "sagemaker.amazonaws.com"},
	{"codebuild-override", "starts a build with commands of its own", []string{"codebuild:StartBuild"}, "codebuild.amazonaws.com"},
	{"cloudformation-change-set", "runs a change set with the role of its stack", []string{"cloudformation:CreateChangeSet", "cloudformation:ExecuteChangeSet"}, "cloudformation.amazonaws.com"},
}

// passes reports whether the combination hands a role to a service.
func (e *Escalation) passes() bool { return e.Actions[0] == "iam:PassRole" }

// Step is one combination that documents make possible.
type Step struct {
	Escalation Escalation
	// By holds, for each action, the statement that grants it.
	By []Ref
	// Conditional says that a statement among them has a Condition that we do not
	// count as lifting the combination.
	Conditional bool
	// Unclear says that a statement among them holds something outside the
	// grammar.
	Unclear bool
}

// FindEscalations lists the combinations that the documents together allow on
// wide resources. Wide are all resources that a pattern with a wildcard in its
// resource part takes in, but for the principal's own (${aws:username}) where it cannot
// raise itself by that; one named role, user or policy is not. An action without
// resource-level permissions is wide wherever it is granted. A Deny without Condition takes
// an action away; restricting conditions on iam:PermissionsBoundary or iam:PolicyARN lift the
// writing of policies, and iam:PassedToService every service it leaves out.
func FindEscalations(sources ...Source) (out []Step) {
	for _, e := range Escalations {
		step := Step{Escalation: e}
		for _, action := range e.Actions {
			best, ok := wideGrant(sources, action, e.Service)
			if !ok {
				step.By = nil
				break
			}
			step.By = append(step.By, best)
			step.Conditional = step.Conditional || len(best.Statement.Conditions) > 0
			step.Unclear = step.Unclear || best.Statement.Unclear
		}
		if step.By != nil {
			out = append(out, step)
		}
	}
	return out
}

// wideGrant finds an Allow of the action on wide resources, the one with the
// fewest reservations.
func wideGrant(sources []Source, action, service string) (Ref, bool) {
	var best Ref
	for _, src := range sources {
		if src.Document == nil {
			continue
		}
		for i := range src.Document.Statements {
			s := &src.Document.Statements[i]
			if s.Effect != Allow || !s.MatchesAction(action) || !s.wideFor(action, service) || deniedWide(sources, s, action) {
				continue
			}
			if best.Statement == nil || len(s.Conditions) < len(best.Statement.Conditions) {
				best = Ref{src.Name, s}
			}
		}
	}
	return best, best.Statement != nil
}

func deniedWide(sources []Source, allow *Statement, action string) bool {
	return slices.ContainsFunc(sources, func(src Source) bool {
		return src.Document != nil && slices.ContainsFunc(src.Document.Statements, func(s Statement) bool {
			return s.Effect == Deny && s.Unconditional() && s.MatchesAction(action) && s.coversWideOf(allow, action)
		})
	})
}

// coversWideOf reports whether a Deny takes in all wide resources of an Allow of the action.
func (s *Statement) coversWideOf(allow *Statement, action string) bool {
	if allow.NotResource || !allow.hasResource {
		return s.coversResourcesOf(allow)
	}
	for _, r := range allow.Resources {
		if allow.wideResource(r, action) && !s.coversResourceOf(allow, r) {
			return false
		}
	}
	return true
}

// wideFor reports whether the statement grants the action on more than single
// named resources, with no condition that lifts the escalation.
func (s *Statement) wideFor(action, service string) bool {
	switch {
	case len(s.Restricting("iam:PermissionsBoundary", "iam:PolicyARN")) > 0 && strings.HasSuffix(action, "Policy"):
		return false
	case action == "iam:PassRole" && !s.passesTo(service):
		return false
	}
	if a, known := LookupAction(action); known && !a.Resources {
		return true
	}
	return s.NotResource || !s.hasResource || slices.ContainsFunc(s.Resources, func(r string) bool { return s.wideResource(r, action) })
}

// selfRaising are the actions by which a user raises itself: to have them on the own user
// alone is as wide as any.
var selfRaising = []string{"iam:PutUserPolicy", "iam:AttachUserPolicy", "iam:DeleteUserPermissionsBoundary", "iam:PutUserPermissionsBoundary"}

// wideResource reports whether a Resource pattern has a wildcard where it counts:
// in what it names, not in partition, Region or account, nor out of a variable.
func (s *Statement) wideResource(pattern, action string) bool {
	f := strings.SplitN(pattern, ":", 6)
	if len(f) < 6 {
		return hasWildcard(pattern)
	}
	name := f[5]
	if s.variables {
		for _, own := range []string{"${aws:username}", "${aws:userid}"} {
			if strings.Contains(strings.ToLower(name), own) {
				return slices.Contains(selfRaising, action)
			}
		}
	}
	return hasWildcard(name)
}

// passesTo reports whether a grant of iam:PassRole reaches the service: no
// restricting condition on iam:PassedToService leaves it out.
func (s *Statement) passesTo(service string) bool {
	for _, c := range s.Restricting("iam:PassedToService") {
		ctx := Context{Values: map[string][]string{"iam:passedtoservice": {service}}}
		if c.meets(&ctx) == No {
			return false
		}
	}
	return true
}
