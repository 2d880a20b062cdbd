package network

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/databases"
	"onus/checks/network/reach"
	"onus/scanner/snapshot"
)

// DatabaseUnreachable passes when some link of the way from the internet to the port of an
// instance is closed: PubliclyAccessible, the internet gateway, the route to it, VPC Block
// Public Access, the network ACL in both directions, or the security groups together. One
// public source that gets through is enough for a FAIL. The subnet in use is found by its
// zone; where another of the subnet group is open, a move of the instance opens the way.
// Source: RDS DescribeDBInstances; Amazon VPC User Guide, "Internet gateways", "Network
// ACLs", "Security groups" and "Block public access to VPCs and subnets".
var DatabaseUnreachable = checks.Check{
	ID:          "rds-database-not-reachable-from-internet",
	Title:       "No path leads from the internet to the port of an RDS instance",
	Severity:    checks.Critical,
	Category:    checks.Network,
	Duty:        checks.NetworkFirewall,
	ServiceKind: checks.Container,
	Tier:        3,
	Reads: []string{"rds:DescribeDBInstances", "rds:DescribeDBClusters", "ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeRouteTables", "ec2:DescribeNetworkAcls",
		"ec2:DescribeInternetGateways", "ec2:DescribeVpcBlockPublicAccessOptions", "ec2:DescribeVpcBlockPublicAccessExclusions", "ec2:DescribeManagedPrefixLists",
		"ec2:GetManagedPrefixListEntries", "ec2:DescribeNetworkInterfaces"},
	Remedy: "Set the instance to not publicly accessible; then close the rule of the security group, and move it to private subnets.",
	Fix: checks.Fix{
		Threat: "The login of the database stands open to strangers: they try leaked and guessed passwords around the clock, and use holes of the engine on the day that those are published. What is in the database is then theirs, and often held for ransom.",
		CLI: `aws rds modify-db-instance --region {region} --db-instance-identifier {name} --no-publicly-accessible --apply-immediately
aws ec2 revoke-security-group-ingress --region {region} --group-id GROUP_ID --protocol tcp --port PORT --cidr PUBLIC_CIDR`,
		Terraform: `resource "aws_db_instance" "this" {
  publicly_accessible  = false
  db_subnet_group_name = aws_db_subnet_group.private.name
}`,
		Cost: "Clients outside of the VPC lose the database: give them a VPN, a bastion by Session Manager, or an application in between. The name resolves to the private address within minutes, without a restart.",
	},
	Judges: checks.For(snapshot.DBInstances, databaseUnreachable),
}

// databaseLinks are the small lists between the internet and a database, for the evidence.
var databaseLinks = []string{"ec2:DescribeRouteTables", "ec2:DescribeInternetGateways", "ec2:DescribeNetworkAcls", "ec2:DescribeVpcBlockPublicAccessExclusions", blockOptions}

func databaseUnreachable(d snapshot.DBInstance, env checks.Env) checks.Verdict {
	if v, out := databases.Own(d.Database); out {
		return v
	}
	if d.Cluster != "" {
		c, err := checks.Find(env, snapshot.DBClusters, d.Location, d.Cluster)
		switch {
		case err == nil && c.InternetAccessGateway:
			return checks.Fail("the cluster %s is reached from the internet through an internet access gateway", d.Cluster).With("InternetAccessGatewayEnabled", "true")
		case err != nil && !errors.Is(err, snapshot.ErrAbsent):
			return checks.Unknown(err)
		}
	}
	var subnets []snapshot.DBSubnet
	for _, s := range d.Subnets {
		if s.Status == "Active" {
			subnets = append(subnets, s)
		}
	}
	switch {
	case !d.PubliclyAccessible:
		return checks.Pass("PubliclyAccessible is false: the instance has no public address").With("PubliclyAccessible", "false")
	case d.Port == 0:
		return checks.Unclear("the instance is publicly accessible, and the answer tells no port, as while it is being made").With("PubliclyAccessible", "true")
	case len(subnets) == 0:
		return checks.Unclear("the instance is publicly accessible, and the answer names no active subnet").With("PubliclyAccessible", "true")
	}
	v := network(env, d.Location)
	for _, op := range databaseLinks {
		use(env, v.calls[op])
	}
	for _, id := range d.SecurityGroups {
		v.useGroup(env, id)
	}
	return v.databaseVerdict(d, subnets).With("PubliclyAccessible", "true").With("Endpoint.Port", fmt.Sprint(d.Port))
}

