// Package report is the result of a scan: its header, its summary, the duties of the
// Shared Responsibility Model with their outcomes, and the exit status that follows. It
// leaves judging to checks and bytes to one subpackage for each format.
//
// A result never holds its findings. It holds a sequence that can be ranged over again,
// because an account with 100,000 resources has more than a million of them: what a
// writer needs beforehand it counts in a first pass (Tally).
package report

import (
	"time"

	"onus/checks"
)

// Format names the result document.
const Format = "onus.result/v1"

// Scan is the header of a result: what was scanned, when, by whom and with what. Every
// value, the times too, is given by the caller.
type Scan struct {
	ID              string
	ToolVersion     string
	Commit          string
	Started         time.Time
	Finished        time.Time
	AsOf            time.Time // the time by which checks judged
	Principal       string    // ARN of who asked
	Partition       string
	Accounts        []string
	Regions         []Region
	RegionsUnread   string // why the list of Regions is not known; "" where it was read
	PolicyDigest    string // of the policy file; "" where none was given
	CatalogueDigest string // of the checks that this tool knows
	NarrowedTo      *Narrowing
	Sampled         *Sampling // nil where no object was looked at
	Interrupted     string    // why the scan ended early; "" where it ran to its end
	NotRun          []NotRun  // all other checks of this tool
}

// Region is a Region as one account sees it.
// Source: Account ListRegions, field RegionOptStatus; else EC2 DescribeRegions, OptInStatus.
type Region struct {
	Account string `json:"account"`
	Name    string `json:"name"`
	Status  string `json:"status"` // AWS's own word
	Enabled bool   `json:"enabled"`
}

// Narrowing is what the user left of a scan: no list, or an empty one, leaves all.
type Narrowing struct {
	Regions         []string `json:"regions,omitempty"`
	ExcludedRegions []string `json:"excluded_regions,omitempty"`
	Services        []string `json:"services,omitempty"`
	Categories      []string `json:"categories,omitempty"`
	Checks          []string `json:"checks,omitempty"`
	Frameworks      []string `json:"frameworks,omitempty"` // checks mapped to one of them
	Resources       []string `json:"resources,omitempty"`  // ARNs
	Tags            []string `json:"tags,omitempty"`       // KEY=VALUE, all of them
}

// Sampling says how objects were sampled, so that the same sample can be drawn again.
type Sampling struct {
	Objects int      `json:"objects"`  // of each bucket at most
	MaxKeys int      `json:"max_keys"` // keys of each bucket that were listed at most
	Seed    string   `json:"seed"`
	Buckets []string `json:"buckets,omitempty"` // globs; none: every bucket
}

// NotRun is a check that this tool has and did not run, and why.
type NotRun struct {
	Check *checks.Check
	Why   string
}
