package launch

import (
	"errors"
	"fmt"
	"slices"

	"onus/checks"
	"onus/scanner/snapshot"
)

// SecurityGroupReads is what the question of who launches with a security group rests on.
var SecurityGroupReads = []string{"ec2:DescribeLaunchTemplates", "ec2:DescribeLaunchTemplateVersions", "autoscaling:DescribeLaunchConfigurations", "ec2:DescribeInstances", "autoscaling:DescribeAutoScalingGroups", "ec2:DescribeVpcs"}

// SecurityGroupUsers are the launch configurations that name a security group, and the
// versions of launch templates: the default one, the latest one and those in use. The error
// says why there may be more.
func SecurityGroupUsers(g snapshot.SecurityGroup, env checks.Env) ([]string, error) {
	users, idle := namingGroup(g, env, g.ID)
	byName, idleByName := namingGroup(g, env, g.Group)
	var doubt error
	if len(byName)+len(idleByName) > 0 {
		// A launch by name is one into the default VPC.
		vpc, err := checks.Find(env, snapshot.VPCs, g.Location, g.VPC)
		switch {
		case err == nil && vpc.Default:
			users, idle = slices.Concat(users, byName), slices.Concat(idle, idleByName)
		case err != nil && !errors.Is(err, snapshot.ErrAbsent):
			doubt = fmt.Errorf("whether %s means this group by its name: %w", slices.Concat(byName, idleByName)[0], err)
		}
	}
	if len(users) > 0 {
		return users, nil
	}
	return nil, errors.Join(doubt, unlaunched(env, g.Location, idle))
}

// namingGroup are the launches that name a security group by one of its names, and the
// versions of templates that do and that nothing is known to use.
func namingGroup(g snapshot.SecurityGroup, env checks.Env, name string) (users, idle []string) {
	for _, found := range []struct {
		kind snapshot.Kind[named]
		by   *[]string
	}{{groupUses, &users}, {idleGroupUses, &idle}} {
		if n, err := checks.Find(env, found.kind, g.Location, name); err == nil {
			*found.by = n.by
		}
	}
	return users, idle
}

// unlaunched is why a launch configuration or a version in use may have been missed.
func unlaunched(env checks.Env, at snapshot.Location, idle []string) error {
	_, templates := checks.Find(env, snapshot.LaunchTemplates, at, "-")
	_, configurations := checks.Find(env, snapshot.LaunchConfigurations, at, "-")
	errs := []error{templates, configurations}
	if r, err := checks.Find(env, versionsRead, at, at.Region); err == nil {
		errs = append(errs, r.err)
	}
	if err := unread(errs); err != nil || len(idle) == 0 {
		return err
	}
	_, instances := checks.Find(env, snapshot.Instances, at, "-")
	_, groups := checks.Find(env, snapshot.ScalingGroups, at, "-")
	if err := unread([]error{instances, groups}); err != nil {
		return fmt.Errorf("whether anything uses %s was not read: %w", idle[0], err)
	}
	return nil
}

// groupUses finds the launches that name a security group, by the group's id or name.
var groupUses = snapshot.Kind[named]{
	Type: "launches with a security group",
	All: func(a *snapshot.Account) []named {
		x := versionsWithGroups(a, true)
		for _, c := range a.Scaling.Configurations {
			x.addGroups(c.Meta, "launch configuration "+c.Name, c.Spec, c.Calls)
		}
		return x.out
	},
	Meta: func(n named) snapshot.Meta { return n.Meta },
	Key:  func(n named) string { return n.key },
}

// idleGroupUses finds the other versions of templates that name a security group.
var idleGroupUses = snapshot.Kind[named]{
	Type: "versions with a security group that nothing is known to use",
	All:  func(a *snapshot.Account) []named { return versionsWithGroups(a, false).out },
	Meta: func(n named) snapshot.Meta { return n.Meta },
	Key:  func(n named) string { return n.key },
}

// versionsWithGroups gathers the security groups that versions of templates name: of those
// that count, or of the others.
func versionsWithGroups(a *snapshot.Account, counting bool) *index {
	used := map[string][]use{}
	for _, u := range allUses(a) {
		used[u.Region+" "+u.key] = u.by
	}
	x := &index{at: map[string]int{}}
	for _, t := range a.EC2.LaunchTemplates {
		by := slices.Concat(used[t.Region+" "+t.ID], used[t.Region+" name "+t.Name])
		versions, _ := t.Versions.Get() // one that was not read names nothing
		for _, v := range versions {
			calls := slices.Concat(t.Calls, t.Versions.Calls())
			counts := v.Number == t.Default || v.Number == t.Latest
			if i := slices.IndexFunc(by, func(u use) bool { return u.number(t) == v.Number }); i >= 0 && !counts {
				counts, calls = true, append(calls, by[i].calls...)
			}
			if counts == counting {
				x.addGroups(t.Meta, fmt.Sprintf("launch template %s version %d", t.Name, v.Number), v.LaunchSpec, calls)
			}
		}
	}
	return x
}

func (x *index) addGroups(at snapshot.Meta, who string, s snapshot.LaunchSpec, calls []snapshot.Call) {
	for _, g := range s.Groups {
		x.add(at.Location, g, who, calls)
	}
}
