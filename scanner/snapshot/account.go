package snapshot

// Contacts is what was read of the account itself: its contacts. They are people: of what
// is personal only a keyed digest is kept, by which two can be told apart.
type Contacts struct {
	Security   Read[*Contact] // GetAlternateContact SECURITY; nil: there is none
	Billing    Read[*Contact] // the same, BILLING
	Operations Read[*Contact] // the same, OPERATIONS

	Primary Read[PrimaryContact] // GetContactInformation
}

// Contact is an alternate contact of the account.
type Contact struct{ Email, Phone, Name Personal }

// PrimaryContact is the account's owner.
type PrimaryContact struct {
	Name, Address, City, PostalCode, Phone Personal
	CountryCode                            string
}

// Personal stands for something personal: the digest of its normal form under the
// record's key (a mail address in small letters, a phone number's digits, a name's words);
// "" where nothing was given. In one scan equal digests mean equal values.
type Personal string

// Given says that there is a value.
func (p Personal) Given() bool { return p != "" }
