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

// OptionPortsNotOpen passes when no security group admits a public source on a port that an
// option of the instance's option group listens on, and memcached, which asks nobody for a
// password, is not among the options. An option has groups of its own beside the instance's.
// Source: RDS DescribeOptionGroups, Port and VpcSecurityGroupMemberships; EC2
// DescribeSecurityGroups.
var OptionPortsNotOpen = checks.Check{
	ID:          "rds-option-ports-not-open",
	Title:       "Extra listeners that RDS options open are not exposed",
	Severity:    checks.High,
	Category:    checks.Network,
	Duty:        checks.NetworkFirewall,
	ServiceKind: checks.Container,
	Tier:        3,
	Reads: []string{"rds:DescribeDBInstances", "rds:DescribeOptionGroups", "ec2:DescribeSecurityGroups",
		"ec2:DescribeManagedPrefixLists", "ec2:GetManagedPrefixListEntries"},
	Remedy: "Let the option's port in from the machines that need it alone, or take the option out of the group; take MEMCACHED out in any case.",
	Fix: checks.Fix{
		Threat: "An option such as OEM or MEMCACHED listens on a port of its own, which checks of the database port never see. An administration page or a cache without passwords then stands open to strangers.",
		CLI: `aws rds remove-option-from-option-group --region {region} --option-group-name GROUP --options OPTION --apply-immediately
aws ec2 revoke-security-group-ingress --region {region} --group-id GROUP_ID --protocol tcp --port PORT --cidr PUBLIC_CIDR`,
		Terraform: `resource "aws_db_option_group" "this" {
  option {
    option_name                    = "OEM"
    port                           = 5500
    vpc_security_group_memberships = [aws_security_group.administrators.id]
  }
}`,
		Cost: "The option group may serve several instances, and all of them change. Whoever used the port from outside can no longer do so.",
	},
	Judges: checks.For(snapshot.DBInstances, optionPortsNotOpen),
}

func optionPortsNotOpen(d snapshot.DBInstance, env checks.Env) checks.Verdict {
	if v, out := databases.Own(d.Database); out {
		return v
	}
	options, v, ok := databases.Options(env, d.Database, d.Location)
	if !ok {
		return v
	}
	if _, has := databases.Option(options, "MEMCACHED"); has {
		return checks.Fail("the option MEMCACHED is on, which asks nobody for a password").With("option", "MEMCACHED")
	}
	var open, listening []string
	var unread *checks.Verdict
	for _, o := range options {
		if o.Port <= 0 || o.Port > 65535 {
			continue
		}
		name := fmt.Sprintf("%s on %d", o.Name, o.Port)
		listening = append(listening, name)
		groups := slices.Compact(slices.Sorted(slices.Values(slices.Concat(o.Groups, d.SecurityGroups))))
		by, v := admitPublic(groups, d.Location, uint16(o.Port), env)
		if v != nil {
			unread = v
		}
		if len(by) > 0 {
			open = append(open, name+" by "+strings.Join(by, ", "))
		}
	}
	ports := strings.Join(listening, ", ")
	switch {
	case len(open) > 0:
		return checks.Fail("public sources are let in to %s", strings.Join(open, "; ")).With("open", strings.Join(open, "; "))
	case unread != nil:
		return *unread
	case len(listening) == 0:
		return checks.DoesNotApply("no option of the instance has a port").With("ports", "")
	}
	return checks.Pass("no security group lets a public source in to %s", ports).With("ports", ports)
}

// admitPublic names the groups that admit some public source on a TCP port, with the source;
// v is why that is not known of another.
func admitPublic(ids []string, at snapshot.Location, port uint16, env checks.Env) (by []string, v *checks.Verdict) {
	for _, id := range ids {
		g, err := checks.Find(env, snapshot.SecurityGroups, at, id)
		if err != nil {
			u := checks.Unknown(err)
			if errors.Is(err, snapshot.ErrAbsent) {
				u = checks.Unclear("the security group %s cannot be seen, as one that another account shares", id)
			}
			v = &u
			continue
		}
		lists, unread := reachLists(g, env)
		x := reach.NewGroups(lists)
		for _, f := range reach.Families {
			sure, may := x.Sources(reachGroup(g), f, reach.Traffic{Protocol: reach.TCP, Port: port})
			switch {
			case !sure.Public(f).Empty():
				by = append(by, fmt.Sprintf("%s (from %s)", id, sure.Public(f)))
			case !may.Public(f).Empty():
				var why []error
				for _, err := range unread {
					why = append(why, err)
				}
				u := inDoubt(errors.Join(why...), "whether "+id+" admits a public source cannot be told: a prefix list of it was not read")
				v = &u
			}
		}
	}
	return by, v
}
