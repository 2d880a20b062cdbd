package residency

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestExpand(t *testing.T) {
	eu := []string{"eu-central-1", "eu-north-1", "eu-south-1", "eu-south-2", "eu-west-1", "eu-west-3", "eusc-de-east-1"}
	tests := []struct {
		name  string
		words []string
		want  []string
	}{
		{"none", nil, nil},
		{"London and Zurich are not in the EU", []string{"eu"}, eu},
		{"nor in the EEA", []string{"eea"}, eu},
		{"capitals", []string{"EU"}, eu},
		{"a country reaches into other partitions", []string{"de"}, []string{"eu-central-1", "eusc-de-east-1"}},
		{"GovCloud lies in the US", []string{"us"}, []string{
			"us-east-1", "us-east-2", "us-gov-east-1", "us-gov-west-1", "us-west-1", "us-west-2"}},
		{"uk", []string{"uk"}, []string{"eu-west-2"}},
		{"gb", []string{"gb", "uk", "eu-west-2"}, []string{"eu-west-2"}},
		{"ch", []string{"ch"}, []string{"eu-central-2"}},
		{"Hong Kong and Taipei are words of their own", []string{"cn"}, []string{"cn-north-1", "cn-northwest-1"}},
		{"sa is Saudi Arabia", []string{"sa"}, []string{"me-west-1"}},
		{"a mix, in any order, each once", []string{"us-west-2", "ch", "eu-west-1", "ie"}, []string{"eu-central-2", "eu-west-1", "us-west-2"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := Expand(test.words)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("Expand(%q) (-want +got)\n%s", test.words, diff)
			}
		})
	}
}

func TestExpandUnknown(t *testing.T) {
	tests := []struct{ word, nearest string }{
		{"eu-wset-1", "eu-west-1"},
		{"Eu", "eu"},
		{"EU-WEST-1", "eu-west-1"},
		{"no", ""}, // Norway is in the EEA and has no Region
		{"aws", ""},
		{"us-iso-east-1", "us-gov-east-1"},
		{"", ""},
		{"aws-global", ""},
	}
	for _, test := range tests {
		got, err := Expand([]string{"eu", test.word})
		var unknown *UnknownError
		if !errors.As(err, &unknown) || got != nil {
			t.Errorf("Expand(%q) = %q, %v, want an UnknownError and no Regions", test.word, got, err)
			continue
		}
		if unknown.Word != test.word {
			t.Errorf("Expand(%q) blames %q", test.word, unknown.Word)
		}
		if unknown.Nearest != test.nearest {
			t.Errorf("Expand(%q): nearest %q, want %q", test.word, unknown.Nearest, test.nearest)
		}
		if !strings.Contains(err.Error(), Date) || strings.Contains(err.Error(), "\n") {
			t.Errorf("Expand(%q): %q, want one line with the table's date", test.word, err)
		}
	}
}

