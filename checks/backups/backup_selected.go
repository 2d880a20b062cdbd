package backups

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/databases"
	"onus/checks/protection"
	"onus/scanner/snapshot"
)

// plansRead is what the question rests on whether a backup plan selects a resource.
var plansRead = []string{"backup:ListBackupPlans", "backup:GetBackupPlan", "backup:ListBackupSelections", "backup:GetBackupSelection", "backup:DescribeRegionSettings"}

// policiesRead is what it rests on whether a lifecycle policy targets one.
var policiesRead = []string{"dlm:GetLifecyclePolicies", "dlm:GetLifecyclePolicy"}

// DatabaseInPlan passes when some selection of a backup plan with a rule takes the database
// in, in its Region. That a recovery point was ever made is another question.
// Source: Backup GetBackupSelection, GetBackupPlan, DescribeRegionSettings; see protection.
var DatabaseInPlan = checks.Check{
	ID:          "rds-database-protected-by-backup-plan",
	Title:       "An AWS Backup plan selects each RDS instance and cluster",
	Severity:    checks.Medium,
	Category:    checks.BackupsOf,
	Duty:        checks.Backups,
	ServiceKind: checks.Container,
	Tier:        1,
	Reads:       slices.Concat(plansRead, []string{"rds:DescribeDBInstances", "rds:DescribeDBClusters"}),
	Remedy:      "Select the database by its ARN or by a tag in a backup plan of its Region; for Aurora, opt in to it as well.",
	Fix: checks.Fix{
		Threat: "RDS deletes its own automated backups with the database, unless somebody asks it not to, and keeps them for 35 days at most. A mistake or an intruder that deletes the database takes them along.",
		CLI: `aws backup create-backup-selection --region {region} --backup-plan-id PLAN_ID --backup-selection '{"SelectionName":"{name}","IamRoleArn":"arn:aws:iam::{account}:role/service-role/AWSBackupDefaultServiceRole","Resources":["{arn}"]}'
aws backup update-region-settings --region {region} --resource-type-opt-in-preference RDS=true,Aurora=true`,
		Terraform: "resource \"aws_backup_selection\" \"{name}\" {\n  name         = \"{name}\"\n  plan_id      = aws_backup_plan.daily.id\n  iam_role_arn = aws_iam_role.backup.arn\n  resources    = [\"{arn}\"]\n}",
		Cost:      "Recovery points of RDS are snapshots, billed for each GB and month. The first backup of a database in one zone briefly suspends its I/O.",
	},
	Judges: checks.For(snapshot.DBInstances, func(d snapshot.DBInstance, env checks.Env) checks.Verdict {
		return databaseInPlan(d.Database, d.Meta, false, env)
	}).And(checks.For(snapshot.DBClusters, func(c snapshot.DBCluster, env checks.Env) checks.Verdict {
		return databaseInPlan(c.Database, c.Meta, true, env)
	})),
}

// VolumeInPlan passes when a backup plan selects the volume or the instance that it is
// attached to, or a lifecycle policy targets either.
// Source: as DatabaseInPlan; DLM GetLifecyclePolicies and GetLifecyclePolicy.
var VolumeInPlan = checks.Check{
	ID:          "ebs-volume-in-backup-plan",
	Title:       "EBS volumes are covered by a backup plan",
	Severity:    checks.Medium,
	Category:    checks.BackupsOf,
	Duty:        checks.Backups,
	ServiceKind: checks.Infrastructure,
	Tier:        1,
	Reads:       slices.Concat([]string{"ec2:DescribeVolumes", "ec2:DescribeInstances"}, plansRead, policiesRead),
	Parameters:  checks.Parameters{"ignore_tag": "", "min_size_gib": 0}, // ignore_tag: KEY or KEY=VALUE
	Remedy:      "Give the volume or its instance the tag by which a backup plan or a lifecycle policy selects.",
	Fix: checks.Fix{
		Threat: "A volume lives in one Availability Zone and fails with it. What was written to it is lost if it fails, is deleted or is encrypted by an intruder, and no snapshot exists.",
		CLI: `aws ec2 create-tags --region {region} --resources {id} --tags Key=backup,Value=daily
aws backup update-region-settings --region {region} --resource-type-opt-in-preference EBS=true`,
		Terraform: "resource \"aws_backup_selection\" \"volumes\" {\n  name         = \"volumes\"\n  plan_id      = aws_backup_plan.daily.id\n  iam_role_arn = aws_iam_role.backup.arn\n  selection_tag {\n    type  = \"STRINGEQUALS\"\n    key   = \"backup\"\n    value = \"daily\"\n  }\n}",
		Cost:      "Snapshots are incremental and billed for each GB and month. The tag must be the one that a selection asks for.",
	},
	Judges: checks.For(snapshot.Volumes, volumeInPlan),
}

