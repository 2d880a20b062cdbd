package snapshot

// KMS is what was read of KMS keys: those of the Region and those that other resources are encrypted with.
type KMS struct{}

// And joins what was read of two Regions.
func (x KMS) And(o KMS) KMS {
	return KMS{}
}
