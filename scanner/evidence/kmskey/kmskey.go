// Package kmskey seals evidence by a key that stays in AWS KMS. It leaves the bundle to
// evidence, and where the credentials come from to its caller.
//
// Signing is a call beyond reading. So it has a client of its own: it never meets the
// scan's guard, recording or ledger, and nothing but kms:GetPublicKey and kms:Sign passes
// it. It is used only where somebody names a key by its ARN.
package kmskey

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/arn"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"

	"onus/scanner/evidence"
)

// Fault is why a key of KMS cannot be used.
type Fault struct {
	Key   string // its ARN
	What  string
	Cause error
}

func (e *Fault) Error() string {
	s := fmt.Sprintf("KMS key %q: %s", e.Key, e.What)
	var api smithy.APIError
	switch {
	case errors.As(e.Cause, &api):
		s += fmt.Sprintf(": %s: %s", api.ErrorCode(), strings.Join(strings.Fields(api.ErrorMessage()), " "))
	case e.Cause != nil:
		s += ": " + strings.Join(strings.Fields(e.Cause.Error()), " ")
	}
	return s
}

func (e *Fault) Unwrap() error { return e.Cause }

// Region is that of a key or alias that an ARN names.
func Region(name string) (string, error) {
	a, err := arn.Parse(name)
	kind, id, ok := strings.Cut(a.Resource, "/")
	if err != nil || a.Service != "kms" || a.Region == "" || !ok || id == "" || kind != "key" && kind != "alias" {
		return "", &Fault{name, "is no ARN of a key or an alias: want arn:PARTITION:kms:REGION:ACCOUNT:key/ID", nil}
	}
	return a.Region, nil
}

// maxText is what KMS takes to sign at once.
// Source: KMS Sign, parameter Message.
const maxText = 4096

// Public fetches the public half of a key. It signs nothing.
func Public(ctx context.Context, cfg aws.Config, name string) (evidence.PublicKey, error) {
	k, err := fetch(ctx, cfg, name)
	return k.public, err
}

// Open fetches the public key and asks KMS whether it would sign, so that a missing
// permission shows before a scan and not after it.
func Open(ctx context.Context, cfg aws.Config, name string) (evidence.Key, error) {
	k, err := fetch(ctx, cfg, name)
	if err != nil {
		return evidence.Key{}, err
	}
	var dry *types.DryRunOperationException
	if _, err := k.client.Sign(ctx, k.input([]byte("onus"), true)); err != nil && !errors.As(err, &dry) {
		return evidence.Key{}, &Fault{name, "it would not sign (kms:Sign)", err}
	}
	return evidence.Remote(k.public, k.sign), nil
}

// key is one of KMS whose public half is known.
type key struct {
	client    *kms.Client
	name      string // as it was given
	id        string // ARN of the key itself: an alias may change
	algorithm types.SigningAlgorithmSpec
	public    evidence.PublicKey
}

func fetch(ctx context.Context, cfg aws.Config, name string) (key, error) {
	region, err := Region(name)
	if err != nil {
		return key{}, err
	}
	k := key{name: name, client: kms.NewFromConfig(cfg, func(o *kms.Options) {
		o.Region = region
		o.APIOptions = []func(*middleware.Stack) error{guard} // and none of the configuration's
	})}
	out, err := k.client.GetPublicKey(ctx, &kms.GetPublicKeyInput{KeyId: &name})
	if err != nil {
		return key{}, &Fault{name, "its public key cannot be had (kms:GetPublicKey)", err}
	}
	if out.KeyUsage != types.KeyUsageTypeSignVerify {
		return key{}, &Fault{name, fmt.Sprintf("its usage is %s, want %s", out.KeyUsage, types.KeyUsageTypeSignVerify), nil}
	}
	parsed, err := x509.ParsePKIXPublicKey(out.PublicKey)
	if err != nil {
		return key{}, &Fault{name, fmt.Sprintf("evidence is signed by Ed25519, ECDSA (P-256, P-384, P-521) and RSA, and not by %s", out.KeySpec), nil}
	}
	if k.public, err = evidence.PublicKeyOf(parsed); err != nil || !bytes.Equal(k.public.DER(), out.PublicKey) {
		return key{}, &Fault{name, fmt.Sprintf("evidence is signed by Ed25519, ECDSA (P-256, P-384, P-521) and RSA, and not by %s", out.KeySpec), err}
	}
	switch p := parsed.(type) {
	case ed25519.PublicKey:
		k.algorithm = types.SigningAlgorithmSpecEd25519Sha512
	case *ecdsa.PublicKey:
		k.algorithm = map[string]types.SigningAlgorithmSpec{
			"P-256": types.SigningAlgorithmSpecEcdsaSha256, "P-384": types.SigningAlgorithmSpecEcdsaSha384, "P-521": types.SigningAlgorithmSpecEcdsaSha512,
		}[p.Curve.Params().Name]
	case *rsa.PublicKey:
		k.algorithm = types.SigningAlgorithmSpecRsassaPssSha256 // its salt has 32 bytes
	}
	if !slices.Contains(out.SigningAlgorithms, k.algorithm) {
		return key{}, &Fault{name, fmt.Sprintf("it does not sign by %s", k.algorithm), nil}
	}
	if k.id = aws.ToString(out.KeyId); k.id == "" {
		k.id = name
	}
	return k, nil
}

// input asks for a signature over a text. KMS hashes it as the algorithm says.
func (k key) input(text []byte, dry bool) *kms.SignInput {
	in := &kms.SignInput{KeyId: &k.id, Message: text, MessageType: types.MessageTypeRaw, SigningAlgorithm: k.algorithm}
	if dry {
		in.DryRun = aws.Bool(true)
	}
	return in
}

func (k key) sign(ctx context.Context, text []byte) ([]byte, error) {
	if len(text) > maxText {
		return nil, &Fault{k.name, fmt.Sprintf("%d bytes are to be signed, and KMS takes %d", len(text), maxText), nil}
	}
	out, err := k.client.Sign(ctx, k.input(text, false))
	if err != nil {
		return nil, &Fault{k.name, "it did not sign (kms:Sign)", err}
	}
	return out.Signature, nil
}

// guard lets the two operations pass that this package is for.
func guard(s *middleware.Stack) error {
	return s.Initialize.Add(middleware.InitializeMiddlewareFunc("OnusSign", func(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (middleware.InitializeOutput, middleware.Metadata, error) {
		if op := awsmiddleware.GetOperationName(ctx); op != "GetPublicKey" && op != "Sign" {
			return middleware.InitializeOutput{}, middleware.Metadata{}, fmt.Errorf("kms:%s is no operation for signing", op)
		}
		return next.HandleInitialize(ctx, in)
	}), middleware.After)
}
