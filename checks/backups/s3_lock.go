package backups

import (
	"path"
	"slices"
	"strings"

	"onus/checks"
	"onus/scanner/snapshot"
)

// BucketMFADelete passes when deleting a version for good needs a second factor. AWS
// refuses MFA delete together with a lifecycle, also one of disabled rules only, and
// compliance mode is stronger: there it does not apply.
// Source: S3 GetBucketVersioning, MFADelete; Amazon S3 User Guide, "Configuring MFA delete".
var BucketMFADelete = checks.Check{
	ID:          "s3-bucket-mfa-delete-enabled",
	Title:       "Deleting a version in an S3 bucket for good needs a second factor",
	Severity:    checks.Low,
	Category:    checks.BackupsOf,
	Duty:        checks.Backups,
	ServiceKind: checks.Abstracted,
	Tier:        1,
	Reads:       []string{"s3:ListBuckets", "s3:GetBucketVersioning", "s3:GetBucketLifecycleConfiguration", "s3:GetObjectLockConfiguration"},
	Remedy:      "Turn on MFA delete as the root user with an MFA device, over the API: the console cannot; or use Object Lock.",
	Fix: checks.Fix{
		Threat: "Stolen credentials that may delete versions delete the backup along with the data. MFA delete asks for a device that the thief does not have.",
		CLI:    "aws s3api put-bucket-versioning --bucket {name} --versioning-configuration Status=Enabled,MFADelete=Enabled --mfa 'arn:{partition}:iam::{account}:mfa/root-account-mfa-device CODE'",
		Terraform: `# MFA delete cannot be turned on by Terraform; Object Lock can:
resource "aws_s3_bucket_object_lock_configuration" "this" {
  bucket = "{name}"
  rule {
    default_retention {
      mode = "GOVERNANCE"
      days = 30
    }
  }
}`,
		Cost: "Only the root user can do it, with its MFA device and over the API; lifecycle rules cannot be set afterwards. Object Lock protects as well and can be automated.",
	},
	Judges: checks.For(snapshot.Buckets, bucketMFADelete),
}

// BucketObjectLock passes when a bucket has Object Lock. Without a default rule it locks
// nothing by itself: another row judges that.
// Source: S3 GetObjectLockConfiguration, ObjectLockEnabled.
var BucketObjectLock = checks.Check{
	ID:          "s3-bucket-object-lock-enabled",
	Title:       "S3 buckets have Object Lock",
	Severity:    checks.Low,
	Category:    checks.BackupsOf,
	Duty:        checks.Backups,
	ServiceKind: checks.Abstracted,
	Tier:        1,
	Reads:       []string{"s3:ListBuckets", "s3:GetObjectLockConfiguration", "s3:GetBucketTagging"},
	Parameters:  checks.Parameters{"buckets": []string{}}, // globs of names, or KEY=VALUE of tags
	Remedy:      "Turn on Object Lock where data must not be deleted; not on a target of access logs with default retention, which would lose them.",
	Fix: checks.Fix{
		Threat: "Without Object Lock whoever gets administrator rights can delete every version. Nothing then is left to restore from.",
		CLI:    `aws s3api put-object-lock-configuration --bucket {name} --object-lock-configuration '{"ObjectLockEnabled":"Enabled"}'`,
		Terraform: `resource "aws_s3_bucket_object_lock_configuration" "this" {
  bucket = "{name}"
}`,
		Cost: "Versioning must be on, and Object Lock can never be turned off again. Not for a target of server access logs with a default retention.",
	},
	Judges: checks.For(snapshot.Buckets, bucketObjectLock),
}

// BucketObjectLockRetention passes when every new object is retained long enough. The
// default holds for objects that are written after it was set, unless a request brings a
// retention of its own. Source: S3 GetObjectLockConfiguration, Rule.DefaultRetention.
var BucketObjectLockRetention = checks.Check{
	ID:          "s3-bucket-object-lock-default-retention",
	Title:       "S3 buckets with Object Lock retain every new object long enough",
	Severity:    checks.Medium,
	Category:    checks.BackupsOf,
	Duty:        checks.Backups,
	ServiceKind: checks.Abstracted,
	Tier:        2,
	Reads:       []string{"s3:ListBuckets", "s3:GetObjectLockConfiguration"},
	Parameters:  checks.Parameters{"min_retention_days": 30, "mode": "any"},
	Remedy:      "Set a default retention, in compliance mode where nobody may lift it; limit s3:object-lock-remaining-retention-days in the policy.",
	Fix: checks.Fix{
		Threat: "Object Lock without a default protects only those objects whose writer asked for it. The others can be deleted by whoever has the right, ransomware included.",
		CLI:    `aws s3api put-object-lock-configuration --bucket {name} --object-lock-configuration '{"ObjectLockEnabled":"Enabled","Rule":{"DefaultRetention":{"Mode":"GOVERNANCE","Days":30}}}'`,
		Terraform: `resource "aws_s3_bucket_object_lock_configuration" "this" {
  bucket = "{name}"
  rule {
    default_retention {
      mode = "GOVERNANCE"
      days = 30
    }
  }
}`,
		Cost: "New objects cannot be deleted until their time is over; in compliance mode nobody can lift it, and the storage is paid to its end.",
	},
	Judges: checks.For(snapshot.Buckets, bucketObjectLockRetention),
}

