package snapshot

import "time"

// EC2 is what was read of EC2, EBS and VPC in all Regions.
type EC2 struct {
	Regions     []RegionSettings
	Instances   []Instance
	Volumes     []Volume
	Groups      []SecurityGroup
	Interfaces  []NetworkInterface
	PrefixLists []PrefixList

	VPCs             []VPC
	Subnets          []Subnet
	RouteTables      []RouteTable
	InternetGateways []InternetGateway
	NetworkACLs      []NetworkACL
	Exclusions       []Exclusion

	VolumeSnapshots []VolumeSnapshot
	Images          []Image

	Net             Net
	LaunchTemplates []LaunchTemplate
	SpotFleets      []SpotFleet
	InstanceTypes   []InstanceType
	NamedImages     []NamedImages
	Copies          Copies
}

// RegionSettings are the account's EC2 settings in one Region.
type RegionSettings struct {
	Meta
	EBSEncryptionByDefault    Read[bool]              // GetEbsEncryptionByDefault
	EBSDefaultKey             Read[string]            // GetEbsDefaultKmsKeyId KmsKeyId: any way to name a key
	MetadataDefaults          Read[MetadataDefaults]  // GetInstanceMetadataDefaults AccountLevel
	SnapshotBlockPublicAccess Read[string]            // GetSnapshotBlockPublicAccessState State
	ImageBlockPublicAccess    Read[string]            // GetImageBlockPublicAccessState
	BlockPublicAccess         Read[BlockPublicAccess] // DescribeVpcBlockPublicAccessOptions
	Interfaces                Read[int]               // how many DescribeNetworkInterfaces gave; unread unless that was all
	ElasticIPQuota            Read[int]               // DescribeAccountAttributes vpc-max-elastic-ips
	SerialConsole             Read[SerialConsole]     // GetSerialConsoleAccessStatus
	AllowedImages             Read[AllowedImages]     // GetAllowedImagesSettings
	Managed                   ManagedSettings
}

// MetadataDefaults is how new instances of the Region answer metadata requests where
// nothing else says so. "" stands for no preference.
type MetadataDefaults struct {
	HTTPEndpoint, HTTPTokens, ManagedBy string
	TokensEnforced                      string // HttpTokensEnforced; "" where the answer lacks it
}

// BlockPublicAccess is the Region's VPC Block Public Access.
type BlockPublicAccess struct {
	Mode      string // InternetGatewayBlockMode
	State     string
	ManagedBy string
}

// Instance is an EC2 instance. Terminated ones still appear in DescribeInstances for
// about an hour and are not resources any more: see Live.
type Instance struct {
	Meta
	Place
	ID       string
	State    string
	Metadata Read[MetadataOptions] // DescribeInstances MetadataOptions; unread where the answer lacks it
	UserData Read[FreeText]        // DescribeInstanceAttribute userData

	KeyName    string
	VPC        string
	Managed    bool // by an AWS service; Operator.Managed
	Interfaces []InstanceInterface

	Virtualization   string // VirtualizationType
	TransitionReason string // StateTransitionReason
	Monitoring       string // Monitoring.State; "" where the answer lacks it
	Enclave          bool   // EnclaveOptions.Enabled

	Image        string // ImageId
	Type         string // InstanceType
	Lifecycle    string // InstanceLifecycle; "" for an ordinary one
	Profile      string // IamInstanceProfile.Arn; "" for none
	ProfileID    string // IamInstanceProfile.Id
	Launched     time.Time
	Primary      time.Time // AttachTime of the interface with the device index 0; zero where the answer lacks it
	RootDevice   string    // RootDeviceName
	Volumes      []InstanceVolume
	EBSOptimized bool
	ImageFacts   Read[ImageMetadata] // DescribeInstanceImageMetadata
	Protection   Protection
}

// InstanceInterface is one of an instance's interfaces as DescribeInstances shows it.
type InstanceInterface struct {
	ID     string
	Type   string // InterfaceType
	Status string // Attachment.Status
	Groups []string
}

// Live says that the instance exists: pending, running, stopping or stopped.
func (i Instance) Live() bool {
	switch i.State {
	case "pending", "running", "stopping", "stopped":
		return true
	}
	return false
}

// MetadataOptions is how an instance answers metadata requests, in AWS's words.
type MetadataOptions struct {
	HTTPEndpoint, HTTPTokens, State string
	HopLimit                        *int32 // HttpPutResponseHopLimit; nil where the answer lacks it
	InstanceTags                    string // InstanceMetadataTags; "" where the answer lacks it
}

// FreeText stands for a text that is never kept: what was found in it before it was
// replaced by a marker. The zero FreeText is an empty text.
type FreeText struct {
	Length     int
	Detections []Detection // at most MostDetections
	Undecoded  string      // why it could not be opened; "" if it could
}

