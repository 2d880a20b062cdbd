package redact

import (
	"regexp"
	"strings"
)

// The kinds of free text.
const (
	kindUserData = "user-data"
	kindDocument = "ssm-document"
	kindVPN      = "vpn-configuration"
	kindPSK      = "vpn-pre-shared-key"
	kindMetadata = "object-metadata"
	kindSAML     = "saml-metadata"
)

// freeText names the fields that hold whatever people put there: operation, or "*" for
// any, to the end of the path of element or member names (array members not counted),
// to the kind. Sources: the API references of EC2, Auto Scaling, Systems Manager, IAM, Account
// Management and Organizations.
var freeText = map[string]map[string]string{
	"ec2:DescribeInstanceAttribute":            {"userData/value": kindUserData},
	"ec2:DescribeLaunchTemplateVersions":       {"launchTemplateData/userData": kindUserData},
	"ec2:DescribeSpotInstanceRequests":         {"launchSpecification/userData": kindUserData},
	"ec2:DescribeSpotFleetRequests":            {"launchSpecifications/userData": kindUserData},
	"ec2:DescribeVpnConnections":               {"customerGatewayConfiguration": kindVPN, "preSharedKey": kindPSK},
	"autoscaling:DescribeLaunchConfigurations": {"UserData": kindUserData},
	"ssm:GetDocument":                          {"Content": kindDocument},
	// Names people to turn to, and is long; no check needs it.
	"iam:GetSAMLProvider": {"SAMLMetadataDocument": kindSAML},
	// People: see personal.go.
	"account:GetAlternateContact": {
		"AlternateContact/EmailAddress": kindEmail, "AlternateContact/PhoneNumber": kindPhone,
		"AlternateContact/Name": kindPerson, "AlternateContact/Title": kindPerson,
	},
	"account:GetContactInformation": {
		"ContactInformation/FullName": kindPerson, "ContactInformation/CompanyName": kindPerson, "ContactInformation/PhoneNumber": kindPhone,
		"ContactInformation/AddressLine1": kindAddress, "ContactInformation/AddressLine2": kindAddress, "ContactInformation/AddressLine3": kindAddress,
		"ContactInformation/City": kindAddress, "ContactInformation/DistrictOrCounty": kindAddress, "ContactInformation/StateOrRegion": kindAddress,
		"ContactInformation/PostalCode": kindAddress, "ContactInformation/WebsiteUrl": kindAddress,
	},
	"organizations:DescribeOrganization":        {"Organization/MasterAccountEmail": kindEmail},
	"organizations:ListAccounts":                {"Accounts/Email": kindEmail},
	"organizations:ListDelegatedAdministrators": {"DelegatedAdministrators/Email": kindEmail},
	// The same fields wherever else they turn up.
	"*": {
		"userData": kindUserData, "UserData": kindUserData, "preSharedKey": kindPSK, "PreSharedKey": kindPSK,
		"customerGatewayConfiguration": kindVPN, "CustomerGatewayConfiguration": kindVPN,
	},
}

// freeFields is the part of the table that counts for one operation, by the last name
// of the path.
type freeFields map[string][]freeField

type freeField struct{ path, kind string }

func freeFieldsOf(operation string) freeFields {
	f := freeFields{}
	for _, op := range []string{operation, "*"} {
		for path, kind := range freeText[op] {
			last := path[strings.LastIndexByte(path, '/')+1:]
			f[last] = append(f[last], freeField{path, kind})
		}
	}
	return f
}

// kind returns the kind of the field at path, "" if it is no free text.
func (f freeFields) kind(path []string) string {
	if len(path) == 0 || len(f[path[len(path)-1]]) == 0 {
		return ""
	}
	var names strings.Builder
	for _, name := range path {
		if name != "item" && name != "member" {
			names.WriteString("/" + name)
		}
	}
	for _, row := range f[path[len(path)-1]] {
		if strings.HasSuffix(names.String(), "/"+row.path) {
			return row.kind
		}
	}
	return ""
}

// mayHoldFreeText tells whether a body that cannot be parsed could hold free text.
func mayHoldFreeText(operation, body string) bool {
	if len(freeText[operation]) > 0 {
		return true
	}
	for name := range freeText["*"] {
		if strings.Contains(body, name) {
			return true
		}
	}
	return false
}

// opaqueNames are fields that AWS fills with tokens, digests and public key material,
// which look random and must come through unchanged. Identifiers need no such care: no
// detector takes one for a secret, and people choose some of them (Sid, ExternalId).
var opaqueNames = regexp.MustCompile(`(?i)^(?:(?:previous)?(?:page)?(?:marker|token)|next[a-z]*(?:marker|token)|(?:key|uploadid|versionid)marker|(?:continuation|pagination|starting|client(?:request)?|grant|(?:upload)?sequence)token|` +
	`(?:aws)?requestid|hostid|versionid|uploadid|.*(?:digest|fingerprint|thumbprint|md5|sha1|sha256|crc32c?|crc64nvme|checksum|hash)|etag|` +
	`sshpublickeybody|publickey(?:material)?|certificate(?:body|chain)?|x509certificate|.*cursor)$`)

// opaqueShape is a value with nothing of a text: one word, or the lines of an armour.
var opaqueShape = regexp.MustCompile(`^(?:"?[\w+/=.:,~%*\-]*"?|ssh-[a-z0-9]+ [\w+/=]+(?: [\w@.\-]*)?\s*|(?:\s*-----BEGIN (?:CERTIFICATE|PUBLIC KEY|RSA PUBLIC KEY)-----[\w+/=\s]*-----END (?:CERTIFICATE|PUBLIC KEY|RSA PUBLIC KEY)-----\s*)+)$`)

// keyID is an access key's id, which names the key and does not open anything. In a
// field of that name it is what the response is about (iam ListAccessKeys, field
// AccessKeyId); anywhere else somebody pasted it.
var keyID = regexp.MustCompile(`^(?:AKIA|ASIA)[A-Z0-9]{12,124}$`)

// nature is what a field's name says about its value.
type nature struct{ opaque, secret bool }

// nature looks a name up; a response has few names and many values.
func (s *scan) nature(name string) nature {
	n, ok := s.natures[name]
	if !ok {
		n.opaque = opaqueNames.MatchString(name)
		n.secret = !n.opaque && len(name) < 256 && !strings.ContainsAny(name, ":/ ") &&
			secretNameRE.MatchString(name) && !innocentNames.MatchString(name)
		if len(s.natures) < 1<<12 {
			s.natures[name] = n
		}
	}
	return n
}

// opaque decides by the field's name and the value's shape.
func (s *scan) opaque(name, v string) bool {
	return name != "" && s.nature(name).opaque && opaqueShape.MatchString(v)
}

func identifier(name, v string) bool {
	return strings.EqualFold(name, "AccessKeyId") && keyID.MatchString(v)
}

// secretPair tells whether a name says that its value is a secret: a tag DB_PASSWORD, a
// JSON member "apiKey". AWS's own names of that kind (MasterUserPassword) come masked.
func (s *scan) secretPair(name, v string) bool {
	return s.nature(name).secret && !innocent(v) && !awsExample(v) && !identifier(name, v)
}
