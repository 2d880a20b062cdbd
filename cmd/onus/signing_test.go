package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"onus/mocks"
	"onus/mocks/acme"
	"onus/mocks/emulators"
)

const kmsARN = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"

// kmsServer is a server whose KMS holds a signing key beside the demo account.
func kmsServer(t *testing.T) *mocks.Server {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKIXPublicKey(&private.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	s := server(t, mocks.Options{})
	mocks.Reply(s, "", &kms.GetPublicKeyOutput{
		KeyId: aws.String(kmsARN), KeySpec: types.KeySpecEccNistP256, KeyUsage: types.KeyUsageTypeSignVerify, PublicKey: der,
		SigningAlgorithms: []types.SigningAlgorithmSpec{types.SigningAlgorithmSpecEcdsaSha256},
	})
	mocks.Handle(s, func(_ *mocks.Request, in *kms.SignInput) (*kms.SignOutput, error) {
		if aws.ToBool(in.DryRun) {
			return nil, &mocks.Error{Status: 400, Code: "DryRunOperationException", Message: "it would have succeeded"}
		}
		sum := sha256.Sum256(in.Message)
		signature, err := private.Sign(rand.Reader, sum[:], nil)
		return &kms.SignOutput{Signature: signature}, err
	})
	return s
}

// publicFile keeps what "keys public" prints.
func publicFile(t *testing.T, key string) string {
	t.Helper()
	code, out, errs := onus(t, "keys", "public", key)
	if code != 0 || !strings.Contains(errs, "SHA256:") {
		t.Fatalf("exit status %d: %s", code, errs)
	}
	path := filepath.Join(t.TempDir(), "kms.pub")
	if err := os.WriteFile(path, []byte(out), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestAKeyOfKMSSeals(t *testing.T) {
	s, dir := kmsServer(t), t.TempDir()
	environment(t, s.URL())
	path := filepath.Join(dir, "acme.onus")
	if code, _, errs := onus(t, "scan", "-q", "--service", "s3", "--region", acme.Home, "--fail-on", "critical", "--evidence", path, "--key", kmsARN); code != 3 {
		t.Fatalf("exit status %d: %s", code, errs)
	}
	pub := publicFile(t, kmsARN)
	if code, _, errs := onus(t, "verify", path, "--pub", pub); code != 0 {
		t.Errorf("verify: exit status %d: %s", code, errs)
	}
	if n := s.Count("kms:Sign"); n != 2 {
		t.Errorf("kms:Sign was asked %d times, want a dry run and one signature", n)
	}
	// Signing is no part of the scan: its calls are not in the ledger.
	_, plan, _ := onus(t, "permissions")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, action := range []string{"kms:Sign", "kms:GetPublicKey"} {
		if strings.Contains(plan, `"`+action+`"`) || strings.Contains(string(text), `"operation":"`+action+`"`) {
			t.Errorf("%s is in the scan's policy or in its ledger", action)
		}
	}
	shared := filepath.Join(dir, "shared.onus")
	if code, _, errs := onus(t, "evidence", "redact", path, "--pub", pub, "--key", kmsARN, "--to", shared); code != 0 {
		t.Errorf("redact: exit status %d: %s", code, errs)
	}
	if code, _, errs := onus(t, "verify", shared, "--pub", pub); code != 0 {
		t.Errorf("verify the copy: exit status %d: %s", code, errs)
	}
}

func TestAKeyOfKMSThatMayNotSignStopsTheScanBeforeItBegins(t *testing.T) {
	s, dir := kmsServer(t), t.TempDir()
	mocks.Refuse(s, "", "kms:Sign", &mocks.Error{Status: 400, Code: "AccessDeniedException", Message: "not you"})
	environment(t, s.URL())
	path := filepath.Join(dir, "acme.onus")
	code, out, errs := onus(t, "scan", "--evidence", path, "--key", kmsARN)
	if code != 2 || out != "" || !strings.Contains(errs, "it would not sign (kms:Sign): AccessDeniedException") || strings.Count(errs, "\n") != 1 {
		t.Errorf("exit status %d: %s%s", code, out, errs)
	}
	if n := s.Count("ec2:DescribeVolumes"); n != 0 {
		t.Errorf("%d calls of the scan were made", n)
	}
	if left := names(t, dir); left != dir {
		t.Errorf("left behind: %s", left)
	}
	for name, args := range map[string][]string{
		"no key":          {"keys", "public", "arn:aws:s3:::bucket"},
		"no such file":    {"keys", "public", filepath.Join(dir, "none")},
		"no such profile": {"keys", "public", kmsARN, "--key-profile", "nobody"},
		"one key twice":   {"scan", "--evidence", path, "--key", kmsARN, "--key", kmsARN},
	} {
		if name == "one key twice" {
			environment(t, kmsServer(t).URL())
		}
		if code, out, errs := onus(t, args...); code != 2 || out != "" || strings.Count(errs, "\n") != 1 {
			t.Errorf("%s: exit status %d: %s%s", name, code, out, errs)
		}
	}
}

// moto signs with keys of its own. Its RSA signatures have another salt than those of
// AWS, so that only ECDSA is tried.
func TestKeysOfMotoSeal(t *testing.T) {
	endpoint := emulators.Moto(t)
	for _, kv := range emulators.Environ(endpoint) {
		k, v, _ := strings.Cut(kv, "=")
		t.Setenv(k, v)
	}
	client := kms.NewFromConfig(emulators.Config(endpoint, "eu-central-1"))
	for _, spec := range []types.KeySpec{types.KeySpecEccNistP256, types.KeySpecEccNistP384, types.KeySpecEccNistP521} {
		made, err := client.CreateKey(t.Context(), &kms.CreateKeyInput{KeySpec: spec, KeyUsage: types.KeyUsageTypeSignVerify})
		if err != nil {
			t.Fatal(err)
		}
		arn, path := *made.KeyMetadata.Arn, filepath.Join(t.TempDir(), "acme.onus")
		if code, _, errs := onus(t, "demo", "-q", "--service", "s3", "--evidence", path, "--key", arn); code != 3 {
			t.Errorf("%s: exit status %d: %s", spec, code, errs)
		}
		if code, _, errs := onus(t, "verify", path, "--pub", publicFile(t, arn)); code != 0 {
			t.Errorf("%s: verify: exit status %d: %s", spec, code, errs)
		}
	}
}
