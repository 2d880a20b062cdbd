package evidence

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"onus/scanner/evidence/stamp"
	"onus/scanner/evidence/stamp/stamptest"
)

// stamper asks an authority.
func stamper(a *stamptest.Authority) Stamper {
	return func(ctx context.Context, signature []byte) ([]byte, error) {
		return stamp.Ask(ctx, http.DefaultClient, a.URL, signature)
	}
}

// stampedBundle is sealed by an ECDSA key and stamped by the authority.
func stampedBundle(t testing.TB, a *stamptest.Authority) (path string, key Key) {
	t.Helper()
	key, err := KeyOf(kinds(t)["ECDSA P-256"])
	must(t, err)
	dir := t.TempDir()
	path = filepath.Join(dir, "stamped.onus")
	c := content(t)
	c.Stamp = stamper(a)
	must(t, Write(t.Context(), path, dir, c, key))
	return path, key
}

func rootsOf(a *stamptest.Authority) *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(a.Root)
	return pool
}

func TestAStampSaysWhenASignatureExisted(t *testing.T) {
	a := stamptest.New(t)
	at := time.Date(2026, 11, 1, 9, 0, 0, 0, time.UTC)
	a.Now = func() time.Time { return at }
	path, key := stampedBundle(t, a)
	b, err := Open(path)
	must(t, err)
	defer b.Close()
	must(t, b.Verify(key.Public()))
	if len(b.Stamps) != 1 || b.Stamps[0].KeyID != key.Public().KeyID() || !b.Stamps[0].Token.Time.Equal(at) {
		t.Errorf("stamps %+v", b.Stamps)
	}
	must(t, b.Trusted(rootsOf(a)))
	refused(t, "another root", path, b.Trusted(rootsOf(stamptest.New(t))), "timestamps.ndjson line 1", "do not vouch for")
	plain, _ := newBundle(t)
	p, err := Open(plain)
	must(t, err)
	defer p.Close()
	refused(t, "no stamp", plain, p.Trusted(rootsOf(a)), "no time stamp")
	if err := stranger(t, path, publicFile(t, key)); err != nil {
		t.Errorf("the stranger's verifier: %v", err)
	}
	// A redacted copy keeps the stamp.
	shared := filepath.Join(t.TempDir(), "shared.onus")
	must(t, b.Redact(t.Context(), shared, t.TempDir(), sealed, key))
	r, err := Open(shared)
	must(t, err)
	defer r.Close()
	must(t, errors.Join(r.Verify(key.Public()), r.Trusted(rootsOf(a))))
	if err := stranger(t, shared, publicFile(t, key)); err != nil {
		t.Errorf("the stranger's verifier, of the copy: %v", err)
	}
}

// openssl says the same of a bundle's stamp, as FORMAT.md describes it.
func TestOpenSSLVerifiesTheStamp(t *testing.T) {
	if _, err := exec.LookPath("openssl"); err != nil {
		t.Skip("openssl is not here")
	}
	a := stamptest.New(t)
	path, _ := stampedBundle(t, a)
	dir := t.TempDir()
	var line struct{ Token []byte }
	var seal struct{ Signatures []struct{ Sig string } }
	for _, p := range takeApart(t, path) {
		switch p.name {
		case stampsEntry:
			must(t, json.Unmarshal(p.text, &line))
		case sealEntry:
			must(t, json.Unmarshal(p.text, &seal))
		}
	}
	signature, err := base64.StdEncoding.DecodeString(seal.Signatures[0].Sig)
	must(t, err)
	must(t, os.WriteFile(filepath.Join(dir, "token"), line.Token, 0o600))
	verify := func(signature []byte) error {
		must(t, os.WriteFile(filepath.Join(dir, "signature"), signature, 0o600))
		c := exec.Command("openssl", "ts", "-verify", "-in", "token", "-token_in", "-data", "signature", "-CAfile", a.RootFile(t))
		c.Dir = dir
		out, err := c.CombinedOutput()
		if err != nil && !bytes.Contains(out, []byte("Verification: FAILED")) {
			t.Fatalf("openssl: %s", out)
		}
		return err
	}
	if err := verify(signature); err != nil {
		t.Errorf("openssl refuses the stamp: %v", err)
	}
	if verify(append(signature, 0)) == nil {
		t.Error("openssl takes the stamp for another signature")
	}
}

