package checktest

import "onus/scanner/snapshot"

func ec2ARN(resource string) string {
	return "arn:aws:ec2:" + At.Region + ":" + At.Account + ":" + resource
}

// EC2Meta is the Meta of a resource of EC2, such as "vpc/vpc-1", in the tests' Region.
func EC2Meta(resource string) snapshot.Meta { return Meta("", ec2ARN(resource)) }

// VPCs adds VPCs of the account, each changed by the functions that follow it.
func VPCs(id string, change ...func(*snapshot.VPC)) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		v := snapshot.VPC{Meta: EC2Meta("vpc/" + id), ID: id, Owner: At.Account}
		for _, c := range change {
			c(&v)
		}
		a.EC2.VPCs = append(a.EC2.VPCs, v)
	}
}

// Subnets adds a subnet of a VPC.
func Subnets(id, vpc string, change ...func(*snapshot.Subnet)) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		s := snapshot.Subnet{Meta: EC2Meta("subnet/" + id), ID: id, VPC: vpc, Owner: At.Account, CIDRs: []string{"10.0.0.0/24"}}
		for _, c := range change {
			c(&s)
		}
		a.EC2.Subnets = append(a.EC2.Subnets, s)
	}
}

// Interfaces adds a network interface in a subnet.
func Interfaces(id, vpc, subnet string, change ...func(*snapshot.NetworkInterface)) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		n := snapshot.NetworkInterface{Meta: EC2Meta("network-interface/" + id), ID: id, Type: "interface", Status: "in-use", Owner: At.Account, VPC: vpc, Subnet: subnet}
		for _, c := range change {
			c(&n)
		}
		a.EC2.Interfaces = append(a.EC2.Interfaces, n)
	}
}

// Tables adds a route table of a VPC: with "main" its main one, else that of the named
// subnets.
func Tables(id, vpc string, uses []string, routes ...snapshot.Route) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		t := snapshot.RouteTable{Meta: EC2Meta("route-table/" + id), ID: id, VPC: vpc, Routes: routes}
		for _, use := range uses {
			if use == "main" {
				t.Associations = append(t.Associations, snapshot.RouteAssociation{Main: true, State: "associated"})
			} else {
				t.Associations = append(t.Associations, snapshot.RouteAssociation{Subnet: use, State: "associated"})
			}
		}
		a.EC2.RouteTables = append(a.EC2.RouteTables, t)
	}
}

// Route is an active route.
func Route(destination, target string) snapshot.Route {
	return snapshot.Route{Destination: destination, Target: target, State: "active"}
}

// Net adds resources to one of the lists of the account's Net.
func Net[T any](list func(*snapshot.Net) *[]T, items ...T) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		l := list(&a.EC2.Net)
		*l = append(*l, items...)
	}
}
