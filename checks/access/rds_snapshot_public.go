package access

import (
	"slices"
	"strconv"
	"strings"

	"onus/checks"
	"onus/scanner/snapshot"
)

// DBSnapshotNotPublic passes when a manual snapshot may not be restored by everybody.
// An encrypted snapshot cannot be made public, which is proof enough where its sharing
// could not be read; encryption under an AWS owned key does not count as that proof.
// Source: RDS DescribeDBSnapshotAttributes and DescribeDBClusterSnapshotAttributes,
// attribute restore; Amazon RDS User Guide, "Sharing a DB snapshot".
var DBSnapshotNotPublic = checks.Check{
	ID:          "rds-snapshot-not-public",
	Title:       "RDS snapshots are not shared with everybody",
	Severity:    checks.Critical,
	Category:    checks.Access,
	Duty:        checks.CustomerData,
	ServiceKind: checks.Container,
	Tier:        1,
	Reads:       []string{"rds:DescribeDBSnapshots", "rds:DescribeDBClusterSnapshots", "rds:DescribeDBSnapshotAttributes", "rds:DescribeDBClusterSnapshotAttributes"},
	Remedy:      "Remove all from the snapshot's attribute restore, share it with named accounts only, and treat what it holds as disclosed.",
	Fix: checks.Fix{
		Threat: "Every AWS account can restore the snapshot and read all that is in it. Public snapshots are searched for by machines.",
		CLI:    "aws rds modify-db-snapshot-attribute --db-snapshot-identifier {name} --attribute-name restore --values-to-remove all --region {region}",
		Terraform: `resource "aws_db_snapshot" "this" {
  db_instance_identifier = "DATABASE"
  db_snapshot_identifier = "{name}"
  shared_accounts        = []
}`,
		Cost: "Accounts that restored it keep their copy: treat the data and the passwords in it as known. For clusters: modify-db-cluster-snapshot-attribute.",
	},
	Judges: checks.For(snapshot.DBSnapshots, dbSnapshotNotPublic),
}

func dbSnapshotNotPublic(s snapshot.DBSnapshot, _ checks.Env) checks.Verdict {
	if s.Type == "automated" || s.Type == "awsbackup" {
		return checks.DoesNotApply("the %s snapshot is of type %s, which cannot be shared", s.Engine.Service(), s.Type).With("SnapshotType", s.Type)
	}
	accounts, err := s.SharedWith.Get()
	shared := strings.Join(accounts, ", ")
	switch {
	case err != nil && s.Encrypted:
		return checks.Pass("the %s snapshot is encrypted, so it cannot be public; with whom it is shared was not read", s.Engine.Service()).With("Encrypted", strconv.FormatBool(true))
	case err != nil:
		return checks.Unknown(err)
	case slices.Contains(accounts, "all"):
		return checks.Fail("every AWS account may restore the %s snapshot: restore is %s", s.Engine.Service(), shared).With("restore", shared)
	case len(accounts) == 0:
		return checks.Pass("the %s snapshot is shared with nobody", s.Engine.Service()).With("restore", "")
	}
	return checks.Pass("the %s snapshot is shared with named accounts: %s", s.Engine.Service(), shared).With("restore", shared)
}
