package access

import (
	"onus/checks"
	"onus/scanner/snapshot"
)

// MultiRegionAccessPointBlocked passes when a Multi-Region Access Point has all four flags
// on. Those of its buckets do not repair it. Where the partition offers none, the account
// stands for that.
// Source: S3 Control ListMultiRegionAccessPoints, PublicAccessBlock (an absent flag: off).
var MultiRegionAccessPointBlocked = checks.Check{
	ID:          "s3-multi-region-access-point-public-access-blocked",
	Title:       "S3 Multi-Region Access Points block public access",
	Severity:    checks.High,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.Abstracted,
	Tier:        2,
	Reads:       []string{"s3control:ListMultiRegionAccessPoints"},
	Remedy:      "Make the access point anew with all four settings of Block Public Access on: they cannot be changed later.",
	Judges:      checks.For(snapshot.MultiRegionAccessPoints, multiRegionAccessPointBlocked).And(checks.For(withoutMultiRegion, notOffered)),
	Fix: checks.Fix{
		Threat: "A policy of the access point can open its buckets to everybody in one step, in every Region at once. Nobody is warned, because a block of the account that is lifted later is all that stands before it.",
		CLI: `aws s3control create-multi-region-access-point --region us-west-2 --account-id {account} --details '{"Name":"NEW_NAME","PublicAccessBlock":{"BlockPublicAcls":true,"IgnorePublicAcls":true,"BlockPublicPolicy":true,"RestrictPublicBuckets":true},"Regions":[{"Bucket":"BUCKET_1"},{"Bucket":"BUCKET_2"}]}'
aws s3control delete-multi-region-access-point --region us-west-2 --account-id {account} --details Name={name}`,
		Terraform: `resource "aws_s3control_multi_region_access_point" "this" {
  details {
    name = "NEW_NAME"
    public_access_block {
      block_public_acls       = true
      ignore_public_acls      = true
      block_public_policy     = true
      restrict_public_buckets = true
    }
    region {
      bucket = "BUCKET_1"
    }
  }
}`,
		Cost: "The new access point has another alias: every client that uses the old one must be changed before the old one is deleted. A name cannot be used again. The calls are answered in us-west-2 only.",
	},
}

// withoutMultiRegion is the account where its partition offers no such access points.
var withoutMultiRegion = snapshot.Kind[*snapshot.Account]{
	Type: snapshot.Accounts.Type,
	All: func(a *snapshot.Account) []*snapshot.Account {
		if snapshot.MultiRegionHome(a.Partition) != "" {
			return nil
		}
		return []*snapshot.Account{a}
	},
	Meta:   snapshot.Accounts.Meta,
	ID:     snapshot.Accounts.ID,
	Key:    snapshot.Accounts.Key,
	Global: true,
}

func notOffered(a *snapshot.Account, _ checks.Env) checks.Verdict {
	return checks.DoesNotApply("the partition %s offers no Multi-Region Access Points", a.Partition)
}

func multiRegionAccessPointBlocked(p snapshot.MultiRegionAccessPoint, _ checks.Env) checks.Verdict {
	if p.Status == "CREATING" || p.Status == "DELETING" {
		return checks.DoesNotApply("the access point is %s", p.Status).With("Status", p.Status)
	}
	return blocked(p.PublicAccess, "for the access point").With("Status", p.Status)
}
