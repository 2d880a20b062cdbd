package access

import (
	"testing"

	"onus/checks"
	"onus/checks/access/policy"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

func TestBucketACLsDisabled(t *testing.T) {
	owned := func(v string) func(*snapshot.Account) {
		return s3Bucket(func(b *snapshot.Bucket) { b.Ownership = snapshot.Value(v) })
	}
	checktest.Run(t, &BucketACLsDisabled, []checktest.Case{
		{Name: "enforced", Set: owned("BucketOwnerEnforced"), Want: checks.PASS, Reason: "BucketOwnerEnforced"},
		{Name: "preferred leaves ACLs on", Set: owned("BucketOwnerPreferred"), Want: checks.FAIL, Reason: "BucketOwnerPreferred"},
		{Name: "object writer", Set: owned("ObjectWriter"), Want: checks.FAIL, Reason: "ObjectWriter"},
		{Name: "no controls is the oldest state, and a clean ACL no pass", Set: s3Bucket(), Want: checks.FAIL, Reason: "no ownership controls"},
		{Name: "denied", Set: s3Bucket(s3OwnershipDenied), Want: checks.UNKNOWN, Reason: "denied"},
	})
}

func TestBucketACLGrantsNoPublicGroup(t *testing.T) {
	everybody := s3Grant("Group", policy.AllUsers, "READ")
	checktest.Run(t, &BucketACLGrantsNoPublicGroup, []checktest.Case{
		{Name: "the owner alone", Set: s3Bucket(), Want: checks.PASS, Reason: "none of the ACL's 1 grants"},
		{Name: "everybody", Set: s3Bucket(everybody), Want: checks.FAIL, Reason: "READ to http://acs.amazonaws.com/groups/global/AllUsers"},
		{Name: "anybody with an account, whatever the permission", Set: s3Bucket(s3Grant("Group", policy.AuthenticatedUsers, "READ_ACP")), Want: checks.FAIL, Reason: "AuthenticatedUsers"},
		{Name: "another group whose name ends alike", Set: s3Bucket(s3Grant("Group", "http://acs.amazonaws.com/groups/acme/AllUsers", "READ")), Want: checks.PASS, Reason: "none"},
		{Name: "the log delivery group", Set: s3Bucket(s3Grant("Group", "http://acs.amazonaws.com/groups/s3/LogDelivery", "WRITE")), Want: checks.PASS, Reason: "none"},
		{Name: "a block does not count", Set: s3Bucket(everybody, s3Block(flags{IgnorePublicAcls: true})), Want: checks.FAIL, Reason: "AllUsers"},
		{Name: "ACLs off says nothing of the ACL", Set: s3Bucket(everybody, s3ACLsOff), Want: checks.NotApplicable, Reason: "an older ACL comes back"},
		{Name: "ACL denied", Set: s3Bucket(s3ACLDenied), Want: checks.UNKNOWN, Reason: "s3:GetBucketAcl"},
		{Name: "ownership denied", Set: s3Bucket(s3OwnershipDenied), Want: checks.UNKNOWN, Reason: "s3:GetBucketOwnershipControls"},
	})
}

func TestBucketACLGranteesKnown(t *testing.T) {
	foreign := s3Grant("CanonicalUser", "somebody", "FULL_CONTROL")
	owners := func(acl, list string) func(*snapshot.Bucket) {
		return func(b *snapshot.Bucket) {
			b.Owner = list
			b.ACL = snapshot.Value(snapshot.BucketACL{Owner: acl, Grants: []snapshot.BucketGrant{{Type: "CanonicalUser", Canonical: acl, Permission: "FULL_CONTROL"}}})
		}
	}
	checktest.Run(t, &BucketACLGranteesKnown, []checktest.Case{
		{Name: "the owner alone", Set: s3Bucket(), Want: checks.PASS, Reason: "owner"},
		{Name: "another account", Set: s3Bucket(foreign), Want: checks.FAIL, Reason: "FULL_CONTROL to somebody"},
		{Name: "trust is by canonical id", Set: s3Bucket(foreign), Parameters: map[string]any{"trusted_canonical_ids": []string{"somebody"}}, Want: checks.PASS, Reason: "known"},
		{Name: "CloudFront's log delivery", Set: s3Bucket(s3Grant("CanonicalUser", logsDelivery[0], "FULL_CONTROL")), Want: checks.PASS, Reason: "known"},
		{Name: "groups are for other rows", Set: s3Bucket(s3Grant("Group", policy.AllUsers, "READ"), s3Grant("Group", "http://acs.amazonaws.com/groups/s3/LogDelivery", "WRITE")), Want: checks.PASS, Reason: "known"},
		{Name: "a block never cuts an account's grant", Set: s3Bucket(foreign, s3Block(flags{IgnorePublicAcls: true, BlockPublicAcls: true})), Want: checks.FAIL, Reason: "somebody"},
		{Name: "the owner removed its own grant", Set: s3Bucket(func(b *snapshot.Bucket) { b.ACL = snapshot.Value(snapshot.BucketACL{Owner: "own"}) }), Want: checks.PASS, Reason: "owner"},
		{Name: "the ACL's owner is not the account", Set: s3Bucket(owners("else", "own")), Want: checks.FAIL, Reason: "owner is else"},
		{Name: "nobody says who owns it", Set: s3Bucket(owners("", "")), Want: checks.UNKNOWN, Reason: "do not say"},
		{Name: "ACLs off", Set: s3Bucket(foreign, s3ACLsOff), Want: checks.NotApplicable, Reason: "ACLs are off"},
		{Name: "ACL denied", Set: s3Bucket(s3ACLDenied), Want: checks.UNKNOWN, Reason: "denied"},
	})
}
