package hygiene

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

func TestElasticIPAssociated(t *testing.T) {
	address := func(change ...func(*snapshot.Address)) func(*snapshot.Account) {
		a := snapshot.Address{Meta: checktest.EC2Meta("elastic-ip/eipalloc-1"), ID: "eipalloc-1", IP: "198.51.100.7", Association: "eipassoc-1", Interface: "eni-1", InterfaceOwner: checktest.At.Account}
		for _, c := range change {
			c(&a)
		}
		return checktest.Net(func(n *snapshot.Net) *[]snapshot.Address { return &n.Addresses }, a)
	}
	status := func(s string) func(*snapshot.Account) {
		return checktest.Interfaces("eni-1", "vpc-1", "subnet-1", func(n *snapshot.NetworkInterface) { n.Status = s })
	}
	attached := map[string]any{"attached_only": true}
	const interfaces = "ec2:DescribeNetworkInterfaces"
	checktest.Run(t, &ElasticIPAssociated, []checktest.Case{
		{Name: "of a load balancer, which is no instance", Set: address(), Want: checks.PASS, Reason: "associated with eni-1"},
		{Name: "with nothing", Set: address(func(a *snapshot.Address) { a.Association = "" }), Want: checks.FAIL, Reason: "no AssociationId"},
		{Name: "managed by a service", Set: address(func(a *snapshot.Address) { a.ServiceManaged, a.Association = "alb", "" }), Want: checks.NotApplicable, Reason: "alb"},
		{Name: "with an interface that is attached to nothing", Set: checktest.All(address(), status("available")), Want: checks.PASS, Reason: "eni-1"},
		{Name: "the same, where that does not count", Set: checktest.All(address(), status("available")), Parameters: attached, Want: checks.FAIL, Reason: "Status is available"},
		{Name: "with an interface in use", Set: checktest.All(address(), status("in-use")), Parameters: attached, Want: checks.PASS, Reason: "eni-1"},
		{Name: "with a service's interface", Set: address(func(a *snapshot.Address) { a.InterfaceOwner = "444455556666" }), Parameters: attached, Want: checks.PASS, Reason: "which alone sees it"},
		{Name: "with an interface that is not listed", Set: address(), Parameters: attached, Want: checks.UNKNOWN, Reason: "does not hold eni-1"},
		{Name: "interfaces unread", Set: checktest.All(address(), checktest.Denied(interfaces)), Parameters: attached, Want: checks.UNKNOWN, Reason: interfaces},
		{Name: "interfaces unread, and not asked about", Set: checktest.All(address(), checktest.Denied(interfaces)), Want: checks.PASS, Reason: "eni-1"},
	})
}
