package evidence

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"strings"

	"onus/scanner/wire"
)

// Get finds the exchange of a call: a Bundle is a wire.Store that can only be read.
func (b *Bundle) Get(id string) (wire.Line, wire.Exchange, bool) {
	r, ok := b.call(id)
	if !ok || b.exchanges[r.exchange].size == 0 {
		return wire.Line{}, wire.Exchange{}, false
	}
	c, err := b.ledgerLine(r)
	if err != nil {
		return wire.Line{}, wire.Exchange{}, false
	}
	var in input
	var e exchange
	if b.again(inputsEntry, r.input, c.Input, &in) != nil || b.again(exchangesEntry, b.exchanges[r.exchange], c.Exchange, &e) != nil {
		return wire.Line{}, wire.Exchange{}, false
	}
	is := e.wire()
	return wire.Line{ID: id, Key: c.key(in.Input), Status: c.Status, Attempts: c.Attempts, Start: c.Start, Latency: c.Latency, Exchange: is.Digest()}, is, true
}

func (b *Bundle) call(id string) (recorded, bool) {
	key, ok := sum(id)
	if !ok {
		return recorded{}, false
	}
	r, ok := b.calls[key]
	return r, ok
}

func (b *Bundle) ledgerLine(r recorded) (c call, err error) {
	err = b.again(ledgerEntry, r.ledger, hex.EncodeToString(r.digest[:]), &c)
	return c, err
}

// again reads a line that was checked before. The file may have been changed meanwhile.
func (b *Bundle) again(name string, at span, want string, v any) error {
	text := make([]byte, at.size)
	if _, err := b.entry(name).open().ReadAt(text, at.at); err != nil {
		return err
	}
	if digest(text) != want {
		return errors.New("was changed")
	}
	return decode(text, v)
}

// Put refuses: a bundle does not grow.
func (b *Bundle) Put(wire.Line, wire.Exchange) error {
	return &Fault{Path: b.path, What: "is a bundle, and nothing is added to it"}
}

// Header is what a replay needs beside the exchanges, as a record says it.
func (b *Bundle) Header() (wire.Header, error) {
	h := wire.Header{Format: wire.RecordFormat, Tool: b.Scan.Tool.Version, Commit: b.Scan.Tool.Commit, ScanID: b.Scan.ID, AsOf: b.Scan.AsOf, Interrupted: b.Scan.Interrupted}
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
	r, ok := b.call(id)
	if !ok {
		return Place{}
	}
	c, err := b.ledgerLine(r)
	if err != nil {
		return Place{}
	}
	return Place{r.n, r.exchange + 1, c.Exchange}
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
