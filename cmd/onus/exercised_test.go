package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/account"
	accounttypes "github.com/aws/aws-sdk-go-v2/service/account/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/aws-sdk-go-v2/service/s3control"
	s3controltypes "github.com/aws/aws-sdk-go-v2/service/s3control/types"

	"onus/checks/suite"
	"onus/mocks"
	"onus/mocks/acme"
	"onus/mocks/emulators"
)

// wishes are choices of which the demo's policy makes none, so that the checks that ask
// for one have something to judge.
const wishes = demoPolicy + `checks:
  accessanalyzer-unused-access-enabled: {parameters: {required: true}}
  account-partition-allowed: {parameters: {allowed_partitions: [aws]}}
  ec2-account-instance-count-bounded: {parameters: {max_instances: {default: 100}}}
  ec2-ami-name-follows-convention: {parameters: {name_pattern: "acme-.*"}}
  ec2-instance-not-in-forbidden-security-group: {parameters: {forbidden_groups: [default]}}
  ec2-instance-type-approved: {parameters: {approved_types: ["t3.*"]}}
  iam-canary-key-unused: {parameters: {canary_users: [deploy-ci]}}
  iam-role-required-policies-attached: {parameters: {required_policies: [acme-boundary]}}
  iam-service-user-has-no-password: {parameters: {service_user_groups: [developers]}}
  iam-user-in-required-groups: {parameters: {common_groups: [people]}}
  iam-user-name-matches-pattern: {parameters: {name_pattern: "[a-z.]+"}}
  iam-user-permissions-only-assume-roles: {parameters: {enforce: true}}
  s3-bucket-dual-layer-encryption: {parameters: {dual_layer_buckets: ["acme-*"]}}
  s3-bucket-lifecycle-keeps-minimum-retention: {parameters: {min_retention_days: 365}}
  s3-bucket-network-perimeter: {parameters: {sensitive_buckets: ["acme-*"]}}
  s3-object-sample-client-side-encrypted: {parameters: {client_side_buckets: ["acme-*"]}}
  vpc-internet-gateway-in-approved-vpc: {parameters: {approved_vpcs: [vpc-00000000000000000]}}
`

// changed is the demo account with an opt-in Region, a queue that hears of objects, and
// without a public access block; a trail of it logs that was stopped.
func changed() *mocks.Server {
	s := acme.Server(mocks.Options{Lenient: true})
	mocks.Reply(s, "", &account.ListRegionsOutput{Regions: []accounttypes.Region{
		{RegionName: aws.String(acme.Home), RegionOptStatus: accounttypes.RegionOptStatusEnabledByDefault},
		{RegionName: aws.String(acme.Second), RegionOptStatus: accounttypes.RegionOptStatusEnabledByDefault},
		{RegionName: aws.String("us-east-1"), RegionOptStatus: accounttypes.RegionOptStatusEnabledByDefault},
		{RegionName: aws.String("eu-west-3"), RegionOptStatus: accounttypes.RegionOptStatusEnabled},
	}})
	mocks.Reply(s, "", &s3control.GetPublicAccessBlockOutput{PublicAccessBlockConfiguration: &s3controltypes.PublicAccessBlockConfiguration{IgnorePublicAcls: aws.Bool(false)}})
	mocks.Reply(s, "", &s3.GetBucketNotificationConfigurationOutput{QueueConfigurations: []s3types.QueueConfiguration{
		{QueueArn: aws.String("arn:aws:sqs:eu-west-1:" + acme.Account + ":objects"), Events: []s3types.Event{s3types.EventS3ObjectCreated}}}})
	mocks.Reply(s, "", &cloudtrail.GetTrailStatusOutput{IsLogging: aws.Bool(true)})
	return s
}

// elsewhere are the checks that find nothing to judge in the demo account, and do at moto.
var elsewhere = []string{"rds-snapshots-not-copied-out", "s3-bucket-access-point-delegation-bounded"}

// TestEveryCheckDecidesOverHTTP: no check is known from its unit test alone. Each says PASS or
// FAIL of the demo account, read through the SDK, as it is or with a few things changed; it
// prints how many the emulators exercise besides.
func TestEveryCheckDecidesOverHTTP(t *testing.T) {
	policy := filepath.Join(t.TempDir(), "onus.yaml")
	if err := os.WriteFile(policy, []byte(wishes), 0o600); err != nil {
		t.Fatal(err)
	}
	done := map[string]bool{}
	decide := func(args ...string) {
		code, out, errs := onus(t, append(args, "-q", "--policy", policy, "--format", "json")...)
		if code != 0 && code != 3 {
			t.Fatalf("%q: exit status %d: %s", args, code, errs)
		}
		for _, f := range decode(t, out).Findings {
			if f.Status == "PASS" || f.Status == "FAIL" {
				done[f.Check] = true
			}
		}
	}
	decide("demo", "--sample-objects", "5", "--access-history")
	environment(t, server(t, mocks.Options{}).URL())
	for _, run := range []struct {
		server *mocks.Server
		checks []string
	}{
		{acme.Member(mocks.Options{Lenient: true}), []string{"iam-member-root-credentials-removed", "organizations-rcp-limits-outside-access", "organizations-root-denied-in-members", "organizations-scp-binds-account"}},
		{changed(), []string{"account-opt-in-regions-used", "s3-bucket-event-destinations-known", "s3-cloudtrail-bucket-mfa-delete-enabled", "s3-object-sample-not-public"}},
	} {
		defer run.server.Close()
		t.Setenv("AWS_ENDPOINT_URL", run.server.URL())
		decide("scan", "--check", strings.Join(run.checks, ","), "--sample-objects", "5", "--allow-incomplete")
	}

	all := suite.All()
	atMoto, atLocalStack := emulators.Exercised(t, "moto"), emulators.Exercised(t, "localstack")
	seen, here := 0, 0
	for _, c := range all {
		switch exercised := atMoto[c.ID] || atLocalStack[c.ID]; {
		case !done[c.ID] && !(exercised && slices.Contains(elsewhere, c.ID)):
			t.Errorf("%s never says PASS or FAIL of the demo account", c.ID)
		case exercised:
			seen++
		default:
			here++
		}
	}
	t.Logf("of %d checks, %d are exercised by moto, %d by LocalStack, %d by either of them; of the others, %d by the demo account and its likes",
		len(all), len(atMoto), len(atLocalStack), seen, here)
	if slices.Min([]int{len(atMoto), len(atLocalStack)}) < len(all)/3 {
		t.Error("the emulators exercise too few")
	}
}
