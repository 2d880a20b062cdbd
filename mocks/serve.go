package mocks

import (
	"errors"
	"io"
	"net/http"
	"reflect"
	"strconv"
	"time"

	"onus/mocks/model"
)

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, hr *http.Request) {
	body, err := io.ReadAll(io.LimitReader(hr.Body, 16<<20))
	if err != nil {
		return // the client is gone
	}
	in := newIncoming(hr, body)
	op, input, err := route(s.table, in)
	r := &Request{Account: s.account(in.scope.accessKeyID), Region: in.scope.region, AccessKeyID: in.scope.accessKeyID,
		Input: input, Page: 1, Time: s.options.Now(), Header: hr.Header}
	if op == nil {
		s.stray("a request that cannot be answered: %v", err)
		s.send(w, s.log(r), unrouted(in, s.requestID(r)), hr.Method)
		return
	}
	r.Operation = op.ID()
	p, refused := pageOf(op, input, s.pageSize(op))
	r.Page = p.Number
	id, entry := s.requestID(r), s.log(r)
	if e, ok := s.replayed(r); ok && err == nil {
		s.sendRecorded(w, entry, e, hr.Method)
		return
	}
	switch {
	case !in.scope.signed && !op.Unsigned:
		refused = &Error{Status: http.StatusForbidden, Code: "MissingAuthenticationToken", Message: "Request is missing Authentication Token"}
	case err != nil:
		s.stray("%s: the input cannot be decoded: %v", r.Operation, err)
		refused = &Error{Code: "MalformedInput", Message: err.Error()}
	}
	if refused != nil {
		s.send(w, entry, s.encodeError(op, hr.Method, refused, id), hr.Method)
		return
	}
	s.answer(w, hr, op, r, p, entry, id)
}

// answer serves a request that is well-formed: faults first, then its script.
func (s *Server) answer(w http.ResponseWriter, hr *http.Request, op *model.Operation, r *Request, p page, entry int, id string) {
	f, delay := s.faultsFor(r)
	if !s.wait(hr, delay) {
		return
	}
	if f != nil {
		switch f.Kind {
		case Timeout:
			select {
			case <-hr.Context().Done():
			case <-s.done:
			}
			reset(w)
			return
		case Reset:
			reset(w)
			return
		}
		if e := f.refusal(op.Service); e != nil {
			s.send(w, entry, s.encodeError(op, hr.Method, e, id), hr.Method)
			return
		}
	}
	sc := s.find(r)
	if sc == nil {
		s.stray("nobody scripted %s", describe(r.Operation, r.Region))
		s.send(w, entry, s.encodeError(op, hr.Method, unscripted(op), id), hr.Method)
		return
	}
	resp := s.play(sc, op, r, p, hr.Method, id, f != nil && f.Kind == RepeatToken)
	if f != nil && resp.status == http.StatusOK {
		resp = f.spoil(resp, op.Service.Protocol)
	}
	s.send(w, entry, resp, hr.Method)
}

// play asks the script and encodes what it says.
func (s *Server) play(sc *script, op *model.Operation, r *Request, p page, method, id string, repeat bool) response {
	var in reflect.Value
	var err error
	if sc.input != nil {
		in = reflect.New(sc.input)
		if op.In != nil {
			err = bind(in.Elem(), op.In, r.Input)
		}
	}
	var out reflect.Value
	if err == nil {
		out, err = sc.answer(r, in)
	}
	if said := (*Error)(nil); errors.As(err, &said) {
		return s.encodeError(op, method, said, id)
	}
	if err == nil {
		out, err = p.cut(op, out, repeat)
	}
	var resp response
	if err == nil {
		resp, err = encode(op, out, id)
	}
	if err != nil {
		s.problem("%s: %v", r.Operation, err)
		return s.encodeError(op, method, &Error{Status: http.StatusNotImplemented, Code: "NotImplemented", Message: err.Error()}, id)
	}
	return resp
}

// unscripted is what AWS says of an operation it does not have.
func unscripted(op *model.Operation) *Error {
	e := &Error{Status: http.StatusBadRequest, Code: "InvalidAction", Message: "Nothing is known of " + op.ID() + "."}
	switch op.Service.Protocol {
	case model.JSON, model.RESTJSON:
		e.Code = "UnknownOperationException"
	case model.RESTXML:
		e.Status, e.Code = http.StatusNotImplemented, "NotImplemented"
	}
	return e
}

// unrouted answers what no operation fits: in the form of the protocol that the
// request looks like.
func unrouted(in incoming, id string) response {
	svc := &model.Service{Protocol: model.RESTXML, Name: "s3"}
	e := &Error{Status: http.StatusBadRequest, Code: "InvalidAction", Message: "No such operation is known here."}
	switch {
	case !in.scope.signed:
		e.Status, e.Code = http.StatusForbidden, "MissingAuthenticationToken"
	case in.header.Get("X-Amz-Target") != "":
		svc.Protocol, svc.JSON, e.Code = model.JSON, "1.1", "UnknownOperationException"
	case in.scope.service == "ec2":
		svc.Protocol = model.EC2
	case in.method == http.MethodPost && len(in.body) > 0 && in.body[0] != '{':
		svc.Protocol, svc.Name = model.Query, in.scope.service
	case in.scope.service == "s3":
		e.Status, e.Code = http.StatusNotImplemented, "NotImplemented"
	default:
		svc.Protocol, e.Status, e.Code = model.RESTJSON, http.StatusNotFound, "UnknownOperationException"
	}
	r, err := encodeError(svc, in.method, e, id)
	if err != nil { // plain text only
		panic(err)
	}
	return r
}

func (s *Server) encodeError(op *model.Operation, method string, e *Error, id string) response {
	r, err := encodeError(op.Service, method, e, id)
	if err != nil {
		s.problem("%s: the error %s cannot be encoded: %v", op.ID(), e.Code, err)
	}
	return r
}

// faultsFor adds up the delays and takes the first other fault that applies.
func (s *Server) faultsFor(r *Request) (decides *fault, delay time.Duration) {
	s.mu.Lock()
	faults := s.faults
	s.mu.Unlock()
	now := time.Now() // of token buckets; Options.Now may stand still
	for _, f := range faults {
		switch {
		case f.Kind == Slow:
			if f.applies(r, now) {
				delay += f.Delay
			}
		case decides == nil && f.applies(r, now):
			decides = f
		}
	}
	return decides, delay
}

// wait says whether the client is still there after the delay.
func (s *Server) wait(hr *http.Request, delay time.Duration) bool {
	if delay == 0 {
		return true
	}
	timer := time.NewTimer(delay)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-hr.Context().Done():
	case <-s.done:
	}
	return false
}

func (s *Server) send(w http.ResponseWriter, entry int, r response, method string) {
	s.mu.Lock()
	s.requests[entry].Status = r.status
	s.mu.Unlock()
	header := w.Header()
	for name, values := range r.header {
		header[name] = values
	}
	header.Set("Date", formatTime(s.options.Now(), httpDate))
	if method != http.MethodHead {
		header.Set("Content-Length", strconv.Itoa(len(r.body)))
	}
	w.WriteHeader(r.status)
	_, _ = w.Write(r.body) // the client may be gone
}
