package hygiene

import (
	"errors"

	"onus/checks"
	"onus/scanner/snapshot"
)

// ElasticIPAssociated passes when the address is associated with something: an instance, a
// NAT gateway, a load balancer. With attached_only an interface that is attached to nothing
// does not count. Source: EC2 DescribeAddresses, AssociationId and NetworkInterfaceId.
var ElasticIPAssociated = checks.Check{
	ID:          "ec2-elastic-ip-associated",
	Title:       "Elastic IP addresses are associated",
	Severity:    checks.Low,
	Category:    checks.Hygiene,
	Duty:        checks.NetworkFirewall,
	ServiceKind: checks.Infrastructure,
	Tier:        1,
	Reads:       []string{"ec2:DescribeAddresses", "ec2:DescribeNetworkInterfaces"},
	Parameters:  checks.Parameters{"attached_only": false},
	Remedy:      "Release the address, after allow lists and DNS records that name it.",
	Fix: checks.Fix{
		Threat:    "An address that nobody uses stays in allow lists and DNS records, and whoever may associate it gets what they grant. It is paid for by the hour.",
		CLI:       "aws ec2 release-address --allocation-id {id} --region {region}",
		Terraform: `# Remove the resource "aws_eip" of this address from the configuration.`,
		Cost:      "Once released, the address is soon somebody else's, and can hardly be had back: take it out of DNS and of allow lists first.",
	},
	Judges: checks.For(snapshot.Addresses, elasticIPAssociated),
}

func elasticIPAssociated(a snapshot.Address, env checks.Env) checks.Verdict {
	switch {
	case a.ServiceManaged != "":
		return checks.DoesNotApply("the address is managed by the service %s", a.ServiceManaged).With("ServiceManaged", a.ServiceManaged)
	case a.Association == "":
		return checks.Fail("%s has no AssociationId", a.IP).With("PublicIp", a.IP)
	}
	v := checks.Pass("%s is associated with %s", a.IP, a.Interface).With("PublicIp", a.IP).With("AssociationId", a.Association)
	if !env.Bool("attached_only") {
		return v
	}
	n, err := checks.Find(env, snapshot.NetworkInterfaces, a.Location, a.Interface)
	switch {
	case errors.Is(err, snapshot.ErrAbsent) && a.InterfaceOwner != "" && a.InterfaceOwner != a.Account:
		return checks.Pass("%s is associated with %s of account %s, which alone sees it", a.IP, a.Interface, a.InterfaceOwner).With("AssociationId", a.Association)
	case errors.Is(err, snapshot.ErrAbsent):
		return checks.Unclear("the list of interfaces does not hold %s, with which %s is associated", a.Interface, a.IP)
	case err != nil:
		return checks.Unknown(err)
	case n.Status != "in-use":
		return checks.Fail("%s is associated with %s, whose Status is %s", a.IP, a.Interface, n.Status).With("Status", n.Status)
	}
	return v.With("Status", n.Status)
}
