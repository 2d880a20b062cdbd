package access

import (
	"fmt"
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/networks"
	"onus/checks/wording"
	"onus/scanner/snapshot"
)

// GroupCrossAccountReferences passes when the groups that rules let in belong to known
// accounts. Classic Load Balancers' group belongs to amazon-elb, or to an account of Elastic
// Load Balancing. Source: EC2 DescribeSecurityGroups, IpPermissions[].UserIdGroupPairs[].UserId.
var GroupCrossAccountReferences = checks.Check{
	ID:          "vpc-security-group-cross-account-references-trusted",
	Title:       "Security groups admit groups of trusted accounts only",
	Severity:    checks.Medium,
	Category:    checks.Access,
	Duty:        checks.NetworkFirewall,
	ServiceKind: checks.Infrastructure,
	Tier:        3,
	Reads:       []string{"ec2:DescribeSecurityGroups", "organizations:ListAccounts"},
	Parameters:  checks.Parameters{"trusted_accounts": []string{}},
	Remedy:      "Remove the rule, or trust the account in the policy.",
	Fix: checks.Fix{
		Threat:    "Whoever runs the other account puts any host into that group, and it is let in. No rule of yours changes when they do.",
		CLI:       "aws ec2 revoke-security-group-ingress --group-id {id} --security-group-rule-ids RULE --region {region}",
		Terraform: `# Remove the aws_vpc_security_group_ingress_rule whose referenced_security_group_id is ACCOUNT/GROUP of the stranger.`,
		Cost:      "What calls from there is shut out.",
	},
	Judges: checks.For(snapshot.SecurityGroups, groupCrossAccountReferences),
}

func groupCrossAccountReferences(g snapshot.SecurityGroup, env checks.Env) checks.Verdict {
	if v, is := networks.Foreign("group", g.Owner, g.Location); is {
		return v
	}
	balancers := append([]string{"amazon-elb"}, deliverers[g.Region]...)
	var strange []string
	var unread error
	for _, r := range g.Ingress {
		for _, p := range r.Pairs {
			if p.Account == "" || slices.Contains(balancers, p.Account) {
				continue
			}
			outside, err := networks.Outside(env, env.Strings("trusted_accounts"), true, p.Account)
			if err != nil {
				unread = err
			}
			if len(outside) > 0 {
				strange = append(strange, fmt.Sprintf("%s of account %s", p.Group, p.Account))
			}
		}
	}
	switch {
	case len(strange) > 0:
		return checks.Fail("it admits %s", networks.Sorted(strange)).With("groups", networks.Sorted(strange))
	case unread != nil:
		return checks.Unknown(unread)
	}
	return checks.Pass("it admits no group of an account that is not known").With("groups", "")
}

// TransitAttachmentsTrusted passes when what is attached to the account's transit gateways
// belongs to known accounts, and the account's own VPCs hang on known accounts' gateways.
// Source: EC2 DescribeTransitGatewayAttachments, ResourceOwnerId and TransitGatewayOwnerId.
var TransitAttachmentsTrusted = checks.Check{
	ID:          "vpc-transit-gateway-attachments-trusted",
	Title:       "Attachments of own transit gateways belong to trusted accounts",
	Severity:    checks.High,
	Category:    checks.Access,
	Duty:        checks.NetworkFirewall,
	ServiceKind: checks.Infrastructure,
	Tier:        3,
	Reads:       []string{"ec2:DescribeTransitGatewayAttachments", "ec2:DescribeTransitGateways", "organizations:ListAccounts"},
	Parameters:  checks.Parameters{"trusted_accounts": []string{}},
	Remedy:      "Delete the attachment, or trust the account in the policy.",
	Fix: checks.Fix{
		Threat: "A stranger's network is joined to the company's, as far as the route tables let it. Their hosts scan and reach what only insiders should.",
		CLI: `aws ec2 disassociate-transit-gateway-route-table --transit-gateway-route-table-id TABLE --transit-gateway-attachment-id {id} --region {region}
aws ec2 delete-transit-gateway-vpc-attachment --transit-gateway-attachment-id {id} --region {region}`,
		Terraform: `# Remove the resource "aws_ec2_transit_gateway_vpc_attachment" or its accepter, and take the account out of the RAM share of the gateway.`,
		Cost:      "Traffic over the attachment ends at once.",
	},
	Judges: checks.For(snapshot.TransitAttachments, transitAttachmentsTrusted),
}

var endedAttachments = []string{"deleted", "deleting", "rejected", "failed"}

