package evidence

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"onus/scanner/wire"
)

var (
	start  = time.Date(2026, 11, 1, 8, 0, 0, 0, time.UTC)
	sealed = time.Date(2026, 11, 1, 8, 5, 0, 0, time.UTC)
)

// The bodies hold what JSON writers treat differently: markup, a line separator, bytes
// that are no text.
var recordedCalls = []struct {
	operation, input string
	exchange         wire.Exchange
}{
	{"sts:GetCallerIdentity", "{}", wire.Exchange{Status: 200, Headers: http.Header{"X-Amzn-Requestid": {"r-1"}, "Date": {"Sun, 01 Nov 2026 08:00:00 GMT"}}, Body: []byte("<a>&\u2028\t\"é\"</a>")}},
	{"s3:GetBucketTagging", `{"Bucket":"payroll-2026"}`, wire.Exchange{Status: 404, Headers: http.Header{"X-Amz-Request-Id": {"r-2"}}, Body: []byte("<Error><Code>NoSuchTagSet</Code></Error>")}},
	{"s3:GetBucketTagging", `{"Bucket":"site-<x>"}`, wire.Exchange{Status: 404, Headers: http.Header{"X-Amz-Request-Id": {"r-2"}}, Body: []byte("<Error><Code>NoSuchTagSet</Code></Error>")}},
	{"iam:GetCredentialReport", "{}", wire.Exchange{Status: 200, Body: []byte{0xff, 0x00, 0xfe}}},
	{"ec2:DescribeRegions", "{}", wire.Exchange{Class: "timeout"}},
}

const resultText = `{
  "format": "onus.result/v1",
  "scan": {
    "principal": "arn:aws:iam::111122223333:user/jane"
  },
  "waivers": [
    {"check":"s3-bucket-versioning-enabled","resource":"arn:aws:s3:::payroll-*","reason":"jane says so","owner":"jane","expires":"2026-12-31","state":"in-force","findings":1},
    {"check":"s3-bucket-versioning-enabled","resource":"*","reason":"none","owner":"joan","expires":"2026-12-31","state":"unused","findings":0}
  ],
  "findings": [
    {"id":"f1","check":"s3-bucket-versioning-enabled","status":"FAIL","severity":"medium","account":"111122223333","region":"eu-west-1","resource":{"type":"bucket","id":"arn:aws:s3:::payroll-2026"},"reason":"versioning is \"\"","waived":{"reason":"jane says so","owner":"jane","expires":"2026-12-31"}},
    {"id":"f2","check":"s3-bucket-versioning-enabled","status":"PASS","severity":"medium","account":"111122223333","region":"eu-west-1","resource":{"type":"bucket","id":"arn:aws:s3:::site"},"reason":"Enabled"}
  ],
  "coverage": []
}
`

// content makes a record and a result as a scan would leave them.
func content(t testing.TB) Content {
	t.Helper()
	dir := t.TempDir()
	c := Content{
		Record: filepath.Join(dir, "record"), Result: filepath.Join(dir, "result.json"), Sealed: sealed,
		Scan: Scan{ID: "scan-1", AsOf: start, Started: start, Finished: start.Add(time.Minute), Tool: Tool{Version: "1.2.3", Modules: []Module{{"example.test/m", "v1.0.0", "h1:x"}}}, Accounts: []string{"111122223333"}, Regions: []string{"eu-west-1"}},
	}
	policy, err := json.Marshal("allowed_regions: [eu-west-1] # <only> & here\n")
	must(t, err)
	r, err := wire.Create(c.Record, wire.Header{ScanID: "scan-1", AsOf: start, Options: json.RawMessage(`{"suite":"default","home_region":"eu-west-1","tags":["a=<b>"]}`), Policy: policy})
	must(t, err)
	must(t, r.Note(wire.Line{Key: wire.Key{Operation: "sts:AssumeRole"}, Attempts: 1, Start: start}))
	for i, rc := range recordedCalls {
		k := wire.Key{Account: "111122223333", Region: "eu-west-1", Operation: rc.operation, Input: rc.input}
		must(t, r.Put(wire.Line{ID: k.ID(), Key: k, Status: rc.exchange.Status, Attempts: 1, Start: start.Add(time.Duration(i) * time.Second), Latency: time.Millisecond, Exchange: rc.exchange.Digest()}, rc.exchange))
	}
	must(t, r.Close())
	must(t, os.WriteFile(c.Result, []byte(resultText), 0o600))
	return c
}

// newBundle writes a bundle, sealed by a new key.
func newBundle(t testing.TB) (path string, key Key) {
	t.Helper()
	dir := t.TempDir()
	key, err := NewKey(filepath.Join(dir, "team"))
	must(t, err)
	path = filepath.Join(dir, "acme.onus")
	must(t, Write(t.Context(), path, dir, content(t), key))
	return path, key
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// part is an entry of a bundle that a test takes apart.
type part struct {
	name string
	text []byte
}

func takeApart(t testing.TB, path string) (parts []part) {
	t.Helper()
	b, err := Open(path)
	must(t, err)
	defer b.Close()
	for _, e := range b.entries {
		text, err := io.ReadAll(e.open())
		must(t, err)
		parts = append(parts, part{e.name, text})
	}
	return parts
}

// putTogether packs parts as a bundle is packed, with every checksum right.
func putTogether(t testing.TB, parts []part) string {
	t.Helper()
	var entries []entry
	for _, p := range parts {
		entries = append(entries, entry{name: p.name, size: int64(len(p.text)), open: func() *io.SectionReader {
			return io.NewSectionReader(bytes.NewReader(p.text), 0, int64(len(p.text)))
		}})
	}
	var out bytes.Buffer
	must(t, pack(&out, entries))
	return inFile(t, out.Bytes())
}

func inFile(t testing.TB, text []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "b.onus")
	must(t, os.WriteFile(path, text, 0o600))
	return path
}

// change gives the parts with one entry's text changed.
func change(parts []part, name string, f func([]byte) []byte) []part {
	out := slices.Clone(parts)
	for i := range out {
		if out[i].name == name {
			out[i].text = f(slices.Clone(out[i].text))
		}
	}
	return out
}

// opened is what Open and Verify say of a file.
func opened(path string, keys ...PublicKey) error {
	b, err := Open(path)
	if err != nil {
		return err
	}
	return errors.Join(b.Verify(keys...), b.Close())
}

// openedBytes is what Open and Verify say of a file with these bytes, at the path "b".
func openedBytes(text []byte, keys ...PublicKey) error {
	b := &Bundle{file: bytes.NewReader(text), path: "b"}
	if err := b.check(int64(len(text))); err != nil {
		return b.fault(err)
	}
	return b.Verify(keys...)
}
