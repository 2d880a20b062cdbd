package access

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

const stranger = "777788889999"

func trustingAccounts(ids ...string) map[string]any { return map[string]any{"trusted_accounts": ids} }

func TestGroupCrossAccountReferences(t *testing.T) {
	group := func(accounts ...string) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			g := snapshot.SecurityGroup{Meta: checktest.EC2Meta("security-group/sg-1"), ID: "sg-1", Owner: checktest.At.Account}
			for _, account := range accounts {
				g.Ingress = append(g.Ingress, snapshot.Rule{Pairs: []snapshot.GroupPair{{Group: "sg-x", Account: account}}})
			}
			a.EC2.Groups = []snapshot.SecurityGroup{g}
		}
	}
	own := checktest.At.Account
	checktest.Run(t, &GroupCrossAccountReferences, []checktest.Case{
		{Name: "its own", Set: checktest.All(group(own), membersDenied), Want: checks.PASS, Reason: "no group"},
		{Name: "a stranger's", Set: checktest.All(group(own, stranger), members(own)), Want: checks.FAIL, Reason: "sg-x of account " + stranger},
		{Name: "a member's", Set: checktest.All(group(other), members(other)), Want: checks.PASS, Reason: "no group"},
		{Name: "a trusted one's", Set: checktest.All(group(stranger), membersDenied), Parameters: trustingAccounts(stranger), Want: checks.PASS, Reason: "no group"},
		{Name: "a classic load balancer's", Set: checktest.All(group("amazon-elb", "156460612806"), members()), Want: checks.PASS, Reason: "no group"},
		{Name: "members unread", Set: checktest.All(group(other), membersDenied), Want: checks.UNKNOWN, Reason: "ListAccounts"},
		{Name: "another account's group", Set: func(a *snapshot.Account) { group(stranger)(a); a.EC2.Groups[0].Owner = other }, Want: checks.NotApplicable, Reason: other},
	})
}

func TestTransitAttachmentsTrusted(t *testing.T) {
	attach := func(resource, gateway, state, table string) func(*snapshot.Account) {
		return checktest.Net(func(n *snapshot.Net) *[]snapshot.TransitAttachment { return &n.TransitAttachments },
			snapshot.TransitAttachment{Meta: checktest.EC2Meta("transit-gateway-attachment/tgw-attach-1"), ID: "tgw-attach-1", Gateway: "tgw-1", GatewayOwner: gateway, Type: "vpc", Resource: "vpc-1", ResourceOwner: resource, State: state, Table: table})
	}
	own := checktest.At.Account
	checktest.Run(t, &TransitAttachmentsTrusted, []checktest.Case{
		{Name: "own", Set: checktest.All(attach(own, own, "available", "tgw-rtb-1"), membersDenied), Want: checks.PASS, Reason: "both are known"},
		{Name: "a stranger's VPC", Set: checktest.All(attach(stranger, own, "available", "tgw-rtb-1"), members(own)), Want: checks.FAIL, Reason: stranger},
		{Name: "an own VPC on a stranger's gateway", Set: checktest.All(attach(own, stranger, "available", "tgw-rtb-1"), members(own)), Want: checks.FAIL, Reason: stranger},
		{Name: "a member's", Set: checktest.All(attach(other, own, "available", "tgw-rtb-1"), members(other)), Want: checks.PASS, Reason: "both are known"},
		{Name: "a trusted one's", Set: attach(stranger, own, "available", "tgw-rtb-1"), Parameters: trustingAccounts(stranger), Want: checks.PASS, Reason: "both are known"},
		{Name: "one that waits is not connected yet", Set: checktest.All(attach(stranger, own, "pendingAcceptance", ""), members()), Want: checks.FAIL, Reason: "nothing flows yet"},
		{Name: "without a table it carries nothing", Set: checktest.All(attach(stranger, own, "available", ""), members()), Want: checks.FAIL, Reason: "carries nothing"},
		{Name: "members unread", Set: checktest.All(attach(other, own, "available", "x"), membersDenied), Want: checks.UNKNOWN, Reason: "ListAccounts"},
		{Name: "no owner", Set: attach("", own, "available", "x"), Want: checks.UNKNOWN, Reason: "lacks an owner"},
		{Name: "rejected", Set: attach(stranger, own, "rejected", ""), Want: checks.NotApplicable, Reason: "rejected"},
	})
}

