package network

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

// publicNetwork is a VPC with the subnets a (zone a) and b (zone b), both public unless
// changed: gateway, routes, an ACL that lets all pass, no block.
func publicNetwork(more ...func(*snapshot.EC2)) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		e := &a.EC2
		e.Regions = []snapshot.RegionSettings{{Meta: checktest.Meta("", "r"), BlockPublicAccess: snapshot.Value(snapshot.BlockPublicAccess{Mode: "off", State: "default-state"}), Interfaces: snapshot.Value(0)}}
		all := snapshot.ACLEntry{Number: 100, Action: "allow", Protocol: "-1", CIDR: "0.0.0.0/0"}
		out := all
		out.Egress = true
		for i, id := range []string{"a", "b"} {
			cidr := "10.0." + string(rune('0'+i)) + ".0/24"
			e.Subnets = append(e.Subnets, snapshot.Subnet{Meta: checktest.Meta("", "arn:"+id), ID: id, VPC: "vpc-1", Owner: checktest.At.Account, CIDRs: []string{cidr}})
			e.RouteTables = append(e.RouteTables, snapshot.RouteTable{Meta: checktest.Meta("", "arn:rtb-"+id), ID: "rtb-" + id, VPC: "vpc-1", Associations: []snapshot.RouteAssociation{{Subnet: id, State: "associated"}},
				Routes: []snapshot.Route{{Destination: "10.0.0.0/16", Target: "local", State: "active"}, {Destination: "0.0.0.0/0", Target: "igw-1", State: "active"}}})
		}
		e.InternetGateways = []snapshot.InternetGateway{{Meta: checktest.Meta("", "arn:igw-1"), ID: "igw-1", Attachments: []snapshot.GatewayAttachment{{VPC: "vpc-1", State: "available"}}}}
		e.NetworkACLs = []snapshot.NetworkACL{{Meta: checktest.Meta("", "arn:acl-1"), ID: "acl-1", Subnets: []string{"a", "b"}, Entries: []snapshot.ACLEntry{all, out}}}
		for _, f := range more {
			f(e)
		}
	}
}

