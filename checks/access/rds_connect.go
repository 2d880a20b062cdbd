package access

import (
	"fmt"
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/access/identity"
	iampolicy "onus/checks/access/policy"
	"onus/checks/wording"
	"onus/scanner/snapshot"
)

// ConnectNotWildcard passes when no user, group or role may sign in to any database with IAM
// authentication, or to one as any of its users. Deny statements and the permissions
// boundary count; service control policies do not: they bind no management account.
// Source: IAM GetAccountAuthorizationDetails; Amazon RDS User Guide, "Creating and using an
// IAM policy for IAM database access": arn:PARTITION:rds-db:REGION:ACCOUNT:dbuser:ID/USER.
var ConnectNotWildcard = checks.Check{
	ID:          "rds-iam-connect-not-wildcard",
	Title:       "No principal may connect as any database user of any database",
	Severity:    checks.High,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.Container,
	Tier:        3,
	Reads:       []string{"rds:DescribeDBInstances", "rds:DescribeDBClusters", "iam:GetAccountAuthorizationDetails"},
	Parameters:  checks.Parameters{"trusted_principals": []string{}},
	Remedy:      "Allow rds-db:connect on the resource id of the database and on the database user that the principal needs.",
	Fix: checks.Fix{
		Threat: "Whoever holds the right signs in as any user of the database, the owner of all tables included, without a password and without anybody having given them that user. One stolen session of theirs opens every database with IAM authentication.",
		CLI:    `aws iam create-policy-version --policy-arn POLICY_ARN --set-as-default --policy-document '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"rds-db:connect","Resource":"arn:PARTITION:rds-db:REGION:{account}:dbuser:DB_RESOURCE_ID/DB_USER"}]}'`,
		Terraform: `data "aws_iam_policy_document" "connect" {
  statement {
    actions   = ["rds-db:connect"]
    resources = ["arn:${data.aws_partition.current.partition}:rds-db:${var.region}:{account}:dbuser:${aws_db_instance.this.resource_id}/app"]
  }
}`,
		Cost: "Programs that sign in under other names lose the database: the database's own log tells which users are used. Name who may administer all in trusted_principals.",
	},
	Judges: checks.For(snapshot.Users, func(u snapshot.User, env checks.Env) checks.Verdict {
		return connects(env, u.Meta, identity.OfUser(env, u), u.BoundaryARN)
	}).And(checks.For(snapshot.Groups, func(g snapshot.Group, env checks.Env) checks.Verdict {
		return connects(env, g.Meta, identity.Of(env, g.Meta, g.Grants), "")
	})).And(checks.For(snapshot.Roles, func(r snapshot.Role, env checks.Env) checks.Verdict {
		if r.ServiceLinked() {
			return checks.DoesNotApply("AWS keeps the service-linked role")
		}
		return connects(env, r.Meta, identity.Of(env, r.Meta, r.Grants), r.BoundaryARN)
	})),
}

const connect = "rds-db:connect"

// logins are the databases that take IAM authentication, in all Regions.
type logins struct {
	snapshot.Meta
	users []string // resources that stand for all users of one database each
}

// loginDatabases is a kind that nobody lists, put together once for an evaluation.
var loginDatabases = snapshot.Kind[logins]{
	Type:   "databases with IAM authentication",
	All:    func(a *snapshot.Account) []logins { return []logins{allLogins(a)} },
	Meta:   func(l logins) snapshot.Meta { return l.Meta },
	Key:    func(logins) string { return "" },
	Global: true,
}

func allLogins(a *snapshot.Account) logins {
	out := logins{Meta: snapshot.Meta{Location: a.Location.In(snapshot.Global)}}
	seen := map[string]bool{}
	add := func(m snapshot.Meta, d snapshot.Database) {
		if !d.IAMAuthentication || d.Ended() {
			return
		}
		out.users = append(out.users, "arn:"+m.Partition+":rds-db:"+m.Region+":"+m.Account+":dbuser:"+d.ResourceID+"/*")
		for _, c := range m.Calls {
			if !seen[c.ID] {
				seen[c.ID] = true
				out.Calls = append(out.Calls, c)
			}
		}
	}
	for _, d := range a.RDS.Instances {
		add(d.Meta, d.Database)
	}
	for _, c := range a.RDS.Clusters {
		add(c.Meta, c.Database)
	}
	return out
}

