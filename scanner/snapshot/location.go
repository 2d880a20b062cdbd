package snapshot

import "time"

// Global is the Region of resources that have none: IAM, the account, the organization.
const Global = "global"

// Location is where a call is made and where a resource lies.
type Location struct {
	Partition string // aws, aws-us-gov, aws-cn, …
	Account   string // 12 digits
	Region    string // a Region's name, or Global
}

// String is account/Region, as coverage and scope findings show it.
func (l Location) String() string { return l.Account + "/" + l.Region }

// In is the same place in another Region.
func (l Location) In(region string) Location {
	l.Region = region
	return l
}

// Meta is what every resource has. Resources embed it.
type Meta struct {
	Location
	ARN   string
	Name  string
	Tags  map[string]string
	Calls []Call // the list call's pages in which the resource stood
}

// Region is one Region of the partition as the account sees it.
// Source: Account ListRegions, field RegionOptStatus; else EC2 DescribeRegions
// (AllRegions), field OptInStatus.
type Region struct {
	Name   string
	Status string // AWS's own word
}

// Enabled says that the account can have resources there. DISABLING is still enabled.
func (r Region) Enabled() bool {
	switch r.Status {
	case "ENABLED", "ENABLED_BY_DEFAULT", "ENABLING", "DISABLING", "opted-in", "opt-in-not-required":
		return true
	}
	return false
}

// Account is everything that one scan read of one account.
type Account struct {
	Location  // Region is Global
	Principal string
	Caller    Read[string] // the same, with the call that told it: GetCallerIdentity
	AsOf      time.Time
	Regions   Read[[]Region]
	S3        S3
	IAM       IAM
	EC2       EC2
	RDS       RDS
	Org       Org
	Backup    Backup
	KMS       KMS
	SSM       SSM
	Trail     CloudTrail
	Analyzer  AccessAnalyzer
	Scaling   AutoScaling
	Contacts  Contacts
	Coverage  []Coverage
}

// Coverage is how one planned operation ended in one place: every planned
// (operation, Region, account) has exactly one.
type Coverage struct {
	Location
	Operation string
	Status    Cause
	Requests  int // calls asked, each with all its attempts
	Items     int // resources or values that came back
	Retries   int // attempts beyond the first of each call
	Error     *Unread
}
