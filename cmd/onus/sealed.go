package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"iter"

	"onus/checks"
	"onus/report"
	"onus/report/jsonresult"
	"onus/scanner/evidence"
	"onus/scanner/snapshot"
)

// sealedResult is the result that a bundle seals, for the writers of formats.
func sealedResult(b *evidence.Bundle) (report.Result, error) {
	r, err := sealedHeader(b)
	if err != nil {
		return r, err
	}
	var fault error
	r.Findings = readable(b, &fault)
	if r, err = r.Counted(); err != nil || fault != nil {
		return r, fmt.Errorf("its result: %w", orFirst(fault, err))
	}
	return r.Sorted(), nil
}

// sealedHeader is that result without its findings. Checks are what the document says of
// them: this version may know them otherwise or not at all.
func sealedHeader(b *evidence.Bundle) (report.Result, error) {
	r, err := headerOf(b.Result())
	if err != nil {
		err = fmt.Errorf("its result: %w", err)
	}
	return r, err
}

// headerOf is a result document without its findings.
func headerOf(document io.Reader) (report.Result, error) {
	r := report.Result{Frameworks: map[string][]report.Requirement{}}
	var rest bytes.Buffer
	for _, err := range evidence.FindingLines(document, &rest) {
		if err != nil {
			return r, err
		}
	}
	err := jsonresult.Read(&rest, jsonresult.Parts{
		Scan: func(s report.Scan) error {
			r.Scan = s
			return nil
		},
		Check: func(c *checks.Check, serves []report.Requirement) error {
			r.Checks, r.Frameworks[c.ID] = append(r.Checks, c), serves
			return nil
		},
		Waiver: func(w report.Waiver) error {
			r.Waivers = append(r.Waivers, w)
			return nil
		},
		Call: func(c snapshot.Coverage) error {
			c.Partition = r.Scan.Partition
			r.Coverage = append(r.Coverage, c)
			return nil
		},
	})
	return r, err
}

// readable are the findings of a bundle, as often as somebody ranges over them. A fault
// ends them, and is kept.
func readable(b *evidence.Bundle, fault *error) iter.Seq[checks.Finding] {
	return func(yield func(checks.Finding) bool) {
		for line, err := range evidence.FindingLines(b.Result(), io.Discard) {
			var f checks.Finding
			if err == nil {
				err = json.Unmarshal(line, &f)
			}
			if err != nil {
				*fault = err
				return
			}
			if !yield(f) {
				return
			}
		}
	}
}

func orFirst(a, b error) error {
	if a != nil {
		return a
	}
	return b
}
