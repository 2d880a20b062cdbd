package regions

import (
	"errors"
	"slices"
	"strings"

	"onus/checks"
	"onus/scanner/snapshot"
)

// KeysStayInJurisdiction passes when a key has no copy of its material in a Region that the
// policy does not allow. The primary and its replicas show the same list, so the primary is
// judged, and a replica only where its primary was not scanned.
// Source: KMS DescribeKey, MultiRegion and MultiRegionConfiguration.
var KeysStayInJurisdiction = checks.Check{
	ID:          "kms-keys-stay-in-jurisdiction",
	Title:       "Multi-Region KMS keys have no replica outside the allowed Regions",
	Severity:    checks.High,
	Category:    checks.Regions,
	Duty:        checks.RegionChoice,
	ServiceKind: checks.OfAccount,
	Tier:        2,
	Reads:       []string{"kms:ListKeys", "kms:DescribeKey"},
	Parameters:  checks.Parameters{"allowed_regions": []string{}},
	Remedy:      "Schedule the replica outside for deletion, after what is encrypted with it there has moved; a primary outside is changed to one inside first.",
	Fix: checks.Fix{
		Threat: "A replica holds the same key material: what was encrypted in an allowed Region can be decrypted outside of it, under the law that holds there. A copied snapshot or object and the replica are enough; nothing in the allowed Region shows it.",
		CLI:    `aws kms schedule-key-deletion --region REPLICA_REGION --key-id {id} --pending-window-in-days 30`,
		Cost:   "What was encrypted under the replica in that Region can no longer be read there once it is deleted; within the window the deletion can be called back. Where the primary lies outside, run aws kms update-primary-region first. Terraform: remove the aws_kms_replica_key of that Region.",
	},
	Judges: checks.For(snapshot.Keys, keyStaysInJurisdiction),
}

// MultiRegionKeysDeclared passes when a key is bound to its Region, or a tag or the policy
// says that it is meant not to be. MultiRegion absent means false.
// Source: KMS DescribeKey, MultiRegion; ListResourceTags.
var MultiRegionKeysDeclared = checks.Check{
	ID:          "kms-multi-region-keys-declared",
	Title:       "KMS keys are multi-Region only where that is declared",
	Severity:    checks.Low,
	Category:    checks.Regions,
	Duty:        checks.RegionChoice,
	ServiceKind: checks.OfAccount,
	Tier:        2,
	Reads:       []string{"kms:ListKeys", "kms:DescribeKey", "kms:ListResourceTags"},
	Parameters:  checks.Parameters{"multi_region_tag": "multi-region", "allowed_keys": []string{}},
	Remedy:      "Tag the key if it is meant to be multi-Region; else make a single-Region key, encrypt anew with it, and delete this one. A key cannot be changed back.",
	Fix: checks.Fix{
		Threat: "Whoever has kms:ReplicateKey on a multi-Region key can put its material into any Region, also one where nobody looks. What the key protects can then be decrypted there.",
		CLI:    `aws kms tag-resource --region {region} --key-id {id} --tags TagKey=multi-region,TagValue=yes`,
		Terraform: `resource "aws_kms_key" "this" {
  multi_region = true
  tags = {
    multi-region = "why it is needed"
  }
}`,
		Cost: "Declaring it costs a tag. Doing away with it means a new key and encrypting all data anew: a multi-Region key cannot become a single-Region one.",
	},
	Judges: checks.For(snapshot.Keys, multiRegionKeyDeclared),
}

