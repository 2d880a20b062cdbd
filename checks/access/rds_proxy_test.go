package access

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

func TestProxyRequiresIAM(t *testing.T) {
	proxy := func(p snapshot.DBProxy) func(*snapshot.Account) {
		p.Meta = checktest.Meta("p", "arn:aws:rds:eu-west-1:111122223333:db-proxy:prx-1")
		return func(a *snapshot.Account) { a.RDS.Proxies = []snapshot.DBProxy{p} }
	}
	auth := func(modes ...string) func(*snapshot.Account) { return proxy(snapshot.DBProxy{IAMAuth: modes}) }
	checktest.Run(t, &ProxyRequiresIAM, []checktest.Case{
		{Name: "by default", Set: proxy(snapshot.DBProxy{DefaultScheme: "IAM_AUTH"}), Want: checks.PASS, Reason: "IAM_AUTH"},
		{Name: "every entry", Set: auth("REQUIRED", "REQUIRED"), Want: checks.PASS, Reason: "every entry"},
		{Name: "ENABLED still lets passwords in", Set: auth("ENABLED"), Want: checks.FAIL, Reason: "ENABLED"},
		{Name: "one DISABLED among many", Set: auth("REQUIRED", "DISABLED", "REQUIRED"), Want: checks.FAIL, Reason: "REQUIRED, DISABLED"},
		{Name: "no entry, scheme NONE", Set: proxy(snapshot.DBProxy{DefaultScheme: "NONE"}), Want: checks.FAIL, Reason: `"NONE"`},
		{Name: "no entry, no scheme", Set: proxy(snapshot.DBProxy{}), Want: checks.FAIL, Reason: "no entry"},
		{Name: "an absent mode (SQL Server)", Set: auth(""), Want: checks.FAIL, Reason: "absent"},
		{Name: "deleting", Set: proxy(snapshot.DBProxy{Status: "deleting"}), Want: checks.NotApplicable, Reason: "deleting"},
		{Name: "denied", Set: checktest.Denied("rds:DescribeDBProxies"), Want: checks.UNKNOWN, Reason: "denied"},
	})
}
