package s3

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/google/go-cmp/cmp"

	"onus/mocks"
	"onus/scanner/collect"
	"onus/scanner/collect/collecttest"
	"onus/scanner/snapshot"
)

// listing gives one bucket, b, in the home Region.
func listing(s *mocks.Server) {
	mocks.Reply(s, "", &s3.ListBucketsOutput{Owner: &types.Owner{ID: aws.String("own")},
		Buckets: []types.Bucket{{Name: aws.String("b"), BucketRegion: aws.String("eu-west-1")}}})
}

// one collects that bucket with the wanted operations.
func one(t *testing.T, s *mocks.Server, wanted ...string) (snapshot.Bucket, snapshot.S3, collect.Scope) {
	t.Helper()
	in := collecttest.Scope(append(wanted, "s3:ListBuckets")...)
	got := Collect(context.Background(), in, []string{"eu-west-1"}, clients(s), Options{})
	if len(got.Buckets) != 1 {
		t.Fatalf("buckets: %+v", got.Buckets)
	}
	return got.Buckets[0], got, in
}

// absences are the codes with which AWS says that nothing is configured.
var absences = map[string]string{
	"s3:GetBucketOwnershipControls": "OwnershipControlsNotFoundError", "s3:GetBucketPolicy": "NoSuchBucketPolicy",
	"s3:GetBucketPolicyStatus": "NoSuchBucketPolicy", "s3:GetBucketTagging": "NoSuchTagSet", "s3:GetBucketWebsite": "NoSuchWebsiteConfiguration",
	"s3:GetBucketLifecycleConfiguration": "NoSuchLifecycleConfiguration", "s3:GetObjectLockConfiguration": "ObjectLockConfigurationNotFoundError",
	"s3:GetBucketReplication": "ReplicationConfigurationNotFoundError", "s3:GetBucketEncryption": "ServerSideEncryptionConfigurationNotFoundError",
	"s3:GetBucketCors": "NoSuchCORSConfiguration", "s3:GetBucketAccelerateConfiguration": "MethodNotAllowed",
}

func TestWhatIsNotConfiguredIsAnAnswer(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	listing(s)
	var wanted []string
	for op, code := range absences {
		wanted = append(wanted, op)
		mocks.Refuse(s, "", op, &mocks.Error{Status: http.StatusNotFound, Code: code})
	}
	wanted = append(wanted, "s3:GetBucketLogging", "s3:GetBucketNotificationConfiguration") // empty answers, without a code
	wanted = append(wanted, "s3:ListBucketInventoryConfigurations", "s3:ListBucketAnalyticsConfigurations")
	mocks.Reply(s, "", &s3.GetBucketLoggingOutput{})
	mocks.Reply(s, "", &s3.GetBucketNotificationConfigurationOutput{})
	mocks.Reply(s, "", &s3.ListBucketInventoryConfigurationsOutput{IsTruncated: aws.Bool(false)})
	mocks.Reply(s, "", &s3.ListBucketAnalyticsConfigurationsOutput{IsTruncated: aws.Bool(false)})
	b, _, in := one(t, s, wanted...)
	reads(t, b, func(op string, err error) {
		if err != nil && slices.Contains(wanted, op) {
			t.Errorf("%s: %v", op, err)
		}
	})
	for _, op := range wanted {
		collecttest.Covered(t, in, op, "eu-west-1", snapshot.OK)
	}
	logs, _ := b.Logging.Get()
	events, _ := b.Notifications.Get()
	if logs.TargetBucket != "" || events.EventBridge || events.Destinations != 0 || b.Owner != "own" {
		t.Errorf("logging %+v, events %+v, owner %q", logs, events, b.Owner)
	}
}

