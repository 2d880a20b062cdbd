package encryption

import (
	"errors"
	"slices"
	"strings"
	"time"

	"onus/checks"
	"onus/checks/databases"
	"onus/scanner/snapshot"
)

// CertificateNotExpiring passes when neither the certificate of the server nor the
// authority that signed it ends soon. Aurora's members have one each, a Multi-AZ DB cluster
// has one at the cluster.
// Source: RDS DescribeDBInstances and DescribeDBClusters, CertificateDetails.ValidTill;
// DescribeCertificates, ValidTill.
var CertificateNotExpiring = checks.Check{
	ID:          "rds-server-certificate-not-expiring",
	Title:       "The server certificates of RDS instances and clusters stay valid",
	Severity:    checks.High,
	Category:    checks.Encryption,
	Duty:        checks.OSAndPlatform,
	ServiceKind: checks.Container,
	Tier:        1,
	Reads:       []string{"rds:DescribeDBInstances", "rds:DescribeDBClusters", "rds:DescribeCertificates"},
	Parameters:  checks.Parameters{"min_days_left": 30},
	Remedy:      "Rotate the certificate, or choose a current certificate authority; give the clients its root certificate first.",
	Fix: checks.Fix{
		Threat: "The day the certificate expires, clients that verify it are refused. Teams then turn verification off, and leave it off.",
		CLI:    "aws rds modify-db-instance --db-instance-identifier {name} --ca-certificate-identifier rds-ca-rsa2048-g1 --apply-immediately --region {region}",
		Terraform: `resource "aws_db_instance" "this" {
  identifier         = "{name}"
  ca_cert_identifier = "rds-ca-rsa2048-g1"
}`,
		Cost: "Clients need the new root certificate first; some engines restart.",
	},
	Judges: checks.For(snapshot.DBInstances, func(d snapshot.DBInstance, env checks.Env) checks.Verdict {
		return instanceCertificate(d.Database, d.Location, env)
	}).And(checks.For(snapshot.DBClusters, func(c snapshot.DBCluster, env checks.Env) checks.Verdict {
		return clusterCertificate(c.Database, c.Location, env)
	})),
}

// CANotDeprecated passes when the authority behind an instance's certificate is one that
// RDS still offers and that has not ended.
// Source: RDS DescribeDBInstances, CACertificateIdentifier; DescribeCertificates.
var CANotDeprecated = checks.Check{
	ID:          "rds-ca-not-deprecated",
	Title:       "RDS instances use a current certificate authority",
	Severity:    checks.Medium,
	Category:    checks.Encryption,
	Duty:        checks.OSAndPlatform,
	ServiceKind: checks.Container,
	Tier:        1,
	Reads:       []string{"rds:DescribeDBInstances", "rds:DescribeCertificates"},
	Parameters:  checks.Parameters{"deprecated_cas": []string{"rds-ca-2015", "rds-ca-2019"}},
	Remedy:      "Change the instance to a current certificate authority; give the clients its root certificate first.",
	Fix: checks.Fix{
		Threat: "The server's certificate comes from an authority that ends or has ended. Clients that verify it are refused then, and those that do not are open to whoever sits between.",
		CLI:    "aws rds modify-db-instance --db-instance-identifier {name} --ca-certificate-identifier rds-ca-rsa2048-g1 --apply-immediately --region {region}",
		Terraform: `resource "aws_db_instance" "this" {
  identifier         = "{name}"
  ca_cert_identifier = "rds-ca-rsa2048-g1"
}`,
		Cost: "Clients need the new root certificate first; some engines restart.",
	},
	Judges: checks.For(snapshot.DBInstances, caNotDeprecated),
}

func instanceCertificate(d snapshot.Database, at snapshot.Location, env checks.Env) checks.Verdict {
	if v, out := databases.Own(d); out {
		return v
	}
	if v, out := databases.Member(d); out && !d.Engine.Aurora() {
		return v
	}
	return certificateEnds(d, at, env)
}

