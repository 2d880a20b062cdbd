package collect

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/rds"

	"onus/scanner/snapshot"
	"onus/scanner/wire"
)

var at = snapshot.Location{Partition: "aws", Account: "111122223333", Region: "eu-west-1"}

const op = "rds:DescribeDBInstances"

// page is one page of DescribeDBInstances; marker "" ends the list.
func page(id, marker string) string {
	if marker != "" {
		marker = "<Marker>" + marker + "</Marker>"
	}
	return fmt.Sprintf(`<DescribeDBInstancesResponse xmlns="http://rds.amazonaws.com/doc/2014-10-31/"><DescribeDBInstancesResult>%s<DBInstances><DBInstance><DBInstanceIdentifier>%s</DBInstanceIdentifier></DBInstance></DBInstances></DescribeDBInstancesResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></DescribeDBInstancesResponse>`, marker, id)
}

const denied = `<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error><RequestId>r</RequestId></ErrorResponse>`

func list(t *testing.T, ctx context.Context, s Scope, answers ...func(http.ResponseWriter)) []string {
	t.Helper()
	var n atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		answers[min(int(n.Add(1))-1, len(answers)-1)](w)
	}))
	defer server.Close()
	transport := &wire.Transport{Store: &wire.Memory{}, Backoff: func(int) time.Duration { return 0 }}
	client := rds.NewFromConfig(transport.Config(aws.Config{
		Region: at.Region, BaseEndpoint: aws.String(server.URL), HTTPClient: server.Client(),
		Credentials: credentials.NewStaticCredentialsProvider("AKIDTEST", "secret", ""),
	}, at.Account))
	return List(ctx, s, op, rds.NewDescribeDBInstancesPaginator(client, &rds.DescribeDBInstancesInput{}), func(m snapshot.Meta, p *rds.DescribeDBInstancesOutput) []string {
		var out []string
		for _, db := range p.DBInstances {
			out = append(out, fmt.Sprint(*db.DBInstanceIdentifier, " ", len(m.Calls)))
		}
		return out
	})
}

func send(status int, body string) func(http.ResponseWriter) {
	return func(w http.ResponseWriter) {
		w.Header().Set("Content-Type", "text/xml")
		w.WriteHeader(status)
		io.WriteString(w, body)
	}
}

func TestListKeepsWhatWasReadAndSaysWhatWasNot(t *testing.T) {
	for _, tt := range []struct {
		name     string
		answers  []func(http.ResponseWriter)
		items    int
		requests int
		status   snapshot.Cause
	}{
		{"two pages", []func(http.ResponseWriter){send(200, page("a", "m")), send(200, page("b", ""))}, 2, 2, snapshot.OK},
		{"denied on page two", []func(http.ResponseWriter){send(200, page("a", "m")), send(403, denied)}, 1, 2, snapshot.Denied},
		{"denied at once", []func(http.ResponseWriter){send(403, denied)}, 0, 1, snapshot.Denied},
		{"a proxy's page", []func(http.ResponseWriter){send(200, "<html></html>")}, 0, 1, snapshot.Malformed},
		{"a token that repeats", []func(http.ResponseWriter){send(200, page("a", "m")), send(200, page("b", "m"))}, 2, 3, snapshot.Malformed},
		{"an operation that is not there", []func(http.ResponseWriter){send(501, "")}, 0, 1, snapshot.Unsupported},
		{"server error", []func(http.ResponseWriter){send(500, denied[:0])}, 0, 1, snapshot.Failed},
	} {
		s := Scope{Location: at, Calls: NewCalls([]string{op}, 1)}
		items := list(t, context.Background(), s, tt.answers...)
		c := s.Calls.Coverage()
		if len(items) != tt.items || len(c) != 1 || c[0].Status != tt.status || c[0].Requests != tt.requests {
			t.Errorf("%s: items %v, coverage %+v; want %d items, %s in %d requests", tt.name, items, c, tt.items, tt.status, tt.requests)
		}
	}
}

func TestCancelledListIsNotWhole(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	s := Scope{Location: at, Calls: NewCalls([]string{op}, 1)}
	items := list(t, ctx, s, send(200, page("a", "m")), func(w http.ResponseWriter) { cancel(); send(500, "")(w) })
	if c := s.Calls.Coverage(); len(items) != 1 || len(c) != 1 || c[0].Status != snapshot.Cancelled {
		t.Errorf("items %v, coverage %+v", items, c)
	}
}

func TestNobodyWantsItNobodyAsks(t *testing.T) {
	s := Scope{Location: at, Calls: NewCalls(nil, 1)}
	if items := list(t, context.Background(), s, func(http.ResponseWriter) { t.Error("asked") }); items != nil || len(s.Calls.Coverage()) != 0 {
		t.Errorf("items %v, coverage %v", items, s.Calls.Coverage())
	}
}

func TestPlannedAndNeverAskedIsSkipped(t *testing.T) {
	c := NewCalls([]string{op}, 1)
	c.Plan(op, at)
	if got := c.Coverage(); len(got) != 1 || got[0].Status != snapshot.Skipped {
		t.Fatalf("coverage %+v", got)
	}
	c.Settle(op, at)
	if got := c.Coverage(); got[0].Status != snapshot.OK || got[0].Requests != 0 {
		t.Errorf("settled: %+v", got)
	}
}

func TestOneFailedResourceMarksTheOperation(t *testing.T) {
	s := Scope{Location: at, Calls: NewCalls([]string{op}, 4)}
	reads := make([]snapshot.Read[int], 20)
	s.Each(context.Background(), len(reads), func(i int) {
		reads[i] = Ask(context.Background(), s, op, func(context.Context) (int, error) {
			if i == 7 {
				return 0, wire.ErrNotRecorded
			}
			return i, nil
		})
	})
	for i, r := range reads {
		if v, err := r.Get(); (err != nil) != (i == 7) || err == nil && v != i {
			t.Errorf("read %d: %v, %v", i, v, err)
		}
	}
	if c := s.Calls.Coverage(); c[0].Status != snapshot.NotRecorded || c[0].Items != 19 {
		t.Errorf("coverage %+v", c)
	}
}
