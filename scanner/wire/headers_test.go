package wire

import (
	"net/http"
	"testing"
)

func TestAnOperationsOwnHeadersAreKeptAndDigested(t *testing.T) {
	head := Permitted["s3:HeadObject"]
	for name, want := range map[string]bool{"X-Amz-Meta-X-Amz-Key-V2": true, "X-Amz-Meta-": true, "X-Amz-Server-Side-Encryption": true, "X-Amz-Metadata": false, "Set-Cookie": false, "Etag": false} {
		if head.keeps(name) != want {
			t.Errorf("%s is kept: %v, want %v", name, head.keeps(name), want)
		}
	}
	if Permitted["s3:HeadBucket"].keeps("X-Amz-Meta-A") {
		t.Error("HeadBucket keeps metadata")
	}
	e := Exchange{Status: 200, Headers: http.Header{"Date": {"d"}}}
	plain := e.Digest()
	e.Headers["X-Amz-Meta-A"] = []string{"1"}
	one := e.Digest()
	e.Headers["X-Amz-Meta-A"] = []string{"2"}
	if plain == one || one == e.Digest() {
		t.Error("a header of its own changes nothing in the digest")
	}
}
