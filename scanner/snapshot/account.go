package snapshot

// Contacts is what was read of the account itself: its contacts.
type Contacts struct{}
