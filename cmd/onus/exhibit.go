package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"unicode/utf8"

	"onus/report/visible"
)

// exhibit is an answer laid out for people: one line for each element or member.
type exhibit []exhibitLine

type exhibitLine struct {
	depth int
	field string // element or member; "" for a closing line and for text
	text  string
	mark  bool // it decided, or it names the resource
}

// layOut reads a body as XML or JSON; what is neither stays as it is, line by line.
func layOut(body []byte) exhibit {
	if e, err := layOutXML(body); err == nil && len(e) > 0 {
		return e
	}
	if text, ok := indented(body); ok {
		return layOutText(text, 0)
	}
	if !utf8.Valid(body) {
		return exhibit{{text: fmt.Sprintf("(%d bytes that are no text)", len(body))}}
	}
	return layOutText(string(body), 0)
}

// deepest is how far an answer is laid out: one that goes deeper is not AWS's, and would take
// more space the deeper it goes.
const deepest = 100

// indented lays JSON out.
func indented(text []byte) (string, bool) {
	d, depth := json.NewDecoder(bytes.NewReader(text)), 0
	for {
		t, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return "", false
		}
		switch t {
		case json.Delim('['), json.Delim('{'):
			depth++
		case json.Delim(']'), json.Delim('}'):
			depth--
		}
		if depth > deepest {
			return "", false
		}
	}
	var out bytes.Buffer
	if json.Indent(&out, text, "", "  ") != nil {
		return "", false
	}
	return out.String(), true
}

func layOutText(text string, depth int) (out exhibit) {
	for line := range strings.Lines(text) {
		trimmed := strings.TrimLeft(line, " ")
		l := exhibitLine{depth: depth + (len(line)-len(trimmed))/2, text: strings.TrimRight(trimmed, "\r\n")}
		if name, _, ok := strings.Cut(l.text, `": `); ok && strings.HasPrefix(name, `"`) {
			l.field = name[1:]
		}
		out = append(out, l)
	}
	return out
}

func layOutXML(body []byte) (out exhibit, err error) {
	d := xml.NewDecoder(bytes.NewReader(body))
	var text strings.Builder
	var open []string
	leaf := false
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) && len(open) == 0 {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		switch t := token.(type) {
		case xml.StartElement:
			out = append(out, exhibitLine{depth: len(open), field: t.Name.Local, text: "<" + t.Name.Local + ">"})
			if open, leaf = append(open, t.Name.Local), true; len(open) > deepest {
				return nil, errors.New("too deep")
			}
			text.Reset()
		case xml.CharData:
			text.Write(t)
		case xml.EndElement:
			open = open[:len(open)-1]
			switch last := &out[len(out)-1]; {
			case !leaf:
				out = append(out, exhibitLine{depth: len(open), text: "</" + t.Name.Local + ">"})
			case unpacked(text.String()) != "":
				last.text += " (encoded; what it holds:)"
				out = append(out, layOutText(unpacked(text.String()), len(open)+1)...)
			default:
				last.text += strings.TrimSpace(text.String()) + "</" + t.Name.Local + ">"
			}
			leaf = false
		}
	}
}

// unpacked is the text in an encoded value: IAM writes policies percent-encoded and its
// credential report in base64.
// Source: IAM PolicyVersion, field Document (RFC 3986); GetCredentialReport, field Content.
func unpacked(value string) string {
	value = strings.TrimSpace(value)
	if plain, err := url.PathUnescape(value); err == nil && strings.HasPrefix(value, "%7B") {
		if text, ok := indented([]byte(plain)); ok {
			return text
		}
	}
	if len(value) < 200 {
		return ""
	}
	raw, err := base64.StdEncoding.DecodeString(value)
	if err != nil || !utf8.Valid(raw) {
		return ""
	}
	return string(raw)
}

// brief is how many lines of an answer are shown where nothing tells which matter.
const brief = 40

// show prints the lines that matter, or all of them.
func (e exhibit) show(w io.Writer, parts []span, full bool) {
	hidden := 0
	tell := func() {
		if hidden > 0 {
			fmt.Fprintf(w, "       … %d lines\n", hidden)
		}
		hidden = 0
	}
	for i, l := range e {
		short := len(parts) == 0 && (i < brief || l.mark)
		if !full && len(e) > brief && !short && !l.mark && !(len(parts) > 0 && within(parts, i)) {
			hidden++
			continue
		}
		tell()
		mark := "  "
		if l.mark {
			mark = "» "
		}
		fmt.Fprintf(w, "     %s%s%s\n", mark, strings.Repeat("  ", l.depth), legible(l.text))
	}
	tell()
}

// legible writes what a terminal would obey as an escape, and cuts lines that nobody reads.
func legible[T ~string](text T) string {
	for i := range text {
		if i > 500 {
			return visible.Text(string(text[:i])) + fmt.Sprintf("… (%d bytes)", len(text))
		}
	}
	return visible.Text(string(text))
}
