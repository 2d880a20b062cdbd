package backups

import (
	"testing"
	"time"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

func TestVolumeRecoverable(t *testing.T) {
	const key = "11112222-3333-4444-5555-666677778888"
	volume := theVolume(func(v *snapshot.Volume) { v.Created, v.Attachments = ago(100*aDay), []string{"i-1"} })
	instance := func(a *snapshot.Account) {
		a.EC2.Instances = append(a.EC2.Instances, snapshot.Instance{Meta: checktest.Meta("", instanceARN), ID: "i-1", State: "running"})
	}
	here := set(region(), volume, instance, theVault(nil))
	snap := func(id string, age time.Duration, change func(*snapshot.VolumeSnapshot)) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			s := snapshot.VolumeSnapshot{Meta: checktest.Meta("", "arn:aws:ec2:eu-west-1::snapshot/"+id), ID: id, Volume: "vol-1", State: "completed", Started: ago(age), Encrypted: snapshot.Value(false)}
			if change != nil {
				change(&s)
			}
			a.EC2.VolumeSnapshots = append(a.EC2.VolumeSnapshots, s)
		}
	}
	tagged := func(tags map[string]string) func(*snapshot.VolumeSnapshot) {
		return func(s *snapshot.VolumeSnapshot) { s.Tags = tags }
	}
	encrypted := func(s *snapshot.VolumeSnapshot) {
		s.KMSKeyID, s.Encrypted = checktest.KeyARN(key), snapshot.Value(true)
	}
	by := func(plan string) func(*snapshot.RecoveryPoint) {
		return func(p *snapshot.RecoveryPoint) {
			r, _ := p.Kept.Get()
			r.Plan = plan
			p.Kept = snapshot.Value(r)
		}
	}
	// point is a recovery point of the volume, which is a snapshot.
	point := func(id string, age time.Duration, days int64, change func(*snapshot.RecoveryPoint)) snapshot.RecoveryPoint {
		return pointOf(id, volumeARN, age, days, func(p *snapshot.RecoveryPoint) {
			p.ARN, p.Encrypted = "arn:aws:ec2:eu-west-1::snapshot/"+id, snapshot.Value(false)
			by("daily")(p)
			if change != nil {
				change(p)
			}
		})
	}
	made := func(change func(*snapshot.RecoveryPoint)) func(*snapshot.Account) {
		return set(snap("snap-1", aDay, tagged(map[string]string{"aws:backup:source-resource": volumeARN})), protected(volumeARN, point("snap-1", aDay, 35, change)))
	}
	plan := planOf("daily", daily, "*")
	image := func(devices ...string) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			i := snapshot.Image{Meta: checktest.Meta("", "arn:aws:ec2:eu-west-1::image/ami-1"), ID: "ami-1"}
			for _, d := range devices {
				i.Devices = append(i.Devices, snapshot.ImageDevice{Snapshot: d})
			}
			a.EC2.Images = append(a.EC2.Images, i)
		}
	}
	ofInstance := protected(instanceARN, pointOf("", instanceARN, aDay, 35, func(p *snapshot.RecoveryPoint) {
		p.ARN, p.Encrypted = "arn:aws:ec2:eu-west-1::image/ami-1", snapshot.Value(false)
		by("daily")(p)
	}))
	backupImage := func(a *snapshot.Account) { a.EC2.Images[0].Title = "AwsBackup_i-1_01234567" }
	policyImage := func(a *snapshot.Account) {
		a.EC2.Images[0].Tags = map[string]string{"aws:dlm:lifecycle-policy-id": "policy-1"}
	}
	inImage := tagged(map[string]string{"aws:backup:source-resource": instanceARN})
	policy := func(state string, retention ...snapshot.LifecycleRetention) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			a.Backup.LifecyclePolicies = append(a.Backup.LifecyclePolicies, snapshot.LifecyclePolicy{Meta: checktest.Meta("", "arn:policy"), ID: "policy-1", State: state, Type: "EBS_SNAPSHOT_MANAGEMENT",
				Details: snapshot.Value(snapshot.LifecyclePolicyDetails{Retention: retention})})
		}
	}
	byPolicy := snap("snap-1", aDay, tagged(map[string]string{"aws:dlm:lifecycle-policy-id": "policy-1", "aws:dlm:lifecycle-schedule-name": "nightly"}))
	nightly := func(r snapshot.LifecycleRetention) snapshot.LifecycleRetention {
		r.Schedule = "nightly"
		return r
	}
	far := map[string]any{"require_copy_in_other_region": true}
	other := map[string]any{"require_copy_in_other_account": true}
	copied := func(vault, resource, state string, age time.Duration) func(*snapshot.Account) {
		return copyTo(vault, state, age, func(j *snapshot.CopyJob) { j.Resource = resource })
	}
	copying := func(a *snapshot.Account) {
		p := &a.Backup.LifecyclePolicies[0]
		d, _ := p.Details.Get()
		d.Copies = []string{"eu-central-1"}
		p.Details = snapshot.Value(d)
	}
	good := set(here, plan, made(nil))

	checktest.Run(t, &VolumeRecoverable, []checktest.Case{
		{Name: "a recent recovery point", Set: good, Want: checks.PASS, Reason: "recovery point snap-1, of 2026-"},
		{Name: "a plan that selects the volume, and whose role lost its rights, proves nothing", Set: set(here, plan), Want: checks.FAIL, Reason: "there is no recovery point, image or snapshot"},
		{Name: "too old", Set: set(here, plan, protected(volumeARN, point("snap-1", 49*time.Hour, 35, nil))), Want: checks.FAIL, Reason: "nothing that is of the last 48 hours can be restored: recovery point snap-1 is of"},
		{Name: "just young enough", Set: set(here, plan, snap("snap-1", 48*time.Hour, nil), protected(volumeARN, point("snap-1", 48*time.Hour, 35, nil))), Want: checks.PASS, Reason: "snap-1"},
		{Name: "PARTIAL does not count", Set: set(here, plan, made(status("PARTIAL"))), Want: checks.FAIL, Reason: "snap-1 is PARTIAL"},
		{Name: "STOPPED does not count", Set: set(here, plan, made(status("STOPPED"))), Want: checks.FAIL, Reason: "is STOPPED"},
		{Name: "EXPIRED does not count", Set: set(here, plan, made(status("EXPIRED"))), Want: checks.FAIL, Reason: "is EXPIRED"},
		{Name: "DELETING does not count", Set: set(here, plan, made(status("DELETING"))), Want: checks.FAIL, Reason: "is DELETING"},
		{Name: "CREATING does not count", Set: set(here, plan, made(status("CREATING"))), Want: checks.FAIL, Reason: "is CREATING"},
		{Name: "AVAILABLE counts", Set: set(here, plan, made(status("AVAILABLE"))), Want: checks.PASS, Reason: "snap-1"},
		{Name: "a composite does not", Set: set(here, plan, protected(volumeARN, point("p", aDay, 35, func(p *snapshot.RecoveryPoint) { p.Parent = true }))), Want: checks.FAIL, Reason: "there is no recovery point"},
		{Name: "kept too short", Set: set(here, plan, snap("snap-1", aDay, nil), protected(volumeARN, point("snap-1", aDay, 6, nil))), Want: checks.FAIL, Reason: "is kept 6 days, want 7 days"},
		{Name: "kept for ever", Set: set(here, plan, snap("snap-1", aDay, nil), protected(volumeARN, point("snap-1", aDay, 0, nil))), Want: checks.PASS, Reason: "snap-1"},
		{Name: "its snapshot is gone", Set: set(here, plan, protected(volumeARN, point("snap-1", aDay, 35, nil))), Want: checks.FAIL, Reason: "recovery point snap-1 is a snapshot that is gone"},
		{Name: "its vault is gone", Set: set(here, plan, made(func(p *snapshot.RecoveryPoint) { p.Vault = "old" })), Want: checks.FAIL, Reason: "lay in vault old, which is gone"},
		{Name: "the vaults are unread", Set: set(here, plan, made(func(p *snapshot.RecoveryPoint) { p.Vault = "old" }), denied("backup:ListBackupVaults")), Want: checks.UNKNOWN, Reason: "backup:ListBackupVaults"},
		{Name: "its plan is deleted", Set: set(good, lastPlan(func(p *snapshot.BackupPlan) { p.Deleted = ago(aDay) })), Want: checks.FAIL, Reason: "was made by a backup plan that is gone"},
		{Name: "how long it is kept, and what made it, is unread", Set: set(here, plan, made(func(p *snapshot.RecoveryPoint) { p.Kept = snapshot.Missing[snapshot.Retention](throttled) })), Want: checks.UNKNOWN, Reason: "throttled"},
		{Name: "its plan is gone", Set: set(here, made(nil)), Want: checks.FAIL, Reason: "was made by a backup plan that is gone"},
		{Name: "its plan has no rule that runs any more", Set: set(here, planOf("daily", rulesOf(ruleOf("once", "cron(0 5 1 1 ? 2020)", 35)), "*"), made(nil)), Want: checks.FAIL, Reason: `backup plan "daily", of which no rule runs any more`},
		{Name: "its plan's rules are unread", Set: set(good, lastPlan(rulesUnread)), Want: checks.UNKNOWN, Reason: "throttled"},
		{Name: "the plans are unread", Set: set(here, made(nil), denied("backup:ListBackupPlans")), Want: checks.UNKNOWN, Reason: "backup:ListBackupPlans"},
		{Name: "made by hand", Set: set(here, made(by(""))), Want: checks.PASS, Reason: "snap-1"},
		{Name: "a bad one, and one that can be restored", Set: set(here, plan, snap("snap-2", aDay, nil), made(status("EXPIRED"))), Want: checks.PASS, Reason: "snapshot snap-2"},
		{Name: "the answer lacks the date", Set: set(here, plan, protected(volumeARN, point("snap-1", aDay, 35, func(p *snapshot.RecoveryPoint) { p.Created = time.Time{} }))), Want: checks.UNKNOWN, Reason: "does not tell when recovery point snap-1 was made"},

		{Name: "its key is enabled", Set: set(here, snap("snap-1", aDay, encrypted), checktest.Key(key, snapshot.KeyMetadata{State: "Enabled"})), Want: checks.PASS, Reason: "snap-1"},
		{Name: "its key is disabled", Set: set(here, snap("snap-1", aDay, encrypted), checktest.Key(key, snapshot.KeyMetadata{State: "Disabled"})), Want: checks.FAIL, Reason: "cannot be decrypted: the key"},
		{Name: "its key is to be deleted", Set: set(here, snap("snap-1", aDay, encrypted), checktest.Key(key, snapshot.KeyMetadata{State: "PendingDeletion"})), Want: checks.FAIL, Reason: "is to be deleted"},
		{Name: "its key is gone", Set: set(here, snap("snap-1", aDay, encrypted), checktest.NoKey(key, snapshot.ErrAbsent)), Want: checks.FAIL, Reason: "which KMS does not know"},
		{Name: "its key is unread", Set: set(here, snap("snap-1", aDay, encrypted), checktest.NoKey(key, checktest.Unread("kms:DescribeKey", snapshot.Denied))), Want: checks.UNKNOWN, Reason: "kms:DescribeKey"},
		{Name: "its key was not asked about", Set: set(here, snap("snap-1", aDay, encrypted)), Want: checks.UNKNOWN, Reason: "nobody asked about the key"},
		{Name: "encrypted, with a key that is not told", Set: set(here, snap("snap-1", aDay, func(s *snapshot.VolumeSnapshot) { s.Encrypted = snapshot.Value(true) })), Want: checks.UNKNOWN, Reason: "does not name the key"},
		{Name: "the key of a point outside the account's snapshots is the vault's answer", Set: set(here, plan, checktest.Key(key, snapshot.KeyMetadata{State: "Disabled"}),
			protected(volumeARN, point("gapped", aDay, 35, func(p *snapshot.RecoveryPoint) {
				p.ARN, p.KeyARN = "arn:aws:backup:eu-west-1:111122223333:recovery-point:gapped", checktest.KeyARN(key)
			}))), Want: checks.FAIL, Reason: "cannot be decrypted"},
		{Name: "the snapshot behind a point is unread", Set: set(here, plan, protected(volumeARN, point("snap-1", aDay, 35, nil)), denied("ec2:DescribeSnapshots")), Want: checks.UNKNOWN, Reason: "ec2:DescribeSnapshots"},

		{Name: "the point of the instance is an image without an account's id", Set: set(here, plan, snap("snap-1", aDay, inImage), image("snap-1"), ofInstance), Want: checks.PASS, Reason: "recovery point ami-1 of instance i-1"},
		{Name: "the volume was left out of the image", Set: set(here, plan, snap("snap-2", aDay, func(s *snapshot.VolumeSnapshot) { s.Volume = "vol-root" }), image("snap-2"), ofInstance), Want: checks.FAIL, Reason: "there is no recovery point"},
		{Name: "the image is gone", Set: set(here, plan, ofInstance), Want: checks.FAIL, Reason: "recovery point ami-1 of instance i-1 is an image that is gone"},
		{Name: "an expired point without its image", Set: set(here, plan, protected(instanceARN, pointOf("", instanceARN, aDay, 35, func(p *snapshot.RecoveryPoint) {
			p.ARN, p.Status = "arn:aws:ec2:eu-west-1::image/ami-1", "EXPIRED"
		}))), Want: checks.FAIL, Reason: "there is no recovery point"},
		{Name: "the instance's point in an air-gapped vault is no image", Set: set(here, plan, protected(instanceARN, pointOf("gapped", instanceARN, aDay, 35, func(p *snapshot.RecoveryPoint) { p.Encrypted = snapshot.Value(false) }))), Want: checks.UNKNOWN, Reason: "nothing tells whether recovery point gapped of instance i-1 holds the volume"},
		{Name: "the image is a copy, whose snapshots name no volume", Set: set(here, plan, snap("snap-2", aDay, func(s *snapshot.VolumeSnapshot) { s.Volume = "vol-ffffffff" }), image("snap-2"), ofInstance), Want: checks.UNKNOWN, Reason: "nothing tells whether recovery point ami-1 of instance i-1 holds the volume"},
		{Name: "the images are unread", Set: set(here, plan, ofInstance, denied("ec2:DescribeImages")), Want: checks.UNKNOWN, Reason: "ec2:DescribeImages"},
		{Name: "the image's snapshots are unread", Set: set(here, plan, image("snap-1"), ofInstance, denied("ec2:DescribeSnapshots")), Want: checks.UNKNOWN, Reason: "ec2:DescribeSnapshots"},
		{Name: "the instances are unread", Set: set(region(), volume, plan, denied("ec2:DescribeInstances")), Want: checks.UNKNOWN, Reason: "ec2:DescribeInstances"},
		{Name: "the instance is not the account's", Set: set(region(), volume), Want: checks.FAIL, Reason: "there is no recovery point"},
		{Name: "AWS Backup made a snapshot that no point is known to hold", Set: set(here, snap("snap-1", aDay, inImage)), Want: checks.UNKNOWN, Reason: "no recovery point of the volume or of its instance is known to hold it"},

		{Name: "behind an image that AWS Backup made, without a tag of its own", Set: set(here, snap("snap-1", aDay, nil), image("snap-1"), backupImage), Want: checks.UNKNOWN, Reason: "no recovery point of the volume or of its instance is known to hold it"},
		{Name: "whether AWS Backup made the image before it is unread", Set: set(here, snap("snap-1", aDay, nil), denied("ec2:DescribeImages")), Want: checks.UNKNOWN, Reason: "ec2:DescribeImages"},
		{Name: "behind an image by hand", Set: set(here, snap("snap-1", aDay, nil), image("snap-1")), Want: checks.PASS, Reason: "snapshot snap-1"},
		{Name: "behind an image that a policy made, without a tag of its own", Set: set(here, snap("snap-1", aDay, nil), image("snap-1"), policyImage), Want: checks.FAIL, Reason: "made by a lifecycle policy that is gone"},
		{Name: "a plain snapshot", Set: set(here, snap("snap-1", aDay, nil)), Want: checks.PASS, Reason: "snapshot snap-1, of"},
		{Name: "another volume's", Set: set(here, snap("snap-1", aDay, func(s *snapshot.VolumeSnapshot) { s.Volume = "vol-2" })), Want: checks.FAIL, Reason: "there is no recovery point"},
		{Name: "not completed", Set: set(here, snap("snap-1", aDay, func(s *snapshot.VolumeSnapshot) { s.State = "pending" })), Want: checks.FAIL, Reason: "there is no recovery point"},
		{Name: "archived", Set: set(here, snap("snap-1", aDay, func(s *snapshot.VolumeSnapshot) { s.Tier = "archive" })), Want: checks.FAIL, Reason: "snapshot snap-1 is archived"},
		{Name: "snapshots unread", Set: set(here, denied("ec2:DescribeSnapshots")), Want: checks.UNKNOWN, Reason: "ec2:DescribeSnapshots"},
		{Name: "the list broke off, and one that was read will do", Set: set(here, snap("snap-1", aDay, nil), denied("ec2:DescribeSnapshots")), Want: checks.PASS, Reason: "snap-1"},
		{Name: "recovery points unread, and a snapshot will do", Set: set(here, snap("snap-1", aDay, nil), denied("backup:ListProtectedResources")), Want: checks.PASS, Reason: "snap-1"},
		{Name: "recovery points unread", Set: set(here, denied("backup:ListProtectedResources")), Want: checks.UNKNOWN, Reason: "backup:ListProtectedResources"},

		{Name: "by a policy, kept for days", Set: set(here, byPolicy, policy("ENABLED", nightly(snapshot.LifecycleRetention{Days: 7}))), Want: checks.PASS, Reason: "snap-1"},
		{Name: "by a policy, kept too short", Set: set(here, byPolicy, policy("ENABLED", nightly(snapshot.LifecycleRetention{Days: 6}))), Want: checks.FAIL, Reason: "by lifecycle policy policy-1, want 7 days"},
		{Name: "by a policy that keeps the last seven", Set: set(here, byPolicy, policy("ENABLED", nightly(snapshot.LifecycleRetention{Count: 7, Hours: 24}))), Want: checks.PASS, Reason: "snap-1"},
		{Name: "by a policy that keeps the last seven, twice a day", Set: set(here, byPolicy, policy("ENABLED", nightly(snapshot.LifecycleRetention{Count: 7, Hours: 12}))), Want: checks.FAIL, Reason: "is kept 3 days by lifecycle policy policy-1, want 7 days"},
		{Name: "by a policy that keeps the last six by a cron", Set: set(here, byPolicy, policy("ENABLED", nightly(snapshot.LifecycleRetention{Count: 6, Cron: "cron(0 5 * * ? *)"}))), Want: checks.FAIL, Reason: "want 7 days"},
		{Name: "by a policy that keeps the last five, on weekdays", Set: set(here, byPolicy, policy("ENABLED", nightly(snapshot.LifecycleRetention{Count: 5, Cron: "cron(0 5 ? * MON-FRI *)"}))), Want: checks.PASS, Reason: "snap-1"},
		{Name: "by a policy that keeps the last three, on weekdays", Set: set(here, byPolicy, policy("ENABLED", nightly(snapshot.LifecycleRetention{Count: 3, Cron: "cron(0 5 ? * MON-FRI *)"}))), Want: checks.FAIL, Reason: "is kept 3 days by lifecycle policy policy-1"},
		{Name: "by a policy whose interval cannot be told", Set: set(here, byPolicy, policy("ENABLED", nightly(snapshot.LifecycleRetention{Count: 6}))), Want: checks.UNKNOWN, Reason: "(none)"},
		{Name: "another schedule of the policy keeps too short", Set: set(here, byPolicy, policy("ENABLED", snapshot.LifecycleRetention{Schedule: "hourly", Days: 1}, nightly(snapshot.LifecycleRetention{Days: 7}))), Want: checks.PASS, Reason: "snap-1"},
		{Name: "a schedule that the policy no longer has", Set: set(here, byPolicy, policy("ENABLED", snapshot.LifecycleRetention{Schedule: "hourly", Days: 9})), Want: checks.FAIL, Reason: `the schedule "nightly", which lifecycle policy policy-1 no longer has`},
		{Name: "by a default policy", Set: set(here, byPolicy, policy("ENABLED", snapshot.LifecycleRetention{Days: 7})), Want: checks.PASS, Reason: "snap-1"},
		{Name: "the policy is disabled", Set: set(here, byPolicy, policy("DISABLED", nightly(snapshot.LifecycleRetention{Days: 9}))), Want: checks.FAIL, Reason: "policy-1, which is DISABLED"},
		{Name: "the policy is in error", Set: set(here, byPolicy, policy("ERROR", nightly(snapshot.LifecycleRetention{Days: 9}))), Want: checks.FAIL, Reason: "which is ERROR"},
		{Name: "the policy is gone", Set: set(here, byPolicy), Want: checks.FAIL, Reason: "a lifecycle policy that is gone"},
		{Name: "the policies are unread", Set: set(here, byPolicy, denied("dlm:GetLifecyclePolicies")), Want: checks.UNKNOWN, Reason: "dlm:GetLifecyclePolicies"},
		{Name: "the policy's details are unread", Set: set(here, byPolicy, policy("ENABLED"), func(a *snapshot.Account) {
			a.Backup.LifecyclePolicies[0].Details = snapshot.Missing[snapshot.LifecyclePolicyDetails](throttled)
		}), Want: checks.UNKNOWN, Reason: "throttled"},

		{Name: "a copy in another Region", Set: set(good, copied(farVault, volumeARN, "COMPLETED", aDay)), Parameters: far, Want: checks.PASS, Reason: "a copy went to " + farVault},
		{Name: "no copy in another Region", Set: set(good, copied(otherVault, volumeARN, "COMPLETED", aDay), copied(farVault, volumeARN, "FAILED", aDay), copied(farVault, volumeARN, "COMPLETED", 3*aDay), copied(farVault, databaseARN, "COMPLETED", aDay)), Parameters: far, Want: checks.FAIL, Reason: "no copy job of AWS Backup took it to another Region in the last 48 hours"},
		{Name: "a copy in another account", Set: set(good, copied(otherVault, volumeARN, "COMPLETED", aDay)), Parameters: other, Want: checks.PASS, Reason: "a copy went to " + otherVault},
		{Name: "no copy in another account", Set: set(good, copied(farVault, volumeARN, "COMPLETED", aDay)), Parameters: other, Want: checks.FAIL, Reason: "another account"},
		{Name: "a plain snapshot is not known to be copied", Set: set(here, snap("snap-1", aDay, nil)), Parameters: far, Want: checks.FAIL, Reason: "another Region"},
		{Name: "a policy that copies: a copy does not name its volume", Set: set(here, byPolicy, policy("ENABLED", nightly(snapshot.LifecycleRetention{Days: 7})), copying), Parameters: far, Want: checks.UNKNOWN, Reason: "lifecycle policy policy-1 copies to eu-central-1, and a copied snapshot does not name its volume"},
		{Name: "a policy copies to no other account", Set: set(here, byPolicy, policy("ENABLED", nightly(snapshot.LifecycleRetention{Days: 7})), copying), Parameters: other, Want: checks.FAIL, Reason: "another account"},
		{Name: "copies of the instance that holds the volume", Set: set(here, plan, snap("snap-1", aDay, inImage), image("snap-1"), ofInstance, copied(farVault, instanceARN, "COMPLETED", aDay)), Parameters: far, Want: checks.PASS, Reason: "a copy went to"},
		{Name: "copy jobs unread", Set: set(good, denied("backup:ListCopyJobs")), Parameters: far, Want: checks.UNKNOWN, Reason: "backup:ListCopyJobs"},
		{Name: "what was backed up is unread, and copies are wanted", Set: set(here, snap("snap-1", aDay, nil), denied("backup:ListProtectedResources")), Parameters: far, Want: checks.UNKNOWN, Reason: "backup:ListProtectedResources"},

		{Name: "the first backup is due at the next window", Set: set(region(), theVolume(func(v *snapshot.Volume) { v.Created = ago(aDay) })), Want: checks.NotApplicable, Reason: "within the 2 days of grace"},
		{Name: "being made", Set: theVolume(func(v *snapshot.Volume) { v.State = "creating" }), Want: checks.NotApplicable, Reason: "creating"},
		{Name: "nothing, and no time of creation", Set: set(region(), theVolume(nil)), Want: checks.UNKNOWN, Reason: "CreateTime"},
	})
}
