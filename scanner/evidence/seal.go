package evidence

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/secure-systems-lab/go-securesystemslib/dsse"
)

// Source: in-toto Attestation Framework, Statement v1 and its DSSE envelope.
const (
	statementType = "https://in-toto.io/Statement/v1"
	payloadType   = "application/vnd.in-toto+json"
)

// statement is what a signature says: these entries, with these digests.
type statement[P any] struct {
	Type          string    `json:"_type"`
	Subject       []subject `json:"subject"`
	PredicateType string    `json:"predicateType"`
	Predicate     P         `json:"predicate"`
}

type subject struct {
	Name   string       `json:"name"`
	Digest sha256Digest `json:"digest"`
}

type sha256Digest struct {
	SHA256 string `json:"sha256"`
}

// sealing is the predicate of a seal.
type sealing struct {
	Format string    `json:"format"`
	Scan   string    `json:"scan_id"`
	Sealed time.Time `json:"sealed"` // by the clock of whoever sealed
}

// envelope is a signed statement as an entry holds it.
type envelope struct {
	where   string
	dsse    dsse.Envelope
	payload []byte
}

func signed[P any](ctx context.Context, where string, s statement[P], keys []Key) (envelope, error) {
	payload, err := canonical(s)
	if err != nil {
		return envelope{}, err
	}
	e := envelope{where: where, payload: payload, dsse: dsse.Envelope{
		PayloadType: payloadType, Payload: base64.StdEncoding.EncodeToString(payload), Signatures: []dsse.Signature{},
	}}
	for _, k := range keys {
		if err := e.sign(ctx, k); err != nil {
			return envelope{}, err
		}
	}
	return e, nil
}

// sign adds a signature over what is sealed already.
func (e *envelope) sign(ctx context.Context, k Key) error {
	signer, err := dsse.NewEnvelopeSigner(k)
	if err != nil {
		return err
	}
	more, err := signer.SignPayload(ctx, e.dsse.PayloadType, e.payload)
	if err != nil {
		return err
	}
	for _, s := range more.Signatures {
		if slices.ContainsFunc(e.dsse.Signatures, func(old dsse.Signature) bool { return old.KeyID == s.KeyID }) {
			return fmt.Errorf("the key %s has signed already", s.KeyID)
		}
		e.dsse.Signatures = append(e.dsse.Signatures, s)
	}
	return nil
}

func (e envelope) text() ([]byte, error) {
	text, err := canonical(e.dsse)
	return append(text, '\n'), err
}

// maxEnvelope is far more than a statement and a hundred signatures need.
const maxEnvelope = 1 << 20

// readEnvelope takes an envelope apart, strictly, and gives its statement.
func readEnvelope[P any](where string, text []byte, predicateType string) (envelope, statement[P], error) {
	e, s := envelope{where: where}, statement[P]{}
	if len(text) == 0 || len(text) > maxEnvelope || text[len(text)-1] != '\n' {
		return e, s, wrong(where, "is cut off or too long")
	}
	if err := decode(text[:len(text)-1], &e.dsse); err != nil {
		return e, s, wrong(where, "%v", err)
	}
	var err error
	if e.payload, err = strictBase64(e.dsse.Payload); err != nil || e.dsse.PayloadType != payloadType {
		return e, s, wrong(where, "its payload is no in-toto statement")
	}
	if err := decode(e.payload, &s); err != nil {
		return e, s, wrong(where, "its statement %v", err)
	}
	if s.Type != statementType || s.PredicateType != predicateType {
		return e, s, wrong(where, "states %q of type %q, want %q", s.PredicateType, s.Type, predicateType)
	}
	if len(e.dsse.Signatures) == 0 {
		return e, s, wrong(where, "is not signed")
	}
	seen := map[string]bool{}
	for _, sig := range e.dsse.Signatures {
		if raw, err := strictBase64(sig.Sig); err != nil || len(raw) == 0 || seen[sig.KeyID] {
			return e, s, wrong(where, "the signature of key %q is damaged or stands there twice", sig.KeyID)
		}
		seen[sig.KeyID] = true
	}
	return e, s, nil
}

// strictBase64 refuses what decodes to the same bytes but is written otherwise.
func strictBase64(text string) ([]byte, error) {
	raw, err := base64.StdEncoding.Strict().DecodeString(text)
	if err == nil && base64.StdEncoding.EncodeToString(raw) != text {
		err = base64.CorruptInputError(0)
	}
	return raw, err
}

// verify checks every signature, each by one of the keys. A signature by a key that was
// not given is a fault too: nobody could tell whether it was changed.
func (e envelope) verify(keys []PublicKey) error {
	pae := dsse.PAE(e.dsse.PayloadType, e.payload)
	for _, sig := range e.dsse.Signatures {
		i := slices.IndexFunc(keys, func(k PublicKey) bool { return k.KeyID() == sig.KeyID })
		if i < 0 {
			return wrong(e.where, "is signed by the key %q, which was not given: give its public key, if you trust it", sig.KeyID)
		}
		raw, err := strictBase64(sig.Sig)
		if err != nil || !keys[i].signed(pae, raw) {
			return wrong(e.where, "the signature of key %q is not over this statement: one of them was changed", sig.KeyID)
		}
	}
	return nil
}

// keyIDs are those of the signatures, in their order.
func (e envelope) keyIDs() []string {
	var out []string
	for _, s := range e.dsse.Signatures {
		out = append(out, s.KeyID)
	}
	return out
}

// subjectsOf are the digests of the named entries.
func subjectsOf(entries []entry, names []string) ([]subject, error) {
	var out []subject
	for _, e := range entries {
		if !slices.Contains(names, e.name) {
			continue
		}
		h := sha256.New()
		if _, err := io.Copy(h, e.open()); err != nil {
			return nil, err
		}
		out = append(out, subject{e.name, sha256Digest{hex.EncodeToString(h.Sum(nil))}})
	}
	return out, nil
}
