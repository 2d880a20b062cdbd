package network

import (
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/network/reach"
	"onus/scanner/snapshot"
)

// ExposureReads is what [Exposure] and [PublicAddresses] rest on.
var ExposureReads = slices.Clone(reachReads)

// Exposure says whether the internet reaches any TCP or UDP port of an instance: FAIL with
// the ways, PASS with what stops them, or UNKNOWN. It is for checks of other categories.
func Exposure(i snapshot.Instance, env checks.Env) checks.Verdict {
	if i.VPC == "" && len(i.Interfaces) == 0 {
		return checks.Unclear("the answer names neither a VPC nor an interface of the instance")
	}
	every := reach.Ports(reach.PortRange{From: 0, To: 65535})
	return reachability(i, env, []portsOf{{reach.TCP, every}, {reach.UDP, every}})
}

// PublicAddresses are the public addresses of all interfaces of an instance, IPv6 too; the
// error says why there may be more.
func PublicAddresses(i snapshot.Instance, env checks.Env) (out []string, err error) {
	v := network(env, i.Location)
	for _, n := range v.instances[i.ID] {
		use(env, n.Calls)
		for _, a := range n.Public {
			out = append(out, a+" of "+n.ID)
		}
		global, unread := v.globalIPv6(n)
		out = append(out, global...)
		if unread != nil {
			err = unread
		}
	}
	if unread := v.unread["ec2:DescribeNetworkInterfaces"]; unread != nil {
		err = unread
	}
	return out, err
}

// Ways shortens what a verdict of Exposure says, for a reason that says more.
func Ways(v checks.Verdict) string {
	ways := strings.Split(v.Reason, "; ")
	if len(ways) > 2 {
		ways = append(ways[:2:2], "and more")
	}
	return strings.Join(ways, "; ")
}