func transitAttachmentsTrusted(a snapshot.TransitAttachment, env checks.Env) checks.Verdict {
	if slices.Contains(endedAttachments, a.State) {
		return checks.DoesNotApply("the attachment is %s", a.State).With("State", a.State)
	}
	if a.ResourceOwner == "" || a.GatewayOwner == "" {
		return checks.Unclear("the answer lacks an owner: of the resource %q, of the gateway %q", a.ResourceOwner, a.GatewayOwner)
	}
	outside, err := networks.Outside(env, env.Strings("trusted_accounts"), true, a.ResourceOwner, a.GatewayOwner)
	more := ""
	switch {
	case a.State == "pendingAcceptance":
		more = "; it waits for acceptance, so that nothing flows yet"
	case a.Table == "":
		more = "; no route table is associated with it, so that it carries nothing"
	}
	observed := func(v checks.Verdict) checks.Verdict {
		return v.With("ResourceType", a.Type).With("ResourceOwnerId", a.ResourceOwner).With("TransitGatewayOwnerId", a.GatewayOwner).With("State", a.State)
	}
	what := fmt.Sprintf("%s %s of account %s on %s of account %s", a.Type, a.Resource, a.ResourceOwner, a.Gateway, a.GatewayOwner)
	switch {
	case err != nil:
		return observed(checks.Unknown(err))
	case len(outside) > 0:
		return observed(checks.Fail("account %s is neither trusted nor of the organization: %s%s", strings.Join(outside, " and "), what, more))
	}
	return observed(checks.Pass("%s: both are known%s", what, more))
}

// TransitPeeringTrusted passes when the transit gateways on both sides belong to known
// accounts. A core network of Cloud WAN shows no owner that could be judged.
// Source: EC2 DescribeTransitGatewayPeeringAttachments, AccepterTgwInfo and RequesterTgwInfo.
var TransitPeeringTrusted = checks.Check{
	ID:          "vpc-transit-gateway-peering-trusted",
	Title:       "Transit gateway peerings lead to trusted accounts",
	Severity:    checks.Medium,
	Category:    checks.Access,
	Duty:        checks.NetworkFirewall,
	ServiceKind: checks.Infrastructure,
	Tier:        3,
	Reads:       []string{"ec2:DescribeTransitGatewayPeeringAttachments", "organizations:ListAccounts"},
	Parameters:  checks.Parameters{"trusted_accounts": []string{}},
	Remedy:      "Delete the peering, or trust the account in the policy.",
	Fix: checks.Fix{
		Threat:    "Two whole networks are joined, whatever hangs on the other gateway. Its owner adds networks that nobody here has heard of.",
		CLI:       "aws ec2 delete-transit-gateway-peering-attachment --transit-gateway-attachment-id {id} --region {region}",
		Terraform: `# Remove the resource "aws_ec2_transit_gateway_peering_attachment" or its accepter.`,
		Cost:      "Traffic between the two gateways ends at once. Static routes to the peering stay as blackholes.",
	},
	Judges: checks.For(snapshot.TransitPeerings, transitPeeringTrusted),
}

func transitPeeringTrusted(p snapshot.TransitPeering, env checks.Env) checks.Verdict {
	if slices.Contains(endedAttachments, p.State) {
		return checks.DoesNotApply("the peering is %s", p.State).With("State", p.State)
	}
	var owners, cores []string
	for _, side := range []snapshot.TransitSide{p.Requester, p.Accepter} {
		switch {
		case side.Owner != "":
			owners = append(owners, side.Owner)
		case side.CoreNetwork != "":
			cores = append(cores, side.CoreNetwork)
		default:
			return checks.Unclear("the answer lacks the OwnerId of %q", side.Gateway)
		}
	}
	outside, err := networks.Outside(env, env.Strings("trusted_accounts"), true, owners...)
	more := ""
	if len(cores) > 0 {
		more = "; core network " + strings.Join(cores, ", ") + " shows no owner"
	}
	observed := func(v checks.Verdict) checks.Verdict {
		return v.With("accounts", strings.Join(owners, ", ")).With("CoreNetworkId", strings.Join(cores, ", ")).With("State", p.State)
	}
	switch {
	case err != nil:
		return observed(checks.Unknown(err))
	case len(outside) > 0:
		return observed(checks.Fail("account %s is neither trusted nor of the organization%s", strings.Join(outside, " and "), more))
	}
	return observed(checks.Pass("it joins gateways of %s, all known%s", strings.Join(owners, " and "), more))
}

