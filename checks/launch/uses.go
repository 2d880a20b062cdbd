package launch

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"onus/checks"
	"onus/checks/wording"
	"onus/scanner/snapshot"
)

// UseReads is what the question of an image's use rests on.
var UseReads = []string{
	"ec2:DescribeImages", "ec2:DescribeInstances", "ec2:DescribeLaunchTemplates", "ec2:DescribeLaunchTemplateVersions", "ec2:DescribeSpotFleetRequests",
	"autoscaling:DescribeLaunchConfigurations",
}

// ImageInUse passes when something names the own image by its id, or it was launched or
// made within some days. It does not apply to an image that a service made, or that nobody
// can launch.
func ImageInUse(i snapshot.Image, env checks.Env, days int) checks.Verdict {
	switch {
	case i.State != "available":
		return checks.DoesNotApply("the image's state is %s", i.State).With("State", i.State)
	case MadeByBackup(i.Tags, i.Title) || MadeByLifecycle(i.Tags):
		return checks.DoesNotApply("an AWS service made the image and deletes it")
	}
	for _, t := range []struct{ field, value string }{{"LastLaunchedTime", i.LastLaunched}, {"CreationDate", i.Created}} {
		at, err := time.Parse(time.RFC3339, t.value)
		switch {
		case t.value == "":
		case err != nil:
			return checks.Unclear("%s is %q, which is no time", t.field, t.value)
		case env.AsOf.Sub(at) <= time.Duration(days)*24*time.Hour:
			return checks.Pass("%s is %s, within %d days", t.field, t.value, days).With(t.field, t.value)
		}
	}
	users, byParameter, err := Users(i, env)
	launched := "never launched since 2017"
	if i.LastLaunched != "" {
		launched = "last launched " + i.LastLaunched
	}
	v := checks.Fail("nothing names the image, and it was %s", launched)
	switch {
	case len(users) > 0:
		v = checks.Pass("in use by %s", wording.List(users, 4))
	case err != nil:
		v = checks.Unknown(err)
	case len(byParameter) > 0:
		v = checks.Unclear("nothing names the image by its id, it was %s, and %s may name it by a parameter", launched, wording.List(byParameter, 3))
	}
	return v.With("LastLaunchedTime", i.LastLaunched)
}

// Users are what names an image by its id in its Region, and the launch templates that name
// theirs by a parameter; the error says why there may be more.
func Users(i snapshot.Image, env checks.Env) (users, byParameter []string, err error) {
	n, found := checks.Find(env, imageUses, i.Location, i.ID)
	if found == nil {
		env.Cite(n.Calls...)
		users = n.by
	}
	if p, found := checks.Find(env, imageUses, i.Location, byName); found == nil {
		byParameter = p.by
	}
	return users, byParameter, unlisted(env, i.Location, "ec2:DescribeSpotFleetRequests")
}

// Holders are what holds or names an instance profile in any scanned Region; the error says
// why there may be more.
func Holders(env checks.Env, profile string) ([]string, error) {
	var out []string
	for _, key := range []string{profile, profile[strings.LastIndexByte(profile, '/')+1:]} {
		if h, err := checks.Find(env, profileUses, env.Account().Location, key); err == nil {
			env.Cite(h.Calls...)
			out = append(out, h.by...)
		}
	}
	for _, region := range env.ScannedRegions() {
		if err := unlisted(env, env.Account().In(region), ""); err != nil {
			return out, err
		}
	}
	return out, nil
}

// Unscanned are the enabled Regions of the account that were not scanned.
func Unscanned(env checks.Env) (out []string, err error) {
	a := env.Account()
	scanned := env.ScannedRegions()
	enabled, err := checks.Use(env, a.Regions)
	for _, r := range enabled {
		if r.Enabled() && !slices.Contains(scanned, r.Name) {
			out = append(out, r.Name)
		}
	}
	return out, err
}

// unlisted is why a list of what launches instances was not read to its end in a place. A
// key that is nobody's tells that of a list.
func unlisted(env checks.Env, at snapshot.Location, fleets string) error {
	_, instances := checks.Find(env, snapshot.Instances, at, "-")
	_, templates := checks.Find(env, snapshot.LaunchTemplates, at, "-")
	_, configurations := checks.Find(env, snapshot.LaunchConfigurations, at, "-")
	errs := []error{instances, templates, configurations}
	if fleets != "" {
		_, requests := checks.Find(env, snapshot.SpotFleets, at, "-")
		errs = append(errs, requests)
	}
	if r, err := checks.Find(env, versionsRead, at, at.Region); err == nil {
		errs = append(errs, r.err)
	}
	return unread(errs)
}

