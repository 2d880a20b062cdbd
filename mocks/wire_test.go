package mocks_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/account"
	acct "github.com/aws/aws-sdk-go-v2/service/account/types"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	et "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	it "github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	kt "github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	st "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/aws-sdk-go-v2/service/s3control"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"onus/mocks"
	"onus/mocks/model"
	"onus/scanner/wire"
)

// TestPermittedOperationsAreServed: whatever a scan may ask, this server can answer.
func TestPermittedOperationsAreServed(t *testing.T) {
	needed := []string{"sts:AssumeRole", "sts:AssumeRoleWithWebIdentity", "sso:GetRoleCredentials"}
	for id := range wire.Permitted {
		needed = append(needed, id)
	}
	for _, id := range needed {
		if model.Load().Operation(id) == nil {
			t.Errorf("%s is not in the table", id)
		}
	}
}

var created = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// TestWireFormats: the bytes of an answer, as the services' API references show them.
func TestWireFormats(t *testing.T) {
	for name, tt := range map[string]struct {
		script    func(*mocks.Server)
		ask       func(aws.Config) error
		mediaType string
		has       []string
	}{
		"ec2": {
			func(s *mocks.Server) {
				mocks.Reply(s, "", &ec2.DescribeVolumesOutput{Volumes: []et.Volume{{VolumeId: aws.String("vol-1"), Encrypted: aws.Bool(false), CreateTime: &created}}})
			},
			func(c aws.Config) error { _, err := ec2.NewFromConfig(c).DescribeVolumes(t.Context(), nil); return err },
			"text/xml;charset=UTF-8",
			[]string{`<DescribeVolumesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>`, `<volumeSet><item>`,
				`<volumeId>vol-1</volumeId>`, `<encrypted>false</encrypted>`, `<createTime>2026-01-02T03:04:05Z</createTime>`},
		},
		"query": {
			func(s *mocks.Server) {
				mocks.Reply(s, "", &iam.GetAccountAuthorizationDetailsOutput{Policies: []it.ManagedPolicyDetail{{Arn: aws.String("arn:aws:iam::111122223333:policy/a"),
					PolicyVersionList: []it.PolicyVersion{{Document: aws.String(`{"Resource": "a+b"}`)}}}}})
			},
			func(c aws.Config) error {
				_, err := iam.NewFromConfig(c).GetAccountAuthorizationDetails(t.Context(), nil)
				return err
			},
			"text/xml",
			[]string{`<GetAccountAuthorizationDetailsResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><GetAccountAuthorizationDetailsResult>`,
				`<UserDetailList></UserDetailList>`, `<Document>%7B%22Resource%22%3A%20%22a%2Bb%22%7D</Document>`, `<ResponseMetadata><RequestId>`},
		},
		"query map": {
			func(s *mocks.Server) {
				mocks.Reply(s, "", &iam.GetAccountSummaryOutput{SummaryMap: map[string]int32{"Users": 2, "AccountMFAEnabled": 1}})
			},
			func(c aws.Config) error {
				_, err := iam.NewFromConfig(c).GetAccountSummary(t.Context(), nil)
				return err
			},
			"text/xml",
			[]string{`<SummaryMap><entry><key>AccountMFAEnabled</key><value>1</value></entry><entry><key>Users</key><value>2</value></entry></SummaryMap>`},
		},
		"rest-xml": {
			func(s *mocks.Server) {
				mocks.Reply(s, "", &s3.GetBucketEncryptionOutput{ServerSideEncryptionConfiguration: &st.ServerSideEncryptionConfiguration{
					Rules: []st.ServerSideEncryptionRule{{ApplyServerSideEncryptionByDefault: &st.ServerSideEncryptionByDefault{SSEAlgorithm: "aws:kms"}}}}})
			},
			func(c aws.Config) error {
				_, err := s3.NewFromConfig(c).GetBucketEncryption(t.Context(), &s3.GetBucketEncryptionInput{Bucket: aws.String("b")})
				return err
			},
			"application/xml",
			[]string{`<ServerSideEncryptionConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>aws:kms</SSEAlgorithm>`},
		},
		"rest-xml, never enabled": {
			func(s *mocks.Server) { mocks.Reply(s, "", &s3.GetBucketVersioningOutput{}) },
			func(c aws.Config) error {
				_, err := s3.NewFromConfig(c).GetBucketVersioning(t.Context(), &s3.GetBucketVersioningInput{Bucket: aws.String("b")})
				return err
			},
			"application/xml",
			[]string{`<VersioningConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"></VersioningConfiguration>`},
		},
		"rest-xml, a root that is the value": {
			func(s *mocks.Server) {
				mocks.Reply(s, "", &s3.GetBucketLocationOutput{LocationConstraint: "eu-central-1"})
			},
			func(c aws.Config) error {
				_, err := s3.NewFromConfig(c).GetBucketLocation(t.Context(), &s3.GetBucketLocationInput{Bucket: aws.String("b")})
				return err
			},
			"application/xml",
			[]string{`<LocationConstraint xmlns="http://s3.amazonaws.com/doc/2006-03-01/">eu-central-1</LocationConstraint>`},
		},
		"json 1.1": {
			func(s *mocks.Server) {
				mocks.Reply(s, "", &kms.DescribeKeyOutput{KeyMetadata: &kt.KeyMetadata{KeyId: aws.String("k"), CreationDate: &created}})
			},
			func(c aws.Config) error {
				_, err := kms.NewFromConfig(c).DescribeKey(t.Context(), &kms.DescribeKeyInput{KeyId: aws.String("k")})
				return err
			},
			"application/x-amz-json-1.1",
			[]string{`{"KeyMetadata":{"CreationDate":1767323045,"Enabled":false,"KeyId":"k"}}`},
		},
		"rest-json": {
			func(s *mocks.Server) {
				mocks.Reply(s, "", &account.ListRegionsOutput{Regions: []acct.Region{{RegionName: aws.String("eu-west-1"), RegionOptStatus: acct.RegionOptStatusEnabledByDefault}}})
			},
			func(c aws.Config) error { _, err := account.NewFromConfig(c).ListRegions(t.Context(), nil); return err },
			"application/json",
			[]string{`{"Regions":[{"RegionName":"eu-west-1","RegionOptStatus":"ENABLED_BY_DEFAULT"}]}`},
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := mocks.Start(t, mocks.Options{})
			tt.script(s)
			cfg, seen := s.Config("eu-west-1"), &witness{base: s.Client().Transport}
			cfg.HTTPClient = &http.Client{Transport: seen}
			if err := tt.ask(cfg); err != nil {
				t.Fatal(err)
			}
			if seen.mediaType != tt.mediaType {
				t.Errorf("media type %q, want %q", seen.mediaType, tt.mediaType)
			}
			for _, want := range tt.has {
				if !strings.Contains(seen.body, want) {
					t.Errorf("no %s in\n%s", want, seen.body)
				}
			}
		})
	}
}

