package backups

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

// byTag makes the last plan select by a tag alone.
func byTag(key, value string) func(*snapshot.Account) {
	return lastPlan(func(p *snapshot.BackupPlan) {
		p.Selections = snapshot.Value([]snapshot.BackupSelection{{Name: "tagged", Resources: snapshot.Value(snapshot.SelectedResources{ListOfTags: []snapshot.TagCondition{{Operator: "StringEquals", Key: key, Value: value}}})}})
	})
}

// selecting changes what the last plan's first selection says.
func selecting(change func(*snapshot.SelectedResources)) func(*snapshot.Account) {
	return lastPlan(func(p *snapshot.BackupPlan) {
		list, _ := p.Selections.Get()
		r, _ := list[0].Resources.Get()
		change(&r)
		p.Selections = snapshot.Value([]snapshot.BackupSelection{{Name: "some", Resources: snapshot.Value(r)}})
	})
}

func tagsOf(tags map[string]string) func(*snapshot.DBInstance) {
	return func(d *snapshot.DBInstance) { d.Tags = tags }
}

func TestDatabaseInPlan(t *testing.T) {
	postgres := snapshot.Database{Engine: "postgres", Status: "available"}
	db := checktest.Instance(postgres, tagsOf(map[string]string{"backup": "daily"}))
	aurora := checktest.Cluster(snapshot.Database{ID: "db", Engine: "aurora-postgresql", Status: "available"})
	multi := checktest.Cluster(snapshot.Database{ID: "db", Engine: "postgres", Status: "available"})
	checktest.Run(t, &DatabaseInPlan, []checktest.Case{
		{Name: "by its ARN", Set: set(region(), db, planOf("daily", daily, databaseARN)), Want: checks.PASS, Reason: `backup plan "daily", selection "some", by ARN`},
		{Name: "by a prefix", Set: set(region(), db, planOf("daily", daily, "arn:aws:rds:*:*:db:*")), Want: checks.PASS, Reason: "by ARN"},
		{Name: "not selected", Set: set(region("RDS"), db, planOf("daily", daily, "arn:aws:rds:*:*:db:other")), Want: checks.FAIL, Reason: "no backup plan selects the instance"},
		{Name: "no plan", Set: set(region("RDS"), db), Want: checks.FAIL, Reason: "no backup plan selects the instance"},
		{Name: "NotResources", Set: set(region("RDS"), db, planOf("daily", daily, "*"), selecting(func(r *snapshot.SelectedResources) { r.NotResources = []string{databaseARN} })), Want: checks.FAIL, Reason: "NotResources leaves it out"},
		{Name: "by a tag's key and value", Set: set(region("RDS"), db, planOf("daily", daily, "x"), byTag("backup", "daily")), Want: checks.PASS, Reason: "by tag backup=daily"},
		{Name: "by the key alone it is not selected", Set: set(region("RDS"), db, planOf("daily", daily, "x"), byTag("backup", "weekly")), Want: checks.FAIL, Reason: "no backup plan"},
		{Name: "by a tag in other case", Set: set(region("RDS"), db, planOf("daily", daily, "x"), byTag("backup", "Daily")), Want: checks.FAIL, Reason: "no backup plan"},
		{Name: "an empty Conditions object is none", Set: set(region("RDS"), db, planOf("daily", daily, "*"), selecting(func(r *snapshot.SelectedResources) { r.Conditions = []snapshot.TagCondition{} })), Want: checks.PASS, Reason: "by ARN *"},
		{Name: "a condition that does not hold", Set: set(region("RDS"), db, planOf("daily", daily, "*"), selecting(func(r *snapshot.SelectedResources) {
			r.Conditions = []snapshot.TagCondition{{Operator: "StringEquals", Key: "aws:ResourceTag/backup", Value: "weekly"}}
		})), Want: checks.FAIL, Reason: "does not hold"},
		{Name: "RDS by ARN needs no opt-in", Set: set(region("Aurora"), db, planOf("daily", daily, databaseARN)), Want: checks.PASS, Reason: "by ARN"},
		{Name: "RDS by tag needs it", Set: set(region(), db, planOf("daily", daily, "x"), byTag("backup", "daily")), Want: checks.FAIL, Reason: "RDS is not opted in"},
		{Name: "RDS by the star alone needs it", Set: set(region(), db, planOf("daily", daily, "*")), Want: checks.FAIL, Reason: "RDS is not opted in"},
		{Name: "Aurora needs it also by its ARN", Set: set(region("RDS"), aurora, planOf("daily", daily, clusterARN)), Want: checks.FAIL, Reason: "Aurora is not opted in"},
		{Name: "Aurora, opted in", Set: set(region("Aurora"), aurora, planOf("daily", daily, clusterARN)), Want: checks.PASS, Reason: "the cluster is covered"},
		{Name: "a Multi-AZ cluster is RDS", Set: set(region(), multi, planOf("daily", daily, clusterARN)), Want: checks.PASS, Reason: "the cluster is covered"},
		{Name: "a plan of an organization policy", Set: set(region(), db, planOf("orgs/baseline", daily, databaseARN)), Want: checks.PASS, Reason: "orgs/baseline"},
		{Name: "another Region's plan", Set: set(region("RDS"), db, planOf("daily", daily, "*"), lastPlan(func(p *snapshot.BackupPlan) { p.Region = checktest.Elsewhere })), Want: checks.FAIL, Reason: "no backup plan"},
		{Name: "a plan without rules", Set: set(region("RDS"), db, planOf("daily", nil, databaseARN)), Want: checks.FAIL, Reason: "no rule of the plan runs"},
		{Name: "listed as protected, after its plan is gone", Set: set(region("RDS"), db, protected(databaseARN, pointOf("1", databaseARN, aDay, 35, nil))), Want: checks.FAIL, Reason: "no backup plan"},
		{Name: "member of a cluster", Set: set(region(), checktest.Instance(snapshot.Database{Engine: "aurora-mysql", Cluster: "c"})), Want: checks.NotApplicable, Reason: "member of c"},
		{Name: "read replica", Set: set(region(), checktest.Instance(snapshot.Database{Engine: "postgres", ReplicaOf: "orders"})), Want: checks.NotApplicable, Reason: "read replica"},
		{Name: "DocumentDB", Set: set(region(), checktest.Cluster(snapshot.Database{Engine: "docdb"})), Want: checks.NotApplicable, Reason: "DocumentDB"},
		{Name: "RDS Custom", Set: set(region(), checktest.Instance(snapshot.Database{Engine: "custom-oracle-ee"})), Want: checks.NotApplicable, Reason: "custom"},
		{Name: "selections unread", Set: set(region("RDS"), db, planOf("daily", daily, databaseARN), lastPlan(selectionsUnread)), Want: checks.UNKNOWN, Reason: "throttled"},
		{Name: "plans unread", Set: set(region("RDS"), db, denied("backup:ListBackupPlans")), Want: checks.UNKNOWN, Reason: "backup:ListBackupPlans"},
		{Name: "settings unread, which a tag needs", Set: set(region(), db, planOf("daily", daily, "x"), byTag("backup", "daily"), func(a *snapshot.Account) { a.Backup.Regions[0].OptIn = snapshot.Missing[map[string]bool](throttled) }), Want: checks.UNKNOWN, Reason: "throttled"},
		{Name: "settings unread, which an ARN does not need", Set: set(region(), db, planOf("daily", daily, databaseARN), func(a *snapshot.Account) { a.Backup.Regions[0].OptIn = snapshot.Missing[map[string]bool](throttled) }), Want: checks.PASS, Reason: "by ARN"},
	})
}

