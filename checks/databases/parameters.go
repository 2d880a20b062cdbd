package databases

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"onus/checks"
	"onus/scanner/snapshot"
)

// Running is a database with what its parameter group is to it: an instance with the group
// of its own, or a cluster, whose group holds for all of its members.
type Running struct {
	snapshot.Database
	At        snapshot.Location
	OfCluster bool
	Members   []snapshot.DBMember
}

// RunningDatabases judges what stands alone or governs others: instances that are no members, and
// clusters. Members, other services' databases and those that are ended are left out.
func RunningDatabases(f func(Running, checks.Env) checks.Verdict) checks.Judges {
	return checks.For(snapshot.DBInstances, func(d snapshot.DBInstance, env checks.Env) checks.Verdict {
		if v, out := Standalone(d.Database); out {
			return v
		}
		return f(Running{Database: d.Database, At: d.Location}, env)
	}).And(checks.For(snapshot.DBClusters, func(c snapshot.DBCluster, env checks.Env) checks.Verdict {
		if v, out := Own(c.Database); out {
			return v
		}
		return f(Running{Database: c.Database, At: c.Location, OfCluster: true, Members: c.Members}, env)
	}))
}

// Setting is what the parameter group of a database says of one parameter.
type Setting struct {
	snapshot.DBParameter
	Name, Group string
	Listed      bool   // the group has the parameter
	Of          string // the member that it is about, "" for all of the database
}

// String names parameter, value and group.
func (s Setting) String() string {
	of := ""
	if s.Of != "" {
		of = " for " + s.Of
	}
	switch {
	case !s.Listed:
		return fmt.Sprintf("%s is not in the group %s%s", s.Name, s.Group, of)
	case !s.Set:
		return fmt.Sprintf("%s is not set in %s%s", s.Name, s.Group, of)
	}
	return fmt.Sprintf("%s is %q in %s%s", s.Name, s.Value, s.Group, of)
}

// On says that a boolean parameter is on, as the engines and RDS write it.
func (s Setting) On() bool {
	return s.Set && slices.Contains(on, strings.ToLower(strings.TrimSpace(s.Value)))
}

var on = []string{"1", "on", "true", "yes"}

// Parameter looks one parameter up in the group of a database. ok false: v says why it is
// not known what the database runs with.
func (r Running) Parameter(env checks.Env, name string) (s Setting, v checks.Verdict, ok bool) {
	all, v, ok := r.group(env)
	if !ok {
		return s, v, false
	}
	s = Setting{Name: name, Group: r.ParameterGroup}
	s.DBParameter, s.Listed = all[name]
	if why := r.waiting(s); why != "" {
		return s, checks.Unclear("%s, and that is not in force yet: %s", s, why).With(name, s.Value), false
	}
	return s, v, true
}

func (r Running) group(env checks.Env) (map[string]snapshot.DBParameter, checks.Verdict, bool) {
	if r.ParameterGroup == "" {
		return nil, checks.Unclear("the answer names no parameter group"), false
	}
	key := snapshot.ParameterGroupKey(r.ParameterGroup, r.OfCluster)
	g, err := checks.Find(env, snapshot.DBParameterGroups, r.At, key)
	if errors.Is(err, snapshot.ErrAbsent) { // groups are asked about, not listed
		op := "rds:DescribeDBParameters"
		if r.OfCluster {
			op = "rds:DescribeDBClusterParameters"
		}
		err = &snapshot.Unread{Operation: op, At: r.At, Cause: snapshot.Skipped, Message: "nobody asked about the group " + r.ParameterGroup}
	}
	if err != nil {
		return nil, checks.Unknown(err), false
	}
	all, err := checks.Use(env, g.Parameters)
	if err != nil {
		return nil, checks.Unknown(err), false
	}
	return all, checks.Verdict{}, true
}

