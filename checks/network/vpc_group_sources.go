package network

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/network/awsranges"
	"onus/checks/network/reach"
	"onus/checks/networks"
	"onus/checks/wording"
	"onus/scanner/snapshot"
)

// source is one source of a rule, a prefix list opened up.
type source struct {
	name     string // as AWS writes it
	list     *snapshot.PrefixList
	prefixes []netip.Prefix
}

// addressesOf are the sources of a rule that are addresses. The error says which of them is not
// known, beside those that are.
func addressesOf(env checks.Env, at snapshot.Location, r snapshot.Rule) (out []source, doubt error) {
	for _, c := range r.CIDRs {
		p, err := netip.ParsePrefix(c)
		if err != nil {
			doubt = errors.Join(doubt, fmt.Errorf("the source %q is no CIDR", c))
			continue
		}
		out = append(out, source{name: c, prefixes: []netip.Prefix{p}})
	}
	for _, id := range r.PrefixLists {
		l, err := checks.Find(env, snapshot.PrefixLists, at, id)
		if err != nil {
			doubt = errors.Join(doubt, err)
			continue
		}
		s := source{name: id, list: &l}
		entries, err := checks.Use(env, l.Entries)
		if err != nil {
			doubt = errors.Join(doubt, err)
		}
		s.prefixes = prefixes(entries)
		out = append(out, s)
	}
	return out, doubt
}

// public are the source's blocks that hold public addresses, without 0.0.0.0/0 and ::/0,
// which are judged as open to the internet.
func (s source) public() (out []netip.Prefix) {
	for _, p := range s.prefixes {
		if p.IsValid() && p.Bits() > 0 && reach.Addrs(p).Overlaps(reach.Public(0)) {
			out = append(out, p)
		}
	}
	return out
}

// GroupNoBroadPublicCIDR passes when no rule names a public range that is wider than
// allowed, and no rule's ranges add up to more addresses than one such range has. A range
// that is public in part counts. Source: EC2 DescribeSecurityGroups, IpPermissions and
// IpPermissionsEgress; GetManagedPrefixListEntries.
var GroupNoBroadPublicCIDR = checks.Check{
	ID:          "vpc-security-group-no-broad-public-cidr",
	Title:       "No security group names a public range wider than allowed",
	Severity:    checks.Medium,
	Category:    checks.Network,
	Duty:        checks.NetworkFirewall,
	ServiceKind: checks.Infrastructure,
	Tier:        2,
	Reads:       []string{"ec2:DescribeSecurityGroups", "ec2:DescribeManagedPrefixLists", "ec2:GetManagedPrefixListEntries"},
	Parameters:  checks.Parameters{"min_prefix_v4": 24, "min_prefix_v6": 48, "judge_egress": true, "ignore_aws_managed_prefix_lists": true},
	Bounds:      prefixBounds,
	Remedy:      "Name the networks that call, one by one, or put them in a prefix list of narrow ranges.",
	Fix: checks.Fix{
		Threat: "A range of thousands of addresses admits every customer of the provider that it belongs to. An attacker rents one of them.",
		CLI: `aws ec2 authorize-security-group-ingress --group-id {id} --protocol tcp --port PORT --cidr NEEDED-NETWORK --region {region}
aws ec2 revoke-security-group-ingress --group-id {id} --protocol tcp --port PORT --cidr WIDE-RANGE --region {region}`,
		Terraform: `resource "aws_vpc_security_group_ingress_rule" "client" {
  security_group_id = "{id}"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
  cidr_ipv4         = "NEEDED-NETWORK"
}`,
		Cost: "Whoever called from the rest of the range is shut out: look into the flow logs first for who does.",
	},
	Judges: checks.For(snapshot.SecurityGroups, groupNoBroadPublicCIDR),
}

func prefixBounds(parameter string, value any) error {
	most := map[string]int{"min_prefix_v4": 32, "min_prefix_v6": 128}[parameter]
	if n, ok := value.(int); ok && (n < 0 || n > most) {
		return fmt.Errorf("%d is no length of a prefix, want 0 to %d", n, most)
	}
	return nil
}

