package iam

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/iam"

	"onus/mocks"
	"onus/scanner/collect"
	"onus/scanner/collect/collecttest"
	"onus/scanner/snapshot"
	"onus/scanner/wire"
)

var reportOps = []string{"iam:GetCredentialReport", "iam:GenerateCredentialReport"}

// making answers the report's questions with the codes in turn, then with a report.
func making(s *mocks.Server, codes ...string) {
	var asked atomic.Int32
	mocks.Handle(s, func(*mocks.Request, *iam.GetCredentialReportInput) (*iam.GetCredentialReportOutput, error) {
		if n := int(asked.Add(1)); n <= len(codes) {
			return nil, &mocks.Error{Status: http.StatusGone, Code: codes[n-1]}
		}
		return &iam.GetCredentialReportOutput{Content: []byte(header + rootLine), GeneratedTime: &generated}, nil
	})
}

func started(s *mocks.Server) {
	mocks.Reply(s, "", &iam.GenerateCredentialReportOutput{State: "STARTED"})
}

// waits counts the time that a collector passes waiting.
func waits(total *time.Duration) func(context.Context, time.Duration) error {
	return func(_ context.Context, d time.Duration) error { *total += d; return nil }
}

func TestReportIsStartedAndWaitedFor(t *testing.T) {
	many := strings.Fields(strings.Repeat("ReportInProgress ", rounds+5))
	for _, tt := range []struct {
		name     string
		codes    []string
		generate int
		gets     int
		waited   time.Duration
		want     snapshot.Cause
	}{
		{"there is one", nil, 0, 1, 0, snapshot.OK},
		{"there was none", []string{"ReportNotPresent", "ReportInProgress", "ReportInProgress"}, 1, 4, 6 * time.Second, snapshot.OK},
		{"the last one expired", []string{"ReportExpired"}, 1, 2, time.Second, snapshot.OK},
		{"one is being made already", []string{"ReportInProgress"}, 0, 2, time.Second, snapshot.OK},
		{"it never comes", append([]string{"ReportNotPresent"}, many...), 1, rounds + 1, 115 * time.Second, snapshot.Failed},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := mocks.Start(t, mocks.Options{})
			making(s, tt.codes...)
			if tt.generate > 0 {
				started(s)
			}
			var waited time.Duration
			in := collecttest.Scope(reportOps...)
			got := Collect(context.Background(), in, client(s), waits(&waited)).Report
			if _, err := got.Get(); (err == nil) != (tt.want == snapshot.OK) {
				t.Errorf("report: %v", err)
			}
			if g, n := s.Count(reportOps[1]), s.Count(reportOps[0]); g != tt.generate || n != tt.gets || waited != tt.waited {
				t.Errorf("started %d times, asked %d times, waited %s; want %d, %d, %s", g, n, waited, tt.generate, tt.gets, tt.waited)
			}
			if len(got.Calls()) != tt.gets {
				t.Errorf("rests on %d calls, want one for each of %d rounds", len(got.Calls()), tt.gets)
			}
			collecttest.Covered(t, in, reportOps[0], snapshot.Global, tt.want)
			collecttest.Covered(t, in, reportOps[1], snapshot.Global, snapshot.OK)
		})
	}
}

func TestReportThatMayNotBeStarted(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	making(s, "ReportNotPresent")
	s.Fault(mocks.Fault{Operation: "iam:GenerateCredentialReport", Kind: mocks.Denied})
	users(s, named("anna", before))
	in := collecttest.Scope(append(reportOps, "iam:GetAccountAuthorizationDetails", "iam:GetLoginProfile", "iam:ListMFADevices", "iam:ListAccessKeys")...)
	got := Collect(context.Background(), in, client(s), noWait)
	var u *snapshot.Unread
	if _, err := got.Report.Get(); !errors.As(err, &u) || u.Cause != snapshot.Denied || u.Operation != "iam:GenerateCredentialReport" {
		t.Errorf("report: %v, want what was denied", err)
	}
	if _, err := got.Users[0].Console.Get(); !errors.As(err, &u) || u.Cause != snapshot.Denied {
		t.Errorf("anna: %v, want the report's cause and no question about her", err)
	}
	if len(got.AccessKeys) != 0 {
		t.Errorf("keys %+v", got.AccessKeys)
	}
	collecttest.Covered(t, in, "iam:GetCredentialReport", snapshot.Global, snapshot.Failed)
	for _, op := range []string{"iam:GetLoginProfile", "iam:ListMFADevices", "iam:ListAccessKeys"} {
		collecttest.Covered(t, in, op, snapshot.Global, snapshot.Skipped)
	}
}

