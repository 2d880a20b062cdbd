package launch

import (
	"errors"

	"onus/checks"
	"onus/scanner/snapshot"
)

// Groups are the Auto Scaling groups that use a launch configuration, and why there may be
// more.
func Groups(c snapshot.LaunchConfiguration, env checks.Env) ([]snapshot.ScalingGroup, error) {
	var out []snapshot.ScalingGroup
	if u, err := checks.Find(env, configured, c.Location, c.Name); err == nil {
		out = u.groups
	}
	for _, g := range out {
		env.Cite(g.Calls...)
	}
	if _, err := checks.Find(env, snapshot.ScalingGroups, c.Location, "-"); !errors.Is(err, snapshot.ErrAbsent) {
		return out, err
	}
	return out, nil
}

// configuredGroups are the groups of one launch configuration.
type configuredGroups struct {
	snapshot.Meta
	configuration string
	groups        []snapshot.ScalingGroup
}

// configured finds groups by the name of their launch configuration.
var configured = snapshot.Kind[configuredGroups]{
	Type: "groups of a launch configuration",
	All: func(a *snapshot.Account) (out []configuredGroups) {
		index := map[string]int{}
		for _, g := range a.Scaling.Groups {
			if g.Configuration == "" {
				continue
			}
			i, ok := index[g.Region+" "+g.Configuration]
			if !ok {
				i = len(out)
				index[g.Region+" "+g.Configuration] = i
				out = append(out, configuredGroups{Meta: snapshot.Meta{Location: g.Location}, configuration: g.Configuration})
			}
			out[i].groups = append(out[i].groups, g)
		}
		return out
	},
	Meta: func(c configuredGroups) snapshot.Meta { return c.Meta },
	Key:  func(c configuredGroups) string { return c.configuration },
}