func TestLookup(t *testing.T) {
	tests := []struct {
		name, country, partition string
		optIn                    bool
		jurisdictions            []string
	}{
		{"eu-west-2", "GB", "aws", false, []string{"gb", "uk"}},
		{"eu-central-2", "CH", "aws", true, []string{"ch"}},
		{"eu-south-2", "ES", "aws", true, []string{"eea", "es", "eu"}},
		{"eusc-de-east-1", "DE", "aws-eusc", false, []string{"de", "eea", "eu"}},
		{"il-central-1", "IL", "aws", true, []string{"il"}},
		{"me-central-1", "AE", "aws", true, []string{"ae"}},
		{"me-south-1", "BH", "aws", true, []string{"bh"}},
		{"mx-central-1", "MX", "aws", true, []string{"mx"}},
		{"ap-east-1", "HK", "aws", true, []string{"hk"}},
		{"ap-northeast-3", "JP", "aws", false, []string{"jp"}},
		{"us-gov-west-1", "US", "aws-us-gov", false, []string{"us"}},
		{"cn-northwest-1", "CN", "aws-cn", false, []string{"cn"}},
	}
	for _, test := range tests {
		r, ok := Lookup(test.name)
		if !ok {
			t.Errorf("Lookup(%q) found nothing", test.name)
			continue
		}
		if r.Country != test.country || r.Partition != test.partition || r.OptIn != test.optIn {
			t.Errorf("Lookup(%q) = %+v, want %s, %s, opt-in %v", test.name, r, test.country, test.partition, test.optIn)
		}
		if diff := cmp.Diff(test.jurisdictions, r.Jurisdictions()); diff != "" {
			t.Errorf("%s: jurisdictions (-want +got)\n%s", test.name, diff)
		}
	}
	for _, name := range []string{"", "eu", "eu-west", "EU-WEST-1", "eu-west-1a", "global", "us-iso-east-1"} {
		if r, ok := Lookup(name); ok {
			t.Errorf("Lookup(%q) = %+v, want nothing", name, r)
		}
	}
	if got := CountryJurisdictions("no"); !slices.Equal(got, []string{"eea", "no"}) {
		t.Errorf("CountryJurisdictions(no) = %q: Norway is in the EEA, not in the EU", got)
	}
	if got := CountryJurisdictions(""); got != nil {
		t.Errorf("CountryJurisdictions of no country = %q, want none", got)
	}
}

func TestPartitions(t *testing.T) {
	tests := []struct {
		partition  string
		all, optIn int
	}{
		{"aws", 36, 19}, {"aws-us-gov", 2, 0}, {"aws-cn", 2, 0}, {"aws-eusc", 1, 0}, {"aws-iso", 0, 0}, {"", 0, 0},
	}
	total := 0
	for _, test := range tests {
		all, enabled := InPartition(test.partition), EnabledByDefault(test.partition)
		if len(all) != test.all || len(all)-len(enabled) != test.optIn {
			t.Errorf("partition %q has %d Regions, %d by default, want %d and %d", test.partition, len(all), len(enabled), test.all, test.all-test.optIn)
		}
		if !slices.IsSorted(all) || !slices.IsSorted(enabled) {
			t.Errorf("partition %q is not sorted", test.partition)
		}
		total += len(all)
	}
	if total != len(All()) {
		t.Errorf("the partitions hold %d Regions, the table %d", total, len(All()))
	}
}

// TestTable holds the table to its own form: sorted for the binary search, the
// codes as each partition writes them, no zone prefix that begins another.
func TestTable(t *testing.T) {
	forms := map[string]*regexp.Regexp{
		"aws":        regexp.MustCompile(`^(us|eu|ap|sa|ca|me|af|il|mx)-[a-z]+-\d$`),
		"aws-us-gov": regexp.MustCompile(`^us-gov-[a-z]+-\d$`),
		"aws-cn":     regexp.MustCompile(`^cn-[a-z]+-\d$`),
		"aws-eusc":   regexp.MustCompile(`^eusc-de-[a-z]+-\d$`),
	}
	country := regexp.MustCompile(`^[A-Z]{2}$`)
	prefixes := map[string]string{}
	for i, r := range All() {
		if i > 0 && table[i-1].Name >= r.Name {
			t.Errorf("%s stands after %s", r.Name, table[i-1].Name)
		}
		if form, ok := forms[r.Partition]; !ok || !form.MatchString(r.Name) {
			t.Errorf("%s does not have the form of partition %q", r.Name, r.Partition)
		}
		if !country.MatchString(r.Country) || r.LongName == "" {
			t.Errorf("%s has country %q and long name %q", r.Name, r.Country, r.LongName)
		}
		if other, taken := prefixes[r.zonePrefix]; taken && r.zonePrefix != "" {
			t.Errorf("%s and %s share the zone prefix %q", r.Name, other, r.zonePrefix)
		}
		prefixes[r.zonePrefix] = r.Name
	}
	for region, at := range sites {
		if _, ok := Lookup(region); !ok {
			t.Errorf("sites of %q, which is no Region", region)
		}
		for code, c := range at {
			if len(code) != 3 || !country.MatchString(c) {
				t.Errorf("site %s-%s has country %q", region, code, c)
			}
		}
	}
	if _, ok := words["UK"]; !ok || !slices.IsSorted(Words()) {
		t.Error("Words is not sorted, or lacks UK")
	}
}

