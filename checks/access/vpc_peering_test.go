package access

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

// members is an organization's list of accounts.
func members(ids ...string) func(*snapshot.Account) {
	return func(a *snapshot.Account) { a.Org.Accounts = snapshot.Value(ids) }
}

func membersDenied(a *snapshot.Account) {
	a.Org.Accounts = snapshot.Missing[[]string](checktest.Unread("organizations:ListAccounts", snapshot.Denied))
}

const other = "444455556666"

func TestPeeringTrustedAccounts(t *testing.T) {
	peering := func(status, requester, accepter string) func(*snapshot.Account) {
		return checktest.Net(func(n *snapshot.Net) *[]snapshot.VPCPeering { return &n.Peerings }, snapshot.VPCPeering{
			Meta: checktest.EC2Meta("vpc-peering-connection/pcx-1"), ID: "pcx-1", Status: status,
			Requester: snapshot.PeeringSide{Owner: requester}, Accepter: snapshot.PeeringSide{Owner: accepter},
		})
	}
	own := checktest.At.Account
	alone := map[string]any{"allow_organization": false}
	checktest.Run(t, &PeeringTrustedAccounts, []checktest.Case{
		{Name: "within the account", Set: checktest.All(peering("active", own, own), membersDenied), Want: checks.PASS, Reason: "both known"},
		{Name: "with a member of the organization", Set: checktest.All(peering("active", own, other), members(own, other)), Want: checks.PASS, Reason: other},
		{Name: "with a stranger", Set: checktest.All(peering("active", other, own), members(own)), Want: checks.FAIL, Reason: other},
		{Name: "with a trusted account", Set: checktest.All(peering("active", own, other), members(own)), Parameters: map[string]any{"trusted_accounts": []string{other}}, Want: checks.PASS, Reason: "both known"},
		{Name: "a stranger's request", Set: checktest.All(peering("pending-acceptance", other, own), members(own)), Want: checks.FAIL, Reason: "nothing flows yet"},
		{Name: "members are readable from the management account alone", Set: checktest.All(peering("active", own, other), membersDenied), Want: checks.UNKNOWN, Reason: "ListAccounts"},
		{Name: "no account but this one", Set: checktest.All(peering("active", own, other), members(own, other)), Parameters: alone, Want: checks.FAIL, Reason: other},
		{Name: "no account but this one, and the organization unread", Set: checktest.All(peering("active", own, other), membersDenied), Parameters: alone, Want: checks.FAIL, Reason: other},
		{Name: "an owner is lacking", Set: peering("active", own, ""), Want: checks.UNKNOWN, Reason: "lacks the OwnerId"},
		{Name: "deleted", Set: peering("deleted", own, other), Want: checks.NotApplicable, Reason: "deleted"},
	})
}
