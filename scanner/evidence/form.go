package evidence

import (
	"bytes"
	"encoding/json"
	"errors"
	"time"
	"unicode/utf8"

	"onus/scanner/wire"
)

// Scan is scan.json: what the bundle is of. It holds nothing that a redacted copy would
// have to withhold. Write fills the members after Interrupted.
type Scan struct {
	Format      string    `json:"format"`
	ID          string    `json:"id"`
	AsOf        time.Time `json:"as_of"`
	Started     time.Time `json:"started"`
	Finished    time.Time `json:"finished"`
	Tool        Tool      `json:"tool"`
	Catalogue   string    `json:"catalogue_digest"`
	Frameworks  string    `json:"frameworks_digest"`
	Policy      string    `json:"policy_digest"` // "" where none was given
	Accounts    []string  `json:"accounts"`
	Regions     []string  `json:"regions"` // those that are enabled in an account
	Planned     int       `json:"planned"` // operations × places
	Read        int       `json:"read"`    // of these, read to their end
	Interrupted string    `json:"interrupted"`

	Question  string `json:"question"` // commitment
	Calls     int    `json:"calls"`
	Exchanges int    `json:"exchanges"`
	Lines     int    `json:"result_lines"`
	Findings  int    `json:"findings"`
}

// Tool says what recorded and judged.
type Tool struct {
	Version string   `json:"version"`
	Commit  string   `json:"commit"`
	Go      string   `json:"go"`
	Modules []Module `json:"modules"`
}

// Module is one that the tool was built from, with its checksum as in go.sum.
type Module struct {
	Path    string `json:"path"`
	Version string `json:"version"`
	Sum     string `json:"sum"`
}

// Entries that are held as values are bounded: as values they take many times their size.
const (
	maxScan     = 1 << 20
	maxQuestion = 4 << 20
)

// question is what was asked and by which policy it was judged.
type question struct {
	Salt    string  `json:"salt"`
	Options options `json:"options"`
	Policy  string  `json:"policy"` // the file's text
}

// options are any JSON, with members sorted by name and numbers as they are written.
type options struct{ value any }

// UnmarshalJSON keeps the digits of numbers.
func (o *options) UnmarshalJSON(text []byte) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	return d.Decode(&o.value)
}

// MarshalJSON sorts the members.
func (o options) MarshalJSON() ([]byte, error) { return canonical(o.value) }

// call is a line of the ledger. One for credentials has no input and no exchange.
type call struct {
	N         int           `json:"n"`    // from 1
	Prev      string        `json:"prev"` // SHA-256 of the line before; of nothing for the first
	Account   string        `json:"account"`
	Region    string        `json:"region"`
	Operation string        `json:"operation"`
	Round     int           `json:"round"`
	Status    int           `json:"status"`
	Attempts  int           `json:"attempts"`
	Start     time.Time     `json:"start"`
	Latency   time.Duration `json:"latency_ns"`
	RequestID string        `json:"request_id"`
	Date      string        `json:"date"` // AWS's own clock: the header Date
	Input     string        `json:"input,omitempty"`
	Exchange  string        `json:"exchange,omitempty"`
}

func (c call) key(input string) wire.Key {
	return wire.Key{Account: c.Account, Region: c.Region, Operation: c.Operation, Input: input, Round: c.Round}
}

// input is what a call asked. Its id follows from the ledger's line and the input.
type input struct {
	Salt  string `json:"salt"`
	ID    string `json:"id"`
	Input string `json:"input"` // canonical
}

// exchange is what came back.
type exchange struct {
	Salt    string              `json:"salt"`
	Status  int                 `json:"status"`
	Class   string              `json:"class,omitempty"`
	Headers map[string][]string `json:"headers,omitempty"`
	Body    *string             `json:"body,omitempty"`
	Bytes   []byte              `json:"body_base64,omitempty"` // where it is no text
}

func exchangeOf(salt string, e wire.Exchange) exchange {
	out := exchange{Salt: salt, Status: e.Status, Class: e.Class, Headers: e.Headers}
	if len(e.Body) > 0 && !utf8.Valid(e.Body) {
		out.Bytes = e.Body
	} else if len(e.Body) > 0 {
		text := string(e.Body)
		out.Body = &text
	}
	return out
}

func (e exchange) wire() wire.Exchange {
	out := wire.Exchange{Status: e.Status, Class: e.Class, Headers: e.Headers, Body: e.Bytes}
	if e.Body != nil {
		out.Body = []byte(*e.Body)
	}
	return out
}

// requestID is AWS's own name of a call, under whichever header the service gives it.
// Source: AWS SDK for Go v2, aws/middleware, which reads the same two headers.
func requestID(e wire.Exchange) string {
	if id := e.Headers["X-Amzn-Requestid"]; len(id) > 0 {
		return id[0]
	}
	if id := e.Headers["X-Amz-Request-Id"]; len(id) > 0 {
		return id[0]
	}
	return ""
}

func date(e wire.Exchange) string {
	if d := e.Headers["Date"]; len(d) > 0 {
		return d[0]
	}
	return ""
}

// indexed is a line of the index: the commitment to one line of the result and, where
// that line is a finding, what a redacted copy still says of it.
type indexed struct {
	Digest string `json:"digest"`
	*Verdict
}

// Verdict is what everybody may know of a finding.
type Verdict struct {
	Check    string `json:"check"`
	Status   string `json:"status"`
	Severity string `json:"severity"`
	Account  string `json:"account"`
	Region   string `json:"region"`
}

// canonical is the one way in which a value is written.
func canonical(v any) ([]byte, error) { return new(canonicalText).of(v) }

// canonicalText writes values in the one way, each over the one before.
type canonicalText struct {
	text bytes.Buffer
	json *json.Encoder
}

func (c *canonicalText) of(v any) ([]byte, error) {
	if c.json == nil {
		c.json = json.NewEncoder(&c.text)
		c.json.SetEscapeHTML(false)
	}
	c.text.Reset()
	if err := c.json.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(c.text.Bytes(), []byte("\n")), nil
}

// decode reads a value and refuses every other way to write it: a member that is not
// known or stands twice, spaces, another order, something after its end.
func decode(text []byte, v any) error { return new(canonicalText).decode(text, v) }

func (c *canonicalText) decode(text []byte, v any) error {
	if err := json.Unmarshal(text, v); err != nil {
		return errors.New("is no JSON of the form that stands here")
	}
	again, err := c.of(v)
	if err != nil {
		return err
	}
	if !bytes.Equal(again, text) {
		return errors.New("is not written in the one way that the format allows")
	}
	return nil
}
