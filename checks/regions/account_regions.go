package regions

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"onus/checks"
	"onus/scanner/snapshot"
)

// OptInRegionsUsed passes when a Region that somebody opted in holds something that Onus
// reads. Services that it does not read may live there: a FAIL speaks of what was read. A
// backup vault counts once it holds something, since AWS makes empty ones by itself.
// Source: Account ListRegions, RegionOptStatus; the lists of EC2, RDS, S3 and AWS Backup.
var OptInRegionsUsed = checks.Check{
	ID:          "account-opt-in-regions-used",
	Title:       "Opted-in Regions are in use",
	Severity:    checks.Low,
	Category:    checks.Regions,
	Duty:        checks.RegionChoice,
	ServiceKind: checks.OfAccount,
	Tier:        2,
	Reads: []string{"account:ListRegions", "ec2:DescribeInstances", "ec2:DescribeVolumes", "ec2:DescribeSnapshots", "ec2:DescribeImages", "ec2:DescribeVpcs",
		"rds:DescribeDBInstances", "rds:DescribeDBClusters", "rds:DescribeDBSnapshots", "rds:DescribeDBClusterSnapshots", "s3:ListBuckets", "backup:ListBackupVaults"},
	Parameters: checks.Parameters{"keep_regions": []string{}},
	Remedy:     "Disable the Region, or name it in keep_regions if it is kept for recovery.",
	Judges:     checks.For(snapshot.RegionsEnabled, optInRegionUsed),
	Fix: checks.Fix{
		Threat: "Every Region that is on is one more where stolen credentials work and where nobody looks. What is started there shows on the bill first.",
		CLI: `aws account disable-region --region-name {name}
aws account get-region-opt-status --region-name {name}`,
		Terraform: `resource "aws_account_region" "this" {
  region_name = "{name}"
  enabled     = false
}`,
		Cost: "Onus reads EC2, RDS, S3 and AWS Backup: look for other services first, since what lies in a disabled Region goes on being billed and cannot be reached. Disabling takes minutes to hours.",
	},
}

func optInRegionUsed(r snapshot.EnabledRegion, env checks.Env) checks.Verdict {
	switch {
	case r.Status != "ENABLED" && r.Status != "opted-in":
		return checks.DoesNotApply("%s is %s", r.Name, r.Status).With("RegionOptStatus", r.Status)
	case slices.Contains(env.Strings("keep_regions"), r.Name):
		return checks.DoesNotApply("%s is kept: keep_regions names it", r.Name).With("RegionOptStatus", r.Status)
	case !r.Scanned:
		return checks.Unknown(&snapshot.Unread{Operation: "ec2:DescribeInstances", At: r.Location, Cause: snapshot.Skipped, Message: "the Region is enabled and was left out of the scan"})
	}
	var h holdings
	hold(&h, env, snapshot.Instances, r.Location, "instance")
	hold(&h, env, snapshot.Volumes, r.Location, "volume")
	hold(&h, env, snapshot.VolumeSnapshots, r.Location, "snapshot")
	hold(&h, env, snapshot.Images, r.Location, "image")
	hold(&h, env, snapshot.VPCs, r.Location, "VPC", func(v snapshot.VPC) bool { return !v.Default && ownedBy(v.Owner, r.Account) })
	hold(&h, env, snapshot.DBInstances, r.Location, "database")
	hold(&h, env, snapshot.DBClusters, r.Location, "database cluster")
	hold(&h, env, snapshot.DBSnapshots, r.Location, "database snapshot")
	hold(&h, env, snapshot.Buckets, r.Location, "bucket")
	hold(&h, env, snapshot.BackupVaults, r.Location, "used backup vault", func(v snapshot.BackupVault) bool { return v.Own() && v.Points > 0 })
	found := strings.Join(h.found, ", ")
	switch {
	case len(h.found) > 0:
		return checks.Pass("%s holds %s", r.Name, found).With("resources", found)
	case h.lacking != nil:
		return checks.Unknown(h.lacking)
	}
	return checks.Fail("%s was opted in, and holds nothing of EC2, RDS, S3 or AWS Backup; of other services nothing is read", r.Name).With("resources", "")
}

