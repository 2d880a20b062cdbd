package snapshot

import "time"

// LaunchSpec is what a version of a launch template, a launch configuration or a Spot
// Fleet request says of the instances that it starts. What it leaves out, the account, the
// subnet and the image decide.
type LaunchSpec struct {
	Image      string // ImageId, or resolve:ssm: and the name of a parameter; "" for none
	Profile    string // name or ARN of the instance profile
	Metadata   MetadataOptions
	UserData   Read[FreeText]
	Devices    []LaunchDevice
	Interfaces []LaunchInterface
	Groups     []string // security groups by id or name, those of the interfaces too
}

// LaunchDevice is one block device mapping.
type LaunchDevice struct {
	Device    string
	EBS       bool // it has an Ebs member
	None      bool // NoDevice: the image's own mapping of the device is dropped
	Snapshot  string
	Encrypted *bool // nil where nothing is said of it
}

// LaunchInterface is one network interface that an instance gets.
type LaunchInterface struct {
	ID       string // of an interface that exists
	Subnet   string
	PublicIP *bool // AssociatePublicIpAddress; nil where nothing is said of it
	IPv6     bool  // it asks for IPv6 addresses or prefixes
}

// LaunchTemplate is an EC2 launch template. Source: EC2 DescribeLaunchTemplates.
type LaunchTemplate struct {
	Meta
	ID              string
	Default, Latest int64                   // version numbers
	Managed         bool                    // by an AWS service; Operator.Managed
	Versions        Read[[]TemplateVersion] // all of them, by number; DescribeLaunchTemplateVersions
}

// TemplateVersion is one version of a launch template.
type TemplateVersion struct {
	Number int64
	LaunchSpec
}

// SpotFleet is a Spot Fleet request. Source: EC2 DescribeSpotFleetRequests.
type SpotFleet struct {
	Meta
	ID        string
	State     string
	Specs     []LaunchSpec // LaunchSpecifications
	Templates bool         // it has LaunchTemplateConfigs
}

// InstanceVolume is an EBS volume as DescribeInstances shows it at its instance.
type InstanceVolume struct {
	Device, Volume      string
	DeleteOnTermination Read[bool] // unread where the answer lacks it
	Attached            time.Time  // AttachTime; zero where the answer lacks it
	Service             string     // the AWS service or resource that it belongs to; "" for none
}

// Protection is what keeps an instance from being terminated.
type Protection struct {
	Termination Read[bool]   // DescribeInstanceAttribute disableApiTermination; asked where it can be set
	Shutdown    Read[string] // instanceInitiatedShutdownBehavior; asked where Termination is true
}

// ImageMetadata is the image of an instance as AWS remembers it.
// Source: EC2 DescribeInstanceImageMetadata, ImageMetadata.
type ImageMetadata struct {
	ID, Name, Owner string
	Alias           string // ImageOwnerAlias; "" for owners without
	State           string
	Deprecation     string // DeprecationTime; "" for none
	Public          *bool  // IsPublic
	Allowed         *bool  // ImageAllowed
}

// InstanceType is an instance type that some live instance has.
// Source: EC2 DescribeInstanceTypes.
type InstanceType struct {
	Meta
	EBSOptimized string // EbsInfo.EbsOptimizedSupport
}

// NamedImages are the images of others that something in a Region names: launch templates,
// launch configurations, Spot Fleet requests, and instances whose image AWS does not tell.
// One that is named and not among them does not exist any more, or is not shared with the
// account. Source: EC2 DescribeImages with the filter image-id.
type NamedImages struct {
	Meta
	Images  Read[[]Image]
	Sources Read[[]Image] // those from which own images of other Regions were copied
}

// ManagedSettings say by whom an account's settings are managed: "account", or
// "declarative-policy" for one of the organization.
type ManagedSettings struct {
	SnapshotBlock, ImageBlock Read[string]
}

// SerialConsole is the Region's access to the serial console.
type SerialConsole struct {
	Enabled   bool
	ManagedBy string
}

// AllowedImages is which images the Region lets be launched.
type AllowedImages struct {
	State     string
	Criteria  int // how many ImageCriteria there are
	ManagedBy string
}

// LaunchTemplates are the launch templates.
var LaunchTemplates = Kind[LaunchTemplate]{
	Type:  "launch template",
	All:   func(a *Account) []LaunchTemplate { return a.EC2.LaunchTemplates },
	Meta:  func(t LaunchTemplate) Meta { return t.Meta },
	ID:    func(t LaunchTemplate) string { return t.ARN },
	Key:   func(t LaunchTemplate) string { return t.ID },
	Lists: []string{"ec2:DescribeLaunchTemplates"},
}

// SpotFleets are the Spot Fleet requests, cancelled ones too while AWS shows them.
var SpotFleets = Kind[SpotFleet]{
	Type:  "spot fleet request",
	All:   func(a *Account) []SpotFleet { return a.EC2.SpotFleets },
	Meta:  func(f SpotFleet) Meta { return f.Meta },
	ID:    func(f SpotFleet) string { return f.ARN },
	Key:   func(f SpotFleet) string { return f.ID },
	Lists: []string{"ec2:DescribeSpotFleetRequests"},
}

// InstanceTypes are the types that live instances have. Nobody judges them.
var InstanceTypes = Kind[InstanceType]{
	Type:  "instance type",
	All:   func(a *Account) []InstanceType { return a.EC2.InstanceTypes },
	Meta:  func(t InstanceType) Meta { return t.Meta },
	ID:    func(t InstanceType) string { return t.Name },
	Key:   func(t InstanceType) string { return t.Name },
	Lists: []string{"ec2:DescribeInstanceTypes"},
}

// Protectable says that termination protection of the instance would hold: Spot instances
// cannot have it, and Auto Scaling and AWS's services terminate theirs all the same.
// Source: EC2 User Guide, "Change instance termination protection".
func (i Instance) Protectable() bool {
	_, scaled := i.Tags["aws:autoscaling:groupName"]
	return i.Lifecycle != "spot" && !scaled && !i.Managed
}
