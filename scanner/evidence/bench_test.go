package evidence

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"onus/scanner/wire"
)

// BenchmarkVerify verifies 50,000 recorded calls of 3 kB each. MB/op is what the
// process holds of the heap afterwards, garbage included.
func BenchmarkVerify(b *testing.B) {
	dir := b.TempDir()
	key, err := NewKey(filepath.Join(dir, "k"))
	must(b, err)
	path := filepath.Join(dir, "large.onus")
	must(b, besides(path, dir, func(s *spool) ([]entry, error) { return large(s, 50_000, key) }))
	for b.Loop() {
		must(b, opened(path, key.Public()))
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	b.ReportMetric(float64(m.HeapSys)/1e6, "MB/op")
}

// large writes the entries of a bundle with n calls.
func large(s *spool, n int, key Key) ([]entry, error) {
	body := "<R>" + strings.Repeat("<item><id>vol-0123456789</id><encrypted>true</encrypted></item>\n", 45) + "</R>"
	scan, prev := Scan{Format: Format, ID: "large", Calls: n, Exchanges: n}, digest(nil)
	for i := range n {
		k := wire.Key{Account: "111122223333", Region: "eu-west-1", Operation: "ec2:DescribeVolumes", Input: fmt.Sprintf(`{"NextToken":"%d"}`, i)}
		id := fmt.Sprint("r-", i)
		e := wire.Exchange{Status: 200, Headers: map[string][]string{"X-Amzn-Requestid": {id}}, Body: []byte(body)}
		c := call{N: i + 1, Prev: prev, Account: k.Account, Region: k.Region, Operation: k.Operation, Status: 200, Attempts: 1, Start: start, Latency: time.Millisecond, RequestID: id}
		var err error
		if c.Input, err = s.line(inputsEntry, input{newSalt(), k.ID(), k.Input}); err != nil {
			return nil, err
		}
		if c.Exchange, err = s.line(exchangesEntry, exchangeOf(newSalt(), e)); err != nil {
			return nil, err
		}
		if prev, err = s.line(ledgerEntry, c); err != nil {
			return nil, err
		}
	}
	var err error
	if scan.Question, err = s.line(questionEntry, question{Salt: newSalt()}); err != nil {
		return nil, err
	}
	if err := s.lined(&scan, []string{`  "findings": [`, "  ]"}, nil); err != nil {
		return nil, err
	}
	if err := s.object(scanEntry, scan); err != nil {
		return nil, err
	}
	if _, err := s.seal(context.Background(), sealing{Format, scan.ID, sealed}, []Key{key}); err != nil {
		return nil, err
	}
	return s.entries()
}

// What Open takes of memory must not follow the size of one kind of entry alone: a file
// of nothing but one line is no reason to hold it many times.
func TestOpenHoldsNoMoreThanTheFileSuggests(t *testing.T) {
	path, _ := newBundle(t)
	big := putTogether(t, change(takeApart(t, path), exchangesEntry, func([]byte) []byte { return bytes.Repeat([]byte("x"), 32<<20) }))
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	refused(t, "one long line", big, opened(big), "exchanges.ndjson line 1", "cut off")
	runtime.ReadMemStats(&after)
	if got := after.TotalAlloc - before.TotalAlloc; got > 6*32<<20 {
		t.Errorf("%d MB were allocated for a file of 32 MB", got>>20)
	}
}