// InstanceInPlan passes when a backup plan selects the instance or a lifecycle policy
// targets it, or each of its EBS volumes is covered for itself.
// Source: as VolumeInPlan; EC2 DescribeInstances, BlockDeviceMappings.
var InstanceInPlan = checks.Check{
	ID:          "ec2-instance-in-backup-plan",
	Title:       "EC2 instances are covered by a backup plan",
	Severity:    checks.Medium,
	Category:    checks.BackupsOf,
	Duty:        checks.Backups,
	ServiceKind: checks.Infrastructure,
	Tier:        1,
	Reads:       slices.Concat([]string{"ec2:DescribeInstances", "ec2:DescribeVolumes"}, plansRead, policiesRead),
	Parameters:  checks.Parameters{"ignore_autoscaling": true},
	Remedy:      "Select the instance by a tag in a backup plan, or let a lifecycle policy make images of it.",
	Fix: checks.Fix{
		Threat: "An instance that is lost with its volumes must be built again by hand, from memory. Its data is gone, and so is what somebody once set up on it.",
		CLI: `aws ec2 create-tags --region {region} --resources {id} --tags Key=backup,Value=daily
aws backup update-region-settings --region {region} --resource-type-opt-in-preference EC2=true`,
		Terraform: "resource \"aws_backup_selection\" \"instances\" {\n  name         = \"instances\"\n  plan_id      = aws_backup_plan.daily.id\n  iam_role_arn = aws_iam_role.backup.arn\n  selection_tag {\n    type  = \"STRINGEQUALS\"\n    key   = \"backup\"\n    value = \"daily\"\n  }\n}",
		Cost:      "The image and the snapshots of all volumes are billed for each GB and month. Data on instance store is in no backup.",
	},
	Judges: checks.For(snapshot.Instances, instanceInPlan),
}

// BucketInPlan passes when a backup plan in the bucket's Region selects it, and it keeps
// versions: AWS Backup cannot back up a bucket without.
// Source: as DatabaseInPlan; S3 GetBucketTagging and GetBucketVersioning.
var BucketInPlan = checks.Check{
	ID:          "s3-bucket-in-backup-plan",
	Title:       "S3 buckets are covered by an AWS Backup plan",
	Severity:    checks.Medium,
	Category:    checks.BackupsOf,
	Duty:        checks.Backups,
	ServiceKind: checks.Abstracted,
	Tier:        2,
	Reads:       slices.Concat([]string{"s3:ListBuckets", "s3:HeadBucket", "s3:GetBucketLocation", "s3:GetBucketTagging", "s3:GetBucketVersioning"}, plansRead),
	Parameters:  checks.Parameters{"buckets": []string{}}, // globs of names, or KEY=VALUE of tags
	Remedy:      "Turn versioning on and select the bucket by its ARN or by a tag in a backup plan of its Region.",
	Fix: checks.Fix{
		Threat: "Versions in the bucket itself do not outlive the bucket, nor somebody who may delete versions. Without a copy elsewhere such a deletion is final.",
		CLI: `aws s3api put-bucket-versioning --bucket {name} --versioning-configuration Status=Enabled
aws backup create-backup-selection --region {region} --backup-plan-id PLAN_ID --backup-selection '{"SelectionName":"{name}","IamRoleArn":"arn:aws:iam::{account}:role/service-role/AWSBackupDefaultServiceRole","Resources":["{arn}"]}'`,
		Terraform: "resource \"aws_s3_bucket_versioning\" \"this\" {\n  bucket = \"{name}\"\n  versioning_configuration {\n    status = \"Enabled\"\n  }\n}\n\nresource \"aws_backup_selection\" \"this\" {\n  name         = \"{name}\"\n  plan_id      = aws_backup_plan.daily.id\n  iam_role_arn = aws_iam_role.backup.arn\n  resources    = [\"{arn}\"]\n}",
		Cost:      "Backups of buckets are billed for each GB and month, and the requests and events that they need as well. Expire noncurrent versions, or they pile up.",
	},
	Judges: checks.For(snapshot.Buckets, bucketInPlan),
}

// covered is the verdict on what backs a resource up.
func covered(c protection.Cover, what string) checks.Verdict {
	switch {
	case len(c.By) > 0:
		return checks.Pass("%s is covered by %s", what, c.Names()).With("covered by", c.Names())
	case c.Open != nil:
		return protection.Unknown(c.Open)
	}
	return checks.Fail("no backup plan selects %s%s", what, c.Notes()).With("covered by", "")
}

func databaseInPlan(d snapshot.Database, of snapshot.Meta, cluster bool, env checks.Env) checks.Verdict {
	if v, out := databases.Standalone(d); out {
		return v
	}
	if v, out := databases.Replica(d); out {
		return v
	}
	if v, out := databases.Custom(d); out {
		return v
	}
	kind, what := protection.TypeOf(d, cluster), "the instance"
	if cluster {
		what = "the cluster"
	}
	return covered(protection.Plans(env, of.Location, protection.Tagged(of.ARN, kind, of.Tags)), what)
}

