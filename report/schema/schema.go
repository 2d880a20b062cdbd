// Package schema holds the JSON Schemas of the documents, for users and for tests.
// It leaves writing documents to report/jsonresult.
package schema

import _ "embed"

// Result is the JSON Schema (draft 2020-12) of onus.result/v1. It is strict: a member
// that it does not name is an error. Its definition "line" is one line of the form with
// one object a line.
//
//go:embed result.json
var Result []byte

// Diff is the JSON Schema of onus.diff/v1, likewise strict.
//
//go:embed diff.json
var Diff []byte
