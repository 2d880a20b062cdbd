package access

import (
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/networks"
	"onus/scanner/snapshot"
)

// PeeringTrustedAccounts passes when the accounts on both sides are known. A request that
// waits for acceptance fails too, and its reason says that nothing flows yet.
// Source: EC2 DescribeVpcPeeringConnections, RequesterVpcInfo and AccepterVpcInfo, OwnerId.
var PeeringTrustedAccounts = checks.Check{
	ID:          "vpc-peering-trusted-accounts-only",
	Title:       "VPC peering connects to trusted accounts only",
	Severity:    checks.Medium,
	Category:    checks.Access,
	Duty:        checks.NetworkFirewall,
	ServiceKind: checks.Infrastructure,
	Tier:        1,
	Reads:       []string{"ec2:DescribeVpcPeeringConnections", "organizations:DescribeOrganization", "organizations:ListAccounts"},
	Parameters:  checks.Parameters{"trusted_accounts": []string{}, "allow_organization": true},
	Remedy:      "Delete the peering, or trust the account in the policy.",
	Fix: checks.Fix{
		Threat:    "Routes and groups are all that keeps somebody else's network out of this one. Their hosts, and whoever takes them over, are next to yours.",
		CLI:       "aws ec2 delete-vpc-peering-connection --vpc-peering-connection-id {id} --region {region}",
		Terraform: `# Remove the resource "aws_vpc_peering_connection" or "aws_vpc_peering_connection_accepter" and the routes that name {id}.`,
		Cost:      "Traffic between the two VPCs ends at once. Its routes stay as blackholes and are to be removed.",
	},
	Judges: checks.For(snapshot.VPCPeerings, peeringTrustedAccounts),
}

func peeringTrustedAccounts(p snapshot.VPCPeering, env checks.Env) checks.Verdict {
	ended := []string{"deleted", "deleting", "rejected", "expired", "failed"}
	if slices.Contains(ended, p.Status) {
		return checks.DoesNotApply("the peering is %s", p.Status).With("Status", p.Status)
	}
	if p.Requester.Owner == "" || p.Accepter.Owner == "" {
		return checks.Unclear("the answer lacks the OwnerId of a side: requester %q, accepter %q", p.Requester.Owner, p.Accepter.Owner)
	}
	outside, err := networks.Outside(env, env.Strings("trusted_accounts"), env.Bool("allow_organization"), p.Requester.Owner, p.Accepter.Owner)
	pending := ""
	if p.Status == "pending-acceptance" {
		pending = "; it waits for acceptance, so that nothing flows yet"
	}
	observed := p.Requester.Owner + " → " + p.Accepter.Owner
	switch {
	case err != nil:
		return checks.Unknown(err).With("accounts", observed)
	case len(outside) > 0:
		return checks.Fail("account %s is neither trusted nor of the organization%s", strings.Join(outside, " and "), pending).With("accounts", observed).With("Status", p.Status)
	}
	return checks.Pass("it joins %s, both known", observed).With("accounts", observed).With("Status", p.Status)
}
