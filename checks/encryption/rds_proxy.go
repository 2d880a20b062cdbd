package encryption

import (
	"strconv"

	"onus/checks"
	"onus/scanner/snapshot"
)

// ProxyRequiresTLS passes when a proxy refuses clients without TLS. What the database
// behind it forces holds between proxy and database only. The proxy's further endpoints
// have no setting of their own.
// Source: RDS DescribeDBProxies, field RequireTLS.
var ProxyRequiresTLS = checks.Check{
	ID:          "rds-proxy-requires-tls",
	Title:       "RDS proxies require TLS from their clients",
	Severity:    checks.High,
	Category:    checks.Encryption,
	Duty:        checks.DataEncryption,
	ServiceKind: checks.Container,
	Tier:        1,
	Reads:       []string{"rds:DescribeDBProxies"},
	Remedy:      "Make the proxy require TLS, once all clients use it.",
	Fix: checks.Fix{
		Threat: "Queries and data between client and proxy pass in the clear. Whoever sits in the network reads along.",
		CLI:    "aws rds modify-db-proxy --db-proxy-name {name} --require-tls --region {region}",
		Terraform: `resource "aws_db_proxy" "this" {
  name        = "{name}"
  require_tls = true
}`,
		Cost: "Clients without TLS are refused.",
	},
	Judges: checks.For(snapshot.DBProxies, proxyRequiresTLS),
}

func proxyRequiresTLS(p snapshot.DBProxy, _ checks.Env) checks.Verdict {
	seen := strconv.FormatBool(p.RequireTLS)
	switch {
	case p.Status == "deleting":
		return checks.DoesNotApply("the proxy is deleting").With("Status", p.Status)
	case p.RequireTLS:
		return checks.Pass("the proxy requires TLS").With("RequireTLS", seen)
	}
	return checks.Fail("the proxy does not require TLS").With("RequireTLS", seen)
}