// unread is the first of the errors that says more than that what was looked for is absent.
func unread(errs []error) error {
	for _, err := range errs {
		if err != nil && !errors.Is(err, snapshot.ErrAbsent) {
			return err
		}
	}
	return nil
}

// regionVersions are the calls that read the versions of all templates of a Region, and why
// those of some template were not read.
type regionVersions struct {
	snapshot.Meta
	err error
}

var versionsRead = snapshot.Kind[regionVersions]{
	Type: "versions of a Region",
	All: func(a *snapshot.Account) (out []regionVersions) {
		index, seen := map[string]int{}, map[snapshot.Call]bool{}
		for _, t := range a.EC2.LaunchTemplates {
			i, ok := index[t.Region]
			if !ok {
				i = len(out)
				index[t.Region] = i
				out = append(out, regionVersions{Meta: snapshot.Meta{Location: t.Location}})
			}
			r := &out[i]
			for _, c := range t.Versions.Calls() {
				if !seen[c] {
					seen[c] = true
					r.Calls = append(r.Calls, c)
				}
			}
			if _, err := t.Versions.Get(); err != nil && !Gone(err) && r.err == nil {
				r.err = err
			}
		}
		return out
	},
	Meta: func(r regionVersions) snapshot.Meta { return r.Meta },
	Key:  func(r regionVersions) string { return r.Region },
}

// named is what names one image or instance profile.
type named struct {
	snapshot.Meta
	key string
	by  []string
}

// index gathers who names what.
type index struct {
	at  map[string]int
	out []named
}

func (x *index) add(location snapshot.Location, key, who string, calls []snapshot.Call) {
	i, ok := x.at[location.Region+" "+key]
	if !ok {
		i = len(x.out)
		x.at[location.Region+" "+key] = i
		x.out = append(x.out, named{Meta: snapshot.Meta{Location: location, Calls: calls}, key: key})
	}
	// A few names are enough for a reason.
	if n := &x.out[i]; len(n.by) < 8 && !slices.Contains(n.by, who) {
		n.by = append(n.by, who)
	}
}

// launches calls f with every description of a launch that is in force: of a template, its
// default and latest version.
func launches(a *snapshot.Account, f func(at snapshot.Meta, who string, s snapshot.LaunchSpec)) {
	for _, t := range a.EC2.LaunchTemplates {
		versions, _ := t.Versions.Get() // one that was not read names nothing
		for _, v := range versions {
			if v.Number == t.Default || v.Number == t.Latest {
				f(t.Meta, fmt.Sprintf("launch template %s version %d", t.Name, v.Number), v.LaunchSpec)
			}
		}
	}
	for _, c := range a.Scaling.Configurations {
		f(c.Meta, "launch configuration "+c.Name, c.Spec)
	}
}

// byName stands for the images that are named by parameters.
const byName = "resolve:"

// imageUses finds what names an image by its id, and what names one by a parameter.
var imageUses = snapshot.Kind[named]{
	Type: "uses of an image",
	All: func(a *snapshot.Account) []named {
		x := &index{at: map[string]int{}}
		for _, i := range a.EC2.Instances {
			if i.Live() && i.Image != "" {
				x.add(i.Location, i.Image, "instance "+i.ID, i.Calls)
			}
		}
		launches(a, func(at snapshot.Meta, who string, s snapshot.LaunchSpec) {
			switch {
			case strings.HasPrefix(s.Image, byName):
				x.add(at.Location, byName, who, at.Calls)
			case s.Image != "":
				x.add(at.Location, s.Image, who, at.Calls)
			}
		})
		for _, f := range a.EC2.SpotFleets {
			for _, s := range f.Specs {
				if !strings.HasPrefix(f.State, "cancelled") && s.Image != "" {
					x.add(f.Location, s.Image, "Spot Fleet request "+f.ID, f.Calls)
				}
			}
		}
		return x.out
	},
	Meta: func(n named) snapshot.Meta { return n.Meta },
	Key:  func(n named) string { return n.key },
}

// profileUses finds what holds or names an instance profile, by the profile's ARN or name,
// in all Regions at once.
var profileUses = snapshot.Kind[named]{
	Type: "uses of an instance profile",
	All: func(a *snapshot.Account) []named {
		x := &index{at: map[string]int{}}
		for _, i := range a.EC2.Instances {
			if i.Live() && i.Profile != "" {
				x.add(a.Location, i.Profile, "instance "+i.ID+" in "+i.Region, i.Calls)
			}
		}
		launches(a, func(at snapshot.Meta, who string, s snapshot.LaunchSpec) {
			if s.Profile != "" {
				x.add(a.Location, s.Profile, who+" in "+at.Region, at.Calls)
			}
		})
		return x.out
	},
	Meta:   func(n named) snapshot.Meta { return n.Meta },
	Key:    func(n named) string { return n.key },
	Global: true,
}
