package main

import (
	"bytes"
	"compress/gzip"
	"crypto/sha1"
	"encoding/base64"
	"encoding/hex"
	"testing"
)

func base64Of(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

func gzipped(t *testing.T, s string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(s)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// ssoCacheName is the file in which the SDK looks for a token of an SSO start URL.
func ssoCacheName(startURL string) string {
	sum := sha1.Sum([]byte(startURL))
	return hex.EncodeToString(sum[:]) + ".json"
}
