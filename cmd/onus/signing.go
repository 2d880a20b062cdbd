package main

import (
	"context"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/spf13/pflag"

	"onus/scanner"
	"onus/scanner/evidence"
	"onus/scanner/evidence/kmskey"
)

// signing says which keys sign.
type signing struct {
	names   []string // files, or ARNs of keys in KMS
	profile string   // for KMS
}

func (o *signing) flags(f *pflag.FlagSet) {
	f.StringArrayVar(&o.names, "key", nil, "seal by this private key: a PEM file (\"onus keys new\"), or the ARN of a KMS key, which calls kms:GetPublicKey and kms:Sign; repeat for more")
	f.StringVar(&o.profile, "key-profile", "", "profile of the AWS configuration files for a KMS key")
}

// open reads the keys, and asks KMS whether those that it holds would sign.
func (o *signing) open(ctx context.Context, s streams) ([]evidence.Key, error) {
	var keys []evidence.Key
	seen := map[string]bool{}
	for _, name := range o.names {
		k, err := o.key(ctx, s, name)
		if err != nil {
			return nil, &exitError{2, err}
		}
		id := k.Public().KeyID()
		if seen[id] {
			return nil, badInput("--key %q is given twice", name)
		}
		seen[id] = true
		keys = append(keys, k)
	}
	return keys, nil
}

func (o *signing) key(ctx context.Context, s streams, name string) (evidence.Key, error) {
	if !inKMS(name) {
		return evidence.ReadKey(name)
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	cfg, err := keyConfig(ctx, s, name, o.profile)
	if err != nil {
		return evidence.Key{}, err
	}
	return kmskey.Open(ctx, cfg, name)
}

// patience is how long KMS may take to answer.
const patience = time.Minute

// inKMS says that a key's name is not that of a file.
func inKMS(name string) bool { return strings.HasPrefix(name, "arn:") }

// keyConfig is the configuration for a key in KMS: of the SDK's own chain, and never the
// scan's, so that what signs need not be what reads.
func keyConfig(ctx context.Context, s streams, name, profile string) (cfg aws.Config, err error) {
	region, err := kmskey.Region(name)
	if err != nil {
		return cfg, err
	}
	return scanner.Load(ctx, scanner.Access{Profile: profile, Region: region, MFA: askMFA(s)})
}