func TestDatabaseUnreachable(t *testing.T) {
	db := func(public bool, more ...func(*snapshot.DBInstance)) func(*snapshot.Account) {
		return checktest.Instance(snapshot.Database{Engine: "postgres", Port: 5432, PubliclyAccessible: public}, append([]func(*snapshot.DBInstance){func(d *snapshot.DBInstance) {
			d.VPC, d.Zone, d.SecurityGroups = "vpc-1", "eu-west-1a", []string{"sg-1"}
			d.Subnets = []snapshot.DBSubnet{{ID: "a", Status: "Active", Zone: "eu-west-1a"}, {ID: "b", Status: "Active", Zone: "eu-west-1b"}}
		}}, more...)...)
	}
	private := func(id string) func(*snapshot.EC2) {
		return func(e *snapshot.EC2) {
			for i := range e.RouteTables {
				if e.RouteTables[i].ID == "rtb-"+id {
					e.RouteTables[i].Routes = e.RouteTables[i].Routes[:1]
				}
			}
		}
	}
	blackhole := func(e *snapshot.EC2) {
		for i := range e.RouteTables {
			e.RouteTables[i].Routes[1].State = "blackhole"
		}
	}
	nat := func(e *snapshot.EC2) {
		for i := range e.RouteTables {
			e.RouteTables[i].Routes[1].Target = "nat-1"
		}
	}
	blocked := func(e *snapshot.EC2) {
		e.Regions[0].BlockPublicAccess = snapshot.Value(snapshot.BlockPublicAccess{Mode: "block-ingress", State: "update-complete"})
	}
	closedACL := func(e *snapshot.EC2) { e.NetworkACLs[0].Entries = e.NetworkACLs[0].Entries[1:] }
	noAnswer := func(e *snapshot.EC2) { e.NetworkACLs[0].Entries = e.NetworkACLs[0].Entries[:1] }
	mainTable := func(e *snapshot.EC2) {
		e.RouteTables[0].Associations = []snapshot.RouteAssociation{{Main: true, State: "associated"}}
		e.RouteTables = e.RouteTables[:1]
	}
	open := dbGroup("sg-1", tcpFrom(5432, "0.0.0.0/0"))
	list := func(a *snapshot.Account) {
		a.EC2.PrefixLists = []snapshot.PrefixList{{Meta: checktest.Meta("", "arn:pl-1"), ID: "pl-1", AddressFamily: "IPv4", Entries: snapshot.Value([]string{"203.0.114.0/24"})}}
	}
	byList := tcpFrom(5432)
	byList.PrefixLists = []string{"pl-1"}
	checktest.Run(t, &DatabaseUnreachable, []checktest.Case{
		{Name: "all links hold", Set: checktest.All(db(true), publicNetwork(), open), Want: checks.FAIL, Reason: "reachable from anywhere, IPv4 in a: internet → igw-1 → rtb-a"},
		{Name: "one public source is enough", Set: checktest.All(db(true), publicNetwork(), dbGroup("sg-1", tcpFrom(5432, "203.0.114.7/32"))), Want: checks.FAIL, Reason: "reachable from 203.0.114.7/32"},
		{Name: "two halves are the world", Set: checktest.All(db(true), publicNetwork(), dbGroup("sg-1", tcpFrom(5432, "0.0.0.0/1", "128.0.0.0/1"))), Want: checks.FAIL, Reason: "anywhere"},
		{Name: "a source in a prefix list", Set: checktest.All(db(true), publicNetwork(), dbGroup("sg-1", byList), list), Want: checks.FAIL, Reason: "203.0.114.0/24"},
		{Name: "not publicly accessible", Set: checktest.All(db(false), publicNetwork(), open), Want: checks.PASS, Reason: "PubliclyAccessible is false"},
		{Name: "not publicly accessible decides alone", Set: checktest.All(db(false), checktest.Denied("ec2:DescribeSecurityGroups"), checktest.Denied("ec2:DescribeRouteTables")), Want: checks.PASS, Reason: "no public address"},
		{Name: "a private source", Set: checktest.All(db(true), publicNetwork(), dbGroup("sg-1", tcpFrom(5432, "10.0.0.0/8"))), Want: checks.PASS, Reason: "sg-1"},
		{Name: "another port", Set: checktest.All(db(true), publicNetwork(), dbGroup("sg-1", tcpFrom(443, "0.0.0.0/0"))), Want: checks.PASS, Reason: "stopped"},
		{Name: "no route", Set: checktest.All(db(true), publicNetwork(private("a"), private("b")), open), Want: checks.PASS, Reason: "rtb-a"},
		{Name: "a blackhole is no route", Set: checktest.All(db(true), publicNetwork(blackhole), open), Want: checks.PASS, Reason: "stopped"},
		{Name: "a NAT gateway is no way in", Set: checktest.All(db(true), publicNetwork(nat), open), Want: checks.PASS, Reason: "stopped"},
		{Name: "VPC Block Public Access", Set: checktest.All(db(true), publicNetwork(blocked), open), Want: checks.PASS, Reason: "stopped"},
		{Name: "an ACL that lets nothing in", Set: checktest.All(db(true), publicNetwork(closedACL), open), Want: checks.PASS, Reason: "acl-1"},
		{Name: "an ACL that lets no answer out", Set: checktest.All(db(true), publicNetwork(noAnswer), open), Want: checks.PASS, Reason: "acl-1"},
		{Name: "the main table counts where none is associated", Set: checktest.All(db(true), publicNetwork(mainTable), open), Want: checks.FAIL, Reason: "rtb-a"},
		{Name: "private where it runs, public where it may move", Set: checktest.All(db(true), publicNetwork(private("a")), open), Want: checks.FAIL, Reason: "a move to another subnet of its group opens the way from anywhere: IPv4 in b"},
		{Name: "the secondary zone is in use too", Set: checktest.All(db(true, func(d *snapshot.DBInstance) { d.SecondaryZone = "eu-west-1b" }), publicNetwork(private("a")), open), Want: checks.FAIL, Reason: "reachable from anywhere, IPv4 in b"},
		{Name: "groups denied", Set: checktest.All(db(true), publicNetwork(), checktest.Denied("ec2:DescribeSecurityGroups")), Want: checks.UNKNOWN, Reason: "denied"},
		{Name: "groups denied, and no route", Set: checktest.All(db(true), publicNetwork(private("a"), private("b")), checktest.Denied("ec2:DescribeSecurityGroups")), Want: checks.PASS, Reason: "stopped"},
		{Name: "tables denied", Set: checktest.All(db(true), publicNetwork(func(e *snapshot.EC2) { e.RouteTables = nil }), open, checktest.Denied("ec2:DescribeRouteTables")), Want: checks.UNKNOWN, Reason: "denied"},
		{Name: "a group of another owner", Set: checktest.All(db(true), publicNetwork()), Want: checks.UNKNOWN, Reason: "sg-1"},
		{Name: "creating", Set: checktest.Instance(snapshot.Database{PubliclyAccessible: true}), Want: checks.UNKNOWN, Reason: "no port"},
		{Name: "no subnet told", Set: checktest.Instance(snapshot.Database{PubliclyAccessible: true, Port: 1}), Want: checks.UNKNOWN, Reason: "no active subnet"},
		{Name: "neptune", Set: checktest.Instance(snapshot.Database{Engine: "neptune", PubliclyAccessible: true}), Want: checks.NotApplicable, Reason: "Neptune"},
		{Name: "an internet access gateway is enough by itself", Set: checktest.All(checktest.Instance(snapshot.Database{Cluster: "cluster"}), checktest.Cluster(snapshot.Database{}, func(c *snapshot.DBCluster) { c.InternetAccessGateway = true })), Want: checks.FAIL, Reason: "internet access gateway"},
		{Name: "clusters denied", Set: checktest.All(checktest.Instance(snapshot.Database{Cluster: "cluster"}), checktest.Denied("rds:DescribeDBClusters")), Want: checks.UNKNOWN, Reason: "denied"},
	})
}

