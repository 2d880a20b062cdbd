package platform

import (
	"fmt"
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/databases"
	"onus/scanner/snapshot"
)

// GroupsInSync passes when a database runs what its groups say. Until then a setting that
// everybody reads off the group is not in force. A cluster is judged with each member's state
// towards the cluster's group; a member's own group is judged at the member.
// Source: RDS DescribeDBInstances, ParameterApplyStatus and OptionGroupMemberships.Status;
// DescribeDBClusters, DBClusterParameterGroupStatus.
var GroupsInSync = checks.Check{
	ID:          "rds-parameter-group-in-sync",
	Title:       "What the parameter and option groups say is what the database runs",
	Severity:    checks.Medium,
	Category:    checks.PlatformOf,
	Duty:        checks.OSAndPlatform,
	ServiceKind: checks.Container,
	Tier:        3,
	Reads:       []string{"rds:DescribeDBInstances", "rds:DescribeDBClusters"},
	Remedy:      "Restart what waits for a restart; mend the value or the option that could not be applied.",
	Fix: checks.Fix{
		Threat: "TLS, audit and authentication look as if they were on: the group says so, and the database runs what it started with. Nobody sees it until an incident asks for the log that was never written.",
		CLI: `aws rds reboot-db-instance --region {region} --db-instance-identifier {name}
aws rds describe-db-clusters --region {region} --db-cluster-identifier {name} --query "DBClusters[].DBClusterMembers[].[DBInstanceIdentifier,DBClusterParameterGroupStatus]"
aws rds describe-events --region {region} --source-type db-instance --source-identifier {name} --duration 10080`,
		Cost: "A restart takes the database down for a minute or more, and what then comes into force may break clients: try the group on a copy first.",
	},
	Judges: checks.For(snapshot.DBInstances, func(d snapshot.DBInstance, _ checks.Env) checks.Verdict {
		return groupsInSync(d.Database, []snapshot.DBMembership{{ID: "the parameter group " + d.ParameterGroup, Status: d.ParameterStatus}})
	}).And(checks.For(snapshot.DBClusters, clusterInSync)),
}

// between are the states in which a database is on its way to other settings.
var between = []string{"creating", "modifying", "rebooting", "upgrading"}

func clusterInSync(c snapshot.DBCluster, _ checks.Env) checks.Verdict {
	if v, out := databases.Own(c.Database); out {
		return v
	}
	if len(c.Members) == 0 {
		return checks.DoesNotApply("the cluster has no members").With("DBClusterMembers", "")
	}
	var all []snapshot.DBMembership
	for _, m := range c.Members {
		all = append(all, snapshot.DBMembership{ID: "the parameter group " + c.ParameterGroup + " at " + m.ID, Status: m.ParameterStatus})
	}
	return groupsInSync(c.Database, all)
}

func groupsInSync(d snapshot.Database, groups []snapshot.DBMembership) checks.Verdict {
	if v, out := databases.Own(d); out {
		return v
	}
	if slices.Contains(between, d.Status) {
		return checks.DoesNotApply("the database is %s", d.Status).With("Status", d.Status)
	}
	for _, o := range d.OptionGroups {
		groups = append(groups, snapshot.DBMembership{ID: "the option group " + o.ID, Status: o.Status})
	}
	var off, moving, seen []string
	for _, g := range groups {
		state := fmt.Sprintf("%s is %s", g.ID, g.Status)
		seen = append(seen, state)
		switch g.Status {
		case "in-sync":
		case "applying", "removing", "":
			moving = append(moving, fmt.Sprintf("%s is %q", g.ID, g.Status))
		case "failed-to-apply", "failed":
			off = append(off, state+": what ran before still runs")
		default:
			off = append(off, state+": what it says is not in force")
		}
	}
	observed := strings.Join(seen, ", ")
	switch {
	case len(off) > 0:
		return checks.Fail("%s", strings.Join(off, "; ")).With("status", observed)
	case len(moving) > 0:
		return checks.Unclear("%s, which passes by itself or is not told", strings.Join(moving, ", ")).With("status", observed)
	}
	return checks.Pass("all is in sync: %s", observed).With("status", observed)
}
