package mocks

import (
	"fmt"
	"net/http"
	"path"
	"reflect"
	"strings"
	"time"

	"onus/mocks/model"
)

// Request is one request as the server understood it.
type Request struct {
	Operation   string         // "service:Operation"; "" when it could not be told
	Account     string         // whose account the access key belongs to
	Region      string         // of the credential scope; unsigned: of the host, or ""
	AccessKeyID string         // "" when unsigned
	Input       map[string]any // the decoded input by the model's member names
	Page        int            // from 1
	Time        time.Time      // of arrival, by Options.Now
	Header      http.Header    // as sent
	Status      int            // HTTP status of the answer, in the log only; 0: none was sent
}

// script answers one operation, in one Region or, for "", wherever no other does.
type script struct {
	region string
	input  reflect.Type // nil: the answer does not depend on the request
	answer func(*Request, reflect.Value) (reflect.Value, error)
	hits   int
}

// Handle answers an operation, in all Regions, with a function. The operation is
// that of the SDK input type. The output is only read; it must not change after.
// Handle panics when the types are not an operation's that the table knows.
func Handle[In, Out any](s *Server, fn func(*Request, *In) (*Out, error)) {
	in, out := reflect.TypeFor[In](), reflect.TypeFor[Out]()
	op := s.operation(in, "Input")
	if op != s.operation(out, "Output") {
		panic(fmt.Sprintf("mocks: %s is not the output of %s", out, op.ID()))
	}
	s.script(op, &script{input: in, answer: func(r *Request, v reflect.Value) (reflect.Value, error) {
		answer, err := fn(r, v.Interface().(*In))
		if err != nil {
			return reflect.Value{}, err
		}
		return deref(reflect.ValueOf(answer))
	}})
}

// Reply answers an operation in a Region, or for "" in every Region without a
// reply of its own, with one output. It wins over Handle in its Region, and
// panics as Handle does.
func Reply[Out any](s *Server, region string, out *Out) {
	op := s.operation(reflect.TypeFor[Out](), "Output")
	s.script(op, &script{region: region, answer: func(*Request, reflect.Value) (reflect.Value, error) {
		return deref(reflect.ValueOf(out))
	}})
}

// Refuse answers an operation, named "service:Operation", in a Region ("" for
// every one) with an error.
func Refuse(s *Server, region, operation string, e *Error) {
	op := s.table.Operation(operation)
	if op == nil {
		panic(fmt.Sprintf("mocks: %q is not in operations.txt", operation))
	}
	s.script(op, &script{region: region, answer: func(*Request, reflect.Value) (reflect.Value, error) {
		return reflect.Value{}, e
	}})
}

func deref(v reflect.Value) (reflect.Value, error) {
	if v.IsNil() {
		return v, fmt.Errorf("the script answered with a nil %s and no error", v.Type())
	}
	return v.Elem(), nil
}

// operation finds the operation of an SDK input or output type: the package is
// the service, the type's name less the suffix is the operation.
func (s *Server) operation(t reflect.Type, suffix string) *model.Operation {
	name, ok := strings.CutSuffix(t.Name(), suffix)
	svc := s.table.Services[path.Base(t.PkgPath())]
	if !ok || svc == nil || svc.Operations[name] == nil {
		panic(fmt.Sprintf("mocks: %s is not the %s of an operation in operations.txt", t, strings.ToLower(suffix)))
	}
	return svc.Operations[name]
}

// script registers an answer. One that replaces another that was never used is
// a mistake, and becomes a problem.
func (s *Server) script(op *model.Operation, sc *script) {
	s.mu.Lock()
	defer s.mu.Unlock()
	old := s.scripts[op.ID()]
	for i, other := range old {
		if other.region == sc.region {
			if other.hits == 0 {
				s.problems = append(s.problems, fmt.Sprintf("%s was scripted again before it was used", describe(op.ID(), sc.region)))
			}
			old[i] = sc
			return
		}
	}
	s.scripts[op.ID()] = append(old, sc)
}

func describe(operation, region string) string {
	if region == "" {
		return operation
	}
	return operation + " in " + region
}

// find chooses the script for a request and counts the use; nil when none fits.
func (s *Server) find(r *Request) *script {
	s.mu.Lock()
	defer s.mu.Unlock()
	var found *script
	for _, sc := range s.scripts[r.Operation] {
		if sc.region == r.Region || sc.region == "" && found == nil {
			found = sc
		}
	}
	if found != nil {
		found.hits++
	}
	return found
}
