package residency

// Date is the day (UTC) to which the tables of this package were brought up to
// date. A Region or zone that AWS opened later is unknown here.
const Date = "2026-11-24"

// The partitions whose Regions the table lists. The isolated partitions (aws-iso,
// aws-iso-b, aws-iso-e, aws-iso-f) are left out: AWS publishes no location for
// their Regions, and to guess one would be a claim about residency.
const (
	partitionAWS  = "aws"
	partitionGov  = "aws-us-gov"
	partitionCN   = "aws-cn"
	partitionEUSC = "aws-eusc"
)

// table lists every Region of the four public partitions, in order of name.
//
// Sources, as of Date: codes and names from the partition metadata that AWS
// publishes with its SDKs and from "AWS Regions" (AWS Regions and Availability
// Zones guide), which also gives each Region's geography; which Regions must be
// opted in to from "Enable or disable AWS Regions in your account" (AWS Account
// Management reference guide); zone id prefixes from "AZ IDs" (AWS Regions and
// Availability Zones guide), left empty where they are not documented to us.
//
// Traps, each of which a name suggests otherwise:
//   - eu-west-2 is the United Kingdom, eu-central-2 Switzerland: neither in the EU
//     nor in the EEA.
//   - ap-east-1 (Hong Kong) and ap-east-2 (Taipei) are HK and TW in ISO 3166, not CN.
//   - ca-, mx- and il- name one country; me-, ap-, af- and sa- name none.
//   - eusc-de-east-1 lies in Germany but in a partition of its own.
//   - ap-northeast-3 opened to all after March 2019 and still needs no opt-in.
var table = []Region{
	{"af-south-1", "Africa (Cape Town)", "ZA", partitionAWS, true, "afs1"},
	{"ap-east-1", "Asia Pacific (Hong Kong)", "HK", partitionAWS, true, "ape1"},
	{"ap-east-2", "Asia Pacific (Taipei)", "TW", partitionAWS, true, "ape2"},
	{"ap-northeast-1", "Asia Pacific (Tokyo)", "JP", partitionAWS, false, "apne1"},
	{"ap-northeast-2", "Asia Pacific (Seoul)", "KR", partitionAWS, false, "apne2"},
	{"ap-northeast-3", "Asia Pacific (Osaka)", "JP", partitionAWS, false, "apne3"},
	{"ap-south-1", "Asia Pacific (Mumbai)", "IN", partitionAWS, false, "aps1"},
	{"ap-south-2", "Asia Pacific (Hyderabad)", "IN", partitionAWS, true, "aps2"},
	{"ap-southeast-1", "Asia Pacific (Singapore)", "SG", partitionAWS, false, "apse1"},
	{"ap-southeast-2", "Asia Pacific (Sydney)", "AU", partitionAWS, false, "apse2"},
	{"ap-southeast-3", "Asia Pacific (Jakarta)", "ID", partitionAWS, true, "apse3"},
	{"ap-southeast-4", "Asia Pacific (Melbourne)", "AU", partitionAWS, true, "apse4"},
	{"ap-southeast-5", "Asia Pacific (Malaysia)", "MY", partitionAWS, true, "apse5"},
	{"ap-southeast-6", "Asia Pacific (New Zealand)", "NZ", partitionAWS, true, "apse6"},
	{"ap-southeast-7", "Asia Pacific (Thailand)", "TH", partitionAWS, true, "apse7"},
	{"ca-central-1", "Canada (Central)", "CA", partitionAWS, false, "cac1"},
	{"ca-west-1", "Canada West (Calgary)", "CA", partitionAWS, true, "caw1"},
	{"cn-north-1", "China (Beijing)", "CN", partitionCN, false, "cnn1"},
	{"cn-northwest-1", "China (Ningxia)", "CN", partitionCN, false, "cnnw1"},
	{"eu-central-1", "Europe (Frankfurt)", "DE", partitionAWS, false, "euc1"},
	{"eu-central-2", "Europe (Zurich)", "CH", partitionAWS, true, "euc2"},
	{"eu-north-1", "Europe (Stockholm)", "SE", partitionAWS, false, "eun1"},
	{"eu-south-1", "Europe (Milan)", "IT", partitionAWS, true, "eus1"},
	{"eu-south-2", "Europe (Spain)", "ES", partitionAWS, true, "eus2"},
	{"eu-west-1", "Europe (Ireland)", "IE", partitionAWS, false, "euw1"},
	{"eu-west-2", "Europe (London)", "GB", partitionAWS, false, "euw2"},
	{"eu-west-3", "Europe (Paris)", "FR", partitionAWS, false, "euw3"},
	{"eusc-de-east-1", "AWS European Sovereign Cloud (Germany)", "DE", partitionEUSC, false, ""},
	{"il-central-1", "Israel (Tel Aviv)", "IL", partitionAWS, true, "ilc1"},
	{"me-central-1", "Middle East (UAE)", "AE", partitionAWS, true, "mec1"},
	{"me-south-1", "Middle East (Bahrain)", "BH", partitionAWS, true, "mes1"},
	{"me-west-1", "Middle East (Saudi Arabia)", "SA", partitionAWS, true, ""},
	{"mx-central-1", "Mexico (Central)", "MX", partitionAWS, true, "mxc1"},
	{"sa-east-1", "South America (Sao Paulo)", "BR", partitionAWS, false, "sae1"},
	{"sa-west-1", "South America (Chile)", "CL", partitionAWS, true, ""},
	{"us-east-1", "US East (N. Virginia)", "US", partitionAWS, false, "use1"},
	{"us-east-2", "US East (Ohio)", "US", partitionAWS, false, "use2"},
	{"us-gov-east-1", "AWS GovCloud (US-East)", "US", partitionGov, false, "usge1"},
	{"us-gov-west-1", "AWS GovCloud (US-West)", "US", partitionGov, false, "usgw1"},
	{"us-west-1", "US West (N. California)", "US", partitionAWS, false, "usw1"},
	{"us-west-2", "US West (Oregon)", "US", partitionAWS, false, "usw2"},
}

// euMembers are the member states of the European Union since 2020-02-01 (ISO 3166).
var euMembers = []string{
	"AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU",
	"IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
}

// eeaOnly are the states of the European Economic Area that are not in the EU.
var eeaOnly = []string{"IS", "LI", "NO"}
