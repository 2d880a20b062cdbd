package logging

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

func TestBucketEventNotifications(t *testing.T) {
	with := func(r snapshot.Read[snapshot.Notifications]) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			a.S3.Buckets = []snapshot.Bucket{{Meta: checktest.Meta("b", "arn:aws:s3:::b"), Notifications: r}}
		}
	}
	to := func(events ...string) func(*snapshot.Account) {
		return with(snapshot.Value(snapshot.Notifications{Destinations: 1, Events: events}))
	}
	types := map[string]any{"event_types": []string{"s3:ObjectCreated:Put", "s3:ObjectRemoved:*"}}
	checktest.Run(t, &BucketEventNotifications, []checktest.Case{
		{Name: "EventBridge", Set: with(snapshot.Value(snapshot.Notifications{EventBridge: true})), Parameters: types, Want: checks.PASS, Reason: "EventBridge"},
		{Name: "a queue", Set: to("s3:ObjectCreated:Put"), Want: checks.PASS, Reason: "1 destinations"},
		{Name: "a pattern covers a type", Set: to("s3:ObjectCreated:*", "s3:ObjectRemoved:*"), Parameters: types, Want: checks.PASS, Reason: "1 destinations"},
		{Name: "a type does not cover a pattern", Set: to("s3:ObjectCreated:*", "s3:ObjectRemoved:Delete"), Parameters: types, Want: checks.FAIL, Reason: "told of s3:ObjectRemoved:*"},
		{Name: "an empty answer is off", Set: with(snapshot.Value(snapshot.Notifications{})), Want: checks.FAIL, Reason: "nowhere"},
		{Name: "denied", Set: with(snapshot.Missing[snapshot.Notifications](checktest.Unread("s3:GetBucketNotificationConfiguration", snapshot.Denied))), Want: checks.UNKNOWN, Reason: "denied"},
	})
}
