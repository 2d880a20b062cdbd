package access

import (
	"errors"
	"slices"
	"time"

	"onus/checks"
	"onus/scanner/snapshot"
)

// ExportDestinationOwned passes when an export to S3 of the last months went to a bucket of
// the account or a trusted one, under a key that is the account's own. An export needs no
// snapshot: that of a cluster comes from the cluster itself.
// Source: RDS DescribeExportTasks, S3Bucket and KmsKeyId; S3 ListBuckets.
var ExportDestinationOwned = checks.Check{
	ID:          "rds-snapshot-export-destination-owned",
	Title:       "Snapshot exports go to buckets of the own account or of trusted accounts",
	Severity:    checks.Medium,
	Category:    checks.Access,
	Duty:        checks.CustomerData,
	ServiceKind: checks.Container,
	Tier:        3,
	Reads:       []string{"rds:DescribeExportTasks", "s3:ListBuckets"},
	Parameters:  checks.Parameters{"trusted_buckets": []string{}, "trusted_key_accounts": []string{}, "max_age_days": 90},
	Bounds:      checks.AtLeast(1),
	Remedy:      "Find out who exported to whom, treat the data as known to the bucket's owner, and take rds:StartExportTask and the export role from those who do not need them.",
	Fix: checks.Fix{
		Threat: "An export is the whole of a database as files, readable without a database. In somebody else's bucket, or under somebody else's key, it is theirs for good.",
		CLI: `aws rds describe-export-tasks --region {region} --export-task-identifier {name}
aws rds cancel-export-task --region {region} --export-task-identifier {name}`,
		Cost: "Canceling stops a running export alone: what was written stays where it is. Terraform has no resource that takes an export back.",
	},
	Judges: checks.For(snapshot.DBExportTasks, exportDestinationOwned),
}

func exportDestinationOwned(t snapshot.DBExportTask, env checks.Env) checks.Verdict {
	ended := t.Ended.UTC().Format(time.DateOnly)
	switch {
	case t.Status == "FAILED" || t.Status == "CANCELED":
		return checks.DoesNotApply("the export is %s", t.Status).With("Status", t.Status)
	case !t.Ended.IsZero() && t.Ended.Before(env.AsOf.AddDate(0, 0, -env.Int("max_age_days"))):
		return checks.DoesNotApply("the export ended on %s, longer ago than %d days", ended, env.Int("max_age_days")).With("TaskEndTime", ended)
	}
	v := exportTo(t, env)
	return v.With("S3Bucket", t.Bucket).With("KmsKeyId", t.KMSKeyID).With("Status", t.Status)
}

func exportTo(t snapshot.DBExportTask, env checks.Env) checks.Verdict {
	source := "the export of " + t.Source
	key := snapshot.AccountOf(snapshot.KeyARN(t.Location, t.KMSKeyID))
	if key != "" && key != t.Account && !slices.Contains(env.Strings("trusted_key_accounts"), key) {
		return checks.Fail("%s is encrypted with %s, a key of account %s", source, t.KMSKeyID, key)
	}
	if slices.Contains(env.Strings("trusted_buckets"), t.Bucket) {
		return checks.Pass("%s went to the trusted bucket %s", source, t.Bucket)
	}
	_, err := checks.Find(env, snapshot.Buckets, t.Location, t.Bucket)
	_, own := env.Account().S3.Own[t.Bucket] // also one in a Region that was not scanned
	switch {
	case err == nil, own:
		return checks.Pass("%s went to %s, a bucket of the account", source, t.Bucket)
	case errors.Is(err, snapshot.ErrAbsent):
		return checks.Fail("%s went to the bucket %s, which is not among those of the account: it is another account's, or deleted since; which of the two cannot be told", source, t.Bucket)
	}
	return checks.Unknown(err)
}
