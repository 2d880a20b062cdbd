package html

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"onus/checks/wording"
	"onus/scanner/snapshot"
)

// gaps are the calls that were not read, by operation, cause and error code.
func gaps(coverage []snapshot.Coverage, g *gathered) []gap {
	var out []gap
	for _, c := range coverage {
		if c.Status == snapshot.OK || c.Status == snapshot.NotOptedIn {
			continue
		}
		code := ""
		if c.Error != nil {
			code = c.Error.Code
		}
		i := slices.IndexFunc(out, func(o gap) bool {
			return o.Operation == c.Operation && o.Cause == string(c.Status) && o.Code == code
		})
		if i < 0 {
			i = len(out)
			out = append(out, gap{Operation: c.Operation, Cause: string(c.Status), Code: code, Cost: cost(g, c.Operation, c.Status), Advice: advice[c.Status]})
		}
		out[i].places = append(out[i].places, c.Account+"/"+c.Region)
	}
	for i := range out {
		p := out[i].places
		out[i].Where = strings.Join(p[:min(3, len(p))], ", ")
		if len(p) > 3 {
			out[i].Where = fmt.Sprintf("%d places (%s … %s)", len(p), p[0], p[len(p)-1])
		}
	}
	slices.SortFunc(out, func(a, b gap) int {
		return cmp.Or(cmp.Compare(a.Operation, b.Operation), cmp.Compare(a.Cause, b.Cause), cmp.Compare(a.Code, b.Code))
	})
	return out
}

// cost is how many checks read an operation and could not tell, somewhere, by its cause.
func cost(g *gathered, operation string, cause snapshot.Cause) string {
	n := 0
	for _, t := range g.checks {
		if t.causes[cause] > 0 && slices.Contains(t.check.Operations(), operation) {
			n++
		}
	}
	if n == 0 {
		return "no verdict is unknown for it"
	}
	return wording.Count(n, "check") + " cannot tell"
}
