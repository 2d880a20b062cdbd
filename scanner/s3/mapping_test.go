package s3

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/google/go-cmp/cmp"

	"onus/scanner/snapshot"
)

func TestLifecycleRules(t *testing.T) {
	filter := func(f types.LifecycleRuleFilter) types.LifecycleRule {
		return types.LifecycleRule{Status: types.ExpirationStatusEnabled, Filter: &f}
	}
	rules := []types.LifecycleRule{
		{}, filter(types.LifecycleRuleFilter{}), filter(types.LifecycleRuleFilter{Prefix: aws.String("")}),
		{Prefix: aws.String("")}, // an old configuration
		{Prefix: aws.String("in/")}, filter(types.LifecycleRuleFilter{Prefix: aws.String("in/")}), filter(types.LifecycleRuleFilter{Tag: &types.Tag{}}),
		filter(types.LifecycleRuleFilter{And: &types.LifecycleRuleAndOperator{}}), filter(types.LifecycleRuleFilter{ObjectSizeLessThan: aws.Int64(1)}),
	}
	got := lifecycle(&s3.GetBucketLifecycleConfigurationOutput{Rules: rules})
	for i, r := range got {
		if want := i < 4; r.WholeBucket != want {
			t.Errorf("rule %d covers the whole bucket: %v, want %v", i, r.WholeBucket, want)
		}
	}
	// NewerNoncurrentVersions without NoncurrentDays is a valid expiration.
	managed := lifecycle(&s3.GetBucketLifecycleConfigurationOutput{Rules: []types.LifecycleRule{{ID: aws.String("r"), Status: types.ExpirationStatusEnabled,
		Expiration: &types.LifecycleExpiration{Days: aws.Int32(9)}, NoncurrentVersionTransitions: []types.NoncurrentVersionTransition{{}},
		NoncurrentVersionExpiration: &types.NoncurrentVersionExpiration{NewerNoncurrentVersions: aws.Int32(3)}},
		{Filter: &types.LifecycleRuleFilter{And: &types.LifecycleRuleAndOperator{Prefix: aws.String("in/")}}, AbortIncompleteMultipartUpload: &types.AbortIncompleteMultipartUpload{DaysAfterInitiation: aws.Int32(7)},
			NoncurrentVersionExpiration: &types.NoncurrentVersionExpiration{NoncurrentDays: aws.Int32(30)}},
		{Filter: &types.LifecycleRuleFilter{Prefix: aws.String("tmp/")}}, {Filter: &types.LifecycleRuleFilter{Tag: &types.Tag{}}}}})
	want := []snapshot.LifecycleRule{
		{ID: "r", Status: "Enabled", WholeBucket: true, ExpirationDays: 9, NoncurrentExpiration: true, NewerNoncurrent: 3, NoncurrentTransitions: 1},
		{Filter: `the prefix "in/", with certain tags or sizes`, AbortDays: 7, NoncurrentExpiration: true, NoncurrentDays: 30},
		{Filter: `the prefix "tmp/"`}, {Filter: "certain tags or sizes"},
	}
	if diff := cmp.Diff(want, managed); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestMappingOfAnswersThatLackEverything(t *testing.T) {
	for name, diff := range map[string]string{
		"ACL":           cmp.Diff(snapshot.BucketACL{Grants: []snapshot.BucketGrant{{}}}, acl(&s3.GetBucketAclOutput{Grants: []types.Grant{{}}})),
		"ownership":     cmp.Diff("", ownership(nil)+ownership(&types.OwnershipControls{})),
		"logging":       cmp.Diff(snapshot.BucketLogging{}, logging(&s3.GetBucketLoggingOutput{LoggingEnabled: &types.LoggingEnabled{}})),
		"website":       cmp.Diff(snapshot.Website{Configured: true}, website(&s3.GetBucketWebsiteOutput{})),
		"lock":          cmp.Diff(snapshot.ObjectLock{}, objectLock(&s3.GetObjectLockConfigurationOutput{})),
		"lock rule":     cmp.Diff(snapshot.ObjectLock{}, objectLock(&s3.GetObjectLockConfigurationOutput{ObjectLockConfiguration: &types.ObjectLockConfiguration{Rule: &types.ObjectLockRule{}}})),
		"notifications": cmp.Diff(snapshot.Notifications{}, notifications(&s3.GetBucketNotificationConfigurationOutput{})),
		"encryption":    cmp.Diff(snapshot.BucketEncryption{Rules: []snapshot.EncryptionRule{{}}}, encryption(&types.ServerSideEncryptionConfiguration{Rules: []types.ServerSideEncryptionRule{{}}})),
	} {
		if diff != "" {
			t.Errorf("%s (-want +got)\n%s", name, diff)
		}
	}
	rules := replication(&s3.GetBucketReplicationOutput{ReplicationConfiguration: &types.ReplicationConfiguration{Rules: []types.ReplicationRule{{}}}})
	if len(inventories([]types.InventoryConfiguration{{}})) != 1 || len(analyses([]types.AnalyticsConfiguration{{}, {StorageClassAnalysis: &types.StorageClassAnalysis{}}})) != 0 {
		t.Error("an analysis that is not exported stays with its bucket")
	}
	if len(rules) != 1 || rules[0].DestinationName() != "" || replication(&s3.GetBucketReplicationOutput{}) != nil {
		t.Errorf("replication: %+v", rules)
	}
}

func TestMappingOfEncryptionAndLock(t *testing.T) {
	e := encryption(&types.ServerSideEncryptionConfiguration{Rules: []types.ServerSideEncryptionRule{{BucketKeyEnabled: aws.Bool(true),
		ApplyServerSideEncryptionByDefault: &types.ServerSideEncryptionByDefault{SSEAlgorithm: types.ServerSideEncryptionAwsKms, KMSMasterKeyID: aws.String("alias/k")},
		BlockedEncryptionTypes:             &types.BlockedEncryptionTypes{EncryptionType: []types.EncryptionType{types.EncryptionTypeSseC}}}}})
	want := snapshot.BucketEncryption{Rules: []snapshot.EncryptionRule{{Algorithm: "aws:kms", KMSMasterKeyID: "alias/k", BucketKeyEnabled: true, Blocked: []string{"SSE-C"}}}}
	if diff := cmp.Diff(want, e); diff != "" || !e.Blocks("SSE-C") || e.Blocks("NONE") {
		t.Errorf("(-want +got)\n%s", diff)
	}
	lock := objectLock(&s3.GetObjectLockConfigurationOutput{ObjectLockConfiguration: &types.ObjectLockConfiguration{ObjectLockEnabled: types.ObjectLockEnabledEnabled,
		Rule: &types.ObjectLockRule{DefaultRetention: &types.DefaultRetention{Mode: types.ObjectLockRetentionModeGovernance, Years: aws.Int32(2)}}}})
	if lock != (snapshot.ObjectLock{Enabled: "Enabled", Mode: "GOVERNANCE", Years: 2}) {
		t.Errorf("lock: %+v", lock)
	}
}

func TestMappingOfReplication(t *testing.T) {
	rules := []types.ReplicationRule{
		{Status: types.ReplicationRuleStatusEnabled, Priority: aws.Int32(2), Filter: &types.ReplicationRuleFilter{}, DeleteMarkerReplication: &types.DeleteMarkerReplication{Status: types.DeleteMarkerReplicationStatusEnabled},
			SourceSelectionCriteria: &types.SourceSelectionCriteria{SseKmsEncryptedObjects: &types.SseKmsEncryptedObjects{Status: types.SseKmsEncryptedObjectsStatusEnabled}},
			Destination:             &types.Destination{Bucket: aws.String("arn:aws:s3:::to"), Account: aws.String("444455556666"), EncryptionConfiguration: &types.EncryptionConfiguration{ReplicaKmsKeyID: aws.String("key")}}},
		{Prefix: aws.String("")}, {Prefix: aws.String("in/")}, {Filter: &types.ReplicationRuleFilter{Prefix: aws.String("in/")}}, {Filter: &types.ReplicationRuleFilter{Tag: &types.Tag{}}},
		{Filter: &types.ReplicationRuleFilter{And: &types.ReplicationRuleAndOperator{Tags: []types.Tag{{}}}}}, {Filter: &types.ReplicationRuleFilter{And: &types.ReplicationRuleAndOperator{}}},
	}
	got := replication(&s3.GetBucketReplicationOutput{ReplicationConfiguration: &types.ReplicationConfiguration{Role: aws.String("role"), Rules: rules}})
	want := snapshot.ReplicationRule{Status: "Enabled", Destination: "arn:aws:s3:::to", Account: "444455556666", Role: "role", Priority: 2, WholeBucket: true,
		KMSObjects: "Enabled", ReplicaKey: "key", Deletions: "Enabled"}
	if diff := cmp.Diff(want, got[0]); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	for i, whole := range []bool{true, true, false, false, false, false, true} {
		if got[i].WholeBucket != whole {
			t.Errorf("rule %d takes in the whole bucket: %v, want %v", i, got[i].WholeBucket, whole)
		}
	}
}

func TestRedirectBucket(t *testing.T) {
	for host, want := range map[string]string{
		"b.s3-website-eu-west-1.amazonaws.com": "b", "b.s3-website.eu-central-1.amazonaws.com": "b", "b.s3.amazonaws.com": "b", "my.b.s3.eu-west-1.amazonaws.com": "my.b",
		"b.s3-eu-west-1.amazonaws.com": "b", "b.s3.cn-north-1.amazonaws.com.cn": "b", "www.example.com": "", "": "", "s3.amazonaws.com": "",
	} {
		if got := (snapshot.Website{RedirectAll: host}).RedirectBucket(); got != want {
			t.Errorf("%s: %q, want %q", host, got, want)
		}
	}
	for arn, want := range map[string]string{"arn:aws:s3:::b": "b", "arn:aws:s3:::b/key": "b", "arn:aws:s3:eu-west-1:1:accesspoint/p": "", "b": "", "arn:aws:sqs:::b": ""} {
		if got := snapshot.BucketOfARN(arn); got != want {
			t.Errorf("%s: %q, want %q", arn, got, want)
		}
	}
}
