package evidence

import (
	"encoding/json"
	"errors"
	"io"
	"strings"

	"onus/scanner/wire"
)

// Get finds the exchange of a call: a Bundle is a wire.Store that can only be read.
func (b *Bundle) Get(id string) (wire.Line, wire.Exchange, bool) {
	r, ok := b.calls[id]
	if !ok || b.exchanges[r.exchange].size == 0 {
		return wire.Line{}, wire.Exchange{}, false
	}
	at := b.exchanges[r.exchange]
	text := make([]byte, at.size)
	if _, err := b.entry(exchangesEntry).open().ReadAt(text, at.at); err != nil {
		return wire.Line{}, wire.Exchange{}, false
	}
	var e exchange
	// The file may have been changed since it was opened.
	if err := decode(text, &e); err != nil || e.wire().Digest() != r.line.Exchange {
		return wire.Line{}, wire.Exchange{}, false
	}
	return r.line, e.wire(), true
}

// Put refuses: a bundle does not grow.
func (b *Bundle) Put(wire.Line, wire.Exchange) error {
	return &Fault{Path: b.path, What: "is a bundle, and nothing is added to it"}
}

// Header is what a replay needs beside the exchanges, as a record says it.
func (b *Bundle) Header() (wire.Header, error) {
	h := wire.Header{Format: wire.RecordFormat, Tool: b.Scan.Tool.Version, Commit: b.Scan.Tool.Commit, ScanID: b.Scan.ID, AsOf: b.Scan.AsOf}
	if b.question == nil {
		return h, b.fault(wrong(questionEntry, "was taken out of this redacted copy, so that it cannot be judged again: ask for the whole bundle"))
	}
	var err error
	if h.Options, err = canonical(b.question.Options); err != nil {
		return h, b.fault(err)
	}
	if b.question.Policy != "" {
		if h.Policy, err = json.Marshal(b.question.Policy); err != nil {
			return h, b.fault(err)
		}
	}
	return h, nil
}

// Result is the result document as it was sealed. In a redacted copy lines are missing.
func (b *Bundle) Result() io.Reader { return b.entry(resultEntry).open() }

// Place says where a call stands in a bundle.
type Place struct {
	Ledger   int    // line of ledger.ndjson, from 1
	Exchange int    // line of exchanges.ndjson, from 1
	Digest   string // of that line: what the ledger commits to
}

// Place finds a call; the zero Place: the bundle has no such call, or its input was
// taken out.
func (b *Bundle) Place(id string) Place {
	r, ok := b.calls[id]
	if !ok {
		return Place{}
	}
	return Place{r.n, r.exchange + 1, r.commitment}
}

// Principal is the ARN of who asked, as the result's header names it; "" where that was
// taken out.
func (b *Bundle) Principal() (string, error) {
	const member = `    "principal": `
	in := b.lines(resultEntry)
	for {
		line, err := in.next()
		if errors.Is(err, io.EOF) {
			return "", nil
		}
		if err != nil {
			return "", b.fault(err)
		}
		if text, ok := strings.CutPrefix(string(line), member); ok {
			var arn string
			if err := json.Unmarshal([]byte(strings.TrimSuffix(text, ",")), &arn); err != nil {
				return "", b.fault(in.wrong("is no principal"))
			}
			return arn, nil
		}
	}
}
