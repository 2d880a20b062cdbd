package network

import (
	"errors"
	"net/netip"
	"slices"
	"strings"

	"onus/checks/access/policy"
	"onus/checks/access/refusal"
	"onus/scanner/snapshot"
)

// fence is a Deny that refuses requests from everywhere but known networks.
type fence struct {
	s                       *policy.Statement
	addresses, vpcs, points bool // what its conditions are on
}

// networkKeys are the condition keys that say where a request comes from.
var networkKeys = []string{
	"aws:sourceip", "aws:sourcevpc", "aws:sourcevpce", "aws:vpceaccount", "aws:vpceorgid", "aws:vpceorgpaths",
	"s3:accesspointnetworkorigin", "s3:dataaccesspointaccount", "s3:dataaccesspointarn",
}

// onNetworks says that a statement has a condition on where requests come from.
func onNetworks(s *policy.Statement) bool {
	return slices.ContainsFunc(s.Conditions, func(c policy.Condition) bool { return slices.Contains(networkKeys, strings.ToLower(c.Key)) })
}

// fence reads a Deny: as a fence, or why it is none. The error is why that cannot be told.
func (k *known) fence(s *policy.Statement) (f fence, why string, err error) {
	f.s = s
	switch {
	case !s.Principals.Everyone():
		return f, "refuses some principals only", nil
	case s.Principals.Negated && len(spared(refusal.Named(s.Principals), k.exempt)) > 0:
		return f, "spares " + strings.Join(spared(refusal.Named(s.Principals), k.exempt), ", "), nil
	}
	for i := range s.Conditions {
		c := &s.Conditions[i]
		if k.exempts(c) {
			continue
		}
		unknown, err := k.unknown(c, &f)
		switch {
		case err != nil:
			return f, "", err
		case unknown != "":
			return f, unknown, nil
		}
	}
	return f, "", nil
}

// spared are those of the values that are not exempt. A wildcard never is: it spares whoever
// can make a principal of such a name.
func spared(values, exempt []string) []string {
	return slices.DeleteFunc(slices.Clone(values), func(v string) bool {
		return slices.Contains(exempt, v) && !strings.ContainsAny(v, "*?$")
	})
}

// exempts says that a condition does no more than to spare AWS services, or principals that
// are exempt.
func (k *known) exempts(c *policy.Condition) bool {
	operator := strings.TrimSuffix(strings.ToLower(c.Operator), "ifexists")
	switch strings.ToLower(c.Key) {
	case "aws:principalisawsservice", "aws:viaawsservice":
		return operator == "bool" && len(c.Values) == 1 && strings.EqualFold(c.Values[0], "false")
	case "aws:principalservicename":
		return operator == "stringnotequals"
	}
	return refusal.Spares(c) && len(spared(c.Values, k.exempt)) == 0
}

// unknown reads a condition on networks into the fence, or says what it leaves open. Plain
// negated operators refuse requests without the key as well, with IfExists and without.
func (k *known) unknown(c *policy.Condition, f *fence) (why string, err error) {
	operator := strings.TrimSuffix(strings.ToLower(c.Operator), "ifexists")
	key := strings.ToLower(c.Key)
	text := operator == "stringnotequals" || operator == "stringnotlike"
	var fits func(string) bool
	switch {
	case key == "aws:sourceip" && operator == "notipaddress":
		f.addresses = true
		fits = k.knowsAddress
	case (key == "aws:sourcevpc" || key == "aws:sourcevpce") && text:
		f.vpcs = true
		fits = func(v string) bool { return slices.Contains(k.networks, v) }
	case key == "aws:vpceaccount" && text:
		f.vpcs = true
		fits = func(v string) bool { return v == k.account }
	case (key == "aws:vpceorgid" || key == "aws:vpceorgpaths") && text:
		f.vpcs = true
		if k.unread != nil {
			return "", k.unread
		}
		fits = func(v string) bool {
			id, _, path := strings.Cut(v, "/")
			return id == k.organization && id != "" && path == (key == "aws:vpceorgpaths")
		}
	case key == "s3:accesspointnetworkorigin" && text:
		f.points = true
		fits = func(v string) bool { return v == "VPC" }
	case key == "s3:dataaccesspointaccount" && text, key == "s3:dataaccesspointarn" && (text || operator == "arnnotequals" || operator == "arnnotlike"):
		f.points = true
		return k.throughPoints(c.Values)
	default:
		return "refuses it only where " + c.String(), nil
	}
	if open := slices.DeleteFunc(slices.Clone(c.Values), fits); len(open) > 0 {
		return "lets in " + strings.Join(open, ", "), nil
	}
	return "", nil
}

// knowsAddress says that a value of aws:SourceIp lies within a known network.
func (k *known) knowsAddress(value string) bool {
	p, err := prefix(value)
	if err != nil {
		return false
	}
	return slices.ContainsFunc(k.prefixes, func(known netip.Prefix) bool { return known.Bits() <= p.Bits() && known.Contains(p.Addr()) })
}

// throughPoints asks whether the access points that values name, by account or by ARN, all
// take requests from a VPC only. Those of other accounts are in no list.
func (k *known) throughPoints(values []string) (why string, err error) {
	for _, v := range values {
		if v != k.account && policy.AccountOf(v) != k.account {
			return "lets in access points of " + v, nil
		}
	}
	points, unread := k.points.Get()
	for _, p := range points {
		named := slices.ContainsFunc(values, func(v string) bool { return v == k.account || policy.Covers(v, p.ARN) })
		if named && p.NetworkOrigin != "VPC" {
			return "lets in the access point " + p.Name + ", whose network origin is " + p.NetworkOrigin, nil
		}
	}
	if unread != nil && !errors.Is(unread, snapshot.ErrAbsent) {
		return "", unread
	}
	return "", nil
}
