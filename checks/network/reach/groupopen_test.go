package reach

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func num(n int32) *int32 { return &n }

// rule builds a rule from its protocol, ports and sources: CIDRs, pl-… and sg-….
func rule(protocol string, from, to int32, sources ...string) Rule {
	r := Rule{Protocol: protocol, FromPort: num(from), ToPort: num(to)}
	if protocol == "-1" {
		r.FromPort, r.ToPort = nil, nil
	}
	for _, s := range sources {
		switch {
		case strings.HasPrefix(s, "pl-"):
			r.PrefixLists = append(r.PrefixLists, s)
		case strings.HasPrefix(s, "sg-"):
			r.Groups = append(r.Groups, s)
		default:
			r.CIDRs = append(r.CIDRs, netip.MustParsePrefix(s))
		}
	}
	return r
}

func group(id string, rules ...Rule) Group { return Group{ID: id, Ingress: rules} }

func list(id string, cidrs ...string) PrefixList {
	return PrefixList{ID: id, Entries: Read(prefixes(cidrs...)...)}
}

func TestOpenToInternet(t *testing.T) {
	x := NewGroups([]PrefixList{
		list("pl-world", "0.0.0.0/0"), list("pl-office", "8.8.8.0/24"),
		{ID: "pl-half", Family: IPv4, Entries: List[netip.Prefix]{Items: prefixes("10.0.0.0/8"), Unread: "ec2:GetManagedPrefixListEntries (denied)"}},
		{ID: "pl-bad", Entries: Read(netip.Prefix{})},
	})
	badPorts := rule("tcp", 0, 0, "0.0.0.0/0")
	badPorts.FromPort = nil
	tests := []struct {
		name    string
		rules   []Rule
		family  Family
		traffic Traffic
		want    State
		reason  string
	}{
		{"no rules", nil, IPv4, TCPPort(22), Closed, "tcp/22 is stopped at sg-1 which admits tcp/22 from no IPv4 source"},
		{"open", []Rule{rule("tcp", 22, 22, "0.0.0.0/0")}, IPv4, TCPPort(22), Open, "internet → sg-1 tcp/22 from 0.0.0.0/0 tcp/22"},
		{"other family", []Rule{rule("tcp", 22, 22, "0.0.0.0/0")}, IPv6, TCPPort(22), Closed, "no IPv6 source"},
		{"IPv6 only", []Rule{rule("tcp", 22, 22, "::/0")}, IPv6, TCPPort(22), Open, "from ::/0"},
		{"all protocols have no ports", []Rule{rule("-1", 0, 0, "0.0.0.0/0")}, IPv4, TCPPort(22), Open, "all traffic from 0.0.0.0/0"},
		{"protocol by number", []Rule{rule("6", 20, 30, "0.0.0.0/0")}, IPv4, TCPPort(22), Open, "tcp/20-30"},
		{"two halves", []Rule{rule("tcp", 22, 22, "0.0.0.0/1", "128.0.0.0/1")}, IPv4, TCPPort(22), Open, "0.0.0.0/1"},
		{"two quarters in two rules", []Rule{rule("tcp", 22, 22, "64.0.0.0/2"), rule("tcp", 0, 99, "0.0.0.0/2"), rule("tcp", 22, 22, "8.8.8.8/32")}, IPv4, TCPPort(22), Open, "tcp/0-99 from 0.0.0.0/2 and tcp/22 from 64.0.0.0/2"},
		{"prefix list", []Rule{rule("tcp", 22, 22, "pl-world")}, IPv4, TCPPort(22), Open, "from pl-world"},
		{"small prefix list", []Rule{rule("tcp", 22, 22, "pl-office")}, IPv4, TCPPort(22), Closed, "only from pl-office"},
		{"unread list", []Rule{rule("tcp", 22, 22, "pl-gone")}, IPv4, TCPPort(22), CannotTell, "the entries of prefix list pl-gone"},
		{"unread list says why", []Rule{rule("tcp", 22, 22, "pl-half")}, IPv4, TCPPort(22), CannotTell, "(denied)"},
		{"unread list of the other family", []Rule{rule("tcp", 22, 22, "pl-half")}, IPv6, TCPPort(22), Closed, ""},
		{"list with an invalid entry", []Rule{rule("tcp", 22, 22, "pl-bad")}, IPv6, TCPPort(22), CannotTell, "pl-bad"},
		{"unread list beside an open rule", []Rule{rule("tcp", 22, 22, "pl-gone"), rule("tcp", 1, 99, "0.0.0.0/0")}, IPv4, TCPPort(22), Open, "tcp/1-99 from 0.0.0.0/0"},
		{"unread list on another port", []Rule{rule("tcp", 443, 443, "pl-gone")}, IPv4, TCPPort(22), Closed, ""},
		{"UDP 22 is not SSH", []Rule{rule("udp", 22, 22, "0.0.0.0/0")}, IPv4, TCPPort(22), Closed, ""},
		{"ICMP type 22 is not port 22", []Rule{rule("icmp", 22, -1, "0.0.0.0/0")}, IPv4, TCPPort(22), Closed, ""},
		{"ICMP type 8", []Rule{rule("icmp", 8, -1, "0.0.0.0/0")}, IPv4, ICMP(IPv4, 8, 0), Open, "icmp type 8 from"},
		{"ICMP any", []Rule{rule("1", -1, -1, "0.0.0.0/0")}, IPv4, ICMP(IPv4, 13, 0), Open, "icmp from"},
		{"ICMP other code", []Rule{rule("icmp", 3, 4, "0.0.0.0/0")}, IPv4, ICMP(IPv4, 3, 1), Closed, ""},
		{"group reference is not the internet", []Rule{rule("tcp", 22, 22, "sg-2")}, IPv4, TCPPort(22), Closed, "only from sg-2"},
		{"GRE opens no port", []Rule{rule("47", 0, 0, "0.0.0.0/0")}, IPv4, TCPPort(22), Closed, ""},
		{"unknown protocol", []Rule{rule("sctp", 1, 1, "0.0.0.0/0")}, IPv4, TCPPort(22), CannotTell, `protocol "sctp"`},
		{"absent port is not port 0", []Rule{badPorts}, IPv4, TCPPort(22), CannotTell, "without ports"},
		{"zero CIDR", []Rule{{Protocol: "-1", CIDRs: []netip.Prefix{{}}}}, IPv4, TCPPort(22), CannotTell, "valid source"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := x.OpenToInternet(group("sg-1", tt.rules...), tt.family, tt.traffic)
			if got.State != tt.want || !strings.Contains(got.Reason(), tt.reason) {
				t.Errorf("OpenToInternet = %v, %q; want %v with %q", got.State, got.Reason(), tt.want, tt.reason)
			}
			if got.State == CannotTell && len(got.Missing) == 0 {
				t.Error("an answer that cannot tell names nothing that is missing")
			}
		})
	}
}

