package mocks_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"reflect"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/smithy-go"

	"onus/mocks"
	"onus/mocks/model"
)

func wantCode(t *testing.T, err error, code string) {
	t.Helper()
	var api smithy.APIError
	if !errors.As(err, &api) || api.ErrorCode() != code {
		t.Errorf("error %v, want the code %s", err, code)
	}
}

func ask(t *testing.T, c *http.Client, req *http.Request) (int, string) {
	t.Helper()
	resp, err := c.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

// invoke calls an operation with a full input through the SDK.
func invoke(ctx context.Context, op *model.Operation, cfg aws.Config) (any, error) {
	method, inType, _ := call(op, cfg)
	in := reflect.New(inType)
	fill(in.Elem(), op.In, plain)
	for _, token := range tokens(op) {
		in.Elem().FieldByNameFunc(func(n string) bool { return strings.EqualFold(n, token) }).SetZero()
	}
	out := method.Call([]reflect.Value{reflect.ValueOf(ctx), in})
	err, _ := out[1].Interface().(error)
	return out[0].Interface(), err
}

// statusOf is the HTTP status of an SDK error's response; 0 where there was none.
func statusOf(err error) int {
	var r interface{ HTTPStatusCode() int }
	if errors.As(err, &r) {
		return r.HTTPStatusCode()
	}
	return 0
}

// TestRefusalsOfEveryOperation: each protocol says "denied", "slow down" and "internal
// error" in its own words, and the SDK understands them, for every operation.
func TestRefusalsOfEveryOperation(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	s.Fault(mocks.Fault{Operation: "*", Region: "eu-west-1", Kind: mocks.Denied})
	s.Fault(mocks.Fault{Operation: "*", Region: "eu-central-1", Kind: mocks.Throttled})
	s.Fault(mocks.Fault{Operation: "*", Region: "eu-north-1", Kind: mocks.ServerError})
	denied := map[model.Protocol]string{model.EC2: "UnauthorizedOperation", model.Query: "AccessDenied", model.RESTXML: "AccessDenied",
		model.JSON: "AccessDeniedException", model.RESTJSON: "AccessDeniedException"}
	slow := map[model.Protocol]string{model.EC2: "RequestLimitExceeded", model.Query: "Throttling", model.RESTXML: "SlowDown",
		model.JSON: "ThrottlingException", model.RESTJSON: "TooManyRequestsException"}
	broken := map[model.Protocol]string{model.EC2: "InternalError", model.Query: "InternalFailure", model.RESTXML: "InternalError",
		model.JSON: "InternalFailure", model.RESTJSON: "InternalFailure"}
	for _, op := range operations(t) {
		if op.Method == http.MethodHead || op.Unsigned { // no body; no Region to tell the faults apart
			continue
		}
		t.Run(op.ID(), func(t *testing.T) {
			for region, codes := range map[string]map[model.Protocol]string{"eu-west-1": denied, "eu-central-1": slow, "eu-north-1": broken} {
				_, err := invoke(t.Context(), op, s.Config(region))
				want := codes[op.Service.Protocol]
				if _, own := op.Service.Errors[want]; region == "eu-central-1" && op.Service.Protocol == model.RESTJSON && !own {
					want = "ThrottlingException" // the service has no exception of its own for it
				}
				wantCode(t, err, want)
				if status := statusOf(err); status < 400 || region == "eu-north-1" && status != 500 {
					t.Errorf("%s: status %d", region, status)
				}
			}
		})
	}
}

// TestHeadSaysOnlyItsStatus: HEAD has no body, so the SDK knows the status alone.
func TestHeadSaysOnlyItsStatus(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	s.Fault(mocks.Fault{Operation: "s3:HeadBucket", Kind: mocks.Denied})
	_, err := invoke(t.Context(), model.Load().Operation("s3:HeadBucket"), s.Config("eu-west-1"))
	wantCode(t, err, "Forbidden")
}

// TestSpoiledBodies: status 200 and no answer of the operation, in every protocol.
func TestSpoiledBodies(t *testing.T) {
	kinds := map[string]struct {
		kind mocks.Kind
		good func(body, mediaType string, xml bool) bool
	}{
		"empty": {mocks.EmptyBody, func(b, _ string, _ bool) bool { return b == "" }},
		"html": {mocks.HTML, func(b, m string, _ bool) bool {
			return strings.HasPrefix(m, "text/html") && strings.Contains(b, "<html>")
		}},
		"text": {mocks.PlainText, func(b, m string, _ bool) bool {
			return strings.HasPrefix(m, "text/plain") && !strings.ContainsAny(b, "<{")
		}},
		"object": {mocks.EmptyObject, func(b, _ string, _ bool) bool { return b == "{}" }},
		"foreign": {mocks.ForeignRoot, func(b, _ string, xml bool) bool {
			return strings.Contains(b, "<Maintenance>") == xml && (xml || b == "[]")
		}},
		"truncated": {mocks.Truncated, func(b, _ string, _ bool) bool {
			return len(b) > 20 && !strings.HasSuffix(b, ">") || strings.HasPrefix(b, "{")
		}},
	}
	for name, k := range kinds {
		t.Run(name, func(t *testing.T) {
			s := mocks.Start(t, mocks.Options{})
			s.Fault(mocks.Fault{Operation: "*", Kind: k.kind})
			for _, id := range []string{"ec2:DescribeVolumes", "iam:GetAccountAuthorizationDetails", "s3:GetBucketEncryption", "organizations:ListPolicies", "account:ListRegions"} {
				op := model.Load().Operation(id)
				_, in, out := call(op, s.Config("eu-west-1"))
				full := reflect.New(out)
				fill(full.Elem(), op.Out, plain)
				mocks.HandleAny(s, in, out, func(*mocks.Request, any) (any, error) { return full.Interface(), nil })
				seen := &witness{base: s.Client().Transport}
				cfg := s.Config("eu-west-1")
				cfg.HTTPClient = &http.Client{Transport: seen}
				_, _ = invoke(t.Context(), op, cfg) // the SDK takes some of them for empty lists: not at issue here
				xml := op.Service.Protocol != model.JSON && op.Service.Protocol != model.RESTJSON
				if seen.status != http.StatusOK || !k.good(seen.body, seen.mediaType, xml) {
					t.Errorf("%s: %d %s %q", id, seen.status, seen.mediaType, seen.body)
				}
			}
		})
	}
}

// witness keeps the last answer as it came over the wire.
type witness struct {
	base            http.RoundTripper
	status          int
	mediaType, body string
}

func (w *witness) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := w.base.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	w.status, w.mediaType, w.body = resp.StatusCode, resp.Header.Get("Content-Type"), string(body)
	resp.Body = io.NopCloser(strings.NewReader(w.body))
	return resp, err
}

