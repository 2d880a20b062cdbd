package report

import (
	"time"

	"onus/checks"
)

// Past is what is known of an earlier scan of the same accounts.
type Past struct {
	ID              string
	Started         time.Time
	AsOf            time.Time
	CatalogueDigest string
	PolicyDigest    string
	Interrupted     string
	Counts          Counts
	Fails           map[checks.Severity]int
}

// PastOf is a scan as the past of a later one.
func PastOf(s Scan, sum Summary) Past {
	p := Past{
		ID: s.ID, Started: s.Started, AsOf: s.AsOf, CatalogueDigest: s.CatalogueDigest, PolicyDigest: s.PolicyDigest, Interrupted: s.Interrupted,
		Counts: sum.Count(func(Cell) bool { return true }), Fails: map[checks.Severity]int{},
	}
	for _, severity := range checks.Severities {
		p.Fails[severity] = sum.Count(func(c Cell) bool { return c.Severity == severity }).FAIL
	}
	return p
}
