// Package suite is the one list of every check. Which of them run is left to the
// command, how to the evaluator in checks.
package suite

import (
	"cmp"
	"slices"
	"sync"

	"onus/checks"
	"onus/checks/access"
	"onus/checks/backups"
	"onus/checks/encryption"
	"onus/checks/hygiene"
	"onus/checks/logging"
	"onus/checks/network"
	"onus/checks/platform"
	"onus/checks/regions"
	"onus/checks/resilience"
)

// All are the checks of all categories, by id.
func All() []*checks.Check {
	all := slices.Concat(access.All, backups.All, encryption.All, hygiene.All, logging.All, network.All, platform.All, regions.All, resilience.All)
	slices.SortFunc(all, func(a, b *checks.Check) int { return cmp.Compare(a.ID, b.ID) })
	return all
}

// Find is the check with an id.
func Find(id string) (*checks.Check, bool) {
	c, ok := byID()[id]
	return c, ok
}

var byID = sync.OnceValue(func() map[string]*checks.Check {
	out := map[string]*checks.Check{}
	for _, c := range All() {
		out[c.ID] = c
	}
	return out
})

// Operations are all that must be asked for the checks, sorted, each once.
func Operations(list []*checks.Check) []string {
	var out []string
	for _, c := range list {
		out = append(out, c.Operations()...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}
