package access

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"onus/checks"
	"onus/scanner/snapshot"
)

// BucketReplicasInKnownAccounts passes when every enabled replication rule copies to an own
// bucket, to one of trusted_buckets, to one that its rule hands over to a trusted account,
// or to one of which AWS confirms that a trusted account owns it. Destination.Account is set
// only where copies change their owner: without it the destination may be anybody's.
// Source: S3 GetBucketReplication, Destination; S3 HeadBucket with ExpectedBucketOwner.
var BucketReplicasInKnownAccounts = checks.Check{
	ID:          "s3-bucket-replicas-in-known-accounts",
	Title:       "Copies that S3 replication makes stay in known accounts",
	Severity:    checks.High,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.Abstracted,
	Tier:        3,
	Reads:       []string{"s3:ListBuckets", "s3:GetBucketReplication", "s3:HeadBucket"},
	Parameters:  checks.Parameters{"trusted_accounts": []string{}, "trusted_buckets": []string{}},
	Remedy:      "Copy to a bucket of your own, or name the account in trusted_accounts.",
	Judges:      checks.For(snapshot.Buckets, bucketReplicasInKnownAccounts),
	Fix: checks.Fix{
		Threat: "Every new object is copied into an account that nobody named, whose owner keeps the copies for good. One call with the right to set replication is enough to begin it, and it goes on by itself.",
		CLI: `aws s3api get-bucket-replication --bucket {name} > replication.json
aws s3api head-bucket --bucket DESTINATION --expected-bucket-owner TRUSTED_ACCOUNT
aws s3api put-bucket-replication --bucket {name} --replication-configuration file://replication-to-known-bucket.json`,
		Terraform: `resource "aws_s3_bucket_replication_configuration" "this" {
  bucket = "{name}"
  role   = "ROLE_ARN"
  rule {
    status = "Enabled"
    destination {
      bucket  = "ARN_OF_KNOWN_BUCKET"
      account = "TRUSTED_ACCOUNT"
      access_control_translation {
        owner = "Destination"
      }
    }
  }
}`,
		Cost: "Copies that were made stay with the other account. If it is a partner's on purpose, put it into trusted_accounts: HeadBucket needs the right to list the destination to confirm its owner.",
	},
}

func bucketReplicasInKnownAccounts(b snapshot.Bucket, env checks.Env) checks.Verdict {
	rules, err := b.Replication.Get()
	if err != nil {
		return checks.Unknown(err)
	}
	var outside, known []string
	var lacking error
	for _, r := range rules {
		if !r.Enabled() {
			continue
		}
		whose, err := ownerOf(r, env)
		switch {
		case err != nil:
			lacking = err
		case whose == "":
			outside = append(outside, r.DestinationName()+outsideOf(r))
		default:
			known = append(known, r.DestinationName()+" ("+whose+")")
		}
	}
	switch seen := strings.Join(outside, "; "); {
	case len(outside) > 0:
		return checks.Fail("rules copy to %s", seen).With("outside", seen)
	case lacking != nil:
		return checks.Unknown(lacking)
	case len(known) == 0:
		return checks.DoesNotApply("no replication rule is Enabled").With("outside", "")
	}
	return checks.Pass("rules copy to known accounts only: %s", strings.Join(known, ", ")).With("outside", "")
}

func outsideOf(r snapshot.ReplicationRule) string {
	if r.Account != "" {
		return " of account " + r.Account
	}
	return ", of which nothing tells that a known account owns it"
}

// ownerOf says why a rule's destination is known: "" where it is not. The error is why that
// cannot be told.
func ownerOf(r snapshot.ReplicationRule, env checks.Env) (string, error) {
	name, trusted := r.DestinationName(), env.Strings("trusted_accounts")
	if slices.Contains(env.Strings("trusted_buckets"), name) {
		return "a trusted bucket", nil
	}
	if _, own := env.Account().S3.Place(name); own {
		return "own", nil
	}
	if _, err := checks.Find(env, snapshot.Buckets, env.Account().Location, name); !errors.Is(err, snapshot.ErrAbsent) {
		return "", err // the list is not whole: it may be own
	}
	if slices.Contains(trusted, r.Account) {
		return "of " + r.Account, nil
	}
	place, _ := env.Account().S3.Place(name)
	if at, err := checks.Use(env, place); len(trusted) > 0 && (err != nil || !at.Exists) {
		return "", err
	}
	for _, account := range trusted {
		status, err := checks.Use(env, env.Account().S3.OwnedBy[snapshot.Ownership{Bucket: name, Account: account}])
		switch {
		case err != nil:
			return "", fmt.Errorf("whether %s owns %s: %w", account, name, err)
		case status == http.StatusOK:
			return "of " + account, nil
		}
	}
	return "", nil
}