func groupNoBroadPublicCIDR(g snapshot.SecurityGroup, env checks.Env) checks.Verdict {
	if v, is := shared(g); is {
		return v
	}
	least := map[reach.Family]int{reach.IPv4: env.Int("min_prefix_v4"), reach.IPv6: env.Int("min_prefix_v6")}
	var wide []string
	var doubt error
	judge := func(rules []snapshot.Rule, way string) {
		for _, r := range rules {
			hits, err := broad(env, g.Location, r, least)
			doubt = errors.Join(doubt, err)
			for _, h := range hits {
				wide = append(wide, way+" "+h)
			}
		}
	}
	judge(g.Ingress, "from")
	if env.Bool("judge_egress") {
		judge(g.Egress, "to")
	}
	switch {
	case len(wide) > 0:
		return checks.Fail("public ranges wider than allowed: %s", strings.Join(few(wide), "; ")).With("ranges", strings.Join(few(wide), "; "))
	case doubt != nil:
		return networks.Unknown(doubt)
	}
	return checks.Pass("no rule names a public range wider than /%d in IPv4 or /%d in IPv6, or as many addresses in pieces", least[reach.IPv4], least[reach.IPv6]).With("ranges", "")
}

// broad are the sources of one rule that are too wide, alone or together.
func broad(env checks.Env, at snapshot.Location, r snapshot.Rule, least map[reach.Family]int) (hits []string, doubt error) {
	r.PrefixLists = slices.DeleteFunc(slices.Clone(r.PrefixLists), func(id string) bool {
		l, err := checks.Find(env, snapshot.PrefixLists, at, id)
		return err == nil && l.Owner == "AWS" && env.Bool("ignore_aws_managed_prefix_lists")
	})
	list, doubt := addressesOf(env, at, r)
	var all []netip.Prefix
	for _, s := range list {
		for _, p := range s.public() {
			all = append(all, p)
			family := reach.IPv4
			if p.Addr().Is6() {
				family = reach.IPv6
			}
			if p.Bits() < least[family] {
				hits = append(hits, within(p.String(), s.name))
			}
		}
	}
	for _, f := range reach.Families {
		if len(hits) == 0 && reach.Addrs(all...).MoreThan(f, least[f]) {
			hits = append(hits, fmt.Sprintf("%s, together more than a /%d", networks.Few(texts(all)), least[f]))
		}
	}
	return hits, doubt
}

// within names a block, and the list that holds it.
func within(block, source string) string {
	if block == source {
		return block
	}
	return block + " of " + source
}

func texts(list []netip.Prefix) (out []string) {
	for _, p := range list {
		out = append(out, p.String())
	}
	return out
}

// GroupNoSinglePublicSources passes when every public source is known: it lies within the
// known ranges, is one of the account's own addresses, or stands in a known prefix list.
// Source: EC2 DescribeSecurityGroups, IpPermissions; DescribeAddresses; DescribeNatGateways.
var GroupNoSinglePublicSources = checks.Check{
	ID:          "vpc-security-group-no-single-public-sources",
	Title:       "Security groups admit no single public addresses outside the known ones",
	Severity:    checks.Low,
	Category:    checks.Network,
	Duty:        checks.NetworkFirewall,
	ServiceKind: checks.Infrastructure,
	Tier:        2,
	Reads:       []string{"ec2:DescribeSecurityGroups", "ec2:DescribeAddresses", "ec2:DescribeNatGateways", "ec2:GetManagedPrefixListEntries", "ec2:DescribeManagedPrefixLists"},
	Parameters:  checks.Parameters{"known_cidrs": []string{}, "known_prefix_lists": []string{}},
	Bounds:      cidrBounds("known_cidrs"),
	Remedy:      "Remove the address, or name its network in known_cidrs or known_prefix_lists.",
	Fix: checks.Fix{
		Threat: "The address was somebody's home or office for a while, and belongs to a stranger now. Nobody remembers whom the rule was for.",
		CLI:    "aws ec2 revoke-security-group-ingress --group-id {id} --security-group-rule-ids RULE --region {region}",
		Terraform: `resource "aws_ec2_managed_prefix_list" "offices" {
  name           = "offices"
  address_family = "IPv4"
  max_entries    = 20
}`,
		Cost: "Whoever still works from there is shut out. Session Manager and Client VPN need no such rule.",
	},
	Judges: checks.For(snapshot.SecurityGroups, groupNoSinglePublicSources),
}

