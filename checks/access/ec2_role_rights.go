package access

import (
	"fmt"
	"regexp"

	"onus/checks"
	"onus/checks/access/identity"
	iampolicy "onus/checks/access/policy"
	"onus/scanner/snapshot"
)

// roleFix is how the rights of an instance's role are narrowed; threat says what they are
// good for, cost what narrowing them takes.
func roleFix(threat, cost string) checks.Fix {
	return checks.Fix{
		Threat: threat,
		CLI: `aws iam list-attached-role-policies --role-name ROLE
aws iam list-role-policies --role-name ROLE
aws iam detach-role-policy --role-name ROLE --policy-arn WIDE_POLICY
aws iam put-role-policy --role-name ROLE --policy-name needed --policy-document file://NEEDED.json`,
		Terraform: `data "aws_iam_policy_document" "needed" {
  statement {
    actions   = ["ACTION"]
    resources = ["ARN_OF_THE_RESOURCE"]
  }
}

resource "aws_iam_role_policy" "needed" {
  role   = "ROLE"
  policy = data.aws_iam_policy_document.needed.json
}`,
		Cost: cost,
	}
}

// InstanceRoleNoDataDestruction passes when the role behind the instance's profile may take
// none of the actions on every resource, or on all resources of a type. Named resources are
// the application's business; what a key's or vault's own policy denies is not seen here.
// Source: as InstanceRoleNoAdmin.
var InstanceRoleNoDataDestruction = checks.Check{
	ID:          "ec2-instance-role-no-data-destruction",
	Title:       "The role of an EC2 instance cannot destroy data stores, backups or keys at large",
	Severity:    checks.Medium,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.Infrastructure,
	Tier:        2,
	Reads:       roleReads,
	Parameters: checks.Parameters{"actions": []string{
		"s3:DeleteBucket", "s3:DeleteObjectVersion", "ec2:DeleteSnapshot", "ec2:DeleteVolume", "rds:DeleteDBInstance", "rds:DeleteDBCluster",
		"rds:DeleteDBSnapshot", "rds:DeleteDBClusterSnapshot", "rds:DeleteGlobalCluster", "rds:ModifyDBInstance", "rds:ModifyDBCluster", "dynamodb:DeleteTable",
		"backup:DeleteRecoveryPoint", "backup:DeleteBackupVault", "kms:ScheduleKeyDeletion", "kms:DeleteAlias", "kms:DeleteCustomKeyStore", "kms:DeleteImportedKeyMaterial",
	}},
	Bounds: actionBounds,
	Remedy: "Name the resources that the instance's software may delete or change, and leave backups and keys to nobody on an instance.",
	Fix: roleFix("Whoever breaks into software on the instance deletes databases, buckets and volumes together with their backups, or schedules the deletion of the keys. That is how ransom is asked for in the cloud.",
		"Free. Software that cleans up by itself needs the names, tags or prefixes of what it made in its policy."),
	Judges:         checks.For(snapshot.Instances, rightsOf("destroy data at large")),
	FailWhenUnread: true,
}

// InstanceRoleNoSecurityTampering is the same for actions that switch off logging and
// detection, or open the network. Source: as InstanceRoleNoAdmin.
var InstanceRoleNoSecurityTampering = checks.Check{
	ID:          "ec2-instance-role-no-security-tampering",
	Title:       "The role of an EC2 instance cannot switch off logging and detection or reopen the network",
	Severity:    checks.High,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.Infrastructure,
	Tier:        2,
	Reads:       roleReads,
	Parameters: checks.Parameters{"actions": []string{
		"cloudtrail:StopLogging", "cloudtrail:DeleteTrail", "cloudtrail:UpdateTrail", "cloudtrail:PutEventSelectors",
		"config:StopConfigurationRecorder", "config:DeleteConfigurationRecorder", "config:DeleteDeliveryChannel",
		"guardduty:DeleteDetector", "guardduty:UpdateDetector", "guardduty:DeleteMembers", "securityhub:DisableSecurityHub", "access-analyzer:DeleteAnalyzer",
		"logs:DeleteLogGroup", "logs:DeleteLogStream", "ec2:DeleteFlowLogs",
		"ec2:AuthorizeSecurityGroupIngress", "ec2:AuthorizeSecurityGroupEgress", "ec2:ModifySecurityGroupRules", "ec2:CreateSecurityGroup",
		"ec2:DisassociateAddress", "ec2:AssociateAddress", "ec2:EnableAddressTransfer",
	}},
	Bounds: actionBounds,
	Remedy: "Take these actions out of the role's policies, or name the groups and addresses that its software keeps.",
	Fix: roleFix("Whoever breaks into software on the instance stops the trail and the detector before anything else, so that nobody sees what follows. With the rules of security groups they open themselves a way back in.",
		"Free. Controllers of Kubernetes keep security groups and addresses by themselves: give them a role of their own, narrowed by tags, or waive their nodes in the policy file."),
	Judges:         checks.For(snapshot.Instances, rightsOf("switch off logging and detection or open the network")),
	FailWhenUnread: true,
}