// waiting says why what the group holds may not be what the database runs with. A dynamic
// parameter is in force at once, unless whoever set it chose to wait for a reboot.
func (r Running) waiting(s Setting) string {
	if !s.Static && (s.Source != "user" || s.Method != "pending-reboot") {
		return ""
	}
	if !r.OfCluster {
		if r.ParameterStatus == inSync {
			return ""
		}
		return fmt.Sprintf("ParameterApplyStatus is %q", r.ParameterStatus)
	}
	var lagging []string
	for _, m := range r.Members {
		if m.ParameterStatus != inSync {
			lagging = append(lagging, fmt.Sprintf("%s is %q", m.ID, m.ParameterStatus))
		}
	}
	return strings.Join(lagging, ", ")
}

const inSync = "in-sync"

// Effective is one parameter as it holds for each member of an Aurora cluster, whose own
// group wins where somebody set the parameter there; for any other database see Parameter.
// Source: Amazon Aurora User Guide, "Working with parameter groups".
func (r Running) Effective(env checks.Env, name string) (all []Setting, v checks.Verdict, ok bool) {
	s, v, ok := r.Parameter(env, name)
	if !ok {
		return nil, v, false
	}
	if !r.OfCluster || !r.Engine.Aurora() || len(r.Members) == 0 {
		return []Setting{s}, v, true
	}
	for _, m := range r.Members {
		own, v, ok := r.ofMember(env, m, s)
		if !ok {
			return nil, v, false
		}
		all = append(all, own)
	}
	return all, v, true
}

func (r Running) ofMember(env checks.Env, m snapshot.DBMember, cluster Setting) (Setting, checks.Verdict, bool) {
	d, err := checks.Find(env, snapshot.DBInstances, r.At, m.ID)
	cluster.Of = m.ID
	switch {
	case errors.Is(err, snapshot.ErrAbsent): // it went away while it was read
		return cluster, checks.Verdict{}, true
	case err != nil:
		return cluster, checks.Unknown(err), false
	}
	own, v, ok := Running{Database: d.Database, At: r.At}.Parameter(env, cluster.Name)
	if !ok {
		return own, v, false
	}
	if own.Listed && own.Set && own.Source == "user" {
		own.Of = m.ID
		return own, v, true
	}
	return cluster, v, true
}

// Options are the options of the option group that an instance runs with. ok false: v says
// why they are not known. A group that is not in-sync is not in force.
func Options(env checks.Env, d snapshot.Database, at snapshot.Location) (all []snapshot.DBOption, v checks.Verdict, ok bool) {
	for _, m := range d.OptionGroups {
		if m.Status != inSync {
			return nil, checks.Unclear("the option group %s is %q, and so not in force or not alone", m.ID, m.Status).With("OptionGroupMemberships.Status", m.Status), false
		}
		g, err := checks.Find(env, snapshot.DBOptionGroups, at, m.ID)
		switch {
		case errors.Is(err, snapshot.ErrAbsent):
			return nil, checks.Unclear("the option group %s is not among those of %s", m.ID, at.Region), false
		case err != nil:
			return nil, checks.Unknown(err), false
		}
		all = append(all, g.Options...)
	}
	return all, v, true
}

// Option finds an option by its name.
func Option(all []snapshot.DBOption, name string) (snapshot.DBOption, bool) {
	i := slices.IndexFunc(all, func(o snapshot.DBOption) bool { return o.Name == name })
	if i < 0 {
		return snapshot.DBOption{}, false
	}
	return all[i], true
}

// Family is what an engine's editions have in common: sqlserver of sqlserver-ee, oracle of
// oracle-ee-cdb, db2 of db2-ae; else the engine itself.
func Family(e snapshot.Engine) string {
	for _, f := range []string{"sqlserver", "oracle", "db2"} {
		if strings.HasPrefix(string(e), f+"-") {
			return f
		}
	}
	return string(e)
}

// Least says that a version is one or later, number by number; false where it has no number.
func Least(version string, other ...int) bool {
	v, ok := Version(version)
	return ok && !Before(v, other)
}
