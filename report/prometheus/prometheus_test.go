package prometheus_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"onus/report"
	"onus/report/prometheus"
	"onus/report/reporttest"
	"onus/report/visible"
)

var format = reporttest.Writer(prometheus.Write)

func TestGolden(t *testing.T) { format.Golden(t, "prom") }

// sums reads the text with Prometheus' own parser, and adds up a family by one label.
func sums(t *testing.T, text, family, by string) map[string]float64 {
	t.Helper()
	parser := expfmt.NewTextParser(model.LegacyValidation)
	families, err := parser.TextToMetricFamilies(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]float64{}
	for _, m := range families[family].GetMetric() {
		key := ""
		for _, l := range m.GetLabel() {
			if l.GetName() == by {
				key = l.GetValue()
			}
		}
		out[key] += m.GetGauge().GetValue()
	}
	return out
}

func TestPrometheusReadsIt(t *testing.T) {
	for name, r := range reporttest.Results {
		text := format.Text(t, r())
		counted := map[string]float64{"FAIL": 0, "UNKNOWN": 0, "PASS": 0, "NOT_APPLICABLE": 0}
		for f := range r().Findings {
			counted[string(f.Status)]++
		}
		if diff := cmp.Diff(counted, sums(t, text, "onus_findings_by_status", "status")); diff != "" {
			t.Errorf("%s: findings by status (-want +got):\n%s", name, diff)
		}
		for status, n := range sums(t, text, "onus_findings", "status") {
			if counted[status] != n {
				t.Errorf("%s: %v cells of %s, want %v", name, n, status, counted[status])
			}
		}
		calls := 0.0
		for _, n := range sums(t, text, "onus_calls", "") {
			calls += n
		}
		if int(calls) != len(r().Coverage) {
			t.Errorf("%s: %v calls, want %d", name, calls, len(r().Coverage))
		}
		if n := sums(t, text, "onus_duties", "")[""]; n != 32 {
			t.Errorf("%s: %v duties", name, n)
		}
	}
}

func TestValues(t *testing.T) {
	text := format.Text(t, reporttest.Interrupted())
	for family, want := range map[string]float64{"onus_scan_duration_seconds": 131, "onus_scan_interrupted": 1, "onus_scan_started_timestamp_seconds": 1795514400, "onus_build_info": 1} {
		if got := sums(t, text, family, "")[""]; got != want {
			t.Errorf("%s is %v, want %v", family, got, want)
		}
	}
}

func TestRequirements(t *testing.T) {
	r := reporttest.Ordinary()
	r.Standards = []report.Standard{{ID: "s_1", Name: "S", Requirements: map[string][]string{
		"1": {"ec2-volume-encrypted"}, "2": {"s3-bucket-versioning-enabled"}, "3": {"not-written"}, "4": {"s3-bucket-versioning-enabled", "not-written"},
	}}}
	want := map[string]float64{"broken": 1, "unknown": 0, "waived": 0, "partly-tested": 1, "kept": 1, "not-judged": 1}
	if diff := cmp.Diff(want, sums(t, format.Text(t, r), "onus_requirements", "outcome")); diff != "" {
		t.Errorf("requirements (-want +got):\n%s", diff)
	}
}

func TestHostileLabelsReadBack(t *testing.T) {
	got := sums(t, format.Text(t, reporttest.Hostile()), "onus_build_info", "version")
	if diff := cmp.Diff(map[string]float64{visible.Text(reporttest.Sentence): 1}, got); diff != "" {
		t.Errorf("versions (-want +got):\n%s", diff)
	}
}

func TestHostileNames(t *testing.T) {
	format.Quiet(t, func(t *testing.T, text string) {
		if n := len(sums(t, text, "onus_build_info", "version")); n != 1 {
			t.Errorf("%d versions", n)
		}
	})
}

func TestErrorsAreReturned(t *testing.T) { format.Fails(t) }