// cidrBounds refuses what is no CIDR in one list of them.
func cidrBounds(name string) func(string, any) error {
	return func(parameter string, value any) error {
		list, _ := value.([]string)
		for _, c := range list {
			if _, err := netip.ParsePrefix(c); err != nil && parameter == name {
				return fmt.Errorf("%q is no CIDR, such as 192.0.2.0/24", c)
			}
		}
		return nil
	}
}

func groupNoSinglePublicSources(g snapshot.SecurityGroup, env checks.Env) checks.Verdict {
	if v, is := shared(g); is {
		return v
	}
	known := reach.Addrs(prefixes(env.Strings("known_cidrs"))...)
	unknown := func(s source) []netip.Prefix {
		if s.list != nil && (slices.Contains(env.Strings("known_prefix_lists"), s.list.ID) || slices.Contains(env.Strings("known_prefix_lists"), s.list.Name)) {
			return nil
		}
		return slices.DeleteFunc(s.public(), func(p netip.Prefix) bool { return known.ContainsAll(reach.Addrs(p).Public(0)) })
	}
	strange, doubt := foreignSources(g, env, unknown)
	var unread error
	if len(strange) > 0 {
		var own reach.AddrSet
		own, unread = ownAddresses(env)
		known = known.Union(own)
		strange, _ = foreignSources(g, env, unknown)
	}
	wide, _ := foreignSources(g, env, func(s source) []netip.Prefix { return slices.DeleteFunc(unknown(s), mayBeOwn) })
	switch {
	case len(strange) > 0 && len(wide) == 0 && unread != nil: // it may be one of the account's own
		return networks.Unknown(unread)
	case len(strange) > 0:
		return checks.Fail("public sources that known_cidrs and known_prefix_lists do not hold, and that are none of the account's own addresses: %s", networks.Few(strange)).With("sources", networks.Few(strange))
	case doubt != nil:
		return networks.Unknown(doubt)
	}
	return checks.Pass("every public source of its %s is known", wording.Count(len(g.Ingress), "ingress rule")).With("sources", "")
}

// foreignSources are the blocks of the group's ingress sources that pick leaves over, with
// the list that holds them.
func foreignSources(g snapshot.SecurityGroup, env checks.Env, pick func(source) []netip.Prefix) (out []string, doubt error) {
	for _, r := range g.Ingress {
		list, err := addressesOf(env, g.Location, r)
		doubt = errors.Join(doubt, err)
		for _, s := range list {
			for _, p := range pick(s) {
				if text := within(p.String(), s.name); !slices.Contains(out, text) {
					out = append(out, text)
				}
			}
		}
	}
	return out, doubt
}

// ownAddresses are the Elastic IPs and the addresses of NAT gateways of all Regions, and
// why they may not be all.
func ownAddresses(env checks.Env) (reach.AddrSet, error) {
	own := reach.Single(addrs(networks.Own(env))...)
	if err := networks.Everywhere(env, "ec2:DescribeAddresses", "ec2:DescribeNatGateways"); err != nil {
		return own, err
	}
	if out := networks.LeftOut(env.Account()); len(out) > 0 {
		return own, fmt.Errorf("it may be an address of the account's own in a Region that was not scanned: %s", networks.Sorted(out))
	}
	return own, nil
}

// mayBeOwn says that a block may consist of addresses of the account's own: no account has as
// many as a wider one.
func mayBeOwn(p netip.Prefix) bool {
	return p.Addr().Is4() && p.Bits() >= 16 || p.Addr().Is6() && p.Bits() >= 32
}

