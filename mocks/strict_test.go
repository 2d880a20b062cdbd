package mocks_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/google/go-cmp/cmp"

	"onus/mocks"
)

// recorder is a test that notes its errors instead of failing.
type recorder struct {
	cleanups []func()
	errors   []string
}

func (r *recorder) Helper()          {}
func (r *recorder) Cleanup(f func()) { r.cleanups = append(r.cleanups, f) }
func (r *recorder) Errorf(format string, args ...any) {
	r.errors = append(r.errors, fmt.Sprintf(format, args...))
}

// problems runs fn as a test of its own and returns the errors it ends with.
func problems(t *testing.T, o mocks.Options, fn func(*mocks.Server)) []string {
	t.Helper()
	var r recorder
	fn(mocks.Start(&r, o))
	for _, cleanup := range r.cleanups {
		cleanup()
	}
	return r.errors
}

func TestStrictBothWays(t *testing.T) {
	tests := map[string]struct {
		fn   func(*mocks.Server)
		want []string
	}{
		"a request that nobody scripted": {
			func(s *mocks.Server) {
				_, err := ec2.NewFromConfig(s.Config("eu-west-1")).DescribeVolumes(t.Context(), nil)
				wantCode(t, err, "InvalidAction")
			},
			[]string{"mocks: nobody scripted ec2:DescribeVolumes in eu-west-1"},
		},
		"a script of another Region": {
			func(s *mocks.Server) {
				mocks.Reply(s, "eu-central-1", &ec2.DescribeVolumesOutput{})
				_, err := ec2.NewFromConfig(s.Config("eu-west-1")).DescribeVolumes(t.Context(), nil)
				wantCode(t, err, "InvalidAction")
			},
			[]string{"mocks: nobody scripted ec2:DescribeVolumes in eu-west-1", "mocks: nobody asked for ec2:DescribeVolumes in eu-central-1"},
		},
		"a script that nobody used": {
			func(s *mocks.Server) {
				mocks.Refuse(s, "", "iam:GetAccountSummary", &mocks.Error{Code: "AccessDenied"})
			},
			[]string{"mocks: nobody asked for iam:GetAccountSummary"},
		},
		"a script replaced before its use": {
			func(s *mocks.Server) {
				mocks.Reply(s, "", &iam.GetAccountSummaryOutput{})
				mocks.Reply(s, "", &iam.GetAccountSummaryOutput{SummaryMap: map[string]int32{"Users": 1}})
				if _, err := iam.NewFromConfig(s.Config("us-east-1")).GetAccountSummary(t.Context(), nil); err != nil {
					t.Error(err)
				}
			},
			[]string{"mocks: iam:GetAccountSummary was scripted again before it was used"},
		},
		"a fault that nobody met": {
			func(s *mocks.Server) {
				s.Fault(mocks.Fault{Operation: "ec2:*", Region: "eu-west-1", Kind: mocks.Denied})
			},
			[]string{"mocks: the fault of ec2:* in eu-west-1 was never met"},
		},
		"a handler without an answer": {
			func(s *mocks.Server) {
				mocks.Handle(s, func(*mocks.Request, *iam.GetAccountSummaryInput) (*iam.GetAccountSummaryOutput, error) {
					return nil, nil
				})
				_, err := iam.NewFromConfig(s.Config("us-east-1")).GetAccountSummary(t.Context(), nil)
				wantCode(t, err, "NotImplemented")
			},
			[]string{"mocks: iam:GetAccountSummary: the script answered with a nil *iam.GetAccountSummaryOutput and no error"},
		},
		"all used": {
			func(s *mocks.Server) {
				mocks.Reply(s, "", &iam.GetAccountSummaryOutput{SummaryMap: map[string]int32{"Users": 1}})
				out, err := iam.NewFromConfig(s.Config("us-east-1")).GetAccountSummary(t.Context(), nil)
				if err != nil || out.SummaryMap["Users"] != 1 {
					t.Errorf("%v, %v", out, err)
				}
			},
			nil,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, problems(t, mocks.Options{}, tt.fn)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestLenientMindsNothingButMistakes(t *testing.T) {
	got := problems(t, mocks.Options{Lenient: true}, func(s *mocks.Server) {
		mocks.Reply(s, "", &iam.GetAccountSummaryOutput{})
		_, err := ec2.NewFromConfig(s.Config("eu-west-1")).DescribeVolumes(t.Context(), nil)
		wantCode(t, err, "InvalidAction")
	})
	if len(got) > 0 {
		t.Errorf("problems %q, want none", got)
	}
}

// TestRegionWinsOverEverywhere: Reply for a Region, then Reply for all, then Handle.
func TestRegionWinsOverEverywhere(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	mocks.Handle(s, func(r *mocks.Request, _ *ec2.GetEbsEncryptionByDefaultInput) (*ec2.GetEbsEncryptionByDefaultOutput, error) {
		return &ec2.GetEbsEncryptionByDefaultOutput{EbsEncryptionByDefault: aws.Bool(r.Account == "222222222222")}, nil
	})
	mocks.Reply(s, "eu-west-1", &ec2.GetEbsEncryptionByDefaultOutput{EbsEncryptionByDefault: aws.Bool(true)})
	s.AddKey("other", "222222222222")
	for _, tt := range []struct {
		key, region string
		want        bool
	}{{"mocks", "eu-west-1", true}, {"mocks", "eu-central-1", false}, {"other", "eu-central-1", true}} {
		out, err := ec2.NewFromConfig(s.ConfigFor(tt.key, tt.region)).GetEbsEncryptionByDefault(t.Context(), nil)
		if err != nil || *out.EbsEncryptionByDefault != tt.want {
			t.Errorf("%s in %s: %v, %v; want %v", tt.key, tt.region, out, err, tt.want)
		}
	}
	if n := s.Count("ec2:GetEbsEncryptionByDefault"); n != 3 {
		t.Errorf("%d requests counted, want 3", n)
	}
	if r := s.Requests()[2]; r.Account != "222222222222" || r.Region != "eu-central-1" || r.Status != http.StatusOK {
		t.Errorf("logged %+v", r)
	}
}

// TestUnknownRequests: what cannot be told is refused as AWS refuses it, and noted.
func TestUnknownRequests(t *testing.T) {
	const auth = "AWS4-HMAC-SHA256 Credential=KEY/20261101/eu-west-1/%s/aws4_request, SignedHeaders=host, Signature=0"
	for _, tt := range []struct {
		name, method, path, service, contentType, body string
		status                                         int
		has                                            string
	}{
		{"an EC2 action", "POST", "/", "ec2", "application/x-www-form-urlencoded", "Action=TerminateInstances&Version=2016-11-15", 400, "<Response><Errors><Error><Code>InvalidAction"},
		{"an IAM action", "POST", "/", "iam", "application/x-www-form-urlencoded", "Action=DeleteUser&Version=2010-05-08", 400, "<Code>InvalidAction"},
		{"an S3 call", "PUT", "/bucket", "s3", "", "", 501, "<Error><Code>NotImplemented"},
		{"an S3 question with an unknown key", "GET", "/bucket?requestPayment", "s3", "", "", 501, "<Error><Code>NotImplemented"},
		{"no signature", "POST", "/", "", "application/x-www-form-urlencoded", "Action=DescribeVolumes&Version=2016-11-15", 403, "MissingAuthenticationToken"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := problems(t, mocks.Options{}, func(s *mocks.Server) {
				req, err := http.NewRequest(tt.method, s.URL()+tt.path, strings.NewReader(tt.body))
				if err != nil {
					t.Fatal(err)
				}
				if tt.service != "" {
					req.Header.Set("Authorization", fmt.Sprintf(auth, tt.service))
				}
				req.Header.Set("Content-Type", tt.contentType)
				status, body := ask(t, s.Client(), req)
				if status != tt.status || !strings.Contains(body, tt.has) {
					t.Errorf("%d %s, want %d with %s", status, body, tt.status, tt.has)
				}
			})
			if len(got) != 1 || !strings.Contains(got[0], "cannot be answered") {
				t.Errorf("problems %q, want the one request", got)
			}
		})
	}
}