// TestAWSHostNames: without an endpoint of its own the SDK puts bucket and account in
// front of the host, over TLS; requests still end here and mean the same.
func TestAWSHostNames(t *testing.T) {
	s := mocks.Start(t, mocks.Options{TLS: true})
	mocks.Handle(s, func(r *mocks.Request, in *s3.HeadBucketInput) (*s3.HeadBucketOutput, error) {
		return &s3.HeadBucketOutput{BucketRegion: aws.String(r.Region + " " + *in.Bucket)}, nil
	})
	mocks.Handle(s, func(_ *mocks.Request, in *s3control.GetPublicAccessBlockInput) (*s3control.GetPublicAccessBlockOutput, error) {
		return nil, &mocks.Error{Code: "NoSuchPublicAccessBlockConfiguration", Message: *in.AccountId}
	})
	cfg := s.Config("eu-central-1")
	cfg.BaseEndpoint = nil
	head, err := s3.NewFromConfig(cfg).HeadBucket(t.Context(), &s3.HeadBucketInput{Bucket: aws.String("acme-logs")})
	if err != nil || *head.BucketRegion != "eu-central-1 acme-logs" {
		t.Errorf("HeadBucket: %v, %v", head, err)
	}
	_, err = s3control.NewFromConfig(cfg).GetPublicAccessBlock(t.Context(), &s3control.GetPublicAccessBlockInput{AccountId: aws.String("111122223333")})
	wantCode(t, err, "NoSuchPublicAccessBlockConfiguration")
	if status := statusOf(err); status != http.StatusNotFound {
		t.Errorf("status %d, want 404", status)
	}
}

// TestStrangersDoNotTrustTheCertificate: it is the server's own.
func TestStrangersDoNotTrustTheCertificate(t *testing.T) {
	s := mocks.Start(t, mocks.Options{TLS: true})
	cfg := s.Config("eu-west-1")
	cfg.HTTPClient = &http.Client{}
	if _, err := sts.NewFromConfig(cfg).GetCallerIdentity(t.Context(), nil); err == nil || len(s.Requests()) > 0 {
		t.Errorf("error %v, %d requests; want the client to refuse", err, len(s.Requests()))
	}
}

// TestRedirectsAreErrors: S3 tells the right Region in a header, and nobody follows.
func TestRedirectsAreErrors(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	mocks.Refuse(s, "", "s3:GetBucketVersioning", &mocks.Error{Status: 301, Code: "PermanentRedirect", Header: map[string]string{"X-Amz-Bucket-Region": "eu-north-1"}})
	_, err := s3.NewFromConfig(s.Config("eu-west-1")).GetBucketVersioning(t.Context(), &s3.GetBucketVersioningInput{Bucket: aws.String("b")})
	wantCode(t, err, "PermanentRedirect")
	if statusOf(err) != 301 || s.Count("s3:GetBucketVersioning") != 1 {
		t.Errorf("status %d, %d requests; want one 301", statusOf(err), s.Count("s3:GetBucketVersioning"))
	}
}

// TestRequestIDsRepeat: the same requests get the same ids from another server.
func TestRequestIDsRepeat(t *testing.T) {
	ids := func() (ids []string) {
		s := mocks.Start(t, mocks.Options{})
		s.Fault(mocks.Fault{Operation: "*", Kind: mocks.Denied})
		for _, region := range []string{"eu-west-1", "eu-west-1", "eu-central-1"} {
			_, err := ec2.NewFromConfig(s.Config(region)).DescribeVolumes(t.Context(), nil)
			ids = append(ids, requestID(err))
		}
		return ids
	}
	a, b := ids(), ids()
	if a[0] == "" || a[0] != b[0] || a[1] != b[1] || a[2] != b[2] || a[0] == a[1] || a[0] == a[2] {
		t.Errorf("ids %q, then %q", a, b)
	}
}
