package access

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

// onTheInternet puts the instance of holding behind an internet gateway, with a group that opens
// 443 to everybody.
func onTheInternet(a *snapshot.Account) {
	m := func(id string) snapshot.Meta { return checktest.Meta(id, "arn/"+id) }
	i := &a.EC2.Instances[0]
	i.Interfaces = []snapshot.InstanceInterface{{ID: "eni-1", Type: "interface", Status: "attached"}}
	i.Metadata = snapshot.Value(snapshot.MetadataOptions{HTTPEndpoint: "enabled", HTTPTokens: "required", State: "applied"})
	e := &a.EC2
	e.Regions = []snapshot.RegionSettings{{Meta: m("r"), BlockPublicAccess: snapshot.Value(snapshot.BlockPublicAccess{Mode: "off"})}}
	e.Interfaces = []snapshot.NetworkInterface{{Meta: m("eni-1"), ID: "eni-1", Instance: "i-1", VPC: "vpc-1", Subnet: "subnet-1", Groups: []string{"sg-1"}, Private: []string{"10.0.0.4"}, Public: []string{"198.51.100.7"}}}
	e.Subnets = []snapshot.Subnet{{Meta: m("subnet-1"), ID: "subnet-1", VPC: "vpc-1", Owner: checktest.At.Account, CIDRs: []string{"10.0.0.0/24"}}}
	e.InternetGateways = []snapshot.InternetGateway{{Meta: m("igw-1"), ID: "igw-1", Attachments: []snapshot.GatewayAttachment{{VPC: "vpc-1", State: "available"}}}}
	e.RouteTables = []snapshot.RouteTable{{Meta: m("rtb-1"), ID: "rtb-1", VPC: "vpc-1", Associations: []snapshot.RouteAssociation{{Main: true, State: "associated"}},
		Routes: []snapshot.Route{{Destination: "0.0.0.0/0", Target: "igw-1", State: "active"}}}}
	e.NetworkACLs = []snapshot.NetworkACL{{Meta: m("acl-1"), ID: "acl-1", VPC: "vpc-1", Subnets: []string{"subnet-1"}, Entries: []snapshot.ACLEntry{
		{Number: 100, Action: "allow", Protocol: "-1", CIDR: "0.0.0.0/0"}, {Number: 100, Egress: true, Action: "allow", Protocol: "-1", CIDR: "0.0.0.0/0"}}}}
	e.Groups = []snapshot.SecurityGroup{{Meta: m("sg-1"), ID: "sg-1", VPC: "vpc-1", Ingress: []snapshot.Rule{{Protocol: "tcp", FromPort: new(int32(443)), ToPort: new(int32(443)), CIDRs: []string{"0.0.0.0/0"}}}}}
}

func groupClosed(a *snapshot.Account) { a.EC2.Groups[0].Ingress = nil }
func noAddress(a *snapshot.Account)   { a.EC2.Interfaces[0].Public = nil }
func noRoute(a *snapshot.Account)     { a.EC2.RouteTables[0].Routes = nil }
func noProfile(a *snapshot.Account)   { a.EC2.Instances[0].Profile = "" }
func groupUnread(a *snapshot.Account) { a.EC2.Groups = nil; failing("ec2:DescribeSecurityGroups")(a) }

func overIPv6(a *snapshot.Account) {
	noAddress(a)
	a.EC2.Interfaces[0].IPv6 = []string{"2600:1f18::7"}
	a.EC2.RouteTables[0].Routes = append(a.EC2.RouteTables[0].Routes, snapshot.Route{Destination: "::/0", Target: "igw-1", State: "active"})
	a.EC2.Groups[0].Ingress[0].CIDRs = []string{"::/0"}
	for i := range 2 {
		e := a.EC2.NetworkACLs[0].Entries[i]
		e.CIDR = "::/0"
		e.Number = 101
		a.EC2.NetworkACLs[0].Entries = append(a.EC2.NetworkACLs[0].Entries, e)
	}
}

