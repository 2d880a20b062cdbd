package evidence

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"io/fs"
	"os"
)

// NewKey writes a new Ed25519 key pair: name.key (PKCS #8) and name.pub
// (SubjectPublicKeyInfo), both PEM. It overwrites nothing.
func NewKey(name string) (Key, error) {
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return Key{}, err
	}
	key, err := KeyOf(private)
	if err != nil {
		return Key{}, err
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return Key{}, err
	}
	if err := writeNew(name+".key", pem.EncodeToMemory(&pem.Block{Type: privatePEM, Bytes: secret}), 0o600); err != nil {
		return Key{}, err
	}
	if err := writeNew(name+".pub", key.Public().PEM(), 0o644); err != nil {
		return Key{}, errors.Join(err, os.Remove(name+".key"))
	}
	return key, nil
}

func writeNew(path string, text []byte, mode fs.FileMode) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, mode)
	if errors.Is(err, fs.ErrExist) {
		return &Fault{Path: path, What: "a file is there already and is not overwritten: choose another name"}
	}
	if err != nil {
		return &Fault{Path: path, What: "cannot be written", Cause: plain(err)}
	}
	_, err = f.Write(text)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return errors.Join(&Fault{Path: path, What: "cannot be written", Cause: plain(err)}, os.Remove(path))
	}
	return nil
}

// The labels of PEM (RFC 7468, and OpenSSL's older ones).
const (
	privatePEM   = "PRIVATE KEY"
	publicPEM    = "PUBLIC KEY"
	encryptedPEM = "ENCRYPTED PRIVATE KEY"
	sec1PEM      = "EC PRIVATE KEY"
	pkcs1PEM     = "RSA PRIVATE KEY"
	opensshPEM   = "OPENSSH PRIVATE KEY"
)

// PEM is the key as a .pub file holds it.
func (k PublicKey) PEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: publicPEM, Bytes: k.DER()})
}

// ReadKey reads a private key from a PEM file: PKCS #8, or OpenSSL's older forms for
// ECDSA (SEC 1) and RSA (PKCS #1). One that is encrypted is refused: nobody may be there
// to ask for its password when a scan ends.
func ReadKey(path string) (Key, error) {
	block, err := readPEM(path)
	if err != nil {
		return Key{}, err
	}
	var private any
	switch {
	case block.Type == encryptedPEM || block.Headers["DEK-Info"] != "":
		return Key{}, &Fault{Path: path, What: `is encrypted, and nothing here asks for a password: write it out once with "openssl pkey -in FILE -out NEW", where only you can read it`}
	case block.Type == opensshPEM:
		return Key{}, &Fault{Path: path, What: `is in OpenSSH's own form: change a copy of it with "ssh-keygen -p -m PKCS8 -f COPY"`}
	case block.Type == privatePEM:
		private, err = x509.ParsePKCS8PrivateKey(block.Bytes)
	case block.Type == sec1PEM:
		private, err = x509.ParseECPrivateKey(block.Bytes)
	case block.Type == pkcs1PEM:
		private, err = x509.ParsePKCS1PrivateKey(block.Bytes)
	default:
		return Key{}, &Fault{Path: path, What: "is a " + block.Type + ", want a " + privatePEM}
	}
	signer, ok := private.(crypto.Signer)
	if err != nil || !ok {
		return Key{}, &Fault{Path: path, What: `holds no private key that signs: want Ed25519, ECDSA (P-256, P-384, P-521) or RSA; "onus keys new" makes one`}
	}
	key, err := KeyOf(signer)
	if err != nil {
		return Key{}, &Fault{Path: path, What: err.Error()}
	}
	return key, nil
}

// ReadPublicKey reads a public key: PEM with SubjectPublicKeyInfo.
func ReadPublicKey(path string) (PublicKey, error) {
	block, err := readPEM(path)
	if err != nil {
		return PublicKey{}, err
	}
	switch block.Type {
	case publicPEM:
	case privatePEM, encryptedPEM, sec1PEM, pkcs1PEM, opensshPEM:
		return PublicKey{}, &Fault{Path: path, What: "is a private key: give the .pub file, and keep this one to yourself"}
	default:
		return PublicKey{}, &Fault{Path: path, What: "is a " + block.Type + ", want a " + publicPEM}
	}
	public, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return PublicKey{}, &Fault{Path: path, What: "holds no public key"}
	}
	key, err := PublicKeyOf(public)
	if err != nil {
		return PublicKey{}, &Fault{Path: path, What: err.Error()}
	}
	if !bytes.Equal(key.DER(), block.Bytes) {
		return PublicKey{}, &Fault{Path: path, What: "its public key is not written as others would write it, so that its id would differ"}
	}
	return key, nil
}

// maxKeyFile is far more than a key of 8192 bits takes.
const maxKeyFile = 1 << 20

// readPEM gives the first block that is no mere parameter (OpenSSL writes "EC PARAMETERS"
// before a key).
func readPEM(path string) (*pem.Block, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, &Fault{Path: path, What: "the key cannot be read", Cause: plain(err)}
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxKeyFile)) // it may be a pipe
	if err != nil {
		return nil, &Fault{Path: path, What: "the key cannot be read", Cause: plain(err)}
	}
	for {
		block, rest := pem.Decode(text)
		if block == nil {
			return nil, &Fault{Path: path, What: "is no key: no PEM block is in it"}
		}
		if block.Type != "EC PARAMETERS" {
			return block, nil
		}
		text = rest
	}
}

// plain drops the path from a file's error: the fault names it.
func plain(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}
