package evidence

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	_ "crypto/sha256" // for crypto.Hash
	_ "crypto/sha512" // likewise
	"crypto/x509"
	"encoding/asn1"
	"encoding/hex"
	"errors"
	"fmt"
	"math/big"
)

// Key signs bundles. It holds a private key, or asks somebody who does: see Remote.
type Key struct {
	public PublicKey
	sign   func(ctx context.Context, text []byte) ([]byte, error)
}

// PublicKey verifies what a Key signed. Each kind of key signs in one way:
//
//	Ed25519             RFC 8032
//	ECDSA P-256, -384, -521   over SHA-256, -384, -512, in ASN.1, with the smaller of the two s
//	RSA, 2048 to 8192 bits    PSS over SHA-256, with MGF1 over SHA-256 and a salt of 32 bytes
//
// Of the two s that ECDSA allows only one counts, so that nobody can turn a signature
// into another one that is right too.
type PublicKey struct{ public crypto.PublicKey }

// PublicKeyOf is a public key as crypto/x509 gives it. The error says why evidence
// cannot be signed by its kind.
func PublicKeyOf(public crypto.PublicKey) (PublicKey, error) {
	switch k := public.(type) {
	case ed25519.PublicKey:
		return PublicKey{k}, nil
	case *ecdsa.PublicKey:
		if hashOf(k.Curve) != 0 {
			return PublicKey{k}, nil
		}
		return PublicKey{}, fmt.Errorf("is an ECDSA key on the curve %s, want P-256, P-384 or P-521", k.Curve.Params().Name)
	case *rsa.PublicKey:
		if n := k.N.BitLen(); n >= 2048 && n <= 8192 {
			return PublicKey{k}, nil
		}
		return PublicKey{}, fmt.Errorf("is an RSA key of %d bits, want 2048 to 8192", k.N.BitLen())
	}
	return PublicKey{}, errors.New("is of a kind that signs no evidence: want Ed25519, ECDSA or RSA")
}

// hashOf is the hash that goes with a curve; 0 for a curve that is not used.
func hashOf(c elliptic.Curve) crypto.Hash {
	return map[elliptic.Curve]crypto.Hash{elliptic.P256(): crypto.SHA256, elliptic.P384(): crypto.SHA384, elliptic.P521(): crypto.SHA512}[c]
}

// Kind names the kind of key.
func (k PublicKey) Kind() string {
	switch p := k.public.(type) {
	case *ecdsa.PublicKey:
		return "ECDSA " + p.Curve.Params().Name
	case *rsa.PublicKey:
		return fmt.Sprintf("RSA %d", p.N.BitLen())
	}
	return "Ed25519"
}

// DER is the key's SubjectPublicKeyInfo (RFC 5280).
func (k PublicKey) DER() []byte {
	der, err := x509.MarshalPKIXPublicKey(k.public)
	if err != nil {
		panic(err) // never: PublicKeyOf lets through what x509 can write
	}
	return der
}

// KeyID is the name of a key in a seal: "SHA256:" and the SHA-256 of DER in hexadecimal.
func (k PublicKey) KeyID() string {
	sum := sha256.Sum256(k.DER())
	return "SHA256:" + hex.EncodeToString(sum[:])
}

var pss = &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: crypto.SHA256}

// digest is what is signed of a text, and by which hash; 0: the text itself.
func (k PublicKey) digest(text []byte) ([]byte, crypto.SignerOpts) {
	hash, opts := crypto.SHA256, crypto.SignerOpts(pss)
	switch p := k.public.(type) {
	case ed25519.PublicKey:
		return text, crypto.Hash(0)
	case *ecdsa.PublicKey:
		hash = hashOf(p.Curve)
		opts = hash
	}
	h := hash.New()
	h.Write(text)
	return h.Sum(nil), opts
}

// signed says that a signature over the text is by the key, and written in the one way.
func (k PublicKey) signed(text, signature []byte) bool {
	digest, _ := k.digest(text)
	switch p := k.public.(type) {
	case ed25519.PublicKey:
		return ed25519.Verify(p, digest, signature)
	case *ecdsa.PublicKey:
		same, err := smaller(p.Curve, signature)
		return err == nil && string(same) == string(signature) && ecdsa.VerifyASN1(p, digest, signature)
	case *rsa.PublicKey:
		return rsa.VerifyPSS(p, crypto.SHA256, digest, signature, pss) == nil
	}
	return false
}

// smaller is an ECDSA signature with the smaller of its two possible s, in DER.
func smaller(c elliptic.Curve, signature []byte) ([]byte, error) {
	var sig struct{ R, S *big.Int }
	if rest, err := asn1.Unmarshal(signature, &sig); err != nil || len(rest) > 0 {
		return nil, errors.New("is no ECDSA signature")
	}
	if other := new(big.Int).Sub(c.Params().N, sig.S); other.Cmp(sig.S) < 0 {
		sig.S = other
	}
	return asn1.Marshal(sig)
}

// KeyOf is a key whose private half is at hand.
func KeyOf(private crypto.Signer) (Key, error) {
	public, err := PublicKeyOf(private.Public())
	if err != nil {
		return Key{}, err
	}
	return Remote(public, func(_ context.Context, text []byte) ([]byte, error) {
		digest, opts := public.digest(text)
		return private.Sign(rand.Reader, digest, opts)
	}), nil
}

// Remote is a key whose private half is elsewhere. sign gives its signature over the
// text, in the way of the public key; of ECDSA either s will do.
func Remote(public PublicKey, sign func(ctx context.Context, text []byte) ([]byte, error)) Key {
	return Key{public, sign}
}

// Public is the half of the key that others may have.
func (k Key) Public() PublicKey { return k.public }

// KeyID is that of the public key.
func (k Key) KeyID() (string, error) { return k.public.KeyID(), nil }

// Sign signs text: with KeyID it makes a Key a signer of DSSE envelopes. What it gives
// was verified.
func (k Key) Sign(ctx context.Context, text []byte) ([]byte, error) {
	signature, err := k.sign(ctx, text)
	if err != nil {
		return nil, err
	}
	if p, ok := k.public.public.(*ecdsa.PublicKey); ok {
		if signature, err = smaller(p.Curve, signature); err != nil {
			return nil, fmt.Errorf("the signature by the key %s %w", k.public.KeyID(), err)
		}
	}
	if !k.public.signed(text, signature) {
		return nil, fmt.Errorf("what signs for the key %s gave a signature that is not by it", k.public.KeyID())
	}
	return signature, nil
}