// GroupNoAWSPublicRanges passes when no source lies within the ranges of AWS, where anybody
// may rent an address. AWS's own prefix lists are not looked at, the account's own addresses
// are no strangers, and CloudFront and the health checks of Route 53 call from ranges that
// nobody can rent. Source: EC2 DescribeSecurityGroups; AWS's ip-ranges.json as of a date.
var GroupNoAWSPublicRanges = checks.Check{
	ID:          "vpc-security-group-no-aws-public-range-sources",
	Title:       "Security groups do not trust the public address ranges of AWS, where anyone may rent an address",
	Severity:    checks.Low,
	Category:    checks.Network,
	Duty:        checks.NetworkFirewall,
	ServiceKind: checks.Infrastructure,
	Tier:        2,
	Reads:       []string{"ec2:DescribeSecurityGroups", "ec2:DescribeAddresses", "ec2:GetManagedPrefixListEntries", "ec2:DescribeNatGateways", "ec2:DescribeManagedPrefixLists"},
	Remedy:      "Admit a security group, a prefix list of the service, or an address that is yours, in place of a range of AWS.",
	Fix: checks.Fix{
		Threat: "An address of AWS is anybody's by tomorrow: whoever rents it is let in. An address that was yours and was released is somebody else's now.",
		CLI: `aws ec2 authorize-security-group-ingress --group-id {id} --protocol tcp --port PORT --source-group GROUP-OF-THE-CALLER --region {region}
aws ec2 revoke-security-group-ingress --group-id {id} --protocol tcp --port PORT --cidr AWS-RANGE --region {region}`,
		Terraform: `resource "aws_vpc_security_group_ingress_rule" "caller" {
  security_group_id            = "{id}"
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443
  referenced_security_group_id = "GROUP-OF-THE-CALLER"
}`,
		Cost: "Callers in other VPCs need peering or an endpoint for a rule by group. A partner behind AWS should call from an Elastic IP that is known to be theirs.",
	},
	Judges: checks.For(snapshot.SecurityGroups, groupNoAWSPublicRanges),
}

func groupNoAWSPublicRanges(g snapshot.SecurityGroup, env checks.Env) checks.Verdict {
	if v, is := shared(g); is {
		return v
	}
	table := awsranges.Table()
	var own reach.AddrSet
	var fixed []string
	g.Ingress = withoutAWSLists(g.Ingress, g.Location, env)
	inAWS := func(s source) (out []netip.Prefix) {
		for _, p := range s.public() {
			set := reach.Addrs(p)
			switch {
			case !table.All.ContainsAll(set) || own.ContainsAll(set):
			case !table.Fixed.ContainsAll(set):
				out = append(out, p)
			case !slices.Contains(fixed, p.String()):
				fixed = append(fixed, p.String())
			}
		}
		return out
	}
	rented, doubt := foreignSources(g, env, inAWS)
	var unread error
	if len(rented) > 0 {
		own, unread = ownAddresses(env)
		rented, _ = foreignSources(g, env, inAWS)
	}
	wide, _ := foreignSources(g, env, func(s source) []netip.Prefix { return slices.DeleteFunc(inAWS(s), mayBeOwn) })
	dated := func(v checks.Verdict) checks.Verdict { return v.With("table", awsranges.Date) }
	switch {
	case len(rented) > 0 && len(wide) == 0 && unread != nil:
		return dated(networks.Unknown(unread))
	case len(rented) > 0:
		return dated(checks.Fail("sources within the public ranges of AWS (as of %s), where anybody may rent an address: %s", awsranges.Date, networks.Few(rented))).With("sources", networks.Few(rented))
	case doubt != nil:
		return dated(networks.Unknown(doubt))
	case len(fixed) > 0:
		return dated(checks.Pass("no source lies within the public ranges of AWS (as of %s), but for %s, from which CloudFront or Route 53 health checks call", awsranges.Date, networks.Few(fixed)))
	}
	return dated(checks.Pass("no source lies within the public ranges of AWS (as of %s)", awsranges.Date)).With("sources", "")
}

// withoutAWSLists takes AWS's own prefix lists out of rules.
func withoutAWSLists(rules []snapshot.Rule, at snapshot.Location, env checks.Env) []snapshot.Rule {
	out := slices.Clone(rules)
	for i, r := range out {
		out[i].PrefixLists = slices.DeleteFunc(slices.Clone(r.PrefixLists), func(id string) bool {
			l, err := checks.Find(env, snapshot.PrefixLists, at, id)
			return err == nil && l.Owner == "AWS"
		})
	}
	return out
}
