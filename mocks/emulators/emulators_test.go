//go:build unix

package emulators

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/smithy-go"

	"onus/scanner/wire"
)

// kinds says of which kinds of inventory each check of the table speaks.
var kinds = map[string]string{
	"s3-account-public-access-blocked":                  "account",
	"s3-bucket-public-access-blocked":                   "bucket",
	"s3-bucket-default-encryption-enabled":              "bucket",
	"s3-bucket-versioning-enabled":                      "bucket",
	"s3-buckets-in-allowed-regions":                     "bucket",
	"iam-root-access-keys-absent":                       "account",
	"iam-root-mfa-enabled":                              "account",
	"iam-user-console-mfa-enabled":                      "user",
	"iam-access-key-rotated":                            "key",
	"iam-password-policy-min-length":                    "account",
	"iam-customer-policy-no-full-admin":                 "policy",
	"ebs-account-default-encryption-enabled":            "region",
	"ebs-volume-encrypted":                              "volume",
	"ec2-instance-imdsv2-required":                      "instance",
	"ec2-instance-no-secrets-in-user-data":              "instance",
	"vpc-security-group-admin-ports-closed-to-internet": "group",
	"rds-instance-storage-encrypted":                    "db",
	"rds-backup-retention-sufficient":                   "db cluster",
	"rds-snapshot-not-public":                           "snapshot",
	"rds-databases-in-allowed-regions":                  "db cluster",
	"organization-scp-denies-other-regions":             "organization",
	"s3-bucket-acl-grantees-known":                      "bucket",
	"s3-bucket-acl-grants-no-public-group":              "bucket",
	"s3-bucket-acls-disabled":                           "bucket",
	"s3-bucket-cross-region-replication-enabled":        "bucket",
	"s3-bucket-customer-provided-keys-blocked":          "bucket",
	"s3-bucket-default-encryption-kms":                  "bucket",
	"s3-bucket-encryption-downgrade-denied":             "bucket",
	"s3-bucket-event-notifications-enabled":             "bucket",
	"s3-bucket-key-enabled":                             "bucket",
	"s3-bucket-lifecycle-configured":                    "bucket",
	"s3-bucket-mfa-delete-enabled":                      "bucket",
	"s3-bucket-name-dns-compliant":                      "bucket",
	"s3-bucket-noncurrent-versions-managed":             "bucket",
	"s3-bucket-not-publicly-readable":                   "bucket",
	"s3-bucket-not-publicly-writable":                   "bucket",
	"s3-bucket-object-lock-default-retention":           "bucket",
	"s3-bucket-object-lock-enabled":                     "bucket",
	"s3-bucket-own-public-access-block":                 "bucket",
	"s3-bucket-policy-cloudfront-scoped":                "bucket",
	"s3-bucket-policy-grants-known-accounts":            "bucket",
	"s3-bucket-policy-grants-no-everyone":               "bucket",
	"s3-bucket-policy-no-control-for-outsiders":         "bucket",
	"s3-bucket-policy-no-negated-allow":                 "bucket",
	"s3-bucket-tagged":                                  "bucket",
	"s3-bucket-tls-minimum-version":                     "bucket",
	"s3-bucket-tls-only":                                "bucket",
	"s3-bucket-website-disabled":                        "bucket",
}

// lacks are the operations, or services ("rds:"), that an emulator cannot answer.
var lacks = map[string][]string{
	"moto": {"account:ListRegions", "account:GetContactInformation", "accessanalyzer:", "iam:ListOrganizationsFeatures", "iam:ListServiceSpecificCredentials",
		"organizations:DescribeEffectivePolicy", "s3:ListDirectoryBuckets"},
	"localstack": {"account:", "accessanalyzer:", "iam:ListOrganizationsFeatures", "organizations:", "rds:", "s3:ListDirectoryBuckets"},
}