// reads goes through all that one call each tells of a bucket.
func reads(t *testing.T, b snapshot.Bucket, each func(op string, err error)) {
	t.Helper()
	_, acl := b.ACL.Get()
	_, ownership := b.Ownership.Get()
	_, policy := b.Policy.Get()
	_, status := b.IsPublic.Get()
	_, tags := b.TagSet.Get()
	_, logging := b.Logging.Get()
	_, website := b.Website.Get()
	_, lifecycle := b.Lifecycle.Get()
	_, lock := b.ObjectLock.Get()
	_, events := b.Notifications.Get()
	_, replication := b.Replication.Get()
	_, cors := b.CORS.Get()
	_, acceleration := b.Acceleration.Get()
	_, inventories := b.Inventories.Get()
	_, analytics := b.Analytics.Get()
	for op, err := range map[string]error{
		"s3:GetBucketAcl": acl, "s3:GetBucketOwnershipControls": ownership, "s3:GetBucketPolicy": policy, "s3:GetBucketPolicyStatus": status,
		"s3:GetBucketTagging": tags, "s3:GetBucketLogging": logging, "s3:GetBucketWebsite": website, "s3:GetBucketLifecycleConfiguration": lifecycle,
		"s3:GetObjectLockConfiguration": lock, "s3:GetBucketNotificationConfiguration": events, "s3:GetBucketReplication": replication,
		"s3:GetBucketCors": cors, "s3:GetBucketAccelerateConfiguration": acceleration,
		"s3:ListBucketInventoryConfigurations": inventories, "s3:ListBucketAnalyticsConfigurations": analytics,
	} {
		each(op, err)
	}
}

func TestEachReadFailsAlone(t *testing.T) {
	for _, op := range perBucket[3:] {
		if slices.Contains(sampled, op) {
			continue // about objects
		}
		t.Run(op, func(t *testing.T) {
			s := mocks.Start(t, mocks.Options{})
			listing(s)
			mocks.Refuse(s, "", op, &mocks.Error{Status: http.StatusForbidden, Code: "AccessDenied"})
			b, _, in := one(t, s, op)
			reads(t, b, func(of string, err error) {
				if of == op && (err == nil || !strings.Contains(err.Error(), "denied")) {
					t.Errorf("%s: %v", of, err)
				}
			})
			collecttest.Covered(t, in, op, "eu-west-1", snapshot.Denied)
		})
	}
}

func TestThrottledAndMalformedAnswers(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	listing(s)
	mocks.Reply(s, "", &s3.GetBucketLoggingOutput{LoggingEnabled: &types.LoggingEnabled{TargetBucket: aws.String("logs"), TargetPrefix: aws.String("b/")}})
	mocks.Reply(s, "", &s3.GetBucketPolicyOutput{Policy: aws.String(`{"Version":"2012-10-17","Statement":[]}`)})
	s.Fault(mocks.Fault{Operation: "s3:GetBucketLogging", Kind: mocks.Throttled, First: 1})
	s.Fault(mocks.Fault{Operation: "s3:GetBucketPolicy", Kind: mocks.HTML})
	b, _, in := one(t, s, "s3:GetBucketLogging", "s3:GetBucketPolicy")
	if l, err := b.Logging.Get(); err != nil || l != (snapshot.BucketLogging{TargetBucket: "logs", TargetPrefix: "b/"}) {
		t.Errorf("logging: %+v, %v", l, err)
	}
	if text, err := b.Policy.Get(); err == nil {
		t.Errorf("a page is no policy: %q", text)
	}
	collecttest.Covered(t, in, "s3:GetBucketPolicy", "eu-west-1", snapshot.Malformed)
}

