package access

import (
	"fmt"

	"onus/checks"
	"onus/scanner/snapshot"
)

// AccountIMDSv2Default passes when instances that are launched without a word about it
// require session tokens, or serve no metadata. A Region without instances is judged too,
// and it changes no instance that runs. No preference at all fails.
// Source: EC2 GetInstanceMetadataDefaults, AccountLevel.HttpTokens and HttpEndpoint.
var AccountIMDSv2Default = checks.Check{
	ID:          "ec2-account-imdsv2-default-required",
	Title:       "New EC2 instances in the Region require IMDSv2 by account default",
	Severity:    checks.Medium,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.Infrastructure,
	Tier:        1,
	Reads:       []string{"ec2:GetInstanceMetadataDefaults"},
	Remedy:      "Set HttpTokens to required with ModifyInstanceMetadataDefaults in the Region.",
	Fix: checks.Fix{
		Threat: "New instances answer metadata requests without a token unless somebody thinks of it. A flaw in a web application then gives away the role's credentials.",
		CLI:    "aws ec2 modify-instance-metadata-defaults --http-tokens required --region {region}",
		Terraform: `resource "aws_ec2_instance_metadata_defaults" "this" {
  region      = "{region}"
  http_tokens = "required"
}`,
		Cost: "Software that knows IMDSv1 only fails on instances launched from then on.",
	},
	Judges: checks.For(snapshot.AccountRegions, accountIMDSv2Default),
}

func accountIMDSv2Default(r snapshot.RegionSettings, _ checks.Env) checks.Verdict {
	d, err := r.MetadataDefaults.Get()
	if err != nil {
		return checks.Unknown(err)
	}
	managed := ""
	if d.ManagedBy == byPolicy {
		managed = ", set by a declarative policy of the organization"
	}
	v := checks.Fail("HttpTokens is %q%s, want required", d.HTTPTokens, managed)
	switch {
	case d.HTTPEndpoint == "disabled":
		v = checks.Pass("HttpEndpoint is disabled%s", managed)
	case d.HTTPTokens == "required":
		v = checks.Pass("HttpTokens is required%s", managed)
	case d.HTTPTokens == "" || d.HTTPTokens == "no-preference":
		v = checks.Fail("no preference is set for HttpTokens%s", managed)
	}
	return v.With("HttpEndpoint", d.HTTPEndpoint).With("HttpTokens", d.HTTPTokens).With("ManagedBy", d.ManagedBy)
}

// InstanceHopLimit passes when a metadata token travels no more network hops than allowed,
// or the instance serves no metadata. Hosts of containers need two.
// Source: EC2 DescribeInstances, MetadataOptions.HttpPutResponseHopLimit.
var InstanceHopLimit = checks.Check{
	ID:          "ec2-instance-imds-hop-limit-bounded",
	Title:       "The metadata token of an instance travels no more network hops than allowed",
	Severity:    checks.Low,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.Infrastructure,
	Tier:        2,
	Reads:       []string{"ec2:DescribeInstances"},
	Parameters:  checks.Parameters{"max_hop_limit": 1},
	Bounds: func(_ string, value any) error {
		if n, _ := value.(int); n < 1 || n > 64 {
			return fmt.Errorf("%v is no hop limit, want 1 to 64", value)
		}
		return nil
	},
	Remedy: "Lower HttpPutResponseHopLimit with ModifyInstanceMetadataOptions; waive container hosts, which need 2.",
	Fix: checks.Fix{
		Threat: "A token that travels further than one hop reaches containers and proxies on the instance. Code there takes the role's credentials.",
		CLI:    "aws ec2 modify-instance-metadata-options --instance-id {id} --http-put-response-hop-limit 1 --region {region}",
		Terraform: `resource "aws_instance" "this" {
  metadata_options {
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }
}`,
		Cost: "Containers that rest on the instance's role lose it: give them roles of their own.",
	},
	Judges: checks.For(snapshot.Instances, instanceHopLimit),
}

func instanceHopLimit(i snapshot.Instance, env checks.Env) checks.Verdict {
	m, err := i.Metadata.Get()
	most := env.Int("max_hop_limit")
	switch {
	case err != nil:
		return checks.Unknown(err)
	case m.HTTPEndpoint == "disabled":
		return checks.Pass("HttpEndpoint is disabled").With("HttpEndpoint", m.HTTPEndpoint)
	case m.HopLimit == nil:
		return checks.Unclear("the answer lacks HttpPutResponseHopLimit")
	}
	note := ""
	if m.HTTPTokens == "optional" {
		note = "; HttpTokens is optional, so that the limit protects nothing"
	}
	v := checks.Pass("HttpPutResponseHopLimit is %d, %d allowed%s", *m.HopLimit, most, note)
	if int(*m.HopLimit) > most {
		v = checks.Fail("HttpPutResponseHopLimit is %d, %d allowed%s", *m.HopLimit, most, note)
	}
	return v.With("HttpPutResponseHopLimit", fmt.Sprint(*m.HopLimit)).With("HttpTokens", m.HTTPTokens)
}

// InstanceNoKeyPair passes when a running instance was launched without a key pair. KeyName
// says what was named at launch: deleting the pair later leaves its key on the instance.
// Source: EC2 DescribeInstances, KeyName.
var InstanceNoKeyPair = checks.Check{
	ID:          "ec2-instance-no-key-pair",
	Title:       "Running EC2 instances were launched without an EC2 key pair",
	Severity:    checks.Low,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.Infrastructure,
	Tier:        2,
	Reads:       []string{"ec2:DescribeInstances"},
	Remedy:      "Launch the instance anew without a key pair, and reach it by Session Manager or EC2 Instance Connect.",
	Fix: checks.Fix{
		Threat: "A key pair is a credential that is shared, copied and never rotated. Who has the private key has the machine.",
		CLI:    "aws ec2 run-instances --image-id IMAGE --instance-type TYPE --iam-instance-profile Name=PROFILE --region {region}",
		Terraform: `resource "aws_instance" "this" {
  ami                  = "IMAGE"
  instance_type        = "TYPE"
  iam_instance_profile = "PROFILE" # with AmazonSSMManagedInstanceCore, for Session Manager
}`,
		Cost: "The key pair of an instance cannot be taken away: launch it anew, or remove the key from authorized_keys and waive the finding.",
	},
	Judges: checks.For(snapshot.Instances, instanceNoKeyPair),
}

func instanceNoKeyPair(i snapshot.Instance, _ checks.Env) checks.Verdict {
	switch {
	case i.State != "running":
		return checks.DoesNotApply("the instance is %s", i.State).With("State", i.State)
	case i.KeyName == "":
		return checks.Pass("KeyName is absent").With("KeyName", "")
	}
	return checks.Fail("KeyName is %q, whose public key stays on the instance", i.KeyName).With("KeyName", i.KeyName)
}
