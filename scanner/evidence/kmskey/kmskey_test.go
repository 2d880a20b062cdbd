package kmskey

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	_ "crypto/sha512"
	"crypto/x509"
	"errors"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/smithy-go/middleware"

	"onus/mocks"
)

const name = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"

// held is what KMS does with one kind of key.
type held struct {
	private   crypto.Signer
	spec      types.KeySpec
	algorithm types.SigningAlgorithmSpec
	opts      crypto.SignerOpts
}

func kinds(t *testing.T) map[string]held {
	t.Helper()
	must := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	_, ed, err := ed25519.GenerateKey(rand.Reader)
	must(err)
	p256, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(err)
	p384, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	must(err)
	p521, err := ecdsa.GenerateKey(elliptic.P521(), rand.Reader)
	must(err)
	r, err := rsa.GenerateKey(rand.Reader, 2048)
	must(err)
	return map[string]held{
		"Ed25519":     {ed, types.KeySpecEccNistEdwards25519, types.SigningAlgorithmSpecEd25519Sha512, crypto.Hash(0)},
		"ECDSA P-256": {p256, types.KeySpecEccNistP256, types.SigningAlgorithmSpecEcdsaSha256, crypto.SHA256},
		"ECDSA P-384": {p384, types.KeySpecEccNistP384, types.SigningAlgorithmSpecEcdsaSha384, crypto.SHA384},
		"ECDSA P-521": {p521, types.KeySpecEccNistP521, types.SigningAlgorithmSpecEcdsaSha512, crypto.SHA512},
		"RSA 2048":    {r, types.KeySpecRsa2048, types.SigningAlgorithmSpecRsassaPssSha256, &rsa.PSSOptions{SaltLength: 32, Hash: crypto.SHA256}},
	}
}

// serve makes the server a KMS that holds the key. It answers a dry run as KMS does.
func (h held) serve(t *testing.T, s *mocks.Server) {
	der, err := x509.MarshalPKIXPublicKey(h.private.Public())
	if err != nil {
		t.Fatal(err)
	}
	mocks.Reply(s, "", &kms.GetPublicKeyOutput{
		KeyId: aws.String(name), KeySpec: h.spec, KeyUsage: types.KeyUsageTypeSignVerify, PublicKey: der, SigningAlgorithms: []types.SigningAlgorithmSpec{h.algorithm},
	})
	mocks.Handle(s, func(r *mocks.Request, in *kms.SignInput) (*kms.SignOutput, error) {
		if aws.ToString(in.KeyId) != name || in.SigningAlgorithm != h.algorithm || in.MessageType != types.MessageTypeRaw {
			t.Errorf("asked %+v", in)
		}
		if aws.ToBool(in.DryRun) {
			return nil, &mocks.Error{Status: 400, Code: "DryRunOperationException", Message: "The request would have succeeded, but the DryRun option is set."}
		}
		message := in.Message
		if hash := h.opts.HashFunc(); hash != 0 {
			sum := hash.New()
			sum.Write(message)
			message = sum.Sum(nil)
		}
		signature, err := h.private.Sign(rand.Reader, message, h.opts)
		return &kms.SignOutput{KeyId: aws.String(name), Signature: signature, SigningAlgorithm: h.algorithm}, err
	})
}

func TestEveryKindOfKeySigns(t *testing.T) {
	for kind, h := range kinds(t) {
		s := mocks.Start(t, mocks.Options{})
		h.serve(t, s)
		key, err := Open(t.Context(), s.Config("us-east-1"), name)
		if err != nil {
			t.Errorf("%s: %v", kind, err)
			continue
		}
		if key.Public().Kind() != kind {
			t.Errorf("%s is called %s", kind, key.Public().Kind())
		}
		if _, err := key.Sign(t.Context(), []byte("a text")); err != nil { // what it gives was verified
			t.Errorf("%s: %v", kind, err)
		}
		if _, err := key.Sign(t.Context(), make([]byte, maxText+1)); err == nil || !strings.Contains(err.Error(), "4097 bytes") {
			t.Errorf("%s: more than KMS takes: %v", kind, err)
		}
		for _, r := range s.Requests() {
			if r.Region != "eu-west-1" {
				t.Errorf("%s: %s was asked in %s, and the key is in eu-west-1", kind, r.Operation, r.Region)
			}
		}
		public, err := Public(t.Context(), s.Config("us-east-1"), name)
		if err != nil || public.KeyID() != key.Public().KeyID() {
			t.Errorf("%s: its public key is %s, %v", kind, public.KeyID(), err)
		}
	}
}