// TestEmulators starts each emulator once. What it answers before and after the
// seeding must be what the scanner takes for an answer, and the table of expected
// findings must be about exactly what is there.
func TestEmulators(t *testing.T) {
	for name, start := range map[string]func(testing.TB) string{"moto": Moto, "localstack": LocalStack} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cfg := t.Context(), Config(start(t), Home)
			transport := &wire.Transport{Store: &wire.Memory{}, Attempts: 1}
			for i, q := range questions(transport.Config(cfg, Account), Seeded{}) {
				checkAnswer(wire.Round(ctx, i), t, name, q)
			}
			ids, err := Seed(ctx, cfg)
			if err != nil {
				t.Fatal(err)
			}
			transport = &wire.Transport{Store: &wire.Memory{}, Attempts: 1}
			for i, q := range questions(transport.Config(cfg, Account), ids) {
				checkAnswer(wire.Round(ctx, i), t, name, q)
			}
			checkExpected(ctx, t, name, cfg, ids)
			if err := Remedy(ctx, cfg); err != nil {
				t.Errorf("Remedy: %v", err)
			}
		})
	}
}

// absences are the codes with which AWS and the emulators say that there is no such
// thing: an answer, not a failure.
var absences = []string{
	"NoSuchBucket", "NotFound", "NoSuchPublicAccessBlockConfiguration", "ServerSideEncryptionConfigurationNotFoundError",
	"NoSuchEntity", "ReportNotPresent", "InvalidInstanceID.NotFound", "DBSnapshotNotFound", "DBClusterSnapshotNotFoundFault",
	"AWSOrganizationsNotInUseException", "PolicyNotFoundException", "AccountNotFoundException", "ResourceNotFoundException",
	"NotFoundException", "InvalidDocument",
}

// checkAnswer asks through the scanner's transport and says what is unexpected.
func checkAnswer(ctx context.Context, t *testing.T, emulator string, q question) {
	t.Helper()
	isOne := func(prefix string) bool { return strings.HasPrefix(q.operation, prefix) }
	err := q.ask(ctx)
	var api smithy.APIError
	switch {
	case slices.ContainsFunc(lacks[emulator], isOne):
		if err == nil {
			t.Errorf("%s answers %s, which it was known to lack", emulator, q.operation)
		}
	case err == nil:
	case !errors.As(err, &api) || !slices.Contains(absences, api.ErrorCode()):
		t.Errorf("%s %s %s: %v", emulator, q.operation, q.about, err)
	}
}

// checkExpected compares the rows of each check of kinds with what is there, both ways;
// those of the others are held by the scan's own test. Rows about a scope are about what
// is not there.
func checkExpected(ctx context.Context, t *testing.T, emulator string, cfg aws.Config, ids Seeded) {
	t.Helper()
	there, err := take(ctx, cfg)
	if err != nil {
		t.Fatalf("inventory: %v", err)
	}
	if id, ok := ids["organization"]; ok {
		there["organization"] = []resource{{"arn:aws:organizations::" + Account + ":organization/" + id, "", "global"}}
	}
	rows := map[string][]Outcome{}
	for _, o := range Expected(t, emulator, ids) {
		if !slices.Contains([]string{"PASS", "FAIL", "UNKNOWN", "NOT_APPLICABLE"}, o.Status) {
			t.Errorf("%s %s: status %q", o.Check, o.Resource, o.Status)
		}
		rows[o.Check] = append(rows[o.Check], o)
	}
	for check, names := range kinds {
		if len(rows[check]) == 0 {
			t.Errorf("%s: no row for %s", check, emulator)
		}
		var want []resource
		for _, kind := range strings.Fields(names) {
			want = append(want, there[kind]...)
		}
		compare(t, check, rows[check], want)
	}
}

// compare says which resources have not exactly one row, and which rows no resource, or
// several that have not one name.
func compare(t *testing.T, check string, rows []Outcome, there []resource) {
	t.Helper()
	used := make([]int, len(rows))
	alike := func(o Outcome) (n int) {
		for _, r := range there {
			if r.name == o.Resource && r.region == o.Region {
				n++
			}
		}
		return max(n, 1)
	}
	for _, r := range there {
		found := 0
		for i, o := range rows {
			if o.Region == r.region && o.Matches(r.id, r.name) {
				used[i]++
				found++
			}
		}
		if found != 1 {
			t.Errorf("%s: %d rows for %+v, want 1", check, found, r)
		}
	}
	for i, o := range rows {
		_, _, scope := strings.Cut(o.Resource, "@"+Account+"/")
		if want := alike(o); !scope && used[i] != want {
			t.Errorf("%s: row %q in %s is about %d resources, want %d", check, o.Resource, o.Region, used[i], want)
		}
	}
}