func clusterCertificate(c snapshot.Database, at snapshot.Location, env checks.Env) checks.Verdict {
	if v, out := databases.Own(c); out {
		return v
	}
	if c.Engine.Aurora() && c.CA == "" && c.CertificateEnds.IsZero() {
		return databases.Engine(c, "Aurora's members have a certificate each")
	}
	return certificateEnds(c, at, env)
}

// certificateEnds judges by the earlier of the two dates. One that is near decides alone.
func certificateEnds(d snapshot.Database, at snapshot.Location, env checks.Env) checks.Verdict {
	days := env.Int("min_days_left")
	least := env.AsOf.AddDate(0, 0, days)
	if ends := d.CertificateEnds; !ends.IsZero() && !ends.After(least) {
		return endsSoon("the server certificate", ends, days, d)
	}
	if d.CA == "" {
		return checks.Unclear("the answer names no certificate authority")
	}
	ca, err := checks.Find(env, snapshot.DBCertificates, at, d.CA)
	switch {
	case errors.Is(err, snapshot.ErrAbsent), err == nil && ca.Ends.IsZero():
		return checks.Unclear("when the certificate authority %s ends is not told in %s", d.CA, at.Region).With("CACertificateIdentifier", d.CA)
	case err != nil:
		return checks.Unknown(err)
	case !ca.Ends.After(least):
		return endsSoon("the certificate authority "+d.CA, ca.Ends, days, d)
	case d.CertificateEnds.IsZero():
		return checks.Pass("the certificate authority %s ends on %s; when the server certificate ends is not told", d.CA, day(ca.Ends)).With("CA ValidTill", day(ca.Ends))
	}
	return checks.Pass("the server certificate ends on %s, its authority %s on %s", day(d.CertificateEnds), d.CA, day(ca.Ends)).
		With("CertificateDetails.ValidTill", day(d.CertificateEnds)).With("CA ValidTill", day(ca.Ends))
}

func endsSoon(what string, ends time.Time, days int, d snapshot.Database) checks.Verdict {
	more := ""
	if d.Pending.CA != "" {
		more = "; " + d.Pending.CA + " is pending and not yet in force"
	}
	return checks.Fail("%s ends on %s, want %d days or more%s", what, day(ends), days, more).With("ValidTill", day(ends))
}

func day(t time.Time) string { return t.UTC().Format(time.DateOnly) }

func caNotDeprecated(d snapshot.DBInstance, env checks.Env) checks.Verdict {
	if v, out := databases.Own(d.Database); out {
		return v
	}
	const field = "CACertificateIdentifier"
	deprecated := env.Strings("deprecated_cas")
	switch {
	case d.CA == "":
		return checks.DoesNotApply("the instance has no certificate authority, as with RDS Custom and on Outposts").With(field, "")
	case slices.Contains(deprecated, d.CA):
		return checks.Fail("the certificate authority %s is among the deprecated ones: %s", d.CA, strings.Join(deprecated, ", ")).With(field, d.CA)
	}
	ca, err := checks.Find(env, snapshot.DBCertificates, d.Location, d.CA)
	switch {
	case errors.Is(err, snapshot.ErrAbsent):
		return checks.Unclear("the certificate authority %s is not among those that RDS offers in %s", d.CA, d.Region).With(field, d.CA)
	case err != nil:
		return checks.Unknown(err)
	case ca.Ends.IsZero():
		return checks.Unclear("when the certificate authority %s ends is not told", d.CA).With(field, d.CA)
	case !ca.Ends.After(env.AsOf):
		return checks.Fail("the certificate authority %s ended on %s", d.CA, day(ca.Ends)).With(field, d.CA)
	}
	return checks.Pass("the certificate authority %s is offered and ends on %s", d.CA, day(ca.Ends)).With(field, d.CA)
}
