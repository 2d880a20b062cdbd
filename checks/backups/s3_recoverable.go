package backups

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"onus/checks"
	"onus/checks/backups/expiry"
	"onus/checks/protection"
	"onus/checks/resilience/replication"
	"onus/checks/wording"
	"onus/scanner/snapshot"
)

// BucketRecoverable passes when one way back at least holds for the whole bucket: old
// versions that no rule ends too soon, a recent recovery point that is kept long enough, a
// replica in an own bucket that keeps its versions so, or Object Lock. A way that was not
// read is left aside where another holds. Whether a bucket holds anything is not asked: an
// empty one is judged too, as it may be empty because all was deleted.
// Source: S3 GetBucketVersioning, GetBucketLifecycleConfiguration, GetBucketReplication and
// GetObjectLockConfiguration; Backup as s3-bucket-recovery-point-recent.
var BucketRecoverable = checks.Check{
	ID:          "s3-bucket-recoverable",
	Title:       "Data deleted or overwritten in an S3 bucket can be brought back",
	Severity:    checks.High,
	Category:    checks.BackupsOf,
	Duty:        checks.Backups,
	ServiceKind: checks.Abstracted,
	Tier:        3,
	Reads: slices.Concat([]string{"s3:ListBuckets", "s3:GetBucketLocation", "s3:HeadBucket", "s3:GetBucketVersioning", "s3:GetBucketLifecycleConfiguration", "s3:GetObjectLockConfiguration",
		"s3:GetBucketReplication", "s3:GetBucketEncryption", "iam:GetAccountAuthorizationDetails", "backup:DescribeRecoveryPoint"}, pointsRead),
	Parameters: checks.Parameters{"min_days": 7, "max_age_hours": 48, "disposable_buckets": []string{}}, // globs of names
	Bounds:     checks.AtLeast(1),
	Remedy:     "Turn on versioning and keep noncurrent versions for the days that you need to notice a loss; back up what matters most to another account.",
	Fix: checks.Fix{
		Threat: "A faulty program, or somebody with a stolen key, deletes or overwrites the objects. No copy brings them back, whatever the bucket is encrypted with.",
		CLI: `aws s3api put-bucket-versioning --region {region} --bucket {name} --versioning-configuration Status=Enabled
aws s3api get-bucket-lifecycle-configuration --region {region} --bucket {name}`,
		Terraform: `resource "aws_s3_bucket_versioning" "this" {
  bucket = "{name}"
  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  bucket = "{name}"
  rule {
    id     = "old-versions"
    status = "Enabled"
    filter {
      prefix = ""
    }
    noncurrent_version_expiration {
      noncurrent_days = 30
    }
  }
}`,
		Cost: "Every overwritten or deleted version is stored and paid for until a rule ends it. Versioning protects from then on: what was lost before stays lost. The resource of the lifecycle replaces all rules of the bucket.",
	},
	Judges: checks.For(snapshot.Buckets, bucketRecoverable),
}

// way is one way by which data may come back: it holds, does not, or cannot be told.
type way struct {
	name string
	how  string // how it holds; "" where it does not
	why  string // why it does not hold
	open error  // why it cannot be told
}

func (w way) String() string {
	switch {
	case w.how != "":
		return w.name + " (" + w.how + ")"
	case w.open != nil:
		return w.name + " (" + w.open.Error() + ")"
	}
	return w.name + " (" + w.why + ")"
}

func bucketRecoverable(b snapshot.Bucket, env checks.Env) checks.Verdict {
	list := env.Strings("disposable_buckets")
	if slices.ContainsFunc(list, func(p string) bool { return glob(p, b.Name) }) {
		return checks.DoesNotApply("the bucket is among disposable_buckets (%s)", wording.List(list, 3))
	}
	var held, lost, unread, names []string
	var open error
	for _, w := range []way{oldVersions(b, env), backedUpWay(b, env), replicaWay(b, env), lockWay(b, env)} {
		switch {
		case w.how != "":
			held, names = append(held, w.String()), append(names, w.name)
		case w.open != nil:
			unread, open = append(unread, w.String()), errors.Join(open, w.open)
		default:
			lost = append(lost, w.String())
		}
	}
	switch {
	case len(held) > 0:
		rest := ""
		if len(lost) > 0 {
			rest = "; not by " + strings.Join(lost, ", ")
		}
		if len(unread) > 0 {
			rest += "; not told: " + strings.Join(unread, ", ")
		}
		return checks.Pass("data comes back by %s%s", strings.Join(held, " and by "), rest).With("ways", strings.Join(names, ", "))
	case open != nil:
		return protection.Unknown(open)
	}
	return checks.Fail("nothing brings back what was lost %s ago: %s", wording.Count(env.Int("min_days"), "day"), strings.Join(lost, ", ")).With("ways", "")
}

// oldVersions are what a bucket keeps by itself.
func oldVersions(b snapshot.Bucket, env checks.Env) way {
	w, days := way{name: "versions"}, env.Int("min_days")
	v, err := checks.Use(env, b.Versioning)
	switch {
	case err != nil:
		w.open = err
		return w
	case v.Status == "":
		w.why = "versioning was never enabled"
		return w
	case v.Status != "Enabled":
		w.why = "versioning is " + v.Status
		return w
	}
	rules, err := checks.Use(env, b.Lifecycle)
	early := expiry.Sooner(expiry.Noncurrent(rules), days)
	switch {
	case err != nil:
		w.open = err
	case len(early) > 0:
		w.why = expiry.List(early)
	default:
		w.how = fmt.Sprintf("versioning is Enabled, and no rule ends noncurrent ones before %s", wording.Count(days, "day"))
	}
	return w
}

