package stamp

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"io"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/digitorus/timestamp"
)

// hollow signs with noise, as if by a key of its size.
type hollow struct{ key *rsa.PublicKey }

func (h hollow) Public() crypto.PublicKey { return h.key }

func (h hollow) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) {
	return append([]byte{0}, make([]byte, h.key.Size()-1)...), nil
}

// Nobody is made to compute with a key of any size: that of a token is anybody's.
func TestHugeKeysAreRefused(t *testing.T) {
	usage, err := asn1.Marshal([]asn1.ObjectIdentifier{{1, 3, 6, 1, 5, 5, 7, 3, 8}})
	if err != nil {
		t.Fatal(err)
	}
	issuer, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	for name, key := range map[string]*rsa.PublicKey{
		"bits":     {N: new(big.Int).SetBit(big.NewInt(1), 300_000, 1), E: 65537},
		"exponent": {N: new(big.Int).SetBit(big.NewInt(1), 4095, 1), E: 1<<31 - 1},
	} {
		template := &x509.Certificate{SerialNumber: big.NewInt(2), NotBefore: time.Unix(0, 0), NotAfter: time.Unix(4e9, 0), ExtraExtensions: []pkix.Extension{{Id: extKeyUsageOID, Critical: true, Value: usage}}}
		der, err := x509.CreateCertificate(rand.Reader, template, template, key, issuer)
		if err != nil {
			t.Fatal(err)
		}
		c, err := x509.ParseCertificate(der)
		if err != nil {
			t.Fatal(err)
		}
		made := &timestamp.Timestamp{HashAlgorithm: crypto.SHA256, HashedMessage: make([]byte, 32), Time: time.Unix(2e9, 0), Policy: asn1.ObjectIdentifier{1, 2, 3}, AddTSACertificate: true}
		answer, err := made.CreateResponseWithOpts(c, hollow{key}, crypto.SHA256)
		if err != nil {
			t.Fatal(err)
		}
		var parts struct{ Status, Token asn1.RawValue }
		if _, err := asn1.Unmarshal(answer, &parts); err != nil {
			t.Fatal(err)
		}
		if _, err := Read(parts.Token.FullBytes); err == nil || !strings.Contains(err.Error(), "larger than any that is taken") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
