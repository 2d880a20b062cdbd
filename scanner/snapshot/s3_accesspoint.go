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
}

// AccessPoints are the access points of the account, listed in each Region.
var AccessPoints = Kind[AccessPoint]{
	Type:  "s3 access point",
	All:   func(a *Account) []AccessPoint { return a.S3.AccessPoints },
	Meta:  func(p AccessPoint) Meta { return p.Meta },
	ID:    func(p AccessPoint) string { return arnOf(p.Meta) },
	Key:   func(p AccessPoint) string { return p.Name },
	Lists: []string{"s3control:ListAccessPoints"},
	Where: regional,
}
