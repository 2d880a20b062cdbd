package mocks

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"

	"onus/mocks/model"
)

// Error is an answer that says no. A handler returns it and the server encodes
// it as the operation's protocol does.
type Error struct {
	Status  int               // HTTP status; 0: what the service's model says of Code, else 400
	Code    string            // such as "AccessDenied"
	Message string            // for people
	Header  map[string]string // further headers, such as S3's X-Amz-Bucket-Region
}

func (e *Error) Error() string { return e.Code + ": " + e.Message }

// encodeError writes an error as the service does. What answers HEAD has no
// body, so that all it says is the status and the headers.
func encodeError(svc *model.Service, method string, e *Error, id string) (response, error) {
	status := e.Status
	if status == 0 {
		status = svc.Errors[e.Code]
	}
	if status == 0 {
		status = http.StatusBadRequest
	}
	r := newResponse(svc, status, id)
	for _, name := range slices.Sorted(maps.Keys(e.Header)) {
		r.header.Set(name, e.Header[name])
	}
	if method == http.MethodHead {
		return r, nil
	}
	var err error
	switch svc.Protocol {
	case model.JSON:
		r.body, err = json.Marshal(map[string]string{"__type": e.Code, "message": e.Message})
	case model.RESTJSON:
		r.header.Set("X-Amzn-ErrorType", e.Code)
		r.body, err = json.Marshal(map[string]string{"message": e.Message})
	default:
		r.body, err = xmlError(svc, status, e, id)
	}
	return r, err
}

// xmlError writes the four shapes that errors have in XML: EC2's, S3's bare
// Error, S3 Control's and the query protocol's ErrorResponse.
func xmlError(svc *model.Service, status int, e *Error, id string) ([]byte, error) {
	w := newXMLWriter(svc)
	w.WriteString(xmlHeader)
	detail := func(rest ...string) {
		w.open("Error")
		for i := 0; i+1 < len(rest); i += 2 {
			w.leaf(rest[i], rest[i+1])
		}
		w.close("Error")
	}
	switch {
	case svc.Protocol == model.EC2:
		w.open("Response")
		w.open("Errors")
		detail("Code", e.Code, "Message", e.Message)
		w.close("Errors")
		w.leaf("RequestID", id)
		w.close("Response")
	case svc.Name == "s3":
		detail("Code", e.Code, "Message", e.Message, "RequestId", id, "HostId", hostID(id))
	default:
		space := svc.Namespace + "/"
		if svc.Protocol == model.RESTXML {
			space = namespace(svc)
		}
		w.open("ErrorResponse", "xmlns", space)
		fault := "Sender"
		if status >= 500 {
			fault = "Receiver"
		}
		detail("Type", fault, "Code", e.Code, "Message", e.Message)
		w.leaf("RequestId", id)
		w.close("ErrorResponse")
	}
	return w.Bytes(), w.err
}
