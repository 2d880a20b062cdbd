package acme_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/account"
	acct "github.com/aws/aws-sdk-go-v2/service/account/types"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sso"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"

	"onus/mocks"
	"onus/mocks/acme"
	"onus/scanner/wire"
)

func wantCode(t *testing.T, err error, code string) {
	t.Helper()
	var api smithy.APIError
	if !errors.As(err, &api) || api.ErrorCode() != code {
		t.Errorf("error %v, want the code %s", err, code)
	}
}

// redirectedTo is the Region that a redirect names.
func redirectedTo(t *testing.T, err error) string {
	t.Helper()
	var r *awshttp.ResponseError
	if !errors.As(err, &r) || r.HTTPStatusCode() != http.StatusMovedPermanently {
		t.Fatalf("error %v, want a redirect", err)
	}
	return r.Response.Header.Get("X-Amz-Bucket-Region")
}

func start(t *testing.T, s *mocks.Server) *mocks.Server {
	t.Helper()
	t.Cleanup(func() {
		s.Close()
		for _, p := range s.Problems() {
			t.Errorf("mocks: %s", p)
		}
	})
	return s
}

// TestEveryOperationIsAnswered: a scan finds an answer to all that it may ask, its own
// transport takes each for an answer, and one call, no more, is denied.
func TestEveryOperationIsAnswered(t *testing.T) {
	s := start(t, acme.Server(mocks.Options{Lenient: true}))
	transport := &wire.Transport{Store: &wire.Memory{}, Attempts: 1}
	walkWith(t, func(region string) aws.Config { return transport.Config(s.Config(region), acme.Account) })
	for op := range wire.Permitted {
		if s.Count(op) == 0 {
			t.Errorf("%s: nobody asked, so this test is not whole", op)
		}
	}
	var denied []string
	for _, r := range s.Requests() {
		if r.Status == http.StatusForbidden || r.Status == http.StatusUnauthorized {
			denied = append(denied, r.Operation+" "+r.Input["Bucket"].(string))
		}
		if r.Status >= 500 {
			t.Errorf("%s in %s: %d", r.Operation, r.Region, r.Status)
		}
	}
	if diff := cmp.Diff([]string{"s3:GetBucketEncryption " + acme.Denied}, denied); diff != "" {
		t.Errorf("denied (-want +got):\n%s", diff)
	}
}

// TestRegions: 17 Regions need no opt-in; elsewhere the account is unknown.
func TestRegions(t *testing.T) {
	s := start(t, acme.Server(mocks.Options{Lenient: true}))
	w := walk(t, s)
	if len(w.regions) != 17 {
		t.Errorf("%d Regions are enabled, want 17", len(w.regions))
	}
	_, err := ec2.NewFromConfig(s.Config("eu-south-2")).DescribeVolumes(t.Context(), nil)
	wantCode(t, err, "AuthFailure")
	_, err = rds.NewFromConfig(s.Config("eu-south-2")).DescribeDBInstances(t.Context(), nil)
	wantCode(t, err, "InvalidClientTokenId")
	off := must(account.NewFromConfig(s.Config(acme.Home)).ListRegions(t.Context(), &account.ListRegionsInput{RegionOptStatusContains: []acct.RegionOptStatus{"DISABLED"}}))(t)
	if len(off.Regions) < 15 || slices.ContainsFunc(off.Regions, func(r acct.Region) bool { return r.RegionOptStatus != "DISABLED" }) {
		t.Errorf("disabled Regions: %v", off.Regions)
	}
}

// TestFilteredListsAreRefused: half a list for a whole one would mislead a test.
func TestFilteredListsAreRefused(t *testing.T) {
	s := start(t, acme.Server(mocks.Options{Lenient: true}))
	_, err := ec2.NewFromConfig(s.Config(acme.Home)).DescribeVolumes(t.Context(), &ec2.DescribeVolumesInput{VolumeIds: []string{"vol-1"}})
	wantCode(t, err, "InvalidParameterValue")
	out := must(rds.NewFromConfig(s.Config(acme.Home)).DescribeDBSnapshots(t.Context(), &rds.DescribeDBSnapshotsInput{SnapshotType: aws.String("manual")}))(t)
	for _, snap := range out.DBSnapshots {
		if *snap.SnapshotType != "manual" {
			t.Errorf("asked for manual snapshots, got %s, which is %s", *snap.DBSnapshotIdentifier, *snap.SnapshotType)
		}
	}
	if len(out.DBSnapshots) != 3 {
		t.Errorf("%d manual snapshots, want 3", len(out.DBSnapshots))
	}
}

// TestBucketsAreRedirected: every question but for its location goes to a bucket's own Region.
func TestBucketsAreRedirected(t *testing.T) {
	s := start(t, acme.Server(mocks.Options{Lenient: true}))
	c, name := s3.NewFromConfig(s.Config("eu-north-1")), aws.String("acme-backups-prod")
	_, head := c.HeadBucket(t.Context(), &s3.HeadBucketInput{Bucket: name})
	_, versioning := c.GetBucketVersioning(t.Context(), &s3.GetBucketVersioningInput{Bucket: name})
	for _, err := range []error{head, versioning} {
		if region := redirectedTo(t, err); region != acme.Second {
			t.Errorf("redirected to %q, want %s", region, acme.Second)
		}
	}
	wantCode(t, versioning, "PermanentRedirect")
	if l := must(c.GetBucketLocation(t.Context(), &s3.GetBucketLocationInput{Bucket: name}))(t); l.LocationConstraint != acme.Second {
		t.Errorf("location %q", l.LocationConstraint)
	}
	_, err := c.GetBucketVersioning(t.Context(), &s3.GetBucketVersioningInput{Bucket: aws.String("acme-nowhere")})
	wantCode(t, err, "NoSuchBucket")
	for _, b := range must(c.ListBuckets(t.Context(), nil))(t).Buckets {
		if b.BucketRegion != nil {
			t.Errorf("%s: a list without parameters names its Region", *b.Name)
		}
	}
}