func TestInstanceInternetFacingWithoutRole(t *testing.T) {
	set := func(changes ...func(*snapshot.Account)) func(*snapshot.Account) {
		return then(append([]func(*snapshot.Account){holding(), onTheInternet}, changes...)...)
	}
	checktest.Run(t, &InstanceInternetFacingWithoutRole, []checktest.Case{
		{Name: "reachable on 443, with a profile", Set: set(), Want: checks.FAIL, Reason: "least privilege settles it", Observed: map[string]string{"IamInstanceProfile": heldProfile}},
		{Name: "reachable, without a profile", Set: set(noProfile), Want: checks.PASS, Reason: "no instance profile"},
		{Name: "a public address alone is no exposure", Set: set(groupClosed), Want: checks.PASS, Reason: "does not reach it"},
		{Name: "no route", Set: set(noRoute), Want: checks.PASS},
		{Name: "no address", Set: set(noAddress), Want: checks.PASS},
		{Name: "over IPv6", Set: set(overIPv6), Want: checks.FAIL, Reason: "IPv6"},
		{Name: "groups are not read", Set: set(groupUnread), Want: checks.UNKNOWN, Reason: "denied"},
		{Name: "groups are not read, and there is no route", Set: set(groupUnread, noRoute), Want: checks.PASS},
		{Name: "groups are not read, and there is no profile", Set: set(groupUnread, noProfile), Want: checks.PASS},
		{Name: "an answer without a VPC", Set: holding(), Want: checks.UNKNOWN},
	})
}

func TestInstanceReachableWithoutPrivilegedRole(t *testing.T) {
	set := func(statement string, changes ...func(*snapshot.Account)) func(*snapshot.Account) {
		statements := []string{}
		if statement != "" {
			statements = append(statements, statement)
		}
		return then(append([]func(*snapshot.Account){holding(statements...), onTheInternet}, changes...)...)
	}
	admin, escalates := grants("*", "*"), grants("iam:PassRole ec2:RunInstances", "*")
	optional := func(a *snapshot.Account) {
		a.EC2.Instances[0].Metadata = snapshot.Value(snapshot.MetadataOptions{HTTPEndpoint: "enabled", HTTPTokens: "optional", State: "applied"})
	}
	off := func(a *snapshot.Account) {
		a.EC2.Instances[0].Metadata = snapshot.Value(snapshot.MetadataOptions{HTTPEndpoint: "disabled", HTTPTokens: "optional"})
	}
	untold := func(a *snapshot.Account) {
		a.EC2.Instances[0].Metadata = snapshot.Missing[snapshot.MetadataOptions](checktest.Unread("ec2:DescribeInstances", snapshot.Malformed))
	}
	rolesUnread := then(globalFailing("iam:GetAccountAuthorizationDetails"), func(a *snapshot.Account) { a.IAM.Roles = nil })
	checktest.Run(t, &InstanceReachableWithoutPrivilegedRole, []checktest.Case{
		{Name: "reachable on 443 alone, with a role that administers", Set: set(admin), Want: checks.FAIL, Reason: "role web-role may"},
		{Name: "reachable, with a role that raises its rights", Set: set(escalates), Want: checks.FAIL, Reason: "iam:PassRole with ec2:RunInstances"},
		{Name: "reachable, with a harmless role, and tokens optional", Set: set("", optional), Want: checks.FAIL, Reason: "HttpTokens is optional"},
		{Name: "reachable, with a harmless role, and tokens required", Set: set(grants("s3:GetObject", "arn:aws:s3:::app/*")), Want: checks.PASS, Reason: "no hold on the account"},
		{Name: "reachable, with a harmless role, and no metadata", Set: set("", off), Want: checks.PASS},
		{Name: "not reachable, with a role that administers", Set: set(admin, groupClosed), Want: checks.PASS, Reason: "does not reach it"},
		{Name: "no profile", Set: set(admin, optional, noProfile), Want: checks.PASS, Reason: "no instance profile"},
		{Name: "a profile without a role gives no credentials", Set: set(admin, optional, func(a *snapshot.Account) { a.IAM.InstanceProfiles[0].Roles = nil }), Want: checks.PASS, Reason: "holds no role"},
		{Name: "a role that administers, cut by a boundary", Set: set(admin, bounded(grants("s3:*", "*"))), Want: checks.PASS},
		{Name: "a role that administers, and denies", Set: set(admin, managed("arn:aws:iam::111122223333:policy/no", denies("*", "*"))), Want: checks.PASS},
		{Name: "the profile's path is part of its name", Set: set(admin), Want: checks.FAIL, Observed: map[string]string{"IamInstanceProfile": heldProfile}},
		{Name: "reachable, and the role is not read", Set: set("", rolesUnread), Want: checks.UNKNOWN, Reason: "whether a break-in is worth it was not read"},
		{Name: "reachable, and metadata is not told", Set: set("", untold), Want: checks.UNKNOWN},
		{Name: "nobody knows whether it is reachable, and the role administers", Set: set(admin, groupUnread), Want: checks.UNKNOWN, Reason: "if it can be reached"},
		{Name: "nobody knows whether it is reachable, and the role is harmless", Set: set("", groupUnread), Want: checks.PASS},
		{Name: "not reachable, and the role is not read", Set: set("", groupClosed, rolesUnread), Want: checks.PASS},
	})
}

