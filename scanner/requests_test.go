package scanner_test

import (
	"slices"
	"strings"
	"testing"

	"onus/checks"
	"onus/checks/suite"
	"onus/mocks/acme"
	"onus/scanner/snapshot"
	"onus/scanner/wire"
)

// TestEachBucketIsAskedOnce counts requests: a check of buckets alone costs, of each
// operation that it reads, one request for each bucket at most, and all checks together cost
// no more than that either. Nothing else is asked.
func TestEachBucketIsAskedOnce(t *testing.T) {
	counted := func(t *testing.T, list ...*checks.Check) map[string]int {
		s := demo(t)
		o := options(acme.Home)
		o.Operations = suite.Operations(list)
		a := scan(t, s.Config(acme.Home), live(&wire.Memory{}), o)
		asked := map[string]int{}
		for _, c := range a.Coverage {
			if c.Requests > 0 {
				asked[c.Operation] += c.Requests
			}
		}
		for op, n := range asked {
			if most := mostRequests(a, op); strings.HasPrefix(op, "s3") && n > most {
				t.Errorf("%s: %d requests for %d buckets, want %d at most", op, n, len(a.S3.Buckets), most)
			}
			if !slices.Contains(o.Operations, op) && !slices.Contains(always, op) {
				t.Errorf("%s was asked, and no check reads it", op)
			}
		}
		if len(a.S3.Buckets) < 5 {
			t.Fatalf("the demo account has %d buckets in %s", len(a.S3.Buckets), acme.Home)
		}
		return asked
	}
	var all []*checks.Check
	for _, c := range suite.All() {
		if c.OptIn != "" || !slices.Contains(c.Kinds(), "s3 bucket") {
			continue
		}
		all = append(all, c)
		t.Run(c.ID, func(t *testing.T) {
			t.Parallel()
			counted(t, c)
		})
	}
	t.Run("all together", func(t *testing.T) {
		t.Parallel()
		asked := counted(t, all...)
		if asked["s3:GetBucketPolicy"] == 0 || asked["s3:ListBuckets"] == 0 {
			t.Errorf("the scan asked nothing: %v", asked)
		}
	})
	if len(all) < 40 {
		t.Errorf("%d checks of buckets", len(all))
	}
}

// always are what every scan asks: who calls, and which Regions there are.
var always = []string{"sts:GetCallerIdentity", "account:ListRegions", "ec2:DescribeRegions"}

// mostRequests is what an operation of S3 needs at most in a scan of one Region.
func mostRequests(a *snapshot.Account, op string) int {
	points, ours := len(a.S3.AccessPoints), len(a.S3.Buckets)
	switch op {
	case "s3:HeadBucket":
		return len(a.S3.Named) + len(a.S3.OwnedBy) + 1 // of one own bucket the list does not say where it lies
	case "s3:GetBucketLifecycleConfiguration":
		return ours + len(a.S3.Directories)
	case "s3:GetBucketLocation":
		return 0
	case "s3control:GetAccessPoint", "s3control:GetAccessPointPolicy", "s3control:GetAccessPointPolicyStatus":
		return points
	case "s3control:DescribeJob":
		return len(a.S3.Jobs)
	case "s3:ListBuckets", "s3:ListDirectoryBuckets":
		return 2 // pages
	case "s3:ListBucketInventoryConfigurations", "s3:ListBucketAnalyticsConfigurations":
		return ours + 1 // one of them has two pages
	}
	if wire.Permitted[op].PerResource {
		return ours
	}
	return 1
}
