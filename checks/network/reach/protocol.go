package reach

import (
	"fmt"
	"strconv"
	"strings"
)

// Protocol is an IP protocol by its IANA number, or AnyProtocol.
type Protocol int16

// The protocols that AWS writes by name, and the word for all of them.
const (
	AnyProtocol Protocol = -1
	ICMPv4      Protocol = 1
	TCP         Protocol = 6
	UDP         Protocol = 17
	ICMPv6      Protocol = 58
)

var protocolNames = map[string]Protocol{
	"-1": AnyProtocol, "all": AnyProtocol, "tcp": TCP, "udp": UDP, "icmp": ICMPv4, "icmpv6": ICMPv6,
}

// ParseProtocol reads a protocol as EC2 writes it: a name (tcp, udp, icmp, icmpv6, in any
// case), a number from 0 to 255, or "-1" for all. Anything else is an error, and a rule
// that holds it cannot be judged. Source: EC2 IpPermission.IpProtocol, NetworkAclEntry.Protocol.
func ParseProtocol(s string) (Protocol, error) {
	if p, ok := protocolNames[strings.ToLower(s)]; ok {
		return p, nil
	}
	n, err := strconv.ParseUint(s, 10, 8)
	if err != nil {
		return 0, fmt.Errorf("protocol %q is neither a known name nor a number from 0 to 255", s)
	}
	return Protocol(n), nil
}

// String gives the name of a protocol that has one, else "protocol 47".
func (p Protocol) String() string {
	switch p {
	case AnyProtocol:
		return "all traffic"
	case TCP:
		return "tcp"
	case UDP:
		return "udp"
	case ICMPv4:
		return "icmp"
	case ICMPv6:
		return "icmpv6"
	}
	return fmt.Sprintf("protocol %d", int(p))
}

// HasPorts reports whether rules for the protocol name ports.
func (p Protocol) HasPorts() bool { return p == TCP || p == UDP }

func (p Protocol) isICMP() bool { return p == ICMPv4 || p == ICMPv6 }

// Traffic is one kind of packet: a protocol with a port, or an ICMP type and code.
type Traffic struct {
	Protocol Protocol
	// Port is the destination port of TCP and UDP. ICMP has type*256+code here, so that
	// types and codes are sets in the same way as ports. Other protocols have zero.
	Port uint16
}

// TCPPort is a TCP segment to a port.
func TCPPort(port uint16) Traffic { return Traffic{TCP, port} }

// UDPPort is a UDP datagram to a port.
func UDPPort(port uint16) Traffic { return Traffic{UDP, port} }

// ICMP is a message of the family's ICMP protocol.
func ICMP(f Family, typ, code uint8) Traffic {
	t := Traffic{ICMPv4, uint16(typ)<<8 | uint16(code)}
	if f == IPv6 {
		t.Protocol = ICMPv6
	}
	return t
}

// String gives "tcp/22", "icmp type 8 code 0" or "protocol 47".
func (t Traffic) String() string {
	switch {
	case t.Protocol.HasPorts():
		return t.Protocol.String() + "/" + strconv.Itoa(int(t.Port))
	case t.Protocol.isICMP():
		return fmt.Sprintf("%s type %d code %d", t.Protocol, t.Port>>8, t.Port&0xff)
	}
	return t.Protocol.String()
}

// match says which packets a rule is about. Where unclear says why a rule cannot be
// understood, the rule matches what it names perhaps, and nothing surely.
type match struct {
	protocol Protocol
	ports    PortRange
	unclear  string
}

func (m match) covers(p Protocol) bool {
	return m.protocol == AnyProtocol || m.protocol == p
}

// String gives "tcp/22", "tcp/0-65535", "icmp type 8", "all traffic".
func (m match) String() string {
	switch {
	case m.unclear != "":
		return "unclear traffic"
	case m.protocol.HasPorts():
		return m.protocol.String() + "/" + m.ports.String()
	case m.protocol.isICMP() && m.ports == everyPort:
		return m.protocol.String()
	case m.protocol.isICMP() && m.ports.From == m.ports.To:
		return fmt.Sprintf("%s type %d code %d", m.protocol, m.ports.From>>8, m.ports.From&0xff)
	case m.protocol.isICMP():
		return fmt.Sprintf("%s type %d", m.protocol, m.ports.From>>8)
	}
	return m.protocol.String()
}

// newMatch reads protocol and ports of a rule. For ICMP from and to are type and code,
// -1 meaning any; for TCP and UDP they are ports; other protocols have none.
func newMatch(protocol string, from, to *int32) match {
	p, err := ParseProtocol(protocol)
	switch {
	case err != nil:
		return match{protocol: AnyProtocol, ports: everyPort, unclear: err.Error()}
	case p.isICMP():
		return icmpMatch(p, from, to)
	case !p.HasPorts():
		return match{protocol: p, ports: everyPort}
	case from == nil || to == nil:
		return match{protocol: p, ports: everyPort, unclear: fmt.Sprintf("a %s rule without ports", p)}
	case *from < 0 || *to > 65535 || *to < *from:
		return match{protocol: p, ports: everyPort, unclear: fmt.Sprintf("a %s rule for ports %d to %d", p, *from, *to)}
	}
	return match{protocol: p, ports: PortRange{uint16(*from), uint16(*to)}}
}

func icmpMatch(p Protocol, typ, code *int32) match {
	switch {
	case typ == nil || *typ < -1 || *typ > 255 || code != nil && (*code < -1 || *code > 255):
		return match{protocol: p, ports: everyPort, unclear: fmt.Sprintf("an %s rule without a valid type and code", p)}
	case *typ == -1:
		return match{protocol: p, ports: everyPort}
	case code == nil:
		return match{protocol: p, ports: everyPort, unclear: fmt.Sprintf("an %s rule without a code", p)}
	}
	first := uint16(*typ) << 8
	if *code == -1 {
		return match{protocol: p, ports: PortRange{first, first | 0xff}}
	}
	return match{protocol: p, ports: PortRange{first | uint16(*code), first | uint16(*code)}}
}
