package collect

import (
	"onus/scanner/redact"
	"onus/scanner/snapshot"
	"onus/scanner/wire"
)

// FreeText reads the marker that the transport has put in the place of a text. Anything
// else is not kept, not even in the error.
func FreeText(value string) (snapshot.FreeText, error) {
	m, ok := redact.ParseMarker(value)
	if !ok {
		return snapshot.FreeText{}, &wire.MalformedError{What: "user data came without being redacted"}
	}
	out := snapshot.FreeText{Length: m.Length, Undecoded: m.Undecoded}
	for _, d := range m.Detections {
		out.Detections = append(out.Detections, snapshot.Detection{Rule: d.Rule, Line: d.Line, Masked: d.Masked, Entropy: d.Entropy})
	}
	return out, nil
}

// Listed reads a text that came with a list, by an operation in a place; nil and "" are
// no text.
func Listed(op string, at snapshot.Location, value *string) snapshot.Read[snapshot.FreeText] {
	if value == nil || *value == "" {
		return snapshot.Value(snapshot.FreeText{})
	}
	text, err := FreeText(*value)
	if err != nil {
		return snapshot.Missing[snapshot.FreeText](Why(op, at, err))
	}
	return snapshot.Value(text)
}