func TestTransitPeeringTrusted(t *testing.T) {
	peering := func(state string, requester, accepter snapshot.TransitSide) func(*snapshot.Account) {
		return checktest.Net(func(n *snapshot.Net) *[]snapshot.TransitPeering { return &n.TransitPeerings },
			snapshot.TransitPeering{Meta: checktest.EC2Meta("transit-gateway-attachment/tgw-attach-1"), ID: "tgw-attach-1", State: state, Requester: requester, Accepter: accepter})
	}
	side := func(owner string) snapshot.TransitSide { return snapshot.TransitSide{Gateway: "tgw-1", Owner: owner} }
	own := checktest.At.Account
	checktest.Run(t, &TransitPeeringTrusted, []checktest.Case{
		{Name: "own", Set: checktest.All(peering("available", side(own), side(own)), membersDenied), Want: checks.PASS, Reason: "all known"},
		{Name: "a stranger's", Set: checktest.All(peering("available", side(stranger), side(own)), members()), Want: checks.FAIL, Reason: stranger},
		{Name: "a member's", Set: checktest.All(peering("available", side(own), side(other)), members(other)), Want: checks.PASS, Reason: "all known"},
		{Name: "a core network shows no owner", Set: peering("available", side(own), snapshot.TransitSide{CoreNetwork: "core-network-1"}), Want: checks.PASS, Reason: "core-network-1 shows no owner"},
		{Name: "no owner", Set: peering("available", side(own), side("")), Want: checks.UNKNOWN, Reason: "lacks the OwnerId"},
		{Name: "members unread", Set: checktest.All(peering("available", side(own), side(other)), membersDenied), Want: checks.UNKNOWN, Reason: "ListAccounts"},
		{Name: "deleted", Set: peering("deleted", side(stranger), side(own)), Want: checks.NotApplicable, Reason: "deleted"},
	})
}

func TestClientVPNAuthorization(t *testing.T) {
	const federated, certificate = "federated-authentication", "certificate-authentication"
	endpoint := func(status string, kinds []string, rules snapshot.Read[[]snapshot.ClientVPNAccess]) func(*snapshot.Account) {
		return checktest.Net(func(n *snapshot.Net) *[]snapshot.ClientVPN { return &n.ClientVPNs },
			snapshot.ClientVPN{Meta: checktest.EC2Meta("client-vpn-endpoint/cvpn-1"), ID: "cvpn-1", Status: status, Types: kinds, Rules: rules})
	}
	rules := func(list ...snapshot.ClientVPNAccess) snapshot.Read[[]snapshot.ClientVPNAccess] {
		return snapshot.Value(list)
	}
	everybody, team := snapshot.ClientVPNAccess{Destination: "10.0.0.0/8", All: true, Status: "active"}, snapshot.ClientVPNAccess{Destination: "10.0.0.0/8", Group: "g", Status: "active"}
	revoking := everybody
	revoking.Status = "revoking"
	unread := snapshot.Missing[[]snapshot.ClientVPNAccess](checktest.Unread("ec2:DescribeClientVpnAuthorizationRules", snapshot.Denied))
	checktest.Run(t, &ClientVPNAuthorization, []checktest.Case{
		{Name: "groups", Set: endpoint("available", []string{certificate, federated}, rules(team)), Want: checks.PASS, Reason: "1 rule authorize groups"},
		{Name: "everybody", Set: endpoint("available", []string{federated}, rules(team, everybody)), Want: checks.FAIL, Reason: "everybody who connects is let into 10.0.0.0/8"},
		{Name: "certificates alone know no groups", Set: endpoint("available", []string{certificate}, rules(everybody)), Want: checks.FAIL, Reason: "authenticated by certificate-authentication, which knows no groups"},
		{Name: "certificates alone, rules unread", Set: endpoint("available", []string{certificate}, unread), Want: checks.FAIL, Reason: "knows no groups"},
		{Name: "a rule that is being revoked", Set: endpoint("available", []string{federated}, rules(revoking)), Want: checks.PASS, Reason: "authorize groups"},
		{Name: "rules unread", Set: endpoint("available", []string{federated}, unread), Want: checks.UNKNOWN, Reason: "AuthorizationRules"},
		{Name: "no kind of authentication", Set: endpoint("available", nil, rules(team)), Want: checks.UNKNOWN, Reason: "AuthenticationOptions"},
		{Name: "deleted", Set: endpoint("deleted", nil, rules(everybody)), Want: checks.NotApplicable, Reason: "deleted"},
	})
}

