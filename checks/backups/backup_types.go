package backups

import (
	"fmt"
	"strings"

	"onus/checks"
	"onus/checks/protection"
	"onus/scanner/snapshot"
)

// TypesOptedIn passes when AWS Backup may back up each type of which the Region holds
// resources: a selection by tag skips a type that is not opted in to, and no job says so.
// Source: Backup DescribeRegionSettings, ResourceTypeOptInPreference.
var TypesOptedIn = checks.Check{
	ID:          "backup-resource-types-opted-in",
	Title:       "AWS Backup may protect the resource types in use",
	Severity:    checks.Medium,
	Category:    checks.BackupsOf,
	Duty:        checks.Backups,
	ServiceKind: checks.OfAccount,
	Tier:        2,
	Reads: []string{"backup:DescribeRegionSettings", "backup:ListBackupPlans", "ec2:DescribeInstances", "ec2:DescribeVolumes", "rds:DescribeDBInstances",
		"rds:DescribeDBClusters", "s3:ListBuckets", "s3:HeadBucket", "s3:GetBucketLocation"},
	Remedy: "Opt in to the types in AWS Backup's settings of the Region.",
	Fix: checks.Fix{
		Threat: "A plan that selects by tag leaves out, without a word, every type that is not opted in to. Somebody who tags a database for backup believes it safe, and it is not.",
		CLI:    `aws backup update-region-settings --region {region} --resource-type-opt-in-preference EC2=true,EBS=true,RDS=true,Aurora=true,S3=true`,
		Terraform: `resource "aws_backup_region_settings" "this" {
  resource_type_opt_in_preference = {
    "EC2"    = true
    "EBS"    = true
    "RDS"    = true
    "Aurora" = true
    "S3"     = true
  }
}`,
		Cost: "Selections by tag, and of everything, then take in these types at once: look first at what they would back up, as it is billed.",
	},
	Judges: checks.For(snapshot.BackupRegions, typesOptedIn),
}

func typesOptedIn(r snapshot.BackupRegion, env checks.Env) checks.Verdict {
	plans, err := checks.In(env, snapshot.BackupPlans, r.Location).Get()
	switch {
	case len(plans) > 0:
	case err != nil:
		return checks.Unknown(err)
	default:
		return checks.DoesNotApply("there is no backup plan in the Region")
	}
	held, open := protection.Held(env, r.Location)
	if len(held) == 0 && open == nil {
		return checks.DoesNotApply("the Region holds nothing that AWS Backup could back up")
	}
	types, err := checks.Use(env, r.OptIn)
	if err != nil {
		return checks.Unknown(err)
	}
	var off []string
	for _, t := range held.Types() {
		if !types[t] {
			off = append(off, fmt.Sprintf("%s (%d)", t, held[t]))
		}
	}
	switch {
	case len(off) > 0:
		return checks.Fail("not opted in to, and in use: %s", strings.Join(off, ", ")).With("not opted in", strings.Join(off, ", "))
	case open != nil:
		return checks.Unknown(open)
	}
	return checks.Pass("every type in use is opted in to: %s", held).With("not opted in", "")
}
