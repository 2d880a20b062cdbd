package acme_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	et "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	it "github.com/aws/aws-sdk-go-v2/service/iam/types"

	"onus/mocks"
	"onus/mocks/acme"
)

// count puts each item on one side.
type count struct{ kept, broken int }

func (c *count) add(kept bool) {
	if kept {
		c.kept++
	} else {
		c.broken++
	}
}

// once is what an account-wide control can be: either.
func once(kept bool) (c count) {
	c.add(kept)
	return c
}

// facts says for each control, in the simplest reading, how often the account keeps it
// and how often not. The checks know the finer points; this holds the data to its plan.
var facts = map[string]struct {
	of   func(*seen) count
	want count
}{
	"s3-account-public-access-blocked": {func(w *seen) count { return once(!slices.Contains(w.accountBlock, false)) }, count{0, 1}},
	"s3-bucket-public-access-blocked": {func(w *seen) (c count) {
		for _, b := range w.buckets {
			all := true
			for i, on := range w.accountBlock {
				all = all && (on || b.block != nil && b.block[i])
			}
			c.add(all)
		}
		return c
	}, count{9, 3}},
	"s3-bucket-default-encryption-enabled": {func(w *seen) (c count) {
		for _, b := range w.buckets {
			if !b.refused {
				c.add(b.algorithm != "")
			}
		}
		return c
	}, count{10, 1}},
	"s3-bucket-versioning-enabled": {func(w *seen) (c count) {
		for _, b := range w.buckets {
			c.add(b.versioning == "Enabled")
		}
		return c
	}, count{8, 4}},
	"s3-buckets-in-allowed-regions": {func(w *seen) (c count) {
		for _, b := range w.buckets {
			c.add(strings.HasPrefix(b.region, "eu-"))
		}
		return c
	}, count{11, 1}},
	"iam-root-access-keys-absent":    {func(w *seen) count { return once(w.summary["AccountAccessKeysPresent"] == 0) }, count{1, 0}},
	"iam-root-mfa-enabled":           {func(w *seen) count { return once(w.summary["AccountMFAEnabled"] == 1) }, count{0, 1}},
	"iam-password-policy-min-length": {func(w *seen) count { return once(w.minimumLength >= 14) }, count{0, 1}},
	"iam-user-console-mfa-enabled": {func(w *seen) (c count) {
		for _, row := range w.rows {
			if row["password_enabled"] == "true" {
				c.add(row["mfa_active"] == "true")
			}
		}
		return c
	}, count{4, 1}},
	"iam-access-key-rotated": {func(w *seen) (c count) {
		for _, row := range w.rows {
			for _, n := range []string{"1", "2"} {
				made, err := time.Parse(time.RFC3339, row["access_key_"+n+"_last_rotated"])
				if row["access_key_"+n+"_active"] == "true" && err == nil {
					c.add(acme.AsOf.Sub(made) <= 90*24*time.Hour)
				}
			}
		}
		return c
	}, count{4, 2}},
	"iam-customer-policy-no-full-admin": {func(w *seen) (c count) {
		for _, p := range w.policies {
			if strings.Contains(*p.Arn, acme.Account) && *p.AttachmentCount > 0 {
				document := *p.PolicyVersionList[0].Document // the default
				c.add(!strings.Contains(document, "%22Action%22%3A%22%2A%22") && !strings.Contains(document, "%22Action%22%3A%5B%22%2A%22%5D"))
			}
		}
		return c
	}, count{6, 2}},
	"iam-role-used": {func(w *seen) (c count) {
		for _, r := range w.roles {
			if *r.Path == "/" {
				c.add(r.RoleLastUsed.LastUsedDate != nil && acme.AsOf.Sub(*r.RoleLastUsed.LastUsedDate) <= 90*24*time.Hour)
			}
		}
		return c
	}, count{30, 2}},
	"iam-role-trust-not-public": {func(w *seen) (c count) {
		for _, r := range w.roles {
			everybody := strings.Contains(*r.AssumeRolePolicyDocument, "%22AWS%22%3A%22%2A%22")
			c.add(!everybody || strings.Contains(*r.AssumeRolePolicyDocument, "aws%3APrincipalOrgID"))
		}
		return c
	}, count{33, 1}},
	"iam-role-no-administrator-policy": {func(w *seen) (c count) { // one is IAM Identity Center's
		for _, r := range w.roles {
			c.add(!slices.ContainsFunc(r.AttachedManagedPolicies, func(p it.AttachedPolicy) bool { return *p.PolicyName == "AdministratorAccess" }))
		}
		return c
	}, count{33, 1}},
	"iam-root-hardware-mfa-enabled": {func(w *seen) count {
		virtual := slices.ContainsFunc(w.devices, func(d it.VirtualMFADevice) bool { return strings.HasSuffix(*d.User.Arn, ":root") })
		return once(w.summary["AccountMFAEnabled"] == 1 && !virtual)
	}, count{0, 1}},
	"iam-server-certificate-not-expired": {func(w *seen) (c count) {
		for _, s := range w.certificates {
			c.add(s.Expiration.After(acme.AsOf))
		}
		return c
	}, count{1, 1}},
	"iam-user-no-direct-policies": {func(w *seen) (c count) {
		for _, u := range w.users {
			c.add(len(u.AttachedManagedPolicies)+len(u.UserPolicyList) == 0)
		}
		return c
	}, count{6, 4}},
	"ebs-account-default-encryption-enabled": {func(w *seen) (c count) {
		for _, on := range w.byDefault {
			c.add(on)
		}
		return c
	}, count{2, 15}},
	"ebs-volume-encrypted": {func(w *seen) (c count) {
		for _, v := range w.volumes {
			if v.State != et.VolumeStateDeleting {
				c.add(*v.Encrypted)
			}
		}
		return c
	}, count{10, 3}},
	"ec2-instance-imdsv2-required": {func(w *seen) (c count) {
		for _, i := range w.instances {
			if o := i.MetadataOptions; o != nil {
				c.add(o.HttpTokens == "required" || o.HttpEndpoint == "disabled")
			}
		}
		return c
	}, count{6, 1}},
	"ec2-instance-no-secrets-in-user-data": {func(w *seen) (c count) {
		for name := range w.userData {
			c.add(name != "acme-orders-prod") // TestNoSecretStandsInTheSource reads what it leaks
		}
		return c
	}, count{7, 1}},
	"vpc-security-group-admin-ports-closed-to-internet": {func(w *seen) (c count) {
		for _, g := range w.groups {
			if *g.OwnerId == acme.Account {
				c.add(!w.administered(g))
			}
		}
		return c
	}, count{10, 3}},
	"rds-instance-storage-encrypted": {func(w *seen) (c count) {
		for _, region := range w.databases {
			for _, db := range region {
				if db.DBClusterIdentifier == nil {
					c.add(db.StorageEncryptionType != "none")
				}
			}
		}
		return c
	}, count{4, 1}},
	"rds-backup-retention-sufficient": {func(w *seen) (c count) {
		for _, region := range w.databases {
			for _, db := range region {
				if db.DBClusterIdentifier == nil && db.ReadReplicaSourceDBInstanceIdentifier == nil {
					c.add(*db.BackupRetentionPeriod >= 7)
				}
			}
		}
		for _, cluster := range w.clusters {
			c.add(*cluster.BackupRetentionPeriod >= 7)
		}
		return c
	}, count{5, 1}},
	"rds-snapshot-not-public": {func(w *seen) (c count) {
		for _, accounts := range w.shared {
			c.add(!slices.Contains(accounts, "all"))
		}
		return c
	}, count{5, 1}},
	"rds-databases-in-allowed-regions": {func(w *seen) (c count) {
		for region, databases := range w.databases {
			for range databases {
				c.add(strings.HasPrefix(region, "eu-"))
			}
		}
		return c
	}, count{6, 1}},
	"organization-scp-denies-other-regions": {func(w *seen) count {
		return once(w.targets["acme-europe-only"] == 1 && w.targets["acme-draft-ireland-only"] == 0 && strings.Contains(w.scps["acme-europe-only"], "aws:RequestedRegion"))
	}, count{1, 0}},
}

