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
		NoncurrentVersionExpiration: &types.NoncurrentVersionExpiration{NewerNoncurrentVersions: aws.Int32(3)}}}})
	want := []snapshot.LifecycleRule{{ID: "r", Status: "Enabled", WholeBucket: true, ExpirationDays: 9, NoncurrentExpiration: true, NoncurrentTransitions: 1}}
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
