package evidence

import "time"

// RedactionType is the type of the statement that a redacted copy carries beside its seal.
const RedactionType = "urn:onus:redaction:v1"

// Redaction says what was taken out of a bundle, and when.
type Redaction struct {
	Scan     string    `json:"scan_id"`
	Redacted time.Time `json:"redacted"`
	Withheld Withheld  `json:"withheld"`
}

// Withheld counts what was taken out.
type Withheld struct {
	Question  int `json:"question"` // 1: options and policy
	Inputs    int `json:"inputs"`
	Exchanges int `json:"exchanges"`
	Lines     int `json:"result_lines"`
}

// redactedEntries are those whose digests a redaction states: what may have lost lines,
// and scan.json, which says what it is a copy of.
var redactedEntries = []string{scanEntry, questionEntry, inputsEntry, exchangesEntry, resultEntry, saltsEntry}

// checkRedaction: a copy that lacks something must carry the statement that says so,
// and one that lacks nothing must not.
func (b *Bundle) checkRedaction() error {
	none := b.withheld == Withheld{}
	if !b.has(redactionEntry) {
		if !none {
			return wrong("", "%+v were taken out, and no %s says so", b.withheld, redactionEntry)
		}
		return nil
	}
	text, err := b.small(redactionEntry, maxEnvelope)
	if err != nil {
		return err
	}
	e, s, err := readEnvelope[Redaction](redactionEntry, text, RedactionType)
	if err != nil {
		return err
	}
	if s.Predicate.Scan != b.Scan.ID || s.Predicate.Withheld != b.withheld || none {
		return wrong(redactionEntry, "says that %+v were taken out of scan %q; it is %+v of scan %q", s.Predicate.Withheld, s.Predicate.Scan, b.withheld, b.Scan.ID)
	}
	b.redaction, b.Redacted = &e, &s.Predicate
	return b.compare(redactionEntry, s.Subject, redactedEntries)
}
