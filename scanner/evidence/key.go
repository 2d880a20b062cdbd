package evidence

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"io/fs"
	"os"
)

// Key signs bundles: an ed25519 key pair.
type Key struct{ private ed25519.PrivateKey }

// PublicKey verifies what a Key signed.
type PublicKey struct{ public ed25519.PublicKey }

// KeyID is the name of a key in a seal: "SHA256:" and the SHA-256 of the public key's
// SubjectPublicKeyInfo (RFC 5280, DER) in hexadecimal.
func (k PublicKey) KeyID() string {
	der, err := x509.MarshalPKIXPublicKey(k.public)
	if err != nil {
		panic(err) // never: the key is ed25519
	}
	sum := sha256.Sum256(der)
	return "SHA256:" + hex.EncodeToString(sum[:])
}

// Public is the half of the key that others may have.
func (k Key) Public() PublicKey { return PublicKey{k.private.Public().(ed25519.PublicKey)} }

// Sign signs text: with KeyID it makes a Key a signer of DSSE envelopes.
func (k Key) Sign(_ context.Context, text []byte) ([]byte, error) {
	return ed25519.Sign(k.private, text), nil
}

// KeyID is that of the public key.
func (k Key) KeyID() (string, error) { return k.Public().KeyID(), nil }

// NewKey writes a new key pair: name.key (PKCS #8) and name.pub
// (SubjectPublicKeyInfo), both PEM. It overwrites nothing.
func NewKey(name string) (Key, error) {
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return Key{}, err
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return Key{}, err
	}
	open, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		return Key{}, err
	}
	if err := writeNew(name+".key", "PRIVATE KEY", secret, 0o600); err != nil {
		return Key{}, err
	}
	if err := writeNew(name+".pub", "PUBLIC KEY", open, 0o644); err != nil {
		return Key{}, errors.Join(err, os.Remove(name+".key"))
	}
	return Key{private}, nil
}

func writeNew(path, kind string, der []byte, mode fs.FileMode) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, mode)
	if errors.Is(err, fs.ErrExist) {
		return &Fault{Path: path, What: "a file is there already and is not overwritten: choose another name"}
	}
	if err != nil {
		return &Fault{Path: path, What: "cannot be written", Cause: plain(err)}
	}
	if err := errors.Join(pem.Encode(f, &pem.Block{Type: kind, Bytes: der}), f.Sync(), f.Close()); err != nil {
		return errors.Join(&Fault{Path: path, What: "cannot be written", Cause: plain(err)}, os.Remove(path))
	}
	return nil
}

// ReadKey reads a private key: PEM with PKCS #8, ed25519.
func ReadKey(path string) (Key, error) {
	der, err := readPEM(path, "PRIVATE KEY")
	if err != nil {
		return Key{}, err
	}
	parsed, err := x509.ParsePKCS8PrivateKey(der)
	private, ok := parsed.(ed25519.PrivateKey)
	if err != nil || !ok {
		return Key{}, &Fault{Path: path, What: "holds no ed25519 private key (PKCS #8); \"onus keys new\" makes one"}
	}
	return Key{private}, nil
}

// ReadPublicKey reads a public key: PEM with SubjectPublicKeyInfo, ed25519.
func ReadPublicKey(path string) (PublicKey, error) {
	der, err := readPEM(path, "PUBLIC KEY")
	if err != nil {
		return PublicKey{}, err
	}
	parsed, err := x509.ParsePKIXPublicKey(der)
	public, ok := parsed.(ed25519.PublicKey)
	if err != nil || !ok {
		return PublicKey{}, &Fault{Path: path, What: "holds no ed25519 public key"}
	}
	return PublicKey{public}, nil
}

func readPEM(path, kind string) ([]byte, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, &Fault{Path: path, What: "the key cannot be read", Cause: plain(err)}
	}
	block, _ := pem.Decode(text)
	switch {
	case block == nil:
		return nil, &Fault{Path: path, What: "is no key: no PEM block is in it"}
	case block.Type != kind && kind == "PUBLIC KEY" && block.Type == "PRIVATE KEY":
		return nil, &Fault{Path: path, What: "is a private key: give the .pub file, and keep this one to yourself"}
	case block.Type != kind:
		return nil, &Fault{Path: path, What: "is a " + block.Type + ", want a " + kind}
	}
	return block.Bytes, nil
}

// plain drops the path from a file's error: the fault names it.
func plain(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}
