package mocks

import (
	"fmt"
	"reflect"
	"strings"

	"onus/mocks/model"
)

// encodeREST writes headers, and a body from the payload member or from the
// members that nothing else carries.
func encodeREST(op *model.Operation, out reflect.Value, r *response) error {
	if op.Out == nil {
		return nil
	}
	hasBody := false
	for _, m := range op.Out.Members {
		held, err := field(out, m.Name)
		if err != nil {
			return err
		}
		if m.In == "" {
			hasBody = true
		} else if held, ok := indirect(held); ok {
			if err := encodeHeader(m, held, r); err != nil {
				return err
			}
		}
	}
	if !hasBody {
		return nil
	}
	var err error
	if op.Out.Payload != "" {
		return encodePayload(op, out, r)
	}
	if op.Service.Protocol == model.RESTJSON {
		r.body, err = encodeJSON(out, op.Out, results(op))
		return err
	}
	w := newXMLWriter(op.Service)
	w.WriteString(xmlHeader)
	w.open(op.Root, "xmlns", namespace(op.Service))
	if op.ID() == "s3:GetBucketLocation" {
		// Its root element is the member itself, empty for us-east-1.
		w.escape(out.FieldByName("LocationConstraint").String())
	} else {
		w.members(out, op.Out, results(op))
	}
	w.close(op.Root)
	r.body = w.Bytes()
	return w.err
}

// namespace is that of a rest-xml body; the models state none for S3.
func namespace(svc *model.Service) string {
	if svc.Name == "s3control" {
		return "http://awss3control.amazonaws.com/doc/2018-08-20/"
	}
	return "http://s3.amazonaws.com/doc/2006-03-01/"
}

func encodePayload(op *model.Operation, out reflect.Value, r *response) error {
	m := op.Out.Member(op.Out.Payload)
	held, err := field(out, m.Name)
	if err != nil {
		return err
	}
	v, ok := indirect(held)
	switch {
	case !ok:
		return nil
	case m.Shape.Type == "string":
		r.body = []byte(v.String())
		return nil
	case m.Shape.Type != "structure":
		return fmt.Errorf("a payload of type %s is not encoded", m.Shape.Type)
	case op.Service.Protocol == model.RESTJSON:
		r.body, err = encodeJSON(v, m.Shape, nil)
		return err
	}
	w := newXMLWriter(op.Service)
	w.WriteString(xmlHeader)
	w.open(op.Root, "xmlns", namespace(op.Service))
	w.members(v, m.Shape, nil)
	w.close(op.Root)
	r.body = w.Bytes()
	return w.err
}

func encodeHeader(m *model.Member, v reflect.Value, r *response) error {
	switch {
	case m.In == "statusCode":
		r.status = int(v.Int())
		return nil
	case m.In == "headers":
		for _, key := range sortedKeys(v) {
			r.header.Set(m.WireName()+key.String(), v.MapIndex(key).String())
		}
		return nil
	case m.Shape.Type == "list":
		parts := make([]string, v.Len())
		for i := range parts {
			s, err := text(v.Index(i), nil, m.Shape.ElemOf, httpDate)
			if err != nil {
				return fmt.Errorf("header %s: %w", m.WireName(), err)
			}
			parts[i] = s
		}
		r.header.Set(m.WireName(), strings.Join(parts, ","))
		return nil
	}
	s, err := text(v, m, m.Shape, httpDate)
	if err != nil {
		return fmt.Errorf("header %s: %w", m.WireName(), err)
	}
	r.header.Set(m.WireName(), s)
	return nil
}

// decodeREST reads labels, query string and headers, and the body of rest-json.
// Bodies in XML belong to operations that change something: not served here.
func decodeREST(op *model.Operation, in incoming, labels map[string]string) (map[string]any, error) {
	out := map[string]any{}
	if op.In == nil {
		return out, nil
	}
	if op.Service.Protocol == model.RESTJSON {
		var err error
		if out, err = decodeJSON(op, in.body); err != nil {
			return nil, err
		}
	} else if len(in.body) > 0 {
		return nil, fmt.Errorf("a body in XML is not decoded")
	}
	for _, m := range op.In.Members {
		var given []string
		usual := iso8601
		switch m.In {
		case "uri":
			given = []string{labels[m.WireName()]}
		case "querystring":
			given = in.query[m.WireName()]
		case "header":
			given, usual = in.header.Values(m.WireName()), httpDate
		}
		if len(given) == 0 {
			continue
		}
		val, err := parseAll(given, m, usual)
		if err != nil {
			return nil, fmt.Errorf("member %s: %w", m.Name, err)
		}
		out[m.Name] = val
	}
	return out, nil
}

func parseAll(given []string, m *model.Member, usual string) (any, error) {
	if m.Shape.Type != "list" {
		return parse(given[0], m, m.Shape, usual)
	}
	if m.In == "header" {
		given = strings.Split(strings.Join(given, ","), ",")
	}
	list := make([]any, len(given))
	for i, s := range given {
		val, err := parse(strings.TrimSpace(s), nil, m.Shape.ElemOf, usual)
		if err != nil {
			return nil, err
		}
		list[i] = val
	}
	return list, nil
}
