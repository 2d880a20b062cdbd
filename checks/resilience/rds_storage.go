package resilience

import (
	"strconv"
	"strings"

	"onus/checks"
	"onus/checks/databases"
	"onus/scanner/snapshot"
)

// StorageAutoscaling passes when the storage of an instance may grow. A maximum that is
// what the instance has already lets nothing grow.
// Source: RDS DescribeDBInstances, fields MaxAllocatedStorage and AllocatedStorage.
var StorageAutoscaling = checks.Check{
	ID:          "rds-storage-autoscaling-enabled",
	Title:       "Instance storage grows before it is full",
	Severity:    checks.Low,
	Category:    checks.ResilienceOf,
	Duty:        checks.OSAndPlatform,
	ServiceKind: checks.Container,
	Tier:        2,
	Reads:       []string{"rds:DescribeDBInstances"},
	Remedy:      "Set a maximum storage threshold well above what the instance has.",
	Fix: checks.Fix{
		Threat: "A database whose storage is full stops taking writes. It happens at night and at the end of the month.",
		CLI:    "aws rds modify-db-instance --db-instance-identifier {name} --max-allocated-storage SIZE --apply-immediately --region {region}",
		Terraform: `resource "aws_db_instance" "this" {
  identifier            = "{name}"
  max_allocated_storage = SIZE
}`,
		Cost: "Storage that has grown cannot be made smaller, and is paid for.",
	},
	Judges: databases.Instances(storageAutoscaling),
}

func storageAutoscaling(d snapshot.Database, _ checks.Env) checks.Verdict {
	for _, leave := range []func(snapshot.Database) (checks.Verdict, bool){databases.Standalone, databases.Custom} {
		if v, out := leave(d); out {
			return v
		}
	}
	seen := strconv.Itoa(int(d.MaximumGiB))
	switch {
	case strings.HasPrefix(d.StorageType, "aurora"):
		return checks.DoesNotApply("storage of type %s grows by itself", d.StorageType).With("StorageType", d.StorageType)
	case d.Status == "storage-full":
		return checks.Fail("the storage is full: %d GiB, at most %d", d.AllocatedGiB, d.MaximumGiB).With("DBInstanceStatus", d.Status)
	case d.MaximumGiB > d.AllocatedGiB:
		return checks.Pass("the storage of %d GiB may grow to %d", d.AllocatedGiB, d.MaximumGiB).With("MaxAllocatedStorage", seen)
	case d.MaximumGiB == 0:
		return checks.Fail("the storage of %d GiB does not grow", d.AllocatedGiB).With("MaxAllocatedStorage", "")
	}
	return checks.Fail("the storage of %d GiB has reached its maximum of %d", d.AllocatedGiB, d.MaximumGiB).With("MaxAllocatedStorage", seen)
}
