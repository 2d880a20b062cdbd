package evidence

import (
	"errors"
	"io"

	"onus/scanner/wire"
)

// checkCalls walks the ledger with the inputs and exchanges beside it.
func (b *Bundle) checkCalls() error {
	w := walk{b: b, ledger: b.lines(ledgerEntry), inputs: b.lines(inputsEntry), exchanges: b.lines(exchangesEntry), known: map[string]int{}}
	prev := digest(nil)
	for {
		text, err := w.ledger.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		var c call
		if err := decode(text, &c); err != nil {
			return w.ledger.wrong("%v", err)
		}
		if c.N != w.ledger.n || c.Prev != prev {
			return w.ledger.wrong("does not follow the line before it")
		}
		if err := w.call(c); err != nil {
			return err
		}
		prev = digest(text)
	}
	if n := w.ledger.n - 1; n != b.Scan.Calls || len(b.exchanges) != b.Scan.Exchanges {
		return wrong(ledgerEntry, "holds %d calls and %d exchanges; scan.json says %d and %d", n, len(b.exchanges), b.Scan.Calls, b.Scan.Exchanges)
	}
	return errors.Join(w.inputs.end(), w.exchanges.end())
}

type walk struct {
	b                         *Bundle
	ledger, inputs, exchanges *lines
	at                        int64             // in the exchanges
	known                     map[string]int    // commitment → number of the exchange
	same                      []exchangeSummary // by number
}

// exchangeSummary is what the ledger repeats of an exchange.
type exchangeSummary struct {
	withheld        bool
	status          int
	requestID, date string
	digest          string
}

// call checks one line of the ledger against its input and exchange.
func (w *walk) call(c call) error {
	if c.Input == "" && c.Exchange == "" {
		return nil // for credentials: nothing else is kept of it
	}
	i, ok := w.known[c.Exchange]
	if !ok {
		var err error
		if i, err = w.exchange(c); err != nil {
			return err
		}
	}
	e := w.same[i]
	if !e.withheld && (e.status != c.Status || e.requestID != c.RequestID || e.date != c.Date) {
		return w.ledger.wrong("does not say of its exchange what exchanges.ndjson line %d holds", i+1)
	}
	text, err := w.inputs.must()
	if err != nil {
		return err
	}
	if string(text) == withheld {
		w.b.withheld.Inputs++
		return nil
	}
	if digest(text) != c.Input {
		return w.inputs.wrong("is not the input that %s commits to", lineName(ledgerEntry, c.N))
	}
	var in input
	if err := decode(text, &in); err != nil {
		return w.inputs.wrong("%v", err)
	}
	key := c.key(in.Input)
	if _, twice := w.b.calls[in.ID]; twice || in.ID != key.ID() {
		return w.inputs.wrong("its id is not that of its call, or stands there twice")
	}
	w.b.calls[in.ID] = recorded{wire.Line{
		ID: in.ID, Key: key, Status: c.Status, Attempts: c.Attempts, Start: c.Start, Latency: c.Latency, Exchange: e.digest,
	}, c.N, i, c.Exchange}
	return nil
}

// exchange takes the next exchange, which the call is the first to name.
func (w *walk) exchange(c call) (int, error) {
	text, err := w.exchanges.must()
	if err != nil {
		return 0, err
	}
	i := len(w.same)
	w.known[c.Exchange] = i
	here := span{w.at, int64(len(text))}
	w.at += here.size + 1
	if string(text) == withheld {
		w.b.withheld.Exchanges++
		w.same = append(w.same, exchangeSummary{withheld: true})
		w.b.exchanges = append(w.b.exchanges, span{})
		return i, nil
	}
	if digest(text) != c.Exchange {
		return 0, w.exchanges.wrong("is not the exchange that %s commits to", lineName(ledgerEntry, c.N))
	}
	var e exchange
	if err := decode(text, &e); err != nil {
		return 0, w.exchanges.wrong("%v", err)
	}
	is := e.wire()
	w.same = append(w.same, exchangeSummary{status: e.Status, requestID: requestID(is), date: date(is), digest: is.Digest()})
	w.b.exchanges = append(w.b.exchanges, here)
	return i, nil
}

// checkResult walks the result with its salts and its index.
func (b *Bundle) checkResult() error {
	result, salts, index := b.lines(resultEntry), b.lines(saltsEntry), b.lines(indexEntry)
	where, findings := section{}, 0
	for {
		text, err := index.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		var want indexed
		if err := decode(text, &want); err != nil {
			return index.wrong("%v", err)
		}
		if want.Verdict != nil {
			findings++
		}
		line, err := result.must()
		if err != nil {
			return err
		}
		salt, err := salts.must()
		if err != nil {
			return err
		}
		if string(line) == withheld && string(salt) == withheld {
			b.withheld.Lines++
			continue
		}
		if commitment(string(salt), line) != want.Digest || len(salt) != 64 {
			return result.wrong("or its salt is not the one that %s commits to", lineName(indexEntry, index.n))
		}
		got, err := where.verdict(line)
		if err != nil {
			return result.wrong("%v", err)
		}
		if (got == nil) != (want.Verdict == nil) || got != nil && *got != *want.Verdict {
			return index.wrong("says another verdict than the result")
		}
	}
	if n := index.n - 1; n != b.Scan.Lines || findings != b.Scan.Findings {
		return wrong(indexEntry, "holds %d lines and %d findings; scan.json says %d and %d", n, findings, b.Scan.Lines, b.Scan.Findings)
	}
	return errors.Join(result.end(), salts.end())
}