// No scan is lost because an authority does not answer, and its stamp can be added.
func TestABundleWithoutItsStampIsThere(t *testing.T) {
	a, dir := stamptest.New(t), t.TempDir()
	key, err := NewKey(filepath.Join(dir, "k"))
	must(t, err)
	c, path := content(t), filepath.Join(dir, "b.onus")
	c.Stamp = func(ctx context.Context, signature []byte) ([]byte, error) {
		return stamp.Ask(ctx, http.DefaultClient, "http://127.0.0.1:1", signature)
	}
	err = Write(t.Context(), path, dir, c, key)
	var unstamped *UnstampedError
	if !errors.As(err, &unstamped) || unstamped.Path != path || !strings.Contains(err.Error(), "did not answer") {
		t.Errorf("an authority that is not there: %v", err)
	}
	must(t, opened(path, key.Public()))
	b, err := Open(path)
	must(t, err)
	defer b.Close()
	if len(b.Stamps) != 0 {
		t.Errorf("stamps %+v", b.Stamps)
	}
	auditor, err := NewKey(filepath.Join(dir, "auditor"))
	must(t, err)
	both := filepath.Join(dir, "both.onus")
	must(t, b.Sign(t.Context(), both, t.TempDir(), stamper(a), auditor)) // only the auditor's is stamped
	must(t, opened(both, key.Public(), auditor.Public()))
	half, err := Open(both)
	must(t, err)
	defer half.Close()
	all := filepath.Join(dir, "all.onus")
	must(t, half.Sign(t.Context(), all, t.TempDir(), stamper(a), key)) // now both are, in the seal's order
	whole, err := Open(all)
	must(t, err)
	defer whole.Close()
	must(t, errors.Join(whole.Verify(key.Public(), auditor.Public()), whole.Trusted(rootsOf(a))))
	if len(whole.Stamps) != 2 || whole.Stamps[0].KeyID != key.Public().KeyID() {
		t.Errorf("stamps %+v", whole.Stamps)
	}
	refused(t, "a third time", all, whole.Sign(t.Context(), filepath.Join(dir, "x"), t.TempDir(), stamper(a), key), "its signature is stamped")
	refused(t, "no authority", filepath.Join(dir, "x"), b.Sign(t.Context(), filepath.Join(dir, "x"), t.TempDir(), c.Stamp, key), "did not answer")
	if left, err := filepath.Glob(filepath.Join(dir, "x*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	parts := takeApart(t, all)
	other, _ := stampedBundle(t, a)
	for name, tt := range map[string]struct {
		parts []part
		word  string
	}{
		"two stamps swapped":     {change(parts, stampsEntry, swap(1, 2)), "order of the signatures"},
		"a stamp twice":          {change(parts, stampsEntry, double(1)), "timestamps.ndjson line 2"},
		"another bundle's stamp": {change(parts, stampsEntry, func([]byte) []byte { return takeApart(t, other)[4].text }), "timestamps.ndjson line 1"},
		"no stamp in its entry":  {change(parts, stampsEntry, func([]byte) []byte { return nil }), "holds no time stamp"},
		"a token of nothing": {change(parts, stampsEntry, func(t []byte) []byte {
			return append([]byte(`{"token":"AAAA",`), t[bytes.Index(t, []byte(`"statement"`)):]...)
		}), "timestamps.ndjson line 1"},
		"the stamp's own envelope": {change(parts, stampsEntry, replace(`"payloadType":"`, `"payloadType":"x`)), "timestamps.ndjson line 1"},
	} {
		p := putTogether(t, tt.parts)
		refused(t, name, p, opened(p, key.Public(), auditor.Public()), tt.word)
		if stranger(t, p, publicFile(t, key), publicFile(t, auditor)) == nil {
			t.Errorf("%s: the stranger's verifier takes it", name)
		}
	}
}