func TestDatabaseWithIPv6(t *testing.T) {
	for dual, want := range map[bool]checks.Status{true: checks.FAIL, false: checks.PASS} {
		a := checktest.Account(&DatabaseUnreachable, checktest.All(publicNetwork(func(e *snapshot.EC2) {
			e.Subnets[0].CIDRs = append(e.Subnets[0].CIDRs, "2600:1f18::/64")
			e.RouteTables[0].Routes = append(e.RouteTables[0].Routes[:1], snapshot.Route{Destination: "::/0", Target: "igw-1", State: "active"})
			in := snapshot.ACLEntry{Number: 101, Action: "allow", Protocol: "-1", CIDR: "::/0"}
			out := in
			out.Egress = true
			e.NetworkACLs[0].Entries = append(e.NetworkACLs[0].Entries, in, out)
		}), dbGroup("sg-1", tcpFrom(5432, "::/0")),
			checktest.Instance(snapshot.Database{Port: 5432, PubliclyAccessible: true, Dual: dual}, func(d *snapshot.DBInstance) {
				d.VPC, d.Zone, d.SecurityGroups, d.Subnets = "vpc-1", "eu-west-1a", []string{"sg-1"}, []snapshot.DBSubnet{{ID: "a", Status: "Active", Zone: "eu-west-1a"}}
			})))
		if f := checktest.Findings(&DatabaseUnreachable, a, nil); len(f) != 1 || f[0].Status != want {
			t.Errorf("dual %v: %+v", dual, f)
		}
	}
}

func TestOptionPortsNotOpen(t *testing.T) {
	in := func(d *snapshot.DBInstance) { d.SecurityGroups = []string{"sg-1"} }
	db := func(status string, options ...snapshot.DBOption) func(*snapshot.Account) {
		return checktest.All(checktest.Instance(snapshot.Database{Engine: "oracle-ee", Port: 1521, OptionGroups: []snapshot.DBMembership{{ID: "o", Status: status}}}, in),
			func(a *snapshot.Account) {
				a.RDS.OptionGroups = []snapshot.DBOptionGroup{{Meta: checktest.Meta("o", "arn:o"), ID: "o", Options: options}}
			})
	}
	oem := snapshot.DBOption{Name: "OEM", Port: 5500, Groups: []string{"sg-oem"}}
	own, oems := dbGroup("sg-1", tcpFrom(1521, "0.0.0.0/0")), dbGroup("sg-oem", tcpFrom(5500, "10.0.0.0/8"))
	byList := tcpFrom(5500)
	byList.PrefixLists = []string{"pl-1"}
	checktest.Run(t, &OptionPortsNotOpen, []checktest.Case{
		{Name: "private; the database's own port is another's to judge", Set: checktest.All(db("in-sync", oem), own, oems), Want: checks.PASS, Reason: "OEM on 5500"},
		{Name: "by the option's group", Set: checktest.All(db("in-sync", oem), own, dbGroup("sg-oem", tcpFrom(5500, "203.0.114.7/32"))), Want: checks.FAIL, Reason: "sg-oem (from 203.0.114.7/32)"},
		{Name: "by the instance's group", Set: checktest.All(db("in-sync", oem), oems, dbGroup("sg-1", tcpFrom(5500, "0.0.0.0/0"))), Want: checks.FAIL, Reason: "OEM on 5500 by sg-1"},
		{Name: "memcached asks nobody", Set: db("in-sync", snapshot.DBOption{Name: "MEMCACHED", Port: 11211}), Want: checks.FAIL, Reason: "MEMCACHED"},
		{Name: "a group that cannot be seen", Set: checktest.All(db("in-sync", oem), own), Want: checks.UNKNOWN, Reason: "sg-oem cannot be seen"},
		{Name: "groups denied", Set: checktest.All(db("in-sync", oem), checktest.Denied("ec2:DescribeSecurityGroups")), Want: checks.UNKNOWN, Reason: "denied"},
		{Name: "a prefix list that was not read", Set: checktest.All(db("in-sync", oem), own, dbGroup("sg-oem", byList)), Want: checks.UNKNOWN, Reason: "prefix list"},
		{Name: "not in force", Set: db("pending-removal", oem), Want: checks.UNKNOWN, Reason: "pending-removal"},
		{Name: "no option with a port", Set: db("in-sync", snapshot.DBOption{Name: "TDE"}), Want: checks.NotApplicable, Reason: "no option"},
		{Name: "no option group", Set: checktest.Instance(snapshot.Database{Engine: "mysql"}), Want: checks.NotApplicable, Reason: "no option"},
		{Name: "deleting", Set: checktest.Instance(snapshot.Database{Status: "deleting"}), Want: checks.NotApplicable, Reason: "deleting"},
	})
	// Two instances share one option group; each has a finding of its own.
	a := checktest.Account(&OptionPortsNotOpen, checktest.All(db("in-sync", oem), own, oems))
	two := a.RDS.Instances[0]
	two.ARN, two.ID = two.ARN+"2", "db2"
	a.RDS.Instances = append(a.RDS.Instances, two)
	if f := checktest.Findings(&OptionPortsNotOpen, a, nil); len(f) != 2 {
		t.Errorf("%d findings", len(f))
	}
}