func TestWhatABucketSays(t *testing.T) {
	const policy = `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::b"}]}`
	s := mocks.Start(t, mocks.Options{})
	listing(s)
	mocks.Reply(s, "", &s3.GetBucketPolicyOutput{Policy: aws.String(policy)})
	mocks.Reply(s, "", &s3.GetBucketPolicyStatusOutput{PolicyStatus: &types.PolicyStatus{IsPublic: aws.Bool(true)}})
	mocks.Reply(s, "", &s3.GetBucketTaggingOutput{TagSet: []types.Tag{{Key: aws.String("Team"), Value: aws.String("data")}}})
	mocks.Reply(s, "", &s3.GetBucketVersioningOutput{Status: types.BucketVersioningStatusSuspended, MFADelete: types.MFADeleteStatusEnabled})
	mocks.Reply(s, "", &s3.GetBucketNotificationConfigurationOutput{EventBridgeConfiguration: &types.EventBridgeConfiguration{},
		QueueConfigurations: []types.QueueConfiguration{{QueueArn: aws.String("q"), Events: []types.Event{"s3:ObjectCreated:*"}}}})
	mocks.Reply(s, "", &s3.GetBucketAclOutput{Owner: &types.Owner{ID: aws.String("own")}, Grants: []types.Grant{
		{Grantee: &types.Grantee{Type: types.TypeGroup, URI: aws.String("http://acs.amazonaws.com/groups/global/AllUsers")}, Permission: types.PermissionRead}}})
	b, _, _ := one(t, s, "s3:GetBucketPolicy", "s3:GetBucketPolicyStatus", "s3:GetBucketTagging", "s3:GetBucketVersioning", "s3:GetBucketNotificationConfiguration", "s3:GetBucketAcl")
	if text, err := b.Policy.Get(); err != nil || text != policy {
		t.Errorf("policy %q, %v", text, err)
	}
	if public, err := b.IsPublic.Get(); err != nil || !public {
		t.Errorf("IsPublic %v, %v", public, err)
	}
	if v, _ := b.Versioning.Get(); v != (snapshot.Versioning{Status: "Suspended", MFADelete: "Enabled"}) || b.Tags["Team"] != "data" {
		t.Errorf("versioning %+v, tags %v", v, b.Tags)
	}
	events, _ := b.Notifications.Get()
	if diff := cmp.Diff(snapshot.Notifications{EventBridge: true, Destinations: 1, Events: []string{"s3:ObjectCreated:*"}, ARNs: []string{"q"}}, events); diff != "" {
		t.Errorf("an empty element is an answer (-want +got):\n%s", diff)
	}
	acl, _ := b.ACL.Get()
	want := snapshot.BucketACL{Owner: "own", Grants: []snapshot.BucketGrant{{Type: "Group", Group: "http://acs.amazonaws.com/groups/global/AllUsers", Permission: "READ"}}}
	if diff := cmp.Diff(want, acl); diff != "" {
		t.Errorf("ACL (-want +got):\n%s", diff)
	}
}

func TestReplicasAreFoundWhereverTheyLie(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	mocks.Reply(s, "", &s3.ListBucketsOutput{Buckets: []types.Bucket{
		{Name: aws.String("b"), BucketRegion: aws.String("eu-west-1")}, {Name: aws.String("own-elsewhere"), BucketRegion: aws.String("us-east-2")},
	}})
	rule := func(to string, status types.ReplicationRuleStatus) types.ReplicationRule {
		return types.ReplicationRule{Status: status, Destination: &types.Destination{Bucket: aws.String("arn:aws:s3:::" + to)}}
	}
	const on, off = types.ReplicationRuleStatusEnabled, types.ReplicationRuleStatusDisabled
	mocks.Reply(s, "", &s3.GetBucketReplicationOutput{ReplicationConfiguration: &types.ReplicationConfiguration{Role: aws.String("r"), Rules: []types.ReplicationRule{
		rule("own-elsewhere", on), rule("foreign", on), rule("foreign", on), rule("gone", on), rule("unused", off),
	}}})
	mocks.Handle(s, func(_ *mocks.Request, in *s3.HeadBucketInput) (*s3.HeadBucketOutput, error) {
		if *in.Bucket == "foreign" {
			return nil, &mocks.Error{Status: http.StatusForbidden, Code: "AccessDenied", Header: map[string]string{"X-Amz-Bucket-Region": "ap-south-1"}}
		}
		return nil, &mocks.Error{Status: http.StatusNotFound, Code: "NotFound"}
	})
	_, got, in := one(t, s, "s3:GetBucketReplication", "s3:HeadBucket")
	a := &snapshot.Account{S3: got}
	Name(context.Background(), in, clients(s), a, []string{"eu-west-1"}, Options{})
	got = a.S3
	for name, want := range map[string]snapshot.NamedBucket{
		"own-elsewhere": {Exists: true, Region: "us-east-2"}, "foreign": {Exists: true, Status: 403, Region: "ap-south-1"}, "gone": {Status: 404},
	} {
		place, own := got.Place(name)
		if where, err := place.Get(); err != nil || where != want || own != (name == "own-elsewhere") {
			t.Errorf("%s: %+v, own %v, %v; want %+v", name, where, own, err, want)
		}
	}
	if len(got.Named) != 2 {
		t.Errorf("a name of the list, or of a rule that does nothing, was asked about: %+v", got.Named)
	}
	collecttest.Covered(t, in, "s3:HeadBucket", snapshot.Global, snapshot.OK)
	heads := 0
	for _, r := range s.Requests() {
		if r.Operation == "s3:HeadBucket" {
			heads++
		}
	}
	if heads != 2 {
		t.Errorf("%d times HeadBucket, want once for each foreign name", heads)
	}
}

// sampled are the operations about a bucket's objects.
var sampled = []string{listObjects, readHead, readObjectACL}