// backedUpWay are the recovery points of a bucket in its Region. All vaults that were read
// are the account's own.
func backedUpWay(b snapshot.Bucket, env checks.Env) way {
	w := way{name: "a backup"}
	if _, err := b.BucketRegion.Get(); err != nil {
		w.open = err
		return w
	}
	points, open := pointsFor(env, b.Location, b.ARN)
	allowed := time.Duration(env.Int("max_age_hours")) * time.Hour
	var why []string
	for _, p := range points {
		fault, err := pointFault(env, p, allowed)
		switch {
		case err != nil:
			open = errors.Join(open, err)
		case fault != "":
			why = append(why, last(p.ARN)+" "+fault)
		case p.Continuous():
			w.how = fmt.Sprintf("the continuous %s in vault %s, in the same account, with which it falls", last(p.ARN), p.Vault)
			return w
		default:
			w.how = fmt.Sprintf("%s of %s in vault %s, in the same account, with which it falls", last(p.ARN), at(p.Created), p.Vault)
			return w
		}
	}
	switch {
	case open != nil:
		w.open = open
	case len(why) == 0:
		w.why = "there is no recovery point"
	default:
		w.why = wording.List(why, 3)
	}
	return w
}

// pointFault says why a recovery point does not bring data back; "" if it does. A continuous
// one is always current.
func pointFault(env checks.Env, p snapshot.RecoveryPoint, allowed time.Duration) (string, error) {
	switch {
	case !p.Usable():
		return "is " + p.Status, nil
	case !p.Continuous() && env.AsOf.Sub(p.Created) > allowed:
		return fmt.Sprintf("is of %s; an age of %s is allowed", at(p.Created), hours(allowed)), nil
	}
	gone, err := vaultIsGone(env, p)
	if gone {
		return "lay in vault " + p.Vault + ", which is gone", nil
	}
	r, unread := checks.Use(env, p.Kept)
	if err := errors.Join(err, unread); err != nil {
		return "", err
	}
	if enough, how := keptFor(p, r, env.Int("min_days")); !enough {
		return how, nil
	}
	return "", nil
}

// replicaWay are the rules that copy the bucket to an own one. What a bucket of another
// account keeps cannot be told from here.
func replicaWay(b snapshot.Bucket, env checks.Env) way {
	w := way{name: "a replica"}
	rules, err := checks.Use(env, b.Replication)
	if err != nil {
		w.open = err
		return w
	}
	var targets, why []string
	to := map[string][]snapshot.ReplicationRule{}
	for _, r := range rules {
		if name := r.DestinationName(); r.Enabled() {
			if len(to[name]) == 0 {
				targets = append(targets, name)
			}
			to[name] = append(to[name], r)
		}
	}
	for _, name := range targets {
		how, fault, err := replica(b, env, name, to[name])
		switch {
		case how != "":
			w.how = how
			return w
		case err != nil:
			w.open = errors.Join(w.open, err)
		default:
			why = append(why, fault)
		}
	}
	w.why = "no replication rule is Enabled"
	if len(why) > 0 {
		w.why = wording.List(why, 3)
	}
	return w
}

// replica says how the rules to one bucket keep a copy there, or why they do not.
func replica(b snapshot.Bucket, env checks.Env, name string, rules []snapshot.ReplicationRule) (how, why string, open error) {
	c := replication.Carries(env, b, rules)
	switch {
	case len(c.Faults) > 0:
		return "", "to " + name + ": " + strings.Join(c.Faults, "; "), nil
	case c.Lacking != nil:
		return "", "", c.Lacking
	case len(c.Doubts) > 0:
		return "", "", protection.Unclear(strings.Join(c.Doubts, "; "))
	}
	target, err := checks.Find(env, snapshot.Buckets, env.Account().Location, name)
	if err != nil {
		return "", "", err
	}
	kept := oldVersions(target, env)
	switch {
	case kept.open != nil:
		return "", "", kept.open
	case kept.how == "":
		return "", "in " + name + " " + kept.why, nil
	}
	return fmt.Sprintf("rules carry what is written to %s, in the same account: there %s%s", name, kept.how, c.Aside), "", nil
}

// lockWay is Object Lock with a default retention, which counts from when a version is written.
func lockWay(b snapshot.Bucket, env checks.Env) way {
	w := way{name: "Object Lock"}
	lock, err := checks.Use(env, b.ObjectLock)
	days := expiry.Locked(lock)
	switch {
	case err != nil:
		w.open = err
	case lock.Enabled != "Enabled":
		w.why = "there is none"
	case lock.Mode == "":
		w.why = "it has no default retention"
	case days < env.Int("min_days"):
		w.why = fmt.Sprintf("it retains for %s", wording.Count(days, "day"))
	default:
		w.how = fmt.Sprintf("each version written since its default was set is retained for %s in mode %s", wording.Count(days, "day"), lock.Mode)
	}
	return w
}
