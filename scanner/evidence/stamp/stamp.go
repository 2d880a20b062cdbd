// Package stamp asks a time-stamp authority for tokens (RFC 3161) and reads them: that
// something existed by a time, by the clock of somebody who has no part in it. It leaves
// to its callers what is stamped, and whom they trust.
package stamp

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	_ "crypto/sha512" // for crypto.Hash
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"
	"time"

	"github.com/digitorus/pkcs7"
	"github.com/digitorus/timestamp"
)

// Token is what an authority says of a digest, signed by the key of the certificate that
// it brings along. Whether that certificate is the authority's, Trusted says.
type Token struct {
	Time     time.Time
	Accuracy time.Duration // to either side; 0: not stated
	Serial   string
	Subject  string // of the signer's certificate

	imprint []byte   // SHA-256
	nonce   *big.Int // of whoever asked; nil: none
	signer  *x509.Certificate
	others  []*x509.Certificate
}

// Source: RFC 3161, sections 2.3 and 2.4; RFC 2634, section 5.4; RFC 5035; RFC 5652,
// section 11.1.
var (
	contentTypeOID   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 3}
	tstInfoOID       = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 1, 4}
	signingCertOID   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 12}
	signingCertV2OID = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 47}
	extKeyUsageOID   = asn1.ObjectIdentifier{2, 5, 29, 37}
)

// hashes are those by which a token may be signed.
var hashes = map[string]crypto.Hash{
	pkcs7.OIDDigestAlgorithmSHA256.String(): crypto.SHA256, pkcs7.OIDDigestAlgorithmSHA384.String(): crypto.SHA384, pkcs7.OIDDigestAlgorithmSHA512.String(): crypto.SHA512,
}

// MaxToken is far more than a token with a chain of certificates takes.
const MaxToken = 1 << 18

// Read reads a token in DER and checks all that it says of itself: its signature, that
// the signer's certificate is the one it was signed for and is for time-stamping alone,
// and that it was valid at that time.
func Read(token []byte) (t Token, err error) {
	if len(token) > MaxToken {
		return t, errors.New("is larger than a time stamp can be")
	}
	if err := strict(token, 0); err != nil {
		return t, fmt.Errorf("is not in DER: %w", err)
	}
	// The parsers are not ours and the bytes are anybody's: whatever they stumble over is
	// a damaged token.
	defer func() {
		if r := recover(); r != nil {
			t, err = Token{}, errors.New("is damaged")
		}
	}()
	p7, err := pkcs7.Parse(token)
	if err != nil {
		return t, fmt.Errorf("is damaged: %w", err)
	}
	// Parse checks signatures, and how long that takes is up to whoever made the keys.
	if err := bounded(p7); err != nil {
		return t, err
	}
	parsed, err := timestamp.Parse(token)
	if err != nil {
		return t, fmt.Errorf("is damaged, or its signature is wrong: %w", err)
	}
	t = Token{Time: parsed.Time.UTC(), Accuracy: parsed.Accuracy, Serial: parsed.SerialNumber.Text(16), imprint: parsed.HashedMessage, nonce: parsed.Nonce, others: p7.Certificates}
	if t.signer = p7.GetOnlySigner(); t.signer == nil {
		return t, errors.New("is not signed by one certificate that it holds")
	}
	t.Subject = t.signer.Subject.String()
	var contentType asn1.ObjectIdentifier
	if err := p7.UnmarshalSignedAttribute(contentTypeOID, &contentType); err != nil || !contentType.Equal(tstInfoOID) {
		return t, errors.New("is signed, but is no time stamp")
	}
	if hashes[p7.Signers[0].DigestAlgorithm.Algorithm.String()] == 0 || parsed.HashAlgorithm != crypto.SHA256 {
		return t, errors.New("rests on a hash that is not taken: want SHA-256, SHA-384 or SHA-512, and SHA-256 for what is stamped")
	}
	if !names(p7, t.signer) {
		return t, errors.New("was signed for another certificate than the one in it")
	}
	if err := forStamps(t.signer); err != nil {
		return t, err
	}
	if t.Time.Before(t.signer.NotBefore) || t.Time.After(t.signer.NotAfter) {
		return t, fmt.Errorf("says %s, when its signer's certificate was not valid", t.Time.Format(time.RFC3339))
	}
	return t, nil
}

// bounded refuses more signers, certificates and bits of keys than a time stamp has use for.
func bounded(p7 *pkcs7.PKCS7) error {
	if len(p7.Signers) != 1 || len(p7.Certificates) > 32 {
		return errors.New("has more than one signer, or more than 32 certificates")
	}
	for _, c := range p7.Certificates {
		if key, ok := c.PublicKey.(*rsa.PublicKey); ok && (key.N.BitLen() > 8192 || key.E > 1<<17) {
			return errors.New("holds a key larger than any that is taken: RSA has 8192 bits at most")
		}
	}
	return nil
}

// names says that the signed attributes name the signer's certificate (ESSCertID).
func names(p7 *pkcs7.PKCS7, signer *x509.Certificate) bool {
	var v2 struct {
		Certs []struct {
			Hash     pkix.AlgorithmIdentifier `asn1:"optional"` // SHA-256 if absent
			CertHash []byte
			Issuer   asn1.RawValue `asn1:"optional"`
		}
		Policies asn1.RawValue `asn1:"optional"`
	}
	if err := p7.UnmarshalSignedAttribute(signingCertV2OID, &v2); err == nil && len(v2.Certs) > 0 {
		hash := crypto.SHA256
		if oid := v2.Certs[0].Hash.Algorithm; len(oid) > 0 {
			if hash = hashes[oid.String()]; hash == 0 {
				return false
			}
		}
		h := hash.New()
		h.Write(signer.Raw)
		return string(h.Sum(nil)) == string(v2.Certs[0].CertHash)
	}
	var v1 struct {
		Certs []struct {
			CertHash []byte
			Issuer   asn1.RawValue `asn1:"optional"`
		}
		Policies asn1.RawValue `asn1:"optional"`
	}
	if err := p7.UnmarshalSignedAttribute(signingCertOID, &v1); err != nil || len(v1.Certs) == 0 {
		return false
	}
	sum := sha1.Sum(signer.Raw)
	return string(sum[:]) == string(v1.Certs[0].CertHash)
}

// forStamps: RFC 3161 wants a certificate that says, critically, that it is for
// time-stamping and for nothing else.
func forStamps(c *x509.Certificate) error {
	critical := false
	for _, e := range c.Extensions {
		critical = critical || e.Id.Equal(extKeyUsageOID) && e.Critical
	}
	if !critical || len(c.UnknownExtKeyUsage) > 0 || len(c.ExtKeyUsage) != 1 || c.ExtKeyUsage[0] != x509.ExtKeyUsageTimeStamping {
		return errors.New("is signed by a certificate that is not for time-stamping alone")
	}
	return nil
}

// Covers says that the token is of this message.
func (t Token) Covers(message []byte) bool {
	sum := sha256.Sum256(message)
	return string(sum[:]) == string(t.imprint)
}

// Trusted checks that the signer's certificate led to one of the roots at the time that
// the token states. That it was not revoked then is not asked.
func (t Token) Trusted(roots *x509.CertPool) error {
	between := x509.NewCertPool()
	for _, c := range t.others {
		between.AddCert(c)
	}
	_, err := t.signer.Verify(x509.VerifyOptions{Roots: roots, Intermediates: between, CurrentTime: t.Time, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageTimeStamping}})
	if err != nil {
		return fmt.Errorf("is by %q, which the given certificates do not vouch for: %w", t.Subject, err)
	}
	return nil
}
