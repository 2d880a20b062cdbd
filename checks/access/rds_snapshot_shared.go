package access

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/access/identity"
	iampolicy "onus/checks/access/policy"
	"onus/scanner/snapshot"
)

// DBSnapshotSharedWithTrusted passes when every account that may restore a snapshot is a
// declared one, or one of the own organization. An encrypted snapshot is of use to those who
// may use its key alone: what the key says is told, and changes nothing, since a key policy
// is changed as easily. What another account has copied cannot be called back.
// Source: RDS DescribeDBSnapshotAttributes and DescribeDBClusterSnapshotAttributes, attribute
// restore; Organizations ListAccounts; KMS GetKeyPolicy and ListGrants.
var DBSnapshotSharedWithTrusted = checks.Check{
	ID:          "rds-snapshot-shared-with-trusted-accounts-only",
	Title:       "RDS snapshots are shared with declared accounts only",
	Severity:    checks.High,
	Category:    checks.Access,
	Duty:        checks.CustomerData,
	ServiceKind: checks.Container,
	Tier:        3,
	Reads: []string{"rds:DescribeDBSnapshots", "rds:DescribeDBClusterSnapshots", "rds:DescribeDBSnapshotAttributes", "rds:DescribeDBClusterSnapshotAttributes",
		"organizations:ListAccounts", "kms:GetKeyPolicy", "kms:ListGrants"},
	Parameters: checks.Parameters{"trusted_accounts": []string{}, "trust_organization": true},
	Remedy:     "Stop sharing the snapshot with the account, or declare it in trusted_accounts; treat what it held as known to them.",
	Fix: checks.Fix{
		Threat: "The other account can restore the whole database and copy the snapshot, and the copy stays with them after the sharing has ended. Nothing in this account shows that they did.",
		CLI: `aws rds modify-db-snapshot-attribute --region {region} --db-snapshot-identifier {name} --attribute-name restore --values-to-remove ACCOUNT
aws rds modify-db-cluster-snapshot-attribute --region {region} --db-cluster-snapshot-identifier {name} --attribute-name restore --values-to-remove ACCOUNT`,
		Terraform: `resource "aws_db_snapshot" "this" {
  db_snapshot_identifier = "{name}"
  shared_accounts        = ["DECLARED_ACCOUNT"]
}`,
		Cost: "The other account can no longer restore from here: ask its owner first. Copies that were made stay.",
	},
	Judges: checks.For(snapshot.DBSnapshots, dbSnapshotSharedWithTrusted),
}

func dbSnapshotSharedWithTrusted(s snapshot.DBSnapshot, env checks.Env) checks.Verdict {
	if s.Type == "automated" || s.Type == "awsbackup" {
		return checks.DoesNotApply("the snapshot is of type %s, which cannot be shared", s.Type).With("SnapshotType", s.Type)
	}
	accounts, err := s.SharedWith.Get()
	shared := strings.Join(accounts, ", ")
	switch {
	case err != nil:
		return checks.Unknown(err)
	case len(accounts) == 0:
		return checks.Pass("the snapshot is shared with nobody").With("restore", "")
	}
	var strange, members []string
	for _, a := range accounts {
		switch {
		case slices.Contains(env.Strings("trusted_accounts"), a), a == s.Account:
		case a == "all", !env.Bool("trust_organization"):
			strange = append(strange, a)
		default:
			members = append(members, a) // if the organization says so
		}
	}
	var unread error
	if len(members) > 0 {
		own, err := checks.Use(env, env.Account().Org.Accounts)
		switch {
		case err != nil:
			unread = err
		default:
			strange = append(strange, slices.DeleteFunc(slices.Clone(members), func(a string) bool { return slices.Contains(own, a) })...)
		}
	}
	switch {
	case len(strange) > 0:
		return checks.Fail("the snapshot is shared with %s, which is not declared%s; what they have copied cannot be called back", strings.Join(strange, ", "), dbKeyFor(s, strange, env)).With("restore", shared)
	case unread != nil:
		v := checks.Unknown(unread)
		v.Reason = "whether " + strings.Join(members, ", ") + " belong to the organization is not known: " + v.Reason
		return v.With("restore", shared)
	}
	return checks.Pass("the snapshot is shared with declared accounts and those of the organization alone: %s", shared).With("restore", shared)
}

func dbKeyFor(s snapshot.DBSnapshot, accounts []string, env checks.Env) string {
	if !s.Encrypted || s.KMSKeyID == "" {
		return ""
	}
	return keyFor(s.Location, s.KMSKeyID, accounts, env)
}

// keyFor says whether the key of an encrypted snapshot lets the accounts restore it.
func keyFor(at snapshot.Location, key string, accounts []string, env checks.Env) string {
	arn := snapshot.KeyARN(at, key)
	answer, err := checks.Find(env, snapshot.KeyAnswers, at.In(snapshot.RegionOf(arn)), arn)
	if err != nil {
		return "; who may use its key was not read"
	}
	text, err := checks.Use(env, answer.Policy)
	grants, more := checks.Use(env, answer.Grants)
	src := identity.Source("the key policy", snapshot.Value(text))
	if err = errors.Join(err, more, src.Err); err != nil {
		return "; who may use its key was not read"
	}
	admitted := slices.DeleteFunc(slices.Clone(accounts), func(a string) bool { return !keyAdmits(src.Document, grants, at.Account, a) })
	if len(admitted) == 0 {
		return "; shared but not usable: neither the policy nor a grant of the key " + arn + " admits them"
	}
	return fmt.Sprintf("; the key %s admits %s", arn, strings.Join(admitted, ", "))
}

// copying are the rights to a key that restoring or copying takes.
var copying = []string{"kms:Decrypt", "kms:CreateGrant", "kms:ReEncryptFrom"}

// keyAdmits says that a key policy or a grant lets an account use the key, on whatever condition.
func keyAdmits(policy *iampolicy.Document, grants []snapshot.KeyGrant, owner, account string) bool {
	for _, g := range policy.Grants("the key policy", owner, "*", func(a iampolicy.Action) bool { return slices.Contains(copying, a.Name) }) {
		if g.Everyone || slices.Contains(g.Accounts, account) {
			return true
		}
	}
	return slices.ContainsFunc(grants, func(g snapshot.KeyGrant) bool {
		return (snapshot.AccountOf(g.Grantee) == account || g.Grantee == account) && (slices.Contains(g.Operations, "Decrypt") || slices.Contains(g.Operations, "CreateGrant"))
	})
}
