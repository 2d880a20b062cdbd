package resilience

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/access/identity"
	"onus/checks/access/policy"
	"onus/scanner/snapshot"
)

// BucketReplicationEffective passes when replication carries every new object: the bucket has
// versions, a rule at work covers all of it, rules take KMS objects along where the default is
// KMS, the destination exists and keeps versions, and the role may write there. Objects under
// KMS are skipped in silence where a rule does not say otherwise, so that a bucket that moved
// to a KMS default stops replicating. Objects from before the rule need a batch job. What a
// destination in another account has set cannot be read.
// Source: S3 GetBucketReplication, GetBucketVersioning, GetBucketEncryption, HeadBucket; IAM
// GetAccountAuthorizationDetails; Amazon S3 User Guide, "What does Amazon S3 replicate?".
var BucketReplicationEffective = checks.Check{
	ID:          "s3-bucket-replication-effective",
	Title:       "Replication of an S3 bucket truly carries every object",
	Severity:    checks.Medium,
	Category:    checks.ResilienceOf,
	Duty:        checks.Backups,
	ServiceKind: checks.Abstracted,
	Tier:        3,
	Reads: []string{"s3:ListBuckets", "s3:GetBucketVersioning", "s3:GetBucketEncryption", "s3:GetBucketReplication", "s3:HeadBucket",
		"iam:GetAccountAuthorizationDetails"},
	Parameters: checks.Parameters{"require_delete_markers": false},
	Remedy:     "Mend what the finding names, then bring old objects over by a batch replication job.",
	Judges:     checks.For(snapshot.Buckets, bucketReplicationEffective),
	Fix: checks.Fix{
		Threat: "The copy that everybody counts on lacks objects, or all of them: S3 skips what a rule does not take along, and raises no alarm. That comes to light when the original is lost.",
		CLI: `aws s3api get-bucket-replication --bucket {name} > replication.json
aws s3api put-bucket-replication --bucket {name} --replication-configuration file://replication.json
aws s3control create-job --account-id {account} --region {region} --operation '{"S3ReplicateObject":{}}' --report '{"Enabled":false}' --manifest-generator '{"S3JobManifestGenerator":{"SourceBucket":"{arn}","EnableManifestOutput":false,"Filter":{"EligibleForReplication":true}}}' --priority 1 --role-arn BATCH_ROLE_ARN`,
		Terraform: `resource "aws_s3_bucket_replication_configuration" "this" {
  bucket = "{name}"
  role   = "ROLE_ARN"
  rule {
    id     = "everything"
    status = "Enabled"
    filter {
      prefix = ""
    }
    delete_marker_replication {
      status = "Enabled"
    }
    source_selection_criteria {
      sse_kms_encrypted_objects {
        status = "Enabled"
      }
    }
    destination {
      bucket = "ARN_OF_DESTINATION"
      encryption_configuration {
        replica_kms_key_id = "ARN_OF_KEY_IN_DESTINATION_REGION"
      }
    }
  }
}`,
		Cost: "Copies cost storage, requests and transfer between Regions; the batch job costs for each object. The role needs rights on both keys where objects are under KMS. The middle command replaces the whole configuration: change the rules in the file first.",
	},
}

func bucketReplicationEffective(b snapshot.Bucket, env checks.Env) checks.Verdict {
	rules, err := b.Replication.Get()
	if err != nil {
		return checks.Unknown(err)
	}
	rules = slices.DeleteFunc(slices.Clone(rules), func(r snapshot.ReplicationRule) bool { return !r.Enabled() })
	if len(rules) == 0 {
		return checks.DoesNotApply("no replication rule is Enabled").With("faults", "")
	}
	var c copying
	c.source(b, rules)
	if env.Bool("require_delete_markers") {
		for _, r := range rules {
			if r.Deletions != "Enabled" {
				c.fault("%s does not replicate delete markers", ruleName(r))
			}
		}
	}
	for _, r := range rules {
		c.destination(r, env)
	}
	found := strings.Join(c.faults, "; ")
	switch {
	case len(c.faults) > 0:
		return checks.Fail("replication does not carry every object: %s", found).With("faults", found)
	case c.lacking != nil:
		return checks.Unknown(c.lacking)
	case len(c.doubts) > 0:
		return checks.Unclear("%s", strings.Join(c.doubts, "; "))
	}
	return checks.Pass("rules carry every object written since they were made to %s; older ones need a batch job%s", strings.Join(c.there, ", "), c.aside).With("faults", "")
}

// copying gathers what keeps replication from carrying everything.
type copying struct {
	faults, doubts []string
	there          []string // destinations without fault
	lacking        error
	aside          string // what might take a role's right away and was not asked
}

