package evidence

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// kinds are keys of every kind that signs evidence.
func kinds(t testing.TB) map[string]crypto.Signer {
	t.Helper()
	_, ed, err := ed25519.GenerateKey(rand.Reader)
	must(t, err)
	out := map[string]crypto.Signer{"Ed25519": ed}
	for _, c := range []elliptic.Curve{elliptic.P256(), elliptic.P384(), elliptic.P521()} {
		out["ECDSA "+c.Params().Name], err = ecdsa.GenerateKey(c, rand.Reader)
		must(t, err)
	}
	out["RSA 2048"], err = rsa.GenerateKey(rand.Reader, 2048)
	must(t, err)
	return out
}

func TestEveryKindOfKeySeals(t *testing.T) {
	for name, private := range kinds(t) {
		t.Run(name, func(t *testing.T) {
			key, err := KeyOf(private)
			must(t, err)
			if got := key.Public().Kind(); got != name {
				t.Errorf("it is called %s", got)
			}
			dir := t.TempDir()
			path := filepath.Join(dir, "b.onus")
			must(t, Write(t.Context(), path, dir, content(t), key))
			must(t, opened(path, key.Public()))
			pub := publicFile(t, key)
			read, err := ReadPublicKey(pub)
			must(t, err)
			must(t, opened(path, read))
			other, err := KeyOf(kinds(t)[name])
			must(t, err)
			refused(t, "another key of the kind", path, opened(path, other.Public()), "not given")
			if err := stranger(t, path, pub); err != nil {
				t.Errorf("the stranger's verifier: %v", err)
			}
			changed := putTogether(t, change(takeApart(t, path), sealEntry, otherSignature(t, key)))
			refused(t, "a signature over something else", changed, opened(changed, key.Public()), "seal.dsse.json", "signature")
			if stranger(t, changed, pub) == nil {
				t.Error("the stranger's verifier takes a signature over something else")
			}
		})
	}
}

// otherSignature puts the key's signature over another text into a seal.
func otherSignature(t *testing.T, key Key) func([]byte) []byte {
	return func(text []byte) []byte {
		e, s, err := readEnvelope[sealing](sealEntry, text, PredicateType)
		must(t, err)
		other, err := signed(t.Context(), sealEntry, statement[sealing]{s.Type, s.Subject, s.PredicateType, sealing{Format, "another", sealed}}, []Key{key})
		must(t, err)
		e.dsse.Signatures = other.dsse.Signatures
		out, err := e.text()
		must(t, err)
		return out
	}
}

// Of the two signatures that ECDSA makes of one, only one is right here.
func TestECDSAHasOneSignature(t *testing.T) {
	private := kinds(t)["ECDSA P-256"].(*ecdsa.PrivateKey)
	key, err := KeyOf(private)
	must(t, err)
	text := []byte("a text")
	good, err := key.Sign(t.Context(), text)
	must(t, err)
	var sig struct{ R, S *big.Int }
	_, err = asn1.Unmarshal(good, &sig)
	must(t, err)
	sig.S.Sub(private.Params().N, sig.S)
	mirrored, err := asn1.Marshal(sig)
	must(t, err)
	if digest, _ := key.public.digest(text); !ecdsa.VerifyASN1(&private.PublicKey, digest, mirrored) {
		t.Fatal("the other signature is not right even for ECDSA")
	}
	if !key.public.signed(text, good) || key.public.signed(text, mirrored) || key.public.signed(text, append(good, 0)) || key.public.signed(text, nil) {
		t.Error("one text has more than one signature")
	}
}

