// Package prometheus writes the counts of a result in Prometheus' text format, for the
// textfile collector of node_exporter or a push. It names no resource and leaves lists
// to other formats.
//
// All metrics are gauges of one scan. A count that is zero is left out, but for
// onus_findings_by_status, onus_waivers and onus_duties, which have a line for each status,
// state and outcome, so that an alert on them has something to compare.
// Source: Prometheus documentation, "Exposition formats".
package prometheus

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"onus/checks"
	"onus/report"
	"onus/report/visible"
	"onus/scanner/snapshot"
)

// Write writes the metrics. The findings are ranged over once.
func Write(w io.Writer, r report.Result) error {
	r = r.Sorted()
	sum, err := r.Summary()
	if err != nil {
		return err
	}
	m := &metrics{w: bufio.NewWriter(w)}
	m.family("onus_build_info", "The version of Onus that scanned; always 1.")
	m.sample(1, "version", r.Scan.ToolVersion, "commit", r.Scan.Commit)
	m.family("onus_scan_started_timestamp_seconds", "When the scan started.")
	m.sample(float64(r.Scan.Started.Unix()))
	m.family("onus_scan_finished_timestamp_seconds", "When the scan finished.")
	m.sample(float64(r.Scan.Finished.Unix()))
	m.family("onus_scan_duration_seconds", "How long the scan took.")
	m.sample(r.Scan.Finished.Sub(r.Scan.Started).Seconds())
	m.family("onus_scan_interrupted", "1 if the scan ended early, else 0.")
	m.sample(truth(r.Scan.Interrupted != ""))
	m.family("onus_checks", "Checks of this version, by whether they ran.")
	m.sample(float64(len(r.Checks)), "ran", "true")
	m.sample(float64(len(r.Scan.NotRun)), "ran", "false")
	m.findings(sum)
	m.waivers(r.Waivers)
	m.duties(report.Duties(r, sum))
	m.requirements(r, sum)
	m.calls(r.Coverage)
	return m.w.Flush()
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

func (m *metrics) findings(sum report.Summary) {
	m.family("onus_findings_by_status", "Findings by status, those apart that the policy waives.")
	for _, status := range report.Statuses {
		n := sum.Count(func(c report.Cell) bool { return c.Status == status })
		m.sample(float64(n.Open().Total()), "status", string(status), "waived", "false")
		if status == checks.FAIL || status == checks.UNKNOWN {
			m.sample(float64(n.Waived.Total()), "status", string(status), "waived", "true")
		}
	}
	m.family("onus_findings", "Findings by account, duty, service kind, category, severity, status, the cause of an UNKNOWN, and whether the policy waives them.")
	for _, c := range sum.Cells {
		m.sample(float64(c.Findings), "account", c.Account, "duty", string(c.Duty), "service_kind", string(c.ServiceKind), "category", string(c.Category),
			"severity", string(c.Severity), "status", string(c.Status), "cause", string(c.Cause), "waived", strconv.FormatBool(c.Waived))
	}
}

// waivers counts those of the policy by what became of them.
func (m *metrics) waivers(list []report.Waiver) {
	m.family("onus_waivers", "Waivers of the policy, by state: expired ones hold no more, unused ones fit nothing.")
	for _, state := range report.WaiverStates {
		n := 0
		for _, w := range list {
			if w.State == state {
				n++
			}
		}
		m.sample(float64(n), "state", string(state))
	}
}

func (m *metrics) duties(list []report.Duty) {
	m.family("onus_duties", "Duties of the AWS Shared Responsibility Model, each in each kind of service, by outcome.")
	for _, state := range report.States {
		n := 0
		for _, d := range list {
			if d.Outcome == state {
				n++
			}
		}
		m.sample(float64(n), "outcome", string(state))
	}
}

// requirements counts those of the frameworks that the result reports on.
func (m *metrics) requirements(r report.Result, sum report.Summary) {
	m.family("onus_requirements", "Requirements of the frameworks that were asked for, by outcome.")
	all := report.Comply(r, sum)
	for _, standard := range r.Standards {
		for _, state := range report.RequirementStates {
			n := 0
			for _, c := range all {
				if c.Framework == standard.ID && c.Outcome == state {
					n++
				}
			}
			m.sample(float64(n), "framework", standard.ID, "outcome", string(state))
		}
	}
}

// calls counts coverage by account, Region, service and how the calls ended.
func (m *metrics) calls(coverage []snapshot.Coverage) {
	type key struct{ account, region, service, status string }
	count := map[key]int{}
	for _, c := range coverage {
		service, _, _ := strings.Cut(c.Operation, ":")
		count[key{visible.Text(c.Account), visible.Text(c.Region), visible.Text(service), string(c.Status)}]++ // two that look the same are one
	}
	keys := make([]key, 0, len(count))
	for k := range count {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b key) int {
		return cmp.Or(cmp.Compare(a.account, b.account), cmp.Compare(a.region, b.region), cmp.Compare(a.service, b.service), cmp.Compare(a.status, b.status))
	})
	m.family("onus_calls", "Planned calls by account, Region, service and how they ended.")
	for _, k := range keys {
		m.sample(float64(count[k]), "account", k.account, "region", k.region, "service", k.service, "status", k.status)
	}
}

// metrics writes families of samples. The writer keeps its first error until Flush.
type metrics struct {
	w    *bufio.Writer
	name string
}

func (m *metrics) family(name, help string) {
	m.name = name
	fmt.Fprintf(m.w, "# HELP %s %s\n# TYPE %s gauge\n", name, help, name)
}

// sample writes a value with its labels: names and values in turn.
func (m *metrics) sample(value float64, labels ...string) {
	m.w.WriteString(m.name)
	for i := 0; i+1 < len(labels); i += 2 {
		separator := ","
		if i == 0 {
			separator = "{"
		}
		fmt.Fprintf(m.w, "%s%s=%q", separator, labels[i], label(labels[i+1]))
	}
	if len(labels) > 0 {
		m.w.WriteString("}")
	}
	m.w.WriteString(" " + strconv.FormatFloat(value, 'f', -1, 64) + "\n")
}

// label is a text of which quoting escapes nothing but " and \, which is all that the
// format knows.
func label(s string) string { return visible.Text(s) }