func TestInstanceProfileAttached(t *testing.T) {
	only := map[string]any{"public_only": true}
	setting := func(v snapshot.SettingValue) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			a.SSM.Settings = []snapshot.ServiceSetting{{Meta: checktest.Meta("", "arn"), ID: snapshot.DefaultHostManagement, Value: snapshot.Value(v)}}
		}
	}
	without := then(holding(), onTheInternet, noProfile)
	checktest.Run(t, &InstanceProfileAttached, []checktest.Case{
		{Name: "a profile", Set: holding(), Want: checks.PASS, Reason: heldProfile},
		{Name: "none", Set: without, Want: checks.FAIL, Reason: "IamInstanceProfile is absent", Observed: map[string]string{"Default Host Management": "not read"}},
		{Name: "none, and no default host management", Set: then(without, setting(snapshot.SettingValue{Value: "$None", Status: "Default"})), Want: checks.FAIL, Observed: map[string]string{"Default Host Management": "off"}},
		{Name: "default host management does not pass", Set: then(without, setting(snapshot.SettingValue{Value: "AWSSystemsManagerDefaultEC2InstanceManagementRole", Status: "Customized"})), Want: checks.FAIL, Reason: "to the SSM agent alone"},
		{Name: "only public ones, and it is", Set: without, Parameters: only, Want: checks.FAIL},
		{Name: "only public ones, and it is by IPv6", Set: then(without, overIPv6), Parameters: only, Want: checks.FAIL},
		{Name: "only public ones, by a second interface", Set: then(without, noAddress, func(a *snapshot.Account) {
			n := a.EC2.Interfaces[0]
			n.ID, n.Public = "eni-2", []string{"198.51.100.8"}
			a.EC2.Interfaces = append(a.EC2.Interfaces, n)
		}), Parameters: only, Want: checks.FAIL},
		{Name: "only public ones, and it is not", Set: then(without, noAddress), Parameters: only, Want: checks.NotApplicable, Reason: "no public address"},
		{Name: "only public ones, and interfaces are not read", Set: then(without, noAddress, failing("ec2:DescribeNetworkInterfaces")), Parameters: only, Want: checks.UNKNOWN, Reason: "denied"},
	})
}

