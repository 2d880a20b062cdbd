package regions

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/regions/residency"
	"onus/checks/wording"
	"onus/scanner/snapshot"
)

var countryForm = regexp.MustCompile(`^(?i:[a-z]{2}|eea)$`)

// countryWords refuses words in allowed_countries that stand for no country: a country is
// two letters (ISO 3166-1), "eu", "eea" and "uk" are taken too.
func countryWords(parameter string, value any) error {
	words, ok := value.([]string)
	if parameter != "allowed_countries" || !ok {
		return nil
	}
	for _, w := range words {
		if !countryForm.MatchString(w) {
			return fmt.Errorf("%q is no country: want two letters such as de, or eu, eea, uk", w)
		}
	}
	return nil
}

// countriesAllowed are the words for what allowed_countries names, else the countries of the
// allowed Regions.
func countriesAllowed(env checks.Env, allowed []string) []string {
	if words := env.Strings("allowed_countries"); len(words) > 0 {
		return words
	}
	return countriesOf(allowed)
}

// admits says that some of the words stands for a country.
func admits(words []string, country string) bool {
	of := residency.CountryJurisdictions(country)
	return slices.ContainsFunc(words, func(w string) bool { return slices.Contains(of, strings.ToLower(w)) })
}

// zoneTypes are the types of the zones that AWS lists, by Region and name, and by Region and id.
type zoneTypes map[string]string

func zonesOf(a *snapshot.Account) zoneTypes {
	out := zoneTypes{}
	for _, z := range a.EC2.Net.Zones {
		for _, name := range []string{z.Name, z.ID} {
			out[z.Region+" "+name] = z.Type
		}
	}
	return out
}

// special are those of the places that are no ordinary zones of a Region. A zone that neither
// AWS's list nor the table knows is one of them: it may be anywhere.
func (t zoneTypes) special(region string, places []snapshot.Place) (out []snapshot.Place) {
	for _, p := range places {
		if p.Outpost != "" || p.Zone != "" && !ordinary(p.Zone, t[region+" "+p.Zone]) {
			out = append(out, p)
		}
	}
	return out
}

// ordinary says that a zone is one of the Region's own.
func ordinary(zone, kind string) bool {
	if kind == "" {
		z, _ := residency.LookupZone(zone)
		kind = z.Kind
	}
	return kind == residency.AvailabilityZone
}

// zoneByName finds a zone by its name: those of one account are told apart by it.
var zoneByName = func() snapshot.Kind[snapshot.Zone] {
	k := snapshot.Zones
	k.Type = "zone by its name"
	k.Key = func(z snapshot.Zone) string { return z.Name }
	return k
}()

// placed is where something lies, as far as that is known.
type placed struct {
	allowed []string // words for countries

	inside, outside, unclear []string
	lacking                  error
}

// look adds one place.
func (f *placed) look(env checks.Env, at snapshot.Location, p snapshot.Place) {
	if p.Outpost != "" {
		f.outpost(p.Outpost, env.Strings("declared_outposts"))
		return
	}
	z, err := checks.Find(env, zoneByName, at, p.Zone)
	if errors.Is(err, snapshot.ErrAbsent) {
		z, err = checks.Find(env, snapshot.Zones, at, p.Zone)
	}
	switch {
	case err == nil:
		f.zone(z, p.Zone)
	case errors.Is(err, snapshot.ErrAbsent):
		f.byTable(p.Zone, p.Zone)
	default:
		f.lacking = err
	}
}

// outpost adds an Outpost, whose address no call tells.
func (f *placed) outpost(arn string, declared []string) {
	id := arn[strings.LastIndexByte(arn, '/')+1:]
	if slices.Contains(declared, arn) || slices.Contains(declared, id) {
		f.inside = append(f.inside, "the Outpost "+id+", which is declared")
		return
	}
	f.unclear = append(f.unclear, "where the Outpost "+id+" stands AWS does not tell, and declared_outposts does not name it")
}

// zone adds a zone: AWS's word for where it is counts before the table's.
func (f *placed) zone(z snapshot.Zone, name string) {
	if len(z.Geography) == 0 {
		id := z.ID
		if _, ok := residency.LookupZone(id); !ok {
			id = name
		}
		f.byTable(id, name)
		return
	}
	for _, g := range z.Geography {
		if country, ok := residency.CountryNamed(g); ok {
			f.country(name, country)
		} else {
			f.unclear = append(f.unclear, fmt.Sprintf("AWS says of %s that it is in %q, which is no country that the table of %s knows", name, g, residency.Date))
		}
	}
}

// byTable adds a zone of which AWS does not say where it is.
func (f *placed) byTable(key, name string) {
	if z, ok := residency.LookupZone(key); ok {
		f.country(name, z.Country)
		return
	}
	f.unclear = append(f.unclear, fmt.Sprintf("AWS does not say where %s is, and the table of %s does not know it", name, residency.Date))
}

func (f *placed) country(zone, country string) {
	what := zone + " in " + country
	if admits(f.allowed, country) {
		f.inside = append(f.inside, what)
	} else {
		f.outside = append(f.outside, what)
	}
}

// verdict judges what lies there.
func (f *placed) verdict(what string) checks.Verdict {
	for _, list := range [][]string{f.inside, f.outside, f.unclear} {
		slices.Sort(list)
	}
	found := strings.Join(f.outside, ", ")
	switch {
	case len(f.outside) > 0:
		return checks.Fail("%s lies in %s; allowed: %s", what, wording.List(f.outside, 5), strings.Join(f.allowed, ", ")).With("zones", found)
	case f.lacking != nil:
		return checks.Unknown(f.lacking)
	case len(f.unclear) > 0:
		return checks.Unclear("%s", wording.List(f.unclear, 3)).With("zones", "")
	}
	return checks.Pass("%s lies in %s", what, wording.List(f.inside, 5)).With("zones", strings.Join(f.inside, ", "))
}
