package jsonresult

import (
	"time"

	"onus/checks"
	"onus/report"
	"onus/scanner/snapshot"
)

// scan is the header as the document shows it.
type scan struct {
	ID              string            `json:"id"`
	ToolVersion     string            `json:"tool_version"`
	Commit          string            `json:"commit"`
	Started         time.Time         `json:"started"`
	Finished        time.Time         `json:"finished"`
	AsOf            time.Time         `json:"as_of"`
	Principal       string            `json:"principal"`
	Partition       string            `json:"partition"`
	Accounts        []string          `json:"accounts"`
	Regions         []report.Region   `json:"regions"`
	RegionsUnread   string            `json:"regions_unread,omitempty"`
	PolicyDigest    string            `json:"policy_digest"`
	CatalogueDigest string            `json:"catalogue_digest"`
	NarrowedTo      *report.Narrowing `json:"narrowed_to,omitempty"`
	Sampled         *report.Sampling  `json:"sampled,omitempty"`
	Interrupted     string            `json:"interrupted,omitempty"`
	NotRun          []notRun          `json:"not_run"`
}

type notRun struct {
	Check string `json:"check"`
	Title string `json:"title"`
	Why   string `json:"why"`
}

func scanOf(s report.Scan) scan {
	out := scan{
		ID: s.ID, ToolVersion: s.ToolVersion, Commit: s.Commit,
		Started: s.Started.UTC(), Finished: s.Finished.UTC(), AsOf: s.AsOf.UTC(),
		Principal: s.Principal, Partition: s.Partition, Accounts: list(s.Accounts), Regions: list(s.Regions),
		RegionsUnread: s.RegionsUnread, PolicyDigest: s.PolicyDigest, CatalogueDigest: s.CatalogueDigest,
		NarrowedTo: s.NarrowedTo, Sampled: s.Sampled, Interrupted: s.Interrupted, NotRun: []notRun{},
	}
	for _, n := range s.NotRun {
		out.NotRun = append(out.NotRun, notRun{n.Check.ID, n.Check.Title, n.Why})
	}
	return out
}

// check is what the document says of a check once, so that no finding repeats it.
type check struct {
	Title       string               `json:"title"`
	Severity    checks.Severity      `json:"severity"`
	Category    checks.Category      `json:"category"`
	Duty        checks.Duty          `json:"duty"`
	ServiceKind checks.ServiceKind   `json:"service_kind"`
	Remedy      string               `json:"remedy"`
	Reads       []string             `json:"reads"`
	Frameworks  []report.Requirement `json:"frameworks"`
}

func checkOf(c *checks.Check, frameworks []report.Requirement) check {
	return check{c.Title, c.Severity, c.Category, c.Duty, c.ServiceKind, c.Remedy, list(c.Reads), list(frameworks)}
}

// coverage is how one planned operation ended in one place.
type coverage struct {
	Account   string         `json:"account"`
	Region    string         `json:"region"`
	Operation string         `json:"operation"`
	Status    snapshot.Cause `json:"status"`
	Requests  int            `json:"requests"`
	Items     int            `json:"items"`
	Retries   int            `json:"retries"`
	Error     *callError     `json:"error,omitempty"`
}

type callError struct {
	Code      string `json:"code"`
	Message   string `json:"message"`
	RequestID string `json:"request_id"`
}

func coverageOf(c snapshot.Coverage) coverage {
	out := coverage{c.Account, c.Region, c.Operation, c.Status, c.Requests, c.Items, c.Retries, nil}
	if c.Error != nil {
		out.Error = &callError{c.Error.Code, c.Error.Message, c.Error.RequestID}
	}
	return out
}

// summary is the cells and, for people, their sums.
type summary struct {
	Findings   report.Counts                             `json:"findings"`
	BySeverity map[checks.Status]map[checks.Severity]int `json:"by_severity"`
	Cells      []report.Cell                             `json:"cells"`
}

// summaryOf adds up by status and severity, with a zero for each pair that has none:
// the severity of an UNKNOWN is counted apart from that of a FAIL.
func summaryOf(s report.Summary) summary {
	out := summary{BySeverity: map[checks.Status]map[checks.Severity]int{}, Cells: list(s.Cells)}
	out.Findings = s.Count(func(report.Cell) bool { return true })
	for _, status := range report.Statuses {
		out.BySeverity[status] = map[checks.Severity]int{}
		for _, severity := range checks.Severities {
			out.BySeverity[status][severity] = s.Count(func(c report.Cell) bool { return c.Status == status && c.Severity == severity }).Total()
		}
	}
	return out
}

// findingOf is the finding with the list that JSON must not show as null.
func findingOf(f checks.Finding) checks.Finding {
	f.Evidence = list(f.Evidence)
	return f
}

func list[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}
