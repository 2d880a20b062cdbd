// Package ssm reads Systems Manager: managed instances, their patch and association compliance, and documents.
// It asks and maps; it leaves clients to scanner and judgement to checks.
package ssm

// API is every call that this collector makes.
type API interface {
	settingsAPI
}
