// Package stamptest is a time-stamp authority for tests. It leaves nothing to others: no
// clock but its own, no network but the loopback interface.
package stamptest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/digitorus/timestamp"
)

// Authority stamps what it is asked to. Change its fields before it is asked.
type Authority struct {
	URL  string
	Now  func() time.Time
	Root *x509.Certificate

	// Change may spoil a stamp before it is signed.
	Change func(*timestamp.Timestamp)
	// Answer may take the place of an answer; nil: none does.
	Answer func(http.ResponseWriter, *timestamp.Request)

	Signer *x509.Certificate
	Key    crypto.Signer
	Chain  []*x509.Certificate // that a stamp brings along, beside the signer's

	root *ecdsa.PrivateKey
}

// usage is the extension by which a certificate is for time-stamping alone (RFC 3161).
func usage(critical bool) pkix.Extension {
	value, err := asn1.Marshal([]asn1.ObjectIdentifier{{1, 3, 6, 1, 5, 5, 7, 3, 8}})
	if err != nil {
		panic(err) // never: object identifiers can be written
	}
	return pkix.Extension{Id: asn1.ObjectIdentifier{2, 5, 29, 37}, Critical: critical, Value: value}
}

// New starts an authority that ends with the test.
func New(tb testing.TB) *Authority {
	tb.Helper()
	a := &Authority{Now: time.Now}
	a.root = newKey(tb)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "A root of a test"}, NotBefore: time.Unix(0, 0), NotAfter: time.Unix(4e9, 0),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	a.Root = made(tb, template, template, a.root.Public(), a.root)
	a.Certify(tb, usage(true))
	server := httptest.NewServer(http.HandlerFunc(a.serve))
	tb.Cleanup(server.Close)
	a.URL = server.URL
	return a
}

func newKey(tb testing.TB) *ecdsa.PrivateKey {
	tb.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		tb.Fatal(err)
	}
	return key
}

func made(tb testing.TB, template, parent *x509.Certificate, public crypto.PublicKey, signer crypto.Signer) *x509.Certificate {
	tb.Helper()
	der, err := x509.CreateCertificate(rand.Reader, template, parent, public, signer)
	if err != nil {
		tb.Fatal(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

// Certify gives the authority a new certificate with these extensions.
func (a *Authority) Certify(tb testing.TB, extensions ...pkix.Extension) {
	tb.Helper()
	key := newKey(tb)
	a.Key = key
	a.Signer = made(tb, &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "A clock of a test"}, NotBefore: time.Unix(1e9, 0), NotAfter: time.Unix(3e9, 0),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtraExtensions: extensions,
	}, a.Root, key.Public(), a.root)
}

// NotCritical is what a certificate must not have: a usage that others may overlook.
func NotCritical() pkix.Extension { return usage(false) }

// RootFile is a PEM file with the root's certificate.
func (a *Authority) RootFile(tb testing.TB) string {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "root.pem")
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.Root.Raw}), 0o600); err != nil {
		tb.Fatal(err)
	}
	return path
}

func (a *Authority) serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	asked, parseErr := timestamp.ParseRequest(body)
	if err != nil || parseErr != nil || r.Header.Get("Content-Type") != "application/timestamp-query" {
		http.Error(w, "no question", http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "application/timestamp-reply")
	if a.Answer != nil {
		a.Answer(w, asked)
		return
	}
	answer, err := a.Stamp(asked)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	_, _ = w.Write(answer) // whoever asked has gone, if that fails
}

// Stamp answers a question.
func (a *Authority) Stamp(asked *timestamp.Request) ([]byte, error) {
	t := &timestamp.Timestamp{
		HashAlgorithm: asked.HashAlgorithm, HashedMessage: asked.HashedMessage, Nonce: asked.Nonce, Time: a.Now().UTC(), Accuracy: time.Second,
		Policy: asn1.ObjectIdentifier{1, 2, 3}, AddTSACertificate: true, Certificates: a.Chain,
	}
	if a.Change != nil {
		a.Change(t)
	}
	return t.CreateResponseWithOpts(a.Signer, a.Key, crypto.SHA256)
}
