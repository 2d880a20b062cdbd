package encryption

import (
	"testing"
	"time"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

// in is a number of days after the tests' clock.
func in(days int) time.Time { return checktest.AsOf.AddDate(0, 0, days) }

func authority(id string, ends time.Time) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		a.RDS.Certificates = append(a.RDS.Certificates, snapshot.DBCertificate{Meta: checktest.Meta(id, "arn:aws:rds:eu-west-1::cert:"+id), ID: id, Ends: ends})
	}
}

func TestCertificateNotExpiring(t *testing.T) {
	type db = snapshot.Database
	const g1 = "rds-ca-rsa2048-g1"
	far := authority(g1, in(13000))
	with := func(d db, more ...func(*snapshot.Account)) func(*snapshot.Account) {
		return checktest.All(append(more, checktest.Instance(d))...)
	}
	checktest.Run(t, &CertificateNotExpiring, []checktest.Case{
		{Name: "both far", Set: with(db{CA: g1, CertificateEnds: in(200)}, far), Want: checks.PASS, Reason: "server certificate ends on 2027-05-20"},
		{Name: "the server's ends long before the authority's", Set: with(db{CA: g1, CertificateEnds: in(20)}, far), Want: checks.FAIL, Reason: "the server certificate ends on 2026-11-21"},
		{Name: "the authority ends first", Set: with(db{CA: "rds-ca-2019", CertificateEnds: in(200)}, authority("rds-ca-2019", in(-60))), Want: checks.FAIL, Reason: "authority rds-ca-2019 ends on"},
		{Name: "just outside the window", Set: with(db{CA: g1, CertificateEnds: in(31)}, far), Want: checks.PASS, Reason: "2026-12-02"},
		{Name: "without details, by the authority alone", Set: with(db{CA: g1}, far), Want: checks.PASS, Reason: "is not told"},
		{Name: "an authority that the Region does not know", Set: with(db{CA: "rds-ca-x", CertificateEnds: in(200)}, far), Want: checks.UNKNOWN, Reason: "rds-ca-x"},
		{Name: "pending is not in force", Set: with(db{CA: g1, CertificateEnds: in(1), Pending: snapshot.Pending{CA: "rds-ca-ecc384-g1"}}, far), Want: checks.FAIL, Reason: "rds-ca-ecc384-g1 is pending"},
		{Name: "authorities denied", Set: with(db{CA: g1, CertificateEnds: in(200)}, checktest.Denied("rds:DescribeCertificates")), Want: checks.UNKNOWN, Reason: "denied"},
		{Name: "authorities denied, and the server's ends anyway", Set: with(db{CA: g1, CertificateEnds: in(1)}, checktest.Denied("rds:DescribeCertificates")), Want: checks.FAIL, Reason: "server certificate"},
		{Name: "an Aurora member has its own", Set: with(db{Engine: "aurora-mysql", Cluster: "c", CA: g1, CertificateEnds: in(1)}, far), Want: checks.FAIL, Reason: "server certificate"},
		{Name: "a member of a Multi-AZ DB cluster has not", Set: with(db{Engine: "postgres", Cluster: "c", CA: g1}, far), Want: checks.NotApplicable, Reason: "member of c"},
		{Name: "a Multi-AZ DB cluster", Set: checktest.All(far, checktest.Cluster(db{Engine: "postgres", CA: g1, CertificateEnds: in(3)})), Want: checks.FAIL, Reason: "server certificate"},
		{Name: "an Aurora cluster", Set: checktest.Cluster(db{Engine: "aurora-mysql"}), Want: checks.NotApplicable, Reason: "members"},
		{Name: "no authority told", Set: checktest.Instance(db{}), Want: checks.UNKNOWN, Reason: "names no"},
		{Name: "docdb", Set: checktest.Instance(db{Engine: "docdb"}), Want: checks.NotApplicable, Reason: "DocumentDB"},
		{Name: "the policy's own window", Set: with(db{CA: g1, CertificateEnds: in(60)}, far), Parameters: map[string]any{"min_days_left": 90}, Want: checks.FAIL, Reason: "want 90 days"},
	})
}

func TestCANotDeprecated(t *testing.T) {
	with := func(ca string, more ...func(*snapshot.Account)) func(*snapshot.Account) {
		return checktest.All(append(more, checktest.Instance(snapshot.Database{CA: ca}))...)
	}
	checktest.Run(t, &CANotDeprecated, []checktest.Case{
		{Name: "current", Set: with("rds-ca-rsa2048-g1", authority("rds-ca-rsa2048-g1", in(10000))), Want: checks.PASS, Reason: "is offered"},
		{Name: "deprecated", Set: with("rds-ca-2015"), Want: checks.FAIL, Reason: "rds-ca-2015"},
		{Name: "rds-ca-2019 ended as well", Set: with("rds-ca-2019", authority("rds-ca-2019", in(1))), Want: checks.FAIL, Reason: "rds-ca-2019"},
		{Name: "another partition's name, judged by date", Set: with("rds-ca-2017", authority("rds-ca-2017", in(-1))), Want: checks.FAIL, Reason: "ended on 2026-10-31"},
		{Name: "GovCloud's current one", Set: with("rds-ca-rsa4096-g1", authority("rds-ca-rsa4096-g1", in(10))), Want: checks.PASS, Reason: "rds-ca-rsa4096-g1"},
		{Name: "not offered in the Region", Set: with("rds-ca-x"), Want: checks.UNKNOWN, Reason: "not among"},
		{Name: "denied", Set: with("rds-ca-rsa2048-g1", checktest.Denied("rds:DescribeCertificates")), Want: checks.UNKNOWN, Reason: "denied"},
		{Name: "RDS Custom has none", Set: with(""), Want: checks.NotApplicable, Reason: "RDS Custom"},
	})
}

func TestProxyRequiresTLS(t *testing.T) {
	proxy := func(p snapshot.DBProxy) func(*snapshot.Account) {
		p.Meta = checktest.Meta("p", "arn:aws:rds:eu-west-1:111122223333:db-proxy:prx-1")
		return func(a *snapshot.Account) { a.RDS.Proxies = []snapshot.DBProxy{p} }
	}
	behind := checktest.Instance(snapshot.Database{Engine: "postgres"})
	checktest.Run(t, &ProxyRequiresTLS, []checktest.Case{
		{Name: "required", Set: proxy(snapshot.DBProxy{RequireTLS: true}), Want: checks.PASS, Reason: "requires TLS"},
		{Name: "absent means false", Set: proxy(snapshot.DBProxy{}), Want: checks.FAIL, Reason: "does not", Observed: map[string]string{"RequireTLS": "false"}},
		{Name: "what the database forces is not the proxy's", Set: checktest.All(behind, proxy(snapshot.DBProxy{Status: "available"})), Want: checks.FAIL, Reason: "does not"},
		{Name: "deleting", Set: proxy(snapshot.DBProxy{Status: "deleting"}), Want: checks.NotApplicable, Reason: "deleting"},
		{Name: "an endpoint without proxies is no PASS", Set: func(a *snapshot.Account) {
			checktest.Fail(a, "rds:DescribeDBProxies", checktest.At.Region, snapshot.Unsupported)
		}, Want: checks.UNKNOWN, Reason: "unsupported"},
	})
}
