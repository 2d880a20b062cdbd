package snapshot

// SSM is what was read of Systems Manager: managed instances, their patch and association compliance, and documents.
type SSM struct{}

// And joins what was read of two Regions.
func (x SSM) And(o SSM) SSM {
	return SSM{}
}
