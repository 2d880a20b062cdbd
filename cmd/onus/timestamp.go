package main

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"net/http"
	"os"
	"time"

	"github.com/spf13/pflag"

	"onus/scanner/evidence"
	"onus/scanner/evidence/stamp"
)

// stamping says which time-stamp authority is asked, if any.
type stamping struct{ authority string }

func (o *stamping) flags(f *pflag.FlagSet) {
	f.StringVar(&o.authority, "timestamp", "", "have the signatures stamped by the time-stamp authority at this URL (RFC 3161), which is told a digest of them")
}

// check refuses what is no URL before anything is done.
func (o *stamping) check() error {
	if o.authority == "" {
		return nil
	}
	if err := stamp.CheckURL(o.authority); err != nil {
		return &exitError{2, err}
	}
	return nil
}

// stamper asks the authority; nil: none is named.
func (o *stamping) stamper() evidence.Stamper {
	if o.authority == "" {
		return nil
	}
	client := &http.Client{Timeout: 30 * time.Second}
	return func(ctx context.Context, signature []byte) ([]byte, error) {
		return stamp.Ask(ctx, client, o.authority, signature)
	}
}

// authorities are the certificates of a PEM file that vouch for time stamps.
func authorities(path string) (*x509.CertPool, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, badInput("--tsa %q cannot be read: %v", path, plain(err))
	}
	pool, n := x509.NewCertPool(), 0
	for {
		var block *pem.Block
		if block, text = pem.Decode(text); block == nil {
			break
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil || block.Type != "CERTIFICATE" {
			return nil, badInput("--tsa %q holds a %s that is no certificate", path, block.Type)
		}
		pool.AddCert(c)
		n++
	}
	if n == 0 {
		return nil, badInput("--tsa %q holds no certificate: want PEM, of the authority or of the roots that vouch for it", path)
	}
	return pool, nil
}
