package report

import (
	"fmt"
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/wording"
	"onus/scanner/snapshot"
)

// The exit statuses that follow from a result. 1 (Onus itself failed) and 2 (bad input)
// come before there is one, and win over these.
const (
	ExitOK         = 0
	ExitFindings   = 3
	ExitIncomplete = 4
)

// Threshold is what the caller asks of a result.
type Threshold struct {
	FailOn          checks.Severity // "" is high
	AllowIncomplete bool            // an UNKNOWN does not make the result incomplete
	RequireComplete bool            // everything planned must have been read; wins over AllowIncomplete

	// ClosedRegions are closed by an SCP, as the policy declares: that calls are denied
	// there is what was wanted, and makes nothing incomplete. The verdicts stay UNKNOWN.
	ClosedRegions []string
}

// Outcome is the exit status and why.
type Outcome struct {
	Code int
	Why  string // "2 findings at or above high"
}

// String is the line that ends a report.
func (o Outcome) String() string { return fmt.Sprintf("exit status %d: %s", o.Code, o.Why) }

// ExitCode is the exit status of a result: findings first, then what is incomplete. An
// interrupted scan is incomplete whatever is allowed. What is waived counts for neither.
func ExitCode(scan Scan, s Summary, coverage []snapshot.Coverage, t Threshold) Outcome {
	if t.FailOn == "" {
		t.FailOn = checks.High
	}
	n := s.Count(func(c Cell) bool { return c.Status == checks.FAIL && AtLeast(c.Severity, t.FailOn) }).Open().FAIL
	if n > 0 {
		return Outcome{ExitFindings, fmt.Sprintf("%s at or above %s", wording.Count(n, "finding"), t.FailOn)}
	}
	var why []string
	if scan.Interrupted != "" {
		why = append(why, "the scan was interrupted: "+scan.Interrupted)
	}
	unknown, causes := t.incomplete(s)
	if unknown > 0 && (t.RequireComplete || !t.AllowIncomplete) {
		why = append(why, fmt.Sprintf("%s%s (%s)", wording.Count(unknown, "unknown verdict"), t.scope(), strings.Join(causes, ", ")))
	}
	if calls := t.unreadCalls(coverage); t.RequireComplete && calls > 0 {
		why = append(why, fmt.Sprintf("%d of %s not read to the end", calls, wording.Count(len(coverage), "planned call")))
	}
	if len(why) > 0 {
		return Outcome{ExitIncomplete, strings.Join(why, "; ")}
	}
	if t.FailOn == Never {
		return Outcome{ExitOK, "no finding was to count" + t.caveat(s)}
	}
	return Outcome{ExitOK, fmt.Sprintf("no finding at or above %s", t.FailOn) + t.caveat(s)}
}

// caveat says what a good exit status does not say by itself.
func (t Threshold) caveat(s Summary) string {
	n := 0
	var causes []string
	for _, c := range s.Cells {
		if c.Status == checks.UNKNOWN && !c.Waived && AtLeast(c.Severity, t.FailOn) {
			n += c.Findings
			word := string(c.Cause)
			if c.Cause == snapshot.OK {
				word = "unclear"
			}
			causes = append(causes, word)
		}
	}
	if len(s.Cells) == 0 {
		return ", but nothing was judged"
	}
	out := ""
	if n > 0 {
		slices.Sort(causes)
		out = fmt.Sprintf(", but %s at or above it that may hide one (%s)", wording.Count(n, "unknown verdict"), strings.Join(slices.Compact(causes), ", "))
	}
	if waived := s.Count(func(c Cell) bool { return c.Waived && AtLeast(c.Severity, t.FailOn) }).Waived.Total(); waived > 0 {
		out += fmt.Sprintf("; not counting %s at or above it that the policy waives", wording.Count(waived, "finding"))
	}
	return out
}

// incomplete counts the UNKNOWN verdicts that make a result incomplete, and names their
// causes.
func (t Threshold) incomplete(s Summary) (n int, causes []string) {
	for _, c := range s.Cells {
		counts := AtLeast(c.Severity, t.FailOn) && slices.Contains(incomplete, c.Cause)
		if t.RequireComplete {
			counts = c.Cause != snapshot.OK && !excused(c.Cause)
		}
		if c.Status == checks.UNKNOWN && !c.Waived && counts {
			n += c.Findings
			causes = append(causes, string(c.Cause))
		}
	}
	expected := 0
	for _, region := range t.ClosedRegions {
		for severity, findings := range s.Denied[region] {
			if t.RequireComplete || AtLeast(severity, t.FailOn) {
				expected += findings
			}
		}
	}
	if n -= expected; n == 0 {
		return 0, nil
	}
	slices.Sort(causes)
	return n, slices.Compact(causes)
}

// scope says of which severities unknown verdicts are counted.
func (t Threshold) scope() string {
	if t.RequireComplete {
		return ""
	}
	return " at or above " + string(t.FailOn)
}

// Never is a threshold that no finding reaches.
const Never checks.Severity = "none"

// AtLeast says that a severity is as bad as another, or worse. Where one of them does
// not exist it says so too, so that a slip cannot hide a finding.
func AtLeast(s, least checks.Severity) bool {
	if least == Never {
		return false
	}
	limit := slices.Index(checks.Severities, least)
	return limit < 0 || slices.Index(checks.Severities, s) <= limit
}

// incomplete are the causes that make a result incomplete by default.
var incomplete = []snapshot.Cause{snapshot.Denied, snapshot.Throttled, snapshot.Failed, snapshot.Malformed, snapshot.Cancelled}

// excused are the causes that no permission and no second attempt would mend.
func excused(c snapshot.Cause) bool { return c == snapshot.Changed || c == snapshot.NotOptedIn }

func (t Threshold) unreadCalls(coverage []snapshot.Coverage) int {
	n := 0
	for _, c := range coverage {
		if c.Status == snapshot.Denied && slices.Contains(t.ClosedRegions, c.Region) {
			continue
		}
		if c.Status != snapshot.OK && !excused(c.Status) {
			n++
		}
	}
	return n
}
