package regions

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/network/awsranges"
	"onus/checks/networks"
	"onus/scanner/snapshot"
)

// GroupNamesAllowedRegions passes when no rule of a group, in or out, names a block that lies
// wholly within the address ranges of an AWS Region outside the allowed ones. Wide blocks
// hold the ranges of all Regions and name none, and neither does what AWS calls GLOBAL, as
// CloudFront's. AWS's own prefix lists are of the Region in their name.
// Source: EC2 DescribeSecurityGroups, IpPermissions and IpPermissionsEgress;
// GetManagedPrefixListEntries; AWS's ip-ranges.json, embedded.
var GroupNamesAllowedRegions = checks.Check{
	ID:          "security-group-admits-no-disallowed-aws-region",
	Title:       "Security groups do not name address ranges of AWS Regions outside the allowed ones",
	Severity:    checks.Low,
	Category:    checks.Regions,
	Duty:        checks.RegionChoice,
	ServiceKind: checks.Infrastructure,
	Tier:        2,
	Reads:       []string{"ec2:DescribeSecurityGroups", "ec2:DescribeManagedPrefixLists", "ec2:GetManagedPrefixListEntries"},
	Parameters:  checks.Parameters{"allowed_regions": []string{}, "max_prefix": 8},
	Bounds: func(_ string, value any) error {
		if n, ok := value.(int); ok && (n < 0 || n > 32) {
			return fmt.Errorf("%d is no length of a prefix, want 0 to 32", n)
		}
		return nil
	},
	Remedy: "Remove the rule, or move what it is for into an allowed Region.",
	Fix: checks.Fix{
		Threat: "Somebody meant data to go to a Region that the policy does not allow, or work there to reach in. Nobody decided that it may.",
		CLI: `aws ec2 describe-security-group-rules --filters Name=group-id,Values={id} --region {region}
aws ec2 revoke-security-group-ingress --group-id {id} --security-group-rule-ids RULE --region {region}
aws ec2 revoke-security-group-egress --group-id {id} --security-group-rule-ids RULE --region {region}`,
		Terraform: `# Remove the aws_vpc_security_group_ingress_rule or aws_vpc_security_group_egress_rule that names the range.`,
		Cost:      "What talks to that Region is cut off: look into the flow logs first. Ranges change hands between Regions now and then, and the table is as old as it says.",
	},
	Judges: checks.For(snapshot.SecurityGroups, groupNamesAllowedRegions),
}

func groupNamesAllowedRegions(g snapshot.SecurityGroup, env checks.Env) checks.Verdict {
	allowed := env.Strings("allowed_regions")
	if len(allowed) == 0 {
		return noChoice()
	}
	if v, is := networks.Foreign("group", g.Owner, g.Location); is {
		return v
	}
	var named []string
	var doubt error
	for _, way := range []struct {
		word  string
		rules []snapshot.Rule
	}{{"from", g.Ingress}, {"to", g.Egress}} {
		for _, r := range way.rules {
			found, err := regionsNamed(r, g.Location, env)
			doubt = errors.Join(doubt, err)
			for _, n := range found {
				if line := way.word + " " + n.String(); !slices.Contains(allowed, n.region) && !slices.Contains(named, line) {
					named = append(named, line)
				}
			}
		}
	}
	var v checks.Verdict
	switch regions := strings.Join(allowed, ", "); {
	case len(named) > 0:
		v = checks.Fail("rules name ranges of AWS Regions that are not allowed (as of %s): %s; allowed: %s", awsranges.Date, networks.Few(named), regions).With("ranges", networks.Few(named))
	case doubt != nil:
		v = networks.Unknown(doubt)
	default:
		v = checks.Pass("no rule names a range of an AWS Region that is not allowed (as of %s); allowed: %s", awsranges.Date, regions).With("ranges", "")
	}
	return v.With("table", awsranges.Source+", "+awsranges.Date)
}

// namedRange is a block, or a prefix list, that is of one Region.
type namedRange struct{ block, list, region string }

func (n namedRange) String() string {
	switch {
	case n.block == "":
		return fmt.Sprintf("%s (%s)", n.list, n.region)
	case n.list != "":
		return fmt.Sprintf("%s of %s (%s)", n.block, n.list, n.region)
	}
	return fmt.Sprintf("%s (%s)", n.block, n.region)
}

// regionsNamed are the blocks and lists of a rule that are of one Region each. The error says
// what was not read, beside those that were.
func regionsNamed(r snapshot.Rule, at snapshot.Location, env checks.Env) (out []namedRange, doubt error) {
	add := func(blocks []string, list string) {
		for _, b := range blocks {
			p, err := netip.ParsePrefix(b)
			if err != nil {
				doubt = errors.Join(doubt, fmt.Errorf("%q is no CIDR", b))
				continue
			}
			if region := awsranges.RegionOf(p); region != "" && p.Bits() > env.Int("max_prefix") {
				out = append(out, namedRange{b, list, region})
			}
		}
	}
	add(r.CIDRs, "")
	for _, id := range r.PrefixLists {
		l, err := checks.Find(env, snapshot.PrefixLists, at, id)
		if err != nil {
			doubt = errors.Join(doubt, err)
			continue
		}
		region, told := listRegion(l)
		switch {
		case told && region != "":
			out = append(out, namedRange{"", l.Name, region})
		case !told:
			entries, err := checks.Use(env, l.Entries)
			doubt = errors.Join(doubt, err)
			add(entries, id)
		}
	}
	return out, doubt
}

// listRegion is the Region of a prefix list of AWS's own, "" where its name says that it is of
// none: com.amazonaws.REGION.s3, com.amazonaws.global.cloudfront.origin-facing. What the
// entries decide is not told.
func listRegion(l snapshot.PrefixList) (region string, told bool) {
	switch {
	case l.Owner != "AWS":
		return "", false
	case strings.Contains(l.Name, "amazonaws."+l.Region+"."):
		return l.Region, true
	}
	return "", strings.Contains(l.Name, "amazonaws.global.")
}
