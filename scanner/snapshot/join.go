package snapshot

import "slices"

// And joins what was read of two Regions.
func (e EC2) And(o EC2) EC2 {
	return EC2{
		Regions:     slices.Concat(e.Regions, o.Regions),
		Instances:   slices.Concat(e.Instances, o.Instances),
		Volumes:     slices.Concat(e.Volumes, o.Volumes),
		Groups:      slices.Concat(e.Groups, o.Groups),
		Interfaces:  slices.Concat(e.Interfaces, o.Interfaces),
		PrefixLists: slices.Concat(e.PrefixLists, o.PrefixLists),
	}
}

// And joins what was read of two Regions.
func (r RDS) And(o RDS) RDS {
	return RDS{
		Instances: slices.Concat(r.Instances, o.Instances),
		Clusters:  slices.Concat(r.Clusters, o.Clusters),
		Snapshots: slices.Concat(r.Snapshots, o.Snapshots),
	}
}
