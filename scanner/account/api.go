// Package account reads the account itself: its contacts.
// It asks and maps; it leaves clients to scanner and judgement to checks.
package account

// API is every call that this collector makes.
type API interface{}
