package mocks

import (
	"bytes"
	"cmp"
	"encoding/xml"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"onus/mocks/model"
)

// xmlWriter writes SDK values as XML elements.
type xmlWriter struct {
	bytes.Buffer
	ec2 bool // EC2 gives the request id in the body
	iam bool // IAM percent-encodes policy documents
	err error
}

func newXMLWriter(svc *model.Service) *xmlWriter {
	return &xmlWriter{ec2: svc.Protocol == model.EC2, iam: svc.Name == "iam"}
}

func (w *xmlWriter) open(name string, attrs ...string) {
	w.WriteByte('<')
	w.WriteString(name)
	for i := 0; i+1 < len(attrs); i += 2 {
		fmt.Fprintf(w, ` %s="`, attrs[i])
		w.escape(attrs[i+1])
		w.WriteByte('"')
	}
	w.WriteByte('>')
}

func (w *xmlWriter) close(name string) { fmt.Fprintf(w, "</%s>", name) }

func (w *xmlWriter) escape(s string) {
	if err := xml.EscapeText(w, []byte(s)); err != nil && w.err == nil {
		w.err = err
	}
}

func (w *xmlWriter) leaf(name, value string) {
	w.open(name)
	w.escape(value)
	w.close(name)
}

// members writes what a structure holds, in the model's order, without the
// members that headers carry. AWS sends a paged list's element also when the
// list is empty: those are named in always.
func (w *xmlWriter) members(v reflect.Value, sh *model.Shape, always []string) {
	if sh.Union {
		w.union(v, sh)
		return
	}
	for _, m := range sh.Members {
		if m.In != "" || m.Attr {
			continue
		}
		held, err := field(v, m.Name)
		if err != nil {
			w.fail(err)
			return
		}
		_, present := indirect(held)
		if !present && !slices.Contains(always, m.Name) {
			continue
		}
		w.element(m.WireName(), held, m, m.Shape)
	}
}

func (w *xmlWriter) union(v reflect.Value, sh *model.Shape) {
	name, held, err := variant(v)
	m := sh.Member(name)
	if err != nil || m == nil {
		w.fail(errors.Join(fmt.Errorf("union %s: no member %q", sh.Name, name), err))
		return
	}
	w.element(m.WireName(), held, m, m.Shape)
}

// element writes one value under a name; m is nil for items of lists and maps.
func (w *xmlWriter) element(name string, v reflect.Value, m *model.Member, sh *model.Shape) {
	if v.Kind() == reflect.Pointer && !v.IsNil() {
		v = v.Elem()
	}
	switch sh.Type {
	case "structure":
		w.open(name, w.attributes(v, sh)...)
		w.members(v, sh, nil)
		w.close(name)
	case "list":
		w.list(name, v, m, sh)
	case "map":
		w.mapping(name, v, m, sh)
	default:
		s, err := text(v, m, sh, iso8601)
		if err != nil {
			w.fail(fmt.Errorf("element %s: %w", name, err))
			return
		}
		if w.iam && sh.Name == "policyDocumentType" && strings.HasPrefix(strings.TrimSpace(s), "{") {
			s = percentEncode(s)
		}
		w.leaf(name, s)
	}
}

func (w *xmlWriter) list(name string, v reflect.Value, m *model.Member, sh *model.Shape) {
	item := cmp.Or(sh.Item, "member")
	flat := sh.Flat || m != nil && m.Flat
	if flat {
		item = name
	} else {
		w.open(name)
	}
	for i := range v.Len() {
		w.element(item, v.Index(i), nil, sh.ElemOf)
	}
	if !flat {
		w.close(name)
	}
}

func (w *xmlWriter) mapping(name string, v reflect.Value, m *model.Member, sh *model.Shape) {
	entry := "entry"
	flat := sh.Flat || m != nil && m.Flat
	if flat {
		entry = name
	} else {
		w.open(name)
	}
	for _, key := range sortedKeys(v) {
		w.open(entry)
		w.leaf("key", key.String())
		w.element("value", v.MapIndex(key), nil, sh.ValueOf)
		w.close(entry)
	}
	if !flat {
		w.close(name)
	}
}

func sortedKeys(v reflect.Value) []reflect.Value {
	keys := v.MapKeys()
	slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
	return keys
}

// attributes collects members that are attributes, such as an S3 grantee's
// xsi:type, with the name space that its prefix needs.
func (w *xmlWriter) attributes(v reflect.Value, sh *model.Shape) (attrs []string) {
	for _, m := range sh.Members {
		if !m.Attr {
			continue
		}
		held, err := field(v, m.Name)
		if err != nil {
			w.fail(err)
			return nil
		}
		if held, ok := indirect(held); ok {
			attrs = append(attrs, "xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance", m.WireName(), held.String())
		}
	}
	return attrs
}

func (w *xmlWriter) fail(err error) {
	if w.err == nil {
		w.err = err
	}
}

// percentEncode encodes as IAM does its policy documents: RFC 3986, where only
// unreserved characters stay. Source: IAM API Reference, PolicyDetail.
func percentEncode(s string) string {
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		if 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("-._~", c) >= 0 {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}
