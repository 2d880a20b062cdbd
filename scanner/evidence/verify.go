package evidence

import "slices"

// Verify checks the signatures of an opened bundle by the keys: each signature must be
// by one of them, and each of them must have signed.
func (b *Bundle) Verify(keys ...PublicKey) error {
	if err := b.seal.verify(keys); err != nil {
		return b.fault(err)
	}
	for _, e := range b.stamps {
		if err := e.verify(keys); err != nil {
			return b.fault(err)
		}
	}
	if b.redaction != nil {
		if err := b.redaction.verify(keys); err != nil {
			return b.fault(err)
		}
	}
	by := append(b.Signers(), b.RedactedBy()...)
	for _, k := range keys {
		if !slices.Contains(by, k.KeyID()) {
			return b.fault(wrong(sealEntry, "is not signed by the given key %s", k.KeyID()))
		}
	}
	return nil
}

// Signers are the ids of the keys whose signatures the seal carries, in their order.
// Without Verify they are only what the file says.
func (b *Bundle) Signers() []string { return b.seal.keyIDs() }

// RedactedBy are the ids of the keys that signed the redaction; none where nothing was
// taken out.
func (b *Bundle) RedactedBy() []string {
	if b.redaction == nil {
		return nil
	}
	return b.redaction.keyIDs()
}
