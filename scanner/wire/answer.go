package wire

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// checkAnswer says what is wrong with a 2xx answer: nil if it is one of AWS's for the
// operation. An empty body, plain text or a proxy's page with status 200 would
// otherwise be read as an empty list.
func checkAnswer(op Operation, status int, contentType string, body []byte) error {
	if (status == http.StatusInternalServerError || status == http.StatusNotImplemented) && op.Root != "" && strings.Contains(contentType, "json") {
		return &ForeignError{status}
	}
	if status/100 != 2 || op.Bare {
		return nil
	}
	if len(bytes.TrimSpace(body)) == 0 {
		return &MalformedError{"the body is empty"}
	}
	if op.Root == "" { // no page is JSON, whatever media type an endpoint gives its answers
		return checkJSON(op, body)
	}
	if strings.Contains(contentType, "html") {
		return &MalformedError{fmt.Sprintf("media type %q", contentType)}
	}
	return checkXML(op, body)
}

func checkJSON(op Operation, body []byte) error {
	var object map[string]json.RawMessage
	if err := json.Unmarshal(body, &object); err != nil || object == nil {
		return &MalformedError{"not a JSON object"}
	}
	if _, ok := object[op.Member]; op.Member != "" && !ok {
		return &MalformedError{fmt.Sprintf("the object lacks %q", op.Member)}
	}
	return nil
}

// checkXML reads to the end of the document: a truncated one is not an answer.
func checkXML(op Operation, body []byte) error {
	d := xml.NewDecoder(bytes.NewReader(body))
	depth, roots, content, member := 0, 0, false, op.Member == ""
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return &MalformedError{"not well-formed XML"}
		}
		switch t := token.(type) {
		case xml.StartElement:
			if depth == 0 {
				if roots++; t.Name.Local != op.Root && (op.Also == "" || t.Name.Local != op.Also) || roots > 1 {
					return &MalformedError{fmt.Sprintf("root element %q, want %q", t.Name.Local, op.Root)}
				}
			} else {
				content = true
				member = member || depth == 1 && t.Name.Local == op.Member
			}
			depth++
		case xml.EndElement:
			depth--
		case xml.CharData:
			if depth == 0 && len(bytes.TrimSpace(t)) > 0 {
				return &MalformedError{"text outside the root element"}
			}
		}
	}
	if roots == 0 {
		return &MalformedError{"no root element"}
	}
	if !content && !op.MayLack {
		return &MalformedError{fmt.Sprintf("%s is empty", op.Root)}
	}
	if !member {
		return &MalformedError{fmt.Sprintf("%s lacks %s", op.Root, op.Member)}
	}
	return nil
}
