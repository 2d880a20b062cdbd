package acme

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"strings"
)

func encoded(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }

// leakingScript is what somebody wrote in a hurry: a password and an access key, put
// together from pieces so that they stand in no source file.
func leakingScript() string {
	lines := []string{
		"#!/bin/bash",
		"set -euo pipefail",
		"dnf install -y acme-orders",
		"cat > /etc/acme/orders.env <<EOF",
		"DB_HOST=orders-prod.acme.example",
		"DB_USER=orders",
		strings.Join([]string{"DB_PASS", "WORD=", secret("orders database", 24)}, ""),
		strings.Join([]string{"AWS_ACCESS_KEY", "_ID=", accessKeyID("deploy-ci", 2)}, ""),
		strings.Join([]string{"AWS_SECRET_ACCESS", "_KEY=", secret("key 2 of deploy-ci", 40)}, ""),
		"EOF",
		"systemctl enable --now acme-orders",
	}
	return encoded(strings.Join(lines, "\n") + "\n")
}

// referringScript names secrets without holding one.
func referringScript() string {
	return encoded(strings.Join([]string{
		"#!/bin/bash",
		"set -euo pipefail",
		`DB_PASSWORD="$(aws ssm get-parameter --name /acme/shop/db-password --with-decryption --query Parameter.Value --output text)"`,
		"export DB_PASSWORD",
		"systemctl enable --now acme-shop",
	}, "\n") + "\n")
}

// cloudConfig is compressed, as cloud-init takes it.
func cloudConfig() string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := w.Write([]byte("#cloud-config\npackages:\n  - acme-shop\nruncmd:\n  - [systemctl, enable, --now, acme-shop]\n"))
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		panic(err) // a buffer takes every byte
	}
	return base64.StdEncoding.EncodeToString(b.Bytes())
}
