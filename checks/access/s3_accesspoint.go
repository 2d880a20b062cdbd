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
	Judges:      checks.For(snapshot.AccessPoints, accessPointPublicAccessBlocked),
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
