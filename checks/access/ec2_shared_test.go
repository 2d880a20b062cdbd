package access

import (
	"slices"
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

// sharing is an account of an organization with three members, one image and one snapshot.
func sharing(with snapshot.Read[[]snapshot.Grantee], change func(*snapshot.Account)) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		a.Org.Organization = snapshot.Value(snapshot.Organization{ID: "o-acme", ManagementAccount: "999900001111"}, snapshot.Call{ID: "organization", Operation: "organizations:DescribeOrganization"})
		a.Org.Accounts = snapshot.Value([]string{a.Location.Account, "444455556666", "999900001111"}, snapshot.Call{ID: "accounts", Operation: "organizations:ListAccounts"})
		a.EC2.Images = []snapshot.Image{{Meta: checktest.Meta("base", "arn:aws:ec2:eu-west-1::image/ami-1"), ID: "ami-1", State: "available", Shared: with}}
		a.EC2.VolumeSnapshots = []snapshot.VolumeSnapshot{{Meta: checktest.Meta("s", "arn:aws:ec2:eu-west-1::snapshot/snap-1"), ID: "snap-1", State: "completed", Shared: with, Encrypted: snapshot.Value(false)}}
		if change != nil {
			change(a)
		}
	}
}

func grantedTo(grantees ...snapshot.Grantee) snapshot.Read[[]snapshot.Grantee] {
	return snapshot.Value(grantees)
}

// sharedCases hold for images and for snapshots.
func sharedCases() []checktest.Case {
	account := func(id string) snapshot.Grantee { return snapshot.Grantee{Account: id} }
	member := func(a *snapshot.Account) {
		a.Org.Accounts = snapshot.Missing[[]string](checktest.Unread("organizations:ListAccounts", snapshot.Denied))
	}
	alone := func(a *snapshot.Account) {
		a.Org.Organization, a.Org.Accounts = snapshot.Missing[snapshot.Organization](snapshot.ErrAbsent), snapshot.Value[[]string](nil)
	}
	trusted := map[string]any{"trusted_accounts": []string{"777788889999"}}
	return []checktest.Case{
		{Name: "shared with nobody", Set: sharing(grantedTo(), nil), Want: checks.PASS, Reason: "nobody by name"},
		{Name: "shared with everybody, which is another check's", Set: sharing(grantedTo(snapshot.Grantee{Group: "all"}), nil), Want: checks.PASS, Reason: "nobody by name"},
		{Name: "a member of the organization", Set: sharing(grantedTo(account("444455556666")), nil), Want: checks.PASS, Reason: "444455556666, all trusted or of the organization"},
		{Name: "a stranger", Set: sharing(grantedTo(account("777788889999"), account("444455556666")), nil), Want: checks.FAIL, Reason: "outside the trusted accounts and the organization: 777788889999",
			Observed: map[string]string{"outside": "777788889999", "trusted": "444455556666"}},
		{Name: "a stranger who is trusted", Set: sharing(grantedTo(account("777788889999")), nil), Parameters: trusted, Want: checks.PASS, Reason: "777788889999"},
		{Name: "the account itself", Set: sharing(grantedTo(account(checktest.At.Account)), member), Want: checks.PASS, Reason: checktest.At.Account},
		{Name: "a member account cannot list the others", Set: sharing(grantedTo(account("444455556666")), member), Want: checks.UNKNOWN, Reason: "whether that is of the organization was not read: organizations:ListAccounts"},
		{Name: "but it knows the management account", Set: sharing(grantedTo(account("999900001111")), member), Want: checks.PASS, Reason: "999900001111"},
		{Name: "and trusted ones need no list", Set: sharing(grantedTo(account("777788889999")), member), Parameters: trusted, Want: checks.PASS, Reason: "777788889999"},
		{Name: "in no organization everybody is a stranger", Set: sharing(grantedTo(account("444455556666")), alone), Want: checks.FAIL, Reason: "444455556666"},
		{Name: "the shares are unread", Set: sharing(snapshot.Missing[[]snapshot.Grantee](checktest.Unread("ec2:DescribeImageAttribute", snapshot.Denied)), nil), Want: checks.UNKNOWN, Reason: "denied"},
	}
}