func TestLookupZone(t *testing.T) {
	tests := []struct {
		zone string
		want Zone // zero: unknown
	}{
		{"eu-west-2c", Zone{AvailabilityZone, "eu-west-2", "GB"}},
		{"euc1-az2", Zone{AvailabilityZone, "eu-central-1", "DE"}},
		{"usgw1-az1", Zone{AvailabilityZone, "us-gov-west-1", "US"}},
		{"eusc-de-east-1a", Zone{AvailabilityZone, "eusc-de-east-1", "DE"}},
		{"us-east-1-qro-1a", Zone{LocalZone, "us-east-1", "MX"}},
		{"us-east-1-qro-1", Zone{LocalZone, "us-east-1", "MX"}},
		{"use1-qro1-az1", Zone{LocalZone, "us-east-1", "MX"}},
		{"us-east-1-nyc-2a", Zone{LocalZone, "us-east-1", "US"}},
		{"eu-north-1-hel-1a", Zone{LocalZone, "eu-north-1", "FI"}},
		{"eu-central-1-ist-1a", Zone{LocalZone, "eu-central-1", "TR"}},
		{"apse1-mnl1-az1", Zone{LocalZone, "ap-southeast-1", "PH"}},
		{"us-east-1-wl1-bos-wlz-1", Zone{WavelengthZone, "us-east-1", "US"}},
		{"use1-wl1-bos-wlz1", Zone{WavelengthZone, "us-east-1", "US"}},
		{"eu-west-3-wl1-cmn-wlz-1", Zone{WavelengthZone, "eu-west-3", "MA"}},
		{"us-east-1-wl1", Zone{}},
		{"us-east-1-xyz-1a", Zone{}},
		{"eu-west-1-qro-1a", Zone{}}, // Querétaro is a site of us-east-1 only
		{"us-east-1", Zone{}},
		{"us-east-11a", Zone{}},
		{"", Zone{}},
		{"us-east-1-qro-1a ", Zone{}},
		{"-az1", Zone{}}, // a Region without a known prefix must not match everything
	}
	for _, test := range tests {
		got, ok := LookupZone(test.zone)
		if got != test.want || ok != (test.want != Zone{}) {
			t.Errorf("LookupZone(%q) = %+v, %v, want %+v", test.zone, got, ok, test.want)
		}
	}
}

func TestCountryNamed(t *testing.T) {
	for name, want := range map[string]string{
		"United States of America": "US", " Germany ": "DE", "Türkiye": "TR", "VIET NAM": "VN", "England": "GB",
	} {
		if got, ok := CountryNamed(name); !ok || got != want {
			t.Errorf("CountryNamed(%q) = %q, %v, want %s", name, got, ok, want)
		}
	}
	for _, name := range []string{"", "Europe", "Oregon", "us-west-2", "DE"} {
		if got, ok := CountryNamed(name); ok {
			t.Errorf("CountryNamed(%q) = %q, want nothing", name, got)
		}
	}
	named := map[string]bool{}
	for _, country := range geographies {
		named[country] = true
	}
	for _, r := range table {
		if !named[r.Country] {
			t.Errorf("no name stands for %s, where %s lies", r.Country, r.Name)
		}
	}
	for region, at := range sites {
		for site, country := range at {
			if !named[country] {
				t.Errorf("no name stands for %s, where %s of %s lies", country, site, region)
			}
		}
	}
}

func TestCountries(t *testing.T) {
	if diff := cmp.Diff([]string{"ch", "eu", "us"}, Countries([]string{"us-east-1", "EU", "eu-central-2", "ch", "us-west-2"})); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if got := Countries(nil); len(got) != 0 {
		t.Errorf("no words: %q", got)
	}
}
