package networks

import (
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/wording"
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

// Sorted are the words of a list in order, each once, the first of many.
func Sorted(list []string) string {
	list = slices.Clone(list)
	slices.Sort(list)
	return Few(slices.Compact(list))
}

// Few are the first of a list, and how many more there are.
func Few(list []string) string {
	const most = 6
	if len(list) <= most {
		return strings.Join(list, ", ")
	}
	return strings.Join(list[:most], ", ") + " and " + wording.Count(len(list)-most, "other")
}

// Own are the account's own public addresses: its Elastic IPs and those of its NAT
// gateways, in all Regions that were scanned.
func Own(env checks.Env) (out []string) {
	n := &env.Account().EC2.Net
	for _, a := range n.Addresses {
		if a.IP != "" {
			out = append(out, a.IP)
		}
	}
	for _, g := range n.NATGateways {
		out = append(out, g.Public...)
	}
	return out
}

// Everywhere takes the pages of lists of all Regions into the evidence, and says why the
// first list that is not whole is not. Regions that nobody could name may hold more.
func Everywhere(env checks.Env, operations ...string) error {
	_, first := checks.Use(env, env.Account().Regions)
	for _, region := range Regions(env.Account()) {
		if err := Rest(env, env.Account().In(region), operations...); first == nil {
			first = err
		}
	}
	return first
}

// Regions are the Regions that were to be scanned, in order.
func Regions(a *snapshot.Account) (out []string) {
	for _, c := range a.Coverage {
		if c.Region != snapshot.Global && !slices.Contains(out, c.Region) {
			out = append(out, c.Region)
		}
	}
	slices.Sort(out)
	return out
}

// LeftOut are the enabled Regions that were not scanned.
func LeftOut(a *snapshot.Account) (out []string) {
	all, _ := a.Regions.Get() // unread: Everywhere says so
	scanned := Regions(a)
	for _, r := range all {
		if r.Enabled() && !slices.Contains(scanned, r.Name) {
			out = append(out, r.Name)
		}
	}
	return out
}
