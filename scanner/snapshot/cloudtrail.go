package snapshot

// CloudTrail is what was read of CloudTrail: trails, their status and selectors, and event data stores.
type CloudTrail struct{}

// And joins what was read of two Regions.
func (x CloudTrail) And(o CloudTrail) CloudTrail {
	return CloudTrail{}
}
