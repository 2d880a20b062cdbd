package resilience

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"onus/checks"
	"onus/checks/databases"
	"onus/scanner/snapshot"
)

// InstanceMultiAZ passes when a standby waits in a second Availability Zone. It is no
// backup. SQL Server with mirroring may tell its standby by SecondaryAvailabilityZone alone.
// Source: RDS DescribeDBInstances, fields MultiAZ and SecondaryAvailabilityZone.
var InstanceMultiAZ = checks.Check{
	ID:          "rds-instance-multi-az",
	Title:       "RDS instances run in more than one Availability Zone",
	Severity:    checks.Medium,
	Category:    checks.ResilienceOf,
	Duty:        checks.Backups,
	ServiceKind: checks.Container,
	Tier:        1,
	Reads:       []string{"rds:DescribeDBInstances"},
	Remedy:      "Change the instance to Multi-AZ; it costs a second instance and a short slowdown.",
	Fix: checks.Fix{
		Threat: "When the host or its zone fails, the database is down until it is made again. A standby takes over in a minute or two.",
		CLI:    "aws rds modify-db-instance --db-instance-identifier {name} --multi-az --apply-immediately --region {region}",
		Terraform: `resource "aws_db_instance" "this" {
  identifier = "{name}"
  multi_az   = true
}`,
		Cost: "A second instance is paid for; the database is slower while the standby is made.",
	},
	Judges: checks.For(snapshot.DBInstances, instanceMultiAZ),
}

// ClusterMultiAZ passes when the members of a cluster run in two Availability Zones or
// more. AvailabilityZones says where storage may lie, which is always three.
// Source: RDS DescribeDBClusters, MultiAZ and DBClusterMembers; DescribeDBInstances,
// AvailabilityZone.
var ClusterMultiAZ = checks.Check{
	ID:          "rds-cluster-multi-az",
	Title:       "Aurora and Multi-AZ DB clusters have members in more than one Availability Zone",
	Severity:    checks.Medium,
	Category:    checks.ResilienceOf,
	Duty:        checks.Backups,
	ServiceKind: checks.Container,
	Tier:        1,
	Reads:       []string{"rds:DescribeDBClusters", "rds:DescribeDBInstances"},
	Remedy:      "Add a reader in another Availability Zone.",
	Fix: checks.Fix{
		Threat: "When the zone fails, a cluster with members there alone is down until AWS or you make another one. That takes ten minutes and more.",
		CLI:    "aws rds create-db-instance --db-instance-identifier NEW-READER --db-cluster-identifier {name} --engine ENGINE --db-instance-class CLASS --availability-zone OTHER-ZONE --region {region}",
		Terraform: `resource "aws_rds_cluster_instance" "reader" {
  cluster_identifier = "{name}"
  engine             = "ENGINE"
  instance_class     = "CLASS"
  availability_zone  = "OTHER-ZONE"
}`,
		Cost: "A second instance is paid for by the hour.",
	},
	Judges: checks.For(snapshot.DBClusters, clusterMultiAZ),
}

func instanceMultiAZ(d snapshot.DBInstance, _ checks.Env) checks.Verdict {
	if v, out := databases.Standalone(d.Database); out {
		return v
	}
	if v, out := databases.Replica(d.Database); out {
		return v
	}
	switch {
	case d.MultiAZ:
		return checks.Pass("MultiAZ is true").With("MultiAZ", "true")
	case d.SecondaryZone != "" && d.SecondaryZone != d.Zone:
		return checks.Pass("the secondary Availability Zone is %s", d.SecondaryZone).With("SecondaryAvailabilityZone", d.SecondaryZone)
	case d.Engine.Custom():
		return checks.Unclear("MultiAZ is false, and whether this version of %s could have it cannot be told", d.Engine).With("MultiAZ", "false")
	case d.Pending.MultiAZ != nil && *d.Pending.MultiAZ:
		return checks.Fail("MultiAZ is false; true is pending and not yet in force").With("MultiAZ", "false")
	}
	return checks.Fail("MultiAZ is false, and no secondary Availability Zone is told").With("MultiAZ", "false")
}

func clusterMultiAZ(c snapshot.DBCluster, env checks.Env) checks.Verdict {
	if v, out := databases.Own(c.Database); out {
		return v
	}
	switch {
	case c.ServerlessV1():
		return checks.DoesNotApply("Aurora Serverless v1 has no members").With("EngineMode", c.EngineMode)
	case len(c.Members) == 0 && c.Global != "" && c.ReplicaOf != "":
		return checks.DoesNotApply("the secondary cluster of %s has no members", c.Global).With("GlobalClusterIdentifier", c.Global)
	case !c.MultiAZ:
		return checks.Fail("MultiAZ is false; the cluster has %d members", len(c.Members)).With("MultiAZ", "false")
	}
	zones, err := zonesOf(c, env)
	seen := strings.Join(zones, ", ")
	switch {
	case len(zones) >= 2:
		return checks.Pass("the members run in %s", seen).With("AvailabilityZone", seen)
	case err != nil:
		return checks.Unknown(err)
	}
	return checks.Fail("MultiAZ is true, and running members are in %d Availability Zone: %s", len(zones), seen).With("AvailabilityZone", seen).With("members", strconv.Itoa(len(c.Members)))
}

// zonesOf are the Availability Zones of the members that run, and why some are not known.
func zonesOf(c snapshot.DBCluster, env checks.Env) (zones []string, unread error) {
	for _, m := range c.Members {
		i, err := checks.Find(env, snapshot.DBInstances, c.Location, m.ID)
		switch {
		case errors.Is(err, snapshot.ErrAbsent): // gone, or not yet there
		case err != nil:
			unread = err
		case i.Ended() || i.Status == "creating" || i.Zone == "":
		default:
			zones = append(zones, i.Zone)
		}
	}
	slices.Sort(zones)
	return slices.Compact(zones), unread
}
