// Package schema holds the JSON Schema of the result document, for users and for tests.
// It leaves writing documents to report/jsonresult.
package schema

import _ "embed"

// Result is the JSON Schema (draft 2020-12) of onus.result/v1. It is strict: a member
// that it does not name is an error. Its definition "line" is one line of the form with
// one object a line.
//
//go:embed result.json
var Result []byte