func TestVolumeInPlan(t *testing.T) {
	of := func(patterns ...string) func(*snapshot.Account) { return planOf("daily", daily, patterns...) }
	here := set(region("EBS"), theVolume(nil))
	policy := func(state string) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			d := snapshot.LifecyclePolicyDetails{Resource: "VOLUME", Schedules: 1, TargetTags: []snapshot.TagCondition{{Key: "backup", Value: "daily"}}}
			a.Backup.LifecyclePolicies = append(a.Backup.LifecyclePolicies, snapshot.LifecyclePolicy{Meta: checktest.Meta("policy-1", "arn:aws:dlm:eu-west-1:111122223333:policy/policy-1"), ID: "policy-1", Type: "EBS_SNAPSHOT_MANAGEMENT", State: state, Details: snapshot.Value(d)})
		}
	}
	checktest.Run(t, &VolumeInPlan, []checktest.Case{
		{Name: "by its ARN", Set: set(here, of(volumeARN)), Want: checks.PASS, Reason: "the volume is covered by backup plan"},
		{Name: "a star means all opted-in types", Set: set(here, of("*")), Want: checks.PASS, Reason: "by ARN *"},
		{Name: "not opted in voids a star", Set: set(region(), theVolume(nil), of("*")), Want: checks.FAIL, Reason: "EBS is not opted in"},
		{Name: "not opted in does not void an ARN", Set: set(region(), theVolume(nil), of(volumeARN)), Want: checks.PASS, Reason: "by ARN"},
		{Name: "the ARN's partition counts", Set: set(here, of("arn:aws-cn:ec2:*:*:volume/*")), Want: checks.FAIL, Reason: "no backup plan or lifecycle policy selects the volume"},
		{Name: "StringNotEquals excludes", Set: set(here, of("*"), selecting(func(r *snapshot.SelectedResources) {
			r.Conditions = []snapshot.TagCondition{{Operator: "StringNotEquals", Key: "aws:ResourceTag/backup", Value: "daily"}}
		})), Want: checks.FAIL, Reason: "does not hold"},
		{Name: "backed up once, taken out of its plan", Set: set(here, protected(volumeARN, pointOf("1", volumeARN, aDay, 35, nil))), Want: checks.FAIL, Reason: "no backup plan"},
		{Name: "a selection of its instance protects it", Set: set(region("EBS"), theVolume(func(v *snapshot.Volume) { v.Attachments = []string{"i-1"} }), func(a *snapshot.Account) {
			a.EC2.Instances = []snapshot.Instance{{Meta: checktest.Meta("web", instanceARN), ID: "i-1", State: "running"}}
		}, of("arn:aws:ec2:*:*:instance/*")), Want: checks.PASS, Reason: "instance i-1's backup plan"},
		{Name: "a lifecycle policy", Set: set(here, policy("ENABLED")), Want: checks.PASS, Reason: "lifecycle policy policy-1, by tag backup=daily"},
		{Name: "a lifecycle policy in error", Set: set(here, policy("ERROR")), Want: checks.FAIL, Reason: "it is ERROR"},
		{Name: "a disabled lifecycle policy", Set: set(here, policy("DISABLED")), Want: checks.FAIL, Reason: "it is DISABLED"},
		{Name: "deleting", Set: set(region(), theVolume(func(v *snapshot.Volume) { v.State = "deleting" })), Want: checks.NotApplicable, Reason: "deleting"},
		{Name: "an ignored tag", Set: here, Parameters: map[string]any{"ignore_tag": "backup"}, Want: checks.NotApplicable, Reason: "backup=daily"},
		{Name: "an ignored tag and value", Set: here, Parameters: map[string]any{"ignore_tag": "backup=daily"}, Want: checks.NotApplicable, Reason: "ignores"},
		{Name: "an ignored tag with another value", Set: here, Parameters: map[string]any{"ignore_tag": "backup=never"}, Want: checks.FAIL, Reason: "no backup plan"},
		{Name: "too small to ask for", Set: here, Parameters: map[string]any{"min_size_gib": 41}, Want: checks.NotApplicable, Reason: "40 GiB"},
		{Name: "large enough to ask for", Set: here, Parameters: map[string]any{"min_size_gib": 40}, Want: checks.FAIL, Reason: "no backup plan"},
		{Name: "plans unread", Set: set(here, denied("backup:ListBackupPlans")), Want: checks.UNKNOWN, Reason: "backup:ListBackupPlans"},
		{Name: "policies unread", Set: set(here, denied("dlm:GetLifecyclePolicies")), Want: checks.UNKNOWN, Reason: "dlm:GetLifecyclePolicies"},
		{Name: "policies unread, but a plan", Set: set(here, of(volumeARN), denied("dlm:GetLifecyclePolicies")), Want: checks.PASS, Reason: "by ARN"},
	})
}

