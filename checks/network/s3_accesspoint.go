package network

import (
	"onus/checks"
	"onus/scanner/snapshot"
)

// AccessPointVPCOnly passes when an access point takes requests from one VPC. Internet is
// where requests may come from, not who may make them. It says nothing of the bucket,
// which keeps a name of its own, nor whether the VPC still exists.
// Source: S3 Control ListAccessPoints, NetworkOrigin and VpcConfiguration.
var AccessPointVPCOnly = checks.Check{
	ID:          "s3-access-point-vpc-only",
	Title:       "S3 access points take requests from a VPC only",
	Severity:    checks.Medium,
	Category:    checks.Network,
	Duty:        checks.NetworkFirewall,
	ServiceKind: checks.Abstracted,
	Tier:        2,
	Reads:       []string{"s3control:ListAccessPoints"},
	Remedy:      "Make the access point anew with a VPC: its network cannot be changed later.",
	Fix: checks.Fix{
		Threat: "An access point on the internet can be used with stolen credentials from anywhere. One that belongs to a VPC answers only there.",
		CLI: `aws s3control create-access-point --account-id {account} --name NEW-NAME --bucket BUCKET --vpc-configuration VpcId=VPC --region {region}
aws s3control delete-access-point --account-id {account} --name {name} --region {region}`,
		Terraform: `resource "aws_s3_access_point" "this" {
  bucket = "BUCKET"
  name   = "NEW-NAME"
  vpc_configuration {
    vpc_id = "VPC"
  }
}`,
		Cost: "The network cannot be changed later; clients outside the VPC need another way, and the VPC an S3 endpoint.",
	},
	Judges: checks.For(snapshot.AccessPoints, accessPointVPCOnly),
}

func accessPointVPCOnly(p snapshot.AccessPoint, _ checks.Env) checks.Verdict {
	switch {
	case p.NetworkOrigin == "VPC" && p.VPC != "":
		return checks.Pass("requests come from %s only; whether that VPC exists is not read", p.VPC).With("NetworkOrigin", p.NetworkOrigin)
	case p.NetworkOrigin == "Internet":
		return checks.Fail("requests may come from anywhere, which does not mean that they are allowed").With("NetworkOrigin", p.NetworkOrigin)
	}
	return checks.Unclear("the answer says NetworkOrigin %q and VPC %q", p.NetworkOrigin, p.VPC).With("NetworkOrigin", p.NetworkOrigin)
}
