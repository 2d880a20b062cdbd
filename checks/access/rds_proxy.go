package access

import (
	"slices"
	"strings"

	"onus/checks"
	"onus/scanner/snapshot"
)

// ProxyRequiresIAM passes when every client of a proxy logs in with IAM. ENABLED still lets
// passwords in, and one entry that does is enough.
// Source: RDS DescribeDBProxies, DefaultAuthScheme and Auth.IAMAuth.
var ProxyRequiresIAM = checks.Check{
	ID:          "rds-proxy-requires-iam",
	Title:       "RDS proxies require IAM authentication",
	Severity:    checks.Medium,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.Container,
	Tier:        2,
	Reads:       []string{"rds:DescribeDBProxies"},
	Remedy:      "Set IAM authentication to required for every secret of the proxy, or make it the default scheme.",
	Fix: checks.Fix{
		Threat: "Clients of the proxy log in with a shared database password. A token of IAM belongs to one principal and ends by itself.",
		CLI:    "aws rds modify-db-proxy --db-proxy-name {name} --auth 'AuthScheme=SECRETS,SecretArn=SECRET-ARN,IAMAuth=REQUIRED' --region {region}",
		Terraform: `resource "aws_db_proxy" "this" {
  name = "{name}"
  auth {
    auth_scheme = "SECRETS"
    secret_arn  = "SECRET-ARN"
    iam_auth    = "REQUIRED"
  }
}`,
		Cost: "Clients that log in with the password are refused. The command replaces the whole list: name each secret.",
	},
	Judges: checks.For(snapshot.DBProxies, proxyRequiresIAM),
}

func proxyRequiresIAM(p snapshot.DBProxy, _ checks.Env) checks.Verdict {
	entries := slices.Clone(p.IAMAuth)
	for i, e := range entries {
		if e == "" {
			entries[i] = "absent"
		}
	}
	seen := strings.Join(entries, ", ")
	switch {
	case p.Status == "deleting":
		return checks.DoesNotApply("the proxy is deleting").With("Status", p.Status)
	case p.DefaultScheme == "IAM_AUTH":
		return checks.Pass("the default scheme is IAM_AUTH").With("DefaultAuthScheme", p.DefaultScheme)
	case len(entries) == 0:
		return checks.Fail("the proxy has no entry that requires IAM, and its default scheme is %q", p.DefaultScheme).With("DefaultAuthScheme", p.DefaultScheme)
	case slices.ContainsFunc(entries, func(e string) bool { return e != "REQUIRED" }):
		return checks.Fail("not every entry requires IAM: IAMAuth is %s", seen).With("IAMAuth", seen)
	}
	return checks.Pass("every entry requires IAM").With("IAMAuth", seen)
}