func TestInstanceProfileEffective(t *testing.T) {
	trusting := func(services string) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			a.IAM.Roles[0].Trust = snapshot.Value(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":` + services + `},"Action":"sts:AssumeRole"}]}`)
		}
	}
	good := then(holding(grants("s3:GetObject", "*")), trusting(`"ec2.amazonaws.com"`))
	web := map[string]any{"tier_tag_key": "tier", "tier_tag_values": []string{"web"}}
	tagged := func(a *snapshot.Account) { a.EC2.Instances[0].Tags = map[string]string{"tier": "web"} }
	checktest.Run(t, &InstanceProfileEffective, []checktest.Case{
		{Name: "a role that trusts EC2 and has a policy", Set: good, Want: checks.PASS, Reason: "trusts EC2, policies: 1"},
		{Name: "a list of services", Set: then(good, trusting(`["ssm.amazonaws.com","ec2.amazonaws.com"]`)), Want: checks.PASS},
		{Name: "the domain of China", Set: then(good, trusting(`"ec2.amazonaws.com.cn"`)), Want: checks.PASS},
		{Name: "another service", Set: then(good, trusting(`"ecs-tasks.amazonaws.com"`)), Want: checks.FAIL, Reason: "ecs-tasks.amazonaws.com"},
		{Name: "no policy", Set: then(holding(), trusting(`"ec2.amazonaws.com"`)), Want: checks.FAIL, Reason: "neither an inline nor an attached policy"},
		{Name: "a boundary is no policy", Set: then(holding(), trusting(`"ec2.amazonaws.com"`), bounded(grants("*", "*"))), Want: checks.FAIL},
		{Name: "an attached policy", Set: then(holding(), trusting(`"ec2.amazonaws.com"`), managed("arn:aws:iam::aws:policy/x")), Want: checks.PASS},
		{Name: "a profile that is gone", Set: then(good, func(a *snapshot.Account) { a.IAM.InstanceProfiles = nil }), Want: checks.FAIL, Reason: "none of the account's instance profiles"},
		{Name: "a profile that was made again", Set: then(good, func(a *snapshot.Account) { a.IAM.InstanceProfiles[0].ID = "AIPA2" }), Want: checks.FAIL, Reason: "AIPA2"},
		{Name: "a profile without a role", Set: then(good, func(a *snapshot.Account) { a.IAM.InstanceProfiles[0].Roles = nil }), Want: checks.FAIL, Reason: "holds no role"},
		{Name: "a role that is gone", Set: then(good, func(a *snapshot.Account) { a.IAM.Roles = nil }), Want: checks.FAIL, Reason: "none of the account's roles"},
		{Name: "no profile", Set: then(good, noProfile), Want: checks.NotApplicable},
		{Name: "an instance of another tier", Set: good, Parameters: web, Want: checks.NotApplicable, Reason: "tier_tag_values"},
		{Name: "an instance of the tier", Set: then(good, tagged), Parameters: web, Want: checks.PASS},
		{Name: "profiles are not read", Set: then(good, globalFailing("iam:ListInstanceProfiles"), func(a *snapshot.Account) { a.IAM.InstanceProfiles = nil }), Want: checks.UNKNOWN, Reason: "denied"},
		{Name: "roles are not read", Set: then(good, globalFailing("iam:GetAccountAuthorizationDetails"), func(a *snapshot.Account) { a.IAM.Roles = nil }), Want: checks.UNKNOWN, Reason: "denied"},
		{Name: "a trust policy that cannot be understood", Set: then(good, func(a *snapshot.Account) { a.IAM.Roles[0].Trust = snapshot.Value("{") }), Want: checks.UNKNOWN},
	})
}

func TestInstanceMetadataTagsNotExposed(t *testing.T) {
	of := func(endpoint, tags string) func(*snapshot.Account) {
		return then(holding(), func(a *snapshot.Account) {
			a.EC2.Instances[0].Metadata = snapshot.Value(snapshot.MetadataOptions{HTTPEndpoint: endpoint, InstanceTags: tags})
		})
	}
	checktest.Run(t, &InstanceMetadataTagsNotExposed, []checktest.Case{
		{Name: "disabled", Set: of("enabled", "disabled"), Want: checks.PASS, Reason: "is disabled"},
		{Name: "absent means disabled", Set: of("enabled", ""), Want: checks.PASS, Reason: "absent"},
		{Name: "enabled", Set: of("enabled", "enabled"), Want: checks.FAIL, Reason: "is enabled"},
		{Name: "no metadata at all", Set: of("disabled", "enabled"), Want: checks.PASS, Reason: "HttpEndpoint is disabled"},
		{Name: "not told", Set: holding(), Want: checks.UNKNOWN},
	})
}