func TestReportFaults(t *testing.T) {
	for name, tt := range map[string]struct {
		fault mocks.Fault
		want  snapshot.Cause
	}{
		"denied":               {mocks.Fault{Kind: mocks.Denied}, snapshot.Denied},
		"a proxy's page":       {mocks.Fault{Kind: mocks.HTML}, snapshot.Malformed},
		"throttled to the end": {mocks.Fault{Kind: mocks.Throttled}, snapshot.Throttled},
		"throttled twice":      {mocks.Fault{Kind: mocks.Throttled, First: 2}, snapshot.OK},
		"server error":         {mocks.Fault{Kind: mocks.Refused, Err: &mocks.Error{Status: http.StatusInternalServerError, Code: "ServiceFailure"}}, snapshot.Failed},
	} {
		t.Run(name, func(t *testing.T) {
			s := mocks.Start(t, mocks.Options{Lenient: true})
			reply(s)
			tt.fault.Operation = "iam:GetCredentialReport"
			s.Fault(tt.fault)
			in := collecttest.Scope(reportOps...)
			Collect(context.Background(), in, client(s), noWait)
			collecttest.Covered(t, in, "iam:GetCredentialReport", snapshot.Global, tt.want)
		})
	}
}

func TestCancelledWhileWaiting(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	making(s, "ReportInProgress")
	ctx, cancel := context.WithCancel(context.Background())
	in := collecttest.Scope(reportOps...)
	got := Collect(ctx, in, client(s), func(ctx context.Context, d time.Duration) error {
		cancel()
		return sleep(ctx, d)
	})
	if _, err := got.Report.Get(); err == nil {
		t.Error("a report that never came was read")
	}
	collecttest.Covered(t, in, "iam:GetCredentialReport", snapshot.Global, snapshot.Cancelled)
}

func TestReplayAsksAsOftenAndWaitsForNothing(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	making(s, "ReportNotPresent", "ReportInProgress")
	started(s)
	store := &wire.Memory{}
	run := func(replay bool, wait func(context.Context, time.Duration) error) (snapshot.IAM, collect.Scope) {
		in := collecttest.Scope(reportOps...)
		api := iam.NewFromConfig((&wire.Transport{Store: store, Replay: replay}).Config(s.Config("eu-west-1"), in.Account))
		return Collect(context.Background(), in, api, wait), in
	}
	live, _ := run(false, noWait)
	asked := len(s.Requests())
	again, in := run(true, noWait)
	a, liveErr := live.Report.Get()
	b, replayErr := again.Report.Get()
	if liveErr != nil || replayErr != nil || len(a) != 1 || a[0] != b[0] || len(s.Requests()) != asked {
		t.Errorf("live %+v, %v; replayed %+v, %v with %d requests more", a, liveErr, b, replayErr, len(s.Requests())-asked)
	}
	collecttest.Covered(t, in, "iam:GenerateCredentialReport", snapshot.Global, snapshot.OK)
}

func TestRowsByColumnName(t *testing.T) {
	content := header + `"arn:aws:iam::111122223333:user/a,b","a,b",2026-03-04T05:06:07+00:00,TRUE,2026-10-01T00:00:00+00:00,2026-03-04T05:06:07+00:00,false,false,N/A,true,2026-03-04T05:06:07+00:00,TRUE,false,2026-10-02T00:00:00+00:00,N/A,eu-west-1,s3,N/A,N/A` + "\n"
	got, err := rows([]byte(content), generated)
	if err != nil || len(got) != 1 {
		t.Fatalf("rows: %+v, %v", got, err)
	}
	r := got[0]
	if r.User != "a,b" || r.PasswordEnabled != "true" || r.MFAActive != "false" || !r.Created.Equal(before) || r.Keys[0] != (snapshot.CredentialKey{Active: "true", LastRotated: before, LastUsed: time.Date(2026, 10, 2, 0, 0, 0, 0, time.UTC), Region: "eu-west-1", Service: "s3"}) ||
		!r.PasswordChanged.Equal(before) || r.PasswordUsed.Day() != 1 || r.Certificates != [2]string{"true", "false"} || !r.Keys[1].LastUsed.IsZero() {
		t.Errorf("row %+v", r)
	}
}

func TestRowsThatAreNoReport(t *testing.T) {
	good := line("anna", "true", "true")
	for name, content := range map[string]string{
		"empty":               "",
		"a page":              "<html><body>login</body></html>",
		"a column is missing": strings.Replace(header+good, "mfa_active", "mfa", 1),
		"a row is short":      header + "a,b\n",
		"a strange word":      header + line("anna", "yes", "true"),
		"a strange date":      header + line("anna", "true", "true", "true", "yesterday"),
		"no name":             header + strings.Replace(good, ",anna,", ",,", 1),
		"an open quote":       header + `"` + good,
	} {
		got, err := rows([]byte(content), generated)
		var malformed *wire.MalformedError
		if !errors.As(err, &malformed) || got != nil {
			t.Errorf("%s: %+v, %v; want malformed", name, got, err)
		} else if strings.Contains(err.Error(), "anna") || strings.Contains(err.Error(), "yesterday") {
			t.Errorf("%s: the error quotes the report: %v", name, err)
		}
	}
}
