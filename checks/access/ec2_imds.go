package access

import (
	"onus/checks"
	"onus/scanner/snapshot"
)

// InstanceIMDSv2Required passes when the instance metadata service is off, for IPv4 and
// IPv6 alike, or answers only requests that carry a session token. The account's default
// is not looked at: it changes no instance that runs already.
// Source: EC2 DescribeInstances, MetadataOptions.HttpEndpoint, HttpTokens and State.
var InstanceIMDSv2Required = checks.Check{
	ID:          "ec2-instance-imdsv2-required",
	Title:       "EC2 instances answer metadata requests only with a session token (IMDSv2), or not at all",
	Severity:    checks.High,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.Infrastructure,
	Tier:        1,
	Reads:       []string{"ec2:DescribeInstances"},
	Remedy:      "Set HttpTokens to required with ModifyInstanceMetadataOptions once the software on the instance uses IMDSv2, and as the account's default.",
	Fix: checks.Fix{
		Threat: "A web application that can be made to fetch an address gives away the role's credentials by one plain request. IMDSv2 asks for a token that such flaws cannot get.",
		CLI:    "aws ec2 modify-instance-metadata-options --instance-id {id} --http-tokens required --region {region}",
		Terraform: `resource "aws_instance" "this" {
  metadata_options {
    http_tokens = "required"
  }
}`,
		Cost: "Software that knows IMDSv1 only fails: the metric MetadataNoToken of CloudWatch counts its calls.",
	},
	Judges: checks.For(snapshot.Instances, instanceIMDSv2Required),
}

func instanceIMDSv2Required(i snapshot.Instance, _ checks.Env) checks.Verdict {
	m, err := i.Metadata.Get()
	if err != nil {
		return checks.Unknown(err)
	}
	return metadataVerdict(m).With("HttpEndpoint", m.HTTPEndpoint).With("HttpTokens", m.HTTPTokens).With("State", m.State)
}

// metadataVerdict judges the wanted values, and says where they are not yet applied.
func metadataVerdict(m snapshot.MetadataOptions) checks.Verdict {
	state := ""
	if m.State != "" && m.State != "applied" {
		state = ", and this change is " + m.State
	}
	switch {
	case m.HTTPEndpoint == "disabled":
		return checks.Pass("HttpEndpoint is disabled%s", state)
	case m.HTTPTokens == "required":
		return checks.Pass("HttpTokens is required%s", state)
	case m.HTTPTokens == "optional" && m.HTTPEndpoint == "enabled":
		return checks.Fail("HttpTokens is optional and HttpEndpoint is enabled, want required or disabled%s", state)
	}
	return checks.Unclear("HttpEndpoint is %q and HttpTokens is %q, which AWS does not document%s", m.HTTPEndpoint, m.HTTPTokens, state)
}
