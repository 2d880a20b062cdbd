package regions

import (
	"strings"
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

type change = func(*snapshot.Account)

func together(list ...change) change {
	return func(a *snapshot.Account) {
		for _, f := range list {
			f(a)
		}
	}
}

func vpcIn(region, id string, isDefault bool, owner string) change {
	return func(a *snapshot.Account) {
		a.EC2.VPCs = append(a.EC2.VPCs, snapshot.VPC{Meta: inRegion(region, "vpc/"+id), ID: id, Default: isDefault, Owner: owner})
	}
}

func failIn(op, region string) change {
	return func(a *snapshot.Account) { checktest.Fail(a, op, region, snapshot.Denied) }
}

func TestNetworkAbsentElsewhere(t *testing.T) {
	const far = "eu-central-1"
	group := func(name, owner string) change {
		return func(a *snapshot.Account) {
			a.EC2.Groups = append(a.EC2.Groups, snapshot.SecurityGroup{Meta: inRegion(far, "security-group/sg-1"), ID: "sg-1", Group: name, Owner: owner})
		}
	}
	card := func(kind string, managed bool, owner string) change {
		return func(a *snapshot.Account) {
			a.EC2.Interfaces = append(a.EC2.Interfaces, snapshot.NetworkInterface{Meta: inRegion(far, "network-interface/eni-1"), ID: "eni-1", Type: kind, RequesterManaged: managed, Owner: owner})
		}
	}
	const own, other = "111122223333", "444455556666"
	net := func(set func(*snapshot.Net)) change { return func(a *snapshot.Account) { set(&a.EC2.Net) } }
	nat := func(state string) change {
		return net(func(n *snapshot.Net) {
			n.NATGateways = []snapshot.NATGateway{{Meta: inRegion(far, "natgateway/nat-1"), ID: "nat-1", State: state}}
		})
	}
	vpn := func(state string) change {
		return net(func(n *snapshot.Net) {
			n.VPNGateways = []snapshot.VPNGateway{{Meta: inRegion(far, "vpn-gateway/vgw-1"), ID: "vgw-1", State: state}}
		})
	}
	transit := func(state, owner string) change {
		return net(func(n *snapshot.Net) {
			n.TransitGateways = []snapshot.TransitGateway{{Meta: inRegion(far, "transit-gateway/tgw-1"), ID: "tgw-1", State: state, Owner: owner}}
		})
	}
	key := func(a *snapshot.Account) {
		m := inRegion(far, "key-pair/ops")
		m.Name = "ops"
		a.EC2.Copies.KeyPairs = []snapshot.KeyPair{{Meta: m, ID: "key-1"}}
	}
	template := func(a *snapshot.Account) {
		a.EC2.LaunchTemplates = []snapshot.LaunchTemplate{{Meta: inRegion(far, "launch-template/lt-1"), ID: "lt-1"}}
	}
	germany := map[string]any{"allowed_regions": []string{far}}
	checktest.RunFor(t, &NetworkAbsentElsewhere, far, []checktest.Case{
		{Name: "no choice", Want: checks.NotApplicable, Reason: "neither residency"},
		{Name: "allowed", Set: vpcIn(far, "vpc-1", false, ""), Parameters: germany, Want: checks.NotApplicable, Reason: "is allowed"},
		{Name: "what AWS makes", Set: together(vpcIn(far, "vpc-1", true, "111122223333"), group("default", "111122223333")), Parameters: onlyIreland, Want: checks.PASS, Reason: "nothing that the customer built"},
		{Name: "a VPC", Set: vpcIn(far, "vpc-1", false, "111122223333"), Parameters: onlyIreland, Want: checks.FAIL, Reason: "1 VPC (vpc-1)"},
		{Name: "a shared VPC is its owner's", Set: vpcIn(far, "vpc-1", false, "444455556666"), Parameters: onlyIreland, Want: checks.PASS, Reason: "nothing that the customer built"},
		{Name: "a group in the default VPC", Set: group("web", "111122223333"), Parameters: onlyIreland, Want: checks.FAIL, Reason: "1 security group (sg-1)"},
		{Name: "an interface shows a service", Set: card("lambda", true, "111122223333"), Parameters: onlyIreland, Want: checks.FAIL, Reason: "network interfaces of type lambda, which a service manages: 1"},
		{Name: "an interface of another account", Set: card("interface", false, "444455556666"), Parameters: onlyIreland, Want: checks.PASS, Reason: "nothing that the customer built"},
		{Name: "a key pair", Set: key, Parameters: onlyIreland, Want: checks.FAIL, Reason: "1 key pair (ops)"},
		{Name: "a launch template", Set: template, Parameters: onlyIreland, Want: checks.FAIL, Reason: "1 launch template (lt-1)"},
		{Name: "a NAT gateway", Set: nat("available"), Parameters: onlyIreland, Want: checks.FAIL, Reason: "1 NAT gateway (nat-1)"},
		{Name: "a deleted NAT gateway stays in the list", Set: nat("deleted"), Parameters: onlyIreland, Want: checks.PASS, Reason: "nothing that the customer built"},
		{Name: "a VPN gateway", Set: vpn("available"), Parameters: onlyIreland, Want: checks.FAIL, Reason: "1 VPN gateway (vgw-1)"},
		{Name: "a deleted VPN gateway", Set: vpn("deleted"), Parameters: onlyIreland, Want: checks.PASS, Reason: "nothing that the customer built"},
		{Name: "a transit gateway", Set: transit("available", own), Parameters: onlyIreland, Want: checks.FAIL, Reason: "1 transit gateway (tgw-1)"},
		{Name: "a transit gateway that another account shares", Set: transit("available", other), Parameters: onlyIreland, Want: checks.PASS, Reason: "nothing that the customer built"},
		{Name: "a deleted transit gateway", Set: transit("deleted", own), Parameters: onlyIreland, Want: checks.PASS, Reason: "nothing that the customer built"},
		{Name: "key pairs unread", Set: failIn("ec2:DescribeKeyPairs", far), Parameters: onlyIreland, Want: checks.UNKNOWN, Reason: "ec2:DescribeKeyPairs"},
		{Name: "transit gateways unread", Set: failIn("ec2:DescribeTransitGateways", far), Parameters: onlyIreland, Want: checks.UNKNOWN, Reason: "ec2:DescribeTransitGateways"},
		{Name: "a closed Region", Set: failIn("ec2:DescribeSecurityGroups", far), Parameters: onlyIreland, Want: checks.UNKNOWN, Reason: "ec2:DescribeSecurityGroups"},
		{Name: "interfaces unread", Set: failIn("ec2:DescribeNetworkInterfaces", far), Parameters: onlyIreland, Want: checks.UNKNOWN, Reason: "ec2:DescribeNetworkInterfaces"},
	})
}

func TestDefaultVPCAbsentElsewhere(t *testing.T) {
	const far = "eu-central-1"
	checktest.RunFor(t, &DefaultVPCAbsentElsewhere, far, []checktest.Case{
		{Name: "no choice", Want: checks.NotApplicable, Reason: "neither residency"},
		{Name: "none", Set: vpcIn(far, "vpc-1", false, ""), Parameters: onlyIreland, Want: checks.PASS, Reason: "no default VPC"},
		{Name: "one", Set: together(vpcIn(far, "vpc-1", true, ""), alone), Parameters: onlyIreland, Want: checks.FAIL, Reason: "1 default VPC (vpc-1)"},
		{Name: "one in an allowed Region", Set: vpcIn("eu-west-1", "vpc-1", true, ""), Parameters: onlyIreland, Want: checks.PASS, Reason: "no default VPC"},
		{Name: "one in an organization", Set: together(vpcIn(far, "vpc-1", true, ""), member()), Parameters: onlyIreland, Want: checks.FAIL, Reason: "1 default VPC (vpc-1)"},
		{Name: "one that a policy makes moot", Set: together(vpcIn(far, "vpc-1", true, ""), member(closed)), Parameters: onlyIreland, Want: checks.NotApplicable, Reason: "1 default VPC (vpc-1)"},
		{Name: "policies do not bind the management account", Set: together(vpcIn(far, "vpc-1", true, ""), manages), Parameters: onlyIreland, Want: checks.FAIL, Reason: "1 default VPC (vpc-1)"},
		{Name: "the policies are denied to a member", Set: together(vpcIn(far, "vpc-1", true, ""), pathDenied), Parameters: onlyIreland, Want: checks.UNKNOWN, Reason: "whether a service control policy closes the Region was not read"},
		{Name: "none, and the policies are denied", Set: together(vpcIn(far, "vpc-1", false, ""), pathDenied), Parameters: onlyIreland, Want: checks.PASS, Reason: "no default VPC"},
		{Name: "unread", Set: failIn("ec2:DescribeVpcs", far), Parameters: onlyIreland, Want: checks.UNKNOWN, Reason: "ec2:DescribeVpcs"},
	})
}

func TestSecondRegionPrepared(t *testing.T) {
	two := map[string]any{"allowed_regions": []string{"eu-west-1", "eu-central-1"}}
	near, far := vpcIn("eu-west-1", "vpc-1", false, "111122223333"), vpcIn("eu-central-1", "vpc-2", false, "111122223333")
	third := func(a *snapshot.Account) {
		listed, _ := a.Regions.Get()
		a.Regions = snapshot.Value(append(listed, snapshot.Region{Name: "us-east-1", Status: "ENABLED_BY_DEFAULT"}))
	}
	checktest.Run(t, &SecondRegionPrepared, []checktest.Case{
		{Name: "one Region alone is allowed", Set: near, Parameters: onlyIreland, Want: checks.NotApplicable, Reason: "one Region alone"},
		{Name: "two", Set: together(near, far), Parameters: two, Want: checks.PASS, Reason: "2 Regions hold a VPC of the customer's: eu-west-1, eu-central-1"},
		{Name: "two, and none is declared", Set: together(near, far), Want: checks.PASS, Reason: "2 Regions"},
		{Name: "default VPCs prepare nothing", Set: together(near, vpcIn("eu-central-1", "vpc-2", true, "")), Parameters: two, Want: checks.FAIL, Reason: "1 of 2 wanted Regions"},
		{Name: "a shared VPC prepares nothing", Set: together(near, vpcIn("eu-central-1", "vpc-2", false, "444455556666")), Parameters: two, Want: checks.FAIL, Reason: "1 of 2"},
		{Name: "one that is not allowed does not count", Set: together(near, far), Parameters: map[string]any{"allowed_regions": []string{"eu-west-1", "eu-north-1"}}, Want: checks.FAIL, Reason: "1 of 2"},
		{Name: "none", Parameters: two, Want: checks.FAIL, Reason: "no Region that counts"},
		{Name: "fewer are wanted", Set: near, Parameters: map[string]any{"min_regions": 1}, Want: checks.PASS, Reason: "1 Regions"},
		{Name: "unread, and it may be the second", Set: together(near, failIn("ec2:DescribeVpcs", "eu-central-1")), Parameters: two, Want: checks.UNKNOWN, Reason: "ec2:DescribeVpcs"},
		{Name: "a pass is a pass", Set: together(near, far, third), Want: checks.PASS, Reason: "2 Regions"},
		{Name: "a Region was left out", Set: together(near, third), Want: checks.UNKNOWN, Reason: "ec2:DescribeVpcs"},
	})
}

func TestSnapshotsNotCopiedOut(t *testing.T) {
	snap := func(region, from, kind string) change {
		return func(a *snapshot.Account) {
			m := checktest.Meta("s", "arn:aws:rds:"+region+":111122223333:snapshot:s")
			m.Region = region
			a.RDS.Snapshots = append(a.RDS.Snapshots, snapshot.DBSnapshot{Meta: m, ID: "s", From: from, Type: kind})
		}
	}
	const far = "eu-central-1"
	checktest.Run(t, &SnapshotsNotCopiedOut, []checktest.Case{
		{Name: "no choice", Set: snap(far, "eu-west-1", "manual"), Want: checks.NotApplicable, Reason: "neither residency"},
		{Name: "allowed", Set: snap("eu-west-1", far, "manual"), Parameters: onlyIreland, Want: checks.NotApplicable, Reason: "is allowed"},
		{Name: "copied out", Set: snap(far, "eu-west-1", "manual"), Parameters: onlyIreland, Want: checks.FAIL, Reason: "copied from eu-west-1 to eu-central-1"},
		{Name: "copied out by AWS Backup", Set: snap(far, "eu-west-1", "awsbackup"), Parameters: onlyIreland, Want: checks.FAIL, Reason: "copied by AWS Backup from eu-west-1"},
		{Name: "its own Region is no copy", Set: snap(far, far, "manual"), Parameters: onlyIreland, Want: checks.PASS, Reason: "was made there"},
		{Name: "nothing tells of a copy", Set: snap(far, "", "automated"), Parameters: onlyIreland, Want: checks.PASS, Reason: "was made there"},
		{Name: "from a Region that is not allowed either", Set: snap(far, "us-east-1", "manual"), Parameters: onlyIreland, Want: checks.PASS, Reason: "not allowed either"},
		{Name: "unread", Set: failIn("rds:DescribeDBClusterSnapshots", far), Parameters: onlyIreland, Want: checks.UNKNOWN, Reason: "rds:DescribeDBClusterSnapshots"},
	})
}

func TestOptInRegionsUsed(t *testing.T) {
	const far = "eu-central-1"
	opted := func(status string) change {
		return func(a *snapshot.Account) {
			a.Regions = snapshot.Value([]snapshot.Region{{Name: "eu-west-1", Status: "ENABLED_BY_DEFAULT"}, {Name: far, Status: status}})
		}
	}
	bucket := func(a *snapshot.Account) {
		m := checktest.Meta("b", "arn:aws:s3:::b")
		m.Region = far
		a.S3.Buckets = []snapshot.Bucket{{Meta: m}}
	}
	vault := func(points int64, kind string) change {
		return func(a *snapshot.Account) {
			m := checktest.Meta("v", "arn:aws:backup:"+far+":111122223333:backup-vault:v")
			m.Region = far
			a.Backup.Vaults = []snapshot.BackupVault{{Meta: m, Points: points, Type: kind}}
		}
	}
	checktest.RunFor(t, &OptInRegionsUsed, far, []checktest.Case{
		{Name: "by default", Set: opted("ENABLED_BY_DEFAULT"), Want: checks.NotApplicable, Reason: "ENABLED_BY_DEFAULT"},
		{Name: "on its way out", Set: opted("DISABLING"), Want: checks.NotApplicable, Reason: "DISABLING"},
		{Name: "kept", Set: opted("ENABLED"), Parameters: map[string]any{"keep_regions": []string{far}}, Want: checks.NotApplicable, Reason: "keep_regions"},
		{Name: "empty", Set: opted("ENABLED"), Want: checks.FAIL, Reason: "of other services nothing is read"},
		{Name: "empty, in EC2's words", Set: opted("opted-in"), Want: checks.FAIL, Reason: "opted in"},
		{Name: "a default VPC is no use", Set: together(opted("ENABLED"), vpcIn(far, "vpc-1", true, "")), Want: checks.FAIL, Reason: "nothing of EC2"},
		{Name: "a vault with recovery points", Set: together(opted("ENABLED"), vault(3, "BACKUP_VAULT")), Want: checks.PASS, Reason: "1 used backup vault (v)"},
		{Name: "AWS makes empty vaults by itself", Set: together(opted("ENABLED"), vault(0, "BACKUP_VAULT")), Want: checks.FAIL, Reason: "nothing of EC2"},
		{Name: "vaults unread", Set: together(opted("ENABLED"), failIn("backup:ListBackupVaults", far)), Want: checks.UNKNOWN, Reason: "backup:ListBackupVaults"},
		{Name: "a VPC", Set: together(opted("ENABLED"), vpcIn(far, "vpc-1", false, "")), Want: checks.PASS, Reason: "1 VPC (vpc-1)"},
		{Name: "a bucket", Set: together(opted("ENABLED"), bucket), Want: checks.PASS, Reason: "1 bucket (b)"},
		{Name: "unread", Set: together(opted("ENABLED"), failIn("rds:DescribeDBInstances", far)), Want: checks.UNKNOWN, Reason: "rds:DescribeDBInstances"},
	})
}

func TestRegionCoverageComplete(t *testing.T) {
	const far = "eu-central-1"
	region := func(r snapshot.Region) change {
		return func(a *snapshot.Account) {
			listed, _ := a.Regions.Get()
			a.Regions = snapshot.Value(append(listed, r))
		}
	}
	forget := func(a *snapshot.Account) {
		a.Coverage = append(a.Coverage[:0:0], a.Coverage...)
		for i := range a.Coverage {
			if c := &a.Coverage[i]; c.Operation == "ec2:DescribeImages" && c.Region == far {
				c.Status = snapshot.Throttled
			}
		}
	}
	for _, tt := range []struct {
		name   string
		set    change
		region string
		want   checks.Status
		reason string
	}{
		{"all was read", nil, far, checks.PASS, "all 10 lists"},
		{"one was denied", failIn("rds:DescribeDBClusters", far), far, checks.UNKNOWN, "not all of eu-central-1 was read: rds:DescribeDBClusters"},
		{"vaults denied", failIn("backup:ListBackupVaults", far), far, checks.UNKNOWN, "backup:ListBackupVaults"},
		{"keys denied", failIn("kms:ListKeys", far), far, checks.UNKNOWN, "kms:ListKeys"},
		{"throttled to the end is not read", forget, far, checks.UNKNOWN, "ec2:DescribeImages"},
		{"another Region's fault", failIn("rds:DescribeDBClusters", "eu-west-1"), far, checks.PASS, "all 10 lists"},
		{"left out", region(snapshot.Region{Name: "us-east-1", Status: "ENABLED_BY_DEFAULT"}), "us-east-1", checks.UNKNOWN, "left out of the scan"},
		{"newer than the tables", region(snapshot.Region{Name: "xx-new-1", Status: "ENABLED"}), "xx-new-1", checks.UNKNOWN, "left out of the scan"},
		{"disabled proves nothing", region(snapshot.Region{Name: "af-south-1", Status: "DISABLED"}), "af-south-1", checks.NotApplicable, "not proven either way"},
		{"no list of Regions", func(a *snapshot.Account) {
			a.Regions = snapshot.Missing[[]snapshot.Region](checktest.Unread("account:ListRegions", snapshot.Denied))
		}, "", checks.UNKNOWN, "account:ListRegions"},
	} {
		found := checktest.Findings(&RegionCoverageComplete, checktest.Account(&RegionCoverageComplete, tt.set), nil)
		seen := false
		for _, f := range found {
			if f.Resource.Name != tt.region {
				continue
			}
			seen = true
			if f.Status != tt.want || !strings.Contains(f.Reason, tt.reason) {
				t.Errorf("%s: %s %q, want %s with %q", tt.name, f.Status, f.Reason, tt.want, tt.reason)
			}
		}
		if !seen {
			t.Errorf("%s: nothing about %q: %+v", tt.name, tt.region, found)
		}
	}
}