// withIAMLogin are the databases that take IAM authentication; without any, why there may
// be some.
func withIAMLogin(env checks.Env, at snapshot.Location) ([]string, error) {
	found, err := checks.Find(env, loginDatabases, at, "")
	if err != nil || len(found.users) > 0 {
		return found.users, err
	}
	a := env.Account()
	for _, region := range env.ScannedRegions() {
		if _, err := checks.In(env, snapshot.DBInstances, a.Location.In(region)).Get(); err != nil {
			return nil, err
		}
		if _, err := checks.In(env, snapshot.DBClusters, a.Location.In(region)).Get(); err != nil {
			return nil, err
		}
	}
	return nil, nil
}

func connects(env checks.Env, of snapshot.Meta, policies []iampolicy.Source, boundary string) checks.Verdict {
	if slices.Contains(env.Strings("trusted_principals"), of.ARN) || slices.Contains(env.Strings("trusted_principals"), of.Name) {
		return checks.Pass("trusted_principals names it")
	}
	databases, err := withIAMLogin(env, of.Location)
	switch {
	case err != nil:
		return checks.Unknown(err)
	case len(databases) == 0:
		return checks.DoesNotApply("no database of the account takes IAM authentication")
	}
	id := iampolicy.Identity{ARN: of.ARN, Policies: policies}
	all := policies
	if boundary != "" {
		b := identity.Managed(env, of.Location, boundary)
		id.Boundary, all = &b, append(slices.Clone(policies), b)
	}
	var wide, doubt []string
	for _, resource := range connectable(policies, of.Partition, databases) {
		right := id.Can(connect, resource)
		what := fmt.Sprintf("%s by %s", resource, right.Allow)
		switch {
		case right.Answer == iampolicy.Yes && len(right.Unread) == 0:
			wide = append(wide, what+conditional(right))
		case right.Answer != iampolicy.No: // what was not read may take it away
			doubt = append(doubt, what)
		}
	}
	switch {
	case len(wide) > 0:
		return checks.Fail("%s is allowed on %s", connect, strings.Join(wording.Some(wide, 4), "; ")).With("resources", strings.Join(wide, "; "))
	case len(doubt) > 0:
		if v, is := identity.Unread(all); is {
			return v
		}
		return checks.Unclear("whether %s is allowed on %s cannot be told", connect, strings.Join(wording.Some(doubt, 4), "; "))
	}
	if v, is := identity.Unread(policies); is {
		return v
	}
	return checks.Pass("%s is allowed on no wildcard of databases or of database users", connect).With("resources", "")
}

func conditional(r iampolicy.Right) string {
	if r.Conditional {
		return " (on a condition)"
	}
	return ""
}

// connectable are the resources of Allow statements about connecting that take in any
// database or any user, as the statements write them; of one that lists what it leaves out,
// the databases that it leaves in whole.
func connectable(policies []iampolicy.Source, partition string, databases []string) (out []string) {
	for _, src := range policies {
		if src.Document == nil {
			continue
		}
		for i := range src.Document.Statements {
			s := &src.Document.Statements[i]
			if s.Effect != iampolicy.Allow || !s.MatchesAction(connect) {
				continue
			}
			among := s.Resources
			if s.NotResource {
				among = databases
			}
			for _, r := range among {
				if s.NotResource && s.CoversResource(r) || !s.NotResource && wildConnect(r, partition) {
					out = append(out, r)
				}
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// wildConnect says that a resource takes in every database of a sort, or every user of one.
// The ids of databases begin with db- or cluster-, that of a proxy with prx-.
func wildConnect(resource, partition string) bool {
	parts := strings.SplitN(resource, ":", 7)
	if len(parts) < 7 { // it ends before the database: * or arn:aws:rds-db:*
		return strings.Contains(resource, "*") && iampolicy.Overlaps(resource, "arn:"+partition+":rds-db:*:*:dbuser:*/*")
	}
	if !iampolicy.Covers(parts[2], "rds-db") || !iampolicy.Covers(parts[5], "dbuser") {
		return false
	}
	database, user, named := strings.Cut(parts[6], "/")
	for _, every := range []string{"db-*", "cluster-*", "prx-*"} {
		if iampolicy.Covers(database, every) {
			return true
		}
	}
	return iampolicy.Covers(user, "*") || !named && strings.HasSuffix(database, "*")
}
