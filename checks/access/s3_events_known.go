package access

import (
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/access/policy"
	"onus/scanner/snapshot"
)

// BucketEventDestinationsKnown passes when every queue, topic and function that is told of a
// bucket's events belongs to a known account: events carry key names, sizes and who called.
// EventBridge is the own account's. Whether a destination still exists is not read.
// Source: S3 GetBucketNotificationConfiguration, QueueArn, TopicArn, LambdaFunctionArn.
var BucketEventDestinationsKnown = checks.Check{
	ID:          "s3-bucket-event-destinations-known",
	Title:       "Events of S3 buckets go to queues, topics and functions of known accounts",
	Severity:    checks.Medium,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.Abstracted,
	Tier:        3,
	Reads:       []string{"s3:ListBuckets", "s3:GetBucketNotificationConfiguration", "sts:GetCallerIdentity"},
	Parameters:  checks.Parameters{"trusted_accounts": []string{}},
	Remedy:      "Send the events to a queue, topic or function of your own, or trust the account.",
	Judges:      checks.For(snapshot.Buckets, bucketEventDestinationsKnown),
	Fix: checks.Fix{
		Threat: "Another account is told of every object that comes or goes: its key, its size and who did it. That is enough to follow a business, and to know when to strike.",
		CLI: `aws s3api get-bucket-notification-configuration --bucket {name} > notification.json
aws s3api put-bucket-notification-configuration --bucket {name} --notification-configuration file://notification-to-own-queues.json`,
		Terraform: `resource "aws_s3_bucket_notification" "this" {
  bucket = "{name}"
  queue {
    queue_arn = "ARN_OF_OWN_QUEUE"
    events    = ["s3:ObjectCreated:*"]
  }
}`,
		Cost: "What the other account does on these events stops. The command replaces the whole configuration.",
	},
}

func bucketEventDestinationsKnown(b snapshot.Bucket, env checks.Env) checks.Verdict {
	n, err := b.Notifications.Get()
	switch {
	case err != nil:
		return checks.Unknown(err)
	case len(n.ARNs) == 0:
		return checks.DoesNotApply("no queue, topic or function is told of events").With("outside", "")
	}
	known := slices.Concat(env.Strings("trusted_accounts"), []string{b.Account})
	var outside, unclear []string
	for _, arn := range n.ARNs {
		switch account := policy.AccountOf(arn); {
		case account == "":
			unclear = append(unclear, arn)
		case !slices.Contains(known, account):
			outside = append(outside, arn)
		}
	}
	switch seen := strings.Join(outside, ", "); {
	case len(outside) > 0:
		return checks.Fail("events go to %s", seen).With("outside", seen)
	case len(unclear) > 0:
		return checks.Unclear("events go to %q, which names no account", strings.Join(unclear, ", "))
	}
	return checks.Pass("events go to known accounts only: %s; whether the destinations exist is not read", strings.Join(n.ARNs, ", ")).With("outside", "")
}