// administered says that TCP 22 or 3389 is open to everybody, prefix lists opened up.
func (w *seen) administered(g et.SecurityGroup) bool {
	for _, p := range g.IpPermissions {
		admin := *p.IpProtocol == "-1" || *p.IpProtocol == "tcp" && (*p.FromPort == 22 || *p.FromPort == 3389)
		var blocks []string
		for _, r := range p.IpRanges {
			blocks = append(blocks, *r.CidrIp)
		}
		for _, l := range p.PrefixListIds {
			blocks = append(blocks, w.lists[aws.ToString(l.PrefixListId)]...)
		}
		halves := slices.Contains(blocks, "0.0.0.0/1") && slices.Contains(blocks, "128.0.0.0/1")
		if admin && (halves || slices.Contains(blocks, "0.0.0.0/0")) {
			return true
		}
	}
	return false
}

func TestEveryControlIsKeptOrBrokenAsPlanned(t *testing.T) {
	w := walk(t, start(t, acme.Server(mocks.Options{Lenient: true})))
	for id, f := range facts {
		if got := f.of(w); got != f.want {
			t.Errorf("%s: %+v, want %+v", id, got, f.want)
		}
	}
	if len(facts) < 27 {
		t.Errorf("%d controls, want 27 at least", len(facts))
	}
}
