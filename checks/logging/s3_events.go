package logging

import (
	"slices"
	"strconv"
	"strings"

	"onus/checks"
	"onus/checks/access/policy"
	"onus/scanner/snapshot"
)

// BucketEventNotifications passes when a bucket announces its events to EventBridge, which
// takes all of them, or to a topic, queue or function. An empty answer is off.
// Source: S3 GetBucketNotificationConfiguration.
var BucketEventNotifications = checks.Check{
	ID:          "s3-bucket-event-notifications-enabled",
	Title:       "S3 buckets announce what happens to their objects",
	Severity:    checks.Info,
	Category:    checks.LoggingOf,
	Duty:        checks.CustomerData,
	ServiceKind: checks.Abstracted,
	Tier:        2,
	Reads:       []string{"s3:ListBuckets", "s3:GetBucketNotificationConfiguration"},
	Parameters:  checks.Parameters{"event_types": []string{}},
	Remedy:      "Turn on events to EventBridge, or add a destination for the events that you want.",
	Fix: checks.Fix{
		Threat: "Without events nobody learns of a deletion or an upload but by asking. Detection that works on events sees nothing of this bucket.",
		CLI:    `aws s3api put-bucket-notification-configuration --bucket {name} --notification-configuration '{"EventBridgeConfiguration":{}}'`,
		Terraform: `resource "aws_s3_bucket_notification" "this" {
  bucket      = "{name}"
  eventbridge = true
}`,
		Cost: "The command replaces the whole configuration: keep the queues, topics and functions that are there. Rules on EventBridge cost by event.",
	},
	Judges: checks.For(snapshot.Buckets, bucketEventNotifications),
}

func bucketEventNotifications(b snapshot.Bucket, env checks.Env) checks.Verdict {
	n, err := b.Notifications.Get()
	if err != nil {
		return checks.Unknown(err)
	}
	count := strconv.Itoa(n.Destinations)
	if n.EventBridge {
		return checks.Pass("every event goes to EventBridge").With("EventBridge", "true").With("destinations", count)
	}
	if n.Destinations == 0 {
		return checks.Fail("events go nowhere").With("EventBridge", "false").With("destinations", count)
	}
	lacking := slices.DeleteFunc(slices.Clone(env.Strings("event_types")), func(want string) bool {
		return slices.ContainsFunc(n.Events, func(e string) bool { return policy.Covers(e, want) })
	})
	if len(lacking) > 0 {
		return checks.Fail("no destination is told of %s", strings.Join(lacking, ", ")).With("EventBridge", "false").With("destinations", count)
	}
	return checks.Pass("events go to %d destinations", n.Destinations).With("EventBridge", "false").With("destinations", count)
}
