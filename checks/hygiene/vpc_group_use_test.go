package hygiene

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

func TestGroupInUse(t *testing.T) {
	own := checktest.At.Account
	idle := securityGroup(func(g *snapshot.SecurityGroup) { g.Group, g.VPC = "web", "vpc-1" })
	carrier := func(a *snapshot.Account) {
		a.EC2.Interfaces = []snapshot.NetworkInterface{{Meta: checktest.EC2Meta("network-interface/eni-1"), ID: "eni-1", Groups: []string{"sg-1"}}}
	}
	other := func(id string, pairs ...string) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			g := snapshot.SecurityGroup{Meta: checktest.EC2Meta("security-group/" + id), ID: id, Group: "default", Owner: own}
			for _, p := range pairs {
				g.Ingress = append(g.Ingress, snapshot.Rule{Protocol: "tcp", Groups: []string{p}, Pairs: []snapshot.GroupPair{{Group: p, Account: own}}})
			}
			a.EC2.Groups = append(a.EC2.Groups, g)
		}
	}
	template := func(def int64, versions ...[]string) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			var list []snapshot.TemplateVersion
			for i, groups := range versions {
				list = append(list, snapshot.TemplateVersion{Number: int64(i + 1), LaunchSpec: snapshot.LaunchSpec{Groups: groups}})
			}
			a.EC2.LaunchTemplates = []snapshot.LaunchTemplate{{Meta: checktest.Meta("fleet", "arn/lt-1"), ID: "lt-1", Default: def, Latest: int64(len(list)), Versions: snapshot.Value(list)}}
		}
	}
	vpc := func(def bool) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			a.EC2.VPCs = []snapshot.VPC{{Meta: checktest.EC2Meta("vpc/vpc-1"), ID: "vpc-1", Owner: own, Default: def}}
		}
	}
	configuration := func(groups ...string) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			a.Scaling.Configurations = []snapshot.LaunchConfiguration{{Meta: checktest.Meta("old", "arn:lc"), Spec: snapshot.LaunchSpec{Groups: groups}}}
		}
	}
	scaled := func(version string) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			a.Scaling.Groups = []snapshot.ScalingGroup{{Meta: checktest.Meta("asg", "arn:asg"), Templates: []snapshot.TemplateRef{{ID: "lt-1", Version: version}}}}
		}
	}
	associated := func(owner, state string) func(*snapshot.Account) {
		return checktest.Net(func(n *snapshot.Net) *[]snapshot.GroupAssociation { return &n.GroupAssociations },
			snapshot.GroupAssociation{Meta: checktest.EC2Meta("association"), Group: "sg-1", VPC: "vpc-2", VPCOwner: owner, State: state})
	}
	strict := map[string]any{"references_count_as_use": false}
	checktest.Run(t, &GroupInUse, []checktest.Case{
		{Name: "carried", Set: checktest.All(idle, carrier), Want: checks.PASS, Reason: "carried by 1 interface"},
		{Name: "nothing", Set: idle, Want: checks.FAIL, Reason: "no interface carries the group"},
		{Name: "only itself refers to it", Set: securityGroup(func(g *snapshot.SecurityGroup) {
			g.Ingress = []snapshot.Rule{{Protocol: "tcp", Pairs: []snapshot.GroupPair{{Group: "sg-1", Account: own}}}}
		}), Want: checks.FAIL, Reason: "no rule of another group"},
		{Name: "in a launch configuration", Set: checktest.All(idle, configuration("sg-1")), Want: checks.PASS, Reason: "named by launch configuration old"},
		{Name: "in the default version, by the name of a group of the default VPC", Set: checktest.All(idle, vpc(true), template(1, []string{"web"}, nil)), Want: checks.PASS, Reason: "named by launch template fleet version 1"},
		{Name: "by the name of a group of another VPC", Set: checktest.All(idle, vpc(false), template(1, []string{"web"}, nil), configuration("web")), Want: checks.FAIL, Reason: "nothing would launch"},
		{Name: "by name, and the VPCs are unread", Set: checktest.All(idle, vpc(true), configuration("web"), checktest.Denied("ec2:DescribeVpcs"), func(a *snapshot.Account) { a.EC2.VPCs = nil }), Want: checks.UNKNOWN, Reason: "whether launch configuration old means this group"},
		{Name: "in the latest version", Set: checktest.All(idle, template(1, nil, []string{"sg-1"})), Want: checks.PASS, Reason: "version 2"},
		{Name: "in a version that nothing uses", Set: checktest.All(idle, template(3, []string{"sg-1"}, nil, nil)), Want: checks.FAIL, Reason: "nothing would launch with it"},
		{Name: "in a version that nothing is known to use", Set: checktest.All(idle, template(3, []string{"sg-1"}, nil, nil), checktest.Denied("ec2:DescribeInstances")), Want: checks.UNKNOWN, Reason: "whether anything uses launch template fleet version 1"},
		{Name: "in a version that an Auto Scaling group uses", Set: checktest.All(idle, template(3, []string{"sg-1"}, nil, nil), scaled("1")), Want: checks.PASS, Reason: "version 1"},
		{Name: "versions unread", Set: checktest.All(idle, template(1, nil), func(a *snapshot.Account) {
			a.EC2.LaunchTemplates[0].Versions = snapshot.Missing[[]snapshot.TemplateVersion](&snapshot.Unread{Operation: "ec2:DescribeLaunchTemplateVersions", Cause: snapshot.Denied})
		}), Want: checks.UNKNOWN, Reason: "DescribeLaunchTemplateVersions"},
		{Name: "associated with an own VPC", Set: checktest.All(idle, associated(own, "associated")), Want: checks.PASS, Reason: "associated with vpc-2"},
		{Name: "associated across accounts is not seen", Set: checktest.All(idle, associated("444455556666", "associated")), Want: checks.UNKNOWN, Reason: "account 444455556666"},
		{Name: "no longer associated", Set: checktest.All(idle, associated(own, "disassociated")), Want: checks.FAIL, Reason: "no interface"},
		{Name: "associated with a VPC of nobody knows whom", Set: checktest.All(idle, associated("", "associated")), Want: checks.UNKNOWN, Reason: "does not say whose"},
		{Name: "an association that could not be ended", Set: checktest.All(idle, associated(own, "disassociation-failed")), Want: checks.PASS, Reason: "associated with vpc-2"},
		{Name: "an association that failed", Set: checktest.All(idle, associated(own, "association-failed")), Want: checks.FAIL, Reason: "no other VPC"},
		{Name: "interfaces unread", Set: checktest.All(idle, checktest.Denied("ec2:DescribeNetworkInterfaces")), Want: checks.UNKNOWN, Reason: "DescribeNetworkInterfaces"},
		{Name: "templates unread", Set: checktest.All(idle, checktest.Denied("ec2:DescribeLaunchTemplates")), Want: checks.UNKNOWN, Reason: "DescribeLaunchTemplates"},
		{Name: "configurations unread", Set: checktest.All(idle, checktest.Denied("autoscaling:DescribeLaunchConfigurations")), Want: checks.UNKNOWN, Reason: "DescribeLaunchConfigurations"},
		{Name: "associations unread", Set: checktest.All(idle, checktest.Denied("ec2:DescribeSecurityGroupVpcAssociations")), Want: checks.UNKNOWN, Reason: "DescribeSecurityGroupVpcAssociations"},
		{Name: "unread, and carried", Set: checktest.All(idle, carrier, checktest.Denied("ec2:DescribeLaunchTemplates")), Want: checks.PASS, Reason: "carried"},
		{Name: "the default group", Set: securityGroup(func(g *snapshot.SecurityGroup) { g.Group = "default" }), Want: checks.NotApplicable, Reason: "default group"},
		{Name: "another account's", Set: securityGroup(func(g *snapshot.SecurityGroup) { g.Owner = "444455556666" }), Want: checks.NotApplicable, Reason: "444455556666"},
	})
	// Two that refer to each other keep each other alive, unless references are no use.
	pair := checktest.All(securityGroup(func(g *snapshot.SecurityGroup) {
		g.Group = "web"
		g.Ingress = []snapshot.Rule{{Protocol: "tcp", Pairs: []snapshot.GroupPair{{Group: "sg-2", Account: own}}}}
	}), other("sg-2", "sg-1"), func(a *snapshot.Account) { a.EC2.Groups[1].Group = "app" })
	for parameters, want := range map[*map[string]any]checks.Status{{}: checks.PASS, &strict: checks.FAIL} {
		for _, f := range checktest.Findings(&GroupInUse, checktest.Account(&GroupInUse, pair), *parameters) {
			if f.Status != want {
				t.Errorf("with %v %s is %s (%s), want %s", *parameters, f.Resource.ID, f.Status, f.Reason, want)
			}
		}
	}
}
