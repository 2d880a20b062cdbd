package hygiene

import (
	"slices"
	"strconv"
	"strings"

	"onus/checks"
	"onus/checks/databases"
	"onus/scanner/snapshot"
)

// SnapshotsCopyTags passes when a database's tags go to its snapshots. Selections of backups
// and access policies that go by tags lose their grip on snapshots without.
// Source: RDS DescribeDBInstances and DescribeDBClusters, field CopyTagsToSnapshot.
var SnapshotsCopyTags = checks.Check{
	ID:          "rds-snapshot-copies-tags",
	Title:       "Tags travel from databases to their snapshots",
	Severity:    checks.Low,
	Category:    checks.Hygiene,
	Duty:        checks.Backups,
	ServiceKind: checks.Container,
	Tier:        1,
	Reads:       []string{"rds:DescribeDBInstances", "rds:DescribeDBClusters"},
	Remedy:      "Turn on copying tags to snapshots; of a cluster, at the cluster.",
	Fix: checks.Fix{
		Threat: "A snapshot without the database's tags has no owner and no class. Rules that go by tags do not protect it.",
		CLI: `# for rds instance
aws rds modify-db-instance --db-instance-identifier {name} --copy-tags-to-snapshot --region {region}
# for rds cluster
aws rds modify-db-cluster --db-cluster-identifier {name} --copy-tags-to-snapshot --region {region}`,
		Terraform: `# for rds instance
resource "aws_db_instance" "this" {
  identifier            = "{name}"
  copy_tags_to_snapshot = true
}
# for rds cluster
resource "aws_rds_cluster" "this" {
  cluster_identifier    = "{name}"
  copy_tags_to_snapshot = true
}`,
		Cost: "Nothing; snapshots that exist keep the tags they have.",
	},
	Judges: databases.Both(snapshotsCopyTags),
}

// DatabaseTagged passes when a database carries the tags that the policy asks for, or any
// tag where it asks for none. Tags of AWS's own do not count.
// Source: RDS DescribeDBInstances and DescribeDBClusters, field TagList.
var DatabaseTagged = checks.Check{
	ID:          "rds-resource-tagged",
	Title:       "Databases carry the tags that the policy asks for",
	Severity:    checks.Low,
	Category:    checks.Hygiene,
	Duty:        checks.CustomerData,
	ServiceKind: checks.Container,
	Tier:        2,
	Reads:       []string{"rds:DescribeDBInstances", "rds:DescribeDBClusters"},
	Parameters:  checks.Parameters{"required_tag_keys": []string{}},
	Remedy:      "Add the missing tags; keys are case sensitive.",
	Fix: checks.Fix{
		Threat: "Nobody knows whose the database is, and backup plans that go by tags pass it by. It has no owner when something is wrong.",
		CLI:    "aws rds add-tags-to-resource --resource-name {arn} --tags Key=owner,Value=TEAM --region {region}",
		Terraform: `resource "aws_db_instance" "this" {
  identifier = "{name}"
  tags = {
    owner = "TEAM"
  }
}`,
		Cost: "Policies and backup plans that go by tags may take it in from then on.",
	},
	Judges: checks.For(snapshot.DBInstances, func(d snapshot.DBInstance, env checks.Env) checks.Verdict {
		return databaseTagged(d.Database, d.Tags, env)
	}).
		And(checks.For(snapshot.DBClusters, func(c snapshot.DBCluster, env checks.Env) checks.Verdict {
			return databaseTagged(c.Database, c.Tags, env)
		})),
}

func snapshotsCopyTags(d snapshot.Database, _ checks.Env) checks.Verdict {
	if v, out := databases.Standalone(d); out {
		return v
	}
	seen := strconv.FormatBool(d.CopyTagsToSnapshot)
	if d.CopyTagsToSnapshot {
		return checks.Pass("tags are copied to snapshots").With("CopyTagsToSnapshot", seen)
	}
	return checks.Fail("tags are not copied to snapshots").With("CopyTagsToSnapshot", seen)
}

func databaseTagged(d snapshot.Database, tags map[string]string, env checks.Env) checks.Verdict {
	if v, out := databases.Own(d); out {
		return v
	}
	if d.Status == "creating" {
		return checks.DoesNotApply("the database is being made").With("Status", d.Status)
	}
	var own, missing []string
	for key := range tags {
		if !strings.HasPrefix(key, "aws:") {
			own = append(own, key)
		}
	}
	slices.Sort(own)
	seen := strings.Join(own, ", ")
	required := env.Strings("required_tag_keys")
	for _, key := range required {
		if !slices.Contains(own, key) {
			missing = append(missing, key)
		}
	}
	switch {
	case len(missing) > 0:
		return checks.Fail("the tags %s are missing; there are: %s", strings.Join(missing, ", "), seen).With("TagList", seen)
	case len(required) == 0 && len(own) == 0:
		return checks.Fail("the database has no tag").With("TagList", "")
	}
	return checks.Pass("the database is tagged: %s", seen).With("TagList", seen)
}
