// Package policyfile reads onus.yaml, the file in which a customer states what
// must hold in its accounts, and refuses it at the first thing that it does not
// understand, by line and column. It leaves to its callers what the checks are
// (they pass a Known) and what a setting does to a verdict.
//
// A policy that was misread would be a silent pass, so nothing is guessed: an
// unknown key, a value of another type, a key given twice, an empty value, a
// second document, anchors, aliases and tags are errors. Only an empty file is
// not: it asks for the defaults. Later sections are rows of the list sections.
package policyfile

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
)

// Format names the form of a policy's canonical JSON.
const Format = "onus.policy/v1"

// Policy is what one policy file says, in one form for all files that say the
// same: lists that are sets are sorted, words in small letters. The zero value
// is the policy of an empty file.
type Policy struct {
	// Residency holds the words of the residency as written, sorted; empty when the
	// file lists its Regions or declares none. ResidencyTable is then the date of the
	// table that expanded them (residency.Date).
	Residency      []string `json:"residency,omitempty"`
	ResidencyTable string   `json:"residency_table,omitempty"`
	// AllowedRegions are the Regions in which data may lie, sorted, from residency or
	// allowed_regions. Empty: nobody declared it, which is not the same as anywhere.
	AllowedRegions []string `json:"allowed_regions,omitempty"`
	// ClosedRegions are Regions that an SCP closes, as the customer declares it, sorted.
	ClosedRegions []string `json:"closed_regions,omitempty"`
	// KnownAccounts are account ids of 12 digits that the customer calls its own or
	// trusts, sorted.
	KnownAccounts []string `json:"known_accounts,omitempty"`
	// Checks holds the settings of each check that the file names, by check id.
	Checks map[string]Setting `json:"checks,omitempty"`
	// Waivers are in the order of the file.
	Waivers []Waiver `json:"waivers,omitempty"`
}

// Setting is what a policy says of one check; what it leaves out stays as the
// check declares it.
type Setting struct {
	Enabled  *bool  `json:"enabled,omitempty"`  // nil: as the suite has it
	Severity string `json:"severity,omitempty"` // one of Severities; empty: the check's own
	// Parameters holds only the parameters given, each with the Go type of its default.
	Parameters map[string]any `json:"parameters,omitempty"`
}

// Severities are the words a policy may use for a check's severity, gravest first.
var Severities = []string{"critical", "high", "medium", "low", "info"}

// JSON returns the canonical form: compact, keys in fixed order, so that two files
// that say the same give the same bytes. It fails only for a Policy made by hand
// with parameters that JSON cannot hold.
func (p *Policy) JSON() ([]byte, error) {
	type fields Policy
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	err := enc.Encode(struct {
		Format string `json:"format"`
		*fields
	}{Format, (*fields)(p)})
	if err != nil {
		return nil, fmt.Errorf("policy as JSON: %w", err)
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), nil
}

// Digest returns the SHA-256 of the canonical JSON, as 64 hexadecimal digits in
// small letters. It fails where JSON does.
func (p *Policy) Digest() (string, error) {
	canonical, err := p.JSON()
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(canonical)
	return hex.EncodeToString(sum[:]), nil
}
