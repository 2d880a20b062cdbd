package evidence

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"io"
	"slices"

	"github.com/secure-systems-lab/go-securesystemslib/dsse"

	"onus/scanner/evidence/stamp"
)

// TimestampType is the type of the statement by which a signer says which time-stamp
// token is that of its signature.
const TimestampType = "urn:onus:timestamp:v1"

// Stamper has an authority stamp a signature and gives its token (RFC 3161).
type Stamper func(ctx context.Context, signature []byte) (token []byte, err error)

// Stamp is a time stamp of one of the seal's signatures: that signature existed then.
type Stamp struct {
	KeyID string
	Token stamp.Token
}

// stampLine is a line of timestamps.ndjson. The signer's statement is over the token, so
// that no bit of it is free: much of a token is not covered by its own signature.
type stampLine struct {
	Token     []byte        `json:"token"`
	Statement dsse.Envelope `json:"statement"`
}

type stamping struct {
	Scan  string `json:"scan_id"`
	KeyID string `json:"keyid"`
}

// stamped has each of the signatures that the keys made stamped, and gives the line for
// each key.
func (e envelope) stamped(ctx context.Context, scan string, ask Stamper, keys []Key) (map[string][]byte, error) {
	lines := map[string][]byte{}
	for _, sig := range e.dsse.Signatures {
		i := slices.IndexFunc(keys, func(k Key) bool { return k.Public().KeyID() == sig.KeyID })
		if i < 0 {
			continue
		}
		raw, err := strictBase64(sig.Sig)
		if err != nil {
			return nil, err
		}
		token, err := ask(ctx, raw)
		if err != nil {
			return nil, err
		}
		if t, err := stamp.Read(token); err != nil || !t.Covers(raw) {
			return nil, errors.Join(errors.New("the time stamp is not one of the signature"), err)
		}
		s := statement[stamping]{statementType, stampSubjects(token, raw), TimestampType, stamping{scan, sig.KeyID}}
		signed, err := signed(ctx, stampsEntry, s, keys[i:i+1])
		if err != nil {
			return nil, err
		}
		line, err := canonical(stampLine{token, signed.dsse})
		if err != nil {
			return nil, err
		}
		lines[sig.KeyID] = append(line, '\n')
	}
	return lines, nil
}

// stampsEntry are the lines for its signatures, in their order.
func (e envelope) stampsEntry(lines map[string][]byte) entry {
	var text []byte
	for _, sig := range e.dsse.Signatures {
		text = append(text, lines[sig.KeyID]...)
	}
	return inMemory(stampsEntry, text)
}

func stampSubjects(token, signature []byte) []subject {
	return []subject{{"token", sha256Digest{digest(token)}}, {"signature", sha256Digest{digest(signature)}}}
}

// checkStamps reads the time stamps and holds them against the seal's signatures.
func (b *Bundle) checkStamps() error {
	if !b.has(stampsEntry) {
		return nil
	}
	in, last := b.lines(stampsEntry), -1
	for {
		text, err := in.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if len(text) > maxEnvelope {
			return in.wrong("is too long")
		}
		var line stampLine
		if err := decode(text, &line); err != nil {
			return in.wrong("%v", err)
		}
		copied := append(bytes.Clone(text), '\n')
		i, e, err := b.checkStamp(in, line)
		if err != nil {
			return err
		}
		if i <= last {
			return in.wrong("does not stand in the order of the signatures, or stamps one twice")
		}
		last = i
		b.stamps = append(b.stamps, e)
		b.stampLines[b.Stamps[len(b.Stamps)-1].KeyID] = copied
	}
	if last < 0 {
		return wrong(stampsEntry, "holds no time stamp")
	}
	return nil
}

// checkStamp checks one time stamp and gives the number of its signature.
func (b *Bundle) checkStamp(in *lines, line stampLine) (int, envelope, error) {
	where := lineName(in.name, in.n)
	again, err := canonical(line.Statement)
	if err != nil {
		return 0, envelope{}, err
	}
	e, s, err := readEnvelope[stamping](where, append(again, '\n'), TimestampType)
	if err != nil {
		return 0, e, err
	}
	i := slices.IndexFunc(b.seal.dsse.Signatures, func(sig dsse.Signature) bool { return sig.KeyID == s.Predicate.KeyID })
	if i < 0 || s.Predicate.Scan != b.Scan.ID || len(e.dsse.Signatures) != 1 || e.dsse.Signatures[0].KeyID != s.Predicate.KeyID {
		return 0, e, wrong(where, "is of no signature on this seal, or is not stated by its signer")
	}
	signature, err := strictBase64(b.seal.dsse.Signatures[i].Sig)
	if err != nil || !slices.Equal(s.Subject, stampSubjects(line.Token, signature)) {
		return 0, e, wrong(where, "its statement is of another token or signature")
	}
	t, err := stamp.Read(line.Token)
	if err != nil {
		return 0, e, wrong(where, "its token %v", err)
	}
	if !t.Covers(signature) {
		return 0, e, wrong(where, "its token is of another signature")
	}
	b.Stamps = append(b.Stamps, Stamp{s.Predicate.KeyID, t})
	return i, e, nil
}

// Trusted checks that every time stamp is by an authority that one of the roots vouches
// for, and that there is one.
func (b *Bundle) Trusted(roots *x509.CertPool) error {
	if len(b.Stamps) == 0 {
		return b.fault(wrong("", "carries no time stamp"))
	}
	for i, s := range b.Stamps {
		if err := s.Token.Trusted(roots); err != nil {
			return b.fault(wrong(lineName(stampsEntry, i+1), "%v", err))
		}
	}
	return nil
}