func (c *copying) fault(format string, args ...any) {
	if said := fmt.Sprintf(format, args...); !slices.Contains(c.faults, said) {
		c.faults = append(c.faults, said)
	}
}

func ruleName(r snapshot.ReplicationRule) string { return fmt.Sprintf("rule %q", r.ID) }

// source judges the bucket and what its rules take along.
func (c *copying) source(b snapshot.Bucket, rules []snapshot.ReplicationRule) {
	v, err := b.Versioning.Get()
	c.lacking = cmp.Or(c.lacking, err)
	if err == nil && v.Status != "Enabled" {
		c.fault("versioning of the bucket is %q", v.Status)
	}
	// A filtered rule of a higher priority takes some objects instead of the whole one, and
	// carries them as well.
	if !slices.ContainsFunc(rules, func(r snapshot.ReplicationRule) bool { return r.WholeBucket }) {
		c.fault("no rule covers the whole bucket")
	}
	e, err := b.Encryption.Get()
	c.lacking = cmp.Or(c.lacking, err)
	if rule, _ := e.Default(); strings.HasPrefix(rule.Algorithm, "aws:kms") {
		for _, r := range rules {
			switch {
			case r.KMSObjects != "Enabled":
				c.fault("the default encryption is %s, and %s skips objects under KMS", rule.Algorithm, ruleName(r))
			case r.ReplicaKey == "":
				c.fault("the default encryption is %s, and %s names no key for the copies", rule.Algorithm, ruleName(r))
			}
		}
	}
}

// destination judges where a rule copies to, and whether its role may write there.
func (c *copying) destination(r snapshot.ReplicationRule, env checks.Env) {
	name := r.DestinationName()
	place, own := env.Account().S3.Place(name)
	at, err := checks.Use(env, place)
	target, listed := checks.Find(env, snapshot.Buckets, env.Account().Location, name)
	switch {
	case err == nil && !at.Exists:
		c.fault("no bucket %s exists", name)
		return
	case listed == nil:
		v, err := target.Versioning.Get()
		c.lacking = cmp.Or(c.lacking, err)
		if err == nil && v.Status != "Enabled" {
			c.fault("versioning of %s is %q", name, v.Status)
		}
	case own: // it lies in a Region that was left out
		c.lacking = cmp.Or(c.lacking, err, error(&snapshot.Unread{Operation: "s3:GetBucketVersioning", At: env.Account().Location.In(at.Region), Cause: snapshot.Skipped,
			Message: name + " lies in a Region that was left out of the scan"}))
	case !errors.Is(listed, snapshot.ErrAbsent):
		c.lacking = cmp.Or(c.lacking, listed)
	case err != nil:
		c.lacking = cmp.Or(c.lacking, err)
	default:
		c.doubts = append(c.doubts, "whether "+name+" keeps versions can be read in its own account only")
	}
	c.there = append(c.there, name)
	c.role(r, env)
}

// role judges who copies.
func (c *copying) role(r snapshot.ReplicationRule, env checks.Env) {
	role, err := checks.Find(env, snapshot.Roles, env.Account().Location, r.Role)
	switch {
	case errors.Is(err, snapshot.ErrAbsent):
		c.fault("the role %s does not exist", r.Role)
		return
	case err != nil:
		c.lacking = cmp.Or(c.lacking, err)
		return
	}
	services, err := identity.RoleServices(role)
	switch {
	case err != nil:
		c.lacking = cmp.Or(c.lacking, err)
	case !slices.Contains(services, "s3.amazonaws.com"):
		c.fault("the role %s does not trust s3.amazonaws.com", role.Name)
	}
	id := identity.BoundedRole(env, role)
	switch right := id.Can("s3:ReplicateObject", r.Destination+"/*"); right.Answer {
	case policy.No:
		limit := ""
		if right.Limit != (policy.Ref{}) {
			limit = ": " + right.Limit.String() + " takes it away"
		}
		c.fault("the role %s may not s3:ReplicateObject in %s%s", role.Name, r.DestinationName(), limit)
	case policy.CannotTell:
		if v, ok := identity.Unread(id.Policies); ok {
			c.lacking = cmp.Or(c.lacking, error(&snapshot.Unread{Operation: "iam:GetAccountAuthorizationDetails", At: role.Location, Cause: v.Cause, Message: v.Reason}))
			return
		}
		c.doubts = append(c.doubts, "whether the role "+role.Name+" may s3:ReplicateObject in "+r.DestinationName()+" is not clear")
	case policy.Yes:
		if len(right.Unread) > 0 {
			c.aside = "; not read, and might forbid it: " + strings.Join(right.Unread, ", ")
		}
	}
}
