// Package residency says in which country and jurisdiction each AWS Region and
// zone lies, from a dated table, and expands words such as "eu" into Regions. It
// leaves to its callers which Regions an account may use, and what to conclude
// for a place that the table does not know: that is unknown, never allowed.
//
// A jurisdiction here is where the infrastructure stands, no more. It says
// nothing of who operates it, nor of where a partition's global services keep
// identity data (names of IAM users, tags, billing): for the partition aws that
// is us-east-1, whatever the Region of the data.
package residency

import (
	"slices"
	"strings"
)

// Region is one AWS Region as the table knows it.
type Region struct {
	Name      string // the Region's code, such as "eu-central-1"
	LongName  string // the name AWS shows, such as "Europe (Frankfurt)"
	Country   string // ISO 3166-1 alpha-2, upper case; the United Kingdom is "GB"
	Partition string // "aws", "aws-us-gov", "aws-cn" or "aws-eusc"
	// OptIn says that an account must enable the Region before use (account:
	// ListRegions, RegionOptStatus DISABLED until then). False: always enabled.
	OptIn bool

	// zonePrefix starts the ids of the Region's zones: "euc1" in "euc1-az2". Empty
	// where AWS's documents do not give it; such ids are then unknown.
	zonePrefix string
}

// Jurisdictions returns the words of Expand that take the Region in because of
// its country, sorted: the country itself ("de"), "uk" for GB, "eu" and "eea".
func (r Region) Jurisdictions() []string { return CountryJurisdictions(r.Country) }

// CountryJurisdictions returns the words that stand for a country (ISO 3166-1
// alpha-2, in either case), sorted, as Region.Jurisdictions does. It serves zones
// too, which may lie outside the country of their Region. An empty country has
// none.
func CountryJurisdictions(country string) []string {
	if country == "" {
		return nil
	}
	country = strings.ToUpper(country)
	words := []string{strings.ToLower(country)}
	switch {
	case country == "GB":
		words = append(words, "uk")
	case slices.Contains(euMembers, country):
		words = append(words, "eea", "eu")
	case slices.Contains(eeaOnly, country):
		words = append(words, "eea")
	}
	slices.Sort(words)
	return words
}

// Lookup returns what the table knows of a Region, by its exact code. False means
// unknown: misspelt, in an isolated partition, or newer than Date.
func Lookup(region string) (Region, bool) {
	i, ok := slices.BinarySearchFunc(table, region, func(r Region, name string) int {
		return strings.Compare(r.Name, name)
	})
	if !ok {
		return Region{}, false
	}
	return table[i], true
}

// All returns every Region of the table, in order of name.
func All() []Region { return slices.Clone(table) }

// InPartition returns the codes of a partition's Regions, sorted, opted in to or
// not; none for a partition that the table does not list.
func InPartition(partition string) []string {
	return names(func(r Region) bool { return r.Partition == partition })
}

// EnabledByDefault returns the codes of a partition's Regions that every account
// can use without opting in, sorted.
func EnabledByDefault(partition string) []string {
	return names(func(r Region) bool { return r.Partition == partition && !r.OptIn })
}

func names(keep func(Region) bool) []string {
	var out []string
	for _, r := range table {
		if keep(r) {
			out = append(out, r.Name)
		}
	}
	return out
}
