package mocks

import (
	"encoding/base64"
	"net/http"
	"reflect"

	"onus/mocks/model"
)

// response is an answer on its way out.
type response struct {
	status int
	header http.Header
	body   []byte
}

// newResponse sets what every answer of a service carries: the media type and
// the request id, in the header where the protocol has one.
func newResponse(svc *model.Service, status int, id string) response {
	r := response{status: status, header: http.Header{}}
	switch svc.Protocol {
	case model.EC2:
		r.header.Set("Content-Type", "text/xml;charset=UTF-8")
		r.header.Set("X-Amzn-RequestId", id)
	case model.Query:
		r.header.Set("Content-Type", "text/xml")
		r.header.Set("X-Amzn-RequestId", id)
	case model.RESTXML:
		r.header.Set("Content-Type", "application/xml")
		r.header.Set("X-Amz-Request-Id", id)
		r.header.Set("X-Amz-Id-2", hostID(id))
	case model.JSON:
		r.header.Set("Content-Type", "application/x-amz-json-"+svc.JSON)
		r.header.Set("X-Amzn-RequestId", id)
	case model.RESTJSON:
		r.header.Set("Content-Type", "application/json")
		r.header.Set("X-Amzn-RequestId", id)
	}
	return r
}

// hostID imitates S3's second id.
func hostID(id string) string { return base64.StdEncoding.EncodeToString([]byte("host of " + id)) }

// encode writes an SDK output value as the operation's answer.
func encode(op *model.Operation, out reflect.Value, id string) (response, error) {
	r := newResponse(op.Service, http.StatusOK, id)
	var err error
	switch op.Service.Protocol {
	case model.EC2, model.Query:
		r.body, err = encodeQuery(op, out, id)
	case model.JSON:
		r.body, err = encodeJSON(out, op.Out, results(op))
	default:
		err = encodeREST(op, out, &r)
	}
	return r, err
}

const xmlHeader = `<?xml version="1.0" encoding="UTF-8"?>` + "\n"

func encodeQuery(op *model.Operation, out reflect.Value, id string) ([]byte, error) {
	w := newXMLWriter(op.Service)
	w.WriteString(xmlHeader)
	w.open(op.Name+"Response", "xmlns", op.Service.Namespace+"/")
	if w.ec2 {
		w.leaf("requestId", id)
	}
	if op.Root != "" {
		w.open(op.Root)
	}
	if op.Out != nil {
		w.members(out, op.Out, results(op))
	}
	if op.Root != "" {
		w.close(op.Root)
	}
	if !w.ec2 {
		w.open("ResponseMetadata")
		w.leaf("RequestId", id)
		w.close("ResponseMetadata")
	}
	w.close(op.Name + "Response")
	return w.Bytes(), w.err
}

func results(op *model.Operation) []string {
	if op.Paging == nil {
		return nil
	}
	return op.Paging.Results
}
