package wire

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go"
)

func config(t *testing.T, handler http.HandlerFunc) aws.Config {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return aws.Config{
		Region: "eu-west-1", BaseEndpoint: aws.String(server.URL), HTTPClient: server.Client(),
		Credentials: credentials.NewStaticCredentialsProvider("AKIDTEST", "secret", ""),
	}
}

func transport(store Store) *Transport {
	return &Transport{Store: store, Backoff: func(int) time.Duration { return 0 }}
}

const summary = `<GetAccountSummaryResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><GetAccountSummaryResult><SummaryMap><entry><key>AccountMFAEnabled</key><value>1</value></entry></SummaryMap></GetAccountSummaryResult><ResponseMetadata><RequestId>r1</RequestId></ResponseMetadata></GetAccountSummaryResponse>`

func serve(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/xml")
		io.WriteString(w, body)
	}
}

func TestReplayGivesTheSameAnswerWithoutANetwork(t *testing.T) {
	store := &Memory{}
	live := transport(store).Config(config(t, serve(summary)), "111122223333")
	want, err := iam.NewFromConfig(live).GetAccountSummary(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	refuse := aws.Config{Region: "eu-west-1", Credentials: live.Credentials, HTTPClient: &http.Client{Transport: dialNothing{t}}}
	replay := &Transport{Store: store, Replay: true}
	client := iam.NewFromConfig(replay.Config(refuse, "111122223333"))
	ctx, trace := WithTrace(context.Background())
	got, err := client.GetAccountSummary(ctx, nil)
	if err != nil || !reflect.DeepEqual(got.SummaryMap, want.SummaryMap) {
		t.Fatalf("replay: %v, %v; want %v", got, err, want.SummaryMap)
	}
	if lines := trace.Lines(); len(lines) != 1 || lines[0].ID != store.Lines()[0].ID || lines[0].Attempts != 1 {
		t.Errorf("trace of the replay: %+v", lines)
	}
	if _, err := client.GetAccountPasswordPolicy(ctx, nil); !errors.Is(err, ErrNotRecorded) {
		t.Errorf("a call that the record lacks: %v, want ErrNotRecorded", err)
	}
}

type dialNothing struct{ t *testing.T }

func (d dialNothing) RoundTrip(r *http.Request) (*http.Response, error) {
	d.t.Errorf("a replay sent %s %s", r.Method, r.URL)
	return nil, errors.New("no network in a replay")
}

func TestGuardRefusesEveryOperationThatIsNotListed(t *testing.T) {
	cfg := transport(&Memory{}).Config(config(t, func(http.ResponseWriter, *http.Request) { t.Error("a refused operation reached the wire") }), "1")
	for service, client := range map[string]any{"ec2": ec2.NewFromConfig(cfg), "iam": iam.NewFromConfig(cfg), "rds": rds.NewFromConfig(cfg), "s3": s3.NewFromConfig(cfg)} {
		v := reflect.ValueOf(client)
		tried := 0
		for i := range v.NumMethod() {
			m := v.Type().Method(i)
			if m.Type.NumIn() != 4 || m.Type.NumOut() != 2 || !strings.HasSuffix(m.Type.In(2).String(), m.Name+"Input") {
				continue
			}
			if _, ok := Permitted[service+":"+m.Name]; ok {
				continue
			}
			tried++
			in := reflect.New(m.Type.In(2).Elem())
			out := v.Method(i).Call([]reflect.Value{reflect.ValueOf(context.Background()), in})
			err, _ := out[1].Interface().(error)
			var refused *RefusedError
			var invalid smithy.InvalidParamsError
			if !errors.As(err, &refused) && !errors.As(err, &invalid) {
				t.Errorf("%s:%s was not refused: %v", service, m.Name, err)
			}
		}
		if tried < 50 {
			t.Errorf("%s: only %d operations tried", service, tried)
		}
	}
}

func TestRequestWithoutOperationIsRefused(t *testing.T) {
	cfg := transport(&Memory{}).Config(config(t, func(http.ResponseWriter, *http.Request) { t.Error("sent") }), "1")
	req, _ := http.NewRequest(http.MethodGet, *cfg.BaseEndpoint, nil)
	var refused *RefusedError
	if _, err := cfg.HTTPClient.Do(req); !errors.As(err, &refused) {
		t.Errorf("got %v, want a refusal", err)
	}
}

func TestMalformedAnswersAreNeverEmptyLists(t *testing.T) {
	for name, body := range map[string]string{
		"empty": "", "html": "<html><body>login</body></html>", "text": "ok", "object": "{}", "foreign root": "<ListUsersResponse><a/></ListUsersResponse>",
		"truncated": summary[:len(summary)-20], "empty root": "<GetAccountSummaryResponse/>", "two roots": summary + summary,
		"no result": `<GetAccountSummaryResponse><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></GetAccountSummaryResponse>`,
	} {
		store := &Memory{}
		var asked atomic.Int32
		cfg := transport(store).Config(config(t, func(w http.ResponseWriter, r *http.Request) { asked.Add(1); serve(body)(w, r) }), "1")
		_, err := iam.NewFromConfig(cfg).GetAccountSummary(context.Background(), nil)
		var malformed *MalformedError
		if !errors.As(err, &malformed) {
			t.Errorf("%s: error %v, want malformed", name, err)
		}
		if asked.Load() != 1 || len(store.Lines()) != 1 {
			t.Errorf("%s: asked %d times, %d lines; want one of each", name, asked.Load(), len(store.Lines()))
		}
	}
}

func TestThrottledThenAnsweredIsOneLineWithItsAttempts(t *testing.T) {
	store := &Memory{}
	var asked atomic.Int32
	cfg := transport(store).Config(config(t, func(w http.ResponseWriter, r *http.Request) {
		if asked.Add(1) < 4 {
			w.WriteHeader(http.StatusBadRequest)
			io.WriteString(w, `<ErrorResponse><Error><Code>Throttling</Code><Message>Rate exceeded</Message></Error></ErrorResponse>`)
			return
		}
		serve(summary)(w, r)
	}), "1")
	if _, err := iam.NewFromConfig(cfg).GetAccountSummary(context.Background(), nil); err != nil {
		t.Fatal(err)
	}
	if lines := store.Lines(); len(lines) != 1 || lines[0].Attempts != 4 || lines[0].Status != 200 {
		t.Errorf("ledger: %+v", lines)
	}
}

func TestOneKeyIsAskedOnce(t *testing.T) {
	var asked atomic.Int32
	cfg := transport(&Memory{}).Config(config(t, func(w http.ResponseWriter, r *http.Request) { asked.Add(1); serve(summary)(w, r) }), "1")
	client := iam.NewFromConfig(cfg)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if out, err := client.GetAccountSummary(context.Background(), nil); err != nil || out.SummaryMap["AccountMFAEnabled"] != 1 {
				t.Errorf("got %v, %v", out, err)
			}
		})
	}
	all.Wait()
	if asked.Load() != 1 {
		t.Errorf("asked %d times, want 1", asked.Load())
	}
	if _, err := client.GetAccountSummary(Round(context.Background(), 1), nil); err != nil || asked.Load() != 2 {
		t.Errorf("another round must ask again: %d, %v", asked.Load(), err)
	}
}

