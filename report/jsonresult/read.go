package jsonresult

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"onus/checks"
	"onus/report"
	"onus/scanner/snapshot"
)

// Parts are what is wanted of a document; nil: not that. They are told in the order of
// the document: scan, summary, checks, waivers, findings, coverage.
type Parts struct {
	Scan    func(report.Scan) error // of a check that did not run, id and title only
	Summary func(report.Summary) error
	Check   func(c *checks.Check, serves []report.Requirement) error
	Waiver  func(report.Waiver) error
	Finding func(checks.Finding) error
	Call    func(snapshot.Coverage) error // without its partition, and of its error what the document has
}

// ErrEnough is what a part returns to end the reading: the rest is not looked at.
var ErrEnough = errors.New("enough was read")

// ErrForm says that a text is no whole result of the form onus.result/v1.
var ErrForm = errors.New("no whole result of the form " + report.Format)

// Read reads a document piece by piece, however many findings there are, and plain or
// compressed with gzip. It trusts nothing but the form: what a finding says is the
// document's own word. An error of a part is returned as it is.
func Read(document io.Reader, p Parts) error {
	in := bufio.NewReader(document)
	if magic, _ := in.Peek(2); bytes.Equal(magic, []byte{0x1f, 0x8b}) {
		unpacked, err := gzip.NewReader(in)
		if err != nil {
			return errors.Join(ErrForm, err)
		}
		in = bufio.NewReader(unpacked)
	}
	r := &reader{Decoder: json.NewDecoder(in), want: p}
	err := r.members(r.member)
	switch {
	case errors.Is(err, ErrEnough):
		return nil
	case r.told != nil:
		return r.told
	case err == nil && !r.findings:
		return ErrForm // cut off, or something else
	case err != nil:
		return errors.Join(ErrForm, err)
	}
	return nil
}

type reader struct {
	*json.Decoder
	want     Parts
	known    bool // the format is ours
	findings bool // there were some, or none to the end of their list
	told     error
}

// tell keeps what a part returns apart from errors of the form.
func (r *reader) tell(err error) error {
	if err != nil && !errors.Is(err, ErrEnough) {
		r.told = err
	}
	return err
}

func (r *reader) member(name string) error {
	if !r.known && name != "format" {
		return errors.New("the format does not stand first")
	}
	switch {
	case name == "format":
		var format string
		if err := r.Decode(&format); err != nil || format != report.Format {
			return fmt.Errorf("another format: %q", format)
		}
		r.known = true
		return nil
	case name == "scan" && r.want.Scan != nil:
		var s scan
		if err := r.Decode(&s); err != nil {
			return err
		}
		return r.tell(r.want.Scan(s.back()))
	case name == "summary" && r.want.Summary != nil:
		var s summary
		if err := r.Decode(&s); err != nil {
			return err
		}
		return r.tell(r.want.Summary(s.back()))
	case name == "checks" && r.want.Check != nil:
		return r.members(func(id string) error {
			var c check
			if err := r.Decode(&c); err != nil {
				return err
			}
			return r.tell(r.want.Check(c.back(id), c.Frameworks))
		})
	case name == "waivers" && r.want.Waiver != nil:
		return elements(r, func(w report.Waiver) error { return r.tell(r.want.Waiver(w)) })
	case name == "findings":
		r.findings = true
		return elements(r, func(f checks.Finding) error {
			if r.want.Finding == nil {
				return nil
			}
			return r.tell(r.want.Finding(f))
		})
	case name == "coverage" && r.want.Call != nil:
		return elements(r, func(c coverage) error { return r.tell(r.want.Call(c.back())) })
	}
	var skipped json.RawMessage
	return r.Decode(&skipped)
}

// members calls f at the value of each member of the object that comes next.
func (r *reader) members(f func(name string) error) error {
	if err := r.bracket('{'); err != nil {
		return err
	}
	for r.More() {
		t, err := r.Token()
		if err != nil {
			return err
		}
		name, _ := t.(string) // a member's name is one
		if err := f(name); err != nil {
			return err
		}
	}
	return r.bracket('}')
}

// elements tells the elements of the array that comes next.
func elements[T any](r *reader, tell func(T) error) error {
	if err := r.bracket('['); err != nil {
		return err
	}
	for r.More() {
		var v T
		if err := r.Decode(&v); err != nil {
			return err
		}
		if err := tell(v); err != nil {
			return err
		}
	}
	return r.bracket(']')
}

func (r *reader) bracket(want json.Delim) error {
	t, err := r.Token()
	if err != nil {
		return err
	}
	if t != want {
		return fmt.Errorf("%v stands where %v is wanted", t, want)
	}
	return nil
}

// back is the header as the rest of the program knows it.
func (s scan) back() report.Scan {
	out := report.Scan{
		ID: s.ID, ToolVersion: s.ToolVersion, Commit: s.Commit, Started: s.Started, Finished: s.Finished, AsOf: s.AsOf,
		Principal: s.Principal, Partition: s.Partition, Accounts: s.Accounts, Regions: s.Regions, RegionsUnread: s.RegionsUnread,
		PolicyDigest: s.PolicyDigest, CatalogueDigest: s.CatalogueDigest, NarrowedTo: s.NarrowedTo, Sampled: s.Sampled, Interrupted: s.Interrupted,
	}
	for _, n := range s.NotRun {
		out.NotRun = append(out.NotRun, report.NotRun{Check: &checks.Check{ID: n.Check, Title: n.Title}, Why: n.Why})
	}
	return out
}

func (s summary) back() report.Summary { return report.Summary{Cells: slices.Clone(s.Cells)} }

func (c coverage) back() snapshot.Coverage {
	at := snapshot.Location{Account: c.Account, Region: c.Region}
	out := snapshot.Coverage{Location: at, Operation: c.Operation, Status: c.Status, Requests: c.Requests, Items: c.Items, Retries: c.Retries}
	if c.Error != nil {
		out.Error = &snapshot.Unread{Operation: c.Operation, At: at, Cause: c.Status, Code: c.Error.Code, Message: c.Error.Message, RequestID: c.Error.RequestID}
	}
	return out
}

func (c check) back(id string) *checks.Check {
	return &checks.Check{ID: id, Title: c.Title, Severity: c.Severity, Category: c.Category, Duty: c.Duty, ServiceKind: c.ServiceKind, Remedy: c.Remedy, Reads: c.Reads}
}
