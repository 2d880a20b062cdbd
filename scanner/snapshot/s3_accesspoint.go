package snapshot

// AccessPoint is an access point of a general purpose bucket. The bucket may be another
// account's. Source: S3 Control ListAccessPoints.
type AccessPoint struct {
	Meta
	Bucket        string
	BucketAccount string // BucketAccountId; "" on old ones: the account's own
	NetworkOrigin string // Internet or VPC
	VPC           string // VpcConfiguration.VpcId

	PublicAccess Read[PublicAccessBlock] // the access point's own; GetAccessPoint
	Policy       Read[string]            // GetAccessPointPolicy, JSON; "" for NoSuchAccessPointPolicy
	IsPublic     Read[bool]              // GetAccessPointPolicyStatus; false for NoSuchAccessPointPolicy
}

// AccessPoints are the access points of the account, listed in each Region.
var AccessPoints = Kind[AccessPoint]{
	Type:  "s3 access point",
	All:   func(a *Account) []AccessPoint { return a.S3.AccessPoints },
	Meta:  func(p AccessPoint) Meta { return p.Meta },
	ID:    func(p AccessPoint) string { return arnOf(p.Meta) },
	Key:   func(p AccessPoint) string { return p.Name },
	Lists: []string{"s3control:ListAccessPoints"},
}

// MultiRegionAccessPoint joins buckets of several Regions under one name. Its ARN holds its
// alias and no Region. Source: S3 Control ListMultiRegionAccessPoints.
type MultiRegionAccessPoint struct {
	Meta
	Alias        string
	Status       string
	PublicAccess PublicAccessBlock // a flag that the answer lacks is false
	Members      []MultiRegionMember
	Routes       Read[map[string]int32] // Region → TrafficDialPercentage; GetMultiRegionAccessPointRoutes
}

// MultiRegionHome is the Region whose control plane answers about Multi-Region Access
// Points, "" in a partition that does not offer them.
// Source: Amazon S3 User Guide, "Multi-Region Access Points restrictions and limitations".
func MultiRegionHome(partition string) string {
	if partition == "aws" {
		return "us-west-2"
	}
	return ""
}

// MultiRegionMember is a bucket of a Multi-Region Access Point.
type MultiRegionMember struct{ Bucket, Account, Region string }

// MultiRegionAccessPoints are listed for the whole account.
var MultiRegionAccessPoints = Kind[MultiRegionAccessPoint]{
	Type:   "s3 multi-region access point",
	All:    func(a *Account) []MultiRegionAccessPoint { return a.S3.MultiRegionAccessPoints },
	Meta:   func(p MultiRegionAccessPoint) Meta { return p.Meta },
	ID:     func(p MultiRegionAccessPoint) string { return arnOf(p.Meta) },
	Key:    func(p MultiRegionAccessPoint) string { return p.Name },
	Lists:  []string{"s3control:ListMultiRegionAccessPoints"},
	Global: true,
}

// AccessGrantsInstance is the S3 Access Grants instance of a Region: at most one.
// Source: S3 Control ListAccessGrantsInstances.
type AccessGrantsInstance struct {
	Meta
	Policy Read[string]        // GetAccessGrantsInstanceResourcePolicy; "" for AccessGrantsInstanceResourcePolicyNotExists
	Grants Read[[]AccessGrant] // ListAccessGrants
}

// AccessGrant gives somebody a part of the instance's locations.
type AccessGrant struct {
	ID, Type, Grantee string // GranteeType: IAM, DIRECTORY_USER or DIRECTORY_GROUP
	Scope, Permission string
}

// AccessGrantsInstances are listed in each Region.
var AccessGrantsInstances = Kind[AccessGrantsInstance]{
	Type:  "s3 access grants instance",
	All:   func(a *Account) []AccessGrantsInstance { return a.S3.AccessGrants },
	Meta:  func(i AccessGrantsInstance) Meta { return i.Meta },
	ID:    func(i AccessGrantsInstance) string { return arnOf(i.Meta) },
	Key:   func(i AccessGrantsInstance) string { return i.Name },
	Lists: []string{"s3control:ListAccessGrantsInstances"},
}

// BatchJob is a job of S3 Batch Operations, which AWS keeps for 90 days.
// Source: S3 Control ListJobs.
type BatchJob struct {
	Meta
	Operation string
	Status    string
	Succeeded int64           // ProgressSummary.NumberOfTasksSucceeded
	Writes    Read[JobWrites] // DescribeJob
}

// JobWrites is where a job writes to.
type JobWrites struct {
	Target string // of a copy, TargetResource: the ARN of a bucket or access point
	Report string // the ARN of the report's bucket; "" where there is no report
}

// BatchJobs are listed in each Region.
var BatchJobs = Kind[BatchJob]{
	Type:  "s3 batch job",
	All:   func(a *Account) []BatchJob { return a.S3.Jobs },
	Meta:  func(j BatchJob) Meta { return j.Meta },
	ID:    func(j BatchJob) string { return arnOf(j.Meta) },
	Key:   func(j BatchJob) string { return j.Name },
	Lists: []string{"s3control:ListJobs"},
}