func TestWhatCannotSignIsSaidBeforeAScan(t *testing.T) {
	good := kinds(t)["ECDSA P-256"]
	der, err := x509.MarshalPKIXPublicKey(good.private.Public())
	if err != nil {
		t.Fatal(err)
	}
	answer := func(out kms.GetPublicKeyOutput) func(*mocks.Server) {
		return func(s *mocks.Server) { mocks.Reply(s, "", &out) }
	}
	for what, tt := range map[string]struct {
		name  string
		serve func(*mocks.Server)
		want  string
	}{
		"no ARN of a key": {"arn:aws:s3:::bucket", func(*mocks.Server) {}, "is no ARN of a key or an alias"},
		"no ARN":          {"arn:", func(*mocks.Server) {}, "is no ARN of a key or an alias"},
		"denied": {name, func(s *mocks.Server) {
			mocks.Refuse(s, "", "kms:GetPublicKey", &mocks.Error{Status: 400, Code: "AccessDeniedException", Message: "not you"})
		}, "(kms:GetPublicKey): AccessDeniedException: not you"},
		"may not sign": {name, func(s *mocks.Server) {
			answer(kms.GetPublicKeyOutput{KeyId: aws.String(name), KeySpec: good.spec, KeyUsage: types.KeyUsageTypeSignVerify, PublicKey: der, SigningAlgorithms: []types.SigningAlgorithmSpec{good.algorithm}})(s)
			mocks.Refuse(s, "", "kms:Sign", &mocks.Error{Status: 400, Code: "AccessDeniedException", Message: "not you"})
		}, "(kms:Sign): AccessDeniedException: not you"},
		"encrypts":          {name, answer(kms.GetPublicKeyOutput{KeyUsage: types.KeyUsageTypeEncryptDecrypt, PublicKey: der}), "its usage is ENCRYPT_DECRYPT"},
		"another curve":     {name, answer(kms.GetPublicKeyOutput{KeyUsage: types.KeyUsageTypeSignVerify, KeySpec: types.KeySpecEccSecgP256k1, PublicKey: []byte("x")}), "not by ECC_SECG_P256K1"},
		"no way of signing": {name, answer(kms.GetPublicKeyOutput{KeyUsage: types.KeyUsageTypeSignVerify, KeySpec: good.spec, PublicKey: der}), "it does not sign by ECDSA_SHA_256"},
		"an alias of nothing": {"arn:aws:kms:eu-west-1:111122223333:alias/x", func(s *mocks.Server) {
			mocks.Refuse(s, "", "kms:GetPublicKey", &mocks.Error{Status: 400, Code: "NotFoundException", Message: "no\nalias"})
		}, "NotFoundException: no alias"},
	} {
		s := mocks.Start(t, mocks.Options{Lenient: true})
		tt.serve(s)
		_, err := Open(t.Context(), s.Config("us-east-1"), tt.name)
		var fault *Fault
		if !errors.As(err, &fault) || fault.Key != tt.name || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v, want %q", what, err, tt.want)
		}
	}
}

// A KMS, or something in its place, that signs by another key seals nothing.
func TestASignatureByAnotherKeyIsRefused(t *testing.T) {
	for kind, h := range kinds(t) {
		s := mocks.Start(t, mocks.Options{Lenient: true})
		h.serve(t, s)
		key, err := Open(t.Context(), s.Config("us-east-1"), name)
		if err != nil {
			t.Fatal(err)
		}
		other := kinds(t)[kind]
		other.serve(t, s) // what is scripted last answers
		if _, err := key.Sign(t.Context(), []byte("a text")); err == nil {
			t.Errorf("%s: taken", kind)
		}
	}
}

// The configuration's own layers, such as a scan's guard, are not met, and no operation
// but the two passes.
func TestTheClientIsOfItsOwn(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	kinds(t)["Ed25519"].serve(t, s)
	cfg := s.Config("us-east-1")
	cfg.APIOptions = append(cfg.APIOptions, func(*middleware.Stack) error { return errors.New("a guard") })
	if _, err := Open(t.Context(), cfg, name); err != nil {
		t.Error(err)
	}
	client := kms.NewFromConfig(s.Config("us-east-1"), func(o *kms.Options) { o.APIOptions = []func(*middleware.Stack) error{guard} })
	if _, err := client.ListKeys(t.Context(), &kms.ListKeysInput{}); err == nil || !strings.Contains(err.Error(), "no operation for signing") {
		t.Errorf("kms:ListKeys: %v", err)
	}
	if n := s.Count("kms:ListKeys"); n != 0 {
		t.Errorf("kms:ListKeys was sent %d times", n)
	}
}
