package resilience

import (
	"fmt"
	"net/netip"

	"onus/checks"
	"onus/checks/networks"
	"onus/scanner/snapshot"
)

// SubnetHeadroom passes when enough of the subnet's addresses are free. AWS keeps five of
// each subnet. Source: EC2 DescribeSubnets, AvailableIpAddressCount and CidrBlock.
var SubnetHeadroom = checks.Check{
	ID:          "vpc-subnet-address-headroom",
	Title:       "Subnets have free addresses left",
	Severity:    checks.Low,
	Category:    checks.ResilienceOf,
	Duty:        checks.NetworkFirewall,
	ServiceKind: checks.Infrastructure,
	Tier:        2,
	Reads:       []string{"ec2:DescribeSubnets"},
	Parameters:  checks.Parameters{"min_free_ratio": 0.1},
	Bounds:      ratio,
	Remedy:      "Make another subnet from the VPC's range, or add a range to the VPC.",
	Fix: checks.Fix{
		Threat: "When the subnet is full, nothing more starts: scaling, failover and new function instances fail. They do so when most is asked of them.",
		CLI: `aws ec2 associate-vpc-cidr-block --vpc-id VPC --cidr-block CIDR --region {region}
aws ec2 create-subnet --vpc-id VPC --cidr-block CIDR --availability-zone ZONE --region {region}`,
		Terraform: `resource "aws_subnet" "more" {
  vpc_id            = "VPC"
  cidr_block        = "CIDR"
  availability_zone = "ZONE"
}`,
		Cost: "A subnet cannot grow: groups and services must be told of the new one, and routes and ACLs made for it.",
	},
	Judges: checks.For(snapshot.Subnets, subnetHeadroom),
}

func ratio(_ string, value any) error {
	if f, ok := value.(float64); ok && (f < 0 || f > 1) {
		return fmt.Errorf("%v is no part of a whole, want 0 to 1", f)
	}
	return nil
}

func subnetHeadroom(s snapshot.Subnet, env checks.Env) checks.Verdict {
	if v, is := networks.Foreign("subnet", s.Owner, s.Location); is {
		return v
	}
	if s.IPv6Native {
		return checks.DoesNotApply("Ipv6Native is true")
	}
	var block netip.Prefix
	for _, c := range s.CIDRs {
		if p, err := netip.ParsePrefix(c); err == nil && p.Addr().Is4() {
			block = p
		}
	}
	switch {
	case s.Free == nil:
		return checks.Unclear("the answer lacks AvailableIpAddressCount")
	case !block.IsValid() || block.Bits() > 28:
		return checks.Unclear("the answer shows no IPv4 block of a subnet: %v", s.CIDRs)
	}
	const kept = 5
	usable := 1<<(32-block.Bits()) - kept
	share := float64(*s.Free) / float64(usable)
	v := checks.Pass("%d of %d addresses are free (%.0f %%)", *s.Free, usable, share*100)
	if share < env.Float("min_free_ratio") {
		v = checks.Fail("%d of %d addresses are free (%.0f %%), want %.0f %%", *s.Free, usable, share*100, env.Float("min_free_ratio")*100)
	}
	return v.With("AvailableIpAddressCount", fmt.Sprint(*s.Free)).With("CidrBlock", block.String())
}

// ElasticIPQuota passes when the Region can still give Elastic IP addresses. Addresses that
// the customer brought, and those that a service manages, do not count against the quota.
// Source: EC2 DescribeAddresses, PublicIpv4Pool and ServiceManaged;
// DescribeAccountAttributes, vpc-max-elastic-ips.
var ElasticIPQuota = checks.Check{
	ID:          "ec2-account-elastic-ip-quota-headroom",
	Title:       "The Region's quota of Elastic IP addresses is not used up",
	Severity:    checks.Info,
	Category:    checks.ResilienceOf,
	Duty:        checks.NetworkFirewall,
	ServiceKind: checks.Infrastructure,
	Tier:        2,
	Reads:       []string{"ec2:DescribeAddresses", "ec2:DescribeAccountAttributes"},
	Parameters:  checks.Parameters{"max_used_ratio": 0.9},
	Bounds:      ratio,
	Remedy:      "Release addresses that are associated with nothing, or ask for a higher quota.",
	Fix: checks.Fix{
		Threat: "A NAT gateway or load balancer that is needed in a failure cannot be made. The quota is noticed then.",
		CLI:    "aws service-quotas request-service-quota-increase --service-code ec2 --quota-code L-0263D0A3 --desired-value NUMBER --region {region}",
		Terraform: `resource "aws_servicequotas_service_quota" "elastic_ips" {
  service_code = "ec2"
  quota_code   = "L-0263D0A3"
  value        = 20
}`,
		Cost: "Nothing but the time that AWS takes. Public IPv4 addresses are charged by the hour, used or not.",
	},
	Judges: checks.For(snapshot.AccountRegions, elasticIPQuota),
}

func elasticIPQuota(s snapshot.RegionSettings, env checks.Env) checks.Verdict {
	quota, err := s.ElasticIPQuota.Get()
	unread := networks.Rest(env, s.Location, "ec2:DescribeAddresses")
	used := 0
	for _, a := range env.Account().EC2.Net.Addresses {
		if a.Region == s.Region && (a.Pool == "" || a.Pool == "amazon") && a.ServiceManaged == "" {
			used++
		}
	}
	switch {
	case err != nil:
		return checks.Unknown(err)
	case quota <= 0:
		return checks.Unclear("vpc-max-elastic-ips is %d", quota)
	}
	observed := func(v checks.Verdict) checks.Verdict {
		return v.With("addresses", fmt.Sprint(used)).With("vpc-max-elastic-ips", fmt.Sprint(quota))
	}
	most := env.Float("max_used_ratio")
	switch {
	case float64(used)/float64(quota) >= most:
		return observed(checks.Fail("%d of %d Elastic IP addresses are used, want less than %.0f %%", used, quota, most*100))
	case unread != nil:
		return checks.Unknown(unread)
	}
	return observed(checks.Pass("%d of %d Elastic IP addresses are used", used, quota))
}
