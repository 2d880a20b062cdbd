package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"onus/scanner/evidence"
	"onus/scanner/evidence/kmskey"
)

func keysCommand(s streams) *cobra.Command {
	c := &cobra.Command{Use: "keys", Short: "Keys that seal evidence", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() }}
	var name string
	fresh := &cobra.Command{
		Use: "new --out NAME", Short: "Make an ed25519 key pair: NAME.key and NAME.pub", Args: cobra.NoArgs,
		Long: `New writes NAME.key, which signs and which only you should have, and NAME.pub, which
you give to whoever is to verify. Nothing is overwritten. "--key" of "onus scan" takes an
existing PEM file too: Ed25519, ECDSA (P-256, P-384, P-521) or RSA, not encrypted.`,
		RunE: func(*cobra.Command, []string) error { return newKey(s, name) },
	}
	fresh.Flags().StringVar(&name, "out", "", "name of the two files, without ending")
	c.AddCommand(fresh, publicCommand(s))
	return c
}

func newKey(s streams, name string) error {
	if name == "" {
		return badInput("--out NAME is missing: where to write NAME.key and NAME.pub")
	}
	key, err := evidence.NewKey(name)
	if err != nil {
		return &exitError{2, err}
	}
	fmt.Fprintf(s.err, "wrote %s.key (keep it to yourself) and %s.pub\n", name, name)
	_, err = fmt.Fprintln(s.out, key.Public().KeyID())
	return err
}

func publicCommand(s streams) *cobra.Command {
	o := &signing{}
	c := &cobra.Command{
		Use: "public KEY", Short: "Print the public key of a private one, for \"onus verify\"", Args: cobra.ExactArgs(1),
		Long: `Public prints, as PEM, the public half of a key: of a PEM file that holds a private key, or
of a key in AWS KMS, named by its ARN. Of KMS it asks kms:GetPublicKey, with the
credentials of the AWS SDK's own chain, and signs nothing.`,
		Example: `  onus keys public arn:aws:kms:eu-west-1:111122223333:key/ID > team.pub`,
		RunE:    func(c *cobra.Command, args []string) error { return o.public(c.Context(), s, args[0]) },
	}
	c.Flags().StringVar(&o.profile, "key-profile", "", "profile of the AWS configuration files for a KMS key")
	return c
}

func (o *signing) public(ctx context.Context, s streams, name string) error {
	public, err := o.publicKey(ctx, s, name)
	if err != nil {
		return &exitError{2, err}
	}
	if _, err := s.out.Write(public.PEM()); err != nil {
		return &exitError{1, err}
	}
	fmt.Fprintf(s.err, "%s %s\n", public.Kind(), public.KeyID())
	return nil
}

func (o *signing) publicKey(ctx context.Context, s streams, name string) (evidence.PublicKey, error) {
	if !inKMS(name) {
		k, err := evidence.ReadKey(name)
		return k.Public(), err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	cfg, err := keyConfig(ctx, s, name, o.profile)
	if err != nil {
		return evidence.PublicKey{}, err
	}
	return kmskey.Public(ctx, cfg, name)
}
