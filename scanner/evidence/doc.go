// Package evidence makes a bundle of one scan (onus.evidence/v1): one file that holds
// every recorded call, the result and the policy, sealed by a signature, so that a third
// party can see that nothing was changed and can judge again. It leaves collecting and
// judging to scanner and checks, and the meaning of the result to report.
//
// FORMAT.md beside this file is the specification. In short: a bundle is a zip archive
// whose every byte follows from its contents. Three entries are sealed as they are:
// scan.json, the ledger and the index of the result. They hold nothing that may have to
// be withheld, but commit to it: each input, each exchange and each line of the result by
// a SHA-256 over a random salt and the content. So a redacted copy drops salt and content
// and still verifies for what remains.
//
// The signatures may be stamped by a time-stamp authority (package stamp), and a key may
// stay in KMS (package kmskey); package trail compares the calls with CloudTrail, and
// package workpaper writes what an auditor files.
//
// A bundle proves that the judgement follows from the recorded answers. That the answers
// came from AWS rests on who recorded and signed them: AWS does not sign answers.
package evidence

import "fmt"

// Format names the form of a bundle. A later version gets a new name.
const Format = "onus.evidence/v1"

// PredicateType is the type of the in-toto statement that seals a bundle.
const PredicateType = "urn:onus:evidence:v1"

// Fault is what is wrong with a bundle or a key, and where.
type Fault struct {
	Path  string // of the file
	Where string // an entry and line of a bundle; "" where that says nothing
	What  string
	Cause error
}

func (e *Fault) Error() string {
	s := fmt.Sprintf("%q: ", e.Path)
	if e.Where != "" {
		s += e.Where + ": "
	}
	s += e.What
	if e.Cause != nil {
		s += ": " + e.Cause.Error()
	}
	return s
}

func (e *Fault) Unwrap() error { return e.Cause }

// wrong is a fault whose file is not known yet; at adds it.
func wrong(where, format string, args ...any) *Fault {
	return &Fault{Where: where, What: fmt.Sprintf(format, args...)}
}
