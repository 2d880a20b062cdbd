package evidence

import (
	"errors"
	"io"
	"iter"
	"time"
)

// Call is what the ledger says of a call: it stays in a redacted copy.
type Call struct {
	Line      int // of ledger.ndjson, from 1
	Account   string
	Region    string
	Operation string // service:Operation
	Status    int
	RequestID string
	Date      string // AWS's clock, as the header Date gives it
	Start     time.Time
}

// Calls are those of the ledger in its order, without those for credentials.
func (b *Bundle) Calls() iter.Seq2[Call, error] {
	return func(yield func(Call, error) bool) {
		in := b.lines(ledgerEntry)
		for {
			text, err := in.next()
			if errors.Is(err, io.EOF) {
				return
			}
			var c call
			if err == nil {
				err = decode(text, &c)
			}
			if err != nil {
				yield(Call{}, b.fault(err))
				return
			}
			if c.Input == "" {
				continue
			}
			if !yield(Call{in.n, c.Account, c.Region, c.Operation, c.Status, c.RequestID, c.Date, c.Start}, nil) {
				return
			}
		}
	}
}
