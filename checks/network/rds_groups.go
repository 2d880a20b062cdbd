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

// DatabaseGroupsNotOpen passes when the security groups of a database, each alone and all
// together, open neither its port nor that of an option to the internet. Whether a way leads
// there is not asked: a route or a switch that is changed later opens it.
// Source: RDS DescribeDBInstances and DescribeDBClusters, VpcSecurityGroups and Endpoint.Port;
// DescribeOptionGroups, Port; EC2 DescribeSecurityGroups.
var DatabaseGroupsNotOpen = checks.Check{
	ID:          "rds-security-group-not-open-to-world",
	Title:       "Security groups attached to databases admit no unlimited source on the database port",
	Severity:    checks.High,
	Category:    checks.Network,
	Duty:        checks.NetworkFirewall,
	ServiceKind: checks.Container,
	Tier:        2,
	Reads: []string{"rds:DescribeDBInstances", "rds:DescribeDBClusters", "rds:DescribeOptionGroups", "ec2:DescribeSecurityGroups",
		"ec2:DescribeManagedPrefixLists", "ec2:GetManagedPrefixListEntries"},
	Remedy: "Remove the rule, or narrow its source to the security group of those who use the database.",
	Fix: checks.Fix{
		Threat: "Nothing but the lack of a route then keeps strangers from the login of the database; one change of a subnet, of PubliclyAccessible or of a peering lets them try passwords and known holes. Peered networks and VPNs reach it already.",
		CLI: `aws ec2 revoke-security-group-ingress --region {region} --group-id GROUP_ID --protocol tcp --port PORT --cidr 0.0.0.0/0
aws ec2 authorize-security-group-ingress --region {region} --group-id GROUP_ID --protocol tcp --port PORT --source-group CLIENTS_GROUP_ID`,
		Terraform: `resource "aws_vpc_security_group_ingress_rule" "clients" {
  security_group_id            = aws_security_group.database.id
  referenced_security_group_id = aws_security_group.clients.id
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432
}`,
		Cost: "Clients that rest on the open rule lose the database at once: find them in the VPC flow logs first.",
	},
	Judges: checks.For(snapshot.DBInstances, func(d snapshot.DBInstance, env checks.Env) checks.Verdict {
		return groupsNotOpen(d.Database, d.Location, d.SecurityGroups, env)
	}).And(checks.For(snapshot.DBClusters, func(c snapshot.DBCluster, env checks.Env) checks.Verdict {
		return groupsNotOpen(c.Database, c.Location, c.SecurityGroups, env)
	})),
}

func groupsNotOpen(d snapshot.Database, at snapshot.Location, groups []string, env checks.Env) checks.Verdict {
	if v, out := databases.Own(d); out {
		return v
	}
	switch {
	case len(groups) == 0:
		return checks.DoesNotApply("the database has no active security group").With("VpcSecurityGroups", "")
	case d.Port == 0:
		return checks.Unclear("the answer tells no port, as while the database is being made").With("Endpoint.Port", "")
	}
	ports := []uint16{uint16(d.Port)}
	options, unsure, known := databases.Options(env, d, at)
	for _, o := range options {
		if o.Port > 0 && o.Port <= 65535 {
			ports = append(ports, uint16(o.Port))
		}
	}
	v := openGroups(groups, at, portsOf{reach.TCP, reach.Port(ports...)}, env)
	if v.Status == checks.PASS && !known {
		return unsure
	}
	return v.With("Endpoint.Port", fmt.Sprint(d.Port))
}

// openGroups judges security groups each alone, so that the reason names the one that is
// open, and then together, since what one admits adds to what another does.
func openGroups(ids []string, at snapshot.Location, wanted portsOf, env checks.Env) checks.Verdict {
	together := snapshot.SecurityGroup{Meta: snapshot.Meta{Location: at}, ID: strings.Join(ids, ", ")}
	var open []string
	var unread *checks.Verdict
	for _, id := range ids {
		g, err := checks.Find(env, snapshot.SecurityGroups, at, id)
		if err != nil {
			v := checks.Unknown(err)
			if errors.Is(err, snapshot.ErrAbsent) {
				v = checks.Unclear("the security group %s cannot be seen, as one that another account shares", id)
			}
			unread = &v
			continue
		}
		together.VPC, together.Ingress = g.VPC, slices.Concat(together.Ingress, g.Ingress)
		if v := internetVerdict(g, env, wanted); v.Status == checks.FAIL {
			open = append(open, g.ID+" is "+v.Reason)
		}
	}
	if len(open) > 0 {
		return checks.Fail("%s", strings.Join(open, "; ")).With("open", strings.Join(open, "; "))
	}
	v := internetVerdict(together, env, wanted)
	switch {
	case v.Status == checks.FAIL:
		v.Reason = together.ID + " together are " + v.Reason
	case unread != nil:
		return *unread
	case v.Status == checks.PASS:
		v.Reason = fmt.Sprintf("%s open none of the ports %s to the internet", together.ID, wanted)
		if len(ids) == 1 {
			v.Reason = fmt.Sprintf("%s opens none of the ports %s to the internet", together.ID, wanted)
		}
	}
	return v
}
