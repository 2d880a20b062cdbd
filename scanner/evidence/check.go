package evidence

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
)

// checkCalls walks the ledger with the inputs and exchanges beside it.
func (b *Bundle) checkCalls() error {
	w := walk{b: b, ledger: b.lines(ledgerEntry), inputs: b.lines(inputsEntry), exchanges: b.lines(exchangesEntry), known: map[[sha256.Size]byte]int{}}
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
		if err := w.form.decode(text, &c); err != nil {
			return w.ledger.wrong("%v", err)
		}
		if c.N != w.ledger.n || c.Prev != prev {
			return w.ledger.wrong("does not follow the line before it")
		}
		sum := sha256.Sum256(text)
		if err := w.call(c, sum); err != nil {
			return err
		}
		prev = hex.EncodeToString(sum[:])
	}
	if n := w.ledger.n - 1; n != b.Scan.Calls || len(b.exchanges) != b.Scan.Exchanges {
		return wrong(ledgerEntry, "holds %d calls and %d exchanges; scan.json says %d and %d", n, len(b.exchanges), b.Scan.Calls, b.Scan.Exchanges)
	}
	return errors.Join(w.inputs.end(), w.exchanges.end())
}

type walk struct {
	b                         *Bundle
	ledger, inputs, exchanges *lines
	known                     map[[sha256.Size]byte]int // commitment → number of the exchange
	same                      []repeated                // by number
	form                      canonicalText
}

// repeated is a digest of what the ledger repeats of an exchange; zero: it was taken out.
type repeated [sha256.Size]byte

func repeatedOf(status int, requestID, date string) repeated {
	return sha256.Sum256(fmt.Appendf(nil, "%d %q %q", status, requestID, date))
}

// call checks one line of the ledger against its input and exchange.
func (w *walk) call(c call, digestOfLine [sha256.Size]byte) error {
	if c.Input == "" && c.Exchange == "" {
		return nil // for credentials: nothing else is kept of it
	}
	commitment, ok := sum(c.Exchange)
	if !ok {
		return w.ledger.wrong("names its exchange by what is no digest")
	}
	i, ok := w.known[commitment]
	if !ok {
		var err error
		if i, err = w.exchange(c); err != nil {
			return err
		}
		w.known[commitment] = i
	}
	if told := w.same[i]; told != (repeated{}) && told != repeatedOf(c.Status, c.RequestID, c.Date) {
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
	if err := w.form.decode(text, &in); err != nil {
		return w.inputs.wrong("%v", err)
	}
	id, ok := sum(in.ID)
	if _, twice := w.b.calls[id]; twice || !ok || in.ID != c.key(in.Input).ID() {
		return w.inputs.wrong("its id is not that of its call, or stands there twice")
	}
	w.b.calls[id] = recorded{w.ledger.here, w.inputs.here, digestOfLine, c.N, i, plainAnswers[c.Operation] && c.Status == http.StatusOK}
	return nil
}

// exchange takes the next exchange, which the call is the first to name.
func (w *walk) exchange(c call) (int, error) {
	text, err := w.exchanges.must()
	if err != nil {
		return 0, err
	}
	i := len(w.same)
	if string(text) == withheld {
		w.b.withheld.Exchanges++
		w.same = append(w.same, repeated{})
		w.b.exchanges = append(w.b.exchanges, span{})
		return i, nil
	}
	if digest(text) != c.Exchange {
		return 0, w.exchanges.wrong("is not the exchange that %s commits to", lineName(ledgerEntry, c.N))
	}
	var e exchange
	if err := w.form.decode(text, &e); err != nil {
		return 0, w.exchanges.wrong("%v", err)
	}
	is := e.wire()
	w.same = append(w.same, repeatedOf(e.Status, requestID(is), date(is)))
	w.b.exchanges = append(w.b.exchanges, w.exchanges.here)
	return i, nil
}

// differs says in what a line of the index is another than follows from the result.
func differs(index *lines, text []byte, result *lines, is indexed, salt []byte, unreadable error) error {
	var said indexed
	if err := decode(text, &said); err != nil {
		return index.wrong("%v", err)
	}
	switch {
	case is.Digest != said.Digest || len(salt) != 64:
		return result.wrong("or its salt is not the one that %s commits to", lineName(indexEntry, index.n))
	case unreadable != nil:
		return result.wrong("%v", unreadable)
	default:
		return index.wrong("says another verdict than the result")
	}
}

// checkResult walks the result with its salts and its index.
func (b *Bundle) checkResult() error {
	result, salts, index := b.lines(resultEntry), b.lines(saltsEntry), b.lines(indexEntry)
	where, findings := section{}, 0
	var whole canonicalText
	for {
		text, err := index.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		line, err := result.must()
		if err != nil {
			return err
		}
		salt, err := salts.must()
		if err != nil {
			return err
		}
		if string(line) == withheld || string(salt) == withheld {
			if string(line) != string(salt) {
				return result.wrong("and its salt were not taken out together")
			}
			where.withheld()
			var want indexed
			if err := decode(text, &want); err != nil {
				return index.wrong("%v", err)
			}
			if want.Verdict != nil {
				findings++
			}
			b.withheld.Lines++
			continue
		}
		verdict, unreadable := where.verdict(line)
		is := indexed{commitment(string(salt), line), verdict}
		if verdict != nil {
			findings++
		}
		// A million lines are compared as they would be written; reading them takes longer.
		again, err := whole.of(is)
		if err != nil {
			return err
		}
		if unreadable != nil || len(salt) != 64 || !bytes.Equal(again, text) {
			return differs(index, text, result, is, salt, unreadable)
		}
	}
	if n := index.n - 1; n != b.Scan.Lines || findings != b.Scan.Findings {
		return wrong(indexEntry, "holds %d lines and %d findings; scan.json says %d and %d", n, findings, b.Scan.Lines, b.Scan.Findings)
	}
	return errors.Join(result.end(), salts.end(), where.whole())
}