func TestInstanceInPlan(t *testing.T) {
	machine := func(change func(*snapshot.Instance)) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			i := snapshot.Instance{Meta: checktest.Meta("web", instanceARN), ID: "i-1", State: "running", Type: "m7g.large", RootDevice: "/dev/xvda", Volumes: []snapshot.InstanceVolume{{Device: "/dev/xvda", Volume: "vol-1"}, {Device: "/dev/sdb", Volume: "vol-2"}}}
			if change != nil {
				change(&i)
			}
			a.EC2.Instances = append(a.EC2.Instances, i)
		}
	}
	attached := theVolume(func(v *snapshot.Volume) { v.Attachments = []string{"i-1"} })
	second := theVolume(func(v *snapshot.Volume) {
		v.ID, v.ARN, v.Attachments = "vol-2", volumeARN[:len(volumeARN)-1]+"2", []string{"i-1"}
	})
	here := set(region("EC2", "EBS"), machine(nil), attached, second)
	of := func(patterns ...string) func(*snapshot.Account) { return planOf("daily", daily, patterns...) }
	scaled := func(i *snapshot.Instance) { i.Tags = map[string]string{"aws:autoscaling:groupName": "web"} }
	run := func(cases []checktest.Case) {
		t.Helper()
		c := InstanceInPlan
		checktest.Run(t, &c, cases)
	}
	run([]checktest.Case{
		{Name: "by its ARN", Set: set(here, of(instanceARN)), Want: checks.PASS, Reason: "the instance is covered by backup plan"},
		{Name: "nothing", Set: here, Want: checks.FAIL, Reason: "no backup plan or lifecycle policy selects the instance; of its volumes, vol-1, vol-2 are not covered either"},
		{Name: "covered volumes cover the instance", Set: set(here, of("arn:aws:ec2:*:*:volume/*")), Want: checks.PASS, Reason: `volume vol-1 by backup plan "daily"`},
		{Name: "one volume of two", Set: set(here, of(volumeARN)), Want: checks.FAIL, Reason: "vol-2 are not covered either"},
		{Name: "a volume that is not listed", Set: set(region("EBS"), machine(nil), attached, of("arn:aws:ec2:*:*:volume/*")), Want: checks.FAIL, Reason: "vol-2"},
		{Name: "backed up once is no cover", Set: set(here, protected(instanceARN, pointOf("1", instanceARN, aDay, 35, nil))), Want: checks.FAIL, Reason: "no backup plan"},
		{Name: "made by Auto Scaling", Set: set(region(), machine(scaled)), Want: checks.NotApplicable, Reason: "Auto Scaling group web"},
		{Name: "made by Auto Scaling, and judged", Set: set(region(), machine(scaled), attached, second), Parameters: map[string]any{"ignore_autoscaling": false}, Want: checks.FAIL, Reason: "no backup plan"},
		{Name: "without EBS volume", Set: set(region(), machine(func(i *snapshot.Instance) { i.Volumes = nil })), Want: checks.NotApplicable, Reason: "no EBS volume"},
		{Name: "instance store is in no backup", Set: set(region(), machine(func(i *snapshot.Instance) { i.Type = "m5d.large" }), of(instanceARN)), Want: checks.PASS, Reason: "m5d.large has instance store, whose data is in no backup"},
		{Name: "volumes unread", Set: set(region(), machine(nil), denied("ec2:DescribeVolumes")), Want: checks.UNKNOWN, Reason: "ec2:DescribeVolumes"},
		{Name: "volumes unread, but the instance is selected", Set: set(region(), machine(nil), of(instanceARN), denied("ec2:DescribeVolumes")), Want: checks.PASS, Reason: "by ARN"},
		{Name: "one selection unread, but the volumes are covered", Set: set(here, of("arn:aws:ec2:*:*:volume/*"), planOf("second", daily, "x"), lastPlan(selectionsUnread)), Want: checks.PASS, Reason: "volume vol-1"},
		{Name: "one selection unread", Set: set(here, planOf("second", daily, "x"), lastPlan(selectionsUnread)), Want: checks.UNKNOWN, Reason: "throttled"},
		{Name: "plans unread", Set: set(here, denied("backup:ListBackupPlans")), Want: checks.UNKNOWN, Reason: "backup:ListBackupPlans"},
	})
	for kind, want := range map[string]bool{"m5d.large": true, "i4i.xlarge": true, "im4gn.large": true, "d3.xlarge": true, "g4dn.xlarge": true, "c6gd.medium": true, "x1.16xlarge": true, "m7g.large": false, "t3.micro": false, "c5.large": false, "r5.large": false, "inf1.xlarge": false, "": false} {
		if got := hasStore(kind); got != want {
			t.Errorf("%s: instance store %t", kind, got)
		}
	}
}

