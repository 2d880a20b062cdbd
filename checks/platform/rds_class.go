package platform

import (
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/databases"
	"onus/scanner/snapshot"
)

// InstanceClassCurrent passes when an instance runs on a current family of classes. The
// family is the second part of db.FAMILY.SIZE; what follows the size are suffixes.
// Source: RDS DescribeDBInstances, field DBInstanceClass; Amazon RDS User Guide, "DB
// instance classes".
var InstanceClassCurrent = checks.Check{
	ID:          "rds-instance-class-current-generation",
	Title:       "Databases do not run on a previous generation of instance class",
	Severity:    checks.Low,
	Category:    checks.PlatformOf,
	Duty:        checks.OSAndPlatform,
	ServiceKind: checks.Container,
	Tier:        2,
	Reads:       []string{"rds:DescribeDBInstances"},
	Parameters:  checks.Parameters{"previous_families": []string{"t1", "m1", "m2", "m3", "m4", "r3", "r4", "t2", "x1", "x1e", "cr1"}},
	Remedy:      "Change the instance to a class of a current family; it restarts.",
	Fix: checks.Fix{
		Threat: "Old hardware gets fewer fixes and fails sooner, and AWS retires it at a time of its own. New classes do more for the same money.",
		CLI:    "aws rds modify-db-instance --db-instance-identifier {name} --db-instance-class CLASS --apply-immediately --region {region}",
		Terraform: `resource "aws_db_instance" "this" {
  identifier     = "{name}"
  instance_class = "CLASS"
}`,
		Cost: "The instance restarts, for minutes; with Multi-AZ for as long as a failover takes.",
	},
	Judges: databases.Instances(instanceClassCurrent),
}

// unencryptable are the families without encryption at rest. Source: Amazon RDS User
// Guide, "Encrypting Amazon RDS resources", the availability of encryption.
var unencryptable = []string{"t1", "m1", "m2"}

func instanceClassCurrent(d snapshot.Database, env checks.Env) checks.Verdict {
	if v, out := databases.Own(d); out {
		return v
	}
	const field = "DBInstanceClass"
	if d.Class == "db.serverless" {
		return checks.DoesNotApply("the class is db.serverless").With(field, d.Class)
	}
	parts := strings.Split(d.Class, ".")
	if len(parts) < 3 || parts[0] != "db" {
		return checks.Unclear("the class %q is not of the form db.FAMILY.SIZE", d.Class).With(field, d.Class)
	}
	family := parts[1]
	switch {
	case !slices.Contains(env.Strings("previous_families"), family):
		return checks.Pass("the class %s is of the family %s", d.Class, family).With(field, d.Class)
	case slices.Contains(unencryptable, family):
		return checks.Fail("the class %s is of the previous family %s, which cannot encrypt its storage", d.Class, family).With(field, d.Class)
	case d.Pending.Class != "":
		return checks.Fail("the class %s is of the previous family %s; %s is pending and not yet in force", d.Class, family, d.Pending.Class).With(field, d.Class)
	}
	return checks.Fail("the class %s is of the previous family %s", d.Class, family).With(field, d.Class)
}