func TestASignerThatLiesIsFound(t *testing.T) {
	for name, private := range kinds(t) {
		public, err := PublicKeyOf(private.Public())
		must(t, err)
		for what, sign := range map[string]func(context.Context, []byte) ([]byte, error){
			"another text": func(ctx context.Context, text []byte) ([]byte, error) {
				key, err := KeyOf(private)
				must(t, err)
				return key.sign(ctx, append(text, 'x'))
			},
			"nothing": func(context.Context, []byte) ([]byte, error) { return nil, nil },
		} {
			if got, err := Remote(public, sign).Sign(t.Context(), []byte("a text")); err == nil {
				t.Errorf("%s, %s: %x", name, what, got)
			}
		}
		broken := errors.New("no answer")
		if _, err := Remote(public, func(context.Context, []byte) ([]byte, error) { return nil, broken }).Sign(t.Context(), nil); !errors.Is(err, broken) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestKeyFiles(t *testing.T) {
	dir, all := t.TempDir(), kinds(t)
	file := func(name string, blocks ...*pem.Block) string {
		path := filepath.Join(dir, strings.ReplaceAll(name, " ", "-"))
		var text []byte
		for _, b := range blocks {
			text = append(text, pem.EncodeToMemory(b)...)
		}
		must(t, os.WriteFile(path, text, 0o600))
		return path
	}
	for name, private := range all {
		der, err := x509.MarshalPKCS8PrivateKey(private)
		must(t, err)
		key, err := ReadKey(file(name, &pem.Block{Type: "PRIVATE KEY", Bytes: der}))
		must(t, err)
		if want, _ := PublicKeyOf(private.Public()); key.Public().KeyID() != want.KeyID() {
			t.Errorf("%s: read as %s", name, key.Public().KeyID())
		}
	}
	ec := all["ECDSA P-256"].(*ecdsa.PrivateKey)
	der, err := x509.MarshalECPrivateKey(ec)
	must(t, err)
	sec1 := &pem.Block{Type: "EC PRIVATE KEY", Bytes: der}
	if _, err := ReadKey(file("sec1", &pem.Block{Type: "EC PARAMETERS", Bytes: []byte{6, 0}}, sec1)); err != nil {
		t.Errorf("as openssl ecparam writes it: %v", err)
	}
	if _, err := ReadKey(file("pkcs1", &pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(all["RSA 2048"].(*rsa.PrivateKey))})); err != nil {
		t.Errorf("as openssl genrsa writes it: %v", err)
	}
	small, err := rsa.GenerateKey(rand.Reader, 1024)
	must(t, err)
	p224, err := ecdsa.GenerateKey(elliptic.P224(), rand.Reader)
	must(t, err)
	pkcs8 := func(key any) *pem.Block {
		der, err := x509.MarshalPKCS8PrivateKey(key)
		must(t, err)
		return &pem.Block{Type: "PRIVATE KEY", Bytes: der}
	}
	for _, tt := range []struct{ name, path, want string }{
		{"encrypted", file("encrypted", &pem.Block{Type: "ENCRYPTED PRIVATE KEY", Bytes: []byte("x")}), "openssl pkey"},
		{"encrypted as of old", file("old", &pem.Block{Type: "EC PRIVATE KEY", Headers: map[string]string{"Proc-Type": "4,ENCRYPTED", "DEK-Info": "AES-128-CBC,00"}, Bytes: []byte("x")}), "is encrypted"},
		{"OpenSSH", file("ssh", &pem.Block{Type: "OPENSSH PRIVATE KEY", Bytes: []byte("x")}), "ssh-keygen"},
		{"a certificate", file("cert", &pem.Block{Type: "CERTIFICATE", Bytes: []byte("x")}), "is a CERTIFICATE, want a PRIVATE KEY"},
		{"damaged", file("damaged", &pem.Block{Type: "PRIVATE KEY", Bytes: []byte("x")}), "no private key that signs"},
		{"small RSA", file("small", pkcs8(small)), "1024 bits"},
		{"P-224", file("p224", pkcs8(p224)), "P-224"},
		{"nothing", file("nothing"), "no PEM block"},
		{"a folder", dir, "is a directory"},
		{"no file", filepath.Join(dir, "none"), "no such file"},
	} {
		_, err := ReadKey(tt.path)
		refused(t, tt.name, tt.path, err, tt.want)
	}
	for _, tt := range []struct{ name, path, want string }{
		{"a private key", file("sec1-again", sec1), "is a private key"},
		{"a certificate", file("cert", &pem.Block{Type: "CERTIFICATE", Bytes: []byte("x")}), "is a CERTIFICATE, want a PUBLIC KEY"},
		{"damaged", file("damaged", &pem.Block{Type: "PUBLIC KEY", Bytes: []byte("x")}), "no public key"},
	} {
		_, err := ReadPublicKey(tt.path)
		refused(t, tt.name, tt.path, err, tt.want)
	}
}

// The keys that openssl itself makes are taken.
func TestKeysOfOpenSSL(t *testing.T) {
	if _, err := exec.LookPath("openssl"); err != nil {
		t.Skip("openssl is not here")
	}
	dir := t.TempDir()
	for name, args := range map[string][]string{
		"ed25519":   {"genpkey", "-algorithm", "ed25519"},
		"p384":      {"genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"},
		"ecparam":   {"ecparam", "-name", "prime256v1", "-genkey"},
		"rsa":       {"genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"},
		"encrypted": {"genpkey", "-algorithm", "ed25519", "-aes256", "-pass", "pass:x"},
	} {
		path := filepath.Join(dir, name)
		if out, err := exec.Command("openssl", append(args, "-out", path)...).CombinedOutput(); err != nil {
			t.Fatalf("%s: %v: %s", name, err, out)
		}
		key, err := ReadKey(path)
		if name == "encrypted" {
			refused(t, name, path, err, "is encrypted")
			continue
		}
		must(t, err)
		if out, err := exec.Command("openssl", "pkey", "-in", path, "-pubout", "-out", path+".pub").CombinedOutput(); err != nil {
			t.Fatalf("%s: %v: %s", name, err, out)
		}
		public, err := ReadPublicKey(path + ".pub")
		if err != nil || public.KeyID() != key.Public().KeyID() {
			t.Errorf("%s: %v, key %s, want %s", name, err, public.KeyID(), key.Public().KeyID())
		}
	}
}
