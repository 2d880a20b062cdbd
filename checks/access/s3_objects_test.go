package access

import (
	"testing"

	"onus/checks"
	"onus/checks/access/policy"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

func TestObjectSampleNotPublic(t *testing.T) {
	granted := func(group string) snapshot.SampledObject {
		return checktest.Object(func(o *snapshot.SampledObject) {
			o.ACL = snapshot.Value([]snapshot.BucketGrant{{Type: "CanonicalUser", Canonical: "own", Permission: "FULL_CONTROL"}, {Type: "Group", Group: group, Permission: "READ"}})
		})
	}
	private := checktest.Object(nil)
	refused := checktest.Object(func(o *snapshot.SampledObject) {
		o.ACL = snapshot.Missing[[]snapshot.BucketGrant](checktest.Unread("s3:GetObjectAcl", snapshot.Denied))
	})
	of := func(objects ...snapshot.SampledObject) func(*snapshot.Account) {
		return s3Bucket(checktest.Sampled(objects...))
	}
	checktest.Run(t, &ObjectSampleNotPublic, []checktest.Case{
		{Name: "private", Set: of(private, private), Want: checks.PASS, Reason: "2 sampled of 2 listed", Observed: map[string]string{"sampled": "2", "public": "0"}},
		{Name: "everybody", Set: of(private, granted(policy.AllUsers)), Want: checks.FAIL, Reason: "opened to the public by their own ACL: 1; 2 sampled"},
		{Name: "anybody with an account", Set: of(granted(policy.AuthenticatedUsers)), Want: checks.FAIL, Reason: "their own ACL: 1;"},
		{Name: "the log delivery group", Set: of(granted("http://acs.amazonaws.com/groups/s3/LogDelivery")), Want: checks.PASS, Reason: "no object"},
		{Name: "ACLs are off", Set: s3Bucket(s3ACLsOff, checktest.Sampled(granted(policy.AllUsers))), Want: checks.NotApplicable, Reason: "ACLs are off"},
		{Name: "ignored by the bucket", Set: s3Bucket(s3Block(flags{IgnorePublicAcls: true})), Want: checks.NotApplicable, Reason: "for the bucket"},
		{Name: "ignored by the account", Set: s3And(s3Bucket(), s3AccountBlock(flags{IgnorePublicAcls: true})), Want: checks.NotApplicable, Reason: "for the account"},
		{Name: "blocking new ACLs ignores none", Set: s3Bucket(s3Block(flags{BlockPublicAcls: true}), checktest.Sampled(granted(policy.AllUsers))), Want: checks.FAIL, Reason: "their own ACL: 1;"},
		{Name: "refused", Set: of(private, refused), Want: checks.UNKNOWN, Reason: "s3:GetObjectAcl"},
		{Name: "refused, and another decides", Set: of(refused, granted(policy.AllUsers)), Want: checks.FAIL, Reason: "their own ACL: 1;"},
		{Name: "no object", Set: of(), Want: checks.NotApplicable, Reason: "lists no object"},
		{Name: "whether ACLs have effect is unread", Set: s3Bucket(s3OwnershipDenied, checktest.Sampled(granted(policy.AllUsers))), Want: checks.UNKNOWN, Reason: "s3:GetBucketOwnershipControls"},
	})
}
