package access

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/access/policy"
	"onus/scanner/snapshot"
)

// AccountIMDSv2Enforced passes when the Region refuses each launch and change that would let
// IMDSv1 in. The account's default, which a launch can override, is another check's.
// A policy of the organization that refuses the same is named if it was read; it is not
// judged whom it binds. Source: EC2 GetInstanceMetadataDefaults, AccountLevel.HttpTokensEnforced.
var AccountIMDSv2Enforced = checks.Check{
	ID:          "ec2-account-imdsv2-enforced",
	Title:       "The Region refuses to launch or change instances to IMDSv1",
	Severity:    checks.Low,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.Infrastructure,
	Tier:        3,
	Reads:       []string{"ec2:GetInstanceMetadataDefaults"},
	Remedy:      "Set HttpTokens to required and HttpTokensEnforced to enabled with ModifyInstanceMetadataDefaults in the Region.",
	Fix: checks.Fix{
		Threat: "A template or a script that says HttpTokens=optional overrides the account's default. One instance launched so hands its role to whoever makes it fetch a link.",
		CLI: `aws ec2 get-instance-metadata-defaults --region {region}
aws ec2 modify-instance-metadata-defaults --region {region} --http-tokens required --http-tokens-enforced enabled`,
		Terraform: `resource "aws_ec2_instance_metadata_defaults" "example" {
  http_tokens = "required"
}
# Where the provider knows no argument for HttpTokensEnforced, set it with the CLI.`,
		Cost: "Free. Every launch that asks for optional tokens fails from then on, and so does a change back: look for such templates first. Instances that run stay as they are.",
	},
	Judges: checks.For(snapshot.AccountRegions, accountIMDSv2Enforced),
}

func accountIMDSv2Enforced(r snapshot.RegionSettings, env checks.Env) checks.Verdict {
	d, err := r.MetadataDefaults.Get()
	if err != nil {
		return checks.Unknown(err)
	}
	managed := ""
	if d.ManagedBy == byPolicy {
		managed = ", set by a declarative policy of the organization"
	}
	others := refusing(env)
	v := checks.Fail("HttpTokensEnforced is %q%s, want enabled%s", d.TokensEnforced, managed, others)
	switch d.TokensEnforced {
	case "enabled":
		v = checks.Pass("HttpTokensEnforced is enabled%s%s", managed, others)
	case "":
		v = checks.Fail("the answer has no HttpTokensEnforced, so that nothing is enforced%s%s", managed, others)
	}
	return v.With("HttpTokensEnforced", d.TokensEnforced).With("HttpTokens", d.HTTPTokens).With("ManagedBy", d.ManagedBy)
}

// byPolicy is the ManagedBy of what a declarative policy of the organization holds.
const byPolicy = "declarative-policy"

// refusing names the organization's policies that deny launches for their metadata tokens,
// as far as policies were read for other checks.
func refusing(env checks.Env) string {
	var named []string
	for _, p := range env.Account().Org.SCPs {
		targets, err := p.Targets.Get()
		text, unread := p.Document.Get()
		if err != nil || unread != nil || len(targets) == 0 || !strings.Contains(strings.ToLower(text), "ec2:metadatahttptokens") {
			continue
		}
		if doc, err := policy.Parse([]byte(text)); err == nil && slices.ContainsFunc(doc.Statements, deniesByTokens) {
			_, _ = checks.Use(env, p.Document)
			named = append(named, fmt.Sprintf("%q", p.Name))
		}
	}
	if len(named) == 0 {
		return ""
	}
	slices.Sort(named)
	return "; a service control policy denies launches for ec2:MetadataHttpTokens, if it binds this account: " + strings.Join(named, ", ")
}

func deniesByTokens(s policy.Statement) bool {
	return s.Effect == policy.Deny && s.TouchesAction("ec2:RunInstances") &&
		slices.ContainsFunc(s.Conditions, func(c policy.Condition) bool { return c.Is("ec2:MetadataHttpTokens") })
}

// AccountSerialConsoleDisabled passes when nobody can log in to instances of the Region by
// their serial port. Source: EC2 GetSerialConsoleAccessStatus, SerialConsoleAccessEnabled.
var AccountSerialConsoleDisabled = checks.Check{
	ID:          "ec2-account-serial-console-disabled",
	Title:       "The EC2 serial console is off in the Region",
	Severity:    checks.Medium,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.Infrastructure,
	Tier:        3,
	Reads:       []string{"ec2:GetSerialConsoleAccessStatus"},
	Remedy:      "Turn the serial console off with DisableSerialConsoleAccess, and on again for the hour in which an instance has to be rescued.",
	Fix: checks.Fix{
		Threat: "The serial port leads past security groups, network ACLs and private subnets: whoever may send a key to it and knows a password of the system is on the instance. No network check sees that.",
		CLI: `aws ec2 get-serial-console-access-status --region {region}
aws ec2 disable-serial-console-access --region {region}`,
		Terraform: `resource "aws_ec2_serial_console_access" "example" {
  enabled = false
}`,
		Cost: "Free. An instance that boots no more or has lost its network cannot be repaired by the console until access is enabled again, which takes one call.",
	},
	Judges: checks.For(snapshot.AccountRegions, accountSerialConsoleDisabled),
}

func accountSerialConsoleDisabled(r snapshot.RegionSettings, _ checks.Env) checks.Verdict {
	c, err := r.SerialConsole.Get()
	if err != nil {
		return checks.Unknown(err)
	}
	by := "the account"
	if c.ManagedBy == byPolicy {
		by = "a declarative policy of the organization"
	}
	v := checks.Pass("SerialConsoleAccessEnabled is false, managed by %s", by)
	if c.Enabled {
		v = checks.Fail("SerialConsoleAccessEnabled is true, managed by %s: a way to instances around all network rules", by)
	}
	return v.With("SerialConsoleAccessEnabled", fmt.Sprint(c.Enabled)).With("ManagedBy", c.ManagedBy)
}

