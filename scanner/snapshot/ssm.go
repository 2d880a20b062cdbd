package snapshot

import "slices"

// SSM is what was read of Systems Manager: managed instances, their patch and association compliance, and documents.
type SSM struct {
	Settings []ServiceSetting
}

// And joins what was read of two Regions.
func (x SSM) And(o SSM) SSM {
	return SSM{
		Settings: slices.Concat(x.Settings, o.Settings),
	}
}
