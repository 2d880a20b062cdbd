// Package reach provides the reachability analysis of a VPC network: which packets get
// from the internet, from another VPC or from a VPN to an interface, and by what path.
// It leaves to others how the network is read, which ports matter and what a verdict is:
// it knows no AWS client, no snapshot and no check.
//
// # Three answers
//
// An [Answer] is Open with its path, Closed with the first thing that stops the packet,
// or CannotTell with what was not read. Every link of a path is worked out twice, as the
// set of source addresses that surely pass and the set that may pass; the two differ only
// where something is unread. A path is Open when the sure set is large enough, Closed when
// even the other one is not, and CannotTell in between. So an unread link never makes a
// path Closed, and a link that is proven closed decides whatever else is unread.
//
// # What is large enough
//
// From the internet a set is large enough when it is internet-wide: it holds at least half
// of the public unicast space of its family (see [AddrSet.InternetWide]). Two halves written
// as /1 are therefore as open as a /0. [Question.AnySource] asks for any public source
// instead. Between private networks one address is enough.
//
// # Private ways
//
// [Index.FromInterface], [Index.FromVPC] and [Index.FromVPN] follow packets between private
// networks: within a VPC, over a peering, over one transit gateway, and from the customer's
// side of a Site-to-Site VPN. For TCP the answers must find their way back by the same
// target. A rule that refers to a group holds for its members within a VPC and over a
// peering of one Region; over a transit gateway that depends on an option which is not read
// here. Two transit gateways in a row, core networks and Direct Connect are not followed.
//
// # What is left out
//
// The rules of a group's egress are not part of the analysis: who may start an instance in
// a subnet also chooses its groups. What an appliance (an interface, a Gateway Load Balancer
// endpoint, a firewall) does with a packet cannot be read from the API; paths that lead
// through one are CannotTell, or are counted when [Question.Appliances] asks for them.
// Carrier gateways (Wavelength) and local gateways (Outposts) are not the internet here.
package reach