func TestResetIsAReset(t *testing.T) {
	for _, tls := range []bool{false, true} {
		s := mocks.Start(t, mocks.Options{TLS: tls})
		s.Fault(mocks.Fault{Operation: "ec2:DescribeVolumes", Kind: mocks.Reset})
		_, err := ec2.NewFromConfig(s.Config("eu-west-1")).DescribeVolumes(t.Context(), nil)
		if !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("TLS %v: %v, want a connection reset", tls, err)
		}
		if r := s.Requests(); len(r) != 1 || r[0].Status != 0 {
			t.Errorf("TLS %v: logged %+v, want one request without an answer", tls, r)
		}
	}
}

// TestTimeoutEndsWithTheClient: the server holds the request as long as the client waits.
func TestTimeoutEndsWithTheClient(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	s.Fault(mocks.Fault{Operation: "ec2:DescribeVolumes", Kind: mocks.Timeout})
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
	defer cancel()
	if _, err := ec2.NewFromConfig(s.Config("eu-west-1")).DescribeVolumes(ctx, nil); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v, want the deadline's", err)
	}
}

// TestSlowAddsUp: two delays and the answer, no sooner.
func TestSlowAddsUp(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	mocks.Reply(s, "", &ec2.DescribeVolumesOutput{})
	s.Fault(mocks.Fault{Operation: "ec2:*", Kind: mocks.Slow, Delay: 10 * time.Millisecond})
	s.Fault(mocks.Fault{Operation: "*", Kind: mocks.Slow, Delay: 15 * time.Millisecond})
	start := time.Now()
	if _, err := ec2.NewFromConfig(s.Config("eu-west-1")).DescribeVolumes(t.Context(), nil); err != nil {
		t.Error(err)
	}
	if took := time.Since(start); took < 25*time.Millisecond {
		t.Errorf("took %v, want 25ms at least", took)
	}
}

// TestFirstThenAnswered: a fault of the first N requests ends after them.
func TestFirstThenAnswered(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	mocks.Reply(s, "", &ec2.DescribeVolumesOutput{Volumes: []types.Volume{{VolumeId: aws.String("vol-1")}}})
	s.Fault(mocks.Fault{Operation: "ec2:DescribeVolumes", First: 2, Kind: mocks.Throttled})
	client := ec2.NewFromConfig(s.Config("eu-west-1"))
	for range 2 {
		_, err := client.DescribeVolumes(t.Context(), nil)
		wantCode(t, err, "RequestLimitExceeded")
	}
	if out, err := client.DescribeVolumes(t.Context(), nil); err != nil || len(out.Volumes) != 1 {
		t.Errorf("third request: %v, %v", out, err)
	}
}

// TestTokenBuckets: one bucket for each account and Region, refilled by time.
func TestTokenBuckets(t *testing.T) {
	s := mocks.Start(t, mocks.Options{Keys: map[string]string{"other": "222222222222"}})
	mocks.Reply(s, "", &ec2.DescribeVolumesOutput{})
	s.Fault(mocks.Fault{Operation: "ec2:*", Kind: mocks.RateLimited, Rate: 0.0001, Burst: 2})
	for _, at := range []struct{ key, region string }{{"mocks", "eu-west-1"}, {"mocks", "eu-central-1"}, {"other", "eu-west-1"}} {
		client := ec2.NewFromConfig(s.ConfigFor(at.key, at.region))
		for range 2 {
			if _, err := client.DescribeVolumes(t.Context(), nil); err != nil {
				t.Errorf("%v: %v", at, err)
			}
		}
		_, err := client.DescribeVolumes(t.Context(), nil)
		wantCode(t, err, "RequestLimitExceeded")
	}
}

func TestImpossibleFaultsPanic(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	for name, f := range map[string]mocks.Fault{
		"no kind":               {Operation: "ec2:*"},
		"no operation":          {Kind: mocks.Denied},
		"delay of another kind": {Operation: "*", Kind: mocks.Denied, Delay: time.Second},
		"slow without delay":    {Operation: "*", Kind: mocks.Slow},
		"refused without error": {Operation: "*", Kind: mocks.Refused},
		"a bucket without size": {Operation: "*", Kind: mocks.RateLimited, Rate: 1},
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: taken", name)
				}
			}()
			s.Fault(f)
		}()
	}
}

// requestID is the id that an SDK error carries.
func requestID(err error) string {
	var r interface{ ServiceRequestID() string }
	if errors.As(err, &r) {
		return r.ServiceRequestID()
	}
	return ""
}
