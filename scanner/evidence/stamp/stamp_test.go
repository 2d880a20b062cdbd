package stamp

import (
	"bytes"
	"crypto"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"math/big"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/digitorus/timestamp"

	"onus/scanner/evidence/stamp/stamptest"
)

var message = []byte("what was signed")

func ask(t *testing.T, a *stamptest.Authority) ([]byte, error) {
	t.Helper()
	return Ask(t.Context(), http.DefaultClient, a.URL, message)
}

func roots(a *stamptest.Authority) *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(a.Root)
	return pool
}

func TestATokenIsOfItsMessageAndTime(t *testing.T) {
	a := stamptest.New(t)
	at := time.Date(2026, 11, 1, 8, 0, 0, 0, time.UTC)
	a.Now = func() time.Time { return at }
	token, err := ask(t, a)
	if err != nil {
		t.Fatal(err)
	}
	got, err := Read(token)
	if err != nil {
		t.Fatal(err)
	}
	if !got.Time.Equal(at) || got.Accuracy != time.Second || got.Subject != "CN=A clock of a test" || got.Serial == "" || !got.Covers(message) || got.Covers([]byte("another")) {
		t.Errorf("it says %+v", got)
	}
	if err := got.Trusted(roots(a)); err != nil {
		t.Error(err)
	}
	pinned := x509.NewCertPool()
	pinned.AddCert(a.Signer)
	if err := got.Trusted(pinned); err != nil {
		t.Errorf("by its own certificate: %v", err)
	}
	if err := got.Trusted(roots(stamptest.New(t))); err == nil || !strings.Contains(err.Error(), "do not vouch for") {
		t.Errorf("by another's root: %v", err)
	}
}

func TestWhatIsNoTimeStampIsRefused(t *testing.T) {
	for name, tt := range map[string]struct {
		spoil func(*stamptest.Authority)
		want  string
	}{
		"another message": {func(a *stamptest.Authority) {
			a.Change = func(s *timestamp.Timestamp) { sum := sha256.Sum256([]byte("x")); s.HashedMessage = sum[:] }
		}, "another question"},
		"another nonce":  {func(a *stamptest.Authority) { a.Change = func(s *timestamp.Timestamp) { s.Nonce = big.NewInt(1) } }, "another question"},
		"no nonce":       {func(a *stamptest.Authority) { a.Change = func(s *timestamp.Timestamp) { s.Nonce = nil } }, "another question"},
		"no certificate": {func(a *stamptest.Authority) { a.Change = func(s *timestamp.Timestamp) { s.AddTSACertificate = false } }, "not signed by one certificate"},
		"another hash": {func(a *stamptest.Authority) {
			a.Change = func(s *timestamp.Timestamp) { s.HashAlgorithm = crypto.SHA512 }
		}, "hash that is not taken"},
		"for something else": {func(a *stamptest.Authority) { a.Certify(t) }, "not for time-stamping alone"},
		"not critically":     {func(a *stamptest.Authority) { a.Certify(t, stamptest.NotCritical()) }, "not for time-stamping alone"},
		"before its time":    {func(a *stamptest.Authority) { a.Now = func() time.Time { return time.Unix(9e8, 0) } }, "was not valid"},
		"another's key":      {func(a *stamptest.Authority) { a.Key = stamptest.New(t).Key }, "signature"},
		"a refusal": {func(a *stamptest.Authority) {
			a.Answer = func(w http.ResponseWriter, _ *timestamp.Request) {
				text, err := timestamp.CreateErrorResponse(timestamp.Rejection, timestamp.TimeNotAvailable)
				if err != nil {
					t.Error(err)
				}
				_, _ = w.Write(text)
			}
		}, "refused with status 2"},
		"no token": {func(a *stamptest.Authority) {
			a.Answer = func(w http.ResponseWriter, _ *timestamp.Request) { _, _ = w.Write([]byte{0x30, 5, 0x30, 3, 2, 1, 0}) }
		}, "holds none"},
		"a web page": {func(a *stamptest.Authority) {
			a.Answer = func(w http.ResponseWriter, _ *timestamp.Request) { http.Error(w, "<html>", http.StatusBadGateway) }
		}, "status 502"},
		"no DER": {func(a *stamptest.Authority) {
			a.Answer = func(w http.ResponseWriter, _ *timestamp.Request) { _, _ = w.Write([]byte("0\x80\x00\x00")) }
		}, "not in DER"},
		"no end": {func(a *stamptest.Authority) {
			a.Answer = func(w http.ResponseWriter, _ *timestamp.Request) {
				_, _ = w.Write(bytes.Repeat([]byte{0x30}, 4*MaxToken))
			}
		}, "not in DER"},
		"nothing there": {func(a *stamptest.Authority) { a.URL = "http://127.0.0.1:1/" }, "did not answer"},
		"no URL":        {func(a *stamptest.Authority) { a.URL = "ftp://clock" }, "is no URL"},
	} {
		a := stamptest.New(t)
		tt.spoil(a)
		_, err := ask(t, a)
		var fault *Fault
		if !errors.As(err, &fault) || fault.URL != a.URL || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v, want %q", name, err, tt.want)
		}
	}
}

