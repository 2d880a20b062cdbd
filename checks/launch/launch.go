// Package launch answers what several checks ask of launch templates and of the images that
// launches start from: which versions of a template count, and what is known of an image.
// What is right for a version is left to the checks.
package launch

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/wording"
	"onus/scanner/snapshot"
)

// TemplateReads is what the question of a template's versions and their use rests on.
var TemplateReads = []string{"ec2:DescribeLaunchTemplates", "ec2:DescribeLaunchTemplateVersions", "ec2:DescribeInstances", "autoscaling:DescribeAutoScalingGroups"}

// Template judges a launch template by its default and latest version and by those that
// instances or Auto Scaling groups use: judge says of one version whether it holds. With all,
// every version counts. Where it was not read what uses the template, the other versions
// count as far as to leave the answer open.
func Template(t snapshot.LaunchTemplate, env checks.Env, all bool, judge func(snapshot.LaunchSpec) checks.Verdict) checks.Verdict {
	versions, err := checks.Use(env, t.Versions)
	switch {
	case Gone(err):
		return checks.DoesNotApply("the template was deleted while it was read")
	case err != nil:
		return checks.Unknown(err)
	case len(versions) == 0:
		return checks.Unclear("the answer holds no version of the template")
	}
	used, unread := users(t, env)
	var failed, doubtful, held, idle []string
	var doubt *checks.Verdict
	for _, v := range versions {
		role := roles(t, v.Number, used[v.Number])
		out := judge(v.LaunchSpec)
		line := fmt.Sprintf("version %d%s: %s", v.Number, written(role), out.Reason)
		judged := all || len(role) > 0
		switch {
		case judged && out.Status == checks.FAIL:
			failed = append(failed, line)
		case judged && out.Status == checks.PASS:
			held = append(held, line)
		case judged:
			doubtful = append(doubtful, line)
			if doubt == nil {
				doubt = &out
			}
		case out.Status != checks.PASS:
			idle = append(idle, line)
		}
	}
	v := verdict(failed, doubtful, held, idle, doubt, unread)
	if len(idle) > 0 {
		v = v.With("versions not in use", strings.Join(wording.Some(idle, 5), "; "))
	}
	return v.With("DefaultVersionNumber", fmt.Sprint(t.Default)).With("LatestVersionNumber", fmt.Sprint(t.Latest))
}

func verdict(failed, doubtful, held, idle []string, doubt *checks.Verdict, unread error) checks.Verdict {
	switch {
	case len(failed) > 0:
		return checks.Fail("%s", strings.Join(wording.Some(failed, 5), "; "))
	case len(doubtful) > 0:
		v := *doubt
		v.Reason = strings.Join(wording.Some(doubtful, 5), "; ")
		return v
	case len(idle) > 0 && unread != nil:
		v := checks.Unknown(unread)
		v.Reason = fmt.Sprintf("whether anything uses %s was not read: %s", strings.Join(wording.Some(idle, 3), "; "), v.Reason)
		return v
	}
	return checks.Pass("%s", strings.Join(wording.Some(held, 5), "; "))
}

// Gone says that the resource went away between the list and the question about it.
func Gone(err error) bool {
	var u *snapshot.Unread
	return errors.As(err, &u) && u.Cause == snapshot.Changed
}

// roles are why a version counts: what it is to its template, and what uses it.
func roles(t snapshot.LaunchTemplate, number int64, users []string) []string {
	var out []string
	if number == t.Default {
		out = append(out, "default")
	}
	if number == t.Latest {
		out = append(out, "latest")
	}
	return append(out, users...)
}

func written(roles []string) string {
	if len(roles) == 0 {
		return ""
	}
	return " (" + wording.List(roles, 4) + ")"
}

// users are what uses each version of a template, and why there may be more.
func users(t snapshot.LaunchTemplate, env checks.Env) (map[int64][]string, error) {
	out := map[int64][]string{}
	for _, key := range []string{t.ID, "name " + t.Name} {
		u, err := checks.Find(env, uses, t.Location, key)
		if err != nil {
			continue // nothing uses it by this name
		}
		for _, of := range u.by {
			env.Cite(of.calls...)
			out[of.number(t)] = append(out[of.number(t)], of.who)
		}
	}
	// A key that is nobody's tells whether a list is whole.
	_, instances := checks.Find(env, snapshot.Instances, t.Location, "-")
	_, groups := checks.Find(env, snapshot.ScalingGroups, t.Location, "-")
	for _, err := range []error{instances, groups} {
		if !errors.Is(err, snapshot.ErrAbsent) {
			return out, err
		}
	}
	return out, nil
}

// use is one thing that names a template and a version of it.
type use struct {
	who, version string
	calls        []snapshot.Call
}

// number is the version that a use means today.
func (u use) number(t snapshot.LaunchTemplate) int64 {
	switch u.version {
	case "", "$Default":
		return t.Default
	case "$Latest":
		return t.Latest
	}
	var n int64
	if _, err := fmt.Sscan(u.version, &n); err != nil {
		return -1 // no version's number
	}
	return n
}

// usesOfTemplate are all uses of one template under one of its names in one Region.
type usesOfTemplate struct {
	snapshot.Meta
	key string
	by  []use
}

// uses is a kind that nobody lists: what names a launch template, put together once for an
// evaluation and found by the template's id, or its name.
var uses = snapshot.Kind[usesOfTemplate]{
	Type: "uses of a launch template",
	All:  allUses,
	Meta: func(u usesOfTemplate) snapshot.Meta { return u.Meta },
	Key:  func(u usesOfTemplate) string { return u.key },
}

func allUses(a *snapshot.Account) []usesOfTemplate {
	index := map[string]int{}
	var out []usesOfTemplate
	add := func(at snapshot.Meta, key string, u use) {
		i, ok := index[at.Region+" "+key]
		if !ok {
			i = len(out)
			index[at.Region+" "+key] = i
			out = append(out, usesOfTemplate{Meta: snapshot.Meta{Location: at.Location}, key: key})
		}
		// One line for each version and kind of user is enough for a reason.
		if !slices.ContainsFunc(out[i].by, func(o use) bool { return o.who == u.who && o.version == u.version }) {
			out[i].by = append(out[i].by, u)
		}
	}
	for _, i := range a.EC2.Instances {
		if id := i.Tags["aws:ec2launchtemplate:id"]; id != "" && i.Live() {
			add(i.Meta, id, use{"in use by instances", i.Tags["aws:ec2launchtemplate:version"], i.Calls})
		}
	}
	for _, g := range a.Scaling.Groups {
		for _, t := range g.Templates {
			key := t.ID
			if key == "" {
				key = "name " + t.Name
			}
			add(g.Meta, key, use{"in use by group " + g.Name, t.Version, g.Calls})
		}
	}
	return out
}
