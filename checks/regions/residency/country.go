package residency

import "strings"

// geographies are the names of countries that have a Region or a zone, as EC2
// DescribeAvailabilityZones may give them in Geography, in small letters. AWS's documents
// give "United States of America" for an example and no list: so a country has here every
// name that the ISO 3166 list and common use have for it.
var geographies = map[string]string{
	"argentina": "AR", "australia": "AU", "austria": "AT", "bahrain": "BH", "belgium": "BE", "brazil": "BR", "bulgaria": "BG",
	"canada": "CA", "chile": "CL", "china": "CN", "people's republic of china": "CN", "mainland china": "CN", "colombia": "CO", "croatia": "HR",
	"czech republic": "CZ", "czechia": "CZ", "denmark": "DK", "estonia": "EE", "finland": "FI", "france": "FR", "germany": "DE", "greece": "GR",
	"hong kong": "HK", "hong kong sar": "HK", "hong kong sar china": "HK", "hungary": "HU", "india": "IN", "indonesia": "ID", "ireland": "IE",
	"israel": "IL", "italy": "IT", "japan": "JP", "kenya": "KE", "latvia": "LV", "lithuania": "LT", "luxembourg": "LU", "malaysia": "MY",
	"mexico": "MX", "morocco": "MA", "netherlands": "NL", "the netherlands": "NL", "new zealand": "NZ", "nigeria": "NG", "norway": "NO",
	"oman": "OM", "panama": "PA", "peru": "PE", "philippines": "PH", "the philippines": "PH", "poland": "PL", "portugal": "PT", "romania": "RO",
	"saudi arabia": "SA", "kingdom of saudi arabia": "SA", "senegal": "SN", "singapore": "SG", "slovakia": "SK", "slovenia": "SI", "south africa": "ZA",
	"south korea": "KR", "republic of korea": "KR", "korea, republic of": "KR", "korea": "KR", "spain": "ES", "sweden": "SE", "switzerland": "CH",
	"taiwan": "TW", "taiwan, province of china": "TW", "thailand": "TH", "turkey": "TR", "türkiye": "TR", "turkiye": "TR",
	"united arab emirates": "AE", "uae": "AE", "united kingdom": "GB", "great britain": "GB", "england": "GB",
	"united kingdom of great britain and northern ireland": "GB", "united states": "US", "united states of america": "US", "usa": "US",
	"viet nam": "VN", "vietnam": "VN",
}

// CountryNamed returns the country (ISO 3166-1 alpha-2) that a name of a geography stands
// for, in whatever case. False means unknown.
func CountryNamed(geography string) (string, bool) {
	country, ok := geographies[strings.ToLower(strings.TrimSpace(geography))]
	return country, ok
}
