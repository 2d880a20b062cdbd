package networks

import (
	"net/netip"

	"onus/checks/network/reach"
	"onus/scanner/snapshot"
)

// ACL is a network ACL as reach takes it. A block that cannot be parsed is the zero Prefix,
// which makes its entry unclear.
func ACL(n snapshot.NetworkACL) reach.ACL {
	out := reach.ACL{ID: n.ID, Subnets: n.Subnets}
	for _, e := range n.Entries {
		block, err := netip.ParsePrefix(e.CIDR)
		if err != nil {
			block = netip.Prefix{}
		}
		out.Entries = append(out.Entries, reach.Entry{
			Number: e.Number, Egress: e.Egress, Allow: e.Action == "allow", Protocol: e.Protocol, FromPort: e.FromPort, ToPort: e.ToPort, CIDR: block,
		})
	}
	return out
}