// What a token says of itself is signed: no bit of that can be another. Bits of
// certificates that do not count are no business of the token's.
func TestNoBitOfTheTimeIsFree(t *testing.T) {
	a := stamptest.New(t)
	token, err := ask(t, a)
	if err != nil {
		t.Fatal(err)
	}
	good, err := Read(token)
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(1, 2))
	for i := range token {
		was := token[i]
		token[i] ^= 1 << random.IntN(8)
		if got, err := Read(token); err == nil && got.Trusted(roots(a)) == nil && (!got.Time.Equal(good.Time) || !got.Covers(message) || got.Serial != good.Serial) {
			t.Errorf("byte %d: it says %+v", i, got)
		}
		token[i] = was
	}
	for n := range token {
		if _, err := Read(token[:n]); err == nil {
			t.Fatalf("cut off at %d: taken", n)
		}
	}
	if _, err := Read(append(token[:len(token):len(token)], 0)); err == nil {
		t.Error("a byte more: taken")
	}
}

func TestDERIsStrict(t *testing.T) {
	for text, want := range map[string]bool{
		"\x02\x01\x05": true, "\x30\x03\x02\x01\x05": true, "\x30\x00": true,
		"\x30\x80\x02\x01\x05\x00\x00": false, "\x02\x81\x01\x05": false, "\x02\x82\x00\x81" + strings.Repeat("x", 129): false,
		"\x02\x81\x81" + strings.Repeat("x", 129): true, "\x02\x02\x05": false, "\x02": false, "": false, "\x1f\x81\x00": false,
		"\x30\x03\x02\x02\x05": false, "\x02\x01\x05\x00": false, "\x02\x84\x7f\xff\xff\xff": false,
		strings.Repeat("\x30\x80", 1000): false,
	} {
		if err := strict([]byte(text), 0); (err == nil) != want {
			t.Errorf("%.10x: %v", text, err)
		}
	}
	deep := []byte{2, 1, 5}
	for range 40 {
		deep = append([]byte{0x30, byte(len(deep))}, deep...)
	}
	if strict(deep, 0) == nil {
		t.Error("it nests without end")
	}
}

// The tokens of openssl's own authority are read, with RSA and a chain of two.
func TestTokensOfOpenSSL(t *testing.T) {
	if _, err := exec.LookPath("openssl"); err != nil {
		t.Skip("openssl is not here")
	}
	dir := t.TempDir()
	openssl := func(args ...string) {
		t.Helper()
		c := exec.Command("openssl", args...)
		c.Dir = dir
		if out, err := c.CombinedOutput(); err != nil {
			t.Fatalf("openssl %v: %v: %s", args, err, out)
		}
	}
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("message", string(message))
	write("ext", "extendedKeyUsage = critical,timeStamping\n")
	write("serial", "01\n")
	write("tsa.cnf", "[tsa]\ndefault_tsa = t\n[t]\nserial = serial\nsigner_digest = sha256\ndefault_policy = 1.2.3\ndigests = sha256\naccuracy = secs:1\nordering = no\ntsa_name = yes\ness_cert_id_chain = yes\ness_cert_id_alg = sha256\n")
	openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=root", "-days", "10")
	openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", "tsa.key", "-out", "tsa.csr", "-subj", "/CN=clock")
	openssl("x509", "-req", "-in", "tsa.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-extfile", "ext", "-out", "tsa.pem", "-days", "9")
	openssl("ts", "-query", "-data", "message", "-sha256", "-cert", "-out", "asked")
	openssl("ts", "-reply", "-config", "tsa.cnf", "-section", "t", "-queryfile", "asked", "-signer", "tsa.pem", "-inkey", "tsa.key", "-chain", "ca.pem", "-token_out", "-out", "token")
	token, err := os.ReadFile(filepath.Join(dir, "token"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := Read(token)
	if err != nil || !got.Covers(message) || time.Since(got.Time).Abs() > time.Hour {
		t.Fatalf("%+v: %v", got, err)
	}
	root, err := os.ReadFile(filepath.Join(dir, "ca.pem"))
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(root)
	if err := got.Trusted(pool); err != nil {
		t.Error(err)
	}
}

func FuzzRead(f *testing.F) {
	a := stamptest.New(f)
	sum := sha256.Sum256(message)
	answer, err := a.Stamp(&timestamp.Request{HashAlgorithm: crypto.SHA256, HashedMessage: sum[:]})
	if err != nil {
		f.Fatal(err)
	}
	token, err := granted(answer)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(token)
	f.Add(answer)
	f.Fuzz(func(t *testing.T, text []byte) {
		if got, err := Read(text); err == nil && got.Trusted(roots(a)) == nil && !got.Covers(message) {
			t.Errorf("%x is of another message", text)
		}
		_, _ = granted(text) // must not panic
	})
}