// AccountAttributesManaged passes when a declarative policy of the organization holds each
// of the named guard rails in the Region, so that nobody in the account can undo it. Whether
// it is set well is judged by the checks of each. Which policies reach the account is told
// by ManagedBy and not reasoned from the organization's tree.
// Source: ManagedBy of the EC2 operations below; AWS Organizations User Guide,
// "Declarative policies".
var AccountAttributesManaged = checks.Check{
	ID:          "ec2-account-attributes-managed-by-organization",
	Title:       "The account's EC2 guard rails are held by an organization's declarative policy and cannot be undone inside the account",
	Severity:    checks.Info,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.Infrastructure,
	Tier:        3,
	Reads: []string{"ec2:GetInstanceMetadataDefaults", "ec2:GetSnapshotBlockPublicAccessState", "ec2:GetImageBlockPublicAccessState", "ec2:GetSerialConsoleAccessStatus",
		"ec2:DescribeVpcBlockPublicAccessOptions", "ec2:GetAllowedImagesSettings", "organizations:DescribeOrganization"},
	Parameters: checks.Parameters{"attributes": guardRails},
	Bounds: func(_ string, value any) error {
		names, _ := value.([]string)
		for _, n := range names {
			if !slices.Contains(guardRails, n) {
				return fmt.Errorf("%q is no attribute, want some of %s", n, strings.Join(guardRails, ", "))
			}
		}
		if len(names) == 0 {
			return errors.New("no attribute is named")
		}
		return nil
	},
	Remedy: "Attach a declarative policy for EC2 to the organization's root or the account's unit.",
	Fix: checks.Fix{
		Threat: "A switch that the account sets, an administrator of the account can unset: also one whose credentials were stolen. What a declarative policy holds, nobody in the account changes, whatever their rights.",
		CLI: `aws organizations enable-policy-type --root-id ROOT --policy-type DECLARATIVE_POLICY_EC2
aws organizations create-policy --type DECLARATIVE_POLICY_EC2 --name ec2-guard-rails --description "EC2 guard rails" --content file://ec2-guard-rails.json
aws organizations attach-policy --policy-id POLICY --target-id ROOT`,
		Terraform: `resource "aws_organizations_policy" "example" {
  name = "ec2-guard-rails"
  type = "DECLARATIVE_POLICY_EC2"

  content = jsonencode({
    ec2_attributes = {
      serial_console_access        = { status = { "@@assign" = "disabled" } }
      image_block_public_access    = { state = { "@@assign" = "block_new_sharing" } }
      snapshot_block_public_access = { state = { "@@assign" = "block_all_sharing" } }
    }
  })
}

resource "aws_organizations_policy_attachment" "example" {
  policy_id = aws_organizations_policy.example.id
  target_id = aws_organizations_organization.example.roots[0].id
}`,
		Cost: "Free. Ask for the account status report first: the policy overrides what accounts have set, at once and in all Regions, and blocking public access of VPCs takes down what serves the internet.",
	},
	Judges: checks.For(snapshot.AccountRegions, accountAttributesManaged),
}

// guardRails are the settings that a declarative policy can hold.
var guardRails = []string{"instance-metadata-defaults", "snapshot-block-public-access", "image-block-public-access", "serial-console", "vpc-block-public-access", "allowed-images"}

func accountAttributesManaged(r snapshot.RegionSettings, env checks.Env) checks.Verdict {
	switch _, err := checks.Use(env, env.Account().Org.Organization); {
	case errors.Is(err, snapshot.ErrAbsent):
		return checks.DoesNotApply("the account is in no organization, which alone could hold its settings")
	case err != nil:
		return checks.Unknown(err)
	}
	var own []string
	var unread error
	seen := map[string]string{}
	for _, name := range env.Strings("attributes") {
		by, err := managedBy(r, name)
		if err != nil {
			unread = err
			continue
		}
		if seen[name] = by; by != byPolicy {
			own = append(own, name)
		}
	}
	v := checks.Pass("a declarative policy holds %s", strings.Join(env.Strings("attributes"), ", "))
	switch {
	case len(own) > 0:
		slices.Sort(own)
		v = checks.Fail("the account itself can change %s", strings.Join(own, ", "))
	case unread != nil:
		v = checks.Unknown(unread)
	}
	for name, by := range seen {
		v = v.With(name, by)
	}
	return v
}

// managedBy says who holds a setting: the account where the answer does not say.
func managedBy(r snapshot.RegionSettings, attribute string) (by string, err error) {
	switch attribute {
	case "instance-metadata-defaults":
		var d snapshot.MetadataDefaults
		d, err = r.MetadataDefaults.Get()
		by = d.ManagedBy
	case "snapshot-block-public-access":
		by, err = r.Managed.SnapshotBlock.Get()
	case "image-block-public-access":
		by, err = r.Managed.ImageBlock.Get()
	case "serial-console":
		var c snapshot.SerialConsole
		c, err = r.SerialConsole.Get()
		by = c.ManagedBy
	case "vpc-block-public-access":
		var b snapshot.BlockPublicAccess
		b, err = r.BlockPublicAccess.Get()
		by = b.ManagedBy
	case "allowed-images":
		var a snapshot.AllowedImages
		a, err = r.AllowedImages.Get()
		by = a.ManagedBy
	}
	if by == "" {
		by = "account"
	}
	return by, err
}
