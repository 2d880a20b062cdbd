// Package kms reads KMS keys: those of the Region and those that other resources are encrypted with.
// It asks and maps; it leaves clients to scanner and judgement to checks.
package kms

// API is every call that this collector makes.
type API interface{}