// MostDetections is how many detections a FreeText lists; one with so many may hold more.
const MostDetections = 100

// Detection is one secret that a detector found, without the secret.
type Detection struct {
	Rule    string
	Line    int
	Masked  string
	Entropy float64 // bits for each character
}

// Volume is an EBS volume.
type Volume struct {
	Meta
	Place
	ID          string
	State       string
	Encrypted   Read[bool] // DescribeVolumes Encrypted; unread where the answer lacks it
	KMSKeyID    string
	Attachments []string  // instance ids, or what AWS names in place of one
	Created     time.Time // CreateTime; zero where the answer lacks it
	Type        string    // VolumeType
	SizeGiB     int32
	Outpost     string // OutpostArn; "" in the Region itself
	Managed     bool   // by an AWS service; Operator.Managed
}

// SecurityGroup is a security group with its rules.
type SecurityGroup struct {
	Meta
	ID       string
	Group    string // GroupName; the Meta's name may be the tag's
	About    string // Description
	Owner    string // an account; another than the Meta's where the group is shared
	VPC      string
	Ingress  []Rule
	Egress   []Rule
	Attached Read[bool] // some interface of the Region carries it; DescribeNetworkInterfaces
	Stale    Read[StaleRules]
}

// Rule is one IpPermission of a group. FromPort and ToPort are absent (nil) with
// protocol "-1"; for ICMP they are type and code.
type Rule struct {
	Protocol         string
	FromPort, ToPort *int32
	CIDRs            []string    // IPv4 and IPv6
	PrefixLists      []string    // pl-…
	Groups           []string    // sg-…
	Pairs            []GroupPair // what Groups are
}

// GroupPair is a group that a rule refers to. Source: EC2 UserIdGroupPair.
type GroupPair struct {
	Group         string
	Account       string // UserId; "" where the answer lacks it, as for a group that is gone
	VPC           string // of a group in a peered VPC
	Peering       string // VpcPeeringConnectionId
	PeeringStatus string
}

// PrefixList is a managed prefix list of the account, of AWS, or shared with it.
type PrefixList struct {
	Meta
	ID            string
	AddressFamily string         // IPv4 or IPv6
	Owner         string         // an account, or AWS
	Entries       Read[[]string] // CIDRs; GetManagedPrefixListEntries; unread where no rule and no route refers to the list
}

// Instances are the live EC2 instances.
var Instances = Kind[Instance]{
	Type: "ec2 instance",
	All: func(a *Account) []Instance {
		var out []Instance
		for _, i := range a.EC2.Instances {
			if i.Live() {
				out = append(out, i)
			}
		}
		return out
	},
	Meta:  func(i Instance) Meta { return i.Meta },
	ID:    func(i Instance) string { return i.ARN },
	Key:   func(i Instance) string { return i.ID },
	Lists: []string{"ec2:DescribeInstances"},
}

// Volumes are the EBS volumes.
var Volumes = Kind[Volume]{
	Type:  "ebs volume",
	All:   func(a *Account) []Volume { return a.EC2.Volumes },
	Meta:  func(v Volume) Meta { return v.Meta },
	ID:    func(v Volume) string { return v.ARN },
	Key:   func(v Volume) string { return v.ID },
	Lists: []string{"ec2:DescribeVolumes"},
}

// SecurityGroups are the security groups, shared ones too.
var SecurityGroups = Kind[SecurityGroup]{
	Type:  "security group",
	All:   func(a *Account) []SecurityGroup { return a.EC2.Groups },
	Meta:  func(g SecurityGroup) Meta { return g.Meta },
	ID:    func(g SecurityGroup) string { return g.ARN },
	Key:   func(g SecurityGroup) string { return g.ID },
	Lists: []string{"ec2:DescribeSecurityGroups"},
}

// PrefixLists are the managed prefix lists: the account's, AWS's, and those that others share.
var PrefixLists = Kind[PrefixList]{
	Type:  "prefix list",
	All:   func(a *Account) []PrefixList { return a.EC2.PrefixLists },
	Meta:  func(p PrefixList) Meta { return p.Meta },
	ID:    func(p PrefixList) string { return p.ARN },
	Key:   func(p PrefixList) string { return p.ID },
	Lists: []string{"ec2:DescribeManagedPrefixLists"},
}

// AccountRegions are the account's settings in each scanned Region. AWS defines no
// ARN for them: the id is ACCOUNT/REGION.
var AccountRegions = Kind[RegionSettings]{
	Type: "account+region",
	All:  func(a *Account) []RegionSettings { return a.EC2.Regions },
	Meta: func(r RegionSettings) Meta { return r.Meta },
	ID:   func(r RegionSettings) string { return r.Location.String() },
	Key:  func(r RegionSettings) string { return r.Region },
}
