package hygiene

import (
	"testing"
	"time"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

func TestServerCertificates(t *testing.T) {
	until := func(at time.Time) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			a.IAM.ServerCertificates = []snapshot.ServerCertificate{{Meta: iamMeta(own + "server-certificate/cloudfront/a"), Path: "/cloudfront/", Expiration: at}}
		}
	}
	denied := checktest.Case{Name: "denied", Set: func(a *snapshot.Account) {
		checktest.Fail(a, "iam:ListServerCertificates", snapshot.Global, snapshot.Denied)
	}, Want: checks.UNKNOWN, Reason: "denied"}
	checktest.Run(t, &ServerCertificateNotExpired, []checktest.Case{
		{Name: "valid, by the scan's time", Set: until(checktest.AsOf.Add(time.Second)), Want: checks.PASS, Reason: "2026-11-01T12:00:01Z"},
		{Name: "expired at this moment", Set: until(checktest.AsOf), Want: checks.FAIL, Reason: "valid until"},
		{Name: "no date", Set: until(time.Time{}), Want: checks.UNKNOWN, Reason: "does not tell"},
		denied,
	})
	limit := checktest.AsOf.Add(45 * day)
	checktest.Run(t, &ServerCertificateNotExpiringSoon, []checktest.Case{
		{Name: "a second beyond the limit", Set: until(limit.Add(time.Second)), Want: checks.PASS, Reason: "more than 45 days"},
		{Name: "at the limit, to the second", Set: until(limit), Want: checks.FAIL, Reason: "valid until 2026-12-16T12:00:00Z"},
		{Name: "expired yesterday is another finding", Set: until(checktest.AsOf.Add(-day)), Want: checks.NotApplicable, Reason: "expired"},
		{Name: "no date", Set: until(time.Time{}), Want: checks.UNKNOWN, Reason: "does not tell"},
		denied,
	})
	for _, c := range []*checks.Check{&ServerCertificateNotExpired, &ServerCertificateNotExpiringSoon} {
		if found := checktest.Findings(c, checktest.Account(c, nil), nil); len(found) != 0 {
			t.Errorf("%s without certificates: %+v", c.ID, found)
		}
	}
}
