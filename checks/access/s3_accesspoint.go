package access

import (
	"onus/checks"
	"onus/scanner/snapshot"
)

// AccessPointPublicAccessBlocked passes when an access point itself has all four flags on.
// They cannot be changed once it is made. Flags of its bucket or account do not repair it.
// Source: S3 Control GetAccessPoint, PublicAccessBlockConfiguration.
var AccessPointPublicAccessBlocked = checks.Check{
	ID:          "s3-access-point-public-access-blocked",
	Title:       "S3 access points block public access",
	Severity:    checks.High,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.Abstracted,
	Tier:        1,
	Reads:       []string{"s3control:ListAccessPoints", "s3control:GetAccessPoint"},
	Remedy:      "Make the access point anew with all four settings of Block Public Access on: they cannot be changed later.",
	Fix: checks.Fix{
		Threat: "An access point has a policy of its own, through which a bucket that looks closed can be reached. Without its block a public policy on it takes effect.",
		CLI: `aws s3control create-access-point --account-id {account} --name NEW-NAME --bucket BUCKET --public-access-block-configuration BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true --region {region}
aws s3control delete-access-point --account-id {account} --name {name} --region {region}`,
		Terraform: `resource "aws_s3_access_point" "this" {
  bucket = "BUCKET"
  name   = "NEW-NAME"
  public_access_block_configuration {
    block_public_acls       = true
    ignore_public_acls      = true
    block_public_policy     = true
    restrict_public_buckets = true
  }
}`,
		Cost: "The settings cannot be changed later: clients move to a new access point with a new name and alias.",
	},
	Judges: checks.For(snapshot.AccessPoints, accessPointPublicAccessBlocked),
}

func accessPointPublicAccessBlocked(p snapshot.AccessPoint, _ checks.Env) checks.Verdict {
	block, err := p.PublicAccess.Get()
	if err != nil {
		return checks.Unknown(err)
	}
	v := blocked(block, "for the access point")
	if p.BucketAccount != "" && p.BucketAccount != p.Account {
		v.Reason += "; its bucket " + p.Bucket + " belongs to account " + p.BucketAccount
	}
	return v
}
