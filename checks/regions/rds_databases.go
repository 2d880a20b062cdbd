package regions

import (
	"cmp"
	"errors"
	"slices"

	"onus/checks"
	"onus/scanner/snapshot"
)

// DatabasesInAllowedRegions passes when a database lies in a Region that the policy
// allows. A scan that was narrowed to allowed Regions proves nothing of the others, so
// each enabled one that was left out is UNKNOWN.
// Source: RDS DescribeDBInstances DBInstanceArn, DescribeDBClusters DBClusterArn.
var DatabasesInAllowedRegions = checks.Check{
	ID:          "rds-databases-in-allowed-regions",
	Title:       "RDS instances and clusters exist only in allowed Regions",
	Severity:    checks.High,
	Category:    checks.Regions,
	Duty:        checks.RegionChoice,
	ServiceKind: checks.Container,
	Tier:        1,
	Reads:       []string{"account:ListRegions", "rds:DescribeDBInstances", "rds:DescribeDBClusters"},
	Parameters:  checks.Parameters{"allowed_regions": []string{}},
	Remedy:      "Restore a copy of the database in an allowed Region, delete this one with its snapshots and backups, or add its Region to the policy.",
	Fix: checks.Fix{
		Threat: "Data lies under the law of a country where it must not be. A residency that is promised to customers or regulators is broken.",
		CLI: `aws rds copy-db-snapshot --source-db-snapshot-identifier SNAPSHOT-ARN --target-db-snapshot-identifier COPY --source-region {region} --region ALLOWED-REGION
aws rds restore-db-instance-from-db-snapshot --db-instance-identifier {name} --db-snapshot-identifier COPY --region ALLOWED-REGION`,
		Terraform: `resource "aws_db_instance" "this" {
  region              = "ALLOWED-REGION"
  identifier          = "{name}"
  instance_class      = "CLASS"
  snapshot_identifier = "COPY"
}`,
		Cost: "Clients move to another endpoint, writes stop meanwhile; then this database, its snapshots and backups are deleted.",
	},
	Judges: checks.For(snapshot.DBInstances, instanceInAllowedRegion).
		And(checks.For(snapshot.DBClusters, clusterInAllowedRegion)).
		And(checks.For(leftOut, regionLeftOut("rds:DescribeDBInstances", "databases"))),
}

func instanceInAllowedRegion(d snapshot.DBInstance, env checks.Env) checks.Verdict {
	allowed := env.Strings("allowed_regions")
	switch {
	case len(allowed) == 0:
		return noChoice()
	case d.Ended():
		return checks.DoesNotApply("the %s instance is %s", d.Engine.Service(), d.Status).With("DBInstanceStatus", d.Status)
	}
	if d.Cluster != "" {
		_, err := checks.Find(env, snapshot.DBClusters, d.Location, d.Cluster)
		switch {
		case err == nil:
			return checks.DoesNotApply("the %s instance is a member of %s, which is judged itself", d.Engine.Service(), d.Cluster).With("DBClusterIdentifier", d.Cluster)
		case !errors.Is(err, snapshot.ErrAbsent):
			return checks.Unknown(err)
		}
	}
	return inAllowed("the "+d.Engine.Service()+" instance", regionOf(d.Meta), allowed)
}

func clusterInAllowedRegion(c snapshot.DBCluster, env checks.Env) checks.Verdict {
	allowed := env.Strings("allowed_regions")
	switch {
	case len(allowed) == 0:
		return noChoice()
	case c.Ended():
		return checks.DoesNotApply("the %s cluster is %s", c.Engine.Service(), c.Status).With("Status", c.Status)
	}
	return inAllowed("the "+c.Engine.Service()+" cluster", regionOf(c.Meta), allowed)
}

// regionOf is the Region that the ARN names.
func regionOf(m snapshot.Meta) string { return cmp.Or(snapshot.RegionOf(m.ARN), m.Region) }

// unasked is an enabled Region in which the scan planned no call.
type unasked struct{ snapshot.Meta }

// leftOut are the enabled Regions that the user left out of the scan. AWS defines no ARN
// for them: the id is ACCOUNT/REGION.
var leftOut = snapshot.Kind[unasked]{
	Type: "account+region",
	All: func(a *snapshot.Account) (out []unasked) {
		all, _ := a.Regions.Get() // unread: the evaluator says so for every kind that lies in Regions
		for _, r := range all {
			asked := slices.ContainsFunc(a.Coverage, func(c snapshot.Coverage) bool { return c.Region == r.Name })
			if r.Enabled() && !asked {
				out = append(out, unasked{snapshot.Meta{Location: a.Location.In(r.Name), Name: r.Name, Calls: a.Regions.Calls()}})
			}
		}
		return out
	},
	Meta: func(u unasked) snapshot.Meta { return u.Meta },
	ID:   func(u unasked) string { return u.Location.String() },
	Key:  func(u unasked) string { return u.Name },
}

// regionLeftOut judges a Region that was left out for what it may hold, which op lists.
func regionLeftOut(op, what string) func(unasked, checks.Env) checks.Verdict {
	return func(u unasked, env checks.Env) checks.Verdict {
		allowed := env.Strings("allowed_regions")
		switch {
		case len(allowed) == 0:
			return noChoice()
		case slices.Contains(allowed, u.Name):
			return checks.DoesNotApply("%s was left out of the scan, and %s are allowed there", u.Name, what).With("Region", u.Name)
		}
		return checks.Unknown(&snapshot.Unread{Operation: op, At: u.Location, Cause: snapshot.Skipped,
			Message: "the Region is enabled, is not allowed, and was left out of the scan"}).With("Region", u.Name)
	}
}

// regionsWithout are the enabled Regions, scanned or not, in which nothing of some kind lies:
// where nothing can be judged, the Region stands for that.
func regionsWithout(held func(*snapshot.Account) []string) snapshot.Kind[snapshot.EnabledRegion] {
	k := snapshot.RegionsEnabled
	k.All = func(a *snapshot.Account) []snapshot.EnabledRegion {
		some := held(a)
		return slices.DeleteFunc(slices.Clone(a.EnabledRegions()), func(r snapshot.EnabledRegion) bool { return slices.Contains(some, r.Name) })
	}
	return k
}