func keyStaysInJurisdiction(k snapshot.Key, env checks.Env) checks.Verdict {
	allowed := env.Strings("allowed_regions")
	if len(allowed) == 0 {
		return noChoice()
	}
	m, err := k.Metadata.Get()
	switch {
	case err != nil:
		return checks.Unknown(err)
	case m.Manager == "AWS":
		return awsManaged()
	case !m.MultiRegion && m.Origin == "EXTERNAL":
		return checks.Pass("the key is single-Region; its material was imported, and whether that was imported elsewhere too is not told").With("MultiRegion", "false")
	case !m.MultiRegion:
		return checks.Pass("the key is single-Region").With("MultiRegion", "false")
	case m.Primary == "":
		return checks.Unclear("the key is multi-Region, and the answer does not name its primary").With("MultiRegion", "true")
	}
	if m.MultiRegionType == "REPLICA" && k.ARN != m.Primary && scanned(env, snapshot.RegionOf(m.Primary)) {
		_, err := checks.Find(env, snapshot.Keys, k.In(snapshot.RegionOf(m.Primary)), m.Primary)
		switch {
		case err == nil:
			return checks.DoesNotApply("the key is a replica of %s, which is judged itself", m.Primary).With("PrimaryKey", m.Primary)
		case !errors.Is(err, snapshot.ErrAbsent):
			return checks.Unknown(err)
		}
	}
	return placesOfKey(m, allowed)
}

// scanned says that the scan planned calls in a Region.
func scanned(env checks.Env, region string) bool {
	return slices.ContainsFunc(env.Account().Coverage, func(c snapshot.Coverage) bool { return c.Region == region })
}

// placesOfKey judges where the material of a multi-Region key lies. A key that waits for its
// deletion still exists.
func placesOfKey(m snapshot.KeyMetadata, allowed []string) checks.Verdict {
	var inside, outside []string
	for _, arn := range append([]string{m.Primary}, m.Replicas...) {
		region := snapshot.RegionOf(arn)
		if slices.Contains(allowed, region) {
			inside = append(inside, region)
		} else {
			outside = append(outside, region)
		}
	}
	state := ""
	if m.State == "PendingDeletion" || m.State == "PendingReplicaDeletion" {
		state = "; it is " + m.State + ", which can be called back"
	}
	slices.Sort(inside)
	if len(outside) > 0 {
		return checks.Fail("the key's material lies in %s; allowed: %s%s", strings.Join(outside, ", "), strings.Join(allowed, ", "), state).With("Regions", strings.Join(append(outside, inside...), ", "))
	}
	return checks.Pass("the key's material lies in allowed Regions only: %s%s", strings.Join(inside, ", "), state).With("Regions", strings.Join(inside, ", "))
}

func awsManaged() checks.Verdict {
	return checks.DoesNotApply("the key is AWS managed").With("KeyManager", "AWS")
}

func multiRegionKeyDeclared(k snapshot.Key, env checks.Env) checks.Verdict {
	m, err := k.Metadata.Get()
	switch {
	case err != nil:
		return checks.Unknown(err)
	case m.Manager == "AWS":
		return awsManaged()
	case m.State == "PendingDeletion", m.State == "PendingReplicaDeletion":
		return checks.DoesNotApply("the key is to be deleted: %s", m.State).With("KeyState", m.State)
	case !m.MultiRegion:
		return checks.Pass("the key is single-Region").With("MultiRegion", "false")
	case slices.Contains(env.Strings("allowed_keys"), k.ID), slices.Contains(env.Strings("allowed_keys"), k.ARN):
		return checks.Pass("the key is multi-Region, and allowed_keys names it").With("MultiRegion", "true")
	}
	tag := env.String("multi_region_tag")
	tags, err := k.TagSet.Get()
	if err != nil {
		return checks.Unknown(err)
	}
	if value, ok := tags[tag]; ok {
		return checks.Pass("the key is multi-Region, and declares it by its tag %s = %q", tag, value).With("MultiRegion", "true")
	}
	return checks.Fail("the key is a multi-Region %s (replicas: %d), and neither its tags nor allowed_keys say that it is meant to be", strings.ToLower(m.MultiRegionType), len(m.Replicas)).
		With("MultiRegion", "true").With("MultiRegionKeyType", m.MultiRegionType)
}