func volumeInPlan(v snapshot.Volume, env checks.Env) checks.Verdict {
	tag, least := env.String("ignore_tag"), env.Int("min_size_gib")
	key, value, exact := strings.Cut(tag, "=")
	have, there := v.Tags[key]
	switch {
	case protection.Unkept(v):
		return checks.DoesNotApply("the volume's state is %s", v.State).With("State", v.State)
	case tag != "" && there && (!exact || have == value):
		return checks.DoesNotApply("the volume has the tag %s=%s, which the policy ignores", key, have)
	case int(v.SizeGiB) < least:
		return checks.DoesNotApply("the volume has %d GiB, and the policy asks from %d on", v.SizeGiB, least)
	}
	return orPolicy(covered(protection.Volume(env, v), "the volume"))
}

// orPolicy says in a FAIL that no lifecycle policy helps either.
func orPolicy(v checks.Verdict) checks.Verdict {
	v.Reason = strings.Replace(v.Reason, "no backup plan selects", "no backup plan or lifecycle policy selects", 1)
	return v
}

func instanceInPlan(i snapshot.Instance, env checks.Env) checks.Verdict {
	group := i.Tags["aws:autoscaling:groupName"]
	switch {
	case group != "" && env.Bool("ignore_autoscaling"):
		return checks.DoesNotApply("the instance is made by Auto Scaling group %s", group).With("aws:autoscaling:groupName", group)
	case len(i.Volumes) == 0:
		return checks.DoesNotApply("the instance has no EBS volume")
	}
	note := ""
	if hasStore(i.Type) {
		note = fmt.Sprintf("; %s has instance store, whose data is in no backup", i.Type)
	}
	whole := protection.Instance(env, i)
	if len(whole.By) == 0 {
		if each := eachVolume(env, i); len(each.By) > 0 || whole.Open == nil {
			whole = whole.And(each)
		}
	}
	v := orPolicy(covered(whole, "the instance"))
	v.Reason += note
	return v
}

// eachVolume says what covers the volumes of an instance one by one: something, only if all
// of them are covered.
func eachVolume(env checks.Env, i snapshot.Instance) (out protection.Cover) {
	var bare []string
	var open error
	for _, m := range i.Volumes {
		v, err := checks.Find(env, snapshot.Volumes, i.Location, m.Volume)
		switch {
		case errors.Is(err, snapshot.ErrAbsent):
			bare = append(bare, m.Volume)
			continue
		case err != nil:
			open = errors.Join(open, err)
			continue
		}
		c := protection.Volume(env, v)
		switch {
		case len(c.By) > 0:
			out.By = append(out.By, protection.By{What: "volume " + v.ID + " by " + c.By[0].What})
		case c.Open != nil:
			open = errors.Join(open, c.Open)
		default:
			bare = append(bare, m.Volume)
		}
	}
	switch {
	case len(bare) > 0:
		return protection.Cover{Near: []string{"of its volumes, " + strings.Join(bare, ", ") + " are not covered either"}}
	case open != nil:
		return protection.Cover{Open: open}
	}
	return out
}

// withStore are the names of instance types that bring instance store: a d after the
// generation, and families that are made for storage.
// Source: Amazon EC2 User Guide, "Instance store volume limits"; read 2026-11.
var withStore = regexp.MustCompile(`^([a-z]+\d+[a-z]*d[a-z]*|(d|f|h|i|im|is)\d+[a-z]*|x1e?|g5|g6|gr6)\.`)

func hasStore(instanceType string) bool { return withStore.MatchString(instanceType) }

func bucketInPlan(b snapshot.Bucket, env checks.Env) checks.Verdict {
	chosen, err := choose(b, env.Strings("buckets"))
	switch {
	case err != nil:
		return checks.Unknown(err)
	case !chosen:
		return checks.DoesNotApply("neither the name nor a tag of the bucket is among %s", strings.Join(env.Strings("buckets"), ", "))
	}
	if _, err := b.BucketRegion.Get(); err != nil {
		return checks.Unknown(err)
	}
	v := covered(plansOfBucket(env, b), "the bucket")
	if v.Status != checks.PASS {
		return v
	}
	versioning, err := b.Versioning.Get()
	switch {
	case err != nil:
		return checks.Unknown(err)
	case versioning.Status != "Enabled":
		return checks.Fail("%s, and cannot be backed up: versioning is %q, want Enabled", v.Reason, versioning.Status).With("Status", versioning.Status)
	}
	return v
}

// plansOfBucket says which backup plans of its Region select a bucket.
func plansOfBucket(env checks.Env, b snapshot.Bucket) protection.Cover {
	return protection.Plans(env, b.Location, protection.Resource{ARN: b.ARN, Type: "S3", Tags: b.TagSet})
}