func bucketNamed(change func(*snapshot.Bucket)) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		b := snapshot.Bucket{Meta: checktest.Meta("acme-invoices", bucketARN), BucketRegion: snapshot.Value(checktest.At.Region), Versioning: snapshot.Value(snapshot.Versioning{Status: "Enabled"}),
			TagSet: snapshot.Value(map[string]string{"backup": "daily"})}
		if change != nil {
			change(&b)
		}
		a.S3.Buckets = append(a.S3.Buckets, b)
	}
}

func TestBucketInPlan(t *testing.T) {
	of := func(patterns ...string) func(*snapshot.Account) { return planOf("daily", daily, patterns...) }
	tagsDenied := bucketNamed(func(b *snapshot.Bucket) {
		b.TagSet = snapshot.Missing[map[string]string](&snapshot.Unread{Operation: "s3:GetBucketTagging", Cause: snapshot.Denied})
	})
	here := set(region("S3"), bucketNamed(nil))
	checktest.Run(t, &BucketInPlan, []checktest.Case{
		{Name: "by its ARN", Set: set(here, of(bucketARN)), Want: checks.PASS, Reason: "the bucket is covered"},
		{Name: "by a prefix", Set: set(here, of("arn:aws:s3:::acme-*")), Want: checks.PASS, Reason: "arn:aws:s3:::acme-*"},
		{Name: "not selected", Set: set(here, of("arn:aws:s3:::other-*")), Want: checks.FAIL, Reason: "no backup plan selects the bucket"},
		{Name: "selected but unversioned", Set: set(region("S3"), bucketNamed(func(b *snapshot.Bucket) { b.Versioning = snapshot.Value(snapshot.Versioning{}) }), of(bucketARN)), Want: checks.FAIL, Reason: `cannot be backed up: versioning is ""`},
		{Name: "selected but suspended", Set: set(region("S3"), bucketNamed(func(b *snapshot.Bucket) { b.Versioning = snapshot.Value(snapshot.Versioning{Status: "Suspended"}) }), of(bucketARN)), Want: checks.FAIL, Reason: `versioning is "Suspended"`},
		{Name: "any of several tags", Set: set(here, of("x"), selecting(func(r *snapshot.SelectedResources) {
			r.Resources, r.ListOfTags = nil, []snapshot.TagCondition{{Key: "backup", Value: "weekly"}, {Key: "backup", Value: "daily"}}
		})), Want: checks.PASS, Reason: "by tag backup=daily"},
		{Name: "all of several conditions", Set: set(here, of("*"), selecting(func(r *snapshot.SelectedResources) {
			r.Conditions = []snapshot.TagCondition{{Operator: "StringEquals", Key: "aws:ResourceTag/backup", Value: "daily"}, {Operator: "StringEquals", Key: "aws:ResourceTag/stage", Value: "prod"}}
		})), Want: checks.FAIL, Reason: "does not hold"},
		{Name: "a plan in another Region does not cover it", Set: set(here, of("arn:aws:s3:::*"), lastPlan(func(p *snapshot.BackupPlan) { p.Region = checktest.Elsewhere })), Want: checks.FAIL, Reason: "no backup plan"},
		{Name: "backed up once, and no plan now", Set: set(here, protected(bucketARN, pointOf("1", bucketARN, aDay, 35, nil))), Want: checks.FAIL, Reason: "no backup plan"},
		{Name: "tags denied while a selection is by tags", Set: set(region("S3"), tagsDenied, of("x"), byTag("backup", "daily")), Want: checks.UNKNOWN, Reason: "s3:GetBucketTagging"},
		{Name: "tags denied while a selection is by ARN", Set: set(region("S3"), tagsDenied, of(bucketARN)), Want: checks.PASS, Reason: "by ARN"},
		{Name: "a plan of an organization policy", Set: set(here, planOf("orgs/baseline", daily, bucketARN)), Want: checks.PASS, Reason: "orgs/baseline"},
		{Name: "by tag, and S3 is not opted in to", Set: set(region(), bucketNamed(nil), of("x"), byTag("backup", "daily")), Want: checks.FAIL, Reason: "S3 is not opted in"},
		{Name: "both lists, and one matches", Set: set(here, of("arn:aws:s3:::other"), selecting(func(r *snapshot.SelectedResources) {
			r.ListOfTags = []snapshot.TagCondition{{Key: "backup", Value: "daily"}}
		})), Want: checks.PASS, Reason: "by tag"},
		{Name: "not among the chosen", Set: here, Parameters: map[string]any{"buckets": []string{"other-*"}}, Want: checks.NotApplicable, Reason: "other-*"},
		{Name: "its Region unread", Set: set(region("S3"), bucketNamed(func(b *snapshot.Bucket) { b.BucketRegion = snapshot.Missing[string](throttled) }), of(bucketARN)), Want: checks.UNKNOWN, Reason: "throttled"},
		{Name: "versioning unread", Set: set(region("S3"), bucketNamed(func(b *snapshot.Bucket) { b.Versioning = snapshot.Missing[snapshot.Versioning](throttled) }), of(bucketARN)), Want: checks.UNKNOWN, Reason: "throttled"},
		{Name: "plans unread", Set: set(here, denied("backup:ListBackupPlans")), Want: checks.UNKNOWN, Reason: "backup:ListBackupPlans"},
	})
}
