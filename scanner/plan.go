package scanner

import (
	"cmp"
	"slices"

	"onus/scanner/collect"
	"onus/scanner/snapshot"
	"onus/scanner/wire"
)

// Call is one planned operation in one place. It is asked once, or once for each page
// or resource that there turns out to be.
type Call struct {
	Operation string
	Region    string // snapshot.Global for what is asked once for an account
}

// Plan is every call that the operations need in the Regions, the scan's own included,
// in the order of operation and Region.
func Plan(operations, regions []string) []Call {
	var out []Call
	for _, op := range withOwn(operations) {
		if wire.Permitted[op].Global {
			out = append(out, Call{op, snapshot.Global})
			continue
		}
		for _, region := range regions {
			out = append(out, Call{op, region})
		}
	}
	return out
}

func withOwn(operations []string) []string {
	all := slices.Concat(operations, own)
	slices.SortFunc(all, cmp.Compare)
	return slices.Compact(all)
}

func enter(calls *collect.Calls, at snapshot.Location, plan []Call) {
	for _, c := range plan {
		calls.Plan(c.Operation, at.In(c.Region))
	}
}