// RegionCoverageComplete passes in an enabled Region where every list of what may hold data
// was read to its end: only then is what was not found absent. It never fails. A Region that
// is disabled may hold resources from before, and nothing proves that it does not.
// Source: Account ListRegions, RegionOptStatus; the scan's own record of calls.
var RegionCoverageComplete = checks.Check{
	ID:          "region-coverage-complete",
	Title:       "Every enabled Region could be read, so that absence is proven",
	Severity:    checks.Medium,
	Category:    checks.Regions,
	Duty:        checks.RegionChoice,
	ServiceKind: checks.OfAccount,
	Tier:        3,
	Reads:       append([]string{"account:ListRegions", "ec2:DescribeRegions"}, dataLists...),
	Remedy:      "Let the scan read the Region: grant the operation, or have the guardrail spare the scanning role.",
	Judges:      checks.For(everyRegion, regionCovered),
	Fix: checks.Fix{
		Threat: "What lies in a Region that could not be read is not known, and a report that is silent about it reassures wrongly. Intruders prefer such Regions.",
		CLI: `aws iam get-role-policy --role-name SCANNING_ROLE --policy-name POLICY
aws iam simulate-principal-policy --policy-source-arn ARN_OF_SCANNING_ROLE --action-names ACTION`,
		Cost: "The policy that onus permissions prints is read-only. A service control policy that denies a Region has to name the scanning role as an exception, in the organization's management account.",
	},
}

// dataLists are the operations that list what holds data.
var dataLists = []string{"ec2:DescribeInstances", "ec2:DescribeVolumes", "ec2:DescribeSnapshots", "ec2:DescribeImages",
	"rds:DescribeDBInstances", "rds:DescribeDBClusters", "rds:DescribeDBSnapshots", "rds:DescribeDBClusterSnapshots",
	"backup:ListBackupVaults", "kms:ListKeys"}

// everyRegion are all Regions of the partition that the account sees, enabled or not.
var everyRegion = snapshot.Kind[snapshot.EnabledRegion]{
	Type: "account+region",
	All: func(a *snapshot.Account) []snapshot.EnabledRegion {
		out := a.EnabledRegions()
		listed, _ := a.Regions.Get() // unread: the evaluator says so for every kind that lies in Regions
		for _, r := range listed {
			if !r.Enabled() {
				out = append(out, snapshot.EnabledRegion{Meta: snapshot.Meta{Location: a.Location.In(r.Name), Name: r.Name, Calls: a.Regions.Calls()}, Status: r.Status})
			}
		}
		return out
	},
	Meta: func(r snapshot.EnabledRegion) snapshot.Meta { return r.Meta },
	ID:   func(r snapshot.EnabledRegion) string { return r.Location.String() },
	Key:  func(r snapshot.EnabledRegion) string { return r.Name },
}

func regionCovered(r snapshot.EnabledRegion, env checks.Env) checks.Verdict {
	switch {
	case !(snapshot.Region{Status: r.Status}).Enabled():
		return checks.DoesNotApply("%s is %s: it may hold resources from before, and that is not proven either way", r.Name, cmp.Or(r.Status, "of no known status")).With("RegionOptStatus", r.Status)
	case !r.Scanned:
		return checks.Unknown(&snapshot.Unread{Operation: dataLists[0], At: r.Location, Cause: snapshot.Skipped, Message: "the Region is enabled and was left out of the scan"})
	}
	var open []string
	var first *snapshot.Unread
	for _, op := range dataLists {
		i := slices.IndexFunc(env.Account().Coverage, func(c snapshot.Coverage) bool { return c.Operation == op && c.Region == r.Name })
		u := &snapshot.Unread{Operation: op, At: r.Location, Cause: snapshot.Skipped, Message: "the call was not made"}
		if i >= 0 {
			c := env.Account().Coverage[i]
			if c.Status == snapshot.OK {
				continue
			}
			u.Cause, u.Message = c.Status, ""
			if c.Error != nil {
				u = c.Error
			}
		}
		said := u.Error()
		if u.RequestID != "" {
			said += fmt.Sprintf(" (request %s)", u.RequestID)
		}
		open = append(open, said)
		first = cmp.Or(first, u)
	}
	if first != nil {
		v := checks.Unknown(first)
		v.Reason = "not all of " + r.Name + " was read: " + strings.Join(open, "; ")
		return v.With("RegionOptStatus", r.Status)
	}
	return checks.Pass("all %d lists of what may hold data were read to their end in %s", len(dataLists), r.Name).With("RegionOptStatus", r.Status)
}
