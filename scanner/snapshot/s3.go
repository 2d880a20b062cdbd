package snapshot

// S3 is what was read of S3 and of the account-wide S3 settings.
type S3 struct {
	Buckets      []Bucket
	Directories  []Bucket                // directory buckets (S3 Express One Zone)
	PublicAccess Read[PublicAccessBlock] // the account's; Source: S3 Control GetPublicAccessBlock
	AccessPoints []AccessPoint

	MultiRegionAccessPoints []MultiRegionAccessPoint
	AccessGrants            []AccessGrantsInstance
	Jobs                    []BatchJob

	// Own is the Region of each bucket of the account by name, also of those that lie in
	// Regions that are not scanned. It is whole where s3:ListBuckets was read to its end.
	Own map[string]Read[string]
	// Named is what HeadBucket says of other buckets that settings of the account name, and
	// of names that AWS services derive from the account.
	Named map[string]Read[NamedBucket]
	// OwnedBy is the status with which HeadBucket answers whether an account owns a bucket
	// (ExpectedBucketOwner): 200 where it does.
	OwnedBy map[Ownership]Read[int]

	Sampling Sampling // how objects were sampled; zero where they were not
}

// Ownership is a bucket and an account that may own it.
type Ownership struct{ Bucket, Account string }

// NamedBucket is what can be known of a bucket by its name.
// Source: S3 HeadBucket, status and header x-amz-bucket-region.
type NamedBucket struct {
	Exists bool   // false: the answer was 404, and the name is free to take. A refusal that names no Region is no answer
	Status int    // HTTP; 0 for an own bucket, which the list tells of
	Region string // "" where the answer names none
}

// Place is where a bucket lies, by its name: an own one by the list, any other by
// HeadBucket. The second result says whether it is the account's own; while the list is
// not whole, a bucket that is not in it may be own all the same.
func (s S3) Place(name string) (Read[NamedBucket], bool) {
	region, own := s.Own[name]
	if !own {
		return s.Named[name], false
	}
	where, err := region.Get()
	if err != nil {
		return Missing[NamedBucket](err, region.Calls()...), true
	}
	return Value(NamedBucket{Exists: true, Region: where}, region.Calls()...), true
}

// PublicAccessBlock is the four flags of S3 Block Public Access. A flag that the
// answer lacks is false, and so are all four where AWS answers
// NoSuchPublicAccessBlockConfiguration.
type PublicAccessBlock struct {
	BlockPublicAcls, IgnorePublicAcls, BlockPublicPolicy, RestrictPublicBuckets bool
}

// Or joins two levels flag by flag: AWS applies the stricter.
func (p PublicAccessBlock) Or(q PublicAccessBlock) PublicAccessBlock {
	return PublicAccessBlock{
		p.BlockPublicAcls || q.BlockPublicAcls, p.IgnorePublicAcls || q.IgnorePublicAcls,
		p.BlockPublicPolicy || q.BlockPublicPolicy, p.RestrictPublicBuckets || q.RestrictPublicBuckets,
	}
}

// Off names the flags that are not set, in AWS's order.
func (p PublicAccessBlock) Off() []string {
	var off []string
	for _, f := range []struct {
		name string
		on   bool
	}{
		{"BlockPublicAcls", p.BlockPublicAcls}, {"IgnorePublicAcls", p.IgnorePublicAcls},
		{"BlockPublicPolicy", p.BlockPublicPolicy}, {"RestrictPublicBuckets", p.RestrictPublicBuckets},
	} {
		if !f.on {
			off = append(off, f.name)
		}
	}
	return off
}

// Bucket is a bucket that the account owns. Its Location.Region is where it lies, or
// Global where BucketRegion could not be read.
type Bucket struct {
	Meta
	Owner         string                  // canonical user id of the account; ListBuckets Owner.ID
	BucketRegion  Read[string]            // ListBuckets BucketRegion, else HeadBucket, else GetBucketLocation
	PublicAccess  Read[PublicAccessBlock] // the bucket's own; GetPublicAccessBlock
	Versioning    Read[Versioning]        // GetBucketVersioning
	Encryption    Read[BucketEncryption]  // GetBucketEncryption
	ACL           Read[BucketACL]         // GetBucketAcl
	Ownership     Read[string]            // GetBucketOwnershipControls ObjectOwnership; "" for OwnershipControlsNotFoundError
	Policy        Read[string]            // GetBucketPolicy, JSON; "" for NoSuchBucketPolicy
	IsPublic      Read[bool]              // GetBucketPolicyStatus IsPublic; false for NoSuchBucketPolicy
	TagSet        Read[map[string]string] // GetBucketTagging; none for NoSuchTagSet
	Logging       Read[BucketLogging]     // GetBucketLogging
	Website       Read[Website]           // GetBucketWebsite
	Lifecycle     Read[[]LifecycleRule]   // GetBucketLifecycleConfiguration
	ObjectLock    Read[ObjectLock]        // GetObjectLockConfiguration
	Notifications Read[Notifications]     // GetBucketNotificationConfiguration
	Replication   Read[[]ReplicationRule] // GetBucketReplication
	CORS          Read[[]CORSRule]        // GetBucketCors
	Acceleration  Read[Acceleration]      // GetBucketAccelerateConfiguration
	Inventories   Read[[]BucketExport]    // ListBucketInventoryConfigurations
	Analytics     Read[[]BucketExport]    // ListBucketAnalyticsConfigurations
	Sample        Read[ObjectSample]      // ListObjectsV2, where objects are sampled
}

// Buckets are the general purpose buckets of the account.
var Buckets = Kind[Bucket]{
	Type:   "s3 bucket",
	All:    func(a *Account) []Bucket { return a.S3.Buckets },
	Meta:   func(b Bucket) Meta { return b.Meta },
	ID:     func(b Bucket) string { return arnOf(b.Meta) },
	Key:    func(b Bucket) string { return b.Name },
	Lists:  []string{"s3:ListBuckets"},
	Needs:  []string{"s3:HeadBucket", "s3:GetBucketLocation"}, // where an older store's list names no Region
	Global: true,
}

// DirectoryBuckets are the directory buckets of the account, listed in each Region.
var DirectoryBuckets = Kind[Bucket]{
	Type:  "s3 directory bucket",
	All:   func(a *Account) []Bucket { return a.S3.Directories },
	Meta:  func(b Bucket) Meta { return b.Meta },
	ID:    func(b Bucket) string { return arnOf(b.Meta) },
	Key:   func(b Bucket) string { return b.Name },
	Lists: []string{"s3:ListDirectoryBuckets"},
}

// Accounts is the account itself: always one, listed by nothing.
var Accounts = Kind[*Account]{
	Type:   "account",
	All:    func(a *Account) []*Account { return []*Account{a} },
	Meta:   func(a *Account) Meta { return Meta{Location: a.Location, Name: a.Location.Account} },
	ID:     func(a *Account) string { return a.Location.Account },
	Key:    func(a *Account) string { return a.Location.Account },
	Global: true,
}
