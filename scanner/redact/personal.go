package redact

import "strings"

// The kinds of what is personal: who answers for an account, and where.
const (
	kindEmail   = "contact-email"
	kindPhone   = "contact-phone"
	kindPerson  = "contact-name"
	kindAddress = "contact-address"
)

// personal marks a field that says who somebody is or where. Unlike other markers this one
// tells nothing of the content, not even its length, but for a digest of the normal form,
// so that two of one record can be compared; false for any other kind.
func (r *Redactor) personal(kind, value string) (string, bool) {
	normal := ""
	switch kind {
	case kindEmail:
		normal = strings.ToLower(strings.TrimSpace(value))
	case kindPhone:
		normal = strings.Map(func(c rune) rune {
			if c < '0' || c > '9' {
				return -1
			}
			return c
		}, value)
	case kindPerson, kindAddress:
		normal = strings.ToLower(strings.Join(strings.Fields(value), " "))
	default:
		return "", false
	}
	switch {
	case r.sealed(value):
		return value, true
	case strings.TrimSpace(value) == "":
		return value, true // nobody
	case normal == "": // words in the place of a phone number
		normal = strings.ToLower(strings.TrimSpace(value))
	}
	return r.seal(Marker{Kind: kind, Digest: r.digest(kind, normal, digestLength)}), true
}