// useGroup takes a security group, and the prefix lists of its rules, into the evidence.
func (v *view) useGroup(env checks.Env, id string) {
	g := v.groups[id]
	if g == nil {
		return
	}
	use(env, g.Calls)
	for _, r := range g.Ingress {
		for _, list := range r.PrefixLists {
			if l := v.lists[list]; l != nil {
				use(env, l.Calls, l.Entries.Calls())
			}
		}
	}
}

// databaseVerdict joins the ways through the subnets in use, and then through the others.
func (v *view) databaseVerdict(d snapshot.DBInstance, subnets []snapshot.DBSubnet) checks.Verdict {
	inUse := func(s snapshot.DBSubnet) bool { return s.Zone != "" && (s.Zone == d.Zone || s.Zone == d.SecondaryZone) }
	here := slices.DeleteFunc(slices.Clone(subnets), func(s snapshot.DBSubnet) bool { return !inUse(s) })
	others := slices.DeleteFunc(slices.Clone(subnets), inUse)
	if len(here) == 0 { // which one it runs in is not told
		here, others = subnets, nil
	}
	now, later := v.waysToDatabase(d, here), v.waysToDatabase(d, others)
	missing := append(now.missing, later.missing...)
	slices.Sort(missing)
	missing = slices.Compact(missing)
	switch {
	case len(now.open) > 0:
		return checks.Fail("reachable from %s, %s", now.sources, strings.Join(now.open, "; ")).With("path", strings.Join(now.open, "; "))
	case len(later.open) > 0:
		return checks.Fail("not reachable where the instance runs now, and a move to another subnet of its group opens the way from %s: %s", later.sources, strings.Join(later.open, "; ")).With("path", strings.Join(later.open, "; "))
	case len(missing) > 0:
		return inDoubt(v.why(missing), "cannot tell without "+strings.Join(missing, "; "))
	}
	stops := strings.Join(few(append(now.stops, later.stops...)), "; ")
	return checks.Pass("no way from the internet to the port %d: stopped for %s", d.Port, stops).With("stop", stops)
}

// databaseWays are the ways to one instance through some subnets.
type databaseWays struct {
	ways
	sources string // of the first way that is open
}

func (v *view) waysToDatabase(d snapshot.DBInstance, subnets []snapshot.DBSubnet) databaseWays {
	w := databaseWays{ways: ways{view: v}}
	for _, s := range subnets {
		at := reach.Database{ID: d.ID, VPCID: d.VPC, Subnet: s.ID, Groups: d.SecurityGroups, PubliclyAccessible: d.PubliclyAccessible, Dual: d.Dual}
		for _, f := range reach.Families {
			a := v.index.DatabaseFromInternet(at, reach.Question{Family: f, AnySource: true, Traffic: reach.Traffic{Protocol: reach.TCP, Port: uint16(d.Port)}})
			switch a.State {
			case reach.Open:
				w.open = append(w.open, fmt.Sprintf("%s in %s: %s", f, s.ID, written(a.Path)))
				if w.sources == "" {
					w.sources = a.Sources.String()
					if a.Sources.InternetWide(f) {
						w.sources = "anywhere"
					}
				}
			case reach.Closed:
				w.stop(f, a)
			case reach.CannotTell:
				w.missing = append(w.missing, a.Missing...)
			}
		}
	}
	return w
}
