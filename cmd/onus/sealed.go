package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"time"

	"onus/checks"
	"onus/report"
	"onus/scanner/evidence"
	"onus/scanner/snapshot"
)

// sealedDocument is what a writer needs of a result document beside its findings.
type sealedDocument struct {
	Scan struct {
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
		RegionsUnread   string            `json:"regions_unread"`
		PolicyDigest    string            `json:"policy_digest"`
		CatalogueDigest string            `json:"catalogue_digest"`
		NarrowedTo      *report.Narrowing `json:"narrowed_to"`
		Interrupted     string            `json:"interrupted"`
		NotRun          []struct {
			Check string `json:"check"`
			Title string `json:"title"`
			Why   string `json:"why"`
		} `json:"not_run"`
	} `json:"scan"`
	Checks map[string]struct {
		Title       string               `json:"title"`
		Severity    checks.Severity      `json:"severity"`
		Category    checks.Category      `json:"category"`
		Duty        checks.Duty          `json:"duty"`
		ServiceKind checks.ServiceKind   `json:"service_kind"`
		Remedy      string               `json:"remedy"`
		Reads       []string             `json:"reads"`
		Frameworks  []report.Requirement `json:"frameworks"`
	} `json:"checks"`
	Waivers  []report.Waiver `json:"waivers"`
	Coverage []struct {
		Account   string         `json:"account"`
		Region    string         `json:"region"`
		Operation string         `json:"operation"`
		Status    snapshot.Cause `json:"status"`
		Requests  int            `json:"requests"`
		Items     int            `json:"items"`
		Retries   int            `json:"retries"`
	} `json:"coverage"`
}

// sealedResult is the result that a bundle seals, for the writers of formats. Checks are
// what the document says of them: this version may know them otherwise or not at all.
func sealedResult(b *evidence.Bundle) (report.Result, error) {
	var rest bytes.Buffer
	for _, err := range evidence.FindingLines(b.Result(), &rest) {
		if err != nil {
			return report.Result{}, fmt.Errorf("its result: %w", err)
		}
	}
	var d sealedDocument
	if err := json.Unmarshal(rest.Bytes(), &d); err != nil {
		return report.Result{}, fmt.Errorf("its result: %w", err)
	}
	s := d.Scan
	r := report.Result{Waivers: d.Waivers, Frameworks: map[string][]report.Requirement{}, Scan: report.Scan{
		ID: s.ID, ToolVersion: s.ToolVersion, Commit: s.Commit, Started: s.Started, Finished: s.Finished, AsOf: s.AsOf, Principal: s.Principal,
		Partition: s.Partition, Accounts: s.Accounts, Regions: s.Regions, RegionsUnread: s.RegionsUnread, PolicyDigest: s.PolicyDigest,
		CatalogueDigest: s.CatalogueDigest, NarrowedTo: s.NarrowedTo, Interrupted: s.Interrupted,
	}}
	for _, n := range s.NotRun {
		r.Scan.NotRun = append(r.Scan.NotRun, report.NotRun{Check: &checks.Check{ID: n.Check, Title: n.Title}, Why: n.Why})
	}
	for id, c := range d.Checks {
		r.Checks = append(r.Checks, &checks.Check{
			ID: id, Title: c.Title, Severity: c.Severity, Category: c.Category, Duty: c.Duty, ServiceKind: c.ServiceKind, Remedy: c.Remedy, Reads: c.Reads,
		})
		r.Frameworks[id] = c.Frameworks
	}
	for _, c := range d.Coverage {
		r.Coverage = append(r.Coverage, snapshot.Coverage{
			Location: snapshot.Location{Partition: s.Partition, Account: c.Account, Region: c.Region}, Operation: c.Operation,
			Status: c.Status, Requests: c.Requests, Items: c.Items, Retries: c.Retries,
		})
	}
	var fault error
	r.Findings = readable(b, &fault)
	if _, err := report.Summarize(r.Findings, r.Checks); err != nil || fault != nil {
		return r, fmt.Errorf("its result: %w", orFirst(fault, err))
	}
	return r.Sorted(), nil
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
