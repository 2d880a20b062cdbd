package redact

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
)

// decodes tells whether the standard library reads s as XML, and returns its texts.
func decodes(s string) (texts []string, ok bool) {
	d := xml.NewDecoder(strings.NewReader(s))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return texts, true
		}
		if err != nil {
			return nil, false
		}
		if c, ok := token.(xml.CharData); ok {
			texts = append(texts, string(c))
		}
	}
}

func FuzzBody(f *testing.F) {
	for _, format := range xmlFrames {
		f.Add("ec2:DescribeTags", []byte(strings.ReplaceAll(format, "%s", "DB_PASSWORD=hunter2 &amp; &#x41;")))
	}
	for _, format := range jsonFrames {
		f.Add("ssm:GetDocument", []byte(strings.ReplaceAll(format, "%s", `"DB_PASSWORD\u003dhunter2"`)))
	}
	f.Add("ec2:DescribeInstanceAttribute", userDataBody(script))
	f.Add("ec2:DescribeInstanceAttribute", rawUserData(b64(zip(script))))
	f.Add("ec2:DescribeInstanceAttribute", rawUserData(b64("#cloud-config\nwrite_files:\n- encoding: gz+b64\n  content: "+b64(zip(script)))))
	f.Add("iam:GetPolicyVersion", []byte(`<R><Document>%7B%22a%22%3A%22DB_PASSWORD%3Dhunter2%22%7D</Document></R>`))
	f.Add("x", []byte("<R><a>"+b64("postgres://a:bcd@e")+"</a></R>"))
	r := testRedactor()
	f.Fuzz(func(t *testing.T, operation string, body []byte) {
		if len(body) > 1<<14 {
			return
		}
		before := bytes.Clone(body)
		out, err := r.Body(operation, "", body)
		if err != nil || !bytes.Equal(before, body) {
			t.Fatalf("Body(%q, %q): error %v, input changed to %q", operation, before, err, body)
		}
		if again, err := r.Body(operation, "", out); err != nil || !bytes.Equal(again, out) {
			t.Errorf("Body(%q, %q) is not idempotent:\n%q\n%q %v", operation, body, out, again, err)
		}
		if json.Valid(body) && looksJSON(string(body)) && !json.Valid(out) {
			t.Errorf("JSON %q became %q", body, out)
		}
		s, err := r.scan(operation)
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := s.xml(string(body)); ok {
			if _, was := decodes(string(body)); was {
				if _, is := decodes(string(out)); !is {
					t.Errorf("XML %q became %q", body, out)
				}
			}
		}
	})
}

func FuzzText(f *testing.F) {
	for wrapping, wrap := range wrappings {
		for _, p := range planted {
			f.Add(wrap(p.text) + wrapping)
		}
	}
	f.Add("a%2541%25%41&#38;#61;\\u005cu0041 PASSWORD=a,b;TOKEN: \"x\\\"y\"")
	r := testRedactor()
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 1<<14 {
			return
		}
		out := r.Text(text)
		if again := r.Text(out); again != out {
			t.Errorf("Text(%q) is not idempotent:\n%q\n%q", text, out, again)
		}
	})
}

func FuzzParseMarker(f *testing.F) {
	f.Add(testRedactor().seal(Marker{Kind: kindUserData, Length: 3, Digest: strings.Repeat("0", 32), Detections: []Detection{{"jwt", 1, "eyJh", 4.5}}}))
	f.Add(markerHead + " kind=a length=1 digest=00000000000000000000000000000000 undecoded=%20 found=a@1~~0.10 mac=00000000000000000000000000000000")
	f.Fuzz(func(t *testing.T, text string) {
		if m, ok := ParseMarker(text); ok && m.body() != text[:strings.LastIndex(text, " mac=")] {
			t.Errorf("ParseMarker(%q) = %+v, which is written differently", text, m)
		}
	})
}
