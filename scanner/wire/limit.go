package wire

import (
	"context"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// bucket is one of AWS's token buckets: what it holds and what it gains each second.
type bucket struct {
	rate   rate.Limit
	burst  int
	source string // the document that says so; "" where the numbers are assumed
}

const (
	ec2Throttling = "Amazon EC2 Developer Guide, Request throttling for the Amazon EC2 API"
	accountQuotas = "AWS Account Management Reference Guide, Quotas for AWS Account Management"
)

// buckets are shared by all operations of one name in one account and Region. Numbers
// without a source stay below what scans were seen to survive.
var buckets = map[string]bucket{
	"ec2 paginated":         {20, 100, ec2Throttling}, // filtered or paginated reads
	"ec2 unpaginated":       {10, 50, ec2Throttling},
	"iam":                   {15, 30, ""},
	"iam report":            {1, 4, ""},
	"iam history":           {5, 20, ""},
	"rds":                   {10, 40, ""},
	"s3":                    {50, 100, ""},
	"s3control":             {5, 10, ""},
	"sts":                   {20, 40, ""},
	"account":               {3, 5, accountQuotas}, // as in China: elsewhere contacts have more, and ListRegions has 5 a second
	"organizations":         {1, 5, ""},
	"organizations one":     {2, 8, ""},
	"organizations account": {2, 8, ""},
	"backup":                {5, 20, ""},
	"dlm":                   {2, 8, ""},
	"rbin":                  {2, 8, ""},
	"kms":                   {50, 100, ""},
	"ssm":                   {5, 20, ""},
	"cloudtrail":            {5, 10, ""},
	"accessanalyzer":        {5, 10, ""},
	"autoscaling":           {5, 20, ""},
}

// bucketOf is the table operation → bucket: the exceptions first, then each service.
func bucketOf(operation string) string {
	switch operation {
	case "ec2:DescribeRegions", "ec2:GetEbsEncryptionByDefault", "ec2:GetEbsDefaultKmsKeyId", "ec2:DescribeInstanceAttribute", "ec2:GetManagedPrefixListEntries",
		"ec2:GetInstanceMetadataDefaults", "ec2:GetSnapshotBlockPublicAccessState", "ec2:GetImageBlockPublicAccessState", "ec2:DescribeVpcBlockPublicAccessOptions",
		"ec2:DescribeImageAttribute", "ec2:GetAllowedImagesSettings", "ec2:GetSerialConsoleAccessStatus",
		"ec2:DescribeSnapshotAttribute":
		return "ec2 unpaginated"
	case "ec2:DescribeAddresses", "ec2:DescribeAccountAttributes", "ec2:DescribeAvailabilityZones",
		"ec2:DescribeVpnConnections", "ec2:DescribeVpnGateways", "ec2:DescribeCustomerGateways",
		"ec2:DescribeExportTasks", "ec2:DescribeKeyPairs":
		return "ec2 unpaginated"
	case "iam:GenerateCredentialReport", "iam:GetCredentialReport":
		return "iam report"
	case "iam:GenerateServiceLastAccessedDetails", "iam:GetServiceLastAccessedDetails":
		return "iam history"
	case "organizations:DescribePolicy", "organizations:ListTargetsForPolicy":
		return "organizations one"
	case "organizations:DescribeEffectivePolicy", "organizations:ListParents", "organizations:ListPoliciesForTarget",
		"organizations:ListDelegatedAdministrators", "organizations:ListDelegatedServicesForAccount":
		return "organizations account"
	}
	service, _, _ := strings.Cut(operation, ":")
	if service == "ec2" {
		return "ec2 paginated"
	}
	return service
}

// Limiter holds back attempts so that a scan stays within AWS's token buckets and below
// a number of attempts at once. Safe for concurrent use.
type Limiter struct {
	slots   chan struct{}
	unpaced bool

	mu       sync.Mutex
	limiters map[string]*rate.Limiter
}

// NewLimiter lets at most atOnce attempts run at a time.
func NewLimiter(atOnce int) *Limiter {
	return &Limiter{slots: make(chan struct{}, max(1, atOnce)), limiters: map[string]*rate.Limiter{}}
}

// Unpaced lets at most atOnce attempts run at a time and counts no tokens: for an endpoint
// that is not AWS, and holds nobody back.
func Unpaced(atOnce int) *Limiter {
	l := NewLimiter(atOnce)
	l.unpaced = true
	return l
}

// take waits for a token of the call's bucket, then for a slot, which release gives back.
func (l *Limiter) take(ctx context.Context, k Key) (release func(), err error) {
	if !l.unpaced {
		if err := l.of(k).Wait(ctx); err != nil {
			if ctx.Err() == nil {
				err = context.DeadlineExceeded // the token would come after the call's time
			}
			return nil, err
		}
	}
	select {
	case l.slots <- struct{}{}:
		return func() { <-l.slots }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (l *Limiter) of(k Key) *rate.Limiter {
	name := bucketOf(k.Operation)
	key := k.Account + " " + k.Region + " " + name
	l.mu.Lock()
	defer l.mu.Unlock()
	r, ok := l.limiters[key]
	if !ok {
		b := buckets[name]
		r = rate.NewLimiter(b.rate, b.burst)
		l.limiters[key] = r
	}
	return r
}

// Duration estimates how long n calls of one operation in one account and Region take
// under its bucket alone.
func Duration(operation string, n int) time.Duration {
	b := buckets[bucketOf(operation)]
	return time.Duration(float64(max(0, n-b.burst)) / float64(b.rate) * float64(time.Second))
}