func TestMirrorTargetsTrusted(t *testing.T) {
	session := checktest.Net(func(n *snapshot.Net) *[]snapshot.MirrorSession { return &n.MirrorSessions }, snapshot.MirrorSession{Meta: checktest.EC2Meta("traffic-mirror-session/tms-1"), ID: "tms-1", Interface: "eni-1", Target: "tmt-1"})
	to := func(owner string) func(*snapshot.Account) {
		return checktest.All(session, checktest.Net(func(n *snapshot.Net) *[]snapshot.MirrorTarget { return &n.MirrorTargets }, snapshot.MirrorTarget{Meta: checktest.EC2Meta("traffic-mirror-target/tmt-1"), ID: "tmt-1", Owner: owner, To: "eni-9"}))
	}
	const op = "ec2:DescribeTrafficMirrorTargets"
	checktest.Run(t, &MirrorTargetsTrusted, []checktest.Case{
		{Name: "own", Set: to(checktest.At.Account), Want: checks.PASS, Reason: "eni-1 is copied to tmt-1"},
		{Name: "a stranger's, shared by RAM", Set: to(stranger), Want: checks.FAIL, Reason: "of account " + stranger},
		{Name: "a trusted one's", Set: to(stranger), Parameters: trustingAccounts(stranger), Want: checks.PASS, Reason: "known"},
		{Name: "one that cannot be described", Set: session, Want: checks.UNKNOWN, Reason: "tmt-1"},
		{Name: "no owner", Set: to(""), Want: checks.UNKNOWN, Reason: "OwnerId"},
		{Name: "targets unread", Set: checktest.All(session, checktest.Denied(op)), Want: checks.UNKNOWN, Reason: op},
	})
}

func TestSharedSubnetsTrusted(t *testing.T) {
	subnet := func(owner string) func(*snapshot.Account) {
		return checktest.Subnets("subnet-1", "vpc-1", func(s *snapshot.Subnet) { s.Owner = owner })
	}
	nic := func(owner string, change ...func(*snapshot.NetworkInterface)) func(*snapshot.Account) {
		return checktest.Interfaces("eni-"+owner, "vpc-1", "subnet-1", append(change, func(n *snapshot.NetworkInterface) { n.Owner = owner })...)
	}
	service := func(n *snapshot.NetworkInterface) { n.RequesterManaged = true }
	own := checktest.At.Account
	const op = "ec2:DescribeNetworkInterfaces"
	checktest.Run(t, &SharedSubnetsTrusted, []checktest.Case{
		{Name: "own alone", Set: checktest.All(subnet(own), nic(own), membersDenied), Want: checks.PASS, Reason: "1 interface"},
		{Name: "a stranger in an own subnet", Set: checktest.All(subnet(own), nic(own), nic(stranger), members(own)), Want: checks.FAIL, Reason: stranger},
		{Name: "a member in an own subnet", Set: checktest.All(subnet(own), nic(other), members(other)), Want: checks.PASS, Reason: "known accounts"},
		{Name: "an AWS service's interface of another owner", Set: checktest.All(subnet(own), nic(stranger, service), members()), Want: checks.PASS, Reason: "AWS's services"},
		{Name: "an own interface in a stranger's subnet", Set: checktest.All(subnet(stranger), nic(own), members()), Want: checks.FAIL, Reason: "belongs to account " + stranger},
		{Name: "others' interfaces in a stranger's subnet", Set: checktest.All(subnet(stranger), nic(other), members()), Want: checks.NotApplicable, Reason: "no interface of this one"},
		{Name: "membership unknown", Set: checktest.All(subnet(own), nic(other), membersDenied), Want: checks.UNKNOWN, Reason: "ListAccounts"},
		{Name: "interfaces unread", Set: checktest.All(subnet(own), nic(own), checktest.Denied(op)), Want: checks.UNKNOWN, Reason: op},
		{Name: "empty", Set: subnet(own), Want: checks.NotApplicable, Reason: "no interface"},
	})
}
