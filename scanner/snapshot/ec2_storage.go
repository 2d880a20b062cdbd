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
	Tier      string          // StorageTier
	Encrypted Read[bool]      // unread where the answer lacks it
	Started   time.Time       // StartTime: the moment that the data is of; zero where the answer lacks it
	Public    Read[bool]      // DescribeSnapshots with RestorableByUserIds all names it
	KMSKeyID  string          // an ARN; "" where it is not encrypted
	Lock      Read[string]    // DescribeLockedSnapshots LockState; "" where the list does not name it
	Shared    Read[[]Grantee] // DescribeSnapshotAttribute createVolumePermission

	Description string // free text, also where AWS writes it
	Transfer    string // TransferType; "" but for copies made since November 2024
}

// Image is a machine image of the account. Source: EC2 DescribeImages with Owners self.
type Image struct {
	Meta
	ID       string
	State    string
	RootType string     // RootDeviceType
	Public   Read[bool] // unread where the answer lacks it
	Devices  []ImageDevice

	Owner        string // OwnerId
	Alias        string // ImageOwnerAlias; "" for owners without
	RootDevice   string // RootDeviceName
	Created      string // CreationDate, a text in ISO 8601
	Deprecation  string // DeprecationTime; "" for none
	LastLaunched string // LastLaunchedTime; "" for never, or not since 2017
	IMDSSupport  string // ImdsSupport: v2.0, or ""
	Protection   string // DeregistrationProtection; "" where the answer lacks it
	Title        string // AWS's Name: that of the Meta may be the tag's
	Products     []string
	Shared       Read[[]Grantee] // DescribeImageAttribute launchPermission

	About        string // Description, free text
	Source       string // SourceImageId: what it was copied from, or what its instance was launched from; "" for older ones
	SourceRegion string // SourceImageRegion
}

// Grantee is whom an image or a snapshot is shared with: one of the four.
type Grantee struct {
	Account      string
	Group        string // all
	Organization string // ARN
	Unit         string // ARN of an organizational unit
}

// ImageDevice is one of an image's mappings that have an Ebs member.
type ImageDevice struct {
	Device    string
	Snapshot  string // "" for a volume that starts empty
	Encrypted Read[bool]
}