func TestPortsOpenToInternet(t *testing.T) {
	x := NewGroups(nil)
	g := group("sg-1",
		rule("tcp", 0, 1023, "0.0.0.0/0"), rule("tcp", 1024, 65535, "0.0.0.0/1", "128.0.0.0/1"),
		rule("udp", 53, 53, "0.0.0.0/0"), rule("udp", 100, 200, "pl-unread"), rule("47", 0, 0, "0.0.0.0/0"))
	if got := x.PortsOpenToInternet(g, IPv4, TCP).Open; !got.Equal(Ports(everyPort)) {
		t.Errorf("tcp ports = %v, want all: two rules together open all", got)
	}
	got := x.PortsOpenToInternet(g, IPv4, UDP)
	if want := "53 / 100-200"; got.Open.String()+" / "+got.CannotTell.String() != want {
		t.Errorf("udp = %v / %v, want %s", got.Open, got.CannotTell, want)
	}
	if diff := cmp.Diff([]string{"the entries of prefix list pl-unread"}, got.Missing); diff != "" {
		t.Errorf("missing (-want +got):\n%s", diff)
	}
	if got := x.PortsOpenToInternet(g, IPv4, AnyProtocol).Open; !got.Empty() {
		t.Errorf("all protocols = %v, want none: ESP and GRE open a protocol", got)
	}
	if got := x.PortsOpenToInternet(g, IPv6, TCP).Open; !got.Empty() {
		t.Errorf("IPv6 = %v, want none", got)
	}
}
