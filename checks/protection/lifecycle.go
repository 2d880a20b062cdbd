package protection

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"onus/checks"
	"onus/scanner/snapshot"
)

// Volume says what backs a volume up: a backup plan that selects it or the instance that it
// is attached to, or a lifecycle policy that targets either.
func Volume(env checks.Env, v snapshot.Volume) Cover {
	out := Plans(env, v.Location, Tagged(v.ARN, "EBS", v.Tags))
	var attached []snapshot.Instance
	for _, id := range v.Attachments {
		i, err := checks.Find(env, snapshot.Instances, v.Location, id)
		switch {
		case err == nil:
			attached = append(attached, i)
			out = out.And(Plans(env, i.Location, Tagged(i.ARN, "EC2", i.Tags)).through(i))
		case !errors.Is(err, snapshot.ErrAbsent): // absent: what it is attached to is no instance
			out.open(err)
		}
	}
	return out.And(policies(env, v.Location, func(p snapshot.LifecyclePolicy, d snapshot.LifecyclePolicyDetails) Match {
		return TargetsVolume(p, d, v, attached)
	}))
}

// Instance says what backs an instance up as a whole: a backup plan that selects it, or a
// lifecycle policy that targets it and leaves out none of its volumes.
func Instance(env checks.Env, i snapshot.Instance) Cover {
	return Plans(env, i.Location, Tagged(i.ARN, "EC2", i.Tags)).And(
		policies(env, i.Location, func(p snapshot.LifecyclePolicy, d snapshot.LifecyclePolicyDetails) Match {
			return TargetsInstance(p, d, i)
		}))
}

// through says that what backs an instance up is meant. That something comes near the
// instance says nothing of a volume.
func (c Cover) through(i snapshot.Instance) Cover {
	for k := range c.By {
		c.By[k].What = "instance " + i.ID + "'s " + c.By[k].What
	}
	c.Near = nil
	return c
}

// policies says which lifecycle policies of a place target a resource.
func policies(env checks.Env, at snapshot.Location, targets func(snapshot.LifecyclePolicy, snapshot.LifecyclePolicyDetails) Match) (out Cover) {
	all, err := checks.In(env, snapshot.LifecyclePolicies, at).Get()
	out.open(err)
	for _, p := range all {
		d, err := checks.Use(env, p.Details)
		if err != nil {
			if Makes(p) {
				out.open(err)
			}
			continue
		}
		m, what := targets(p, d), "lifecycle policy "+p.ID
		switch {
		case m.Open != nil:
			out.open(m.Open)
		case m.Selected:
			out.By = append(out.By, By{What: what + ", " + m.Why})
		case m.Why != "":
			out.Near = append(out.Near, what+": "+m.Why)
		}
	}
	return out
}

// Makes says that a policy makes snapshots or images of the account's own resources now:
// one that is disabled or in error does nothing, and one for events copies what others share.
func Makes(p snapshot.LifecyclePolicy) bool {
	return p.State == "ENABLED" && (p.Type == "EBS_SNAPSHOT_MANAGEMENT" || p.Type == "IMAGE_MANAGEMENT")
}

// TargetsVolume says whether a policy makes copies of a volume, which is attached to the
// instances.
// Source: DLM API Reference, PolicyDetails, Exclusions and Parameters.
func TargetsVolume(p snapshot.LifecyclePolicy, d snapshot.LifecyclePolicyDetails, v snapshot.Volume, attached []snapshot.Instance) Match {
	if d.Resource == "INSTANCE" {
		best := Match{}
		for _, i := range attached {
			m := targets(p, d, i.Tags, v.Outpost)
			if m.Selected {
				m = withVolume(d, p, v, i, m)
			}
			if m.Selected || best.Why == "" {
				best = m
			}
			if m.Selected {
				break
			}
		}
		return best
	}
	m := targets(p, d, v.Tags, v.Outpost)
	if !m.Selected || !p.Default {
		return m
	}
	boot := slices.ContainsFunc(attached, func(i snapshot.Instance) bool { return isRoot(i, v.ID) })
	switch {
	case d.Excluded.BootVolumes && boot:
		return Match{Why: "it leaves out boot volumes"}
	case slices.Contains(d.Excluded.VolumeTypes, v.Type):
		return Match{Why: "it leaves out volumes of type " + v.Type}
	}
	return m
}

