package residency

import (
	"regexp"
	"strings"
)

// The kinds of zone, as EC2 DescribeAvailabilityZones gives them in ZoneType.
const (
	AvailabilityZone = "availability-zone"
	LocalZone        = "local-zone"
	WavelengthZone   = "wavelength-zone"
)

// Zone is where a zone lies. Its country may differ from that of its Region.
type Zone struct {
	Kind    string // AvailabilityZone, LocalZone or WavelengthZone
	Region  string // the parent Region's code
	Country string // ISO 3166-1 alpha-2
}

// sites maps a parent Region and the three-letter location code in its zones'
// names to the country. All zones of one Region and location share a city, so
// us-east-1-nyc-1a and us-east-1-nyc-2a have one row.
//
// Sources, as of Date: "Available Local Zones" (AWS Local Zones user guide,
// columns Parent Region Name and Geography), "Available Wavelength Zones" (AWS
// Wavelength developer guide), and the list of Local Zones in "Amazon EBS
// encryption by default" (Amazon EBS user guide). Zones since closed stay, as old
// records name them. Dedicated Local Zones, built for one customer, are in no
// public document and therefore unknown.
var sites = map[string]map[string]string{
	"af-south-1":     {"los": "NG"},
	"ap-northeast-1": {"kix": "JP", "nrt": "JP", "tpe": "TW"},
	"ap-northeast-2": {"cjj": "KR", "sel": "KR"},
	"ap-south-1":     {"ccu": "IN", "del": "IN"},
	"ap-southeast-1": {"bkk": "TH", "han": "VN", "mnl": "PH"},
	"ap-southeast-2": {"akl": "NZ", "per": "AU"},
	"ca-central-1":   {"yto": "CA"},
	"eu-central-1":   {"ath": "GR", "ber": "DE", "dtm": "DE", "ham": "DE", "ist": "TR", "muc": "DE", "waw": "PL"},
	"eu-north-1":     {"cph": "DK", "hel": "FI"},
	"eu-west-2":      {"lon": "GB", "man": "GB"},
	"eu-west-3":      {"cmn": "MA", "dss": "SN"},
	"me-south-1":     {"mct": "OM"},
	"us-east-1": {
		"atl": "US", "bna": "US", "bos": "US", "bue": "AR", "chi": "US", "clt": "US", "dfw": "US",
		"dtw": "US", "iah": "US", "lim": "PE", "mci": "US", "mia": "US", "msp": "US", "nyc": "US",
		"phl": "US", "qro": "MX", "scl": "CL", "tpa": "US", "was": "US",
	},
	"us-east-2": {"mci": "US"},
	"us-west-2": {
		"den": "US", "hnl": "US", "las": "US", "lax": "US", "pdx": "US", "phx": "US", "sea": "US", "sfo": "US",
	},
}

// The forms of zone names, groups and ids once the Region is taken off: "a" and
// "-az1"; "-nyc-2a", "-nyc-2" and "-nyc2-az1"; "-wl1-bos-wlz-1" and "-wl1-bos-wlz1".
var (
	ordinaryZone   = regexp.MustCompile(`^(?:[a-z]|-az[0-9]{1,2})$`)
	localZone      = regexp.MustCompile(`^-([a-z]{3})(?:-[0-9]{1,2}[a-z]?|[0-9]{1,2}-az[0-9]{1,2})$`)
	wavelengthZone = regexp.MustCompile(`^-wl[0-9]{1,2}-([a-z]{3})-wlz-?[0-9]{1,2}$`)
)

// LookupZone returns where a zone lies, by its name ("us-east-1-qro-1a"), its
// group ("us-east-1-qro-1") or its id ("use1-qro1-az1"). False means unknown, which
// is not the same as being in the Region's own country. The group of Wavelength
// Zones of a carrier ("us-east-1-wl1") has several locations and is unknown.
func LookupZone(zone string) (Zone, bool) {
	for _, r := range table {
		rest, ok := strings.CutPrefix(zone, r.Name)
		if !ok && r.zonePrefix != "" {
			rest, ok = strings.CutPrefix(zone, r.zonePrefix)
		}
		if !ok {
			continue
		}
		if ordinaryZone.MatchString(rest) {
			return Zone{Kind: AvailabilityZone, Region: r.Name, Country: r.Country}, true
		}
		kind, match := LocalZone, localZone.FindStringSubmatch(rest)
		if match == nil {
			kind, match = WavelengthZone, wavelengthZone.FindStringSubmatch(rest)
		}
		if match == nil {
			continue
		}
		country, ok := sites[r.Name][match[1]]
		if !ok {
			return Zone{}, false
		}
		return Zone{Kind: kind, Region: r.Name, Country: country}, true
	}
	return Zone{}, false
}
