package networks

import (
	"slices"
	"strings"

	"onus/checks"
	"onus/scanner/snapshot"
)

// Foreign leaves out what another account owns and shares with this one.
func Foreign(what, owner string, at snapshot.Location) (v checks.Verdict, out bool) {
	if owner == "" || owner == at.Account {
		return v, false
	}
	return checks.DoesNotApply("the %s belongs to account %s", what, owner).With("OwnerId", owner), true
}

// Outside are the accounts that are not known: neither the account itself, nor one of the
// trusted, nor (with organization) one of its own organization's. The error says why the
// organization's accounts could not be read; it is nil where nothing depends on them.
func Outside(env checks.Env, trusted []string, organization bool, accounts ...string) (outside []string, err error) {
	var strange []string
	for _, a := range accounts {
		if a != env.Account().Account && !slices.Contains(trusted, a) && !slices.Contains(strange, a) {
			strange = append(strange, a)
		}
	}
	if len(strange) == 0 || !organization {
		return strange, nil
	}
	members, err := checks.Use(env, env.Account().Org.Accounts)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(strange, func(a string) bool { return slices.Contains(members, a) }), nil
}

// Few are the first of a list, and how many more there are.
func Few(list []string) string {
	const most = 6
	if len(list) <= most {
		return strings.Join(list, ", ")
	}
	return strings.Join(list[:most], ", ") + " and " + plural(len(list)-most, "other")
}
