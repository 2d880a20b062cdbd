package hygiene

import (
	"fmt"
	"time"

	"onus/checks"
	"onus/scanner/snapshot"
)

// ManualSnapshotNotForgotten passes when a manual snapshot is young enough, or somebody said
// that it is to be kept. Its database goes by the resource id, which a rename keeps.
// Source: RDS DescribeDBSnapshots, SnapshotCreateTime, OriginalSnapshotCreateTime and
// DbiResourceId; DescribeDBClusterSnapshots, SnapshotCreateTime and DbClusterResourceId.
var ManualSnapshotNotForgotten = checks.Check{
	ID:          "rds-manual-snapshot-not-forgotten",
	Title:       "Manual snapshots of databases are not kept beyond their time",
	Severity:    checks.Low,
	Category:    checks.Hygiene,
	Duty:        checks.CustomerData,
	ServiceKind: checks.Container,
	Tier:        3,
	Reads:       []string{"rds:DescribeDBSnapshots", "rds:DescribeDBClusterSnapshots", "rds:DescribeDBInstances", "rds:DescribeDBClusters"},
	Parameters:  checks.Parameters{"max_age_days": 365, "keep_tag": "retain"},
	Bounds:      checks.AtLeast(1),
	Remedy:      "Delete the snapshot, or tag it with why it is kept.",
	Fix: checks.Fix{
		Threat: "A manual snapshot never goes by itself: it holds what has long been deleted from the database, under the users and the key of its day. Whoever finds it restores people's data that nobody may still have.",
		CLI: `aws rds delete-db-snapshot --region {region} --db-snapshot-identifier {name}
aws rds delete-db-cluster-snapshot --region {region} --db-cluster-snapshot-identifier {name}
aws rds add-tags-to-resource --region {region} --resource-name {arn} --tags Key=retain,Value=REASON`,
		Cost: "A snapshot that is deleted cannot be brought back. If its database is gone too, it may be all that is left: export it to S3 or restore it once before.",
	},
	Judges: checks.For(snapshot.DBSnapshots, manualSnapshotNotForgotten),
}

func manualSnapshotNotForgotten(s snapshot.DBSnapshot, env checks.Env) checks.Verdict {
	made := s.Created
	if !s.Original.IsZero() && (made.IsZero() || s.Original.Before(made)) {
		made = s.Original
	}
	most, tag := env.Int("max_age_days"), env.String("keep_tag")
	why, kept := s.Tags[tag]
	days := int(env.AsOf.Sub(made) / (24 * time.Hour))
	switch {
	case s.Type == "automated" || s.Type == "awsbackup":
		return checks.DoesNotApply("the snapshot is of type %s, which goes by itself", s.Type).With("SnapshotType", s.Type)
	case kept:
		return checks.Pass("the tag %s says that the snapshot is to be kept: %q; %s", tag, why, sourceOf(s, env)).With("tag "+tag, why)
	case made.IsZero() && s.Status == "creating":
		return checks.DoesNotApply("the snapshot is being made").With("Status", s.Status)
	case made.IsZero():
		return checks.Unclear("the answer does not say when the snapshot was made").With("Status", s.Status)
	}
	v := checks.Pass("the snapshot's data are %d days old, want %d or less; %s", days, most, sourceOf(s, env))
	if env.AsOf.Sub(made) > time.Duration(most)*24*time.Hour {
		v = checks.Fail("the snapshot's data are %d days old, want %d or less, and no tag %s keeps it; %s", days, most, tag, sourceOf(s, env))
	}
	return v.With("made", made.UTC().Format(time.RFC3339))
}

// sourceOf says whether the database that a snapshot was made of is still there.
func sourceOf(s snapshot.DBSnapshot, env checks.Env) string {
	if s.DatabaseID == "" {
		return "the resource id of its database is not told"
	}
	name, err := databaseNow(s, env)
	switch {
	case name != "" && name != s.Database:
		return fmt.Sprintf("its database %s still exists, as %s", s.Database, name)
	case name != "":
		return "its database " + name + " still exists"
	case err != nil:
		return "whether its database " + s.Database + " still exists was not read"
	}
	return "no database in " + s.Region + " is the one that it was made of, " + s.Database
}

// databaseNow is the name that the snapshot's database has today, "" if it is not there.
func databaseNow(s snapshot.DBSnapshot, env checks.Env) (string, error) {
	is := func(d *snapshot.Database) bool { return d.ResourceID == s.DatabaseID && !d.Ended() }
	if s.OfCluster {
		all, err := checks.In(env, snapshot.DBClusters, s.Location).Get()
		for i := range all {
			if is(&all[i].Database) {
				return all[i].ID, nil
			}
		}
		return "", err
	}
	all, err := checks.In(env, snapshot.DBInstances, s.Location).Get()
	for i := range all {
		if is(&all[i].Database) {
			return all[i].ID, nil
		}
	}
	return "", err
}
