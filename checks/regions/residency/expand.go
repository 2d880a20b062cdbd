package residency

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"onus/checks/regions/residency/nearest"
)

// UnknownError names a word that Expand cannot place.
type UnknownError struct {
	Word    string
	Nearest string // the known word most like it; empty when none is near
}

// Error says what is wrong in one line, and which word may have been meant.
func (e *UnknownError) Error() string {
	text := fmt.Sprintf("%q names no AWS Region, nor a country or jurisdiction that has one, in the table of %s", e.Word, Date)
	if e.Nearest != "" {
		text += fmt.Sprintf(" (nearest: %q)", e.Nearest)
	}
	return text
}

// words maps each word of Expand to the Regions it stands for, in order of name.
var words = index()

func index() map[string][]string {
	out := map[string][]string{}
	for _, r := range table {
		out[r.Name] = append(out[r.Name], r.Name)
		for _, word := range r.Jurisdictions() {
			out[word] = append(out[word], r.Name)
			// Countries are commonly written in capitals: DE, EU. Region codes never are.
			upper := strings.ToUpper(word)
			out[upper] = append(out[upper], r.Name)
		}
	}
	return out
}

// Words returns every word that Expand takes, sorted: Region codes, and countries
// and jurisdictions in small letters and in capitals.
func Words() []string { return slices.Sorted(maps.Keys(words)) }

// Expand returns the Regions that a list of words stands for, sorted and each
// once: a Region code stands for itself, a country (ISO 3166-1 alpha-2, or "uk")
// for the Regions in it, "eu" and "eea" for those in their member states. Regions
// of every partition count, so "us" takes in GovCloud, and "de" the European
// Sovereign Cloud. The first word that is unknown, or has no Region, is an
// *UnknownError. No words give no Regions. Beware "sa": Saudi Arabia, not South
// America; "ca" is Canada and "in" India.
func Expand(list []string) ([]string, error) {
	var regions []string
	for _, word := range list {
		found, ok := words[word]
		if !ok {
			near, _ := nearest.Word(strings.ToLower(strings.TrimSpace(word)), Words())
			return nil, &UnknownError{Word: word, Nearest: near}
		}
		regions = append(regions, found...)
	}
	slices.Sort(regions)
	return slices.Compact(regions), nil
}

// Countries are the words of Expand with the country of each Region in its place, sorted and
// each once: they stand for places outside of every Region too, such as a Local Zone in a
// member state of the EU that has no Region.
func Countries(list []string) []string {
	var out []string
	for _, word := range list {
		if r, ok := Lookup(word); ok {
			word = r.Country
		}
		out = append(out, strings.ToLower(word))
	}
	slices.Sort(out)
	return slices.Compact(out)
}
