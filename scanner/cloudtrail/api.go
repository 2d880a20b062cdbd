// Package cloudtrail reads CloudTrail: trails, their status and selectors, and event data stores.
// It asks and maps; it leaves clients to scanner and judgement to checks.
package cloudtrail

// API is every call that this collector makes.
type API interface{}
