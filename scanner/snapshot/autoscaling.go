package snapshot

// AutoScaling is what was read of EC2 Auto Scaling: groups and launch configurations.
type AutoScaling struct{}

// And joins what was read of two Regions.
func (x AutoScaling) And(o AutoScaling) AutoScaling {
	return AutoScaling{}
}