// InstanceRoleNoResourcePolicyChanges is the same for actions that change who else may reach
// a resource, under the names that IAM has for them. Source: as InstanceRoleNoAdmin.
var InstanceRoleNoResourcePolicyChanges = checks.Check{
	ID:          "ec2-instance-role-no-resource-policy-changes",
	Title:       "The role of an EC2 instance cannot change the policies of buckets and other shared resources at large",
	Severity:    checks.Medium,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.Infrastructure,
	Tier:        2,
	Reads:       roleReads,
	Parameters: checks.Parameters{"actions": []string{
		"s3:PutBucketPolicy", "s3:DeleteBucketPolicy", "s3:PutBucketAcl", "s3:PutObjectAcl", "s3:PutBucketPublicAccessBlock", "s3:PutAccountPublicAccessBlock",
		"s3:PutAccessPointPolicy", "s3:PutBucketVersioning", "s3:PutReplicationConfiguration", "s3:PutLifecycleConfiguration", "s3:PutEncryptionConfiguration",
		"s3:PutBucketLogging", "s3:PutBucketOwnershipControls", "s3:PutBucketObjectLockConfiguration", "kms:PutKeyPolicy", "kms:CreateGrant",
		"sqs:SetQueueAttributes", "sqs:AddPermission", "sns:SetTopicAttributes", "sns:AddPermission", "lambda:AddPermission", "secretsmanager:PutResourcePolicy",
		"ecr:SetRepositoryPolicy", "backup:PutBackupVaultAccessPolicy", "ec2:ModifySnapshotAttribute", "ec2:ModifyImageAttribute",
	}},
	Bounds: actionBounds,
	Remedy: "Name the resources whose policies the instance's software keeps; for EBS, allow kms:CreateGrant on the condition kms:GrantIsForAWSResource.",
	Fix: roleFix("Whoever breaks into software on the instance opens buckets, keys, snapshots or queues to an account of their own, and reads them from there at leisure. What they opened stays open after the instance is gone.",
		"Free. Deployment tools that create resources need their names or prefixes in the policy."),
	Judges:         checks.For(snapshot.Instances, rightsOf("change the policies of shared resources at large")),
	FailWhenUnread: true,
}

// actionForm is an action of IAM; patterns stand for all actions of the table that fit.
var actionForm = regexp.MustCompile(`^[a-z0-9-]+:[A-Za-z0-9*?]+$`)

// actionBounds refuses what is no action.
func actionBounds(_ string, value any) error {
	list, _ := value.([]string)
	for _, a := range list {
		if !actionForm.MatchString(a) {
			return fmt.Errorf("%q is no action, want service:Action", a)
		}
	}
	return nil
}

// expand writes out the patterns of a list of actions.
func expand(list []string) (out []string) {
	for _, pattern := range list {
		before := len(out)
		for a := range iampolicy.Actions(pattern) {
			out = append(out, a.Name)
		}
		if len(out) == before {
			out = append(out, pattern) // newer than the table
		}
	}
	return out
}

// rightsOf judges an instance by the actions of the parameter.
func rightsOf(what string) func(snapshot.Instance, checks.Env) checks.Verdict {
	return func(i snapshot.Instance, env checks.Env) checks.Verdict {
		return byRole(i, env, func(h *identity.Held) checks.Verdict { return rightsVerdict(h, expand(env.Strings("actions")), what) })
	}
}