func TestNoAnswerIsAnExchangeWithoutGosText(t *testing.T) {
	store := &Memory{}
	cfg := config(t, func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := w.(http.Hijacker).Hijack()
		if err == nil {
			conn.Close()
		}
	})
	_, live := iam.NewFromConfig(transport(store).Config(cfg, "1")).GetAccountSummary(context.Background(), nil)
	_, replayed := iam.NewFromConfig((&Transport{Store: store, Replay: true}).Config(cfg, "1")).GetAccountSummary(context.Background(), nil)
	var a, b *NoAnswer
	if !errors.As(live, &a) || !errors.As(replayed, &b) || a.Class != "reset" || b.Class != "reset" {
		t.Errorf("live %v, replayed %v; want a reset in both", live, replayed)
	}
}

func TestNoRedirectIsFollowed(t *testing.T) {
	store := &Memory{}
	cfg := config(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Amz-Bucket-Region", "eu-central-1")
		http.Redirect(w, r, "/elsewhere", http.StatusMovedPermanently)
	})
	client := s3.NewFromConfig(transport(store).Config(cfg, "1"), func(o *s3.Options) { o.UsePathStyle = true })
	if _, err := client.GetBucketVersioning(context.Background(), &s3.GetBucketVersioningInput{Bucket: aws.String("b")}); err == nil {
		t.Error("a redirect is not an answer")
	}
	lines := store.Lines()
	if len(lines) != 1 || lines[0].Status != http.StatusMovedPermanently {
		t.Fatalf("ledger: %+v", lines)
	}
	if _, e, _ := store.Get(lines[0].ID); e.Headers.Get("X-Amz-Bucket-Region") != "eu-central-1" {
		t.Errorf("the bucket's Region is lost: %v", e.Headers)
	}
}

func TestCanonicalInput(t *testing.T) {
	for _, tt := range []struct {
		in   any
		want string
	}{
		{(*iam.GetAccountSummaryInput)(nil), `{}`},
		{&rds.DescribeDBInstancesInput{MaxRecords: aws.Int32(100), Marker: aws.String("m")}, `{"Marker":"m"}`},
		{&rds.DescribeDBSnapshotsInput{IncludeShared: aws.Bool(false), SnapshotType: aws.String("manual")}, `{"IncludeShared":false,"SnapshotType":"manual"}`},
	} {
		if got, err := Canonical(tt.in); err != nil || got != tt.want {
			t.Errorf("Canonical(%T) = %s, %v; want %s", tt.in, got, err, tt.want)
		}
	}
}

// Words that change, or that read what a customer stores.
func TestPermittedOnlyReads(t *testing.T) {
	for op := range Permitted {
		_, verb, _ := strings.Cut(op, ":")
		reads := strings.HasPrefix(verb, "Get") || strings.HasPrefix(verb, "List") || strings.HasPrefix(verb, "Describe") || strings.HasPrefix(verb, "Head")
		if !reads && !Reports[op] {
			t.Errorf("%s does not read", op)
		}
	}
	if len(Reports) != 2 {
		t.Errorf("%d operations that do not only read, want the two that IAM's reports need", len(Reports))
	}
	for _, never := range []string{"s3:GetObject", "ec2:GetConsoleOutput", "ec2:GetPasswordData", "sts:GetSessionToken", "secretsmanager:GetSecretValue", "ssm:GetParameter", "rds:DownloadDBLogFilePortion", "kms:Decrypt"} {
		if _, ok := Permitted[never]; ok {
			t.Errorf("%s must never be permitted", never)
		}
	}
}

func TestAnEmulatorThatLacksAnOperationIsAskedOnce(t *testing.T) {
	var asked atomic.Int32
	cfg := transport(&Memory{}).Config(config(t, func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusInternalServerError)
		io.WriteString(w, `{"error":"unknown"}`)
	}), "1")
	_, err := iam.NewFromConfig(cfg).GetAccountSummary(context.Background(), nil)
	var foreign *ForeignError
	if !errors.As(err, &foreign) || asked.Load() != 1 {
		t.Errorf("asked %d times: %v", asked.Load(), err)
	}
}