// ClientVPNAuthorization passes when the endpoint authorizes groups of users and not
// everybody who can connect. With certificates alone there are no groups: everybody is then
// the only form. Source: EC2 DescribeClientVpnAuthorizationRules, AccessAll;
// DescribeClientVpnEndpoints, AuthenticationOptions[].Type.
var ClientVPNAuthorization = checks.Check{
	ID:          "vpc-client-vpn-authorization-restricted",
	Title:       "Client VPN endpoints authorize groups, not everyone",
	Severity:    checks.Medium,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.Infrastructure,
	Tier:        3,
	Reads:       []string{"ec2:DescribeClientVpnEndpoints", "ec2:DescribeClientVpnAuthorizationRules"},
	Remedy:      "Authenticate users by a directory or SAML, and authorize the groups that need each network.",
	Fix: checks.Fix{
		Threat: "Whoever has one client certificate reaches the whole network behind the endpoint, and a leaver's certificate still does. Nobody can say who that was.",
		CLI: `aws ec2 authorize-client-vpn-ingress --client-vpn-endpoint-id {id} --target-network-cidr CIDR --access-group-id GROUP --region {region}
aws ec2 revoke-client-vpn-ingress --client-vpn-endpoint-id {id} --target-network-cidr CIDR --revoke-all-groups --region {region}`,
		Terraform: `resource "aws_ec2_client_vpn_authorization_rule" "team" {
  client_vpn_endpoint_id = "{id}"
  target_network_cidr    = "CIDR"
  access_group_id        = "GROUP"
}`,
		Cost: "The kind of authentication cannot be changed: an endpoint that knows certificates alone is replaced by a new one, and clients need its configuration.",
	},
	Judges: checks.For(snapshot.ClientVPNs, clientVPNAuthorization),
}

func clientVPNAuthorization(c snapshot.ClientVPN, _ checks.Env) checks.Verdict {
	if c.Status == "deleting" || c.Status == "deleted" {
		return checks.DoesNotApply("the endpoint is %s", c.Status).With("Status", c.Status)
	}
	users := slices.ContainsFunc(c.Types, func(t string) bool {
		return t == "federated-authentication" || t == "directory-service-authentication"
	})
	rules, err := c.Rules.Get()
	var everybody []string
	for _, r := range rules {
		if r.All && (r.Status == "active" || r.Status == "authorizing") {
			everybody = append(everybody, r.Destination)
		}
	}
	kinds := strings.Join(c.Types, ", ")
	observed := func(v checks.Verdict) checks.Verdict {
		return v.With("Type", kinds).With("AccessAll", strings.Join(everybody, ", "))
	}
	switch {
	case len(c.Types) == 0:
		return checks.Unclear("the answer lacks AuthenticationOptions")
	case !users && len(everybody) > 0:
		return observed(checks.Fail("everybody with a certificate is let into %s: users are authenticated by %s, which knows no groups", networks.Sorted(everybody), kinds))
	case !users:
		return observed(checks.Fail("users are authenticated by %s, which knows no groups", kinds))
	case len(everybody) > 0:
		return observed(checks.Fail("everybody who connects is let into %s (AccessAll)", networks.Sorted(everybody)))
	case err != nil:
		return checks.Unknown(err)
	}
	return observed(checks.Pass("%s authorize groups, and users are authenticated by %s", wording.Count(len(rules), "rule"), kinds))
}

// MirrorTargetsTrusted passes when the traffic that a session copies goes to the account or
// to a trusted one. Source: EC2 DescribeTrafficMirrorSessions, TrafficMirrorTargetId;
// DescribeTrafficMirrorTargets, OwnerId.
var MirrorTargetsTrusted = checks.Check{
	ID:          "vpc-traffic-mirror-targets-trusted",
	Title:       "Traffic is mirrored only to own or trusted targets",
	Severity:    checks.High,
	Category:    checks.Access,
	Duty:        checks.CustomerData,
	ServiceKind: checks.Infrastructure,
	Tier:        3,
	Reads:       []string{"ec2:DescribeTrafficMirrorSessions", "ec2:DescribeTrafficMirrorTargets"},
	Parameters:  checks.Parameters{"trusted_accounts": []string{}},
	Remedy:      "Delete the session, and look in CloudTrail for who made it.",
	Fix: checks.Fix{
		Threat:    "Everything that the interface sends and receives is copied to a stranger, without a trace on the instance. What is not encrypted there is read.",
		CLI:       "aws ec2 delete-traffic-mirror-session --traffic-mirror-session-id {id} --region {region}",
		Terraform: `# Remove the resource "aws_ec2_traffic_mirror_session" of this session.`,
		Cost:      "Nothing, unless a monitoring service of a partner's rests on it: trust its account then.",
	},
	Judges: checks.For(snapshot.MirrorSessions, mirrorTargetsTrusted),
}