func bucketMFADelete(b snapshot.Bucket, _ checks.Env) checks.Verdict {
	v, err := b.Versioning.Get()
	switch {
	case err != nil:
		return checks.Unknown(err)
	case v.MFADelete == "Enabled":
		return checks.Pass("MFADelete is Enabled").With("MFADelete", v.MFADelete)
	case v.Status == "":
		return checks.DoesNotApply("versioning was never enabled, so there are no versions")
	}
	rules, lifecycleErr := b.Lifecycle.Get()
	lock, lockErr := b.ObjectLock.Get()
	switch {
	case len(rules) > 0:
		return checks.DoesNotApply("the bucket has %d lifecycle rules, and AWS refuses MFA delete beside any", len(rules))
	case lock.Mode == "COMPLIANCE":
		return checks.DoesNotApply("Object Lock retains in mode COMPLIANCE, which is stronger")
	case lifecycleErr != nil:
		return checks.Unknown(lifecycleErr)
	case lockErr != nil:
		return checks.Unknown(lockErr)
	case v.MFADelete == "":
		return checks.Fail("MFA delete was never set").With("MFADelete", "")
	}
	return checks.Fail("MFADelete is %s", v.MFADelete).With("MFADelete", v.MFADelete)
}

func bucketObjectLock(b snapshot.Bucket, env checks.Env) checks.Verdict {
	chosen, err := choose(b, env.Strings("buckets"))
	if err != nil {
		return checks.Unknown(err)
	}
	if !chosen {
		return checks.DoesNotApply("neither the name nor a tag of the bucket is among %s", strings.Join(env.Strings("buckets"), ", "))
	}
	lock, err := b.ObjectLock.Get()
	switch {
	case err != nil:
		return checks.Unknown(err)
	case lock.Enabled == "Enabled" && lock.Mode == "":
		return checks.Pass("Object Lock is Enabled, without a default retention").With("ObjectLockEnabled", lock.Enabled)
	case lock.Enabled == "Enabled":
		return checks.Pass("Object Lock is Enabled").With("ObjectLockEnabled", lock.Enabled)
	}
	return checks.Fail("there is no Object Lock").With("ObjectLockEnabled", lock.Enabled)
}

// choose says whether a bucket is among those that a parameter names, by a glob of its
// name or by KEY=VALUE of a tag. An empty list names all. Tags are asked for only where
// the name does not decide.
func choose(b snapshot.Bucket, list []string) (bool, error) {
	if len(list) == 0 || slices.ContainsFunc(list, func(p string) bool { return glob(p, b.Name) }) {
		return true, nil
	}
	tagged := slices.DeleteFunc(slices.Clone(list), func(p string) bool { return !strings.Contains(p, "=") })
	if len(tagged) == 0 {
		return false, nil
	}
	tags, err := b.TagSet.Get()
	if err != nil {
		return false, err
	}
	for key, value := range tags {
		if slices.ContainsFunc(tagged, func(p string) bool { return glob(p, key+"="+value) }) {
			return true, nil
		}
	}
	return false, nil
}

func glob(pattern, s string) bool {
	ok, err := path.Match(pattern, s)
	return err == nil && ok
}

func bucketObjectLockRetention(b snapshot.Bucket, env checks.Env) checks.Verdict {
	lock, err := b.ObjectLock.Get()
	days := int(lock.Days) + 365*int(lock.Years)
	switch mode := env.String("mode"); {
	case err != nil:
		return checks.Unknown(err)
	case lock.Enabled != "Enabled":
		return checks.DoesNotApply("there is no Object Lock")
	case lock.Mode == "":
		return checks.Fail("Object Lock has no default retention, so it locks nothing by itself").With("Mode", "")
	case days < env.Int("min_retention_days"):
		return checks.Fail("the default retention is %d days, want at least %d", days, env.Int("min_retention_days")).With("Mode", lock.Mode)
	case lock.Mode != "COMPLIANCE" && !(lock.Mode == "GOVERNANCE" && mode == "any"):
		return checks.Fail("the default retention is in mode %s, want %s", lock.Mode, mode).With("Mode", lock.Mode)
	}
	return checks.Pass("new objects are retained for %d days in mode %s, unless a request brings a retention of its own", days, lock.Mode).With("Mode", lock.Mode)
}
