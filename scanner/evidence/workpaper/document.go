package workpaper

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"time"

	"onus/scanner/evidence"
)

// document is what is read of a result beside its findings.
type document struct {
	Scan struct {
		Principal string   `json:"principal"`
		Accounts  []string `json:"accounts"`
	} `json:"scan"`
	Checks map[string]struct {
		Title      string   `json:"title"`
		Severity   string   `json:"severity"`
		Duty       string   `json:"duty"`
		Remedy     string   `json:"remedy"`
		Reads      []string `json:"reads"`
		Frameworks []struct {
			Framework   string `json:"framework"`
			Requirement string `json:"requirement"`
		} `json:"frameworks"`
	} `json:"checks"`
	Coverage []struct {
		Account   string `json:"account"`
		Region    string `json:"region"`
		Operation string `json:"operation"`
		Status    string `json:"status"`
		Error     *struct {
			Code      string `json:"code"`
			RequestID string `json:"request_id"`
		} `json:"error"`
	} `json:"coverage"`
}

type finding struct {
	ID       string `json:"id"`
	Check    string `json:"check"`
	Status   string `json:"status"`
	Account  string `json:"account"`
	Region   string `json:"region"`
	Reason   string `json:"reason"`
	Resource struct {
		Type string `json:"type"`
		ID   string `json:"id"`
		Name string `json:"name"`
	} `json:"resource"`
	Evidence []string `json:"evidence"`
	Waived   *waived  `json:"waived"`
}

// waived says by whom a finding is accepted.
type waived struct {
	Reason  string `json:"reason"`
	Owner   string `json:"owner"`
	Expires string `json:"expires"`
}

// section is what the result says of a check, without its findings.
func (d document) section(id string) *section {
	c := d.Checks[id]
	s := &section{ID: id, Title: c.Title, Severity: c.Severity, Duty: c.Duty, Remedy: c.Remedy, Reads: c.Reads, Counts: map[string]int{}, Accepted: map[string]int{}}
	for _, f := range c.Frameworks {
		s.Frameworks = append(s.Frameworks, f.Framework+" "+f.Requirement)
	}
	for _, c := range d.Coverage {
		if c.Status == "ok" || !slices.Contains(s.Reads, c.Operation) {
			continue
		}
		g := gap{Operation: c.Operation, Where: c.Account + "/" + c.Region, Status: c.Status}
		if c.Error != nil {
			g.Code, g.RequestID = c.Error.Code, c.Error.RequestID
		}
		s.Gaps = append(s.Gaps, g)
	}
	return s
}

func documentOf(b *evidence.Bundle) (d document, err error) {
	if b.Redacted != nil {
		return d, errors.New("a redacted copy holds no resources to list: export from the whole bundle")
	}
	var rest bytes.Buffer
	for _, err := range evidence.FindingLines(b.Result(), &rest) {
		if err != nil {
			return d, err
		}
	}
	if err := json.Unmarshal(rest.Bytes(), &d); err != nil {
		return d, fmt.Errorf("the result: %w", err)
	}
	// Papers show these as code, where nothing is escaped.
	for id, c := range d.Checks {
		if !plainID.MatchString(id) {
			return d, fmt.Errorf("the result: %q is no id of a check", id)
		}
		if i := slices.IndexFunc(c.Reads, func(r string) bool { return !plainCall.MatchString(r) }); i >= 0 {
			return d, fmt.Errorf("the result: check %s reads %q, which is no operation", id, c.Reads[i])
		}
	}
	return d, nil
}

var (
	plainID   = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	plainCall = regexp.MustCompile(`^[a-z0-9-]+:[A-Za-z0-9]+$`)
)

// head is what every paper says of the scan.
type head struct {
	Scan, Principal, Tool, Catalogue string
	Accounts, Regions, Signers       []string
	AsOf, Started, Finished, Sealed  string
	Interrupted                      string
	Stamps                           []string
}

func headOf(b *evidence.Bundle, d document) head {
	s := b.Scan
	at := func(t time.Time) string { return t.UTC().Format(time.RFC3339) }
	var stamps []string
	for _, stamp := range b.Stamps {
		stamps = append(stamps, at(stamp.Token.Time)+" by "+stamp.Token.Subject)
	}
	return head{
		Stamps: stamps,
		Scan:   s.ID, Principal: d.Scan.Principal, Tool: fmt.Sprintf("onus %s, commit %s", s.Tool.Version, s.Tool.Commit),
		Catalogue: s.Catalogue, Accounts: s.Accounts, Regions: s.Regions, Signers: b.Signers(),
		AsOf: at(s.AsOf), Started: at(s.Started), Finished: at(s.Finished), Sealed: at(b.Sealed), Interrupted: s.Interrupted,
	}
}
