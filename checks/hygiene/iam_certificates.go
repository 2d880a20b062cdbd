package hygiene

import (
	"time"

	"onus/checks"
	"onus/scanner/snapshot"
)

// ServerCertificateNotExpired passes when a TLS certificate in IAM is valid at the time of the
// scan.
// Source: IAM ListServerCertificates, Expiration.
var ServerCertificateNotExpired = checks.Check{
	ID:          "iam-server-certificate-not-expired",
	Title:       "No expired TLS certificate is stored in IAM",
	Severity:    checks.Medium,
	Category:    checks.Hygiene,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        1,
	Reads:       []string{"iam:ListServerCertificates"},
	Remedy:      "Delete the certificate, after making sure that no load balancer or distribution uses it.",
	Fix: checks.Fix{
		Threat: "A load balancer that serves an expired certificate is refused by clients, or teaches people to click warnings away. It can also be attached by mistake.",
		CLI:    "aws iam delete-server-certificate --server-certificate-name {name}",
		Terraform: `resource "aws_acm_certificate" "this" {
  domain_name       = "DOMAIN"
  validation_method = "DNS"
}`,
		Cost: "Not every use is refused at deletion: look first which load balancers and distributions name it.",
	},
	Judges: checks.For(snapshot.ServerCertificates, serverCertificateNotExpired),
}

// ServerCertificateNotExpiringSoon passes when a TLS certificate in IAM stays valid for some
// time. IAM renews none by itself.
// Source: IAM ListServerCertificates, Expiration.
var ServerCertificateNotExpiringSoon = checks.Check{
	ID:          "iam-server-certificate-not-expiring-soon",
	Title:       "TLS certificates in IAM do not expire soon",
	Severity:    checks.Low,
	Category:    checks.Hygiene,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        2,
	Reads:       []string{"iam:ListServerCertificates"},
	Parameters:  checks.Parameters{"warn_days": 45},
	Remedy:      "Replace the certificate, best by one of AWS Certificate Manager, which renews it.",
	Fix: checks.Fix{
		Threat: "The day the certificate expires the service behind it is down for its clients. Certificates in IAM renew by hand only.",
		CLI:    "aws acm request-certificate --domain-name DOMAIN --validation-method DNS",
		Terraform: `resource "aws_acm_certificate" "this" {
  domain_name       = "DOMAIN"
  validation_method = "DNS"
}`,
		Cost: "Listeners must be pointed to the new certificate; nothing is down meanwhile.",
	},
	Judges: checks.For(snapshot.ServerCertificates, serverCertificateNotExpiringSoon),
}

func serverCertificateNotExpired(c snapshot.ServerCertificate, env checks.Env) checks.Verdict {
	if c.Expiration.IsZero() {
		return checks.Unclear("AWS's answer does not tell when the certificate expires")
	}
	until, verdict := c.Expiration.Format(time.RFC3339), checks.Fail
	if c.Expiration.After(env.AsOf) {
		verdict = checks.Pass
	}
	return verdict("valid until %s, judged at %s", until, env.AsOf.Format(time.RFC3339)).With("Expiration", until)
}

func serverCertificateNotExpiringSoon(c snapshot.ServerCertificate, env checks.Env) checks.Verdict {
	until, limit, verdict := c.Expiration.Format(time.RFC3339), env.Int("warn_days"), checks.Fail
	switch {
	case c.Expiration.IsZero():
		return checks.Unclear("AWS's answer does not tell when the certificate expires")
	case !c.Expiration.After(env.AsOf):
		return checks.DoesNotApply("expired %s already", until).With("Expiration", until)
	case c.Expiration.After(env.AsOf.Add(time.Duration(limit) * day)):
		verdict = checks.Pass
	}
	return verdict("valid until %s, want more than %d days from %s", until, limit, env.AsOf.Format(time.RFC3339)).With("Expiration", until)
}
