package redact

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"strings"
	"testing"
)

func testRedactor() *Redactor { return New([]byte("a key for the tests only")) }

func b64(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

func zip(s string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write([]byte(s))
	_ = z.Close()
	return b.String()
}

func userDataBody(script string) []byte { return rawUserData(b64(script)) }

func rawUserData(value string) []byte {
	return []byte(`<DescribeInstanceAttributeResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><instanceId>i-0123456789abcdef0</instanceId><userData><value>` + value + `</value></userData></DescribeInstanceAttributeResponse>`)
}

func redactBody(t *testing.T, operation string, body string) string {
	t.Helper()
	out, err := testRedactor().Body(operation, "", []byte(body))
	if err != nil {
		t.Fatalf("Body(%q) = %v", operation, err)
	}
	again, err := testRedactor().Body(operation, "", out)
	if err != nil || !bytes.Equal(again, out) {
		t.Errorf("Body(%q) is not idempotent:\n%s\n%s (%v)", operation, out, again, err)
	}
	return string(out)
}

// inspect returns the marker that a script as user data becomes.
func inspect(t *testing.T, script string) Marker {
	t.Helper()
	return markerIn(t, redactBody(t, "ec2:DescribeInstanceAttribute", string(userDataBody(script))))
}

func markerIn(t *testing.T, body string) Marker {
	t.Helper()
	_, rest, ok := strings.Cut(body, markerHead)
	if !ok {
		t.Fatalf("no marker in %s", body)
	}
	end := strings.IndexAny(rest, "<\"")
	m, ok := ParseMarker(markerHead + rest[:end])
	if !ok {
		t.Fatalf("the marker does not parse: %s", rest[:end])
	}
	return m
}