// TestReportIsNotThereBeforeItIsMade follows the three states of the credential report.
func TestReportIsNotThereBeforeItIsMade(t *testing.T) {
	s := start(t, acme.Server(mocks.Options{Lenient: true}))
	c := iam.NewFromConfig(s.Config(acme.Home))
	_, err := c.GetCredentialReport(t.Context(), nil)
	wantCode(t, err, "ReportNotPresent")
	must(c.GenerateCredentialReport(t.Context(), nil))(t)
	_, err = c.GetCredentialReport(t.Context(), nil)
	wantCode(t, err, "ReportInProgress")
}

// TestCredentials: the account's roles can be assumed, others not, and what was given
// out signs for the account.
func TestCredentials(t *testing.T) {
	s := start(t, acme.Server(mocks.Options{Lenient: true, Keys: map[string]string{"stranger": "999988887777"}}))
	c := sts.NewFromConfig(s.ConfigFor("stranger", acme.Home))
	role := "arn:aws:iam::" + acme.Account + ":role/"
	out := must(c.AssumeRole(t.Context(), &sts.AssumeRoleInput{RoleArn: aws.String(role + "acme-auditor"), RoleSessionName: aws.String("onus")}))(t)
	must(sts.NewFromConfig(s.ConfigFor(*out.Credentials.AccessKeyId, acme.Home)).GetCallerIdentity(t.Context(), nil))(t)
	requests := s.Requests()
	if last := requests[len(requests)-1]; last.Account != acme.Account || !out.Credentials.Expiration.After(time.Now()) {
		t.Errorf("signed for %s, expires %v", last.Account, out.Credentials.Expiration)
	}
	_, err := c.AssumeRole(t.Context(), &sts.AssumeRoleInput{RoleArn: aws.String(role + "nobody"), RoleSessionName: aws.String("onus")})
	wantCode(t, err, "AccessDenied")
	web := must(c.AssumeRoleWithWebIdentity(t.Context(), &sts.AssumeRoleWithWebIdentityInput{RoleArn: aws.String(role + "acme-auditor"), RoleSessionName: aws.String("ci"), WebIdentityToken: aws.String("token")}))(t)
	if *web.Credentials.AccessKeyId == *out.Credentials.AccessKeyId {
		t.Error("two sessions share a key")
	}
	in := &sso.GetRoleCredentialsInput{AccountId: aws.String(acme.Account), RoleName: aws.String("acme-auditor"), AccessToken: aws.String("token")}
	if got := must(sso.NewFromConfig(s.Config(acme.Home)).GetRoleCredentials(t.Context(), in))(t); got.RoleCredentials.Expiration < time.Now().UnixMilli() {
		t.Errorf("expired at %d", got.RoleCredentials.Expiration)
	}
}

// TestDocumentsAreEncoded: percent-encoded on the wire, in which a plus is a plus.
func TestDocumentsAreEncoded(t *testing.T) {
	w := walk(t, start(t, acme.Server(mocks.Options{Lenient: true})))
	plus := false
	for _, p := range w.policies {
		for _, v := range p.PolicyVersionList {
			text, err := url.PathUnescape(*v.Document)
			if err != nil || !json.Valid([]byte(text)) || strings.ContainsAny(*v.Document, `{" +`) {
				t.Errorf("%s %s: %v, %s", *p.PolicyName, *v.VersionId, err, *v.Document)
			}
			plus = plus || strings.Contains(text, "daily+weekly")
		}
	}
	if !plus {
		t.Error("no document has a plus")
	}
}

// TestNoSecretStandsInTheSource: what the user data leaks is made at run time.
func TestNoSecretStandsInTheSource(t *testing.T) {
	w := walk(t, start(t, acme.Server(mocks.Options{Lenient: true})))
	script := string(must(base64.StdEncoding.DecodeString(w.userData["acme-orders-prod"]))(t))
	var secrets []string
	for _, line := range strings.Split(script, "\n") {
		if name, value, ok := strings.Cut(line, "="); ok && (strings.HasSuffix(name, "PASSWORD") || strings.Contains(name, "_KEY")) {
			secrets = append(secrets, value)
		}
	}
	if len(secrets) != 3 {
		t.Fatalf("%d secrets in the script, want 3", len(secrets))
	}
	files := must(filepath.Glob("*.go"))(t)
	for _, name := range files {
		text := string(must(os.ReadFile(name))(t))
		for i, secret := range secrets {
			if len(secret) < 20 || strings.Contains(text, secret) {
				t.Errorf("secret %d, of %d characters, stands in %s", i, len(secret), name)
			}
		}
	}
}