func mirrorTargetsTrusted(s snapshot.MirrorSession, env checks.Env) checks.Verdict {
	t, err := checks.Find(env, snapshot.MirrorTargets, s.Location, s.Target)
	switch {
	case err != nil:
		return networks.Unknown(err)
	case t.Owner == "":
		return checks.Unclear("the answer lacks the OwnerId of %s", t.ID)
	}
	observed := func(v checks.Verdict) checks.Verdict {
		return v.With("NetworkInterfaceId", s.Interface).With("TrafficMirrorTargetId", s.Target).With("OwnerId", t.Owner)
	}
	if outside, _ := networks.Outside(env, env.Strings("trusted_accounts"), false, t.Owner); len(outside) > 0 {
		return observed(checks.Fail("the traffic of %s is copied to %s (%s) of account %s", s.Interface, t.ID, t.To, t.Owner))
	}
	return observed(checks.Pass("the traffic of %s is copied to %s of account %s, which is known", s.Interface, t.ID, t.Owner))
}

// SharedSubnetsTrusted passes when the interfaces in an own subnet belong to known accounts,
// and a subnet in which the account has interfaces to a known one. Interfaces of AWS's
// services may carry another owner, and are left out.
// Source: EC2 DescribeSubnets and DescribeNetworkInterfaces, OwnerId and RequesterManaged.
var SharedSubnetsTrusted = checks.Check{
	ID:          "vpc-shared-subnets-trusted",
	Title:       "Own interfaces and foreign interfaces share subnets only with trusted accounts",
	Severity:    checks.Low,
	Category:    checks.Access,
	Duty:        checks.NetworkFirewall,
	ServiceKind: checks.Infrastructure,
	Tier:        3,
	Reads:       []string{"ec2:DescribeSubnets", "ec2:DescribeNetworkInterfaces", "organizations:ListAccounts"},
	Parameters:  checks.Parameters{"trusted_accounts": []string{}},
	Remedy:      "Take the account out of the RAM share of the subnet, or trust it in the policy.",
	Fix: checks.Fix{
		Threat:    "Hosts of a stranger's share a subnet with yours: no network ACL and no route stands between them. In a stranger's subnet its owner decides where your traffic goes.",
		CLI:       "aws ram disassociate-resource-share --resource-share-arn SHARE-ARN --principals ACCOUNT --region {region}",
		Terraform: `# Remove the aws_ram_principal_association of the account from the share of the subnet.`,
		Cost:      "Interfaces that exist stay until their owner deletes them; no new ones can be made.",
	},
	Judges: checks.For(snapshot.Subnets, sharedSubnetsTrusted),
}

func sharedSubnetsTrusted(s snapshot.Subnet, env checks.Env) checks.Verdict {
	unread := networks.Rest(env, s.Location, "ec2:DescribeNetworkInterfaces")
	in := networks.At(env, s.Location).Within[s.ID]
	foreign := s.Owner != "" && s.Owner != s.Account
	var owners []string
	for _, n := range in {
		switch {
		case foreign && n.Owner == s.Account: // the others in it are its owner's to judge
			owners = []string{s.Owner}
		case !foreign && !n.RequesterManaged:
			owners = append(owners, n.Owner)
		}
	}
	outside, err := networks.Outside(env, env.Strings("trusted_accounts"), true, owners...)
	switch {
	case len(outside) > 0 && foreign:
		return checks.Fail("the subnet, in which the account has interfaces, belongs to account %s, which is neither trusted nor of the organization", s.Owner).With("OwnerId", s.Owner)
	case len(outside) > 0:
		return checks.Fail("accounts that are neither trusted nor of the organization have interfaces in the subnet: %s", networks.Sorted(outside)).With("OwnerId", networks.Sorted(outside))
	case unread != nil:
		return checks.Unknown(unread)
	case err != nil:
		return checks.Unknown(err)
	case len(in) == 0:
		return checks.DoesNotApply("no interface in the subnet")
	case foreign && len(owners) == 0:
		return checks.DoesNotApply("the subnet belongs to account %s, and holds no interface of this one", s.Owner).With("OwnerId", s.Owner)
	case foreign:
		return checks.Pass("the subnet belongs to account %s, which is known", s.Owner).With("OwnerId", s.Owner)
	}
	return checks.Pass("its %s belong to known accounts, or to AWS's services", wording.Count(len(in), "interface"))
}