func TestImageSharedWithTrustedAccounts(t *testing.T) {
	organization := func(id string) snapshot.Grantee {
		return snapshot.Grantee{Organization: "arn:aws:organizations::999900001111:organization/" + id}
	}
	unit := func(id string) snapshot.Grantee {
		return snapshot.Grantee{Unit: "arn:aws:organizations::999900001111:ou/" + id + "/ou-1-2"}
	}
	state := func(s string) func(*snapshot.Account) {
		return sharing(grantedTo(snapshot.Grantee{Account: "777788889999"}), func(a *snapshot.Account) { a.EC2.Images[0].State = s })
	}
	denied := func(a *snapshot.Account) {
		a.Org.Organization = snapshot.Missing[snapshot.Organization](checktest.Unread("organizations:DescribeOrganization", snapshot.Denied))
	}
	checktest.Run(t, &ImageSharedWithTrustedAccounts, append(sharedCases(), []checktest.Case{
		{Name: "the own organization", Set: sharing(grantedTo(organization("o-acme")), nil), Want: checks.PASS, Reason: "organization/o-acme"},
		{Name: "a unit of the own organization", Set: sharing(grantedTo(unit("o-acme")), nil), Want: checks.PASS, Reason: "ou/o-acme"},
		{Name: "another organization", Set: sharing(grantedTo(organization("o-acme2")), nil), Want: checks.FAIL, Reason: "organization/o-acme2"},
		{Name: "a unit of another organization", Set: sharing(grantedTo(unit("o-other")), nil), Want: checks.FAIL, Reason: "ou/o-other"},
		{Name: "an organization, when the own was not read", Set: sharing(grantedTo(organization("o-acme")), denied), Want: checks.UNKNOWN, Reason: "organizations:DescribeOrganization"},
		{Name: "an image that AWS Marketplace sells", Want: checks.FAIL, Reason: "AWS Marketplace shares the images that it sells",
			Set: sharing(grantedTo(snapshot.Grantee{Account: "777788889999"}), func(a *snapshot.Account) { a.EC2.Images[0].Products = []string{"abc (marketplace)"} })},
		{Name: "disabled, which voids the shares", Set: state("disabled"), Want: checks.NotApplicable, Reason: "disabled"},
		{Name: "deregistered", Set: state("deregistered"), Want: checks.NotApplicable, Reason: "deregistered"},
		{Name: "being made", Set: state("pending"), Want: checks.FAIL, Reason: "777788889999"},
	}...))
	found := checktest.Findings(&ImageSharedWithTrustedAccounts, checktest.Account(&ImageSharedWithTrustedAccounts, sharing(grantedTo(snapshot.Grantee{Account: "444455556666"}), nil)), nil)
	if e := found[0].Evidence; !slices.Contains(e, "accounts") {
		t.Errorf("evidence %q, want the list of accounts", e)
	}
}

const (
	sharedKey = "arn:aws:kms:eu-west-1:111122223333:key/k"
	ownersKey = `{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"kms:*","Resource":"*"}`
)

// encryptedWith puts the snapshot under a key with such a manager, policy and grants.
func encryptedWith(manager, statement string, grants ...snapshot.KeyGrant) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		a.EC2.VolumeSnapshots[0].Encrypted, a.EC2.VolumeSnapshots[0].KMSKeyID = snapshot.Value(true), sharedKey
		a.KMS.Answered = append(a.KMS.Answered, snapshot.KeyAnswer{Meta: checktest.Meta("k", sharedKey), Metadata: snapshot.Value(snapshot.KeyMetadata{ARN: sharedKey, Manager: manager}),
			Policy: statements(statement), Grants: snapshot.Value(grants)})
	}
}

func TestVolumeSnapshotSharedWithTrustedAccounts(t *testing.T) {
	outside := grantedTo(snapshot.Grantee{Account: "777788889999"})
	checktest.Run(t, &VolumeSnapshotSharedWithTrustedAccounts, append(sharedCases(), []checktest.Case{
		{Name: "the key lets the account in", Want: checks.FAIL, Reason: "; the key " + sharedKey + " admits 777788889999",
			Set: sharing(outside, encryptedWith("CUSTOMER", `{"Effect":"Allow","Principal":{"AWS":"777788889999"},"Action":["kms:Decrypt","kms:CreateGrant"],"Resource":"*"}`))},
		{Name: "a grant lets the account in", Want: checks.FAIL, Reason: "admits 777788889999",
			Set: sharing(outside, encryptedWith("CUSTOMER", ownersKey, snapshot.KeyGrant{Grantee: "arn:aws:iam::777788889999:role/restore", Operations: []string{"Decrypt"}}))},
		{Name: "the key lets nobody else in", Want: checks.FAIL, Reason: "shared but not usable: neither the policy nor a grant of the key " + sharedKey,
			Set: sharing(outside, encryptedWith("CUSTOMER", ownersKey))},
		{Name: "who may use the key was not read", Want: checks.FAIL, Reason: "who may use its key was not read",
			Set: sharing(outside, func(a *snapshot.Account) {
				a.EC2.VolumeSnapshots[0].Encrypted, a.EC2.VolumeSnapshots[0].KMSKeyID = snapshot.Value(true), sharedKey
			})},
		{Name: "under an AWS managed key, which cannot be shared", Want: checks.NotApplicable, Reason: "cannot be shared",
			Set: sharing(grantedTo(), encryptedWith("AWS", ownersKey))},
		{Name: "under an own key, and with nobody", Want: checks.PASS, Reason: "with nobody",
			Set: sharing(grantedTo(), encryptedWith("CUSTOMER", ownersKey))},
		{Name: "the Region blocks public sharing, which does not block this", Want: checks.FAIL, Reason: "777788889999",
			Set: sharing(outside, regionIs(func(r *snapshot.RegionSettings) { r.SnapshotBlockPublicAccess = snapshot.Value("block-all-sharing") }))},
		{Name: "a snapshot that failed", Want: checks.NotApplicable, Reason: "error",
			Set: sharing(outside, func(a *snapshot.Account) { a.EC2.VolumeSnapshots[0].State = "error" })},
		{Name: "deleted in between", Want: checks.UNKNOWN, Reason: "changed",
			Set: sharing(snapshot.Missing[[]snapshot.Grantee](checktest.Unread("ec2:DescribeSnapshotAttribute", snapshot.Changed)), nil)},
	}...))
}
