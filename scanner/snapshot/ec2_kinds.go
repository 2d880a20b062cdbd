package snapshot

// NetworkInterfaces are the elastic network interfaces.
var NetworkInterfaces = Kind[NetworkInterface]{
	Type:  "network interface",
	All:   func(a *Account) []NetworkInterface { return a.EC2.Interfaces },
	Meta:  func(n NetworkInterface) Meta { return n.Meta },
	ID:    func(n NetworkInterface) string { return n.ARN },
	Key:   func(n NetworkInterface) string { return n.ID },
	Lists: []string{"ec2:DescribeNetworkInterfaces"},
}

// VPCs are the VPCs, shared ones too.
var VPCs = Kind[VPC]{
	Type:  "vpc",
	All:   func(a *Account) []VPC { return a.EC2.VPCs },
	Meta:  func(v VPC) Meta { return v.Meta },
	ID:    func(v VPC) string { return v.ARN },
	Key:   func(v VPC) string { return v.ID },
	Lists: []string{"ec2:DescribeVpcs"},
}

// Subnets are the subnets, shared ones too.
var Subnets = Kind[Subnet]{
	Type:  "subnet",
	All:   func(a *Account) []Subnet { return a.EC2.Subnets },
	Meta:  func(s Subnet) Meta { return s.Meta },
	ID:    func(s Subnet) string { return s.ARN },
	Key:   func(s Subnet) string { return s.ID },
	Lists: []string{"ec2:DescribeSubnets"},
}

// RouteTables are the VPC route tables.
var RouteTables = Kind[RouteTable]{
	Type:  "route table",
	All:   func(a *Account) []RouteTable { return a.EC2.RouteTables },
	Meta:  func(t RouteTable) Meta { return t.Meta },
	ID:    func(t RouteTable) string { return t.ARN },
	Key:   func(t RouteTable) string { return t.ID },
	Lists: []string{"ec2:DescribeRouteTables"},
}

// NetworkACLs are the network ACLs.
var NetworkACLs = Kind[NetworkACL]{
	Type:  "network acl",
	All:   func(a *Account) []NetworkACL { return a.EC2.NetworkACLs },
	Meta:  func(n NetworkACL) Meta { return n.Meta },
	ID:    func(n NetworkACL) string { return n.ARN },
	Key:   func(n NetworkACL) string { return n.ID },
	Lists: []string{"ec2:DescribeNetworkAcls"},
}

// VolumeSnapshots are the account's own EBS snapshots.
var VolumeSnapshots = Kind[VolumeSnapshot]{
	Type:  "ebs snapshot",
	All:   func(a *Account) []VolumeSnapshot { return a.EC2.VolumeSnapshots },
	Meta:  func(s VolumeSnapshot) Meta { return s.Meta },
	ID:    func(s VolumeSnapshot) string { return s.ARN },
	Key:   func(s VolumeSnapshot) string { return s.ID },
	Lists: []string{"ec2:DescribeSnapshots"},
}

// Images are the account's own machine images.
var Images = Kind[Image]{
	Type:  "ami",
	All:   func(a *Account) []Image { return a.EC2.Images },
	Meta:  func(i Image) Meta { return i.Meta },
	ID:    func(i Image) string { return i.ARN },
	Key:   func(i Image) string { return i.ID },
	Lists: []string{"ec2:DescribeImages"},
}