func TestSubnetGroupPrivateAndSpread(t *testing.T) {
	subnet := func(id, zone string) snapshot.DBSubnet {
		return snapshot.DBSubnet{ID: id, Status: "Active", Zone: zone}
	}
	group := func(subnets ...snapshot.DBSubnet) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			a.RDS.SubnetGroups = []snapshot.DBSubnetGroup{{Meta: checktest.Meta("g", "arn:g"), ID: "g", VPC: "vpc-1", Subnets: subnets}}
		}
	}
	noRoutes := func(e *snapshot.EC2) {
		for i := range e.RouteTables {
			e.RouteTables[i].Routes = e.RouteTables[i].Routes[:1]
		}
	}
	a, b := subnet("a", "eu-west-1a"), subnet("b", "eu-west-1b")
	gone := subnet("a", "eu-west-1a")
	gone.Status = "Inactive"
	outpost := subnet("b", "eu-west-1b")
	outpost.Outpost = "arn:outpost"
	checktest.Run(t, &SubnetGroupPrivateAndSpread, []checktest.Case{
		{Name: "private, in two zones", Set: checktest.All(group(a, b), publicNetwork(noRoutes)), Want: checks.PASS, Reason: "2 active subnets are private and lie in eu-west-1a, eu-west-1b"},
		{Name: "public", Set: checktest.All(group(a, b), publicNetwork()), Want: checks.FAIL, Reason: "public subnets: a → rtb-a → igw-1"},
		{Name: "two subnets in one zone", Set: checktest.All(group(a, subnet("b", "eu-west-1a")), publicNetwork(noRoutes)), Want: checks.FAIL, Reason: "1 of 2 wanted"},
		{Name: "a Local Zone counts for none", Set: checktest.All(group(a, subnet("b", "eu-west-1-lon-1a")), publicNetwork(noRoutes)), Want: checks.FAIL, Reason: "1 of 2 wanted"},
		{Name: "nor does an Outpost", Set: checktest.All(group(a, outpost), publicNetwork(noRoutes)), Want: checks.FAIL, Reason: "1 of 2 wanted"},
		{Name: "a subnet that was deleted behind the group is not counted", Set: checktest.All(group(gone, b), publicNetwork(noRoutes)), Want: checks.FAIL, Reason: "1 of 2 wanted Availability Zones (eu-west-1b)"},
		{Name: "one zone is allowed", Set: checktest.All(group(a), publicNetwork(noRoutes)), Parameters: map[string]any{"min_zones": 1}, Want: checks.PASS, Reason: "1 active"},
		{Name: "tables denied", Set: checktest.All(group(a, b), checktest.Denied("ec2:DescribeRouteTables")), Want: checks.UNKNOWN, Reason: "denied"},
		{Name: "tables of a shared VPC", Set: group(a, b), Want: checks.UNKNOWN, Reason: "no route table"},
		{Name: "no active subnet", Set: group(gone), Want: checks.UNKNOWN, Reason: "no active subnet"},
	})
	if SubnetGroupPrivateAndSpread.Bounds("min_zones", 7) == nil || SubnetGroupPrivateAndSpread.Bounds("min_zones", 3) != nil {
		t.Error("bounds of min_zones")
	}
}
