package snapshot

import "time"

// VolumeSnapshot is an EBS snapshot of the account. Source: EC2 DescribeSnapshots with
// OwnerIds self.
type VolumeSnapshot struct {
	Meta
	Place
	ID        string
	Volume    string
	State     string
	Tier      string     // StorageTier
	Encrypted Read[bool] // unread where the answer lacks it
	Started   time.Time  // StartTime: the moment that the data is of; zero where the answer lacks it
	Public    Read[bool] // DescribeSnapshots with RestorableByUserIds all names it
}

// Image is a machine image of the account. Source: EC2 DescribeImages with Owners self.
type Image struct {
	Meta
	ID       string
	State    string
	RootType string     // RootDeviceType
	Public   Read[bool] // unread where the answer lacks it
	Devices  []ImageDevice
}

// ImageDevice is one of an image's mappings that have an Ebs member.
type ImageDevice struct {
	Device    string
	Snapshot  string // "" for a volume that starts empty
	Encrypted Read[bool]
}
