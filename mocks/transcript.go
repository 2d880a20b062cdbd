package mocks

import (
	"encoding/json"
	"net/http"
	"strings"

	"onus/scanner/wire"
)

// Transcript is a scan's record: what was asked, and what AWS answered.
type Transcript interface {
	Lines() []wire.Line
	Get(id string) (wire.Line, wire.Exchange, bool)
}

// Replay answers from a transcript, before any script: a request gets the exchange of
// the same operation and input, in its Region where that was asked in several. The
// rounds of a poll come in their order, the last of them again and again.
func (s *Server) Replay(t Transcript) {
	asked := map[string][]wire.Line{}
	for _, l := range t.Lines() {
		key := l.Operation + " " + folded(l.Input)
		asked[key] = append(asked[key], l)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.transcript, s.recorded, s.rounds = t, asked, map[string]int{}
}

// replayed is the exchange of a request; false where the transcript lacks it.
func (s *Server) replayed(r *Request) (wire.Exchange, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.transcript == nil {
		return wire.Exchange{}, false
	}
	input, err := wire.Canonical(r.Input)
	if err != nil { // decoded values all have a JSON form
		return wire.Exchange{}, false
	}
	key := r.Operation + " " + folded(input)
	lines := s.recorded[key]
	here := inRegion(lines, r.Region)
	if len(here) == 0 && len(lines) > 0 {
		here = inRegion(lines, lines[0].Region) // a global service's credential scope names its own Region
	}
	round := s.rounds[key+" "+r.Region]
	for _, l := range here {
		if l.Round == min(round, len(here)-1) {
			s.rounds[key+" "+r.Region]++
			_, e, ok := s.transcript.Get(l.ID)
			return e, ok
		}
	}
	return wire.Exchange{}, false
}

// folded is a canonical input whose names all begin with a small letter: where AWS's do,
// those of the SDK, which a record has, begin with a capital.
func folded(input string) string {
	var v any
	if json.Unmarshal([]byte(input), &v) != nil {
		return input
	}
	text, err := json.Marshal(fold(v))
	if err != nil { // it was JSON
		return input
	}
	return string(text)
}

func fold(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for name, inner := range v {
			out[strings.ToLower(name[:min(1, len(name))])+name[min(1, len(name)):]] = fold(inner)
		}
		return out
	case []any:
		for i := range v {
			v[i] = fold(v[i])
		}
	}
	return v
}

func inRegion(lines []wire.Line, region string) (out []wire.Line) {
	for _, l := range lines {
		if l.Region == region {
			out = append(out, l)
		}
	}
	return out
}

// sendRecorded sends an exchange as it was recorded; one without an answer ends the
// connection.
func (s *Server) sendRecorded(w http.ResponseWriter, entry int, e wire.Exchange, method string) {
	if e.Status == 0 {
		reset(w)
		return
	}
	header := http.Header{}
	for name, values := range e.Headers {
		if !strings.EqualFold(name, "Content-Length") {
			header[name] = values
		}
	}
	s.send(w, entry, response{status: e.Status, header: header, body: e.Body}, method)
}
