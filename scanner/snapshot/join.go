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

		VPCs:             slices.Concat(e.VPCs, o.VPCs),
		Subnets:          slices.Concat(e.Subnets, o.Subnets),
		RouteTables:      slices.Concat(e.RouteTables, o.RouteTables),
		InternetGateways: slices.Concat(e.InternetGateways, o.InternetGateways),
		NetworkACLs:      slices.Concat(e.NetworkACLs, o.NetworkACLs),
		Exclusions:       slices.Concat(e.Exclusions, o.Exclusions),

		VolumeSnapshots: slices.Concat(e.VolumeSnapshots, o.VolumeSnapshots),
		Images:          slices.Concat(e.Images, o.Images),

		Net:             e.Net.And(o.Net),
		LaunchTemplates: slices.Concat(e.LaunchTemplates, o.LaunchTemplates),
		SpotFleets:      slices.Concat(e.SpotFleets, o.SpotFleets),
		InstanceTypes:   slices.Concat(e.InstanceTypes, o.InstanceTypes),
		NamedImages:     slices.Concat(e.NamedImages, o.NamedImages),
		Copies:          e.Copies.And(o.Copies),
	}
}
