package regions

import (
	"slices"
	"strings"

	"onus/checks"
	"onus/scanner/snapshot"
)

// SnapshotsNotCopiedOut passes when a snapshot outside the allowed Regions did not come from
// one of them. AWS names the source Region of a snapshot also where nothing was copied: it is
// the snapshot's own then. A snapshot of a cluster names its source by ARN alone.
// Source: RDS DescribeDBSnapshots SourceRegion, SourceDBSnapshotIdentifier;
// DescribeDBClusterSnapshots SourceDBClusterSnapshotArn.
var SnapshotsNotCopiedOut = checks.Check{
	ID:          "rds-snapshots-not-copied-out",
	Title:       "No RDS snapshot has been copied from an allowed Region to another",
	Severity:    checks.High,
	Category:    checks.Regions,
	Duty:        checks.RegionChoice,
	ServiceKind: checks.Container,
	Tier:        3,
	Reads:       []string{"account:ListRegions", "rds:DescribeDBSnapshots", "rds:DescribeDBClusterSnapshots"},
	Parameters:  checks.Parameters{"allowed_regions": []string{}},
	Remedy:      "Find out who copied it and why, then delete the copy.",
	Judges:      checks.For(snapshot.DBSnapshots, snapshotNotCopiedOut).And(checks.For(leftOut, regionLeftOut("rds:DescribeDBSnapshots", "snapshots"))),
	Fix: checks.Fix{
		Threat: "A whole database has left the jurisdiction in one call. Whoever restores the copy has every row of it, where no promise allows it to be.",
		CLI: `aws rds delete-db-snapshot --region {region} --db-snapshot-identifier {id}
aws rds delete-db-cluster-snapshot --region {region} --db-cluster-snapshot-identifier {id}
aws cloudtrail lookup-events --region {region} --lookup-attributes AttributeKey=ResourceName,AttributeValue={id}`,
		Cost: "Use the first command for a snapshot of an instance, the second for one of a cluster. A deleted snapshot is gone for good: keep one in an allowed Region if it is the only backup. Terraform keeps no snapshots that others made.",
	},
}

func snapshotNotCopiedOut(s snapshot.DBSnapshot, env checks.Env) checks.Verdict {
	allowed := env.Strings("allowed_regions")
	here := regionOf(s.Meta)
	switch {
	case len(allowed) == 0:
		return noChoice()
	case slices.Contains(allowed, here):
		return checks.DoesNotApply("the snapshot lies in %s, which is allowed", here).With("SourceRegion", s.From)
	case s.From == "" || s.From == here:
		return checks.Pass("the snapshot lies in %s and was made there: rds-backups-in-allowed-regions judges that", here).With("SourceRegion", s.From)
	case slices.Contains(allowed, s.From):
		how := ""
		if s.Type == "awsbackup" {
			how = " by AWS Backup"
		}
		return checks.Fail("the snapshot was copied%s from %s to %s; allowed: %s", how, s.From, here, strings.Join(allowed, ", ")).With("SourceRegion", s.From)
	}
	return checks.Pass("the snapshot was copied from %s, which is not allowed either", s.From).With("SourceRegion", s.From)
}
