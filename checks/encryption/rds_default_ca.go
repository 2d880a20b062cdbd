package encryption

import (
	"fmt"
	"slices"
	"strings"

	"onus/checks"
	"onus/scanner/snapshot"
)

// DefaultCACurrent passes when new databases of the Region get a certificate authority that
// lasts: AWS's default, or one that the account chose and that is neither deprecated nor
// near its end. The choice is made for each Region, and forgotten.
// Source: RDS DescribeCertificates, DefaultCertificateForNewLaunches, CustomerOverride and
// CustomerOverrideValidTill.
var DefaultCACurrent = checks.Check{
	ID:          "rds-default-ca-current",
	Title:       "New databases get a current certificate authority",
	Severity:    checks.Low,
	Category:    checks.Encryption,
	Duty:        checks.OSAndPlatform,
	ServiceKind: checks.Container,
	Tier:        3,
	Reads:       []string{"rds:DescribeCertificates", "rds:DescribeDBInstances", "rds:DescribeDBClusters"},
	Parameters:  checks.Parameters{"deprecated_cas": []string{"rds-ca-2015", "rds-ca-2019"}},
	Remedy:      "Take the override off, so that AWS's default holds, or choose a current authority.",
	Fix: checks.Fix{
		Threat: "Each new database starts with an authority that ends soon or is not trusted any more. Clients that check certificates lose it on that day, and somebody turns the check off to get it back.",
		CLI:    `aws rds modify-certificates --region {region} --remove-customer-override`,
		Terraform: `resource "aws_rds_certificate" "this" {
  certificate_identifier = "rds-ca-rsa2048-g1"
}`,
		Cost: "Databases that exist keep their authority. Clients of new ones need its root certificate in their trust store.",
	},
	Judges: checks.For(snapshot.DBRegions, defaultCACurrent),
}

const (
	caDaysLeft       = 365
	overrideDaysLeft = 90
)

func defaultCACurrent(r snapshot.DBRegion, env checks.Env) checks.Verdict {
	some, err := anyDatabase(r, env)
	if !some && err != nil {
		return checks.Unknown(err)
	}
	if !some {
		return checks.DoesNotApply("%s holds no database", r.Region)
	}
	byDefault, err := checks.Use(env, r.DefaultCA)
	if err != nil {
		return checks.Unknown(err)
	}
	all, err := checks.In(env, snapshot.DBCertificates, r.Location).Get()
	if err != nil {
		return checks.Unknown(err)
	}
	var faults []string
	for _, c := range all {
		if c.Override && !c.OverrideEnds.IsZero() && !c.OverrideEnds.After(env.AsOf.AddDate(0, 0, overrideDaysLeft)) {
			faults = append(faults, fmt.Sprintf("the override with %s ends on %s, want %d days or more", c.ID, day(c.OverrideEnds), overrideDaysLeft))
		}
	}
	v := certificateOfNewDatabases(byDefault, all, env)
	if len(faults) > 0 && v.Status != checks.FAIL {
		v = checks.Fail("%s", strings.Join(faults, "; "))
	}
	return v.With("DefaultCertificateForNewLaunches", byDefault)
}

func certificateOfNewDatabases(byDefault string, all []snapshot.DBCertificate, env checks.Env) checks.Verdict {
	if byDefault == "" {
		return checks.Pass("new databases get AWS's default certificate authority")
	}
	if deprecated := env.Strings("deprecated_cas"); slices.Contains(deprecated, byDefault) {
		return checks.Fail("new databases get %s, which is among the deprecated ones: %s", byDefault, strings.Join(deprecated, ", "))
	}
	i := slices.IndexFunc(all, func(c snapshot.DBCertificate) bool { return c.ID == byDefault })
	switch {
	case i < 0:
		return checks.Unclear("new databases get %s, which is not among the authorities that the Region tells of", byDefault)
	case all[i].Ends.IsZero():
		return checks.Unclear("new databases get %s, and when that ends is not told", byDefault)
	case !all[i].Ends.After(env.AsOf.AddDate(0, 0, caDaysLeft)):
		return checks.Fail("new databases get %s, which ends on %s, want %d days or more", byDefault, day(all[i].Ends), caDaysLeft)
	}
	return checks.Pass("new databases get %s, which ends on %s", byDefault, day(all[i].Ends))
}

// anyDatabase says that the Region holds a database; err is why there may be one.
func anyDatabase(r snapshot.DBRegion, env checks.Env) (some bool, err error) {
	instances, err := checks.In(env, snapshot.DBInstances, r.Location).Get()
	clusters, more := checks.In(env, snapshot.DBClusters, r.Location).Get()
	if err == nil {
		err = more
	}
	own := slices.ContainsFunc(instances, func(d snapshot.DBInstance) bool { return d.Engine.OtherService() == "" && !d.Ended() }) ||
		slices.ContainsFunc(clusters, func(c snapshot.DBCluster) bool { return c.Engine.OtherService() == "" && !c.Ended() })
	return own, err
}
