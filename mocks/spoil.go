package mocks

import (
	"cmp"
	"net"
	"net/http"

	"onus/mocks/model"
)

// refusal is the error that a fault answers with; nil for other kinds.
func (f *fault) refusal(svc *model.Service) *Error {
	switch f.Kind {
	case Denied:
		return &Error{Status: cmp.Or(svc.Errors[deniedCode(svc)], deniedStatus(svc)), Code: deniedCode(svc),
			Message: "The caller is not authorized to perform this operation."}
	case Throttled, RateLimited:
		return throttled(svc)
	case ServerError:
		code := "InternalFailure"
		if svc.Protocol == model.EC2 || svc.Protocol == model.RESTXML {
			code = "InternalError"
		}
		return &Error{Status: http.StatusInternalServerError, Code: code, Message: "An internal error has occurred."}
	case Refused:
		return f.Err
	}
	return nil
}

func deniedCode(svc *model.Service) string {
	switch svc.Protocol {
	case model.EC2:
		return "UnauthorizedOperation"
	case model.Query, model.RESTXML:
		return "AccessDenied"
	default:
		return "AccessDeniedException"
	}
}

// deniedStatus: the JSON protocols answer 400 where the model says nothing.
// Source: the services' API references, "Common Errors".
func deniedStatus(svc *model.Service) int {
	if svc.Protocol == model.JSON {
		return http.StatusBadRequest
	}
	return http.StatusForbidden
}

// throttled is each service's own "too many requests". Sources: EC2 API
// Reference, "Error codes"; S3 API Reference, "Error responses"; the modelled
// errors of the services that speak rest-json; else "Common Errors".
func throttled(svc *model.Service) *Error {
	e := &Error{Status: http.StatusBadRequest, Code: "ThrottlingException", Message: "Rate exceeded"}
	switch svc.Protocol {
	case model.EC2:
		e.Status, e.Code, e.Message = http.StatusServiceUnavailable, "RequestLimitExceeded", "Request limit exceeded."
	case model.Query:
		e.Code = "Throttling"
	case model.RESTXML:
		e.Status, e.Code, e.Message = http.StatusServiceUnavailable, "SlowDown", "Please reduce your request rate."
	case model.RESTJSON:
		e.Status = http.StatusTooManyRequests
		if _, ok := svc.Errors["TooManyRequestsException"]; ok {
			e.Code = "TooManyRequestsException"
		}
	}
	return e
}

// spoil replaces the body of an answer by one that is none. The status is 200,
// as when a proxy or a broken server stands between.
func (f *fault) spoil(r response, p model.Protocol) response {
	isXML := p != model.JSON && p != model.RESTJSON
	switch f.Kind {
	case EmptyBody:
		r.body = nil
	case HTML:
		r.header.Set("Content-Type", "text/html; charset=utf-8")
		r.body = []byte("<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body><p>Sign in to the network.</p></body></html>\n")
	case PlainText:
		r.header.Set("Content-Type", "text/plain; charset=utf-8")
		r.body = []byte("upstream is being updated\n")
	case EmptyObject:
		r.body = []byte("{}")
	case ForeignRoot:
		r.body = []byte("[]")
		if isXML {
			r.body = []byte(xmlHeader + "<Maintenance><Until>later</Until></Maintenance>")
		}
	case Truncated:
		r.body = r.body[:len(r.body)/2]
	}
	return r
}

// reset closes the connection so that the client sees a TCP reset.
func reset(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler) // HTTP/2 has no connection of its own to reset
	}
	raw := conn
	if under, ok := conn.(interface{ NetConn() net.Conn }); ok {
		raw = under.NetConn() // TLS would say goodbye first
	}
	if tcp, ok := raw.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0) // on failure the close below is an ordinary one
	}
	_ = raw.Close()
}