// TargetsInstance says whether a policy makes copies of all volumes of an instance.
func TargetsInstance(p snapshot.LifecyclePolicy, d snapshot.LifecyclePolicyDetails, i snapshot.Instance) Match {
	if d.Resource != "INSTANCE" {
		return Match{}
	}
	m := targets(p, d, i.Tags, "")
	switch {
	case !m.Selected || p.Default || p.Type == "IMAGE_MANAGEMENT":
		return m
	case d.Excluded.BootVolumes:
		return Match{Why: "it targets the instance and leaves out its boot volume"}
	case len(d.Excluded.Tags) > 0:
		return Match{Why: "it targets the instance and may leave out some of its volumes by their tags"}
	}
	return m
}

// withVolume says whether a policy that targets an instance copies one of its volumes too.
func withVolume(d snapshot.LifecyclePolicyDetails, p snapshot.LifecyclePolicy, v snapshot.Volume, i snapshot.Instance, m Match) Match {
	m.Why += " of instance " + i.ID
	if p.Default || p.Type == "IMAGE_MANAGEMENT" {
		return m // exclusions by tag are those of instances here
	}
	root := isRoot(i, v.ID)
	t, excluded := anyTag(d.Excluded.Tags, v.Tags)
	switch {
	case root && d.Excluded.BootVolumes:
		return Match{Why: "it leaves out the boot volume of instance " + i.ID}
	case !root && excluded:
		return Match{Why: "it leaves out the volume by tag " + t}
	}
	return m
}

func isRoot(i snapshot.Instance, volume string) bool {
	return slices.ContainsFunc(i.Volumes, func(v snapshot.InstanceVolume) bool { return v.Volume == volume && v.Device == i.RootDevice })
}

// targets says whether a policy that is at work takes a resource in by its tags and place.
func targets(p snapshot.LifecyclePolicy, d snapshot.LifecyclePolicyDetails, tags map[string]string, outpost string) Match {
	if p.Default {
		t, excluded := anyTag(d.Excluded.Tags, tags)
		switch {
		case !Makes(p):
			return Match{Why: idle(p)}
		case excluded:
			return Match{Why: "it leaves out tag " + t}
		}
		return Match{Selected: true, Why: "the default policy"}
	}
	t, tagged := anyTag(d.TargetTags, tags)
	here := len(d.Locations) == 0 || slices.Contains(d.Locations, "CLOUD")
	switch {
	case !tagged:
		return Match{}
	case !Makes(p):
		return Match{Why: idle(p)}
	case d.Schedules == 0:
		return Match{Why: "it has no schedule"}
	case outpost != "" && !slices.Contains(d.Locations, "OUTPOST"), outpost == "" && !here && !slices.Contains(d.Locations, "LOCAL_ZONE"):
		return Match{Why: fmt.Sprintf("it is for resources in %s", orElse(strings.Join(d.Locations, ", "), "CLOUD"))}
	case outpost == "" && !here:
		return Match{Open: Unclear(fmt.Sprintf("lifecycle policy %s is for Local Zones, and whether the resource lies in one is not read", p.ID))}
	}
	return Match{Selected: true, Why: "by tag " + t}
}

// idle says why a policy does nothing for the resource.
func idle(p snapshot.LifecyclePolicy) string {
	if p.State != "ENABLED" {
		return "it is " + p.State
	}
	return "it is of type " + p.Type
}

// anyTag finds the first of the wanted tags that a resource has.
func anyTag(wanted []snapshot.TagCondition, tags map[string]string) (string, bool) {
	for _, w := range wanted {
		if value, there := tags[w.Key]; there && value == w.Value {
			return w.Key + "=" + w.Value, true
		}
	}
	return "", false
}
