package logging

import (
	"strconv"

	"onus/checks"
	"onus/scanner/snapshot"
)

// ProxyDebugLoggingOff passes when an RDS proxy does not write the statements that it
// passes on into its log. AWS turns it off by itself after a day: a PASS says nothing of
// yesterday. Source: RDS DescribeDBProxies, DebugLogging; absent means false.
var ProxyDebugLoggingOff = checks.Check{
	ID:          "rds-proxy-debug-logging-off",
	Title:       "RDS proxies do not log the text of SQL statements",
	Severity:    checks.Low,
	Category:    checks.LoggingOf,
	Duty:        checks.CustomerData,
	ServiceKind: checks.Container,
	Tier:        3,
	Reads:       []string{"rds:DescribeDBProxies"},
	Remedy:      "Turn debug logging off, and delete the log streams that hold statements.",
	Fix: checks.Fix{
		Threat: "Statements with literals put customers' names, addresses and tokens into a log group. More people read there than in the database, and no query's rights apply.",
		CLI:    `aws rds modify-db-proxy --region {region} --db-proxy-name {name} --no-debug-logging`,
		Terraform: `resource "aws_db_proxy" "this" {
  debug_logging = false
}`,
		Cost: "Nothing breaks. Questions about a proxy's pinning and latency are harder to answer without: turn it on for an hour, on a copy if the data are real.",
	},
	Judges: checks.For(snapshot.DBProxies, proxyDebugLoggingOff),
}

func proxyDebugLoggingOff(p snapshot.DBProxy, _ checks.Env) checks.Verdict {
	seen := strconv.FormatBool(p.DebugLogging)
	switch {
	case p.Status == "deleting":
		return checks.DoesNotApply("the proxy is deleting").With("Status", p.Status)
	case p.DebugLogging:
		return checks.Fail("the proxy logs the text of the statements that it passes on").With("DebugLogging", seen)
	}
	return checks.Pass("debug logging is off; AWS turns it off by itself after a day, so that it may have been on before").With("DebugLogging", seen)
}
